"""What a fingertip does at a place: circles by the unwrapped angle, sweeps and taps by how often they cross the middle.

Both are followed all the time, and the shape of the movement says which of them counts: somebody who is asked for small
circles may as well sweep to and fro. A little is counted before it is whole and a little after, so that who begins and
ends anywhere in a circle is counted right.
"""

import cmath
import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from coach.form.exercise import Move
from coach.frame import Array

#: A gap in the samples up to this long (seconds) is bridged at the tempo before it: hands at a face are often lost.
#: After a longer one it begins anew.
COAST_S = 0.75
#: Within so many seconds a hand that was lost goes on with what it had begun.
REMEMBER_S = 2.0
#: Seconds of samples that the movement's middle and shape are taken from, and at first, when the last bit of the way
#: there is not long ago; the first samples wait until they fill it.
_WINDOW_S, _FIRST_S = 1.6, 1.0
#: Part of the first window that must have samples, and of them that must be in one place.
_ENOUGH = 0.9
#: A tip farther than this (OC) from the middle of its movement is on its way to it, or from it.
_REACH = 0.14
#: A movement so much narrower than long goes to and fro; circles of real fingers are seen at 0.6 and rounder.
_FLAT = 0.5
#: Nearer to the middle than this part of the radius the angle says nothing.
_INNER = 0.35
#: A circle of a smaller radius than this (OC) is the tip's noise.
_SMALL = 0.018
#: A tip is on its circle as soon as it is this many of its radii from the middle.
_ON_IT = 1.5
#: A tip that is so many radii from the middle, and a little, is not on its circle any more.
_OFF_IT = 1.7
#: Seconds from the beginning after which the larger window is taken: no bit of the way there is in it any more.
_SETTLED_S = 2.0
#: Part of the time of a sweep or a tap by which its end is uncertain: with which half of it a hand began is not seen.
_SLACK = 0.6
#: Seconds from the beginning in which the shape may yet prove wrong.
_FRESH_S = 4.0
#: Seconds for which circles must look like sweeps, or sweeps like circles, to be counted as such.
_CHANGED_S = 1.0
#: Samples farther apart than this (seconds) have a gap between them.
_BLINK_S = 0.15
#: Part of a turn that may be missing at the end of the first.
_SHORT = 0.25
#: A movement to and fro has crossed its middle when it is this part of the way to its other end; less than so many OC
#: from end to end is noise.
_CROSSED, _LEAST = 0.3, 0.035
#: Crossings of late that the tempo of a movement to and fro is taken from.
_LATE = 6
#: Seconds over which the speed of turning is a mean.
_SPEED_S = 0.3
#: Seconds over which a tip is smoothed, where samples come quicker than the second.
_SMOOTH_S, _QUICK_S = 0.03, 0.04


@dataclass(frozen=True, slots=True)
class Unit:
    """One turn, one sweep to and fro or one tap.

    start_s, end_s  seconds
    centre          its middle, a place on the face map
    slack_s         seconds by which its end is uncertain: with which half a movement to and fro began is not seen, and
                    of a loss not what was done in it
    """

    start_s: float
    end_s: float
    centre: complex
    slack_s: float = 0.0


@dataclass(slots=True)
class _Angle:
    """The unwrapped angle round a centre, in turns."""

    total: float = 0.0
    low: float = 0.0  # since it turns this way, how far it was to either side,
    high: float = 0.0
    most: float = 0.0  # and how far it came
    done: int = 0  # turns before that
    last: complex = 0j
    time: float = math.nan
    speed: float = 0.0  # turns a second

    def step(self, time: float, arm: complex) -> None:
        """Take the tip as seen from its centre."""
        if math.isfinite(self.time):
            passed = time - self.time
            turn = cmath.phase(arm / self.last) / math.tau
            if passed > _BLINK_S:
                # Over a gap it may have gone round further than is seen: as far as at the speed before it.
                turn += round(self.speed * passed - turn)
            self.speed += (1.0 - math.exp(-passed / _SPEED_S)) * (turn / passed - self.speed)
            self.total += turn
        self.last, self.time = arm, time
        self.low, self.high = min(self.low, self.total), max(self.high, self.total)
        # The way there may have turned the other way: it turns since where it was farthest back.
        ahead = max(self.total - self.low, self.high - self.total)
        self.most = max(self.most, ahead)
        if ahead < self.most - 0.5:
            # Who turns round begins a new turn; the part of the one before is lost.
            self.done += math.floor(self.most + _SHORT)
            self.low, self.high = (self.total, self.high) if self.total - self.low > 0.5 else (self.low, self.total)
            self.most = 0.0

    @property
    def turns(self) -> float:
        """How many turns there were, and the part of the running one."""
        return self.done + self.most


