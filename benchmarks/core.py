"""The core: one frame judged, and a whole recording at once, against the obvious ways and against the tracker."""

import statistics
import time as clock
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from benchmarks.material import Recorded, pictures, smiles, there_and_back
from benchmarks.naive import NaiveSession, measures_in_numpy, points_in_use
from benchmarks.row import Row, alternate, faster, share
from coach.frame import Array


def frame_against_loops(quick: bool) -> Iterator[Row]:
    """A frame measured, filtered, followed through the phases and matched, caches hot: against plain Python, which
    normalises the whole mesh or, a little less obvious, the points that are measured only. A round's time is that of
    its median frame; the ends of attempts, which both have scored in the same way, are in a row of their own."""
    from coach.form.session import Session

    recorded, used = smiles(2), points_in_use()
    ways: tuple[Callable[[], Session | NaiveSession], ...] = (
        lambda: Session(recorded.exercise, neutral=recorded.neutral),
        lambda: NaiveSession(recorded.exercise, recorded.neutral),
        lambda: NaiveSession(recorded.exercise, recorded.neutral, used),
    )
    medians: list[list[float]] = [[] for _ in ways]
    sums: list[list[float]] = [[] for _ in ways]
    judged = set()
    for turn in range(-1, 4 if quick else 20):
        for way, median, whole in zip(ways, medians, sums, strict=True):
            session, taken = way(), []
            for frame in recorded.frames:
                begun = clock.perf_counter()
                session.step(frame)
                taken.append(clock.perf_counter() - begun)
            judged.add(tuple((a.counted, a.faults, round(a.form or 0.0, 3)) for a in session.attempts))
            if turn >= 0:  # the first is the warm-up
                median.append(statistics.median(taken))
                whole.append(sum(taken))
    assert len(judged) == 1, "the ways do not judge alike"
    yield faster("one frame judged: plain Python / ours", "us", medians[0], medians[1], "")
    yield faster("one frame judged: plain Python, points in use only / ours", "us", medians[0], medians[2], "")
    name = "a set judged, ends of attempts included: plain Python / ours"
    yield faster(name, "us a frame", sums[0], sums[1], "", len(recorded.frames))


def frame_against_tracker(quick: bool) -> Iterator[Row]:
    """A frame judged against the tracker's own call in the same loop: at a camera's pace, where the processor's caches
    are cold and its clock may have gone down, and one after the other."""
    from coach.form.exercise import find_exercise
    from coach.form.session import Session
    from coach.vision.tracker import FaceTracker

    pictures()
    for paced in (True, False):
        number = (150 if paced else 200) if quick else 900
        session = Session(find_exercise("wide-smile"))
        tracking, stepping = [], []
        with FaceTracker() as tracker:
            start = clock.perf_counter()
            for i, (now, image) in enumerate(there_and_back(number)):
                if paced:
                    clock.sleep(max(0.0, start + now - clock.perf_counter()))
                begun = clock.perf_counter()
                frame = tracker.track(image, now)
                between = clock.perf_counter()
                session.step(frame)
                ended = clock.perf_counter()
                if i >= number // 5:  # the rest is warm-up
                    tracking.append(between - begun)
                    stepping.append(ended - between)
        how = "at 30 frames a second" if paced else "one after the other"
        yield share(f"a frame judged after a tracker's call / the call, {how}", "ms", stepping, tracking, "<= 0.025")


def recording_measured(quick: bool) -> Iterator[Row]:
    """The measures of a recording in one go, in the pieces in which one is read: against copying what is read, and
    against loops over its frames. 5 minutes are copied, which no cache holds; the slow loops take half a minute."""
    from coach.form.measures import CHUNK, FACE, measure

    def at_once(arrays: Sequence[Array]) -> Array:
        pieces = [slice(start, start + CHUNK) for start in range(0, len(arrays[0]), CHUNK)]
        return np.concatenate([measure(*(array[piece] for array in arrays)) for piece in pieces])

    def one_by_one(way: Callable[..., Array], arrays: Sequence[Array]) -> Array:
        return np.array([way(*parts) for parts in zip(*arrays, strict=True)])

    whole = smiles(30).arrays
    number = len(whole[0])
    ours, floor = alternate(
        7 if quick else 30, partial(at_once, whole), lambda: [array.copy() for array in whole], warm_up=2
    )
    yield share("a recording measured / its data copied", "us a frame", ours, floor, "<= 5", number)
    part = smiles(3).arrays
    number = len(part[0])
    for way in (measures_in_numpy, measure):
        np.testing.assert_allclose(at_once(part)[:, :FACE], one_by_one(way, part)[:, :FACE], rtol=1e-5, atol=1e-5)
    ours, plain, own = alternate(
        3 if quick else 12,
        partial(at_once, part),
        partial(one_by_one, measures_in_numpy, part),
        partial(one_by_one, measure, part),
        warm_up=2,
    )
    yield faster("a recording measured: NumPy frame by frame / ours", "us a frame", ours, plain, ">= 30", number)
    yield faster("a recording measured: our own step frame by frame / ours", "us a frame", ours, own, "", number)


def recording_judged(quick: bool) -> Iterator[Row]:
    """A recording of 10 minutes judged at once, its rest learnt beforehand, against a loop over its moments as it is
    live; and the same with its measures."""
    from coach.form.measures import measure_all
    from coach.form.session import Session

    recorded: Recorded = smiles(60)
    judged: list[int] = []

    def at_once() -> None:
        session = Session(recorded.exercise)
        session.run_whole(*measure_all(recorded.frames))
        judged.append(session.reps)

    times, measures = measure_all(recorded.frames)

    def only_judged() -> None:
        session = Session(recorded.exercise)
        session.run_whole(times, measures)
        judged.append(session.reps)

    def only_stepped() -> None:
        session = Session(recorded.exercise)
        for time, row in zip(times.tolist(), measures, strict=True):
            session.advance(time, row)
        judged.append(session.reps)

    def one_by_one() -> None:
        session = Session(recorded.exercise)
        for frame in recorded.frames:
            session.step(frame)
        judged.append(session.reps)

    ours, theirs = alternate(2 if quick else 7, at_once, one_by_one)
    assert set(judged) == {60}, f"repetitions counted: {set(judged)}"
    number = len(recorded.frames)
    yield faster(
        "a recording measured and judged at once: frame by frame / ours", "us a frame", ours, theirs, "", number
    )
    ours, theirs = alternate(2 if quick else 7, only_judged, only_stepped)
    yield faster("a recording judged at once: moment by moment / ours", "us a frame", ours, theirs, ">= 5", number)


BENCHMARKS = (frame_against_loops, frame_against_tracker, recording_measured, recording_judged)
