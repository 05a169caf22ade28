"""Exercise files are read as they are written, and refused with file, key and advice when they are not right."""

import os
import re
from pathlib import Path

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
    find_exercise,
    library,
    load_exercise,
    parse_exercise,
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


#: What a file says, what it says instead, and what is said of it.
MISTAKES = [
    ("reps = 4", "reps = ", "not valid TOML: Invalid value (at line 10"),
    ("reps = 4", "reps = " + "1" * 5000, "not valid TOML"),
    ("reps = 4", "a = " + "[" * 20000, "not valid TOML"),
    ("reps = 4", "reps = 4\nreps = 5", "not valid TOML"),
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
    ("at = 1.1", "at = 1" + "0" * 400, "peak.mouth_width.at: must be 0, or from 0.000001 to 1,000,000"),
    ('judge = "camera"', 'judge = "eyes"', "judge: 'eyes' is not one of 'camera', 'gated', 'timer'"),
    ('as = "ratio"', 'as = "ration"', "peak.mouth_width.as: 'ration' is not one of 'ratio', 'change'"),
    ('["Rest.", "Smile."]', '"Smile."', "steps: Expected `array`, got `str`"),
    ('["Rest.", "Smile."]', "[]", "steps: must not be empty"),
    ('"Half smile"', '""', "name: must not be empty"),
    ("reps = 4", "reps = 0", "reps: must be at least 1, not 0"),
    ("rise = 1.0", "rise = -1.0", "tempo.rise: must not be negative"),
    ("rise = 1.0", "rise = inf", "tempo.rise: must be a finite number"),
    ("at = 0.06", "at = nan", "peak.corner_lift_left.at: must be a finite number"),
    ("at = 0.06", "at = 0.0", "peak.corner_lift_left.at: is the rest itself"),
    ("at = 1.1", "at = 1.0", "peak.mouth_width.at: is the rest itself"),
    ("within = 0.02", "within = 0", "peak.corner_lift_left: 'within' and 'weight' must be above 0"),
    ("weight = 2", "weight = -1", "peak.corner_lift_left: 'within' and 'weight' must be above 0"),
    ("mouth_width = {", "mouth_widht = {", "peak.mouth_widht: unknown measure 'mouth_widht'; did you mean 'mouth_"),
    ('at = 0.06, as = "change"', 'at = 2, as = "ratio"', "peak.corner_lift_left.as: 'ratio' needs a measure"),
    (
        'at = 1.1, as = "ratio"',
        'at = 1.1, as = "still"',
        "peak.mouth_width.at: has no meaning for a measure that keeps",
    ),
    ("pass = 0.6", 'ends = "hold"', "count.ends: 'hold' is not one of 'rest', 'held'"),
    ("pass = 0.6", "bridge = -1", "count.bridge: must not be negative"),
    ("[count]", "[curve]\nlip_gap = [0.0, 1.0, 0.0]\n[count]", "curve.lip_gap: must be a measure of [peak] that moves"),
    ("[count]", "[curve]\nmouth_width = [1.0]\n[count]", "curve.mouth_width: needs 3 to 1000 points"),
    ("[count]", f"{POSE}[count]", "pose: stands instead of [peak]; keep one of the two"),
    (PEAK, POSE, "pose: is for two poses or more"),
    (PEAK, POSE + POSE.replace("name", "nme"), "pose[1]: unknown key 'nme'; did you mean 'name'?"),
    (
        PEAK,
        POSE + POSE.replace("lip_gap", "lipgap"),
        "pose[1].peak.lipgap: unknown measure 'lipgap'; did you mean 'lip",
    ),
    (
        PEAK,
        POSE + POSE.replace("at = 0.2", 'at = "wide"'),
        "pose[1].peak.lip_gap.at: Expected `float`, got `str`",
    ),
    (PEAK, '[peak]\nlip_gap = { within = 0.1, as = "still" }\n', "peak: has nothing that moves"),
    ("yaw_deg = 10", "yawdeg = 10", "still.yawdeg: unknown measure 'yawdeg'; did you mean 'yaw_deg'?"),
    ("yaw_deg = 10", "yaw_deg = 0", "still.yaw_deg: must be above 0"),
    ("yaw_deg = 10", 'yaw_deg = "10"', "still.yaw_deg: Expected `float`, got `str`"),
    ('"corner_lift_right"', '"corner_lift_rihgt"', "symmetry.pairs: unknown measure 'corner_lift_rihgt'"),
    (', "corner_lift_right"', "", "symmetry.pairs[0]: Expected `array` of length 2"),
    ("[symmetry]", "[symmetry]\ngate = 0", "symmetry.gate: must be above 0"),
    ("[symmetry]", "[symmetry]\nindex = 2", "symmetry.index: must be above 0 and at most 1"),
    ("pass = 0.6", "pass = 1.5", "count: must have 0 < back <= leave < pass <= 1"),
    ("pass = 0.6", "leave = 0.2", "count: must have 0 < back <= leave < pass <= 1"),
    ("pass = 0.6", "hold = -1", "count.hold: must not be negative"),
    ("mouth_width > 20 %", "mouth_width >= 20 %", "fault[0].when: 'mouth_width >= 20 %' is not a condition; write"),
    ("mouth_width > 20 %", "", "fault[0].when: '' is not a condition"),
    ("mouth_width > 20 %", "__import__('os')", "is not a condition"),
    ("lip_gap < 0.3", "lip_gab < 0.3", "refuse[0].when: unknown measure 'lip_gab'; did you mean 'lip_gap'?"),
    ("lip_gap < 0.3", "lip_gap < 3 %", "refuse[0].when: 'lip_gap' is about zero at rest; leave out the %"),
    ('say = "Face the camera."', 'say = " "', "refuse[0].say: must not be empty"),
    ("[peak]", "[other]", "unknown key 'other'"),
    # what a stranger might write
    ("reps = 4", "reps = 1000000", "reps: must be at most 10000"),
    ("reps = 4", "reps = 0x" + "f" * 5000, "not valid TOML: a number without an end"),
    ("reps = 4", "reps = " + "9" * 4000, "reps: must be 0, or from"),
    ("reps = 4", f"reps = 4\n[{'a.' * 40000}a]", "not valid TOML: nested too deeply"),
    ("reps = 4", f"reps = 4\n{'a . ' * 40000}a = 1", "not valid TOML: nested too deeply"),
    ("reps = 4", "reps = 4\n" + "".join(f"[{'a.' * 9 * n}a]\n" for n in (1, 2, 3)), "nested too deeply"),
    ("reps = 4", f"reps = 4\na = {'{a.a.a.a = ' * 9}1{'}' * 9}", "nested too deeply"),
    ("rise = 1.0", "rise = 1e308", "tempo.rise: must be 0, or from"),
    ("rise = 1.0", "rise = 5000", "tempo.rise: must be at most 3600 seconds"),
    ("pass = 0.6", "hold = 5000", "count.hold: must be at most 3600 seconds"),
    ("within = 0.02", "within = 1e-320", "peak.corner_lift_left.within: must be 0, or from"),
    ("at = 1.1", "at = 1.0000000001", "peak.mouth_width.at: is the rest itself"),
    ('"Half smile"', '"Half\\nsmile"', "name: must be plain text in one line"),
    ('"Half smile"', '"\\u001b[2J"', "name: must be plain text in one line"),
    ('"Half smile"', f'"{"smile" * 201}"', "name: must have 1000 characters at most, not 1005"),
    ("steps = [", "steps = [" + '"x", ' * 60, "steps: must have 50 entries at most"),
    ("[[fault]]", '[[fault]]\nwhen = "lip_gap > 1"\nsay = "x"\n' * 100 + "[[fault]]", "fault: must have 100 entries"),
    ("pairs = [", 'pairs = [["lip_gap", "lip_gap"], ' + '["lip_gap", "lip_gap"],' * 999, "symmetry.pairs: must have"),
    ("lip_gap < 0.3", "lip_gap < 0." + "3" * 400, "is not a condition"),
    ("lip_gap < 0.3", "lip_gap < 0.3" + " and lip_gap < 0.3" * 50, "must have 500 characters at most"),
    ("reps = 4", 'reps = 4\n"a\\nb\\u001b[2J" = 1', r"unknown key 'a b\x1b[2J'"),
]


