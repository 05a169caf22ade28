"""The rig: a handful of controls, each a smooth displacement field over the canonical mesh.

A field is given by few landmarks that must move (handles) and some that must not (pins); the rest follows by
the smoothest screened-biharmonic extension, min ∫ (Δu)² + u²/r⁴ over the surface with the eyes and the mouth cut
out of it (Botsch & Sorkine, "On linear variational surface deformation methods", 2008). Cutting the mouth open
is what lets the lower lip leave the upper one. Fields add up linearly, so many frames are shaped at once.

Left and right are the subject's; the subject's left is +x. Exercises name measures, not controls: `solve`
finds the controls whose mesh shows the wanted measures.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from coach.avatar.mesh import (
    EYE_LEFT,
    EYE_RIGHT,
    IRIS_LEFT,
    IRIS_RIGHT,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
    Mesh,
    with_irises,
)
from coach.form.face import BONY
from coach.form.measures import BLENDSHAPES, INDEX, TABLE, Beside, Pose, Shape, measure
from coach.frame import Array

#: Controls of the face, 0 at rest; 1 is about the most a person does. Signed ones: jaw_shift, lip_shift and
#: gaze_x towards the subject's left, gaze_y up, cheek puffed out (negative: sucked in), lid closing (negative: wide).
FACE_CONTROLS = (
    "jaw_drop", "jaw_shift", "lip_shift", "pucker", "lip_press", "chin_raise", "lip_raise_left", "lip_raise_right",
    "smile_left", "smile_right", "corner_down_left", "corner_down_right",
    "brow_up_left", "brow_up_right", "brow_down_left", "brow_down_right",
    "lid_left", "lid_right", "lower_lid_left", "lower_lid_right",
    "cheek_left", "cheek_right", "nose_left", "nose_right", "gaze_x", "gaze_y",
)  # fmt: skip
#: All controls, in the order of a control vector: those of the face, the head's turn, nod and tilt in degrees with
#: the signs of `coach.form.face.pose`, and how far the shoulders are lifted and the head is drawn back, in cm.
CONTROLS = (*FACE_CONTROLS, "yaw_deg", "pitch_deg", "roll_deg", "shoulders_cm", "back_cm")
CONTROL: dict[str, int] = {name: i for i, name in enumerate(CONTROLS)}

_LOWEST = {"jaw_shift": -1.0, "lip_shift": -1.0, "lid_left": -0.5, "lid_right": -0.5,
           "cheek_left": -1.0, "cheek_right": -1.0, "gaze_x": -1.0, "gaze_y": -1.0}  # fmt: skip
_GAZES = ("gaze_x", "gaze_y")
_SOLVED = tuple(name for name in FACE_CONTROLS if name not in _GAZES)
#: `solve` may go a little past 1, for templates that ask for more than the usual.
_MOST = 1.25

#: How dear a control is to `solve`, 1 unless named: of several ways to a target it takes the cheapest. The cheeks
#: are cheap because hardly anything else uses them, movements of the whole mouth dear because they change so much.
_DEAR = {"cheek_left": 0.4, "cheek_right": 0.4, "nose_left": 0.6, "nose_right": 0.6,
         "pucker": 1.4, "lip_press": 1.4, "lip_shift": 1.4,
         "corner_down_left": 1.4, "corner_down_right": 1.4}  # fmt: skip

#: Width of the shoulders between their joints.
SHOULDERS_CM = 36.0
#: Where the head turns, nods and tilts on the neck: between the ears and below, canonical cm.
PIVOT = np.array([0.0, -5.0, -6.0])

_LIPS_MIDDLE = (
    76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 77, 90, 180, 85, 16, 315, 404, 320, 307,
    62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292, 96, 89, 179, 86, 15, 316, 403, 319, 325,
)  # fmt: skip
_UPPER = {*LIPS_INNER_UPPER, *LIPS_OUTER_UPPER, *_LIPS_MIDDLE[:11], *_LIPS_MIDDLE[20:31]}
_LOWER = {*LIPS_INNER_LOWER, *LIPS_OUTER_LOWER, *_LIPS_MIDDLE[11:20], *_LIPS_MIDDLE[31:]} - _UPPER
_LIPS = tuple(sorted(_UPPER | _LOWER))
_INNER = frozenset((*LIPS_INNER_UPPER, *LIPS_INNER_LOWER))
_EYES = (*EYE_RIGHT, *EYE_LEFT)
_NOSE = (1, 4, 2, 129, 358, 98, 327, 94, 64, 294)
_BROWS_RIGHT = ((107, 66, 105, 63, 70), (55, 65, 52, 53, 46))  # upper and lower edge, inner end first
_BROWS_LEFT = ((336, 296, 334, 293, 300), (285, 295, 282, 283, 276))
_BROWS = (*_BROWS_RIGHT[0], *_BROWS_RIGHT[1], *_BROWS_LEFT[0], *_BROWS_LEFT[1])
_JAW = (152, 148, 377, 176, 400, 149, 378, 175, 199, 200, 171, 396, 208, 428, 201, 421, 18, 83, 313, 182, 406)
_JAW_SIDES = ((150, 379, 0.82), (136, 365, 0.68), (172, 397, 0.45), (58, 288, 0.2), (132, 361, 0.05))
_JAW_OUTLINE = (58, 172, 136, 150, 149, 176, 152, 400, 378, 379, 365, 397, 288)

Handles = dict[int, Iterable[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """A mesh with its fields.

    mesh    the canonical mesh
    rest    (478, 3) cm, the face at rest: the canonical mesh with lips closed, and irises
    fields  (len(FACE_CONTROLS), 478, 3) cm, what each control adds at 1
    """

    mesh: Mesh
    rest: Array
    fields: Array


@lru_cache(maxsize=2)
def build(mesh: Mesh) -> Rig:
    """Work out the fields over a mesh, once (a fraction of a second)."""
    from scipy.spatial import cKDTree  # late: the window is there before any face is drawn

    v = mesh.vertices
    mirror = cKDTree(v).query(v * (-1, 1, 1))[1]
    smooth = _stiffness(mesh)

    def field(handles: Handles, pins: Iterable[int] = (), reach: float = 3.0) -> Array:
        # Bone never moves: `face.head_frame` takes its unit from it.
        return _extend(smooth, {**dict.fromkeys((*BONY, *pins), (0.0, 0.0, 0.0)), **handles}, reach)

    rest = v + field(_close_lips(v), (*_EYES, *_NOSE, *_BROWS, 132, 361, 58, 288)) + _open_eyes(v)
    rest = rest + field(_lower_brows(), (*_EYES, 10, 151, 21, 251))
    fields: dict[str, Array] = {
        "jaw_drop": field(_jaw_drop(rest), (*_EYES, *_NOSE, *_BROWS, 50, 280, 93, 323), reach=5.0),
        "jaw_shift": field(_jaw_shift(rest), (*_EYES, *_NOSE, *_BROWS, 93, 323), reach=4.0),
        "lip_shift": field({**_lips(rest, _lip_shift), **dict.fromkeys((152, 175, 199, 200), (0.35, 0, 0))},
                           (*_EYES, *_NOSE, *_BROWS, 58, 288)),
        "pucker": field(_lips(rest, _pucker), (*_EYES, *_NOSE, *_BROWS, *_JAW_OUTLINE, 50, 280), reach=2.0),
        "lip_press": field(_lips(rest, _lip_press), (*_EYES, *_NOSE, *_BROWS, 152), reach=1.5),
        "chin_raise": field({**_lips(rest, _chin_raise), **dict.fromkeys((175, 199, 200), (0, 0.3, 0.1))},
                            (*_EYES, *_NOSE, *_BROWS, *_JAW_OUTLINE, 50, 280), reach=1.5),
    }  # fmt: skip
    # One-sided controls are written for the subject's right (-x) and mirrored.
    still_mouth = (*_LIPS, *_NOSE)
    for name, right in {
        "smile": field({**_lips(rest, _smile), 205: (-0.25, 0.45, 0.35), 50: (-0.12, 0.38, 0.3), 187: (-0.4, 0.3, 0.1),
                        200: (0, 0, 0), 152: (0, 0, 0), 425: (0, 0, 0),
                        # The ring muscle of the eye draws the brow down a trace.
                        **_brow(_BROWS_RIGHT, [(0.0, -0.05), (0.0, -0.07), (0.0, -0.08), (0.0, -0.08), (0.0, -0.05)])},
                       (*_EYES, *_NOSE, *_BROWS_LEFT[0], *_BROWS_LEFT[1], 58), reach=2.5),
        "corner_down": field(_lips(rest, _corner_down), (*_EYES, *_NOSE, *_BROWS, 152, 50, 205, 425), reach=2.5),
        "lip_raise": field({**_lips(rest, _lip_raise), 205: (0, 0.1, 0.1)},
                           (*_EYES, *_NOSE, *_BROWS, *_JAW_OUTLINE, 425), reach=1.5),
        "brow_up": field(_brow(_BROWS_RIGHT, [(0.0, 0.85), (0.0, 0.95), (0.0, 1.0), (0.0, 0.9), (-0.05, 0.65)]),
                         (*_EYES, *_NOSE, *_BROWS_LEFT[0], *_BROWS_LEFT[1], 8, 10, 109, 67, 103, 54, 21), reach=2.0),
        "brow_down": field(
            {**_brow(_BROWS_RIGHT, [(1.2, -1.05), (1.0, -1.05), (0.55, -0.9), (0.15, -0.5), (0.0, -0.2)]),
             9: (0, -0.12, 0.05), 8: (0, -0.1, 0.08)},
            (*_EYES, *_NOSE, *_BROWS_LEFT[0], *_BROWS_LEFT[1]), reach=1.5),
        "lid": field(_lid(rest), (*_NOSE, *_BROWS, *EYE_LEFT, 50, 101, 118), reach=1.0),
        "lower_lid": field({**{i: (0, 0.16 * np.sin(np.pi * k / 8), 0) for k, i in enumerate(EYE_RIGHT[:8:-1], 1)},
                            **dict.fromkeys(EYE_RIGHT[:9], (0, 0, 0))},
                           (*_NOSE, *_BROWS, *EYE_LEFT, 50, 101, 118), reach=1.0),
        "cheek": field({187: (-0.95, 0, 0.55), 205: (-0.55, 0, 0.95), 207: (-0.9, 0, 0.75), 214: (-1.0, 0, 0.6),
                        192: (-1.0, 0, 0.4), 50: (-0.2, 0, 0.3), 58: (-0.75, 0, 0.1), 172: (-0.9, -0.1, 0.2),
                        132: (-0.4, 0, 0), 136: (-0.7, -0.15, 0.1), 215: (-0.9, 0, 0.3),
                        216: (-0.2, 0, 0.6), 212: (-0.25, 0, 0.6)},
                       (*_EYES, *still_mouth, *_BROWS, 152, 234, 175), reach=2.0),
        "nose": field({129: (-0.08, 0.4, 0.05), 64: (-0.05, 0.4, 0.05), 98: (-0.03, 0.3, 0), 4: (0, 0.16, -0.03),
                       1: (0, 0.16, 0), 2: (0, 0.1, 0), 205: (-0.05, 0.2, 0.1), 37: (-0.02, 0.18, 0),
                       40: (-0.04, 0.24, 0), 39: (-0.03, 0.24, 0), 0: (0, 0.08, 0), 55: (0.04, -0.12, 0)},
                      (*_EYES, 61, 291, 13, 14, 17, 358, 294, 327, 168, *_BROWS_LEFT[0], *_BROWS_LEFT[1]), reach=1.5),
    }.items():  # fmt: skip
        fields[f"{name}_right"] = right
        fields[f"{name}_left"] = right[mirror] * (-1, 1, 1)
    whole = with_irises(rest)
    stacked = np.zeros((len(FACE_CONTROLS), len(whole), 3))
    for name, displacement in fields.items():
        stacked[CONTROL[name], : len(v)] = displacement
    for first in (IRIS_RIGHT, IRIS_LEFT):
        stacked[CONTROL["gaze_x"], first : first + 5] = (0.75, 0.0, -0.1)
        stacked[CONTROL["gaze_y"], first : first + 5] = (0.0, 0.35, 0.0)
    whole.setflags(write=False)
    stacked.setflags(write=False)
    return Rig(mesh, whole, stacked)


def controls(**values: float) -> Array:
    """Return a control vector (len(CONTROLS),) with these controls set and the others at rest.

    Raises KeyError for an unknown control.
    """
    vector = np.zeros(len(CONTROLS))
    for name, value in values.items():
        vector[CONTROL[name]] = value
    return vector


def shape(rig: Rig, vector: Array) -> Array:
    """Return the face (..., 478, 3) in canonical cm for control vectors (..., len(CONTROLS)).

    The head's own turn is not in it: that is `head_matrix`.
    """
    return rig.rest + np.tensordot(np.asarray(vector)[..., : len(FACE_CONTROLS)], rig.fields, 1)


def head_matrix(vector: Array, at: tuple[float, float, float] = (0.0, 0.0, -45.0)) -> Array:
    """Return the (..., 4, 4) canonical-to-camera matrices of control vectors, in the tracker's convention.

    at  where the unturned head stands in camera space, cm: x to image right, y up, -z away from the camera
    """
    yaw, pitch, roll = np.moveaxis(
        np.radians(np.asarray(vector)[..., [CONTROL["yaw_deg"], CONTROL["pitch_deg"], CONTROL["roll_deg"]]]), -1, 0
    )
    matrix = np.zeros((*np.shape(yaw), 4, 4))
    # Tilt first, then nod, then turn: the order in which `face.pose` takes them apart; its roll runs clockwise.
    turn = _rotation(yaw, 1) @ _rotation(pitch, 0) @ _rotation(-roll, 2)
    matrix[..., :3, :3] = turn
    matrix[..., :3, 3] = np.asarray(at) + PIVOT - turn @ PIVOT
    matrix[..., 2, 3] -= np.asarray(vector)[..., CONTROL["back_cm"]]
    matrix[..., 3, 3] = 1.0
    return matrix


def landmarks(points: Array) -> Array:
    """Return canonical points (..., 478, 3) as the tracker would give those of an unturned face of size 1.

    x right, y down, z away: what `measures.measure` wants together with an identity head matrix.
    """
    return np.asarray(points) * (1.0, -1.0, -1.0)


def measured(rig: Rig, vector: Array) -> Array:
    """Return the measures (..., M) of the rig's mesh; blendshapes read 0, the distance 0."""
    vector = np.asarray(vector)
    blendshapes = np.zeros((*vector.shape[:-1], len(BLENDSHAPES)))
    values = measure(landmarks(shape(rig, vector)), blendshapes, np.broadcast_to(np.eye(4), (*vector.shape[:-1], 4, 4)))
    for name in _POSES:
        values[..., INDEX[name]] = vector[..., CONTROL[name]]
    return values


