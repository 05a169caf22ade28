"""Work with the hands on the screen: targets on the face, fingertips, how far strokes are, and a pace for breath.

What is near its target is told by form first: a ring becomes a disc, a line is filled in.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pygame

from coach.avatar.draw import curve
from coach.form.body import VISIBLE
from coach.form.exercise import Exercise, Touch
from coach.frame import Array, Feedback, Hand, Phase
from coach.touch.enough import Enough
from coach.touch.place import spot, targets
from coach.touch.points import AROUND
from coach.touch.strokes import ENDS
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.shapes import draw_ring, draw_way

#: Seconds of one pulse of a ring that waits for its finger, and how much larger than itself it gets.
PULSE_S, PULSE = 1.4, 0.35
#: Of a ring at the neck, in parts of the way from ear to shoulder; and where hands are that stay where they are.
_AT_NECK, _AT_SHOULDER = 0.45, 0.9
_EARS_AND_SHOULDERS = ((7, 11), (8, 12))

Place = Callable[[Array], Array]


# --- on the picture ---------------------------------------------------------------------------------------


def draw_hands(canvas: Canvas, box: pygame.Rect, hands: Sequence[Hand], place: Place, unit: float, time: float) -> None:
    """Draw targets and fingertips over a picture.

    place  pixels of the hands' own picture (n, 2) to pixels of the box
    unit   pixels of the box between the outer eye corners
    time   seconds, which rings pulse by
    """
    before = canvas.surface.get_clip()
    canvas.surface.set_clip(box)
    radius = max(canvas.px(8), round(AROUND * unit))
    for hand in hands:
        target = place(np.array(hand.target, np.float64)) + box.topleft
        if len(target) > 1:
            _draw_way(canvas, target, hand.progress, hand.inside)
        else:
            _draw_point(canvas, target[0], radius, hand.inside, time)
    for hand in hands:
        if hand.tip is not None:
            _draw_tip(canvas, place(np.array([hand.tip], np.float64))[0] + box.topleft, hand.inside)
    canvas.surface.set_clip(before)


def draw_neck(canvas: Canvas, box: pygame.Rect, touch: Touch, pose: Array, place: Place, time: float) -> None:
    """Draw which way hands go from ear to shoulder, or where they are to be, at each side that is seen.

    pose: (33, 4) pixels and visibility.
    """
    if touch.move not in ("glide", "grip", "park", "percuss"):
        return
    before = canvas.surface.get_clip()
    canvas.surface.set_clip(box)
    for ear, shoulder in _EARS_AND_SHOULDERS:
        if min(pose[ear, 3], pose[shoulder, 3]) < VISIBLE:
            continue
        top, bottom = place(pose[[ear, shoulder], :2].astype(np.float64)) + box.topleft
        corner = np.array([0.75 * top[0] + 0.25 * bottom[0], 0.3 * top[1] + 0.7 * bottom[1]])
        way = curve(np.array([top + 0.2 * (corner - top), corner, bottom]))
        if touch.move == "glide":
            _draw_way(canvas, way, 0.0, False, smooth=False)
        else:
            at = _AT_NECK if touch.move == "grip" else _AT_SHOULDER
            _draw_point(canvas, way[round(at * (len(way) - 1))], canvas.px(20), False, time)
    canvas.surface.set_clip(before)


def draw_off_face(
    canvas: Canvas, box: pygame.Rect, touch: Touch, pose: Array | None, hands: Array | None, place: Place, time: float
) -> None:
    """Draw where a point of the body or of a hand lies, as far as these are seen. pose: (33, 4), hands: (n, 21, 3)."""
    before = canvas.surface.get_clip()
    canvas.surface.set_clip(box)
    sides: list[tuple[Array, Sequence[tuple[int, float]]]] = []
    if touch.on == "body" and pose is not None:
        seen = [point for point in (touch.left, touch.right) if all(pose[i, 3] >= VISIBLE for i, _ in point)]
        sides = [(pose, point) for point in seen]
    elif touch.on == "hand" and hands is not None:
        sides = [(hand, touch.middle) for hand in hands]
    for landmarks, point in sides:
        if point:
            at = spot(point, landmarks[:, :2].astype(np.float64))
            _draw_point(canvas, place(at[None])[0] + box.topleft, canvas.px(16), False, time)
    canvas.surface.set_clip(before)


def on_drawn(hands: Sequence[Hand], touch: Touch, face: Array, drawn: Array) -> tuple[Hand, ...]:
    """Return the hands as they are on a drawn face: targets where its own landmarks have them, tips as far from them as
    they were.

    face   (478, 2 or 3) landmarks in the pixels of the hands
    drawn  (478, 2) landmarks of the drawn face, in the pixels of the result
    """
    was, now = face[263, :2] - face[33, :2], drawn[263] - drawn[33]
    unit = float(np.linalg.norm(now) / max(float(np.linalg.norm(was)), 1e-6))
    mirrored = np.array([math.copysign(unit, float(now[0] * was[0])), unit])
    marks = targets(touch, drawn)
    found = []
    for hand in hands:
        target = marks[hand.side]
        tip = None
        if hand.tip is not None:
            away = np.array(hand.tip) - np.array(hand.target)
            nearest = int(np.linalg.norm(away, axis=1).argmin())
            at = target[min(nearest, len(target) - 1)] + away[nearest] * mirrored
            tip = float(at[0]), float(at[1])
        points = tuple((float(x), float(y)) for x, y in target)
        found.append(Hand(hand.side, points, tip, hand.inside, hand.progress))
    return tuple(found)


def _draw_point(canvas: Canvas, at: Array, radius: int, inside: bool, time: float) -> None:
    surface, colours, px = canvas.surface, canvas.palette, canvas.px
    centre = float(at[0]), float(at[1])
    wide = max(2, px(3))
    if inside:
        pygame.draw.aacircle(surface, colours.ink, centre, radius + wide)
        pygame.draw.aacircle(surface, colours.good, centre, radius)
        pygame.draw.aacircle(surface, colours.ink, centre, max(2, radius - wide), max(1, px(1)))
        return
    grown = radius * (1.0 + PULSE * (0.5 - 0.5 * math.cos(2 * math.pi * time / PULSE_S)))
    pygame.draw.aacircle(surface, colours.ink, centre, round(grown) + wide + px(2), wide + 2 * px(2))
    pygame.draw.aacircle(surface, colours.accent, centre, round(grown) + wide, wide)
    pygame.draw.aacircle(surface, colours.ink, centre, px(4))
    pygame.draw.aacircle(surface, colours.accent, centre, px(3))


def _draw_way(canvas: Canvas, target: Array, progress: float, inside: bool, smooth: bool = True) -> None:
    """A line with arrow heads, its beginning marked, filled in as far as it is covered."""
    surface, colours, px = canvas.surface, canvas.palette, canvas.px
    way = curve(target) if smooth else target
    thin, edge = max(2, px(4)), max(1, px(2))
    draw_way(surface, way, thin + 2 * edge, colours.ink)
    draw_way(surface, way, thin, colours.accent)
    covered = _until(way, progress)
    if progress > 0.02:
        thick = max(3, px(8))
        draw_way(surface, covered, thick + 2 * edge, colours.ink)
        draw_way(surface, covered, thick, colours.good if inside else colours.text)
    long = float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
    for part in (0.45, 1.0) if long > px(70) else (1.0,):
        _arrow(canvas, way, part)
    begin = float(way[0][0]), float(way[0][1])
    pygame.draw.aacircle(surface, colours.ink, begin, px(8) + edge)
    pygame.draw.aacircle(surface, colours.good if progress > 0.02 and inside else colours.accent, begin, px(8))
    pygame.draw.aacircle(surface, colours.ink, begin, px(3))


def _arrow(canvas: Canvas, way: Array, part: float) -> None:
    """An arrow head along a way; at its end it goes a little beyond."""
    tip, before = _until(way, part)[-1], _until(way, part - 0.3)[-1]
    ahead = (tip - before) / max(float(np.linalg.norm(tip - before)), 1e-6)
    beside = np.array([-ahead[1], ahead[0]])
    for size, colour in ((canvas.px(13), canvas.palette.ink), (canvas.px(9), canvas.palette.accent)):
        middle = tip + ahead * canvas.px(3)
        points = [middle + size * ahead, middle - 0.6 * size * ahead + size * beside,
                  middle - 0.6 * size * ahead - size * beside]  # fmt: skip
        pygame.draw.polygon(canvas.surface, colour, points)
        pygame.draw.aalines(canvas.surface, colour, True, points)


def _draw_tip(canvas: Canvas, at: Array, inside: bool) -> None:
    centre, colours = (float(at[0]), float(at[1])), canvas.palette
    pygame.draw.aacircle(canvas.surface, colours.ink, centre, canvas.px(7))
    pygame.draw.aacircle(canvas.surface, colours.text, centre, canvas.px(5))
    if not inside:  # open: it is not where it should be
        pygame.draw.aacircle(canvas.surface, colours.ink, centre, max(1, canvas.px(2.5)))


def _until(way: Array, part: float) -> Array:
    """The first part of a way (n, 2), of two points at least."""
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    gone = np.concatenate([[0.0], np.cumsum(steps)])
    far = min(max(part, 0.001), 1.0) * float(gone[-1])
    end = [np.interp(far, gone, way[:, axis]) for axis in (0, 1)]
    return np.concatenate([way[:1], way[1:][gone[1:] < far], [end]])


# --- numbers ----------------------------------------------------------------------------------------------


def time_left(exercise: Exercise, goal: int | None, progress: float) -> float | None:
    """Seconds that are left of a point that is worked for some time; None where turns are counted."""
    if exercise.touch is None or goal is None:
        return None
    enough = Enough.of(exercise, goal)
    return enough.lasts_s * (1.0 - progress) if enough.by_time else None


def meter_of(feedback: Feedback, exercise: Exercise) -> tuple[tuple[str, float], ...]:
    """The bars to draw, each with its name: how far strokes are on their lines, else how much of the set is done."""
    ways = [hand for hand in feedback.hands if len(hand.target) > 1 and hand.side is not None]
    if exercise.touch is not None and exercise.touch.move == "stroke":
        names = {"left": words.LEFT, "right": words.RIGHT}
        progress = {hand.side: hand.progress for hand in ways}
        return tuple((names[side], progress.get(side, 0.0)) for side in ("left", "right"))
    return (("", feedback.progress),)


def draw_meter(canvas: Canvas, box: pygame.Rect, feedback: Feedback, exercise: Exercise, goal: int | None) -> None:
    """Draw how far the strokes are, or how much of the set is done."""
    colours, px = canvas.palette, canvas.px
    bars = meter_of(feedback, exercise)
    two, small = len(bars) > 1, 15.0
    high = px(11) if two else px(22)
    while small > 7.0 and canvas.height(small) > 2 * px(11):
        small -= 0.5
    name = max(canvas.width(word, small) for word, _ in bars) + px(10) if two else 0
    bar = pygame.Rect(box.x, box.y, box.width, high)
    for i, (word, value) in enumerate(bars):
        bar = pygame.Rect(box.x + name, box.y + i * (high + px(4)), box.width - name, high)
        if word:
            canvas.line(word, (box.x, bar.centery - canvas.height(small) // 2), small, colours.muted)
        canvas.bar(bar, colours.sunk)
        long = round(bar.width * min(1.0, value))
        if long > 0:
            done = value >= ENDS if two else value >= 1.0
            canvas.bar(pygame.Rect(bar.x, bar.y, max(high, long), high), colours.good if done else colours.accent)
        if two:
            edge = pygame.Rect(bar.x + round(ENDS * bar.width), bar.y - px(2), max(2, px(3)), high + px(4))
            pygame.draw.rect(canvas.surface, colours.text, edge)
    top, size = bar.bottom + px(4), 14.0
    while size > 7.0 and top + canvas.height(size) > box.bottom:
        size -= 0.5
    end = bar.right
    if two:
        at = bar.x + round(ENDS * bar.width)
        canvas.line(words.PASS, (at, top), size, colours.muted, align="centre")
        end = at - canvas.width(words.PASS, size) // 2 - px(12)
    label = words.COVERED if two else words.counted_of(exercise, feedback.reps, goal)
    left = time_left(exercise, goal, feedback.progress)
    if feedback.withheld:
        label = words.not_judged(feedback.withheld)
    elif left is not None:
        label = words.seconds_left(left)
    room = pygame.Rect(bar.x, top, max(1, end - bar.x), canvas.height(size))
    canvas.block(label, room, size, colours.muted)


def draw_work(canvas: Canvas, box: pygame.Rect, feedback: Feedback, exercise: Exercise, goal: int | None) -> None:
    """Draw a ring of how much is done, with what is left in it, and beside it what touches, how firm and how quick."""
    touch, colours, px = exercise.touch, canvas.palette, canvas.px
    assert touch is not None
    canvas.surface.fill(colours.card, box)
    radius, thick = box.height // 2 - px(4), px(12)
    centre = box.x + px(4) + radius, box.centery
    arcs = [(0.0, 1.0, colours.zone), (0.0, feedback.progress, colours.good)]
    draw_ring(canvas.surface, centre, radius, thick, arcs)
    inside = pygame.Rect(0, 0, round(1.3 * (radius - thick)), round(1.1 * (radius - thick)))
    inside.center = centre
    left = time_left(exercise, goal, feedback.progress)
    if left is not None:
        said = words.seconds_left(left)
    elif goal is None or feedback.phase is Phase.DONE:
        said = words.PHASES[Phase.DONE] if feedback.phase is Phase.DONE else str(feedback.reps)
    else:
        said = words.to_go(max(0, goal - feedback.reps))
    canvas.block(said, inside, 22, bold=True, align="centre", middle=True, least=0.4)
    lines = [words.finger(touch), words.pressure(touch)]
    if touch.move in ("circle", "sweep", "tap", "stroke", "glide"):
        lines.append(words.each(exercise.tempo.rise, exercise.tempo.rest))
    lines = [line for line in lines if line]
    room = pygame.Rect(centre[0] + radius + px(14), box.y + px(6), 0, box.height - px(12))
    room.width = box.right - room.x
    each = room.height // len(lines)
    for i, line in enumerate(lines):
        place = pygame.Rect(room.x, room.y + i * each, room.width, each)
        canvas.block(line, place, 16, None if i == 0 else colours.muted, bold=i == 0, middle=True, least=0.4)


# --- breath -----------------------------------------------------------------------------------------------


def breath(phase: Phase, part: float) -> float:
    """How full the chest is, 0..1, when so much of a phase of quiet time has gone by."""
    eased = 0.5 - 0.5 * math.cos(math.pi * min(max(part, 0.0), 1.0))
    return {Phase.RISE: eased, Phase.HOLD: 1.0, Phase.LOWER: 1.0 - eased}.get(phase, 0.0)


def draw_breath(canvas: Canvas, box: pygame.Rect, phase: Phase, part: float, label: str) -> None:
    """Draw a disc that grows as one breathes in and shrinks as one breathes out, with the words in it."""
    colours = canvas.palette
    canvas.card(box)
    most = 0.42 * min(box.size)
    centre = float(box.centerx), float(box.centery)
    radius = most * (0.5 + 0.5 * breath(phase, part))
    pygame.draw.aacircle(canvas.surface, colours.zone, centre, most, max(1, canvas.px(2)))
    pygame.draw.aacircle(canvas.surface, colours.zone, centre, 0.5 * most, max(1, canvas.px(2)))
    pygame.draw.aacircle(canvas.surface, colours.accent, centre, radius)
    inside = pygame.Rect(0, 0, round(0.86 * most), round(0.5 * most))
    inside.center = box.center
    canvas.block(label, inside, 24, colours.ink, bold=True, align="centre", middle=True, least=0.3)
