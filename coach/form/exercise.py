"""An exercise is a file: what to do, what the peak looks like, what must not join in.

`exercises/README.md` says how to write one. Files are checked here and refused with file, key and advice.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import msgspec

from coach import reading
from coach.errors import BadExercise, did_you_mean
from coach.form.condition import parse, unknown_measure
from coach.form.measures import INDEX, ODD, TABLE, mirrored
from coach.frame import LANDMARKS

_T = TypeVar("_T")

#: A file that somebody else wrote has no more than this. Bytes of the file, and characters of each text in it:
LARGEST, LONGEST = 200_000, 1_000
#: size of each number, unless it is 0:
SMALLEST, HIGHEST = 1e-6, 1_000_000
#: repetitions, and seconds of each phase:
MOST_REPS, MOST_S = 10_000, 3_600.0
#: entries of each list.
MOST_ENTRIES = {"muscles": 50, "steps": 50, "pose": 20, "refuse": 100, "fault": 100}

#: Measures that are about zero on a face at rest: a ratio to the rest, or per cent of it, would say nothing.
ZERO_AT_REST = {row.name for row in TABLE if row.unit in ("shape", "deg")} | {
    *ODD, "lip_gap", "corner_lift_left", "corner_lift_right", "lower_lid_left", "lower_lid_right",
    "gaze_y_left", "gaze_y_right",
}  # fmt: skip


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one measure is at the peak: as a ratio to rest, or as a change from rest in the measure's unit, or "still":
    no further from rest than `within` (in its unit), or it is another movement."""

    as_: Literal["ratio", "change", "still"] = msgspec.field(name="as")
    within: float
    at: float | None = None
    weight: float = 1.0

    def span(self, rest: float) -> float:
        """The displacement from `rest` that is the whole way to the peak; 0 for a measure that is to keep still."""
        if self.at is None:
            return 0.0
        return rest * (self.at - 1.0) if self.as_ == "ratio" else self.at

    def tolerance(self, rest: float) -> float:
        """How far from the target still is the target, in the measure's unit."""
        return self.within * abs(rest) if self.as_ == "ratio" else self.within


class Pose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of several peaks that make up a repetition, to be reached in their order."""

    name: str
    say: str
    peak: dict[str, Target]


class Tempo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds: what to aim for, not what decides whether a repetition counts."""

    rise: float
    hold: float
    lower: float
    rest: float


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an attempt is a repetition.

    leave, back  match at which an attempt begins and at which it has returned to rest (two thresholds)
    level        match to be reached, `pass` in the file
    hold         seconds to stay there, so that it was meant: talking and blinking do not. A large movement needs less
                 (`coach.form.meant`)
    full         nothing shortens the hold, because it is the point of the exercise
    bridge       seconds: shorter dips out of the peak (a blink bending the mesh) do not interrupt a hold
    ends         when the repetition is over: back at "rest", or as soon as it was "held" (for exercises in which
                 nothing is to move, so that there is no coming back)
    """

    level: float = msgspec.field(name="pass", default=0.65)
    leave: float = 0.35
    back: float = 0.25
    hold: float = 0.6
    full: bool = False
    bridge: float = 0.2
    ends: Literal["rest", "held"] = "rest"

    @property
    def bridges(self) -> float:
        """Seconds of a dip that does not end the hold at the top of a movement: none but where the file asks for it."""
        return self.bridge if self.bridge > Count().bridge else 0.0


def eased(count: Count, part: float) -> Count:
    """The same for somebody who does less: every level is this part of what it was."""
    levels = {name: part * getattr(count, name) for name in ("level", "leave", "back")}
    return msgspec.structs.replace(count, **levels)


class Symmetry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pairs compared on their displacement from rest. gate: the larger side must have moved that far (in its unit);
    index: |left - right| / larger side from which a difference is spoken of."""

    pairs: list[tuple[str, str]]
    gate: float = 0.04
    index: float = 0.25


