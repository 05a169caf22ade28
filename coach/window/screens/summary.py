"""What came of a workout."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pygame

from coach.plan.workout import SetResult
from coach.window import words
from coach.window.app import App
from coach.window.pages import draw_overview, draw_summary
from coach.window.ui import Ui


@dataclass(slots=True)
class Summary:
    """The last page of a workout.

    closes_s   seconds after which it closes by itself, None waits for a key
    recording  what can be replayed from here, None where nothing was recorded
    """

    results: Sequence[SetResult]
    news: Sequence[str] = ()
    closes_s: float | None = None
    recording: Path | None = None
    moving: bool = False
    _since: float | None = None

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        self._since = self._since if self._since is not None else app.now
        self.moving = self.closes_s is not None
        ui.clear()
        page, px = ui.page(1120, 680), ui.px
        column = pygame.Rect(page.x, page.y, page.width, page.height - px(66))
        if len(self.results) == 1 and not self.news:
            draw_summary(ui, column, self.results[0], last=True)
        else:
            draw_overview(ui, column, self.results, self.news)
        box = pygame.Rect(page.x, page.bottom - px(52), page.width, px(52))
        if self.recording is not None:
            box.width = (page.width - px(12)) * 2 // 3
            again = pygame.Rect(box.right + px(12), box.y, page.right - box.right - px(12), box.height)
            if ui.button("replay", again, words.SEE_REPLAY, size=20):
                from coach.window.screens.replay import open_replay  # who does not look back need not wait for it

                open_replay(app, self.recording)
        closed = self.closes_s is not None and app.now - self._since >= self.closes_s
        if ui.button("finish", box, words.FINISH, primary=True, key=pygame.K_ESCAPE, hint="Enter", size=22) or closed:
            app.back()
        return "final"
