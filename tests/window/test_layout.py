"""Every page at every size of window and of text: nothing cut, nothing outside, nothing over something else."""

from collections import defaultdict
from dataclasses import dataclass, field

import msgspec
import pygame
import pytest
from hand import Hand
from shown import PAGES

from coach.window import canvas
from coach.window.text import Align, Block

#: Here something lies over the page on purpose.
OVER = ("help", "help-replay", "said", "paused", "away", "trouble", "workout-start")


@dataclass
class Drawn:
    """What was drawn: texts with their places by surface, those that were cut, and whatever left its surface."""

    texts: dict[int, list[tuple[str, pygame.Rect]]] = field(default_factory=lambda: defaultdict(list))
    cut: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    smallest: dict[str, int] = field(default_factory=dict)

    def lies(self, what: str, surface: pygame.Surface, box: pygame.Rect) -> None:
        if box.size != (0, 0) and not surface.get_rect().contains(box):
            self.outside.append(f"{what} at {tuple(box)} of {surface.get_size()}")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Watches what a canvas draws."""
    found = Drawn()
    fit, line, block = canvas.fit, canvas.draw_line, canvas.draw_block

    def watched_fit(text: str, *rest: object) -> Block:
        made = fit(text, *rest)  # type: ignore[arg-type]
        if " ".join(made.lines) != " ".join(text.split()):
            found.cut.append(text)
        return made

    def watched_line(surface: pygame.Surface, text: str, *rest: object) -> pygame.Rect:
        box = line(surface, text, *rest)  # type: ignore[arg-type]
        wide = canvas.text_width(text, rest[1], bool(len(rest) > 3 and rest[3]))  # type: ignore[arg-type]
        if text and box.width < wide:
            found.outside.append(f"'{text}' at {tuple(box)} of {surface.get_size()}")
        found.texts[id(surface)].append((text, box))
        return box

    def watched_block(surface: pygame.Surface, made: Block, at: tuple[int, int], colour: object, align: Align = "left"):
        box = block(surface, made, at, colour, align)  # type: ignore[arg-type]
        if made.lines:
            found.texts[id(surface)].append((made.lines[0], box))
            wide = max(canvas.text_width(each, made.size, made.bold) for each in made.lines)
            if box.width < wide or box.height < made.height:
                found.outside.append(f"'{made.lines[0]}' at {tuple(box)} of {surface.get_size()}")
        return box

    monkeypatch.setattr(canvas, "fit", watched_fit)
    monkeypatch.setattr(canvas, "draw_line", watched_line)
    monkeypatch.setattr(canvas, "draw_block", watched_block)
    for name in ("draw_card", "draw_bar"):
        real = getattr(canvas, name)

        def watched(surface: pygame.Surface, box: pygame.Rect, *rest: object, name: str = name, real=real) -> None:
            found.lies(name, surface, box)
            real(surface, box, *rest)

        monkeypatch.setattr(canvas, name, watched)
    return found


def shown(name: str, size: tuple[int, int], **settings: object) -> Hand:
    hand = PAGES[name](size)
    hand.app.settings = msgspec.structs.replace(hand.app.settings, **settings)
    hand.do()
    return hand


def overlapping(boxes: dict[str, pygame.Rect]) -> list[tuple[str, str]]:
    named = list(boxes.items())
    return [(a, b) for i, (a, one) in enumerate(named) for b, other in named[i + 1 :] if one.colliderect(other)]


#: Sizes of window with sizes of text and strong colours: each of them, and the hardest together.
LOOKS = [((960, 540), 0.8, False), ((960, 540), 1.6, True), ((1280, 720), 1.0, False), ((1280, 720), 1.3, True),
         ((1280, 720), 1.6, False), ((1920, 1080), 1.6, False), ((3840, 2160), 1.0, True)]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0][0]}-{look[1]}" + "-strong" * look[2])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_everything_in_its_place(name, look, drawn):
    size, text_size, strong = look
    hand = shown(name, size, text_size=text_size, high_contrast=strong)
    assert not drawn.outside
    surface = hand.ui.surface.get_rect()
    for what, box in hand.ui.boxes.items():
        assert surface.contains(box), what
        assert box.width > 0
        assert box.height > 0
    assert not overlapping(hand.ui.boxes)


@pytest.mark.parametrize("text_size", [1.0, 1.6])
@pytest.mark.parametrize("name", PAGES)
def test_no_text_is_cut(name, text_size, drawn):
    for size in ((960, 540), (1280, 720), *([(1920, 1080), (3840, 2160)] if text_size == 1.0 else [])):
        shown(name, size, text_size=text_size)
        assert not drawn.cut


@pytest.mark.parametrize("text_size", [0.8, 1.0, 1.3, 1.6])
@pytest.mark.parametrize("name", [name for name in PAGES if name not in OVER])
def test_no_text_lies_over_another_or_under_a_button(name, text_size, drawn):
    for size in ((960, 540), (1280, 720)):
        hand = shown(name, size, text_size=text_size)
        own = drawn.texts[id(hand.ui.surface)]
        inner = {f"{i} {text}": box.inflate(-4, -round(0.4 * min(box.height, 20))) for i, (text, box) in enumerate(own)}
        assert not overlapping(inner)
        for text, box in inner.items():
            under = box.collidelistall([b for n, b in hand.ui.boxes.items() if n in hand.ui.labels])
            assert not under, text
        drawn.texts.clear()
