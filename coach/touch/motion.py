"""What a fingertip does at a place: turns by the unwrapped angle, movements to and fro by their turning points.

Both are looked at together. Somebody who is asked for small circles may as well sweep to and fro, and a flat circle is
something of both; whichever has counted further says how many there were.
"""

import cmath
import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from coach.form.exercise import Move

#: A gap in the samples up to this long (seconds) is bridged at the tempo before it: hands at a face are often lost.
#: After a longer one it begins anew.
COAST_S = 0.6
#: Within so many seconds a hand that was lost goes on with what it had begun.
REMEMBER_S = 2.0
#: Seconds of samples that the movement's middle and shape are taken from, and at first, when the last bit of the way
#: there is not long ago; the first samples wait so long.
_WINDOW_S, _FIRST_S, _LEAST_S = 1.6, 1.0, 1.4
#: A tip farther than this (OC) from the middle of its movement is on its way to it, or from it.
_REACH = 0.14
#: A movement so much narrower than long goes to and fro; circles of real fingers are seen at 0.6 and rounder.
_FLAT = 0.5
#: Nearer to the middle than this part of the radius the angle says nothing.
_INNER = 0.35
#: A tip is on its circle as soon as it is this many of its radii from the middle.
_ON_IT = 1.25
#: A tip that is so many radii from the middle, and a little, is not on its circle any more.
_OFF_IT = 1.7
#: Seconds until the last bit of the way no longer spoils the shape; before, it has the shape that is asked for.
_SETTLED_S = 2.0
#: Samples farther apart than this (seconds) have a gap between them.
_BLINK_S = 0.15
#: Part of a turn that may be missing at the end of the first.
_SHORT = 0.25
#: A movement to and fro has crossed its middle when it is this part of the way to its other end; less than so many OC
#: from end to end is noise.
_CROSSED, _LEAST = 0.35, 0.035
#: Seconds over which the speed of turning is a mean.
_SPEED_S = 0.3
#: Seconds over which a tip is smoothed, where samples come quicker than the second.
_SMOOTH_S, _QUICK_S = 0.03, 0.05


@dataclass(frozen=True, slots=True)
class Unit:
    """One turn, one sweep to and fro or one tap. Times in seconds; centre: its middle, a place on the face map."""

    start_s: float
    end_s: float
    centre: complex


@dataclass(slots=True)
class _Angle:
    """The unwrapped angle round a centre, in turns."""

    total: float = 0.0
    base: float = 0.0  # where it began to turn this way
    done: int = 0  # turns before that
    most: float = 0.0  # how far it came since
    last: complex = 0j
    time: float = math.nan
    speed: float = 0.0  # turns a second

    def step(self, time: float, arm: complex) -> None:
        """Take the tip as seen from its centre."""
        if math.isfinite(self.time):
            passed = time - self.time
            turn = cmath.phase(arm / self.last) / math.tau
            # Over a gap it may have gone round further than is seen: as far as at the speed before it.
            turn += round(self.speed * passed - turn)
            self.speed += (1.0 - math.exp(-passed / _SPEED_S)) * (turn / passed - self.speed)
            self.total += turn
        self.last, self.time = arm, time
        self.most = max(self.most, abs(self.total - self.base))
        if abs(self.total - self.base) < self.most - 0.5:
            # Who turns round begins a new turn; the part of the one before is lost.
            self.done += math.floor(self.most + _SHORT)
            self.base, self.most = self.total, 0.0

    @property
    def turns(self) -> float:
        """How many turns there were, and the part of the running one."""
        return self.done + self.most


@dataclass(slots=True)
class _Crossings:
    """A movement along a line, by how often it crosses the middle: from well below it to well above, or back."""

    count: int = 0
    downs: int = 0  # of them, those towards the place
    above: bool | None = None
    began_above: bool = False
    times: list[float] = field(default_factory=list)
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
        half = float(np.median(np.diff(self.times[-6:])))
        passed = (time - self.times[-1]) / max(half, 1e-3)
        return max(1, 2 * round((passed - 1) / 2) + 1)