def solve(rig: Rig, targets: Mapping[str, float], frozen: Iterable[str] = (), stiffness: float = 0.03) -> Array:
    """Return the control vector whose mesh shows wanted changes from rest.

    targets    measure name -> change from rest (OC; degrees for yaw_deg, pitch_deg, roll_deg, which are taken as
               they are, as are distance_cm and, by lifting the shoulders, neck_length_left). Blendshapes and hands
               cannot be worked out from the mesh and are passed over
    frozen     controls that must stay at rest
    stiffness  how dear a control is: 1 at full control weighs like an error of 0.01 OC. Small enough to reach
               the targets, large enough to keep controls at rest that do not help

    Targets out of reach are approached as far as the controls go. Raises KeyError for an unknown measure.
    """
    result = np.zeros(len(CONTROLS))
    wanted = {INDEX[name]: value for name, value in targets.items() if INDEX[name] not in _UNSOLVED}
    for name in _POSES & targets.keys():
        result[CONTROL[name]] = targets[name]
    result[CONTROL["back_cm"]] = targets.get("distance_cm", 0.0)
    if "neck_length_left" in targets:
        result[CONTROL["shoulders_cm"]] = -targets["neck_length_left"] * SHOULDERS_CM
    solved = (*_SOLVED, *_GAZES) if any(name.startswith("gaze") for name in targets) else _SOLVED
    free = [CONTROL[name] for name in solved if name not in set(frozen)]
    if not wanted or not free:
        return result
    columns, dear = list(wanted), stiffness * np.array([_DEAR.get(CONTROLS[i], 1.0) for i in free])
    goal = measured(rig, np.zeros(len(CONTROLS)))[columns] + np.array(list(wanted.values()))

    def errors(x: Array) -> Array:
        trial = np.zeros(len(CONTROLS))
        trial[free] = x
        return np.concatenate([(measured(rig, trial)[columns] - goal) / 0.01, dear * x])

    def slopes(x: Array) -> Array:
        # All forward differences in one call: `measured` takes many faces at once.
        step = 1e-5
        trials = np.zeros((len(free) + 1, len(CONTROLS)))
        trials[:, free] = x + np.vstack([np.zeros(len(free)), step * np.eye(len(free))])
        values = measured(rig, trials)[:, columns]
        return np.concatenate([(values[1:] - values[0]).T / (0.01 * step), np.diag(dear)])

    lowest = np.array([_LOWEST.get(CONTROLS[i], 0.0) for i in free]) - 1e-9
    # A start inside the bounds: at rest exactly, one-sided controls would lie on them.
    from scipy.optimize import least_squares

    found = least_squares(errors, np.full(len(free), 0.02), slopes, bounds=(lowest, np.full(len(free), _MOST)))
    result[free] = np.where(np.abs(found.x) < 1e-3, 0.0, found.x)
    return result


