"""Take position, size and rotation of the head out of a face mesh.

Lengths afterwards are in OC: the distance between the outer eye corners (mesh points 33 and 263, about 8.9 cm on
the canonical face). It is not read off those two points alone, which slide apart by up to 5 % when the lids close,
but off the spread of fifteen points on bone, scaled so that the canonical face gets its OC.
"""

import numpy as np

from coach.frame import Array

#: Points that lie on bone: bridge of the nose, inner and outer eye corners, temples, before the ears.
BONY = (168, 6, 197, 195, 5, 193, 417, 133, 362, 33, 263, 127, 356, 234, 454)
#: OC over the root of the summed squared distances of the BONY points from their centre, on the canonical face.
OC_PER_SPREAD = 0.409416
#: Bridge of the nose, between the eyes: the origin of the head frame.
NASION = 168

# The tracker's head matrix lives in a camera space with y up and z towards the viewer; landmarks have
# y down and z away.
_FLIP = np.diag([1.0, -1.0, -1.0])


def head_frame(landmarks: Array, head: Array) -> Array:
    """Return landmarks in the head's own frame.

    landmarks  (..., 478, 3) pixels
    head       (..., 4, 4) canonical face to camera
    result     (..., 478, 3) float64 in OC: x towards the subject's left, y down the face, z into the head,
               origin at the bridge of the nose
    """
    points = np.asarray(landmarks, np.float64)
    points = points - points[..., NASION : NASION + 1, :]
    bony = points[..., BONY, :]
    bony = bony - bony.mean(axis=-2, keepdims=True)
    unit = np.sqrt(np.einsum("...ij,...ij->...", bony, bony)) * OC_PER_SPREAD
    turn = _FLIP @ _rotation(head) @ _FLIP
    return np.asarray((points @ turn) / unit[..., None, None])


def pose(head: Array) -> Array:
    """Return head rotation and distance from the camera.

    head    (..., 4, 4)
    result  (..., 4): yaw_deg (positive: turned to the subject's left), pitch_deg (positive: chin down),
            roll_deg (positive: tilted to the subject's left shoulder), distance_cm

    The tracker's angles are good to about ±30° yaw, ±20° pitch and ±50° roll.
    """
    matrix = np.asarray(head, np.float64)
    r = _rotation(head)
    yaw = np.arctan2(r[..., 0, 2], r[..., 2, 2])
    pitch = np.arcsin(np.clip(-r[..., 1, 2], -1.0, 1.0))
    roll = np.arctan2(r[..., 1, 0], r[..., 1, 1])
    return np.stack([np.degrees(yaw), np.degrees(pitch), -np.degrees(roll), -matrix[..., 2, 3]], axis=-1)


def _rotation(head: Array) -> Array:
    """(..., 3, 3) rotation of the head matrix, its scale divided out."""
    r = np.asarray(head, np.float64)[..., :3, :3]
    return np.asarray(r / np.linalg.norm(r, axis=-2, keepdims=True))
