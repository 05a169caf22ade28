"""Routines name exercises; a plan turns names and minutes into sets."""

from collections import Counter
from collections.abc import Collection
from itertools import pairwise

import msgspec
import pytest

from coach.errors import BadInput
from coach.form.exercise import Exercise, find_exercise, library, parse_toml
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
    settle_s,
)
from coach.plan.screening import blocked, load_screening

GOALS = [g.id for g in goals()]
MINUTES = (3, 5, 10, 15, 20)


def total(sets: list[Exercise]) -> float:
    """Seconds of all sets."""
    return sum(map(seconds, sets))


def most_of(goal: str, out: Collection[str] = ()) -> dict[str, int]:
    """How often each exercise of a goal may come at most."""
    slots = [slot for slot in load_routine(goal).slots() if slot.exercise.id not in out]
    found: Counter[str] = Counter()
    for slot in slots:
        found[slot.exercise.id] += min(slot.rounds or MOST_ROUNDS, MOST_ROUNDS)
    return found


def longest(goal: str, out: Collection[str] = ()) -> float:
    """Seconds of a goal that is repeated as often as it may be."""
    slots = [slot for slot in load_routine(goal).slots() if slot.exercise.id not in out]
    return sum(seconds(slot.exercise) * min(slot.rounds or MOST_ROUNDS, MOST_ROUNDS) for slot in slots)


@pytest.mark.parametrize("id", routine_ids())
def test_every_routine_names_exercises_that_exist(id: str) -> None:
    routine = load_routine(id)
    assert routine.id == id
    assert routine.name
    assert routine.about.endswith(".")
    exercises = routine.exercises()
    assert len(exercises) >= len(routine.set) > 0
    assert id not in library(), "a name is either"
    plain = [s for s in routine.set if s.exercise]
    if len(plain) < len(routine.set):
        return
    for exercise, planned in zip(exercises, plain, strict=True):
        assert exercise.id == planned.exercise
        if planned.seconds is None and planned.dose is None:
            assert exercise.reps == (planned.reps or library()[exercise.id].reps)
            assert exercise.tempo == (routine.tempo or library()[exercise.id].tempo)


PRESETS = ["P3", "P5", "P10", "P15", "P20", "MG", "DN", "TJ", "LT", "EW", "EW+", "HR"]


def test_every_preset_is_there_and_as_long_as_it_should_be() -> None:
    found = {r.preset: r for r in map(load_routine, routine_ids()) if r.preset}
    assert sorted(found) == sorted(PRESETS)
    for routine in found.values():
        assert routine.minutes
        minutes, rest = routine.minutes
        assert total(routine.exercises()) == pytest.approx(60 * minutes + rest, rel=0.05), routine.preset


def test_a_set_may_be_another_routine() -> None:
    inner = Routine("x", "", [SetPlan(routine="bright-eyes"), SetPlan("pucker")])
    assert [e.id for e in inner.exercises()] == ["bl2", "ex-hn4", "te23", "gb1", "st2", "pucker"]
    slow = Routine("x", "", [SetPlan(routine="face-short", pace=1.5)]).exercises()
    assert [e.tempo.rise for e in slow] == [1.5 * e.tempo.rise for e in load_routine("face-short").exercises()]
    assert [e.reps for e in slow] == [3] * 5


def test_a_point_may_be_worked_for_something_and_a_set_last_so_many_seconds() -> None:
    plans = [
        SetPlan("ex-hn3", dose="tap"),
        SetPlan("bl2", dose="headache", seconds=90),
        SetPlan("quiet-sitting", seconds=300),
    ]
    tap, press, quiet = Routine("x", "", plans).exercises()
    assert tap.touch
    assert (tap.touch.move, tap.touch.dose, tap.reps * tap.round_s) == ("tap", "tap", pytest.approx(60.0))
    assert press.touch
    assert (press.touch.move, press.touch.dose) == ("circle", "headache")
    assert 90 <= press.reps * press.round_s < 91
    assert (quiet.reps, quiet.round_s) == (5, 60.0)