_POSES = {"yaw_deg", "pitch_deg", "roll_deg"}
_UNSOLVED = {i for i, row in enumerate(TABLE) if isinstance(row, Pose | Shape | Beside)}


# --- what the controls do, written for the subject's right side (-x) where they have sides -----------------


def _lips(rest: Array, move: Callable[[Array, bool], Iterable[float]]) -> Handles:
    """Handles for every lip point: `move(point, inner)` gives its displacement."""
    return {i: move(rest[i], i in _INNER) for i in _LIPS}


def _ramp(x: float, start: float, end: float) -> float:
    """0 before start, 1 after end, smooth between."""
    t = min(max((x - start) / (end - start), 0.0), 1.0)
    return t * t * (3 - 2 * t)


_LINE = -4.27  # height of the closed lips' line, cm
_CORNER = 2.46  # mouth corner from the midline, cm


def _close_lips(v: Array) -> Handles:
    """The canonical mouth stands 0.5 cm open: bring its inner edges together, and let the rest follow a little."""
    handles: Handles = {}
    for upper, lower in zip(LIPS_INNER_UPPER, LIPS_INNER_LOWER, strict=True):
        middle = (v[upper] + v[lower]) / 2
        # A line that dips in the middle and turns up a trace at the corners looks content, not smiling.
        middle[1] += 0.19 * (abs(middle[0]) / _CORNER) ** 2 - 0.03
        handles[upper], handles[lower] = middle - v[upper], middle - v[lower]
    for i in (*LIPS_OUTER_UPPER[1:-1], *LIPS_OUTER_LOWER[1:-1]):
        near = 1 - abs(v[i, 0]) / _CORNER
        handles[i] = (0, (-0.06 if i in _UPPER else 0.2) * near, 0)
    for upper, lower in ((61, 61), (291, 291)):
        handles[upper] = handles[lower] = (0, 0.22, 0)
    return {**handles, 152: (0, 0.12, 0), 175: (0, 0.14, 0), 0: (0, -0.05, 0)}


