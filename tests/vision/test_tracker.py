"""The tracker turns an image into a Frame: the drawn face is found, a grey picture holds none."""

from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
import pytest
from conftest import SHARED
from faces import mesh
from videos import GREY, face

from coach.avatar.performer import draw_controls
from coach.avatar.rig import build, controls
from coach.form.measures import FACE, INDEX, measure_frame
from coach.vision.picture import describe
from coach.vision.tracker import FaceTracker
from coach.vision.video import read_video


@pytest.fixture(scope="module")
def tracker() -> Iterator[FaceTracker]:
    with FaceTracker() as tracker:
        yield tracker


def test_a_face_is_found_in_the_shapes_and_units_the_frame_promises(tracker: FaceTracker) -> None:
    image = face()
    frame = tracker.track(image, 1.0)
    assert frame.time == 1.0
    assert frame.image is image
    assert frame.landmarks is not None
    assert frame.blendshapes is not None
    assert frame.head is not None
    assert (frame.landmarks.shape, frame.landmarks.dtype) == ((478, 3), np.float32)
    assert (frame.blendshapes.shape, frame.blendshapes.dtype) == ((52,), np.float32)
    assert (frame.head.shape, frame.head.dtype) == ((4, 4), np.float32)
    # Pixels of the image; the subject's right eye corner is on the left of an image that is not mirrored.
    x, y = frame.landmarks[:, 0], frame.landmarks[:, 1]
    assert x.min() > 0
    assert x.max() < 320
    assert y.min() > 0
    assert y.max() < 240
    assert x[33] < x[263]
    assert y[10] < y[152]  # the forehead is above the chin
    assert np.all((frame.blendshapes >= 0) & (frame.blendshapes <= 1))
    assert frame.head[3].tolist() == [0, 0, 0, 1]
    assert frame.head[2, 3] < 0  # in front of the camera
    measures = measure_frame(frame)
    assert measures is not None
    assert np.all(np.isfinite(measures[:FACE]))


def test_nothing_is_found_in_a_grey_picture() -> None:
    with FaceTracker() as fresh:
        frame = fresh.track(GREY, 0.0)
    assert (frame.landmarks, frame.blendshapes, frame.head) == (None, None, None)
    assert frame.time == 0.0


def test_times_that_stand_still_or_fall_are_moved_up_for_the_tracker_and_kept_in_the_frame(
    tracker: FaceTracker,
) -> None:
    times = [5.0, 5.0, 5.0001, 4.0, 4.5, 6.0]
    frames = [tracker.track(face(), time) for time in times]
    assert [frame.time for frame in frames] == times
    assert all(frame.landmarks is not None for frame in frames)


def test_the_same_images_give_the_same_frames() -> None:
    seen = []
    for _ in range(2):
        with FaceTracker() as tracker:
            seen.append([tracker.track(face(), i / 10).landmarks for i in range(3)])
    for one, other in zip(*seen, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_native_libraries_write_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with FaceTracker() as tracker:
        assert tracker.track(face(), 0.0).landmarks is not None
        assert tracker.track(GREY[:2, :2], 0.1).landmarks is None
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_hands_and_shoulders_are_looked_for_where_they_are_asked_for() -> None:
    picture = draw_controls(build(mesh()), controls(), (640, 480))
    with FaceTracker(hands=True, shoulders=True) as tracker:
        frames = [tracker.track(picture, i / 10) for i in range(6)]
    for frame in frames:
        assert frame.hands is not None
        assert frame.hands.shape == (0, 21, 3)
        assert frame.pose is not None
        assert frame.pose.shape == (33, 4)
    values = measure_frame(frames[-1])
    assert values is not None
    assert 0.2 < values[INDEX["neck_length_left"]] < 1.0
    assert abs(values[INDEX["neck_length_left"]] - values[INDEX["neck_length_right"]]) < 0.1
    assert values[INDEX["hand_chin"]] == values[INDEX["hand_over_lower"]] == 0.0


@pytest.mark.usefixtures("shared")
def test_hands_at_the_chest_are_found_and_hide_no_face() -> None:
    with FaceTracker(hands=True) as tracker:
        images = islice(read_video(SHARED / "data" / "clips" / "lp_s20.mp4"), 30)
        seen = [tracker.track(image, time) for time, image in images]
    assert all(frame.hands is not None and len(frame.hands) == 2 for frame in seen)
    values = [measure_frame(frame) for frame in seen]
    assert all(v is not None and v[INDEX["hand_over_upper"]] == 0.0 for v in values)


def test_what_the_picture_is_like_is_told_and_a_darker_one_is_darker() -> None:
    picture = draw_controls(build(mesh()), controls(), (640, 480))
    dark, soft = (picture * 0.3).astype(np.uint8), cv2.GaussianBlur(picture, (0, 0), 15)
    with FaceTracker() as tracker:
        seen = tracker.track(picture, 0.0)
    assert seen.picture is not None
    assert seen.landmarks is not None
    assert (seen.picture.width, seen.picture.height) == (640, 480)
    assert describe(dark, seen.landmarks).light < 0.4 * seen.picture.light
    assert describe(dark, seen.landmarks).sharpness == pytest.approx(seen.picture.sharpness, rel=0.1)
    assert describe(np.asarray(soft, np.uint8), seen.landmarks).sharpness < 0.7 * seen.picture.sharpness


def test_of_two_faces_the_nearest_is_followed_also_when_it_came_later() -> None:
    rig = build(mesh())
    small, large = (draw_controls(rig, controls(), size)[:, 80:-80] for size in ((480, 360), (800, 600)))
    near = np.full((600, 960, 3), 127, np.uint8)
    near[120:480, :320] = small
    alone = near.copy()
    near[:, 320:] = large
    with FaceTracker(nearest=True) as tracker:
        first = [tracker.track(alone, i / 10) for i in range(5)][-1]
        assert first.landmarks is not None
        assert first.landmarks[:, 0].max() < 320
        assert first.others == 0
        later = [tracker.track(near, i / 10) for i in range(10, 30)][-1]
        assert later.landmarks is not None
        assert later.landmarks[:, 0].min() > 320
        assert later.others == 1
        gone = [tracker.track(alone, i / 10) for i in range(40, 60)][-1]
        assert gone.landmarks is not None
        assert gone.others == 0
