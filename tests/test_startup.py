"""What is there before anything slow is: the help without any package, and the first page without the tracker.

What is imported is looked at, not how long it takes. Each case runs in a process of its own.
"""

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import faces
import numpy as np
import pygame
import pytest

from coach.avatar.mirror import Mirror
from coach.form.exercise import find_exercise
from coach.frame import Frame
from coach.plan.workout import Workout
from coach.records.settings import Settings, save_settings, settings_file
from coach.window import words
from coach.window.app import App, Wiring
from coach.window.loop import run
from coach.window.worker import Tracker

#: Runs the program with the arguments it is given, and says at the end, or when the window has drawn something for the
#: first time, which of the packages that take long are imported by then.
RUN = """
import os, sys
from coach.cli import main

def tell(*_):
    print("imported:", *sorted({"cv2", "mediapipe", "numpy", "pygame", "scipy"} & sys.modules.keys()))
    sys.stdout.flush()
    os._exit(0)

if "--help" not in sys.argv:
    import pygame.display
    pygame.display.flip = tell
try:
    main()
finally:
    tell()
"""


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


def imported(*arguments: str) -> set[str]:
    """Which packages that take long are imported when the program shows something for the first time."""
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    says, _, names = done.stdout.rpartition("imported:")
    assert says or "--help" not in arguments, done.stderr
    return set(names.split())


@pytest.mark.parametrize("command", [[], ["train"], ["score"]], ids=["coach", "train", "score"])
def test_help_imports_nothing_that_takes_long(command: list[str]) -> None:
    assert imported(*command, "--help") == set()


@pytest.mark.parametrize("known", [False, True], ids=["first run", "later"])
def test_the_first_page_is_there_before_the_tracker_and_the_drawn_face(known: bool) -> None:
    if known:
        today = date.today().isoformat()
        save_settings(settings_file(), Settings(welcomed=today, screened=today))
    assert {"mediapipe", "scipy"}.isdisjoint(found := imported())
    assert "pygame" in found


@pytest.mark.parametrize("what", [["demo"], ["train", "wide-smile"]], ids=["demo", "train"])
def test_a_workout_is_there_before_the_tracker_and_the_drawn_face(what: list[str]) -> None:
    assert {"mediapipe", "scipy"}.isdisjoint(found := imported(*what))
    assert "pygame" in found


class Blind:
    """A tracker that sees nobody."""

    def track(self, image: object, time: float, /) -> Frame:
        return Frame(time)

    def look_for(self, needs: object, /) -> None: ...

    def close(self) -> None: ...


def test_what_is_waited_for_is_told_first_the_tracker_then_the_camera() -> None:
    app, told = App(Wiring(lambda exercises: Blind)), []

    def tracker() -> Tracker:
        told.append(app.waits)
        return Blind()

    app.loading(tracker, words.LOOKING)()
    assert [*told, app.waits] == [words.STARTING_MORE, words.LOOKING]


def test_nothing_is_tracked_before_the_drawn_face_can_hide_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    may, made = threading.Event(), []
    monkeypatch.setattr("coach.window.app.Mirror", lambda mesh: may.wait() and Mirror(mesh))
    app = App(Wiring(lambda exercises: Blind, mesh=faces.mesh()))
    app.make_face()
    loads = threading.Thread(target=lambda: made.append((app.loading(Blind, "")(), app.mirror)))
    loads.start()
    loads.join(0.05)
    assert (made, app.mirror) == ([], None)
    may.set()
    loads.join()
    assert isinstance(made[0][1], Mirror)
    app.close()


def test_tracker_and_source_are_opened_once_there_is_something_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, before = [], []
    flip = pygame.display.flip
    monkeypatch.setattr(pygame.display, "flip", lambda: (drawn.append(1), flip()))

    def tracker() -> Tracker:
        before.append(len(drawn))
        return Blind()

    def source():
        before.append(len(drawn))
        yield 0.0, np.zeros((48, 64, 3), np.uint8)

    run(Workout([(find_exercise("wide-smile"), 1)]), source, tracker, paced=False, auto_close_s=0.0)
    assert len(before) == 2
    assert min(before) >= 1
