"""Made-up moments of a workout, for tests that draw."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from faces import resting

from coach.avatar.rig import controls, head_matrix
from coach.form.exercise import Exercise, find_exercise
from coach.frame import LANDMARKS, Array, Feedback, Frame, Hand, Image, Part, Phase, Repetition, Side
from coach.plan.workout import SetResult
from coach.records.history import History, session_from
from coach.window.state import Snapshot
from coach.window.view import Scene

SMILE = find_exercise("wide-smile")
GLIDE = find_exercise("jaw-glide")
PUCKER = find_exercise("pucker")
LED = find_exercise("tongue-click")
#: Done with the hands: a point at both sides, one on the midline, a stroke, and steps of the neck.
POINT = find_exercise("li20")
MIDDLE = find_exercise("ex-hn3")
STROKE = find_exercise("stroke-upper-cheek")
NECK = find_exercise("neck-stroke")
BREATH = find_exercise("nose-breathing")

_PARTS = (
    Part("range", 88.0, "A little further next time."),
    Part("hold", 96.0, "Held as long as asked for."),
    Part("tempo", 61.0, "Come back a little slower."),
)


def attempt(counted: bool = True, *faults: str, reason: str = "", side: Side | None = None) -> Repetition:
    form, parts = (82.0, _PARTS) if counted else (None, ())
    return Repetition(1.0, 2.0, 6.0, counted, reason, side, 1.04, 2.4, 0.93, faults, form, parts)


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


def room(width: int = 1280, height: int = 720) -> Image:
    """A picture (h, w, 3) that gets brighter to the right and bluer downwards, so that it is seen where it lies."""
    across, down = np.meshgrid(np.linspace(40, 150, width), np.linspace(0, 60, height))
    return np.stack([across + down, across, across - down / 2], axis=2).clip(0, 255).astype(np.uint8)


def sitting(**turned: float) -> Frame:
    """A face at rest in the middle of such a picture, as the tracker would see it. turned: how the head is, as the rig
    has it (yaw_deg, pitch_deg, roll_deg)."""
    seen = next(resting(0.1))
    assert seen.landmarks is not None
    head = head_matrix(controls(**turned))
    middle = np.array((640.0, 360.0, 0.0))
    turn = np.array((1.0, -1.0, -1.0))  # landmarks have y down and z away
    points = ((seen.landmarks - middle) * turn) @ head[:3, :3].T * turn + middle
    return Frame(1.0, points.astype(np.float32), seen.blendshapes, head.astype(np.float32), image=room())


def shoulders(seen: Frame, visible: float = 1.0) -> Array:
    """A pose (33, 4) with ears and shoulders where they belong to a face."""
    assert seen.landmarks is not None
    pose = np.zeros((33, 4), np.float32)
    left, right = seen.landmarks[454, :2], seen.landmarks[234, :2]
    wide = float(left[0] - right[0])
    for ear, shoulder, at, out in ((7, 11, left, 0.5), (8, 12, right, -0.5)):
        pose[ear, :2], pose[shoulder, :2] = at, at + np.array((out * wide, 0.95 * wide))
        pose[[ear, shoulder], 3] = visible
    return pose


def hands(exercise: Exercise, seen: Frame, away: float = 0.0, progress: float = 0.0) -> tuple[Hand, ...]:
    """Hands at their targets on a face. away: of the tips, in parts of the width between the eyes; progress: of a
    stroke."""
    touch, face = exercise.touch, seen.landmarks
    assert touch is not None
    assert face is not None
    unit = float(np.linalg.norm(face[263, :2] - face[33, :2]))
    found = []
    sides: tuple[Side | None, ...] = ("left", "right", None)
    points = (touch.left, touch.right, touch.middle)
    for side, point, way in zip(sides, points, (touch.left_path, touch.right_path, []), strict=True):
        line = face[way, :2] if way else sum(share * face[index, :2] for index, share in point)
        if not way and not point:
            continue
        line = np.atleast_2d(line)
        at = line[round(progress * (len(line) - 1))] + (0.0, away * unit)
        target = tuple((float(x), float(y)) for x, y in line)
        found.append(Hand(side, target, (float(at[0]), float(at[1])), away < 0.1, progress))
    return tuple(found)


def turn(counted: bool = True, *faults: str, reason: str = "", side: Side | None = None) -> Repetition:
    """One circle, sweep, tap or stroke of the hands: it has no form."""
    return Repetition(1.0, 1.3, 1.7, counted, reason, side, 1.0, 0.0, None, faults)


TURNS = (turn(), turn(True, "fast"), turn(False, "place", reason="it was about 14 mm beside the point, 9 mm is near "
                                          "enough"))  # fmt: skip


def feedback(match: float | None = 0.5, phase: Phase = Phase.RISE, cue: str = "", withheld: str = "") -> Feedback:
    return Feedback(1.0, phase, match, 0.5, 3, 4, 2, 1, 1.2, cue=cue, withheld=withheld)


def state(exercise: Exercise = SMILE, attempts: tuple[Repetition, ...] = MIXED, goal: int | None = 6) -> Snapshot:
    return Snapshot(exercise, goal, 1, 3, "Side bend of the neck", attempts, left_s=252.0)


def scene(
    feedback: Feedback | None = None, state: Snapshot | None = None, frame: Frame | None = None, **more: object
) -> Scene:
    """A moment of a workout; what is left out is made up."""
    return Scene(frame or _FRAME, feedback or _FEEDBACK, state or _STATE, **more)  # type: ignore[arg-type]


def result(
    exercise: Exercise = SMILE, attempts: tuple[Repetition, ...] = MIXED, goal: int | None = 6, why: str = ""
) -> SetResult:
    counted = sum(a.counted for a in attempts)
    left, right = counted // 2, counted - counted // 2
    return SetResult(exercise, goal, 0.0, 60.0, counted, left, right, attempts, why_nothing=why)


#: Why nothing was counted, the longest of the coach's own sentences.
UNRESTED = "no moment of rest was seen: let your face rest for a second, before or between movements"


#: The day on which the made-up past ends, a Friday.
TODAY = date(2026, 3, 27)
_OTHERS = (
    "cheek-puff",
    "brow-raise",
    "squeeze-release",
    "lip-press",
    "jaw-open",
    "nose-wrinkle",
    "pucker",
    "tongue-click",
)


def past(folder: Path, days: Sequence[int], today: date = TODAY) -> Path:
    """Keep a session on each of some days before today: smiles that get better, jaw glides that are not alike on both
    sides, and now and then something else. Return the folder."""
    history, chance = History(folder), random.Random(7)
    for back in sorted(days, reverse=True):
        better = 24.0 * (1.0 - back / 84.0)
        others = [find_exercise(id) for id in chance.sample(_OTHERS, 2)]
        sets = [_done(SMILE, 56.0 + better, chance), _done(GLIDE, 62.0 + better / 3, chance)]
        sets += [_done(other, 70.0, chance) for other in others]
        begun = datetime.combine(today - timedelta(days=back), time(18)).astimezone()
        history.add(session_from(sets, f"{back}.coach", begun))
    return folder


def _done(exercise: Exercise, form: float, chance: random.Random) -> SetResult:
    """A set of six repetitions around a form, as long as it takes by chance."""
    length = chance.uniform(25.0, 60.0)
    if exercise.judge == "timer":
        return SetResult(exercise, 6, 0.0, length, 6, 0, 0, ())
    of_day, attempts = chance.gauss(0.0, 3.0), []
    for i in range(6):
        side: Side | None = ("left", "right")[i % 2] if exercise.sides == "alternate" else None
        value = min(99.0, form + of_day + chance.gauss(0.0, 2.0) - (9.0 if side == "right" else 0.0))
        parts = Part("range", value + 6.0, ""), Part("symmetry", 0.7 * value + 25.0, "")
        held = round(chance.uniform(1.0, 4.0), 1)
        attempts.append(Repetition(6.0 * i, 6.0 * i + 2, 6.0 * i + 5, True, "", side, 1.0, held, 0.9, (), value,
                                   parts if side is None else parts[:1]))  # fmt: skip
    left = sum(a.side == "left" for a in attempts)
    return SetResult(exercise, 6, 0.0, length, 6, left, 6 - left, tuple(attempts))


_FRAME, _FEEDBACK, _STATE = frame(), feedback(), state()
