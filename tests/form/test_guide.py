"""Exercises led by time: nothing is judged, and nobody is hurried."""

import numpy as np
import pytest
from faces import resting

from coach.form.exercise import Exercise, library
from coach.form.guide import AWAY, BREATHE, READY_S, Guide
from coach.form.session import Session
from coach.frame import Feedback, Frame, Kind, Phase
from coach.plan.lead import begin

TIMED = [e for e in library().values() if e.judge == "timer"]


def led(exercise: Exercise, seconds: float, goal: int | None = None, fps: float = 10.0) -> list[Feedback]:
    guide = Guide(exercise, goal)
    return [guide.step(frame) for frame in resting(seconds, fps)]


@pytest.mark.parametrize("exercise", TIMED, ids=lambda e: e.id)
def test_a_timer_exercise_is_led_through_its_phases_and_never_scored(exercise: Exercise) -> None:
    tempo = exercise.tempo
    once = tempo.rise + tempo.hold + tempo.lower + tempo.rest
    feedback = led(exercise, READY_S + 2 * once + 1.0, goal=2)
    assert feedback[-1].phase is Phase.DONE
    assert feedback[-1].reps == 2
    assert all(f.match is None and f.attempts == 0 and f.last is None and f.form is None for f in feedback)
    kinds = [e.kind for f in feedback for e in f.events]
    assert kinds == [Kind.REP, Kind.REP, Kind.SET_DONE]
    with pytest.raises(ValueError, match="not judged by the movement of the face"):
        Session(exercise)
    assert isinstance(begin(exercise), Guide)


def test_it_waits_while_nobody_is_there() -> None:
    exercise = next(e for e in TIMED if e.tempo.hold > 0)
    guide = Guide(exercise, 1)
    seen = list(resting(4.0, 10.0))
    for frame in seen:
        before = guide.step(frame)
    for i in range(600):
        after = guide.step(Frame(4.0 + i / 10))
    assert after.withheld == after.cue == AWAY
    assert after.reps == before.reps == 0


def test_a_long_hold_says_to_breathe() -> None:
    exercise = max(TIMED, key=lambda e: e.tempo.hold)
    assert exercise.tempo.hold > 6
    held = [f for f in led(exercise, 12.0) if f.phase is Phase.HOLD]
    assert held
    assert all(f.cue == BREATHE for f in held)


def test_time_must_rise() -> None:
    guide = Guide(TIMED[0])
    guide.step(Frame(1.0))
    with pytest.raises(ValueError, match="time must rise"):
        guide.step(Frame(1.0))


def test_a_recording_of_it_is_led_alike() -> None:
    exercise = TIMED[0]
    one, other = Guide(exercise), Guide(exercise)
    times = np.arange(0, 30, 0.1)
    for time in times.tolist():
        one.advance(time, np.zeros(3))
    assert np.isnan(other.run(times, np.zeros((len(times), 3)))).all()
    assert one.reps == other.reps > 0
