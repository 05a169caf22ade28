"""Strokes: how far along its path a fingertip is, and the passes it makes.

A pass is travel in one direction. Going back is not seen to be in the air, so of two passes in a row the slower one is
the stroke and a much quicker one the way back.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from coach.frame import SIDES, Side
from coach.touch.motion import COAST_S
from coach.touch.pairs import Done
from coach.touch.place import Fingertips, Plane, Where, mm

#: OC from the path within which a tip is on it; a pass is over where it is farther than OFF.
ON, OFF = 0.12, 0.50
#: Parts of the path: a stroke begins before the first and ends behind the last; a tip that turns by BACK begins another
#: pass; less than the least is none.
BEGINS, ENDS, BACK, LEAST = 0.3, 0.8, 0.15, 0.35
#: On a short path a tip turns by this (OC) at least: at a bend the nearest place on the path leaps as far.
_BACK = 0.12
#: A tip that is no farther than this (parts of the path) from where a pass begins or ends rests there.
_RESTS = 0.05
#: A pass that takes less than this part of the time of the one before it is the way back.
WAY_BACK = 0.6


class Path:
    """A line on the face map."""

    def __init__(self, places: Plane) -> None:
        """places: two waypoints or more, in the order of the stroke."""
        self.waypoints = places
        self._from, self._leg = places[:-1], np.diff(places)
        lengths = np.maximum(np.abs(self._leg), 1e-9)
        self._squares = lengths**2
        self.length = float(lengths.sum())
        self._before = np.concatenate([[0.0], np.cumsum(lengths)[:-1]]) / self.length
        self._part = lengths / self.length

    def nearest(self, tip: complex) -> tuple[float, float]:
        """How far along the path (0..1) the nearest point to a tip is, and how far away (OC)."""
        along = np.clip(((tip - self._from) * self._leg.conjugate()).real / self._squares, 0.0, 1.0)
        away = np.abs(tip - self._from - along * self._leg)
        i = int(away.argmin())
        return float(self._before[i] + along[i] * self._part[i]), float(away[i])


@dataclass(frozen=True, slots=True)
class Pass:
    """Travel in one direction. Times in seconds.

    begins, ends  parts of the path
    away          OC, median distance from the path
    speed         OC per second, over the way that was gone
    samples       (time, part of the path) all along
    """

    start_s: float
    end_s: float
    begins: float
    ends: float
    away: float
    speed: float
    samples: tuple[tuple[float, float], ...]

    @property
    def forward(self) -> bool:
        return self.ends > self.begins

    @property
    def covered(self) -> float:
        """Part of the path that was gone along."""
        return abs(self.ends - self.begins)

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


class Passes:
    """Follows one fingertip along a path. Call `step` with every sample, in the order of time."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._samples: deque[tuple[float, float, float]] = deque()  # time, part, distance
        self._up = True
        self._far = 0  # index of the extreme so far
        #: where on the path the tip is, None where it is not on it
        self.now: float | None = None

    def step(self, time: float, part: float, away: float = 0.0, length: float = 1.0) -> Pass | None:
        """Take a sample; return a pass that is over.

        part    how far along the path the tip is, 0..1
        away    how far from it, OC
        length  of the path, OC
        """
        if self._samples and (away > OFF or time - self._samples[-1][0] > COAST_S):
            over = self.leave(length)
            if away <= OFF:
                self._begin(time, part, away)
            return over
        if away > OFF:
            self.now = None
            return None
        if not self._samples:
            self._begin(time, part, away)
            return None
        self.now = part
        self._samples.append((time, part, away))
        return self._turn(length)

    def leave(self, length: float) -> Pass | None:
        """The tip is gone: the pass that was running, if it was one."""
        over = self._pass(self._far, length) if self._samples else None
        self.reset()
        return over

    def _begin(self, time: float, part: float, away: float) -> None:
        self.now, self._far = part, 0
        self._samples.append((time, part, away))

    def _turn(self, length: float) -> Pass | None:
        """Whether the tip has turned round at the extreme so far."""
        way = 1.0 if self._up else -1.0
        last = len(self._samples) - 1
        farthest, now = self._samples[self._far][1], self._samples[last][1]
        if way * (now - farthest) >= 0:
            self._far = last
            return None
        if way * (farthest - now) < max(BACK, _BACK / length):
            return None
        over = self._pass(self._far, length)
        for _ in range(self._far):
            self._samples.popleft()
        self._up, self._far = not self._up, len(self._samples) - 1
        return over

    def _pass(self, end: int, length: float) -> Pass | None:
        """From the last sample near the lowest point before the extreme up to the first one near that: a tip that rests
        at either end does not travel yet."""
        some = [self._samples[i] for i in range(end + 1)]
        parts = np.array([part for _, part, _ in some])
        way = 1.0 if self._up else -1.0
        start = int((way * parts).argmin())
        first = start + int(np.flatnonzero(way * (parts[start:] - parts[start]) <= _RESTS)[-1])
        last = int(np.flatnonzero(way * (parts[end] - parts) <= _RESTS)[0])
        last = max(last, min(first + 1, end))
        covered = abs(float(parts[end] - parts[start]))
        if covered < LEAST or last <= first:
            return None
        times = [time for time, _, _ in some]
        seconds = max(times[last] - times[first], 1e-3)
        return Pass(
            start_s=times[first],
            end_s=times[last],
            begins=float(parts[start]),
            ends=float(parts[end]),
            away=float(np.median([away for _, _, away in some[first : last + 1]])),
            speed=abs(float(parts[last] - parts[first])) * length / seconds,
            samples=tuple((time, part) for time, part, _ in some[first : last + 1]),
        )


