"""One-Euro filter over a whole vector: steady at rest, quick when something moves.

Casiez, Roussel and Vogel, "1 € filter" (CHI 2012). Two conventions exist for the derivative; here it is taken
against the last raw value, so it depends on the input alone.
"""

import math
from dataclasses import dataclass

import numpy as np

from coach.frame import Array

#: Samples of a recording filtered at once: what they need fits into the processor's caches.
_PIECE = 2048


def smoothing_factor(dt: Array | float, cutoff: Array | float) -> Array | float:
    """Weight of the newest sample of a first-order low-pass. dt in seconds, cutoff in hertz."""
    r = 2.0 * math.pi * dt * cutoff
    return r / (r + 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """Where a filter is: the time (seconds) of the last sample, that sample itself, filtered, and its derivative."""

    time: float
    raw: Array
    smooth: Array
    derivative: Array


def gaps(times: Array, last: float) -> Array:
    """(T,) seconds from each time to the next, the first from `last` on: `numpy.diff` without its overhead."""
    out = np.empty(len(times))
    out[0] = times[0] - last
    np.subtract(times[1:], times[:-1], out=out[1:])
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

    As the derivative is taken against raw values, it and the filtered values are both linear recurrences whose weights
    are known beforehand: chunks of any size give the same, but for rounding.
    """
    smooth = np.empty(values.shape)
    for start in range(0, len(times), _PIECE):
        piece = slice(start, start + _PIECE)
        smooth[piece], last = _filter(times[piece], values[piece], last, min_cutoff, beta, d_cutoff)
    assert last is not None
    return smooth, last


def _filter(
    times: Array, values: Array, last: Filtered | None, min_cutoff: float, beta: Array | float, d_cutoff: float
) -> tuple[Array, Filtered]:
    first = last is None
    if last is None:
        last = Filtered(float(times[0]) - 1.0, values[0], values[0], np.zeros(values.shape[1]))
    dt = gaps(times, last.time)[:, None]
    weight = np.asarray(smoothing_factor(dt, d_cutoff))
    speed = np.empty(values.shape)
    np.subtract(values[1:], values[:-1], out=speed[1:])
    np.subtract(values[0], last.raw, out=speed[0])
    speed *= weight / dt
    derivative = _recurrence(1.0 - weight, speed, last.derivative)
    ended = derivative[-1].copy()
    # From here on in place: r is dt times the cutoff, and then the smoothing factor.
    r = np.abs(derivative, out=derivative)
    r *= beta
    r += min_cutoff
    r *= 2.0 * math.pi * dt
    r /= r + 1.0
    if first:
        r[0] = 1.0
    smooth = _recurrence(1.0 - r, r * values, last.smooth)
    return smooth, Filtered(float(times[-1]), values[-1].copy(), smooth[-1].copy(), ended)


def _recurrence(keep: Array, add: Array, start: Array) -> Array:
    """y[t] = keep[t] * y[t-1] + add[t], from y[-1] = start: (T, M); keep (T, M) or (T, 1).

    In blocks: first all blocks together sample by sample, each as if it began at zero, with the product of `keep`;
    then block by block what the one before leaves. So both loops are about as long as the root of T.
    """
    count, size = add.shape
    if count == 1:
        return np.asarray(keep * start + add)
    length = math.isqrt(count)
    blocks = -(-count // length)
    y, kept = np.zeros((blocks * length, size)), np.ones((blocks * length, keep.shape[1]))
    y[:count], kept[:count] = add, keep
    y, kept = y.reshape(blocks, length, size), kept.reshape(blocks, length, -1)
    for i in range(1, length):
        y[:, i] += kept[:, i] * y[:, i - 1]
        kept[:, i] *= kept[:, i - 1]
    last = start
    for block in range(blocks):
        y[block] += kept[block] * last
        last = y[block, -1]
    return np.asarray(y.reshape(-1, size)[:count])
