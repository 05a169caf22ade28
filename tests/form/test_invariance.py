"""The same performance, seen from elsewhere, by another camera or in a mirror, is the same performance."""

import dataclasses
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from faces import frames, mesh, perform
from scipy.spatial import cKDTree

from coach.avatar.mesh import with_irises
from coach.form.exercise import Exercise, Tempo, library
from coach.form.measures import BLENDSHAPES
from coach.form.session import Session
from coach.frame import Array, Frame

#: What the face itself does, without hands and shoulders; three of each group are enough.
FACE_ONLY = [
    e for e in library().values()
    if e.judged and e.count.ends == "rest" and not any(n.startswith(("hand", "neck", "shoulder", "gaze"))
                                                                 for n in (*e.measures, *e.still))
]  # fmt: skip
#: A third of them quickly, the rest with the long tests.
each = pytest.mark.parametrize(
    "exercise",
    [pytest.param(e, marks=[] if i % 3 == 0 else pytest.mark.slow) for i, e in enumerate(FACE_ONLY)],
    ids=lambda e: e.id,
)
PACE = Tempo(0.8, 1.6, 0.8, 1.0)


def performance(exercise: Exercise) -> list[Frame]:
    return list(frames(perform(exercise, "clean", "clean", tempo=PACE), noise=0.0003))


def judged(exercise: Exercise, seen: Sequence[Frame]) -> Session:
    session = Session(exercise.paced(PACE))
    for frame in seen:
        session.step(frame)
    return session


@cache
def reference(id: str) -> tuple[list[Frame], Session]:
    seen = performance(library()[id])
    return seen, judged(library()[id], seen)


def same(exercise: Exercise, change: Callable[[Frame], Frame], swapped: bool = False) -> None:
    seen, before = reference(exercise.id)
    after = judged(exercise, [change(frame) for frame in seen])
    compare(before, after, swapped)


def compare(before: Session, after: Session, swapped: bool = False) -> None:
    other = {"left": "right", "right": "left", None: None}
    assert [a.counted for a in after.attempts] == [a.counted for a in before.attempts]
    for one, two in zip(before.attempts, after.attempts, strict=True):
        assert two.side == (other[one.side] if swapped else one.side)
        if one.form is not None:
            assert two.form == pytest.approx(one.form, abs=3.0), (one.parts, two.parts)


def rotation(axis: int, degrees: float) -> Array:
    a, turn = np.radians(degrees), np.eye(3)
    i, j = ((1, 2), (2, 0), (0, 1))[axis]
    turn[i, i] = turn[j, j] = np.cos(a)
    turn[i, j], turn[j, i] = -np.sin(a), np.sin(a)
    return turn


def turned(frame: Frame, turn: Array) -> Frame:
    """The same face with the head turned, landmarks and pose alike."""
    assert frame.landmarks is not None
    assert frame.head is not None
    flip = np.diag([1.0, -1.0, -1.0])
    head = frame.head.astype(float)
    head[:3, :3] = turn @ head[:3, :3]
    return dataclasses.replace(frame, landmarks=frame.landmarks @ (flip @ turn @ flip).T, head=head)


@each
@pytest.mark.parametrize("degrees", [-15.0, 15.0])
@pytest.mark.parametrize("axis", [1, 2], ids=["yaw", "roll"])
def test_a_head_that_is_turned_all_the_time_changes_nothing(exercise: Exercise, axis: int, degrees: float) -> None:
    turn = rotation(axis, degrees)
    same(exercise, lambda frame: turned(frame, turn))


@each
@pytest.mark.parametrize("factor", [0.4, 2.0])
def test_distance_changes_nothing(exercise: Exercise, factor: float) -> None:
    def nearer(frame: Frame) -> Frame:
        assert frame.landmarks is not None
        hands = None if frame.hands is None else frame.hands * np.float32(factor)
        return dataclasses.replace(frame, landmarks=frame.landmarks * np.float32(factor), hands=hands)

    same(exercise, nearer)


@each
@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_the_frame_rate_changes_nothing(exercise: Exercise, fps: float) -> None:
    other = list(frames(perform(exercise, "clean", "clean", tempo=PACE), fps=fps, noise=0.0003))
    compare(reference(exercise.id)[1], judged(exercise, other))


@cache
def mirror_points() -> Array:
    """For each landmark the one that a mirror image shows in its place."""
    points = with_irises(mesh().vertices)
    return np.asarray(cKDTree(points).query(points * (-1, 1, 1))[1])


def swapped_shapes() -> list[int]:
    other = [
        n.replace("Left", "?").replace("Right", "Left").replace("?", "Right")
        .replace("mouthLeft", "?").replace("mouthRight", "mouthLeft").replace("?", "mouthRight")
        if not n.startswith(("mouthLeft", "mouthRight")) else {"mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}[n]
        for n in BLENDSHAPES
    ]  # fmt: skip
    return [BLENDSHAPES.index(name) for name in other]


@each
def test_a_mirror_swaps_the_sides_and_nothing_else(exercise: Exercise) -> None:
    points, shapes = mirror_points(), swapped_shapes()
    flip = np.diag([-1.0, 1.0, 1.0])

    def mirrored(frame: Frame) -> Frame:
        assert frame.landmarks is not None
        assert frame.head is not None
        assert frame.blendshapes is not None
        head = frame.head.astype(float)
        head[:3, :3] = flip @ head[:3, :3] @ flip
        seen = frame.landmarks[points] * np.array([-1.0, 1.0, 1.0], np.float32) + np.array([1280.0, 0, 0], np.float32)
        return dataclasses.replace(frame, landmarks=seen, head=head, blendshapes=frame.blendshapes[shapes])

    same(exercise, mirrored, swapped=exercise.sides == "alternate")
