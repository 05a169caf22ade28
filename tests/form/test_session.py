"""One exercise from frame to feedback, with exact faces instead of a camera."""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np
import pytest
from faces import BRISK, frames, perform, resting, template_track
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.form.calibration import Rest
from coach.form.exercise import Tempo, find_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.seen import LOST_S
from coach.form.session import Session, judge
from coach.frame import Event, Feedback, Frame, Kind, Phase

#: A smile at the brisk pace of these tests, so that nobody is told to go slower.
SMILE = find_exercise("wide-smile").paced(BRISK)


def run(session: Session, seen: Iterable[Frame]) -> list[Feedback]:
    return [session.step(frame) for frame in seen]


def events(feedback: list[Feedback], kind: Kind) -> list[Event]:
    return [e for f in feedback for e in f.events if e.kind is kind]


def gone(start: float, seconds: float, fps: float = 30.0) -> list[Frame]:
    """Nobody in the picture."""
    return [Frame(start + i / fps) for i in range(int(seconds * fps))]


def test_a_face_is_judged_after_a_third_of_a_second_and_well_known_soon() -> None:
    feedback = run(Session(SMILE), resting(2.0))
    learning = [f for f in feedback if f.phase is Phase.LEARNING]
    assert 0.3 <= len(learning) / 30 <= 0.4
    assert all(f.match is None and f.withheld and f.known == 0.0 for f in learning)
    assert len(events(feedback, Kind.ARMED)) == 1
    assert feedback[-1].phase is Phase.REST
    known = [f.known for f in feedback if f.phase is not Phase.LEARNING]
    assert known == sorted(known)
    assert known[-1] > 0.8
    assert feedback[-1].missing == ""


def test_two_clean_smiles_are_two_repetitions_without_a_fault() -> None:
    session = Session(SMILE)
    feedback = run(session, frames(perform(SMILE, "clean", "clean")))
    assert feedback[-1].reps == feedback[-1].attempts == 2
    assert [r.counted for r in session.attempts] == [True, True]
    assert all(r.symmetry is not None and r.symmetry > 0.9 for r in session.attempts)
    assert {f for r in session.attempts for f in r.faults} == set()
    assert len(events(feedback, Kind.REP)) == 2


def test_a_partial_smile_is_an_attempt_with_its_reason() -> None:
    session = Session(SMILE)
    run(session, frames(perform(SMILE, "partial")))
    (attempt,) = session.attempts
    assert not attempt.counted
    assert "of the movement, 65% is needed" in attempt.reason


def test_a_one_sided_smile_counts_and_its_weaker_side_is_named() -> None:
    session = Session(SMILE)
    feedback = run(session, frames(perform(SMILE, "one-sided", "one-sided")))
    assert [r.counted for r in session.attempts] == [True, True]
    assert all("asymmetry" in r.faults for r in session.attempts)
    said = [e.text for e in events(feedback, Kind.FAULT) if e.code == "asymmetry"]
    assert said[0].startswith("Your right side reached")
    assert said[1].startswith("Your left side reached")


def test_a_rushed_smile_is_told_so() -> None:
    session = Session(SMILE)
    run(session, frames(perform(SMILE, "rushed")))
    assert [("rushed" in r.faults, r.counted) for r in session.attempts] == [(True, False)]


def test_a_brow_that_joins_in_is_a_fault_once_and_then_mended() -> None:
    session = Session(SMILE)
    feedback = run(session, frames(perform(SMILE, "brow", "clean")))
    named = [e for e in events(feedback, Kind.FAULT) if e.code == "brow"]
    assert len(named) == 1
    assert len([e for e in events(feedback, Kind.FAULT_FIXED) if e.code == "brow"]) == 1
    assert ["brow" in r.faults for r in session.attempts] == [True, False]
    assert any(f.cue == named[0].text for f in feedback)


def test_a_set_is_done_at_its_goal_and_nothing_counts_after() -> None:
    feedback = run(Session(SMILE, goal=2), frames(perform(SMILE, "clean", "clean", "clean")))
    assert feedback[-1].reps == 2
    assert feedback[-1].phase is Phase.DONE
    assert feedback[-1].progress == 1.0
    assert len(events(feedback, Kind.SET_DONE)) == 1


def test_leaving_the_picture_ends_an_attempt_with_that_reason_and_coming_back_goes_on() -> None:
    performance = perform(SMILE, "clean", "clean")
    seen = list(frames(performance))
    middle = performance.moves[0].peak_start + 0.3
    left = [Frame(f.time) if middle <= f.time < middle + 2 * LOST_S else f for f in seen]
    session = Session(SMILE)
    feedback = run(session, left)
    assert len(events(feedback, Kind.FACE_LOST)) == len(events(feedback, Kind.FACE_FOUND)) == 1
    assert session.attempts[0].reason == "the face left the picture"
    assert session.attempts[-1].counted
    assert feedback[-1].reps == 1


