"""Standard streams that can be written to, however the program was started."""

import errno
import os
import sys

#: What an output that can take no more says.
_FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EBADF") if hasattr(errno, name)}


def open_streams() -> None:
    """Make all three streams usable; to be called before any file is opened.

    A stream that was closed (`2>&-`, or a start without a terminal on Windows) goes to nowhere, so that no other file
    gets its number and, with it, what is written there. What a terminal has no letters for, such as a name of a file,
    is written with escapes: a result is not lost for it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # not where somebody put another one in its place
            reconfigure(errors="backslashreplace")


def is_full(error: BaseException) -> bool:
    """Whether an output, and no file that was named, could take no more."""
    return isinstance(error, OSError) and error.filename is None and error.errno in _FULL


def give_up_output() -> None:
    """What is still to be written goes to nowhere, so that nothing complains at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
