"""Memory over an hour of exercise: a source that goes round, judged, drawn and recorded.

Run as `python -m benchmarks.memory KIND MINUTES`, in a process of its own, it prints what it took, as JSON.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.material import EXERCISE, FPS, SIZE, pictures, smiles, there_and_back
from benchmarks.row import LeftOut, Row, rate
from coach.frame import Frame

ROOT = Path(__file__).parents[1]
_STATM = Path("/proc/self/statm")
#: Seconds of exercise from one look at the memory to the next; and before the first that counts.
_EVERY_S, _WARM_UP_S = 5.0, 60.0


def growth(quick: bool) -> Iterator[Row]:
    """Memory that an hour adds after its first minute: with frames that were tracked before, which is quick enough to
    go through the whole hour; and with the tracker, for some minutes and extrapolated. What is drawn is left out there:
    drawings that are kept come and go in steps of a megabyte, which is too coarse to extrapolate from (and makes the
    first a guess with --quick)."""
    if not _STATM.exists():
        raise LeftOut("this system does not tell a process's memory in /proc")
    for kind, minutes, how in (
        ("frames", 5 if quick else 60, "judged, drawn and recorded"),
        ("pictures", 2 if quick else 5, "tracked, judged and recorded"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", kind, str(minutes)],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        name = f"memory that an hour adds: {how} (of {minutes} minutes)"
        yield rate(name, "MB", [in_an_hour(json.loads(done.stdout))], "<= 5")


def in_an_hour(looks: list[float]) -> float:
    """MB that are added to the first of some looks until an hour is over: what was added, and for the rest of the hour
    as much as from the third quarter of the looks to the fourth. Caches fill in the beginning; a leak goes on."""
    quarter = max(1, len(looks) // 4)
    lately = statistics.median(looks[-quarter:]) - statistics.median(looks[-2 * quarter : -quarter])
    left_s = 3600.0 - _WARM_UP_S - _EVERY_S * (len(looks) - 1)
    return looks[-1] - looks[0] + max(0.0, lately) / (quarter * _EVERY_S) * max(0.0, left_s)


def frames() -> Iterator[Frame]:
    """Smiles for ever, seen before; each with a picture."""
    recorded, images = smiles(6).frames, pictures()
    length = len(recorded) / FPS
    for i in count():
        turn, at = divmod(i, len(recorded))
        frame = recorded[at]
        yield replace(frame, time=turn * length + frame.time, image=images[i % len(images)])


def tracked() -> Iterator[Frame]:
    """The drawn face for ever, seen by the tracker."""
    from coach.vision.tracker import FaceTracker

    with FaceTracker() as tracker:
        for time, image in there_and_back():
            yield tracker.track(image, time)


def exercise(seen: Iterator[Frame], minutes: float, drawn: bool) -> list[float]:
    """Go through so many minutes; return the memory in MB after each `_EVERY_S` past the first minute. drawn: whether
    the window's picture of each is drawn, too."""
    import pygame

    from coach.form.exercise import find_exercise
    from coach.plan.workout import Workout
    from coach.records.recording import Recorder
    from coach.window.state import Options, snapshot
    from coach.window.ui import Ui
    from coach.window.view import Scene, draw_workout

    asked = find_exercise(EXERCISE)
    workout, ui = Workout([(asked, asked.reps)] * 120), Ui(pygame.Surface(SIZE, 0, 32))
    looks: list[float] = []
    due, began = _WARM_UP_S, -1
    with TemporaryDirectory() as folder, Recorder(Path(folder) / "hour.coach") as recorder:
        for frame in seen:
            if frame.time >= 60.0 * minutes:
                return looks
            feedback = workout.step(frame)
            if workout.index != began:
                began = workout.index
                recorder.begin_set(workout.exercise, "benchmark")
            recorder.add(frame)
            if drawn and not workout.between:
                draw_workout(ui, Scene(frame, feedback, snapshot(workout)), Options())
                ui.fresh = False
            if frame.time >= due:
                due += _EVERY_S
                looks.append(resident())
    raise ValueError("the frames ended early")


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(_STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


BENCHMARKS = (growth,)

if __name__ == "__main__":
    os.environ.update(SDL_VIDEODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    kind, minutes = sys.argv[1], float(sys.argv[2])
    print(json.dumps(exercise(tracked() if kind == "pictures" else frames(), minutes, drawn=kind == "frames")))
