"""The history keeps what was done, all of it or nothing, and never loses a file that it cannot read."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from coach.errors import BadInput
from coach.form.exercise import find_exercise
from coach.form.scoring import WEIGHTS
from coach.frame import Part, Repetition, Side
from coach.plan.workout import SetResult
from coach.records import history
from coach.records.history import (
    NAME,
    PARTS,
    SOMEBODY,
    DamagedHistory,
    History,
    Session,
    begun_of,
    person_of,
    session_from,
    spoken,
    tomorrow,
)
from coach.records.recording import Recorder

SMILE, GLIDE, CLICK = (find_exercise(id) for id in ("wide-smile", "jaw-glide", "tongue-click"))
BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))


def attempt(form: float | None, side: Side | None = None, **more: object) -> Repetition:
    parts = () if form is None else (Part("range", form + 5, "says"), Part("tempo", 50.0, "says"))
    made = Repetition(1.0, 2.0, 6.0, form is not None, "" if form is not None else "too small", side, 1.0, 2.4, 0.9)
    return replace(made, form=form, parts=parts, **more)  # type: ignore[arg-type]


def result(*attempts: Repetition, exercise: object = SMILE, start: float = 0.0, reps: int | None = None) -> SetResult:
    counted = [a for a in attempts if a.counted]
    left, right = (sum(a.side == side for a in counted) for side in ("left", "right"))
    number = len(counted) if reps is None else reps
    return SetResult(exercise, 6, start, start + 60.0, number, left, right, attempts)  # type: ignore[arg-type]


def session(name: str | None = "a.coach", days: float = 0.0, form: float = 80.0, exercise: object = SMILE) -> Session:
    attempts = (attempt(form), attempt(form + 4, faults=("rushed",)), attempt(None))
    return session_from([result(*attempts, exercise=exercise)], name, BEGUN + timedelta(days=days))


@pytest.fixture
def kept(tmp_path: Path) -> History:
    return History(tmp_path / "data")


# --- what is kept -----------------------------------------------------------------------------------------


def test_a_session_comes_back_as_it_was_added(kept: History) -> None:
    sides = attempt(80.0, "left"), attempt(90.0, "right"), attempt(92.0, "right")
    results = [result(attempt(70.0), attempt(None)), result(*sides, exercise=GLIDE, start=70.0)]
    added = session_from(results, kept.folder / "a.coach", BEGUN, [(3.0, "pain"), (72.0, "one"), (65.0, "one")])
    kept.add(added)
    assert kept.sessions(whole=True) == [added]
    smile, glide = added.sets
    assert (added.recording, added.seconds, smile.number, glide.number) == ("a.coach", 120.0, 0, 1)
    assert (smile.form, smile.parts, smile.reps, smile.attempts) == (70.0, {"range": 75.0, "tempo": 50.0}, 1, 2)
    assert smile.notes == ((3.0, "pain"),)
    assert glide.notes == ((72.0, "one"),)
    assert smile.repetitions[1].reason == "too small"
    # Without the whole the same, but for repetitions and notes.
    assert kept.sets() == [replace(row, repetitions=(), notes=()) for row in added.sets]


def test_the_sides_of_an_alternating_exercise_are_kept_apart() -> None:
    attempts = attempt(60.0, "left"), attempt(90.0, "right"), attempt(94.0, "right"), attempt(None, "left")
    (row,) = session_from([result(*attempts, exercise=GLIDE)], None, BEGUN).sets
    assert row.sides == {"left": {"form": 60.0, "range": 65.0}, "right": {"form": 92.0, "range": 97.0}}
    assert (row.left, row.right, row.alternates) == (1, 2, True)


def test_of_a_paired_movement_it_is_kept_how_far_each_side_moved() -> None:
    (left, right), *_ = SMILE.symmetry.pairs  # type: ignore[union-attr]
    even, uneven = (attempt(80.0, moved={left: 0.1, right: r}) for r in (0.1, 0.05))
    (row,) = session_from([result(even, uneven)], None, BEGUN).sets
    assert row.sides == {"left": {"moved": 100.0}, "right": {"moved": pytest.approx(75.0)}}
    assert not row.alternates


def test_what_was_counted_because_the_person_said_so_has_no_form_and_lowers_none() -> None:
    said = replace(attempt(None), counted=True)
    (row,) = session_from([result(attempt(80.0), said)], None, BEGUN).sets
    assert (row.reps, row.form) == (2, 80.0)
    (row,) = session_from([result(said)], None, BEGUN).sets
    assert (row.reps, row.form, row.parts) == (1, None, {})


def test_sets_in_which_nothing_was_done_are_left_out() -> None:
    led = result(exercise=CLICK, reps=3)
    assert [row.exercise for row in session_from([result(), led], None, BEGUN).sets] == ["tongue-click"]
    assert len(session_from([result()], None, BEGUN, [(5.0, "pain")]).sets) == 1


def untouched(why: str, lasted: float = 60.0, **more: object) -> SetResult:
    """A set in which nothing was counted, and why."""
    made = replace(result(), end_s=lasted, why_nothing=why)
    return replace(made, **more)  # type: ignore[arg-type]


def test_why_nothing_was_counted_is_kept_with_the_set(kept: History) -> None:
    tilted = untouched("your head was tilted by 90 degrees")
    refused = untouched("too small", attempts=(attempt(None),))
    done = replace(result(attempt(80.0)), why_nothing="not to be told")
    kept.add(session_from([tilted, refused, done], "a.coach", BEGUN))
    told = ["your head was tilted by 90 degrees", "too small", ""]
    assert [row.reason for row in kept.sets()] == [row.reason for row in kept.sessions()[0].sets] == told
    assert [row.reason for row in History(kept.folder, SOMEBODY).sets()] == told


def test_where_no_reason_is_told_it_is_the_one_that_most_attempts_had() -> None:
    reasons = ("place", "fast", "fast")
    (row,) = session_from([result(*(attempt(None, reason=reason) for reason in reasons))], None, BEGUN).sets
    assert row.reason == "fast"


def test_a_set_without_attempts_is_kept_where_somebody_sat_through_it() -> None:
    tilted = "your head was tilted by 90 degrees"
    skipped, nobody = untouched(tilted, SMILE.round_s - 0.1), untouched("no face was seen")
    tried = untouched(tilted, SMILE.round_s)
    found = session_from([skipped, nobody, tried], None, BEGUN)
    assert [(row.reason, row.seconds) for row in found.sets] == [(tilted, SMILE.round_s)]


def test_the_reasons_of_an_older_history_are_those_of_its_attempts(kept: History) -> None:
    made(kept.path, 2, history.APPLICATION_ID, *history._STEPS[0], *history._STEPS[1])
    with sqlite3.connect(kept.path) as db:
        db.execute("INSERT INTO sessions VALUES (1, 'a.coach', '2026-03-01T09:30:00+02:00', 0, 60, '0.3', 'me')")
        for id, reps, reasons in ((1, 0, "baa"), (2, 1, ("", "a")), (3, 0, "")):
            db.execute(
                f"INSERT INTO sets VALUES ({id}, 1, {id}, 'pucker', 'Pucker', 'lips', 'camera', 6, {reps}, 1, 1, 60"
                + ", NULL" * 7 + ", 0, 0" + ", NULL" * 7 + ")"
            )  # fmt: skip
            for number, reason in enumerate(reasons):
                values = id, number, not reason, reason
                db.execute(
                    "INSERT INTO repetitions VALUES (?, ?, 0, 1, 2, ?, ?, '', NULL, '{}', 1, NULL, '[]')", values
                )
    assert [(row.reps, row.reason) for row in kept.sets()] == [(0, "a"), (1, ""), (0, "")]
    assert kept.said == []


def test_a_begin_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        session_from([], None, datetime(2026, 3, 1))


def test_the_parts_are_those_of_the_form() -> None:
    assert tuple(WEIGHTS) == PARTS


def test_adding_the_same_recording_again_takes_the_place_of_what_was_kept(kept: History) -> None:
    kept.add(session(form=50.0))
    kept.add(session(form=80.0))
    kept.add(session(form=80.0))
    assert [row.form for row in kept.sets()] == [82.0]
    with sqlite3.connect(kept.path) as db:
        assert [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("sets", "repetitions")] == [1, 3]


def test_who_asks_for_one_person_sees_a_history_of_theirs_alone(kept: History) -> None:
    for day, (person, form, exercise) in enumerate(
        [("ann", 70.0, SMILE), ("bob", 90.0, SMILE), ("ann", 60.0, SMILE), ("bob", 80.0, GLIDE)]
    ):
        kept.add(replace(session(f"{day}.coach", day, form, exercise), person=person))
    recorded(kept.folder / "5.coach")
    ann, bob, nobody = (History(kept.folder, name) for name in ("ann", "bob", "o'nobody"))
    assert [s.person for s in kept.sessions()] == ["ann", "bob", "ann", "bob"]
    assert [s.recording for s in ann.sessions(whole=True)] == ["0.coach", "2.coach"]
    assert [len(row.repetitions) for row in ann.sets(whole=True)] == [3, 3]
    assert [row.form for row in ann.sets("wide-smile")] == [72.0, 62.0]
    assert sorted(row.form or 0.0 for row in ann.records()) == [62.0, 72.0]
    assert (ann.times(), bob.times()) == ({"wide-smile": 2}, {"wide-smile": 1, "jaw-glide": 1})
    assert [(last := one.last("wide-smile")) and last.form for one in (ann, bob, nobody)] == [62.0, 92.0, None]
    assert (len(ann.practised()), len(bob.practised()), nobody.practised()) == (2, 2, [])
    # What is not known yet, and what is to be forgotten, is everybody's.
    assert [path.name for path in ann.missing()] == ["5.coach"]
    assert ann.forget("1.coach") == 1
    assert bob.times() == {"jaw-glide": 1}


def test_a_history_made_again_knows_who_exercised(kept: History) -> None:
    for name, person in (("a", "ann"), ("b", "")):
        with Recorder(kept.folder / f"{name}.coach", person) as recorder:
            recorder.begin_set(SMILE, "window")
    assert list(kept.rebuild(lambda path: [result(attempt(80.0))])) == []
    assert [(s.recording, s.person) for s in kept.sessions()] == [("a.coach", "ann"), ("b.coach", "me")]


def test_sessions_of_before_people_were_told_apart_are_of_whom_nobody_named(
    kept: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(kept.path, 1, history.APPLICATION_ID, *history._STEPS[0])
    with sqlite3.connect(kept.path) as db:
        db.execute("INSERT INTO sessions VALUES (1, 'a.coach', '2026-03-01T09:30:00+02:00', 0, 60, '0.3')")
        db.execute(
            "INSERT INTO sets VALUES (1, 1, 0, 'pucker', 'Pucker', 'lips', 'camera', 6, 1, 1, 1, 60"
            + ", NULL" * 7 + ", 0, 0" + ", NULL" * 7 + ")"
        )  # fmt: skip
    (one,) = kept.sessions()
    assert (one.person, one.sets[0].exercise) == ("me", "pucker")
    assert len(History(kept.folder, "me").sessions()) == 1
    assert kept.said == []


def test_sessions_without_a_recording_are_all_kept(kept: History) -> None:
    kept.add(session(None))
    kept.add(session(None, days=1))
    assert len(kept.sessions()) == 2


def test_a_session_is_kept_whole_or_not_at_all(kept: History) -> None:
    kept.add(session("a.coach"))
    good = session("b.coach")
    bad = replace(good.sets[0], name=None)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        kept.add(replace(good, sets=(good.sets[0], bad)))
    assert [s.recording for s in kept.sessions()] == ["a.coach"]


# --- what is read -----------------------------------------------------------------------------------------


def test_sessions_come_in_the_order_in_which_they_were_whatever_the_clock_said(kept: History) -> None:
    early = datetime(2026, 3, 1, 23, 0, tzinfo=timezone(timedelta(hours=9)))  # 14:00 in the middle of the world
    late = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    for name, begun in (("late.coach", late), ("early.coach", early)):
        kept.add(session_from([result(attempt(80.0))], name, begun))
    assert [s.recording for s in kept.sessions()] == ["early.coach", "late.coach"]
    assert [s.begun for s in kept.sessions()] == [early, late]


@pytest.mark.parametrize("hours", [-11, 0, 13])
def test_a_day_is_the_day_where_it_was_practised(kept: History, hours: int) -> None:
    for hour in (0, 23):
        begun = datetime(2026, 3, 2, hour, 30, tzinfo=timezone(timedelta(hours=hours)))
        kept.add(session_from([result(attempt(80.0))], None, begun))
    assert len(kept.sets(since=date(2026, 3, 2))) == len(kept.sessions(since=date(2026, 3, 2))) == 2
    assert kept.sets(since=date(2026, 3, 3)) == kept.sessions(since=date(2026, 3, 3)) == []


def test_the_last_set_of_an_exercise_is_found_also_before_a_moment(kept: History) -> None:
    for days, form in ((2, 70.0), (0, 50.0), (1, 60.0)):
        kept.add(session(f"{days}.coach", days, form))
    kept.add(session("other.coach", 5, 90.0, GLIDE))
    found = kept.last("wide-smile"), kept.last("wide-smile", BEGUN + timedelta(days=2)), kept.last("wide-smile", BEGUN)
    assert [row and row.form for row in found] == [72.0, 62.0, None]
    assert kept.last("pucker") is None


def test_records_are_the_best_set_the_longest_hold_and_the_last_of_each_exercise(kept: History) -> None:
    for day, (form, hold) in enumerate([(60.0, 2.0), (90.0, 2.0), (70.0, 9.0), (65.0, 1.0), (66.0, 1.0)]):
        kept.add(session_from([result(attempt(form, hold_s=hold))], None, BEGUN + timedelta(days=day)))
    assert [row.form for row in kept.records()] == [90.0, 70.0, 66.0]
    assert kept.times() == {"wide-smile": 5}


def test_without_a_history_there_is_nothing_and_nothing_is_made(tmp_path: Path) -> None:
    kept = History(tmp_path / "none")
    assert kept.sessions() == kept.sets() == kept.missing() == kept.records() == kept.practised() == []
    assert kept.last("pucker") is None
    assert list(tmp_path.iterdir()) == []


# --- the file ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of Unix")
def test_nobody_else_may_read_the_history(kept: History) -> None:
    kept.add(session())
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def made(path: Path, version: int, application: int, *statements: str) -> None:
    path.parent.mkdir(exist_ok=True)
    db = sqlite3.connect(path)
    for statement in (*statements, f"PRAGMA user_version = {version}", f"PRAGMA application_id = {application}"):
        db.execute(statement)
    db.commit()
    db.close()


def test_a_file_of_version_0_is_brought_to_the_present_one(kept: History) -> None:
    made(kept.path, 0, history.APPLICATION_ID)
    assert kept.sessions() == []
    kept.add(session())
    assert len(kept.sessions()) == 1
    assert kept.said == []


_NEW_STEP = ("ALTER TABLE sessions ADD COLUMN place TEXT NOT NULL DEFAULT 'home'",)


def test_an_older_file_gets_only_the_steps_it_lacks_and_keeps_its_rows(
    kept: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(session())
    monkeypatch.setattr(history, "_STEPS", (*history._STEPS, _NEW_STEP))
    assert len(kept.sessions()) == 1
    with sqlite3.connect(kept.path) as db:
        assert db.execute("SELECT place FROM sessions").fetchall() == [("home",)]
        assert db.execute("PRAGMA user_version").fetchone() == (len(history._STEPS),)


def test_steps_that_fail_leave_the_file_as_it_was(kept: History, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.add(session())
    before = kept.path.read_bytes()
    with monkeypatch.context() as later:
        later.setattr(history, "_STEPS", (*history._STEPS, _NEW_STEP, ("ALTER TABLE nothing ADD COLUMN x",)))
        with pytest.raises(BadInput):
            kept.sessions()
    assert kept.path.read_bytes() == before
    assert len(kept.sessions()) == 1


def test_a_file_of_a_newer_program_is_refused_and_left_alone(kept: History) -> None:
    made(kept.path, 99, history.APPLICATION_ID)
    with pytest.raises(BadInput, match="newer version"):
        kept.add(session())
    assert [p.name for p in kept.folder.iterdir()] == [NAME]


def spoilt(path: Path) -> None:
    """A history whose pages of tables are noise."""
    History(path.parent).add(session())
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xaa" * (len(content) - 100))


DAMAGES = {
    "empty of sense": lambda path: path.write_bytes(b"\x01\x02" * 4000),
    "somebody else's": lambda path: made(path, 1, 77, "CREATE TABLE t (x)"),
    "a program's without an id": lambda path: made(path, 0, 0, "CREATE TABLE t (x)"),
    "without its tables": lambda path: made(path, 1, history.APPLICATION_ID, "CREATE TABLE sets (x)"),
    "spoilt": spoilt,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_history_is_set_aside_with_one_sentence_and_never_deleted(tmp_path: Path, damage: str) -> None:
    path = tmp_path / NAME
    DAMAGES[damage](path)
    content = path.read_bytes()
    kept = History(tmp_path)
    kept.add(session())
    assert len(kept.sessions()) == 1
    assert (tmp_path / f"{NAME}.bad").read_bytes() == content
    (sentence,) = kept.said
    assert "history.db.bad" in sentence
    assert "\n" not in sentence
    # Another one does not take the place of the first.
    path.write_text("no history either, and longer than a head of a file would be " * 9)
    with pytest.raises(DamagedHistory, match=r"history\.db\.bad2"):
        kept.sessions()
    assert (tmp_path / f"{NAME}.bad").read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sessions SET begun = 'noon'",
        "UPDATE repetitions SET parts = '{'",
        "UPDATE repetitions SET faults = '7'",
        "UPDATE repetitions SET peak_s = 'noon'",
        'UPDATE repetitions SET parts = \'{"range": "wide"}\'',
        "UPDATE sessions SET begun = '2025-01-31T10:00:00'",
        "UPDATE sessions SET seconds = 9e999",
        "UPDATE sets SET reps = 'many'",
        "UPDATE sets SET name = x'00'",
        "UPDATE sets SET reason = x'00'",
        "UPDATE sets SET form = 1e300",
        "ALTER TABLE notes RENAME TO n; CREATE VIEW notes AS SELECT * FROM n",
        """DROP TABLE notes; CREATE VIEW notes AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i FROM r)
           SELECT 1 AS set_id, 0.0 AS time_s, '' AS kind FROM r""",
        "DROP TABLE notes; CREATE TABLE notes (set_id, time_s, kind AS ('a' LIKE '%a'))",
        "CREATE TRIGGER t AFTER INSERT ON sets BEGIN DELETE FROM sessions; END",
    ],
)
def test_values_that_make_no_sense_are_damage_too(kept: History, change: str) -> None:
    kept.add(session())
    with sqlite3.connect(kept.path) as db:
        db.executescript(change)
    with pytest.raises(DamagedHistory, match="damaged"):
        kept.sessions(whole=True)
    assert kept.sessions() == []


def test_nothing_in_a_recording_is_run_to_learn_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    with Recorder(path, "anna") as recorder:
        recorder.begin_set(find_exercise("pucker"), "x")
    assert person_of(path) == "anna"
    with sqlite3.connect(path) as db:
        db.executescript(
            """DROP TABLE about; CREATE VIEW about AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n)
               SELECT i AS key, i AS value FROM n"""
        )
    assert person_of(path) == SOMEBODY
    assert begun_of(path).timestamp() == int(path.stat().st_mtime)


def test_while_another_program_writes_it_is_waited_for_and_then_told(
    kept: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.add(session("a.coach"))
    monkeypatch.setattr(history, "BUSY_S", 0.05)
    other = sqlite3.connect(kept.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BadInput, match="another program is writing"):
        kept.add(session("b.coach"))
    assert len(kept.sessions()) == 1  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    kept.add(session("b.coach"))
    assert len(kept.sessions()) == 2
    assert kept.said == []


_ADDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from coach.records.history import History, Session
for i in range(15):
    History(Path(sys.argv[1])).add(Session(f"{sys.argv[2]}-{i}.coach", datetime.now(UTC), 1.0, "1", ()))
"""


