"""Widgets: with the keyboard alone, with the mouse alone, and each thing once."""

from collections.abc import Callable

import pygame
import pytest
from hand import click

from coach.window.ui import Ui

Pages = Callable[[Ui], object]


@pytest.fixture
def ui() -> Ui:
    return Ui(pygame.Surface((1280, 720), 0, 32))


def box(number: int) -> pygame.Rect:
    return pygame.Rect(100, 40 + 60 * number, 300, 50)


def key(code: int, mod: int = 0) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod)


def text(characters: str) -> pygame.event.Event:
    return pygame.event.Event(pygame.TEXTINPUT, text=characters)


def rounds(ui: Ui, page: Pages, *events: pygame.event.Event) -> list[object]:
    """What a page answers in a round, and in the one after it where something was pressed, as the app draws it."""
    ui.feed(events)
    answers = [page(ui)]
    ui.end()
    if ui.acted:
        ui.again()
        answers.append(page(ui))
        ui.end()
    return answers


def three(ui: Ui) -> list[str]:
    """Three buttons, the last one what the page is for; which ones were pressed."""
    names = ("one", "two", "three")
    return [n for i, n in enumerate(names) if ui.button(n, box(i), n, primary=n == "three")]


def pressed(ui: Ui, page: Pages, *events: pygame.event.Event) -> list[str]:
    return [name for answer in rounds(ui, page, *events) for name in answer]  # type: ignore[attr-defined]


@pytest.mark.parametrize("forward", [(pygame.K_TAB, 0), (pygame.K_DOWN, 0)])
def test_tab_and_down_go_round(ui, forward):
    seen = []
    for _ in range(4):
        rounds(ui, three, key(*forward))
        seen.append(ui.focus)
    assert seen == ["one", "two", "three", "one"]


@pytest.mark.parametrize("back", [(pygame.K_TAB, pygame.KMOD_LSHIFT), (pygame.K_UP, 0)])
def test_shift_tab_and_up_go_round_the_other_way(ui, back):
    seen = []
    for _ in range(4):
        rounds(ui, three, key(*back))
        seen.append(ui.focus)
    assert seen == ["three", "two", "one", "three"]


def test_where_the_keyboard_is_can_be_seen_until_the_mouse_moves(ui):
    ui.clear()
    rounds(ui, three)
    plain = pygame.surfarray.array3d(ui.surface)
    rounds(ui, three, key(pygame.K_TAB))
    ring = (pygame.surfarray.array3d(ui.surface) != plain).any(axis=2)
    assert ring.any()
    assert not ring[box(1).left : box(1).right, box(1).top : box(1).bottom].any()
    ui.clear()
    rounds(ui, three, pygame.event.Event(pygame.MOUSEMOTION, pos=(5, 5)))
    assert (pygame.surfarray.array3d(ui.surface) == plain).all()


@pytest.mark.parametrize("code", [pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE])
def test_enter_and_space_press_what_has_the_keyboard(ui, code):
    rounds(ui, three, key(pygame.K_TAB))
    assert pressed(ui, three, key(code)) == ["one"]


@pytest.mark.parametrize("code", [pygame.K_RETURN, pygame.K_KP_ENTER])
def test_enter_presses_what_the_page_is_for_while_nothing_has_the_keyboard(ui, code):
    assert pressed(ui, three, key(code)) == ["three"]
    assert pressed(ui, three) == []


def test_after_a_click_enter_still_presses_what_the_page_is_for(ui):
    assert pressed(ui, three, *click(box(0).center)) == ["one"]
    assert pressed(ui, three, key(pygame.K_RETURN)) == ["three"]


def test_tab_goes_on_from_where_was_clicked(ui):
    rounds(ui, three, *click(box(0).center))
    rounds(ui, three, key(pygame.K_TAB))
    assert pressed(ui, three, key(pygame.K_RETURN)) == ["two"]


def test_space_does_nothing_while_nothing_has_the_keyboard(ui):
    assert pressed(ui, three, key(pygame.K_SPACE)) == []


