"""Position, size and turn of the head, taken out of the mesh and told in degrees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.form.face import BONY, OC_PER_SPREAD, head_frame, pose, turn, turn_and_pose
from coach.frame import Array


def head(yaw: float, pitch: float, roll: float, cm: float = 40.0) -> Array:
    """A head matrix: rolled, then nodded, then turned, and this far before the camera (y up, z to the viewer)."""
    y, p, r = np.radians([yaw, pitch, roll])
    turned = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    nodded = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    rolled = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = turned @ nodded @ rolled
    matrix[:3, 3] = 3.0, -2.0, -cm
    return matrix


angles = st.floats(-89, 89)


@given(angles, angles, st.floats(-179, 179), st.floats(10, 200))
def test_the_angles_that_a_head_was_given_are_told(yaw: float, pitch: float, roll: float, cm: float) -> None:
    matrix = head(yaw, pitch, roll, cm)
    np.testing.assert_allclose(pose(matrix), [yaw, pitch, roll, cm], atol=1e-9)
    one_turn, one_pose = turn_and_pose(matrix)
    np.testing.assert_allclose(one_pose, [yaw, pitch, roll, cm], atol=1e-9)
    np.testing.assert_array_equal(one_turn, turn(matrix))


def test_many_heads_at_once_are_told_as_one_by_one() -> None:
    heads = np.array([[head(10 * i, 5 * k, -7 * i * k, 30 + k).astype(np.float32) for i in range(4)] for k in range(3)])
    together = pose(heads)
    assert together.shape == (3, 4, 4)
    assert together.dtype == np.float64
    for k, i in np.ndindex(3, 4):
        np.testing.assert_array_equal(together[k, i], pose(heads[k, i]))
        np.testing.assert_array_equal(turn(heads)[k, i], turn(heads[k, i]))
        np.testing.assert_allclose(together[k, i], [10 * i, 5 * k, -7 * i * k, 30 + k], atol=1e-4)


@pytest.mark.parametrize(("nod", "pitch"), [(1.0, -90.0), (-1.0, 90.0), (1.0000001, -90.0), (-1.0000001, 90.0)])
def test_a_nod_that_rounding_makes_more_than_all_the_way_is_all_the_way(nod: float, pitch: float) -> None:
    matrix = np.eye(4)
    matrix[1, 2] = nod
    assert pose(matrix)[1] == pytest.approx(pitch)
    assert turn_and_pose(matrix)[1][1] == pytest.approx(pitch)


def own_frame(random: np.random.Generator) -> Array:
    """Points (478, 3) as `head_frame` gives them: bridge of the nose at the origin, one OC the unit."""
    points = random.normal(size=(478, 3))
    points -= points[168]
    bony = points[list(BONY), :2]
    spread = sum((bony[:, axis] - bony[:, axis].mean()) @ (bony[:, axis] - bony[:, axis].mean()) for axis in (0, 1))
    return np.asarray(points / (OC_PER_SPREAD * spread**0.5))


def test_a_face_in_its_own_frame_is_what_it_was_before_it_was_turned_moved_and_enlarged() -> None:
    random = np.random.default_rng(5)
    faces = np.array([own_frame(random) for _ in range(6)])
    heads = np.array([head(*random.uniform(-60, 60, 3)) for _ in faces])
    flip = np.diag([1.0, -1.0, -1.0])  # the camera's axes have y up and z to the viewer, those of landmarks do not
    sizes, places = random.uniform(30, 300, (6, 1, 1)), random.uniform(-500, 500, (6, 1, 3))
    pixels = faces @ (flip @ heads[:, :3, :3] @ flip).transpose(0, 2, 1) * sizes + places
    np.testing.assert_allclose(head_frame(pixels, heads), faces, atol=1e-12)
    for one, matrix, was in zip(pixels, heads, faces, strict=True):
        np.testing.assert_allclose(head_frame(one, matrix), was, atol=1e-12)
    found = head_frame(pixels.reshape(2, 3, 478, 3).astype(np.float32), heads.reshape(2, 3, 4, 4).astype(np.float32))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found.reshape(faces.shape), faces, atol=1e-4)
