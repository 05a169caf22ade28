"""The obvious way to judge a face: plain Python over lists and names, as one would write it first.

It gives the same numbers as `coach.form` (`tests/test_naive.py` says so), so its time is what the arrays, the compiled
tables and the choice of what to compute are worth. It is written fairly: landmarks become lists once, tables are walked
through once, nothing is computed twice. What has no arithmetic of a frame in it is the coach's own and shared: the
phases (`Counter`), the mentions of faults, and the form of an attempt that has ended. The ratio is a lower bound.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coach.form import scoring
from coach.form.body import _OUTLINE
from coach.form.calibration import Rest
from coach.form.condition import Clause, parse
from coach.form.deciding import _BEFORE_RISE, _BEFORE_S
from coach.form.exercise import Exercise
from coach.form.face import BONY, OC_PER_SPREAD, head_frame, pose
from coach.form.faults import FaultWatch, still_words
from coach.form.measures import BLENDSHAPES, INDEX, NAMES, TABLE, Distance, Offset, Pose, Ratio, Shape
from coach.form.quality import GATES, Gate
from coach.form.reps import Attempt, Counter
from coach.form.seen import BETA, MIN_CUTOFF
from coach.form.template import DISTURBS, Template
from coach.frame import Array, Frame, Phase, Repetition

Point = Sequence[float]

_POSE = ("yaw_deg", "pitch_deg", "roll_deg")
_SHAPE = {name: i for i, name in enumerate(BLENDSHAPES)}


# --- measures ---------------------------------------------------------------------------------------------


def normalised(
    landmarks: Sequence[Point], head: Sequence[Sequence[float]], only: Iterable[int] | None = None
) -> dict[int, Point]:
    """Landmarks by number in the head's own frame, as `face.head_frame` has them. only: these points, None for all."""
    # The tracker's matrix has y up and z towards the viewer; seen from where landmarks have them, signs change.
    (a, b, c, _), (d, e, f, _), (g, h, i, _), _ = head
    b, c, d, g = -b, -c, -d, -g

    def straight(x: float, y: float, z: float) -> tuple[float, float, float]:
        return x * a + y * d + z * g, x * b + y * e + z * h, x * c + y * f + z * i

    middle_x, middle_y, middle_z = (sum(landmarks[p][k] for p in BONY) / len(BONY) for k in range(3))
    squares = 0.0
    for p in BONY:
        x, y, z = landmarks[p]
        x, y, _ = straight(x - middle_x, y - middle_y, z - middle_z)
        squares += x * x + y * y
    unit = math.sqrt(squares) * OC_PER_SPREAD
    x0, y0, z0 = landmarks[BONY[0]]
    found: dict[int, Point] = {}
    for p in range(len(landmarks)) if only is None else only:
        x, y, z = landmarks[p]
        x, y, z = straight(x - x0, y - y0, z - z0)
        found[p] = (x / unit, y / unit, z / unit)
    return found


def points_in_use() -> list[int]:
    """Numbers of the points that some measure needs."""
    used: set[int] = set()
    for row in TABLE:
        if isinstance(row, Distance):
            used.update(p for pair in row.pairs for p in pair)
        elif isinstance(row, Offset):
            used.update(row.of, row.minus)
    return sorted(used)


def measures(frame: Frame, only: Iterable[int] | None = None) -> dict[str, float]:
    """Every measure of a frame with a face by name, as `measures.measure_frame` has them. The frame must have neither
    hands nor body. only: as `normalised` takes it."""
    assert frame.landmarks is not None
    assert frame.blendshapes is not None
    assert frame.head is not None
    landmarks, shapes, head = frame.landmarks.tolist(), frame.blendshapes.tolist(), frame.head.tolist()
    points = normalised(landmarks, head, only)
    level = math.sqrt(max(1.0 - head[1][2] ** 2, 0.0))
    angles = (
        math.degrees(math.atan2(head[0][2], head[2][2])),
        -math.degrees(math.atan2(head[1][2], level)),
        -math.degrees(math.atan2(head[1][0], head[1][1])),
        -head[2][3],
    )
    found: dict[str, float] = {}
    for row in TABLE:
        if isinstance(row, Distance):
            found[row.name] = sum(math.dist(points[a], points[b]) for a, b in row.pairs) / len(row.pairs)
        elif isinstance(row, Offset):
            of = sum(points[p][row.axis] for p in row.of) / len(row.of)
            found[row.name] = of - sum(points[p][row.axis] for p in row.minus) / len(row.minus)
        elif isinstance(row, Ratio):
            found[row.name] = found[row.over] / found[row.under]
        elif isinstance(row, Shape):
            found[row.name] = shapes[_SHAPE[row.blendshape]]
        elif isinstance(row, Pose):
            found[row.name] = angles[row.column]
        else:
            found[row.name] = math.nan
    found["face_px"] = math.dist(landmarks[263], landmarks[33])
    found["face_x"], found["face_y"] = ((landmarks[263][k] + landmarks[33][k]) / 2 for k in (0, 1))
    if (picture := frame.picture) is not None:
        found["still_s"] = picture.still_s
        outside = 0
        for p in _OUTLINE:
            x, y, _ = landmarks[p]
            outside += x < 0 or x > picture.width or y < 0 or y > picture.height
        found["face_cut"] = outside / len(_OUTLINE)
        found["light"], found["contrast"], found["sharpness"] = picture.light, picture.contrast, picture.sharpness
    return found


