"""The demonstration: the built-in performer goes through a routine, seen by the real tracker."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from coach.avatar.mesh import Mesh
from coach.avatar.performer import Performance, perform, truth
from coach.form.exercise import Exercise
from coach.form.measures import measure_frame
from coach.frame import Feedback, Frame, Image
from coach.plan.routine import Routine, SetPlan, load_routine
from coach.records.recording import Recorder
from coach.score import Score

#: Frames a second and size of the performer's pictures in the demonstration.
FPS, SIZE = 30.0, (1280, 720)


@dataclass(frozen=True, slots=True)
class Stage:
    """A routine made ready to be performed: one Performance a set."""

    mesh: Mesh
    performances: tuple[Performance, ...]
    fps: float = FPS
    size: tuple[int, int] = SIZE

    @property
    def frames(self) -> int:
        """Number of frames of the whole."""
        return sum(int(p.seconds * self.fps) for p in self.performances)

    def images(self, number: int) -> Iterator[tuple[float, Image]]:
        """Yield (time in seconds, image) of one set; times go on from set to set."""
        start = sum(int(p.seconds * self.fps) for p in self.performances[:number]) / self.fps
        return perform(self.mesh, self.performances[number], self.fps, self.size, start=start)


def stage(mesh: Mesh, routine: Routine | None = None, fps: float = FPS, size: tuple[int, int] = SIZE) -> Stage:
    """Prepare a routine (None: the one made for demonstrations). Sets without a manner are performed clean."""
    routine = routine or load_routine("demo")
    performances = (
        Performance(exercise, tuple(planned.perform or ["clean"] * exercise.reps))
        for exercise, planned in zip(routine.exercises(), routine.set, strict=True)
    )
    return Stage(mesh, tuple(performances), fps, size)


def routine_of(names: list[str]) -> Routine:
    """A routine that performs these exercises at the pace of the demonstration, two clean repetitions each."""
    tempo = load_routine("demo").tempo
    return Routine("Demonstration", "", [SetPlan(name, perform=["clean", "clean"]) for name in names], "demo", tempo)


def judge(
    play: Stage,
    tracker: Callable[[], Any],
    folder: Path,
    say: Callable[[str], None],
    progress: Callable[[Iterable[Any], str, float], Iterable[Any]],
) -> Iterator[dict[str, Any]]:
    """Judge the whole demonstration without a window; yield one result object a set.

    tracker   makes a context manager with `track(image, time) -> Frame`
    folder    where the recording and the picture go; `say` is told their names
    progress  passes items on and shows how far it is: (items, what, total)
    """
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    recording = folder / f"demo-{stamp}.coach"
    picture = folder / f"demo-{stamp}.png"
    best: tuple[float, Frame, Feedback, Exercise] | None = None
    with Recorder(recording) as recorder, tracker() as seeing:
        for number, performance in enumerate(play.performances):
            exercise = performance.exercise
            one = Score(exercise)
            performed = truth(performance)
            recorder.begin_set(exercise, "demo", performed)
            for time, image in progress(play.images(number), exercise.name, int(performance.seconds * play.fps)):
                frame = seeing.track(image, time)
                recorder.add(frame)
                feedback = one.add(time, measure_frame(frame))
                # The moment to show: well into the first set's second repetition, where there is something to see.
                if number == 0 and feedback.reps >= 1 and (feedback.match or 0.0) > (best[0] if best else 0.5):
                    best = feedback.match or 0.0, frame, feedback, exercise
            result = one.result("demo")
            result["performed"] = performed
            yield result
    if best is not None:
        _, frame, feedback, exercise = best
        save_picture(picture, frame, feedback, exercise, len(play.performances[0].moves))
        say(f"picture: {picture}")
    say(f"recording: {recording}")
