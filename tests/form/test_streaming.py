"""Streaming alignment against the dynamic programme of the textbook, and against a package where it is installed."""

import math
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
    with pytest.raises(ValueError, match=r"^a sample must be finite$"):
        alignment.step(np.array([1.0, bad]))
    np.testing.assert_array_equal(alignment.totals, before)
    assert alignment.time == 0


def test_templates_that_do_not_fit_together_are_refused() -> None:
    one, other = np.zeros((3, 2)), np.zeros((3, 1))
    for curves in ([], [one, other], [one[:0]], [one[:, 0]]):
        with pytest.raises(
            ValueError, match=r"^needs templates of one or more samples, all of the same number of values$"
        ):
            StreamAlignment(curves, curves)
    for weights in ([other], [one, one], []):
        with pytest.raises(ValueError, match=r"^needs as many weights as values$"):
            StreamAlignment([one], weights)


def test_tables_are_as_long_as_the_longest_template() -> None:
    curves, weights = templates(np.random.default_rng(9), (4, 8, 2), 3)
    alignment = StreamAlignment(curves, weights)
    assert alignment.lengths.tolist() == [4, 8, 2]
    assert alignment.totals.shape == alignment.starts.shape == (3, 8)


def test_no_distance_is_less_than_nothing_however_large_the_numbers() -> None:
    samples = np.random.default_rng(10).uniform(1e6, 2e6, (40, 3))
    alignment = StreamAlignment([sample[None] for sample in samples], [np.full((1, 3), 0.3)] * 40)
    for sample in samples:
        alignment.step(sample)
        assert (alignment.totals >= 0.0).all()


@given(shapes)
def test_ways_do_not_cross(shape: tuple[list[int], int, int, int, float]) -> None:
    """Of two at the newest sample the one that is further in the template began earlier, or where the other did."""
    lengths, size, samples, seed, _ = shape
    random = np.random.default_rng(seed)
    curves, weights = templates(random, lengths, size)
    alignment = StreamAlignment(curves, weights)
    for sample in np.cumsum(random.normal(size=(samples, size)), axis=0):
        alignment.step(sample)
        assert (np.diff(alignment.starts) <= 0).all()


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


def plain_occurrences(
    stream: Sequence[int], curve: Sequence[int], limit: float, overlap: float, moving: Sequence[bool]
) -> list[tuple[int, int, int, int, float]]:
    """(told at, start, end, until, distance) by the rule for disjoint queries, one template of one value, in words:

    the nearest way is told once no way that began up to `until`, and is among `moving`, is nearer still. All ways that
    began up to `until` are then given up.
    """
    nothing = (math.inf, 0)
    ways, best = [nothing] * len(curve), None
    found: list[tuple[int, int, int, int, float]] = []
    for t, value in enumerate(stream):
        now: list[tuple[float, int]] = []
        for j, wanted in enumerate(curve):
            # Of ways that are as near: across before staying, and both before going on within this sample.
            before = [ways[j - 1] if j else (0.0, t), ways[j], now[j - 1] if j else nothing]
            total, start = min(before, key=lambda way: way[0])
            now.append((total + (value - wanted) ** 2, start))
        ways = now
        if best and not any(m and way[0] < best[3] and way[1] <= best[2] for m, way in zip(moving, ways, strict=True)):
            found.append((t, *best))
            ways = [nothing if way[1] <= best[2] else way for way in ways]
            best = None
        distance, start = ways[-1]
        if distance <= limit and (best is None or distance < best[3]):
            best = (start, t, t - round(overlap * (t - start)), distance)
    return [*found, *([(len(stream), *best)] if best else [])]


small = st.integers(0, 3)
questions = st.lists(
    st.lists(st.tuples(small, st.booleans()), min_size=1, max_size=6), min_size=1, max_size=3
)  # values of each template, and which of them are moving


