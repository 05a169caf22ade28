"""The window by hand: no thread and no clock of its own, so that tests of pages are fast and always go the same way.

`Hand` draws pages and presses what is on them; `HandWorker` sees a frame when it is told to.
"""

import threading
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import faces
import pygame
from made import room

from coach.form.exercise import find_exercise
from coach.frame import Frame, Image
from coach.plan.workout import Workout
from coach.records.settings import Settings
from coach.vision.steady import SteadyTracker
from coach.window.app import App, Screen, Wiring
from coach.window.palette import CALM, HIGH_CONTRAST
from coach.window.screens.workout import WorkoutPage
from coach.window.ui import Ui
from coach.window.worker import Pace, Seen, Worker

IMAGE = room()
SMILE = find_exercise("wide-smile")
SMILES = [*faces.frames(faces.perform(SMILE, "clean", "clean", "clean"), fps=15)]


def wait_for(what: Callable[[], object], at_most_s: float = 20.0) -> None:
    """Wait for a thread, until something is so."""
    for _ in range(round(at_most_s / 0.002)):
        if what():
            return
        threading.Event().wait(0.002)
    raise AssertionError("it never came")


class Blind:
    """A tracker that is never asked: frames come ready-made."""

    def look_for(self, needs: Set[str], /) -> None:
        pass

    def track(self, image: Image, time: float, /) -> Frame:
        raise AssertionError("nobody reads a source here")

    def close(self) -> None:
        pass


class HandWorker(Worker):
    """A worker that is moved by the test where the real one has its thread: all it decides is the real one's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.paused, self.stopped, self._now = False, False, 0.0

    def start(self) -> None:
        self._tracker = SteadyTracker(self._factory)

    def stop(self, timeout_s: float = 2.0) -> None:
        self.stopped = True

    def pause(self, paused: bool) -> None:
        super().pause(paused)
        self.paused = paused

    def poll(self) -> Seen | None:
        self._obey()
        return super().poll()

    def see(self, frame: Frame) -> None:
        """Judge one frame, at a time of this worker's own: the frames may come again and again."""
        self._obey()
        self._now += 1 / 15
        given = replace(frame, time=self._now, image=IMAGE)
        self._tracker = SteadyTracker(lambda: _Given(given))
        self._step(self._now, IMAGE)

    def lose(self, why: str) -> None:
        """The camera is lost, or back where nothing is said."""
        self._tell(why)

    def _obey(self) -> None:
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            wish()
            self._publish()


class _Given(Blind):
    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def look_for(self, needs: Set[str], /) -> None:
        pass

    def track(self, image: Image, time: float, /) -> Frame:
        return self._frame


