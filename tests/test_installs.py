"""What an installation takes: versions that fit each other, licences that are known, and a wheel that runs anywhere."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

import installs
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, str(ROOT / "tests" / "installs.py")]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, EXTRAS = SETUP["project"], SETUP["project"]["optional-dependencies"]
#: What constraints.txt is for.
ASKED = [Requirement(text) for text in (*PROJECT["dependencies"], *EXTRAS["voice"], *EXTRAS["test"])]


def pins(file: str = "constraints.txt") -> dict[str, str]:
    """The versions in a file of constraints for this Python, by name."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines())
    found: dict[str, str] = {}
    for requirement in (Requirement(line) for line in lines if line):
        (exactly,) = requirement.specifier
        assert exactly.operator == "==", f"{requirement} is no exact version"
        if requirement.marker is None or requirement.marker.evaluate():
            assert canonicalize_name(requirement.name) not in found, f"{requirement.name} stands there twice"
            found[canonicalize_name(requirement.name)] = exactly.version
    return found


PINS, OLDEST = pins(), pins("constraints-oldest.txt")


def asked_in_turn() -> Iterator[tuple[str, Requirement]]:
    """(who asks, what for): what the packages of constraints.txt need on this system. Only those are asked that are
    installed in the very version that is pinned: another one may need something else."""
    for name in filter(is_installed, PINS):
        for requirement in map(Requirement, distribution(name).requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                yield name, requirement


def is_installed(name: str) -> bool:
    """Whether this package is here, in the version that is pinned."""
    try:
        return distribution(name).version == PINS[name]
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The program that writes docs/licences.md."""
    spec = importlib.util.spec_from_file_location("make_licences", ROOT / "docs" / "make_licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def listed() -> dict[str, tuple[str, str]]:
    """Version and licence of each package in docs/licences.md, by name."""
    rows = re.findall(
        r"^\| (\S+) \| (\d\S*) \| (.+?) \| .+ \|$", (ROOT / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE
    )
    return {canonicalize_name(name): (version, licence) for name, version, licence in rows}


# --- versions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_each_dependency_is_pinned_to_a_version_that_the_project_allows(asked: Requirement) -> None:
    assert asked.specifier.contains(PINS[canonicalize_name(asked.name)])


@pytest.mark.parametrize(
    "asked", [one for one in ASKED if "==" not in str(one.specifier)], ids=lambda asked: asked.name
)
def test_the_oldest_version_of_each_dependency_is_the_first_that_the_project_allows(asked: Requirement) -> None:
    if asked.name == "pyttsx3":
        return  # it speaks, and no test does
    oldest = Version(OLDEST[canonicalize_name(asked.name)])
    lowest = next(Version(one.version) for one in asked.specifier if one.operator == ">=")
    assert asked.specifier.contains(oldest)
    assert oldest.release[: len(lowest.release)] == lowest.release


def test_what_these_tests_run_with_is_no_older_than_what_was_tried(
    record_property: Callable[[str, object], None],
) -> None:
    """Which of the two files is installed, if one is, stands in the report of the tests."""
    here = {name: Version(distribution(name).version) for name in OLDEST}
    for file, versions in (("constraints.txt", PINS), ("constraints-oldest.txt", OLDEST)):
        if all(version == Version(versions[name]) for name, version in here.items()):
            record_property("installed", file)
    assert {name: version for name, version in here.items() if version < Version(OLDEST[name])} == {}


def test_what_the_dependencies_need_in_turn_is_pinned_to_versions_that_they_allow() -> None:
    seen = set()
    for by, asked in asked_in_turn():
        name = canonicalize_name(asked.name)
        assert name in PINS, f"{by} needs {name}"
        assert asked.specifier.contains(PINS[name]), f"{by} needs {asked}"
        seen.add(by)
    assert "mediapipe" in seen  # which is installed in no other version


def test_nothing_is_pinned_that_nobody_needs() -> None:
    if other := [name for name in PINS if not is_installed(name)]:
        pytest.skip(f"what {', '.join(other)} needs is not known: not installed in the pinned version")
    direct = {canonicalize_name(asked.name) for asked in ASKED}
    assert PINS.keys() <= direct | {canonicalize_name(asked.name) for _, asked in asked_in_turn()}


def test_the_tracker_is_the_last_one_that_reports_nothing_over_the_network() -> None:
    assert PINS["mediapipe"] == "0.10.31"


# --- licences ---------------------------------------------------------------------------------------------


def test_every_package_that_is_installed_to_run_is_listed_with_its_licence(licences: ModuleType) -> None:
    installed = {licences.plain(one.name): one for one in licences.needed() if one.found is not None}
    assert len(installed) > len(PROJECT["dependencies"])
    table = listed()
    assert installed.keys() <= table.keys()
    for name, (version, licence) in table.items():
        if name in installed and installed[name].found.version == version:
            assert licences.licence(installed[name].found) == licence


def test_the_listed_versions_are_the_pinned_ones() -> None:
    table = listed()
    assert {name: version for name, (version, _) in table.items()} == {name: PINS[name] for name in table}


def test_a_package_without_a_licence_is_no_blank_in_the_table(licences: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "bare-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: bare\nVersion: 1\nLicense: some\n text of it\n")
    with pytest.raises(ValueError, match="bare: its metadata names no licence"):
        licences.licence(licences.Distribution.at(folder))


# --- the packages -----------------------------------------------------------------------------------------


def test_the_source_package_has_all_that_its_readme_shows_and_its_tests_read() -> None:
    included = set(SETUP["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    shown = re.findall(r"\]\(([\w./-]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(shown) > 5
    assert {link.partition("/")[0] for link in shown} <= included
    assert {"tests", "constraints.txt", "constraints-oldest.txt", "docs"} <= included


def test_what_is_no_python_is_told_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, str(tmp_path / "python9")], capture_output=True, text=True)
    assert done.returncode == 2
    assert "python9 is no Python that runs" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def place(tmp_path: Path) -> installs.Place:
    """An installation whose program writes the file that it is told, or prints."""
    place = installs.Place(tmp_path)
    for folder in (place.environment / installs.BIN, place.home, place.elsewhere, place.temporary):
        folder.mkdir(parents=True)
    program = place.environment / installs.BIN / "coach"
    program.write_text('#!/bin/sh\ncase "$1" in /*) mkdir -p "${1%/*}" && echo > "$1" ;; *) echo "$1" ;; esac\n')
    program.chmod(0o755)
    return place


def writes(file: Path) -> installs.Command:
    return installs.Command((str(file),), lambda out: True)


with_sh = pytest.mark.skipif(sys.platform == "win32", reason="a program for sh")


@with_sh
def test_a_program_that_keeps_to_its_data_folder_passes(place: installs.Place) -> None:
    installs.use(place, [writes(place.home / ".local" / installs.NAME / "a.coach")])


@with_sh
@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("environment/lib/cache", "changes the installation"),
        ("environment/bin/coach", "changes the installation"),
        ("somewhere else/core", "leaves .*core"),
        ("temporary/picture.png", "leaves .*picture.png"),
        ("home/.cache/fonts", "beside its data folder"),
    ],
)
def test_a_program_that_writes_elsewhere_is_found(place: installs.Place, where: str, told: str) -> None:
    with pytest.raises(installs.Failed, match=told):
        installs.use(place, [writes(place.folder / where)])


@with_sh
def test_a_program_that_prints_something_else_is_found(place: installs.Place) -> None:
    with pytest.raises(installs.Failed, match="prints something else"):
        installs.use(place, [installs.Command(("--version",), lambda out: out.strip() == "1.0")])


def test_a_set_that_was_counted_wrong_is_found() -> None:
    assert installs.counted_as_performed('{"reps": 2, "performed": {"reps": 2}}\n')
    assert not installs.counted_as_performed('{"reps": 1, "performed": {"reps": 2}}\n')
    assert not installs.counted_as_performed("")


def index_is_there(folder: Path) -> bool:
    """Whether pip finds the smallest of the dependencies where it looks for packages."""
    pip = [sys.executable, "-m", "pip", "--retries", "0", "--timeout", "10", "download", "-q", "--no-deps"]
    return subprocess.run([*pip, "-d", str(folder), f"tomli-w=={PINS['tomli-w']}"], capture_output=True).returncode == 0


@pytest.mark.slow
def test_the_wheel_installs_runs_read_only_and_leaves_only_data(tmp_path: Path) -> None:
    if not index_is_there(tmp_path):
        pytest.skip("pip reaches no package index here")
    done = subprocess.run([*PROGRAM, "--quick"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all in the data folder" in done.stdout
