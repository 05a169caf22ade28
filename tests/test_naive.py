"""What the benchmarks take for the obvious way gives the coach's own numbers."""

import numpy as np
import pytest

from benchmarks.material import Recorded, smiles
from benchmarks.naive import NaiveSession, OneEuroOfOne, measures, measures_in_numpy, points_in_use
from coach.form.measures import FACE, NAMES, measure, measure_frame
from coach.form.session import Session
from coach.form.smoothing import one_euro


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return smiles(2)


@pytest.mark.parametrize("only", [None, points_in_use()], ids=["whole mesh", "points in use"])
def test_plain_loops_measure_the_same(recorded: Recorded, only: list[int] | None) -> None:
    for frame in recorded.frames[::40]:
        naive = measures(frame, only)
        np.testing.assert_allclose([naive[name] for name in NAMES], measure_frame(frame), rtol=1e-9, atol=1e-9)


def test_numpy_written_measure_by_measure_measures_the_same(recorded: Recorded) -> None:
    arrays = [array[::40] for array in recorded.arrays]
    naive = [measures_in_numpy(*parts) for parts in zip(*arrays, strict=True)]
    np.testing.assert_allclose(np.array(naive)[:, :FACE], measure(*arrays)[:, :FACE], rtol=1e-6, atol=1e-6)


def test_a_filter_for_each_value_filters_the_same() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    ours, _ = one_euro(np.arange(50) / 30, values, None, 1.0, 0.5)
    theirs = [OneEuroOfOne(1.0, 0.5) for _ in range(3)]
    for i, (row, filtered) in enumerate(zip(values, ours, strict=True)):
        naive = [one.step(i / 30, value) for one, value in zip(theirs, row.tolist(), strict=True)]
        np.testing.assert_allclose(filtered, naive, rtol=0, atol=1e-12)


def test_plain_loops_judge_the_same(recorded: Recorded) -> None:
    ours = Session(recorded.exercise, neutral=recorded.neutral)
    naive = NaiveSession(recorded.exercise, recorded.neutral)
    for frame in recorded.frames:
        one, other = ours.step(frame), naive.step(frame)
        assert (one.phase, one.reps) == (other.phase, other.reps)
        assert one.match == pytest.approx(other.match, abs=1e-9)
        assert one.errors == pytest.approx(other.errors, abs=1e-9)
    assert ours.reps == 2
    assert [a.form for a in ours.attempts] == pytest.approx([a.form for a in naive.attempts], abs=1e-6)
    assert [a.faults for a in ours.attempts] == [a.faults for a in naive.attempts]
