"""The face at rest, learnt from a steady moment, and the range of one's own."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from faces import rest_measures

from coach.form.calibration import DRIFT, HELD, Calibration, NeutralLearner, drifted, looks_neutral, own_range
from coach.form.calibration import trial as as_trial
from coach.form.exercise import find_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.template import Template
from coach.frame import SIDES, Array, Repetition, Side

WIDTH, GAP = INDEX["mouth_width"], INDEX["brow_gap"]
#: Two numbers on and just beyond a limit of 0.03 OC.
LIMIT, BEYOND = 0.03, math.nextafter(0.03, 1.0)


def face(width: float = 0.0, gap: float = 0.0) -> Array:
    """A face all of whose measures are 0 but for these: it shows nothing and is turned to the camera."""
    values = np.zeros(len(NAMES))
    values[[WIDTH, GAP]] = width, gap
    return values


def learn(learner: NeutralLearner, times: Sequence[float], faces: Sequence[Array]) -> list[tuple[float, float]]:
    """When something was learnt, and when the moment was over that it was learnt from."""
    found = []
    for time, values in zip(times, faces, strict=True):
        neutral = learner.step(time, values)
        if neutral is not None:
            found.append((time, neutral.time))
    return found


def watching(*columns: int, gates: Sequence[int] = (), seconds: float = 10.0) -> NeutralLearner:
    return NeutralLearner(set(columns), set(gates), seconds)


def test_a_face_is_learnt_after_one_steady_second_and_again_every_tenth_of_it() -> None:
    learner, times = NeutralLearner({WIDTH}), [100.0 + i / 8 for i in range(11)]
    assert learner.seconds == 1.0
    assert learn(learner, times, [face()] * 11) == [(t, t) for t in (101.0, 101.125, 101.25)]
    slow, times = watching(WIDTH), [*range(100, 111), 110.95, 111.0, 111.5, 112.0]
    assert learn(slow, times, [face()] * 15) == [(t, t) for t in (110.0, 111.0, 112.0)]


def test_neutral_is_the_median_of_the_newer_half_with_its_usual_distance_from_it() -> None:
    learner = NeutralLearner({WIDTH, GAP})
    widths, gaps = (20, 20, 20, 20, 0, 4, 1, 3, 2), (0, 0, 0, 0, 8, 8, 9, 16, 6)
    for i in range(9):
        found = learner.step(i / 8, face(widths[i] / 1024, gaps[i] / 1024))
        assert (found is None) == (i < 8)
    assert found is not None
    assert found.spread is not None
    assert found.values.shape == found.spread.shape == (len(NAMES),)
    assert (found.time, found.values[WIDTH] * 1024, found.values[GAP] * 1024) == (1.0, 2, 8)
    assert (found.spread[WIDTH] * 1024, found.spread[GAP] * 1024) == (1, 1)
    assert found.spread.sum() * 1024 == 2


@pytest.mark.parametrize(("gates", "times"), [((), 1.0), ((WIDTH,), 2.0)], ids=["judged", "gate"])
def test_a_face_is_steady_within_the_limit_and_a_gate_within_twice_that(gates: tuple[int, ...], times: float) -> None:
    """Of six moments one may be far below and one far above; the others' extremes are the 20th and 80th percentile."""
    moments = range(100, 111, 2)

    def learnt(*widths: float) -> bool:
        learner = watching(GAP, *([] if gates else [WIDTH]), gates=gates)
        return bool(learn(learner, moments, [face(times * width) for width in widths]))

    assert learnt(-9.0, 0.0, LIMIT, 0.02, 0.01, 9.0)
    assert not learnt(-9.0, 0.0, BEYOND, 0.02, 0.01, 9.0)
    assert learnt(0.01, 0.0, -9.0, 9.0, LIMIT, 0.02)
    assert not learnt(0.01, -9.0, 9.0, 0.0, BEYOND, 0.02)


def test_what_is_watched_and_gates_too_may_not_move_more_for_that() -> None:
    assert not learn(watching(WIDTH, gates=[WIDTH]), range(0, 12, 2), [face(w) for w in (0, 0, 0.04, 0.04, 0.04, 0)])


def test_only_what_is_watched_must_be_steady() -> None:
    assert learn(watching(GAP), range(11), [face(width=i) for i in range(11)]) == [(10, 10)]


