"""The rulers: one frame or many, any distance, any tilt, both sides alike."""

import numpy as np
import pytest
from faces import frames, mesh, perform

from coach.form.exercise import find_exercise
from coach.form.face import BONY, OC_PER_SPREAD, head_frame, pose, turn, turn_and_pose
from coach.form.measures import BLENDSHAPES, INDEX, NAMES, ODD, measure, measure_frame, mirrored
from coach.frame import Array, Frame

SMILE = find_exercise("wide-smile")


@pytest.fixture(scope="module")
def recording() -> tuple[Array, Array, Array]:
    """Landmarks, blendshapes and heads of a smile, stacked."""
    seen = list(frames(perform(SMILE, "clean"), fps=10, noise=0.002))
    return tuple(np.stack([getattr(f, name) for f in seen]) for name in ("landmarks", "blendshapes", "head"))  # type: ignore[return-value]


def test_a_whole_recording_and_its_single_frames_measure_the_same(recording: tuple[Array, Array, Array]) -> None:
    whole = measure(*recording)
    single = np.stack([measure(*parts) for parts in zip(*recording, strict=True)])
    assert whole.shape == (len(recording[0]), len(NAMES))
    np.testing.assert_allclose(whole, single, rtol=1e-12, atol=1e-12)


def test_leading_axes_are_free(recording: tuple[Array, Array, Array]) -> None:
    pair = [np.stack([part[:4], part[4:8]]) for part in recording]
    np.testing.assert_allclose(measure(*pair)[1], measure(*(part[4:8] for part in recording)), 1e-12, 1e-12)


def test_oc_is_the_distance_of_the_outer_eye_corners_of_the_canonical_face() -> None:
    points = mesh().vertices
    bony = points[list(BONY)] - points[list(BONY)].mean(axis=0)
    eye_corners = np.linalg.norm(points[33] - points[263])
    assert eye_corners / np.sqrt((bony[:, :2] ** 2).sum()) == pytest.approx(OC_PER_SPREAD, abs=1e-5)


@pytest.mark.parametrize("scale", [0.3, 2.5])
def test_lengths_do_not_depend_on_the_size_of_the_face_in_the_picture(
    recording: tuple[Array, Array, Array], scale: float
) -> None:
    landmarks, shapes, heads = recording
    moved = landmarks * scale + np.array([33.0, -21.0, 5.0])
    np.testing.assert_allclose(measure(moved, shapes, heads), measure(*recording), atol=1e-4)


def test_lengths_do_not_depend_on_how_the_head_is_turned(recording: tuple[Array, Array, Array]) -> None:
    landmarks, shapes, heads = recording
    flip = np.diag([1.0, -1.0, -1.0])
    for axis, angle in ((0, 0.25), (1, -0.3), (2, 0.4)):
        a, b = (i for i in range(3) if i != axis)
        turn = np.eye(3)
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        turned = heads.astype(float)
        turned[:, :3, :3] = turn @ turned[:, :3, :3]
        points = landmarks.astype(float) @ (flip @ turn @ flip).T
        lengths = [i for i, name in enumerate(NAMES) if not name.endswith(("_deg", "_cm"))]
        np.testing.assert_allclose(
            measure(points, shapes, turned)[:, lengths], measure(*recording)[:, lengths], atol=2e-4
        )


def test_left_and_right_change_places_in_a_mirror() -> None:
    """A smile of the left side in the mirror is one of the right side: the canonical mesh is its own mirror image."""
    left, right = (
        [measure_frame(f) for f in frames(perform(SMILE, *manners))]
        for manners in (("one-sided", "clean"), ("clean", "one-sided"))
    )
    first, second = left[90], right[90 + round(30 * 3.2)]
    assert first is not None
    assert second is not None
    for name in ("corner_canthus", "corner_out", "brow_height", "eye_aperture"):
        assert mirrored(f"{name}_left") == f"{name}_right"
    assert first[INDEX["corner_canthus_left"]] < first[INDEX["corner_canthus_right"]] - 0.03
    assert second[INDEX["corner_canthus_left"]] > second[INDEX["corner_canthus_right"]] + 0.03


def test_every_name_is_there_once_and_every_side_has_its_other() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(mirrored(name) in INDEX for name in NAMES)
    assert set(NAMES) >= ODD
    assert len(BLENDSHAPES) == 52


def test_head_frame_has_its_origin_between_the_eyes(recording: tuple[Array, Array, Array]) -> None:
    points = head_frame(recording[0], recording[2])
    np.testing.assert_allclose(points[:, 168], 0.0, atol=1e-9)
    assert np.all(points[:, 263, 0] > points[:, 33, 0])  # the subject's left is +x
    assert np.all(points[:, 152, 1] > points[:, 10, 1])  # down is +y


def test_no_face_measures_nothing() -> None:
    assert measure_frame(Frame(1.0)) is None


def test_points_that_are_no_face_measure_nothing_and_break_nothing() -> None:
    head = np.eye(4, dtype=np.float32)
    for points in (np.zeros((478, 3), np.float32), np.full((478, 3), np.nan, np.float32)):
        assert not np.isfinite(measure(points, np.zeros(52, np.float32), head)[:3]).any()


def test_one_head_in_plain_floats_is_turned_alike(recording: tuple[Array, Array, Array]) -> None:
    for head in recording[2]:
        one_turn, one_pose = turn_and_pose(head)
        np.testing.assert_array_equal(one_turn, turn(head))
        np.testing.assert_allclose(one_pose, pose(head), rtol=1e-14)
