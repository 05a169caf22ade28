"""What is exported of a session is what the coach told of it, and only of the part that was asked for."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from faces import frames, mesh, perform, resting

from coach.avatar.film import FPS, SIZE, Moment, film
from coach.cli import _judged_set, _moments
from coach.errors import BadInput
from coach.form.exercise import find_exercise
from coach.form.measures import INDEX, NAMES, TABLE
from coach.frame import Frame, Kind, Repetition
from coach.plan.workout import SetResult
from coach.records.export import (
    JudgedSet,
    Span,
    check_places,
    frame_table,
    history_object,
    objects,
    page,
    repetition_table,
    repetitions_place,
    write_file,
)
from coach.records.history import History, session_from
from coach.records.recording import Recorder, read_sets
from coach.vision.encode import write_film

SMILE, GLIDE = find_exercise("wide-smile"), find_exercise("jaw-glide")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sets, one second apart; in the first an attempt that is refused, and a frame without a face."""
    path, start = tmp_path_factory.mktemp("export") / "a.coach", 0.0
    with Recorder(path) as recorder:
        for exercise, moves in ((SMILE, ("clean", "partial", "clean")), (GLIDE, ("clean", "clean"))):
            recorder.begin_set(exercise, "window")
            for number, frame in enumerate(frames(perform(exercise, *moves), fps=15)):
                frame = replace(frame, time=start + frame.time)
                recorder.add(Frame(frame.time) if number == 20 else frame)
            start = frame.time + 1.0
        recorder.note(frame.time, "pain", 2)
    return path


@pytest.fixture(scope="module")
def sets(recording: Path) -> list[JudgedSet]:
    return [_judged_set(recording, kept) for kept in read_sets(recording)]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_of_frames_has_every_frame_with_the_unit_of_every_measure(sets: list[JudgedSet]) -> None:
    table = rows(frame_table(sets))
    assert len(table) == sum(len(one.steps) for one in sets)
    assert list(table[0])[:5] == ["time_s", "set", "exercise", "phase", "match"]
    assert list(table[0])[5:] == [f"{row.name} [{row.unit}]" for row in TABLE]
    step, row = sets[0].steps[40], table[40]
    assert step.measures is not None
    assert float(row["time_s"]) == pytest.approx(step.time, abs=1e-4)
    assert float(row["mouth_width [OC]"]) == pytest.approx(step.measures[INDEX["mouth_width"]], abs=1e-5)
    assert row["phase"] == step.phase.value
    assert [table[20][key] for key in list(row)[5:]] == [""] * len(NAMES)
    assert {row["exercise"] for row in table} == {"wide-smile", "jaw-glide"}


def test_the_table_of_repetitions_has_every_attempt(sets: list[JudgedSet]) -> None:
    table = rows(repetition_table(sets))
    assert [(row["set"], row["number"], row["counted"], row["side"]) for row in table[:3]] == [
        ("0", "1", "1", ""),
        ("0", "2", "0", ""),
        ("0", "3", "1", ""),
    ]
    assert {row["side"] for row in table[3:]} == {"left", "right"}
    assert "is needed" in table[1]["reason"]
    first = sets[0].attempts[0]
    assert first.form is not None
    assert float(table[0]["form_0_100"]) == pytest.approx(first.form, abs=0.05)
    assert float(table[0]["hold_0_100"]) == pytest.approx(first.part("hold"), abs=0.05)
    assert float(table[0]["end_s"]) == pytest.approx(first.end_s, abs=5e-4)


def test_the_objects_are_the_results_with_events_and_notes(sets: list[JudgedSet]) -> None:
    found = json.loads(objects(sets))
    for one, told in zip(sets, found, strict=True):
        assert {key: told[key] for key in one.result} == json.loads(json.dumps(one.result))
    assert [event["kind"] for event in found[0]["events"]].count("rep") == 2
    assert found[0]["events"][0]["kind"] == Kind.ARMED
    assert [note["said"] for note in found[1]["notes"]] == ["pain"]
    assert found[0]["span_s"] == [None, None]


