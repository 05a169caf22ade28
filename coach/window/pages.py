"""What came of the sets: after one of them, and after all."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

import pygame

from coach.form.exercise import Exercise
from coach.form.scoring import WEIGHTS
from coach.frame import Repetition
from coach.plan.workout import SetResult
from coach.records.progress import commonest
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.shapes import mark_of
from coach.window.state import led_by


def draw_message(canvas: Canvas, title: str, text: str) -> None:
    """Draw a page with one message in its middle."""
    canvas.clear()
    column, px = canvas.page(760), canvas.px
    y = column.centery - px(120)
    stripe = pygame.Rect(0, y - px(24), px(64), max(2, px(6)))
    stripe.centerx = column.centerx
    canvas.bar(stripe, canvas.palette.accent)
    head = canvas.block(title, pygame.Rect(column.x, y, column.width, px(130)), 46, bold=True, align="centre")
    room = pygame.Rect(column.x, head.bottom + px(14), column.width, px(220))
    canvas.block(text, room, 24, canvas.palette.muted, align="centre")


def draw_summary(canvas: Canvas, column: pygame.Rect, result: SetResult, last: bool) -> None:
    """Draw what came of one set within a column. last: it was the workout's last one."""
    px = canvas.px
    y = _heading(
        canvas, column, words.ALL_COMPLETE if last else words.SET_COMPLETE, result.exercise.name,
        _headline(result), words.praise(result.reps, result.goal),
    )  # fmt: skip
    led = led_by(result.exercise) == "time"
    if not led:
        y = _tiles(canvas, pygame.Rect(column.x, y + px(12), column.width, px(84)), _figures(result))
    room = pygame.Rect(column.x, y + px(14), column.width, column.bottom - y - px(14))
    reason = _why_nothing(result)
    why = words.nothing_counted(reason) if reason else ""
    if why and result.attempts:
        line = pygame.Rect(room.x, room.y, room.width, canvas.height(18))
        canvas.block(why, line, 18, middle=True, least=0.4)
        room.height -= line.height + px(8)
        room.y += line.height + px(8)
    if not result.attempts:
        canvas.block(words.LED if led else why or words.NO_ATTEMPT, room, 22, None if why else canvas.palette.muted)
    elif result.exercise.touch is not None:
        below = canvas.height(16)
        room.height -= below
        _attempts(canvas, room, result)
        canvas.block(words.HANDS_MORE, pygame.Rect(room.x, room.bottom, room.width, below), 16, canvas.palette.muted)
    else:
        _attempts(canvas, room, result)


