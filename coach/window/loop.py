"""The window: opens, shows what the worker sees, listens to the keys."""

import os
import sys
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pygame

from coach.errors import NoDisplay
from coach.frame import Feedback, Frame
from coach.plan.workout import SetResult, Workout
from coach.window import pages
from coach.window.screenshot import Album, state_name
from coach.window.state import Options, Overlay
from coach.window.view import draw_workout
from coach.window.worker import NEXT_SET, Item, NextSet, Pace, Seen, Tracker, Worker

__all__ = ["NEXT_SET", "Item", "NextSet", "Tracker", "open_window", "run"]

#: The window draws at most this often in a second.
FPS = 60
SIZE = (1280, 720)

#: Drivers SDL falls back to when there is no display: they show nothing to anybody.
_BLIND = ("dummy", "offscreen", "evdev")

_NO_DISPLAY = "no display to open a window on: start it in a desktop session; 'coach demo --headless' needs none"


def open_window(title: str, size: tuple[int, int] = SIZE) -> pygame.Surface:
    """Open a resizable window and return its surface. Raises NoDisplay."""
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
        try:
            pygame.display.init()
        finally:
            if only_x11:
                del os.environ["SDL_VIDEODRIVER"]
        driver = pygame.display.get_driver()
        if driver in _BLIND and driver not in chosen.split(","):
            raise NoDisplay(_NO_DISPLAY)
        pygame.display.set_caption(title)
        return pygame.display.set_mode(size, pygame.RESIZABLE)
    except pygame.error as error:
        pygame.display.quit()
        raise NoDisplay(f"{_NO_DISPLAY} ({error})") from None
    except NoDisplay:
        pygame.display.quit()
        raise


def try_display() -> None:
    """Open a window and close it at once. Raises NoDisplay."""
    open_window("Coach")
    pygame.display.quit()


def run(
    workout: Workout,
    source: Iterator[Item],
    tracker_factory: Callable[[], Tracker],
    *,
    title: str = "Coach",
    demonstration: bool = False,
    paced: bool = True,
    live: bool = False,
    marked: bool = False,
    summary_s: float = 3.0,
    auto_close_s: float | None = None,
    overlay: Overlay = "contours",
    triangles: npt.NDArray[np.integer[Any]] | None = None,
    size: tuple[int, int] = SIZE,
    screenshots: Path | None = None,
    on_screenshot: Callable[[Path], None] | None = None,
    on_step: Callable[[Frame, Feedback], None] | None = None,
) -> list[SetResult]:
    """Show a workout in a window until it is over or left; return what came of its sets.

    source           (seconds, image) in the order of time; the image may be a function that makes it, called only
                     when it is wanted. NEXT_SET ends a set. Read, and closed, in another thread
    tracker_factory  makes the tracker, in that thread
    demonstration    the source is the built-in performer: the picture is marked so
    paced            show frames when they are due by their times; otherwise as fast as they come
    live             a camera: never waited for, and read on during a pause
    marked           the source yields NEXT_SET between its sets: what it has left of a set that ended is passed over
    summary_s        seconds a summary stays at a NEXT_SET and before the last page
    auto_close_s     close the last page after so many seconds; None waits for a key
    triangles        (T, 3) of the full mesh, for that overlay
    screenshots      folder for one picture of each state; on_screenshot is told each path
    on_step          called in the other thread with every frame that was judged, such as to record it

    Raises NoDisplay, and whatever the source or the tracker raised.
    """
    # The tracker's thread must get the interpreter back quickly, or tracking takes three times as long.
    sys.setswitchinterval(0.0005)
    surface = open_window(title, size)
    worker = Worker(workout, source, tracker_factory, Pace(paced, live, marked, summary_s), on_step)
    options = Options(overlay=overlay, triangles=triangles, demonstration=demonstration)
    last_page_s = summary_s if paced else 0.0
    window = _Window(surface, worker, workout, title, options, Album(screenshots, on_screenshot), last_page_s)
    try:
        window.refresh()
        worker.start()
        window.show(auto_close_s)
    finally:
        worker.stop()
        pygame.display.quit()
    return list(workout.results)


@dataclass(slots=True)
class _Window:
    """What the window shows now, and what the keys have changed about it."""

    surface: pygame.Surface
    worker: Worker
    workout: Workout
    title: str
    options: Options
    album: Album
    last_page_s: float
    seen: Seen | None = None
    paused: bool = False
    over: float | None = None  # clock time at which the workout was over
    overview: bool = False
    left: bool = False

    def show(self, auto_close_s: float | None) -> None:
        """Draw and listen until left, or until the last page is closed."""
        ticks = pygame.time.Clock()
        stale = False
        closing: float | None = None
        while not self.left:
            for event in pygame.event.get():
                stale = True  # a key, another size, or a part of the window laid bare
                if event.type == pygame.QUIT:
                    self.left = True
                elif event.type == pygame.KEYDOWN:
                    self._key(event.key)
            finished = self.worker.finished
            seen = self.worker.poll()
            if seen is not None:
                self.seen, stale = seen, True
            now = clock.monotonic()
            if finished and self.over is None:
                self.over, stale = now, True
                if not self.workout.results:
                    return
            if self.over is not None and not self.overview and now - self.over >= self.last_page_s:
                self.overview, stale, closing = True, True, now
            if stale and not self.left:
                self.refresh()
                stale = False
            if closing is not None and auto_close_s is not None and now - closing >= auto_close_s:
                return
            ticks.tick(FPS)

    def refresh(self) -> None:
        """Draw and bring to the screen what is to be seen now."""
        self.surface = pygame.display.get_surface() or self.surface
        self.album.add(self.surface, self._draw())
        pygame.display.flip()

    def _key(self, key: int) -> None:
        if key == pygame.K_ESCAPE:
            self.left = True
        elif self.over is not None:
            # The first key leads from the last set's summary to the overview of all.
            self.left = self.overview or len(self.workout.results) == 1
            self.last_page_s = 0.0
        elif key == pygame.K_SPACE:
            self._pause(not self.paused)
        elif key == pygame.K_RIGHT:
            self.worker.skip()
            self._pause(False)
        elif key == pygame.K_m:
            known: list[Overlay] = ["contours", "none"] if self.options.triangles is None else [
                "contours", "mesh", "none"]  # fmt: skip
            following = known[(known.index(self.options.overlay) + 1) % len(known)]
            self.options = replace(self.options, overlay=following)
        elif key == pygame.K_h:
            self.options = replace(self.options, help=not self.options.help)
        elif key == pygame.K_n:
            self.worker.relearn()

    def _pause(self, paused: bool) -> None:
        self.paused = paused
        self.worker.pause(paused)

    def _draw(self) -> str:
        """Draw what is to be seen now, and return the name of that state."""
        if self.over is not None:
            results = self.workout.results
            if self.overview and len(results) > 1:
                pages.draw_overview(self.surface, results)
            else:
                pages.draw_summary(self.surface, results[-1], last=len(results) == 1)
            return "final" if self.overview or len(results) == 1 else "last-summary"
        if self.seen is None:
            pages.draw_starting(self.surface, self.title)
            return "starting"
        frame, feedback, state = self.seen.frame, self.seen.feedback, self.seen.state
        if state.result is not None:
            pages.draw_summary(self.surface, state.result, state.done, state.next_name)
            name = "summary"
        else:
            draw_workout(self.surface, frame.image, frame, feedback, state, self.options)
            name = "help" if self.options.help else state_name(frame, feedback, state)
        if self.paused:
            pages.draw_pause(self.surface)
            name = "pause"
        return name
