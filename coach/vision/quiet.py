"""Keep native libraries from writing to the terminal: the user gets our one line instead."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

#: Several threads may want silence at once: the first one silences, the last one lets be heard again.
_changing = Lock()
_silences, _saved = 0, -1


@contextmanager
def silenced_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for a moment; Python's own messages are held back, too."""
    global _silences, _saved
    with _changing:
        if not _silences:
            _saved = os.dup(2)
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, 2)
            os.close(sink)
        _silences += 1
    try:
        yield
    finally:
        with _changing:
            _silences -= 1
            if not _silences:
                os.dup2(_saved, 2)
                os.close(_saved)


def end_silence() -> None:
    """Let be heard again whatever is written, though a thread that nobody waits for any more may still want silence."""
    with _changing:
        if _silences:
            os.dup2(_saved, 2)
