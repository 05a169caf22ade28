"""What is decided: one small loop over numbers, the only place in which a set has a state.

Frames come compared with the exercise already (`seen`); here they become phases, attempts, repetitions, faults and
cues. A stream brings one frame at a time, a recording all of them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from coach.form import scoring
from coach.form.correction import corrected
from coach.form.exercise import Count, Exercise
from coach.form.faces import FIT, STRANGER, UNSEEN
from coach.form.faults import FaultWatch
from coach.form.meant import surely
from coach.form.quality import FPS_SOFT, TOO_SLOW, QualityGate
from coach.form.reps import Attempt, Counter
from coach.form.seen import LOST_S, Reference, Seen, Sight, joined
from coach.frame import Array, Event, Kind, Phase, Repetition, Side

#: Seconds before an attempt that belong to its trace, and the part of the time of its rise: its beginning lies there.
_BEFORE_S, _BEFORE_RISE = 1.0, 0.6
#: Whether somebody holds the breath is not to be seen: in holds longer than this (seconds) it is said to all.
BREATHE, LONG_S = "Keep breathing.", 6.0

#: The lowest of late is taken for rest within so many times what rest may be off, and no more than half a movement.
_SLACK, _MOST_SLACK = 2.0, 0.5
#: A head that was turned to where it counts may be out of sight for so long (seconds).
TURNED_S = 1.5
_HEAD = ("yaw_deg", "pitch_deg", "roll_deg")

FACE_CAMERA = "Face the camera."
NO_FACE_SAYS = "I cannot see your face."
STRANGER_SAYS = "This is not the same face as before, so I am not counting."
#: Why an attempt does not count that could not be judged to its end, or from its beginning.
UNSURE_REASON = "I did not know your resting face well enough yet"
LATE_REASON = "it had begun before I could see it: begin from rest"
ENDED_REASON = "the picture ended before you came back to rest"


@dataclass(slots=True)
class Past:
    """What was seen lately: an attempt's trace, and what may be judged again."""

    pieces: list[Seen] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        if len(seen):
            self.pieces.append(seen)

    def since(self, time: float) -> Seen:
        """All frames from this time (seconds) on, of which there is one at least; the pieces that hold them become
        one."""
        first = len(self.pieces) - 1
        while first > 0 and self.pieces[first].times[0] > time:
            first -= 1
        self.pieces[first:] = [joined(self.pieces[first:])]
        whole = self.pieces[-1]
        return whole.part(slice(int(whole.times.searchsorted(time)), len(whole)))

    def forget(self, before: float) -> None:
        """Drop the pieces that end before this time (seconds)."""
        kept = 0
        while kept < len(self.pieces) - 1 and self.pieces[kept].times[-1] < before:
            kept += 1
        del self.pieces[:kept]


class Moment(NamedTuple):
    """How things stand at one frame. match, sides and change, the (C,) change from rest: None where nothing is judged;
    the others as in `Feedback`."""

    phase: Phase
    match: float | None = None
    cue: str = ""
    withheld: str = ""
    quality: float = 0.0
    side: int = 0
    sides: tuple[float, float] | None = None
    change: Sequence[float] | None = None


