"""Where the program begins: how long, what for, and the camera's picture with what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import ClassVar

import msgspec
import pygame

from coach.errors import BadInput
from coach.form.exercise import Exercise, library
from coach.form.measures import INDEX, measure_frame
from coach.form.quality import QualityGate
from coach.frame import Frame
from coach.plan.routine import Goal, goals, load_routine, seconds
from coach.plan.rules import LATE, Context, Mended
from coach.plan.today import offered, session
from coach.window import words
from coach.window.app import App
from coach.window.screens.library import Library, moment
from coach.window.screens.progress import Progress
from coach.window.screens.settings import SettingsPage
from coach.window.screens.welcome import Welcome
from coach.window.screens.workout import begin
from coach.window.state import Options
from coach.window.ui import Ui
from coach.window.view import badge, draw_camera, draw_picture
from coach.window.words import _
from coach.window.worker import Seen

MINUTES = (3, 5, 10, 15, 20)
_IN_ITS_PLACE, _HOLDS = _("In its place: {name}"), _("{count} exercises, about {minutes:.0f} minutes.")
#: More exercises than this are counted, not listed: there is no room for their names.
_LISTED = 14
#: More goals than this stand in three columns.
_TWO_COLUMNS = 8


@dataclass(slots=True)
class Home:
    """The first page."""

    keys: ClassVar = words.HOME_KEYS
    moving: bool = True
    goals: list[Goal] = field(default_factory=goals)
    goal: str = ""
    _seen: Seen | None = None

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        settings, px = app.settings, ui.px
        self.goal = self.goal or (settings.last.split()[0] if settings.last else "") or self.goals[0].id
        if self.goal not in {goal.id for goal in self.goals}:
            self.goal = self.goals[0].id
        ui.clear()
        page = ui.page(1220, 690)
        ui.block(words.HOME_TITLE, pygame.Rect(page.x, page.y, page.width, px(52)), 34, bold=True)
        top = page.y + px(64)
        left = pygame.Rect(page.x, top, round(page.width * 0.4), page.bottom - top - px(56))
        right = pygame.Rect(left.right + px(28), top, page.right - left.right - px(28), left.height)
        self._camera(ui, app, left)
        chosen = self._choices(ui, app, right)
        foot = pygame.Rect(page.x, page.bottom - px(44), page.width, px(44))
        self._foot(ui, app, foot, chosen)
        return "home"

    # --- the picture ---------------------------------------------------------------------------------------

    def _camera(self, ui: Ui, app: App, room: pygame.Rect) -> None:
        px = ui.px
        text = ui.height(19) * 2 + px(10)
        box = pygame.Rect(room.x, room.y, room.width, min(room.height - text, round(room.width * 0.75)))
        trouble = ""
        if app.looking is not None:
            self._seen = app.looking.poll() or self._seen
            trouble = app.looking.trouble
        if app.looking is not None and not trouble and self._seen is not None and self._seen.frame.image is not None:
            options = Options(mirror=app.settings.mirror)
            draw_camera(ui, box, self._seen.frame, None, options)
            said = advice(self._seen.frame, app.settings.units)
        else:
            waiting = app.wiring.camera is not None and not trouble
            demonstrator = app.pictures
            if demonstrator is not None:
                exercise = library()["wide-smile"]
                shows = demonstrator.want(exercise, box.size)
                draw_picture(ui, box, demonstrator.picture(shows.at(app.now)))
            else:
                ui.card(box)
            if demonstrator is not None or not waiting:
                badge(ui, box, words.DEMONSTRATION)
            said = (app.waits or words.LOOKING) if waiting else words.NO_CAMERA
        ui.block(said, pygame.Rect(room.x, box.bottom + px(8), room.width, text), 19)

    # --- what to do ----------------------------------------------------------------------------------------

    def _choices(self, ui: Ui, app: App, room: pygame.Rect) -> list[Exercise]:
        settings, px = app.settings, ui.px
        y = ui.line(words.HOW_LONG, room.topleft, 19, ui.palette.muted).bottom + px(4)
        options = [(minutes, str(minutes)) for minutes in MINUTES]
        minutes = ui.choice("minutes", pygame.Rect(room.x, y, room.width, px(48)), options, settings.minutes)
        if minutes != settings.minutes:
            app.change(msgspec.structs.replace(settings, minutes=minutes))
        y = ui.line(words.WHAT_FOR, (room.x, y + px(60)), 19, ui.palette.muted).bottom + px(4)
        gap, columns = px(8), 2 if len(self.goals) <= _TWO_COLUMNS else 3
        rows = -(-len(self.goals) // columns)
        below = px(186)
        height = min(px(52), (room.bottom - below - y) // rows - gap)
        width = (room.width - gap * (columns - 1)) // columns
        for i, goal in enumerate(self.goals):
            box = pygame.Rect(room.x + i % columns * (width + gap), y + i // columns * (height + gap), width, height)
            if ui.button(f"goal-{goal.id}", box, goal.name, on=goal.id == self.goal, size=18):
                self.goal = goal.id
        y += rows * (height + gap)
        exercises, said, other = self._plan(app, self.goal)
        ui.block(said, pygame.Rect(room.x, y, room.width, room.bottom - px(76) - y), 16, ui.palette.muted)
        start = pygame.Rect(room.x, room.bottom - px(66), room.width, px(66))
        resume = self._resume(app)
        if resume is not None and not other:
            name, rest, done, total = resume
            start.width = (room.width - gap) * 3 // 5
            again = pygame.Rect(start.right + gap, start.y, room.right - start.right - gap, start.height)
            label = f"{words.CONTINUE}: {words.resume(name, done + 1, total)}"
            if ui.button("resume", again, label, size=16):
                begun, minutes_then = settings.last.split()[:2]
                app.change(msgspec.structs.replace(settings, minutes=int(minutes_then)))  # what is left is counted so
                begin(app, rest, begun, done)
        if other:
            start.width = (room.width - gap) // 2
            instead = pygame.Rect(start.right + gap, start.y, room.right - start.right - gap, start.height)
            if ui.button("instead", instead, _IN_ITS_PLACE.format(name=load_routine(other).name), size=20):
                self.goal = other
        if ui.button("start", start, words.START, primary=True, size=28, hint="Enter", enabled=bool(exercises)):
            begin(app, exercises, self.goal)
        return exercises

    def _plan(self, app: App, goal: str) -> tuple[list[Exercise], str, str]:
        """The sets of a goal for the minutes that are chosen, what to say of them, and where it is too late for some,
        or nothing is left now, the id of a routine that may take their place."""
        context = moment(app.settings)
        try:
            led = _led(goal, app.settings.minutes, context)
        except BadInput as error:
            other = offered(context)
            return [], str(error), other if other != goal else ""
        exercises, length = list(led.exercises), sum(map(seconds, led.exercises))
        names = list(dict.fromkeys(e.name for e in exercises))
        holds = _HOLDS.format(count=len(names), minutes=max(1.0, length / 60))
        if led.said:  # of more use than what all is in it, and there is not room for both
            late = any(LATE in sentence for sentence in led.said)
            return exercises, " ".join([holds, *map(_first, led.said)]), offered(context) if late else ""
        about = next((g.about for g in self.goals if g.id == goal), "")
        return exercises, f"{about} {words.contains(names, length) if len(names) <= _LISTED else holds}", ""

    def _resume(self, app: App) -> tuple[str, list[Exercise], int, int] | None:
        """What was begun last and not done to its end: its name, what is left, and how far it was."""
        parts = app.settings.last.split()
        if len(parts) != 3 or not parts[1].isdecimal() or not parts[2].isdecimal():
            return None
        goal = next((g for g in self.goals if g.id == parts[0]), None)
        if goal is None:
            return None
        try:
            exercises = list(_led(goal.id, int(parts[1]), moment(app.settings)).exercises)
        except BadInput:
            return None
        done = int(parts[2])
        return (goal.name, exercises[done:], done, len(exercises)) if 0 < done < len(exercises) else None

    def _foot(self, ui: Ui, app: App, room: pygame.Rect, chosen: list[Exercise]) -> None:
        gap = ui.px(10)

        def start() -> None:
            begin(app, chosen, self.goal)

        judged = list({e.id: e for e in chosen if e.judged}.values())
        buttons: tuple[tuple[str, int, str, Callable[[], None]], ...] = (
            (words.LIBRARY, pygame.K_l, "L", lambda: app.go(Library())),
            (words.PROGRESS, pygame.K_p, "P", lambda: app.go(Progress(start if chosen else None))),
            (words.CALIBRATE, pygame.K_c, "C", lambda: begin(app, judged, calibrating=True)),
            (words.HEALTH, pygame.K_q, "Q", lambda: app.go(Welcome(questions=True))),
            (words.SETTINGS, pygame.K_s, "S", lambda: app.go(SettingsPage())),
            (words.KEYS_BUTTON, pygame.K_F1, "?", app.ask_help),
            (words.LEAVE, pygame.K_ESCAPE, "Esc", app.back),
        )
        width = (room.width - gap * (len(buttons) - 1)) // len(buttons)
        for i, (label, key, hint, act) in enumerate(buttons):
            box = pygame.Rect(room.x + i * (width + gap), room.y, width, room.height)
            if ui.button(f"foot-{i}", box, label, key=key, hint=hint, size=16):
                act()


@lru_cache(maxsize=32)
def _led(goal: str, minutes: int, context: Context) -> Mended:
    """The sets of a goal; asked for every picture, worked out once. Raises BadInput where none is left."""
    return session(goal, minutes, context)


def _first(text: str) -> str:
    """The first sentence."""
    return text.partition(". ")[0].rstrip(".") + "."


@cache
def _gate() -> QualityGate:
    """What a face needs to be seen well, whatever the exercise."""
    return QualityGate(library()["wide-smile"])


def advice(frame: Frame, units: str = "cm") -> str:
    """What to do so that the face is seen better, in one line."""
    measures = measure_frame(frame)
    if measures is None:
        return words.NO_FACE_YET
    gate = _gate()
    levels = gate.levels(measures)
    worst = int(levels.argmin())
    if levels[worst] < 1.0:
        return gate.reasons[worst]
    return f"{words.WELL_SEEN} {words.away(float(measures[INDEX['distance_cm']]), units)}"
