"""The steps of neck self-massage, as far as shoulders, elbows and wrists show them.

Hands behind the head cannot be seen. Wrists stand in for them, elbows for wrists; where neither is seen a step is led
by time, and the coach says that it cannot see. A grip, a squeeze and a thumb are never spoken of as seen.

Lengths are in shoulder widths, y down. How far down the neck a hand is: 0 at the height of the ear, 1 at the shoulder.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from coach.form.body import VISIBLE
from coach.form.exercise import Exercise
from coach.frame import SIDES, Array, Side
from coach.touch.pairs import Done
from coach.touch.place import Plane
from coach.touch.strokes import WAY_BACK, Pass, Passes

NECK_MOVES = ("rub", "grip", "glide", "park", "percuss", "upright", "seated")
#: Of them those without hands, and with these those without hands at the neck.
_SITS = ("upright", "seated")
_ELSEWHERE = (*_SITS, "rub")

_EARS, _SHOULDERS, _ELBOWS, _WRISTS = (7, 8), (11, 12), (13, 14), (15, 16)
#: Degrees of the shoulders' line, and of the head's nod, up to which somebody sits upright.
LEVEL_DEG, NOD_DEG = 5.0, 10.0
#: Shoulder widths from the middle of the neck within which nothing is worked: the spine lies there.
MIDLINE = 0.08
#: How far down the neck, and how far beside its middle (shoulder widths), hands at the neck or the shoulder are.
_AT_NECK, _BESIDE = (-0.6, 1.5), 0.8
#: A hand that keeps within this (shoulder widths) for a moment is still; one that taps moves more than the second, as
#: noise does not, and no more than the third.
_STILL, _TAPS, FORCE = 0.20, 0.10, 0.35
#: How far (shoulder widths) below the shoulder an elbow is when the hands have come down to the shoulders; lower than
#: the second it hangs, and its hand is not at the neck.
_LOW, _HANGS = 0.9, 0.8
#: Seconds without wrists and elbows, and without hands at the neck, after which the coach says so; and of the past that
#: stillness is judged by.
UNSEEN_S, AWAY_S, _MOMENT_S = 2.0, 4.0, 0.7
#: Seconds over which ears and shoulders are smoothed: a seated person hardly moves, and the noise of all of them would
#: be in every place of a hand.
_SEATED_S = 0.5
#: What is led without being seen has this quality.
_UNSEEN = 0.3
#: Kneading goes down the neck in this many seconds and more, of which the camera sees at least that part; a glide that
#: takes less than the last part of its tempo is hasty.
KNEADS_S, _SEEN_PART, _HASTE = 6.0, 0.75, 0.5
#: Less than so many seconds, or this part of the neck, is no glide: a wrist that comes into sight seems to leap.
_LEAST_S, _LEAST = 0.3, 0.5
#: The way back takes less than WAY_BACK of the time of the pass before it; where it takes less than that of the tempo,
#: too, less than this part is enough.
_QUICK_BACK = 0.8
#: Two hands that glide within so many seconds of each other glide together.
_ONE_GLIDE_S = 1.0
#: A head that has risen by this (OC, about half a head) has got up.
RISES = 1.0


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: how far down the neck its hand is, how far beside the middle of the neck, and whether that is the wrist
    or only guessed from the elbow."""

    down: float
    beside: float
    wrist: bool
    at: complex  # of the wrist or elbow, shoulder widths


class Torso:
    """Ears and shoulders, smoothed, and the arms in proportion to them."""

    def __init__(self) -> None:
        self._time = -math.inf
        self._at: Plane | None = None  # of ears and shoulders, pixels

    def arms(self, time: float, pose: Array) -> dict[Side, Arm] | None:
        """What a pose (33, 4) in pixels shows of the arms; None where the shoulders are not seen."""
        if (pose[[*_EARS, *_SHOULDERS], 3] < VISIBLE).any() or not np.isfinite(pose[:17]).all():
            return None
        xy = pose[:, 0] + 1j * pose[:, 1].astype(np.float64)
        now = xy[[*_EARS, *_SHOULDERS]]
        blend = 1.0 - math.exp(-(time - self._time) / _SEATED_S)
        self._at = now if self._at is None else self._at + blend * (now - self._at)
        self._time = time
        width = abs(complex(self._at[2] - self._at[3]))
        if width < 1.0:
            return None
        middle = complex(self._at[2] + self._at[3]) / 2
        found: dict[Side, Arm] = {}
        for k, (side, elbow, wrist) in enumerate(zip(SIDES, _ELBOWS, _WRISTS, strict=True)):
            top, bottom = float(self._at[k].imag), float(self._at[2 + k].imag)
            if pose[wrist, 3] >= VISIBLE:
                at, neck = complex(xy[wrist]), max(bottom - top, 0.2 * width)
                found[side] = Arm((at.imag - top) / neck, abs(at.real - middle.real) / width, True, at / width)
            elif pose[elbow, 3] >= VISIBLE:
                at = complex(xy[elbow])
                # Hands behind the head lift the elbows to the shoulders; at the shoulder they hang.
                found[side] = Arm((at.imag - bottom) / width / _LOW, math.inf, False, at / width)
        return found


