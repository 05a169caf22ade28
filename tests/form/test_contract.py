"""The contract of every exercise file: what its own template, performed, must come to.

A new file is under it from the moment it exists.
"""

from collections.abc import Mapping

import numpy as np
import pytest
from faces import perform, rest_measures, template_track

from coach.form.condition import Clause
from coach.form.exercise import Exercise, Tempo, library
from coach.form.faults import FaultWatch
from coach.form.measures import INDEX
from coach.form.session import Session
from coach.frame import Array, Repetition
from coach.plan.routine import Manner

JUDGED = [e for e in library().values() if e.judged]
MOVING = [e for e in JUDGED if e.count.ends == "rest"]
each = pytest.mark.parametrize("exercise", JUDGED, ids=lambda e: e.id)
each_moving = pytest.mark.parametrize("exercise", MOVING, ids=lambda e: e.id)


def run(
    exercise: Exercise,
    *manners: Manner,
    parts: Mapping[str, float] | None = None,
    tempo: Tempo | None = None,
    set_at_top: Mapping[str, float] | None = None,
) -> Session:
    """The session that saw the exercise's template performed, at `tempo` or its own.

    parts: how much of the movement some measures make. set_at_top: change from rest of some measures while the
    movement is at its top, whatever the template says.
    """
    session = Session(exercise)
    performance = perform(exercise, *manners, tempo=tempo)
    rest = rest_measures()
    for time, values in template_track(performance, parts=parts):
        for name, change in (set_at_top or {}).items():
            if any(move.peak_start <= time <= move.peak_end for move in performance.moves):
                values[INDEX[name]] = rest[INDEX[name]] + change
        session.advance(time, values)
    return session


def part(repetition: Repetition, name: str) -> float:
    score = repetition.part(name)
    assert score is not None
    return score


@each
def test_its_own_template_scores_ninety_and_counts(exercise: Exercise) -> None:
    session = run(exercise, "clean", "clean")
    assert [a.counted for a in session.attempts] == [True, True], session.attempts
    assert all(a.form is not None and a.form >= 90 and not a.faults for a in session.attempts), session.attempts


@each_moving
def test_a_face_at_rest_counts_nothing_and_attempts_nothing(exercise: Exercise) -> None:
    session, rest = Session(exercise), rest_measures()
    random = np.random.default_rng(0)
    noise = 0.002 * np.abs(rest)
    for i in range(300):
        session.advance(i / 30, rest + random.normal(size=len(rest)) * noise)
    assert session.attempts == []


@each_moving
def test_half_of_the_way_is_an_attempt_and_no_repetition(exercise: Exercise) -> None:
    session = run(exercise, parts=dict.fromkeys(INDEX, 0.5))
    assert session.reps == 0
    assert [a.counted for a in session.attempts] == [False]
    assert session.attempts[0].reason


def provoked(clauses: tuple[Clause, ...], rest: Array) -> dict[str, float]:
    """Changes from rest that make a condition hold."""
    changes = {}
    for clause in clauses:
        unit = abs(rest[INDEX[clause.measure]]) / 100.0 if clause.percent else 1.0
        far = clause.number + clause.sign * 0.3 * max(abs(clause.number), 1e-3)
        changes[clause.measure] = far * unit
    return changes


@each_moving
def test_each_of_its_faults_can_be_provoked_and_is_named(exercise: Exercise) -> None:
    rest = rest_measures()
    watch = FaultWatch(exercise)
    for code, clauses in zip(watch.codes, watch.conditions, strict=True):
        tempo = Tempo(exercise.tempo.rise, max(exercise.tempo.hold, 1.0), exercise.tempo.lower, exercise.tempo.rest)
        session = run(exercise, set_at_top=provoked(clauses, rest), tempo=tempo)
        assert any(code in a.faults for a in session.attempts), (code, clauses, session.attempts)


@each_moving
def test_twice_the_speed_costs_tempo_and_not_shape(exercise: Exercise) -> None:
    tempo = exercise.tempo
    if len(exercise.poses) > 1 or min(tempo.rise, tempo.lower) < 0.8:
        pytest.skip("its ways are too short to be halved and still be seen")
    own = run(exercise).attempts[0]
    fast = run(exercise, tempo=Tempo(tempo.rise / 2, tempo.hold, tempo.lower / 2, tempo.rest)).attempts[0]
    assert part(own, "tempo") - part(fast, "tempo") > 25
    assert abs(part(own, "shape") - part(fast, "shape")) < 5


@pytest.mark.parametrize("exercise", [e for e in MOVING if e.symmetry], ids=lambda e: e.id)
def test_a_one_sided_performance_costs_symmetry(exercise: Exercise) -> None:
    weak = {name: 0.45 for name in INDEX if name.endswith("_right")}
    even, uneven = run(exercise).attempts[0], run(exercise, parts=weak).attempts[0]
    assert part(even, "symmetry") == 100.0
    assert part(uneven, "symmetry") < 65
    assert "asymmetry" in uneven.faults
    if exercise.leading == "either":
        assert abs(part(even, "range") - part(uneven, "range")) < 5
