"""When a set of work with the hands is over: it was done so often, or for so long; and no place is worked for ever."""

import math
from dataclasses import dataclass
from typing import Self

from coach.form.exercise import CAPS, DOSES, Exercise

_POINT_MOVES = ("circle", "sweep", "tap")
#: A set whose end nobody sees is over after so many times the time it should take, and this many seconds.
_PATIENCE, _PATIENCE_S = 3.0, 20.0


@dataclass(frozen=True, slots=True)
class Enough:
    """How much of one exercise is enough.

    goal     repetitions, None for ever
    by_time  whether how long it is worked matters, and not how often
    lasts_s  seconds that the goal takes
    most_s   seconds after which a place was worked enough, whatever was counted
    """

    goal: int | None
    by_time: bool
    lasts_s: float
    most_s: float

    @classmethod
    def of(cls, exercise: Exercise, goal: int | None) -> Self:
        """What is enough where so many repetitions are asked for: the caps of massage and the doses of points hold.
        Raises ValueError for an exercise that is not done with the hands."""
        touch = exercise.touch
        if touch is None:
            raise ValueError(f"'{exercise.id}' is not done with the hands")
        goal = goal if goal is None else min(goal, CAPS.get(touch.kind, goal))
        lasts, most, by_time = (goal or 0) * exercise.round_s, math.inf, False
        if touch.move in _POINT_MOVES:
            amount = DOSES[touch.dose]
            low, high = amount.seconds
            by_time = amount.counts is None
            lasts = min(max(lasts, low), high) if by_time else lasts
            most = high if exercise.group == "acupressure" else most
        return cls(goal, by_time, lasts, most)

    def progress(self, reps: int, worked_s: float) -> float:
        """How much of it is done, 0..1. worked_s: seconds with a fingertip where it belongs."""
        if self.goal is None:
            return 0.0
        return min(1.0, worked_s / self.lasts_s if self.by_time else reps / self.goal)

    def full(self, reps: int, worked_s: float) -> bool:
        """Whether all of it is done."""
        if self.goal is None:
            return False
        return worked_s >= self.lasts_s if self.by_time else reps >= self.goal

    def over(self, reps: int, worked_s: float, passed_s: float) -> bool:
        """Whether it ends: all of it is done, the time for one place is used up, or no end is to be seen.
        passed_s: seconds from its beginning."""
        if self.goal is None:
            return False
        patience = _PATIENCE * self.lasts_s + _PATIENCE_S
        return self.full(reps, worked_s) or worked_s >= self.most_s or passed_s >= patience
