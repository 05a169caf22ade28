"""The command line as other programs and people call it: results, one line for each problem, exit status.

0 done, 1 the program failed, 2 bad input or usage, 3 no camera or no display, 130 interrupted.
"""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from faces import frames, mesh, perform
from videos import GREY, cut, face, write

import coach
from coach.avatar.performer import Performance
from coach.cli import _judged_again
from coach.demo import Stage
from coach.form.exercise import Tempo, find_exercise, library
from coach.form.measures import NAMES
from coach.plan.routine import routine_ids
from coach.plan.workout import Workout
from coach.records.history import Session, begun_of, session_from, spoken
from coach.records.recording import Recorder
from coach.score import Score, WorkoutScore, score
from coach.vision.models import FACE, find_model

ROOT = Path(__file__).parents[1]
COACH = [sys.executable, "-m", "coach"]


def run(*arguments: object, env: dict[str, str] | None = None, before: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Run the program; return exit status, stdout and stderr. A traceback is never right."""
    command = [*before, *COACH, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **(env or {})})
    assert "Traceback" not in done.stderr + done.stdout
    return done.returncode, done.stdout, done.stderr


def complaints(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.strip()]


def refused(says: str, *arguments: object, status: int = 2, env: dict[str, str] | None = None) -> str:
    """The program must refuse with one line that contains `says`, and print no result. Returns the line."""
    code, out, err = run(*arguments, env=env)
    lines = complaints(err)
    assert (code, out, len(lines)) == (status, "", 1), err
    assert says in lines[0]
    return lines[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good files and bad ones."""
    folder = tmp_path_factory.mktemp("files")
    still = [face()] * 16
    write(folder / "good.avi", still)
    write(folder / "good.mp4", still, fps=25, codec="mp4v")
    write(folder / "grey.avi", [GREY] * 8)
    write(folder / "none.avi", [])
    cut(folder / "cut.avi", folder / "good.avi")
    cut(folder / "cut.mp4", folder / "good.mp4")
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("This is not a video.\n" * 9)
    (folder / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    cv2.imwrite(str(folder / "face.png"), face())
    (folder / "folder.mp4").mkdir()
    performed = list(frames(perform(find_exercise("pucker"), "clean", "partial"), fps=15))
    with Recorder(folder / "good.coach") as recorder:
        recorder.begin_set(find_exercise("pucker"), "a set", {"reps": 1})
        for frame in performed:
            recorder.add(frame)
    cut(folder / "cut.coach", folder / "good.coach")
    return folder


# --- score ------------------------------------------------------------------------------------------------

#: What is wrong with a file that gives no result, and what is said of it.
UNUSABLE = {
    "missing.mp4": "no such file",
    "empty.mp4": "the file is empty",
    "text.mp4": "not a video",
    "noise.mp4": "not a video",
    "cut.mp4": "cut off",
    "face.png": "a picture, not a video",
    "none.avi": "holds no frame",
    "folder.mp4": "a folder, not a video",
    "cut.coach": "the recording is damaged",
}


def test_bad_files_among_good_ones_each_get_a_line_and_the_good_ones_are_judged(folder: Path) -> None:
    names = [*list(UNUSABLE)[:4], "good.avi", *list(UNUSABLE)[4:], "grey.avi", "cut.avi", "good.mp4", "good.coach"]
    code, out, err = run("score", *(folder / name for name in names), "-e", "pucker", "--json")
    assert code == 2
    results = {Path(r["file"]).name: r for r in map(json.loads, out.splitlines())}
    assert list(results) == ["good.avi", "grey.avi", "cut.avi", "good.mp4", "good.coach"]
    says = {**UNUSABLE, "grey.avi": "no face to be seen", "cut.avi": "cut off, only"}
    lines = complaints(err)
    assert len(lines) == len(says), err
    for name, words in says.items():
        (line,) = (line for line in lines if line.startswith(f"{folder / name}: "))
        assert words in line
    assert (results["grey.avi"]["reps"], results["grey.avi"]["face_fraction"], results["grey.avi"]["frames"]) == (
        0,
        0,
        8,
    )
    assert 4 <= results["cut.avi"]["frames"] < 12
    assert results["cut.avi"]["face_fraction"] == 1
    assert (results["good.mp4"]["frames"], results["good.mp4"]["fps"]) == (16, 25.0)
    assert (results["good.coach"]["reps"], results["good.coach"]["attempts"]) == (1, 2)


@pytest.mark.parametrize("name", ["missing.mp4", "noise.mp4", "folder.mp4", "cut.coach"])
def test_a_bad_file_alone_is_refused(folder: Path, name: str) -> None:
    refused(UNUSABLE[name], "score", folder / name, "-e", "pucker")


def test_a_video_without_a_face_is_judged_as_nothing_and_said_to_be_so(folder: Path) -> None:
    code, out, err = run("score", folder / "grey.avi", "-e", "pucker,jaw-open", "--json")
    assert code == 2
    assert [(r["exercise"], r["reps"]) for r in map(json.loads, out.splitlines())] == [("pucker", 0), ("jaw-open", 0)]
    (line,) = complaints(err)
    assert "no face to be seen" in line


def test_a_good_video_is_judged_in_silence_and_twice_the_same(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "frames.csv"
    one, two = (
        run("score", folder / "good.avi", "-e", "jaw-glide,pucker", "--json", "--frames", table) for _ in range(2)
    )
    assert one == two
    code, out, err = one
    assert (code, err) == (0, "")
    glide, pucker = map(json.loads, out.splitlines())
    assert list(pucker) == [
        "file", "exercise", "seconds", "frames", "fps", "face_fraction", "reps", "attempts", "good_reps", "sides",
        "form", "match", "repetitions", "face_s", "armed_s", "rest", "reason",
    ]  # fmt: skip
    assert (pucker["frames"], pucker["fps"], pucker["seconds"], pucker["face_fraction"]) == (16, 10.0, 1.5, 1.0)
    assert list(pucker["match"]) == ["max", "mean", "final"]
    assert (glide["sides"], pucker["sides"]) == ({"left": 0, "right": 0}, None)
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 32
    assert set(NAMES) <= set(rows[0])
    assert [r["exercise"] for r in rows[:2]] == ["jaw-glide", "pucker"]
    assert all(r["yaw_deg"] for r in rows)


def test_a_recording_is_judged_as_its_frames_are(folder: Path) -> None:
    performed = frames(perform(find_exercise("pucker"), "clean", "partial"), fps=15)
    (expected,) = score(performed, [Score(find_exercise("pucker"))])
    file = folder / "good.coach"
    assert run("score", file, "-e", "pucker", "--json", "--live") == (
        0,
        json.dumps(expected.result(str(file))) + "\n",
        "",
    )
    result = {**expected.result("a set"), "performed": {"reps": 1}}
    assert run("replay", file, "--headless", "--json") == (0, json.dumps(result) + "\n", "")
    code, out, _ = run("score", file, "-e", "pucker")
    assert code == 0
    assert "1 repetition of 2 attempts" in out
    assert "not counted: reached" in out


def test_what_is_no_recording_cannot_be_replayed(folder: Path) -> None:
    refused("not a recording", "replay", folder / "good.avi", "--headless")
    refused("damaged", "replay", folder / "cut.coach", "--headless")


def test_the_table_is_not_written_where_it_cannot_or_must_not_be(folder: Path) -> None:
    good = folder / "good.avi"
    before = good.read_bytes()
    for place, says in ((folder, "cannot be written"), (good / "x.csv", "cannot be written"), (good, "files to judge")):
        refused(says, "score", good, "-e", "pucker", "--frames", place)
    assert good.read_bytes() == before


def test_tracking_needs_no_network(folder: Path) -> None:
    without = ("unshare", "-rn")
    if not shutil.which("unshare") or subprocess.run([*without, "true"], capture_output=True).returncode:
        pytest.skip("no right here to run a program without a network (unshare -rn)")
    alone = run("score", folder / "good.avi", "-e", "pucker", "--json", before=without)
    assert alone == run("score", folder / "good.avi", "-e", "pucker", "--json")
    assert (alone[0], alone[2]) == (0, "")


# --- spot -------------------------------------------------------------------------------------------------


def test_a_recording_is_told_what_is_done_in_it_and_when(tmp_path: Path) -> None:
    file = tmp_path / "done.coach"
    performance = perform(find_exercise("wide-smile"), "clean", "clean")
    with Recorder(file) as recorder:
        recorder.begin_set(find_exercise("pucker"), "another exercise than was asked for")
        for frame in frames(performance, fps=15):
            recorder.add(frame)
    code, out, err = run("spot", file, "--json")
    assert (code, err) == (0, "")
    found = [json.loads(line) for line in out.splitlines()]
    assert list(found[0]) == ["file", "exercise", "side", "start_s", "end_s", "distance", "found", "next", "next_found"]
    for row, move in zip(found, performance.moves, strict=True):
        assert (row["file"], row["exercise"], row["side"], row["next"]) == (
            str(file), "wide-smile", None, "closed-smile",
        )  # fmt: skip
        assert (row["start_s"], row["end_s"]) == pytest.approx((move.start, move.end), abs=0.3)
    code, out, err = run("spot", file, "wide-smile", "pucker")
    assert (code, err) == (0, "")
    assert [line.split(": ")[1] for line in out.splitlines()] == ["wide-smile", "wide-smile"]
    code, out, err = run("spot", file, "neck-nod", "shrug-drop")
    assert (code, out) == (0, "")
    assert "'shrug-drop' was not looked for" in complaints(err)[0]
    assert "none of 1 exercise is done" in complaints(err)[1]


def test_what_cannot_be_spotted_is_refused(folder: Path) -> None:
    refused("'quiet-forehead' cannot be spotted", "spot", folder / "good.coach", "pucker", "quiet-forehead")
    refused("did you mean 'wide-smile'?", "spot", folder / "good.coach", "wide-smle")
    refused(UNUSABLE["missing.mp4"], "spot", folder / "missing.mp4")
    refused(UNUSABLE["cut.coach"], "spot", folder / "cut.coach")
    refused("no face to be seen", "spot", folder / "grey.avi", "pucker")


def test_a_video_without_a_second_at_rest_is_told_to_begin_with_one(folder: Path) -> None:
    short = write(folder / "short.avi", [face()] * 4)
    refused("begin with a second", "spot", short, "pucker")


# --- exercises --------------------------------------------------------------------------------------------


def test_the_library_is_one_json_object_a_line() -> None:
    code, out, err = run("exercises", "--json")
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert {r["id"] for r in rows} == set(library())
    for row in rows:
        e = library()[row["id"]]
        assert list(row) == ["id", "name", "group", "judge", "reps", "tempo"]
        assert (row["name"], row["group"], row["judge"], row["reps"]) == (e.name, e.group, e.judge, e.reps)
        assert row["tempo"] == {p: getattr(e.tempo, p) for p in ("rise", "hold", "lower", "rest")}


def test_the_library_in_words_names_every_exercise() -> None:
    code, out, err = run("exercises")
    assert (code, err) == (0, "")
    assert all(f" {id} " in out for id in library())


#: Changes to a good exercise file that break it, and what is said of it.
BROKEN = {
    "syntax.toml": ("reps = 6", "reps = ", "not valid TOML: Invalid value (at line 9"),
    "key.toml": ("reps = 6", "repps = 6", "unknown key 'repps'; did you mean 'reps'?"),
    "lacks.toml": ("reps = 6", "", "the key 'reps' is missing"),
    "type.toml": ("reps = 6", 'reps = "six"', "reps: Expected `int`, got `str`"),
    "measure.toml": ('lip_gap > 0.1"', 'lip_gab > 0.1"', "unknown measure 'lip_gab'; did you mean 'lip_gap'?"),
    "when.toml": ('lip_gap > 0.1"', 'lip_gap is wide"', "fault[0].when: 'lip_gap is wide' is not a condition"),
    "rest.toml": ("at = 0.8", "at = 1.0", "peak.mouth_width.at: is the rest itself"),
    "tempo.toml": ("rise = 1.0", "rise = -1.0", "tempo.rise: must not be negative"),
    "newline.toml": ("reps = 6", 'reps = 6\n"a\\nb" = 1', "unknown key 'a b'"),
}


def test_exercise_files_are_checked_each_with_its_own_line(tmp_path: Path) -> None:
    good = (ROOT / "exercises" / "pucker.toml").read_text(encoding="utf-8")
    says = {}
    for name, (old, new, words) in BROKEN.items():
        assert old in good
        (tmp_path / name).write_text(good.replace(old, new, 1), encoding="utf-8")
        says[name] = words
    (tmp_path / "latin.toml").write_bytes(good.replace("Pucker", "Schürze").encode("latin-1"))
    (tmp_path / "good.toml").write_text(good, encoding="utf-8")
    says |= {"latin.toml": "not a text file in UTF-8", "missing.toml": "no such file"}
    names = [*says, "good.toml"]
    code, out, err = run("check", *(tmp_path / name for name in names))
    assert code == 2
    assert out == f"{tmp_path / 'good.toml'}: 'Pucker' is a valid exercise (camera, 6 repetitions)\n"
    lines = complaints(err)
    assert len(lines) == len(says)
    for line, (name, words) in zip(lines, says.items(), strict=True):
        assert line.startswith(f"{tmp_path / name}: ")
        assert words in line
    # The same where an exercise is asked for by its file.
    for name in ("key.toml", "missing.toml"):
        line = refused(says[name], "score", tmp_path / "any.avi", "-e", tmp_path / name)
        assert line.startswith(f"coach: {tmp_path / name}: ")
    refused(says["measure.toml"], "train", tmp_path / "measure.toml", "--headless")


def test_an_exercise_of_ones_own_judges_like_one_of_the_library(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    shutil.copy(ROOT / "exercises" / "pucker.toml", own)
    code, out, err = run("score", folder / "good.coach", "-e", f"{own},pucker", "--json")
    assert (code, err) == (0, "")
    mine, theirs = map(json.loads, out.splitlines())
    assert mine == {**theirs, "exercise": "mine"}


@pytest.mark.parametrize("command", [("score", "any.avi", "-e", "wide-smil"), ("train", "wide-smil", "--headless")])
def test_an_unknown_exercise_is_refused_with_the_nearest(command: tuple[str, ...]) -> None:
    refused("'wide-smil'; did you mean 'wide-smile'?", *command)


# --- usage ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--bogus",), "No such option: --bogus"),
        (("scores",), "No such command 'scores'"),
        (("score",), "Missing argument"),
        (("score", "any.avi"), "--exercise"),
        (("score", "any.avi", "-e", " , "), "--exercise names none"),
        (("score", "any.avi", "-e", "pucker", "--jsn"), "No such option: --jsn"),
        (("check",), "Missing argument"),
        (("train", "--camera", "front"), "--camera"),
        (("train", "--camera", "-1"), "--camera"),
        (("train", "--minutes", "0"), "--minutes"),
        (("train", "--demo", "--video", "any.avi"), "--demo and --video"),
        (("train", "--demo", "--keep-video"), "--keep-video is for what a camera sees"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], says: str) -> None:
    refused(says, *arguments)


def test_help_names_every_command_and_the_version_is_told() -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(command in out for command in ("train", "demo", "score", "replay", "exercises", "check", "doctor"))
    assert run("--version") == (0, f"{coach.__version__}\n", "")


def test_the_routines_are_listed_with_their_length() -> None:
    code, out, err = run("routines", "--json")
    assert (code, err) == (0, "")
    rows = {r["id"]: r for r in map(json.loads, out.splitlines())}
    assert list(rows) == routine_ids()
    assert rows["self-massage"]["preset"] == "P20"
    assert rows["self-massage"]["goal"]
    assert rows["three-minutes"]["minutes"] == pytest.approx(3.2, abs=0.2)
    code, out, err = run("routines")
    assert (code, err, len(out.splitlines())) == (0, "", len(rows))


# --- what may be led now ----------------------------------------------------------------------------------


def at(hour: int, folder: Path, settings: str = "") -> dict[str, str]:
    """An environment in which it is about this hour, with some settings."""
    now = datetime.now(UTC)
    east = (hour * 60 + 30 - now.hour * 60 - now.minute) % (24 * 60)
    (folder / "settings.toml").write_text(settings)
    return {"TZ": f"HERE-{east // 60:02}:{east % 60:02}", "COACH_CONFIG": str(folder)}


def test_massage_late_in_the_evening_is_refused_with_the_reason_and_may_be_led_anyway(tmp_path: Path) -> None:
    late = at(21, tmp_path)
    for name in ("stroke-jaw", "neck-massage"):
        line = refused("two hours and more before bed", "train", name, "--headless", "--camera", 97, env=late)
        assert "'Evening calm'" in line
        assert "--anyway" in line
    refused("no camera 97", "train", "stroke-jaw", "--anyway", "--headless", "--camera", 97, env=late, status=3)
    refused("no camera 97", "train", "stroke-jaw", "--headless", "--camera", 97, env=at(8, tmp_path), status=3)


def test_of_a_routine_the_rest_is_led_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    code, out, err = run("train", "self-massage", "--headless", "--camera", 97, env=at(21, tmp_path))
    told, camera = complaints(err)
    assert (code, out) == (3, "")
    assert "Neck strokes, and" in told
    assert "two hours and more before bed" in told
    assert "no camera 97" in camera


def test_what_the_answers_leave_out_is_refused_and_not_led_anyway(tmp_path: Path) -> None:
    jaw = at(8, tmp_path, 'answers = ["jaw-joint"]')
    refused("Left out for now because of", "train", "jaw-open", "--anyway", "--headless", "--camera", 97, env=jaw)
    refused("never led", "train", "bl1", "--headless", "--camera", 97, env=at(8, tmp_path))
    oiled = at(8, tmp_path, "oiled = true")
    refused("massaged dry", "train", "neck-stroke", "--headless", "--camera", 97, env=oiled)


def test_a_film_is_judged_at_any_time_of_the_day(folder: Path, tmp_path: Path) -> None:
    late = at(21, tmp_path)
    code, out, _ = run("train", "stroke-jaw", "--video", folder / "good.avi", "--headless", "--json", env=late)
    assert (code, json.loads(out)["exercise"]) == (0, "stroke-jaw")


# --- cameras, models, places ------------------------------------------------------------------------------


def test_without_a_camera_training_is_refused_with_what_to_do() -> None:
    line = refused("no camera 97: plug one in", "train", "--headless", "--camera", 97, status=3)
    assert "'coach demo' needs none" in line


@pytest.mark.skipif(any(Path("/dev").glob("video*")), reason="there is a camera")
def test_without_any_camera_training_is_refused() -> None:
    refused("no camera 0", "train", "--headless", status=3)


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    (tmp_path / FACE).write_bytes(find_model().read_bytes()[:-100])
    return tmp_path


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_damaged_or_missing_model_is_one_line_whatever_the_number_of_files(
    folder: Path, damaged: Path, how: str
) -> None:
    for models, says in ((damaged, "is damaged or another version"), (folder, f"no {FACE} in {folder}")):
        option = ("--models", models) if how == "option" else ()
        env = {} if how == "option" else {"COACH_MODELS": str(models)}
        refused(says, "score", folder / "good.avi", folder / "grey.avi", "-e", "pucker", *option, env=env)


def test_the_demonstration_and_training_need_the_model_too(folder: Path, damaged: Path) -> None:
    refused("is damaged", "demo", "--headless", "--models", damaged)
    refused("is damaged", "train", "--headless", "--video", folder / "good.avi", "--models", damaged)


def test_the_demonstration_is_not_begun_where_it_cannot_be_kept(folder: Path) -> None:
    refused("cannot write a recording there", "demo", "--headless", "--out", folder / "good.avi")


def test_the_doctor_finds_a_damaged_model_and_looks_at_the_rest(damaged: Path) -> None:
    code, out, err = run("doctor", "--models", damaged)
    assert (code, err) == (1, "")
    findings = [line[5:].partition(":")[0] for line in out.splitlines()]
    assert findings == ["model", "hands", "shoulders", "display", "camera"]
    assert out.startswith("TODO model: ")


def test_the_doctor_says_one_line_a_finding() -> None:
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    findings = [line[5:].partition(":")[0] for line in out.splitlines()]
    assert findings == ["model", "hands", "shoulders", "display", "camera", "speed", "live"]
    assert out.startswith("ok   model: ")
    assert re.search(r"live: of \d+ drawn pictures a second \d+ are looked at, \d+ dropped; landmarks are there", out)


def test_the_doctor_writes_a_report_to_send(damaged: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    code, out, err = run("doctor", "--models", damaged, "--report", report)
    assert code == 1
    assert "read it before you send it" in err
    text = report.read_text()
    assert text.startswith("coach ")
    assert all(line in text for line in out.splitlines() if str(Path.home()) not in line)
    assert str(Path.home()) not in text
    refused("there is a file already", "doctor", "--models", damaged, "--report", report)
    refused("there is no such folder", "doctor", "--models", damaged, "--report", tmp_path / "none" / "report.txt")


# --- training without a window ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("good.avi", 0, ""),
        ("cut.avi", 2, "cut off, only"),
        ("grey.avi", 2, "no face to be seen"),
    ],
)
def test_training_on_a_video_tells_what_was_done_whatever_the_file(
    folder: Path, name: str, status: int, says: str
) -> None:
    code, out, err = run("train", "pucker", "jaw-open", "--headless", "--json", "--video", folder / name)
    assert code == status
    # The video ends in the first set: the second was never begun.
    assert [(r["exercise"], r["reps"]) for r in map(json.loads, out.splitlines())] == [("pucker", 0)]
    lines = complaints(err)
    assert len(lines) == (1 if says else 0)
    assert says in err


@pytest.fixture(scope="module")
def smiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of two clean smiles, drawn."""
    exercise = find_exercise("wide-smile").paced(Tempo(0.6, 1.4, 0.6, 1.0))
    play = Stage(mesh(), (Performance(exercise, ("clean", "clean")),), fps=15.0, size=(320, 240))
    path = tmp_path_factory.mktemp("smiles") / "smiles.avi"
    return write(path, [picture() for _, picture in play.images(0)], fps=15.0)


@pytest.mark.slow
def test_a_person_is_calibrated_once_and_scored_by_their_own_range(smiles: Path, tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path)}
    code, out, err = run("calibrate", "wide-smile", "--video", smiles, "--headless", "--person", "ann", env=home)
    assert (code, out) == (0, "")
    (line,) = complaints(err)
    assert line.startswith("wide-smile: your range is kept in ")
    assert Path(line.split(" kept in ")[1]).is_relative_to(tmp_path)
    common, own, gentle = (
        json.loads(run("score", smiles, "-e", "wide-smile", "--json", *more, env=home)[1])
        for more in ((), ("--person", "ann"), ("--gentle",))
    )
    assert common["reps"] == own["reps"] == gentle["reps"] == 2
    assert "of the full movement" in common["repetitions"][0]["why"]["range"]
    assert "of your own full movement" in own["repetitions"][0]["why"]["range"]
    assert "half will do" in gentle["repetitions"][0]["why"]["range"]


def test_calibrating_on_nothing_changes_nothing_and_says_so(folder: Path, tmp_path: Path) -> None:
    code, out, err = run("calibrate", "pucker", "--video", folder / "good.avi", "--headless", "--out", tmp_path)
    assert (code, out) == (0, "")
    assert complaints(err) == ["pucker: no complete trial was seen; nothing is changed"]
    assert list(tmp_path.iterdir()) == []


def test_whom_nobody_knows_cannot_be_scored_by_their_range(folder: Path, tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path)}
    refused("coach calibrate", "score", folder / "good.avi", "-e", "pucker", "--person", "bob", env=home)
    refused("letters, digits", "score", folder / "good.avi", "-e", "pucker", "--person", "../bob", env=home)
    refused("led by time", "calibrate", "tongue-click", "--video", folder / "good.avi", "--headless", env=home)


def test_an_exercise_led_by_time_is_led_and_not_scored(folder: Path) -> None:
    refused("not judged", "score", folder / "good.avi", "-e", "tongue-click")
    code, out, _ = run("train", "tongue-click", "--video", folder / "good.avi", "--headless", "--json")
    result = json.loads(out)
    assert (code, result["attempts"], result["form"]) == (0, 0, None)


@pytest.mark.parametrize("name", ["missing.mp4", "noise.mp4", "none.avi"])
def test_training_on_what_is_no_video_is_refused(folder: Path, name: str) -> None:
    refused(UNUSABLE[name], "train", "pucker", "--headless", "--video", folder / name)


# --- ends that nobody planned -----------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals are a matter of Unix")
@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ("SIGINT", 130, "interrupted"),
        ("SIGTERM", 143, "ended from outside, what was done is kept"),
        ("SIGHUP", 129, "ended from outside, what was done is kept"),
    ],
)
def test_a_signal_ends_in_one_line(folder: Path, tmp_path: Path, sent: str, status: int, says: str) -> None:
    number = getattr(signal, sent)
    long = write(tmp_path / "long.avi", [face()] * 600)
    process = subprocess.Popen(
        [*COACH, "score", str(folder / "good.coach"), str(long), "-e", "pucker", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        # Whoever started the tests in the background may have had interrupts ignored.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL) and None,
    )  # fmt: skip
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["reps"] == 1
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, out, complaints(err)) == (status, "", [f"coach: {says}"])


def test_a_reader_that_goes_away_is_no_reason_to_complain() -> None:
    process = subprocess.Popen(
        [*COACH, "exercises", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait() == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_the_programs_failure_in_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COACH, "exercises"], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    (line,) = complaints(done.stderr)
    assert (done.returncode, "No space left" in line) == (1, True)


# --- what was done so far -------------------------------------------------------------------------------------


@pytest.fixture
def practised(folder: Path, tmp_path: Path) -> Path:
    """A data folder with a recording of a person and one of the built-in performer."""
    data = tmp_path / "data"
    with Recorder(data / "session-1.coach") as recorder:
        recorder.begin_set(find_exercise("pucker"), "window")
        for frame in frames(perform(find_exercise("pucker"), "clean", "partial"), fps=15):
            recorder.add(frame)
    shutil.copy(folder / "good.coach", data / "demo-1.coach")
    return data


def test_the_history_is_made_from_the_recordings_and_told(practised: Path) -> None:
    code, out, err = run("history", "--out", practised)
    assert code == 0
    assert complaints(err) == [f"{practised}: 2 recordings judged again for the history"]
    assert "1 day practised" in out
    assert re.search(r"^Pucker +1 +\d+ +\d+ +\d\.\d s  not clear yet$", out, re.M)
    code, out, err = run("history", "--out", practised, "--json")
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["kind"] for row in rows] == ["session", "days", "exercise", *["trend"] * (len(rows) - 3)]
    session, days, exercise = rows[:3]
    assert (session["recording"], session["sets"], session["repetitions"]) == ("session-1.coach", 1, 1)
    assert (days["streak"], days["longest"], len(days["minutes"])) == (1, 1, 1)
    assert (exercise["exercise"], exercise["times"], exercise["form"]) == ("pucker", 1, session["form"])


def test_without_any_session_the_history_says_so_kindly_and_makes_no_file(tmp_path: Path) -> None:
    code, out, err = run("history", "--out", tmp_path)
    assert (code, out) == (0, "")
    (line,) = complaints(err)
    assert line.startswith("no sessions yet")
    assert list(tmp_path.iterdir()) == []
    refused("nothing to report", "report", tmp_path / "out.html", "--out", tmp_path)


def test_a_damaged_history_is_set_aside_and_made_again(practised: Path) -> None:
    before = run("history", "--out", practised)[1]
    (practised / "history.db").write_bytes(b"damaged" * 999)
    code, out, err = run("history", "--out", practised)
    assert (code, out) == (0, before)
    assert len(complaints(err)) == 2
    assert "it is now history.db.bad" in err
    assert (practised / "history.db.bad").read_bytes() == b"damaged" * 999


def test_the_report_is_written_and_refused_where_it_cannot_be(practised: Path, tmp_path: Path) -> None:
    place = tmp_path / "out.html"
    code, out, err = run("report", place, "--out", practised)
    assert (code, out) == (0, "")
    assert complaints(err)[-1] == f"report: {place}"
    assert "<h2>Pucker</h2>" in place.read_text(encoding="utf-8")
    refused("cannot be written", "report", tmp_path / "none" / "out.html", "--out", practised)


def test_sessions_are_listed_with_their_files_and_of_one_person_alone(practised: Path) -> None:
    with Recorder(practised / "session-2.coach", "ann") as recorder:
        recorder.begin_set(find_exercise("pucker"), "window")
        for frame in frames(perform(find_exercise("pucker"), "clean"), fps=15):
            recorder.add(frame)
    (practised / "session-2.mp4").write_bytes(bytes(2_000_000))
    out = run("history", "--out", practised)[1]
    mine, anns = (next(line for line in out.splitlines() if f"session-{n}.coach" in line) for n in (1, 2))
    size = (practised / "session-1.coach").stat().st_size / 1e6
    assert mine.endswith(f"session-1.coach ({size:.1f} MB), me")
    assert anns.endswith("video is kept (2.0 MB), ann")
    code, out, _ = run("history", "--person", "ann", "--out", practised)
    assert (code, "session-2.coach" in out, "session-1.coach" in out) == (0, True, False)
    assert re.search(r"^Pucker +1 ", out, re.M)
    code, out, _ = run("history", "--person", "ann", "--out", practised, "--json")
    session = json.loads(out.splitlines()[0])
    assert (session["person"], session["video_bytes"]) == ("ann", 2_000_000)
    code, out, err = run("history", "--person", "bob", "--out", practised)
    assert (code, out, complaints(err)[0].startswith("no sessions of 'bob'")) == (0, "", True)
    page = practised / "out.html"
    assert run("report", page, "--person", "ann", "--out", practised)[0] == 0
    assert "1 session" in page.read_text(encoding="utf-8")
    refused("no sessions of 'bob'", "report", page, "--person", "bob", "--out", practised)


def test_one_session_is_forgotten_or_all(practised: Path, tmp_path: Path) -> None:
    run("history", "--out", practised)
    one, other = practised / "session-1.coach", practised / "demo-1.coach"
    video = one.with_suffix(".mp4")
    video.write_bytes(b"a video")
    refused("nobody is there to be asked", "forget", one)
    assert one.exists()
    code, out, err = run("forget", "session-1.coach", "--yes", "--out", practised)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"deleted: {one}",
        f"deleted: {video}",
        f"deleted: 1 set in {practised / 'history.db'}",
    ]
    assert (one.exists(), video.exists(), other.exists()) == (False, False, True)
    refused("no such recording", "forget", "session-1.coach", "--yes", "--out", practised)
    refused("either one recording or --all", "forget", "--yes")
    refused("either one recording or --all", "forget", one, "--all", "--yes")
    for place, name in (("people", "me.json"), ("logs", "coach.log"), ("mine", "letter.txt")):
        (practised / place).mkdir()
        (practised / place / name).write_text("")
    code, out, err = run("forget", "--all", "--yes", "--out", practised)
    assert (code, err) == (0, "")
    assert f"deleted: {practised / 'people' / 'me.json'}" in out.splitlines()
    assert [path.name for path in practised.rglob("*") if path.is_file()] == ["letter.txt"]


def test_what_is_judged_again_is_what_was_judged_at_the_time(tmp_path: Path) -> None:
    exercises, path = [find_exercise("pucker"), find_exercise("jaw-glide")], tmp_path / "a.coach"
    workout = Workout([(e, e.reps) for e in exercises], summary_s=0.5)
    judged = WorkoutScore(workout, "window", path)
    start = 0.0
    for exercise, moves in zip(exercises, (["clean", "partial", "clean"], ["clean"] * 4), strict=True):
        for frame in frames(perform(exercise, *moves), fps=15):
            frame = replace(frame, time=start + frame.time)
            judged(frame, workout.step(frame))
        start = frame.time + 1.0
        workout.skip()
    judged.note("pain", len(workout.session.attempts))
    judged.close()
    at_the_time, again = (
        session_from(results, path, begun_of(path), spoken(path)) for results in (workout.results, _judged_again(path))
    )
    assert [(row.reps, row.attempts, len(row.notes)) for row in again.sets] == [(2, 3, 0), (4, 4, 1)]
    assert again.seconds == pytest.approx(at_the_time.seconds, abs=0.01)

    def rounded(session: Session) -> list[str]:
        # A recording is judged at once, in which sums come in another order.
        return [re.sub(r"\d+\.\d+", lambda n: f"{float(n[0]):.6f}", str(replace(s, seconds=0.0))) for s in session.sets]

    assert rounded(again) == rounded(at_the_time)


def test_the_history_is_shown_without_loading_anything_heavy(practised: Path) -> None:
    assert run("history", "--out", practised)[0] == 0
    told = "import atexit, sys; atexit.register(lambda: print('LOADED', *sys.modules)); "
    program = f"{told}from coach.cli import main; main()"
    command = [sys.executable, "-c", program, "history", "--out", str(practised)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "coach.records.progress" in loaded
    assert not loaded & {"numpy", "scipy", "mediapipe", "cv2", "pygame", "msgspec"}


def test_what_is_no_recording_is_not_forgotten(practised: Path, tmp_path: Path) -> None:
    precious = tmp_path / "letter.txt"
    precious.write_text("precious")
    refused("not a recording", "forget", precious, "--yes")
    assert precious.read_text() == "precious"
    named = practised / "z.coach"
    named.write_text("precious " * 20)
    code, out, err = run("forget", "--all", "--yes", "--out", practised)
    assert (code, len(out.splitlines()), len(complaints(err))) == (2, 2, 1)
    assert [path.name for path in practised.iterdir()] == ["z.coach"]


# --- exports ----------------------------------------------------------------------------------------------


def test_a_recording_is_exported_in_all_formats_and_stays_as_it_is(folder: Path, tmp_path: Path) -> None:
    file = folder / "good.coach"
    before = file.read_bytes()
    out = {name: tmp_path / f"out.{name}" for name in ("csv", "json", "html", "mp4")}
    options = [part for name, place in out.items() for part in (f"--{name}", place)]
    code, printed, err = run("export", file, *options, "--to", 3)
    assert (code, printed, len(complaints(err))) == (0, "", 4), err
    assert sorted(kept.name for kept in tmp_path.iterdir()) == [
        "out.csv", "out.html", "out.json", "out.mp4", "out.repetitions.csv",
    ]  # fmt: skip
    assert file.read_bytes() == before
    run("export", file, "--json", tmp_path / "whole.json")
    (whole,) = json.loads((tmp_path / "whole.json").read_text())
    replayed = json.loads(run("replay", file, "--headless", "--json")[1])
    assert {key: whole[key] for key in replayed} == replayed


def test_all_that_is_kept_is_exported_for_its_owner_only(practised: Path, tmp_path: Path) -> None:
    (practised / "session-1.mp4").write_bytes(b"a video")
    (practised / "bad.coach").write_text("damaged")
    (practised / "people").mkdir()
    (practised / "people" / "me.json").write_text("{}")
    settings = tmp_path / "config"
    settings.mkdir()
    (settings / "settings.toml").write_text("camera = 1\n")
    before = {path.name: path.read_bytes() for path in practised.glob("*.coach")}
    place = tmp_path / "all"
    code, out, err = run("export", "--all", place, "--out", practised, env={"COACH_CONFIG": str(settings)})
    assert (code, out) == (2, "")
    assert [line for line in complaints(err) if "bad.coach" in line]
    assert complaints(err)[-1] == f"export: 3 recordings and the history, in {place}"
    names = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    of_each = {
        f"{name}.{end}" for name in ("session-1", "demo-1") for end in ("csv", "repetitions.csv", "json", "html")
    }
    assert names == {*of_each, "session-1.mp4", "history.json", "people/me.json", "settings.toml"}
    if os.name == "posix":
        modes = {path: path.stat().st_mode & 0o777 for path in (place, *place.rglob("*"))}
        assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())
    (session,) = json.loads((place / "history.json").read_text())
    assert (session["recording"], len(session["sets"][0]["repetitions"])) == ("session-1.coach", 2)
    assert {path.name: path.read_bytes() for path in practised.glob("*.coach")} == before
    refused("something in this folder", "export", "--all", place, "--out", practised)
    refused("either one recording or --all", "export")
    refused("either one recording or --all", "export", practised / "session-1.coach", "--all", tmp_path / "x")


def test_exports_that_cannot_be_made_are_refused(folder: Path, tmp_path: Path) -> None:
    file, place = folder / "good.coach", tmp_path / "a.json"
    refused("name what to write", "export", file)
    refused("the recording itself", "export", file, "--json", file)
    refused("no such folder", "export", file, "--html", tmp_path / "none" / "a.html")
    refused("ends in .mp4", "export", file, "--mp4", tmp_path / "a.avi")
    refused("must be the smaller", "export", file, "--json", place, "--from", 5, "--to", 4)
    refused("nothing is in that part", "export", file, "--json", place, "--from", 1e6)
    refused(UNUSABLE["cut.coach"], "export", folder / "cut.coach", "--json", place)
    refused("not a recording", "export", folder / "good.avi", "--json", place)
    assert list(tmp_path.iterdir()) == []
