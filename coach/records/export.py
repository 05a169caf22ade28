"""One session in the formats of other programs: tables (CSV), objects (JSON), a page to look at (HTML).

A recording is judged again as a whole; the span chooses what is written of that. Frames, attempts, events and notes of
the span are written; the numbers of a set (repetitions, mean form) stay those of the whole set.

The table of frames has a line for each frame:

    time_s, set, exercise, phase, match     match is 0..1 and a little above, empty where nothing is judged; then every
                                            measure with its unit, as in "mouth_width [OC]"; empty without a face

The table of repetitions has a line for each attempt:

    set, exercise, number                   sets from 0, as in the recording; attempts from 1
    start_s, peak_s, end_s                  seconds, in the time of the frames
    counted, reason, side                   1 or 0; why it was not counted; left, right or empty
    form_0_100, range_0_100, symmetry_0_100, hold_0_100, tempo_0_100, isolation_0_100, shape_0_100
                                            the form and its parts, empty where not judged
    held_s, sides_ratio, quality_0_1        seconds at the top; smaller side over larger one; how well it was seen
    faults                                  codes with spaces between them
"""

import io
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from coach.errors import BadInput
from coach.form.measures import NAMES, TABLE
from coach.form.scoring import WEIGHTS
from coach.frame import Array, Event, Phase, Repetition
from coach.records.history import Session
from coach.records.progress import commonest
from coach.records.recording import RecordedSet, is_recording
from coach.records.sheet import rows_into


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a recording that is written, in seconds of its frames' time; both ends belong to it."""

    start_s: float = -math.inf
    end_s: float = math.inf

    def __contains__(self, time: object) -> bool:
        return isinstance(time, float) and self.start_s <= time <= self.end_s

    def touches(self, attempt: Repetition) -> bool:
        return attempt.start_s <= self.end_s and attempt.end_s >= self.start_s


WHOLE = Span()


@dataclass(frozen=True, slots=True)
class Step:
    """One judged frame: seconds, phase, match (None where nothing is judged), (M,) measures or None without a face,
    and how many repetitions there were."""

    time: float
    phase: Phase
    match: float | None
    measures: Array | None
    reps: int


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A set of a recording as it was judged again.

    attempts  as they are after what the person said of them
    level     the match from which on it is a repetition, None for what is led by time
    notes     (seconds, "one", "not-one" or "pain")
    result    the result object that `coach replay --json` prints
    """

    kept: RecordedSet
    steps: Sequence[Step]
    attempts: Sequence[Repetition]
    events: Sequence[Event]
    level: float | None
    notes: Sequence[tuple[float, str]]
    result: Mapping[str, Any]

    def within(self, span: Span) -> bool:
        """Whether any of its frames is in the span."""
        return any(step.time in span for step in self.steps)


def check_places(recording: Path, places: Iterable[Path]) -> None:
    """Raise BadInput where a file cannot be written: before anything is judged, so that nobody waits for nothing."""
    seen: set[Path] = set()
    for place in places:
        if place.is_dir():
            raise BadInput(f"{place}: a folder; choose a name for the file in it")
        if place.exists() and place.samefile(recording):
            raise BadInput(f"{place}: this is the recording itself; choose another name")
        if is_recording(place):
            raise BadInput(f"{place}: there is a recording of that name; choose another name")
        if place.resolve() in seen:
            raise BadInput(f"{place}: named twice; each export needs a file of its own")
        if not place.parent.is_dir():
            raise BadInput(f"{place}: cannot be written (no such folder); choose another place")
        if not os.access(place.parent, os.W_OK):
            raise BadInput(f"{place}: cannot be written (not permitted); choose another place")
        seen.add(place.resolve())


def write_file(path: Path, text: str) -> None:
    """Write an export, readable by its owner only; what was there is replaced in one step. Raises BadInput."""
    try:
        handle, new = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(new).replace(path)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
            raise
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place") from None


def copy_file(path: Path, to: Path) -> None:
    """Copy a file, readable by its owner only. Raises BadInput."""
    try:
        with (
            path.open("rb") as source,
            os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            shutil.copyfileobj(source, file)
    except OSError as error:
        raise BadInput(f"{path}: cannot be copied to {to} ({error.strerror}); choose another place") from None


def new_folder(path: Path) -> None:
    """Make a folder for its owner only, or take one in which nothing is. Raises BadInput."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if any(path.iterdir()):
            raise BadInput(f"{path}: there is something in this folder; choose a new one")
        path.chmod(0o700)
    except OSError as error:
        raise BadInput(f"{path}: cannot be made a folder ({error.strerror}); choose another place") from None


