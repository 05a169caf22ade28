"""The resting face of a few moments each, so that what they say of it can be worked out on paper.

Each is like most faces in all that is not named, does not move, and counts for a sixth of a second.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from faces import rest_measures

from coach.form.calibration import Calibration, Rest
from coach.form.measures import FACE, INDEX, NAMES
from coach.form.people import RESTING
from coach.form.rest import (
    KNOT_S,
    MEDIAN,
    MOMENT_S,
    PARTS,
    PEOPLE,
    SPREAD,
    STEP_S,
    Moments,
    Watch,
    Whole,
    kept,
    moments,
    settle,
)
from coach.frame import Array

HEAD, BROWS, EYES, MOUTH, SHOULDERS = range(5)
#: Long before the first moment: nothing is said for it because a face began with it.
LONG_AGO = -99.0
#: A face like most, seen well.
FACE_LIKE_MOST = np.where(np.arange(len(NAMES)) < FACE, MEDIAN, rest_measures())
#: How far apart two levels of the mouth, in OC, and of its shapes may be for the same rest.
WIDTH, SHAPE_WIDTH = 0.012, 0.08


def face(**values: float) -> Array:
    """(M,) measures of a face that has these instead."""
    out = FACE_LIKE_MOST.copy()
    for name, value in values.items():
        out[INDEX[name]] = value
    return out


def away(**by: float) -> Array:
    """(M,) measures of a face that is so far away from most in these."""
    return face(**{name: float(FACE_LIKE_MOST[INDEX[name]]) + value for name, value in by.items()})


def some(
    count: int, values: Array = FACE_LIKE_MOST, start: float = 10.0, moves: Sequence[float] = (0.0,) * 5
) -> Moments:
    """Moments of one face, a sixth of a second from each to the next."""
    return Moments(start + np.arange(count) * STEP_S, np.tile(values, (count, 1)), np.tile(moves, (count, 1)))


def both(*parts: Moments) -> Moments:
    """Moments one after the other."""
    return Moments(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("times", "levels", "moves")))


def calm_s(seen: Moments, part: int = MOUTH, **how: float) -> float:
    """Seconds of calm that speak for the rest of one part."""
    return settle(seen, **{"begun": LONG_AGO, **how}).seen_s[part]  # type: ignore[arg-type]


def takes(found: Rest, values: Array, name: str) -> bool:
    """Whether rest lies nearer to one face than to most."""
    column = INDEX[name]
    return bool(abs(found.values[column] - values[column]) < abs(found.values[column] - FACE_LIKE_MOST[column]))


# --- what a moment says -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 6, 30])
def test_each_calm_moment_counts_for_a_sixth_of_a_second(count: int) -> None:
    found = settle(some(count), begun=LONG_AGO)
    assert found.seen_s == pytest.approx((count / 6,) * 5)
    assert found.time == 10.0 + (count - 1) / 6
    assert found.source == "seen"
    np.testing.assert_allclose(found.values[:FACE], MEDIAN[:FACE])


@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize(("moved", "says"), [(0.0, 1.0), (1.0, 0.607), (2.0, 0.135)])
def test_what_moves_says_less_of_its_own_part(part: int, moved: float, says: float) -> None:
    moves = [0.0] * 5
    moves[part] = moved
    expected = [1.0] * 5
    expected[part] = says
    assert settle(some(6, moves=moves), begun=LONG_AGO).seen_s == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(("seconds", "says"), [(0.0, 1.0), (30.0, 0.525), (60.0, 0.2875), (900.0, 0.05)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_moment_half_a_minute_away_speaks_about_half_as_loud(seconds: float, says: float, sign: float) -> None:
    assert calm_s(some(1), at=10.0 + sign * seconds) == pytest.approx(says / 6)
    assert settle(some(1), at=10.0 + sign * seconds).time == 10.0 + sign * seconds


@pytest.mark.parametrize(("size", "says"), [(0.15, 0.607), (-0.15, 0.607), (0.3, 0.135), (math.nan, 1.0)])
def test_who_sat_nearer_or_further_away_says_less_of_how_they_look_now(size: float, says: float) -> None:
    """In logarithms of the size in the picture; how far away the last six moments were decides."""
    before, now = face(face_px=140.0 * math.exp(size)), face(face_px=140.0)
    assert calm_s(both(some(6, before), some(6, now))) == pytest.approx(1.0 + says, abs=0.001)
    mostly_now = both(some(6, before), some(3, now), some(2, before), some(1, now))
    assert calm_s(mostly_now) == pytest.approx((4 + 8 * says) / 6, abs=0.001)


@pytest.mark.parametrize(
    ("hands", "brows", "mouth"),
    [
        ({"hand_cheek_left": 1.0}, 1.0, 0.2),
        ({"hand_cheek_right": 0.5}, 1.0, 0.6),
        ({"hand_chin": 1.0, "hand_over_lower": 0.25}, 1.0, 0.2),
        ({"hand_over_upper": 0.5}, 0.6, 1.0),
        ({"hand_head": 1.0, "hand_over_upper": math.nan}, 0.2, 1.0),
        (dict.fromkeys(("hand_chin", "hand_over_lower", "hand_cheek_left", "hand_cheek_right"), math.nan), 1.0, 1.0),
    ],
)
def test_what_a_hand_hides_or_touches_says_less(hands: dict[str, float], brows: float, mouth: float) -> None:
    seen_s = settle(some(6, face(**hands)), begun=LONG_AGO).seen_s
    assert seen_s == pytest.approx((1.0, brows, brows, mouth, 1.0))


@pytest.mark.parametrize(
    ("turned", "says"),
    [({"yaw_deg": 10.0}, 0.607), ({"pitch_deg": -10.0}, 0.607), ({"roll_deg": 20.0}, 0.135),
     ({"yaw_deg": 10.0, "pitch_deg": 10.0}, 0.368)],
)  # fmt: skip
def test_a_head_away_from_its_rest_says_less_of_all_other_parts(turned: dict[str, float], says: float) -> None:
    seen_s = settle(both(some(9), some(6, away(**turned))), begun=LONG_AGO).seen_s
    assert seen_s[HEAD] == pytest.approx(1.5, abs=0.01)
    assert seen_s[1:] == pytest.approx([(9 + 6 * says) / 6] * 4, abs=0.001)


@pytest.mark.parametrize(("widths", "says"), [(0.5, 0.882), (1.0, 0.607), (2.0, 0.135), (9.0, 0.0)])
def test_moments_near_each_other_are_the_same_rest(widths: float, says: float) -> None:
    """The furthest of all measures decides how near; brows have nothing to do with mouths."""
    seen = both(some(9), some(6, away(lip_height=widths * WIDTH, mouth_width=0.3 * widths * WIDTH)))
    assert calm_s(seen) == pytest.approx((9 + 6 * says) / 6, abs=0.001)
    assert calm_s(seen, BROWS) == pytest.approx(15 / 6)


def test_shoulders_rest_where_they_are_seen() -> None:
    hidden = dict.fromkeys(("neck_length_left", "neck_length_right", "shoulder_tilt_deg", "shoulder_width"), math.nan)
    found = settle(both(some(6, face(**hidden)), some(3), some(3, face(shoulder_tilt_deg=math.nan))), begun=LONG_AGO)
    assert found.seen_s == pytest.approx((2.0, 2.0, 2.0, 2.0, 0.5))
    for name in hidden:
        assert found.values[INDEX[name]] == pytest.approx(FACE_LIKE_MOST[INDEX[name]], abs=0.001)
    never = settle(some(6, face(**hidden)), begun=LONG_AGO)
    assert never.seen_s == pytest.approx((1.0, 1.0, 1.0, 1.0, 0.0))
    assert np.isnan([never.values[INDEX[name]] for name in hidden]).all()


@pytest.mark.parametrize(
    ("calm", "source"), [(HEAD, "people"), (BROWS, "seen"), (EYES, "seen"), (MOUTH, "seen"), (SHOULDERS, "people")]
)
def test_rest_is_seen_as_soon_as_a_part_of_the_face_was_calm_for_a_moment(calm: int, source: str) -> None:
    moves = [2.0] * 5
    moves[calm] = 0.0
    assert settle(some(1, moves=moves), begun=LONG_AGO).source == source
    assert settle(some(1, moves=moves), kept(Calibration({}, {})), begun=LONG_AGO).source == (
        "kept" if source == "people" else "seen"
    )


# --- how sure it is ---------------------------------------------------------------------------------------


def information(rest: Rest, name: str) -> float:
    assert rest.spread is not None
    return float(rest.spread[INDEX[name]]) ** -2


def test_what_is_known_adds_up_and_what_is_usual_is_part_of_it() -> None:
    """Each of three moments says as much; and rest lies between people and what is seen as what is known says."""
    level = away(lip_height=0.02)
    one, three = (settle(some(count, level), begun=LONG_AGO) for count in (1, 3))
    usual = information(PEOPLE, "lip_height")
    assert information(three, "lip_height") - usual == pytest.approx(3 * (information(one, "lip_height") - usual))
    for found in (one, three):
        part = (found.values[INDEX["lip_height"]] - MEDIAN[INDEX["lip_height"]]) / 0.02
        assert part == pytest.approx(1.0 - usual / information(found, "lip_height"))
        assert 0.9 < part < 1.0


def test_what_wanders_is_known_less() -> None:
    """Of two levels that are seen as often, the first one is rest; the other one, one width away, counts for 1/e."""
    seen = both(some(6, away(yaw_deg=-1.5)), some(6, away(yaw_deg=1.5)))
    found = settle(seen, begun=LONG_AGO)
    wanders = 3.0**2 * (math.exp(-1) / (1 + math.exp(-1)))
    more = information(found, "yaw_deg") - information(PEOPLE, "yaw_deg")
    assert more == pytest.approx(found.seen_s[HEAD] / MOMENT_S / wanders)
    assert information(found, "roll_deg") > 2 * information(found, "yaw_deg")


@pytest.mark.parametrize(("parts", "says"), [(0, 1.0), (8, 1.0), (12, 0.368), (16, 0.135)])
def test_a_face_that_never_shows_less_than_an_expression_is_hardly_known(parts: int, says: float) -> None:
    """Up to eight parts of it, a tenth of a smile each, may be somebody's face."""
    assert calm_s(some(6, away(smile_left=0.05 * parts, smile_right=0.05 * parts))) == pytest.approx(says, abs=0.001)


