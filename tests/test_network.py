"""The program opens no connection: it runs where there is no network at all, and tries none where there is one."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEMO = [sys.executable, "-m", "coach", "demo", "--headless", "--json"]
#: Sockets that lead out of this computer. Those of a display or of the system's own services (unix, netlink) do not.
OUT = re.compile(r"\b(?:connect|sendto|sendmsg|sendmmsg)\(.*sa_family=AF_INET6?\b")


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT")}
    places = {name: str(folder / name) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    return {**kept, **places, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": str(ROOT)}


def has(*command: str) -> bool:
    """Whether this computer lets us do that."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, timeout=30).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not has("unshare", "-rn", "true"), reason="no network namespace can be made here")
def test_a_session_runs_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rn", *DEMO], capture_output=True, text=True, env=environment(tmp_path), cwd=tmp_path, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert '"reps": 2' in done.stdout or '"reps":2' in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not has("strace", "-f", "-o", os.devnull, "true"), reason="no strace here")
@pytest.mark.parametrize("command", ["demo", "doctor", "exercises"])
def test_no_connection_is_tried(tmp_path: Path, command: str) -> None:
    trace = tmp_path / "trace"
    asked = DEMO if command == "demo" else [sys.executable, "-m", "coach", command]
    traced = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace), *asked]
    done = subprocess.run(traced, capture_output=True, text=True, env=environment(tmp_path), cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    tried = [line for line in trace.read_text(errors="replace").splitlines() if OUT.search(line)]
    assert tried == []


@pytest.mark.skipif(not has("strace", "-f", "-o", os.devnull, "true"), reason="no strace here")
def test_that_a_connection_would_be_seen(tmp_path: Path) -> None:
    """The test above can fail: a program that tries one (to itself) is caught."""
    trace = tmp_path / "trace"
    calls = "import socket; s = socket.socket(); s.settimeout(0.1); s.connect_ex(('127.0.0.1', 9))"
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace), sys.executable, "-c", calls], check=True
    )
    assert any(OUT.search(line) for line in trace.read_text().splitlines())


def test_the_tracker_that_would_report_its_use_over_the_network_is_kept_out() -> None:
    """mediapipe 0.10.35 and later send usage figures; 0.10.32 and later bring a second OpenCV."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = [line for line in project["dependencies"] if line.startswith("mediapipe")]
    assert pinned == "mediapipe==0.10.31"


def test_no_room_of_the_house_opens_a_socket() -> None:
    """Nothing of ours imports what makes connections."""
    names = "socket|ssl|http|urllib|ftplib|smtplib|requests|httpx|aiohttp|asyncio"
    makers = re.compile(rf"^\s*(?:import|from)\s+(?:{names})\b", re.MULTILINE)
    found = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "coach").rglob("*.py"))
        if makers.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []
