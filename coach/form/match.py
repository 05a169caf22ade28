"""How near a face is to an exercise's peak: 0 at the person's own rest, 1 at the peak.

Both sides are followed apart. A pair of measures (`..._left`, `..._right`) counts for its own side only; a measure
without a side counts for both.
"""

import numpy as np

from coach.form.exercise import Exercise, Target
from coach.form.measures import INDEX, ODD, mirrored
from coach.frame import Array


class Matcher:
    """An exercise's peak compiled against one person's rest.

    names  measures of the peak, in the order of the last axis of `progress`
    """

    __slots__ = ("_columns", "_span", "_tolerances", "_weights", "names")

    def __init__(self, exercise: Exercise, rest: Array) -> None:
        """rest: (M,) neutral measures."""
        self.names = tuple(exercise.peak)
        sides = []
        for side in ("left", "right"):
            for name, target in exercise.peak.items():
                sides.append(_for_side(exercise, name, target, side, rest))
        table = np.array(sides).reshape(2, len(self.names), 4)
        self._columns = table[..., 0].astype(int)
        self._span = table[..., 1]
        self._weights = table[..., 2] / table[..., 2].sum(axis=-1, keepdims=True)
        #: tolerances in the whole way, for each side
        self._tolerances: list[list[float]] = (np.abs(self._span) / table[..., 3]).tolist()

    def progress(self, change: Array) -> Array:
        """(..., M) change from rest to (..., 2, n): the way each peak measure has gone, 0 rest, 1 peak; left, right."""
        return np.asarray(change[..., self._columns] / self._span)

    def match(self, progress: Array) -> Array:
        """(..., 2, n) progress to (..., 2): match of the left and the right, -1..1.

        A measure past its target does not make up for one that is short of it.
        """
        counted = np.minimum(np.maximum(progress, -1.0), 1.0)
        return np.asarray(np.einsum("...ij,ij->...i", counted, self._weights))

    def errors(self, progress: Array, side: int) -> dict[str, float]:
        """(n,) progress of one side (0 left, 1 right) to tolerances past each target; negative is short of it."""
        return {n: (p - 1.0) * t for n, p, t in zip(self.names, progress.tolist(), self._tolerances[side], strict=True)}


def _for_side(exercise: Exercise, name: str, target: Target, side: str, rest: Array) -> tuple[float, ...]:
    """(column, span, weight, within) of one peak measure for one side."""
    other = mirrored(name)
    if exercise.sides == "alternate" and side == "right":
        # The right swing is the mirror image of the left one.
        span = target.span(float(rest[INDEX[other]])) * (-1.0 if name in ODD else 1.0)
        return INDEX[other], span, target.weight, _tolerance(target, rest[INDEX[other]])
    paired = other != name and other in exercise.peak
    mine = exercise.sides == "alternate" or not paired or name.endswith(side)
    column = INDEX[name]
    return column, target.span(float(rest[column])), target.weight if mine else 0.0, _tolerance(target, rest[column])


def _tolerance(target: Target, rest: float) -> float:
    return target.within * abs(rest) if target.as_ == "ratio" else target.within