@pytest.mark.parametrize(("squares", "says"), [(4, 1.0), (8, 1.0), (10, 0.368), (12, 0.135)])
def test_a_head_that_always_faces_aside_is_hardly_known(squares: int, says: float) -> None:
    turned = away(yaw_deg=RESTING["yaw_deg"][1] * math.sqrt(squares))
    assert calm_s(some(6, turned), HEAD) == pytest.approx(says, abs=0.001)


# --- which of them is rest --------------------------------------------------------------------------------

#: Ten moments of a face like most are more likely to be rest than 26 of an expression with four parts, and less likely
#: than 28: each part takes a quarter of a natural logarithm. The first measure is only for them to be far apart.
FOUR_PARTS = [
    {"smile_left": 0.4},
    {"mouth_width": 0.06, "smile_left": 0.2, "jaw_open": 0.2},
    {"pucker": 0.4, "smile_right": -0.5},
    {"lip_gap": 0.08},
    {"lip_gap": 0.04, "funnel": 0.2},
    {"chin_x": 0.16},
    {"chin_x": -0.16},
    {"lip_x": 0.08, "chin_x": -0.08},
    {"brow_height_left": 0.06, "brow_inner_up": 0.2},
    {"brow_gap": -0.06, "brow_down_left": 0.1, "brow_down_right": 0.1},
    {"eye_aperture_left": -0.06, "blink_left": 0.1, "blink_right": 0.1},
]


