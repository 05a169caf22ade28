"""Figures of the live path come from the moments they were told."""

import math
from itertools import pairwise

import pytest

from coach.vision.timing import KEPT, Timing


def test_there_are_no_figures_before_two_pictures() -> None:
    timing = Timing()
    assert timing.figures() is None
    timing.tracked(0.0, 100.0, 100.01, 0)
    assert timing.figures() is None


def test_rates_drops_and_ages_of_a_camera_that_is_half_looked_at() -> None:
    timing = Timing()
    for i in range(61):  # every second of 30 pictures a second; each waited 5 ms but the first, and took 12 ms
        taken = 500.0 + i / 15 + (0.005 if i else 0.0)
        arrived = timing.tracked(i / 15, taken, taken + 0.012, i)
        assert arrived == pytest.approx(500.0 + i / 15)
        timing.shown(arrived, taken + 0.02)
    found = timing.figures()
    assert found is not None
    assert found.seen == pytest.approx(15.0)
    assert found.camera == pytest.approx(30.0)
    assert found.dropped == 60
    assert found.track_ms == pytest.approx(12.0)
    assert found.age_ms == pytest.approx(17.0)
    assert found.shown_ms == pytest.approx(25.0)


def test_another_camera_runs_by_another_clock() -> None:
    timing = Timing()
    timing.tracked(0.0, 100.0, 100.01, 0)
    timing.begin()
    assert timing.tracked(1.0, 250.0, 250.01, 0) == pytest.approx(250.0)
    assert timing.tracked(2.0, 251.0, 251.01, 0) == pytest.approx(251.0)
    found = timing.figures()
    assert found is not None
    assert math.isnan(found.shown_ms)
    assert found.seen == pytest.approx(1.0)


def test_only_the_last_pictures_matter_and_are_kept() -> None:
    timing = Timing()
    times = [i / 10 for i in range(KEPT)] + [KEPT / 10 + i / 30 for i in range(KEPT)]
    assert all(a < b for a, b in pairwise(times))
    for time in times:
        timing.tracked(time, time, time + 0.01, 0)
    found = timing.figures()
    assert found is not None
    assert found.seen == pytest.approx(30.0)
