"""When a moment is fit to be judged, and what is said when it is not."""

import dataclasses

import msgspec
import numpy as np
import pytest
from faces import frames, perform, rest_measures, resting, template_track

from coach.form.exercise import Exercise, Rule, Target, Tempo, Touch, find_exercise
from coach.form.measures import INDEX, NAMES, measure_frame
from coach.form.quality import GATES, TOO_SLOW, QualityGate, asks_for, fps_quality, needs
from coach.form.session import Session
from coach.frame import Array, Feedback, Frame, Phase, Picture

SMILE = find_exercise("wide-smile").paced(Tempo(0.8, 1.6, 0.8, 1.0))
BROWS = find_exercise("brow-raise")
FINE = Picture(1280, 720, 120.0, 35.0, 0.2)


def level(exercise_id: str, **values: float) -> tuple[float, str]:
    gate = QualityGate(find_exercise(exercise_id))
    measures = rest_measures()
    for name, value in values.items():
        measures[INDEX[name]] = value
    levels = gate.levels(measures)
    return float(levels.min()), gate.reasons[int(levels.argmin())] if levels.min() < 1 else ""


@pytest.mark.parametrize("gate", GATES, ids=lambda g: f"{g.measure}-{g.hard:g}")
def test_a_gate_softens_and_then_withholds_and_says_what_to_do(gate) -> None:
    id = "pucker"
    middle = (gate.soft + gate.hard) / 2
    beyond = gate.hard + (gate.hard - gate.soft)
    assert level(id, **{gate.measure: gate.soft})[0] == 1.0
    assert level(id, **{gate.measure: middle}) == (pytest.approx(0.5), gate.says)
    assert level(id, **{gate.measure: beyond}) == (0.0, gate.says)
    assert gate.says.endswith(".")


@pytest.mark.parametrize(("name", "degrees"), [("yaw_deg", 26.0), ("pitch_deg", 31.5), ("roll_deg", 40.0)])
def test_a_turn_is_as_bad_to_either_side(name: str, degrees: float) -> None:
    assert level("pucker", **{name: degrees}) == level("pucker", **{name: -degrees})
    assert level("pucker", **{name: -degrees})[0] == 0.5


def test_what_is_told_afterwards_is_half_a_sentence_and_has_the_value_where_that_helps() -> None:
    for gate in GATES:
        told = gate.was.format(31.7)
        assert told.startswith(("your ", "a ", "it ", "part ", "the "))
        assert not told.endswith(".")
        assert ("32" in told) == gate.measure.endswith("_deg")
    assert len({gate.was for gate in GATES}) == len(GATES)


def test_gates_columns_and_reasons_go_together() -> None:
    for id in ("pucker", "neck-rotation", "resisted-opening"):
        quality = QualityGate(find_exercise(id))
        assert [INDEX[gate.measure] for gate in quality.gates] == list(quality.columns)
        assert tuple(gate.says for gate in quality.gates) == quality.reasons
        assert set(quality.gates) <= set(GATES)
        assert quality.levels(rest_measures()).shape == (len(quality.gates),)


def test_what_is_not_known_is_not_held_against_anybody() -> None:
    assert level("pucker", light=np.nan, sharpness=np.nan, hand_over_lower=np.nan) == (1.0, "")


def test_frames_are_doubted_from_where_doubt_begins_or_where_nothing_is_known() -> None:
    quality = QualityGate(find_exercise("pucker"))
    rest = rest_measures()
    assert not quality.doubts(np.stack([rest, rest]))
    for gate in GATES:
        for value, doubted in ((gate.soft, False), (gate.soft + 0.01 * (gate.hard - gate.soft), True)):
            frames = np.stack([rest, rest, rest])
            frames[1, INDEX[gate.measure]] = value
            assert quality.doubts(frames) is doubted, gate.measure
            assert (quality.levels(frames).min() < 1.0) == doubted
    assert quality.doubts(np.full((2, len(NAMES)), np.nan))


def test_a_hand_anywhere_on_the_face_bends_all_of_the_mesh() -> None:
    for id in ("pucker", "brow-raise"):
        assert level(id, hand_over_upper=1.0)[0] == level(id, hand_over_lower=1.0)[0] == 0.0


def test_an_exercise_done_with_the_hand_wants_it_there() -> None:
    assert level("resisted-opening", hand_over_lower=1.0)[0] == 1.0


