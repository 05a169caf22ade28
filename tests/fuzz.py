"""Feed every parser of files from strangers with files gone wrong: each is accepted, or refused in one line.

    python tests/fuzz.py [--inputs N] [--seed S] [--seconds T]

Each parser has a way to make an input from chance, mostly a good file with some harm done to it. An input for which the
parser does anything but accept or raise `CoachError` with one line, or for which it takes longer than a second, is a
finding: it is written into `tests/corpus/<parser>/`, which `tests/test_fuzz.py` replays for ever. The same seed gives
the same inputs. (Where the package is not installed in place, as the README does it, put PYTHONPATH=. before.)
"""

import argparse
import faulthandler
import hashlib
import io
import json
import logging
import math
import os
import random
import re
import sqlite3
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import msgspec
import numpy as np
from faces import rest_measures

from coach.avatar import mesh
from coach.errors import BadInput, CoachError
from coach.form.condition import Conditions, mirror, parse
from coach.form.exercise import find_exercise, library_folder, load_exercise, parse_toml
from coach.form.measures import NAMES
from coach.form.session import Session
from coach.frame import Array, Frame
from coach.plan.routine import Routine, seconds
from coach.plan.screening import parse_screening
from coach.records.history import NAME, History, SetRow, begun_of, person_of
from coach.records.history import Session as Sitting
from coach.records.person import Person, load_person, save_person
from coach.records.recording import FrameReader, Recorder, read_about, read_frames, read_notes, read_pictures, read_sets
from coach.records.settings import Settings, load_settings, save_settings
from coach.vision.models import FACE, find_model
from coach.vision.video import read_video

CORPUS = Path(__file__).parent / "corpus"
#: Seconds of the processor that no input may take. A hang is ended after so many of the clock, with a trace.
SLOW_S, HANGS_S = 1.0, 60.0
#: Bytes of an input: larger ones are made for their size only, and are never kept.
KEPT = 100_000

Chance = random.Random


# --- harm -------------------------------------------------------------------------------------------------

#: What a value of a text file may be replaced by.
ODD = (
    "nan", "-inf", "inf", "1e308", "-1e308", "5e-324", "0", "-0", "-1", "1e6", "1000001", "9" * 30,
    "9" * 5000, "0x" + "f" * 4000, "true", '""', '"x"', '"\\u0000"', '"\\n"', '"\\u001b[2J"', '"\u202e"', '"../../x"',
    '"/dev/zero"', "[]", "{}", "[[]]", "[1, 2]", "{a = 1}", '{"a": 1}', "null", "1979-05-27", "07:32:00",
    "[" * 300, "{a = " * 200, '"' + "x" * 3000 + '"',
    "'''\n'''", "\ud800", "lip_gap", '"|yaw_deg| > 20"', '"lip_gap > 1' + " and lip_gap > 1" * 40 + '"',
)  # fmt: skip
_VALUE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[-+]?\d[\w.+-]*|true|false|null|\[[^\[\]]*\]|\{[^{}]*\}')
_NAME = re.compile(r"[A-Za-z_][\w-]*")