@pytest.mark.parametrize("expression", FOUR_PARTS, ids=str)
def test_an_expression_is_taken_for_rest_if_it_is_shown_for_much_longer_only(expression: dict[str, float]) -> None:
    shown, name = away(**expression), next(iter(expression))
    assert not takes(settle(both(some(10), some(26, shown)), begun=LONG_AGO), shown, name)
    assert takes(settle(both(some(10), some(28, shown)), begun=LONG_AGO), shown, name)


@pytest.mark.parametrize(
    "shown", [{"press_left": 0.5}, {"squint_left": 0.5}, {"lip_shrug": 0.5}, {"mouth_width": 0.1}, {"lip_gap": -0.06}]
)
def test_what_resting_faces_show_as_well_is_no_expression(shown: dict[str, float]) -> None:
    other, name = away(**shown), next(iter(shown))
    assert not takes(settle(both(some(10), some(9, other)), begun=LONG_AGO), other, name)
    assert takes(settle(both(some(10), some(11, other)), begun=LONG_AGO), other, name)


def test_a_head_turned_aside_is_rest_if_it_is_so_for_much_longer_only() -> None:
    """Two spreads away weigh against it with a square of two, halved: e squared."""
    turned = away(yaw_deg=2 * RESTING["yaw_deg"][1])
    assert not takes(settle(both(some(4), some(29, turned)), begun=LONG_AGO), turned, "yaw_deg")
    assert takes(settle(both(some(4), some(30, turned)), begun=LONG_AGO), turned, "yaw_deg")


