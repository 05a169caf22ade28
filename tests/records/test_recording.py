"""A recording gives back the very frames that went in, and says in one line when it cannot."""

import os
import sqlite3
import stat
import struct
import subprocess
import sys
import time as clock
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faces import frames, perform

from coach.errors import BadInput
from coach.form.calibration import Calibration
from coach.form.correction import SAID_ONE
from coach.form.exercise import find_exercise
from coach.form.session import Session
from coach.frame import Frame, Picture
from coach.plan.workout import Workout
from coach.records.recording import (
    VERSION,
    FrameReader,
    Recorder,
    is_recording,
    read_about,
    read_frames,
    read_notes,
    read_pictures,
    read_sets,
)
from coach.score import Score, WorkoutScore, score

ROOT = Path(__file__).parents[2]
SMILE, PUCKER = find_exercise("wide-smile"), find_exercise("pucker")


def some(n: int, start: float = 0.0) -> list[Frame]:
    """Frames of arbitrary numbers, every fourth one without a face."""
    random = np.random.default_rng(n)
    return [
        Frame(start + i / 30)
        if i % 4 == 3
        else Frame(
            start + i / 30,
            random.normal(size=(478, 3)).astype(np.float32),
            random.random(52, np.float32),
            random.normal(size=(4, 4)).astype(np.float32),
        )
        for i in range(n)
    ]


def record(path: Path, *sets: list[Frame]) -> Path:
    with Recorder(path) as recorder:
        for number, of_set in enumerate(sets):
            recorder.begin_set((SMILE, PUCKER)[number], f"set {number}", {"reps": number} if number else None)
            for frame in of_set:
                recorder.add(frame)
    return path


def same(one: Frame, other: Frame) -> bool:
    if one.time != other.time:
        return False
    if (one.hands_time, one.pose_time) != (other.hands_time, other.pose_time):
        return False
    names = ("landmarks", "blendshapes", "head", "hands", "pose")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    if one.picture != other.picture:
        return False
    return all(
        a is b is None or (a is not None and b is not None and a.dtype == b.dtype and a.tobytes() == b.tobytes())
        for a, b in pairs
    )


