"""Hands and body looked for beside the face: in a thread of their own against one after the other."""

import time as clock
from collections.abc import Iterator

from benchmarks.material import FPS, pictures
from benchmarks.row import Row, faster, rate

#: Times that the two take turns; the first is the warm-up.
_TURNS = 4


def overlay(quick: bool) -> Iterator[Row]:
    """Pictures come 30 times a second, and the newest wins, as from a camera. What is drawn over a picture is as old as
    the time from its arrival to when its landmarks are there."""
    from coach.vision.tracker import FaceTracker

    images = pictures()
    turn_s = (12.0 if quick else 48.0) / (2 * _TURNS)
    ages: dict[bool, list[float]] = {True: [], False: []}
    faces: list[float] = []
    hands: list[float] = []
    bodies: list[float] = []
    with (
        FaceTracker(hands=True, shoulders=True, threaded=True) as apart,
        FaceTracker(hands=True, shoulders=True) as in_a_row,
    ):
        taken = {True: 0, False: 0}  # pictures so far: times must rise for each tracker
        for tracker in (apart, in_a_row):
            tracker.look_for(frozenset({"fingers", "shoulders"}))
        for turn in range(_TURNS):
            for threaded, tracker in ((True, apart), (False, in_a_row)):
                begun, first, last = clock.perf_counter(), taken[threaded], -1
                seen: list[tuple[float | None, float | None]] = []
                late = []
                while (now := clock.perf_counter() - begun) < turn_s:
                    newest = int(now * FPS)
                    if newest == last:
                        clock.sleep((newest + 1) / FPS - now)
                        continue
                    last = newest
                    frame = tracker.track(images[(first + newest) % len(images)], (first + newest) / FPS)
                    late.append(clock.perf_counter() - begun - newest / FPS)
                    seen.append((frame.hands_time, frame.pose_time))
                taken[threaded] += last + 1
                if turn:
                    ages[threaded] += late
                if turn and threaded:
                    faces.append(len(seen) / turn_s)
                    hands.append(len({of_hands for of_hands, _ in seen}) / turn_s)
                    bodies.append(len({of_body for _, of_body in seen}) / turn_s)
    number = min(map(len, ages.values()))
    name = "age of the overlay with hands and body: one after the other / ours"
    yield faster(name, "ms", ages[True][-number:], ages[False][-number:], ">= 3")
    yield rate("faces a second, hands and body beside", "a second", faces, ">= 29")
    yield rate("looks at hands a second, beside the face", "a second", hands, ">= 10")
    yield rate("looks at the body a second, beside the face", "a second", bodies, ">= 5")


BENCHMARKS = (overlay,)
