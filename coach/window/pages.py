"""Pages that fill the surface when no picture runs: starting, pause, a message, and what came of the sets."""

from collections.abc import Sequence
from statistics import fmean

import pygame

from coach.form.exercise import Exercise
from coach.frame import Repetition
from coach.plan.workout import SetResult
from coach.window import words
from coach.window.palette import ACCENT, BACKGROUND, CARD, GOOD, LINE, MUTED, TEXT, Colour
from coach.window.shapes import draw_bar, draw_card, draw_mark, mark_of
from coach.window.text import draw_block, draw_line, fit, line_height
from coach.window.view import dim, unit


def draw_starting(surface: pygame.Surface, title: str = "") -> None:
    """Draw the page shown while the tracker is loaded."""
    surface.fill(BACKGROUND)
    _centred(surface, title or words.STARTING, words.STARTING_MORE, ACCENT)


def draw_pause(surface: pygame.Surface) -> None:
    """Draw the pause over whatever the surface shows."""
    dim(surface)
    _centred(surface, words.PAUSED, words.PAUSED_MORE, ACCENT)


def draw_summary(surface: pygame.Surface, result: SetResult, last: bool, next_name: str = "") -> None:
    """Draw what came of one set. last: it was the workout's last one; next_name: what comes after it."""
    u, column = _page(surface)
    surface.fill(BACKGROUND)
    y = _heading(
        surface, column, u, words.ALL_COMPLETE if last else words.SET_COMPLETE, result.exercise.name,
        _headline(result), words.praise(result.reps, result.goal),
    )  # fmt: skip
    led = result.exercise.judge == "timer"
    if not led:
        y = _tiles(surface, pygame.Rect(column.x, y + round(16 * u), column.width, round(84 * u)), u, _figures(result))
    foot = column.bottom - line_height(round(18 * u))
    room = pygame.Rect(column.x, y + round(16 * u), column.width, foot - y - round(28 * u))
    if result.attempts:
        _attempts(surface, room, u, result)
    else:
        block = fit(words.LED if led else words.NO_ATTEMPT, room.width, max(1, room.height), round(22 * u))
        draw_block(surface, block, room.topleft, MUTED)
    _foot(surface, column, u, last, next_name)


