"""The window from its opening to its last page, with a made-up tracker and the dummy display driver."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import faces
import numpy as np
import pygame
import pytest
from hand import wait_for

from coach.errors import BadVideo, NoCamera, NoDisplay
from coach.form.exercise import find_exercise
from coach.frame import Frame, Image
from coach.plan.workout import Workout
from coach.records.settings import Settings
from coach.window import loop, words, worker
from coach.window.app import App, Wiring
from coach.window.loop import NEXT_SET, Item, home, run
from coach.window.screens import workout as workout_page
from coach.window.worker import Pace, Worker

SMILE = find_exercise("wide-smile")
IMAGE = np.zeros((48, 64, 3), np.uint8)


def noisy(number: int) -> Image:
    """A camera's picture: no two in a row are the same."""
    return np.full_like(IMAGE, number % 200)


@dataclass
class Tracker:
    """Gives the prepared frames in turn, or frames without a face; remembers what it was asked."""

    frames: list[Frame] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    closed: bool = False

    def look_for(self, needs: Set[str], /) -> None:
        pass

    def track(self, image: Image, time: float, /) -> Frame:
        self.times.append(time)
        if not self.frames:
            return Frame(time, image=image)
        prepared = self.frames[min(len(self.times), len(self.frames)) - 1]
        return Frame(time, prepared.landmarks, prepared.blendshapes, prepared.head, image=image)

    def close(self) -> None:
        self.closed = True


def images(count: int, fps: float = 30.0) -> Callable[[], Iterator[Item]]:
    return lambda: ((i / fps, IMAGE) for i in range(count))


def press(*keys: int) -> None:
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


def pressing(at: dict[int, Callable[[], None]], count: int = 400) -> Callable[[], Iterator[Item]]:
    """Images that come slowly enough for the window to follow, doing something at some of them."""

    def source() -> Iterator[Item]:
        for i in range(count):
            if i in at:
                at[i]()
            yield i / 200, IMAGE

    return source


def smiling(reps: int) -> list[Frame]:
    return list(faces.frames(faces.perform(SMILE, *["clean"] * reps)))


def test_a_set_is_played_to_its_summary(tmp_path):
    frames = smiling(2)
    tracker, told = Tracker(frames), []

    def slow() -> Tracker:
        threading.Event().wait(0.3)
        return tracker

    results = run(
        Workout([(SMILE, 2)]), images(len(frames)), slow,
        paced=False, auto_close_s=0.0, screenshots=tmp_path, on_screenshot=told.append,
    )  # fmt: skip
    assert [(r.exercise.id, r.reps, r.goal) for r in results] == [("wide-smile", 2, 2)]
    assert tracker.closed
    assert not pygame.display.get_init()
    assert {"starting", "final"} <= {path.stem for path in told}
    assert all(path.is_file() for path in told)


def test_every_frame_is_judged_in_its_order_and_told():
    tracker, judged = Tracker(), []
    run(
        Workout([(SMILE, None)]), images(40), lambda: tracker, paced=False, auto_close_s=0.0,
        on_step=lambda frame, feedback: judged.append((frame.time, feedback.time)),
    )  # fmt: skip
    assert tracker.times == [i / 30 for i in range(40)]
    assert judged == [(t, t) for t in tracker.times]


def test_what_was_done_counts_when_the_source_ends_early():
    frames = smiling(1)
    results = run(
        Workout([(SMILE, 6), (SMILE, 6)]), images(len(frames)), lambda: Tracker(frames), paced=False, auto_close_s=0.0
    )
    assert [r.reps for r in results] == [1]


def test_a_source_with_nothing_in_it_gives_no_results():
    assert run(Workout([(SMILE, 1)]), lambda: iter(()), Tracker, paced=False) == []