# --- tables -----------------------------------------------------------------------------------------------

_PARTS = tuple(WEIGHTS)
_REPETITION = (
    "set", "exercise", "number", "start_s", "peak_s", "end_s", "counted", "reason", "side", "form_0_100",
    *(f"{part}_0_100" for part in _PARTS), "held_s", "sides_ratio", "quality_0_1", "faults",
)  # fmt: skip


def repetitions_place(frames: Path) -> Path:
    """Where the table of repetitions goes, beside that of the frames: OUT.csv, OUT.repetitions.csv."""
    return frames.with_name(f"{frames.stem}.repetitions{frames.suffix}")


def frame_table(sets: Sequence[JudgedSet], span: Span = WHOLE, decimal_comma: bool = False) -> str:
    """Return the table of frames as CSV, with a header. In the order of the recording. decimal_comma: as `rows_into`
    has it."""
    head = ("time_s", "set", "exercise", "phase", "match", *(f"{row.name} [{row.unit}]" for row in TABLE))
    nothing, rows = [""] * len(NAMES), []
    for one in sets:
        about = one.kept.number, _plain(one.kept.exercise.id)
        for step in one.steps:
            if step.time in span:
                values = nothing if step.measures is None else [_number(v, 5) for v in step.measures.tolist()]
                rows.append((f"{step.time:.4f}", *about, step.phase.value, _number(step.match, 4), *values))
    return _table(head, rows, decimal_comma)


def repetition_table(sets: Sequence[JudgedSet], span: Span = WHOLE, decimal_comma: bool = False) -> str:
    """Return the table of repetitions as CSV, with a header: attempts of which a part is in the span. decimal_comma: as
    `rows_into` has it."""
    rows = []
    for one in sets:
        for number, r in enumerate(one.attempts, 1):
            if span.touches(r):
                rows.append(
                    (
                        one.kept.number, _plain(one.kept.exercise.id), number, *(_number(t, 3) for t in
                        (r.start_s, r.peak_s, r.end_s)), int(r.counted), _plain(r.reason), r.side or "",
                        _number(r.form, 1), *(_number(r.part(part), 1) for part in _PARTS), _number(r.hold_s, 2),
                        _number(r.symmetry, 3), _number(r.quality, 2), _plain(" ".join(r.faults)),
                    )
                )  # fmt: skip
    return _table(_REPETITION, rows, decimal_comma)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], decimal_comma: bool) -> str:
    text = io.StringIO()
    write = rows_into(text, decimal_comma)
    write(head)
    for row in rows:
        write(row)
    return text.getvalue()


def _number(value: float | None, digits: int) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a recording may be a stranger's."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- objects ----------------------------------------------------------------------------------------------


def objects(sets: Sequence[JudgedSet], span: Span = WHOLE) -> str:
    """Return a JSON list, one object for each set that is in the span: what `coach replay --json` prints, then
    "set", "span_s" (null: as far as it goes), "events" and "notes"; repetitions are those in the span."""
    found = []
    for one in sets:
        if not one.within(span):
            continue
        listed = zip(one.attempts, one.result["repetitions"], strict=True)
        found.append(
            {
                **one.result,
                "repetitions": [told for attempt, told in listed if span.touches(attempt)],
                "set": one.kept.number,
                "span_s": [end if math.isfinite(end) else None for end in (span.start_s, span.end_s)],
                "events": [
                    {"time_s": round(e.time, 3), "kind": e.kind.value, "text": e.text, "code": e.code}
                    for e in one.events
                    if e.time in span
                ],
                "notes": [{"time_s": round(time, 3), "said": said} for time, said in one.notes if time in span],
            }
        )
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def history_object(sessions: Iterable[Session]) -> str:
    """Return a history as JSON: a list of sessions with all of their sets, repetitions and notes."""
    return json.dumps([asdict(s) for s in sessions], indent=1, ensure_ascii=False, default=str) + "\n"


