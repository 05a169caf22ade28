"""The table of named rulers: what each one measures on the face, and all of them at once.

A measure is a row of a table; adding a row adds a measure. Lengths are in OC (see `face`), angles in degrees,
blendshapes as the tracker gives them (0..1). `_left` and `_right` are the subject's; a movement of both sides
always has a row for each, because an average would hide the asymmetry we judge.

Definitions follow the usual FaceMesh landmark numbering. Blendshapes that never move (cheekPuff, cheekSquint,
noseSneer, jawForward) are left out: their network sees neither cheek nor nostril points.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from coach.form.body import BESIDE_COLUMNS, VIEW_COLUMNS, around, around_all
from coach.form.face import BONY, OC_PER_SPREAD, pose, turn, turn_and_pose
from coach.frame import Array, Frame

#: The tracker's blendshapes, in the order of `Frame.blendshapes`.
BLENDSHAPES = tuple(  # in one piece: as a list it would fill a page
    """
    _neutral browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft
    cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight
    eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft
    eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft
    mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight
    mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft
    mouthSmileRight mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft
    noseSneerRight
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Distance:
    """Mean distance between pairs of points, in OC; needs no rotation."""

    name: str
    about: str
    pairs: tuple[tuple[int, int], ...]
    unit: str = "OC"


@dataclass(frozen=True, slots=True)
class Offset:
    """Mean position of some points minus that of others along one axis of the head frame, in OC."""

    name: str
    about: str
    axis: int  # 0: towards the subject's left, 1: down the face, 2: into the head
    of: tuple[int, ...]
    minus: tuple[int, ...] = (168,)
    unit: str = "OC"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One earlier row over another."""

    name: str
    about: str
    over: str
    under: str
    unit: str = "ratio"


@dataclass(frozen=True, slots=True)
class Shape:
    """A blendshape of the tracker, 0..1."""

    name: str
    about: str
    blendshape: str
    unit: str = "shape"


@dataclass(frozen=True, slots=True)
class Pose:
    """A column of `face.pose`."""

    name: str
    about: str
    column: int
    unit: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A column of `body.beside` (shoulders and hands, for exercises that need them) or of `body.view` (how well all
    is seen): nan while unknown."""

    name: str
    about: str
    column: int
    unit: str
    who: str = ""  # what must be in the picture, for the sentence that asks for it; empty for the view


Row = Distance | Offset | Ratio | Shape | Pose | Beside

_LIPS = (13, 14)  # inner edge of the upper and the lower lip, in the middle
_CHIN = (152, 175, 199, 200)
_EYES_RIGHT, _EYES_LEFT = (33, 133), (263, 362)  # outer and inner eye corner
_CHEEK_RIGHT, _CHEEK_LEFT = (187, 205, 214), (411, 425, 434)
_MIDLINE = (2, 94, 168, 6)
_BROW_RIGHT, _BROW_LEFT = (70, 63, 105, 66, 107), (300, 293, 334, 296, 336)

