"""Which exercise is being done? Several at once are looked for in what somebody does, without being told of any.

Each exercise is its template's curve at its tempo, as large as on this person's face, and the stream of measures is
aligned with all of them (see `streaming`). An exercise is found where little is left of its template, compared with a
face that keeps still, and where somebody was at it for as long as its file asks for. What is found at the same time is
then compared by the movement, all measures together: the one that explains the most of it is named, and the next one is
told with it, for exercises may be a part of each other. Nothing here counts or scores.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from coach.form.calibration import NeutralLearner, Rest, looks_neutral
from coach.form.condition import Conditions, mirror, parse
from coach.form.exercise import Exercise
from coach.form.measures import FACE, INDEX, NAMES, columns, measure_frame, mirrored
from coach.form.seen import LOST_S
from coach.form.streaming import Occurrence, Occurrences, StreamAlignment
from coach.form.template import Template, phases_of
from coach.frame import SIDES, Array, Bools, Frame, Side

#: Samples a second in which templates and stream are compared; frames come at any times.
RATE = 20.0
#: The part of a template that must be found: 1 is all of it, 0 is what a still face shows.
FOUND = 0.8
#: Exercises of which so much less than of another was found are no rivals of it.
NEARLY = 0.1
#: How far past its peak a measure counts, in parts of the peak, and how far off one that keeps still, in tolerances.
PAST, FAR = 1.3, 3.0
#: Weight of a measure that is not of the peak but is to keep still, in parts of the mean of those that are.
ISOLATED = 0.3
#: What begins within this last part of a movement is another movement.
TAIL = 0.3
#: Up to this part of a peak a face is at rest. So many seconds of it end every movement. The rest level follows it with
#: a time constant of so many seconds, and is replaced after so many without rest, which is longer than any hold.
CALM, PAUSE_S, FOLLOW_S, PATIENCE_S = 0.25, 0.4, 10.0, 20.0
#: Seconds that are remembered, to look again at what was found in them: nothing longer is told.
KEPT_S = 60.0

_POSE = ("yaw_deg", "pitch_deg", "roll_deg")
#: Measures that a blink moves.
_LIDS = ("eye_aperture", "blink", "lower_lid", "squint", "gaze")


@dataclass(frozen=True, slots=True)
class Spot:
    """A movement, and the exercise that it is.

    side        which one, where an exercise goes from side to side
    distance    root mean square difference from the template along the alignment, in tolerances
    found       part of the template that was found: 1 - (distance / distance of a still face)^2
    next        the exercise that is nearest but for this one, empty where no other was found
    next_found  the same part of that one
    """

    exercise: str
    side: Side | None
    start_s: float
    end_s: float
    distance: float
    found: float
    next: str = ""
    next_found: float = 0.0


def can_be_spotted(exercise: Exercise) -> bool:
    """Whether it is judged, and something of it moves."""
    return exercise.judged and bool(exercise.moving)


class Spotter:
    """Looks for some exercises in a stream of frames. Call `step` for each in the order of time, and `end` at last.

    The resting face is learnt first, as by a `Session`, of all exercises together. A blink may come in between: what it
    moves is learnt when it is steady, too, and exercises of the eyes are found from then on.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        """Raises ValueError where there is none, or for one that cannot be spotted."""
        if not exercises or not all(map(can_be_spotted, exercises)):
            raise ValueError("needs exercises, each of them judged, and with something that moves")
        self.exercises = tuple(exercises)
        watched = {name for e in exercises for name in (*e.measures, *e.still, *_POSE)}
        refused = {clause.measure for e in exercises for rule in e.refuse for clause in parse(rule.when)}
        self._columns = sorted({INDEX[shown] for name in watched | refused for shown in (name, mirrored(name))})
        self._index = {NAMES[column]: i for i, column in enumerate(self._columns)}
        self._blinks = [i for name, i in self._index.items() if name.startswith(_LIDS)]
        self._learner = NeutralLearner(set(columns([n for n in watched if not n.startswith(_LIDS)])))
        self._with_lids = NeutralLearner(set(columns(list(watched))))
        self._rivals: _Rivals | None = None
        self._rest: Array = np.zeros(len(self._columns))
        self._last: Array = self._rest
        self._lids_known = False
        self._busy_s = self._calm_s = 0.0
        self._time = -math.inf
        self._due: float | None = None

    @property
    def ready(self) -> bool:
        """Whether the resting face is known."""
        return self._rivals is not None

    @property
    def watched(self) -> list[str]:
        """The exercises that are looked for, by id, once the resting face is known: those without any that needs
        shoulders or hands where these were not looked for."""
        return list(dict.fromkeys(one.exercise.id for one in self._rivals.watched)) if self._rivals else []

    def step(self, frame: Frame) -> list[Spot]:
        """Take one frame; return what is known by now to have been done, often nothing."""
        return self.advance(frame.time, measure_frame(frame))

    def advance(self, time: float, measures: Array | None) -> list[Spot]:
        """Take the (M,) measures of one moment, None where no face was seen. time: seconds, later than the one before.
        Raises ValueError when it is not."""
        if not time > self._time:
            raise ValueError(f"time must rise from frame to frame, not go from {self._time} s to {time} s")
        if measures is None or not np.isfinite(measures[:FACE]).all():
            return []
        spots: list[Spot] = []
        if time - self._time > LOST_S:
            spots = self.end()
        last_time, self._time = self._time, time
        whole = np.nan_to_num(measures)
        spots += self._learn(time, whole, ~np.isnan(measures))
        values = whole[self._columns]
        if self._rivals is not None:
            if self._due is None:
                self._due, self._last = time, values
            while self._due <= time:
                part = (self._due - last_time) / (time - last_time)
                spots += self._sample(self._due, self._last + part * (values - self._last))
                self._due += 1.0 / RATE
        self._last = values
        return spots

    def run(self, times: Array, measures: Array) -> list[Spot]:
        """Take a whole recording, (T,) and (T, M) with rows of nan where no face was seen; return all that was done in
        it, in the order of time."""
        spots = [spot for time, row in zip(times.tolist(), measures, strict=True) for spot in self.advance(time, row)]
        return sorted([*spots, *self.end()], key=lambda spot: spot.start_s)

    def end(self) -> list[Spot]:
        """Return what has been done when the stream is over, or has a gap."""
        self._learner.reset()
        self._with_lids.reset()
        self._due = None
        return self._rivals.end() if self._rivals is not None else []

    def _learn(self, time: float, whole: Array, seen: Bools) -> list[Spot]:
        """Learn the resting face from (M,) measures, and anew where it is none any more; return what was done with the
        one before."""
        spots: list[Spot] = []
        learnt = self._learner.step(time, whole)
        with_lids = None if self._lids_known else self._with_lids.step(time, whole)
        if self._rivals is None:
            if learnt is None:
                return spots
            self._rest = learnt.values[self._columns]
            self._rivals = _Rivals(self.exercises, learnt, self._index, seen)
        elif learnt is not None and self._busy_s > PATIENCE_S and looks_neutral(learnt.values, strict=True):
            spots = self._rivals.end()  # another rest is no way back to it
            self._rest, self._busy_s = learnt.values[self._columns], 0.0
        if with_lids is not None and self._busy_s == 0.0:
            self._lids_known = True
            self._rest[self._blinks] = with_lids.values[self._columns][self._blinks]
            self._rivals.open_eyes()
        return spots

    def _sample(self, time: float, values: Array) -> list[Spot]:
        """Take one sample of the watched measures."""
        assert self._rivals is not None
        change = values - self._rest
        spots = self._rivals.step(time, change)
        if self._rivals.way(change) >= CALM:
            self._busy_s, self._calm_s = self._busy_s + 1.0 / RATE, 0.0
            return spots
        self._rest += change / (FOLLOW_S * RATE)
        paused = self._calm_s >= PAUSE_S
        self._busy_s, self._calm_s = 0.0, self._calm_s + 1.0 / RATE
        if not paused and self._calm_s >= PAUSE_S:  # once, so that a slow beginning is not cut off
            spots += self._rivals.end()
        return spots


