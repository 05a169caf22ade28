"""Many templates aligned with one stream, sample by sample: where in it does each of them occur?

Subsequence dynamic time warping: a way through a template begins at any sample of the stream and ends at the newest.
It is exact, over all of the past, and costs the same at every sample: all templates go one step on together.

Sakurai, Faloutsos and Yamamuro, "Stream monitoring under the time warping distance" (ICDE 2007), which calls it SPRING;
steps to the right, down and across as in Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
recognition" (1978).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coach.frame import Array, Bools

Ints = npt.NDArray[np.int64]


class StreamAlignment:
    """Aligns Q templates with a stream of samples of n values each.

    lengths  (Q,) samples of each template
    still    (Q,) distance of each template from a stream of zeros, in which nothing moves
    time     number of the newest sample; the first one is 0
    totals   (Q, J) for each sample of each template the distance of the best way there at the newest sample: the sum of
             weighted squared differences along it
    starts   (Q, J) number of the sample at which that way began

    J is the longest template's length; what lies past the end of a shorter one says nothing. The two tables are
    written anew in every step.
    """

    def __init__(self, curves: Sequence[Array], weights: Sequence[Array]) -> None:
        """curves: (J_q, n) for each template; weights: (J_q, n) for each, not negative. Raises ValueError where there
        is no template, or where shapes do not fit together."""
        if not curves or any(c.ndim != 2 or not len(c) or c.shape[1] != curves[0].shape[1] for c in curves):
            raise ValueError("needs templates of one or more samples, all of the same number of values")
        if [c.shape for c in curves] != [w.shape for w in weights]:
            raise ValueError("needs as many weights as values")
        self.lengths: Ints = np.array([len(curve) for curve in curves])
        self.time = -1
        # A column in front of each template costs nothing: there ways begin. What lies past its end costs nothing.
        shape = len(curves), int(self.lengths.max()) + 1
        cells, size = shape[0] * shape[1], curves[0].shape[1]
        # w (x - y)^2 = w x^2 - 2 w y x + w y^2: what a sample costs on all samples of all templates is one product.
        self._table = np.zeros((*shape, 2 * size + 1))
        for of_template, y, w in zip(self._table, curves, weights, strict=True):
            of_template[1 : len(y) + 1] = np.hstack([w, -2.0 * w * y, (w * y * y).sum(axis=1, keepdims=True)])
        self.still: Array = self._table[..., -1].sum(axis=1)
        self._one, self._each = np.ones(2 * size + 1), np.ones((len(curves), 2 * size + 1))
        # All that a step writes is made once. Templates lie one behind the other: most of a step is done on all of them
        # as one long row, and what goes from the end of one to the column in front of the next is written over.
        self._cost, self._sum, self._least, self._reached = (np.empty(cells) for _ in range(4))
        self._total = np.full(cells, np.inf)
        self._start, self._from, self._place = (np.zeros(cells, np.int64) for _ in range(3))
        self._stays, self._sets, self._places = np.empty(cells - 1, bool), np.empty(cells, bool), np.arange(cells)
        self._rows = {
            name: getattr(self, f"_{name}").reshape(shape)
            for name in ("cost", "sum", "least", "reached", "total", "start", "place")
        }
        self.totals: Array = self._rows["total"][:, 1:]
        self.starts: Ints = self._rows["start"][:, 1:]
        self._ends = np.arange(len(curves)), self.lengths - 1

    @property
    def distances(self) -> Array:
        """(Q,) distance of each whole template from the best way that ends at the newest sample."""
        return np.asarray(self.totals[self._ends])

    @property
    def begins(self) -> Ints:
        """(Q,) number of the sample at which that way began."""
        return np.asarray(self.starts[self._ends])

    def step(self, sample: Array) -> None:
        """Take the stream's next sample: (n,) for all templates, or (Q, n) as each of them is to see it. Raises
        ValueError for one that is not finite, which would never be got rid of.

        With the cost c of this sample on sample j of a template, and the lesser M[j] of the totals one sample ago at j
        and j - 1, the total is D[j] = c[j] + min(M[j], D[j - 1]). D[j - 1] is of this very sample, and seems to ask for
        a loop. But with the running sum S of c it is D[j] = S[j] + min over k <= j of (M[k] - S[k - 1]): a running
        minimum. S begins anew with every sample and is no longer than the template, so rounding stays small: for every
        sample of a way it adds some 1e-16 of the largest S.
        """
        self._weigh(sample)
        self.time += 1
        rows, total, least, start, begun = self._rows, self._total, self._least, self._start, self._from
        np.add.accumulate(rows["cost"], axis=1, out=rows["sum"])
        rows["total"][:, 0] = 0.0
        rows["start"][:, 0] = self.time
        # From one sample of the stream to the next: staying where it is in the template, or one further.
        np.less(total[1:], total[:-1], out=self._stays)
        np.minimum(total[1:], total[:-1], out=least[1:])
        np.copyto(begun[1:], start[:-1])
        np.copyto(begun[1:], start[1:], where=self._stays)
        # And further through the template within this sample.
        least[1:] -= self._sum[:-1]
        rows["least"][:, 0] = np.inf
        np.minimum.accumulate(rows["least"], axis=1, out=rows["reached"])
        np.add(self._reached, self._sum, out=total)
        # A way began where the one began that set the running minimum last.
        np.equal(least, self._reached, out=self._sets)
        np.multiply(self._sets, self._places, out=self._place)
        np.maximum.accumulate(rows["place"], axis=1, out=rows["place"])
        np.take(begun, self._place, out=start, mode="clip")

    def _weigh(self, sample: Array) -> None:
        """Write what a sample costs on every sample of every template."""
        shown = self._each if sample.ndim == 2 else self._one
        size = shown.shape[-1] // 2
        squares, values = shown[..., :size], shown[..., size:-1]
        values[...] = sample
        np.multiply(values, values, out=squares)
        if not math.isfinite(squares.sum()):
            raise ValueError("a sample must be finite")
        if sample.ndim == 2:
            np.matmul(self._table, shown[..., None], out=self._rows["cost"][..., None])
        else:
            np.dot(self._table.reshape(len(self._cost), -1), shown, out=self._cost)
        np.maximum(self._cost, 0.0, out=self._cost)  # rounding can make it less

    def forget(self, template: int, until: int) -> None:
        """Give up the ways through a template that began at sample `until` or before."""
        self.totals[template, self.starts[template] <= until] = np.inf


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A template found in a stream.

    template    its number
    start, end  the first and the last sample
    until       the sample up to which no other can begin that is not the same
    distance    sum of weighted squared differences along the way
    """

    template: int
    start: int
    end: int
    until: int
    distance: float


