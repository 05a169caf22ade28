"""The coach's mind: one `Frame` in, one `Feedback` out, for one set of one exercise.

The only time is `Frame.time`. The same frames give the same feedback, live, from a video or from a recording.
"""

import math
from collections.abc import Iterable, Iterator

import numpy as np

from coach.form.calibration import Neutral, NeutralLearner, looks_neutral
from coach.form.condition import Conditions, mirror, parse
from coach.form.exercise import Exercise
from coach.form.faults import FaultWatch
from coach.form.match import Matcher
from coach.form.measures import TABLE, columns, measure_frame
from coach.form.reps import NOTICE, NOTICE_S, Attempt, Counter
from coach.form.smoothing import OneEuro
from coach.frame import SIDES, Array, Event, Feedback, Frame, Kind, Phase, Repetition, Side

#: One-Euro: 2 Hz at rest (a delay of about 80 ms), opening with speed. A tenth of an OC, ten degrees or half a
#: blendshape a second open it by 1 Hz.
_MIN_CUTOFF = 2.0
_BETA = np.array([{"OC": 10.0, "deg": 0.1, "cm": 0.1, "ratio": 1.0, "shape": 2.0}[row.unit] for row in TABLE])

#: A face gone for longer (seconds) is said to be lost; a running attempt is then given up.
LOST_S = 0.4
#: Seconds in which the rest level follows a drifting face: slowly for the face, quicker for the head's pose where
#: that is not what is judged (somebody who moves in the chair).
_DRIFT_S, _DRIFT_POSE_S = 30.0, 5.0
#: A match held below this says that the neutral was learnt on a face that was not at rest.
_BELOW_REST = -0.3
#: Seconds after which it is replaced.
_PATIENCE_S = 2.0

_POSE = columns(("yaw_deg", "pitch_deg", "roll_deg"))

#: An attempt quicker than this part of its target time is rushed.
RUSHED = 0.6

FACE_CAMERA = "Face the camera and let your face rest."
NO_FACE = "I cannot see your face."


