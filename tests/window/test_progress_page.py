"""The page of progress: what a history says, chosen by keys and mouse, with kind words for little and for none."""

from datetime import date, timedelta
from pathlib import Path

import pygame
import pytest
from hand import Blind, Hand
from made import LED, SMILE, TODAY, past
from shown import PAGES, practised

from coach.records.history import NAME, History
from coach.records.progress import WEEKS, Best, Slope, Trend
from coach.records.recording import Recorder
from coach.records.settings import Settings
from coach.window import words
from coach.window.app import Wiring
from coach.window.chart import Scale, _range
from coach.window.screens.home import Home
from coach.window.screens.library import Library
from coach.window.screens.progress import Progress, read_past
from coach.window.screens.replay import ReplayPage
from coach.window.screens.workout import WorkoutPage

ESC, UP, DOWN, LEFT, RIGHT = pygame.K_ESCAPE, pygame.K_UP, pygame.K_DOWN, pygame.K_LEFT, pygame.K_RIGHT


def at(folder: Path, *below: Home, **more: object) -> tuple[Hand, Progress]:
    page = Progress(today=TODAY, **more)  # type: ignore[arg-type]
    settings = Settings(welcomed="2025-01-31", sound=False, minutes=3)
    hand = Hand(*below, page, settings=settings, wiring=Wiring(lambda exercises: Blind, folder=folder))
    assert hand.do() == "progress"
    return hand, page


# --- ways -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["key", "button"])
def test_it_is_reached_from_the_first_page_and_left_with_escape(how):
    hand = Hand(Home())
    hand.do()
    assert (hand.press(pygame.K_p) if how == "key" else hand.click("foot-1")) == "progress"
    assert isinstance(hand.top, Progress)
    assert (hand.press(ESC) if how == "key" else hand.click("back")) == "home"


def test_who_has_done_nothing_yet_reads_a_kind_sentence_and_can_start(tmp_path: Path):
    begun = []
    hand, _ = at(tmp_path, Home(), start=lambda: begun.append(True))
    assert "start" in hand.ui.boxes
    assert hand.press(pygame.K_RETURN) == "home"
    assert begun == [True]


def test_who_can_start_nothing_is_offered_nothing(tmp_path: Path):
    hand, _ = at(tmp_path)
    assert "start" not in hand.ui.boxes


# --- what is shown ----------------------------------------------------------------------------------------


def test_the_exercise_done_last_comes_first_and_is_shown():
    hand, page = at(practised())
    ids = list(page._past.best)
    assert page._looked == ids[0]
    days = [page._past.last[id] for id in ids]
    assert days == sorted(days, reverse=True)
    assert hand.ui.labels["e-jaw-glide"] == "Jaw glide"


def test_arrows_walk_the_list_and_it_scrolls():
    hand, page = at(practised())
    ids = list(page._past.best)
    assert len(ids) == 10
    assert f"e-{ids[-1]}" not in hand.ui.boxes
    hand.press(DOWN)
    assert page._looked == ids[1]
    hand.press(*[DOWN] * 20)
    assert page._looked == ids[-1]
    assert f"e-{ids[-1]}" in hand.ui.boxes
    hand.press(pygame.K_PAGEUP, pygame.K_PAGEUP, UP)
    assert page._looked == ids[0]
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=-9))
    assert f"e-{ids[-1]}" in hand.ui.boxes
    hand.click(f"e-{ids[-1]}")
    assert page._looked == ids[-1]


def test_tab_reaches_the_list_and_the_choice():
    hand, page = at(practised())
    seen = set()
    for _ in range(12):
        hand.press(pygame.K_TAB)
        seen.add(hand.ui.focus)
    assert "what-range" in seen
    assert f"e-{page._looked}" in seen


def test_form_range_and_symmetry_are_chosen_by_arrows_and_by_mouse():
    hand, page = at(practised(), _looked="wide-smile")
    assert {"what-form", "what-range", "what-symmetry"} <= set(hand.ui.boxes)
    hand.press(RIGHT)
    assert page._what == "range"
    hand.press(LEFT, LEFT)
    assert page._what == "symmetry"
    hand.click("what-form")
    assert page._what == "form"