_LISTED: tuple[Row, ...] = (
    Distance("mouth_width", "between the mouth corners", ((61, 291),)),
    Distance("lip_height", "outer edge of the upper lip to outer edge of the lower", ((0, 17),)),
    Offset("lip_gap", "opening between the lips", 1, (14,), (13,)),
    Ratio("lip_aspect", "mouth width over lip height", "mouth_width", "lip_height"),
    Distance("upper_lip", "upper lip to nose", ((0, 2),)),
    # To the rim of the eye socket just beyond the eye corner: the corner itself sinks by 9 % in a blink.
    Distance("corner_canthus_left", "mouth corner to the outer rim of the eye", ((291, 446),)),
    Distance("corner_canthus_right", "mouth corner to the outer rim of the eye", ((61, 226),)),
    Offset("corner_out_left", "mouth corner out from the midline of the nose", 0, (291,), _MIDLINE),
    Offset("corner_out_right", "mouth corner out from the midline of the nose", 0, _MIDLINE, (61,)),
    Offset("corner_lift_left", "mouth corner above the middle of the lips", 1, _LIPS, (291,)),
    Offset("corner_lift_right", "mouth corner above the middle of the lips", 1, _LIPS, (61,)),
    Offset("lip_x", "middle of the lips to the subject's left", 0, _LIPS),
    Offset("chin_x", "chin to the subject's left", 0, _CHIN),
    Distance("lower_lip", "lower lip to chin", ((17, 152),)),
    Distance("chin_drop", "bridge of the nose to chin", ((168, 152),)),
    Distance("jaw_width", "between the jaw angles", ((58, 288),)),
    Distance("jaw_width_low", "between the sides of the jaw, lower", ((172, 397),)),
    Distance("cheek_width", "between the cheeks", ((187, 411), (205, 425), (214, 434))),
    Offset("cheek_out_left", "cheek out from the midline of the nose", 0, _CHEEK_LEFT, _MIDLINE),
    Offset("cheek_out_right", "cheek out from the midline of the nose", 0, _MIDLINE, _CHEEK_RIGHT),
    Offset("brow_height_left", "brow above the line of the eye corners", 1, _EYES_LEFT, _BROW_LEFT),
    Offset("brow_height_right", "brow above the line of the eye corners", 1, _EYES_RIGHT, _BROW_RIGHT),
    Distance("brow_gap", "between the inner ends of the brows", ((107, 336),)),
    Distance("nose_length", "bridge to tip of the nose", ((168, 4),)),
    Distance("nose_width", "between the wings of the nose", ((129, 358),)),
    Distance("eye_aperture_left", "between the lids", ((386, 374), (385, 380), (387, 373))),
    Distance("eye_aperture_right", "between the lids", ((159, 145), (158, 153), (160, 144))),
    Offset("lower_lid_left", "lower lid above the line of the eye corners", 1, _EYES_LEFT, (380, 374, 373)),
    Offset("lower_lid_right", "lower lid above the line of the eye corners", 1, _EYES_RIGHT, (153, 145, 144)),
    Offset("gaze_x_left", "left iris to the subject's left", 0, (473,), _EYES_LEFT),
    Offset("gaze_x_right", "right iris to the subject's left", 0, (468,), _EYES_RIGHT),
    Offset("gaze_y_left", "left iris above the line of the eye corners", 1, _EYES_LEFT, (473,)),
    Offset("gaze_y_right", "right iris above the line of the eye corners", 1, _EYES_RIGHT, (468,)),
    Pose("yaw_deg", "head turned to the subject's left", 0, "deg"),
    Pose("pitch_deg", "chin down", 1, "deg"),
    Pose("roll_deg", "head tilted to the subject's left shoulder", 2, "deg"),
    Pose("distance_cm", "distance from the camera, as the tracker believes", 3, "cm"),
    Shape("smile_left", "mouthSmileLeft", "mouthSmileLeft"),
    Shape("smile_right", "mouthSmileRight", "mouthSmileRight"),
    Shape("pucker", "mouthPucker: a switch, not a ruler", "mouthPucker"),
    Shape("funnel", "mouthFunnel", "mouthFunnel"),
    Shape("jaw_open", "jawOpen: saturates, a switch", "jawOpen"),
    Shape("mouth_left", "mouthLeft", "mouthLeft"),
    Shape("mouth_right", "mouthRight", "mouthRight"),
    Shape("lip_shrug", "mouthShrugLower: lower lip pushed up; a smile does it too", "mouthShrugLower"),
    Shape("roll_upper", "mouthRollUpper", "mouthRollUpper"),
    Shape("roll_lower", "mouthRollLower", "mouthRollLower"),
    Shape("press_left", "mouthPressLeft", "mouthPressLeft"),
    Shape("press_right", "mouthPressRight", "mouthPressRight"),
    Shape("upper_up_left", "mouthUpperUpLeft", "mouthUpperUpLeft"),
    Shape("upper_up_right", "mouthUpperUpRight", "mouthUpperUpRight"),
    Shape("lower_down_left", "mouthLowerDownLeft", "mouthLowerDownLeft"),
    Shape("lower_down_right", "mouthLowerDownRight", "mouthLowerDownRight"),
    Shape("stretch_left", "mouthStretchLeft", "mouthStretchLeft"),
    Shape("stretch_right", "mouthStretchRight", "mouthStretchRight"),
    Shape("brow_inner_up", "browInnerUp", "browInnerUp"),
    Shape("brow_outer_up_left", "browOuterUpLeft", "browOuterUpLeft"),
    Shape("brow_outer_up_right", "browOuterUpRight", "browOuterUpRight"),
    Shape("brow_down_left", "browDownLeft", "browDownLeft"),
    Shape("brow_down_right", "browDownRight", "browDownRight"),
    Shape("blink_left", "eyeBlinkLeft", "eyeBlinkLeft"),
    Shape("blink_right", "eyeBlinkRight", "eyeBlinkRight"),
    Shape("squint_left", "eyeSquintLeft", "eyeSquintLeft"),
    Shape("squint_right", "eyeSquintRight", "eyeSquintRight"),
    Beside("neck_length_left", "ear above the shoulder, in widths of the shoulders", 0, "ratio", "shoulders"),
    Beside("neck_length_right", "ear above the shoulder, in widths of the shoulders", 1, "ratio", "shoulders"),
    Beside("shoulder_tilt_deg", "shoulders lower on the subject's left", 2, "deg", "shoulders"),
    Beside("shoulder_width", "between the shoulders, as the picture shows them", 3, "OC", "shoulders"),
    Beside("hand_head", "a hand at the forehead, temple or back of the head: 1 there, 0 away", 4, "shape", "hands"),
    Beside("hand_chin", "a hand at the chin or jaw: 1 there, 0 away", 5, "shape", "hands"),
    Beside("hand_cheek_left", "a hand at the left cheek: 1 there, 0 away", 6, "shape", "hands"),
    Beside("hand_cheek_right", "a hand at the right cheek: 1 there, 0 away", 7, "shape", "hands"),
    Beside("face_px", "one OC in the picture", 8, "px"),
    Beside("face_cut", "part of the face's outline that is outside of the picture", 9, "ratio"),
    Beside("light", "mean brightness of the face, 0 to 255", 10, "light"),
    Beside("contrast", "standard deviation of that brightness", 11, "light"),
    Beside("sharpness", "steps between neighbouring pixels, in parts of the contrast", 12, "ratio"),
    Beside("hand_over_upper", "part of brows and eyes that a hand hides", 13, "shape"),
    Beside("hand_over_lower", "part of mouth and chin that a hand hides", 14, "shape"),
    Beside("face_x", "middle between the outer eye corners, from the left of the picture", 15, "px"),
    Beside("face_y", "middle between the outer eye corners, from the top of the picture", 16, "px"),
    Beside("still_s", "for how long the picture has been the very same", 17, "s"),
)

