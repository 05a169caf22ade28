"""From a movement that rises and falls to attempts, which `scoring` then judges.

An attempt leaves rest and comes back, over two thresholds, which keep noise from making attempts. How far a movement
has come is its amount (`Template.see`), 1 at the template's peak and more beyond it. A sequence asks for several poses
in their order, each reached and held; of it, and of keeping still, it is the match.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from coach.form.exercise import Count
from coach.frame import Phase

#: The whole state machine: in this phase, the first signal that is on leads to that phase.
TRANSITIONS: dict[Phase, tuple[tuple[str, Phase], ...]] = {
    Phase.REST: (("left_rest", Phase.RISE),),
    Phase.RISE: (("at_peak", Phase.HOLD), ("at_rest", Phase.REST)),
    Phase.HOLD: (("held_out", Phase.REST), ("next_pose", Phase.RISE),
                 ("at_rest", Phase.REST), ("off_peak", Phase.LOWER)),
    Phase.LOWER: (("at_peak", Phase.HOLD), ("at_rest", Phase.REST)),
}  # fmt: skip

#: A large movement ends further from rest: the return level grows with this times its top (1.4 * 0.25 is a third).
RETURN = 1.4
#: What remains of a recording is a way back once this part of the movement, or less, is left.
ENDING = 0.6
#: The peak is left only this far below the pass level, so that a tremor does not end a hold.
OFF_PEAK = 0.85
#: Seconds below the return level until rest is believed; and between two poses of a sequence, where passing through
#: rest is part of the way.
SETTLE, PAUSE = 0.1, 2.5
#: A swing belongs to the other side when that is ahead by more than this on the way up.
SWITCH = 0.1
#: What is first seen at more than this part of the pass level has begun before: nobody saw it leave rest.
BEGUN = 0.6
#: An attempt must reach this part of the pass level, and last this many seconds, to be spoken of at all: less is
#: fidgeting.
NOTICE, NOTICE_S = 0.6, 0.3


@dataclass(slots=True)
class Attempt:
    """A running attempt, added up frame by frame. Times in seconds.

    side      0 left, 1 right
    pose      which pose of a sequence is being looked for
    holds     for each pose begun so far the longest hold
    turns     when each next pose began to be looked for
    refusals  which rule refused, for how many seconds at the peak
    late      it had begun before anything of it was seen
    zero      where the movement is measured from: 0 where the face was at rest before it
    top       the most it has reached, from there
    """

    start: float
    side: int
    late: bool = False
    zero: float = 0.0
    top: float = 0.0
    end: float = 0.0
    pose: int = 0
    holds: list[float] = field(default_factory=lambda: [0.0])
    turns: list[float] = field(default_factory=list)
    refusals: dict[int, float] = field(default_factory=dict)
    _run_start: float | None = None
    _run_end: float = 0.0

    @property
    def hold(self) -> float:
        """Seconds of the pose being looked for."""
        return self.holds[-1]

    def at_peak(self, since: float, now: float, bridge: float) -> None:
        """At the peak from `since` to `now`, with nothing refusing it; dips up to `bridge` do not count."""
        if self._run_start is None or since - self._run_end > bridge:
            self._run_start = since
        self._run_end = now
        self.holds[-1] = max(self.holds[-1], now - self._run_start)

    def next_pose(self, time: float) -> None:
        """From `time` on the next pose of the sequence is looked for."""
        self.pose += 1
        self.turns.append(time)
        self.holds.append(0.0)
        self._run_start = None


class Counter:
    """Follows how far the movement of one exercise has come through the phases.

    Times come with the frames; crossings between two frames are interpolated, so that a 10 fps camera times a hold
    as a 60 fps one does. Frames in which no signal changes may be left out (`signals` tells which those are), as long
    as the one before each change is not.
    """

    __slots__ = ("_below", "_last", "_low", "_settle", "attempt", "count", "phase", "poses", "simple", "slack", "zero")

    def __init__(self, count: Count, poses: int = 1) -> None:
        self.count, self.poses = count, poses
        self.simple = poses == 1 and count.ends == "rest"
        #: how far the level of rest may be off: within this, the lowest of late is rest
        self.slack = 0.0
        # Where dips are to be bridged for longer (a blink, a hand lost), one down to rest is no end either.
        self._settle = count.bridges or SETTLE
        self.reset()

    def reset(self) -> None:
        """Back to rest, whatever was running."""
        self.phase = Phase.REST
        self.attempt: Attempt | None = None
        self._below: float | None = None
        self._last: tuple[float, float] | None = None
        #: for each side the lowest since the last attempt, and where a movement from there is measured from
        self._low, self.zero = [0.0, 0.0], [0.0, 0.0]

    @property
    def pose(self) -> int:
        """Which pose is looked for."""
        return self.attempt.pose if self.attempt else 0

    def step(self, time: float, moved: Sequence[Sequence[float]], refused: int | None) -> Attempt | None:
        """Take one frame; return the attempt that ended with it, if one did.

        time     seconds
        moved    for each pose how far the left and the right side have come, equal where the exercise has no sides
        refused  number of what refuses what is seen now, None if nothing does
        """
        count, attempt = self.count, self.attempt
        sides = moved[self.pose]
        if self.simple:
            if attempt is None and (sides[0] < self._low[0] or sides[1] < self._low[1]):
                self._lower(sides)
            sides = sides[0] - self.zero[0], sides[1] - self.zero[1]
        side = int(sides[1] > sides[0]) if attempt is None else attempt.side
        amount = sides[side]
        first = self._last is None
        last_time, last = self._last or (time, amount)
        # Which side the attempt belongs to is settled on its way up; changing it later would join two swings.
        if self.phase is Phase.RISE and attempt and sides[1 - side] > amount + SWITCH:
            side = attempt.side = 1 - side
            attempt.zero, attempt.top = self.zero[side], sides[side]
            amount = last = sides[side]
        self._last = time, amount
        if attempt is None and amount < count.leave:
            return None  # as nearly all of the time
        level = count.level

        back = count.back
        if attempt is not None and self.simple:
            attempt.top = max(attempt.top, amount)
            back *= max(1.0, RETURN * attempt.top)
        at_rest = amount < back
        if at_rest and self._below is None:
            self._below = _crossing(last_time, last, time, amount, back)
        elif not at_rest:
            self._below = None
        more = attempt is not None and attempt.pose < self.poses - 1
        held = attempt is not None and attempt.holds[-1] >= count.hold
        between = attempt is not None and attempt.pose > 0 and (more or not held)
        off_peak = amount < level * OFF_PEAK
        signals = {
            "left_rest": amount >= count.leave,
            "at_peak": amount >= level,
            "off_peak": off_peak,
            "at_rest": self._below is not None and time - self._below >= (PAUSE if between else self._settle),
            "next_pose": more and held and (off_peak or max(moved[self.pose + 1]) >= level),
            "held_out": held and count.ends == "held",
        }
        before = self.phase
        for signal, to in TRANSITIONS[before]:
            if signals[signal]:
                self.phase = to
                break

        if before is Phase.REST and self.phase is Phase.RISE:
            start = _crossing(last_time, last, time, amount, count.leave)
            late = first and amount > BEGUN * level and count.ends == "rest"
            attempt = self.attempt = Attempt(start, side, late, self.zero[side], amount)
            if amount >= level:
                self.phase = Phase.HOLD
        if attempt is None:
            return None
        if Phase.HOLD in (before, self.phase):
            since = last_time if before is Phase.HOLD else _crossing(last_time, last, time, amount, level)
            until = time if amount >= level * OFF_PEAK else _crossing(last_time, last, time, amount, level * OFF_PEAK)
            if refused is None:
                attempt.at_peak(since, until, count.bridge)
            else:
                attempt.refusals[refused] = attempt.refusals.get(refused, 0.0) + until - since
        if before is Phase.HOLD and self.phase is Phase.RISE:
            attempt.next_pose(time)
            self._below = self._last = None
        if self.phase is Phase.REST:
            attempt.end = self._below if self._below is not None else time
            self.attempt = None
            self._low = [math.inf, math.inf]
            return attempt
        return None

    def _lower(self, sides: Sequence[float]) -> None:
        """Measure the next movement from lower down: from rest, or from where it begins that does not begin there."""
        for side in (0, 1):
            low = self._low[side] = min(self._low[side], sides[side])
            self.zero[side] = max(low, -self.slack) if low < 0.0 else max(low - self.count.back, min(low, self.slack))

    def finish(self, time: float) -> tuple[Attempt | None, bool]:
        """There are no more frames: return the attempt that was running, if any, and whether it was back at rest."""
        attempt, back = self.attempt, self._below is not None
        if attempt is not None and self.simple and self._last is not None:
            back = back or self._last[1] <= ENDING * attempt.top
        if attempt is not None:
            attempt.end = time if self._below is None else self._below
        self.reset()
        return attempt, back


def _crossing(t0: float, v0: float, t1: float, v1: float, level: float) -> float:
    """Time at which a straight line from (t0, v0) to (t1, v1) passes `level`; t1 where it does not."""
    if v0 == v1 or not min(v0, v1) <= level <= max(v0, v1):
        return t1
    return t0 + (level - v0) / (v1 - v0) * (t1 - t0)