def test_hands_shoulders_and_what_the_picture_was_like_come_back_too(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    light, contrast, sharpness = np.float32([101.3, 31.7, 0.21]).tolist()
    kept = some(6)
    kept[0] = replace(kept[0], hands=random.normal(size=(2, 21, 3)).astype(np.float32))
    kept[1] = replace(
        kept[1], hands=np.empty((0, 21, 3), np.float32), picture=Picture(640, 480, light, contrast, sharpness)
    )
    kept[2] = replace(kept[2], pose=random.normal(size=(33, 4)).astype(np.float32), hands_time=0.1, pose_time=1 / 3)
    kept[3] = replace(kept[3], hands=random.normal(size=(1, 21, 3)).astype(np.float32))
    read = list(read_frames(record(tmp_path / "a.coach", kept)))
    assert all(same(a, b) for a, b in zip(kept, read, strict=True))


def test_what_else_a_judgement_depends_on_is_kept(tmp_path: Path) -> None:
    calibration = Calibration({"mouth_width": 0.6}, {SMILE.id: {"smile_left": 0.3}})
    with Recorder(tmp_path / "a.coach") as recorder:
        recorder.begin_set(SMILE, "x", calibration=calibration, gentle=True)
    (kept,) = read_sets(tmp_path / "a.coach")
    assert (kept.calibration, kept.gentle) == (calibration, True)


def older(path: Path, version: int) -> Path:
    """Make a recording one of a former format, in which frames were not packed."""
    with closing(sqlite3.connect(path)) as db:
        for number, frame in enumerate(list(read_frames(path)), 1):
            seen = None
            if frame.landmarks is not None:
                parts = (frame.landmarks, frame.blendshapes, frame.head)
                seen = np.concatenate([np.ravel(part) for part in parts]).astype("<f4").tobytes()
            db.execute("UPDATE frames SET seen = ?, beside = ? WHERE number = ?", (seen, unpacked(frame), number))
        dropped = ["frames.since", "frames.hands_time", "frames.pose_time", "frames.picture"]
        dropped += ["frames.beside", "sets.settings"] if version < 2 else []
        for column in dropped:
            db.execute("ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
        if version < 3:
            db.execute("DROP TABLE notes")
        db.execute("DELETE FROM about WHERE key = 'person'")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
    return path


def unpacked(frame: Frame) -> bytes | None:
    """Hands, pose and picture as a former format had them."""
    if frame.hands is None and frame.pose is None and frame.picture is None:
        return None
    head = [-1 if frame.hands is None else len(frame.hands), frame.pose is not None, frame.picture is not None]
    parts = [part.ravel() for part in (frame.hands, frame.pose) if part is not None]
    picture = [] if frame.picture is None else list(astuple(frame.picture))[:5]
    return np.concatenate([head, *parts, picture]).astype("<f4").tobytes()


def test_for_how_long_the_picture_stood_still_is_kept(tmp_path: Path) -> None:
    kept = [replace(frame, picture=Picture(640, 480, 1.5, 2.5, 0.5, max(0.0, (i - 9) / 32))) for i, frame in
            enumerate(some(40))]  # fmt: skip
    path = record(tmp_path / "a.coach", kept)
    assert all(same(a, b) for a, b in zip(kept, read_frames(path), strict=True))
    assert [frame.picture.still_s for frame in read_frames(path) if frame.picture is not None][-1] == 30 / 32


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_recording_of_a_former_format_is_still_read(tmp_path: Path, version: int) -> None:
    kept = some(40)
    if version > 1:
        kept[1] = replace(kept[1], hands=np.ones((2, 21, 3), np.float32), picture=Picture(640, 480, 1.5, 2.5, 0.5))
    path = older(record(tmp_path / "a.coach", kept), version)
    assert all(same(a, b) for a, b in zip(kept, read_frames(path), strict=True))
    assert [(s.exercise, s.calibration, s.gentle) for s in read_sets(path)] == [(SMILE, None, False)]
    assert read_notes(path, 0) == []
    assert read_pictures(path, 0) == [None] * 40
    with FrameReader(path) as reader:
        assert all(same(reader.frame(number), kept[number - 1]) for number in (40, 1, 2, 17))


def test_frames_come_back_bit_for_bit_those_without_a_face_too(tmp_path: Path) -> None:
    first, second = some(40), some(9, start=2.0)
    path = record(tmp_path / "new" / "a.coach", first, second)
    assert is_recording(path)
    for asked, kept in ((None, first + second), (0, first), (1, second), (7, [])):
        read = list(read_frames(path, asked))
        assert len(read) == len(kept)
        assert all(same(a, b) for a, b in zip(read, kept, strict=True))


def test_numbers_come_back_whatever_they_are(tmp_path: Path) -> None:
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3.4e38, -3.4e38, 1.0], np.float32)
    random = np.random.default_rng(3)
    kept = []
    for i in range(70):
        points, shapes, head = (random.choice(odd, size) for size in ((478, 3), 52, (4, 4)))
        hands = random.choice(odd, (i % 4, 21, 3)) if i % 5 else None
        kept.append(Frame(float(i), points, shapes, head, hands) if i % 7 else Frame(float(i), hands=hands))
    path = record(tmp_path / "a.coach", kept)
    assert all(same(a, b) for a, b in zip(kept, read_frames(path), strict=True))


def test_a_face_that_moves_like_one_takes_two_thirds_of_its_numbers(tmp_path: Path) -> None:
    kept = list(frames(perform(SMILE, "clean"), noise=0.002))
    path = record(tmp_path / "a.coach", kept)
    empty = record(tmp_path / "b.coach", kept[:1]).stat().st_size
    assert (path.stat().st_size - empty) / len(kept) < 6008 * 0.7


