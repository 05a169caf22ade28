"""The benchmark itself: its rows, its command line, its table. How quick anything is, is no matter here."""

import inspect
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from benchmarks import __main__ as program
from benchmarks import memory, table, tracker, window
from benchmarks.row import LeftOut, Row, alternate, faster, meets, rate, share

ROOT = Path(__file__).parents[1]


def well_formed(row: Row) -> None:
    assert row.name
    assert row.unit
    assert row.ours >= 0.0
    assert row.met == meets(row.ratio, row.aim)
    if row.theirs is None:
        assert row.ratio == row.ours
    elif " / ours" in row.name:
        assert row.ratio == pytest.approx(row.theirs / row.ours)
        assert row.aim.startswith((">=", "")), "more is better"
    else:
        assert row.ratio == pytest.approx(row.ours / row.theirs)
    if row.spread is not None:
        assert row.spread[0] <= row.spread[1]


# --- rows -------------------------------------------------------------------------------------------------


def test_things_take_turns_after_a_warm_up() -> None:
    told: list[str] = []
    ours, theirs = alternate(3, lambda: told.append("a"), lambda: told.append("b"), each=2, warm_up=2)
    assert (len(ours), len(theirs)) == (3, 3)
    assert "".join(told) == "aabbbbaa" + "aabbbbaa" + "aabb"


def test_one_convention_for_all_rows() -> None:
    times = faster("a / ours", "ms", [0.001, 0.002, 0.003], [0.02, 0.02, 0.02], ">= 5")
    assert (times.ours, times.theirs, times.ratio, times.met) == (2.0, 20.0, 10.0, True)
    assert times.spread == pytest.approx(((20 / 3 + 10) / 2, 15.0))
    part = share("a / b", "us a frame", [0.001], [0.1], "<= 0.005", per=10)
    assert (part.ours, part.theirs, part.met, part.spread) == (100.0, 10_000.0, False, None)
    assert part.ratio == pytest.approx(0.01)
    alone = rate("a", "MB", [1.0, 3.0], "")
    assert (alone.ratio, alone.theirs, alone.met) == (2.0, None, True)
    for row in (times, part, alone):
        well_formed(row)


def test_quick_rows_are_well_formed_and_both_ways_agree() -> None:
    rows = [*tracker.result_to_arrays(True), *window.picture_to_window(True), *window.full_mesh(True)]
    assert len(rows) == 9
    for row in rows:
        well_formed(row)


@pytest.mark.parametrize("name", program.MODULES)
def test_every_module_has_benchmarks_that_are_told_whether_to_be_quick(name: str) -> None:
    found = program.benchmarks(name, None)
    assert found
    for benchmark in found:
        assert next(iter(inspect.signature(benchmark).parameters)) == "quick"


def test_every_module_that_measures_is_run() -> None:
    others = {"__init__", "__main__", "row", "table", "material", "naive", "first_picture", "peer_worker"}
    others.add("counting")  # measures another thing, see test_counting.py
    assert {file.stem for file in (ROOT / "benchmarks").glob("*.py")} - others == set(program.MODULES)


def test_memory_is_extrapolated_from_what_goes_on_not_from_what_fills_up() -> None:
    minute = 12  # looks
    filled = [100.0, *[104.0] * (10 * minute)]
    assert memory.in_an_hour(filled) == pytest.approx(4.0)
    leaking = [100.0 + 0.1 * i for i in range(10 * minute + 1)]  # 1.2 MB a minute
    assert memory.in_an_hour(leaking) == pytest.approx(59 * 1.2)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["core", "tracker", "window", "live", "streaming"])
def test_it_runs(module: str) -> None:
    """All but what takes minutes: memory, recordings of an hour, hands beside the face, other trackers."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", "--only", module],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [Row(**{**row, "spread": row["spread"] and tuple(row["spread"])}) for row in json.loads(done.stdout)["rows"]]
    assert rows or "left out" in done.stderr
    for row in rows:
        well_formed(row)


# --- the command line -------------------------------------------------------------------------------------


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of benchmarks by the name of "made_up"."""

    def good(quick: bool) -> Iterator[Row]:
        yield rate("good" if quick else "thorough", "MB", [1.0], "<= 5")

    def bad(quick: bool) -> Iterator[Row]:
        yield rate("before", "MB", [9.0], "<= 5")
        raise ValueError("no room\nat all")

    def absent(quick: bool) -> Iterator[Row]:
        raise LeftOut("not installed")
        yield

    module = ModuleType("benchmarks.made_up")
    module.BENCHMARKS = (bad, absent, good)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "benchmarks.made_up", module)
    monkeypatch.setattr(program, "MODULES", ("made_up", "core"))
    monkeypatch.setattr(program, "share_processor", lambda: None)
    return module


