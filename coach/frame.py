"""The values that cross the seam of the program: `Frame` goes in, `Feedback` comes out.

Whoever makes Frames (a camera, a video, the built-in performer, a recording) and calls
`coach.form.session.Session.step` gets the same Feedback for the same Frames, bit for bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Image = npt.NDArray[np.uint8]
Side = Literal["left", "right"]

#: The subject's sides, in the order in which everything with two sides is kept.
SIDES: tuple[Side, Side] = ("left", "right")

#: Number of points of the tracker's face mesh: 468 of the canonical mesh and 5 for each iris.
LANDMARKS = 478


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What was seen at one moment. The image is not mirrored; left and right are the subject's.

    time         seconds, strictly increasing from frame to frame
    landmarks    (478, 3) float32 pixels, x right, y down, z away from the camera, all in the scale of x;
                 None while no face is seen
    blendshapes  (52,) float32, 0..1, in the order of `coach.form.measures.BLENDSHAPES`; None without a face
    head         (4, 4) float32, canonical face (centimetres) to camera space; None without a face
    image        (H, W, 3) uint8, BGR; None when nobody needs to look at it. Never recorded unless asked for
    """

    time: float
    landmarks: Array | None = None
    blendshapes: Array | None = None
    head: Array | None = None
    image: Image | None = None


class Phase(StrEnum):
    """Where in an exercise the person is, as the coach understands it."""

    LEARNING = "learning"  # no steady neutral face yet: nothing is judged
    REST = "rest"
    RISE = "rise"
    HOLD = "hold"
    LOWER = "lower"
    DONE = "done"  # the set is complete


class Kind(StrEnum):
    """An event is an edge: it happens at one frame."""

    ARMED = "armed"  # a neutral face was learnt, the exercise counts from here
    REP = "rep"
    ATTEMPT_MISSED = "attempt_missed"
    HOLD_DONE = "hold_done"
    FAULT = "fault"
    FAULT_FIXED = "fault_fixed"
    FACE_LOST = "face_lost"
    FACE_FOUND = "face_found"
    SET_DONE = "set_done"


@dataclass(frozen=True, slots=True)
class Event:
    """One edge, with the sentence a person may be told."""

    time: float
    kind: Kind
    text: str = ""
    code: str = ""  # of a fault, short and stable


@dataclass(frozen=True, slots=True)
class Repetition:
    """One attempt from leaving rest to coming back, counted or refused with the reason.

    Times in seconds. `reach` is the greatest match of the attempt (0 rest, 1 the template's peak); `symmetry`
    is the smaller side's displacement from rest over the larger one's, None for movements without a pair.
    """

    start_s: float
    peak_s: float
    end_s: float
    counted: bool
    reason: str
    side: Side | None
    reach: float
    hold_s: float
    symmetry: float | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the coach says about one frame.

    match     0..1 (and a little above), how near the movement is now to the template's peak; None when not judged
    progress  0..1, this set: counted repetitions over those asked for
    hold_s    seconds spent at the peak in the running attempt
    cue       at most one short sentence
    errors    for each peak measure, (now - target) in tolerances; negative is short of the target
    withheld  why nothing is judged now, in plain words; empty when it is
    """

    time: float
    phase: Phase
    match: float | None
    progress: float
    reps: int
    attempts: int
    left: int
    right: int
    hold_s: float
    cue: str = ""
    withheld: str = ""
    events: tuple[Event, ...] = ()
    last: Repetition | None = None
    errors: Mapping[str, float] = field(default_factory=dict)
