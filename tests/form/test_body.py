"""What lies beside the face and round it: hands, shoulders, the edge of the picture. One OC is 200 pixels here."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pytest

from coach.form.body import _REGIONS, around, around_all
from coach.form.measures import FACE, NAMES
from coach.frame import Array, Frame, Picture

PICTURE = Picture(1000, 800, 120.0, 35.0, 0.25)
NO_HANDS = np.empty((0, 21, 3), np.float32)
#: Landmarks of each place where a hand may be, the first and the last of them.
PLACES = {"hand_head": (10, 299), "hand_chin": (152, 199), "hand_cheek_left": (280, 427), "hand_cheek_right": (50, 207)}


def face(points: Mapping[int, tuple[float, float]] | None = None) -> Array:
    """A face whose points lie all in one place, but for the eye corners, an OC apart, and those given."""
    landmarks = np.full((478, 3), (500.0, 500.0, 7.0), np.float32)
    landmarks[33], landmarks[263] = (440, 500, -80), (560, 500, 80)
    for point, place in (points or {}).items():
        landmarks[point, :2] = place
    return landmarks


def hands(*points: tuple[float, float], of: int = 1) -> Array:
    """Some hands that show these points, far nearer to the camera than the face, and no others."""
    out = np.full((of, 21, 3), np.nan, np.float32)
    for i, point in enumerate(points):
        out[i % of, 20 - i] = (*point, -999.0)
    return out


def body(seen: float = 1.0) -> Array:
    """Ears at heights 240 and 90; shoulders 400 pixels apart across, the left 300 lower."""
    pose = np.full((33, 4), (0.0, 0.0, 50.0, 1.0), np.float32)
    pose[7, :2], pose[8, :2], pose[11, :2], pose[12, :2] = (620, 240), (380, 90), (700, 640), (300, 340)
    pose[12, 2], pose[8, 3] = -50.0, seen
    return pose


def seen(landmarks: Array, **parts: Array | Picture | None) -> dict[str, float]:
    found = around(dataclasses.replace(Frame(0.0, landmarks), **parts))
    return dict(zip(NAMES[FACE:], found, strict=True))


@pytest.mark.parametrize(("name", "point"), [(name, point) for name, points in PLACES.items() for point in points])
def test_a_hand_is_there_within_a_quarter_of_an_oc_of_any_point_of_a_place(name: str, point: int) -> None:
    landmarks = face({point: (3000, 4000)})
    for side, there in ((50, 1.0), (40, 1.0), (100, 0.5), (125, 0.25), (150, 0.0), (900, 0.0)):
        found = seen(landmarks, hands=hands((3000 + 0.6 * side, 4000 - 0.8 * side), (3000, 9000), of=2))
        assert found[name] == pytest.approx(there, abs=1e-5)
        assert all(found[other] == 0.0 for other in PLACES if other != name)
        assert math.isnan(found["shoulder_width"])


@pytest.mark.parametrize("nobody", [NO_HANDS, hands(), hands(of=2)], ids=["none", "one unseen", "two unseen"])
def test_where_hands_were_looked_for_and_none_is_seen_none_is_anywhere(nobody: Array) -> None:
    found = seen(face(), hands=nobody)
    assert [found[name] for name in (*PLACES, "hand_over_upper", "hand_over_lower")] == [0.0] * 6


def test_shoulders_are_measured_in_their_own_width_and_that_in_oc() -> None:
    found = seen(face(), pose=body())
    assert found["neck_length_left"] == pytest.approx(0.8, rel=1e-6)
    assert found["neck_length_right"] == pytest.approx(0.5, rel=1e-6)
    assert found["shoulder_tilt_deg"] == pytest.approx(36.8698976, rel=1e-6)
    assert found["shoulder_width"] == pytest.approx(2.5, rel=1e-6)
    assert all(math.isnan(found[name]) for name in (*PLACES, "hand_over_upper", "light", "face_cut"))
    assert found["face_px"] == 200.0


@pytest.mark.parametrize("point", [7, 8, 11, 12])
def test_an_ear_or_shoulder_that_is_only_guessed_at_leaves_all_of_the_body_unknown(point: int) -> None:
    names = ("neck_length_left", "neck_length_right", "shoulder_tilt_deg", "shoulder_width")
    pose = body()
    pose[:, 3], pose[[7, 8, 11, 12], 3] = 0.0, 0.5
    found = seen(face(), pose=pose, hands=hands((500, 500)))
    assert not any(math.isnan(found[name]) for name in names)
    pose[point, 3] = 0.49
    found = seen(face(), pose=pose, hands=hands((500, 500)))
    assert all(math.isnan(found[name]) for name in names)
    assert found["hand_head"] == 1.0


def test_shoulders_seen_from_the_side_are_narrow_and_break_nothing() -> None:
    pose = body()
    pose[11, :2], pose[12, :2] = (500, 600.5), (500, 600)
    assert seen(face(), pose=pose)["shoulder_width"] == pytest.approx(0.0025, rel=1e-6)
    pose[11] = pose[12]
    assert math.isfinite(seen(face(), pose=pose)["neck_length_left"])


def test_the_part_of_the_outline_beyond_an_edge_of_the_picture_is_cut_off() -> None:
    def cut(*places: tuple[float, float]) -> float:
        """Whether seen alone, with hands looked for, or as one of many."""
        landmarks = face(dict(zip((10, 338, 297, 332, 234, 454), places, strict=False)))
        found = seen(landmarks, picture=PICTURE)["face_cut"]
        assert seen(landmarks, picture=PICTURE, hands=NO_HANDS)["face_cut"] == found
        (many,) = around_all([Frame(0.0, landmarks, picture=PICTURE)], landmarks[None])
        assert dict(zip(NAMES[FACE:], many, strict=True))["face_cut"] == found
        return found

    edges = ((0, 0), (0.5, 0.5), (1000, 800), (0, 800), (1000, 0))
    assert cut(*edges) == 0.0
    for beyond in ((-0.5, 400), (1000.5, 400), (500, -0.5), (500, 800.5), (-3, 900)):
        assert cut(beyond, *edges) == 1 / 36
    assert cut((-0.5, 0), (1000.5, 800), (0, -0.5), (1000, 800.5), (0, 0)) == 4 / 36


@pytest.mark.parametrize("looked", [None, NO_HANDS], ids=["alone", "hands looked for"])
def test_what_the_picture_is_like_is_passed_on(looked: Array | None) -> None:
    found = seen(face(), picture=PICTURE, hands=looked)
    assert [found[name] for name in ("face_px", "light", "contrast", "sharpness")] == [200.0, 120.0, 35.0, 0.25]
    unknown = seen(face(), hands=looked)
    assert unknown["face_px"] == 200.0
    assert all(math.isnan(unknown[name]) for name in ("face_cut", "light", "contrast", "sharpness"))


@pytest.mark.parametrize("picture", [None, PICTURE], ids=["no picture", "picture"])
@pytest.mark.parametrize("looked", [None, NO_HANDS], ids=["alone", "hands looked for"])
def test_a_face_is_where_the_middle_between_its_outer_eye_corners_is(
    looked: Array | None, picture: Picture | None
) -> None:
    for right, left, middle in (
        ((440, 500), (560, 500), [500.0, 500.0]),
        ((100, 350), (101, 200), [100.5, 275.0]),
        ((-300, 900), (-100, 1000), [-200.0, 950.0]),
    ):
        landmarks = face({33: right, 263: left})
        found = seen(landmarks, hands=looked, picture=picture)
        assert [found["face_x"], found["face_y"]] == middle
        (many,) = around_all([Frame(0.0, landmarks, hands=looked, picture=picture)], landmarks[None])
        assert many[[NAMES.index("face_x") - FACE, NAMES.index("face_y") - FACE]].tolist() == middle


#: A hand held upright: wrist below, four fingers beside each other, the thumb across the palm (in parts of its length).
_UPRIGHT = np.array(
    [(0, 0), *((-0.1 + 0.03 * i, -0.15 - 0.08 * i) for i in range(4)),
     *((x, -0.5 - 0.15 * i) for x in (-0.15, -0.05, 0.05, 0.15) for i in range(4))]
)  # fmt: skip


@pytest.mark.parametrize(("name", "y"), [("hand_over_upper", 150.0), ("hand_over_lower", 350.0)])
def test_what_lies_under_a_hand_is_hidden_and_what_is_beside_it_is_not(name: str, y: float) -> None:
    """The points of a half lie in a row; an OC is 200 pixels, a finger 40 wide."""
    number, other = (32, "hand_over_lower") if name == "hand_over_upper" else (23, "hand_over_upper")
    points = {point: (400.0 + 200.0 * i / (number - 1), y) for i, point in enumerate(_REGIONS[number == 23])}
    elsewhere = {point: (500.0, 900.0) for point in _REGIONS[number != 23]}

    def hidden(*places: tuple[float, float], size: float = 300.0) -> float:
        """By upright hands whose wrists are at these places."""
        seen_hands = np.array([np.column_stack([_UPRIGHT * size + place, np.zeros(21)]) for place in places])
        landmarks = face(points | elsewhere | {33: (400, 500), 263: (600, 500)})
        if name == "hand_over_upper":  # the corners of the eyes are among what is hidden
            landmarks[[33, 263], :2] = (400, y), (600, y)
        found = seen(landmarks, hands=seen_hands, picture=PICTURE)
        assert found[other] == 0.0
        return found[name]

    assert hidden((900, y)) == 0.0
    assert hidden((500, y - 150)) == 0.0
    palm, fingers = hidden((500, y + 50)), hidden((500, y + 250))
    assert 0.3 < palm < 0.9
    assert 0.3 < fingers < 0.9
    left, right = hidden((400, y + 50)), hidden((600, y + 50))
    assert hidden((400, y + 50), (600, y + 50)) == pytest.approx(left + right, abs=0.1)
    # A fingertip hides what is nearer than half a finger's width.
    tip = hidden((500, y), size=0.0)
    assert 0.0 < tip < 0.5


def various(kinds: str) -> list[Frame]:
    """Frames with a picture (p), hands (h), a body (b), as the letters say, partly outside of the picture."""
    random = np.random.default_rng(3)
    frames = []
    for i, kind in enumerate(kinds.split(",")):
        landmarks = random.uniform(-100.1, 1100.3, (478, 3)).astype(np.float32)
        frame = Frame(
            float(i),
            landmarks,
            hands=landmarks[None, 100 + i : 121 + i] + 20.0 if "h" in kind else None,
            pose=body() if "b" in kind else None,
            picture=Picture(900 + 50 * i, 700 - 50 * i, 100.0 + i, 30.0 + i, i / 8) if "p" in kind else None,
        )
        frames.append(frame)
    return frames


@pytest.mark.parametrize("kinds", ["-,-,-", "p,-,p,p", "h,ph", "-,h,-", "b,pb", "p,ph,-,phb,hb,pb,h"])
def test_many_frames_at_once_are_seen_as_one_by_one(kinds: str) -> None:
    frames = various(kinds)
    found = around_all(frames, np.array([frame.landmarks for frame in frames]))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [around(frame) for frame in frames], rtol=1e-14)
    for row, frame in zip(found, frames, strict=True):
        points = frame.landmarks.astype(float)  # type: ignore[union-attr]
        size, *middle = (row[NAMES.index(name) - FACE] for name in ("face_px", "face_x", "face_y"))
        assert size == pytest.approx(math.dist(points[33], points[263]), rel=1e-14)
        assert middle == pytest.approx((points[33, :2] + points[263, :2]) / 2, rel=1e-14)


def test_hands_looked_for_change_nothing_of_what_the_picture_shows() -> None:
    for frame in various("p,-,p"):
        alone, looked = around(frame), around(dataclasses.replace(frame, hands=NO_HANDS))
        np.testing.assert_allclose(alone[8:13], looked[8:13], rtol=1e-14)
        np.testing.assert_array_equal(alone[15:], looked[15:])
