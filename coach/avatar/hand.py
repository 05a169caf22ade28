"""Hands for the drawn face: a simple one, seen from its back, and what the two of them do in an exercise.

A hand is drawn once for its size and turn and then laid where it is to be, so that a moving one costs little. What
hands do is a function of how much of one round of it has gone by; there is no clock here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from coach.avatar.draw import LOOKS, OVAL, Framing, Look, curve, fill, stroke, tone
from coach.form.exercise import Exercise, Move, Touch
from coach.frame import SIDES, Array, Image, Phase, Side
from coach.touch.place import Where, targets
from coach.touch.points import AROUND

#: One finger stretched out and the others bent, or all of them stretched.
Form = Literal["pointing", "flat"]

# A left hand from its back, fingers up: centimetres from the wrist, x towards the thumb, y towards the fingertips.
_PALM = np.array([(-2.7, -0.6), (-3.5, 2.6), (-4.0, 6.4), (-3.5, 8.0), (-1.6, 8.9), (0.5, 9.3), (2.5, 8.9),
                  (3.4, 7.6), (3.5, 4.6), (2.9, 2.0), (2.6, -0.6)])  # fmt: skip
#: Knuckle, fingertip when stretched, and width there and at the tip. The thumb's is where it leaves the wrist.
_FINGERS: dict[str, tuple[tuple[float, float], tuple[float, float], float, float]] = {
    "little": ((-3.1, 7.3), (-3.85, 12.9), 1.65, 1.25),
    "ring": ((-1.5, 8.1), (-1.8, 15.7), 1.85, 1.4),
    "middle": ((0.35, 8.5), (0.4, 16.9), 1.95, 1.5),
    "index": ((2.2, 8.1), (2.6, 15.4), 1.9, 1.45),
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


# --- what hands do ------------------------------------------------------------------------------------------

#: Seconds of one round where that is not a repetition but what goes on within it.
_PERIOD_S: dict[Move, float] = {"rub": 1.0, "grip": 3.0, "park": 2.0, "percuss": 0.5}
#: Moves without hands: sitting upright, staying seated.
_SITS: tuple[Move, ...] = ("upright", "seated")
#: Those with a way that is gone one way only, and the part of a round that this takes where the file has no way back.
_ONE_WAY: tuple[Move, ...] = ("stroke", "glide")
_THERE = 0.75
#: Centimetres: radius of circles, half of a sweep, how far a tap and a way back are lifted.
_CIRCLE_CM, _SWEEP_CM, _TAP_CM, _BACK_CM = 0.5, 0.65, 1.3, 3.0
#: From the ear over the side of the neck to the shoulder, on the subject's left, canonical cm of an unturned head.
NECK = np.array([(7.0, -4.0, -3.5), (6.7, -8.6, -5.0), (8.8, -13.2, -6.5), (12.8, -15.9, -7.5)])
#: How far along it hands work that stay where they are, by the step's code, else by what they do.
_ALONG = {"GB20": 0.1, "GB21": 0.85, "NK1": 0.2, "NK5": 0.4, "NK6": 0.85, "NK7": 0.85}
#: Upper end of the shoulder, from where on hands lie before the body; higher up the fingers are behind the neck, so far
#: (cm) behind its edge. And that edge, with the face's: what lies before such hands.
_BEFORE, _BEHIND_CM = 0.6, 2.6
_NECK_EDGE = np.array([(5.2, -3.0, -4.6), (5.1, -8.0, -5.6), (5.2, -11.0, -6.6), (5.6, -13.8, -7.4)])
#: Worked crosswise, each hand on the other shoulder; strokes so near to the eyes that one finger alone does them; and
#: strokes of the forehead, to which hands come level.
_CROSSED, _ONE_FINGER, _LEVEL = ("GB21",), ("FS4", "FS5"), ("FS1", "FS2", "FS3")
#: Before the chest: palms that are rubbed, and a point on the hand with the hand that it lies on.
_CHEST, _WEB = np.array([1.5, -10.0, 3.0]), np.array([2.5, -11.0, 3.0])
_MARK, _MARK_CM = (233, 180, 86), 0.13


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one hand is: pixels of its fingertip, how it is held, cm between it and the skin."""

    side: Side
    tip: Array
    pose: Pose
    lifted: float = 0.0


