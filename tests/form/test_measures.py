"""The rulers: one frame or many, any distance, any tilt, both sides alike."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from faces import frames, mesh, perform

from coach.form.exercise import find_exercise
from coach.form.face import BONY, OC_PER_SPREAD, head_frame, pose, turn, turn_and_pose
from coach.form.measures import (
    BLENDSHAPES,
    CHUNK,
    FACE,
    INDEX,
    NAMES,
    ODD,
    Distance,
    Offset,
    compiled,
    measure,
    measure_all,
    measure_frame,
    mirrored,
)
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


def test_no_face_measures_nothing(recording: tuple[Array, Array, Array]) -> None:
    assert measure_frame(Frame(1.0)) is None
    points, shapes, head = (part[0] for part in recording)
    partly = [Frame(1.0, None, shapes, head), Frame(2.0, points, None, head), Frame(3.0, points, shapes)]
    assert [measure_frame(frame) for frame in partly] == [None, None, None]
    whole = Frame(4.0, points, shapes, head)
    times, found = measure_all([*partly, whole])
    assert times.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert np.isnan(found[:3]).all()
    np.testing.assert_allclose(found[3], measure_frame(whole), rtol=1e-12, atol=1e-12)


def test_a_recording_of_any_length_measures_as_its_single_frames(recording: tuple[Array, Array, Array]) -> None:
    """More frames than are measured at once, some without a face, some with shoulders and hands; and none at all."""
    random = np.random.default_rng(7)
    faces = [Frame(0.0, *parts) for parts in zip(*recording, strict=True)]
    frames = []
    for i in range(2 * CHUNK + 60):
        frame = replace(faces[i % len(faces)], time=i / 30) if not 40 < i % 90 < 50 else Frame(i / 30)
        if frame.landmarks is not None and i % 7 == 0:
            pose = np.column_stack([random.uniform(200, 900, (33, 3)), np.ones(33)])
            frame = replace(frame, hands=frame.landmarks[:21][None] + 9.0, pose=pose.astype(np.float32))
        frames.append(frame)
    times, found = measure_all(iter(frames))
    assert times.tolist() == [frame.time for frame in frames]
    assert found.shape == (len(frames), len(NAMES))
    single = [np.full(len(NAMES), np.nan) if (m := measure_frame(frame)) is None else m for frame in frames]
    np.testing.assert_allclose(found, single, rtol=1e-9, atol=1e-9)
    assert np.isfinite(found[7, FACE : FACE + 8]).all()
    times, found = measure_all([])
    assert (times.shape, found.shape) == ((0,), (0, len(NAMES)))
    assert np.isnan(measure_all([Frame(0.0)] * 3)[1]).all()


def test_what_lies_beside_a_face_is_passed_on_as_it_is(recording: tuple[Array, Array, Array]) -> None:
    columns = len(NAMES) - FACE
    beside = np.arange(len(recording[0]) * float(columns)).reshape(-1, columns)
    np.testing.assert_array_equal(measure(*recording, beside)[:, FACE:], beside)
    np.testing.assert_array_equal(measure(*(part[3] for part in recording), beside[3])[FACE:], beside[3])
    assert np.isnan(measure(*recording)[:, FACE:]).all()
    assert np.isnan(measure(*(part[3] for part in recording))[FACE:]).all()


def test_a_ratio_to_no_length_is_not_known(recording: tuple[Array, Array, Array]) -> None:
    points = recording[0].copy()
    points[1, 17] = points[1, 0]  # both edges of the lips in one place
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        many = measure(points, *recording[1:])
        one = measure(points[1], *(part[1] for part in recording[1:]))
    assert (one[INDEX["lip_height"]], many[1, INDEX["lip_height"]]) == (0.0, 0.0)
    np.testing.assert_allclose(many[1], one, rtol=1e-12, atol=1e-12)
    assert np.flatnonzero(np.isnan(many[:, :FACE]).any(axis=0)).tolist() == [INDEX["lip_aspect"]]
    assert np.flatnonzero(np.isnan(many[:, INDEX["lip_aspect"]])).tolist() == [1]


def test_compiled_rows_are_the_vectors_that_their_words_say() -> None:
    points = np.random.default_rng(8).normal(size=(7, 3))
    at = dict(zip((10, 11, 12, 20, 21, 22, 23), points, strict=True))
    place = {landmark: i for i, landmark in enumerate(at)}
    distances = [
        Distance("a", "", ((10, 20),)),
        Distance("b", "", ((22, 23), (21, 11), (12, 10))),
        Distance("e", "", ((21, 22),)),
    ]
    offsets = [Offset("c", "", 0, (20, 21), (22,)), Offset("d", "", 1, (23, 10), (10, 11, 12))]
    vectors, means = compiled(distances, offsets, 3, place)
    centre = (at[10] + at[11] + at[12]) / 3
    np.testing.assert_allclose(
        vectors @ points,
        [
            at[10] - centre, at[11] - centre, at[12] - centre,
            at[20] - at[10], at[23] - at[22], at[11] - at[21], at[10] - at[12], at[22] - at[21],
            (at[20] + at[21]) / 2 - at[22], (at[23] + at[10]) / 2 - centre,
        ],
        atol=1e-12,
    )  # fmt: skip
    np.testing.assert_allclose(means, [[1, 0, 0, 0, 0], [0, 1 / 3, 1 / 3, 1 / 3, 0], [0, 0, 0, 0, 1]])


@pytest.mark.parametrize(
    ("name", "other"), [("smile_left", "smile_right"), ("gaze_x_right", "gaze_x_left"), ("lip_x", "lip_x")]
)
def test_a_measures_mirror_image_is_that_of_the_other_side(name: str, other: str) -> None:
    assert (mirrored(name), mirrored(other)) == (other, name)


def test_points_that_are_no_face_measure_nothing_and_break_nothing() -> None:
    head = np.eye(4, dtype=np.float32)
    for points in (np.zeros((478, 3), np.float32), np.full((478, 3), np.nan, np.float32)):
        assert not np.isfinite(measure(points, np.zeros(52, np.float32), head)[:3]).any()


def test_one_head_in_plain_floats_is_turned_alike(recording: tuple[Array, Array, Array]) -> None:
    for head in recording[2]:
        one_turn, one_pose = turn_and_pose(head)
        np.testing.assert_array_equal(one_turn, turn(head))
        np.testing.assert_allclose(one_pose, pose(head), rtol=1e-14)
