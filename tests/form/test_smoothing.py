"""The One-Euro filter over vectors."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.form.smoothing import Filtered, gaps, one_euro
from coach.frame import Array


def one_by_one(times: Array, values: Array, min_cutoff: float, beta: Array | float, d_cutoff: float = 1.0) -> Array:
    """Samples filtered each alone."""
    last, out = None, []
    for i in range(len(times)):
        smooth, last = one_euro(times[i : i + 1], values[i : i + 1], last, min_cutoff, beta, d_cutoff)
        out.append(smooth[0])
    return np.array(out)


def test_the_first_sample_passes_and_a_constant_stays() -> None:
    constant = np.tile([2.0, -1.0], (20, 1))
    times = np.arange(20) / 30
    for out in (one_euro(times, constant, None, 1.0, 0.5)[0], one_by_one(times, constant, 1.0, 0.5)):
        np.testing.assert_array_equal(out[0], [2.0, -1.0])
        np.testing.assert_allclose(out, constant)


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
    expected = published(times, values, 1.5, BETA, d_cutoff or 1.0)
    more = () if d_cutoff is None else (d_cutoff,)
    np.testing.assert_allclose(one_by_one(times, values, 1.5, BETA, *more), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(one_euro(times, values, None, 1.5, BETA, *more)[0], expected, rtol=0, atol=1e-11)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 10_000))
@settings(max_examples=20)
@example([2100, 3, 1, 90], 0)  # more than are filtered at once
@example([1, 2048, 2049, 1, 1], 1)
def test_chunks_of_any_size_are_filtered_alike_in_any_mixture(chunks: list[int], seed: int) -> None:
    times, values = wandering(sum(chunks), seed)
    last, got, begin = None, [], 0
    for size in chunks:
        piece = slice(begin, begin + size)
        smooth, last = one_euro(times[piece], values[piece], last, 1.5, BETA, 0.8)
        assert smooth.shape == (size, 3)
        got.append(smooth)
        begin += size
    np.testing.assert_allclose(np.concatenate(got), published(times, values, 1.5, BETA, 0.8), rtol=0, atol=1e-10)


def test_where_a_filter_is_does_not_depend_on_how_it_came_there() -> None:
    times, values = wandering(120, 9)
    _, whole = one_euro(times, values, None, 1.5, BETA)
    last: Filtered | None = None
    for begin, end in ((0, 1), (1, 60), (60, 61), (61, 120)):
        _, last = one_euro(times[begin:end], values[begin:end], last, 1.5, BETA)
    assert last is not None
    assert last.time == whole.time == times[-1]
    np.testing.assert_array_equal(last.raw, values[-1])
    np.testing.assert_array_equal(whole.raw, values[-1])
    np.testing.assert_allclose(last.smooth, whole.smooth, rtol=0, atol=1e-11)
    np.testing.assert_allclose(last.derivative, whole.derivative, rtol=0, atol=1e-11)


def test_without_a_past_the_first_sample_passes_unchanged_and_none_of_them_is_changed() -> None:
    times, values = np.arange(3) / 30, np.random.default_rng(6).normal(size=(3, 300))
    before = times.copy(), values.copy()
    smooth, last = one_euro(times, values, None, 1.0, 0.5)
    np.testing.assert_array_equal(smooth[0], values[0])
    np.testing.assert_array_equal((times, *values.T), (before[0], *before[1].T))
    again, _ = one_euro(times + 1.0, values, last, 1.0, 0.5)
    assert np.all(again[0] != values[0])  # there is a past
    np.testing.assert_array_equal(one_euro(times + 1.0, values, None, 1.0, 0.5)[0][0], values[0])


def test_one_past_may_be_gone_on_from_more_than_once() -> None:
    times, values = wandering(60, 2)
    _, half = one_euro(times[:30], values[:30], None, 1.5, BETA)
    first, _ = one_euro(times[30:], values[30:], half, 1.5, BETA)
    one_euro(times[30:], -values[30:], half, 1.5, BETA)
    again, _ = one_euro(times[30:], values[30:], half, 1.5, BETA)
    np.testing.assert_array_equal(first, again)


def test_it_is_steadier_at_rest_and_keeps_up_with_speed() -> None:
    noisy = np.random.default_rng(1).normal(0, 0.003, (300, 1))
    rest, _ = one_euro(np.arange(300) / 30, noisy, None, 1.0, 5.0)
    assert np.std(rest[60:]) < 0.6 * np.std(noisy)
    times = np.arange(90) / 30
    ramp = np.clip(times - 1.0, 0.0, 1.0)[:, None]
    lag, slow_lag = (ramp - one_euro(times, ramp, None, 1.0, beta)[0] for beta in (5.0, 0.0))
    assert lag.max() < 0.4 * slow_lag.max()


def test_the_input_and_what_was_given_back_are_never_kept() -> None:
    times, values = wandering(20, 5)
    expected, _ = one_euro(times, values, None, 1.0, BETA)
    given = values[:10].copy()
    smooth, last = one_euro(times[:10], given, None, 1.0, BETA)
    given[:] = smooth[:] = 99.0
    found, _ = one_euro(times[10:], values[10:], last, 1.0, BETA)
    np.testing.assert_allclose(found, expected[10:], rtol=0, atol=1e-11)


def test_gaps_are_from_each_number_to_the_next_and_the_first_from_the_last_before() -> None:
    times = np.array([1.0, 1.5, 1.25, 4.0])
    assert gaps(times, 0.25).tolist() == [0.75, 0.5, -0.25, 2.75]
    assert times.tolist() == [1.0, 1.5, 1.25, 4.0]
    assert gaps(times[:1], 3.0).tolist() == [-2.0]
    assert gaps(times[:2], -math.inf).tolist() == [math.inf, 0.5]
    random = np.random.default_rng(3).normal(size=50)
    np.testing.assert_array_equal(gaps(random, 0.5), np.diff(random, prepend=0.5))