def test_enter_presses_what_the_page_is_for_though_it_has_a_key_of_its_own(ui):
    def page(ui: Ui) -> list[str]:
        return ["done"] if ui.button("done", box(0), "Done", primary=True, key=pygame.K_ESCAPE) else []

    assert pressed(ui, page, key(pygame.K_RETURN)) == ["done"]
    assert pressed(ui, page, key(pygame.K_ESCAPE)) == ["done"]


def test_a_key_presses_its_button_once_and_no_other(ui):
    def page(ui: Ui) -> list[str]:
        return [n for i, n in enumerate(("a", "b")) if ui.button(n, box(i), n, key=pygame.K_l, hint="L")]

    assert pressed(ui, page, key(pygame.K_l)) == ["a"]
    assert pressed(ui, page, key(pygame.K_l), key(pygame.K_l)) == ["a", "b"]
    assert pressed(ui, page, key(pygame.K_k)) == []


def test_a_key_without_a_name_presses_nothing(ui):
    # Keyboards have keys that the system has no name for: they all come as the same one.
    def page(ui: Ui) -> list[str]:
        return ["a"] if ui.button("a", box(0), "A", key=pygame.K_UNKNOWN) else []

    assert pressed(ui, page, key(pygame.K_UNKNOWN)) == []
    assert pressed(ui, page, *click(box(0).center)) == ["a"]


def test_a_click_presses_what_is_under_it_once(ui):
    assert pressed(ui, three, *click(box(1).center)) == ["two"]
    assert pressed(ui, three) == []
    assert pressed(ui, three, *click((1200, 700))) == []


def test_only_the_left_button_of_the_mouse_presses(ui):
    right = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=box(1).center, button=3)
    assert pressed(ui, three, right) == []


def test_a_click_on_two_that_lie_over_each_other_presses_one(ui):
    def page(ui: Ui) -> list[str]:
        return [n for n in ("under", "over") if ui.button(n, box(0), n)]

    assert len(pressed(ui, page, *click(box(0).center))) == 1


def test_a_disabled_button_does_nothing(ui):
    def page(ui: Ui) -> list[str]:
        return ["no"] if ui.button("no", box(0), "No", primary=True, key=pygame.K_l, enabled=False) else []

    events = [*click(box(0).center), key(pygame.K_l), key(pygame.K_RETURN), key(pygame.K_TAB), key(pygame.K_SPACE)]
    for event in events:
        assert pressed(ui, page, event) == []
    assert pressed(ui, page, *events) == []


def test_a_toggle_turns_with_mouse_and_keyboard(ui):
    on = False

    def page(ui: Ui) -> list[str]:
        nonlocal on
        on = ui.toggle("sound", box(0), "Sound", on)
        return []

    seen = []
    for events in (click(box(0).center), (key(pygame.K_TAB),), (key(pygame.K_SPACE),), (key(pygame.K_RETURN),), ()):
        rounds(ui, page, *events)
        seen.append(on)
    assert seen == [True, True, False, True, True]


def test_one_of_a_choice_is_taken_with_mouse_and_keyboard(ui):
    value: object = 3
    place = pygame.Rect(100, 100, 600, 40)

    def page(ui: Ui) -> list[str]:
        nonlocal value
        value = ui.choice("minutes", place, [(3, "3"), (5, "5"), (10, "10")], value)
        return []

    rounds(ui, page, *click((place.right - 10, place.centery)))
    assert value == 10
    rounds(ui, page, key(pygame.K_UP), key(pygame.K_SPACE))
    rounds(ui, page, key(pygame.K_SPACE))
    assert value == 5


class Slider:
    """A page with one slider, and a button under it."""

    def __init__(self) -> None:
        self.value, self.box = 0.5, pygame.Rect(100, 100, 426, 40)

    def __call__(self, ui: Ui) -> list[str]:
        self.value = ui.slider("volume", self.box, self.value, 0.0, 1.0, 0.1)
        return ["below"] if ui.button("below", self.box.move(0, 100), "Below") else []

    def at(self, part: float) -> tuple[int, int]:
        """Where the knob is in the middle of at this part of the way."""
        return round(self.box.x + 13 + part * (self.box.width - 26)), self.box.centery


