"""Take position, size and rotation of the head out of a face mesh.

Lengths afterwards are in OC: the distance between the outer eye corners (mesh points 33 and 263, about 8.9 cm on
the canonical face). It is not read off those two points alone, which slide apart by up to 5 % when the lids close,
but off the spread of fifteen points on bone, scaled so that the canonical face gets its OC.
"""

import math

import numpy as np

from coach.frame import Array

#: Points that lie on bone, the origin first: bridge of the nose, inner and outer eye corners, temples, before the ears.
BONY = (168, 6, 197, 195, 5, 193, 417, 133, 362, 33, 263, 127, 356, 234, 454)
#: OC over the root of the summed squares of the BONY points' x and y about their centre, on the canonical face.
OC_PER_SPREAD = 0.514753
# The tracker's head matrix lives in a camera space with y up and z towards the viewer; landmarks have y down and
# z away. Seen from there its rotation is the same with these signs changed.
_FLIP = np.array([[1.0, -1.0, -1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
_POSE_FROM, _POSE_OVER = np.array([2, 6, 4, 11]), np.array([10, 0, 5])
_TO_DEG = np.array([180.0 / np.pi, -180.0 / np.pi, -180.0 / np.pi, -1.0])


def head_frame(landmarks: Array, head: Array) -> Array:
    """Return landmarks in the head's own frame.

    landmarks  (..., 478, 3) pixels
    head       (..., 4, 4) canonical face to camera, a rotation and a shift
    result     (..., 478, 3) float64 in OC: x towards the subject's left, y down the face, z into the head,
               origin at the bridge of the nose
    """
    straight = (landmarks - landmarks[..., BONY[:1], :]) @ turn(head)
    # Across and down the face only: the tracker's depth is uncertain, and in wide pictures grows with the head's roll.
    bony = straight[..., BONY, :2]
    bony = bony - bony.mean(axis=-2, keepdims=True)
    unit = np.sqrt(np.einsum("...ij,...ij->...", bony, bony)) * OC_PER_SPREAD
    return np.asarray(straight / unit[..., None, None])


def turn(head: Array) -> Array:
    """(..., 4, 4) head to (..., 3, 3): differences between landmarks times this lie along the axes of the head."""
    return np.asarray(head[..., :3, :3] * _FLIP)


def pose(head: Array) -> Array:
    """Return head rotation and distance from the camera.

    head    (..., 4, 4)
    result  (..., 4): yaw_deg (positive: turned to the subject's left), pitch_deg (positive: chin down),
            roll_deg (positive: tilted to the subject's left shoulder), distance_cm

    The tracker's angles are good to about ±30° yaw, ±20° pitch and ±50° roll.
    """
    flat = head.reshape(*head.shape[:-2], 16)
    out = flat.take(_POSE_FROM, axis=-1).astype(np.float64)
    # The nod's sine stands in the matrix; its cosine is what is left of the direction in which the nose points.
    cosines = flat.take(_POSE_OVER, axis=-1).astype(np.float64)
    cosines[..., 1] = np.sqrt(np.maximum(1.0 - out[..., 1] * out[..., 1], 0.0))
    out[..., :3] = np.arctan2(out[..., :3], cosines)
    out *= _TO_DEG
    return out


def turn_and_pose(head: Array) -> tuple[Array, list[float]]:
    """`turn` (3, 3) and `pose` (4 numbers) of one head (4, 4), in plain floats: several times quicker for one."""
    (a, b, across, _), (slant, upright, nod, _), (c, d, ahead, away), _ = head.tolist()
    level = math.sqrt(max(1.0 - nod * nod, 0.0))
    yaw, pitch, roll = math.atan2(across, ahead), -math.atan2(nod, level), -math.atan2(slant, upright)
    turned = np.array([a, -b, -across, -slant, upright, nod, -c, d, ahead]).reshape(3, 3)
    return turned, [math.degrees(yaw), math.degrees(pitch), math.degrees(roll), -away]
