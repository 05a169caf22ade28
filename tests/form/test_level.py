"""The rest that a set is judged by: when it is known well enough, and what a better estimate of it changes."""

import math
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest
from faces import rest_measures, still

from coach.form.calibration import Calibration, Rest, Source
from coach.form.exercise import Exercise, Target, Tempo, find_exercise
from coach.form.level import AGAIN_AFTER_S, MOVED, SURE, Learnt, Level
from coach.form.measures import FACE, INDEX, NAMES
from coach.form.rest import KNOT_S, MOMENT_S, SPREAD
from coach.form.seen import Seen, Sight
from coach.frame import Array

REST = rest_measures()
FPS = 30.0

#: The lips part by an eighth of an OC, and nothing else is looked at: a rest that is off by 0.0125 moves the match by
#: a tenth.
GAP = msgspec.structs.replace(
    Exercise("x", "g", "camera", "a", [], "e", "s", ["a"], 1, Tempo(1.0, 1.0, 1.0, 1.0), "x"),
    peak={"lip_gap": Target("change", 0.05, 0.125)},
)
SMILE = find_exercise("wide-smile")
#: The parts of the face in the order of `Rest.seen_s`.
HEAD, BROWS, EYES, MOUTH, SHOULDERS = range(5)


def level(exercise: Exercise = GAP, calibration: Calibration | None = None, given: Rest | None = None) -> Level:
    return Level(exercise, Sight(exercise), calibration, given)


def rest(
    off: float | None = 0.0,
    seen_s: tuple[float, ...] = (9.0,) * 5,
    source: Source = "seen",
    **away: float,
) -> Rest:
    """A resting face that leaves the match of GAP off by so much (None: nobody knows), so far away in some measures."""
    values = REST.copy()
    for name, by in away.items():
        values[INDEX[name]] += by
    spread = None if off is None else np.full(len(NAMES), 0.125 * off)
    return Rest(values, spread=spread, seen_s=seen_s, source=source)


def person(ranges: Mapping[str, Mapping[str, float]] | None = None, mouth: float = 1.0) -> Calibration:
    """What is kept of the face of these tests, or of one with another mouth; with a range of GAP."""
    known = {name: float(REST[INDEX[name]]) for name in NAMES[:FACE]}
    return Calibration({**known, "mouth_width": known["mouth_width"] * mouth}, ranges or {"x": {"lip_gap": 0.1}})


def seen(times: Array, measures: Array, exercise: Exercise = GAP) -> Seen:
    sight = Sight(exercise)
    return sight.see(times, measures, sight.first())[0]


def learnt(by: Level, times: Array, measures: Array) -> list[Learnt]:
    """What a stream changes, that comes in pieces of a third of a second."""
    told: list[Learnt] = []
    for first in range(0, len(times), 10):
        piece = slice(first, first + 10)
        told += [by.learn(found, found.time) for _, found in watched(by, times[piece], measures[piece])]
    return told


def watched(by: Level, times: Array, measures: Array, first: int = 0) -> list[tuple[int, Rest]]:
    return by.rests(seen(times, measures), measures, first, len(times))


def spread(of: Rest | None) -> float:
    """How far from what is known of the width of a mouth it may be."""
    assert of is not None
    assert of.spread is not None
    return float(of.spread[INDEX["mouth_width"]])


# --- before, and given ------------------------------------------------------------------------------------


def test_before_anything_is_seen_nothing_is_known() -> None:
    new = level()
    assert (new.neutral, new.reference) == (None, None)
    assert new.values.tolist() == [0.0]
    assert (new.unsure, new.sure, new.known, new.missing) == (math.inf, False, 0.0, "")
    assert not new.given
    assert not new.not_mine


