"""The reference template: how an exercise looks when it is done as its file describes it.

A template is an exercise compiled against one person's rest. It says how far each side is on the way to the peak now
(`progress`, `match`), and it has a curve for each measure over the phases rise, hold and lower, with a tolerance.
A performed repetition is aligned to that curve in time (`align`), so that its pace and its shape are judged apart.

Both sides are followed apart. A pair of measures (`..._left`, `..._right`) counts for its own side only; a measure
without a side counts for both.
"""

from collections.abc import Mapping

import numpy as np

from coach.form.exercise import Exercise, Target
from coach.form.measures import INDEX, NAMES, ODD, mirrored
from coach.frame import SIDES, Array

#: Samples of the curve in a movement (rise, lower, or from pose to pose) and in a hold. A hold has few, so that a
#: tremor is averaged out of them: it is a matter of the hold, not of the shape.
MOVE, HOLD = 8, 4
#: How many samples the alignment may shift a moment by, after the phases have been laid over each other.
BAND = 4
#: Bounds of a personal range, in parts of the template's: less is not a movement, more is another one.
LEAST_RANGE, MOST_RANGE = 0.4, 2.0


class Template:
    """An exercise compiled against one person's rest.

    own      whether its range is the person's
    names    measures of the peak, in the order of the last axis of `progress`
    columns  (P, 2, n) for each pose and side (left, right) the column of the measure
    span     (P, 2, n) displacement that is the whole way, 0 for what is to keep still or is not of that pose
    within   (P, 2, n) tolerance in the measure's unit
    weights  (P, 2, n) sum to 1 over what moves; 0 for what does not, or is the other side's
    """

    __slots__ = (
        "_errors",
        "_over",
        "_resting",
        "_still",
        "columns",
        "exercise",
        "names",
        "own",
        "span",
        "steady",
        "weights",
        "within",
    )

    def __init__(self, exercise: Exercise, rest: Array, own: Mapping[str, float] | None = None) -> None:
        """rest: (M,) neutral measures. own: the person's own range, displacement of each measure at their peak."""
        self.exercise, self.own = exercise, own is not None
        self.names = exercise.measures
        table = np.zeros((len(exercise.poses), 2, len(self.names), 5))
        for p, pose in enumerate(exercise.poses):
            for s, side in enumerate(SIDES):
                for i, name in enumerate(self.names):
                    target = pose.peak.get(name)
                    column = INDEX[mirrored(name) if exercise.sides == "alternate" and side == "right" else name]
                    table[p, s, i, 0] = column
                    if target is not None:
                        table[p, s, i] = _for_side(exercise, name, target, side, rest, pose.peak)
        self.columns = table[..., 0].astype(int)
        self.span, self.within = table[..., 1], table[..., 3]
        if own is not None:
            self._personal(own)
        weights = table[..., 2]
        self.weights = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-12)
        self.steady = table[..., 4] > 0
        self._still = bool(self.steady.any())
        #: 1 for a pose in which nothing moves: all of it is to keep still
        self._resting = 1.0 - self.weights.any(axis=-1)
        tolerances = np.abs(self.span) / np.where(self.within > 0, self.within, 1.0)
        #: for each pose and side: name, whether it is to keep still, tolerances in the whole way
        self._errors = [
            [
                [(i, n, bool(self.steady[p, s, i]), float(tolerances[p, s, i])) for i, n in enumerate(self.names)
                 if n in pose.peak]
                for s in (0, 1)
            ]
            for p, pose in enumerate(exercise.poses)
        ]  # fmt: skip
        self._over = np.where(self.steady, self.within, np.where(self.span == 0.0, np.inf, self.span))

    def _personal(self, own: Mapping[str, float]) -> None:
        """Put the person's own range in the place of the template's, within bounds; tolerances grow with it."""
        for p, s, i in np.ndindex(self.span.shape):
            span = self.span[p, s, i]
            name = NAMES[self.columns[p, s, i]]
            if span != 0.0 and name in own:
                part = float(np.clip(own[name] / span, LEAST_RANGE, MOST_RANGE))
                self.span[p, s, i] = span * part
                self.within[p, s, i] *= part

    def progress(self, change: Array) -> Array:
        """(..., M) change from rest to (..., P, 2, n): the way each measure has gone, 0 rest, 1 peak; left, right.

        For a measure that is to keep still: how far it has gone, in tolerances.
        """
        progress = change[..., self.columns] / self._over
        return np.where(self.steady, np.abs(progress), progress) if self._still else np.asarray(progress)

    def match(self, progress: Array) -> Array:
        """(..., P, 2, n) progress to (..., P, 2): match of each pose, left and right, -1..1.

        A measure past its target does not make up for one that is short of it. What is to keep still lowers the
        match as soon as it leaves its tolerance, to nothing at twice that.
        """
        match = np.einsum("...pij,pij->...pi", np.minimum(np.maximum(progress, -1.0), 1.0), self.weights)
        if not self._still:
            return np.asarray(match)
        match += self._resting
        # A movement the other way stays what it is, however still the rest of the face.
        return np.asarray(np.minimum(match, match * self._quiet(progress)))

    def sides(self, both: Array) -> Array:
        """(..., P, 2) match of the left and the right to what is judged of it: each side's own where sides alternate,
        else for both of them that of the side that decides."""
        if self.exercise.sides == "alternate":
            return both
        decides = both.max if self.exercise.leading == "either" else both.min
        return np.asarray(np.broadcast_to(decides(axis=-1, keepdims=True), both.shape))

    def amount(self, progress: Array) -> Array:
        """(..., P, 2, n) progress to (..., P, 2): as `match`, but what goes past its target counts in full."""
        amount = np.einsum("...pij,pij->...pi", np.maximum(progress, -1.0), self.weights)
        return np.asarray(np.minimum(amount, amount * self._quiet(progress)) if self._still else amount)

    def _quiet(self, progress: Array) -> Array:
        """(..., P, 2): 1 while what is to keep still does, 0 where one of it has gone twice its tolerance."""
        loudest = (progress * self.steady).max(axis=-1)
        return np.asarray(np.minimum(np.maximum(2.0 - loudest, 0.0), 1.0))

    def errors(self, progress: Array, pose: int, side: int) -> dict[str, float]:
        """(P, 2, n) progress to tolerances past each target of one pose and side; negative is short of it."""
        gone = progress[pose, side].tolist()
        return {
            name: gone[i] if still else (gone[i] - 1.0) * whole for i, name, still, whole in self._errors[pose][side]
        }

    # --- the curve ----------------------------------------------------------------------------------------

    def curve(self, side: int) -> tuple[Array, Array]:
        """Return the curve of one side over the phases, and its weights: both (K, n).

        K samples go through MOVE of the rise, HOLD of the hold, for each further pose MOVE and HOLD, and MOVE of the
        lowering. Values are displacements from rest in tolerances of the measure.
        """
        tolerance = self.within.max(axis=0)[side]
        up = _smooth((np.arange(MOVE) + 0.5) / MOVE)[:, None]
        held = np.ones((HOLD, 1))
        values, weights = [], []
        span, weight = self.span[:, side], self._shape_weights(side)
        last_span, last_weight = np.zeros(len(self.names)), weight[0]
        for p in range(len(span)):
            values += [last_span * (1.0 - up) + span[p] * up, held * span[p]]
            weights += [np.ones((MOVE, 1)) * np.minimum(last_weight, weight[p]), held * weight[p]]
            last_span, last_weight = span[p], weight[p]
        values.append(last_span * up[::-1])
        weights.append(np.ones((MOVE, 1)) * last_weight)
        curve = np.concatenate(values)
        for name, points in self.exercise.curve.items():
            i = self.names.index(name)
            at = (np.arange(len(curve)) + 0.5) / len(curve)
            curve[:, i] = np.interp(at, np.linspace(0.0, 1.0, len(points)), points) * span[0, i]
        return curve / tolerance, np.concatenate(weights)

    def _shape_weights(self, side: int) -> Array:
        """(P, n) weights of one side for the shape: of what moves, and as much for each measure that keeps still."""
        weight = self.weights[:, side].copy()
        mean = weight.sum(axis=-1, keepdims=True) / np.maximum((weight > 0).sum(axis=-1, keepdims=True), 1)
        weight = np.where(self.steady[:, side], np.where(mean > 0, mean, 1.0), weight)
        return np.asarray(weight / weight.sum(axis=-1, keepdims=True))

    def displacement(self, change: Array, side: int) -> Array:
        """(..., M) change from rest to (..., n): displacement of one side's measures in tolerances, as in `curve`."""
        return np.asarray(change[..., self.columns[0, side]] / self.within.max(axis=0)[side])