class Watched(Ui):
    """Widgets that remember where they were drawn in the last round, and what was said on buttons."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.boxes: dict[str, pygame.Rect] = {}
        self.labels: dict[str, str] = {}
        self.enabled: dict[str, bool] = {}

    def feed(self, events: Any) -> None:
        super().feed(events)
        self.boxes, self.labels, self.enabled = {}, {}, {}

    def button(self, name: str, box: pygame.Rect, label: str, **look: Any) -> bool:
        self.boxes[name], self.labels[name], self.enabled[name] = box.copy(), label, look.get("enabled", True)
        return super().button(name, box, label, **look)

    def toggle(self, name: str, box: pygame.Rect, label: str, on: bool, size: float = 18) -> bool:
        self.boxes[name] = box.copy()
        return super().toggle(name, box, label, on, size)

    def slider(self, name: str, box: pygame.Rect, *values: float) -> float:
        self.boxes[name] = box.copy()
        return super().slider(name, box, *values)

    def field(self, name: str, box: pygame.Rect, text: str, hint: str, active: bool = False) -> str:
        self.boxes[name] = box.copy()
        return super().field(name, box, text, hint, active)


class Hand:
    """An app whose pages are drawn when something is done."""

    def __init__(
        self,
        *screens: Screen,
        settings: Settings | None = None,
        wiring: Wiring | None = None,
        size: tuple[int, int] = (1280, 720),
    ) -> None:
        self.saved: list[Settings] = []
        wiring = wiring or Wiring(lambda exercises: Blind, save=self.saved.append, folder=Path("records"))
        self.app = App(wiring, settings or Settings(welcomed="2025-01-31", sound=False))
        for screen in screens:
            self.app.go(screen)
        self.ui = Watched(pygame.Surface(size, 0, 32))
        self.app.now = 1000.0  # not the clock's: sums of it round otherwise each time the computer is started
        self._shown: Screen | None = None

    @property
    def top(self) -> Screen:
        return self.app.stack[-1]

    def do(self, *events: pygame.event.Event, seconds: float = 0.0) -> str:
        """Let some time pass, do something, and draw the page as the app does; return what is to be seen."""
        app, ui = self.app, self.ui
        app.now += seconds
        ui.palette = HIGH_CONTRAST if app.settings.high_contrast else CALM
        ui.text_size = app.settings.text_size
        if self.top is not self._shown:
            self._shown, ui.focus = self.top, ""
        ui.feed(events)
        name = app.page(ui)
        if ui.acted and app.stack and not app.left:
            ui.again()
            name = app.page(ui)
        return name

    def press(self, *keys: int, mod: int = 0) -> str:
        """Press keys one after the other, and look again."""
        for key in keys:
            self.do(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod))
        return self.do() if self.app.stack and not self.app.left else "left"

    def type(self, text: str) -> str:
        for character in text:
            self.do(pygame.event.Event(pygame.TEXTINPUT, text=character))
        return self.do()

    def click(self, name: str) -> str:
        """Click in the middle of what has that name on the page as it is now."""
        self.do()
        self.do(*click(self.ui.boxes[name].center))
        return self.do() if self.app.stack and not self.app.left else "left"


def click(at: tuple[int, int]) -> tuple[pygame.event.Event, pygame.event.Event]:
    """The mouse goes down and up again at a place."""
    return (
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1),
        pygame.event.Event(pygame.MOUSEBUTTONUP, pos=at, button=1),
    )


class Exercising(Hand):
    """Somebody in front of a camera, in a workout that has just begun."""

    def __init__(
        self,
        sets: Sequence[tuple[Any, int | None]] = ((SMILE, 3),),
        page: Callable[..., WorkoutPage] = WorkoutPage,
        live: bool = True,
        below: Sequence[Screen] = (),
        settings: Settings | None = None,
        wiring: Wiring | None = None,
        **named: Any,
    ) -> None:
        self.workout = Workout(sets)
        self.worker = HandWorker(None, Blind, Pace(live=live), self.workout)
        self.worker.start()
        named.setdefault("count_s", 3.0 if live else 0.0)
        super().__init__(*below, page(self.workout, self.worker, live=live, **named), settings=settings, wiring=wiring)
        self._frames = self._over_and_over()

    @property
    def page(self) -> WorkoutPage:
        assert isinstance(self.top, WorkoutPage)
        return self.top

    def see(self, seconds: float, face: bool = True) -> str:
        """Let the camera see the smiles, or an empty chair, for a while; return what is to be seen at its end."""
        name = ""
        for _ in range(round(seconds * 15)):
            self.worker.see(next(self._frames) if face and not self.worker.paused else Frame(0.0) if not face else REST)
            name = self.do(seconds=1 / 15)
        return name

    def until(self, what: Callable[[], object], at_most_s: float = 60.0) -> str:
        """Go on until something is so."""
        name = ""
        for _ in range(round(at_most_s * 5)):
            name = self.see(0.2)
            if what():
                return name
        raise AssertionError("it never came")

    def begun(self) -> "Exercising":
        """After the count-down."""
        self.see(0.2)
        self.see(3.2)
        assert not self.worker.paused
        return self

    def _over_and_over(self) -> Iterator[Frame]:
        while True:
            yield from SMILES


REST = SMILES[0]
