"""What is seen of an exercise: measures of frames in, numbers to decide by out.

Leading axes are free: one frame of a stream and a whole recording go through the same functions. What lasts from frame
to frame (the filter, whose face it is) is a value that goes in and comes out, so chunks of any size give the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coach.form.calibration import Rest
from coach.form.condition import Clause, Conditions, mirror, parse
from coach.form.exercise import Exercise
from coach.form.faces import FIT, NO_FACE, STRANGER, UNSEEN, Codes, Whose, faces
from coach.form.faults import FaultWatch, still_words
from coach.form.measures import FACE, INDEX, NAMES, TABLE, Shape, mirrored
from coach.form.quality import QualityGate
from coach.form.smoothing import Filtered, gaps, one_euro
from coach.form.template import Template
from coach.frame import Array, Bools

Rows = npt.NDArray[np.intp]

#: One-Euro: 2 Hz at rest (a delay of about 80 ms), opening with speed. A tenth of an OC, ten degrees or half a
#: blendshape a second open it by 1 Hz.
MIN_CUTOFF = 2.0
_OPENS = {"OC": 10.0, "deg": 0.1, "cm": 0.1, "ratio": 1.0, "shape": 2.0, "px": 0.1, "light": 0.1, "s": 0.1}
BETA = np.array([_OPENS[row.unit] for row in TABLE])

#: A face gone for longer (seconds) is said to be lost; a running attempt is then given up.
LOST_S = 0.4


class Eye(NamedTuple):
    """What lasts from frame to frame.

    filtered  where the filter is, None before the first frame
    beside    last known values of what is beside the face
    whose     whose face it was
    """

    filtered: Filtered | None
    beside: Array
    whose: Whose


@dataclass(slots=True, eq=False)
class Seen:
    """T frames as one exercise sees them.

    times    (T,) seconds
    why      (T,) FIT, or why a frame cannot be judged
    anew     (T,) where another sitting begins: another face, or the same one elsewhere
    values   (T, C) filtered measures that matter here; anything where a frame is not fit
    worst    (T,) which gate is the worst
    quality  (T,) its level, 0..1
    clear    (T,) the user's face, seen well but for hands before it: rest may be learnt from it
    """

    times: Array
    why: Codes
    anew: Bools
    values: Array
    worst: Rows
    quality: Array
    clear: Bools

    def __len__(self) -> int:
        return len(self.times)

    def part(self, rows: slice) -> "Seen":
        """Some of the frames, without a copy."""
        if rows.stop - rows.start == len(self.times):
            return self
        return Seen(*(getattr(self, name)[rows] for name in Seen.__slots__))


def joined(pieces: Sequence[Seen]) -> Seen:
    """Some pieces, one after the other, as one."""
    if len(pieces) == 1:
        return pieces[0]
    return Seen(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in Seen.__slots__))


class Sight:
    """What one exercise looks at.

    columns  (C,) which of all measures; `index` has where each lies among them, those beside the face last
    faces    how many of them are of the face
    """

    def __init__(self, exercise: Exercise, gentle: bool = False) -> None:
        pairs = exercise.symmetry.pairs if exercise.symmetry else []
        judged = [*exercise.measures, *(name for pair in pairs for name in pair)]
        self.rules = [parse(rule.when) for rule in exercise.refuse]
        faults = FaultWatch(exercise)
        self.fault_conditions, self.fault_codes = faults.conditions, faults.codes
        clauses = [clause for condition in (*self.rules, *faults.conditions) for clause in condition]
        shapes = [row.name for row in TABLE if isinstance(row, Shape)] if gentle else []
        named = {*judged, *(clause.measure for clause in clauses), *shapes}
        self.columns = sorted({INDEX[shown] for name in named for shown in (name, mirrored(name))})
        self.index = {NAMES[column]: i for i, column in enumerate(self.columns)}
        self.faces = sum(column < FACE for column in self.columns)
        self.gate = QualityGate(exercise)
        self._columns, self._beta = np.array(self.columns), BETA[self.columns]
        self._view = [i for i, gate in enumerate(self.gate.gates) if not gate.measure.startswith("hand")]

    def first(self) -> Eye:
        """Before anything was seen."""
        return Eye(None, np.full(len(self.columns) - self.faces, np.nan), Whose())

    def clear(self, measures: Array) -> Bools:
        """(T, M) measures to (T,): as `Seen` has it, of whatever face."""
        return self._clear(self.gate.levels(measures))

    def _clear(self, levels: Array) -> Bools:
        return np.asarray(levels[:, self._view].min(axis=1) > 0.0)

    def see(self, times: Array, measures: Array, eye: Eye) -> tuple[Seen, Eye]:
        """Look at frames: times (T,) seconds, measures (T, M) with rows of nan where no face was seen; T at least 1."""
        why, anew, whose = faces(times, measures, eye.whose)
        if self.gate.who:
            why[(why == FIT) & np.logical_not(self.gate.sees(measures))] = UNSEEN
        always = not len(why.nonzero()[0])
        if self.gate.doubts(measures):
            levels = self.gate.levels(measures)
            worst, quality, clear = levels.argmin(axis=1), levels.min(axis=1), self._clear(levels)
        else:
            worst, quality, clear = _undoubted(len(times))
        if not always:
            clear = clear & (why != NO_FACE) & (why != STRANGER)
        values = np.ascontiguousarray(measures.T.take(self._columns, axis=0).T)
        beside, filtered = eye.beside, eye.filtered
        fit: slice | Rows = slice(0, len(times)) if always else (why == FIT).nonzero()[0]
        ahead = times[fit]
        if len(ahead):
            if self.faces < len(self.columns):
                known = _carried(values[fit, self.faces :], beside)
                values[fit, self.faces :] = np.nan_to_num(known)
                beside = known[-1].copy()  # not as it is filtered below, in the same place
            before = filtered.time if filtered is not None else eye.whose.time
            passed = zip(gaps(ahead, before).tolist(), anew[fit].tolist(), strict=True)
            starts = [row for row, (gap, another) in enumerate(passed) if another or gap > LOST_S]
            if not starts or starts[0]:
                starts.insert(0, 0)
            else:
                filtered = None
            for first, end in pairwise([*starts, len(ahead)]):
                rows = slice(first, end) if isinstance(fit, slice) else fit[first:end]
                past = filtered if not first else None
                values[rows], filtered = one_euro(times[rows], values[rows], past, MIN_CUTOFF, self._beta)
        return Seen(times, why, anew, values, worst, quality, clear), Eye(filtered, beside, whose)


@lru_cache(maxsize=4)
def _undoubted(count: int) -> tuple[Rows, Array, Bools]:
    """`worst`, `quality` and `clear` of so many frames of which every gate is sure: the same for all, not to be
    changed."""
    found = np.zeros(count, np.intp), np.ones(count), np.ones(count, bool)
    for of_frames in found:
        of_frames.flags.writeable = False
    return found


def _carried(values: Array, last: Array) -> Array:
    """(T, n) with the last known value in the place of what is no number, `last` (n,) before the first."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    rows = np.where(missing, -1, np.arange(len(values))[:, None])
    rows = np.maximum.accumulate(rows, axis=0)
    return np.asarray(np.where(rows < 0, last, np.take_along_axis(values, np.maximum(rows, 0), axis=0)))