_D = [row for row in _LISTED if isinstance(row, Distance)]
_O = [row for row in _LISTED if isinstance(row, Offset)]
_R = [row for row in _LISTED if isinstance(row, Ratio)]
_S = [row for row in _LISTED if isinstance(row, Shape)]
_P = [row for row in _LISTED if isinstance(row, Pose)]
_B = [row for row in _LISTED if isinstance(row, Beside)]

#: All rows, kind by kind, in the order of the last axis of `measure`; and their names.
TABLE: tuple[Row, ...] = (*_D, *_O, *_R, *_S, *_P, *_B)
NAMES: tuple[str, ...] = tuple(row.name for row in TABLE)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
#: The measures before this one are of the face; those from it on may be nan.
FACE = len(TABLE) - len(_B)


#: Measures that change sign when left and right change places; the others swap `_left` with `_right`.
ODD = frozenset({"lip_x", "chin_x", "yaw_deg", "roll_deg", "gaze_x_left", "gaze_x_right", "shoulder_tilt_deg"})


def mirrored(name: str) -> str:
    """The measure that a mirror image shows in the place of this one (see `ODD` for its sign)."""
    if name.endswith("_left"):
        return name[:-5] + "_right"
    if name.endswith("_right"):
        return name[:-6] + "_left"
    return name


def columns(names: Sequence[str]) -> list[int]:
    """Positions of some measures in the last axis. Raises KeyError for an unknown name."""
    return [INDEX[name] for name in names]


# --- the table compiled, once -----------------------------------------------------------------------------

_PAIRS = [pair for row in _D for pair in row.pairs]
_BONES = len(BONY)
#: Points in use, those on bone first; and where among them each point is.
_USED = np.array(
    [*BONY, *sorted({p for pair in _PAIRS for p in pair}.union(*(row.of + row.minus for row in _O)) - {*BONY})]
)
_PLACE = {point: i for i, point in enumerate(_USED.tolist())}

#: Frames of a recording measured at once.
CHUNK = 256


