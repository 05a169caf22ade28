"""What the face tracker found, as arrays.

MediaPipe's public call makes a Python object for each of the 478 landmarks and 52 blendshapes, and goes through a
thread of its own: together that takes as long as a dozen frames of judging. The result in C lies in memory as plain
structs, so it is asked for and read from there. The names that this needs are private to the package: they are looked
at first, the first face is read both ways, and where anything is other than expected the public call does it.
"""

import ctypes
import struct
from collections.abc import Callable, Sequence
from ctypes import string_at
from typing import Any

import numpy as np

from coach.frame import Array

#: Landmarks (478, 3) as the tracker scales them, blendshapes (52,), head (4, 4): all float32.
Found = tuple[Array, Array, Array]

#: Numbers of landmarks and blendshapes that this tracker gives.
_LANDMARKS, _BLENDSHAPES = 478, 52
#: Bytes of a landmark, which begins with x, y and z, and of a blendshape, which begins with its number and its score.
_LANDMARK_BYTES, _CATEGORY_BYTES = 40, 24
#: A result is three pointers, each with how many there are; a face is one of those; a matrix rows, columns, pointer.
_RESULT, _LIST, _MATRIX = struct.Struct("QI4xQI4xQI4x"), struct.Struct("QI4x"), struct.Struct("IIQ")
_RESULT_FIELDS = ("face_landmarks", "face_landmarks_count", "face_blendshapes", "face_blendshapes_count",
                  "facial_transformation_matrixes", "facial_transformation_matrixes_count")  # fmt: skip


class Public:
    """Read through the public call."""

    direct = False

    def __init__(self, landmarker: Any) -> None:
        self._landmarker = landmarker

    def __call__(self, image: Any, stamp: int) -> Found | None:
        """Look for the face in MediaPipe's Image of `stamp` (milliseconds, rising)."""
        return objects_to_arrays(self._landmarker.detect_for_video(image, stamp))


class Direct:
    """Read from the memory of the library. Raises Unexpected when the package is not as known.

    direct  whether it still is: after a first face that reads otherwise by the public way it is not
    """

    def __init__(self, landmarker: Any) -> None:
        try:
            from mediapipe.tasks.python.vision import face_landmarker as package

            self._package: Any = package
            # Within its wrapper, that is: this goes through a thread for every call, which only its owner needs here.
            library = landmarker._lib._lib
            self._detect: Callable[..., int] = library.MpFaceLandmarkerDetectForVideo
            self._close: Callable[..., None] = library.MpFaceLandmarkerCloseResult
            self._free: Callable[..., None] = library.MpErrorFree
            self._handle = landmarker._handle
            known = layout_is_known(package) and len(library.MpFaceLandmarkerDetectForVideo.argtypes) == 6
        except (AttributeError, ImportError, KeyError, TypeError) as error:
            raise Unexpected(str(error)) from None
        if not known:
            raise Unexpected("the result is laid out otherwise")
        self._trusted = False
        self.direct = True
        # Made once: their making, with cold caches, would take as long as the reading.
        self._result, self._message = package.FaceLandmarkerResultC(), ctypes.c_char_p()
        self._to_result, self._to_message = ctypes.byref(self._result), ctypes.byref(self._message)

    def __call__(self, image: Any, stamp: int) -> Found | None:
        """As `Public`. Raises RuntimeError when the tracker fails."""
        status = self._detect(self._handle, image._image_ptr, None, stamp, self._to_result, self._to_message)
        if status:
            says = (self._message.value or b"").decode(errors="replace")
            if self._message.value is not None:
                self._free(self._message)
                self._message.value = None
            raise RuntimeError(says or f"the tracker gave up with status {status}")
        try:
            if self._trusted:
                return structs_to_arrays(self._result)
            return self._compare(self._result)
        finally:
            self._close(self._to_result)

    def _compare(self, result: Any) -> Found | None:
        """Read the public way, and see whether the other gives the same."""
        public = objects_to_arrays(self._package.FaceLandmarkerResult.from_ctypes(result))
        if public is not None and self.direct:
            found = structs_to_arrays(result)
            same = found is not None and all(np.array_equal(a, b) for a, b in zip(found, public, strict=True))
            self._trusted = self.direct = same
        return public