def test_a_slider_goes_by_the_arrows_and_no_further_than_its_ends(ui):
    page = Slider()
    rounds(ui, page, key(pygame.K_TAB))
    rounds(ui, page, key(pygame.K_RIGHT))
    assert page.value == pytest.approx(0.6)
    for _ in range(3):
        rounds(ui, page, key(pygame.K_LEFT))
    assert page.value == pytest.approx(0.3)
    for _ in range(12):
        rounds(ui, page, key(pygame.K_RIGHT))
    assert page.value == 1.0


def test_the_arrows_leave_a_slider_alone_that_has_not_the_keyboard(ui):
    page = Slider()
    rounds(ui, page, key(pygame.K_RIGHT))
    assert page.value == 0.5


def test_a_slider_is_dragged_even_beside_its_box_until_it_is_let_go(ui):
    page = Slider()
    rounds(ui, page, pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=page.at(0.5), button=1))
    rounds(ui, page, pygame.event.Event(pygame.MOUSEMOTION, pos=(page.at(0.8)[0], 600)))
    assert page.value == pytest.approx(0.8)
    rounds(ui, page, pygame.event.Event(pygame.MOUSEMOTION, pos=(2000, 0)))
    assert page.value == 1.0
    rounds(ui, page, pygame.event.Event(pygame.MOUSEBUTTONUP, pos=(2000, 0), button=1))
    rounds(ui, page, pygame.event.Event(pygame.MOUSEMOTION, pos=page.at(0.1)))
    assert page.value == 1.0


def test_a_quick_click_moves_a_slider_and_lets_it_go(ui):
    # Down and up again may both have happened since the last round.
    page = Slider()
    rounds(ui, page, *click(page.at(0.2)))
    assert page.value == pytest.approx(0.2)
    assert pressed(ui, page, pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(500, 220), button=1)) == ["below"]
    assert page.value == pytest.approx(0.2)


class Field:
    def __init__(self, active: bool) -> None:
        self.text, self.active = "", active

    def __call__(self, ui: Ui) -> list[str]:
        self.text = ui.field("search", box(0), self.text, "Type", active=self.active)
        return ["below"] if ui.button("below", box(1), "Below", primary=True) else []


def test_what_is_typed_goes_into_the_field_that_has_the_keyboard(ui):
    page = Field(active=False)
    rounds(ui, page, text("x"))
    assert page.text == ""
    rounds(ui, page, *click(box(0).center))
    for character in "jaws":
        rounds(ui, page, text(character))
    rounds(ui, page, key(pygame.K_BACKSPACE))
    assert page.text == "jaw"
    rounds(ui, page, key(pygame.K_BACKSPACE), key(pygame.K_BACKSPACE), key(pygame.K_BACKSPACE))
    rounds(ui, page, key(pygame.K_BACKSPACE))
    rounds(ui, page, key(pygame.K_BACKSPACE))
    rounds(ui, page, key(pygame.K_BACKSPACE))
    assert page.text == ""


def test_an_active_field_takes_what_is_typed_wherever_the_keyboard_is(ui):
    page = Field(active=True)
    rounds(ui, page, key(pygame.K_TAB), key(pygame.K_TAB))
    rounds(ui, page, text("é"))
    assert page.text == "é"
    assert ui.typing


def test_a_space_in_a_field_is_a_space_and_enter_still_presses_what_the_page_is_for(ui):
    page = Field(active=True)
    assert pressed(ui, page, key(pygame.K_SPACE), text(" ")) == []
    assert page.text == " "
    assert pressed(ui, page, key(pygame.K_RETURN)) == ["below"]


def test_what_is_typed_into_a_field_is_no_key_of_the_window(ui):
    rounds(ui, Field(active=True))
    ui.feed([text("?")])
    assert not ui.typed("?")
    rounds(ui, three)
    ui.feed([text("?")])
    assert ui.typed("?")
    assert not ui.typed("?")


def test_the_wheel_is_turned_once(ui):
    ui.feed([pygame.event.Event(pygame.MOUSEWHEEL, y=2), pygame.event.Event(pygame.MOUSEWHEEL, y=-5)])
    assert (ui.wheel(), ui.wheel()) == (-3, 0)
