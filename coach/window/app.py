"""The window: opens, runs one screen after the other, and listens.

A screen draws itself and says what should happen next; the app keeps what all screens share.
"""

import time as clock
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Protocol

import pygame

from coach.avatar.demonstrator import Pictures
from coach.avatar.mesh import Mesh
from coach.avatar.mirror import Mirror
from coach.errors import CoachError
from coach.form.calibration import Calibration, Rest
from coach.form.exercise import Exercise
from coach.frame import Feedback, Frame
from coach.plan.workout import Workout
from coach.records.progress import Better
from coach.records.settings import Settings
from coach.vision.steady import Tracker
from coach.window import words
from coach.window.display import canvas, check, resize, show
from coach.window.palette import CALM, HIGH_CONTRAST
from coach.window.screenshot import Album
from coach.window.sound import Sounds
from coach.window.ui import Ui
from coach.window.voice import Voice
from coach.window.worker import Item, Pace, Worker

#: The window draws when there is a new picture, but no more often in a second than the first; so often where there is
#: none but something moves by itself; and so often where nothing does.
MOST_FPS, FPS, IDLE_FPS = 120, 30, 20
#: Below this (pixels) nothing can be laid out.
SMALLEST = (640, 360)


class Record(Protocol):
    """Keeps a workout: called with every judged frame within the worker's thread.

    trouble  why it keeps no more, in a sentence; empty while it does. The set goes on all the same.
    """

    trouble: str

    def __call__(self, frame: Frame, feedback: Feedback, /) -> None: ...

    def note(self, kind: str, attempts: int) -> None:
        """Keep what the person said at this moment: "one", "not-one", "pain"; and how many attempts were known."""

    def close(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the window is connected to. Everything here but `save` may be left out where it is not wanted.

    tracker    makes what makes a tracker that sees all that these exercises need
    camera     opens a camera by its number; None where there is none to be had (a video, the performer)
    performer  the built-in performer doing these exercises, as a source marked with NEXT_SET
    record     makes what keeps a workout
    save       keeps changed settings
    calibration  what is known of a person by name, asked again for every workout
    calibrated   keeps what a workout of trials has shown, and says so in sentences
    rested       keeps the resting face that was learnt
    finished     keeps what came of a workout, and tells what was better than last time
    mesh       of the drawn face
    folder     where records are kept, for the person to know
    """

    tracker: Callable[[Sequence[Exercise]], Callable[[], Tracker]]
    camera: Callable[[int], Iterator[Item]] | None = None
    performer: Callable[[Sequence[Exercise]], Iterator[Item]] | None = None
    record: Callable[[Workout], Record] | None = None
    save: Callable[[Settings], None] | None = None
    calibration: Callable[[str], Calibration | None] | None = None
    calibrated: Callable[[Workout, Record | None], list[str | Better]] | None = None
    rested: Callable[[Rest], object] | None = None
    finished: Callable[[Workout, Record | None], list[str | Better]] | None = None
    folder: Path = Path()
    mesh: Mesh | None = None


class Screen(Protocol):
    """A page of the window. It may have `keys`, what each of its own keys does, for the help."""

    #: whether it changes by itself, such as a moving picture
    moving: bool

    def show(self, ui: Ui, app: "App") -> str:
        """Draw it, act on what was pressed, and return a short name for what is to be seen."""

    def leave(self, app: "App") -> None:
        """It is shown no more."""


@dataclass(slots=True)
class App:
    """What the screens share.

    pictures, mirror  of the drawn face, None until it is made
    said              a sentence over the foot of any screen for a while, such as what went wrong with a setting
    waits             what is being opened, for whoever waits for the first picture; told by the thread that opens it
    ends              told when no screen is left and everything is about to be let go
    """

    wiring: Wiring
    settings: Settings = field(default_factory=Settings)
    demonstration: bool = False
    looking: Worker | None = None  # at the camera, for as long as the window is open
    pictures: Pictures | None = None
    mirror: Mirror | None = None
    needs: frozenset[str] = frozenset()  # what the looking worker's tracker looks for besides the face
    sounds: Sounds = field(default_factory=lambda: Sounds(0.0))
    voice: Voice | None = None
    said: str = ""
    waits: str = ""
    ends: Callable[[], object] = lambda: None
    fullscreen: bool = False
    stack: list[Screen] = field(default_factory=list)
    left: bool = False
    help: bool = False
    figures: bool = False
    now: float = field(default_factory=clock.monotonic)  # seconds of the clock at the last drawing
    _said_until: float = 0.0
    _making: Thread | None = None

    # --- where to ------------------------------------------------------------------------------------------

    def go(self, screen: Screen) -> None:
        """Show another screen on top of this one."""
        self.stack.append(screen)

    def back(self) -> None:
        """Leave this screen for the one below it; the last one left closes the window."""
        if self.stack:
            self.stack.pop().leave(self)
        self.left = not self.stack

    def replace(self, screen: Screen) -> None:
        """Show another screen in the place of this one."""
        self.stack.pop().leave(self)
        self.stack.append(screen)

    # --- what all may do -----------------------------------------------------------------------------------

    def say(self, text: str, seconds: float = 4.0) -> None:
        self.said, self._said_until = text, self.now + seconds

    def ask_help(self) -> None:
        """Show the keys of the page that is shown."""
        self.help = True

    def change(self, settings: Settings) -> None:
        """Take new settings, at once and for the next time."""
        before, self.settings = self.settings, settings
        self.sounds.set_volume(settings.volume if settings.sound else 0.0)
        if self.voice is not None:
            self.voice.set_enabled(settings.voice)
            self.voice.set_volume(settings.volume)
        looks = (settings.camera, settings.camera_mirrors) != (before.camera, before.camera_mirrors)
        if looks and self.looking is not None:
            self.look()
        if self.wiring.save is not None and settings != before:
            try:
                self.wiring.save(settings)
            except CoachError as error:
                self.say(str(error))

    def look(self) -> None:
        """Look at the camera that is chosen, if there is any."""
        camera, number = self.wiring.camera, self.settings.camera
        if self.looking is not None:
            self.looking.stop()
            self.looking = None
        if camera is not None:
            pace, self.needs = Pace(live=True, patient=True), frozenset()
            tracker = self.loading(self.wiring.tracker(()), words.LOOKING)
            self.looking = Worker(lambda: camera(number), tracker, pace)
            self.looking.start()

    def loading(self, tracker: Callable[[], Tracker], then: str) -> Callable[[], Tracker]:
        """Return what makes the same tracker and tells what is waited for: this, and `then` until the first picture.

        No picture comes before the drawn face is made: it may be there to hide the person's.
        """

        def load() -> Tracker:
            self.waits = words.STARTING_MORE
            loaded = tracker()
            if self._making is not None:
                self._making.join()
            self.waits = then
            return loaded

        return load

    def make_face(self) -> None:
        """Begin to make the drawn face, in a thread of its own: it takes a second, which nobody is to wait for."""
        mesh = self.wiring.mesh
        if mesh is None:
            return

        def make() -> None:
            self.mirror, self.pictures = Mirror(mesh), Pictures(mesh)

        self._making = Thread(target=make, name="drawn face", daemon=True)
        self._making.start()

    @property
    def worker(self) -> Worker | None:
        """Who sees what the screen on top shows: its own worker, or the one that looks at the camera."""
        return getattr(self.stack[-1], "worker", self.looking) if self.stack else None

    @property
    def folder(self) -> Path:
        """Where records are kept."""
        return self.wiring.folder

    def calibration(self) -> Calibration | None:
        """The person's own ranges; without them the common ones do."""
        try:
            return self.wiring.calibration(self.settings.person) if self.wiring.calibration is not None else None
        except CoachError as error:
            self.say(str(error), 8.0)
            return None

    # --- the loop ------------------------------------------------------------------------------------------

    def run(self, album: Album | None = None, begin: Callable[[], object] = lambda: None) -> None:
        """Show screens until none is left. The window must be open. begin: starts what takes long; called once there is
        something to be seen."""
        ticks, ui, album = pygame.time.Clock(), Ui(canvas()), album or Album(None)
        shown: Screen | None = None
        drawn: Screen | None = None
        covered = False
        pygame.key.start_text_input()
        try:
            self.draw(ui, album)
            begin()
            while not self.left:
                events = pygame.event.get()
                check()  # a page that does not move is not drawn, and would never know
                if any(event.type == pygame.QUIT for event in events):
                    return
                screen = self.stack[-1]
                if screen is not shown:
                    shown, ui.focus = screen, ""
                ui.feed(events)
                if events or screen.moving or self.said:
                    # A screen may leave as it is what it drew last, unless something else was drawn over it.
                    ui.fresh = bool(events) or covered or screen is not drawn
                    drawn, covered = screen, self._covered
                    self.draw(ui, album)
                    if ui.acted and not self.left:  # what a button has changed is to be seen at once
                        ui.again()
                        ui.fresh = True
                        self.draw(ui, album)
                    covered = covered or self._covered
                if screen.moving and (worker := self.worker) is not None:
                    worker.wait(1 / FPS)
                    ticks.tick(MOST_FPS)
                else:
                    ticks.tick(FPS if screen.moving else IDLE_FPS)
        finally:
            self.ends()
            for screen in reversed(self.stack):
                screen.leave(self)
            self.stack.clear()
            self.close()

    @property
    def _covered(self) -> bool:
        """Whether something is drawn over the screen on top."""
        return self.help or self.figures or bool(self.said)

    def close(self) -> None:
        """Let go of everything."""
        if self.looking is not None:
            self.looking.stop()
        if self._making is not None:
            self._making.join()
        if self.pictures is not None:
            self.pictures.close()
        if self.voice is not None:
            self.voice.close()
        self.sounds.close()

    def draw(self, ui: Ui, album: Album) -> None:
        """Draw the screen on top and bring it to the display."""
        self.now = clock.monotonic()
        ui.surface = canvas()
        ui.palette = HIGH_CONTRAST if self.settings.high_contrast else CALM
        ui.text_size = self.settings.text_size
        name = self.page(ui)
        album.add(ui.surface, name)
        show(ui.surface)
        if (worker := self.worker) is not None:
            worker.shown()

    def page(self, ui: Ui) -> str:
        """Draw the screen on top, with the keys that work everywhere; return what is to be seen."""
        if ui.take(pygame.K_F11):
            self.toggle_full_screen()
        if ui.take(pygame.K_F3):
            self.figures = not self.figures
        asked = ui.take(pygame.K_F1, pygame.K_QUESTION, pygame.K_h if not ui.typing else pygame.K_F1) or ui.typed("?")
        if asked or (self.help and ui.take(pygame.K_ESCAPE)):
            self.help = asked and not self.help
        if min(a - b for a, b in zip(ui.surface.get_size(), SMALLEST, strict=True)) < 0:
            ui.clear()
            ui.block(words.TOO_SMALL, ui.surface.get_rect(), 30, align="centre", middle=True)
            return "too-small"
        if self.help:
            # Under the help a screen goes on, but hears nothing.
            deaf = Ui(ui.surface, ui.palette, ui.text_size)
            self.stack[-1].show(deaf, self)
            _draw_help(ui, getattr(self.stack[-1], "keys", ()))
            return "help"
        name = self.stack[-1].show(ui, self)
        ui.end()
        if self.figures:
            _draw_figures(ui, self.worker)
        if self.said:
            _draw_said(ui, self.said)
            if self.now > self._said_until:
                self.said = ""
        return name

    def toggle_full_screen(self) -> None:
        self.fullscreen = not self.fullscreen
        try:
            resize(self.fullscreen)
        except pygame.error as error:
            self.fullscreen = False
            self.say(str(error))


def _draw_help(ui: Ui, own: Sequence[tuple[str, str]]) -> None:
    """The keys of a page, and those of all pages."""
    px, keys = ui.px, [*own, *words.KEYS]
    row = max(px(29), ui.height(18))
    height = row * len(keys) + ui.height(26, True) + ui.height(16) + px(64)
    box = ui.page(720, height / ui.u)
    veil = pygame.Surface(ui.surface.get_size(), 0, 32)
    veil.fill(ui.palette.background)
    veil.set_alpha(190)
    ui.surface.blit(veil, (0, 0))
    ui.card(box)
    inner = box.inflate(-px(56), -px(36))
    y = ui.line(words.HELP, inner.topleft, 26, bold=True).bottom
    y = ui.block(words.HELP_MORE, pygame.Rect(inner.x, y, inner.width, px(30)), 16, ui.palette.muted).bottom + px(8)
    row = min(row, (inner.bottom - y) // len(keys))
    for key, what in keys:
        place = pygame.Rect(inner.x, y, px(140), row)
        ui.block(key, place, 18, ui.palette.accent, bold=True, middle=True)
        ui.block(what, pygame.Rect(inner.x + px(150), y, inner.width - px(150), row), 18, middle=True)
        y += row


def _draw_figures(ui: Ui, worker: Worker | None) -> None:
    """How quick it is, in a corner."""
    figures = worker.timing.figures() if worker is not None else None
    lines = words.figures(figures, worker.dropped if worker is not None else 0)
    px, row = ui.px, ui.height(15)
    width = max(ui.width(line, 15) for line in lines)
    box = pygame.Rect(0, px(8), width + px(20), row * len(lines) + px(12))
    box.right = ui.surface.get_width() - px(8)
    ui.card(box, ui.palette.text)
    for i, line in enumerate(lines):
        ui.line(line, (box.x + px(10), box.y + px(6) + i * row), 15, ui.palette.ink)


def _draw_said(ui: Ui, text: str) -> None:
    wanted = ui.width(text, 20, True) / ui.u + 56
    box = ui.page(min(880, wanted), 44 if wanted <= 880 else 72)
    box.top = ui.px(8)
    ui.card(box, ui.palette.text)
    ui.block(text, box.inflate(-ui.px(40), -ui.px(8)), 20, ui.palette.ink, bold=True, align="centre", middle=True)