def _median(values: Array) -> float:
    """NumPy's own takes several times as long for as few values as there are here, and it is wanted for every look."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


@dataclass(slots=True)
class _Crossings:
    """A movement along a line, by how often it crosses the middle: from well below it to well above, or back."""

    count: int = 0
    downs: int = 0  # of them, those towards the place
    above: bool | None = None
    began_above: bool = False
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_LATE))
    gap: bool = False  # since the last crossing

    def step(self, time: float, level: float) -> None:
        """Take the position along the line: -1 and 1 are its ends."""
        if abs(level) < _CROSSED:
            return
        above = level > 0
        if self.above is None:
            self.above = self.began_above = above
            return
        if above is self.above:
            return
        done = self._missed(time) if self.gap and len(self.times) >= 3 else 1
        self.count += done
        self.downs += done // 2 if above else (done + 1) // 2
        self.times.append(time)
        self.above, self.gap = above, False

    def _missed(self, time: float) -> int:
        """Crossings up to this one, when some fell into a gap: an odd number, as every second one is alike."""
        half = _median(np.diff(self.times))
        passed = (time - self.times[-1]) / max(half, 1e-3)
        return max(1, 2 * round((passed - 1) / 2) + 1)


class Motion:
    """Follows one fingertip at one place. Call `step` with every sample, in the order of time."""

    def __init__(self, move: Move) -> None:
        """move: "circle" or "sweep", which are told apart by their shape, whichever is asked for; of a "tap" only what
        comes back from away is counted, each time it does."""
        self._taps = move == "tap"
        self._reach = _REACH * (1.5 if self._taps else 1.0)
        self.reset()

    def reset(self) -> None:
        """Forget the run; what was counted is the caller's."""
        self._samples: deque[tuple[float, complex]] = deque()
        self._waiting: list[tuple[float, complex]] = []  # samples until the run begins
        self._raw: list[complex] = []
        self._smooth, self._at = 0j, -math.inf
        self._angle, self._line = _Angle(), _Crossings()
        self._axis: complex | None = None  # of the movement, away from the place; None until the run begins
        self._flat = self._mode = False  # whether it goes to and fro: now, and as it is counted
        self._other = math.inf  # since when these two differ
        self._counted = 0
        self._ahead = self._part = 0.0
        self._begun = self._start = math.nan
        self._sum, self._number, self._gap_s = 0j, 0, 0.0

    @property
    def still(self) -> bool:
        """Whether the tip has been where it is for a while, and moves too little to be counted."""
        return self._axis is not None and self._ends[1] - self._ends[0] < _LEAST

    @property
    def centre(self) -> complex | None:
        """The middle of the last moments; None while the tip is on its way."""
        return None if self._axis is None else self._middle

    def step(self, time: float, tip: complex, place: complex) -> list[Unit]:
        """Take a sample, and return the units that it completes. place: of the point that is worked."""
        passed = time - self._at
        if passed > COAST_S:
            # What there was of a unit before the hand was lost is not lost with it.
            part = self._part if passed <= REMEMBER_S else 0.0
            self.reset()
            self._ahead = part
        z = self._smoothed(tip, passed)
        self._at = time
        self._samples.append((time, z))
        settled = self._axis is not None and time - self._start > _SETTLED_S
        while self._samples[0][0] < time - (_WINDOW_S if settled else _FIRST_S):
            self._samples.popleft()
        self._look()
        if self._axis is not None:
            if abs(z - self._middle) > 2 * self._reach:
                self.reset()
                return []
            return self._count(time, z)
        self._waiting.append((time, z))
        if not self._begins(time, place):
            return []
        waiting, self._waiting = self._waiting, []
        return [unit for sample in waiting for unit in self._count(*sample)]

    def _smoothed(self, tip: complex, passed: float) -> complex:
        self._raw.append(tip)
        if passed > _QUICK_S:
            if _BLINK_S < passed <= COAST_S:
                self._line.gap, self._gap_s = True, passed
            self._raw, self._smooth = [tip], tip
        else:
            del self._raw[:-3]
            if len(self._raw) == 3:
                # A single sample far off is the tracker's; the middle one of three is the hand's.
                tip = complex(sorted(z.real for z in self._raw)[1], sorted(z.imag for z in self._raw)[1])
            self._smooth += (1.0 - math.exp(-passed / _SMOOTH_S)) * (tip - self._smooth)
        return self._smooth

    def _look(self) -> None:
        """The middle of the movement, its main axis and its ends on that, and whether it goes to and fro or round."""
        points = np.array([z for _, z in self._samples])
        middle = complex(_median(points.real), _median(points.imag))
        # The way there is no part of the movement's mean.
        near = points[np.abs(points - middle) < self._reach]
        self._middle = complex((near if len(near) else points).mean())
        away = points - self._middle
        self._radius = _median(np.abs(away))
        # The main axis of a cloud of complex numbers is half the angle of the sum of their squares.
        squares = complex((away**2).sum())
        axis = cmath.exp(0.5j * cmath.phase(squares))
        whole = float((np.abs(away) ** 2).sum())
        self._flat = whole - abs(squares) < _FLAT**2 * (whole + abs(squares))
        if self._axis is not None:
            axis = self._axis = axis if (axis * self._axis.conjugate()).real >= 0 else -axis
        self._main = axis
        along = np.sort((away * axis.conjugate()).real)
        few = len(along) // 20
        self._ends = float(along[few]), float(along[-1 - few])

    def _begins(self, time: float, place: complex) -> bool:
        """Whether the tip has stayed in one place for long enough. The last bit of the way is as long as the movement
        itself, and would be taken for a part of it: the run begins behind it."""
        while self._waiting[0][0] < time - 2 * _FIRST_S:
            self._waiting.pop(0)
        away = np.abs(np.array([z for _, z in self._waiting]) - self._middle)
        far = np.flatnonzero(away > self._reach)
        start = int(far[-1]) + 1 if len(far) else 0
        if start == len(away):
            return False
        start += int((away[start:] < _ON_IT * self._radius + _LEAST / 4).argmax())
        if time - self._waiting[start][0] < _ENOUGH * _FIRST_S:
            return False
        del self._waiting[:start]
        self._samples = deque(self._waiting)
        self._look()
        there = ((place - self._middle) * self._main.conjugate()).real
        low, high = self._ends
        if abs(low - there) <= abs(high - there):
            self._axis = self._main
        else:
            self._axis, self._ends = -self._main, (-high, -low)
        self._begun = self._start = self._waiting[0][0]
        self._mode, self._other = self._flat, math.inf
        return True

    def _count(self, time: float, z: complex) -> list[Unit]:
        """Take a sample of the run."""
        assert self._axis is not None
        self._sum += z
        self._number += 1
        arm, (low, high) = z - self._middle, self._ends
        if high - low >= _LEAST:
            self._line.step(time, (2 * (arm * self._axis.conjugate()).real - high - low) / (high - low))
        if self._radius >= _SMALL and _INNER * self._radius < abs(arm) <= _OFF_IT * self._radius + _LEAST / 2:
            self._angle.step(time, arm)
        if self._flat is self._mode:
            self._other = math.inf
        self._other = min(self._other, time)
        changed = time - self._other > _CHANGED_S and self._flat is not self._mode
        self._mode = self._flat if changed else self._mode
        line, flat = self._line, self._mode or self._taps
        # What comes to a point comes down to it, too: that was no tap. A sweep is two crossings, and half of its last
        # lies behind the second.
        straight = line.downs - line.began_above if self._taps else (line.count + 1) / 2
        counts = straight if flat else self._angle.turns + _SHORT
        if changed and time - self._start > _FRESH_S and abs(counts + self._ahead - self._counted) > 1.0 + _SHORT:
            # A movement that was something else until now is counted on from there; one that only began as if it were
            # is counted from its beginning.
            self._ahead = self._counted - math.floor(counts)
        found = []
        while self._counted < math.floor(counts + self._ahead):
            self._counted += 1
            slack = self._gap_s + (_SLACK * (time - self._begun) if flat else 0.0)
            found.append(Unit(self._begun, time, self._sum / max(self._number, 1), slack))
            self._begun, self._sum, self._number, self._gap_s = time, z, 1, 0.0
        self._part = counts + self._ahead - self._counted - (0.0 if flat else _SHORT)
        return found
