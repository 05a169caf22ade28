"""A whole recording at once is judged as it is frame by frame."""

import dataclasses

import msgspec
import numpy as np
import pytest
from faces import frames, perform, resting, template_track

from coach.form.exercise import Exercise, Tempo, find_exercise, library
from coach.form.measures import INDEX, NAMES, measure_all, measure_frame
from coach.form.session import Session
from coach.frame import Array, Frame, Kind, Phase, Picture, Repetition

JUDGED = [e for e in library().values() if e.judged]
PACE = Tempo(0.8, 1.2, 0.8, 1.2)


def both(exercise: Exercise, times: Array, measures: Array) -> tuple[Session, Session]:
    """The same moments one by one and all at once; what is judged of them must be equal."""
    slow, fast = Session(exercise), Session(exercise)
    shown = [
        slow.advance(t, None if np.isnan(m[0]) else m).match for t, m in zip(times.tolist(), measures, strict=True)
    ]
    match = fast.run(times, measures)
    np.testing.assert_allclose(match, [np.nan if s is None else s for s in shown], atol=1e-9)
    alike(slow, fast)
    return slow, fast


def alike(one: Session, other: Session) -> None:
    """All that is known of a set is equal, but for rounding."""
    assert len(one.attempts) == len(other.attempts)
    for first, second in zip(one.attempts, other.attempts, strict=True):
        equal(first, second)
    assert (one.reps, one.sure) == (other.reps, other.sure)
    assert one.account.armed_s == pytest.approx(other.account.armed_s, abs=1e-6)
    assert dict(one.account.withheld) == pytest.approx(dict(other.account.withheld), abs=1e-6)
    assert (one.neutral is None) == (other.neutral is None)
    if one.neutral is not None and other.neutral is not None:
        np.testing.assert_allclose(one.neutral.values, other.neutral.values, atol=1e-9)


def equal(one: Repetition, two: Repetition) -> None:
    for field in dataclasses.fields(Repetition):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if field.name == "parts":
            assert [(p.name, p.says) for p in a] == [(p.name, p.says) for p in b]
            a, b = [p.score for p in a], [p.score for p in b]
        assert a == (b if isinstance(b, str | tuple | None) else pytest.approx(b, abs=1e-6)), field.name


def mixed(exercise: Exercise, seed: int = 0) -> tuple[Array, Array]:
    """Good and bad repetitions at an uneven frame rate, with noise, and with the face lost now and then."""
    random = np.random.default_rng(seed)
    track = list(template_track(perform(exercise, *["clean", "partial", "rushed", "clean"] * 2, tempo=PACE), fps=40))
    kept = [k for k in range(len(track)) if random.random() > 0.3]
    times = np.array([track[k][0] for k in kept]) + random.uniform(-0.005, 0.005, len(kept))
    measures = np.array([track[k][1] for k in kept])
    measures = measures + random.normal(0, 0.002, measures.shape)
    for _ in range(3):
        gone = random.integers(60, len(kept))
        measures[gone : gone + random.integers(1, 30)] = np.nan
    return times, measures


@pytest.mark.parametrize("exercise", JUDGED, ids=lambda e: e.id)
def test_all_at_once_is_the_same_as_one_by_one(exercise: Exercise) -> None:
    slow, _ = both(exercise, *mixed(exercise))
    assert slow.attempts


@pytest.mark.parametrize("seed", range(8))
def test_so_it_is_whatever_is_seen(seed: int) -> None:
    """Wandering measures: wrong neutrals, drifting faces, movements that never end."""
    random = np.random.default_rng(seed)
    exercise = find_exercise(["wide-smile", "jaw-glide", "full-blink", "neck-rotation"][seed % 4])
    times, measures = mixed(exercise, seed)
    rest = measures[0]
    walk = np.cumsum(random.normal(0, 0.01, measures.shape), axis=0) * np.abs(rest)
    both(exercise, times, measures + np.where(np.isnan(measures), 0.0, walk))