def draw_overview(canvas: Canvas, column: pygame.Rect, results: Sequence[SetResult], news: Sequence[str] = ()) -> None:
    """Draw all sets of a workout, a line each with its form and parts, and what is worth knowing of them all.

    results: at least one. news: what is different from last time.
    """
    px = canvas.px
    done = sum(r.reps for r in results)
    goals = [r.goal for r in results]
    goal = sum(g for g in goals if g is not None) if None not in goals else None
    y = _heading(
        canvas, column, words.ALL_COMPLETE if done == goal else words.FOR_TODAY, words.sets(len(results)),
        words.repetitions(done, goal), words.praise(done, goal),
    )  # fmt: skip
    said = [*remarks(results), *news][:5]
    top, least = y + px(16) + canvas.height(14), px(22)
    while len(said) > 1 and top + least * len(results) > column.bottom - len(said) * canvas.height(18) - px(24):
        said.pop()  # the sets go before the least of what can be said of them
    below = len(said) * canvas.height(18) + px(24) if said else 0
    room = pygame.Rect(column.x, y + px(16), column.width, column.bottom - y - px(16) - below)
    _parts_head(canvas, room)
    fits = max(2, (room.bottom - top) // least)
    shown = results if len(results) <= fits else results[: fits - 1]
    step = min(px(40), (room.bottom - top) // min(fits, len(results)))
    for i, result in enumerate(shown):
        _set_row(canvas, pygame.Rect(room.x, top + i * step, room.width, step), result)
    if len(shown) < len(results):
        rest = pygame.Rect(room.x, top + len(shown) * step, room.width, step)
        canvas.block(words.more(len(results) - len(shown)), rest, 16, canvas.palette.muted, middle=True)
    y = column.bottom - below + px(24)
    for text in said:
        place = pygame.Rect(column.x + px(16), y, column.width - px(16), canvas.height(18))
        canvas.bar(pygame.Rect(column.x, y + px(4), px(4), place.height - px(8)), canvas.palette.accent)
        canvas.block(text, place, 18)
        y = place.bottom


def remarks(results: Sequence[SetResult]) -> list[str]:
    """The best and the weakest repetition of a workout and the two faults most worth mending, in sentences."""
    judged = [(a.form, r.exercise.name, a) for r in results for a in r.attempts if a.form is not None]
    said = []
    if len(judged) > 1:
        best, worst = max(judged, key=lambda one: one[0]), min(judged, key=lambda one: one[0])
        said.append(words.best(best[1], best[0], best[2].peak_s))
        if worst[0] < best[0] - 1.0:
            weak = min(worst[2].parts, key=lambda part: part.score).says if worst[2].parts else ""
            said.append(words.worst(worst[1], worst[0], worst[2].peak_s, weak))
    faults = Counter(words.fault(r.exercise, code) for r in results for a in r.attempts for code in a.faults)
    if faults:
        said.append(words.to_mend(faults.most_common(2)))
    return said


# --- parts ------------------------------------------------------------------------------------------------


def _heading(canvas: Canvas, column: pygame.Rect, small: str, name: str, headline: str, kind: str) -> int:
    px, colours = canvas.px, canvas.palette
    y = canvas.line(small, column.topleft, 17, colours.accent, bold=True).bottom
    y = canvas.block(name, pygame.Rect(column.x, y, column.width, px(54)), 36, bold=True).bottom
    y = canvas.block(headline, pygame.Rect(column.x, y, column.width, px(32)), 22).bottom
    return canvas.block(kind, pygame.Rect(column.x, y, column.width, px(30)), 18, colours.muted).bottom


def _headline(result: SetResult) -> str:
    text = words.counted_of(result.exercise, result.reps, result.goal)
    hands = result.exercise.touch is not None and result.left != result.right
    apart = result.exercise.sides == "alternate" or hands
    return f"{text}: {words.sides(result.left, result.right)}" if apart else text


def _why_nothing(result: SetResult) -> str:
    """Why nothing was counted; empty where something was, or nobody knows."""
    return "" if result.reps else result.why_nothing or commonest(a.reason for a in result.attempts)


def _form(result: SetResult) -> float | None:
    forms = [a.form for a in result.attempts if a.form is not None]
    return fmean(forms) if forms else None


def _figures(result: SetResult) -> list[tuple[str, str]]:
    """What to say of a set in single figures, as (value, name); what is not known is left out."""
    attempts = result.attempts
    if result.exercise.touch is not None:
        figures = [(str(len(attempts)), words.ATTEMPTS), (str(result.reps), words.COUNTED_BRIEF)]
        if result.left != result.right:
            figures += [(str(result.left), words.LEFT), (str(result.right), words.RIGHT)]
        return figures
    figures = [(str(len(attempts)), words.ATTEMPTS), (str(result.good_reps), words.GOOD)]
    if attempts:
        figures += [(words.score(_form(result)), words.FORM)]
        figures += [(words.seconds(max(a.hold_s for a in attempts)), words.HOLD)]
    known = [a.symmetry for a in attempts if a.symmetry is not None]
    if known:
        figures.append((words.percent(fmean(known)), words.EVENNESS))
    return figures


def _tiles(canvas: Canvas, room: pygame.Rect, figures: Sequence[tuple[str, str]]) -> int:
    px = canvas.px
    gap = px(10)
    width = (room.width - 4 * gap) // 5
    for i, (value, name) in enumerate(figures):
        box = pygame.Rect(room.x + i * (width + gap), room.y, width, room.height)
        canvas.card(box)
        inner = box.inflate(-px(20), -px(12))
        number = canvas.block(value, pygame.Rect(inner.x, inner.y, inner.width, px(40)), 28, bold=True)
        canvas.block(name, pygame.Rect(inner.x, number.bottom, inner.width, inner.bottom - number.bottom), 15,
                     canvas.palette.muted)  # fmt: skip
    return room.bottom


#: Columns of the list of attempts: where each begins, in units.
_NUMBER_AT, _FORM_AT, _HELD_AT, _REMARK_AT = 30.0, 66.0, 126.0, 196.0
_ROW = 30.0


def _attempts(canvas: Canvas, room: pygame.Rect, result: SetResult) -> None:
    """Each attempt in a line, the last ones only counted where there are too many."""
    px, colours = canvas.px, canvas.palette
    heads = [(_NUMBER_AT, _FORM_AT, words.NUMBER), (_FORM_AT, _HELD_AT, words.SCORE),
             (_HELD_AT, _REMARK_AT, words.HELD), (_REMARK_AT, 500.0, words.REMARK)]  # fmt: skip
    if result.exercise.touch is not None:  # counted, not scored
        heads = [heads[0], (_FORM_AT, 500.0, words.REMARK)]
    for at, until, title in heads:
        place = pygame.Rect(room.x + px(at), room.y, px(until - at) - px(8), canvas.height(14))
        canvas.block(title, place, 14, colours.muted)
    top = room.y + canvas.height(14) + px(2)
    pygame.draw.line(canvas.surface, colours.line, (room.x, top), (room.right - 1, top), max(1, px(1)))
    attempts = result.attempts
    row = max(1, min(px(_ROW), max(canvas.height(17), px(18))))
    fits = max(1, (room.bottom - top - px(3)) // row)
    shown = attempts if len(attempts) <= fits else attempts[: fits - 1]
    for i, attempt in enumerate(shown):
        box = pygame.Rect(room.x, top + px(3) + i * row, room.width, row)
        _attempt_row(canvas, box, i + 1, attempt, result.exercise)
    if len(shown) < len(attempts):
        start = room.x + px(_NUMBER_AT), top + px(3) + len(shown) * row
        canvas.line(words.more(len(attempts) - len(shown)), start, 16, colours.muted)


def _attempt_row(canvas: Canvas, box: pygame.Rect, number: int, attempt: Repetition, exercise: Exercise) -> None:
    px, colours = canvas.px, canvas.palette
    canvas.mark(mark_of(attempt), (box.x + px(11), box.centery), 19)
    side = {None: "", "left": words.LEFT, "right": words.RIGHT}[attempt.side]
    faults = [words.fault(exercise, code) for code in attempt.faults]
    said = [words.brief(attempt.reason), *faults] if attempt.reason else faults or [words.CLEAN]
    if exercise.touch is not None and attempt.reason:
        said = said[:1]  # the fault is the reason
    remark = words.listed([side, *said] if side else said), colours.muted
    cells = [
        (_NUMBER_AT, _FORM_AT, str(number), None),
        (_FORM_AT, _HELD_AT, words.score(attempt.form), None),
        (_HELD_AT, _REMARK_AT, words.seconds(attempt.hold_s), None),
        (_REMARK_AT, 0.0, *remark),
    ]
    if exercise.touch is not None:
        cells = [cells[0], (_FORM_AT, 0.0, *remark)]
    for at, until, text, colour in cells:
        right = box.x + px(until) - px(6) if until else box.right
        room = pygame.Rect(box.x + px(at), box.y, right - box.x - px(at), box.height)
        canvas.block(text, room, 17, colour, middle=True, least=0.5)


#: Where the columns of the overview begin, in parts of its width.
_OVERVIEW = (0.0, 0.25, 0.37, 0.45)


def _parts_head(canvas: Canvas, room: pygame.Rect) -> None:
    colours = canvas.palette
    canvas.line(words.REPETITIONS, (room.x + round(_OVERVIEW[1] * room.width), room.y), 14, colours.muted)
    canvas.line(words.SCORE, (room.x + round(_OVERVIEW[2] * room.width), room.y), 14, colours.muted)
    for i, name in enumerate(WEIGHTS):
        canvas.block(words.PARTS[name], _part_box(room, i, canvas.height(14)), 14, colours.muted)


def _part_box(room: pygame.Rect, number: int, height: int) -> pygame.Rect:
    width = (room.right - room.x - round(_OVERVIEW[3] * room.width)) // len(WEIGHTS)
    left = room.x + round(_OVERVIEW[3] * room.width) + number * width
    return pygame.Rect(left, room.y, width - round(0.12 * width), height)


def _set_row(canvas: Canvas, box: pygame.Rect, result: SetResult) -> None:
    colours, px = canvas.palette, canvas.px
    starts = [box.x + round(part * box.width) for part in _OVERVIEW]
    name = pygame.Rect(starts[0], box.y, starts[1] - starts[0] - px(10), box.height)
    canvas.block(result.exercise.name, name, 19, bold=True, middle=True, least=0.35)
    complete = result.goal is not None and result.reps >= result.goal
    reps = pygame.Rect(starts[1], box.y, starts[2] - starts[1] - px(8), box.height)
    of = words.reps_of(result.reps, result.goal)
    canvas.block(of, reps, 18, colours.good if complete else None, middle=True)
    form = pygame.Rect(starts[2], box.y, starts[3] - starts[2], box.height)
    led = led_by(result.exercise)
    if reason := _why_nothing(result):  # then there are no scores
        rest = pygame.Rect(starts[2], box.y, box.right - starts[2], box.height)
        canvas.block(words.nothing_counted(words.brief(reason)), rest, 16, colours.muted, middle=True, least=0.4)
        return
    canvas.block(words.score(_form(result)) if led == "face" else words.UNKNOWN, form, 19, bold=True, middle=True)
    if led != "face":
        rest = pygame.Rect(starts[3], box.y, box.right - starts[3], box.height)
        said = words.LED_BRIEF
        if led == "hands":
            said = words.HANDS_BRIEF
            if result.left != result.right:
                said = words.listed([words.sides(result.left, result.right), said])
        canvas.block(said, rest, 16, colours.muted, middle=True)
        return
    for i, part in enumerate(WEIGHTS):
        scores = [score for a in result.attempts if (score := a.part(part)) is not None and a.counted]
        cell = _part_box(box, i, box.height)
        if not scores:
            canvas.block(words.UNKNOWN, cell, 16, colours.muted, middle=True)
            continue
        value = fmean(scores)
        number = canvas.block(words.score(value), cell, 16, middle=True)
        left = cell.x + max(px(34), number.width + px(6))
        bar = pygame.Rect(left, cell.centery - px(4), cell.right - left, px(8))
        if bar.width > px(12):
            canvas.bar(bar, colours.sunk)
            if value >= 8:
                filled = pygame.Rect(bar.x, bar.y, round(bar.width * value / 100), bar.height)
                canvas.bar(filled, colours.good if value >= 70 else colours.fault)
