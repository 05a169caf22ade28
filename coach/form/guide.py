"""Exercises that the camera cannot judge are led by time: rise, hold, lower, rest, again and again.

Nothing is scored and nothing is claimed to have been seen, except whether somebody is there: with nobody in the
picture the guide waits, except where hands are to cover the face.
"""

import numpy as np

from coach.form.calibration import Calibration, Rest
from coach.form.deciding import BREATHE, LONG_S
from coach.form.exercise import Exercise
from coach.frame import Array, Event, Feedback, Frame, Kind, Phase, Repetition

#: Seconds to get ready before the first one, and without a face after which the guide waits.
READY_S, WAITS_S = 3.0, 2.0
AWAY = "I wait for you."


class Guide:
    """One set of one exercise led by time: `step` as a `Session` has it."""

    def __init__(self, exercise: Exercise, goal: int | None = None) -> None:
        """goal: how often it is led through, None for ever."""
        self.exercise, self.goal = exercise, goal
        #: nothing is judged, so there are none
        self.attempts: list[Repetition] = []
        self.neutral: Rest | None = None
        self.calibration: Calibration | None = None
        self.gentle = False
        self._time: float | None = None
        self._seen: float | None = None
        self._led = -READY_S
        self._said = 0

    @property
    def reps(self) -> int:
        """How often the exercise was led through to its end."""
        return max(0, int((self._led + self.exercise.tempo.rest) / self._round))

    @property
    def _round(self) -> float:
        return max(self.exercise.round_s, 0.5)

    def correct(self, was_one: bool, time: float, known: int | None = None) -> bool:
        """Nothing is judged, so nothing can be corrected."""
        return False

    def relearn(self) -> None:
        """Get ready anew; what was led is kept."""
        self._led = self.reps * self._round or -READY_S

    def step(self, frame: Frame) -> Feedback:
        """Go on by the time since the last frame."""
        return self.advance(frame.time, frame.landmarks)

    def run(self, times: Array, measures: Array) -> Array:
        """Go through a whole recording: times (T,), measures (T, M), nan where no face was seen; nothing matches."""
        for time, values in zip(times.tolist(), measures, strict=True):
            self.advance(time, None if np.isnan(values[0]) else values)
        return np.full(len(times), np.nan)

    def advance(self, time: float, face: Array | None) -> Feedback:
        """Go on by the time since the last moment; face: anything but None where one was seen.

        Raises ValueError when time does not rise.
        """
        last = self._time
        if last is not None and not time > last:
            raise ValueError(f"time must rise from frame to frame, not go from {last} s to {time} s")
        self._time = time
        if face is not None:
            self._seen = time
        here = self.exercise.unseen or (self._seen is not None and time - self._seen <= WAITS_S)
        done = self.goal is not None and self.reps >= self.goal
        if here and last is not None and not done:
            self._led += min(time - last, WAITS_S)
        events = []
        if self.reps > self._said:
            self._said = self.reps
            events.append(Event(time, Kind.REP, f"{self.reps}"))
            if self.goal is not None and self.reps >= self.goal:
                events.append(Event(time, Kind.SET_DONE, "Set done. Well done."))
        phase, held = self._phase()
        cue = AWAY if not here else BREATHE if phase is Phase.HOLD and self.exercise.tempo.hold > LONG_S else ""
        return Feedback(
            time=time,
            phase=phase,
            match=None,
            progress=min(1.0, self.reps / self.goal) if self.goal else 0.0,
            reps=self.reps,
            attempts=0,
            left=0,
            right=0,
            hold_s=held,
            cue=cue,
            withheld="" if here else AWAY,
            events=tuple(events),
        )

    def _phase(self) -> tuple[Phase, float]:
        """The phase that is led now, and the seconds that it has been held."""
        if self.goal is not None and self.reps >= self.goal:
            return Phase.DONE, 0.0
        if self._led < 0:
            return Phase.LEARNING, 0.0
        tempo, into = self.exercise.tempo, self._led % self._round
        if into < tempo.rise:
            return Phase.RISE, 0.0
        into -= tempo.rise
        if into < tempo.hold:
            return Phase.HOLD, into
        return (Phase.LOWER if into - tempo.hold < tempo.lower else Phase.REST), 0.0