def harmed(text: str, chance: Chance, others: Sequence[str] = ()) -> str:
    """A text file with values, keys and lines gone wrong."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        match chance.randrange(11):
            case 0:
                text = _in_place(text, _VALUE, chance.choice(ODD), chance)
            case 1:
                text = _in_place(text, _VALUE, _some(_VALUE, text, chance), chance)
            case 2:
                text = _in_place(text, _NAME, _some(_NAME, text, chance), chance)
            case 3:
                lines = text.split("\n")
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
                text = "\n".join(lines)
            case 4:
                lines = text.split("\n")
                del lines[chance.randrange(len(lines))]
                text = "\n".join(lines)
            case 5:
                lines, more = text.split("\n"), chance.choice(others or (text,)).split("\n")
                at, of = chance.randrange(len(lines) + 1), chance.randrange(len(more) + 1)
                text = "\n".join(lines[:at] + more[of : of + chance.randrange(1, 12)] + lines[at:])
            case 6:
                text = text[: chance.randrange(len(text) + 1)]
            case 7:
                at = chance.randrange(len(text) + 1)
                text = (
                    text[:at]
                    + chr(chance.choice((0, 9, 10, 34, 46, 91, 123, 124, 160, 0x2028, 0xFEFF, 0x1F600)))
                    + text[at:]
                )
            case 8:
                at, many = chance.randrange(len(text) + 1), chance.choice((3, 30, 300, 3000))
                text = (
                    text[:at]
                    + chance.choice((" ", "\t", "[", "a.", '"a".', "x", "\n", "and ", "{a=", "1")) * many
                    + text[at:]
                )
            case 9:
                at = chance.randrange(len(text) + 1)
                piece = text[at : at + chance.randrange(1, 400)]
                text = text[:at] + piece * chance.choice((2, 5, 20)) + text[at + len(piece) :]
            case _:
                data = bytearray(text.encode("utf-8", "surrogatepass"))
                if data:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                text = data.decode("utf-8", "surrogateescape")
    return text


def _some(what: re.Pattern[str], text: str, chance: Chance) -> str:
    found = what.findall(text)
    return chance.choice(found) if found else ""


def _in_place(text: str, what: re.Pattern[str], by: str, chance: Chance) -> str:
    places = list(what.finditer(text))
    if not places:
        return text
    at = chance.choice(places)
    return text[: at.start()] + by + text[at.end() :]


def harmed_bytes(content: bytes, chance: Chance, page: int = 0) -> bytes:
    """A binary file with bits turned, pieces overwritten, moved, cut out or cut off. page: its pages begin after so
    many bytes; half of the harm is done there, where its structure is."""
    data = bytearray(content)
    for _ in range(chance.randrange(1, 7)):
        if not data:
            break
        at = chance.randrange(len(data))
        if chance.random() < 0.5:
            at = min(len(data) - 1, (at // page * page if page else 0) + chance.randrange(160))
        length = chance.randrange(1, 400)
        match chance.randrange(7):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + length] = chance.randbytes(len(data[at : at + length]))
            case 2:
                data[at : at + length] = chance.choice((b"\xff", b"\0", b"\x7f")) * len(data[at : at + length])
            case 3:
                to = chance.randrange(len(data))
                data[at : at + length] = data[to : to + len(data[at : at + length])]
            case 4:
                del data[at : at + length]
            case 5:
                size = chance.choice((1, 2, 4, 8))
                data[at : at + size] = chance.choice((0, 1, (1 << 8 * size - 1) - 1, (1 << 8 * size) - 1)).to_bytes(
                    size, "big"
                )
            case _:
                del data[at:]
    return bytes(data)


# --- parsers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parser:
    """One way in. make: an input from chance; read: what the program does with it, in a folder that is there for it;
    share: how often it comes among all."""

    name: str
    share: int
    make: Callable[[Chance], bytes]
    read: Callable[[bytes, Path], None]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if "\ud800" not in text else "replace")


@cache
def _texts(*folders: str) -> list[str]:
    places = [Path(str(library_folder())) / folder for folder in folders]
    return [path.read_text(encoding="utf-8") for place in places for path in sorted(place.glob("*.toml"))]


def _exercise(chance: Chance) -> bytes:
    texts = _texts(".", "points", "strokes", "neck")
    return _encoded(harmed(chance.choice(texts), chance, texts))


def _read_exercise(content: bytes, folder: Path) -> None:
    path = folder / "mine.toml"
    path.write_bytes(content)
    exercise = load_exercise(path)
    seconds(exercise)
    if exercise.judged:
        _judge(Session(exercise))


def _routine(chance: Chance) -> bytes:
    return _encoded(harmed(chance.choice(_texts("routines")), chance, _texts("routines")))


def _read_routine(content: bytes, folder: Path) -> None:
    sum(map(seconds, parse_toml(_text(content), "mine.toml", Routine).exercises()))


def _screening(chance: Chance) -> bytes:
    return _encoded(harmed(_texts("plan")[0], chance, _texts("routines")))


def _read_screening(content: bytes, folder: Path) -> None:
    parse_screening(_text(content), "screening.toml")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(str(error)) from None


#: The grammar of conditions, and of what is nearly one: each name stands for one of these.
GRAMMAR: dict[str, tuple[tuple[str, ...], ...]] = {
    "condition": (("clause",), ("clause",), ("clause", "and", "condition"), ("clause", "junction", "condition")),
    "and": ((" and ",), ("space", "and", "space")),
    "junction": ((" or ",), (" AND ",), ("and",), (" and and ",), ("",), (";",), ("\n",)),
    "clause": (*3 * (("name", "comparison", "right", "percent"), ("|", "name", "|", "comparison", "right")),
               ("measure", "op", "number", "percent"), ("|", "measure", "|", "op", "number"), ("odd",),
               ("space", "measure", "space", "op", "space", "number", "space", "percent", "space")),
    "comparison": ((" > ",), ("<",), (" < ",)),
    "right": (("12",), ("0.015",), ("-40",), ("+7.5",)),
    "measure": (*5 * (("name",),), ("lip_gab",), ("é",), ("__import__('os')",), ("",), ("|", "name")),
    "op": (*3 * (("comparison",),), (">=",), ("=",), ("><",), ("",)),
    "number": (*6 * (("right",),), ("digits",), ("digits", ".", "digits"), ("1e9",), ("nan",), ("٣",), (".5",),
               ("0x1",), ("digits", "digits", "digits"), ("--1",)),
    "digits": (*6 * (("0",), ("12",), ("000",)), ("9" * 40,), ("1" * 600,)),
    "percent": (*3 * (("",),), (" %",), ("%",), ("%%",)),
    "space": (("",), (" ",), (" " * 40,), ("\t",), (" ", "space", "space"), ("\u00a0",), ("\n",)),
    "odd": (("",), ("|",), ("and",), ("(", "clause", ")"), ("lambda: 0",), ("\0",), ("not ", "clause"),
            ("yaw_deg" + " " * 300,)),
}  # fmt: skip


def _condition(chance: Chance) -> bytes:
    text, waiting, left = "", ["condition"], 60
    while waiting:
        part = waiting.pop()
        if part == "name":
            text += chance.choice(NAMES)
        elif part in GRAMMAR and left:
            left -= 1
            waiting += reversed(chance.choice(GRAMMAR[part]))
        elif part not in GRAMMAR:
            text += part
    return _encoded(harmed(text, chance) if chance.random() < 0.2 else text)


_RISING = np.linspace(0.1, 1.0, len(NAMES))


def _read_condition(content: bytes, folder: Path) -> None:
    try:
        clauses = parse(content.decode("utf-8", "replace"))
    except ValueError as error:  # the reader of exercises says where it is
        raise BadInput(str(error)) from None
    both = Conditions([clauses, mirror(clauses)], _RISING)
    assert both.test(_RISING).tolist() == both.test(_RISING[None])[0].tolist()


def _settings(chance: Chance) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        save_settings(path, Settings(last="wide-smile", answers=["one"], welcomed="2025-01-31"))
        return _encoded(harmed(path.read_text(), chance, _texts("routines")))


def _read_settings(content: bytes, folder: Path) -> None:
    path = folder / "settings.toml"
    path.write_bytes(content)
    settings, troubles = load_settings(path)
    for trouble in troubles:
        _check_line(trouble)
    save_settings(path, settings)
    assert load_settings(path) == (settings, []) or troubles
    if troubles:
        raise BadInput(troubles[0])


def _person(chance: Chance) -> bytes:
    known = {name: round(0.1 * number, 3) for number, name in enumerate(NAMES)}
    person = Person(known, known, {"wide-smile": {"smile_left": 0.5}}, {"wide-smile": "2025-01-31"})
    return _encoded(harmed(json.dumps(msgspec.to_builtins(person), indent=1), chance))


def _read_person(content: bytes, folder: Path) -> None:
    (folder / "people").mkdir(exist_ok=True)
    (folder / "people" / "me.json").write_bytes(content)
    person = load_person(folder, "me")
    assert person is not None
    _judge(Session(find_exercise("wide-smile"), calibration=person.calibration))
    save_person(folder, "me", person)


_PAGE = 1024


@cache
def _recorded() -> bytes:
    chance = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.coach"
        with Recorder(path, "me") as recorder:
            for number, id in enumerate(("wide-smile", "jaw-glide", "li20")):
                recorder.begin_set(find_exercise(id), f"set {number}", {"reps": number} if number else None)
                for i in range(3):
                    points = chance.normal(size=(478, 3)).astype(np.float32)
                    recorder.add(Frame(10 * number + i / 30, points, points[:52, 0], points[:4, [0, 1, 2, 0]]), i)
                recorder.note(10.0 * number + 0.05, "one", 1)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(f"PRAGMA page_size = {_PAGE}")  # much of a small file is structure
            db.execute("VACUUM")
        return path.read_bytes()


#: What of a recording's values a stranger may change without harm to the file.
_COLUMNS = {
    "about": ("key", "value"),
    "sets": ("number", "label", "exercise", "performed", "settings"),
    "frames": ("number", "set_number", "time", "since", "seen", "beside", "hands_time", "pose_time", "picture"),
    "notes": ("set_number", "time", "kind", "attempts"),
}
_VALUES = (
    None,
    0,
    -1,
    1,
    2**62,
    1e300,
    float("inf"),
    0.05,
    "",
    "x",
    "\n\x1b[2J",
    "[]",
    "{}",
    "[" * 300,
    "../../x",
    b"",
    b"\0" * 9,
    b"\xff" * 900,
)


def _recording(chance: Chance) -> bytes:
    if chance.random() < 0.5:
        return harmed_bytes(_recorded(), chance, page=_PAGE)
    return _changed_values(_recorded(), _COLUMNS, chance)


def _changed_values(content: bytes, columns: dict[str, tuple[str, ...]], chance: Chance) -> bytes:
    """A good database that says something odd."""
    db = sqlite3.connect(":memory:")
    with closing(db):
        db.deserialize(content)
        for _ in range(chance.randrange(1, 4)):
            table = chance.choice(list(columns))
            column = chance.choice(columns[table])
            rows = [row for (row,) in db.execute(f"SELECT rowid FROM {table}")] if table != "repetitions" else [None]
            if not rows:
                continue
            row = chance.choice(rows)
            where, of = (" WHERE rowid = ?", (row,)) if row is not None else ("", ())
            (value,) = db.execute(f'SELECT "{column}" FROM {table}{where}', of).fetchone()
            match chance.randrange(3):
                case 0 if isinstance(value, str) and value:
                    value = harmed(value, chance).encode("utf-8", "replace").decode()
                case 1 if isinstance(value, bytes) and value:
                    value = harmed_bytes(value, chance)
                case _:
                    value = chance.choice(_VALUES)
            try:
                db.execute(f'UPDATE {table} SET "{column}" = ?{where}', (value, *of))
            except sqlite3.Error:
                continue
        db.commit()
        return db.serialize()


def _read_recording(content: bytes, folder: Path) -> None:
    path = folder / "a.coach"
    path.write_bytes(content)
    begun_of(path)
    person_of(path)
    read_about(path)
    for kept in read_sets(path):
        read_notes(path, kept.number)
        read_pictures(path, kept.number)
        frames = list(read_frames(path, kept.number))
        if kept.exercise.judged:
            _judge(Session(kept.exercise, calibration=kept.calibration, gentle=kept.gentle), frames)
    with FrameReader(path) as reader:
        for numbers in reader.numbers().values():
            for number in numbers[-2:]:
                reader.frame(number)


@cache
def _historical() -> bytes:
    from datetime import UTC, datetime

    begun = datetime(2025, 1, 31, 10, tzinfo=UTC)
    row = SetRow(begun, 0, "wide-smile", "Wide smile", "mouth", "camera", 6, 5, 6, 4, 60.0, 80.0,
                 {"range": 90.0}, 0, 0, 5.0, {"left": {"moved": 90.0}}, (), ((1.0, "one"),))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.coach", "b.coach"):
            History(Path(folder)).add(Sitting(name, begun, 60.0, "0", (row, row)))
        return (Path(folder) / NAME).read_bytes()


def _history(chance: Chance) -> bytes:
    if chance.random() < 0.5:
        return harmed_bytes(_historical(), chance, page=4096)
    columns = {
        "sessions": ("id", "recording", "begun", "at", "seconds", "program", "person"),
        "sets": ("id", "session", "number", "exercise", "goal", "reps", "seconds", "form", "range", "left", "hold_s",
                 "left_moved"),
        "notes": ("set_id", "time_s", "kind"),
    }  # fmt: skip
    return _changed_values(_historical(), columns, chance)


def _read_history(content: bytes, folder: Path) -> None:
    for left in folder.glob(f"{NAME}*"):
        left.unlink()
    (folder / NAME).write_bytes(content)
    history = History(folder, "me")
    sessions = history.sessions(whole=True)
    json.dumps([[s.seconds, *(r.reps + r.seconds for r in s.sets)] for s in sessions])
    assert all(s.form is None or s.form >= -1e9 for s in sessions)
    history.records(), history.times(), history.practised(), history.missing()
    history.last("wide-smile")


def _model(chance: Chance) -> bytes:
    return harmed_bytes(_mesh_only(), chance)


@cache
def _mesh_only() -> bytes:
    """A small bundle with what of the model is read by this program itself."""
    member = "geometry_pipeline_metadata_landmarks.binarypb"
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(find_model()) as bundle:
        path = Path(folder) / FACE
        with zipfile.ZipFile(path, "w") as small:
            small.writestr(member, bundle.read(member))
        return path.read_bytes()


def _read_model(content: bytes, folder: Path) -> None:
    (folder / FACE).write_bytes(content)
    mesh.load.cache_clear()
    mesh.load(folder / FACE)
    find_model(FACE, folder)


#: The containers of small videos, each with an encoder that it takes.
CONTAINERS = (
    ("mp4", "libx264"), ("mkv", "libx264"), ("webm", "libvpx"), ("avi", "mjpeg"), ("mov", "mpeg4"),
    ("ts", "mpeg2video"),
)  # fmt: skip


@cache
def films() -> tuple[tuple[str, bytes], ...]:
    """Small videos, one of each container."""
    found = []
    for container, codec in CONTAINERS:
        kept = io.BytesIO()
        kind = {"mkv": "matroska", "ts": "mpegts"}.get(container, container)
        with av.open(kept, "w", kind, container_options={"fflags": "+bitexact"}) as film:
            stream = film.add_stream(codec, 25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for shade in range(8):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 30 * shade, np.uint8), "bgr24")
                frame.pts = shade
                film.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
            film.mux(stream.encode(None))
        found.append((container, kept.getvalue()))
    return tuple(found)


def _video(chance: Chance) -> bytes:
    return harmed_bytes(chance.choice(films())[1], chance)


def _read_video(content: bytes, folder: Path) -> None:
    path = folder / "a.mp4"
    path.write_bytes(content)
    for number, _ in enumerate(read_video(path, whole=True)):
        if number == 50:
            break


@cache
def _rest() -> Array:
    return rest_measures()


def _judge(session: Session, frames: Sequence[Frame] = ()) -> None:
    """What is accepted must also be good for what it is read for: a face that rests and moves, then these frames."""
    rest = _rest()
    for number in range(20):
        session.advance(-3.0 + number / 10, rest if number < 14 else rest * 1.3)
    for frame in frames:
        session.step(frame)


PARSERS = (
    Parser("condition", 40, _condition, _read_condition),
    Parser("exercise", 20, _exercise, _read_exercise),
    Parser("routine", 8, _routine, _read_routine),
    Parser("screening", 6, _screening, _read_screening),
    Parser("settings", 6, _settings, _read_settings),
    Parser("person", 8, _person, _read_person),
    Parser("recording", 5, _recording, _read_recording),
    Parser("history", 3, _history, _read_history),
    Parser("model", 2, _model, _read_model),
    Parser("video", 2, _video, _read_video),
)
BY_NAME = {parser.name: parser for parser in PARSERS}


# --- running ----------------------------------------------------------------------------------------------


def _check_line(said: str) -> None:
    assert said, "nothing is said"
    assert said.isprintable(), f"not one line: {said!r}"
    assert len(said) < 5000, "a page, not a line"


def outcome(parser: Parser, content: bytes, folder: Path) -> tuple[str, float]:
    """("accepted", "refused" or what went wrong, seconds of the processor)."""
    faulthandler.dump_traceback_later(HANGS_S, exit=True)
    begun, came = time.process_time(), "accepted"
    try:
        parser.read(content, folder)
    except CoachError as error:
        came = "refused"
        try:
            _check_line(str(error))
        except AssertionError as wrong:
            came = f"{type(error).__name__}: {wrong}"
    except Exception as error:
        came = f"{type(error).__name__}: {error}"
    finally:
        faulthandler.cancel_dump_traceback_later()
    took = time.process_time() - begun
    return (f"took {took:.1f} s" if took > SLOW_S and came in ("accepted", "refused") else came), took


@dataclass(slots=True)
class Tally:
    """What came of one parser's inputs."""

    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    slowest_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.inputs:>7} {self.accepted:>9} {self.refused:>8} {self.slowest_s * 1000:>11.0f}"


