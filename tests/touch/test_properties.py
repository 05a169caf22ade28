"""What holds for work with the hands whatever hands there are."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple

import numpy as np
import pytest
from faces import resting
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(EXERCISES), LOOKS, st.integers(0, 99))
def test_every_number_that_comes_out_is_finite_and_no_set_is_more_than_done(
    exercise: Exercise, looks: Looks, seed: int
) -> None:
    for feedback in judged(exercise, looks, seed):
        assert all(map(math.isfinite, numbers(astuple(feedback))))
        assert 0.0 <= feedback.progress <= 1.0
        assert 0 <= feedback.reps <= feedback.attempts
        assert all(0.0 <= hand.progress <= 1.0 for hand in feedback.hands)


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