def test_of_heads_that_are_turned_far_away_the_one_that_is_seen_most_often_is_nearest_to_rest() -> None:
    near, far = away(yaw_deg=60.0), away(yaw_deg=70.0)
    seen = both(some(3, near), some(4, far))
    nearly = settle(both(*[seen] * 3), begun=LONG_AGO)
    assert nearly.seen_s[HEAD] < 1e-6
    mouths = both(some(3, away(yaw_deg=60.0)), some(4, away(yaw_deg=60.0)))
    assert settle(mouths, begun=LONG_AGO).seen_s[HEAD] < 1e-6


@pytest.mark.parametrize(("since", "loud"), [(0.0, 14), (0.4, 14), (1.0, 4), (9.0, 2)])
def test_the_first_half_second_of_a_face_is_rest_against_much_that_comes_later(since: float, loud: int) -> None:
    """Two moments of it count as 14.8, as 4.2 after another half second, and as two in the end."""
    first, later = away(lip_height=0.05), FACE_LIKE_MOST
    for count, wins in ((loud, True), (loud + 1, False)):
        seen = both(replace(some(2, first), times=np.full(2, 10.0)), some(count, later, start=40.0))
        assert takes(settle(seen, begun=10.0 - since), first, "lip_height") is wins
        if not since:
            assert takes(settle(seen), first, "lip_height") is wins  # who was not seen before begins then


def test_the_first_moments_are_asked_though_many_calmer_ones_follow() -> None:
    """Of a hundred no two of which are alike."""
    first = replace(some(2, away(lip_height=0.05), moves=(0.5,) * 5), times=np.full(2, 10.0))
    follow = [some(1, away(mouth_width=0.05 * i), start=40.0 + i) for i in range(1, 101)]
    found = settle(both(first, *follow), begun=10.0)
    assert takes(found, away(lip_height=0.05), "lip_height")


# --- what it was before -----------------------------------------------------------------------------------


def known(values: Array, seen_s: float = 9.0, time: float = 10.0) -> Rest:
    return Rest(values, time, SPREAD * 0.1, (seen_s,) * 5)


@pytest.mark.parametrize(
    ("widths", "seen_s", "loud"), [(0.0, 9.0, 66), (0.0, 1.0, 66), (0.0, 0.5, 11), (0.75, 9.0, 43), (1.5, 9.0, 16)]
)
def test_what_was_rest_stays_it_against_much_more_of_something_else(widths: float, seen_s: float, loud: int) -> None:
    """Two moments at the rest of before count as 66.2; less, the further they are from it or the less it was known."""
    old = away(lip_height=0.1)
    before = known(away(lip_height=0.1 + widths * WIDTH), seen_s)
    for count, wins in ((loud, True), (loud + 2, False)):
        seen = both(replace(some(2, old), times=np.full(2, 10.0)), some(count))
        assert takes(settle(seen, begun=LONG_AGO, last=before), old, "lip_height") is wins


@pytest.mark.parametrize(("seconds", "stays"), [(1.0, True), (29.0, True), (31.0, False)])
def test_what_was_rest_is_left_when_it_was_not_seen_for_half_a_minute(seconds: float, stays: bool) -> None:
    old = away(lip_height=0.1)
    seen = both(some(1, old, start=50.0 - seconds), some(6, start=50.0 - 5 * STEP_S))
    assert takes(settle(seen, begun=LONG_AGO, last=known(old)), old, "lip_height") is stays
    assert takes(settle(seen, begun=LONG_AGO, last=known(old), at=50.0), old, "lip_height") is stays


def test_what_was_rest_elsewhere_does_not_stay() -> None:
    old = away(lip_height=0.1)
    for size, stays in ((140.0, True), (300.0, False)):
        before = old.copy()
        before[INDEX["face_px"]] = size
        seen = both(some(2, before), some(8))
        assert takes(settle(seen, begun=LONG_AGO, last=known(old)), old, "lip_height") is stays