# --- what is watched ------------------------------------------------------------------------------------------


class _Watched:
    """An exercise, or one side of it, compiled against a resting face: n measures in tolerances, J samples.

    columns  (n,) where they lie in what is watched, C values
    within   (n,) tolerance in the measure's unit
    bound    (n,) tolerances beyond which more is no more
    curve    (J, n) and weights (J, n), RATE samples a second
    toward   (P, n) what each adds to the part of the way from rest to each pose
    """

    def __init__(self, exercise: Exercise, side: int | None, rest: Array, index: Mapping[str, int]) -> None:
        """side: 0 left, 1 right, None for both together. rest: (M,) neutral measures. index: columns by name."""
        self.exercise, self.side = exercise, side
        self._template = template = Template(exercise, rest, index=index)
        shown = side or 0
        curve, weights = template.curve(shown)
        if side is None:  # each measure by its weight, whichever side it is of
            weights = (weights + template.curve(1)[1]) / 2.0
        within, peak = template.within.max(axis=0)[shown], np.abs(curve).max(axis=0)
        others = [name for name in exercise.still if name not in template.names]
        limits = [exercise.still[name] for name in others]
        places = [index[mirrored(name) if side == 1 else name] for name in others]
        none = np.zeros((len(curve), len(others)))
        self.columns = np.array([*template.columns[0, shown], *places], np.int64)
        self.within = np.array([*within, *limits])
        self.bound = np.array([*np.where(peak > 0.0, PAST * peak, FAR), *(FAR for _ in others)])
        self.curve = at_tempo(np.hstack([curve, none]), exercise)
        self.weights = at_tempo(np.hstack([weights, none + ISOLATED / len(template.names)]), exercise)
        span = template.span[:, shown] / within
        moving = np.where(span != 0.0, weights.max(axis=0), 0.0)
        toward = moving / np.maximum(moving.sum(axis=1, keepdims=True), 1e-12) / np.where(span != 0.0, span, 1.0)
        self.toward = np.hstack([toward, np.zeros((len(span), len(others)))])
        #: (P + 1, C) the poses among all that is watched, in its units, and rest
        self._poses = np.zeros((len(exercise.poses) + 1, len(index)))
        self._poses[:-1, template.columns[0, shown]] = template.span[:, shown]
        refuse = [parse(rule.when) for rule in exercise.refuse]
        self._refuse = Conditions([mirror(c) for c in refuse] if side == 1 else refuse, rest, index)

    @property
    def of_eyes(self) -> bool:
        """Whether it moves what a blink moves."""
        return any(name.startswith(_LIDS) for name in self.exercise.moving)

    @property
    def moving(self) -> Bools:
        """(J,) samples that are neither the beginning nor the end of the curve."""
        far = np.sqrt((self.weights * self.curve**2).sum(axis=1))
        within = np.flatnonzero(far >= CALM * far.max())
        at = np.arange(len(far))
        return np.asarray((at >= within[0]) & (at <= within[-1]))

    def meant(self, change: Array) -> bool:
        """Whether (T, C) change left rest, was where it counts for as long as it must, without anything that the
        exercise refuses, and came back."""
        count = self.exercise.count
        match = self._template.sides(self._template.match(change))[:, self.side or 0].max(axis=0)
        there = (match >= count.level) & ~self._refuse.test(change).any(axis=-1)
        return bool(max(match[0], match[-1]) < count.leave and np.count_nonzero(there) >= count.hold * RATE)

    def unexplained(self, change: Array, tolerance: Array) -> float:
        """What is left of a movement, (T, C) change in (C,) tolerances, when each moment is taken for the pose it is
        nearest to, or for rest: a sum of squares."""
        apart = (change[:, None] - self._poses) / tolerance
        return float((apart**2).sum(axis=2).min(axis=1).sum())


