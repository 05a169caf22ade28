"""A recording looked at again: the very feedback that was given, found by time, and judged anew by other rules."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from faces import frames, perform, resting

from coach.errors import BadInput
from coach.form.correction import SAID_NOT, SAID_ONE
from coach.form.exercise import find_exercise
from coach.frame import Feedback, Frame, Kind, Phase
from coach.plan.workout import Workout
from coach.records.recording import Recorder, read_frames
from coach.records.review import Review
from coach.score import WorkoutScore

SMILE, LED, GLIDE = find_exercise("wide-smile"), find_exercise("tongue-click"), find_exercise("jaw-glide")
BLIND = Frame(0.0)


def hidden(seen: Iterator[Frame], *away: tuple[float, float]) -> Iterator[Frame]:
    """The same without a face between some times (seconds)."""
    for frame in seen:
        yield Frame(frame.time) if any(a <= frame.time < b for a, b in away) else frame


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[Feedback]], Workout]:
    """Three sets as they were done live: smiles with lost faces, two corrections and a face learnt again, one led by
    time, and jaw glides up to their goal; the recording, the feedback on every frame, and the workout."""
    path = tmp_path_factory.mktemp("review") / "session.coach"
    workout = Workout([(SMILE, None), (LED, None), (GLIDE, 2)], summary_s=0.0)
    record = WorkoutScore(workout, "window", path)
    given: list[list[Feedback]] = []

    def say(was_one: bool) -> None:
        known = len(workout.session.attempts)
        assert workout.correct(was_one)
        record.note("one" if was_one else "not-one", known)

    manners = "clean", "partial", "clean", "one-sided", "clean"
    start = 0.0
    sets = (
        hidden(frames(perform(SMILE, *manners), fps=20), (2.0, 2.2), (15.0, 15.9)),
        hidden(resting(20.0, fps=20), (6.0, 9.5)),
        frames(perform(GLIDE, "clean", "clean"), fps=20),
    )
    for number, one in enumerate(sets):
        said: list[Feedback] = []
        for frame in one:
            frame = replace(frame, time=frame.time + start)
            feedback = workout.step(frame)
            record(frame, feedback)
            said.append(feedback)
            if number == 0 and any(e.kind is Kind.ATTEMPT_MISSED for e in feedback.events) and feedback.attempts < 3:
                say(True)
            if number == 0 and feedback.reps == 3 and SAID_NOT not in {a.reason for a in workout.session.attempts}:
                say(False)
                workout.session.relearn()
                record.note("relearn", len(workout.session.attempts))
            if feedback.phase is Phase.DONE:
                break
        given.append(said)
        start = said[-1].time + 5.0
        if not workout.between:
            workout.skip()
    record.close()
    return path, given, workout


@pytest.fixture(scope="module")
def review(session: tuple[Path, list[list[Feedback]], Workout]) -> Iterator[Review]:
    with Review(session[0]) as opened:
        yield opened


def test_what_was_said_live_is_said_again_word_for_word(session, review) -> None:
    _, given, _ = session
    assert [len(one.feedbacks) for one in review.sets] == [len(said) for said in given]
    for one, said in zip(review.sets, given, strict=True):
        assert list(one.feedbacks) == said


def test_the_session_had_lost_faces_corrections_and_a_set_led_by_time(session, review) -> None:
    kinds = [event.kind for event in review.sets[0].events]
    assert Kind.FACE_LOST in kinds
    assert Kind.FACE_FOUND in kinds
    assert {SAID_ONE, SAID_NOT} <= {attempt.reason for attempt in review.sets[0].first.attempts}
    assert review.sets[1].kept.exercise.judge == "timer"
    assert any(event.kind is Kind.REP for event in review.sets[1].events)
    assert any(feedback.withheld for feedback in review.sets[1].feedbacks)
    assert {a.side for a in review.sets[2].first.attempts} == {"left", "right"}


def test_attempts_are_those_of_the_session_with_what_the_person_said(session, review) -> None:
    for one, result in zip(review.sets, session[2].results, strict=True):
        assert one.first.attempts == result.attempts


def test_a_moment_is_found_by_its_time(review) -> None:
    one = review.sets[0]
    times = one.times
    assert one.at(-1.0) == one.at(times[0]) == 0
    assert one.at(times[7]) == 7
    assert one.at(times[7] - 1e-9) == 6
    assert one.at(times[7] + 1e-9) == 7
    assert one.at(1e9) == len(times) - 1


def test_frames_are_read_in_any_order_as_they_were_recorded(session, review) -> None:
    for number in range(3):
        kept = list(read_frames(session[0], number))
        for index in (len(kept) - 1, 0, 40, 39, 45, len(kept) - 1):
            frame = review.frame(number, index)
            assert frame.time == kept[index].time == review.sets[number].times[index]
            assert np.array_equal(frame.landmarks, kept[index].landmarks) or frame.landmarks is kept[index].landmarks
    assert review.frame(0, 41) is review.frame(0, 41)


def test_judged_anew_by_the_same_rules_the_same_comes_of_it(review) -> None:
    for one in review.sets:
        again = one.judged()
        assert [(a.counted, a.reason, a.side) for a in again.attempts] == [
            (a.counted, a.reason, a.side) for a in one.first.attempts
        ]
        assert np.allclose(again.match, one.first.match, atol=1e-6, equal_nan=True)
        assert again.speed > 20.0  # many times faster than it was done


def test_a_lower_level_passes_more_and_a_higher_one_less(review) -> None:
    one = review.sets[0]
    counted = {level: {a.start_s for a in one.judged(level).attempts if a.counted and not a.reason}
               for level in (0.45, 0.65, 0.9)}  # fmt: skip
    assert len(counted[0.45]) > len(counted[0.9])
    assert one.judged(0.45).level == 0.45
    low = one.judged(0.3)  # below where leaving rest is noticed otherwise
    assert low.exercise.count.back <= low.exercise.count.leave < 0.3
    assert one.judged(gentle=True).level < one.first.level


def test_another_exercise_file_judges_on_the_spot(review) -> None:
    strict = msgspec.structs.replace(SMILE, count=msgspec.structs.replace(SMILE.count, hold=30.0))
    attempts = review.sets[0].judged(exercise=strict).attempts
    assert attempts
    assert not any(a.counted for a in attempts if a.reason != SAID_ONE)
    assert review.sets[0].first.attempts != attempts
    assert review.sets[0].judged(exercise=LED).attempts == ()


def test_the_chart_has_a_way_for_each_measure_of_the_peak(review) -> None:
    one = review.sets[0]
    assert set(one.first.ways) == set(SMILE.measures)
    assert all(way.shape == one.first.match.shape == (len(one.times),) for way in one.first.ways.values())
    top = one.at(one.first.attempts[0].peak_s)
    smile = next(way for name, way in one.first.ways.items() if name.startswith("smile"))
    assert smile[top] > 0.7
    assert abs(smile[one.at(one.first.attempts[0].start_s - 0.3)]) < 0.3
    assert one.first.band[0] < 1.0 < one.first.band[1]
    assert review.sets[1].first.ways == {}
    assert np.isnan(review.sets[1].first.match).all()


def test_the_best_and_the_worst_repetition_have_a_form(review) -> None:
    both = review.sets[0].first.best_and_worst
    assert both is not None
    assert both[0].form > both[1].form
    assert review.sets[1].first.best_and_worst is None


def test_whoever_waits_is_told_how_far_it_is(session) -> None:
    told: list[float] = []
    Review(session[0], told.append).close()
    assert told == sorted(told)
    assert 0.0 < told[0] < told[-1] <= 1.0


def damaged(path: Path, *statement: object) -> None:
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        for frame in resting(0.5):
            recorder.add(frame)
    with closing(sqlite3.connect(path)) as db:
        db.execute(*statement)  # type: ignore[arg-type]
        db.commit()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.write_text("hello"), "not a recording"),
        (lambda path: damaged(path, "UPDATE frames SET seen = ? WHERE number = 3", (b"short",)), "damaged"),
        (lambda path: damaged(path, "DROP TABLE frames"), "damaged"),
        (lambda path: damaged(path, "UPDATE sets SET exercise = '{'"), "damaged"),
        (lambda path: damaged(path, "DELETE FROM frames"), "nothing was recorded"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_one_line(tmp_path: Path, make, says: str) -> None:
    path = tmp_path / "a.coach"
    make(path)
    with pytest.raises(BadInput, match=says) as caught:
        Review(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_frame_that_has_gone_bad_since_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    damaged(path, "PRAGMA user_version")
    with Review(path) as opened:
        with closing(sqlite3.connect(path)) as db:
            db.execute("DELETE FROM frames WHERE number = 4")
            db.commit()
        with pytest.raises(BadInput, match="damaged"):
            opened.frame(0, 3)