def test_a_single_frame_without_a_face_is_no_loss() -> None:
    seen = list(frames(perform(SMILE, "clean")))
    seen[80] = Frame(seen[80].time)
    feedback = run(Session(SMILE), seen)
    assert feedback[-1].reps == 1
    assert events(feedback, Kind.FACE_LOST) == []


@pytest.mark.parametrize("id", ["wide-smile", "pucker", "jaw-open", "jaw-glide"])
def test_a_face_lost_with_the_first_frame_of_an_attempt_ends_it_with_that_reason(id: str) -> None:
    """Whatever is left of a face between two gaps, it is no error."""
    exercise = find_exercise(id)
    seen = list(frames(perform(exercise, "clean"), fps=10))
    watching = Session(exercise)
    peak, rest = max(seen, key=lambda frame: watching.step(frame).match or 0.0), seen[3]
    gone = Frame(0.0)
    for between in range(1, 8):
        session, shown = Session(exercise), [rest] * 25 + [peak] * 8 + [rest] * between + [peak] + [gone] * 12
        for i, frame in enumerate(shown, 1):
            session.step(dataclasses.replace(frame, time=i / 10))
        assert all("left the picture" in attempt.reason for attempt in session.attempts[1:])


def test_nobody_there_is_no_error() -> None:
    feedback = run(Session(SMILE), gone(0.0, 2.0))
    assert feedback[-1].phase is Phase.LEARNING
    assert feedback[-1].withheld


def turned(frame: Frame, yaw_deg: float) -> Frame:
    """The same face with the head turned, landmarks and pose alike."""
    assert frame.landmarks is not None
    assert frame.head is not None
    a, flip = np.radians(yaw_deg), np.diag([1.0, -1.0, -1.0])
    turn = np.array([[np.cos(a), 0.0, np.sin(a)], [0.0, 1.0, 0.0], [-np.sin(a), 0.0, np.cos(a)]])
    head = frame.head.astype(float)
    head[:3, :3] = turn @ head[:3, :3]
    return dataclasses.replace(frame, landmarks=frame.landmarks @ (flip @ turn @ flip).T, head=head)


def test_a_turned_head_refuses_the_smile_and_says_why() -> None:
    performance = perform(SMILE, "clean", "clean")
    first = performance.moves[0]
    seen = [turned(f, 28.0) if first.start <= f.time <= first.end else f for f in frames(performance)]
    session = Session(SMILE)
    feedback = run(session, seen)
    assert [a.counted for a in session.attempts] == [False, True]
    assert session.attempts[0].reason == "Keep facing the camera."
    assert any(f.withheld == "Keep facing the camera." for f in feedback)


def test_a_side_that_goes_the_other_way_is_no_even_smile() -> None:
    """Corners equally far from rest, one of them down: none of the movement is shared."""
    session = Session(SMILE)
    run(session, resting(2.0))
    assert session.neutral is not None
    time = 2.0
    for size in (0.0, 0.5, *([1.0] * 45), 0.5, *([0.0] * 30)):
        values = session.neutral.values.copy()
        values[INDEX["mouth_width"]] *= 1 + 0.3 * size
        values[INDEX["corner_canthus_left"]] *= 1 - 0.2 * size
        values[INDEX["corner_canthus_right"]] *= 1 + 0.2 * size
        session.advance(time := time + 1 / 30, values)
    (attempt,) = session.attempts
    assert attempt.symmetry == 0.0
    assert "asymmetry" in attempt.faults


@pytest.mark.parametrize("fps", [10, 15, 30, 60])
@pytest.mark.parametrize("id", ["wide-smile", "jaw-glide", "full-blink", "neck-nod"])
def test_the_frame_rate_changes_no_count(id: str, fps: float) -> None:
    exercise = find_exercise(id)
    feedback = run(Session(exercise), frames(perform(exercise, "clean", "partial", "clean"), fps))
    assert feedback[-1].reps == 2


def test_the_same_frames_give_the_same_feedback() -> None:
    seen = list(frames(perform(SMILE, "clean", "brow"), noise=0.002))
    first, second = list(judge(SMILE, seen)), list(judge(SMILE, seen))
    assert first == second


def test_noise_as_the_tracker_has_it_changes_no_count() -> None:
    for seed in range(3):
        feedback = run(Session(SMILE), frames(perform(SMILE, "clean", "partial", "clean"), noise=0.003, seed=seed))
        assert (feedback[-1].reps, feedback[-1].attempts) == (2, 3)


def test_a_known_neutral_arms_at_once() -> None:
    learnt = Session(SMILE)
    run(learnt, resting(2.0))
    session = Session(SMILE, neutral=learnt.neutral)
    feedback = run(session, resting(0.2))
    assert feedback[0].phase is Phase.REST
    assert events(feedback, Kind.ARMED)