def test_a_rest_that_is_given_is_sure_and_stays() -> None:
    given = rest(None)
    fixed = level(given=given)
    assert fixed.given
    assert fixed.neutral is given
    assert fixed.values.tolist() == [REST[INDEX["lip_gap"]]]
    assert (fixed.unsure, fixed.sure, fixed.known, fixed.missing) == (0.0, True, 1.0, "")
    assert watched(fixed, *still(3.0, lip_gap=0.1)) == []
    assert fixed.neutral is given


def test_a_given_rest_that_is_forgotten_is_learnt_from_what_is_seen_then() -> None:
    level_ = level(given=rest(lip_gap=0.1))
    level_.forget()
    assert not level_.given
    assert (level_.neutral, level_.reference, level_.sure, level_.known) == (None, None, False, 0.0)
    assert level_.unsure == math.inf
    found = watched(level_, *still(2.0))
    assert level_.learn(found[-1][1], 2.0) is Learnt.MUCH
    assert level_.values[0] == pytest.approx(REST[INDEX["lip_gap"]], abs=0.002)


def test_what_is_kept_of_a_person_is_known_again_after_all_else_was_forgotten() -> None:
    other = level(calibration=person(mouth=1.2))
    learnt(other, *still(3.0))
    assert other.not_mine  # it is somebody else
    other.forget()
    _, first = watched(other, *still(0.4))[0]
    assert other.learn(first, first.time) is Learnt.MUCH
    assert not other.not_mine  # for all that is known so far
    _, plain = watched(level(), *still(0.4))[0]
    assert spread(first) < spread(plain)


# --- how well it is known ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "sure"), [(0.5 * SURE, True), (0.999 * SURE, True), (1.001 * SURE, False)])
def test_rest_is_known_while_the_match_is_off_by_little(off: float, sure: bool) -> None:
    new = level()
    new.learn(rest(off), 1.0)
    assert new.unsure == pytest.approx(off)
    assert new.sure is sure
    assert new.known == pytest.approx(1.0 / (1.0 + off / SURE))
    assert (new.known > 0.5) is sure


@pytest.mark.parametrize(
    ("least", "says"), [(HEAD, "head"), (BROWS, "brows"), (EYES, "eyes"), (MOUTH, "mouth")], ids=str
)
def test_what_is_missing_is_the_part_that_is_known_least(least: int, says: str) -> None:
    new = level(SMILE)
    seen_s = [0.9, 0.9, 0.9, 0.9, 0.0]  # a smile has nothing to do with shoulders
    seen_s[least] = 0.5
    new.learn(rest(9.0, tuple(seen_s)), 1.0)
    assert not new.sure
    assert new.missing == says
    new.learn(rest(0.0, tuple(seen_s)), 2.0)
    assert new.missing == ""


def test_only_parts_that_the_exercise_looks_at_are_missing() -> None:
    new = level()
    new.learn(rest(9.0, (0.1, 0.1, 0.1, 5.0, 0.0)), 1.0)
    assert new.missing == "mouth"


def test_hands_do_not_rest_and_are_never_missing() -> None:
    new = level(msgspec.structs.replace(GAP, peak={**GAP.peak, "hand_chin": Target("change", 0.25, 1.0)}))
    new.learn(rest(9.0, (0.1, 0.1, 0.1, 5.0, 0.0)), 1.0)
    assert new.missing == "mouth"
    only = level(msgspec.structs.replace(GAP, peak={"hand_chin": Target("change", 0.25, 1.0)}))
    only.learn(rest(99.0), 1.0)
    assert (only.sure, only.missing) == (False, "")


# --- what a better estimate changes -----------------------------------------------------------------------


def test_the_first_estimate_changes_much() -> None:
    new = level()
    first = rest(0.5)
    assert new.learn(first, 0.3) is Learnt.MUCH
    assert new.neutral is first
    assert new.reference is not None
    assert new.reference.rest is first


