"""Pictures of the window for files: without a display, and one of each state while it runs."""

from collections.abc import Callable
from pathlib import Path

import pygame

from coach.errors import BadInput
from coach.frame import Feedback, Frame, Kind
from coach.records.folder import make_private
from coach.window.canvas import Canvas
from coach.window.state import Options, Snapshot
from coach.window.view import Scene, draw_workout


def render_headless(
    scene: Scene, options: Options | None = None, size: tuple[int, int] = (1280, 720)
) -> pygame.Surface:
    """Return a surface of `size` pixels with this moment of a workout; no display is opened."""
    surface = pygame.Surface(size, 0, 32)
    draw_workout(Canvas(surface), scene, options)
    return surface


def save_screenshot(surface: pygame.Surface, path: Path) -> Path:
    """Write a surface as PNG; folders are made as needed. Raises BadInput when it cannot be written."""
    try:
        make_private(path.parent)
        pygame.image.save(surface, str(path))
    except (OSError, pygame.error) as error:
        raise BadInput(f"{path}: the picture cannot be written ({error}); choose another folder") from None
    return path


class Album:
    """Saves the first picture of each state into a folder."""

    def __init__(self, folder: Path | None, told: Callable[[Path], None] | None = None) -> None:
        """folder: where to, None saves nothing. told: called with the path of each picture."""
        self._folder, self._told = folder, told
        self._names: set[str] = set()

    def add(self, surface: pygame.Surface, name: str) -> None:
        """Save the surface as NAME.png unless there is one already."""
        if self._folder is None or name in self._names:
            return
        self._names.add(name)
        path = save_screenshot(surface, self._folder / f"{name}.png")
        if self._told is not None:
            self._told(path)


def state_name(frame: Frame, feedback: Feedback, state: Snapshot) -> str:
    """Return a short name for what a picture of the workout shows."""
    if state.notice is not None and state.notice.kind is Kind.ATTEMPT_MISSED:
        return "missed"
    if frame.landmarks is None:
        return "no-face"
    if feedback.hold_s > 0.5 * state.exercise.tempo.hold:
        return "peak"
    return str(feedback.phase)