def test_a_rest_that_is_known_is_asked_though_many_calmer_moments_are_there() -> None:
    old = away(lip_height=0.1)
    follow = [some(1, away(mouth_width=0.05 * i), start=11.0 + 0.1 * i) for i in range(1, 101)]
    seen = both(some(2, old, moves=(0.5,) * 5), *follow)
    assert takes(settle(seen, begun=LONG_AGO, last=known(old)), old, "lip_height")


@pytest.mark.parametrize(
    ("widths", "beside", "nearer"), [(1.0, 5, False), (1.0, 6, True), (0.5, 12, False), (0.5, 13, True)]
)
def test_the_level_of_rest_is_that_of_the_middle_of_what_is_near(widths: float, beside: int, nearer: bool) -> None:
    """Ten (or two) moments at the rest of before weigh 1 each; those a width away 1/e, half a width away 0.78."""
    here, there = FACE_LIKE_MOST, away(lip_height=widths * WIDTH)
    seen = both(some(10 if widths < 1.0 else 2, here), some(beside, there))
    found = settle(seen, begun=LONG_AGO, last=known(here))
    assert takes(found, there, "lip_height") is nearer


def test_the_level_of_rest_leans_to_what_shows_less() -> None:
    """Five shapes a width away are four parts of an expression: together e to the third."""
    shapes = ("smile_left", "smile_right", "funnel", "pucker", "jaw_open")
    shown = away(**dict.fromkeys(shapes, SHAPE_WIDTH))
    for count, nearer in ((38, False), (42, True)):
        seen = both(some(2), some(count, shown))
        found = settle(seen, begun=LONG_AGO, last=known(away(**dict.fromkeys(shapes, -SHAPE_WIDTH))))
        assert takes(found, shown, "funnel") is nearer


@pytest.mark.parametrize(("passed", "part"), [(6.0, 0.095), (60.0, 0.632), (600.0, 1.0)])
def test_a_rest_that_is_well_known_is_followed_slowly_where_that_is_asked_for(passed: float, part: float) -> None:
    """With a time constant of a minute, whatever is usual."""
    there = away(lip_height=0.5 * WIDTH)
    seen = some(12, there, start=10.0 + passed - 11 * STEP_S)
    before = known(FACE_LIKE_MOST)
    slow = settle(seen, begun=LONG_AGO, last=before, slowly=True)
    column = INDEX["lip_height"]
    assert slow.values[column] - MEDIAN[column] == pytest.approx(part * 0.5 * WIDTH, rel=0.01)
    later = settle(seen, at=10.0 + passed, begun=LONG_AGO, last=before, slowly=True)
    assert later.values[column] == pytest.approx(slow.values[column])


@pytest.mark.parametrize(
    ("widths", "seen_s", "slowly"), [(0.5, 9.0, False), (0.5, 1.4, True), (1.6, 9.0, True)], ids=str
)
def test_all_other_rests_are_followed_at_once(widths: float, seen_s: float, slowly: bool) -> None:
    """Between people and what is seen, as what is known says."""
    there, column = away(lip_height=widths * WIDTH), INDEX["lip_height"]
    found = settle(some(12, there), begun=LONG_AGO, last=known(FACE_LIKE_MOST, seen_s, 9.0), slowly=slowly)
    believed = 1.0 - information(PEOPLE, "lip_height") / information(found, "lip_height")
    assert found.values[column] - MEDIAN[column] == pytest.approx(believed * widths * WIDTH)


@pytest.mark.parametrize(("widths", "seen_s"), [(1.4, 1.5), (1.4, 9.0)])
def test_a_rest_is_followed_slowly_from_one_and_a_half_seconds_and_up_to_as_many_widths(
    widths: float, seen_s: float
) -> None:
    there, column = away(lip_height=widths * WIDTH), INDEX["lip_height"]
    found = settle(some(12, there), begun=LONG_AGO, last=known(FACE_LIKE_MOST, seen_s), slowly=True)
    assert 0.0 < found.values[column] - MEDIAN[column] < 0.1 * widths * WIDTH


# --- beside the face, and where the eyes look -------------------------------------------------------------


