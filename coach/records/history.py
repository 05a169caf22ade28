"""What was done from day to day: one row for every session, set and repetition, so that progress can be told at once.

One SQLite file, `history.db`, beside the recordings (application id "FACH"; `user_version` counts the steps of
`_STEPS` that were taken). It can be made again from the recordings at any time.

    sessions(id, recording, begun, at, seconds, program, person)
                        recording is the name of the file it was kept in, NULL where there was none; begun is an ISO
                        time with the offset of its place, and `at` the same as seconds since 1970; seconds in which
                        sets ran, pauses between them left out; program is the version that judged it; person is who
                        exercised, see SOMEBODY. A recording in which nothing was done is a session without sets: it
                        was looked at, and nobody is told of it
    sets(id, session, number, exercise, name, group, judge, goal, reps, attempts, good, seconds, form,
         range, symmetry, hold, tempo, isolation, shape, left, right, hold_s,
         left_form, left_range, left_moved, right_form, right_range, right_moved, reason)
                        form and its parts are means of the repetitions that have them, 0..100, else NULL; left and
                        right count repetitions; hold_s is the longest hold that counted; the rest is what is known of
                        each side by itself, see `SetRow.sides`; reason is why nothing was counted, '' where
                        something was or nobody knows
    repetitions(set_id, number, start_s, peak_s, end_s, counted, reason, side, form, parts, hold_s, symmetry, faults)
                        one for each attempt; parts is JSON, score by name; faults is a JSON list of codes
    notes(set_id, time_s, kind)
                        what the person said: "one", "not-one" or "pain"

Nothing here needs numpy, so that the history is shown at once.
"""

import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, TypeVar

from coach import __version__
from coach.errors import BadInput, one_line
from coach.records.database import check_plain, guard
from coach.records.folder import make_private
from coach.records.progress import commonest

if TYPE_CHECKING:
    from coach.frame import Repetition
    from coach.plan.workout import SetResult

_T = TypeVar("_T")

#: "FACH" in ASCII, in SQLite's application id; and what recordings have there ("FACE").
APPLICATION_ID, _RECORDING_ID = 0x46414348, b"FACE"
NAME = "history.db"
#: The person of whom nobody said who it is.
SOMEBODY = "me"
#: The parts of the form, in the order of `coach.form.scoring.WEIGHTS`.
PARTS = ("range", "symmetry", "hold", "tempo", "isolation", "shape")
SIDES = ("left", "right")
_OF_SIDE = ("form", "range", "moved")
#: Seconds to wait for another program that is writing.
BUSY_S = 5.0

