"""What is kept of a person from one day to the next: the resting face and the ranges, in one readable file."""

import json
import math
import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from coach.errors import BadInput
from coach.form.calibration import Calibration
from coach.form.measures import INDEX
from coach.reading import read_whole
from coach.records.folder import make_private

_NAME = re.compile(r"[\w-]{1,40}")
#: Bytes of the file at most: all exercises calibrated are a tenth of it. No measure is larger than the other.
_LARGEST, _HIGHEST = 2_000_000, 1e6


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's file. neutral and spread: the resting face by measure; ranges: by exercise, then measure, the
    displacement at the peak (OC, degrees, blendshapes 0..1); calibrated: the day of each range."""

    neutral: dict[str, float]
    spread: dict[str, float] = {}
    ranges: dict[str, dict[str, float]] = {}
    calibrated: dict[str, str] = {}

    @property
    def calibration(self) -> Calibration:
        return Calibration(self.neutral, self.ranges)

    def with_range(
        self, exercise: str, found: Mapping[str, float], neutral: Mapping[str, float], spread: Mapping[str, float]
    ) -> "Person":
        """The same person after an exercise was calibrated."""
        return Person(
            _known(neutral),
            _known(spread),
            {**self.ranges, exercise: dict(found)},
            {**self.calibrated, exercise: date.today().isoformat()},
        )

    def with_rest(self, neutral: Mapping[str, float], spread: Mapping[str, float]) -> "Person":
        """The same person with a resting face; one that ranges were learnt from stays."""
        return self if self.ranges else Person(_known(neutral), _known(spread), self.ranges, self.calibrated)


def _known(measures: Mapping[str, float]) -> dict[str, float]:
    """Without what was not seen: JSON has no nan."""
    return {name: value for name, value in measures.items() if math.isfinite(value)}


def person_file(folder: Path, name: str) -> Path:
    """Where a person's file is. Raises BadInput for a name that is no file name."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"--person '{name}': use letters, digits, '-' and '_' only")
    return folder / "people" / f"{name}.json"


def load_person(folder: Path, name: str) -> Person | None:
    """Return what is kept of a person, None where nothing is. Raises BadInput for a file that is damaged."""
    path = person_file(folder, name)
    try:
        person = msgspec.json.decode(read_whole(path, _LARGEST), type=Person)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{path}: not a calibration ({error}); delete it and calibrate again") from None
    for table in (person.neutral, person.spread, *person.ranges.values()):
        for name, value in table.items():
            if name not in INDEX:
                raise BadInput(f"{path}: unknown measure '{name}'; delete the file and calibrate again")
            if not abs(value) <= _HIGHEST:
                raise BadInput(f"{path}: {name} cannot be {value}; delete the file and calibrate again")
    return person


def save_person(folder: Path, name: str, person: Person) -> Path:
    """Write what is kept of a person, readable by its owner only; what was there is replaced in one step."""
    path = person_file(folder, name)
    try:
        make_private(path.parent)
        new = path.with_suffix(".new")
        text = json.dumps(msgspec.to_builtins(person), indent=1) + "\n"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another folder") from None
    return path


def people_files(folder: Path) -> list[Path]:
    """The files of all people that were calibrated."""
    return sorted((folder / "people").glob("*.json"))
