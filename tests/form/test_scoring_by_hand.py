"""The form of movements that are made of straight lines, so that every part of it can be worked out on paper.

Corners go up by 0.5 at their peak. Frames come 16 times a second, so that their times and what they show are exact.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from coach.form.exercise import Count, Exercise, Pose, Symmetry, Target, Tempo
from coach.form.measures import INDEX, NAMES
from coach.form.reps import Attempt
from coach.form.scoring import Judged, Outline, Trace, is_good, judge, shaped
from coach.form.template import Template
from coach.frame import Array, Part, Repetition

LEFT, RIGHT = "corner_lift_left", "corner_lift_right"

CORNERS = Exercise(
    name="Corners",
    group="mouth",
    judge="camera",
    about="",
    muscles=[],
    evidence="",
    safety="",
    steps=["Lift the corners."],
    reps=1,
    tempo=Tempo(1.0, 2.0, 1.0, 1.0),
    peak={name: Target("change", within=0.125, at=0.5) for name in (LEFT, RIGHT)},
)

#: The same with a hold that nothing shortens.
FULL = msgspec.structs.replace(CORNERS, count=Count(full=True))

Corners = Sequence[tuple[float, float]]
#: Up from the first to the second second, held for two, and down in two.
UP: Corners = [(1, 0), (2, 0.5), (4, 0.5), (6, 0)]

#: What a straight way of one second is taken for: a smooth movement goes from a quarter to nine tenths in 0.4778 of its
#: time, the last of it at 0.8042; and this one in 0.65 s.
STRAIGHT_S = 0.65 / 0.4778
BEGIN_S = 1.9 - 0.8042 * STRAIGHT_S


def trace(
    moves: Mapping[str, Corners], until: float = 7.0, fps: float = 16.0, quality: float = 1.0, begin: float = 0.0
) -> Trace:
    """Measures that go along straight lines; all others are at rest."""
    times = np.arange(int((until - begin) * fps) + 1) / fps + begin
    change = np.zeros((len(times), len(NAMES)))
    for name, corners in moves.items():
        change[:, INDEX[name]] = np.interp(times, *zip(*corners, strict=True))
    return Trace(times, change, INDEX, np.zeros((len(times), 0), bool), (), np.full(len(times), quality))


def frames(values: Mapping[str, Sequence[float]], first: int = 16, last: int = 96) -> Trace:
    """Measures frame by frame from frame `first` on, at rest before and after."""
    seen = trace({}, until=last / 16)
    for name, row in values.items():
        seen.change[first : first + len(row), INDEX[name]] = row
    return seen


def steps(values: Sequence[float]) -> Trace:
    return frames({LEFT: [v / 2 for v in values], RIGHT: [v / 2 for v in values]})


def attempt(start: float = 1.25, end: float = 5.5, **more: Any) -> Attempt:
    done = Attempt(start, side=0, end=end, holds=[2.0])
    for name, value in more.items():
        setattr(done, name, value)
    return done


def judged(
    exercise: Exercise,
    seen: Trace,
    tried: Attempt | None = None,
    whys: Mapping[int, str] | None = None,
    own: Mapping[str, float] | None = None,
    **more: Any,
) -> Judged:
    template = Template(exercise, np.zeros(len(NAMES)), own)
    found = judge(template, exercise.count, tried or attempt(), seen, whys or {}, **more)
    assert found is not None
    return found


def with_(exercise: Exercise, **changes: Any) -> Exercise:
    return msgspec.structs.replace(exercise, **changes)


def both(corners: Corners, right: float = 1.0) -> dict[str, Corners]:
    """Both corners, the right one this part as far."""
    return {LEFT: corners, RIGHT: [(time, right * value) for time, value in corners]}


def part(found: Judged, name: str) -> Part:
    return next(part for part in found.repetition.parts if part.name == name)


def falls(value: float, full: float, none: float) -> float:
    return 100.0 * (none - value) / (none - full)


def in_time(factor: float) -> float:
    """The tempo of a phase that took this many times what it should."""
    return falls(math.log(factor), math.log(1.3), math.log(3.0))


# --- a whole repetition ---------------------------------------------------------------------------------------


def test_a_straight_movement_is_what_it_is_on_paper() -> None:
    found = judged(CORNERS, trace(both(UP)))
    done, down_s = found.repetition, 2 * STRAIGHT_S
    end = 4.2 + 0.8042 * down_s
    held = end - down_s - BEGIN_S - STRAIGHT_S
    assert (done.start_s, done.end_s) == (1.25, 5.5)
    assert done.hold_s == pytest.approx(2.0 + 0.25 + 0.5)  # three quarters of it and more
    assert (done.counted, done.reason, done.side, done.symmetry) == (True, "", None, None)
    assert done.peak_s == pytest.approx(3.0)  # 0.97 of it and more are there from 2.0 to 4.0
    assert done.reach == 1.0
    assert done.moved == {LEFT: 0.5, RIGHT: 0.5}
    assert done.quality == 1.0
    assert done.faults == ()
    assert found.said == []
    expected = {
        "range": (100.0, "You held 100% of the full movement."),
        "hold": (100.0 * held / 1.9, "Held for 1.5 of 2 s, steady to 0%."),
        "tempo": ((in_time(STRAIGHT_S) + in_time(down_s)) / 2, "Letting go took 2.7 s, 1 s is asked for."),
    }
    assert {p.name: p.says for p in done.parts} == {name: says for name, (_, says) in expected.items()}
    for p in done.parts:
        assert p.score == pytest.approx(expected[p.name][0], abs=1e-9), p
    assert found.outline is not None
    assert found.outline.marks == pytest.approx([BEGIN_S, BEGIN_S + STRAIGHT_S, end - down_s, end], abs=1e-9)
    assert found.outline.amounts == [1.0]
    np.testing.assert_array_equal(found.outline.moved[48], [4.0, 4.0])  # 0.5 in tolerances of 0.125
    assert found.outline.still.tolist() == [False, False]


def test_a_smooth_movement_begins_and_ends_where_it_does() -> None:
    times = np.arange(6 * 128) / 128
    x = np.interp(times, [1, 2, 4, 5], [0, 1, 1, 0])
    change = np.zeros((len(times), len(NAMES)))
    change[:, [INDEX[LEFT], INDEX[RIGHT]]] = (x * x * (3 - 2 * x) * 0.5)[:, None]
    seen = Trace(times, change, INDEX, np.zeros((len(times), 0), bool), (), np.ones(len(times)))
    found = judged(CORNERS, seen, attempt(1.4, 4.7))
    assert found.outline is not None
    assert found.outline.marks == pytest.approx([1.0, 2.0, 4.0, 5.0], abs=0.002)
    assert [(p.name, p.score) for p in shaped([found])[0].parts] == [
        (name, 100.0) for name in ("range", "hold", "tempo", "shape")
    ]


def test_a_movement_without_a_hold_lasts_from_its_middle_to_its_middle() -> None:
    found = judged(CORNERS, trace(both([(1, 0), (2, 0.5), (3, 0)])), attempt(1.25, 2.75))
    # The level is the median of the frames above 0.75: 0.875. Nine tenths of it are 0.7875, a quarter is 0.21875.
    took = (0.7875 - 0.21875) / 0.4778
    begin = 1.7875 - 0.8042 * took
    assert begin + took > 2.0
    assert found.outline is not None
    assert found.outline.marks == pytest.approx([begin, 2.0, 2.0, 4.0 - begin], abs=1e-9)
    assert found.outline.amounts == [0.875]
    assert part(found, "hold").score == 0.0
    assert part(found, "hold").says.startswith("Held for 0.0 of 2 s")
    short = with_(CORNERS, tempo=Tempo(1.0, 1.0, 1.0, 1.0))
    assert part(judged(short, trace(both([(1, 0), (2, 0.5), (3, 0)])), attempt(1.25, 2.75)), "hold").score == 0.0
    assert part(found, "range").score == 87.5


def test_phases_are_within_what_was_seen() -> None:
    found = judged(CORNERS, trace(both(UP), begin=1.0, until=5.5), attempt(1.25, 5.5))
    assert found.outline is not None
    assert found.outline.marks[0] == 1.0
    assert found.outline.marks[-1] == 5.5
    # Seen from the peak on: there is no way up, however long it should take.
    found = judged(CORNERS, trace(both(UP), begin=3.0), attempt(3.0, 5.5))
    assert found.outline is not None
    assert found.outline.marks[:2] == [3.0, 3.0]
    assert part(found, "tempo").says == "Rising took 0.0 s, 1 s is asked for."
    # Seen up to the peak only.
    found = judged(CORNERS, trace(both(UP), until=3.5), attempt(1.25, 3.5))
    assert found.outline is not None
    assert found.outline.marks[2:] == [3.5, 3.5]
    assert part(found, "tempo").says == "Letting go took 0.0 s, 1 s is asked for."


# --- what is spoken of ----------------------------------------------------------------------------------------


def test_what_is_too_small_or_too_short_is_not_spoken_of() -> None:
    count = Count(level=0.625)  # six tenths of it are 0.375
    small = with_(CORNERS, count=count)
    template = Template(small, np.zeros(len(NAMES)))

    def spoken_of(height: float, end: float, pose: int = 0, start: float = 2.0) -> bool:
        seen = trace(both([(2, 0), (3, height), (4, height), (5, 0)]))
        return judge(template, count, attempt(start, end, pose=pose), seen, {}) is not None

    assert not spoken_of(0.18, 5.0)
    assert spoken_of(0.375 / 2, 5.0)
    assert not spoken_of(0.5, 3.25, start=3.0)
    assert spoken_of(0.5, 0.3, start=0.0) is False  # nothing was reached yet
    assert spoken_of(0.5, 3.3125, start=3.0)
    assert not spoken_of(0.5, 9.0, start=8.0)  # no frame at all


def test_it_is_spoken_of_from_three_tenths_of_a_second_on() -> None:
    template = Template(CORNERS, np.zeros(len(NAMES)))
    seen = trace(both([(0, 0.5), (4, 0.5)]))
    assert judge(template, CORNERS.count, attempt(0.0, 0.3), seen, {}) is not None
    assert judge(template, CORNERS.count, attempt(0.0, 0.2999), seen, {}) is None


def test_only_what_was_seen_during_the_attempt_counts_as_reached() -> None:
    template = Template(CORNERS, np.zeros(len(NAMES)))
    seen = trace(both([(1, 0.5), (1.0625, 0), (2, 0), (3, 0.125), (5, 0), (5.5, 0), (6, 0.5)]))
    assert judge(template, CORNERS.count, attempt(1.0625, 5.5), seen, {}) is None
    assert judge(template, CORNERS.count, attempt(1.0, 5.5), seen, {}) is not None
    assert judge(template, CORNERS.count, attempt(1.0625, 6.0), seen, {}) is not None


def test_the_reason_says_what_was_missing() -> None:
    half = trace(both([(1, 0), (2, 0.25), (4, 0.25), (6, 0)]))
    assert judged(CORNERS, half).repetition.peak_s == 3.0
    assert judged(CORNERS, half).repetition.reason == "reached 50% of the movement, 65% is needed"
    refused = {0: "Keep your lips together.", 1: "Face the camera."}
    for holds, refusals, reason in (
        ([0.6], {}, ""),
        ([0.5], {}, "held for 0.5 s, 0.6 s is needed"),
        ([0.25], {0: 0.25}, "held for 0.2 s, 0.6 s is needed"),
        ([0.3], {}, "held for 0.3 s, 0.6 s is needed"),
        ([0.59], {}, "held for 0.5 s, 0.6 s is needed"),  # just short is not told as enough
        ([0.25], {0: 0.5, 1: 0.75}, "Face the camera."),
        ([0.25], {0: 0.75, 1: 0.5}, "Keep your lips together."),
        ([0.75], {0: 0.6}, ""),
        ([0.6], {0: 0.75}, "Keep your lips together."),  # most of the time it was another movement
    ):
        tried = attempt(holds=holds, refusals=refusals)
        done = judged(FULL, trace(both(UP)), tried, refused).repetition
        assert done.reason == reason
        assert done.counted == (not reason)
    nearly = trace(both([(1, 0), (2, 0.3245), (4, 0.3245), (6, 0)]))
    assert judged(CORNERS, nearly).repetition.reason == "reached 64% of the movement, 65% is needed"
    # What was not reached is not for want of a hold; at the very level it is.
    level = with_(CORNERS, count=Count(level=0.5, full=True))
    assert judged(level, half, attempt(holds=[0.5])).repetition.reason == "held for 0.5 s, 0.6 s is needed"


def test_how_long_it_must_stay_at_its_top_is_a_matter_of_how_large_it_is() -> None:
    """Up within a quarter of a second, and down: three quarters of it are there for an eighth of a second more."""
    for size, stays, unsure, reason in (
        (1.0, 0.375, 0.0, ""),
        (1.0, 0.25, 0.0, "held for 0.3 s, 0.5 s is needed"),
        (0.8, 0.375, 0.0, "held for 0.5 s, 0.6 s is needed"),
        (0.8, 0.5, 0.0, ""),
        (1.0, 0.375, 0.25, "held for 0.5 s, 0.6 s is needed"),
        (2.0, 0.25, 0.25, ""),
    ):
        top = 1.25 + stays
        seen = trace(both([(1, 0), (1.25, 0.5 * size), (top, 0.5 * size), (top + 0.25, 0)]))
        done = judged(CORNERS, seen, attempt(1.05, top + 0.2), unsure=unsure).repetition
        assert done.reason == reason, (size, stays, unsure)
        assert done.hold_s == pytest.approx(stays + 0.125)


def test_what_goes_to_and_fro_on_its_way_must_be_held_for_longer() -> None:
    up = [(3, 0), (3.25, 0.5), (3.625, 0.5), (3.875, 0)]
    fro = [(1, 0), (1.5, 0.35), (2, 0.15), (2.5, 0.35), *up[:1], *up[1:]]
    assert judged(CORNERS, trace(both(up)), attempt(3.05, 3.85)).repetition.reason == ""
    done = judged(CORNERS, trace(both(fro)), attempt(1.25, 3.85)).repetition
    assert done.reason == "held for 0.5 s, 0.9 s is needed"


def test_what_is_given_up_has_its_own_reason_and_no_tempo() -> None:
    found = judged(with_(CORNERS, tempo=Tempo(9.0, 2.0, 9.0, 1.0)), trace(both(UP)), given_up="I lost your face.")
    assert found.repetition.reason == "I lost your face."
    assert not found.repetition.counted
    assert found.repetition.part("tempo") is None
    assert found.said == []  # nor is it told to be slower


def test_quality_is_that_of_the_attempt_and_of_its_frame_rate() -> None:
    seen = trace(both(UP))
    seen.quality[:] = np.where((seen.times >= 1.25) & (seen.times <= 5.5), np.where(seen.times <= 2.25, 0.25, 1.0), 0.0)
    assert judged(CORNERS, seen).repetition.quality == pytest.approx((17 * 0.25 + 52) / 69)
    slow = trace(both(UP), fps=8.0, quality=0.5)
    assert judged(CORNERS, slow).repetition.quality == pytest.approx(0.5 * (8.0 - 4.0) / (9.0 - 4.0))


# --- which side is judged -------------------------------------------------------------------------------------


def test_the_side_that_leads_is_judged_however_far_the_other_one_went_before() -> None:
    before = [(0, 0.5), (0.9, 0.5), (1, 0)]
    either = judged(CORNERS, trace({RIGHT: UP, LEFT: before}))
    assert either.repetition.reach == 1.0
    assert part(either, "tempo").says == "Letting go took 2.7 s, 1 s is asked for."
    left = judged(CORNERS, trace({LEFT: UP, RIGHT: before}))
    assert (left.repetition.parts, left.repetition.reach) == (either.repetition.parts, 1.0)
    # Where both are to move, the one that is behind: it goes down at once, the other one later.
    slow = [(1, 0), (3, 0.5), (4, 0.5), (5, 0.0)]
    for behind, ahead in ((LEFT, RIGHT), (RIGHT, LEFT)):
        found = judged(with_(CORNERS, leading="both"), trace({behind: slow, ahead: UP}), attempt(1.5, 5.0))
        assert found.outline is not None
        assert found.outline.marks[0] == pytest.approx(1.0 + 2 * (BEGIN_S - 1.0))
        assert found.repetition.reach == 1.0


def test_an_even_movement_is_judged_on_its_left() -> None:
    found = judged(CORNERS, trace(both(UP)))
    assert found.outline is not None
    curve, weights = Template(CORNERS, np.zeros(len(NAMES))).curve(0)
    np.testing.assert_array_equal(found.outline.curve, curve)
    np.testing.assert_array_equal(found.outline.weights, weights)
    # And one in which the right leads by what counts for the right.
    found = judged(CORNERS, trace(both(UP, 1.25)))
    assert found.outline is not None
    np.testing.assert_array_equal(found.outline.weights, Template(CORNERS, np.zeros(len(NAMES))).curve(1)[1])
    assert found.outline.amounts == [1.25]


def test_a_swing_is_judged_on_its_own_side() -> None:
    still = {"brow_height_left": 0.25, "jaw_open": 0.5}
    peak = {LEFT: Target("change", within=0.125, at=0.5), "brow_gap": Target("still", within=0.25)}
    swing = with_(CORNERS, sides="alternate", peak=peak, still=still)
    moves = {RIGHT: UP, "brow_height_right": [(0, 0.3), (9, 0.3)], "brow_height_left": [(0, 0.1), (9, 0.1)]}
    found = judged(swing, trace(moves), attempt(side=1))
    assert found.repetition.side == "right"
    assert found.repetition.reach == 1.0
    assert found.repetition.moved == {LEFT: 0.0, RIGHT: 0.5, "brow_gap": 0.0}
    assert part(found, "isolation").says == "Your brows moved 120% of what they may."
    assert found.outline is not None
    np.testing.assert_array_equal(found.outline.moved[48], [4.0, 0.0])
    assert found.outline.still.tolist() == [False, True]
    mirror = {RIGHT: LEFT, "brow_height_right": "brow_height_left", "brow_height_left": "brow_height_right"}
    other = judged(swing, trace({mirror[name]: corners for name, corners in moves.items()}), attempt(side=0))
    assert other.repetition.side == "left"
    assert [(p.name, p.score, p.says) for p in other.repetition.parts] == [
        (p.name, p.score, p.says) for p in found.repetition.parts
    ]
    # What both sides do is judged as it is, whichever side began.
    uneven = with_(CORNERS, still=still)
    says = [part(judged(uneven, trace({**moves, LEFT: UP}), attempt(side=s)), "isolation").says for s in (0, 1)]
    assert says == ["Your brows moved 40% of what they may."] * 2


# --- parts ----------------------------------------------------------------------------------------------------


def test_the_range_is_the_level_in_the_middle_of_the_top() -> None:
    # Of the frames at three quarters and more four are on the way up, one is at 1, and six sag.
    heights = [0.25, 0.5, 0.75, 0.8125, 0.875, 0.9375, 1.0, 0.96875, 0.9, 0.85, 0.8, 0.775, 0.75, 0.5, 0.25]
    sagging = judged(CORNERS, steps(heights), attempt(1.0, 2.0))
    assert part(sagging, "range") == Part("range", 85.0, "You held 85% of the full movement.")
    far = judged(CORNERS, trace(both([(1, 0), (2, 1.0), (4, 1.0), (6, 0)])), own={LEFT: 0.4, RIGHT: 0.4})
    assert part(far, "range") == Part("range", 100.0, "You held 100% of your own full movement.")


@pytest.mark.parametrize(
    ("height", "score", "kind"),
    [
        (0.25, 100 * 0.25 / 0.35, "less than a gentle one"),
        (0.5, 100.0, "a gentle amount"),
        (0.875, 50 + 50 * (1.1 - 0.875) / 0.35, "half will do"),
        (1.5, 50.0, "half will do"),
    ],
)
def test_gentle_range_is_best_in_between(height: float, score: float, kind: str) -> None:
    seen = trace(both([(1, 0), (2, height / 2), (4, height / 2), (6, 0)]))
    count = Count(level=0.4, leave=0.2, back=0.1)
    found = part(judged(with_(CORNERS, count=count), seen, gentle=True), "range")
    assert found.score == pytest.approx(score)
    assert found.says == f"You used {height:.0%} of the full movement: {kind}."


def test_gentle_range_begins_and_ends_where_it_says() -> None:
    for height, kind in ((0.35, "a gentle amount"), (0.75, "a gentle amount")):
        seen = trace(both([(1, 0), (2, height / 2), (4, height / 2), (6, 0)]))
        found = part(judged(with_(CORNERS, count=Count(0.4, 0.2, 0.1)), seen, gentle=True), "range")
        assert (found.score, found.says) == (100.0, f"You used {height:.0%} of the full movement: {kind}.")


def test_the_wobble_is_that_of_nine_tenths_of_the_top() -> None:
    """Of 21 frames in their order of height the third and the third last are a tenth from either end; in a normal
    distribution these are 2.56 standard deviations apart."""
    calm = [1.0] * 11
    for low, says in ((0.875, "5%"), (0.75, "10%")):
        found = judged(CORNERS, steps([*[1.0, low] * 10, 1.0]), attempt(1.0, 2.5))
        wobble = (1.0 - low) / 2.56
        held = part(found, "hold")
        assert held.says == f"Held for 1.2 of 2 s, steady to {says}."
        full = part(judged(CORNERS, steps([1.0] * 21), attempt(1.0, 2.5)), "hold").score
        assert held.score == pytest.approx(full * min(1.0, (0.35 - wobble) / 0.3))
    # Two blinks do not reach them.
    assert part(judged(CORNERS, steps([*calm[:8], 0.5, 0.5, *calm]), attempt(1.0, 2.5)), "hold").says.endswith(" 0%.")


def test_the_wobble_is_in_parts_of_the_level() -> None:
    half = steps([*[0.75, 0.75 * 0.75] * 10, 0.75])
    assert part(judged(CORNERS, half, attempt(1.0, 2.5)), "hold").says.endswith("steady to 10%.")


def test_four_frames_say_nothing_about_a_wobble() -> None:
    for values, says in (([1.0, 0.75, 0.75, 1.0], "0%."), ([1.0, 0.75, 1.0, 0.75, 1.0], "10%.")):
        found = judged(CORNERS, steps(values), attempt(1.0, 1.5))
        assert part(found, "hold").says.endswith(f"steady to {says}")


def test_a_trembling_hold_is_told_from_fifteen_in_a_hundred_on() -> None:
    tempo = with_(CORNERS, tempo=Tempo(0.0, 0.0, 0.0, 0.0))

    def said(low: float, count: Count = CORNERS.count) -> list[tuple[str, str]]:
        return judged(with_(tempo, count=count), steps([*[1.0, low] * 10, 1.0]), attempt(1.0, 2.5)).said

    assert said(0.616) == []  # 0.15 at the most
    assert said(0.5) == [("unsteady", "Hold steadily: it varied by 20%.")]
    missed = judged(tempo, steps([*[0.6, 0.3] * 10, 0.6]), attempt(1.0, 2.5))  # but not before it was one
    assert missed.said == []
    assert said(0.5, Count(level=1.0)) == [("unsteady", "Hold steadily: it varied by 20%.")]


def test_a_hold_is_full_marks_at_nineteen_twentieths_of_it() -> None:
    held = 2.0 - 2 * (BEGIN_S + STRAIGHT_S - 2.0)
    moves = trace(both([(1, 0), (2, 0.5), (4, 0.5), (5, 0)]))
    for wanted, score in ((held / 0.95, 100.0), (2 * held, 100 / 1.9), (1.0, 100.0), (0.0, 100.0)):
        paced = with_(CORNERS, tempo=Tempo(1.0, wanted, 1.0, 1.0))
        assert part(judged(paced, moves, attempt(1.25, 4.75)), "hold").score == pytest.approx(score)
    assert (
        part(judged(with_(CORNERS, tempo=Tempo(1, 0, 1, 1)), moves), "hold").says
        == "Held for 1.7 of 0 s, steady to 0%."
    )


def test_what_is_over_when_held_is_judged_by_its_hold_alone() -> None:
    rest = with_(CORNERS, count=Count(ends="held", hold=4.0))
    found = judged(rest, trace(both(UP)), attempt(holds=[1.9]))
    assert {p.name for p in found.repetition.parts} == {"range", "hold"}
    assert part(found, "hold") == Part("hold", 100.0 * 1.9 / 3.8, "Held for 1.9 of 4 s, steady to 0%.")
    assert found.outline is None
    assert found.said == []
    # What goes past the peak is no more than it: there is nothing to come back from.
    far = judged(rest, trace(both([(1, 0), (2, 0.5), (3, 1.0), (6, 0)])), attempt(holds=[4.0]), gentle=True)
    assert part(far, "range").says == "You used 100% of the full movement: half will do."


def test_tempo_is_each_phase_against_its_own_target() -> None:
    """Rising took 1.36 s, letting go twice as long."""

    def tempo(rise: float, lower: float, **more: Any) -> tuple[Part | None, list[tuple[str, str]]]:
        found = judged(with_(CORNERS, tempo=Tempo(rise, 1.0, lower, 1.0)), trace(both(UP)), **more)
        return next((p for p in found.repetition.parts if p.name == "tempo"), None), found.said

    up, down = STRAIGHT_S, 2 * STRAIGHT_S
    assert tempo(1.25, 2.5)[0] == Part("tempo", 100.0, "Rising took 1.4 s, 1.25 s is asked for.")
    right, said = tempo(2.0, 2.0)
    assert right is not None
    assert (right.says, said) == ("Rising took 1.4 s, 2 s is asked for.", [])
    assert right.score == pytest.approx((in_time(2 / up) + in_time(down / 2)) / 2)
    # A phase without a target is not judged.
    assert tempo(0.0, 2.5)[0] == Part("tempo", 100.0, "Letting go took 2.7 s, 2.5 s is asked for.")
    assert tempo(1.25, 0.0)[0] == Part("tempo", 100.0, "Rising took 1.4 s, 1.25 s is asked for.")
    assert tempo(0.0, 0.0) == (None, [])
    # In gentle mode nobody can be too slow.
    slow, said = tempo(0.25, 0.25, gentle=True)
    assert slow == Part("tempo", 100.0, "Rising took 1.4 s, 0.25 s is asked for.")
    quick, said = tempo(2.0, 2.5, gentle=True)
    assert quick is not None
    assert quick.score == pytest.approx((in_time(2 / up) + 100) / 2)
    assert said == []


def test_the_most_hurried_phase_is_told() -> None:
    def said(*tempo: float) -> list[tuple[str, str]]:
        found = judged(with_(CORNERS, tempo=Tempo(*tempo, 1.0)), trace(both(UP)))
        assert found.repetition.faults == tuple(code for code, _ in found.said)
        return found.said

    assert said(2.0, 2.0, 4.0) == []  # 1.36 s, 1.50 s and 2.72 s: more than six tenths of them
    assert said(2.5, 2.0, 4.0) == [("rushed", "Slower: rising took 1.4 s, take 2.5 s.")]
    assert said(2.5, 2.0, 6.0) == [("rushed", "Slower: letting go took 2.7 s, take 6 s.")]
    assert said(3.0, 2.0, 5.0) == [("rushed", "Slower: rising took 1.4 s, take 3 s.")]
    assert said(2.0, 4.0, 4.0) == [("short-hold", "Hold longer: holding took 1.5 s, take 4 s.")]
    assert said(2.5, 4.0, 6.0) == [
        ("short-hold", "Hold longer: holding took 1.5 s, take 4 s."),
        ("rushed", "Slower: letting go took 2.7 s, take 6 s."),
    ]


def test_what_nothing_was_judged_of_is_no_hold() -> None:
    """A picture that stood still for half of the second in which a gate refused."""
    seen = trace(both(UP))
    whole = judged(CORNERS, seen).repetition.hold_s
    quality = seen.quality.copy()
    top = len(quality) // 2
    quality[top : top + 5] = 0.0
    lasted = float(seen.times[top + 4] - seen.times[top - 1])
    gated = Trace(seen.times, seen.change, seen.index, seen.faults, seen.codes, quality)
    assert gated.unjudged_s(seen.times[0], seen.times[-1]) == pytest.approx(lasted)
    assert seen.unjudged_s(seen.times[0], seen.times[-1]) == 0.0
    assert judged(CORNERS, gated).repetition.hold_s == pytest.approx(whole - lasted)


# --- symmetry -------------------------------------------------------------------------------------------------

EVEN = with_(CORNERS, symmetry=Symmetry([(LEFT, RIGHT)], gate=0.0625, index=0.25))
UNHURRIED = with_(EVEN, tempo=Tempo(0.0, 0.0, 0.0, 0.0))


def test_symmetry_is_the_smaller_side_over_the_larger() -> None:
    for right, ratio, says, uneven in (
        (0.75, 0.75, "Your right side reached 75% of the left.", True),
        (0.875, 0.875, "Your right side reached 88% of the left.", False),
        (0.5, 0.5, "Your right side reached 50% of the left.", True),
        (2.0, 0.5, "Your left side reached 50% of the right.", True),
        (-0.5, 0.0, "Your right side reached 0% of the left.", True),  # it went the other way
        (1.0, 1.0, "Your left side reached 100% of the right.", False),
    ):
        found = judged(EVEN, trace(both(UP, right)))
        assert found.repetition.symmetry == ratio
        assert part(found, "symmetry") == Part("symmetry", pytest.approx(100 * min(1.0, ratio / 0.8)), says)
        assert [one for one in found.said if one[0] == "asymmetry"] == ([("asymmetry", says)] if uneven else [])


def test_symmetry_is_told_of_the_pair_that_moved_most() -> None:
    pairs = [("brow_height_left", "brow_height_right"), (LEFT, RIGHT), ("cheek_out_left", "cheek_out_right")]
    even = with_(EVEN, symmetry=Symmetry(pairs, gate=0.0625, index=0.25))
    moves = both(UP, 0.875)
    moves |= {"brow_height_left": [(1, 0), (2, -0.4), (6, -0.4)], "cheek_out_right": [(1, 0), (2, -0.3), (6, -0.3)]}
    assert judged(even, trace(moves)).repetition.symmetry == 0.875
    moves["brow_height_right"] = [(1, 0), (2, -0.8), (6, -0.8)]
    found = judged(even, trace(moves))
    assert found.repetition.symmetry == 0.5
    assert part(found, "symmetry").says == "Your left side reached 50% of the right."
    moves["brow_height_right"] = [(1, 0), (2, -0.1), (6, -0.1)]
    moves["brow_height_left"] = [(1, 0), (2, -0.8), (6, -0.8)]
    assert part(judged(even, trace(moves)), "symmetry").says == "Your right side reached 12% of the left."


def test_what_hardly_moved_has_no_symmetry() -> None:
    pair = Symmetry([("brow_height_left", "brow_height_right")], gate=0.125)
    even = with_(CORNERS, symmetry=pair)
    for height, symmetry in ((-0.124, None), (-0.125, 0.0), (0.125, 0.0), (0.124, None)):
        found = judged(even, trace({**both(UP), "brow_height_left": [(1, 0), (2, height), (9, height)]}))
        assert found.repetition.symmetry == symmetry
        assert (found.repetition.part("symmetry") is None) == (symmetry is None)


def test_a_side_that_starts_more_than_a_quarter_of_a_second_late_is_told() -> None:
    slow = [(1, 0), (3, 0.5), (4, 0.5), (6, 0)]

    def late(seconds: float, late_side: str = RIGHT) -> Judged:
        moves = both(slow)
        moves[late_side] = [(1 + seconds, 0), (3 + seconds, 0.5), (4.5, 0.5), (6, 0)]
        return judged(UNHURRIED, trace(moves))

    assert late(0.25).said == []
    assert part(late(0.25), "symmetry").says == "Your left side reached 100% of the right."
    says = "Your left side started 0.3 s before the right."
    assert late(0.3125).said == [("asymmetry", says)]
    assert part(late(0.3125), "symmetry") == Part("symmetry", 100.0, says)
    assert late(0.3125, LEFT).said == [("asymmetry", "Your right side started 0.3 s before the left.")]
    # So late that it is half way when the other one is at its top: at 2.625 s it has half of the 0.4375 it holds.
    says = "Your left side started 0.6 s before the right."
    assert late(0.75).said == [("asymmetry", says)]
    assert late(0.75, LEFT).said == [("asymmetry", "Your right side started 0.6 s before the left.")]
    quick = {LEFT: [(1, 0), (2, 0.5), (4, 0.5), (6, 0)], RIGHT: [(1.5, 0), (2.5, 0.5), (4, 0.5), (6, 0)]}
    assert part(judged(UNHURRIED, trace(quick)), "symmetry").says == "Your left side started 0.5 s before the right."
    # It is the last start before the top: a twitch is none.
    quick[LEFT] = [(0, 0), (0.25, 0.3125), (0.5, 0), *quick[LEFT]]
    assert part(judged(UNHURRIED, trace(quick)), "symmetry").says == "Your left side started 0.5 s before the right."


def test_a_start_lies_between_the_frame_before_half_way_and_the_frame_after() -> None:
    moves = {LEFT: [(1, 0), (3, 0.5), (4, 0.5), (6, 0)], RIGHT: [(2.25, 0), (2.3125, 0.5), (4, 0.5), (6, 0)]}
    assert judged(UNHURRIED, trace(moves)).said == [("asymmetry", "Your left side started 0.3 s before the right.")]


def test_where_sides_are_uneven_that_is_told_and_not_who_was_first() -> None:
    moves = {LEFT: [(1, 0), (3, 0.5), (4, 0.5), (6, 0)], RIGHT: [(2, 0), (2.75, 0.25), (4, 0.25), (6, 0)]}
    assert judged(UNHURRIED, trace(moves)).said == [("asymmetry", "Your right side reached 50% of the left.")]


# --- isolation ------------------------------------------------------------------------------------------------


def test_isolation_is_what_moved_most_in_parts_of_what_it_may() -> None:
    quiet = with_(CORNERS, still={"brow_height_left": 0.25, "jaw_open": 0.5, "chin_x": 1.0})
    for moves, part_of, says in (
        ({"brow_height_left": -0.3, "jaw_open": 0.5}, 1.2, "Your brows moved 120% of what they may."),
        ({"brow_height_left": 0.3, "jaw_open": 0.75}, 1.5, "Your jaw moved 150% of what it may."),
        ({"jaw_open": -0.35}, 0.7, "Your jaw moved 70% of what it may."),
        ({"chin_x": 4.0}, 3.0, "Your chin moved 400% of what it may."),
    ):
        seen = trace({**both(UP), **{name: [(0, value), (9, value)] for name, value in moves.items()}})
        found = part(judged(quiet, seen), "isolation")
        assert found == Part("isolation", pytest.approx(falls(part_of, 0.7, 3.0)), says)
    assert judged(CORNERS, trace(both(UP))).repetition.part("isolation") is None


def test_isolation_is_what_nine_tenths_of_the_attempt_keep() -> None:
    quiet = with_(CORNERS, still={"chin_x": 1.0})
    # From 1.25 to 5.5 s it goes from 0 to 4.25, nine tenths of which are 3.825; before and after it is far away.
    chin = [(1.1875, 9.0), (1.25, 0.0), (5.5, 4.25 / 2), (5.5625, 9.0)]
    found = judged(quiet, trace({**both(UP), "chin_x": chin}))
    assert part(found, "isolation").score == pytest.approx(falls(0.9 * 4.25 / 2, 0.7, 3.0))
    # Of six frames the last two matter.
    found = judged(quiet, trace({**both(UP), "chin_x": [(3, 0.0), (3.3125, 1.25)]}), attempt(3.0, 3.3125))
    assert part(found, "isolation").score == pytest.approx(falls(0.9 * 1.25, 0.7, 3.0))


# --- faults ---------------------------------------------------------------------------------------------------


def faulty(step: float, held: Mapping[int, Sequence[tuple[int, int]]], codes: Sequence[str]) -> Judged:
    """A movement with fault conditions that hold from one frame to another."""
    times = np.arange(60) * step
    change = np.zeros((len(times), len(NAMES)))
    change[:, [INDEX[LEFT], INDEX[RIGHT]]] = 0.5
    faults = np.zeros((len(times), len(codes)), bool)
    for k, runs in held.items():
        for first, last in runs:
            faults[first : last + 1, k] = True
    seen = Trace(times, change, INDEX, faults, codes, np.ones(len(times)))
    return judged(with_(CORNERS, tempo=Tempo(0, 0, 0, 0)), seen, attempt(0.0, 20 * step))


def test_a_fault_must_last_to_be_named_and_the_first_one_is_named_first() -> None:
    codes = ("lips", "brow", "head")
    # Frames are 0.15 s apart: three of them last for 0.3 s.
    assert faulty(0.15, {0: [(0, 2)]}, codes).repetition.faults == ("lips",)
    assert faulty(0.15, {0: [(0, 1), (4, 5)]}, codes).repetition.faults == ()
    assert faulty(0.15, {0: [(0, 1), (8, 11)], 1: [(5, 9)]}, codes).repetition.faults == ("brow", "lips")
    assert faulty(0.15, {2: [(3, 20)], 1: [(5, 20)], 0: [(4, 9)]}, codes).repetition.faults == ("head", "lips", "brow")
    # After the end of the attempt nothing is a fault.
    assert faulty(0.15, {0: [(19, 30)]}, codes).repetition.faults == ()
    assert faulty(0.15, {0: [(18, 30)]}, codes).repetition.faults == ("lips",)


def test_a_code_of_two_conditions_is_named_once_from_the_first_on() -> None:
    codes = ("brow", "lips", "brow")
    assert faulty(0.15, {0: [(9, 15)], 1: [(5, 10)], 2: [(2, 6)]}, codes).repetition.faults == ("brow", "lips")
    assert faulty(0.15, {0: [(2, 6)], 1: [(5, 10)], 2: [(9, 15)]}, codes).repetition.faults == ("brow", "lips")
    assert faulty(0.15, {0: [(9, 15), (17, 20)], 1: [(13, 18)]}, codes).repetition.faults == ("brow", "lips")


def test_what_was_named_meanwhile_is_not_said_again_at_the_end() -> None:
    seen = trace(both(UP, 0.5))
    known = replace(seen, faults=np.ones((len(seen.times), 1), bool), codes=("asymmetry",))
    assert [code for code, _ in judged(EVEN, seen).said] == ["asymmetry"]
    found = judged(EVEN, known)
    assert found.said == []
    assert found.repetition.faults == ("asymmetry",)
    other = judged(EVEN, replace(known, codes=("brow",)))
    assert other.repetition.faults == ("brow", "asymmetry")


def test_effort_is_told_when_three_that_are_not_asked_join_in() -> None:
    peak = {"smile_left": Target("change", within=0.125, at=0.5)}
    smile = with_(CORNERS, peak=peak, tempo=Tempo(0, 0, 0, 0))
    others = ("jaw_open", "squint_left", "brow_inner_up")

    def said(names: Sequence[str], seconds: float, by: float = 0.5, gentle: bool = True, at: float = 3.0) -> list[str]:
        pulse = [(at - 1 / 16, 0.0), (at, by), (at + seconds, by), (at + seconds + 1 / 16, 0.0)]
        moves = {"smile_left": UP, **dict.fromkeys(names, pulse)}
        return [says for code, says in judged(smile, trace(moves), gentle=gentle).said if code == "effort"]

    told = ["Half the effort: only the part that is to move."]
    assert said(others, 1.0) == told
    assert said(others[:2], 1.0) == []
    assert said([*others[:2], "smile_right"], 1.0) == []  # a side of what is asked for
    assert said([*others[:2], "chin_x"], 1.0) == []  # no expression of the tracker
    assert said(others, 1.0, gentle=False) == []
    assert said(others, 1.0, by=0.3) == []
    assert said(others, 0.3125) == told
    assert said(others, 0.25) == []
    assert said(others, 1.0, at=6.0) == []  # after it


def test_effort_lasts_for_three_tenths_of_a_second() -> None:
    times = np.arange(40) * 0.15
    change = np.zeros((len(times), len(NAMES)))
    change[:, [INDEX[LEFT], INDEX[RIGHT]]] = 0.5
    change[:3, [INDEX[name] for name in ("jaw_open", "squint_left", "brow_inner_up")]] = 0.5
    seen = Trace(times, change, INDEX, np.zeros((40, 0), bool), (), np.ones(40))
    found = judged(with_(CORNERS, tempo=Tempo(0, 0, 0, 0)), seen, attempt(0.0, 3.0), gentle=True)
    assert [code for code, _ in found.said] == ["effort"]


def test_a_movement_must_have_come_back_to_rest_before() -> None:
    def said(lowest: float, exercise: Exercise = CORNERS, start: float = 1.25) -> list[tuple[str, str]]:
        corners = [(0, 0.4), (1, lowest), (2, 0.5), (4, 0.5), (6, 0)]
        return [one for one in judged(exercise, trace(both(corners)), attempt(start)).said if one[0] == "release"]

    told = [("release", "Let go fully before the next one.")]
    assert said(0.08) == told
    assert said(0.075) == []  # a match of 0.15
    assert said(0.2, start=0.0) == []  # nothing is known of what was before
    assert said(0.2, start=0.0625) == told
    assert said(0.2, with_(CORNERS, count=Count(ends="held"))) == []
    # In the attempt itself it may come as low as it likes.
    assert said(0.05, start=0.5) == told


# --- sequences ------------------------------------------------------------------------------------------------

GAP = "lip_gap"
TWO = with_(
    CORNERS,
    peak={},
    pose=[
        Pose("Smile", "", {name: Target("change", within=0.125, at=0.5) for name in (LEFT, RIGHT)}),
        Pose("Open", "", {GAP: Target("change", within=0.25, at=1.0)}),
    ],
)


def smile_and_open(begins: float = 3.0, open_to: float = 1.0) -> Trace:
    smile = [(1, 0), (2, 0.5), (3, 0.5), (4, 0)]
    return trace({**both(smile), GAP: [(begins, 0), (begins + 1, open_to), (5, open_to), (6, 0)]})


def test_a_sequence_is_judged_pose_by_pose() -> None:
    tried = attempt(1.25, 5.75, pose=1, turns=[3.25], holds=[1.25, 1.5])
    found = judged(TWO, smile_and_open(), tried)
    done = found.repetition
    assert (done.counted, done.reach, done.hold_s) == (True, 1.0, 1.25)
    assert done.peak_s == 4.5
    assert done.moved == {LEFT: 0.5, RIGHT: 0.5, GAP: 1.0}
    assert found.outline is not None
    end = 5.1 + 0.8042 * STRAIGHT_S
    # From pose to pose the way is as long as it is: to nine tenths.
    expected = [BEGIN_S, BEGIN_S + STRAIGHT_S, 3.1, 3.9, end - STRAIGHT_S, end]
    assert found.outline.marks == pytest.approx(expected, abs=1e-9)
    assert found.outline.amounts == [1.0, 1.0]
    held = min(3.1 - BEGIN_S - STRAIGHT_S, end - STRAIGHT_S - 3.9)
    assert part(found, "hold").score == pytest.approx(100 * held / 1.9)
    assert part(found, "tempo").score == pytest.approx(in_time(STRAIGHT_S))
    assert found.said == [("short-hold", f"Hold longer: holding took {held:.1f} s, take 2 s.")]


def test_a_pose_ends_where_the_next_one_is_reached() -> None:
    tried = attempt(1.25, 5.75, pose=1, turns=[2.75], holds=[1.0, 1.5])
    found = judged(TWO, smile_and_open(1.75), tried)
    assert found.outline is not None
    assert found.outline.marks[2:4] == pytest.approx([2.65, 2.65], abs=1e-9)


def test_a_sequence_is_as_good_as_its_least_pose() -> None:
    tried = attempt(1.25, 5.75, pose=1, turns=[3.25], holds=[1.25, 0.75])
    done = judged(TWO, smile_and_open(open_to=0.75), tried).repetition
    assert (done.reach, done.hold_s, done.counted) == (0.75, 0.75, True)
    assert done.moved[GAP] == 0.75
    # What goes past a pose may be there for the other one: it does not make it larger.
    far = judged(TWO, smile_and_open(open_to=1.5), tried, gentle=True)
    assert part(far, "range").says == "You used 100% of the full movement: half will do."
    trembling = smile_and_open()
    trembling.change[66:80:2, INDEX[GAP]] = 0.5
    assert "unsteady" in judged(TWO, trembling, tried).repetition.faults


def test_of_what_is_asked_of_two_poses_the_first_one_is_kept() -> None:
    open_and_down = {LEFT: Target("change", within=0.125, at=-0.5), **TWO.pose[1].peak}
    again = with_(TWO, pose=[TWO.pose[0], Pose("Open", "", open_and_down)])
    seen = smile_and_open()
    seen.change[66:, INDEX[LEFT]] = -0.25
    done = judged(again, seen, attempt(1.25, 5.75, pose=1, turns=[3.25], holds=[1.25, 1.0])).repetition
    assert done.moved == {LEFT: 0.5, RIGHT: 0.5, GAP: 1.0}


def test_a_pose_that_was_not_reached_is_named() -> None:
    nothing = trace(both([(1, 0), (2, 0.5), (3, 0.5), (4, 0)]))
    tried = attempt(1.25, 5.75, pose=1, turns=[3.25], holds=[1.25, 0.5])
    found = judged(TWO, nothing, tried)
    done = found.repetition
    assert done.reason == "'Open' was not reached and held; 1 of 2 poses were"
    assert not done.counted
    assert done.reach == 0.0
    assert done.peak_s == (3.25 + 6.75) / 2  # nowhere: the middle of where it was looked for
    assert done.moved == {LEFT: 0.5, RIGHT: 0.5}
    assert found.outline is None
    assert part(found, "hold").says == "Held for 0.0 of 2 s, steady to 0%."
    first = judged(TWO, nothing, attempt(1.25, 3.9, holds=[0.25])).repetition
    assert first.reason == "'Smile' was not reached and held; 0 of 2 poses were"
    assert judged(TWO, nothing, attempt(1.25, 3.9, holds=[0.25])).outline is None
    assert (first.reach, first.moved) == (0.0, {LEFT: 0.5, RIGHT: 0.5})
    # What comes when the attempt is over is no part of it, nor what has gone before it was asked for.
    for gap in ([(5.75, 0), (6.25, 1)], [(2.0, 0), (2.5, 1), (3.25, 0)]):
        assert judged(TWO, trace({**both([(1, 0), (2, 0.5), (3, 0.5), (4, 0)]), GAP: gap}), tried).outline is None
    refused = judged(TWO, nothing, attempt(1.25, 3.9, holds=[0.25], refusals={1: 0.5}), {1: "Close your jaw."})
    assert refused.repetition.reason == "Close your jaw."


def test_a_sequence_may_begin_where_another_one_ended() -> None:
    tried = attempt(1.25, 5.75, pose=1, turns=[3.25], holds=[1.25, 1.5])
    seen = trace({**both([(0, 0.3), (1, 0.3), (2, 0.5), (3, 0.5), (4, 0)]), GAP: [(3, 0), (4, 1), (5, 1), (6, 0)]})
    assert "release" not in judged(TWO, seen, tried).repetition.faults


# --- the shape ------------------------------------------------------------------------------------------------


def laid(
    moved: Sequence[float], curve: Sequence[float], weights: Sequence[float], still: Sequence[bool], size: float = 1.0
) -> Judged:
    """An attempt at what the curve has all the time."""
    times = np.arange(0, 5.01, 1 / 8)
    outline = Outline(
        times,
        np.tile(moved, (len(times), 1)).astype(float),
        [1.0, 2.0, 3.0, 4.0],
        [size],
        np.array(still),
        np.tile(curve, (20, 1)).astype(float),
        np.tile(weights, (20, 1)).astype(float),
    )
    return Judged(_repetition([Part("tempo", 50.0, "t"), Part("range", 100.0, "r")]), [], outline)


def _repetition(parts: Sequence[Part] = (), **more: Any) -> Repetition:
    done = Repetition(1.0, 2.0, 3.0, True, "", None, 1.0, 1.0, None, parts=tuple(parts))
    return replace(done, **more)


def apart(judged: Judged) -> tuple[float | None, str]:
    (done,) = shaped([judged])
    return done.part("shape"), done.parts[-1].says


def test_the_shape_is_the_root_mean_square_in_tolerances() -> None:
    # 3/4 of 1 and 1/4 of (2 - 1)^2 is 1.
    assert apart(laid([1, 2], [2, 1], [0.75, 0.25], [False, False])) == (
        pytest.approx(falls(1.0, 0.5, 2.5)),
        "The movement kept within 1.0 tolerances of the template.",
    )
    distance = math.sqrt(0.75 * 4.0 + 0.25 * 0.25)
    assert apart(laid([3, 0.5], [1, 0], [0.75, 0.25], [False, True])) == (
        pytest.approx(falls(distance, 0.5, 2.5)),
        "The movement kept within 1.8 tolerances of the template.",
    )
    assert apart(laid([0.5, 0], [0, 0], [1, 1], [False, False]))[0] == 100.0
    assert apart(laid([9.0, 0], [0, 0], [1, 1], [False, False]))[0] == 0.0


def test_the_shape_is_that_of_the_movement_as_large_as_it_was() -> None:
    """Half the movement is twice as large as it is seen; but what is to keep still is as far away as it is."""
    (score, _) = apart(laid([1.5, 0.5], [2, 0], [0.75, 0.25], [False, True], size=0.5))
    assert score == pytest.approx(falls(math.sqrt(0.75 * 1.0 + 0.25 * 0.25), 0.5, 2.5))


def test_in_a_sequence_the_size_goes_from_pose_to_pose() -> None:
    """32 samples: the first pose's size up to a third of them, the second one's from two thirds on."""
    times = np.arange(0, 8.01, 1 / 8)
    sizes = [0.5 if k < 32 / 3 else 1.0 if k > 64 / 3 else 0.5 + (k - 32 / 3) / (32 / 3) / 2 for k in range(32)]
    moved = np.full((len(times), 1), 1000.0)
    curve = np.array([[1000.0 / size] for size in sizes])
    outline = Outline(
        times, moved, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.5, 1.0], np.array([False]), curve, np.ones((32, 1))
    )
    assert apart(Judged(_repetition(), [], outline)) == (
        100.0,
        "The movement kept within 0.0 tolerances of the template.",
    )


def test_several_attempts_at_once_are_shaped_as_one_by_one() -> None:
    judged = [
        laid([1, 2], [2, 1], [0.75, 0.25], [False, False]),
        Judged(_repetition([Part("hold", 40.0, "h")]), [], None),
        laid([3, 0.5], [1, 0], [0.5, 0.5], [False, True], 2.0),
        laid([1, 1], [0, 0], [0.75, 0.25], [True, False], 0.75),
    ]
    # One stream: each begins when the one before is over.
    later = [
        one if one.outline is None else replace(one, outline=_later(one.outline, 6.0 * i))
        for i, one in enumerate(judged)
    ]
    together = shaped(later)
    assert [done.parts for done in together] == [shaped([one])[0].parts for one in judged]
    assert len({done.part("shape") for done in together}) == 4
    assert shaped([]) == []
    (alone,) = shaped(judged[1:2])
    assert alone.form == 40.0


def _later(outline: Outline, seconds: float) -> Outline:
    return replace(outline, times=outline.times + seconds, marks=[mark + seconds for mark in outline.marks])


def test_there_is_no_shape_of_hardly_anything() -> None:
    small = with_(CORNERS, count=Count(level=0.0625, leave=0.03, back=0.02))
    for height, there in ((0.05, False), (0.0625, True)):
        seen = trace(both([(1, 0), (2, height / 2), (4, height / 2), (6, 0)]))
        assert (judged(small, seen).outline is not None) == there
    # Nor of a single frame, with which the face was lost.
    assert (
        judged(CORNERS, trace(both([(0, 0.5), (9, 0.5)]), until=0.0), attempt(0.0, 0.5), given_up="x").outline is None
    )
    two = trace(both([(0, 0.5), (9, 0.5)]), until=1 / 16)
    assert judged(CORNERS, two, attempt(0.0, 0.5), given_up="x").outline is not None


# --- the form -------------------------------------------------------------------------------------------------


def test_the_form_is_given_where_it_counts_and_was_seen_well_enough() -> None:
    parts = [Part("hold", 50.0, "h"), Part("range", 100.0, "r")]
    (done,) = shaped([Judged(_repetition(parts, quality=0.5), [], None)])
    assert [p.name for p in done.parts] == ["range", "hold"]
    assert done.form == pytest.approx((0.3 * 100 + 0.15 * 50) / 0.45)
    for more in ({"quality": 0.49}, {"counted": False}):
        (done,) = shaped([Judged(_repetition(parts, **more), [], None)])
        assert done.form is None
        assert [p.name for p in done.parts] == ["range", "hold"]


def test_a_good_one_has_seventy_or_more_counts_and_is_without_a_fault() -> None:
    assert is_good(_repetition(form=70.0))
    assert not is_good(_repetition(form=69.9))
    assert not is_good(_repetition(form=None))
    assert not is_good(_repetition(form=90.0, counted=False))
    assert not is_good(_repetition(form=90.0, faults=("brow",)))


def test_a_trace_gives_some_of_its_measures() -> None:
    seen = trace({LEFT: [(0, 0), (1, 1)], RIGHT: [(0, 2), (1, 2)]}, until=1.0, fps=2.0)
    rows: Array = seen.of(name for name in (RIGHT, LEFT))
    assert rows.tolist() == [[2.0, 2.0, 2.0], [0.0, 0.5, 1.0]]