def test_escape_leaves_and_lets_go_of_everything():
    released = threading.Event()

    def source() -> Iterator[Item]:
        try:
            yield from pressing({5: lambda: press(pygame.K_ESCAPE)}, 10**6)()
        finally:
            released.set()

    tracker = Tracker()
    assert run(Workout([(SMILE, 3)]), source, lambda: tracker) == []
    assert tracker.closed
    assert released.is_set()
    assert not any(thread.name == "coach" for thread in threading.enumerate())


def test_closing_the_window_leaves():
    close = {5: lambda: pygame.event.post(pygame.event.Event(pygame.QUIT))}
    assert run(Workout([(SMILE, 3)]), pressing(close, 10**6), Tracker) == []


def test_the_right_arrow_ends_sets_and_summaries():
    keys = {20: lambda: press(pygame.K_RIGHT), 60: lambda: press(pygame.K_RIGHT), 120: lambda: press(pygame.K_RIGHT)}
    results = run(Workout([(SMILE, 3), (find_exercise("pucker"), 3)]), pressing(keys), Tracker, auto_close_s=0.0,
                  summary_s=0.0)  # fmt: skip
    assert [r.exercise.id for r in results] == ["wide-smile", "pucker"]


def test_other_keys_change_what_is_drawn_and_nothing_else():
    keys = {
        10: lambda: press(pygame.K_m, pygame.K_h, pygame.K_n),
        20: lambda: press(pygame.K_m, pygame.K_h, pygame.K_v),
    }
    tracker = Tracker()
    run(Workout([(SMILE, None)]), pressing(keys, 40), lambda: tracker, auto_close_s=0.0, summary_s=0.0)
    assert len(tracker.times) == 40


def test_only_the_windows_own_thread_speaks(monkeypatch: pytest.MonkeyPatch):
    """Also where it answers what another thread does for it, as when a count is corrected."""
    told: list[tuple[str, threading.Thread]] = []
    say = App.say

    def heard(app: App, text: str, seconds: float = 4.0) -> None:
        told.append((text, threading.current_thread()))
        say(app, text, seconds)

    monkeypatch.setattr(App, "say", heard)
    keys = {
        at: lambda text=text: pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=text))
        for at, text in ((10, "-"), (40, "+"))
    }
    run(Workout([(SMILE, None)]), pressing(keys, 200), Tracker, auto_close_s=0.0, summary_s=0.0)
    assert [text for text, _ in told] == [words.NOTHING_TO_CORRECT, words.CORRECTED_ONE]
    assert {thread for _, thread in told} == {threading.main_thread()}


def test_keys_are_heard_on_whatever_keyboard_also_when_that_is_changed_in_mid_set(monkeypatch: pytest.MonkeyPatch):
    """American, then Russian, then Greek: M for other lines on the face, P where it hurts."""
    told: list[str] = []
    say = App.say
    monkeypatch.setattr(App, "say", lambda app, text, *s: (told.append(text), say(app, text, *s))[1])

    def typed(character: str, place: int) -> Callable[[], None]:
        event = pygame.event.Event(pygame.KEYDOWN, key=ord(character), mod=0, scancode=place)
        return lambda: pygame.event.post(event)

    keys = {20: typed("m", pygame.KSCAN_M), 60: typed("ь", pygame.KSCAN_M), 100: typed("μ", pygame.KSCAN_M),
            140: typed("π", pygame.KSCAN_P)}  # fmt: skip
    results = run(Workout([(SMILE, 3)]), pressing(keys, 400), Tracker, auto_close_s=0.0, summary_s=0.0)
    assert told[3] == words.PAIN
    assert len(set(told[:3])) == 3
    assert len(results) == 1


