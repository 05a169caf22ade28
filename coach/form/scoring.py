"""How well an attempt was done: parts of 0 to 100, each with the number it comes from, and the form as their mean.

    range      the level held at the top, against the person's own range where it is known, else the template's
    symmetry   smaller over larger side, on displacement from rest; both halves of a healthy face differ a little
    hold       seconds held against the target, and how steadily
    tempo      seconds of rise and lowering against their targets
    isolation  how far what must stay still moved, in parts of what it may
    shape      distance to the template after alignment in time and in size, in tolerances

The form is the mean of the parts that the exercise has, weighted by WEIGHTS. Every part looks at one thing only: a
smaller movement costs range and not shape, a quicker one tempo and not shape, a tremor hold and not range.

An attempt comes as its whole trace, the same from a camera frame by frame as from a recording at once.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from coach.form.exercise import Count, Exercise
from coach.form.faults import LASTS_S, still_words
from coach.form.meant import detour, needed_hold
from coach.form.measures import TABLE, Shape, mirrored
from coach.form.quality import fps_quality
from coach.form.reps import NOTICE, NOTICE_S, Attempt
from coach.form.template import Template, align, resample
from coach.frame import SIDES, Array, Bools, Part, Repetition

Ints = npt.NDArray[np.intp]

#: Below this quality faults are not named and no form is given: less is said where less is seen.
UNSURE = 0.5
#: Weight of each part in the form. Range first: it is what the movement is; the others say how.
WEIGHTS = {"range": 0.30, "symmetry": 0.15, "hold": 0.15, "tempo": 0.10, "isolation": 0.15, "shape": 0.15}
#: Form from which a counted repetition without a fault is a good one.
GOOD_FORM = 70.0

#: The top of an attempt: frames at this part of its greatest amount or more.
_TOP = 0.75
#: Moments of a movement, in parts of its top; and where a smooth movement (x²(3 - 2x)) has them, in parts of its time.
_LOW, _HIGH = 0.25, 0.9
_X_LOW, _X_HIGH = 0.3264, 0.8042
#: Healthy faces differ by up to a fifth between sides (0.5 to 2.3 mm; Coulson 2002): no less than full marks above.
EVEN_SIDES = 0.8
#: Seconds one side may start before the other.
ONSET_S = 0.25
#: A hold is full marks up to this wobble (standard deviation over level), none at the second; a fault at the third.
_STEADY, _SHAKY, UNSTEADY = 0.05, 0.35, 0.15
#: Held for this part of the target is as good as all of it: nobody counts seconds better.
_NEARLY = 0.95
#: Tempo: full marks within this factor of the target either way, none at the second; a phase is rushed below the third.
_IN_TIME, _OUT_OF_TIME, RUSHED = 1.3, 3.0, 0.6
#: Isolation: full marks up to this part of what a still measure may move, none at the second.
_QUIET, _LOUD = 0.7, 3.0
#: Shape: full marks up to this distance in tolerances, none at the second.
_LIKE, _UNLIKE = 0.5, 2.5
#: A movement that begins above this match has not been let go fully before.
RELEASE = 0.15
#: Too much effort: so many of the tracker's expressions that are not asked for rise by so much.
_MANY, _JOINS = 3, 0.3
#: In gentle mode the range is best here (parts of the own range), and worth half at the second number: a therapist's
#: "two to three of ten" effort, never the most.
_GENTLE, _TOO_MUCH = (0.35, 0.75), 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All that was seen of an attempt, with the second before it.

    times    (T,) seconds
    change   (T, C) measures, as change from rest
    index    which column of them each measure has
    faults   (T, F) which of the fault conditions held, for the side of the attempt
    codes    F fault codes
    quality  (T,) 0..1
    """

    times: Array
    change: Array
    index: Mapping[str, int]
    faults: Bools
    codes: Sequence[str]
    quality: Array

    def of(self, names: Iterable[str]) -> Array:
        """(n, T) change of some measures."""
        return self.change.T.take([self.index[name] for name in names], axis=0)

    def unjudged_s(self, begin: float, end: float) -> float:
        """Seconds between two times (seconds) in which a gate refused: as a picture that stood still does, which is no
        hold, whatever is to be seen in it."""
        refused = self.quality == 0.0
        if not refused.any():
            return 0.0
        lasted = np.diff(self.times, prepend=self.times[0])
        return float(lasted[refused & (self.times > begin) & (self.times <= end)].sum())


