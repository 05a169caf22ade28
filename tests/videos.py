"""Videos for tests, good and bad: small, short, and the same every time."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from faces import mesh

from coach.avatar.performer import draw_controls
from coach.avatar.rig import build, controls
from coach.frame import Image

SIZE = (320, 240)
GREY: Image = np.full((240, 320, 3), 128, np.uint8)


@cache
def face() -> Image:
    """The drawn face at rest, (240, 320, 3)."""
    return draw_controls(build(mesh()), controls(), SIZE)


def write(path: Path, images: Sequence[Image], fps: float = 10.0, codec: str = "MJPG") -> Path:
    """Write a video by OpenCV; MJPG wants .avi, mp4v wants .mp4."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, SIZE)
    assert writer.isOpened()
    for image in images:
        writer.write(image)
    writer.release()
    return path


def encode(
    path: Path,
    images: Sequence[Image],
    codec: str = "libx264",
    *,
    stamps_ms: Sequence[int] | None = None,
    pixel: tuple[int, int] = (1, 1),
    interlaced: bool = False,
    sound_s: float = 0.0,
    crf: int = 23,
) -> Path:
    """Write a video of 10 pictures a second by FFmpeg. stamps_ms: when each of them is shown instead, milliseconds.
    pixel: how wide and how high a pixel is. sound_s: seconds of silence beside it. crf: of libx264, the higher the
    coarser."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream(codec, rate=10)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(*pixel)
        stream.codec_context.time_base = Fraction(1, 1000)
        if codec == "libx264":
            stream.options = (
                {"flags": "+ildct+ilme", "x264-params": "tff=1"} if interlaced else {"bf": "0", "crf": str(crf)}
            )
        sound = film.add_stream("pcm_s16le", rate=8000) if sound_s else None
        if sound is not None:
            for i in range(round(sound_s * 10)):
                silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
                silence.sample_rate, silence.pts, silence.time_base = 8000, 800 * i, Fraction(1, 8000)
                film.mux(sound.encode(silence))
        for i, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "bgr24")
            frame.time_base, frame.pts = Fraction(1, 1000), stamps_ms[i] if stamps_ms else 100 * i
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
        if sound is not None:
            film.mux(sound.encode(None))
    return path


def turn(path: Path, degrees: int) -> Path:
    """Write into an MP4 that its pictures are to be turned clockwise by 90, 180 or 270 degrees to be upright."""
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 4 + 40  # the matrix of the track's header (ISO/IEC 14496-12, 8.3.2), version 0
    content[at : at + 36] = struct.pack(">9i", cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


def cut(path: Path, whole: Path, part: float = 0.5) -> Path:
    """Write the first part of a file as another file."""
    content = whole.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    return path
