"""Frames without a camera and without a tracker: the rig's mesh as landmarks, blendshapes as the template has them.

What the performer performs as images, this gives as exact Frames, so that the core is tested by itself and fast.
"""

from collections.abc import Iterator

import numpy as np

from coach.avatar.mesh import Mesh, load
from coach.avatar.performer import GAIN, Performance, _pulse, control_track
from coach.avatar.rig import CONTROL, build, head_matrix, shape
from coach.form.exercise import Exercise, Tempo
from coach.form.measures import BLENDSHAPES, TABLE, Shape, mirrored
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
    shapes = _blendshapes(performance, times, track)
    for i, time in enumerate(times):
        points = shape(rig, track[i])
        seen = points @ heads[i][:3, :3].T * (1.0, -1.0, -1.0)  # camera space, y down and z away as landmarks have it
        pixels = seen * (PIXELS * scale / 8.89) + (640.0, 360.0, 0.0)
        pixels = pixels + random.normal(0.0, noise * PIXELS * scale, pixels.shape)
        yield Frame(
            start + float(time), pixels.astype(np.float32), shapes[i].astype(np.float32), heads[i].astype(np.float32)
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
        pulse = _pulse(times, move) * move.amplitude * GAIN
        weak = ("right", "left")[i % 2]
        for name, target in exercise.peak.items():
            if name in _SHAPES:
                shown = mirrored(name) if move.side == "right" else name
                part = 0.3 if move.manner == "one-sided" and shown.endswith(weak) else 1.0
                out[:, _SHAPES[shown]] += pulse * part * target.at
    for side in ("left", "right"):
        lid = np.clip(track[:, CONTROL[f"lid_{side}"]], 0.0, 1.0) * 0.75
        out[:, _SHAPES[f"blink_{side}"]] = np.maximum(out[:, _SHAPES[f"blink_{side}"]], lid)
    return np.clip(out, 0.0, 1.0)
