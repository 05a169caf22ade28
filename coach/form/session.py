"""The coach's mind: one `Frame` in, one `Feedback` out, for one set of one exercise.

    measures ─▶ rest ─▶ change ─▶ match, gates, faults ─▶ phases ─▶ attempt ─▶ repetition, form
    └────────── what is seen (`seen`, `rest`) ────────┘ └── what is decided (`deciding`) ──┘

The only time is `Frame.time`. The same frames give the same feedback, live, from a video or from a recording, one
by one or many at once. Counting begins with the first frame: what was seen before rest was known is judged again
when it is.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from coach.form.account import Account
from coach.form.calibration import Calibration, Rest
from coach.form.deciding import Decider, Moment, Past
from coach.form.exercise import Exercise, eased
from coach.form.faces import FIT
from coach.form.level import Learnt, Level
from coach.form.measures import NAMES, measure_frame
from coach.form.seen import Seen, Sight
from coach.frame import Array, Event, Feedback, Frame, Kind, Phase, Repetition

#: In gentle mode this part of every level is enough.
GENTLE = 0.6
#: Seconds that are judged again at most.
AGAIN_S = 60.0

READY = "Ready."
DRIFTED = "Ready. Your resting face has changed since it was calibrated, so I use the common range."


class Session:
    """One set of one exercise. Call `step` for every frame, in the order of time, and `finish` after the last."""

    def __init__(
        self,
        exercise: Exercise,
        goal: int | None = None,
        neutral: Rest | None = None,
        calibration: Calibration | None = None,
        gentle: bool = False,
    ) -> None:
        """exercise: what to judge. goal: repetitions after which the set is done, None counts for ever.
        neutral: a resting face that is known and stays; None learns it from what is seen.
        calibration: the person's own ranges and resting face, used while that is still the same.
        gentle: a moderate, slow, even movement is what scores highest, and less of it counts.

        Raises ValueError for an exercise that the camera does not judge.
        """
        if not exercise.judged:
            raise ValueError(f"'{exercise.id}' is not judged by the movement of the face")
        self.exercise, self.goal, self.calibration, self.gentle = exercise, goal, calibration, gentle
        self.count = eased(exercise.count, GENTLE) if gentle else exercise.count
        self._sight = Sight(exercise, gentle)
        self.account = Account(self._sight.gate)  # for how long what could be judged
        self._eye = self._sight.first()
        self._level = Level(exercise, self._sight, calibration, neutral)
        self._decider = Decider(exercise, self.count, self._sight, goal, gentle)
        self._past = Past()
        self._time: float | None = None
        self._armed = False
        self._agreed = -math.inf  # until when (seconds) the person has had the last word

    @property
    def attempts(self) -> list[Repetition]:
        """What was attempted so far, in the order of time."""
        return self._decider.attempts

    @property
    def reps(self) -> int:
        """Repetitions counted so far."""
        return self._decider.reps

    @property
    def why_nothing(self) -> str:
        """Why nothing was counted, empty where something was."""
        return "" if self.reps else self.account.why_nothing(self.exercise, self.attempts, self.sure)

    @property
    def sure(self) -> bool:
        """Whether rest is known well enough to count."""
        return self._level.sure

    @property
    def known(self) -> float:
        """0..1, how well rest is known for this exercise; what is counted needs 0.5."""
        return self._level.known

    @property
    def neutral(self) -> Rest | None:
        """The resting face as it is known now, None before the first third of a second."""
        return self._level.neutral

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame."""
        return self.advance(frame.time, measure_frame(frame))

    def advance(self, time: float, measures: Array | None) -> Feedback:
        """Judge one moment from its (M,) measures, None where no face was seen.

        time: seconds, later than the time before. Raises ValueError when it is not.
        """
        rows = np.full((1, len(NAMES)), np.nan) if measures is None else measures[None]
        _, events = self._take(np.array([time]), rows)
        self._decider.shape()
        return self._feedback(time, self._decider.now, events)

    def run(self, times: Array, measures: Array) -> Array:
        """Judge many moments at once: what `advance` gives one by one, without feedback.

        times (T,) seconds, measures (T, M), rows of nan where no face was seen. Result (T,) match, nan where nothing
        was judged. Raises ValueError when time does not rise.
        """
        if not len(times):
            return np.empty(0)
        match, _ = self._take(times, measures)
        self._decider.shape()
        return match

    def learn(self, times: Array, measures: Array) -> None:
        """Learn the resting face from a whole recording, which is then judged by `advance` or `run`.

        times (T,) seconds, measures (T, M), rows of nan where no face was seen.
        """
        self._level.know(times, measures)

    def run_whole(self, times: Array, measures: Array) -> Array:
        """Judge a whole recording: `learn`, `run` and `finish`."""
        self.learn(times, measures)
        match = self.run(times, measures)
        self.finish()
        return match

    def finish(self) -> list[Event]:
        """There are no more frames: end what is running, and return what came of it."""
        level = self._level
        if level.reference is None or self._time is None:
            return []
        events = self._decider.finish(self._time, level.reference, level.values, self._past, level.unsure)
        self._decider.shape()
        return events

    def correct(self, was_one: bool, time: float, known: int | None = None) -> bool:
        """Count the last attempt, or take it back, because the person says so; return whether there was one.

        known: in a recording, how many attempts there were when it was said.
        """
        changed = self._decider.correct(was_one, time, known)
        if changed:  # what the person has judged is not judged again
            running = self._decider.counter.attempt
            self._agreed = time if running is None else running.start
        return changed

    def relearn(self) -> None:
        """Forget the resting face, and whose it was, and learn it anew; counts are kept."""
        self._level.forget()
        self._eye = self._sight.first()
        self._past = Past()
        self._armed = False
        self._decider.rest()
        self._decider.now = Moment(Phase.LEARNING)

    # --- what is seen -------------------------------------------------------------------------------------

    def _see(self, times: Array, measures: Array) -> Seen:
        """Look at frames."""
        last = -math.inf if self._time is None else self._time
        if not times[0] > last or (len(times) > 1 and not (times[1:] > times[:-1]).all()):
            raise ValueError(f"time must rise from frame to frame, not go from {self._time} s to {times[0]} s"
                             if len(times) == 1 else "time must rise from frame to frame")  # fmt: skip
        seen, self._eye = self._sight.see(times, measures, self._eye)
        self._time = float(times[-1])
        return seen

    def _take(self, times: Array, measures: Array) -> tuple[Array, list[Event]]:
        """See and judge frames, with the rest as it is known at each."""
        seen = self._see(times, measures)
        matches: list[Array] = []
        events: list[Event] = []
        begins = seen.anew.nonzero()[0].tolist()
        for first, end in pairwise([0, *filter(None, begins), len(times)]):  # each beginning but that at 0, twice else
            if first in begins:
                events += self._begin_anew()
            row = first
            for until, rest in [*self._level.rests(seen, measures, first, end), (end, None)]:
                if row < until:
                    match, told = self._judge(seen.part(slice(row, until)), measures[row:until])
                    matches.append(match)
                    events += told
                if rest is not None:
                    events += self._learn(rest, float(times[until]))
                row = until
        return np.concatenate(matches) if len(matches) > 1 else matches[0], events

    def _judge(self, seen: Seen, measures: Array) -> tuple[Array, list[Event]]:
        """Decide on frames with the rest as it is."""
        level = self._level
        events: list[Event] = []
        level.straighten(seen)
        self._past.add(seen)
        if level.reference is None:
            self._decider.wait(seen, self._sight.gate)
            match = np.full(len(seen), np.nan)
        else:
            if not self._armed and (seen.why == FIT).any():
                self._armed = True
                events.append(Event(float(seen.times[0]), Kind.ARMED, DRIFTED if level.not_mine else READY))
            match, told = self._decider.take(level.reference, level.values, seen, self._past, level.unsure)
            events += told
            if self._decider.counter.attempt is None:
                self._past.forget(float(seen.times[-1]) - AGAIN_S)
        self.account.add(seen, measures, match)
        return match, events

    # --- rest ---------------------------------------------------------------------------------------------

    def _learn(self, rest: Rest, time: float) -> list[Event]:
        """Rest is known better: go on with it, and judge again what was seen where that changes much."""
        learnt = self._level.learn(rest, time)
        if learnt is Learnt.LITTLE:
            return []
        told = [Event(time, Kind.ARMED, DRIFTED)] if learnt is Learnt.SOMEBODY_ELSE else []
        return [*told, *self._judge_again(time)]

    def _judge_again(self, time: float) -> list[Event]:
        """Judge what was seen of late by the rest that is known now; tell where the count has changed."""
        before, level = self._decider, self._level
        if not self._past.pieces or before.done or level.reference is None:
            return []
        before.shape()
        begins = max(self._agreed, float(self._past.pieces[0].times[0]))
        again = Decider(self.exercise, self.count, self._sight, self.goal, self.gentle)
        again.know([attempt for attempt in before.attempts if attempt.start_s < begins])
        if again.attempts:
            begins = max(begins, again.attempts[-1].end_s)
        past = self._past.since(begins)
        again.take(level.reference, level.values, past, self._past, level.unsure)
        again.shape()
        self._decider = again
        more = again.reps - before.reps
        if not more:
            return []
        number = {1: "One", 2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(abs(more), str(abs(more)))
        how = "more counted" if more > 0 else "fewer counted"
        events = [Event(time, Kind.RECOUNTED, f"{number} {how}: I know your resting face now.")]
        if again.done:
            events.append(Event(time, Kind.SET_DONE, "Set done. Well done."))
        return events

    def _begin_anew(self) -> list[Event]:
        """Another face, or the same one elsewhere: its rest is learnt, and what was seen before stays as it is."""
        level, events = self._level, list[Event]()
        if level.given:
            return events
        if level.reference is not None:
            events = self._decider.part(level.reference, level.values, self._past, level.unsure)
        level.anew()
        self._past = Past()
        self._decider.rest()
        return events

    # --- what is told -------------------------------------------------------------------------------------

    def _feedback(self, time: float, now: Moment, events: list[Event]) -> Feedback:
        decider, level, reference = self._decider, self._level, self._level.reference
        reps, attempts, running, pose = decider.reps, decider.attempts, decider.counter.attempt, decider.counter.pose
        errors = reference.template.errors(now.change, pose, now.side) if reference and now.change else {}
        return Feedback(
            time=time,
            phase=now.phase,
            match=None if now.match is None else max(0.0, now.match),
            progress=min(1.0, reps / self.goal) if self.goal else 0.0,
            reps=reps,
            attempts=len(attempts),
            left=decider.counted("left"),
            right=decider.counted("right"),
            hold_s=running.hold if running else 0.0,
            cue=now.cue or now.withheld,
            withheld=now.withheld,
            events=tuple(events),
            last=attempts[-1] if attempts else None,
            errors=errors,
            form=next((a.form for a in reversed(attempts) if a.form is not None), None) if attempts else None,
            quality=now.quality,
            pose=pose,
            sides=now.sides,
            known=level.known,
            missing=level.missing,
        )


def judge(exercise: Exercise, frames: Iterable[Frame], goal: int | None = None) -> Iterator[Feedback]:
    """Feedback for each of the frames: a whole recording through the same session."""
    session = Session(exercise, goal)
    return (session.step(frame) for frame in frames)