@dataclass(frozen=True, slots=True)
class Top:
    """One pose as it was reached: level held (of the match, clipped at 1), the unclipped amount there, and when."""

    level: float
    amount: float
    rise: tuple[float, float]  # begin and end of the way up, extrapolated from its middle
    lower: tuple[float, float]
    wobble: float
    peak: float
    frames: Ints  # those at the top


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The movement of an attempt, and the template it is to be compared with.

    times    (T,) seconds
    moved    (T, n) displacement in tolerances
    marks    seconds at which its phases begin, and the end of the last
    amounts  how large each pose was
    still    (n,) what is to keep still
    curve    (K, n) and weights (K, n)
    """

    times: Array
    moved: Array
    marks: Sequence[float]
    amounts: Sequence[float]
    still: Bools
    curve: Array
    weights: Array


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """An attempt but for its shape.

    said     faults only seen at its end: code and sentence
    outline  None where there is no shape to judge
    """

    repetition: Repetition
    said: list[tuple[str, str]]
    outline: Outline | None


def judge(
    template: Template,
    count: Count,
    attempt: Attempt,
    trace: Trace,
    whys: Mapping[int, str],
    gentle: bool = False,
    given_up: str = "",
    unsure: float = 0.0,
) -> Judged | None:
    """Return what came of an attempt but for its shape (see `shaped`), None where it was too small or too short to be
    spoken of.

    count     the exercise's, or a gentler one
    whys      for each rule that refused a part of it, its sentence
    given_up  why it was not seen to its end, empty when it was
    unsure    how far the match may be off because rest is not known better
    """
    exercise = template.exercise
    # In a sequence, of what a pose asks to move much may be there in the pose before it, too.
    simple = exercise.simple
    both = template.amount(trace.change) - attempt.zero if simple else template.match(trace.change)
    side = attempt.side
    during = _between(trace.times, attempt.start, attempt.end)
    frames, seconds = during.stop - during.start, attempt.end - attempt.start
    if not frames or seconds < NOTICE_S:
        return None
    matches = template.sides(both)[:, attempt.side]
    if simple:  # a measure past its target does not make up for one that is short of it
        matches = template.sides(template.amount(trace.change, 1.0))[:, attempt.side] - min(attempt.zero, 0.0)
        matches = np.minimum(matches, 1.0)
    reached = float(matches[attempt.pose, during].max())
    if reached < NOTICE * count.level and attempt.pose == 0:
        return None
    if exercise.sides == "both":
        left, right = both[0, :, during].sum(axis=1).tolist()
        side = int(right > left) if exercise.leading == "either" else int(right < left)
    amounts = both[:, side] if simple else matches
    bounds = [attempt.start - 10.0, *attempt.turns, attempt.end + 1.0]
    tops = []
    for p in range(attempt.pose + 1):
        ends = p == 0, p == len(exercise.poses) - 1
        tops.append(_top(trace.times, matches[p], amounts[p], (bounds[p], bounds[p + 1]), ends))
    whole = len(tops) == len(exercise.poses)

    held = min(attempt.holds)
    if simple:
        way = amounts[0, during]
        held = _stayed(trace.times[during], way, _TOP * tops[0].amount, count.bridges)
        held = max(0.0, held - trace.unjudged_s(attempt.start, attempt.end))
        doubt = unsure + max(0.0, attempt.zero)
        needed = needed_hold(count, tops[0].amount / count.level, detour(way.tolist()), doubt)
        reason = given_up or _reason(count, attempt, min(tops[0].level, float(way.max())), held, needed, whys)
    else:
        reason = given_up or _reason_of_poses(exercise, count, attempt, reached, whys)
    parts = [_range(tops, template, gentle), _hold(tops, attempt, exercise, trace)]
    ratio, uneven, symmetry = _symmetry(exercise, trace, tops[0])
    tempo, hurried = (None, {}) if given_up else _tempo(tops, exercise, gentle, trace)
    outline = _outline(template, trace, tops, side) if whole and reached > 0.0 else None
    parts += [p for p in (symmetry, tempo, _isolation(exercise, trace, during, attempt.side)) if p is not None]

    faults = _lasting(trace, during)
    said = [(code, says) for code, says in (
        ("asymmetry", symmetry.says if symmetry and uneven else ""),
        *hurried.items(),
        ("unsteady", _unsteady(tops) if reached >= count.level else ""),
        ("release", _unreleased(exercise, trace, attempt, matches + min(attempt.zero, 0.0))),
        ("effort", _effort(exercise, trace, during) if gentle else ""),
    ) if says and code not in faults]  # fmt: skip
    repetition = Repetition(
        start_s=attempt.start,
        peak_s=tops[-1].peak,
        end_s=attempt.end,
        counted=not reason,
        reason=reason,
        side=SIDES[attempt.side] if exercise.sides == "alternate" else None,
        reach=min(top.level for top in tops) if whole else 0.0,
        hold_s=held,
        symmetry=ratio,
        faults=(*faults, *(code for code, _ in said)),
        parts=tuple(parts),
        quality=float(trace.quality[during].mean()) * fps_quality(frames, seconds),
        moved=_moved(template, trace, tops),
    )
    return Judged(repetition, said, outline)


def _moved(template: Template, trace: Trace, tops: Sequence[Top]) -> dict[str, float]:
    """How far each measure of the peak was from rest at the top; of a sequence, at the top of its own pose."""
    found: dict[str, float] = {}
    for top, pose in zip(tops, template.exercise.poses, strict=False):
        names = list(dict.fromkeys(shown for name in pose.peak for shown in (name, mirrored(name))))
        if len(top.frames):
            values = _quantile(trace.of(names).take(top.frames, axis=1), 0.5)
            found = {**dict(zip(names, values.tolist(), strict=True)), **found}
    return found


def _between(times: Array, since: float, until: float) -> slice:
    """Frames from one time to another, both included."""
    return slice(int(times.searchsorted(since)), int(times.searchsorted(until, "right")))


def _quantile(values: Array, part: float) -> Array:
    """Quantile along the last axis, as `numpy.quantile` has it but without its overhead."""
    return _part(np.sort(values), part)


def _part(ordered: Array, part: float) -> Array:
    at = part * (ordered.shape[-1] - 1)
    low = int(at)
    high = min(low + 1, ordered.shape[-1] - 1)
    return np.asarray(ordered[..., low] + (at - low) * (ordered[..., high] - ordered[..., low]))


def shaped(judged: Sequence[Judged]) -> list[Repetition]:
    """Add the shape, and with it the form, to some attempts of one exercise, in the order of time: all are aligned at
    once."""
    outlines = [one.outline for one in judged if one.outline is not None]
    distances: Iterator[float] = iter(())
    if outlines:
        curves, weights = np.stack([one.curve for one in outlines]), np.stack([one.weights for one in outlines])
        distances = iter(align(_laid(outlines), curves, weights)[1].tolist())
    done = []
    for one in judged:
        parts = list(one.repetition.parts)
        if one.outline is not None:
            apart = next(distances)
            says = f"The movement kept within {apart:.1f} tolerances of the template."
            parts.append(Part("shape", _fall(apart, _LIKE, _UNLIKE), says))
        parts.sort(key=lambda part: list(WEIGHTS).index(part.name))
        seen = one.repetition.counted and one.repetition.quality >= UNSURE
        done.append(replace(one.repetition, parts=tuple(parts), form=total(parts) if seen else None))
    return done


def is_good(repetition: Repetition) -> bool:
    """Whether a repetition counted, in good form and without a fault."""
    return repetition.counted and not repetition.faults and (repetition.form or 0.0) >= GOOD_FORM


def total(parts: Sequence[Part]) -> float:
    """The form: mean of the parts, weighted by WEIGHTS."""
    weight = sum(WEIGHTS[part.name] for part in parts)
    return sum(WEIGHTS[part.name] * part.score for part in parts) / weight


def _reason(count: Count, attempt: Attempt, reached: float, held: float, needed: float, whys: Mapping[int, str]) -> str:
    """Why an attempt at one movement does not count, empty when it does."""
    if reached < count.level:
        return f"reached {_short(reached, 100):.0%} of the movement, {count.level:.0%} is needed"
    if sum(attempt.refusals.values()) > attempt.hold:
        return whys[max(attempt.refusals, key=lambda i: attempt.refusals[i])]
    held = attempt.hold if count.full else held
    return "" if held >= needed else f"held for {_short(held, 10):.1f} s, {math.ceil(10 * needed) / 10:.1f} s is needed"


def _reason_of_poses(
    exercise: Exercise, count: Count, attempt: Attempt, reached: float, whys: Mapping[int, str]
) -> str:
    """The same of a sequence, and of keeping still."""
    poses = exercise.poses
    if reached >= count.level or attempt.pose > 0:
        held = sum(hold >= count.hold for hold in attempt.holds)
        if held == len(poses):
            return ""
        rule = max(attempt.refusals, key=lambda i: attempt.refusals[i]) if attempt.refusals else None
        if rule is not None and attempt.refusals[rule] > attempt.hold:
            return whys[rule]
        if len(poses) > 1:
            return f"'{poses[held].name}' was not reached and held; {held} of {len(poses)} poses were"
        return f"held for {_short(attempt.hold, 10):.1f} s, {count.hold:.1f} s is needed"
    return f"reached {_short(reached, 100):.0%} of the movement, {count.level:.0%} is needed"


def _stayed(times: Array, amount: Array, level: float, bridge: float) -> float:
    """Seconds of the longest while at a level or above; dips up to `bridge` (seconds) do not end it."""
    there = np.flatnonzero(amount >= level)
    if not len(there):
        return 0.0
    floats = times.tolist(), amount.tolist()
    breaks = np.flatnonzero(times[there[1:]] - times[there[:-1] + 1] > bridge)
    longest = 0.0
    for first, last in zip(there[[0, *(breaks + 1)]], there[[*breaks, -1]], strict=True):
        longest = max(longest, _crossing(*floats, int(last), 1, level) - _crossing(*floats, int(first), -1, level))
    return longest


def _short(amount: float, parts: int) -> float:
    """Rounded down to such parts: what is just short must not be told as what is needed."""
    return math.floor(amount * parts + 1e-9) / parts


# --- the top ----------------------------------------------------------------------------------------------


def _top(times: Array, match: Array, amount: Array, between: tuple[float, float], ends: tuple[bool, bool]) -> Top:
    """Find the top of one pose between two times. ends: whether it comes from rest, and goes back there; from pose to
    pose the way has no middle of its own."""
    inside = _between(times, *between)
    way = amount[inside]
    greatest = float(way.max())
    if not greatest > 0.0:  # nan, where something was not seen, is none either
        middle = float(times[inside].mean())
        return Top(0.0, 0.0, (middle, middle), (middle, middle), 0.0, middle, np.empty(0, np.intp))
    frames = inside.start + np.flatnonzero(way >= _TOP * greatest)
    held = amount[frames]
    level = float(_quantile(held, 0.5))
    high = np.flatnonzero(way >= _HIGH * level)
    first, last = inside.start + int(high[0]), inside.start + int(high[-1])
    way_in_floats = times.tolist(), amount.tolist()
    up, down = (
        [_crossing(*way_in_floats, start, step, part * level) for part in (_HIGH, _LOW)]
        for start, step in ((first, -1), (last, 1))
    )
    rise, lower = (
        abs(far - near) / (_X_HIGH - _X_LOW) if end else 0.0 for (near, far), end in zip((up, down), ends, strict=True)
    )
    begin, end = up[0] - _X_HIGH * rise, down[0] + _X_HIGH * lower
    plateau = np.sort(amount[first : last + 1])
    # Of a normal distribution these are 2.56 standard deviations apart; a blink does not reach them.
    spread = float(_part(plateau, 0.9) - _part(plateau, 0.1)) / 2.56
    wobble = spread / level if len(plateau) >= 5 else 0.0
    peak = float(times[frames[held >= 0.97 * level]].mean())
    match_level = float(_quantile(match[frames], 0.5))
    return Top(match_level, level, (begin, begin + rise), (end - lower, end), wobble, peak, frames)


def _crossing(times: Sequence[float], amount: Sequence[float], start: int, step: int, level: float) -> float:
    """Time at which the amount first goes below `level`, followed in steps from frame `start`, where it is not."""
    i, end = start, len(times) if step > 0 else -1
    while i != end and amount[i] >= level:
        i += step
    if i == end:
        return times[end - step]
    high, low = amount[i - step], amount[i]
    return times[i] + (level - low) / (high - low) * (times[i - step] - times[i])


# --- parts ------------------------------------------------------------------------------------------------


def _fall(value: float, full: float, none: float) -> float:
    """100 up to `full`, falling straight to 0 at `none`."""
    return 100.0 * min(1.0, max(0.0, (none - value) / (none - full)))


def _range(tops: Sequence[Top], template: Template, gentle: bool) -> Part:
    level = min(top.level for top in tops)
    full = "your own full movement" if template.own else "the full movement"
    if not gentle:
        says = f"You held {level:.0%} of {full}."
        return Part("range", 100.0 * min(1.0, max(0.0, level)), says)
    # The unclipped amount: gentle means less than the most, too.
    level = max(top.amount for top in tops)
    low, high = _GENTLE
    score = 100.0 * max(0.0, level) / low if level < low else 50.0 + 0.5 * _fall(level, high, _TOO_MUCH)
    kind = "a gentle amount" if low <= level <= high else "less than a gentle one" if level < low else "half will do"
    return Part("range", score, f"You used {level:.0%} of {full}: {kind}.")


def _held(tops: Sequence[Top], trace: Trace) -> float:
    """Seconds at the top, whatever its level: from the end of the way up to the beginning of the way down."""
    held = (top.lower[0] - top.rise[1] - trace.unjudged_s(top.rise[1], top.lower[0]) for top in tops)
    return min(max(0.0, one) for one in held)


def _hold(tops: Sequence[Top], attempt: Attempt, exercise: Exercise, trace: Trace) -> Part:
    of_count = exercise.count.ends == "held"
    held, wanted = (attempt.hold, exercise.count.hold) if of_count else (_held(tops, trace), exercise.tempo.hold)
    wobble = max(top.wobble for top in tops)
    time = min(1.0, held / (_NEARLY * wanted)) if wanted > 0 else 1.0
    steady = _fall(wobble, _STEADY, _SHAKY)
    says = f"Held for {held:.1f} of {wanted:g} s, steady to {wobble:.0%}."
    return Part("hold", time * steady, says)


def _tempo(tops: Sequence[Top], exercise: Exercise, gentle: bool, trace: Trace) -> tuple[Part | None, dict[str, str]]:
    """The part, and by their codes sentences where a phase was hurried: "rushed" on the way up or down, "short-hold"
    between them."""
    tempo = exercise.tempo
    if exercise.count.ends == "held":
        return None, {}
    rise, lower = tops[0].rise, tops[-1].lower
    phases = [("Rising", rise[1] - rise[0], tempo.rise), ("Letting go", lower[1] - lower[0], tempo.lower)]
    phases = [phase for phase in phases if phase[2] > 0]
    scores = []
    for _, took, wanted in phases:
        factor = max(took, 1e-3) / wanted
        slow = 1.0 if gentle else factor
        scores.append(_fall(math.log(max(1.0 / factor, slow)), math.log(_IN_TIME), math.log(_OUT_OF_TIME)))
    if not scores:
        return None, {}
    name, took, wanted = phases[scores.index(min(scores))]
    said = {}
    held = _held(tops, trace)
    if held < RUSHED * tempo.hold:
        said["short-hold"] = f"Hold longer: holding took {held:.1f} s, take {tempo.hold:g} s."
    hurried = [(n, t, w) for n, t, w in phases if t < RUSHED * w]
    if hurried:
        n, t, w = min(hurried, key=lambda phase: phase[1] / phase[2])
        said["rushed"] = f"Slower: {n.lower()} took {t:.1f} s, take {w:g} s."
    return Part("tempo", sum(scores) / len(scores), f"{name} took {took:.1f} s, {wanted:g} s is asked for."), said


def _symmetry(exercise: Exercise, trace: Trace, top: Top) -> tuple[float | None, bool, Part | None]:
    """Smaller over larger side's displacement at the top, whether that is worth a word, and the part."""
    rule = exercise.symmetry
    if rule is None or not len(top.frames):
        return None, False, None
    moved = _quantile(trace.of(name for pair in rule.pairs for name in pair).take(top.frames, axis=1), 0.5).tolist()
    pairs = list(zip(moved[::2], moved[1::2], strict=True))
    pair = max(pairs, key=lambda pair: max(abs(pair[0]), abs(pair[1])))
    small = int(abs(pair[1]) < abs(pair[0]))
    larger, smaller = pair[1 - small], pair[small]
    if abs(larger) < rule.gate:
        return None, False, None
    # A side that goes the other way has gone none of this way.
    ratio = max(0.0, smaller / larger)
    uneven = 1.0 - ratio >= rule.index
    says = f"Your {SIDES[small]} side reached {ratio:.0%} of the {SIDES[1 - small]}."
    late = 0.0 if uneven else _late(trace, rule.pairs[pairs.index(pair)], pair, top)
    if abs(late) > ONSET_S:
        uneven = True
        first = int(late < 0)
        says = f"Your {SIDES[first]} side started {abs(late):.1f} s before the {SIDES[1 - first]}."
    score = 100.0 * min(1.0, ratio / EVEN_SIDES)
    return ratio, uneven, Part("symmetry", score, says)


