"""The template: how far on the way to the peak, and its curve, resampling and alignment."""

import warnings
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from faces import rest_measures

from coach.form.exercise import Exercise, Pose, Target, Tempo, find_exercise, library, parse_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.template import BAND, HOLD, MOVE, Template, align, phases_of, resample
from coach.frame import Array

SMILE = find_exercise("wide-smile")


PLAIN = Exercise("x", "g", "camera", "a", [], "e", "s", ["a"], 1, Tempo(1.0, 1.0, 1.0, 1.0), "x")


def measures(**values: float) -> Array:
    """(M,) numbers by name, 0 elsewhere."""
    found = np.zeros(len(NAMES))
    for name, value in values.items():
        found[INDEX[name]] = value
    return found


#: Both sides at once: 3 parts of it each side's own corner, 1 part the width of the mouth, and the lips keep still.
BOTH = msgspec.structs.replace(
    PLAIN,
    peak={
        "corner_lift_left": Target("change", 0.125, 0.5, 0.375),
        "corner_lift_right": Target("change", 0.125, 0.25, 0.375),
        "mouth_width": Target("ratio", 0.25, 1.5, 0.125),
        "lip_gap": Target("still", 0.25),
    },
)
#: First the lips part; then both corners smile while they keep as they were at rest.
TWO = msgspec.structs.replace(
    PLAIN,
    pose=[
        Pose("Open", "", {"lip_gap": Target("change", 0.125, 0.5)}),
        Pose(
            "Smile",
            "",
            {
                "smile_left": Target("change", 0.0625, 0.25),
                "smile_right": Target("change", 0.0625, 0.5),
                "lip_gap": Target("still", 0.25),
            },
        ),
    ],
)
#: The lips to the left and the left corner towards the eye, and then the same to the right.
SWING = msgspec.structs.replace(
    PLAIN,
    sides="alternate",
    peak={"lip_x": Target("change", 0.125, 0.5, 3.0), "corner_canthus_left": Target("ratio", 0.25, 1.5)},
)
STILL = msgspec.structs.replace(PLAIN, peak={"lip_gap": Target("still", 0.25), "chin_x": Target("still", 0.5)})
#: 0 to 1 in the middles of the eight samples of a movement: 3 x^2 - 2 x^3.
UP = np.array([(3 * x**2 - 2 * x**3) for x in (np.arange(8) + 0.5) / 8])


def one_moment(template: Template, change: Array) -> tuple[list[list[float]], list[list[float]]]:
    """What one moment alone, (M,) change from rest, matches: P times left and right, and as it is judged."""
    own = template.match(change[None])
    assert own.shape == (len(template.exercise.poses), 2, 1)
    return own[..., 0].tolist(), template.sides(own)[..., 0].tolist()


def test_each_side_is_as_far_as_its_own_measures_and_those_of_both() -> None:
    template = Template(BOTH, measures(mouth_width=2.0))
    assert template.names == ("corner_lift_left", "corner_lift_right", "mouth_width", "lip_gap")
    assert not template.own
    assert template.columns.tolist() == [[[INDEX[name] for name in template.names]] * 2]
    assert template.span.tolist() == [[[0.5, 0.25, 1.0, 0.0]] * 2]
    assert template.within.tolist() == [[[0.125, 0.125, 0.5, 0.25]] * 2]
    assert template.weights.tolist() == [[[0.75, 0.0, 0.25, 0.0], [0.0, 0.75, 0.25, 0.0]]]
    assert template.steady.tolist() == [[[False, False, False, True]] * 2]
    halfway = {"corner_lift_left": 0.25, "corner_lift_right": 0.25, "mouth_width": 1.0}
    changes = np.array(
        [
            measures(**halfway, lip_gap=-0.25),
            measures(**halfway, lip_gap=0.375),
            measures(**halfway, lip_gap=0.5),
            measures(mouth_width=2.0, corner_lift_right=-0.5),
            measures(mouth_width=2.0, lip_gap=0.375, corner_lift_right=-1.0),
        ]
    )
    assert template.match(changes).tolist() == [[[0.625, 0.3125, 0.0, 0.25, 0.125], [1.0, 0.5, 0.0, -0.5, -0.5]]]
    assert template.amount(changes).tolist() == [[[0.625, 0.625, 0.625, 0.5, 0.5], [1.0, 1.0, 1.0, -0.25, -0.25]]]
    assert [one_moment(template, change)[0] for change in changes] == [
        [[0.625, 1.0]], [[0.3125, 0.5]], [[0.0, 0.0]], [[0.25, -0.5]], [[0.125, -0.5]]
    ]  # fmt: skip
    displaced = template.displacement(np.array([changes[:2], changes[2:4]]), 1)
    assert displaced[0, 0].tolist() == [2.0, 2.0, 2.0, -1.0]
    assert displaced[1, 1].tolist() == [0.0, -4.0, 4.0, 0.0]


