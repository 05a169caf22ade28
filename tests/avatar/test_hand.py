"""Hands on the drawn face: their fingertips are where the exercise wants them, in its own tempo."""

from itertools import pairwise

import numpy as np
import pytest
from faces import mesh

from coach.avatar.demonstrator import Demonstrator, Moment, Pictures, Way
from coach.avatar.draw import Framing
from coach.avatar.hand import Handwork, Pose, draw_hand
from coach.avatar.rig import build, controls, shape
from coach.form.exercise import Exercise, find_exercise, library
from coach.frame import Array, Image, Phase, Side
from coach.touch.neck import NECK_MOVES
from coach.touch.points import AROUND

SIZE = (240, 220)
POINTS = [e for e in library().values() if e.touch and e.touch.move in ("circle", "sweep", "tap") and not e.off]
HANDS = [e for e in library().values() if e.touch]
SIDES_SEEN: tuple[Side, Side] = ("left", "right")


def face() -> Array:
    return shape(build(mesh()), controls())


def framing(work: Handwork) -> Framing:
    return Framing(controls(), SIZE, work.shoulders)


def drawn(exercise: Exercise, hands: float | None, size: tuple[int, int] = SIZE) -> Image:
    return Demonstrator(mesh(), exercise).picture(Way(-1, -1, hands=hands), size)


@pytest.mark.parametrize("exercise", [e for e in POINTS if e.touch and e.touch.on == "face"], ids=lambda e: e.id)
def test_fingertips_stay_round_their_point(exercise: Exercise) -> None:
    work = Handwork(exercise)
    camera = framing(work)
    targets = work.targets(face(), camera)
    right, left = camera.pixels(face())[[33, 263]]
    for part in np.linspace(0.0, 1.0, 9):
        for reach, target in zip(work.reaches(targets, camera.scale, part), targets.values(), strict=True):
            away = np.linalg.norm(reach.tip - target[0]) / np.linalg.norm(left - right)
            assert away <= AROUND or reach.lifted > 0


def test_targets_are_where_the_file_has_them_on_the_mesh() -> None:
    work = Handwork(find_exercise("li20"))
    camera, touch = framing(work), find_exercise("li20").touch
    assert touch is not None
    pixels = camera.pixels(face())
    for side, weights in (("left", touch.left), ("right", touch.right)):
        wanted = sum(weight * pixels[index] for index, weight in weights)
        assert np.allclose(work.targets(face(), camera)[side], wanted)
    # Not mirrored, the subject's left is on the right.
    assert pixels[touch.left[0][0], 0] > SIZE[0] / 2 > pixels[touch.right[0][0], 0]


def test_both_hands_mirror_each_other() -> None:
    for id in ("li20", "st6", "stroke-upper-cheek", "neck-stroke"):
        work = Handwork(find_exercise(id))
        camera = framing(work)
        targets = work.targets(face(), camera)
        for part in (0.1, 0.4, 0.9):
            left, right = (r.tip for r in work.reaches(targets, camera.scale, part))
            assert np.allclose(left * (-1, 1) + (SIZE[0], 0), right, atol=0.2 * camera.scale)


def test_a_stroke_goes_along_its_way_and_comes_back_in_the_air() -> None:
    exercise = find_exercise("stroke-upper-cheek")
    work = Handwork(exercise)
    camera = framing(work)
    targets = work.targets(face(), camera)
    there = exercise.tempo.rise / (exercise.tempo.rise + exercise.tempo.rest)

    def left(part: float) -> tuple[float, float]:
        reach = next(r for r in work.reaches(targets, camera.scale, part) if r.side == "left")
        return float(reach.tip[0]), reach.lifted

    out = [left(part) for part in np.linspace(0.0, there, 12)]
    assert np.allclose(out[0][0], targets["left"][0][0])
    assert np.allclose(out[-1][0], targets["left"][-1][0], atol=0.1)
    assert all(after[0] > before[0] for before, after in pairwise(out))  # outwards
    assert not any(lifted for _, lifted in out)
    back = [left(part) for part in np.linspace(there + 0.02, 0.98, 8)]
    assert all(lifted > 0 for _, lifted in back)


