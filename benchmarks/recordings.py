"""Recordings: a jump into one, and all of it judged again."""

import statistics
import time as clock
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.material import smiles
from benchmarks.row import Row, faster, rate


def twenty_minutes(quick: bool) -> Iterator[Row]:
    """A jump into 20 minutes against judging them up to there; and all of them, read and judged, against the time that
    it took to record them."""
    from coach.form.session import Session
    from coach.records.recording import Recorder, read_frames
    from coach.records.review import Review
    from coach.score import Score, scored

    recorded, rounds = smiles(120), 2 if quick else 5
    frames, exercise = recorded.frames, recorded.exercise
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
            for _ in range(rounds):
                jumps = []
                for at in random.uniform(0.0, seconds, 200).tolist():
                    begun = clock.perf_counter()
                    index = of_set.at(at)
                    feedback, shown = of_set.feedbacks[index], review.frame(0, index)
                    jumps.append(clock.perf_counter() - begun)
                    assert feedback.time == shown.time
                jumping.append(statistics.median(jumps))
                session = Session(exercise)
                begun = clock.perf_counter()
                for frame, _ in zip(read_frames(path), range(len(frames) // 2), strict=False):
                    session.step(frame)
                from_start.append(clock.perf_counter() - begun)
                one = Score(exercise)
                begun = clock.perf_counter()
                scored([one], read_frames(path))
                whole.append(clock.perf_counter() - begun)
                assert one.session.reps == 120
    yield faster("a jump into 20 minutes: judged up to there / ours", "ms", jumping, from_start, ">= 1000")
    yield rate("20 minutes read and judged again", "times real time", [seconds / w for w in whole], ">= 100")


BENCHMARKS = (twenty_minutes,)
