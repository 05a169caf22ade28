"""A workout: sets of exercises one after the other, each judged by its own `Session`.

Like the core it has no clock: pauses between sets are measured in the time of the frames. How long one is depends on
what comes next, so that a workout takes about as long as `routine.seconds` says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.form.calibration import Calibration, Rest
from coach.form.exercise import Exercise
from coach.form.scoring import is_good
from coach.frame import Feedback, Frame, Phase, Repetition
from coach.plan.lead import begin, explained, led_by_time
from coach.plan.rules import COMFORT

#: Seconds a finished set's summary stays before the next set begins. Before one that the face's movement is judged in:
#: time to read it, to see the next exercise shown and to come back to rest. Before work with the hands: to read the
#: name and to bring them there; strokes follow one another. What is led by time counts down by itself after it.
SUMMARY_S, SUMMARY_HANDS_S, SUMMARY_STROKE_S, SUMMARY_LED_S = 8.0, 3.0, 2.5, 2.0
#: Seconds at least where a question is asked meanwhile.
ASKING_S = 5.0


def pause_s(following: Exercise) -> float:
    """Seconds of pause before a set of this exercise."""
    if following.judged:
        return SUMMARY_S
    if led_by_time(following):
        return SUMMARY_LED_S
    return SUMMARY_STROKE_S if following.touch is not None and following.touch.move == "stroke" else SUMMARY_HANDS_S


@dataclass(frozen=True, slots=True)
class SetResult:
    """What came of one set: `reps` counted of `attempts`, sides apart, each attempt with its reason.

    start_s, end_s  seconds, times of the first and the last frame of the set
    goal            repetitions asked for, None where there was no number
    neutral         the resting face as it was learnt, None where it was not
    judged_s        seconds in which the face could be judged, None where nothing is judged by the face
    why_nothing     why nothing was counted; empty where something was, or nothing is judged by the face
    """

    exercise: Exercise
    goal: int | None
    start_s: float
    end_s: float
    reps: int
    left: int
    right: int
    attempts: tuple[Repetition, ...]
    neutral: Rest | None = None
    judged_s: float | None = None
    why_nothing: str = ""

    @property
    def good_reps(self) -> int:
        """Counted repetitions in good form in which no fault was named."""
        return sum(is_good(a) for a in self.attempts)


class Workout:
    """Runs through sets. Call `step` for every frame; `skip` ends the running set early, `hurts` because of pain."""

    def __init__(
        self,
        sets: Sequence[tuple[Exercise, int | None]],
        summary_s: float | None = None,
        calibration: Calibration | None = None,
        gentle: bool = False,
    ) -> None:
        """sets: exercises with their number of repetitions (None: until skipped). summary_s: pause between sets,
        None for what fits the next one. calibration, gentle: as `Session` takes them."""
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
        self._asked = False
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
        if self._ended is None or self.done or math.isinf(self._pause_s):
            return None
        return max(0.0, self._pause_s - (self._now - self._ended))

    @property
    def left_s(self) -> float:
        """Seconds that what is left takes at the exercises' own tempo."""
        exercise, goal = self.sets[self.index]
        running = 0.0 if self.between or goal is None else exercise.round_s * max(0, goal - self.session.reps)
        return running + sum(e.round_s * (n or 0) + self._finite_s(e) for e, n in self.sets[self.index + 1 :])

    @property
    def asks(self) -> str:
        """What to ask the person in this pause, empty where there is nothing: once in a workout, after the first set
        done with the hands, whether that is comfortable."""
        return COMFORT if self._asks else ""

    @property
    def _pause_s(self) -> float:
        """Seconds of the pause after the set that runs or has ended."""
        following = self.sets[self.index + 1 : self.index + 2]
        if self._summary_s is not None or not following:
            return SUMMARY_S if self._summary_s is None else self._summary_s
        return max(pause_s(following[0][0]), ASKING_S if self._asks else 0.0)

    def _finite_s(self, following: Exercise) -> float:
        wanted = pause_s(following) if self._summary_s is None else self._summary_s
        return wanted if math.isfinite(wanted) else 0.0

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame within the running set."""
        self._now = frame.time
        if self._ended is not None and not self.done and frame.time - self._ended >= self._pause_s:
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

    def hurts(self) -> None:
        """It hurts: end the running set at once, and leave out what would do the same once more. In a pause that is
        the exercise just done."""
        if self._ended is None:
            self._end()
        hurt = self.exercise.id
        self.sets = (*self.sets[: self.index + 1], *(s for s in self.sets[self.index + 1 :] if s[0].id != hurt))
        self._asks, self._asked = False, True  # it was said already

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
        self._asks = False

    def _end(self) -> None:
        exercise, goal = self.sets[self.index]
        last = self._last
        self._ended = self._time
        if _handles(exercise) and self.session.reps and not self._asked:
            self._asks = self._asked = True
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
                *explained(self.session),
            )
        )


def _handles(exercise: Exercise) -> bool:
    """Whether hands press or stroke in it, so that it may be uncomfortable."""
    return exercise.touch is not None and exercise.touch.move not in ("rub", "upright", "seated")
