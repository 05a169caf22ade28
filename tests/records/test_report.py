"""The report stands by itself, tells what was seen, and promises nothing."""

import os
import re
import stat
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from records.test_progress import row, sided

from coach.errors import BadInput
from coach.records.history import Session, SetRow
from coach.records.report import DISCLAIMER, page, write

TODAY = date(2026, 6, 1)
VOID = {"meta", "line", "circle", "rect", "polyline", "br"}


def sessions(*rows: SetRow) -> list[Session]:
    return [Session(None, r.begun, r.seconds, "1", (r,)) for r in rows]


def report(*rows: SetRow) -> str:
    return page(sessions(*rows), lambda exercise, code: f"{code} of {exercise}", TODAY)


class Outline(HTMLParser):
    """Elements that are closed as they should be, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_each_month_has_a_page_with_its_days_and_what_was_done() -> None:
    outline = Outline(report(row(0), row(0.1), row(29), row(31)))
    assert outline.seen.count("section") == 2
    assert "March 2026" in outline.text
    assert "April 2026" in outline.text
    assert "2 days practised, 3 sessions" in outline.text
    assert "22 min" in outline.text  # the 2nd, two minutes
    assert "Facial exercises: March 2026 to April 2026" in outline.text
    assert outline.text.count(DISCLAIMER) == 2


def test_left_and_right_are_drawn_apart_and_named() -> None:
    def charts(text: str) -> list[list[str]]:
        found = re.findall(r"<figure>.*?</figure>", text)
        return [[Outline(chart).text.split(" ")[0], *re.findall("left|right", chart)] for chart in found]

    assert charts(report(sided(0, 50.0, 90.0))) == [["Form", "left", "right"], ["Range", "left", "right"]]
    moved = {"left": {"moved": 80.0}, "right": {"moved": 100.0}}
    even = report(row(0, 70.0, range=80.0, symmetry=90.0, sides=moved))
    assert [chart[1:] for chart in charts(even)] == [[], [], ["left", "right"]]
    assert len(charts(report(row(0, 70.0, range=80.0, symmetry=90.0)))) == 3
    assert charts(report(row(0, None))) == []


def test_a_better_score_is_drawn_higher() -> None:
    text = report(row(0, 20.0), row(5, 90.0))
    (low, high) = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', text)
    assert float(low[0]) < float(high[0])
    assert float(low[1]) > float(high[1])


def test_the_faults_seen_most_are_told_in_words() -> None:
    outline = Outline(report(row(0, codes=[("jaw",), ("jaw", "rushed")])))
    assert "Told most often: jaw of wide-smile (2 times); rushed of wide-smile (once)." in outline.text


def test_nothing_counted_is_told_with_its_reason() -> None:
    last = "; the numbers are those of the last"
    dark, tilted = "it was too dark", "your head was tilted by {} degrees"
    zeros = [row(day, None, reps=0, reason=why) for day, why in enumerate((tilted.format(90), dark, tilted.format(80)))]

    def told(*rows: SetRow) -> str:
        return Outline(report(*rows)).text

    assert "Nothing counted: your head was tilted by 90 degrees." in told(zeros[0])
    assert f"Nothing counted in 3 of 3 sets: most often {tilted.format(80)} (2 times{last})." in told(*zeros)
    assert "Nothing counted in 1 of 3 sets: it was too dark." in told(row(0), zeros[1], row(2))
    assert "Nothing counted in 2 of 3 sets: it was too dark (2 times)." in told(row(0), zeros[1], zeros[1])
    assert "Nothing counted" not in told(row(0))
    # Each month and each exercise has its own.
    apart = report(zeros[0], row(0, exercise="pucker"), row(31))
    parts = re.findall(r"<article>.*?</article>", apart, re.S)
    assert [("Wide-Smile" in part, "Nothing counted" in part) for part in parts] == [
        (False, False),
        (True, True),
        (True, False),
    ]


def test_a_trend_is_as_it_stood_at_the_end_of_the_month() -> None:
    text = report(*(row(7 * week, 40 + 2 * week) for week in range(13)))
    months = re.findall(r"<section>.*?</section>", text, re.S)
    assert ["not clear yet" in month for month in months] == [True, False, False]
    assert "Trend: rising." in months[-1]


def test_pain_that_was_reported_is_not_left_out() -> None:
    (session,) = sessions(row(0))
    hurt = replace(session, sets=(replace(session.sets[0], notes=((3.0, "pain"), (9.0, "one"))),))
    assert "pain was reported once" in page([hurt], lambda exercise, code: code, TODAY)


def test_words_from_files_are_escaped() -> None:
    bad = "<script>alert('x')</script>&\"$name"
    text = report(row(0, None, exercise=bad, codes=[(bad,)], reps=0, reason=bad))
    outline = Outline(text)
    assert "script" not in outline.seen
    assert bad.title() in outline.text
    assert f"{bad} of {bad}" in outline.text
    assert f"Nothing counted: {bad}." in outline.text


def test_nothing_is_fetched_from_anywhere() -> None:
    text = report(row(0, codes=[("jaw",)]), sided(1, 50.0, 60.0))
    outline = Outline(text)
    assert not {name for name, _ in outline.attributes} & {"href", "src", "srcset", "xlink:href", "data", "action"}
    assert not {"script", "link", "img", "iframe", "object"} & set(outline.seen)
    assert "url(" not in text
    assert "@import" not in text
    assert "//" not in text


def test_nothing_is_promised() -> None:
    said = Outline(report(*(row(7 * week, 40 + 2 * week, codes=[("jaw",)]) for week in range(13)))).text.lower()
    for word in ("improve", "younger", "cure", "heal ", "will ", "guarantee", "effective", "lift"):
        assert word not in said.replace("how they will go on", "")


# --- the file ---------------------------------------------------------------------------------------------


def test_a_report_takes_the_place_of_an_older_one_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("older")
    write(path, "newer é")
    assert path.read_text(encoding="utf-8") == "newer é"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_is_not_fit_for_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("precious")
    for name, says in (
        ("folder.html", "a folder"),
        ("none/out.html", "cannot be written"),
        ("file/out.html", "cannot be written"),
        ("file", "ends in .html"),
    ):
        with pytest.raises(BadInput, match=says):
            write(tmp_path / name, "text")
    assert (tmp_path / "file").read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_year_of_practice_is_a_dozen_pages() -> None:
    rows = [row(day) for day in range(0, 364, 2)]
    assert Outline(report(*rows)).seen.count("section") == len({r.begun.month for r in rows})
