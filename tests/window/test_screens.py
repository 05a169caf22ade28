"""The pages of the window and the ways between them: with the keyboard, the mouse, and a camera that may go away."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pygame
import pytest
from hand import IMAGE, REST, SMILE, SMILES, Blind, Exercising, Hand, HandWorker

from coach.errors import BadInput
from coach.form.account import Account
from coach.form.calibration import Rest
from coach.form.exercise import Exercise, find_exercise, library
from coach.form.measures import FACE
from coach.frame import Feedback, Frame
from coach.plan.routine import build, goals, seconds
from coach.plan.screening import EMERGENCY, blocked, load_screening
from coach.plan.workout import Workout
from coach.records.recording import Recorder
from coach.records.settings import Settings
from coach.window import app as app_module
from coach.window import words
from coach.window.app import Wiring
from coach.window.screens import workout as workout_module
from coach.window.screens.home import Home
from coach.window.screens.library import Library
from coach.window.screens.resting import RestingFace
from coach.window.screens.settings import SettingsPage
from coach.window.screens.summary import Summary
from coach.window.screens.welcome import Urgent, Welcome
from coach.window.screens.workout import WorkoutPage
from coach.window.ui import Ui
from coach.window.worker import Item

ESC, ENTER, SPACE = pygame.K_ESCAPE, pygame.K_RETURN, pygame.K_SPACE
PUCKER = find_exercise("pucker")
WELCOMED = Settings(welcomed="2025-01-31", sound=False, minutes=3)


class Record:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.frames, self.notes, self.closed, self.trouble = 0, [], False, ""

    def __call__(self, frame: Frame, feedback: Feedback, /) -> None:
        self.frames += 1

    def note(self, kind: str, *more: object) -> None:
        self.notes.append(kind)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page starts a thread."""
    monkeypatch.setattr(app_module, "Worker", HandWorker)
    monkeypatch.setattr(workout_module, "Worker", HandWorker)


def at_home(settings: Settings = WELCOMED, *above: object, camera: bool = True, **more: object) -> Hand:
    """Somebody before the first page; what was saved, begun and recorded is in the lists."""

    def source(number: int) -> Iterator[Item]:
        yield 0.0, IMAGE

    def performer(exercises: object) -> Iterator[Item]:
        yield 0.0, IMAGE

    saved: list[Settings] = []
    wiring = Wiring(lambda exercises: Blind, source if camera else None, performer, save=saved.append,
                    folder=Path("records"), **more)  # type: ignore[arg-type]  # fmt: skip
    hand = Hand(Home(), *above, settings=settings, wiring=wiring)  # type: ignore[arg-type]
    hand.saved = saved
    hand.app.look()
    return hand


def look(hand: Hand, face: bool = True) -> str:
    """The camera of the first page sees somebody."""
    assert isinstance(hand.app.looking, HandWorker)
    hand.app.looking.see(REST if face else Frame(0.0))
    return hand.do()


def exercises_of(hand: Hand) -> list[Exercise]:
    assert isinstance(hand.top, WorkoutPage)
    return [exercise for exercise, _ in hand.top.workout.sets]


# --- the first run ----------------------------------------------------------------------------------------


def test_two_enter_keys_lead_from_the_first_run_into_three_minutes():
    hand = at_home(Settings(minutes=3, sound=False), Welcome())
    assert look(hand) == "welcome"
    assert hand.press(ENTER) == "home"
    assert hand.saved[-1].welcomed == hand.saved[-1].screened != ""
    assert hand.press(ENTER) == "starting"
    sets = exercises_of(hand)
    assert 120 < sum(map(seconds, sets)) < 240
    assert sets == build(goals()[0].id, 3)