class Decider:
    """The state of one set."""

    def __init__(self, exercise: Exercise, count: Count, sight: Sight, goal: int | None, gentle: bool) -> None:
        self.exercise, self.count, self.goal, self._gentle = exercise, count, goal, gentle
        self.attempts: list[Repetition] = []
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        self.now = Moment(Phase.LEARNING)
        self.counter = Counter(count, len(exercise.poses))
        self._faults, self._codes = FaultWatch(exercise), sight.fault_codes
        self._who = sight.gate.who
        #: attempts that wait for their shape: of a recording many are aligned at once
        self._unshaped: list[scoring.Judged] = []
        self._seen: float | None = None  # when something was judged last
        self._trace_from = -np.inf  # what was seen before belongs to another attempt
        self._lost = self._hold_said = False
        self._frame_s = 0.0  # mean time from frame to frame of late
        self._before = _BEFORE_S + _BEFORE_RISE * exercise.tempo.rise
        self._turns = all(name in _HEAD for name in exercise.moving) and bool(exercise.moving)
        self._two_sided = exercise.sides == "alternate" or exercise.symmetry is not None

    def counted(self, side: Side | None) -> int:
        """Repetitions of one side (None: of movements without sides) so far."""
        return self._counted[side]

    @property
    def reps(self) -> int:
        """Repetitions counted so far."""
        return sum(self._counted.values())

    def know(self, attempts: Sequence[Repetition]) -> None:
        """Begin with, or go on from, what was attempted."""
        self.attempts = list(attempts)
        for side in self._counted:
            self._counted[side] = sum(a.counted and a.side == side for a in attempts)

    @property
    def done(self) -> bool:
        return self.goal is not None and self.reps >= self.goal

    def take(
        self, reference: Reference, level: Array, seen: Seen, past: Past, unsure: float
    ) -> tuple[Array, list[Event]]:
        """Decide on frames, which are the last ones of the past. level: (C,) rest. unsure: how far the match may be off
        because rest is not known better. Return the (T,) match, nan where nothing is judged, and what happened."""
        change = reference.change(seen.values, level)
        compared = reference.compare(change, seen)
        faults_of: dict[int, list[list[bool]]] = {}  # looked for only where something moves
        # For each frame the left and the right of each pose, made when it comes: a list for each of them would keep the
        # garbage collector busy.
        moves = zip(*[zip(*pose, strict=True) for pose in compared.moved.tolist()], strict=True)
        matches, refused, times, why = compared.match.tolist(), compared.refused, seen.times.tolist(), seen.why.tolist()
        qualities, anew = seen.quality.tolist(), seen.anew.tolist()
        shown = [math.nan] * len(times)
        counter, exercise = self.counter, self.exercise
        counter.slack = min(_SLACK * unsure, _MOST_SLACK)
        events: list[Event] = []
        leave, last = self.count.leave, len(times) - 1
        judged = (reference, level, past, unsure)
        done = self.done
        for i, (time, moved) in enumerate(zip(times, moves, strict=True)):
            if done:
                self.now = Moment(Phase.DONE)
                continue
            if why[i] != FIT:
                self._away(why[i], time, judged, events)
                continue
            before_s = self._seen
            if anew[i] or self._lost or (before_s is not None and self._gone(time - before_s)):
                self._find(time, judged, events)
            if before_s is not None:
                self._frame_s += 0.1 * (time - before_s - self._frame_s)
            self._seen = time
            sides, zero = moved[counter.pose], counter.zero
            idle = counter.attempt is None
            near = sides[0] - zero[0] < leave and sides[1] - zero[1] < leave
            if idle and i != last and near and not self._faults.busy:
                counter.step(time, moved, None)  # nearly all of the time, in a recording
                shown[i] = max(0.0, matches[0][int(sides[1] > sides[0])][i])
                self._hold_said = False
                continue
            running = counter.attempt
            side = running.side if running is not None else int(sides[1] > sides[0])
            rule = refused[side][i]
            before = counter.phase
            ended = counter.step(time, moved, None if rule < 0 else rule)
            phase, running = counter.phase, counter.attempt
            if phase is not Phase.HOLD:
                self._hold_said = False
            elif running is not None and running.hold >= exercise.tempo.hold > 0 and not self._hold_said:
                self._hold_said = True
                events.append(Event(time, Kind.HOLD_DONE, "Hold reached."))
            moving = phase is not Phase.REST or before is not Phase.REST
            faulty = None
            if moving and qualities[i] >= scoring.UNSURE:
                if side not in faults_of:
                    faults_of[side] = compared.faults[side].tolist()
                faulty = faults_of[side][i]
            faults, cue = self._faults.step(time, faulty)
            events += faults
            shown[i] = max(0.0, matches[counter.pose][side][i])
            if ended is not None:
                self._end(ended, time, judged, events)
                done = self.done
                if done:
                    events.append(Event(time, Kind.SET_DONE, "Set done. Well done."))
            if i == last or done:
                self.now = Moment(
                    Phase.DONE if done else phase,
                    matches[counter.pose][side][i],
                    cue or self._cue(phase, qualities[i], reference, seen.worst[i]),
                    "" if rule < 0 else reference.why(rule),
                    qualities[i],
                    side,
                    self._own(compared.own[counter.pose], i),
                    change[i].tolist(),
                )
        return np.array(shown), events

    def _own(self, own: Array, row: int) -> tuple[float, float] | None:
        """Each side's own match, (2, T), in one of the frames; None where they are not told apart."""
        if not self._two_sided:
            return None
        left, right = own[:, row].tolist()
        return max(0.0, left), max(0.0, right)

    def _cue(self, phase: Phase, quality: float, reference: Reference, worst: int) -> str:
        if phase is Phase.HOLD and self.exercise.tempo.hold > LONG_S:
            return BREATHE
        if quality < scoring.UNSURE:
            return reference.why_gate(worst)
        return TOO_SLOW if self._frame_s * FPS_SOFT > 1.0 else ""

    def finish(self, time: float, reference: Reference, level: Array, past: Past, unsure: float) -> list[Event]:
        """There are no more frames: end what is running."""
        events: list[Event] = []
        attempt, back = self.counter.finish(time)
        if attempt is not None and not self.done:
            self._end(attempt, time, (reference, level, past, unsure), events, "" if back else ENDED_REASON)
        return events

    def part(self, reference: Reference, level: Array, past: Past, unsure: float) -> list[Event]:
        """Whoever was seen is gone: end what is running."""
        events: list[Event] = []
        if self._seen is not None and not self._lost:
            self._lose(self._seen, NO_FACE_SAYS, (reference, level, past, unsure), events)
        return events

    def correct(self, was_one: bool, time: float, known: int | None = None) -> bool:
        """As `Session.correct`."""
        self.shape()
        changed = corrected(self.attempts[:known], was_one, time)
        if changed is None:
            return False
        self.know([*changed, *(self.attempts[known:] if known is not None else [])])
        return True

    def shape(self) -> None:
        """Finish the attempts that have ended."""
        if self._unshaped:
            self.attempts += scoring.shaped(self._unshaped)
            self._unshaped.clear()

    def rest(self) -> None:
        """Give up what is running without a word: it is judged anew."""
        self.counter.reset()
        self._trace_from = -np.inf

    # --- faces come and go --------------------------------------------------------------------------------

    def _away(self, why: int, time: float, judged: "Judged", events: list[Event]) -> None:
        """A frame in which there is nothing to judge."""
        said = self.says(why)
        if self._seen is not None and not self._lost and (why == STRANGER or self._gone(time - self._seen)):
            self._lose(time, said, judged, events)
        self.now = Moment(self.counter.phase, withheld=said)

    def _gone(self, seconds: float) -> bool:
        """Whether a face that was not seen for so long is gone. A head that turns far is lost by the tracker: where
        turning it is the movement, it is waited for."""
        attempt = self.counter.attempt
        turned = self._turns and attempt is not None and attempt.top >= self.count.level
        return seconds > (TURNED_S if turned else LOST_S)

    def wait(self, seen: Seen, gate: QualityGate) -> None:
        """Before the first third of a second of a face nothing is decided; say why."""
        quality = float(seen.quality[-1]) if seen.why[-1] == FIT else 0.0
        unfit = gate.reasons[int(seen.worst[-1])] if quality == 0.0 else FACE_CAMERA
        said = unfit if seen.why[-1] == FIT else self.says(int(seen.why[-1]))
        self.now = Moment(Phase.LEARNING, withheld=said, quality=quality)

    def says(self, why: int) -> str:
        """Why a frame that is not fit cannot be judged."""
        return {UNSEEN: f"I cannot see your {self._who}.", STRANGER: STRANGER_SAYS}.get(why, NO_FACE_SAYS)

    def _find(self, time: float, judged: "Judged", events: list[Event]) -> None:
        if not self._lost and self._seen is not None:
            self._lose(self._seen, NO_FACE_SAYS, judged, events)
        if self._lost:
            events.append(Event(time, Kind.FACE_FOUND, "There you are."))
        self._lost = False
        self._trace_from = time

    def _lose(self, time: float, said: str, judged: "Judged", events: list[Event]) -> None:
        self._lost = True
        events.append(Event(time, Kind.FACE_LOST, said))
        attempt = self.counter.attempt
        if attempt is not None:
            gone = "the face" if said in (NO_FACE_SAYS, STRANGER_SAYS) else f"your {self._who}"
            attempt.end = time
            self._end(attempt, time, judged, events, f"{gone} left the picture")
        self.counter.reset()

    # --- attempts -----------------------------------------------------------------------------------------

    def _end(self, attempt: Attempt, time: float, judged: "Judged", events: list[Event], given_up: str = "") -> None:
        """Turn an ended attempt into a Repetition, or drop it when it was only fidgeting."""
        reference, level, past, unsure = judged
        lately = past.since(max(attempt.start - self._before, self._trace_from))
        rows = (lately.why == FIT) & (lately.times <= time)
        self._trace_from = np.nextafter(time, np.inf)
        if not rows.any():
            return
        change = reference.change(lately.values[rows], level)
        faults = reference.faults_of(attempt.side, change)
        quality = lately.quality[rows]
        faults &= (quality >= scoring.UNSURE)[:, None]
        trace = scoring.Trace(lately.times[rows], change, reference.template_index, faults, self._codes, quality)
        whys: Mapping[int, str] = {number: reference.why(number) for number in attempt.refusals}
        if attempt.late:
            given_up = LATE_REASON
        sure = surely(self.count, attempt.top, unsure)
        if not sure and not given_up:
            given_up = UNSURE_REASON
        found = scoring.judge(reference.template, self.count, attempt, trace, whys, self._gentle, given_up, unsure)
        if found is None:
            return
        self._unshaped.append(found)
        if found.repetition.counted:
            self._counted[found.repetition.side] += 1
        if not sure:
            return  # it is told once it is known what it was
        events += [Event(time, Kind.FAULT, says, code) for code, says in found.said]
        if found.repetition.counted:
            events.append(Event(time, Kind.REP, f"{self.reps}"))
        else:
            events.append(Event(time, Kind.ATTEMPT_MISSED, found.repetition.reason))


Judged = tuple[Reference, Array, Past, float]
