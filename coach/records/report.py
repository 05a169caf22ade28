"""The history as pages to print for a therapist: one HTML text, a page for each month, that needs nothing else.

It tells what was seen, and judges no effect: a trend is told in the careful words of `coach.records.progress`, as it
stood at the end of the month.
"""

import contextlib
import os
import tempfile
from calendar import Calendar, month_name
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from string import Template

from coach.errors import BadInput
from coach.records.history import Session, SetRow
from coach.records.progress import WHATS, Trend, by_exercise, faults, minutes, nothing_counted, trends, values

#: (exercise id, fault code) -> words for it.
FaultWords = Callable[[str, str], str]

DISCLAIMER = (
    "These numbers come from a webcam and a computer program that compares movements with a template (0 to 100). They "
    "are no examination, no diagnosis and no measure of health, and they say nothing about what an exercise does. A "
    "change may come from light, camera, distance or tiredness as well as from practice. A trend is that of the "
    "half year before, and named after eight weeks of practice at the earliest; it tells how things went, and not how "
    "they will go on."
)

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Facial exercises: $title</title>
<style>
@page { size: A4; margin: 12mm 14mm; }
body { font: 12px/1.35 system-ui, sans-serif; color: #1b2126; background: #fff; max-width: 186mm; margin: 0 auto;
       padding: 6mm 4mm; }
