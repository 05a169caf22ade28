"""The demonstrator shows what the template asks for, in its tempo, from pictures drawn ahead."""

import time
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from faces import mesh

from coach.avatar.demonstrator import LED, REGION, STEPS, Demonstrator, Moment, Pictures, Way
from coach.avatar.performer import SITTING
from coach.avatar.rig import CONTROL, CONTROLS, FACE_CONTROLS, build, measured
from coach.form.exercise import Exercise, Tempo, find_exercise, library
from coach.form.measures import INDEX, TABLE, Beside, Shape
from coach.form.template import Template
from coach.frame import SIDES, Array, Phase

#: Measures that a mesh by itself does not have: what a network says of a picture, and what is beside the face.
BLIND = {row.name for row in TABLE if isinstance(row, Shape | Beside)} | {"distance_cm"}

#: Exercises whose peak names some of those, by the reason. Of these only the mesh's own measures can be checked.
IN_PART = {
    "blendshapes, which the tracker's network reads out of a picture": {
        "brow-raise", "frown-release", "quiet-forehead", "cheek-lifter", "cheek-raise", "fish-face", "alternate-wink",
        "eyes-wide", "full-blink", "lower-lid-lift", "jaw-rest", "vowels", "chin-raise", "closed-smile", "pucker",
        "smile-pucker", "tall-o", "upper-lip-raise", "wide-smile", "ceiling-kiss", "nose-wrinkle",
    },
    "hands, which are not drawn": {
        "resisted-brow-raise", "happy-cheeks", "resisted-closing", "resisted-opening", "resisted-side-push",
        "neck-isometrics",
    },
    "shoulders and the distance, which are drawn but not part of the mesh": {"chin-tuck", "shrug-drop"},
}  # fmt: skip

JUDGED = [e for e in library().values() if e.judged]


def shown(vector: Array) -> Array:
    """The measures (M,) of a control vector's mesh, on somebody who sits before a camera."""
    values = measured(build(mesh()), vector)
    for name, value in SITTING.items():
        values[INDEX[name]] = value
    return values


def of_the_mesh(exercise: Exercise, pose: int) -> Exercise | None:
    """The exercise with one pose, and of that the measures a mesh shows; None where there are none."""
    peak = {name: target for name, target in exercise.poses[pose].peak.items() if name not in BLIND}
    return msgspec.structs.replace(exercise, peak=peak, pose=[]) if peak else None


@pytest.mark.parametrize("exercise", JUDGED, ids=lambda e: e.id)
def test_each_pose_matches_its_template_by_our_own_measures(exercise: Exercise) -> None:
    demonstrator = Demonstrator(mesh(), exercise)
    rest = shown(demonstrator.controls(Moment(Phase.REST)))
    for pose in range(demonstrator.poses):
        reduced = of_the_mesh(exercise, pose)
        if reduced is None:
            continue
        template = Template(reduced, rest)
        for side in demonstrator.sides():
            held = shown(demonstrator.controls(Moment(Phase.HOLD, pose, side)))
            both = template.match((held - rest)[None])[0, :, 0]
            # Of sides that move together neither is behind.
            assert (both[SIDES.index(side)] if side else both.min()) >= 0.9
        if reduced.moving:
            assert template.match((rest - rest)[None]).max() <= 0.1


def test_what_the_mesh_cannot_show_is_listed() -> None:
    blind = {e.id for e in JUDGED if any(name in BLIND for name in e.measures)}
    assert blind == set().union(*IN_PART.values())


def test_shoulders_and_a_head_drawn_back_are_shown_beside_the_mesh() -> None:
    shrug = Demonstrator(mesh(), find_exercise("shrug-drop")).peak(0)
    assert shrug[CONTROL["shoulders_cm"]] > 1.0
    tuck = Demonstrator(mesh(), find_exercise("chin-tuck")).peak(0)
    assert tuck[CONTROL["back_cm"]] > 0.5


@pytest.mark.parametrize("id", ["quiet-forehead", "jaw-rest", "neck-isometrics"])
def test_a_quiet_exercise_is_shown_quiet(id: str) -> None:
    assert not Demonstrator(mesh(), find_exercise(id)).peak(0).any()


def test_a_movement_is_shown_without_others_that_would_do_for_the_ruler() -> None:
    def moved(id: str, pose: int = 0) -> set[str]:
        demonstrator = Demonstrator(mesh(), find_exercise(id))
        vector = demonstrator.peak(pose, demonstrator.sides()[0])
        return {name for name, value in zip(CONTROLS, vector, strict=True) if abs(value) > 0.05}

    assert moved("wide-smile") == {"smile_left", "smile_right"}
    assert moved("pucker") == {"pucker"}
    assert moved("frown-release") == {"brow_down_left", "brow_down_right"}
    assert moved("alternate-wink") == {"lid_left"}
    assert moved("vowels", 3) == {"jaw_drop", "pucker"}