#: What makes version n of the file of version n - 1. A new version is a new line; a line is never changed.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (id INTEGER PRIMARY KEY, recording TEXT UNIQUE, begun TEXT NOT NULL,
                                  at REAL NOT NULL, seconds REAL NOT NULL, program TEXT NOT NULL)""",
        """CREATE TABLE sets (id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
                              number INTEGER NOT NULL, exercise TEXT NOT NULL, name TEXT NOT NULL,
                              "group" TEXT NOT NULL, judge TEXT NOT NULL, goal INTEGER, reps INTEGER NOT NULL,
                              attempts INTEGER NOT NULL, good INTEGER NOT NULL, seconds REAL NOT NULL, form REAL,
                              "range" REAL, symmetry REAL, hold REAL, tempo REAL, isolation REAL, shape REAL,
                              "left" INTEGER NOT NULL, "right" INTEGER NOT NULL, hold_s REAL, left_form REAL,
                              left_range REAL, left_moved REAL, right_form REAL, right_range REAL, right_moved REAL)""",
        "CREATE INDEX sets_of_session ON sets (session)",
        "CREATE INDEX sets_of_exercise ON sets (exercise)",
        "CREATE INDEX sessions_in_time ON sessions (at)",
        """CREATE TABLE repetitions (set_id INTEGER NOT NULL REFERENCES sets ON DELETE CASCADE,
                                     number INTEGER NOT NULL, start_s REAL NOT NULL, peak_s REAL NOT NULL,
                                     end_s REAL NOT NULL, counted INTEGER NOT NULL, reason TEXT NOT NULL, side TEXT,
                                     form REAL, parts TEXT NOT NULL, hold_s REAL NOT NULL, symmetry REAL,
                                     faults TEXT NOT NULL, PRIMARY KEY (set_id, number)) WITHOUT ROWID""",
        """CREATE TABLE notes (set_id INTEGER NOT NULL REFERENCES sets ON DELETE CASCADE, time_s REAL NOT NULL,
                               kind TEXT NOT NULL)""",
        "CREATE INDEX notes_of_set ON notes (set_id)",
    ),
    (f"ALTER TABLE sessions ADD COLUMN person TEXT NOT NULL DEFAULT '{SOMEBODY}'",),
    (
        "ALTER TABLE sets ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        # Of what was kept before it is known where there were attempts: the reason that most of them had.
        """UPDATE sets SET reason = coalesce((SELECT reason FROM repetitions WHERE set_id = sets.id AND reason <> ''
                                              GROUP BY reason ORDER BY count(*) DESC, min(number) LIMIT 1), '')
           WHERE reps = 0""",
    ),
)

_TABLES = {"sessions", "sets", "repetitions", "notes"}

_SET = (
    'number, exercise, name, "group", judge, goal, reps, attempts, good, seconds, form, '
    '"range", symmetry, hold, tempo, isolation, shape, "left", "right", hold_s, '
    "left_form, left_range, left_moved, right_form, right_range, right_moved, reason"
)
_REPETITION = "number, start_s, peak_s, end_s, counted, reason, side, form, parts, hold_s, symmetry, faults"


#: What the columns of a row hold, a letter for each: a count, a number, text; a capital where it may be missing. Of a
#: stranger's file the types of the columns promise nothing.
_SESSION_HOLDS, _NOTE_HOLDS = "Tntt", "nt"
_SET_HOLDS, _REPETITION_HOLDS = "cttttCcccnN" + "N" * 6 + "cc" + "N" * 7 + "t", "cnnnctTNtnNt"
_TYPES: dict[str, tuple[type, ...]] = {"c": (int,), "n": (int, float), "t": (str,)}
#: No number in the file is larger.
_HIGHEST = 1e9


class DamagedHistory(BadInput):
    """The history could not be read, and was set aside: the next call finds an empty one."""


@dataclass(frozen=True, slots=True)
class RepetitionRow:
    """One attempt, as `coach.frame.Repetition` has it; parts: score (0..100) by name."""

    number: int
    start_s: float
    peak_s: float
    end_s: float
    counted: bool
    reason: str
    side: str | None
    form: float | None
    parts: Mapping[str, float]
    hold_s: float
    symmetry: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetRow:
    """One set of a session that began at `begun`; form and parts are means, 0..100.

    hold_s  seconds, the longest hold that counted; None where none did
    sides   what is known of each side by itself, 0..100: of an exercise that alternates its "form" and "range"; of a
            paired movement how far the side "moved", in parts of the side that moved further. Empty where neither is
            known. They are never averaged into one
    notes   (seconds, "one", "not-one" or "pain")
    reason  why nothing was counted, without a full stop; empty where something was, or nobody knows
    """

    begun: datetime
    number: int
    exercise: str
    name: str
    group: str
    judge: str
    goal: int | None
    reps: int
    attempts: int
    good: int
    seconds: float
    form: float | None
    parts: Mapping[str, float]
    left: int
    right: int
    hold_s: float | None
    sides: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    repetitions: tuple[RepetitionRow, ...] = ()
    notes: tuple[tuple[float, str], ...] = ()
    reason: str = ""

    @property
    def alternates(self) -> bool:
        """Whether its repetitions belong to one side each."""
        return any("form" in known for known in self.sides.values())


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting. recording: the name of its file, None where none was kept; seconds: in which sets ran; person: who
    exercised."""

    recording: str | None
    begun: datetime
    seconds: float
    program: str
    sets: tuple[SetRow, ...]
    person: str = SOMEBODY

    @property
    def form(self) -> float | None:
        """Mean form of its sets, None where none was judged."""
        return _mean(s.form for s in self.sets if s.form is not None)