class Handwork:
    """What the hands do in one exercise. Raises ValueError for one that is not done with the hands."""

    def __init__(self, exercise: Exercise) -> None:
        if exercise.touch is None:
            raise ValueError(f"'{exercise.id}' is not done with the hands")
        self._touch: Touch = exercise.touch
        self._tempo = exercise.tempo
        #: whether shoulders are to be in the picture
        self.shoulders = exercise.touch.on != "face"
        #: whether hands are seen at all
        self.shown = exercise.touch.move not in _SITS
        #: whether a round is a long way rather than a short turn
        self.long = exercise.touch.move in _ONE_WAY
        whole = self._tempo.rise + self._tempo.rest
        self._there = self._tempo.rise / whole if self._tempo.rest > 0 and self._tempo.rise > 0 else _THERE

    def part(self, phase: Phase, part: float) -> float | None:
        """How much of a round has gone by, 0..1, when so much of a phase has; None while the hands are down."""
        if phase not in (Phase.RISE, Phase.HOLD, Phase.REST) or not self.shown:
            return None
        move, tempo = self._touch.move, self._tempo
        if move in _PERIOD_S:
            lasts = tempo.hold if phase is Phase.HOLD else tempo.rise
            return 0.0 if phase is Phase.REST else part * lasts / _PERIOD_S[move] % 1.0
        if move in _ONE_WAY:
            return self._there + (1.0 - self._there) * part if phase is Phase.REST else self._there * part
        return 0.0 if phase is Phase.REST else part

    def targets(self, points: Array, framing: Framing) -> dict[Where, Array]:
        """Where the hands belong, (n, 2) pixels of a portrait: one point, or the way in its order. None: the midline.

        points: (478, 3) the face in canonical cm, as the portrait shows it.
        """
        touch = self._touch
        found = targets(touch, framing.pixels(points))
        if not found and self.shown:
            for side in SIDES:
                across = (1.0 if side == "left" else -1.0, 1.0, 1.0)
                if touch.move == "rub":
                    found[side] = framing.body((_CHEST * across)[None])
                elif touch.on == "hand":
                    found[side] = framing.body((_WEB * across)[None])
                else:
                    way = curve(framing.body(NECK * across))
                    at = _ALONG.get(touch.code, 0.5)
                    found[side] = way if touch.move == "glide" else _along(way, at)[None]
        return found

    def reaches(self, targets: dict[Where, Array], scale: float, part: float) -> list[Reach]:
        """Both hands at a part of a round. targets: as above; scale: pixels of a centimetre."""
        return [self._reach(where, way, scale, part) for where, way in targets.items()]

    def draw(self, canvas: Image, points: Array, framing: Framing, part: float | None) -> None:
        """Draw the marks, and the hands where they are at a part of a round, into a portrait."""
        targets = self.targets(points, framing)
        marked = self._touch.move not in ("rub", *_SITS) and self._touch.on != "hand"
        right, left = framing.pixels(points)[[33, 263]]
        for way in targets.values() if marked else ():
            _mark(canvas, way, framing.scale, AROUND * float(np.linalg.norm(left - right)))
        if part is None:
            return
        behind = self._touch.move == "glide" or _ALONG.get(self._touch.code, 1.0) < _BEFORE
        bare = canvas.copy() if self._touch.on == "body" and behind and self._touch.move != "rub" else None
        for reach in self.reaches(targets, framing.scale, part):
            draw_hand(canvas, reach.tip, framing.scale, reach.side, reach.pose, reach.lifted)
        if bare is not None:
            _before(canvas, bare, points, framing)

    def _reach(self, where: Where, way: Array, scale: float, part: float) -> Reach:
        touch, move = self._touch, self._touch.move
        side: Side = where or "right"
        out = 1.0 if side == "left" else -1.0
        if touch.code in _CROSSED:
            side = "left" if side == "right" else "right"
        pose = self._pose(where, way, scale)
        lifted, off = 0.0, np.zeros(2)  # cm, to the subject's left and down
        at = way[0]
        turn = 2 * np.pi * part
        if move in _ONE_WAY:
            gone = min(1.0, part / self._there)
            back = max(0.0, (part - self._there) / (1.0 - self._there))
            at = _along(curve(way) if len(way) < 20 else way, gone if not back else 1.0 - back * back * (3 - 2 * back))
            bow = float(np.sin(np.pi * back))
            lifted, off = _BACK_CM * bow, np.array([1.2 * out, 0.6]) * bow
            if touch.on == "body":
                high = max(0.0, 1.0 - (gone if not back else 1.0 - back) / _BEFORE)
                off = off - np.array([_BEHIND_CM * out, 0.0]) * high
            if touch.kind == "knead":
                lifted += 0.4 * (1.0 + float(np.sin(6 * turn))) * (not back)
        elif move == "circle" or move == "park":
            off = _CIRCLE_CM * np.array([out * np.sin(turn), -np.cos(turn)]) * (1.6 if move == "park" else 1.0)
        elif move == "sweep":
            off = np.array([0.25 * out, 1.0]) * _SWEEP_CM * np.sin(turn)
        elif move in ("tap", "percuss"):
            late = 0.5 if move == "percuss" and side == "left" else 0.0  # edges of the hands take turns
            lifted = _TAP_CM * abs(float(np.sin(np.pi * (part + late))))
            lean = np.radians(pose.towards)
            off = lifted * np.array([out * np.sin(lean), np.cos(lean)])
        elif move == "rub":
            off = np.array([0.0, 1.3 * out * np.sin(turn)])
        elif move == "grip":
            off = np.array([-0.3 * out * (1.0 - np.cos(turn)) / 2, 0.0])
        if touch.on == "body" and _ALONG.get(touch.code, 1.0) < _BEFORE:
            off = off - np.array([_BEHIND_CM * out, 0.0])
        return Reach(side, at + off * scale, pose, lifted)

    def _pose(self, where: Where, way: Array, scale: float) -> Pose:
        touch = self._touch
        if touch.move == "rub":
            return Pose("middle", "flat", 14.0)
        if touch.on == "hand":
            return Pose("middle", "flat", 64.0) if where == "left" else Pose("index", "pointing", 58.0)
        if touch.code in _CROSSED:
            return Pose("middle", "flat", 66.0)
        if touch.on == "body":
            return Pose("middle", "flat", 38.0)
        if where is None:
            return Pose(touch.finger, "pointing", 48.0)
        # Nearer to the middle of the face hands come more from the side, or they would be in each other's way.
        flat = touch.move == "stroke" and touch.code not in _ONE_FINGER
        form: Form = "flat" if flat or touch.finger in ("palm", "edge") else "pointing"
        return Pose(touch.finger, form, 82.0 if touch.code in _LEVEL else 52.0 if form == "flat" else 44.0)


