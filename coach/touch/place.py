"""Where the hands are to be, and where they are: on a flat map of the face that moves with the head.

A hand before the face bends the mesh, and nothing in the tracker's output says so. Points and paths are therefore
learnt while the face is clear, and carried with five points on bone while it is covered.

Places are complex numbers: x + iy in OC, x towards the subject's left, y down, the origin at the bridge of the nose.
Turning, scaling and moving a flat figure is then one multiplication and one addition.
"""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from coach.form.exercise import Touch
from coach.frame import Array, Side

Plane = npt.NDArray[np.complex128]
#: Landmarks: pixels (n, 2 or 3) or places (n,).
Points = TypeVar("Points", Array, Plane)
#: One side, or None for a point on the midline.
Where = Side | None

#: Bridge of the nose (two), top of the forehead, outer eye corners: they stay when the face moves.
RIGID = (168, 6, 10, 33, 263)
_NOSE, _EYE_RIGHT, _EYE_LEFT = 168, 33, 263
#: A hand within this ellipse (centre; half width and half height, OC) covers the face.
_COVERS_AT, _COVERS = 0.35j, (1.05, 1.4)
#: Seconds over which the map follows a clear face, and over which the places of the head are remembered for hands that
#: were looked for in an earlier picture.
_FOLLOW_S, _REMEMBER_S = 0.5, 1.0
#: Millimetres of one OC on the tracker's canonical face.
MM_PER_OC = 88.9
#: Landmarks of a hand.
WRIST, PALM = 0, 9
FINGERTIPS = {"thumb": 4, "index": 8, "middle": 12, "ring": 16, "palm": 9, "edge": 17}
#: The fingertip that people take instead; and it is followed where it is nearer by this (OC).
_INSTEAD = {"thumb": 8, "index": 12, "middle": 8, "ring": 12, "palm": 12, "edge": 20}
_NEARER = 0.12
#: Two hands whose wrists and palms are nearer to each other than this (OC) are one, seen twice.
_TWICE = 0.25


@dataclass(frozen=True, slots=True)
class Fit:
    """How the map lies in the picture at one time: pixels = scale * place + shift."""

    time: float
    scale: complex
    shift: complex

    def pixels(self, places: Plane) -> list[tuple[float, float]]:
        """(n,) places to pixels (x, y)."""
        at = self.scale * places + self.shift
        return list(zip(at.real.tolist(), at.imag.tolist(), strict=True))

    def places(self, pixels: Array) -> Plane:
        """(..., 2 or more) pixels to places."""
        return np.asarray((pixels[..., 0] + 1j * pixels[..., 1].astype(np.float64) - self.shift) / self.scale)


class FaceMap:
    """Learns where the landmarks lie on the flat face."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Learn it anew."""
        self._shape: Plane | None = None
        self._fits: deque[Fit] = deque()
        self._clear = False
        #: whether a hand covers the face now
        self.covered = False
        self._time: float | None = None

    @property
    def places(self) -> Plane:
        """(478,) places of the landmarks. Raises ValueError before a face was seen."""
        if self._shape is None:
            raise ValueError("no face was seen yet")
        return self._shape

    @property
    def fit(self) -> Fit:
        """How the map lay as the face was seen last. Raises ValueError before a face was seen."""
        if not self._fits:
            raise ValueError("no face was seen yet")
        return self._fits[-1]

    def step(self, time: float, landmarks: Array, hands: Array | None) -> Fit:
        """Take one frame: landmarks (478, 3) and hands (n, 21, 3) in pixels."""
        points = landmarks[:, :2].astype(np.float64)
        now = points[:, 0] + 1j * points[:, 1]
        if self._shape is None:
            nose, right, left = now[[_NOSE, _EYE_RIGHT, _EYE_LEFT]]
            self._shape = (now - nose) / (left - right)
        fit = self._fit(time, now)
        passed = 0.0 if self._time is None else min(time - self._time, _FOLLOW_S)
        self._time = time
        self.covered = self._covers(fit, hands)
        if not self.covered or not self._clear:
            # Until it was clear once, the best there is is what is seen.
            self._clear = not self.covered
            blend = 1.0 - math.exp(-passed / _FOLLOW_S)
            self._shape = self._shape + blend * ((now - fit.shift) / fit.scale - self._shape)
        self._fits.append(fit)
        while self._fits[0].time < time - _REMEMBER_S:
            self._fits.popleft()
        return fit

    def at(self, time: float) -> Fit | None:
        """How the map lay at a time of late; None before the first face, and longer ago."""
        fit = min(self._fits, key=lambda one: abs(one.time - time), default=None)
        return fit if fit is not None and abs(fit.time - time) <= _REMEMBER_S / 4 else None

    def _fit(self, time: float, now: Plane) -> Fit:
        """The best turn, size and shift for the points on bone (least squares)."""
        assert self._shape is not None
        bone, seen = self._shape[[*RIGID]], now[[*RIGID]]
        apart, moved = bone - bone.mean(), seen - seen.mean()
        scale = complex(np.vdot(apart, moved) / np.vdot(apart, apart).real)
        return Fit(time, scale, complex(seen.mean() - scale * bone.mean()))

    @staticmethod
    def _covers(fit: Fit, hands: Array | None) -> bool:
        if hands is None or not len(hands):
            return False
        away = fit.places(hands) - _COVERS_AT
        return bool(((away.real / _COVERS[0]) ** 2 + (away.imag / _COVERS[1]) ** 2 < 1.0).any())


