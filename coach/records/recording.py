"""A session as a file: what was seen, and what was asked for, so that it can be judged again.

One SQLite file for each session (application id "FACE"). Landmarks, blendshapes and head matrix are kept as they
came, in float32, bit for bit; images never are in it. Written frames are committed once a second, so that a program
that is killed loses at most that. `docs/recording-format.md` says it for other programs.

    about(key, value)                             program version, when it was begun, who exercises
    sets(number, label, exercise, performed, settings)
                                                  the exercise in full as JSON; the performer's truth or NULL; as JSON
                                                  what else the judgement depends on: gentle, and the calibration
    frames(number, set_number, time, since, seen, beside, hands_time, pose_time, picture)
                                                  seconds; seen is 478*3 + 52 + 16 float32, NULL without a face;
                                                  beside is float32: number of hands (-1: not looked for), 1 with a
                                                  pose, 1 with a picture, then hands*21*3, 33*4, 5 (width, height,
                                                  light, contrast, sharpness); NULL where nothing of it is known.
                                                  Both are packed, see `_Chain`; since is the number of the frame from
                                                  which on all must be read to unpack this one. hands_time, pose_time
                                                  as in `Frame`. picture counts the pictures of the video beside the
                                                  recording, NULL where it has none
    notes(set_number, time, kind, attempts)       what the person said, see `Recorder.note`

Version 1 had no `beside` and no `settings`, version 2 no `notes`, version 3 no `since` (nothing was packed), none
of the columns after `beside`, and no person.
"""

import math
import sqlite3
import time as clock
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
import numpy.typing as npt

from coach import __version__
from coach.errors import BadInput
from coach.form.calibration import Calibration
from coach.form.exercise import MOST_REPS, Exercise, checked, converted
from coach.form.measures import INDEX
from coach.frame import LANDMARKS, Frame, Picture
from coach.reading import check_depth
from coach.records.database import check_plain, guard
from coach.records.folder import make_private

#: "FACE" in ASCII, in SQLite's application id; and the version of the tables.
APPLICATION_ID, VERSION = 0x46414345, 4
#: Seconds of frames that may be lost when the program is killed, by the frames' own time and by the clock.
COMMIT_S = 1.0
#: A stranger's file says itself how large it is. No recording has more sets, notes or frames than this; no time or
#: measure of one is larger; no label or name has more characters.
_MOST_SETS, _MOST, _MOST_FRAMES, _HIGHEST, _LABEL = 1_000, 10_000, 10_000_000, 1e7, 1_000
#: What the person may have said, see `Recorder.note`.
_KINDS = ("one", "not-one", "pain", "relearn")
#: One frame among so many is packed by itself, so that none needs more than these to be read.
_EVERY = 30

_SHAPES = 52
_FLOATS = LANDMARKS * 3 + _SHAPES + 16
#: Numbers of a picture that does not stand still; one more says for how long it has.
_PICTURE = 5
#: Bytes of `beside` at most: eight hands, a pose, a picture.
_BESIDE = 4 * (3 + 8 * 63 + 132 + _PICTURE + 1)

_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sets (number INTEGER PRIMARY KEY, label TEXT NOT NULL, exercise TEXT NOT NULL, performed TEXT,
                   settings TEXT NOT NULL);
CREATE TABLE frames (number INTEGER PRIMARY KEY, set_number INTEGER NOT NULL REFERENCES sets, time REAL NOT NULL,
                     since INTEGER NOT NULL, seen BLOB, beside BLOB, hands_time REAL, pose_time REAL, picture INTEGER);
CREATE TABLE notes (set_number INTEGER NOT NULL REFERENCES sets, time REAL NOT NULL, kind TEXT NOT NULL,
                    attempts INTEGER NOT NULL);
