"""Whether a film lies on its side or upside down without saying so, as telephones and converters leave some behind.

The detector that the face tracker begins with is surest of a face that stands upright: over the clips this was tried
on it gave 0.89 and more for those, 0.58 to 0.81 for the same pictures turned upside down, and eyes above each other for
those that lie on their side.
"""

import math
import os
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import cv2
import numpy as np

from coach.frame import Image
from coach.vision.models import FACE, find_model
from coach.vision.quiet import silenced_stderr

#: Seconds from one picture that is looked at to the next one, and of the film that is looked at at all.
EVERY_S, FOR_S = 0.5, 5.0
#: So sure of an upright face, nobody looks further; so much surer of a turned picture, on average, it is turned.
SURE, SURER = 0.87, 0.12
#: Degrees of the line through the eyes up to which a face stands upright.
UPRIGHT_DEG = 40.0

#: How a picture is turned clockwise, by degrees.
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
#: The detector lies in the face tracker's own bundle.
_DETECTOR = "face_detector.tflite"


def detector(models: str | os.PathLike[str] | None = None) -> Any:
    """MediaPipe's face detector. models: as for `FaceTracker`. Raises ModelProblem."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    from mediapipe.tasks.python import BaseOptions, vision

    with zipfile.ZipFile(find_model(FACE, models)) as bundle:
        base = BaseOptions(model_asset_buffer=bundle.read(_DETECTOR))
    options = vision.FaceDetectorOptions(base_options=base, running_mode=vision.RunningMode.IMAGE)
    with silenced_stderr():
        return vision.FaceDetector.create_from_options(options)


def find_turn(pictures: Iterable[tuple[float, Image]], models: str | os.PathLike[str] | None = None) -> int:
    """Return by how many degrees clockwise (0, 90, 180, 270) the pictures of a film are to be turned for the face in
    them to stand upright; 0 where there is none.

    pictures: (seconds, (H, W, 3) uint8 BGR) from the beginning of the film; only as many are asked for as are needed.
    Raises ModelProblem.
    """
    seen: list[list[float]] = []
    due = 0.0
    with ExitStack() as opened:
        look = None
        for time, image in pictures:
            if time >= FOR_S:
                break
            if time < due:
                continue
            due = time + EVERY_S
            if look is None:  # a file that cannot be read is refused before this is loaded
                look = opened.enter_context(detector(models))
            as_it_is = _upright(look, image)
            if as_it_is >= SURE:
                return 0
            seen.append([as_it_is, *(_upright(look, turned(image, turn)) for turn in TURNS)])
    if not seen:
        return 0
    sure = np.mean(seen, axis=0)
    best = int(sure.argmax())
    return (0, *TURNS)[best] if sure[best] >= max(SURE, sure[0] + SURER) else 0


def turned(image: Image, degrees: int) -> Image:
    """The picture turned clockwise by 90, 180 or 270 degrees; by any other number it is not turned."""
    return np.asarray(cv2.rotate(image, TURNS[degrees]), np.uint8) if degrees in TURNS else image


def _upright(look: Any, image: Image) -> float:
    """How sure it is (0..1) that the largest face in a picture stands upright."""
    import mediapipe as mp

    rgb = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
    found = look.detect(rgb).detections
    if not found:
        return 0.0
    face = max(found, key=lambda one: one.bounding_box.width)
    right, left = face.keypoints[:2]  # of the subject: the left eye is at the right of the picture
    height, width = image.shape[:2]
    tilt = math.degrees(math.atan2((left.y - right.y) * height, (left.x - right.x) * width))
    return float(face.categories[0].score) if abs(tilt) <= UPRIGHT_DEG else 0.0
