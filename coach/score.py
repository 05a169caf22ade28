"""Judge a whole source of frames at once: the result object that `coach score`, `demo` and `replay` print."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from coach.form.exercise import Exercise
from coach.form.measures import measure_frame
from coach.form.session import Session
from coach.frame import SIDES, Feedback, Frame, Repetition
from coach.plan.workout import SetResult

#: Seconds at the end of a source over which its final match is the mean.
FINAL_S = 0.5


class Score:
    """Adds up one exercise over a source of frames; `result` is what the contract promises."""

    def __init__(self, exercise: Exercise, session: Session | None = None) -> None:
        """session: one that somebody else steps, whose feedback is then noted here; None makes an own one."""
        self.session = session or Session(exercise)
        self._times: list[float] = []
        self._matches: list[float] = []
        self._first: float | None = None
        self._last: Feedback | None = None
        self._frames = self._faces = 0

    def add(self, time: float, measures: Any) -> Feedback:
        """Take the (M,) measures of one frame, None without a face."""
        feedback = self.session.advance(time, measures)
        self.note(feedback, measures is not None)
        return feedback

    def note(self, feedback: Feedback, face: bool) -> None:
        """Take the feedback on one frame; face: whether one was seen in it."""
        self._first = feedback.time if self._first is None else self._first
        self._last = feedback
        self._frames += 1
        self._faces += face
        if face:
            # Before a neutral face is known nothing has moved as far as the coach can say: a match of 0.
            self._times.append(feedback.time)
            self._matches.append(feedback.match or 0.0)

    def result(self, file: str) -> dict[str, Any]:
        """Return the result object, numbers rounded so that equal input prints equal text."""
        first, last = self._first or 0.0, self._last.time if self._last else 0.0
        seconds = last - first
        times, matches = np.array(self._times), np.array(self._matches)
        final = matches[times >= times[-1] - FINAL_S] if len(times) else matches
        attempts = self.session.attempts
        sides = self.session.exercise.sides == "alternate"
        return {
            "file": file,
            "exercise": self.session.exercise.id,
            "seconds": round(seconds, 3),
            "frames": self._frames,
            "fps": round((self._frames - 1) / seconds, 2) if seconds > 0 else 0.0,
            "face_fraction": round(self._faces / self._frames, 4) if self._frames else 0.0,
            "reps": self.session.reps,
            "attempts": len(attempts),
            "good_reps": sum(a.counted and not a.faults for a in attempts),
            "sides": {s: sum(a.counted and a.side == s for a in attempts) for s in SIDES} if sides else None,
            "form": None,
            "match": {
                "max": _round(matches.max()) if len(matches) else None,
                "mean": _round(matches.mean()) if len(matches) else None,
                "final": _round(final.mean()) if len(final) else None,
            },
            "repetitions": [repetition_result(a) for a in attempts],
        }


def score(frames: Iterable[Frame], exercises: Sequence[Exercise]) -> list[Score]:
    """Run frames through a session of each exercise, measuring each frame once."""
    scores = [Score(exercise) for exercise in exercises]
    for frame in frames:
        measures = measure_frame(frame)
        for one in scores:
            one.add(frame.time, measures)
    return scores


def set_result(result: SetResult) -> dict[str, Any]:
    """Return what came of a live set, in the same words."""
    sides = result.exercise.sides == "alternate"
    return {
        "file": "live",
        "exercise": result.exercise.id,
        "seconds": _round(result.end_s - result.start_s, 3),
        "reps": result.reps,
        "attempts": len(result.attempts),
        "good_reps": result.good_reps,
        "sides": {"left": result.left, "right": result.right} if sides else None,
        "form": None,
        "repetitions": [repetition_result(a) for a in result.attempts],
    }


def repetition_result(r: Repetition) -> dict[str, Any]:
    """Return one attempt as the contract has it; parts of the form not judged are null."""
    return {
        "start_s": _round(r.start_s, 3),
        "peak_s": _round(r.peak_s, 3),
        "end_s": _round(r.end_s, 3),
        "counted": r.counted,
        "reason": r.reason,
        "side": r.side,
        "form": None,
        "range": _round(100 * r.reach, 1),
        "symmetry": None if r.symmetry is None else _round(100 * r.symmetry, 1),
        "hold_s": _round(r.hold_s, 2),
        "tempo": None,
        "isolation": None,
        "shape": None,
        "faults": list(r.faults),
    }


def _round(value: float, digits: int = 4) -> float:
    return round(float(value), digits)