def test_turning_the_head_is_no_lack_of_quality_where_that_is_the_exercise() -> None:
    assert level("wide-smile", yaw_deg=-40.0)[0] == 0.0
    assert level("neck-rotation", yaw_deg=-40.0)[0] == 1.0


def test_what_is_looked_for_depends_on_the_exercise() -> None:
    assert asks_for(SMILE) == set()
    assert asks_for(find_exercise("shrug-drop")) == {"shoulders"}
    assert asks_for(find_exercise("resisted-opening")) == {"hands"}


def changed(**parts: object) -> Exercise:
    return msgspec.structs.replace(SMILE, **parts)


@pytest.mark.parametrize(
    ("exercise", "asks"),
    [
        (changed(refuse=[Rule("lip_gap > 0.1 and hand_chin > 0.5", "")]), {"hands"}),
        (changed(fault=[Rule("|shoulder_tilt_deg| > 5", "")]), {"shoulders"}),
        (changed(still={"neck_length_left": 0.1}), {"shoulders"}),
        (changed(still={"neck_length_left": 0.1}, fault=[Rule("hand_head > 0.5", "")]), {"hands", "shoulders"}),
        (changed(refuse=[Rule("face_px > 10", "")]), set()),
        (changed(touch=Touch("stroke", "FS7")), {"fingers"}),
        (changed(touch=Touch("stroke", "FS10", collar=True)), {"fingers", "shoulders"}),
        (changed(touch=Touch("circle", "LI4", on="hand", collar=True)), {"fingers"}),
        (changed(touch=Touch("grip", "NK1", on="body")), {"shoulders"}),
        (changed(touch=Touch("stroke", "FS7"), still={"neck_length_left": 0.1}), {"fingers"}),
    ],
)
def test_what_is_looked_for_is_all_that_its_rules_speak_of_or_its_hands_do(exercise: Exercise, asks: set[str]) -> None:
    assert asks_for(exercise) == asks


def test_hands_in_the_way_are_looked_for_whatever_is_done() -> None:
    assert needs([]) == {"hands"}
    assert needs([SMILE, find_exercise("shrug-drop")]) == {"hands", "shoulders"}
    assert needs([changed(touch=Touch("stroke", "FS10", collar=True))]) == {"hands", "fingers", "shoulders"}


def test_what_an_exercise_needs_beside_the_face_must_be_seen_on_both_sides() -> None:
    sinks, keeps = Target("change", 0.1, 0.2), Target("still", 0.1)
    neck = QualityGate(changed(peak={"neck_length_left": sinks, "mouth_width": keeps}))
    assert neck.who == "shoulders"
    for names, seen in (
        ([], True),
        (["mouth_width", "hand_chin", "light"], True),
        (["neck_length_left"], False),
        (["neck_length_right"], False),
    ):
        values = rest_measures()
        values[[INDEX[name] for name in names]] = np.nan
        assert neck.sees(values) == neck.sees(values[None])[0] == seen
    both = QualityGate(changed(peak={"neck_length_left": sinks, "hand_chin": sinks}))
    assert both.who == "hands"


def test_many_moments_at_once_are_gated_as_one_by_one() -> None:
    random = np.random.default_rng(1)
    for exercise in (SMILE, find_exercise("shrug-drop")):
        gate = QualityGate(exercise)
        measures = random.uniform(0.0, 60.0, (3, 8, len(NAMES)))
        measures[random.random(measures.shape) < 0.2] = np.nan
        levels, sees = gate.levels(measures), gate.sees(measures)
        assert levels.shape == (3, 8, len(gate.reasons))
        assert sees.shape == (3, 8)
        for k, i in np.ndindex(3, 8):
            np.testing.assert_array_equal(levels[k, i], gate.levels(measures[k, i]))
            assert sees[k, i] == gate.sees(measures[k, i])
    smile = QualityGate(SMILE)
    assert smile.who == ""
    assert smile.sees(measures).all()
    assert smile.sees(measures).dtype == sees.dtype == bool
    assert not sees.all()
    assert sees.any()


