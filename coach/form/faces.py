"""Whose face it is: a bystander's repetitions are not the user's."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coach.form.measures import FACE, INDEX
from coach.frame import Array, Bools

Codes = npt.NDArray[np.int8]
Place = tuple[float, float, float]

#: Why a frame cannot be judged: no face in it, something beside the face that is needed, or the face of somebody else.
FIT, NO_FACE, UNSEEN, STRANGER = range(4)

#: A face that is larger or smaller than a moment ago (logarithm), or elsewhere (in OC), is another one: so much at
#: once, and so much more for each second between. Heads are moved at up to 0.8 m/s, 8 OC.
_GROWS, _GROWS_A_S = 0.25, 1.0
_MOVES, _MOVES_A_S = 1.0, 8.0
#: A face that grows by less than this factor and moves by less than an OC has not jumped, however short the time.
_HARDLY_GROWS = 1.28
#: After so many seconds without a face anybody may be anywhere.
_AWAY_S = 1.5
#: The first face is the user's once it was there for so long (seconds); another one that stays for so long is, too.
_USER_S, _STAYS_S = 1.0, 20.0
#: The user who is back has about the same size (logarithm) and place (OC).
_BACK_SIZE, _BACK_PLACE = 0.25, 1.5

#: Pixels that no picture has.
_LARGEST = 1e6
_PLACE = np.array([INDEX[name] for name in ("face_px", "face_x", "face_y")])
_ALL = np.ones(FACE)


class Whose(NamedTuple):
    """Whose face was seen last. Faces are (OC in pixels, x, y); times in seconds.

    user, last  the user's face as it was last, and the last face of all; None before there is one
    since       when the last face came
    time        when it was seen last
    mine        whether the last face is the user's
    settled     whether the user was there for long enough to be the user
    """

    user: Place | None = None
    last: Place | None = None
    since: float = -math.inf
    time: float = -math.inf
    mine: bool = True
    settled: bool = False


def faces(times: Array, measures: Array, whose: Whose) -> tuple[Codes, Bools, Whose]:
    """Say of frames whose face is in them: (T,) FIT, NO_FACE or STRANGER, (T,) where a sitting begins, and whose face
    it was at last. times (T,) seconds, measures (T, M), whose: it was before.

    A head neither grows nor moves faster than heads do: a face that does is another one. Who came first is the user.
    """
    why, anew = np.zeros(len(times), np.int8), np.zeros(len(times), bool)  # FIT, nearly all of them
    steady, last, seen_at = whose.mine and whose.settled, whose.last, whose.time
    # In plain floats: a frame costs less than a microsecond, and a single one is the common case.
    # Measure by measure: a list for each frame of a recording would keep the garbage collector busy.
    places = measures.T.take(_PLACE, axis=0).tolist()
    totals = measures[:, :FACE].dot(_ALL).tolist()
    for row, (time, total, size, x, y) in enumerate(zip(times.tolist(), totals, *places, strict=True)):
        if not math.isfinite(total):  # one of a face's measures is no number
            why[row] = NO_FACE
            continue
        if steady and last is not None and time - seen_at <= _AWAY_S:
            small, large = (last[0], size) if last[0] < size else (size, last[0])
            moved_x, moved_y = x - last[1], y - last[2]
            if 1.0 < large < small * _HARDLY_GROWS and moved_x * moved_x + moved_y * moved_y < small * small:
                last, seen_at = (size, x, y), time  # nearly always: much the same face in much the same place
                continue
        if seen_at != whose.time:
            whose = Whose(last, last, whose.since, seen_at, True, True)
        whose, anew[row] = _next(whose, time, _sane((size, x, y)))
        steady, last, seen_at = whose.mine and whose.settled, whose.last, whose.time
        if not whose.mine:
            why[row] = STRANGER
    if seen_at != whose.time:
        whose = Whose(last, last, whose.since, seen_at, True, True)
    return why, anew, whose


def _sane(place: Sequence[float]) -> Place:
    """A place with nan for what no picture has: what is not known is no jump."""
    size, x, y = (value if abs(value) < _LARGEST else math.nan for value in place)
    return (max(size, 1.0) if size == size else size), x, y


def _next(whose: Whose, time: float, here: Place) -> tuple[Whose, bool]:
    """Whose the next face is, and whether a sitting begins with it."""
    last, user, mine, since, settled = whose.last, whose.user, whose.mine, whose.since, whose.settled
    begins = False
    if last is None or user is None:
        return Whose(here, here, time, time), False
    passed = time - whose.time
    away = passed > _AWAY_S
    jumped = not away and (
        abs(math.log(here[0] / last[0])) > _GROWS + _GROWS_A_S * passed
        or _far(here, last) > _MOVES + _MOVES_A_S * passed
    )
    if away or jumped:
        if mine:
            mine = not (jumped and settled)
        elif jumped:
            mine = abs(math.log(here[0] / user[0])) <= _BACK_SIZE and _far(here, user) <= _BACK_PLACE
        else:  # who comes after a while of nobody is who it looks most like
            mine = _unlike(here, user) <= _unlike(here, last)
        since, begins = time, mine
    elif not mine and time - since >= _STAYS_S:
        mine = begins = True
    settled = settled or (mine and time - since >= _USER_S)
    return Whose(here if mine else user, here, since, time, mine, settled), begins


def _far(one: Place, other: Place) -> float:
    return math.dist(one[1:], other[1:]) / one[0]


def _unlike(one: Place, other: Place) -> float:
    return abs(math.log(one[0] / other[0])) / _BACK_SIZE + _far(other, one) / _BACK_PLACE