def test_a_choice_that_an_exercise_does_not_have_comes_back_with_the_next_one():
    hand, page = at(practised(), _looked="wide-smile")
    hand.press(LEFT)
    assert page._what == "symmetry"
    hand.click("e-jaw-glide")
    assert "what-symmetry" not in hand.ui.boxes  # each side is looked at by itself
    hand.click("e-wide-smile")
    before = pygame.surfarray.array3d(hand.ui.surface)
    hand.click("what-symmetry")
    assert (pygame.surfarray.array3d(hand.ui.surface) == before).mean() > 0.99


def test_an_exercise_led_by_time_has_nothing_to_choose():
    hand, _ = at(practised(), _looked=LED.id)
    assert "what-form" not in hand.ui.boxes


def test_left_and_right_are_drawn_in_their_own_colours():
    hand, page = at(practised(), _looked="jaw-glide")
    assert [course.side for course in page._past.courses("jaw-glide", "form")] == ["left", "right"]
    assert [course.side for course in page._past.courses(SMILE.id, "form")] == [""]
    box = pygame.Rect(700, 430, 500, 110)

    def has(colour: tuple[int, int, int]) -> bool:
        return bool((pygame.surfarray.array3d(hand.ui.surface.subsurface(box)) == colour).all(axis=2).any())

    assert has(hand.ui.palette.accent)
    assert has(hand.ui.palette.fault)
    hand.click("e-wide-smile")
    assert not has(hand.ui.palette.fault)


def test_a_slope_is_drawn_only_after_eight_weeks():
    assert all(course.line for course in read_past(practised(), TODAY).courses(SMILE.id, "form"))
    early = read_past(practised(tuple(range(0, 40, 3))), TODAY)
    assert early.courses(SMILE.id, "form")[0].line == []
    (trend,) = [t for t in early.trends if (t.exercise, t.what) == (SMILE.id, "form")]
    assert words.trend(trend) == f"not clear yet: 6 of {WEEKS} weeks with practice."


def test_what_was_done_is_read_once():
    hand, page = at(practised())
    first = page._past
    hand.press(DOWN, RIGHT)
    assert page._past is first
    assert not page.moving


def test_days_come_from_every_session(tmp_path: Path):
    found = read_past(past(tmp_path, (0, 1, 3, 9)), TODAY)
    assert list(found.days) == [TODAY - timedelta(days=back) for back in (9, 3, 1, 0)]
    assert (found.streak.now, found.streak.longest) == (3, 3)


# --- what cannot be read ----------------------------------------------------------------------------------


def test_a_damaged_history_is_set_aside_and_told(tmp_path: Path):
    folder = past(tmp_path, (0, 1))
    (folder / NAME).write_bytes(b"no database at all" * 99)
    found = read_past(folder, TODAY)
    assert not found.days
    assert "damaged" in found.trouble
    assert "coach history" in found.trouble
    hand, _ = at(folder)
    assert hand.press(DOWN, RIGHT) == "progress"


def test_a_history_that_cannot_be_used_is_one_sentence(tmp_path: Path):
    folder = past(tmp_path, (0,))
    import sqlite3

    with sqlite3.connect(folder / NAME) as db:
        db.execute("PRAGMA user_version = 99")
    found = read_past(folder, TODAY)
    assert not found.days
    assert "newer version" in found.trouble


def test_recordings_that_are_not_in_it_are_mentioned(tmp_path: Path):
    folder = past(tmp_path, (0, 1))
    with Recorder(folder / "other.coach") as recorder:
        recorder.begin_set(SMILE, "x")
    assert read_past(folder, TODAY).trouble == words.not_taken_in(1)
    assert History(folder).path.exists()


# --- words ------------------------------------------------------------------------------------------------


def test_a_row_of_days_is_told_with_what_is_forgiven():
    assert words.streak(3, 8).startswith("3 days in a row. The longest row was 8 days.")
    assert words.streak(1, 1).startswith("1 day in a row. The longest row was 1 day.")
    for now in (0, 1, 5):
        assert "One missed day" in words.streak(now, 5)


