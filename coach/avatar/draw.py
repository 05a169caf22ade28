"""Draw the face: skin, lips, teeth, eyes, brows, nose, hair, ears, neck and shoulders, in OpenCV.

Everything is placed in centimetres on the canonical head and seen through the camera MediaPipe assumes, so a
drawn face is also an exact synthetic input for the tracker. Large surfaces are rasterised triangle by triangle
(painter's algorithm), then blurred a little for smooth shading and cut out with a smooth edge; features with
sharp edges are polygons drawn with anti-aliasing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from coach.avatar.mesh import (
    EYE_LEFT,
    EYE_RIGHT,
    IRIS_CM,
    IRIS_LEFT,
    IRIS_RIGHT,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
    Mesh,
)
from coach.avatar.rig import CONTROL, PIVOT, head_matrix
from coach.frame import Array, Image

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Colour = tuple[int, int, int]
Region = Literal["mouth", "brows", "eyes", "nose", "jaw", "cheeks", "neck"]


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a person and the room, BGR 0..255."""

    skin: Colour = (150, 184, 226)
    lips: Colour = (116, 118, 190)
    hair: Colour = (46, 62, 84)
    iris: Colour = (70, 98, 112)
    clothes: Colour = (142, 118, 72)
    background: Colour = (226, 222, 214)


LOOKS: dict[str, Look] = {
    "light": Look(),
    "olive": Look((118, 158, 204), (96, 98, 176), (30, 34, 40), (40, 62, 84), (96, 128, 108), (218, 224, 222)),
    "brown": Look((78, 116, 166), (78, 80, 146), (24, 26, 32), (30, 42, 60), (86, 120, 190), (214, 220, 224)),
    "deep": Look((54, 80, 122), (66, 66, 116), (20, 20, 24), (24, 32, 46), (150, 140, 96), (220, 216, 208)),
}

#: MediaPipe's assumed camera: vertical field of view 63°; height of the picture over focal length.
_VIEW = 2 * np.tan(np.radians(63 / 2))

#: Direction of the light: from above, a little from the left of the picture.
_LIGHT = np.array([-0.38, 0.52, 0.76]) / np.linalg.norm([-0.38, 0.52, 0.76])
_TOWARDS = np.array([0.0, 0.0, 1.0])
#: Between the light and the viewer: where surfaces shine.
_HALFWAY = (_LIGHT + _TOWARDS) / np.linalg.norm(_LIGHT + _TOWARDS)

# Landmarks of the outline of the face, once round, starting at the top.
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
         152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
# Per eye: ring, first iris point, fold above the lid, brow (upper and lower edge from the inner end).
_EYES = (
    (EYE_RIGHT, IRIS_RIGHT, (247, 30, 29, 27, 28, 56, 190), (107, 66, 105, 63, 70), (55, 65, 52, 53, 46)),
    (EYE_LEFT, IRIS_LEFT, (467, 260, 259, 257, 258, 286, 414), (336, 296, 334, 293, 300), (285, 295, 282, 283, 276)),
)


def draw(
    mesh: Mesh,
    points: Array,
    head: Array,
    size: tuple[int, int] = (1280, 720),
    look: Look = LOOKS["light"],
    shoulders_cm: float = 0.0,
    highlight: Region | None = None,
) -> Image:
    """Return a picture (H, W, 3) uint8 BGR of one face, not mirrored.

    mesh          the canonical mesh (for its triangles)
    points        (478, 3) the face in canonical cm, as from `rig.shape`
    head          (4, 4) canonical to camera, as from `rig.head_matrix`
    size          width and height in pixels
    shoulders_cm  how far the shoulders are lifted
    highlight     a region to mark

    The shoulders are kept from call to call as long as they and the place of the neck (`at` of `rig.head_matrix`)
    stay the same; a person who moves about costs a redrawing of them.
    """
    view = _View(size, np.asarray(head, np.float64))
    canvas = _backdrop(size, look, tuple(np.round(view.pivot, 2)), round(shoulders_cm, 2)).copy()
    model = _model(mesh)
    full = _with_skirt(np.asarray(points, np.float64))
    seen = view.camera(full)
    flat = view.project(seen)
    ears = _ears_order(view)
    _hair_behind(canvas, view, look)
    _neck(canvas, view, flat, look)
    if highlight == "neck":  # before the face, which may turn over it
        _mark(canvas, view, flat, highlight)
    for side, near in ears:
        if not near:
            _ear(canvas, view, side, look)
    _skin(canvas, view, model, seen, flat, look)
    _nose(canvas, view, flat, look)
    _mouth(canvas, view, full, flat, look)
    for k in range(2):
        _eye(canvas, view, flat, look, k)
    _creases(canvas, view, full, flat, look)
    _hair(canvas, view, look)
    for side, near in ears:
        if near:
            _ear(canvas, view, side, look)
    if highlight and highlight != "neck":
        _mark(canvas, view, flat, highlight)
    return canvas


#: A portrait is taken from this far, cm, and cut out of a picture this much larger: from nearby a camera makes noses
#: large and ears small. And how far the middle of the picture is below that of the head.
_PORTRAIT = (38.0, 1.7, -0.4)
#: The same with the shoulders in it.
_BUST = (46.0, 1.7, -3.0)


def portrait(
    mesh: Mesh,
    points: Array,
    vector: Array,
    size: tuple[int, int],
    look: Look = LOOKS["light"],
    highlight: Region | None = None,
    shoulders: bool = False,
) -> Image:
    """Return a picture as `draw` does, which the head fills: so that brows, eyes and lips are read at a glance.

    vector     control vector: its turn of the head and its shoulders are shown; the face is in `points`
    shoulders  stand further off, so that the shoulders are in the picture
    """
    framing = Framing(vector, size, shoulders)
    lift = float(vector[CONTROL["shoulders_cm"]])
    picture = draw(mesh, points, framing.head, framing.whole, look, lift, highlight)
    (x, y), (width, height) = framing.corner, size
    return picture[y : y + height, x : x + width].copy()


