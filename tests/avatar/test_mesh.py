"""The canonical mesh comes out of the model bundle, or one clear line says that it does not."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from coach.avatar.mesh import IRIS_CM, IRIS_LEFT, IRIS_RIGHT, load, with_irises
from coach.errors import ModelProblem
from coach.vision.models import find_model

MEMBER = "geometry_pipeline_metadata_landmarks.binarypb"


def test_mesh_is_the_canonical_face_in_centimetres() -> None:
    mesh = load(find_model())
    assert mesh.vertices.shape == (468, 3)
    assert mesh.triangles.shape == (898, 3)
    assert mesh.openings.sum() == 46
    # The subject's left is +x, the forehead up, the nose towards the viewer.
    assert mesh.vertices[263, 0] == pytest.approx(4.445, abs=0.01)
    assert mesh.vertices[10, 1] > mesh.vertices[152, 1]
    assert mesh.vertices[:, 2].argmax() in (1, 4)


def test_irises_lie_in_their_eyes() -> None:
    points = with_irises(load(find_model()).vertices)
    assert points.shape == (478, 3)
    for first, outer, inner in ((IRIS_RIGHT, 33, 133), (IRIS_LEFT, 263, 362)):
        low, high = sorted((points[outer, 0], points[inner, 0]))
        assert low < points[first, 0] < high
        assert np.allclose(np.linalg.norm(points[first + 1 : first + 5] - points[first], axis=1), IRIS_CM)


def _bundle(path: Path, data: bytes | None) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr(MEMBER if data is not None else "other", data or b"")
    return path


@pytest.mark.parametrize("damage", ["missing", "not a zip", "no member", "empty", "cut", "garbage"])
def test_damaged_bundle_is_refused_with_one_line(tmp_path: Path, damage: str) -> None:
    with zipfile.ZipFile(find_model()) as bundle:
        good = bundle.read(MEMBER)
    path = tmp_path / "face_landmarker.task"
    match damage:
        case "not a zip":
            path.write_bytes(b"hello")
        case "no member":
            _bundle(path, None)
        case "empty":
            _bundle(path, b"")
        case "cut":
            _bundle(path, good[: len(good) // 2])
        case "garbage":
            _bundle(path, b"\xff" * 4000)
    with pytest.raises(ModelProblem) as problem:
        load(path)
    assert "\n" not in str(problem.value)
    assert str(path) in str(problem.value)
