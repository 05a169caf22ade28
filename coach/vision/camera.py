"""The newest picture of a camera, which is read in a thread of its own.

A driver queues pictures that nobody has fetched, and whoever fetches them between two other things gets old ones. A
thread that does nothing else always holds the newest; those that came while somebody was busy are dropped, and counted.
"""

import time as clock
from collections.abc import Iterator
from threading import Condition, Thread
from typing import Self

import cv2

from coach.errors import NoCamera
from coach.frame import Image
from coach.vision.video import next_image, open_capture

#: Seconds without a picture after which a camera is lost, and those that its driver may take to begin.
STALLS_S, BEGINS_S = 3.0, 20.0


class Camera:
    """Gives (seconds, image) of the newest picture, each once; waits for the next. Raises NoCamera as its source does,
    and when no picture comes for too long.

    dropped  pictures that a newer one replaced before anybody took them
    """

    def __init__(self, source: Iterator[tuple[float, Image]], stalls_s: float = STALLS_S) -> None:
        """source: read, and closed, in a thread that begins with the first picture asked for."""
        self._source, self._stalls_s = source, stalls_s
        self._changed = Condition()
        # All below is shared with the thread and touched only while holding `_changed`.
        self._newest: tuple[float, Image] | None = None
        self._ended = self._closed = False
        self._error: Exception | None = None
        self.dropped = 0
        self._begun = False
        self._thread = Thread(target=self._run, name="camera", daemon=True)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[float, Image]:
        if not self._begun:
            self._thread.start()
        patience = self._stalls_s if self._begun else max(BEGINS_S, self._stalls_s)
        self._begun = True
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, patience)
            newest, self._newest = self._newest, None
            if newest is not None:
                return newest
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopIteration
        raise NoCamera(f"the camera has given no picture for {patience:.0f} s: unplug it and plug it in again")

    def close(self, timeout_s: float = 1.0) -> None:
        """Let the camera go. A thread that hangs in its driver dies with the program."""
        with self._changed:
            self._closed = True
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for item in self._source:
                with self._changed:
                    if self._closed:
                        break
                    self.dropped += self._newest is not None
                    self._newest = item
                    self._changed.notify_all()
        except Exception as caught:  # it comes out of __next__, in the thread that tracks
            error = caught
        finally:
            getattr(self._source, "close", lambda: None)()
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify_all()


def open_camera(index: int = 0) -> Camera:
    """The newest pictures of a camera: what everything live looks at."""
    return Camera(read_camera(index))


def read_camera(index: int = 0, width: int = 1280, height: int = 720) -> Iterator[tuple[float, Image]]:
    """Yield (time in seconds from the first frame, BGR image) from a camera until it stops delivering.

    Raises NoCamera when there is none at that index or it delivers nothing.
    """
    capture = open_capture(index)
    try:
        if not capture.isOpened():
            raise NoCamera(
                f"no camera {index}: plug one in, close the program that uses it, or choose another with --camera N; "
                "'coach demo' needs none"
            )
        # Compressed frames at 720p and a queue of one: what USB cameras deliver at 30 fps without lag.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        start: float | None = None
        while True:
            image = next_image(capture)
            now = clock.monotonic()
            if image is None:
                if start is None:
                    raise NoCamera(f"camera {index} delivers no picture: is another program using it?")
                return
            start = now if start is None else start
            yield now - start, image
    finally:
        capture.release()
