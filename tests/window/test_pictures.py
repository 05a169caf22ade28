"""Pages as pictures: each looks as it did when somebody last looked at it.

The pictures are in tests/screenshots. After a change that is meant, draw them anew and look at them before they are
kept: `pytest tests/window/test_pictures.py --renew-screenshots`.
"""

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pygame
import pytest
from hand import Hand
from shown import PAGES, with_avatar

from coach.window import app, text, ui, view
from coach.window.canvas import Canvas

FOLDER = Path(__file__).parents[1] / "screenshots"
SIZE = (640, 360)

CALM = ("welcome", "questions", "home", "library", "settings", "workout-rest", "workout-hold", "workout-missed",
        "workout-sides", "paused", "hidden", "between", "summary", "help", "replay", "progress",
        "progress-sides", "workout-point", "workout-stroke", "workout-neck", "workout-breath",
        "hidden-hands", "replay-hands", "workout-unrested", "workout-turned")  # fmt: skip
STRONG = ("home", "workout-hold", "between", "replay", "progress-sides", "workout-stroke")
#: With the drawn face, which takes a moment to draw.
AVATAR = ("workout-hold", "hidden", "library", "replay", "workout-point", "workout-neck", "workout-breath",
          "hidden-hands", "replay-hands")  # fmt: skip
ALL = [(name, False) for name in CALM] + [(name, True) for name in STRONG]

#: Before two pictures are compared each is made coarser by this many pixels, so that an edge which is smoothed in
#: another way, or lies half a pixel aside, is no difference, while a word or a box that has gone elsewhere is.
COARSER = 6
#: Most that the mean absolute difference (of 255) of two pictures of the same page may be. Letters half a pixel aside
#: make 0.2 to 0.8 of it, the more the more text there is; a meter that moves by 5 pixels makes 1.1.
MEAN = 1.0
#: From this difference on, a tenth of the way from the background to white text, a pixel is clearly different; and the
#: share of such pixels that may be. Letters half a pixel aside make none; a single other word in a heading makes
#: 0.0045, and a button that moves by 4 pixels makes 0.03.
CLEAR, SHARE = 24, 0.001


def painted(name: str, strong: bool) -> pygame.Surface:
    hand: Hand = PAGES[name](SIZE)
    if name in AVATAR and not strong:
        with_avatar(hand)
    hand.app.settings = msgspec.structs.replace(hand.app.settings, high_contrast=strong)
    hand.app.now = 2.0  # the demonstrator goes by it
    hand.do()
    return hand.ui.surface


def file(name: str, strong: bool) -> Path:
    return FOLDER / f"{name}{'-strong' * strong}.png"


def differs(one: pygame.Surface, other: pygame.Surface) -> tuple[float, float]:
    """Mean absolute difference of two pictures, and the share of clearly different pixels."""
    difference = np.abs(_coarse(one) - _coarse(other))
    return float(difference.mean()), float((difference.max(axis=2) > CLEAR).mean())


def alike(one: pygame.Surface, other: pygame.Surface) -> bool:
    mean, share = differs(one, other)
    return one.get_size() == other.get_size() and mean <= MEAN and share <= SHARE


def _coarse(surface: pygame.Surface) -> np.ndarray:
    """(W, H, 3) each pixel the mean of those around it."""
    pixels = pygame.surfarray.array3d(surface).astype(np.float64)
    for axis in (0, 1):
        sums = np.cumsum(pixels, axis=axis)
        after = np.take(sums, range(COARSER, pixels.shape[axis]), axis)
        pixels = (after - np.take(sums, range(pixels.shape[axis] - COARSER), axis)) / COARSER
    return pixels


@pytest.mark.parametrize(("name", "strong"), ALL, ids=[f"{name}{'-strong' * strong}" for name, strong in ALL])
def test_a_page_looks_as_it_did(name, strong, request):
    surface, path = painted(name, strong), file(name, strong)
    if request.config.getoption("--renew-screenshots"):
        save(surface, path)
    mean, share = differs(surface, pygame.image.load(path))
    assert mean <= MEAN
    assert share <= SHARE


def test_the_pictures_are_small_and_each_is_of_a_page():
    kept = list(FOLDER.iterdir())
    assert sorted(kept) == sorted(file(*one) for one in ALL)
    assert sum(path.stat().st_size for path in kept) < 1_500_000


def save(surface: pygame.Surface, path: Path) -> None:
    """Write a picture as small as it goes without a loss."""
    path.parent.mkdir(exist_ok=True)
    pixels = pygame.surfarray.array3d(surface).transpose(1, 0, 2)[..., ::-1]
    cv2.imwrite(str(path), np.ascontiguousarray(pixels), [cv2.IMWRITE_PNG_COMPRESSION, 9])


# --- what is a difference, and what is none ---------------------------------------------------------------


@pytest.mark.parametrize("name", CALM)
def test_another_way_of_drawing_letters_is_no_difference(name, monkeypatch):
    before = painted(name, False)
    real = text._rendered.__wrapped__

    def softer(words: str, size: int, bold: bool, colour: tuple[int, int, int]) -> pygame.Surface:
        """Letters half a pixel further to the right, as they are without hinting."""
        image = real(words, size, bold, colour)
        alpha = pygame.surfarray.array_alpha(image).astype(np.float64)
        alpha[1:] = (alpha[1:] + alpha[:-1]) / 2
        drawn = image.copy()
        pygame.surfarray.pixels_alpha(drawn)[:] = alpha.astype(np.uint8)
        return drawn

    monkeypatch.setattr(text, "_rendered", softer)
    after = painted(name, False)
    assert (pygame.surfarray.array3d(before) != pygame.surfarray.array3d(after)).any()
    assert alike(before, after)


def moved_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    real = view._draw_meter
    monkeypatch.setattr(view, "_draw_meter", lambda canvas, box, scene: real(canvas, box.move(0, canvas.px(10)), scene))


def wider_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    real = view.layout

    def layout(canvas: Canvas) -> view.Layout:
        where = real(canvas)
        where.panel.inflate_ip(-canvas.px(16), 0)
        return where

    monkeypatch.setattr(view, "layout", layout)


def lower_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ui.Ui.button
    monkeypatch.setattr(ui.Ui, "button", lambda self, name, box, *rest, **look: real(
        self, name, box.move(0, self.px(8) if name == "start" else 0), *rest, **look))  # fmt: skip


def larger_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Canvas.size
    monkeypatch.setattr(Canvas, "size", lambda self, units: round(1.15 * real(self, units)))


def another_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.words, "HELP", "What the keys do")


@pytest.mark.parametrize(
    ("name", "change"),
    [("workout-rest", moved_meter), ("workout-rest", wider_panel), ("home", lower_buttons), ("summary", larger_text),
     ("settings", larger_text), ("help", another_word)],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)  # fmt: skip
def test_something_that_moves_is_a_difference(name, change, monkeypatch):
    before = painted(name, False)
    assert alike(before, painted(name, False))
    change(monkeypatch)
    assert not alike(before, painted(name, False))
