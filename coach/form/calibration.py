"""What is a person's own: the face at rest, learnt from a steady moment, and the range of each movement.

Faces at rest differ more than expressions do, so every judgement is made on the change from the person's own resting
face (`rest` says how that is found while somebody exercises). The range is the better of two gentle trials of an
exercise; it is kept, and used again while the person's resting face still measures as it did.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from coach.form.exercise import Exercise, eased
from coach.form.measures import INDEX, ODD, TABLE, columns, mirrored
from coach.frame import SIDES, Array, Repetition

#: Where a resting face is known from: people in general, what is kept of this person, or what was seen.
Source = Literal["people", "kept", "seen"]


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """A resting face.

    values   (M,) level of each measure; nan for what is beside the face and was not seen
    time     seconds, when it was known
    spread   (M,) how far from it the true level may be (standard deviation); None where nobody knows
    seen_s   for each part of the face that rests apart (`rest.PARTS`), the seconds of calm that speak for it
    source   where most of it comes from
    """

    values: Array
    time: float = 0.0
    spread: Array | None = None
    seen_s: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
    source: Source = "seen"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is kept of a person. neutral: measures by name; ranges: by exercise id, displacement at the peak of each
    measure by name, in its unit."""

    neutral: Mapping[str, float]
    ranges: Mapping[str, Mapping[str, float]]


#: A moment is steady while no watched measure moves more than this between its 20th and its 80th percentile (so a
#: blink of a quarter of a second passes). By unit: about ten times the tracker's noise on a still face (0.002 to
#: 0.0045 OC), and as much head movement as breathing and balance make.
STEADY = {"OC": 0.03, "deg": 5.0, "cm": 3.0, "ratio": 0.3, "shape": 0.3, "px": 9e9, "light": 9e9, "s": 9e9}

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

#: A window this part of its length is enough when it was steady until somebody moved.
BRIEF = 0.6

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

    __slots__ = ("_brief", "_look", "_times", "_values", "_watch", "_width", "seconds")

    def __init__(self, watch: Set[int], gates: Set[int] = frozenset(), seconds: float = 1.0) -> None:
        self.seconds = seconds
        self._watch = sorted(watch | gates)
        self._width = _WIDTH[self._watch] * [1.0 if column in watch else 2.0 for column in self._watch]
        self._times: deque[float] = deque()
        self._values: deque[Array] = deque()
        self._look = -math.inf
        self._brief: Rest | None = None

    def reset(self) -> None:
        """Start over, as after the face was lost."""
        self._times.clear()
        self._values.clear()
        self._look = -math.inf
        self._brief = None

    def step(self, time: float, values: Array) -> Rest | None:
        """Take the (M,) measures of one frame; return the neutral when the window is full, steady and at rest."""
        self._times.append(time)
        self._values.append(values)
        # Keep just enough to span the window: drop the oldest while what is left still spans it.
        while len(self._times) > 1 and time - self._times[1] >= self.seconds:
            self._times.popleft()
            self._values.popleft()
        spans = time - self._times[0]
        if spans < BRIEF * self.seconds or len(self._times) < 5 or time < self._look:
            return None
        self._look = time + self.seconds / 10.0  # ten looks a window: each costs more than all the rest of a frame
        window = np.stack(self._values)
        low, high = np.percentile(window[:, self._watch], (20, 80), axis=0)
        if np.any(high - low > self._width):
            # Somebody who begins a little early was at rest all the same.
            brief, self._brief = self._brief, None
            return brief
        # The newer half: the tracker itself takes about half a second to settle on a face it has just found.
        newer = window[len(window) // 2 :]
        median = np.median(newer, axis=0)
        found = Rest(median, time, np.median(np.abs(newer - median), axis=0))
        if spans >= self.seconds:
            return found if looks_neutral(median) else None
        self._brief = found if looks_neutral(median, strict=True) else None
        return None


def looks_neutral(values: Array, strict: bool = False) -> bool:
    """Whether (M,) measures can be a face at rest, turned to the camera. strict halves what an expression may show."""
    shows = bool(np.any(values[_HELD_COLUMNS] > _HELD_LIMIT * (0.5 if strict else 1.0)))
    return not shows and bool(np.all(np.abs(values[_POSE_COLUMNS]) <= FACING_DEG))


# --- personal range ---------------------------------------------------------------------------------------

#: Trials of an exercise, and the part of its levels at which one is noticed: a small range is a range.
TRIALS, TRIAL_LEVELS = 2, 0.4
#: A resting face that differs in one of these by more (parts of the value) is not the one that was calibrated:
#: another person, another state of the face, or a neutral that was none. Lengths on one face repeat within 2 to 3 %.
DRIFT = {"mouth_width": 0.10, "nose_length": 0.10, "corner_canthus_left": 0.08, "corner_canthus_right": 0.08,
         "brow_height_left": 0.20, "brow_height_right": 0.20, "chin_drop": 0.08}  # fmt: skip


def trial(exercise: Exercise) -> Exercise:
    """The exercise as a trial: the same movement, noticed from much less of it on."""
    return msgspec.structs.replace(exercise, count=eased(exercise.count, TRIAL_LEVELS), reps=TRIALS)


def own_range(trials: Sequence[Repetition]) -> dict[str, float] | None:
    """The range that some trials show: of the best one for each side, and of both sides the larger; None where none
    was complete. A swing to the right is kept as the swing to the left that it mirrors."""
    found: dict[str, float] = {}
    for side in (None, *SIDES):
        best = max((t for t in trials if t.side == side and t.counted), key=lambda t: t.reach, default=None)
        if best is not None:
            for name, value in best.moved.items():
                if side == "right":
                    name, value = mirrored(name), -value if name in ODD else value
                found[name] = max(value, found.get(name, value), key=abs)
    return found or None


def drifted(calibration: Calibration, values: Array) -> bool:
    """Whether (M,) neutral measures are no longer those that the calibration was made with."""
    known = {name: calibration.neutral[name] for name in DRIFT if name in calibration.neutral}
    return any(abs(values[INDEX[name]] - was) > DRIFT[name] * abs(was) for name, was in known.items())
