"""The tracker's result is read from memory, and is what the public call gives; if it were not, that call is used."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from faces import mesh
from videos import GREY, face

from coach.avatar.performer import draw_controls
from coach.avatar.rig import CONTROL, build, controls
from coach.vision import result
from coach.vision.result import Direct, Public, reader
from coach.vision.tracker import FaceTracker


@pytest.fixture(scope="module")
def tracker() -> Iterator[FaceTracker]:
    with FaceTracker() as tracker:
        yield tracker


def pictures() -> list[np.ndarray]:
    rig = build(mesh())
    found = []
    for part in np.linspace(0.0, 1.0, 6):
        values = controls()
        values[CONTROL["smile_left"]] = part
        found.append(draw_controls(rig, values, (320, 240)))
    return found


def test_on_this_package_the_result_is_read_directly(tracker: FaceTracker) -> None:
    assert isinstance(reader(tracker._landmarker), Direct)
    assert isinstance(tracker._read, Direct)


def test_both_ways_give_the_same_bit_for_bit() -> None:
    package = pytest.importorskip("mediapipe.tasks.python.vision.face_landmarker")
    compared = 0
    with FaceTracker() as tracker:
        direct = Direct(tracker._landmarker)
        close, both = direct._close, []

        def read_both(of: Any) -> None:
            struct = of._obj
            public = package.FaceLandmarkerResult.from_ctypes(struct)
            both.append((result.structs_to_arrays(struct), result.objects_to_arrays(public)))
            close(of)

        direct._close = read_both
        for i, picture in enumerate(pictures()):
            rgb = np.ascontiguousarray(picture[..., ::-1])
            direct(tracker._image(rgb), 1 + 33 * i)
        direct._close = close
        for ours, theirs in both:
            assert ours is not None
            assert theirs is not None
            for one, other in zip(ours, theirs, strict=True):
                assert (one.dtype, one.shape) == (other.dtype, other.shape)
                np.testing.assert_array_equal(one, other)
                compared += 1
    assert compared == 18


def test_a_frame_has_its_numbers_without_gaps(tracker: FaceTracker) -> None:
    frame = tracker.track(face(), 5.0)
    for numbers in (frame.landmarks, frame.blendshapes, frame.head):
        assert numbers is not None
        assert numbers.flags.c_contiguous
        assert numbers.flags.writeable


def test_what_is_read_stays_when_the_result_is_gone(tracker: FaceTracker) -> None:
    seen = [tracker.track(picture, 10.0 + i / 30) for i, picture in enumerate(pictures())]
    kept = [(f.landmarks.copy(), f.blendshapes.copy()) for f in seen]  # type: ignore[union-attr]
    for i in range(20):
        tracker.track(GREY if i % 2 else face(), 20.0 + i / 30)
    for frame, (landmarks, shapes) in zip(seen, kept, strict=True):
        np.testing.assert_array_equal(frame.landmarks, landmarks)
        np.testing.assert_array_equal(frame.blendshapes, shapes)


@pytest.mark.parametrize("way", ["unknown layout", "a name is gone"])
def test_a_package_that_is_other_than_known_is_read_by_its_public_call(
    way: str, tracker: FaceTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaceTracker() as known:
        expected = [known.track(picture, i / 30) for i, picture in enumerate(pictures())]
    if way == "unknown layout":
        monkeypatch.setattr(result, "_LANDMARK_BYTES", 48)
        assert isinstance(reader(tracker._landmarker), Public)
    else:
        assert isinstance(reader(object()), Public)
        monkeypatch.setattr(result, "Direct", Public)
    with FaceTracker() as unknown:
        assert isinstance(unknown._read, Public)
        for i, (picture, one) in enumerate(zip(pictures(), expected, strict=True)):
            other = unknown.track(picture, i / 30)
            np.testing.assert_array_equal(other.landmarks, one.landmarks)
            np.testing.assert_array_equal(other.blendshapes, one.blendshapes)
            np.testing.assert_array_equal(other.head, one.head)


def test_a_first_face_that_reads_otherwise_is_believed_by_the_public_way_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(result, "structs_to_arrays", lambda _: (np.zeros((478, 3)), np.zeros(52), np.zeros((4, 4))))
    with FaceTracker() as tracker:
        assert isinstance(tracker._read, Direct)
        for i in range(3):
            frame = tracker.track(face(), i / 30)
            assert frame.landmarks is not None
            assert frame.landmarks.any()
            assert not tracker._read.direct


def test_a_tracker_that_fails_says_why_in_python() -> None:
    with FaceTracker() as tracker:
        image = tracker._image(np.ascontiguousarray(face()[..., ::-1]))
        tracker._read(image, 100)
        with pytest.raises(RuntimeError, match=r"(?i)timestamp"):
            tracker._read(image, 50)