def test_relearning_keeps_the_counts() -> None:
    session = Session(SMILE)
    seen = list(frames(perform(SMILE, "clean")))
    run(session, seen)
    session.relearn()
    feedback = run(session, resting(2.0, start=seen[-1].time + 0.1))
    assert feedback[0].phase is Phase.LEARNING
    assert feedback[-1].phase is Phase.REST
    assert feedback[-1].reps == 1


def test_a_neutral_learnt_on_a_half_smile_is_replaced_once_the_face_rests() -> None:
    performance = perform(SMILE, "clean", "clean")
    half = [
        dataclasses.replace(f, time=f.time - 2.1)
        for f in frames(perform(SMILE, "partial", tempo=slowly(hold=3.0)))
        if 2.1 <= f.time < 4.6
    ]
    feedback = run(session := Session(SMILE), [*half, *resting(4.0, start=3.0), *frames(performance, start=7.5)])
    assert len(events(feedback, Kind.ARMED)) >= 1
    assert session.reps == 2


def test_somebody_who_sits_differently_from_now_on_is_counted_again_after_a_while() -> None:
    """Half the movement stays on for good, as when the glasses slip or the chair is lowered: that is the new rest."""
    performance = perform(SMILE, tempo=slowly(hold=60.0))
    track = template_track(performance, fps=15, parts=dict.fromkeys(SMILE.measures, 0.42))
    session = Session(SMILE)
    feedback = [session.advance(time, values) for time, values in track if time < 45.0]
    assert feedback[int(25.0 * 15)].match == pytest.approx(0.42, abs=0.08)  # nothing is held for longer than that
    assert session.reps == 0
    assert feedback[-1].phase is Phase.REST
    assert feedback[-1].match == pytest.approx(0.0, abs=0.05)


def slowly(hold: float) -> Tempo:
    return Tempo(0.3, hold, 0.6, 0.8)


def test_time_that_does_not_rise_is_refused() -> None:
    session = Session(SMILE)
    session.step(Frame(1.0))
    for time in (1.0, 0.5, float("nan")):
        with pytest.raises(ValueError, match="time must rise"):
            session.step(Frame(time))
        session = Session(SMILE)
        session.step(Frame(1.0))


def test_an_exercise_guided_by_a_timer_is_not_judged() -> None:
    with pytest.raises(ValueError, match="not judged by the movement of the face"):
        Session(msgspec.structs.replace(SMILE, judge="timer"))


def numbers(value: object) -> Iterator[float]:
    """Every number in what is told of a frame."""
    if dataclasses.is_dataclass(value):
        value = [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float | int):
        yield float(value)


#: One of each kind: a pair, swings, shoulders, a sequence, nothing that moves.
KINDS = ("wide-smile", "jaw-glide", "shrug-drop", "smile-pucker", "quiet-forehead")
#: Of a moment: seconds since the one before, what the whole face does (in parts of rest; None: nobody there), and what
#: single measures are.
WILD = st.one_of(st.floats(-5, 5), st.sampled_from((math.nan, math.inf, -math.inf, 1e300, -1e30, 0.0)))
MOMENTS = st.lists(
    st.tuples(
        st.floats(0.001, 2.0),
        st.none() | st.sampled_from((0.0, 1.0, 1.0, 1.2)) | st.floats(-5, 5),
        st.lists(st.tuples(st.integers(0, len(NAMES) - 1), WILD), max_size=3),
    ),
    min_size=2,
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), MOMENTS, st.booleans())
@example("shrug-drop", [(1.0, 0.0, [(INDEX["neck_length_left"], math.inf)])], True)
@example("shrug-drop", [(1.0, 0.0, []), (1.0, 0.0, [(INDEX["shoulder_width"], -math.inf)])], True)
def test_whatever_is_measured_every_number_told_is_finite_and_counts_fall_only_when_it_is_said(
    id: str, moments: list[tuple[float, float | None, list[tuple[int, float]]]], known: bool
) -> None:
    rest = np.random.default_rng(7).uniform(0.2, 1.0, len(NAMES))
    session, time, reps = Session(find_exercise(id), neutral=Rest(rest, 0.0) if known else None), 0.0, 0
    for passed, size, single in moments:
        time += passed
        measures = None if size is None else rest * size
        for column, value in single:
            if measures is not None:
                measures[column] = value
        with np.errstate(all="ignore"):
            feedback = session.advance(time, measures)
        assert all(map(math.isfinite, numbers(feedback)))
        assert feedback.match is None or 0.0 <= feedback.match <= 1.0
        assert 0.0 <= feedback.quality <= 1.0
        assert 0.0 <= feedback.progress <= 1.0
        assert feedback.hold_s >= 0.0
        assert feedback.reps >= reps or any(event.kind is Kind.RECOUNTED for event in feedback.events)
        reps = feedback.reps
    assert all(map(math.isfinite, numbers(session.attempts)))
