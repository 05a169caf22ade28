"""Rows as text, as a table in README.md, and as a picture."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.row import Row

README, PICTURE = (Path(__file__).with_name(name) for name in ("README.md", "speed.svg"))
#: Between these lines of README.md everything is written by the run.
BEGIN, END = "<!-- measured: python -m benchmarks --write -->", "<!-- end of what was measured -->"


def figure(value: float) -> str:
    """A number with three digits, or all before the point."""
    if not math.isfinite(value):
        return str(value)
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def line(row: Row) -> str:
    """A row for a terminal."""
    verdict = "" if not row.aim else f"; aim {row.aim}: {'met' if row.met else 'MISSED'}"
    spread = "" if row.spread is None else f" ({figure(row.spread[0])} to {figure(row.spread[1])})"
    if row.theirs is None:
        return f"{row.name}: {figure(row.ours)}{spread} {row.unit}{verdict}"
    return (
        f"{row.name}: {figure(row.ours)} against {figure(row.theirs)} {row.unit}; "
        f"ratio {figure(row.ratio)}{spread}{verdict}"
    )


def markdown(machine: Mapping[str, Any], rows: Sequence[Row], quick: bool) -> str:
    """The table, with the machine named above it."""
    named = "{system}, {processor}, {cores} cores, Python {python}, load {load} at the beginning".format(**machine)
    loads = [row.load for row in rows if row.load is not None]
    load = f", {min(loads):g} to {max(loads):g} meanwhile" if loads else ""
    how = " With `--quick`: few rounds." if quick else ""
    missed = sum(not row.met for row in rows)
    met = sum(bool(row.aim) for row in rows) - missed
    head = [
        f"{named}{load}.{how} {met} aims are met, {missed} missed.",
        "",
        "| what | ours | theirs | ratio (quartiles) | aim | |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_cells, rows)])


def _cells(row: Row) -> str:
    theirs = "" if row.theirs is None else figure(row.theirs)
    spread = "" if row.spread is None else f" ({figure(row.spread[0])}–{figure(row.spread[1])})"
    verdict = "" if not row.aim else "met" if row.met else "**missed**"
    ratio = f"{figure(row.ratio)}{spread}"
    return f"| {row.name} | {figure(row.ours)} {row.unit} | {theirs} | {ratio} | {_sign(row.aim)} | {verdict} |"


#: Of the picture, in pixels: a row's height, where bars begin and end, its width.
_ROW, _LEFT, _RIGHT, _WIDTH = 22, 560, 1000, 1160
_COLOURS = {"met": "#2a78b5", "missed": "#c8641e", "none": "#8a8f98"}
_LEGEND = (
    "Ratios on a logarithmic scale; black marks are the aims, orange bars miss theirs. Where a name ends with "
    "“/ ours” more is better, else less."
)


def picture(rows: Sequence[Row]) -> str:
    """SVG of the ratios as bars from 1 on a logarithmic scale, with the aims."""
    shown = [row for row in rows if row.theirs is not None and row.ratio > 0]
    marks = [1.0, *(row.ratio for row in shown), *(_bound(row.aim) for row in shown if row.aim)]
    low, high = math.floor(math.log10(min(marks))), math.ceil(math.log10(max(marks)))
    high = max(high, low + 1)

    def x(ratio: float) -> float:
        return round(_LEFT + (math.log10(ratio) - low) / (high - low) * (_RIGHT - _LEFT), 1)

    bottom = _ROW * (len(shown) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 2 * _ROW}" '
        'font-family="sans-serif" font-size="13" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at, colour = x(10.0**power), "#333" if power == 0 else "#ddd"
        parts.append(f'<path d="M{at} {_ROW / 2} V{bottom}" stroke="{colour}"/>')
        parts.append(f'<text x="{at}" y="{bottom + 16}" text-anchor="middle">{10.0**power:g}</text>')
    for i, row in enumerate(shown, 1):
        middle = _ROW * i
        begin, end = sorted((x(1.0), x(row.ratio)))
        colour = _COLOURS["none" if not row.aim else "met" if row.met else "missed"]
        aim = f" ({_sign(row.aim)})" if row.aim else ""
        parts += [
            f'<text x="{_LEFT - 14}" y="{middle + 4}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{begin}" y="{middle - 6}" width="{round(end - begin, 1)}" height="12" fill="{colour}"/>',
            f'<text x="{_RIGHT + 14}" y="{middle + 4}">{figure(row.ratio)}{aim}</text>',
        ]
        if row.aim:
            at = x(_bound(row.aim))
            parts.append(f'<path d="M{at} {middle - 9} V{middle + 9}" stroke="#000" stroke-width="2"/>')
    parts.append(f'<text x="14" y="{bottom + 36}">{_LEGEND}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _bound(aim: str) -> float:
    return float(aim.split()[1])


def _sign(aim: str) -> str:
    """An aim with the signs that people read."""
    return aim.replace(">=", "≥").replace("<=", "≤")


def write(machine: Mapping[str, Any], rows: Sequence[Row], quick: bool) -> None:
    """Renew the table in README.md and the picture beside it. Raises ValueError where README.md lacks its marks."""
    text = README.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{README}: lacks the lines between which the table goes")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    table = markdown(machine, rows, quick)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    PICTURE.write_text(picture(rows), encoding="utf-8")
