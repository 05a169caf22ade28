"""Phases, attempts and repetitions, told as stories of a match that rises and falls."""

import numpy as np
import pytest

from coach.form.exercise import Count
from coach.form.reps import BEGUN, ENDING, OFF_PEAK, RETURN, TRANSITIONS, Attempt, Counter
from coach.frame import Phase

COUNT = Count(level=0.65, leave=0.35, back=0.25, hold=0.6)

#: (seconds, match) corners of a line; between two corners the match runs straight.
Story = list[tuple[float, float]]

REP: Story = [(0, 0), (1, 0), (1.5, 1), (2.7, 1), (3.2, 0), (4, 0)]


def tell(story: Story, fps: float = 30.0, refused: tuple[float, float] | None = None) -> list[Attempt]:
    """The attempts that a story contains, watched at some frame rate."""
    counter = Counter(COUNT)
    times = np.arange(0, story[-1][0] + 1e-9, 1 / fps)
    matches = np.interp(times, *zip(*story, strict=True))
    ended = []
    for time, match in zip(times, matches, strict=True):
        rule = 0 if refused and refused[0] <= time <= refused[1] else None
        attempt = counter.step(float(time), [(float(match), float(match))], rule)
        if attempt:
            ended.append(attempt)
    return ended


def counted(attempts: list[Attempt]) -> int:
    return sum(a.hold >= COUNT.hold for a in attempts)


def test_one_movement_up_held_and_back_is_one_attempt_with_its_hold() -> None:
    (attempt,) = tell(REP)
    assert counted([attempt]) == 1
    # From crossing the pass level on the way up to falling well below it on the way down.
    assert attempt.hold == pytest.approx(1.2 + 0.5 * 0.35 + 0.5 * (1 - 0.65 * OFF_PEAK), abs=0.01)
    assert attempt.start == pytest.approx(1 + 0.5 * 0.35, abs=0.01)
    assert attempt.end == pytest.approx(2.7 + 0.5 * (1 - 0.25 * RETURN), abs=0.01)


@pytest.mark.parametrize("fps", [10, 15, 24, 60, 120])
def test_the_frame_rate_does_not_change_a_hold(fps: float) -> None:
    (attempt,) = tell(REP, fps)
    (reference,) = tell(REP, 240)
    assert attempt.hold == pytest.approx(reference.hold, abs=0.02)
    assert attempt.start == pytest.approx(reference.start, abs=0.02)


def test_a_movement_that_stays_short_of_the_pass_level_is_an_attempt_and_no_repetition() -> None:
    (attempt,) = tell([(0, 0), (1, 0), (1.5, 0.6), (2.5, 0.6), (3, 0), (4, 0)])
    assert attempt.hold == 0.0


def test_talking_touches_the_peak_again_and_again_and_counts_nothing() -> None:
    talk: Story = [(0, 0), (1, 0)]
    for i in range(10):
        talk += [(1.2 + i, 0.9), (1.4 + i, 0.4), (1.6 + i, 0.8), (1.8 + i, 0.1), (1.95 + i, 0.1)]
    attempts = tell([*talk, (12, 0), (13, 0)])
    assert len(attempts) == 10
    assert counted(attempts) == 0


def test_noise_around_the_pass_level_counts_once() -> None:
    shaking: Story = [(1.5 + 0.1 * i, 0.70 if i % 2 else 0.60) for i in range(15)]
    attempts = tell([(0, 0), (1, 0), *shaking, (3.3, 0), (4, 0)])
    assert len(attempts) == 1
    assert counted(attempts) == 1


def test_noise_around_the_rest_level_makes_no_attempts_of_its_own() -> None:
    fidget: Story = [(0.5 * i, 0.30 if i % 2 else 0.2) for i in range(20)]
    assert tell(fidget) == []


def test_a_short_dip_as_from_a_blink_does_not_end_a_hold() -> None:
    dip: Story = [(0, 0), (1, 0), (1.5, 1), (1.8, 1), (1.85, 0.5), (1.95, 0.5), (2.0, 1), (2.4, 1), (2.9, 0), (4, 0)]
    (attempt,) = tell(dip)
    assert attempt.hold > 0.9