def spot(point: Sequence[tuple[int, float]], landmarks: Points) -> Points:
    """Where a point of an exercise's file lies: the mean of its landmarks by their weights."""
    return np.asarray(np.array([weight for _, weight in point]) @ landmarks[[index for index, _ in point]])


def targets(touch: Touch, landmarks: Points) -> dict[Where, Points]:
    """Where on the face fingertips are to be: one point (1, ...), or the waypoints of a stroke (n, ...) in their order.

    landmarks: (478, ...) of a face. Of what does not lie on the face there is none.
    """
    found: dict[Where, Points] = {}
    sides: tuple[tuple[Where, list[tuple[int, float]], list[int]], ...] = (
        ("left", touch.left, touch.left_path), ("right", touch.right, touch.right_path), (None, touch.middle, []),
    )  # fmt: skip
    for where, point, path in sides if touch.on == "face" else ():
        if path:
            found[where] = landmarks[path]
        elif point:
            found[where] = spot(point, landmarks)[None]
    return found


class Fingertips:
    """Which fingertip of each hand is followed. Which finger touches is the person's choice: the one asked for, or the
    one that people take instead where that is clearly nearer."""

    def __init__(self, finger: str) -> None:
        self._asked, self._instead = FINGERTIPS[finger], _INSTEAD[finger]
        self._chosen: dict[Side, int] = {}

    def choose(self, side: Side, hand: Plane, away: Callable[[complex], float]) -> None:
        """Choose anew for one hand, landmarks (21,). away: how far (OC) a place is from where the tip is to be."""
        nearer = away(complex(hand[self._instead])) < away(complex(hand[self._asked])) - _NEARER
        self._chosen[side] = self._instead if nearer else self._asked

    def of(self, side: Side, hand: Plane) -> complex:
        """Where the fingertip of a hand is that was chosen."""
        return complex(hand[self._chosen[side]])


def mm(oc: float) -> int:
    """A length on the face in millimetres, if it is as large as the tracker's canonical one."""
    return round(oc * MM_PER_OC)


def by_side(hands: Plane) -> dict[Side, Plane]:
    """Tell left hand from right by where the wrists are. hands: (n, 21) places; result: (21,) of each that is there.

    The tracker's own word for a hand's side is not used: of a hand at the face it sees a few fingers only.
    """
    apart = [hand for i, hand in enumerate(hands) if not any(_same(hand, other) for other in hands[:i])]
    apart.sort(key=lambda hand: float(hand[WRIST].real))
    if len(apart) >= 2:
        return {"right": apart[0], "left": apart[-1]}
    return {("left" if hand[WRIST].real > 0 else "right"): hand for hand in apart}


def _same(hand: Plane, other: Plane) -> bool:
    return bool(abs(hand[[WRIST, PALM]] - other[[WRIST, PALM]]).max() < _TWICE)
