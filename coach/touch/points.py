"""Work at a point: circles, sweeps and taps of one or two fingertips."""

import math

from coach.form.exercise import Move
from coach.frame import SIDES, Side
from coach.touch.motion import Motion
from coach.touch.pairs import Done
from coach.touch.place import FINGERTIPS, Plane, mm

#: OC: this near to the point a fingertip is on it; the skin round it belongs to it up to the second; a hand beyond the
#: last is somewhere else altogether.
INSIDE, AROUND, ELSEWHERE = 0.06, 0.10, 0.45
#: Another finger than the one asked for is followed where it is nearer by this (OC).
_MINE = 0.12

#: One side, or None for a point on the midline.
Where = Side | None


class PointWork:
    """The hands at one point, or at its two sides."""

    def __init__(self, move: Move, finger: str) -> None:
        self._fingers = [FINGERTIPS[finger], *(FINGERTIPS[name] for name in ("index", "middle") if name != finger)]
        self._motions: dict[Where, Motion] = {side: Motion(move) for side in (*SIDES, None)}
        self._finger: dict[Where, int] = {}
        self._at_middle: Side = "right"
        #: of each side the place of the tip and how far it is from the point, as seen last
        self.tips: dict[Where, tuple[complex, float]] = {}

    def step(self, time: float, hands: dict[Side, Plane], points: dict[Where, complex]) -> list[Done]:
        """Take one look at the hands: landmarks (21,) of each, as places. points: where they are to be."""
        self.tips = {}
        found = []
        for where, point in points.items():
            hand = hands.get(self._working(hands, point) if where is None else where)
            if hand is not None:
                found += self._step(time, where, hand, point)
        return found

    def _step(self, time: float, where: Where, hand: Plane, point: complex) -> list[Done]:
        motion = self._motions[where]
        if motion.centre is None or where not in self._finger:
            # Which finger touches is the person's choice; it stays the same while it works.
            nearness = {i: abs(hand[i] - point) - _MINE * (i == self._fingers[0]) for i in self._fingers}
            self._finger[where] = min(nearness, key=lambda i: float(nearness[i]))
        tip = complex(hand[self._finger[where]])
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

    def _working(self, hands: dict[Side, Plane], point: complex) -> Side:
        """Which hand works a point on the midline: the nearer one, and the same one while it is there."""
        away = {side: min(float(abs(hand[i] - point)) for i in self._fingers) for side, hand in hands.items()}
        if away.get(self._at_middle, math.inf) > ELSEWHERE:
            self._at_middle = min(away, key=lambda side: away[side], default=self._at_middle)
        return self._at_middle

    def still(self) -> bool:
        """Whether a tip rests on its point."""
        return any(self._motions[where].still for where, (_, away) in self.tips.items() if away <= AROUND)