@pytest.mark.parametrize(("old", "new", "says"), MISTAKES, ids=[says for _, _, says in MISTAKES])
def test_a_mistake_is_refused_with_file_key_and_what_was_expected(old: str, new: str, says: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(BadExercise) as caught:
        parsed(GOOD.replace(old, new, 1))
    message = str(caught.value)
    assert message.startswith("half.toml: ")
    assert says in message
    assert "\n" not in message
    assert caught.value.exit_status == 2


def test_a_peak_may_only_be_left_out_where_nothing_is_judged() -> None:
    start, end = GOOD.index("[peak]"), GOOD.index("[count]")
    without = GOOD[:start] + GOOD[end:]
    with pytest.raises(BadExercise, match=r'peak: is missing; .* set judge = "timer"'):
        parsed(without)
    parsed(without.replace('judge = "camera"', 'judge = "timer"'))


def test_sides_that_alternate_need_a_peak_that_has_sides() -> None:
    without = GOOD.replace("corner_lift_left = {", "jaw_width = {")
    parsed(without)
    with pytest.raises(BadExercise, match="peak: must tell left from right"):
        parsed('sides = "alternate"\n' + without)


def test_what_is_about_zero_at_rest_is_among_the_measures() -> None:
    assert set(INDEX) > ZERO_AT_REST
    assert not ZERO_AT_REST & {"mouth_width", "brow_height_left", "eye_aperture_right", "lip_aspect"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (GOOD.encode("utf-16"), "not a text file in UTF-8"),
        (GOOD.replace("Rest.", "Entspannt schön.").encode("latin-1"), "not a text file in UTF-8"),
        (b"\x00\xff\xfe", "not a text file in UTF-8"),
        (b"", "the key 'name' is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "half.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadExercise, match=says) as caught:
        load_exercise(file)
    assert str(file) in str(caught.value)


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


def test_a_message_about_a_long_key_is_a_line_and_no_page() -> None:
    with pytest.raises(BadExercise) as caught:
        parsed(f'"{"x" * 100_000}" = 1\n{GOOD}')
    assert len(str(caught.value)) < 2500


def test_a_folder_is_no_exercise(tmp_path: Path) -> None:
    with pytest.raises(BadExercise, match="cannot be read"):
        load_exercise(tmp_path)


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


def test_a_pace_changes_tempo_and_repetitions_and_nothing_else() -> None:
    e = find_exercise("pucker")
    slow = Tempo(9.0, 9.0, 9.0, 9.0)
    assert (e.paced(slow).tempo, e.paced(slow).reps, e.paced(slow, 2).reps) == (slow, e.reps, 2)
    assert e.paced(slow).paced(e.tempo) == e