class Occurrences:
    """Tells where templates occur: each where its distance is least, once no way that overlaps can come nearer.

    Occurrences of one template do not overlap, those of several may: the rule for disjoint queries of SPRING. It has
    two additions. What follows may begin in the last part of what was before. And a way that is still at the beginning
    of a template, or already at its end, holds nothing up: at rest it could go on for ever at no cost. What is nearer
    and not the same never takes the place of what is known: ways do not cross, so once one that began later is at the
    end, none that began before is on its way any more, and what is known has been told.
    """

    def __init__(
        self, alignment: StreamAlignment, limits: Array, overlap: float = 0.0, moving: Bools | None = None
    ) -> None:
        """limits: (Q,) distance up to which a template is found. overlap: part of an occurrence, at its end, in which
        the next one may begin. moving: (Q, J) samples of the templates that are neither beginning nor end; None: all
        are."""
        count, longest = alignment.totals.shape
        own = np.arange(longest) < alignment.lengths[:, None]
        self.alignment, self.limits, self.overlap = alignment, limits, overlap
        self._moving = own if moving is None else own & moving
        self._best = np.full(count, np.inf)
        self._start, self._end, self._until = (np.zeros(count, np.int64) for _ in range(3))

    def step(self, sample: Array) -> list[Occurrence]:
        """Take the stream's next sample, (n,) or (Q, n); return what is known now to have occurred, often nothing."""
        alignment, found = self.alignment, list[Occurrence]()
        alignment.step(sample)
        known = np.isfinite(self._best)
        if known.any():
            better = self._moving & (alignment.totals < self._best[:, None])
            better &= alignment.starts <= self._until[:, None]
            found = self._take(known & ~better.any(axis=1))
        distances, begins = alignment.distances, alignment.begins
        near = distances <= self.limits
        if near.any():
            near &= distances < self._best
            self._best[near], self._start[near], self._end[near] = distances[near], begins[near], alignment.time
            self._until[near] = alignment.time - np.round(self.overlap * (alignment.time - begins[near]))
        return found

    def end(self) -> list[Occurrence]:
        """What has occurred when the stream is over, or has a gap: no way goes on behind it."""
        found = self._take(np.isfinite(self._best))
        self.alignment.totals[:] = np.inf
        return found

    def settled(self) -> int:
        """All that begins before this sample and is found at all has been told."""
        alignment = self.alignment
        can = self._moving & (alignment.totals <= self.limits[:, None])
        open_ways = alignment.starts.min(where=can, initial=alignment.time + 1)
        return int(min(open_ways, self._start.min(where=np.isfinite(self._best), initial=alignment.time + 1)))

    def _take(self, which: Bools) -> list[Occurrence]:
        columns = (self._start, self._end, self._until, self._best)
        found = [Occurrence(q, *(column[q].item() for column in columns)) for q in np.flatnonzero(which).tolist()]
        for one in found:
            self.alignment.forget(one.template, one.until)
            self._best[one.template] = np.inf
        return found