@pytest.mark.parametrize(("leading", "decides"), [("either", 1.0), ("both", 0.625)])
def test_the_side_that_leads_decides_for_both(leading: str, decides: float) -> None:
    template = Template(msgspec.structs.replace(BOTH, leading=leading), measures(mouth_width=2.0))
    change = measures(corner_lift_left=0.25, corner_lift_right=0.25, mouth_width=1.0)
    assert one_moment(template, change) == ([[0.625, 1.0]], [[decides, decides]])


def test_how_far_off_a_target_is_told_in_its_tolerances() -> None:
    template = Template(BOTH, measures(mouth_width=2.0))
    change = measures(corner_lift_left=0.25, corner_lift_right=0.5, mouth_width=1.25, lip_gap=-0.5)
    for side in (0, 1):
        assert template.errors(change.tolist(), 0, side) == {
            "corner_lift_left": -2.0, "corner_lift_right": 2.0, "mouth_width": 0.5, "lip_gap": 2.0,
        }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        two = Template(TWO, measures())
    change = measures(lip_gap=0.25, smile_left=0.125, smile_right=0.75)
    assert two.errors(change.tolist(), 0, 1) == {"lip_gap": -2.0}
    assert two.errors(change.tolist(), 1, 0) == {"smile_left": -2.0, "smile_right": 4.0, "lip_gap": 1.0}


def test_each_pose_asks_for_its_own_measures() -> None:
    two = Template(TWO, measures())
    assert two.names == ("lip_gap", "smile_left", "smile_right")
    assert two.span[:, 0].tolist() == [[0.5, 0.0, 0.0], [0.0, 0.25, 0.5]]
    assert two.weights.tolist() == [[[1.0, 0.0, 0.0]] * 2, [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]]
    changes = np.array([measures(lip_gap=0.25, smile_left=0.125), measures(lip_gap=0.375, smile_right=0.5)])
    matches = [[[0.5, 0.75], [0.5, 0.75]], [[0.5, 0.0], [0.0, 0.5]]]
    assert two.match(changes).tolist() == matches
    assert [one_moment(two, c)[0] for c in changes] == [[[0.5, 0.5], [0.5, 0.0]], [[0.75, 0.75], [0.0, 0.5]]]
    assert two.sides(two.match(changes)).tolist() == [[[0.5, 0.75]] * 2, [[0.5, 0.5]] * 2]


