"""Exercise files are read as they are written, and refused with file, key and advice when they are not right."""

import os
import re
import zipfile
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from coach.errors import BadExercise
from coach.form.condition import parse
from coach.form.exercise import (
    HANDS_ON,
    ZERO_AT_REST,
    Count,
    Exercise,
    Pose,
    Rule,
    Symmetry,
    Target,
    Tempo,
    eased,
    find_exercise,
    library,
    library_folder,
    load_exercise,
    parse_exercise,
    parse_toml,
)
from coach.form.measures import INDEX

GOOD = """
name = "Half smile"
group = "mouth"
judge = "camera"
about = "One corner of the mouth, then the other."
muscles = ["zygomaticus major"]
evidence = "Made up for a test."
safety = "None."
steps = ["Rest.", "Smile."]
reps = 4
tempo = { rise = 1.0, hold = 2.0, lower = 1.0, rest = 2.0 }

[peak]
corner_lift_left = { at = 0.06, as = "change", within = 0.02, weight = 2 }
mouth_width = { at = 1.1, as = "ratio", within = 0.05 }

[count]
pass = 0.6

[still]
yaw_deg = 10

[symmetry]
pairs = [["corner_lift_left", "corner_lift_right"]]

[[refuse]]
when = "|yaw_deg| > 20 and lip_gap < 0.3"
say = "Face the camera."

[[fault]]
when = "mouth_width > 20 %"
say = "Smaller."
code = "big"
"""


def parsed(text: str = GOOD) -> object:
    return parse_exercise(text, "half.toml", "half")


def test_a_file_is_read_as_it_is_written() -> None:
    e = parse_exercise(GOOD, "half.toml", "half")
    assert (e.id, e.name, e.reps, e.sides, e.leading) == ("half", "Half smile", 4, "both", "either")
    assert e.tempo == Tempo(1.0, 2.0, 1.0, 2.0)
    assert e.peak["corner_lift_left"] == Target("change", 0.02, 0.06, 2.0)
    assert (e.count.level, e.count.leave, e.count.back, e.count.hold) == (0.6, 0.35, 0.25, 0.6)
    assert e.fault[0].code == "big"


#: The peak of GOOD, and a pose as it might stand in its place.
PEAK = GOOD[GOOD.index("[peak]") : GOOD.index("[count]")]
POSE = '[[pose]]\nname = "Open"\nsay = "Open."\n[pose.peak]\nlip_gap = { at = 0.2, as = "change", within = 0.1 }\n'


CONDITION = "is not a condition; write for example 'lip_gap > 0.015' or 'mouth_width > 10 %'"
SIZE = "must be 0, or from 0.000001 to 1,000,000 in size"

