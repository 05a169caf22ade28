"""A recording looked at again: what was seen and said at each moment, every attempt with its reason, other rules tried.

No picture was ever kept: the drawn face makes the recorded movements.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import pygame

from coach.avatar.demonstrator import Demonstrator, Moment, Pictures
from coach.avatar.mirror import LATEST_S, Mirror
from coach.errors import CoachError
from coach.form.exercise import Exercise
from coach.frame import Image, Kind, Phase
from coach.records.review import Judgement, Review, ReviewedSet
from coach.records.settings import Settings
from coach.window import words
from coach.window.app import App, Wiring
from coach.window.canvas import Canvas
from coach.window.chart import Scale, closest, draw_set, part_around
from coach.window.display import SIZE, canvas, open_window, show
from coach.window.lost import close_display, must_end
from coach.window.pages import draw_message
from coach.window.palette import HIGH_CONTRAST, Colour
from coach.window.screenshot import Album
from coach.window.shapes import mark_of
from coach.window.state import NOTICE_S, Snapshot, latest_notice, led_by
from coach.window.touch import draw_hands, on_drawn
from coach.window.ui import Ui
from coach.window.view import badge, cue_line, draw_picture

#: How fast it may go, in parts of how it was.
SPEEDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
#: Levels to pass that may be tried.
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9)
#: A pause longer than this (seconds) is passed over.
GAP_S = 1.0
#: The frame before it is seen for this long.
_SEEN_S = 0.2
#: Seconds of rest shown around a repetition that is looped.
AROUND_S = 0.4
#: While it plays, "the one before" within these seconds of an attempt's beginning is the one before that.
_MEANT_S = 0.7
#: Width of the buttons at the foot, line by line, in shares of it.
_SHARES = ((1.0,) * 7, (1.35, 1.35, 0.8, 1.0, 1.3, 0.95, 0.85, 0.85))
#: Seconds after a change in which the demonstrator's picture may still become a better one.
_SETTLES_S = 5.0

_Rule = tuple[str, float | None, bool | None, Exercise | None]


@dataclass(slots=True)
class ReplayPage:
    """One recording. exercise: a file to judge by from the start, in the place of the one recorded under that id."""

    keys: ClassVar = words.REPLAY_KEYS
    review: Review
    exercise: Exercise | None = None
    moving: bool = True
    playing: bool = False
    looping: bool = False
    comparing: bool = False  # the best repetition beside the worst
    speed: float = 1.0
    at_s: float = 0.0
    number: int = -1  # of the set
    zoom: int = 0  # how many times the chart is halved
    _looped: int = 0  # number of the attempt that is looped
    _rule: int = 0
    _judged: dict[tuple[int, int], Judgement] = field(default_factory=dict)
    _runs: Sequence[int] = ()  # where each run of one phase begins, and the number of frames
    _now: float | None = None
    _changed: float = 0.0
    _learnt: int = -1  # the set whose resting face the mirror knows
    _pictures: dict[str, tuple[object, Image]] = field(default_factory=dict)
    _first: int = 0
    _shown: int = -1

    def __post_init__(self) -> None:
        self.open(0)
        self._rule = int(self.exercise is not None)

    def leave(self, app: App) -> None:
        self.review.close()
        if app.mirror is not None:
            app.mirror.relearn()

    # --- where it is ---------------------------------------------------------------------------------------

    @property
    def set(self) -> ReviewedSet:
        return self.review.sets[self.number]

    @property
    def index(self) -> int:
        """The frame that is shown."""
        return self.set.at(self.at_s)

    @property
    def judged(self) -> Judgement:
        """The set that is shown, by the rules that are chosen."""
        key = self.number, self._rule
        if key not in self._judged:
            _, level, gentle, exercise = self._rules[self._rule]
            plain = level is None and gentle is None and exercise is None
            self._judged[key] = self.set.first if plain else self.set.judged(level, gentle, exercise)
        return self._judged[key]

    @property
    def current(self) -> int:
        """Number of the attempt that was begun last, -1 before the first."""
        return bisect_right([a.start_s for a in self.judged.attempts], self.at_s + 1e-6) - 1

    @property
    def _rules(self) -> list[_Rule]:
        gentle = self.set.kept.gentle
        rules: list[_Rule] = [(words.BY_RECORDED, None, None, None)]
        if self.exercise is not None:
            its_own = self.exercise.id == self.set.kept.exercise.id
            rules.append((words.BY_FILE, None, None, self.exercise) if its_own else rules[0])
        if led_by(self.set.kept.exercise) == "hands":
            return rules  # no level to pass, and nothing to be gentle with
        rules.append((words.BY_USUAL if gentle else words.BY_GENTLE, None, not gentle, None))
        return rules + [(words.by_level(level), level, False, None) for level in LEVELS]

    def open(self, number: int) -> None:
        """Show another set from its beginning."""
        number = min(max(number, 0), len(self.review.sets) - 1)
        if number == self.number:
            return
        self.number, self.at_s = number, self.review.sets[number].times[0]
        self.comparing, self._first, self._shown, self._looped, self.zoom = False, 0, -1, 0, 0
        shown = [(feedback.phase, feedback.pose) for feedback in self.set.feedbacks]
        self._runs = [0, *(i for i in range(1, len(shown)) if shown[i] != shown[i - 1]), len(shown)]

    def jump(self, seconds: float) -> None:
        """Go to a time of the set."""
        self.comparing = False
        self.at_s = min(max(seconds, self.set.times[0]), self.set.times[-1])
        self._looped = max(0, self.current)

    def step(self, frames: int) -> None:
        """Go on by so many frames, and stay there."""
        self.playing = False
        times = self.set.times
        self.at_s = times[min(max(self.index + frames, 0), len(times) - 1)]

    def attempt(self, by: int) -> None:
        """Go to the beginning of the next attempt or of the one before."""
        starts = [a.start_s for a in self.judged.attempts]
        late = _MEANT_S if self.playing and by < 0 else 1e-6
        past = [s for s in starts if (s > self.at_s + 1e-6 if by > 0 else s < self.at_s - late)]
        if past:
            self.jump(past[0] if by > 0 else past[-1])

    def peak(self) -> None:
        """Go to the peak of the attempt that is on."""
        if self.judged.attempts:
            self.playing = False
            self.jump(self.judged.attempts[max(0, self.current)].peak_s)

    def fault(self) -> bool:
        """Go to where the next fault was named, after the last to the first; return whether there is one."""
        times = [event.time for event in self.set.events if event.kind is Kind.FAULT]
        if times:
            self.playing = False
            self.jump(next((t for t in times if t > self.at_s + 1e-6), times[0]))
        return bool(times)

    def closer(self, by: int) -> None:
        """Let the chart show half as much, or twice as much, around where it is."""
        self.zoom = min(max(0, self.zoom + by), closest(self.set.seconds))

    @property
    def part(self) -> tuple[float, float]:
        """The seconds that the chart shows."""
        times = self.set.times
        return part_around(self.at_s, times[0], times[-1], self.zoom)

    def compare(self) -> bool:
        """Show the best and the worst repetition side by side, or no more; return whether there are two."""
        both = self.judged.best_and_worst
        if both is None:
            return False
        self.comparing = not self.comparing
        if self.comparing:
            self.at_s = both[0].start_s
        return True

    def _advance(self, now: float) -> None:
        gone = 0.0 if self._now is None else now - self._now
        self._now = now
        if not self.playing:
            return
        times, at = self.set.times, self.at_s + gone * self.speed
        index = self.set.at(at)
        if index + 1 < len(times) and times[index + 1] - times[index] > GAP_S and at - times[index] > _SEEN_S:
            at = times[index + 1]
        around = self._around()
        if around is not None and at > around[1]:
            at = around[0]
        if at >= times[-1]:
            at, self.playing = times[-1], False
        self.at_s = at

    def _around(self) -> tuple[float, float] | None:
        """Seconds between which it goes round, None where it goes on."""
        both = self.judged.best_and_worst if self.comparing else None
        if both is not None:
            return both[0].start_s, both[0].end_s
        if not self.looping or not self.judged.attempts:
            return None
        one, times = self.judged.attempts[min(self._looped, len(self.judged.attempts) - 1)], self.set.times
        return max(times[0], one.start_s - AROUND_S), min(times[-1] - 1e-6, one.end_s + AROUND_S)

    # --- the page ------------------------------------------------------------------------------------------

    def show(self, ui: Ui, app: App) -> str:
        before = self.number, self.at_s, self.comparing, ui.surface.get_size()
        self._advance(app.now)
        where = _layout(ui)
        ui.clear()
        # First the keys of the page: Space plays wherever the keyboard is.
        if self._keys(ui, app, where.keys):
            app.back()
            return "replay"
        self._head(ui, where.head)
        if where.chart.collidepoint(ui.pointer):
            self.closer(ui.wheel())
        self._attempts(ui, where.attempts)
        self._scrub(ui, where)
        self._said(ui, where.said)
        self._faces(ui, app, where)
        if before != (self.number, self.at_s, self.comparing, ui.surface.get_size()):
            self._changed = app.now
        self.moving = self.playing or app.now - self._changed < _SETTLES_S
        return "replay"

    def _head(self, ui: Ui, room: pygame.Rect) -> None:
        px, total = ui.px, len(self.review.sets)
        right = room.right
        if total > 1:
            box = pygame.Rect(right - px(56), room.y, px(56), room.height)
            if ui.button("set-after", box, "›", key=pygame.K_PERIOD, hint=".", enabled=self.number + 1 < total):
                self.open(self.number + 1)
            middle = pygame.Rect(box.x - px(170), room.y, px(160), room.height)
            ui.block(words.set_of(self.number + 1, total), middle, 18, ui.palette.muted, align="centre", middle=True)
            box = pygame.Rect(middle.x - px(66), room.y, px(56), room.height)
            if ui.button("set-before", box, "‹", key=pygame.K_COMMA, hint=",", enabled=self.number > 0):
                self.open(self.number - 1)
            right = box.x - px(16)
        name = pygame.Rect(room.x, room.y, right - room.x, room.height)
        ui.block(self.set.kept.exercise.name, name, 28, bold=True, middle=True)

    def _keys(self, ui: Ui, app: App, room: pygame.Rect) -> bool:
        """The buttons at the foot; return whether to leave."""
        gap = ui.px(8)
        row = (room.height - gap) // 2

        def place(line: int, column: int) -> pygame.Rect:
            shares = _SHARES[line]
            unit = (room.width - gap * (len(shares) - 1)) / sum(shares)
            left = room.x + round(unit * sum(shares[:column])) + gap * column
            return pygame.Rect(left, room.y + line * (row + gap), int(unit * shares[column]), row)

        def key(name: str, at: tuple[int, int], label: str, key: int, hint: str, on: bool = False) -> bool:
            return ui.button(name, place(*at), label, key=key, hint=hint, size=16, on=on)

        if key("back", (0, 0), words.BACK, pygame.K_ESCAPE, "Esc"):
            return True
        play = words.STOP if self.playing else words.PLAY
        if key("play", (0, 1), play, pygame.K_SPACE, words.SPACE_KEY, self.playing):
            if not self.playing and self.at_s >= self.set.times[-1]:
                self.jump(self.set.times[0])
            self.playing = not self.playing
        if key("frame-before", (0, 2), words.FRAME_BACK, pygame.K_LEFT, words.LEFT_KEY):
            self.step(-1)
        if key("frame-after", (0, 3), words.FRAME_ON, pygame.K_RIGHT, words.RIGHT_KEY):
            self.step(1)
        at = SPEEDS.index(self.speed)
        if key("slower", (0, 4), words.SLOWER, pygame.K_LEFTBRACKET, "[") or ui.typed("["):
            self.speed = SPEEDS[max(0, at - 1)]
        if key("faster", (0, 5), words.FASTER, pygame.K_RIGHTBRACKET, "]") or ui.typed("]"):
            self.speed = SPEEDS[min(len(SPEEDS) - 1, at + 1)]
        if key("loop", (0, 6), words.LOOP, pygame.K_l, "L", self.looping):
            self.looping, self._looped = not self.looping, max(0, self.current)
        if key("before", (1, 0), words.BEFORE, pygame.K_UP, words.UP_KEY) or ui.take(pygame.K_PAGEUP):
            self.attempt(-1)
        if key("after", (1, 1), words.AFTER, pygame.K_DOWN, words.DOWN_KEY) or ui.take(pygame.K_PAGEDOWN):
            self.attempt(1)
        if key("peak", (1, 2), words.PEAK, pygame.K_p, "P"):
            self.peak()
        if key("fault", (1, 3), words.NEXT_FAULT, pygame.K_f, "F") and not self.fault():
            app.say(words.NO_FAULT)
        if key("compare", (1, 4), words.BEST_AND_WORST, pygame.K_b, "B", self.comparing) and not self.compare():
            app.say(words.NOT_TWO)
        if key("rules", (1, 5), words.STRICTNESS, pygame.K_s, "S", self._rule > 0):
            self._rule = (self._rule + 1) % len(self._rules)
            self.comparing = False
        # Only the typed sign is the same on every keyboard.
        if key("closer", (1, 6), words.CLOSER, pygame.K_KP_PLUS, "+") or ui.typed("+="):
            self.closer(1)
        if key("wider", (1, 7), words.WIDER, pygame.K_KP_MINUS, "−") or ui.typed("-−"):
            self.closer(-1)
        if ui.typed("0"):
            self.zoom = 0
        return False

    def _attempts(self, ui: Ui, room: pygame.Rect) -> None:
        """The list: every attempt with its sign and its reason; pressed, it is gone to."""
        px, judged, one = ui.px, self.judged, self.set
        counted = sum(a.counted for a in judged.attempts)
        led = led_by(judged.exercise) == "time"
        title = words.LED_BRIEF if led else words.came_of(counted, len(judged.attempts))
        y = ui.block(title, pygame.Rect(room.x, room.y, room.width, px(30)), 19, bold=True).bottom
        if led:
            return  # the chart says why
        said = self._rules[self._rule][0]
        if judged.speed:
            said = f"{said} {words.as_fast(judged.speed)}"
        box = pygame.Rect(room.x, y, room.width, px(24))
        ui.block(said, box, 14, ui.palette.muted)
        top, gap = box.bottom + px(6), px(4)
        if not judged.attempts:
            ui.block(words.NO_ATTEMPT, pygame.Rect(room.x, top, room.width, room.bottom - top), 18, ui.palette.muted)
            return
        fits = max(1, (room.bottom - top + gap) // (px(46) + gap))
        row = (room.bottom - top + gap) // fits - gap
        count, current = len(judged.attempts), self.current
        if current != self._shown:
            self._shown = current
            self._first = min(max(self._first, current - fits + 1), max(0, current))
        self._first = min(max(0, self._first - 2 * ui.wheel()), max(0, count - fits))
        for i in range(self._first, min(count, self._first + fits)):
            attempt = judged.attempts[i]
            place = pygame.Rect(room.x + px(32), top + (i - self._first) * (row + gap), room.width - px(44), row)
            ui.mark(mark_of(attempt), (room.x + px(13), place.centery), 22)
            side = {None: "", "left": f" {words.LEFT}.", "right": f" {words.RIGHT}."}[attempt.side]
            when = words.clock(attempt.start_s - one.times[0])
            label = f"{i + 1}.  {when}{side}  {words.why(attempt, judged.exercise)}"
            if ui.button(f"attempt-{i}", place, label, on=i == current, size=15, align="left"):
                self.jump(attempt.start_s)
        if count > fits:
            track = pygame.Rect(room.right - px(6), top, px(6), room.bottom - top)
            ui.bar(track, ui.palette.sunk)
            part = pygame.Rect(track.x, track.y + round(track.height * self._first / count), track.width,
                               max(px(20), round(track.height * fits / count)))  # fmt: skip
            ui.bar(part.clip(track), ui.palette.line)

    def _scrub(self, ui: Ui, where: "_Layout") -> None:
        """The chart, with a hand where it is, and the bar that moves it."""
        one, judged = self.set, self.judged
        inset = min(where.scrub.height, ui.px(26)) // 2
        way = pygame.Rect(where.chart.x + inset, where.chart.y, where.chart.width - 2 * inset, where.chart.height)
        part = self.part

        def draw(canvas: Canvas, room: pygame.Rect) -> None:
            draw_set(canvas, room, one, judged, Scale(*part, room.x + inset, room.right - inset))

        key = "replay", str(self.review.path), self.number, self._rule, part
        ui.kept(where.chart, key, draw, anew=True)
        first, last = one.times[0], one.times[-1]
        if last <= first:
            return
        across = Scale(*part, way.x, way.right)
        if ui.area("chart", where.chart) and ui.over(where.chart):
            self.jump(across.value(ui.pointer[0]))
        moved = ui.slider("scrub", where.scrub, self.at_s, first, last, 0.001)
        if abs(moved - self.at_s) > 0.002:
            self.jump(moved)
        if self.zoom:  # under the bar: what part of it the chart shows
            whole = Scale(first, last, way.x, way.right)
            under = pygame.Rect(whole.at(part[0]), where.scrub.bottom, 0, max(2, ui.px(3)))
            under.width = max(under.height, whole.at(part[1]) - under.x)
            pygame.draw.rect(ui.surface, ui.palette.text, under)
        hands = [(self.at_s, ui.palette.text)]
        if self.comparing and (other := self._other()) is not None:
            hands.append((other, ui.palette.fault))
        for at, colour in hands:
            line = pygame.Rect(across.at(at) - max(1, ui.px(1)), way.y, max(2, ui.px(2)), way.height)
            if part[0] <= at <= part[1]:
                pygame.draw.rect(ui.surface, colour, line.clip(where.chart))

    def _other(self) -> float | None:
        """Time at which the worst repetition is as far as the best one is now."""
        both = self.judged.best_and_worst
        if both is None:
            return None
        best, worst = ([a.start_s, a.peak_s, a.end_s] for a in both)
        return float(np.interp(self.at_s, best, worst))

    def _said(self, ui: Ui, room: pygame.Rect) -> None:
        """What was said at this moment, and where this is."""
        one, index, px = self.set, self.index, ui.px
        feedback, notice = one.feedbacks[index], None
        for earlier in one.feedbacks[one.at(self.at_s - NOTICE_S) : index + 1]:
            notice = latest_notice(notice, earlier)
        state = Snapshot(one.kept.exercise, None, self.number + 1, len(self.review.sets), notice=notice)
        text, mark = cue_line(feedback, state)
        told = words.where_of(feedback.match, self.at_s - one.times[0], one.seconds, self.speed)
        wide = min(room.width // 2, px(290))
        ui.block(told, pygame.Rect(room.right - wide, room.y, wide, room.height), 17, ui.palette.muted, align="right",
                 middle=True)  # fmt: skip
        x = room.x
        if mark:
            ui.mark(mark, (x + px(13), room.centery), 26)
            x += px(36)
        ui.block(text, pygame.Rect(x, room.y, room.right - wide - px(12) - x, room.height), 20, bold=True, middle=True)

    # --- the faces -----------------------------------------------------------------------------------------

    def _faces(self, ui: Ui, app: App, where: "_Layout") -> None:
        both = self.judged.best_and_worst if self.comparing else None
        other = self._other()
        if both is None or other is None:
            seen = self.review.frame(self.number, self.index).landmarks is not None
            self._person(ui, app, where.person, "one", self.at_s, words.YOU if seen else words.NOT_SEEN, None)
            self._example(ui, app, where.example)
            return
        numbers = [self.judged.attempts.index(a) + 1 for a in both]
        says = words.best_of(numbers[0], both[0].form or 0.0), words.worst_of(numbers[1], both[1].form or 0.0)
        self._person(ui, app, where.person, "one", self.at_s, says[0], ui.palette.good)
        self._person(ui, app, where.example, "other", other, says[1], ui.palette.fault)

    def _person(
        self, ui: Ui, app: App, box: pygame.Rect, slot: str, at_s: float, text: str, colour: Colour | None
    ) -> None:
        """The drawn face as the person's was at a time."""
        if app.mirror is None:
            ui.card(box)
        else:
            if self._learnt != self.number:
                self._learn(app.mirror)
            key = self.number, self.set.at(at_s), box.size, app.settings.mirror
            kept = self._pictures.get(slot)
            if kept is None or kept[0] != key:
                frame = self.review.frame(self.number, key[1])
                kept = key, app.mirror.draw(frame, box.size, app.settings.mirror)
                self._pictures[slot] = kept
            draw_picture(ui, box, kept[1])
            self._hands(ui, app.mirror, box, at_s, app.settings.mirror)
        badge(ui, box, text, colour or ui.palette.accent)

    def _hands(self, ui: Ui, mirror: Mirror, box: pygame.Rect, at_s: float, mirrored: bool) -> None:
        """Targets and fingertips on the drawn face."""
        index = self.set.at(at_s)
        touch, feedback = self.set.kept.exercise.touch, self.set.feedbacks[index]
        if touch is None or not feedback.hands:
            return
        face = self.review.frame(self.number, index).landmarks
        if face is not None:
            drawn = mirror.pixels(box.size, mirrored)
            hands = on_drawn(feedback.hands, touch, face, drawn)
            draw_hands(ui, box, hands, np.asarray, float(np.linalg.norm(drawn[263] - drawn[33])), at_s)

    def _learn(self, mirror: Mirror) -> None:
        """Show the mirror the resting face of this set, from where the coach learnt it: after that frames may come in
        any order."""
        mirror.relearn()
        armed = next((event.time for event in self.set.events if event.kind is Kind.ARMED), None)
        times = self.set.times
        first = self.set.at(armed - 1.2) if armed is not None else 0
        for index in range(first, self.set.at(times[first] + LATEST_S + 1.0) + 1):
            mirror.points(self.review.frame(self.number, index))
            if mirror.learnt:
                break
        self._learnt = self.number

    def _example(self, ui: Ui, app: App, box: pygame.Rect) -> None:
        """The demonstrator where the person was."""
        moment = self.moment()
        if app.pictures is None:
            ui.card(box)
        else:
            shows = app.pictures.want(self.set.kept.exercise, box.size, app.settings.mirror)
            if led_by(self.set.kept.exercise) == "hands":
                moment = self._in_tempo(shows)
            draw_picture(ui, box, app.pictures.picture(moment))
        if self.set.kept.exercise.touch is not None:
            return
        badge(ui, box, words.PHASES[moment.phase], ui.palette.good if moment.phase is Phase.HOLD else ui.palette.accent)

    def _in_tempo(self, shows: Demonstrator) -> Moment:
        """Where the demonstrator of hands is, which goes on in its own tempo."""
        armed = next((event.time for event in self.set.events if event.kind is Kind.ARMED), None)
        if armed is None or self.at_s < armed:
            return Moment(Phase.LEARNING)
        return shows.at(self.at_s - armed)

    def moment(self) -> Moment:
        """Where the demonstrator is: in the person's phase and pose, as much of it gone by."""
        times, feedback = self.set.times, self.set.feedbacks[self.index]
        run = bisect_right(self._runs, self.index)
        begin, end = times[self._runs[run - 1]], times[min(self._runs[run], len(times) - 1)]
        part = (times[self.index] - begin) / (end - begin) if end > begin else 0.0
        side = next((a.side for a in self.judged.attempts if a.end_s >= times[self.index]), None)
        return Moment(feedback.phase, feedback.pose, side, part)


