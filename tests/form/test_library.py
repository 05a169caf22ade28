"""What every exercise file promises, tested from the moment the file exists."""

import pytest
from faces import frames, perform, resting

from coach.form.exercise import Exercise, library
from coach.form.quality import QualityGate
from coach.form.session import Session

JUDGED = [e for e in library().values() if e.judged]
each = pytest.mark.parametrize("exercise", JUDGED, ids=[e.id for e in JUDGED])


def test_the_first_ten_are_there() -> None:
    ten = "brow-raise frown-release wide-smile pucker jaw-open jaw-glide full-blink neck-rotation side-bend neck-nod"
    assert set(ten.split()) <= set(library())


#: Nothing moves in these: a still face is their repetition.
QUIET = {e.id for e in JUDGED if e.count.ends == "held"}
moving = pytest.mark.parametrize("exercise", [e for e in JUDGED if e.id not in QUIET], ids=lambda e: e.id)


@each
def test_clean_repetitions_count_at_its_own_tempo(exercise: Exercise) -> None:
    performance = perform(exercise, "clean", "clean", tempo=None)
    session = Session(exercise)
    for frame in frames(performance, fps=15):
        feedback = session.step(frame)
    assert feedback.reps == feedback.attempts == 2
    assert not any("rushed" in a.faults for a in session.attempts)
    if exercise.sides == "alternate":
        assert (feedback.left, feedback.right) == (1, 1)


@moving
def test_a_partial_one_is_an_attempt_with_a_reason(exercise: Exercise) -> None:
    session = Session(exercise)
    for frame in frames(perform(exercise, "partial", "partial"), fps=15):
        session.step(frame)
    assert session.reps == 0
    assert all(a.reason for a in session.attempts)


@moving
def test_a_resting_face_counts_nothing(exercise: Exercise) -> None:
    session = Session(exercise)
    for frame in resting(6.0, fps=15):
        feedback = session.step(frame)
    assert (feedback.reps, feedback.attempts) == (0, 0)
    judged_beside = QualityGate(exercise).who  # a hand that only must not be there need not be seen
    assert feedback.withheld if judged_beside else feedback.match == pytest.approx(0.0, abs=0.05)


@moving
def test_what_is_over_in_a_moment_does_not_count(exercise: Exercise) -> None:
    session = Session(exercise)
    for frame in frames(perform(exercise, "rushed", "rushed")):
        session.step(frame)
    assert session.reps == 0


@pytest.mark.parametrize("exercise", library().values(), ids=lambda e: e.id)
def test_its_words_are_short_and_promise_nothing(exercise: Exercise) -> None:
    assert 2 <= len(exercise.steps) <= 5
    says = [rule.say for rule in (*exercise.refuse, *exercise.fault)]
    assert all(len(text) <= 60 and text.endswith((".", "!")) for text in says)
    text = " ".join([exercise.about, exercise.evidence, *exercise.steps, *says]).lower()
    assert not any(word in text for word in ("cure", "heal", "guarantee", "wrinkle-free", "rejuvenat", "detox"))
    assert exercise.evidence
    assert exercise.safety