#: What a hand may do. On the face: circles or sweeps round a point, taps on it, strokes along a path. At the neck:
#: palms rubbed warm, a grip that is held, glides down to the shoulder, hands that work where they are, taps.
#: Without hands: sitting upright before it, staying seated after it.
Move = Literal["circle", "sweep", "tap", "stroke", "rub", "grip", "glide", "park", "percuss", "upright", "seated"]
#: What a point is worked for: see `DOSES`.
Dose = Literal["everyday", "headache", "tap"]
#: The most repetitions of each kind of massage, as it is traditionally taught: no area is worked more than that.
CAPS: dict[str, int] = {"shake": 3, "knead": 5, "smooth": 8}


class Amount(NamedTuple):
    """How much of a dose: fewest and most counts (None where only time counts), least and most seconds."""

    counts: tuple[int, int] | None
    seconds: tuple[float, float]


#: Every day a few seconds a point; one to two minutes each for a headache, and for taps, whose number does not matter.
DOSES: dict[str, Amount] = {
    "everyday": Amount((12, 15), (6.0, 15.0)),
    "headache": Amount(None, (60.0, 120.0)),
    "tap": Amount(None, (60.0, 120.0)),
}


class Touch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the hands do, in an exercise with judge = "hands".

    move         see `Move`
    code         the point or step as the literature names it: "LI20", "FS7", "NK4"
    left, right  a point on the subject's left and right side: pairs of a landmark of what it lies on and its weight,
                 summing to 1
    middle       the same for a point on the midline, which one hand works, or on either hand
    left_path, right_path  mesh landmarks in the order of the stroke
    collar       whether the stroke goes on down the side of the neck to the collarbone, where that is seen
    on           what the point lies on: the "face", which the mesh shows; a "hand" or the "body", which are only led
    finger       what touches
    kind         class of massage, for the caps on repetitions; a point has none
    dose         of points: what it is for, see `DOSES`; doses: those this point is worked with
    press        pressure in a few words: spoken, never seen
    firm         whether it is worked with more than the weight of the hand
    nodes        whether it lies over lymph nodes or an artery, where nothing dwells
    """

    move: Move
    code: str
    left: list[tuple[int, float]] = []
    right: list[tuple[int, float]] = []
    middle: list[tuple[int, float]] = []
    left_path: list[int] = []
    right_path: list[int] = []
    collar: bool = False
    on: Literal["face", "hand", "body"] = "face"
    finger: Literal["index", "middle", "ring", "palm", "edge", "thumb"] = "index"
    kind: Literal["", "shake", "knead", "smooth", "hold"] = ""
    dose: Dose = "everyday"
    doses: list[Dose] = msgspec.field(default_factory=lambda: ["everyday"])
    press: str = ""
    firm: bool = False
    nodes: bool = False


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition on the change from rest, and one short sentence for it."""

    when: str
    say: str
    code: str = ""


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise as its file has it. `id` is the file's name.

    sides   "both": one movement of both sides; "alternate": [peak] describes the subject's left, the right is its
            mirror image, and each swing is a repetition of its side
    leading "either": the side that is ahead decides the match, the other one's shortfall is a matter of symmetry;
            "both": the side that is behind decides
    touch   what the hands do, with judge = "hands"
    off     why this program names it but never leads it; empty for all others
    unseen  the face may be out of sight meanwhile, because hands cover it: nobody is waited for
    curve   a recorded way instead of the smooth one: for a measure of the peak its values over rise, hold and lower at
            equal steps of the template, in parts of the peak
    pose    several peaks in their order instead of one `peak`: a repetition goes through all of them
    """

    name: str
    group: str
    judge: Literal["camera", "gated", "timer", "hands"]
    about: str
    muscles: list[str]
    evidence: str
    safety: str
    steps: list[str]
    reps: int
    tempo: Tempo
    id: str = ""
    sides: Literal["both", "alternate"] = "both"
    leading: Literal["either", "both"] = "either"
    peak: dict[str, Target] = {}
    pose: list[Pose] = []
    curve: dict[str, list[float]] = {}
    count: Count = Count()
    still: dict[str, float] = {}
    symmetry: Symmetry | None = None
    refuse: list[Rule] = []
    fault: list[Rule] = []
    touch: Touch | None = None
    off: str = ""
    unseen: bool = False

    @property
    def judged(self) -> bool:
        """Whether the face's movement is judged against a template."""
        return self.judge in ("camera", "gated")

    @property
    def poses(self) -> tuple[Pose, ...]:
        """The peaks in their order: one, or those of a sequence. None for an exercise without any."""
        if self.peak:
            return (Pose(self.name, "", self.peak),)
        return tuple(self.pose)

    @property
    def moving(self) -> dict[str, Target]:
        """The measures that go somewhere, over all poses; for a measure of several poses the first one's target."""
        found: dict[str, Target] = {}
        for pose in self.poses:
            for name, target in pose.peak.items():
                if target.as_ != "still":
                    found.setdefault(name, target)
        return found

    @property
    def simple(self) -> bool:
        """Whether it is one movement from rest and back: no sequence, and no keeping still."""
        return bool(self.peak) and self.count.ends == "rest" and bool(self.moving)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of all poses, still ones included, each once."""
        return tuple(dict.fromkeys(name for pose in self.poses for name in pose.peak))

    @property
    def round_s(self) -> float:
        """Seconds one repetition takes at the exercise's tempo, its rest included."""
        tempo = self.tempo
        return tempo.rise + tempo.hold + tempo.lower + tempo.rest

    def paced(self, tempo: Tempo, reps: int | None = None) -> "Exercise":
        """The same exercise at another tempo, and with another number of repetitions."""
        return msgspec.structs.replace(self, tempo=tempo, reps=reps or self.reps)