def test_frames_are_read_in_any_order(tmp_path: Path) -> None:
    first, second = some(75), some(40, start=9.0)
    with FrameReader(record(tmp_path / "a.coach", first, second)) as reader:
        numbers = reader.numbers()
        assert {key: len(of_set) for key, of_set in numbers.items()} == {0: 75, 1: 40}
        known = {n: f for key, kept in ((0, first), (1, second)) for n, f in zip(numbers[key], kept, strict=True)}
        asked = [*np.random.default_rng(0).permutation(list(known)).tolist(), *range(28, 66), 30, 31, 31, 30]
        assert all(same(reader.frame(number), known[number]) for number in asked)
        for number in (0, -5, 116, 10**12):
            with pytest.raises(BadInput, match="cannot be found"):
                reader.frame(number)
        assert same(reader.frame(40), known[40])


def test_the_example_for_other_programs_reads_every_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, read = [*some(70), *some(40, start=9.0)], []
    record(tmp_path / "session.coach", kept[:70], kept[70:])
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "recording-format.md").read_text(encoding="utf-8")
    example = text.partition("```python")[2].partition("```")[0]
    exec(example + "\n    read.append((time, landmarks, blendshapes, head))", {"read": read})
    faces = [frame for frame in kept if frame.landmarks is not None]
    for frame, (time, landmarks, blendshapes, head) in zip(faces, read, strict=True):
        assert frame.time == time
        for one, other in ((frame.landmarks, landmarks), (frame.blendshapes, blendshapes), (frame.head, head)):
            assert one is not None
            assert one.tobytes() == other.tobytes()


def test_no_frame_is_made_of_one_that_is_missing(tmp_path: Path) -> None:
    path = record(tmp_path / "a.coach", some(60))
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM frames WHERE number = 10")
        db.commit()
    with pytest.raises(BadInput, match="missing"):
        list(read_frames(path))
    with FrameReader(path) as reader:
        with pytest.raises(BadInput, match="missing"):
            reader.frame(12)
        assert same(reader.frame(31), some(60)[30])


def test_a_recording_says_who_exercised_where_that_is_known(tmp_path: Path) -> None:
    for person in ("ann", ""):
        path = tmp_path / f"{person}.coach"
        with Recorder(path, person):
            pass
        assert read_about(path).get("person", "") == person


def test_a_frame_knows_which_picture_of_the_video_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        for i, picture in enumerate([0, 1, None, 2]):
            recorder.add(Frame(float(i)), picture)
    assert read_pictures(path, 0) == [0, 1, None, 2]


def test_the_sets_come_back_with_their_exercise_as_it_was(tmp_path: Path) -> None:
    sets = read_sets(record(tmp_path / "a.coach", some(2), some(2)))
    assert [(s.number, s.label, s.exercise, s.performed) for s in sets] == [
        (0, "set 0", SMILE, None),
        (1, "set 1", PUCKER, {"reps": 1}),
    ]


def test_judging_a_recording_is_judging_what_was_recorded(tmp_path: Path) -> None:
    performed = list(frames(perform(SMILE, "clean", "one-sided", "partial"), fps=15))
    performed[20] = Frame(performed[20].time)
    path = record(tmp_path / "a.coach", performed)
    (live,) = score(performed, [Score(SMILE)])
    (again,) = score(read_frames(path), [Score(SMILE)])
    assert again.result("x") == live.result("x")
    assert live.result("x")["reps"] == 2


