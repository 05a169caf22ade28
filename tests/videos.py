"""Videos for tests, good and bad, written by OpenCV: small, short, and the same every time."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

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
    """Write a video; MJPG wants .avi, mp4v wants .mp4."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, SIZE)
    assert writer.isOpened()
    for image in images:
        writer.write(image)
    writer.release()
    return path


def cut(path: Path, whole: Path, part: float = 0.5) -> Path:
    """Write the first part of a file as another file."""
    content = whole.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    return path
