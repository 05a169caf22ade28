"""The replay of a recording: by keys and by mouse, playing, looping, comparing, and judged by other rules."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pygame
import pytest
from hand import SMILE, Hand, click
from made import GLIDE, LED
from shown import PAGES, recorded, with_avatar

from coach.avatar.mirror import Mirror
from coach.cli import main
from coach.errors import BadInput
from coach.form.correction import SAID_ONE
from coach.frame import Frame, Image, Kind, Phase
from coach.records.recording import Recorder
from coach.records.review import Review
from coach.records.settings import Settings
from coach.window import words
from coach.window.chart import closest, part_around
from coach.window.screens import replay as replay_module
from coach.window.screens.home import Home
from coach.window.screens.replay import LEVELS, SPEEDS, ReplayPage, open_replay, replay

ESC, SPACE, LEFT, RIGHT, UP, DOWN = (pygame.K_ESCAPE, pygame.K_SPACE, pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP,
                                     pygame.K_DOWN)  # fmt: skip
DRAG = pygame.MOUSEMOTION


class Looked(Review):
    """The shared recording, which stays open when its page is left."""

    def __init__(self) -> None:
        self.__dict__.update(recorded().__dict__)
        self.closed = False

    def close(self) -> None:
        self.closed = True


def looked(number: int = 0, *below: Home, **more: object) -> tuple[Hand, ReplayPage]:
    page = ReplayPage(Looked(), **more)  # type: ignore[arg-type]
    page.open(number)
    hand = Hand(*below, page)
    assert hand.do() == "replay"
    return hand, page


def test_it_begins_at_the_first_frame_and_stands_still():
    hand, page = looked()
    hand.do(seconds=3.0)
    assert (page.number, page.index, page.playing) == (0, 0, False)


def test_space_plays_in_the_time_it_took_and_stops():
    hand, page = looked()
    hand.press(SPACE)
    start = page.at_s
    hand.do(seconds=2.0)
    assert page.at_s == pytest.approx(start + 2.0)
    hand.press(SPACE)
    hand.do(seconds=2.0)
    assert page.at_s == pytest.approx(start + 2.0)


def test_it_stops_at_the_end_and_plays_again_from_the_beginning():
    hand, page = looked()
    hand.press(SPACE)
    hand.do(seconds=500.0)
    assert page.index == len(page.set.times) - 1
    assert not page.playing
    hand.press(SPACE)
    assert page.playing
    assert page.index == 0


def test_the_page_rests_when_nothing_moves():
    hand, page = looked()
    hand.do(seconds=30.0)
    assert not page.moving
    hand.press(RIGHT)
    assert page.moving  # the demonstrator's picture is still to come
    hand.do(seconds=30.0)
    assert not page.moving
    hand.press(SPACE)
    assert page.moving


def test_brackets_change_the_speed_between_a_tenth_and_four():
    hand, page = looked()
    hand.press(pygame.K_RIGHTBRACKET)
    assert page.speed == 1.5
    hand.type("]")
    assert page.speed == 2.0
    hand.press(SPACE)
    start = page.at_s
    hand.do(seconds=1.0)
    assert page.at_s == pytest.approx(start + 2.0)
    hand.press(*[pygame.K_RIGHTBRACKET] * 9)
    assert page.speed == SPEEDS[-1] == 4.0
    hand.type("[" * 1)
    hand.press(*[pygame.K_LEFTBRACKET] * 9)
    assert page.speed == SPEEDS[0] == 0.1


def test_left_and_right_go_from_frame_to_frame_and_stop_it():
    hand, page = looked()
    hand.press(SPACE, RIGHT, RIGHT, RIGHT)
    assert (page.index, page.playing) == (3, False)
    hand.press(LEFT)
    assert page.index == 2
    hand.press(*[LEFT] * 5)
    assert page.index == 0


def test_up_and_down_and_the_page_keys_go_from_attempt_to_attempt():
    hand, page = looked()
    starts = [a.start_s for a in page.judged.attempts]
    assert len(starts) == 6
    hand.press(DOWN)
    assert page.at_s == starts[0]
    hand.press(pygame.K_PAGEDOWN)
    assert page.at_s == starts[1]
    hand.press(UP)
    assert page.at_s == starts[0]
    hand.press(*[DOWN] * 20)
    assert page.at_s == starts[-1]
    hand.press(pygame.K_PAGEUP)
    assert page.at_s == starts[-2]


def test_while_it_plays_up_leads_back_even_just_after_a_beginning():
    hand, page = looked()
    hand.press(DOWN, DOWN, SPACE)
    hand.do(seconds=0.3)
    hand.press(UP)
    assert page.at_s == pytest.approx(page.judged.attempts[0].start_s, abs=0.01)


def test_p_goes_to_the_peak_of_the_attempt_that_is_on():
    hand, page = looked()
    hand.press(DOWN, DOWN, pygame.K_p)
    assert page.at_s == page.judged.attempts[1].peak_s
    assert page.current == 1


def test_f_goes_from_fault_to_fault_and_round():
    hand, page = looked()
    times = sorted({event.time for event in page.set.events if event.kind is Kind.FAULT})
    assert len(times) >= 2
    for time in (*times, times[0]):
        hand.press(pygame.K_f)
        assert page.at_s == time
    hand, page = looked(2)
    assert not [event for event in page.set.events if event.kind is Kind.FAULT]
    hand.press(pygame.K_f)
    assert hand.app.said == words.NO_FAULT


def test_l_loops_the_repetition():
    hand, page = looked()
    one = page.judged.attempts[1]
    hand.press(DOWN, DOWN, pygame.K_l, SPACE)
    hand.do(seconds=one.end_s - one.start_s + 0.3)
    assert one.end_s < page.at_s
    hand.do(seconds=0.3)
    assert page.at_s < one.start_s
    hand.press(pygame.K_l)
    hand.do(seconds=one.end_s - one.start_s + 2.0)
    assert page.at_s > one.end_s + 1.0


def test_a_long_pause_is_passed_over(tmp_path: Path):
    path = tmp_path / "a.coach"
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        for i in range(20):
            recorder.add(Frame(i / 10 + 60.0 * (i >= 10)))
    page = ReplayPage(Review(path))
    hand = Hand(page)
    hand.do()
    hand.press(SPACE)
    hand.do(seconds=1.2)
    assert page.at_s == 61.0
    hand.do(seconds=0.5)
    assert page.at_s == pytest.approx(61.5)


def test_b_shows_the_best_beside_the_worst_in_the_same_phase():
    hand, page = looked()
    best, worst = page.judged.best_and_worst
    hand.press(pygame.K_b)
    assert page.comparing
    assert (page.at_s, page._other()) == (best.start_s, worst.start_s)
    page.at_s = best.peak_s
    assert page._other() == pytest.approx(worst.peak_s)
    hand.press(SPACE)
    hand.do(seconds=best.end_s - best.peak_s + 0.1)
    assert page.at_s == best.start_s  # round and round
    hand.press(DOWN)  # elsewhere there is nothing to compare
    assert not page.comparing
    hand, page = looked(2)
    hand.press(pygame.K_b)
    assert not page.comparing
    assert hand.app.said == words.NOT_TWO


def test_s_tries_other_rules_one_after_the_other_and_comes_back():
    hand, page = looked()
    levels, counted = [], []
    for _ in range(len(LEVELS) + 2):
        hand.press(pygame.K_s)
        levels.append(round(page.judged.level, 3))
        counted.append(sum(a.counted for a in page.judged.attempts))
    assert page.judged is page.set.first
    assert levels == [pytest.approx(0.6 * SMILE.count.level), *LEVELS, SMILE.count.level]
    assert counted[0] > counted[-1]  # gently done is enough, then
    assert counted[1:-1] == sorted(counted[1:-1], reverse=True)


def test_a_file_given_judges_the_sets_of_its_exercise_only():
    strict = msgspec.structs.replace(SMILE, count=msgspec.structs.replace(SMILE.count, hold=30.0))
    hand, page = looked(exercise=strict)
    assert page.judged.attempts
    assert not any(a.counted for a in page.judged.attempts)
    hand.press(pygame.K_PERIOD)
    assert page.judged is page.set.first
    hand.press(pygame.K_COMMA, pygame.K_s)
    assert page.judged.gentle


def test_period_and_comma_go_from_set_to_set():
    hand, page = looked()
    hand.press(pygame.K_COMMA)
    assert page.number == 0
    hand.press(pygame.K_PERIOD)
    assert (page.number, page.set.kept.exercise.id, page.index) == (1, GLIDE.id, 0)
    hand.press(pygame.K_PERIOD, pygame.K_PERIOD)
    assert (page.number, page.set.kept.exercise.id) == (2, LED.id)
    hand.click("set-before")
    assert page.number == 1


def test_a_set_led_by_time_has_no_attempts_and_no_key_breaks_it():
    hand, page = looked(2)
    for key in (DOWN, UP, pygame.K_p, pygame.K_f, pygame.K_l, pygame.K_b, pygame.K_s, SPACE):
        assert hand.press(key) == "replay"
    hand.do(seconds=1.0)
    assert page.at_s == pytest.approx(page.set.times[0] + 1.0)


def test_every_key_has_a_button():
    hand, page = looked()
    hand.click("after")
    assert page.at_s == page.judged.attempts[0].start_s
    hand.click("peak")
    assert page.at_s == page.judged.attempts[0].peak_s
    hand.click("frame-after")
    hand.click("frame-before")
    assert page.index == page.set.at(page.judged.attempts[0].peak_s)
    hand.click("faster")
    assert page.speed == 1.5
    hand.click("slower")
    assert page.speed == 1.0
    hand.click("loop")
    assert page.looping
    hand.click("rules")
    assert page.judged.gentle
    hand.click("compare")
    assert page.comparing
    hand.click("fault")
    hand.click("before")
    hand.click("play")
    assert page.playing


def test_an_attempt_in_the_list_is_gone_to_by_mouse_and_by_keyboard():
    hand, page = looked()
    hand.click("attempt-3")
    assert page.at_s == page.judged.attempts[3].start_s
    hand.press(pygame.K_TAB)
    assert hand.ui.focus == "attempt-4"
    hand.press(pygame.K_RETURN)
    assert page.at_s == page.judged.attempts[4].start_s
    hand.press(SPACE)  # plays, wherever the keyboard is
    assert page.playing


def test_a_long_list_follows_and_can_be_turned():
    hand, page = looked(1)
    assert len(page.judged.attempts) == 10
    assert "attempt-0" in hand.ui.boxes
    assert "attempt-9" not in hand.ui.boxes
    hand.press(*[DOWN] * 10)
    assert "attempt-9" in hand.ui.boxes
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=5))
    assert "attempt-0" in hand.ui.boxes
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=-50))
    assert "attempt-9" in hand.ui.boxes


def test_the_bar_is_dragged():
    hand, page = looked()
    bar = hand.ui.boxes["scrub"]
    down, up = click(bar.center)
    hand.do(down)
    first, last = page.set.times[0], page.set.times[-1]
    assert page.at_s == pytest.approx((first + last) / 2, abs=0.02)
    hand.do(pygame.event.Event(DRAG, pos=(bar.right + 50, bar.centery), rel=(1, 0), buttons=(1, 0, 0)))
    assert page.at_s == pytest.approx(last, abs=0.002)
    hand.do(pygame.event.Event(DRAG, pos=(bar.x, bar.centery), rel=(1, 0), buttons=(1, 0, 0)))
    assert page.index == 0
    hand.do(up)
    hand.do(pygame.event.Event(DRAG, pos=bar.center, rel=(1, 0), buttons=(0, 0, 0)))
    assert page.index == 0


def test_a_click_on_the_chart_goes_there():
    hand, page = looked()
    chart = replay_module._layout(hand.ui).chart
    hand.do(*click(chart.center))
    first, last = page.set.times[0], page.set.times[-1]
    assert page.at_s == pytest.approx((first + last) / 2, abs=0.03)


def test_the_hand_on_the_chart_stands_over_the_knob():
    hand, _ = looked()
    before = pygame.surfarray.array3d(hand.ui.surface).copy()
    hand.press(DOWN, DOWN, pygame.K_p)
    where = replay_module._layout(hand.ui)
    row = pygame.surfarray.array3d(hand.ui.surface)[:, where.chart.bottom - 3]
    white = np.flatnonzero((row == hand.ui.palette.text).all(axis=1))
    assert len(white) == 2
    knob = pygame.surfarray.array3d(hand.ui.surface)[:, where.scrub.centery - 8]
    round_ = np.flatnonzero((knob == hand.ui.palette.text).all(axis=1))
    assert abs(white.mean() - round_.mean()) <= 1.5
    # The chart itself is drawn once: away from the hand it is what it was.
    after = pygame.surfarray.array3d(hand.ui.surface)
    right = slice(white[-1] + 30, where.chart.right)
    assert (after[right, where.chart.y : where.chart.bottom] == before[right, where.chart.y : where.chart.bottom]).all()


# --- a closer look at the chart ---------------------------------------------------------------------------


def test_plus_and_minus_show_less_and_more_of_the_set_and_zero_all_of_it():
    hand, page = looked()
    whole = page.set.times[0], page.set.times[-1]
    assert page.part == whole
    hand.press(DOWN, DOWN, pygame.K_p)
    hand.type("++")
    first, last = page.part
    assert last - first == pytest.approx((whole[1] - whole[0]) / 4)
    assert first + (last - first) / 4 <= page.at_s <= last - (last - first) / 4
    hand.type("-")
    assert page.part[1] - page.part[0] == pytest.approx((whole[1] - whole[0]) / 2)
    hand.type("0")
    assert page.part == whole
    hand.type("-" * 3)
    assert page.part == whole
    hand.click("closer")
    assert page.zoom == 1
    hand.click("wider")
    assert page.zoom == 0


def test_no_less_than_two_seconds_are_shown():
    hand, page = looked()
    hand.type("+" * 20)
    assert 2.0 <= page.part[1] - page.part[0] < 4.0
    assert part_around(5.0, 0.0, 0.1, closest(0.1)) == (0.0, 0.1)


def test_the_wheel_looks_closer_over_the_chart_and_turns_the_list_elsewhere():
    hand, page = looked(1)
    hand.press(*[DOWN] * 10)
    at = replay_module._layout(hand.ui).chart.center
    hand.do(pygame.event.Event(DRAG, pos=at, rel=(1, 0), buttons=(0, 0, 0)))
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=2))
    assert page.zoom == 2
    assert "attempt-0" not in hand.ui.boxes
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=-1))
    assert page.zoom == 1
    hand.do(pygame.event.Event(DRAG, pos=(5, 5), rel=(1, 0), buttons=(0, 0, 0)))
    hand.do(pygame.event.Event(pygame.MOUSEWHEEL, y=5))
    assert page.zoom == 1
    assert "attempt-0" in hand.ui.boxes


def test_the_closer_chart_follows_by_halves_and_stays_within_the_set():
    parts = [part_around(at, 10.0, 90.0, 3) for at in np.linspace(10.0, 90.0, 401)]
    assert parts[0] == (10.0, 20.0)
    assert parts[-1] == (80.0, 90.0)
    assert len(set(parts)) == 15
    assert all(end - begin == pytest.approx(10.0) for begin, end in parts)
    for at, (begin, end) in zip(np.linspace(10.0, 90.0, 401), parts, strict=True):
        assert begin - 1e-9 <= at <= end + 1e-9


def test_a_click_on_the_closer_chart_goes_to_what_is_shown_there():
    hand, page = looked()
    hand.press(DOWN, DOWN, pygame.K_p)
    hand.type("++")
    first, last = page.part
    where = replay_module._layout(hand.ui)
    hand.do(*click((where.chart.x + where.chart.width * 3 // 10, where.chart.centery)))
    assert page.at_s == pytest.approx(first + 0.295 * (last - first), abs=0.02)


def test_the_closer_chart_shows_the_same_curve_in_more_pixels():
    hand, page = looked()
    hand.press(DOWN, DOWN, pygame.K_p)

    def drawn() -> int:
        """Columns of the chart in which there is something of the curve."""
        where = replay_module._layout(hand.ui)
        part = pygame.surfarray.array3d(hand.ui.surface)[where.chart.x : where.chart.right,
                                                         where.chart.y : where.chart.bottom]  # fmt: skip
        return int(((part == hand.ui.palette.accent).all(axis=2)).any(axis=1).sum())

    whole = drawn()
    hand.type("+++")
    assert drawn() >= whole  # no column of the closer chart is empty
    assert page.part[1] - page.part[0] < 0.2 * page.set.seconds


def test_another_set_is_shown_whole_again():
    hand, page = looked()
    hand.type("++")
    hand.press(pygame.K_PERIOD)
    assert page.zoom == 0


def test_the_demonstrator_is_in_the_phase_and_on_the_side_of_the_person():
    _, page = looked(1)
    seen = set()
    parts: dict[Phase, list[float]] = {}
    for time in page.set.times:
        page.at_s = time
        moment = page.moment()
        assert moment.phase is page.set.feedbacks[page.index].phase
        assert 0.0 <= moment.part <= 1.0
        seen.add((moment.phase, moment.side))
        parts.setdefault(moment.phase, []).append(moment.part)
    assert {(Phase.HOLD, "left"), (Phase.HOLD, "right")} <= seen
    assert max(parts[Phase.RISE]) > 0.8
    first = page.judged.attempts[0]
    page.at_s = first.peak_s
    assert page.moment().side == first.side


class Watching(Mirror):
    """A mirror that says what it was shown and what it drew."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__(mirror._mesh)
        self.drew: list[float] = []

    def draw(self, frame: Frame, size: tuple[int, int], mirror: bool = True) -> Image:
        self.drew.append(frame.time)
        return super().draw(frame, size, mirror)


