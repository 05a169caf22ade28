"""What holds for work with the hands whatever hands there are."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from functools import cache

import numpy as np
import pytest
from faces import resting
from hypothesis import given, settings
from hypothesis import strategies as st
from touch import bodies, tracks

from coach.form.exercise import Exercise, find_exercise
from coach.frame import Feedback, Frame
from coach.plan.rules import dosed
from coach.touch.session import TouchSession

FACE = next(resting(0.1))
EXERCISES = [
    *map(find_exercise, ("li20", "ex-hn3", "stroke-jaw", "neck-stroke", "neck-knead", "neck-taps", "neck-grip")),
    dosed(find_exercise("gb14"), "tap"),
]

#: Pixels: mostly in the picture, and now and then anywhere.
PIXELS = st.one_of(st.floats(0, 1280, width=32), st.sampled_from((0.0, -1.0, 1e6, -1e9, 3e30)))
#: One look: seconds since the one before; hands by where each is and how wide; the body by its arms; whether there is a
#: face.
LOOKS = st.lists(
    st.tuples(
        st.floats(0.01, 1.5),
        st.lists(st.tuples(PIXELS, PIXELS, st.floats(0, 400, width=32)), max_size=3),
        st.none() | st.lists(st.tuples(PIXELS, PIXELS, st.floats(0, 1, width=32)), min_size=10, max_size=10),
        st.integers(0, 9).map(bool),
    ),
    min_size=1,
    max_size=40,
)
Looks = Sequence[tuple[float, list[tuple[float, float, float]], list[tuple[float, float, float]] | None, bool]]


def frames(looks: Looks, seed: int) -> Iterator[Frame]:
    random = np.random.default_rng(seed)
    time = 0.0
    for passed, some, body, face in looks:
        time += passed
        hands = np.zeros((len(some), 21, 3), np.float32)
        for hand, (x, y, wide) in zip(hands, some, strict=True):
            hand[:, :2] = (x, y) + wide * random.uniform(-1, 1, (21, 2))
        pose = None
        if body is not None:
            pose = np.zeros((33, 4), np.float32)
            pose[7:17, [0, 1, 3]] = body
        if face:
            yield Frame(time, FACE.landmarks, FACE.blendshapes, FACE.head, hands, pose)
        else:
            yield Frame(time, hands=hands, pose=pose)


def numbers(value: object) -> Iterator[float]:
    """All numbers in nested tuples, lists and dicts."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        yield from numbers(tuple(value.values()))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from numbers(one)


def judged(exercise: Exercise, looks: Looks, seed: int) -> list[Feedback]:
    session = TouchSession(exercise, 5)
    return [session.step(frame) for frame in frames(looks, seed)]


def check(feedback: Feedback) -> None:
    assert all(map(math.isfinite, numbers(astuple(feedback))))
    assert 0.0 <= feedback.progress <= 1.0
    assert 0 <= feedback.reps <= feedback.attempts
    assert all(0.0 <= hand.progress <= 1.0 for hand in feedback.hands)


@cache
def well_done(id: str) -> list[Frame]:
    """Some seconds of an exercise as it is to be done."""
    exercise = find_exercise(id)
    if exercise.group == "neck-massage":
        return list(bodies.frames(exercise, 10.0, fps=15.0))
    way = tracks.strokes(exercise, 2.5) if id.startswith("stroke") else tracks.circles(exercise, 0.7)
    return list(tracks.frames(exercise, way, 5.0, 10.0))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(EXERCISES), LOOKS, st.integers(0, 99))
def test_every_number_that_comes_out_is_finite_and_no_set_is_more_than_done(
    exercise: Exercise, looks: Looks, seed: int
) -> None:
    for feedback in judged(exercise, looks, seed):
        check(feedback)


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["li20", "stroke-jaw", "neck-stroke", "neck-taps"]),
    st.lists(st.tuples(st.integers(0, 140), PIXELS, PIXELS), max_size=30),
)
def test_wild_looks_among_good_ones_leave_every_number_finite(id: str, wild: list[tuple[int, float, float]]) -> None:
    session, some = TouchSession(find_exercise(id)), list(well_done(id))
    for index, x, y in wild:
        frame = some[index]
        hands, pose = np.full((2, 21, 3), x, np.float32), np.ones((33, 4), np.float32)
        hands[..., 1], pose[:, 0], pose[:, 1] = y, x, y
        some[index] = replace(frame, hands=hands, hands_time=None, pose=pose if frame.pose is not None else None)
    for frame in some:
        check(session.step(frame))
    if not wild:
        assert session.reps > 0


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(EXERCISES), LOOKS, st.integers(0, 99))
def test_the_same_frames_are_judged_the_same_twice(exercise: Exercise, looks: Looks, seed: int) -> None:
    assert judged(exercise, looks, seed) == judged(exercise, looks, seed)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(EXERCISES), st.floats(0, 1e6), st.floats(0, 1e6))
def test_time_must_rise(exercise: Exercise, time: float, back: float) -> None:
    session = TouchSession(exercise)
    session.step(Frame(time))
    with pytest.raises(ValueError, match="time must rise"):
        session.step(Frame(time - back))
    session.step(Frame(time + 1.0))
