"""Hands without pictures: fingertips that move over a resting face as asked for, with a tracker's noise and losses."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from faces import resting

from coach.form.exercise import Exercise
from coach.frame import SIDES, Frame, Side
from coach.touch.place import FINGERTIPS, FaceMap, targets
from coach.touch.session import TouchSession

#: Seconds until hands are where they are to be, and after the last movement.
ENTER_S, LEAVE_S = 1.5, 3.0
#: OC: what the real tracker's fingertips were off by on rendered hands, always, and from look to look.
STEADY, NOISE = 0.03, 0.008

#: Where a fingertip is, as a place on the face map, so many seconds after it has come; None: where it was.
Way = Callable[[Side, float], complex]


def hand(tip: complex, finger: str, side: Side) -> np.ndarray:
    """(21,) places of a hand whose fingertip is there: the wrist outwards and below, the other fingers beside it."""
    out = 1.0 if side == "left" else -1.0
    points = np.full(21, tip + out * 0.3 + 0.55j)
    points[0] = tip + out * 0.55 + 1.0j
    points[9] = tip + out * 0.35 + 0.6j
    for number, name in enumerate(("index", "middle", "ring")):
        points[FINGERTIPS[name]] = tip + out * 0.3 + 0.35j + 0.05 * number
    points[FINGERTIPS[finger]] = tip
    return points


def frames(
    exercise: Exercise,
    way: Way,
    seconds: float,
    rate: float = 30.0,
    sides: Sequence[Side] = SIDES,
    gaps: Sequence[tuple[float, float]] = (),
    late_s: float = 0.0,
    seed: int = 0,
    noise: float = NOISE,
) -> Iterator[Frame]:
    """Frames of a face at 30 a second, whose hands are looked for `rate` times a second.

    seconds: of movement. gaps: (begin, end) in seconds of movement in which no hand is found. late_s: by which the
    right hand is behind.
    """
    assert exercise.touch is not None
    random = np.random.default_rng(seed)
    off = STEADY * np.exp(1j * random.uniform(0, math.tau, 2))
    seen, seen_at, due = None, 0.0, 0.0
    for frame in resting(ENTER_S + seconds + late_s + LEAVE_S):
        assert frame.landmarks is not None
        if frame.time >= due:
            due, seen_at = due + 1.0 / rate, frame.time
            fit = FaceMap().step(0.0, frame.landmarks, None)
            moved = frame.time - ENTER_S
            lost = any(begin <= moved < end for begin, end in gaps)
            found = []
            for k, side in enumerate(SIDES):
                if side not in sides or lost:
                    continue
                t = moved - (late_s if side == "right" else 0.0)
                tip = _there(way, side, t, seconds) + off[k] + noise * complex(*random.normal(size=2))
                found.append(np.array([(x, y, 0.0) for x, y in fit.pixels(hand(tip, exercise.touch.finger, side))]))
            seen = np.array(found, np.float32).reshape(-1, 21, 3)
        yield Frame(frame.time, frame.landmarks, frame.blendshapes, frame.head, seen, hands_time=seen_at)


def resting_face() -> FaceMap:
    """The map of the resting face."""
    face, frame = FaceMap(), next(resting(0.1))
    assert frame.landmarks is not None
    face.step(frame.time, frame.landmarks, None)
    return face


def _there(way: Way, side: Side, t: float, seconds: float) -> complex:
    """On the way there, at work, or on the way back."""
    out = 1.0 if side == "left" else -1.0
    away = out * 1.15 + 1.1j
    if t < 0:
        e = max(0.0, 1.0 + t / ENTER_S)
        return way(side, 0.0) + away * (1.0 - e * e * (3 - 2 * e))
    if t > seconds:
        e = min(1.0, t - seconds)
        return way(side, seconds) + away * e * e * (3 - 2 * e)
    return way(side, t)


def places(exercise: Exercise) -> dict[Side | None, np.ndarray]:
    """Where the exercise's points or paths lie on the resting face, by side."""
    assert exercise.touch is not None
    return targets(exercise.touch, resting_face().places)


def circles(exercise: Exercise, seconds: float, radius: float = 0.05, off: complex = 0j) -> Way:
    """Circles round the point, so many seconds each, outwards first on both sides."""
    at = places(exercise)

    def way(side: Side, t: float) -> complex:
        centre = complex(at.get(side, at.get(None))[0])
        moved = off + radius * np.exp(2j * math.pi * t / seconds)
        return complex(centre + (moved if side == "left" else -moved.conjugate()))

    return way


def sweeps(exercise: Exercise, seconds: float, length: float = 0.05) -> Way:
    """To and fro through the point."""
    at = places(exercise)
    way = length * (1 + 0.25j)
    return lambda side, t: complex(at.get(side, at.get(None))[0]) + way * math.sin(math.tau * t / seconds)


def taps(exercise: Exercise, seconds: float, height: float = 0.09) -> Way:
    """Away from the point and back."""
    at = places(exercise)
    return lambda side, t: (
        complex(at.get(side, at.get(None))[0])
        + height * abs(math.sin(math.pi * t / seconds)) * ((0.5 if side == "left" else -0.5) + 0.8j)
    )


def strokes(exercise: Exercise, seconds: float, back: float = 0.28, reverse: bool = False, off: complex = 0j) -> Way:
    """Along the path in the first part of the time, back through the air in the rest."""
    at = places(exercise)

    def way(side: Side, t: float) -> complex:
        line = at[side][::-1] if reverse else at[side]
        lengths = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(line)))])
        part = (t % seconds) / seconds
        out = 1.0 if side == "left" else -1.0
        u = min(1.0, part / (1 - back)) if part < 1 - back else 1.0 - (part - 1 + back) / back
        air = 0.0 if part < 1 - back else 0.25 * math.sin(math.pi * (part - 1 + back) / back)
        place = np.interp(u * lengths[-1], lengths, line.real) + 1j * np.interp(u * lengths[-1], lengths, line.imag)
        return complex(place + out * air + (off if side == "left" else -off.conjugate()))

    return way


def run(exercise: Exercise, some: Iterator[Frame], goal: int | None = None) -> tuple[TouchSession, set[str]]:
    """Judge frames; return the session and the codes of all faults that were named."""
    session = TouchSession(exercise, goal)
    named = {event.code for frame in some for event in session.step(frame).events if event.code}
    return session, named
