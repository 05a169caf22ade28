"""The window on the display: opened, drawn on, shown, and tried."""

import os
import sys

import pygame

from coach.errors import DisplayLost, NoDisplay
from coach.window.lost import LOST, close_display, display_is_lost, expect_display, watch_display

SIZE = (1280, 720)

#: Drivers SDL falls back to when there is no display: they show nothing to anybody.
_BLIND = ("dummy", "offscreen", "evdev")

_NO_DISPLAY = "no display to open a window on: start it in a desktop session; 'coach demo --headless' needs none"

#: The bits of red, green and blue in the four bytes of the pixels that we draw.
_PIXELS = (0xFF0000, 0xFF00, 0xFF)
#: What is drawn on where those of the display are others.
_own: pygame.Surface | None = None


def canvas() -> pygame.Surface:
    """Return what to draw on, as large as the window: the window itself, or a surface of our own where its pixels are
    not four bytes of blue, green, red (16 bits on some remote displays, 30 on some screens). Raises NoDisplay where no
    window is open."""
    global _own
    window = pygame.display.get_surface() if pygame.display.get_init() else None
    if window is None:
        raise NoDisplay(_NO_DISPLAY)
    if window.get_bytesize() == 4 and window.get_masks()[:3] == _PIXELS:
        return window
    if _own is None or _own.get_size() != window.get_size():
        _own = pygame.Surface(window.get_size(), 0, 32, (*_PIXELS, 0))
    return _own


def show(drawn: pygame.Surface) -> None:
    """Bring to the display what was drawn on the canvas. Raises DisplayLost."""
    window = pygame.display.get_surface()
    if window is not None and window is not drawn:
        window.blit(drawn, (0, 0))
    pygame.display.flip()
    check()


def check() -> None:
    """Raise DisplayLost when the display has gone away."""
    if display_is_lost():
        raise DisplayLost(LOST)


def resize(fullscreen: bool) -> None:
    """Make the window as large as the display, or as it was at first. Raises pygame.error."""
    pygame.display.set_mode((0, 0) if fullscreen else SIZE, pygame.FULLSCREEN if fullscreen else pygame.RESIZABLE)


def open_window(title: str, size: tuple[int, int] = SIZE) -> pygame.Surface:
    """Open a resizable window and return what is drawn on. Raises NoDisplay."""
    chosen = os.environ.get("SDL_VIDEODRIVER") or os.environ.get("SDL_VIDEO_DRIVER") or ""
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not chosen and not any(os.environ.get(name) for name in displays):
        raise NoDisplay(_NO_DISPLAY)
    # Without a graphics card the window's buffer goes to X11 some twenty times faster straight than through a texture.
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
    # Left to itself SDL tries every driver it has when X11 refuses, and their libraries write to the terminal.
    only_x11 = sys.platform.startswith("linux") and not chosen and not os.environ.get("WAYLAND_DISPLAY")
    try:
        if only_x11:
            os.environ["SDL_VIDEODRIVER"] = "x11"
        expect_display()
        try:
            pygame.display.init()
        finally:
            if only_x11:
                del os.environ["SDL_VIDEODRIVER"]
        driver = pygame.display.get_driver()
        if driver in _BLIND and driver not in chosen.split(","):
            raise NoDisplay(_NO_DISPLAY)
        pygame.display.set_caption(title)
        try:
            pygame.display.set_mode(size, pygame.RESIZABLE)
        except pygame.error:
            # Straight to X11 SDL knows no pixels of 30 bits; through a texture it does.
            os.environ["SDL_FRAMEBUFFER_ACCELERATION"] = "1"
            pygame.display.set_mode(size, pygame.RESIZABLE)
        watch_display()
        return canvas()
    except pygame.error as error:
        pygame.display.quit()
        raise NoDisplay(f"{_NO_DISPLAY} ({error})") from None
    except NoDisplay:
        pygame.display.quit()
        raise


def try_display() -> None:
    """Open a window and close it at once; another may be opened afterwards. Raises NoDisplay."""
    open_window("Coach")
    close_display(again=True)