def test_two_programs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ADDS, str(tmp_path)]
    both = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[2]) for name in ("one", "two")]
    assert [process.wait() for process in both] == [0, 0]
    with sqlite3.connect(tmp_path / NAME) as db:
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (30,)
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="choose another folder"):
        History(tmp_path / "file").add(session())
    (tmp_path / NAME).mkdir()
    with pytest.raises(BadInput, match="cannot be used"):
        History(tmp_path).add(session())


# --- made again from recordings ---------------------------------------------------------------------------


def recorded(path: Path, note: str = "") -> Path:
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "window")
        if note:
            recorder.note(3.0, note, 0)
    return path


def test_a_lost_history_is_made_again_from_what_is_missing(kept: History) -> None:
    recorded(kept.folder / "a.coach", "pain")
    recorded(kept.folder / "b.coach")
    (kept.folder / "notes.txt").write_text("not a recording")
    kept.add(session("b.coach", form=50.0))
    judged = []

    def judge(path: Path) -> list[SetResult]:
        judged.append(path.name)
        return [result(attempt(80.0))]

    assert [path.name for path in kept.missing()] == ["a.coach"]
    assert list(kept.rebuild(judge)) == []
    assert judged == ["a.coach"]
    assert {s.recording: s.form for s in kept.sessions()} == {"a.coach": 80.0, "b.coach": 52.0}
    (again,) = (s for s in kept.sessions(whole=True) if s.recording == "a.coach")
    assert again.sets[0].notes == ((3.0, "pain"),)
    assert abs(datetime.now(UTC) - again.begun) < timedelta(minutes=1)
    kept.path.write_bytes(b"damaged" * 99)
    assert list(kept.rebuild(judge)) == []
    assert judged == ["a.coach", "a.coach", "b.coach"]
    assert len(kept.said) == 1


