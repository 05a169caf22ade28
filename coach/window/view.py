"""The picture of a running workout, drawn on any Surface of any size.

All lengths are in a unit `u` that is one pixel at 1280 by 720 and grows with the surface.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pygame

from coach.form.exercise import Exercise
from coach.frame import Array, Event, Feedback, Frame, Image, Kind, Phase
from coach.window import words
from coach.window.contours import CONTOURS, MOVING, Chain, mesh_chains
from coach.window.palette import (
    ACCENT,
    BACKGROUND,
    CARD,
    FAULT,
    GOOD,
    INK,
    MISSED,
    MUTED,
    SUNK,
    TEXT,
    ZONE,
    Colour,
)
from coach.window.shapes import Mark, draw_bar, draw_card, draw_mark, mark_of, round_corners
from coach.window.state import Options, Snapshot
from coach.window.text import ascent, draw_block, draw_line, fit, line_height, text_width

#: The meter goes a little beyond the full movement, so that the full movement is seen to be enough.
METER_TOP = 1.15


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are on a surface, in pixels; u is the unit (see above)."""

    u: float
    video: pygame.Rect
    meter: pygame.Rect
    cue: pygame.Rect
    panel: pygame.Rect
    hints: pygame.Rect


def unit(size: tuple[int, int]) -> float:
    """Return the pixels that one unit takes on a surface of that size."""
    return max(0.2, min(size[0] / 1280, size[1] / 720))


def layout(size: tuple[int, int]) -> Layout:
    """Divide a surface of (width, height) pixels: picture, meter and cue to the left, the numbers to the right."""
    u = unit(size)
    width, height = size

    def px(units: float) -> int:
        return round(units * u)

    margin, gap, hints = px(24), px(14), px(40)
    panel = pygame.Rect(width - margin - px(316), margin, px(316), height - margin - hints)
    left = max(1, panel.x - gap - margin)
    cue = pygame.Rect(margin, panel.bottom - px(74), left, px(74))
    meter = pygame.Rect(margin, cue.y - gap - px(48), left, px(48))
    video = pygame.Rect(margin, margin, left, max(1, meter.y - gap - margin))
    return Layout(u, video, meter, cue, panel, pygame.Rect(margin, height - hints, width - 2 * margin, hints))


def meter_position(match: float, width: int) -> int:
    """Return how many pixels of a meter of that width a match fills; 1.0 is the full movement."""
    return round(min(max(match, 0.0), METER_TOP) / METER_TOP * width)


def marks(state: Snapshot) -> list[Mark]:
    """Return the sign of each attempt so far, and an open one for each repetition still to come."""
    if state.exercise.judge == "timer":
        return []
    done = [mark_of(attempt) for attempt in state.attempts]
    counted = sum(attempt.counted for attempt in state.attempts)
    to_come: list[Mark] = ["open"] * max(0, (state.goal or 0) - counted)
    return [*done, *to_come]


def draw_workout(
    surface: pygame.Surface,
    image: Image | None,
    frame: Frame,
    feedback: Feedback,
    state: Snapshot,
    options: Options | None = None,
) -> None:
    """Draw one moment of a workout over the whole surface.

    image  (H, W, 3) uint8 BGR, not mirrored; None leaves the place of the picture empty
    frame  what was seen in this very image: its landmarks are drawn on it
    """
    options = options or Options()
    where = layout(surface.get_size())
    surface.fill(BACKGROUND)
    _draw_picture(surface, where, image, frame, state.exercise, options)
    _draw_meter(surface, where, feedback, state.exercise)
    _draw_cue(surface, where, feedback, state)
    _draw_panel(surface, where, feedback, state)
    _draw_hints(surface, where)
    if options.help:
        _draw_help(surface, where.u)


# --- picture and face -------------------------------------------------------------------------------------


def picture_box(image_size: tuple[int, int], room: pygame.Rect) -> pygame.Rect:
    """Return where a picture of (width, height) lies in the middle of `room` when it is as large as it can be."""
    scale = min(room.width / image_size[0], room.height / image_size[1])
    box = pygame.Rect(0, 0, max(1, round(image_size[0] * scale)), max(1, round(image_size[1] * scale)))
    box.center = room.center
    return box