def test_who_looks_about_looks_at_the_screen_at_rest() -> None:
    """Two spreads aside weigh 1/e: ten of them less than four that look ahead, and twelve more."""
    aside = away(gaze_x_left=2 * SPREAD[INDEX["gaze_x_left"]])
    for count, looks in ((10, False), (12, True)):
        found = settle(both(some(4), some(count, aside)), begun=LONG_AGO)
        assert found.values[INDEX["gaze_x_left"]] == (aside if looks else FACE_LIKE_MOST)[INDEX["gaze_x_left"]]
    both_aside = away(
        gaze_y_left=SPREAD[INDEX["gaze_y_left"]], gaze_x_right=math.sqrt(3) * SPREAD[INDEX["gaze_x_right"]]
    )
    for count, looks in ((10, False), (12, True)):
        found = settle(both(some(4), some(count, both_aside)), begun=LONG_AGO)
        assert takes(found, both_aside, "gaze_x_right") is looks


def test_where_somebody_looks_first_is_where_they_look_at_rest() -> None:
    """A spread aside weighs a quarter against it, the first half second two for it: twice 5.75."""
    aside = away(gaze_y_left=SPREAD[INDEX["gaze_y_left"]])
    first = replace(some(2, aside), times=np.full(2, 10.0))
    for count, looks in ((11, True), (12, False)):
        assert takes(settle(both(first, some(count, start=40.0)), begun=10.0), aside, "gaze_y_left") is looks


def test_where_somebody_looks_and_what_is_beside_the_face_is_known_better_the_more_is_seen() -> None:
    def spread(count: int, name: str) -> float:
        found = settle(some(count, face(light=100.0)), begun=LONG_AGO).spread
        assert found is not None
        return float(found[INDEX[name]])

    assert spread(2, "gaze_y_right") / spread(6, "gaze_y_right") == pytest.approx(math.sqrt(2.0))
    assert spread(2, "light") / spread(8, "light") == pytest.approx(2.0)


def test_of_what_is_beside_the_face_the_middle_is_taken_of_what_is_known() -> None:
    lights = [80.0] * 4 + [120.0] * 5 + [math.nan] * 3
    seen = both(*(some(1, face(light=light, contrast=math.nan, hand_chin=1.0, face_cut=0.5)) for light in lights))
    found = settle(seen, begun=LONG_AGO)
    assert found.spread is not None
    assert found.values[INDEX["light"]] == 120.0
    assert found.values[INDEX["face_cut"]] == 0.5
    assert np.isnan(found.values[INDEX["contrast"]])
    assert found.values[INDEX["hand_chin"]] == 0.0  # hands at rest are away
    all_known = settle(both(*(some(1, face(light=light)) for light in (80.0, 120.0) * 6)), begun=LONG_AGO)
    assert all_known.spread is not None
    assert all_known.values[INDEX["light"]] == 100.0
    assert all_known.spread[INDEX["light"]] == pytest.approx(1.4826 * 20.0 / math.sqrt(6.0))


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "spread"),
    [
        ("mouth_width", 0.8, 0.02),
        ("mouth_width", 0.2, 0.006),
        ("lip_x", -0.4, 0.01),
        ("lip_aspect", 2.5, 0.2),
        ("lip_aspect", 10.0, 0.25),
        ("smile_left", 0.5, 0.08),
        ("smile_left", 9.0, 0.08),
        ("distance_cm", 50.0, 8.0),
        ("distance_cm", 900.0, 8.0),
    ],
)
def test_a_kept_measure_repeats_within_a_part_of_it_or_of_its_unit(name: str, value: float, spread: float) -> None:
    found = kept(Calibration({name: value}, {}))
    assert found.spread is not None
    assert found.values[INDEX[name]] == value
    assert found.spread[INDEX[name]] == pytest.approx(spread)
    others = np.arange(len(NAMES)) != INDEX[name]
    np.testing.assert_array_equal(found.values[others], MEDIAN[others])
    np.testing.assert_array_equal(found.spread[others], SPREAD[others])


def test_what_is_not_of_the_face_or_not_known_any_more_is_not_taken_from_what_is_kept() -> None:
    found = kept(Calibration({"face_px": 99.0, "shoulder_width": 9.0, "neck_length_left": 1.0, "old": 1.0}, {}))
    np.testing.assert_array_equal(found.values, MEDIAN)
    assert found.spread is not None
    np.testing.assert_array_equal(found.spread, SPREAD)


# --- moments ----------------------------------------------------------------------------------------------


