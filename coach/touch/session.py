"""One set of work with the hands: one `Frame` in, one `Feedback` out, as `coach.form.session.Session` has it.

The camera sees where fingertips are and how they move. Pressure, skin and which finger touches it does not see, so they
are spoken of as reminders only.
"""

from coach.form.calibration import Calibration, Rest
from coach.form.correction import corrected
from coach.form.exercise import Exercise
from coach.form.face import pose as head_pose
from coach.frame import Event, Feedback, Frame, Hand, Kind, Phase, Repetition, Side
from coach.touch.enough import Enough
from coach.touch.face import TO_MARKS, FaceWork
from coach.touch.neck import NECK_MOVES, NeckWork
from coach.touch.place import FaceMap

#: Seconds without a face after which it is said to be lost, and between two mentions of the same fault; a cue stays so
#: long.
LOST_S, AGAIN_S, CUE_S = 0.4, 6.0, 2.5
#: Beyond this yaw and nod (degrees) places on the face are not where they seem.
TURNED_DEG = 22.0

NO_FACE = "I cannot see your face."
STRAIGHT = "Turn back to the camera."
UNSEEN = "I cannot see your hands now, so I lead by time. Turn a little, so that I can see an elbow."
TO_NECK = "Bring your hands to the neck and the shoulders."
SET_DONE = "Set done. Well done."
TIME_UP = "That is enough for this point."
LEAVE = "On to the next one."
SAYS = {
    "place": "Move your fingertip onto the mark.",
    "away": TO_MARKS,
    "together": "Both hands together, please.",
    "direction": "From the middle outwards only, and back through the air.",
    "path": "Stay on the line.",
    "begins": "Begin at the first mark.",
    "short": "All the way to the end of the line.",
    "fast": "Slower.",
    "slow": "A little quicker.",
    "node": "Do not stay there: glide on and lift off.",
    "shoulders": "Let both shoulders sink to the same height.",
    "nod": "Head level, the back long.",
    "midline": "Keep beside the spine, never on it.",
    "force": "Smaller, with a loose hand.",
    "unseen": UNSEEN,
    "rise": "Stay seated a little longer; getting up abruptly can make you dizzy.",
}
NECK_DIRECTION = "From the head down to the shoulders only."


