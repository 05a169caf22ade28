"""What lies beside and before the face: shoulders and hands, as far as exercises of the face and the neck need them.

Hands are used as presence only ("a finger is at the chin"): their depth is not good enough to say that they touch,
and nothing here ever says that they press.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from coach.frame import Array, Frame, Picture

#: Columns of `beside`.
BESIDE_COLUMNS = 8
#: A landmark of the body seen with less visibility than this is a guess of the tracker.
VISIBLE = 0.5
#: A hand within this distance (OC) of a place is there; at FAR it is away. A finger is about 0.2 OC wide.
NEAR, FAR = 0.25, 0.75

#: Points of the body: left and right ear, left and right shoulder.
_NEEDED = (7, 8, 11, 12)
#: Points of the face mesh round each place where a hand may be: head, chin, left cheek, right cheek.
_PLACES = (
    (10, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 151, 9, 108, 337, 69, 299),
    (152, 148, 377, 176, 400, 149, 378, 150, 379, 136, 365, 172, 397, 58, 288, 175, 199),
    (280, 425, 411, 346, 347, 352, 266, 427),
    (50, 205, 187, 117, 118, 123, 36, 207),
)


def beside(landmarks: Array, hands: Array | None, pose: Array | None) -> Array:
    """Return the measures beside one face.

    landmarks  (478, 3) pixels
    hands      (n, 21, 3) pixels, rows of nan for a hand that is not there; None where nobody looked for hands
    pose       (33, 4) pixels and visibility; None where nobody looked for a body
    result     (8,): height of the left and the right ear above the shoulder in shoulder widths, tilt of the
               shoulders in degrees (positive: left lower), width of the shoulders in OC; a hand at the head, the
               chin, the left and the right cheek (1 there, 0 away). nan for what was not looked for or not seen
    """
    out = np.full(BESIDE_COLUMNS, np.nan)
    unit = _length(landmarks[263] - landmarks[33])
    if pose is not None and not np.any(pose[_NEEDED, 3] < VISIBLE):
        ear_left, ear_right, left, right = pose[_NEEDED, :2]
        across = left - right
        width = np.maximum(_length(across), 1e-6)
        out[0] = (left[1] - ear_left[1]) / width
        out[1] = (right[1] - ear_right[1]) / width
        out[2] = np.degrees(np.arctan2(across[1], across[0]))
        out[3] = width / unit
    if hands is not None:
        for column, place in enumerate(_PLACES, 4):
            away = landmarks[place, :2] - hands[..., None, :2]
            nearest = np.fmin.reduce(np.sqrt(np.einsum("hkpj,hkpj->hkp", away, away)), axis=None, initial=np.inf)
            out[column] = np.clip((FAR - nearest / unit) / (FAR - NEAR), 0.0, 1.0)
    return out


def _length(across: Array) -> np.floating[Any]:
    length: np.floating[Any] = np.sqrt((across * across).sum())
    return length


#: Columns of `view`.
VIEW_COLUMNS = 10
_OUTLINE = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
            149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
#: Points of the brows and eyes, and of the mouth and chin: what lies under a hand is a guess of the tracker.
_REGIONS = (
    (70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 336, 296, 334, 293, 300, 285, 295, 282, 283, 276,
     33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146, 199, 175, 152),
)  # fmt: skip
#: A hand as bones of some half width (OC): those of the fingers, and those of the palm.
_FINGERS = ((1, 2), (2, 3), (3, 4), (5, 6), (6, 7), (7, 8), (9, 10), (10, 11), (11, 12), (13, 14), (14, 15), (15, 16),
            (17, 18), (18, 19), (19, 20))  # fmt: skip
_PALM = ((0, 1), (0, 5), (0, 9), (0, 13), (0, 17), (5, 9), (9, 13), (13, 17), (1, 5))
_BONES = np.array([*_FINGERS, *_PALM])
_HALF = np.array([0.1] * len(_FINGERS) + [0.2] * len(_PALM))


def view(landmarks: Array, hands: Array | None, picture: Picture | None) -> Array:
    """Return what the gates look at.

    landmarks  (478, 3) pixels
    hands      (n, 21, 3) pixels or nan; None where nobody looked
    picture    None where there was none
    result     (10,): OC in pixels, part of the face's outline outside of the picture, light, contrast, sharpness, which
               part a hand hides of brows and eyes, and of mouth and chin, where the middle between the outer eye
               corners is, x and y in pixels, and for how many seconds the picture has stood still
    """
    out = np.full(VIEW_COLUMNS, np.nan)
    across = landmarks[263].astype(np.float64) - landmarks[33]
    out[0] = np.sqrt(np.einsum("j,j->", across, across))
    out[7:9] = landmarks[33, :2] + across[:2] / 2
    if picture is not None:
        outline = landmarks[_OUTLINE, :2]
        outside = (outline < 0) | (outline > (picture.width, picture.height))
        out[1:5] = outside.any(axis=1).mean(), picture.light, picture.contrast, picture.sharpness
        out[9] = picture.still_s
    if hands is not None:
        for column, region in enumerate(_REGIONS, 5):
            out[column] = _covered(landmarks[region, :2], hands[..., :2], out[0])
    return out


def _covered(points: Array, hands: Array, unit: float) -> float:
    """Part of (n, 2) points that lie under (h, 21, 2) hands. unit: OC in pixels."""
    begins, along = hands[:, _BONES[:, 0]], hands[:, _BONES[:, 1]] - hands[:, _BONES[:, 0]]
    away = points - begins[..., None, :]  # (h, bones, n, 2)
    length = np.maximum((along * along).sum(axis=-1), 1e-12)[..., None]
    at = np.clip((away * along[..., None, :]).sum(axis=-1) / length, 0.0, 1.0)
    away = away - at[..., None] * along[..., None, :]
    under = (away * away).sum(axis=-1) < (_HALF[:, None] * unit) ** 2
    return float(under.any(axis=(0, 1)).mean())


# --- of whole frames --------------------------------------------------------------------------------------

_NOBODY = [math.nan] * BESIDE_COLUMNS
#: Among all numbers of a face's landmarks, three a point: x, y, z of the outer eye corners, the outline's x and its y.
_CORNERS = (33, 263)
_AROUND = np.array(
    [*(3 * p + axis for p in _CORNERS for axis in range(3)), *(3 * p for p in _OUTLINE), *(3 * p + 1 for p in _OUTLINE)]
)


def around(frame: Frame) -> list[float]:
    """`beside` and `view` of one Frame with a face: 18 numbers. Without hands and body, as most are, in plain floats:
    in the loop that is several times quicker."""
    points, picture = frame.landmarks, frame.picture
    assert points is not None
    if frame.hands is not None or frame.pose is not None:
        return [*beside(points, frame.hands, frame.pose).tolist(), *view(points, frame.hands, picture).tolist()]
    numbers = points.take(_AROUND).tolist()
    unit = math.dist(numbers[:3], numbers[3:6])
    middle = (numbers[0] + numbers[3]) / 2, (numbers[1] + numbers[4]) / 2
    if picture is None:
        return [*_NOBODY, unit, *[math.nan] * (VIEW_COLUMNS - 4), *middle, math.nan]
    x, y = numbers[6 : 6 + len(_OUTLINE)], numbers[6 + len(_OUTLINE) :]
    width, height = picture.width, picture.height
    cut = 0
    if not (min(x) >= 0 and min(y) >= 0 and max(x) <= width and max(y) <= height):
        cut = sum(i < 0 or i > width or j < 0 or j > height for i, j in zip(x, y, strict=True))
    seen = [unit, cut / len(_OUTLINE), picture.light, picture.contrast, picture.sharpness]
    return [*_NOBODY, *seen, math.nan, math.nan, *middle, picture.still_s]


def around_all(frames: Sequence[Frame], landmarks: Array) -> Array:
    """`around` of many Frames with faces: (T, 18). landmarks: (T, 478, 3), theirs."""
    if any(frame.hands is not None or frame.pose is not None for frame in frames):
        return np.array([around(frame) for frame in frames])
    out = np.full((len(frames), BESIDE_COLUMNS + VIEW_COLUMNS), np.nan)
    corners = landmarks.take(_CORNERS, axis=1)
    across = corners[:, 1].astype(np.float64) - corners[:, 0]
    out[:, BESIDE_COLUMNS] = np.sqrt(np.einsum("tj,tj->t", across, across))
    out[:, -3:-1] = corners[:, 0, :2] + across[:, :2] / 2
    pictures = [(i, frame.picture) for i, frame in enumerate(frames) if frame.picture is not None]
    if pictures:
        rows = [i for i, _ in pictures]
        known = np.array([(p.width, p.height, p.light, p.contrast, p.sharpness, p.still_s) for _, p in pictures])
        outline, size = landmarks[rows].take(_OUTLINE, axis=1)[..., :2], known[:, None, :2]
        cut = ((outline < 0) | (outline > size)).any(axis=-1).mean(axis=-1)
        out[rows, BESIDE_COLUMNS + 1 : BESIDE_COLUMNS + 5] = np.column_stack([cut, known[:, 2:5]])
        out[rows, -1] = known[:, 5]
    return out
