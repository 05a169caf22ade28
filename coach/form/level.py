"""The resting face that a set is judged by: given, learnt as it goes along, or learnt from a whole recording."""

import math
from collections.abc import Mapping
from enum import Enum, auto

import numpy as np

from coach.form.calibration import Calibration, Rest, drifted
from coach.form.exercise import Exercise
from coach.form.meant import SURE
from coach.form.rest import PART_OF, PARTS, Watch, Whole
from coach.form.seen import Reference, Seen, Sight
from coach.frame import Array

#: A rest that changes the match by more than this is another one: what was seen is judged again; and how many seconds
#: after the last time at the earliest.
MOVED, AGAIN_AFTER_S = 0.2, 1.0


class Learnt(Enum):
    """What a better estimate of rest changes."""

    LITTLE = auto()  # it is followed
    MUCH = auto()  # what was seen is to be judged again
    SOMEBODY_ELSE = auto()  # and the calibration is not that of this face


class Level:
    """The rest that a set is judged by now, and what is compiled against it.

    neutral    the resting face, None before the first third of a second
    reference  the exercise compiled against it, None as long
    values     (C,) its level, in the order of what the exercise looks at
    unsure     how far the match may be off because rest is not known better (standard deviation)
    sure       whether rest is known well enough to count
    known      0..1, how well rest is known for this exercise; what is counted needs 0.5
    missing    the part of the face whose rest is known least, of those that this exercise needs; empty when all are
    """

    def __init__(self, exercise: Exercise, sight: Sight, calibration: Calibration | None, given: Rest | None) -> None:
        """given: a rest that is known and stays, None learns it from what is seen."""
        self._exercise, self._sight, self._calibration = exercise, sight, calibration
        self.neutral: Rest | None = None
        self.reference: Reference | None = None
        self.values: Array = np.zeros(len(sight.columns))
        self.sure, self.known, self.missing = False, 0.0, ""
        self.unsure, self._again_from = math.inf, -math.inf
        self._needed = {int(PART_OF[column]) for column in sight.columns} - {-1}
        self._watch = Watch(calibration) if given is None else None
        self._whole: Whole | None = None
        if given is not None:
            self._compile(given)

    @property
    def not_mine(self) -> bool:
        """Whether there is a range of one's own of this exercise, which is not used as the face is another one."""
        kept = self._calibration is not None and self._exercise.id in self._calibration.ranges
        return kept and self.reference is not None and not self.reference.template.own

    @property
    def given(self) -> bool:
        """Whether rest is known, and stays."""
        return self._watch is None and self._whole is None

    def anew(self) -> None:
        """Another face, or the same one elsewhere: its rest is learnt."""
        if self._watch is not None:
            self._watch.reset()
        self.neutral = self.reference = None
        self.sure, self.known, self.missing = False, 0.0, ""
        self.unsure = math.inf

    def forget(self) -> None:
        """Forget all of it, and learn it from what is seen from now on."""
        self._watch, self._whole = Watch(self._calibration), None
        self.anew()

    def know(self, times: Array, measures: Array) -> None:
        """Learn it from a whole recording: times (T,) seconds, measures (T, M), rows of nan without a face."""
        self._watch, self._whole = None, Whole(times, measures, self._sight.clear(measures), self._calibration)

    def rests(self, seen: Seen, measures: Array, first: int, end: int) -> list[tuple[int, Rest]]:
        """Watch some frames of one sitting: the estimates that come of them, each with the first frame it is for."""
        if self._whole is not None:
            rest = self._whole.rest(float(seen.times[first]))
            if self.reference is None or self.reference.rest is not rest:
                self._compile(rest)
        if self._watch is None:
            return []
        there = first + seen.clear[first:end].nonzero()[0]
        whole = len(there) == len(seen)  # as nearly always
        found = self._watch.take(*((seen.times, measures) if whole else (seen.times[there], measures[there])))
        return [(int(there[row]), rest) for row, rest in found]

    def straighten(self, seen: Seen) -> None:
        """Rest wanders while somebody sits: take what is seen of a recording back to where rest is in its middle."""
        if self._whole is not None:
            seen.values[:] -= self._whole.wander(seen.times, self._sight.columns)

    def learn(self, rest: Rest, time: float) -> Learnt:
        """Go on with a better estimate from a time (seconds) on; return what that changes."""
        if self.reference is None:
            self._compile(rest)
            return Learnt.MUCH
        if self._watch is not None and self._watch.dropped and self.reference.template.own:
            self._compile(rest)
            return Learnt.SOMEBODY_ELSE
        was_sure, was_unsure, was = self.sure, self.unsure, self.reference.rest
        columns = self._sight.columns
        moved = self.reference.way(rest.values[columns] - was.values[columns])
        self._adopt(rest)
        another = moved > MOVED and (self.sure or self.unsure <= was_unsure)
        if (not self.sure or was_sure) and not (another and time - self._again_from >= AGAIN_AFTER_S):
            return Learnt.LITTLE
        self._again_from = time
        self._compile(rest)
        return Learnt.MUCH

    def _compile(self, rest: Rest) -> None:
        """Compile the exercise against this rest."""
        known = self._calibration
        own: Mapping[str, float] | None = known.ranges.get(self._exercise.id) if known is not None else None
        seen = self._watch.dropped if self._watch is not None else rest.source == "seen"
        if known is not None and seen and drifted(known, rest.values):
            own = None
        self.reference = Reference(self._exercise, self._sight, rest, own)
        self._adopt(rest)

    def _adopt(self, rest: Rest) -> None:
        assert self.reference is not None
        self.neutral = rest
        self.values = rest.values[self._sight.columns]
        self.unsure = self.reference.unsure(rest)
        self.sure, self.known = self.unsure <= SURE, 1.0 / (1.0 + self.unsure / SURE)
        least = min(self._needed, key=rest.seen_s.__getitem__, default=None)
        self.missing = "" if self.sure or least is None else PARTS[least][0]
