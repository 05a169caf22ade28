"""Every control does what its name says, on its own side, and targets in measures are reached."""

import numpy as np
import pytest

from coach.avatar.mesh import LIPS_INNER_LOWER, LIPS_INNER_UPPER, load
from coach.avatar.rig import (
    CONTROL,
    CONTROLS,
    FACE_CONTROLS,
    Rig,
    build,
    controls,
    head_matrix,
    measured,
    shape,
    solve,
)
from coach.form.face import pose
from coach.form.measures import INDEX
from coach.vision.models import find_model


@pytest.fixture(scope="module")
def rig() -> Rig:
    return build(load(find_model()))


def change(rig: Rig, vector: np.ndarray, name: str) -> float:
    return float((measured(rig, vector) - measured(rig, controls()))[INDEX[name]])


def test_rest_is_the_canonical_face_with_closed_lips(rig: Rig) -> None:
    rest = shape(rig, controls())
    assert rest.shape == (478, 3)
    assert np.allclose(rest[list(LIPS_INNER_UPPER)], rest[list(LIPS_INNER_LOWER)], atol=0.01)
    assert measured(rig, controls())[INDEX["lip_gap"]] == pytest.approx(0.0, abs=1e-3)
    moved = np.linalg.norm(rest[:468] - rig.mesh.vertices, axis=1)
    assert moved.max() < 0.9  # lips and brows, nothing else far
    assert moved.mean() < 0.2


def test_rest_is_symmetric(rig: Rig) -> None:
    rest = measured(rig, controls())
    for name in INDEX:
        if name.endswith("_left") and not name.startswith(("gaze_x", "neck", "hand")):
            assert rest[INDEX[name]] == pytest.approx(rest[INDEX[name.removesuffix("left") + "right"]], abs=2e-3)


@pytest.mark.parametrize(
    ("control", "measure", "at_least"),
    [
        ("jaw_drop", "lip_gap", 0.3),
        ("jaw_drop", "chin_drop", 0.2),
        ("jaw_shift", "chin_x", 0.12),
        ("lip_shift", "lip_x", 0.1),
        ("pucker", "mouth_width", -0.2),
        ("lip_press", "lip_height", -0.05),
        ("smile_left", "corner_canthus_left", -0.11),
        ("smile_right", "corner_lift_right", 0.08),
        ("corner_down_left", "corner_lift_left", -0.06),
        ("brow_up_right", "brow_height_right", 0.08),
        ("brow_down_left", "brow_gap", -0.05),
        ("lid_left", "eye_aperture_left", -0.07),
        ("cheek_left", "cheek_width", 0.05),
        ("nose_right", "nose_length", -0.01),
    ],
)
def test_control_moves_its_measure(rig: Rig, control: str, measure: str, at_least: float) -> None:
    moved = change(rig, controls(**{control: 1.0}), measure)
    assert moved * np.sign(at_least) >= abs(at_least)
    assert change(rig, controls(**{control: 0.5}), measure) * np.sign(at_least) > 0


@pytest.mark.parametrize("control", [name for name in FACE_CONTROLS if name.endswith("_left")])
def test_one_sided_control_leaves_the_other_side_alone(rig: Rig, control: str) -> None:
    right = measured(rig, controls(**{control: 1.0})) - measured(rig, controls())
    for name in ("corner_canthus_right", "brow_height_right", "eye_aperture_right"):
        assert abs(right[INDEX[name]]) < 0.005
    mirror = measured(rig, controls(**{control.removesuffix("left") + "right": 1.0})) - measured(rig, controls())
    for name in ("corner_canthus", "brow_height", "eye_aperture"):
        assert right[INDEX[f"{name}_left"]] == pytest.approx(mirror[INDEX[f"{name}_right"]], abs=2e-3)


def test_no_control_moves_the_bones(rig: Rig) -> None:
    assert np.abs(rig.fields[:, [168, 33, 133, 263, 362, 127, 356, 234, 454]]).max() < 1e-9


def test_many_faces_are_shaped_at_once(rig: Rig) -> None:
    track = np.linspace(0, 1, 5)[:, None] * controls(jaw_drop=1.0, smile_left=0.4)
    faces = shape(rig, track)
    assert faces.shape == (5, 478, 3)
    assert np.allclose(faces[3], shape(rig, track[3]))
    assert head_matrix(track).shape == (5, 4, 4)


def test_head_turns_with_the_signs_of_the_measures() -> None:
    yaw, pitch, roll, distance = pose(head_matrix(controls(yaw_deg=20.0, pitch_deg=-10.0, roll_deg=15.0)))
    assert (yaw, pitch, roll) == pytest.approx((20.0, -10.0, 15.0))
    assert 40 < distance < 50


@pytest.mark.parametrize(
    "targets",
    [
        {"mouth_width": 0.08},
        {"mouth_width": -0.18},
        {"lip_gap": 0.3},
        {"lip_gap": 0.2, "mouth_width": -0.15},
        {"corner_canthus_left": -0.1},
        {"corner_lift_left": 0.06, "corner_lift_right": 0.06},
        {"brow_height_left": 0.06, "brow_height_right": 0.06},
        {"brow_gap": -0.04},
        {"eye_aperture_left": -0.06, "eye_aperture_right": -0.06},
        {"chin_x": -0.08},
        {"cheek_width": -0.08},
        {"jaw_width": 0.1},
    ],
    ids=str,
)
def test_solve_reaches_its_targets(rig: Rig, targets: dict[str, float]) -> None:
    found = solve(rig, targets)
    for name, wanted in targets.items():
        assert change(rig, found, name) == pytest.approx(wanted, abs=0.005)


def test_solve_leaves_alone_what_does_not_help(rig: Rig) -> None:
    found = solve(rig, {"brow_height_left": 0.06})
    assert found[CONTROL["brow_up_left"]] > 0.4
    others = np.delete(found, CONTROL["brow_up_left"])
    assert np.abs(others).max() < 0.1


def test_solve_takes_head_angles_and_passes_over_blendshapes(rig: Rig) -> None:
    found = solve(rig, {"yaw_deg": 20.0, "pitch_deg": 5.0, "smile_left": 0.5})
    assert found[CONTROL["yaw_deg"]] == 20.0
    assert found[CONTROL["pitch_deg"]] == 5.0
    assert np.count_nonzero(found) == 2
    with pytest.raises(KeyError):
        solve(rig, {"no_such_measure": 1.0})


def test_solve_stays_within_what_a_face_can_do(rig: Rig) -> None:
    found = solve(rig, {"lip_gap": 3.0})
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1.25
    assert len(found) == len(CONTROLS)
