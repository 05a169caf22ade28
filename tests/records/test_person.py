"""What is kept of a person, and how it is used."""

import stat
from pathlib import Path

import numpy as np
import pytest
from faces import perform, rest_measures, template_track

from coach.errors import BadInput
from coach.form.calibration import TRIALS, Calibration, drifted, own_range, trial
from coach.form.exercise import Exercise, Tempo, find_exercise
from coach.form.measures import INDEX, NAMES
from coach.form.session import DRIFTED, READY, Session
from coach.frame import Kind
from coach.records.person import Person, load_person, save_person

SMILE = find_exercise("wide-smile").paced(Tempo(0.8, 1.6, 0.8, 1.0))
GLIDE = find_exercise("jaw-glide").paced(Tempo(0.8, 1.6, 0.8, 1.0))
NEUTRAL = {n: v for n, v in zip(NAMES, rest_measures().tolist(), strict=True) if np.isfinite(v)}


def trials(exercise: Exercise, amount: float) -> Session:
    session = Session(trial(exercise))
    amounts = {name: amount for name in (*exercise.measures, *NAMES)}
    for time, values in template_track(perform(exercise, *["clean"] * TRIALS, tempo=None), parts=amounts):
        session.advance(time, values)
    return session


def test_two_gentle_trials_give_a_range_however_small_it_is() -> None:
    session = trials(SMILE, 0.45)
    found = own_range(session.attempts)
    assert found is not None
    whole = -0.13 * NEUTRAL["corner_canthus_left"]
    assert found["corner_canthus_left"] == pytest.approx(0.45 * whole, rel=0.1)
    assert session.neutral is not None
    assert session.neutral.spread is not None


def test_of_a_swing_each_side_has_its_own_range() -> None:
    found = own_range(trials(GLIDE, 0.8).attempts)
    assert found is not None
    assert found["chin_x"] != 0.0


def test_without_a_complete_trial_there_is_no_range() -> None:
    assert own_range([]) is None
    assert own_range(trials(SMILE, 0.05).attempts) is None


def test_a_small_range_of_ones_own_counts_and_is_all_of_it() -> None:
    found = own_range(trials(SMILE, 0.5).attempts)
    assert found is not None
    calibration = Calibration(NEUTRAL, {SMILE.id: found})
    amounts = {name: 0.5 for name in SMILE.measures}
    common, own = Session(SMILE), Session(SMILE, calibration=calibration)
    for time, values in template_track(perform(SMILE, "clean", tempo=None), parts=amounts):
        common.advance(time, values)
        own.advance(time, values)
    assert [a.counted for a in common.attempts] == [False]
    assert [a.counted for a in own.attempts] == [True]
    assert (own.attempts[0].part("range") or 0) > 95
    assert "your own full movement" in own.attempts[0].parts[0].says


def test_another_resting_face_is_not_measured_by_this_ones_range() -> None:
    other = {**NEUTRAL, "mouth_width": 1.2 * NEUTRAL["mouth_width"]}
    assert drifted(Calibration(other, {}), rest_measures())
    assert not drifted(Calibration(NEUTRAL, {}), rest_measures())
    session = Session(SMILE, calibration=Calibration(other, {SMILE.id: {"corner_canthus_left": -0.02}}))
    events = [e for time, values in template_track(perform(SMILE)) for e in session.advance(time, values).events]
    assert [e.text for e in events if e.kind is Kind.ARMED] == [READY, DRIFTED]
    assert session.reps == 1


def test_a_person_is_kept_and_read_back_for_their_eyes_only(tmp_path: Path) -> None:
    person = Person(NEUTRAL).with_range("wide-smile", {"mouth_width": 0.1}, NEUTRAL, {})
    path = save_person(tmp_path, "me", person)
    assert load_person(tmp_path, "me") == person
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_person(tmp_path, "nobody") is None
    assert "wide-smile" in person.calibrated


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not a calibration"),
        ('{"neutral": {"nose": 1.0}}', "unknown measure 'nose'"),
        ("[]", "not a calibration"),
        ("[" * 100_000, "not a calibration"),
        ('{"neutral": {"pucker": 1e300}}', "pucker cannot be 1e"),
        (" " * 2_000_001, "larger than 2000 kB"),
    ],
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "me.json").write_text(content)
    with pytest.raises(BadInput, match=says):
        load_person(tmp_path, "me")


@pytest.mark.parametrize("name", ["../me", "", "a b", "x" * 99])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="letters, digits"):
        load_person(tmp_path, name)


def test_every_known_measure_of_drift_exists() -> None:
    from coach.form.calibration import DRIFT

    assert set(DRIFT) <= set(INDEX)
