"""What is measured on: made here, the same in every run, by the built-in performer and its drawn face."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from coach.form.calibration import Rest
from coach.form.exercise import Exercise
from coach.frame import Array, Frame, Image, Picture

#: What a camera gives.
SIZE, FPS = (1280, 720), 30.0
#: The exercise that is performed.
EXERCISE = "wide-smile"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Frames of an exercise as a recording has them, without pictures; and the resting face they begin with."""

    exercise: Exercise
    frames: list[Frame]
    neutral: Rest

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """Landmarks (T, 478, 3), blendshapes (T, 52) and heads (T, 4, 4), float32."""
        landmarks, shapes, heads = zip(*((f.landmarks, f.blendshapes, f.head) for f in self.frames), strict=True)
        return np.array(landmarks), np.array(shapes), np.array(heads)


@cache
def smiles(number: int) -> Recorded:
    """So many smiles, one every 10 seconds, at 30 frames a second, with the noise of a tracker."""
    from coach.avatar.mesh import load
    from coach.avatar.performer import Performance, control_track
    from coach.avatar.rig import CONTROL, build, head_matrix, landmarks, shape
    from coach.form.exercise import find_exercise
    from coach.form.measures import BLENDSHAPES, measure_frame
    from coach.vision.models import find_model

    exercise = find_exercise(EXERCISE)
    rig = build(load(find_model()))
    performance = Performance(exercise, ("clean",) * number)
    times = np.arange(int(performance.seconds * FPS)) / FPS
    track = control_track(rig, performance, times, seen={})
    points = (landmarks(shape(rig, track)) * 16.0 + (640, 360, 0)).astype(np.float32)
    heads = head_matrix(track).astype(np.float32)
    shapes = np.zeros((len(times), len(BLENDSHAPES)), np.float32)
    for side in ("Left", "Right"):
        shapes[:, BLENDSHAPES.index(f"mouthSmile{side}")] = np.clip(track[:, CONTROL[f"smile_{side.lower()}"]], 0, 1)
    points += np.random.default_rng(0).normal(0.0, 0.15, points.shape).astype(np.float32)
    picture = Picture(*SIZE, light=120.0, contrast=40.0, sharpness=0.25)
    frames = [
        Frame(t, p, s, h, picture=picture) for t, p, s, h in zip(times.tolist(), points, shapes, heads, strict=True)
    ]
    rest = measure_frame(frames[0])
    assert rest is not None
    return Recorded(exercise, frames, Rest(rest, 0.0))


@cache
def pictures(number: int = 60) -> tuple[Image, ...]:
    """So many pictures (720, 1280, 3) of the drawn face, one every tenth of a second, in two smiles."""
    from coach.avatar.mesh import load
    from coach.avatar.performer import Performance, perform
    from coach.form.exercise import Tempo, find_exercise
    from coach.vision.models import find_model

    exercise = find_exercise(EXERCISE).paced(Tempo(1.0, 2.0, 1.0, 1.0))
    performed = perform(load(find_model()), Performance(exercise, ("clean",) * 2), FPS / 3, SIZE)
    return tuple(picture() for _, picture in islice(performed, number))


def there_and_back(number: int | None = None) -> Iterator[tuple[float, Image]]:
    """(time in seconds, picture) at 30 frames a second, for so many frames or for ever: the pictures forwards and
    backwards, so that nothing jumps."""
    images = pictures()
    way = [*images, *images[-2:0:-1]]
    i = 0
    while number is None or i < number:
        yield i / FPS, way[i % len(way)]
        i += 1


def film(path: Path, frames: int) -> Path:
    """Write a video of so many frames, as a camera would send them: each a JPEG."""
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for _, image in there_and_back(frames):
        writer.write(image)
    writer.release()
    return path
