"""The thread that sees and judges while the window draws.

It alone touches the source, the tracker and the workout. What it has seen goes into a box with one place, where the
newest wins; what the keys ask of it is done between two frames.
"""

import time as clock
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Final, Protocol

from coach.frame import Event, Feedback, Frame, Image
from coach.plan.workout import Workout
from coach.window.state import Snapshot, latest_notice, snapshot


class NextSet:
    """What a source yields where the next set begins; see `NEXT_SET`."""


#: A source that knows its sets (the built-in performer's) yields this between two of them.
NEXT_SET: Final = NextSet()

#: One item of a source: seconds, strictly increasing, with a (H, W, 3) uint8 BGR image, or with a function that
#: makes it, so that passing over frames costs nothing; or the end of a set.
Item = tuple[float, Image | Callable[[], Image]] | NextSet

#: Playing later than this (seconds) is not caught up with: it would show as a rush.
_LATE_S = 0.2


class Tracker(Protocol):
    """What turns images into Frames, such as `coach.vision.tracker.FaceTracker`."""

    def track(self, image: Image, time: float, /) -> Frame: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One judged frame with everything needed to draw it."""

    frame: Frame
    feedback: Feedback
    state: Snapshot


@dataclass(frozen=True, slots=True)
class Pace:
    """How a source runs in time.

    paced      frames are shown when they are due by their own times; otherwise as fast as they come
    live       frames come when they come, and go on coming during a pause: they are then thrown away
    marked     the source tells with NEXT_SET where sets end: frames between a set's end and that are passed over
    summary_s  seconds (of the clock) that a summary stays at a NEXT_SET
    """

    paced: bool = True
    live: bool = False
    marked: bool = False
    summary_s: float = 3.0


class Worker:
    """Runs a workout in a thread. Call `start`, then `poll` often, at last `stop`."""

    def __init__(
        self,
        workout: Workout,
        source: Iterator[Item],
        tracker_factory: Callable[[], Tracker],
        pace: Pace,
        on_step: Callable[[Frame, Feedback], None] | None = None,
    ) -> None:
        """tracker_factory is called, and on_step after every judged frame, within the thread."""
        self._workout, self._source, self._factory = workout, source, tracker_factory
        self._pace, self._on_step = pace, on_step
        self._changed = Condition()
        # All below is shared with the window and touched only while holding `_changed`.
        self._box: Seen | None = None
        self._error: BaseException | None = None
        self._wishes: list[Callable[[], None]] = []
        self._paused = False
        self._stopped = False
        self.dropped = 0  # judged frames that the window never drew
        self.finished = False  # the source or the workout has come to its end
        # Only the thread touches these.
        self._last: tuple[Frame, Feedback] | None = None
        self._notice: Event | None = None
        self._begin = False  # the next frame is the first of a set
        self._lost_s = 0.0  # time of a live source that went by in pauses
        self._offset: float | None = None  # clock time at which frame time 0 is due
        self._thread = Thread(target=self._run, name="coach", daemon=True)

    # --- asked by the window ------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def poll(self) -> Seen | None:
        """Return the newest thing seen since the last call. Raises what went wrong in the thread."""
        with self._changed:
            if self._error is not None:
                raise self._error
            seen, self._box = self._box, None
            return seen

    def pause(self, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def skip(self) -> None:
        """End the running set, or its summary."""
        self._wish(self._workout.skip)

    def relearn(self) -> None:
        """Learn the neutral face anew."""
        self._wish(lambda: None if self._workout.between else self._workout.session.relearn())

    def stop(self, timeout_s: float = 2.0) -> None:
        """Ask the thread to end and wait for it. One that hangs in a camera's driver dies with the program."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _wish(self, what: Callable[[], None]) -> None:
        with self._changed:
            self._wishes.append(what)
            self._changed.notify_all()

    # --- within the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            try:
                with closing(self._factory()) as tracker:
                    self._play(tracker)
            finally:
                # A generator's camera or file is let go here, in the thread that reads it.
                getattr(self._source, "close", lambda: None)()
            # What was done of a set counts, also when the source ends; a set left before anything was done does not.
            if self._started and not self._workout.between and (not self._stopped or self._workout.session.attempts):
                self._workout.skip()
                self._publish()
        except BaseException as error:  # it comes out of poll(), in the main thread
            with self._changed:
                self._error = error
        with self._changed:
            self.finished = True

    def _play(self, tracker: Tracker) -> None:
        workout, pace = self._workout, self._pace
        for item in self._source:
            if not self._go_on():
                return
            if isinstance(item, NextSet):
                if self._started:
                    self._end_set()
            elif not self._passed_over:
                time, image = item
                if pace.live and self._paused_live(time):
                    continue
                if pace.paced and not pace.live and not self._wait_until_due(time):
                    return
                if self._passed_over:  # the set ended while waiting
                    continue
                self._step(tracker, time - self._lost_s, image if not callable(image) else image())
            if workout.done:
                return

    @property
    def _started(self) -> bool:
        return self._last is not None

    @property
    def _passed_over(self) -> bool:
        """Whether the source is still in a set that has ended."""
        return self._pace.marked and self._workout.between and not self._begin

    def _step(self, tracker: Tracker, time: float, image: Image) -> None:
        frame = tracker.track(image, time)
        index = self._workout.index
        feedback = self._workout.step(frame)
        self._begin = False
        self._notice = latest_notice(self._notice if self._workout.index == index else None, feedback)
        self._last = frame, feedback
        if self._on_step is not None:
            self._on_step(frame, feedback)
        self._publish()

    def _publish(self) -> None:
        if self._last is None:
            return
        seen = Seen(*self._last, snapshot(self._workout, self._notice))
        with self._changed:
            self.dropped += self._box is not None
            self._box = seen

    def _end_set(self) -> None:
        """At a NEXT_SET: end what runs, show its summary for a while, go on."""
        if not self._workout.between:
            self._workout.skip()
        self._publish()
        if self._workout.done:
            return
        self._sleep(clock.monotonic() + (self._pace.summary_s if self._pace.paced else 0.0), wake_on_wish=True)
        # Cutting short a summary twice does no harm: the next frame begins the next set.
        self._workout.skip()
        self._begin = True
        self._offset = None

    def _paused_live(self, time: float) -> bool:
        """Whether this frame falls into a pause. For the coach, time stands still in it."""
        with self._changed:
            paused = self._paused
        if not paused:
            if self._offset is not None:
                self._lost_s += time - self._offset
                self._offset = None
            return False
        if self._offset is None:
            self._offset = time
        return True

    def _wait_until_due(self, time: float) -> bool:
        """Sleep until a frame's time has come; False when it is time to leave."""
        now = clock.monotonic()
        if self._offset is None or now - (self._offset + time) > _LATE_S:
            self._offset = now - time
        self._sleep(self._offset + time)
        return self._go_on()

    def _sleep(self, until: float, wake_on_wish: bool = False) -> None:
        """Sleep until a clock time, doing what is wished meanwhile; a wish may end the sleep."""
        while self._go_on():
            with self._changed:
                left = until - clock.monotonic()
                if left <= 0:
                    return
                if not self._wishes and (not self._paused or self._pace.live):
                    self._changed.wait(left)
                woken = bool(self._wishes) and wake_on_wish
            if woken:
                self._go_on()
                return

    def _go_on(self) -> bool:
        """Do what the keys wished, and stay here while paused; False when it is time to leave."""
        while True:
            with self._changed:
                wishes, self._wishes = self._wishes, []
                waiting = self._paused and not self._pace.live
                if self._stopped:
                    return False
                if not wishes and waiting:
                    self._offset = None
                    self._changed.wait()
                    continue
            if not wishes:
                return True
            for wish in wishes:
                if self._started and not self._workout.done:
                    wish()
            self._notice = None
            self._publish()