def test_the_drawn_face_makes_the_recorded_movement_from_the_first_jump_on():
    hand, page = looked()
    with_avatar(hand)
    watching = hand.app.mirror = Watching(hand.app.mirror)
    hand.press(DOWN, pygame.K_p)
    assert watching.learnt
    assert watching.drew[-1] == page.set.times[page.index]
    smile = watching.points(page.review.frame(0, page.index)).copy()
    rest = watching.points(page.review.frame(0, page.set.at(page.judged.attempts[0].start_s - 0.5)))
    assert np.abs(smile - rest).max() > 0.3  # cm
    drawn = len(watching.drew)
    hand.do()
    hand.do()
    assert len(watching.drew) == drawn  # what stands still is drawn once
    hand.press(pygame.K_b)
    assert {page.set.times[page.index], page.set.times[page.set.at(page._other())]} <= set(watching.drew)


@pytest.mark.parametrize("size", [(960, 540), (1920, 1080)])
def test_it_is_drawn_with_the_faces_at_any_size(size):
    hand = with_avatar(PAGES["replay"](size))
    assert hand.do() == "replay"


def test_escape_leaves_and_lets_go_of_the_file():
    hand, page = looked(0, Home())
    with_avatar(hand)
    hand.do()
    assert hand.press(ESC) == "home"
    assert page.review.closed
    assert not hand.app.mirror.learnt  # whoever is next has a face of their own


