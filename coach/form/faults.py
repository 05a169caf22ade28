"""What joins in that should keep still, and the exercise's own faults: when to speak of them.

A fault must last before it is named, is named at most once in a while, one at a time, and is said to be mended
when it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from coach.form.condition import Clause, parse
from coach.form.exercise import Exercise
from coach.frame import Event, Kind

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
    ("neck", "shoulders", "Let your shoulders sink."),
    ("shoulder", "shoulders", "Let your shoulders sink."),
    ("jaw", "jaw", "Keep your jaw quiet."),
    ("chin", "jaw", "Keep your jaw straight."),
    ("yaw", "head", "Keep your head still."),
    ("pitch", "head", "Keep your head still."),
    ("roll", "head", "Keep your head still."),
    ("", "mouth", "Let your mouth rest."),
)


@dataclass(slots=True)
class _Watched:
    """One condition and how long it has held. Times in seconds, None for never."""

    code: str
    say: str
    since: float | None = None  # when it last began to hold
    until: float = 0.0  # when it last held
    active: bool = False  # named, and not yet mended


class FaultWatch:
    """Follows all faults of one exercise through time.

    conditions  the clauses of each fault, to be tested by the caller, in the order in which `step` wants them
    """

    __slots__ = ("_cue", "_cue_time", "_said", "_watched", "conditions")

    def __init__(self, exercise: Exercise) -> None:
        self.conditions: list[tuple[Clause, ...]] = []
        self._watched: list[_Watched] = []
        for i, rule in enumerate(exercise.fault):
            self._add(rule.code or f"fault-{i + 1}", rule.say, parse(rule.when))
        for name, limit in exercise.still.items():
            code, say = next((c, s) for start, c, s in STILL_WORDS if name.startswith(start))
            self._add(code, say, (Clause(name, 1, limit, percent=False, absolute=True),))
        self._said: dict[str, float] = {}
        self._cue, self._cue_time = "", -math.inf

    def _add(self, code: str, say: str, clauses: tuple[Clause, ...]) -> None:
        self._watched.append(_Watched(code, say))
        self.conditions.append(clauses)

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of each condition."""
        return tuple(fault.code for fault in self._watched)

    def step(self, time: float, holds: Sequence[bool], moving: bool) -> tuple[list[Event], str]:
        """Take one frame; return the events of this frame and the cue to show, if any.

        holds   which of the conditions hold now
        moving  faults are looked for only during an attempt
        """
        events: list[Event] = []
        if time - self._cue_time >= CUE_S:
            self._cue = ""
        for fault, held in zip(self._watched, holds, strict=True):
            if not (held and moving):
                fault.since = None
                if fault.active and time - fault.until >= MENDED_S:
                    fault.active = False
                    if not self._is_active(fault.code):
                        events.append(Event(time, Kind.FAULT_FIXED, "Better.", fault.code))
                continue
            fault.since = time if fault.since is None else fault.since
            fault.until = time
            if fault.active or time - fault.since < LASTS_S:
                continue
            known = self._is_active(fault.code)  # by the other side's measure of the same fault
            fault.active = True
            if known:
                continue
            events.append(Event(time, Kind.FAULT, fault.say, fault.code))
            if not self._cue and time - self._said.get(fault.code, -math.inf) >= AGAIN_S:
                self._cue, self._cue_time = fault.say, time
                self._said[fault.code] = time
        return events, self._cue

    def _is_active(self, code: str) -> bool:
        return any(fault.active and fault.code == code for fault in self._watched)
