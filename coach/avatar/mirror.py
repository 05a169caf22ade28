"""The mirror that hides the user's face: the drawn face makes the user's movements, and nothing of their picture is in
it.

What is carried over is how far each landmark has moved from the user's own rest, in the frame of the head and in units
of the face (`coach.form.face`), and the turn of the head. Whose face it is cannot be seen.
"""

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

from coach.avatar.draw import Framing, portrait
from coach.avatar.mesh import EYE_LEFT, EYE_RIGHT, IRIS_LEFT, IRIS_RIGHT, LIPS_INNER_LOWER, LIPS_INNER_UPPER, Mesh
from coach.avatar.rig import build, controls, landmarks
from coach.form.face import head_frame, pose
from coach.frame import LANDMARKS, Array, Frame, Image

#: The rest is learnt from a second in which the face keeps this still (root mean square of the movement, in OC), or,
#: from somebody who never keeps still, from the first few seconds. Seconds of the frames; and frames at the least.
REST_S, STILL, LATEST_S, LEAST_FRAMES = 1.0, 0.008, 4.0, 5
#: No landmark goes further than this from rest, cm: a jaw dropped as far as it goes takes the chin less far.
FARTHEST_CM = 6.0
#: The head turns no further than the drawing bears, degrees: yaw, pitch, roll.
TURN_DEG = np.array([50.0, 30.0, 50.0])
#: The tracker sees closed lids still open by this part of what they were.
CLOSED = 0.15
#: Eyes that rest less open than this, in OC, are taken to be this much open: they are closed or nearly so.
LEAST_OPEN = 0.03
#: Wide eyes open to at most this much of the resting ones.
WIDEST = 1.6
#: Drawing takes about as long as tracking. So pictures are drawn at most this high, pixels, and enlarged; and a face
#: that has moved less than this since, cm and degrees, is not drawn anew: it would differ by a fraction of a pixel.
FINEST, LEAST_CM, LEAST_DEG = 360, 0.03, 0.3

# The axes of the head frame in those of the mesh.
_AXES = np.array([1.0, -1.0, -1.0])
#: Landmarks that tell whether the face keeps still: brows, lids, lips and chin.
_LIVELY = np.array([*EYE_RIGHT, *EYE_LEFT, *LIPS_INNER_UPPER, *LIPS_INNER_LOWER, 61, 291, 152, 105, 334])
_EYES = ((EYE_RIGHT, IRIS_RIGHT), (EYE_LEFT, IRIS_LEFT))