@pytest.mark.parametrize(
    ("planned", "told"),
    [
        (SetPlan(), "set 1: a set needs either 'exercise' or 'routine'"),
        (SetPlan("pucker", routine="morning"), "set 1: a set needs either"),
        (SetPlan("puker"), "set 1: unknown exercise 'puker'; did you mean 'pucker'"),
        (SetPlan(routine="mornin"), "set 1: unknown routine 'mornin'; did you mean 'morning'"),
        (
            SetPlan("ex-hn5", dose="tap"),
            "'ex-hn5' is not worked with the dose 'tap' .its doses: every",
        ),
        (SetPlan("../mine.toml"), "set 1: '../mine.toml' is a file; a routine names exercises by their id"),
        (SetPlan(routine="../mine"), "set 1: unknown routine"),
        (SetPlan(routine="morning-glow"), "set 1: 'morning-glow' is made of routines itself"),
        (SetPlan("pucker", dose="tap"), "set 1: 'pucker' is not worked with the dose 'tap' .its doses: none"),
    ],
)
def test_a_mistake_in_a_routine_is_told_with_its_name_and_set(planned: SetPlan, told: str) -> None:
    with pytest.raises(BadInput, match=f"routine 'Mine': .*{told}"):
        Routine("Mine", "", [planned]).exercises()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("reps = 0", "reps: Expected `int` >= 1"),
        ("reps = 1000000", "reps: Expected `int` <= 10000"),
        ("seconds = 1e5", "seconds: Expected `float` <= 3600"),
        ("pace = 1000", "pace: Expected `float` <= 10"),
        ("pace = nan", "set[0].pace: must be a finite number"),
        ("rounds = 101", "rounds: Expected `int` <= 100"),
        ("perform = [" + '"clean",' * 101 + "]", "perform: Expected `array` of length <= 100"),
        ('[[set]]\nexercise = "pucker"\n' * 100, "set: Expected `array` of length <= 100"),
    ],
)
def test_a_routine_of_absurd_size_is_refused(line: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_toml(f'name = "x"\nabout = ""\n[[set]]\nexercise = "pucker"\n{line}\n', "mine.toml", Routine)
    assert told in str(caught.value)


def test_a_shorter_routine_that_is_no_shorter_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = msgspec.structs.replace(load_routine("morning"), shorter="morning")
    monkeypatch.setattr("coach.plan.routine.load_routine", lambda id: endless)
    with pytest.raises(BadInput, match="that is no longer"):
        build("morning", 1)


def test_what_is_never_led_is_in_no_plan() -> None:
    with pytest.raises(BadInput, match="'bl1' is never led: It lies at the eyeball"):
        plan(["bl1"])
    assert [e.id for e in build(["bl1", "li20"], 3)] == ["li20"]
    with pytest.raises(BadInput, match="this choice"):
        build(["bl1"], 3)


def test_judged_sets_take_longer_to_begin_than_what_the_hands_do() -> None:
    waits = [settle_s(find_exercise(id)) for id in ("pucker", "quiet-sitting", "li20", "neck-knead", "stroke-jaw")]
    assert waits == [6.0, 3.0, 3.0, 3.0, 2.0]


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
    with pytest.raises(BadInput, match=r"'qqqq' \('coach exercises' and 'coach routines' list them all"):
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
    assert GOALS[-4:] == ["self-massage", "points", "neck-care", "headache"]
    assert len(GOALS) == 11
    assert len({load_routine(id).goal for id in GOALS}) == len(GOALS)
    for goal in goals():
        assert goal.minutes * 60 == pytest.approx(total(plan([goal.id])))
        assert 8.5 <= goal.minutes <= 17


@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_begins_with_the_neck_or_upright_has_no_exercise_twice_and_promises_nothing(goal: str) -> None:
    routine = load_routine(goal)
    ids = [s.exercise for s in routine.set if s.exercise and s.dose is None]
    assert find_exercise(ids[0]).group == "neck" or ids[0] == "sit-tall"
    assert len(set(ids)) == len(ids)
    text = f"{routine.name} {routine.about}".lower()
    for word in ("cure", "heal", "treat", "guarantee", "wrinkle", "younger", "rejuvenat", "detox", "slim", "therapy"):
        assert word not in text


def test_the_jaw_is_eased_with_rest_opening_and_light_pushes_and_never_wide_open() -> None:
    ids = {e.id for e in load_routine("jaw-ease").exercises()}
    assert {"jaw-rest", "jaw-open", "resisted-opening"} <= ids
    assert not ids & {"goldfish-full", "tall-o", "lion-face"}


def test_lifting_and_toning_leaves_out_what_folds_the_skin() -> None:
    ids = {e.id for e in load_routine("lift-and-tone").exercises()}
    assert not ids & {"frown-release", "corners-down", "nose-wrinkle", "squeeze-release", "cheek-raise"}


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("goal", GOALS)
def test_a_goal_fills_the_minutes_asked_for(goal: str, minutes: int) -> None:
    sets = build(goal, minutes)
    assert total(sets) == pytest.approx(min(60 * minutes, longest(goal)), rel=0.08)
    most = most_of(goal)
    assert all(n <= most[e] for e, n in Counter(e.id for e in sets).items() if goal != "self-massage" or minutes > 12)
    assert len({e.id for e in sets}) >= 4


@pytest.mark.parametrize("minutes", [*MINUTES, 1, 7, 12, 45, 120])
@pytest.mark.parametrize("goal", GOALS)
def test_what_the_hands_do_comes_once_or_as_often_as_the_routine_has_it(goal: str, minutes: int) -> None:
    own = Counter(e.id for e in load_routine(goal).exercises() if e.touch)
    had = Counter(e.id for e in build(goal, minutes) if e.touch)
    assert all(n <= own[id] for id, n in had.items())


@pytest.mark.parametrize("minutes", MINUTES)
def test_self_massage_takes_the_passes_that_fit(minutes: int) -> None:
    strokes = [e.id for e in build("self-massage", minutes) if e.id.startswith("stroke-")]
    assert strokes.count("stroke-upper-cheek") == (1 if minutes <= 10 else 2)
    assert ("stroke-hairline" in strokes) == (minutes >= 10)
    assert strokes[-1] == "stroke-drain" or minutes == 15


@pytest.mark.parametrize("goal", GOALS)
def test_further_rounds_keep_the_order_of_the_first(goal: str) -> None:
    order = [e.id for e in load_routine(goal).exercises()]
    sets = [e.id for e in build(goal, 20) if order.count(e.id) == 1 and e.id != "quiet-sitting"]
    assert sum(order.index(a) >= order.index(b) for a, b in pairwise(sets)) <= 2, "three rounds at most"


@pytest.mark.parametrize("answer", [q.id for q in load_screening().question])
def test_with_something_left_out_the_minutes_are_filled_with_the_rest(answer: str) -> None:
    out = blocked([answer], library().values())
    for goal in GOALS:
        if not longest(goal, out):
            with pytest.raises(BadInput, match=f"{load_routine(goal).name}: your answers leave none"):
                build(goal, 10, out)
            continue
        for minutes in MINUTES:
            sets = build(goal, minutes, out)
            assert not out.keys() & {e.id for e in sets}
            if goal != "self-massage":  # which has shorter routines of its own
                assert total(sets) == pytest.approx(min(60 * minutes, longest(goal, out)), rel=0.14), (goal, minutes)


@pytest.mark.parametrize("goal", GOALS)
def test_a_short_time_shortens_sets_before_it_leaves_exercises_out(goal: str) -> None:
    own = {e.id: e for e in load_routine(goal).exercises() if not e.touch and e.group != "quiet"}
    for minutes in MINUTES:
        for e in build(goal, minutes):
            if e.id not in own:
                continue
            whole = own[e.id]
            assert e.tempo == whole.tempo
            assert whole.reps / 2 <= e.reps <= whole.reps
            assert seconds(e) >= min(seconds(whole), LEAST_SET_S)
            assert e.sides == "both" or e.reps % 2 == 0, "as often to the left as to the right"
    longest_set = max(map(seconds, own.values()), default=60.0)
    assert len(build(goal, 5)) > 5 * 60 / longest_set


def test_what_the_hands_do_is_never_shortened_but_a_minute_stays_of_what_takes_longer() -> None:
    for goal in ("self-massage", "points", "neck-care"):
        own = {
            (e.id, e.reps)
            for id in (goal, "self-massage-once", "self-massage-short")
            for e in load_routine(id).exercises()
        }
        for minutes in MINUTES:
            assert {(e.id, e.reps) for e in build(goal, minutes) if e.touch} <= own
    (temples,) = (e for e in build("headache", 3) if e.id == "ex-hn5")
    assert 60 <= temples.reps * temples.round_s < 61


def test_what_is_kept_comes_however_short_the_time_is() -> None:
    for minutes in (1, 2, 3, 5, 20):
        assert [e.id for e in build("neck-care", minutes) if e.touch][-2:] == ["neck-smooth", "neck-seated"]
        assert build("headache", minutes)[-1].id == "quiet-sitting"


def test_exercises_can_be_chosen_one_by_one() -> None:
    assert [e.id for e in build(["pucker", "jaw-open"], 2)] == ["pucker", "jaw-open"]
    assert [e.id for e in build(["pucker", "jaw-open"], 2, {"pucker"})] == ["jaw-open", "jaw-open"]
    assert len(build(["pucker"], 60)) == MOST_ROUNDS
    assert [e.id for e in build(["li20"], 60)] == ["li20"]
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
    assert plan(["self-massage"], 5) == build("self-massage", 5)
