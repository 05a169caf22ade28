"""What is counted of movements with known counts: at every rate of looks, with noise and with short losses."""

import pytest
from touch import tracks

from coach.form.exercise import find_exercise
from coach.plan.rules import dosed

RATES = (10.0, pytest.param(20.0, marks=pytest.mark.slow), 30.0)
#: Chances of noise; a few of them quickly, the rest with the long tests.
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", ["li20", "st2", "gb14", "ex-hn3"])
def test_circles_are_counted_exactly(id: str, seed: int, rate: float) -> None:
    exercise = find_exercise(id)
    way = tracks.circles(exercise, 0.8)
    sides = ("left",) if exercise.touch and exercise.touch.middle else ("left", "right")
    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 13 * 0.8, rate, sides, seed=seed))
    assert session.reps == 13, [(a.reason, a.faults) for a in session.attempts]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_circles_are_counted_over_losses_of_half_a_second(seed: int, rate: float) -> None:
    exercise = find_exercise("li20")
    way, gaps = tracks.circles(exercise, 0.8), [(3.1, 3.6), (6.9, 7.4)]
    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 13 * 0.8, rate, gaps=gaps, seed=seed))
    assert session.reps == 13


@pytest.mark.parametrize("gaps", [[], [(3.1, 3.6), (7.0, 7.5)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_sweeps_are_counted_exactly(seed: int, rate: float, gaps: list[tuple[float, float]]) -> None:
    exercise = find_exercise("st3")
    session, _ = tracks.run(
        exercise, tracks.frames(exercise, tracks.sweeps(exercise, 0.9), 12 * 0.9, rate, gaps=gaps, seed=seed)
    )
    assert session.reps == 12


@pytest.mark.parametrize("gaps", [[], [(3.1, 3.6)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_taps_are_counted_by_their_beat(seed: int, rate: float, gaps: list[tuple[float, float]]) -> None:
    exercise = dosed(find_exercise("gb14"), "tap")
    way = tracks.taps(exercise, 0.5)
    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 20 * 0.5, rate, gaps=gaps, seed=seed))
    # Two taps a second seen ten times a second: five looks each, and a loss is as long as one.
    assert abs(session.reps - 20) <= (1 if gaps and rate == 10.0 else 0)


@pytest.mark.parametrize("gaps", [[], [(3.9, 4.4), (9.2, 9.7)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["stroke-upper-cheek", "stroke-jaw", "stroke-forehead-mid", "stroke-mouth-ear"])
def test_strokes_are_counted_exactly(id: str, rate: float, gaps: list[tuple[float, float]]) -> None:
    exercise = find_exercise(id)
    way = tracks.strokes(exercise, 3.6)
    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 4 * 3.6, rate, gaps=gaps))
    assert session.reps == 4, [(a.reason, a.faults) for a in session.attempts]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["stroke-upper-cheek", "stroke-jaw", "stroke-forehead-mid"])
def test_strokes_towards_the_middle_are_named_and_not_counted(id: str, rate: float) -> None:
    exercise = find_exercise(id)
    way = tracks.strokes(exercise, 3.6, reverse=True)
    session, named = tracks.run(exercise, tracks.frames(exercise, way, 4 * 3.6, rate))
    assert session.reps == 0
    assert len(session.attempts) == 4
    assert named == {"direction"}


@pytest.mark.parametrize("rate", RATES)
def test_circles_beside_the_point_are_named_and_not_counted(rate: float) -> None:
    exercise = find_exercise("li20")
    way = tracks.circles(exercise, 0.8, off=0.2 + 0j)
    session, named = tracks.run(exercise, tracks.frames(exercise, way, 10 * 0.8, rate))
    assert session.reps == 0
    assert "place" in named


@pytest.mark.parametrize("rate", RATES)
def test_hands_that_hover_beside_the_face_count_nothing(rate: float) -> None:
    exercise = find_exercise("li20")
    way = tracks.circles(exercise, 0.8, off=0.9 + 0j)
    session, named = tracks.run(exercise, tracks.frames(exercise, way, 10 * 0.8, rate))
    assert (session.reps, named) == (0, {"away"})


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["li20", "stroke-mouth-ear"])
def test_a_late_hand_is_named_and_its_work_not_counted(id: str, rate: float) -> None:
    exercise = find_exercise(id)
    strokes = id.startswith("stroke")
    way, seconds = (tracks.strokes(exercise, 3.0), 12.0) if strokes else (tracks.circles(exercise, 0.8), 8.0)
    session, named = tracks.run(exercise, tracks.frames(exercise, way, seconds, rate, late_s=0.6))
    assert (session.reps, named) == (0, {"together"})


def test_one_hand_alone_counts_where_the_other_is_out_of_sight() -> None:
    exercise = find_exercise("li20")
    way = tracks.circles(exercise, 0.8)
    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 8 * 0.8, sides=("left",)))
    assert (session.reps, {a.side for a in session.attempts}) == (8, {"left"})
    assert all(a.quality < 1.0 for a in session.attempts)


def test_fingers_that_rest_on_the_point_count_nothing() -> None:
    exercise = find_exercise("li20")
    session, _ = tracks.run(exercise, tracks.frames(exercise, tracks.circles(exercise, 1.0, radius=0.0), 12.0))
    assert session.reps == 0


def test_a_second_hand_near_a_point_on_the_midline_takes_nothing_from_the_first() -> None:
    exercise = find_exercise("ex-hn3")
    circles = tracks.circles(exercise, 0.8)
    (point,) = tracks.places(exercise)[None]

    def way(side: tracks.Side, t: float) -> complex:
        return circles(side, t) if side == "left" else complex(point) - 0.05

    session, _ = tracks.run(exercise, tracks.frames(exercise, way, 10 * 0.8))
    assert session.reps == 10
