"""What each part of the form means: it falls with its own fault, and leaves the others alone."""

from collections.abc import Callable

import numpy as np
import pytest
from faces import perform, rest_measures, template_track
from scipy.stats import spearmanr

from coach.form.exercise import Exercise, Tempo, find_exercise
from coach.form.measures import INDEX
from coach.form.scoring import GOOD_FORM, WEIGHTS, is_good, total
from coach.form.session import Session
from coach.frame import Array, Part, Repetition

SMILE = find_exercise("wide-smile").paced(Tempo(1.0, 3.0, 1.0, 2.0))
TEN = range(10)

Change = Callable[[float, Array], Array]


def performed(exercise: Exercise, change: Change = lambda time, values: values, **parts: float) -> Repetition:
    """One repetition of a template, every moment changed as wanted."""
    session = Session(exercise)
    for time, values in template_track(perform(exercise, tempo=None), parts=parts):
        session.advance(time, change(time, values))
    (repetition,) = session.attempts
    return repetition


def smaller(step: int) -> Repetition:
    amount = 1.0 - 0.06 * step
    return performed(SMILE, **{name: amount for name in SMILE.measures})


def one_sided(step: int) -> Repetition:
    return performed(SMILE, **{name: 1.0 - 0.1 * step for name in SMILE.measures if name.endswith("right")})


def trembling(step: int) -> Repetition:
    moved = {name: 0.025 * step for name in SMILE.measures}
    rest = rest_measures()

    def tremor(time: float, values: Array) -> Array:
        shaken = values.copy()
        for name, part in moved.items():
            i = INDEX[name]
            shaken[i] += np.sin(2 * np.pi * 3.0 * time) * part * (values[i] - rest[i]) * 1.6
        return shaken

    return performed(SMILE, tremor)


def with_brows(step: int) -> Repetition:
    rest = rest_measures()
    smile = INDEX["corner_canthus_left"]

    def raised(time: float, values: Array) -> Array:
        joined = values.copy()
        part = (values[smile] / rest[smile] - 1.0) / -0.13
        for side in ("left", "right"):
            joined[INDEX[f"brow_height_{side}"]] += 0.008 * step * part
        return joined

    return performed(SMILE, raised)


def quicker(step: int) -> Repetition:
    factor = 1.0 - 0.075 * step
    return _at_tempo(factor)


def slower(step: int) -> Repetition:
    return _at_tempo(1.0 + 0.25 * step)


def _at_tempo(factor: float) -> Repetition:
    """Rise and lowering at another tempo than asked for, the hold as it should be."""
    tempo = SMILE.tempo
    session = Session(SMILE)
    paced = SMILE.paced(Tempo(tempo.rise * factor, tempo.hold, tempo.lower * factor, tempo.rest))
    for time, values in template_track(perform(paced, tempo=None), fps=60):
        session.advance(time, values)
    (repetition,) = session.attempts
    return repetition


@pytest.mark.parametrize(
    ("part", "worse"),
    [
        ("range", smaller),
        ("symmetry", one_sided),
        ("hold", trembling),
        ("isolation", with_brows),
        ("tempo", quicker),
        ("tempo", slower),
    ],
)
def test_a_part_falls_with_its_own_fault_and_the_others_stay(part: str, worse: Callable[[int], Repetition]) -> None:
    steps = [worse(step) for step in TEN]
    scores = {name: [rep.part(name) for rep in steps] for name in WEIGHTS}
    own = [score for score in scores.pop(part) if score is not None]
    assert len(own) == len(steps)
    assert own[0] > 95
    assert own[-1] < 70
    assert spearmanr(list(TEN), own).statistic <= -0.95, own
    for name, others in scores.items():
        assert max(others) - min(others) < 5, (name, others)


def test_twice_the_speed_costs_tempo_and_not_shape() -> None:
    right, fast = _at_tempo(1.0), _at_tempo(0.5)
    assert (right.part("tempo") or 0) - (fast.part("tempo") or 0) > 30
    assert abs((right.part("shape") or 0) - (fast.part("shape") or 0)) < 5


def test_another_mixture_of_the_same_size_costs_shape() -> None:
    """All corners, no width: as far on the whole, but not this movement."""
    like, unlike = performed(SMILE), performed(SMILE, corner_lift_left=0.0, corner_canthus_left=1.0)
    mixed = {name: 0.2 if "canthus" in name else 1.9 for name in SMILE.measures}
    unlike = performed(SMILE, **mixed)
    assert (like.part("shape") or 0) - (unlike.part("shape") or 0) > 20