def test_a_recording_opens_from_another_page_or_says_why_not(tmp_path: Path):
    hand = Hand(Home())
    open_replay(hand.app, recorded().path)
    assert hand.do() == "replay"
    hand.press(ESC)
    open_replay(hand.app, tmp_path / "none.coach")
    assert "no such file" in hand.app.said
    assert hand.do() == "home"


def test_a_frame_or_two_is_enough(tmp_path: Path):
    for count in (1, 2):
        path = tmp_path / f"{count}.coach"
        with Recorder(path) as recorder:
            recorder.begin_set(SMILE, "x")
            for i in range(count):
                recorder.add(Frame(i / 10))
        hand = Hand(ReplayPage(Review(path)))
        for key in (SPACE, RIGHT, DOWN, pygame.K_p, pygame.K_b, pygame.K_s):
            assert hand.press(key) == "replay"


def test_an_attempt_says_in_a_sentence_why():
    _, page = looked()
    said = [words.why(a, SMILE) for a in page.judged.attempts]
    assert said[0].startswith("Counted: reached 1")
    assert "held for" in said[0]
    assert "Form" in said[0]
    missed = next(a for a in page.judged.attempts if not a.counted)
    assert words.why(missed, SMILE) == words.missed(missed.reason)
    assert words.why(replace(missed, counted=True, reason=SAID_ONE), SMILE).startswith("Counted because you said so.")
    faulty = next(a for a in page.judged.attempts if a.counted and a.faults)
    assert words.fault(SMILE, faulty.faults[0]).lower() in words.why(faulty, SMILE).lower()