def _late(trace: Trace, names: Sequence[str], levels: Sequence[float], found: Top) -> float:
    """Seconds by which the left side of a pair started before the right one, negative after it."""
    first, times = int(found.frames[0]), trace.times.tolist()
    starts = []
    for change, level in zip(trace.of(names), levels, strict=True):
        amount = (change / level).tolist()
        # A late side is not half way yet when the top begins.
        half = next(i for i in range(first, len(amount)) if amount[i] >= 0.5)
        starts.append(_crossing(times, amount, half, -1, 0.5))
    return starts[1] - starts[0]


def _isolation(exercise: Exercise, trace: Trace, during: slice, side: int) -> Part | None:
    if not exercise.still:
        return None
    names, limits = list(exercise.still), np.array(list(exercise.still.values()))[:, None]
    shown = [mirrored(name) for name in names] if exercise.sides == "alternate" and side == 1 else names
    # What nine tenths of the frames keep: a blink is none of it.
    loudest = _quantile(np.abs(trace.of(shown)[:, during]) / limits, 0.9).tolist()
    worst = loudest.index(max(loudest))
    what = still_words(names[worst]).what
    says = f"Your {what} moved {loudest[worst]:.0%} of what {'they' if what.endswith('s') else 'it'} may."
    return Part("isolation", _fall(loudest[worst], _QUIET, _LOUD), says)


