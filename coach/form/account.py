"""For how long a set could be judged, and why not for the rest: so that a zero is never without its reason."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import mode

import numpy as np

from coach.form.exercise import Exercise
from coach.form.faces import FIT, NO_FACE, STRANGER, UNSEEN
from coach.form.quality import QualityGate
from coach.form.seen import LOST_S, Seen, joined
from coach.form.smoothing import gaps
from coach.frame import Array, Repetition

#: Pieces that are added up together.
_TOGETHER = 16
#: A reason must have held for this part of the time to explain that nothing was counted.
_MOSTLY = 0.5

NO_FACE_WAS, STRANGER_WAS = "no face was seen", "somebody else's face was in the picture"
NO_REST_WAS = "no moment of rest was seen: let your face rest for a second, before or between movements"


class Account:
    """Adds up the seconds of a set."""

    __slots__ = ("_armed_s", "_face_s", "_gate", "_most", "_time", "_waiting", "_withheld")

    def __init__(self, gate: QualityGate) -> None:
        self._gate = gate
        self._time: float | None = None
        self._face_s = self._armed_s = self._most = 0.0
        self._withheld: dict[str, float] = defaultdict(float)
        self._waiting: list[tuple[Seen, Array, Array]] = []

    def add(self, seen: Seen, measures: Array, match: Array) -> None:
        """Take T frames: measures (T, M), match (T,), nan where nothing was judged."""
        self._waiting.append((seen, measures, match))
        if len(self._waiting) >= _TOGETHER:
            self._add_up()

    @property
    def face_s(self) -> float:
        """Seconds with a face in the picture."""
        self._add_up()
        return self._face_s

    @property
    def armed_s(self) -> float:
        """Seconds in which the exercise was judged."""
        self._add_up()
        return self._armed_s

    @property
    def withheld(self) -> Mapping[str, float]:
        """Seconds by the reason why nothing was judged."""
        self._add_up()
        return self._withheld

    @property
    def most(self) -> float:
        """The greatest match so far."""
        self._add_up()
        return self._most

    def _add_up(self) -> None:
        """Add up what was taken: many frames at once, as single ones would take longer than to judge them."""
        if not self._waiting:
            return
        seen = joined([piece for piece, _, _ in self._waiting])
        measures, match = (np.concatenate([piece[k] for piece in self._waiting]) for k in (1, 2))
        self._waiting.clear()
        lasted = np.minimum(gaps(seen.times, float(seen.times[0]) if self._time is None else self._time), LOST_S)
        self._time = float(seen.times[-1])
        gated = (seen.why == FIT) & (seen.quality == 0.0)
        judged = np.isfinite(match) & ~gated
        self._face_s += float(lasted[seen.why != NO_FACE].sum())
        self._armed_s += float(lasted[judged].sum())
        if judged.any():
            self._most = max(self._most, float(match[judged].max()))
        for code, was in ((NO_FACE, NO_FACE_WAS), (STRANGER, STRANGER_WAS),
                          (UNSEEN, f"your {self._gate.who} could not be seen")):  # fmt: skip
            if (seen.why == code).any():
                self._withheld[was] += float(lasted[seen.why == code].sum())
        for number in np.unique(seen.worst[gated]):
            rows = gated & (seen.worst == number)
            value = float(np.abs(measures[rows, self._gate.columns[number]]).mean())
            # Angles in tens: what is told is which way, not how much.
            was = self._gate.gates[number].was.format(round(value, -1))
            self._withheld[was] += float(lasted[rows].sum())

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
            return mode(attempt.reason for attempt in attempts)
        return f"at most {self.most:.0%} of the movement was seen, {exercise.count.level:.0%} is needed"