def test_a_span_leaves_out_what_is_not_in_it(sets: list[JudgedSet]) -> None:
    second = sets[0].attempts[1]
    span = Span(second.start_s + 0.1, second.end_s - 0.1)
    times = [float(row["time_s"]) for row in rows(frame_table(sets, span))]
    assert span.start_s <= min(times)
    assert max(times) <= span.end_s
    assert len(times) == pytest.approx(15 * (span.end_s - span.start_s), abs=2)
    assert [row["number"] for row in rows(repetition_table(sets, span))] == ["2"]
    (told,) = json.loads(objects(sets, span))
    assert (told["reps"], len(told["repetitions"]), told["set"]) == (2, 1, 0)
    assert all(event["time_s"] <= span.end_s for event in told["events"])
    shown = page(sets, "today", span)
    assert "<strong>2.</strong>" in shown
    assert "<strong>1.</strong>" not in shown
    assert "Jaw glide" not in shown


class Tags(HTMLParser):
    """Every tag is closed, and nothing is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "link", "iframe")
        assert not {name for name, _ in attrs} & {"src", "href"}
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_each_set_and_each_attempt_with_its_sentence(sets: list[JudgedSet]) -> None:
    text = page(sets, "1 May")
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "2 repetitions of 3 attempts in the whole set" in tags.text
    assert "pain was reported once" in tags.text
    assert sets[0].attempts[1].reason in tags.text
    for attempt in sets[0].attempts:
        for part in attempt.parts:
            assert part.says in tags.text
    assert text.count('role="img"') == 2
    assert text.count('stroke-dasharray="6 4"') == 2  # the level to be reached
    assert "no diagnosis" in tags.text


def test_the_line_of_the_chart_follows_the_match(sets: list[JudgedSet]) -> None:
    text = page(sets[:1], "1 May")
    lines = re.findall(r'<polyline points="([^"]+)"', text)
    points = np.array([[float(v) for v in point.split(",")] for line in lines for point in line.split()])
    matches = [step.match for step in sets[0].steps if step.match is not None]
    assert len(points) == len(matches)
    assert np.argmin(points[:, 1]) == pytest.approx(np.argmax(matches), abs=30)
    assert np.corrcoef(points[:, 1], matches)[0, 1] < -0.999


def test_a_page_tells_why_nothing_was_counted(sets: list[JudgedSet]) -> None:
    def told(attempts: Sequence[Repetition] = (), **result: object) -> str:
        tags = Tags()
        tags.feed(page([replace(sets[0], attempts=attempts, result={**sets[0].result, **result})], "1 May"))
        return tags.text

    tilted = "your head was tilted by 90 degrees"
    assert f"Nothing counted: {tilted}." in told(reps=0, reason=tilted)
    refused = replace(sets[0].attempts[1], reason="beside <the> point")
    assert "Nothing counted: beside <the> point." in told([refused], reps=0, reason="")
    for result in ({"reps": 1, "reason": tilted}, {"reps": 0, "reason": ""}):
        assert "Nothing counted" not in told(**result)


def test_a_face_that_only_rested_is_told_how_little_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "window")
        for frame in resting(8.0, 15):
            recorder.add(frame)
    (one,) = (_judged_set(path, kept) for kept in read_sets(path))
    assert one.result["reps"] == 0
    assert "of the movement was seen" in one.result["reason"]
    assert f"<p>Nothing counted: {one.result['reason']}.</p>" in page([one], "1 May")
    assert json.loads(objects([one]))[0]["reason"] == one.result["reason"]


def test_the_history_as_an_object_has_the_reason_of_every_set(tmp_path: Path) -> None:
    zero = SetResult(SMILE, 6, 0.0, 60.0, 0, 0, 0, (), why_nothing="it was too dark")
    session = session_from([zero, replace(zero, reps=1, why_nothing="")], "a.coach", datetime(2026, 3, 1, tzinfo=UTC))
    kept = History(tmp_path)
    kept.add(session)
    (told,) = json.loads(history_object(kept.sessions(whole=True)))
    assert [one["reason"] for one in told["sets"]] == ["it was too dark", ""]


def test_what_a_stranger_wrote_into_a_recording_is_only_text(sets: list[JudgedSet]) -> None:
    evil = msgspec.structs.replace(SMILE, name="<script>alert(1)</script>")
    attempt = replace(sets[0].attempts[1], reason='=HYPERLINK("x")<b>')
    one = replace(sets[0], kept=replace(sets[0].kept, exercise=evil), attempts=[attempt])
    text = page([one], "<i>")
    Tags().feed(text)
    assert "<script>" not in text
    assert "<b>" not in text
    assert rows(repetition_table([one]))[0]["reason"].startswith("'=")


# --- places -----------------------------------------------------------------------------------------------


def test_places_that_cannot_be_written_are_refused_before_anything_is_done(recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.coach"
    other.write_bytes(recording.read_bytes())
    (tmp_path / "link.json").symlink_to(recording)
    for places, says in (
        ([recording], "the recording itself"),
        ([tmp_path / "link.json"], "the recording itself"),
        ([other], "a recording of that name"),
        ([tmp_path], "a folder"),
        ([tmp_path / "none" / "a.csv"], "no such folder"),
        ([tmp_path / "a.csv", tmp_path / "a.csv"], "named twice"),
    ):
        with pytest.raises(BadInput, match=says):
            check_places(recording, places)
    check_places(recording, [tmp_path / "a.csv", repetitions_place(tmp_path / "a.csv")])


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_file(path, "one")
    write_file(path, "two")
    assert path.read_text() == "two"
    with pytest.raises(BadInput, match="cannot be written"):
        write_file(tmp_path / "none" / "a.json", "three")
    assert [kept.name for kept in tmp_path.iterdir()] == ["a.json"]


# --- the film ---------------------------------------------------------------------------------------------


def test_the_film_lasts_as_long_as_the_part_and_shows_the_movement(
    recording: Path, sets: list[JudgedSet], tmp_path: Path
) -> None:
    span = Span(sets[0].attempts[0].start_s - 0.3, sets[0].attempts[0].end_s)
    path = tmp_path / "a.mp4"
    count = write_film(path, film(mesh(), _moments(recording, sets, span)), SIZE, FPS)
    assert count == pytest.approx(FPS * (span.end_s - span.start_s), abs=2)
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FPS) == FPS
    pictures = []
    while (read := video.read())[0]:
        pictures.append(read[1].astype(int))
    assert len(pictures) == count
    assert pictures[0].shape == (SIZE[1], SIZE[0], 3)
    mouth = [picture[220:300, 240:400] for picture in pictures]
    moved = [np.abs(one - mouth[0]).mean() for one in mouth]
    assert max(moved[len(moved) // 3 : -len(moved) // 3]) > 4 * max(moved[1], 0.5)
    bar = [(picture[SIZE[1] - 8, 20:620, 0] > 140).mean() for picture in pictures]
    assert bar[0] < 0.1
    assert bar[-1] > 0.9


def test_a_slow_source_and_a_gap_keep_the_film_in_time() -> None:
    face = list(frames(perform(SMILE), fps=5))[:10]
    later = [replace(frame, time=frame.time + 100.0) for frame in face]
    shown = sum(1 for _ in film(mesh(), (Moment(frame) for frame in [*face, *later])))
    assert shown == pytest.approx(2 * (1 + FPS * 9 / 5), abs=4)


@pytest.mark.parametrize(
    ("name", "says"),
    [("a.avi", r"ends in \.mp4"), ("none/a.mp4", "cannot be written"), ("a.mp4", "nothing to be seen")],
)
def test_a_film_that_cannot_be_made_is_refused_and_leaves_nothing(tmp_path: Path, name: str, says: str) -> None:
    nothing: Iterator[np.ndarray] = iter(())
    with pytest.raises(BadInput, match=says):
        write_film(tmp_path / name, nothing, SIZE, FPS)
    assert list(tmp_path.iterdir()) == []