# --- against a resting face -------------------------------------------------------------------------------


class Compared(NamedTuple):
    """T frames compared with an exercise.

    own      (P, 2, T) match of each pose, left and right
    match    (P, 2, T) the same as it is shown: of the side that decides
    moved    (P, 2, T) what is decided by: how far the movement has come on that side, 1 at the template's peak and more
             beyond it; of a sequence, and of what has nothing but stillness to it, the match
    refused  for an attempt of the left and of the right side (T,) what refuses it, -1 for nothing: rules of the
             exercise first, then gates, then what is to keep still
    faults   for the same (T, F) which faults are there
    """

    own: Array
    match: Array
    moved: Array
    refused: tuple[list[int], list[int]]
    faults: tuple[Bools, Bools]


class Reference:
    """An exercise compiled against a resting face: what frames are compared with."""

    def __init__(self, exercise: Exercise, sight: Sight, rest: Rest, own: Mapping[str, float] | None = None) -> None:
        """own: the person's own range, None where it is not known."""
        self.exercise, self.rest, self._sight = exercise, rest, sight
        values = np.nan_to_num(rest.values)
        self.template = Template(exercise, values, own, sight.index)
        swaps = exercise.sides == "alternate"

        def both(conditions: Sequence[Sequence[Clause]]) -> list[Conditions]:
            left = Conditions(conditions, values, sight.index)
            return [left, Conditions([mirror(c) for c in conditions], values, sight.index) if swaps else left]

        #: for the left and the right side, the rules first
        self._conditions = both([*sight.rules, *sight.fault_conditions])
        self._own = len(sight.rules)

    def change(self, values: Array, level: Array) -> Array:
        """(T, C) filtered values as change from a (C,) level; none of what is beside the face and was never seen."""
        change: Array = values - level
        return change if math.isfinite(level.dot(level)) else np.nan_to_num(change, nan=0.0)

    def compare(self, change: Array, seen: Seen) -> Compared:
        """Compare frames, (T, C) change from rest, with the exercise."""
        amount, own, disturbed = self.template.see(change)
        left, right = self._conditions
        holds = left.test(change)
        refused = self._refused(holds, seen, disturbed[0])
        other = (holds, refused)
        if right is not left:
            holds_right = right.test(change)
            other = holds_right, self._refused(holds_right, seen, disturbed[-1])
        faults = holds[:, self._own :], other[0][:, self._own :]
        match = self.template.sides(own)
        moved = self.template.sides(amount) if self.exercise.simple else match
        return Compared(own, match, moved, (refused, other[1]), faults)

    def _refused(self, holds: Bools, seen: Seen, disturbed: Sequence[int]) -> list[int]:
        """As `Compared` has it, of one side of which so many conditions hold, and so much does not keep still."""
        refused = [-1] * len(holds)
        if self.exercise.simple and len(disturbed):
            after = self._own + len(self._sight.gate.gates)
            refused = [after + still if still >= 0 else -1 for still in disturbed]
        if self._own:
            rows, rules = holds[:, : self._own].nonzero()
            if len(rows):
                # Of several the first, which is why they are gone through from the last.
                for row, rule in zip(rows.tolist()[::-1], rules.tolist()[::-1], strict=True):
                    refused[row] = rule
        if len(seen.quality.nonzero()[0]) < len(refused):  # a gate refuses
            for row in (seen.quality == 0.0).nonzero()[0].tolist():
                refused[row] = self._own + int(seen.worst[row])
        return refused

    def faults_of(self, side: int, change: Array) -> Bools:
        """(T, F) which faults are there in an attempt of one side."""
        return self._conditions[side].test(change)[:, self._own :]

    def why(self, refused: int) -> str:
        """The sentence of what refuses."""
        gates = self._sight.gate.reasons
        if refused < self._own:
            return self.exercise.refuse[refused].say
        if refused < self._own + len(gates):
            return gates[refused - self._own]
        return still_words(self.template.still_names[refused - self._own - len(gates)]).say

    def why_gate(self, worst: int) -> str:
        """The sentence of a gate."""
        return self._sight.gate.reasons[worst]

    @property
    def template_index(self) -> Mapping[str, int]:
        """Which column of what is judged each measure has."""
        return self._sight.index

    def unsure(self, rest: Rest) -> float:
        """How far the match may be off because rest is not known better, 0 for not at all."""
        if rest.spread is None:
            return 0.0
        spread = np.nan_to_num(rest.spread[self._sight.columns], nan=0.0)
        return float(self.template.spread(spread).max())

    def way(self, apart: Array) -> float:
        """How much (C,) differences of rest change the match."""
        moved = np.nan_to_num(apart)
        return float(np.abs(self.template.amount(np.stack([moved, -moved]))).max())
