"""Pictures read in a thread of their own, while those before them are looked at.

A camera's driver queues what nobody has fetched, and whoever fetches it between two other things gets old pictures. So
of a live source the newest one is held; those that came while somebody was busy are dropped, and counted. Of a file
none is dropped: a few are decoded ahead.
"""

import sys
from collections import deque
from collections.abc import Iterator
from threading import Condition, Thread
from typing import Self

from coach.errors import NoCamera
from coach.frame import Image

#: Pictures of a file that wait: decoding is to be ahead of the tracker, not the file in memory.
AHEAD = 4
#: Seconds without a picture after which a live source is lost, and those that a camera's driver may take to begin: on
#: Windows some take a minute.
STALLS_S, BEGINS_S = 3.0, 90.0 if sys.platform == "win32" else 20.0


class Feed:
    """Gives (seconds, image), each once. Raises what its source raises after the last picture before that, and
    NoCamera when a live one gives none for too long.

    dropped  pictures that a newer one replaced before anybody took them
    """

    def __init__(self, source: Iterator[tuple[float, Image]], live: bool, stalls_s: float = STALLS_S) -> None:
        """source: read, and closed, in a thread that begins with the first picture asked for."""
        self._source, self._live, self._stalls_s = source, live, stalls_s
        self._changed = Condition()
        # All below is shared with the thread and touched only while holding `_changed`.
        self._waiting: deque[tuple[float, Image]] = deque()
        self._ended = self._closed = False
        self._error: Exception | None = None
        self.dropped = 0
        self._begun = False
        self._thread = Thread(target=self._run, name="feed", daemon=True)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[float, Image]:
        patience = None
        if self._live:
            patience = self._stalls_s if self._begun else max(BEGINS_S, self._stalls_s)
        if not self._begun:
            self._thread.start()
        self._begun = True
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended, patience)
            if self._waiting:
                self._changed.notify_all()
                return self._waiting.popleft()
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopIteration
        raise NoCamera(f"the camera has given no picture for {patience:.0f} s: unplug it and plug it in again")

    def close(self, timeout_s: float = 1.0) -> None:
        """Let the source go. A thread that hangs in a camera's driver dies with the program."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for item in self._source:
                if not self._put(item):
                    break
        except Exception as caught:  # it comes out of __next__, in the thread that looks
            error = caught
        finally:
            getattr(self._source, "close", lambda: None)()
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify_all()

    def _put(self, item: tuple[float, Image]) -> bool:
        """Add a picture to those that wait; False when nobody wants any more."""
        with self._changed:
            if self._live:
                self.dropped += len(self._waiting)
                self._waiting.clear()
            else:
                self._changed.wait_for(lambda: len(self._waiting) < AHEAD or self._closed)
            self._waiting.append(item)
            self._changed.notify_all()
            return not self._closed
