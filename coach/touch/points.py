"""Work at a point: circles, sweeps and taps of one or two fingertips."""

import math

from coach.form.exercise import Move
from coach.frame import SIDES, Side
from coach.touch.motion import Motion
from coach.touch.pairs import Done
from coach.touch.place import Fingertips, Plane, Where, mm

#: OC: so far round the point the skin belongs to it; a hand beyond the second is somewhere else altogether.
AROUND, ELSEWHERE = 0.10, 0.45
#: Seconds after which another hand may take over a point on the midline.
_HANDS_OVER_S = 3.0


class PointWork:
    """The hands at one point, or at its two sides."""

    def __init__(self, move: Move, finger: str) -> None:
        self._fingertips = Fingertips(finger)
        self._motions: dict[Side, Motion] = {side: Motion(move) for side in SIDES}
        self._worker: Side | None = None  # of a point on the midline, and when it last did something
        self._worked = -math.inf
        #: of each side the place of the tip and how far it is from the point, as seen last
        self.tips: dict[Where, tuple[complex, float]] = {}

    def step(self, time: float, hands: dict[Side, Plane], targets: dict[Where, Plane]) -> list[Done]:
        """Take one look at the hands: landmarks (21,) of each, as places. targets: the points (1,) they belong at."""
        self.tips = {}
        found = []
        for where, (at,) in targets.items():
            point = complex(at)
            if where is None:
                found += self._middle(time, hands, point)
            elif where in hands:
                found += self._step(time, where, where, hands[where], point)
        return found

    def _middle(self, time: float, hands: dict[Side, Plane], point: complex) -> list[Done]:
        """A point on the midline: the hand that works it first goes on to, and another that is near is no matter."""
        found = []
        for side in sorted(hands, key=lambda side: side == self._worker):  # of the worker is kept what is seen
            done = self._step(time, None, side, hands[side], point)
            if done and (side == self._worker or time - self._worked > _HANDS_OVER_S):
                self._worker, self._worked = side, time
                found = done
        return found

    def _step(self, time: float, where: Where, side: Side, hand: Plane, point: complex) -> list[Done]:
        motion = self._motions[side]
        if motion.centre is None:  # it stays the same while it works
            self._fingertips.choose(side, hand, lambda tip: abs(tip - point))
        tip = self._fingertips.of(side, hand)
        self.tips[where] = tip, abs(tip - point)
        found = []
        for unit in motion.step(time, tip, point):
            away = abs(unit.centre - point)
            if away > ELSEWHERE:
                continue  # whatever that hand does, it is not this
            reason = ""
            faults: tuple[str, ...] = ()
            if away > AROUND:
                reason = f"it was {mm(away)} mm beside the point, {mm(AROUND)} mm is near enough"
                faults = ("place",)
            found.append(Done(where, unit.start_s, unit.end_s, reason, faults, slack_s=unit.slack_s))
        return found

    def still(self) -> bool:
        """Whether a tip rests on its point."""
        there = [self._worker if where is None else where for where, (_, away) in self.tips.items() if away <= AROUND]
        return any(self._motions[side].still for side in there if side is not None)