def _lower_brows() -> Handles:
    """The canonical brows stand high and close: the tracker would read them as raised, and see little of a frown."""
    right = _brow(_BROWS_RIGHT, [(-0.62, -0.5), (-0.55, -0.47), (-0.28, -0.4), (0.0, -0.28), (0.0, -0.12)])
    left = _brow(_BROWS_LEFT, [(0.62, -0.5), (0.55, -0.47), (0.28, -0.4), (0.0, -0.28), (0.0, -0.12)])
    return {**right, **left}


def _open_eyes(v: Array) -> Array:
    """A slightly more open eye than the canonical one looks awake."""
    out = np.zeros_like(v)
    for ring in (EYE_RIGHT, EYE_LEFT):
        for k in range(1, 8):
            out[ring[k], 1] = 0.18 * np.sin(np.pi * k / 8)
            out[ring[-k], 1] = -0.03 * np.sin(np.pi * k / 8)
    return out


def _jaw_drop(rest: Array) -> Handles:
    """The jaw swings about the joint in front of the ears; the upper lip stays."""
    hinge, angle = np.array([0.0, 0.5, -3.5]), np.radians(24.0)
    turn = _rotation(np.array(angle), 0)

    def swing(i: int, share: float) -> Array:
        moved: Array = share * ((rest[i] - hinge) @ turn.T + hinge - rest[i])
        return moved

    handles: Handles = {i: swing(i, 1.0) for i in _JAW}
    for right, left, share in _JAW_SIDES:
        handles[right], handles[left] = swing(right, share), swing(left, share)
    for i in _LIPS:
        x = abs(rest[i, 0]) / _CORNER
        corner = np.array([-0.28 * np.sign(rest[i, 0]), -1.5, -0.2]) * _ramp(x, 0.1, 1.0)
        if i in _LOWER:
            # The lower lip opens as an oval, not as a wedge.
            open_here = max(0.0, 1 - x**2.6) ** 0.6
            handles[i] = swing(i, open_here) + corner * (1 - open_here)
        else:
            handles[i] = corner * _ramp(x, 0.3, 1.0) + np.array([0, 0.06 * (1 - x), 0])
    return handles


