"""Two hands at one thing: which of what they do belongs together, and whether they were in step."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from coach.frame import SIDES, Repetition, Side

#: Seconds within which both hands must be through with a turn, a sweep or a tap. (What the hands are seen at every
#: 0.03 to 0.1 s adds a little.)
TOGETHER_S = 0.35
#: Parts of a path up to which both hands mirror each other.
MIRRORED = 0.2
#: Seconds that what one hand did waits for the other's, and between two things that were done at different times.
_WAITS_S, _APART_S = 2.5, 0.6
#: A hand seen for less than this part of the time was lost to the camera, not idle; and for how many seconds it is
#: remembered when hands were seen.
_SEEN, _REMEMBER_S = 0.5, 15.0


@dataclass(frozen=True, slots=True)
class Done:
    """What one hand did.

    side            None for a point on the midline
    start_s, end_s  seconds
    reason          why it does not count, empty when it does
    faults          codes
    reach           how much of it was done, 0..1
    slack_s         seconds by which the end is uncertain
    quality         how well it was seen, 0..1
    """

    side: Side | None
    start_s: float
    end_s: float
    reason: str = ""
    faults: tuple[str, ...] = ()
    reach: float = 1.0
    slack_s: float = 0.0
    quality: float = 1.0

    def repetition(self) -> Repetition:
        """As a repetition by itself."""
        return Repetition(
            start_s=self.start_s,
            peak_s=(self.start_s + self.end_s) / 2,
            end_s=self.end_s,
            counted=not self.reason,
            reason=self.reason,
            side=self.side,
            reach=self.reach,
            hold_s=0.0,
            symmetry=None,
            faults=self.faults,
            quality=self.quality,
        )


class Pairs:
    """Joins what the left and the right hand did, in order. Call `seen` with every sample and `step` with every one."""

    def __init__(self, apart: Callable[[float, float], float] | None = None) -> None:
        """apart: of strokes, how far the hands were apart from one time to another, in parts of the path; turns, sweeps
        and taps are compared by when they end."""
        self._mirror = apart
        self._open: dict[Side, deque[Done]] = {"left": deque(), "right": deque()}
        self._seen: dict[Side, deque[float]] = {"left": deque(), "right": deque()}
        self._samples: deque[float] = deque()

    def seen(self, time: float, sides: set[Side]) -> None:
        """Take which hands are seen at a time at which hands were looked for."""
        self._samples.append(time)
        for side in sides:
            self._seen[side].append(time)
        for times in (self._samples, *self._seen.values()):
            while times and times[0] < time - _REMEMBER_S:
                times.popleft()

    def step(self, time: float, done: list[Done]) -> list[Repetition]:
        """Take what was done, and return what is settled by now."""
        for one in done:
            if one.side is not None:
                self._open[one.side].append(one)
        found = [one.repetition() for one in done if one.side is None]
        left, right = self._open["left"], self._open["right"]
        while left and right:
            if self._apart(left[0], right[0]):
                first = left if left[0].end_s < right[0].end_s else right
                found.append(self._single(first.popleft()))
            else:
                found.append(self._joined(left.popleft(), right.popleft()))
        for side in SIDES:
            while self._open[side] and time - self._open[side][0].end_s > _WAITS_S:
                found.append(self._single(self._open[side].popleft()))
        return found

    def _apart(self, one: Done, other: Done) -> bool:
        """Whether two were done at different times altogether."""
        return one.end_s < other.start_s - _APART_S or other.end_s < one.start_s - _APART_S

    def _joined(self, left: Done, right: Done) -> Repetition:
        late = "left" if left.end_s > right.end_s else "right"
        start, end = min(left.start_s, right.start_s), max(left.end_s, right.end_s)
        reason = left.reason or right.reason
        faults = tuple(dict.fromkeys([*left.faults, *right.faults]))
        lag = abs(left.end_s - right.end_s)
        if self._mirror(start, end) > MIRRORED if self._mirror else lag > TOGETHER_S + max(left.slack_s, right.slack_s):
            faults = (*faults, "together")
            reason = reason or f"your {late} hand came {lag:.1f} s later; both hands move together"
        return Done(None, start, end, reason, faults, min(left.reach, right.reach)).repetition()

    def _single(self, one: Done) -> Repetition:
        """What one hand did alone counts where the other could not be seen, and not where it was seen idle."""
        assert one.side is not None
        other: Side = "right" if one.side == "left" else "left"
        looked = sum(one.start_s <= time <= one.end_s for time in self._samples)
        there = sum(one.start_s <= time <= one.end_s for time in self._seen[other])
        if one.reason or there < _SEEN * max(looked, 1):
            return replace(one, quality=0.5).repetition()
        reason = f"your {other} hand did not move with it; both hands move together"
        return replace(one, reason=reason, faults=(*one.faults, "together")).repetition()
