"""Lymph nodes: strokes glide past them, and nothing dwells there."""

from collections import deque

import numpy as np

from coach.frame import SIDES
from coach.touch.motion import COAST_S
from coach.touch.place import Plane, Where

#: Where they lie: landmarks before and below the ears, and so far (OC) further down under the jaw and the chin; and how
#: far round these (OC).
NODES = ((234, 0.0), (454, 0.0), (132, 0.0), (361, 0.0), (172, 0.12), (397, 0.12), (152, 0.15))
NODE = 0.12
#: A tip that has come no farther than this (OC) within so many seconds dwells where it is, circling or not.
_DWELLS, DWELLS_S = 0.08, 1.1

_AT = [index for index, _ in NODES]
_DOWN = 1j * np.array([down for _, down in NODES])


def nodes(face: Plane) -> Plane:
    """The places of the nodes on a face (478,)."""
    return np.asarray(face[_AT] + _DOWN)


class Dwelling:
    """Watches fingertips for those that stay where nodes lie. Call `step` with every look, in the order of time."""

    def __init__(self) -> None:
        self._trail: dict[Where, deque[tuple[float, complex]]] = {side: deque() for side in SIDES}
        self._dwelt: dict[Where, bool] = {}

    def step(self, time: float, tips: dict[Where, complex], face: Plane) -> bool:
        """Take a look; return whether a tip has begun to dwell with it. face: (478,) places."""
        began = False
        for side, tip in tips.items():
            stays = self._stays(time, side, tip, face)
            began |= stays and not self._dwelt.get(side, False)
            self._dwelt[side] = stays
        return began

    def _stays(self, time: float, side: Where, tip: complex, face: Plane) -> bool:
        trail = self._trail[side]
        if trail and time - trail[-1][0] > COAST_S:
            trail.clear()
        trail.append((time, tip))
        while len(trail) > 1 and trail[1][0] <= time - DWELLS_S:
            trail.popleft()
        if time - trail[0][0] < DWELLS_S or abs(trail[0][1] - tip) >= _DWELLS:
            return False
        way = np.array([z for _, z in trail])
        return bool((np.abs(way[:, None] - nodes(face)) < NODE).all(axis=0).any())