def test_a_window_of_other_pixels_shows_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As the 16 bits of a remote display."""
    shown = pygame.Surface((1280, 720), 0, 16)
    monkeypatch.setattr(pygame.display, "get_surface", lambda: shown)
    monkeypatch.setattr(pygame.display, "flip", lambda: None)
    frames = smiling(1)
    run(Workout([(SMILE, 1)]), images(len(frames)), lambda: Tracker(frames), paced=False, auto_close_s=0.0,
        screenshots=tmp_path)  # fmt: skip
    last = pygame.image.load(tmp_path / "final.png")
    wanted, got = (pygame.surfarray.array3d(one).astype(int) for one in (last, shown))
    assert wanted.std() > 10
    assert np.abs(wanted - got).max() <= 8  # five bits of each colour


def test_a_paused_source_is_not_read():
    read = []

    def source() -> Iterator[Item]:
        for i in range(60):
            read.append(i)
            yield i / 30, IMAGE

    worker = Worker(source, Tracker, Pace(paced=False), Workout([(SMILE, None)]))
    worker.pause(True)
    worker.start()
    wait_for(lambda: read)
    threading.Event().wait(0.05)
    assert read == [0]
    worker.pause(False)
    wait_for(lambda: worker.finished)
    assert len(read) == 60
    assert worker.dropped == 59  # nobody polled: 60 frames went through one place
    worker.stop()


def test_space_pauses_and_goes_on():
    tracker = Tracker()
    keys = {10: lambda: press(pygame.K_SPACE)}
    timer = threading.Timer(0.4, lambda: press(pygame.K_SPACE))
    timer.start()
    run(Workout([(SMILE, None)]), pressing(keys, 60), lambda: tracker, auto_close_s=0.0, summary_s=0.0)
    assert len(tracker.times) == 60


def test_time_stands_still_for_the_coach_while_a_camera_is_paused():
    tracker, times = Tracker(), []
    worker: Worker

    def source() -> Iterator[Item]:
        for i in range(30):
            if i in (10, 20):
                worker.pause(i == 10)
            yield i / 10, IMAGE

    def judged(frame: Frame, feedback: object) -> None:
        times.append(frame.time)

    # A camera never ends; this one stops when nobody reads it any more.
    worker = Worker(source, lambda: tracker, Pace(live=True), Workout([(SMILE, None)]), judged)
    worker.start()
    wait_for(lambda: worker.trouble)
    worker.stop()
    assert len(tracker.times) == 30  # it is seen in the pause, too
    assert len(times) == 20
    assert np.allclose(np.diff(times), 0.1)


def test_a_source_that_knows_its_sets_leads_through_them():
    made = []

    def late(i: int) -> Callable[[], Image]:
        return lambda: (made.append(i), IMAGE)[1]

    def source() -> Iterator[Item]:
        for i in range(30):
            yield i / 30, late(i)
        yield NEXT_SET
        for i in range(30, 60):
            yield i / 30, late(i)
        yield NEXT_SET

    sets = [(SMILE, None), (find_exercise("pucker"), None)]
    results = run(Workout(sets, summary_s=float("inf")), source, Tracker, paced=False, marked=True, auto_close_s=0.0)
    assert [r.exercise.id for r in results] == ["wide-smile", "pucker"]
    assert made == list(range(60))


def test_what_is_left_of_a_finished_set_is_passed_over():
    frames = smiling(2)
    made = []

    def late(i: int) -> Callable[[], Image]:
        return lambda: (made.append(i), IMAGE)[1]

    def source() -> Iterator[Item]:
        for i in range(len(frames)):
            yield i / 30, late(i)
        yield NEXT_SET
        yield len(frames) / 30, late(len(frames))

    sets = [(SMILE, 1), (SMILE, 1)]
    results = run(Workout(sets), source, lambda: Tracker(frames), paced=False, marked=True, auto_close_s=0.0)
    assert [r.reps for r in results] == [1, 0]
    assert made[-1] == len(frames)
    assert len(made) < len(frames)


@pytest.mark.parametrize("error", [BadVideo("clip.mp4: the file is empty"), NoCamera("no camera 0"), ValueError("x")])
def test_an_error_of_the_source_comes_out_as_it_is(error):
    def source() -> Iterator[Item]:
        yield 0.0, IMAGE
        raise error

    with pytest.raises(type(error)) as caught:
        run(Workout([(SMILE, 1)]), source, Tracker, paced=False)
    assert caught.value is error
    assert not pygame.display.get_init()


def test_an_error_of_the_tracker_comes_out_as_it_is():
    def broken() -> Tracker:
        raise BadVideo("no model")

    with pytest.raises(BadVideo, match="no model"):
        run(Workout([(SMILE, 1)]), images(3), broken)


def test_without_a_display_there_is_one_sentence(monkeypatch):
    for name in ("SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have one")
    with pytest.raises(NoDisplay, match="--headless") as caught:
        run(Workout([(SMILE, 1)]), images(3), Tracker)
    assert "\n" not in str(caught.value)


def test_a_display_that_is_not_there_is_no_display(monkeypatch):
    for name in ("SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":54321")
    if not sys.platform.startswith("linux"):
        pytest.skip("X11 only")
    with pytest.raises(NoDisplay):
        run(Workout([(SMILE, 1)]), images(3), Tracker)


def test_the_window_loads_no_tracker():
    code = "import coach.window.loop, sys; print([m for m in ('mediapipe', 'sqlite3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- a camera ---------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody counts down, and a lost camera is looked for at once."""
    monkeypatch.setattr(worker, "RETRY_S", 0.02)
    monkeypatch.setattr(loop, "COUNT_S", 0.05)
    monkeypatch.setattr(workout_page, "COUNT_S", 0.05)


