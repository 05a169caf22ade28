"""Files that somebody else may have made are read up to a size, and TOML up to a depth.

A file says itself how large it is, and a device or a pipe has no end at all: nothing is read before it is known to be
a file, and no more of it than a good one could have.
"""

import errno
import re
import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

#: No TOML of ours is nested deeper than this. (The deepest has five levels.)
DEEPEST = 20
#: A dotted key of more parts than that. `tomllib` takes time with the square of them.
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)""" f"{{{DEEPEST}}}", re.ASCII
)  # fmt: skip
#: A whole number without an end. Of decimal ones Python itself reads no longer ones than it can write.
_LONG_NUMBER = re.compile(r"(?<![\w-])0[xob][0-9A-Fa-f_]{400}")


def read_whole(path: Path | Traversable, most: int) -> bytes:
    """Return all of a file of `most` bytes or fewer. Raises OSError, also for what is larger or no file."""
    if isinstance(path, Path) and not path.is_file():
        path.stat()  # says that it is missing, where it is
        raise OSError(errno.EINVAL, "a folder" if path.is_dir() else "not a file that has an end")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"larger than {most // 1000} kB")
    return content


def parse_toml(text: str) -> dict[str, Any]:
    """Return what TOML says. Raises ValueError for what is none, and for what is nested deeper than `DEEPEST`."""
    if _LONG_KEY.search(text):
        raise ValueError("nested too deeply")
    if _LONG_NUMBER.search(text):
        raise ValueError("a number without an end")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    check_depth(data)
    return data


def check_depth(data: Any, most: int = DEEPEST) -> None:
    """Raises ValueError for dicts and lists nested deeper than that. Needs no stack of its own."""
    level = [data] if isinstance(data, dict | list) else []
    for _ in range(most):
        inside = (inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer))
        level = [inner for inner in inside if isinstance(inner, dict | list)]
    if level:
        raise ValueError("nested too deeply")