section { break-after: page; margin-bottom: 12mm; }
section:last-of-type { break-after: auto; }
h1 { font-size: 21px; margin: 0 0 1mm; }
h2 { font-size: 14px; margin: 0; display: inline; padding-right: 3mm; }
p { margin: 1mm 0; }
.month { display: flex; gap: 9mm; align-items: flex-start; border-bottom: 1px solid #8a949c; padding-bottom: 3mm; }
.month div { flex: 1; }
table { border-collapse: collapse; }
th { font-weight: normal; color: #59646d; }
th, td { width: 9mm; height: 6.5mm; text-align: center; padding: 0; }
td { border: 1px solid #d3d9dd; line-height: 1.1; }
td.done { background: #cfe6f5; border-color: #2b6f9c; font-weight: bold; }
td small { display: block; font-weight: normal; font-size: 9px; }
article { break-inside: avoid; border-bottom: 1px solid #d3d9dd; padding: 1.5mm 0; }
figure { display: inline-block; vertical-align: top; width: 32%; margin: 1mm 0 0; }
figcaption, .muted, footer { color: #49545c; font-size: 10.5px; }
figcaption { white-space: nowrap; }
svg { width: 100%; height: auto; display: block; }
svg.key { display: inline-block; width: 2.4mm; }
svg text { font: 9px system-ui, sans-serif; fill: #49545c; }
footer { border-top: 1px solid #8a949c; margin-top: 2mm; padding-top: 1mm; break-inside: avoid; }
@media print { body { padding: 0; } section { margin: 0; }
  td.done { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>
</head>
<body>
$months
</body>
</html>
""")

_MONTH = Template("""<section>
<div class="month">
<div><h1>$name</h1>
<p>$summary</p>
<p class="muted">In the calendar: minutes of exercise on each day practised. In the charts: 0 to 100, by day
of the month; symmetry by side is how far each side moved, in per cent of the one that moved further.</p></div>
$calendar
</div>
$exercises
<footer>$disclaimer Made on $today.</footer>
</section>""")

_EXERCISE = Template("""<article>
<h2>$name</h2><span class="muted">$counts</span>
<div>$charts</div>
$said</article>""")


def page(sessions: Sequence[Session], fault_words: FaultWords, today: date) -> str:
    """Return the whole report. sessions: at least one, the oldest first, as `History.sessions` gives them with `whole`.
    fault_words: words for an exercise's fault code."""
    months: dict[tuple[int, int], list[Session]] = {}
    for session in sessions:
        months.setdefault((session.begun.year, session.begun.month), []).append(session)
    done: list[SetRow] = []
    pages = []
    for month, some in sorted(months.items()):
        done += [row for session in some for row in session.sets]
        pages.append(_month(month, some, trends(done), fault_words, today))
    first, last = min(months), max(months)
    title = _named(first) if first == last else f"{_named(first)} to {_named(last)}"
    return _PAGE.substitute(title=escape(title), months="\n".join(pages))


def write(path: Path, text: str) -> None:
    """Write a report, readable by its owner only; what was there is replaced in one step. Raises BadInput."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{path}: a report is an HTML file; choose a name that ends in .html")
    if path.is_dir():
        raise BadInput(f"{path}: a folder; choose a name for the report in it")
    try:
        handle, new = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(new).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place") from None


# --- a month ----------------------------------------------------------------------------------------------


def _named(month: tuple[int, int]) -> str:
    return f"{month_name[month[1]]} {month[0]}"


def _month(
    month: tuple[int, int], sessions: Sequence[Session], known: Sequence[Trend], fault_words: FaultWords, today: date
) -> str:
    rows = [row for session in sessions for row in session.sets]
    days = minutes((s.begun, s.seconds) for s in sessions)
    summary = [
        f"{_count(len(days), 'day')} practised, {_count(len(sessions), 'session')}",
        f"{sum(days.values()):.0f} minutes of exercise",
        f"{_count(sum(row.reps for row in rows), 'repetition')} in {_count(len(rows), 'set')}",
    ]
    pains = sum(kind == "pain" for row in rows for _, kind in row.notes)
    if pains:
        summary.append(f"pain was reported {_times(pains)}")
    exercises = sorted(by_exercise(rows).values(), key=lambda some: some[-1].name)
    return _MONTH.substitute(
        name=escape(_named(month)),
        summary="<br>".join(escape(line) for line in summary),
        calendar=_calendar(month, days),
        exercises="\n".join(_exercise(some, known, fault_words) for some in exercises),
        disclaimer=escape(DISCLAIMER),
        today=today.isoformat(),
    )


def _calendar(month: tuple[int, int], minutes: Mapping[date, float]) -> str:
    head = "".join(f'<th scope="col">{day}</th>' for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))
    weeks = []
    for week in Calendar().monthdatescalendar(*month):
        cells = []
        for day in week:
            if day.month != month[1]:
                cells.append("<td></td>")
            elif day in minutes:
                cells.append(f'<td class="done">{day.day}<small>{max(1, round(minutes[day]))} min</small></td>')
            else:
                cells.append(f"<td>{day.day}</td>")
        weeks.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(weeks)}</tbody></table>"


def _exercise(rows: Sequence[SetRow], known: Sequence[Trend], fault_words: FaultWords) -> str:
    row = rows[-1]
    attempts = sum(r.attempts for r in rows)
    counts = [_count(len(rows), "set"), _count(sum(r.reps for r in rows), "repetition")]
    if attempts:
        counts[-1] += f" of {_count(attempts, 'attempt')}"
    if row.alternates:
        counts.append(f"left {sum(r.left for r in rows)}, right {sum(r.right for r in rows)}")
    pains = sum(kind == "pain" for r in rows for _, kind in r.notes)
    if pains:
        counts.append(f"pain reported {_times(pains)}")
    judged = any(values(r, "form") for r in rows)
    if not judged:
        counts.append("led by time, not judged" if row.judge == "timer" else "not seen well enough to judge")
    charts = "".join(_charts(rows)) if judged else ""
    seen = [f"{fault_words(row.exercise, code).rstrip('.')} ({_times(n)})" for code, n in faults(rows)]
    said = [f"Told most often: {'; '.join(seen)}."] if seen else []
    if known := [t for t in known if t.exercise == row.exercise]:
        said.insert(0, f"Trend: {_trend(known)}.")
    if nothing := _nothing(rows):
        said.insert(0, nothing)
    return _EXERCISE.substitute(
        name=escape(row.name),
        counts=escape("; ".join(counts)),
        charts=charts,
        said=f"<p>{escape(' '.join(said))}</p>\n" if said else "",
    )


def _nothing(rows: Sequence[SetRow]) -> str:
    """Why nothing was counted in some sets of one exercise, or in all, in a sentence; empty where something was."""
    found = nothing_counted(rows)
    if found is None:
        return ""
    where = "" if found.sets == len(rows) == 1 else f" in {found.sets} of {_count(len(rows), 'set')}"
    most = "" if found.times == found.sets else "most often "
    numbers = "; the numbers are those of the last" if found.varies else ""
    times = f" ({_times(found.times)}{numbers})" if found.sets > 1 else ""
    return f"Nothing counted{where}: {most}{found.reason.rstrip('.')}{times}."


def _trend(known: Sequence[Trend]) -> str:
    """Trends of one exercise in words, those that are alike together."""
    words = dict.fromkeys(t.word for t in known)
    if len(words) == 1:
        return known[0].word
    alike = {word: ", ".join(f"{t.what} {t.side}".strip() for t in known if t.word == word) for word in words}
    return "; ".join(f"{names} {word}" for word, names in alike.items())


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


# --- charts -----------------------------------------------------------------------------------------------

#: Size of a chart, and of the area of its values within, in its own units.
_WIDTH, _HEIGHT = 200, 58
_LEFT, _TOP, _RIGHT, _BOTTOM = 22, 5, 196, 45
#: Colour, dashes and mark of each series: told apart in black and white, too.
_LOOKS = {"": ("#1b5e8c", "", "disc"), "left": ("#1b5e8c", "", "disc"), "right": ("#a8500f", "4 3", "square")}


def _charts(rows: Sequence[SetRow]) -> list[str]:
    """Form, range and symmetry over the days of a month; those that are not judged are left out."""
    moved = [{side: known["moved"] for side, known in row.sides.items() if "moved" in known} for row in rows]
    known = [(what.capitalize(), [values(row, what) for row in rows]) for what in WHATS]
    if any(moved):
        known[-1] = ("Symmetry, by side", moved)
    days = [row.begun.day for row in rows]
    return [_chart(caption, days, scores) for caption, scores in known if any(scores)]


def _chart(caption: str, days: Sequence[int], scores: Sequence[Mapping[str, float]]) -> str:
    """One chart: for each set the day of the month, and its scores (0..100) by side."""
    grid = []
    for value in (0, 50, 100):
        y = _y(value)
        grid.append(f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" stroke="#d3d9dd"/>')
        grid.append(f'<text x="{_LEFT - 3}" y="{y + 3}" text-anchor="end">{value}</text>')
    for day in (1, 8, 15, 22, 29):
        grid.append(f'<text x="{_x(day)}" y="{_HEIGHT - 3}" text-anchor="middle">{day}</text>')
    drawn, told = [], []
    for side, (colour, dashes, mark) in _LOOKS.items():
        points = [(_x(day), _y(score[side])) for day, score in zip(days, scores, strict=True) if side in score]
        if not points:
            continue
        line = " ".join(f"{x},{y}" for x, y in points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-dasharray="{dashes}"/>')
        drawn += [_mark(mark, x, y, colour) for x, y in points]
        if side:
            told.append(f'<svg class="key" viewBox="0 0 8 8">{_mark(mark, 4, 4, colour)}</svg> {side}')
    label = f"{escape(caption)} by day of the month"
    return (
        f"<figure><figcaption>{' '.join([escape(caption), *told])}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(grid + drawn)}</svg></figure>'
    )


def _mark(mark: str, x: float, y: float, colour: str) -> str:
    if mark == "disc":
        return f'<circle cx="{x}" cy="{y}" r="2.2" fill="{colour}"/>'
    return f'<rect x="{x - 2:.1f}" y="{y - 2:.1f}" width="4" height="4" fill="{colour}"/>'


def _x(day: int) -> float:
    return round(_LEFT + 4 + (day - 1) / 30 * (_RIGHT - _LEFT - 8), 1)


def _y(score: float) -> float:
    return round(_BOTTOM - min(100.0, max(0.0, score)) / 100 * (_BOTTOM - _TOP), 1)
