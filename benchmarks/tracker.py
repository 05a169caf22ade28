"""The tracker: what comes on top of MediaPipe's own call, and what a busy program does to it."""

import sys
import time as clock
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import numpy as np

from benchmarks.material import there_and_back
from benchmarks.row import LeftOut, Row, alternate, faster, share

#: Seconds until a thread that computes in Python must let another one in: Python's own, and what the window sets.
DEFAULT_S, OURS_S = 0.005, 0.0005


def result_to_arrays(quick: bool) -> Iterator[Row]:
    """The tracker's result in C to arrays: read from memory against the package's objects made into arrays, on the
    same results, and against copying as many bytes."""
    from mediapipe.tasks.python.vision import face_landmarker as package

    from coach.vision.result import Direct, objects_to_arrays, structs_to_arrays
    from coach.vision.tracker import FaceTracker

    floor = np.zeros((478, 3), np.float32)
    ours: list[float] = []
    theirs: list[float] = []
    copies: list[float] = []
    with FaceTracker() as tracker:
        direct = tracker._read
        if not isinstance(direct, Direct):
            raise LeftOut("this MediaPipe is not as known: its result is read by the public call")
        close = direct._close

        def read_and_close(of: Any) -> None:
            struct = of._obj

            def publicly() -> Any:
                return objects_to_arrays(package.FaceLandmarkerResult.from_ctypes(struct))

            one, other = structs_to_arrays(struct), publicly()
            if one is not None and other is not None:
                assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True)), "not equal"
                taken = alternate(5, lambda: structs_to_arrays(struct), publicly, floor.copy)
                for kept, times in zip((ours, theirs, copies), taken, strict=True):
                    kept += times
            close(of)

        direct._close = read_and_close
        for now, image in there_and_back(20 if quick else 120):
            tracker.track(image, now)
        direct._close = close
    yield faster("the tracker's result to arrays: its objects / ours", "us", ours, theirs, ">= 20")
    yield share("the tracker's result to arrays / its landmarks copied", "us", ours, copies, "")


def wrapping(quick: bool) -> Iterator[Row]:
    """What surrounds MediaPipe's call in C: the result's arrays and its memory given back; and all of `track`, with
    the picture's colours put in order and its light looked at."""
    from coach.vision.result import Direct
    from coach.vision.tracker import FaceTracker

    calls: list[float] = []
    reads: list[float] = []
    tracks: list[float] = []
    number = 150 if quick else 900
    with FaceTracker() as tracker:
        direct = tracker._read
        if not isinstance(direct, Direct):
            raise LeftOut("this MediaPipe is not as known: its result is read by the public call")
        detect, read = direct._detect, direct.__call__

        def timed_detect(*args: Any) -> Any:
            begun = clock.perf_counter()
            status = detect(*args)
            calls.append(clock.perf_counter() - begun)
            return status

        def timed_read(*args: Any) -> Any:
            begun = clock.perf_counter()
            found = read(*args)
            reads.append(clock.perf_counter() - begun)
            return found

        direct._detect, tracker._read = timed_detect, timed_read
        for now, image in there_and_back(number):
            begun = clock.perf_counter()
            tracker.track(image, now)
            tracks.append(clock.perf_counter() - begun)
    steady = slice(number // 5, None)  # the rest is warm-up
    call = calls[steady]
    around_call = [a - b for a, b in zip(reads[steady], call, strict=True)]
    around_all = [a - b for a, b in zip(tracks[steady], call, strict=True)]
    yield share("reading the tracker's result / its call", "ms", around_call, call, "<= 0.01")
    yield share("all that surrounds the tracker's call / it", "ms", around_all, call, "")


def beside_a_busy_thread(quick: bool) -> Iterator[Row]:
    """The tracker while another thread computes in Python: with Python's own switch interval, and with ours; and as the
    package's users have it, by its public call with Python's own interval."""
    from coach.vision.result import Public
    from coach.vision.tracker import FaceTracker

    stop, before = Event(), sys.getswitchinterval()

    def compute() -> None:
        number = 0
        while not stop.is_set():
            for _ in range(1000):
                number = (number * 5 + 1) % 65536

    busy = Thread(target=compute, daemon=True)
    items = there_and_back()
    with FaceTracker() as tracker, FaceTracker() as public:
        public._read = Public(public._landmarker)

        def track(one: FaceTracker, interval: float) -> None:
            sys.setswitchinterval(interval)
            now, image = next(items)
            one.track(image, now)

        for _ in range(20):
            track(tracker, before)
            track(public, before)
        busy.start()
        try:
            ours, theirs, usual = alternate(
                60 if quick else 400,
                lambda: track(tracker, OURS_S),
                lambda: track(tracker, DEFAULT_S),
                lambda: track(public, DEFAULT_S),
                warm_up=10,
            )
        finally:
            stop.set()
            busy.join()
            sys.setswitchinterval(before)
    name = "tracking beside a busy thread"
    yield faster(f"{name}: public call, Python's switch interval / ours", "ms", ours, usual, ">= 1.8")
    yield faster(f"{name}: Python's switch interval / ours", "ms", ours, theirs, "")


BENCHMARKS = (result_to_arrays, wrapping, beside_a_busy_thread)