def test_a_rest_that_hardly_differs_is_followed() -> None:
    new = level()
    first, second = rest(0.05), rest(0.05, lip_gap=0.125 * MOVED * 0.99)
    new.learn(first, 1.0)
    assert new.learn(second, 9.0) is Learnt.LITTLE
    assert new.neutral is second
    assert new.values[0] == second.values[INDEX["lip_gap"]]
    assert new.reference is not None
    assert new.reference.rest is first


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_rest_that_moves_the_match_is_another_one(sign: float) -> None:
    new = level()
    second = rest(0.05, lip_gap=sign * 0.125 * MOVED * 1.01)
    new.learn(rest(0.05), 1.0)
    assert new.learn(second, 9.0) is Learnt.MUCH
    assert new.reference is not None
    assert new.reference.rest is second


def test_small_steps_add_up_to_another_rest() -> None:
    new = level()
    new.learn(rest(0.05), 0.0)
    step = 0.125 * MOVED * 0.4
    told = [new.learn(rest(0.05, lip_gap=step * i), 2.0 * i) for i in range(1, 6)]
    assert told == [Learnt.LITTLE, Learnt.LITTLE, Learnt.MUCH, Learnt.LITTLE, Learnt.LITTLE]


def test_what_the_exercise_does_not_look_at_changes_little() -> None:
    new = level()
    new.learn(rest(0.05), 1.0)
    assert new.learn(rest(0.05, brow_height_left=0.5, mouth_width=0.5), 9.0) is Learnt.LITTLE


def test_when_rest_gets_sure_what_was_seen_is_judged_again_once() -> None:
    new = level()
    new.learn(rest(0.5), 0.3)
    assert new.learn(rest(0.3), 0.5) is Learnt.LITTLE
    assert new.learn(rest(0.05), 0.7) is Learnt.MUCH
    assert new.learn(rest(0.04), 9.0) is Learnt.LITTLE


def test_another_rest_that_is_less_sure_than_before_waits() -> None:
    far = 0.125 * MOVED * 3.0
    new = level()
    new.learn(rest(0.5), 0.3)
    assert new.learn(rest(0.6, lip_gap=far), 2.0) is Learnt.LITTLE  # less is known now
    assert new.learn(rest(0.6, lip_gap=far), 4.0) is Learnt.MUCH
    assert new.learn(rest(0.5, lip_gap=2 * far), 6.0) is Learnt.MUCH


def test_while_rest_is_sure_another_one_may_be_a_little_less_so() -> None:
    new = level()
    new.learn(rest(0.02), 0.3)
    assert new.learn(rest(0.05, lip_gap=0.1), 2.0) is Learnt.MUCH


def test_what_was_seen_is_judged_again_once_a_second_at_most() -> None:
    far = 0.125 * MOVED * 2.0
    new = level()
    new.learn(rest(0.05), 0.0)
    assert new.learn(rest(0.05, lip_gap=far), 5.0) is Learnt.MUCH
    assert new.learn(rest(0.05), 5.0 + 0.9 * AGAIN_AFTER_S) is Learnt.LITTLE
    assert new.learn(rest(0.05), 5.0 + AGAIN_AFTER_S) is Learnt.MUCH


# --- a stream ---------------------------------------------------------------------------------------------


def test_estimates_come_with_the_first_frame_that_they_are_for() -> None:
    times, measures = still(2.0)
    found = watched(level(), times, measures)
    assert times[found[0][0]] == pytest.approx(MOMENT_S, abs=1.5 / FPS)
    for row, rest_ in found:
        assert times[row] == pytest.approx(rest_.time)


def test_frames_that_are_not_seen_well_are_no_rest() -> None:
    """One second in the dark, with a mouth that looks open; then a face at rest."""
    times, measures = still(3.0)
    dark = times < 1.0
    measures[dark, INDEX["light"]], measures[dark, INDEX["lip_gap"]] = 5.0, 0.3
    found = watched(level(), times, measures)
    assert found[0][1].time == pytest.approx(1.0 + MOMENT_S, abs=1.5 / FPS)
    for row, rest_ in found:
        assert times[row] == pytest.approx(rest_.time)
        assert rest_.values[INDEX["lip_gap"]] == pytest.approx(REST[INDEX["lip_gap"]], abs=0.005)