# --- from results -----------------------------------------------------------------------------------------


def session_from(
    results: "Sequence[SetResult]",
    recording: Path | str | None,
    begun: datetime,
    notes: Iterable[tuple[float, str]] = (),
    person: str = SOMEBODY,
) -> Session:
    """Return what `History.add` keeps of a finished workout.

    recording: the file it was kept in, None for none. begun: with its offset, as `datetime.now().astimezone()` gives
    it; ValueError without. notes: what was said, with times of the frames, as `spoken` reads it. person: who exercised.
    Sets in which nothing was done or said are left out; one that somebody sat through is kept with the reason why
    nothing of it counted.
    """
    if begun.tzinfo is None:
        raise ValueError("begun needs its offset, as datetime.now().astimezone() has it")
    said, rows = list(notes), list[SetRow]()
    for result in results:
        of_set = tuple((float(time), kind) for time, kind in said if result.start_s <= time <= result.end_s)
        if result.reps or result.attempts or of_set or _tried(result):
            rows.append(_row(result, len(rows), begun, of_set))
    name = None if recording is None else Path(recording).name
    return Session(name, begun, sum(row.seconds for row in rows), __version__, tuple(rows), person)


def _tried(result: "SetResult") -> bool:
    """Whether somebody was there for a repetition's time of a set in which no attempt was seen. Where it was skipped
    at once, or nobody came, there is nothing to explain."""
    from coach.form.account import NO_FACE_WAS  # late: it needs numpy

    lasted = result.end_s - result.start_s
    return bool(result.why_nothing) and result.why_nothing != NO_FACE_WAS and lasted >= result.exercise.round_s


def _row(result: "SetResult", number: int, begun: datetime, notes: tuple[tuple[float, str], ...]) -> SetRow:
    e, counted = result.exercise, [a for a in result.attempts if a.counted]
    scores = {name: [s for a in counted if (s := a.part(name)) is not None] for name in PARTS}
    return SetRow(
        begun=begun,
        number=number,
        exercise=e.id,
        name=e.name,
        group=e.group,
        judge=e.judge,
        goal=result.goal,
        reps=int(result.reps),
        attempts=len(result.attempts),
        good=int(result.good_reps),
        seconds=float(result.end_s - result.start_s),
        form=_mean(a.form for a in counted if a.form is not None),
        parts={name: mean for name, some in scores.items() if (mean := _mean(some)) is not None},
        left=int(result.left),
        right=int(result.right),
        hold_s=max((float(a.hold_s) for a in counted if a.hold_s > 0), default=None),
        sides=_alternating(counted) or _paired(counted, e.symmetry.pairs if e.symmetry else ()),
        repetitions=tuple(
            RepetitionRow(
                number=i,
                start_s=float(a.start_s),
                peak_s=float(a.peak_s),
                end_s=float(a.end_s),
                counted=bool(a.counted),
                reason=a.reason,
                side=a.side,
                form=_finite(a.form),
                parts={p.name: float(p.score) for p in a.parts if math.isfinite(p.score)},
                hold_s=float(a.hold_s),
                symmetry=_finite(a.symmetry),
                faults=tuple(a.faults),
            )
            for i, a in enumerate(result.attempts)
        ),
        notes=notes,
        reason="" if result.reps else result.why_nothing or commonest(a.reason for a in result.attempts),
    )


def _alternating(counted: "Iterable[Repetition]") -> dict[str, dict[str, float]]:
    """Mean form and range of the repetitions of each side."""
    found: dict[str, dict[str, float]] = {}
    of_sides = [a for a in counted if a.side is not None]
    for side in SIDES:
        mine = [a for a in of_sides if a.side == side]
        means = {
            "form": _mean(a.form for a in mine if a.form is not None),
            "range": _mean(s for a in mine if (s := a.part("range")) is not None),
        }
        if known := {name: mean for name, mean in means.items() if mean is not None}:
            found[side] = known
    return found


