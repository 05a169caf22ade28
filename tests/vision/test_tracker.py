"""The tracker turns an image into a Frame: the drawn face is found, a grey picture holds none."""

from collections.abc import Iterator

import numpy as np
import pytest
from videos import GREY, face

from coach.form.measures import FACE, measure_frame
from coach.vision.tracker import FaceTracker


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
