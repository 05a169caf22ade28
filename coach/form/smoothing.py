"""One-Euro filter over a whole vector: steady at rest, quick when something moves.

Casiez, Roussel and Vogel, "1 € filter" (CHI 2012). Two conventions exist for the derivative; here it is taken
against the last raw value, so it depends on the input alone.
"""

import math
from typing import NamedTuple

import numpy as np

from coach.frame import Array

#: Samples of a recording filtered at once: what they need fits into the processor's caches.
_PIECE = 2048


class Filtered(NamedTuple):
    """Where a filter is after a sample.

    time        seconds
    raw         (M,) the sample itself
    lag         (M,) how far the filtered sample is behind it
    derivative  (M,) its filtered derivative, in units of 2 pi d_cutoff
    """

    time: float
    raw: Array
    lag: Array
    derivative: Array

    @property
    def smooth(self) -> Array:
        """(M,) the sample filtered."""
        return self.raw - self.lag


def gaps(values: Array, last: Array | float) -> Array:
    """(T, ...) from each value to the next, the first from `last` on: `numpy.diff` without its overhead."""
    if len(values) == 1:
        step: Array = values - last
        return step
    out = np.empty(values.shape)
    np.subtract(values[:1], last, out=out[:1])
    np.subtract(values[1:], values[:-1], out=out[1:])
    return out


def one_euro(
    times: Array, values: Array, last: Filtered | None, min_cutoff: float, beta: Array | float, d_cutoff: float = 1.0
) -> tuple[Array, Filtered]:
    """Filter samples, going on from the last one; return them and where the filter then is.

    times       (T,) seconds, rising; at least one
    values      (T, M); the result as well
    last        None where there is no past: the first sample passes unchanged
    min_cutoff  hertz, at rest: lower is steadier and later
    beta        hertz per (unit/second), one for each component or one for all: how much speed opens the filter
    d_cutoff    hertz, for the derivative

    As the derivative is taken against raw values, it and the lag are both linear recurrences whose weights are known
    beforehand: chunks of any size give the same, but for rounding.
    """
    if len(times) <= _PIECE:
        return _filter(times, values, last, min_cutoff, beta, d_cutoff)
    smooth = np.empty(values.shape)
    for start in range(0, len(times), _PIECE):
        piece = slice(start, start + _PIECE)
        smooth[piece], last = _filter(times[piece], values[piece], last, min_cutoff, beta, d_cutoff)
    assert last is not None
    return smooth, last


def _filter(
    times: Array, values: Array, last: Filtered | None, min_cutoff: float, beta: Array | float, d_cutoff: float
) -> tuple[Array, Filtered]:
    """A low-pass of first order keeps 1 / (1 + 2 pi dt cutoff) of what it was. With the samples taken out of them, both
    low-passes are then of one form: what there was and the newest step, so much of which is kept."""
    if last is None:
        nothing = np.zeros(values.shape[1])
        last = Filtered(float(times[0]) - 1.0, values[0], nothing, nothing)
    # Of a single frame, as a stream has them, the time is a plain number: what is done with it costs next to nothing.
    dt: Array | float = times.item() - last.time if len(times) == 1 else gaps(times, last.time)[:, None]
    turns = 2.0 * math.pi * dt
    steps = gaps(values, last.raw)
    derivative = _recurrence(1.0 / (1.0 + d_cutoff * turns), steps, last.derivative)
    keep = np.abs(derivative)
    keep *= beta
    keep *= 2.0 * math.pi * d_cutoff * turns
    keep += 1.0 + min_cutoff * turns
    np.divide(1.0, keep, out=keep)
    lag = _recurrence(keep, steps, last.lag)
    smooth: Array = values - lag
    return smooth, Filtered(times.item(-1), values[-1].copy(), lag[-1], derivative[-1])


def _recurrence(keep: Array | float, steps: Array, start: Array) -> Array:
    """y[t] = keep[t] * (y[t-1] + steps[t]), from y[-1] = start: (T, M); keep (T, M) or (T, 1), of T = 1 a number, too.

    In blocks: first all blocks together sample by sample, each as if it began at zero, with the product of `keep`;
    then block by block what the one before leaves. So both loops are about as long as the root of T.
    """
    count, size = steps.shape
    if count == 1:
        only: Array = start + steps
        only *= keep
        return only
    assert isinstance(keep, np.ndarray)
    length = math.isqrt(count)
    blocks = -(-count // length)
    y, kept = np.zeros((blocks * length, size)), np.ones((blocks * length, keep.shape[1]))
    y[:count], kept[:count] = steps, keep
    y, kept = y.reshape(blocks, length, size), kept.reshape(blocks, length, -1)
    y[:, 0] *= kept[:, 0]
    for i in range(1, length):
        y[:, i] += y[:, i - 1]
        y[:, i] *= kept[:, i]
        kept[:, i] *= kept[:, i - 1]
    last = start
    for block in range(blocks):
        y[block] += kept[block] * last
        last = y[block, -1]
    return np.asarray(y.reshape(-1, size)[:count])