class Mirror:
    """Moves the drawn face as the user moves theirs. Frames must come in the order of their times."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._base = build(mesh).rest
        # An OC of the mesh in cm: the mesh in its own head frame is this much smaller.
        placed = head_frame(landmarks(self._base), np.eye(4))
        self._oc_cm = float(np.linalg.norm(self._base[263] - self._base[33]) / np.linalg.norm(placed[263] - placed[33]))
        self._points, self._turn = self._base, controls()
        self._drawn: tuple[Array, Array, Image, tuple[tuple[int, int], bool]] | None = None
        self.relearn()

    def relearn(self) -> None:
        """Forget the user's rest and learn it anew."""
        self._rest: Array | None = None
        self._seen: deque[tuple[float, Array]] = deque()
        self._since: float | None = None

    @property
    def learnt(self) -> bool:
        """Whether the user's rest is known; before, only the head moves."""
        return self._rest is not None

    def points(self, frame: Frame) -> Array:
        """Return the face (478, 3) in canonical cm that shows the frame's expression, without the turn of the head.

        While no face is seen it is what it was last.
        """
        self._look(frame)
        return self._points

    def turn(self, frame: Frame) -> Array:
        """Return the control vector (C,) with the frame's turn of the head, and all else at rest."""
        if frame.head is not None:
            yaw, pitch, roll = np.clip(pose(frame.head)[:3], -TURN_DEG, TURN_DEG)
            self._turn = controls(yaw_deg=float(yaw), pitch_deg=float(pitch), roll_deg=float(roll))
        return self._turn

    def draw(self, frame: Frame, size: tuple[int, int], mirror: bool = True) -> Image:
        """Return the picture (H, W, 3) uint8 BGR of (width, height) pixels; mirror: as a mirror shows it.

        Call it once for a frame: it learns the rest, too. Where nothing has moved it is the same array as before, not
        to be written to.
        """
        points, turn, kind = self.points(frame), self.turn(frame), (size, mirror)
        if self._drawn is not None:
            before, turned, image, same = self._drawn
            if same == kind and np.abs(points - before).max() < LEAST_CM and np.abs(turn - turned).max() < LEAST_DEG:
                return image
        smaller = min(1.0, FINEST / size[1])
        fine = (max(1, round(size[0] * smaller)), max(1, round(size[1] * smaller)))
        image = portrait(self._mesh, points, turn, fine, shoulders=True)
        if mirror:
            image = np.asarray(cv2.flip(image, 1), np.uint8)
        if fine != size:
            image = np.asarray(cv2.resize(image, size), np.uint8)
        image.setflags(write=False)
        self._drawn = points, turn, image, kind
        return image

    def pixels(self, size: tuple[int, int], mirror: bool = True) -> Array:
        """Return where the points of the face are in the picture that was drawn last: (478, 2) pixels of that size."""
        found = Framing(self._turn, size, shoulders=True).pixels(self._points)
        if mirror:
            found[:, 0] = size[0] - 1 - found[:, 0]
        return found

    def _look(self, frame: Frame) -> None:
        if frame.landmarks is None or frame.head is None or len(frame.landmarks) != LANDMARKS:
            return
        placed = head_frame(frame.landmarks, frame.head)
        if not np.isfinite(placed).all():
            return
        if self._rest is None:
            self._rest = self._learn(frame.time, placed)
        if self._rest is not None:
            self._points = self._moved(placed, self._rest)

    def _learn(self, time: float, placed: Array) -> Array | None:
        """The rest (478, 3) in OC, once it is known."""
        if self._since is None:
            self._since = time
        self._seen.append((time, placed))
        while time - self._seen[0][0] > REST_S:
            self._seen.popleft()
        if time - self._since < 0.9 * REST_S or len(self._seen) < LEAST_FRAMES:
            return None
        points = np.array([one for _, one in self._seen])
        rest = np.asarray(np.median(points, axis=0))
        # Of each landmark the middle half only: a blink in between does no harm.
        low, high = np.percentile(points[:, _LIVELY, :2], (25, 75), axis=0)
        still = float(np.sqrt(np.mean((high - low) ** 2))) < STILL
        return rest if still or time - self._since >= LATEST_S else None

    def _moved(self, placed: Array, rest: Array) -> Array:
        """The mesh moved as the user's face (478, 3) has moved from its rest."""
        way = (placed - rest) * self._oc_cm * _AXES
        far = np.linalg.norm(way, axis=1, keepdims=True)
        points: Array = self._base + way * np.minimum(1.0, FARTHEST_CM / np.maximum(far, 1e-9))
        for ring, iris in _EYES:
            self._lids(points, placed, rest, np.array(ring[1:8]), np.array(ring[:8:-1]))
            # Round as it is: only its middle moves.
            points[iris : iris + 5] = self._base[iris : iris + 5] + (points[iris] - self._base[iris])
        self._keep_apart(points, np.array(LIPS_INNER_UPPER), np.array(LIPS_INNER_LOWER))
        return points

    def _lids(
        self, points: Array, placed: Array, rest: Array, upper: npt.NDArray[np.intp], lower: npt.NDArray[np.intp]
    ) -> None:
        """Open the eye as wide as the user's in parts of their own: eyes differ in size, and closed is closed."""
        # A rest that was learnt with closed eyes says nothing of open ones.
        was = max(float(np.mean(rest[lower, 1] - rest[upper, 1])), LEAST_OPEN)
        now = float(np.mean(placed[lower, 1] - placed[upper, 1]) / was)
        part = min(max((now - CLOSED) / (1.0 - CLOSED), 0.0), WIDEST)
        # Where the lids meet goes with the lower one.
        points[upper, 1:] = points[lower, 1:] + part * (self._base[upper, 1:] - self._base[lower, 1:])

    def _keep_apart(self, points: Array, upper: npt.NDArray[np.intp], lower: npt.NDArray[np.intp]) -> None:
        """Lips do not go through each other: where they would, they meet."""
        crossed = points[upper, 1] < points[lower, 1]
        meet = (points[upper[crossed]] + points[lower[crossed]]) / 2
        points[upper[crossed]] = points[lower[crossed]] = meet
