"""What can go wrong for a user, each with one line that says what, where and how to mend it.

The command line prints `str(error)` and exits with `error.exit_status`; nothing below it ever prints.
"""

from collections.abc import Iterable
from difflib import get_close_matches

#: Characters of a message at most; what it quotes from a file may be longer.
_LONGEST = 2000


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean '...'?" for the nearest known name, nothing where none is near."""
    near = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean '{near[0]}'?" if near else ""


def one_line(text: str) -> str:
    """Return a text as one line that shows and does nothing else: what a stranger's file is quoted with may hold
    line ends and commands to the terminal, and be of any length."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else ascii(c)[1:-1] for c in text)


class CoachError(Exception):
    """The program failed for a reason a user can read (exit status 1)."""

    exit_status = 1

    def __str__(self) -> str:
        return one_line(super().__str__())


class BadInput(CoachError):
    """A file, an argument or a setting that cannot be used as it is (exit status 2)."""

    exit_status = 2


class BadExercise(BadInput):
    """An exercise file or id that is refused: which file, which key, what was expected."""


class BadVideo(BadInput):
    """A video that is missing, empty, truncated or not a video."""


class ModelProblem(BadInput):
    """A tracker model that is missing or damaged."""


class NoCamera(CoachError):
    """No camera where one is needed (exit status 3)."""

    exit_status = 3


class NoDisplay(CoachError):
    """No display where one is needed (exit status 3)."""

    exit_status = 3


class DisplayLost(CoachError):
    """The display went away while the window was open (exit status 3)."""

    exit_status = 3


class TrackerFailed(CoachError):
    """The tracker fails or hangs, also when it is made anew."""