#: What a file says, what it says instead, and what is said of it.
MISTAKES = [
    ("reps = 4", "a = " + "[" * 20000, "not valid TOML: nested too deeply"),
    ("reps = 4", "repps = 4", "unknown key 'repps'; did you mean 'reps'?"),
    ("reps = 4", 'reps = 4\n"my-key" = 1', "unknown key 'my-key'"),
    ("within = 0.02", "witin = 0.02", "peak.corner_lift_left: unknown key 'witin'; did you mean 'within'?"),
    ("rise = 1.0", "ries = 1.0", "tempo: unknown key 'ries'; did you mean 'rise'?"),
    ("pass = 0.6", "passs = 0.6", "count: unknown key 'passs'; did you mean 'pass'?"),
    ('say = "Smaller."', 'says = "Smaller."', "fault[0]: unknown key 'says'; did you mean 'say'?"),
    ("reps = 4\n", "", "the key 'reps' is missing"),
    ("at = 0.06, ", "", "peak.corner_lift_left: the key 'at' is missing"),
    (", rest = 2.0 }", " }", "tempo: the key 'rest' is missing"),
    ("reps = 4", 'reps = "four"', "reps: Expected `int`, got `str`"),
    ("reps = 4", "reps = 4.5", "reps: Expected `int`, got `float`"),
    ("at = 0.06", "at = true", "peak.corner_lift_left.at: Expected `float`, got `bool`"),
    ("at = 1.1", "at = 1" + "0" * 400, f"peak.mouth_width.at: {SIZE}"),
    ('judge = "camera"', 'judge = "eyes"', "judge: 'eyes' is not one of 'camera', 'gated', 'timer', 'hands'"),
    ('as = "ratio"', 'as = "ration"', "peak.mouth_width.as: 'ration' is not one of 'ratio', 'change', 'still'"),
    ('["Rest.", "Smile."]', '"Smile."', "steps: Expected `array`, got `str`"),
    ('["Rest.", "Smile."]', "[]", "steps: must not be empty"),
    ('"Half smile"', '""', "name: must not be empty"),
    ("reps = 4", "reps = 0", "reps: must be at least 1, not 0"),
    ("rise = 1.0", "rise = -1.0", "tempo.rise: must not be negative"),
    ("rise = 1.0", "rise = inf", "tempo.rise: must be a finite number"),
    ("at = 0.06", "at = nan", "peak.corner_lift_left.at: must be a finite number"),
    ("at = 0.06", "at = 0.0", "peak.corner_lift_left.at: is the rest itself; the peak must differ from it"),
    ("at = 1.1", "at = 1.0", "peak.mouth_width.at: is the rest itself; the peak must differ from it"),
    ("within = 0.02", "within = 0", "peak.corner_lift_left: 'within' and 'weight' must be above 0"),
    ("weight = 2", "weight = -1", "peak.corner_lift_left: 'within' and 'weight' must be above 0"),
    (
        "mouth_width = {",
        "mouth_widht = {",
        "peak.mouth_widht: unknown measure 'mouth_widht'; did you mean 'mouth_width'?",
    ),
    (
        'at = 0.06, as = "change"',
        'at = 2, as = "ratio"',
        "peak.corner_lift_left.as: 'ratio' needs a measure that is not about zero at rest; write 'change'",
    ),
    (
        'at = 1.1, as = "ratio"',
        'at = 1.1, as = "still"',
        "peak.mouth_width.at: has no meaning for a measure that keeps still; leave it out",
    ),
    ("pass = 0.6", 'ends = "hold"', "count.ends: 'hold' is not one of 'rest', 'held'"),
    ("pass = 0.6", "bridge = -1", "count.bridge: must not be negative"),
    ("[count]", "[curve]\nlip_gap = [0.0, 1.0, 0.0]\n[count]", "curve.lip_gap: must be a measure of [peak] that moves"),
    ("[count]", "[curve]\nmouth_width = [1.0]\n[count]", "curve.mouth_width: needs 3 to 1000 points"),
    ("[count]", f"{POSE}[count]", "pose: stands instead of [peak]; keep one of the two"),
    (PEAK, POSE, 'pose: is for two poses or more, with sides = "both"; write [peak] instead'),
    (PEAK, POSE + POSE.replace("name", "nme"), "pose[1]: unknown key 'nme'; did you mean 'name'?"),
    (
        PEAK,
        POSE + POSE.replace("lip_gap", "lipgap"),
        "pose[1].peak.lipgap: unknown measure 'lipgap'; did you mean 'lip_gap'?",
    ),
    (
        PEAK,
        POSE + POSE.replace("at = 0.2", 'at = "wide"'),
        "pose[1].peak.lip_gap.at: Expected `float`, got `str`",
    ),
    (
        PEAK,
        '[peak]\nlip_gap = { within = 0.1, as = "still" }\n',
        'peak: has nothing that moves, so there is no way back to rest: set ends = "held" in [count]',
    ),
    ("yaw_deg = 10", "yawdeg = 10", "still.yawdeg: unknown measure 'yawdeg'; did you mean 'yaw_deg'?"),
    ("yaw_deg = 10", "yaw_deg = 0", "still.yaw_deg: must be above 0, not 0.0"),
    ("yaw_deg = 10", 'yaw_deg = "10"', "still.yaw_deg: Expected `float`, got `str`"),
    (
        '"corner_lift_right"',
        '"corner_lift_rihgt"',
        "symmetry.pairs: unknown measure 'corner_lift_rihgt'; did you mean 'corner_lift_right'?",
    ),
    (', "corner_lift_right"', "", "symmetry.pairs[0]: Expected `array` of length 2, got 1"),
    ("[symmetry]", "[symmetry]\ngate = 0", "symmetry.gate: must be above 0, not 0.0"),
    ("[symmetry]", "[symmetry]\nindex = 2", "symmetry.index: must be above 0 and at most 1, not 2.0"),
    ("pass = 0.6", "pass = 1.5", "count: must have 0 < back <= leave < pass <= 1"),
    ("pass = 0.6", "leave = 0.2", "count: must have 0 < back <= leave < pass <= 1"),
    ("pass = 0.6", "hold = -1", "count.hold: must not be negative"),
    ("mouth_width > 20 %", "mouth_width >= 20 %", f"fault[0].when: 'mouth_width >= 20 %' {CONDITION}"),
    ("mouth_width > 20 %", "", f"fault[0].when: '' {CONDITION}"),
    ("mouth_width > 20 %", "__import__('os')", f"fault[0].when: '__import__('os')' {CONDITION}"),
    ("lip_gap < 0.3", "lip_gab < 0.3", "refuse[0].when: unknown measure 'lip_gab'; did you mean 'lip_gap'?"),
    ("lip_gap < 0.3", "lip_gap < 3 %", "refuse[0].when: 'lip_gap' is about zero at rest; leave out the %"),
    ('say = "Face the camera."', 'say = " "', "refuse[0].say: must not be empty: it is what the person is told"),
    ("[peak]", "[other]", "unknown key 'other'; did you mean 'lower'?"),
    ('judge = "camera"', "judge = 5", "judge: Expected `str`, got `int`"),
    ("reps = 4", "reps = 4\ntouch = 5", "touch: Expected `object`, got `int`"),
    ('["Rest.", "Smile."]', '["Rest.", 5]', "steps[1]: Expected `str`, got `int`"),
    ('["Rest.", "Smile."]', '["Rest.", "Smile\\n."]', "steps[1]: must be plain text in one line"),
    ('"corner_lift_right"', '"corner_lift\\n"', "symmetry.pairs[0][1]: must be plain text in one line"),
    ("yaw_deg = 10", "yaw_deg = 10\nroll_deg = -0.5", "still.roll_deg: must be above 0, not -0.5"),
    ("weight = 2", "weight = 0", "peak.corner_lift_left: 'within' and 'weight' must be above 0"),
    ("[symmetry]", "[symmetry]\nindex = 0", "symmetry.index: must be above 0 and at most 1, not 0.0"),
    (PEAK, POSE.replace('"Open"', '""', 1) + POSE, "pose[0].peak: needs a name and at least one measure"),
    (PEAK, POSE + POSE.replace("lip_gap", "#"), "pose[1].peak: needs a name and at least one measure"),
    (PEAK, "[peak]\n", 'peak: is missing; an exercise with judge = "camera" needs it (or set judge = "timer")'),
    (
        "mouth_width = { at = 1.1",
        'lip_gap = { as = "still", within = 0.1 }\nmouth_width = { at = 1.0',
        "peak.mouth_width.at: is the rest itself; the peak must differ from it",
    ),
    ("[count]", '[curve]\nmouth_width = [0.0, "x", 0.0]\n[count]', "curve.mouth_width[1]: Expected `float`, got `str`"),
    ("reps = 4", "reps = 4\nunseen = true", 'unseen: is for what is led by time; set judge = "timer" or leave it out'),
    ('"camera"', '"hands"', 'touch: and judge = "hands" belong together: have both or none'),
    (
        "[count]",
        '[touch]\nmove = "tap"\ncode = "X1"\n[count]',
        'touch: and judge = "hands" belong together: have both or none',
    ),
    # what a stranger might write
    ("reps = 4", "reps = 1000000", "reps: must be at most 10000, not 1000000"),
    ("reps = 4", "reps = 0x" + "f" * 5000, "not valid TOML: a number without an end"),
    ("reps = 4", "reps = " + "9" * 4000, f"reps: {SIZE}"),
    ("reps = 4", f"reps = 4\n[{'a.' * 40000}a]", "not valid TOML: nested too deeply"),
    ("reps = 4", f"reps = 4\n{'a . ' * 40000}a = 1", "not valid TOML: nested too deeply"),
    (
        "reps = 4",
        "reps = 4\n" + "".join(f"[{'a.' * 9 * n}a]\n" for n in (1, 2, 3)),
        "not valid TOML: nested too deeply",
    ),
    ("reps = 4", f"reps = 4\na = {'{a.a.a.a = ' * 9}1{'}' * 9}", "not valid TOML: nested too deeply"),
    ("rise = 1.0", "rise = 1e308", f"tempo.rise: {SIZE}"),
    ("rise = 1.0", "rise = 5000", "tempo.rise: must be at most 3600 seconds"),
    ("pass = 0.6", "hold = 5000", "count.hold: must be at most 3600 seconds"),
    ("within = 0.02", "within = 1e-320", f"peak.corner_lift_left.within: {SIZE}"),
    ("at = 1.1", "at = 1.0000000001", "peak.mouth_width.at: is the rest itself; the peak must differ from it"),
    ('"Half smile"', '"Half\\nsmile"', "name: must be plain text in one line"),
    ('"Half smile"', '"\\u001b[2J"', "name: must be plain text in one line"),
    ('"Half smile"', f'"{"smile" * 201}"', "name: must have 1000 characters at most, not 1005"),
    ("steps = [", "steps = [" + '"x", ' * 60, "steps: must have 50 entries at most, not 62"),
    (
        "[[fault]]",
        '[[fault]]\nwhen = "lip_gap > 1"\nsay = "x"\n' * 100 + "[[fault]]",
        "fault: must have 100 entries at most, not 101",
    ),
    (
        "pairs = [",
        'pairs = [["lip_gap", "lip_gap"], ' + '["lip_gap", "lip_gap"],' * 999,
        f"symmetry.pairs: must have {len(INDEX)} entries at most, not 1001",
    ),
    ("lip_gap < 0.3", "lip_gap < 0." + "3" * 400, f"refuse[0].when: 'lip_gap < 0.{'3' * 400}' {CONDITION}"),
    (
        "lip_gap < 0.3",
        "lip_gap < 0.3" + " and lip_gap < 0.3" * 50,
        "refuse[0].when: must have 500 characters at most, not 932",
    ),
    ("reps = 4", 'reps = 4\n"a\\nb\\u001b[2J" = 1', r"unknown key 'a b\x1b[2J'"),
]


