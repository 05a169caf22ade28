"""The coach's mind: one `Frame` in, one `Feedback` out, for one set of one exercise.

The only time is `Frame.time`. The same frames give the same feedback, live, from a video or from a recording.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

import numpy as np

from coach.form import scoring
from coach.form.calibration import HELD, Calibration, Neutral, NeutralLearner, drifted, looks_neutral
from coach.form.condition import Clause, Conditions, mirror, parse
from coach.form.correction import corrected
from coach.form.exercise import Exercise, eased
from coach.form.faults import FaultWatch
from coach.form.measures import FACE, INDEX, NAMES, TABLE, Shape, columns, floats_of, mirrored
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

_POSE = ("yaw_deg", "pitch_deg", "roll_deg")
_EYES = ("eye_aperture_left", "eye_aperture_right")
#: Eyes narrower than this part of the resting ones are no new resting face.
_CLOSED = 0.8

_NO_ERRORS: Mapping[str, float] = {}

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
        neutral: a neutral face already known, nan where something beside it is not; None learns it from the first
        steady second.
        calibration: the person's own ranges, used where there is one of this exercise and the resting face is still
        the same. gentle: a moderate, slow, even movement is what scores highest, and less of it counts.

        Raises ValueError for an exercise that the camera does not judge.
        """
        if not exercise.judged:
            raise ValueError(f"'{exercise.id}' is not judged by the movement of the face")
        self.exercise, self.goal = exercise, goal
        self.calibration, self.gentle = calibration, gentle
        pairs = exercise.symmetry.pairs if exercise.symmetry else []
        judged = [*exercise.measures, *(name for pair in pairs for name in pair)]
        self._rules = [parse(rule.when) for rule in exercise.refuse]
        gates = [clause.measure for clauses in self._rules for clause in clauses]
        self._learner = NeutralLearner({*columns(judged), *columns(_POSE)}, set(columns(gates)))
        self.count = eased(exercise.count, GENTLE) if gentle else exercise.count
        self._counter = Counter(self.count, len(exercise.poses))
        self._faults = FaultWatch(exercise)
        #: the measures that matter here, in the order of the table: only these are filtered and compared. `values` and
        #: `change` have one column for each, those beside the face last
        clauses = [clause for condition in (*self._rules, *self._faults.conditions) for clause in condition]
        shapes = [row.name for row in TABLE if isinstance(row, Shape)] if gentle else []
        named = {*judged, *(clause.measure for clause in clauses), *_POSE, *_EYES, *HELD, *shapes}
        self._columns = sorted({INDEX[shown] for name in named for shown in (name, mirrored(name))})
        self._pick = itemgetter(*self._columns)
        self._index = {NAMES[column]: i for i, column in enumerate(self._columns)}
        self._faces = sum(column < FACE for column in self._columns)
        self._filter = OneEuro(_MIN_CUTOFF, _BETA[self._columns])
        self._gate = QualityGate(exercise)
        self._seen: float | None = None
        self._lost = False
        self._time: float | None = None
        self._frame_s = 0.0  # mean time from frame to frame of late
        self._wrong_since: float | None = None
        self._armed = False
        self.attempts: list[Repetition] = []
        self._form: float | None = None  # of the last attempt that has one
        #: attempts that wait for their shape: many are aligned at once in a recording
        self._unshaped: list[scoring.Judged] = []
        self._at_once = False
        self._leaves = False  # the moment after those taken at once is known to leave rest
        self._hold_said = False
        self._two_sided = exercise.sides == "alternate" or exercise.symmetry is not None
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        self._follow = np.full(len(self._columns), 1.0 - math.exp(-FOLLOW_S / _DRIFT_S))
        self._follow[[self._index[p] for p in _POSE if p not in judged]] = 1.0 - math.exp(-FOLLOW_S / _DRIFT_POSE_S)
        self._before = _BEFORE_S + _BEFORE_RISE * exercise.tempo.rise
        self._beside = np.full(len(self._columns) - self._faces, np.nan)
        #: what was seen lately, as (times, values, quality) of one or more frames each
        self._trace: deque[tuple[Sequence[float] | Array, Array, Sequence[float] | Array]] = deque()
        self.neutral: Neutral | None = None
        if neutral is not None:
            self._beside = neutral.values[self._columns[self._faces :]]
            self._arm(neutral)

    @property
    def reps(self) -> int:
        """Repetitions counted so far."""
        return sum(self._counted.values())

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame."""
        return self._judge(frame.time, floats_of(frame))

    def advance(self, time: float, measures: Array | None) -> Feedback:
        """Judge one moment from its (M,) measures, None where no face was seen.

        time: seconds, later than the time before. Raises ValueError when it is not.
        """
        return self._judge(time, None if measures is None else measures.tolist())

    def _judge(self, time: float, measures: list[float] | None) -> Feedback:
        # One moment is judged in plain floats: fewer functions are called than with arrays, and after the tracker,
        # which leaves none of them in the processor's caches, that is what counts.
        events: list[Event] = []
        last_time, self._time = self._time, time
        if last_time is not None and not time > last_time:
            raise ValueError(f"time must rise from frame to frame, not go from {last_time} s to {time} s")
        if self.goal is not None and self.reps >= self.goal:
            return self._feedback(time, Phase.DONE, None, events)
        if measures is None or not math.isfinite(sum(measures[:FACE])):
            return self._without(NO_FACE, time, events)
        if not self._gate.sees_now(measures):
            return self._without(f"I cannot see your {self._gate.who}.", time, events)
        if self._lost or (self._seen is not None and time - self._seen > LOST_S):
            self._find(time, events)
        self._seen = time
        values = self._filter.step(time, self._carried(measures))
        return self._take(time, last_time, measures, values, self._gate.worst(measures), events)

    def _take(
        self,
        time: float,
        last_time: float | None,
        measures: Sequence[float],
        values: Array,
        gate: tuple[int, float],
        events: list[Event],
    ) -> Feedback:
        """Judge one moment from its (M,) measures and the filtered values of those that matter. gate: which is the
        worst, and its level."""
        worst, quality = gate
        if self.neutral is None:
            learnt = self._learner.step(time, self._whole(measures, values)) if quality > 0.0 else None
            if learnt is None:
                unfit = self._gate.reasons[worst] if quality == 0.0 else FACE_CAMERA
                return self._feedback(time, Phase.LEARNING, None, events, withheld=unfit, quality=quality)
            self._arm(learnt)
        if not self._armed:
            self._armed = True
            events.append(Event(time, Kind.ARMED, DRIFTED if self._drifted else "Ready."))

        change = self._change(values)
        now: list[float] = change.tolist()
        both, matches = self._template.now(now)
        counter, running = self._counter, self._counter.attempt
        pose = counter.pose
        left, right = matches[pose]
        side = running.side if running is not None else int(right > left)
        match = matches[pose][side]
        refused = self._refused(now, side, worst, quality)

        before = counter.phase
        ended = counter.step(time, matches, refused) if self._rested >= RESTED_S else None
        phase, running = counter.phase, counter.attempt
        if self._rested < RESTED_S and match < self.count.back:
            self._rested += time - last_time if last_time is not None else 0.0
        self._remember([time], values[None], [quality], running or ended)
        if phase is Phase.HOLD and running and running.hold >= self.exercise.tempo.hold > 0 and not self._hold_said:
            self._hold_said = True
            events.append(Event(time, Kind.HOLD_DONE, "Hold reached."))
        if phase is not Phase.HOLD:
            self._hold_said = False
        moving = phase is not Phase.REST or before is not Phase.REST
        faulty = self._fault_tests[side].holds(now) if moving and quality >= scoring.UNSURE else None
        faults, cue = self._faults.step(time, faulty)
        events += faults
        if ended is not None:
            self._end(ended, time, events)
        if last_time is not None:
            self._follow_rest(time, time - last_time, match, measures, values, change, events)
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
        errors = self._template.errors(now, pose, side)
        apart = (max(0.0, both[pose][0]), max(0.0, both[pose][1])) if self._two_sided else None
        return self._feedback(time, phase, match, events, cue, withheld, errors, quality, apart)

    def correct(self, was_one: bool, time: float, known: int | None = None) -> bool:
        """Count the last attempt, or take it back, because the person says so; return whether there was one.

        known: in a recording, how many attempts there were when it was said.
        """
        self._shape()
        changed = corrected(self.attempts[:known], was_one, time)
        if changed is None:
            return False
        self.attempts[:known] = changed
        self._form = _last_form(self.attempts)
        attempts = self.attempts
        for side in self._counted:
            self._counted[side] = sum(a.counted and a.side == side for a in attempts)
        return True

    def relearn(self) -> None:
        """Forget the neutral face and learn it anew; counts are kept."""
        self.neutral = None
        self._armed = False
        self._learner.reset()
        self._counter.reset()
        self._trace.clear()

    # --- what is seen -------------------------------------------------------------------------------------

    def _refused(self, change: Sequence[float], side: int, worst: int, quality: float) -> int | None:
        """Number of the rule that refuses this moment; those of the gate come after those of the exercise."""
        if quality == 0.0:
            return len(self._rules) + worst
        holds = self._rule_tests[side].holds(change)
        return holds.index(True) if True in holds else None

    def _why(self, refused: int) -> str:
        own = len(self._rules)
        return self.exercise.refuse[refused].say if refused < own else self._gate.reasons[refused - own]

    def _carried(self, measures: Sequence[float]) -> Array:
        """Those of the measures that matter, with the last known value in the place of what is not seen beside the
        face."""
        values: Array = np.array(self._pick(measures))
        if self._faces < len(values):
            beside = values[self._faces :]
            self._beside = np.where(np.isfinite(beside), beside, self._beside)
            values[self._faces :] = np.nan_to_num(self._beside)
        return values

    def _change(self, values: Array) -> Array:
        """Filtered values as change from rest."""
        change: Array = values - self._rest
        if not self._all_known:
            change *= self._known
        return change

    def _whole(self, measures: Sequence[float], values: Array) -> Array:
        """All (M,) measures of a moment, filtered where they matter, 0 for what is not seen beside the face."""
        whole: Array = np.nan_to_num(np.array(measures))
        whole[self._columns] = values
        return whole

    def _remember(
        self,
        times: Sequence[float] | Array,
        values: Array,
        quality: Sequence[float] | Array,
        running: Attempt | None,
    ) -> None:
        """Keep what an attempt's trace will need."""
        self._trace.append((times, values, quality))
        if running is None:
            oldest = times[-1] - self._before
            while self._trace[0][0][-1] < oldest:
                self._trace.popleft()

    # --- neutral ------------------------------------------------------------------------------------------

    def _arm(self, neutral: Neutral) -> None:
        self.neutral = neutral
        self._rest = np.nan_to_num(neutral.values[self._columns])
        self._rest_sum, self._rest_s = np.zeros(len(self._rest)), 0.0
        #: 0 for what lies beside the face and has not been seen: it has no rest to change from
        self._known = np.ones(len(self._rest))
        self._known[self._faces :] = ~np.isnan(self._beside)
        self._all_known = bool(self._known.all())
        own = self.calibration.ranges.get(self.exercise.id) if self.calibration is not None else None
        self._drifted = own is not None and self.calibration is not None and drifted(self.calibration, neutral.values)
        own = None if self._drifted else own
        self._template = Template(self.exercise, neutral.values, own, self._index)
        self._rule_tests = self._tests(self._rules, neutral)
        self._fault_tests = self._tests(self._faults.conditions, neutral)
        self._hold_said = False
        self._rested = RESTED_S if self.count.ends == "held" else 0.0
        self._trace.clear()

    def _tests(self, conditions: Sequence[Sequence[Clause]], neutral: Neutral) -> tuple[Conditions, Conditions]:
        """Conditions against this neutral, for an attempt of the left and of the right side."""
        swapped = [mirror(c) for c in conditions] if self.exercise.sides == "alternate" else conditions
        left, right = (Conditions(some, neutral.values, self._index) for some in (conditions, swapped))
        return left, right

    def _follow_rest(
        self,
        time: float,
        dt: float,
        match: float,
        measures: Sequence[float],
        values: Array,
        change: Array,
        events: list[Event],
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
        whole = self._whole(measures, values)
        if not looks_neutral(whole, strict=True) or self._half_closed(values):
            # Start the second anew: a face that has just opened its eyes has not settled yet.
            self._learner.reset()
            return
        learnt = self._learner.step(time, whole)
        if learnt is not None and time - self._wrong_since >= patience:
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
        return any(values[i] < _CLOSED * self._rest[i] for i in (self._index[name] for name in _EYES))

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
            self._rest_sum, self._rest_s = np.zeros(len(self._rest)), 0.0

    # --- attempts -----------------------------------------------------------------------------------------

    def _end(self, attempt: Attempt, time: float, events: list[Event], given_up: str = "") -> None:
        """Turn an ended attempt into a Repetition, or drop it when it was only fidgeting."""
        times, values, quality = (np.concatenate(part) for part in zip(*self._trace, strict=True))
        since = np.searchsorted(times, attempt.start - self._before)
        change = self._change(values[since:])
        faults = self._fault_tests[attempt.side].test(change)
        faults &= (quality[since:] >= scoring.UNSURE)[:, None]
        trace = scoring.Trace(times[since:], change, self._index, faults, self._faults.codes, quality[since:])
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
        self._form = _last_form(self.attempts)

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
        worst = levels.argmin(axis=1)
        quality = levels.min(axis=1)
        picked = measures[:, self._columns]
        beside = _filled(picked[:, self._faces :], self._beside)
        picked[:, self._faces :] = np.nan_to_num(beside)
        # Each measure in one piece of memory: from here on they are followed through time.
        values = np.asfortranarray(self._filter.run(times, picked))
        match = np.full(len(times), np.nan)
        i = 0
        while i < len(times) and not (self.goal is not None and self.reps >= self.goal):
            self._beside, last_time = beside[i], self._time
            n = self._leap(times[i:], values[i:], worst[i:], quality[i:], match[i:])
            if n == 0:
                self._time = float(times[i])
                gate = int(worst[i]), float(quality[i])
                shown = self._take(self._time, last_time, measures[i].tolist(), values[i], gate, []).match
                match[i] = np.nan if shown is None else shown
                n = 1
            i += n
            self._time = self._seen = float(times[i - 1])
        return match

    def _leap(self, times: Array, values: Array, worst: Array, quality: Array, match: Array) -> int:
        """Take as many moments as can be taken at once; return how many. 0: the next one needs to be looked at alone.

        worst, quality: (T,) the worst gate and its level. match: where the match of those taken is written.
        """
        counter, running, exercise = self._counter, self._counter.attempt, self.exercise
        if (
            not self._armed
            or self._rested < RESTED_S
            or self._time is None
            or (running is None and self._wrong_since is not None)
            or self._leaves
        ):
            self._leaves = False
            return 0
        if running is not None and (len(exercise.poses) > 1 or exercise.count.ends == "held"):
            return 0
        count = min(len(times), _LEAP)
        if running is None:  # the rest level moves before long, and then all is to be compared anew
            count = min(count, int(times[:count].searchsorted(self._time + FOLLOW_S - self._rest_s)) + 1)
        if self._wrong_since is not None:  # on the way for long: is this a new resting face?
            until = self._wrong_since + self._patience(counter.phase) - 2.0 * self._learner.seconds
            count = min(count, int(times[:count].searchsorted(until)))
        if count == 0:
            return 0
        times, values = times[:count], values[:count]
        change = self._change(values)
        left, right = self._template.sides(self._template.match(change))[0]
        if running is None:
            return self._leap_at_rest(times, values, change, left, right, quality, match)
        return self._leap_through(times, values, change, (left, right), worst[:count], quality[:count], match)

    def _leap_at_rest(
        self, times: Array, values: Array, change: Array, left: Array, right: Array, quality: Array, match: Array
    ) -> int:
        assert self._time is not None
        now = np.maximum(left, right)
        dt = np.empty(len(times))
        dt[0] = times[0] - self._time
        np.subtract(times[1:], times[:-1], out=dt[1:])
        dt *= np.abs(now) < self.count.back  # where it is calm
        followed = self._rest_s + dt.cumsum()
        leaves = _first((now >= self.count.leave) | (now < _BELOW_REST))
        moves = _first(followed >= FOLLOW_S - _ROUNDING_S) + 1  # the rest level moves with that one
        count = min(leaves, moves)
        if count == 0:
            return 0
        self._leaves = leaves < min(moves, len(times))
        self._wrong_since = None
        self._hold_said = False
        self._drift(float(followed[count - 1]) - self._rest_s, dt[:count] @ change[:count])
        both = [float(left[count - 1]), float(right[count - 1])]
        self._counter.step(float(times[count - 1]), [both], None)
        self._remember(times[:count], values[:count], quality[:count], None)
        np.maximum(now[:count], 0.0, out=match[:count])
        return count

    def _leap_through(
        self,
        times: Array,
        values: Array,
        change: Array,
        sides: tuple[Array, Array],
        worst: Array,
        quality: Array,
        match: Array,
    ) -> int:
        counter, count = self._counter, self.count
        assert counter.attempt is not None
        side = counter.attempt.side
        own = len(self._rules)
        rule = np.full(len(times), -1)
        if own:
            holds = self._rule_tests[side].test(change)
            rule = np.where(holds.any(axis=1), holds.argmax(axis=1), -1)
        rule = np.where(quality == 0.0, own + worst, rule)
        now, other = sides[side], sides[1 - side]
        off_peak = now < count.level * OFF_PEAK
        signals = rule * 8 + (now >= count.level) + 2 * off_peak + 4 * (other > now + SWITCH)
        # The counter must see each change, and the moment before it; and all that is near rest.
        special = now < count.back
        special[1:] |= signals[1:] != signals[:-1]
        special[0] = True
        floats, others, moments, rules = now.tolist(), other.tolist(), times.tolist(), rule.tolist()

        def step(i: int) -> Attempt | None:
            both = [floats[i], others[i]] if side == 0 else [others[i], floats[i]]
            return counter.step(moments[i], [both], None if rules[i] < 0 else rules[i])

        done, ended, taken = -1, None, len(times)
        for i in np.flatnonzero(special).tolist():
            if floats[i] < _BELOW_REST:  # this may end with a new neutral, and is looked at alone
                taken = i
                break
            if i - 1 > done:
                step(i - 1)
            ended = step(i)
            done = i
            if self._looks_wrong(floats[i]):
                if self._wrong_since is None:
                    self._wrong_since = moments[i]
                    self._learner.reset()
            else:
                self._wrong_since = None
            if ended is not None or (counter.attempt is not None and counter.attempt.side != side):
                taken = i + 1
                break
            patience = self._patience(counter.phase) - 2.0 * self._learner.seconds
            if self._wrong_since is not None and moments[-1] >= self._wrong_since + patience:
                taken = i + 1
                break
        if taken == 0:
            return 0
        if done < taken - 1:
            step(taken - 1)
        self._remember(times[:taken], values[:taken], quality[:taken], counter.attempt or ended)
        np.maximum(now[:taken], 0.0, out=match[:taken])
        if ended is not None:
            last, before = moments[taken - 1], moments[taken - 2] if taken > 1 else self._time
            self._end(ended, last, [])
            if abs(floats[taken - 1]) < count.back:
                dt = last - (last if before is None else before)
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
        if not self._lost and self._seen is not None:
            self._lose(self._seen, NO_FACE, events)
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
        errors: Mapping[str, float] = _NO_ERRORS,
        quality: float = 1.0,
        apart: tuple[float, float] | None = None,
    ) -> Feedback:
        running, reps = self._counter.attempt, self.reps
        return Feedback(
            time=time,
            phase=phase,
            match=None if match is None else max(0.0, match),
            progress=min(1.0, reps / self.goal) if self.goal else 0.0,
            reps=reps,
            attempts=len(self.attempts),
            left=self._counted["left"],
            right=self._counted["right"],
            hold_s=running.hold if running else 0.0,
            cue=cue or withheld,
            withheld=withheld,
            events=tuple(events),
            last=self.attempts[-1] if self.attempts else None,
            errors=errors,
            form=self._form,
            quality=quality,
            pose=self._counter.pose,
            sides=apart,
        )


def _last_form(attempts: Sequence[Repetition]) -> float | None:
    return next((a.form for a in reversed(attempts) if a.form is not None), None)


def _first(flags: Bools) -> int:
    """Index of the first True, the length where there is none."""
    found = int(flags.argmax()) if len(flags) else 0
    return found if len(flags) and flags[found] else len(flags)


def _filled(values: Array, last: Array) -> Array:
    """(T, n) with the last known value in the place of what is no number, `last` (n,) before the first."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    rows = np.where(missing, -1, np.arange(len(values))[:, None])
    rows = np.maximum.accumulate(rows, axis=0)
    return np.asarray(np.where(rows < 0, last, np.take_along_axis(values, np.maximum(rows, 0), axis=0)))


def judge(exercise: Exercise, frames: Iterable[Frame], goal: int | None = None) -> Iterator[Feedback]:
    """Feedback for each of the frames: a whole recording through the same session."""
    session = Session(exercise, goal)
    return (session.step(frame) for frame in frames)
