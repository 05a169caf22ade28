"""The face at rest: the level from which every movement is measured, and how sure it is.

Nobody has to hold still for it. Rest is an estimate that exists from the first third of a second and gets better: from
what resting faces are like in general (`people`), from what is kept of this person, and from the calm moments that were
seen. It looks at measures only, never at what is counted, so it is a function of what was seen so far; a stream and a
whole recording go through the same code.

A moment is a third of a second. It speaks for rest the calmer it is, the more often the face comes back to it, and the
less it shows of an expression: a smile that is held is calm, too, but no resting face shows it. Parts of the face rest
apart (`PARTS`): somebody who talks all the time has a resting forehead all the same.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from coach.form.calibration import Calibration, Rest, Source, drifted
from coach.form.faces import FIT, Whose, faces
from coach.form.measures import FACE, INDEX, NAMES, TABLE, columns
from coach.form.people import RESTING
from coach.frame import Array, Bools

#: Seconds that a moment lasts, and from one to the next.
MOMENT_S, STEP_S = 1.0 / 3.0, 1.0 / 6.0
#: In parts of a step: what differs by rounding only is the same time.
_TIE = 1e-6
#: After how many moments of a stream rest is estimated anew: after each in the first three seconds, every half second
#: while a part of the face has been seen at rest for less than so many seconds, and every two seconds then.
_EAGER, _SOON, _EVERY = 18, 3, 12
_WELL_KNOWN_S = 1.5
#: So many moments are looked at at most, those of so many seconds around the one that rest is wanted for; of so many
#: of them, the calmest, it is asked which one is rest.
KEPT, AROUND_S, _ASKED = 256, 60.0, 48
#: Of a stream the first moments are never forgotten: who begins to move began somewhere.
_FIRST = 4
#: Who sits nearer or further away by this (logarithm) than in the last moments looks different; and how many moments.
_ELSEWHERE_BY, _LATELY = 0.15, 6
#: Seconds after which a moment speaks half as loud: people slide in their chairs and put on their glasses.
_FADES_S, _FADED = 30.0, 0.05
#: Seconds between two estimates for a recording.
KNOT_S = 30.0

#: By unit: what a moment may move and still be calm, and how far from each other two moments of the same rest may be.
_CALM = {"OC": 0.02, "deg": 3.0, "cm": 3.0, "ratio": 0.3, "shape": 0.2}
_SAME = {"OC": 0.012, "deg": 3.0, "cm": 0.8, "ratio": 0.2, "shape": 0.08}
#: By unit: what the tracker itself wanders on one face at rest, as a floor of what can be known.
_NOISE = {"OC": 0.005, "deg": 1.0, "cm": 0.3, "ratio": 0.08, "shape": 0.05, "px": 5.0, "light": 5.0, "s": 0.1}
#: How much more the level of a moment says than where the moments around the best one lie.
_NARROW = 2
#: And how much it leans to what shows less of an expression.
_LEAN = 2.0
#: An expression speaks against a moment, so much for each part of it (see `_expression`); the first half second of a
#: face speaks for it: who begins to move began somewhere.
_AGAINST, _BEGINS, _BEGINS_S = 0.25, 2.0, 0.5
#: What was rest before stays rest: so much speaks for moments within so many of the widths above, once it had been seen
#: for so many seconds. Who holds a movement for longer than they rest is then not taken to rest in it.
_STAYS, _STAYS_WITHIN, _STAYS_S = 3.5, 1.5, 1.0
#: Seconds that a movement is held at most, from rest to rest.
_HELD_AT_MOST_S = 30.0
#: The same rest, once it was seen for so many seconds, follows a face that drifts with this time constant (seconds).
_FOLLOWS_FROM_S, _FOLLOWS_S = 1.5, 60.0
#: A moment with more of an expression than this can hardly be a resting face.
_HARDLY = 8.0
#: Degrees of the head away from its rest at which the mesh of the face begins to bend.
_BENT_DEG = 10.0
#: What a hand hides, or touches, tells so much less of rest: it pulls at the skin, and the tracker guesses.
_HANDLED = 0.8
#: A rest kept of a person repeats within so much (parts of the value, of lengths), or so much by unit at least.
_REPEATS, _REPEATS_BY = 0.025, {"OC": 0.006, "deg": 5.0, "cm": 8.0, "ratio": 0.2, "shape": 0.08}
#: Seconds of calm from which a kept rest is compared with what is seen.
COMPARED_S = 0.5

_POSE = ("yaw_deg", "pitch_deg", "roll_deg")


def _part(*starts: str) -> list[int]:
    return [i for i, name in enumerate(NAMES[:FACE]) if name.startswith(starts)]


_HEAD, _BROWS = columns(_POSE), _part("brow")
_EYES, _GAZE = _part("eye_aperture", "lower_lid", "blink", "squint"), _part("gaze")
_SHOULDERS = columns(("neck_length_left", "neck_length_right", "shoulder_tilt_deg", "shoulder_width", "distance_cm"))
_ELSEWHERE = {*_HEAD, *_BROWS, *_EYES, *_GAZE, INDEX["distance_cm"]}
#: The parts of the face that rest apart: name and columns. The head comes first, as the others are seen from its pose.
PARTS: tuple[tuple[str, list[int]], ...] = (
    ("head", _HEAD),
    ("brows", _BROWS),
    ("eyes", _EYES),
    ("mouth", [i for i in range(FACE) if i not in _ELSEWHERE]),
    ("shoulders", _SHOULDERS),
)
#: Which part each of the (M,) measures belongs to, -1 for what has none.
PART_OF = np.full(len(NAMES), -1)
for _number, (_, _columns) in enumerate(PARTS):
    PART_OF[_columns] = _number

#: The columns of all parts one behind the other, and where each part begins.
_PARTS_ONE_BY_ONE = np.array([column for _, part in PARTS for column in part])
_PART_BEGINS = np.cumsum([0, *(len(part) for _, part in PARTS[:-1])])

_UNITS = [row.unit for row in TABLE]
_CALM_OF, _SAME_OF, _NOISE_OF = (np.array([by.get(unit, 1e9) for unit in _UNITS]) for by in (_CALM, _SAME, _NOISE))
#: Lids and necks make smaller movements than mouths.
_SAME_OF[[i for i in _EYES if _UNITS[i] == "OC"]] = 0.008
_NECK = columns(("neck_length_left", "neck_length_right"))
_SAME_OF[_NECK], _NOISE_OF[_NECK] = 0.03, 0.015
#: The tracker's shapes that say that an expression is held, by how much of each is one part of it. Left out are those
#: which resting faces show as well (pressed lips, squinting eyes).
_SHOWS = np.array([
    np.inf if row.unit != "shape" or i >= FACE or row.name.startswith(("press", "squint", "lip_shrug", "brow_outer"))
    else 0.05 if row.name.startswith(("brow", "blink")) else 0.1
    for i, row in enumerate(TABLE)
])  # fmt: skip
_SHOWS[INDEX["lip_gap"]] = 0.02
#: Of these the other way is an expression, too: jaw and lips to one side.
_ASIDE, _ASIDE_BY = columns(("lip_x", "chin_x")), 0.04
_UPPER = ("hand_over_upper", "hand_head")
_LOWER = ("hand_over_lower", "hand_chin", "hand_cheek_left", "hand_cheek_right")
#: For each part what tells of a hand on it.
_HAND_AT = [columns(names) for names in ((), _UPPER, _UPPER, _LOWER, ())]
_HANDS = columns(("hand_head", "hand_chin", "hand_cheek_left", "hand_cheek_right"))

#: Resting faces in general: (M,) median and spread, nan for what has none.
MEDIAN, SPREAD = (np.array([RESTING[name][k] if name in RESTING else np.nan for name in NAMES]) for k in (0, 1))
MEDIAN[_HANDS], SPREAD[_HANDS] = 0.0, 0.05  # hands at rest are away


PEOPLE = Rest(MEDIAN, spread=SPREAD, source="people")


def kept(calibration: Calibration) -> Rest:
    """The rest that is kept of a person, with how well faces repeat from day to day."""
    values, spread = MEDIAN.copy(), SPREAD.copy()
    for name, value in calibration.neutral.items():
        if name in INDEX and INDEX[name] < FACE:
            column = INDEX[name]
            unit = _UNITS[column]
            values[column] = value
            spread[column] = max(_REPEATS_BY.get(unit, np.inf), _REPEATS * abs(value) if unit in ("OC", "ratio") else 0)
    values[_HEAD], spread[_HEAD] = MEDIAN[_HEAD], SPREAD[_HEAD]  # nobody sits down in the same place
    return Rest(values, spread=spread, source="kept")


# --- moments ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Short whiles of a face.

    times   (K,) seconds, of their last frame
    levels  (K, M) mean of each measure
    moves   (K, P) how far each of `PARTS` moved meanwhile, 1 where it is hardly calm
    """

    times: Array
    levels: Array
    moves: Array

    def __len__(self) -> int:
        return len(self.times)


