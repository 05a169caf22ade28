"""How long a movement must stay at its top to be meant, in numbers."""

import itertools

import numpy as np
import pytest

from coach.form.exercise import Count
from coach.form.meant import DETOURS, LARGEST, LEAST_S, PART, detour, needed_hold

COUNT = Count(hold=1.0)


def test_what_just_passes_needs_the_most_and_twice_of_it_half_of_that() -> None:
    assert needed_hold(COUNT, 1.0) == PART
    assert needed_hold(COUNT, 2.0) == PART / 2
    assert needed_hold(COUNT, 0.5) == PART  # it will not count anyway
    assert needed_hold(Count(hold=2.0), 1.0) == 2 * PART


def test_however_large_it_must_stay_for_a_moment_but_for_no_longer_than_the_exercise_asks() -> None:
    assert needed_hold(COUNT, LARGEST) == needed_hold(COUNT, 100.0) == PART / LARGEST
    assert needed_hold(Count(hold=0.3), 100.0) == LEAST_S
    assert needed_hold(Count(hold=0.1), 100.0) == 0.1
    assert needed_hold(Count(hold=0.0), 1.0) == 0.0


def test_to_and_fro_and_doubt_make_it_longer() -> None:
    assert needed_hold(COUNT, 1.0, detour=1.0) == pytest.approx(PART * (1 + DETOURS))
    assert needed_hold(COUNT, 1.0, doubt=0.25) == pytest.approx(PART * 1.25)
    assert needed_hold(COUNT, 2.0, detour=2.0, doubt=0.5) == pytest.approx(PART / 2 * (1 + 2 * DETOURS) * 1.5)


def test_where_the_hold_is_the_point_nothing_shortens_it() -> None:
    full = Count(hold=3.0, full=True)
    assert needed_hold(full, 1.0) == needed_hold(full, 4.0) == 3.0
    assert needed_hold(full, 4.0, detour=1.0, doubt=0.1) == pytest.approx(3.0 * (1 + DETOURS) * 1.1)


def test_larger_straighter_and_surer_never_needs_more() -> None:
    sizes, ways, doubts = (0.5, 1.0, 1.5, 3.0, 6.0), (0.0, 0.5, 2.0), (0.0, 0.1, 0.5)
    for (small, large), way, doubt in itertools.product(itertools.pairwise(sizes), ways, doubts):
        assert needed_hold(COUNT, large, way, doubt) <= needed_hold(COUNT, small, way, doubt)
        assert needed_hold(COUNT, small, 0.0, doubt) <= needed_hold(COUNT, small, way, doubt)
        assert needed_hold(COUNT, small, way, 0.0) <= needed_hold(COUNT, small, way, doubt)


@pytest.mark.parametrize(("amounts", "further"), [
    ([0.35, 1.0, 0.35], 0.0),
    ([0.0, 0.5, 1.0, 1.0, 0.9, 0.2], 0.0),
    ([0.0, 1.0, 0.9, 1.0, 0.0], 0.0),  # less than the noise
    ([0.0, 1.0, 0.5, 1.0, 0.0], 0.5),
    ([0.0, 0.6, 0.1, 1.0, 0.0], 0.5),
    ([0.0, 1.0, 0.0, 1.0, 0.0], 1.0),
    ([0.0, 2.0, 0.0, 2.0, 0.0], 1.0),
    ([0.0, 1.0, 0.3, 0.8, 0.0], 0.5),
    ([1.0, 1.0], 0.0),
    ([0.5], 0.0),
])  # fmt: skip
def test_a_detour_is_what_was_gone_too_much(amounts: list[float], further: float) -> None:
    assert detour(amounts) == pytest.approx(further, abs=1e-12)


def test_the_frame_rate_and_noise_are_no_detour() -> None:
    random = np.random.default_rng(1)
    for fps in (10, 30, 120):
        times = np.arange(0, 3, 1 / fps)
        smooth = np.interp(times, [0, 1, 2, 3], [0.3, 1, 1, 0.3])
        assert detour((smooth + random.uniform(-0.05, 0.05, len(times))).tolist()) < 0.2
