"""Whose face it is: a bystander's repetitions are not the user's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from coach.form.measures import FACE, INDEX
from coach.form.smoothing import gaps
from coach.frame import Array, Bools

Codes = npt.NDArray[np.int8]

#: Why a frame cannot be judged: no face in it, something beside the face that is needed, or the face of somebody else.
FIT, NO_FACE, UNSEEN, STRANGER = range(4)

#: A face that is larger or smaller than a moment ago (logarithm), or elsewhere (in OC), is another one: so much at
#: once, and so much more for each second between. Heads are moved at up to 0.8 m/s, 8 OC.
_GROWS, _GROWS_A_S = 0.25, 1.0
_MOVES, _MOVES_A_S = 1.0, 8.0
#: After so many seconds without a face anybody may be anywhere.
_AWAY_S = 1.5
#: The first face is the user's once it was there for so long (seconds); another one that stays for so long is, too.
_USER_S, _STAYS_S = 1.0, 20.0
#: The user who is back has about the same size (logarithm) and place (OC).
_BACK_SIZE, _BACK_PLACE = 0.25, 1.5

#: Pixels that no picture has.
_LARGEST = 1e6
_PLACE = [INDEX[name] for name in ("face_px", "face_x", "face_y")]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose face was seen last. Faces are (OC in pixels, x, y); times in seconds.

    user, last  the user's face as it was last, and the last face of all; None before there is one
    since       when the last face came
    time        when it was seen last
    mine        whether the last face is the user's
    """

    user: tuple[float, ...] | None = None
    last: tuple[float, ...] | None = None
    since: float = -math.inf
    time: float = -math.inf
    mine: bool = True


def faces(times: Array, measures: Array, whose: Whose) -> tuple[Codes, Bools, Whose]:
    """Say of frames whose face is in them: (T,) FIT, NO_FACE or STRANGER, (T,) where a sitting begins, and whose face
    it was at last. times (T,) seconds, measures (T, M), whose: it was before.

    A head neither grows nor moves faster than heads do: a face that does is another one. Who came first is the user.
    """
    face = np.isfinite(measures[:, :FACE].sum(axis=1))
    why = np.where(face, np.int8(FIT), np.int8(NO_FACE))
    anew = np.zeros(len(times), bool)
    rows = np.flatnonzero(face)
    if not len(rows):
        return why, anew, whose
    # What is not known (nan) is no jump; what cannot be is not known.
    places = measures[rows][:, _PLACE]
    places = np.where(np.abs(places) < _LARGEST, places, np.nan)
    places[:, 0] = np.maximum(places[:, 0], 1.0)
    size, x, y = places.T
    at = times[rows]
    last = whose.last or (float(size[0]), float(x[0]), float(y[0]))
    passed = gaps(at, whose.time if whose.last is not None else float(at[0]))
    grown = np.abs(gaps(np.log(size), math.log(last[0])))
    moved = np.hypot(gaps(x, last[1]), gaps(y, last[2])) / size
    away = passed > _AWAY_S
    jumps = ((grown > _GROWS + _GROWS_A_S * passed) | (moved > _MOVES + _MOVES_A_S * passed)) & ~away
    starts = np.flatnonzero(jumps | away).tolist()
    if not starts and whose.mine:
        here = float(size[-1]), float(x[-1]), float(y[-1])
        since = whose.since if whose.last is not None else float(at[0])
        return why, anew, Whose(here, here, since, float(at[-1]))
    for first, end in zip([0, *starts], [*starts, len(rows)], strict=True):
        if first < end:
            whose = _same_face(whose, places[first:end], at[first:end], bool(jumps[first]), first in starts)
            if not whose.mine:
                stays = np.searchsorted(at[first:end], whose.since + _STAYS_S)
                why[rows[first : first + stays]] = STRANGER
                if first + stays < end:
                    whose = replace(whose, mine=True)
                    anew[rows[first + stays]] = True
            elif first in starts:
                anew[rows[first]] = True
            if whose.mine:
                whose = replace(whose, user=whose.last)
    return why, anew, whose


def _same_face(whose: Whose, places: Array, at: Array, jumped: bool, came: bool) -> Whose:
    """Who it is that is seen in some frames without a jump between them. came: after a jump or a while of nobody."""
    first, last = tuple(places[0].tolist()), tuple(places[-1].tolist())
    since, time = whose.since, float(at[-1])
    if whose.last is None or came:
        since = float(at[0])
    mine = whose.mine
    if came and whose.last is not None and whose.user is not None:
        settled = whose.time - whose.since >= _USER_S
        if whose.mine:
            mine = not (jumped and settled)
        elif jumped:
            mine = abs(math.log(first[0] / whose.user[0])) <= _BACK_SIZE and _far(first, whose.user) <= _BACK_PLACE
        else:  # who comes after a while of nobody is who it looks most like
            mine = _unlike(first, whose.user) <= _unlike(first, whose.last)
    return Whose(whose.user, last, since, time, mine)


def _far(one: Sequence[float], other: Sequence[float]) -> float:
    return math.dist(one[1:], other[1:]) / other[0]


def _unlike(one: Sequence[float], other: Sequence[float]) -> float:
    return abs(math.log(max(one[0], 1e-9) / other[0])) / _BACK_SIZE + _far(one, other) / _BACK_PLACE