def test_a_swing_to_the_right_is_the_mirror_image_of_that_to_the_left() -> None:
    rest = measures(corner_canthus_left=2.0, corner_canthus_right=4.0)
    swing = Template(SWING, rest)
    lip, left, right = (INDEX[name] for name in ("lip_x", "corner_canthus_left", "corner_canthus_right"))
    assert swing.columns.tolist() == [[[lip, left], [lip, right]]]
    assert swing.span.tolist() == [[[0.5, 1.0], [-0.5, 2.0]]]
    assert swing.within.tolist() == [[[0.125, 0.5], [0.125, 1.0]]]
    assert swing.weights.tolist() == [[[0.75, 0.25], [0.75, 0.25]]]
    change = measures(lip_x=0.25, corner_canthus_left=0.5, corner_canthus_right=2.0)
    assert one_moment(swing, change) == ([[0.5, -0.375 + 0.25]], [[0.5, -0.125]])
    assert swing.errors(change.tolist(), 0, 0) == {"lip_x": -2.0, "corner_canthus_left": -1.0}
    assert swing.errors(change.tolist(), 0, 1) == {"lip_x": -6.0, "corner_canthus_left": 0.0}
    for kept in (0.625, -0.625):  # of one swing, and good for both
        own = Template(SWING, rest, {"lip_x": kept, "corner_canthus_left": 1.5, "corner_canthus_right": 9.0})
        assert own.span.tolist() == [[[0.625, 1.5], [-0.625, 1.5]]]
        assert own.within.tolist() == [[[0.15625, 0.75], [0.15625, 0.75]]]


def test_where_sides_alternate_both_measures_of_a_pair_count_for_each_swing() -> None:
    wink = msgspec.structs.replace(
        PLAIN,
        sides="alternate",
        peak={"blink_left": Target("change", 0.125, 0.5, 3.0), "blink_right": Target("change", 0.125, -0.25)},
    )
    template = Template(wink, measures())
    left, right = INDEX["blink_left"], INDEX["blink_right"]
    assert template.columns.tolist() == [[[left, right], [right, left]]]
    assert template.weights.tolist() == [[[0.75, 0.25]] * 2]
    assert one_moment(template, measures(blink_left=0.25, blink_right=-0.25))[0] == [[0.625, -0.75 * 0.5 - 0.25]]


def test_a_personal_range_is_no_less_and_no_more_than_its_bounds() -> None:
    rest = measures(mouth_width=2.0)
    for own, span in ((0.25, 0.25), (0.2, 0.2), (0.125, 0.2), (1.0, 1.0), (1.5, 1.0), (-0.5, 0.2)):
        template = Template(BOTH, rest, {"corner_lift_left": own, "lip_gap": 9.0})
        assert template.own
        np.testing.assert_allclose(template.span, [[[span, 0.25, 1.0, 0.0]] * 2], rtol=1e-12)
        np.testing.assert_allclose(template.within, [[[span / 4, 0.125, 0.5, 0.25]] * 2], rtol=1e-12)


def test_where_nothing_is_to_move_all_that_is_still_is_the_peak() -> None:
    template = Template(STILL, measures())
    changes = np.array(
        [measures(), measures(lip_gap=0.375), measures(lip_gap=0.25, chin_x=-0.875), measures(chin_x=1.0)]
    )
    assert template.match(changes).tolist() == [[[1.0, 0.5, 0.25, 0.0]] * 2]
    assert [one_moment(template, change)[0] for change in changes] == [[[x, x]] for x in (1.0, 0.5, 0.25, 0.0)]
    assert template.amount(changes).tolist() == [[[0.0] * 4] * 2]
    curve, weights = template.curve(0)
    assert curve.tolist() == [[0.0, 0.0]] * 20
    assert weights.tolist() == [[0.5, 0.5]] * 20


def test_a_ratio_to_nothing_is_no_way_to_go() -> None:
    template = Template(BOTH, measures())
    change = measures(corner_lift_left=0.5, mouth_width=9.0)
    assert one_moment(template, change)[0] == [[0.75, 0.0]]


def test_a_curve_is_its_measures_way_in_tolerances() -> None:
    template = Template(BOTH, measures(mouth_width=2.0))
    way = np.concatenate([UP, np.ones(4), UP[::-1]])
    curve, weights = template.curve(0)
    np.testing.assert_allclose(curve, way[:, None] * [4.0, 2.0, 2.0, 0.0], rtol=1e-12)
    # What keeps still counts for as much as those that move do on the mean: (0.75 + 0.25) / 2, of 1.5 in all.
    np.testing.assert_allclose(weights, np.tile([0.5, 0.0, 1 / 6, 1 / 3], (20, 1)), rtol=1e-12)
    np.testing.assert_allclose(template.curve(1)[1], np.tile([0.0, 0.5, 1 / 6, 1 / 3], (20, 1)), rtol=1e-12)


