"""For how long a set could be judged, and why not for the rest: so that a zero is never without its reason."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from coach.form.exercise import Exercise
from coach.form.faces import FIT, NO_FACE, STRANGER, UNSEEN
from coach.form.quality import QualityGate
from coach.form.seen import LOST_S, Seen
from coach.form.smoothing import gaps
from coach.frame import Array, Repetition

#: A reason must have held for this part of the time to explain that nothing was counted.
_MOSTLY = 0.5

NO_FACE_WAS, STRANGER_WAS = "no face was seen", "another face was seen than at the beginning"
NO_REST_WAS = "no moment of rest was seen: let your face rest for a second, before or between"


class Account:
    """Adds up the seconds of a set.

    face_s    with a face in the picture
    armed_s   in which the exercise was judged
    withheld  seconds by the reason why it was not, in the words in which it is told afterwards
    """

    __slots__ = ("_gate", "_time", "armed_s", "face_s", "most", "withheld")

    def __init__(self, gate: QualityGate) -> None:
        self._gate = gate
        self._time: float | None = None
        self.face_s = self.armed_s = 0.0
        self.withheld: dict[str, float] = defaultdict(float)
        #: the greatest match so far
        self.most = 0.0

    def add(self, seen: Seen, measures: Array, match: Array) -> None:
        """Take T frames: measures (T, M), match (T,), nan where nothing was judged."""
        lasted = np.minimum(gaps(seen.times, float(seen.times[0]) if self._time is None else self._time), LOST_S)
        self._time = float(seen.times[-1])
        gated = (seen.why == FIT) & (seen.quality == 0.0)
        judged = np.isfinite(match) & ~gated
        self.face_s += float(lasted[seen.why != NO_FACE].sum())
        self.armed_s += float(lasted[judged].sum())
        if judged.any():
            self.most = max(self.most, float(match[judged].max()))
        for code, was in ((NO_FACE, NO_FACE_WAS), (STRANGER, STRANGER_WAS),
                          (UNSEEN, f"your {self._gate.who} could not be seen")):  # fmt: skip
            if (seen.why == code).any():
                self.withheld[was] += float(lasted[seen.why == code].sum())
        for number in np.unique(seen.worst[gated]):
            rows = gated & (seen.worst == number)
            value = float(np.abs(measures[rows, self._gate.columns[number]]).mean())
            # Angles in tens: what is told is which way, not how much.
            was = self._gate.gates[number].was.format(round(value, -1))
            self.withheld[was] += float(lasted[rows].sum())

    def why_nothing(self, exercise: Exercise, attempts: Sequence[Repetition], sure: bool) -> str:
        """Why nothing was counted, in one sentence without a full stop: the reason that held longest. sure: whether
        rest was known well enough in the end."""
        whole = self.armed_s + sum(self.withheld.values())
        if self.face_s == 0.0:
            return NO_FACE_WAS
        longest = max(self.withheld, key=lambda was: self.withheld[was], default="")
        if longest and self.withheld[longest] >= _MOSTLY * whole:
            return longest
        if not sure:
            return NO_REST_WAS
        if attempts:
            reasons = Counter(attempt.reason for attempt in attempts)
            return max(reasons, key=lambda reason: reasons[reason])
        return f"at most {self.most:.0%} of the movement was seen, {exercise.count.level:.0%} is needed"
