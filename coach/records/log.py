"""A log that a person can read and send: what the program did, never who used it.

It holds versions, cameras' sizes, rates and what went wrong. It holds no names, no folders of the person, nothing of
what was exercised or how well. Two files of bounded size lie in the data folder's `logs`.
"""

import logging
import logging.handlers
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from coach import __version__
from coach.records.folder import make_private

#: Bytes of a log file, and how many older ones are kept.
LARGEST, OLDER = 200_000, 1
#: What is asked for by name in a report; the rest of an environment is nobody's business.
PACKAGES = ("mediapipe", "opencv-python", "numpy", "scipy", "pygame-ce", "pygame-gui", "msgspec", "typer")

log = logging.getLogger("coach")


class _Private(logging.handlers.RotatingFileHandler):
    """Files for their owner's eyes only, without the home folder's name in them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", delay=True)

    def _open(self):  # type: ignore[no-untyped-def]
        return os.fdopen(
            os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
        )

    def format(self, record: logging.LogRecord) -> str:
        return without_home(super().format(record).replace("\n", " "))


def without_home(text: str) -> str:
    """A text without the name of the person's home folder."""
    try:
        home = str(Path.home())
    except RuntimeError:  # there is none, as for a user whom the system does not know
        return text
    return text.replace(home, "~") if len(home) > 1 else text


def log_file(folder: Path) -> Path:
    """Where the log of a data folder lies."""
    return folder / "logs" / "coach.log"


def keep_log(folder: Path) -> None:
    """Write the log beside the records of this folder from now on; without a place to write there is none."""
    path = log_file(folder)
    try:
        make_private(path.parent)
        handler = _Private(path)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    close_log()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def about() -> list[str]:
    """What the program runs on, a line each."""
    lines = [f"coach {__version__}", f"Python {platform.python_version()}", f"{platform.system()} {platform.release()}"]
    lines.append(f"{platform.machine()}, {os.cpu_count()} cores")
    for package in PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} missing")
    return lines


def last_lines(folder: Path, most: int = 400) -> list[str]:
    """The end of the log, the oldest line first; empty where there is none."""
    path = log_file(folder)
    lines: list[str] = []
    for file in (path.with_name(f"{path.name}.1"), path):
        try:
            lines += file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
    return lines[-most:]


def close_log() -> None:
    """Write no more, so that the files can be deleted."""
    for handler in [h for h in log.handlers if isinstance(h, _Private)]:
        log.removeHandler(handler)
        handler.close()


def log_files(folder: Path) -> list[Path]:
    """The log and the older one, as far as there are any."""
    return sorted(log_file(folder).parent.glob(f"{log_file(folder).name}*"))