def test_a_history_made_again_knows_why_nothing_was_counted(kept: History) -> None:
    recorded(kept.folder / "a.coach")
    assert list(kept.rebuild(lambda path: [untouched("a hand hid your mouth or cheek")])) == []
    assert [row.reason for row in kept.sets()] == ["a hand hid your mouth or cheek"]


def test_a_recording_that_cannot_be_read_is_told_once_and_keeps_no_other_from_being_read(kept: History) -> None:
    recorded(kept.folder / "a.coach")
    recorded(kept.folder / "c.coach")
    (kept.folder / "b.coach").write_bytes(b"nothing" * 99)

    def judge(path: Path) -> list[SetResult]:
        if path.name == "b.coach":
            raise BadInput("b.coach: damaged")
        return [] if path.name == "c.coach" else [result(attempt(80.0))]

    assert list(kept.rebuild(judge)) == ["b.coach: damaged"]
    assert list(kept.rebuild(judge)) == kept.missing() == []
    # Of what nobody did nobody is told.
    assert [s.recording for s in kept.sessions()] == ["a.coach"]
    assert len(kept.practised()) == 1


def test_when_a_recording_was_begun_is_in_it_and_else_when_it_was_written(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.coach")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE about SET value = '2025-02-03T04:05:06+00:00' WHERE key = 'begun'")
    assert begun_of(path) == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    path.write_bytes(b"")
    os.utime(path, (1e9, 1e9))
    assert begun_of(path) == datetime.fromtimestamp(1e9, UTC)