def draw_overview(surface: pygame.Surface, results: Sequence[SetResult]) -> None:
    """Draw all sets of a workout, a line each. results: at least one."""
    u, column = _page(surface)
    surface.fill(BACKGROUND)
    done = sum(r.reps for r in results)
    goals = [r.goal for r in results]
    goal = sum(g for g in goals if g is not None) if None not in goals else None
    y = _heading(
        surface, column, u, words.ALL_COMPLETE, words.sets(len(results)),
        words.repetitions(done, goal), words.praise(done, goal),
    )  # fmt: skip
    foot = column.bottom - line_height(round(18 * u))
    room = pygame.Rect(column.x, y + round(20 * u), column.width, foot - y - round(32 * u))
    step = min(round(46 * u), room.height // max(1, len(results)))
    for i, result in enumerate(results):
        _set_row(surface, pygame.Rect(room.x, room.y + i * step, room.width, step), u, result)
    _foot(surface, column, u, True, "")


# --- parts ------------------------------------------------------------------------------------------------


def _page(surface: pygame.Surface) -> tuple[float, pygame.Rect]:
    u = unit(surface.get_size())
    width, height = surface.get_size()
    column = pygame.Rect(0, 0, min(width - round(48 * u), round(1040 * u)), height - round(64 * u))
    column.center = width // 2, height // 2
    return u, column


def _centred(surface: pygame.Surface, title: str, text: str, colour: Colour) -> None:
    u, column = _page(surface)
    width = min(column.width, round(760 * u))
    head = fit(title, width, round(130 * u), round(46 * u), bold=True)
    body = fit(text, width, round(220 * u), round(24 * u))
    y = column.centery - (head.height + body.height + round(34 * u)) // 2
    stripe = pygame.Rect(0, y - round(24 * u), round(64 * u), max(2, round(6 * u)))
    stripe.centerx = column.centerx
    draw_bar(surface, stripe, colour)
    y = draw_block(surface, head, (column.centerx, y), TEXT, "centre").bottom + round(14 * u)
    draw_block(surface, body, (column.centerx, y), MUTED, "centre")


def _heading(
    surface: pygame.Surface, column: pygame.Rect, u: float, small: str, name: str, headline: str, kind: str
) -> int:
    y = draw_line(surface, small, column.topleft, round(18 * u), ACCENT, bold=True).bottom
    y = draw_block(surface, fit(name, column.width, round(60 * u), round(40 * u), bold=True), (column.x, y)).bottom
    y = draw_line(surface, headline, (column.x, y), round(24 * u), TEXT).bottom
    return draw_block(surface, fit(kind, column.width, round(32 * u), round(20 * u)), (column.x, y), MUTED).bottom


def _headline(result: SetResult) -> str:
    text = words.repetitions(result.reps, result.goal)
    return f"{text}: {words.sides(result.left, result.right)}" if result.exercise.sides == "alternate" else text


def _figures(result: SetResult) -> list[tuple[str, str]]:
    """What to say of a set in single figures, as (value, name); what is not known is left out."""
    attempts = result.attempts
    figures = [(str(len(attempts)), words.ATTEMPTS), (str(result.good_reps), words.GOOD)]
    if attempts:
        forms = [a.form for a in attempts if a.form is not None]
        figures += [(words.score(fmean(forms) if forms else None), words.FORM)]
        figures += [(words.seconds(max(a.hold_s for a in attempts)), words.HOLD)]
    known = [a.symmetry for a in attempts if a.symmetry is not None]
    if known:
        figures.append((words.percent(fmean(known)), words.EVENNESS))
    return figures


def _tiles(surface: pygame.Surface, room: pygame.Rect, u: float, figures: Sequence[tuple[str, str]]) -> int:
    gap = round(12 * u)
    width = (room.width - 4 * gap) // 5
    for i, (value, name) in enumerate(figures):
        box = pygame.Rect(room.x + i * (width + gap), room.y, width, room.height)
        draw_card(surface, box, CARD, round(12 * u))
        pad = round(14 * u)
        top = draw_line(surface, value, (box.x + pad, box.y + round(6 * u)), round(30 * u), TEXT, True).bottom
        label = fit(name, width - 2 * pad, box.bottom - top, round(16 * u))
        draw_block(surface, label, (box.x + pad, top - round(4 * u)), MUTED)
    return room.bottom


#: Columns of the list of attempts: where each begins, in units, and how the list is ruled.
_COLUMNS = (
    (34.0, words.NUMBER),
    (80.0, words.SCORE),
    (170.0, words.HELD),
    (246.0, words.EVEN),
    (316.0, words.REMARK),
)
_ROW = 31.0


def _attempts(surface: pygame.Surface, room: pygame.Rect, u: float, result: SetResult) -> None:
    """Each attempt in a line; two columns when there are many, and the last ones counted when there are too many."""
    attempts = result.attempts
    row = round(_ROW * u)
    in_column = max(1, room.height // row - 1)
    columns = 1 if len(attempts) <= in_column else 2
    shown = attempts if len(attempts) <= columns * in_column else attempts[: columns * in_column - 1]
    gap = round(28 * u)
    width = (room.width - (columns - 1) * gap) // columns
    in_column = in_column if columns == 2 and len(attempts) > 2 * in_column else -(-len(attempts) // columns)
    even = columns == 1 and any(a.symmetry is not None for a in attempts)  # two columns have no room for it
    for column in range(columns):
        x = room.x + column * (width + gap)
        for at, title in _COLUMNS:
            if title != words.EVEN or even:
                draw_line(surface, title, (x + _at(at, even, u), room.y), round(15 * u), MUTED)
        pygame.draw.line(surface, LINE, (x, room.y + row - 4), (x + width, room.y + row - 4), max(1, round(u)))
    for i, attempt in enumerate(shown):
        column, line = divmod(i, in_column)
        box = pygame.Rect(room.x + column * (width + gap), room.y + (line + 1) * row, width, row)
        _attempt_row(surface, box, u, i + 1, attempt, result.exercise, even)
    if len(shown) < len(attempts):
        column, line = divmod(len(shown), in_column)
        start = room.x + column * (width + gap) + _at(34.0, even, u), room.y + (line + 1) * row
        draw_line(surface, words.more(len(attempts) - len(shown)), start, round(18 * u), MUTED)


def _at(units: float, even: bool, u: float) -> int:
    # Without the column of evenness, the remark moves to its place.
    return round((units if even or units < 300 else 246.0) * u)


def _attempt_row(
    surface: pygame.Surface,
    box: pygame.Rect,
    u: float,
    number: int,
    attempt: Repetition,
    exercise: Exercise,
    even: bool,
) -> None:
    size = round(18 * u)
    draw_mark(surface, mark_of(attempt), (box.x + round(12 * u), box.y + line_height(size) // 2), round(20 * u))
    side = {None: "", "left": words.LEFT, "right": words.RIGHT}[attempt.side]
    faults = [words.fault(exercise, code) for code in attempt.faults]
    remarks = [words.brief(attempt.reason), *faults] if attempt.reason else faults or [words.CLEAN]
    texts = [
        str(number), words.score(attempt.form), words.seconds(attempt.hold_s),
        words.percent(attempt.symmetry) if even else "",
        words.listed([side, *remarks] if side else remarks),
    ]  # fmt: skip
    for (at, _), text in zip(_COLUMNS, texts, strict=True):
        x = box.x + _at(at, even, u)
        if text:
            block = fit(text, max(1, box.right - x), line_height(size), size, least=0.8)
            top = box.y + (line_height(size) - block.height) // 2
            draw_block(surface, block, (x, top), TEXT if at < 300 else MUTED)


def _set_row(surface: pygame.Surface, box: pygame.Rect, u: float, result: SetResult) -> None:
    size = min(round(22 * u), max(8, round(box.height * 0.55)))
    top = box.y + (box.height - line_height(size)) // 2
    name = fit(result.exercise.name, round(280 * u), line_height(size), size, bold=True)
    draw_block(surface, name, (box.x, box.y + (box.height - name.height) // 2))
    complete = result.goal is not None and result.reps >= result.goal
    colour = GOOD if complete else TEXT
    text = fit(words.repetitions(result.reps, result.goal), round(200 * u), line_height(size), size)
    draw_block(surface, text, (box.x + round(300 * u), top), colour)
    mark, step = min(round(22 * u), size), min(round(28 * u), round(1.3 * size))
    x = box.x + round(520 * u)
    room = max(1, (box.right - x) // step)
    for i, attempt in enumerate(result.attempts[:room]):
        draw_mark(surface, mark_of(attempt), (x + i * step + mark // 2, box.centery), mark)


def _foot(surface: pygame.Surface, column: pygame.Rect, u: float, last: bool, next_name: str) -> None:
    size = round(18 * u)
    y = column.bottom - line_height(size)
    if last:
        draw_line(surface, words.ANY_KEY, (column.x, y), size, MUTED)
        return
    x = column.x
    if next_name:
        x = draw_line(surface, words.next_up(next_name), (x, y), size, TEXT, bold=True).right + round(20 * u)
    draw_line(surface, words.NEXT_KEY, (x, y), size, MUTED)