def test_a_long_dip_does() -> None:
    dip: Story = [(0, 0), (1, 0), (1.5, 1), (1.6, 1), (1.7, 0.4), (2.3, 0.4), (2.4, 1), (2.5, 1), (3.0, 0), (4, 0)]
    (attempt,) = tell(dip)
    assert counted([attempt]) == 0


def test_what_is_refused_at_the_peak_does_not_add_to_the_hold() -> None:
    (attempt,) = tell(REP, refused=(1.9, 3.0))
    assert attempt.hold < 0.6
    assert attempt.refusals[0] > 0.8


def test_two_swings_without_a_stop_in_the_middle_are_two_attempts_one_a_side() -> None:
    counter = Counter(COUNT)
    times = np.arange(0, 6, 1 / 30)
    left = np.interp(times, [0, 1, 1.5, 2.5, 3.5, 4.5, 5], [0, 0, 1, 1, -1, -1, 0])
    ended = []
    for time, match in zip(times, left, strict=True):
        attempt = counter.step(float(time), [(float(match), -float(match))], None)
        if attempt:
            ended.append(attempt)
    assert [a.side for a in ended] == [0, 1]
    assert counted(ended) == 2


def test_an_attempt_ends_only_back_at_rest() -> None:
    assert tell([(0, 0), (1, 0), (1.5, 1), (4, 1)]) == []


def test_the_table_of_phases_leads_everywhere_and_back() -> None:
    reached = {to for rows in TRANSITIONS.values() for _, to in rows}
    assert reached == {Phase.REST, Phase.RISE, Phase.HOLD, Phase.LOWER} == set(TRANSITIONS)


def sequence(story: Story, poses: int = 3, count: Count = COUNT) -> list[Attempt]:
    """The attempts of a sequence: at match p + 1 pose p is fully shown, at 0 the face rests."""
    counter = Counter(count, poses)
    ended = []
    times = np.arange(0, story[-1][0] + 1e-9, 1 / 30)
    for time, at in zip(times, np.interp(times, *zip(*story, strict=True)), strict=True):
        matches = [(max(0.0, 1.0 - abs(float(at) - p - 1.0)),) * 2 for p in range(poses)]
        attempt = counter.step(float(time), matches, None)
        if attempt:
            ended.append(attempt)
    return ended


THREE: Story = [(0, 0), (1, 0), (1.5, 1), (2.5, 1), (3, 2), (4, 2), (4.5, 3), (5.5, 3), (6, 4), (7, 4)]


def test_a_sequence_goes_from_pose_to_pose_and_each_has_its_hold() -> None:
    (attempt,) = sequence(THREE)
    assert len(attempt.holds) == 3
    assert min(attempt.holds) >= COUNT.hold
    assert len(attempt.turns) == 2


def test_passing_through_rest_between_two_poses_is_part_of_the_way() -> None:
    story: Story = [(0, 0), (1, 0), (1.5, 1), (2.5, 1), (3, 0), (4, 0), (4.2, 2), (5.2, 2), (5.7, 0), (9, 0)]
    attempt = sequence(story, poses=2)[0]
    assert min(attempt.holds) >= COUNT.hold


def test_a_sequence_left_in_its_middle_ends_after_a_while_with_what_was_done() -> None:
    (attempt,) = sequence([(0, 0), (1, 0), (1.5, 1), (2.5, 1), (3, 0), (9, 0)])
    assert len(attempt.holds) == 2
    assert attempt.hold == 0.0


def test_a_pose_that_was_not_held_is_looked_for_until_it_is() -> None:
    touched: Story = [
        (0, 0),
        (1, 0),
        (1.3, 1),
        (1.4, 1),
        (1.7, 0.5),
        (2, 1),
        (3, 1),
        (3.4, 2),
        (4.4, 2),
        (5, 0),
        (9, 0),
    ]
    attempt = sequence(touched, poses=2)[0]
    assert min(attempt.holds) >= COUNT.hold


