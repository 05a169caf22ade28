"""A session as a file: what was seen, and what was asked for, so that it can be judged again.

One SQLite file for each session (application id "FACE"). Landmarks, blendshapes and head matrix are kept as they
came, in float32; images never are. Written frames are committed once a second, so that a program that is killed
loses at most that. `docs/recording-format.md` says it for other programs.

    about(key, value)                             format, program version, when it was begun
    sets(number, label, exercise, performed, settings)
                                                  the exercise in full as JSON; the performer's truth or NULL; as JSON
                                                  what else the judgement depends on: gentle, and the calibration
    frames(number, set_number, time, seen, beside)
                                                  seconds; seen is 478*3 + 52 + 16 float32, NULL without a face;
                                                  beside is float32: number of hands (-1: not looked for), 1 with a
                                                  pose, 1 with a picture, then hands*21*3, 33*4, 5 (width, height,
                                                  light, contrast, sharpness); NULL where nothing of it is known

    notes(set_number, time, kind, attempts)       what the person said, see `Recorder.note`

Version 1 had no `beside` and no `settings`, version 2 no `notes`.
"""

import math
import sqlite3
import time as clock
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np

from coach import __version__
from coach.errors import BadInput
from coach.form.calibration import Calibration
from coach.form.exercise import Exercise, checked
from coach.form.measures import INDEX
from coach.frame import LANDMARKS, Frame, Picture

#: "FACE" in ASCII, in SQLite's application id; and the version of the tables.
APPLICATION_ID, VERSION = 0x46414345, 3
#: Seconds of frames that may be lost when the program is killed, by the frames' own time and by the clock.
COMMIT_S = 1.0
#: A stranger's file says itself how large it is. No value of ours is longer than this, bytes; no recording has more
#: sets or notes than this.
_LONGEST, _MOST = 1_000_000, 10_000

_SHAPES = 52
_FLOATS = LANDMARKS * 3 + _SHAPES + 16

_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sets (number INTEGER PRIMARY KEY, label TEXT NOT NULL, exercise TEXT NOT NULL, performed TEXT,
                   settings TEXT NOT NULL);
CREATE TABLE frames (number INTEGER PRIMARY KEY, set_number INTEGER NOT NULL REFERENCES sets, time REAL NOT NULL,
                     seen BLOB, beside BLOB);
CREATE TABLE notes (set_number INTEGER NOT NULL REFERENCES sets, time REAL NOT NULL, kind TEXT NOT NULL,
                    attempts INTEGER NOT NULL);