def load_exercise(source: str | Path | Traversable) -> Exercise:
    """Read one exercise file. Raises BadExercise: which file, which key, what was expected."""
    path = Path(source) if isinstance(source, str) else source
    return parse_exercise(file_text(path), str(path), Path(str(path)).stem)


def file_text(path: Path | Traversable) -> str:
    """Return the text of a TOML file. Raises BadExercise for what is missing, no text, too large, or no file."""
    try:
        return reading.read_whole(path, LARGEST).decode("utf-8-sig")  # some editors begin it with a byte order mark
    except FileNotFoundError:
        raise BadExercise(f"{path}: no such file; check the path") from None
    except UnicodeDecodeError:
        raise BadExercise(f"{path}: not a text file in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise BadExercise(f"{path}: cannot be read ({error.strerror}); check the path") from None


def parse_exercise(text: str, where: str, id: str) -> Exercise:
    """Turn the text of an exercise file into a checked Exercise. `where` names it in messages."""
    return checked(msgspec.structs.replace(parse_toml(text, where, Exercise), id=id), where)


def checked(exercise: Exercise, where: str) -> Exercise:
    """Return an Exercise whose values make sense together. Raises BadExercise: where, which key, what was expected."""
    for key, problem in _problems(exercise):
        raise BadExercise(f"{where}: {key}: {problem}")
    return exercise


def parse_toml(text: str, where: str, kind: type[_T]) -> _T:
    """Turn TOML into a checked value of a msgspec type. Raises BadExercise: file, key, what was expected."""
    try:
        data = reading.parse_toml(text)
    except ValueError as error:
        raise BadExercise(f"{where}: not valid TOML: {error}") from None
    return converted(data, where, kind)


def converted(data: Any, where: str, kind: type[_T]) -> _T:
    """Turn what a file says, not nested deeply, into a value of a msgspec type. Raises BadExercise: where, which key,
    what was expected."""
    for key, problem in _unfit(data):
        raise BadExercise(f"{where}: {key}: {problem}")
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise BadExercise(f"{where}: {_advice(str(error), data, kind)}") from None


def _unfit(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(key, problem) of each number and text that means nothing in any exercise, though its type may allow it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _unfit(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _unfit(inner, f"{path}[{i}]")
    elif isinstance(value, str):
        if len(value) > LONGEST:
            yield path, f"must have {LONGEST} characters at most, not {len(value)}"
        elif not value.isprintable():
            yield path, "must be plain text in one line"
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "must be a finite number"
    elif isinstance(value, int | float) and value and not SMALLEST <= abs(value) <= HIGHEST:
        yield path, f"must be 0, or from {SMALLEST:f} to {HIGHEST:,} in size"


def _problems(e: Exercise) -> Iterator[tuple[str, str]]:
    """What msgspec's types cannot say, as (key, problem)."""
    for key in ("name", "group", "steps"):
        if not getattr(e, key):
            yield key, "must not be empty"
    for key, most in MOST_ENTRIES.items():
        if len(getattr(e, key)) > most:
            yield key, f"must have {most} entries at most, not {len(getattr(e, key))}"
    if e.peak and e.pose:
        yield "pose", "stands instead of [peak]; keep one of the two"
    if e.pose and (len(e.pose) == 1 or e.sides == "alternate"):
        yield "pose", 'is for two poses or more, with sides = "both"; write [peak] instead'
    for path, pose in [("peak", e.poses[0])] if e.peak else [(f"pose[{i}].peak", p) for i, p in enumerate(e.pose)]:
        yield from _peak_problems(path, pose, e)
    for name, points in e.curve.items():
        if not e.peak or name not in e.moving:
            yield f"curve.{name}", "must be a measure of [peak] that moves"
        if not 3 <= len(points) <= 1000:
            yield f"curve.{name}", "needs 3 to 1000 points"
    for name in e.still:
        if name not in INDEX:
            yield f"still.{name}", unknown_measure(name)
    for name, limit in e.still.items():
        if limit <= 0:
            yield f"still.{name}", f"must be above 0, not {limit}"
    if e.symmetry:
        if len(e.symmetry.pairs) > len(INDEX):
            yield "symmetry.pairs", f"must have {len(INDEX)} entries at most, not {len(e.symmetry.pairs)}"
        for name in (name for pair in e.symmetry.pairs for name in pair):
            if name not in INDEX:
                yield "symmetry.pairs", unknown_measure(name)
        if e.symmetry.gate <= 0:
            yield "symmetry.gate", f"must be above 0, not {e.symmetry.gate}"
        if not 0 < e.symmetry.index <= 1:
            yield "symmetry.index", f"must be above 0 and at most 1, not {e.symmetry.index}"
    for table, rules in (("refuse", e.refuse), ("fault", e.fault)):
        for i, rule in enumerate(rules):
            try:
                clauses = parse(rule.when)
            except ValueError as error:
                yield f"{table}[{i}].when", str(error)
            else:
                for clause in clauses:
                    if clause.percent and clause.measure in ZERO_AT_REST:
                        yield f"{table}[{i}].when", f"'{clause.measure}' is about zero at rest; leave out the %"
            if not rule.say.strip():
                yield f"{table}[{i}].say", "must not be empty: it is what the person is told"
    if e.reps < 1:
        yield "reps", f"must be at least 1, not {e.reps}"
    if e.reps > MOST_REPS:
        yield "reps", f"must be at most {MOST_REPS}, not {e.reps}"
    for phase in ("rise", "hold", "lower", "rest"):
        if getattr(e.tempo, phase) < 0:
            yield f"tempo.{phase}", "must not be negative"
        if getattr(e.tempo, phase) > MOST_S:
            yield f"tempo.{phase}", f"must be at most {MOST_S:.0f} seconds"
    if not 0 < e.count.back <= e.count.leave < e.count.level <= 1:
        yield "count", "must have 0 < back <= leave < pass <= 1"
    if e.count.hold < 0:
        yield "count.hold", "must not be negative"
    if e.count.bridge < 0:
        yield "count.bridge", "must not be negative"
    for key in ("hold", "bridge"):
        if getattr(e.count, key) > MOST_S:
            yield f"count.{key}", f"must be at most {MOST_S:.0f} seconds"
    if (e.judge == "hands") != (e.touch is not None):
        yield "touch", 'and judge = "hands" belong together: have both or none'
    if e.unseen and e.judge != "timer":
        yield "unseen", 'is for what is led by time; set judge = "timer" or leave it out'
    if e.touch:
        yield from _touch_problems(e, e.touch)
    if e.judged and not e.poses:
        yield "peak", f'is missing; an exercise with judge = "{e.judge}" needs it (or set judge = "timer")'


def _peak_problems(path: str, pose: Pose, e: Exercise) -> Iterator[tuple[str, str]]:
    if not pose.peak or not pose.name:
        yield path, "needs a name and at least one measure"
    for name, target in pose.peak.items():
        if name not in INDEX:
            yield f"{path}.{name}", unknown_measure(name)
        if target.within <= 0 or target.weight <= 0:
            yield f"{path}.{name}", "'within' and 'weight' must be above 0"
        if target.as_ == "still":
            if target.at is not None:
                yield f"{path}.{name}.at", "has no meaning for a measure that keeps still; leave it out"
            continue
        if target.at is None:
            yield f"{path}.{name}", "the key 'at' is missing"
        elif abs(target.at - (1.0 if target.as_ == "ratio" else 0.0)) < SMALLEST:
            yield f"{path}.{name}.at", "is the rest itself; the peak must differ from it"
        if target.as_ == "ratio" and name in ZERO_AT_REST:
            yield f"{path}.{name}.as", "'ratio' needs a measure that is not about zero at rest; write 'change'"
    moving = [name for name, target in pose.peak.items() if target.as_ != "still"]
    if e.sides == "alternate" and not any(name in ODD or mirrored(name) != name for name in moving):
        yield path, f"must tell left from right where sides alternate: by one of {', '.join(sorted(ODD))}, or a pair"
    if not moving and e.count.ends != "held":
        yield path, 'has nothing that moves, so there is no way back to rest: set ends = "held" in [count]'


def _touch_problems(e: Exercise, touch: Touch) -> Iterator[tuple[str, str]]:
    number = {"face": LANDMARKS, "body": 33, "hand": 21}[touch.on]
    for key in ("left", "right", "middle"):
        point = getattr(touch, key)
        if any(not 0 <= index < number for index, _ in point):
            yield f"touch.{key}", f"landmarks of the {touch.on} are numbered 0 to {number - 1}"
        if point and abs(sum(weight for _, weight in point) - 1.0) > 1e-6:
            yield f"touch.{key}", "its weights must sum to 1"
        if len(point) > 20:
            yield f"touch.{key}", "needs at most 20 landmarks"
    for key in ("left_path", "right_path"):
        path = getattr(touch, key)
        if any(not 0 <= index < LANDMARKS for index in path):
            yield f"touch.{key}", f"landmarks are numbered 0 to {LANDMARKS - 1}"
        if path and not 2 <= len(path) <= 50:
            yield f"touch.{key}", "needs 2 to 50 landmarks"
    if bool(touch.left) != bool(touch.right) or bool(touch.left_path) != bool(touch.right_path):
        yield "touch", "must name both sides, or 'middle'"
    if bool(touch.middle) == bool(touch.left) and touch.on == "face" and touch.move in ("circle", "sweep", "tap"):
        yield "touch", "needs either 'left' and 'right' or 'middle'"
    if (touch.move == "stroke") != bool(touch.left_path):
        yield "touch", "a stroke needs 'left_path' and 'right_path', and nothing else has them"
    if touch.dose not in touch.doses:
        yield "touch.dose", f"must be one of the doses of this point: {', '.join(touch.doses)}"
    most = CAPS.get(touch.kind)
    if most is not None and e.reps > most:
        yield "reps", f"must be at most {most} where kind = '{touch.kind}', not {e.reps}"


def _advice(message: str, data: dict[str, Any], kind: Any) -> str:
    """Reword msgspec's message: key first, what was expected, the nearest valid key for an unknown one."""
    path = re.search(r" - at `(?P<path>[^`]*)`$", message)
    key = path["path"].removeprefix("$.") if path else ""
    body = (message[: path.start()] if path else message).replace(" | null`", "`")
    table, dots, rest = key.partition("[...]")
    if dots:
        key = f"{table}.{_refused(data, table, kind)}{rest}"
    choice = re.search(r"Invalid enum value (?P<value>'.*')", body)
    name = re.sub(r"\[\d+\]$", "", key).rpartition(".")[2]
    allowed = dict.fromkeys(value for f in _fields(kind) if f.encode_name == name for value in _choices(f.type))
    if choice and allowed:
        body = f"{choice['value']} is not one of {', '.join(map(repr, allowed))}"
    unknown = re.search(r"unknown field `(?P<name>[^`]*)`", body)
    if unknown:
        body = f"unknown key '{unknown['name']}'{did_you_mean(unknown['name'], (f.encode_name for f in _fields(kind)))}"
    missing = re.search(r"missing required field `(?P<name>\w+)`", body)
    if missing:
        body = f"the key '{missing['name']}' is missing"
    return f"{key}: {body}" if key else body


def _refused(data: Any, path: str, kind: Any) -> str:
    """The key of a table of free names whose value cannot be converted: msgspec keeps it to itself."""
    table, name = data, ""
    for key, index in re.findall(r"([\w-]+)|\[(\d+)\]", path):
        table, name = (table[key], key) if key else (table[int(index)], name)
    declared = next(f.type for f in _fields(kind) if f.encode_name == name)
    return next(str(key) for key, value in table.items() if not _fits(value, get_args(declared)[1]))


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _fields(kind: Any) -> Iterator[msgspec.structs.FieldInfo]:
    """Each field of a type and of all types in it: every key that its file may have."""
    if hasattr(kind, "__struct_fields__"):
        for field in msgspec.structs.fields(kind):
            yield field
            yield from _fields(field.type)
    for inner in get_args(kind):
        yield from _fields(inner)


def _choices(kind: Any) -> Iterator[Any]:
    """The values of the Literal in a type: of itself, of a list's entries, of what may be left out."""
    if get_origin(kind) is Literal:
        yield from get_args(kind)
    else:
        for inner in get_args(kind):
            yield from _choices(inner)


# --- the library ------------------------------------------------------------------------------------------

#: Folders, beside the exercises of the face itself, of those done with the hands.
HANDS_ON = ("points", "strokes", "neck")


def library_folder() -> Traversable:
    """The folder of exercise files: inside the installed package, or beside it in a checkout."""
    packaged = files("coach") / "exercises"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "exercises"


@cache
def library() -> dict[str, Exercise]:
    """All exercises that come with the program, by id, in the order of group and name."""
    folders = [library_folder(), *(library_folder() / name for name in HANDS_ON)]
    paths = [p for folder in folders for p in folder.iterdir() if p.name.endswith(".toml")]
    found = [load_exercise(p) for p in paths]
    return {e.id: e for e in sorted(found, key=lambda e: (e.group, e.name))}


def find_exercise(id: str) -> Exercise:
    """Return an exercise by id, or from a path ending in .toml. Raises BadExercise with the nearest id."""
    if id.endswith(".toml"):
        return load_exercise(id)
    known = library()
    if id not in known:
        raise BadExercise(f"unknown exercise '{id}'{did_you_mean(id, known)} ('coach exercises' lists them all)")
    return known[id]