def test_images_are_never_recorded(tmp_path: Path) -> None:
    image = np.full((480, 640, 3), 77, np.uint8)
    path = record(tmp_path / "a.coach", [Frame(i / 30, image=image) for i in range(30)])
    assert path.stat().st_size < image.nbytes / 3
    assert all(frame.image is None for frame in read_frames(path))


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of Unix")
def test_nobody_else_may_read_a_recording(tmp_path: Path) -> None:
    path = record(tmp_path / "a.coach", some(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_recording_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    path.write_text("precious")
    with pytest.raises(BadInput, match="cannot write a recording there"):
        Recorder(path)
    assert path.read_text() == "precious"


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="choose another folder"):
        Recorder(tmp_path / "file" / "a.coach")


# --- programs that are killed -----------------------------------------------------------------------------

_KILLED = """
import os, sys
from pathlib import Path
import numpy as np
from coach.form.exercise import find_exercise
from coach.form.session import Session
from coach.form.calibration import Calibration
from coach.form.correction import SAID_ONE
from coach.frame import Frame, Picture
from coach.records.recording import Recorder

recorder = Recorder(Path(sys.argv[1]))
recorder.begin_set(find_exercise("pucker"), "live")
if sys.argv[2]:
    recorder._db.execute(sys.argv[2])
for i in range(100):
    points = np.full((478, 3), i, np.float32)
    recorder.add(Frame(i / 30, points, np.zeros(52, np.float32), np.eye(4, dtype=np.float32)))
os._exit(9)
"""


@pytest.mark.parametrize(
    "pragma",
    # With almost no cache SQLite writes into the file before the commit: as when it is killed in the middle of one.
    ["", "PRAGMA cache_size = 2"],
    ids=["between commits", "in a commit"],
)
def test_a_program_killed_while_it_records_loses_at_most_a_second(tmp_path: Path, pragma: str) -> None:
    path = tmp_path / "a.coach"
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path), pragma], cwd=Path(__file__).parents[2])
    assert done.returncode == 9
    if pragma:
        assert Path(f"{path}-journal").stat().st_size > 0
    times = [frame.time for frame in read_frames(path)]
    assert times == [i / 30 for i in range(len(times))]
    assert 99 / 30 - times[-1] <= 1.0
    assert [s.exercise.id for s in read_sets(path)] == ["pucker"]


# --- files that cannot be used ----------------------------------------------------------------------------


def foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE frames (x)")
    db.commit()
    db.close()


def changed(sql: str, *values: object) -> object:
    def make(path: Path) -> None:
        record(path, some(6))
        db = sqlite3.connect(path)
        db.execute(sql, values)
        db.commit()
        db.close()

    return make


def bomb(size: int) -> bytes:
    """Little that becomes much."""
    return zlib.compress(bytes(size))


def shortened(part: float) -> object:
    def make(path: Path) -> None:
        content = record(path, some(60)).read_bytes()
        path.write_bytes(content[: int(len(content) * part)])

    return make


