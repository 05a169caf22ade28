"""The template's curve, resampling and alignment."""

import numpy as np
import pytest
from faces import rest_measures

from coach.form.exercise import Exercise, find_exercise, library, parse_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.template import BAND, HOLD, MOVE, Template, align, phases_of, resample
from coach.frame import Array

SMILE = find_exercise("wide-smile")


def slow_warp(performed: Array, curve: Array, weights: Array, band: int) -> float:
    """Dynamic time warping as the textbook has it, cell by cell."""
    size = len(curve)
    total = np.full((size + 1, size + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(size):
        for j in range(size):
            if abs(i - j) <= band:
                cost = float(np.sum(weights[j] * (performed[i] - curve[j]) ** 2))
                total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[size, size])


def test_alignment_finds_the_cheapest_way_as_the_textbook_does() -> None:
    random = np.random.default_rng(1)
    curve, weights = random.normal(size=(20, 3)), random.uniform(0.1, 1, size=(20, 3))
    performed = random.normal(size=(7, 20, 3))
    laid, distances = align(performed, curve, weights)
    assert laid.shape == performed.shape
    for one, distance in zip(performed, distances, strict=True):
        # Every step of a way counts once: its length lies between the diagonal's and that of both sides.
        cheapest = slow_warp(one, curve, weights, BAND)
        assert cheapest / 39 <= distance**2 <= cheapest / 20 + 1e-12


def test_many_aligned_at_once_are_each_aligned_as_alone() -> None:
    random = np.random.default_rng(2)
    curve, weights = random.normal(size=(20, 2)), np.full((20, 2), 0.5)
    performed = random.normal(size=(50, 20, 2))
    laid, distances = align(performed, curve, weights)
    for k in (0, 17, 49):
        alone, distance = align(performed[k : k + 1], curve, weights)
        np.testing.assert_array_equal(alone[0], laid[k])
        assert distance[0] == distances[k]


def test_a_curve_is_no_distance_from_itself_nor_from_itself_a_little_later() -> None:
    template = Template(SMILE, rest_measures())
    curve, weights = template.curve(0)
    assert align(curve[None], curve, weights)[1] == pytest.approx(0.0)
    later = np.roll(curve, 2, axis=0)
    later[:2] = curve[0]
    apart = np.sqrt(np.mean(np.sum(weights * (later - curve) ** 2, axis=1)))
    assert align(later[None], curve, weights)[1] < apart / 2


def test_a_curve_goes_up_holds_and_comes_down() -> None:
    rest = rest_measures()
    template = Template(SMILE, rest)
    curve, weights = template.curve(0)
    assert len(curve) == sum(phases_of(1)) == 2 * MOVE + HOLD
    i = template.names.index("corner_canthus_left")
    way = curve[:, i] * template.within[0, 0, i]
    whole = -0.13 * rest[INDEX["corner_canthus_left"]]
    assert way[MOVE : MOVE + HOLD] == pytest.approx(np.full(HOLD, whole))
    assert np.all(np.diff(way[:MOVE]) < 0)
    np.testing.assert_allclose(way, way[::-1])
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)))


