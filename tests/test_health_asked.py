"""Whoever is led by `coach train` was asked the health questions, as by `coach`; and what is not known is no "no"."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pygame
import pytest
import typer

from coach import cli
from coach.plan.screening import UNREADABLE, load_screening
from coach.records.settings import Settings, load_settings, save_settings
from coach.window.app import App, Wiring
from coach.window.loop import ask_health

QUESTIONS = [question.id for question in load_screening().question]
TODAY = date.today().isoformat()
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_CONFIG", str(tmp_path))
    return tmp_path / "settings.toml"


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program with a terminal, in which somebody types these lines; its status and what it said."""

    def run(*arguments: str, types: tuple[str, ...] = (), out: bool = True) -> tuple[int, list[str]]:
        typed = iter(types)
        monkeypatch.setattr(sys, "argv", ["coach", *arguments, *(["--out", str(place.parent)] if out else [])])
        monkeypatch.setattr(sys.stdin, "isatty", lambda: bool(types), raising=False)
        monkeypatch.setattr(typer, "prompt", lambda *given, **named: next(typed))
        monkeypatch.setattr(cli, "_told", set())
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert list(typed) == []
        return int(ended.value.code or 0), capsys.readouterr().err.splitlines()

    return run


def test_a_first_run_asks_and_what_was_answered_holds(run: Run, place: Path) -> None:
    number = str(QUESTIONS.index("jaw-joint") + 1)
    status, said = run("train", "jaw-glide", "--headless", "--camera", "97", types=("no", "99", f"{number},"))
    assert status == 2
    assert said[-1].startswith("coach: ")
    assert "Left out for now because of" in said[-1]
    assert sum("numbers from 1 to" in line for line in said) == 2
    settings, _ = load_settings(place)
    assert (settings.answers, settings.screened, settings.welcomed) == (["jaw-joint"], TODAY, TODAY)
    # The next run knows.
    status, said = run("train", "jaw-glide", "--headless", "--camera", "97", types=())
    assert (status, len(said)) == (2, 1)


def test_who_has_nothing_presses_enter_and_is_led(run: Run, place: Path) -> None:
    status, said = run("train", "jaw-glide", "--headless", "--camera", "97", types=("",))
    assert status == 3
    assert said[-1].startswith("coach: no camera 97")
    assert load_settings(place)[0].answers == []


@pytest.mark.parametrize("text", ['answers = "jaw-joint"\n', 'Answers = ["jaw-joint"]\n', "answers = [jaw-joint]\n"])
def test_where_answers_cannot_be_read_what_they_may_forbid_is_not_led(run: Run, place: Path, text: str) -> None:
    place.write_text(f'screened = "{TODAY}"\nvolume = 0,5\n{text}')
    status, said = run("train", "jaw-glide", "--anyway", "--headless", "--camera", "97")
    assert status == 2
    assert "Left out because your health answers cannot be read" in said[-1]
    assert any("line 2 cannot be read ('volume = 0,5')" in line for line in said)


def test_answers_beside_a_slip_hold_and_the_slip_is_told_by_every_command(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_text(f'answers = ["jaw-joint"]\nvolume = 0,5\nscreened = "{TODAY}"\n')
    status, said = run("train", "jaw-glide", "--anyway", "--headless", "--camera", "97")
    assert status == 2
    assert "Left out for now because of" in said[-1]
    monkeypatch.setattr("platformdirs.user_data_path", lambda *given, **named: place.parent)
    for command in (("history",), ("forget", "--all"), ("calibrate", "jaw-glide", "--headless", "--camera", "97")):
        _, said = run(*command, out=False)
        assert any("line 2 cannot be read ('volume = 0,5')" in line for line in said)
    assert place.read_text().startswith('answers = ["jaw-joint"]\nvolume = 0,5\n')  # it is as it was


def test_the_settings_hold_in_commands(run: Run, place: Path) -> None:
    save_settings(place, Settings(camera=96, screened=TODAY, welcomed=TODAY))
    for command in (("train", "jaw-glide", "--headless"), ("calibrate", "jaw-glide", "--headless")):
        assert run(*command)[1][-1].startswith("coach: no camera 96")
        assert run(*command, "--camera", "97")[1][-1].startswith("coach: no camera 97")


def pressing(monkeypatch: pytest.MonkeyPatch, *keys: int) -> None:
    """Press these, one each time something is drawn."""
    draw, left = App.page, list(keys)

    def page(app: App, ui: object) -> str:
        if left:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=left.pop(0), mod=0))
        return draw(app, ui)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "page", page)


def wiring() -> Wiring:
    return Wiring(lambda exercises: pytest.fail("no tracker is wanted"))


def test_the_window_asks_on_its_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pressing(monkeypatch, pygame.K_RETURN)
    settings = ask_health(wiring(), Settings(sound=False, answers=[UNREADABLE]))
    assert (settings.screened, settings.answers) == (TODAY, [])
    assert not pygame.display.get_init()


def test_who_leaves_the_questions_has_not_answered_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pressing(monkeypatch, pygame.K_ESCAPE)
    before = Settings(sound=False, welcomed="2025-01-31", answers=[UNREADABLE])
    assert ask_health(wiring(), before) == before