# --- a page -----------------------------------------------------------------------------------------------

DISCLAIMER = (
    "These numbers come from a webcam and a computer program that compares movements with a template. They are no "
    "examination, no diagnosis and no measure of health, and they say nothing about what an exercise does. Light, "
    "camera, distance and tiredness may change them as much as practice does."
)

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Session of $begun</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; color: #1b2126; background: #fff; max-width: 60em; margin: 0 auto;
       padding: 1.5em 1em; }
h1 { font-size: 1.5em; margin: 0 0 .3em; }
h2 { font-size: 1.2em; margin: 0; }
p { margin: .3em 0; }
section { border-top: 1px solid #8a949c; margin-top: 1.4em; padding-top: 1em; }
.muted, footer { color: #49545c; font-size: .87em; }
ol { list-style: none; padding: 0; margin: .6em 0 0; }
li { border-top: 1px solid #d3d9dd; padding: .5em 0; break-inside: avoid; }
.bars { display: grid; grid-template-columns: repeat(auto-fill, minmax(17em, 1fr)); gap: .3em 1.4em; margin-top: .3em; }
.bars div { font-size: .87em; color: #49545c; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 11px system-ui, sans-serif; fill: #49545c; }
svg.bar { height: .55em; }
footer { border-top: 1px solid #8a949c; margin-top: 1.6em; padding-top: .6em; }
@media print { svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>
</head>
<body>
<h1>Session of $begun</h1>
<p class="muted">$span The match tells how near a movement was to the template's peak: 0 at rest, 100 at the peak.
From the dashed line on it can count. The form and its parts go from 0 to 100.</p>
$sets
<footer>$disclaimer</footer>
</body>
</html>
""")


def page(sets: Sequence[JudgedSet], begun: str, span: Span = WHOLE) -> str:
    """Return the session as one HTML text that needs nothing else. begun: when, in words."""
    shown = [one for one in sets if one.within(span)]
    times = [step.time for one in shown for step in one.steps if step.time in span]
    told = f"From {_clock(times[0])} to {_clock(times[-1])} of the recording." if times and span != WHOLE else ""
    return _PAGE.substitute(
        begun=escape(begun),
        span=escape(told),
        sets="\n".join(_section(one, span) for one in shown) or "<p>Nothing was recorded in this part.</p>",
        disclaimer=escape(DISCLAIMER),
    )


def _section(one: JudgedSet, span: Span) -> str:
    result = one.result
    if one.level is None:
        counts = "led by time, not judged"
    else:
        counts = f"{_many(result['reps'], 'repetition')} of {_many(result['attempts'], 'attempt')} in the whole set"
        if result["form"] is not None:
            counts += f"; mean form {result['form']:.0f}"
    pains = sum(said == "pain" for _, said in one.notes)
    if pains:
        counts += f"; pain was reported {'once' if pains == 1 else f'{pains} times'}"
    attempts = [(number, r) for number, r in enumerate(one.attempts, 1) if span.touches(r)]
    chart = _chart(one, span, attempts) if one.level is not None else ""
    listed = "".join(f"<li>{_attempt(number, r)}</li>" for number, r in attempts)
    name = escape(one.kept.exercise.name)
    why = f"<p>{escape(f'Nothing counted: {reason}.')}</p>" if (reason := _why_nothing(one)) else ""
    return f'<section><h2>{name}</h2><p class="muted">{escape(counts)}</p>{why}{chart}<ol>{listed}</ol></section>'


def _why_nothing(one: JudgedSet) -> str:
    """Why nothing was counted in a set; empty where something was, or nobody knows."""
    if one.result["reps"]:
        return ""
    return (one.result.get("reason") or commonest(r.reason for r in one.attempts)).rstrip(".")


def _attempt(number: int, r: Repetition) -> str:
    verdict = "counted" if r.counted else f"not counted: {r.reason}"
    if r.counted and r.reason:
        verdict += f" ({r.reason})"
    side = f", {r.side}" if r.side else ""
    form = f", form {r.form:.0f}" if r.form is not None else ""
    head = f"<strong>{number}.</strong> {escape(f'at {_clock(r.start_s)}{side}: {verdict}{form}')}"
    bars = "".join(
        f"<div>{escape(part.name)} {part.score:.0f}{_bar(part.score)}{escape(part.says)}</div>" for part in r.parts
    )
    return f'{head}<div class="bars">{bars}</div>' if bars else head


def _bar(score: float) -> str:
    wide = min(100.0, max(0.0, score))
    return (
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="4" fill="#e3e8eb"/><rect width="{wide:.1f}" height="4" fill="#1b5e8c"/></svg>'
    )


#: Size of a chart and of the area of its values, in its own units; and the most points of a line that can be seen.
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM, _POINTS = 860, 200, 34, 22, 850, 168, 800


def _chart(one: JudgedSet, span: Span, attempts: Sequence[tuple[int, Repetition]]) -> str:
    """The match over time, with the level to be reached, and each attempt as a field with its number."""
    steps = [step for step in one.steps if step.time in span]
    start, seconds = steps[0].time, max(steps[-1].time - steps[0].time, 0.1)
    highest = max([1.0, *(step.match for step in steps if step.match is not None and math.isfinite(step.match))])
    highest = min(highest, 1.5)

    def x(time: float) -> float:
        return round(_LEFT + min(1.0, max(0.0, (time - start) / seconds)) * (_RIGHT - _LEFT), 1)

    def y(match: float) -> float:
        return round(_BOTTOM - min(highest, max(0.0, match)) / highest * (_BOTTOM - _TOP), 1)

    drawn = []
    for number, r in attempts:
        left, right = x(r.start_s), x(r.end_s)
        colour, dashes = ("#cfe6f5", "") if r.counted else ("#f6e3d2", "3 3")
        sentence = escape(f"{number}: {'counted' if r.counted else r.reason}")
        drawn.append(
            f'<g><title>{sentence}</title><rect x="{left}" y="{_TOP}" width="{max(1.0, right - left):.1f}" '
            f'height="{_BOTTOM - _TOP}" fill="{colour}" stroke="#8a949c" stroke-dasharray="{dashes}"/>'
            f'<text x="{(left + right) / 2:.1f}" y="{_TOP - 7}" text-anchor="middle">'
            f"{number}{'' if r.counted else ' ✗'}</text></g>"
        )
    for match in (0.0, 0.5, 1.0):
        drawn.append(f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y(match)}" y2="{y(match)}" stroke="#d3d9dd"/>')
        drawn.append(f'<text x="{_LEFT - 5}" y="{y(match) + 4}" text-anchor="end">{100 * match:.0f}</text>')
    for time in _ticks(start, start + seconds):
        drawn.append(f'<text x="{x(time)}" y="{_BOTTOM + 18}" text-anchor="middle">{_clock(time)}</text>')
    if one.level is not None:
        level = y(one.level)
        drawn.append(
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{level}" y2="{level}" stroke="#a8500f" stroke-dasharray="6 4"/>'
        )
    every = max(1, len(steps) // _POINTS)
    line: list[str] = []
    for step in [*steps[::every], None]:
        if step is not None and step.match is not None and math.isfinite(step.match):
            line.append(f"{x(step.time)},{y(step.match)}")
        elif line:  # nothing was judged here: the line has a gap
            drawn.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="#1b5e8c" stroke-width="1.6"/>')
            line = []
    label = escape(f"Match over time of {one.kept.exercise.name}, with {_many(len(attempts), 'attempt')}")
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(drawn)}</svg>'


def _ticks(start: float, end: float) -> list[float]:
    """Round moments, at most about ten of them."""
    step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600) if (end - start) / s <= 10), 1800)
    first = math.ceil(start / step)
    return [float(n * step) for n in range(first, min(math.floor(end / step), first + 100) + 1)]


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{int(at_s) % 60:02d}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
