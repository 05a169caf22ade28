"""When a fault is spoken of: after it has lasted, once in a while, one at a time, and again when it is mended."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from coach.form.condition import Clause
from coach.form.exercise import Exercise, Rule, find_exercise
from coach.form.faults import FaultWatch, still_words
from coach.frame import Kind

PLAIN = msgspec.structs.replace(find_exercise("wide-smile"), fault=[], still={}, refuse=[])


def watching(*codes: str, still: dict[str, float] | None = None) -> FaultWatch:
    rules = [Rule(f"lip_gap > 0.{i + 1}", f"Mend {code}.", code) for i, code in enumerate(codes)]
    return FaultWatch(msgspec.structs.replace(PLAIN, fault=rules, still=still or {}))


def told(watch: FaultWatch, time: float, *holds: bool) -> tuple[list[tuple[Kind, str]], str]:
    """What a moment is told, and the cue."""
    events, cue = watch.step(time, holds)
    assert all(event.time == time for event in events)
    return [(event.kind, event.code) for event in events], cue


def cues(watch: FaultWatch, times: Sequence[float], *holds: bool) -> list[str]:
    return [told(watch, time, *holds)[1] for time in times]


def test_a_fault_is_named_when_it_has_lasted_and_fixed_when_it_is_gone_for_long_enough() -> None:
    watch = watching("open")
    assert told(watch, 0.0, True) == ([], "")
    assert told(watch, 0.25, True) == ([], "")
    assert told(watch, 0.3, True) == ([(Kind.FAULT, "open")], "Mend open.")
    assert told(watch, 0.3125, True) == ([], "Mend open.")
    assert told(watch, 0.5, True) == ([], "Mend open.")
    assert told(watch, 0.99, False) == ([], "Mend open.")
    assert told(watch, 1.0, False) == ([(Kind.FAULT_FIXED, "open")], "Mend open.")
    assert told(watch, 1.6, False) == ([], "Mend open.")


def test_it_is_told_in_the_words_of_the_exercise() -> None:
    watch = watching("open")
    watch.step(0.0, [True])
    (named,), _ = watch.step(0.5, [True])
    (fixed,), _ = watch.step(2.0, [False])
    assert (named.text, fixed.text) == ("Mend open.", "Better.")


def test_what_comes_and_goes_does_not_last() -> None:
    watch = watching("open")
    for i in range(40):
        assert told(watch, i / 8, i % 3 != 0) == ([], "")
    assert told(watch, 5.0, True) == ([], "")
    assert told(watch, 5.25, True) == ([], "")


def test_a_fault_that_is_back_before_it_was_mended_is_still_the_same() -> None:
    watch = watching("open")
    cues(watch, [0.0, 0.5], True)
    assert told(watch, 0.75, False) == told(watch, 0.875, True) == ([], "Mend open.")
    assert told(watch, 1.25, False) == ([], "Mend open.")
    assert told(watch, 1.375, False) == ([(Kind.FAULT_FIXED, "open")], "Mend open.")


def test_outside_of_an_attempt_no_fault_holds() -> None:
    watch = watching("open", "wide")
    watch.step(0.0, [True, True])
    watch.step(0.5, [True, True])
    assert watch.step(0.75, None) == ([], "Mend open.")
    events, _ = watch.step(1.0, None)
    assert [event.code for event in events] == ["open", "wide"]


def test_a_cue_stays_two_seconds_and_comes_again_after_six() -> None:
    watch = watching("open")
    assert cues(watch, [0.0, 0.25], True) == ["", ""]
    assert cues(watch, [0.5, 1.0, 2.25], True) == ["Mend open."] * 3
    assert cues(watch, [2.5, 3.0], True) == ["", ""]
    watch.step(4.0, [False])
    assert cues(watch, [5.0, 5.5], True) == ["", ""]  # named again, but not spoken of
    watch.step(6.0, [False])
    assert cues(watch, [6.0625, 6.25], True) == ["", ""]
    assert cues(watch, [6.5, 8.25], True) == ["Mend open."] * 2
    assert cues(watch, [8.5], True) == [""]


def test_just_before_six_seconds_are_over_it_is_not_spoken_of_again() -> None:
    watch = watching("open")
    cues(watch, [0.0, 0.5], True)
    watch.step(5.0, [False])
    assert told(watch, 6.0, True) == ([], "")
    assert told(watch, 6.4375, True) == ([(Kind.FAULT, "open")], "")


def test_while_one_fault_is_spoken_of_another_is_named_without_a_cue() -> None:
    watch = watching("open", "wide")
    assert told(watch, 0.0, False, True) == ([], "")
    assert told(watch, 0.5, True, True) == ([(Kind.FAULT, "wide")], "Mend wide.")
    assert told(watch, 0.875, True, False) == ([(Kind.FAULT, "open")], "Mend wide.")
    # It was not spoken of then, so it may be as soon as it is named anew.
    assert told(watch, 2.0, False, False) == ([(Kind.FAULT_FIXED, "wide"), (Kind.FAULT_FIXED, "open")], "Mend wide.")
    assert told(watch, 2.5, True, False) == ([], "")
    assert told(watch, 3.0, True, False) == ([(Kind.FAULT, "open")], "Mend open.")


def test_two_conditions_of_one_fault_are_one_fault() -> None:
    """As the left and the right brow are: it is named with the first and fixed with the last."""
    watch = watching(still={"brow_height_left": 0.05, "brow_height_right": 0.05, "yaw_deg": 8.0})
    assert watch.codes == ("brow", "brow", "head")
    told(watch, 0.0, True, False, False)
    assert told(watch, 0.5, True, True, True) == ([(Kind.FAULT, "brow")], "Let your forehead rest.")
    assert told(watch, 0.875, False, True, True) == ([(Kind.FAULT, "head")], "Let your forehead rest.")
    assert told(watch, 1.5, False, True, True) == ([], "Let your forehead rest.")
    assert told(watch, 2.0, False, False, True) == ([(Kind.FAULT_FIXED, "brow")], "Let your forehead rest.")


def test_nothing_is_better_while_the_other_side_does_the_same() -> None:
    """The left brow comes down in the very frame in which the right one has been up for long enough, or just before."""
    for begins in (1.125, 1.375):
        watch = watching(still={"brow_height_left": 0.05, "brow_height_right": 0.05})
        told(watch, 0.0, True, False)
        told(watch, 0.75, True, False)
        told(watch, 1.0, True, False)
        assert told(watch, begins, False, True)[0] == []
        assert told(watch, 1.5, False, True)[0] == []
        assert told(watch, 2.0, False, True)[0] == []  # it is the same fault, and known
        assert told(watch, 2.5, False, False)[0] == [(Kind.FAULT_FIXED, "brow")]


def test_a_watch_is_busy_from_the_first_sign_of_a_fault_until_it_is_mended_and_its_cue_is_over() -> None:
    watch = watching("open")
    assert not watch.busy
    watch.step(0.0, [False])
    assert not watch.busy
    watch.step(1.0, [True])
    assert watch.busy  # it may come to last
    watch.step(1.25, [False])
    assert not watch.busy
    watch.step(2.0, [True])
    assert told(watch, 2.5, True) == ([(Kind.FAULT, "open")], "Mend open.")
    watch.step(2.75, None)
    assert watch.busy  # it is to be mended yet
    assert told(watch, 3.0, False) == ([(Kind.FAULT_FIXED, "open")], "Mend open.")
    assert watch.busy  # its cue stands
    assert told(watch, 4.375, False) == ([], "Mend open.")
    assert watch.busy
    assert told(watch, 4.5, False) == ([], "")
    assert not watch.busy


def test_what_was_named_without_a_cue_keeps_a_watch_busy_until_it_is_mended() -> None:
    watch = watching("open")
    cues(watch, [0.0, 0.5], True)
    watch.step(3.0, [False])
    cues(watch, [3.5, 4.0], True)  # named again too soon to be spoken of
    assert watch.busy
    assert told(watch, 4.25, False) == ([], "")
    assert watch.busy
    watch.step(4.5, [False])
    assert not watch.busy


def test_while_a_watch_is_not_busy_moments_without_a_fault_may_be_left_out() -> None:
    random = np.random.default_rng(0)
    holding = np.repeat(random.random((90, 2)) < 0.3, random.integers(1, 40, 90), axis=0).tolist()
    whole, some = watching("open", "wide"), watching("open", "wide")
    left_out = events = 0
    for i, holds in enumerate(holding):
        every = whole.step(i / 16, holds)
        events += len(every[0])
        if any(holds) or some.busy:
            assert some.step(i / 16, holds) == every
        else:
            assert every == ([], "")
            left_out += 1
    assert left_out > 100
    assert events > 20


def test_the_conditions_are_those_of_the_file_and_then_what_is_to_keep_still_either_way() -> None:
    rules = [
        Rule("lip_gap > 0.1", "One."),
        Rule("lip_gap < 0.2 and |yaw_deg| > 3", "Two.", "two"),
        Rule("lip_x > 1", ""),
    ]
    exercise: Exercise = msgspec.structs.replace(PLAIN, fault=rules, still={"pitch_deg": 6.0})
    watch = FaultWatch(exercise)
    assert watch.codes == ("fault-1", "two", "fault-3", "head")
    assert watch.conditions == [
        (Clause("lip_gap", 1, 0.1, False, False),),
        (Clause("lip_gap", -1, 0.2, False, False), Clause("yaw_deg", 1, 3.0, False, True)),
        (Clause("lip_x", 1, 1.0, False, False),),
        (Clause("pitch_deg", 1, 6.0, False, True),),
    ]


@pytest.mark.parametrize(
    ("measure", "code", "what"),
    [
        ("brow_gap", "frown", "space between the brows"),
        ("brow_height_left", "brow", "brows"),
        ("lip_gap", "lips", "lips"),
        ("lip_x", "mouth", "mouth"),
        ("neck_length_left", "shoulders", "shoulders"),
        ("chin_x", "jaw", "chin"),
        ("smile_left", "mouth", "mouth"),
    ],
)
def test_what_is_to_keep_still_is_called_by_its_part_of_the_face(measure: str, code: str, what: str) -> None:
    words = still_words(measure)
    assert (words.code, words.what) == (code, what)
