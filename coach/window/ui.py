"""Widgets, drawn and asked in one go: `if ui.button("start", box, "Start"): ...`.

A page that is drawn says what is on it; what was clicked or pressed is answered by the same call, so there is one
description of each page and nothing to keep in step. Every widget that can take the keyboard does: Tab and the
arrows go from one to the next, Enter and Space press, a ring shows where the keyboard is. The widgets are our own
because those of the library we write text with need an open display, know no Tab, and fix their sizes in pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pygame

from coach.window.canvas import Canvas
from coach.window.keyboard import key_of
from coach.window.palette import Colour

_PRESS = (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE)


@dataclass(slots=True)
class Ui(Canvas):
    """A canvas with widgets. Each round: `feed` what happened, draw the page, `end`.

    acted  whether a widget answered in this round: what is shown may be out of date, so draw it once more
    """

    acted: bool = False
    focus: str = ""
    keyboard: bool = False  # whether the keyboard was used last: only then its place is shown
    pointer: tuple[int, int] = (-1, -1)
    typing: bool = False  # whether the page that was drawn last takes what is typed for its own
    _order: list[tuple[str, pygame.Rect]] = field(default_factory=list)
    _click: tuple[int, int] | None = None
    _held: bool = False
    _grabbed: str = ""
    _keys: list[tuple[int, int]] = field(default_factory=list)
    _typed: str = ""
    _wheel: int = 0
    _primary: str = ""
    _field: bool = False

    def feed(self, events: Iterable[pygame.event.Event]) -> None:
        """Take what the person did since the last round."""
        self.acted, self._primary, self._field = False, "", False
        self._click, self._typed, self._wheel, self._keys = None, "", 0, []
        for event in events:
            if event.type == pygame.MOUSEMOTION:
                self.pointer, self.keyboard = event.pos, False
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
                self._click, self.pointer, self._held, self.keyboard = event.pos, event.pos, True, False
                self._grabbed = ""
            elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
                self._held, self._grabbed = False, ""
            elif event.type == pygame.MOUSEWHEEL:
                self._wheel += event.y
            elif event.type == pygame.TEXTINPUT:
                self._typed += event.text
            elif event.type == pygame.KEYDOWN and (key := key_of(event)) != pygame.K_UNKNOWN:  # many keys have no name
                self._keys.append((key, getattr(event, "mod", 0)))
        self._order = []

    def end(self) -> None:
        """After the page was drawn: move the keyboard's place by what nobody wanted, and show it."""
        self.typing = self._field
        if self.take(*_PRESS[:2]) and self._primary:
            # Nothing has the keyboard: Enter means what the page is for. The page is asked once more.
            self.focus, self.keyboard, self.acted = self._primary, True, True
            self._keys.append((pygame.K_RETURN, 0))
            return
        for key, mod in self._keys:
            back = key == pygame.K_UP or (key == pygame.K_TAB and mod & pygame.KMOD_SHIFT)
            if back or key in (pygame.K_TAB, pygame.K_DOWN):
                self._move(-1 if back else 1)
        for name, box in self._order:
            if name == self.focus and self.keyboard:
                ring = box.inflate(self.px(8), self.px(8))
                pygame.draw.rect(self.surface, self.palette.accent, ring, max(2, self.px(3)), border_radius=self.px(14))

    def again(self) -> None:
        """Forget what happened: for drawing once more what a widget's answer has changed."""
        kept = self._keys if self._keys and self._keys[-1][0] == pygame.K_RETURN and self.focus == self._primary else []
        self.feed(())
        self._keys = list(kept)

    def take(self, *keys: int) -> bool:
        """Whether one of these keys was pressed; it is then used up."""
        for i, (key, _) in enumerate(self._keys):
            if key in keys:
                del self._keys[i]
                self.acted = True
                return True
        return False

    def typed(self, characters: str) -> bool:
        """Whether one of these characters was typed, and not into a field; it is then used up."""
        if self.typing or not any(c in characters for c in self._typed):
            return False
        self._typed, self.acted = "", True
        return True

    def wheel(self) -> int:
        """Steps that the mouse wheel was turned, upwards positive; used up."""
        turned, self._wheel = self._wheel, 0
        return turned

    # --- widgets; boxes in pixels --------------------------------------------------------------------------

    def button(
        self,
        name: str,
        box: pygame.Rect,
        label: str,
        *,
        primary: bool = False,
        on: bool = False,
        key: int | None = None,
        hint: str = "",
        size: float = 20,
        enabled: bool = True,
        align: str = "centre",
    ) -> bool:
        """Draw a button; return whether it was pressed.

        primary  what this page is for: Enter presses it while nothing else has the keyboard
        on       the chosen one of several
        key      presses it, too, and hint says so; such a button takes no part in going round with Tab, unless it is
                 what the page is for
        """
        if primary:
            self._primary = name
        reached = key is None or primary
        pressed = enabled and (self._pressed(name, box, reached) or (key is not None and self.take(key)))
        over = enabled and box.collidepoint(self.pointer) and not self.keyboard
        look = label, hint, size, primary or on, enabled, over, align
        self.kept(box, look, lambda part, room: _draw_button(part, room, *look))
        return pressed

    def choice(self, name: str, box: pygame.Rect, options: Sequence[tuple[object, str]], value: object) -> object:
        """Draw buttons side by side of which one is on; return the value of the one that is now."""
        gap = self.px(8)
        width = (box.width - gap * (len(options) - 1)) // max(1, len(options))
        for i, (one, label) in enumerate(options):
            place = pygame.Rect(box.x + i * (width + gap), box.y, width, box.height)
            if self.button(f"{name}-{one}", place, label, on=one == value, size=18):
                value = one
        return value

    def toggle(self, name: str, box: pygame.Rect, label: str, on: bool, size: float = 18) -> bool:
        """Draw a box to tick with its label; return whether it is ticked now."""
        if self._pressed(name, box, True):
            on = not on
        colours, side = self.palette, min(box.height, self.px(28))
        square = pygame.Rect(box.x, box.centery - side // 2, side, side)
        pygame.draw.rect(self.surface, colours.accent if on else colours.sunk, square, border_radius=self.px(6))
        pygame.draw.rect(self.surface, colours.line, square, max(1, self.px(1.5)), border_radius=self.px(6))
        if on:
            tick = [(square.x + x * side, square.y + y * side) for x, y in ((0.22, 0.52), (0.42, 0.72), (0.8, 0.28))]
            pygame.draw.lines(self.surface, colours.ink, False, tick, max(2, self.px(4)))
        room = pygame.Rect(square.right + self.px(12), box.y, box.right - square.right - self.px(12), box.height)
        self.block(label, room, size, middle=True)
        return on

    def slider(self, name: str, box: pygame.Rect, value: float, low: float, high: float, step: float) -> float:
        """Draw a slider; return where it stands now: dragged, clicked, or moved with the left and right arrows."""
        self._order.append((name, box))
        knob = min(box.height, self.px(26))
        at = self.pointer[0] if self._grabbed == name and self._held else None
        if self._click and box.collidepoint(self._click):
            # It may have been let go already: a quick click is down and up in one round.
            at, self._click, self.focus, self._grabbed = self._click[0], None, name, name if self._held else ""
        if at is not None:
            part = (at - box.x - knob / 2) / max(1, box.width - knob)
            value, self.acted = low + min(1.0, max(0.0, part)) * (high - low), True
        if self.focus == name:
            value += step * (int(self.take(pygame.K_RIGHT)) - int(self.take(pygame.K_LEFT)))
        value = min(high, max(low, low + round((value - low) / step) * step))
        track = pygame.Rect(box.x, box.centery - self.px(4), box.width, self.px(8))
        x = box.x + round((value - low) / (high - low) * (box.width - knob))
        self.bar(track, self.palette.sunk)
        if x - box.x + knob // 2 > track.height:
            self.bar(pygame.Rect(box.x, track.y, x - box.x + knob // 2, track.height), self.palette.accent)
        pygame.draw.circle(self.surface, self.palette.text, (x + knob // 2, box.centery), knob // 2)
        return value

    def field(self, name: str, box: pygame.Rect, text: str, hint: str, active: bool = False) -> str:
        """Draw a field for one line of text; return the text as it is now. active: what is typed goes here even while
        the keyboard is elsewhere."""
        if self._pressed(name, box, True, keys=False):
            self.focus = name
        if self.focus == name or active:
            self._field = True
            if self._typed:
                text, self.acted = text + self._typed, True
            if self.take(pygame.K_BACKSPACE):
                text = text[:-1]
        self.card(box, self.palette.sunk, 10)
        inner = box.inflate(-self.px(24), -self.px(6))
        shown = text or hint
        drawn = self.block(shown, inner, 20, None if text else self.palette.muted, middle=True, least=0.4)
        if self.focus == name or active:
            x = drawn.right + self.px(2) if text else inner.x - self.px(5)
            pygame.draw.rect(self.surface, self.palette.accent, (x, inner.y + self.px(4), max(2, self.px(2)),
                                                                 inner.height - self.px(8)))  # fmt: skip
        return text

    def area(self, name: str, box: pygame.Rect) -> bool:
        """A place that can be pressed and is drawn by the caller."""
        return self._pressed(name, box, True)

    def over(self, box: pygame.Rect) -> bool:
        """Whether the mouse is over a box."""
        return not self.keyboard and box.collidepoint(self.pointer)

    # --- within --------------------------------------------------------------------------------------------

    def _pressed(self, name: str, box: pygame.Rect, focusable: bool, keys: bool = True) -> bool:
        if focusable:
            self._order.append((name, box))
        if self._click and box.collidepoint(self._click):
            self._click, self.acted = None, True
            if focusable:
                self.focus = name
            return True
        # After a click the keyboard is there, too, but that cannot be seen: Enter then means what the page is for.
        return bool(keys and focusable and self.keyboard and self.focus == name and self.take(*_PRESS))

    def _move(self, by: int) -> None:
        names = [name for name, _ in self._order]
        self.keyboard = True
        if names:
            at = names.index(self.focus) if self.focus in names else (-1 if by > 0 else 0)
            self.focus = names[(at + by) % len(names)]


def _draw_button(
    canvas: Canvas,
    box: pygame.Rect,
    label: str,
    hint: str,
    size: float,
    on: bool,
    enabled: bool,
    over: bool,
    align: str,
) -> None:
    colours = canvas.palette
    face: Colour = colours.accent if on else colours.sunk
    ink: Colour = colours.ink if on else colours.text
    if not enabled:
        face, ink = colours.card, colours.muted
    canvas.card(box, face, 12)
    if over or colours.line == colours.text:
        edge = colours.text if over else colours.line
        pygame.draw.rect(canvas.surface, edge, box, max(1, canvas.px(2)), border_radius=canvas.px(12))
    inner = box.inflate(-canvas.px(20), -canvas.px(6))
    if hint:
        width = min(canvas.width(hint, 14.0) + canvas.px(8), round(0.55 * inner.width))
        place = pygame.Rect(inner.right - width + canvas.px(8), inner.y, width - canvas.px(8), inner.height)
        canvas.block(hint, place, 14.0, ink if on else colours.muted, align="right", middle=True)
        inner.width -= width
    canvas.block(label, inner, size, ink, bold=on, align="left" if align == "left" else "centre", middle=True)
