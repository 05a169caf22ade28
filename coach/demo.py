"""The demonstration: the built-in performer goes through a routine, seen by the real tracker."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coach.avatar.demonstrator import Demonstrator, Moment
from coach.avatar.mesh import Mesh
from coach.avatar.performer import Performance, perform, truth
from coach.form.exercise import Exercise
from coach.form.measures import measure_frame
from coach.frame import Image, Phase
from coach.plan.routine import Manner, load_routine
from coach.plan.workout import Workout
from coach.records.recording import Recorder, new_file
from coach.records.settings import Settings
from coach.score import Score, WorkoutScore
from coach.window.app import Wiring
from coach.window.loop import NEXT_SET, Item, run
from coach.window.screenshot import render_headless, save_screenshot
from coach.window.state import Options, Snapshot
from coach.window.view import Beat, Scene

#: Frames a second of the performer's pictures, where somebody watches and where nobody does; and their size.
FPS, UNWATCHED_FPS, SIZE = 30.0, 20.0, (1280, 720)
#: What the sets of the demonstration are called in results and recordings.
LABEL = "demo"

_CLEAN: tuple[Manner, ...] = ("clean", "clean")


@dataclass(frozen=True, slots=True)
class Stage:
    """A routine made ready to be performed: one Performance a set."""

    mesh: Mesh
    performances: tuple[Performance, ...]
    fps: float = FPS
    size: tuple[int, int] = SIZE

    def images(self, number: int) -> Iterator[tuple[float, Callable[[], Image]]]:
        """Yield (time in seconds, picture to be called for) of one set; times go on from set to set."""
        start = sum(int(p.seconds * self.fps) for p in self.performances[:number]) / self.fps
        return perform(self.mesh, self.performances[number], self.fps, self.size, start=start)


def stage(mesh: Mesh, exercises: Sequence[Exercise] = (), own_tempo: bool = False) -> Stage:
    """Prepare these exercises, two clean repetitions each; none means the routine made for demonstrations.

    Either way at the demonstration's pace, which is quicker than the exercises' own; own_tempo: at that, and all of
    each exercise's repetitions.
    """
    routine = load_routine("demo")
    if exercises and own_tempo:
        pairs = ((e, _CLEAN[:1] * e.reps) for e in exercises)
    elif exercises:
        pairs = ((e.paced(routine.tempo or e.tempo), _CLEAN) for e in exercises)
    else:
        pairs = ((e, tuple(s.perform or _CLEAN)) for e, s in zip(routine.exercises(), routine.set, strict=True))
    return Stage(mesh, tuple(Performance(exercise, manners) for exercise, manners in pairs))


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
    recording = new_file(folder, "demo")
    shown: Scene | None = None
    play = replace(play, fps=UNWATCHED_FPS)
    with Recorder(recording) as recorder, tracker() as seeing:
        for number, performance in enumerate(play.performances):
            exercise, goal = performance.exercise, len(performance.moves)
            one = Score(exercise)
            performed = truth(performance)
            recorder.begin_set(exercise, LABEL, performed)
            images = _drawn_ahead(play.images(number))
            for time, image in progress(images, exercise.name, int(performance.seconds * play.fps)):
                frame = seeing.track(image, time)
                recorder.add(frame)
                feedback = one.add(frame, measure_frame(frame))
                # The moment to show: at the peak of the first set's second repetition.
                if number == 0 and feedback.reps == 1 and (feedback.match or 0.0) > 0.95 and shown is None:
                    attempts = tuple(one.session.attempts)
                    state = Snapshot(exercise, goal, 1, len(play.performances), attempts=attempts)
                    demonstrator = Demonstrator(play.mesh, exercise)
                    moment = Moment(Phase.HOLD, left_s=exercise.tempo.hold)
                    example = demonstrator.picture(demonstrator.way(moment), (480, 640), mirror=True)
                    shown = Scene(frame, feedback, state, example, beat=Beat(Phase.HOLD, 0.0, exercise.tempo.hold))
            yield {**one.result(LABEL), "performed": performed}
    if shown is not None:
        surface = render_headless(shown, Options(demonstration=True))
        say(f"picture: {save_screenshot(surface, recording.with_suffix('.png'))}")
    say(f"recording: {recording}")


def _drawn_ahead(items: Iterator[tuple[float, Callable[[], Image]]]) -> Iterator[tuple[float, Image]]:
    """Draw each picture in another thread while the one before it is tracked."""
    waiting: deque[tuple[float, Future[Image]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for time, picture in items:
            waiting.append((time, pool.submit(picture)))
            if len(waiting) > 1:
                ready, drawn = waiting.popleft()
                yield ready, drawn.result()
        for ready, drawn in waiting:
            yield ready, drawn.result()


def performing(play: Stage) -> Iterator[Item]:
    """The performer as a source for the window: all sets, with NEXT_SET after each."""
    for number in range(len(play.performances)):
        yield from play.images(number)
        yield NEXT_SET


def show(
    play: Stage,
    tracker: Callable[[], Any],
    folder: Path,
    say: Callable[[str], None],
    screenshots: Path | None = None,
    settings: Settings | None = None,
) -> list[dict[str, Any]]:
    """Show the demonstration in the window; return one result object for each set that was begun.

    screenshots: a folder for a picture of each state. Raises NoDisplay where no window can be opened.
    """
    workout = Workout([(p.exercise, len(p.moves)) for p in play.performances], summary_s=math.inf)
    truths = [truth(performance) for performance in play.performances]
    scores = WorkoutScore(workout, LABEL, new_file(folder, "demo"), truths)

    def source() -> Iterator[Item]:
        return performing(play)

    try:
        run(
            workout,
            source,
            tracker,
            wiring=Wiring(lambda exercises: tracker, mesh=play.mesh, folder=folder),
            settings=settings,
            title="Coach: demonstration",
            demonstration=True,
            marked=True,
            screenshots=screenshots,
            on_step=scores,
        )
    finally:
        kept = scores.close()
        if scores.trouble:
            say(scores.trouble)
        if kept:
            say(f"recording: {scores.recording}")
    return scores.results()
