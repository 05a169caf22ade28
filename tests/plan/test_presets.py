"""Every preset, done from its beginning to its end by somebody who does what is asked, in simulated time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

import pytest
from faces import frames, perform, resting
from touch import bodies, tracks

from coach.form.exercise import DOSES, Exercise
from coach.frame import Frame
from coach.plan.lead import led_by_time
from coach.plan.routine import Routine, load_routine, routine_ids, seconds
from coach.plan.rules import Context
from coach.plan.today import asked
from coach.plan.workout import Workout
from coach.touch.neck import NECK_MOVES

PRESETS = {r.preset: r for r in map(load_routine, routine_ids()) if r.preset}
#: What takes a second or two here.
QUICK = ("P3", "MG")
#: Frames a second of a face; hands and bodies are looked for less often than their faces come.
FPS = 12.0
#: Seconds before a set in which hands are already on their way.
EARLY_S = 1.5


def doing(exercise: Exercise, start: float) -> Iterator[Frame]:
    """Frames of somebody who does an exercise in its own tempo from `start` on, a little longer than asked for."""
    touch, n = exercise.touch, exercise.reps
    if led_by_time(exercise):
        yield from resting(n * exercise.round_s + 10.0, FPS, start)
    elif touch is None:
        yield from frames(perform(exercise, *["clean"] * (n + 4), tempo=None), FPS, start=start)
    elif touch.move in NECK_MOVES:
        yield from bodies.frames(exercise, 2 * n * exercise.round_s + 20.0, start, FPS)
    else:
        way = tracks.strokes if touch.move == "stroke" else tracks.taps if touch.move == "tap" else tracks.circles
        sides = ("left",) if touch.middle else ("left", "right")
        one = exercise.round_s
        moved = tracks.frames(exercise, way(exercise, one), (n + 4) * one, 15.0, sides)
        for frame in moved:
            yield replace(frame, time=start + frame.time, hands_time=start + (frame.hands_time or 0.0))


@dataclass
class Practice:
    """A workout and who does it. ran_s: its frames' time from the first to the end of the last set."""

    workout: Workout
    ran_s: float = 0.0

    def run(self) -> "Practice":
        workout, now = self.workout, 0.0
        source, of = doing(workout.exercise, 0.0), 0
        while not workout.done:
            frame = next(source, None)
            if frame is None:
                raise AssertionError(f"set {workout.index + 1}, {workout.exercise.id}: it did not end")
            if frame.time <= now and now:
                continue
            now = frame.time
            workout.step(frame)
            if workout.between and not workout.done and of == workout.index:
                of += 1
                coming = workout.sets[of][0]
                begins = now + (workout.begins_in_s or 0.0)
                early = EARLY_S if coming.touch is not None and not led_by_time(coming) else 0.0
                waiting = takewhile(lambda f, until=begins - early: f.time < until, resting(60.0, FPS, now))
                source = _chain(waiting, doing(coming, begins - early))
        self.ran_s = now
        return self


def _chain(*sources: Iterator[Frame]) -> Iterator[Frame]:
    for source in sources:
        yield from source


def practised(routine: Routine) -> Practice:
    led = asked([routine.id], None, Context())
    assert led.said == ()  # no rule has anything to mend in a preset
    return Practice(Workout([(e, e.reps) for e in led.exercises])).run()


@pytest.mark.parametrize(
    "preset", [pytest.param(p, marks=() if p in QUICK else pytest.mark.slow) for p in sorted(PRESETS)]
)
def test_a_preset_runs_to_its_end_in_its_time(preset: str) -> None:
    routine = PRESETS[preset]
    assert routine.minutes
    done = practised(routine)
    for result in done.workout.results:
        touch, wanted = result.exercise.touch, result.goal or 0
        if touch is not None and DOSES[touch.dose].counts is None:  # time counts, and not how often
            assert result.end_s - result.start_s == pytest.approx(wanted * result.exercise.round_s, abs=5.0)
            assert result.reps == pytest.approx(wanted, rel=0.05)
        else:
            assert result.reps == wanted, result.exercise.id
    minutes, rest = routine.minutes
    assert done.ran_s == pytest.approx(60 * minutes + rest, rel=0.05)
    # Somebody holds a little longer than short tempos say, so that the plan is a little less exact.
    assert done.ran_s == pytest.approx(sum(map(seconds, routine.exercises())), rel=0.06)
