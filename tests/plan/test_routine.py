"""Routines name exercises; a plan turns names and minutes into sets."""

from collections import Counter
from itertools import pairwise

import pytest

from coach.errors import BadInput
from coach.form.exercise import Exercise, find_exercise, library
from coach.plan.routine import (
    LEAST_SET_S,
    MOST_ROUNDS,
    SETTLE_S,
    Routine,
    SetPlan,
    build,
    goals,
    load_routine,
    plan,
    routine_ids,
    seconds,
)
from coach.plan.screening import blocked, load_screening

GOALS = [g.id for g in goals()]
MINUTES = (3, 5, 10, 15, 20)


def total(sets: list[Exercise]) -> float:
    """Seconds of all sets."""
    return sum(map(seconds, sets))


def rounds_of(goal: str) -> dict[str, int]:
    """In how many rounds each exercise of a goal may come."""
    return {s.exercise: min(s.rounds or MOST_ROUNDS, MOST_ROUNDS) for s in load_routine(goal).set}


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


def test_every_pose_of_a_sequence_takes_its_own_way_and_hold() -> None:
    e = find_exercise("gaze-clock")
    t = e.tempo
    assert seconds(e) == pytest.approx(e.reps * (8 * (t.rise + t.hold) + t.lower + t.rest) + SETTLE_S)


def test_the_goals_are_offered_in_their_order_each_long_enough_for_two_rounds() -> None:
    assert GOALS[:2] == ["everyday", "cheeks-and-smile"]
    assert set(GOALS) == set(routine_ids()) - {"morning", "demo"}
    assert len({load_routine(id).goal for id in GOALS}) == len(GOALS)
    for goal in goals():
        assert goal.minutes * 60 == pytest.approx(total(plan([goal.id])))
        assert 9 <= goal.minutes <= 14


@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_begins_with_the_neck_has_no_exercise_twice_and_promises_nothing(goal: str) -> None:
    routine = load_routine(goal)
    ids = [s.exercise for s in routine.set]
    assert find_exercise(ids[0]).group == "neck"
    assert len(set(ids)) == len(ids)
    text = f"{routine.name} {routine.about}".lower()
    for word in ("cure", "heal", "treat", "guarantee", "wrinkle", "younger", "rejuvenat", "detox", "slim", "therapy"):
        assert word not in text


def test_the_jaw_is_eased_with_rest_opening_and_light_pushes_and_never_wide_open() -> None:
    ids = {s.exercise for s in load_routine("jaw-ease").set}
    assert {"jaw-rest", "jaw-open", "resisted-opening"} <= ids
    assert not ids & {"goldfish-full", "tall-o", "lion-face"}


def test_lifting_and_toning_leaves_out_what_folds_the_skin() -> None:
    ids = {s.exercise for s in load_routine("lift-and-tone").set}
    assert not ids & {"frown-release", "corners-down", "nose-wrinkle", "squeeze-release", "cheek-raise"}


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_fills_the_minutes_asked_for(goal: str, minutes: int) -> None:
    sets = build(goal, minutes)
    assert total(sets) == pytest.approx(60 * minutes, rel=0.06)
    order = [s.exercise for s in load_routine(goal).set]
    places = [order.index(e.id) for e in sets]
    assert places[0] == 0
    assert sum(a >= b for a, b in pairwise(places)) <= 1, "two rounds at most"
    assert all(n <= rounds_of(goal)[id] for id, n in Counter(e.id for e in sets).items())
    assert len({e.id for e in sets}) >= 4


@pytest.mark.parametrize("answer", [q.id for q in load_screening().question])
def test_with_something_left_out_the_minutes_are_filled_with_the_rest(answer: str) -> None:
    out = blocked([answer], library().values())
    for goal in GOALS:
        rounds = rounds_of(goal)
        left = [e for e in load_routine(goal).exercises() if e.id not in out]
        if not left:
            with pytest.raises(BadInput, match=f"{load_routine(goal).name}: your answers leave none"):
                build(goal, 10, out)
            continue
        most = sum(seconds(e) * rounds[e.id] for e in left)
        for minutes in MINUTES:
            sets = build(goal, minutes, out)
            assert not out.keys() & {e.id for e in sets}
            assert total(sets) == pytest.approx(min(60 * minutes, most), rel=0.12), (goal, minutes)


@pytest.mark.parametrize("goal", GOALS)
def test_a_short_time_shortens_sets_before_it_leaves_exercises_out(goal: str) -> None:
    own = {e.id: e for e in load_routine(goal).exercises()}
    for minutes in MINUTES:
        for e in build(goal, minutes):
            whole = own[e.id]
            assert e.tempo == whole.tempo
            assert whole.reps / 2 <= e.reps <= whole.reps
            assert seconds(e) >= min(seconds(whole), LEAST_SET_S)
            assert e.sides == "both" or e.reps % 2 == 0, "as often to the left as to the right"
    longest = own[max(own, key=lambda id: seconds(own[id]))]
    assert len(build(goal, 5)) > 5 * 60 / seconds(longest)


def test_exercises_can_be_chosen_one_by_one() -> None:
    assert [e.id for e in build(["pucker", "jaw-open"], 2)] == ["pucker", "jaw-open"]
    assert [e.id for e in build(["pucker", "jaw-open"], 2, {"pucker"})] == ["jaw-open", "jaw-open"]
    assert len(build(["pucker"], 60)) == MOST_ROUNDS
    with pytest.raises(BadInput, match="this choice: your answers leave none"):
        build(["pucker"], 5, {"pucker"})
    with pytest.raises(BadInput, match="unknown exercise 'puker'; did you mean 'pucker'"):
        build(["puker"], 5)


def test_an_unknown_goal_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="unknown routine 'jaw-eas'; did you mean 'jaw-ease'"):
        build("jaw-eas", 5)


def test_the_command_line_takes_a_goal_as_any_routine() -> None:
    assert plan(["jaw-ease"]) == load_routine("jaw-ease").exercises()
    assert plan(["jaw-ease"], 5) == build("jaw-ease", 5)