@pytest.mark.parametrize(("old", "new", "says"), MISTAKES, ids=[says[:60] for _, _, says in MISTAKES])
def test_a_mistake_is_refused_with_file_key_and_what_was_expected(old: str, new: str, says: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(BadExercise) as caught:
        parsed(GOOD.replace(old, new, 1))
    assert str(caught.value) == f"half.toml: {says}"
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("new", ["reps = ", "reps = " + "1" * 5000, "reps = 4\nreps = 5"])
def test_what_is_no_toml_is_refused_with_what_python_says_of_it(new: str) -> None:
    with pytest.raises(BadExercise, match=r"^half.toml: not valid TOML: \w+ .*(line 1[01]|digits).*$"):
        parsed(GOOD.replace("reps = 4", new))


def entries(number: int, entry: str = '"x"') -> str:
    return f"[{', '.join([entry] * number)}]"


REST = "is the rest itself; the peak must differ from it"
SECONDS = "must be at most 3600 seconds"
LEVELS = "count: must have 0 < back <= leave < pass <= 1"
PAIR = '["lip_gap", "chin_x"]'
PHASES = ("rise = 1.0", "hold = 2.0", "lower = 1.0", "rest = 2.0")
COUNTED = ("hold", "bridge")
RULE = '\nwhen = "lip_gap > 1"\nsay = "x"\n'

#: What a file says, what it may just say instead, what it may not any more, and what is said of that.
LIMITS = [
    ('"Half smile"', f'"{"x" * 1000}"', f'"{"x" * 1001}"', "name: must have 1000 characters at most, not 1001"),
    ("weight = 2", "weight = 1000000", "weight = 1000000.5", f"peak.corner_lift_left.weight: {SIZE}"),
    ("weight = 2", "weight = 0.000001", "weight = 0.0000009", f"peak.corner_lift_left.weight: {SIZE}"),
    ("at = 0.06", "at = 0.000001", "at = 0", f"peak.corner_lift_left.at: {REST}"),
    ("at = 0.06", "at = -1000000", "at = -1000000.5", f"peak.corner_lift_left.at: {SIZE}"),
    ("at = 1.1", "at = 0.0", "at = 1.0000009", f"peak.mouth_width.at: {REST}"),
    ('["zygomaticus major"]', entries(50), entries(51), "muscles: must have 50 entries at most, not 51"),
    ('["Rest.", "Smile."]', entries(50), entries(51), "steps: must have 50 entries at most, not 51"),
    (PEAK, POSE * 2, POSE, 'pose: is for two poses or more, with sides = "both"; write [peak] instead'),
    (PEAK, POSE * 20, POSE * 21, "pose: must have 20 entries at most, not 21"),
    ("[[refuse]]", f"[[refuse]]{RULE}" * 99 + "[[refuse]]", f"[[refuse]]{RULE}" * 100 + "[[refuse]]",
     "refuse: must have 100 entries at most, not 101"),
    ("[[fault]]", f"[[fault]]{RULE}" * 99 + "[[fault]]", f"[[fault]]{RULE}" * 100 + "[[fault]]",
     "fault: must have 100 entries at most, not 101"),
    ("[count]", f"[curve]\nmouth_width = {entries(3, '1.0')}\n[count]",
     f"[curve]\nmouth_width = {entries(2, '1.0')}\n[count]", "curve.mouth_width: needs 3 to 1000 points"),
    ("[count]", f"[curve]\nmouth_width = {entries(1000, '1.0')}\n[count]",
     f"[curve]\nmouth_width = {entries(1001, '1.0')}\n[count]", "curve.mouth_width: needs 3 to 1000 points"),
    ("yaw_deg = 10", "yaw_deg = 0.000001", "yaw_deg = -0.000001", "still.yaw_deg: must be above 0, not -1e-06"),
    ('[["corner_lift_left", "corner_lift_right"]]', entries(len(INDEX), PAIR), entries(len(INDEX) + 1, PAIR),
     f"symmetry.pairs: must have {len(INDEX)} entries at most, not {len(INDEX) + 1}"),
    ("[symmetry]", "[symmetry]\ngate = 0.000001", "[symmetry]\ngate = -0.5",
     "symmetry.gate: must be above 0, not -0.5"),
    ("[symmetry]", "[symmetry]\nindex = 1", "[symmetry]\nindex = 1.0625",
     "symmetry.index: must be above 0 and at most 1, not 1.0625"),
    ("reps = 4", "reps = 1", "reps = 0", "reps: must be at least 1, not 0"),
    ("reps = 4", "reps = 10000", "reps = 10001", "reps: must be at most 10000, not 10001"),
    *((old, f"{old[:-6]} = 0", f"{old[:-6]} = -0.5", f"tempo.{old[:-6]}: must not be negative") for old in PHASES),
    *((old, f"{old[:-6]} = 3600", f"{old[:-6]} = 3600.25", f"tempo.{old[:-6]}: {SECONDS}") for old in PHASES),
    *(("pass = 0.6", f"{key} = 0", f"{key} = -0.5", f"count.{key}: must not be negative") for key in COUNTED),
    *(("pass = 0.6", f"{key} = 3600", f"{key} = 3600.25", f"count.{key}: {SECONDS}") for key in COUNTED),
    ("pass = 0.6", "pass = 1", "pass = 1.0625", LEVELS),
    ("pass = 0.6", "pass = 0.5625\nleave = 0.5", "pass = 0.5\nleave = 0.5", LEVELS),
    ("pass = 0.6", "leave = 0.5\nback = 0.5", "leave = 0.5\nback = 0.5625", LEVELS),
    ("pass = 0.6", "back = 0.000001", "back = 0", LEVELS),
]  # fmt: skip


@pytest.mark.parametrize(("old", "allowed", "refused", "says"), LIMITS, ids=[says[:60] for *_, says in LIMITS])
def test_what_is_at_a_limit_is_read_and_what_is_just_beyond_it_is_refused(
    old: str, allowed: str, refused: str, says: str
) -> None:
    assert GOOD.count(old) >= 1
    parsed(GOOD.replace(old, allowed, 1))
    with pytest.raises(BadExercise) as caught:
        parsed(GOOD.replace(old, refused, 1))
    assert str(caught.value) == f"half.toml: {says}"


#: An exercise that is led by hands on the face, but for what they do.
HANDS = GOOD[: GOOD.index("[peak]")].replace('"camera"', '"hands"') + '[touch]\ncode = "X1"\n'
BOTH = "touch: must name both sides, or 'middle'"
EITHER = "touch: needs either 'left' and 'right' or 'middle'"
STROKE = "touch: a stroke needs 'left_path' and 'right_path', and nothing else has them"
STROKES = 'move = "stroke"\nkind = "smooth"\n'
MIDDLE = 'move = "circle"\nmiddle = '
WEIGHTS = "touch.middle: its weights must sum to 1"


def sides(left: str, right: str) -> str:
    return f'move = "tap"\nleft = [[{left}, 1]]\nright = [[{right}, 1]]'


def paths(left: str, right: str = "[1, 2]") -> str:
    return f"{STROKES}left_path = {left}\nright_path = {right}"


#: What hands may just do, what they may not any more, and what is said of that.
TOUCHES = [
    *((f'move = "{move}"\nmiddle = [[1, 1]]', f'move = "{move}"', EITHER) for move in ("circle", "sweep", "tap")),
    (f"{MIDDLE}[[1, 1]]", f"{MIDDLE}[[1, 1]]\nleft = [[1, 1]]\nright = [[2, 1]]", EITHER),
    ('move = "grip"', 'move = "grip"\nleft = [[1, 1]]', BOTH),
    ('move = "tap"\non = "hand"', 'move = "tap"\non = "face"', EITHER),
    (sides("1", "2"), 'move = "tap"\nright = [[2, 1]]', BOTH),
    (paths("[1, 2]"), paths("[1, 2]", "[]"), BOTH),
    (paths("[1, 2]"), paths("[]", "[]"), STROKE),
    ('move = "rub"', 'move = "rub"\nleft_path = [1, 2]\nright_path = [1, 2]', STROKE),
    (f"{MIDDLE}[[0, 1]]", f"{MIDDLE}[[-1, 1]]", "touch.middle: landmarks of the face are numbered 0 to 477"),
    *((f'{MIDDLE}[[{number - 1}, 1]]\non = "{on}"', f'{MIDDLE}[[1, 0.5], [{number}, 0.5]]\non = "{on}"',
       f"touch.middle: landmarks of the {on} are numbered 0 to {number - 1}")
      for on, number in (("face", 478), ("body", 33), ("hand", 21))),
    (sides("477", "1"), sides("478", "1"), "touch.left: landmarks of the face are numbered 0 to 477"),
    (sides("1", "477"), sides("1", "478"), "touch.right: landmarks of the face are numbered 0 to 477"),
    (f"{MIDDLE}[[1, 0.5], [2, 0.5000009]]", f"{MIDDLE}[[1, 0.5], [2, 0.500002]]", WEIGHTS),
    (f"{MIDDLE}[[1, 0.5], [2, 0.4999991]]", f"{MIDDLE}[[1, 0.5], [2, 0.499998]]", WEIGHTS),
    (MIDDLE + entries(20, "[1, 0.05]"), MIDDLE + entries(21, "[1, 0.047619047619]"),
     "touch.middle: needs at most 20 landmarks"),
    (paths("[0, 477]"), paths("[1, 478]"), "touch.left_path: landmarks are numbered 0 to 477"),
    (paths("[1, 2]", "[477, 0]"), paths("[1, 2]", "[2, -1]"), "touch.right_path: landmarks are numbered 0 to 477"),
    (paths("[1, 2]"), paths("[1]"), "touch.left_path: needs 2 to 50 landmarks"),
    (paths("[1, 2]", entries(50, "1")), paths("[1, 2]", entries(51, "1")), "touch.right_path: needs 2 to 50 landmarks"),
    (f'{MIDDLE}[[1, 1]]\ndose = "tap"\ndoses = ["everyday", "tap"]',
     f'{MIDDLE}[[1, 1]]\ndose = "tap"\ndoses = ["everyday", "headache"]',
     "touch.dose: must be one of the doses of this point: everyday, headache"),
    (f'{MIDDLE}[[1, 1]]\ndoses = ["everyday", "tap"]', f'{MIDDLE}[[1, 1]]\ndoses = ["everyday", "taps"]',
     "touch.doses[1]: 'taps' is not one of 'everyday', 'headache', 'tap'"),
]  # fmt: skip


@pytest.mark.parametrize(("allowed", "refused", "says"), TOUCHES)
def test_hands_are_told_only_what_they_can_do(allowed: str, refused: str, says: str) -> None:
    parsed(HANDS + allowed)
    with pytest.raises(BadExercise) as caught:
        parsed(HANDS + refused)
    assert str(caught.value) == f"half.toml: {says}"


@pytest.mark.parametrize(("kind", "most"), [("shake", 3), ("knead", 5), ("smooth", 8)])
def test_no_kind_of_massage_is_repeated_more_often_than_is_taught(kind: str, most: int) -> None:
    massage = f'{HANDS}move = "grip"\nkind = "{kind}"'
    parsed(massage.replace("reps = 4", f"reps = {most}"))
    with pytest.raises(BadExercise) as caught:
        parsed(massage.replace("reps = 4", f"reps = {most + 1}"))
    assert str(caught.value) == f"half.toml: reps: must be at most {most} where kind = '{kind}', not {most + 1}"
    parsed(massage.replace("reps = 4", f"reps = {most + 1}").replace(f'"{kind}"', '"hold"'))


def test_a_peak_may_only_be_left_out_where_nothing_is_judged() -> None:
    start, end = GOOD.index("[peak]"), GOOD.index("[count]")
    without = GOOD[:start] + GOOD[end:]
    with pytest.raises(BadExercise, match=r'peak: is missing; .* set judge = "timer"'):
        parsed(without)
    with pytest.raises(BadExercise, match=r'judge = "gated" needs it \(or set judge = "timer"\)$'):
        parsed(without.replace('judge = "camera"', 'judge = "gated"'))
    parsed(without.replace('judge = "camera"', 'judge = "timer"'))


def test_sides_that_alternate_need_a_peak_that_has_sides() -> None:
    without = GOOD.replace("corner_lift_left = {", "jaw_width = {")
    parsed(without)
    with pytest.raises(BadExercise) as caught:
        parsed('sides = "alternate"\n' + without)
    assert str(caught.value) == (
        "half.toml: peak: must tell left from right where sides alternate: by one of chin_x, gaze_x_left, "
        "gaze_x_right, lip_x, roll_deg, shoulder_tilt_deg, yaw_deg, or a pair"
    )
    for name in ("chin_x", "corner_lift_left"):
        parsed('sides = "alternate"\n' + GOOD.replace("corner_lift_left = {", f"{name} = {{"))
    with pytest.raises(BadExercise, match=r"^half.toml: pose: is for two poses or more, with"):
        parsed('sides = "alternate"\n' + GOOD.replace(PEAK, POSE * 2))


def test_what_is_about_zero_at_rest_is_among_the_measures() -> None:
    assert set(INDEX) > ZERO_AT_REST
    assert not ZERO_AT_REST & {"mouth_width", "brow_height_left", "eye_aperture_right", "lip_aspect"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file; check the path"),
        (GOOD.encode("utf-16"), "not a text file in UTF-8; save it as UTF-8"),
        (GOOD.replace("Rest.", "Entspannt schön.").encode("latin-1"), "not a text file in UTF-8; save it as UTF-8"),
        (b"\x00\xff\xfe", "not a text file in UTF-8; save it as UTF-8"),
        (b"", "the key 'name' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "half.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadExercise) as caught:
        load_exercise(file)
    assert str(caught.value) == f"{file}: {says}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a matter of Unix")
def test_what_has_no_end_is_refused_instead_of_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    for file in ("pipe.toml", "zero.toml"):
        with pytest.raises(BadExercise, match="not a file that has an end"):
            load_exercise(tmp_path / file)


def test_a_file_of_absurd_size_is_refused_and_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "half.toml"
    file.touch()
    os.truncate(file, 1 << 40)
    with pytest.raises(BadExercise, match="larger than 200 kB"):
        load_exercise(file)
    file.write_text(GOOD + "#" * (200_000 - len(GOOD)))
    assert load_exercise(file) == parsed()
    file.write_text(GOOD + "#" * (200_001 - len(GOOD)))
    with pytest.raises(BadExercise, match="larger than 200 kB"):
        load_exercise(file)


def test_an_exercise_in_a_packed_program_is_read_as_one_of_its_own_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        packed.writestr("half.toml", GOOD)
    assert load_exercise(zipfile.Path(tmp_path / "packed.zip", "half.toml")) == parsed()


def test_a_message_about_a_long_key_is_a_line_and_no_page() -> None:
    with pytest.raises(BadExercise) as caught:
        parsed(f'"{"x" * 100_000}" = 1\n{GOOD}')
    assert len(str(caught.value)) < 2500


def test_a_folder_is_no_exercise(tmp_path: Path) -> None:
    with pytest.raises(BadExercise) as caught:
        load_exercise(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be read (a folder); check the path"


def test_the_marks_and_line_ends_of_any_editor_are_read(tmp_path: Path) -> None:
    file = tmp_path / "half.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_exercise(file) == parse_exercise(GOOD, "half.toml", "half")
    assert find_exercise(str(file)).id == "half"


@pytest.mark.parametrize(
    ("wrong", "right"), [("wide-smil", "wide-smile"), ("jaw-opn", "jaw-open"), ("Pucker", "pucker")]
)
def test_an_unknown_id_is_refused_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(BadExercise, match=f"unknown exercise '{wrong}'; did you mean '{right}'"):
        find_exercise(wrong)


def test_the_exercises_of_an_installed_program_are_in_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = library_folder()
    monkeypatch.setattr("coach.form.exercise.files", {"coach": tmp_path}.__getitem__)
    assert library_folder() == beside
    (tmp_path / "exercises").mkdir()
    assert library_folder() == tmp_path / "exercises"


def test_every_file_of_the_folder_is_in_the_library_under_its_name() -> None:
    folder = Path(__file__).parents[2] / "exercises"
    files = [p for where in (".", *HANDS_ON) for p in (folder / where).glob("*.toml")]
    assert set(library()) == {p.stem for p in files}
    assert len(files) == len(library())
    assert all(find_exercise(id) is e and e.id == id for id, e in library().items())


def test_the_guide_to_writing_one_is_right_and_complete() -> None:
    guide = (Path(__file__).parents[2] / "exercises" / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.S)
    parse_exercise(example, "README.md", "example")
    tables = (Exercise, Target, Pose, Tempo, Count, Symmetry, Rule)
    keys = {field.encode_name for table in tables for field in msgspec.structs.fields(table)} - {"id"}
    assert {key for key in keys if not re.search(rf"[`\[]{key}\b", guide)} == set()
    (block,) = re.findall(r"### Conditions\n\n((?:    .*\n)+)", guide)
    conditions = [re.split(r"\s{3,}", line.strip())[0] for line in block.splitlines()]
    assert len(conditions) == 5
    assert all(parse(condition) for condition in conditions)


def test_what_another_kind_of_file_may_say_is_told_of_that_kind() -> None:
    class Step(msgspec.Struct, forbid_unknown_fields=True):
        exercise: str = ""
        dose: Literal["much", "little"] | None = None
        manners: Annotated[list[Literal["clean", "rushed"]], msgspec.Meta(max_length=9)] = []

    class Plan(msgspec.Struct, forbid_unknown_fields=True):
        step: list[Step]
        how: dict[str, Step] = {}

    for text, says in (
        ("step = [{ exercse = 'x' }]", "step[0]: unknown key 'exercse'; did you mean 'exercise'?"),
        ("step = [{ safty = 'x' }]", "step[0]: unknown key 'safty'"),
        ("step = [{}, { dose = 'lots' }]", "step[1].dose: 'lots' is not one of 'much', 'little'"),
        ("step = [{ manners = ['clean', 'rash'] }]", "step[0].manners[1]: 'rash' is not one of 'clean', 'rushed'"),
        ("step = []\n[how]\na = {}\nb = { dose = 'much' }\nc = { dose = 1 }", "how.c.dose: Expected `str`, got `int`"),
    ):
        with pytest.raises(BadExercise) as caught:
            parse_toml(text, "plan.toml", Plan)
        assert str(caught.value) == f"plan.toml: {says}"


def test_a_target_says_how_far_it_is_from_rest_and_how_near_is_near_enough() -> None:
    ratio, change, still = Target("ratio", 0.25, 1.5), Target("change", 0.25, 0.5), Target("still", 0.25)
    assert [target.span(-4.0) for target in (ratio, change, still)] == [-2.0, 0.5, 0.0]
    assert [target.tolerance(-4.0) for target in (ratio, change, still)] == [1.0, 0.25, 0.25]


def test_who_does_less_has_lower_levels_and_holds_as_long() -> None:
    count = Count(0.5, 0.25, 0.125, hold=0.75, bridge=0.5, ends="held")
    assert eased(count, 0.5) == Count(0.25, 0.125, 0.0625, hold=0.75, bridge=0.5, ends="held")


def test_a_pace_keeps_the_repetitions_unless_it_is_told_others() -> None:
    e, slow = parse_exercise(GOOD, "half.toml", "half"), Tempo(1.0, 2.0, 4.0, 8.0)
    assert (e.paced(slow), e.paced(slow, 2)) == (
        msgspec.structs.replace(e, tempo=slow),
        msgspec.structs.replace(e, tempo=slow, reps=2),
    )
    assert e.paced(slow).round_s == 15.0


def test_a_pace_changes_tempo_and_repetitions_and_nothing_else() -> None:
    e = find_exercise("pucker")
    slow = Tempo(9.0, 9.0, 9.0, 9.0)
    assert (e.paced(slow).tempo, e.paced(slow).reps, e.paced(slow, 2).reps) == (slow, e.reps, 2)
    assert e.paced(slow).paced(e.tempo) == e