def compiled(
    distances: Sequence[Distance], offsets: Sequence[Offset], bones: int, place: Mapping[int, int]
) -> tuple[Array, Array]:
    """Weights that turn points into vectors, (V, U): bony points from their centre, pairs of distances, offsets; and
    weights that turn the lengths of pairs into distances.

    place: where among the U points each landmark is; the first `bones` of them are bony.
    """
    pairs = [pair for row in distances for pair in row.pairs]
    vectors = np.zeros((bones + len(pairs) + len(offsets), len(place)))
    vectors[:bones, :bones] = np.eye(bones) - 1.0 / bones
    for k, (start, end) in enumerate(pairs, bones):
        vectors[k, place[start]], vectors[k, place[end]] = -1.0, 1.0
    for k, row in enumerate(offsets, bones + len(pairs)):
        for points, weight in ((row.of, 1.0 / len(row.of)), (row.minus, -1.0 / len(row.minus))):
            for point in points:
                vectors[k, place[point]] += weight
    means = np.zeros((len(distances), len(pairs)))
    first = 0
    for k, distance in enumerate(distances):
        means[k, first : first + len(distance.pairs)] = 1.0 / len(distance.pairs)
        first += len(distance.pairs)
    return vectors, means


_VECTORS, _MEANS = compiled(_D, _O, _BONES, _PLACE)
_AT_PAIRS, _AT_OFFSETS = slice(_BONES, _BONES + len(_PAIRS)), _BONES + len(_PAIRS)
#: For one face: first pair and number of pairs of each distance; vector and axis of each offset.
_PAIRS_OF = [(int(np.flatnonzero(row)[0]), int(np.count_nonzero(row))) for row in _MEANS]
_OFFSETS = [(k, row.axis) for k, row in enumerate(_O, _AT_OFFSETS)]
#: For many: where each pair begins and ends; for each axis which offsets lie along it, and their weights.
_STARTS, _ENDS = (np.array([_PLACE[pair[end]] for pair in _PAIRS]) for end in (0, 1))
_ALONG = [(axis, [k for k, row in enumerate(_O) if row.axis == axis]) for axis in (0, 1, 2)]
_WEIGHTS = [_VECTORS[_AT_OFFSETS:][rows] for _, rows in _ALONG]
_RATIOS = [(INDEX[row.over], INDEX[row.under]) for row in _R]
_S_IN = np.array([BLENDSHAPES.index(row.blendshape) for row in _S])
#: Where in `TABLE` the next kind of row begins.
_KINDS = np.cumsum([len(_D), len(_O), len(_R), len(_S)])
_NOTHING_BESIDE = [math.nan] * len(_B)
assert [row.column for row in _P] == [0, 1, 2, 3]
assert [row.column for row in _B] == list(range(BESIDE_COLUMNS + VIEW_COLUMNS))


def measure(landmarks: Array, blendshapes: Array, head: Array, beside: Array | None = None) -> Array:
    """Return every measure of a face, or of many at once.

    landmarks (..., 478, 3) pixels, blendshapes (..., 52), head (..., 4, 4), beside (..., 17) as `body.beside` and then
    `body.view` have it (None: nan); result (..., M) float64 with M = len(NAMES). Leading axes are free: one frame and
    a whole recording go through here alike.
    """
    if landmarks.ndim == 2:
        return np.array(_one(landmarks, blendshapes, head, _NOTHING_BESIDE if beside is None else beside.tolist()))
    lead = landmarks.shape[:-2]
    out = np.full((len(TABLE), *lead), np.nan).reshape(len(TABLE), -1)
    points = landmarks.take(_USED, axis=-2).reshape(-1, len(_USED), 3)
    _many(points, blendshapes.reshape(-1, blendshapes.shape[-1]), head.reshape(-1, 4, 4), out)
    if beside is not None:
        out[FACE:] = beside.reshape(-1, len(_B)).T
    return np.asarray(out.T.reshape(*lead, len(TABLE)))