def _paired(counted: "Iterable[Repetition]", pairs: Sequence[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """How far each side moved, in per cent of the one that moved further: the pair that moved most, as for the form."""
    found: list[tuple[float, float]] = []
    for a in counted:
        known = [(a.moved[left], a.moved[right]) for left, right in pairs if left in a.moved and right in a.moved]
        if a.symmetry is None or not known:
            continue
        left, right = max(known, key=lambda pair: max(map(abs, pair)))
        larger = left if abs(left) >= abs(right) else right
        if larger and math.isfinite(left) and math.isfinite(right):
            found.append((100.0 * max(0.0, left / larger), 100.0 * max(0.0, right / larger)))
    means = [_mean(one) for one in zip(*found, strict=True)]
    return {side: {"moved": mean} for side, mean in zip(SIDES, means, strict=False) if mean is not None}


def _mean(values: Iterable[float]) -> float | None:
    some = [float(v) for v in values if math.isfinite(v)]
    return sum(some) / len(some) if some else None


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


# --- recordings -------------------------------------------------------------------------------------------


def spoken(recording: Path) -> list[tuple[float, str]]:
    """Return (time, kind) of all that was said in a recording, whatever the set. Raises BadInput."""
    from coach.records.recording import read_notes, read_sets

    return [note[:2] for kept in read_sets(recording) for note in read_notes(recording, kept.number)]


def begun_of(recording: Path) -> datetime:
    """When a recording was begun, in the time of the place where that was, so that it stays on its day wherever it is
    asked for. One that only knows the time in UTC is taken for one of this place; of one that does not say it at all it
    is when it was last written."""
    with suppress(BadInput, KeyError, ValueError, OverflowError):
        begun = datetime.fromisoformat(_read_about(recording)["begun"])
        return begun if begun.utcoffset() else begun.astimezone()
    try:
        return datetime.fromtimestamp(recording.stat().st_mtime).astimezone().replace(microsecond=0)
    except OSError as error:
        raise BadInput(f"{recording}: cannot be read ({error.strerror}); check its permissions") from None


def person_of(recording: Path) -> str:
    """Who exercised in a recording; SOMEBODY where it does not say so, or cannot be read."""
    with suppress(BadInput, KeyError):
        return _read_about(recording)["person"]
    return SOMEBODY


def _read_about(recording: Path) -> dict[str, str]:
    from coach.records.recording import read_about  # late: it needs numpy

    return read_about(recording)


def recordings(folder: Path) -> list[Path]:
    """The recordings in a folder, by name; none where it is missing or cannot be read."""
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if path.suffix == ".coach" and path.is_file())
    return []


def video_of(recording: Path) -> Path:
    """Where the video of a session is, if one was kept."""
    return recording.with_suffix(".mp4")


def video_beside(recording: Path) -> Path | None:
    """The video that was kept of a session, None where none was."""
    video = video_of(recording)
    return video if video.is_file() else None


def delete_files(files: Iterable[Path]) -> list[Path]:
    """Delete files; return what was deleted. Raises BadInput when one cannot be."""
    gone = []
    for path in files:
        try:
            path.unlink()
        except OSError as error:
            raise BadInput(f"{path}: cannot be deleted ({error.strerror}); check its permissions") from None
        gone.append(path)
    return gone


def delete_recording(path: Path) -> list[Path]:
    """Delete a recording with its video and what SQLite left beside it; return what was deleted. Raises BadInput for
    any other file."""
    try:
        with path.open("rb") as file:
            head = file.read(72)
        # One that was killed at once is empty.
        if path.suffix != ".coach" or (head and head[68:72] != _RECORDING_ID):
            raise BadInput(f"{path}: not a recording of this program, so it is not deleted")
        gone = [path, *([video] if (video := video_beside(path)) is not None else [])]
        for one in gone:
            one.unlink()
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        return gone
    except OSError as error:
        raise BadInput(f"{path}: cannot be deleted ({error.strerror}); check the path") from None


# --- the file ---------------------------------------------------------------------------------------------


def tomorrow() -> datetime:
    """The moment after which a session cannot have begun: a day from now, as clocks may differ by their places."""
    return datetime.now().astimezone() + timedelta(days=1)


class History:
    """The history in a data folder. Every call opens the file and closes it again, so any thread may call.

    All raise BadInput when the file cannot be used: written by a newer version, being written by another program for
    longer than `BUSY_S`, in a folder that cannot be written. A damaged one is set aside under another name.
    """

    def __init__(self, folder: Path, person: str | None = None, until: datetime | None = None) -> None:
        """folder: the data folder, with the recordings. The file is made by the first `add`. person: whose sessions are
        read; None for everybody's. until: those begun later are not read, as of a clock that went ahead for a while
        (`ahead` counts them); None for all."""
        self.folder, self.person, self.until = folder, person, until
        self.path = folder / NAME
        #: a sentence for every damaged file that was set aside
        self.said: list[str] = []

    def add(self, session: Session) -> None:
        """Keep a session, all of it or nothing. One of the same recording takes the place of what was kept of it."""
        self._again_if_damaged(lambda: self._add(session))

    def missing(self) -> list[Path]:
        """The recordings in the folder of which nothing is kept yet."""
        known = self._again_if_damaged(
            lambda: {row[0] for row in self._read("SELECT recording FROM sessions", everybody=True)}
        )
        return [path for path in recordings(self.folder) if path.name not in known]

    def rebuild(
        self, judge: "Callable[[Path], Sequence[SetResult]]", paths: Iterable[Path] | None = None
    ) -> Iterator[str]:
        """Keep what is missing, judged again; yield one sentence for each recording that cannot be read.

        judge: results of one recording, none for one that is nobody's; raises BadInput. paths: what is missing, for
        somebody who shows how far it is. Each is kept by itself, so that it may be broken off.
        """
        for path in self.missing() if paths is None else paths:
            results: Sequence[SetResult] = ()
            notes: list[tuple[float, str]] = []
            try:
                results, notes = judge(path), spoken(path)
            except BadInput as error:
                yield str(error)
            self.add(session_from(results, path, begun_of(path), notes, person_of(path)))

    def sessions(self, since: date | None = None, whole: bool = False) -> list[Session]:
        """Sessions from the day `since` on, the oldest first. whole: with repetitions and notes, which takes longer."""
        heads = self._read(
            "SELECT id, recording, seconds, program, person FROM sessions WHERE at >= ?", (_about(since),)
        )
        found: dict[int, list[SetRow]] = {}
        for id, row in self._sets("sessions.at >= ?", (_about(since),), whole):
            if since is None or row.begun.date() >= since:
                found.setdefault(id, []).append(row)
        with self._decoding():
            about = {id: _checked(head, _SESSION_HOLDS) for id, *head in heads}
            return [
                Session(recording, sets[0].begun, seconds, program, tuple(sets), person)
                for id, sets in found.items()
                for recording, seconds, program, person in [about[id]]
            ]

    def sets(self, exercise: str | None = None, since: date | None = None, whole: bool = False) -> list[SetRow]:
        """Sets of one exercise (by id), or of all, from the day `since` on, the oldest first. whole: as `sessions`."""
        where, values = "sessions.at >= ?", [_about(since), exercise]
        rows = self._sets(where + (" AND exercise = ?" if exercise else ""), values[: 2 if exercise else 1], whole)
        return [row for _, row in rows if since is None or row.begun.date() >= since]

    def last(self, exercise: str, before: datetime | None = None) -> SetRow | None:
        """The last set of an exercise, of a session begun before a moment (with its offset); None where none is."""
        at = math.inf if before is None else before.timestamp()
        rows = self._sets("exercise = ? AND sessions.at < ?", (exercise, at), latest=1)
        return rows[0][1] if rows else None

    def records(self) -> list[SetRow]:
        """Of each exercise the sets with the best form, of each side, and with the longest hold, and its last one."""
        best = ("form", "left_form", "right_form", "hold_s")
        chosen = [f"SELECT id FROM (SELECT id, max({column}) FROM sets GROUP BY exercise)" for column in best]
        last = "SELECT s.id, max(at) FROM sets AS s JOIN sessions ON sessions.id = s.session GROUP BY exercise"
        ids = " UNION ".join([*chosen, f"SELECT id FROM ({last})"])
        return [row for _, row in self._sets(f"sets.id IN ({ids})")]

    def times(self) -> dict[str, int]:
        """How many sets of each exercise there are, by id."""
        with self._decoding():
            rows = self._read("SELECT exercise, count(*) FROM sets GROUP BY exercise")
            return {exercise: count for exercise, count in (_checked(row, "tc") for row in rows)}

    def practised(self) -> list[tuple[datetime, float]]:
        """When each session was begun, and its seconds, the oldest first."""
        done = "SELECT begun, seconds FROM sessions WHERE id IN (SELECT session FROM sets) ORDER BY at"
        with self._decoding():
            return [(_moment(begun), _checked([seconds], "n")[0]) for begun, seconds in self._read(done)]

    def ahead(self) -> int:
        """How many sessions were begun after `until`, by whomever."""
        if self.until is None:
            return 0
        sql = "SELECT count(*) FROM sessions WHERE at > ?"
        with self._decoding():
            return sum(_checked(row, "c")[0] for row in self._read(sql, (self.until.timestamp(),), everybody=True))

    def forget(self, recording: str) -> int:
        """Delete what is kept of one recording, by its name; return how many sets that were."""
        if not self.path.exists():
            return 0
        with self._using(write=True) as db:
            chosen = "FROM sets WHERE session IN (SELECT id FROM sessions WHERE recording = ?)"
            (count,) = db.execute(f"SELECT count(*) {chosen}", (recording,)).fetchone()
            db.execute("DELETE FROM sessions WHERE recording = ?", (recording,))
        return int(count)

    def forget_all(self) -> list[Path]:
        """Delete the file, and those that were set aside; return what was deleted."""
        return delete_files(sorted(self.folder.glob(f"{NAME}*")))

    # --- parts

    def _add(self, session: Session) -> None:
        with self._using(write=True) as db:
            if session.recording is not None:
                db.execute("DELETE FROM sessions WHERE recording = ?", (session.recording,))
            begun = session.begun.isoformat(timespec="seconds")
            head = (session.recording, begun, session.begun.timestamp(), session.seconds, session.program)
            id = _insert(db, "sessions", "recording, begun, at, seconds, program, person", (*head, session.person))
            for row in session.sets:
                means = (row.form, *(row.parts.get(name) for name in PARTS))
                counts = (row.goal, row.reps, row.attempts, row.good, row.seconds)
                about = (id, row.number, row.exercise, row.name, row.group, row.judge)
                sides = [row.sides.get(side, {}).get(name) for side in SIDES for name in _OF_SIDE]
                last = (row.left, row.right, row.hold_s, *sides, row.reason)
                of_set = _insert(db, "sets", f"session, {_SET}", (*about, *counts, *means, *last))
                db.executemany(
                    f"INSERT INTO repetitions (set_id, {_REPETITION}) VALUES ({', '.join('?' * 13)})",
                    [
                        (
                            of_set, r.number, r.start_s, r.peak_s, r.end_s, r.counted, r.reason, r.side, r.form,
                            json.dumps(dict(r.parts)), r.hold_s, r.symmetry, json.dumps(r.faults),
                        )
                        for r in row.repetitions
                    ],
                )  # fmt: skip
                db.executemany("INSERT INTO notes VALUES (?, ?, ?)", [(of_set, *note) for note in row.notes])

    def _sets(
        self, where: str, values: Sequence[Any] = (), whole: bool = False, latest: int = -1
    ) -> list[tuple[int, SetRow]]:
        """(session, set) for each set, the oldest first; of the latest only so many, the latest first."""
        columns = ", ".join(f"sets.{column}" for column in _SET.split(", "))
        source = f"FROM sets JOIN sessions ON sessions.id = sets.session WHERE {where}"
        order = "DESC" if latest > 0 else "ASC"
        ordered = ", ".join(f"{column} {order}" for column in ("at", "session", "number"))
        sql = f"SELECT sets.id, session, begun, {columns} {source} ORDER BY {ordered} LIMIT ?"
        rows = self._read(sql, (*values, latest))
        attempts: dict[int, list[RepetitionRow]] = {}
        notes: dict[int, list[tuple[float, str]]] = {}
        with self._decoding():
            if whole:
                of_sets = f"WHERE set_id IN (SELECT sets.id {source})"
                for id, *one in self._read(f"SELECT set_id, {_REPETITION} FROM repetitions {of_sets}", values):
                    attempts.setdefault(id, []).append(_repetition(*one))
                for id, *note in self._read(f"SELECT set_id, time_s, kind FROM notes {of_sets}", values):
                    time, kind = _checked(note, _NOTE_HOLDS)
                    notes.setdefault(id, []).append((time, kind))
            return [
                (session, _set(begun, row, tuple(attempts.get(id, ())), tuple(notes.get(id, ()))))
                for id, session, begun, *row in rows
            ]

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        """Turns values that are not what they should be into the sentence for a damaged file."""
        try:
            yield
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
            raise self._set_aside(error) from None

    def _read(self, sql: str, values: Sequence[Any] = (), everybody: bool = False) -> list[Any]:
        if not self.path.exists():
            return []
        with self._using(write=False) as db:
            if not everybody and (self.person is not None or self.until is not None):
                _show_only(db, self.person, self.until)
            return db.execute(sql, values).fetchall()

    def _again_if_damaged(self, do: Callable[[], _T]) -> _T:
        """What `do` gives; with a damaged file it is done again once that is out of the way."""
        try:
            return do()
        except DamagedHistory:
            return do()

    @contextmanager
    def _using(self, write: bool) -> Iterator[sqlite3.Connection]:
        """The open file, in one transaction."""
        try:
            if write and not self.path.exists():
                make_private(self.folder)
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))  # for its owner's eyes only
            with closing(sqlite3.connect(self.path, BUSY_S, isolation_level=None)) as db:
                guard(db, self.path.stat().st_size)
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")  # what is forgotten is not to be found in the file
                _migrate(db, self.path)
                db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                yield db
                db.execute("COMMIT")
        except OSError as error:
            raise BadInput(f"{self.path}: cannot be written ({error.strerror}); choose another folder") from None
        except (_NotOurs, UnicodeDecodeError) as error:
            raise self._set_aside(error) from None
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                said = "another program is writing the history; try again in a moment"
                raise BadInput(f"{self.path}: {said}") from None
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise self._set_aside(error) from None
            raise BadInput(f"{self.path}: cannot be used ({error}); choose another folder") from None

    def _set_aside(self, why: Exception) -> DamagedHistory:
        """Rename the file without losing it, nor one that was set aside before; return the sentence for it."""
        number, aside = 1, self.path.with_name(f"{NAME}.bad")
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{NAME}.bad{number}")
        try:
            self.path.rename(aside)
            # A journal of the damaged file must not be played back into the next one.
            with suppress(FileNotFoundError):
                self.path.with_name(f"{NAME}-journal").rename(aside.with_name(f"{aside.name}-journal"))
        except OSError as error:
            raise BadInput(f"{self.path}: damaged ({why}), and cannot be set aside ({error.strerror})") from None
        remedy = "'coach history' makes a new one from the recordings"
        self.said.append(one_line(f"{self.path}: damaged ({why}), so it is now {aside.name}; {remedy}"))
        return DamagedHistory(self.said[-1])


