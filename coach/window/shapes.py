"""Smooth shapes: bars with round ends, and the signs of an attempt, told apart by form as well as by colour."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import pygame

from coach.frame import Array, Repetition
from coach.window.palette import Colour, Palette

#: What became of an attempt, or that it is still to come.
Mark = Literal["good", "fault", "missed", "open"]

#: Shapes are drawn this much larger and scaled down, which smooths their edges.
_FINER = 4


def mark_of(attempt: Repetition) -> Mark:
    """Return the sign of an attempt: counted, counted with a fault, or missed."""
    if not attempt.counted:
        return "missed"
    return "fault" if attempt.faults else "good"


def colour_of(mark: Mark, palette: Palette) -> Colour:
    """Return the colour that goes with a sign."""
    return {"good": palette.good, "fault": palette.fault, "missed": palette.missed, "open": palette.line}[mark]


def draw_mark(surface: pygame.Surface, mark: Mark, centre: tuple[int, int], size: int, palette: Palette) -> None:
    """Draw a sign, `size` pixels wide: a disc with a tick, a diamond, a ring with a cross, or a faint ring."""
    image = _mark(mark, size, colour_of(mark, palette), palette.ink)
    surface.blit(image, (centre[0] - size // 2, centre[1] - size // 2))


def draw_bar(surface: pygame.Surface, box: pygame.Rect, colour: Colour) -> None:
    """Draw a bar, lying or standing, with round ends."""
    thick = min(box.size)
    if thick < 1:
        return
    end = _disc(thick, colour)
    lying = box.width >= box.height
    body = box.inflate(-thick, 0) if lying else box.inflate(0, -thick)
    body.topleft = (box.x + thick // 2, box.y) if lying else (box.x, box.y + thick // 2)
    surface.blit(end, box.topleft)
    surface.blit(end, (box.right - thick, box.bottom - thick))
    pygame.draw.rect(surface, colour, body)


def draw_card(surface: pygame.Surface, box: pygame.Rect, colour: Colour, radius: int) -> None:
    """Draw a filled box with round corners."""
    pygame.draw.rect(surface, colour, box, border_radius=radius)


def round_corners(surface: pygame.Surface, box: pygame.Rect, radius: int, around: Colour) -> None:
    """Make the corners of a picture round by painting what is outside them in the colour around it."""
    mask = _corner(radius, around)
    for flip_x, flip_y in ((False, False), (True, False), (False, True), (True, True)):
        x = box.right - radius if flip_x else box.x
        y = box.bottom - radius if flip_y else box.y
        surface.blit(pygame.transform.flip(mask, flip_x, flip_y), (x, y))


@lru_cache(maxsize=16)
def _corner(radius: int, around: Colour) -> pygame.Surface:
    big = pygame.Surface((radius * _FINER, radius * _FINER), pygame.SRCALPHA, 32)
    big.fill((*around, 255))
    pygame.draw.circle(big, (*around, 0), (radius * _FINER, radius * _FINER), radius * _FINER)
    return pygame.transform.smoothscale(big, (radius, radius))


@lru_cache(maxsize=64)
def _disc(size: int, colour: Colour) -> pygame.Surface:
    n = size * _FINER
    big = pygame.Surface((n, n), pygame.SRCALPHA, 32)
    big.fill((*colour, 0))
    pygame.draw.circle(big, colour, (n / 2, n / 2), n / 2)
    return pygame.transform.smoothscale(big, (size, size))


@lru_cache(maxsize=64)
def _mark(mark: Mark, size: int, colour: Colour, ink: Colour) -> pygame.Surface:
    n = size * _FINER
    # The transparent rim has the colour of the shape, or smoothing would darken its edge.
    big = pygame.Surface((n, n), pygame.SRCALPHA, 32)
    big.fill((*colour, 0))

    def points(*xy: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * n, y * n) for x, y in xy]

    stroke = max(1, round(0.12 * n))
    if mark == "good":
        pygame.draw.circle(big, colour, (n / 2, n / 2), 0.48 * n)
        pygame.draw.lines(big, ink, False, points((0.28, 0.52), (0.44, 0.68), (0.74, 0.34)), stroke)
    elif mark == "fault":
        pygame.draw.polygon(big, colour, points((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)))
        pygame.draw.lines(big, ink, False, points((0.5, 0.26), (0.5, 0.56)), stroke)
        pygame.draw.circle(big, ink, (n / 2, 0.72 * n), 0.07 * n)
    elif mark == "missed":
        pygame.draw.circle(big, colour, (n / 2, n / 2), 0.48 * n, stroke)
        for a, b in (((0.34, 0.34), (0.66, 0.66)), ((0.66, 0.34), (0.34, 0.66))):
            pygame.draw.lines(big, colour, False, points(a, b), stroke)
    else:
        pygame.draw.circle(big, colour, (n / 2, n / 2), 0.42 * n, max(1, round(0.08 * n)))
    return pygame.transform.smoothscale(big, (size, size))


def draw_way(surface: pygame.Surface, way: Array, width: float, colour: Colour) -> None:
    """Draw a smooth line along points (n, 2), so wide, with round ends."""
    along = np.gradient(way, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * (width / 2)
    outline = np.concatenate([way + across, (way - across)[::-1]]).tolist()
    pygame.draw.polygon(surface, colour, outline)
    pygame.draw.aalines(surface, colour, True, outline)
    for end in (way[0], way[-1]):
        pygame.draw.aacircle(surface, colour, end.tolist(), width / 2)


def draw_ring(
    surface: pygame.Surface,
    centre: tuple[int, int],
    radius: int,
    thick: int,
    arcs: Sequence[tuple[float, float, Colour]],
) -> None:
    """Draw arcs of a ring, clockwise from the top: (begin, end) in parts of a whole turn, and a colour."""
    for begin, end, colour in arcs:
        if end <= begin:
            continue
        steps = max(2, round((end - begin) * 72))
        angles = [2 * math.pi * (begin + (end - begin) * i / steps) - math.pi / 2 for i in range(steps + 1)]
        outer = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]
        inner = [(centre[0] + (radius - thick) * math.cos(a), centre[1] + (radius - thick) * math.sin(a))
                 for a in reversed(angles)]  # fmt: skip
        pygame.draw.polygon(surface, colour, outer + inner)
        # The rim of a filled polygon has steps: a thin smooth line along it hides them.
        pygame.draw.aalines(surface, colour, True, outer + inner)
