"""Who leads a set: judged by the face, judged by the hands, or led by time."""

from coach.form.calibration import Calibration
from coach.form.exercise import Exercise
from coach.form.guide import Guide
from coach.form.session import Session
from coach.frame import Array, Feedback, Frame
from coach.touch.neck import NECK_MOVES
from coach.touch.session import TouchSession

#: What leads one set; all have the same `step`.
Leader = Session | Guide | TouchSession


def begin(
    exercise: Exercise, goal: int | None = None, calibration: Calibration | None = None, gentle: bool = False
) -> Leader:
    """What leads a set of an exercise. Points on a hand or on the body, which the face's mesh does not show, are led by
    time, as is what the camera cannot see at all."""
    touch = exercise.touch
    if touch is not None and (touch.on == "face" or touch.move in NECK_MOVES):
        return TouchSession(exercise, goal)
    if not exercise.judged:
        return Guide(exercise, goal)
    return Session(exercise, goal, calibration=calibration, gentle=gentle)


def see(leader: Leader, frame: Frame, measures: Array | None) -> Feedback:
    """Judge one frame whose (M,) measures are known already, None without a face."""
    return leader.step(frame) if isinstance(leader, TouchSession) else leader.advance(frame.time, measures)
