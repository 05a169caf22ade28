"""Pictures into an MP4 film: H.264 where this build of FFmpeg has it, else MPEG-4 part 2, which every build has."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from coach.errors import BadInput
from coach.frame import Image

#: The encoders that are tried, with how they are asked for a picture that is good to look at. A face in a room takes 2
#: to 6 MB a minute by the first.
_ENCODERS = (
    ("libx264", {"preset": "veryfast", "crf": "23"}),
    ("mpeg4", {"qscale": "4", "flags": "+qscale"}),
)
#: Of a film that is written while it is taken: no picture waits for a later one, and what was written is a whole film
#: up to its last second, also when the program is killed (a fragment for each second, its index before it).
_AT_ONCE = {"tune": "zerolatency", "preset": "superfast"}
_FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}


class Encoder:
    """Writes pictures of one size. Call `write` for each, at last `close`. Raises OSError where they cannot be
    written, as on a full disk."""

    def __init__(self, file: BinaryIO, size: tuple[int, int], fps: float, at_once: bool = False) -> None:
        """file: opened for writing, closed by whoever opened it. size: (width, height), even numbers. fps: pictures
        that are shown in a second. at_once: each is to be in the file soon after it was written."""
        # Imported late: it loads native code that most commands never need.
        import av

        self._av = av
        self._film = av.open(file, "w", "mp4", container_options=_FRAGMENTS if at_once else {})
        rate = Fraction(fps).limit_denominator(1000)
        name, options = next(one for one in _ENCODERS if one[0] in av.codecs_available)
        stream = self._film.add_stream(name, rate, {**options, **(_AT_ONCE if at_once else {})})
        assert isinstance(stream, av.VideoStream)
        self._stream = stream
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.gop_size = round(fps)  # a second
        self._written = 0

    def write(self, image: Image) -> None:
        """Add a picture (H, W, 3) uint8 BGR."""
        # FFmpeg's own way to these colours is off by three shades.
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = self._av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts = self._written
        self._written += 1
        self._film.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what is not yet in the file, and its end."""
        try:
            if self._written:
                self._film.mux(self._stream.encode(None))
        finally:
            self._film.close()


def write_film(path: Path, pictures: Iterable[Image], size: tuple[int, int], fps: float) -> int:
    """Write pictures (H, W, 3) uint8 BGR of one size as an MP4 file, readable by its owner only; return how many. What
    was there is replaced in one step, and only by a film that is whole. Raises BadInput."""
    if path.suffix.lower() != ".mp4":
        raise BadInput(f"{path}: a film is an MP4 file; choose a name that ends in .mp4")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}.", suffix=".mp4")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place") from None
    new, count = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as file:
            encoder = Encoder(file, size, fps)
            try:
                for picture in pictures:
                    encoder.write(picture)
                    count += 1
            finally:
                encoder.close()
        if not count:
            raise BadInput(f"{path}: nothing to be seen in this part of the recording; choose another part")
        new.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror}); make room, or choose another place") from None
    finally:
        with suppress(OSError):
            new.unlink()
    return count