def test_only_the_frames_of_one_sitting_are_watched() -> None:
    times, measures = still(4.0)
    measures[:60, INDEX["lip_gap"]] = 0.3
    level_, all_of = level(), seen(times, measures)
    found = level_.rests(all_of, measures, 60, 90)
    assert {60 <= row < 90 for row, _ in found} == {True}
    assert found[0][1].time == pytest.approx(2.0 + MOMENT_S, abs=1.5 / FPS)
    assert found[-1][1].values[INDEX["lip_gap"]] == pytest.approx(REST[INDEX["lip_gap"]], abs=0.002)
    assert all(row >= 90 for row, _ in level_.rests(all_of, measures, 90, 120))


def test_in_pieces_it_is_learnt_as_in_one() -> None:
    times, measures = still(3.0)
    measures[20:40, INDEX["light"]] = 5.0
    one, other = level(), level()
    found: list[float] = []
    for first in range(0, len(times), 7):
        piece = slice(first, first + 7)
        found += [rest_.time for _, rest_ in watched(other, times[piece], measures[piece])]
    assert found == [rest_.time for _, rest_ in watched(one, times, measures)]


def test_another_face_is_learnt_from_the_first_third_of_a_second_on() -> None:
    new = level()
    learnt(new, *still(3.0))
    assert new.sure
    new.anew()
    assert (new.neutral, new.reference) == (None, None)
    assert (new.unsure, new.sure, new.known, new.missing) == (math.inf, False, 0.0, "")
    found_ = watched(new, *still(1.0, 5.0, lip_gap=0.05))
    assert found_[0][1].time == pytest.approx(5.0 + MOMENT_S, abs=1.5 / FPS)
    assert new.learn(found_[0][1], found_[0][1].time) is Learnt.MUCH
    assert new.values[0] > 0.02  # as far as people in general let it


# --- what is kept of a person -----------------------------------------------------------------------------


def test_ones_own_range_is_used_while_the_face_is_ones_own() -> None:
    mine = level(calibration=person())
    assert not mine.not_mine
    assert Learnt.SOMEBODY_ELSE not in learnt(mine, *still(4.0))
    assert mine.reference is not None
    assert mine.reference.template.own
    assert mine.reference.template.span[0, 0, 0] == pytest.approx(0.1)
    assert not mine.not_mine


@pytest.mark.parametrize("mouth", [1.2, 1.5])
def test_somebody_elses_range_is_dropped_once_the_face_is_known_and_that_is_told_once(mouth: float) -> None:
    theirs = level(calibration=person(mouth=mouth))
    told = learnt(theirs, *still(6.0))
    assert told[0] is Learnt.MUCH
    assert told.count(Learnt.SOMEBODY_ELSE) == 1
    assert theirs.reference is not None
    assert not theirs.reference.template.own
    assert theirs.reference.template.span[0, 0, 0] == pytest.approx(0.125)
    assert theirs.not_mine


def test_who_has_no_range_of_this_exercise_misses_none() -> None:
    theirs = level(calibration=person({"y": {"lip_gap": 0.1}}, mouth=1.2))
    assert Learnt.SOMEBODY_ELSE not in learnt(theirs, *still(6.0))
    assert not theirs.not_mine
    nobody = level()
    nobody.learn(rest(), 1.0)
    assert not nobody.not_mine


@pytest.mark.parametrize(("source", "own"), [("seen", False), ("kept", True), ("people", True)])
def test_only_a_rest_that_was_seen_can_be_somebody_elses(source: Source, own: bool) -> None:
    fixed = level(calibration=person(mouth=1.2), given=rest(source=source))
    assert fixed.reference is not None
    assert fixed.reference.template.own is own
    assert fixed.not_mine is not own
    same = level(calibration=person(), given=rest(source=source))
    assert not same.not_mine


