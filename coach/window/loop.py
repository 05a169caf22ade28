"""The two ways into the window: the home page, and one workout from any source."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from coach.frame import Feedback, Frame
from coach.plan.screening import UNREADABLE, due, load_screening
from coach.plan.workout import SetResult, Workout
from coach.records.settings import Settings
from coach.vision.steady import Tracker
from coach.window import words
from coach.window.app import App, Record, Wiring
from coach.window.display import SIZE, open_window
from coach.window.lost import close_display, must_end
from coach.window.screens.home import Home
from coach.window.screens.resting import RestingFace
from coach.window.screens.welcome import Welcome
from coach.window.screens.workout import COUNT_S, WorkoutPage
from coach.window.screenshot import Album
from coach.window.sound import Sounds
from coach.window.voice import Voice
from coach.window.worker import NEXT_SET, Item, NextSet, Pace, Worker

__all__ = ["NEXT_SET", "Item", "NextSet", "home", "open_window", "run"]


def home(
    wiring: Wiring,
    settings: Settings,
    *,
    troubles: tuple[str, ...] = (),
    size: tuple[int, int] = SIZE,
    screenshots: Path | None = None,
) -> None:
    """Open the window at its first page and stay until it is left. troubles: what to say first. Raises NoDisplay."""
    app = _app(wiring, settings, words.TITLE, size)
    try:
        app.go(Home())
        known = {question.id for question in load_screening().question}
        if not known.issuperset(settings.answers):
            # Of another version, or written by hand: they are asked again, and until then nothing that one of them may
            # forbid is led.
            settings = msgspec.structs.replace(
                settings, answers=[*(a for a in settings.answers if a in known), UNREADABLE], screened=""
            )
        if not settings.welcomed:
            app.go(RestingFace())
        if not settings.welcomed or due(settings.screened, date.today().isoformat()):
            app.go(Welcome())
        if troubles:
            app.say(" ".join(troubles), 8.0)
        app.change(settings)

        def begin() -> None:
            app.make_face()
            app.look()

        app.run(Album(screenshots), begin)
    finally:
        close_display()


def ask_health(wiring: Wiring, settings: Settings, *, size: tuple[int, int] = SIZE) -> Settings:
    """Open the window at the notice and the health questions, and stay until they are answered or left; return the
    settings with the answers. Raises NoDisplay."""
    app = _app(wiring, settings, words.TITLE, size)
    try:
        app.go(Welcome())
        app.run()
    finally:
        close_display(again=True)
    return app.settings


def run(
    workout: Workout,
    source: Callable[[], Iterator[Item]],
    tracker_factory: Callable[[], Tracker],
    *,
    wiring: Wiring | None = None,
    settings: Settings | None = None,
    title: str = words.TITLE,
    demonstration: bool = False,
    paced: bool = True,
    live: bool = False,
    marked: bool = False,
    summary_s: float = 3.0,
    auto_close_s: float | None = None,
    size: tuple[int, int] = SIZE,
    screenshots: Path | None = None,
    on_screenshot: Callable[[Path], None] | None = None,
    on_step: Callable[[Frame, Feedback], None] | None = None,
    record: Record | None = None,
) -> list[SetResult]:
    """Show one workout in a window until it is over or left; return what came of its sets.

    source           opens (seconds, image) in the order of time; the image may be a function that makes it, called only
                     when it is wanted. NEXT_SET ends a set. Read, and closed, in another thread
    tracker_factory  makes the tracker, in that thread
    demonstration    the source is the built-in performer: the picture is marked so
    paced            show frames when they are due by their times; otherwise as fast as they come
    live             a camera: never waited for, opened again when it is lost
    marked           the source yields NEXT_SET between its sets: what it has left of a set that ended is passed over
    summary_s        seconds a summary stays at a NEXT_SET and before the last page
    auto_close_s     close the last page after so many seconds; None waits for a key
    screenshots      folder for one picture of each state; on_screenshot is told each path
    on_step          called in the other thread with every frame that was judged
    record           keeps the workout: called in the same way, told what the person says of it, closed at the end

    Raises NoDisplay, and whatever the source or the tracker raised; NoCamera only when there was none at the start.
    """
    wiring = wiring or Wiring(lambda exercises: tracker_factory)
    app = _app(wiring, settings or Settings(sound=False), title, size)
    pace = Pace(paced, live, marked=marked, summary_s=summary_s)
    tracker = app.loading(tracker_factory, words.LOOKING if live else "")
    worker = Worker(source, tracker, pace, workout, on_step or record)
    page = WorkoutPage(
        workout,
        worker,
        record,
        own=True,
        live=live,
        demonstration=demonstration,
        count_s=COUNT_S if live else 0.0,
        summary_s=summary_s if paced else 0.0,
        closes_s=auto_close_s,
    )
    try:
        app.go(page)

        def begin() -> None:
            app.make_face()
            worker.start()

        app.run(Album(screenshots, on_screenshot), begin)
    finally:
        worker.stop()
        close_display()
    return list(workout.results)


def _app(wiring: Wiring, settings: Settings, title: str, size: tuple[int, int]) -> App:
    open_window(title, size)
    app = App(
        wiring,
        settings,
        sounds=Sounds(settings.volume if settings.sound else 0.0),
        voice=Voice(settings.voice, settings.volume),
        ends=must_end,
    )
    if settings.fullscreen:
        app.toggle_full_screen()
    return app
