"""The display goes away, on whatever page and in whatever moment: the program ends, and what was done is kept."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from coach.records.recording import Recorder, read_frames

ROOT = Path(__file__).parents[2]
needs_x = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb here")

#: Every page, the command that leads to it, and whether the first run is over.
PAGES = {
    **dict.fromkeys(("home", "library", "settings", "progress", "questions", "help"), ("", True)),
    "welcome": ("", False),
    **dict.fromkeys(("starting", "learning", "hold", "summary", "last-summary", "final"), ("demo", True)),
    "replay": ("replay", True),
}
WAYS = ("quit", "escape", "term", "error")


@contextmanager
def display(depth: int = 24) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An X server of our own: its name and its process."""
    reads, writes = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", f"1280x720x{depth}", "-nolisten", "tcp"],
        pass_fds=[writes], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writes)
    try:
        with os.fdopen(reads) as told:
            yield f":{told.readline().strip()}", server
    finally:
        server.kill()
        server.wait()


def environment(home: Path, name: str) -> dict[str, str]:
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE")}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            "DISPLAY": name, "SDL_AUDIODRIVER": "dummy", **places}  # fmt: skip


def lose(home: Path, page: str, way: str, when: str) -> tuple[int, str]:
    """Exit status and stderr of the program whose display is lost at a page."""
    command, known = PAGES[page]
    if known:
        settings = home / "config" / "facial-exercise-coach" / "settings.toml"
        settings.parent.mkdir(parents=True)
        today = date.today().isoformat()
        settings.write_text(f'welcomed = "{today}"\nscreened = "{today}"\n')
    asked = [command] if command else []
    if command == "replay":
        recording = home / "smiles.coach"
        _record(recording)
        asked.append(str(recording))
    with display() as (name, server):
        program = [sys.executable, str(ROOT / "tests" / "window" / "losing.py"), page, way, when, str(server.pid)]
        done = subprocess.run(
            [*program, *asked], capture_output=True, text=True, env=environment(home, name), cwd=home, timeout=180
        )
    return done.returncode, done.stderr


def _record(path: Path) -> None:
    import faces

    from coach.form.exercise import find_exercise

    smile = find_exercise("wide-smile")
    with Recorder(path) as recorder:
        recorder.begin_set(smile, "test")
        for frame in faces.frames(faces.perform(smile, "clean", "clean")):
            recorder.add(frame)


def kept_whole(home: Path) -> None:
    assert not list(home.rglob("*-journal"))  # it was closed, not left
    for recording in (home / "data").rglob("*.coach"):
        assert list(read_frames(recording))


@pytest.mark.slow
@needs_x
@pytest.mark.parametrize("page", PAGES)
def test_a_display_that_goes_away_at_a_page_is_one_sentence(tmp_path: Path, page: str) -> None:
    status, said = lose(tmp_path, page, "none", "before")
    assert status == 3, said
    assert said.splitlines()[-1] == "coach: the display is gone; what was done is kept"
    assert "Traceback" not in said
    kept_whole(tmp_path)


@pytest.mark.slow
@needs_x
@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("page", ["home", "hold", "final"])
def test_every_way_out_ends_the_program_though_the_display_is_gone(
    tmp_path: Path, page: str, way: str, when: str
) -> None:
    status, said = lose(tmp_path, page, way, when)
    wanted = {"quit": 0, "escape": 0, "term": 143, "error": 1}[way]
    assert status in ({wanted, 3} if when == "before" else {wanted}), said
    assert "Traceback" not in said
    kept_whole(tmp_path)


@pytest.mark.slow
@needs_x
def test_a_display_that_goes_away_in_mid_set_ends_the_program_with_everything_kept(tmp_path: Path) -> None:
    """Not when it draws, but whenever."""
    with display() as (name, server):
        program = subprocess.Popen(
            [sys.executable, "-m", "coach", "demo", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(tmp_path, name), cwd=tmp_path,
        )  # fmt: skip
        try:
            for _ in range(600):  # until some seconds of the first set are kept
                recordings = list(tmp_path.rglob("*.coach"))
                if recordings and recordings[0].stat().st_size > 400_000:
                    break
                time.sleep(0.1)
            server.kill()
            _, err = program.communicate(timeout=60)
        finally:
            program.kill()
    assert program.returncode == 3, err
    assert err.splitlines()[-1] == "coach: the display is gone; what was done is kept"
    assert "Traceback" not in err
    (recording,) = tmp_path.rglob("*.coach")
    assert len(list(read_frames(recording))) > 60
    kept_whole(tmp_path)


@pytest.mark.slow
@needs_x
@pytest.mark.parametrize("depth", [16, 30])
def test_a_display_of_other_pixels_shows_the_window_all_the_same(tmp_path: Path, depth: int) -> None:
    with display(depth) as (name, _):
        program = [sys.executable, str(ROOT / "tests" / "window" / "losing.py"), "final", "quit", "never", "0", "demo"]
        done = subprocess.run(
            program, capture_output=True, text=True, env=environment(tmp_path, name), cwd=tmp_path, timeout=180
        )
    assert done.returncode == 0, done.stderr
