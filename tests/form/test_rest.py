"""The resting face: found without waiting, from what is seen, whatever somebody does meanwhile."""

from collections.abc import Callable

import numpy as np
import pytest
from faces import perform, rest_measures, template_track

from coach.form.calibration import Calibration, Rest
from coach.form.exercise import Tempo, find_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.people import RESTING
from coach.form.rest import (
    KEPT,
    KNOT_S,
    MEDIAN,
    MOMENT_S,
    NONE,
    PARTS,
    PEOPLE,
    SPREAD,
    STEP_S,
    Watch,
    Whole,
    kept,
    moments,
    settle,
)
from coach.frame import Array

FPS = 30.0
MOUTH, BROWS = 3, 1
REST = rest_measures()


def still(seconds: float, start: float = 0.0, fps: float = FPS, **away: float) -> tuple[Array, Array]:
    """A face that does not move: so far away from rest in some measures."""
    times = start + np.arange(round(seconds * fps)) / fps
    face = REST.copy()
    for name, by in away.items():
        face[INDEX[name]] += by
    return times, np.tile(face, (len(times), 1))


def talking(seconds: float, start: float = 0.0, seed: int = 0) -> tuple[Array, Array]:
    """Lips and jaw that never rest, and are open more than closed."""
    random = np.random.default_rng(seed)
    times, face = still(seconds, start)
    open_ = 0.5 + 0.5 * np.sin(times * 2 * np.pi * 4.0 + random.uniform(0, 6))
    for name, by in {"lip_gap": 0.12, "chin_drop": 0.1, "jaw_open": 0.4, "mouth_width": 0.06}.items():
        face[:, INDEX[name]] += by * open_
    return times, face


def joined(*parts: tuple[Array, Array]) -> tuple[Array, Array]:
    return np.concatenate([times for times, _ in parts]), np.concatenate([faces for _, faces in parts])


def after(*parts: Callable[[float], tuple[Array, Array]]) -> tuple[Array, Array]:
    """Parts that begin where the one before ended."""
    done: list[tuple[Array, Array]] = []
    for part in parts:
        done.append(part(float(done[-1][0][-1]) + 1 / FPS if done else 0.0))
    return joined(*done)


def off(rest: Rest, name: str) -> float:
    """How far the level of one measure is from where it is on this face."""
    return abs(float(rest.values[INDEX[name]] - REST[INDEX[name]]))


def last(times: Array, faces: Array, calibration: Calibration | None = None) -> Rest:
    rests = Watch(calibration).take(times, faces)
    return rests[-1][1]


# --- people -----------------------------------------------------------------------------------------------


def test_people_are_symmetric_and_every_spread_is_one() -> None:
    for name, (median, spread) in RESTING.items():
        assert spread > 0.0, name
        if name.endswith("_left") and "gaze_x" not in name:
            assert RESTING[name[:-5] + "_right"] == (median, spread)
    assert RESTING["gaze_x_left"][0] == -RESTING["gaze_x_right"][0]
    assert [RESTING[name][0] for name in ("yaw_deg", "roll_deg", "lip_x", "chin_x")] == [0.0] * 4


def test_before_anything_is_seen_a_face_is_like_most() -> None:
    assert settle(NONE) is PEOPLE
    assert PEOPLE.source == "people"
    assert PEOPLE.values[INDEX["mouth_width"]] == RESTING["mouth_width"][0]
    assert SPREAD[INDEX["mouth_width"]] == RESTING["mouth_width"][1]
    assert np.isnan(MEDIAN[INDEX["shoulder_width"]])
    assert MEDIAN[INDEX["hand_chin"]] == 0.0


# --- moments ----------------------------------------------------------------------------------------------


def test_a_moment_is_a_third_of_a_second_with_its_mean_and_how_far_it_moved() -> None:
    times, faces = still(1.0)
    faces[:, INDEX["lip_gap"]] = np.arange(len(times)) * 0.002
    found = moments(times, faces, np.array([0.5]))
    assert len(found) == 1
    assert found.times[0] == pytest.approx(0.5)
    rows = (times >= 0.5 - MOMENT_S - 1e-6) & (times <= 0.5 + 1e-6)
    assert found.levels[0, INDEX["lip_gap"]] == pytest.approx(faces[rows, INDEX["lip_gap"]].mean())
    assert found.moves[0, MOUTH] == pytest.approx(0.02 / 0.02)  # ten steps, by what is hardly calm
    assert found.moves[0, BROWS] == 0.0