def test_a_benchmark_that_fails_is_told_and_the_others_go_on(
    made_up: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(["--only", "made", "--quick", "--json"]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told.keys() == {"machine", "rows", "failed"}
    assert told["machine"]["cores"] >= 1
    assert [(row["name"], row["met"]) for row in told["rows"]] == [("before", False), ("good", True)]
    assert told["failed"] == ["made_up.bad"]
    assert err.splitlines() == ["made_up.bad failed: no room", "made_up.absent left out: not installed"]


def test_an_aim_that_is_missed_is_no_failure(made_up: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    made_up.BENCHMARKS = (lambda quick: [rate("large", "MB", [9.0], "<= 5")],)  # type: ignore[attr-defined]
    assert program.main(["--only", "made_up"]) == 0
    assert "large: 9.00 MB; aim <= 5: MISSED" in capsys.readouterr().out


def test_a_module_may_have_a_single_function_called_rows(
    made_up: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    del made_up.BENCHMARKS
    made_up.rows = lambda quick: [rate("alone", "MB", [9.0], "")]  # type: ignore[attr-defined]
    assert program.main(["--only", "made_up"]) == 0
    assert "alone: 9.00 MB" in capsys.readouterr().out


def test_a_package_that_is_missing_takes_only_its_own_module_along(
    made_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up.BENCHMARKS = (lambda quick: [rate("small", "MB", [1.0], "<= 5")],)  # type: ignore[attr-defined]
    monkeypatch.setattr(program, "MODULES", ("nowhere", "made_up"))
    assert program.main([]) == 1
    out, err = capsys.readouterr()
    assert "small: 1.00 MB" in out
    assert err == "nowhere failed: No module named 'benchmarks.nowhere'\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--only", "nothing"], "no module has 'nothing' in its name"),
        (["--fast"], "unrecognized arguments: --fast"),
        (["--write", "--only", "core"], "--write wants all rows"),
        (["--peers", "/no/such/folder"], "/no/such/folder is no folder"),
    ],
)
def test_a_wrong_command_line_gives_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        program.main(arguments)
    assert left.value.code == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert says in told


# --- the table --------------------------------------------------------------------------------------------

ROWS = [
    Row("slow / ours", "us", 20.0, 1000.0, 50.0, ">= 20", True, (40.0, 60.0), 1.0),
    Row("ours / a < b", "ms", 0.5, 10.0, 0.05, "<= 0.02", False, (0.04, 0.06), 2.5),
    Row("memory", "MB", 3.2, None, 3.2, "<= 5", True),
]
MACHINE = {"system": "Linux", "processor": "x86_64", "cores": 2, "python": "3.11.7", "load": 0.5}


def test_the_table_is_written_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    monkeypatch.setattr(table, "README", readme)
    monkeypatch.setattr(table, "PICTURE", tmp_path / "speed.svg")
    table.write(MACHINE, ROWS, quick=True)
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "Linux, x86_64, 2 cores, Python 3.11.7, load 0.5 at the beginning, 1 to 2.5 meanwhile" in text
    assert "2 aims are met, 1 missed" in text
    assert "| slow / ours | 20.0 us | 1,000 | 50.0 (40.0–60.0) | ≥ 20 | met |" in text
    assert "| memory | 3.20 MB |  | 3.20 | ≤ 5 | met |" in text
    table.write(MACHINE, ROWS, quick=True)
    assert readme.read_text() == text


def test_the_picture_shows_each_ratio_with_its_aim() -> None:
    drawn = ElementTree.fromstring(table.picture(ROWS))
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"slow / ours", "ours / a < b", "50.0 (≥ 20)", "0.0500 (≤ 0.02)"} <= set(texts)
    assert "memory" not in texts
    slow, part = list(drawn.iter("{http://www.w3.org/2000/svg}rect"))[1:]
    assert float(slow.attrib["x"]) == pytest.approx(float(part.attrib["x"]) + float(part.attrib["width"]), abs=0.2)


def test_the_readme_has_the_marks_and_names_only_what_there_is() -> None:
    text = table.README.read_text(encoding="utf-8")
    assert text.index(table.BEGIN) < text.index(table.END)
    peers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["peers"]
    for peer in peers:
        assert peer.split(">=")[0] in "".join(inspect.getsource(import_module("benchmarks.peers")))