def test_the_right_side_is_the_mirror_image_of_the_left() -> None:
    for id in ("jaw-glide", "neck-rotation", "pucker-swing"):
        demonstrator = Demonstrator(mesh(), find_exercise(id))
        left, right = (demonstrator.peak(0, side) for side in SIDES)
        for name in ("smile", "lid", "corner_down"):
            assert left[CONTROL[f"{name}_left"]] == right[CONTROL[f"{name}_right"]]
        for name in ("jaw_shift", "lip_shift", "yaw_deg"):
            assert left[CONTROL[name]] == -right[CONTROL[name]]


# --- time ------------------------------------------------------------------------------------------------------


def test_a_round_has_the_phases_in_the_true_tempo() -> None:
    exercise = find_exercise("wide-smile").paced(Tempo(1.0, 3.0, 2.0, 4.0))
    demonstrator = Demonstrator(mesh(), exercise)
    assert demonstrator.seconds == 10.0
    starts = [(0.0, Phase.REST), (4.0, Phase.RISE), (5.0, Phase.HOLD), (8.0, Phase.LOWER), (10.0, Phase.REST)]
    for begins, phase in starts:
        assert demonstrator.at(begins).phase is phase
        assert demonstrator.at(begins).part == 0.0
    middle = demonstrator.at(36.5)
    assert (middle.phase, middle.part, middle.left_s) == (Phase.HOLD, 0.5, 1.5)


def test_sequences_go_through_their_poses_and_sides_take_turns() -> None:
    vowels = Demonstrator(mesh(), find_exercise("vowels"))
    moments = [vowels.at(t) for t in np.arange(0.0, vowels.seconds, 0.05)]
    held = [m.pose for m in moments if m.phase is Phase.HOLD]
    assert list(dict.fromkeys(held)) == [0, 1, 2, 3, 4]
    assert moments[-1].phase is Phase.LOWER
    glide = Demonstrator(mesh(), find_exercise("jaw-glide"))
    assert [glide.at((n + 0.5) * glide.seconds).side for n in range(4)] == ["left", "right", "left", "right"]
    assert vowels.at(3.0).side is None


@pytest.mark.parametrize("id", ["vowels", "one-sided-smile", "neck-rotation", "full-blink", "tongue-out"])
def test_it_moves_without_jumps(id: str) -> None:
    demonstrator = Demonstrator(mesh(), find_exercise(id))
    times = np.arange(0.0, 2 * demonstrator.seconds, 1 / 60)
    track = np.array([demonstrator.controls(demonstrator.at(t)) for t in times])
    steps = np.abs(np.diff(track, axis=0))
    assert steps[:, : len(FACE_CONTROLS)].max() < 0.16  # a blink is the fastest
    assert steps.max() < 2.5  # degrees


def test_zeros_in_a_tempo_are_passed_over() -> None:
    exercise = find_exercise("wide-smile")
    assert Demonstrator(mesh(), exercise.paced(Tempo(1.0, 0.0, 1.0, 0.0))).at(0.0).phase is Phase.RISE
    assert Demonstrator(mesh(), exercise.paced(Tempo(0.0, 0.0, 0.0, 0.0))).at(7.3).phase is Phase.REST


def test_a_moment_made_by_somebody_else_is_shown_as_well() -> None:
    demonstrator = Demonstrator(mesh(), find_exercise("wide-smile"))
    assert np.array_equal(demonstrator.controls(Moment(Phase.RISE, part=1.0)), demonstrator.peak(0))
    assert not demonstrator.controls(Moment(Phase.LEARNING)).any()
    assert not demonstrator.controls(Moment(Phase.DONE)).any()
    # Out of range is drawn as the nearest that is in it.
    assert np.array_equal(demonstrator.controls(Moment(Phase.HOLD, pose=7, part=3.0)), demonstrator.peak(0))
    glide = Demonstrator(mesh(), find_exercise("jaw-glide"))
    assert glide.way(Moment(Phase.HOLD)).side == "left"


def test_eyes_blink_only_where_nothing_of_them_is_judged() -> None:
    def closed(id: str) -> float:
        demonstrator = Demonstrator(mesh(), find_exercise(id))
        rest = demonstrator.exercise.tempo.rest
        track = [demonstrator.controls(demonstrator.at(t)) for t in np.arange(0.0, rest, 0.02)]
        return float(np.array(track)[:, CONTROL["lid_left"]].max())

    assert closed("wide-smile") > 0.8
    assert closed("full-blink") == closed("gaze-clock") == closed("lower-lid-lift") == 0.0


