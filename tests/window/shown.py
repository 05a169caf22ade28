"""Every page of the window, with something on it, for tests that look at all of them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import faces
import msgspec
import numpy as np
from hand import REST, Blind, Hand, HandWorker
from made import (
    BREATH,
    GLIDE,
    LED,
    MIDDLE,
    MIXED,
    NECK,
    POINT,
    PUCKER,
    SMILE,
    STROKE,
    TODAY,
    TURNS,
    UNRESTED,
    attempt,
    feedback,
    hands,
    past,
    result,
    shoulders,
    sitting,
    state,
)

from coach.avatar.demonstrator import Demonstrator, Moment
from coach.avatar.mirror import Mirror
from coach.form.exercise import Exercise, find_exercise
from coach.frame import Event, Feedback, Frame, Image, Kind, Phase
from coach.plan.routine import Manner
from coach.plan.rules import dosed
from coach.plan.screening import EMERGENCY
from coach.plan.workout import Workout
from coach.records.recording import RecordedSet, Recorder
from coach.records.review import Judgement, Review, ReviewedSet
from coach.records.settings import Settings
from coach.window import words
from coach.window.app import Screen, Wiring
from coach.window.screens.home import Home
from coach.window.screens.library import Library
from coach.window.screens.progress import Progress
from coach.window.screens.replay import ReplayPage
from coach.window.screens.resting import RestingFace
from coach.window.screens.settings import SettingsPage
from coach.window.screens.summary import Summary
from coach.window.screens.welcome import Urgent, Welcome
from coach.window.screens.workout import WorkoutPage
from coach.window.state import Snapshot
from coach.window.waits import latest_wait
from coach.window.worker import Pace, Seen

BLOCKED = Settings(welcomed="2025-01-31", sound=False, answers=["jaw-joint", "vessels"], last="everyday 5 2")
LONGEST = find_exercise("upper-lid-firmer")
LONG_POINT = dosed(MIDDLE, "headache")
_HOLD = replace(feedback(0.92, Phase.HOLD), last=MIXED[1], form=82.0)
_SIDES = replace(feedback(0.6), sides=(0.8, 0.55), reps=23, left=12, right=11)
_MISSED = replace(state(), notice=Event(1.0, Kind.ATTEMPT_MISSED, "reached 58% of the movement, 65% is needed"))
_UNKNOWN = replace(feedback(0.3), known=0.2, missing="mouth")
_NO_FACE = feedback(None, cue="I cannot see your face.", withheld="I cannot see your face.")
_TURNED = feedback(0.3, cue="Turn your face to the camera.", withheld="Turn your face to the camera.")
_MANY = (*MIXED * 3, attempt(False, reason="one side of the mouth went up much further than the other one"))
_SETS = [result(), result(PUCKER, MIXED[:2], 2), result(GLIDE, _MANY, 10), result(LED, (), 8),
         result(POINT, TURNS, 13)]  # fmt: skip
_REFUSED = (attempt(False, reason="reached 58% of the movement, 65% is needed"),) * 3
_ZEROS = [result(SMILE, (), why="your head was tilted by 90 degrees"), result(PUCKER, (), 8, UNRESTED), result(),
          result(GLIDE, _REFUSED, 10, "reached 58% of the movement, 65% is needed"),
          result(POINT, TURNS[2:], 13)]  # fmt: skip
#: About three days of four in twelve weeks, with two missed ones now and then.
PRACTISED = tuple(day for day in range(82) if day % 5 not in (2, 4) or day < 4)
_NEWS = ["Better than last time: Wide smile, form 82 after 74."]


def workout(
    said: Feedback,
    now: Snapshot,
    waits: str = "",
    count: float | None = None,
    face: bool = True,
    shows_s: float | None = None,
    lacks_s: float | None = None,
    turned: dict[str, float] | None = None,
    **settings: object,
) -> Callable[[tuple[int, int]], Hand]:
    """The page of a workout at one moment, as it would be after the worker has seen it. shows_s: seconds for which the
    demonstrator has shown it. lacks_s: seconds for which something has been missing. turned: how the head is."""

    def shown(size: tuple[int, int]) -> Hand:
        worker = HandWorker(None, Blind, Pace(live=True), Workout([(now.exercise, now.goal)]))
        frame = sitting(**turned) if turned else _sitting()
        frame = replace(frame, pose=shoulders(frame) if now.exercise.group == "neck-massage" else None)
        frame = frame if face else replace(frame, landmarks=None, head=None)
        wait = latest_wait(None, frame, replace(said, time=said.time - lacks_s)) if lacks_s is not None else None
        worker._box = Seen(frame, said, replace(now, wait=wait))
        page = WorkoutPage(worker._workout, worker, live=waits != "demonstration", count_s=0.0,
                           demonstration=waits == "demonstration")  # fmt: skip
        hand = Hand(page, settings=_settings(**settings), size=size)
        page._waits = waits if waits != "demonstration" else ""
        if shows_s is not None:
            page._set, page._zero, page._phase = now.number, said.time - shows_s, (said.phase, said.time - shows_s)
        page._count_until = hand.app.now + count if count is not None else None
        if waits == "trouble":
            worker.lose(words.CAMERA_LOST)
        return hand

    return shown


def working(
    exercise: Exercise,
    away: float = 0.0,
    along: float = 0.0,
    progress: float | None = None,
    reps: int = 3,
    hold_s: float = 0.0,
    cue: str = "",
) -> Feedback:
    """Somebody at work with the hands on the face that sits in the picture."""
    of = exercise.reps if progress is None else reps / progress
    return replace(feedback(None), hands=hands(exercise, _sitting(), away, along), reps=reps, left=reps, right=reps,
                   progress=reps / of, hold_s=hold_s, cue=cue, phase=Phase.REST if away > 0.1 else Phase.RISE,
                   last=TURNS[-1] if reps else None)  # fmt: skip


def page(
    make: Callable[[], Screen], settings: Settings | None = None, help: bool = False, says: str = ""
) -> Callable[[tuple[int, int]], Hand]:
    def shown(size: tuple[int, int]) -> Hand:
        hand = Hand(make(), settings=settings or _settings(), size=size)
        hand.app.help = help
        if says:
            hand.app.say(says, 1e9)
        return hand

    return shown


def library(text: str) -> Library:
    found = Library(_chosen=["pucker"])
    found._text = text
    return found


def home_with_camera(size: tuple[int, int]) -> Hand:
    hand = Hand(Home(), settings=BLOCKED, size=size)
    looking = HandWorker(None, Blind, Pace(live=True))
    looking.start()
    looking.see(REST)
    hand.app.looking = looking
    return hand


def resting_with_camera(size: tuple[int, int]) -> Hand:
    hand = home_with_camera(size)
    hand.app.go(RestingFace())
    return hand


@cache
def recorded() -> Review:
    """A recording of three sets: smiles well done and less so, jaw glides, and one led by time."""
    path = Path(mkdtemp()) / "a.coach"
    manners: tuple[Manner, ...] = ("clean", "partial", "one-sided", "rushed", "brow", "clean")
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        for seen in faces.frames(faces.perform(SMILE, *manners), fps=15):
            recorder.add(seen)
        recorder.begin_set(GLIDE, "x")
        for seen in faces.frames(faces.perform(GLIDE, *("clean", "clean", "partial", "clean", "clean") * 2), fps=15):
            recorder.add(seen)
        recorder.begin_set(LED, "x")
        for seen in faces.resting(12.0, 15):
            recorder.add(seen)
    return Review(path)


class HandsReview:
    """A recording, already judged, of a set of sweeps beside the nose, the last of them done elsewhere."""

    path = Path("hands.coach")

    def __init__(self) -> None:
        times = [i / 15 for i in range(90)]
        self._frames = [replace(frame, time=time) for frame, time in zip(faces.resting(6.1, 15), times, strict=False)]
        attempts = tuple(
            replace(turn, start_s=1.0 + i, peak_s=1.4 + i, end_s=1.8 + i) for i, turn in enumerate((*TURNS, TURNS[0]))
        )
        feedbacks = []
        for frame in self._frames:
            done = [a for a in attempts if a.end_s <= frame.time]
            events = (Event(frame.time, Kind.ARMED, "Ready."),) if not feedbacks else ()
            away = 0.8 if 3.0 < frame.time < 3.8 else 0.0
            feedbacks.append(replace(
                feedback(None), time=frame.time, hands=hands(POINT, frame, away), events=events, reps=len(done),
                last=done[-1] if done else None))  # fmt: skip
        match, none = np.full(len(times), np.nan), np.full((len(times), 1), np.nan)
        first = Judgement(POINT, False, 0.65, attempts, match, {}, (1.0, 1.0))
        kept = RecordedSet(0, "x", POINT, None, goal=13)
        self.sets = (ReviewedSet(kept, times, range(len(times)), none, feedbacks, (), first, self.path),)

    def frame(self, number: int, index: int) -> Frame:
        return self._frames[index]

    def close(self) -> None:
        pass


def replayed_hands(size: tuple[int, int]) -> Hand:
    page = ReplayPage(HandsReview())  # type: ignore[arg-type]
    page.jump(3.4)
    return Hand(page, settings=_settings(), size=size)


def replayed(
    number: int = 0, rule: int = 0, compared: bool = False, zoom: int = 0, help: bool = False
) -> Callable[[tuple[int, int]], Hand]:
    """The replay of a recording: which set, by which rules, at the peak of its second attempt."""

    def shown(size: tuple[int, int]) -> Hand:
        page = ReplayPage(recorded())
        page.open(number)
        page._rule = rule
        page.attempt(1)
        page.attempt(1)
        page.peak()
        if compared:
            page.compare()
        page.closer(zoom)
        hand = Hand(page, settings=_settings(), size=size)
        hand.app.help = help
        return hand

    return shown


@cache
def practised(days: tuple[int, ...] = PRACTISED) -> Path:
    """A folder with a history of sessions on these days before the last one."""
    return past(Path(mkdtemp()), days)


def progress(
    exercise: str = "", days: tuple[int, ...] = PRACTISED, **settings: object
) -> Callable[[tuple[int, int]], Hand]:
    """What was done so far, with one exercise chosen."""

    def shown(size: tuple[int, int]) -> Hand:
        wiring = Wiring(lambda exercises: Blind, folder=practised(days))
        chosen = _settings(**{"minutes": 3} | settings)
        return Hand(Progress(lambda: None, TODAY, _looked=exercise), settings=chosen, wiring=wiring, size=size)

    return shown


def _settings(**changes: object) -> Settings:
    return msgspec.structs.replace(Settings(welcomed="2025-01-31", sound=False), **changes)


@cache
def _sitting():
    return sitting()


#: How to come to each page, by a short name. Each is called with the size of the window.
PAGES: dict[str, Callable[[tuple[int, int]], Hand]] = {
    "welcome": page(lambda: Welcome()),
    "resting-face": resting_with_camera,
    "questions": page(lambda: Welcome(questions=True), BLOCKED),
    "urgent": page(lambda: Urgent(EMERGENCY)),
    "home": page(Home),
    "home-camera": home_with_camera,
    "library": page(lambda: library("")),
    "library-blocked": page(lambda: library("goldfish"), BLOCKED),
    "library-long": page(lambda: library("upper lid"), BLOCKED),
    "library-hands": page(lambda: library("upper cheek")),
    "library-off": page(lambda: library("te17")),
    "library-nothing": page(lambda: library("xyzzyqq")),
    "settings": page(SettingsPage),
    "workout-start": workout(feedback(None, Phase.LEARNING), state(attempts=()), "start", 2.5),
    "workout-rest": workout(replace(feedback(0.05, Phase.REST), last=MIXED[0], form=82.0), state()),
    "workout-hold": workout(_HOLD, state()),
    "workout-cue": workout(replace(_HOLD, cue="Let your forehead rest."), state(), overlay="bars"),
    "workout-missed": workout(replace(feedback(0.1, Phase.REST), last=MIXED[2]), _MISSED),
    "workout-sides": workout(_SIDES, state(GLIDE, _MANY, 10)),
    "workout-long": workout(feedback(0.4), state(LONGEST, MIXED * 12, 60)),
    "workout-led": workout(feedback(None, Phase.HOLD), state(LED, (), 8)),
    "workout-unseen": workout(_NO_FACE, state(), face=False),
    "workout-no-face": workout(_NO_FACE, state(), face=False, lacks_s=3.0),
    "workout-knowing": workout(_UNKNOWN, state(), lacks_s=1.0),
    "workout-unrested": workout(_UNKNOWN, state(), lacks_s=3.0),
    "workout-later": workout(_UNKNOWN, state(), "demonstration", lacks_s=9.0),
    "workout-turned": workout(_TURNED, state(), lacks_s=3.0, turned={"yaw_deg": 38.0}),
    "workout-nodded": workout(replace(_UNKNOWN, missing="head"), state(), lacks_s=3.0, turned={"pitch_deg": 24.0}),
    "hidden-unrested": workout(replace(_UNKNOWN, missing="brows"), state(), lacks_s=3.0, hide_face=True),
    "workout-demonstration": workout(feedback(0.5), state(), "demonstration"),
    "workout-point": workout(working(POINT, reps=2), state(POINT, TURNS, 13), shows_s=0.2),
    "workout-away": workout(working(POINT, 0.6, reps=0, cue="Bring your index fingertips to the marks."),
                            state(POINT, (), 13), shows_s=0.5),
    "workout-minute": workout(working(LONG_POINT, progress=0.3, reps=26, hold_s=18.0),
                              state(LONG_POINT, TURNS * 9, LONG_POINT.reps), shows_s=0.3),
    "workout-stroke": workout(replace(working(STROKE, along=0.6, reps=2), left=3), state(STROKE, TURNS, 5),
                              shows_s=2.0),
    "workout-neck": workout(replace(feedback(None), reps=2, left=2, right=2), state(NECK, TURNS[:2], 6), shows_s=1.5),
    "workout-breath": workout(replace(feedback(None), reps=0), state(BREATH, (), 2), shows_s=2.5),
    "hidden-hands": workout(working(POINT, reps=2), state(POINT, TURNS, 13), shows_s=0.2, hide_face=True),
    "paused": workout(feedback(), state(), "pause"),
    "away": workout(feedback(None), state(), "away", face=False),
    "trouble": workout(feedback(None), state(), "trouble"),
    "hidden": workout(_HOLD, state(), hide_face=True),
    "between": workout(feedback(None, Phase.DONE), replace(state(), result=result(GLIDE, _MANY, 10), following=LONGEST,
                                                           begins_in_s=6.4)),
    "between-hands": workout(feedback(None, Phase.DONE), replace(state(), result=result(POINT, TURNS * 5, 13),
                                                                 following=STROKE, begins_in_s=6.4)),
    "last-set-hands": workout(feedback(None, Phase.DONE), replace(state(), done=True, result=replace(
        result(STROKE, TURNS, 5), left=2, right=1))),
    "between-nothing": workout(feedback(None, Phase.DONE), replace(
        state(), result=result(GLIDE, (), 8, UNRESTED), following=LONGEST, begins_in_s=6.4)),
    "between-refused": workout(feedback(None, Phase.DONE), replace(
        state(), result=result(SMILE, _REFUSED * 6, 18, UNRESTED), following=LONGEST, begins_in_s=6.4)),
    "last-set-nothing": workout(feedback(None, Phase.DONE), replace(state(), done=True, result=_ZEROS[0])),
    "last-set": workout(feedback(None, Phase.DONE), replace(state(), result=result(), done=True)),
    "summary": page(lambda: Summary(_SETS, _NEWS)),
    "summary-long": page(lambda: Summary(_SETS * 5, _NEWS * 3)),
    "summary-nothing": page(lambda: Summary(_ZEROS, _NEWS)),
    "summary-nothing-long": page(lambda: Summary(_ZEROS * 5, _NEWS * 3)),
    "summary-one-nothing": page(lambda: Summary([_ZEROS[1]])),
    "summary-one": page(lambda: Summary([result(GLIDE, _MANY * 4, 40)])),
    "help": page(Home, help=True),
    "said": page(Home, says=words.PAIN),
    "replay": replayed(),
    "replay-compared": replayed(compared=True),
    "replay-sides": replayed(1, rule=3),
    "replay-led": replayed(2),
    "replay-closer": replayed(zoom=2),
    "replay-hands": replayed_hands,
    "progress": progress(),
    "progress-sides": progress("jaw-glide"),
    "progress-led": progress("tongue-click"),
    "progress-few": progress(days=(1, 4)),
    "progress-long-ago": progress(days=(40, 42), minutes=20),
    "progress-empty": progress(days=()),
    "help-replay": replayed(help=True),
}  # fmt: skip


class Demonstrators:
    """Pictures of demonstrations, drawn when they are asked for and kept."""

    def __init__(self) -> None:
        self._wanted: tuple[Demonstrator, tuple[int, int], bool] | None = None

    def want(self, exercise: Exercise, size: tuple[int, int], mirror: bool = True) -> Demonstrator:
        self._wanted = _demonstrator(exercise.id), size, mirror
        return self._wanted[0]

    def picture(self, moment: Moment) -> Image:
        assert self._wanted is not None
        demonstrator, size, mirror = self._wanted
        return _drawn(demonstrator.exercise.id, size, mirror, demonstrator.way(moment))

    def close(self) -> None:
        pass


@cache
def _demonstrator(id: str) -> Demonstrator:
    return Demonstrator(faces.mesh(), find_exercise(id))


@cache
def _drawn(id: str, size: tuple[int, int], mirror: bool, way: object) -> Image:
    image = _demonstrator(id).picture(way, size, mirror)  # type: ignore[arg-type]
    image.setflags(write=False)
    return image


def with_avatar(hand: Hand) -> Hand:
    """The same with the drawn face, where a page shows one."""
    hand.app.pictures = Demonstrators()  # type: ignore[assignment]
    hand.app.mirror = Mirror(faces.mesh())
    return hand
