"""An image in, a `Frame` out: MediaPipe's landmarkers in VIDEO mode, on the unmirrored image.

The face is looked for in every image; hands and shoulders, which cost as much again, only where they are asked for, and
not in every image: in between, what was seen last is what is there.
"""

import math
import os
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np

from coach.frame import Array, Frame, Image
from coach.vision.models import FACE, HANDS, POSE, find_model
from coach.vision.picture import describe
from coach.vision.quiet import silenced_stderr

#: Seconds from one look for hands to the next, and for shoulders.
HANDS_EVERY_S, SHOULDERS_EVERY_S = 0.3, 0.1


class FaceTracker:
    """Follows one face through a stream of images. Use as a context manager.

    Frames must come in the order of their times; the tracker keeps state from image to image.
    """

    def __init__(
        self, models: str | os.PathLike[str] | None = None, hands: bool = False, shoulders: bool = False
    ) -> None:
        """models: folder with the model files, None for the packaged ones. hands, shoulders: look for those, too.
        Raises ModelProblem."""
        path = find_model(FACE, models)
        # Imported late: it takes 0.3 s and loads native code that most commands never need.
        os.environ.setdefault("GLOG_minloglevel", "3")
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        self._mp = mp
        self._hands = self._pose = None
        mode = vision.RunningMode.VIDEO
        with silenced_stderr():
            self._landmarker = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=BaseOptions(model_asset_path=str(path)),
                    running_mode=mode,
                    output_face_blendshapes=True,
                    output_facial_transformation_matrixes=True,
                )
            )
            if hands:
                base = BaseOptions(model_asset_path=str(find_model(HANDS, models)))
                options = vision.HandLandmarkerOptions(base_options=base, running_mode=mode, num_hands=2)
                self._hands = vision.HandLandmarker.create_from_options(options)
            if shoulders:
                base = BaseOptions(model_asset_path=str(find_model(POSE, models)))
                self._pose = vision.PoseLandmarker.create_from_options(
                    vision.PoseLandmarkerOptions(base_options=base, running_mode=mode)
                )
            # The networks are set up, with their notices, at the first image: a black one, before anybody looks.
            black = self._image(np.zeros((64, 64, 3), np.uint8))
            for one in (self._landmarker, self._hands, self._pose):
                if one is not None:
                    one.detect_for_video(black, 0)
        self._last_ms = 0
        self._hands_due = self._pose_due = -math.inf
        self._hands_seen: Array | None = None
        self._pose_seen: Array | None = None

    def track(self, image: Image, time: float) -> Frame:
        """Return what is seen in one image.

        image  (H, W, 3) uint8 BGR, not mirrored
        time   seconds, later than the time before

        MediaPipe wants whole milliseconds that only rise, so equal or falling ones are moved up.
        """
        height, width = image.shape[:2]
        stamp = max(self._last_ms + 1, round(time * 1000))
        self._last_ms = stamp
        rgb = self._image(np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8))
        seen = self._landmarker.detect_for_video(rgb, stamp)
        # x and y come scaled by different sides and z in the scale of x: into pixels once, here.
        scale = np.array((width, height, width), np.float32)
        if self._hands is not None and time >= self._hands_due:
            self._hands_due = time + HANDS_EVERY_S
            found = [_points(hand) * scale for hand in self._hands.detect_for_video(rgb, stamp).hand_landmarks]
            self._hands_seen = np.array(found, np.float32).reshape(-1, 21, 3)
        if self._pose is not None and time >= self._pose_due:
            self._pose_due = time + SHOULDERS_EVERY_S
            bodies = self._pose.detect_for_video(rgb, stamp).pose_landmarks
            self._pose_seen = _with_visibility(bodies[0], scale) if bodies else None
        if not seen.face_landmarks:
            return Frame(time, hands=self._hands_seen, pose=self._pose_seen, image=image)
        points = _points(seen.face_landmarks[0]) * scale
        shapes = np.array([c.score for c in seen.face_blendshapes[0]], np.float32)
        head = np.asarray(seen.facial_transformation_matrixes[0], np.float32)
        picture = describe(image, points)
        return Frame(time, points, shapes, head, self._hands_seen, self._pose_seen, picture, image)

    def _image(self, rgb: Image) -> Any:
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=rgb)

    def close(self) -> None:
        for one in (self._landmarker, self._hands, self._pose):
            if one is not None:
                one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _points(landmarks: Any) -> Array:
    return np.array([(p.x, p.y, p.z) for p in landmarks], np.float32)


def _with_visibility(landmarks: Any, scale: Array) -> Array:
    visible = np.array([[p.visibility or 0.0] for p in landmarks], np.float32)
    return np.concatenate([_points(landmarks) * scale, visible], axis=-1)
