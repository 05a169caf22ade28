"""`python -m benchmarks [--json] [--quick]`: is it fast enough for 30 frames a second on a laptop?

Every row compares two things that alternate within one process, because other programs make all numbers of a
shared machine swing together while their ratios stay. Exit status 0 also when an aim is missed: it is a
measurement, not a test.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

if TYPE_CHECKING:
    from coach.demo import Stage
    from coach.form.exercise import Exercise
    from coach.frame import Frame

SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. ours and theirs in the unit; ratio is ours over theirs, or ours alone for a rate."""

    name: str
    unit: str
    ours: float
    theirs: float | None
    ratio: float
    aim: str
    met: bool


def alternate(rounds: int, *calls: Callable[[], Any]) -> list[list[float]]:
    """Seconds of each call, taken in turns `rounds` times."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call()
            times.append(time.perf_counter() - begun)
    return taken


def step_against_tracker(play: "Stage", rounds: int) -> list[Row]:
    """The core's step against the tracker's own call, in the same run.

    Twice: right after the tracker, which leaves the caches cold, as it is in the window; and flat out over the same
    frames, which is what a batch run pays.
    """
    from coach.form.exercise import find_exercise
    from coach.form.session import Session
    from coach.vision.tracker import FaceTracker

    session = Session(find_exercise("wide-smile"))
    tracking, stepping, seen = [], [], []
    with FaceTracker() as tracker:
        for i, (now, picture) in zip(range(rounds), play.images(0), strict=False):
            image = picture()
            begun = time.perf_counter()
            frame = tracker.track(image, now)
            between = time.perf_counter()
            session.step(frame)
            ended = time.perf_counter()
            seen.append(replace(frame, image=None))
            if i >= rounds // 5:  # the rest is warm-up
                tracking.append(between - begun)
                stepping.append(ended - between)
    again = Session(session.exercise)
    flat = []
    for frame in seen:
        begun = time.perf_counter()
        again.step(frame)
        flat.append(time.perf_counter() - begun)
    theirs = statistics.median(tracking) * 1e3
    rows = []
    for name, taken in (
        ("core step after a tracker call / the call", stepping),
        ("core step flat out / the call", flat),
    ):
        ours = statistics.median(taken) * 1e3
        rows.append(Row(name, "ms", ours, theirs, ours / theirs, "<= 0.02", ours / theirs <= 0.02))
    return rows


def batch_against_frames(rounds: int) -> Row:
    """Measures of a whole recording in one call against a loop over its frames."""
    from coach.form.measures import measure

    random = np.random.default_rng(0)
    base = random.uniform(200, 500, (478, 3))
    landmarks = (base + random.normal(0, 1, (900, 478, 3))).astype(np.float32)
    shapes = random.uniform(0, 1, (900, 52)).astype(np.float32)
    heads = np.broadcast_to(np.eye(4, dtype=np.float32), (900, 4, 4))

    def one_by_one() -> None:
        for parts in zip(landmarks, shapes, heads, strict=True):
            measure(*parts)

    batch, loop = alternate(rounds, lambda: measure(landmarks, shapes, heads), one_by_one)
    ours, theirs = (statistics.median(t) / 900 * 1e6 for t in (batch, loop))
    return Row(
        "measures, a recording / frame by frame",
        "us a frame",
        ours,
        theirs,
        ours / theirs,
        "<= 0.5",
        ours / theirs <= 0.5,
    )


def smiles(number: int) -> "tuple[Exercise, list[Frame]]":
    """So many smiles, one every 10 seconds, at 30 frames a second, with the noise of a tracker."""
    from coach.avatar.mesh import load
    from coach.avatar.performer import Performance, control_track
    from coach.avatar.rig import CONTROL, build, head_matrix, landmarks, shape
    from coach.form.exercise import find_exercise
    from coach.form.measures import BLENDSHAPES
    from coach.frame import Frame
    from coach.vision.models import find_model

    exercise = find_exercise("wide-smile")
    rig = build(load(find_model()))
    performance = Performance(exercise, ("clean",) * number)
    times = np.arange(int(performance.seconds * 30)) / 30
    track = control_track(rig, performance, times, seen={})
    points = (landmarks(shape(rig, track)) * 16.0 + (640, 360, 0)).astype(np.float32)
    heads = head_matrix(track).astype(np.float32)
    shapes = np.zeros((len(times), len(BLENDSHAPES)), np.float32)
    for side in ("Left", "Right"):
        shapes[:, BLENDSHAPES.index(f"mouthSmile{side}")] = np.clip(track[:, CONTROL[f"smile_{side.lower()}"]], 0, 1)
    points += np.random.default_rng(0).normal(0.0, 0.15, points.shape).astype(np.float32)
    return exercise, [Frame(t, p, s, h) for t, p, s, h in zip(times.tolist(), points, shapes, heads, strict=True)]


def scoring_against_frames(rounds: int) -> Row:
    """A whole recording judged at once against a loop over its frames: 10 minutes."""
    from coach.form.measures import measure_all
    from coach.form.session import Session

    exercise, frames = smiles(60)
    judged = []

    def at_once() -> None:
        session = Session(exercise)
        session.run(*measure_all(frames))
        judged.append(len(session.attempts))

    def one_by_one() -> None:
        session = Session(exercise)
        for frame in frames:
            session.step(frame)
        judged.append(len(session.attempts))

    batch, loop = alternate(rounds, at_once, one_by_one)
    assert len(set(judged)) == 1
    ours, theirs = (statistics.median(t) / len(frames) * 1e6 for t in (batch, loop))
    ratio = ours / theirs
    return Row(
        "a recording judged at once / frame by frame", "us a frame", ours, theirs, ratio, "<= 0.033", ratio <= 0.033
    )


def replaying(rounds: int) -> list[Row]:
    """A recording of 20 minutes: a jump into it against judging it up to there; and all of it, file and judgement,
    against the time that it took to record."""
    from coach.form.session import Session
    from coach.records.recording import Recorder, read_frames
    from coach.records.review import Review
    from coach.score import Score, scored

    exercise, frames = smiles(120)
    seconds = frames[-1].time - frames[0].time
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.coach"
        with Recorder(path) as recorder:
            recorder.begin_set(exercise, "benchmark")
            for frame in frames:
                recorder.add(frame)
        random = np.random.default_rng(0)
        jumping, from_start, whole = [], [], []
        with Review(path) as review:
            of_set = review.sets[0]
            for at in random.uniform(0.0, seconds, 200 * rounds).tolist():
                begun = time.perf_counter()
                index = of_set.at(at)
                feedback, frame = of_set.feedbacks[index], review.frame(0, index)
                jumping.append(time.perf_counter() - begun)
                assert feedback.time == frame.time
        for _ in range(rounds):
            session, last = Session(exercise), len(frames) // 2
            begun = time.perf_counter()
            for _, frame in zip(range(last), read_frames(path), strict=False):
                session.step(frame)
            from_start.append(time.perf_counter() - begun)
            one = Score(exercise)
            begun = time.perf_counter()
            scored([one], read_frames(path))
            whole.append(time.perf_counter() - begun)
            assert one.session.reps == 120
    ours, theirs = (statistics.median(t) * 1e3 for t in (jumping, from_start))
    rate = seconds / statistics.median(whole)
    return [
        Row("a jump in 20 minutes / judged up to there", "ms", ours, theirs, ours / theirs, "<= 0.001",
            ours / theirs <= 0.001),
        Row("20 minutes read and judged / real time", "times", rate, None, rate, ">= 100", rate >= 100),
    ]  # fmt: skip


def alignment_against_package(rounds: int) -> Row | None:
    """A thousand repetitions aligned with a template, against dtaidistance's C code called for each."""
    try:
        from dtaidistance import dtw_ndim
    except ImportError:
        return None
    from coach.form.template import BAND, align

    random = np.random.default_rng(0)
    curve, weights = random.normal(size=(20, 5)), np.full((20, 5), 0.2)
    performed = curve + random.normal(0, 0.3, (1000, 20, 5))
    scaled, target = performed * np.sqrt(weights), curve * np.sqrt(weights)

    def theirs_once() -> list[float]:
        return [dtw_ndim.distance_fast(one, target, window=BAND + 1) for one in scaled]

    mine, package = alternate(rounds, lambda: align(performed, curve, weights), theirs_once)
    ours, theirs = (statistics.median(t) / 1000 * 1e6 for t in (mine, package))
    ratio = ours / theirs
    return Row("alignment of 1,000 repetitions / dtaidistance", "us each", ours, theirs, ratio, "<= 2", ratio <= 2)