def test_the_tempo_is_the_files() -> None:
    stroke = Demonstrator(mesh(), find_exercise("stroke-upper-cheek"))
    assert stroke.seconds == 4.0
    assert stroke.way(stroke.at(1.5)).hands == pytest.approx(0.375)
    assert stroke.way(stroke.at(3.5)).hands == pytest.approx(0.875)
    circle = Demonstrator(mesh(), find_exercise("li20"))
    assert circle.way(circle.at(0.35)).hands == pytest.approx(0.5)
    assert circle.way(circle.at(0.7 * 5 + 0.35)).hands == pytest.approx(0.5)


def test_hands_are_down_before_it_begins_and_after_it_and_where_one_only_sits() -> None:
    shows = Demonstrator(mesh(), find_exercise("li20"))
    for phase in (Phase.LEARNING, Phase.DONE):
        assert shows.way(Moment(phase, part=0.5)).hands is None
    for id in ("neck-upright", "neck-seated"):
        assert Demonstrator(mesh(), find_exercise(id)).way(Moment(Phase.HOLD, part=0.5)).hands is None


@pytest.mark.parametrize("exercise", HANDS, ids=lambda e: e.id)
def test_everything_done_with_the_hands_is_shown(exercise: Exercise) -> None:
    assert exercise.touch is not None
    bare, at_work = drawn(exercise, None, (120, 110)), drawn(exercise, 0.3, (120, 110))
    assert at_work.shape == (110, 120, 3)
    sits = exercise.touch.move in ("upright", "seated")
    differs = np.abs(bare.astype(int) - at_work).max(axis=2) > 12
    assert differs.mean() > 0.02 if not sits else not differs.any()
    if exercise.touch.move not in NECK_MOVES and exercise.touch.on == "face" and not exercise.touch.middle:
        assert differs[:, :60].any()
        assert differs[:, 60:].any()


def test_the_same_moment_looks_the_same_and_another_does_not() -> None:
    exercise = find_exercise("li20")
    assert np.array_equal(drawn(exercise, 0.25), drawn(exercise, 0.25))
    assert not np.array_equal(drawn(exercise, 0.25), drawn(exercise, 0.75))


def test_the_fingertip_is_drawn_where_it_is_said_to_be() -> None:
    for side in SIDES_SEEN:
        for pose in (Pose(), Pose("middle", "flat", 52.0), Pose("ring", "pointing", 44.0)):
            canvas = np.full((300, 300, 3), 255, np.uint8)
            draw_hand(canvas, np.array([150.0, 60.0]), 10.0, side, pose)
            hand = (canvas < (240, 200, 235)).all(axis=2)
            # Nothing of a pointing hand is above its fingertip; below it there is a finger.
            assert hand[66:72, 140:160].any()
            if pose.form == "pointing":
                assert not hand[:48].any()


def test_a_hand_out_of_the_picture_is_no_error() -> None:
    canvas = np.full((40, 40, 3), 255, np.uint8)
    for at in ((-900.0, 10.0), (10.0, 900.0), (10.0, -900.0), (0.0, 0.0)):
        draw_hand(canvas, np.array(at), 3.0, "left", Pose())


def test_pictures_of_hands_are_drawn_ahead_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.avatar.demonstrator.BREATH_S", 0.001)
    pictures = Pictures(mesh())
    try:
        shows = pictures.want(find_exercise("li20"), (60, 66))
        for _ in range(500):
            if pictures.prepared == 1.0:
                break
            pictures.picture(Moment(Phase.LEARNING))
            pictures._thread.join(0.01)  # type: ignore[union-attr]
        assert pictures.prepared == 1.0
        near = [pictures.picture(shows.at(t)) for t in (0.0, 0.1, 0.2, 0.7 + 0.1)]
        assert near[1] is near[3]
        assert len({id(image) for image in near}) == 3
        assert pictures.picture(Moment(Phase.LEARNING)) is not near[0]
    finally:
        pictures.close()


def test_only_what_is_done_with_the_hands_has_hands() -> None:
    with pytest.raises(ValueError, match="not done with the hands"):
        Handwork(find_exercise("wide-smile"))
    assert Demonstrator(mesh(), find_exercise("wide-smile")).hands is None
