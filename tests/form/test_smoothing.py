"""The One-Euro filter over vectors."""

import math

import numpy as np
import pytest

from coach.form.smoothing import OneEuro


def test_the_first_sample_passes_and_a_constant_stays() -> None:
    filtered = OneEuro(1.0, 0.5)
    for i in range(20):
        out = filtered.step(i / 30, np.array([2.0, -1.0]))
    np.testing.assert_allclose(out, [2.0, -1.0])


def test_it_is_the_published_filter_value_by_value() -> None:
    """Against the formulas of the paper written out for one value, derivative against the last raw sample."""
    random = np.random.default_rng(4)
    times = np.cumsum(random.uniform(0.01, 0.1, 200))
    values = np.cumsum(random.normal(0, 0.05, (200, 3)), axis=0)
    beta = np.array([0.0, 0.7, 20.0])
    filtered = OneEuro(1.5, beta, 0.8)
    got = np.array([filtered.step(t, v).copy() for t, v in zip(times, values, strict=True)])
    for column in range(3):
        smooth, derivative = values[0, column], 0.0
        for i in range(1, 200):
            dt = times[i] - times[i - 1]
            alpha = lambda cutoff, dt=dt: 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff * dt))  # noqa: E731
            speed = (values[i, column] - values[i - 1, column]) / dt
            derivative += alpha(0.8) * (speed - derivative)
            smooth += alpha(1.5 + beta[column] * abs(derivative)) * (values[i, column] - smooth)
            assert got[i, column] == pytest.approx(smooth, abs=1e-12)


def test_it_is_steadier_at_rest_and_keeps_up_with_speed() -> None:
    random = np.random.default_rng(1)
    filtered = OneEuro(1.0, 5.0)
    noisy = random.normal(0, 0.003, 300)
    rest = [filtered.step(i / 30, np.array([x]))[0] for i, x in enumerate(noisy)]
    assert np.std(rest[60:]) < 0.6 * np.std(noisy)
    filtered.reset()
    slow = OneEuro(1.0, 0.0)
    ramp = [min(1.0, max(0.0, i / 30 - 1.0)) for i in range(90)]
    lag = [r - filtered.step(i / 30, np.array([r]))[0] for i, r in enumerate(ramp)]
    slow_lag = [r - slow.step(i / 30, np.array([r]))[0] for i, r in enumerate(ramp)]
    assert max(lag) < 0.4 * max(slow_lag)


def test_the_input_is_never_changed_nor_kept() -> None:
    filtered = OneEuro(1.0, 1.0)
    sample = np.array([1.0])
    filtered.step(0.0, sample)
    sample[0] = 99.0
    assert filtered.step(0.1, np.array([1.0]))[0] == pytest.approx(1.0)
