"""What goes wrong in the middle of a set: it goes on, or ends with a sentence and everything kept."""

import threading
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field

import faces
import numpy as np
import pytest
from hand import wait_for

from coach.errors import TrackerFailed
from coach.form.exercise import find_exercise
from coach.frame import Frame, Image
from coach.plan.workout import Workout
from coach.vision import steady
from coach.vision.feed import Feed
from coach.window import words, worker
from coach.window.worker import Item, Pace, Worker

SMILE = find_exercise("wide-smile")
FRAMES = list(faces.frames(faces.perform(SMILE, "clean", "clean", "clean"), fps=15))

FLAT_OUT = Pace(paced=False)


@dataclass
class Faulty:
    """A tracker that sees the prepared frames by their time, but for what is to go wrong at some pictures."""

    faults: dict[int, Callable[[], None]] = field(default_factory=dict)
    seen: int = 0
    made: int = 0
    closed: int = 0

    def __call__(self) -> "Faulty":
        self.made += 1
        return self

    def look_for(self, needs: Set[str], /) -> None:
        pass

    def track(self, image: Image, time: float, /) -> Frame:
        self.seen += 1
        self.faults.pop(self.seen, lambda: None)()
        frame = FRAMES[self.which(image, time)]
        return Frame(time, frame.landmarks, frame.blendshapes, frame.head, image=image)

    def which(self, image: Image, time: float) -> int:
        return round(time * 15) % len(FRAMES)  # over and over

    def close(self) -> None:
        self.closed += 1


def picture(number: int, size: tuple[int, int] = (48, 64)) -> Image:
    return np.full((*size, 3), number % 200, np.uint8)


def pictures(times: list[float] | None = None) -> Iterator[Item]:
    for i, time in enumerate(times or [i / 15 for i in range(len(FRAMES) + 30)]):
        threading.Event().wait(0.0005)
        yield time, picture(i)


def failing(message: str) -> Callable[[], None]:
    def fail() -> None:
        raise RuntimeError(message)

    return fail


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RETRY_S", 0.01)
    monkeypatch.setattr(worker, "HANGS_S", 0.5)


def played(
    tracker: Faulty, source: Callable[[], Iterator[Item]] = pictures, pace: Pace = FLAT_OUT
) -> tuple[Workout, list[float]]:
    """A whole set of three smiles; and the times of the frames that were judged."""
    workout, times = Workout([(SMILE, 3)]), []
    seen = Worker(source, tracker, pace, workout, lambda frame, feedback: times.append(frame.time))
    seen.start()
    try:
        wait_for(lambda: (seen.poll(), workout.done or seen.finished)[1])
    finally:
        seen.stop()
    return workout, times


@pytest.mark.parametrize("live", [False, True])
def test_a_tracker_that_fails_once_costs_one_picture(live: bool) -> None:
    tracker = Faulty({40: failing("graph error"), 100: failing("graph error")})
    workout, _ = played(tracker, pace=Pace(paced=False, live=live))
    assert [r.reps for r in workout.results] == [3]
    assert tracker.made == 3


def test_a_tracker_that_fails_again_and_again_ends_it_with_a_sentence() -> None:
    tracker = Faulty({n: failing("graph error") for n in range(30, 40)})
    with pytest.raises(TrackerFailed, match="again and again \\(graph error\\)"):
        played(tracker)
    assert tracker.seen == 29 + steady.MOST_FAILURES


def test_a_tracker_that_hangs_is_noticed_and_given_up_and_the_set_goes_on(
    quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    # What is told is over in a hundredth of a second, which nobody who looks now and then is sure to see: it is logged.
    caplog.set_level("INFO", logger="coach.window")
    forever = threading.Event()
    tracker = Faulty({5: forever.wait})  # a busy machine drops most pictures, and the set may be done soon
    workout = Workout([(SMILE, 3)])
    at = [0.0]

    def camera() -> Iterator[Item]:
        begun = at[0]
        while True:
            threading.Event().wait(0.0005)
            at[0] += 1 / 15
            yield at[0] - begun, picture(round(at[0] * 15))

    times: list[float] = []
    seen = Worker(camera, tracker, Pace(live=True), workout, lambda frame, feedback: times.append(frame.time))
    seen.start()
    try:
        wait_for(lambda: (seen.poll(), workout.done)[1])
    finally:
        forever.set()  # it comes back long after it was given up, and is not listened to
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("trouble: ")]
    assert told == [f"trouble: {words.TRACKER_HANGS}", "trouble: over"]
    assert tracker.made == 2
    assert [r.reps for r in workout.results] == [3]
    wait_for(lambda: tracker.closed >= 1)
    seen.stop()
    assert min(np.diff(times)) > 0


