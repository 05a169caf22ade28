"""The reference template: how an exercise looks when it is done as its file describes it.

A template is an exercise compiled against one person's rest. It says how far each side is on the way to the peak now
(`progress`, `match`), and it has a curve for each measure over the phases rise, hold and lower, with a tolerance.
A performed repetition is aligned to that curve in time (`align`), so that its pace and its shape are judged apart.

Both sides are followed apart. A pair of measures (`..._left`, `..._right`) counts for its own side only; a measure
without a side counts for both.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from coach.form.exercise import Exercise, Target
from coach.form.measures import INDEX, ODD, TABLE, mirrored
from coach.frame import SIDES, Array, Bools

#: Samples of the curve in a movement (rise, lower, or from pose to pose) and in a hold. A hold has few, so that a
#: tremor is averaged out of them: it is a matter of the hold, not of the shape.
MOVE, HOLD = 8, 4
#: How many samples the alignment may shift a moment by, after the phases have been laid over each other.
BAND = 4
#: What is to keep still and moves by this much of its tolerance makes another movement of it.
DISTURBS = 1.35
#: Bounds of a personal range, in parts of the template's: less is not a movement, more is another one.
LEAST_RANGE, MOST_RANGE = 0.4, 2.0


class _Asked:
    """What a pose asks of one side, or of two that are judged on the same measures: a compiled table."""

    __slots__ = ("_columns", "_grows", "_moving", "_over", "_weights")

    def __init__(self, moving: Array, over: Array, weights: Array, still: Array, within: Array, grows: Bools) -> None:
        """moving (n,) columns, over (n,) their whole way, weights (S, n) for each side; still (k,) columns, within (k,)
        their tolerance, grows (k,) whether that grows with the movement."""
        self._columns, self._over = np.concatenate([moving, still]), np.concatenate([over, within])[:, None]
        self._moving, self._weights, self._grows = len(moving), weights, grows[:, None]

    def amount(self, change: Array, most: float) -> Array:
        """(C, T) change from rest to (S, T): how much of the way is gone, of each measure this much at most."""
        gone = change.take(self._columns[: self._moving], axis=0)
        gone /= self._over[: self._moving]
        np.maximum(gone, -1.0, out=gone)
        if most < np.inf:
            np.minimum(gone, most, out=gone)
        return np.asarray(self._weights.dot(gone))

    def see(self, change: Array) -> tuple[Array, Array, list[int]]:
        """(C, T) change from rest to (S, T) amount without a bound and match, and as `Template.see` what disturbs."""
        gone = change.take(self._columns, axis=0)
        gone /= self._over
        still, gone = gone[self._moving :], gone[: self._moving]
        np.maximum(gone, -1.0, out=gone)
        amount: Array = self._weights.dot(gone)
        np.minimum(gone, 1.0, out=gone)
        match: Array = self._weights.dot(gone)
        if not len(still):
            return amount, match, []
        if not len(gone):  # all of it is to keep still
            match += 1.0
        np.abs(still, out=still)
        size = np.maximum.reduce(amount, axis=0)
        if max(size.tolist()) > 1.0:
            # More may move beside a large movement, but not as much more, or neighbours would be alike.
            still /= np.where(self._grows, np.sqrt(np.maximum(size, 1.0)), 1.0)
        loudest = np.maximum.reduce(still, axis=0).tolist()
        loud = [row for row, most in enumerate(loudest) if most > 1.0]
        disturbed = [-1] * len(loudest)
        if loud:
            quiet = np.maximum(2.0 - still[:, loud].max(axis=0), 0.0)
            # A movement the other way stays what it is, however still the rest of the face.
            match[:, loud] = np.minimum(match[:, loud], match[:, loud] * quiet)
            for row, which in zip(loud, still[:, loud].argmax(axis=0).tolist(), strict=True):
                if loudest[row] > DISTURBS:
                    disturbed[row] = which
        return amount, match, disturbed


class Template:
    """An exercise compiled against one person's rest.

    own      whether its range is the person's
    names    measures of the peak, in the order of the last axis of `span`
    still_names  those of the first pose that keep still
    columns  (P, 2, n) for each pose and side (left, right) the column of the measure
    span     (P, 2, n) displacement that is the whole way, 0 for what is to keep still or is not of that pose
    within   (P, 2, n) tolerance in the measure's unit
    weights  (P, 2, n) sum to 1 over what moves; 0 for what does not, or is the other side's
    """

    __slots__ = (
        "_asked",
        "_curves",
        "_errors",
        "_over",
        "columns",
        "exercise",
        "names",
        "own",
        "span",
        "steady",
        "still_names",
        "weights",
        "within",
    )

    def __init__(
        self,
        exercise: Exercise,
        rest: Array,
        own: Mapping[str, float] | None = None,
        index: Mapping[str, int] = INDEX,
    ) -> None:
        """rest: (M,) neutral measures. own: the person's own range, displacement of each measure at their peak.
        index: where each measure lies in what will be judged, which may hold fewer than all."""
        self.exercise, self.own = exercise, own is not None
        self.names = exercise.measures
        #: what each side shows of each measure: the right swing is the mirror image of the left one
        shown = [[_shown(exercise, name, side) for name in self.names] for side in SIDES]
        self.columns = np.array([[[index[name] for name in names] for names in shown]] * len(exercise.poses))
        table = np.zeros((len(exercise.poses), 2, len(self.names), 4))
        for p, pose in enumerate(exercise.poses):
            for s, side in enumerate(SIDES):
                for i, name in enumerate(self.names):
                    if (target := pose.peak.get(name)) is not None:
                        table[p, s, i] = _for_side(exercise, name, target, side, rest, pose.peak)
        self.span, self.within = table[..., 0], table[..., 2]
        if own is not None:
            self._personal(own)
        weights = table[..., 1]
        self.weights = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-12)
        self.steady = table[..., 3] > 0
        self.still_names = [name for name, still in zip(self.names, self.steady[0, 0], strict=True) if still]
        tolerances = np.abs(self.span) / np.where(self.within > 0, self.within, 1.0)
        self._over = np.where(self.steady, self.within, np.where(self.span == 0.0, np.inf, self.span))
        self._curves: dict[int, tuple[Array, Array]] = {}
        alternate = exercise.sides == "alternate"
        self._asked = [
            [self._asks(p, sides) for sides in ([[0], [1]] if alternate else [[0, 1]])]
            for p in range(len(exercise.poses))
        ]
        #: for each pose and side what is to be told of each measure: name, column, the whole way, whether it is to keep
        #: still, and tolerances in the whole way
        tables = (self.columns, self._over, self.steady, tolerances)
        self._errors = [
            [
                [
                    row
                    for row in zip(self.names, *(t[p, s].tolist() for t in tables), strict=True)
                    if row[0] in pose.peak
                ]
                for s in (0, 1)
            ]
            for p, pose in enumerate(exercise.poses)
        ]

    def _personal(self, own: Mapping[str, float]) -> None:
        """Put the person's own range in the place of the template's, within bounds; tolerances grow with it. Where
        sides alternate it is the range of the swing to the left, and of its mirror image."""
        for p, s, i in np.ndindex(self.span.shape):
            span, name = self.span[p, s, i], self.names[i]
            if span != 0.0 and name in own:
                part = float(own[name] / span)
                if self.exercise.sides == "alternate" and name in ODD:
                    part = abs(part)
                part = min(max(part, LEAST_RANGE), MOST_RANGE)
                self.span[p, s, i] = span * part
                self.within[p, s, i] *= part

    def _asks(self, pose: int, sides: list[int]) -> _Asked:
        """What a pose asks of sides that are judged on the same measures."""
        side = sides[0]
        moving = np.flatnonzero(self.weights[pose, sides].any(axis=0))
        still = np.flatnonzero(self.steady[pose, side])
        columns, over = self.columns[pose, side], self._over[pose, side]
        # Where the head points to is a matter of the view, however large the movement.
        grows = np.array([TABLE[INDEX[self.names[i]]].unit != "deg" for i in still], bool)
        weights = self.weights[pose, sides][:, moving]
        return _Asked(columns[moving], over[moving], weights, columns[still], over[still], grows)

    def see(self, change: Array) -> tuple[Array, Array, list[list[int]]]:
        """(T, C) change from rest to the amount and the match, both (P, 2, T), of each pose, left and right, and for
        the sides of the first pose, or both together, (T,) which of `still_names` moves too much for a repetition, -1
        for none; empty where nothing is to keep still.

        The amount is how far the movement has come, -1 and up, whatever else moves. For the match, -1..1, a measure
        past its target does not make up for one that is short of it, and what is to keep still lowers it as soon as it
        leaves its tolerance, to nothing at twice that; beside a movement larger than the template it may move more.
        """
        poses = [[side.see(change.T) for side in sides] for sides in self._asked]
        amount = self._of_poses([[amount for amount, _, _ in sides] for sides in poses])
        match = self._of_poses([[match for _, match, _ in sides] for sides in poses])
        return amount, match, [disturbed for _, _, disturbed in poses[0]]

    def match(self, change: Array) -> Array:
        """(T, C) change from rest to (P, 2, T): the match alone of `see`."""
        return self.see(change)[1]

    def amount(self, change: Array, most: float = np.inf) -> Array:
        """(T, C) change from rest to (P, 2, T): the amount alone of `see`, of each measure `most` at most."""
        return self._of_poses([[side.amount(change.T, most) for side in sides] for sides in self._asked])

    def spread(self, spread: Array) -> Array:
        """(C,) spread of what is judged to (P, 2): the spread of the match that comes of it, as if the measures were
        independent of each other."""
        of = spread[self.columns] / np.abs(self._over)
        moving = np.sqrt(((self.weights * np.where(self.steady, 0.0, of)) ** 2).sum(axis=-1))
        # What is to keep still lowers the match from its tolerance on only.
        steady = 0.25 * np.where(self.steady, of, 0.0).max(axis=-1)
        return np.asarray(np.where(self.weights.any(axis=-1), moving, steady))

    def _of_poses(self, poses: list[list[Array]]) -> Array:
        if len(poses) == len(poses[0]) == 1:
            return poses[0][0][None]
        return np.stack([np.concatenate(sides) for sides in poses])

    def sides(self, both: Array) -> Array:
        """(P, 2, T) match of the left and the right to what is judged of it: each side's own where sides alternate,
        else for both of them that of the side that decides."""
        if self.exercise.sides == "alternate":
            return both
        decides = np.maximum if self.exercise.leading == "either" else np.minimum
        found: Array = decides(both, both[:, ::-1])
        return found

    def errors(self, change: Sequence[float], pose: int, side: int) -> dict[str, float]:
        """Change from rest at one moment to tolerances past each target of one pose and side; negative is short of
        it."""
        return {
            name: abs(change[column] / over) if still else (change[column] / over - 1.0) * whole
            for name, column, over, still, whole in self._errors[pose][side]
        }

    # --- the curve ----------------------------------------------------------------------------------------

    def curve(self, side: int) -> tuple[Array, Array]:
        """Return the curve of one side over the phases, and its weights: both (K, n), not to be changed.

        K samples go through MOVE of the rise, HOLD of the hold, for each further pose MOVE and HOLD, and MOVE of the
        lowering. Values are displacements from rest in tolerances of the measure.
        """
        if side not in self._curves:
            self._curves[side] = self._curve(side)
        return self._curves[side]

    def _curve(self, side: int) -> tuple[Array, Array]:
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
    """Lay performed repetitions over the samples of a curve: means over each sample's time, phase by phase.

    times   (T,) seconds, rising; of several repetitions one after the other
    values  (T, n)
    marks   (..., 2 * poses + 2) seconds at which the phases of each begin, and the end of the last
    result  (..., K, n)
    """
    phase, part = _edges(poses)
    begin, end = marks[..., phase], marks[..., phase + 1]
    edges = np.concatenate([begin + (end - begin) * part, marks[..., -1:]], axis=-1)
    # Means over an interval are differences of the integral, which is exact at any frame rate.
    steps = (times[1:] - times[:-1])[:, None]
    integral = np.zeros(values.shape)
    np.cumsum((values[1:] + values[:-1]) / 2 * steps, axis=0, out=integral[1:])
    at = np.interp(edges, times, np.arange(len(times)))
    low = np.minimum(at.astype(int), len(times) - 2)
    past = (at - low)[..., None]
    before = values[low]
    inside = before + past * (values[low + 1] - before)
    area = integral[low] + (before + inside) / 2 * past * steps[low]
    # A phase that took no time at all (a rise from one frame to the next) has the value of its moment.
    within = np.minimum(np.maximum(edges, times[0]), times[-1])
    spans = (within[..., 1:] - within[..., :-1])[..., None]
    took = spans > 1e-9
    means = (area[..., 1:, :] - area[..., :-1, :]) / np.where(took, spans, 1.0)
    return np.asarray(np.where(took, means, inside[..., :-1, :]))


@cache
def _edges(poses: int) -> tuple[npt.NDArray[np.intp], Array]:
    """For each sample of a curve its phase, and where in the phase it begins (0..1)."""
    counts = phases_of(poses)
    return np.repeat(np.arange(len(counts)), counts), np.concatenate([np.arange(n) / n for n in counts])


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
    # Along the diagonals i + j = d all cells depend on earlier diagonals only, so each is one step for all. Cells that
    # are further than `band` from the middle of one are never reached.
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


def _shown(exercise: Exercise, name: str, side: str) -> str:
    """The measure that shows on one side what `name` shows on the left."""
    return mirrored(name) if exercise.sides == "alternate" and side == "right" else name


def _for_side(
    exercise: Exercise, name: str, target: Target, side: str, rest: Array, peak: Mapping[str, Target]
) -> tuple[float, ...]:
    """(span, weight, within, still) of one peak measure for one side."""
    level = float(rest[INDEX[_shown(exercise, name, side)]])
    still = target.as_ == "still"
    span = target.span(level)
    if exercise.sides == "alternate" and side == "right" and name in ODD:
        span = -span
    paired = mirrored(name) != name and mirrored(name) in peak
    mine = exercise.sides == "alternate" or not paired or name.endswith(side)
    # What is to keep still is to do so on both sides.
    return span, target.weight if mine and not still else 0.0, target.tolerance(level), float(still)
