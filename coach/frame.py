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
Bools = npt.NDArray[np.bool_]
Image = npt.NDArray[np.uint8]
Side = Literal["left", "right"]

#: The subject's sides, in the order in which everything with two sides is kept.
SIDES: tuple[Side, Side] = ("left", "right")

#: Number of points of the tracker's face mesh: 468 of the canonical mesh and 5 for each iris.
LANDMARKS = 478


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be known of a picture when the picture itself is gone.

    width, height  pixels
    light          mean brightness of the face, 0 black to 255 white
    contrast       standard deviation of that brightness
    sharpness      mean step of brightness between neighbouring pixels of the face, in parts of its contrast
    still_s        seconds for which each picture has been the very same as the one before: no camera does that to what
                   it sees, as its noise alone differs, but a driver that hangs does, or a film that was edited
    """

    width: int
    height: int
    light: float
    contrast: float
    sharpness: float
    still_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What was seen at one moment. The image is not mirrored; left and right are the subject's.

    time         seconds, strictly increasing from frame to frame
    landmarks    (478, 3) float32 pixels, x right, y down, z away from the camera, all in the scale of x;
                 None while no face is seen
    blendshapes  (52,) float32, 0..1, in the order of `coach.form.measures.BLENDSHAPES`; None without a face
    head         (4, 4) float32, canonical face (centimetres) to camera space; None without a face
    hands        (n, 21, 3) float32 pixels, n hands that were found; None where nobody looked for hands
    pose         (33, 4) float32 pixels (z in the scale of x) and visibility; None where nobody looked or none is seen
    hands_time   seconds, of the picture in which `hands` were looked for; None where that is this frame's own
    pose_time    the same for `pose`
    picture      what the picture is like, for the quality gate; None where there was none
    image        (H, W, 3) uint8, BGR; None when nobody needs to look at it. Never recorded unless asked for
    others       faces besides this one that are in the picture too; none of them is followed
    """

    time: float
    landmarks: Array | None = None
    blendshapes: Array | None = None
    head: Array | None = None
    hands: Array | None = None
    pose: Array | None = None
    picture: Picture | None = None
    image: Image | None = None
    others: int = 0
    hands_time: float | None = None
    pose_time: float | None = None


class Phase(StrEnum):
    """Where in an exercise the person is, as the coach understands it."""

    LEARNING = "learning"  # no face yet, or for less than half a second: nothing is judged
    REST = "rest"
    RISE = "rise"
    HOLD = "hold"
    LOWER = "lower"
    DONE = "done"  # the set is complete


class Kind(StrEnum):
    """An event is an edge: it happens at one frame."""

    ARMED = "armed"  # a resting face is known, the exercise is judged from here
    RECOUNTED = "recounted"  # rest is known better, and what was seen before counts differently
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
class Part:
    """One part of the form: its name, 0..100, and a sentence with the number it comes from."""

    name: str
    score: float
    says: str


@dataclass(frozen=True, slots=True)
class Repetition:
    """One attempt from leaving rest to coming back, counted or refused with the reason.

    Times in seconds. `reach` is the level held at the top (0 rest, 1 the template's peak); `symmetry` is the smaller
    side's displacement from rest over the larger one's, None for movements without a pair. `form` (0..100) and its
    `parts` are explained in `coach.form.scoring`; form is None where it was not counted or not seen well enough.
    `quality` 0..1 says how well it was seen. `moved` is how far each measure of the peak was from rest at the top, in
    its own unit: what a personal range is made of.
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
    form: float | None = None
    parts: tuple[Part, ...] = ()
    quality: float = 1.0
    moved: Mapping[str, float] = field(default_factory=dict)

    def part(self, name: str) -> float | None:
        """The score of one part, None where it is not judged."""
        return next((part.score for part in self.parts if part.name == name), None)


@dataclass(frozen=True, slots=True)
class Hand:
    """Where a hand is to be and where it is, for whoever draws it: pixels (x, y) of the image, not mirrored.

    side      None for a point on the midline
    target    one point, or the waypoints of a stroke in their order
    tip       the fingertip, as it was seen last; None while the hand is not seen
    inside    whether it is where it should be
    progress  of a stroke, how far along its path the hand is, 0..1
    """

    side: Side | None
    target: tuple[tuple[float, float], ...]
    tip: tuple[float, float] | None
    inside: bool
    progress: float


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the coach says about one frame.

    match     0..1 (and a little above), how near the movement is now to the template's peak; None when not judged
    form      0..100 of the last repetition that has one, None before
    quality   0..1, how well this frame can be judged
    pose      of an exercise with several poses the one being looked for, counted from 0
    progress  0..1, this set: counted repetitions over those asked for
    sides     of a paired or alternating movement the match of the left and of the right by itself; None for others
    hold_s    seconds spent at the peak in the running attempt
    cue       at most one short sentence
    errors    for each peak measure, (now - target) in tolerances; negative is short of the target
    known     0..1, how well the resting face is known; what is counted needs 0.5
    missing   the part of the face ("head", "brows", "eyes", "mouth") whose rest is to be seen yet; empty when all are
    hands     of work with the hands, each hand with its target; empty for others
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
    form: float | None = None
    quality: float = 1.0
    pose: int = 0
    sides: tuple[float, float] | None = None
    hands: tuple[Hand, ...] = ()
    known: float = 1.0
    missing: str = ""
