"""Is this computer ready? Camera, models, display and speed, in plain words with what to do."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from coach.errors import CoachError, ModelProblem

#: Frames of the drawn face that the tracker's speed is measured on, after as many to warm up.
_FRAMES = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. needed: nothing works without it."""

    what: str
    ok: bool
    says: str
    needed: bool = False


def examine(models: Path | None = None) -> Iterator[Finding]:
    """Yield findings one after the other, the quick ones first."""
    from coach.vision.models import HANDS, POSE, find_model

    path: Path | None = None
    try:
        path = find_model(folder=models)
        yield Finding("model", True, f"{path.name} is there and undamaged", needed=True)
    except ModelProblem as error:
        yield Finding("model", False, str(error), needed=True)
    for what, name in (("hands", HANDS), ("shoulders", POSE)):
        try:
            yield Finding(what, True, f"{find_model(name, models).name} is there and undamaged")
        except ModelProblem as error:
            yield Finding(what, False, str(error))
    yield _display()
    yield _camera()
    if path is not None:
        yield _speed(path, models)


def _display() -> Finding:
    from coach.window.app import try_display

    try:
        try_display()
    except CoachError as error:
        return Finding("display", False, str(error))
    return Finding("display", True, "a window can be opened")


def _camera() -> Finding:
    from coach.vision.camera import read_camera

    try:
        images = read_camera(0)
        first, image = next(images)
        times = [stamp - first for stamp, _ in islice(images, 30)]
    except CoachError as error:
        return Finding("camera", False, str(error))
    height, width = image.shape[:2]
    rate = len(times) / max(times[-1], 1e-6) if times else 0.0
    if rate < 24:
        return Finding("camera", False, f"only {rate:.0f} frames a second: more light helps most cameras")
    return Finding("camera", True, f"{width}x{height} at {rate:.0f} frames a second")


def _speed(path: Path, models: Path | None) -> Finding:
    from coach.avatar.mesh import load
    from coach.avatar.performer import draw_controls
    from coach.avatar.rig import build, controls
    from coach.vision.tracker import FaceTracker

    image = draw_controls(build(load(path)), controls(), (1280, 720))
    taken: list[float] = []
    with FaceTracker(models) as tracker:
        for i in range(2 * _FRAMES):
            begun = time.perf_counter()
            seen = tracker.track(image, i / 30).landmarks is not None
            taken.append(time.perf_counter() - begun)
    rate = 1.0 / float(np.median(taken[_FRAMES:]))
    if not seen:
        return Finding("tracker", False, "it does not find the drawn face: reinstall the packages", needed=True)
    if rate < 30:
        return Finding("speed", False, f"the tracker manages {rate:.0f} frames a second: close other programs")
    return Finding("speed", True, f"the tracker manages {rate:.0f} frames a second, 30 are needed")
