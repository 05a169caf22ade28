"""Where fingertips are to be, as the exercises' files say it, and which fingertip is followed."""

import numpy as np
import pytest
from touch import tracks

from coach.form.exercise import find_exercise, library
from coach.touch.place import FINGERTIPS, Fingertips, spot, targets
from coach.touch.strokes import Path

HANDS = [e for e in library().values() if e.touch is not None]
#: 478 landmarks that tell which they are.
NUMBERED = np.stack([np.arange(478.0), np.full(478, 7.0)], axis=1)


def test_a_spot_is_the_mean_of_its_landmarks_by_their_weights() -> None:
    assert spot([(10, 0.25), (30, 0.75)], NUMBERED) == pytest.approx((25.0, 7.0))
    places = NUMBERED[:, 0] + 1j * NUMBERED[:, 1]
    assert spot([(10, 0.25), (30, 0.75)], places) == pytest.approx(25.0 + 7.0j)


def test_a_stroke_goes_along_its_landmarks_in_their_order() -> None:
    touch = find_exercise("stroke-jaw").touch
    assert touch is not None
    found = targets(touch, NUMBERED)
    assert found.keys() == {"left", "right"}
    assert found["left"][:, 0].tolist() == touch.left_path
    assert found["right"][:, 0].tolist() == touch.right_path


def test_a_point_on_the_midline_has_no_side() -> None:
    touch = find_exercise("ex-hn3").touch
    assert touch is not None
    assert {where: at.shape for where, at in targets(touch, NUMBERED).items()} == {None: (1, 2)}


@pytest.mark.parametrize("exercise", HANDS, ids=lambda exercise: exercise.id)
def test_only_what_lies_on_the_face_has_a_place_there(exercise) -> None:
    assert bool(targets(exercise.touch, NUMBERED)) is (exercise.touch.on == "face")


@pytest.mark.parametrize("asked", FINGERTIPS)
@pytest.mark.parametrize(("nearer", "instead"), [(0.0, False), (0.11, False), (0.13, True)])
def test_another_fingertip_is_followed_only_where_it_is_clearly_nearer(
    asked: str, nearer: float, instead: bool
) -> None:
    hand = np.full(21, 9.0 + 0j)
    hand[FINGERTIPS[asked]] = 0.5
    other = {"thumb": 8, "index": 12, "middle": 8, "ring": 12, "palm": 12, "edge": 20}[asked]
    hand[other] = 0.5 - nearer
    fingertips = Fingertips(asked)
    fingertips.choose("left", hand, abs)
    assert fingertips.of("left", hand) == (hand[other] if instead else hand[FINGERTIPS[asked]])


def test_two_waypoints_in_one_place_leave_a_path_of_finite_numbers() -> None:
    path = Path(np.array([0j, 0j, 1.0 + 0j]))
    assert path.nearest(0.5 + 0.1j) == pytest.approx((0.5, 0.1))


def test_the_map_of_a_resting_face_has_its_outer_eye_corners_one_apart() -> None:
    places = tracks.resting_face().places
    assert abs(places[263] - places[33]) == pytest.approx(1.0)
    assert places[168] == pytest.approx(0.0)