def filter_against_package(rounds: int) -> Row | None:
    """Our One-Euro over the vector of measures against the OneEuroFilter package, a filter for each value."""
    try:
        from OneEuroFilter import OneEuroFilter
    except ImportError:
        return None
    from coach.form.measures import NAMES
    from coach.form.smoothing import OneEuro

    values = np.random.default_rng(0).normal(0, 1, (300, len(NAMES)))

    def ours_once() -> None:
        ours = OneEuro(1.0, 0.5)
        for i, row in enumerate(values):
            ours.step(i / 30, row)

    def theirs_once() -> None:
        theirs = [OneEuroFilter(30, 1.0, 0.5) for _ in NAMES]
        for i, row in enumerate(values):
            for one, value in zip(theirs, row, strict=True):
                one(value, i / 30)

    mine, package = alternate(rounds, ours_once, theirs_once)
    ours, theirs = (statistics.median(t) / 300 * 1e6 for t in (mine, package))
    return Row(
        f"One-Euro of {len(NAMES)} values / package",
        "us a frame",
        ours,
        theirs,
        ours / theirs,
        "<= 0.2",
        ours / theirs <= 0.2,
    )


def drawing_against_tracker(play: "Stage", rounds: int) -> Row:
    """One frame of the workout window at 1280x720 drawn right after the tracker's own call, in the same run."""
    import pygame

    from coach.avatar.demonstrator import Pictures
    from coach.plan.workout import Workout
    from coach.vision.display import crop
    from coach.vision.tracker import FaceTracker
    from coach.window.state import Options, snapshot
    from coach.window.ui import Ui
    from coach.window.view import Beat, Scene, draw_workout, layout

    exercise = play.performances[0].exercise
    ui = Ui(pygame.Surface(SIZE, 0, 32))
    where, pictures = layout(ui), Pictures(play.mesh)
    demonstrator = pictures.want(exercise, where.example.size)
    while pictures.prepared < 1.0:
        time.sleep(0.05)
    workout = Workout([(exercise, None)])
    tracking, drawing, part = [], [], None
    with FaceTracker() as tracker:
        for i, (now, picture) in zip(range(rounds), play.images(0), strict=False):
            image = picture()
            begun = time.perf_counter()
            frame = tracker.track(image, now)
            tracked = time.perf_counter()
            feedback = workout.step(frame)
            part = part or crop(SIZE, where.person.size, frame.landmarks)
            ui.fresh = i == 0
            between = time.perf_counter()
            moment = demonstrator.at(now)
            beat = Beat(moment.phase, moment.part, moment.left_s)
            scene = Scene(frame, feedback, snapshot(workout), pictures.picture(moment), crop=part, beat=beat)
            draw_workout(ui, scene, Options())
            ended = time.perf_counter()
            if i >= rounds // 5:
                tracking.append(tracked - begun)
                drawing.append(ended - between)
    pictures.close()
    ours, theirs = statistics.median(drawing) * 1e3, statistics.median(tracking) * 1e3
    return Row("drawing a frame / the call", "ms", ours, theirs, ours / theirs, "<= 0.1", ours / theirs <= 0.1)