def phases_of(poses: int) -> list[int]:
    """How many samples of a curve each phase has: move, hold, and so on, and the last move back."""
    return [MOVE, HOLD] * poses + [MOVE]


def resample(times: Array, values: Array, marks: Array, poses: int = 1) -> Array:
    """Lay a performed repetition over the samples of a curve: means over each sample's time, phase by phase.

    times   (T,) seconds, rising
    values  (T, n)
    marks   (2 * poses + 2,) seconds at which its phases begin, and the end of the last
    result  (K, n)
    """
    counts = phases_of(poses)
    edges = np.concatenate(
        [np.linspace(marks[i], marks[i + 1], n, endpoint=False) for i, n in enumerate(counts)] + [marks[-1:]]
    )
    # Means over an interval are differences of the integral, which is exact at any frame rate.
    steps = np.diff(times)[:, None]
    integral = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum((values[1:] + values[:-1]) / 2 * steps, 0)])
    at = np.clip(np.interp(edges, times, np.arange(len(times))), 0, len(times) - 1)
    low = np.minimum(at.astype(int), len(times) - 2)
    part = (at - low)[:, None]
    inside = values[low] + part * (values[low + 1] - values[low])
    area = integral[low] + (values[low] + inside) / 2 * part * steps[low]
    width = np.diff(low + part[:, 0]) > 0
    # A phase that took no time at all (a rise from one frame to the next) has the value of its moment.
    spans = np.diff(np.interp(edges, times, times))[:, None]
    means = np.diff(area, axis=0) / np.where(spans > 0, spans, 1.0)
    return np.asarray(np.where((spans > 1e-9) & width[:, None], means, inside[:-1]))


