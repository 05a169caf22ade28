"""A workout goes from set to set in the time of the frames."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import BRISK, frames, perform, resting

from coach.form.exercise import Exercise, find_exercise
from coach.frame import Frame, Kind, Phase
from coach.plan.workout import SUMMARY_S, Workout
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
    assert run(workout, performed(TURN, 2, start=ended + SUMMARY_S)) > ended + SUMMARY_S
    assert workout.done
    smile, turn = workout.results
    assert (smile.exercise, smile.goal, smile.reps, smile.good_reps, len(smile.attempts)) == (SMILE, 2, 2, 2, 2)
    assert (smile.start_s, smile.end_s) == (0.0, ended)
    assert (turn.reps, turn.left, turn.right) == (2, 1, 1)
    assert turn.start_s == ended + SUMMARY_S


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
