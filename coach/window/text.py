"""Text: one family, sizes in pixels of the surface, every rendered line kept.

Noto Sans comes with pygame_gui (SIL Open Font License); where it is missing, pygame's own font stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pygame

from coach.window.palette import Colour

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Block:
    """Text broken into lines at a size, in pixels, at which it fits."""

    lines: tuple[str, ...]
    size: int
    bold: bool

    @property
    def height(self) -> int:
        return len(self.lines) * line_height(self.size, self.bold)


def line_height(size: int, bold: bool = False) -> int:
    """Pixels from one line to the next."""
    return _font(size, bold).get_linesize()


def ascent(size: int, bold: bool = False) -> int:
    """Pixels from the top of a line to its baseline."""
    return _font(size, bold).get_ascent()


def text_width(text: str, size: int, bold: bool = False) -> int:
    """Width in pixels of one line."""
    return _font(size, bold).size(text)[0]


def fit(text: str, width: int, height: int, size: int, bold: bool = False, least: float = 0.5) -> Block:
    """Break text into lines within width and height (pixels), at `size` or, where it must be, smaller.

    What does not fit at `least` of the size is cut with an ellipsis.
    """
    return _fit(text, width, height, size, bold, least)


def draw_line(
    surface: pygame.Surface,
    text: str,
    at: tuple[int, int],
    size: int,
    colour: Colour,
    bold: bool = False,
    align: Align = "left",
) -> pygame.Rect:
    """Draw one line with its top at `at`; x is its left end, middle or right end. Return where it was drawn."""
    image = _rendered(text, size, bold, colour)
    x = at[0] - {"left": 0, "centre": image.get_width() // 2, "right": image.get_width()}[align]
    return surface.blit(image, (x, at[1]))


def draw_block(
    surface: pygame.Surface,
    block: Block,
    at: tuple[int, int],
    colour: Colour,
    align: Align = "left",
) -> pygame.Rect:
    """Draw lines one under the other, the first with its top at `at`. Return where they were drawn."""
    step = line_height(block.size, block.bold)
    boxes: Sequence[pygame.Rect] = [
        draw_line(surface, line, (at[0], at[1] + i * step), block.size, colour, block.bold, align)
        for i, line in enumerate(block.lines)
    ]
    return boxes[0].unionall(boxes[1:]) if boxes else pygame.Rect(at, (0, 0))


@lru_cache(maxsize=1024)
def _fit(text: str, width: int, height: int, size: int, bold: bool, least: float) -> Block:
    smallest = max(6, round(least * size))
    for smaller in range(size, smallest - 1, -1):
        lines = _wrap(text, width, smaller, bold)
        fits = all(text_width(line, smaller, bold) <= width for line in lines)
        if fits and len(lines) * line_height(smaller, bold) <= height:
            return Block(lines, smaller, bold)
    room = max(1, height // line_height(smallest, bold))
    lines = _wrap(text, width, smallest, bold)
    kept = [_cut(line, width, smallest, bold) for line in lines[:room]]
    if len(lines) > room:
        kept[-1] = _cut(lines[room - 1] + "…", width, smallest, bold)
    return Block(tuple(kept), smallest, bold)


def _wrap(text: str, width: int, size: int, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _cut(line: str, width: int, size: int, bold: bool) -> str:
    if text_width(line, size, bold) <= width:
        return line
    kept = line.rstrip("…")
    while kept and text_width(kept + "…", size, bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _font(size: int, bold: bool) -> pygame.font.Font:
    # Fonts do not outlive pygame.quit(), which whoever uses the window may call.
    if not pygame.font.get_init():
        pygame.font.init()
        _loaded.cache_clear()
    return _loaded(size, bold)


@lru_cache(maxsize=128)
def _loaded(size: int, bold: bool) -> pygame.font.Font:
    return pygame.font.Font(_file(bold), max(6, size))


@cache
def _file(bold: bool) -> Path | None:
    spec = find_spec("pygame_gui")
    for home in (spec.submodule_search_locations or []) if spec else []:
        file = Path(home) / "data" / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf")
        if file.is_file():
            return file
    return None


@lru_cache(maxsize=256)  # more than a page has: an hour has thousands of them, seconds that count down for one
def _rendered(text: str, size: int, bold: bool, colour: Colour) -> pygame.Surface:
    return _font(size, bold).render(text, True, colour)
