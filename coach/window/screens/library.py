"""Single exercises: a list that is searched by typing, with each one shown, explained, and ready to be done."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

import pygame

from coach.errors import BadInput
from coach.form.exercise import Exercise, library
from coach.frame import Phase
from coach.plan.rules import Context, refused
from coach.plan.search import search
from coach.plan.today import session, single
from coach.records.settings import Settings, minute_of
from coach.window import words
from coach.window.app import App
from coach.window.screens.workout import begin
from coach.window.state import led_by
from coach.window.ui import Ui
from coach.window.view import draw_picture

#: Seconds that it is said what was left out or changed.
_READ_S = 8.0


@lru_cache(maxsize=8)
def _found(text: str, kind: str = "all") -> list[Exercise]:
    """What fits a text, of one kind; the page is drawn often, the text changes seldom."""
    return [e for e in search(text, library().values()) if kind in ("all", _kind(e))]


def _kind(exercise: Exercise) -> str:
    if exercise.group == "quiet":
        return "quiet"
    return "hands" if exercise.touch is not None else "face"


def moment(settings: Settings) -> Context:
    """What the rules need to know of this moment."""
    return Context(tuple(settings.answers), minute_of_day(), minute_of(settings.bedtime), oiled=settings.oiled)


def minute_of_day() -> int:
    """Minutes since midnight."""
    now = datetime.now()
    return now.hour * 60 + now.minute


@lru_cache(maxsize=8)
def _left_out(context: Context) -> dict[str, str]:
    """Exercises that are left out now, each with its reason."""
    return refused(library().values(), context)


@dataclass(slots=True)
class Library:
    """The list and the exercise that is looked at."""

    keys: ClassVar = words.LIBRARY_KEYS
    moving: bool = True
    _text: str = ""
    _kind: str = "all"
    _looked: str = ""
    _first: int = 0
    _chosen: list[str] = field(default_factory=list)

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        ui.clear()
        page, px = ui.page(1220, 690), ui.px
        ui.block(words.LIBRARY_TITLE, pygame.Rect(page.x, page.y, page.width // 2, px(46)), 30, bold=True)
        left = pygame.Rect(page.x, page.y + px(56), round(page.width * 0.34), page.height - px(56) - px(64))
        right = pygame.Rect(left.right + px(28), page.y, page.right - left.right - px(28), page.height - px(64))
        found = _found(self._text, self._kind)
        self._list(ui, left, found)
        exercise = library().get(self._looked) or (found[0] if found else None)
        left_out = _left_out(moment(app.settings))
        if exercise is not None:
            self._detail(ui, app, right, exercise, left_out.get(exercise.id, ""))
        self._foot(ui, app, pygame.Rect(page.x, page.bottom - px(50), page.width, px(50)), exercise, left_out)
        return "library"

    def _list(self, ui: Ui, room: pygame.Rect, found: list[Exercise]) -> None:
        px = ui.px
        box = pygame.Rect(room.x, room.y, room.width, px(44))
        text = ui.field("search", box, self._text, words.SEARCH, active=True)
        row, gap = px(40), px(4)
        kinds = pygame.Rect(room.x, box.bottom + gap, room.width, px(34))
        kind = str(ui.choice("kind", kinds, list(words.KINDS.items()), self._kind))
        if (text, kind) != (self._text, self._kind):
            self._text, self._kind, self._first, self._looked = text, kind, 0, ""
        box = kinds
        if not found:
            ui.block(words.NOTHING_FOUND, pygame.Rect(room.x, box.bottom + px(16), room.width, px(80)), 19,
                     ui.palette.muted)  # fmt: skip
            return
        top = box.bottom + px(10)
        fits = max(1, (room.bottom - top) // (row + gap))
        ids = [exercise.id for exercise in found]
        at = ids.index(self._looked) if self._looked in ids else 0
        at += int(ui.take(pygame.K_DOWN)) - int(ui.take(pygame.K_UP))
        at += fits * (int(ui.take(pygame.K_PAGEDOWN)) - int(ui.take(pygame.K_PAGEUP)))
        at = min(len(ids) - 1, max(0, at))
        if ids[at] != self._looked:
            self._looked = ids[at]
            self._first = min(max(self._first, at - fits + 1), at)
        self._first = min(max(0, self._first - 3 * ui.wheel()), max(0, len(ids) - fits))
        for i, exercise in enumerate(found[self._first : self._first + fits]):
            place = pygame.Rect(room.x, top + i * (row + gap), room.width - px(14), row)
            mark = "✓  " if exercise.id in self._chosen else ""
            if ui.button(f"e-{exercise.id}", place, mark + exercise.name, on=exercise.id == self._looked, size=17,
                         hint=words.group(exercise.group), align="left"):  # fmt: skip
                self._looked = exercise.id
        if len(ids) > fits:
            track = pygame.Rect(room.right - px(8), top, px(6), fits * (row + gap) - gap)
            ui.bar(track, ui.palette.sunk)
            part = pygame.Rect(track.x, track.y + round(track.height * self._first / len(ids)), track.width,
                               max(px(20), round(track.height * fits / len(ids))))  # fmt: skip
            ui.bar(part, ui.palette.line)

    def _detail(self, ui: Ui, app: App, room: pygame.Rect, exercise: Exercise, left_out: str) -> None:
        px, colours = ui.px, ui.palette
        picture = pygame.Rect(room.x, room.y, round(room.width * 0.46), round(room.width * 0.52))
        if app.pictures is not None:
            shows = app.pictures.want(exercise, picture.size)
            draw_picture(ui, picture, app.pictures.picture(shows.at(app.now)))
        else:
            ui.card(picture)
        x = picture.right + px(22)
        beside = pygame.Rect(x, room.y, room.right - x, picture.height)
        y = ui.block(exercise.name, pygame.Rect(x, room.y, beside.width, px(76)), 28, bold=True).bottom
        y = ui.block(words.judged_by(exercise, led_by(exercise)), pygame.Rect(x, y, beside.width, px(44)), 16,
                     colours.accent).bottom + px(6)  # fmt: skip
        for number, step in enumerate(exercise.steps, 1):
            y = ui.block(f"{number}. {step}", pygame.Rect(x, y, beside.width, px(64)), 17).bottom + px(4)
        tempo = exercise.tempo
        phases = [(Phase.RISE, tempo.rise), (Phase.HOLD, tempo.hold), (Phase.LOWER, tempo.lower),
                  (Phase.REST, tempo.rest)]  # fmt: skip
        said = "  ".join(
            f"{words.phase(phase, exercise)} {words.short_seconds(value)}" for phase, value in phases if value
        )
        touch = exercise.touch
        if touch is not None:
            said = words.each(tempo.rise, tempo.rest) if tempo.rise else words.short_seconds(tempo.hold)
            said = ".  ".join([said, words.finger(touch), *filter(None, [words.pressure(touch)])])
        said = f"{words.counted_of(exercise, exercise.reps, None)}:  {said}"
        ui.block(said, pygame.Rect(x, y + px(4), beside.width, px(44)), 15, colours.muted)
        y = picture.bottom + px(14)
        rows = [("", exercise.about), (words.MUSCLES, ", ".join(exercise.muscles)), (words.EVIDENCE, exercise.evidence),
                (words.SAFETY, exercise.safety), (words.BLOCKED, left_out)]  # fmt: skip
        rows = [(title, text) for title, text in rows if text]
        for title, text in rows:
            each = max(px(24), (room.bottom - y) // max(1, len(rows) - rows.index((title, text))))
            colour = colours.fault if title == words.BLOCKED else None
            width, low = 0, y
            if title:
                label = ui.block(title, pygame.Rect(room.x, y, px(150), each), 16, colour or colours.accent, bold=True)
                width, low = max(px(130), label.width + px(14)), label.bottom
            drawn = ui.block(text, pygame.Rect(room.x + width, y, room.width - width, each), 16, colour)
            y = max(low, drawn.bottom) + px(8)

    def _foot(self, ui: Ui, app: App, room: pygame.Rect, exercise: Exercise | None, left_out: dict[str, str]) -> None:
        gap = ui.px(10)
        width = (room.width - 2 * gap) // 4
        back = pygame.Rect(room.x, room.y, width, room.height)
        if ui.button("back", back, words.BACK, key=pygame.K_ESCAPE, hint="Esc", size=18):
            app.back()
        usable = exercise is not None and exercise.id not in left_out
        add = back.move(width + gap, 0)
        inside = exercise is not None and exercise.id in self._chosen
        if ui.button("add", add, words.REMOVE if inside else words.ADD, size=18, key=pygame.K_INSERT, hint="Ins",
                     enabled=usable) and exercise:  # fmt: skip
            (self._chosen.remove if inside else self._chosen.append)(exercise.id)
        start = pygame.Rect(add.right + gap, room.y, room.right - add.right - gap, room.height)
        label = words.chosen(len(self._chosen)) if self._chosen else words.DO_IT
        ready = usable or bool(self._chosen)
        if ui.button("start", start, label, primary=True, size=22, hint="Enter", enabled=ready):
            self._begin(app, exercise)

    def _begin(self, app: App, exercise: Exercise | None) -> None:
        """Begin what was chosen, or else what is looked at, as the rules allow it; what they change is said."""
        context = moment(app.settings)
        try:
            if self._chosen:
                led = session(self._chosen, app.settings.minutes, context)
            elif exercise is not None:
                led = single(exercise, context)
            else:
                return
        except BadInput as error:
            app.say(str(error), _READ_S)
            return
        begin(app, led.exercises)
        if led.said:
            app.say(" ".join(led.said), _READ_S)