def _jaw_shift(rest: Array) -> Handles:
    handles: Handles = {i: (2.0, 0.0, 0.0) for i in _JAW}
    for right, left, share in _JAW_SIDES:
        handles[right] = handles[left] = (2.0 * share, 0.0, 0.0)
    lower, upper = (1.55, 0.0, 0.0), (1.0, 0.0, 0.0)
    handles.update({i: upper if i in _UPPER else lower for i in _LIPS})
    # The inner edges must not shear apart at the corners.
    handles.update({i: (1.25, 0.0, 0.0) for i in (61, 291, 78, 308, 76, 306, 62, 292)})
    return handles


def _lip_shift(p: Array, inner: bool) -> Iterable[float]:
    return 1.1, 0.15 * _ramp(p[0], 0.5, _CORNER), 0.0


def _pucker(p: Array, inner: bool) -> Iterable[float]:
    x = p[0] / _CORNER
    fuller = 0.0 if inner else 0.3 * abs(x) * np.sign(p[1] - _LINE)
    return -0.47 * p[0], fuller, 0.75 - 0.1 * abs(x)


def _lip_press(p: Array, inner: bool) -> Iterable[float]:
    return 0.0, (0.0 if inner else -0.5 * (p[1] - _LINE)), (-0.1 if inner else -0.3)


