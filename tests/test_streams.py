"""Results reach whoever reads them, or one line says why not, however the program was started."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COACH = [sys.executable, "-m", "coach"]
posix = pytest.mark.skipif(os.name != "posix", reason="streams are closed in this way on Unix")


def started(
    home: Path, *arguments: str, before: Callable[[], object] | None = None, **given: object
) -> subprocess.CompletedProcess[bytes]:
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE")}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), **places}
    environment |= given.pop("env", {})  # type: ignore[arg-type]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*COACH, *arguments], env=environment, cwd=home, preexec_fn=before, timeout=120,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **given},
    )  # fmt: skip


def test_a_name_that_the_terminal_has_no_letters_for_is_written_with_escapes(tmp_path: Path) -> None:
    file = tmp_path / "语.toml"
    file.write_bytes((ROOT / "exercises" / "pucker.toml").read_bytes())
    done = started(tmp_path, "check", str(file), env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr
    assert b"\\u8bed.toml: 'Pucker" in done.stdout


@posix
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)])
def test_streams_that_are_closed_are_no_error_and_no_file_gets_their_number(
    tmp_path: Path, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    out = tmp_path / "frames.csv"
    bad = started(tmp_path, "score", "none.mp4", "-e", "pucker", "--frames", str(out), before=close)
    assert bad.returncode == 2
    assert not out.exists() or b"no such file" not in out.read_bytes()
    assert (b"no such file" in bad.stderr) is (2 not in closed)
    good = started(tmp_path, "exercises", before=close)
    assert good.returncode == 0, good.stderr
    assert (b"pucker" in good.stdout) is (1 not in closed)
    assert good.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["exercises", "routines"])
def test_an_output_that_is_full_is_one_line(tmp_path: Path, command: str) -> None:
    with open("/dev/full", "wb") as full:
        done = started(tmp_path, command, stdout=full)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "coach: results cannot be written (No space left on device); make room, or write them elsewhere"
    ]


@posix
def test_a_user_without_a_home_folder_is_served_where_the_other_places_are_known(tmp_path: Path) -> None:
    program = "import pathlib, sys; from coach import cli\n"
    program += "def none(): raise RuntimeError('Could not determine home directory.')\n"
    program += "pathlib.Path.home = staticmethod(none); sys.argv = ['coach', 'doctor', '--report', 'r.txt']; cli.main()"
    places = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "dummy", **places},
    )  # fmt: skip
    assert "report: r.txt" in done.stderr
    assert "Traceback" not in done.stderr
