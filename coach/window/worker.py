"""The thread that sees and judges while the window draws.

It alone touches the source, the tracker and the workout. What it has seen goes into a box with one place, where the
newest wins; what the keys ask of it is done between two frames.
"""

import logging
import math
import time as clock
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from threading import Condition, Thread
from threading import Event as ThreadEvent
from typing import Final

import numpy as np

from coach.errors import NoCamera, TrackerFailed
from coach.form.quality import needs
from coach.frame import Event, Feedback, Frame, Image
from coach.plan.workout import Workout
from coach.vision.steady import Abandoned, SteadyTracker, Tracker
from coach.vision.timing import Timing
from coach.window import words
from coach.window.state import Snapshot, latest_notice, snapshot
from coach.window.waits import Wait, latest_wait

_log = logging.getLogger("coach.window")


class NextSet:
    """What a source yields where the next set begins; see `NEXT_SET`."""


#: A source that knows its sets (the built-in performer's) yields this between two of them.
NEXT_SET: Final = NextSet()

#: One item of a source: seconds, with a (H, W, 3) uint8 BGR image, or with a function that
#: makes it, so that passing over frames costs nothing; or the end of a set. A picture whose time is not later than that
#: of the one before is passed over.
Item = tuple[float, Image | Callable[[], Image]] | NextSet

