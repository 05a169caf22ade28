"""That was one, that was not: the person's word goes before the coach's."""

from dataclasses import replace

import faces
import pytest

from coach.form.correction import MEANT_S, SAID_NOT, SAID_ONE, corrected
from coach.form.exercise import find_exercise
from coach.form.session import Session
from coach.frame import Repetition

SEEN = Repetition(1.0, 2.0, 4.0, True, "", None, 1.0, 2.0, 0.9, form=92.0)
MISSED = replace(SEEN, start_s=6.0, peak_s=7.0, end_s=9.0, counted=False, reason="held for 0.2 s", form=None)


def test_the_last_attempt_that_was_missed_is_counted() -> None:
    first, second = corrected([SEEN, MISSED], True, 9.5) or []
    assert first is SEEN
    assert (second.counted, second.reason, second.form) == (True, SAID_ONE, None)


def test_the_last_that_was_counted_is_taken_back() -> None:
    first, second = corrected([SEEN, MISSED], False, 9.5) or []
    assert (first.counted, first.reason, first.form) == (False, SAID_NOT, None)
    assert second is MISSED


def test_one_that_nobody_saw_is_added_at_its_moment_without_a_form() -> None:
    added = Repetition(19.5, 19.5, 19.5, True, "counted because you said so", None, 1.0, 0.0, None)
    assert corrected([SEEN, MISSED], True, 19.5) == [SEEN, MISSED, added]
    assert corrected([SEEN], True, 19.5) == [SEEN, added]
    assert corrected([], True, 19.5) == [added]


def test_what_was_missed_is_spoken_of_for_ten_seconds() -> None:
    assert MISSED.end_s + MEANT_S == 19.0
    assert [a.reason for a in corrected([SEEN, MISSED], True, 19.0) or []] == ["", SAID_ONE]
    assert [a.reason for a in corrected([SEEN, MISSED], True, 19.0625) or []] == ["", MISSED.reason, SAID_ONE]


def test_what_was_counted_may_be_taken_back_whenever_that_was() -> None:
    assert [a.reason for a in corrected([SEEN, SEEN, MISSED], False, 900.0) or []] == ["", SAID_NOT, MISSED.reason]


def test_where_nothing_was_counted_nothing_can_be_taken_back() -> None:
    assert corrected([MISSED], False, 9.5) is None
    assert corrected([], False, 9.5) is None


@pytest.mark.parametrize("id", ["wide-smile", "jaw-glide"])
def test_a_correction_changes_the_count_and_what_is_left_of_the_set(id: str) -> None:
    session = Session(find_exercise(id), goal=3)
    last = [session.step(frame) for frame in faces.frames(faces.perform(session.exercise, "clean", "clean"))][-1]
    assert last.reps == 2
    assert session.correct(False, last.time)
    assert session.reps == 1
    assert session.attempts[-1].reason == SAID_NOT
    assert session.correct(True, last.time)
    assert session.reps == 2
    assert session.correct(True, last.time)
    assert session.reps == 3