class NeckWork:
    """One step of the sequence."""

    def __init__(self, exercise: Exercise) -> None:
        assert exercise.touch is not None
        self._exercise, self._move, self._kind = exercise, exercise.touch.move, exercise.touch.kind
        self._passes: dict[Side, Passes] = {side: Passes() for side in SIDES}
        self._last: dict[Side, Pass | None] = dict.fromkeys(SIDES)
        self._trail: dict[Side, deque[tuple[float, Arm]]] = {side: deque() for side in SIDES}
        self._time: float | None = None
        self._seen: float | None = None
        self._there_at: float | None = None
        self._torso = Torso()
        self._looks: deque[tuple[float, tuple[str, ...]]] = deque()  # what was wrong of late
        self._since: float | None = None  # when what is led now has begun
        self._led = 0.0
        self._ended = -math.inf
        self._height: float | None = None
        #: codes of what is wrong at this look
        self.faults: tuple[str, ...] = ()
        #: whether arms are not seen, and whether they are seen and their hands elsewhere, for a while
        self.unseen = self.away = False
        self.progress = 0.0

    def step(self, time: float, pose: Array | None, height: float | None, nod_deg: float | None) -> list[Done]:
        """Take one moment. pose: (33, 4) pixels, None where no body was looked for or is seen; height: of the bridge of
        the nose, OC up from where the picture ends; nod_deg: of the head."""
        passed = 0.0 if self._time is None else min(time - self._time, 0.5)
        self._time = time
        seen = self._torso.arms(time, pose) if pose is not None else None
        if seen or self._seen is None:
            self._seen = time
        if self._there_at is None or any(self._there(arm) for arm in (seen or {}).values()):
            self._there_at = time
        for side in SIDES:
            self._remember(time, side, seen.get(side) if seen else None)
        self.unseen = self._move not in _SITS and time - self._seen > UNSEEN_S
        at_neck = self._move not in _ELSEWHERE
        self.away = at_neck and not self.unseen and time - self._there_at > AWAY_S
        self.faults = self._lasting(time, self._wrong(pose, seen, height, nod_deg))
        if self._move == "glide" and not self.unseen:
            return self._glides(time, seen or {})
        return self._leads(time, passed, self._runs(seen))

    # --- led by time --------------------------------------------------------------------------------------

    def _leads(self, time: float, passed: float, runs: bool) -> list[Done]:
        """Count one for each stretch of the tempo for which the hands (or the person) were where they should be."""
        tempo = self._exercise.tempo
        # What is not seen is led at the whole tempo, its rests included.
        one = max(self._exercise.round_s if self.unseen else tempo.rise + tempo.hold, 0.5)
        if runs:
            self._since = time if self._since is None else self._since
            self._led += passed
        elif self._move == "grip":
            self._led, self._since = 0.0, None  # a hold is held in one go
        self.progress = min(1.0, self._led / one)
        if self._led < one:
            return []
        begun = self._since if self._since is not None else time
        self._led, self._since = self._led - one, time
        if self.unseen:
            return [Done(None, begun, time, faults=(*self.faults, "unseen"), quality=_UNSEEN)]
        return [Done(None, begun, time, faults=self.faults)]

    def _runs(self, seen: dict[Side, Arm] | None) -> bool:
        if self._move in _ELSEWHERE or self.unseen:
            return True
        if not seen:
            return False
        there = [side for side, arm in seen.items() if self._there(arm)]
        if self._move == "grip":
            return bool(there) and all(self._spread(side) < _STILL for side in there)
        if self._move == "percuss":
            return any(self._spread(side) >= _TAPS for side in there)
        return bool(there)

    @staticmethod
    def _there(arm: Arm) -> bool:
        """Whether a hand is at the neck, or may be there, behind the head."""
        if not arm.wrist:
            return arm.down * _LOW < _HANGS
        return _AT_NECK[0] <= arm.down <= _AT_NECK[1] and arm.beside <= _BESIDE

    # --- gliding ------------------------------------------------------------------------------------------

    def _glides(self, time: float, seen: dict[Side, Arm]) -> list[Done]:
        found = []
        for side, arm in seen.items():
            over = self._passes[side].step(time, min(max(arm.down, 0.0), 1.0))
            self.progress = self._passes[side].now or 0.0
            if over is not None:
                found += self._glide(side, over)
        return found

    def _glide(self, side: Side, one: Pass) -> list[Done]:
        if one.seconds < _LEAST_S or one.covered < _LEAST:
            return []
        before, self._last[side] = self._last[side], one
        tempo = self._exercise.tempo.rise
        back = _QUICK_BACK if one.seconds < WAY_BACK * tempo else WAY_BACK
        reason, faults = "", ("fast",) if one.seconds < _HASTE * tempo else self.faults
        if not one.forward:
            # The hand goes back through the air; who strokes upwards takes longer on the way up.
            if before is None or not before.forward or one.seconds * WAY_BACK < before.seconds:
                return []
            reason, faults = "it went up; stroke from the head to the shoulders", ("direction",)
        elif before is not None and not before.forward and one.seconds < back * before.seconds:
            return []  # the way back of somebody who strokes upwards
        elif self._kind == "knead" and one.seconds < _SEEN_PART * KNEADS_S:
            reason = f"it took {one.seconds:.1f} s; knead unhurriedly, {KNEADS_S:.0f} s or more from head to shoulder"
            faults = ("fast",)
        if abs(one.end_s - self._ended) < _ONE_GLIDE_S:
            return []
        self._ended = one.end_s
        return [Done(None, one.start_s, one.end_s, reason, faults, one.covered)]

    # --- what is wrong ------------------------------------------------------------------------------------

    def _wrong(
        self, pose: Array | None, seen: dict[Side, Arm] | None, height: float | None, nod_deg: float | None
    ) -> tuple[str, ...]:
        codes = []
        if self._move in ("upright", "grip") and pose is not None and (pose[list(_SHOULDERS), 3] >= VISIBLE).all():
            across = pose[_SHOULDERS[0], :2] - pose[_SHOULDERS[1], :2]
            if abs(math.degrees(math.atan2(float(across[1]), float(across[0])))) > LEVEL_DEG:
                codes.append("shoulders")
        if self._move == "upright" and nod_deg is not None and abs(nod_deg) > NOD_DEG:
            codes.append("nod")
        if seen and any(arm.wrist and arm.beside < MIDLINE and self._there(arm) for arm in seen.values()):
            codes.append("midline")
        if self._move == "percuss" and any(
            self._spread(side) > FORCE for side in SIDES if all(self._there(arm) for _, arm in self._trail[side])
        ):
            codes.append("force")
        if self._move == "seated" and height is not None:
            self._height = height if self._height is None else min(self._height, height)
            if height - self._height > RISES:
                codes.append("rise")
        return tuple(codes)

    def _lasting(self, time: float, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Those that were wrong at most looks of the last moment: one look alone may be the tracker's."""
        self._looks.append((time, codes))
        while self._looks[0][0] < time - _MOMENT_S:
            self._looks.popleft()
        if time - self._looks[0][0] < _MOMENT_S / 2:
            return ()
        every = [code for _, some in self._looks for code in some]
        return tuple(code for code in dict.fromkeys(every) if every.count(code) > len(self._looks) / 2)

    def _remember(self, time: float, side: Side, arm: Arm | None) -> None:
        trail = self._trail[side]
        if arm is not None:
            trail.append((time, arm))
        while trail and trail[0][0] < time - _MOMENT_S:
            trail.popleft()

    def _spread(self, side: Side) -> float:
        """How far the hand has moved of late: the longer side of the box round it."""
        at = np.array([arm.at for _, arm in self._trail[side]])
        return max(float(np.ptp(at.real)), float(np.ptp(at.imag))) if len(at) else 0.0