def test_what_is_led_by_time_shows_what_can_be_shown_and_marks_its_region() -> None:
    led = {e.id: e for e in library().values() if e.judge == "timer"}
    assert LED.keys() <= led.keys()
    for exercise in led.values():
        demonstrator = Demonstrator(mesh(), exercise)
        assert demonstrator.region is not None or exercise.group == "quiet"
        assert demonstrator.peak(0).any() == (exercise.id in LED)
    assert {e.group for e in library().values() if e.touch is None} == {*REGION, "quiet"}


# --- pictures --------------------------------------------------------------------------------------------------

SMALL = (60, 66)


@pytest.fixture(autouse=True)
def without_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.avatar.demonstrator.BREATH_S", 0.001)


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    made = Pictures(mesh())
    yield made
    made.close()


def prepared(pictures: Pictures) -> None:
    until = time.monotonic() + 20.0
    while pictures.prepared < 1.0:
        assert time.monotonic() < until, "the pictures are never ready"
        time.sleep(0.01)


def test_the_first_picture_is_there_at_once_and_it_is_the_rest(pictures: Pictures) -> None:
    demonstrator = pictures.want(find_exercise("wide-smile"), SMALL, mirror=False)
    image = pictures.picture(Moment(Phase.REST))
    assert image.shape == (66, 60, 3)
    assert np.array_equal(image, demonstrator.picture(Way(-1, -1), SMALL))


def test_prepared_pictures_follow_the_movement(pictures: Pictures) -> None:
    demonstrator = pictures.want(find_exercise("wide-smile"), SMALL, mirror=False)
    prepared(pictures)
    held = pictures.picture(Moment(Phase.HOLD))
    assert np.array_equal(held, demonstrator.picture(Way(0, 0), SMALL))
    assert pictures.picture(Moment(Phase.HOLD, part=0.7)) is held
    assert pictures.picture(Moment(Phase.RISE, part=1.0)) is held
    way_up = {id(pictures.picture(Moment(Phase.RISE, part=part))) for part in np.linspace(0.0, 1.0, 200)}
    assert len(way_up) == STEPS + 1
    assert not held.flags.writeable


def test_a_mirrored_picture_is_the_other_way_round(pictures: Pictures) -> None:
    demonstrator = pictures.want(find_exercise("jaw-glide"), SMALL)
    assert np.array_equal(pictures.picture(Moment(Phase.REST))[:, ::-1], demonstrator.picture(Way(-1, -1), SMALL))


def test_wanting_the_same_again_keeps_what_is_drawn(pictures: Pictures) -> None:
    smile, pucker = find_exercise("wide-smile"), find_exercise("pucker")
    first = pictures.want(smile, SMALL)
    prepared(pictures)
    held = pictures.picture(Moment(Phase.HOLD))
    pictures.want(pucker, SMALL)
    assert pictures.picture(Moment(Phase.HOLD)) is not held
    assert pictures.want(smile, SMALL) is first
    assert pictures.picture(Moment(Phase.HOLD)) is held
    # Another tempo is another demonstration.
    assert pictures.want(smile.paced(Tempo(1.0, 1.0, 1.0, 1.0)), SMALL).seconds == 4.0


def test_memory_is_bounded() -> None:
    size, each = (60, 66), 3 * 60 * 66
    pictures = Pictures(mesh(), budget=20 * each)
    try:
        for id in ("wide-smile", "pucker", "brow-raise"):
            pictures.want(find_exercise(id), size)
            prepared(pictures)
        assert sum(album.bytes for album in pictures._albums.values()) <= 20 * each
        # A long sequence has fewer steps rather than none of its later poses.
        vowels = pictures.want(find_exercise("vowels"), size)
        prepared(pictures)
        assert sum(album.bytes for album in pictures._albums.values()) <= 20 * each
        last = pictures.picture(Moment(Phase.HOLD, pose=4))
        assert np.array_equal(last[:, ::-1], vowels.picture(Way(4, 4), size))
    finally:
        pictures.close()


def test_neighbouring_pictures_differ_little(pictures: Pictures) -> None:
    pictures.want(find_exercise("jaw-open"), SMALL)
    prepared(pictures)
    shown = [pictures.picture(Moment(Phase.RISE, part=p)).astype(int) for p in np.linspace(0.0, 1.0, 60)]
    whole = np.abs(shown[-1] - shown[0]).mean()
    assert whole > 0.5
    assert max(np.abs(b - a).mean() for a, b in pairwise(shown)) < 0.4 * whole


def test_nothing_is_shown_before_something_is_wanted() -> None:
    with pytest.raises(LookupError, match="no exercise"):
        Pictures(mesh()).picture(Moment(Phase.REST))