def at_tempo(curve: Array, exercise: Exercise) -> Array:
    """(K, n) samples of a template's curve to (J, n): RATE a second at the exercise's tempo."""
    poses, tempo = len(exercise.poses), exercise.tempo
    seconds = [tempo.rise, tempo.hold] * poses + [tempo.lower]
    begins = np.cumsum([0.0, *seconds])
    middles = [
        begin + (np.arange(n) + 0.5) / n * s for begin, n, s in zip(begins, phases_of(poses), seconds, strict=False)
    ]
    at = (np.arange(max(1, round(begins[-1] * RATE))) + 0.5) / RATE
    return np.stack([np.interp(at, np.concatenate(middles), values) for values in curve.T], axis=1)


# --- which of them it is --------------------------------------------------------------------------------------


class _Rivals:
    """All that is watched, aligned with the stream, and what has been found but may have rivals yet."""

    def __init__(self, exercises: Sequence[Exercise], neutral: Rest, index: Mapping[str, int], seen: Bools) -> None:
        """index: columns of what is watched, by name. seen: (M,) which measures are seen at all."""
        self.watched = [
            _Watched(e, side, neutral.values, index)
            for e in exercises
            if seen[columns(e.measures)].all()
            for side in ((0, 1) if e.sides == "alternate" else (None,))
        ]
        self._kept: deque[tuple[float, Array]] = deque(maxlen=int(KEPT_S * RATE))
        self._waiting: list[Occurrence] = []
        self._eyes_from = math.inf
        self._known = np.array([not one.of_eyes for one in self.watched], bool)
        if not self.watched:
            return
        # One table of them all: what a template has less than another costs nothing.
        most = max(len(one.columns) for one in self.watched)
        self._columns = np.stack([_filled(one.columns, most) for one in self.watched])
        self._within = np.stack([_filled(one.within, most, 1.0) for one in self.watched])
        self._bound = np.stack([_filled(one.bound, most) for one in self.watched])
        self._toward = np.concatenate([_filled(one.toward, most) for one in self.watched])
        self._pose_of = np.repeat(np.arange(len(self.watched)), [len(one.toward) for one in self.watched])
        alignment = StreamAlignment(
            [_filled(one.curve, most) for one in self.watched], [_filled(one.weights, most) for one in self.watched]
        )
        longest = int(alignment.lengths.max())
        moving = np.stack([_filled(one.moving, longest) for one in self.watched])
        self._occurrences = Occurrences(alignment, (1.0 - FOUND) * alignment.still, TAIL, moving)
        #: (C,) of each measure the usual tolerance; it does not matter where nobody has one
        named = [
            np.concatenate([one.within[one.columns == column] for one in self.watched]) for column in index.values()
        ]
        self._tolerance = np.array([np.median(tolerances) if len(tolerances) else np.inf for tolerances in named])

    def way(self, change: Array) -> float:
        """How far (C,) change is on the way to any pose, or the other way, in parts of it."""
        if not self.watched:
            return 0.0
        shown = change[self._columns] / self._within
        ways = np.abs((shown[self._pose_of] * self._toward).sum(axis=1))
        return float(ways.max(where=self._known[self._pose_of], initial=0.0))

    def open_eyes(self) -> None:
        """From now on the eyes' rest is known."""
        self._known = np.ones(len(self.watched), bool)
        self._eyes_from = self._kept[-1][0] if self._kept else -math.inf

    def step(self, time: float, change: Array) -> list[Spot]:
        """Take the stream's next sample, (C,) change from rest; return what has been done."""
        if not self.watched:
            return []
        self._kept.append((time, change))
        shown = change[self._columns] / self._within
        self._keep(self._occurrences.step(np.clip(shown, -self._bound, self._bound)))
        return self._tell() if self._waiting else []

    def end(self) -> list[Spot]:
        """What has been done when the stream is over, or has a gap."""
        if not self.watched:
            return []
        self._keep(self._occurrences.end())
        return self._tell()

    def _keep(self, found: Sequence[Occurrence]) -> None:
        """Note what was found, where it was meant."""
        for one in found:
            watched = self.watched[one.template]
            times, change = self._between(one.start, one.end)
            if len(times) and watched.meant(change) and not (watched.of_eyes and times[0] < self._eyes_from):
                self._waiting.append(one)

    def _between(self, start: int, end: int) -> tuple[list[float], Array]:
        """Times and (T, C) change of some samples, as far as they are remembered."""
        first = self._occurrences.alignment.time + 1 - len(self._kept)
        kept = [self._kept[i] for i in range(max(0, start - first), end + 1 - first)]
        return [time for time, _ in kept], np.array([change for _, change in kept])

    def _tell(self) -> list[Spot]:
        """What has been found and can have no rivals any more that are not known."""
        settled, told, open_ = self._occurrences.settled(), list[Spot](), list[Occurrence]()
        while self._waiting:
            nearest = min(self._waiting, key=self._left)
            group = [one for one in self._waiting if _same(one, nearest)]
            self._waiting = [one for one in self._waiting if one not in group]
            if any(one.until >= settled or any(_same(one, other) for other in open_) for one in group):
                open_ += group
                continue
            best = self._best(group)
            self._waiting += [one for one in group if not _same(one, best)]
            self._waiting = [one for one in self._waiting if not _same(one, best)]
            told.append(self._spot(best, [one for one in group if one is not best and _same(one, best)]))
            for number in range(len(self.watched)):
                self._occurrences.alignment.forget(number, best.until)
        self._waiting = open_
        return told

    def _left(self, one: Occurrence) -> float:
        """The part of a template that was not found."""
        return one.distance / float(self._occurrences.alignment.still[one.template])

    def _best(self, group: Sequence[Occurrence]) -> Occurrence:
        """Which of those of which nearly the most was found explains the movement best."""
        least = min(map(self._left, group))
        near = [one for one in group if self._left(one) <= least + NEARLY]
        _, change = self._between(min(one.start for one in group), max(one.end for one in group))
        rest = {one.template: self.watched[one.template].unexplained(change, self._tolerance) for one in near}
        return min(near, key=lambda one: (rest[one.template], self._left(one)))

    def _spot(self, best: Occurrence, others: Sequence[Occurrence]) -> Spot:
        watched, (times, _) = self.watched[best.template], self._between(best.start, best.end)
        side = None if watched.side is None else SIDES[watched.side]
        distance = math.sqrt(best.distance / len(watched.curve))
        rivals = [one for one in others if self.watched[one.template].exercise.id != watched.exercise.id]
        spot = Spot(watched.exercise.id, side, times[0], times[-1], distance, 1.0 - self._left(best))
        if not rivals:
            return spot
        second = min(rivals, key=self._left)
        return replace(spot, next=self.watched[second.template].exercise.id, next_found=1.0 - self._left(second))


def _same(one: Occurrence, other: Occurrence) -> bool:
    """Whether two are of the same movement."""
    return one.start <= other.until and other.start <= one.until


def _filled(values: npt.NDArray[Any], length: int, value: float = 0) -> npt.NDArray[Any]:
    """The same, with the last axis filled up to a length."""
    add = [(0, 0)] * (values.ndim - 1) + [(0, length - values.shape[-1])]
    return np.pad(values, add, constant_values=value)
