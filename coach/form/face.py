"""Take position, size and rotation of the head out of a face mesh.

Lengths afterwards are in OC: the distance between the outer eye corners (mesh points 33 and 263, about 8.9 cm on
the canonical face). It is not read off those two points alone, which slide apart by up to 5 % when the lids close,
but off the spread of fifteen points on bone, scaled so that the canonical face gets its OC.
"""

import numpy as np
import numpy.typing as npt

from coach.frame import Array

Indices = npt.NDArray[np.intp]

#: Points that lie on bone, the origin first: bridge of the nose, inner and outer eye corners, temples, before the ears.
BONY = (168, 6, 197, 195, 5, 193, 417, 133, 362, 33, 263, 127, 356, 234, 454)
#: OC over the root of the summed squares of the BONY points' x and y about their centre, on the canonical face.
OC_PER_SPREAD = 0.514753
# The tracker's head matrix lives in a camera space with y up and z towards the viewer; landmarks have y down and
# z away. Seen from there its rotation is the same with these signs changed.
_FLIP = np.array([[1.0, -1.0, -1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
_BONY = np.array(BONY)


def head_frame(landmarks: Array, head: Array, points: Indices | None = None) -> Array:
    """Return landmarks in the head's own frame.

    landmarks  (..., 478, 3) pixels
    head       (..., 4, 4) canonical face to camera, a rotation and a shift
    points     (n,) which landmarks are wanted, None for all
    result     (..., n, 3) float64 in OC: x towards the subject's left, y down the face, z into the head,
               origin at the bridge of the nose
    """
    chosen = _BONY if points is None else np.concatenate([_BONY, points])
    seen = np.asarray(landmarks if points is None else landmarks[..., chosen, :], np.float64)
    turned = (seen - landmarks[..., BONY[:1], :]) @ (np.asarray(head[..., :3, :3], np.float64) * _FLIP)
    # Across and down the face only: the tracker's depth is uncertain, and in wide pictures grows with the head's roll.
    bony = turned[..., _BONY if points is None else slice(len(BONY)), :2]
    bony = bony - bony.sum(axis=-2, keepdims=True) / len(BONY)
    unit = np.sqrt(np.einsum("...ij,...ij->...", bony, bony)) * OC_PER_SPREAD
    wanted = turned if points is None else turned[..., len(BONY) :, :]
    return np.asarray(wanted / unit[..., None, None])


def pose(head: Array) -> Array:
    """Return head rotation and distance from the camera.

    head    (..., 4, 4)
    result  (..., 4): yaw_deg (positive: turned to the subject's left), pitch_deg (positive: chin down),
            roll_deg (positive: tilted to the subject's left shoulder), distance_cm

    The tracker's angles are good to about ±30° yaw, ±20° pitch and ±50° roll.
    """
    m = np.asarray(head, np.float64)
    out = np.empty((*m.shape[:-2], 4))
    out[..., 0] = np.arctan2(m[..., 0, 2], m[..., 2, 2])
    out[..., 1] = np.arcsin(np.clip(-m[..., 1, 2], -1.0, 1.0))
    out[..., 2] = -np.arctan2(m[..., 1, 0], m[..., 1, 1])
    out[..., :3] *= 180.0 / np.pi
    out[..., 3] = -m[..., 2, 3]
    return out