def test_many_moments_at_once_are_what_each_is_alone() -> None:
    """At times that are not even, so that no two have the same number of frames."""
    random = np.random.default_rng(3)
    times = np.cumsum(random.uniform(0.01, 0.12, 900))
    measures = random.normal(0.0, 0.1, (900, len(NAMES)))
    due = np.arange(1.0, times[-1], STEP_S)
    found = moments(times, measures, due)
    assert len(found) > 200
    for k, time in enumerate(found.times.tolist()):
        rows = (times <= time) & (times >= time - MOMENT_S - 1e-9)
        assert rows.sum() >= 2
        np.testing.assert_allclose(found.levels[k], measures[rows].mean(axis=0), atol=1e-12)
        (alone,) = moments(times, measures, np.array([time])).moves
        np.testing.assert_allclose(found.moves[k], alone)
    brows = np.ptp(measures[rows][:, PARTS[BROWS][1]], axis=0)
    assert brows.max() / 0.2 <= found.moves[-1, BROWS] <= brows.max() / 0.02


# --- a stream, and a recording ----------------------------------------------------------------------------


def stream(seconds: float, fps: float = 30.0, **moves: float) -> tuple[Array, Array]:
    """A face like most; some measures swing that far, or are not known (nan)."""
    times = np.arange(round(seconds * fps)) / fps
    measures = np.tile(FACE_LIKE_MOST, (len(times), 1))
    for name, far in moves.items():
        measures[:, INDEX[name]] += far * (1.0 + np.sin(times * 20.0))
    return times, measures


@pytest.mark.parametrize(
    ("moves", "every"),
    [
        ({}, 2.0),
        ({"yaw_deg": 6.0}, 2.0),
        ({"shoulder_width": math.nan}, 2.0),
        ({"lip_gap": 0.1}, 0.5),
        ({"brow_height_left": 0.1}, 0.5),
        ({"eye_aperture_left": 0.1}, 0.5),
    ],
    ids=str,
)
def test_rest_is_estimated_with_each_moment_at_first_and_then_as_often_as_a_part_of_the_face_is_missing(
    moves: dict[str, float], every: float
) -> None:
    times, measures = stream(13.0, **moves)
    found = [rest.time for _, rest in Watch().take(times, measures)]
    assert found[:18] == pytest.approx([MOMENT_S + i * STEP_S for i in range(18)], abs=1 / 30)
    assert np.diff(found[18:]) == pytest.approx(every, abs=1 / 30)
    assert len(found) > 21


def test_a_stream_follows_a_rest_that_is_well_known_slowly() -> None:
    """Half a width to one side, half a minute long: two fifths of the way."""
    times, measures = stream(36.0)
    measures[times >= 6.0, INDEX["lip_height"]] += 0.5 * WIDTH
    watch = Watch()
    rests = [rest.values[INDEX["lip_height"]] - MEDIAN[INDEX["lip_height"]] for _, rest in watch.take(times, measures)]
    assert 0.25 * WIDTH * 0.6 < rests[-1] < 0.25 * WIDTH
    watch.reset()
    (_, anew), *_ = watch.take(times[-30:] + 9.0, measures[-30:])
    assert anew.values[INDEX["lip_height"]] - MEDIAN[INDEX["lip_height"]] > 0.4 * WIDTH


def test_what_a_stream_saw_long_ago_speaks_lower() -> None:
    """Half as loud each half minute, and a twentieth at least: of forty seconds 26.8 are left."""
    (*_, (_, rest)) = Watch().take(*stream(40.3))
    assert rest.seen_s == pytest.approx((0.05 * 40 + 0.95 * 30 / math.log(2) * (1 - 2 ** (-40 / 30)),) * 5, rel=0.05)


@pytest.mark.parametrize(
    ("moves", "dropped"),
    [
        ({}, True),
        ({"shoulder_width": math.nan}, True),
        ({"brow_height_left": 0.1}, False),
        ({"blink_left": 0.5}, False),
    ],
    ids=str,
)
def test_a_kept_rest_is_compared_once_every_part_of_the_face_was_calm(moves: dict[str, float], dropped: bool) -> None:
    mine = {name: float(FACE_LIKE_MOST[INDEX[name]]) for name in NAMES[:FACE]}
    watch = Watch(Calibration({**mine, "nose_length": 1.3 * mine["nose_length"]}, {}))
    watch.take(*stream(4.0, **moves))
    assert watch.dropped is dropped


