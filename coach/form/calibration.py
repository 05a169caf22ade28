"""The neutral face: what a person looks like at rest, learnt from a steady moment.

Faces at rest differ more than expressions do, so every judgement is made on the change from the person's own
neutral. It is the median of one steady second; a blink inside that second does not matter.
"""

import math
from collections import deque
from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from coach.form.measures import TABLE, columns
from coach.frame import Array


@dataclass(frozen=True, slots=True, eq=False)
class Neutral:
    """Median (M,) of each measure over the steady moment, and the time (s) at which it was complete."""

    values: Array
    time: float


#: A moment is steady while no watched measure moves more than this between its 20th and its 80th percentile (so a
#: blink of a quarter of a second passes). By unit: about ten times the tracker's noise on a still face (0.002 to
#: 0.0045 OC), and as much head movement as breathing and balance make.
STEADY = {"OC": 0.03, "deg": 5.0, "cm": 3.0, "ratio": 0.3, "shape": 0.3, "px": 9e9, "light": 9e9}

#: A steady face that shows one of these more than that is holding an expression, not resting. Resting faces were
#: seen with mouthPucker up to 0.5, so its bound lies near its saturation.
HELD = {
    "smile_left": 0.6,
    "smile_right": 0.6,
    "pucker": 0.85,
    "jaw_open": 0.4,
    "lip_gap": 0.1,
    "blink_left": 0.5,
    "blink_right": 0.5,
}

#: Neutral is learnt facing the camera, degrees each way: beyond that the tracker bends the face.
FACING_DEG = 25.0

_WIDTH = np.array([STEADY[row.unit] for row in TABLE])
_HELD_COLUMNS = columns(tuple(HELD))
_POSE_COLUMNS = columns(("yaw_deg", "pitch_deg", "roll_deg"))
_HELD_LIMIT = np.array(list(HELD.values()))


class NeutralLearner:
    """Watches measures go by and says when the last `seconds` were a steady neutral face.

    watch   columns that must be steady: what an exercise judges. Others may move (somebody who is still chewing can
            be ready for a brow raise)
    gates   columns that only refuse: they may move twice as much
    """

    __slots__ = ("_look", "_times", "_values", "_watch", "_width", "seconds")

    def __init__(self, watch: Set[int], gates: Set[int] = frozenset(), seconds: float = 1.0) -> None:
        self.seconds = seconds
        self._watch = sorted(watch | gates)
        self._width = _WIDTH[self._watch] * [1.0 if column in watch else 2.0 for column in self._watch]
        self._times: deque[float] = deque()
        self._values: deque[Array] = deque()
        self._look = -math.inf

    def reset(self) -> None:
        """Start over, as after the face was lost."""
        self._times.clear()
        self._values.clear()
        self._look = -math.inf

    def step(self, time: float, values: Array) -> Neutral | None:
        """Take the (M,) measures of one frame; return the neutral when the window is full, steady and at rest."""
        self._times.append(time)
        self._values.append(values)
        # Keep just enough to span the window: drop the oldest while what is left still spans it.
        while len(self._times) > 1 and time - self._times[1] >= self.seconds:
            self._times.popleft()
            self._values.popleft()
        if time - self._times[0] < self.seconds or len(self._times) < 5 or time < self._look:
            return None
        self._look = time + self.seconds / 10.0  # ten looks a window: each costs more than all the rest of a frame
        window = np.stack(self._values)
        low, high = np.percentile(window[:, self._watch], (20, 80), axis=0)
        if np.any(high - low > self._width):
            return None
        # The newer half: the tracker itself takes about half a second to settle on a face it has just found.
        median = np.median(window[len(window) // 2 :], axis=0)
        return Neutral(median, time) if looks_neutral(median) else None


def looks_neutral(values: Array, strict: bool = False) -> bool:
    """Whether (M,) measures can be a face at rest, turned to the camera. strict halves what an expression may show."""
    shows = bool(np.any(values[_HELD_COLUMNS] > _HELD_LIMIT * (0.5 if strict else 1.0)))
    return not shows and bool(np.all(np.abs(values[_POSE_COLUMNS]) <= FACING_DEG))