def _along(way: Array, part: float) -> Array:
    """The place (2,) at a part of the length of a line (n, 2)."""
    if len(way) == 1:
        return np.asarray(way[0])
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    gone = np.concatenate([[0.0], np.cumsum(steps)])
    return np.array([np.interp(part * gone[-1], gone, way[:, axis]) for axis in (0, 1)])


def _before(canvas: Image, bare: Image, points: Array, framing: Framing) -> None:
    """Lay the face and the neck over hands that are behind them."""
    sides = [framing.body(_NECK_EDGE * (across, 1.0, 1.0)) for across in (1.0, -1.0)]
    mask = np.zeros_like(canvas)
    fill(mask, [np.concatenate([sides[0], sides[1][::-1]]), framing.pixels(points)[list(OVAL)]], (255, 255, 255))
    over = mask / 255.0
    canvas[:] = (canvas * (1.0 - over) + bare * over).astype(np.uint8)


def _mark(canvas: Image, way: Array, scale: float, radius: float) -> None:
    """A ring round a point; of a way its line with an arrow at the end."""
    wide = _MARK_CM * scale
    if len(way) == 1:
        angles = np.linspace(0.0, 2 * np.pi, 33)
        ring = way[0] + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        stroke(canvas, ring, np.full(len(ring), wide), _MARK, 0.9, 0.03 * scale)
        return
    line = curve(way) if len(way) < 20 else way
    stroke(canvas, line, np.full(len(line), 1.3 * wide), _MARK, 0.85, 0.03 * scale)
    end, before = line[-1], _along(line, 0.85)
    ahead = (end - before) / max(float(np.linalg.norm(end - before)), 1e-6)
    beside = np.array([-ahead[1], ahead[0]])
    fill(canvas, [_limb(line[[0, 1]], np.full(2, 4.0 * wide))], _MARK, 0.95, 0.03 * scale)
    head = np.array([end + 0.7 * scale * ahead, end + 0.55 * scale * beside, end - 0.55 * scale * beside])
    fill(canvas, [head], _MARK, 0.95, 0.03 * scale)
