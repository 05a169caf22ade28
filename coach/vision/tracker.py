"""An image in, a `Frame` out: MediaPipe's landmarkers in VIDEO mode, on the unmirrored image.

The face is looked for in every image; hands and shoulders, which cost as much again, only where they are asked for, and
not in every image: in between, what was seen last is what is there.
"""

import math
import os
from collections.abc import Set
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np

from coach.frame import Frame, Image
from coach.vision.beside import Beside
from coach.vision.models import FACE, HANDS, POSE, find_model, read_model
from coach.vision.picture import Stillness, describe
from coach.vision.quiet import silenced_stderr
from coach.vision.result import reader
from coach.vision.upright import detector

#: Seconds from one look for other faces to the next, and how much larger than found they are painted over: they move.
OTHERS_EVERY_S, _MARGIN = 1.0, 0.3


class FaceTracker:
    """Follows one face through a stream of images. Use as a context manager.

    Frames must come in the order of their times; the tracker keeps state from image to image.
    """

    def __init__(
        self,
        models: str | os.PathLike[str] | None = None,
        hands: bool = False,
        shoulders: bool = False,
        nearest: bool = False,
        threaded: bool = False,
    ) -> None:
        """models: folder with the model files, None for the packaged ones. hands, shoulders: be able to look for those,
        too; see `look_for`. nearest: where several people are in the picture follow the nearest one, and tell in
        `Frame.others`. threaded: look for hands and shoulders in a thread of their own, as a live camera wants it; what
        is seen then depends on how quick the machine is. Raises ModelProblem."""
        find_model(FACE, models)  # told before anything is loaded
        # Imported late: it takes 0.3 s and loads native code that most commands never need.
        os.environ.setdefault("GLOG_minloglevel", "3")
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        self._mp = mp
        self._detector: Any = None
        to_hands = to_pose = None
        mode = vision.RunningMode.VIDEO
        with silenced_stderr():
            self._landmarker = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=BaseOptions(model_asset_buffer=read_model(FACE, models)),
                    running_mode=mode,
                    output_face_blendshapes=True,
                    output_facial_transformation_matrixes=True,
                )
            )
            if hands:
                base = BaseOptions(model_asset_buffer=read_model(HANDS, models))
                options = vision.HandLandmarkerOptions(base_options=base, running_mode=mode, num_hands=2)
                to_hands = vision.HandLandmarker.create_from_options(options)
            if shoulders:
                base = BaseOptions(model_asset_buffer=read_model(POSE, models))
                to_pose = vision.PoseLandmarker.create_from_options(
                    vision.PoseLandmarkerOptions(base_options=base, running_mode=mode)
                )
            if nearest:
                self._detector = detector(models)
            # The networks are set up, with their notices, at the first image: a black one, before anybody looks.
            black = self._image(np.zeros((64, 64, 3), np.uint8))
            for one in (self._landmarker, to_hands, to_pose):
                if one is not None:
                    one.detect_for_video(black, 0)
        self._read = reader(self._landmarker)
        self._open = [one for one in (self._landmarker, to_hands, to_pose, self._detector) if one is not None]
        self._beside = Beside(to_hands, to_pose, threaded)
        self._last_ms = 0
        self._stillness = Stillness()
        self._rgb: Image = np.empty((0, 0, 3), np.uint8)
        self._others_due = -math.inf
        self._others: list[tuple[int, int, int, int]] = []

    def look_for(self, needs: Set[str]) -> None:
        """Say what is needed besides the face from now on: "hands" that may be in the way, "fingers" that are followed,
        "shoulders"; what the tracker was not made for is passed over."""
        self._beside.look_for(needs)

    def track(self, image: Image, time: float) -> Frame:
        """Return what is seen in one image.

        image  (H, W, 3) uint8 BGR, not mirrored
        time   seconds, later than the time before

        MediaPipe wants whole milliseconds that only rise, so equal or falling ones are moved up.
        """
        height, width = image.shape[:2]
        still_s = self._stillness.step(image, time)
        stamp = max(self._last_ms + 1, round(time * 1000))
        self._last_ms = stamp
        if self._rgb.shape != image.shape:
            self._rgb = np.empty(image.shape, np.uint8)
        pixels = self._rgb  # MediaPipe copies it
        cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=pixels)
        if self._detector is not None and time >= self._others_due:
            self._others_due = time + OTHERS_EVERY_S
            self._others = _all_but_largest(self._detector.detect(self._image(pixels)).detections)
        for left, top, right, bottom in self._others:
            # Where nobody is to be seen nobody is followed: the tracker takes the one that is left.
            pixels[top:bottom, left:right] = 0
        rgb = self._image(pixels)
        # x and y come scaled by different sides and z in the scale of x: into pixels once, here.
        scale = np.array((width, height, width), np.float32)
        beside = self._beside.offer(rgb, stamp, time, scale)
        found = self._read(rgb, stamp)
        frame = Frame(time, hands=beside.hands, pose=beside.pose, image=image, others=len(self._others),
                      hands_time=beside.hands_time, pose_time=beside.pose_time)  # fmt: skip
        if found is None:
            return frame
        landmarks, shapes, head = found[0] * scale, *found[1:]
        picture = replace(describe(image, landmarks), still_s=still_s)
        return replace(frame, landmarks=landmarks, blendshapes=shapes, head=head, picture=picture)

    def _image(self, rgb: Image) -> Any:
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=rgb)

    def close(self) -> None:
        self._beside.close()
        for one in self._open:
            one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _all_but_largest(detections: Any) -> list[tuple[int, int, int, int]]:
    """Boxes (left, top, right, bottom) of all faces but the largest, with a margin, and none of that one covered."""
    boxes = sorted((d.bounding_box for d in detections), key=lambda box: -box.width)
    found = []
    for box in boxes[1:]:
        x, y = int(_MARGIN * box.width), int(_MARGIN * box.height)
        left, right = box.origin_x - x, box.origin_x + box.width + x
        # Beside the largest is where another face can be; what reaches into its half is not painted over.
        nearest = boxes[0]
        if box.origin_x < nearest.origin_x:
            right = min(right, nearest.origin_x)
        else:
            left = max(left, nearest.origin_x + nearest.width)
        top, bottom = box.origin_y - y, box.origin_y + box.height + y
        if right > left:
            found.append((max(0, left), max(0, top), max(0, right), max(0, bottom)))
    return found