def _draw_picture(
    surface: pygame.Surface, where: Layout, image: Image | None, frame: Frame, exercise: Exercise, options: Options
) -> None:
    u, radius = where.u, round(14 * where.u)
    box = where.video
    if image is None:
        draw_card(surface, box, CARD, radius)
    else:
        height, width = image.shape[:2]
        box = picture_box((width, height), where.video)
        _blit_image(surface, image, box, options.mirror)
        surface.set_clip(box)
        if frame.landmarks is not None and options.overlay != "none":
            points = to_screen(frame.landmarks, (width, height), box, options.mirror)
            _draw_lines(surface, points, u, exercise, options)
        surface.set_clip(None)
        round_corners(surface, box, radius, BACKGROUND)
    if options.demonstration:
        size = round(17 * u)
        pad = round(10 * u)
        badge = pygame.Rect(box.x + pad, box.y + pad, 0, 0)
        badge.width = text_width(words.DEMONSTRATION, size, True) + 3 * pad
        badge.height = line_height(size, True) + pad
        draw_bar(surface, badge, FAULT)
        draw_line(surface, words.DEMONSTRATION, (badge.centerx, badge.y + pad // 2), size, INK, True, "centre")


def to_screen(landmarks: Array, image_size: tuple[int, int], box: pygame.Rect, mirror: bool) -> Array:
    """Return (N, 2) pixels of the surface for (N, 3) landmarks in pixels of the image drawn in `box`."""
    points: Array = landmarks[:, :2] * (box.width / image_size[0], box.height / image_size[1])
    if mirror:
        points[:, 0] = box.width - 1 - points[:, 0]
    return points + box.topleft


def _blit_image(surface: pygame.Surface, image: Image, box: pygame.Rect, mirror: bool) -> None:
    height, width = image.shape[:2]
    raw = pygame.image.frombuffer(np.ascontiguousarray(image).data, (width, height), "BGR")
    # Four bytes a pixel scale and flip several times faster than three.
    full = _scratch((width, height), "full")
    full.blit(raw, (0, 0))
    if box.size != full.get_size():
        scaled = _scratch(box.size, "scaled")
        # Smoothing pays where pixels are thrown away; on very large surfaces it takes too long.
        smooth = box.width * box.height <= 1920 * 1080
        (pygame.transform.smoothscale if smooth else pygame.transform.scale)(full, box.size, scaled)
        full = scaled
    surface.blit(pygame.transform.flip(full, True, False) if mirror else full, box)


@lru_cache(maxsize=4)
def _scratch(size: tuple[int, int], use: str) -> pygame.Surface:
    return pygame.Surface(size, 0, 32)


def _draw_lines(surface: pygame.Surface, points: Array, u: float, exercise: Exercise, options: Options) -> None:
    width = max(1, round(1.4 * u))
    moving = MOVING.get(exercise.group, ())
    if options.overlay == "mesh" and options.triangles is not None:
        for chain in _mesh(options.triangles.tobytes(), options.triangles.dtype.str):
            pygame.draw.lines(surface, MUTED, False, points[chain].tolist())
    for part, chains in CONTOURS.items():
        colour, line = (ACCENT, width + 1) if part in moving else (TEXT, width)
        for chain in chains:
            xy = points[chain].tolist()
            for a, b in pairwise(xy):
                pygame.draw.aaline(surface, colour, a, b, line)


@lru_cache(maxsize=2)
def _mesh(triangles: bytes, dtype: str) -> tuple[Chain, ...]:
    return mesh_chains(np.frombuffer(triangles, dtype).reshape(-1, 3))


# --- meter and cue ----------------------------------------------------------------------------------------


def _draw_meter(surface: pygame.Surface, where: Layout, feedback: Feedback, exercise: Exercise) -> None:
    u, level = where.u, exercise.count.level
    bar = pygame.Rect(where.meter.x, where.meter.y, where.meter.width, round(20 * u))
    if exercise.judge == "timer":
        draw_line(surface, words.LED, bar.topleft, round(18 * u), MUTED)
        return
    draw_bar(surface, bar, SUNK)
    zone = meter_position(level, bar.width), meter_position(1.0, bar.width)
    pygame.draw.rect(surface, ZONE, (bar.x + zone[0], bar.y, zone[1] - zone[0], bar.height))
    match = feedback.match
    if match is not None and meter_position(match, bar.width) > 0:
        filled = pygame.Rect(bar.x, bar.y, max(bar.height, meter_position(match, bar.width)), bar.height)
        draw_bar(surface, filled, GOOD if match >= level else ACCENT)
    size, top = round(15 * u), bar.bottom + round(6 * u)
    taken = where.meter.right
    for value, word in ((1.0, words.TARGET), (level, words.PASS)):
        x = bar.x + meter_position(value, bar.width)
        stroke = max(2, round(3 * u))
        pygame.draw.rect(surface, TEXT, (x - stroke // 2, bar.y - round(3 * u), stroke, bar.height + round(6 * u)))
        half = text_width(word, size) // 2
        if x + half <= taken:
            draw_line(surface, word, (x, top), size, MUTED, align="centre")
            taken = x - half - round(12 * u)
    label = words.MATCH
    if feedback.phase is Phase.LEARNING:
        label = words.LEARNING_MORE
    elif feedback.withheld:
        label = words.not_judged(feedback.withheld)
    block = fit(label, max(1, taken - bar.x), line_height(size), size)
    draw_block(surface, block, (bar.x, top), MUTED)


def cue_line(feedback: Feedback, state: Snapshot) -> tuple[str, Mark | None]:
    """Return the one sentence to show large, with the sign beside it.

    What is wrong now goes before what just happened, and that before what to do next.
    """
    if feedback.cue:
        return feedback.cue, "fault" if not feedback.withheld else None
    # What is led by time counts itself and needs no praise for it; in a sequence a hold is followed by the next pose.
    exercise = state.exercise
    quiet = exercise.judge == "timer" or (
        len(exercise.poses) > 1 and state.notice is not None and state.notice.kind is Kind.HOLD_DONE
    )
    if state.notice is not None and not quiet and feedback.phase in _TOLD_IN.get(state.notice.kind, tuple(Phase)):
        return _notice_words(state.notice)
    return hint(feedback.phase, state.exercise, feedback.pose), None


#: Good news is told only where it does not stand in the way of what to do next.
_TOLD_IN: dict[Kind, tuple[Phase, ...]] = {
    Kind.ARMED: (Phase.REST,),
    Kind.REP: (Phase.REST, Phase.DONE),
    Kind.HOLD_DONE: (Phase.HOLD, Phase.LOWER),
}


def _notice_words(event: Event) -> tuple[str, Mark | None]:
    if event.kind is Kind.ATTEMPT_MISSED:
        return words.missed(event.text), "missed"
    if event.kind is Kind.FAULT:
        return event.text, "fault"
    if event.kind is Kind.REP:
        return words.COUNTED, "good"
    return (words.HOLD_REACHED if event.kind is Kind.HOLD_DONE else words.READY), None


def step_now(phase: Phase, steps: int) -> int:
    """Return which of an exercise's steps belongs to a phase: first rest, then move, the last ones back again."""
    wanted = {Phase.LEARNING: 0, Phase.REST: 0, Phase.RISE: 1, Phase.HOLD: 2}.get(phase, steps - 1)
    return min(wanted, steps - 1)


def hint(phase: Phase, exercise: Exercise, pose: int = 0) -> str:
    """Return what to do now: at rest, the movement that comes next; in a sequence, the pose that is looked for."""
    if phase is Phase.LEARNING:
        return words.READY_HINT if exercise.judge == "timer" else words.LEARNING_HINT
    if len(exercise.poses) > 1 and phase is not Phase.DONE:
        return exercise.poses[pose].say
    if not exercise.steps:
        return words.PHASES[phase]
    return exercise.steps[step_now(Phase.RISE if phase is Phase.REST else phase, len(exercise.steps))]


def _draw_cue(surface: pygame.Surface, where: Layout, feedback: Feedback, state: Snapshot) -> None:
    u, box = where.u, where.cue
    text, mark = cue_line(feedback, state)
    colour: Colour = {"good": GOOD, "fault": FAULT, "missed": MISSED}.get(mark or "", ACCENT)
    draw_card(surface, box, CARD, round(14 * u))
    stripe = pygame.Rect(box.x + round(12 * u), box.y + round(14 * u), max(2, round(5 * u)), box.height - round(28 * u))
    draw_bar(surface, stripe, colour)
    x = stripe.right + round(14 * u)
    if mark:
        size = round(34 * u)
        draw_mark(surface, mark, (x + size // 2, box.centery), size)
        x += size + round(12 * u)
    block = fit(text, max(1, box.right - round(16 * u) - x), box.height - round(6 * u), round(30 * u), bold=True)
    draw_block(surface, block, (x, box.centery - block.height // 2))


# --- numbers ----------------------------------------------------------------------------------------------


def _draw_panel(surface: pygame.Surface, where: Layout, feedback: Feedback, state: Snapshot) -> None:
    u, box, exercise = where.u, where.panel, state.exercise
    draw_card(surface, box, CARD, round(14 * u))
    inner = box.inflate(-round(44 * u), -round(36 * u))
    surface.set_clip(box)

    y = inner.y
    if state.total > 1:
        y = draw_line(surface, words.set_of(state.number, state.total), (inner.x, y), round(16 * u), MUTED).bottom
    name = fit(exercise.name, inner.width, round(46 * u), round(30 * u), bold=True)
    y = draw_block(surface, name, (inner.x, y)).bottom

    y = _draw_count(surface, inner, y, u, feedback, state)
    y = _draw_marks(surface, inner, y + round(8 * u), u, marks(state))
    y = _draw_hold(surface, inner, y + round(18 * u), u, feedback, exercise)

    last = inner.bottom
    if state.next_name:
        last -= line_height(round(16 * u)) + round(8 * u)
        text = fit(words.next_up(state.next_name), inner.width, line_height(round(16 * u)), round(16 * u))
        draw_block(surface, text, (inner.x, inner.bottom - text.height), MUTED)
    _draw_steps(surface, pygame.Rect(inner.x, y + round(18 * u), inner.width, last - y - round(18 * u)), u, feedback,
                exercise)  # fmt: skip
    surface.set_clip(None)


def _draw_count(
    surface: pygame.Surface, inner: pygame.Rect, y: int, u: float, feedback: Feedback, state: Snapshot
) -> int:
    """Repetitions, large; of an alternating exercise each side's, and the sum small. Return the lower end."""
    big, small = round(92 * u), round(24 * u)
    base = y + round(84 * u)  # baseline of the large digits: their font leaves much air above them
    if state.exercise.sides == "alternate":
        middle = inner.x + inner.width // 2
        # The picture is a mirror: the person's left is on the left of it.
        for x, word, count in ((inner.x, words.LEFT, feedback.left), (middle, words.RIGHT, feedback.right)):
            number = draw_line(surface, str(count), (x, base - ascent(big, True)), big, TEXT, True)
            draw_line(surface, word, (number.right + round(8 * u), base - ascent(small)), small, MUTED)
        total = words.repetitions(feedback.reps, state.goal)
        return draw_line(surface, total, (inner.x, base + round(8 * u)), round(18 * u), MUTED).bottom
    number = draw_line(surface, str(feedback.reps), (inner.x, base - ascent(big, True)), big, TEXT, True)
    of = words.of_goal(state.goal)
    draw_line(surface, of, (number.right + round(14 * u), base - ascent(small)), small, MUTED)
    return base + round(10 * u)


def _draw_marks(surface: pygame.Surface, inner: pygame.Rect, y: int, u: float, signs: list[Mark]) -> int:
    """The sign of each attempt, in at most two rows, the newest kept. Return the lower end."""
    size, step = round(24 * u), round(30 * u)
    in_row = max(1, (inner.width + step - size) // step)
    hidden = max(0, len(signs) - 2 * in_row)
    for i, mark in enumerate(signs[hidden:]):
        row, column = divmod(i, in_row)
        draw_mark(surface, mark, (inner.x + column * step + size // 2, y + row * step + size // 2), size)
    rows = min(2, -(-len(signs) // in_row))
    return y + max(1, rows) * step


def _draw_hold(
    surface: pygame.Surface, inner: pygame.Rect, y: int, u: float, feedback: Feedback, exercise: Exercise
) -> int:
    """The word for the phase, and the time at the peak against the exercise's. Return the lower end."""
    size, target = round(24 * u), exercise.tempo.hold or exercise.count.hold
    colour = GOOD if feedback.phase is Phase.HOLD else TEXT
    word = draw_line(surface, words.PHASES[feedback.phase], (inner.x, y), size, colour, True)
    small = round(18 * u)
    top = y + ascent(size, True) - ascent(small)
    draw_line(surface, words.hold(feedback.hold_s, target), (inner.right, top), small, MUTED, align="right")
    bar = pygame.Rect(inner.x, word.bottom + round(4 * u), inner.width, round(12 * u))
    draw_bar(surface, bar, SUNK)
    part = min(1.0, feedback.hold_s / target) if target > 0 else 0.0
    if part > 0:
        draw_bar(surface, pygame.Rect(bar.x, bar.y, max(bar.height, round(part * bar.width)), bar.height), GOOD)
    return bar.bottom


def _draw_steps(surface: pygame.Surface, room: pygame.Rect, u: float, feedback: Feedback, exercise: Exercise) -> None:
    """The exercise's steps, the one that is on now set off."""
    if not exercise.steps or room.height <= 0:
        return
    now = step_now(feedback.phase, len(exercise.steps))
    if len(exercise.poses) > 1 and feedback.phase in (Phase.RISE, Phase.HOLD):
        now = min(1 + feedback.pose, len(exercise.steps) - 1)
    gap, indent = round(10 * u), round(16 * u)
    each = (room.height - gap * (len(exercise.steps) - 1)) // len(exercise.steps)
    y = room.y
    for i, step in enumerate(exercise.steps):
        block = fit(step, max(1, room.width - indent), max(1, each), round(20 * u))
        box = draw_block(surface, block, (room.x + indent, y), TEXT if i == now else MUTED)
        if i == now:
            draw_bar(surface, pygame.Rect(room.x, y + round(4 * u), max(2, round(4 * u)), box.height - round(8 * u)),
                     ACCENT)  # fmt: skip
        y = box.bottom + gap


# --- keys -------------------------------------------------------------------------------------------------


def _draw_hints(surface: pygame.Surface, where: Layout) -> None:
    u, size = where.u, round(15 * where.u)
    x, y = where.hints.x, where.hints.centery - line_height(size) // 2
    for key, what in words.HINTS:
        x = draw_line(surface, key, (x, y), size, TEXT, bold=True).right + round(6 * u)
        x = draw_line(surface, what, (x, y), size, MUTED).right + round(22 * u)


def _draw_help(surface: pygame.Surface, u: float) -> None:
    size, row, pad = round(20 * u), round(38 * u), round(28 * u)
    first = max(text_width(key, size, True) for key, _ in words.KEYS) + pad
    width = first + max(text_width(what, size) for _, what in words.KEYS) + 2 * pad
    box = pygame.Rect(0, 0, width, row * len(words.KEYS) + line_height(round(26 * u), True) + 2 * pad)
    box.center = surface.get_rect().center
    dim(surface)
    draw_card(surface, box, CARD, round(14 * u))
    y = draw_line(surface, words.HELP, (box.x + pad, box.y + round(18 * u)), round(26 * u), TEXT, True).bottom
    y += round(12 * u)
    for key, what in words.KEYS:
        draw_line(surface, key, (box.x + pad, y), size, ACCENT, True)
        draw_line(surface, what, (box.x + pad + first, y), size, TEXT)
        y += row


def dim(surface: pygame.Surface) -> None:
    """Darken all of the surface, so that what is drawn next stands out."""
    surface.blit(_shade(surface.get_size()), (0, 0))


@lru_cache(maxsize=2)
def _shade(size: tuple[int, int]) -> pygame.Surface:
    shade = pygame.Surface(size, 0, 32)
    shade.fill(BACKGROUND)
    shade.set_alpha(190)
    return shade
