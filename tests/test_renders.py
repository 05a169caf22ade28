"""Clips rendered for the purpose with ../shared/face3d/make_clip.py: other people, poor cameras, and faults.

Each case is the command that renders it and what must come out. Rendering takes about a tenth of a second a frame,
so all of this is in the slow part.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import SHARED

from coach.form.exercise import find_exercise, library
from coach.frame import Frame, Repetition
from coach.score import Score, scored
from coach.vision.models import find_model
from coach.vision.tracker import FaceTracker
from coach.vision.video import read_video

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared")]

MAKE = SHARED / "face3d" / "make_clip.py"
SMALL = "--size 480x360 --fps 15"
SMILE = "--move mouthSmile=1,mouthStretch=.2"


@dataclass(frozen=True)
class Case:
    """name, the exercise, the options of the render, and which attempts count (True, False: refused)."""

    name: str
    exercise: str
    options: str
    counted: tuple[bool, ...]
    fault: str = ""
    tilt: float = 0.0


CASES = (
    Case("dark", "wide-smile", f"{SMILE} --amps 1,.9,1 {SMALL} --dark .35 --identity 5 --seed 5", (True,) * 3),
    Case("far", "wide-smile", f"{SMILE} --amps 1,.9,1 --size 240x180 --fps 15 --identity 9 --seed 9", (True,) * 3),
    Case("tilted", "brow-raise", f"--move browInnerUp=1,browOuterUp=1 --amps 1,.9,1 {SMALL} --identity 13 --seed 3",
         (True,) * 3, tilt=12.0),
    Case("dark skin, 12 fps", "pucker", "--move mouthPucker=1 --amps 1,1,.95 --size 480x360 --fps 12 "
         "--skin 45,65,95 --identity 17 --seed 2", (True,) * 3),
    Case("raised brow riding along", "wide-smile", f"{SMILE} --amps 1,1 --with browInnerUp=.9,browOuterUp=.9 {SMALL} "
         "--identity 7 --seed 7", (True,) * 2, "brow"),
    Case("half range", "wide-smile", f"{SMILE} --amps 1,.35,1 {SMALL} --identity 11 --seed 4", (True, False, True)),
    Case("too fast", "wide-smile", f"{SMILE} --amps 1,1 --up .2 --hold .3 --down .2 --gap 1.2 {SMALL} --identity 21",
         (False, False), "rushed"),
    Case("one side", "wide-smile", "--move mouthSmile_L=1,mouthSmile_R=.35 --amps 1,1 "
         f"{SMALL} --identity 15 --seed 6", (True, True), "asymmetry"),
    Case("closed lips", "closed-smile", f"--move mouthSmile=.8 --amps 1,1,1 {SMALL} --hold 1.4 --identity 8 --seed 8",
         (True,) * 3),
    Case("corners down", "corners-down", f"--move mouthFrown=1 --amps 1,1,1 {SMALL} --hold 1.4 --identity 3 --seed 1",
         (True,) * 3),
)  # fmt: skip


HANDS = SHARED / "hand3d" / "make_hand_clip.py"


@pytest.mark.parametrize("options", ["--move stroke --count 4 --secs 2", "--move circle --point ST4?Dicang --count 8"])
def test_hands_moving_on_a_still_face_count_nothing(options: str, tmp_path: Path) -> None:
    out = tmp_path / "hands.mp4"
    words = [*options.split(), "--fps", "15", "--model", str(find_model())]
    command = [sys.executable, str(HANDS), str(out), *(word.replace("?", " ") for word in words)]
    subprocess.run(command, check=True, capture_output=True)
    scores = [Score(e) for e in library().values() if e.judge == "camera"]
    scored(scores, tracked(out, 0.0))
    assert {one.session.exercise.id: one.session.reps for one in scores if one.session.reps} == {}


def render(case: Case, folder: Path) -> Path:
    out = folder / "clip.mp4"
    subprocess.run([sys.executable, str(MAKE), str(out), *case.options.split()], check=True, capture_output=True)
    return out


def tracked(path: Path, tilt: float) -> Iterator[Frame]:
    with FaceTracker(hands=True) as tracker:
        for time, image in read_video(path):
            if tilt:
                height, width = image.shape[:2]
                turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
                image = np.asarray(
                    cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
                )
            yield tracker.track(image, time)


def judged(case: Case, folder: Path) -> Sequence[Repetition]:
    one = Score(find_exercise(case.exercise))
    scored([one], tracked(render(case, folder), case.tilt))
    return one.session.attempts


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rendered_clip_is_judged_as_it_was_made(case: Case, tmp_path: Path) -> None:
    attempts = judged(case, tmp_path)
    assert tuple(a.counted for a in attempts) == case.counted, attempts
    if case.fault:
        assert all(case.fault in a.faults for a in attempts)
