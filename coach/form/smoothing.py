"""One-Euro filter over a whole vector: steady at rest, quick when something moves.

Casiez, Roussel and Vogel, "1 € filter" (CHI 2012). Two conventions exist for the derivative; here it is taken
against the last raw value, so it depends on the input alone.
"""

import numpy as np

from coach.frame import Array


def smoothing_factor(dt: float, cutoff: Array | float) -> Array | float:
    """Weight of the newest sample of a first-order low-pass. dt in seconds, cutoff in hertz."""
    r = 2.0 * np.pi * dt * cutoff
    return r / (r + 1.0)


class OneEuro:
    """Filters a vector sample by sample, at whatever times the samples come.

    min_cutoff  hertz, at rest: lower is steadier and later
    beta        hertz per (unit/second), one for each component or one for all: how much speed opens the filter
    d_cutoff    hertz, for the derivative
    """

    __slots__ = ("_derivative", "_raw", "_smooth", "_time", "beta", "d_cutoff", "min_cutoff")

    def __init__(self, min_cutoff: float, beta: Array | float, d_cutoff: float = 1.0) -> None:
        self.min_cutoff, self.beta, self.d_cutoff = min_cutoff, beta, d_cutoff
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next sample passes unchanged."""
        self._time: float | None = None
        self._raw: Array = np.empty(0)
        self._smooth: Array = np.empty(0)
        self._derivative: Array = np.empty(0)

    def step(self, time: float, values: Array) -> Array:
        """Return the filtered values, (M,) like the input. time in seconds, later than the one before."""
        if self._time is None:
            self._smooth = np.array(values, np.float64)
            self._derivative = np.zeros_like(self._smooth)
        else:
            # In place where it can be: this runs for every frame, and allocations are half of its cost.
            dt = time - self._time
            speed = values - self._raw
            speed /= dt
            speed -= self._derivative
            speed *= smoothing_factor(dt, self.d_cutoff)
            self._derivative += speed
            cutoff = np.abs(self._derivative)
            cutoff *= self.beta
            cutoff += self.min_cutoff
            step = values - self._smooth
            step *= smoothing_factor(dt, cutoff)
            self._smooth = self._smooth + step
        self._time, self._raw = time, np.array(values, np.float64)
        return self._smooth
