"""What was done so far: the days, the plan, and how each exercise went. It tells what was seen and promises nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pygame

from coach.errors import BadInput
from coach.records.progress import (
    LOOK_BACK,
    WHATS,
    Best,
    Course,
    Streak,
    Trend,
    What,
    bests,
    by_exercise,
    courses,
    minutes,
    reached,
    streak,
    trends,
)
from coach.window import words
from coach.window.app import App
from coach.window.chart import Scale, draw_courses
from coach.window.palette import Colour, Palette, contrast
from coach.window.ui import Ui

if TYPE_CHECKING:
    from coach.records.history import History, SetRow

#: Weeks of the calendar, and days of the bars.
_WEEKS, _DAYS = 12, 14


@dataclass(frozen=True, slots=True)
class Past:
    """What the history says, read once.

    days     minutes of each practised day
    best     of each exercise by its id, the last done first; of an alternating one for each side
    last     day on which each was done last
    recent   sets of the last half year by exercise
    trends   of the last half year
    trouble  what could not be read, in a sentence
    """

    days: Mapping[date, float] = field(default_factory=dict)
    streak: Streak = field(default_factory=lambda: Streak(0, 0))
    best: Mapping[str, Sequence[Best]] = field(default_factory=dict)
    last: Mapping[str, date] = field(default_factory=dict)
    recent: Mapping[str, "Sequence[SetRow]"] = field(default_factory=dict)
    trends: Sequence[Trend] = ()
    trouble: str = ""

    def courses(self, exercise: str, what: What) -> list[Course]:
        """How an exercise went in the last half year."""
        return courses(self.recent.get(exercise, ()), what, [t for t in self.trends if t.exercise == exercise])


def read_past(folder: Path, today: date) -> Past:
    """Read the history in a folder. What is damaged is set aside and told; never raises."""
    # Imported late: most who open the window do not look at what they did.
    from coach.records.history import DamagedHistory, History, tomorrow

    history = History(folder, until=tomorrow())
    try:
        try:
            return _past(history, today)
        except DamagedHistory:
            return _past(history, today)
    except BadInput as error:
        return Past(trouble=str(error))
    except OSError as error:
        return Past(trouble=words.cannot_read(folder, error.strerror))


def _past(history: "History", today: date) -> Past:
    missing = len(history.missing())
    practised = history.practised()
    said = [*history.said, *([words.not_taken_in(missing)] if missing else [])]
    if not practised:
        return Past(trouble=" ".join(said))
    recent = history.sets(since=max(practised)[0].date() - LOOK_BACK)
    known = by_exercise({(row.begun, row.number): row for row in (*history.records(), *recent)}.values())
    best: dict[str, list[Best]] = {}
    for one in bests(row for rows in known.values() for row in rows):
        best.setdefault(one.exercise, []).append(one)
    days = minutes(practised)
    return Past(
        days=days,
        streak=streak(days, today),
        best=best,
        last={exercise: rows[-1].begun.date() for exercise, rows in known.items()},
        recent=by_exercise(recent),
        trends=trends(recent),
        trouble=" ".join(said),
    )


@dataclass(slots=True)
class Progress:
    """The page. start: begins what the first page would begin; None where it can begin nothing."""

    keys: ClassVar = words.PROGRESS_KEYS
    start: Callable[[], None] | None = None
    today: date = field(default_factory=date.today)
    moving: bool = False
    _past: Past | None = None
    _looked: str = ""
    _what: What = "form"
    _first: int = 0

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        if self._past is None:
            self._past = read_past(app.folder, self.today)
        past, px = self._past, ui.px
        ui.clear()
        page = ui.page(1220, 690)
        title = ui.block(words.PROGRESS, pygame.Rect(page.x, page.y, px(300), px(44)), 30, bold=True, middle=True)
        foot = pygame.Rect(page.x, page.bottom - px(44), page.width, px(44))
        body = pygame.Rect(page.x, page.y + px(52), page.width, foot.y - px(12) - page.y - px(52))
        if not past.days:
            self._empty(ui, app, body)
            self._foot(ui, app, foot, past.trouble)
            return "progress"
        beside = pygame.Rect(title.right + px(24), page.y, page.right - title.right - px(24), px(44))
        said = words.streak(past.streak.now, past.streak.longest)
        ui.block(said, beside, 18, ui.palette.muted, align="right", middle=True)
        gap = px(16)
        upper = pygame.Rect(body.x, body.y, (body.width - gap) // 2, px(226))
        lower = pygame.Rect(body.x, upper.bottom + gap, px(380), body.bottom - upper.bottom - gap)
        self._calendar(ui, upper, app.settings.minutes)
        self._bars(ui, pygame.Rect(upper.right + gap, body.y, body.right - upper.right - gap, upper.height),
                   app.settings.minutes)  # fmt: skip
        self._list(ui, lower)
        self._exercise(ui, pygame.Rect(lower.right + gap, lower.y, body.right - lower.right - gap, lower.height))
        self._foot(ui, app, foot, past.trouble or words.NUMBERS_ARE)
        return "progress"

    def _empty(self, ui: Ui, app: App, room: pygame.Rect) -> None:
        px = ui.px
        column = pygame.Rect(0, 0, min(room.width, px(720)), px(260))
        column.center = room.center
        ui.block(words.NOTHING_YET, pygame.Rect(column.x, column.y, column.width, px(160)), 24, align="centre",
                 middle=True)  # fmt: skip
        box = pygame.Rect(0, column.bottom - px(66), px(360), px(66))
        box.centerx = column.centerx
        start = self.start
        if start is not None and ui.button("start", box, words.START, primary=True, size=28, hint="Enter"):
            app.back()
            start()

    def _foot(self, ui: Ui, app: App, room: pygame.Rect, said: str) -> None:
        box = pygame.Rect(room.x, room.y, ui.px(200), room.height)
        rest = pygame.Rect(box.right + ui.px(20), room.y, room.right - box.right - ui.px(20), room.height)
        ui.block(said, rest, 15, ui.palette.muted, middle=True)
        if ui.button("back", box, words.BACK, key=pygame.K_ESCAPE, hint="Esc", size=18):
            app.back()

    # --- days ----------------------------------------------------------------------------------------------

    def _calendar(self, ui: Ui, room: pygame.Rect, plan: int) -> None:
        """A column for each week, Monday above; each day has its minutes, and the more the stronger its colour."""
        assert self._past is not None
        px, colours, days = ui.px, ui.palette, self._past.days
        ui.card(room)
        inner = room.inflate(-px(28), -px(20))
        ui.block(words.CALENDAR, pygame.Rect(inner.x, inner.y, inner.width, px(22)), 15, colours.muted, middle=True)
        monday = self.today - timedelta(days=self.today.weekday(), weeks=_WEEKS - 1)
        left, top = inner.x + px(44), inner.y + px(24) + px(18)
        width, height = (inner.right - left) // _WEEKS, (inner.bottom - top) // 7
        for row, name in enumerate(words.WEEKDAYS):
            box = pygame.Rect(inner.x, top + row * height, px(40), height)
            ui.block(name, box, 13, colours.muted, middle=True)
        for column in range(_WEEKS):
            begin = monday + timedelta(weeks=column)
            if column == 0 or begin.day <= 7:
                box = pygame.Rect(left + column * width, inner.y + px(24), width, px(18))
                ui.block(words.MONTHS[begin.month - 1], box, 13, colours.muted, middle=True)
            for row in range(7):
                day = begin + timedelta(days=row)
                if day > self.today:
                    break
                box = pygame.Rect(left + column * width, top + row * height, width - px(3), height - px(3))
                colour = _strength(days.get(day, 0.0), plan, colours)
                pygame.draw.rect(ui.surface, colour, box, border_radius=px(4))
                if day in days:
                    ink = max((colours.text, colours.ink), key=lambda one: contrast(one, colour))
                    ui.block(words.minute(days[day]), box, 14, ink, bold=True, align="centre", middle=True)
                if day == self.today:
                    pygame.draw.rect(ui.surface, colours.text, box, max(2, px(2)), border_radius=px(4))

    def _bars(self, ui: Ui, room: pygame.Rect, plan: int) -> None:
        """Minutes of the last days as bars, with the plan as a line across."""
        assert self._past is not None
        px, colours, days = ui.px, ui.palette, self._past.days
        ui.card(room)
        inner = room.inflate(-px(28), -px(20))
        shown = [self.today - timedelta(days=back) for back in reversed(range(_DAYS))]
        enough = reached(days, plan)
        monday = self.today - timedelta(days=self.today.weekday())
        said = words.plan_reached(sum(monday <= day <= self.today for day in enough), plan)
        ui.block(said, pygame.Rect(inner.x, inner.y, inner.width, px(26)), 17, bold=True, middle=True)
        left, below = inner.x + px(58), px(20)
        plot = pygame.Rect(left, inner.y + px(52), inner.right - left, inner.height - px(52) - below)
        most = max([1.25 * plan, *(days.get(day, 0.0) for day in shown)])
        height, width = Scale(0.0, most, plot.bottom, plot.y), plot.width // _DAYS
        line = height.at(plan)
        pygame.draw.line(ui.surface, colours.text, (left, line), (plot.right, line), max(1, px(1.5)))
        for i, day in enumerate(shown):
            column = pygame.Rect(left + i * width, plot.y, width, plot.height)
            if day in days:
                y = min(height.at(days[day]), plot.bottom - px(3))
                bar = pygame.Rect(column.x + width // 10, y, width - 2 * (width // 10), plot.bottom - y)
                colour = colours.good if day in enough else colours.accent
                pygame.draw.rect(ui.surface, colour, bar, border_top_left_radius=px(4), border_top_right_radius=px(4))
                tall = bar.height >= px(44)
                number = pygame.Rect(column.x, plot.bottom - px(24) if tall else y - px(22), width, px(20))
                ink = colours.ink if tall else colours.text
                ui.block(words.minutes_of(days[day]), number, 14, ink, True, align="centre", middle=True)
                if tall and day in enough:
                    ui.mark("good", (bar.centerx, bar.y + px(13)), 18)
            name = words.TODAY if day == self.today else words.WEEKDAYS[day.weekday()]
            label = pygame.Rect(column.x, plot.bottom + px(2), width, below - px(2))
            if day == self.today:
                label.width += px(14)  # the last one has room to its right
                ui.block(name, label, 13, bold=True, middle=True)
            else:
                ui.block(name, label, 13, colours.muted, align="centre", middle=True)
        pygame.draw.line(ui.surface, colours.line, (left, plot.bottom), (plot.right, plot.bottom), max(1, px(1)))
        label = pygame.Rect(inner.x, line - px(10), px(52), px(20))
        ui.block(words.short_minutes(plan), label, 14, colours.text, align="right", middle=True)

    # --- exercises -----------------------------------------------------------------------------------------

    def _list(self, ui: Ui, room: pygame.Rect) -> None:
        assert self._past is not None
        px, best = ui.px, self._past.best
        title = pygame.Rect(room.x, room.y, room.width, px(24))
        ui.block(words.EXERCISES, title, 15, ui.palette.muted, middle=True)
        gap, top = px(4), title.bottom + px(4)
        fits = max(1, (room.bottom - top + gap) // (px(40) + gap))
        row, ids = (room.bottom - top + gap) // fits - gap, list(best)
        at = ids.index(self._looked) if self._looked in ids else 0
        at += int(ui.take(pygame.K_DOWN)) - int(ui.take(pygame.K_UP))
        at += fits * (int(ui.take(pygame.K_PAGEDOWN)) - int(ui.take(pygame.K_PAGEUP)))
        at = min(len(ids) - 1, max(0, at))
        if ids[at] != self._looked:
            self._looked = ids[at]
            self._first = min(max(self._first, at - fits + 1), at)
        self._first = min(max(0, self._first - 3 * ui.wheel()), max(0, len(ids) - fits))
        for i, exercise in enumerate(ids[self._first : self._first + fits]):
            place = pygame.Rect(room.x, top + i * (row + gap), room.width - px(14), row)
            # Two sides are never made one: who wants to know looks at them.
            form = best[exercise][0].last if len(best[exercise]) == 1 else None
            when = words.last_done(form, self._past.last[exercise], self.today.year)
            name, on = best[exercise][0].name, exercise == self._looked
            if ui.button(f"e-{exercise}", place, name, on=on, hint=when, size=17, align="left"):
                self._looked = exercise
        if len(ids) > fits:
            track = pygame.Rect(room.right - px(8), top, px(6), room.bottom - top)
            ui.bar(track, ui.palette.sunk)
            part = pygame.Rect(track.x, track.y + round(track.height * self._first / len(ids)), track.width,
                               max(px(20), round(track.height * fits / len(ids))))  # fmt: skip
            ui.bar(part.clip(track), ui.palette.line)

    def _exercise(self, ui: Ui, room: pygame.Rect) -> None:
        """How the chosen exercise went, and what can be said of that."""
        assert self._past is not None
        px, past, exercise = ui.px, self._past, self._looked
        known = {what: found for what in WHATS if (found := past.courses(exercise, what))}
        head = pygame.Rect(room.x, room.y, room.width, px(36))
        # The choice goes first, so that what it shows is up to date.
        what = self._choice(ui, pygame.Rect(head.right - px(400), head.y, px(400), head.height), list(known))
        name = pygame.Rect(head.x, head.y, head.width - px(416), head.height)
        ui.block(past.best[exercise][0].name, name, 22, bold=True, middle=True)
        said = words.bests(past.best[exercise], self.today.year)
        card = pygame.Rect(room.x, head.bottom + px(8), room.width, room.bottom - head.bottom - px(8))
        ui.card(card)
        inner = card.inflate(-px(36), -px(20))
        if what is None:
            kinds = {row.judge for row in past.recent.get(exercise, ())}
            why = words.LED if "timer" in kinds else words.HANDS_MORE if "hands" in kinds else words.NOT_LATELY
            text = f"{why} {said}"
            ui.block(text.strip(), inner, 18, ui.palette.muted, align="centre", middle=True)
            return
        shown = [t for t in past.trends if t.exercise == exercise and t.what == what]
        lines = [words.sided(t.side, words.trend(t)) for t in sorted(shown, key=lambda t: t.side)]
        row = px(24)
        top = inner.bottom - row * (len(lines) + 1)
        draw_courses(ui, pygame.Rect(inner.x, inner.y, inner.width, top - px(2) - inner.y), known[what])
        for i, line in enumerate([*lines, said]):
            place = pygame.Rect(inner.x, top + i * row, inner.width, row)
            ui.block(line, place, 16, None if i < len(lines) else ui.palette.muted, middle=True)

    def _choice(self, ui: Ui, room: pygame.Rect, known: Sequence[What]) -> What | None:
        """Which value is shown: that which was chosen, or the first that is known; None where none is."""
        if not known:
            return None
        now = self._what if self._what in known else known[0]
        by = int(ui.take(pygame.K_RIGHT)) - int(ui.take(pygame.K_LEFT))
        chosen = known[(known.index(now) + by) % len(known)]
        picked = ui.choice("what", room, [(what, words.COURSES[what]) for what in known], chosen)
        chosen = next(what for what in known if what == picked)
        if chosen != now:
            self._what = chosen
        return chosen


def _strength(done: float, plan: int, colours: Palette) -> Colour:
    """The colour of a day: the more of the plan was done, the stronger."""
    if done <= 0.0:
        return colours.sunk
    part = 0.35 + 0.65 * min(1.0, done / max(1, plan))
    r, g, b = (round(a + part * (c - a)) for a, c in zip(colours.sunk, colours.accent, strict=True))
    return r, g, b