def test_a_quiet_exercise_is_over_when_it_was_held() -> None:
    counter = Counter(Count(level=0.65, leave=0.35, back=0.25, hold=3.0, bridge=0.5, ends="held"))
    ended = [counter.step(i / 30, [(1.0, 1.0)] if i % 45 else [(0.5, 0.5)], None) for i in range(1, 200)]
    assert [round(a.end, 1) for a in ended if a] == [3.1, 6.2]


# --- to the very limit, with numbers that floats hold exactly ---------------------------------------------

EXACT = Count(level=0.5, leave=0.25, back=0.125, hold=0.5)


def watch(counter: Counter, *moments: tuple[float, float]) -> list[Phase]:
    """The phase after each moment (seconds, match) of an exercise without sides."""
    phases = []
    for time, match in moments:
        assert counter.step(time, [(match, match)], None) is None
        phases.append(counter.phase)
    return phases


def test_a_limit_itself_is_reached_and_is_not_yet_left() -> None:
    counter = Counter(EXACT)
    told = watch(counter, (0, 0.0), (1, 0.25), (2, 0.5), (3, 0.5 * OFF_PEAK), (4, 0.125), (5, 0.125))
    assert told == [Phase.REST, Phase.RISE, Phase.HOLD, Phase.HOLD, Phase.LOWER, Phase.LOWER]
    ended = counter.step(6, [(0.0, 0.0)], None)
    assert ended is not None
    assert (ended.start, ended.end, ended.holds) == (1.0, 5.0, [1.0])


def test_what_happens_between_two_frames_is_where_a_straight_line_has_it() -> None:
    """Up through a quarter and a half of the way between two frames, and down again from three quarters."""
    counter = Counter(EXACT)
    assert watch(counter, (1, 0.0), (2, 1.0)) == [Phase.REST, Phase.HOLD]
    assert counter.attempt is not None
    assert (counter.attempt.start, counter.attempt.hold) == (1.25, 0.5)
    assert watch(counter, (3, 0.75), (4, 0.5)) == [Phase.HOLD, Phase.HOLD]
    assert counter.attempt.hold == 2.5
    ended = counter.step(6, [(0.0, 0.0)], None)
    assert ended is not None
    assert ended.end == pytest.approx(4 + 2 * (1 - 0.25 * RETURN))
    assert ended.hold == pytest.approx(4 + 2 * (1 - OFF_PEAK) - 1.5, abs=1e-12)


def test_who_is_at_the_peak_with_the_first_frame_begins_there() -> None:
    counter = Counter(EXACT)
    assert watch(counter, (3.0, 0.5)) == [Phase.HOLD]
    assert counter.attempt == Attempt(3.0, 0, late=True, top=0.5, _run_start=3.0, _run_end=3.0)


@pytest.mark.parametrize(("match", "late"), [(0.25, False), (BEGUN * 0.5, False), (0.3125, True), (1.0, True)])
def test_what_is_first_seen_well_on_its_way_had_begun_before(match: float, late: bool) -> None:
    counter = Counter(EXACT)
    counter.step(7.0, [(match, match)], None)
    assert counter.attempt is not None
    assert (counter.attempt.start, counter.attempt.late) == (7.0, late)
    # The next one was seen from its beginning.
    for time in (8.0, 9.0):
        counter.step(time, [(0.0, 0.0)], None)
    assert counter.attempt is None
    counter.step(10.0, [(1.0, 1.0)], None)
    assert counter.attempt is not None
    assert not counter.attempt.late


def test_who_was_seen_at_rest_for_one_frame_is_never_late_however_quick() -> None:
    for first in (0.0, 0.125, 0.2499, -1.0):
        counter = Counter(EXACT)
        watch(counter, (0.0, first), (1 / 32, 1.0))
        assert counter.attempt is not None
        assert not counter.attempt.late


