"""A camera picture made ready for a screen: cut to a shape, scaled, mirrored, with lines drawn on it.

All in one go and into the caller's buffer, because this is the largest part of drawing a frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from coach.frame import Array, Image

#: Fractions of a pixel in which lines are drawn, as a power of two.
_SHIFT = 3
#: The face, from brows to chin, is to fill this part of the height; its middle lies at this part of it.
_FACE, _MIDDLE = 0.5, 0.52
#: A scale this near to 1 is taken as 1: pixels are then copied as they are, which is sharp, and five times faster.
_NEARLY = 1.4
#: Pixels of the camera are not drawn larger than this.
_LARGEST = 2.0


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a camera's picture: its corner and its size in pixels of that, and how much larger it is shown."""

    x: int
    y: int
    width: int
    height: int
    scale: float

    def holds(self, landmarks: Array) -> bool:
        """Whether a face (478, 3) lies within it."""
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        return bool((low >= (self.x, self.y)).all() and (high <= (self.x + self.width, self.y + self.height)).all())


def crop(image_size: tuple[int, int], size: tuple[int, int], landmarks: Array | None = None) -> Crop:
    """Choose the part of a picture that fills a place of that size, both (width, height).

    landmarks: (478, 3) a face to be seen large; None takes as much of the picture as can be shown.
    """
    (width, height), (w, h) = image_size, size
    scale = least = max(w / width, h / height)
    x, y = width / 2, height / 2
    if landmarks is not None:
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        wanted = _FACE * h / max(1.0, float(high[1] - low[1]))
        if 1 / _NEARLY <= wanted <= _NEARLY:
            wanted = 1.0
        scale = max(least, min(wanted, _LARGEST))
        x, y = (low + high) / 2
        y += (0.5 - _MIDDLE) * h / scale
    part_w, part_h = min(width, round(w / scale)), min(height, round(h / scale))
    left = min(max(0, round(float(x) - part_w / 2)), width - part_w)
    top = min(max(0, round(float(y) - part_h / 2)), height - part_h)
    return Crop(left, top, part_w, part_h, scale)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where pixels of a camera's picture land. size: (width, height) of the shown picture."""

    crop: Crop
    size: tuple[int, int]
    mirror: bool

    def __call__(self, points: Array) -> Array:
        """Return (..., 2) pixels of the shown picture for (..., 2 or 3) pixels of the camera's."""
        placed = (points[..., :2] - (self.crop.x, self.crop.y)) * self.crop.scale
        if self.mirror:
            placed[..., 0] = self.size[0] - 1 - placed[..., 0]
        return np.asarray(placed)


def show_picture(image: Image, into: Image, mirror: bool, part: Crop | None = None) -> Placement:
    """Fill `into` (h, w, 4) uint8, BGRX, with a part of an image (H, W, 3) BGR; None takes as much as can be shown."""
    h, w = into.shape[:2]
    part = part or crop((image.shape[1], image.shape[0]), (w, h))
    seen = image[part.y : part.y + part.height, part.x : part.x + part.width]
    if seen.shape[:2] != (h, w):
        seen = np.asarray(cv2.resize(seen, (w, h), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.cvtColor(seen, cv2.COLOR_BGR2BGRA, dst=into)
    if mirror:
        cv2.flip(into, 1, dst=into)  # in its place: four bytes a pixel are turned round faster than three
    return Placement(part, (w, h), mirror)


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Lines through points, given by their numbers.

    order  (n,) the points of all chains, one chain after the other
    parts  which of them each chain is
    """

    order: npt.NDArray[np.intp]
    parts: tuple[slice, ...]

    @classmethod
    def of(cls, chains: Sequence[npt.NDArray[np.intp]]) -> Self:
        ends = np.cumsum([0, *map(len, chains)]).tolist()
        order = np.concatenate([np.empty(0, np.intp), *chains])
        return cls(order, tuple(slice(a, b) for a, b in pairwise(ends)))


def draw_chains(
    into: Image,
    points: Array,
    chains: Chains,
    colour: tuple[int, int, int],
    thickness: int,
    smooth: bool = True,
) -> None:
    """Draw lines along chains of points (n, 2) pixels into (h, w, 4); colour RGB. smooth: with soft edges, which make
    the thinnest line two pixels wide."""
    placed = (points.take(chains.order, axis=0) * (1 << _SHIFT)).astype(np.int32)
    red, green, blue = colour
    lines = [placed[part] for part in chains.parts]
    kind = cv2.LINE_AA if smooth else cv2.LINE_8
    cv2.polylines(into, lines, False, (blue, green, red, 255), thickness, kind, _SHIFT)
