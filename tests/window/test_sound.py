"""Tones: as the script makes them, soft at both ends, and never the reason why a workout stops."""

import importlib.util
import os
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pygame
import pytest
from made import GLIDE, SMILE, attempt, feedback

from coach.form.exercise import find_exercise
from coach.form.guide import Guide
from coach.frame import LANDMARKS, Event, Feedback, Frame, Kind, Phase, Repetition
from coach.window.sound import TONES, Sounds, tone_for

ROOT = Path(__file__).parents[2]
BLINK, LIDS, LED = (find_exercise(name) for name in ("full-blink", "upper-lid-firmer", "tongue-out"))
GOOD = replace(attempt(), form=95.0)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sounds", ROOT / "assets" / "make_sounds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def stored(name: str) -> np.ndarray:
    """(N,) samples in parts of full scale."""
    with wave.open(str(ROOT / "assets" / "sounds" / f"{name}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 44_100)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def test_there_is_a_file_for_every_tone_and_no_other(script: ModuleType) -> None:
    files = {path.stem for path in (ROOT / "assets" / "sounds").iterdir()}
    assert files == set(TONES) == set(script.TONES)


@pytest.mark.parametrize("name", TONES)
def test_a_stored_tone_is_what_the_script_makes(script: ModuleType, name: str) -> None:
    made = script.samples(script.TONES[name]) / 32768
    np.testing.assert_allclose(stored(name), made, rtol=0, atol=1.01 / 32768)


@pytest.mark.parametrize("name", TONES)
def test_a_tone_is_short_soft_and_without_clicks(name: str) -> None:
    tone = stored(name)
    assert len(tone) / 44_100 < 0.6
    assert -15 < 20 * np.log10(np.abs(tone).max()) < -8.9
    assert tone[0] == tone[-1] == 0
    assert np.abs(tone[:10]).max() < 0.002
    assert np.abs(tone[-44:]).max() < 0.001
    assert abs(tone.mean()) < 1e-4
    # a click is loud where the tone's own harmonics are not: in every short piece nothing is left above 8 kHz
    pieces = np.lib.stride_tricks.sliding_window_view(np.pad(tone, 512), 512)[::128] * np.hanning(512)
    high = np.abs(np.fft.rfft(pieces))[:, 93:].max() / 128
    assert 20 * np.log10(high) < -75


def test_a_miss_is_the_lowest_and_softest_tone_and_eyes_the_longest_but_for_the_set() -> None:
    loud = {name: np.abs(stored(name)).max() for name in TONES}
    crossings = {name: np.mean(np.diff(np.sign(stored(name))) != 0) for name in TONES}
    assert min(loud, key=lambda name: loud[name]) == "missed"
    assert min(crossings, key=lambda name: crossings[name]) == "missed"
    assert sorted(TONES, key=lambda name: len(stored(name)))[-2:] == ["set", "eyes"]


def told(*kinds: Kind, last: Repetition | None = None, phase: Phase = Phase.RISE) -> Feedback:
    return replace(feedback(phase=phase), events=tuple(Event(1.0, kind) for kind in kinds), last=last)


@pytest.mark.parametrize(
    ("events", "last", "face", "eyes"),
    [
        ((), None, None, None),
        ((Kind.ARMED,), None, None, None),
        ((Kind.FAULT,), GOOD, None, None),
        ((Kind.REP,), GOOD, "good", "good"),
        ((Kind.REP,), attempt(True, "rushed"), "rep", "rep"),
        ((Kind.REP,), None, "rep", "rep"),
        ((Kind.HOLD_DONE,), None, "hold", "eyes"),
        ((Kind.ATTEMPT_MISSED,), attempt(False), "missed", "missed"),
        ((Kind.REP, Kind.SET_DONE), GOOD, "set", "eyes"),
        ((Kind.HOLD_DONE, Kind.REP), GOOD, "good", "good"),
    ],
)
def test_a_feedback_calls_for_one_tone_at_most(
    events: tuple[Kind, ...], last: Repetition | None, face: str | None, eyes: str | None
) -> None:
    assert tone_for(told(*events, last=last), SMILE) == face
    assert tone_for(told(*events, last=last), GLIDE) == face
    assert tone_for(told(*events, last=last), BLINK) == eyes


@pytest.mark.parametrize(("exercise", "opened"), [(LIDS, "eyes"), (LED, "hold")], ids=["eyes", "tongue"])
def test_a_led_exercise_can_be_followed_with_eyes_closed(exercise, opened: str) -> None:
    guide, before, heard = Guide(exercise, 2), None, []
    face = np.zeros((LANDMARKS, 3), np.float32)
    for i in range(2000):
        now = guide.step(Frame(i / 10, face))
        tone, before = tone_for(now, exercise, before), now.phase
        heard += [tone] if tone else []
    assert heard == ["go", opened, "rep", "go", opened, "eyes" if exercise is LIDS else "set"]


def test_of_a_judged_exercise_a_phase_alone_is_no_tone() -> None:
    assert tone_for(told(phase=Phase.LOWER), SMILE, Phase.HOLD) is None


def test_all_tones_can_be_played_as_loud_as_asked() -> None:
    sounds = Sounds(0.4)
    for name in TONES:
        sounds.play(name)
    assert sounds.trouble == ""
    assert pygame.mixer.get_busy()
    playing = [sound for i in range(8) if (sound := pygame.mixer.Channel(i).get_sound())]
    assert {round(sound.get_volume(), 1) for sound in playing} == {0.4}
    sounds.set_volume(7.0)
    assert {sound.get_volume() for sound in playing} == {1.0}
    sounds.close()
    assert pygame.mixer.get_init() is None
    sounds.play("rep")
    assert pygame.mixer.get_busy()
    sounds.close()


def test_the_device_is_left_alone_until_something_is_to_be_heard() -> None:
    sounds = Sounds(0.0)
    sounds.play("rep")
    assert pygame.mixer.get_init() is None
    sounds.close()


def test_a_wrong_name_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="gong"):
        Sounds(1.0).play("gong")  # type: ignore[arg-type]


def test_without_a_device_it_is_silent_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(*_: object) -> None:
        asked.append(1)
        raise pygame.error("no such device")

    monkeypatch.setattr(pygame.mixer, "init", refuse)
    sounds = Sounds(0.5)
    for name in TONES:
        sounds.play(name)
    assert sounds.trouble == "There will be no tones: no sound device can be used (no such device)."
    assert len(asked) == 1
    sounds.set_volume(0.2)
    sounds.close()


def test_a_device_that_somebody_else_has_closed_is_opened_again() -> None:
    sounds = Sounds(0.5)
    sounds.play("rep")
    pygame.mixer.quit()
    sounds.set_volume(1.0)
    sounds.play("rep")
    assert sounds.trouble == ""
    assert pygame.mixer.get_busy()
    pygame.mixer.quit()
    sounds.close()


def test_a_device_that_fails_while_playing_is_no_error() -> None:
    class Gone:
        def play(self) -> None:
            raise pygame.error("device lost")

    sounds = Sounds(0.5)
    sounds.open()
    sounds._tones["rep"] = Gone()  # type: ignore[assignment]
    sounds.play("rep")
    assert sounds.trouble == "There will be no tones: the sound device stopped (device lost)."
    sounds.play("rep")
    sounds.close()


def test_a_missing_tone_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("coach.window.sound.assets_folder", lambda: tmp_path)
    sounds = Sounds(0.5)
    sounds.play("rep")
    assert "cannot be read (No such file" in sounds.trouble
    assert pygame.mixer.get_init() is None


def test_a_refusing_system_does_not_write_to_the_terminal() -> None:
    program = "from coach.window.sound import Sounds; s = Sounds(1.0); s.play('rep'); print(s.trouble)"
    env = {**os.environ, "SDL_AUDIODRIVER": "alsa", "ALSA_CARD": "99", "ALSA_CONFIG_PATH": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.startswith("There will be no tones: ")
    assert done.stdout.count("\n") == 1
