"""A tracker beside ours, in an environment of its own: `python peer_worker.py KIND PICTURES.npy`.

KIND is ours, facemesh, dlib or dlib-tracking. Lines of stdin say from which picture on it is to look at how many,
round and round. It answers each with a line of JSON: seconds of the clock and of the processor that one took in the
mean, and in how many a face was found. It imports nothing of the coach but for ours, because it runs where that is not
installed.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def ours() -> Callable[[Any], bool]:
    """The coach's tracker: 478 points, blendshapes and the head."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from coach.vision.tracker import FaceTracker

    tracker, now = FaceTracker(), [0.0]

    def look(image: Any) -> bool:
        now[0] += 1 / 30
        return tracker.track(image, now[0]).landmarks is not None

    return look


def facemesh() -> Callable[[Any], bool]:
    """The old FaceMesh of mediapipe 0.10.21: 478 points, without blendshapes."""
    import mediapipe as mp

    mesh = mp.solutions.face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)
    return lambda image: mesh.process(np.ascontiguousarray(image[..., ::-1])).multi_face_landmarks is not None


def dlib(tracking: bool) -> Callable[[Any], bool]:
    """dlib's 68 points: found anew in every picture, or, tracking, looked for where they were."""
    import dlib as package
    import face_recognition_models

    detect = package.get_frontal_face_detector()
    points = package.shape_predictor(face_recognition_models.pose_predictor_model_location())
    box: list[Any] = []

    def look(image: Any) -> bool:
        rgb = np.ascontiguousarray(image[..., ::-1])
        if not (tracking and box):
            box[:] = list(detect(rgb))[:1]
        if box:
            found = points(rgb, box[0])
            xs, ys = [p.x for p in found.parts()], [p.y for p in found.parts()]
            # The detector's box is as wide as the face and begins at the brows.
            box[:] = [package.rectangle(min(xs), min(ys), max(xs), max(ys))]
        return bool(box)

    return look


KINDS: dict[str, Callable[[], Callable[[Any], bool]]] = {
    "ours": ours,
    "facemesh": facemesh,
    "dlib": lambda: dlib(False),
    "dlib-tracking": lambda: dlib(True),
}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not come between the answers
    look, images = KINDS[sys.argv[1]](), np.load(sys.argv[2], mmap_mode="r")
    for line in sys.stdin:
        first, number = map(int, line.split())
        some = [np.array(images[i % len(images)]) for i in range(first, first + number)]
        begun, computed = time.perf_counter(), time.process_time()
        found = sum(map(look, some))
        seconds, of_processor = time.perf_counter() - begun, time.process_time() - computed
        taken = {"clock": seconds / number, "processor": of_processor / number, "found": found}
        print(json.dumps(taken), file=answers, flush=True)


if __name__ == "__main__":
    main()