@given(questions, st.lists(small, max_size=30), st.integers(0, 6), st.sampled_from([0.0, 0.25, 0.5]))
def test_occurrences_are_those_of_the_rule_in_plain_words(
    templates: list[list[tuple[int, bool]]], stream: list[int], limit: int, overlap: float
) -> None:
    """In small whole numbers, of which many are equal and all sums exact."""
    curves = [[value for value, _ in one] for one in templates]
    columns = [np.array(curve, float)[:, None] for curve in curves]
    alignment = StreamAlignment(columns, [np.ones_like(column) for column in columns])
    moving = np.ones(alignment.totals.shape, bool)  # what lies past a template's end says nothing whatever it is here
    for row, one in zip(moving, templates, strict=True):
        row[: len(one)] = [moves for _, moves in one]
    limits = np.full(len(curves), float(limit))
    watch = Occurrences(alignment, limits, overlap, moving)
    found = [(t, one) for t, value in enumerate(stream) for one in watch.step(np.array([float(value)]))]
    found += [(len(stream), one) for one in watch.end()]
    for number, (curve, one) in enumerate(zip(curves, templates, strict=True)):
        own = [(t, o.start, o.end, o.until, o.distance) for t, o in found if o.template == number]
        assert own == plain_occurrences(stream, curve, limit, overlap, [moves for _, moves in one])


def test_left_alone_it_takes_all_of_a_template_for_moving_and_lets_nothing_overlap() -> None:
    random = np.random.default_rng(11)
    for _ in range(20):
        curve, stream = random.integers(0, 4, 4).tolist(), random.integers(0, 4, 40).tolist()
        alignment = StreamAlignment([np.array(curve, float)[:, None]], [np.ones((4, 1))])
        watch = Occurrences(alignment, np.array([3.0]))
        found = [(t, one) for t, value in enumerate(stream) for one in watch.step(np.array([float(value)]))]
        found += [(len(stream), one) for one in watch.end()]
        own = [(t, o.start, o.end, o.until, o.distance) for t, o in found]
        assert own == plain_occurrences(stream, curve, 3.0, 0.0, [True] * 4)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_settled_is_never_told_of_again_and_in_the_end_all_is(seed: int) -> None:
    random = np.random.default_rng(seed)
    pulses = [quiet(4), random.uniform(0.6, 1.1) * PULSE, quiet(int(random.integers(3, 9))), PULSE]
    stream = np.concatenate([*pulses, quiet(60)]) + random.normal(0, 0.1, (sum(map(len, pulses)) + 60, 1))
    alignment = StreamAlignment([PULSE, DOUBLE], [np.ones_like(PULSE), np.ones_like(DOUBLE)])
    moving = np.zeros(alignment.totals.shape, bool)
    for row, curve in zip(moving, (PULSE, DOUBLE), strict=True):
        row[: len(curve)] = curve[:, 0] > 1.0
    watch = Occurrences(alignment, 0.1 * alignment.still, moving=moving)
    settled = [0]
    for t, sample in enumerate(stream):
        assert all(one.start >= max(settled) for one in watch.step(sample))
        settled.append(watch.settled())
        assert settled[-1] <= t + 1
    assert watch.end() == []
    assert settled[-1] >= len(stream) - 60


def test_what_is_found_and_not_told_yet_is_not_settled() -> None:
    """One value, found where the stream is near to it: of two that are as near the first is told by the second."""
    alignment = StreamAlignment([np.array([[4.0]])], [np.ones((1, 1))])
    watch = Occurrences(alignment, np.array([0.25]))
    assert (watch.step(np.array([3.4375])), watch.settled()) == ([], 1)  # not near enough
    assert (watch.step(np.array([3.5])), watch.settled()) == ([], 1)
    assert (watch.step(np.array([0.0])), watch.settled()) == ([Occurrence(0, 1, 1, 1, 0.25)], 3)


def test_what_may_just_be_found_yet_is_not_settled() -> None:
    alignment = StreamAlignment([np.array([[4.0], [0.0]])], [np.ones((2, 1))])
    watch = Occurrences(alignment, np.array([0.25]))
    assert (watch.step(np.array([3.4375])), watch.settled()) == ([], 1)  # too far away already
    assert (watch.step(np.array([3.5])), watch.settled()) == ([], 1)
    assert (watch.step(np.array([0.0])), watch.settled()) == ([], 1)
    assert watch.end() == [Occurrence(0, 1, 2, 2, 0.25)]


def test_an_alignment_goes_on_after_its_end() -> None:
    alignment = StreamAlignment([PULSE], [np.ones_like(PULSE)])
    watch = Occurrences(alignment, 0.1 * alignment.still)
    for sample in PULSE[:6]:
        watch.step(sample)
    assert watch.end() == []
    found = [one for sample in np.concatenate([quiet(3), PULSE, quiet(9)]) for one in watch.step(sample)]
    assert [(one.start, one.end) for one in found] == [(9, 20)]


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
