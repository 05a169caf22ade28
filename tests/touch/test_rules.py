"""The rules of hands-on practice by their numbers, as far as the core keeps them; docs/rules.md has them in words."""

import math
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from touch import bodies, tracks

from coach.form.exercise import CAPS, DOSES, Exercise, library
from coach.frame import Frame, Kind, Side
from coach.plan.rules import dosed
from coach.touch.nodes import nodes
from coach.touch.session import TIME_UP, TouchSession

LIBRARY = library()


def massage(kind: str) -> list[Exercise]:
    return [e for e in LIBRARY.values() if e.touch is not None and e.touch.kind == kind]


def judged(session: TouchSession, frames: Iterator[Frame]) -> dict[str, float]:
    """Run frames; return when each fault was named first, and "done" when the set was."""
    when: dict[str, float] = {}
    for frame in frames:
        for event in session.step(frame).events:
            if event.kind in (Kind.FAULT, Kind.SET_DONE):
                when.setdefault(event.code or "done", event.time)
                if event.kind is Kind.SET_DONE:
                    when.setdefault(event.text, event.time)
    return when


def neck(id: str, seconds: float, start: float = 0.0, manner: bodies.Manner = "right") -> Iterator[Frame]:
    return bodies.frames(LIBRARY[id], seconds, start, fps=20.0, manner=manner)


# --- the neck ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["neck-knead", "li20", "stroke-jaw"])
def test_r01_what_weighs_is_to_feel_pleasant_and_that_is_said_first(id: str) -> None:
    """Pain is said, not seen: tests/window/test_screens.py has the key that stops a set for it."""
    exercise = LIBRARY[id]
    (armed,) = TouchSession(exercise).step(next(tracks.resting(0.1))).events
    assert exercise.touch
    assert armed.kind is Kind.ARMED
    assert exercise.touch.press in armed.text
    assert "pleasant" in armed.text


@pytest.mark.parametrize("kind", CAPS)
@pytest.mark.parametrize("more", [1, 20])
def test_r02_r03_r04_the_caps_hold_when_more_is_asked_for(kind: str, more: int) -> None:
    assert massage(kind)
    for exercise in massage(kind):
        assert TouchSession(exercise, CAPS[kind] + more).goal == CAPS[kind]
        assert TouchSession(exercise, CAPS[kind] - 1).goal == CAPS[kind] - 1


def test_r02_taps_end_after_three_bursts() -> None:
    session = TouchSession(LIBRARY["neck-taps"], goal=9)
    when = judged(session, neck("neck-taps", 40.0))
    assert session.reps == 3
    assert when["done"] < bodies.ENTER_S + 3 * LIBRARY["neck-taps"].round_s


def test_r03_shifting_the_muscle_ends_after_five() -> None:
    session = TouchSession(LIBRARY["neck-shift"], goal=12)
    when = judged(session, neck("neck-shift", 40.0))
    assert session.reps == 5
    assert when["done"] < bodies.ENTER_S + 5 * LIBRARY["neck-shift"].round_s + 0.5


@pytest.mark.parametrize("id", ["neck-stroke-firm", "stroke-jaw"])
def test_r04_strokes_end_after_eight(id: str) -> None:
    exercise = LIBRARY[id]
    session = TouchSession(exercise, goal=20)
    way = neck(id, 40.0) if id.startswith("neck") else tracks.frames(exercise, tracks.strokes(exercise, 3.0), 33.0)
    when = judged(session, way)
    assert session.reps == 8
    assert "done" in when


def test_r05_kneading_of_the_neck_ends_after_five_where_seven_are_asked_for() -> None:
    session = TouchSession(LIBRARY["neck-knead"], goal=7)
    assert "done" in judged(session, neck("neck-knead", 62.0))
    assert session.reps == 5


def test_r07_a_head_that_rises_in_the_minute_after_is_named() -> None:
    when = judged(TouchSession(LIBRARY["neck-seated"]), neck("neck-seated", 40.0, manner="rises"))
    assert 20.0 < when["rise"] < 23.0
    assert not judged(TouchSession(LIBRARY["neck-seated"]), neck("neck-seated", 40.0))


