"""What is counted of movements with known counts: at every rate of looks, with noise and with short losses."""

import pytest

from coach.form.exercise import Exercise, library
from touch import tracks

RATES = (10.0, 20.0, 30.0)
SEEDS = range(4)


def point(id: str) -> Exercise:
    return library()[id]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", ["li20", "st2", "gb14", "ex-hn3"])
def test_circles_are_counted_exactly(id: str, seed: int, rate: float) -> None:
    exercise = point(id)
    way = tracks.circles(exercise, 0.8)
    sides = ("left",) if exercise.touch and exercise.touch.middle else ("left", "right")
    session = tracks.run(exercise, tracks.frames(exercise, way, 13 * 0.8, rate, sides, seed=seed))
    assert session.reps == 13, [(a.reason, a.faults) for a in session.attempts]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_circles_are_counted_over_losses_of_half_a_second(seed: int, rate: float) -> None:
    exercise = point("li20")
    way, gaps = tracks.circles(exercise, 0.8), [(3.1, 3.6), (6.9, 7.4)]
    session = tracks.run(exercise, tracks.frames(exercise, way, 13 * 0.8, rate, gaps=gaps, seed=seed))
    assert session.reps == 13


@pytest.mark.parametrize("gaps", [[], [(3.1, 3.6), (7.0, 7.5)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_sweeps_are_counted_exactly(seed: int, rate: float, gaps: list[tuple[float, float]]) -> None:
    exercise = point("st3")
    session = tracks.run(
        exercise, tracks.frames(exercise, tracks.sweeps(exercise, 0.9), 12 * 0.9, rate, gaps=gaps, seed=seed)
    )
    assert session.reps == 12


@pytest.mark.parametrize("gaps", [[], [(3.1, 3.6)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_taps_are_counted_by_their_beat(seed: int, rate: float, gaps: list[tuple[float, float]]) -> None:
    from coach.plan.routine import load_routine  # noqa: F401

    exercise = tapped("gb14")
    session = tracks.run(
        exercise, tracks.frames(exercise, tracks.taps(exercise, 0.5), 20 * 0.5, rate, gaps=gaps, seed=seed)
    )
    assert session.reps == 20


def tapped(id: str) -> Exercise:
    import msgspec

    exercise = point(id)
    return msgspec.structs.replace(exercise, touch=msgspec.structs.replace(exercise.touch, move="tap", dose="tap"))


@pytest.mark.parametrize("gaps", [[], [(3.9, 4.4), (9.2, 9.7)]], ids=["seen", "lost"])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["stroke-upper-cheek", "stroke-jaw-border", "stroke-forehead-mid", "stroke-mouth-to-ear"])
def test_strokes_are_counted_exactly(id: str, rate: float, gaps: list[tuple[float, float]]) -> None:
    exercise = point(id)
    session = tracks.run(exercise, tracks.frames(exercise, tracks.strokes(exercise, 3.6), 4 * 3.6, rate, gaps=gaps))
    assert session.reps == 4, [(a.reason, a.faults) for a in session.attempts]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["stroke-upper-cheek", "stroke-jaw-border", "stroke-forehead-mid"])
def test_strokes_towards_the_middle_are_named_and_not_counted(id: str, rate: float) -> None:
    exercise = point(id)
    session = tracks.run(exercise, tracks.frames(exercise, tracks.strokes(exercise, 3.6, reverse=True), 4 * 3.6, rate))
    assert session.reps == 0
    assert len(session.attempts) == 4
    assert tracks.codes(session) == {"direction"}


@pytest.mark.parametrize("rate", RATES)
def test_circles_beside_the_point_are_named_and_not_counted(rate: float) -> None:
    exercise = point("li20")
    way = tracks.circles(exercise, 0.8, off=0.2 + 0j)
    session = tracks.run(exercise, tracks.frames(exercise, way, 10 * 0.8, rate))
    assert (session.reps, tracks.codes(session)) == (0, {"place"})


@pytest.mark.parametrize("rate", RATES)
def test_hands_that_hover_beside_the_face_count_nothing(rate: float) -> None:
    exercise = point("li20")
    way = tracks.circles(exercise, 0.8, off=0.9 + 0j)
    session = tracks.run(exercise, tracks.frames(exercise, way, 10 * 0.8, rate))
    assert (session.reps, tracks.codes(session)) == (0, {"away"})


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("id", ["li20", "stroke-mouth-to-ear"])
def test_a_late_hand_is_named_and_its_work_not_counted(id: str, rate: float) -> None:
    exercise = point(id)
    strokes = id.startswith("stroke")
    way, seconds = (tracks.strokes(exercise, 3.0), 12.0) if strokes else (tracks.circles(exercise, 0.8), 8.0)
    session = tracks.run(exercise, tracks.frames(exercise, way, seconds, rate, late_s=0.6))
    assert (session.reps, tracks.codes(session)) == (0, {"together"})


def test_one_hand_alone_counts_where_the_other_is_out_of_sight() -> None:
    exercise = point("li20")
    session = tracks.run(exercise, tracks.frames(exercise, tracks.circles(exercise, 0.8), 8 * 0.8, sides=("left",)))
    assert (session.reps, {a.side for a in session.attempts}) == (8, {"left"})
    assert all(a.quality < 1.0 for a in session.attempts)


def test_fingers_that_rest_on_the_point_count_nothing() -> None:
    exercise = point("li20")
    session = TOUCH = tracks.run(exercise, tracks.frames(exercise, tracks.circles(exercise, 1.0, radius=0.0), 12.0))
    assert session.reps == 0, TOUCH.attempts
