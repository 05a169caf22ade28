"""The video of a session, where the person wants one kept: its pictures as an MP4 file, written in a thread of its own.

Nobody waits for it: what the writer cannot keep up with is left out. A picture is found again by its number, not by its
time, so that frames may come as unevenly as a camera gives them.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Full, Queue
from threading import Thread

import cv2
import numpy as np

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision.encode import Encoder
from coach.vision.video import read_video

#: The longer side of its pictures, pixels; and how many of them a player shows in a second, whatever their own times.
LONGEST, FPS = 960, 30.0
#: Pictures that may wait to be written: a quarter of a second of them.
WAITING = 8
#: Bytes that must stay free on the disk, for the recording and for the end of the video; looked at every so many
#: pictures.
FREE, LOOK_EVERY = 100_000_000, 30
_BINARY = getattr(os, "O_BINARY", 0)


class VideoKeeper:
    """Writes a video beside a recording. Call `add` for each picture, at last `close`.

    trouble  why it keeps no more, in a sentence; empty while it does
    dropped  how many pictures were left out because the writer was behind
    """

    def __init__(self, path: Path) -> None:
        """path: an MP4 file that does not exist yet; it is made with the first picture."""
        self.path, self.trouble, self.dropped = path, "", 0
        self._added = self._written = 0
        self._waiting: Queue[Image | None] = Queue(WAITING)
        self._thread = Thread(target=self._run, name="video", daemon=True)
        self._open = True

    def add(self, image: Image) -> int | None:
        """Take a picture (H, W, 3) uint8 BGR that nobody changes any more; return its number in the video, counted from
        0, or None where it is left out. Never waits, never raises."""
        if self.trouble or not self._open:
            return None
        if not self._added:
            self._thread.start()
        try:
            self._waiting.put_nowait(image)
        except Full:
            self.dropped += 1
            return None
        self._added += 1
        return self._added - 1

    def close(self) -> bool:
        """Write what still waits, and end the file; return whether there is one."""
        if self._open and self._added:
            self._waiting.put(None)
            self._thread.join()
        self._open = False
        return self._written > 0

    def _run(self) -> None:
        """Write until None comes. Whatever goes wrong, what is put into the queue is taken out of it."""
        size, made = (0, 0), False
        with ExitStack() as open_files:
            film: Encoder | None = None
            while (image := self._waiting.get()) is not None:
                if self.trouble:
                    continue
                try:
                    if film is None:
                        size = _size(image)
                        # Nobody else may read it; and a file that is there already is not written over.
                        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
                        made = True
                        film = Encoder(open_files.enter_context(os.fdopen(handle, "wb", 0)), size, FPS, at_once=True)
                    if self._written % LOOK_EVERY == 0 and shutil.disk_usage(self.path.parent).free < FREE:
                        self._end(f"less than {FREE // 1_000_000} MB are free on the disk")
                        continue
                    if (image.shape[1], image.shape[0]) != size:
                        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
                    film.write(image)
                    self._written += 1
                except (OSError, ValueError, cv2.error) as error:
                    self._end(str(getattr(error, "strerror", None) or error))
            if film is not None:
                try:
                    film.close()
                except OSError as error:
                    self._end(str(error.strerror or error))
        if made and not self._written:
            with suppress(OSError):
                self.path.unlink()

    def _end(self, why: str) -> None:
        self.trouble = f"{self.path}: the video ends here ({' '.join(why.split())}); the recording goes on without it"


def _size(image: Image) -> tuple[int, int]:
    """(width, height) of the video: even numbers, as MP4 wants it, and in the shape of the picture."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


class VideoPictures:
    """The pictures of a kept video, asked for in rising order."""

    def __init__(self, path: Path) -> None:
        self._pictures: Iterator[Image] = _pictures(path)
        self._at = -1
        self._last: Image | None = None

    def picture(self, number: int | None) -> Image | None:
        """Return the picture of that number; for None, one that was left out, the one before it. None where there is
        none, as in a video that ended early."""
        while number is not None and self._at < number:
            self._last = next(self._pictures, None)
            self._at += 1
        return self._last


def _pictures(path: Path) -> Iterator[Image]:
    with suppress(BadVideo):
        for _, image in read_video(path):
            yield image