"""
_NAMES = ("about", "sets", "frames", "notes")


class _Settings(msgspec.Struct, frozen=True):
    gentle: bool = False
    calibration: Calibration | None = None
    goal: int | None = None


class Recorder:
    """Writes a recording. Use as a context manager."""

    def __init__(self, path: Path, person: str = "") -> None:
        """path: a file that does not exist yet. person: who exercises, empty where nobody said so. Raises BadInput when
        it cannot be made."""
        try:
            make_private(path.parent)
            path.touch(mode=0o600, exist_ok=False)
            # Written by the thread that tracks, opened and closed by the main one; never by both at once.
            self._db = sqlite3.connect(path, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise BadInput(f"{path}: cannot write a recording there ({error}); choose another folder") from None
        self._path = path
        self._set = -1
        self._number = 0
        self._chain = _Chain()
        self._last = self._committed = -math.inf
        self._committed_at = clock.monotonic()
        with self._writing():
            self._db.execute("PRAGMA page_size = 32768")  # frames of 3.6 kB leave little of these unused
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")
            self._db.executescript(_TABLES)
            begun = datetime.now().astimezone().isoformat(timespec="seconds")
            about = [("program", __version__), ("begun", begun), *([("person", person)] if person else [])]
            self._db.executemany("INSERT INTO about VALUES (?, ?)", about)
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
        self._chain = _Chain()
        with self._writing():
            self._db.execute("INSERT INTO sets VALUES (?, ?, ?, ?, ?)", row)
            self._commit()

    def add(self, frame: Frame, picture: int | None = None) -> None:
        """Write one frame. picture: which of the video's pictures shows it, counted from 0; None where none does.

        Raises BadInput when the file cannot be written any more, or when the frame's time is not later than that of the
        frame of the set before it: nobody could read the file from there on.
        """
        if not frame.time > self._last:
            raise BadInput(f"{self._path}: the clock went back, so the recording ends here; what is in it can be read")
        number = self._number + 1
        if number - self._chain.since >= _EVERY or self._chain.since == 0:
            self._chain = _Chain(number)
        seen, beside = self._chain.packed(frame)
        place = (number, self._set, frame.time, self._chain.since)
        row = (*place, seen, beside, frame.hands_time, frame.pose_time, picture)
        with self._writing():
            self._db.execute("INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            self._number, self._last = number, frame.time
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
            self._chain = _Chain()  # nothing may follow on what was not written
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
        settings = "settings" if _version(db) >= 2 else "'{}'"
        columns = f"number, label, exercise, performed, {settings}"
        rows = db.execute(f"SELECT {columns} FROM sets ORDER BY number LIMIT {_MOST_SETS}")
        return [_set(path, *row) for row in rows.fetchall()]


def _set(path: Path, number: int, label: str, text: str, truth: str | None, settings: str) -> RecordedSet:
    exercise = _exercise(text, f"{path}: damaged: set {number}")
    kept = msgspec.json.decode(settings, type=_Settings)
    if kept.calibration is not None:
        _check_measures(kept.calibration.neutral)
        _check_measures(kept.calibration.ranges.get(exercise.id, {}))
    if not (isinstance(number, int) and (kept.goal is None or 0 <= kept.goal <= MOST_REPS)):
        raise ValueError("a number that is none")
    _check_text(label)
    performed = truth and msgspec.json.decode(truth)
    check_depth(performed)
    return RecordedSet(number, label, exercise, performed, kept.calibration, kept.gentle, kept.goal)


def read_notes(path: Path, set_number: int) -> list[tuple[float, str, int]]:
    """Return (time, kind, attempts) of what the person said in one set, as `Recorder.note` took it. Raises BadInput."""
    with closing(_open(path)) as db, _reading(path):
        if _version(db) < 3:
            return []
        wanted = f"SELECT time, kind, attempts FROM notes WHERE set_number = ? ORDER BY rowid LIMIT {_MOST}"
        rows = db.execute(wanted, (set_number,))
        found = [(float(time), str(kind), int(attempts)) for time, kind, attempts in rows.fetchall()]
        if not all(kind in _KINDS and abs(time) <= _HIGHEST for time, kind, _ in found):
            raise ValueError("a note that is none")
        return found


def read_about(path: Path) -> dict[str, str]:
    """Return what a recording says of itself: "program", "begun" and, where it is known, "person". Raises BadInput."""
    with closing(_open(path)) as db, _reading(path):
        found = {str(key): str(value) for key, value in db.execute(f"SELECT key, value FROM about LIMIT {_MOST}")}
        for text in (*found, *found.values()):
            _check_text(text)
        return found


def read_frames(path: Path, set_number: int | None = None) -> Iterator[Frame]:
    """Yield the frames of one set, or of all. Raises BadInput when the file is no recording, or damaged."""
    where, values = ("WHERE set_number = ?", (set_number,)) if set_number is not None else ("", ())
    with closing(_open(path)) as db, _reading(path):
        last, chain = -math.inf, _Chain()
        for number, since, *row in db.execute(f"{_wanted(db)} {where} ORDER BY number", values):
            if since != chain.since:
                chain = _Chain(since)
            frame = chain.frame(number, *row)
            if not last < frame.time <= _HIGHEST:
                raise ValueError("the times of its frames do not rise")
            last = frame.time
            yield frame


def read_pictures(path: Path, set_number: int) -> list[int | None]:
    """Return for each frame of a set which picture of the video beside the recording shows it, counted from 0; None
    where none does. Raises BadInput."""
    with closing(_open(path)) as db, _reading(path):
        column = "picture" if _version(db) >= 4 else "NULL"
        wanted = f"SELECT {column} FROM frames WHERE set_number = ? ORDER BY number LIMIT {_MOST_FRAMES}"
        rows = db.execute(wanted, (set_number,))
        return [None if picture is None else int(picture) for (picture,) in rows]


class FrameReader:
    """The frames of a recording in any order. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Raises BadInput when the file is no recording, or damaged."""
        self._path = path
        self._db = _open(path)
        self._chain = _Chain()
        with _reading(path):
            self._query = f"{_wanted(self._db)} WHERE number BETWEEN ? AND ? ORDER BY number"
            packed = _version(self._db) >= 4
        self._since = f"SELECT {'since' if packed else '0'} FROM frames WHERE number = ?"

    def numbers(self) -> dict[int, list[int]]:
        """Return the numbers of the frames of each set, in their order. Raises BadInput."""
        found: dict[int, list[int]] = {}
        wanted = f"SELECT set_number, number FROM frames ORDER BY number LIMIT {_MOST_FRAMES}"
        with _reading(self._path):
            for set_number, number in self._db.execute(wanted):
                found.setdefault(set_number, []).append(int(number))
        return found

    def frame(self, number: int) -> Frame:
        """Return one frame. Raises BadInput where there is none of that number, and when the file is damaged."""
        with _reading(self._path):
            (since,) = self._db.execute(self._since, (number,)).fetchone() or (None,)
            if since is None or (since and not number - _EVERY < since <= number):
                raise ValueError(f"frame {number} cannot be found")
            # Whoever goes on from one frame to the next reads each once.
            if not since or self._chain.since != since or self._chain.last >= number:
                self._chain = _Chain(since)
            first = self._chain.last + 1 if since else number
            frame = None
            try:
                for at, other, *row in self._db.execute(self._query, (first, number)):
                    if other != since:
                        raise ValueError("a frame is missing")
                    frame = self._chain.frame(at, *row)
            except BaseException:
                self._chain = _Chain()
                raise
            if frame is None or self._chain.last != number:
                raise ValueError(f"frame {number} cannot be found")
            return frame

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _wanted(db: sqlite3.Connection) -> str:
    """What `_Chain.frame` takes of each frame, after the number from which on it is packed: of a version in which
    nothing was, 0."""
    version = _version(db)
    if version >= 4:
        return "SELECT number, since, time, seen, beside, hands_time, pose_time FROM frames"
    return f"SELECT number, 0, time, seen, {'beside' if version >= 2 else 'NULL'}, NULL, NULL FROM frames"


def _exercise(text: str, where: str) -> Exercise:
    # A stranger's recording is checked like a stranger's exercise file.
    data = msgspec.json.decode(text)
    check_depth(data)
    return checked(converted(data, where, Exercise), where)


def _check_measures(table: Mapping[str, float]) -> None:
    for name, value in table.items():
        if name not in INDEX:
            raise ValueError(f"unknown measure '{name}'")
        if not abs(value) <= _HIGHEST:
            raise ValueError(f"{name} cannot be {value}")


def _check_text(text: object) -> None:
    if not (isinstance(text, str) and len(text) <= _LABEL and text.isprintable()):
        raise ValueError("a name that is none")


# --- the bytes of a frame ---------------------------------------------------------------------------------

#: Floats, looked at as whole numbers.
_Bits = npt.NDArray[np.uint32]


class _Chain:
    """Frames one after the other, each kept as its change from the one before it.

    Numbers of a face change little from frame to frame, so of their four bytes the high ones are mostly 0 then. A
    change is taken between the bits of two floats as whole numbers (modulo 2^32), which loses nothing; its sign is put
    into the lowest bit. Of all changes first the lowest bytes are kept, then the next ones, and so on. Of `seen` the
    lower two of the four are noise and stay as they are, the rest is deflated; of `beside`, which often does not change
    at all, everything is. The first frame, and one of another length than that before it, is a change from zeros.

    since  number of the first frame, 0 where there is none (a version in which nothing was packed)
    last   number of the last one that was read
    """

    def __init__(self, since: int = 0) -> None:
        self.since, self.last = since, since - 1
        self._seen = self._beside = np.zeros(0, "<u4")

    def packed(self, frame: Frame) -> tuple[bytes | None, bytes | None]:
        """Return `seen` and `beside` of the next frame."""
        seen = beside = None
        if frame.landmarks is not None and frame.blendshapes is not None and frame.head is not None:
            now = _bits(frame.landmarks, frame.blendshapes, frame.head)
            planes = _planes(now, self._seen)
            seen, self._seen = planes[:2].tobytes() + _deflated(planes[2:]), now
        if frame.hands is not None or frame.pose is not None or frame.picture is not None:
            now = _beside(frame)
            beside, self._beside = _deflated(_planes(now, self._beside)), now
        return seen, beside

    def frame(
        self,
        number: int,
        time: float,
        seen: bytes | None,
        beside: bytes | None,
        hands_time: float | None = None,
        pose_time: float | None = None,
    ) -> Frame:
        """Return the next frame. Raises ValueError where it is none of ours, or not the next one."""
        if self.since and number != self.last + 1:
            raise ValueError("a frame is missing")
        self.last = number
        others: dict[str, Any] = {}
        if beside is not None:
            if self.since:
                self._beside = _changed(_inflated(beside, _BESIDE), self._beside)
            else:
                self._beside = np.frombuffer(beside, "<u4")
            others = _unpacked(self._beside.view("<f4"))
        others |= {"hands_time": _moment(hands_time), "pose_time": _moment(pose_time)}
        if seen is None:
            return Frame(float(time), **others)
        if self.since:
            self._seen = _changed(seen[: 2 * _FLOATS] + _inflated(seen[2 * _FLOATS :], 2 * _FLOATS), self._seen)
        else:
            self._seen = np.frombuffer(seen, "<u4")
        if len(self._seen) != _FLOATS:
            raise ValueError("a frame of the wrong size")
        points, shapes, head = np.split(self._seen.view("<f4"), [LANDMARKS * 3, LANDMARKS * 3 + _SHAPES])
        return Frame(float(time), points.reshape(LANDMARKS, 3), shapes, head.reshape(4, 4), **others)


def _moment(time: float | None) -> float | None:
    if time is not None and not abs(time) <= _HIGHEST:
        raise ValueError("a time that is none")
    return time


def _bits(*parts: Any) -> _Bits:
    return np.concatenate([np.asarray(part, "<f4").ravel() for part in parts]).view("<u4")


def _planes(now: _Bits, before: _Bits) -> npt.NDArray[np.uint8]:
    """(4, n) the bytes of the changes, the lowest first."""
    change = now - before if len(before) == len(now) else now
    return (change << 1 ^ -(change >> 31)).view(np.uint8).reshape(-1, 4).T


def _changed(planes: bytes, before: _Bits) -> _Bits:
    """Take back `_planes`. Nobody may write into what comes of it: the next frame is made of it."""
    change = np.frombuffer(planes, np.uint8).reshape(4, -1).T.copy().view(np.uint32).ravel()
    change = change >> np.uint32(1) ^ -(change & np.uint32(1))
    now = change + before if len(before) == len(change) else change
    now.flags.writeable = False
    return now


def _deflated(planes: npt.NDArray[np.uint8]) -> bytes:
    # Looking for runs only is as good here as looking for all that comes again, and twice as fast.
    to = zlib.compressobj(1, strategy=zlib.Z_RLE)
    return to.compress(planes.tobytes()) + to.flush()


def _inflated(packed: bytes, most: int) -> bytes:
    """Raises ValueError for what becomes larger than it may."""
    into = zlib.decompressobj()
    try:
        found = into.decompress(packed, most + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not into.eof or into.unused_data:
        raise ValueError("a frame of the wrong size")
    return found


def _beside(frame: Frame) -> _Bits:
    """Hands, pose and picture of a frame, as in the table above."""
    picture = () if frame.picture is None else astuple(frame.picture)
    if frame.picture is not None and not frame.picture.still_s:
        picture = picture[:-1]  # as most are
    pictured = len(picture) and len(picture) - _PICTURE + 1
    head = (-1 if frame.hands is None else len(frame.hands), frame.pose is not None, pictured)
    parts: list[Any] = [head, *(part for part in (frame.hands, frame.pose) if part is not None)]
    return _bits(*parts, *([picture] if picture else []))


def _unpacked(values: npt.NDArray[np.float32]) -> dict[str, Any]:
    count, posed, pictured = (int(v) for v in values[:3])
    sizes = np.cumsum([3, max(count, 0) * 63, 132 * (posed == 1), {1: _PICTURE, 2: _PICTURE + 1}.get(pictured, 0)])
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


# --- files that somebody else may have made ---------------------------------------------------------------


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
    guard(db, path.stat().st_size)
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise BadInput(f"{path}: not a recording of this program")
    if _version(db) > VERSION:
        raise BadInput(f"{path}: made by a newer version of this program; update to read it")
    check_plain(db, _NAMES)


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
