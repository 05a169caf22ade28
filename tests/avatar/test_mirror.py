"""The mirror moves as the user does, and shows nothing of them."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from faces import frames, mesh, perform, resting

from coach.avatar.mesh import EYE_LEFT, EYE_RIGHT, LIPS_INNER_LOWER, LIPS_INNER_UPPER
from coach.avatar.mirror import LATEST_S, Mirror
from coach.avatar.rig import CONTROL, build, landmarks
from coach.form.exercise import find_exercise
from coach.form.measures import INDEX, NAMES, TABLE, Beside, Shape, measure, measure_frame
from coach.form.template import Template
from coach.frame import SIDES, Array, Frame, Image
from coach.plan.routine import Manner

BLIND = {row.name for row in TABLE if isinstance(row, Shape | Beside)}


def mirrored_measures(mirror: Mirror, frame: Frame) -> Array:
    return measure(landmarks(mirror.points(frame)), np.zeros(52), np.eye(4))


def both(id: str, *manners: Manner, stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> tuple[Array, Array]:
    """(T, M) measures of a user who performs an exercise, and of their mirror, once it has learnt.

    stretch: makes another face of the user's.
    """
    mirror = Mirror(mesh())
    users, mirrors = [], []
    for frame in frames(perform(find_exercise(id), *manners)):
        seen = changed(frame, stretch)
        shown = mirrored_measures(mirror, seen)
        if mirror.learnt:
            values = measure_frame(seen)
            assert values is not None
            users.append(values)
            mirrors.append(shown)
    return np.array(users), np.array(mirrors)


def changed(frame: Frame, stretch: tuple[float, float, float]) -> Frame:
    assert frame.landmarks is not None
    middle = frame.landmarks.mean(axis=0)
    return replace(frame, landmarks=((frame.landmarks - middle) * stretch + middle).astype(np.float32))


def matches(id: str, track: Array) -> Array:
    """(T, 2) match of each side, by what a mesh shows of the exercise."""
    exercise = find_exercise(id)
    peak = {name: target for name, target in exercise.poses[0].peak.items() if name not in BLIND}
    template = Template(msgspec.structs.replace(exercise, peak=peak, pose=[]), track[0])
    return template.match(np.nan_to_num(track - track[0]))[0].T


@pytest.mark.parametrize(
    "id", ["wide-smile", "pucker", "brow-raise", "jaw-open", "full-blink", "jaw-glide", "corners-down", "cheek-puff"]
)
def test_the_mirror_goes_as_far_as_the_user(id: str) -> None:
    users, mirrors = both(id)
    mine, shown = matches(id, users), matches(id, mirrors)
    at_rest, at_peak = mine.max(axis=1) <= 0.1, mine.max(axis=1) >= 0.9
    assert at_rest.sum() > 10
    assert at_peak.sum() > 10
    for part in (at_rest, at_peak):
        assert np.abs(shown - mine)[part].max() < 0.1


def test_another_face_is_followed_in_the_same_way() -> None:
    users, mirrors = both("wide-smile", stretch=(1.0, 1.15, 0.9))
    mine, shown = matches("wide-smile", users), matches("wide-smile", mirrors)
    assert np.abs(shown - mine)[mine.max(axis=1) >= 0.9].max() < 0.1
    assert np.abs(shown - mine)[mine.max(axis=1) <= 0.1].max() < 0.1


def test_a_one_sided_smile_keeps_its_side() -> None:
    users, mirrors = both("wide-smile", "one-sided", "one-sided")
    for track in (users, mirrors):
        left, right = (-(track - track[0])[:, INDEX[f"corner_canthus_{side}"]] for side in SIDES)
        first, second = np.argmax(left), np.argmax(right)
        assert right[first] < 0.5 * left[first]  # the weaker side of the first repetition is the right one
        assert left[second] < 0.5 * right[second]
    for side in SIDES:
        name = INDEX[f"corner_canthus_{side}"]
        assert np.allclose((users - users[0])[:, name], (mirrors - mirrors[0])[:, name], atol=0.01)


def test_the_face_at_rest_is_the_drawn_one_whoever_is_there() -> None:
    base = build(mesh()).rest
    for stretch in ((1.0, 1.0, 1.0), (1.0, 1.2, 0.8), (0.9, 1.0, 1.0)):
        mirror = Mirror(mesh())
        for frame in resting(2.0):
            points = mirror.points(changed(frame, stretch))
        assert mirror.learnt
        assert np.abs(points - base).max() < 0.02


def test_closed_eyes_are_closed_and_lids_and_lips_do_not_cross() -> None:
    mirror = Mirror(mesh())
    smallest = 9.0
    for frame in (
        *frames(perform(find_exercise("full-blink"))),
        *frames(perform(find_exercise("lip-press")), start=60),
    ):
        points = mirror.points(frame)
        for ring in (EYE_RIGHT, EYE_LEFT):
            gaps = points[list(ring[1:8]), 1] - points[list(ring[:8:-1]), 1]
            assert gaps.min() >= 0.0
            smallest = min(smallest, float(gaps.max()))
        assert (points[list(LIPS_INNER_UPPER), 1] - points[list(LIPS_INNER_LOWER), 1]).min() >= -1e-9
    assert smallest < 0.1


def test_a_rest_learnt_with_closed_eyes_does_no_harm() -> None:
    mirror, seen = Mirror(mesh()), list(frames(perform(find_exercise("wide-smile"))))
    closed, open_eyes = seen[0], seen[15]  # the performer begins with a blink
    for i in range(40):
        mirror.points(replace(closed, time=i / 30))
    assert mirror.learnt
    values = mirrored_measures(mirror, replace(open_eyes, time=2.0))
    base = measure(landmarks(build(mesh()).rest), np.zeros(52), np.eye(4))
    for side in SIDES:
        name = INDEX[f"eye_aperture_{side}"]
        assert base[name] <= values[name] < 1.7 * base[name]


def test_until_the_rest_is_learnt_only_the_head_moves() -> None:
    mirror = Mirror(mesh())
    turned = next(f for f in frames(perform(find_exercise("neck-rotation"))) if f.time > 3.0)
    assert np.array_equal(mirror.points(turned), build(mesh()).rest)
    assert not mirror.learnt
    assert abs(mirror.turn(turned)[CONTROL["yaw_deg"]]) > 10.0


def test_relearning_takes_the_face_as_it_is_now_for_the_rest() -> None:
    mirror = Mirror(mesh())
    smiling = [f for f in frames(perform(find_exercise("wide-smile"), tempo=None))]
    for frame in smiling:
        mirror.points(frame)
        if mirror.learnt and mirrored_measures(mirror, frame)[INDEX["mouth_width"]] > 0.62:
            break
    mirror.relearn()
    assert not mirror.learnt
    held = replace(frame, time=0.0)
    for i in range(60):
        points = mirror.points(replace(held, time=100.0 + i / 30))
    assert mirror.learnt
    assert np.abs(points - build(mesh()).rest).max() < 0.02


def test_somebody_who_never_keeps_still_is_mirrored_after_a_while() -> None:
    mirror = Mirror(mesh())
    for frame in restless(LATEST_S + 0.5):
        if frame.time < 0.5 * LATEST_S:
            assert not mirror.learnt
        mirror.points(frame)
    assert mirror.learnt


def restless(seconds: float) -> Iterator[Frame]:
    for frame in resting(seconds):
        assert frame.landmarks is not None
        wave = 0.08 * np.sin(9.0 * frame.time) * (frame.landmarks - frame.landmarks[168])
        wave[[168, 6, 197, 195, 5, 193, 417, 133, 362, 33, 263, 127, 356, 234, 454]] = 0.0
        yield replace(frame, landmarks=(frame.landmarks + wave).astype(np.float32))


def test_without_a_face_it_stays_as_it_was() -> None:
    mirror = Mirror(mesh())
    seen = list(frames(perform(find_exercise("wide-smile"))))
    peak = next(f for f in seen if f.time > 3.0)
    for frame in seen:
        if frame.time <= 3.0:
            mirror.points(frame)
    points, turn = mirror.points(peak), mirror.turn(peak)
    away = Frame(peak.time + 0.1)
    assert np.array_equal(mirror.points(away), points)
    assert np.array_equal(mirror.turn(away), turn)
    broken = replace(peak, landmarks=np.full_like(peak.landmarks, np.nan))
    assert np.array_equal(mirror.points(broken), points)


@pytest.mark.parametrize("size", [(480, 480), (120, 200), (640, 360)])
def test_pictures_have_the_size_asked_for_and_nothing_of_the_users(size: tuple[int, int]) -> None:
    frame = next(resting(0.1))
    seen: Image = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    plain = Mirror(mesh()).draw(frame, size)
    assert plain.shape == (size[1], size[0], 3)
    assert np.array_equal(plain, Mirror(mesh()).draw(replace(frame, image=seen), size))
    other_way = Mirror(mesh()).draw(frame, size, mirror=False)
    assert np.array_equal(other_way[:, ::-1], plain) or np.abs(other_way[:, ::-1].astype(int) - plain).max() <= 2


def test_a_face_that_keeps_still_is_not_drawn_anew_and_one_that_moves_is() -> None:
    mirror = Mirror(mesh())
    seen = list(frames(perform(find_exercise("wide-smile"))))
    still = [replace(seen[15], time=i / 30) for i in range(40)]
    images = [mirror.draw(frame, (120, 120)) for frame in still]
    assert all(image is images[0] for image in images)
    smiling = next(f for f in seen if f.time > 3.0)
    assert mirror.draw(replace(smiling, time=2.0), (120, 120)) is not images[0]
    assert mirror.draw(replace(smiling, time=2.1), (100, 120)).shape == (120, 100, 3)


def test_all_measures_of_the_mirror_are_finite() -> None:
    _, mirrors = both("lion-face")
    face = [i for i, name in enumerate(NAMES) if name not in BLIND]
    assert np.isfinite(mirrors[:, face]).all()