@pytest.mark.parametrize("id", ["neck-stroke", "neck-knead", "neck-thumbs", "neck-taps"])
def test_r08_hands_on_the_spine_are_named_and_beside_it_not(id: str) -> None:
    assert judged(TouchSession(LIBRARY[id]), neck(id, 8.0, manner="midline"))["midline"] < 5.0
    assert not judged(TouchSession(LIBRARY[id]), neck(id, 8.0))


def test_r12_a_grip_that_lets_go_before_five_does_not_count_and_one_in_one_go_does() -> None:
    grip = LIBRARY["neck-grip"]
    short = bodies.ENTER_S + 4.0
    twice = chain(
        neck("neck-grip", short), neck("neck-grip", 3.0, short, "away"), neck("neck-grip", short, short + 3.0)
    )
    session = TouchSession(grip, goal=1)
    assert "done" not in judged(session, twice)
    assert session.reps == 0
    session = TouchSession(grip, goal=1)
    assert "done" in judged(session, neck("neck-grip", bodies.ENTER_S + 7.0))
    assert session.attempts[0].end_s - session.attempts[0].start_s >= 4.9


def test_r14_the_second_strokes_may_be_quicker_and_still_glide() -> None:
    firm = LIBRARY["neck-stroke-firm"]
    session = TouchSession(firm)
    assert not judged(session, neck("neck-stroke-firm", 14.0))
    assert session.reps == 4
    assert all(1.2 < a.end_s - a.start_s < 2.4 for a in session.attempts)
    still = TouchSession(firm)
    judged(still, neck("neck-thumbs", 14.0))
    assert still.attempts == []
    assert "fast" in judged(TouchSession(firm), neck("neck-stroke-firm", 14.0, manner="fast"))


def test_r15_kneading_has_no_haste() -> None:
    knead = LIBRARY["neck-knead"]
    slow, quick = TouchSession(knead), TouchSession(knead)
    assert not judged(slow, neck("neck-knead", 27.0))
    assert slow.reps == 3
    # As quick as strokes are is too quick for kneading.
    assert "fast" in judged(quick, neck("neck-stroke", 20.0))
    assert quick.reps == 0
    assert all("knead unhurriedly" in a.reason for a in quick.attempts)
    assert len(quick.attempts) == 4


def test_r17_taps_come_from_a_loose_hand_in_bursts_of_a_few_seconds() -> None:
    taps = LIBRARY["neck-taps"]
    loose, forceful = TouchSession(taps), TouchSession(taps)
    assert not judged(loose, neck("neck-taps", 16.0))
    assert judged(forceful, neck("neck-taps", 16.0, manner="forceful"))["force"] < 5.0
    assert loose.attempts[0].end_s - loose.attempts[0].start_s == pytest.approx(5.0, abs=0.5)


# --- the face ---------------------------------------------------------------------------------------------


def at_node(radius: float) -> tracks.Way:
    """Circles where nodes lie below the ear, 0.7 s each; or, with a radius of 0, a fingertip that rests there."""
    right, left = nodes(tracks.resting_face().places)[[2, 3]]
    return lambda side, t: (
        complex(left if side == "left" else right)
        + radius * complex(math.cos(math.tau * t / 0.7), math.sin(math.tau * t / 0.7))
    )


@pytest.mark.parametrize("radius", [0.0, 0.03], ids=["resting", "circling"])
def test_r20_who_stays_where_lymph_nodes_lie_is_told_to_glide_on(radius: float) -> None:
    jaw = LIBRARY["stroke-jaw"]
    session = TouchSession(jaw)
    when = judged(session, tracks.frames(jaw, at_node(radius), 4.0))
    assert when["node"] < tracks.ENTER_S + 2.0
    assert session.reps == 0


@pytest.mark.parametrize("id", ["stroke-jaw", "stroke-temple", "stroke-drain"])
def test_r20_strokes_past_the_nodes_are_no_dwelling(id: str) -> None:
    exercise = LIBRARY[id]
    session = TouchSession(exercise)
    when = judged(session, tracks.frames(exercise, tracks.strokes(exercise, 3.0), 9.0))
    assert "node" not in when
    assert session.reps == 3