def _smile(p: Array, inner: bool) -> Iterable[float]:
    side = _ramp(-p[0], -0.9, _CORNER)
    # The lips are drawn thin and back as the corner pulls.
    thin = 0.0 if inner else -0.15 * (p[1] - _LINE) * _ramp(-p[0], -1.5, 1.0)
    return -0.72 * side, 0.94 * _ramp(-p[0], 0.0, _CORNER * 1.02) + thin, -0.38 * side


def _chin_raise(p: Array, inner: bool) -> Iterable[float]:
    middle = 1 - _ramp(abs(p[0]), 0.8, _CORNER)
    below = p[1] < _LINE and not inner
    return 0.0, (0.5 if below else 0.25) * middle, 0.2 * middle


def _lip_raise(p: Array, inner: bool) -> Iterable[float]:
    if p[1] < _LINE - 0.02:
        return 0.0, 0.0, 0.0
    side = _ramp(-p[0], -0.9, 0.9) * (1 - _ramp(-p[0], 1.6, _CORNER))
    return 0.0, 0.45 * side, 0.0


def _corner_down(p: Array, inner: bool) -> Iterable[float]:
    side = _ramp(-p[0], 0.2, _CORNER)
    return -0.1 * side, -0.75 * side, 0.0


def _brow(brows: tuple[tuple[int, ...], tuple[int, ...]], moves: list[tuple[float, float]]) -> Handles:
    """Both edges of a brow move alike, (out, up) from the inner end to the tail."""
    return {i: (x, y, 0.0) for edge in brows for i, (x, y) in zip(edge, moves, strict=True)}


