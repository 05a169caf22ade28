"""Images with their times from a video file."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision.feed import Feed
from coach.vision.quiet import silenced_stderr

#: A stream without usable times of its own is taken to run at this rate, in frames a second.
_FALLBACK_FPS = 30.0
#: A file is called cut off when it ends before this part of the frames and of the seconds it announces. Whole files
#: announce a few frames too many, and those of uneven frame rate any number of frames, but about the right time.
_WHOLE = 0.8
#: No picture has more pixels (8K has 33 million), and no video is longer, seconds: whoever counts on with its times
#: would never be done.
_MOST_PIXELS, _MOST_S = 50_000_000, 1e6
#: How lists of other files begin, which FFmpeg would open for us (after white space, or a byte order mark).
_LISTS = (b"#EXTM3U", b"ffconcat", b"<", b"v=", b"[")


def open_video(path: str | os.PathLike[str], whole: bool = False) -> Feed:
    """`read_video`, decoded ahead in a thread of its own while earlier images are looked at."""
    return Feed(read_video(path, whole), live=False)


def read_video(path: str | os.PathLike[str], whole: bool = False) -> Iterator[tuple[float, Image]]:
    """Yield (time in seconds, BGR image) for each frame, by the file's own timestamps.

    whole  raise BadVideo after the last frame when the file announces clearly more

    Times are strictly increasing also where the file's are not. Raises BadVideo when the file is missing, empty,
    not a video, or has no frame that can be decoded.
    """
    file = Path(path)
    if not file.exists():
        raise BadVideo(f"{file}: no such file; check the path")
    if file.is_dir():
        raise BadVideo(f"{file}: a folder, not a video; name the files in it")
    if not file.is_file():
        raise BadVideo(f"{file}: not a file that can be read to its end; name a video file")
    if file.stat().st_size == 0:
        raise BadVideo(f"{file}: the file is empty; record or copy it again")
    if _is_list(file):
        raise BadVideo(f"{file}: a list of files, not a video; name the video itself")
    if _is_picture(file):
        raise BadVideo(f"{file}: a picture, not a video; a movement needs a video")
    capture = open_capture(str(file))
    try:
        if not capture.isOpened():
            raise BadVideo(f"{file}: not a video that can be read, or cut off; try to convert it to MP4 (H.264)")
        _check_pixels(file, _pixels(capture))
        fps = capture.get(cv2.CAP_PROP_FPS)
        step = 1.0 / fps if 1.0 <= fps <= 1000.0 else 1.0 / _FALLBACK_FPS
        announced = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        announced_s = announced / fps if fps > 0 else 0.0
        frames, last = 0, -1.0
        while (image := next_image(capture)) is not None:
            stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
            if not frames:
                stamp = max(stamp, 0.0)
            elif not stamp > last:
                stamp = last + step
            if not stamp <= _MOST_S:
                raise BadVideo(f"{file}: has a picture at {stamp:.3g} seconds; try to convert it to MP4 (H.264)")
            _check_pixels(file, image.shape[0] * image.shape[1])  # it may change from picture to picture
            frames, last = frames + 1, stamp
            yield stamp, image
        if not frames:
            raise BadVideo(f"{file}: holds no frame that can be decoded; record it again or convert it to MP4 (H.264)")
        if whole and frames < _WHOLE * announced and last + step < _WHOLE * announced_s:
            raise BadVideo(
                f"{file}: cut off, only {frames} of {announced:.0f} frames are there and judged; copy it again"
            )
    finally:
        capture.release()


def announced_frames(path: str | os.PathLike[str]) -> float:
    """Return how many frames a video says it has, about; 0 where it does not say or cannot be opened."""
    capture = open_capture(str(path))
    try:
        return max(capture.get(cv2.CAP_PROP_FRAME_COUNT), 0.0) if capture.isOpened() else 0.0
    finally:
        capture.release()


def _is_picture(file: Path) -> bool:
    """Whether a file is one of the picture formats and holds a single picture (a GIF or motion JPEG holds more)."""
    if not cv2.haveImageReader(str(file)):
        return False
    capture = open_capture(str(file))
    try:
        if _pixels(capture) > _MOST_PIXELS:
            return False
        return next_image(capture) is None or next_image(capture) is None
    finally:
        capture.release()


def _is_list(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_LISTS)
    except OSError as error:
        raise BadVideo(f"{file}: cannot be read ({error.strerror}); check its permissions") from None


def _pixels(capture: cv2.VideoCapture) -> float:
    """How many pixels each picture is announced to have."""
    return float(capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _check_pixels(file: Path, pixels: float) -> None:
    if pixels > _MOST_PIXELS:
        raise BadVideo(f"{file}: its pictures are too large ({pixels / 1e6:.0f} million pixels); make them smaller")


def next_image(capture: cv2.VideoCapture) -> Image | None:
    """The next picture (H, W, 3) uint8 BGR, None at the end."""
    got, image = capture.read()
    return np.asarray(image, np.uint8) if got else None


def open_capture(source: str | int) -> cv2.VideoCapture:
    """Open a file or a camera without the native libraries writing to the terminal."""
    with silenced_stderr():
        return cv2.VideoCapture(source)