class TouchSession:
    """One set of one exercise with judge = "hands". Call `step` for every frame, in the order of time."""

    def __init__(self, exercise: Exercise, goal: int | None = None) -> None:
        """goal: repetitions after which the set is done, None for ever; the caps of massage hold above it.
        Raises ValueError for an exercise that is not done with the hands."""
        self._enough = Enough.of(exercise, goal)
        assert exercise.touch is not None
        self.exercise, self._touch, self.goal = exercise, exercise.touch, self._enough.goal
        #: as a `Session` has them; nothing of the face is learnt here
        self.neutral: Rest | None = None
        self.calibration: Calibration | None = None
        self.gentle = False
        self.attempts: list[Repetition] = []
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        self._map = FaceMap()
        self._nod = 0.0
        self._neck = NeckWork(exercise) if self._touch.move in NECK_MOVES else None
        self._face = FaceWork(self._touch) if self._neck is None else None
        self._time: float | None = None
        self._first: float | None = None
        self._face_at: float | None = None
        self._lost = self._armed = self._done = False
        self._said: dict[str, float] = {}
        self._cue, self._cue_until = "", 0.0
        self._shown: tuple[Hand, ...] = ()

    @property
    def reps(self) -> int:
        """Repetitions counted so far."""
        return sum(self._counted.values())

    def correct(self, was_one: bool, time: float, known: int | None = None) -> bool:
        """Count the last one, or take it back, because the person says so; return whether there was one."""
        known = len(self.attempts) if known is None else known
        changed = corrected(self.attempts[:known], was_one, time)
        if changed is None:
            return False
        self.attempts[:known] = changed
        for side in self._counted:
            self._counted[side] = sum(a.counted and a.side == side for a in self.attempts)
        return True

    def relearn(self) -> None:
        """Learn anew where the face's places are."""
        self._map.forget()
        self._armed = False
        self._first = None

    def step(self, frame: Frame) -> Feedback:
        """Judge one frame. Raises ValueError when time does not rise."""
        time, last = frame.time, self._time
        if last is not None and not time > last:
            raise ValueError(f"time must rise from frame to frame, not go from {last} s to {time} s")
        self._time = time
        self._first = time if self._first is None else self._first
        events: list[Event] = []
        if self._done:
            return self._feedback(time, Phase.DONE, events)
        withheld = self._see(frame, events)
        if withheld and not (self._neck and self._armed):
            self._shown = ()
            return self._feedback(time, Phase.REST if self._armed else Phase.LEARNING, events, withheld)
        if not self._armed:
            self._armed = True
            events.append(Event(time, Kind.ARMED, self._reminder))
        for repetition in self._work(frame, events):
            self._take(repetition, time, events)
        assert self._first is not None
        if self._enough.over(self.reps, self._worked, time - self._first):
            self._done = True
            events.append(Event(time, Kind.SET_DONE, self._farewell))
        phase = Phase.DONE if self._done else Phase.RISE if self._busy(time) else Phase.REST
        return self._feedback(time, phase, events)

    # --- what is seen -------------------------------------------------------------------------------------

    def _see(self, frame: Frame, events: list[Event]) -> str:
        """Take the face; return why nothing can be judged now, empty when it can."""
        time = frame.time
        if frame.landmarks is None or frame.head is None:
            if self._face_at is not None and time - self._face_at > LOST_S and not self._lost:
                self._lost = True
                events.append(Event(time, Kind.FACE_LOST, NO_FACE))
            return NO_FACE
        if self._lost:
            self._lost = False
            events.append(Event(time, Kind.FACE_FOUND, "There you are."))
        self._face_at = time
        yaw, nod, _, _ = head_pose(frame.head)
        self._nod = float(nod)
        self._map.step(time, frame.landmarks, frame.hands)
        # Under a hand the head seems to turn, too.
        turned = max(abs(yaw), abs(nod)) > TURNED_DEG and not self._map.covered
        return STRAIGHT if turned and self._neck is None else ""

    # --- what is done -------------------------------------------------------------------------------------

    def _work(self, frame: Frame, events: list[Event]) -> list[Repetition]:
        """Take one moment, and return what the hands have done by it."""
        found: list[Repetition] = []
        faults: tuple[str, ...] = ()
        if self._face is not None:
            found, faults = self._face.step(frame, self._map), self._face.faults
            self._shown = self._face.hands(self._map)
        elif self._neck is not None:
            nod = None if self._lost else self._nod
            found = [one.repetition() for one in self._neck.step(frame.time, frame.pose, self._height(frame), nod)]
            faults = self._neck.faults
        for code in faults:
            self._fault(frame.time, code, events)
        return found

    def _height(self, frame: Frame) -> float | None:
        """How high the head is, in OC: somebody who gets up is no nearer or farther."""
        if frame.landmarks is None or frame.picture is None:
            return None
        return (frame.picture.height - self._map.fit.shift.imag) / abs(self._map.fit.scale)

    def _take(self, repetition: Repetition, time: float, events: list[Event]) -> None:
        self.attempts.append(repetition)
        for code in repetition.faults:
            self._fault(time, code, events)
        if repetition.counted:
            self._counted[repetition.side] += 1
            events.append(Event(time, Kind.REP, f"{self.reps}"))
        else:
            events.append(Event(time, Kind.ATTEMPT_MISSED, repetition.reason))

    def _fault(self, time: float, code: str, events: list[Event]) -> None:
        """Name a fault, but not again and again."""
        say = NECK_DIRECTION if code == "direction" and self._neck else SAYS[code]
        if time - self._said.get(code, -AGAIN_S) >= AGAIN_S:
            self._said[code] = time
            events.append(Event(time, Kind.FAULT, say, code))
            self._cue, self._cue_until = say, time + CUE_S

    @property
    def _worked(self) -> float:
        """Seconds with a fingertip where it belongs."""
        return self._face.worked_s if self._face is not None else 0.0

    # --- what is said -------------------------------------------------------------------------------------

    @property
    def _reminder(self) -> str:
        press = self._touch.press
        return f"Ready. Pressure: {press}; it should feel pleasant." if press else "Ready."

    @property
    def _farewell(self) -> str:
        if self._enough.full(self.reps, self._worked):
            return SET_DONE
        return TIME_UP if self._face is not None and self._face.touched else LEAVE

    def _busy(self, time: float) -> bool:
        if self._face is not None:
            return self._face.busy(time)
        return self._neck is not None and self._neck.progress > 0.0

    def _hint(self, time: float) -> str:
        """What to say besides what is wrong."""
        if time <= self._cue_until:
            return self._cue
        if self._face is not None:
            return self._face.hint(time)
        if self._neck is not None and self._neck.unseen:
            return UNSEEN
        return TO_NECK if self._neck is not None and self._neck.away else ""

    def _feedback(self, time: float, phase: Phase, events: list[Event], withheld: str = "") -> Feedback:
        counted = self._counted
        return Feedback(
            time=time,
            phase=phase,
            match=None,
            progress=self._enough.progress(self.reps, self._worked),
            reps=self.reps,
            attempts=len(self.attempts),
            left=counted["left"] + counted[None],
            right=counted["right"] + counted[None],
            hold_s=self._worked if self._enough.by_time else 0.0,
            cue=withheld or (self._hint(time) if phase is not Phase.DONE else ""),
            withheld=withheld,
            events=tuple(events),
            last=self.attempts[-1] if self.attempts else None,
            hands=self._shown,
        )