def align(performed: Array, curve: Array, weights: Array, band: int = BAND) -> tuple[Array, Array]:
    """Align performed repetitions with a template in time: banded dynamic time warping, all repetitions at once.

    performed  (R, K, n) as `resample` gives them
    curve      (R, K, n), weights (R, K, n): one for each, or one for all
    result     (R, K, n) the repetitions as aligned (mean of the samples laid on each of the template's), and (R,)
               the distance: root of the weighted mean square along the way

    Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition" (1978): steps to the
    right, down and across, no further than `band` samples from the diagonal.
    """
    count, size = performed.shape[:2]
    away = performed[:, :, None, :] - np.broadcast_to(curve, performed.shape)[:, None, :, :]
    cost = np.einsum("rijn,rjn->rij", away * away, np.broadcast_to(weights, performed.shape))
    beyond = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) > band
    cost[:, beyond] = np.inf
    # Along the diagonals i + j = d all cells depend on earlier diagonals only, so each is one step for all.
    total = np.full((count, size + 1, size + 1), np.inf)
    total[:, 0, 0] = 0.0
    for d in range(2 * size - 1):
        i = np.arange(max(0, d - size + 1, (d - band + 1) // 2), min(d, size - 1, (d + band) // 2) + 1)
        j = d - i
        before = np.minimum(np.minimum(total[:, i, j + 1], total[:, i + 1, j]), total[:, i, j])
        total[:, i + 1, j + 1] = before + cost[:, i, j]
    # Back along the cheapest way, all repetitions step by step.
    laid = np.zeros_like(performed)
    laid_count = np.zeros((count, size, 1))
    all_of = np.arange(count)
    i, j = np.full(count, size - 1), np.full(count, size - 1)
    length = np.zeros(count)
    running = np.ones(count, bool)
    while running.any():
        r = all_of[running]
        laid[r, j[r]] += performed[r, i[r]]
        laid_count[r, j[r]] += 1.0
        length[r] += 1
        across, up, left = total[r, i[r], j[r]], total[r, i[r], j[r] + 1], total[r, i[r] + 1, j[r]]
        best = np.argmin(np.stack([across, up, left]), axis=0)
        i[r] -= (best != 2).astype(int)
        j[r] -= (best != 1).astype(int)
        running = (i >= 0) & (j >= 0)
    return laid / np.maximum(laid_count, 1.0), np.sqrt(total[:, size, size] / length)


def _smooth(x: Array) -> Array:
    """0 to 1, starting and ending gently."""
    return np.asarray(x * x * (3.0 - 2.0 * x))


def _for_side(
    exercise: Exercise, name: str, target: Target, side: str, rest: Array, peak: Mapping[str, Target]
) -> tuple[float, ...]:
    """(column, span, weight, within, still) of one peak measure for one side."""
    other = mirrored(name)
    still = float(target.as_ == "still")
    if exercise.sides == "alternate" and side == "right":
        # The right swing is the mirror image of the left one.
        level = float(rest[INDEX[other]])
        span = target.span(level) * (-1.0 if name in ODD else 1.0)
        return INDEX[other], span, 0.0 if still else target.weight, target.tolerance(level), still
    paired = other != name and other in peak
    mine = exercise.sides == "alternate" or not paired or name.endswith(side)
    level = float(rest[INDEX[name]])
    # What is to keep still is to do so on both sides.
    weight = target.weight if mine and not still else 0.0
    return INDEX[name], target.span(level), weight, target.tolerance(level), still