#: Playing later than this (seconds) is not caught up with: it would show as a rush.
_LATE_S = 0.2
#: Seconds between two attempts to open a camera that was lost, and by which the time of the frames then jumps: more
#: than a session bridges, so that no movement goes through the gap.
RETRY_S, LOST_S = 1.0, 1.0
#: Seconds after which a tracker that does not answer is given up; and how many are, one after the other.
HANGS_S, MOST_HANGS = 3.0, 3
#: Seconds after which a camera that gives the very same picture again and again shows nothing: noise makes all pictures
#: differ. Every so many pixels are compared.
STILL_S, _GRID = 3.0, 64


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame with everything needed to draw it.

    feedback, state  where a workout runs: what was said last, and where it stands
    told             every feedback with events since the last time somebody asked: none is lost with a frame
    arrived          when its picture was there, by the clock
    """

    frame: Frame
    feedback: Feedback | None = None
    state: Snapshot | None = None
    told: tuple[Feedback, ...] = ()
    arrived: float = math.nan


@dataclass(frozen=True, slots=True)
class Pace:
    """How a source runs in time.

    paced      frames are shown when they are due by their own times; otherwise as fast as they come
    live       frames come when they come, and go on coming in a pause: they are then seen but not judged
    patient    a live source that cannot be opened at first is waited for, as one that is lost always is
    marked     the source tells with NEXT_SET where sets end: frames between a set's end and that are passed over
    summary_s  seconds (of the clock) that a summary stays at a NEXT_SET
    """

    paced: bool = True
    live: bool = False
    patient: bool = False
    marked: bool = False
    summary_s: float = 3.0


class Worker:
    """Sees, and judges while there is a workout, in a thread. Call `start`, then `poll` often, at last `stop`."""

    def __init__(
        self,
        source: Callable[[], Iterator[Item]],
        tracker_factory: Callable[[], Tracker],
        pace: Pace,
        workout: Workout | None = None,
        on_step: Callable[[Frame, Feedback], None] | None = None,
    ) -> None:
        """source opens what is read; a live one again and again when it is lost. All three are called within the
        thread, on_step after every judged frame."""
        self._source, self._factory, self._pace = source, tracker_factory, pace
        self._workout, self._on_step = workout, on_step
        self._changed = Condition()
        # All below is shared with the window and touched only while holding `_changed`.
        self._box: Seen | None = None
        self._told: list[Feedback] = []
        self._error: BaseException | None = None
        self._wishes: list[Callable[[], None]] = []
        self._paused = False
        self._stopped = False
        self._trouble = ""
        self._news = False  # something was put into the box since the window last waited
        self._polled = math.nan  # arrival of what the window took last, until it is shown
        self.dropped = 0  # judged frames that the window never drew
        self.finished = False  # the source or the workout has come to its end
        # Only the thread touches these, but for what `_watch` does when it hangs.
        self._tracker: SteadyTracker | None = None
        self._open: Iterator[Item] = iter(())  # the source that is being read
        self._hangs = 0
        self._now = -math.inf  # time of the last picture
        self._shown_still: tuple[Image, float] | None = None  # the last picture that differed, coarsely, and its time
        self._last: tuple[Frame, Feedback] | None = None
        self._notice: Event | None = None
        self._wait: Wait | None = None
        self._begin = False  # the next frame is the first of a set
        self._lost_s = 0.0  # time of a live source that went by in pauses
        self._offset: float | None = None  # clock time at which frame time 0 is due
        self._passed = 0  # pictures that sources dropped before this one
        self._arrived = math.nan
        self.timing = Timing()
        self._thread = self._new_thread()

    # --- asked by the window ------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def poll(self) -> Seen | None:
        """Return the newest thing seen since the last call. Raises what went wrong in the thread, and TrackerFailed
        when that does not answer."""
        self._watch()
        with self._changed:
            if self._error is not None:
                raise self._error
            seen, self._box = self._box, None
            if seen is not None:
                self._polled = seen.arrived
            told, self._told = tuple(self._told), []
            return replace(seen, told=told) if seen is not None and told else seen

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something new to draw, but no longer."""
        with self._changed:
            self._changed.wait_for(lambda: self._news, timeout_s)
            self._news = False

    def shown(self) -> None:
        """What was taken last is on the display now."""
        if not math.isnan(self._polled):
            self.timing.shown(self._polled, clock.monotonic())
            self._polled = math.nan

    @property
    def trouble(self) -> str:
        """Why nothing comes from a live source now; empty when all is well."""
        with self._changed:
            return self._trouble

    def begin(
        self,
        workout: Workout | None,
        on_step: Callable[[Frame, Feedback], None] | None = None,
        tracker_factory: Callable[[], Tracker] | None = None,
        wait_s: float = 0.0,
    ) -> None:
        """Judge by another workout from the next frame on, or by none; with another tracker where one is given.

        wait_s: wait so many seconds until the workout before it is let go.
        """
        changed = ThreadEvent()

        def change() -> None:
            self._workout, self._on_step = workout, on_step
            if tracker_factory is not None:
                self._factory = tracker_factory
                if self._tracker is not None:
                    self._tracker.change(tracker_factory)
            self._last = self._notice = self._wait = None
            self._begin = False
            with self._changed:
                self._box, self.finished = None, False
            changed.set()

        with self._changed:
            self._paused, self.finished = False, False
        self._wish(change)
        if wait_s > 0 and self._thread.is_alive():
            changed.wait(wait_s)

    def pause(self, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def skip(self) -> None:
        """End the running set, or its summary."""
        self.ask(lambda workout: workout.skip())

    def ask(self, what: Callable[[Workout], object]) -> None:
        """Do something with the running workout, between two frames."""

        def wish() -> None:
            if self._workout is not None and self._started and not self._workout.done:
                what(self._workout)

        self._wish(wish)

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

    def _watch(self) -> None:
        """Give up a tracker that hangs, with the thread that waits for it; what is live goes on with new ones."""
        tracker = self._tracker
        if tracker is None or tracker.busy_s < HANGS_S:
            return
        tracker.abandon()
        self._hangs += 1
        if not self._pace.live or self._hangs >= MOST_HANGS:
            self._tracker = None
            raise TrackerFailed(f"the face tracker has not answered for {HANGS_S:.0f} s; what was done is kept")
        self._tell(words.TRACKER_HANGS)
        self._tracker, self._thread = None, self._new_thread()
        _close(self._open)
        self._thread.start()

    def _new_thread(self) -> Thread:
        return Thread(target=self._run, name="coach", daemon=True)

    # --- within the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            tracker = self._tracker = SteadyTracker(self._factory)
            items = self._items()
            try:
                self._play(items)
            except Abandoned:
                return
            finally:
                items.close()
                tracker.close()
                _log.info("looked: %s", self.timing.figures())
            # What was done of a set counts, also when the source ends; a set left before anything was done does not.
            workout = self._workout
            if workout and self._started and not workout.between and (not self._stopped or workout.session.attempts):
                workout.skip()
                self._publish()
        except BaseException as error:  # it comes out of poll(), in the main thread
            with self._changed:
                self._error = error
        with self._changed:
            self.finished = True

    def _items(self) -> Generator[Item, None, None]:
        """What the source gives; a live one is opened again when it is lost, and its time goes on."""
        while True:
            seen = math.isfinite(self._now)
            start = self._now + LOST_S if seen else 0.0
            source = self._open = self._source()
            passed = self._passed
            trouble = words.CAMERA_LOST
            self.timing.begin()
            try:
                for item in source:
                    self._passed = passed + getattr(source, "dropped", 0)
                    yield item if isinstance(item, NextSet) or not start else (start + item[0], item[1])
            except NoCamera as error:
                seen = seen or math.isfinite(self._now)
                if not self._pace.live or not (self._pace.patient or seen):
                    raise
                trouble = words.CAMERA_LOST if seen else str(error)
            finally:
                # A generator's camera or file is let go here, in the thread that reads it.
                _close(source)
            if not self._pace.live:
                return
            self._tell(trouble)
            self._sleep(clock.monotonic() + RETRY_S)
            if not self._go_on():
                return

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.info("trouble: %s", trouble or "over")
            with self._changed:
                self._trouble = trouble

    def _play(self, items: Iterator[Item]) -> None:
        pace = self._pace
        for item in items:
            if not self._go_on():
                return
            if isinstance(item, NextSet):
                if self._started:
                    self._end_set()
            elif not self._passed_over:
                time, given = item
                if not time > self._now:
                    continue
                if pace.paced and not pace.live and not self._wait_until_due(time):
                    return
                if self._passed_over:  # the set ended while waiting
                    continue
                self._now = time
                image = given if not callable(given) else given()
                self._tell(words.CAMERA_STILL if pace.live and self._still(time, image) else "")
                self._step(time, image)
            if not pace.live and self._workout is not None and self._workout.done:
                return

    @property
    def _started(self) -> bool:
        return self._last is not None

    @property
    def _passed_over(self) -> bool:
        """Whether the source is still in a set that has ended."""
        return self._pace.marked and self._workout is not None and self._workout.between and not self._begin

    def _step(self, time: float, image: Image) -> None:
        assert self._tracker is not None
        workout = self._workout
        self._tracker.look_for(frozenset() if workout is None else needs([workout.exercise]))
        taken = clock.monotonic()
        frame = self._tracker.track(image, time)
        self._hangs = 0
        self._arrived = self.timing.tracked(time, taken, clock.monotonic(), self._passed, self._pace.live)
        if workout is None or (self._pace.live and self._paused_live(time)):
            self._publish(frame)
            return
        if self._lost_s:
            frame = replace(frame, time=time - self._lost_s)  # for the coach, time stands still in a pause
        index = workout.index
        feedback = workout.step(frame)
        self._begin = False
        same = workout.index == index
        self._notice = latest_notice(self._notice if same else None, feedback)
        self._wait = latest_wait(self._wait if same else None, frame, feedback)
        self._last = frame, feedback
        if self._on_step is not None:
            self._on_step(frame, feedback)
        if feedback.events:
            with self._changed:
                self._told.append(feedback)
        self._publish()
        if workout.done:
            with self._changed:
                self.finished = True

    def _still(self, time: float, image: Image) -> bool:
        """Whether a camera has given the very same picture for too long."""
        coarse = image[::_GRID, ::_GRID]
        if self._shown_still is None:
            _log.info("pictures of %d x %d", image.shape[1], image.shape[0])
        if self._shown_still is None or not np.array_equal(coarse, self._shown_still[0]):
            self._shown_still = coarse.copy(), time
        return time - self._shown_still[1] >= STILL_S

    def _publish(self, looked: Frame | None = None) -> None:
        """Put what there is into the box; looked: a frame that was seen but not judged."""
        if self._last is not None and self._workout is not None:
            state = snapshot(self._workout, self._notice, self._wait)
            seen = Seen(looked or self._last[0], self._last[1], state, arrived=self._arrived)
        elif looked is not None:
            seen = Seen(looked, arrived=self._arrived)
        else:
            return
        with self._changed:
            self.dropped += self._box is not None and self._box.frame is not seen.frame
            self._box = seen
            self._news = True
            self._changed.notify_all()

    def _end_set(self) -> None:
        """At a NEXT_SET: end what runs, show its summary for a while, go on."""
        workout = self._workout
        if workout is None:
            return
        if not workout.between:
            workout.skip()
        self._publish()
        if workout.done:
            return
        self._sleep(clock.monotonic() + (self._pace.summary_s if self._pace.paced else 0.0), wake_on_wish=True)
        # Cutting short a summary twice does no harm: the next frame begins the next set.
        workout.skip()
        self._begin = True
        self._offset = None

    def _paused_live(self, time: float) -> bool:
        """Whether this frame falls into a pause."""
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
                wish()
            self._notice = None
            self._publish()


def _close(source: Iterator[Item]) -> None:
    """Let a source go, where it can be."""
    getattr(source, "close", lambda: None)()
