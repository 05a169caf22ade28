"""Does the wheel install and run for everybody? `python tests/installs.py [--quick] [PYTHON...]`

The wheel is built from this checkout. Each interpreter (none named: the running one) gets a new environment, with the
versions of constraints.txt, in a folder whose name has spaces and letters beyond ASCII. The program is run there from
another folder, with an empty home and without a display; then once more from an installation that may only be read.
Neither may write anything into the installation, nor beside the person's data folder. When it is uninstalled again,
that folder is all that is left. `--quick` lets the performer do one exercise instead of the whole demonstration.

One line is printed for each interpreter. Exit status: 0 all pass, 1 one does not, 2 bad input, 130 interrupted. pip has
to reach a package index. Run it as an ordinary user: root may write anywhere, so then it is only looked at.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAME = "facial-exercise-coach"
FOLDER = "Übungen für mein Gesicht – 顔"
BIN = "Scripts" if os.name == "nt" else "bin"
#: The exercise files of the checkout, as they are called inside the library. Other files there hold routines and rules.
EXERCISES = sorted(
    file.relative_to(ROOT / "exercises")
    for file in (ROOT / "exercises").rglob("*.toml")
    if file.parent.name not in ("routines", "plan")
)
COLUMNS = "{:<9} {:<10} {:<9} {:<24} {}"


class Failed(Exception):
    """Something is not as it should be; the text says what, in one line."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one installation, all below one."""

    folder: Path

    @property
    def environment(self) -> Path:
        return self.folder / "environment"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def elsewhere(self) -> Path:
        """The working directory; nothing is to be written here."""
        return self.folder / "somewhere else"

    @property
    def temporary(self) -> Path:
        """For files that live only as long as the program; none is to stay."""
        return self.folder / "temporary"

    @property
    def python(self) -> Path:
        return self.environment / BIN / "python"

    @property
    def packages(self) -> Path:
        """Where packages are installed. Raises Failed where the environment cannot tell."""
        return Path(run([self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())


@dataclass(frozen=True, slots=True)
class Command:
    """Arguments of one call of the program, and whether what it prints on stdout is right."""

    arguments: tuple[str, ...]
    right: Callable[[str], bool]


# --- steps ------------------------------------------------------------------------------------------------


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What a command prints on stdout. env: None for ours. Raises Failed with the last line of its messages."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} if env is None else env
    done = subprocess.run(
        list(map(str, command)), env=env, cwd=cwd, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it says nothing"]
        what = " ".join([Path(command[0]).name, *map(str, command[1:4])])
        raise Failed(f"'{what} …' ends with status {done.returncode}: {said[-1].strip()}")
    return done.stdout


def build(python: str, folder: Path) -> Path:
    """Build the wheel of this checkout; return its path."""
    run([python, "-m", "venv", folder / "builder"])
    pip = [folder / "builder" / BIN / "python", "-m", "pip", "--no-input", "wheel", "-q", "--no-deps"]
    run([*pip, "--wheel-dir", folder, ROOT])
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(python: str, wheel: Path, place: Place) -> None:
    """Make the folders and the environment, and install the wheel with the versions of constraints.txt."""
    for folder in (place.folder, place.home, place.elsewhere, place.temporary):
        folder.mkdir()
    run([python, "-m", "venv", place.environment])
    pip = [place.python, "-m", "pip", "--no-input", "install", "-q", "-c", ROOT / "constraints.txt"]
    run([*pip, wheel])


def commands(version: str, library: Path, quick: bool) -> tuple[Command, ...]:
    """What is run. library: the installed exercises."""
    performed = ("train", "pucker", "--demo") if quick else ("demo",)
    return (
        Command(("--version",), lambda out: out.strip() == version),
        Command(("exercises", "--json"), lambda out: {r["id"] for r in rows(out)} == {e.stem for e in EXERCISES}),
        Command(
            ("check", *(str(library / e) for e in EXERCISES)),
            lambda out: out.count("is a valid exercise") == len(EXERCISES),
        ),
        Command((*performed, "--headless", "--json"), counted_as_performed),
    )


def rows(out: str) -> list[dict[str, Any]]:
    """The objects that were printed, one a line."""
    return [json.loads(line) for line in out.splitlines()]


def counted_as_performed(out: str) -> bool:
    """Whether there are sets, and in each as many repetitions were counted as the performer did."""
    sets = rows(out)
    return bool(sets) and all(one["reps"] == one["performed"]["reps"] for one in sets)


def use(place: Place, wanted: Sequence[Command]) -> None:
    """Run the program, and see that it writes nowhere but into its data folder. Raises Failed."""
    env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    homes = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
    env |= dict.fromkeys(homes, str(place.home)) | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(place.temporary))
    before = listing(place.environment)
    for command in wanted:
        out = run([place.environment / BIN / "coach", *command.arguments], env, place.elsewhere)
        if not command.right(out):
            raise Failed(f"'coach {command.arguments[0]}' prints something else than it should: {out[:100]!r}")
    after = listing(place.environment)
    if changed := sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p)):
        raise Failed(f"running it changes the installation: {changed[0]}")
    for folder in (place.elsewhere, place.temporary):
        if left := sorted(folder.rglob("*")):
            raise Failed(f"running it leaves {left[0]}")
    if stray := [file for file in files(place.home) if NAME not in file.parts]:
        raise Failed(f"running it writes beside its data folder: {stray[0]}")


