"""The log holds what a helper needs, nothing of the person, and no more than fits."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.records.log import LARGEST, about, keep_log, last_lines, log, log_file


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    before = list(log.handlers)
    yield
    for handler in [h for h in log.handlers if h not in before]:
        log.removeHandler(handler)
        handler.close()


def test_what_goes_wrong_in_any_room_is_in_the_file_and_nowhere_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    keep_log(tmp_path)
    logging.getLogger("coach.vision").warning("the tracker failed (%s)", "RuntimeError")
    assert last_lines(tmp_path)[-1].endswith("WARNING the tracker failed (RuntimeError)")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is told otherwise there")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        keep_log(folder)
        log.info("hello")
    finally:
        os.umask(before)
    assert stat.S_IMODE(log_file(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(log_file(folder).parent.stat().st_mode) == 0o700


def test_the_name_of_the_home_folder_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "somebody"))
    keep_log(tmp_path)
    log.error("cannot write %s", tmp_path / "somebody" / "records" / "x.coach")
    assert "somebody" not in log_file(tmp_path).read_text()
    assert "cannot write ~" in last_lines(tmp_path)[-1]


def test_an_entry_is_one_line(tmp_path: Path) -> None:
    keep_log(tmp_path)
    log.error("failed:\nTraceback\n  line 3")
    assert len(last_lines(tmp_path)) == 1


def test_it_stays_small_and_the_end_is_what_is_left(tmp_path: Path) -> None:
    keep_log(tmp_path)
    for number in range(9000):
        log.info("%06d %s", number, "x" * 60)
    files = list(log_file(tmp_path).parent.iterdir())
    assert len(files) == 2
    assert sum(file.stat().st_size for file in files) <= 2 * LARGEST
    lines = last_lines(tmp_path, 50)
    assert len(lines) == 50
    assert " 008999 " in lines[-1]
    assert " 008950 " in lines[0]


def test_begun_again_it_is_written_once(tmp_path: Path) -> None:
    keep_log(tmp_path / "a")
    keep_log(tmp_path / "b")
    log.info("only here")
    assert last_lines(tmp_path / "a") == []
    assert len(last_lines(tmp_path / "b")) == 1


def test_without_a_place_to_write_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_log(tmp_path / "file")
    log.info("nobody hears")
    assert last_lines(tmp_path / "file") == []


def test_it_tells_what_runs_on_what() -> None:
    lines = about()
    assert lines[0].startswith("coach ")
    assert any(line.startswith("mediapipe 0.10.31") for line in lines)