def test_the_window_of_the_command_reads_with_a_word_and_shows_the_page(monkeypatch, tmp_path: Path):
    told, shown = [], []
    monkeypatch.setattr(replay_module, "draw_message", lambda canvas, title, text: told.append((title, text)))
    monkeypatch.setattr(replay_module.App, "run", lambda app, album: shown.append(app.stack[-1]))
    wiring = Hand().app.wiring
    replay(recorded().path, wiring, Settings(sound=False))
    assert told[0] == (words.READING, words.percent_read(0.0))
    assert isinstance(shown[0], ReplayPage)
    assert not pygame.display.get_init()
    shown[0].review.close()
    with pytest.raises(BadInput, match="no such file"):
        replay(tmp_path / "none.coach", wiring, Settings(sound=False))
    assert not pygame.display.get_init()


def coach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, ...]:
    """Run the command; return its status, and what it wrote to stdout and stderr."""
    monkeypatch.setattr("sys.argv", ["coach", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code, *capsys.readouterr()


def test_without_a_display_the_command_says_what_to_add(monkeypatch, capsys):
    for name in ("SDL_VIDEODRIVER", "SDL_VIDEO_DRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    status, out, said = coach(monkeypatch, capsys, "replay", recorded().path)
    assert (status, out, said.count("\n")) == (3, "", 1)
    assert "--headless" in said


def test_the_command_judges_by_another_file_or_says_why_not(monkeypatch, capsys, tmp_path: Path):
    _, usual, _ = coach(monkeypatch, capsys, "replay", recorded().path, "--headless")
    file = tmp_path / "wide-smile.toml"
    text = Path(replay_module.__file__).parents[3].joinpath("exercises", "wide-smile.toml").read_text("utf-8")
    file.write_text(text.replace("[count]\n", "[count]\nhold = 30.0\n").replace("hold = 0.8\n", ""), "utf-8")
    status, strict, _ = coach(monkeypatch, capsys, "replay", recorded().path, "--headless", "--exercise", file)
    assert status == 0
    assert "wide-smile: 4 repetitions of 6" in usual
    assert "wide-smile: 0 repetitions of 6" in strict
    assert strict.partition("jaw-glide")[2] == usual.partition("jaw-glide")[2]
    status, out, said = coach(monkeypatch, capsys, "replay", recorded().path, "--exercise", "pucker")
    assert (status, out) == (2, "")
    assert "no set of 'pucker'" in said