def test_the_first_run_learns_the_resting_face_and_goes_on_by_itself():
    learnt: list[Rest] = []
    hand = at_home(Settings(minutes=3, sound=False), RestingFace(), Welcome(), rested=learnt.append)
    assert look(hand) == "welcome"
    assert hand.press(ENTER) == "resting-face"
    assert isinstance(hand.app.looking, HandWorker)
    for i in range(60):  # four seconds of somebody at rest
        hand.app.looking.see(SMILES[5 + i % 15])
        hand.do()
    assert len(learnt) == 1
    assert np.isfinite(learnt[0].values[:FACE]).all()
    hand.do(seconds=2.0)
    assert hand.do() == "home"


def test_a_face_that_moves_is_not_taken_for_a_resting_one():
    learnt: list[Rest] = []
    hand = at_home(Settings(minutes=3, sound=False), RestingFace(), rested=learnt.append)
    assert isinstance(hand.app.looking, HandWorker)
    for i in range(90):
        hand.app.looking.see(SMILES[30 + i % 60])
        hand.do()
    assert learnt == []
    assert hand.press(ENTER) == "home"  # it can be skipped


def test_without_a_camera_nobody_is_asked_for_a_resting_face():
    hand = at_home(Settings(minutes=3, sound=False), RestingFace(), camera=False)
    hand.do()
    assert hand.do() == "home"
    lost = at_home(Settings(minutes=3, sound=False), RestingFace())
    assert isinstance(lost.app.looking, HandWorker)
    lost.app.looking.lose("no camera 0")
    lost.do()
    assert lost.do() == "home"


def test_ticked_questions_are_kept_and_leave_exercises_out():
    hand = at_home(Settings(minutes=3, sound=False), Welcome())
    assert hand.click("some") == "questions"
    hand.click("q-jaw-joint")
    assert hand.press(ESC) == "welcome"
    assert hand.click("some") == "questions"
    assert hand.click("save") == "home"
    assert hand.saved[-1].answers == ["jaw-joint"]
    out = blocked(["jaw-joint"], library().values())
    for goal in goals():
        hand.click(f"goal-{goal.id}")
        hand.press(ENTER)
        assert not {e.id for e in exercises_of(hand)} & set(out)
        hand.app.back()


def test_something_urgent_leads_to_a_page_that_says_to_stop_and_nowhere_else():
    urgent = next(q.id for q in load_screening().question if q.section == "emergency")
    for leave in (ESC, ENTER):
        hand = at_home(Settings(sound=False), Welcome())
        hand.click("some")
        assert hand.click(f"q-{urgent}") == "questions"
        assert hand.click("save") == "urgent"
        assert isinstance(hand.top, Urgent)
        assert hand.top.text == EMERGENCY
        assert hand.saved[-1].answers == [urgent]
        assert hand.press(leave) == "left"
        assert hand.app.left


def test_who_answered_with_something_urgent_can_start_nothing_later_either():
    urgent = next(q.id for q in load_screening().question if q.section == "emergency")
    hand = at_home(replace_settings(answers=[urgent]))
    look(hand)
    assert hand.ui.enabled["start"] is False
    assert hand.press(ENTER) == "home"
    hand.press(pygame.K_l)
    assert hand.ui.enabled["start"] is False
    assert hand.press(ENTER) == "library"


def test_answers_can_be_changed_later():
    hand = at_home(replace_settings(answers=["jaw-joint"]))
    assert hand.press(pygame.K_q) == "questions"
    hand.click("q-jaw-joint")
    assert hand.press(ENTER) == "home"
    assert hand.saved[-1].answers == []


def test_questions_that_are_left_with_escape_keep_what_was_answered_before():
    hand = at_home()
    assert hand.press(pygame.K_q) == "questions"
    hand.click("q-jaw-joint")
    assert hand.press(ESC) == "home"
    assert hand.saved == []


def replace_settings(**changes: object) -> Settings:
    return msgspec.structs.replace(WELCOMED, **changes)


# --- home -------------------------------------------------------------------------------------------------