def _show_only(db: sqlite3.Connection, person: str | None, until: datetime | None) -> None:
    """From here on, this connection's `sessions` and `sets` are one person's (None for everybody's), and of those begun
    until a moment: what is temporary goes first."""
    last = math.inf if until is None else until.timestamp()
    db.execute("CREATE TEMP TABLE chosen AS SELECT ? AS person, ? AS last", (person, last))
    db.execute(
        "CREATE TEMP VIEW sessions AS SELECT sessions.* FROM main.sessions JOIN chosen "
        "ON at <= last AND (chosen.person IS NULL OR sessions.person = chosen.person)"
    )
    db.execute("CREATE TEMP VIEW sets AS SELECT * FROM main.sets WHERE session IN (SELECT id FROM sessions)")


class _NotOurs(Exception):
    """A database, but no history, or not all of it."""


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a file to the present version. Raises _NotOurs, BadInput for one of a newer program, sqlite3.Error."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == len(_STEPS) and _id(db) == APPLICATION_ID:
        _check_tables(db)
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another program may have done it while this one waited.
        (version,) = db.execute("PRAGMA user_version").fetchone()
        tables = db.execute("SELECT name FROM sqlite_master").fetchall()
        if _id(db) != APPLICATION_ID and (_id(db) or version or tables):
            raise _NotOurs("it is not this program's")
        if version > len(_STEPS):
            raise BadInput(f"{path}: written by a newer version of this program; update it")
        if version:
            _check_tables(db)
        for step in _STEPS[version:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(_STEPS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _check_tables(db: sqlite3.Connection) -> None:
    if missing := _TABLES - {name for (name,) in db.execute("SELECT name FROM sqlite_master")}:
        raise _NotOurs(f"it has no table '{min(missing)}'")
    try:
        check_plain(db, _TABLES)
    except ValueError as error:
        raise _NotOurs(str(error)) from None


def _id(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def _insert(db: sqlite3.Connection, table: str, columns: str, values: tuple[Any, ...]) -> int:
    marks = ", ".join("?" * len(values))
    return int(db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values).lastrowid or 0)


def _set(
    begun: str, row: Sequence[Any], repetitions: tuple[RepetitionRow, ...], notes: tuple[tuple[float, str], ...]
) -> SetRow:
    row = _checked(row, _SET_HOLDS)
    about, (left, right, hold_s) = row[:11], row[17:20]
    sides = {side: _known(_OF_SIDE, row[20 + 3 * i : 23 + 3 * i]) for i, side in enumerate(SIDES)}
    sides = {side: known for side, known in sides.items() if known}
    number, exercise, name, group, judge, goal, reps, attempts, good, seconds, form = about
    (reason,) = row[26:]
    return SetRow(
        _moment(begun), number, exercise, name, group, judge, goal, reps, attempts, good, seconds, form,
        _known(PARTS, row[11:17]), left, right, hold_s, sides, repetitions, notes, reason,
    )  # fmt: skip


def _repetition(*row: Any) -> RepetitionRow:
    _checked(row, _REPETITION_HOLDS)
    number, start, peak, end, counted, reason, side, form, parts, hold_s, symmetry, faults = row
    return RepetitionRow(
        number, start, peak, end, bool(counted), reason, side, form,
        _scores(json.loads(parts)), hold_s, symmetry, _codes(json.loads(faults)),
    )  # fmt: skip


def _checked(row: Sequence[Any], holds: str) -> Sequence[Any]:
    """Return a row whose values are what they should be. Raises ValueError for another one."""
    for value, kind in zip(row, holds, strict=True):
        if value is None and kind.isupper():
            continue
        fits = isinstance(value, _TYPES[kind.lower()])
        if not fits or (kind not in "tT" and not abs(value) <= _HIGHEST):
            raise ValueError(f"{shortened(value)} is not what belongs there")
    return row


def _scores(parts: Any) -> dict[str, float]:
    if not isinstance(parts, dict):
        raise ValueError(f"{shortened(parts)} are no scores")
    _checked(list(parts.values()), "n" * len(parts))
    return parts


def _codes(faults: Any) -> tuple[str, ...]:
    if not isinstance(faults, list):
        raise ValueError(f"{shortened(faults)} are no codes")
    return tuple(_checked(faults, "t" * len(faults)))


def _moment(begun: str) -> datetime:
    """Raises ValueError for what is no time with its offset."""
    moment = datetime.fromisoformat(begun)
    if moment.tzinfo is None:
        raise ValueError(f"'{begun}' has no offset")
    return moment


def _known(names: Sequence[str], scores: Sequence[float | None]) -> dict[str, float]:
    return {name: score for name, score in zip(names, scores, strict=True) if score is not None}


def _about(since: date | None) -> float:
    """Seconds since 1970 before which no day `since` begins, wherever: to leave out most of what is earlier."""
    return -math.inf if since is None else datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp() - 86400
