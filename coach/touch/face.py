"""Work on the face: which fingertip is where on the map, for how long, and what leads it to its mark."""

import math
from collections import deque

import numpy as np

from coach.form.body import VISIBLE
from coach.form.exercise import Touch
from coach.frame import SIDES, Frame, Hand, Repetition, Side
from coach.touch.motion import COAST_S
from coach.touch.nodes import Dwelling
from coach.touch.pairs import Done, Pairs
from coach.touch.place import FaceMap, Plane, Where, by_side, targets
from coach.touch.points import AROUND, ELSEWHERE, PointWork
from coach.touch.strokes import ON, StrokeWork

#: Hands nearer than this (OC) to where they should be, for so many seconds, and there for less than this part of them.
_NEAR, _ABOUT_S, _SELDOM = 1.3, 3.5, 0.3
#: A tip this near to its point (OC) works there, though not all that it does is counted.
_WORKS = 1.5 * AROUND
_SHOULDERS = [11, 12]
#: The middle of the collarbone, from the throat to the shoulder's joint; and the part by which a look moves it.
_COLLAR, _FOLLOWS = 0.45, 0.1

TO_MARKS = "Bring your fingertips to the marks."
NO_HANDS = "I cannot see your hands; show them to me beside the face."
SMALL = "A little larger, so that I can count."


class FaceWork:
    """The hands at the marks of one exercise. Call `step` for every frame with a face, in the order of time."""

    def __init__(self, touch: Touch) -> None:
        self._touch = touch
        self._point = PointWork(touch.move, touch.finger) if touch.move != "stroke" else None
        self._stroke = StrokeWork(touch.finger) if touch.move == "stroke" else None
        self._dwelling = Dwelling()
        self._pairs = Pairs(self._stroke.apart if self._stroke is not None else None)
        self._targets: dict[Where, Plane] = {}
        self._tips: dict[Where, tuple[complex, float]] = {}
        self._looked: float | None = None  # time of the last look at the hands
        self._hands_at: dict[Side, float] = {}
        self._touched: float | None = None
        #: looks at hands near the face: whether they were where they should be
        self._about: deque[tuple[float, bool]] = deque()
        self._collar: dict[Side, complex] = {}
        #: seconds with a tip where it belongs
        self.worked_s = 0.0
        #: codes of what is wrong at this look
        self.faults: tuple[str, ...] = ()

    @property
    def touched(self) -> bool:
        """Whether a tip was ever where it belongs."""
        return self._touched is not None

    def step(self, frame: Frame, face: FaceMap) -> list[Repetition]:
        """Take one frame that the map has seen, and return what is settled by it."""
        self.faults = ()
        if self._touch.collar and self._stroke is not None:
            self._see_collar(frame, face)
        self._targets = self._marks(face)
        hands = self._hands(frame, face)
        return self._pairs.step(frame.time, [] if hands is None else self._look(hands, face.places))

    # --- what is seen -------------------------------------------------------------------------------------

    def _hands(self, frame: Frame, face: FaceMap) -> dict[Side, Plane] | None:
        """The hands as places on the map, when somebody has looked for them since the last frame."""
        if frame.hands is None:
            return None
        at = frame.time if frame.hands_time is None else frame.hands_time
        if self._looked is not None and at <= self._looked:
            return None
        fit = face.at(at)
        if fit is None:
            return None
        self._looked = at
        seen = by_side(fit.places(frame.hands)) if len(frame.hands) else {}
        for side in seen:
            self._hands_at[side] = at
        return seen

    def _see_collar(self, frame: Frame, face: FaceMap) -> None:
        """Learn where the middle of each collarbone is: not quite half the way from the throat to the shoulder."""
        pose = frame.pose
        if pose is None or (pose[_SHOULDERS, 3] < VISIBLE).any():
            return
        fit = face.at(frame.time if frame.pose_time is None else frame.pose_time)
        if fit is None:
            return
        shoulders = fit.places(pose[_SHOULDERS])
        throat = (shoulders[0] + shoulders[1]) / 2
        for side, shoulder in zip(SIDES, shoulders, strict=True):
            now = complex(_COLLAR * shoulder + (1.0 - _COLLAR) * throat)
            known = self._collar.get(side, now)
            self._collar[side] = known + _FOLLOWS * (now - known)

    def _marks(self, face: FaceMap) -> dict[Where, Plane]:
        """Where fingertips are to be; strokes that go on to the collarbone do so where that is seen."""
        found = targets(self._touch, face.places)
        for side, end in self._collar.items():
            found[side] = np.append(found[side], end)
        return found

    # --- what is done -------------------------------------------------------------------------------------

    def _look(self, hands: dict[Side, Plane], places: Plane) -> list[Done]:
        """Take one look at the hands."""
        assert self._looked is not None
        time, faults = self._looked, []
        self._pairs.seen(time, set(hands))
        if self._stroke is not None:
            done, near = self._stroke.step(time, hands, self._targets), ON
            self._tips = self._stroke.tips
            if self._dwelling.step(time, {side: tip for side, (tip, _) in self._tips.items()}, places):
                faults.append("node")
        else:
            assert self._point is not None
            done, near = self._point.step(time, hands, self._targets), _WORKS
            self._tips = self._point.tips
        there = any(away <= near for _, away in self._tips.values())
        self.faults = (*faults, *self._astray(time, there))
        if there:
            if self._touched is not None:
                self.worked_s += min(time - self._touched, COAST_S)
            self._touched = time
        return done

    def _astray(self, time: float, there: bool) -> tuple[str, ...]:
        """The code of hands that move about, but hardly ever where they should be."""
        away = min((away for _, away in self._tips.values()), default=math.inf)
        if not away < _NEAR:
            self._about.clear()
            return ()
        self._about.append((time, there))
        if time - self._about[0][0] < _ABOUT_S:
            return ()
        seldom = sum(there for _, there in self._about) < _SELDOM * len(self._about)
        while self._about[0][0] < time - _ABOUT_S:
            self._about.popleft()
        if not seldom:
            return ()
        if away >= ELSEWHERE:
            return ("away",)
        return ("path",) if self._stroke is not None else ()

    # --- what is shown and said ---------------------------------------------------------------------------

    def busy(self, time: float) -> bool:
        """Whether a tip is where it belongs."""
        return self._touched is not None and time - self._touched <= COAST_S

    def hint(self, time: float) -> str:
        """What to say where nothing is wrong that has a name."""
        if self._touched is None:
            both = "s" if self._touch.middle == [] else ""
            return f"Bring your {self._touch.finger} fingertip{both} to the mark{both}."
        if not self.busy(time):
            seen = any(time - at <= COAST_S for at in self._hands_at.values())
            return TO_MARKS if seen else NO_HANDS
        return SMALL if self._point is not None and self._point.still() else ""

    def hands(self, face: FaceMap) -> tuple[Hand, ...]:
        """Marks and tips as they lie in the picture now, for whoever draws them."""
        near = ON if self._stroke is not None else AROUND
        found = []
        for where, line in self._targets.items():
            tip, away = self._tips.get(where, (None, math.inf))
            found.append(
                Hand(
                    side=where,
                    target=tuple(face.fit.pixels(line)),
                    tip=None if tip is None else face.fit.pixels(np.array([tip]))[0],
                    inside=away <= near,
                    progress=self._stroke.progress(where) if self._stroke is not None and where else 0.0,
                )
            )
        return tuple(found)