def test_what_is_older_than_the_window_is_forgotten() -> None:
    """Nine moments in eight steps may have one outlier, ten two; at time 10 the first two are gone but for one."""
    learner = watching(WIDTH, seconds=8.0)
    faces = [face(9.0), face(9.0), *[face()] * 9]
    assert learn(learner, range(11), faces) == [(9, 9), (10, 10)]


def test_five_moments_make_a_window_and_four_do_not() -> None:
    assert learn(watching(WIDTH), [0.0, 4.0, 8.0, 12.0, 13.0], [face()] * 5) == [(13.0, 13.0)]


def test_somebody_who_begins_early_was_at_rest_for_six_tenths_of_the_window() -> None:
    moved = [face(1.0)] * 5
    times = [*range(100, 107), 106.2, 106.4, 106.6, 106.8, 107.0]
    assert learn(watching(WIDTH), times, [face()] * 7 + moved) == [(107.0, 106.0)]
    few = [0, 1.5, 3, 4.5, 6, 6.25, 6.5, 6.75, 7.0]
    assert learn(watching(WIDTH), few, [face()] * 5 + moved[:4]) == [(7.0, 6.0)]
    # Five of ten seconds are too short.
    assert learn(watching(WIDTH), range(8), [face()] * 5 + moved[:3]) == []


def test_early_rest_is_told_once() -> None:
    faces = [face()] * 7 + [face(float(i)) for i in range(1, 6)]
    assert learn(watching(WIDTH), range(12), faces) == [(8, 7)]


def test_after_starting_over_nothing_is_left_of_what_was_seen() -> None:
    learner = watching(WIDTH)
    learn(learner, range(8), [face()] * 8)
    learner.reset()
    assert learn(learner, range(1, 6), [face(1.0)] * 5) == []
    # Were 6 not looked at, as 7 was the next to be looked at before, 7 would be the first.
    assert learn(learner, [6, 7, 8, 9, 10], [face(1.0)] * 5) == []
    assert learn(learner, [11], [face(1.0)]) == [(11, 11)]


def test_a_short_rest_before_a_reset_is_no_rest_after_it() -> None:
    learner = watching(WIDTH)
    learn(learner, range(8), [face()] * 8)
    learner.reset()
    for i in range(8):
        assert learner.step(20.0 + i, face(float(i))) is None


def smiling(part: float) -> Array:
    values = face()
    values[INDEX["smile_left"]] = part * 0.6
    return values


def test_a_held_expression_is_not_rest_and_a_short_rest_may_show_half_of_it() -> None:
    assert learn(watching(WIDTH), range(11), [smiling(1.0)] * 11) == [(10, 10)]
    assert learn(watching(WIDTH), range(11), [smiling(1.01)] * 11) == []
    moved = [face(1.0), face(2.0), face(3.0)]
    assert learn(watching(WIDTH), range(10), [smiling(0.5)] * 7 + moved) == [(8, 7)]
    assert learn(watching(WIDTH), range(10), [smiling(0.51)] * 7 + moved) == []


@pytest.mark.parametrize("name", HELD)
def test_a_face_at_rest_shows_no_more_than_it_may_and_half_of_that_where_one_is_strict(name: str) -> None:
    values = face()
    for shows, rests, strictly in (
        (0.0, True, True),
        (HELD[name] / 2, True, True),
        (math.nextafter(HELD[name] / 2, 1.0), True, False),
        (HELD[name], True, False),
        (math.nextafter(HELD[name], 1.0), False, False),
    ):
        values[INDEX[name]] = shows
        assert (looks_neutral(values), looks_neutral(values, strict=True)) == (rests, strictly)


@pytest.mark.parametrize("name", ["yaw_deg", "pitch_deg", "roll_deg"])
def test_a_face_at_rest_is_turned_to_the_camera(name: str) -> None:
    values = face()
    for degrees, rests in ((25.0, True), (-25.0, True), (25.001, False), (-25.001, False)):
        values[INDEX[name]] = degrees
        assert looks_neutral(values) is looks_neutral(values, strict=True) is rests


# --- one's own range --------------------------------------------------------------------------------------


def test_a_trial_is_the_same_exercise_twice_noticed_from_two_fifths_of_it_on() -> None:
    exercise = find_exercise("jaw-glide")
    tried = as_trial(exercise)
    for level in ("level", "leave", "back"):
        assert getattr(tried.count, level) == 0.4 * getattr(exercise.count, level)
    assert (tried.count.hold, tried.count.bridge, tried.count.ends) == (
        exercise.count.hold,
        exercise.count.bridge,
        exercise.count.ends,
    )
    assert tried.reps == 2
    assert (tried.id, tried.peak, tried.tempo) == (exercise.id, exercise.peak, exercise.tempo)