def read(path: Path) -> None:
    """Everything there is in a recording."""
    read_about(path)
    for kept in read_sets(path):
        read_notes(path, kept.number)
    list(read_frames(path))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.write_bytes(b""), "not a recording"),
        (lambda path: path.write_bytes(np.random.default_rng(0).bytes(9000)), "not a recording"),
        (lambda path: path.write_text("hello"), "not a recording"),
        (foreign, "not a recording"),
        (changed(f"PRAGMA user_version = {VERSION + 1}"), "a newer version"),
        (shortened(0.0005), "damaged"),
        (shortened(0.01), "damaged"),
        (shortened(0.5), "damaged"),
        (shortened(0.95), "damaged"),
        (changed("DROP TABLE frames"), "damaged"),
        (changed("UPDATE frames SET seen = ? WHERE number = 3", b"short"), "damaged"),
        (changed("UPDATE frames SET seen = ? WHERE number = 3", "text"), "damaged"),
        (changed("UPDATE frames SET seen = ? WHERE number = 3", bytes(3004) + bomb(50_000_000)), "wrong size"),
        (changed("UPDATE frames SET beside = ? WHERE number = 3", bomb(50_000_000)), "wrong size"),
        (changed("UPDATE frames SET since = 'noon' WHERE number = 3"), "damaged"),
        (changed("UPDATE frames SET since = 7 WHERE number = 3"), "missing"),
        (changed("UPDATE frames SET hands_time = 9e999 WHERE number = 3"), "damaged"),
        (changed("UPDATE frames SET time = 'noon' WHERE number = 3"), "damaged"),
        (changed("UPDATE frames SET time = 0 WHERE number = 3"), "do not rise"),
        (changed("UPDATE frames SET time = 1e9 WHERE number = 6"), "do not rise"),
        (changed("UPDATE sets SET exercise = '{'"), "damaged"),
        (changed("UPDATE sets SET exercise = json_set(exercise, '$.reps', 1000000000000)"), "damaged.*reps: must be"),
        (changed("UPDATE sets SET exercise = json_set(exercise, '$.name', char(27))"), "damaged.*name: must be plain"),
        (changed("UPDATE sets SET label = char(27)"), "damaged"),
        (changed("UPDATE sets SET label = x'00'"), "damaged"),
        (changed("UPDATE sets SET performed = ?", "[" * 500 + "]" * 500), "damaged"),
        (changed("UPDATE sets SET settings = '{\"goal\": 1000000000000}'"), "damaged"),
        (changed("INSERT INTO notes VALUES (0, 9e999, 'one', 1)"), "damaged"),
        (changed("INSERT INTO notes VALUES (0, 1.0, 'two', 1)"), "damaged"),
        (changed("INSERT INTO about VALUES ('person', char(10))"), "damaged"),
        (changed("UPDATE sets SET exercise = '{\"name\": 1}'"), "damaged"),
        (changed("UPDATE sets SET performed = 'x'"), "damaged"),
        (changed("UPDATE sets SET settings = '[]'"), "damaged"),
        (changed('UPDATE sets SET settings = \'{"calibration": {"neutral": {"nos": 1}, "ranges": {}}}\''), "damaged"),
        (changed("UPDATE frames SET beside = ? WHERE number = 3", b"\x00\x00\x80?" * 3), "damaged"),
        (changed("UPDATE sets SET exercise = replace(exercise, 'corner_out_left', 'corner_out_lft')"), "did you mean"),
    ],
)
def test_what_is_no_good_recording_is_refused_in_one_line(tmp_path: Path, make: object, says: str) -> None:
    path = tmp_path / "a.coach"
    make(path)  # type: ignore[operator]
    with pytest.raises(BadInput, match=says) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_status == 2


def test_what_the_person_said_is_kept_and_replayed(tmp_path: Path) -> None:
    exercise = find_exercise("wide-smile")
    session = Session(exercise)
    path = tmp_path / "said.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(exercise, "test")
        for frame in frames(perform(exercise, "clean", "partial", "clean")):
            recorder.add(frame)
            session.step(frame)
            if len(session.attempts) == 2 and session.reps == 1:
                assert session.correct(True, frame.time)
                recorder.note(frame.time, "one", 2)
    assert session.reps == 3
    assert [a.reason for a in session.attempts] == ["", SAID_ONE, ""]
    again = Session(exercise)
    for frame in read_frames(path, 0):
        again.step(frame)
    assert again.reps == 2
    for time, kind, known in read_notes(path, 0):
        again.correct(kind == "one", time, known)
    assert [(a.counted, a.reason) for a in again.attempts] == [(a.counted, a.reason) for a in session.attempts]


def test_a_recording_without_notes_has_none(tmp_path: Path) -> None:
    path = tmp_path / "old.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(find_exercise("wide-smile"), "test")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 2")
        db.execute("DROP TABLE notes")
        db.commit()
    assert read_notes(path, 0) == []


# --- trouble while it records -----------------------------------------------------------------------------

