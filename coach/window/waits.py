"""Why nothing is judged or counted now, for how long, and what would help: taken down frame by frame, drawn later."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from coach.form.deciding import NO_FACE_SAYS
from coach.form.face import pose
from coach.form.guide import AWAY
from coach.form.quality import GATES
from coach.frame import Feedback, Frame, Phase
from coach.touch.session import NO_FACE, STRAIGHT

#: From here on a resting face is known well enough to count, as `Feedback.known` has it.
KNOWN = 0.5
#: Seconds (of the frames) without being ready after which it is told what is missing; and for how long each sentence.
TELL_AFTER_S, SAY_S = 2.0, 6.0
#: Seconds for which one part of the face is asked for at least, when several take turns in being known least.
PART_S = 2.0
#: Degrees of turn, nod and tilt from which a head is asked back to the middle.
_OFF_DEG = np.array([12.0, 15.0, 12.0])

#: Where to move the head, as the person has left and right: to turn it, to nod, and to tilt it.
Way = Literal["", "turn-left", "turn-right", "chin-up", "chin-down", "tilt-left", "tilt-right"]
#: By angle: the way back from a negative and from a positive one.
_BACK: tuple[tuple[Way, Way], ...] = (
    ("turn-left", "turn-right"),
    ("chin-down", "chin-up"),
    ("tilt-left", "tilt-right"),
)
_ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")

#: What a gate that closes looks at, by its sentence.
_LOOKS_AT = {gate.says: gate.measure for gate in GATES}
#: Contours (`coach.window.contours`) of the parts that rest, and of what a gate looks at.
_MARKED: dict[str, tuple[str, ...]] = {
    "head": ("oval",),
    "brows": ("brows",),
    "eyes": ("eyes",),
    "mouth": ("lips",),
    "hand_over_upper": ("brows", "eyes"),
    "hand_over_lower": ("lips",),
    "face_px": ("oval",),
    "face_cut": ("oval",),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Something is missing: nothing is judged, or nothing is counted yet.

    since       time (of the frames) since which that is so
    why         why nothing is judged, as `Feedback.withheld`; empty where only the resting face is not known yet
    why_since   time since which it is this reason
    part        the part of the face whose rest is to be seen yet; empty where `why` says it, or it is not known
    part_since  time since which it is this part
    way         how to move the head, where that would help
    """

    since: float
    why: str
    why_since: float
    part: str = ""
    part_since: float = 0.0
    way: Way = ""

    @property
    def looks_at(self) -> str:
        """The measure that `why` is about, or the part that is missing; "face" where there is none to be seen."""
        if self.why in (NO_FACE_SAYS, NO_FACE, AWAY):
            return "face"
        return _LOOKS_AT.get(self.why, "") if self.why else self.part

    @property
    def marked(self) -> tuple[str, ...]:
        """Names of the contours to mark on the face."""
        return _MARKED.get(self.looks_at, ())


def latest_wait(before: Wait | None, frame: Frame, feedback: Feedback) -> Wait | None:
    """Return what is missing after this feedback, None when nothing is. before: what was missing before it."""
    time, why = feedback.time, feedback.withheld
    if feedback.phase is Phase.DONE or (not why and feedback.known >= KNOWN):
        return None
    part = "" if why else feedback.missing
    if before is None or time < before.since:
        return Wait(time, why, time, part, time, _way(frame, why, part))
    same = why == before.why
    if same and before.part and time - before.part_since < PART_S:
        part = before.part
    return Wait(
        before.since,
        why,
        before.why_since if same else time,
        part,
        before.part_since if part == before.part else time,
        _way(frame, why, part),
    )


def stage(wait: Wait | None, time: float) -> int:
    """Return how far the telling is at a time: 0 nothing yet, 1 what is missing, 2 what helps, 3 all was said."""
    if wait is None:
        return 0
    told = time - max(wait.since + TELL_AFTER_S, wait.why_since)
    return 0 if told < -1e-6 else 1 + min(2, int(max(0.0, told) / SAY_S))


def _way(frame: Frame, why: str, part: str) -> Way:
    """The way back to the middle for a head that is away from it, where that is what is missing."""
    if frame.head is None:
        return ""
    angles = pose(frame.head)[:3]
    looks_at = _LOOKS_AT.get(why, "")
    if looks_at in _ANGLES:
        which = _ANGLES.index(looks_at)
    elif why == STRAIGHT or (not why and part == "head"):
        off = np.abs(angles) / _OFF_DEG
        which = int(off.argmax())
        if off[which] < 1.0:
            return ""
    else:
        return ""
    return _BACK[which][int(angles[which] > 0)]