def run(
    inputs: int, seed: int = 0, seconds: float = math.inf, corpus: Path = CORPUS
) -> tuple[dict[str, Tally], list[str]]:
    """Make so many inputs for all parsers together, or as many as that time is enough for. Return what came of them,
    and a line for each finding, whose input is in the corpus then."""
    _rest()  # takes a second, once, for which no input is to blame
    tallies, findings, until = {parser.name: Tally() for parser in PARSERS}, list[str](), time.monotonic() + seconds
    for parser, chance in _plan(inputs, seed):
        if time.monotonic() > until:
            break
        content = parser.make(chance)
        with tempfile.TemporaryDirectory() as folder:
            (corpus / parser.name).mkdir(parents=True, exist_ok=True)
            last = corpus / parser.name / f"{os.getpid()}.running"  # of a crash or a hang, this is what is left
            last.write_bytes(content)
            came, took = outcome(parser, content, Path(folder))
            last.unlink()
        tally = tallies[parser.name]
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, took)
        if came in ("accepted", "refused"):
            setattr(tally, came, getattr(tally, came) + 1)
        else:
            findings.append(f"{parser.name}: {came} ({_keep(corpus / parser.name, content)})")
    return tallies, findings


def _plan(inputs: int, seed: int) -> Iterator[tuple[Parser, Chance]]:
    """Which parser comes when, each input with a chance of its own, so that one can be made again by itself."""
    turns = [parser for parser in PARSERS for _ in range(parser.share)]
    random.Random(0).shuffle(turns)
    for number in range(inputs):
        yield turns[number % len(turns)], Chance(f"{seed}-{number}")


def _keep(folder: Path, content: bytes) -> str:
    if len(content) > KEPT:
        return f"{len(content)} bytes, too many to be kept"
    path = folder / f"{hashlib.sha256(content).hexdigest()[:12]}.bin"
    path.write_bytes(content)
    return str(path)


def main() -> int:
    """Run from the command line: 0 where nothing was found, else 1."""
    options = argparse.ArgumentParser(description="Feed all parsers with files gone wrong.")
    options.add_argument("--inputs", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--seconds", type=float, default=math.inf)
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    tallies, findings = run(chosen.inputs, chosen.seed, chosen.seconds)
    print(f"{'parser':<11}{'inputs':>7} {'accepted':>9} {'refused':>8} {'slowest ms':>11}")
    for name, tally in tallies.items():
        print(f"{name:<11}{tally}")
    whole = [sum(getattr(t, what) for t in tallies.values()) for what in ("inputs", "accepted", "refused")]
    print(f"{'all':<11}{Tally(*whole, max(t.slowest_s for t in tallies.values()))}")
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
