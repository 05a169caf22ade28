"""Makes the pictures of the README from the real window: `python docs/make_pictures.py [--size 1280x720] [--out DIR]`.

The built-in performer stands in for a camera, seen by the real tracker; the window is drawn as a person would see it.
No display is needed. With another folder, size or `--high-contrast` it takes pictures of every page to be looked at.
"""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import cv2
import msgspec
import numpy as np
import pygame

from coach.avatar.demonstrator import Pictures
from coach.avatar.mesh import load
from coach.avatar.mirror import Mirror
from coach.avatar.performer import Performance, perform
from coach.form.exercise import Tempo, find_exercise
from coach.frame import Image
from coach.plan.routine import Manner
from coach.records.settings import Settings
from coach.vision.models import find_model
from coach.vision.tracker import FaceTracker
from coach.window.app import App, Wiring
from coach.window.display import open_window
from coach.window.screens.home import Home
from coach.window.screens.library import Library
from coach.window.screens.settings import SettingsPage
from coach.window.screens.welcome import Welcome
from coach.window.screens.workout import WorkoutPage, begin
from coach.window.sound import Sounds
from coach.window.ui import Ui

HERE = Path(__file__).parent
MESH = load(find_model())
EXERCISE = find_exercise("wide-smile").paced(Tempo(rise=1.0, hold=2.0, lower=1.0, rest=1.5), 4)
NEXT = find_exercise("pucker").paced(Tempo(rise=1.0, hold=2.0, lower=1.0, rest=1.5), 3)
#: Pictures a second of the moving picture, its width, and how long it is (seconds).
GIF_FPS, GIF_WIDTH, GIF_S = 6, 480, 6.5


class Performer:
    """A camera that shows the performer: at rest until told to go."""

    def __init__(self) -> None:
        self.since: float | None = None

    def go(self, after_s: float = 0.0) -> None:
        """Begin to exercise, at so many seconds of the performance."""
        self.since = time.monotonic() - after_s

    def open(self, number: int) -> Iterator[tuple[float, Image]]:
        """Pictures as a camera gives them, at about 30 a second."""
        start = time.monotonic()
        manners: tuple[Manner, ...] = ("clean", "one-sided", "partial", "clean", "brow", "clean", "clean")
        drawn = [picture for _, picture in perform(MESH, Performance(EXERCISE, manners), 30.0)]
        resting = drawn[0]()
        while True:
            now = time.monotonic()
            at = round(30 * (now - self.since)) % len(drawn) if self.since is not None else 0
            yield now - start, drawn[at]() if at else resting
            time.sleep(max(0.0, 1 / 30 - (time.monotonic() - now)))


