"""How practice grows with the days."""

import itertools

import pytest

from coach.plan.progression import BREAK_DAYS, STAGES, stage
from coach.plan.routine import routine_ids


@pytest.mark.parametrize(
    ("days", "weeks"),
    [(0, "1-2"), (9, "1-2"), (10, "3-4"), (21, "3-4"), (22, "5-8"), (47, "5-8"), (48, "9-20"), (1000, "9-20")],
)
def test_the_stage_is_that_of_the_days_practised(days: int, weeks: str) -> None:
    assert stage(days).weeks == weeks


def test_a_week_off_is_followed_by_a_stage_less_and_never_less_than_the_first() -> None:
    assert stage(30, BREAK_DAYS - 1).weeks == "5-8"
    assert stage(30, BREAK_DAYS).weeks == "3-4"
    assert stage(30, 100).weeks == "3-4"
    assert stage(3, 30).weeks == "1-2"


def test_nothing_becomes_less_from_stage_to_stage() -> None:
    for before, after in itertools.pairwise(STAGES):
        assert before.days < after.days
        assert before.minutes <= after.minutes
        assert before.part <= after.part
    assert all(s.hands in routine_ids() and s.say.endswith(".") for s in STAGES)


@pytest.mark.parametrize("days", [(-1, 0), (0, -1)])
def test_days_are_not_negative(days: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        stage(*days)
