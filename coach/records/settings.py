"""What a person has set: one readable file, which they may also write by hand."""

import contextlib
import os
import re
import tempfile
from collections.abc import Callable
from datetime import date, time
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from reprlib import repr as shortened
from typing import Annotated, Any, Literal

import msgspec
import tomli_w
from msgspec import Meta

from coach.errors import BadInput, one_line
from coach.reading import parse_toml, read_whole
from coach.records.folder import make_private

Overlay = Literal["contours", "ghost", "bars", "mesh"]
Units = Literal["cm", "in"]


class Settings(msgspec.Struct, frozen=True):
    """The settings. What a key means, as the file and the messages say it, stands with it.

    welcomed, screened  ISO dates, empty where it has not happened
    answers             ids of the screening questions that were answered yes
    """

    camera: Annotated[int, Meta(ge=0, le=99, description="which camera: a whole number, 0 is the first")] = 0
    camera_mirrors: Annotated[
        bool, Meta(description="the camera gives mirror images, so that left and right are swapped: true or false")
    ] = False
    mirror: Annotated[bool, Meta(description="show the picture as a mirror would: true or false")] = True
    overlay: Annotated[
        Overlay, Meta(description='what is drawn on the face: "contours", "ghost", "bars" or "mesh"')
    ] = "contours"
    hide_face: Annotated[bool, Meta(description="show the lines without the picture: true or false")] = False
    sound: Annotated[bool, Meta(description="tones: true or false")] = True
    volume: Annotated[float, Meta(ge=0, le=1, description="of tones and voice: a number from 0 to 1")] = 0.6
    voice: Annotated[bool, Meta(description="spoken cues: true or false")] = False
    keep_video: Annotated[bool, Meta(description="keep the video of sessions beside the recording: true or false")] = (
        False
    )
    gentle: Annotated[bool, Meta(description="moderate, slow movements score highest: true or false")] = False
    text_size: Annotated[float, Meta(ge=0.8, le=1.6, description="1 is the usual size: a number from 0.8 to 1.6")] = 1.0
    high_contrast: Annotated[bool, Meta(description="stronger colours on black: true or false")] = False
    units: Annotated[Units, Meta(description='of lengths: "cm" or "in"')] = "cm"
    bedtime: Annotated[str, Meta(description='when you go to bed: hours and minutes, as "22:30"')] = "22:30"
    oiled: Annotated[bool, Meta(description="oil or cream is on face or neck: true or false")] = False
    fullscreen: Annotated[bool, Meta(description="fill the whole screen: true or false")] = False
    data_folder: Annotated[
        str, Meta(description="where records are kept: a whole path in quotes, empty for the usual place")
    ] = ""
    person: Annotated[str, Meta(description="who exercises: letters, digits, '-' and '_', 40 at most")] = "me"
    minutes: Annotated[int, Meta(ge=1, le=120, description="for a workout: a whole number from 1 to 120")] = 3
    last: Annotated[str, Meta(description="what was last begun: an exercise or a routine, in quotes")] = ""
    welcomed: Annotated[str, Meta(description='day on which the notice was accepted: as "2025-01-31", or empty')] = ""
    screened: Annotated[str, Meta(description='day of the health questions: as "2025-01-31", or empty')] = ""
    answers: Annotated[list[str], Meta(description='health questions answered yes: ids as ["one", "two"]')] = []


_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


def _is_day(value: str) -> bool:
    try:
        return value == "" or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    try:
        return minute_of(value) >= 0
    except ValueError:
        return False


def _is_name(value: str) -> bool:
    from coach.records.person import person_file  # late: who only asks for the folder need not wait for numpy

    try:
        return bool(person_file(Path(), value))
    except BadInput:
        return False


def _is_folder(value: str) -> bool:
    return value == "" or (Path(value).is_absolute() and "\0" not in value)


#: What types and ranges cannot say.
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "bedtime": _is_time,
    "data_folder": _is_folder,
    "person": _is_name,
    "welcomed": _is_day,
    "screened": _is_day,
}

_HEAD = """\
# Settings of the facial exercise coach, written by the program. Change the values as you like while it is not running.
# Keys that it does not know are kept, comments of your own are not.
"""
#: Where a key begins in a file that as a whole is no TOML, or a table of keys.
_STARTS = re.compile(r"""\s*(["']?[\w-]+["']?\s*=|\[)""")
_ANSWERS = "answers"
ANSWERS_LOST = (
    "Health answers may be among that: until you give them again ('coach', then Q), what they may forbid is left out."
)
#: Bytes of the file at most, and how many unknown keys are looked at for slips of the pen.
_LARGEST, _LOOKED_AT = 200_000, 100
_UNKNOWN = "# Not known to this version of the program, and kept as found."


def minute_of(clock: str) -> int:
    """Return the minutes since midnight of a time such as "22:30". Raises ValueError for what is none."""
    if re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", clock) is None:
        raise ValueError(f"not a time of the day: {clock}")
    return int(clock[:2]) * 60 + int(clock[3:])


def settings_file() -> Path:
    """Where the settings are: in the folder that COACH_CONFIG names, else in the usual one of the system."""
    if folder := os.environ.get("COACH_CONFIG"):
        return Path(folder) / "settings.toml"
    from platformdirs import user_config_path

    return user_config_path("facial-exercise-coach", appauthor=False) / "settings.toml"


def data_folder() -> Path:
    """Where records are kept: the folder that the settings name, else the usual one of the system."""
    try:
        chosen = _read(settings_file())[0].get("data_folder", "")
    except OSError:
        chosen = ""
    if isinstance(chosen, str) and chosen and _is_folder(chosen):
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("facial-exercise-coach", appauthor=False)


