"""Charts over time: one set from moment to moment, and one exercise from set to set over the weeks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from coach.frame import Array, Event, Kind
from coach.records.progress import Course
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.palette import Colour, Palette
from coach.window.shapes import colour_of, mark_of
from coach.window.state import led_by
from coach.window.view import METER_TOP

if TYPE_CHECKING:
    from coach.records.review import Judgement, ReviewedSet

#: A set's chart shows this many seconds at the least.
CLOSEST_S = 2.0
#: The single measures are drawn where a second has this many units.
_ROOM = 4.0
#: On the chart an attempt has a tint of this part of its colour.
_TINT = 0.28
#: Points (0..100) that the chart of many sets spans at the least.
_TALL = 40
#: Days that it spans at the least, and the most labels under it.
_LONG, _LABELS = 28, 7

Columns = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from first to last along pixels from start to end; an end before the start is a scale that goes up."""

    first: float
    last: float
    start: int
    end: int

    def at(self, value: float) -> int:
        """The pixel of a value."""
        return self.start + round((value - self.first) / max(1e-9, self.last - self.first) * (self.end - self.start))

    def value(self, pixel: int) -> float:
        """The value at a pixel."""
        part = (pixel - self.start) / ((self.end - self.start) or 1)
        return self.first + part * (self.last - self.first)


# --- one set ----------------------------------------------------------------------------------------------


def closest(seconds: float) -> int:
    """How many times a chart of so many seconds may be halved."""
    return max(0, math.floor(math.log2(max(1e-9, seconds) / CLOSEST_S)))


def part_around(at_s: float, first: float, last: float, halved: int) -> tuple[float, float]:
    """Return the seconds that a chart shows of first..last, halved so many times, with `at_s` in its middle half.

    It moves on by halves of itself, and not with every moment: so it can be read while it plays, and need not be drawn
    anew for each picture.
    """
    long = (last - first) / 2**halved
    begin = first + long / 2 * (round((at_s - first) / max(1e-9, long / 2)) - 1)
    begin = min(max(begin, first), last - long)
    return begin, begin + long


