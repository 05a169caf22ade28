"""The little language of conditions in exercise files."""

import numpy as np
import pytest

from coach.form.condition import Clause, Conditions, mirror, parse
from coach.form.measures import INDEX, NAMES


def change(**values: float) -> np.ndarray:
    out = np.zeros(len(NAMES))
    for name, value in values.items():
        out[INDEX[name]] = value
    return out


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("lip_gap > 0.015", Clause("lip_gap", 1, 0.015, False, False)),
        ("mouth_width < -10 %", Clause("mouth_width", -1, -10.0, True, False)),
        ("|yaw_deg| > 12", Clause("yaw_deg", 1, 12.0, False, True)),
    ],
)
def test_one_clause(text: str, clause: Clause) -> None:
    assert parse(text) == (clause,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lip_gap", "is not a condition"),
        ("lip_gap = 3", "is not a condition"),
        ("|yaw_deg > 12", "is not a condition"),
        ("lip_gap > 1 or yaw_deg > 2", "is not a condition"),
        ("__import__('os').system('x') > 1", "is not a condition"),
        ("mouth_with > 10 %", "did you mean 'mouth_width'?"),
        ("", "is not a condition"),
        ("lip_gap > ٣", "is not a condition"),
        ("lip_gap > " + "1" * 400, "is not a condition"),
        ("yaw_deg" + " " * 480 + "x", "is not a condition"),
        ("yaw_deg" + " " * 100_000 + "x", "must have 500 characters at most"),
    ],
)
def test_what_is_no_condition_is_refused_with_advice(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        parse(text)


def test_five_hundred_characters_are_not_too_many() -> None:
    assert parse("lip_gap > 0.1".ljust(500)) == parse("lip_gap > 0.1")


def test_conditions_are_about_the_change_from_rest() -> None:
    rest = np.full(len(NAMES), 0.5)
    tests = Conditions(
        [parse("lip_gap > 0.1"), parse("mouth_width > 10 %"), parse("|yaw_deg| > 12 and lip_gap < 0.3")], rest
    )
    assert tests.test(change()).tolist() == [False, False, False]
    assert tests.test(change(lip_gap=0.2, mouth_width=0.04)).tolist() == [True, False, False]
    assert tests.test(change(mouth_width=0.06, yaw_deg=-13)).tolist() == [False, True, True]
    assert tests.test(change(yaw_deg=13, lip_gap=0.4)).tolist() == [True, False, False]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_limit_is_where_it_is_written_and_is_itself_not_beyond(sign: float) -> None:
    """Numbers that floats hold exactly: a quarter of change of a rest of a half is fifty per cent."""
    rest = np.full(len(NAMES), 0.5)
    op = ">" if sign > 0 else "<"
    tests = Conditions([parse(f"lip_gap {op} {sign * 0.25}"), parse(f"mouth_width {op} {sign * 50} %")], rest)
    for more, holds in ((0.0, False), (1e-9, True)):
        moved = change(lip_gap=sign * (0.25 + more), mouth_width=sign * (0.25 + more))
        assert tests.test(moved).tolist() == [holds, holds]


def test_a_limit_is_to_one_side_but_for_a_size_which_has_two() -> None:
    texts = ["lip_gap > 0.1", "lip_gap < -0.1", "|lip_gap| > 0.1", "|lip_gap| < 0.1", "lip_gap < 0.1", "lip_gap > -0.1"]
    tests = Conditions([parse(text) for text in texts], np.zeros(len(NAMES)))
    found = tests.test(np.stack([change(lip_gap=value) for value in (-0.2, -0.05, 0.05, 0.2)])).T
    assert dict(zip(texts, found.tolist(), strict=True)) == {
        "lip_gap > 0.1": [False, False, False, True],
        "lip_gap < -0.1": [True, False, False, False],
        "|lip_gap| > 0.1": [True, False, False, True],
        "|lip_gap| < 0.1": [False, True, True, False],
        "lip_gap < 0.1": [True, True, True, False],
        "lip_gap > -0.1": [False, True, True, True],
    }


def test_per_cent_of_a_rest_of_nothing_is_no_division_by_it() -> None:
    tests = Conditions([parse("lip_gap > 10 %")], np.zeros(len(NAMES)))
    with np.errstate(all="raise"):
        assert tests.test(change(lip_gap=1.1e-7)).tolist() == [True]
        assert tests.test(change(lip_gap=0.9e-7)).tolist() == [False]


def test_many_frames_at_once() -> None:
    tests = Conditions([parse("lip_gap > 0.1"), parse("pitch_deg < -5")], np.zeros(len(NAMES)))
    frames = np.stack([change(), change(lip_gap=0.2), change(pitch_deg=-6)])
    assert tests.test(frames).tolist() == [[False, False], [True, False], [False, True]]


def test_one_moment_alone_is_tested_as_among_many() -> None:
    random = np.random.default_rng(0)
    texts = ["lip_gap > 0.1", "mouth_width < -10 %", "|yaw_deg| > 0.3 and lip_gap < 0.3", "|pitch_deg| < 0.5"]
    tests = Conditions([parse(text) for text in texts], random.uniform(0.2, 1.0, len(NAMES)))
    changes = random.normal(0, 0.5, (50, len(NAMES)))
    many = tests.test(changes)
    assert many.any(axis=0).all()
    assert not many.all(axis=0).any()
    for values, held in zip(changes, many, strict=True):
        assert tests.test(values).tolist() == tests.test(values[None])[0].tolist() == held.tolist()
    np.testing.assert_array_equal(tests.test(changes.reshape(5, 10, -1)), many.reshape(5, 10, -1))


def test_no_conditions_test_nothing() -> None:
    nothing = Conditions([], np.zeros(len(NAMES)))
    assert nothing.test(change()).shape == (0,)
    assert nothing.test(np.zeros((3, len(NAMES)))).shape == (3, 0)
    assert nothing.test(change()).dtype == bool


def test_a_condition_in_the_mirror() -> None:
    (clause,) = mirror(parse("chin_x > 0.02"))
    assert (clause.measure, clause.sign, clause.number) == ("chin_x", -1, -0.02)
    (clause,) = mirror(parse("eye_aperture_left < -25 %"))
    assert (clause.measure, clause.sign, clause.number) == ("eye_aperture_right", -1, -25.0)
    (clause,) = mirror(parse("gaze_x_left > 0.1"))
    assert (clause.measure, clause.sign, clause.number) == ("gaze_x_right", -1, -0.1)
    assert mirror(parse("|yaw_deg| > 8")) == parse("|yaw_deg| > 8")
