"""What joins in that should keep still, and the exercise's own faults: when to speak of them.

A fault must last before it is named, is named at most once in a while, one at a time, and is said to be mended
when it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coach.form.condition import Clause, parse
from coach.form.exercise import Exercise
from coach.frame import Event, Kind

#: Seconds a fault must last to be named, seconds it must be gone to be mended, seconds between two mentions of the
#: same fault, and seconds a cue stays before another may take its place.
LASTS_S, MENDED_S, AGAIN_S, CUE_S = 0.3, 0.5, 6.0, 2.0


class StillWords(NamedTuple):
    """What to call a measure that must keep still, by the start of its name: the fault's code, the part of the face,
    and what to say when it does not."""

    start: str
    code: str
    what: str
    say: str


STILL_WORDS = (
    StillWords("brow_gap", "frown", "space between the brows", "Let go between the brows."),
    StillWords("brow", "brow", "brows", "Let your forehead rest."),
    StillWords("eye", "eyes", "eyes", "Let your eyes stay soft."),
    StillWords("squint", "eyes", "eyes", "Let your eyes stay soft."),
    StillWords("blink", "eyes", "eyes", "Keep your eyes open."),
    StillWords("lip_gap", "lips", "lips", "Keep your lips together."),
    StillWords("neck", "shoulders", "shoulders", "Let your shoulders sink."),
    StillWords("shoulder", "shoulders", "shoulders", "Let your shoulders sink."),
    StillWords("jaw", "jaw", "jaw", "Keep your jaw quiet."),
    StillWords("chin", "jaw", "chin", "Keep your jaw straight."),
    StillWords("yaw", "head", "head", "Keep your head still."),
    StillWords("pitch", "head", "head", "Keep your head still."),
    StillWords("roll", "head", "head", "Keep your head still."),
    StillWords("", "mouth", "mouth", "Let your mouth rest."),
)


def still_words(measure: str) -> StillWords:
    """The words for a measure that must keep still."""
    return next(words for words in STILL_WORDS if measure.startswith(words.start))


@dataclass(slots=True)
class _Watched:
    """One condition and when it held, seconds."""

    code: str
    say: str
    since: float | None = None  # when it last began to hold; None while it does not
    until: float = -math.inf  # when it last held


class FaultWatch:
    """Follows all faults of one exercise through time.

    conditions  the clauses of each fault, to be tested by the caller, in the order in which `step` wants them

    Several conditions may have the same code, such as those of the left and of the right side: they are one fault,
    which is mended when none of them holds any more.
    """

    __slots__ = ("_active", "_cue", "_cue_time", "_said", "_watched", "conditions")

    def __init__(self, exercise: Exercise) -> None:
        self.conditions: list[tuple[Clause, ...]] = []
        self._watched: list[_Watched] = []
        for i, rule in enumerate(exercise.fault):
            self._add(rule.code or f"fault-{i + 1}", rule.say, parse(rule.when))
        for name, limit in exercise.still.items():
            words = still_words(name)
            self._add(words.code, words.say, (Clause(name, 1, limit, percent=False, absolute=True),))
        self._active: list[str] = []  # codes that were named and are not yet mended
        self._said: dict[str, float] = {}
        self._cue, self._cue_time = "", -math.inf

    def _add(self, code: str, say: str, clauses: tuple[Clause, ...]) -> None:
        self._watched.append(_Watched(code, say))
        self.conditions.append(clauses)

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of each condition."""
        return tuple(fault.code for fault in self._watched)

    @property
    def busy(self) -> bool:
        """Whether a moment without a fault changes anything: something is to be mended yet, or a cue still stands."""
        return bool(self._cue or self._active) or any(fault.since is not None for fault in self._watched)

    def step(self, time: float, holds: Sequence[bool] | None) -> tuple[list[Event], str]:
        """Take one frame; return the events of this frame and the cue to show, if any.

        holds   which of the conditions hold now, None when faults are not looked for: outside of an attempt
        """
        events: list[Event] = []
        if time - self._cue_time >= CUE_S:
            self._cue = ""
        for i, fault in enumerate(self._watched):
            if holds is None or not holds[i]:
                fault.since = None
                continue
            fault.since = time if fault.since is None else fault.since
            fault.until = time
            if time - fault.since < LASTS_S or fault.code in self._active:
                continue
            self._active.append(fault.code)
            events.append(Event(time, Kind.FAULT, fault.say, fault.code))
            if not self._cue and time - self._said.get(fault.code, -math.inf) >= AGAIN_S:
                self._cue, self._cue_time = fault.say, time
                self._said[fault.code] = time
        for code in self._active.copy():
            if time - max(fault.until for fault in self._watched if fault.code == code) >= MENDED_S:
                self._active.remove(code)
                events.append(Event(time, Kind.FAULT_FIXED, "Better.", code))
        return events, self._cue
