"""The rooms of the house: who may import whom, read from the source, and what a quick command loads."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "coach").rglob("*.py"))
each = pytest.mark.parametrize("source", SOURCES, ids=[str(s.relative_to(ROOT)) for s in SOURCES])

#: Floors of the house. A module imports from its own room and from floors below, never across or up.
FLOORS = (
    ("coach",),
    ("errors", "reading"),
    ("frame",),
    ("form",),
    ("touch",),
    ("plan",),
    ("records", "vision", "avatar"),
    ("window",),
    ("chosen", "cli", "demo", "doctor", "score", "streams", "table", "threads", "__main__"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
TOP = FLOORS[-1]

#: Packages that one or two rooms alone may know.
KEPT = {
    "mediapipe": {"vision"},
    "cv2": {"vision", "avatar"},
    "av": {"vision"},
    "pygame": {"window"},
    "pygame_gui": {"window"},
    "sqlite3": {"records"},
}

#: The core has no clock, no files, no threads, no chance. Only reading exercise files needs a path.
CORE = ("frame", "form", "touch", "plan")
FORBIDDEN = {
    "asyncio", "datetime", "multiprocessing", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "tempfile",
    "threading", "time", "urllib",
}  # fmt: skip


def room(source: Path) -> str:
    """The room a file lies in."""
    name = source.relative_to(ROOT / "coach").parts[0].removesuffix(".py")
    return "coach" if name == "__init__" else name


def imports(source: Path) -> Iterator[str]:
    """Names of all modules a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: import by full names"
            if node.module == "coach":
                yield from (f"coach.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def target(module: str) -> str:
    """The room of a module of ours: 'coach.form.face' is in 'form', 'coach.__version__' in 'coach'."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOOR else "coach"


def test_every_room_has_its_floor() -> None:
    assert {room(s) for s in SOURCES} <= set(FLOOR)


@each
def test_imports_point_down_only(source: Path) -> None:
    here = room(source)
    for module in imports(source):
        if module.split(".")[0] != "coach":
            continue
        there = target(module)
        allowed = there == here or FLOOR[there] < FLOOR[here] or (here in TOP and there in TOP)
        assert allowed, f"{here} must not import {module}"


@each
def test_each_big_package_stays_in_its_room(source: Path) -> None:
    for module in imports(source):
        allowed = KEPT.get(module.split(".")[0])
        assert allowed is None or room(source) in allowed, f"{room(source)} must not import {module}"


@pytest.mark.parametrize("source", [s for s in SOURCES if room(s) in CORE], ids=lambda s: str(s.relative_to(ROOT)))
def test_the_core_has_no_clock_no_files_no_threads_no_chance(source: Path) -> None:
    used = {module.split(".")[0] for module in imports(source)}
    assert not used & FORBIDDEN
    if source.name != "exercise.py":
        assert not used & {"pathlib", "importlib", "tomllib", "io"}
    text = source.read_text(encoding="utf-8")
    assert "np.random" not in text
    assert not any(isinstance(n, ast.Name) and n.id in ("open", "print") for n in ast.walk(ast.parse(text)))


HEAVY = ("mediapipe", "cv2", "av", "pygame", "pygame_gui", "scipy", "sqlite3", "matplotlib")


@pytest.mark.parametrize(
    ("does", "too"),
    [
        ("import coach", ("numpy", "typer", "msgspec")),
        ("import coach.frame", ()),
        ("sys.argv = ['coach', '--help']; from coach.cli import main; main()", ("numpy", "msgspec")),
        ("sys.argv = ['coach', 'score', '--help']; from coach.cli import main; main()", ("numpy", "msgspec")),
        ("sys.argv = ['coach', '--version']; from coach.cli import main; main()", ("numpy", "msgspec")),
        ("sys.argv = ['coach', 'exercises', '--json']; from coach.cli import main; main()", ()),
        ("sys.argv = ['coach', 'check', 'exercises/pucker.toml']; from coach.cli import main; main()", ()),
    ],
    ids=["import", "values", "help", "help of a command", "version", "exercises", "check"],
)
def test_quick_commands_load_nothing_heavy(does: str, too: tuple[str, ...]) -> None:
    program = f"import atexit, sys\natexit.register(lambda: print('LOADED', *sys.modules))\n{does}\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "coach" in loaded
    assert not loaded & {*HEAVY, *too}


def test_mediapipe_is_pinned_to_the_last_release_that_reports_nothing_over_the_network() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = (d for d in project["dependencies"] if d.startswith("mediapipe"))
    assert pinned == "mediapipe==0.10.31"


def test_no_module_of_ours_can_reach_the_network() -> None:
    used = {module.split(".")[0] for source in SOURCES for module in imports(source)}
    assert not used & {
        "socket",
        "ssl",
        "http",
        "urllib",
        "urllib3",
        "requests",
        "httpx",
        "ftplib",
        "smtplib",
        "asyncio",
    }