class Framing:
    """Where canonical centimetres land in a portrait; arguments as `portrait` takes them.

    head    (4, 4) canonical to camera
    whole   width and height of the picture that the portrait is cut out of, and `corner` where
    scale   pixels of a centimetre at the face
    """

    def __init__(self, vector: Array, size: tuple[int, int], shoulders: bool = False) -> None:
        away, larger, below = _BUST if shoulders else _PORTRAIT
        width, height = size
        # A head is nearly as wide as it is high: in a slim picture its width decides.
        away *= max(1.0, 0.85 * height / width)
        self.head = head_matrix(vector, (0.0, -below, -away))
        self.whole = (round(width * larger), round(height * larger))
        self.corner = (self.whole[0] - width) // 2, (self.whole[1] - height) // 2
        self._view = _View(self.whole, self.head)
        self.scale = self._view.scale

    def pixels(self, points: Array) -> Array:
        """Points (n, 3) on the turning head to pixels (n, 2) of the portrait."""
        return np.asarray(self._view.pixels(points) - self.corner)

    def body(self, points: Array) -> Array:
        """The same for points that do not turn with the head, given where they are on an unturned one."""
        return np.asarray(self._view.body(points) - self.corner)


# --- the camera ----------------------------------------------------------------------------------------------


class _View:
    """Where canonical centimetres land in the picture."""

    def __init__(self, size: tuple[int, int], head: Array) -> None:
        self.size = size
        self.head = head
        self.turn = head[:3, :3]
        self.pivot = self.turn @ PIVOT + head[:3, 3]
        self.focal = size[1] / _VIEW
        #: pixels a centimetre at the face
        self.scale = self.focal / max(1.0, -float(self.camera(np.array([[0.0, 0.0, 4.0]]))[0, 2]))

    def camera(self, points: Array) -> Array:
        """Canonical (n, 3) to camera space."""
        moved: Array = points @ self.turn.T + self.head[:3, 3]
        return moved

    def body(self, points: Array) -> Array:
        """Points that do not turn with the head, given where they are on an unturned head, in pixels."""
        return self.project(points - PIVOT + self.pivot)

    def project(self, seen: Array) -> Array:
        """Camera space (n, 3) to pixels (n, 2)."""
        depth = np.maximum(-seen[:, 2:], 1.0)
        middle = np.array(self.size) / 2
        out: Array = seen[:, :2] * (1.0, -1.0) * self.focal / depth + middle
        return out

    def pixels(self, points: Array) -> Array:
        """Canonical (n, 3) on the turning head to pixels."""
        return self.project(self.camera(points))


# --- drawing with soft edges ---------------------------------------------------------------------------------

_SHIFT = 4


def _image(made: Any) -> Image:
    """Tell the type checker what OpenCV's stubs leave open: 8 bits in, 8 bits out."""
    out: Image = made
    return out


def _mask(shapes: Sequence[Array], box: tuple[int, int, int, int], fine: int = 4) -> Image:
    """Return the coverage 0..255 of polygons, each (n, 2) pixels of the picture, in a box of it.

    Drawn `fine` times finer and averaged: OpenCV's own anti-aliasing of filled polygons only pads them by a pixel.
    """
    x0, y0, x1, y1 = box
    mask = np.zeros(((y1 - y0) * fine, (x1 - x0) * fine), np.uint8)
    for one in shapes:
        # Pixel centres lie at whole numbers: half a pixel has to move with the scale.
        fixed = ((one - (x0, y0) + 0.5) * fine - 0.5) * (1 << _SHIFT)
        cv2.fillPoly(mask, [np.round(fixed).astype(np.int32)], 255, cv2.LINE_8, _SHIFT)
    if fine == 1:
        return mask
    return _image(cv2.resize(mask, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA))


def _window(points: Array, size: tuple[int, int], margin: float) -> tuple[int, int, int, int] | None:
    """Return x0, y0, x1, y1 of the pixels around some points inside the picture, None if there are none."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin + 1
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    x1, y1 = min(size[0], int(high[0]) + 1), min(size[1], int(high[1]) + 1)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _scalar(colour: Colour) -> Any:
    """A colour as OpenCV's arithmetic takes it beside a picture (its stubs know only pictures there)."""
    return (*colour, 0)


def _soften(mask: Image, sigma: float) -> Image:
    """Blur by about a Gaussian of this sigma. Two box blurs cost the same whatever the radius."""
    if sigma < 0.8:
        return _image(cv2.GaussianBlur(mask, (3, 3), sigma))
    # Two boxes of width w have the variance (w² - 1) / 6.
    width = 2 * round((np.sqrt(6 * sigma**2 + 1) - 1) / 2) + 1
    return _image(cv2.blur(cv2.blur(mask, (width, width)), (width, width)))


def _blend(area: Image, colour: Colour | Image, mask: Image) -> None:
    """Mix a colour, or a picture of the same size, into an area by a mask 0..255."""
    weight = cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR)
    if isinstance(colour, tuple):
        front = cv2.multiply(weight, _scalar(colour), scale=1 / 255)
    else:
        front = cv2.multiply(weight, colour, scale=1 / 255)
    cv2.add(front, cv2.multiply(area, cv2.bitwise_not(weight), scale=1 / 255), dst=area)


def fill(canvas: Image, shapes: Sequence[Array], colour: Colour, opacity: float = 1.0, blur: float = 0.0) -> None:
    """Fill polygons, each (n, 2) pixels, with one colour; blur is the softness of the edge in pixels."""
    every = np.concatenate(list(shapes))
    box = _window(every, (canvas.shape[1], canvas.shape[0]), 3 * blur + 2)
    if box is None:
        return
    x0, y0, x1, y1 = box
    # A blurred edge needs no finer one, and a large area would make it dear.
    mask = _mask(shapes, box, 1 if blur > 1.5 else 4 if (x1 - x0) * (y1 - y0) < 10_000 else 2)
    if blur > 0.3:
        mask = _soften(mask, blur)
    if opacity < 1.0:
        mask = _image(cv2.convertScaleAbs(mask, alpha=opacity))
    _blend(canvas[y0:y1, x0:x1], colour, mask)


def stroke(canvas: Image, line: Array, widths: Array, colour: Colour, opacity: float = 1.0, blur: float = 0.0) -> None:
    """Draw a line (n, 2) with its own width (n,) at every point, pixels."""
    along = np.gradient(line, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    half = across * (widths / 2)[:, None]
    fill(canvas, [np.concatenate([line + half, (line - half)[::-1]])], colour, opacity, blur)


def _moved(points: Array, right: float = 0.0, down: float = 0.0) -> Array:
    """Pixels moved by so much."""
    out: Array = points + np.array([right, down])
    return out


@lru_cache(maxsize=64)
def _spline(n: int, closed: bool, steps: int = 5) -> Array:
    """Return (m, n): rows that turn n points into m on a Catmull-Rom curve through them."""
    rows = []
    spans = n if closed else n - 1
    for span in range(spans):
        for t in np.arange(steps) / steps:
            a, b, c = t, t * t, t * t * t
            weights = np.array([2 * b - a - c, 2 - 5 * b + 3 * c, a + 4 * b - 3 * c, c - b]) / 2
            row = np.zeros(n)
            for k, weight in zip(range(span - 1, span + 3), weights, strict=True):
                row[k % n if closed else min(max(k, 0), n - 1)] += weight
            rows.append(row)
    if not closed:
        rows.append(np.eye(n)[n - 1])
    return np.array(rows)


def curve(points: Array, closed: bool = False) -> Array:
    """A smooth line through (n, k) points."""
    out: Array = _spline(len(points), closed) @ points
    return out


def _shade(colour: Colour, light: Array) -> Array:
    """Return (n, 3) colours: shadows are darker and warmer, lights a little brighter; light 0..1, 0.7 is plain."""
    base = np.array(colour, np.float64)
    dark = base * (0.50, 0.54, 0.64)
    bright = np.minimum(base * (1.10, 1.09, 1.07) + 10, 255)
    t = np.clip(light, 0.0, 1.0)[:, None]
    return np.where(t < 0.7, dark + (base - dark) * (t / 0.7), base + (bright - base) * ((t - 0.7) / 0.3))


def tone(colour: Colour, factor: float, redder: float = 0.0) -> Colour:
    """A darker or lighter colour, with some red added."""
    b, g, r = (min(255, max(0, round(c * factor))) for c in colour)
    return (b, g, min(255, round(r * (1 + redder))))


@lru_cache(maxsize=16)
def _steeper(gain: float) -> Image:
    """Return a table (256,) that steepens a mask around its middle."""
    return _image(np.clip((np.arange(256) - 127.5) * gain + 127.5, 0, 255).astype(np.uint8))


def _surface(canvas: Image, corners: Array, colours: Array, under: Colour, blur: float, edge: float) -> None:
    """Paint triangles or quads (n, k, 2) in the order given, smooth them, and lay them on with a smooth edge.

    under  colour the blur mixes in at the edge
    blur   of the shading, edge of the outline, pixels
    """
    box = _window(corners.reshape(-1, 2), (canvas.shape[1], canvas.shape[0]), 3 * edge + 2)
    if box is None:
        return
    x0, y0, x1, y1 = box
    layer = np.empty((y1 - y0, x1 - x0, 4), np.uint8)
    layer[:] = (*under, 0)
    polygons = np.round(corners - (x0, y0)).astype(np.int32)
    solid = np.hstack([colours, np.full((len(colours), 1), 255.0)]).tolist()
    for polygon, colour in zip(polygons, solid, strict=True):
        cv2.fillConvexPoly(layer, polygon, colour)
    paint, mask = _image(cv2.cvtColor(layer, cv2.COLOR_BGRA2BGR)), _image(cv2.extractChannel(layer, 3))
    paint = _soften(paint, blur)
    # Blurring the outline rounds its corners; steepening it again makes the edge one pixel soft.
    mask = _soften(mask, edge)
    if edge > 0.8:
        mask = np.ascontiguousarray(_steeper(2.0 * edge)[mask])
    _blend(canvas[y0:y1, x0:x1], paint, mask)


def _painters(pixels: Array, depth: Array, faces: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the faces that look at the viewer, the farthest first; depth (v,) rises towards the viewer."""
    a, b, c = (pixels[faces[:, k]] for k in range(3))
    turned = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]) < 0
    shown = np.flatnonzero(turned)
    near = depth[faces[shown, 0]] + depth[faces[shown, 1]] + depth[faces[shown, 2]]
    return shown[np.argsort(near)]


# --- background and body -------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _wall(size: tuple[int, int], colour: Colour) -> Image:
    """The background: lighter behind the head."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.exp(-(((x / width - 0.5) / 0.55) ** 2 + ((y / height - 0.4) / 0.7) ** 2))
    shade = (0.86 + 0.16 * glow)[..., None]
    # An ordered dither: a soft gradient in 8 bits would show rings.
    grid = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16
    dither = np.tile(grid, (height // 4 + 1, width // 4 + 1))[:height, :width, None]
    canvas = np.clip(np.array(colour) * shade + dither, 0, 255).astype(np.uint8)
    canvas.setflags(write=False)
    return _image(canvas)


@lru_cache(maxsize=8)
def _backdrop(size: tuple[int, int], look: Look, pivot: tuple[float, float, float], lift: float) -> Image:
    """Background, shoulders and clothes: nothing of it turns with the head, so it is kept."""
    canvas = _wall(size, look.background).copy()
    head = np.eye(4)
    head[:3, 3] = np.array(pivot) - PIVOT
    view = _View(size, head)
    # Half of the outline, from the neck out and down.
    half = np.array([(3.0, -14.4, -7.6), (6.2, -14.2 + 0.2 * lift, -7.6), (8.4, -15.2 + 0.6 * lift, -8.0),
                     (11.2, -16.1 + 0.9 * lift, -8.2), (14.6, -17.2 + lift, -8.5), (17.7, -19.4 + lift, -8.5),
                     (19.4, -23.8 + lift, -8.0),
                     (20.6, -32.0 + lift, -8.0), (21.2, -48.0, -8.0)])  # fmt: skip
    outline = view.body(np.concatenate([half[::-1] * (-1, 1, 1), half]))
    outline = curve(outline)
    soft = view.scale * 0.35
    fill(canvas, [_moved(outline, 0, view.scale * 0.4)], tone(look.background, 0.78), 0.45, view.scale * 1.6)
    box = _window(outline, size, 2)
    if box:
        x0, y0, x1, y1 = box
        mask = _mask([outline], box, 2)
        # Light from above and the left of the picture; the sides of the arms fall into shadow.
        near = _soften(mask, view.scale * 1.5)
        up = _soften(np.roll(mask, int(view.scale * 2), 0), view.scale * 2)
        light = cv2.addWeighted(near, 0.16, up, -0.10, 0.86 * 255)
        cloth = cv2.multiply(cv2.cvtColor(light, cv2.COLOR_GRAY2BGR), _scalar(look.clothes), scale=1 / 255)
        _blend(canvas[y0:y1, x0:x1], _image(cloth), mask)
    for side in (-1, 1):
        sleeve = np.array([(15.2, -25.0 + lift, -5.0), (14.6, -31.0, -5.0), (14.4, -48.0, -5.0)]) * (side, 1, 1)
        stroke(canvas, curve(view.body(sleeve)), np.full(11, view.scale * 0.5), tone(look.clothes, 0.72), 0.5, soft)
    canvas.setflags(write=False)
    return _image(canvas)


#: Front of the collar, half, from the side of the neck to the middle.
_COLLAR = np.array([(6.1, -14.4, -7.6), (5.8, -15.5, -5.0), (4.2, -17.0, -1.6), (0.0, -18.0, 0.4)])


def _neck(canvas: Image, view: _View, flat: Array, look: Look) -> None:
    """From under the jaw to the collar; its upper end goes with the head, its lower end stays."""
    upper = np.array([(5.6, -1.0, -5.0), (5.3, -5.2, -4.6)])
    left, right = view.pixels(upper), view.pixels(upper * (-1, 1, 1))
    collar_left, collar_right = view.body(_COLLAR), view.body(_COLLAR * (-1, 1, 1))
    base = view.body(np.array([(5.2, -10.4, -6.6), (-5.2, -10.4, -6.6)]))
    collar = curve(np.concatenate([collar_left, collar_right[-2::-1]]))
    sides = [curve(np.concatenate([left, base[:1], collar_left[:1]])),
             curve(np.concatenate([right, base[1:], collar_right[:1]]))]  # fmt: skip
    outline = np.concatenate([sides[0], collar, sides[1][::-1]])
    scale = view.scale
    box = _window(outline, view.size, 2)
    if box is None:
        return
    x0, y0, x1, y1 = box
    mask = _mask([outline], box, 2)
    paint = np.full((y1 - y0, x1 - x0, 3), tone(look.skin, 0.93, 0.01), np.uint8)
    # The side away from the light, and the shadow of the jaw.
    edge = sides[0] - (x0, y0)
    away = np.concatenate([_moved(edge, -1.2 * scale), _moved(edge[::-1], 9 * scale)])
    fill(paint, [away], tone(look.skin, 0.68, 0.04), 0.75, scale * 0.9)
    edge = sides[1] - (x0, y0)
    away = np.concatenate([_moved(edge, 0.3 * scale), _moved(edge[::-1], -9 * scale)])
    fill(paint, [away], tone(look.skin, 0.74, 0.04), 0.6, scale * 0.6)
    jaw = _moved(curve(flat[list(OVAL[8:29])]), 0.3 * scale - x0, 1.7 * scale - y0)
    fill(paint, [jaw], tone(look.skin, 0.58, 0.06), 0.8, scale * 0.55)
    for side in (-1, 1):  # collar bones' muscle towards the pit of the throat
        cord = view.body(np.array([(5.0, -9.5, -4.0), (3.6, -13.5, -2.0), (1.4, -17.2, 0.0)]) * (side, 1, 1))
        stroke(paint, curve(cord) - (x0, y0), np.full(11, 0.45 * scale), tone(look.skin, 0.8), 0.35, 0.3 * scale)
    stroke(paint, collar - (x0, y0), np.full(len(collar), scale * 1.2), tone(look.skin, 0.6, 0.05), 0.5, scale * 0.2)
    _blend(canvas[y0:y1, x0:x1], paint, mask)
    ends = np.interp(np.linspace(0, 1, len(collar)), [0, 0.12, 0.88, 1], [0.3, 1, 1, 0.3])
    stroke(canvas, collar, ends * scale * 0.9, tone(look.clothes, 0.86))
    stroke(canvas, _moved(collar, 0, 0.45 * scale), ends * scale * 0.1, tone(look.clothes, 0.66), 0.7)


# --- ears ----------------------------------------------------------------------------------------------------

#: Outline of an ear on the subject's left, canonical cm: root at the front, rim standing off the head.
_EAR = np.array([(7.5, 2.4, -2.7), (8.0, 3.3, -3.4), (8.75, 3.4, -4.5), (9.1, 2.4, -5.1), (9.0, 0.9, -5.0),
                 (8.7, -0.5, -4.5), (8.4, -1.5, -3.9), (8.0, -1.95, -3.3), (7.6, -1.6, -2.8),
                 (7.4, -0.6, -2.5)])  # fmt: skip


def _ears_order(view: _View) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """Each side (+1 the subject's left) and whether its ear lies before the hair."""
    outward = view.turn @ np.array([1.0, 0.0, 0.35])
    inward = view.turn @ np.array([-1.0, 0.0, 0.35])
    return (1, bool(outward[2] > 0.05)), (-1, bool(inward[2] > 0.05))


def _ear(canvas: Image, view: _View, side: int, look: Look) -> None:
    outline = view.pixels(_EAR * (side, 1, 1))
    lit = 0.9 if side < 0 else 0.8
    fill(canvas, [curve(outline, closed=True)], tone(look.skin, lit, 0.03))
    middle = outline.mean(axis=0)
    hollow = curve(middle + (outline[1:7] - middle) * 0.62)
    fill(canvas, [hollow], tone(look.skin, lit * 0.78, 0.06), 0.8, view.scale * 0.16)
    rim = curve(middle + (outline[1:6] - middle) * 0.86)
    stroke(canvas, rim, np.full(len(rim), view.scale * 0.18), tone(look.skin, lit * 1.08), 0.6, 1.0)


# --- skin ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """The surface that is shaded: the mesh without its openings, a skirt behind its outline, finer triangles.

    finer    (m, 550) sparse: rows that make the finer vertices
    faces    (f, 3) triangles of the finer vertices
    coarse   (g, 3) triangles of the mesh and its skirt, for the normals
    gather   (550, g) sparse: which triangles meet at a vertex
    albedo   (f, 3) factors of the skin's colour, BGR
    """

    finer: "csr_matrix"
    faces: npt.NDArray[np.intp]
    coarse: npt.NDArray[np.intp]
    gather: "csr_matrix"
    albedo: Array


def _with_skirt(points: Array) -> Array:
    """Return (550, 3): the 478 points and the two rings of the skirt, behind the outline of the face."""
    ring = points[list(OVAL)]
    below = np.clip((-ring[:, 1:2] - 1.0) / 8.0, 0.0, 1.0)  # 1 at the chin: there the skirt runs to the throat
    x = ring[:, :1]
    first = ring + np.concatenate([-(0.01 + 0.10 * below) * x, 0.3 * below, -1.3 - 0.6 * below], axis=1)
    second = ring + np.concatenate([-(0.06 + 0.25 * below) * x, 1.6 * below, -3.0 - 3.0 * below], axis=1)
    return np.concatenate([points, first, second])


@lru_cache(maxsize=2)
def _model(mesh: Mesh) -> _Model:
    from scipy.sparse import csr_matrix  # late: the window is there before any face is drawn

    n = 478
    ring = np.array(OVAL)
    inner, outer = n + np.arange(36), n + 36 + np.arange(36)
    skirt = []
    for a, b in ((ring, inner), (inner, outer)):
        a1, b1 = np.roll(a, -1), np.roll(b, -1)
        # The ring runs clockwise in the picture (towards the subject's left first).
        skirt += [np.stack([a, b, a1], 1), np.stack([a1, b, b1], 1)]
    coarse = np.concatenate([mesh.triangles[~mesh.openings], *skirt])
    rest = _with_skirt(np.concatenate([mesh.vertices, np.zeros((10, 3))]))
    corner = rest[coarse]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    outward = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    centre = corner.mean(axis=1) - (0, 0, -3)
    flipped = (outward * centre).sum(1) < 0
    tail = len(mesh.triangles[~mesh.openings])
    flipped[:tail] = False
    coarse[flipped] = coarse[flipped][:, ::-1]
    gather = csr_matrix(
        (np.ones(3 * len(coarse)), (coarse.ravel(), np.repeat(np.arange(len(coarse)), 3))), (len(rest), len(coarse))
    )
    # Split large triangles at the middles of their sides; small ones, around eyes and lips, are fine enough.
    rows: list[tuple[int, int]] = [(i, i) for i in range(len(rest))]
    middle: dict[tuple[int, int], int] = {}
    faces: list[tuple[int, int, int]] = []

    def halfway(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in middle:
            middle[key] = len(rows)
            rows.append(key)
        return middle[key]

    for (a, b, c), size in zip(coarse.tolist(), area, strict=True):
        if size < 0.4:
            faces.append((a, b, c))
        else:
            ab, bc, ca = halfway(a, b), halfway(b, c), halfway(c, a)
            faces += [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    pairs = np.array(rows)
    at = np.repeat(np.arange(len(pairs)), 2)
    finer = csr_matrix((np.full(2 * len(pairs), 0.5), (at, pairs.ravel())), (len(pairs), len(rest)))
    triangles = np.array(faces)
    albedo = _albedo(rest, finer @ rest)[triangles].mean(axis=1)
    return _Model(finer, triangles, coarse, gather, albedo)


def _albedo(rest: Array, vertices: Array) -> Array:
    """Return (m, 3) BGR factors: rosy cheeks and nose, shade in the sockets, under the nose and the lower lip."""

    def near(landmark: int, radius: float, offset: tuple[float, float, float] = (0, 0, 0)) -> Array:
        out: Array = np.exp(-(((vertices - rest[landmark] - offset) / radius) ** 2).sum(axis=1))
        return out

    factor = np.ones((len(vertices), 3))
    rosy = sum(near(i, r) for i, r in ((50, 2.0), (280, 2.0), (205, 1.6), (425, 1.6))) * 0.8 + near(4, 1.3) * 0.9
    factor *= 1 + np.clip(rosy, 0, 1)[:, None] * (-0.075, -0.06, 0.01)
    shade = 0.16 * sum(near(i, 0.75) for i in (133, 362, 190, 414, 56, 286)) / 1.5
    shade = shade + 0.14 * (near(27, 1.0) + near(257, 1.0))
    shade = shade + 0.12 * (near(98, 0.6) + near(327, 0.6) + near(2, 0.7)) + 0.14 * near(18, 0.9, (0, 0.2, 0))
    shade = shade + 0.05 * (near(145, 0.8, (0, -0.3, 0)) + near(374, 0.8, (0, -0.3, 0)))
    factor *= 1 - np.clip(shade, 0, 0.3)[:, None] * (1.1, 1.0, 0.8)
    return factor


def _skin(canvas: Image, view: _View, model: _Model, seen: Array, flat: Array, look: Look) -> None:
    corner = seen[model.coarse]
    normals = model.gather @ np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    fine = model.finer @ np.concatenate([seen, normals, flat], axis=1)
    normal = fine[:, 3:6] / np.maximum(np.linalg.norm(fine[:, 3:6], axis=1, keepdims=True), 1e-9)
    order = _painters(fine[:, 6:], fine[:, 2], model.faces)
    first, second, third = model.faces[order].T
    facing = (normal[first] + normal[second] + normal[third]) / 3
    shine = np.clip(facing @ _HALFWAY, 0, 1) ** 24
    light = 0.35 + 0.49 * (facing @ _LIGHT) + 0.10 * facing[:, 2]
    colours = np.clip(_shade(look.skin, light) * model.albedo[order] + 20 * shine[:, None], 0, 255)
    pixels = fine[:, 6:][model.faces[order]]
    _surface(canvas, pixels, colours, tone(look.skin, 0.82, 0.03), view.scale * 0.24, view.scale * 0.22)


# --- features ------------------------------------------------------------------------------------------------


def _nose(canvas: Image, view: _View, flat: Array, look: Look) -> None:
    dark, scale = tone(look.skin, 0.5, 0.12), view.scale
    for wing in ((64, 98, 97, 2), (294, 327, 326, 2)):
        a, b, c, d = flat[list(wing)]
        hole = 0.5 * b + 0.35 * c + 0.15 * d + np.array([0, 0.02 * scale])
        along = (c - a) * 0.26
        up = np.array([along[1], -along[0]]) * 0.45 * np.sign(along[0] or 1)
        ring = hole + np.array([-along, up - 0.2 * along, along + 0.4 * up, -0.5 * up])
        fill(canvas, [curve(ring, closed=True)], dark, 0.75, scale * 0.08)
    for wing in ((129, 102, 64, 98), (358, 331, 294, 327)):
        line = curve(flat[list(wing)])
        stroke(canvas, line, np.linspace(0.05, 0.16, len(line)) * scale, dark, 0.34, scale * 0.09)
    base = curve(flat[[98, 97, 2, 326, 327]])
    stroke(canvas, base, np.full(len(base), 0.12 * scale), dark, 0.3, scale * 0.1)


def _mouth(canvas: Image, view: _View, full: Array, flat: Array, look: Look) -> None:
    scale = view.scale
    upper_in, lower_in = curve(flat[list(LIPS_INNER_UPPER)]), curve(flat[list(LIPS_INNER_LOWER)])
    upper_out, lower_out = curve(flat[list(LIPS_OUTER_UPPER)]), curve(flat[list(LIPS_OUTER_LOWER)])
    opening = np.concatenate([upper_in, lower_in[::-1]])
    gap = np.linalg.norm(flat[13] - flat[14]) / scale
    if gap > 0.08:
        _inside(canvas, view, full, opening, look)
    soft = max(0.4, scale * 0.045)
    fill(canvas, [np.concatenate([upper_out, upper_in[::-1]])], tone(look.lips, 0.9), 0.92, soft)
    fill(canvas, [np.concatenate([lower_out, lower_in[::-1]])], look.lips, 0.92, soft)
    # Light on the fullness of the lower lip.
    glow = 0.5 * flat[[88, 178, 87, 14, 317, 402, 318]] + 0.5 * flat[[91, 181, 84, 17, 314, 405, 321]]
    stroke(canvas, curve(glow), np.interp(np.linspace(0, 1, 31), [0, 0.5, 1], [0.05, 0.42, 0.05]) * scale,
            tone(look.lips, 1.28), 0.5, scale * 0.12)  # fmt: skip
    line = (upper_in + lower_in) / 2 if gap < 0.15 else upper_in
    taper = np.interp(np.linspace(0, 1, len(line)), [0, 0.12, 0.5, 0.88, 1], [0.02, 0.10, 0.09, 0.10, 0.02])
    stroke(canvas, line, taper * scale, tone(look.lips, 0.45), 0.85, soft * 0.7)
    for corner in (flat[61], flat[291]):
        fill(canvas, [corner + scale * 0.13 * _CIRCLE], tone(look.skin, 0.55, 0.1), 0.4, scale * 0.09)


_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 24, False)), np.sin(np.linspace(0, 2 * np.pi, 24, False))], 1)
#: Edge of the upper teeth, from the subject's right to the left; they sit on the head, the lower ones on the jaw.
_TEETH = np.array([(-2.3, -4.75, 2.6), (-1.7, -4.86, 3.7), (-0.9, -4.95, 4.4), (0.0, -4.97, 4.6),
                   (0.9, -4.95, 4.4), (1.7, -4.86, 3.7), (2.3, -4.75, 2.6)])  # fmt: skip

_TONGUE = np.array([(-1.5, -5.4, 3.2), (-1.0, -4.9, 3.8), (0.0, -4.75, 4.2), (1.0, -4.9, 3.8), (1.5, -5.4, 3.2),
                    (0.0, -6.5, 4.0)])  # fmt: skip


def _inside(canvas: Image, view: _View, full: Array, opening: Array, look: Look) -> None:
    """The open mouth: dark, with teeth and a tongue where there is room for them."""
    scale = view.scale
    box = _window(opening, view.size, 2)
    if box is None:
        return
    x0, y0, x1, y1 = box
    mask = _mask([opening], box)
    paint = np.full((y1 - y0, x1 - x0, 3), (38, 26, 66), np.uint8)
    # The jaw's own drop, seen at the lower lip, carries the lower teeth and the tongue.
    drop = full[[15, 16, 17]].mean(axis=0) - (0.0, -4.9, 5.4)
    tongue = curve(view.pixels(_TONGUE + 0.95 * drop), closed=True) - (x0, y0)
    fill(paint, [tongue], (96, 92, 190), 0.9, scale * 0.12)
    low = view.pixels((_TEETH * (0.9, 0, 0.95) + (0, -4.95, 0)) + drop)
    rows = curve(np.concatenate([low, _moved(low[::-1], 0, 2.0 * scale)]), closed=True)
    fill(paint, [rows - (x0, y0)], (206, 220, 226), 0.9, scale * 0.04)
    top = view.pixels(_TEETH)
    edge = curve(np.concatenate([top, _moved(top[::-1], 0, -2.0 * scale)]), closed=True)
    fill(paint, [edge - (x0, y0)], (228, 238, 242), 1.0, scale * 0.04)
    # The upper lip throws its shadow on what is inside.
    rim = _soften(mask, scale * 0.22)
    shaded = np.roll(rim, max(1, int(scale * 0.18)), axis=0)
    shaded = np.maximum(shaded, 190)
    paint = _image(cv2.multiply(paint, cv2.cvtColor(shaded, cv2.COLOR_GRAY2BGR), scale=1 / 255))
    _blend(canvas[y0:y1, x0:x1], paint, mask)


def _eye(canvas: Image, view: _View, flat: Array, look: Look, which: int) -> None:
    ring, iris, fold, brow_top, brow_low = _EYES[which]
    scale = view.scale
    upper = curve(flat[list(ring[:9])])
    lower = curve(flat[[*ring[8:], ring[0]]])
    outline = np.concatenate([upper, lower[1:]])
    wide = np.linalg.norm(flat[ring[4]] - flat[ring[12]]) / scale
    box = _window(outline, view.size, 2)
    if box is not None and wide > 0.1:
        x0, y0, x1, y1 = box
        mask = _mask([outline], box)
        paint = np.full((y1 - y0, x1 - x0, 3), (232, 236, 238), np.uint8)
        centre = flat[iris] - (x0, y0)
        radius = IRIS_CM * scale
        across = np.array([max(0.72, abs(float(view.turn[2, 2]))), 1.0])
        fill(paint, [centre + radius * 1.02 * across * _CIRCLE], tone(look.iris, 0.55), 1.0, 0.6)
        fill(paint, [centre + radius * 0.86 * across * _CIRCLE], look.iris, 1.0, scale * 0.05)
        glow = _moved(centre, 0, radius * 0.32)
        fill(paint, [glow + radius * 0.5 * across * _CIRCLE], tone(look.iris, 1.35), 0.6, scale * 0.08)
        fill(paint, [centre + radius * 0.44 * across * _CIRCLE], (18, 16, 16), 1.0, 0.5)
        # The lid shades the ball under it; the corners are rosy.
        stroke(paint, upper - (x0, y0), np.full(len(upper), scale * 0.3), tone(look.skin, 0.42), 0.5, scale * 0.08)
        for corner in (ring[0], ring[8]):
            fill(paint, [flat[corner] - (x0, y0) + scale * 0.16 * _CIRCLE], (150, 160, 206), 0.7, scale * 0.08)
        spark = _moved(centre, -0.30 * radius, -0.34 * radius)
        fill(paint, [spark + radius * 0.2 * _CIRCLE], (255, 255, 255), 0.95, 0.5)
        _blend(canvas[y0:y1, x0:x1], paint, mask)
    t = np.linspace(0, 1, len(upper))
    lash = tone(look.hair, 0.5)
    stroke(canvas, upper, np.interp(t, [0, 0.3, 0.8, 1], [0.10, 0.17, 0.11, 0.03]) * scale, lash, 0.95, 0.5)
    stroke(canvas, lower, np.full(len(lower), 0.06 * scale), tone(look.skin, 0.5, 0.1), 0.55, 0.6)
    crease = curve(0.45 * flat[list(fold)] + 0.55 * flat[list(ring[1:8])])
    stroke(canvas, crease, np.full(len(crease), 0.09 * scale), tone(look.skin, 0.55, 0.08), 0.5, scale * 0.05)
    # Brow: full at the inner end, a point at the tail.
    top, low = flat[list(brow_top)], flat[list(brow_low)]
    thin = np.array([0.68, 0.72, 0.66, 0.54, 0.2])[:, None]
    low = top + (low - top) * thin
    shape = curve(np.concatenate([top, low[::-1]]), closed=True)
    fill(canvas, [shape], tone(look.hair, 0.85), 0.88, scale * 0.085)


# From the wing of the nose round the corner of the mouth: between pairs of landmarks.
_FOLD_RIGHT, _FOLD_LEFT = ((129, 206, 216, 57), (203, 92, 186, 57)), ((358, 426, 436, 287), (423, 322, 410, 287))
_FOLD_SHARE = np.array([0.5, 0.75, 0.6, 1.0])[:, None]


def _creases(canvas: Image, view: _View, full: Array, flat: Array, look: Look) -> None:
    """Folds that come with an expression: between the brows, from nose to mouth corner."""
    dark, scale = tone(look.skin, 0.56, 0.1), view.scale
    frown = np.clip((3.6 - np.linalg.norm(full[107] - full[336])) / 1.3, 0, 1)
    if frown > 0.05:
        for line in ((9, 107, 55), (9, 336, 285)):
            a, b, c = flat[list(line)]
            top, foot = 0.62 * b + 0.38 * a, 0.75 * c + 0.25 * flat[8]
            widths = np.interp(np.linspace(0, 1, 8), [0, 0.5, 1], [0.02, 0.16, 0.02]) * scale
            stroke(canvas, np.linspace(top, foot, 8), widths, dark, 0.7 * float(frown), scale * 0.06)
    for fold, corner in ((_FOLD_RIGHT, 61), (_FOLD_LEFT, 291)):
        lift = np.clip((full[corner, 1] + 4.2) / 1.1, 0, 1) + np.clip((abs(full[corner, 0]) - 2.5) / 1.2, 0, 0.6)
        strength = 0.12 + 0.38 * min(1.0, float(lift))
        points = curve(flat[list(fold[0])] * _FOLD_SHARE + flat[list(fold[1])] * (1 - _FOLD_SHARE))
        stroke(canvas, points, np.interp(np.linspace(0, 1, len(points)), [0, 0.4, 1], [0.05, 0.2, 0.03]) * scale,
                dark, strength, scale * 0.14)  # fmt: skip


# --- hair ----------------------------------------------------------------------------------------------------

_CAP_CENTRE, _CAP_RADII = np.array([0.0, 3.4, -3.2]), np.array([8.55, 10.2, 9.6])
#: Height of the hairline, cm, over the angle from the front, degrees: forehead, sideburn, over the ear, nape.
_HAIRLINE = ((0, 20, 38, 52, 62, 70, 77, 84, 90, 104, 116, 135, 180),
             (7.9, 7.8, 7.1, 6.0, 4.6, 3.0, 1.0, 0.9, 3.2, 3.5, 0.6, -3.0, -4.0))  # fmt: skip
#: Where the strands come from: a parting on the subject's left, towards the front.
_PARTING = np.array([0.42, 0.82, 0.38]) / np.linalg.norm([0.42, 0.82, 0.38])


@lru_cache(maxsize=1)
def _cap() -> tuple[Array, Array, npt.NDArray[np.intp], Array, Array]:
    """Return vertices (v, 3), normals (v, 3), quads (q, 4), and for each quad its strand and place along it 0..1.

    Strands run from the parting over the head to the hairline.
    """
    columns, rows = 110, 10
    across = np.cross(_PARTING, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    ahead = np.cross(across, _PARTING)
    turn = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    out = np.cos(turn)[:, None] * ahead + np.sin(turn)[:, None] * across
    fall = np.linspace(0.02, 3.0, 400)
    rays = np.cos(fall)[:, None, None] * _PARTING + np.sin(fall)[:, None, None] * out
    points = _CAP_CENTRE + rays * _CAP_RADII
    angle = np.degrees(np.abs(np.arctan2(points[..., 0], points[..., 2] - _CAP_CENTRE[2])))
    side = points[..., 0]
    # The fringe sweeps a little higher towards the parting; locks break up the edge.
    line = np.interp(angle, *_HAIRLINE) + np.where(angle < 55, 0.30 * np.sin(side * 0.55 + 0.2), 0.0)
    line = line + 0.07 * np.sin(turn * 19) + 0.05 * np.sin(turn * 33 + 1)
    last = np.argmax(points[..., 1] < line, axis=0)
    s = np.linspace(0, 1, rows)[:, None]
    height = fall[last] * s + 0.02 * (1 - s)
    unit = np.cos(height)[..., None] * _PARTING + np.sin(height)[..., None] * out
    # Fuller above the temples than an ellipsoid, flat at the edge.
    swell = 1 + 0.06 * np.clip(4 * s * (1 - s), 0, 1)[..., None] * np.clip(unit[..., 1:2] + 0.2, 0, 1)
    vertices = (_CAP_CENTRE + unit * _CAP_RADII * swell).reshape(-1, 3)
    normals = (unit / _CAP_RADII).reshape(-1, 3)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    k = (j + 1) % columns
    below = columns * (i + 1)
    quads = np.stack([columns * i + j, below + j, below + k, columns * i + k], axis=-1).reshape(-1, 4)
    strand = 0.5 * np.sin(j * 2.1) + 0.35 * np.sin(j * 0.83 + 1) + 0.3 * np.sin(j * 5.3 + 0.4 * i)
    return vertices, normals, quads, strand.ravel(), ((i + 0.5) / (rows - 1)).ravel()


def _hair_behind(canvas: Image, view: _View, look: Look) -> None:
    """The far side of the hair, seen past the temples."""
    pixels = view.pixels(_cap()[0]).astype(np.float32)
    hull = cv2.convexHull(pixels)[:, 0]
    middle = hull.mean(axis=0)
    fill(canvas, [middle + (hull - middle) * 0.985], tone(look.hair, 0.6), 1.0, 1.0)


def _hair(canvas: Image, view: _View, look: Look) -> None:
    vertices, normals, quads, strand, along = _cap()
    seen = view.camera(vertices)
    pixels = view.project(seen)
    order = _painters(pixels, seen[:, 2], quads)
    facing = (normals @ view.turn.T)[quads[order]].mean(axis=1)
    # Hair shines in a band across the strands, and is darker at the roots and the edge.
    band = np.exp(-((((facing @ _HALFWAY) - 0.80) / 0.13) ** 2))
    light = 0.60 + 0.40 * (facing @ _LIGHT) + 0.16 * strand[order] * (0.6 + band) + 0.25 * band
    light *= 1 - 0.22 * along[order] ** 4 - 0.15 * (along[order] < 0.1)
    colours = np.clip(np.array(look.hair) * light[:, None] + 10 * band[:, None], 0, 255)
    _surface(canvas, pixels[quads[order]], colours, tone(look.hair, 0.75), view.scale * 0.13, view.scale * 0.2)


# --- a mark on a region --------------------------------------------------------------------------------------

#: Landmarks of what is marked: a ring is drawn around each group, along the jaw and the neck a line.
_REGIONS: dict[Region, tuple[tuple[int, ...], ...]] = {
    "mouth": ((61, 40, 37, 0, 267, 270, 291, 321, 17, 91),),
    "brows": (tuple(_EYES[0][3] + _EYES[0][4]), tuple(_EYES[1][3] + _EYES[1][4])),
    "eyes": (EYE_RIGHT, EYE_LEFT),
    "nose": ((195, 129, 358, 2, 98, 327),),
    "cheeks": ((50, 205, 207, 187, 123), (280, 425, 427, 411, 352)),
    "jaw": ((58, 172, 136, 150, 149, 176, 152, 400, 378, 379, 365, 397, 288),),
    "neck": (),
}
#: Sky blue, thin, and this far (cm) from what it marks: the movement itself is to be seen as it is.
_MARK: Colour = (233, 180, 86)
_MARK_CM, _MARK_AWAY_CM = 0.13, 0.55
_THROAT = np.array([(6.6, -8.4, -5.0), (6.3, -10.4, -5.6), (6.6, -12.4, -6.0)])


def _mark(canvas: Image, view: _View, flat: Array, region: Region) -> None:
    away = _MARK_AWAY_CM * view.scale
    if region == "neck":
        lines = [curve(view.body(_THROAT * (side, 1, 1))) for side in (-1, 1)]
    elif region == "jaw":
        jaw = flat[list(_REGIONS[region][0])]
        out = jaw - flat[1]
        lines = [curve(jaw + out * (away / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)))]
    else:
        lines = [_ring(flat[list(group)], view, away) for group in _REGIONS[region]]
    for line in lines:
        stroke(canvas, line, np.full(len(line), _MARK_CM * view.scale), _MARK, 0.9, 0.04 * view.scale)


def _ring(points: Array, view: _View, away: float) -> Array:
    """A rounded ring around points (n, 2), upright on the head, closed."""
    across = view.pixels(np.array([(0.0, 0.0, 4.0), (1.0, 0.0, 4.0)]))
    right = across[1] - across[0]
    right /= max(float(np.linalg.norm(right)), 1e-6)
    axes = np.stack([right, (-right[1], right[0])])
    placed = points @ axes.T
    low, high = placed.min(axis=0), placed.max(axis=0)
    rounded = np.sign(_CIRCLE) * np.abs(_CIRCLE) ** 0.75
    ring = (low + high) / 2 + rounded * ((high - low) / 2 + away)
    line = curve(ring @ axes, closed=True)
    return np.concatenate([line, line[:1]])