def test_after_a_new_beginning_what_is_first_seen_may_be_late_again() -> None:
    counter = Counter(EXACT)
    watch(counter, (0.0, 0.0), (1.0, 1.0))
    counter.reset()
    watch(counter, (2.0, 1.0))
    assert counter.attempt is not None
    assert counter.attempt.late


def test_the_side_that_is_ahead_says_whether_an_attempt_is_late() -> None:
    counter = Counter(EXACT)
    counter.step(0.0, [(0.0, 1.0)], None)
    assert counter.attempt is not None
    assert (counter.attempt.side, counter.attempt.late) == (1, True)


def test_what_is_over_when_it_was_held_is_never_late() -> None:
    """Who sits there with a quiet face, as asked, need not have been seen to begin."""
    counter = Counter(Count(level=0.5, leave=0.25, back=0.125, hold=1.0, ends="held"))
    watch(counter, (0, 1.0))
    assert counter.attempt is not None
    assert not counter.attempt.late
    watch(counter, (0.5, 1.0))
    ended = counter.step(1.0, [(1.0, 1.0)], None) or counter.step(1.5, [(1.0, 1.0)], None)
    assert ended is not None
    assert not ended.late


def test_the_later_poses_of_a_sequence_are_not_late() -> None:
    counter = Counter(EXACT, poses=2)
    for time, matches in ((0, (0.0, 0)), (1, (1.0, 0)), (2, (1.0, 0)), (3, (0.0, 1.0)), (4, (0.0, 1.0))):
        counter.step(time, [(m, m) for m in matches], None)
    assert counter.attempt is not None
    assert (counter.attempt.pose, counter.attempt.late) == (1, False)


# --- large movements, and movements that do not begin at rest ----------------------------------------------


def test_a_large_movement_is_over_when_most_of_it_is_back_and_the_next_one_begins_from_there() -> None:
    """Three frowns of a face that lets go of most of each only: three attempts, not one."""
    story: Story = [(0, 0), (1, 0)]
    for i in range(3):
        story += [(1.3 + 2 * i, 3), (2.0 + 2 * i, 3), (2.3 + 2 * i, 0.8), (3.0 + 2 * i, 0.8)]
    attempts = tell([*story, (7.3, 0), (8, 0)])
    assert [round(a.start) for a in attempts] == [1, 3, 5]
    assert counted(attempts) == 3
    assert [round(a.zero, 2) for a in attempts] == [0.0, 0.55, 0.55]


def test_what_begins_half_way_up_is_measured_from_there() -> None:
    """From 0.5, where it stays after the first one, to 1: half of the movement, though it ends at the peak."""
    (first, second) = tell([*REP[:4], (3.0, 0.3), (3.5, 0.3), (3.7, 0.5), (4.5, 0.5), (4.7, 0.9), (5.5, 0.9), (6, 0)])
    assert (first.zero, round(second.zero, 2)) == (0.0, 0.05)
    assert second.top == pytest.approx(0.85, abs=0.02)


@pytest.mark.parametrize("off", [-0.3, 0.3])
def test_where_rest_may_be_off_by_so_much_the_lowest_of_late_is_rest(off: float) -> None:
    for slack, zero in ((0.0, max(0.0, off - COUNT.back)), (0.2, 0.2 if off > 0 else -0.2), (0.5, off)):
        counter = Counter(COUNT)
        counter.slack = slack
        for time, value in ((0, 0.0), (1, 1.5), (2, 1.5), (3, off), (4, off), (5, off)):
            counter.step(float(time), [(value, value)], None)
        assert counter.attempt is None
        assert counter.zero == [pytest.approx(zero)] * 2


# --- the end of a recording -------------------------------------------------------------------------------


def finished(*moments: tuple[float, float], at: float, count: Count = EXACT) -> tuple[Attempt | None, bool, Counter]:
    counter = Counter(count)
    watch(counter, *moments)
    return *counter.finish(at), counter


