"""An image in, a `Frame` out: MediaPipe's FaceLandmarker in VIDEO mode, on the unmirrored image."""

import os
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np

from coach.frame import Frame, Image
from coach.vision.models import FACE, find_model
from coach.vision.quiet import silenced_stderr


class FaceTracker:
    """Follows one face through a stream of images. Use as a context manager.

    Frames must come in the order of their times; the tracker keeps state from image to image.
    """

    def __init__(self, models: str | os.PathLike[str] | None = None) -> None:
        """models: folder with `face_landmarker.task`, None for the packaged one. Raises ModelProblem."""
        path = find_model(FACE, models)
        # Imported late: it takes 0.3 s and loads native code that most commands never need.
        os.environ.setdefault("GLOG_minloglevel", "3")
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        self._mp = mp
        with silenced_stderr():
            self._landmarker = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=BaseOptions(model_asset_path=str(path)),
                    running_mode=vision.RunningMode.VIDEO,
                    output_face_blendshapes=True,
                    output_facial_transformation_matrixes=True,
                )
            )
            # The networks are set up, with their notices, at the first image: a black one, before anybody looks.
            self._detect(np.zeros((64, 64, 3), np.uint8), 0)
        self._last_ms = 0

    def track(self, image: Image, time: float) -> Frame:
        """Return what is seen in one image.

        image  (H, W, 3) uint8 BGR, not mirrored
        time   seconds, later than the time before

        MediaPipe wants whole milliseconds that only rise, so equal or falling ones are moved up.
        """
        height, width = image.shape[:2]
        stamp = max(self._last_ms + 1, round(time * 1000))
        self._last_ms = stamp
        rgb = np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        seen = self._detect(rgb, stamp)
        if not seen.face_landmarks:
            return Frame(time, image=image)
        # x and y come scaled by different sides and z in the scale of x: into pixels once, here.
        points = np.array([(p.x, p.y, p.z) for p in seen.face_landmarks[0]], np.float32)
        points *= np.array((width, height, width), np.float32)
        shapes = np.array([c.score for c in seen.face_blendshapes[0]], np.float32)
        head = np.asarray(seen.facial_transformation_matrixes[0], np.float32)
        return Frame(time, points, shapes, head, image=image)

    def _detect(self, rgb: Image, stamp_ms: int) -> Any:
        image = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=rgb)
        return self._landmarker.detect_for_video(image, stamp_ms)

    def close(self) -> None:
        self._landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