def test_a_curve_of_two_poses_goes_from_one_to_the_other() -> None:
    """In tolerances, which are the wider one of both poses: 0.25 for the lips."""
    curve, weights = Template(TWO, measures()).curve(1)
    lips = np.concatenate([UP, np.ones(4), 1 - UP, np.zeros(12)])
    smile = np.concatenate([np.zeros(12), UP, np.ones(4), UP[::-1]])
    np.testing.assert_allclose(curve, np.stack([2.0 * lips, 4.0 * smile, 8.0 * smile], axis=1), atol=1e-12)
    # Between two poses each measure has the lesser of its two weights.
    open_, between, smiling = [1.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.5, 0.0, 0.5]
    np.testing.assert_allclose(weights, np.repeat([open_, between, smiling], [12, 8, 12], axis=0), atol=1e-12)
    assert len(curve) == sum(phases_of(2))


def test_a_recorded_curve_is_laid_over_the_samples_from_its_first_point_to_its_last() -> None:
    recorded = msgspec.structs.replace(BOTH, curve={"mouth_width": [0.0, 1.0, 0.0]})
    curve, _ = Template(recorded, measures(mouth_width=2.0)).curve(0)
    middles = (np.arange(20) + 0.5) / 20
    np.testing.assert_allclose(curve[:, 2], 2.0 * (1.0 - np.abs(2.0 * middles - 1.0)), rtol=1e-12)
    np.testing.assert_allclose(curve[:, 0], 4.0 * np.concatenate([UP, np.ones(4), UP[::-1]]), rtol=1e-12)