def test_what_is_kept_of_the_resting_face_is_believed_until_it_is_seen() -> None:
    """After a third of a second more is known of who was here before."""
    known = person({"x": {"lip_gap": 0.1}})
    _, with_it = watched(level(SMILE, known), *still(0.4))[0]
    _, without = watched(level(SMILE), *still(0.4))[0]
    assert spread(with_it) < spread(without) < SPREAD[INDEX["mouth_width"]]


# --- a whole recording ------------------------------------------------------------------------------------


def test_a_recording_has_its_rest_before_it_is_judged_and_each_sitting_its_own() -> None:
    here, there = still(4.0), still(4.0, 10.0, lip_gap=0.1)
    times, measures = np.concatenate([here[0], there[0]]), np.concatenate([here[1], there[1]])
    whole = level()
    whole.know(times, measures)
    assert not whole.given
    all_of = seen(times, measures)
    assert whole.rests(all_of, measures, 0, 120) == []
    assert whole.reference is not None
    assert whole.values[0] == pytest.approx(REST[INDEX["lip_gap"]], abs=0.002)
    before = whole.reference
    assert whole.rests(all_of, measures, 60, 120) == []
    assert whole.reference is before  # it is the same rest
    whole.rests(all_of, measures, 120, 240)
    assert whole.values[0] > 0.05
    assert whole.reference.rest is whole.neutral


def test_of_a_recording_only_what_is_seen_well_is_learnt_from() -> None:
    times, measures = still(4.0)
    measures[:90, INDEX["light"]], measures[:90, INDEX["lip_gap"]] = 5.0, 0.1
    whole = level()
    whole.know(times, measures)
    watched(whole, times, measures)
    assert whole.values[0] == pytest.approx(REST[INDEX["lip_gap"]], abs=0.002)


def test_of_a_recording_more_is_known_of_who_was_here_before() -> None:
    times, measures = still(4.0)
    with_it, without = level(calibration=person()), level()
    for one in (with_it, without):
        one.know(times, measures)
        watched(one, times, measures)
    assert spread(with_it.neutral) < spread(without.neutral)


def test_a_recording_of_somebody_else_is_not_judged_by_a_kept_range() -> None:
    for mouth, own in ((1.0, True), (1.2, False)):
        whole = level(calibration=person(mouth=mouth))
        times, measures = still(4.0)
        whole.know(times, measures)
        watched(whole, times, measures)
        assert whole.reference is not None
        assert whole.reference.template.own is own
        assert whole.not_mine is not own


def test_what_is_seen_of_a_recording_is_taken_back_to_the_rest_of_its_middle() -> None:
    times, measures = still(3 * KNOT_S)
    measures[:, INDEX["lip_gap"]] += np.linspace(-0.02, 0.02, len(times))
    whole, stream = level(), level()
    whole.know(times, measures)
    shown, plain = seen(times, measures), seen(times, measures)
    whole.straighten(shown)
    stream.straighten(plain)
    middle = slice(len(times) // 4, -len(times) // 4)
    assert np.ptp(plain.values[middle, 0]) > 0.015
    assert np.ptp(shown.values[middle, 0]) < 0.006


def test_a_recording_that_is_forgotten_is_learnt_as_it_goes_along() -> None:
    times, measures = still(3.0)
    both = level()
    both.know(times, measures)
    watched(both, times, measures)
    both.forget()
    assert both.neutral is None
    found = watched(both, times, measures)
    assert found[0][1].time == pytest.approx(MOMENT_S, abs=1.5 / FPS)
    both.know(times, measures)
    assert watched(both, times, measures) == []


def test_in_another_sitting_of_a_recording_its_rest_is_taken_anew() -> None:
    times, measures = still(3.0)
    whole = level()
    whole.know(times, measures)
    watched(whole, times, measures)
    known = whole.neutral
    whole.anew()
    assert whole.reference is None
    watched(whole, times, measures)
    assert whole.neutral is known