def measures_in_numpy(landmarks: Array, blendshapes: Array, head: Array) -> Array:
    """The measures of one face (478, 3), (52,), (4, 4) as (M,) in NumPy, written measure by measure: how the loop over
    the frames of a recording is written first. What lies beside the face is nan."""
    points, angles = head_frame(landmarks, head), pose(head)
    out = np.full(len(TABLE), np.nan)
    for i, row in enumerate(TABLE):
        if isinstance(row, Distance):
            ends = np.array(row.pairs)
            out[i] = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=-1).mean()
        elif isinstance(row, Offset):
            out[i] = points[list(row.of), row.axis].mean() - points[list(row.minus), row.axis].mean()
        elif isinstance(row, Ratio):
            out[i] = out[INDEX[row.over]] / out[INDEX[row.under]]
        elif isinstance(row, Shape):
            out[i] = blendshapes[_SHAPE[row.blendshape]]
        elif isinstance(row, Pose):
            out[i] = angles[row.column]
    return out


# --- one value filtered -----------------------------------------------------------------------------------


@dataclass(slots=True)
class OneEuroOfOne:
    """The One-Euro filter of one value, as `smoothing.one_euro` has it of many."""

    min_cutoff: float
    beta: float
    d_cutoff: float = 1.0
    time: float | None = None
    raw: float = 0.0
    smooth: float = 0.0
    derivative: float = 0.0

    def step(self, time: float, value: float) -> float:
        if self.time is None:
            self.smooth = value
        else:
            dt = time - self.time
            alpha = _alpha(dt, self.d_cutoff)
            self.derivative = alpha * (value - self.raw) / dt + (1.0 - alpha) * self.derivative
            alpha = _alpha(dt, self.min_cutoff + self.beta * abs(self.derivative))
            self.smooth = alpha * value + (1.0 - alpha) * self.smooth
        self.time, self.raw = time, value
        return self.smooth


def _alpha(dt: float, cutoff: float) -> float:
    r = 2.0 * math.pi * dt * cutoff
    return r / (r + 1.0)


# --- a set ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one frame."""

    phase: Phase
    match: float
    errors: Mapping[str, float]
    reps: int
    cue: str = ""


