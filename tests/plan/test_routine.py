"""Routines name exercises; a plan turns names and minutes into sets."""

import pytest

from coach.errors import BadInput
from coach.form.exercise import find_exercise, library
from coach.plan.routine import SETTLE_S, Routine, SetPlan, load_routine, plan, routine_ids, seconds


@pytest.mark.parametrize("id", routine_ids())
def test_every_routine_names_exercises_that_exist(id: str) -> None:
    routine = load_routine(id)
    assert routine.id == id
    assert routine.name
    assert routine.about.endswith(".")
    exercises = routine.exercises()
    assert len(exercises) == len(routine.set) > 0
    for exercise, planned in zip(exercises, routine.set, strict=True):
        assert exercise.reps == (planned.reps or library()[exercise.id].reps)
        assert exercise.tempo == (routine.tempo or library()[exercise.id].tempo)


def test_the_morning_has_all_of_the_first_ten() -> None:
    assert len({e.id for e in load_routine("morning").exercises()}) == 10


def test_a_routine_asks_for_its_own_number_of_repetitions() -> None:
    routine = Routine("x", "", [SetPlan("pucker", reps=3), SetPlan("pucker")])
    assert [e.reps for e in routine.exercises()] == [3, find_exercise("pucker").reps]


def test_an_unknown_routine_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="unknown routine 'mornin'; did you mean 'morning'"):
        load_routine("mornin")


def test_names_of_exercises_and_routines_are_planned_in_their_order() -> None:
    ids = [e.id for e in plan(["pucker", "morning", "jaw-open"])]
    assert ids == ["pucker", *(e.id for e in load_routine("morning").exercises()), "jaw-open"]
    assert [e.id for e in plan([])] == ids[1:-1]


@pytest.mark.parametrize(("name", "near"), [("puker", "pucker"), ("wide-smil", "wide-smile"), ("mornings", "morning")])
def test_an_unknown_name_is_refused_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(BadInput, match=f"'{name}'; did you mean '{near}'"):
        plan([name])


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(BadInput, match=r"'qqqq' \('coach exercises' lists them all"):
        plan(["qqqq"])


@pytest.mark.parametrize("minutes", [0.5, 2.0, 7.0, 30.0])
def test_minutes_are_filled_to_within_half_a_set(minutes: float) -> None:
    chosen = plan(["pucker", "side-bend"], minutes)
    assert [e.id for e in chosen] == [("pucker", "side-bend")[i % 2] for i in range(len(chosen))]
    longest = max(seconds(e) for e in chosen)
    assert abs(sum(seconds(e) for e in chosen) - 60 * minutes) <= longest


def test_a_set_takes_its_tempo_times_its_repetitions_and_a_moment_to_settle() -> None:
    e = find_exercise("pucker")
    t = e.tempo
    assert seconds(e) == e.reps * (t.rise + t.hold + t.lower + t.rest) + SETTLE_S
