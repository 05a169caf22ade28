"""What joins in that should keep still, and the exercise's own faults: when to speak of them.

A fault must last before it is named, is named at most once in a while, one at a time, and is said to be mended
when it is.
"""

import numpy as np

from coach.form.condition import Clause, Conditions, mirror, parse
from coach.form.exercise import Exercise
from coach.frame import Array, Event, Kind

#: Seconds a fault must last to be named, seconds it must be gone to be mended, seconds between two mentions of the
#: same fault, and seconds a cue stays before another may take its place.
LASTS_S, MENDED_S, AGAIN_S, CUE_S = 0.3, 0.5, 6.0, 2.0

#: Measures that must keep still, by the start of their names: code of the fault and what to say.
STILL_WORDS: tuple[tuple[str, str, str], ...] = (
    ("brow_gap", "frown", "Let go between the brows."),
    ("brow", "brow", "Let your forehead rest."),
    ("eye", "eyes", "Let your eyes stay soft."),
    ("squint", "eyes", "Let your eyes stay soft."),
    ("blink", "eyes", "Keep your eyes open."),
    ("lip_gap", "lips", "Keep your lips together."),
    ("jaw", "jaw", "Keep your jaw quiet."),
    ("chin", "jaw", "Keep your jaw straight."),
    ("yaw", "head", "Keep your head still."),
    ("pitch", "head", "Keep your head still."),
    ("roll", "head", "Keep your head still."),
    ("", "mouth", "Let your mouth rest."),
)


class FaultWatch:
    """Follows all faults of one exercise through time."""

    def __init__(self, exercise: Exercise) -> None:
        self._codes: list[str] = []
        self._says: list[str] = []
        self._clauses: list[tuple[Clause, ...]] = []
        for i, rule in enumerate(exercise.fault):
            self._add(rule.code or f"fault-{i + 1}", rule.say, parse(rule.when))
        for name, limit in exercise.still.items():
            code, say = next((c, s) for start, c, s in STILL_WORDS if name.startswith(start))
            self._add(code, say, (Clause(name, 1, limit, percent=False, absolute=True),))
        self._mirror = exercise.sides == "alternate"
        n = len(self._codes)
        self._since = np.full(n, np.nan)  # when a condition last became true
        self._until = np.full(n, np.nan)  # when it was last true
        self._said: dict[str, float] = {}
        self._active = np.zeros(n, bool)
        self._cue, self._cue_time = "", -np.inf

    def _running(self) -> set[str]:
        return {self._codes[i] for i in np.flatnonzero(self._active)}

    def _add(self, code: str, say: str, clauses: tuple[Clause, ...]) -> None:
        self._codes.append(code)
        self._says.append(say)
        self._clauses.append(clauses)

    def arm(self, rest: Array) -> None:
        """Compile the conditions against (M,) neutral measures."""
        swapped = [mirror(c) for c in self._clauses] if self._mirror else self._clauses
        self._tests = Conditions(self._clauses, rest), Conditions(swapped, rest)

    def step(self, time: float, change: Array, side: int, moving: bool) -> tuple[list[Event], str]:
        """Take the (M,) change from rest; return the events of this frame and the cue to show, if any.

        side    0 left, 1 right: conditions of an alternating exercise are mirrored for its right swing
        moving  faults are looked for only during an attempt
        """
        events: list[Event] = []
        on = self._tests[side].test(change) if moving else np.zeros(len(self._codes), bool)
        self._since[on & np.isnan(self._since)] = time
        self._since[~on] = np.nan
        self._until[on] = time
        for i in np.flatnonzero(on & ~self._active & (time - self._since >= LASTS_S)):
            code = self._codes[i]
            known = code in self._running()
            self._active[i] = True
            if known:  # the other side's measure of the same fault
                continue
            events.append(Event(time, Kind.FAULT, self._says[i], code))
            if time - self._said.get(code, -np.inf) >= AGAIN_S and time - self._cue_time >= CUE_S:
                self._cue, self._cue_time = self._says[i], time
                self._said[code] = time
        for i in np.flatnonzero(self._active & ~on & (time - self._until >= MENDED_S)):
            self._active[i] = False
            if self._codes[i] not in self._running():
                events.append(Event(time, Kind.FAULT_FIXED, "Better.", self._codes[i]))
        if time - self._cue_time >= CUE_S:
            self._cue = ""
        return events, self._cue