def said(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the page shows now."""
    from coach.window import canvas

    texts: list[str] = []
    real_fit, real_line = canvas.fit, canvas.draw_line

    def fit(text: str, *rest: object):
        texts.append(text)
        return real_fit(text, *rest)  # type: ignore[arg-type]

    def line(surface: pygame.Surface, text: str, *rest: object):
        texts.append(text)
        return real_line(surface, text, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(canvas, "fit", fit)
        patch.setattr(canvas, "draw_line", line)
        hand.ui.fresh = True
        hand.ui._kept.clear()
        hand.do()
    return texts


def test_home_says_whether_it_sees_a_face(monkeypatch):
    hand = at_home()
    assert words.LOOKING in said(hand, monkeypatch)
    look(hand, face=False)
    assert words.NO_FACE_YET in said(hand, monkeypatch)
    look(hand)
    assert any(text.startswith(words.WELL_SEEN) for text in said(hand, monkeypatch))


@pytest.mark.parametrize("why", ["none is wired", "it cannot be opened"])
def test_without_a_camera_home_says_so_and_start_shows_the_performer(why, monkeypatch):
    hand = at_home(camera=why != "none is wired")
    if hand.app.looking is not None:
        assert isinstance(hand.app.looking, HandWorker)
        hand.app.looking.lose("no camera 0")
    assert words.NO_CAMERA in said(hand, monkeypatch)
    assert hand.press(ENTER) == "starting"
    assert isinstance(hand.top, WorkoutPage)
    assert (hand.top.demonstration, hand.top.live, hand.top.own) == (True, False, True)
    worker = hand.top.worker
    assert isinstance(worker, HandWorker)
    worker.see(REST)
    assert hand.do() == "learning"
    assert words.DEMONSTRATION in said(hand, monkeypatch)
    hand.press(ESC)
    assert worker.stopped


def test_minutes_and_goal_are_chosen_and_kept():
    hand = at_home()
    hand.click("minutes-10")
    assert hand.saved[-1].minutes == 10
    goal = goals()[2]
    hand.click(f"goal-{goal.id}")
    hand.click("start")
    assert exercises_of(hand) == build(goal.id, 10)
    assert hand.saved[-1].last == f"{goal.id} 10 0"


def test_what_was_begun_last_goes_on_where_it_stopped():
    goal = goals()[1].id
    hand = at_home(replace_settings(last=f"{goal} 5 2", minutes=3))
    hand.click("resume")
    assert exercises_of(hand) == build(goal, 5)[2:]
    assert hand.app.settings.last == f"{goal} 5 2"


@pytest.mark.parametrize("last", ["", "wide-smile", "gone 5 2", "everyday x 2", "everyday 5 0", "everyday 5 99"])
def test_what_cannot_go_on_is_not_offered(last):
    hand = at_home(replace_settings(last=last))
    look(hand)
    assert "resume" not in hand.ui.boxes
    assert "start" in hand.ui.boxes


def test_how_far_a_workout_is_is_kept_set_by_set():
    goal = goals()[0].id
    hand = at_home()
    look(hand)
    hand.press(ENTER)
    assert isinstance(hand.top, WorkoutPage)
    looking = hand.app.looking
    assert isinstance(looking, HandWorker)
    for _ in range(3):
        looking.see(REST)
        hand.do(seconds=2.0)
    for _ in range(2):  # the set, and its summary
        hand.press(pygame.K_RIGHT)
    looking.see(REST)
    hand.do()
    assert hand.saved[-1].last == f"{goal} 3 1"


def test_calibrating_needs_the_camera_and_does_two_trials_of_what_can_be_judged():
    hand = at_home(camera=False, calibrated=lambda workout: ["learnt"])
    assert hand.press(pygame.K_c) == "home"
    assert hand.app.said == words.CALIBRATE_NEEDS
    hand = at_home(calibrated=lambda workout: ["learnt"])
    look(hand)
    hand.press(pygame.K_c)
    sets = hand.top.workout.sets  # type: ignore[attr-defined]
    assert {e.judge for e, _ in sets} <= {"camera", "gated"}
    assert {goal for _, goal in sets} == {2}


# --- single exercises -------------------------------------------------------------------------------------


def test_an_exercise_is_found_by_typing_and_begun():
    hand = at_home()
    look(hand)
    assert hand.press(pygame.K_l) == "library"
    hand.type("puckr")
    assert hand.ui.labels["e-pucker"] == "Pucker"
    hand.click("e-pucker")
    hand.press(ENTER)
    assert [e.id for e in exercises_of(hand)] == ["pucker"]


def test_the_list_is_walked_with_the_arrows_and_begun_with_enter():
    hand = at_home()
    look(hand)
    hand.press(pygame.K_l)
    wanted = sorted(library().values(), key=lambda e: e.name)
    listed = [name for name in hand.ui.boxes if name.startswith("e-")]
    assert 5 < len(listed) < len(wanted)
    hand.press(*[pygame.K_DOWN] * 15)
    shown = [name for name in hand.ui.boxes if name.startswith("e-")]
    assert shown != listed  # it goes along
    hand.press(ENTER)
    (chosen,) = exercises_of(hand)
    assert f"e-{chosen.id}" in shown


def test_several_exercises_are_chosen_and_fill_the_minutes():
    hand = at_home()
    look(hand)
    hand.press(pygame.K_l)
    for name in ("pucker", "wide-smile"):
        hand.type(name.replace("-", " "))
        hand.press(pygame.K_INSERT)
        hand.press(*[pygame.K_BACKSPACE] * len(name))
    assert hand.ui.labels["start"] == words.chosen(2)
    hand.click("start")
    assert exercises_of(hand) == build(["pucker", "wide-smile"], 3)


def test_what_was_chosen_can_be_begun_whatever_is_searched_for_now():
    hand = at_home()
    look(hand)
    hand.press(pygame.K_l)
    hand.click("add")
    hand.type("xyzzyqq")
    hand.press(ENTER)
    assert isinstance(hand.top, WorkoutPage)


def test_an_exercise_is_taken_out_of_the_choice_again():
    hand = at_home()
    hand.press(pygame.K_l)
    hand.type("pucker")
    hand.click("add")
    assert hand.ui.labels["add"] == words.REMOVE
    hand.click("add")
    assert hand.ui.labels["start"] == words.DO_IT


def test_what_the_answers_leave_out_cannot_be_begun_and_says_why(monkeypatch):
    hand = at_home(replace_settings(answers=["jaw-joint"]))
    hand.press(pygame.K_l)
    hand.type("goldfish")
    assert hand.ui.enabled["start"] is False
    assert hand.ui.enabled["add"] is False
    why = next(q for q in load_screening().question if q.id == "jaw-joint").reason
    assert why in said(hand, monkeypatch)
    assert hand.press(ENTER) == "library"


def test_a_search_that_finds_nothing_says_so(monkeypatch):
    hand = at_home()
    hand.press(pygame.K_l)
    hand.type("xyzzyqq")
    assert hand.ui.enabled["start"] is False
    assert words.NOTHING_FOUND in said(hand, monkeypatch)
    assert hand.press(ENTER) == "library"
    assert hand.press(ESC) == "home"


def test_letters_are_typed_and_are_no_keys():
    hand = at_home()
    hand.press(pygame.K_l)
    for letter, key in (("h", pygame.K_h), ("s", pygame.K_s), ("?", pygame.K_SLASH)):
        hand.do(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0), pygame.event.Event(pygame.TEXTINPUT, text=letter))
    assert hand.do() == "library"
    assert isinstance(hand.top, Library)
    assert hand.top._text == "hs?"


# --- settings ---------------------------------------------------------------------------------------------


def test_settings_are_changed_and_saved_at_once():
    hand = at_home()
    assert hand.press(pygame.K_s) == "settings"
    hand.click("high_contrast")
    assert hand.saved[-1].high_contrast
    hand.click("overlay-ghost")
    assert hand.saved[-1].overlay == "ghost"
    hand.click("units-in")
    assert hand.saved[-1].units == "in"
    hand.ui.focus = "text_size"
    hand.press(pygame.K_RIGHT, pygame.K_RIGHT)
    assert hand.saved[-1].text_size == pytest.approx(1.2)
    assert hand.ui.text_size == pytest.approx(1.2)
    hand.ui.focus = "volume"
    hand.press(pygame.K_LEFT)
    assert hand.saved[-1].volume == pytest.approx(0.5)
    assert hand.press(ESC) == "home"


def test_opening_the_settings_changes_none():
    for settings in (WELCOMED, replace_settings(text_size=1.3, volume=0.7, camera=9, units="in")):
        hand = at_home(settings)
        hand.press(pygame.K_s)
        assert hand.press(ENTER) == "home"
        assert hand.saved == []


def test_another_camera_is_opened_when_it_is_chosen():
    hand = at_home()
    before = hand.app.looking
    hand.press(pygame.K_s)
    hand.click("camera-1")
    assert hand.saved[-1].camera == 1
    assert hand.app.looking is not before
    assert isinstance(before, HandWorker)
    assert before.stopped


def test_settings_that_cannot_be_saved_hold_and_the_reason_is_shown():
    def refuse(settings: Settings) -> None:
        raise BadInput("settings.toml: cannot be written")

    hand = Hand(Home(), SettingsPage(), settings=WELCOMED, wiring=Wiring(lambda exercises: Blind, save=refuse))
    hand.do()
    hand.click("mirror")
    assert hand.app.settings.mirror is False
    assert hand.app.said == "settings.toml: cannot be written"


# --- a workout --------------------------------------------------------------------------------------------


def test_a_workout_counts_down_with_the_picture_before_it_judges(monkeypatch):
    hand = Exercising()
    hand.see(0.3)
    assert hand.worker.paused
    texts = said(hand, monkeypatch)
    assert "3" in texts
    assert any(text.startswith(words.GET_READY) for text in texts)
    judged = hand.workout._now
    hand.see(2.5)
    assert "1" in said(hand, monkeypatch)
    assert hand.workout._now == judged
    hand.see(0.5)
    assert not hand.worker.paused
    assert hand.see(0.5) in ("learning", "rest")


def test_the_count_down_waits_for_the_first_judged_frame(monkeypatch):
    # The worker may still be busy with a frame that it saw before the workout was begun.
    hand = at_home()
    look(hand)
    hand.press(ENTER)
    looking = hand.app.looking
    assert isinstance(looking, HandWorker)
    wishes, looking._wishes = looking._wishes, []
    looking._publish(REST)
    assert hand.do() == "starting"
    looking._wishes = wishes
    looking.see(REST)
    hand.do()
    assert looking.paused
    assert "3" in said(hand, monkeypatch)


def test_a_set_is_done_summed_up_and_the_next_one_begins():
    hand = Exercising([(SMILE, 1), (PUCKER, 1)]).begun()
    assert hand.until(lambda: hand.workout.between) == "summary"
    assert hand.workout.results[0].reps == 1
    assert hand.until(lambda: hand.workout.index == 1) == "learning"


def test_the_last_set_leads_to_the_last_page_and_that_back(monkeypatch):
    record = Record()
    hand = Exercising([(SMILE, 1)], below=[Home()], record=record).begun()
    hand.until(lambda: hand.workout.done)
    assert hand.see(0.2) == "last-summary"
    hand.until(lambda: isinstance(hand.top, Summary))
    assert record.closed
    assert words.ALL_COMPLETE in said(hand, monkeypatch)
    assert hand.press(ENTER) == "home"


def test_space_pauses_and_goes_on_after_a_count_down(monkeypatch):
    hand = Exercising().begun()
    hand.see(1.0)
    assert hand.press(SPACE) == "pause"
    assert words.PAUSED in said(hand, monkeypatch)
    judged = hand.workout._now
    hand.see(5.0)
    assert hand.workout._now == judged
    hand.press(SPACE)
    assert hand.see(1.2) == "pause"
    assert "2" in said(hand, monkeypatch)
    hand.see(2.5)
    assert not hand.worker.paused
    assert hand.workout._now - judged < 1.0


def test_a_demonstration_goes_on_without_a_count_down():
    hand = Exercising(live=False)
    hand.see(1.0)
    hand.press(SPACE)
    assert hand.worker.paused
    hand.press(SPACE)
    assert not hand.worker.paused


def test_who_leaves_the_picture_is_waited_for_and_counted_in_again(monkeypatch):
    hand = Exercising().begun()
    hand.until(lambda: hand.workout.session.reps == 1)
    hand.see(1.5, face=False)
    assert not hand.worker.paused  # a moment is nothing
    assert hand.see(1.0, face=False) == "away"
    assert words.AWAY in said(hand, monkeypatch)
    assert hand.see(10.0, face=False) == "away"
    assert hand.see(1.0) == "away"
    assert words.BACK_AGAIN in said(hand, monkeypatch)
    hand.see(3.0)
    assert not hand.worker.paused
    hand.until(lambda: hand.workout.done)
    assert hand.workout.results[0].reps == 3


def test_who_leaves_again_while_it_is_counted_down_is_waited_for_again():
    hand = Exercising().begun()
    hand.see(3.0, face=False)
    hand.see(1.5)
    hand.see(5.0, face=False)
    assert hand.worker.paused
    hand.see(1.0)
    hand.see(3.0)
    assert not hand.worker.paused


def test_nobody_is_waited_for_between_sets():
    hand = Exercising([(SMILE, 1), (PUCKER, 1)]).begun()
    hand.until(lambda: hand.workout.between)
    assert hand.see(4.0, face=False) == "summary"
    assert not hand.worker.paused


def test_a_lost_camera_is_told_and_it_goes_on_with_its_counts_when_it_is_back(monkeypatch):
    hand = Exercising().begun()
    hand.until(lambda: hand.workout.session.reps == 1)
    hand.worker.lose(words.CAMERA_LOST)
    assert hand.do(seconds=0.1) == "trouble"
    assert any(text.startswith(words.CAMERA_LOST) for text in said(hand, monkeypatch))
    assert hand.do(seconds=60.0) == "trouble"
    hand.worker.lose("")
    assert hand.see(0.5) == "trouble"
    assert words.BACK_AGAIN in said(hand, monkeypatch)
    hand.worker.lose(words.CAMERA_LOST)  # a plug that does not fit well
    hand.do(seconds=5.0)
    assert hand.worker.paused
    hand.worker.lose("")
    hand.see(3.5)
    assert not hand.worker.paused
    hand.until(lambda: hand.workout.done)
    assert hand.workout.results[0].reps == 3


def test_a_camera_lost_in_a_pause_is_told_once_the_pause_is_over():
    hand = Exercising().begun()
    hand.press(SPACE)
    hand.worker.lose(words.CAMERA_LOST)
    assert hand.do() == "pause"
    hand.press(SPACE)
    hand.do(seconds=3.5)
    assert hand.do(seconds=0.1) == "trouble"
    assert hand.worker.paused


def test_sets_are_skipped_done_again_and_gone_back_to():
    hand = Exercising([(SMILE, 3), (PUCKER, 3), (SMILE, 3)]).begun()
    hand.until(lambda: hand.workout.session.reps == 1)
    hand.press(pygame.K_r)
    assert hand.workout.session.reps == 0
    hand.press(pygame.K_RIGHT)
    assert hand.see(0.2) == "summary"
    hand.press(pygame.K_RIGHT)
    hand.see(0.2)
    assert hand.workout.exercise is PUCKER
    hand.press(pygame.K_LEFT)
    hand.see(0.2)
    assert hand.workout.exercise is SMILE
    assert hand.workout.results == []


def test_a_summary_is_cut_short_with_enter():
    hand = Exercising([(SMILE, 3), (PUCKER, 3)]).begun()
    hand.see(0.5)
    hand.press(pygame.K_RIGHT)
    assert hand.see(0.2) == "summary"
    hand.press(ENTER)
    hand.see(0.2)
    assert hand.workout.exercise is PUCKER


def test_skipping_ends_a_pause():
    hand = Exercising([(SMILE, 3), (PUCKER, 3)]).begun()
    hand.press(SPACE)
    hand.press(pygame.K_RIGHT)
    assert not hand.worker.paused
    assert hand.see(0.2) == "summary"


def test_what_hurts_is_stopped_kept_in_the_record_and_answered(monkeypatch):
    record = Record()
    hand = Exercising([(SMILE, 3), (PUCKER, 3)], record=record).begun()
    hand.see(0.5)
    hand.press(pygame.K_p)
    assert record.notes == ["pain"]
    assert hand.see(0.2) == "summary"
    assert words.PAIN in said(hand, monkeypatch)


def test_a_face_is_hidden_and_lines_are_changed_with_a_key():
    hand = Exercising().begun()
    hand.press(pygame.K_f)
    assert hand.saved[-1].hide_face
    seen = []
    for _ in range(4):
        hand.press(pygame.K_m)
        seen.append(hand.app.settings.overlay)
    assert seen == ["ghost", "bars", "contours", "ghost"]  # no mesh where none is at hand
    hand.press(pygame.K_v)
    assert hand.app.settings.sound is True


def test_every_button_of_the_workout_does_what_its_key_does():
    for name, keys in (("pause", (SPACE,)), ("hurts", (pygame.K_p,)), ("next", (pygame.K_RIGHT,)),
                       ("again", (pygame.K_r,)), ("help", (pygame.K_F1,)), ("face", (pygame.K_f,))):  # fmt: skip
        pressed, clicked = (Exercising([(SMILE, 3), (PUCKER, 3)]).begun() for _ in range(2))
        outcomes = []
        for hand, act in (
            (pressed, lambda h, keys=keys: h.press(*keys)),
            (clicked, lambda h, name=name: h.click(name)),
        ):
            hand.see(1.0)
            shown = act(hand)
            outcomes.append((shown, hand.workout.between, hand.worker.paused, hand.app.settings.hide_face))
        assert outcomes[0] == outcomes[1], name


def test_escape_ends_a_workout_with_a_summary_of_what_was_done():
    record = Record()
    hand = Exercising(below=[Home()], record=record).begun()
    hand.until(lambda: hand.workout.session.reps == 1)
    assert hand.press(ESC) == "final"
    assert record.closed
    assert isinstance(hand.top, Summary)
    assert [r.reps for r in hand.top.results] == [1]
    assert hand.press(ESC) == "home"


def test_a_workout_left_before_anything_was_done_leads_straight_back():
    record = Record()
    hand = Exercising(below=[Home()], record=record).begun()
    assert hand.press(ESC) == "home"
    assert record.closed
    hand.worker._obey()
    assert hand.worker._workout is None  # the camera is looked at, but nobody judges


def test_help_is_shown_and_hidden_and_keeps_keys_from_the_page():
    hand = Exercising().begun()
    assert hand.type("?") == "help"
    hand.press(SPACE)
    assert not hand.worker.paused
    assert hand.press(ESC) in ("learning", "rest")
    assert hand.press(pygame.K_F1) == "help"
    assert hand.press(pygame.K_h) in ("learning", "rest")


def test_the_workout_goes_on_under_the_help():
    hand = Exercising().begun()
    hand.press(pygame.K_F1)
    before = hand.workout._now
    hand.see(1.0)
    assert hand.workout._now > before


def test_a_window_too_small_says_so():
    for size in ((1, 1), (64, 48), (639, 2000), (2000, 359)):
        hand = Hand(Home(), settings=WELCOMED, size=size)
        assert hand.do() == "too-small"
    assert Hand(Home(), settings=WELCOMED, size=(640, 360)).do() == "home"


def test_escape_leads_back_from_everywhere():
    for page, shown in ((Library(), "library"), (SettingsPage(), "settings"), (Welcome(questions=True), "questions"),
                        (Summary([_result()]), "final"), (Welcome(), "welcome")):  # fmt: skip
        hand = at_home(WELCOMED, page)
        assert hand.do() == shown
        assert hand.press(ESC) == "home"
    hand.press(ESC)
    assert hand.app.left


def test_a_page_that_closes_by_itself_does_so_in_time():
    hand = at_home(WELCOMED, Summary([_result()], closes_s=5.0))
    assert hand.do() == "final"
    assert hand.do(seconds=4.0) == "final"
    hand.do(seconds=2.0)
    assert hand.do() == "home"


def test_a_sentence_is_shown_for_a_while(monkeypatch):
    hand = at_home()
    hand.app.say("The disk is full.", 3.0)
    assert "The disk is full." in said(hand, monkeypatch)
    hand.do(seconds=10.0)
    assert hand.app.said == ""
    assert "The disk is full." not in said(hand, monkeypatch)


def _result() -> object:
    workout = Workout([(SMILE, 3)], summary_s=math.inf)
    workout.step(replace(REST, time=0.0))
    workout.skip()
    return workout.results[0]


def test_a_summary_of_nothing_says_why(monkeypatch):
    tilted, unrested = "your head was tilted by 90 degrees", "no moment of rest was seen: let your face rest"
    zero, other = (replace(_result(), why_nothing=why) for why in (tilted, unrested))
    assert f"Nothing counted: {tilted}." in said(Hand(Summary([zero])), monkeypatch)
    both = said(Hand(Summary([zero, other, zero])), monkeypatch)
    assert both.count(f"Nothing counted: {tilted}.") == 2
    assert "Nothing counted: no moment of rest was seen." in both  # what to do about it was told after the set
    counted = replace(zero, reps=1)
    for results in ([counted], [counted] * 2):
        assert not any("Nothing counted" in text for text in said(Hand(Summary(results)), monkeypatch))


def test_between_sets_a_set_of_nothing_says_why(monkeypatch):
    monkeypatch.setattr(Account, "why_nothing", lambda *_: "a hand hid your mouth or cheek")
    hand = Exercising().begun()
    hand.workout.skip()
    hand.see(0.2)
    assert hand.workout.results[0].reps == 0
    assert "Nothing counted: a hand hid your mouth or cheek." in said(hand, monkeypatch)


def test_the_summary_leads_to_the_replay_where_there_is_a_recording(tmp_path: Path):
    path = tmp_path / "session.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "test")
        for frame in SMILES:
            recorder.add(frame)
    hand = Hand(Summary([_result()], recording=path))
    assert hand.do() == "final"
    assert hand.click("replay").startswith("replay")
    assert hand.press(ESC) == "final"
    without = Hand(Summary([_result()]))
    without.do()
    assert "replay" not in without.ui.boxes


def test_where_nothing_was_counted_nothing_is_said_to_be_taken_back():
    hand = Exercising().begun()
    hand.type("-")
    hand.see(0.2)
    assert hand.app.said == words.NOTHING_TO_CORRECT
    hand.type("+")
    hand.see(0.2)
    assert hand.app.said == words.CORRECTED_ONE
    assert hand.workout.session.reps == 1


# --- how quick it is --------------------------------------------------------------------------------------


def test_how_quick_it_is_stands_in_a_corner_when_asked_for(monkeypatch):
    said: list[str] = []
    line = Ui.line
    monkeypatch.setattr(
        Ui, "line", lambda ui, text, *where, **look: said.append(text) or line(ui, text, *where, **look)
    )
    hand = Exercising()
    hand.see(3)
    assert "15 pictures a second, 15 looked at" not in said
    hand.press(pygame.K_F3)
    assert "15 pictures a second, 15 looked at" in said
    assert any(text.startswith("tracker 0 ms") for text in said)
    hand.press(pygame.K_F3)
    said.clear()
    hand.do()
    assert not any("pictures a second" in text for text in said)


def test_before_there_are_pictures_nothing_is_made_up():
    assert words.figures(None, 0) == ["No pictures yet"]