def test_what_was_said_is_read_whatever_the_set(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a.coach") as recorder:
        for time in (1.0, 9.0):
            recorder.begin_set(SMILE, "window")
            recorder.note(time, "pain", 0)
    assert spoken(tmp_path / "a.coach") == [(1.0, "pain"), (9.0, "pain")]


# --- forgetting -------------------------------------------------------------------------------------------


def test_a_forgotten_session_is_not_to_be_found_in_the_file(kept: History) -> None:
    secret = session("a.coach")
    secret = replace(secret, sets=(replace(secret.sets[0], name="A very private name"),))
    kept.add(secret)
    kept.add(session("b.coach"))
    assert b"A very private name" in kept.path.read_bytes()
    assert kept.forget("a.coach") == 1
    assert kept.forget("a.coach") == 0
    assert b"A very private name" not in kept.path.read_bytes()
    assert [s.recording for s in kept.sessions()] == ["b.coach"]


def test_all_is_forgotten_with_what_was_set_aside(kept: History) -> None:
    kept.folder.mkdir()
    kept.path.write_text("damaged" * 99)
    kept.add(session())
    assert [path.name for path in kept.forget_all()] == [NAME, f"{NAME}.bad"]
    assert list(kept.folder.iterdir()) == []


@pytest.mark.parametrize(("name", "content"), [("a.txt", b""), ("a.coach", b"precious " * 20), ("none.coach", None)])
def test_what_is_no_recording_is_not_deleted(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match="deleted"):
        history.delete_recording(path)
    assert path.exists() is (content is not None)


def test_a_recording_is_deleted_with_its_journal(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.coach")
    (tmp_path / "a.coach-journal").write_text("")
    history.delete_recording(path)
    assert list(tmp_path.iterdir()) == []


def test_a_session_from_the_future_is_left_out_of_all_that_is_told(tmp_path: Path) -> None:
    """A clock that was 400 days ahead, once."""
    now = datetime.now().astimezone()
    kept = History(tmp_path, until=tomorrow())
    for name, begun in (("now", now), ("soon", now + timedelta(hours=12)), ("ahead", now + timedelta(days=400))):
        kept.add(session_from([result(attempt(80.0 if name != "ahead" else 99.0))], f"{name}.coach", begun))
    assert [s.recording for s in kept.sessions()] == ["now.coach", "soon.coach"]
    assert len(kept.practised()) == len(kept.sets()) == sum(kept.times().values()) == 2
    assert {row.form for row in kept.records()} == {80.0}
    assert kept.ahead() == 1
    last = kept.last(kept.sets()[0].exercise)
    assert last is not None
    assert last.form == 80.0
    assert len(History(tmp_path).sessions()) == 3  # nothing of it is lost
    assert History(tmp_path, "somebody").sessions() == []
    assert kept.forget("ahead.coach") == 1
    assert kept.ahead() == 0


def test_a_session_stays_on_its_day_wherever_it_is_told(tmp_path: Path) -> None:
    """Taken in again on the other side of the world."""
    path = tmp_path / "a.coach"
    with Recorder(path):
        pass
    for written in ("2025-02-03T23:30:00+09:00", "2025-02-03T00:10:00-08:00"):
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE about SET value = ? WHERE key = 'begun'", (written,))
            db.commit()
        assert begun_of(path).date() == date(2025, 2, 3)
