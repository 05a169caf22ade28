"""The pictures of a camera."""

import sys
import time as clock
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from coach.errors import NoCamera
from coach.frame import Image
from coach.vision.feed import Feed
from coach.vision.quiet import silenced_stderr

#: Ways to a camera that are tried one after the other: on Windows the newer one can take minutes, or fail, where the
#: older one opens at once.
_WAYS = (cv2.CAP_MSMF, cv2.CAP_DSHOW) if sys.platform == "win32" else (cv2.CAP_ANY,)


def open_camera(index: int = 0, mirrored: bool = False) -> Feed:
    """The newest pictures of a camera: what everything live looks at."""
    return Feed(read_camera(index, mirrored=mirrored), live=True)


def read_camera(
    index: int = 0, width: int = 1280, height: int = 720, mirrored: bool = False
) -> Iterator[tuple[float, Image]]:
    """Yield (time in seconds from the first frame, BGR image) from a camera until it stops delivering.

    mirrored: its driver gives mirror images: mirror them back. Raises NoCamera when there is none at that index or it
    delivers nothing.
    """
    # Compressed frames at 720p and a queue of one: what USB cameras deliver at 30 fps without lag. Asked for in one go,
    # as some drivers begin anew with every wish.
    wishes = (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"), cv2.CAP_PROP_FRAME_WIDTH, width,
              cv2.CAP_PROP_FRAME_HEIGHT, height, cv2.CAP_PROP_BUFFERSIZE, 1)  # fmt: skip
    start: float | None = None
    for way in _WAYS:
        capture = _open(index, way, wishes)
        try:
            while (image := _next(capture)) is not None:
                now = clock.monotonic()
                start = now if start is None else start
                yield now - start, np.asarray(cv2.flip(image, 1), np.uint8) if mirrored else image
            opened = capture.isOpened()
        finally:
            capture.release()
        if start is not None:
            return
    if opened:
        raise NoCamera(f"camera {index} delivers no picture: is another program using it?")
    raise NoCamera(
        f"no camera {index}: plug one in, close the program that uses it, or choose another with --camera N; "
        "'coach demo' needs none"
    )


def _open(index: int, way: int, wishes: Sequence[int]) -> cv2.VideoCapture:
    """Open a camera without the native libraries writing to the terminal."""
    with silenced_stderr():
        capture = cv2.VideoCapture(index, way, wishes)
        if not capture.isOpened():  # some drivers refuse wishes that are made while they open
            capture = cv2.VideoCapture(index, way)
            for what, wish in zip(wishes[::2], wishes[1::2], strict=True):
                capture.set(what, wish)
        return capture


def _next(capture: cv2.VideoCapture) -> Image | None:
    """The next picture (H, W, 3) uint8 BGR, None at the end."""
    got, image = capture.read()
    return np.asarray(image, np.uint8) if got else None
