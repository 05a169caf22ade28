"""Files are read up to a size, and TOML up to a depth."""

import errno
import os
from pathlib import Path

import pytest

from coach.errors import BadInput
from coach.reading import DEEPEST, check_depth, parse_toml, read_whole


def test_a_file_is_read_up_to_its_size_and_no_further(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_whole(file, 5) == b"12345"
    with pytest.raises(OSError, match="larger than") as caught:
        read_whole(file, 4)
    assert caught.value.errno == errno.EFBIG


@pytest.mark.parametrize("what", ["missing", "folder", "device", "pipe"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, what: str) -> None:
    file = tmp_path / "a"
    if what == "folder":
        file.mkdir()
    elif what == "device":
        file.symlink_to("/dev/zero")
    elif what == "pipe":
        os.mkfifo(file)
    says = {"missing": "No such file", "folder": "a folder"}.get(what, "not a file that has an end")
    with pytest.raises(OSError, match=says):
        read_whole(file, 10)


@pytest.mark.parametrize(
    "text",
    [
        f"{'a.' * (DEEPEST + 1)}a = 1",
        f"[{'a . ' * 50_000}a]",
        f"""{'"a b".' * 50_000}a = 1""",
        f"""{"'a'." * 50_000}a = 1""",
        f"a = {'[' * 50_000}",
        f"a = {'[' * 30}{']' * 30}",
        f"a = {'{a.a.a.a = ' * 9}1{'}' * 9}",
    ],
)
def test_toml_that_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_toml(text)


@pytest.mark.parametrize(
    "text", [f"a = [{'0.1, ' * 1000}]", 'a = "one. two. three. four, and so on ..."', f"{'a.' * 9}a = 1", "a = 1.5"]
)
def test_many_points_are_no_depth(text: str) -> None:
    assert "a" in parse_toml(text)


@pytest.mark.parametrize("text", ["a = 0x" + "f" * 4000, "a = 0b" + "1" * 99_999, "a = " + "9" * 5000])
def test_a_number_that_nobody_can_write_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number without an end|Exceeds the limit"):
        parse_toml(text)


def test_depth_is_counted_in_lists_and_tables() -> None:
    check_depth({"a": [{"b": 1}]}, 3)
    check_depth("text", 0)
    with pytest.raises(ValueError, match="nested too deeply"):
        check_depth({"a": [{"b": 1}]}, 2)


def test_an_error_is_one_line_whatever_it_quotes() -> None:
    assert str(BadInput("a\nb\x1b[2J\u202e é …")) == r"a b\x1b[2J\u202e é …"
    assert len(str(BadInput("x" * 100_000))) < 2100