def load_settings(path: Path) -> tuple[Settings, list[str]]:
    """Return the settings, and a sentence for everything in the file that could not be used.

    A key that cannot be used has its default, and all others hold, also in a file that as a whole is no TOML. Health
    answers that may be among what cannot be read are `UNREADABLE`: a lost yes is no no. Never raises.
    """
    try:
        found, broken = _read(path)
    except OSError as error:
        said = f"{path}: cannot be read ({error.strerror}), so the usual settings are used."
        return Settings(answers=_unreadable()), [f"{said} {ANSWERS_LOST}"]
    values, troubles = {}, [one_line(f"{path}: {line}, so it is left out.") for line in broken[:_LOOKED_AT]]
    lost = any(_ANSWERS in line.lower() for line in broken) or bool(broken and not found)
    # A newer version's own key is none of our business, a slip of the pen is.
    for key in islice((key for key in found if key not in _FIELDS), _LOOKED_AT):
        if near := get_close_matches(key.lower(), _FIELDS, 1, 0.8):
            troubles.append(one_line(f"{path}: unknown key '{key}'; did you mean '{near[0]}'?"))
            lost |= near == [_ANSWERS] and _ANSWERS not in found
    for key, value in found.items():
        if key not in _FIELDS:
            continue
        try:
            values[key] = _checked(key, value)
        except ValueError:
            wanted, usual = _description(key), _as_toml(getattr(Settings(), key))
            lost |= key == _ANSWERS
            instead = "" if key == _ANSWERS else f", so {usual} is used"
            troubles.append(f"{path}: {key} cannot be {shortened(value)}{instead} ({wanted}).")
    if lost and not values.get(_ANSWERS):
        values[_ANSWERS] = _unreadable()
        troubles.append(ANSWERS_LOST)
    return Settings(**values), troubles


def _unreadable() -> list[str]:
    from coach.plan.screening import UNREADABLE  # late: who only asks for the folder need not wait for numpy

    return [UNREADABLE]


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings, for their owner's eyes only; what was there is replaced in one step.

    Keys that this version does not know are kept, and a file with something in it that cannot be read is set aside
    first. Raises BadInput when it cannot be written.
    """
    try:
        make_private(path.parent)
        found, broken = _read(path)
        unknown = {key: value for key, value in found.items() if key not in _FIELDS}
        if broken or not all(_is_good(key, value) for key, value in found.items() if key in _FIELDS):
            _set_aside(path)
        _replace(path, _text(settings, unknown).encode())
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{path}: settings cannot be written ({why}); set COACH_CONFIG to another folder") from None


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What the file says, nothing where there is none; and what of it cannot be read, as "line 7 cannot be read
    (volume = 0,5)". Raises OSError."""
    try:
        content = read_whole(path, _LARGEST)
    except FileNotFoundError:
        return {}, []
    try:
        return parse_toml(content.decode("utf-8-sig")), []  # some editors begin it with a byte order mark
    except ValueError:
        return _salvaged(content.decode("utf-8-sig", "replace"))


def _salvaged(text: str) -> tuple[dict[str, Any], list[str]]:
    """What each key of a file says that as a whole is no TOML, and what cannot be read."""
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if _STARTS.match(line)]
    starts = starts if starts[:1] == [0] else [0, *starts]
    found: dict[str, Any] = {}
    broken: list[str] = []
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        piece = "\n".join(lines[at:end])
        # A key may go on over several lines; or what follows it is what cannot be read.
        for tried, rest in ((piece, ""), (lines[at], " ".join(lines[at + 1 : end]))):
            try:
                said = parse_toml(tried)
                if twice := found.keys() & said:
                    raise ValueError(twice)
            except ValueError:
                continue
            found |= said
            if rest.strip():
                broken.append(_unread(at + 2, rest))
            break
        else:
            broken.append(_unread(at + 1, piece))
    return found, broken


def _unread(number: int, text: str) -> str:
    return f"line {number} cannot be read ({shortened(' '.join(text.split()))})"


def _is_good(key: str, value: Any) -> bool:
    try:
        _checked(key, value)
    except ValueError:
        return False
    return True


def _checked(key: str, value: Any) -> Any:
    """The value in the key's own type. Raises ValueError when it does not fit."""
    plain = value.isoformat() if isinstance(value, date) else value  # TOML has dates and times, too
    plain = f"{value:%H:%M}" if isinstance(value, time) else plain
    found = msgspec.convert(plain, _FIELDS[key].type)
    if not _CHECKS.get(key, lambda value: True)(found):
        raise ValueError(key)
    return found


def _description(key: str) -> str:
    (meta,) = _FIELDS[key].type.__metadata__
    return str(meta.description)


def _set_aside(path: Path) -> Path:
    """Rename a file without losing it, nor one that was set aside before; return its new place. Raises OSError."""
    number, aside = 1, path.with_name(f"{path.name}.bad")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.bad{number}")
    return path.rename(aside)


def _as_toml(value: Any) -> str:
    return tomli_w.dumps({"key": value}).removeprefix("key = ").strip()


def _text(settings: Settings, unknown: dict[str, Any]) -> str:
    """The file: each key under its comment, what is not known at the end, where tables belong."""
    values = msgspec.structs.asdict(settings).items()
    parts = [_HEAD, *(f"# {_description(key)}\n{tomli_w.dumps({key: value})}" for key, value in values)]
    if unknown:
        parts.append(f"{_UNKNOWN}\n{tomli_w.dumps(unknown)}")
    return "\n".join(parts)


def _replace(path: Path, content: bytes) -> None:
    """Put a file in another's place in one step, so that there is always a whole one. Raises OSError."""
    handle, new = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".new")  # readable by the owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(new).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
