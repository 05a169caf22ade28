"""Many sessions together: streaks are kind, trends are slow to speak, and left and right stay apart."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from coach.form.scoring import WEIGHTS
from coach.records.history import RepetitionRow, SetRow
from coach.records.progress import (
    MARGIN,
    Better,
    Nothing,
    Streak,
    bests,
    better_than_last,
    commonest,
    courses,
    faults,
    minutes,
    nothing_counted,
    reached,
    slope,
    streak,
    trends,
    values,
)

FIRST = date(2026, 3, 2)


def row(
    day: float = 0,
    form: float | None = 70.0,
    *,
    exercise: str = "wide-smile",
    number: int = 0,
    reps: int = 6,
    sides: dict[str, dict[str, float]] | None = None,
    hold_s: float | None = 2.0,
    codes: Sequence[tuple[str, ...]] = (),
    reason: str = "",
    **parts: float,
) -> SetRow:
    attempts = tuple(RepetitionRow(i, 0, 1, 2, True, "", None, form, {}, 1, None, c) for i, c in enumerate(codes))
    return SetRow(
        begun=datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(days=day),
        number=number, exercise=exercise, name=exercise.title(), group="mouth", judge="camera", goal=6, reps=reps,
        attempts=reps, good=3, seconds=60.0, form=form, parts=parts, left=reps // 2, right=reps - reps // 2,
        hold_s=hold_s, sides=sides or {}, repetitions=attempts, reason=reason,
    )  # fmt: skip


def sided(day: float, left: float, right: float, reps: int = 6) -> SetRow:
    sides = {"left": {"form": left, "range": left}, "right": {"form": right, "range": right}}
    return row(day, (left + right) / 2, exercise="jaw-glide", sides=sides, reps=reps)


# --- days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "today", "now", "longest"),
    [
        ([], 0, 0, 0),
        ([0], 0, 1, 1),
        ([0, 1, 2], 2, 3, 3),
        ([0, 1, 2], 3, 3, 3),  # today is not over
        ([0, 1, 2], 4, 3, 3),  # one missed day is forgiven
        ([0, 1, 2], 5, 0, 3),  # two are not
        ([0, 2, 4], 4, 3, 3),  # every other day is a habit
        ([0, 1, 2, 5], 5, 1, 3),
        ([0, 3, 4], 4, 2, 2),
        ([4, 0, 3, 3], 4, 2, 2),  # in any order, twice a day is one day
    ],
)
def test_a_streak_forgives_one_missed_day_and_not_two(days: list[int], today: int, now: int, longest: int) -> None:
    practised = [FIRST + timedelta(days=day) for day in days]
    assert streak(practised, FIRST + timedelta(days=today)) == Streak(now, longest)


def test_minutes_are_added_up_by_day() -> None:
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    practised = [(evening, 90.0), (evening + timedelta(days=1), 60.0), (evening - timedelta(hours=9), 30.0)]
    assert minutes(practised) == {FIRST: 2.0, FIRST + timedelta(days=1): 1.0}


def test_a_plan_is_reached_or_nearly() -> None:
    practised = {FIRST: 3.0, FIRST + timedelta(days=1): 2.5, FIRST + timedelta(days=2): 2.3}
    assert reached(practised, 3.0) == [FIRST, FIRST + timedelta(days=1)]
    assert reached(practised, 5.0) == []


# --- bests ------------------------------------------------------------------------------------------------


def test_bests_are_those_of_each_exercise_with_their_day() -> None:
    rows = [row(0, 60.0, hold_s=5.0), row(1, 80.0), row(2, 70.0, hold_s=None), row(3, None, exercise="tongue-click")]
    click, smile = bests(rows)
    assert (click.name, click.form, click.form_on, click.hold_s) == ("Tongue-Click", None, None, 2.0)
    assert (smile.last, smile.form, smile.form_on) == (70.0, 80.0, FIRST + timedelta(days=1))
    assert (smile.hold_s, smile.hold_on) == (5.0, FIRST)


def test_each_side_of_an_alternating_exercise_has_its_own_best() -> None:
    left, right = bests([sided(0, 50.0, 90.0), sided(1, 60.0, 80.0)])
    assert (left.side, left.last, left.form) == ("left", 60.0, 60.0)
    assert (right.side, right.last, right.form) == ("right", 80.0, 90.0)


def test_a_side_that_was_not_judged_is_not_filled_in_from_the_other() -> None:
    one = row(0, 70.0, sides={"left": {"form": 70.0}})
    assert values(one, "form") == {"left": 70.0}
    assert values(one, "range") == {}
    assert values(row(0, 70.0, sides={"left": {"moved": 80.0}, "right": {"moved": 100.0}}), "form") == {"": 70.0}


# --- trends -----------------------------------------------------------------------------------------------


def words(rows: Sequence[SetRow]) -> dict[str, str]:
    return {f"{t.what} {t.side}".strip(): t.word for t in trends(rows)}


def practice(weeks: int, form: Callable[[float], float], each: int = 3) -> list[SetRow]:
    """Sets on some days of each week; form: by the week."""
    return [row(7 * week + 2 * i, form(week + i / each)) for week in range(weeks) for i in range(each)]


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (lambda week: 50 + week, "rising"),
        (lambda week: 90 - week, "falling"),
        (lambda week: 70 + (week * 7 % 3) * 0.5, "steady"),
        (lambda week: 70 + 0.1 * week, "steady"),  # surely a rise, and too small to be one
        (lambda week: 70 + (30 if week % 2 else -30), "not clear yet"),
    ],
)
def test_a_trend_is_told_in_a_word(form: Callable[[float], float], word: str) -> None:
    assert words(practice(16, lambda week: form(int(week)))) == {"form": word}


def test_nothing_is_said_before_eight_weeks_of_practice() -> None:
    def steep(week: float) -> float:
        return 20 + 5 * week

    said = [words(practice(weeks, steep))["form"] for weeks in range(1, 12)]
    assert said == ["not clear yet"] * 8 + ["rising"] * 3
    # Nor where there were long pauses: it is practice that counts.
    assert words([row(7 * week, 20 + 5 * week) for week in (0, 1, 2, 20, 21, 22)]) == {"form": "not clear yet"}
    # Nor by doing it often: eight days with ten sets each are a week and a day.
    assert words([row(i / 10, i) for i in range(80)]) == {"form": "not clear yet"}


def test_only_the_last_half_year_is_looked_at() -> None:
    rose_then_rested = practice(60, lambda week: 40 + min(week, 25))
    assert words(rose_then_rested) == {"form": "steady"}
    given_up = [row(day, 70.0, exercise="pucker") for day in range(0, 100, 7)]
    assert {t.exercise for t in trends([*given_up, *practice(60, lambda week: 70.0)])} == {"wide-smile"}


def test_the_two_sides_have_trends_of_their_own() -> None:
    rows = [sided(7 * week, 40 + 2 * week, 80.0) for week in range(12)]
    assert words(rows) == {
        "form left": "rising",
        "form right": "steady",
        "range left": "rising",
        "range right": "steady",
    }


def test_one_bad_day_turns_no_trend() -> None:
    rows = practice(16, lambda week: 50 + week)
    spoilt = [row(7 * 15 + 5, 0.0), *rows]
    assert words(spoilt) == words(rows) == {"form": "rising"}


def test_chance_is_seldom_called_a_trend() -> None:
    chance = random.Random(5)
    said = [words([row(7 * week, chance.gauss(70, 6)) for week in range(12)])["form"] for _ in range(400)]
    assert sum(word in ("rising", "falling") for word in said) <= 400 * 0.02


def test_the_slope_is_that_of_theil_and_sen_with_sens_interval() -> None:
    from scipy.stats import theilslopes

    chance = random.Random(6)
    points = [(week, 0.7 * week + chance.gauss(0, 3)) for week in (0, 1, 2, 4, 5, 6, 9, 10, 11, 13)]
    found = slope(points)
    known = theilslopes([y for _, y in points], [x for x, _ in points], 0.99)
    assert found.weekly == pytest.approx(known[0])
    # Ours is rounded outwards: never narrower.
    assert found.low <= known[2] <= found.weekly <= known[3] <= found.high
    assert found.high - found.low < 1.5 * (known[3] - known[2])
    with pytest.raises(ValueError, match="two points"):
        slope(points[:1])


# --- better than last time --------------------------------------------------------------------------------


def test_what_is_better_by_more_than_chance_is_told() -> None:
    history = [row(0, 60.0), row(1, 70.0, range=70.0)]
    assert better_than_last(history, [row(2, 73.5)]) == [Better("Wide-Smile", "form", 70.0, 73.5)]
    assert better_than_last(history, [row(2, 73.0)]) == []
    assert better_than_last(history, [row(2, 60.0)]) == []
    assert better_than_last(history, [row(2, 71.0, range=78.0)]) == [Better("Wide-Smile", "range", 70.0, 78.0)]


def test_of_each_exercise_the_form_is_told_first_and_nothing_else() -> None:
    found = better_than_last([row(0, 70.0, range=50.0, symmetry=50.0)], [row(1, 80.0, range=90.0, symmetry=90.0)])
    assert [better.what for better in found] == ["form"]


def test_the_first_time_and_what_comes_after_are_not_the_last_time() -> None:
    today = [row(2, 90.0)]
    assert better_than_last([], today) == []
    assert better_than_last(today, today) == []  # added before it was asked
    assert better_than_last([row(3, 20.0)], today) == []
    assert better_than_last([row(0, 20.0, exercise="pucker")], today) == []
    assert better_than_last([row(0, None)], today) == []
    assert better_than_last([row(0, 20.0)], []) == []


def test_few_repetitions_are_chance() -> None:
    assert better_than_last([row(0, 20.0, reps=2)], [row(1, 90.0)]) == []
    assert better_than_last([row(0, 20.0)], [row(1, 90.0, reps=2)]) == []


def test_several_sets_of_an_exercise_are_taken_together_by_their_repetitions() -> None:
    history = [row(0, 60.0, reps=9), row(0, 80.0, reps=3, number=1)]
    today = [row(1, 70.0, number=1, reps=4), row(1, 72.0, number=2, reps=4)]
    assert better_than_last(history, today) == [Better("Wide-Smile", "form", 65.0, 71.0)]


def test_each_side_is_compared_with_itself() -> None:
    found = better_than_last([sided(0, 50.0, 90.0)], [sided(1, 60.0, 85.0)])
    assert found == [Better("Jaw-Glide", "form", 50.0, 60.0, "left")]


def test_what_is_better_comes_in_the_order_of_the_workout() -> None:
    names = ["pucker", "air", "zoo"]
    history = [row(0, 50.0, exercise=name) for name in names]
    today = [row(1, 90.0, exercise=name, number=i) for i, name in enumerate(names)]
    assert [better.name for better in better_than_last(history, today)] == ["Pucker", "Air", "Zoo"]


def test_the_margins_of_form_and_of_its_parts_are_the_same_chance() -> None:
    of_form = sum(weight**2 for weight in WEIGHTS.values()) ** 0.5
    for part in ("range", "symmetry"):
        assert MARGIN["form"] / of_form == pytest.approx(MARGIN[part], rel=0.05)  # type: ignore[index]


def test_faults_are_counted_by_how_often_they_were_seen() -> None:
    rows = [
        row(codes=[("rushed",), ("rushed", "brows"), ()]),
        row(1, codes=[("jaw",), ("brows",), ("a",), ("rushed",)]),
    ]
    assert faults(rows) == [("rushed", 3), ("brows", 2), ("a", 1)]


# --- courses ----------------------------------------------------------------------------------------------


def test_a_course_has_every_set_and_the_median_of_each_week_in_its_middle() -> None:
    rows = [row(0, 50.0), row(1, 60.0), row(6, 90.0), row(7, 40.0), row(8, None)]
    (course,) = courses(rows, "form", trends(rows))
    day = FIRST.toordinal()
    assert course.sets == [(day, 50.0), (day + 1, 60.0), (day + 6, 90.0), (day + 7, 40.0)]
    assert course.weekly == [(day + 3, 60.0), (day + 10, 40.0)]
    assert course.line == []  # too early


def test_a_course_of_months_has_the_line_of_its_slope_and_all_that_it_may_be() -> None:
    rows = practice(10, lambda week: 60.0 + week + (3.0 if round(week) % 2 else -3.0))
    (trend,) = [t for t in trends(rows) if t.what == "form"]
    (course,) = courses(rows, "form", trends(rows))
    assert trend.slope is not None
    (first, begin, *_), (_, middle, low, high), (last, end, lowest, highest) = course.line
    assert (first, last) == (course.weekly[0][0], course.weekly[-1][0])
    weeks = (last - first) / 7
    assert end - begin == pytest.approx(weeks * trend.slope.weekly)
    assert low == middle == high  # all slopes meet in the middle
    assert highest - lowest == pytest.approx(weeks / 2 * (trend.slope.high - trend.slope.low))
    above = [value > begin + (day - first) / 7 * trend.slope.weekly for day, value in course.weekly]
    assert sum(above) == 5


def test_left_and_right_have_a_course_each() -> None:
    rows = [sided(day, 50.0 + day, 80.0) for day in range(3)]
    left, right = courses(rows, "form", trends(rows))
    assert (left.side, right.side) == ("left", "right")
    assert [value for _, value in left.sets] == [50.0, 51.0, 52.0]
    assert {value for _, value in right.sets} == {80.0}
    assert courses(rows, "symmetry", trends(rows)) == []


# --- nothing counted --------------------------------------------------------------------------------------


def test_of_several_reasons_the_most_frequent_is_told_as_it_was_last() -> None:
    few, more = (f"at most {part}% of the movement was seen, 65% is needed" for part in (23, 7.5))
    reasons = (few, "it was too dark", more, "", "it was too bright")
    zeros = [row(day, None, reps=0, reason=reason) for day, reason in enumerate(reasons)]
    assert nothing_counted([*zeros, row(9, reason="it was too dark"), row(9)]) == Nothing(4, more, 2, True)
    assert nothing_counted(zeros[1:2] * 2) == Nothing(2, "it was too dark", 2)
    assert nothing_counted([row(), row(1, None, reps=0)]) is None
    assert nothing_counted([]) is None


def test_of_reasons_given_equally_often_the_first_counts_and_none_is_no_reason() -> None:
    assert commonest(["", "", "b", "a", "a", "b"]) == "b"
    assert commonest(["", ""]) == commonest([]) == ""