STROKES = [e.id for e in LIBRARY.values() if e.touch is not None and e.touch.move == "stroke"]


@pytest.mark.parametrize("id", STROKES)
def test_r21_strokes_go_outwards_and_down(id: str) -> None:
    exercise = LIBRARY[id]
    right, wrong = TouchSession(exercise), TouchSession(exercise)
    assert "direction" not in judged(right, tracks.frames(exercise, tracks.strokes(exercise, 3.6), 3 * 3.6))
    assert right.reps == 3
    assert "direction" in judged(wrong, tracks.frames(exercise, tracks.strokes(exercise, 3.6, reverse=True), 3 * 3.6))
    assert wrong.reps == 0


def test_r21_the_neck_is_stroked_down_to_the_shoulders() -> None:
    session = TouchSession(LIBRARY["neck-stroke"])
    assert "direction" in judged(session, neck("neck-stroke", 20.0, manner="up"))
    assert session.reps == 0


# --- points -----------------------------------------------------------------------------------------------


def worked(
    exercise: Exercise, goal: int, one_s: float, seconds: float, move: str = "circles"
) -> tuple[TouchSession, dict[str, float]]:
    """Work a point until long after it is enough; return the session and when it was over, from the first touch."""
    session = TouchSession(exercise, goal)
    way = getattr(tracks, move)(exercise, one_s)
    sides: tuple[Side, ...] = ("left",) if exercise.touch and exercise.touch.middle else ("left", "right")
    when = judged(session, tracks.frames(exercise, way, seconds, 10.0, sides))
    return session, {what: time - tracks.ENTER_S for what, time in when.items()}


@pytest.mark.parametrize("goal", DOSES["everyday"].counts or ())
def test_r30_every_day_a_point_ends_with_its_count(goal: int) -> None:
    session, when = worked(LIBRARY["ex-hn3"], goal, 0.7, 14.0)
    assert session.reps == goal
    assert when["done"] == pytest.approx(goal * 0.7, abs=0.6)
    assert TIME_UP not in when


def test_r30_every_day_no_point_is_worked_beyond_fifteen_seconds() -> None:
    session, when = worked(LIBRARY["ex-hn3"], 13, 1.6, 25.0)
    assert session.reps < 13
    assert 13.0 < when[TIME_UP] <= 15.5


@pytest.mark.parametrize(("goal", "lasts"), [(3, 60.0), (110, 77.0), (999, 120.0)])
@pytest.mark.parametrize("dose", ["headache", "tap"])
def test_r31_r32_a_minute_or_two_a_point_however_many_they_are(dose: str, goal: int, lasts: float) -> None:
    exercise = dosed(LIBRARY["ex-hn3"], "headache" if dose == "headache" else "tap")
    exercise = exercise.paced(msgspec.structs.replace(exercise.tempo, rise=0.7))
    session, when = worked(exercise, goal, 0.7, lasts + 8.0, "circles" if dose == "headache" else "taps")
    assert when["done"] == pytest.approx(lasts, abs=2.5)
    low, high = DOSES[exercise.touch.dose].seconds if exercise.touch else (0.0, 0.0)
    assert low <= session._worked <= high + 0.5


@pytest.mark.parametrize(("away", "counts"), [(0.0, True), (0.06, True), (0.09, True), (0.13, False), (0.2, False)])
def test_r33_the_skin_round_the_point_counts_too(away: float, counts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "STEADY", 0.0)
    exercise = LIBRARY["si18"]
    session = TouchSession(exercise)
    when = judged(session, tracks.frames(exercise, tracks.circles(exercise, 0.7, off=1j * away), 7.0, noise=0.0))
    assert len(session.attempts) == 10
    assert session.reps == (10 if counts else 0)
    assert ("place" in when) is not counts
    assert all(("mm beside the point" in a.reason) is not counts for a in session.attempts)


def test_the_book_names_tests_that_are_here() -> None:
    book = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    named = re.findall(r"tests/touch/test_rules\.py::(test_\w+?)_\.\.\.", book)
    here = Path(__file__).read_text(encoding="utf-8")
    assert len(named) >= 17
    assert [name for name in named if f"def {name}_" not in here] == []
