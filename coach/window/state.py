"""What a picture of the workout needs besides the feedback, taken at one moment so that threads can hand it over."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from coach.form.exercise import Exercise
from coach.frame import Event, Feedback, Kind, Repetition
from coach.plan.workout import SetResult, Workout
from coach.touch.neck import NECK_MOVES
from coach.window.waits import Wait

#: What is drawn over the picture: the contours of the face, the pose to reach, every edge of the mesh, or nothing
#: (then the bars alone tell).
Overlay = Literal["contours", "ghost", "mesh", "bars"]
OVERLAYS: tuple[Overlay, ...] = ("contours", "ghost", "mesh", "bars")

#: What leads a set, as `coach.plan.lead.begin` chooses it: the movement of the face, the hands, or time.
Led = Literal["face", "hands", "time"]

#: Seconds (of the frames) a notice of something that happened stays.
NOTICE_S = 3.0

#: Events worth a notice, the weightier one first when two happen at once. What is counted anew comes only once, and
#: says why the number has jumped.
_WEIGHT = (Kind.RECOUNTED, Kind.ATTEMPT_MISSED, Kind.FAULT, Kind.REP, Kind.HOLD_DONE, Kind.ARMED)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a workout stands.

    number, total  this set, from 1, and how many there are
    next_name      name of the exercise of the next set, empty after the last
    attempts       of this set, so far
    notice         what happened last, while it is worth telling
    result         of this set once it has ended: its summary is to be shown
    following      exercise of the next set, None after the last
    begins_in_s    seconds (of the frames) until the next set begins, None where the source decides it
    left_s         seconds that the rest of the workout takes at the exercises' own tempo
    done           whether that was the last set
    asks           what to ask the person now, empty for nothing
    wait           what is missing before it can be judged and counted, None when nothing is
    """

    exercise: Exercise
    goal: int | None
    number: int
    total: int
    next_name: str = ""
    attempts: tuple[Repetition, ...] = ()
    notice: Event | None = None
    result: SetResult | None = None
    following: Exercise | None = None
    begins_in_s: float | None = None
    left_s: float = 0.0
    done: bool = False
    asks: str = ""
    wait: Wait | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """How to draw.

    overlay        lines on the face
    triangles      (T, 3) of the full mesh, None where it is not at hand: "mesh" then draws the contours
    demonstration  the picture is the built-in performer's, and must be marked so
    mirror         draw the picture as a mirror would show it
    hide_face      show the avatar moved by the person's face in the place of the picture
    keeps_video    the picture is being kept, and must be marked so
    """

    overlay: Overlay = "contours"
    triangles: npt.NDArray[np.integer[Any]] | None = None
    demonstration: bool = False
    mirror: bool = True
    hide_face: bool = False
    keeps_video: bool = False


def led_by(exercise: Exercise) -> Led:
    """Return what leads an exercise: points on a hand or on the body, which are not seen, are led by time."""
    touch = exercise.touch
    if touch is not None and (touch.on == "face" or touch.move in NECK_MOVES):
        return "hands"
    return "face" if exercise.judged else "time"


def breathes(exercise: Exercise) -> bool:
    """Whether it is quiet time in which breath is given a pace."""
    return exercise.group == "quiet" and min(exercise.tempo.rise, exercise.tempo.lower) > 2.0


def snapshot(workout: Workout, notice: Event | None = None, wait: Wait | None = None) -> Snapshot:
    """Take down where a workout stands."""
    following = workout.sets[workout.index + 1 : workout.index + 2]
    return Snapshot(
        exercise=workout.exercise,
        goal=workout.sets[workout.index][1],
        number=workout.index + 1,
        total=len(workout.sets),
        next_name=following[0][0].name if following else "",
        attempts=tuple(workout.session.attempts),
        notice=notice,
        result=workout.results[-1] if workout.between else None,
        following=following[0][0] if following else None,
        begins_in_s=workout.begins_in_s,
        left_s=workout.left_s,
        done=workout.done,
        asks=workout.asks,
        wait=wait,
    )


def latest_notice(before: Event | None, feedback: Feedback) -> Event | None:
    """Return what to tell after this feedback: something new, or what was told before and is not stale yet."""
    new = [event for kind in _WEIGHT for event in feedback.events if event.kind is kind]
    if new:
        return new[0]
    return before if before is not None and 0 <= feedback.time - before.time < NOTICE_S else None