class Driver:
    """Shows the window and presses its keys."""

    def __init__(self, size: tuple[int, int], settings: Settings, out: Path) -> None:
        self.camera = Performer()
        wiring = Wiring(
            tracker=lambda exercises: lambda: FaceTracker(),
            camera=self.camera.open,
            mesh=MESH,
            folder=Path("~/.local/share/facial-exercise-coach"),
        )
        self.ui = Ui(open_window("pictures", size))
        self.app = App(wiring, settings, pictures=Pictures(MESH), mirror=Mirror(MESH), sounds=Sounds(0.0))
        self.out = out
        self.shown: list[object] = []
        out.mkdir(parents=True, exist_ok=True)

    def show(self, *events: pygame.event.Event) -> None:
        """Draw the window once."""
        self.app.now = time.monotonic()
        self.ui.feed(events)
        self.ui.fresh = bool(events) or self.app.stack[-1:] != self.shown or bool(self.app.said)
        self.shown = self.app.stack[-1:]
        self.app.draw(self.ui, _NO_ALBUM)
        if self.ui.acted and self.app.stack:
            self.ui.again()
            self.ui.fresh = True
            self.app.draw(self.ui, _NO_ALBUM)
        pygame.event.pump()

    def wait(self, seconds: float) -> None:
        """Go on for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.show()
            time.sleep(0.01)

    def until(self, phase: str, most_s: float = 20.0) -> None:
        """Go on until the person's movement is in that phase."""
        until = time.monotonic() + most_s
        while time.monotonic() < until:
            self.show()
            page = self.app.stack[-1]
            feedback = page._seen.feedback if isinstance(page, WorkoutPage) and page._seen else None
            if feedback is not None and str(feedback.phase) == phase and (phase != "hold" or feedback.hold_s > 0.8):
                return

    def press(self, key: int) -> None:
        self.show(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0))

    def save(self, name: str) -> None:
        pygame.image.save(self.ui.surface, str(self.out / f"{name}.png"))
        print(self.out / f"{name}.png", flush=True)

    def film(self, name: str) -> None:
        """A moving picture of what goes on."""
        frames = []
        start = time.monotonic()
        while (now := time.monotonic() - start) < GIF_S:
            self.show()
            if now >= len(frames) / GIF_FPS:
                pixels = pygame.surfarray.array3d(self.ui.surface).swapaxes(0, 1)
                height = round(GIF_WIDTH * pixels.shape[0] / pixels.shape[1])
                small = cv2.resize(pixels, (GIF_WIDTH, height), interpolation=cv2.INTER_AREA)
                frames.append(np.ascontiguousarray(small[:, :, ::-1]))
        film = cv2.Animation()
        film.frames, film.durations = frames, [1000 // GIF_FPS] * len(frames)
        cv2.imwriteanimation(str(self.out / f"{name}.gif"), film)
        print(self.out / f"{name}.gif", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--high-contrast", action="store_true")
    parser.add_argument("--text-size", type=float, default=1.0)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    every = options.out != HERE
    settings = Settings(sound=False, high_contrast=options.high_contrast, text_size=options.text_size)
    driver = Driver((width, height), settings, options.out)
    app = driver.app
    app.look()
    app.go(Home())
    driver.wait(6.0 if not every else 4.0)
    driver.save("home")
    if every:
        for name, page in (("welcome", Welcome()), ("questions", Welcome(questions=True)), ("library", Library()),
                           ("settings", SettingsPage())):  # fmt: skip
            app.go(page)
            driver.wait(1.0)
            driver.save(name)
            app.back()
        app.help = True
        driver.wait(0.2)
        driver.save("help")
        app.help = False
    begin(app, [EXERCISE, NEXT])
    driver.wait(1.0)
    if every:
        driver.save("count-down")
    driver.wait(3.2)
    driver.camera.go()
    driver.until("hold")
    driver.save("workout")
    driver.until("rest")
    if every:
        for name in ("ghost", "mesh", "bars", "contours"):
            driver.press(pygame.K_m)
            driver.until("hold")
            driver.save(f"overlay-{name}")
        app.change(msgspec.structs.replace(app.settings, hide_face=True))
        driver.wait(1.0)
        driver.until("hold")
        driver.save("hide-my-face")
        app.change(msgspec.structs.replace(app.settings, hide_face=False))
        driver.press(pygame.K_SPACE)
        driver.wait(0.3)
        driver.save("paused")
        driver.press(pygame.K_SPACE)
        driver.wait(3.5)
    else:
        driver.camera.since = None
        driver.wait(2.0)
        driver.camera.go(after_s=1.2)
        driver.film("repetition")
    driver.press(pygame.K_RIGHT)
    driver.wait(2.0)
    driver.save("between")
    driver.press(pygame.K_RIGHT)
    driver.wait(1.0)
    driver.press(pygame.K_ESCAPE)
    driver.wait(1.0)
    driver.save("summary")
    while app.stack:
        app.back()
    app.close()


class _NoAlbum:
    def add(self, surface: pygame.Surface, name: str) -> None:
        """Keep nothing."""


_NO_ALBUM = _NoAlbum()

if __name__ == "__main__":
    main()
