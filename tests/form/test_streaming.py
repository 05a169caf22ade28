"""Streaming alignment against the dynamic programme of the textbook, and against a package where it is installed."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.form.streaming import Occurrence, Occurrences, StreamAlignment
from coach.frame import Array


def slow_totals(stream: Array, curve: Array, weights: Array) -> Array:
    """(T, J) totals after each sample: cell by cell, each way beginning at any sample."""
    before, found = np.full(len(curve), np.inf), []
    for sample in stream:
        now = np.empty(len(curve))
        for j in range(len(curve)):
            cost = float(np.sum(weights[j] * (sample - curve[j]) ** 2))
            now[j] = cost + (min(now[j - 1], before[j], before[j - 1]) if j else 0.0)
        before = now
        found.append(now)
    return np.array(found)


def slow_warp(stream: Array, curve: Array, weights: Array) -> float:
    """Distance of a template from a whole stretch."""
    total = np.full((len(stream) + 1, len(curve) + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(len(stream)):
        for j in range(len(curve)):
            cost = float(np.sum(weights[j] * (stream[i] - curve[j]) ** 2))
            total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1])


def templates(random: np.random.Generator, lengths: Sequence[int], size: int) -> tuple[list[Array], list[Array]]:
    """Curves that wander, and weights, some of them 0."""
    curves = [np.cumsum(random.normal(size=(length, size)), axis=0) for length in lengths]
    weights = [random.uniform(size=c.shape) * (random.uniform(size=c.shape) > 0.2) for c in curves]
    return curves, weights


shapes = st.tuples(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),  # lengths of the templates
    st.integers(1, 4),  # values of a sample
    st.integers(1, 40),  # samples of the stream
    st.integers(0, 10_000),  # seed
    st.sampled_from([1e-3, 1.0, 1e3]),  # unit
)


@given(shapes)
def test_every_total_is_that_of_the_textbook(shape: tuple[list[int], int, int, int, float]) -> None:
    lengths, size, samples, seed, unit = shape
    random = np.random.default_rng(seed)
    curves, weights = templates(random, lengths, size)
    curves = [unit * curve for curve in curves]
    stream = unit * np.cumsum(random.normal(size=(samples, size)), axis=0)
    alignment = StreamAlignment(curves, weights)
    slow = [slow_totals(stream, *one) for one in zip(curves, weights, strict=True)]
    for t, sample in enumerate(stream):
        alignment.step(sample)
        for q, length in enumerate(lengths):
            scale = slow[q].max() + unit**2
            np.testing.assert_allclose(alignment.totals[q, :length], slow[q][t], rtol=0, atol=1e-9 * scale)
            assert alignment.distances[q] == alignment.totals[q, length - 1]


@given(shapes)
def test_a_way_begins_where_it_is_said_to_begin(shape: tuple[list[int], int, int, int, float]) -> None:
    lengths, size, samples, seed, _ = shape
    random = np.random.default_rng(seed)
    curves, weights = templates(random, lengths, size)
    stream = np.cumsum(random.normal(size=(samples, size)), axis=0)
    alignment = StreamAlignment(curves, weights)
    for sample in stream:
        alignment.step(sample)
    for q, (curve, weight) in enumerate(zip(curves, weights, strict=True)):
        assert alignment.begins[q] == alignment.starts[q, len(curve) - 1]
        for j in range(len(curve)):
            stretch = stream[alignment.starts[q, j] :]
            whole = slow_warp(stretch, curve[: j + 1], weight[: j + 1])
            assert whole == pytest.approx(alignment.totals[q, j], rel=1e-9, abs=1e-9)


@given(shapes)
def test_templates_together_are_each_aligned_as_alone(shape: tuple[list[int], int, int, int, float]) -> None:
    lengths, size, samples, seed, _ = shape
    random = np.random.default_rng(seed)
    curves, weights = templates(random, lengths, size)
    together = StreamAlignment(curves, weights)
    each = StreamAlignment(curves, weights)
    alone = [StreamAlignment([curve], [weight]) for curve, weight in zip(curves, weights, strict=True)]
    for sample in np.cumsum(random.normal(size=(samples, size)), axis=0):
        together.step(sample)
        each.step(np.tile(sample, (len(lengths), 1)))
        for one in alone:
            one.step(sample)
        np.testing.assert_allclose(together.distances, [one.distances[0] for one in alone], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(together.distances, each.distances, rtol=1e-9, atol=1e-9)


def test_each_template_may_see_the_stream_in_its_own_way() -> None:
    random = np.random.default_rng(3)
    curves, weights = templates(random, (5, 9, 7), 2)
    stream = np.cumsum(random.normal(size=(30, 3, 2)), axis=0)
    alignment = StreamAlignment(curves, weights)
    for sample in stream:
        alignment.step(sample)
    for q in range(3):
        slow = slow_totals(stream[:, q], curves[q], weights[q])[-1, -1]
        assert alignment.distances[q] == pytest.approx(slow, rel=1e-9)


def test_rounding_does_not_add_up_in_ten_minutes() -> None:
    """A stream at which every way is long: it stays near the middle of the template."""
    random = np.random.default_rng(4)
    curve = np.sin(np.linspace(0, np.pi, 40))[:, None] * [3.0, -2.0]
    stream = np.array([1.5, -1.0]) + random.normal(0, 0.01, size=(12_000, 2))
    alignment = StreamAlignment([curve], [np.ones_like(curve)])
    for sample in stream:
        alignment.step(sample)
    start = int(alignment.begins[0])
    assert alignment.distances[0] == pytest.approx(
        slow_totals(stream[max(0, start - 50) :], curve, np.ones_like(curve))[-1, -1], rel=1e-9
    )


def test_a_package_says_the_same() -> None:
    """dtaidistance: squared differences, and the root at the end. `subsequence` also divides by the length, and has a
    penalty unless it is told not to."""
    reason = "dtaidistance is not installed: pip install '.[peers]'"
    dtw_ndim = pytest.importorskip("dtaidistance.dtw_ndim", reason=reason)
    subsequence = pytest.importorskip("dtaidistance.subsequence.dtw", reason=reason)
    random = np.random.default_rng(5)
    curves = [np.cumsum(random.normal(size=(length, 3)), axis=0) for length in (6, 11)]
    stream = np.cumsum(random.normal(size=(60, 3)), axis=0)
    alignment, distances = StreamAlignment(curves, [np.ones_like(c) for c in curves]), []
    for sample in stream:
        alignment.step(sample)
        distances.append(alignment.distances)
    for curve, ours in zip(curves, np.transpose(distances), strict=True):
        found = subsequence.SubsequenceAlignment(curve, stream, penalty=0.0, use_c=False)
        found.align()
        np.testing.assert_allclose(np.sqrt(ours), found.matching * len(curve), rtol=1e-9)
        for t in (0, 7, 59):
            theirs = dtw_ndim.distance(stream[: t + 1], curve, psi=(t, 0, 0, 0))
            assert np.sqrt(ours[t]) == pytest.approx(theirs, rel=1e-9)


def test_a_still_stream_is_as_far_away_as_the_template_is_large() -> None:
    curves, weights = templates(np.random.default_rng(6), (4, 8), 3)
    alignment = StreamAlignment(curves, weights)
    alignment.step(np.zeros(3))
    np.testing.assert_allclose(alignment.distances, alignment.still)
    np.testing.assert_allclose(alignment.still, [np.sum(w * c * c) for c, w in zip(curves, weights, strict=True)])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_sample_that_is_no_number_is_refused_and_changes_nothing(bad: float) -> None:
    curves, weights = templates(np.random.default_rng(7), (4,), 2)
    alignment = StreamAlignment(curves, weights)
    alignment.step(np.array([1.0, 2.0]))
    before = alignment.totals.copy()
    with pytest.raises(ValueError, match="finite"):
        alignment.step(np.array([1.0, bad]))
    np.testing.assert_array_equal(alignment.totals, before)
    assert alignment.time == 0


def test_templates_that_do_not_fit_together_are_refused() -> None:
    one, other = np.zeros((3, 2)), np.zeros((3, 1))
    for curves, weights in (([], []), ([one, other], [one, other]), ([one], [other]), ([one[:0]], [one[:0]])):
        with pytest.raises(ValueError, match="needs"):
            StreamAlignment(curves, weights)


# --- occurrences --------------------------------------------------------------------------------------------------

PULSE = np.sin(np.linspace(0.1, np.pi - 0.1, 12))[:, None] * 4.0
DOUBLE = np.concatenate([PULSE, 0.5 * PULSE])


def occurrences(stream: Array, *curves: Array, part: float = 0.3, overlap: float = 0.0) -> list[Occurrence]:
    alignment = StreamAlignment(curves, [np.ones_like(curve) for curve in curves])
    watch = Occurrences(alignment, part * alignment.still, overlap)
    found = [one for sample in stream for one in watch.step(sample)]
    return [*found, *watch.end()]


def quiet(samples: int) -> Array:
    return np.zeros((samples, 1))


def test_a_template_is_found_where_it_was_put_whatever_its_pace() -> None:
    slow = np.repeat(PULSE, 3, axis=0)
    stream = np.concatenate([quiet(20), PULSE, quiet(15), slow, quiet(9), PULSE[::2], quiet(20)])
    found = occurrences(stream, PULSE)
    # Of equal samples at the ends of the slow one any may be the first or the last.
    places = np.array([(one.start, one.end) for one in found])
    np.testing.assert_allclose(places, [(20, 31), (47, 82), (92, 97)], atol=2)
    assert found[0].distance == found[1].distance == pytest.approx(0.0, abs=1e-9)
    assert found[2].distance > 0.1


def test_nothing_is_found_where_nothing_moves() -> None:
    stream = np.random.default_rng(8).normal(0, 0.1, size=(500, 1))
    assert occurrences(stream, PULSE, DOUBLE) == []


def test_it_is_told_as_soon_as_nothing_nearer_can_come() -> None:
    alignment = StreamAlignment([PULSE], [np.ones_like(PULSE)])
    watch = Occurrences(alignment, 0.3 * alignment.still)
    told = [len(watch.step(sample)) for sample in np.concatenate([quiet(5), PULSE, quiet(40)])]
    assert sum(told) == 1
    assert told.index(1) <= 5 + len(PULSE) + 5


def test_of_a_stream_that_breaks_off_what_was_done_is_told_and_nothing_goes_on() -> None:
    alignment = StreamAlignment([PULSE], [np.ones_like(PULSE)])
    watch = Occurrences(alignment, 0.1 * alignment.still)
    assert not [one for sample in PULSE for one in watch.step(sample)]
    assert [(one.start, one.end) for one in watch.end()] == [(0, 11)]
    half = [one for sample in PULSE[:6] for one in watch.step(sample)]
    assert half + watch.end() == []
    rest = [one for sample in np.concatenate([PULSE[6:], quiet(9)]) for one in watch.step(sample)]
    assert rest + watch.end() == []


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3]))
def test_occurrences_overlap_no_more_than_they_may_and_the_first_is_exact(seed: int, overlap: float) -> None:
    random = np.random.default_rng(seed)
    pulses = [quiet(int(random.integers(3, 20)))]
    for _ in range(5):
        pulses += [random.uniform(0.5, 1.2) * PULSE[:: int(random.integers(1, 3))], quiet(int(random.integers(0, 15)))]
    stream = np.concatenate(pulses)
    stream += random.normal(0, 0.2, stream.shape)
    found = occurrences(stream, PULSE, DOUBLE, overlap=overlap)
    for number, curve in enumerate((PULSE, DOUBLE)):
        own = [one for one in found if one.template == number]
        for before, after in pairwise(own):
            assert after.start > before.until >= before.end - overlap * (before.end - before.start) - 0.5
        for i, one in enumerate(own):
            true = slow_warp(stream[one.start : one.end + 1], curve, np.ones_like(curve))
            assert one.distance <= 0.3 * np.sum(curve**2)
            # Those after the first may have lost their best way together with one that began before.
            assert one.distance >= true - 1e-9
            assert i or one.distance == pytest.approx(true, rel=1e-9)