_RECORDS = """
import sys, time
from pathlib import Path
import numpy as np
from coach.form.exercise import find_exercise
from coach.frame import Frame
from coach.records.recording import Recorder

recorder = Recorder(Path(sys.argv[1]))
recorder.begin_set(find_exercise("pucker"), "live")
points = np.random.default_rng(0).normal(size=(478, 3)).astype(np.float32)
begun, number = time.monotonic(), 0
while True:
    # A camera that is in real time, or one whose time nearly stands still.
    now = time.monotonic() - begun
    time_s = number * 1e-6 if sys.argv[2] == "still" else now
    recorder.add(Frame(time_s, points, points[:52, 0], points[:4, [0, 1, 2, 0]]))
    number += 1
    print(number, now, flush=True)
    time.sleep(1 / 60)
"""


def killed(path: Path, after_s: float, camera: str) -> tuple[int, int, list[float]]:
    """Record in a child that is killed after so many seconds; frames recorded, frames kept, clock time of each."""
    child = subprocess.Popen(
        [sys.executable, "-c", _RECORDS, str(path), camera], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    clock.sleep(after_s)
    child.kill()
    told = (first + child.communicate()[0]).rpartition("\n")[0].splitlines()
    times = [float(line.split()[1]) for line in told]
    assert [kept.exercise.id for kept in read_sets(path)] == ["pucker"]
    return len(times), sum(1 for _ in read_frames(path)), times


def kill_often(folder: Path, often: int, seed: int, longest_s: float) -> float:
    """The most seconds of the clock that were lost with a program that was killed at random moments."""
    random, most = np.random.default_rng(seed), 0.0
    for n in range(often):
        camera = "still" if n % 2 else "live"
        recorded, kept, times = killed(folder / f"{n}.coach", random.uniform(0.0, longest_s), camera)
        # Between the commit and the line that told of the frame it may be killed, too.
        assert 0 < kept <= recorded + 1
        most = max(most, times[-1] - times[min(kept, recorded) - 1])
    return most


def test_a_program_killed_at_any_moment_loses_at_most_the_last_second(tmp_path: Path) -> None:
    assert kill_often(tmp_path, 5, seed=1, longest_s=1.6) <= 1.1


@pytest.mark.slow
def test_a_program_killed_at_fifty_moments_loses_at_most_the_last_second(tmp_path: Path) -> None:
    most = kill_often(tmp_path, 50, seed=2, longest_s=3.5)
    print(f"at most {most:.2f} s were lost")
    assert most <= 1.1


def full(recorder: Recorder, pages: int = 14) -> None:
    """As when the disk is full."""
    recorder._db.execute(f"PRAGMA max_page_count = {pages}")


def add_all(recorder: Recorder, some_frames: list[Frame]) -> None:
    for frame in some_frames:
        recorder.add(frame)


def test_a_full_disk_ends_the_recording_in_one_sentence_and_what_is_in_it_stays(tmp_path: Path) -> None:
    path, kept = tmp_path / "a.coach", some(200)
    recorder = Recorder(path)
    recorder.begin_set(SMILE, "x")
    full(recorder)
    with pytest.raises(BadInput, match="full") as caught:
        add_all(recorder, kept)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    recorder.close()
    again = list(read_frames(path))
    assert len(again) > 20
    assert all(same(a, b) for a, b in zip(kept, again, strict=False))


def judged_workout(path: Path, trouble: Callable[[WorkoutScore], object]) -> WorkoutScore:
    """A set of two repetitions, with something that goes wrong after half of it."""
    workout = Workout([(SMILE, 2)])
    judged = WorkoutScore(workout, "x", path)
    performed = list(frames(perform(SMILE, "clean", "clean"), fps=15))
    for number, frame in enumerate(performed):
        if number == len(performed) // 2:
            trouble(judged)
        judged(frame, workout.step(frame))
    judged.note("pain", 2)
    return judged


def lose_the_file(judged: WorkoutScore) -> None:
    assert judged._recorder is not None
    judged._recorder._db.execute("PRAGMA query_only = ON")


def lock(judged: WorkoutScore) -> None:
    assert judged._recorder is not None
    assert judged.recording is not None
    judged._recorder._db.commit()
    judged._recorder._db.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(judged.recording)
    other.execute("BEGIN EXCLUSIVE")
    LOCKS.append(other)


#: Kept open until the test is over.
LOCKS: list[sqlite3.Connection] = []


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (lambda judged: full(judged._recorder, 1), "full"),
        (lose_the_file, "readonly"),
        (lock, "locked"),
        (lambda judged: setattr(judged._recorder, "_last", 1e9), "the clock went back"),
    ],
    ids=["full", "read-only", "locked", "clock"],
)
def test_a_set_goes_on_when_it_cannot_be_recorded_any_more(
    tmp_path: Path, trouble: Callable[[WorkoutScore], object], says: str
) -> None:
    whole = judged_workout(tmp_path / "whole.coach", lambda judged: None)
    assert (whole.close(), whole.trouble, whole.results()[0]["reps"]) == (True, "", 2)
    judged = judged_workout(tmp_path / "a.coach", trouble)
    while LOCKS:
        LOCKS.pop().close()
    assert judged.close()
    assert says in judged.trouble
    assert "\n" not in judged.trouble
    assert judged.results() == whole.results()
    kept, all_frames = (list(read_frames(tmp_path / name)) for name in ("a.coach", "whole.coach"))
    assert 0 < len(kept) < len(all_frames)
    assert all(same(a, b) for a, b in zip(kept, all_frames, strict=False))


