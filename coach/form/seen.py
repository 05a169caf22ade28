"""What is seen of an exercise: measures of frames in, numbers to decide by out.

Leading axes are free: one frame of a stream and a whole recording go through the same functions. What lasts from frame
to frame (the filter, whose face it is) is a value that goes in and comes out, so chunks of any size give the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

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

#: One-Euro: 2 Hz at rest (a delay of about 80 ms), opening with speed. A tenth of an OC, ten degrees or half a
#: blendshape a second open it by 1 Hz.
MIN_CUTOFF = 2.0
_OPENS = {"OC": 10.0, "deg": 0.1, "cm": 0.1, "ratio": 1.0, "shape": 2.0, "px": 0.1, "light": 0.1}
BETA = np.array([_OPENS[row.unit] for row in TABLE])

#: A face gone for longer (seconds) is said to be lost; a running attempt is then given up.
LOST_S = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """What lasts from frame to frame.

    filtered  where the filter is, None before the first frame
    beside    last known values of what is beside the face
    whose     whose face it was
    """

    filtered: Filtered | None
    beside: Array
    whose: Whose


@dataclass(frozen=True, slots=True, eq=False)
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
    worst: npt.NDArray[np.intp]
    quality: Array
    clear: Bools

    def __len__(self) -> int:
        return len(self.times)

    def part(self, rows: slice) -> "Seen":
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
        self._beta = BETA[self.columns]
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
        last = eye.whose.time
        if self.gate.who:
            why[(why == FIT) & np.logical_not(self.gate.sees(measures))] = UNSEEN
        levels = self.gate.levels(measures)
        worst, quality = levels.argmin(axis=1), levels.min(axis=1)
        values = measures[:, self.columns]
        beside = eye.beside
        fit = np.flatnonzero(why == FIT)
        filtered = eye.filtered
        if len(fit):
            if self.faces < len(self.columns):
                known = _carried(values[fit, self.faces :], beside)
                values[fit, self.faces :] = np.nan_to_num(known)
                beside = known[-1]
            before = filtered.time if filtered is not None else last
            breaks = (gaps(times[fit], before) > LOST_S) | anew[fit]
            starts = [0, *np.flatnonzero(breaks[1:]) + 1, len(fit)]
            for first, end in pairwise(starts):
                rows = fit[first:end]
                past = None if breaks[first] else filtered
                values[rows], filtered = one_euro(times[rows], values[rows], past, MIN_CUTOFF, self._beta)
        clear = (why != NO_FACE) & (why != STRANGER) & self._clear(levels)
        return Seen(times, why, anew, values, worst, quality, clear), Eye(filtered, beside, whose)


def _carried(values: Array, last: Array) -> Array:
    """(T, n) with the last known value in the place of what is no number, `last` (n,) before the first."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    rows = np.where(missing, -1, np.arange(len(values))[:, None])
    rows = np.maximum.accumulate(rows, axis=0)
    return np.asarray(np.where(rows < 0, last, np.take_along_axis(values, np.maximum(rows, 0), axis=0)))


# --- against a resting face -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """T frames compared with an exercise.

    match    (P, 2, T) match of each pose, left and right, as it is shown
    moved    (P, 2, T) what is decided by: how far the movement has come on the side that decides, 1 at the template's
             peak and more beyond it; of a sequence, and of what has nothing but stillness to it, the match
    refused  (2, T) for an attempt of the left and of the right side what refuses it, -1 for nothing: rules of the
             exercise first, then gates, then what is to keep still
    """

    match: Array
    moved: Array
    refused: npt.NDArray[np.intp]


def simple(exercise: Exercise) -> bool:
    """Whether an exercise is one movement from rest and back: no sequence, and no keeping still."""
    return len(exercise.poses) == 1 and exercise.count.ends == "rest" and bool(exercise.moving)


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

        self._rules, self._faults = both(sight.rules), both(sight.fault_conditions)
        self._own = len(sight.rules)
        #: one movement from rest and back
        self.simple = simple(exercise)

    def change(self, values: Array, level: Array) -> Array:
        """(T, C) filtered values as change from a (C,) level; none of what is beside the face and was never seen."""
        change: Array = values - level
        return change if math.isfinite(level.sum()) else np.nan_to_num(change, nan=0.0)

    def compare(self, change: Array, seen: Seen) -> Compared:
        """Compare frames, (T, C) change from rest, with the exercise."""
        match = self.template.match(change)
        if self.simple:
            moved = self.template.sides(self.template.amount(change))
            refused = self.template.disturbed(change, np.maximum(moved[0], 1.0))
            refused[refused >= 0] += self._own + len(self._sight.gate.gates)
        else:
            moved = self.template.sides(match)
            refused = np.full((2, len(change)), -1)
        if self._own:
            same = self._rules[0] is self._rules[1]
            for rows, rules in zip((slice(0, 2),) if same else (slice(0, 1), slice(1, 2)), self._rules, strict=False):
                holds = rules.test(change)
                refused[rows] = np.where(holds.any(axis=1), holds.argmax(axis=1), refused[rows])
        gated = seen.quality == 0.0
        if gated.any():
            refused[:, gated] = self._own + seen.worst[gated]
        return Compared(match, moved, refused)

    def faults_of(self, side: int, change: Array) -> Bools:
        """(T, F) which faults are there in an attempt of one side."""
        return self._faults[side].test(change)

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
