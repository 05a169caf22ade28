"""Judge a whole source of frames at once: the result object that `coach score`, `demo` and `replay` print."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coach.errors import BadInput, CoachError
from coach.form.exercise import Exercise
from coach.form.measures import measure_all, measure_frame
from coach.form.rest import PARTS
from coach.form.scoring import is_good
from coach.form.session import Session
from coach.frame import SIDES, Array, Feedback, Frame, Repetition
from coach.plan.lead import Leader, begin, see
from coach.plan.workout import Workout
from coach.records.history import video_of
from coach.records.recording import Recorder
from coach.touch.session import TouchSession

if TYPE_CHECKING:
    from coach.vision.keep import VideoKeeper

#: Seconds at the end of a source over which its final match is the mean.
FINAL_S = 0.5


class Score:
    """Adds up one exercise over a source of frames; `result` is what the contract promises."""

    def __init__(self, exercise: Exercise, session: Leader | None = None) -> None:
        """session: one that somebody else steps, whose feedback is then noted here; None makes an own one."""
        self.session = session or begin(exercise)
        # One for each frame: as bare numbers, an hour of them is two megabytes.
        self._times, self._matches = array("d"), array("d")
        self._first: float | None = None
        self.end_s = 0.0
        self._frames = self._faces = 0

    def add(self, frame: Frame, measures: Array | None) -> Feedback:
        """Take one frame and its (M,) measures, None without a face."""
        feedback = see(self.session, frame, measures)
        self.note(feedback, measures is not None)
        return feedback

    def run(self, times: Array, measures: Array, live: bool = False) -> None:
        """Take a whole recording at once: times (T,), measures (T, M) with rows of nan where no face was seen. Hands
        are not among the measures: whoever judges them takes frames. live: as somebody would have been judged then,
        who does not know what comes; else the resting face is learnt from all of it beforehand."""
        session = self.session
        assert not isinstance(session, TouchSession)
        match = (
            session.run_whole(times, measures)
            if isinstance(session, Session) and not live
            else session.run(times, measures)
        )
        seen = ~np.isnan(measures[:, 0])
        self._frames, self._faces = len(times), int(seen.sum())
        if len(times):
            self._first, self.end_s = float(times[0]), float(times[-1])
        self._times, self._matches = (array("d", a[seen].tolist()) for a in (times, np.nan_to_num(match)))

    def note(self, feedback: Feedback, face: bool) -> None:
        """Take the feedback on one frame; face: whether one was seen in it."""
        self._first = feedback.time if self._first is None else self._first
        self.end_s = feedback.time
        self._frames += 1
        self._faces += face
        if face:
            # Before a neutral face is known nothing has moved as far as the coach can say: a match of 0.
            self._times.append(feedback.time)
            self._matches.append(feedback.match or 0.0)

    def result(self, file: str) -> dict[str, Any]:
        """Return the result object, numbers rounded so that equal input prints equal text."""
        seconds = self.end_s - (self._first or 0.0)
        times, matches = np.array(self._times), np.array(self._matches)
        final = matches[times >= times[-1] - FINAL_S] if len(times) else matches
        attempts = self.session.attempts
        sides = self.session.exercise.sides == "alternate"
        forms = [a.form for a in attempts if a.form is not None]
        return {
            "file": file,
            "exercise": self.session.exercise.id,
            "seconds": round(seconds, 3),
            "frames": self._frames,
            "fps": round((self._frames - 1) / seconds, 2) if seconds > 0 else 0.0,
            "face_fraction": round(self._faces / self._frames, 4) if self._frames else 0.0,
            "reps": self.session.reps,
            "attempts": len(attempts),
            "good_reps": sum(is_good(a) for a in attempts),
            "sides": {s: sum(a.counted and a.side == s for a in attempts) for s in SIDES} if sides else None,
            "form": _part(float(np.mean(forms))) if forms else None,
            "match": {
                "max": _round(matches.max()) if len(matches) else None,
                "mean": _round(matches.mean()) if len(matches) else None,
                "final": _round(final.mean()) if len(final) else None,
            },
            "repetitions": [repetition_result(a) for a in attempts],
            **self._seen(),
        }

    def _seen(self) -> dict[str, Any]:
        """How long there was a face, how long it was judged, where rest is known from, and why nothing was counted."""
        session = self.session
        if not isinstance(session, Session):
            return {}
        rest = session.neutral
        return {
            "face_s": _round(session.account.face_s, 2),
            "armed_s": _round(session.account.armed_s, 2),
            "rest": None if rest is None else {
                "from": rest.source,
                "known": _round(session.known, 2),
                "calm_s": {name: _round(seen_s, 2) for (name, _), seen_s in zip(PARTS, rest.seen_s, strict=True)},
            },
            "reason": session.why_nothing,
        }  # fmt: skip


def scored(scores: Sequence[Score], frames: Iterable[Frame], live: bool = False) -> None:
    """Judge a whole recording at once. What came before an error in reading it is judged, then the error goes on.
    live: as `Score.run` has it."""
    failed: list[CoachError] = []
    hands = [one for one in scores if isinstance(one.session, TouchSession)]
    times, measures = measure_all(_seen(until_error(frames, failed), hands))
    for one in scores:
        if one not in hands:
            one.run(times, measures, live)
    if failed:
        raise failed[0]


def stepped(
    scores: Sequence[Score], frames: Iterable[Frame], live: bool = False
) -> Iterator[tuple[Score, Feedback, Array | None]]:
    """As `scored`, but frame by frame: yield each score's feedback on each frame, with its (M,) measures."""
    failed: list[CoachError] = []
    hands = any(isinstance(one.session, TouchSession) for one in scores)
    kept: list[Frame] = []

    def keeping() -> Iterator[Frame]:
        for frame in until_error(frames, failed):
            kept.append(frame if hands else Frame(frame.time))  # of the face its measures are enough
            yield frame

    times, measures = measure_all(keeping())
    judged = [] if live else [one.session for one in scores if isinstance(one.session, Session)]
    for session in judged:
        session.learn(times, measures)
    for frame, values in zip(kept, measures, strict=True):
        row = None if np.isnan(values[0]) else values
        for one in scores:
            yield one, one.add(frame, row), row
    for session in judged:
        session.finish()
    if failed:
        raise failed[0]


