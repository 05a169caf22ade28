"""The pictures of a camera."""

import time as clock
from collections.abc import Iterator

import cv2
import numpy as np

from coach.errors import NoCamera
from coach.frame import Image
from coach.vision.feed import Feed
from coach.vision.quiet import silenced_stderr


def open_camera(index: int = 0) -> Feed:
    """The newest pictures of a camera: what everything live looks at."""
    return Feed(read_camera(index), live=True)


def read_camera(index: int = 0, width: int = 1280, height: int = 720) -> Iterator[tuple[float, Image]]:
    """Yield (time in seconds from the first frame, BGR image) from a camera until it stops delivering.

    Raises NoCamera when there is none at that index or it delivers nothing.
    """
    capture = _open(index)
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
            image = _next(capture)
            now = clock.monotonic()
            if image is None:
                if start is None:
                    raise NoCamera(f"camera {index} delivers no picture: is another program using it?")
                return
            start = now if start is None else start
            yield now - start, image
    finally:
        capture.release()


def _open(index: int) -> cv2.VideoCapture:
    """Open a camera without the native libraries writing to the terminal."""
    with silenced_stderr():
        return cv2.VideoCapture(index)


def _next(capture: cv2.VideoCapture) -> Image | None:
    """The next picture (H, W, 3) uint8 BGR, None at the end."""
    got, image = capture.read()
    return np.asarray(image, np.uint8) if got else None
