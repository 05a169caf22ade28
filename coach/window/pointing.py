"""Signs on the picture of the person that tell what is missing: an arrow, an outline for a face, a small bar."""

import math
from collections.abc import Sequence

import numpy as np
import pygame

from coach.frame import Array
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.palette import Colour
from coach.window.shapes import draw_way
from coach.window.waits import KNOWN, Way

#: A face in the middle of a picture: its height in parts of the picture's, its width in parts of its height.
_FACE_HIGH, _FACE_WIDE = 0.56, 0.74
_DASHES = 28


def draw_arrow(canvas: Canvas, box: pygame.Rect, face: Array, way: Way, mirror: bool) -> None:
    """Draw which way to move the head beside a face: (n, 2) pixels of the box. mirror: the picture is mirrored."""
    line = arrow_line(box, face, way, mirror)
    thick = max(5.0, min(0.07 * float(np.ptp(face[:, 0])), canvas.px(14)))
    before = canvas.surface.get_clip()
    canvas.surface.set_clip(box.clip(before))
    # A dark rim lifts it off any picture.
    _draw_arrow(canvas.surface, line, thick + 2 * max(2, canvas.px(3)), thick, canvas.palette.ink)
    _draw_arrow(canvas.surface, line, thick, thick, canvas.palette.fault)
    canvas.surface.set_clip(before)


def arrow_line(box: pygame.Rect, face: Array, way: Way, mirror: bool) -> Array:
    """The way of an arrow on the surface, (n, 2) pixels, its head at the end: above a face that is to turn or to tilt,
    beside one that is to nod."""
    low, high = face.min(axis=0) + box.topleft, face.max(axis=0) + box.topleft
    (wide, tall), middle = high - low, (low + high) / 2
    # The person's right is to the left of a camera's picture, and to the right in a mirror.
    sign = (1.0 if way.endswith("right") else -1.0) * (1.0 if mirror else -1.0)
    room = 0.12 * tall
    if way.startswith("turn"):
        y = max(low[1] - 0.14 * tall, box.top + room)
        across = np.linspace(-0.3, 0.3, 2) * wide * sign
        return np.stack([middle[0] + across, np.full(2, y)], axis=1)
    if way.startswith("chin"):
        x = min(high[0] + 0.18 * wide, box.right - room)
        along = np.linspace(-0.16, 0.16, 2) * tall * (1.0 if way == "chin-down" else -1.0)
        return np.stack([np.full(2, x), middle[1] + along], axis=1)
    angle = np.linspace(-0.6, 0.6, 25) * sign
    radius = min(0.64 * tall, middle[1] - box.top - 0.5 * room)
    return np.stack([middle[0] + radius * np.sin(angle), middle[1] - radius * np.cos(angle)], axis=1)


def _draw_arrow(surface: pygame.Surface, line: Array, width: float, thick: float, colour: Colour) -> None:
    """Draw a line with a head at its end. width: of the line; thick: without a rim, which its head goes by."""
    rim = (width - thick) / 2
    ahead = line[-1] - line[-2]
    ahead = ahead / np.linalg.norm(ahead)
    across = np.array([-ahead[1], ahead[0]])
    draw_way(surface, line, width, colour)
    tip, back = line[-1] + (2.0 * thick + 1.6 * rim) * ahead, line[-1] - (0.4 * thick + rim) * ahead
    side = (1.7 * thick + 1.6 * rim) * across
    corners: Sequence[Sequence[float]] = [tip.tolist(), (back + side).tolist(), (back - side).tolist()]
    pygame.draw.polygon(surface, colour, corners)
    pygame.draw.aalines(surface, colour, True, corners)


def draw_place(canvas: Canvas, box: pygame.Rect) -> None:
    """Draw the outline of a face where one is missed."""
    high = 0.5 * _FACE_HIGH * box.height
    wide = min(_FACE_WIDE * high, 0.45 * box.width)
    for dash in range(_DASHES):
        angles = 2 * math.pi * (dash + np.linspace(0.0, 0.55, 5)) / _DASHES
        line = np.stack([box.centerx + wide * np.cos(angles), box.centery + high * np.sin(angles)], axis=1)
        draw_way(canvas.surface, line, max(2, canvas.px(4)), canvas.palette.text)


def draw_knowing(canvas: Canvas, box: pygame.Rect, known: float) -> None:
    """Draw in a corner of a picture how well the resting face is known, until that is enough."""
    pad, size = canvas.px(10), 15.0
    inner = pygame.Rect(0, 0, min(canvas.width(words.KNOWING, size), box.width - 4 * pad), canvas.height(size))
    card = pygame.Rect(0, 0, inner.width + 2 * pad, inner.height + canvas.px(22))
    card.bottomleft = box.x + pad, box.bottom - pad
    inner.topleft = card.x + pad, card.y + canvas.px(5)
    canvas.card(card, radius=10)
    canvas.block(words.KNOWING, inner, size, middle=True)
    bar = pygame.Rect(inner.x, inner.bottom + canvas.px(4), inner.width, max(3, canvas.px(6)))
    canvas.bar(bar, canvas.palette.sunk)
    long = round(bar.width * min(1.0, known / KNOWN))
    if long >= bar.height:
        canvas.bar(pygame.Rect(bar.x, bar.y, long, bar.height), canvas.palette.accent)
