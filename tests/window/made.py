"""Made-up moments of a workout, for tests that draw."""

import numpy as np

from coach.form.exercise import Exercise, find_exercise
from coach.frame import LANDMARKS, Array, Feedback, Frame, Phase, Repetition, Side
from coach.plan.workout import SetResult
from coach.window.state import Snapshot

SMILE = find_exercise("wide-smile")
GLIDE = find_exercise("jaw-glide")


def attempt(counted: bool = True, *faults: str, reason: str = "", side: Side | None = None) -> Repetition:
    return Repetition(1.0, 2.0, 6.0, counted, reason, side, 1.04, 2.4, 0.93, faults)


MIXED = (
    attempt(),
    attempt(True, "rushed"),
    attempt(False, reason="reached 58% of the movement, 65% is needed"),
)


def landmarks(width: int = 640, height: int = 480) -> Array:
    angle = np.linspace(0.0, 40.0, LANDMARKS)
    ring = np.stack([np.cos(angle) * 0.2 * width + width / 2, np.sin(angle) * 0.3 * height + height / 2, 0 * angle], 1)
    return ring.astype(np.float32)


def frame(width: int = 640, height: int = 480, face: bool = True) -> Frame:
    image = np.full((height, width, 3), 90, np.uint8)
    return Frame(1.0, landmarks(width, height) if face else None, image=image)


def feedback(match: float | None = 0.5, phase: Phase = Phase.RISE, cue: str = "", withheld: str = "") -> Feedback:
    return Feedback(1.0, phase, match, 0.5, 3, 4, 2, 1, 1.2, cue=cue, withheld=withheld)


def state(exercise: Exercise = SMILE, attempts: tuple[Repetition, ...] = MIXED, goal: int | None = 6) -> Snapshot:
    return Snapshot(exercise, goal, 1, 3, "Side bend of the neck", attempts)


def result(exercise: Exercise = SMILE, attempts: tuple[Repetition, ...] = MIXED, goal: int | None = 6) -> SetResult:
    counted = sum(a.counted for a in attempts)
    return SetResult(exercise, goal, 0.0, 60.0, counted, counted // 2, counted - counted // 2, attempts)
