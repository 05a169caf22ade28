"""The workout: sets one after the other, with everything a person may want to do meanwhile."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import ClassVar

import msgspec
import pygame

from coach.avatar.demonstrator import Demonstrator, Moment
from coach.avatar.ghost import Ghost
from coach.avatar.rig import build as build_rig
from coach.form.calibration import trial
from coach.form.exercise import Exercise
from coach.form.quality import asks_for
from coach.frame import Array, Feedback, Frame, Kind, Phase
from coach.plan.workout import Workout
from coach.records.progress import Better
from coach.vision.display import Crop, crop
from coach.window import words
from coach.window.app import App, Record
from coach.window.pages import draw_message, draw_summary
from coach.window.screens.summary import Summary
from coach.window.screenshot import state_name
from coach.window.sound import tone_for
from coach.window.state import OVERLAYS, Options, Overlay, led_by
from coach.window.ui import Ui
from coach.window.view import Beat, Scene, cue_line, draw_banner, draw_picture, draw_workout, layout, missing_line
from coach.window.voice import Weight
from coach.window.waits import stage
from coach.window.worker import Pace, Seen, Worker

#: Seconds of count-down before the first set and after a pause.
COUNT_S = 3.0
#: Seconds without a face after which the workout waits, and with one after which it goes on.
AWAY_S, BACK_S = 2.0, 0.5
#: Seconds that what to take care of is shown.
CARE_S = 8.0


def begin(app: App, exercises: Sequence[Exercise], goal: str = "", done: int = 0, calibrating: bool = False) -> None:
    """Begin a workout: with the camera where there is one, else the built-in performer shows it.

    goal, done   what it was begun for, and how many sets of that were done before
    calibrating  two trials of each instead, to learn the person's own range
    """
    looking, wiring, settings = app.looking, app.wiring, app.settings
    live = looking is not None and not looking.trouble
    if not exercises:
        return
    if calibrating:
        if not live or wiring.calibrated is None:
            app.say(words.CALIBRATE_NEEDS)
            return
        exercises = [trial(e) for e in exercises]
    pause = {} if live else {"summary_s": math.inf}
    known = None if calibrating else app.calibration()
    workout = Workout([(e, e.reps) for e in exercises], calibration=known, gentle=settings.gentle, **pause)
    record = wiring.record(workout) if wiring.record is not None and live and not calibrating else None
    finish = wiring.calibrated if calibrating else wiring.finished if live else None
    if live and looking is not None:
        needs = frozenset(need for e in exercises for need in asks_for(e))
        app.waits = ""  # the camera is there, or will be; from here on it may be another tracker
        # Loading another tracker takes a second: only where it is to look for something else.
        looking.begin(workout, record, None if needs == app.needs else wiring.tracker(exercises))
        app.needs = needs
        page = WorkoutPage(workout, looking, record, goal=goal, done=done, live=True, finish=finish)
    elif wiring.performer is not None:
        performer = wiring.performer
        pace = Pace(marked=True)
        worker = Worker(lambda: performer(exercises), wiring.tracker(exercises), pace, workout, record)
        worker.start()
        page = WorkoutPage(workout, worker, record, own=True, demonstration=True, count_s=0.0)
    else:
        app.say(words.NO_CAMERA)
        return
    if goal and live:
        app.change(msgspec.structs.replace(settings, last=f"{goal} {settings.minutes} {done}"))
    app.go(page)


@dataclass(slots=True)
class WorkoutPage:
    """One workout, from the count-down to its last set.

    own            the worker runs for this page alone and ends with it
    live           a camera: who leaves its picture is waited for
    demonstration  the built-in performer is seen, and marked so
    count_s        seconds of count-down before the first set
    summary_s      seconds that the last set's summary stays
    closes_s       seconds after which the last page closes by itself; None waits for a key
    finish         told the results; what it says is shown with them
    """

    keys: ClassVar = words.WORKOUT_KEYS
    workout: Workout
    worker: Worker
    record: Record | None = None
    own: bool = False
    live: bool = False
    demonstration: bool = False
    count_s: float = COUNT_S
    summary_s: float = 3.0
    closes_s: float | None = None
    goal: str = ""
    done: int = 0
    finish: Callable[[Workout, Record | None], list[str | Better]] | None = None
    moving: bool = True
    _seen: Seen | None = None
    _waits: str = "start"  # why it stands still: "start", "pause", "away", "trouble"; empty while it runs
    _count_until: float | None = None  # clock time at which it goes on
    _counted: int = 0
    _gone_since: float | None = None
    _back_since: float | None = None
    _zero: float | None = None  # frame time at which the demonstrator begins
    _set: int = 0
    _phase: tuple[Phase, float] = (Phase.LEARNING, 0.0)
    _ghost: Ghost | None = None
    _crop: Crop | None = None
    _crop_of: tuple[tuple[int, int], tuple[int, int]] | None = None
    _over: float | None = None
    _spoken: str = ""
    _gave_up: bool = False
    _told_others: bool = False
    _taken_care: set[str] = field(default_factory=set)  # groups whose word of care was said
    _asked: bool = False  # whether the work with the hands is comfortable
    _told_trouble: bool = False
    _answers: SimpleQueue[str] = field(default_factory=SimpleQueue)  # of the worker's thread, to what was asked of it

    def leave(self, app: App) -> None:
        self._let_go()
        if self.record is not None:
            self.record.close()
        self.record = None

    def _let_go(self) -> None:
        """Wait until the worker has done what was asked of it, and has let go of the workout."""
        if self.own:
            self.worker.stop()
        else:
            self.worker.begin(None, wait_s=2.0)

    def show(self, ui: Ui, app: App) -> str:
        seen = self.worker.poll()
        if seen is not None:
            self._take(app, seen)
        while not self._answers.empty():
            app.say(self._answers.get(), 2.0)
        self._wait_or_go(app)
        if self.worker.finished and self._over is None and (self.workout.done or self.own):
            self._over = app.now
            if not self.workout.results:
                app.back()
                return "left"
        if self._over is not None and (self._gave_up or app.now - self._over >= self.summary_s):
            return self._finish(ui, app)
        if self._seen is None or self._seen.state is None or self._seen.feedback is None:
            return self._show_start(ui, app)
        if self._seen.state.result is not None:
            return self._show_between(ui, app)
        return self._show_set(ui, app, self._seen)

    # --- what came from the worker -------------------------------------------------------------------------

    def _take(self, app: App, seen: Seen) -> None:
        before = self._seen.feedback if self._seen is not None else None
        self._seen = seen
        feedback, state = seen.feedback, seen.state
        if feedback is None or state is None:
            return
        if state.number != self._set:
            if self._set and self.goal:
                at = self.done + state.number - 1
                minutes = app.settings.minutes
                app.change(msgspec.structs.replace(app.settings, last=f"{self.goal} {minutes} {at}"))
            self._set, self._zero, self._ghost, self._crop = state.number, None, None, None
            self._phase = feedback.phase, feedback.time
            self._take_care(app, state.exercise)
            if app.mirror is not None:
                app.mirror.relearn()
        hidden = app.settings.hide_face  # then it is drawn, and learns, anyway
        resting = feedback.phase in (Phase.LEARNING, Phase.REST)
        if resting and app.mirror is not None and not app.mirror.learnt and not self._waits and not hidden:
            app.mirror.points(seen.frame)  # it learns the resting face here, in case the person hides it later
        if feedback.phase is not self._phase[0]:
            self._phase = feedback.phase, feedback.time
        for told in seen.told or (feedback,):
            tone = tone_for(told, state.exercise, before.phase if before is not None else None)
            if tone is not None and not self._waits:
                app.sounds.play(tone)
            if any(event.kind is Kind.ARMED for event in told.events):
                self._zero = told.time
        self._speak(app, seen)

    def _take_care(self, app: App, exercise: Exercise) -> None:
        """Say once for each group of work with the hands, and of quiet time, what to take care of."""
        hands_on = exercise.touch is not None or exercise.group == "quiet"
        if hands_on and exercise.safety and exercise.group not in self._taken_care:
            self._taken_care.add(exercise.group)
            app.say(exercise.safety, CARE_S)

    def _speak(self, app: App, seen: Seen) -> None:
        feedback, state = seen.feedback, seen.state
        if app.voice is None or not app.settings.voice or feedback is None or state is None or self._waits:
            return
        if any(event.kind is Kind.SET_DONE for told in seen.told for event in told.events):
            app.voice.say(words.SET_COMPLETE, Weight.END)
            return
        text, mark = cue_line(feedback, state)
        # What is missing is asked for as long as it is shown: when it is first, something else may just have been said.
        asks = stage(state.wait, feedback.time) in (1, 2) and text == missing_line(feedback, state)
        if (text != self._spoken or asks) and feedback.phase is not Phase.DONE:
            self._spoken = text
            told = state.notice is not None and text == state.notice.text
            app.voice.say(text, Weight.CUE if mark or feedback.cue or asks or told else Weight.STEP)

    # --- standing still and going on -----------------------------------------------------------------------

    def _wait_or_go(self, app: App) -> None:
        """Pause for who is away, and count down before it goes on."""
        now = app.now
        if self._waits == "start" and self._count_until is None:
            if self.count_s <= 0.0:
                self._waits = ""
            elif self._seen is not None and self._seen.state is not None:
                self.worker.pause(True)
                self._count_until = now + self.count_s
        face = self._seen is not None and _somebody(self._seen)
        trouble = self.worker.trouble
        if trouble and self._waits in ("", "away", "trouble"):
            self._waits, self._count_until = "trouble", None
            self.worker.pause(True)
        elif self._waits == "trouble":
            if self._count_until is None:
                self._go_on(app)
        elif self.live and self._waits in ("", "away"):
            self._gone_since = None if face else self._gone_since or now
            self._back_since = self._back_since or now if face else None
            between = self._seen is not None and self._seen.state is not None and self._seen.state.result is not None
            if not self._waits and self._gone_since is not None and now - self._gone_since >= AWAY_S and not between:
                self._waits, self._count_until = "away", None
                self.worker.pause(True)
                app.sounds.play("pause")
            elif self._waits == "away" and self._count_until is None:
                if self._back_since is not None and now - self._back_since >= BACK_S:
                    self._go_on(app)
            elif self._waits == "away" and not face:
                self._count_until = None  # gone again while it was counted down
        if self._count_until is None:
            return
        left = math.ceil(self._count_until - now)
        if left != self._counted and left > 0:
            self._counted = left
            app.sounds.play("tick")
        if now >= self._count_until:
            self._waits, self._count_until, self._counted = "", None, 0
            self.worker.pause(False)
            app.sounds.play("go")

    def _go_on(self, app: App) -> None:
        """Go on after a count-down, for who is live; a demonstration goes on at once."""
        if self.live and self.count_s > 0:
            self._count_until = app.now + COUNT_S
        else:
            self._waits, self._count_until = "", None
            self.worker.pause(False)

    def _pause(self, app: App) -> None:
        if self._waits and self._waits != "start":
            self._go_on(app)
        elif not self._waits:
            self._waits, self._count_until = "pause", None
            self.worker.pause(True)

    # --- pictures ------------------------------------------------------------------------------------------

    def _prepare(self, ui: Ui, app: App, exercise: Exercise) -> None:
        """Have the demonstrator's pictures of a set drawn before it begins."""
        if app.pictures is not None:
            app.pictures.want(exercise, layout(ui).example.size, app.settings.mirror)

    def _show_start(self, ui: Ui, app: App) -> str:
        self._prepare(ui, app, self.workout.exercise)
        trouble = self.worker.trouble
        draw_message(ui, words.STARTING, trouble or app.waits or words.STARTING_MORE)
        if ui.take(pygame.K_ESCAPE):
            app.back()
        return "starting"

    def _options(self, app: App) -> Options:
        settings, mesh = app.settings, app.wiring.mesh
        triangles = mesh.triangles if mesh is not None else None
        return Options(settings.overlay, triangles, self.demonstration, settings.mirror, settings.hide_face,
                       bool(getattr(self.record, "keeps_video", False)))  # fmt: skip

    def _show_set(self, ui: Ui, app: App, seen: Seen) -> str:
        feedback, state = seen.feedback, seen.state
        assert feedback is not None
        assert state is not None
        where, options = layout(ui), self._options(app)
        scene = Scene(seen.frame, feedback, state, crop=self._framed(seen.frame, where.person.size))
        if app.pictures is not None:
            shows = app.pictures.want(state.exercise, where.example.size, options.mirror)
            moment = self._moment(shows, feedback, state.exercise)
            beat = Beat(moment.phase, moment.part, moment.left_s)
            scene = replace(scene, example=app.pictures.picture(moment), beat=beat)
            if options.overlay == "ghost" and state.exercise.touch is None and app.wiring.mesh is not None:
                scene = replace(scene, ghost=self._goal(app, shows, seen, feedback))
        if options.hide_face and app.mirror is not None:
            scene = replace(scene, mirror=app.mirror.draw(seen.frame, where.person.size, options.mirror))
            if feedback.hands or stage(state.wait, feedback.time):
                scene = replace(scene, drawn=app.mirror.pixels(where.person.size, options.mirror))
        banner, large = self._banner(app)
        draw_workout(ui, replace(scene, banner=banner, large=large), options)
        self._buttons(ui, app, where.foot)
        if self.record is not None and self.record.trouble and not self._told_trouble:
            self._told_trouble = True
            app.say(self.record.trouble, 8.0)
        if seen.frame.others and not self._told_others:
            app.say(words.TWO_FACES)
        self._told_others = bool(seen.frame.others)
        if self._waits in ("pause", "away", "trouble"):
            return self._waits
        return state_name(seen.frame, feedback, state)

    def _framed(self, frame: Frame, size: tuple[int, int]) -> Crop | None:
        """The part of the picture to show: the face large, and the same part for as long as the face is in it."""
        if frame.image is None:
            return None
        face, sizes = frame.landmarks, ((frame.image.shape[1], frame.image.shape[0]), size)
        if self._crop is None or self._crop_of != sizes or (face is not None and not self._crop.holds(face)):
            found = crop(*sizes, face)
            if face is None:
                return found  # all of it, until there is a face
            self._crop, self._crop_of = found, sizes
        return self._crop

    def _moment(self, shows: Demonstrator, feedback: Feedback, exercise: Exercise) -> Moment:
        """What the demonstrator does now: at rest until the person was seen, then the exercise in its own tempo; what
        is led by time shows the phase that is led."""
        if led_by(exercise) == "time":
            phase, since = self._phase
            lasts = getattr(exercise.tempo, phase, 0.0) or 1.0
            part = min(1.0, (feedback.time - since) / lasts)
            side = shows.sides()[feedback.reps % len(shows.sides())]
            if phase in (Phase.LEARNING, Phase.DONE):
                return Moment(phase if exercise.touch is not None else Phase.REST)
            if exercise.touch is not None:  # circles follow one another in one phase
                return shows.at(max(0.0, feedback.time - since))
            return Moment(phase, 0, side, part, lasts * (1.0 - part))
        if self._zero is None or feedback.phase is Phase.LEARNING:
            return Moment(Phase.LEARNING if exercise.touch is not None else Phase.REST)  # hands are down
        return shows.at(max(0.0, feedback.time - self._zero))

    def _goal(self, app: App, shows: Demonstrator, seen: Seen, feedback: Feedback) -> Array | None:
        assert app.wiring.mesh is not None
        if self._ghost is None:
            self._ghost = Ghost(build_rig(app.wiring.mesh))
        if feedback.phase in (Phase.LEARNING, Phase.REST):
            self._ghost.rest(seen.frame)
        sides = shows.sides()
        side = sides[(feedback.left + feedback.right) % len(sides)]
        return self._ghost.points(seen.frame, shows.peak(min(feedback.pose, shows.poses - 1), side))

    def _banner(self, app: App) -> tuple[str, str]:
        """What is said over the picture while it stands still, and what is large above it."""
        large = str(max(1, math.ceil(self._count_until - app.now))) if self._count_until is not None else ""
        if self._waits == "start" and large:
            exercise = self.workout.exercise
            if exercise.touch is not None and exercise.steps:
                return f"{words.HANDS_READY} {exercise.steps[0]}", large
            first = words.GET_READY if app.settings.last else f"{words.GET_READY} {words.FIRST_TIME}"
            return first, large
        if self._waits == "pause":
            return (words.GET_READY, large) if large else (words.PAUSED_MORE, words.PAUSED)
        if self._waits == "away":
            return (words.BACK_AGAIN if large else words.AWAY), large
        if self._waits == "trouble":
            return (words.BACK_AGAIN if large else f"{self.worker.trouble} {words.TROUBLE_MORE}"), large
        return "", ""

    def _buttons(self, ui: Ui, app: App, room: pygame.Rect) -> None:
        gap = ui.px(6)
        settings = app.settings
        paused = bool(self._waits) and self._count_until is None
        buttons: list[tuple[str, str, int | None, str, Callable[[], None], float]] = [
            ("pause", words.GO_ON if paused else words.PAUSE, pygame.K_SPACE, "Space", lambda: self._pause(app), 1.5),
            ("back", words.BACK, pygame.K_LEFT, words.LEFT_KEY, lambda: self._ask(lambda w: w.back()), 1.25),
            ("again", words.AGAIN, pygame.K_r, "R", lambda: self._ask(lambda w: w.again()), 1.0),
            ("next", words.NEXT, pygame.K_RIGHT, words.RIGHT_KEY, lambda: self._ask(lambda w: w.skip()), 1.3),
            ("one", words.WAS_ONE, None, "+", lambda: self._correct(True), 1.6),
            ("not", words.WAS_NOT, None, "−", lambda: self._correct(False), 1.6),
            ("hurts", words.HURTS, pygame.K_p, "P", lambda: self._hurts(app), 1.2),
            ("lines", words.LINES, pygame.K_m, "M", lambda: self._next_overlay(app), 1.0),
            ("face", words.HIDE, pygame.K_f, "F",
             lambda: app.change(msgspec.structs.replace(settings, hide_face=not settings.hide_face)), 1.1),
            ("help", words.KEYS_BUTTON, None, "?", app.ask_help, 0.9),
            ("leave", words.LEAVE, pygame.K_ESCAPE, "Esc", lambda: self._give_up(app), 1.2),
        ]  # fmt: skip
        if ui.typed("+=") or ui.take(pygame.K_KP_PLUS):
            self._correct(True)
        if ui.typed("-−") or ui.take(pygame.K_KP_MINUS):
            self._correct(False)
        if ui.take(pygame.K_n):
            self._relearn()
        if ui.take(pygame.K_v):
            app.change(msgspec.structs.replace(settings, sound=not settings.sound))
        whole = sum(share for *_, share in buttons)
        x, width = float(room.x), room.width - gap * (len(buttons) - 1)
        for name, label, key, hint, act, share in buttons:
            box = pygame.Rect(round(x), room.y, round(width * share / whole), room.height)
            if ui.button(name, box, label, key=key if key is not None else pygame.K_UNKNOWN, hint=hint, size=14):
                act()
            x += width * share / whole + gap

    def _ask(self, what: Callable[[Workout], object]) -> None:
        self.worker.ask(what)
        if self._waits == "pause":
            self._waits = ""
            self.worker.pause(False)

    def _next_overlay(self, app: App) -> None:
        known: list[Overlay] = [o for o in OVERLAYS if o != "mesh" or app.wiring.mesh is not None]
        at = known.index(app.settings.overlay) if app.settings.overlay in known else -1
        app.change(msgspec.structs.replace(app.settings, overlay=known[(at + 1) % len(known)]))
        app.say(words.OVERLAY_NAMES[app.settings.overlay], 1.5)

    def _correct(self, was_one: bool) -> None:
        """The person knows better: count what was not, or take back what was. It is done between two frames, in the
        worker's thread, which must not touch the window."""
        record = self.record

        def correct(workout: Workout) -> None:
            known = len(workout.session.attempts)
            if not workout.correct(was_one):
                self._answers.put(words.NOTHING_TO_CORRECT)
                return
            self._answers.put(words.CORRECTED_ONE if was_one else words.CORRECTED_NOT)
            if record is not None:
                record.note("one" if was_one else "not-one", known)

        self.worker.ask(correct)

    def _relearn(self) -> None:
        """Learn the resting face again."""
        record = self.record

        def again(workout: Workout) -> None:
            if not workout.between:
                workout.session.relearn()
                if record is not None:
                    record.note("relearn", len(workout.session.attempts))

        self.worker.ask(again)

    def _hurts(self, app: App) -> None:
        record = self.record

        def stop(workout: Workout) -> None:
            if record is not None:
                record.note("pain", len(workout.session.attempts))
            workout.hurts()

        self._ask(stop)
        app.say(words.PAIN, 8.0)

    def _give_up(self, app: App) -> None:
        """Leave; what was done is summed up where there is anything."""
        self.worker.ask(lambda w: None if w.between or not w.session.attempts else w.skip())
        self._gave_up = True
        self._over = app.now

    def _show_between(self, ui: Ui, app: App) -> str:
        """After a set: what came of it, and the next exercise already shown."""
        assert self._seen is not None
        state, px = self._seen.state, ui.px
        assert state is not None
        assert state.result is not None
        ui.clear()
        page = ui.page(1220, 680)
        left = pygame.Rect(page.x, page.y, page.width if state.following is None else round(page.width * 0.62),
                           page.height - px(60))  # fmt: skip
        draw_summary(ui, left, state.result, state.done)
        if state.asks and not self._asked:
            self._asked = True
            app.say(state.asks, CARE_S)
        if state.following is not None:
            right = pygame.Rect(left.right + px(32), page.y, page.right - left.right - px(32), left.height)
            self._show_next(ui, app, right, state.following, state.begins_in_s)
        foot = pygame.Rect(page.x, page.bottom - px(46), page.width, px(46))
        third = (foot.width - 2 * px(10)) // 3
        again = pygame.Rect(foot.x, foot.y, third, foot.height)
        # A film or the performer cannot go back.
        if ui.button("again", again, words.AGAIN, key=pygame.K_r, hint="R", size=18, enabled=not self.own):
            self._ask(lambda w: w.again())
        leave = again.move(third + px(10), 0)
        if ui.button("leave", leave, words.LEAVE, key=pygame.K_ESCAPE, hint="Esc", size=18):
            self._give_up(app)
        onward = leave.move(third + px(10), 0)
        if ui.button("next", onward, words.FINISH if state.done else words.NEXT, key=pygame.K_RIGHT, primary=True,
                     hint=words.RIGHT_KEY, size=20):  # fmt: skip
            if state.done:
                self._gave_up = True
                self._over = app.now
            else:
                self.worker.skip()
        banner, large = self._banner(app)
        if ui.take(pygame.K_SPACE):
            self._pause(app)
        if self._waits == "pause":
            draw_banner(ui, left, large, banner)
        return "last-summary" if state.done else "summary"

    def _show_next(self, ui: Ui, app: App, room: pygame.Rect, following: Exercise, begins_in_s: float | None) -> None:
        px, colours = ui.px, ui.palette
        y = ui.line(words.COMING, room.topleft, 17, colours.accent, bold=True).bottom
        y = ui.block(following.name, pygame.Rect(room.x, y, room.width, px(48)), 28, bold=True).bottom + px(6)
        box = pygame.Rect(room.x, y, room.width, min(round(room.width * 1.0), room.bottom - y - px(110)))
        if app.pictures is not None:
            self._prepare(ui, app, following)
            shows = app.pictures.want(following, box.size, app.settings.mirror)
            draw_picture(ui, box, app.pictures.picture(shows.at(app.now)))
        y = box.bottom + px(8)
        # Of the hands it matters where they begin, too.
        steps = following.steps[:2] if following.touch is not None else following.steps[1:2] or following.steps[:1]
        if steps:
            y = ui.block(" ".join(steps), pygame.Rect(room.x, y, room.width, px(60)), 17).bottom + px(6)
        if begins_in_s is not None:
            ui.block(words.begins_in(math.ceil(begins_in_s)), pygame.Rect(room.x, y, room.width, px(34)), 18,
                     colours.muted)  # fmt: skip

    # --- the end -------------------------------------------------------------------------------------------

    def _finish(self, ui: Ui, app: App) -> str:
        """Show what came of it all."""
        self._let_go()
        results = list(self.workout.results)
        if self.goal and self.live and not (self._gave_up and not self.workout.done):
            app.change(msgspec.structs.replace(app.settings, last=f"{self.goal} {app.settings.minutes} 0"))
        if self.record is not None:
            self.record.close()
        found = self.finish(self.workout, self.record) if self.finish is not None and results else []
        news = [words.better(one) if isinstance(one, Better) else one for one in found]
        recording = getattr(self.record, "recording", None)
        self.record = None
        if not results:
            app.back()
            return "left"
        page = Summary(results, news, self.closes_s, recording if recording and recording.exists() else None)
        app.replace(page)
        return page.show(ui, app)


def _somebody(seen: Seen) -> bool:
    """Whether somebody is there: hands at the face may hide it."""
    if seen.frame.landmarks is not None:
        return True
    touch = seen.state.exercise.touch if seen.state is not None else None
    if seen.state is not None and seen.state.exercise.unseen:
        return True
    hands = seen.frame.hands is not None and len(seen.frame.hands) > 0
    return touch is not None and (hands or seen.frame.pose is not None)