def test_a_moment_of_one_frame_says_nothing_and_one_frame_ends_one_moment_only() -> None:
    times, faces = still(4.0, fps=2.0)
    assert len(moments(times, faces, np.arange(0.5, 3.0, STEP_S))) == 0
    slow, face = still(4.0, fps=5.0)
    found = moments(slow, face, np.arange(0.4, 3.6, STEP_S))
    assert len(found) == len(set(found.times.tolist())) > 10
    assert len(moments(times, faces, np.array([99.0]))) == 0


# --- which of them is rest --------------------------------------------------------------------------------


def test_a_third_of_a_second_is_enough_to_begin_with_and_more_makes_surer() -> None:
    times, faces = still(4.0)
    rests = Watch().take(times, faces)
    assert times[rests[0][0]] == pytest.approx(MOMENT_S, abs=1 / FPS)
    column = INDEX["mouth_width"]
    spreads = [float(rest.spread[column]) for _, rest in rests if rest.spread is not None]
    assert spreads[-1] < 0.5 * spreads[0]
    assert spreads[0] < RESTING["mouth_width"][1] / 3.0
    assert off(rests[-1][1], "mouth_width") < 0.002
    assert rests[-1][1].source == "seen"
    assert all(seen_s > 2.5 for seen_s in rests[-1][1].seen_s[:4])


def test_a_smile_that_is_held_first_is_not_taken_for_rest() -> None:
    smile = {"smile_left": 0.8, "smile_right": 0.8, "mouth_width": 0.12, "corner_canthus_left": -0.1,
             "corner_canthus_right": -0.1}  # fmt: skip
    times, faces = after(lambda at: still(4.0, at, **smile), lambda at: still(1.5, at))
    smiling = last(times[:90], faces[:90])
    assert smiling.seen_s[MOUTH] < 0.5  # it is calm, and no resting face
    assert smiling.seen_s[BROWS] > 2.0
    assert off(last(times, faces), "mouth_width") < 0.01


def test_who_talks_all_the_time_has_a_resting_forehead_and_no_resting_mouth() -> None:
    rest = last(*talking(6.0))
    assert rest.seen_s[BROWS] > 3.0
    assert off(rest, "brow_height_left") < 0.002
    assert rest.seen_s[MOUTH] < 0.1


def test_a_third_of_a_second_between_two_movements_is_evidence() -> None:
    track = list(template_track(perform(find_exercise("brow-raise"), *["clean"] * 4, tempo=Tempo(0.3, 0.6, 0.3, 0.4))))
    times, faces = np.array([t for t, _ in track]), np.array([v for _, v in track])
    faces[:, INDEX["brow_inner_up"]] += 5.0 * (faces[:, INDEX["brow_height_left"]] - REST[INDEX["brow_height_left"]])
    late = times > 2.5  # it is seen from the first movement on
    assert off(last(times[late], faces[late]), "brow_height_left") < 0.006


def test_eyes_that_are_closed_from_the_first_frame_do_not_rest() -> None:
    shut = {"eye_aperture_left": -0.07, "eye_aperture_right": -0.07, "blink_left": 0.6, "blink_right": 0.6}
    times, faces = after(lambda at: still(3.0, at, **shut), lambda at: still(2.0, at))
    assert off(last(times, faces), "eye_aperture_left") < 0.01
    assert (last(*still(3.0, **shut)).values[list(PARTS[2][1])] > -0.06).all()  # no eye is negative


@pytest.mark.parametrize("hand", ["hand_over_lower", "hand_chin", "hand_cheek_left", "hand_cheek_right"])
def test_a_hand_on_the_mouth_or_cheek_says_less_of_its_rest_and_not_of_that_of_the_brows(hand: str) -> None:
    rest = last(*still(3.0))
    times, faces = still(3.0)
    faces[:, INDEX[hand]] = 1.0
    hidden = last(times, faces)
    assert hidden.seen_s[MOUTH] < 0.3 * rest.seen_s[MOUTH]
    assert hidden.seen_s[BROWS] > 2.0


