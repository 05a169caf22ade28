"""The window keeps the rules: what is left out on the first page and in the library, pain, palms over the face."""

import pygame
import pytest
from hand import REST, Blind, Hand, HandWorker
from test_layout import drawn, overlapping  # noqa: F401
from test_screens import ENTER, WELCOMED, at_home, exercises_of, look, replace_settings, said

from coach.form.exercise import find_exercise, library
from coach.frame import Frame
from coach.plan import rules
from coach.plan.routine import goals
from coach.plan.rules import is_massage
from coach.plan.workout import Workout
from coach.window import app as app_module
from coach.window.screens import library as library_module
from coach.window.screens import workout as workout_module
from coach.window.screens.home import Home
from coach.window.screens.workout import AWAY_S, WorkoutPage
from coach.window.worker import Pace

LATE, MORNING = 22 * 60, 8 * 60


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch):
    """Sets the time of the day; no page starts a thread."""
    monkeypatch.setattr(app_module, "Worker", HandWorker)
    monkeypatch.setattr(workout_module, "Worker", HandWorker)

    def set_to(minute: int) -> None:
        monkeypatch.setattr(library_module, "minute_of_day", lambda: minute)

    set_to(LATE)
    return set_to


def home(goal: str, **settings: object) -> Hand:
    hand = at_home(replace_settings(minutes=20, **settings))
    look(hand)
    hand.click(f"goal-{goal}")
    return hand


def test_late_in_the_evening_massage_is_left_out_and_the_calm_evening_offered(monkeypatch):
    hand = home("self-massage")
    (told,) = [text for text in said(hand, monkeypatch) if "two hours and more before bed" in text]
    assert "Rub the palms warm" in told
    assert hand.ui.labels["instead"] == "In its place: Evening calm"
    hand.press(ENTER)
    chosen = exercises_of(hand)
    assert chosen
    assert not any(map(is_massage, chosen))


def test_the_offer_chooses_the_calm_evening():
    hand = home("self-massage")
    hand.click("instead")
    assert isinstance(hand.top, Home)
    assert hand.top.goal == rules.LATE_SAFE
    hand.do()
    assert "instead" not in hand.ui.boxes


def test_in_the_morning_nothing_is_left_out(at, monkeypatch):
    at(MORNING)
    hand = home("self-massage")
    assert "instead" not in hand.ui.boxes
    assert not any("before bed" in text for text in said(hand, monkeypatch))
    hand.press(ENTER)
    assert any(map(is_massage, exercises_of(hand)))


def test_bedtime_is_that_of_the_settings():
    hand = home("self-massage", bedtime="01:00")
    assert "instead" not in hand.ui.boxes


def test_with_oil_on_the_skin_the_neck_is_left_out(at, monkeypatch):
    at(MORNING)
    hand = home("neck-care", oiled=True)
    assert any("massaged dry" in text for text in said(hand, monkeypatch))
    hand.press(ENTER)
    assert not [e for e in exercises_of(hand) if e.group == "neck-massage"]


@pytest.mark.parametrize("goal", [goal.id for goal in goals()])
@pytest.mark.parametrize("text_size", [1.0, 1.6])
def test_what_is_left_out_is_told_in_full(goal, text_size, drawn):  # noqa: F811
    for answers in ([], ["jaw-joint", "vessels"]):
        home(goal, text_size=text_size, answers=answers)
    assert not drawn.cut
    assert not drawn.outside


def test_the_library_starts_nothing_that_is_left_out_and_says_why(monkeypatch):
    hand = at_home(replace_settings())
    look(hand)
    for text, why in (("stroke jaw", "two hours and more before bed"), ("bl1", library()["bl1"].off)):
        hand.press(pygame.K_l)
        hand.type(text)
        assert not hand.ui.enabled["start"]
        assert not hand.ui.enabled["add"]
        assert any(why in one for one in said(hand, monkeypatch))
        assert hand.press(ENTER) == "library"
        hand.app.back()
        hand.do()


def test_what_must_come_after_an_exercise_comes_after_it(at):
    at(MORNING)
    hand = at_home(replace_settings())
    look(hand)
    hand.press(pygame.K_l)
    hand.type("neck kneading")
    hand.press(ENTER)
    assert [e.id for e in exercises_of(hand)] == ["neck-knead", "neck-smooth", "neck-seated"]
    assert "sitting was added" in hand.app.said


def test_a_choice_that_has_become_too_late_is_refused_with_the_reason(at):
    at(MORNING)
    hand = at_home(replace_settings())
    look(hand)
    hand.press(pygame.K_l)
    hand.type("jaw border")
    hand.press(pygame.K_INSERT)
    at(LATE)
    assert hand.click("start") == "library"
    assert "two hours and more before bed" in hand.app.said


def test_bedtime_is_set_by_the_quarter_of_an_hour():
    hand = at_home(replace_settings(bedtime="23:45"))
    hand.press(pygame.K_s)
    hand.ui.focus = "bedtime"
    hand.press(pygame.K_RIGHT, pygame.K_RIGHT)
    assert hand.saved[-1].bedtime == "00:15"
    hand.click("oiled")
    assert hand.saved[-1].oiled


def test_a_bedtime_that_only_the_file_can_say_stays():
    for bedtime in ("19:10", "03:33", "22:37"):
        hand = at_home(replace_settings(bedtime=bedtime))
        assert hand.press(pygame.K_s) == "settings"
        hand.do()
        assert hand.saved == []


def test_palms_over_the_face_do_not_make_the_workout_wait():
    for id, waits in (("warm-palms", False), ("quiet-sitting", True)):
        worker = HandWorker(None, Blind, Pace(live=True), Workout([(find_exercise(id), 1)]))
        hand = Hand(WorkoutPage(worker._workout, worker, live=True, count_s=0.0), settings=WELCOMED)
        worker.start()
        worker.see(REST)
        hand.do()
        for _ in range(2):
            worker.see(Frame(0.0))
            hand.app.now += AWAY_S + 0.1
            hand.do()
        assert worker.paused is waits, id


def test_pain_ends_what_the_hands_do_and_it_does_not_come_back():
    point, led = find_exercise("li20"), find_exercise("sit-tall")
    workout = Workout([(point, 13), (led, 1), (point, 13)])
    worker = HandWorker(None, Blind, Pace(live=True), workout)
    hand = Hand(WorkoutPage(workout, worker, live=True, count_s=0.0), settings=WELCOMED)
    worker.start()
    worker.see(REST)
    hand.do()
    hand.press(pygame.K_p)
    worker.see(REST)
    assert [e.id for e, _ in workout.sets] == ["li20", "sit-tall"]
    assert [r.exercise.id for r in workout.results] == ["li20"]