#: Moments looked at in one go: their frames fit into the processor's caches.
_AT_ONCE = 64
Ints = npt.NDArray[np.intp]

NONE = Moments(np.empty(0), np.empty((0, len(NAMES))), np.empty((0, len(PARTS))))


def moments(times: Array, measures: Array, due: Array) -> Moments:
    """The moments that end at some times.

    times (T,) seconds, measures (T, M) of frames with a face, due (K,) seconds at which moments end. A moment has its
    frames from `MOMENT_S` before to the first one that is not earlier; one of fewer than two frames says nothing.
    """
    last = np.unique(np.searchsorted(times, due))
    last = last[last < len(times)]
    first = np.searchsorted(times, times[last] - MOMENT_S - 1e-9)
    enough = last > first
    first, last = first[enough], last[enough]
    if not len(first):
        return NONE
    columns = np.ascontiguousarray(measures.T)
    levels, moves = np.empty((len(first), len(NAMES))), np.empty((len(first), len(PARTS)))
    for start in range(0, len(first), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        levels[some], moves[some] = _moment(columns, first[some], last[some])
    return Moments(times[last], levels, moves)


def _moment(columns: Array, first: Ints, last: Ints) -> tuple[Array, Array]:
    """`levels` and `moves` of the moments from some frames (K,) of (M, T) measures to others."""
    counts = last + 1 - first
    longest = counts.max()
    # Moments lie side by side along the last axis, where numpy is quick; shorter ones have their last frame repeated,
    # which is taken from the sum again.
    rows = np.minimum(first + np.arange(longest)[:, None], last)
    frames = columns.take(rows, axis=1)
    moved = (frames.max(axis=1) - frames.min(axis=1)) / _CALM_OF[:, None]
    level = (frames.sum(axis=1) - frames[:, -1] * (longest - counts)) / counts
    return level.T, np.maximum.reduceat(moved.take(_PARTS_ONE_BY_ONE, axis=0), _PART_BEGINS, axis=0).T


# --- which of them is rest --------------------------------------------------------------------------------


def settle(
    seen: Moments,
    prior: Rest = PEOPLE,
    at: float | None = None,
    begun: float | None = None,
    last: Rest | None = None,
    slowly: bool = False,
) -> Rest:
    """The resting face that some moments show.

    at: the time (seconds) that it is for; moments further away from it speak lower. None: all speak alike.
    begun: when the face was first seen (seconds), None for the first of the moments. last: what was thought before.
    slowly: whether a rest that was well known follows a face that drifts slowly only, as one that must not follow a
    movement that is held.
    """
    if not len(seen):
        return prior
    assert prior.spread is not None
    values, spread = prior.values.copy(), prior.spread.copy()
    time = float(seen.times[-1]) if at is None else at
    speaks = np.ones(len(seen))
    if at is not None:
        speaks = _FADED + (1.0 - _FADED) * np.exp2(-np.abs(seen.times - at) / _FADES_S)
    since = seen.times - (seen.times[0] if begun is None else begun)
    begins = _BEGINS * np.exp(-np.maximum(since - _BEGINS_S, 0.0) / _BEGINS_S)
    size = seen.levels[:, INDEX["face_px"]]
    nearer = np.nan_to_num(np.log(size / np.median(size[-_LATELY:]))) / _ELSEWHERE_BY
    from_here = np.exp(-0.5 * nearer**2)
    speaks *= from_here
    straight = np.ones(len(seen))
    known = []
    for number, (_, part) in enumerate(PARTS):
        levels = seen.levels[:, part]
        there: Bools = np.ones(len(seen), bool)
        if number == len(PARTS) - 1:  # not looked for, most of the time
            there = np.asarray(np.isfinite(levels).all(axis=1))
            if not there.any():
                known.append(0.0)
                continue
            levels = np.where(there[:, None], levels, 1e9)
        weight = there * speaks * straight * np.exp(-0.5 * seen.moves[:, number] ** 2)
        if _HAND_AT[number]:
            weight *= 1.0 - _HANDLED * np.nan_to_num(np.fmax.reduce(seen.levels[:, _HAND_AT[number]], axis=1))
        weight = np.maximum(weight, 1e-6)
        against = _pose_off(levels) if number == 0 else _AGAINST * _expression(levels, part)
        scaled = levels / _SAME_OF[part]
        speaks_for, likely = begins, weight * (1.0 + begins)
        if last is not None:
            away = _apart((last.values[part] / _SAME_OF[part])[:, None], scaled.T)[0]
            stays = np.exp(-0.5 * (away / _STAYS_WITHIN) ** 2) * min(1.0, last.seen_s[number] / _STAYS_S)
            # Nothing is held for so long, or looks the same from elsewhere: this is how the person sits now.
            lately = (away <= _STAYS_WITHIN) & (np.abs(seen.times - time) <= _HELD_AT_MOST_S)
            stays *= from_here[lately].max(initial=0.0)
            speaks_for, likely = np.maximum(begins, _STAYS * stays), likely + weight * _STAYS * stays
        asked = np.argsort(-likely, kind="stable")[:_ASKED]
        apart = _apart(scaled[asked].T, scaled.T)
        near = np.exp(-0.5 * apart**2) * weight
        best = int(np.argmax(np.log(near.sum(axis=1)) - against[asked] + speaks_for[asked]))
        seen_s = float(near[best].sum()) * STEP_S
        near = np.exp(-0.5 * _NARROW * apart[best] ** 2 - _LEAN * (against - against[asked[best]])) * weight
        level = _median(levels, near)
        follows = (
            slowly
            and last is not None
            and last.seen_s[number] >= _FOLLOWS_FROM_S
            and away[asked[best]] <= _STAYS_WITHIN
        )
        if last is not None and follows:
            follow = -np.expm1(-(time - last.time) / _FOLLOWS_S)
            level = last.values[part] + follow * (level - last.values[part])
        wanders = np.sqrt((near[:, None] * (levels - level) ** 2).sum(axis=0) / near.sum())
        # What shows an expression, or a head that is turned away, is hardly known to be rest.
        doubt = max(0.0, float(against[asked[best]]) - (4.0 if number == 0 else _AGAINST * _HARDLY))
        seen_s *= float(np.exp(-doubt))
        known.append(seen_s)
        surely = seen_s / MOMENT_S / np.maximum(wanders, _NOISE_OF[part]) ** 2
        usually = np.nan_to_num(1.0 / spread[part] ** 2)
        # Where rest was known before, what is usual has had its say.
        believed = (surely * level + usually * np.nan_to_num(values[part])) / (surely + usually)
        values[part] = level if follows else believed
        spread[part] = 1.0 / np.sqrt(surely + usually)
        if number == 0:
            off = (levels - values[part]) / _BENT_DEG
            straight = np.exp(-0.5 * (off**2).sum(axis=1))
    _beside(seen, begins, values, spread)
    source: Source = "seen" if max(known[1:4]) >= STEP_S else prior.source
    return Rest(values, time, spread, tuple(known), source)


def _beside(seen: Moments, begins: Array, values: Array, spread: Array) -> None:
    """Fill in gaze, and what lies beside the face, of which a median is all that can be said."""
    # Who looks about looks at the screen at rest, as people do.
    gaze = seen.levels[:, _GAZE]
    aside = 0.25 * (((gaze - MEDIAN[_GAZE]) / SPREAD[_GAZE]) ** 2).sum(axis=1)
    usual = np.exp(aside.min() - aside + begins)
    values[_GAZE] = _median(gaze, usual)
    spread[_GAZE] = _NOISE_OF[_GAZE] / np.sqrt(1.0 + usual.sum() * STEP_S / MOMENT_S)
    others = [column for column in range(FACE, len(NAMES)) if column not in _SHOULDERS]
    there = seen.levels[:, others]
    known: Bools = np.asarray(np.isfinite(there).any(axis=0))
    others, there = [column for column, is_known in zip(others, known, strict=True) if is_known], there[:, known]
    middle = np.median if np.isfinite(there).all() else np.nanmedian  # the one takes a fifth of the other's time
    values[others] = middle(there, axis=0)
    wanders = 1.4826 * middle(np.abs(there - values[others]), axis=0)
    spread[others] = np.maximum(_NOISE_OF[others], wanders) / np.sqrt(len(seen) * STEP_S / MOMENT_S)
    values[_HANDS] = np.where(np.isfinite(values[_HANDS]), 0.0, values[_HANDS])  # hands at rest are away


def _apart(some: Array, others: Array) -> Array:
    """(n, A) and (n, K) levels to (A, K): the largest of their n differences."""
    most = np.abs(some[0, :, None] - others[0])
    step = np.empty_like(most)
    for one, other in zip(some[1:], others[1:], strict=True):  # one by one they stay in the processor's caches
        np.subtract(one[:, None], other, out=step)
        np.abs(step, out=step)
        np.maximum(most, step, out=most)
    return np.asarray(most)


def _pose_off(levels: Array) -> Array:
    """How far (K, 3) poses are from that of people before a camera, in squares of its spread, halved."""
    off = (levels - MEDIAN[_HEAD]) / SPREAD[_HEAD]
    return np.asarray(np.minimum(0.5 * (off**2).sum(axis=1), 30.0))


def _expression(levels: Array, part: Sequence[int]) -> Array:
    """How much (K, n) levels of one part show of an expression, in parts of it."""
    shows = (np.maximum(np.nan_to_num(levels - MEDIAN[part]), 0.0) / _SHOWS[part]).sum(axis=1)
    for column in _ASIDE:
        if column in part:
            shows = shows + np.abs(levels[:, list(part).index(column)]) / _ASIDE_BY
    return np.asarray(shows)


def _median(levels: Array, weight: Array) -> Array:
    """Weighted median of each column of (K, n) levels."""
    order = np.argsort(levels, axis=0, kind="stable")
    summed = np.cumsum(weight[order], axis=0)
    middle = (summed >= summed[-1] / 2.0).argmax(axis=0)
    return np.asarray(levels[order[middle, np.arange(levels.shape[1])], np.arange(levels.shape[1])])


# --- a stream, and a recording ----------------------------------------------------------------------------


class Watch:
    """Follows the resting face of a stream. Chunks of any size give what single frames give."""

    __slots__ = (
        "_begun", "_count", "_early", "_frames", "_kept", "_last", "_levels", "_moves", "_seen", "_stamps", "_steps",
        "_times", "calibration",
    )  # fmt: skip

    def __init__(self, calibration: Calibration | None = None) -> None:
        """calibration: what is kept of the person; it is dropped when the face turns out to be another one."""
        self.calibration = calibration
        self._levels = np.empty((KEPT, len(NAMES)))
        self._moves, self._times = np.empty((KEPT, len(PARTS))), np.empty(KEPT)
        #: the last frames, which the next moment has still to do with: times, measures, and how many there are
        self._stamps, self._frames = np.empty(0), np.empty((0, len(NAMES)))
        self.reset()

    def reset(self) -> None:
        """Forget what was seen: this is another face, or the same one elsewhere."""
        self._kept = kept(self.calibration) if self.calibration is not None else PEOPLE
        self._begun: float | None = None
        self._last: Rest | None = None
        self._steps = self._count = self._seen = self._early = 0

    def take(self, times: Array, measures: Array) -> list[tuple[int, Rest]]:
        """Take frames with a face: times (T,) seconds, measures (T, M). Return the estimates that came of them, each
        with the number of the first frame that it is for."""
        if not len(times):
            return []
        if self._begun is None:
            self._begun = float(times[0])
        if times[-1] < self._begun + MOMENT_S + STEP_S * (self._steps - _TIE):
            self._wait(times, measures)
            return []
        early = self._early
        if early:
            times = np.concatenate([self._stamps[:early], times])
            measures = np.concatenate([self._frames[:early], measures])
        until = int((times[-1] - self._begun - MOMENT_S) / STEP_S + 1.0 + _TIE)
        due = self._begun + MOMENT_S + STEP_S * (np.arange(self._steps, until) - _TIE)
        found = moments(times, measures, due)
        self._steps = max(self._steps, until)
        rests = [
            (int(times.searchsorted(time)) - early, rest)
            for time, level, moved in zip(found.times.tolist(), found.levels, found.moves, strict=True)
            if (rest := self._add(time, level, moved)) is not None
        ]
        late = int(times.searchsorted(times[-1] - MOMENT_S - 1e-9))
        self._early = 0
        self._wait(times[late:], measures[late:])
        return rests

    def _wait(self, times: Array, measures: Array) -> None:
        """Keep frames until the next moment is due."""
        first, self._early = self._early, self._early + len(times)
        if self._early > len(self._stamps):
            stamps, frames = self._stamps[:first], self._frames[:first]
            self._stamps, self._frames = np.empty(2 * self._early), np.empty((2 * self._early, len(NAMES)))
            self._stamps[:first], self._frames[:first] = stamps, frames
        self._stamps[first : self._early], self._frames[first : self._early] = times, measures

    def _add(self, time: float, level: Array, moved: Array) -> Rest | None:
        """Keep a moment; return the estimate where it is time for one."""
        if self._count == KEPT:  # of the older half every other one goes
            keep = [*range(_FIRST), *range(_FIRST + 1, KEPT // 2, 2), *range(KEPT // 2, KEPT)]
            self._count = len(keep)
            for kept_of in (self._levels, self._moves, self._times):
                kept_of[: self._count] = kept_of[keep]
        self._levels[self._count], self._moves[self._count], self._times[self._count] = level, moved, time
        self._count += 1
        self._seen += 1
        known = self._last is not None and min(self._last.seen_s[1:4]) >= _WELL_KNOWN_S
        if self._seen > _EAGER and self._seen % (_EVERY if known else _SOON):
            return None
        seen = Moments(*(of[: self._count] for of in (self._times, self._levels, self._moves)))
        rest = settle(seen, self._kept, time, self._begun, self._last, slowly=True)
        if self._kept.source == "kept" and min(rest.seen_s[1:4]) >= COMPARED_S and self.calibration is not None:
            seen_alone = settle(seen, PEOPLE, time, self._begun)
            if drifted(self.calibration, seen_alone.values):
                self._kept, rest = PEOPLE, seen_alone
        self._last = rest
        return rest

    @property
    def dropped(self) -> bool:
        """Whether there is a calibration, and the face is not the one that it was made with."""
        return self.calibration is not None and self._kept.source != "kept"


def _settled(times: Array, measures: Array, calibration: Calibration | None = None) -> list[Rest]:
    """The resting face of a whole sitting: one estimate for each half minute, in the order of time, each for its own
    `time`. times (T,) seconds, measures (T, M) of the frames with a face, one at least."""
    prior = kept(calibration) if calibration is not None else PEOPLE
    begun, seconds = float(times[0]), float(times[-1] - times[0])
    found = moments(times, measures, np.arange(begun + MOMENT_S, times[-1], STEP_S))
    if calibration is not None and drifted(calibration, settle(found, PEOPLE, begun=begun).values):
        prior = PEOPLE
    pieces = max(1, round(seconds / KNOT_S))
    rests: list[Rest] = []
    for at in (begun + (np.arange(pieces) + 0.5) * seconds / pieces).tolist():
        near = np.flatnonzero(np.abs(found.times - at) <= AROUND_S)
        near = near[:: max(1, -(-len(near) // KEPT))]
        some = Moments(found.times[near], found.levels[near], found.moves[near])
        last = settle(some, prior, at if pieces > 1 else None, begun, rests[-1] if rests else None)
        rests.append(replace(last, time=at))
    return rests


class Whole:
    """The resting face of a whole recording, known beforehand: for each sitting one, and how it wanders."""

    def __init__(
        self, times: Array, measures: Array, fit: Bools | None = None, calibration: Calibration | None = None
    ) -> None:
        """times (T,) seconds, measures (T, M), rows of nan where no face was seen. fit: (T,) in which of them it is
        seen well; where it never is, the others must do."""
        why, anew, _ = faces(times, measures, Whose())
        there = why == FIT
        edges = [0, *np.flatnonzero(anew[1:]) + 1, len(times)]
        self._begins: list[float] = []
        self._rests: list[list[Rest]] = []
        for first, end in pairwise(edges):
            here = first + np.flatnonzero(there[first:end])
            if fit is not None and fit[here].any():
                here = here[fit[here]]
            if len(here):
                self._begins.append(float(times[first]))
                self._rests.append(_settled(times[here], measures.T.take(here, axis=1).T, calibration))

    def _sitting(self, time: float) -> list[Rest]:
        if not self._rests:
            return [PEOPLE]
        return self._rests[max(0, bisect_right(self._begins, time) - 1)]

    def rest(self, time: float) -> Rest:
        """The resting face of the sitting that a time (seconds) is in, as it was in the middle of it."""
        rests = self._sitting(time)
        return rests[len(rests) // 2]

    def wander(self, times: Array, of: Sequence[int]) -> Array:
        """(T, C) how far rest is from there at times (T,) seconds of one sitting. of: (C,) which of the measures."""
        rests = self._sitting(float(times[0]))
        middle = rests[len(rests) // 2].values[of]
        if len(rests) == 1:
            return np.zeros((1, len(middle)))
        at = np.array([rest.time for rest in rests])
        levels = np.nan_to_num(np.stack([rest.values[of] for rest in rests]) - middle)
        after = np.clip(np.searchsorted(at, times), 1, len(at) - 1)
        part = np.clip((times - at[after - 1]) / (at[after] - at[after - 1]), 0.0, 1.0)[:, None]
        return np.asarray(levels[after - 1] * (1.0 - part) + levels[after] * part)