def _many(points: Array, blendshapes: Array, head: Array, out: Array) -> None:
    """Write the measures of many faces but for those beside the face to out (M, T), full of nan so far, from the points
    in use (T, U, 3), blendshapes (T, 52) and head (T, 4, 4). Time is the last axis, along which numpy is quick."""
    straight = np.ascontiguousarray((points @ turn(head)).transpose(2, 1, 0))
    bony = straight[:2, :_BONES] - straight[:2, :_BONES].mean(axis=1, keepdims=True)
    unit = np.sqrt(np.einsum("ikt,ikt->t", bony, bony)) * OC_PER_SPREAD
    pairs = straight.take(_ENDS, axis=1) - straight.take(_STARTS, axis=1)
    distances, offsets, ratios, shapes, poses = np.split(out[:FACE], _KINDS)
    distances[:] = _MEANS @ np.sqrt(np.einsum("ikt,ikt->kt", pairs, pairs)) / unit
    for (axis, rows), weights in zip(_ALONG, _WEIGHTS, strict=True):
        offsets[rows] = weights @ straight[axis] / unit
    for ratio, (over, under) in zip(ratios, _RATIOS, strict=True):
        np.divide(distances[over], distances[under], out=ratio, where=distances[under] != 0.0)
    shapes[:] = blendshapes.T[_S_IN]
    poses[:] = pose(head).T


def _one(landmarks: Array, blendshapes: Array, head: Array, beside: list[float]) -> list[float]:
    """`measure` of one face. In plain floats but for the matrices: after the tracker the processor's caches are cold,
    and then each further function of numpy costs as much as dozens of these sums."""
    turn, pose = turn_and_pose(head)
    vectors = _VECTORS.dot(landmarks.take(_USED, axis=0).dot(turn))  # `@` takes half as long again
    along = across, down, into = vectors.T.tolist()
    unit = math.sqrt(sum([x * x + y * y for x, y in zip(across[:_BONES], down[:_BONES], strict=True)])) * OC_PER_SPREAD
    if not unit:  # all points in one place are no face
        return [math.nan] * len(TABLE)
    pairs = zip(across[_AT_PAIRS], down[_AT_PAIRS], into[_AT_PAIRS], strict=True)
    lengths = [math.sqrt(x * x + y * y + z * z) / unit for x, y, z in pairs]
    out = [lengths[k] if n == 1 else sum(lengths[k : k + n]) / n for k, n in _PAIRS_OF]
    out += [along[axis][k] / unit for k, axis in _OFFSETS]
    out += [out[over] / out[under] if out[under] else math.nan for over, under in _RATIOS]
    return [*out, *blendshapes.take(_S_IN).tolist(), *pose, *beside]


def measure_frame(frame: Frame) -> Array | None:
    """Return the (M,) measures of a Frame, None where no face is seen."""
    measures = floats_of(frame)
    return None if measures is None else np.array(measures)


def floats_of(frame: Frame) -> list[float] | None:
    """`measure_frame` as M plain floats."""
    if frame.landmarks is None or frame.blendshapes is None or frame.head is None:
        return None
    return _one(frame.landmarks, frame.blendshapes, frame.head, around(frame))


def measure_all(frames: Iterable[Frame]) -> tuple[Array, Array]:
    """Return times (T,) and measures (T, M) of many frames, rows of nan where no face is seen.

    Taken in chunks, so that a recording of any length needs memory for its measures only; these lie measure by measure
    in memory, as whoever follows them through time wants them.
    """
    times: list[float] = []
    chunks: list[Array] = [np.empty((len(TABLE), 0))]
    frames = iter(frames)
    while waiting := list(islice(frames, CHUNK)):
        times += [frame.time for frame in waiting]
        chunks.append(_chunk(waiting))
    return np.array(times), np.concatenate(chunks, axis=1).T


def _chunk(frames: Sequence[Frame]) -> Array:
    """(M, T) measures of some frames."""
    out = np.full((len(TABLE), len(frames)), np.nan)
    seen = [
        i for i, f in enumerate(frames) if f.landmarks is not None and f.blendshapes is not None and f.head is not None
    ]
    if not seen:
        return out
    faces = [frames[i] for i in seen]
    # Copied whole and then picked from: one long read of memory is quicker than many short ones.
    points, shapes, heads = (
        np.concatenate([getattr(f, name) for f in faces]).reshape(len(faces), *size)
        for name, size in (("landmarks", (-1, 3)), ("blendshapes", (-1,)), ("head", (4, 4)))
    )
    used = points.take(_USED, axis=1)
    measured = out if len(seen) == len(frames) else np.full((len(TABLE), len(seen)), np.nan)
    _many(used, shapes, heads, measured)
    measured[FACE:] = around_all(faces, points).T
    if measured is not out:
        out[:, seen] = measured
    return out
