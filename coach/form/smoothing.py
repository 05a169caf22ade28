"""One-Euro filter over a whole vector: steady at rest, quick when something moves.

Casiez, Roussel and Vogel, "1 € filter" (CHI 2012). Two conventions exist for the derivative; here it is taken
against the last raw value, so it depends on the input alone.
"""

import math

import numpy as np

from coach.frame import Array

#: Samples of a recording filtered at once: what they need fits into the processor's caches.
_PIECE = 2048


def smoothing_factor(dt: Array | float, cutoff: Array | float) -> Array | float:
    """Weight of the newest sample of a first-order low-pass. dt in seconds, cutoff in hertz."""
    r = 2.0 * math.pi * dt * cutoff
    return r / (r + 1.0)


class OneEuro:
    """Filters a vector sample by sample, at whatever times the samples come.

    min_cutoff  hertz, at rest: lower is steadier and later
    beta        hertz per (unit/second), one for each component or one for all: how much speed opens the filter
    d_cutoff    hertz, for the derivative
    """

    __slots__ = ("_derivative", "_raw", "_smooth", "_time", "beta", "d_cutoff", "min_cutoff")
    #: the last sample, filtered and not, and its derivative; there are none until there is a time
    _time: float | None
    _raw: Array
    _smooth: Array
    _derivative: Array

    def __init__(self, min_cutoff: float, beta: Array | float, d_cutoff: float = 1.0) -> None:
        self.min_cutoff, self.beta, self.d_cutoff = min_cutoff, beta, d_cutoff
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next sample passes unchanged."""
        self._time = None

    def step(self, time: float, values: Array) -> Array:
        """Return the filtered values, (M,) like the input. time in seconds, later than the one before."""
        if self._time is None:
            self._smooth = values.copy()
            self._derivative = np.zeros_like(self._smooth)
        else:
            # In place where it can be: this runs for every frame, and allocations are half of its cost.
            dt = time - self._time
            weight = float(smoothing_factor(dt, self.d_cutoff))
            speed = values - self._raw
            speed *= weight / dt
            self._derivative *= 1.0 - weight
            self._derivative += speed
            r = np.abs(self._derivative, out=speed)
            r *= self.beta
            # From here on r + 1: as the factor is r / (r + 1), the newest less (newest - last) / (r + 1) is the result.
            r *= 2.0 * math.pi * dt
            r += 2.0 * math.pi * dt * self.min_cutoff + 1.0
            step = values - self._smooth
            step /= r
            self._smooth = values - step
        self._time, self._raw = time, values.copy()
        return self._smooth

    def run(self, times: Array, values: Array) -> Array:
        """Filter many samples at once, going on from the last: what `step` gives, but for rounding.

        times (T,) seconds, values (T, M); result (T, M). As the derivative is taken against raw values, it and the
        filtered values are both linear recurrences whose weights are known beforehand.
        """
        smooth = np.empty(values.shape)
        for start in range(0, len(times), _PIECE):
            piece = slice(start, start + _PIECE)
            smooth[piece] = self._run(times[piece], values[piece])
        return smooth

    def _run(self, times: Array, values: Array) -> Array:
        first = self._time is None
        if self._time is None:
            self._time, self._raw = float(times[0]) - 1.0, values[0].copy()
            self._smooth, self._derivative = self._raw, np.zeros_like(self._raw)
        dt = np.diff(times, prepend=self._time)[:, None]
        weight = np.asarray(smoothing_factor(dt, self.d_cutoff))
        speed = np.empty(values.shape)
        np.subtract(values[1:], values[:-1], out=speed[1:])
        np.subtract(values[0], self._raw, out=speed[0])
        speed *= weight / dt
        derivative = _recurrence(1.0 - weight, speed, self._derivative)
        self._derivative = derivative[-1].copy()
        # From here on in place: r is dt times the cutoff, and then the smoothing factor.
        r = np.abs(derivative, out=derivative)
        r *= self.beta
        r += self.min_cutoff
        r *= 2.0 * math.pi * dt
        r /= r + 1.0
        if first:
            r[0] = 1.0
        smooth = _recurrence(1.0 - r, r * values, self._smooth)
        self._time, self._raw = float(times[-1]), values[-1].copy()
        self._smooth = smooth[-1].copy()
        return smooth


def _recurrence(keep: Array, add: Array, start: Array) -> Array:
    """y[t] = keep[t] * y[t-1] + add[t], from y[-1] = start: (T, M); keep (T, M) or (T, 1).

    In blocks: first all blocks together sample by sample, each as if it began at zero, with the product of `keep`;
    then block by block what the one before leaves. So both loops are about as long as the root of T.
    """
    count, size = add.shape
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