def slow_align(performed: Array, curve: Array, weights: Array, band: int) -> tuple[Array, float]:
    """Dynamic time warping as the textbook has it, cell by cell, and back along the way."""
    size = len(curve)
    total = np.full((size + 1, size + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(size):
        for j in range(size):
            if abs(i - j) <= band:
                cost = float(np.sum(weights[j] * (performed[i] - curve[j]) ** 2))
                total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    i = j = size
    laid: list[list[Array]] = [[] for _ in range(size)]
    steps = 0
    while i and j:
        steps += 1
        laid[j - 1].append(performed[i - 1])
        i, j = min([(i - 1, j - 1), (i - 1, j), (i, j - 1)], key=lambda cell: total[cell])
    return np.array([np.mean(samples, axis=0) for samples in laid]), float(np.sqrt(total[size, size] / steps))


@pytest.mark.parametrize("band", [0, 1, 3, BAND, 30])
def test_alignment_is_that_of_the_textbook(band: int) -> None:
    random = np.random.default_rng(1)
    performed, curve = random.normal(size=(2, 6, 17, 3))
    weights = random.uniform(0.1, 1, size=(6, 17, 3))
    laid, distances = align(performed, curve, weights, band)
    slow = [slow_align(*one, band) for one in zip(performed, curve, weights, strict=True)]
    np.testing.assert_allclose(laid, [one for one, _ in slow], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(distances, [distance for _, distance in slow], rtol=1e-12)


def test_alignment_goes_no_further_from_the_diagonal_than_it_says() -> None:
    random = np.random.default_rng(3)
    performed, curve, weights = random.normal(size=(1, 20, 2)), random.normal(size=(20, 2)), np.ones((20, 2))
    np.testing.assert_array_equal(align(performed, curve, weights)[1], align(performed, curve, weights, BAND)[1])
    assert slow_align(performed[0], curve, weights, BAND)[1] == pytest.approx(
        align(performed, curve, weights)[1][0], rel=1e-12
    )


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


def slow_resample(times: Array, values: Array, marks: Sequence[float]) -> Array:
    """Mean of what lies between the frames on a straight line, over each sample's time, as far as it was recorded."""
    found = []
    for begin, end, count in zip(marks, marks[1:], phases_of(len(marks) // 2 - 1), strict=False):
        edges = np.clip(begin + (end - begin) * np.arange(count + 1) / count, times[0], times[-1])
        for a, b in pairwise(edges):
            knots = np.array([a, *times[(times > a) & (times < b)], b])
            heights = np.array([[np.interp(t, times, column) for column in values.T] for t in knots])
            area = np.sum((heights[1:] + heights[:-1]) / 2 * np.diff(knots)[:, None], axis=0)
            found.append(area / (b - a) if b > a else heights[0])
    return np.array(found)


@pytest.mark.parametrize(
    "marks",
    [
        [0.5, 1.1, 2.3, 3.0],
        [0.5, 0.5, 2.3, 2.3],
        [-0.7, 0.4, 2.3, 3.9],  # more than was recorded
        [0.1, 0.3, 0.31, 2.9, 2.95, 3.3],  # two poses
    ],
)
def test_resampling_is_the_mean_of_the_straight_lines_between_frames(marks: list[float]) -> None:
    random = np.random.default_rng(6)
    times = np.concatenate([[0.0], np.cumsum(random.uniform(0.02, 0.3, 20))])
    values = random.normal(size=(21, 3))
    found = resample(times, values, np.array(marks), len(marks) // 2 - 1)
    np.testing.assert_allclose(found, slow_resample(times, values, marks), rtol=1e-9, atol=1e-9)


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
        (((left, right),), judged) = one_moment(template, change)
        assert judged == [[left, right]]
        assert left == right
        return left

    assert [match(gap) for gap in (0.0, 0.02, 0.03, 0.04, -0.03)] == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.5])


@pytest.mark.parametrize("exercise", [e for e in library().values() if e.judged], ids=lambda e: e.id)
def test_one_moment_alone_matches_as_among_many(exercise: Exercise) -> None:
    template = Template(exercise, rest_measures())
    random = np.random.default_rng(3)
    size = np.abs(template.span).max(axis=(0, 1)) + template.within.max(axis=(0, 1))
    change = np.zeros((40, len(NAMES)))
    for i in range(len(template.names)):
        for column in np.unique(template.columns[..., i]):
            change[:, column] = random.normal(0, size[i], 40)
    before = change.copy()
    own, judged, amount = template.match(change), template.sides(template.match(change)), template.amount(change)
    assert np.ptp(own) > 0.5
    for k, values in enumerate(change):
        np.testing.assert_allclose(one_moment(template, values), (own[..., k], judged[..., k]), rtol=0, atol=1e-12)
        np.testing.assert_allclose(template.amount(values[None])[..., 0], amount[..., k], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(change, before)


@pytest.mark.parametrize("exercise", [e for e in library().values() if e.judged], ids=lambda e: e.id)
def test_the_match_of_what_moves_is_off_by_what_its_measures_are_off_by(exercise: Exercise) -> None:
    """Halfway to the peak of a pose, with many measures of rest that are a little off, each by its own."""
    template = Template(exercise, rest_measures())
    random = np.random.default_rng(4)
    spread = np.zeros(len(NAMES))
    for p, side, i in np.ndindex(template.span.shape):
        spread[template.columns[p, side, i]] = 0.02 * abs(template.span[p, side, i])
    found = template.spread(spread)
    assert found.shape == (len(exercise.poses), 2)
    off = random.normal(size=(4000, len(NAMES))) * spread
    for p, side in np.ndindex(found.shape):
        if template.weights[p, side].any():
            halfway = np.zeros(len(NAMES))
            halfway[template.columns[p, side]] = template.span[p, side] / 2
            assert template.match(halfway + off)[p, side].std() == pytest.approx(found[p, side], rel=0.06)


def test_the_spread_of_a_match_is_that_of_what_moves_by_its_weight() -> None:
    """0.75 and 0.25 parts of each side, of a whole way of 0.5, 0.25 and 1: squares add up."""
    template = Template(BOTH, measures(mouth_width=2.0))
    assert template.spread(measures(mouth_width=0.5)).tolist() == [[0.125, 0.125]]
    assert template.spread(measures(corner_lift_left=0.25)).tolist() == [[0.375, 0.0]]
    both = measures(corner_lift_left=0.1, corner_lift_right=0.125, mouth_width=0.8)
    np.testing.assert_allclose(template.spread(both), [[0.25, 0.425]], rtol=1e-12)
    # What keeps still says nothing where something moves, and what is not judged says nothing at all.
    np.testing.assert_array_equal(template.spread(both + measures(lip_gap=9.0, brow_gap=9.0)), template.spread(both))
    assert template.spread(measures()).tolist() == [[0.0, 0.0]]


def test_the_spread_of_a_ratio_to_nothing_is_none() -> None:
    with np.errstate(all="raise"):
        assert Template(BOTH, measures()).spread(measures(mouth_width=1.0)).tolist() == [[0.0, 0.0]]


def test_each_pose_and_each_swing_has_a_spread_of_its_own() -> None:
    two = Template(TWO, measures())
    spread = measures(lip_gap=0.125, smile_left=0.125, smile_right=0.125)
    assert two.spread(spread).tolist() == [[0.25, 0.25], [0.5, 0.25]]
    swing = Template(SWING, measures(corner_canthus_left=2.0, corner_canthus_right=4.0))
    assert swing.spread(measures(lip_x=0.25)).tolist() == [[0.375, 0.375]]
    assert swing.spread(measures(corner_canthus_left=0.5)).tolist() == [[0.125, 0.0]]
    assert swing.spread(measures(corner_canthus_right=0.5)).tolist() == [[0.0, 0.0625]]


def test_where_all_is_to_keep_still_the_spread_is_a_quarter_of_the_loudest_in_its_tolerance() -> None:
    template = Template(STILL, measures())
    assert template.spread(measures(lip_gap=0.125, chin_x=0.125)).tolist() == [[0.125, 0.125]]
    assert template.spread(measures(lip_gap=0.125, chin_x=0.5)).tolist() == [[0.25, 0.25]]


def test_only_a_pose_in_which_nothing_moves_is_off_by_what_keeps_still() -> None:
    held = msgspec.structs.replace(
        PLAIN, pose=[*TWO.pose, Pose("Hold", "", {"chin_x": Target("still", 0.5), "lip_gap": Target("still", 0.5)})]
    )
    spread = measures(lip_gap=0.125, smile_left=0.125, smile_right=0.25, chin_x=0.125)
    assert Template(held, measures()).spread(spread).tolist() == [[0.25, 0.25], [0.5, 0.5], [0.0625, 0.0625]]


def test_what_keeps_still_may_move_more_beside_a_large_movement_but_not_the_head() -> None:
    """By the root of it: beside four times the movement, twice as much. A head that turns is a matter of the view."""
    both = msgspec.structs.replace(
        PLAIN,
        peak={"mouth_width": Target("change", 0.125, 0.5), "lip_gap": Target("still", 0.25),
              "yaw_deg": Target("still", 8.0)},
    )  # fmt: skip
    template = Template(both, measures())
    assert template.still_names == ["lip_gap", "yaw_deg"]
    rows = [
        measures(mouth_width=0.5, lip_gap=0.5),
        measures(mouth_width=2.0, lip_gap=0.5),
        measures(mouth_width=2.0, lip_gap=0.75),
        measures(mouth_width=2.0, lip_gap=1.0),
        measures(mouth_width=0.25, lip_gap=0.375),
        measures(mouth_width=2.0, yaw_deg=8.0),
        measures(mouth_width=2.0, yaw_deg=12.0),
        measures(mouth_width=2.0, yaw_deg=-16.0),
    ]
    amount, match, disturbed = template.see(np.stack(rows))
    assert amount.tolist() == template.amount(np.stack(rows)).tolist() == [[[1.0, 4, 4, 4, 0.5, 4, 4, 4]] * 2]
    assert match.tolist() == [[[0.0, 1.0, 0.5, 0.0, 0.25, 1.0, 0.5, 0.0]] * 2]
    assert disturbed == [[0, -1, 0, 0, 0, -1, 1, 1]]


def test_what_hardly_leaves_its_tolerance_disturbs_no_repetition() -> None:
    """Up to 1.35 of it the match is lower, and it is the same movement still; then the loudest is told."""
    template = Template(STILL, measures())
    rows = [measures(lip_gap=0.25 * lips, chin_x=0.5 * chin) for lips, chin in
            ((0.0, 0.0), (1.0, -1.0), (1.34, 0.0), (1.36, 1.3), (-1.4, -1.5), (1.5, 1.4))]  # fmt: skip
    assert template.see(np.stack(rows))[2] == [[-1, -1, -1, 0, 1, 0]]
    assert [len(Template(BOTH, measures(mouth_width=1.0)).see(np.stack(rows))[2][0])] == [len(rows)]
    assert Template(SWING, measures(corner_canthus_left=1.0)).see(np.stack(rows))[2] == [[], []]


def test_each_swing_is_disturbed_by_what_shows_on_its_side() -> None:
    swing = msgspec.structs.replace(SWING, peak={**SWING.peak, "smile_left": Target("still", 0.25)})
    template = Template(swing, measures(corner_canthus_left=2.0, corner_canthus_right=2.0))
    assert template.still_names == ["smile_left"]
    rows = np.stack([measures(), measures(smile_left=0.5), measures(smile_right=-0.5)])
    assert template.see(rows)[2] == [[-1, 0, -1], [-1, -1, 0]]


@pytest.mark.parametrize(
    ("most", "amounts"), [(1.0, [0.5, 0.625, 1.0]), (1.5, [0.5, 0.75, 1.5]), (9.0, [0.5, 1.5, 3.0])]
)
def test_of_each_measure_no_more_may_be_taken_than_is_asked_for(most: float, amounts: list[float]) -> None:
    """A corner counts for three quarters, the width of the mouth for one."""
    template = Template(BOTH, measures(mouth_width=2.0))
    rows = [
        measures(corner_lift_left=0.25, mouth_width=0.5),
        measures(corner_lift_left=0.25, mouth_width=4.5),
        measures(corner_lift_left=1.5, mouth_width=3.0),
    ]
    assert template.amount(np.stack(rows), most)[0, 0].tolist() == amounts
    assert template.amount(np.stack([measures(corner_lift_left=-9.0, mouth_width=-9.0)]), most).tolist() == [
        [[-1.0], [-0.25]]
    ]


def test_a_range_of_ones_own_the_wrong_way_is_the_least_there_is() -> None:
    """But where sides alternate, of what changes its sign in the mirror, it may be that of the other swing."""
    rest = measures(corner_canthus_left=2.0, corner_canthus_right=2.0)
    swing = Template(SWING, rest, {"lip_x": -0.5, "corner_canthus_left": -1.0})
    assert swing.span[0, 0].tolist() == pytest.approx([0.5, 0.4 * 1.0])
    chin = msgspec.structs.replace(PLAIN, peak={"chin_x": Target("change", 0.125, 0.5)})
    assert Template(chin, rest, {"chin_x": -0.5}).span[0, 0].tolist() == pytest.approx([0.2])


def test_a_small_range_of_ones_own_makes_the_match_less_sure() -> None:
    rest, spread = measures(mouth_width=2.0), measures(corner_lift_left=0.125)
    assert Template(BOTH, rest).spread(spread).tolist() == [[0.1875, 0.0]]
    assert Template(BOTH, rest, {"corner_lift_left": 0.25}).spread(spread).tolist() == [[0.375, 0.0]]


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