# --- drawing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are, in pixels."""

    head: pygame.Rect
    person: pygame.Rect
    example: pygame.Rect
    said: pygame.Rect
    attempts: pygame.Rect
    chart: pygame.Rect
    scrub: pygame.Rect
    keys: pygame.Rect


def _layout(canvas: Canvas) -> _Layout:
    px, (width, height) = canvas.px, canvas.surface.get_size()
    margin, gap = px(20), px(10)
    whole = width - 2 * margin
    head = pygame.Rect(margin, px(10), whole, px(40))
    keys = pygame.Rect(margin, height - px(12) - px(84), whole, px(84))
    scrub = pygame.Rect(margin, keys.y - px(6) - px(26), whole, px(26))
    chart = pygame.Rect(margin, scrub.y - px(120), whole, px(120))
    top, bottom = head.bottom + px(8), chart.y - px(6)
    attempts = pygame.Rect(width - margin - px(420), top, px(420), bottom - top - px(4))
    left = attempts.x - px(16) - margin
    said = pygame.Rect(margin, bottom - px(44), left, px(44))
    person = pygame.Rect(margin, top, (left - gap) // 2, said.y - px(4) - top)
    return _Layout(head, person, person.move(person.width + gap, 0), said, attempts, chart, scrub, keys)


# --- the way in -------------------------------------------------------------------------------------------


def open_replay(app: App, path: Path) -> None:
    """Show a recording on top of what is shown; where it cannot be read, say why."""
    try:
        app.go(ReplayPage(_read(path)))
    except CoachError as error:
        app.say(str(error), 8.0)


def replay(
    path: Path,
    wiring: Wiring,
    settings: Settings,
    exercise: Exercise | None = None,
    size: tuple[int, int] = SIZE,
    screenshots: Path | None = None,
) -> None:
    """Open the window on a recording and stay until it is left. exercise: a file to judge by, too.

    Raises NoDisplay, and BadInput where the recording is damaged.
    """
    open_window(words.REPLAY, size)
    try:
        review = _read(path, settings)
        mesh = wiring.mesh
        app = App(
            wiring,
            settings,
            pictures=Pictures(mesh) if mesh is not None else None,
            mirror=Mirror(mesh) if mesh is not None else None,
            ends=must_end,
        )
        app.go(ReplayPage(review, exercise))
        app.run(Album(screenshots))
    finally:
        close_display()


def _read(path: Path, settings: Settings | None = None) -> Review:
    """Read a recording, and show how far it is where there is a window."""
    if not pygame.display.get_init() or pygame.display.get_surface() is None:
        return Review(path)
    page = Canvas(canvas())
    if settings is not None and settings.high_contrast:
        page.palette = HIGH_CONTRAST

    def told(done: float) -> None:
        draw_message(page, words.READING, words.percent_read(done))
        show(page.surface)
        pygame.event.pump()

    told(0.0)
    return Review(path, told)