def troubled(exercise: Exercise, seed: int) -> tuple[Array, Array]:
    """Good and bad repetitions at some 16 frames a second, in which for stretches of up to a second the head turns
    too far or much too far, the picture is dark or doubtful, a hand or a body is not seen, or no frame comes."""
    random = np.random.default_rng(seed)
    track = list(template_track(perform(exercise, *["clean", "partial", "clean", "clean"], tempo=PACE), fps=16))
    times = np.array([time for time, _ in track]) + random.uniform(-0.01, 0.01, len(track))
    measures = np.array([values for _, values in track])
    measures += random.normal(0, 0.002, measures.shape)
    wrongs: list[dict[str, float]] = [
        {"yaw_deg": 23.0}, {"yaw_deg": 40.0}, {"roll_deg": -60.0}, {"light": 5.0}, {"light": 25.0},
        {"shoulder_width": np.nan}, {"neck_length_left": np.nan}, {"hand_chin": np.nan}, {"brow_height_left": 0.9}, {},
    ]  # fmt: skip
    kept = np.ones(len(track), bool)
    for wrong in [*wrongs, *wrongs]:
        start = random.integers(30, len(track))
        for name, value in wrong.items():
            measures[start : start + random.integers(1, 20), INDEX[name]] = value
        if not wrong:
            kept[start : start + random.integers(2, 20)] = False
    return times[kept], measures[kept]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "id", ["wide-smile", "jaw-glide", "shrug-drop", "smile-pucker", "resisted-opening", "quiet-forehead"]
)
def test_so_it_is_whatever_comes_between_and_however_it_goes_on(id: str, seed: int) -> None:
    """The same frames later, one by one for both: all that is told of them is equal, so all that is known was."""
    exercise = find_exercise(id)
    exercise = msgspec.structs.replace(exercise, count=msgspec.structs.replace(exercise.count, hold=0.5))
    times, measures = troubled(exercise, seed)
    cut = np.random.default_rng(seed).integers(len(times) // 2, len(times))
    slow, fast = both(exercise, times[:cut], measures[:cut])
    for time, values in zip(times[cut:].tolist(), measures[cut:], strict=True):
        one, two = slow.advance(time, values), fast.advance(time, values)
        assert (one.phase, one.reps, one.left, one.right, one.attempts) == (
            two.phase, two.reps, two.left, two.right, two.attempts,
        )  # fmt: skip
        assert (one.withheld, one.quality, one.pose) == (two.withheld, two.quality, two.pose)
        assert one.match == pytest.approx(two.match, abs=1e-9)
        assert one.hold_s == pytest.approx(two.hold_s, abs=1e-9)
        assert one.form == pytest.approx(two.form, abs=1e-6)
        lost = [[e.kind for e in f.events if e.kind in (Kind.FACE_LOST, Kind.FACE_FOUND)] for f in (one, two)]
        assert lost[0] == lost[1]
    for first, second in zip(slow.attempts, fast.attempts, strict=True):
        equal(first, second)


def test_after_a_recording_it_is_known_where_it_ended() -> None:
    smile = find_exercise("wide-smile")
    times, measures = mixed(smile)
    session = Session(smile)
    session.run(times[:50], measures[:50])
    for late in (times[40:60], times[49:60]):
        with pytest.raises(ValueError, match=r"^time must rise from frame to frame$"):
            session.run(late, measures[: len(late)])
    session.run(times[50:], measures[50:])


def test_a_smile_that_stays_for_good_is_a_new_rest_either_way() -> None:
    smile = find_exercise("wide-smile")
    track = list(template_track(perform(smile, "clean", tempo=Tempo(0.8, 60.0, 0.8, 3.0)), fps=15))
    half = [(t, v if t < 3 else 0.4 * v + 0.6 * track[0][1]) for t, v in track]
    slow, _ = both(smile, np.array([t for t, _ in half]), np.array([v for _, v in half]))
    assert slow.reps == 0


@pytest.mark.parametrize("fps", [10.0, 25.0, 30.0])
def test_even_frame_rates_leave_no_ties_to_rounding(fps: float) -> None:
    """Seconds of rest that add up to a whole number, in one order or another."""
    smile = find_exercise("wide-smile")
    track = list(template_track(perform(smile, *["clean"] * 4, tempo=Tempo(1.0, 1.0, 1.0, 5.0)), fps=fps))
    random = np.random.default_rng(1)
    measures = np.array([values for _, values in track])
    drift = np.linspace(0, 0.02, len(track))[:, None] * np.abs(measures[0])
    both(smile, np.array([time for time, _ in track]), measures + drift + random.normal(0, 1e-3, measures.shape))


def test_a_goal_ends_it_either_way() -> None:
    smile = find_exercise("wide-smile")
    times, measures = mixed(smile)
    slow, fast = Session(smile, goal=2), Session(smile, goal=2)
    for t, m in zip(times.tolist(), measures, strict=True):
        slow.advance(t, None if np.isnan(m[0]) else m)
    fast.run(times, measures)
    assert slow.reps == fast.reps == 2
    assert len(slow.attempts) == len(fast.attempts)
    for one, two in zip(slow.attempts, fast.attempts, strict=True):
        equal(one, two)
    after = [session.advance(times[-1] + 1.0, measures[0]) for session in (slow, fast)]
    assert {(f.phase, f.reps, f.progress) for f in after} == {(Phase.DONE, 2, 1.0)}


@pytest.mark.parametrize("whole", [False, True], ids=["as it was live", "known beforehand"])
@pytest.mark.parametrize("id", ["wide-smile", "jaw-glide", "smile-pucker", "quiet-forehead"])
def test_a_recording_in_pieces_is_the_same_recording(id: str, whole: bool) -> None:
    exercise = find_exercise(id)
    times, measures = troubled(exercise, 3)
    sessions = []
    for size in (len(times), 1, 7, 256):
        session = Session(exercise)
        if whole:
            session.learn(times, measures)
        match = [session.run(times[i : i + size], measures[i : i + size]) for i in range(0, len(times), size)]
        session.finish()
        sessions.append((session, np.concatenate(match)))
    (first, expected), *others = sessions
    assert first.attempts or id == "quiet-forehead"
    for other, match in others:
        np.testing.assert_allclose(match, expected, atol=1e-9)
        alike(other, first)


def test_a_whole_recording_is_what_is_learnt_and_judged_by_hand() -> None:
    smile = find_exercise("wide-smile")
    times, measures = mixed(smile)
    whole, by_hand = Session(smile), Session(smile)
    match = whole.run_whole(times, measures)
    by_hand.learn(times, measures)
    np.testing.assert_allclose(by_hand.run(times, measures), match, atol=0)
    by_hand.finish()
    alike(whole, by_hand)


def test_time_must_rise_in_a_recording_too() -> None:
    times, measures = mixed(find_exercise("wide-smile"))
    times[50] = times[49]
    with pytest.raises(ValueError, match="time must rise"):
        Session(find_exercise("wide-smile")).run(times, measures)


def test_nothing_is_no_recording() -> None:
    assert len(Session(find_exercise("pucker")).run(np.empty(0), np.empty((0, len(NAMES))))) == 0


def test_frames_measured_together_are_measured_alike() -> None:
    seen = list(frames(perform(find_exercise("pucker")), fps=30))[:40]
    hand = np.zeros((1, 21, 3), np.float32)
    body = np.ones((33, 4), np.float32)
    seen[3] = Frame(seen[3].time)
    seen[5] = dataclasses.replace(seen[5], hands=hand, pose=body, picture=Picture(640, 480, 100.0, 30.0, 0.2))
    for some in (seen, seen[6:], list(resting(0.3))):
        times, measures = measure_all(some)
        for frame, time, row in zip(some, times, measures, strict=True):
            alone = measure_frame(frame)
            assert frame.time == time
            np.testing.assert_allclose(row, np.full(len(row), np.nan) if alone is None else alone, rtol=1e-9, atol=1e-9)
