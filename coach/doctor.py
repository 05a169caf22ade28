"""Is this computer ready? Camera, models, display and speed, in plain words with what to do."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from coach.errors import CoachError, ModelProblem
from coach.frame import Image

#: Frames of the drawn face that the tracker's speed is measured on, after as many to warm up.
_FRAMES = 40
#: Pictures a second that are needed, how many are then looked at as live ones, and which part of them may be dropped.
RATE, _LIVE, _MAY_DROP = 30.0, 90, 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. needed: nothing works without it."""

    what: str
    ok: bool
    says: str
    needed: bool = False


def examine(models: Path | None = None, camera: int = 0) -> Iterator[Finding]:
    """Yield findings one after the other, the quick ones first. camera: the number of the one to look at."""
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
    yield (seen := _camera(camera))
    if path is not None:
        yield from _speed(path, models, camera if seen.ok else None)


def _display() -> Finding:
    from coach.window.display import try_display

    try:
        try_display()
    except CoachError as error:
        return Finding("display", False, str(error))
    return Finding("display", True, "a window can be opened")


def _camera(number: int) -> Finding:
    from coach.vision.camera import read_camera

    try:
        images = read_camera(number)
        first, image = next(images)
        times = [stamp - first for stamp, _ in islice(images, 30)]
    except CoachError as error:
        return Finding("camera", False, str(error))
    height, width = image.shape[:2]
    rate = len(times) / max(times[-1], 1e-6) if times else 0.0
    if rate < 24:
        return Finding("camera", False, f"only {rate:.0f} frames a second: more light helps most cameras")
    return Finding("camera", True, f"{width}x{height} at {rate:.0f} frames a second")


def _speed(path: Path, models: Path | None, camera: int | None) -> Iterator[Finding]:
    """Flat out on the drawn face, and then as a workout goes: from the camera, or from drawn pictures at its rate."""
    from coach.avatar.mesh import load
    from coach.avatar.performer import draw_controls
    from coach.avatar.rig import build, controls
    from coach.vision.camera import open_camera
    from coach.vision.feed import Feed
    from coach.vision.timing import Timing
    from coach.vision.tracker import FaceTracker

    image = draw_controls(build(load(path)), controls(), (1280, 720))
    taken: list[float] = []
    with FaceTracker(models) as tracker:
        for i in range(2 * _FRAMES):
            begun = time.perf_counter()
            seen = tracker.track(image, i / RATE).landmarks is not None
            taken.append(time.perf_counter() - begun)
        if not seen:
            says = "it does not find the drawn face: reinstall the packages"
            yield Finding("tracker", False, says, needed=True)
            return
        rate = 1.0 / float(np.median(taken[_FRAMES:]))
        enough = rate >= RATE
        says = "30 are needed" if enough else "30 are needed: close other programs"
        yield Finding("speed", enough, f"the tracker manages {rate:.0f} frames a second, {says}")

        timing = Timing()
        source = Feed(_at_rate(image), live=True) if camera is None else open_camera(camera)
        begins = 2 * _FRAMES / RATE
        try:
            for stamp, picture in islice(source, _LIVE):
                begun = time.monotonic()
                tracker.track(picture, begins + stamp)
                timing.tracked(stamp, begun, time.monotonic(), source.dropped)
        except CoachError as error:
            yield Finding("live", False, str(error))
            return
        finally:
            source.close()
    found = timing.figures()
    if found is None:
        yield Finding("live", False, "the camera stopped at once: is another program using it?")
        return
    kept_up = found.seen >= (1.0 - _MAY_DROP) * found.camera
    yield Finding(
        "live",
        kept_up,
        f"of {found.camera:.0f} {'drawn pictures' if camera is None else 'pictures'} a second {found.seen:.0f} are "
        f"looked at, {found.dropped} dropped; landmarks are there {found.age_ms:.0f} ms after the picture"
        + ("" if kept_up else ": close other programs"),
    )


def _at_rate(image: Image) -> Iterator[tuple[float, Image]]:
    """One picture as often as a camera gives one."""
    begun = time.monotonic()
    for i in range(_LIVE):
        time.sleep(max(0.0, begun + i / RATE - time.monotonic()))
        yield i / RATE, image
