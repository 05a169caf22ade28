"""Frames without a camera and without a tracker: the rig's mesh as landmarks, blendshapes as the template has them.

What the performer performs as images, this gives as exact Frames, so that the core is tested by itself and fast.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from coach.avatar.mesh import Mesh, load
from coach.avatar.performer import GAIN, Performance, control_track, pulses
from coach.avatar.rig import CONTROL, build, head_matrix, shape
from coach.form.body import FAR, NEAR
from coach.form.exercise import Exercise, Tempo
from coach.form.measures import BLENDSHAPES, INDEX, NAMES, TABLE, Beside, Shape, measure_frame, mirrored
from coach.form.quality import asks_for
from coach.form.template import Template
from coach.frame import Array, Frame
from coach.plan.routine import Manner
from coach.vision.models import find_model

PIXELS = 140.0  # an OC in the pictures of these tests

#: A pace at which tests are over soon.
BRISK = Tempo(0.6, 1.2, 0.6, 0.8)

_SHAPES = {row.name: BLENDSHAPES.index(row.blendshape) for row in TABLE if isinstance(row, Shape)}
_RIG_SHAPES = ("pucker", "jaw_open", "blink_left", "blink_right")


def mesh() -> Mesh:
    return load(find_model())


def perform(exercise: Exercise, *manners: Manner, tempo: Tempo | None = BRISK) -> Performance:
    """A performance of an exercise at a brisk pace (None: its own)."""
    return Performance(exercise.paced(tempo) if tempo else exercise, manners or ("clean",))


def frames(
    performance: Performance,
    fps: float = 30.0,
    noise: float = 0.0,
    seed: int = 0,
    scale: float = 1.0,
    start: float = 0.0,
) -> Iterator[Frame]:
    """The exact Frames of a performance. noise: standard deviation of every landmark, in OC."""
    rig = build(mesh())
    times = np.arange(int(performance.seconds * fps)) / fps
    track = control_track(rig, performance, times, seen={})
    random = np.random.default_rng(seed)
    heads = head_matrix(track)
    asked, beside = asks_for(performance.exercise), _beside(performance, times)
    shapes = _blendshapes(performance, times, track)
    for i, time in enumerate(times):
        points = shape(rig, track[i])
        seen = points @ heads[i][:3, :3].T * (1.0, -1.0, -1.0)  # camera space, y down and z away as landmarks have it
        pixels = seen * (PIXELS * scale / 8.89) + (640.0, 360.0, 0.0)
        pixels = pixels + random.normal(0.0, noise * PIXELS * scale, pixels.shape)
        now = {name: float(values[i]) for name, values in beside.items()}
        yield Frame(
            start + float(time),
            pixels.astype(np.float32),
            shapes[i].astype(np.float32),
            heads[i].astype(np.float32),
            _hands(pixels, now) if "hands" in asked else None,
            _body(pixels, now) if "shoulders" in asked else None,
        )


def resting(seconds: float, fps: float = 30.0, start: float = 0.0) -> Iterator[Frame]:
    """A face at rest."""
    rig = build(mesh())
    still = np.zeros((4, 4))
    still[:] = head_matrix(np.zeros(len(CONTROL)))
    pixels = (rig.rest * (1.0, -1.0, -1.0) * (PIXELS / 8.89) + (640.0, 360.0, 0.0)).astype(np.float32)
    for i in range(int(seconds * fps)):
        yield Frame(start + i / fps, pixels, np.zeros(52, np.float32), still.astype(np.float32))


def _blendshapes(performance: Performance, times: Array, track: Array) -> Array:
    """(T, 52): each blendshape of the template follows the movement, and those of the performed faults theirs."""
    out = np.zeros((len(times), len(BLENDSHAPES)))
    exercise = performance.exercise
    for i, move in enumerate(performance.moves):
        pulse = pulses(times, move) * move.amplitude * GAIN
        weak = ("right", "left")[i % 2]
        for p, pose in enumerate(exercise.poses):
            for name, target in pose.peak.items():
                if name in _SHAPES:
                    shown = mirrored(name) if move.side == "right" else name
                    part = 0.3 if move.manner == "one-sided" and shown.endswith(weak) else 1.0
                    out[:, _SHAPES[shown]] += pulse[:, p] * part * target.span(0.0)
    for side in ("left", "right"):
        lid = np.clip(track[:, CONTROL[f"lid_{side}"]], 0.0, 1.0) * 0.75
        out[:, _SHAPES[f"blink_{side}"]] = np.maximum(out[:, _SHAPES[f"blink_{side}"]], lid)
    return np.clip(out, 0.0, 1.0)


def _beside(performance: Performance, times: Array) -> dict[str, Array]:
    """What the template says of shoulders and hands, by measure: (T,) each."""
    track = np.array([values for _, values in template_track(performance, times=times)])
    return {row.name: track[:, INDEX[row.name]] for row in TABLE if isinstance(row, Beside) and row.who}


def _body(points: Array, now: Mapping[str, float]) -> Array:
    """A body (33, 4) whose shoulders measure as wanted."""
    body = np.zeros((33, 4))
    body[:, 3] = 1.0
    unit = np.linalg.norm(points[263] - points[33])
    width, tilt = now["shoulder_width"] * unit, np.radians(now["shoulder_tilt_deg"])
    body[7, :2], body[8, :2] = points[454, :2], points[234, :2]
    middle = points[152, 0]
    for ear, shoulder, side, name in ((7, 11, 0.5, "neck_length_left"), (8, 12, -0.5, "neck_length_right")):
        body[shoulder, 0] = middle + side * width * np.cos(tilt)
        body[shoulder, 1] = body[ear, 1] + now[name] * width
    return body.astype(np.float32)


def _hands(points: Array, now: Mapping[str, float]) -> Array:
    """Hands (4, 21, 3), each a point only, as near to the head, the chin or a cheek as wanted."""
    unit = np.linalg.norm(points[263] - points[33])
    hands = np.full((4, 21, 3), np.nan)
    places = {"hand_head": (10, (0, -1)), "hand_chin": (152, (0, 1)),
              "hand_cheek_left": (411, (1, 0)), "hand_cheek_right": (187, (-1, 0))}  # fmt: skip
    for k, (name, (place, away)) in enumerate(places.items()):
        far = FAR - min(now[name], 1.0) * (FAR - NEAR) if now[name] > 0 else 3.0
        hands[k, 0] = points[place] + np.array([*away, 0.0]) * far * unit
    return hands.astype(np.float32)


def rest_measures() -> Array:
    """(M,) of the resting face, shoulders and hands in sight (no hand at the face)."""
    values = measure_frame(next(resting(0.1)))
    assert values is not None
    beside = dict.fromkeys(("neck_length_left", "neck_length_right"), 0.55) | {"shoulder_width": 4.2}
    for name in NAMES:
        if name.startswith(("hand", "shoulder_tilt")):
            beside[name] = 0.0
    for name, value in beside.items():
        values[INDEX[name]] = value
    return values


def still(seconds: float, start: float = 0.0, fps: float = 30.0, **values: float) -> tuple[Array, Array]:
    """Times and measures of a face that does not move; some measures have another value."""
    times = start + np.arange(round(seconds * fps)) / fps
    face = rest_measures()
    for name, value in values.items():
        face[INDEX[name]] = value
    return times, np.tile(face, (len(times), 1))


def template_track(
    performance: Performance, fps: float = 30.0, parts: Mapping[str, float] | None = None, times: Array | None = None
) -> Iterator[tuple[float, Array]]:
    """(time, measures) of a template performing itself: what the peak names goes there, all else is at rest.

    parts: for some measures how much of the movement they make, 1 when left out (0.5: half as far).
    """
    exercise, rest = performance.exercise, rest_measures()
    template = Template(exercise, rest)
    times = np.arange(int(performance.seconds * fps)) / fps if times is None else times
    track = np.tile(rest, (len(times), 1))
    for move in performance.moves:
        pulse = pulses(times, move) * move.amplitude
        side = int(move.side == "right")
        for p in range(len(exercise.poses)):
            for i, _ in enumerate(template.names):
                column = template.columns[p, side, i]
                part = (parts or {}).get(NAMES[column], 1.0)
                track[:, column] += pulse[:, p] * template.span[p, side, i] * part
    yield from zip(times.tolist(), track, strict=True)
