"""The program live: the whole loop as quick as it goes, and at a camera's pace; and how soon it is there."""

import subprocess
import sys
import time as clock
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from benchmarks.material import EXERCISE, film, pictures, there_and_back
from benchmarks.row import Row, alternate, rate, share
from coach.frame import Frame, Image

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Watch:
    """What is noted while the loop runs, in seconds of the clock.

    arrived    of each picture, by its time
    decoding   seconds that each picture was waited for
    tracked    begin and end of each call of the tracker
    drawing    seconds that each drawing of the window computed: in a thread of its own, so without its waiting
    displayed  of each picture that came to the display, by its arrival
    """

    arrived: dict[float, float] = field(default_factory=dict)
    decoding: list[float] = field(default_factory=list)
    tracked: list[tuple[float, float]] = field(default_factory=list)
    drawing: list[float] = field(default_factory=list)
    displayed: dict[float, float] = field(default_factory=dict)
    _of: dict[int, tuple[Any, float]] = field(default_factory=dict)  # landmarks, kept so that no other get their id

    def track(self, tracker: Any, image: Image, time: float) -> Frame:
        begun = clock.perf_counter()
        frame: Frame = tracker.track(image, time)
        self.tracked.append((begun, clock.perf_counter()))
        if frame.landmarks is not None and time in self.arrived:
            self._of[id(frame.landmarks)] = frame.landmarks, self.arrived[time]
        return frame

    @contextmanager
    def window(self) -> Iterator[None]:
        """Watch what is drawn, and which picture it shows."""
        import pygame

        from coach.window.app import App
        from coach.window.worker import Worker

        draw, poll, flip = App.draw, Worker.poll, pygame.display.flip
        shown: list[float] = []

        def watched_draw(*args: Any) -> None:
            begun = clock.thread_time()
            draw(*args)
            self.drawing.append(clock.thread_time() - begun)

        def watched_poll(worker: Worker) -> Any:
            seen = poll(worker)
            if seen is not None and id(seen.frame.landmarks) in self._of:
                shown[:] = [self._of[id(seen.frame.landmarks)][1]]
            return seen

        def watched_flip() -> None:
            flip()
            if shown:
                self.displayed[shown.pop()] = clock.perf_counter()

        with (
            mock.patch.object(App, "draw", watched_draw),
            mock.patch.object(Worker, "poll", watched_poll),
            mock.patch.object(pygame.display, "flip", watched_flip),
        ):
            yield


class _Tracker:
    """The real tracker, watched."""

    def __init__(self, watch: Watch) -> None:
        from coach.vision.tracker import FaceTracker

        self._tracker, self._watch = FaceTracker(), watch

    def track(self, image: Image, time: float) -> Frame:
        return self._watch.track(self._tracker, image, time)

    def look_for(self, needs: Set[str]) -> None:
        self._tracker.look_for(needs)

    def close(self) -> None:
        self._tracker.close()


def flat_out(quick: bool) -> Iterator[Row]:
    """Decode, track, judge and draw at 1280x720 as the window does it, without pacing and without a display."""
    from coach.form.exercise import find_exercise
    from coach.plan.workout import Workout
    from coach.vision.video import open_video
    from coach.window.loop import run

    watch, ticks = Watch(), []
    with TemporaryDirectory() as folder:
        path = film(Path(folder) / "loop.avi", 300 if quick else 1200)

        def source() -> Iterator[tuple[float, Image]]:
            items = open_video(path)  # decoded ahead, in another thread
            while True:
                begun = clock.perf_counter()
                item = next(items, None)
                if item is None:
                    return
                ticks.append(clock.perf_counter())
                watch.decoding.append(ticks[-1] - begun)
                yield item

        workout = Workout([(find_exercise(EXERCISE), None)])
        with watch.window():
            run(workout, source, lambda: _Tracker(watch), title="benchmark", paced=False, auto_close_s=0.0)
    first = len(ticks) // 5  # until then the tracker is loaded and the caches are filled
    periods = [b - a for a, b in pairwise(ticks)][first:]
    tracking = [end - begin for begin, end in watch.tracked[:-1]][first:]
    # The window draws in another thread: what that takes is added, as if it were one.
    drawing = sum(watch.drawing) / len(ticks)
    rest = [p - d - t + drawing for p, d, t in zip(periods, watch.decoding[first + 1 :], tracking, strict=True)]
    yield rate("the whole loop at 1280x720, flat out", "frames a second", [1.0 / p for p in periods], ">= 60")
    yield share("the loop without decoding and tracking / tracking", "ms", rest, tracking, "<= 0.25")


def at_30_fps(quick: bool) -> Iterator[Row]:
    """The workout live, from a camera that gives 30 pictures a second: from a picture's arrival to its display."""
    import pygame

    from coach.form.exercise import find_exercise
    from coach.plan.workout import Workout
    from coach.vision.feed import Feed
    from coach.window.loop import run

    watch, number = Watch(), 300 if quick else 1800

    def camera() -> Iterator[tuple[float, Image]]:
        start = clock.perf_counter()
        for time, image in there_and_back(number):
            clock.sleep(max(0.0, start + time - clock.perf_counter()))
            watch.arrived[time] = clock.perf_counter()
            yield time, image
        clock.sleep(0.2)
        pygame.event.post(pygame.event.Event(pygame.QUIT))

    pictures()  # are drawn before it begins
    workout = Workout([(find_exercise(EXERCISE), None)])
    with watch.window():
        run(workout, lambda: Feed(camera(), live=True), lambda: _Tracker(watch), title="benchmark", live=True)
    arrivals = list(watch.arrived.values())[number // 5 :]  # the rest is warm-up
    waited = [watch.displayed[at] - at for at in arrivals if at in watch.displayed]
    tracking = [end - begin for begin, end in watch.tracked if end >= arrivals[0]]
    pairs = min(len(waited), len(tracking))
    name = "from a picture's arrival to the display, at 30 frames a second / tracking"
    yield share(name, "ms", waited[-pairs:], tracking[-pairs:], "<= 1.8")
    lost = 100.0 * (len(arrivals) - len(waited)) / len(arrivals)
    yield rate("pictures dropped, at 30 frames a second", "%", [lost], "<= 1")


def start_up(quick: bool) -> Iterator[Row]:
    """Programs from their start: against Python doing nothing, and against importing what draws."""

    def python(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)

    def first_picture() -> None:
        with TemporaryDirectory() as folder:
            python("-m", "benchmarks.first_picture", folder)

    ours, picture, nothing, imports = alternate(
        3 if quick else 15,
        lambda: python("-m", "coach", "--help"),
        first_picture,
        lambda: python("-c", "pass"),
        lambda: python("-c", "import numpy, pygame"),
    )
    yield share("coach --help / python -c pass", "ms", ours, nothing, "")
    yield share("coach until its window is drawn / importing numpy, pygame", "ms", picture, imports, "")


BENCHMARKS = (flat_out, at_30_fps, start_up)