def test_a_hold_cut_short_costs_hold_and_names_it() -> None:
    short = SMILE.paced(Tempo(1.0, 1.2, 1.0, 2.0))
    session = Session(SMILE)
    for time, values in template_track(perform(short, tempo=None)):
        session.advance(time, values)
    (rep,) = session.attempts
    assert rep.counted
    assert 30 < (rep.part("hold") or 0) < 50
    assert rep.faults == ("short-hold",)


def test_every_part_explains_itself_with_its_number() -> None:
    rep = performed(SMILE, corner_canthus_right=0.6, corner_lift_right=0.6)
    assert {part.name for part in rep.parts} == set(WEIGHTS)
    assert all(any(c.isdigit() for c in part.says) and part.says.endswith(".") for part in rep.parts)
    assert all(0.0 <= part.score <= 100.0 for part in rep.parts)
    said = next(part.says for part in rep.parts if part.name == "symmetry")
    assert said.startswith("Your right side reached 6")
    assert said.endswith("% of the left.")


def test_the_form_is_the_weighted_mean_of_the_parts_there_are() -> None:
    assert total([Part("range", 50.0, ""), Part("tempo", 100.0, "")]) == pytest.approx((0.3 * 50 + 0.1 * 100) / 0.4)
    rep = performed(SMILE)
    assert rep.form == pytest.approx(total(rep.parts))
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_an_attempt_that_does_not_count_has_parts_and_no_form() -> None:
    rep = performed(SMILE, **{name: 0.5 for name in SMILE.measures})
    assert not rep.counted
    assert rep.form is None
    assert 40 < (rep.part("range") or 0) < 60


def test_a_good_repetition_is_counted_in_good_form_and_faultless() -> None:
    assert is_good(performed(SMILE))
    assert not is_good(with_brows(9))
    assert GOOD_FORM < 90


def test_a_movement_that_begins_before_the_last_was_let_go_is_told_so() -> None:
    rest = rest_measures()
    smile = [INDEX[name] for name in SMILE.measures]
    session = Session(SMILE)
    corners = [
        (0.0, 0),
        (2.0, 0),
        (3.0, 1),
        (6.0, 1),
        (7.0, 0.22),
        (7.4, 0.22),
        (8.4, 1),
        (11.4, 1),
        (12.4, 0),
        (14, 0),
    ]
    peak = dict(zip(SMILE.measures, [t.span(float(rest[INDEX[n]])) for n, t in SMILE.peak.items()], strict=True))
    for i in range(14 * 30):
        part = float(np.interp(i / 30, *zip(*corners, strict=True)))
        values = rest.copy()
        values[smile] += part * np.array([peak[name] for name in SMILE.measures])
        session.advance(i / 30, values)
    assert ["release" in rep.faults for rep in session.attempts] == [False, True]


def test_in_gentle_mode_a_moderate_movement_scores_best() -> None:
    def gentle(amount: float) -> Repetition:
        session = Session(SMILE, gentle=True)
        track = template_track(perform(SMILE, tempo=None), parts={name: amount for name in SMILE.measures})
        for time, values in track:
            session.advance(time, values)
        (rep,) = session.attempts
        return rep

    forms = {amount: gentle(amount) for amount in (0.25, 0.5, 0.7, 1.0, 1.3)}
    assert all(rep.counted for amount, rep in forms.items() if amount >= 0.5)
    ranges = [forms[a].part("range") or 0.0 for a in (0.25, 0.5, 0.7, 1.0, 1.3)]
    assert ranges[1] == ranges[2] == 100.0
    assert ranges[0] < 95
    assert ranges[2] > ranges[3] > ranges[4]


def test_a_face_that_joins_in_as_a_whole_is_too_much_effort_in_gentle_mode() -> None:
    joining = ["brow_down_left", "brow_down_right", "squint_left", "squint_right"]

    def faults(names: list[str], gentle: bool) -> tuple[str, ...]:
        session = Session(SMILE, gentle=gentle)
        for time, values in template_track(perform(SMILE, tempo=None)):
            for name in names:
                values[INDEX[name]] += 0.4 * (2.8 < time < 4.0)
            session.advance(time, values)
        return session.attempts[0].faults

    assert "effort" in faults(joining, True)
    assert "effort" not in faults(joining, False)
    assert "effort" not in faults(joining[:2], True)


def test_a_long_hold_is_told_to_breathe() -> None:
    bend = find_exercise("side-bend")
    session = Session(bend)
    said = {session.advance(time, values).cue for time, values in template_track(perform(bend, tempo=None))}
    assert "Keep breathing." in said
