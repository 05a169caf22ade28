"""One set of work with the hands: one `Frame` in, one `Feedback` out, as `coach.form.session.Session` has it.

The camera sees where fingertips are and how they move. Pressure, skin and which finger touches it does not see, so they
are spoken of as reminders only.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from coach.form.body import VISIBLE
from coach.form.calibration import Calibration, Neutral
from coach.form.correction import corrected
from coach.form.exercise import CAPS, DOSES, Exercise
from coach.form.face import pose as head_pose
from coach.frame import SIDES, Event, Feedback, Frame, Hand, Kind, Phase, Repetition, Side
from coach.touch.motion import COAST_S
from coach.touch.neck import NECK_MOVES, NeckWork
from coach.touch.pairs import Done, Pairs
from coach.touch.place import FaceMap, Fit, Plane, by_side
from coach.touch.points import AROUND, ELSEWHERE, PointWork, Where
from coach.touch.strokes import ON, Path, StrokeWork

#: Seconds without a face after which it is said to be lost, and between two mentions of the same fault; a cue stays so
#: long.
LOST_S, AGAIN_S, CUE_S = 0.4, 6.0, 2.5
#: Beyond this yaw and nod (degrees) places on the face are not where they seem.
TURNED_DEG = 22.0
#: Hands nearer than this (OC) to where they should be, for so many seconds, and there for less than this part of them.
_NEAR, _ABOUT_S, _SELDOM = 1.3, 3.5, 0.3
#: A set whose end nobody sees is over after so many times the time it should take, and this many seconds.
_ENOUGH, _ENOUGH_S = 3.0, 20.0
#: The middle of the collarbone, from the throat to the shoulder's joint.
_COLLAR = 0.45
#: Where lymph nodes lie: before and below the ears, and (OC further down) under the jaw and the chin.
NODES = ((234, 0.0), (454, 0.0), (132, 0.0), (361, 0.0), (172, 0.12), (397, 0.12), (152, 0.15))


NO_FACE = "I cannot see your face."
STRAIGHT = "Turn back to the camera."
SMALL = "A little larger, so that I can count."
UNSEEN = "I cannot see your hands now, so I lead by time. Turn a little, so that I can see an elbow."
TO_NECK = "Bring your hands to the neck and the shoulders."
TIME_UP = "That is enough for this point."
LEAVE = "On to the next one."
SAYS = {
    "place": "Move your fingertip onto the mark.",
    "away": "Bring your fingertips to the marks.",
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
        touch = exercise.touch
        if touch is None:
            raise ValueError(f"'{exercise.id}' is not done with the hands")
        self.exercise, self._touch = exercise, touch
        self.goal = goal if goal is None else min(goal, CAPS.get(touch.kind, goal))
        #: as a `Session` has them; nothing of the face is learnt here
        self.neutral: Neutral | None = None
        self.calibration: Calibration | None = None
        self.gentle = False
        self.attempts: list[Repetition] = []
        self._counted: dict[Side | None, int] = {"left": 0, "right": 0, None: 0}
        nodes = [index for index, _ in NODES]
        points = [index for point in (touch.left, touch.right, touch.middle) for index, _ in point]
        self._map = FaceMap([*nodes, *points, *touch.left_path, *touch.right_path])
        self._stroke = StrokeWork(touch.finger) if touch.move == "stroke" else None
        self._neck = NeckWork(exercise) if touch.move in NECK_MOVES else None
        face = self._stroke is None and self._neck is None
        self._point = PointWork(touch.move, touch.finger) if face else None
        self._pairs = Pairs(self._stroke.apart if self._stroke else None)
        self._time: float | None = None
        self._first: float | None = None
        self._face: float | None = None
        self._lost = False
        self._armed = False
        self._looked: float | None = None  # time of the last look at the hands
        self._hands_at: dict[Side, float] = {}
        self._worked = 0.0  # seconds with a tip where it belongs
        self._touched: float | None = None
        #: looks at hands near the face: whether they were where they should be
        self._about: deque[tuple[float, bool]] = deque()
        self._collar: dict[Side, complex] = {}
        self._done = False
        self._said: dict[str, float] = {}
        self._cue, self._cue_until = "", 0.0
        self._shown: tuple[Hand, ...] = ()
        self._fit = Fit(0.0, 1.0 + 0j, 0j)
        self._nod = 0.0

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
        done = self._work(frame, events)
        for repetition in self._settled(time, done):
            self._take(repetition, time, events)
        if self._over(time):
            self._done = True
            events.append(Event(time, Kind.SET_DONE, "Set done. Well done." if self._full else TIME_UP if
                                self._touched is not None else LEAVE))  # fmt: skip
        phase = Phase.DONE if self._done else Phase.RISE if self._busy(time) else Phase.REST
        return self._feedback(time, phase, events)

    # --- what is seen -------------------------------------------------------------------------------------

    def _see(self, frame: Frame, events: list[Event]) -> str:
        """Take the face; return why nothing can be judged now, empty when it can."""
        time = frame.time
        if frame.landmarks is None or frame.head is None:
            if self._face is not None and time - self._face > LOST_S and not self._lost:
                self._lost = True
                events.append(Event(time, Kind.FACE_LOST, NO_FACE))
            return NO_FACE
        if self._lost:
            self._lost = False
            events.append(Event(time, Kind.FACE_FOUND, "There you are."))
        self._face = time
        yaw, nod, _, _ = head_pose(frame.head)
        self._nod = float(nod)
        self._fit = self._map.step(time, frame.landmarks, frame.hands)
        # Under a hand the head seems to turn, too.
        turned = max(abs(yaw), abs(nod)) > TURNED_DEG and not self._map.covered
        return STRAIGHT if turned and self._neck is None else ""

    def _hands(self, frame: Frame) -> dict[Side, Plane] | None:
        """The hands as places on the map, when somebody has looked for them since the last frame."""
        if frame.hands is None:
            return None
        at = frame.time if frame.hands_time is None else frame.hands_time
        if self._looked is not None and at <= self._looked:
            return None
        fit = self._map.at(at)
        if fit is None:
            return None
        self._looked = at
        seen = by_side(fit.places(frame.hands)) if len(frame.hands) else {}
        for side in seen:
            self._hands_at[side] = at
        return seen

    def _see_collar(self, frame: Frame) -> None:
        """Learn where the middle of each collarbone is: not quite half the way from the shoulder to the throat."""
        pose = frame.pose
        if pose is None or (pose[[11, 12], 3] < VISIBLE).any():
            return
        fit = self._map.at(frame.time if frame.pose_time is None else frame.pose_time)
        if fit is not None:
            left, right = fit.places(pose[[11, 12]])
            for side, shoulder in zip(SIDES, (left, right), strict=True):
                now = complex(_COLLAR * shoulder + (1.0 - _COLLAR) * (left + right) / 2)
                known = self._collar.get(side, now)
                self._collar[side] = known + 0.1 * (now - known)

    def _targets(self) -> tuple[dict[Where, complex], dict[Side, Path]]:
        """Where the points or the paths lie on the map."""
        places = self._map.places[len(NODES) :]
        touch, points, start = self._touch, {}, 0
        wheres: tuple[tuple[Where, list[tuple[int, float]]], ...] = (
            ("left", touch.left), ("right", touch.right), (None, touch.middle),
        )  # fmt: skip
        for where, weights in wheres:
            if weights:
                share = np.array([weight for _, weight in weights])
                points[where] = complex(share @ places[start : start + len(weights)])
                start += len(weights)
        paths: dict[Side, Path] = {}
        for side, way in zip(SIDES, (touch.left_path, touch.right_path), strict=True):
            if way:
                line = places[start : start + len(way)]
                paths[side] = Path(np.append(line, self._collar[side]) if side in self._collar else line)
                start += len(way)
        return points, paths

    # --- what is done -------------------------------------------------------------------------------------

    def _work(self, frame: Frame, events: list[Event]) -> list[Done]:
        """Take one moment, and return what the hands have done by it."""
        time = frame.time
        if self._neck is not None:
            # How high the head is, in its own width: somebody who gets up is no nearer or farther.
            height = None
            if frame.landmarks is not None and frame.picture is not None:
                height = (frame.picture.height - self._fit.shift.imag) / abs(self._fit.scale)
            done = self._neck.step(time, frame.pose, height, self._nod if not self._lost else None)
            for code in self._neck.faults:
                self._fault(time, code, events)
            self._worked = 1.0
            return done
        if self._touch.collar:
            self._see_collar(frame)
        points, paths = self._targets()
        hands = self._hands(frame)
        done = []
        if hands is not None:
            assert self._looked is not None
            self._pairs.seen(self._looked, set(hands))
            if self._point is not None:
                done = self._point.step(self._looked, hands, points)
                there = any(away <= 1.5 * AROUND for _, away in self._point.tips.values())
            else:
                assert self._stroke is not None
                nodes = self._map.places[: len(NODES)] + 1j * np.array([down for _, down in NODES])
                done = self._stroke.step(self._looked, hands, paths, nodes)
                there = any(away <= ON for _, away in self._stroke.tips.values())
                for _ in self._stroke.dwelling[:1]:
                    self._fault(time, "node", events)
            self._notice(self._looked, there, events)
            if there:
                if self._touched is not None:
                    self._worked += min(self._looked - self._touched, COAST_S)
                self._touched = self._looked
        self._shown = self._drawn(points, paths)
        return done

    def _tips(self) -> dict[Where, tuple[complex, float]]:
        """The fingertips as seen last: place, and how far from where it should be."""
        if self._point is not None:
            return self._point.tips
        return dict(self._stroke.tips.items()) if self._stroke is not None else {}

    def _notice(self, time: float, there: bool, events: list[Event]) -> None:
        """Name hands that move about, but hardly ever where they should be."""
        tips = self._tips()
        if not any(away < _NEAR for _, away in tips.values()):
            self._about.clear()
            return
        self._about.append((time, there))
        if time - self._about[0][0] < _ABOUT_S:
            return
        if sum(there for _, there in self._about) < _SELDOM * len(self._about):
            if min(away for _, away in tips.values()) >= ELSEWHERE:
                self._fault(time, "away", events)
            elif self._stroke is not None:
                self._fault(time, "path", events)
        while self._about[0][0] < time - _ABOUT_S:
            self._about.popleft()

    def _settled(self, time: float, done: Sequence[Done]) -> list[Repetition]:
        return self._pairs.step(time, list(done))

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

    def _over(self, time: float) -> bool:
        """Whether the set is over: all of it done, the time for one place used up, or no end to be seen."""
        if self.goal is None:
            return False
        assert self._first is not None
        return self._full or self._worked >= self._most_s or time - self._first >= self._patience_s

    @property
    def _full(self) -> bool:
        if self.goal is None:
            return False
        return self._worked >= self._goal_s if self._by_time else self.reps >= self.goal

    @property
    def _by_time(self) -> bool:
        """Whether how long it is worked matters, and not how often."""
        return self._point is not None and DOSES[self._touch.dose].counts is None

    @property
    def _goal_s(self) -> float:
        low, high = DOSES[self._touch.dose].seconds
        return min(max((self.goal or 0) * self.exercise.round_s, low), high)

    @property
    def _most_s(self) -> float:
        """No place is worked longer than this."""
        if self._point is None or self.exercise.group != "acupressure":
            return float("inf")
        return DOSES[self._touch.dose].seconds[1]

    @property
    def _patience_s(self) -> float:
        lasts = self._goal_s if self._by_time else (self.goal or 0) * self.exercise.round_s
        return _ENOUGH * lasts + _ENOUGH_S

    # --- what is said -------------------------------------------------------------------------------------

    @property
    def _reminder(self) -> str:
        press = self._touch.press
        return f"Ready. Pressure: {press}; it should feel pleasant." if press else "Ready."

    def _busy(self, time: float) -> bool:
        if self._neck is not None:
            return self._neck.progress > 0.0
        return self._touched is not None and time - self._touched <= COAST_S

    def _hint(self, time: float) -> str:
        """What to say where nothing is wrong that has a name."""
        if time <= self._cue_until:
            return self._cue
        if self._neck is not None:
            return UNSEEN if self._neck.unseen else TO_NECK if self._neck.away else ""
        if self._touched is None:
            both = "s" if self._touch.middle == [] else ""
            return f"Bring your {self._touch.finger} fingertip{both} to the mark{both}."
        if not self._busy(time):
            gone = [side for side in SIDES if time - self._hands_at.get(side, -np.inf) > COAST_S]
            return "I cannot see your hands; show them to me beside the face." if len(gone) == 2 else SAYS["away"]
        return SMALL if self._point is not None and self._point.still() else ""

    def _drawn(self, points: dict[Where, complex], paths: dict[Side, Path]) -> tuple[Hand, ...]:
        """Targets and tips in pixels, for whoever draws them."""
        tips = self._tips()
        limit = AROUND if self._point is not None else ON
        found = []
        lines: dict[Where, Plane] = {where: np.array([point]) for where, point in points.items()}
        for side, line in (lines | {side: path.waypoints for side, path in paths.items()}).items():
            tip, away = tips.get(side) or (None, np.inf)
            found.append(
                Hand(
                    side=side,
                    target=tuple(self._fit.pixels(line)),
                    tip=None if tip is None else self._fit.pixels(np.array([tip]))[0],
                    inside=bool(away <= limit),
                    progress=self._stroke.progress(side) if self._stroke is not None and side else 0.0,
                )
            )
        return tuple(found)

    def _feedback(self, time: float, phase: Phase, events: list[Event], withheld: str = "") -> Feedback:
        counted = self._counted
        if self.goal is None:
            progress = 0.0
        else:
            progress = min(1.0, self._worked / self._goal_s if self._by_time else self.reps / self.goal)
        return Feedback(
            time=time,
            phase=phase,
            match=None,
            progress=progress,
            reps=self.reps,
            attempts=len(self.attempts),
            left=counted["left"] + counted[None],
            right=counted["right"] + counted[None],
            hold_s=self._worked if self._by_time else 0.0,
            cue=withheld or (self._hint(time) if phase is not Phase.DONE else ""),
            withheld=withheld,
            events=tuple(events),
            last=self.attempts[-1] if self.attempts else None,
            hands=self._shown,
        )
