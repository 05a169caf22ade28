"""What many sessions say together: days in a row, personal bests, and whether something rises. No files, no clock.

Left and right stay apart: an exercise that alternates has two of everything, each with the name of its side. Nothing
is said of a trend before a couple of months of practice, and never that it will go on.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from coach.records.history import SetRow

What = Literal["form", "range", "symmetry"]
WHATS: tuple[What, ...] = ("form", "range", "symmetry")
#: What a trend is told as.
Word = Literal["rising", "steady", "falling", "not clear yet"]

# --- days -------------------------------------------------------------------------------------------------

#: Days from one practised day to the next, and what becomes of the streak; with more it begins anew. One missed day is
#: forgiven, and the next one, too: every other day is a habit.
_GOES_ON = {1: "goes on", 2: "goes on, a missed day is forgiven"}


@dataclass(frozen=True, slots=True)
class Streak:
    """Practised days of the running streak (0 when it has ended), and of the longest there was. Missed days are not
    counted."""

    now: int
    longest: int


def streak(days: Iterable[date], today: date) -> Streak:
    """Return the streaks of some practised days, in any order. A day that is not over yet is not missed."""
    practised = sorted(set(days))
    runs = [1] if practised else []
    for before, after in pairwise(practised):
        if (after - before).days in _GOES_ON:
            runs[-1] += 1
        else:
            runs.append(1)
    # The next day that could be practised is today, if it was not already.
    alive = practised and (today - practised[-1]).days <= max(_GOES_ON)
    return Streak(runs[-1] if alive else 0, max(runs, default=0))


def minutes(practised: Iterable[tuple[datetime, float]]) -> dict[date, float]:
    """Return the minutes of each practised day, in order; practised: begin and seconds of each session."""
    found: dict[date, float] = {}
    for begun, seconds in sorted(practised):
        found[begun.date()] = found.get(begun.date(), 0.0) + seconds / 60.0
    return found


#: A day with this part of the plan's minutes has reached it: a routine fills them about, and who is quick is done
#: sooner.
NEARLY = 0.8


def reached(practised: Mapping[date, float], plan: float) -> list[date]:
    """Return the days on which a plan of so many minutes was reached, or nearly; practised: as `minutes` gives it."""
    return [day for day, done in practised.items() if done >= NEARLY * plan]


# --- exercises --------------------------------------------------------------------------------------------


def values(row: "SetRow", what: What) -> dict[str, float]:
    """Return the form, range or symmetry of a set by side: {"": 81.0}, or {"left": 78.0, "right": 84.0} where the
    exercise alternates; empty where it was not judged."""
    if row.alternates and what != "symmetry":
        return {side: known[what] for side, known in row.sides.items() if what in known}
    value = row.form if what == "form" else row.parts.get(what)
    return {} if value is None else {"": value}


def by_exercise(sets: "Iterable[SetRow]") -> "dict[str, list[SetRow]]":
    """Return the sets of each exercise by its id, the exercise that was done last first."""
    found: dict[str, list[SetRow]] = {}
    for row in sets:
        found.setdefault(row.exercise, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.begun, row.number))
    return dict(sorted(found.items(), key=lambda one: one[1][-1].begun, reverse=True))


@dataclass(frozen=True, slots=True)
class Best:
    """Personal bests of one exercise, or of one side of it. side: "left", "right" or "" for both together.

    last    0..100, mean form of the last set that was judged; None where none was
    form    0..100, mean form of the best set, and its day
    hold_s  seconds, the longest hold that counted (whatever the side), and its day; None where none did
    """

    exercise: str
    name: str
    side: str
    last: float | None
    form: float | None
    form_on: date | None
    hold_s: float | None
    hold_on: date | None


def bests(sets: "Iterable[SetRow]") -> list[Best]:
    """Return the personal bests, the exercise that was done last first."""
    found = []
    for exercise, rows in by_exercise(sets).items():
        held = max((r for r in rows if r.hold_s is not None), key=lambda r: r.hold_s or 0.0, default=None)
        for side in _sides(rows):
            forms = [(v[side], r.begun.date()) for r in rows if side in (v := values(r, "form"))]
            best = max(forms, key=lambda one: one[0], default=(None, None))
            found.append(
                Best(
                    exercise=exercise,
                    name=rows[-1].name,
                    side=side,
                    last=forms[-1][0] if forms else None,
                    form=best[0],
                    form_on=best[1],
                    hold_s=held.hold_s if held else None,
                    hold_on=held.begun.date() if held else None,
                )
            )
    return found


def _sides(rows: "Sequence[SetRow]") -> list[str]:
    return ["left", "right"] if any(row.alternates for row in rows) else [""]


# --- trends -----------------------------------------------------------------------------------------------

#: No verdict before so many weeks with practice of the exercise, and so many days from the first to the last.
WEEKS, DAYS = 8, 56
#: A trend is that of the last half year: what was before it says little of how it goes now.
LOOK_BACK = timedelta(weeks=26)
#: Points (0..100) over the whole time: smaller changes are not called rising, and one that is surely within the second
#: is called steady.
CHANGE, STEADY = 3.0, 5.0
#: Of the normal distribution, for an interval that holds the slope 99 times of 100: dozens of trends are looked at at
#: once, and one in twenty would often be wrong by chance alone.
_SURE = 2.576


@dataclass(frozen=True, slots=True)
class Slope:
    """Change each week, in the unit of the values, and the interval that it is in 99 times of 100."""

    weekly: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """How form, range or symmetry of one exercise (of one side of it) went; slope in points a week, None too early."""

    exercise: str
    name: str
    side: str
    what: What
    weeks: int
    word: Word
    slope: Slope | None


def trends(sets: "Iterable[SetRow]") -> list[Trend]:
    """Return the trends of each exercise that was done in the half year up to the last set, of what is judged of it."""
    some = list(sets)
    since = max((row.begun.date() for row in some), default=date.max) - LOOK_BACK
    found = []
    for exercise, rows in by_exercise(row for row in some if row.begun.date() >= since).items():
        for what in WHATS:
            points = _points(rows, what)
            for side, known in points.items():
                weekly = _weekly(known)
                slope = _slope_when_due(known, weekly)
                word = _word(slope, weekly[-1][0] - weekly[0][0])
                found.append(Trend(exercise, rows[-1].name, side, what, len(weekly), word, slope))
    return found


def _points(rows: "Iterable[SetRow]", what: What) -> dict[str, list[tuple[date, float]]]:
    """(day, value) of each set by side."""
    points: dict[str, list[tuple[date, float]]] = {}
    for row in rows:
        for side, value in values(row, what).items():
            points.setdefault(side, []).append((row.begun.date(), value))
    return points


def _weekly(points: Sequence[tuple[date, float]]) -> list[tuple[int, float]]:
    """(weeks since the first day, median of the week): sets of one week are too alike to count as many."""
    weeks: dict[int, list[float]] = {}
    for day, value in points:
        weeks.setdefault((day - points[0][0]).days // 7, []).append(value)
    return [(week, median(some)) for week, some in weeks.items()]


def _slope_when_due(points: Sequence[tuple[date, float]], weekly: Sequence[tuple[int, float]]) -> Slope | None:
    if len(weekly) < WEEKS or (points[-1][0] - points[0][0]).days < DAYS:
        return None
    return slope(weekly)


@dataclass(frozen=True, slots=True)
class Course:
    """How one value (0..100) of one exercise went, of one side of it or of both together (""), for a chart.

    Days are numbers, as `date.toordinal` counts them, to be drawn along a line.

    sets    (day, value) of each set
    weekly  (day in its middle, median) of each week with practice
    line    (day, value, lowest, highest) of the trend's slope, and of all that it may be, where it begins, where all of
            them meet, and where it ends; empty where the trend has no slope
    """

    side: str
    sets: Sequence[tuple[float, float]]
    weekly: Sequence[tuple[float, float]]
    line: Sequence[tuple[float, float, float, float]] = ()


def courses(rows: "Iterable[SetRow]", what: What, known: Iterable[Trend]) -> list[Course]:
    """Return how the sets of one exercise went, by side, the left one first; none where it was not judged.

    rows: its sets in the order of time, of the half year that `trends` looks at. known: its trends.
    """
    slopes = {trend.side: trend.slope for trend in known if trend.what == what}
    found = []
    for side, points in sorted(_points(rows, what).items()):
        first, weekly = points[0][0].toordinal(), _weekly(points)
        days = [(first + 7 * week + 3.0, value) for week, value in weekly]
        sets = [(float(day.toordinal()), value) for day, value in points]
        found.append(Course(side, sets, days, _line(days, slopes.get(side))))
    return found


def _line(weekly: Sequence[tuple[float, float]], slope: Slope | None) -> list[tuple[float, float, float, float]]:
    """The line of a slope, through the middle of the weeks: half of them lie above it."""
    if slope is None or not math.isfinite(slope.high - slope.low):
        return []
    middle = median(day for day, _ in weekly)
    level = median(value - slope.weekly * (day - middle) / 7 for day, value in weekly)
    line = []
    for day in (weekly[0][0], middle, weekly[-1][0]):
        weeks = (day - middle) / 7
        value, low, high = (level + weeks * change for change in (slope.weekly, slope.low, slope.high))
        line.append((day, value, min(low, high), max(low, high)))
    return line


def slope(points: Sequence[tuple[float, float]]) -> Slope:
    """Return the Theil-Sen slope of (x, y), the median over all pairs, with Sen's interval from the ranks.

    x must differ from point to point. A few outliers change it little; with few points the interval is wide. Raises
    ValueError for less than two points.
    """
    if len(points) < 2:
        raise ValueError("a slope needs two points")
    slopes = sorted((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2))
    n = len(points)
    apart = _SURE * math.sqrt(n * (n - 1) * (2 * n + 5) / 18.0)
    low = math.floor((len(slopes) - apart) / 2.0) - 1
    high = math.ceil((len(slopes) + apart) / 2.0)
    sure = low >= 0 and high < len(slopes)
    return Slope(median(slopes), slopes[low] if sure else -math.inf, slopes[high] if sure else math.inf)


def _word(slope: Slope | None, weeks: float) -> Word:
    """The verdict on a slope over so many weeks."""
    if slope is None:
        return "not clear yet"
    low, change, high = slope.low * weeks, slope.weekly * weeks, slope.high * weeks
    verdicts: tuple[tuple[bool, Word], ...] = (
        (low > 0.0 and change >= CHANGE, "rising"),
        (high < 0.0 and change <= -CHANGE, "falling"),
        (low >= -STEADY and high <= STEADY, "steady"),
    )
    return next((word for holds, word in verdicts if holds), "not clear yet")


# --- the last time ----------------------------------------------------------------------------------------

#: Points by which a set must be better than last time to be spoken of. The form is the weighted mean of six parts,
#: which makes its chance differences less than half (0.44) of those of a single part: 3 points of form are 7 of a part.
MARGIN: Mapping[What, float] = {"form": 3.0, "range": 7.0, "symmetry": 7.0}
#: Fewer counted repetitions say nothing: the mean of two is chance.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Better:
    """What was better than the last time, in points (0..100). name: of the exercise; side: "left", "right" or ""."""

    name: str
    what: What
    before: float
    now: float
    side: str = ""


def better_than_last(history: "Iterable[SetRow]", results: "Sequence[SetRow]") -> list[Better]:
    """Return what was better by more than chance than in the last session with the same exercise.

    history: sets kept so far, in any order; those that were not begun before the results are passed over. results: the
    sets of one finished session, as `session_from` makes them. Several sets of an exercise are taken together. Of each
    exercise and side only the first is told that is better: form, else range, else symmetry.
    """
    earlier = by_exercise(row for row in history if results and row.begun < results[0].begun)
    found = []
    for exercise, rows in by_exercise(sorted(results, key=lambda row: row.number)).items():
        last = [row for row in earlier.get(exercise, ()) if row.begun == earlier[exercise][-1].begun]
        sides: dict[str, Better] = {}
        for what in WHATS:
            before, now = _means(last, what), _means(rows, what)
            for side in before.keys() & now.keys() - sides.keys():
                if now[side] - before[side] > MARGIN[what]:
                    sides[side] = Better(rows[-1].name, what, before[side], now[side], side)
        found += [sides[side] for side in sorted(sides)]
    order = list(dict.fromkeys(row.name for row in results))
    return sorted(found, key=lambda better: order.index(better.name))


def _means(rows: "Iterable[SetRow]", what: What) -> dict[str, float]:
    """Mean over repetitions by side, of sides with enough of them."""
    sums: dict[str, tuple[float, int]] = {}
    for row in rows:
        for side, value in values(row, what).items():
            count = {"left": row.left, "right": row.right}.get(side, row.reps)
            total, number = sums.get(side, (0.0, 0))
            sums[side] = total + value * count, number + count
    return {side: total / number for side, (total, number) in sums.items() if number >= ENOUGH}


# --- faults -----------------------------------------------------------------------------------------------


def faults(sets: "Iterable[SetRow]", most: int = 3) -> list[tuple[str, int]]:
    """Return the fault codes that were seen most, with their number of attempts; the sets as read with `whole`."""
    counts: dict[str, int] = {}
    for code in _codes(sets):
        counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]


def _codes(sets: "Iterable[SetRow]") -> Iterator[str]:
    for row in sets:
        for attempt in row.repetitions:
            yield from attempt.faults


# --- nothing counted --------------------------------------------------------------------------------------


def commonest(reasons: Iterable[str]) -> str:
    """Return the reason that was given most often, of several the one given first; empty where none was."""
    counts = Counter(reason for reason in reasons if reason)
    return max(counts, key=lambda reason: counts[reason], default="")


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why nothing was counted in some sets.

    sets    in which nothing was counted and the reason is known
    reason  the most frequent one, as it was told last: those that differ in numbers only are one
    times   how often that was the reason
    varies  whether its numbers were other ones at other times
    """

    sets: int
    reason: str
    times: int
    varies: bool = False


def nothing_counted(sets: "Iterable[SetRow]") -> Nothing | None:
    """Return why nothing was counted, None where something was in each set; sets in the order of time."""
    reasons = [row.reason for row in sets if not row.reps and row.reason]
    most = commonest(map(_numberless, reasons))
    alike = [reason for reason in reasons if _numberless(reason) == most]
    return Nothing(len(reasons), alike[-1], len(alike), len(set(alike)) > 1) if alike else None


def _numberless(reason: str) -> str:
    return re.sub(r"\d+(\.\d+)?", "0", reason)
