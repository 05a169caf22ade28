"""The window: a picture on the screen, lines on a face, a whole frame drawn."""

import time as clock
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.material import EXERCISE, SIZE, pictures, smiles, there_and_back
from benchmarks.row import Row, alternate, faster, share


def picture_to_window(quick: bool) -> Iterator[Row]:
    """A camera's picture at 1280x720 into the window's pixels, as it is and as a mirror shows it: against
    `surfarray.blit_array`, and against copying as many bytes."""
    import pygame

    from coach.vision.display import show_picture

    image = pictures()[0]
    rounds = 60 if quick else 400
    ours, theirs, third = (pygame.Surface(SIZE, 0, 32) for _ in range(3))
    floor = np.empty((SIZE[1], SIZE[0], 4), np.uint8)
    source = np.zeros_like(floor)

    def show(mirror: bool) -> None:
        buffer: Any = ours.get_buffer()
        pixels = np.frombuffer(buffer, np.uint8).reshape(SIZE[1], SIZE[0], 4)
        show_picture(image, pixels, mirror)
        del pixels, buffer  # the surface is locked while its pixels are looked at

    def draw_with_pygame() -> None:
        third.blit(pygame.image.frombuffer(image.data, SIZE, "BGR"), (0, 0))

    def blit(mirror: bool) -> None:
        # Views only: columns first and red first, as surfarray wants them. Copying them before is slower.
        seen = image[:, ::-1] if mirror else image
        pygame.surfarray.blit_array(theirs, seen[..., ::-1].swapaxes(0, 1))

    for mirror, name, aim in ((False, "a picture", ">= 4"), (True, "a mirrored picture", ">= 2")):
        mine, drawn, copied, other = alternate(
            rounds,
            partial(show, mirror),
            draw_with_pygame,
            lambda: np.copyto(floor, source),
            partial(blit, mirror),
            warm_up=10,
        )
        shown, blitted = (pygame.surfarray.array3d(surface) for surface in (ours, theirs))
        assert np.array_equal(shown, blitted), "not equal"
        yield faster(f"{name} into the window: surfarray.blit_array / ours", "ms", mine, other, aim)
        if not mirror:
            yield faster("the same by pygame's own blit of a BGR picture / ours", "ms", mine, drawn, "")
            yield share("a picture into the window / its bytes copied", "ms", mine, copied, "")


def full_mesh(quick: bool) -> Iterator[Row]:
    """All edges of the face's mesh as the window draws them, in thin lines: against one `aaline` for each; and like
    with like, thin lines with thin ones and smooth ones with smooth ones."""
    import pygame

    from coach.avatar.mesh import load
    from coach.vision.display import Chains, draw_chains
    from coach.vision.models import find_model
    from coach.window.contours import mesh_chains

    triangles = load(find_model()).triangles
    chains = mesh_chains(triangles)
    laid = Chains.of(chains)
    edges = [(a, b) for chain in chains for a, b in zip(chain[:-1].tolist(), chain[1:].tolist(), strict=True)]
    landmarks = smiles(2).frames[0].landmarks
    assert landmarks is not None
    points = landmarks[:, :2]
    ours, theirs = (pygame.Surface(SIZE, 0, 32) for _ in range(2))

    def draw(smooth: bool) -> None:
        buffer: Any = ours.get_buffer()
        pixels = np.frombuffer(buffer, np.uint8).reshape(SIZE[1], SIZE[0], 4)
        draw_chains(pixels, points, laid, (200, 200, 200), 1, smooth)
        del pixels, buffer

    def draw_each(line: Callable[..., object]) -> None:
        ends = points.tolist()
        theirs.lock()  # once, not for each line
        for a, b in edges:
            line(theirs, (200, 200, 200), ends[a], ends[b])
        theirs.unlock()

    thin, smooth, thin_each, smooth_each = alternate(
        30 if quick else 200,
        partial(draw, False),
        partial(draw, True),
        partial(draw_each, pygame.draw.line),
        partial(draw_each, pygame.draw.aaline),
        warm_up=5,
    )
    yield faster(f"the full mesh, {len(edges)} edges: one aaline each / ours", "ms", thin, smooth_each, ">= 6")
    yield faster("the full mesh in thin lines: one line each / ours", "ms", thin, thin_each, "")
    yield faster("the full mesh in smooth lines: one aaline each / ours", "ms", smooth, smooth_each, "")


def whole_frame(quick: bool) -> Iterator[Row]:
    """One frame of the workout at 1280x720, with all there is on it, drawn right after the tracker's own call."""
    import pygame

    from coach.avatar.demonstrator import Pictures
    from coach.avatar.mesh import load
    from coach.form.exercise import find_exercise
    from coach.plan.workout import Workout
    from coach.vision.display import crop
    from coach.vision.models import find_model
    from coach.vision.tracker import FaceTracker
    from coach.window.state import Options, snapshot
    from coach.window.ui import Ui
    from coach.window.view import Beat, Scene, draw_workout, layout

    exercise, number = find_exercise(EXERCISE), 200 if quick else 600
    ui = Ui(pygame.Surface(SIZE, 0, 32))
    where, shown = layout(ui), Pictures(load(find_model()))
    demonstrator = shown.want(exercise, where.example.size)
    while shown.prepared < 1.0:
        clock.sleep(0.05)
    workout = Workout([(exercise, None)])
    tracking, drawing, part = [], [], None
    with FaceTracker() as tracker:
        for i, (now, image) in enumerate(there_and_back(number)):
            begun = clock.perf_counter()
            frame = tracker.track(image, now)
            tracked = clock.perf_counter()
            feedback = workout.step(frame)
            part = part or crop(SIZE, where.person.size, frame.landmarks)
            ui.fresh = i == 0
            between = clock.perf_counter()
            moment = demonstrator.at(now)
            beat = Beat(moment.phase, moment.part, moment.left_s)
            scene = Scene(frame, feedback, snapshot(workout), shown.picture(moment), crop=part, beat=beat)
            draw_workout(ui, scene, Options())
            ended = clock.perf_counter()
            if i >= number // 5:  # the rest is warm-up
                tracking.append(tracked - begun)
                drawing.append(ended - between)
    shown.close()
    yield share("a frame of the window drawn / the tracker's call", "ms", drawing, tracking, "<= 0.1")


BENCHMARKS = (picture_to_window, full_mesh, whole_frame)