def uninstall(place: Place) -> int:
    """Uninstall the program; return how many files are kept in the data folder. Raises Failed where more is left."""
    run([place.python, "-m", "pip", "--no-input", "uninstall", "-q", "-y", NAME])
    ours = ("coach", NAME.replace("-", "_"))
    if left := sorted(p for p in place.environment.rglob("*") if p.name.startswith(ours)):
        raise Failed(f"uninstalling leaves {left[0]}")
    kept = files(place.home)
    if not kept:
        raise Failed("uninstalling takes the person's data, too")
    return len(kept)


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def listing(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each entry was written (ns), and its size (bytes)."""
    found = ((path, path.lstat()) for path in (folder, *folder.rglob("*")))
    return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found}


def let_write(folder: Path, may: bool) -> None:
    """Let all of a folder be written to by its owner, or by nobody. Links are left alone: they lead out of it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if may else mode & ~0o222)


# --- the table --------------------------------------------------------------------------------------------


def examine(python: str, wheel: Path, folder: Path, quick: bool) -> tuple[str, str, str, str]:
    """Install, run, run read-only, uninstall: what the line of one interpreter says after its name. Raises Failed."""
    place, version = Place(folder), wheel.name.split("-")[1]
    install(python, wheel, place)
    library = place.packages / "coach" / "exercises"
    use(place, commands(version, library, quick))
    let_write(place.environment, False)
    try:
        prevented = not os.access(place.packages, os.W_OK)
        use(place, commands(version, library, quick=True))
    finally:
        let_write(place.environment, True)
    kept = uninstall(place)
    return "ok", "ok", "ok" if prevented else "ok, not prevented (root)", f"{kept} files, all in the data folder"


def version_of(python: str) -> str:
    """An interpreter's version. Raises ValueError with a line to print where it is none."""
    ask = [python, "-c", "import platform; print(platform.python_version())"]
    try:
        return run(ask).strip()
    except (OSError, Failed):
        raise ValueError(f"{python} is no Python that runs: name an interpreter, such as python3.12") from None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python tests/installs.py", description="Does the wheel install and run?")
    parser.add_argument("--quick", action="store_true", help="one exercise instead of the whole demonstration")
    parser.add_argument("pythons", nargs="*", metavar="PYTHON", default=[sys.executable], help="interpreters")
    options = parser.parse_args(arguments)
    try:
        versions = {python: version_of(python) for python in options.pythons}
    except ValueError as error:
        print(f"installs: {error}", file=sys.stderr)
        return 2
    failed = False
    with TemporaryDirectory(prefix="coach-") as made:
        folder = Path(made) / FOLDER
        folder.mkdir()
        try:
            wheel = build(options.pythons[0], folder)
        except Failed as error:
            print(f"installs: the wheel cannot be built: {error}", file=sys.stderr)
            return 1
        print(COLUMNS.format("Python", "installed", "runs", "runs read-only", "left when uninstalled"), flush=True)
        for number, (python, version) in enumerate(versions.items()):
            try:
                line = COLUMNS.format(version, *examine(python, wheel, folder / f"{number} {version}", options.quick))
            except Failed as error:
                line, failed = f"{version:<9} FAILED: {error}", True
            print(line, flush=True)
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
