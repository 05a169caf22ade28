"""The contract of every exercise file: what its own template, performed, must come to."""

import pytest
from faces import perform, template_track

from coach.form.exercise import Exercise, library
from coach.form.session import Session

JUDGED = [e for e in library().values() if e.judge != "timer"]
each = pytest.mark.parametrize("exercise", JUDGED, ids=[e.id for e in JUDGED])


def run(exercise: Exercise, *manners, **options) -> Session:
    session = Session(exercise)
    performance = perform(exercise, *manners, tempo=options.pop("tempo", None))
    for time, values in template_track(performance, **options):
        session.advance(time, values)
    return session


@each
def test_its_own_template_scores_ninety_and_counts(exercise: Exercise) -> None:
    session = run(exercise, "clean", "clean")
    assert [a.counted for a in session.attempts] == [True, True], session.attempts
    assert all(a.form >= 90 and not a.faults for a in session.attempts), session.attempts
