"""The demonstration: the built-in performer, drawn as images, seen by the real tracker, judged by the core."""

import pytest
from faces import BRISK, mesh

from coach.avatar.performer import Performance
from coach.demo import Stage, stage
from coach.form.exercise import Tempo, find_exercise, library
from coach.form.measures import measure_frame
from coach.form.quality import asks_for
from coach.plan.routine import Manner, load_routine
from coach.score import Score
from coach.vision.tracker import FaceTracker

#: At 15 frames a second a brisk way back from the last of several poses is just as long as a hurried one, and a brisk
#: rest just as long as it takes to let go.
UNHURRIED = Tempo(0.8, 1.2, 1.0, 1.4)
#: The brows and lids of the drawn face are small: performed slowly, they are lost in the noise at their edges.
QUICKER = {id: Tempo(0.6, 1.2, 0.8, 1.2) for id in ("frown-release", "alternate-wink")}


def performed(id: str, *manners: Manner, tempo: Tempo = BRISK) -> Score:
    """One exercise performed and judged, at 15 frames a second to be quick."""
    exercise = find_exercise(id).paced(tempo)
    play = Stage(mesh(), (Performance(exercise, manners),), fps=15.0, size=(640, 480))
    one = Score(exercise)
    with FaceTracker(shoulders="shoulders" in asks_for(exercise)) as tracker:
        for time, picture in play.images(0):
            frame = tracker.track(picture(), time)
            one.add(frame, measure_frame(frame))
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


#: What the tracker does not see on the drawn face: hands, which are not drawn, and blendshapes and small folds that a
#: real face shows it and a drawn one does not.
UNSEEN = {
    "resisted-brow-raise", "resisted-opening", "resisted-closing", "resisted-side-push", "neck-isometrics",
    "happy-cheeks", "air-shift", "cheek-lifter", "fish-face", "chin-raise", "upper-lip-raise", "pucker-swing",
    "eyes-wide", "gaze-clock", "lower-lid-lift", "lion-face", "ceiling-kiss", "chin-tuck",
}  # fmt: skip
SHOWN = [planned.exercise for planned in load_routine("demo").set]
OTHERS = [e.id for e in library().values() if e.judged and e.id not in {*UNSEEN, *SHOWN}]


#: One of the face and one of the head quickly, the rest with the long tests.
QUICK = ("pucker", "side-bend")


@pytest.mark.parametrize(
    "id", [pytest.param(id, marks=[] if id in QUICK else pytest.mark.slow) for id in [*SHOWN, *OTHERS]]
)
def test_clean_repetitions_are_seen_and_counted(id: str) -> None:
    one = performed(
        id, *["clean"] * (1 if find_exercise(id).count.ends == "held" else 2), tempo=QUICKER.get(id, UNHURRIED)
    )
    assert all(a.counted and a.faults == () for a in one.session.attempts)
    assert one.session.reps == len(one.session.attempts) > 0


def test_the_demonstration_shows_ten_exercises_and_every_fault() -> None:
    routine = load_routine("demo")
    play = stage(mesh())
    assert len({p.exercise.id for p in play.performances}) == 10
    assert {p.exercise.group for p in play.performances} >= {"mouth", "brow", "eyes", "jaw", "neck"}
    manners = {manner for planned in routine.set for manner in planned.perform}
    assert manners == {"clean", "partial", "one-sided", "rushed", "brow"}
