"""Where the hands are to be, and where they are: on a flat map of the face that moves with the head.

A hand before the face bends the mesh, and nothing in the tracker's output says so. Points and paths are therefore
learnt while the face is clear, and carried with five points on bone while it is covered.

Places are complex numbers: x + iy in OC, x towards the subject's left, y down, the origin at the bridge of the nose.
Turning, scaling and moving a flat figure is then one multiplication and one addition.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coach.frame import Array, Side

Plane = npt.NDArray[np.complex128]

#: Bridge of the nose (two), top of the forehead, outer eye corners: they stay when the face moves.
RIGID = (168, 6, 10, 33, 263)
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
    """Learns where some landmarks lie on the flat face."""

    def __init__(self, landmarks: Sequence[int]) -> None:
        """landmarks: numbers of those that are wanted, besides RIGID."""
        self._picked = np.array([*RIGID, *landmarks])
        self.forget()

    def forget(self) -> None:
        """Learn it anew."""
        self._shape: Plane | None = None  # places of RIGID and of the landmarks
        self._fits: deque[Fit] = deque()
        self._clear = False
        #: whether a hand covers the face now
        self.covered = False
        self._time: float | None = None

    @property
    def places(self) -> Plane:
        """(n,) places of the landmarks asked for. Raises ValueError before a face was seen."""
        if self._shape is None:
            raise ValueError("no face was seen yet")
        return self._shape[len(RIGID) :]

    def step(self, time: float, landmarks: Array, hands: Array | None) -> Fit:
        """Take one frame: landmarks (478, 3) and hands (n, 21, 3) in pixels."""
        points = landmarks[self._picked, :2].astype(np.float64)
        now = points[:, 0] + 1j * points[:, 1]
        if self._shape is None:
            right, left = now[3], now[4]
            self._shape = (now - now[0]) / (left - right)
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
        bone, seen = self._shape[: len(RIGID)], now[: len(RIGID)]
        apart, moved = bone - bone.mean(), seen - seen.mean()
        scale = complex(np.vdot(apart, moved) / np.vdot(apart, apart).real)
        return Fit(time, scale, complex(seen.mean() - scale * bone.mean()))

    @staticmethod
    def _covers(fit: Fit, hands: Array | None) -> bool:
        if hands is None or not len(hands):
            return False
        away = fit.places(hands) - _COVERS_AT
        return bool(((away.real / _COVERS[0]) ** 2 + (away.imag / _COVERS[1]) ** 2 < 1.0).any())


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
