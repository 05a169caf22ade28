"""Is this moment fit to be judged? Each gate looks at one thing, says why not in plain words, and what to do.

Between its two numbers a gate softens the verdict (quality falls from 1 to 0: the coach names fewer faults); past the
second one nothing is judged. What is not known (nan) is not held against anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coach.form.condition import parse
from coach.form.exercise import Exercise
from coach.form.measures import INDEX, TABLE, Beside, columns, mirrored
from coach.frame import Array


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition on a measure's own value (not its change): `soft` where doubt begins, `hard` where judging ends.

    hard below soft means that small values are bad. absolute: the size of the value. but_for: not for exercises that
    judge a measure whose name begins so: to them it is no lack of quality but the movement, or comes of it. says: what
    to do; was: why nothing was judged, told afterwards, with the value that the measure had.
    """

    measure: str
    soft: float
    hard: float
    says: str
    was: str
    absolute: bool = False
    but_for: tuple[str, ...] = ()


#: Angles: the tracker's mesh is good to about 30 degrees of turn and 20 of nod; nods are counted from the camera,
#: which mostly stands lower than the face. An OC of 20 pixels makes 0.01 OC a fifth of a pixel, the tracker's noise.
#: A hand on the cheek bends the mesh up to the brows, so it matters wherever it is, but to exercises done with hands.
#: Faces in ordinary clips have light 75 to 155, contrast 17 to 57, sharpness 0.15 to 0.4; at a quarter of the light
#: repetitions still count. A blur as wide as a tenth of an OC (9 mm) leaves a sharpness of 0.08 to 0.11.
GATES = (
    Gate(
        "face_px", 40, 20, "Come closer: your face is small in the picture.", "your face was too small in the picture"
    ),
    Gate("face_cut", 0.02, 0.12, "Move to the middle: part of your face is cut off.", "part of your face was cut off"),
    Gate("light", 40, 15, "It is too dark: put a light in front of you.", "it was too dark"),
    Gate("light", 235, 250, "It is too bright: turn away from the light.", "it was too bright"),
    Gate(
        "contrast",
        9,
        4,
        "I can hardly see your features: put a light in front of you.",
        "your features could hardly be seen",
    ),
    Gate(
        "sharpness",
        0.11,
        0.07,
        "The picture is blurred: clean the lens or hold still.",
        "the picture was blurred",
        but_for=("yaw_deg", "pitch_deg", "roll_deg"),
    ),
    Gate("still_s", 0.5, 1.0, "The picture stands still: check the camera.", "the picture stood still"),
    Gate(
        "yaw_deg",
        20,
        32,
        "Turn your face to the camera.",
        "your head was turned by {:.0f} degrees",
        absolute=True,
        but_for=("yaw_deg",),
    ),
    Gate(
        "pitch_deg",
        25,
        38,
        "Bring your face level with the camera.",
        "your head was tipped up or down by {:.0f} degrees",
        absolute=True,
        but_for=("pitch_deg",),
    ),
    Gate(
        "roll_deg",
        30,
        50,
        "Hold your head upright.",
        "your head was tilted by {:.0f} degrees",
        absolute=True,
        but_for=("roll_deg",),
    ),
    Gate(
        "hand_over_upper",
        0.1,
        0.35,
        "Your hand hides your eyes or brows.",
        "a hand hid your eyes or brows",
        but_for=("hand",),
    ),
    Gate(
        "hand_over_lower",
        0.1,
        0.35,
        "Your hand hides your mouth or cheek.",
        "a hand hid your mouth or cheek",
        but_for=("hand",),
    ),
)

#: Frames a second: below the first number timing gets uncertain, at the second nothing can be timed.
FPS_SOFT, FPS_HARD = 9.0, 4.0
TOO_SLOW = "The picture comes too slowly: close other programs or add light."


class QualityGate:
    """The gates that matter to one exercise."""

    __slots__ = (
        "_columns", "_hard", "_needs", "_over", "_scale", "columns", "gates", "reasons", "who",
    )  # fmt: skip

    def __init__(self, exercise: Exercise) -> None:
        judged = set(exercise.measures)
        gates = [gate for gate in GATES if _matters(gate, judged)]
        beside = {row.name: row.who for row in TABLE if isinstance(row, Beside) and row.who}
        needs = sorted({name for j in judged for name in (j, mirrored(j)) if name in beside})
        #: columns without which nothing can be judged, and what must be seen for them
        self._needs = columns(needs)
        self.who = beside[needs[0]] if needs else ""
        self.reasons = tuple(gate.says for gate in gates)
        self.columns = columns([gate.measure for gate in gates])
        self._hard = np.array([gate.hard for gate in gates])
        self._scale = np.array([gate.soft - gate.hard for gate in gates])
        self._over = np.array([-1.0 if gate.absolute else 1.0 for gate in gates])
        self._columns = np.array(self.columns)
        self.gates = tuple(gates)

    def levels(self, measures: Array) -> Array:
        """(..., M) measures to (..., G): 1 fit, 0 not, for each gate."""
        # nan passes (fmin and fmax take the number): a gate that knows nothing says nothing.
        return np.asarray(np.fmax(np.fmin(self._reach(measures), 1.0), 0.0))

    def doubts(self, measures: Array) -> bool:
        """(T, M) measures: whether any of these frames is less than fit by any gate, which few are."""
        least: float = np.fmin.reduce(self._reach(measures), axis=None)
        return not least >= 1.0  # where nothing at all is known there may be no face

    def _reach(self, measures: Array) -> Array:
        """(..., M) measures to (..., G): `levels` without bounds."""
        value = measures.T.take(self._columns, axis=0).T
        value = np.maximum(value, value * self._over)
        value -= self._hard
        value /= self._scale
        return np.asarray(value)

    def sees(self, measures: Array) -> Array:
        """(..., M) measures to (...): whether all is in the picture that the exercise needs besides the face."""
        return np.asarray(np.isfinite(measures[..., self._needs]).all(axis=-1))


def asks_for(exercise: Exercise) -> frozenset[str]:
    """What must be looked for besides the face: "hands" (whether one is there), "fingers" (how they move),
    "shoulders"."""
    touch = exercise.touch
    if touch is not None:
        face = {"fingers", "shoulders"} if touch.collar else {"fingers"}
        return frozenset({"face": face, "hand": {"fingers"}, "body": {"shoulders"}}[touch.on])
    rules = [clause.measure for rule in (*exercise.refuse, *exercise.fault) for clause in parse(rule.when)]
    names = {*exercise.measures, *exercise.still, *rules}
    return frozenset(row.who for row in TABLE if isinstance(row, Beside) and row.who and row.name in names)


def needs(exercises: Iterable[Exercise]) -> frozenset[str]:
    """What to look for besides the face while some exercises are done: what they ask for, and hands in the way."""
    return frozenset({"hands"}.union(*map(asks_for, exercises)))


def _matters(gate: Gate, judged: set[str]) -> bool:
    return not any(name.startswith(gate.but_for) for name in judged)


def fps_quality(frames: int, seconds: float) -> float:
    """0..1 for the frame rate at which something was seen."""
    fps = (frames - 1) / seconds if seconds > 0 else 0.0
    return min(1.0, max(0.0, (fps - FPS_HARD) / (FPS_SOFT - FPS_HARD)))


assert all(gate.measure in INDEX for gate in GATES)
