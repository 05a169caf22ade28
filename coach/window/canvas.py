"""A surface of any size with the colours and the size of text that the person chose.

All lengths are given in units: one is a pixel at 1280 by 720 and grows with the surface, so that a page looks the
same from 960 by 540 to 4K, with sharp text.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cache

import pygame

from coach.window.palette import CALM, Colour, Palette
from coach.window.shapes import Mark, draw_bar, draw_card, draw_mark
from coach.window.text import Align, ascent, draw_block, draw_line, fit, line_height, text_width


@dataclass(slots=True)
class Canvas:
    """Where a page is drawn.

    text_size  factor on every size of text; what then does not fit its place is drawn smaller
    unit       pixels in a unit, where that is not the surface's own affair: it is a part of a larger one
    fresh      the surface may hold anything; else it holds what was drawn last, and what is kept and still the same
               need not be copied again
    """

    surface: pygame.Surface
    palette: Palette = CALM
    text_size: float = 1.0
    unit: float | None = None
    fresh: bool = True
    _kept: OrderedDict[Hashable, pygame.Surface] = field(default_factory=OrderedDict, repr=False)
    _there: dict[tuple[int, int], Hashable] = field(default_factory=dict, repr=False)
    _bytes: int = 0
    _page: str = ""

    @property
    def u(self) -> float:
        """Pixels in a unit."""
        return self.unit if self.unit is not None else _unit(self.surface.get_size())

    def px(self, units: float) -> int:
        """Units in whole pixels."""
        return round(units * self.u)

    def box(self, x: float, y: float, width: float, height: float) -> pygame.Rect:
        """A box from units."""
        return pygame.Rect(self.px(x), self.px(y), self.px(width), self.px(height))

    def page(self, width: float = 1040, height: float = 656) -> pygame.Rect:
        """The column in the middle of the surface that a page's content fills, at most so many units large."""
        column = pygame.Rect(0, 0, min(self.px(width), self.surface.get_width() - self.px(32)),
                             min(self.px(height), self.surface.get_height() - self.px(32)))  # fmt: skip
        column.center = self.surface.get_rect().center
        return column

    def clear(self, page: str = "") -> None:
        """Paint all of it in the colour of the room. page: a name for what is drawn on it next."""
        self.surface.fill(self.palette.background)
        self._there.clear()
        self._page = page

    def goes_on(self, page: str) -> bool:
        """Whether the surface still holds this page as it was drawn last."""
        return not self.fresh and self._page == page

    def kept(
        self,
        box: pygame.Rect,
        key: Hashable,
        draw: Callable[["Canvas", pygame.Rect], None],
        anew: bool = False,
        keep: bool = True,
    ) -> None:
        """Draw what seldom changes once, and copy it from then on.

        key   everything that the drawing depends on, besides the box's size, the colours and the size of text
        draw  draws it on a canvas of its own within a box that fills that
        anew  something is drawn over it: it must be copied every time
        keep  False for what has so many looks that hardly one comes again: it is only not drawn twice in a row
        """
        full = key, box.size, self.palette, self.text_size, self.u
        if not anew and not self.fresh and self._there.get(box.topleft) == full:
            return
        self._there[box.topleft] = full
        if not keep:
            before = self.surface.get_clip()
            self.surface.set_clip(box.clip(before))
            self.surface.fill(self.palette.background)
            draw(self, box)
            self.surface.set_clip(before)
            return
        image = self._kept.get(full)
        if image is None:
            image = pygame.Surface(box.size, 0, 32)
            image.fill(self.palette.background)
            draw(Canvas(image, self.palette, self.text_size, self.u), image.get_rect())
            self._kept[full] = image
            self._bytes += 4 * box.width * box.height
            # As much as the surface itself takes holds what a page has; more would only fill up over an hour.
            while self._bytes > 4 * math.prod(self.surface.get_size()) and len(self._kept) > 1:
                old = self._kept.popitem(last=False)[1]
                self._bytes -= 4 * old.get_width() * old.get_height()
        else:
            self._kept.move_to_end(full)
        self.surface.blit(image, box)

    # --- text; sizes in units ------------------------------------------------------------------------------

    def size(self, units: float) -> int:
        """Size of a font in pixels."""
        return round(units * self.u * self.text_size)

    def height(self, units: float, bold: bool = False) -> int:
        """Pixels from one line of text to the next."""
        return line_height(self.size(units), bold)

    def ascent(self, units: float, bold: bool = False) -> int:
        return ascent(self.size(units), bold)

    def width(self, text: str, units: float, bold: bool = False) -> int:
        """Width of one line in pixels."""
        return text_width(text, self.size(units), bold)

    def line(
        self,
        text: str,
        at: tuple[int, int],
        units: float,
        colour: Colour | None = None,
        bold: bool = False,
        align: Align = "left",
    ) -> pygame.Rect:
        """Draw one line with its top at `at` (pixels), whatever its length."""
        return draw_line(self.surface, text, at, self.size(units), colour or self.palette.text, bold, align)

    def block(
        self,
        text: str,
        room: pygame.Rect,
        units: float,
        colour: Colour | None = None,
        bold: bool = False,
        align: Align = "left",
        middle: bool = False,
        least: float = 0.5,
    ) -> pygame.Rect:
        """Draw text broken into lines within a room (pixels), smaller where it must be; middle: half-way down it."""
        found = fit(text, max(1, room.width), max(1, room.height), self.size(units), bold, least)
        x = {"left": room.left, "centre": room.centerx, "right": room.right}[align]
        y = room.centery - found.height // 2 if middle else room.y
        return draw_block(self.surface, found, (x, y), colour or self.palette.text, align)

    # --- shapes --------------------------------------------------------------------------------------------

    def card(self, box: pygame.Rect, colour: Colour | None = None, radius: float = 14) -> None:
        """Draw a filled box with round corners."""
        draw_card(self.surface, box, colour or self.palette.card, self.px(radius))
        if self.palette.line == self.palette.text and colour is None:  # strong colours: boxes are told by their edge
            pygame.draw.rect(self.surface, self.palette.line, box, max(1, self.px(1)), border_radius=self.px(radius))

    def bar(self, box: pygame.Rect, colour: Colour) -> None:
        """Draw a bar with round ends."""
        draw_bar(self.surface, box, colour)

    def mark(self, mark: Mark, centre: tuple[int, int], units: float) -> None:
        """Draw the sign of an attempt."""
        draw_mark(self.surface, mark, centre, self.px(units), self.palette)


@cache
def _unit(size: tuple[int, int]) -> float:
    """Pixels in a unit of a surface (width, height)."""
    return max(0.2, min(size[0] / 1280, size[1] / 720))
