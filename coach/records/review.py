"""A recording looked at again: its frames go through the same judgement as they did live, and are found by time.

The feedback is the one that was given: a recording is a source of the same Frames for the same Session, and what the
person said takes effect where it was said. Measures are kept, so that a set is judged anew by other rules on the spot;
frames stay in the file and are read one by one.
"""

import math
import time as clock
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from coach.errors import BadInput
from coach.form.calibration import drifted
from coach.form.exercise import Exercise
from coach.form.measures import NAMES, measure_frame
from coach.form.session import Session
from coach.form.template import Template
from coach.frame import Array, Event, Feedback, Frame, Repetition
from coach.plan.lead import Leader, begin, see
from coach.records.recording import FrameReader, RecordedSet, read_frames, read_notes, read_sets
from coach.touch.session import TouchSession

#: Frames kept in memory: somebody who steps to and fro reads none of them twice.
_KEPT = 32
#: Whoever waits is told how far it is after so many frames.
_TELL = 200


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What came of one set by certain rules.

    exercise, gentle  the rules
    level             match from which an attempt counts
    attempts          in the order of time, with what the person said about them
    match             (T,) 0..1 and a little above, nan where nothing was judged
    ways              for each measure of the peak (T,) how far it was on its way, 1 at the peak; of one that is to keep
                      still, in tolerances
    band              lowest and highest part of the way that still is the peak by the template's tolerances
    speed             seconds of the recording judged in one second; 0 where it was judged frame by frame, as live
    """

    exercise: Exercise
    gentle: bool
    level: float
    attempts: tuple[Repetition, ...]
    match: Array
    ways: Mapping[str, Array]
    band: tuple[float, float]
    speed: float = 0.0

    @property
    def best_and_worst(self) -> tuple[Repetition, Repetition] | None:
        """The attempts of the best and of the worst form; None where fewer than two have one."""
        formed = [a for a in self.attempts if a.form is not None]
        if len(formed) < 2:
            return None
        return max(formed, key=lambda a: a.form or 0.0), min(formed, key=lambda a: a.form or 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class ReviewedSet:
    """One set of a recording.

    kept       its exercise, and what else its judgement depends on
    times      T seconds, rising
    rows       T numbers of its frames in the file
    measures   (T, M), nan where no face was seen
    feedbacks  T, as they were given
    notes      (seconds, "one", "not-one", "pain" or "relearn", attempts known then): what the person said
    first      how it was judged then
    path       of the recording
    """

    kept: RecordedSet
    times: Sequence[float]
    rows: Sequence[int]
    measures: Array
    feedbacks: Sequence[Feedback]
    notes: Sequence[tuple[float, str, int]]
    first: Judgement
    path: Path

    @property
    def seconds(self) -> float:
        return self.times[-1] - self.times[0]

    @property
    def events(self) -> Iterator[Event]:
        """All that happened, in the order of time."""
        return (event for feedback in self.feedbacks for event in feedback.events)

    def at(self, seconds: float) -> int:
        """Index of the last frame that is not later than so many seconds; the first one before that."""
        return max(0, bisect_right(self.times, seconds) - 1)

    def judged(
        self, level: float | None = None, gentle: bool | None = None, exercise: Exercise | None = None
    ) -> Judgement:
        """Judge the set anew. level: match from which an attempt counts, in the place of the exercise's own.
        gentle, exercise: other ones than recorded."""
        begun = clock.perf_counter()
        exercise = exercise or self.kept.exercise
        if level is not None:
            # Who passes early must also be seen to leave rest and to come back to it.
            count = exercise.count
            lower = min(1.0, level / count.level)
            count = msgspec.structs.replace(count, level=level, leave=count.leave * lower, back=count.back * lower)
            exercise = msgspec.structs.replace(exercise, count=count)
        gentle = self.kept.gentle if gentle is None else gentle
        session = begin(exercise, None, self.kept.calibration, gentle)
        if isinstance(session, TouchSession):
            return self._seen_again(session, begun)
        times, cut, matches = np.array(self.times), 0, []
        for at in [*(time for time, kind, _ in self.notes if kind == "relearn"), math.inf]:
            until = bisect_right(self.times, at)
            matches.append(session.run(times[cut:until], self.measures[cut:until]))
            if math.isfinite(at):
                session.relearn()
            cut = until
        match = np.concatenate(matches)
        for time, said, _ in self.notes:
            if said in ("one", "not-one"):
                # Another judgement may know more attempts or fewer: meant was the last one of then.
                session.correct(said == "one", time, sum(a.end_s <= time for a in session.attempts))
        took = max(1e-9, clock.perf_counter() - begun)
        return _judgement(session, match, self.measures, self.seconds / took)

    def _seen_again(self, session: Leader, begun: float) -> Judgement:
        """Judge the set anew from its frames: hands are not among the measures."""
        said = Said(session, self.notes)
        for frame, values in zip(read_frames(self.path, self.kept.number), self.measures, strict=False):
            said.until(frame.time)
            see(session, frame, None if np.isnan(values[0]) else values)
        said.until(math.inf)
        took = max(1e-9, clock.perf_counter() - begun)
        return _judgement(session, np.full(len(self.times), np.nan), self.measures, self.seconds / took)


class Review:
    """All of a recording. Close it, or use it as a context manager."""

    def __init__(self, path: Path, told: Callable[[float], None] | None = None) -> None:
        """told: called now and then with 0..1, how much has been judged. Raises BadInput when the file is no recording,
        damaged, or empty."""
        self.path = path
        sets = read_sets(path)
        self._reader = FrameReader(path)
        try:
            self.sets = self._judged(sets, told)
        except BaseException:
            self._reader.close()
            raise
        self._frame = lru_cache(maxsize=_KEPT)(self._reader.frame)

    def frame(self, number: int, index: int) -> Frame:
        """Read one frame: of which set, counted from 0, and which of it. Raises BadInput when the file is gone bad."""
        return self._frame(self.sets[number].rows[index])

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    def _judged(self, sets: Sequence[RecordedSet], told: Callable[[float], None] | None) -> tuple[ReviewedSet, ...]:
        rows = self._reader.numbers()
        whole = sum(len(rows.get(kept.number, ())) for kept in sets)
        if not whole:
            raise BadInput(f"{self.path}: nothing was recorded in it, so there is nothing to show")
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            if told is not None and done % _TELL == 0:
                told(done / whole)

        return tuple(_reviewed(self.path, kept, rows[kept.number], tell) for kept in sets if kept.number in rows)

    def __enter__(self) -> "Review":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Said:
    """Tells a session that goes through a recording what the person said, where it was said."""

    def __init__(self, session: Leader, notes: Sequence[tuple[float, str, int]]) -> None:
        """notes: as `read_notes` gives them."""
        self._session, self._waiting = session, list(notes)

    def until(self, time: float) -> None:
        """Before the frame of this time is judged: all that was said before it."""
        while self._waiting and self._waiting[0][0] < time:
            at, kind, known = self._waiting.pop(0)
            if kind in ("one", "not-one"):
                self._session.correct(kind == "one", at, known)
            elif kind == "relearn":
                self._session.relearn()


def _reviewed(path: Path, kept: RecordedSet, rows: Sequence[int], tell: Callable[[], None]) -> ReviewedSet:
    """Judge a set frame by frame, as it was live."""
    session = begin(kept.exercise, kept.goal, kept.calibration, kept.gentle)
    notes = read_notes(path, kept.number)
    said = Said(session, notes)
    times: list[float] = []
    feedbacks: list[Feedback] = []
    measures = np.full((len(NAMES), len(rows)), np.nan)  # measure by measure, as who follows them through time wants it

    # Of a recording that still grows, only what was there when it was counted.
    for i, frame in zip(range(len(rows)), read_frames(path, kept.number), strict=False):
        said.until(frame.time)
        seen = measure_frame(frame)
        if seen is not None:
            measures[:, i] = seen
        times.append(frame.time)
        feedbacks.append(see(session, frame, seen))
        tell()
    said.until(np.inf)
    match = np.array([np.nan if feedback.match is None else feedback.match for feedback in feedbacks])
    first = _judgement(session, match, measures.T)
    return ReviewedSet(kept, times, rows, measures.T, feedbacks, notes, first, path)


def _judgement(session: Leader, match: Array, measures: Array, speed: float = 0.0) -> Judgement:
    exercise = session.exercise
    level = session.count.level if isinstance(session, Session) else exercise.count.level
    ways, band = _ways(session, measures) if session.neutral is not None else ({}, (1.0, 1.0))
    ways = {name: np.where(np.isnan(match), np.nan, way) for name, way in ways.items()}
    return Judgement(exercise, session.gentle, level, tuple(session.attempts), match, ways, band, speed)


def _ways(session: Leader, measures: Array) -> tuple[dict[str, Array], tuple[float, float]]:
    """How far each measure of the peak was on its way, as the left side has it; and the band of the peak."""
    assert session.neutral is not None
    exercise, rest, known = session.exercise, session.neutral.values, session.calibration
    own = known.ranges.get(exercise.id) if known is not None and not drifted(known, rest) else None
    template = Template(exercise, rest, own)
    ways: dict[str, Array] = {}
    apart: list[float] = []
    for pose, peak in enumerate(exercise.poses):
        for i, name in enumerate(template.names):
            if name in ways or name not in peak.peak:
                continue
            span, within = float(template.span[pose, 0, i]), float(template.within[pose, 0, i])
            still = bool(template.steady[pose, 0, i])
            over = within if still else span
            if over == 0.0:
                continue
            column = int(template.columns[pose, 0, i])
            change = measures[:, column] - rest[column]
            ways[name] = np.abs(change) / over if still else change / over
            if not still:
                apart.append(within / abs(span))
    width = float(np.mean(apart)) if apart else 0.0
    return ways, (1.0 - width, 1.0 + width)
