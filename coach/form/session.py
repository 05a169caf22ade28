"""The coach's mind: one `Frame` in, one `Feedback` out, for one set of one exercise.

The only time is `Frame.time`. The same frames give the same feedback, live, from a video or from a recording.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from coach.form import scoring
from coach.form.calibration import Calibration, Neutral, NeutralLearner, drifted, looks_neutral
from coach.form.condition import Conditions, mirror, parse
from coach.form.exercise import Exercise, eased
from coach.form.faults import FaultWatch
from coach.form.measures import FACE, TABLE, columns, measure_frame
from coach.form.quality import FPS_SOFT, TOO_SLOW, QualityGate
from coach.form.reps import OFF_PEAK, SWITCH, Attempt, Counter
from coach.form.smoothing import OneEuro
from coach.form.template import Template
from coach.frame import Array, Bools, Event, Feedback, Frame, Kind, Phase, Repetition, Side

#: One-Euro: 2 Hz at rest (a delay of about 80 ms), opening with speed. A tenth of an OC, ten degrees or half a
#: blendshape a second open it by 1 Hz.
_MIN_CUTOFF = 2.0
_OPENS = {"OC": 10.0, "deg": 0.1, "cm": 0.1, "ratio": 1.0, "shape": 2.0, "px": 0.1, "light": 0.1}
_BETA = np.array([_OPENS[row.unit] for row in TABLE])

#: A face gone for longer (seconds) is said to be lost; a running attempt is then given up.
LOST_S = 0.4
#: The rest level follows a drifting face, every so many seconds of rest, with these time constants (seconds): slowly
#: for the face, quicker for the head's pose where that is not what is judged (somebody who moves in the chair).
FOLLOW_S, _DRIFT_S, _DRIFT_POSE_S = 2.0, 30.0, 5.0
#: Seconds are added up in another order in a recording: what differs by rounding only is equal.
_ROUNDING_S = 1e-6
#: A match held below this says that the neutral was learnt on a face that was not at rest.
_BELOW_REST = -0.3
#: Seconds after which it is replaced.
_PATIENCE_S = 2.0
#: In gentle mode this part of every level is enough.
GENTLE = 0.6
#: Seconds at rest after a neutral was learnt, before the first attempt can begin: it begins from rest.
RESTED_S = 0.2
#: Seconds before an attempt that belong to its trace, and the part of the time of its rise: its beginning lies there.
_BEFORE_S, _BEFORE_RISE = 1.0, 0.6

#: Moments judged at once in a recording: enough to be quick, few enough to stay in the processor's caches.
_LEAP = 256

_POSE = columns(("yaw_deg", "pitch_deg", "roll_deg"))

_EYES = columns(("eye_aperture_left", "eye_aperture_right"))
#: Eyes narrower than this part of the resting ones are no new resting face.
_CLOSED = 0.8

FACE_CAMERA = "Face the camera and let your face rest."
NO_FACE = "I cannot see your face."
#: Whether somebody holds the breath is not to be seen: in holds longer than this (seconds) it is said to all.
BREATHE, LONG_S = "Keep breathing.", 6.0
DRIFTED = "Ready. Your resting face has changed since it was calibrated, so I use the common range."


class Session:
    """One set of one exercise. Call `step` for every frame, in the order of time."""

    def __init__(
        self,
        exercise: Exercise,
        goal: int | None = None,
        neutral: Neutral | None = None,
        calibration: Calibration | None = None,
        gentle: bool = False,
    ) -> None:
        """exercise: what to judge. goal: repetitions after which the set is done, None counts for ever.
        neutral: a neutral face already known, None learns it from the first steady second.
        calibration: the person's own ranges, used where there is one of this exercise and the resting face is still
        the same. gentle: a moderate, slow, even movement is what scores highest, and less of it counts.

        Raises ValueError for an exercise that the camera does not judge.
        """
        if exercise.judge == "timer":
            raise ValueError(f"'{exercise.id}' is guided by a timer and not judged")
        self.exercise, self.goal = exercise, goal
        self.calibration, self.gentle = calibration, gentle
        self._filter = OneEuro(_MIN_CUTOFF, _BETA)
        pairs = exercise.symmetry.pairs if exercise.symmetry else []
        judged = [*exercise.measures, *(name for pair in pairs for name in pair)]
        self._rules = [parse(rule.when) for rule in exercise.refuse]
        gates = [clause.measure for clauses in self._rules for clause in clauses]
        self._learner = NeutralLearner({*columns(judged), *_POSE}, set(columns(gates)))
        self.count = eased(exercise.count, GENTLE) if gentle else exercise.count
        self._counter = Counter(self.count, len(exercise.poses))
        self._faults = FaultWatch(exercise)
        self._gate = QualityGate(exercise)
        self._seen: float | None = None
        self._lost = False
        self._time: float | None = None
        self._frame_s = 0.0  # mean time from frame to frame of late
        self._wrong_since: float | None = None
        self._armed = False
        self.attempts: list[Repetition] = []
        #: attempts that wait for their shape: many are aligned at once in a recording
        self._unshaped: list[scoring.Judged] = []
        self._at_once = False
        self._hold_said = False
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        self._follow = np.full(len(TABLE), 1.0 - math.exp(-FOLLOW_S / _DRIFT_S))
        self._follow[[c for c in _POSE if c not in columns(judged)]] = 1.0 - math.exp(-FOLLOW_S / _DRIFT_POSE_S)
        self._before = _BEFORE_S + _BEFORE_RISE * exercise.tempo.rise
        self._beside = np.full(len(TABLE) - FACE, np.nan)
        #: what was seen lately, as (times, values, quality) of one or more frames each
        self._trace: deque[tuple[Array, Array, Array]] = deque()
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
        if measures is None or not math.isfinite(measures[:FACE].sum()):
            return self._without(NO_FACE, time, events)
        if not self._gate.sees(measures):
            return self._without(f"I cannot see your {self._gate.who}.", time, events)
        if self._lost or (self._seen is not None and time - self._seen > LOST_S):
            self._find(time, events)
        self._seen = time
        levels = self._gate.levels(measures)
        values = self._filter.step(time, self._carried(measures))
        return self._take(time, last_time, values, levels, events)

    def _take(
        self, time: float, last_time: float | None, values: Array, levels: Array, events: list[Event]
    ) -> Feedback:
        """Judge the filtered (M,) values of one moment, seen as well as `levels` (G,) say."""
        worst = int(levels.argmin())
        quality = float(levels[worst])
        if self.neutral is None:
            learnt = self._learner.step(time, values) if quality > 0.0 else None
            if learnt is None:
                unfit = self._gate.reasons[worst] if quality == 0.0 else FACE_CAMERA
                return self._feedback(time, Phase.LEARNING, None, events, withheld=unfit, quality=quality)
            self._arm(learnt)
        if not self._armed:
            self._armed = True
            events.append(Event(time, Kind.ARMED, DRIFTED if self._drifted else "Ready."))

        change = (values - self._rest) * self._known
        progress = self._template.progress(change)
        matches = self._template.sides(self._template.match(progress)).tolist()
        counter, running = self._counter, self._counter.attempt
        pose = counter.pose
        left, right = matches[pose]
        side = running.side if running is not None else int(right > left)
        match = matches[pose][side]
        holds = self._conditions[side].test(change).tolist()
        refused = self._refused(holds[: len(self._rules)], worst, quality)

        before = counter.phase
        ended = counter.step(time, matches, refused) if self._rested >= RESTED_S else None
        phase, running = counter.phase, counter.attempt
        if self._rested < RESTED_S and match < self.count.back:
            self._rested += time - last_time if last_time is not None else 0.0
        self._remember(np.array([time]), values[None], np.array([quality]), running or ended)
        if phase is Phase.HOLD and running and running.hold >= self.exercise.tempo.hold > 0 and not self._hold_said:
            self._hold_said = True
            events.append(Event(time, Kind.HOLD_DONE, "Hold reached."))
        if phase is not Phase.HOLD:
            self._hold_said = False
        faulty = holds[len(self._rules) :] if quality >= scoring.UNSURE else [False] * (len(holds) - len(self._rules))
        faults, cue = self._faults.step(time, faulty, phase is not Phase.REST or before is not Phase.REST)
        events += faults
        if ended is not None:
            self._end(ended, time, events)
        if last_time is not None:
            self._follow_rest(time, time - last_time, match, values, change, events)
            phase = counter.phase if ended is None else phase  # rest, where an attempt was given up
        withheld = "" if refused is None else self._why(refused)
        if not cue and phase is Phase.HOLD and self.exercise.tempo.hold > LONG_S:
            cue = BREATHE
        if last_time is not None:
            self._frame_s += 0.1 * (time - last_time - self._frame_s)
        if not cue and quality < scoring.UNSURE:
            cue = self._gate.reasons[worst]
        if not cue and self._frame_s * FPS_SOFT > 1.0:
            cue = TOO_SLOW
        if self.goal is not None and self.reps >= self.goal:
            phase = Phase.DONE
            events.append(Event(time, Kind.SET_DONE, "Set done. Well done."))
        return self._feedback(time, phase, match, events, cue, withheld, progress, pose, side, quality)

    def relearn(self) -> None:
        """Forget the neutral face and learn it anew; counts are kept."""
        self.neutral = None
        self._armed = False
        self._learner.reset()
        self._counter.reset()
        self._trace.clear()

    # --- what is seen -------------------------------------------------------------------------------------

    def _refused(self, holds: list[bool], worst: int, quality: float) -> int | None:
        """Number of the rule that refuses this moment; those of the gate come after those of the exercise."""
        if quality == 0.0:
            return len(self._rules) + worst
        return holds.index(True) if True in holds else None

    def _why(self, refused: int) -> str:
        own = len(self._rules)
        return self.exercise.refuse[refused].say if refused < own else self._gate.reasons[refused - own]

    def _carried(self, measures: Array) -> Array:
        """The measures with the last known value in the place of what is not seen beside the face."""
        beside = measures[FACE:]
        missing = np.isnan(beside)
        if not missing.any():
            self._beside = beside
            return measures
        self._beside = np.where(missing, self._beside, beside)
        return np.concatenate([measures[:FACE], np.nan_to_num(self._beside)])

    def _remember(self, times: Array, values: Array, quality: Array, running: Attempt | None) -> None:
        """Keep what an attempt's trace will need."""
        self._trace.append((times, values, quality))
        if running is None:
            oldest = float(times[-1]) - self._before
            while self._trace[0][0][-1] < oldest:
                self._trace.popleft()

    # --- neutral ------------------------------------------------------------------------------------------

    def _arm(self, neutral: Neutral) -> None:
        self.neutral = neutral
        self._rest = neutral.values.copy()
        self._rest_sum, self._rest_s = np.zeros(len(TABLE)), 0.0
        #: 0 for what lies beside the face and has not been seen: it has no rest to change from
        self._known = np.ones(len(TABLE))
        self._known[FACE:] = ~np.isnan(self._beside)
        self._drifted = self.calibration is not None and drifted(self.calibration, self._rest)
        ranges = self.calibration.ranges if self.calibration and not self._drifted else {}
        self._template = Template(self.exercise, self._rest, ranges.get(self.exercise.id))
        conditions = [*self._rules, *self._faults.conditions]
        swapped = [mirror(c) for c in conditions] if self.exercise.sides == "alternate" else conditions
        self._conditions = Conditions(conditions, self._rest), Conditions(swapped, self._rest)
        self._hold_said = False
        self._rested = RESTED_S if self.count.ends == "held" else 0.0
        self._trace.clear()

    def _follow_rest(
        self, time: float, dt: float, match: float, values: Array, change: Array, events: list[Event]
    ) -> None:
        """Let the rest level follow a face that drifts, and replace a neutral that is none (any more).

        A resting face that measures far below the neutral shows that this was learnt on a moving one; one that stays
        between rest and peak, much longer than the exercise is held, that the person sits differently now.
        """
        phase = self._counter.phase
        if phase is Phase.REST and abs(match) < self.count.back:
            self._drift(dt, change * dt)
        if not self._looks_wrong(match):
            self._wrong_since = None
            return
        if self._wrong_since is None:
            self._wrong_since = time
            self._learner.reset()
        patience = self._patience(phase)
        if time - self._wrong_since < patience - 2.0 * self._learner.seconds:
            return
        if not looks_neutral(values, strict=True) or self._half_closed(values):
            # Start the second anew: a face that has just opened its eyes has not settled yet.
            self._learner.reset()
            return
        learnt = self._learner.step(time, values)
        if learnt is not None and time - self._wrong_since >= patience and looks_neutral(learnt.values, strict=True):
            never = "you did not come back to rest; your new resting face is learnt"
            self._give_up(self._counter.attempt, time, never, events)
            self._arm(learnt)
            self._counter.reset()
            self._wrong_since = None

    def _looks_wrong(self, match: float) -> bool:
        """Whether this moment speaks against the neutral."""
        phase = self._counter.phase
        return match < _BELOW_REST if phase is Phase.REST else phase in (Phase.RISE, Phase.LOWER)

    def _half_closed(self, values: Array) -> bool:
        """Whether the eyes are much narrower than at rest: on some faces the tracker sees a closed lid poorly."""
        return bool(np.any(values[_EYES] < _CLOSED * self._rest[_EYES]))

    def _patience(self, phase: Phase) -> float:
        """Seconds after which a wrong neutral is replaced."""
        if phase is Phase.REST:
            return _PATIENCE_S
        return _PATIENCE_S + 3.0 + 1.5 * max(self.exercise.tempo.hold, self.count.hold)

    def _drift(self, seconds: float, sum_of_changes: Array) -> None:
        """Add to what was seen at rest, and move the rest level there from time to time."""
        self._rest_s += seconds
        self._rest_sum += sum_of_changes
        if self._rest_s >= FOLLOW_S - _ROUNDING_S:
            self._rest += self._follow * self._rest_sum / self._rest_s
            self._rest_sum, self._rest_s = np.zeros(len(TABLE)), 0.0

    # --- attempts -----------------------------------------------------------------------------------------

    def _end(self, attempt: Attempt, time: float, events: list[Event], given_up: str = "") -> None:
        """Turn an ended attempt into a Repetition, or drop it when it was only fidgeting."""
        times, values, quality = (np.concatenate(part) for part in zip(*self._trace, strict=True))
        since = np.searchsorted(times, attempt.start - self._before)
        change = (values[since:] - self._rest) * self._known
        faults = self._conditions[attempt.side].test(change)[:, len(self._rules) :]
        faults &= (quality[since:] >= scoring.UNSURE)[:, None]
        trace = scoring.Trace(times[since:], change, faults, self._faults.codes, quality[since:])
        whys = {number: self._why(number) for number in attempt.refusals}
        found = scoring.judge(self._template, self.count, attempt, trace, whys, self.gentle, given_up)
        self._trace.clear()
        if found is None:
            return
        self._unshaped.append(found)
        if not self._at_once:
            self._shape()
        repetition = found.repetition
        events += [Event(time, Kind.FAULT, says, code) for code, says in found.said]
        if not repetition.counted:
            events.append(Event(time, Kind.ATTEMPT_MISSED, repetition.reason))
        else:
            self._counted[repetition.side] += 1
            events.append(Event(time, Kind.REP, f"{self.reps}"))

    def _shape(self) -> None:
        """Finish the attempts that have ended."""
        self.attempts += scoring.shaped(self._unshaped)
        self._unshaped.clear()

    # --- a whole recording at once ------------------------------------------------------------------------

    def run(self, times: Array, measures: Array) -> Array:
        """Judge many moments at once: the same repetitions as `advance` frame by frame, without cues and events.

        times (T,) seconds, measures (T, M), rows of nan where no face was seen. Result (T,) match, nan where nothing
        was judged. Raises ValueError when time does not rise.
        """
        if len(times) and not (np.diff(times, prepend=-np.inf if self._time is None else self._time) > 0).all():
            raise ValueError("time must rise from frame to frame")
        self._at_once = True
        match = np.full(len(times), np.nan)
        fit = np.isfinite(measures[:, :FACE].sum(axis=1)) & self._gate.sees(measures)
        gaps = np.diff(times) > LOST_S
        breaks = np.flatnonzero((np.diff(fit.astype(int)) != 0) | (gaps & fit[1:])) + 1
        for start, end in zip([0, *breaks], [*breaks, len(times)], strict=True):
            if start == end or (self.goal is not None and self.reps >= self.goal):
                continue
            if not fit[start]:
                for i in range(start, end):
                    self.advance(float(times[i]), None if np.isnan(measures[i, 0]) else measures[i])
            else:
                match[start:end] = self._run_seen(times[start:end], measures[start:end])
        self._at_once = False
        self._shape()
        return match

    def _run_seen(self, times: Array, measures: Array) -> Array:
        """`run` for moments in which all is seen, none of them too long after the last."""
        if self._lost or (self._seen is not None and times[0] - self._seen > LOST_S):
            self._find(float(times[0]), [])
        levels = self._gate.levels(measures)
        beside = _filled(measures[:, FACE:], self._beside)
        values = self._filter.run(times, np.concatenate([measures[:, :FACE], np.nan_to_num(beside)], axis=1))
        match = np.full(len(times), np.nan)
        i = 0
        while i < len(times) and not (self.goal is not None and self.reps >= self.goal):
            self._beside, last_time = beside[i], self._time
            n = self._leap(times[i:], values[i:], levels[i:], match[i:])
            if n == 0:
                self._time = float(times[i])
                shown = self._take(self._time, last_time, values[i], levels[i], []).match
                match[i] = np.nan if shown is None else shown
                n = 1
            i += n
            self._time = self._seen = float(times[i - 1])
        return match

    def _leap(self, times: Array, values: Array, levels: Array, match: Array) -> int:
        """Take as many moments as can be taken at once; return how many. 0: the next one needs to be looked at alone.

        match: where the match of those taken is written.
        """
        counter, running, exercise = self._counter, self._counter.attempt, self.exercise
        if (
            not self._armed
            or self._rested < RESTED_S
            or self._time is None
            or (running is None and self._wrong_since is not None)
        ):
            return 0
        if running is not None and (len(exercise.poses) > 1 or exercise.count.ends == "held"):
            return 0
        times, values, levels = times[:_LEAP], values[:_LEAP], levels[:_LEAP]
        if self._wrong_since is not None:  # on the way for long: is this a new resting face?
            until = self._wrong_since + self._patience(counter.phase) - 2.0 * self._learner.seconds
            count = int(np.searchsorted(times, until))
            times, values, levels = times[:count], values[:count], levels[:count]
        if not len(times):
            return 0
        change = (values - self._rest) * self._known
        sides = self._template.sides(self._template.match(self._template.progress(change)))
        take = self._leap_at_rest if running is None else self._leap_through
        return take(times, values, change, sides, levels, match)

    def _leap_at_rest(
        self, times: Array, values: Array, change: Array, sides: Array, levels: Array, match: Array
    ) -> int:
        now = sides[:, 0].max(axis=1)
        calm = np.abs(now) < self.count.back
        dt = np.diff(times, prepend=self._time or 0.0)
        followed = self._rest_s + np.cumsum(dt * calm)
        leaves = (now >= self.count.leave) | (now < _BELOW_REST)
        count = _first(leaves)
        count = min(count, _first(followed >= FOLLOW_S - _ROUNDING_S) + 1)  # the rest level moves with that one
        if count == 0:
            return 0
        self._wrong_since = None
        self._hold_said = False
        weights = (dt * calm)[:count]
        self._drift(float(weights.sum()), weights @ change[:count])
        self._counter.step(float(times[count - 1]), sides[count - 1].tolist(), None)
        self._remember(times[:count], values[:count], levels[:count].min(axis=1), None)
        match[:count] = np.maximum(now[:count], 0.0)
        return count

    def _leap_through(
        self, times: Array, values: Array, change: Array, sides: Array, levels: Array, match: Array
    ) -> int:
        counter, count = self._counter, self.count
        assert counter.attempt is not None
        side = counter.attempt.side
        quality, worst = levels.min(axis=1), levels.argmin(axis=1)
        holds = self._conditions[side].test(change)[:, : len(self._rules)]
        rule = np.where(holds.any(axis=1), holds.argmax(axis=1), -1) if len(self._rules) else np.full(len(times), -1)
        rule = np.where(quality == 0.0, len(self._rules) + worst, rule)
        now = sides[:, 0, side]
        low = now < count.back
        signals = np.stack([now >= count.level, now < count.level * OFF_PEAK, sides[:, 0, 1 - side] > now + SWITCH])
        turns = (np.diff(signals, axis=1) != 0).any(axis=0) | (np.diff(rule) != 0)
        special = np.flatnonzero(np.concatenate([[True], turns]) | low)
        matches = sides.tolist()
        rules = [None if r < 0 else r for r in rule.tolist()]
        done, ended, taken = -1, None, len(times)
        for i in special.tolist():
            if now[i] < _BELOW_REST:  # this may end with a new neutral, and is looked at alone
                taken = i
                break
            for k in (i - 1, i) if i - 1 > done else (i,):
                ended = counter.step(float(times[k]), matches[k], rules[k])
            done = i
            if self._looks_wrong(float(now[i])):
                if self._wrong_since is None:
                    self._wrong_since = float(times[i])
                    self._learner.reset()
            else:
                self._wrong_since = None
            if ended is not None or (counter.attempt is not None and counter.attempt.side != side):
                taken = i + 1
                break
            patience = self._patience(counter.phase) - 2.0 * self._learner.seconds
            if self._wrong_since is not None and times[-1] >= self._wrong_since + patience:
                taken = i + 1
                break
        if taken == 0:
            return 0
        if done < taken - 1:
            counter.step(float(times[taken - 1]), matches[taken - 1], rules[taken - 1])
        self._remember(times[:taken], values[:taken], quality[:taken], counter.attempt or ended)
        match[:taken] = np.maximum(now[:taken], 0.0)
        if ended is not None:
            self._end(ended, float(times[taken - 1]), [])
            if abs(now[taken - 1]) < count.back:
                dt = float(times[taken - 1] - (times[taken - 2] if taken > 1 else self._time or times[taken - 1]))
                self._drift(dt, change[taken - 1] * dt)
        return taken

    # --- faces come and go --------------------------------------------------------------------------------

    def _without(self, reason: str, time: float, events: list[Event]) -> Feedback:
        """Nothing to judge now, for `reason`."""
        if self._seen is not None and not self._lost and time - self._seen > LOST_S:
            self._lose(time, reason, events)
        phase = self._counter.phase if self.neutral is not None else Phase.LEARNING
        return self._feedback(time, phase, None, events, withheld=reason, quality=0.0)

    def _find(self, time: float, events: list[Event]) -> None:
        if not self._lost:
            self._lose(self._seen or time, NO_FACE, events)
        self._lost = False
        events.append(Event(time, Kind.FACE_FOUND, "There you are."))
        self._filter.reset()
        self._learner.reset()

    def _lose(self, time: float, reason: str, events: list[Event]) -> None:
        self._lost = True
        events.append(Event(time, Kind.FACE_LOST, reason))
        gone = "the face" if reason == NO_FACE else f"your {self._gate.who}"
        self._give_up(self._counter.attempt, time, f"{gone} left the picture", events)
        self._counter.reset()
        self._trace.clear()

    def _give_up(self, attempt: Attempt | None, time: float, reason: str, events: list[Event]) -> None:
        """Note an attempt that cannot be judged to its end."""
        if attempt is not None and self._trace:
            attempt.end = time
            self._end(attempt, time, events, reason)

    def _feedback(
        self,
        time: float,
        phase: Phase,
        match: float | None,
        events: list[Event],
        cue: str = "",
        withheld: str = "",
        progress: Array | None = None,
        pose: int = 0,
        side: int = 0,
        quality: float = 1.0,
    ) -> Feedback:
        running = self._counter.attempt
        last = self.attempts[-1] if self.attempts else None
        form = next((a.form for a in reversed(self.attempts) if a.form is not None), None)
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
            last=last,
            errors={} if progress is None else self._template.errors(progress, pose, side),
            form=form,
            quality=quality,
            pose=self._counter.pose,
        )


def _first(flags: Bools) -> int:
    """Index of the first True, the length where there is none."""
    found = int(flags.argmax()) if len(flags) else 0
    return found if len(flags) and flags[found] else len(flags)


def _filled(values: Array, last: Array) -> Array:
    """(T, n) with the last known value in the place of nan, `last` (n,) before the first."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    rows = np.where(missing, -1, np.arange(len(values))[:, None])
    rows = np.maximum.accumulate(rows, axis=0)
    return np.asarray(np.where(rows < 0, last, np.take_along_axis(values, np.maximum(rows, 0), axis=0)))


def judge(exercise: Exercise, frames: Iterable[Frame], goal: int | None = None) -> Iterator[Feedback]:
    """Feedback for each of the frames: a whole recording through the same session."""
    session = Session(exercise, goal)
    return (session.step(frame) for frame in frames)
