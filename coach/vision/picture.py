"""What the picture of a face is like: light, contrast and sharpness, to be known when the picture is gone."""

import cv2
import numpy as np

from coach.frame import Array, Image, Picture

#: The face is looked at through a grid of about so many pixels each way: enough for a mean, cheap at any size.
_GRID = 64
#: Sharpness is looked for at this part of an OC: finer detail is nothing to the tracker, which sees the face smaller.
_DETAIL = 1 / 40


def describe(image: Image, landmarks: Array) -> Picture:
    """Return what is to be known of a picture.

    image (H, W, 3) uint8 BGR, landmarks (478, 3) pixels of the face in it
    """
    height, width = image.shape[:2]
    low = np.clip(landmarks[:, :2].min(axis=0), 0, (width - 2, height - 2)).astype(int)
    high = np.clip(landmarks[:, :2].max(axis=0), low + 2, (width, height)).astype(int)
    face = image[low[1] : high[1], low[0] : high[0]]
    step = max(1, min(face.shape[:2]) // _GRID)
    unit = float(np.linalg.norm(landmarks[263] - landmarks[33]))
    apart = max(1, round(unit * _DETAIL))
    # Two grids a little apart: their mean is the light, their difference the detail.
    rows = face[::step]
    here = cv2.cvtColor(
        np.ascontiguousarray(rows[:, :-apart:step] if apart < rows.shape[1] else rows), cv2.COLOR_BGR2GRAY
    )
    there = cv2.cvtColor(np.ascontiguousarray(rows[:, apart::step][:, : here.shape[1]]), cv2.COLOR_BGR2GRAY)
    here, there = here[:, : there.shape[1]].astype(float), there.astype(float)
    contrast = float(here.std())
    detail = float(np.abs(here - there).mean()) / contrast if contrast > 0 and there.size else 0.0
    # In float32, as a recording keeps it: a replay sees the same numbers.
    light, spread, edges = np.array([here.mean(), contrast, detail], np.float32).tolist()
    return Picture(width, height, light, spread, edges)


class Stillness:
    """For how long the picture has been the very same. It keeps the last one, which nobody may draw over."""

    def __init__(self) -> None:
        self._last: Image | None = None
        self._since = 0.0

    def step(self, image: Image, time: float) -> float:
        """Take a picture (H, W, 3) and its time in seconds; return the seconds since it last differed."""
        last, self._last = self._last, image
        # The middle row differs in nearly all pictures of a camera; only then all of it is looked at.
        if (
            last is None
            or last is image
            or last.shape != image.shape
            or not np.array_equal(last[len(last) // 2], image[len(image) // 2])
            or not np.array_equal(last, image)
        ):
            self._since = time
        return float(np.float32(time - self._since))  # as a recording keeps it