def _seen(frames: Iterable[Frame], scores: Sequence[Score]) -> Iterator[Frame]:
    """The frames, each seen by some scores in passing."""
    for frame in frames:
        for one in scores:
            one.add(frame, frame.landmarks)
        yield frame


def until_error(frames: Iterable[Frame], failed: list[CoachError]) -> Iterator[Frame]:
    """The frames up to an error in reading them, which is noted."""
    try:
        for frame in frames:
            # Without its picture: many frames are waiting to be measured together, and pictures are large.
            yield replace(frame, image=None)
    except CoachError as error:
        failed.append(error)


def score(frames: Iterable[Frame], scores: Sequence[Score]) -> Sequence[Score]:
    """Run frames through some scores one by one, as they came, measuring each frame once."""
    for frame in frames:
        measures = measure_frame(frame)
        for one in scores:
            one.add(frame, measures)
    return scores


class WorkoutScore:
    """Scores and records a workout that somebody else steps: call it with every frame and its feedback, then `close`.

    The recording is begun with the first frame, so that a workout that never began leaves no file behind. When it
    cannot be written any more (a full disk, say), `trouble` says so in one sentence, and judging goes on without it. A
    video ends by itself in the same way, and the recording goes on without it.
    """

    def __init__(
        self,
        workout: Workout,
        label: str,
        recording: Path | None = None,
        truths: Sequence[Any] = (),
        person: str = "",
        keep_video: bool = False,
    ) -> None:
        """label: the `file` of the results. recording: a file that does not exist yet, None records nothing.
        truths: the performer's, one for each set; none for people. person: who exercises, as the recording is to say.
        keep_video: keep the pictures, too, as a video beside the recording."""
        self.recording = recording
        self._workout, self._label, self._truths = workout, label, truths
        self._person, self._keep_video = person, keep_video and recording is not None
        self._scores: list[Score] = []
        self._recorder: Recorder | None = None
        self._video: VideoKeeper | None = None
        self._broken = False
        self._closed = False
        #: why less is kept than was wanted, in a sentence or two; empty while all is
        self.trouble = ""

    @property
    def keeps_video(self) -> bool:
        """Whether the pictures are kept: from the start, and no longer than it goes well."""
        return self._keep_video and not self._closed and not self.trouble

    def __call__(self, frame: Frame, feedback: Feedback) -> None:
        """Take one judged frame. Raises BadInput when the recording cannot be begun."""
        if feedback.time != frame.time:
            return  # seen during a summary, and judged by nobody
        if self._recorder is None and self.recording is not None:
            self._recorder = Recorder(self.recording, self._person)
            if self._keep_video:
                from coach.vision.keep import VideoKeeper

                self._video = VideoKeeper(video_of(self.recording))
        if not self._scores or self._workout.session is not self._scores[-1].session:
            exercise, session, number = self._workout.exercise, self._workout.session, len(self._scores)
            truth = self._truths[number] if number < len(self._truths) else None
            self._record(
                lambda to: to.begin_set(exercise, self._label, truth, session.calibration, session.gentle, session.goal)
            )
            self._scores.append(Score(exercise, session))
        picture = None
        if self._video is not None and frame.image is not None and not self._broken:
            picture = self._video.add(frame.image)
            self._tell(self._video.trouble)
        self._record(lambda to: to.add(frame, picture))
        self._scores[-1].note(feedback, frame.landmarks is not None)

    def note(self, kind: str, attempts: int) -> None:
        """Keep what the person said at this moment, with so many attempts known. Called by the thread that judges."""
        if self._scores:
            end_s = self._scores[-1].end_s
            self._record(lambda to: to.note(end_s, kind, attempts))

    def close(self) -> bool:
        """End the recording and the video; return whether there is a recording."""
        if not self._closed:
            self._closed = True
            self._record(Recorder.close)
            if self._video is not None:
                self._video.close()
                self._tell(self._video.trouble)
        return self._recorder is not None

    def _record(self, write: Callable[[Recorder], None]) -> None:
        """Write to the recording, where there is one that can still be written."""
        if self._recorder is None or self._broken:
            return
        try:
            write(self._recorder)
        except BadInput as error:
            self._broken = True
            self._tell(str(error))
            with suppress(BadInput):
                self._recorder.close()

    def _tell(self, trouble: str) -> None:
        if trouble not in self.trouble:
            self.trouble = f"{self.trouble} {trouble}".strip()

    def results(self) -> list[dict[str, Any]]:
        """Return the result object of each set that was begun."""
        results = [one.result(self._label) for one in self._scores]
        for result, truth in zip(results, self._truths, strict=False):
            result["performed"] = truth
        return results


def repetition_result(r: Repetition) -> dict[str, Any]:
    """Return one attempt as the contract has it; parts of the form not judged are null."""
    return {
        "start_s": _round(r.start_s, 3),
        "peak_s": _round(r.peak_s, 3),
        "end_s": _round(r.end_s, 3),
        "counted": r.counted,
        "reason": r.reason,
        "side": r.side,
        "form": _part(r.form),
        "range": _part(r.part("range")),
        "symmetry": _part(r.part("symmetry")),
        "hold_s": _round(r.hold_s, 2),
        "hold": _part(r.part("hold")),
        "tempo": _part(r.part("tempo")),
        "isolation": _part(r.part("isolation")),
        "shape": _part(r.part("shape")),
        "quality": _round(r.quality, 2),
        "why": {part.name: part.says for part in r.parts},
        "faults": list(r.faults),
    }


def _part(score: float | None) -> float | None:
    return None if score is None else _round(score, 1)


def _round(value: float, digits: int = 4) -> float:
    return round(float(value), digits)
