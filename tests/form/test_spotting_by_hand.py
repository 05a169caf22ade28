"""What is found of exercises that are made of a few measures, against sums done one by one.

Frames come 20 times a second, as often as they are looked at, so that each is a sample.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from coach.form.exercise import Count, Exercise, Pose, Rule, Target, Tempo
from coach.form.measures import FACE, INDEX, NAMES, ODD, mirrored
from coach.form.seen import LOST_S
from coach.form.spotting import Spot, Spotter, at_tempo, can_be_spotted
from coach.form.template import HOLD, MOVE, Template
from coach.frame import Array

LEFT, RIGHT, GAP = "corner_lift_left", "corner_lift_right", "lip_gap"
#: Somebody's face: nothing is at 0 but what must be.
REST = np.where(np.arange(len(NAMES)) < FACE, 0.03125, np.nan)
REST[INDEX["mouth_width"]] = 2.0

CORNERS = Exercise(
    name="Corners",
    id="corners",
    group="mouth",
    judge="camera",
    about="",
    muscles=[],
    evidence="",
    safety="",
    steps=["Lift the corners."],
    reps=1,
    tempo=Tempo(1.0, 1.0, 0.5, 1.0),
    peak={name: Target("change", within=0.125, at=0.5) for name in (LEFT, RIGHT)},
    count=Count(hold=0.5),
)

Corners = Sequence[tuple[float, float]]
#: Rest, a second up, a second there, half a second down, rest.
UP: Corners = [(3, 0), (4, 1), (5, 1), (5.5, 0)]


def with_(exercise: Exercise, **changes: Any) -> Exercise:
    return msgspec.structs.replace(exercise, **changes)


def smooth(times: Array, corners: Corners, height: float = 1.0) -> Array:
    """As a face moves: gently off and on."""
    x = np.interp(times, *zip(*corners, strict=True))
    return height * x * x * (3 - 2 * x)


def stream(moves: Mapping[str, Array | float], times: Array) -> Array:
    """Measures that change from rest; all others stay there."""
    measures = np.tile(REST, (len(times), 1))
    for name, change in moves.items():
        measures[:, INDEX[name]] += change
    return measures


def at(seconds: float, fps: float = 20.0) -> Array:
    return np.arange(round(seconds * fps)) / fps


TIMES = at(6.5)
MOVE_UP = {name: smooth(TIMES, UP, 0.5) for name in (LEFT, RIGHT)}


def way(exercise: Exercise, change: Mapping[str, float], right: bool) -> float:
    """How far a face is on the way to any pose: the mean of what moves, a side of a pair for half."""
    ways = []
    for pose in exercise.poses:
        gone = weights = 0.0
        for name, target in pose.peak.items():
            if target.as_ != "still":
                span = target.span(float(REST[INDEX[name]]))
                span = -span if right and name in ODD else span
                half = 0.5 if not right and mirrored(name) != name and mirrored(name) in pose.peak else 1.0
                gone += half * target.weight * change[mirrored(name) if right else name] / span
                weights += half * target.weight
        ways.append(abs(gone / weights))
    return max(ways)


def followed(exercise: Exercise, times: Array, measures: Array, ready: int) -> Array:
    """(T, M) change from a rest that follows with 10 s while a face is less than a quarter of the way from it."""
    rest, found = REST.copy(), []
    sides = (False, True) if exercise.sides == "alternate" else (False,)
    for row in measures[ready:]:
        change = row - rest
        found.append(change)
        if max(way(exercise, dict(zip(NAMES, change.tolist(), strict=True)), right) for right in sides) < 0.25:
            rest = rest + change / (10.0 * 20.0)
    return np.array(found)


def on_paper(exercise: Exercise, spot: Spot, times: Array, measures: Array) -> tuple[float, float]:
    """The distance and the part that was found of one spot: dynamic time warping cell by cell."""
    right = spot.side == "right"
    template = Template(exercise, REST)
    curve, weights = template.curve(int(right))
    if spot.side is None:
        weights = (template.curve(0)[1] + template.curve(1)[1]) / 2
    tolerance = list(template.within.max(axis=0)[int(right)])
    names = [mirrored(name) if right else name for name in exercise.measures]
    bound = [1.3 * peak if peak else 3.0 for peak in np.abs(curve).max(axis=0)]
    for name, limit in exercise.still.items():
        if name not in exercise.measures:
            curve = np.column_stack([curve, np.zeros(len(curve))])
            weights = np.column_stack([weights, np.full(len(curve), 0.3 / len(exercise.measures))])
            names.append(mirrored(name) if right else name)
            tolerance.append(limit)
            bound.append(3.0)
    curve, weights = at_tempo(curve, exercise), at_tempo(weights, exercise)
    ready = 20  # a second of rest
    change = followed(exercise, times, measures, ready)[:, [INDEX[name] for name in names]]
    start, end = (round(time * 20) - ready for time in (spot.start_s, spot.end_s))
    x = np.clip(change[start : end + 1] / tolerance, -np.array(bound), bound)
    total = np.full((len(x) + 1, len(curve) + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(len(x)):
        for j in range(len(curve)):
            cost = float(weights[j] @ (x[i] - curve[j]) ** 2)
            total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    distance = total[-1, -1]
    return (distance / len(curve)) ** 0.5, 1.0 - distance / float((weights * curve**2).sum())


def found(exercise: Exercise, moves: Mapping[str, Array | float], times: Array = TIMES) -> Spot:
    """The only spot, with its numbers checked."""
    measures = stream(moves, times)
    (spot,) = Spotter([exercise]).run(times, measures)
    assert (spot.exercise, spot.next, spot.next_found) == (exercise.id, "", 0.0)
    assert (spot.distance, spot.found) == pytest.approx(on_paper(exercise, spot, times, measures), abs=1e-9)
    return spot


def spots(
    exercises: Exercise | Sequence[Exercise], moves: Mapping[str, Array | float], times: Array = TIMES
) -> list[Spot]:
    exercises = [exercises] if isinstance(exercises, Exercise) else exercises
    return Spotter(exercises).run(times, stream(moves, times))


# --- how near a movement is -----------------------------------------------------------------------------------


def test_the_template_itself_is_found_whole_and_where_it_is() -> None:
    spot = found(CORNERS, MOVE_UP)
    assert spot.side is None
    assert spot.found == pytest.approx(1.0, abs=0.01)
    assert (spot.start_s, spot.end_s) == pytest.approx((3.0, 5.5), abs=0.21)


@pytest.mark.parametrize("part", [0.75, 1.2])
def test_a_smaller_and_a_larger_one_are_farther_away(part: float) -> None:
    assert found(CORNERS, {name: part * move for name, move in MOVE_UP.items()}).found < 0.99


def test_what_goes_past_the_peak_is_no_farther_than_at_thirteen_tenths_of_it() -> None:
    assert 0.8 < found(CORNERS, {name: 1.6 * move for name, move in MOVE_UP.items()}).found < 0.95


def test_each_measure_counts_by_its_weight_and_what_is_to_keep_still_too() -> None:
    rich = with_(
        CORNERS,
        peak={
            LEFT: Target("change", within=0.125, at=0.5, weight=2.0),
            RIGHT: Target("change", within=0.125, at=0.5, weight=2.0),
            GAP: Target("change", within=0.25, at=-0.5),
            "mouth_width": Target("ratio", within=0.0625, at=1.25),
            "jaw_open": Target("still", within=0.25),
            "brow_gap": Target("still", within=0.5),
        },
        still={"yaw_deg": 8.0, "brow_height_left": 0.25, "jaw_open": 0.125},
        curve={"mouth_width": [0.0, 0.75, 1.0, 0.5, 0.0]},
    )
    moves: dict[str, Array | float] = {
        LEFT: smooth(TIMES, UP, 0.5),
        RIGHT: smooth(TIMES, UP, 0.4375),
        GAP: smooth(TIMES, UP, -0.4375),
        "mouth_width": smooth(TIMES, UP, 0.5),
        "jaw_open": smooth(TIMES, UP, 0.1875),
        "yaw_deg": smooth(TIMES, [(3, 0), (4, 0.75), (5.5, 0)], 12.0),
        "brow_height_left": smooth(TIMES, [(3.5, 0), (4, 0.5), (4.5, 0)], 2.0),  # farther than it counts
    }
    spot = found(rich, moves)
    assert 0.8 < spot.found < 0.96


@pytest.mark.parametrize(("side", "corner", "sign"), [("left", LEFT, 1), ("right", RIGHT, -1)])
def test_a_swing_is_found_on_its_side(side: str, corner: str, sign: int) -> None:
    peak = {LEFT: Target("change", within=0.125, at=0.5), "lip_x": Target("change", within=0.0625, at=0.25)}
    swing = with_(CORNERS, sides="alternate", peak=peak, still={"brow_height_left": 0.25, "yaw_deg": 8.0})
    moves = {corner: smooth(TIMES, UP, 0.4375), "lip_x": smooth(TIMES, UP, sign * 0.25)}
    moves[f"brow_height_{side}"] = smooth(TIMES, UP, 0.1875)
    assert found(swing, moves).side == side


TWO = with_(
    CORNERS,
    id="two",
    peak={},
    tempo=Tempo(0.5, 0.75, 0.5, 1.0),
    pose=[
        Pose("Up", "", {name: Target("change", within=0.125, at=0.5) for name in (LEFT, RIGHT)}),
        Pose("Open", "", {GAP: Target("change", within=0.25, at=1.0)}),
    ],
)


def test_a_sequence_is_one_movement_through_its_poses() -> None:
    up = smooth(TIMES, [(3, 0), (3.5, 1), (4.25, 1), (4.75, 0)], 0.5)
    moves: dict[str, Array | float] = {
        LEFT: up,
        RIGHT: up,
        GAP: smooth(TIMES, [(4.25, 0), (4.75, 1), (5.5, 1), (6, 0)]),
    }
    spot = found(TWO, moves)
    assert (spot.start_s, spot.end_s) == pytest.approx((3.0, 6.0), abs=0.21)
    assert spot.found > 0.97


def test_one_pose_of_a_sequence_is_not_the_sequence() -> None:
    up = smooth(TIMES, [(3, 0), (3.5, 1), (4.25, 1), (4.75, 0)], 0.5)
    assert spots(TWO, {LEFT: up, RIGHT: up}) == []


def test_frames_may_come_at_any_times() -> None:
    times = np.cumsum(np.random.default_rng(0).uniform(0.03, 0.08, 120))
    measures = stream({name: smooth(times, UP, 0.5) for name in (LEFT, RIGHT)}, times)
    (spot,) = Spotter([CORNERS]).run(times, measures)
    assert spot.found == pytest.approx(1.0, abs=0.01)
    # Samples are 0.05 s apart from the moment on at which rest is known.
    spotter = Spotter([CORNERS])
    known = next(
        time
        for time, row in zip(times.tolist(), measures, strict=True)
        if spotter.advance(time, row) == [] and spotter.ready
    )
    for time in (spot.start_s, spot.end_s):
        assert (time - known) * 20 == pytest.approx(round((time - known) * 20), abs=1e-6)


@pytest.mark.parametrize("step", [2, 5])
def test_what_is_between_frames_lies_on_a_straight_line(step: int) -> None:
    """Every other frame, or fifth, shows as much of a movement that is made of straight lines."""
    lines = {name: 0.5 * np.interp(TIMES, [3, 4, 5, 5.5], [0, 1, 1, 0]) for name in (LEFT, RIGHT)}
    (every,) = spots(CORNERS, lines)
    (other,) = spots(CORNERS, {name: line[::step] for name, line in lines.items()}, TIMES[::step])
    assert (other.distance, other.found) == pytest.approx((every.distance, every.found), abs=1e-9)
    assert (other.start_s, other.end_s) == pytest.approx((every.start_s, every.end_s))


# --- whether it was meant -------------------------------------------------------------------------------------


def test_it_must_be_held_where_it_counts_for_as_long_as_the_exercise_asks() -> None:
    """Samples at 0.75 of the way and more count."""
    there = int(np.count_nonzero(MOVE_UP[LEFT] >= 0.375))
    for hold, times in ((there / 20, 1), ((there + 1) / 20, 0)):
        count = Count(level=0.75, hold=hold)
        assert len(spots(with_(CORNERS, count=count), MOVE_UP)) == times
    # The side that is ahead decides, or where both are to move the one that is behind.
    count = Count(level=0.75, hold=there / 20)
    ahead = {LEFT: MOVE_UP[LEFT], RIGHT: 0.875 * MOVE_UP[RIGHT]}
    assert len(spots(with_(CORNERS, count=count), ahead)) == 1
    assert spots(with_(CORNERS, count=count, leading="both"), ahead) == []


def test_it_must_have_left_rest_and_come_back() -> None:
    for end, times in ((0.34, 1), (0.36, 0)):
        stays = smooth(TIMES, [(3, 0), (4, 1), (5, 1), (5.5, 0)], 0.5 * (1 - end))
        moves = {name: np.where(TIMES > 4.5, stays + end * 0.5, MOVE_UP[LEFT]) for name in (LEFT, RIGHT)}
        assert len(spots(with_(CORNERS, count=Count(leave=0.35)), moves)) == times


STRICT = with_(CORNERS, refuse=[Rule("brow_height_left > 0.25", "Rest."), Rule("yaw_deg > 8", "Look here.")])


@pytest.mark.parametrize(("name", "size"), [("brow_height_left", 0.5), ("yaw_deg", 9.0)])
@pytest.mark.parametrize(("when", "times"), [(UP, 0), ([(3, 0), (3.5, 1), (4, 0)], 1)], ids=["all along", "on the way"])
def test_nothing_that_it_refuses_may_be_seen_while_it_is_held(
    name: str, size: float, when: Corners, times: int
) -> None:
    assert len(spots(STRICT, {**MOVE_UP, name: smooth(TIMES, when, size)})) == times


@pytest.mark.parametrize(
    ("corner", "name", "size", "times"),
    [
        (LEFT, "brow_height_left", 0.5, 0),
        (LEFT, "brow_height_right", 0.5, 1),
        (RIGHT, "brow_height_right", 0.5, 0),
        (RIGHT, "brow_height_left", 0.5, 1),
        (LEFT, "yaw_deg", 9.0, 0),
        (LEFT, "yaw_deg", -9.0, 1),
        (RIGHT, "yaw_deg", -9.0, 0),
        (RIGHT, "yaw_deg", 9.0, 1),
    ],
)
def test_a_swing_to_the_right_refuses_the_mirror_image(corner: str, name: str, size: float, times: int) -> None:
    swing = with_(STRICT, sides="alternate", peak={LEFT: Target("change", within=0.125, at=0.5)})
    assert len(spots(swing, {corner: MOVE_UP[LEFT], name: smooth(TIMES, UP, size)})) == times


# --- rest -----------------------------------------------------------------------------------------------------


def test_rest_follows_a_face_that_is_near_it() -> None:
    """Ten seconds at a fifth of the way: rest comes nearer with a time constant of as many."""
    times = at(18.0)
    up = [(13, 0.2), (14, 1.2), (15, 1.2), (15.5, 0.2)]
    higher = 0.5 * np.where(times < 2.0, 0.0, np.interp(times, *zip(*up, strict=True)))
    spot = found(CORNERS, {LEFT: higher, RIGHT: higher}, times)
    assert spot.start_s > 12.5
    # Without it the movement would be a fifth too large, and never over.
    assert spot.found > 0.95


def stays(seconds: float, jaw: float = 0.0) -> list[Spot]:
    """A face that stays up for so long, goes on up from there, and comes back there."""
    end = 3.0 + seconds
    times = at(end + 3.5)
    up = [(3, 0), (3.5, 1), (end, 1), (end + 1, 2), (end + 2, 2), (end + 2.5, 1)]
    higher = 0.5 * np.interp(times, *zip(*up, strict=True))
    return spots(CORNERS, {LEFT: higher, RIGHT: higher, "jaw_open": np.where(times > 3.2, jaw, 0.0)}, times)


def test_where_a_face_stays_for_twenty_seconds_is_its_rest() -> None:
    """And that it is so is no way back: what went there is not told."""
    (spot,) = stays(22.0)
    assert spot.found > 0.9
    assert spot.start_s == pytest.approx(25.0, abs=0.3)
    assert spot.end_s == pytest.approx(27.5, abs=0.3)


def test_where_a_face_stays_for_less_is_not_its_rest() -> None:
    assert stays(19.0) == []


@pytest.mark.parametrize(("jaw", "times"), [(0.15, 1), (0.25, 0)])
def test_an_expression_is_no_new_rest(jaw: float, times: int) -> None:
    assert len(stays(22.0, jaw)) == times


def test_what_is_done_is_told_as_soon_as_the_face_is_back() -> None:
    spotter = Spotter([CORNERS])
    rows = zip(TIMES.tolist(), stream(MOVE_UP, TIMES), strict=True)
    told = [(time, spot) for time, row in rows for spot in spotter.advance(time, row)]
    ((time, _),) = told
    assert 5.25 < time < 5.6  # before it has been calm for 0.4 s
    assert spotter.end() == []


def test_what_is_done_after_more_than_is_remembered_is_where_it_is() -> None:
    times = at(66.0)
    up = smooth(times, [(62, 0), (63, 1), (64, 1), (64.5, 0)], 0.5)
    spot = found(CORNERS, {LEFT: up, RIGHT: up}, times)
    assert (spot.start_s, spot.end_s) == pytest.approx((62.0, 64.5), abs=0.21)


def test_what_was_just_done_when_the_stream_ends_is_told() -> None:
    times = at(5.4)
    (spot,) = spots(CORNERS, {name: move[: len(times)] for name, move in MOVE_UP.items()}, times)
    assert spot.start_s == pytest.approx(3.0, abs=0.2)
    # So it is when the face is away for a while.
    later = np.where(TIMES < 5.39, TIMES, TIMES + 1.0)
    assert Spotter([CORNERS]).run(later, stream(MOVE_UP, TIMES)) == [spot]


def test_a_pause_ends_every_movement() -> None:
    """A sequence with some samples of rest between its poses: seven of them are a part of it, nine (0.4 s) are not."""
    for samples, times in ((7, 1), (9, 0)):
        rows = [0.0] * 40 + [0.5] * 20 + [0.0] * samples
        up = np.array([*rows, *[0.0] * 50])
        gap = np.array([*[0.0] * len(rows), *[1.0] * 20, *[0.0] * 30])
        assert len(spots(TWO, {LEFT: up, RIGHT: up, GAP: gap}, at(len(up) / 20))) == times


def test_a_slow_beginning_is_not_cut_off() -> None:
    """Two seconds below a quarter of the way, and still it is one movement."""
    slow = with_(CORNERS, tempo=Tempo(4.0, 1.0, 0.5, 1.0))
    times = at(10.0)
    up = smooth(times, [(3, 0), (7, 1), (8, 1), (8.5, 0)], 0.5)
    spot = found(slow, {LEFT: up, RIGHT: up}, times)
    assert spot.found > 0.9
    assert spot.start_s < 3.9


def test_nothing_goes_on_over_a_gap_longer_than_one_that_is_bridged() -> None:
    measures = stream(MOVE_UP, TIMES)

    def seen(gap: float) -> int:
        """Frames from 4.5 s on are later by so much: the face was away meanwhile."""
        later = np.where(TIMES > 4.5, TIMES + gap - 0.05, TIMES)
        return len(Spotter([CORNERS]).run(later, measures))

    assert seen(LOST_S - 0.01) == 1
    assert seen(LOST_S + 0.01) == 0


def test_rest_is_learnt_from_one_stretch_without_a_gap() -> None:
    for gap, ready in ((LOST_S - 0.01, True), (LOST_S + 0.01, False)):
        spotter = Spotter([CORNERS])
        times = at(1.0)
        later = np.where(times >= 0.5, times + gap - 0.05, times)
        for time in later.tolist():
            assert not spotter.ready or time > 1.0
            assert spotter.advance(time, REST) == []
        assert spotter.ready is ready
    assert Spotter([CORNERS]).end() == []


# --- eyes -----------------------------------------------------------------------------------------------------

BLINK = with_(
    CORNERS,
    id="blink",
    peak={f"blink_{side}": Target("change", within=0.125, at=0.5) for side in ("left", "right")},
)


def eyes(closed: Array) -> dict[str, Array | float]:
    return {"blink_left": closed, "blink_right": closed}


BLINKS = np.where((TIMES < 1.6) & (TIMES % 0.5 < 0.14), 0.45, 0.0)


def test_blinks_while_rest_is_learnt_hold_up_nothing_but_the_eyes() -> None:
    up = smooth(TIMES, [(1.5, 0), (2.5, 1), (3.5, 1), (4, 0)], 0.5)
    assert [spot.exercise for spot in spots([CORNERS, BLINK], {LEFT: up, RIGHT: up, **eyes(BLINKS)})] == ["corners"]


def test_eyes_are_looked_for_as_soon_as_their_rest_is_known() -> None:
    (spot,) = spots([CORNERS, BLINK], eyes(BLINKS + smooth(TIMES, UP, 0.5)))
    assert (spot.exercise, spot.start_s) == ("blink", pytest.approx(3.0, abs=0.2))
    assert spot.found == pytest.approx(1.0, abs=0.02)


def test_what_eyes_began_before_their_rest_was_known_is_not_told() -> None:
    blinks = np.where((TIMES < 2.7) & (TIMES % 0.4 < 0.19), 0.45, 0.0)
    early = smooth(TIMES, [(2.5, 0), (3.2, 1), (4.0, 1), (4.4, 0)], 0.5)
    assert spots([CORNERS, BLINK], eyes(blinks + early)) == []


def test_eyes_that_do_not_blink_are_known_with_the_rest_of_the_face() -> None:
    (spot,) = spots(BLINK, eyes(smooth(TIMES, [(1.2, 0), (2.2, 1), (3.2, 1), (3.7, 0)], 0.5)))
    assert spot.found == pytest.approx(1.0, abs=0.02)


def test_the_rest_of_eyes_is_where_they_are_when_it_is_known() -> None:
    """At first they are closed more than open."""
    blinks = np.where((TIMES < 1.6) & (TIMES % 0.5 < 0.29), 0.45, 0.0)
    (spot,) = spots(BLINK, eyes(blinks + smooth(TIMES, UP, 0.5)))
    assert spot.found == pytest.approx(1.0, abs=0.02)


def test_the_rest_of_eyes_is_known_later_and_leaves_that_of_the_face() -> None:
    """The corners are a fifth of the way up when the blinks are over: their rest goes on following."""
    up = np.where(TIMES > 1.1, 0.1, 0.0) + smooth(TIMES, UP, 0.5)
    quiet = with_(CORNERS, still={"blink_left": 0.5})
    measures = stream({LEFT: up, RIGHT: up, "blink_left": BLINKS}, TIMES)
    (spot,) = Spotter([quiet]).run(TIMES, measures)
    assert spot.found == pytest.approx(on_paper(quiet, spot, TIMES, measures)[1], abs=0.001)


# --- rivals ---------------------------------------------------------------------------------------------------


def lips(weight: float, at_: float = 0.5, within: float = 0.125) -> Exercise:
    return with_(CORNERS, id="lips", peak={**CORNERS.peak, GAP: Target("change", within=within, at=at_, weight=weight)})


def test_the_one_that_explains_the_movement_is_named_and_the_other_told_with_it() -> None:
    together = {**MOVE_UP, GAP: smooth(TIMES, UP, 0.5)}
    (spot,) = spots([CORNERS, lips(1.0)], together)
    assert (spot.exercise, spot.next) == ("lips", "corners")
    alone = {e.id: spots(e, together)[0] for e in (CORNERS, lips(1.0))}
    assert spot.found == pytest.approx(alone["lips"].found, abs=0.001)
    assert spot.next_found == pytest.approx(alone["corners"].found, abs=0.001)


def test_what_asks_for_more_than_there_was_explains_less() -> None:
    (spot,) = spots([lips(0.1), CORNERS], MOVE_UP)
    assert (spot.exercise, spot.next) == ("corners", "lips")
    assert 0.8 < spot.next_found < spot.found


@pytest.mark.parametrize(("lip_gap", "named"), [(0.45, "lips"), (0.35, "less")])
def test_of_two_the_nearer_pose_explains_more(lip_gap: float, named: str) -> None:
    """The lips go to 0.5 in the one and to 0.25 in the other."""
    both = [lips(1.0), with_(lips(1.0, at_=0.25), id="less")]
    for exercises in (both, both[::-1]):
        (spot,) = spots(exercises, {**MOVE_UP, GAP: smooth(TIMES, UP, lip_gap)})
        assert {spot.exercise, spot.next} == {"lips", "less"}
        assert spot.exercise == named


def test_where_two_explain_the_same_the_nearer_template_is_named() -> None:
    bent = with_(CORNERS, id="bent", curve={name: [0.0, 0.25, 1.0, 0.5, 0.0] for name in (LEFT, RIGHT)})
    for exercises in ([bent, CORNERS], [CORNERS, bent]):
        (spot,) = spots(exercises, MOVE_UP)
        assert (spot.exercise, spot.next) == ("corners", "bent")


def test_of_several_others_the_nearest_is_told() -> None:
    some = [with_(lips(weight), id=id) for weight, id in ((0.1, "more"), (0.03, "a little"), (0.06, "some"))]
    for exercises in ([CORNERS, *some], [*some[::-1], CORNERS]):
        (spot,) = spots(exercises, MOVE_UP)
        assert (spot.exercise, spot.next) == ("corners", "a little")


def test_what_has_not_been_found_is_not_told_with_another() -> None:
    (spot,) = spots([lips(1.0), CORNERS], MOVE_UP)
    assert (spot.exercise, spot.next, spot.next_found) == ("corners", "", 0.0)


def test_both_sides_of_an_exercise_are_no_rivals() -> None:
    swing = with_(CORNERS, id="swing", sides="alternate", peak={LEFT: Target("change", within=0.125, at=0.5)})
    (spot,) = spots(swing, MOVE_UP)
    assert (spot.exercise, spot.next, spot.next_found) == ("swing", "", 0.0)


def test_two_movements_are_two_however_soon_they_follow() -> None:
    times = at(9.5)
    twice = smooth(times, [*UP, (6.0, 0), (7.0, 1), (8.0, 1), (8.5, 0)], 0.5)
    one, other = spots([CORNERS, lips(0.1)], {LEFT: twice, RIGHT: twice}, times)
    assert (one.exercise, other.exercise) == ("corners", "corners")
    assert (one.start_s, other.start_s) == pytest.approx((3.0, 6.0), abs=0.21)
    assert one.found == pytest.approx(other.found, abs=0.01)


# --- what can be looked for -----------------------------------------------------------------------------------


def test_what_cannot_be_spotted_is_refused_in_words() -> None:
    sentence = "needs exercises, each of them judged, and with something that moves"
    still = with_(CORNERS, peak={GAP: Target("still", within=0.1)}, count=Count(ends="held"))
    timed = with_(CORNERS, judge="timer")
    for exercises in ([], [still], [CORNERS, timed]):
        with pytest.raises(ValueError) as refused:  # noqa: PT011
            Spotter(exercises)
        assert str(refused.value) == sentence
    assert [can_be_spotted(e) for e in (CORNERS, still, timed, with_(CORNERS, judge="gated"))] == [
        True,
        False,
        False,
        True,
    ]


def test_time_that_stands_still_is_refused_in_words() -> None:
    spotter = Spotter([CORNERS])
    spotter.advance(1.5, REST)
    for time in (1.5, 1.25, float("nan")):
        with pytest.raises(ValueError) as refused:  # noqa: PT011
            spotter.advance(time, REST)
        assert str(refused.value) == f"time must rise from frame to frame, not go from 1.5 s to {time} s"
    nowhere = REST.copy()
    nowhere[INDEX["brow_gap"]] = np.nan
    assert spotter.advance(1.75, None) == []
    assert spotter.advance(1.75, nowhere) == []
    assert spotter.advance(1.625, REST) == []  # no frame came meanwhile


def test_a_curve_at_a_tempo_has_each_phase_at_its_time() -> None:
    """The rise in two seconds, the hold in one, the way down in half a second; then so for two poses."""
    ramp = np.arange(2.0 * MOVE + HOLD)[:, None]
    paced = with_(CORNERS, tempo=Tempo(2.0, 1.0, 0.5, 3.0))
    middles = [2.0 * (k + 0.5) / MOVE for k in range(MOVE)] + [2.0 + (k + 0.5) / HOLD for k in range(HOLD)]
    middles += [3.0 + 0.5 * (k + 0.5) / MOVE for k in range(MOVE)]
    line = at_tempo(np.hstack([ramp, -ramp]), paced)
    assert line.shape == (70, 2)
    expected = np.interp((np.arange(70) + 0.5) / 20, middles, ramp[:, 0])
    np.testing.assert_allclose(line, np.column_stack([expected, -expected]), atol=1e-9)
    assert line[0, 0] == 0.0
    both = at_tempo(np.arange(3.0 * MOVE + 2 * HOLD)[:, None], with_(TWO, tempo=Tempo(1.0, 1.0, 1.0, 0.0)))
    assert both.shape == (100, 1)
    for second, sample in (
        (0.5, MOVE / 2),
        (1.5, MOVE + HOLD / 2),
        (2.5, 1.5 * MOVE + HOLD),
        (3.5, 2 * MOVE + 1.5 * HOLD),
    ):
        assert np.interp(second, (np.arange(100) + 0.5) / 20, both[:, 0]) == pytest.approx(sample - 0.5, abs=0.05)
    # What takes no time at all is one sample still.
    assert at_tempo(ramp, with_(CORNERS, tempo=Tempo(0.0, 0.0, 0.0, 1.0))).shape == (1, 1)
