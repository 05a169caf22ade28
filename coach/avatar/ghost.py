"""The goal drawn on the person's own face: where the points of the face would be at the peak of the exercise."""

import numpy as np

from coach.avatar.rig import Rig, shape
from coach.form.face import BONY, OC_PER_SPREAD, head_frame
from coach.frame import Array, Frame

#: Axes of the canonical face (y up, z to the viewer) to those of the head frame.
_AXES = np.array([1.0, -1.0, -1.0])
#: How much of each new resting face is taken over: a second of rest settles it.
_SETTLE = 0.1


class Ghost:
    """Knows the resting face and where it is to go."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        flat = rig.rest[list(BONY), :2]
        #: cm of the canonical face in an OC, by the same rule as for a seen one
        self._oc = float(np.sqrt(((flat - flat.mean(axis=0)) ** 2).sum())) * OC_PER_SPREAD
        self._rest: Array | None = None

    def rest(self, frame: Frame) -> None:
        """Take a frame in which the face is at rest."""
        if frame.landmarks is None or frame.head is None:
            return
        seen = head_frame(frame.landmarks.astype(np.float64), frame.head.astype(np.float64))
        self._rest = seen if self._rest is None else self._rest + _SETTLE * (seen - self._rest)

    def points(self, frame: Frame, controls: Array) -> Array | None:
        """Return (478, 3) pixels of the frame's image: the resting face moved as the controls (C,) of the rig say.

        None while no resting face, or now no face at all, is known.
        """
        if self._rest is None or frame.landmarks is None or frame.head is None:
            return None
        moved = (shape(self._rig, controls) - self._rig.rest) * _AXES / self._oc
        landmarks = frame.landmarks.astype(np.float64)
        bony = landmarks[list(BONY)]
        turn = frame.head[:3, :3].astype(np.float64) * np.outer(_AXES, _AXES)
        straight = (bony - bony.mean(axis=0)) @ turn
        unit = np.sqrt((straight[:, :2] ** 2).sum()) * OC_PER_SPREAD
        return np.asarray((self._rest + moved) * unit @ turn.T + bony[0])
