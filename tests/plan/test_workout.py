"""A workout goes from set to set in the time of the frames."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import BRISK, frames, perform, resting
from touch import bodies

from coach.form.exercise import Exercise, find_exercise, library
from coach.form.guide import READY_S
from coach.frame import Frame, Kind, Phase
from coach.plan.rules import COMFORT
from coach.plan.workout import ASKING_S, SUMMARY_HANDS_S, SUMMARY_LED_S, SUMMARY_S, SUMMARY_STROKE_S, Workout, pause_s
from coach.records.recording import read_frames, read_sets
from coach.score import Score, WorkoutScore
from coach.score import score as judge

SMILE, TURN = (find_exercise(id).paced(BRISK) for id in ("wide-smile", "neck-rotation"))


def run(workout: Workout, source: Iterator[Frame]) -> float:
    """Step until the running set has ended; return the time at which it did."""
    for frame in source:
        workout.step(frame)
        if workout.between:
            return frame.time
    raise AssertionError("the set did not end")


def performed(exercise: Exercise, reps: int, start: float = 0.0) -> Iterator[Frame]:
    return frames(perform(exercise, *["clean"] * reps), fps=15, start=start)


def test_a_set_ends_with_its_goal_and_the_next_begins_after_the_summary() -> None:
    workout = Workout([(SMILE, 2), (TURN, 2)])
    ended = run(workout, performed(SMILE, 2))
    assert (workout.exercise, workout.done) == (SMILE, False)
    assert workout.step(Frame(ended + SUMMARY_S - 0.1)).phase is Phase.DONE
    assert workout.exercise is SMILE
    begins = ended + SUMMARY_S + 0.001
    assert run(workout, performed(TURN, 2, start=begins)) > begins
    assert workout.done
    smile, turn = workout.results
    assert (smile.exercise, smile.goal, smile.reps, smile.good_reps, len(smile.attempts)) == (SMILE, 2, 2, 2, 2)
    assert (smile.start_s, smile.end_s) == (0.0, ended)
    assert (turn.reps, turn.left, turn.right) == (2, 1, 1)
    assert turn.start_s == begins


def test_after_the_last_set_nothing_is_judged_any_more() -> None:
    workout = Workout([(SMILE, 1)])
    ended = run(workout, performed(SMILE, 1))
    for frame in performed(SMILE, 1, start=ended + 60):
        assert workout.step(frame).phase is Phase.DONE
    assert [r.reps for r in workout.results] == [1]


def test_a_skipped_set_keeps_what_was_done() -> None:
    workout = Workout([(SMILE, 5), (TURN, 2)])
    for frame in performed(SMILE, 2):
        workout.step(frame)
    workout.skip()
    assert workout.between
    assert [(r.reps, r.goal) for r in workout.results] == [(2, 5)]
    workout.skip()  # the summary, too
    workout.step(next(resting(1, start=100.0)))
    assert workout.exercise is TURN
    assert not workout.between


def test_a_workout_can_be_skipped_to_its_end_without_a_single_frame() -> None:
    workout = Workout([(SMILE, 5), (TURN, None)])
    workout.skip()
    workout.skip()
    workout.step(Frame(0.0))
    workout.skip()
    assert workout.done
    assert [(r.reps, r.attempts) for r in workout.results] == [(0, ()), (0, ())]
    workout.skip()  # nothing is left to skip
    assert len(workout.results) == 2


def test_a_set_skipped_before_anything_was_seen_is_not_judged_afterwards() -> None:
    workout = Workout([(SMILE, 1)])
    workout.skip()
    for frame in performed(SMILE, 1):
        workout.step(frame)
    assert [r.reps for r in workout.results] == [0]


def test_a_set_without_a_goal_goes_on_until_it_is_skipped() -> None:
    workout = Workout([(SMILE, None)])
    for frame in performed(SMILE, 3):
        assert workout.step(frame).phase is not Phase.DONE
    workout.skip()
    assert [r.reps for r in workout.results] == [3]


def test_a_workout_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one set"):
        Workout([])


def test_a_workout_is_scored_set_by_set_and_its_recording_judges_the_same(tmp_path: Path) -> None:
    """Frames of a summary belong to no set; a workout that never began leaves no file."""
    smile, pucker = find_exercise("wide-smile").paced(BRISK), find_exercise("pucker").paced(BRISK)
    workout = Workout([(smile, 1), (pucker, 1)], summary_s=1.0)
    score = WorkoutScore(workout, "test", tmp_path / "a.coach")
    start = 0.0
    for exercise in (smile, pucker):
        for frame in frames(perform(exercise, "clean"), start=start):
            score(frame, workout.step(frame))
        start = frame.time + 1.0
    assert score.close()
    results = score.results()
    assert [(r["exercise"], r["reps"]) for r in results] == [("wide-smile", 1), ("pucker", 1)]
    again = [judge(read_frames(score.recording, s.number), [Score(s.exercise)])[0] for s in read_sets(score.recording)]
    assert [(one.session.reps, one.session.attempts) for one in again] == [
        (1, list(result.attempts)) for result in workout.results
    ]
    idle = WorkoutScore(workout, "test", tmp_path / "b.coach")
    assert not idle.close()
    assert not (tmp_path / "b.coach").exists()


def test_what_happens_at_the_end_of_a_set_is_told_once() -> None:
    workout = Workout([(SMILE, 1)])
    told = [e.kind for frame in performed(SMILE, 1) for e in workout.step(frame).events]
    assert told.count(Kind.SET_DONE) == told.count(Kind.REP) == 1


# --- pauses, and what the hands do ------------------------------------------------------------------------

POINT, OTHER, GRIP, SEATED, LED = (find_exercise(id) for id in ("li20", "st3", "neck-grip", "neck-seated", "sit-tall"))


def handled(workout: Workout, start: float) -> float:
    """Work with the hands, unseen by any camera here, until the running set has ended; return the time of that."""
    exercise = workout.exercise
    return run(workout, bodies.frames(exercise, 400.0, start, 10.0, manner="hidden"))


def test_the_pause_fits_what_comes_next() -> None:
    ids = ("pucker", "li20", "neck-grip", "stroke-jaw", "sit-tall", "gb20")
    assert [pause_s(find_exercise(id)) for id in ids] == [
        SUMMARY_S, SUMMARY_HANDS_S, SUMMARY_HANDS_S, SUMMARY_STROKE_S, SUMMARY_LED_S, SUMMARY_LED_S,
    ]  # fmt: skip
    workout = Workout([(LED, 1), (SEATED, 1)])
    ended = run(workout, resting(30.0, 10.0))
    assert workout.begins_in_s == pytest.approx(SUMMARY_HANDS_S)
    workout.step(next(resting(1, start=ended + SUMMARY_HANDS_S + 0.01)))
    assert workout.exercise is SEATED


def test_a_pause_that_is_asked_for_holds_for_all() -> None:
    workout = Workout([(LED, 1), (SEATED, 1)], summary_s=1.0)
    run(workout, resting(30.0, 10.0))
    assert workout.begins_in_s == pytest.approx(1.0)


def test_time_left_counts_each_pause_as_it_will_be() -> None:
    workout = Workout([(LED, 1), (SMILE, 2), (POINT, 13)])
    both = 2 * SMILE.round_s + 13 * POINT.round_s + SUMMARY_S + SUMMARY_HANDS_S
    assert workout.left_s == pytest.approx(LED.round_s + both)


def test_comfort_is_asked_once_after_the_first_set_of_the_hands() -> None:
    workout = Workout([(LED, 1), (GRIP, 1), (GRIP, 1), (LED, 1)])
    ended = run(workout, resting(30.0, 10.0))
    assert workout.asks == ""
    workout.skip()
    ended = handled(workout, ended + 1.0)
    assert workout.asks == COMFORT
    assert workout.begins_in_s == pytest.approx(ASKING_S)  # there is time to read it
    workout.skip()
    workout.step(Frame(ended + 0.5))
    assert workout.asks == ""
    handled(workout, ended + 1.0)
    assert workout.asks == ""


def test_sitting_is_not_asked_about() -> None:
    workout = Workout([(SEATED, 1)])
    assert handled(workout, 0.0) >= 60.0
    assert workout.asks == ""


def test_a_set_of_the_hands_of_which_nothing_was_done_is_not_asked_about() -> None:
    workout = Workout([(POINT, 13), (POINT, 13)])
    workout.step(next(resting(1)))
    workout.skip()
    assert workout.asks == ""


def test_pain_ends_a_set_of_the_hands_at_once_and_it_does_not_come_back() -> None:
    workout = Workout([(POINT, 13), (OTHER, 13), (POINT, 13), (LED, 1)])
    workout.step(next(resting(1)))
    workout.hurts()
    assert workout.between
    assert workout.asks == ""
    assert [e.id for e, _ in workout.sets] == ["li20", "st3", "sit-tall"]
    assert [r.exercise.id for r in workout.results] == ["li20"]


def test_pain_told_in_a_pause_is_that_of_the_set_before_it_and_starts_nothing() -> None:
    workout = Workout([(GRIP, 1), (POINT, 13), (GRIP, 1)])
    handled(workout, 0.0)
    workout.hurts()
    assert workout.between
    assert not workout.done
    assert [e.id for e, _ in workout.sets] == ["neck-grip", "li20"]


def test_pain_in_the_last_but_one_set_of_its_kind_ends_the_workout() -> None:
    workout = Workout([(GRIP, 1), (GRIP, 1)])
    workout.step(next(resting(1)))
    workout.hurts()
    assert workout.done


@pytest.mark.parametrize("id", ["neck-seated", "quiet-sitting"])
def test_sitting_at_the_end_runs_to_its_end(id: str) -> None:
    workout = Workout([(find_exercise(id), 1)])
    handled(workout, 0.0)
    (result,) = workout.results
    assert (result.reps, result.end_s - result.start_s >= 60.0) == (1, True)


def test_palms_over_the_face_are_not_waited_for() -> None:
    palms = find_exercise("warm-palms")
    assert palms.unseen
    workout = Workout([(palms, 1)])
    ended = run(workout, (Frame(i / 10) for i in range(600)))
    assert ended == pytest.approx(READY_S + 30.0, abs=0.2)
    assert [e.id for e in library().values() if e.unseen] == ["warm-palms"]
    quiet = Workout([(find_exercise("quiet-sitting"), 1)])
    for i in range(1200):
        quiet.step(Frame(i / 10))
    assert not quiet.between  # whoever sits quietly is in the picture
