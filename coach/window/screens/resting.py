"""The calibration of the first run: a few seconds of the face at rest, with a picture of what to do."""

from dataclasses import dataclass, field

import pygame

from coach.form.calibration import NeutralLearner
from coach.form.exercise import library
from coach.form.measures import columns, measure_frame
from coach.window import words
from coach.window.app import App
from coach.window.screens.home import advice
from coach.window.state import Options
from coach.window.ui import Ui
from coach.window.view import draw_camera, draw_picture
from coach.window.worker import Seen

#: What must keep still: not the eyes, which nobody can.
_STILL = (
    "mouth_width", "lip_gap", "corner_lift_left", "corner_lift_right", "chin_drop", "chin_x", "brow_height_left",
    "brow_height_right", "brow_gap", "yaw_deg", "pitch_deg", "roll_deg",
)  # fmt: skip
#: Seconds of rest that are looked at, and how long the good news stays.
REST_S, DONE_S = 3.0, 1.5


@dataclass(slots=True)
class RestingFace:
    """Learns the resting face and leaves by itself; it can be skipped, because every set learns it anew anyway."""

    moving: bool = True
    _learner: NeutralLearner = field(default_factory=lambda: NeutralLearner({*columns(_STILL)}, seconds=REST_S))
    _seen: Seen | None = None
    _since: float | None = None  # frame time since which the face has been seen
    _done: float | None = None

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        looking, px, colours = app.looking, ui.px, ui.palette
        if looking is None or looking.trouble:
            app.back()  # nobody to look at
            return "left"
        seen = looking.poll()
        if seen is not None and self._done is None:
            self._take(app, seen)
        ui.clear()
        page = ui.page(1220, 680)
        y = ui.block(words.RESTING, pygame.Rect(page.x, page.y, page.width, px(50)), 32, bold=True).bottom
        y = ui.block(words.RESTING_MORE, pygame.Rect(page.x, y, page.width, px(56)), 19).bottom + px(10)
        height = page.bottom - px(126) - y
        left = pygame.Rect(page.x, y, round(page.width * 0.58), height)
        right = pygame.Rect(left.right + px(16), y, page.right - left.right - px(16), height)
        if self._seen is not None and self._seen.frame.image is not None:
            draw_camera(ui, left, self._seen.frame, None, Options(mirror=app.settings.mirror))
        else:
            ui.card(left)
        if app.pictures is not None:
            shows = app.pictures.want(library()["wide-smile"], right.size, app.settings.mirror)
            draw_picture(ui, right, app.pictures.picture(shows.at(0.0)))
        bar = pygame.Rect(page.x, left.bottom + px(14), page.width, px(12))
        ui.bar(bar, colours.sunk)
        part = 1.0 if self._done is not None else self._part()
        if part > 0:
            ui.bar(pygame.Rect(bar.x, bar.y, max(bar.height, round(part * bar.width)), bar.height), colours.good)
        said = words.RESTED if self._done is not None else self._advice(app)
        ui.block(said, pygame.Rect(page.x, bar.bottom + px(6), page.width, px(30)), 18)
        skip = pygame.Rect(page.x, page.bottom - px(50), page.width, px(50))
        skipped = ui.button("skip", skip, words.SKIP, primary=True, key=pygame.K_ESCAPE, hint="Esc", size=20)
        if skipped or (self._done is not None and app.now - self._done >= DONE_S):
            app.back()
        return "resting-face"

    def _take(self, app: App, seen: Seen) -> None:
        self._seen = seen
        measures = measure_frame(seen.frame)
        if measures is None:
            self._learner.reset()
            self._since = None
            return
        self._since = seen.frame.time if self._since is None else self._since
        learnt = self._learner.step(seen.frame.time, measures)
        if learnt is None:
            return
        self._done = app.now
        app.sounds.play("good")
        if app.wiring.rested is not None:
            app.wiring.rested(learnt)

    def _part(self) -> float:
        """How much of the time has gone by, 0..1."""
        if self._seen is None or self._since is None:
            return 0.0
        return min(1.0, (self._seen.frame.time - self._since) / REST_S)

    def _advice(self, app: App) -> str:
        if self._seen is None:
            return app.waits or words.LOOKING
        # Longer than it takes means that something moves.
        return words.STILL_MOVING if self._part() >= 1.0 else advice(self._seen.frame, app.settings.units)