def test_of_gates_that_end_the_judging_the_first_is_told() -> None:
    gate = QualityGate(SMILE)

    def worst(**values: float) -> tuple[str, float]:
        measures = rest_measures()
        for name, value in values.items():
            measures[INDEX[name]] = value
        levels = gate.levels(measures)
        return gate.reasons[int(levels.argmin())], float(levels.min())

    hardly = "I can hardly see your features: put a light in front of you."
    dark = "It is too dark: put a light in front of you."
    assert worst(light=15.0, contrast=-90.0, sharpness=0.0) == (dark, 0.0)
    assert worst(light=27.5, contrast=-90.0, sharpness=0.0) == (hardly, 0.0)
    assert worst(light=27.5, yaw_deg=26.0) == (dark, 0.5)
    assert worst() == (gate.reasons[0], 1.0)


def test_a_gate_that_is_for_all_but_some_exercises_is_there_for_all_others() -> None:
    def without(*measures: str) -> set[str]:
        gate = QualityGate(changed(peak=dict.fromkeys(measures, Target("change", 0.1, 0.2))))
        return {gate.says for gate in GATES}.difference(gate.reasons)

    assert without("mouth_width", "lip_gap") == set()
    blurred = next(gate.says for gate in GATES if gate.measure == "sharpness")  # as is what moves, in a head that turns
    assert without("mouth_width", "yaw_deg") == {"Turn your face to the camera.", blurred}
    assert without("hand_chin") == {"Your hand hides your eyes or brows.", "Your hand hides your mouth or cheek."}


@pytest.mark.parametrize(
    ("frames", "quality"), [(121, 1.0), (37, 1.0), (33, 0.8), (27, 0.5), (21, 0.2), (17, 0.0), (9, 0.0), (0, 0.0)]
)
def test_a_slow_camera_makes_a_verdict_less_sure(frames: int, quality: float) -> None:
    """Between four and nine frames a second; here in four seconds."""
    assert fps_quality(frames, 4.0) == pytest.approx(quality, abs=1e-12)


def test_at_one_moment_nothing_is_timed() -> None:
    assert fps_quality(100, 0.0) == 0.0
    assert fps_quality(100, 0.5) == 1.0


@pytest.mark.parametrize(("fps", "told"), [(6.0, True), (10.0, False), (30.0, False)])
def test_a_slow_camera_is_told_with_what_to_do(fps: float, told: bool) -> None:
    session = Session(SMILE)
    track = template_track(perform(SMILE, "clean", tempo=None), fps=fps)
    said = {session.advance(time, values).cue for time, values in track}
    assert (TOO_SLOW in said) == told


def run(track: list[tuple[float, Array]], **changed: float) -> tuple[Session, list[Feedback]]:
    session = Session(SMILE)
    feedback = []
    for time, values in track:
        seen = values.copy()
        if time > 1.5:
            for name, value in changed.items():
                seen[INDEX[name]] = value
        feedback.append(session.advance(time, seen))
    return session, feedback


def test_darkness_withholds_the_verdict_with_its_reason() -> None:
    track = list(template_track(perform(SMILE, "clean", tempo=None)))
    session, feedback = run(track, light=5.0)
    assert session.reps == 0
    assert session.attempts[0].reason == "It is too dark: put a light in front of you."
    assert any(f.withheld == session.attempts[0].reason for f in feedback)


def test_dusk_counts_but_gives_no_form_and_names_no_faults() -> None:
    track = list(template_track(perform(SMILE, "clean", tempo=None)))
    for time, values in track:
        values[INDEX["brow_height_left"]] += 0.08 * (2.5 < time < 4.0)
    clear, _ = run(track)
    dusk, feedback = run(track, light=22.0)
    assert "brow" in clear.attempts[0].faults
    assert dusk.attempts[0].counted
    assert dusk.attempts[0].form is None
    assert "brow" not in dusk.attempts[0].faults
    assert dusk.attempts[0].quality < 0.5
    assert any(f.cue == "It is too dark: put a light in front of you." for f in feedback)


def test_in_the_dark_no_neutral_is_learnt() -> None:
    session = Session(SMILE)
    for time in np.arange(0, 3, 1 / 30):
        values = rest_measures()
        values[INDEX["light"]] = 5.0
        feedback = session.advance(float(time), values)
        assert feedback.phase is Phase.LEARNING
        assert feedback.withheld == "It is too dark: put a light in front of you."
    assert session.neutral is None