def test_what_is_running_when_there_are_no_more_frames_ends_with_the_last_one() -> None:
    attempt, back, counter = finished((0, 0.0), (1, 1.0), (2, 1.0), (3, 0.75), at=3.0)
    assert attempt is not None
    assert (attempt.start, attempt.end, back) == (0.25, 3.0, False)
    assert attempt.hold == 2.5
    assert (counter.attempt, counter.phase) == (None, Phase.REST)
    assert counter.finish(4.0) == (None, False)


def test_what_is_back_below_the_return_level_ended_where_it_came_there() -> None:
    """Rest has not settled yet: a tenth of a second after the last frame it would have."""
    attempt, back, counter = finished((0, 0.0), (1, 1.0), (2, 1.0), (2.0625, 0.0), at=2.0625)
    assert attempt is not None
    assert (attempt.end, back) == (pytest.approx(2.0 + 0.0625 * (1.0 - 0.125 * RETURN)), True)
    assert (counter.attempt, counter.phase) == (None, Phase.REST)


@pytest.mark.parametrize(("left", "back"), [(ENDING, True), (ENDING + 0.01, False)])
def test_a_recording_that_ends_on_the_way_back_has_seen_it_once_part_of_the_way_is_gone(
    left: float, back: bool
) -> None:
    for size in (1.0, 3.0):
        attempt, found, _ = finished((0, 0.0), (1, size), (2, size), (3, left * size), at=3.0)
        assert attempt is not None
        assert (attempt.end, found) == (3.0, back)


def test_what_was_back_and_went_up_again_is_not_back() -> None:
    attempt, back, _ = finished((0, 0.0), (1, 1.0), (2, 1.0), (2.0625, 0.0), (2.125, 0.75), at=2.125)
    assert attempt is not None
    assert (attempt.end, back) == (2.125, False)


def test_where_nothing_was_running_nothing_ends() -> None:
    assert Counter(EXACT).finish(1.0) == (None, False)
    attempt, back, _ = finished((0, 0.0), (1, 0.1), (2, 0.2), at=2.0)
    assert (attempt, back) == (None, False)


def test_after_the_end_of_a_recording_a_counter_begins_anew() -> None:
    _, _, counter = finished((0, 0.0), (1, 1.0), at=1.0)
    watch(counter, (5.0, 0.0), (6.0, 1.0))
    assert counter.attempt is not None
    assert counter.attempt == Attempt(5.25, 0, top=1.0, holds=[0.5], _run_start=5.5, _run_end=6.0)


@pytest.mark.parametrize(("bridge", "settles"), [(0.1, 0.125), (0.2, 0.125), (0.375, 0.375)])
def test_rest_is_believed_after_a_moment_and_where_long_dips_are_bridged_after_those(
    bridge: float, settles: float
) -> None:
    counter = Counter(Count(level=0.5, leave=0.25, back=0.125, hold=0.5, bridge=bridge))
    watch(counter, (0, 0.0), (1, 0.5), (2, 0.125))
    ended = [i / 32 for i in range(1, 32) if counter.step(2 + i / 32, [(0.0, 0.0)], None)]
    assert ended == [settles]


def test_a_dip_as_long_as_what_is_bridged_is_bridged_and_a_longer_one_is_not() -> None:
    attempt = Attempt(0.0, 0)
    attempt.at_peak(0.0, 1.0, 0.25)
    attempt.at_peak(1.25, 2.0, 0.25)
    assert attempt.hold == 2.0
    attempt.at_peak(2.5, 4.0, 0.25)
    assert attempt.hold == 2.0
    attempt.at_peak(4.0, 5.0, 0.25)
    assert attempt.hold == 2.5


def test_each_rule_is_told_how_long_it_refused_the_peak() -> None:
    counter = Counter(EXACT)
    for time, match, refused in ((0, 0.0, None), (1, 1.0, 2), (2, 1.0, 2), (3, 1.0, None), (5, 1.0, 0), (6, 0.5, 2)):
        counter.step(time, [(match, match)], refused)
    assert counter.attempt is not None
    assert counter.attempt.refusals == {2: 0.5 + 1.0 + 1.0, 0: 2.0}
    assert counter.attempt.hold == 1.0