def test_a_clock_that_goes_back_ends_the_recording_and_does_not_spoil_it(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        recorder.add(Frame(1.0))
        for time in (1.0, 0.5, float("nan")):
            with pytest.raises(BadInput, match="the clock went back"):
                recorder.add(Frame(time))
        recorder.add(Frame(2.0))
    assert [frame.time for frame in read_frames(path)] == [1.0, 2.0]


# --- files that somebody meddled with ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "statements",
    [
        "ALTER TABLE frames RENAME TO f; CREATE VIEW frames AS SELECT * FROM f",
        "CREATE TRIGGER t AFTER INSERT ON frames BEGIN SELECT load_extension('x'); END",
        "DROP TABLE sets; CREATE VIRTUAL TABLE sets USING fts4(number, label, exercise, performed, settings)",
        """DROP TABLE notes; CREATE VIEW notes AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)
           SELECT 0 AS set_number, 0 AS time, '' AS kind, 0 AS attempts, i AS rowid FROM n""",
        """DROP TABLE about; CREATE TABLE about (key, value AS (replace(hex(zeroblob(9999)), '0', 'a') LIKE
           '%a%a%a%a%a%a%a%a%a%b'))""",
    ],
    ids=["view", "trigger", "virtual table", "endless", "computed"],
)
def test_nothing_in_a_file_is_run_when_it_is_read(tmp_path: Path, statements: str) -> None:
    path = record(tmp_path / "a.coach", some(3))
    with closing(sqlite3.connect(path)) as db:
        db.executescript(statements)
    for reading in (read, read_about, lambda path: read_notes(path, 0)):
        with pytest.raises(BadInput, match="damaged"):
            reading(path)


