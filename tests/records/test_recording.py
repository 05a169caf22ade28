"""A recording gives back the very frames that went in, and says in one line when it cannot."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
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
from coach.records.recording import VERSION, Recorder, is_recording, read_frames, read_notes, read_sets
from coach.score import Score, score

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
    names = ("landmarks", "blendshapes", "head", "hands", "pose")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    if one.picture != other.picture:
        return False
    return all(
        a is b is None or (a is not None and b is not None and a.dtype == b.dtype and np.array_equal(a, b))
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
    kept[2] = replace(kept[2], pose=random.normal(size=(33, 4)).astype(np.float32))
    kept[3] = replace(kept[3], hands=random.normal(size=(1, 21, 3)).astype(np.float32))
    read = list(read_frames(record(tmp_path / "a.coach", kept)))
    assert all(same(a, b) for a, b in zip(kept, read, strict=True))


def test_what_else_a_judgement_depends_on_is_kept(tmp_path: Path) -> None:
    calibration = Calibration({"mouth_width": 0.6}, {SMILE.id: {"smile_left": 0.3}})
    with Recorder(tmp_path / "a.coach") as recorder:
        recorder.begin_set(SMILE, "x", calibration=calibration, gentle=True)
    (kept,) = read_sets(tmp_path / "a.coach")
    assert (kept.calibration, kept.gentle) == (calibration, True)


def test_a_recording_of_the_first_format_is_still_read(tmp_path: Path) -> None:
    path = record(tmp_path / "a.coach", some(4))
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE frames DROP COLUMN beside")
        db.execute("ALTER TABLE sets DROP COLUMN settings")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    assert all(same(a, b) for a, b in zip(some(4), read_frames(path), strict=True))
    assert [(s.exercise, s.calibration, s.gentle) for s in read_sets(path)] == [(SMILE, None, False)]


def test_frames_come_back_bit_for_bit_those_without_a_face_too(tmp_path: Path) -> None:
    first, second = some(40), some(9, start=2.0)
    path = record(tmp_path / "new" / "a.coach", first, second)
    assert is_recording(path)
    for asked, kept in ((None, first + second), (0, first), (1, second), (7, [])):
        read = list(read_frames(path, asked))
        assert len(read) == len(kept)
        assert all(same(a, b) for a, b in zip(read, kept, strict=True))


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
    assert path.stat().st_size < image.nbytes / 10
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


def shortened(part: float) -> object:
    def make(path: Path) -> None:
        content = record(path, some(60)).read_bytes()
        path.write_bytes(content[: int(len(content) * part)])

    return make


def read(path: Path) -> None:
    """Everything there is in a recording."""
    read_sets(path)
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
        (changed("UPDATE frames SET time = 'noon' WHERE number = 3"), "damaged"),
        (changed("UPDATE frames SET time = 0 WHERE number = 3"), "do not rise"),
        (changed("UPDATE sets SET exercise = '{'"), "damaged"),
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
