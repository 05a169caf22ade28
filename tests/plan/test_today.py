"""What is asked for is led as far as the rules allow it now, and everything else is told with its reason."""

import pytest

from coach.errors import BadInput
from coach.form.exercise import find_exercise
from coach.plan import rules
from coach.plan.routine import build, goals, load_routine, plan, routine_ids
from coach.plan.rules import Context, is_massage
from coach.plan.screening import EMERGENCY, load_screening
from coach.plan.today import asked, offered, session, single

MORNING, LATE = Context(now=8 * 60), Context(now=22 * 60)


def test_where_nothing_speaks_against_it_it_is_what_was_planned() -> None:
    for names, minutes in (["pucker"], None), (["pucker", "side-bend"], 7.0), (["everyday"], 10.0), ([], None):
        assert list(asked(names, minutes, MORNING).exercises) == plan(names, minutes)
        assert asked(names, minutes, MORNING).said == ()
    assert list(session("everyday", 10, MORNING).exercises) == build("everyday", 10)
    assert list(session(["pucker", "jaw-open"], 5, MORNING).exercises) == build(["pucker", "jaw-open"], 5)


@pytest.mark.parametrize("id", [r.id for r in map(load_routine, routine_ids()) if r.preset])
def test_no_rule_changes_a_preset_in_the_morning(id: str) -> None:
    led = asked([id], None, MORNING)
    assert (led.said, list(led.exercises)) == ((), load_routine(id).exercises())


def test_what_is_refused_is_left_out_with_its_reason_and_others_fill_the_time() -> None:
    led = asked(["self-massage"], 10, LATE)
    assert not any(map(is_massage, led.exercises))
    (told,) = [s for s in led.said if "before bed" in s]
    assert told.startswith("Rub the palms warm, Hold the back of the neck, Neck strokes, and ")
    assert len(asked(["self-massage"], None, LATE).exercises) < len(plan(["self-massage"]))


def test_a_point_takes_the_place_of_another_and_that_is_told() -> None:
    expecting = next(q.id for q in load_screening().question if "li4" in q.blocks)
    led = asked(["li4", "pucker"], None, Context((expecting,)))
    assert [e.id for e in led.exercises] == ["ex-hn3", "pucker"]
    (told,) = led.said
    assert "in its place Between the brows" in told


def test_the_order_is_mended_and_told() -> None:
    led = asked(["stroke-jaw", "neck-stroke"], None, MORNING)
    assert led.exercises[0].id == "neck-stroke"
    assert any("order" in s for s in led.said)


@pytest.mark.parametrize(
    ("names", "context", "says"),
    [
        (["stroke-jaw"], LATE, "Jaw border stroke: Massage of face and neck belongs to the morning"),
        (["neck-massage"], LATE, "'Evening calm' has no strokes and fits now"),
        (["jaw-open"], Context(("jaw-joint",)), "Left out for now because of"),
        (["neck-grip"], Context(now=8 * 60, oiled=True), "massaged dry"),
        (["bl1"], MORNING, "'bl1' is never led: It lies at the eyeball"),
    ],
)
def test_where_nothing_is_left_the_reason_is_told(names: list[str], context: Context, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        asked(names, None, context)


def test_what_fits_now_is_offered_where_nothing_is_left() -> None:
    with pytest.raises(BadInput, match="'Evening calm' fits now"):
        asked(["neck-grip"], None, Context(now=8 * 60, oiled=True))
    assert offered(LATE) == rules.LATE_SAFE
    urgent = next(q.id for q in load_screening().question if q.section == "emergency")
    assert offered(Context((urgent,))) == ""
    for goal in goals():
        with pytest.raises(BadInput) as refused:
            session(goal.id, 10, Context((urgent,)))
        assert "fits now" not in str(refused.value)
    assert EMERGENCY  # the page that says so is shown before any other


def test_one_exercise_comes_with_what_must_follow_it() -> None:
    led = single(find_exercise("neck-knead"), MORNING)
    assert [e.id for e in led.exercises] == ["neck-knead", "neck-smooth", "neck-seated"]
    assert len(led.said) == 2
    assert single(find_exercise("pucker"), LATE).said == ()
    with pytest.raises(BadInput, match="eyeball"):
        single(find_exercise("bl1"), MORNING)


def test_an_answer_to_no_question_is_refused() -> None:
    with pytest.raises(BadInput, match="unknown answer"):
        asked(["pucker"], None, Context(("nonsense",)))