"""


class _Settings(msgspec.Struct, frozen=True):
    gentle: bool = False
    calibration: Calibration | None = None
    goal: int | None = None


class Recorder:
    """Writes a recording. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """path: a file that does not exist yet. Raises BadInput when it cannot be made."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            # Written by the thread that tracks, opened and closed by the main one; never by both at once.
            self._db = sqlite3.connect(path, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise BadInput(f"{path}: cannot write a recording there ({error}); choose another folder") from None
        self._path = path
        self._set = -1
        self._last = self._committed = -math.inf
        self._committed_at = clock.monotonic()
        with self._writing():
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")
            self._db.executescript(_TABLES)
            begun = datetime.now(UTC).isoformat(timespec="seconds")
            self._db.executemany("INSERT INTO about VALUES (?, ?)", [("program", __version__), ("begun", begun)])
            self._db.commit()

    def begin_set(
        self,
        exercise: Exercise,
        label: str,
        performed: Any = None,
        calibration: Calibration | None = None,
        gentle: bool = False,
        goal: int | None = None,
    ) -> None:
        """From here on, frames belong to a new set of this exercise. performed: the performer's truth, if one did.
        calibration, gentle, goal: as the `Session` took them. Raises BadInput when the file cannot be written any more.
        """
        self._set += 1
        truth = None if performed is None else msgspec.json.encode(performed).decode()
        settings = msgspec.json.encode(_Settings(gentle, calibration, goal)).decode()
        row = (self._set, label, msgspec.json.encode(exercise).decode(), truth, settings)
        self._last = -math.inf
        with self._writing():
            self._db.execute("INSERT INTO sets VALUES (?, ?, ?, ?, ?)", row)
            self._commit()

    def add(self, frame: Frame) -> None:
        """Write one frame. Raises BadInput when the file cannot be written any more, or when its time is not later than
        that of the frame of the set before it: nobody could read the file from there on."""
        if not frame.time > self._last:
            raise BadInput(f"{self._path}: the clock went back, so the recording ends here; what is in it can be read")
        seen = None
        if frame.landmarks is not None and frame.blendshapes is not None and frame.head is not None:
            parts = (frame.landmarks, frame.blendshapes, frame.head)
            seen = np.concatenate([np.asarray(p, np.float32).ravel() for p in parts]).astype("<f4").tobytes()
        row = (self._set, frame.time, seen, _packed(frame))
        with self._writing():
            self._db.execute("INSERT INTO frames (set_number, time, seen, beside) VALUES (?, ?, ?, ?)", row)
            self._last = frame.time
            # A slow source gives few seconds of frames in many of the clock, a quick one many in few.
            if frame.time - self._committed >= COMMIT_S or clock.monotonic() - self._committed_at >= COMMIT_S:
                self._commit()

    def note(self, time: float, kind: str, attempts: int) -> None:
        """Write what the person said at a time of the running set: "one", "not-one", "pain" or "relearn".

        attempts: how many of the set were known then, so that a replay corrects the same one. Raises BadInput.
        """
        with self._writing():
            self._db.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", (self._set, time, kind, attempts))
            self._commit()

    def close(self) -> None:
        """Commit what is left, and let go of the file. Raises BadInput when that cannot be written."""
        try:
            with self._writing():
                self._db.commit()
        finally:
            self._db.close()

    def _commit(self) -> None:
        self._db.commit()
        self._committed, self._committed_at = self._last, clock.monotonic()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turns a disk that is full, a folder that may not be written, a locked file into one sentence. What came
        before is kept as far as there is room for it."""
        try:
            yield
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.commit()
            with suppress(sqlite3.Error):
                self._db.rollback()
            said = f"the recording ends here ({error}); what is in it can be read. Make room, or choose another folder"
            raise BadInput(f"{self._path}: {said}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def new_file(folder: Path, name: str) -> Path:
    """A path in `folder` for a new recording, named after the moment."""
    return folder / f"{name}-{datetime.now():%Y-%m-%d-%H%M%S-%f}.coach"


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """One set of a recording: its exercise as it was then, what it was called, the performer's truth or None, and what
    else its judgement depends on."""

    number: int
    label: str
    exercise: Exercise
    performed: Any
    calibration: Calibration | None = None
    gentle: bool = False
    goal: int | None = None


def is_recording(path: Path) -> bool:
    """Whether a file says of itself that it is an SQLite database."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\x00"
    except OSError:
        return False


def read_sets(path: Path) -> list[RecordedSet]:
    """Return the sets of a recording. Raises BadInput when the file is none, or damaged."""
    with closing(_open(path)) as db, _reading(path):
        settings = "settings" if db.execute("PRAGMA user_version").fetchone()[0] >= 2 else "'{}'"
        columns = f"number, label, exercise, performed, {settings}"
        rows = db.execute(f"SELECT {columns} FROM sets ORDER BY number LIMIT {_MOST}")
        return [_set(path, *row) for row in rows.fetchall()]


def _set(path: Path, number: int, label: str, text: str, truth: str | None, settings: str) -> RecordedSet:
    exercise = _exercise(text, f"{path}: set {number}")
    kept = msgspec.json.decode(settings, type=_Settings)
    known = (
        {} if kept.calibration is None else {**kept.calibration.neutral, **kept.calibration.ranges.get(exercise.id, {})}
    )
    if unknown := [name for name in known if name not in INDEX]:
        raise ValueError(f"unknown measure '{unknown[0]}'")
    performed = truth and msgspec.json.decode(truth)
    return RecordedSet(number, label, exercise, performed, kept.calibration, kept.gentle, kept.goal)


def read_notes(path: Path, set_number: int) -> list[tuple[float, str, int]]:
    """Return (time, kind, attempts) of what the person said in one set, as `Recorder.note` took it. Raises BadInput."""
    with closing(_open(path)) as db, _reading(path):
        if db.execute("PRAGMA user_version").fetchone()[0] < 3:
            return []
        wanted = f"SELECT time, kind, attempts FROM notes WHERE set_number = ? ORDER BY rowid LIMIT {_MOST}"
        rows = db.execute(wanted, (set_number,))
        return [(float(time), str(kind), int(attempts)) for time, kind, attempts in rows.fetchall()]


def read_frames(path: Path, set_number: int | None = None) -> Iterator[Frame]:
    """Yield the frames of one set, or of all. Raises BadInput when the file is no recording, or damaged."""
    where, values = ("WHERE set_number = ?", (set_number,)) if set_number is not None else ("", ())
    with closing(_open(path)) as db, _reading(path):
        last = -math.inf
        beside = "beside" if db.execute("PRAGMA user_version").fetchone()[0] >= 2 else "NULL"
        for row in db.execute(f"SELECT time, seen, {beside} FROM frames {where} ORDER BY number", values):
            frame = _frame(*row)
            if not last < frame.time < math.inf:
                raise ValueError("the times of its frames do not rise")
            last = frame.time
            yield frame


def _exercise(text: str, where: str) -> Exercise:
    # A stranger's recording is checked like a stranger's exercise file.
    return checked(msgspec.json.decode(text, type=Exercise), where)


def _packed(frame: Frame) -> bytes | None:
    """Hands, pose and picture of a frame, as in the table above."""
    if frame.hands is None and frame.pose is None and frame.picture is None:
        return None
    head = (-1 if frame.hands is None else len(frame.hands), frame.pose is not None, frame.picture is not None)
    parts = [np.array(head, np.float32)]
    parts += [np.asarray(part, np.float32).ravel() for part in (frame.hands, frame.pose) if part is not None]
    if frame.picture is not None:
        parts.append(np.array(astuple(frame.picture), np.float32))
    return np.concatenate(parts).astype("<f4").tobytes()


def _unpacked(beside: bytes | None) -> dict[str, Any]:
    if beside is None:
        return {}
    values = np.frombuffer(beside, "<f4")
    count, posed, pictured = (int(v) for v in values[:3])
    sizes = np.cumsum([3, max(count, 0) * 63, 132 * (posed == 1), 5 * (pictured == 1)])
    if len(values) != sizes[-1] or not -1 <= count <= 8:
        raise ValueError("a frame of the wrong size")
    _, hands, pose, picture = np.split(values, sizes[:-1])
    found: dict[str, Any] = {} if count < 0 else {"hands": hands.reshape(count, 21, 3)}
    if posed:
        found["pose"] = pose.reshape(33, 4)
    if pictured:
        width, height, *rest = picture.tolist()
        found["picture"] = Picture(int(width), int(height), *rest)
    return found


def _frame(time: float, seen: bytes | None, beside: bytes | None) -> Frame:
    others = _unpacked(beside)
    if seen is None:
        return Frame(float(time), **others)
    values = np.frombuffer(seen, "<f4")
    if len(values) != _FLOATS:
        raise ValueError("a frame of the wrong size")
    points, shapes, head = np.split(values, [LANDMARKS * 3, LANDMARKS * 3 + _SHAPES])
    return Frame(float(time), points.reshape(LANDMARKS, 3), shapes, head.reshape(4, 4), **others)


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise BadInput(f"{path}: {'a folder' if path.is_dir() else 'no such file'}; check the path")
    if not is_recording(path):
        raise BadInput(f"{path}: not a recording of this program")
    # A journal was left by a program killed in the middle of a commit: SQLite must write to take that commit back.
    mode = "rw" if Path(f"{path}-journal").exists() else "ro"
    with _reading(path):
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True)
        try:
            _check(db, path)
        except BaseException:
            db.close()
            raise
        return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Raises BadInput for what is no recording that this program can read, ValueError for one that is not as ours are:
    nothing in the file is run, and nothing in it is believed to be small."""
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    db.execute("PRAGMA trusted_schema = OFF")
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise BadInput(f"{path}: not a recording of this program")
    if db.execute("PRAGMA user_version").fetchone()[0] > VERSION:
        raise BadInput(f"{path}: made by a newer version of this program; update to read it")
    # A view, a virtual table or a trigger would be a program of whoever made the file.
    others = "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    if other := db.execute(others).fetchone():
        raise ValueError(f"'{other[0]}' is nothing that a recording has")


class _reading:
    """Turns what a damaged file makes SQLite and the decoders say into one sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        known = sqlite3.Error | msgspec.MsgspecError | ValueError | TypeError | OverflowError | RecursionError
        if isinstance(error, known):
            raise BadInput(f"{self._path}: the recording is damaged ({error}); what is before it may be lost") from None