def apart(one: Pass, other: Pass) -> float:
    """Mean difference (parts of the path) of two hands while both are on their way: 0 where they mirror each other."""
    start, end = max(one.start_s, other.start_s), min(one.end_s, other.end_s)
    times = np.array([time for time, _ in one.samples if start <= time <= end])
    if not len(times):
        return math.inf
    mine, theirs = (np.interp(times, *np.array(some.samples).T) for some in (one, other))
    return float(np.abs(mine - theirs).mean())


# --- judging ----------------------------------------------------------------------------------------------

#: OC per second: faster is named, and beyond the second it is no stroke any more; slower is named, too.
FAST, TOO_FAST, SLOW = 0.9, 1.3, 0.08
#: Seconds that a pass against the stroke takes at least, and part of the path that it covers, to be spoken of.
_MEANT_S, _MEANT = 1.0, 0.5


class StrokeWork:
    """Both hands on their paths."""

    def __init__(self, finger: str) -> None:
        self._fingertips = Fingertips(finger)
        self._passes: dict[Side, Passes] = {side: Passes() for side in SIDES}
        self._last: dict[Side, Pass | None] = dict.fromkeys(SIDES)  # the last that was not a way back
        self._recent: dict[Side, deque[Pass]] = {side: deque(maxlen=3) for side in SIDES}
        self._seen: dict[Side, float] = {}
        #: of each side the place of the tip and how far it is from the path, as seen last
        self.tips: dict[Where, tuple[complex, float]] = {}

    def step(self, time: float, hands: dict[Side, Plane], targets: dict[Where, Plane]) -> list[Done]:
        """Take one look at the hands: landmarks (21,) of each, as places. targets: waypoints (n,) of their paths."""
        self.tips = {}
        found = []
        for side in SIDES:
            path, over = Path(targets[side]), None
            if side in hands:
                over = self._follow(time, side, hands[side], path)
            elif side in self._seen and time - self._seen[side] > COAST_S:
                del self._seen[side]
                over = self._passes[side].leave(path.length)
            if over is not None:
                found += self._judged(side, over)
        return found

    def progress(self, side: Side) -> float:
        """How far along its path the hand is, 0 where it is not on it."""
        return self._passes[side].now or 0.0

    def apart(self, start_s: float, end_s: float) -> float:
        """Mean difference of the two hands on their last passes at that time, 0 where one of them made none."""
        ones = [p for p in self._recent["left"] if p.start_s < end_s and p.end_s > start_s]
        others = [p for p in self._recent["right"] if p.start_s < end_s and p.end_s > start_s]
        return max((apart(one, other) for one in ones[-1:] for other in others[-1:]), default=0.0)

    def _follow(self, time: float, side: Side, hand: Plane, path: Path) -> Pass | None:
        """Take a hand that is seen; return a pass that is over."""
        passes = self._passes[side]
        if passes.now is None:
            self._fingertips.choose(side, hand, lambda tip: path.nearest(tip)[1])
        tip = self._fingertips.of(side, hand)
        part, away = path.nearest(tip)
        self.tips[side] = tip, away
        self._seen[side] = time
        return passes.step(time, part, away, path.length)

    def _judged(self, side: Side, one: Pass) -> list[Done]:
        before = self._last[side]
        if before is not None and before.forward != one.forward and one.seconds < WAY_BACK * before.seconds:
            return []
        if not one.forward:
            if one.away > ON or one.seconds < _MEANT_S or one.covered < _MEANT:
                return []
            self._last[side] = one
            self._recent[side].append(one)
            reason = "it went towards the middle; stroke outwards, and come back through the air"
            return [Done(side, one.start_s, one.end_s, reason, ("direction",), one.covered)]
        if one.seconds < (_MEANT_S if one.away > ON else _MEANT_S / 2):
            return []  # on its way to somewhere else
        self._last[side] = one
        self._recent[side].append(one)
        return [_stroke(side, one)]


def _stroke(side: Side, one: Pass) -> Done:
    """Whether a pass in the right direction is a stroke."""
    checks = (
        (one.away > ON, "path", f"it was {mm(one.away)} mm beside the line, {mm(ON)} mm is near enough"),
        (one.begins > BEGINS, "begins", f"it began at {one.begins:.0%} of the way; begin at the first mark"),
        (one.ends < ENDS, "short", f"it reached {one.ends:.0%} of the way, {ENDS:.0%} is needed"),
        (one.speed > TOO_FAST, "fast", "it was too fast to be a stroke; take two to four seconds"),
    )
    reason = next((says for wrong, _, says in checks if wrong), "")
    faults = [code for wrong, code, _ in checks if wrong]
    if not faults and one.speed > FAST:
        faults.append("fast")
    if one.speed < SLOW:
        faults.append("slow")
    return Done(side, one.start_s, one.end_s, reason, tuple(faults), one.covered)
