"""Draw hands: a simple one, seen from its back, whose fingertip lies on a place of the drawn face or body.

A hand is drawn once for its size and turn and then laid where it is to be, so that a moving one costs little.
"""

from dataclasses import dataclass
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from coach.avatar.draw import LOOKS, Look, curve, fill, stroke, tone
from coach.frame import Array, Image, Side

#: One finger stretched out and the others bent, or all of them stretched.
Form = Literal["pointing", "flat"]

# A left hand from its back, fingers up: centimetres from the wrist, x towards the thumb, y towards the fingertips.
_PALM = np.array([(-2.7, -0.6), (-3.5, 2.6), (-4.0, 6.4), (-3.5, 8.0), (-1.6, 8.9), (0.5, 9.3), (2.5, 8.9),
                  (3.4, 7.6), (3.5, 4.6), (2.9, 2.0), (2.6, -0.6)])  # fmt: skip
#: Knuckle, fingertip when stretched, and width there and at the tip. The thumb's is where it leaves the wrist.
_FINGERS: dict[str, tuple[tuple[float, float], tuple[float, float], float, float]] = {
    "little": ((-3.1, 7.3), (-4.3, 12.9), 1.65, 1.25),
    "ring": ((-1.5, 8.1), (-2.0, 15.7), 1.85, 1.4),
    "middle": ((0.35, 8.5), (0.45, 16.9), 1.95, 1.5),
    "index": ((2.2, 8.1), (2.9, 15.4), 1.9, 1.45),
    "thumb": ((2.1, 2.4), (6.0, 8.6), 2.4, 1.8),
}
_ARM = np.array([(-2.75, 0.8), (2.65, 0.8), (3.1, -4.0), (-3.2, -4.0)])
_SLEEVE = np.array([(-3.5, -3.4), (3.4, -3.4), (4.3, -18.0), (-4.4, -18.0)])
#: A bent finger is seen as long as this part of a stretched one.
_BENT = 0.4
#: Room round a hand, cm: from the tip of the middle finger to the end of the sleeve.
_LOW, _HIGH = np.array([-8.5, -18.5]), np.array([8.5, 18.0])
#: Of the line round each finger, cm; and of the shadow, how soft, and how far it falls for each cm that it is lifted.
_LINE, _SHADOW, _FALLS = 0.085, 0.5, 0.6
#: A hand is smaller in the picture than it is: what lies under it is to be seen.
SIZE = 0.8


@dataclass(frozen=True, slots=True)
class Pose:
    """How a hand is held.

    finger   which fingertip is where the hand is said to be
    form     pointing or flat
    towards  degrees by which the fingers lean from upright towards the middle of the face
    """

    finger: str = "index"
    form: Form = "pointing"
    towards: float = 30.0


def draw_hand(
    canvas: Image, tip: Array, scale: float, side: Side, pose: Pose, lifted: float = 0.0, look: Look = LOOKS["light"]
) -> None:
    """Draw a hand into a picture (H, W, 3) uint8 BGR that is not mirrored.

    tip     (2,) pixels of the fingertip
    scale   pixels of a centimetre
    side    the subject's hand
    lifted  cm between it and the skin: its shadow falls further away
    """
    paint, mask, origin = _sprite(round(scale * SIZE, 1), pose, side, look)
    nearer = 1.0 + 0.02 * lifted
    x, y = np.asarray(tip, np.float64) - origin * nearer
    height, width = canvas.shape[:2]
    low = max(0, int(x)), max(0, int(y))
    high = min(width, int(x + nearer * mask.shape[1]) + 2), min(height, int(y + nearer * mask.shape[0]) + 2)
    if high[0] <= low[0] or high[1] <= low[1]:
        return
    size = high[0] - low[0], high[1] - low[1]

    def laid(image: Image, right: float = 0.0, down: float = 0.0) -> Image:
        way = np.array([[nearer, 0.0, x + right - low[0]], [0.0, nearer, y + down - low[1]]])
        return np.asarray(cv2.warpAffine(image, way, size, flags=cv2.INTER_LINEAR), np.uint8)

    area = canvas[low[1] : high[1], low[0] : high[0]]
    falls = scale * (0.25 + _FALLS * lifted)
    soft = max(1, round(scale * (_SHADOW + 0.3 * lifted))) * 2 + 1
    shadow = cv2.blur(cv2.blur(laid(mask, 0.5 * falls, falls), (soft, soft)), (soft, soft))[..., None] * 0.0016
    shaded = area * (1.0 - shadow)
    over = laid(mask)[..., None] / 255.0
    area[:] = (shaded * (1.0 - over) + laid(paint) * over).astype(np.uint8)


