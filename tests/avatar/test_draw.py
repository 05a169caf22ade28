"""The drawn face is a proper picture, and the tracker sees in it what was drawn."""

import numpy as np
import pytest

from coach.avatar.draw import LOOKS, Look, Region, draw
from coach.avatar.mesh import load
from coach.avatar.rig import CONTROL, Rig, build, controls, head_matrix, shape
from coach.form.measures import INDEX, measure_frame
from coach.frame import Array, Image
from coach.vision.models import find_model
from coach.vision.tracker import FaceTracker

SMILE = {"smile_left": 1.0, "smile_right": 1.0}


@pytest.fixture(scope="module")
def rig() -> Rig:
    return build(load(find_model()))


def picture(
    rig: Rig,
    vector: Array,
    size: tuple[int, int] = (640, 480),
    look: Look = LOOKS["light"],
    highlight: Region | None = None,
) -> Image:
    lift = float(vector[CONTROL["shoulders_cm"]])
    return draw(rig.mesh, shape(rig, vector), head_matrix(vector), size, look, lift, highlight)


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (480, 480), (97, 61)])
def test_picture_has_the_size_asked_for(rig: Rig, size: tuple[int, int]) -> None:
    image = picture(rig, controls(), size)
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8
    assert image.flags.writeable


def test_same_face_gives_the_same_picture(rig: Rig) -> None:
    vector = controls(jaw_drop=0.4, yaw_deg=15.0)
    assert np.array_equal(picture(rig, vector), picture(rig, vector))


def test_every_movement_shows(rig: Rig) -> None:
    rest = picture(rig, controls())
    for name in CONTROL:
        size = 10.0 if name.endswith("_deg") else 1.0
        assert not np.array_equal(rest, picture(rig, controls(**{name: size}))), name


@pytest.mark.parametrize("turn", [{"yaw_deg": 80.0}, {"pitch_deg": -60.0}, {"roll_deg": 90.0}, {"jaw_drop": 1.25}])
def test_extremes_are_drawn_too(rig: Rig, turn: dict[str, float]) -> None:
    assert picture(rig, controls(**turn)).shape == (480, 640, 3)


def test_a_face_out_of_the_picture_is_drawn_too(rig: Rig) -> None:
    vector = controls()
    for at in ((60.0, 0.0, -45.0), (0.0, 0.0, -8.0), (0.0, 90.0, -45.0)):
        assert draw(rig.mesh, shape(rig, vector), head_matrix(vector, at), (320, 240)).shape == (240, 320, 3)


def test_highlight_marks_its_region(rig: Rig) -> None:
    plain, marked = picture(rig, controls()), picture(rig, controls(), highlight="mouth")
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    assert 0 < len(rows) < 0.05 * plain.shape[0] * plain.shape[1]
    assert abs(columns.mean() - 320) < 10


def test_tracker_sees_a_closed_mouth_and_then_a_smile(rig: Rig) -> None:
    with FaceTracker() as tracker:
        times = iter(np.arange(1, 100) / 30)

        def seen(vector: Array, look: Look = LOOKS["light"]) -> Array:
            image = picture(rig, vector, look=look)
            for _ in range(5):
                values = measure_frame(tracker.track(image, float(next(times))))
            assert values is not None
            return values

        for look in LOOKS.values():
            rest = seen(controls(), look)
            assert rest[INDEX["lip_gap"]] <= 0.015
            smile = seen(controls(**SMILE), look)
            assert smile[INDEX["mouth_width"]] >= 1.15 * rest[INDEX["mouth_width"]]
            for side in ("left", "right"):
                assert smile[INDEX[f"smile_{side}"]] >= 0.7
                assert smile[INDEX[f"corner_canthus_{side}"]] <= 0.88 * rest[INDEX[f"corner_canthus_{side}"]]
                assert abs(smile[INDEX[f"brow_height_{side}"]] - rest[INDEX[f"brow_height_{side}"]]) < 0.03