def draw_set(canvas: Canvas, room: pygame.Rect, one: "ReviewedSet", judged: "Judgement", across: Scale) -> None:
    """Draw the match over time, with what it must reach, the attempts, and what happened; of the hands, which have no
    match, only the attempts and what happened.

    across: seconds of the set that are shown, along pixels within the room.
    """
    px, colours = canvas.px, canvas.palette
    canvas.card(room)
    led = led_by(judged.exercise)
    if led == "time":
        canvas.block(words.LED, room.inflate(-px(40), -px(10)), 18, colours.muted, align="centre", middle=True)
        return
    signs, x = px(20), across.at
    plot = pygame.Rect(across.start, room.y + signs, across.end - across.start, room.height - signs - px(8))
    height = Scale(0.0, METER_TOP, plot.bottom, plot.y)

    def y(match: float) -> int:
        return height.at(min(max(match, 0.0), METER_TOP))

    def span(begin: float, end: float, low: int, high: int, colour: Colour) -> None:
        box = pygame.Rect(x(begin), high, max(px(3), x(end) - x(begin)), low - high)
        pygame.draw.rect(canvas.surface, colour, box.clip(room))

    # What is before or after the part that is shown goes a little over its ends, and not on to the edge.
    canvas.surface.set_clip(pygame.Rect(plot.x - px(8), room.y, plot.width + 2 * px(8), room.height))
    for event, until in _away(one):
        span(event.time, until, plot.bottom, plot.y, colours.sunk)
    free = room.x
    for attempt in judged.attempts:
        colour = colour_of(mark_of(attempt), colours)
        span(attempt.start_s, attempt.end_s, plot.bottom, plot.y, _mixed(colours.card, colour))
        span(attempt.start_s, attempt.end_s, plot.y, plot.y - max(2, px(3)), colour)
        centre = x((attempt.start_s + attempt.end_s) / 2)
        if centre - px(8) >= free:
            canvas.mark(mark_of(attempt), (centre, room.y + signs // 2), 15)
            free = centre + px(9)
    if led == "face":
        band = pygame.Rect(plot.x, y(judged.band[1]), plot.width, y(judged.band[0]) - y(judged.band[1]))
        _veil(canvas, band, colours.zone, 90)
    for value, colour in ((1.0, colours.line), (judged.level, colours.muted)) if led == "face" else ():
        pygame.draw.line(canvas.surface, colour, (plot.x, y(value)), (plot.right, y(value)), max(1, px(1)))
    times = np.array(one.times)
    begin, end = np.searchsorted(times, (across.first, across.last)).tolist()
    shown = slice(max(0, begin - 1), end + 1)  # and the moment before and after
    part = (times[shown] - across.first) / max(1e-9, across.last - across.first)
    columns, starts = np.unique(plot.x + np.round(part * plot.width).astype(np.intp), return_index=True)
    # Of a very long time they would be nothing but grey.
    dense = (across.last - across.first) * _ROOM > plot.width / canvas.u
    for way in () if dense else judged.ways.values():
        _draw_way(canvas, columns, starts, way[shown], height, _mixed(colours.sunk, colours.muted), 1)
    _draw_way(canvas, columns, starts, judged.match[shown], height, colours.accent, max(2, px(2)))
    for event in one.events:
        if event.kind is Kind.FAULT:
            tip, half = x(event.time), max(3, px(5))
            points = [(tip - half, plot.bottom + px(7)), (tip + half, plot.bottom + px(7)), (tip, plot.bottom - px(3))]
            pygame.draw.polygon(canvas.surface, colours.fault, points)
    canvas.surface.set_clip(None)
    if led != "face":
        return
    size = 12.0
    while size > 6.0 and canvas.height(size) > px(19):
        size -= 0.5
    canvas.line(words.TARGET, (plot.x, y(1.0) - canvas.height(size)), size, colours.muted)
    canvas.line(words.PASS, (plot.x, y(judged.level)), size, colours.muted)


def _away(one: "ReviewedSet") -> list[tuple[Event, float]]:
    """Each time the face was lost, and when it was found again."""
    found, lost = [], None
    for event in one.events:
        if event.kind is Kind.FACE_LOST:
            lost = event
        elif event.kind is Kind.FACE_FOUND and lost is not None:
            found.append((lost, event.time))
            lost = None
    return [*found, (lost, one.times[-1])] if lost is not None else found


def _draw_way(
    canvas: Canvas, columns: Columns, starts: Columns, values: Array, height: Scale, colour: Colour, width: int
) -> None:
    """A line through values over time, broken where there are none; of moments in the same column of pixels the
    highest. columns: (N,) the columns, starts: (N,) the first moment in each."""
    highest = np.maximum.reduceat(np.nan_to_num(values, nan=-np.inf), starts)
    points: list[tuple[int, int]] = []
    for at, value in [*zip(columns.tolist(), highest.tolist(), strict=True), (0, -np.inf)]:
        if value > -np.inf:
            points.append((at, height.at(min(max(value, height.first), height.last))))
            continue
        if len(points) > 1:
            pygame.draw.lines(canvas.surface, colour, False, points, width)
        points = []


# --- many sets --------------------------------------------------------------------------------------------


def draw_courses(canvas: Canvas, room: pygame.Rect, courses: Sequence[Course]) -> None:
    """Draw every set as a mark at its day, the median of each week as a line, and the slope where there is one.

    courses: at least one, with at least one set; of two the sides are told apart by marks.
    """
    px, colours = canvas.px, canvas.palette
    _legend(canvas, pygame.Rect(room.x, room.y, room.width, px(22)), courses)
    plot = pygame.Rect(room.x + px(40), room.y + px(32), room.width - px(56), room.height - px(32) - px(24))
    days = [day for course in courses for day, _ in course.sets]
    across = Scale(min(days), max(max(days) + 3.0, min(days) + _LONG), plot.x + px(16), plot.right - px(16))
    low, high = _range([value for course in courses for _, value in course.sets])
    height = Scale(low, high, plot.bottom, plot.y)
    for level in range(low, high + 1, 10 if high - low <= 60 else 20):
        y = height.at(level)
        pygame.draw.line(canvas.surface, colours.sunk, (plot.x, y), (plot.right, y), max(1, px(1)))
        label = pygame.Rect(room.x, y - px(9), px(30), px(18))
        canvas.block(str(level), label, 13, colours.muted, align="right", middle=True)
    step = 7 * math.ceil((across.last - across.first) / 7 / _LABELS)
    wide = min(px(84), across.at(across.first + step) - across.start - px(4))
    for number in range(math.floor(across.first), math.floor(across.last) + 1, step):
        x = across.at(number)
        pygame.draw.line(canvas.surface, colours.line, (x, plot.bottom), (x, plot.bottom + px(4)), max(1, px(1)))
        label = pygame.Rect(x - wide // 2, plot.bottom + px(5), wide, px(19))
        canvas.block(words.day(date.fromordinal(number)), label, 13, colours.muted, align="centre", middle=True)
    canvas.surface.set_clip(plot.inflate(0, px(12)))
    for course in courses:
        _draw_slope(canvas, course, across, height)
    for course in courses:
        colour, square = _look(course.side, colours)
        tint = _mixed(colours.card, colour, 0.75)
        for day, value in course.sets:
            _dot(canvas, (across.at(day), height.at(value)), px(4), tint, square)
        weekly = [(across.at(day), height.at(value)) for day, value in course.weekly]
        if len(weekly) > 1:
            pygame.draw.lines(canvas.surface, colour, False, weekly, max(2, px(2.5)))
    canvas.surface.set_clip(None)


def _range(values: Sequence[float]) -> tuple[int, int]:
    """Tens around some values (0..100), far enough apart that chance does not look like a mountain."""
    low = max(0, 10 * math.floor((min(values) - 3) / 10))
    high = min(100, max(low + _TALL, 10 * math.ceil((max(values) + 3) / 10)))
    return min(low, high - _TALL), high


def _look(side: str, colours: Palette) -> tuple[Colour, bool]:
    """Colour of a side, and whether its mark is a square."""
    return (colours.fault, True) if side == "right" else (colours.accent, False)


def _draw_slope(canvas: Canvas, course: Course, across: Scale, height: Scale) -> None:
    """The slope as a dashed line, and around it all that it may be."""
    if not course.line:
        return
    colour, _ = _look(course.side, canvas.palette)
    top = [(across.at(day), height.at(high)) for day, _, _, high in course.line]
    low = [(across.at(day), height.at(low)) for day, _, low, _ in course.line]
    room = canvas.surface.get_clip()
    veil = pygame.Surface(room.size, pygame.SRCALPHA, 32)
    pygame.draw.polygon(veil, (*colour, 46), [(x - room.x, y - room.y) for x, y in top + low[::-1]])
    canvas.surface.blit(veil, room)
    (x, first), *_, (end, last) = [(across.at(day), height.at(value)) for day, value, _, _ in course.line]
    dash, way = canvas.px(8), Scale(x, end, first, last)
    for at in range(x, end, 2 * dash):
        until = min(end, at + dash)
        points = (at, way.at(at)), (until, way.at(until))
        pygame.draw.line(canvas.surface, canvas.palette.text, *points, max(1, canvas.px(1.5)))


def _legend(canvas: Canvas, room: pygame.Rect, courses: Sequence[Course]) -> None:
    """What the marks and lines are, from left to right."""
    px, colours = canvas.px, canvas.palette
    entries: list[tuple[str, str]] = []
    for course in courses:
        entries.append((course.side or "set", {"left": words.LEFT, "right": words.RIGHT}.get(course.side, words.A_SET)))
    entries.append(("week", words.WEEKLY))
    if any(course.line for course in courses):
        entries.append(("slope", words.SLOPE))
    width = room.width // 4
    for i, (what, text) in enumerate(entries):
        x, y = room.x + i * width, room.centery
        colour, square = _look(what, colours)
        if what == "week":
            pygame.draw.line(canvas.surface, colours.accent, (x, y), (x + px(18), y), max(2, px(2.5)))
        elif what == "slope":
            _veil(canvas, pygame.Rect(x, y - px(7), px(20), px(14)), colours.accent, 60)
            for dash in (x, x + px(12)):
                pygame.draw.line(canvas.surface, colours.text, (dash, y), (dash + px(8), y), max(1, px(1.5)))
        else:
            _dot(canvas, (x + px(8), y), px(5), colour, square)
        place = pygame.Rect(x + px(26), room.y, width - px(34), room.height)
        canvas.block(text, place, 14, colours.muted, middle=True)


def _dot(canvas: Canvas, at: tuple[int, int], radius: int, colour: Colour, square: bool) -> None:
    if square:
        pygame.draw.rect(canvas.surface, colour, pygame.Rect(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius))
    else:
        pygame.draw.circle(canvas.surface, colour, at, radius)


# --- colours ----------------------------------------------------------------------------------------------


def _mixed(ground: Colour, colour: Colour, part: float = _TINT) -> Colour:
    r, g, b = (round(a + part * (c - a)) for a, c in zip(ground, colour, strict=True))
    return r, g, b


def _veil(canvas: Canvas, box: pygame.Rect, colour: Colour, alpha: int) -> None:
    """Lay a colour over a box that lets through what is under it. alpha: 0..255."""
    veil = pygame.Surface(box.size, 0, 32)
    veil.fill(colour)
    veil.set_alpha(alpha)
    canvas.surface.blit(veil, box)