@lru_cache(maxsize=32)
def _sprite(scale: float, pose: Pose, side: Side, look: Look) -> tuple[Image, Image, Array]:
    """A hand's picture (H, W, 3), its coverage (H, W) 0..255, and where in it the fingertip is, pixels (2,)."""
    lean = np.radians(pose.towards)
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    across = np.array([1.0 if side == "left" else -1.0, -1.0])
    corners = np.array([(x, y) for x in (_LOW[0], _HIGH[0]) for y in (_LOW[1], _HIGH[1])]) @ turn.T * across
    begin = corners.min(axis=0)
    size = np.ceil((np.ptp(corners, axis=0)) * scale).astype(int)

    def place(points: Array) -> Array:
        return np.asarray((np.asarray(points) @ turn.T * across - begin) * scale)

    skin = tone(look.skin, 1.02)
    line = tone(look.skin, 0.5, 0.12)
    paint = np.full((size[1], size[0], 3), line, np.uint8)
    mask = np.zeros((size[1], size[0], 3), np.uint8)
    grow, soft = _LINE * scale, max(0.4, 0.03 * scale)

    def shape(outline: Array, colour: tuple[int, int, int], lined: bool = True) -> None:
        if lined:
            middle = outline.mean(axis=0)
            away = outline - middle
            long = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
            wider = middle + away * (1 + grow / long)
            fill(mask, [wider], (255, 255, 255))
            fill(paint, [wider], line)
        fill(paint, [outline], colour, 1.0, soft)

    def limb(points: Array, widths: Array, colour: tuple[int, int, int]) -> None:
        wider = _limb(place(points), widths * scale + 2 * grow)
        fill(mask, [wider], (255, 255, 255))
        fill(paint, [wider], line)
        fill(paint, [_limb(place(points), widths * scale)], colour, 1.0, soft)
        # Light along the back of the finger.
        lit = points[0] + (points[-1] - points[0]) * np.linspace(0.15, 0.9, 6)[:, None]
        stroke(paint, place(lit), np.full(6, 0.4 * float(widths.mean()) * scale), tone(look.skin, 1.12), 0.5,
               0.22 * scale)  # fmt: skip

    shape(place(_SLEEVE), look.clothes)
    shape(place(_ARM), skin)
    limb(*_thumb(pose.form), skin)
    palm = curve(place(_PALM), closed=True)
    shape(palm, skin)
    tips = {}
    for name in ("little", "ring", "middle", "index"):
        points, widths = _finger(name, pose)
        limb(points, widths, skin)
        tips[name] = points[-1]
    tips["thumb"] = _thumb(pose.form)[0][-1]
    tips["palm"] = np.array([0.3, 9.0])
    tips["edge"] = np.array([-3.8, 6.5])
    # No line where fingers leave the palm; behind the knuckles it is a little darker between them.
    inner = palm.mean(axis=0) + (palm - palm.mean(axis=0)) * 0.9
    fill(paint, [inner], skin, 1.0, 0.45 * scale)
    light = np.array([(-1.2, 2.0), (-0.6, 4.6), (0.2, 7.0)])
    stroke(paint, place(light), np.full(3, 3.2 * scale), tone(look.skin, 1.1), 0.4, 0.9 * scale)
    for name in ("little", "ring", "middle", "index"):
        knuckle = np.array(_FINGERS[name][0])
        arc = knuckle + np.array([(-0.55, 0.1), (0.0, 0.32), (0.55, 0.1)])
        stroke(paint, curve(place(arc)), np.full(11, 0.16 * scale), line, 0.35, 0.1 * scale)
    for name in ("little", "ring", "middle", "index"):
        if _bent(name, pose):
            continue
        points, widths = _finger(name, pose)
        _nail(paint, place, points, float(widths[-1]), look)
    return paint, np.ascontiguousarray(mask[..., 0]), place(tips[pose.finger])


def _bent(name: str, pose: Pose) -> bool:
    return pose.form == "pointing" and name != (pose.finger if pose.finger in _FINGERS else "index")


def _finger(name: str, pose: Pose) -> tuple[Array, Array]:
    """Points along a finger, cm, and its widths there."""
    knuckle, tip, wide, thin = _FINGERS[name]
    part = _BENT if _bent(name, pose) else 1.0
    steps = np.array([0.0, 0.35, 0.5, 0.75, 1.0])
    points = np.array(knuckle) + (np.array(tip) - knuckle) * part * steps[:, None]
    widths = np.interp(steps, [0.0, 0.35, 0.5, 0.75, 1.0], [wide, 0.95 * wide, 0.98 * wide, 0.5 * (wide + thin), thin])
    return points, widths if part == 1.0 else np.full(5, 0.97 * wide)


def _thumb(form: Form) -> tuple[Array, Array]:
    (x, y), tip, wide, thin = _FINGERS["thumb"]
    end = np.array(tip) if form == "flat" else np.array([3.6, 9.0])
    bend = np.array([4.4, 5.6]) if form == "flat" else np.array([4.0, 5.6])
    points = curve(np.array([(x, y), bend, end]))
    return points, np.linspace(wide, thin, len(points))


def _limb(line: Array, widths: Array) -> Array:
    """The outline of a line (n, 2) with its width at every point and round ends."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * (widths / 2)[:, None]
    angles = np.linspace(0.0, np.pi, 9)[1:-1, None]

    def cap(i: int, forward: float) -> Array:
        out = along[i] * widths[i] / 2 * forward
        return np.asarray(line[i] + np.cos(angles) * across[i] * forward + np.sin(angles) * out)

    return np.concatenate([line + across, cap(-1, 1.0), (line - across)[::-1], cap(0, -1.0)])


def _nail(paint: Image, place: Callable[[Array], Array], points: Array, width: float, look: Look) -> None:
    along = points[-1] - points[0]
    along = along / np.linalg.norm(along)
    across = np.array([along[1], -along[0]])
    round_ = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)[:, None]
    middle = points[-1] + 0.02 * along
    ring = middle + np.cos(round_) * across * 0.33 * width + np.sin(round_) * along * 0.46 * width
    scale = float(np.linalg.norm(place(np.array([[0.0, 1.0]])) - place(np.array([[0.0, 0.0]]))))
    fill(paint, [place(ring)], tone(look.skin, 0.72, 0.12), 0.55, 0.06 * scale)
    inner = middle + (ring - middle) * 0.86
    b, g, r = look.skin
    fill(paint, [place(inner)], (min(255, b + 36), min(255, g + 14), min(255, r + 12)), 0.85, 0.05 * scale)