def test_an_exercise_may_carry_a_recorded_curve() -> None:
    text = 'name="x"\ngroup="g"\njudge="camera"\nabout="a"\nmuscles=[]\nevidence="e"\nsafety="s"\nsteps=["a"]\nreps=1\n'
    text += (
        "tempo={rise=1.0, hold=1.0, lower=1.0, rest=1.0}\n[peak]\nlip_gap = { at = 0.2, as = 'change', within = 0.1 }\n"
    )
    recorded = parse_exercise(text + "[curve]\nlip_gap = [0.0, 1.0, 0.5, 1.0, 0.0]\n", "x.toml", "x")
    curve, _ = Template(recorded, rest_measures()).curve(0)
    middle = curve[len(curve) // 2, 0] * 0.1
    assert middle == pytest.approx(0.1, abs=0.015)
    assert curve.max() * 0.1 > 0.18


@pytest.mark.parametrize("fps", [12.0, 30.0, 90.0])
def test_resampling_gives_means_at_any_frame_rate(fps: float) -> None:
    times = np.arange(0, 6 + 1e-9, 1 / fps)
    line = (2.0 * times + 1.0)[:, None]
    marks = np.array([0.5, 1.5, 4.0, 5.0])
    found = resample(times, line, marks)[:, 0]
    edges = np.concatenate([np.linspace(a, b, n + 1)[:-1] for a, b, n in
                            zip(marks, marks[1:], phases_of(1), strict=False)] + [[5.0]])  # fmt: skip
    np.testing.assert_allclose(found, 2.0 * (edges[:-1] + edges[1:]) / 2 + 1.0, atol=1e-9)


def test_a_phase_that_took_no_time_has_the_value_of_its_moment() -> None:
    times = np.linspace(0, 3, 31)
    found = resample(times, times[:, None], np.array([1.0, 1.0, 2.0, 2.0]))[:, 0]
    assert found[:MOVE] == pytest.approx(np.ones(MOVE))
    assert found[-MOVE:] == pytest.approx(np.full(MOVE, 2.0))
    assert np.all(np.isfinite(found))


def test_what_must_keep_still_lowers_the_match_beyond_its_tolerance() -> None:
    closed = parse_exercise(
        'name="x"\ngroup="g"\njudge="camera"\nabout="a"\nmuscles=[]\nevidence="e"\nsafety="s"\nsteps=["a"]\nreps=1\n'
        "tempo={rise=1.0, hold=1.0, lower=1.0, rest=1.0}\n[peak]\n"
        "smile_left = { at = 0.5, as = 'change', within = 0.2 }\nlip_gap = { within = 0.02, as = 'still' }\n",
        "x.toml", "x",
    )  # fmt: skip
    rest = rest_measures()
    template = Template(closed, rest)

    def match(gap: float) -> float:
        change = np.zeros(len(rest))
        change[INDEX["smile_left"]], change[INDEX["lip_gap"]] = 0.5, gap
        ((both,), _) = template.now(change.tolist())
        assert template.match(change[None])[0, :, 0] == pytest.approx(both)
        return both[0]

    assert [match(gap) for gap in (0.0, 0.02, 0.03, 0.04, -0.03)] == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.5])


@pytest.mark.parametrize("exercise", [e for e in library().values() if e.judged], ids=lambda e: e.id)
def test_one_moment_in_plain_floats_matches_as_many_do(exercise: Exercise) -> None:
    template = Template(exercise, rest_measures())
    random = np.random.default_rng(3)
    size = np.abs(template.span).max(axis=(0, 1)) + template.within.max(axis=(0, 1))
    change = np.zeros((40, len(NAMES)))
    for i in range(len(template.names)):
        for column in np.unique(template.columns[..., i]):
            change[:, column] = random.normal(0, size[i], 40)
    own, judged = template.match(change), template.sides(template.match(change))
    for k, values in enumerate(change):
        both = template.now(values.tolist())
        np.testing.assert_allclose(both, (own[..., k], judged[..., k]), atol=1e-12)


def test_several_repetitions_are_resampled_as_each_alone() -> None:
    random = np.random.default_rng(5)
    times = np.cumsum(random.uniform(0.02, 0.05, 300))
    values = random.normal(size=(300, 3))
    marks = np.array([[times[3], times[30], times[60], times[99]], [times[110], times[130], times[130], times[199]]])
    together = resample(times[:200], values[:200], marks)
    for one, part, mark in zip(together, (slice(0, 100), slice(100, 200)), marks, strict=True):
        np.testing.assert_allclose(one, resample(times[part], values[part], mark), atol=1e-12)


def test_a_personal_range_takes_the_templates_place_within_bounds() -> None:
    rest = rest_measures()
    whole = Template(SMILE, rest)
    small = Template(
        SMILE, rest, {name: 0.6 * target.span(float(rest[INDEX[name]])) for name, target in SMILE.peak.items()}
    )
    np.testing.assert_allclose(small.span, 0.6 * whole.span)
    tiny = Template(SMILE, rest, {name: 1e-6 for name in SMILE.peak})
    np.testing.assert_allclose(np.abs(tiny.span), 0.4 * np.abs(whole.span))