def _lid(rest: Array) -> Handles:
    """The upper lid comes down most of the way and the lower one up a little, until they meet."""
    handles: Handles = {33: (0, 0, 0), 133: (0, 0, 0)}
    for upper, lower in zip(EYE_RIGHT[1:8], EYE_RIGHT[:8:-1], strict=True):
        meet = 0.15 * rest[upper] + 0.85 * rest[lower]
        bulge = np.array([0, 0, 0.12])  # over the front of the eyeball
        handles[upper], handles[lower] = meet - rest[upper] + bulge, meet - rest[lower] + bulge / 2
    return handles


# --- fields ------------------------------------------------------------------------------------------------


def _stiffness(mesh: Mesh) -> tuple[Array, Array]:
    """Return L M⁻¹ L and M of the cut mesh: cotangent Laplacian and lumped vertex areas (Meyer et al. 2003)."""
    v, faces = mesh.vertices, mesh.triangles[~mesh.openings]
    n = len(v)
    laplacian, area = np.zeros((n, n)), np.zeros(n)
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        i, j, k = faces[:, a], faces[:, b], faces[:, c]
        u, w = v[i] - v[k], v[j] - v[k]
        cross = np.linalg.norm(np.cross(u, w), axis=1)
        half_cotangent = 0.5 * (u * w).sum(1) / cross
        for p, q in ((i, j), (j, i)):
            np.add.at(laplacian, (p, q), -half_cotangent)
            np.add.at(laplacian, (p, p), half_cotangent)
        np.add.at(area, k, cross / 6)
    return laplacian @ (laplacian / area[:, None]), area


def _extend(smooth: tuple[Array, Array], handles: Mapping[int, Iterable[float]], reach: float) -> Array:
    """Return the (468, 3) field that has these values at the handles and fades within about `reach` cm of them."""
    energy, area = smooth
    system = energy + np.diag(area / reach**4)
    held = np.fromiter(handles, int)
    free = np.setdiff1d(np.arange(len(area)), held)
    field = np.zeros((len(area), 3))
    field[held] = [tuple(value) for value in handles.values()]
    field[free] = np.linalg.solve(system[np.ix_(free, free)], -system[np.ix_(free, held)] @ field[held])
    return field


def _rotation(angle: Array, axis: int) -> Array:
    """(..., 3, 3) right-handed rotation about one axis, radians."""
    out = np.zeros((*np.shape(angle), 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = np.cos(angle)
    out[..., j, i] = np.sin(angle)
    out[..., i, j] = -np.sin(angle)
    return out