class NaiveSession:
    """One set of an exercise with one pose that moves both sides, from a neutral that is known, on faces that stay in
    the picture: `session.Session` without what other exercises and other faces need."""

    def __init__(self, exercise: Exercise, neutral: Rest, only: Sequence[int] | None = None) -> None:
        """only: the points that are normalised, None for the whole mesh."""
        self.exercise, self.only = exercise, only
        self.neutral = dict(zip(NAMES, neutral.values.tolist(), strict=True))  # what targets are reckoned from
        self.template = Template(exercise, neutral.values)  # for the form of an attempt that has ended
        self.counter, self.watch = Counter(exercise.count), FaultWatch(exercise)
        self.rules = [parse(rule.when) for rule in exercise.refuse]
        judged = exercise.measures
        self.gates = [g for g in GATES if not any(name.startswith(g.but_for) for name in judged)]
        self.used = self._used()
        self.filters = {name: OneEuroOfOne(MIN_CUTOFF, float(BETA[INDEX[name]])) for name in self.used}
        self.attempts: list[Repetition] = []
        self.seen: list[tuple[float, dict[str, float], list[bool], float]] = []

    def _used(self) -> list[str]:
        exercise = self.exercise
        pairs = exercise.symmetry.pairs if exercise.symmetry else []
        clauses = [clause for condition in (*self.rules, *self.watch.conditions) for clause in condition]
        names = {*exercise.measures, *exercise.still, *(clause.measure for clause in clauses)}
        names.update(name for pair in pairs for name in pair)
        return sorted(names, key=NAMES.index)

    def step(self, frame: Frame) -> Told:
        """Judge one frame."""
        counter, time = self.counter, frame.time
        now = measures(frame, self.only)
        quality = min(1.0, *(_level(gate, now[gate.measure]) for gate in self.gates))
        values = {name: self.filters[name].step(time, now[name]) for name in self.used}
        change = {name: values[name] - self.neutral[name] for name in self.used}
        sides = [self._gone(change, side) for side in ("left", "right")]
        moved = max(moved for moved, _ in sides)
        loudest = max(self._loud(change, max(moved, 1.0)).values(), default=0.0)
        quiet = min(max(2.0 - loudest, 0.0), 1.0)
        match = max(min(gone, gone * quiet) for _, gone in sides)
        refused = next((i for i, rule in enumerate(self.rules) if self._holds(rule, change)), None)
        if refused is None:
            refused = self._disturbed(change, max(moved, 1.0))

        before = counter.phase
        ended = counter.step(time, [[moved, moved]], refused)
        phase = counter.phase
        holds = [self._holds(condition, change) for condition in self.watch.conditions]
        self.seen.append((time, values, holds, quality))
        if counter.attempt is None and ended is None:
            oldest = time - self._before
            while self.seen[0][0] < oldest:
                self.seen.pop(0)
        moving = phase is not Phase.REST or before is not Phase.REST
        _, cue = self.watch.step(time, holds if moving and quality >= scoring.UNSURE else None)
        if ended is not None:
            self._end(ended)
        reps = sum(attempt.counted for attempt in self.attempts)
        return Told(phase, max(0.0, match), self._errors(change), reps, cue)

    @property
    def _before(self) -> float:
        return _BEFORE_S + _BEFORE_RISE * self.exercise.tempo.rise

    def _gone(self, change: Mapping[str, float], side: str) -> tuple[float, float]:
        """How far one side has moved, and the same with no measure past its target."""
        moved = gone = weights = 0.0
        for name, target in self.exercise.peak.items():
            if target.as_ != "still" and (name.endswith(side) or not name.endswith(("_left", "_right"))):
                part = max(change[name] / target.span(self.neutral[name]), -1.0)
                moved += target.weight * part
                gone += target.weight * min(part, 1.0)
                weights += target.weight
        return moved / weights, gone / weights

    def _loud(self, change: Mapping[str, float], size: float) -> dict[str, float]:
        """How far what is to keep still has moved, in what it may beside a movement of this size."""
        still = {name: target for name, target in self.exercise.peak.items() if target.as_ == "still"}
        grows = {name: 1.0 if name.endswith("_deg") else size for name in still}
        return {name: abs(change[name]) / (t.tolerance(self.neutral[name]) * grows[name]) for name, t in still.items()}

    def _disturbed(self, change: Mapping[str, float], size: float) -> int | None:
        """The number among what refuses of what moves most that is to keep still, where that is too much."""
        loud = list(self._loud(change, size).values())
        if not loud or max(loud) <= DISTURBS:
            return None
        return len(self.rules) + len(self.gates) + loud.index(max(loud))

    def _errors(self, change: Mapping[str, float]) -> dict[str, float]:
        """Tolerances past each target; negative is short of it."""
        errors = {}
        for name, target in self.exercise.peak.items():
            within = target.tolerance(self.neutral[name])
            if target.as_ == "still":
                errors[name] = abs(change[name]) / within
            else:
                span = target.span(self.neutral[name])
                errors[name] = (change[name] / span - 1.0) * abs(span) / within
        return errors

    def _holds(self, condition: Sequence[Clause], change: Mapping[str, float]) -> bool:
        """Whether all clauses of a condition hold."""
        for clause in condition:
            value = change[clause.measure]
            if clause.percent:
                value *= 100.0 / max(abs(self.neutral[clause.measure]), 1e-6)
            if clause.absolute:
                value = abs(value)
            if not (value > clause.number if clause.sign > 0 else value < clause.number):
                return False
        return True

    def _end(self, attempt: Attempt) -> None:
        """Have the coach's own scoring say how well an attempt was done."""
        seen = [one for one in self.seen if one[0] >= attempt.start - self._before]
        self.seen = []
        change = np.zeros((len(seen), len(NAMES)))
        for row, (_, values, _, _) in zip(change, seen, strict=True):
            for name in self.used:
                row[INDEX[name]] = values[name] - self.neutral[name]
        times, quality = np.array([one[0] for one in seen]), np.array([one[3] for one in seen])
        faults = np.array([one[2] for one in seen], bool).reshape(len(seen), -1)
        trace = scoring.Trace(times, change, INDEX, faults, self.watch.codes, quality)
        still = [name for name, target in self.exercise.peak.items() if target.as_ == "still"]
        reasons = [rule.say for rule in self.exercise.refuse] + [gate.says for gate in self.gates]
        reasons += [still_words(name).say for name in still]
        whys = {number: reasons[number] for number in attempt.refusals}
        found = scoring.judge(self.template, self.exercise.count, attempt, trace, whys)
        self.attempts += scoring.shaped([] if found is None else [found])


def _level(gate: Gate, value: float) -> float:
    """1 fit to be judged, 0 not; 1 where the value is not known."""
    if math.isnan(value):
        return 1.0
    value = abs(value) if gate.absolute else value
    return min(max((value - gate.hard) / (gate.soft - gate.hard), 0.0), 1.0)