def test_rest_is_learnt_from_when_no_hand_was_there() -> None:
    """A smile that is pushed up by a finger for six seconds, after three of a free face."""
    times, faces = still(9.0)
    pushed = times >= 3.0
    faces[pushed, INDEX["corner_out_left"]] += 0.05
    faces[pushed, INDEX["hand_cheek_left"]] = 1.0
    assert last(times, faces).values[INDEX["corner_out_left"]] == pytest.approx(
        faces[0, INDEX["corner_out_left"]], abs=0.02
    )


def test_a_head_that_only_turns_rests_facing_the_camera() -> None:
    times, faces = still(6.0)
    faces[:, INDEX["yaw_deg"]] = 50.0 * np.sign(np.sin(times * 2.0)) * np.minimum(1.0, 3 * np.abs(np.sin(times * 2.0)))
    assert abs(last(times, faces).values[INDEX["yaw_deg"]]) < 8.0


def test_what_was_rest_stays_rest_while_a_movement_is_held_for_long() -> None:
    press = {"lip_height": -0.04, "lip_aspect": 0.8}
    times, faces = after(lambda at: still(2.0, at), lambda at: still(12.0, at, **press), lambda at: still(1.0, at))
    assert off(last(times, faces), "lip_height") < 0.006


def test_what_is_never_left_again_is_the_new_rest_after_half_a_minute() -> None:
    slipped = {"brow_height_left": 0.03, "brow_height_right": 0.03}
    times, faces = after(lambda at: still(3.0, at), lambda at: still(45.0, at, **slipped))
    early = times < 20.0
    assert off(last(times[early], faces[early]), "brow_height_left") < 0.006
    assert off(last(times, faces), "brow_height_left") == pytest.approx(0.03, abs=0.004)


def test_a_rest_that_drifts_is_followed_slowly() -> None:
    times, faces = still(60.0)
    drift = np.linspace(0.0, 0.01, len(times))
    faces[:, INDEX["brow_height_left"]] += drift
    followed = last(times, faces).values[INDEX["brow_height_left"]] - REST[INDEX["brow_height_left"]]
    assert 0.001 < followed < 0.01


def test_who_sits_nearer_is_not_measured_by_how_they_looked_from_afar() -> None:
    far, near = {"face_px": 0.0}, {"face_px": 80.0, "nose_length": 0.04, "mouth_width": 0.03}
    times, faces = after(lambda at: still(20.0, at, **far), lambda at: still(4.0, at, **near))
    assert off(last(times, faces), "nose_length") == pytest.approx(0.04, abs=0.005)


def test_shoulders_are_known_where_they_were_looked_for() -> None:
    rest = last(*still(2.0))
    assert rest.values[INDEX["shoulder_width"]] == pytest.approx(REST[INDEX["shoulder_width"]], abs=0.02)
    times, faces = still(2.0)
    faces[:, INDEX["shoulder_width"]] = np.nan
    assert np.isnan(last(times, faces).values[INDEX["shoulder_width"]])
    assert last(times, faces).seen_s[4] == 0.0


# --- what is kept of a person -----------------------------------------------------------------------------


def person(**away: float) -> Calibration:
    known = {name: float(REST[INDEX[name]]) for name in NAMES[: INDEX["yaw_deg"]]}
    return Calibration({**known, **{name: known[name] * by for name, by in away.items()}}, {})


def test_a_kept_rest_is_surer_than_people_in_general_and_says_nothing_of_the_head() -> None:
    rest = kept(person())
    assert rest.source == "kept"
    assert rest.spread is not None
    column = INDEX["mouth_width"]
    assert rest.values[column] == REST[column]
    assert rest.spread[column] < SPREAD[column]
    assert rest.values[INDEX["pitch_deg"]] == MEDIAN[INDEX["pitch_deg"]]


def test_the_kept_rest_of_somebody_else_is_dropped_when_the_face_has_been_seen() -> None:
    times, faces = still(3.0)
    mine, theirs = Watch(person()), Watch(person(mouth_width=1.2))
    mine.take(times, faces)
    theirs.take(times[:12], faces[:12])
    assert not theirs.dropped  # too early to tell
    rests = theirs.take(times[12:], faces[12:])
    assert (mine.dropped, theirs.dropped) == (False, True)
    assert off(rests[-1][1], "mouth_width") < 0.003
    theirs.reset()
    assert not theirs.dropped