class Unexpected(Exception):
    """The tracker's package is other than known."""


def reader(landmarker: Any) -> Public | Direct:
    """The quickest way to read that this landmarker allows: (image, stamp) -> Found, None where no face is."""
    try:
        return Direct(landmarker)
    except Unexpected:
        return Public(landmarker)


def layout_is_known(package: Any) -> bool:
    """Whether structs of MediaPipe's `face_landmarker` module lie in memory as they are read here."""
    result = package.FaceLandmarkerResultC
    lists = {name: kind._type_ for name, kind in result._fields_ if not name.endswith("_count")}
    points, shapes, head = (lists[name] for name in _RESULT_FIELDS[::2])
    landmark, category = points._fields_[0][1]._type_, shapes._fields_[0][1]._type_
    return (
        _laid(result, _RESULT_FIELDS) == (_RESULT.size, [(0, 8), (8, 4), (16, 8), (24, 4), (32, 8), (40, 4)])
        and _laid(points, ("landmarks", "landmarks_count")) == (_LIST.size, [(0, 8), (8, 4)])
        and _laid(shapes, ("categories", "categories_count")) == (_LIST.size, [(0, 8), (8, 4)])
        and _laid(head, ("rows", "cols", "data")) == (_MATRIX.size, [(0, 4), (4, 4), (8, 8)])
        and _laid(landmark, ("x", "y", "z")) == (_LANDMARK_BYTES, [(0, 4), (4, 4), (8, 4)])
        and _laid(category, ("index", "score")) == (_CATEGORY_BYTES, [(0, 4), (4, 4)])
    )


def _laid(struct: Any, names: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """Size of a ctypes struct, and offset and size of some of its fields."""
    fields = [getattr(struct, name) for name in names]
    return ctypes.sizeof(struct), [(field.offset, field.size) for field in fields]


def structs_to_arrays(result: Any) -> Found | None:
    """Copy the first face out of a FaceLandmarkerResultC; None where there is none, or it is not of the known size.
    Landmarks are a view with gaps, which whoever scales them fills."""
    points_at, faces, shapes_at, shapes, head_at, heads = _RESULT.unpack_from(result)
    if not (faces and shapes and heads):
        return None
    landmarks_at, landmarks = _LIST.unpack(string_at(points_at, _LIST.size))
    categories_at, categories = _LIST.unpack(string_at(shapes_at, _LIST.size))
    rows, columns, numbers_at = _MATRIX.unpack(string_at(head_at, _MATRIX.size))
    if (landmarks, categories, rows, columns) != (_LANDMARKS, _BLENDSHAPES, 4, 4):
        return None
    # Copied out whole, in one read of memory each, and then looked at through strides.
    points, scores = (string_at(landmarks_at, _LANDMARKS * _LANDMARK_BYTES),
                      string_at(categories_at, _BLENDSHAPES * _CATEGORY_BYTES))  # fmt: skip
    return (
        np.ndarray((_LANDMARKS, 3), np.float32, points, 0, (_LANDMARK_BYTES, 4)),
        np.ndarray((_BLENDSHAPES,), np.float32, scores, 4, (_CATEGORY_BYTES,)).copy(),
        np.ndarray((4, 4), np.float32, string_at(numbers_at, 64), 0, (4, 16)).copy(),  # column by column
    )


def objects_to_arrays(result: Any) -> Found | None:
    """The same from a FaceLandmarkerResult of the public call."""
    if not result.face_landmarks:
        return None
    landmarks = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[0]], np.float32)
    blendshapes = np.array([c.score for c in result.face_blendshapes[0]], np.float32)
    return landmarks, blendshapes, np.ascontiguousarray(result.facial_transformation_matrixes[0], np.float32)
