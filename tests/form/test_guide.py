"""Exercises led by time: nothing is judged, and nobody is hurried."""

import re

import msgspec
import numpy as np
import pytest
from faces import resting

from coach.form.exercise import Exercise, Tempo, library
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
    sentence = re.escape("time must rise from frame to frame, not go from 1.0 s to 1.0 s")
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        guide.step(Frame(1.0))


def test_a_recording_of_it_is_led_alike() -> None:
    """Of each ten seconds somebody is in sight for five, and is waited for from the seventh on: that leads on by
    41.75 s, three of them to get ready."""
    times = np.arange(0, 60, 0.25)
    measures = np.zeros((len(times), 3))
    measures[times % 10 >= 5, 0] = np.nan
    measures[:, 1] = np.nan
    one, other = Guide(TIMED[0].paced(EASY)), Guide(TIMED[0].paced(EASY))
    for time in times.tolist():
        one.advance(time, measures[0] if time % 10 < 5 else None)
    shown = other.run(times, measures)
    assert shown.shape == times.shape
    assert np.isnan(shown).all()
    assert one.reps == other.reps == 7
    assert one.step(Frame(60.0)) == other.step(Frame(60.0))


# --- second by second -------------------------------------------------------------------------------------

#: Five seconds a round.
EASY = Tempo(1.0, 2.0, 1.0, 1.0)
HERE = np.zeros(3)


def plain(tempo: Tempo = EASY, goal: int | None = None, unseen: bool = False) -> Guide:
    return Guide(msgspec.structs.replace(TIMED[0], tempo=tempo, unseen=unseen), goal)


def test_a_set_second_by_second() -> None:
    """Three to get ready, two rounds, and then nothing more."""
    guide, rows = plain(goal=2), []
    for i in range(36):
        f = guide.advance(100.0 + i / 2, HERE)
        rows.append((f.phase, f.hold_s, f.progress))
        assert (f.time, f.cue, f.withheld) == (100.0 + i / 2, "", "")
        assert f.reps == guide.reps == round(2 * f.progress)
        assert (f.match, f.attempts, f.left, f.right) == (None, 0, 0, 0)
        ends = {14: [(Kind.REP, "1")], 24: [(Kind.REP, "2"), (Kind.SET_DONE, "Set done. Well done.")]}
        assert [(e.kind, e.text) for e in f.events] == ends.get(i, [])
        assert all(e.time == f.time for e in f.events)
    first = [(Phase.RISE, 0.0), (Phase.RISE, 0.0), *((Phase.HOLD, held) for held in (0.0, 0.5, 1.0, 1.5))]
    first += [(Phase.LOWER, 0.0)] * 2
    assert rows[:6] == [(Phase.LEARNING, 0.0, 0.0)] * 6
    assert rows[6:14] == [(*row, 0.0) for row in first]
    assert rows[14:16] == [(Phase.REST, 0.0, 0.5)] * 2
    assert rows[16:24] == [(*row, 0.5) for row in first]
    assert rows[24:] == [(Phase.DONE, 0.0, 1.0)] * 12


def test_without_a_goal_it_goes_on_and_makes_no_progress() -> None:
    guide = plain()
    told = [guide.advance(float(i), HERE) for i in range(34)]
    assert [e.text for f in told for e in f.events] == ["1", "2", "3", "4", "5", "6"]
    assert all(f.progress == 0.0 and f.phase is not Phase.DONE for f in told)


def test_nothing_is_kept_of_it_and_nothing_can_be_corrected() -> None:
    guide = plain()
    for i in range(20):
        guide.advance(float(i), HERE)
    assert guide.correct(True, 19.0) is guide.correct(False, 19.0) is False
    assert (guide.reps, guide.attempts, guide.gentle) == (3, [], False)
    assert guide.neutral is guide.calibration is None


@pytest.mark.parametrize(("hold", "cue"), [(6.0, ""), (6.5, BREATHE)])
def test_only_a_hold_of_more_than_six_seconds_says_to_breathe_and_only_then(hold: float, cue: str) -> None:
    guide = plain(Tempo(1.0, hold, 1.0, 1.0))
    for i in range(13):
        told = guide.advance(float(i), HERE)
        assert told.cue == (cue if told.phase is Phase.HOLD else "")


def test_two_seconds_after_the_face_is_gone_the_guide_waits_and_then_goes_on_where_it_was() -> None:
    guide = plain()
    for i in range(11):
        guide.advance(i / 2, HERE)  # until half way through the hold
    gone = [guide.advance(5.0 + i / 2, None) for i in range(1, 41)]
    assert [f.hold_s for f in gone[:2]] == [1.5, 0.0]
    assert [f.phase for f in gone[:4]] == [Phase.HOLD, Phase.LOWER, Phase.LOWER, Phase.REST]
    assert all((f.cue, f.withheld) == ("", "") for f in gone[:4])
    assert all((f.cue, f.withheld, f.phase) == (AWAY, AWAY, Phase.REST) for f in gone[4:])
    assert [guide.advance(25.0 + i / 2, HERE).phase for i in range(1, 3)] == [Phase.REST, Phase.RISE]


def test_nobody_is_waited_for_where_hands_cover_the_face() -> None:
    led, waited = plain(unseen=True), plain()
    for i in range(9):
        told, idle = led.advance(float(i), None), waited.advance(float(i), None)
        assert (told.cue, told.withheld, idle.cue, idle.withheld) == ("", "", AWAY, AWAY)
        assert idle.phase is Phase.LEARNING
    assert (told.phase, led.reps) == (Phase.RISE, 1)


def test_however_long_nothing_came_no_more_than_two_seconds_are_led() -> None:
    guide = plain()
    assert guide.advance(50.0, HERE).phase is Phase.LEARNING
    assert guide.advance(90.0, HERE).phase is Phase.LEARNING
    assert guide.advance(91.0, HERE).phase is Phase.RISE


def test_getting_ready_anew_goes_back_to_the_last_that_was_led_to_its_end() -> None:
    guide = plain()
    for i in range(6):
        guide.advance(float(i), HERE)
    guide.relearn()
    assert [guide.advance(6.0 + i, HERE).phase for i in range(3)] == [Phase.LEARNING, Phase.LEARNING, Phase.RISE]
    for i in range(9, 16):
        guide.advance(float(i), HERE)
    assert guide.reps == 1
    guide.relearn()
    assert guide.reps == 1
    told = guide.advance(15.5, HERE)
    assert (told.phase, told.reps, told.events) == (Phase.RISE, 1, ())


def test_an_exercise_without_any_time_takes_half_a_second() -> None:
    guide = plain(Tempo(0.0, 0.0, 0.0, 0.0), goal=3)
    told = [guide.advance(i / 4, HERE) for i in range(19)]
    assert [f.reps for f in told[12:]] == [0, 0, 1, 1, 2, 2, 3]
    assert [f.progress for f in told[12:]] == pytest.approx([0, 0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1])
    assert told[13].phase is Phase.REST
    assert told[-1].phase is Phase.DONE
    late = plain(Tempo(0.0, 0.0, 0.0, 0.0), goal=2)
    assert [late.advance(time, HERE).progress for time in (0.0, 2.0, 3.0, 5.0)] == [0.0, 0.0, 0.0, 1.0]
    assert late.reps == 4