def _outline(template: Template, trace: Trace, tops: Sequence[Top], side: int) -> Outline | None:
    if template.exercise.count.ends == "held" or min(top.amount for top in tops) <= 0.05:
        return None
    if len(trace.times) < 2:  # the face was lost with the first frame of it
        return None
    marks = [tops[0].rise[0]]
    for top, after in zip(tops, [*tops[1:], None], strict=True):
        begin, end = top.rise[1], top.lower[0]
        if end < begin:  # no hold to speak of: it lasts from the middle to the middle
            begin = end = (begin + end) / 2.0
        marks += [begin, end if after is None else min(end, after.rise[1])]
    marks.append(tops[-1].lower[1])
    low, high = float(trace.times[0]), float(trace.times[-1])
    marks = list(accumulate([min(max(mark, low), high) for mark in marks], max))
    moved, still = template.displacement(trace.change, side), np.asarray(template.steady[:, side].any(axis=0))
    return Outline(trace.times, moved, marks, [top.amount for top in tops], still, *template.curve(side))


def _laid(outlines: Sequence[Outline]) -> Array:
    """Some movements laid over the template's samples, as large as that: (R, K, n)."""
    times, moved = (np.concatenate(parts) for parts in zip(*((o.times, o.moved) for o in outlines), strict=True))
    performed = resample(times, moved, np.array([o.marks for o in outlines]), len(outlines[0].amounts))
    # Size is a matter of the range: the shape is that of the movement as large as it was.
    sizes = np.stack([_sizes(o.amounts, len(o.curve)) for o in outlines])
    still = np.stack([o.still for o in outlines])[:, None]
    return np.asarray(np.where(still, performed, performed / sizes))