def test_what_the_mesh_shows_in_the_dark_has_no_part_in_rest() -> None:
    """Three seconds of a face with a crooked mesh in the dark, and then a set in the light."""
    track = list(template_track(perform(SMILE, "clean", tempo=None)))
    light, dark = Session(SMILE), Session(SMILE)
    for time in np.arange(0, 3, 1 / 30):
        values = rest_measures()
        values[[INDEX["corner_canthus_left"], INDEX["corner_canthus_right"]]] -= 0.05
        values[INDEX["light"]] = 5.0
        dark.advance(float(time), values)
    for time, values in track:
        light.advance(time, values)
        dark.advance(3.0 + time, values)
    assert light.reps == dark.reps == 1
    assert dark.attempts[0].form == pytest.approx(light.attempts[0].form, abs=0.1)


def test_a_cut_off_face_is_seen_in_the_picture() -> None:
    (frame,) = list(resting(0.04))
    assert frame.landmarks is not None
    cut = dataclasses.replace(frame, landmarks=frame.landmarks - [640, 0, 0], picture=FINE)
    values = measure_frame(cut)
    assert values is not None
    assert values[INDEX["face_cut"]] > 0.3
    whole = measure_frame(dataclasses.replace(frame, picture=FINE))
    assert whole is not None
    assert whole[INDEX["face_cut"]] == 0.0
    assert whole[INDEX["light"]] == 120.0


def hand_at(frame: Frame, point: int, away: float, size: float = 0.0) -> Array:
    """A hand whose points lie round one of the face, or so many OC below it, in a circle of some size (OC)."""
    assert frame.landmarks is not None
    unit = float(np.linalg.norm(frame.landmarks[263] - frame.landmarks[33]))
    angle = np.arange(21) * 2.4
    circle = np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1) * np.sqrt(np.arange(21) / 20)[:, None]
    return (frame.landmarks[point] + [0.0, away * unit, 0.0] + circle * size * unit)[None].astype(np.float32)


def test_a_hand_over_the_mouth_is_noticed_and_what_the_mesh_does_then_is_not_counted() -> None:
    session = Session(SMILE)
    for frame in frames(perform(SMILE, "clean", tempo=None)):
        seen = hand_at(frame, 14, 0.0, size=0.4) if frame.time > 1.6 else np.empty((0, 21, 3), np.float32)
        session.step(dataclasses.replace(frame, hands=seen))
    assert session.reps == 0
    assert session.attempts[0].reason == "Your hand hides your mouth or cheek."


def test_hands_and_shoulders_are_measured() -> None:
    (frame,) = list(resting(0.04))
    assert frame.landmarks is not None
    pose = np.zeros((33, 4), np.float32)
    pose[:, 3] = 1.0
    pose[7, :2], pose[8, :2], pose[11, :2], pose[12, :2] = (700, 300), (580, 300), (840, 520), (440, 480)
    far = measure_frame(dataclasses.replace(frame, hands=hand_at(frame, 152, 2.0), pose=pose))
    near = measure_frame(dataclasses.replace(frame, hands=hand_at(frame, 152, 0.1), pose=pose))
    assert far is not None
    assert near is not None
    assert (far[INDEX["hand_chin"]], near[INDEX["hand_chin"]], near[INDEX["hand_head"]]) == (0.0, 1.0, 0.0)
    width = np.hypot(400, 40)
    assert near[INDEX["neck_length_left"]] == pytest.approx(220 / width)
    assert near[INDEX["neck_length_right"]] == pytest.approx(180 / width)
    assert near[INDEX["shoulder_tilt_deg"]] == pytest.approx(np.degrees(np.arctan2(40, 400)))
    pose[11, 3] = 0.2
    hidden = measure_frame(dataclasses.replace(frame, pose=pose))
    assert hidden is not None
    assert np.isnan(hidden[INDEX["neck_length_left"]])


def test_an_exercise_of_the_shoulders_waits_until_they_are_seen() -> None:
    session = Session(find_exercise("shrug-drop"))
    told = [session.step(frame) for frame in resting(1.0)]
    assert all(feedback.match is None and feedback.withheld for feedback in told)
    assert {feedback.withheld for feedback in told[11:]} == {"I cannot see your shoulders."}


def test_that_shoulders_are_not_seen_is_told_from_the_first_frame_on() -> None:
    feedback = Session(find_exercise("shrug-drop")).step(next(iter(resting(0.1))))
    assert feedback.withheld == "I cannot see your shoulders."
    assert feedback.match is None
