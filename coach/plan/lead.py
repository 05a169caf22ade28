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


def led_by_time(exercise: Exercise) -> bool:
    """Whether nothing of it is judged: what the camera cannot see at all, and points on a hand or on the body."""
    touch = exercise.touch
    if touch is not None:
        return touch.on != "face" and touch.move not in NECK_MOVES
    return not exercise.judged


def begin(
    exercise: Exercise, goal: int | None = None, calibration: Calibration | None = None, gentle: bool = False
) -> Leader:
    """What leads a set of an exercise."""
    if led_by_time(exercise):
        return Guide(exercise, goal)
    if exercise.touch is not None:
        return TouchSession(exercise, goal)
    return Session(exercise, goal, calibration=calibration, gentle=gentle)


def see(leader: Leader, frame: Frame, measures: Array | None) -> Feedback:
    """Judge one frame whose (M,) measures are known already, None without a face."""
    return leader.step(frame) if isinstance(leader, TouchSession) else leader.advance(frame.time, measures)


def explained(leader: Leader) -> tuple[float | None, str]:
    """Seconds in which the face could be judged (None where nothing is judged by it), and why nothing was counted."""
    return (leader.account.armed_s, leader.why_nothing) if isinstance(leader, Session) else (None, "")
