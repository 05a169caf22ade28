"""A workout: sets of exercises one after the other, each judged by its own `Session`.

Like the core it has no clock: pauses between sets are measured in the time of the frames.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.form.calibration import Calibration, Neutral
from coach.form.exercise import Exercise
from coach.form.scoring import is_good
from coach.frame import Feedback, Frame, Phase, Repetition
from coach.plan.lead import begin

#: Seconds a finished set's summary stays before the next set begins: time to read it, to see the next exercise shown
#: and to come back to rest.
SUMMARY_S = 8.0


@dataclass(frozen=True, slots=True)
class SetResult:
    """What came of one set: `reps` counted of `attempts`, sides apart, each attempt with its reason.

    start_s, end_s  seconds, times of the first and the last frame of the set
    goal            repetitions asked for, None where there was no number
    neutral         the resting face as it was learnt, None where it was not
    """

    exercise: Exercise
    goal: int | None
    start_s: float
    end_s: float
    reps: int
    left: int
    right: int
    attempts: tuple[Repetition, ...]
    neutral: Neutral | None = None

    @property
    def good_reps(self) -> int:
        """Counted repetitions in good form in which no fault was named."""
        return sum(is_good(a) for a in self.attempts)


class Workout:
    """Runs through sets. Call `step` for every frame; `skip` ends the running set early."""

    def __init__(
        self,
        sets: Sequence[tuple[Exercise, int | None]],
        summary_s: float = SUMMARY_S,
        calibration: Calibration | None = None,
        gentle: bool = False,
    ) -> None:
        """sets: exercises with their number of repetitions (None: until skipped). summary_s: pause between sets.
        calibration, gentle: as `Session` takes them."""
        if not sets:
            raise ValueError("a workout needs at least one set")
        self.sets = tuple(sets)
        self.index = 0
        self.results: list[SetResult] = []
        self._summary_s = summary_s
        self._calibration, self._gentle = calibration, gentle
        self._start: float | None = None
        self._ended: float | None = None
        self._last: Feedback | None = None
        self._now = 0.0
        self._begin()

    @property
    def exercise(self) -> Exercise:
        """The exercise of the running set (of the last one when all are done)."""
        return self.sets[self.index][0]

    @property
    def done(self) -> bool:
        """Whether all sets have ended."""
        return len(self.results) == len(self.sets)

    @property
    def between(self) -> bool:
        """Whether a set has ended and its summary is to be shown; true after the last one, too."""
        return self._ended is not None

    @property
    def begins_in_s(self) -> float | None:
        """Seconds until the next set begins by itself; None while a set runs, after the last, or without a limit."""
        if self._ended is None or self.done or math.isinf(self._summary_s):
            return None
        return max(0.0, self._summary_s - (self._now - self._ended))

    @property
    def left_s(self) -> float:
        """Seconds that what is left takes at the exercises' own tempo."""
        exercise, goal = self.sets[self.index]
        running = 0.0 if self.between or goal is None else exercise.round_s * max(0, goal - self.session.reps)
        pause = self._summary_s if math.isfinite(self._summary_s) else 0.0
        return running + sum(e.round_s * (n or 0) + pause for e, n in self.sets[self.index + 1 :])

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame within the running set."""
        self._now = frame.time
        if self._ended is not None and not self.done and frame.time - self._ended >= self._summary_s:
            self.index += 1
            self._begin()
        if self._ended is not None:
            if self._last is None:  # skipped before anything was seen
                self._last = self.session.step(frame)
            return replace(self._last, events=())  # what happened at the end of the set happened once
        self._start = frame.time if self._start is None else self._start
        self._time = frame.time
        feedback = self.session.step(frame)
        self._last = feedback
        if feedback.phase is Phase.DONE:
            self._end()
        return feedback

    def skip(self) -> None:
        """End the running set now with what was done, or cut its summary short."""
        if self._ended is None:
            self._end()
        elif not self.done:
            self._ended = -math.inf

    def correct(self, was_one: bool) -> bool:
        """Take the person's word on the last attempt of the running set; return whether it changed anything."""
        return self._ended is None and self.session.correct(was_one, self._now)

    def again(self) -> None:
        """Begin the running set anew; what was done of it is forgotten. In a summary: do the set that ended again."""
        if self._ended is not None:
            self.results.pop()
        self._begin()

    def back(self) -> None:
        """Go back to the set before this one, and forget what came of it; in the first set begin that anew."""
        if self._ended is None and self.index > 0:
            self.index -= 1
            self.results.pop()
            self._begin()
        else:
            self.again()

    def _begin(self) -> None:
        exercise, goal = self.sets[self.index]
        self.session = begin(exercise, goal, self._calibration, self._gentle)
        self._start = self._ended = self._last = None
        self._time = self._now

    def _end(self) -> None:
        exercise, goal = self.sets[self.index]
        last = self._last
        self._ended = self._time
        self.results.append(
            SetResult(
                exercise,
                goal,
                self._start or 0.0,
                self._time,
                self.session.reps,
                last.left if last else 0,
                last.right if last else 0,
                tuple(self.session.attempts),
                self.session.neutral,
            )
        )
