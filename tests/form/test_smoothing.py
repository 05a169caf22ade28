"""The One-Euro filter over vectors."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.form.smoothing import OneEuro
from coach.frame import Array


def test_the_first_sample_passes_and_a_constant_stays() -> None:
    filtered = OneEuro(1.0, 0.5)
    for i in range(20):
        out = filtered.step(i / 30, np.array([2.0, -1.0]))
    np.testing.assert_allclose(out, [2.0, -1.0])


def published(times: Array, values: Array, min_cutoff: float, beta: Array, d_cutoff: float) -> Array:
    """The formulas of the paper written out value by value, derivative against the last raw sample."""
    smooth = values.copy()
    for column, opens in enumerate(beta.tolist()):
        derivative = 0.0
        for i in range(1, len(times)):
            dt = times[i] - times[i - 1]
            alpha = lambda cutoff, dt=dt: 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff * dt))  # noqa: E731
            derivative += alpha(d_cutoff) * ((values[i, column] - values[i - 1, column]) / dt - derivative)
            opened = alpha(min_cutoff + opens * abs(derivative))
            smooth[i, column] = smooth[i - 1, column] + opened * (values[i, column] - smooth[i - 1, column])
    return smooth


def wandering(samples: int, seed: int) -> tuple[Array, Array]:
    """Times that are not even, and three values that wander."""
    random = np.random.default_rng(seed)
    values = np.array([0.0, 5.0, -200.0]) + np.cumsum(random.normal(0, 0.05, (samples, 3)), axis=0)
    return 100.0 + np.cumsum(random.uniform(0.01, 0.1, samples)), values


BETA = np.array([0.0, 0.7, 20.0])


@pytest.mark.parametrize("d_cutoff", [None, 0.8])
def test_it_is_the_published_filter_value_by_value(d_cutoff: float | None) -> None:
    times, values = wandering(200, 4)
    filtered = OneEuro(1.5, BETA) if d_cutoff is None else OneEuro(1.5, BETA, d_cutoff)
    got = [filtered.step(t, v).copy() for t, v in zip(times, values, strict=True)]
    np.testing.assert_allclose(got, published(times, values, 1.5, BETA, d_cutoff or 1.0), rtol=0, atol=1e-12)


@given(st.lists(st.one_of(st.just(0), st.integers(1, 40)), min_size=1, max_size=4), st.integers(0, 10_000))
@settings(max_examples=20)
@example([2100, 3, 0, 90], 0)  # more than are filtered at once
def test_a_recording_and_its_single_samples_are_filtered_alike_in_any_mixture(parts: list[int], seed: int) -> None:
    """A number is that of the samples filtered at once, 0 is one sample filtered alone."""
    times, values = wandering(sum(part or 1 for part in parts), seed)
    filtered, got, begin = OneEuro(1.5, BETA, 0.8), [], 0
    for part in parts:
        if part:
            got.append(filtered.run(times[begin : begin + part], values[begin : begin + part]))
        else:
            got.append(filtered.step(times[begin], values[begin])[None].copy())
        begin += part or 1
    np.testing.assert_allclose(np.concatenate(got), published(times, values, 1.5, BETA, 0.8), rtol=0, atol=1e-10)


def test_a_recordings_first_sample_passes_unchanged_and_none_of_it_is_changed() -> None:
    times, values = np.arange(3) / 30, np.random.default_rng(6).normal(size=(3, 300))
    before = times.copy(), values.copy()
    filtered = OneEuro(1.0, 0.5)
    np.testing.assert_array_equal(filtered.run(times, values)[0], values[0])
    np.testing.assert_array_equal((times, *values.T), (before[0], *before[1].T))
    filtered.reset()
    np.testing.assert_array_equal(filtered.run(times, values)[0], values[0])


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