def attempt(reach: float, side: Side | None = None, counted: bool = True, **moved: float) -> Repetition:
    return Repetition(0.0, 1.0, 2.0, counted, "", side, reach, 1.0, None, moved=moved)


def test_the_range_is_that_of_the_better_trial_that_counted() -> None:
    trials = [
        attempt(0.5, mouth_width=0.02, lip_gap=-0.4),
        attempt(0.8, mouth_width=0.01, chin_drop=-0.3, lip_gap=0.0),
        attempt(0.7, mouth_width=0.03),
        attempt(0.9, counted=False, mouth_width=0.5),
    ]
    assert own_range(trials) == {"mouth_width": 0.01, "chin_drop": -0.3, "lip_gap": 0.0}
    assert own_range(trials[3:]) is None
    assert own_range([]) is None


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_swing_the_best_of_each_side_is_taken_and_where_both_show_a_measure_the_larger(order: int) -> None:
    trials = [
        attempt(0.6, "left", corner_out_left=0.06, corner_out_right=0.001, lip_x=0.02),
        attempt(0.4, "left", corner_out_left=0.09),
        attempt(0.5, "right", corner_out_left=-0.002, corner_out_right=-0.05, lip_x=-0.01),
        attempt(0.7, "right", counted=False, corner_out_right=0.2),
    ]
    assert own_range(trials[::order]) == {"corner_out_left": 0.06, "corner_out_right": -0.002, "lip_x": 0.02}
    assert own_range(trials[2:]) == {"corner_out_left": -0.05, "corner_out_right": -0.002, "lip_x": 0.01}
    assert own_range(trials[:2]) == {"corner_out_left": 0.06, "corner_out_right": 0.001, "lip_x": 0.02}


@pytest.mark.parametrize("id", ["jaw-glide", "one-sided-smile", "neck-rotation", "pucker-swing", "alternate-wink"])
def test_a_range_of_swings_is_as_wide_on_the_left_as_on_the_right(id: str) -> None:
    """Both swings at four fifths of the template's way, whichever was done first or reached further."""
    exercise, rest = find_exercise(id), rest_measures()
    common = Template(exercise, rest)
    shown = [[NAMES[column] for column in columns] for columns in common.columns[0]]
    moved = [
        dict(zip(names, (0.8 * way).tolist(), strict=True)) for names, way in zip(shown, common.span[0], strict=True)
    ]
    for reaches in ((0.8, 0.79), (0.79, 0.8)):
        trials = [attempt(reach, side, **way) for reach, side, way in zip(reaches, SIDES, moved, strict=True)]
        own = Template(exercise, rest, own_range(trials))
        assert np.abs(own.span) == pytest.approx(0.8 * np.abs(common.span))
        assert np.sign(own.span).tolist() == np.sign(common.span).tolist()


def test_a_face_has_drifted_when_one_length_differs_by_more_than_it_may() -> None:
    """The nose by a tenth, the brows by a fifth: of 10 by 1, of 5 by 1."""
    values = np.full(len(NAMES), 7.0)
    values[INDEX["nose_length"]], values[INDEX["brow_height_left"]] = 10.0, 5.0

    def gone(**neutral: float) -> bool:
        return drifted(Calibration(neutral, {}), values)

    assert not gone(nose_length=10.0, brow_height_left=5.0, chin_drop=7.0)
    assert not gone()
    assert not gone(pucker=90.0)
    values[INDEX["nose_length"]], values[INDEX["brow_height_left"]] = 11.0, 4.0
    assert not gone(nose_length=10.0, brow_height_left=5.0)
    assert gone(nose_length=9.999, brow_height_left=4.0)
    assert gone(nose_length=11.0, brow_height_left=5.001)
    values[INDEX["brow_height_left"]] = -4.0
    assert not gone(brow_height_left=-5.0)
    assert gone(brow_height_left=-5.001)


def test_each_length_that_tells_faces_apart_is_looked_at() -> None:
    for name in DRIFT:
        assert drifted(Calibration({**dict.fromkeys(NAMES, 1.0), name: 1.4}, {}), np.ones(len(NAMES)))
