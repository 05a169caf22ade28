"""The first run: what this is, who should ask first, and the health questions, which can be changed at any time."""

from dataclasses import dataclass, field
from datetime import date

import msgspec
import pygame

from coach.plan.screening import DISCLAIMER, Question, emergency, load_screening
from coach.window import words
from coach.window.app import App
from coach.window.ui import Ui


@dataclass(slots=True)
class Welcome:
    """The notice and, on a second page, the questions.

    questions  begin with the questions
    """

    questions: bool = False
    moving: bool = False
    _ticked: set[str] | None = None
    _scroll: int = 0
    _asked: tuple[Question, ...] = field(default_factory=lambda: tuple(load_screening().question))

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        if self._ticked is None:
            self._ticked = set(app.settings.answers)
        ui.clear()
        return self._show_questions(ui, app, self._ticked) if self.questions else self._show_notice(ui, app)

    def _show_notice(self, ui: Ui, app: App) -> str:
        page, px, colours = ui.page(1120, 680), ui.px, ui.palette
        y = ui.block(words.WELCOME, pygame.Rect(page.x, page.y, page.width, px(54)), 36, bold=True).bottom
        y = ui.block(words.WELCOME_MORE, pygame.Rect(page.x, y, page.width, px(58)), 19).bottom + px(6)
        y = ui.block(DISCLAIMER, pygame.Rect(page.x, y, page.width, px(110)), 16, colours.muted).bottom + px(12)
        room = pygame.Rect(page.x, y, page.width, page.bottom - px(76) - y)
        gap = px(16)
        thirds = (room.width - 2 * gap) // 3
        for i, (section, title) in enumerate(_SECTIONS):
            box = pygame.Rect(room.x + i * (thirds + gap), room.y, thirds, room.height)
            ui.card(box)
            inner = box.inflate(-px(32), -px(24))
            colour = colours.missed if section == "emergency" else colours.accent
            top = ui.block(title, pygame.Rect(inner.x, inner.y, inner.width, px(32)), 20, colour, bold=True).bottom
            asked = [question for question in self._asked if question.section == section]
            top += px(8)
            each = min(px(46), (inner.bottom - top) // max(1, len(asked)))
            for question in asked:
                ui.bar(pygame.Rect(inner.x, top + each // 2 - px(3), px(6), px(6)), colours.muted)
                ui.block(question.name, pygame.Rect(inner.x + px(16), top, inner.width - px(16), each), 17, middle=True)
                top += each
        left = pygame.Rect(page.x, page.bottom - px(62), (page.width - gap) // 2, px(62))
        right = left.move(left.width + gap, 0)
        if ui.button("some", right, words.SOMETHING_APPLIES, size=20):
            self.questions = True
        if ui.button("none", left, words.NONE_APPLIES, primary=True, size=22, hint="Enter"):
            self._done(app, ())
        if ui.take(pygame.K_ESCAPE):
            # Nobody begins without having read it; who read it before may go on without reading it again.
            if app.settings.welcomed:
                app.back()
            else:
                app.left = True
        return "welcome"

    def _show_questions(self, ui: Ui, app: App, ticked: set[str]) -> str:
        page, px = ui.page(1120, 680), ui.px
        y = ui.block(words.HEALTH, pygame.Rect(page.x, page.y, page.width, px(50)), 32, bold=True).bottom
        y = ui.block(words.SCREENING_ASKS, pygame.Rect(page.x, y, page.width, px(32)), 19).bottom + px(8)
        room = pygame.Rect(page.x, y, page.width, page.bottom - px(76) - y)
        columns, gap = 2, px(20)
        rows = -(-len(self._asked) // columns)
        height, width = room.height // rows, (room.width - gap) // columns
        for i, question in enumerate(self._asked):
            box = pygame.Rect(room.x + i // rows * (width + gap), room.y + i % rows * height, width, height - px(4))
            on = ui.toggle(f"q-{question.id}", box, question.text, question.id in ticked, 15)
            (ticked.add if on else ticked.discard)(question.id)
        save = pygame.Rect(page.x, page.bottom - px(62), (page.width - gap) // 2, px(62))
        if ui.button("save", save, words.SAVE, primary=True, size=22, hint="Enter"):
            self._done(app, ticked)
        cancel = save.move(save.width + gap, 0)
        if ui.button("cancel", cancel, words.BACK, key=pygame.K_ESCAPE, hint="Esc", size=20):
            if app.settings.welcomed:
                app.back()
            else:
                self.questions = False
        return "questions"

    def _done(self, app: App, ticked: "set[str] | tuple[()]") -> None:
        today = date.today().isoformat()
        answers = [question.id for question in self._asked if question.id in ticked]
        app.change(msgspec.structs.replace(app.settings, welcomed=today, screened=today, answers=answers))
        urgent = emergency(answers)
        if urgent:
            app.replace(Urgent(urgent))
        else:
            app.back()


#: Sections of the questions, with their titles.
_SECTIONS = (("emergency", words.STOP_NOW), ("ask", words.ASK_FIRST), ("temporary", words.FOR_NOW))


@dataclass(slots=True)
class Urgent:
    """A sign that does not wait."""

    text: str
    moving: bool = False

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        ui.clear()
        page, px = ui.page(860, 420), ui.px
        ui.card(page)
        inner = page.inflate(-px(80), -px(70))
        y = ui.block(words.STOP_NOW, pygame.Rect(inner.x, inner.y, inner.width, px(60)), 40, ui.palette.missed,
                     bold=True).bottom  # fmt: skip
        ui.block(self.text, pygame.Rect(inner.x, y + px(10), inner.width, px(180)), 24)
        box = pygame.Rect(inner.x, inner.bottom - px(56), inner.width, px(56))
        if ui.button("leave", box, words.LEAVE, primary=True, key=pygame.K_ESCAPE):
            app.left = True
        return "urgent"