def test_the_plan_of_a_week_is_told_kindly():
    assert "on 1 day this week" in words.plan_reached(1, 5)
    assert "5 minutes" in words.plan_reached(3, 5)
    assert "room" in words.plan_reached(0, 5)


def trend(word: str, weeks: int = 9, slope: Slope | None = None) -> Trend:
    return Trend("wide-smile", "Wide smile", "", "form", weeks, word, slope)  # type: ignore[arg-type]


def test_of_a_trend_no_more_is_said_than_is_known():
    sure = Slope(0.6, 0.1, 1.3)
    assert words.trend(trend("not clear yet", 3)) == "not clear yet: 3 of 8 weeks with practice."
    assert "a few more days" in words.trend(trend("not clear yet", 8))
    assert words.trend(trend("rising", slope=sure)) == (
        "rising so far; +0.6 points a week, likely between +0.1 and +1.3."
    )
    said = [words.trend(trend(word, slope=sure)) for word in ("rising", "steady", "falling", "not clear yet")]
    assert len(set(said)) == 4
    assert not any(promise in text for text in said for promise in ("will", "improve", "bad", "fail"))


def test_bests_have_their_days_and_sides():
    spring, autumn = date(2026, 3, 2), date(2025, 10, 9)
    left = Best("jaw-glide", "Jaw glide", "left", 70.0, 84.2, spring, 4.0, autumn)
    right = Best("jaw-glide", "Jaw glide", "right", 70.0, 79.0, autumn, 4.0, autumn)
    assert words.bests([left, right], 2026) == (
        "Best form: left 84 (2 Mar), right 79 (9 Oct 2025). Longest hold: 4.0 s (9 Oct 2025)."
    )
    assert words.bests([Best("x", "X", "", None, None, None, None, None)], 2026) == ""


# --- charts -----------------------------------------------------------------------------------------------


def test_a_scale_goes_there_and_back_and_also_upwards():
    across = Scale(10.0, 20.0, 100, 300)
    assert [across.at(value) for value in (10.0, 15.0, 20.0)] == [100, 200, 300]
    assert across.value(150) == 12.5
    assert Scale(0.0, 1.0, 50, 10).at(0.25) == 40
    assert Scale(3.0, 3.0, 7, 7).value(7) == 3.0


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([70.0, 75.0], 60, 100), ([96.0, 99.0], 60, 100), ([2.0], 0, 40), ([20.0, 90.0], 10, 100), ([0.0, 100.0], 0, 100)],
)
def test_a_chart_spans_enough_points_for_chance_to_look_small(values, low, high):
    assert _range(values) == (low, high)


# --- the help ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "own", "other"),
    [
        (Home, "P", "M"),
        (Library, "Ins", "P"),
        (Progress, words.PROGRESS_KEYS[0][0], "M"),
        (ReplayPage, "0", "M"),
        (WorkoutPage, "M", "0"),
    ],
)
def test_the_help_lists_the_keys_of_the_page(page, own, other):
    keys = [key for key, _ in page.keys]
    assert own in keys
    assert other not in keys
    assert len(keys) == len(set(keys))
    assert not {key for key, _ in words.KEYS} & set(keys)  # those of all pages come after them


@pytest.mark.parametrize("name", ["home", "progress", "replay", "settings"])
def test_a_question_mark_shows_the_keys_of_the_page_that_is_on(name, monkeypatch):
    from coach.window import canvas

    texts: list[str] = []
    block = canvas.draw_block
    monkeypatch.setattr(
        canvas, "draw_block", lambda surface, made, *rest: (texts.extend(made.lines), block(surface, made, *rest))[1]
    )
    hand = PAGES[name]((1280, 720))
    hand.do()
    texts.clear()
    assert hand.type("?") == "help"
    own = [what for _, what in getattr(hand.top, "keys", ())]
    assert {*own, *(what for _, what in words.KEYS)} <= set(texts)
    assert ("play and stop" in texts) == (name == "replay")
