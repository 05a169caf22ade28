"""From a match that rises and falls to attempts and repetitions.

An attempt leaves rest and comes back. A repetition is an attempt that reached the pass level, stayed there long
enough to be meant, with nothing that refuses it, and came back to rest. Two thresholds keep noise from counting.
"""

from dataclasses import dataclass, field

from coach.form.exercise import Count
from coach.frame import Array, Phase

#: The whole state machine: in this phase, the first signal that is on leads to that phase.
TRANSITIONS: dict[Phase, tuple[tuple[str, Phase], ...]] = {
    Phase.REST: (("left_rest", Phase.RISE),),
    Phase.RISE: (("at_peak", Phase.HOLD), ("at_rest", Phase.REST)),
    Phase.HOLD: (("at_rest", Phase.REST), ("off_peak", Phase.LOWER)),
    Phase.LOWER: (("at_peak", Phase.HOLD), ("at_rest", Phase.REST)),
}

#: The peak is left only this far below the pass level, so that a tremor does not end a hold.
OFF_PEAK = 0.85
#: Seconds: shorter dips out of the peak (a blink bending the mesh) do not interrupt a hold.
BRIDGE = 0.2
#: Seconds below the return level until rest is believed.
SETTLE = 0.1
#: Matches that differ by less are level with each other: about the tracker's noise.
EVEN = 0.03
#: An attempt must reach this match, and last this many seconds, to be spoken of at all: less is fidgeting.
NOTICE, NOTICE_S = 0.4, 0.3


@dataclass(slots=True)
class Attempt:
    """A running attempt, added up frame by frame."""

    start: float
    side: int
    reach: float = 0.0
    peak: tuple[float, float] = (0.0, 0.0)  # first and last moment at its greatest
    end: float = 0.0
    hold: float = 0.0
    refusals: dict[int, float] = field(default_factory=dict)  # which rule refused, for how many seconds at the peak
    faults: list[str] = field(default_factory=list)
    pairs: list[Array] = field(default_factory=list)  # (pairs, 2) displacement from rest of each frame at the peak
    _run_start: float | None = None
    _run_end: float = 0.0

    @property
    def peak_time(self) -> float:
        """The middle of the moments at the greatest match."""
        return sum(self.peak) / 2.0

    def reaches(self, match: float, time: float) -> None:
        """The match is `match` at `time` (seconds)."""
        if match > self.reach + EVEN:
            self.peak = time, time
        elif match >= self.reach - EVEN:
            self.peak = self.peak[0], time
        self.reach = max(self.reach, match)

    def at_peak(self, since: float, now: float) -> None:
        """At the peak from `since` to `now` (seconds), with nothing refusing it."""
        if self._run_start is None or since - self._run_end > BRIDGE:
            self._run_start = since
        self._run_end = now
        self.hold = max(self.hold, now - self._run_start)


class Counter:
    """Follows the match of one exercise through the phases.

    Times come with the frames; crossings between two frames are interpolated, so that a 10 fps camera times a hold
    as a 60 fps one does.
    """

    __slots__ = ("_below", "_last", "attempt", "count", "phase")

    def __init__(self, count: Count) -> None:
        self.count = count
        self.reset()

    def reset(self) -> None:
        """Back to rest, whatever was running."""
        self.phase = Phase.REST
        self.attempt: Attempt | None = None
        self._below: float | None = None
        self._last: tuple[float, float] | None = None

    def step(self, time: float, sides: tuple[float, float], refused: int | None) -> Attempt | None:
        """Take one frame; return the attempt that ended with it, if one did.

        time     seconds
        sides    match of the left and the right side, equal where the exercise has no sides
        refused  number of the rule that refuses what is seen now, None if none does
        """
        side = int(sides[1] > sides[0]) if self.attempt is None else self.attempt.side
        match = sides[side]
        last_time, last = self._last or (time, match)
        # Which side the attempt belongs to is settled on its way up; changing it later would join two swings.
        if self.phase is Phase.RISE and self.attempt and sides[1 - side] > match + 0.1:
            side = self.attempt.side = 1 - side
            match = last = sides[side]
        self._last = time, match
        level = self.count.level

        at_rest = match < self.count.back
        if at_rest and self._below is None:
            self._below = _crossing(last_time, last, time, match, self.count.back)
        elif not at_rest:
            self._below = None
        signals = {
            "left_rest": match >= self.count.leave,
            "at_peak": match >= level,
            "off_peak": match < level * OFF_PEAK,
            "at_rest": self._below is not None and time - self._below >= SETTLE,
        }
        before = self.phase
        self.phase = next((to for signal, to in TRANSITIONS[before] if signals[signal]), before)

        if before is Phase.REST and self.phase is Phase.RISE:
            start = _crossing(last_time, last, time, match, self.count.leave)
            self.attempt = Attempt(start, side, peak=(time, time))
            if match >= level:
                self.phase = Phase.HOLD
        attempt = self.attempt
        if attempt is None:
            return None
        attempt.reaches(match, time)
        if Phase.HOLD in (before, self.phase):
            since = last_time if before is Phase.HOLD else _crossing(last_time, last, time, match, level)
            until = time if match >= level * OFF_PEAK else _crossing(last_time, last, time, match, level * OFF_PEAK)
            if refused is None:
                attempt.at_peak(since, until)
            else:
                attempt.refusals[refused] = attempt.refusals.get(refused, 0.0) + until - since
        if self.phase is Phase.REST:
            attempt.end = self._below if self._below is not None else time
            self.attempt = None
            return attempt
        return None


def _crossing(t0: float, v0: float, t1: float, v1: float, level: float) -> float:
    """Time at which a straight line from (t0, v0) to (t1, v1) passes `level`; t1 where it does not."""
    if v0 == v1 or not min(v0, v1) <= level <= max(v0, v1):
        return t1
    return t0 + (level - v0) / (v1 - v0) * (t1 - t0)