class Motion:
    """Follows one fingertip at one place. Call `step` with every sample, in the order of time."""

    def __init__(self, move: Move) -> None:
        """move: "circle" or "sweep", which are told apart by their shape; of a "tap" only what comes back from away is
        counted, each time it does."""
        self._move, self._taps = move, move == "tap"
        self._reach = _REACH * (1.5 if self._taps else 1.0)
        self.reset()

    def reset(self) -> None:
        """Forget the run; what was counted is the caller's."""
        self._samples: deque[tuple[float, complex]] = deque()
        self._waiting: list[tuple[float, complex]] = []
        self._raw: list[complex] = []
        self._smooth = 0j
        self._at = -math.inf
        self._angle, self._line = _Angle(), _Crossings()
        self._axis: complex | None = None
        self._flat = self._as = self._switched = False
        self._counted = 0
        self._ahead = self._part = 0.0
        self._begun = self._start = math.nan
        self._sum, self._number = 0j, 0

    @property
    def _settled(self) -> bool:
        """Whether the way there is long enough ago to say nothing of the shape."""
        return self._axis is not None and self._at - self._start > _SETTLED_S

    @property
    def still(self) -> bool:
        """Whether the tip has been where it is for a while, and moves too little to be counted."""
        return self._axis is not None and self._length < _LEAST

    @property
    def centre(self) -> complex | None:
        """The middle of the last moments; None while the tip is on its way."""
        return None if self._axis is None else self._middle

    def step(self, time: float, tip: complex, place: complex) -> list[Unit]:
        """Take a sample, and return the units that it completes. place: of the point that is worked."""
        passed = time - self._at
        if passed > COAST_S:
            # What there was of a unit before the hand was lost is not lost with it.
            begun = self._part if passed <= REMEMBER_S else 0.0
            self.reset()
            self._ahead = begun
        self._raw.append(tip)
        if passed > _BLINK_S:
            self._raw, self._smooth, self._line.gap = [tip], tip, True
        elif passed > _QUICK_S:
            self._raw, self._smooth = [tip], tip
        else:
            # A single sample far off is the tracker's; the middle one of three is the hand's.
            del self._raw[:-3]
            tip = complex(sorted(z.real for z in self._raw)[len(self._raw) // 2],
                          sorted(z.imag for z in self._raw)[len(self._raw) // 2])  # fmt: skip
            self._smooth += (1.0 - math.exp(-passed / _SMOOTH_S)) * (tip - self._smooth)
        self._at = time
        self._samples.append((time, self._smooth))
        self._waiting.append((time, self._smooth))
        while self._samples[0][0] < time - (_WINDOW_S if self._settled else _FIRST_S):
            self._samples.popleft()
        self._look()
        if abs(self._smooth - self._middle) > 2 * self._reach and self._axis is not None:
            self.reset()
        if self._axis is None and not self._begins(time, place):
            return []
        found = []
        for at, z in self._waiting:
            found += self._count(at, z)
        self._waiting.clear()
        return found

    def _look(self) -> None:
        """The middle of the movement, its main axis, its length, and whether it goes to and fro or round."""
        points = np.array([z for _, z in self._samples])
        middle = complex(np.median(points.real), np.median(points.imag))
        # The way there is no part of the movement's mean.
        near = points[np.abs(points - middle) < self._reach]
        self._middle = complex((near if len(near) else points).mean())
        away = points - self._middle
        self._radius = float(np.median(np.abs(away)))
        # The main axis of a cloud of complex numbers is half the angle of the sum of their squares.
        squares = complex((away**2).sum())
        axis = cmath.exp(0.5j * cmath.phase(squares))
        wide, narrow = (float((np.abs(away) ** 2).sum()) + sign * abs(squares) for sign in (1, -1))
        self._flat = narrow < _FLAT**2 * wide if self._settled else self._move != "circle"
        if self._axis is not None:
            axis = self._axis = axis if (axis * self._axis.conjugate()).real >= 0 else -axis
        along = np.sort((away * axis.conjugate()).real)
        few = len(along) // 20
        self._ends = float(along[few]), float(along[-1 - few])
        self._length = self._ends[1] - self._ends[0]
        self._main = axis

    def _begins(self, time: float, place: complex) -> bool:
        """Whether the tip has stayed in one place for long enough: the way there is no part of it."""
        while self._waiting and abs(self._waiting[0][1] - self._middle) > self._reach:
            self._waiting.pop(0)
        if not self._waiting or time - self._waiting[0][0] < _LEAST_S:
            return False
        there = ((place - self._middle) * self._main.conjugate()).real
        low, high = self._ends
        if abs(low - there) <= abs(high - there):
            self._axis = self._main
        else:
            self._axis, self._ends = -self._main, (-high, -low)
        # The last bit of the way is as long as the movement itself and would be taken for a part of it.
        points = np.array([z for _, z in self._waiting])
        within = np.abs(points - self._middle) < _ON_IT * self._radius + _LEAST / 4
        del self._waiting[: int(within.argmax())]
        self._begun = self._start = self._waiting[0][0]
        return True

    def _count(self, time: float, z: complex) -> list[Unit]:
        assert self._axis is not None
        self._sum += z
        self._number += 1
        low, high = self._ends
        if high - low >= _LEAST:
            across = ((z - self._middle) * self._axis.conjugate()).real
            self._line.step(time, (2 * across - high - low) / (high - low))
        if _INNER * self._radius < abs(z - self._middle) <= _OFF_IT * self._radius + _LEAST / 2:
            self._angle.step(time, z - self._middle)
        self._switched, self._as = self._flat is not self._as, self._flat
        return self._found(time, z)

    def _found(self, time: float, z: complex) -> list[Unit]:
        """The units that what was counted completes."""
        round_ = self._angle.turns + _SHORT
        line = self._line
        # What comes to a point comes down to it, too: that was no tap.
        counts = line.downs - line.began_above if self._taps else line.count / 2 if self._as else round_
        if self._switched and abs(counts + self._ahead - self._counted) > 1.0 + _SHORT:
            # A movement that was something else until now is counted on from there.
            self._ahead = self._counted - math.floor(counts)
        found = []
        while self._counted < math.floor(counts + self._ahead):
            self._counted += 1
            found.append(Unit(self._begun, time, self._sum / max(self._number, 1)))
            self._begun, self._sum, self._number = time, z, 1
        self._part = counts + self._ahead - self._counted - (0.0 if self._taps or self._as else _SHORT)
        return found