class Camera:
    """A camera that is unplugged after some frames, not found at the next attempt, and then there for good."""

    def __init__(self, frames: list[Frame], unplugged_at: int) -> None:
        self.frames, self.at, self.unplugged_at, self.opened = frames, 0, unplugged_at, 0

    def __call__(self) -> Iterator[Item]:
        self.opened += 1
        if self.opened == 2:
            raise NoCamera("camera 0 cannot be opened")
        begin = self.at
        while self.opened > 1 or self.at < self.unplugged_at:
            threading.Event().wait(0.001)
            self.at += 1
            yield (self.at - begin) / 15, noisy(self.at)

    def look_for(self, needs: Set[str], /) -> None:
        pass

    def track(self, image: Image, time: float, /) -> Frame:
        seen = self.frames[self.at % len(self.frames)]
        return Frame(time, seen.landmarks, seen.blendshapes, seen.head, image=image)

    def close(self) -> None:
        pass


def test_a_lost_camera_is_opened_again_and_counts_are_kept(quick):
    frames = list(faces.frames(faces.perform(SMILE, "clean", "clean", "clean"), fps=15))
    camera, troubles = Camera(frames, 2 * len(frames) // 3), set()
    workout = Workout([(SMILE, 3)])
    times: list[float] = []
    watched = Worker(camera, lambda: camera, Pace(live=True), workout, lambda frame, feedback: times.append(frame.time))
    watched.start()
    wait_for(lambda: troubles.add(watched.trouble) or workout.done)
    watched.stop()
    assert camera.opened == 3
    # What the library says of the second failure is for the terminal; who exercises is told what to do.
    assert troubles <= {words.CAMERA_LOST, ""}
    assert words.CAMERA_LOST in troubles
    assert watched.trouble == ""
    assert workout.results[0].reps == 3
    assert min(np.diff(times)) > 0.0


def test_a_workout_goes_on_by_itself_when_the_camera_is_back(quick, tmp_path):
    frames = list(faces.frames(faces.perform(SMILE, "clean", "clean", "clean"), fps=15))
    camera, told = Camera(frames, len(frames) // 2), []
    results = run(
        Workout([(SMILE, 3)]), camera, lambda: camera, live=True, auto_close_s=0.0, summary_s=0.0,
        screenshots=tmp_path, on_screenshot=lambda path: told.append(path.stem),
    )  # fmt: skip
    assert [r.reps for r in results] == [3]
    assert "trouble" in told


def test_a_camera_that_is_not_there_at_first_ends_a_single_workout():
    def none() -> Iterator[Item]:
        raise NoCamera("no camera 0")
        yield 0.0, IMAGE

    with pytest.raises(NoCamera, match="no camera 0"):
        run(Workout([(SMILE, 1)]), none, Tracker, live=True)


def test_what_was_done_is_summed_up_when_somebody_leaves(quick, tmp_path):
    frames = list(faces.frames(faces.perform(SMILE, "clean", "clean", "clean"), fps=15))
    camera, told, counted = Camera(frames, 10**6), [], []

    def judged(frame: Frame, feedback: object) -> None:
        if len(counted) == 0 and feedback.reps == 1:  # type: ignore[attr-defined]
            counted.append(frame.time)
            press(pygame.K_ESCAPE)

    results = run(
        Workout([(SMILE, 30)]), camera, lambda: camera, live=True, auto_close_s=0.0,
        screenshots=tmp_path, on_screenshot=lambda path: told.append(path.stem), on_step=judged,
    )  # fmt: skip
    assert results[0].reps >= 1
    assert "final" in told


def answering(folder: Path, answers: dict[str, Callable[[], None]]) -> Callable[[int], Iterator[Item]]:
    """A camera before which somebody answers each page, once it has been seen, and leaves after a while anyway."""

    def camera(number: int) -> Iterator[Item]:
        left = dict(answers)
        for i in range(3000):
            threading.Event().wait(0.005)
            for name in [name for name in left if (folder / f"{name}.png").is_file()]:
                left.pop(name)()
            yield i / 30, noisy(i)
        leave()

    return camera


def leave() -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))


