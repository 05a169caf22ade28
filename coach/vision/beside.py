"""Hands and body, looked for beside the face: in the same thread, or in one of their own that never keeps it waiting.

A look at the hands costs as much as one at the face, and one at the body more. In a thread of their own they take the
newest picture there is when they are ready for one; what they saw carries the time of that picture, and expires.
"""

import math
from collections.abc import Callable, Set
from contextlib import nullcontext
from dataclasses import dataclass, replace
from threading import Condition, Thread
from typing import Any

import numpy as np

from coach.frame import Array
from coach.vision.quiet import silenced_stderr

#: Seconds from one look to the next: at hands that may only be in the way, at hands that are followed (circles and taps
#: have several turns a second), at the body, and at a body whose arms are followed.
HANDS_EVERY_S, FINGERS_EVERY_S, SHOULDERS_EVERY_S = 0.3, 0.03, 0.1
#: Seconds after which what was seen says nothing any more.
EXPIRES_S = 0.7


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen last, and when: hands (n, 21, 3) and pose (33, 4) in pixels, None where nobody looked or, for the
    pose, nobody is seen; times in seconds."""

    hands: Array | None = None
    hands_time: float | None = None
    pose: Array | None = None
    pose_time: float | None = None

    def by(self, time: float) -> "Seen":
        """The same without what has expired by a time."""
        late = [t is not None and time - t > EXPIRES_S for t in (self.hands_time, self.pose_time)]
        known = replace(self, hands=None, hands_time=None) if late[0] else self
        return replace(known, pose=None, pose_time=None) if late[1] else known


@dataclass(frozen=True, slots=True)
class _Picture:
    image: Any
    stamp: int
    time: float
    scale: Array


class Beside:
    """Looks for hands and for a body in the pictures it is offered."""

    def __init__(self, hands: Any, pose: Any, threaded: bool) -> None:
        """hands, pose: MediaPipe's landmarkers in VIDEO mode, None for what is never looked for."""
        self._hands, self._pose = hands, pose
        self._every = {"hands": math.inf, "pose": math.inf}
        self._due = {"hands": -math.inf, "pose": -math.inf}
        self._needs: Set[str] | None = None
        self._seen = Seen()
        self._found: set[str] = set()
        self._changed = Condition()
        self._waiting: _Picture | None = None
        self._error: BaseException | None = None
        self._closed = False
        self._thread: Thread | None = None
        self.look_for(frozenset({"hands", "shoulders"}))
        if threaded and (hands is not None or pose is not None):
            self._thread = Thread(target=self._run, name="beside", daemon=True)
            self._thread.start()

    def look_for(self, needs: Set[str]) -> None:
        """Say what is needed from now on: "hands" that may be in the way, "fingers" that are followed, "shoulders"."""
        if needs == self._needs:
            return
        self._needs = needs
        hands = FINGERS_EVERY_S if "fingers" in needs else HANDS_EVERY_S if "hands" in needs else math.inf
        pose = SHOULDERS_EVERY_S if "shoulders" in needs else math.inf
        with self._changed:
            self._every = {
                "hands": hands if self._hands is not None else math.inf,
                "pose": pose if self._pose is not None else math.inf,
            }
            if math.isinf(self._every["hands"]):
                self._seen = replace(self._seen, hands=None, hands_time=None)
            if math.isinf(self._every["pose"]):
                self._seen = replace(self._seen, pose=None, pose_time=None)

    def offer(self, image: Any, stamp: int, time: float, scale: Array) -> Seen:
        """Give a picture (MediaPipe's Image, its stamp in ms, seconds, scale to pixels), and get what was seen last.
        Raises what went wrong in the thread."""
        picture = _Picture(image, stamp, time, scale)
        if self._thread is None:
            self._look(picture)
        else:
            with self._changed:
                if self._error is not None:
                    raise self._error
                self._waiting = picture
                self._changed.notify_all()
        return self._seen.by(time)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(2.0)

    def _run(self) -> None:
        try:
            while True:
                with self._changed:
                    while self._waiting is None and not self._closed:
                        self._changed.wait()
                    if self._closed:
                        return
                    picture, self._waiting = self._waiting, None
                assert picture is not None
                self._look(picture)
        except BaseException as error:  # it comes out of offer(), in the thread that tracks
            with self._changed:
                self._error = error

    def _look(self, picture: _Picture) -> None:
        """Look for what is due."""
        looks: tuple[tuple[str, Any, Callable[[_Picture], Seen]], ...] = (
            ("hands", self._hands, self._look_for_hands), ("pose", self._pose, self._look_for_pose),
        )  # fmt: skip
        for what, landmarker, look in looks:
            if landmarker is not None and picture.time >= self._due[what] and math.isfinite(self._every[what]):
                self._due[what] = picture.time + self._every[what]
                # A network has a notice for the first hand or body that it finds.
                with nullcontext() if what in self._found else silenced_stderr():
                    seen = look(picture)
                if (seen.hands is not None and len(seen.hands)) if what == "hands" else seen.pose is not None:
                    self._found.add(what)
                with self._changed:
                    self._seen = seen

    def _look_for_hands(self, picture: _Picture) -> Seen:
        found = self._hands.detect_for_video(picture.image, picture.stamp).hand_landmarks
        hands = np.array([points(hand) * picture.scale for hand in found], np.float32).reshape(-1, 21, 3)
        return replace(self._seen, hands=hands, hands_time=picture.time)

    def _look_for_pose(self, picture: _Picture) -> Seen:
        bodies = self._pose.detect_for_video(picture.image, picture.stamp).pose_landmarks
        pose = None
        if bodies:
            visible = np.array([[p.visibility or 0.0] for p in bodies[0]], np.float32)
            pose = np.concatenate([points(bodies[0]) * picture.scale, visible], axis=-1)
        return replace(self._seen, pose=pose, pose_time=picture.time)


def points(landmarks: Any) -> Array:
    """(n, 3) float32 of MediaPipe's landmarks, as they are."""
    return np.array([(p.x, p.y, p.z) for p in landmarks], np.float32)