class Session:
    """One set of one exercise. Call `step` for every frame, in the order of time."""

    def __init__(self, exercise: Exercise, goal: int | None = None, neutral: Neutral | None = None) -> None:
        """exercise: what to judge. goal: repetitions after which the set is done, None counts for ever.
        neutral: a neutral face already known, None learns it from the first steady second.

        Raises ValueError for an exercise that the camera does not judge.
        """
        if exercise.judge == "timer":
            raise ValueError(f"'{exercise.id}' is guided by a timer and not judged")
        self.exercise, self.goal = exercise, goal
        self._filter = OneEuro(_MIN_CUTOFF, _BETA)
        pairs = exercise.symmetry.pairs if exercise.symmetry else []
        judged = [*exercise.peak, *(name for pair in pairs for name in pair)]
        gates = [clause.measure for rule in exercise.refuse for clause in parse(rule.when)]
        self._learner = NeutralLearner({*columns(judged), *_POSE}, set(columns(gates)))
        self._counter = Counter(exercise.count)
        self._faults = FaultWatch(exercise)
        self._seen: float | None = None
        self._lost = False
        self._time: float | None = None
        self._wrong_since: float | None = None
        self._armed = False
        self.attempts: list[Repetition] = []
        self._hold_said = False
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        self._drift = np.full(len(TABLE), 1.0 / _DRIFT_S)
        self._drift[[column for column in _POSE if column not in columns(judged)]] = 1.0 / _DRIFT_POSE_S
        self.neutral: Neutral | None = None
        if neutral is not None:
            self._arm(neutral)

    @property
    def reps(self) -> int:
        """Repetitions counted so far."""
        return sum(self._counted.values())

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame."""
        return self.advance(frame.time, measure_frame(frame))

    def advance(self, time: float, measures: Array | None) -> Feedback:
        """Judge one moment from its (M,) measures, None where no face was seen.

        time: seconds, later than the time before. Raises ValueError when it is not.
        """
        events: list[Event] = []
        last_time, self._time = self._time, time
        if last_time is not None and not time > last_time:
            raise ValueError(f"time must rise from frame to frame, not go from {last_time} s to {time} s")
        if self.goal is not None and self.reps >= self.goal:
            return self._feedback(time, Phase.DONE, None, events)
        if measures is None or not math.isfinite(measures.sum()):
            return self._without_face(time, events)
        if self._lost or (self._seen is not None and time - self._seen > LOST_S):
            if not self._lost:
                self._lose(self._seen or time, events)
            self._lost = False
            events.append(Event(time, Kind.FACE_FOUND, "There you are."))
            self._filter.reset()
            self._learner.reset()
        self._seen = time
        values = self._filter.step(time, measures)

        if self.neutral is None:
            learnt = self._learner.step(time, values)
            if learnt is None:
                return self._feedback(time, Phase.LEARNING, None, events, withheld=FACE_CAMERA)
            self._arm(learnt)
        if not self._armed:
            self._armed = True
            events.append(Event(time, Kind.ARMED, "Ready."))

        change = values - self._rest
        progress = self._matcher.progress(change)
        left, right = self._matcher.match(progress).tolist()
        ahead = 0 if left >= right else 1
        if self.exercise.sides == "both":
            ahead = ahead if self.exercise.leading == "either" else 1 - ahead
            left = right = (left, right)[ahead]
        elif self._counter.attempt is not None:
            ahead = self._counter.attempt.side
        match = (left, right)[ahead]
        holds = self._conditions[ahead].test(change).tolist()
        refusing, faulty = holds[: self._rules], holds[self._rules :]
        refused = refusing.index(True) if True in refusing else None

        before = self._counter.phase
        ended = self._counter.step(time, (left, right), refused)
        phase = self._counter.phase
        running = self._counter.attempt
        if running is not None and match >= self.exercise.count.level and self._pairs is not None:
            running.pairs.append(change[self._pairs])
        if phase is Phase.HOLD and running and running.hold >= self.exercise.tempo.hold > 0 and not self._hold_said:
            self._hold_said = True
            events.append(Event(time, Kind.HOLD_DONE, "Hold reached."))
        if phase is Phase.REST:
            self._hold_said = False
        faults, cue = self._faults.step(time, faulty, phase is not Phase.REST or before is not Phase.REST)
        events += faults
        for attempt in (ended, running):
            if attempt is not None:
                attempt.faults += [e.code for e in faults if e.kind is Kind.FAULT and e.code not in attempt.faults]
        if ended is not None:
            self._judge(ended, time, events)
        if last_time is not None:
            self._follow_rest(time, time - last_time, match, values, change)
        if phase is not Phase.REST and self._counter.phase is Phase.REST:  # given up: it never came back
            phase = Phase.REST
            self._give_up(running, time, "you did not come back to rest; your new resting face is learnt", events)
        withheld = self.exercise.refuse[refused].say if refused is not None else ""
        if self.goal is not None and self.reps >= self.goal:
            phase = Phase.DONE
            events.append(Event(time, Kind.SET_DONE, "Set done. Well done."))
        return self._feedback(time, phase, match, events, cue, withheld, progress[ahead], ahead)

    def relearn(self) -> None:
        """Forget the neutral face and learn it anew; counts are kept."""
        self.neutral = None
        self._armed = False
        self._learner.reset()
        self._counter.reset()

    # --- neutral ------------------------------------------------------------------------------------------

    def _arm(self, neutral: Neutral) -> None:
        self.neutral = neutral
        self._rest = neutral.values.copy()
        self._matcher = Matcher(self.exercise, self._rest)
        conditions = [*(parse(rule.when) for rule in self.exercise.refuse), *self._faults.conditions]
        swapped = [mirror(c) for c in conditions] if self.exercise.sides == "alternate" else conditions
        self._conditions = Conditions(conditions, self._rest), Conditions(swapped, self._rest)
        self._rules = len(self.exercise.refuse)
        pairs = self.exercise.symmetry.pairs if self.exercise.symmetry else []
        self._pairs = np.array([columns(pair) for pair in pairs]) if pairs else None
        self._hold_said = False

    def _follow_rest(self, time: float, dt: float, match: float, values: Array, change: Array) -> None:
        """Let the rest level follow a face that drifts, and replace a neutral that is none (any more).

        A resting face that measures far below the neutral shows that this was learnt on a moving one; one that stays
        between rest and peak, much longer than the exercise is held, that the person sits differently now.
        """
        phase = self._counter.phase
        if phase is Phase.REST and abs(match) < self.exercise.count.back:
            self._rest += self._drift * min(dt, _DRIFT_POSE_S) * change
        wrong = match < _BELOW_REST if phase is Phase.REST else phase in (Phase.RISE, Phase.LOWER)
        if not wrong:
            self._wrong_since = None
            return
        if self._wrong_since is None:
            self._wrong_since = time
            self._learner.reset()
        patience = _PATIENCE_S if phase is Phase.REST else _PATIENCE_S + 3.0 + 1.5 * self.exercise.tempo.hold
        if time - self._wrong_since < patience - 2.0 * self._learner.seconds:
            return
        if not looks_neutral(values, strict=True):
            # Start the second anew: a face that has just opened its eyes has not settled yet.
            self._learner.reset()
            return
        learnt = self._learner.step(time, values)
        if learnt is not None and time - self._wrong_since >= patience and looks_neutral(learnt.values, strict=True):
            self._arm(learnt)
            self._counter.reset()
            self._wrong_since = None

    # --- attempts -----------------------------------------------------------------------------------------

    def _judge(self, attempt: Attempt, time: float, events: list[Event]) -> None:
        """Turn an ended attempt into a Repetition, or drop it when it was only fidgeting."""
        count = self.exercise.count
        if attempt.reach < NOTICE or attempt.end - attempt.start < NOTICE_S:
            return
        side = SIDES[attempt.side] if self.exercise.sides == "alternate" else None
        reason = ""
        if attempt.reach < count.level:
            reason = f"reached {attempt.reach:.0%} of the movement, {count.level:.0%} is needed"
        elif attempt.hold < count.hold:
            rule = max(attempt.refusals, key=lambda i: attempt.refusals[i]) if attempt.refusals else None
            if rule is not None and attempt.refusals[rule] > attempt.hold:
                reason = self.exercise.refuse[rule].say
            else:
                reason = f"held for {attempt.hold:.1f} s, {count.hold:.1f} s is needed"
        symmetry, says = self._symmetry(attempt)
        faults = list(attempt.faults)
        if says:
            faults.append("asymmetry")
            events.append(Event(time, Kind.FAULT, says, "asymmetry"))
        tempo = self.exercise.tempo
        target = tempo.rise + tempo.hold + tempo.lower
        # Only an attempt that went all the way has a tempo of its own; a smaller one is short because it is small.
        if attempt.reach >= count.level and attempt.end - attempt.start < RUSHED * target:
            faults.append("rushed")
            says = f"Slower: that took {attempt.end - attempt.start:.1f} s, take {target:.0f} s."
            events.append(Event(time, Kind.FAULT, says, "rushed"))
        repetition = Repetition(
            attempt.start, attempt.peak_time, attempt.end, not reason, reason, side,
            attempt.reach, attempt.hold, symmetry, tuple(faults),
        )  # fmt: skip
        self.attempts.append(repetition)
        if reason:
            events.append(Event(time, Kind.ATTEMPT_MISSED, reason))
        else:
            self._counted[side] += 1
            events.append(Event(time, Kind.REP, f"{self.reps}"))

    def _symmetry(self, attempt: Attempt) -> tuple[float | None, str]:
        """Smaller over larger side's displacement at the peak, and a sentence when it is worth one."""
        rule = self.exercise.symmetry
        if rule is None or not attempt.pairs:
            return None, ""
        moved = np.mean(attempt.pairs, axis=0)
        pair = moved[np.argmax(np.abs(moved).max(axis=1))]
        small = int(np.argmin(np.abs(pair)))
        larger, smaller = float(pair[1 - small]), float(pair[small])
        if abs(larger) < rule.gate:
            return None, ""
        # A side that goes the other way has gone none of this way.
        ratio = max(0.0, smaller / larger)
        if 1.0 - ratio < rule.index:
            return ratio, ""
        return ratio, f"Your {SIDES[small]} side reached {ratio:.0%} of the {SIDES[1 - small]}."

    # --- faces come and go --------------------------------------------------------------------------------

    def _without_face(self, time: float, events: list[Event]) -> Feedback:
        if self._seen is not None and not self._lost and time - self._seen > LOST_S:
            self._lose(time, events)
        phase = self._counter.phase if self.neutral is not None else Phase.LEARNING
        return self._feedback(time, phase, None, events, withheld=NO_FACE)

    def _lose(self, time: float, events: list[Event]) -> None:
        self._lost = True
        events.append(Event(time, Kind.FACE_LOST, NO_FACE))
        self._give_up(self._counter.attempt, time, "the face left the picture", events)
        self._counter.reset()

    def _give_up(self, attempt: Attempt | None, time: float, reason: str, events: list[Event]) -> None:
        """Note an attempt that cannot be judged to its end."""
        if attempt is None or attempt.reach < NOTICE:
            return
        side = SIDES[attempt.side] if self.exercise.sides == "alternate" else None
        self.attempts.append(
            Repetition(attempt.start, attempt.peak_time, time, False, reason, side, attempt.reach, attempt.hold, None)
        )
        events.append(Event(time, Kind.ATTEMPT_MISSED, reason))

    def _feedback(
        self,
        time: float,
        phase: Phase,
        match: float | None,
        events: list[Event],
        cue: str = "",
        withheld: str = "",
        progress: Array | None = None,
        side: int = 0,
    ) -> Feedback:
        running = self._counter.attempt
        errors = {} if progress is None else self._matcher.errors(progress, side)
        return Feedback(
            time=time,
            phase=phase,
            match=None if match is None else max(0.0, match),
            progress=min(1.0, self.reps / self.goal) if self.goal else 0.0,
            reps=self.reps,
            attempts=len(self.attempts),
            left=self._counted["left"],
            right=self._counted["right"],
            hold_s=running.hold if running else 0.0,
            cue=cue or withheld,
            withheld=withheld,
            events=tuple(events),
            last=self.attempts[-1] if self.attempts else None,
            errors=errors,
        )


def judge(exercise: Exercise, frames: Iterable[Frame], goal: int | None = None) -> Iterator[Feedback]:
    """Feedback for each of the frames: a whole recording through the same session."""
    session = Session(exercise, goal)
    return (session.step(frame) for frame in frames)