def _sizes(amounts: Sequence[float], count: int) -> Array:
    """(count, 1): how large a movement was at each sample of the curve."""
    at = (np.arange(len(amounts)) + 1) * count / (len(amounts) + 1)
    return np.asarray(np.interp(np.arange(count), at, amounts))[:, None]


# --- faults -----------------------------------------------------------------------------------------------


def _lasting(trace: Trace, during: slice) -> list[str]:
    """Codes of the faults that lasted long enough, in the order of their beginning."""
    times, found = trace.times[during], trace.faults[during]
    begun: dict[str, float] = {}
    for k in np.flatnonzero(found.any(axis=0)) if found.any() else ():
        edges = np.diff(np.concatenate([[0], found[:, k].astype(int), [0]]))
        for first, last in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) - 1, strict=True):
            if times[last] - times[first] >= LASTS_S:
                code = trace.codes[int(k)]
                begun[code] = min(begun.get(code, np.inf), float(times[first]))
                break
    return sorted(begun, key=lambda code: begun[code])


def _effort(exercise: Exercise, trace: Trace, during: slice) -> str:
    """A sentence when much of the face joined in: too much effort, of which retraining wants two to three of ten."""
    asked = {shown for name in exercise.measures for shown in (name, mirrored(name))}
    others = [row.name for row in TABLE if isinstance(row, Shape) and row.name not in asked]
    joined = (trace.of(others)[:, during] > _JOINS).sum(axis=0)
    times = trace.times[during][joined >= _MANY]
    return "Half the effort: only the part that is to move." if len(times) and np.ptp(times) >= LASTS_S else ""


def _unsteady(tops: Sequence[Top]) -> str:
    """A sentence when the hold trembled or sagged."""
    wobble = max(top.wobble for top in tops)
    return f"Hold steadily: it varied by {wobble:.0%}." if wobble > UNSTEADY else ""


def _unreleased(exercise: Exercise, trace: Trace, attempt: Attempt, matches: Array) -> str:
    """A sentence when the movement began without having come back to rest."""
    before = int(trace.times.searchsorted(attempt.start))
    if not before or len(exercise.poses) > 1 or exercise.count.ends == "held":
        return ""
    return "Let go fully before the next one." if matches[0, :before].min() > RELEASE else ""