def test_a_quiet_exercise_is_over_with_the_frame_after_its_hold_is_full() -> None:
    counter = Counter(Count(level=0.5, leave=0.25, back=0.125, hold=1.0, ends="held"))
    watch(counter, (0, 1.0), (1, 1.0))
    ended = counter.step(1.5, [(1.0, 1.0)], None)
    assert ended is not None
    assert (ended.end, ended.holds, counter.phase) == (1.5, [1.5], Phase.REST)


def test_the_next_pose_is_looked_for_as_soon_as_this_one_was_held_and_that_one_is_there() -> None:
    counter = Counter(EXACT, poses=3)
    for time, matches in ((0, (0.0, 0, 0)), (1, (1.0, 0, 0.9)), (2, (1.0, 0.25, 0.9)), (3, (1.0, 0.5, 0.0))):
        counter.step(time, [(m, m) for m in matches], None)
        assert counter.pose == (1 if time == 3 else 0)
    assert counter.attempt is not None
    assert counter.phase is Phase.RISE
    assert (counter.attempt.turns, counter.attempt.holds) == ([3.0], [2.5, 0.0])


def test_a_sequence_left_in_its_middle_ends_with_the_pause_that_is_still_part_of_the_way() -> None:
    counter = Counter(EXACT, poses=2)
    for time, match in ((0, 0.0), (1, 1.0), (2, 1.0), (3, 0.0), (3.5, 0.125)):
        assert counter.step(time, [(match, match), (match, match) if time < 3 else (0.125, 0.125)], None) is None
    assert counter.pose == 1
    assert counter.step(4.0, [(0, 0), (0.0, 0.0)], None) is None  # below since 3.5
    assert counter.step(5.999, [(0, 0), (0.0, 0.0)], None) is None
    ended = counter.step(6.0, [(0, 0), (0.0, 0.0)], None)
    assert ended is not None
    assert ended.end == 3.5


def sided(counter: Counter, time: float, left: float, right: float) -> tuple[Phase, int]:
    counter.step(time, [(left, right)], None)
    assert counter.attempt is not None
    return counter.phase, counter.attempt.side


def test_on_the_way_up_an_attempt_goes_over_to_the_side_that_is_clearly_ahead() -> None:
    counter = Counter(EXACT)
    counter.step(0, [(0.0, 0.0)], None)
    assert sided(counter, 1, 0.25, 0.25) == (Phase.RISE, 0)  # neither is ahead
    assert sided(counter, 2, 0.25, 0.25 + 0.1) == (Phase.RISE, 0)
    assert sided(counter, 3, 0.25, 0.75) == (Phase.HOLD, 1)
    assert counter.attempt is not None
    assert counter.attempt.hold == 0.0  # how it came there was not followed
    other = Counter(EXACT)
    other.step(0, [(0.0, 0.0)], None)
    assert [sided(other, 1, 0.0, 0.25), sided(other, 2, 0.5, 0.25)] == [(Phase.RISE, 1), (Phase.HOLD, 0)]


def test_once_at_the_peak_an_attempt_stays_with_its_side() -> None:
    counter = Counter(EXACT)
    counter.step(0, [(0.0, 0.0)], None)
    assert sided(counter, 1, 0.75, 0.0) == (Phase.HOLD, 0)
    assert sided(counter, 2, 0.75, 1.0) == (Phase.HOLD, 0)
    assert sided(counter, 3, 0.25, 1.0) == (Phase.LOWER, 0)
    assert sided(counter, 4, 0.25, 1.0) == (Phase.LOWER, 0)
    ended = counter.step(6, [(0.0, 1.0)], None)
    assert ended is not None
    assert (ended.side, ended.end) == (0, pytest.approx(4 + 2 * (1 - 0.125 * 0.75 * RETURN / 0.25)))
