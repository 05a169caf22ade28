"""What is seen of an exercise: which measures, filtered how, and what they are compared with."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from faces import rest_measures, still

from coach.form.calibration import Rest
from coach.form.exercise import Count, Exercise, Pose, Rule, Symmetry, Target, Tempo, find_exercise
from coach.form.faces import FIT, NO_FACE, STRANGER, UNSEEN, Whose
from coach.form.faults import still_words
from coach.form.measures import FACE, INDEX, NAMES, TABLE, Shape, mirrored
from coach.form.seen import BETA, LOST_S, MIN_CUTOFF, Eye, Reference, Seen, Sight, joined
from coach.form.smoothing import one_euro
from coach.frame import Array

REST = rest_measures()
FPS = 30.0

PLAIN = Exercise("x", "g", "camera", "a", [], "e", "s", ["a"], 1, Tempo(1.0, 1.0, 1.0, 1.0), "x")
#: The lips part by an eighth of an OC.
GAP = msgspec.structs.replace(PLAIN, peak={"lip_gap": Target("change", 0.05, 0.125)})
#: The same, the chin keeps still, and there are rules: two that refuse, two faults and one more that keeps still.
RULED = msgspec.structs.replace(
    GAP,
    peak={**GAP.peak, "chin_x": Target("still", 0.25)},
    refuse=[Rule("smile_left > 0.5", "Do not smile."), Rule("pucker > 0.5", "Do not pucker.")],
    fault=[Rule("jaw_open > 0.5", "Mind the jaw.", "jaw"), Rule("mouth_width > 50 %", "Not so wide.", "wide")],
    still={"brow_gap": 0.25},
)
#: The chin to the left and then to the right.
SWING = msgspec.structs.replace(
    PLAIN,
    sides="alternate",
    peak={"chin_x": Target("change", 0.05, 0.125)},
    refuse=[Rule("smile_left > 0.5", "Do not smile.")],
    fault=[Rule("chin_x < -0.25", "Too far.", "far")],
)
SHRUG = find_exercise("shrug-drop")
SMILE = find_exercise("wide-smile")


def names(sight: Sight) -> list[str]:
    return [NAMES[column] for column in sight.columns]


def moving(seconds: float, seed: int = 0) -> tuple[Array, Array]:
    """A face of which every measure wanders."""
    times, measures = still(seconds)
    walk = np.random.default_rng(seed).normal(0.0, 0.01, measures.shape)
    measures[:, : INDEX["face_px"]] += np.cumsum(walk, axis=0)[:, : INDEX["face_px"]]
    return times, measures


def looked(exercise: Exercise, times: Array, measures: Array, gentle: bool = False) -> Seen:
    sight = Sight(exercise, gentle)
    return sight.see(times, measures, sight.first())[0]


def filtered(times: Array, measures: Array, columns: Sequence[int]) -> Array:
    """What a filter that begins with these frames makes of them."""
    return one_euro(times, measures[:, columns], None, MIN_CUTOFF, BETA[columns])[0]


# --- what is looked at ------------------------------------------------------------------------------------


def test_an_exercise_looks_at_what_it_judges_and_at_its_mirror_image_and_at_nothing_else() -> None:
    assert names(Sight(GAP)) == ["lip_gap"]
    one_sided = msgspec.structs.replace(PLAIN, peak={"smile_left": Target("change", 0.1, 0.5)})
    assert names(Sight(one_sided)) == ["smile_left", "smile_right"]


def test_it_looks_at_what_rules_faults_stillness_and_symmetry_ask_for() -> None:
    sight = Sight(RULED)
    assert set(names(sight)) == {
        "lip_gap", "chin_x", "smile_left", "smile_right", "pucker", "jaw_open", "mouth_width", "brow_gap",
    }  # fmt: skip
    assert sight.columns == sorted(sight.columns)
    assert sight.index == {name: i for i, name in enumerate(names(sight))}
    assert [clauses[0].measure for clauses in sight.rules] == ["smile_left", "pucker"]
    assert [clauses[0].measure for clauses in sight.fault_conditions] == ["jaw_open", "mouth_width", "brow_gap"]
    assert sight.fault_codes == ("jaw", "wide", "frown")
    pairs = msgspec.structs.replace(GAP, symmetry=Symmetry([("brow_height_left", "brow_height_right")]))
    assert set(names(Sight(pairs))) == {"lip_gap", "brow_height_left", "brow_height_right"}


def test_who_is_gentle_is_looked_at_for_every_shape() -> None:
    shapes = {row.name for row in TABLE if isinstance(row, Shape)}
    assert set(names(Sight(GAP, gentle=True))) == {"lip_gap"} | shapes


@pytest.mark.parametrize("exercise", [SMILE, SHRUG, find_exercise("resisted-opening")], ids=lambda e: e.id)
def test_what_is_of_the_face_comes_first(exercise: Exercise) -> None:
    sight = Sight(exercise)
    assert all(column < FACE for column in sight.columns[: sight.faces])
    assert all(column >= FACE for column in sight.columns[sight.faces :])
    assert {mirrored(name) for name in names(sight)} == set(names(sight))
    assert sight.gate.reasons


def test_before_anything_is_seen_nothing_is_known() -> None:
    sight = Sight(SHRUG)
    eye = sight.first()
    assert eye.filtered is None
    assert eye.whose == Whose()
    assert eye.beside.shape == (len(sight.columns) - sight.faces,)
    assert np.isnan(eye.beside).all()


# --- whether it can be judged -----------------------------------------------------------------------------


def test_a_face_that_is_seen_well_is_fit_and_clear() -> None:
    times, measures = still(1.0)
    seen = looked(SMILE, times, measures)
    assert len(seen) == 30
    assert seen.times.tolist() == times.tolist()
    assert set(seen.why) == {FIT}
    assert not seen.anew.any()
    assert seen.quality.tolist() == [1.0] * 30
    assert seen.clear.tolist() == [True] * 30
    assert seen.worst.shape == (30,)
    np.testing.assert_allclose(seen.values, measures[:, Sight(SMILE).columns])


@pytest.mark.parametrize(
    ("name", "value", "says", "quality", "clear"),
    [
        ("light", 5.0, "dark", 0.0, False),
        ("light", 27.5, "dark", 0.5, True),
        ("yaw_deg", -26.0, "Turn your face", 0.5, True),
        ("face_cut", 0.5, "cut off", 0.0, False),
        ("hand_over_lower", 1.0, "Your hand hides your mouth", 0.0, True),
        ("hand_over_upper", 1.0, "Your hand hides your eyes", 0.0, True),
    ],
)
def test_the_worst_gate_is_told_and_only_hands_leave_rest_to_be_learnt(
    name: str, value: float, says: str, quality: float, clear: bool
) -> None:
    times, measures = still(1.0)
    measures[10:20, INDEX[name]] = value
    sight = Sight(SMILE)
    seen, _ = sight.see(times, measures, sight.first())
    assert seen.quality.tolist() == pytest.approx([1.0] * 10 + [quality] * 10 + [1.0] * 10)
    assert {says in sight.gate.reasons[worst] for worst in seen.worst[10:20]} == {True}
    assert seen.clear.tolist() == [True] * 10 + [clear] * 10 + [True] * 10
    assert sight.clear(measures).tolist() == seen.clear.tolist()
    assert set(seen.why) == {FIT}


def test_nobody_is_told_and_is_not_clear() -> None:
    times, measures = still(1.0)
    measures[10:] = np.nan
    seen = looked(SMILE, times, measures)
    assert seen.why.tolist() == [FIT] * 10 + [NO_FACE] * 20
    assert seen.clear.tolist() == [True] * 10 + [False] * 20


def test_a_strangers_face_is_told_and_is_not_clear() -> None:
    times, measures = still(3.0, face_px=100.0, face_x=600.0, face_y=400.0)
    measures[60:, INDEX["face_px"]], measures[60:, INDEX["face_x"]] = 220.0, 1100.0
    seen = looked(SMILE, times, measures)
    assert seen.why.tolist() == [FIT] * 60 + [STRANGER] * 30
    assert seen.clear.tolist() == [True] * 60 + [False] * 30


def test_shoulders_out_of_the_picture_matter_where_they_are_judged_only() -> None:
    times, measures = still(1.0)
    measures[10:20, INDEX["neck_length_left"]] = measures[10:20, INDEX["neck_length_right"]] = np.nan
    assert looked(SHRUG, times, measures).why.tolist() == [FIT] * 10 + [UNSEEN] * 10 + [FIT] * 10
    assert looked(SHRUG, times, measures).clear.tolist() == [True] * 30  # of the face rest may be learnt
    assert set(looked(SMILE, times, measures).why) == {FIT}


def test_who_is_not_there_is_not_told_to_show_the_shoulders() -> None:
    times, measures = still(1.0)
    measures[:] = np.nan
    assert set(looked(SHRUG, times, measures).why) == {NO_FACE}


# --- the filter -------------------------------------------------------------------------------------------


def test_what_matters_is_filtered_and_what_is_given_stays_as_it_is() -> None:
    times, measures = moving(2.0)
    before = measures.copy()
    seen = looked(SMILE, times, measures)
    np.testing.assert_allclose(seen.values, filtered(times, measures, Sight(SMILE).columns), atol=1e-12)
    assert np.abs(seen.values - measures[:, Sight(SMILE).columns]).max() > 0.01
    np.testing.assert_array_equal(measures, before)


@pytest.mark.parametrize("exercise", [SMILE, SHRUG], ids=lambda e: e.id)
@pytest.mark.parametrize("size", [1, 7, 50, 64])
def test_chunks_of_any_size_are_seen_alike(exercise: Exercise, size: int) -> None:
    """With moments of nobody, of a stranger, of darkness, and without shoulders."""
    times, measures = moving(12.0)
    measures[:, INDEX["face_px"]], measures[:, INDEX["face_x"]], measures[:, INDEX["face_y"]] = 100.0, 600.0, 400.0
    measures[50:55] = measures[80:100] = np.nan
    measures[120:130, INDEX["light"]] = 5.0
    measures[150:190, INDEX["face_px"]], measures[150:190, INDEX["face_x"]] = 220.0, 1100.0
    measures[230:255, INDEX["neck_length_left"]] = np.nan
    measures[280:340] = np.nan
    sight = Sight(exercise)
    whole, at_last = sight.see(times, measures, sight.first())
    assert {FIT, NO_FACE, STRANGER} <= set(whole.why)
    assert whole.anew.any()
    pieces, eye = [], sight.first()
    for first in range(0, len(times), size):
        seen, eye = sight.see(times[first : first + size], measures[first : first + size], eye)
        pieces.append(seen)
    again = joined(pieces)
    fit = whole.why == FIT
    for name in ("times", "why", "anew", "quality", "clear"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
    np.testing.assert_array_equal(again.worst[again.quality < 1.0], whole.worst[whole.quality < 1.0])
    np.testing.assert_allclose(again.values[fit], whole.values[fit], atol=1e-12)
    assert eye.whose == at_last.whose
    np.testing.assert_array_equal(eye.beside, at_last.beside)


@pytest.mark.parametrize(("frames", "anew"), [(12, True), (11, False), (3, False)])
def test_the_filter_starts_anew_where_a_face_was_gone_for_longer_than_it_takes_to_lose_it(
    frames: int, anew: bool
) -> None:
    """From the last frame with a face to the next are so many frames and one."""
    assert 12 / FPS <= LOST_S < 13 / FPS
    times, measures = still(2.0)
    measures[30:, INDEX["lip_gap"]] += 0.1
    measures[30 : 30 + frames] = np.nan
    seen = looked(GAP, times, measures)
    jump = float(measures[-1, INDEX["lip_gap"]])
    assert bool(seen.values[30 + frames, 0] == jump) is anew
    assert seen.values[29, 0] < 0.01


def test_the_filter_starts_anew_where_the_camera_paused() -> None:
    """Twice for a second, in which there are no frames."""
    times, measures = moving(3.0)
    times[30:] += 1.0
    times[60:] += 1.0
    sight = Sight(SMILE)
    seen, eye = sight.see(times, measures, sight.first())
    for first in (0, 30, 60):
        rows = slice(first, first + 30)
        np.testing.assert_allclose(seen.values[rows], filtered(times[rows], measures[rows], sight.columns), atol=1e-12)
    later, _ = sight.see(times[-1:] + 0.03, measures[-1:], eye)
    assert (later.values != measures[-1:, sight.columns]).all()  # it goes on


def test_the_filter_starts_anew_with_another_sitting() -> None:
    """Somebody leans in, and the user is back at once with other lips."""
    times, measures = still(3.0, face_px=100.0, face_x=600.0, face_y=400.0)
    measures[60:66, INDEX["face_px"]], measures[60:66, INDEX["face_x"]] = 220.0, 1100.0
    measures[66:, INDEX["lip_gap"]] += 0.1
    seen = looked(GAP, times, measures)
    assert seen.anew.nonzero()[0].tolist() == [66]
    assert seen.values[66, 0] == measures[66, INDEX["lip_gap"]]
    np.testing.assert_allclose(seen.values[66:], filtered(times[66:], measures[66:], [INDEX["lip_gap"]]))


def test_frames_that_cannot_be_judged_are_not_in_the_filter() -> None:
    times, measures = still(3.0, face_px=100.0, face_x=600.0, face_y=400.0)
    measures[60:66, INDEX["face_px"]], measures[60:66, INDEX["face_x"]] = 220.0, 1100.0
    measures[60:66, INDEX["lip_gap"]] = 3.0
    seen = looked(GAP, times, measures)
    assert seen.values[66:, 0] == pytest.approx(REST[INDEX["lip_gap"]])


def test_what_is_beside_the_face_keeps_its_last_value_while_it_is_not_known() -> None:
    """A hand is at the chin, then nobody knows, and later it is away; before it was ever seen it counts as nothing."""
    hands = msgspec.structs.replace(GAP, peak={**GAP.peak, "hand_chin": Target("change", 0.25, 1.0)},
                                    judge="gated")  # fmt: skip
    ruled = msgspec.structs.replace(GAP, refuse=[Rule("hand_chin > 0.5", "Hands off.")])
    assert set(looked(hands, *still(0.2, hand_chin=math.nan)).why) == {UNSEEN}
    times, measures = still(4.0)
    column = INDEX["hand_chin"]
    measures[:30, column], measures[30:60, column], measures[60:90, column] = np.nan, 1.0, np.nan
    seen = looked(ruled, times, measures)
    at = Sight(ruled).index["hand_chin"]
    assert set(seen.why) == {FIT}
    assert seen.values[:30, at].tolist() == [0.0] * 30
    assert seen.values[89, at] == pytest.approx(1.0, abs=0.01)
    assert (np.diff(seen.values[30:90, at]) >= 0.0).all()
    assert seen.values[-1, at] == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("size", [1, 10, 11, 29, 30])
def test_what_was_known_in_a_single_frame_is_kept(size: int) -> None:
    ruled = msgspec.structs.replace(GAP, refuse=[Rule("hand_chin > 0.5", "Hands off.")])
    sight = Sight(ruled)
    times, measures = still(1.0, hand_chin=math.nan)
    measures[10, INDEX["hand_chin"]] = 1.0
    eye, found = sight.first(), []
    for first in range(0, 30, size):
        seen, eye = sight.see(times[first : first + size], measures[first : first + size], eye)
        found += seen.values[:, sight.index["hand_chin"]].tolist()
    assert found[:10] == [0.0] * 10
    assert 0.0 < found[10] < found[20] < found[29]
    assert found[29] > 0.9


def test_what_is_beside_the_face_is_known_again_after_a_while_of_nobody() -> None:
    ruled = msgspec.structs.replace(GAP, refuse=[Rule("hand_chin > 0.5", "Hands off.")])
    sight = Sight(ruled)
    times, measures = still(1.0, hand_chin=1.0)
    _, eye = sight.see(times, measures, sight.first())
    assert eye.beside.tolist() == [1.0]
    nobody = np.full_like(measures, np.nan)
    _, later = sight.see(times + 1.0, nobody, eye)
    assert later.beside.tolist() == [1.0]
    measures[:, INDEX["hand_chin"]] = np.nan
    seen, _ = sight.see(times + 2.0, measures, later)
    assert seen.values[:, sight.index["hand_chin"]].tolist() == [1.0] * 30


def test_nobody_leaves_the_filter_where_it_is() -> None:
    sight = Sight(GAP)
    times, measures = still(1.0)
    _, eye = sight.see(times, measures, sight.first())
    _, later = sight.see(times + 1.0, np.full_like(measures, np.nan), eye)
    assert eye.filtered is not None
    assert later.filtered is eye.filtered


def test_the_first_face_after_a_while_of_nobody_begins_a_filter() -> None:
    sight = Sight(GAP)
    times, measures = still(1.0)
    _, eye = sight.see(times, np.full_like(measures, np.nan), sight.first())
    assert eye.filtered is None
    seen, eye = sight.see(times + 1.0, measures, eye)
    assert seen.values[:, 0] == pytest.approx(REST[INDEX["lip_gap"]])
    assert isinstance(eye, Eye)
    assert eye.filtered is not None
    assert eye.filtered.time == times[-1] + 1.0


# --- pieces -----------------------------------------------------------------------------------------------


def test_parts_joined_are_the_whole() -> None:
    times, measures = moving(1.0)
    measures[5:9, INDEX["light"]] = 5.0
    whole = looked(SMILE, times, measures)
    assert whole.part(slice(0, len(whole))) is whole
    assert joined([whole]) is whole
    parts = [whole.part(slice(first, end)) for first, end in ((0, 1), (1, 12), (12, 18), (18, 30))]
    assert [len(part) for part in parts] == [1, 11, 6, 12]
    again = joined(parts)
    for name in ("times", "why", "anew", "values", "worst", "quality", "clear"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))


# --- against a resting face -------------------------------------------------------------------------------


def frames(count: int, **values: Sequence[float]) -> tuple[Array, Seen]:
    """Frames of RULED or SWING: (T, C) change from rest; nothing else is wrong with them."""
    return changes(RULED, count, **values)


def changes(exercise: Exercise, count: int, **values: Sequence[float]) -> tuple[Array, Seen]:
    sight = Sight(exercise)
    change = np.zeros((count, len(sight.columns)))
    for name, row in values.items():
        change[:, sight.index[name]] = row
    return change, looked(exercise, *still(count / FPS))


def against(exercise: Exercise, **more: float) -> Reference:
    return Reference(exercise, Sight(exercise), Rest(REST), more or None)


def test_a_simple_exercise_is_one_movement_from_rest_and_back() -> None:
    assert GAP.simple
    assert SWING.simple
    assert not msgspec.structs.replace(GAP, count=Count(ends="held")).simple
    assert not msgspec.structs.replace(PLAIN, peak={"lip_gap": Target("still", 0.05)}).simple
    poses = [Pose("A", "", GAP.peak), Pose("B", "", SWING.peak)]
    assert not msgspec.structs.replace(PLAIN, pose=poses).simple


def test_an_exercise_is_compiled_against_a_rest_and_a_range_of_ones_own() -> None:
    common, own = against(GAP), against(GAP, lip_gap=0.1)
    assert (common.template.own, own.template.own) == (False, True)
    assert common.template.span[0, 0, 0] == 0.125
    assert own.template.span[0, 0, 0] == pytest.approx(0.1)
    assert common.exercise is GAP
    assert common.template_index == {"lip_gap": 0}
    ratio = msgspec.structs.replace(PLAIN, peak={"mouth_width": Target("ratio", 0.05, 1.5)})
    assert against(ratio).template.span[0, 0, 0] == pytest.approx(0.5 * REST[INDEX["mouth_width"]])


def test_a_rest_of_which_shoulders_were_never_seen_is_no_error() -> None:
    values = REST.copy()
    values[FACE:] = np.nan
    unknown = Reference(SHRUG, Sight(SHRUG), Rest(values))
    assert np.isfinite(unknown.template.span).all()
    sight = Sight(SHRUG)
    change = unknown.change(REST[None, sight.columns], values[sight.columns])
    assert change.tolist() == [[0.0] * len(sight.columns)]


def test_change_is_what_differs_from_the_level() -> None:
    values, level = np.array([[0.5, 2.0], [1.0, 4.0]]), np.array([0.25, 1.0])
    assert against(GAP).change(values, level).tolist() == [[0.25, 1.0], [0.75, 3.0]]
    assert against(GAP).change(values, np.array([math.nan, 1.0])).tolist() == [[0.0, 1.0], [0.0, 3.0]]
    assert values.tolist() == [[0.5, 2.0], [1.0, 4.0]]


def test_frames_are_compared_with_the_movement_and_with_what_goes_wrong() -> None:
    change, seen = frames(
        6,
        lip_gap=[0.0, 0.0625, 0.125, 0.25, 0.125, 0.125],
        jaw_open=[0.0, 0.0, 0.0, 0.0, 0.6, 0.0],
        mouth_width=[0.0, 0.0, 0.0, 0.0, 0.0, 0.6 * REST[INDEX["mouth_width"]]],
        brow_gap=[0.0, 0.3, 0.0, 0.0, 0.0, -0.3],
    )
    found = against(RULED).compare(change, seen)
    assert found.own.tolist() == [[[0.0, 0.5, 1.0, 1.0, 1.0, 1.0]] * 2]
    assert found.match.tolist() == found.own.tolist()
    assert found.moved.tolist() == [[[0.0, 0.5, 1.0, 2.0, 1.0, 1.0]] * 2]
    assert found.refused == ([-1] * 6, [-1] * 6)
    for faults in found.faults:
        assert faults.T.tolist() == [
            [False, False, False, False, True, False],
            [False, False, False, False, False, True],
            [False, True, False, False, False, True],
        ]
    for side in (0, 1):
        assert against(RULED).faults_of(side, change).tolist() == found.faults[side].tolist()


def test_the_first_rule_refuses_before_gates_and_these_before_what_is_to_keep_still() -> None:
    change, seen = frames(
        8,
        lip_gap=[0.125] * 8,
        smile_left=[0.0, 0.0, 0.6, 0.6, 0.0, 0.6, 0.0, 0.0],
        pucker=[0.0, 0.6, 0.0, 0.6, 0.0, 0.0, 0.0, 0.0],
        chin_x=[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0],
    )
    times, measures = still(8 / FPS)
    measures[6:, INDEX["light"]] = 5.0
    seen = looked(RULED, times, measures)
    reference = against(RULED)
    refused, same = reference.compare(change, seen).refused
    assert refused == same
    assert refused[0] == -1
    assert [reference.why(number) for number in refused[1:4]] == ["Do not pucker.", "Do not smile.", "Do not smile."]
    assert "jaw" in reference.why(refused[4]) or "chin" in reference.why(refused[4])
    assert reference.why(refused[5]) == "Do not smile."
    dark = reference.why_gate(int(seen.worst[7]))
    assert "too dark" in dark
    assert [reference.why(number) for number in refused[6:]] == [dark, dark]
    assert len({reference.why(number) for number in refused[1:]}) == 4


def test_what_moves_though_it_is_to_keep_still_is_named() -> None:
    peak = {"brow_height_left": Target("still", 0.25), **GAP.peak, "nose_length": Target("still", 0.25)}
    two = msgspec.structs.replace(GAP, peak=peak)
    change, seen = changes(two, 3, lip_gap=[0.125] * 3, brow_height_left=[0.0, 1.0, 0.0], nose_length=[0.0, 0.0, 1.0])
    reference = against(two)
    refused, _ = reference.compare(change, seen).refused
    words = [still_words(name).say for name in ("brow_height_left", "nose_length")]
    assert refused[0] == -1
    assert [reference.why(number) for number in refused[1:]] == words
    assert words[0] != words[1]


def test_of_what_may_not_be_judged_every_frame_is_refused() -> None:
    change, _ = frames(3, lip_gap=[0.125] * 3)
    reference = against(RULED)
    refused, _ = reference.compare(change, looked(RULED, *still(3 / FPS, light=5.0))).refused
    assert ["too dark" in reference.why(number) for number in refused] == [True] * 3


def test_every_gate_and_all_that_keeps_still_has_its_own_reason() -> None:
    reference, sight = against(RULED), Sight(RULED)
    gates = [reference.why(2 + number) for number in range(len(sight.gate.reasons))]
    assert gates == list(sight.gate.reasons)
    assert gates == [reference.why_gate(number) for number in range(len(gates))]
    assert reference.why(2 + len(gates)) not in gates


def test_where_sides_alternate_the_right_is_refused_in_the_mirror() -> None:
    change, seen = changes(
        SWING,
        5,
        chin_x=[0.125, -0.125, -0.5, 0.5, 0.0],
        smile_left=[0.0, 0.0, 0.0, 0.0, 0.6],
        smile_right=[0.6, 0.0, 0.0, 0.0, 0.0],
    )
    reference = against(SWING)
    found = reference.compare(change, seen)
    assert found.own[0].tolist() == [[1.0, -1.0, -1.0, 1.0, 0.0], [-1.0, 1.0, 1.0, -1.0, 0.0]]
    assert found.match.tolist() == found.own.tolist()
    assert found.refused == ([-1, -1, -1, -1, 0], [0, -1, -1, -1, -1])
    assert found.faults[0].T.tolist() == [[False, False, True, False, False]]
    assert found.faults[1].T.tolist() == [[False, False, False, True, False]]
    for side in (0, 1):
        assert reference.faults_of(side, change).tolist() == found.faults[side].tolist()


def test_what_moves_too_much_refuses_each_side_of_its_own() -> None:
    swing = msgspec.structs.replace(SWING, peak={**SWING.peak, "smile_left": Target("still", 0.25)}, refuse=[])
    change, seen = changes(swing, 3, smile_left=[0.0, 1.0, 0.0], smile_right=[0.0, 0.0, 1.0])
    reference = against(swing)
    left, right = reference.compare(change, seen).refused
    assert ([number >= 0 for number in left], [number >= 0 for number in right]) == (
        [False, True, False],
        [False, False, True],
    )
    assert reference.why(left[1]) == reference.why(right[2])


def test_a_sequence_is_decided_by_its_match_alone_and_nothing_disturbs_it() -> None:
    poses = [Pose("A", "", {**GAP.peak, "chin_x": Target("still", 0.25)}), Pose("B", "", SWING.peak)]
    sequence = msgspec.structs.replace(PLAIN, pose=poses)
    change, seen = changes(sequence, 2, lip_gap=[0.25, 0.25], chin_x=[0.0, 1.0])
    found = against(sequence).compare(change, seen)
    assert found.moved.tolist() == found.match.tolist()
    assert found.own[0, 0].tolist() == [1.0, 0.0]
    assert found.refused == ([-1, -1], [-1, -1])


def test_how_far_the_match_may_be_off_goes_with_the_spread_of_rest() -> None:
    reference = against(GAP)
    assert reference.unsure(Rest(REST)) == 0.0
    spread = np.zeros(len(NAMES))
    spread[INDEX["mouth_width"]] = 9.0  # not looked at
    assert reference.unsure(Rest(REST, spread=spread)) == 0.0
    spread[INDEX["lip_gap"]] = 0.025
    assert reference.unsure(Rest(REST, spread=spread)) == pytest.approx(0.2)
    spread[INDEX["lip_gap"]] = math.nan
    assert reference.unsure(Rest(REST, spread=spread)) == 0.0
    both = msgspec.structs.replace(
        PLAIN, peak={"smile_left": Target("change", 0.1, 0.5), "smile_right": Target("change", 0.1, 0.25)}
    )
    spread[:] = 0.125
    assert against(both).unsure(Rest(REST, spread=spread)) == pytest.approx(0.5)  # of the side that is known less


def test_how_much_a_difference_of_rest_changes_the_match_is_a_size() -> None:
    reference = against(GAP)
    assert reference.way(np.array([0.025])) == pytest.approx(0.2)
    assert reference.way(np.array([-0.025])) == pytest.approx(0.2)
    assert reference.way(np.array([0.25])) == pytest.approx(2.0)
    assert reference.way(np.array([-0.25])) == pytest.approx(2.0)
    assert reference.way(np.array([math.nan])) == 0.0
    still_too = against(RULED)
    apart = np.zeros(len(Sight(RULED).columns))
    apart[Sight(RULED).index["chin_x"]] = 1.0
    assert still_too.way(apart) == 0.0
