"""The demonstration: the built-in performer, drawn as images, seen by the real tracker, judged by the core."""

import pytest
from faces import BRISK, mesh

from coach.avatar.performer import Performance
from coach.demo import Stage, stage
from coach.form.exercise import find_exercise, library
from coach.form.measures import measure_frame
from coach.plan.routine import Manner, load_routine
from coach.score import Score
from coach.vision.tracker import FaceTracker


def performed(id: str, *manners: Manner) -> Score:
    """One exercise performed and judged, at 15 frames a second to be quick."""
    exercise = find_exercise(id).paced(BRISK)
    play = Stage(mesh(), (Performance(exercise, manners),), fps=15.0, size=(640, 480))
    one = Score(exercise)
    with FaceTracker() as tracker:
        for time, picture in play.images(0):
            one.add(time, measure_frame(tracker.track(picture(), time)))
    return one


def test_every_manner_of_a_smile_is_judged_as_it_was_performed() -> None:
    one = performed("wide-smile", "clean", "partial", "one-sided", "rushed", "brow")
    attempts = one.session.attempts
    assert [a.counted for a in attempts] == [True, False, True, False, True]
    assert attempts[0].faults == ()
    assert "of the movement" in attempts[1].reason
    assert "asymmetry" in attempts[2].faults
    assert "rushed" in attempts[3].faults
    assert "held for" in attempts[3].reason
    assert "brow" in attempts[4].faults


@pytest.mark.parametrize("id", [e.id for e in library().values() if e.judge != "timer"])
def test_clean_repetitions_of_every_exercise_are_seen_and_counted(id: str) -> None:
    one = performed(id, "clean", "clean")
    assert [a.counted for a in one.session.attempts] == [True, True]
    assert all(a.faults == () for a in one.session.attempts)


def test_the_demonstration_shows_every_judged_exercise_and_every_fault() -> None:
    routine = load_routine("demo")
    play = stage(mesh())
    assert {p.exercise.id for p in play.performances} >= {e.id for e in library().values() if e.judge == "camera"}
    manners = {manner for planned in routine.set for manner in planned.perform}
    assert manners == {"clean", "partial", "one-sided", "rushed", "brow"}