# --- a stream, and a recording ----------------------------------------------------------------------------


def test_chunks_of_any_size_give_what_single_frames_give() -> None:
    times, faces = after(lambda at: talking(3.0, at), lambda at: still(6.0, at), lambda at: talking(2.0, at, 3))
    times = times + np.random.default_rng(0).uniform(-0.01, 0.01, len(times))
    whole = Watch().take(times, faces)
    for size in (1, 7, 64):
        watch, found = Watch(), []
        for i in range(0, len(times), size):
            found += [(i + row, rest) for row, rest in watch.take(times[i : i + size], faces[i : i + size])]
        assert [row for row, _ in found] == [row for row, _ in whole]
        for (_, one), (_, other) in zip(found, whole, strict=True):
            np.testing.assert_allclose(one.values, other.values, atol=1e-12)
            assert one.seen_s == pytest.approx(other.seen_s, abs=1e-9)


def test_hours_are_watched_in_bounded_memory_and_the_first_moments_are_remembered() -> None:
    watch = Watch()
    times, faces = still(KEPT * STEP_S * 3)
    rests = watch.take(times, faces)
    assert watch._count <= KEPT
    assert watch._times[0] < 1.0
    assert off(rests[-1][1], "mouth_width") < 0.001


def test_nobody_is_nobody() -> None:
    assert Watch().take(np.empty(0), np.empty((0, len(NAMES)))) == []
    nobody = Whole(np.arange(3.0), np.full((3, len(NAMES)), np.nan))
    assert nobody.rest(1.0) is PEOPLE
    assert not nobody.wander(np.arange(3.0), [0, 1]).any()


def test_a_face_that_appears_for_less_than_a_moment_is_one_like_most() -> None:
    times, faces = still(0.2)
    assert Watch().take(times, faces) == []
    assert Whole(times, faces).rest(0.1).source == "people"


def test_a_recording_knows_its_rest_before_it_is_seen() -> None:
    times, faces = after(lambda at: talking(5.0, at), lambda at: still(3.0, at))
    known = Whole(times, faces)
    assert off(known.rest(0.0), "lip_gap") < 0.005
    assert last(times[:140], faces[:140]).seen_s[MOUTH] < 0.1


def test_in_a_long_recording_rest_wanders_with_the_person() -> None:
    times, faces = still(4 * KNOT_S, fps=10.0)
    drift = np.linspace(0.0, 0.03, len(times))
    faces[:, INDEX["brow_height_left"]] += drift
    known = Whole(times, faces)
    column = INDEX["brow_height_left"]
    level = known.rest(0.0).values[column] + known.wander(times, [column])[:, 0]
    error = level - faces[:, column]
    assert np.abs(error[len(times) // 4 : -len(times) // 4]).max() < 0.006


def test_each_sitting_of_a_recording_has_its_own_rest() -> None:
    times, faces = after(lambda at: still(5.0, at), lambda at: still(5.0, at + 3.0, brow_height_left=0.05))
    known = Whole(times, faces)
    assert off(known.rest(1.0), "brow_height_left") < 0.005
    assert off(known.rest(9.0), "brow_height_left") == pytest.approx(0.05, abs=0.005)


def test_a_recording_that_is_never_seen_well_does_with_what_there_is() -> None:
    times, faces = still(3.0)
    none, some = np.zeros(len(times), bool), np.arange(len(times)) > 60
    faces[:60, INDEX["brow_height_left"]] += 0.05
    assert off(Whole(times, faces, some).rest(0.0), "brow_height_left") < 0.003
    assert Whole(times, faces, none).rest(0.0).source == "seen"


def test_moments_are_weighed_by_how_long_ago_they_were() -> None:
    times, faces = after(lambda at: still(10.0, at, brow_gap=-0.02), lambda at: still(10.0, at))
    found = moments(times, faces, np.arange(MOMENT_S, times[-1], STEP_S))
    early, late = settle(found, at=0.0, begun=-99.0), settle(found, at=20.0, begun=-99.0)
    assert off(early, "brow_gap") == pytest.approx(0.02, abs=0.003)
    assert off(late, "brow_gap") < 0.003