def test_the_home_page_opens_looks_at_the_camera_and_closes(tmp_path):
    opened = []

    def camera(number: int) -> Iterator[Item]:
        opened.append(number)
        return answering(tmp_path, {"home": lambda: press(pygame.K_ESCAPE)})(number)

    today = date.today().isoformat()
    settings = Settings(welcomed=today, screened=today, sound=False, camera=2)
    home(Wiring(lambda exercises: Tracker, camera), settings, screenshots=tmp_path)
    assert opened == [2]
    assert not pygame.display.get_init()
    assert not any(thread.name == "coach" for thread in threading.enumerate())


def test_health_questions_are_asked_again_after_some_months(tmp_path):
    camera = answering(tmp_path, {"welcome": leave, "home": leave})
    settings = Settings(welcomed="2024-01-31", screened="2024-01-31", sound=False)
    home(Wiring(lambda exercises: Tracker, camera), settings, screenshots=tmp_path)
    assert [path.stem for path in tmp_path.iterdir()] == ["welcome"]


def test_two_enter_keys_lead_from_the_first_run_into_a_workout(quick, tmp_path):
    def enter() -> None:
        press(pygame.K_RETURN)

    frames = list(faces.resting(0.5, fps=15))
    camera = answering(tmp_path, {"welcome": enter, "home": enter, "learning": leave})
    home(Wiring(lambda exercises: lambda: Tracker(frames), camera), Settings(minutes=3, sound=False),
         screenshots=tmp_path)  # fmt: skip
    assert {"welcome", "home", "learning"} <= {path.stem for path in tmp_path.iterdir()}


class Kept:
    """Keeps a workout, and its video."""

    trouble, keeps_video = "", True

    def __init__(self) -> None:
        self.frames, self.closed = 0, 0

    def __call__(self, frame: Frame, feedback: object, /) -> None:
        self.frames += 1

    def note(self, kind: str, attempts: int) -> None:
        pass

    def close(self) -> None:
        self.closed += 1


def test_what_keeps_a_workout_is_given_every_frame_closed_at_the_end_and_its_video_is_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marked, drawn = [], workout_page.draw_workout
    monkeypatch.setattr(
        workout_page, "draw_workout", lambda ui, scene, options: (marked.append(options), drawn(ui, scene, options))
    )
    kept, workout = Kept(), Workout([(SMILE, None)])
    run(workout, pressing({}, 120), Tracker, auto_close_s=0.0, record=kept)
    assert (kept.frames, kept.closed) == (120, 1)
    assert marked
    assert all(options.keeps_video for options in marked)
