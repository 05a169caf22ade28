"""The steps of the neck massage, done as they say and otherwise, at the rates at which a body is looked for."""

import numpy as np
import pytest
from touch import bodies
from touch.bodies import Manner

from coach.form.exercise import Exercise, library
from coach.frame import Kind
from coach.touch.neck import Torso
from coach.touch.session import TO_NECK, UNSEEN, TouchSession

NECK = {e.id: e for e in library().values() if e.group == "neck-massage"}
GLIDES = [id for id, e in NECK.items() if e.touch and e.touch.move == "glide"]
AT_THE_NECK = [id for id, e in NECK.items() if e.touch and e.touch.move not in ("upright", "seated", "rub")]
RATES = (5.0, 10.0)
SEEDS = (0, 1)


def seconds(exercise: Exercise, times: int) -> float:
    """Of so many repetitions, with the way there, and for what is held time to become quiet."""
    assert exercise.touch
    stays = 2.0 if exercise.touch.move == "grip" else 0.8
    return bodies.ENTER_S + times * exercise.round_s + stays


def work(id: str, times: int, manner: Manner, rate: float = 10.0, seed: int = 0) -> tuple[TouchSession, set[str]]:
    """Judge so many repetitions; return the session and the codes and cues of what was said."""
    session, said = TouchSession(NECK[id]), set()
    for frame in bodies.frames(NECK[id], seconds(NECK[id], times), fps=20.0, rate=rate, manner=manner, seed=seed):
        feedback = session.step(frame)
        said |= {event.code for event in feedback.events if event.kind is Kind.FAULT} | {feedback.cue}
    return session, said - {""}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", NECK)
def test_a_step_done_as_it_says_is_counted_and_nothing_is_said(id: str, seed: int, rate: float) -> None:
    times = min(NECK[id].reps, 4)
    session, said = work(id, times, "right", rate, seed)
    assert (session.reps, len(session.attempts), said) == (times, times, set())


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", GLIDES)
def test_strokes_towards_the_head_are_named_and_not_counted(id: str, rate: float) -> None:
    session, said = work(id, 4, "up", rate)
    assert session.reps == 0
    assert "direction" in said
    # The way up to where the first one begins looks like one.
    assert len(session.attempts) >= 3


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", GLIDES)
def test_hasty_strokes_are_named_and_hasty_kneading_is_not_counted(id: str, rate: float) -> None:
    session, said = work(id, 3, "fast", rate)
    assert "fast" in said
    assert len(session.attempts) > 4
    assert all("fast" in a.faults for a in session.attempts)
    assert (session.reps == 0) is (id == "neck-knead")


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", AT_THE_NECK)
def test_hands_on_the_spine_are_named(id: str, rate: float) -> None:
    assert "midline" in work(id, 1, "midline", rate)[1]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["neck-upright", "neck-grip"])
def test_a_low_shoulder_is_named(id: str, rate: float) -> None:
    assert "shoulders" in work(id, 1, "tilted", rate)[1]


def test_a_hanging_head_is_named() -> None:
    assert "nod" in work("neck-upright", 1, "nodding")[1]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", AT_THE_NECK)
def test_hands_that_never_come_count_nothing_and_are_asked_for(id: str, rate: float) -> None:
    session, said = work(id, 2, "away", rate)
    assert (len(session.attempts), said) == (0, {TO_NECK})


@pytest.mark.parametrize("rate", RATES)
def test_a_grip_that_wanders_is_not_held(rate: float) -> None:
    assert work("neck-grip", 3, "stirring", rate)[0].reps == 0


@pytest.mark.parametrize("rate", RATES)
def test_taps_with_force_are_named(rate: float) -> None:
    assert "force" in work("neck-taps", 1, "forceful", rate)[1]


def test_hands_that_rest_on_the_shoulders_do_not_tap() -> None:
    rests = NECK["neck-taps"]
    session = TouchSession(rests)
    for frame in bodies.frames(NECK["neck-grip"], 16.0):
        session.step(frame)
    assert session.reps <= 1  # what noise there is moves now and then as far as a tap


@pytest.mark.parametrize("rate", RATES)
def test_who_gets_up_in_the_minute_after_is_told(rate: float) -> None:
    assert "rise" in work("neck-seated", 1, "rises", rate)[1]


@pytest.mark.parametrize("id", AT_THE_NECK)
def test_arms_out_of_sight_are_led_by_time_and_that_is_said(id: str) -> None:
    times = min(NECK[id].reps, 3)
    session, said = work(id, times, "hidden")
    assert (session.reps, said) == (times, {UNSEEN, "unseen"})
    assert all(a.quality < 1.0 for a in session.attempts)


@pytest.mark.parametrize("id", ["neck-upright", "neck-seated"])
def test_what_needs_no_arms_does_not_speak_of_them(id: str) -> None:
    session, said = work(id, 1, "hidden")
    assert (session.reps, said) == (1, set())


def test_a_step_goes_on_while_the_face_is_away() -> None:
    session = TouchSession(NECK["neck-thumbs"])
    for frame in bodies.frames(NECK["neck-thumbs"], seconds(NECK["neck-thumbs"], 3)):
        away = 6.0 < frame.time < 9.0
        session.step(bodies.replace(frame, landmarks=None, blendshapes=None, head=None) if away else frame)
    assert session.reps == 3


def test_nothing_is_known_of_arms_without_shoulders() -> None:
    pose = next(bodies.frames(NECK["neck-taps"], 0.1)).pose
    assert pose is not None
    assert Torso().arms(0.0, pose)
    for change in ((11, 3, 0.0), (12, 3, 0.4), (7, 3, 0.0), (15, 0, np.nan)):
        other = pose.copy()
        other[change[0], change[1]] = change[2]
        assert Torso().arms(0.0, other) is None
    pose[11:13, :2] = 300.0
    assert Torso().arms(0.0, pose) is None