def test_a_tracker_that_hangs_on_a_video_ends_it_with_a_sentence(quick: None) -> None:
    forever = threading.Event()
    try:
        with pytest.raises(TrackerFailed, match="has not answered"):
            played(Faulty({60: forever.wait}))
    finally:
        forever.set()


def test_a_tracker_that_takes_long_to_load_does_not_hang(quick: None) -> None:
    """As after a failure, or where another one is wanted in the middle of a session."""

    class Slow(Faulty):
        def __call__(self) -> "Faulty":
            if self.made:
                threading.Event().wait(1.2)  # more than twice as long as a hang
            return super().__call__()

    tracker = Slow({40: failing("graph error")})
    workout, _ = played(tracker)
    assert [r.reps for r in workout.results] == [3]
    assert tracker.made == 2


def test_one_that_hangs_each_time_it_is_made_anew_is_given_up(quick: None) -> None:
    forever = threading.Event()
    tracker = Faulty({n: forever.wait for n in range(30, 40)})
    try:
        with pytest.raises(TrackerFailed, match="has not answered"):
            played(tracker, pace=Pace(live=True))
    finally:
        forever.set()
    assert tracker.made == worker.MOST_HANGS


def test_times_that_jump_repeat_or_are_none_are_passed_over() -> None:
    good = [i / 15 for i in range(len(FRAMES) + 30)]
    bad = [*good]
    for i in (90, 46, 45, 20):  # from the end, so that places stay
        bad[i:i] = [good[i - 1], good[i - 3], float("nan")]
    expected, times = played(Faulty())
    workout, passed = played(Faulty(), lambda: pictures(bad))
    assert passed == times
    assert [r.reps for r in workout.results] == [r.reps for r in expected.results] == [3]


def test_a_minute_that_is_missing_is_no_movement() -> None:
    """The computer slept: the frames after it come a minute later."""
    half = len(FRAMES) // 2

    class Asleep(Faulty):
        def which(self, image: Image, time: float) -> int:
            return min(round((time if time < half / 15 else time - 60.0) * 15), len(FRAMES) - 1)

    times = [i / 15 + (60.0 if i >= half else 0.0) for i in range(len(FRAMES) + 30)]
    workout, judged = played(Asleep(), lambda: pictures(times))
    assert max(judged) > 60.0
    assert 2 <= workout.results[0].reps <= 3
    assert all(attempt.end_s - attempt.start_s < 30 for attempt in workout.results[0].attempts)


def test_a_camera_that_shows_the_same_picture_all_the_time_is_told_of_until_it_moves() -> None:
    shows, troubles = [0], []
    workout = Workout([(SMILE, 3)])

    def camera() -> Iterator[Item]:
        for i in range(10**6):
            threading.Event().wait(0.0005)
            yield i / 15, picture(0 if shows[0] == 0 else i)

    seen = Worker(camera, Faulty(), Pace(live=True), workout)
    seen.start()
    wait_for(lambda: seen.trouble == words.CAMERA_STILL)
    shows[0] = 1
    wait_for(lambda: (troubles.append(seen.trouble), seen.trouble == "")[1])
    seen.stop()


def test_a_camera_that_changes_its_size_is_followed() -> None:
    def camera() -> Iterator[Item]:
        for i, (time, image) in enumerate(pictures()):
            yield time, image if i < 60 else picture(i, (96, 96))

    workout, _ = played(Faulty(), camera)
    assert [r.reps for r in workout.results] == [3]


def test_a_camera_that_stops_delivering_is_opened_again(quick: None) -> None:
    forever, opened = threading.Event(), []
    begun = [0]

    def camera() -> Feed:
        opened.append(1)

        def stuck() -> Iterator[tuple[float, Image]]:
            start = begun[0]
            for i in range(start, len(FRAMES) + 60):
                if i == 70 and len(opened) == 1:
                    forever.wait()
                threading.Event().wait(0.002)
                begun[0] = i
                yield (i - start) / 15, picture(i)

        return Feed(stuck(), live=True, stalls_s=0.2)

    class ByPicture(Faulty):
        def which(self, image: Image, time: float) -> int:
            return min(int(image[0, 0, 0]), len(FRAMES) - 1)

    workout, troubles = Workout([(SMILE, 3)]), set()
    seen = Worker(camera, ByPicture(), Pace(live=True), workout)
    seen.start()
    wait_for(lambda: (troubles.add(seen.trouble), len(opened) > 1 and begun[0] > 100)[1])
    seen.stop()
    forever.set()
    assert troubles == {"", words.CAMERA_LOST}