def test_who_is_forgotten_begins_again_with_the_first_moment() -> None:
    times, measures = stream(5.0)
    watch = Watch()
    first = watch.take(times, measures)
    watch.reset()
    again = watch.take(times + 60.0, measures)
    assert [row for row, _ in again] == [row for row, _ in first]
    assert [rest.seen_s for _, rest in again] == [pytest.approx(rest.seen_s) for _, rest in first]


@pytest.mark.parametrize(("seconds", "middle"), [(8.0, 4.0), (44.0, 22.0), (50.0, 37.5), (90.0, 45.0), (120.0, 75.0)])
def test_a_recording_has_an_estimate_for_each_half_minute_and_goes_by_the_one_in_its_middle(
    seconds: float, middle: float
) -> None:
    times, measures = stream(seconds + 0.1, fps=10.0)
    times[-1] = seconds
    assert Whole(times, measures).rest(0.0).time == pytest.approx(middle, abs=0.1)


def test_rest_wanders_evenly_between_its_estimates_and_not_before_and_after_them() -> None:
    times, measures = stream(3 * KNOT_S + 0.1, fps=10.0)
    column = INDEX["brow_height_left"]
    measures[:, column] += 0.03 * times / times[-1]
    whole = Whole(times + 100.0, measures)
    at = 100.0 + np.array([0.0, 10.0, 15.0, 30.0, 45.0, 52.5, 75.0, 80.0, 90.0])
    wander = whole.wander(at, [column, INDEX["yaw_deg"]])
    assert wander.shape == (9, 2)
    assert wander[:, 1] == pytest.approx([0.0] * 9)
    first, _, knot, between, middle, quarter, last, _, end = wander[:, 0].tolist()
    assert first == pytest.approx(knot, abs=1e-4)
    assert between == pytest.approx(knot / 2, abs=1e-4)
    assert middle == pytest.approx(0.0, abs=1e-4)
    assert quarter == pytest.approx(last / 4, abs=1e-4)
    assert end == pytest.approx(last, abs=1e-4)
    assert knot < -0.004
    assert last > 0.004
    assert whole.wander(at[5:6], [column])[0, 0] == pytest.approx(quarter)


def test_a_recording_wanders_from_two_estimates_on() -> None:
    column = INDEX["brow_height_left"]
    for seconds, far in ((40.0, 0.0), (60.0, 0.011)):
        times, measures = stream(seconds, fps=10.0)
        measures[:, column] += 0.03 * times / seconds
        wander = Whole(times, measures).wander(times, [column])
        assert wander[-1, 0] - wander[0, 0] == pytest.approx(far, abs=0.002)


def test_in_a_short_recording_all_moments_speak_alike() -> None:
    """However far from its middle: half a minute is a rest of half a minute."""
    assert Whole(*stream(30.0, fps=10.0)).rest(0.0).seen_s == pytest.approx((30.0,) * 5, abs=0.6)


def test_a_time_belongs_to_the_sitting_that_began_last() -> None:
    """Two of ten seconds each, five seconds apart."""
    times, measures = stream(10.0)
    wide = measures.copy()
    wide[:, INDEX["mouth_width"]] += 0.1
    whole = Whole(np.concatenate([times, times + 15.0]), np.concatenate([measures, wide]))
    found = [whole.rest(time).time for time in (-5.0, 0.0, 9.0, 14.9, 15.0, 99.0)]
    assert found == pytest.approx([5.0, 5.0, 5.0, 5.0, 20.0, 20.0], abs=0.1)


def test_the_kept_rest_of_somebody_else_is_dropped_for_a_recording() -> None:
    times, measures = stream(5.0)
    mine = {name: float(FACE_LIKE_MOST[INDEX[name]]) for name in NAMES[:FACE]}
    theirs = {**mine, "mouth_width": 1.3 * mine["mouth_width"]}
    found = [Whole(times, measures, None, Calibration(neutral, {})).rest(0.0) for neutral in (mine, theirs)]
    plain = Whole(times, measures).rest(0.0)
    assert plain.spread is not None
    column = INDEX["mouth_width"]
    assert found[1].spread is not None
    assert found[0].spread is not None
    assert found[1].spread[column] == plain.spread[column] > found[0].spread[column]
    assert found[1].values[column] == pytest.approx(plain.values[column])