def whole_loop(play: "Stage", frames: int) -> Row:
    """Decode, track, judge and draw at 1280x720 as the window does it, without pacing and without a display."""
    import cv2

    from coach.form.exercise import find_exercise
    from coach.plan.workout import Workout
    from coach.vision.tracker import FaceTracker
    from coach.vision.video import read_video
    from coach.window.loop import run

    with TemporaryDirectory() as folder:
        path = Path(folder) / "loop.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, SIZE)
        for _, (_, picture) in zip(range(frames), play.images(0), strict=False):
            writer.write(picture())
        writer.release()
        ticks: list[float] = []

        def source() -> Any:
            for item in read_video(path):
                ticks.append(time.perf_counter())
                yield item

        workout = Workout([(find_exercise("wide-smile"), None)])
        run(workout, source, FaceTracker, title="benchmark", paced=False, auto_close_s=0.0)
    steady = ticks[len(ticks) // 5 :]  # the first part loads the tracker and fills the caches
    rate = (len(steady) - 1) / (steady[-1] - steady[0])
    return Row("whole loop at 1280x720", "frames a second", rate, None, rate, ">= 60", rate >= 60)


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def hands_beside(play: "Stage", seconds: float) -> list[Row]:
    """Hands and body looked for beside the face, in a thread of their own against one after the other.

    Pictures come 30 times a second, and the newest wins, as from a camera. The age of what is drawn over the picture is
    the time from when the picture was there to when its landmarks are.
    """
    from coach.vision.tracker import FaceTracker

    pictures = [picture() for _, (_, picture) in zip(range(60), play.images(0), strict=False)]
    needs = frozenset({"fingers", "shoulders"})
    ages: dict[bool, list[float]] = {True: [], False: []}
    faces = hands = poses = 0
    spent = 0.0
    with (
        FaceTracker(hands=True, shoulders=True, threaded=True) as apart,
        FaceTracker(hands=True, shoulders=True) as in_a_row,
    ):
        for tracker in (apart, in_a_row):
            tracker.look_for(needs)
        clock = {True: 0, False: 0}  # pictures taken so far: times must rise for each tracker
        for part in range(4):
            for threaded, tracker in ((True, apart), (False, in_a_row)):
                begun, first, last = time.perf_counter(), clock[threaded], -1
                looks: set[float | None] = set()
                bodies: set[float | None] = set()
                while (now := time.perf_counter() - begun) < seconds / 8:
                    newest = int(now * 30)
                    if newest == last:
                        time.sleep((newest + 1) / 30 - now)
                        continue
                    last = newest
                    frame = tracker.track(pictures[(first + newest) % len(pictures)], (first + newest) / 30)
                    if part == 0:
                        continue  # warm-up
                    ages[threaded].append(time.perf_counter() - begun - newest / 30)
                    if threaded:
                        faces += 1
                        looks.add(frame.hands_time)
                        bodies.add(frame.pose_time)
                clock[threaded] += last + 1
                if part and threaded:
                    hands, poses, spent = hands + len(looks), poses + len(bodies), spent + seconds / 8
    ours, theirs = (statistics.median(ages[threaded]) * 1e3 for threaded in (True, False))
    rows = [Row("age of the overlay: hands and body beside / in a row", "ms", ours, theirs, ours / theirs, "<= 0.33",
                ours / theirs <= 1 / 3)]  # fmt: skip
    counts = (("faces", faces, 29.0), ("looks at hands", hands, 10.0), ("looks at the body", poses, 5.0))
    for name, count, aim in counts:
        rate = count / spent
        rows.append(Row(f"{name}, hands and body beside", "a second", rate, None, rate, f">= {aim:g}", rate >= aim))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = (options := parser.parse_args()).quick
    from coach.avatar.mesh import load
    from coach.avatar.performer import Performance
    from coach.demo import Stage
    from coach.form.exercise import Tempo, find_exercise
    from coach.vision.models import find_model

    before = machine()
    mesh = load(find_model())
    exercise = find_exercise("wide-smile").paced(Tempo(1.0, 2.0, 1.0, 1.0))
    play = Stage(mesh, (Performance(exercise, ("clean",) * 6),))
    rows = [
        *step_against_tracker(play, 200 if quick else 800),
        batch_against_frames(3 if quick else 15),
        scoring_against_frames(1 if quick else 3),
        *replaying(1 if quick else 3),
        alignment_against_package(3 if quick else 15),
        filter_against_package(1 if quick else 5),
        drawing_against_tracker(play, 200 if quick else 600),
        whole_loop(play, 300 if quick else 900),
        *hands_beside(play, 12.0 if quick else 48.0),
    ]
    kept = [row for row in rows if row is not None]
    if options.json:
        print(json.dumps({"machine": before, "rows": [asdict(row) for row in kept]}, indent=1))
        return
    print(", ".join(f"{key} {value}" for key, value in before.items()))
    for row in kept:
        against = "" if row.theirs is None else f" against {row.theirs:.3f}"
        verdict = "met" if row.met else "missed"
        print(f"{row.name:<42} {row.ours:.3f}{against} {row.unit}; ratio {row.ratio:.3f}, aim {row.aim}: {verdict}")


if __name__ == "__main__":
    sys.exit(main())