def endless(path: Path) -> Path:
    """A recording whose notes are a tree of pages, each of which leads often to the next one."""
    record(path, some(3))
    with closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        note = "x" * (size // 3)  # few on a page
        db.executemany("INSERT INTO notes VALUES (?, 0, ?, 0)", [(n, note) for n in range(100)])
        db.commit()
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'notes'").fetchone()
    content = bytearray(path.read_bytes())
    page = content[(root - 1) * size : root * size]
    assert page[0] == 5  # the inside of a tree: 12 bytes of head, then where each child stands
    children = [struct.unpack_from(">I", page, *struct.unpack_from(">H", page, 12 + 2 * n))[0] for n in range(19)]
    for at, to in pairwise([root, *children]):
        cell = struct.pack(">IB", to, 1)
        inside = struct.pack(">BHHHBI", 5, 0, 50, size - len(cell), 0, to) + 50 * struct.pack(">H", size - len(cell))
        content[(at - 1) * size : at * size] = inside.ljust(size - len(cell), b"\0") + cell
    path.write_bytes(content)
    return path


def test_a_small_file_of_endless_rows_is_refused(tmp_path: Path) -> None:
    path = endless(tmp_path / "a.coach")
    assert path.stat().st_size < 4_000_000
    with pytest.raises(BadInput, match=r"damaged \(interrupted\)"):
        read_notes(path, -1)


def test_a_value_of_absurd_size_is_refused_and_not_loaded(tmp_path: Path) -> None:
    path = record(tmp_path / "a.coach", some(3))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE frames SET seen = zeroblob(30000000) WHERE number = 2")
        db.commit()
    with pytest.raises(BadInput, match="too big"):
        read(path)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1e30])
def test_numbers_that_are_none_are_refused(tmp_path: Path, value: float) -> None:
    path = record(tmp_path / "a.coach", some(3))
    with closing(sqlite3.connect(path)) as db:
        spoilt = np.full((8, 1), value, "<f4").view("u1").T.tobytes()
        db.execute("UPDATE frames SET beside = ? WHERE number = 2", (zlib.compress(spoilt),))
        db.commit()
    with pytest.raises(BadInput, match="damaged"):
        read(path)


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """A file with bits turned, pieces overwritten, moved, cut out or cut off."""
    data = bytearray(content)
    # Most of a file is landmarks: half of the harm is done where its structure is.
    places = [0, 100, *(32768 * page for page in range(len(data) // 32768))]
    for _ in range(random.integers(1, 6)):
        if not data:
            break
        near = int(random.choice(places)) + int(random.integers(0, 120)) if random.random() < 0.5 else 1 << 40
        at = near if near < len(data) else int(random.integers(0, len(data)))
        length = int(random.integers(1, 400))
        match random.integers(0, 6):
            case 0:
                data[at] ^= 1 << int(random.integers(0, 8))
            case 1:
                data[at : at + length] = random.bytes(len(data[at : at + length]))
            case 2:
                data[at : at + length] = b"\xff" * len(data[at : at + length])
            case 3:
                to = int(random.integers(0, len(data)))
                data[at : at + length] = data[to : to + len(data[at : at + length])]
            case 4:
                del data[at : at + length]
            case _:
                del data[at:]
    return bytes(data)


def fuzz(folder: Path, seeds: range) -> dict[str, int]:
    """Read many spoilt files: each is read or refused in one line, soon."""
    good = record(folder / "good.coach", some(12), some(6, start=5.0))
    with closing(sqlite3.connect(good)) as db:
        db.execute("INSERT INTO notes VALUES (0, 0.1, 'one', 1)")
        db.commit()
    content, path, told = good.read_bytes(), folder / "a.coach", {"read": 0, "refused": 0}
    for seed in seeds:
        path.write_bytes(mutated(content, np.random.default_rng(seed)))
        begun, said = clock.monotonic(), ""
        try:
            for kept in read_sets(path):
                read_notes(path, kept.number)
            list(read_frames(path))
        except BadInput as error:
            said = str(error)
        told["refused" if said else "read"] += 1
        assert "\n" not in said, seed
        assert clock.monotonic() - begun < 5.0, seed
    return told


def test_a_hundred_spoilt_files_are_read_or_refused(tmp_path: Path) -> None:
    told = fuzz(tmp_path, range(100))
    assert told["refused"] > 30


@pytest.mark.slow
def test_a_thousand_spoilt_files_are_read_or_refused(tmp_path: Path) -> None:
    told = fuzz(tmp_path, range(100, 1100))
    print(told)
    assert told["refused"] > 300
