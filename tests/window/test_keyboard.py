"""Keys of other layouts: letters as printed, and by their place where a key gives none of ours."""

import pygame
import pytest

from coach.window.keyboard import key_of

#: What the keys of a layout give, as an X server with it did: the place (by its letter on an American keyboard) and the
#: character.
LAYOUTS = {
    "ru": {"p": "з", "n": "т", "v": "м", "m": "ь", "f": "а", "r": "к", "q": "й", "h": "р"},
    "gr": {"p": "π", "n": "ν", "v": "ω", "m": "μ", "f": "φ", "r": "ρ", "h": "η"},
    "il": {"p": "פ", "n": "מ", "v": "ה", "m": "צ", "f": "כ", "r": "ר", "h": "י"},
    "ara": {"p": "ح", "n": "ى", "v": "ر", "m": "ة", "f": "ب", "r": "ق", "h": "ا"},
}


def pressed(character: str, place: str) -> int:
    return key_of(
        pygame.event.Event(pygame.KEYDOWN, key=ord(character), mod=0, scancode=pygame.KSCAN_A + ord(place) - ord("a"))
    )


@pytest.mark.parametrize(
    ("place", "character"), [(place, given) for layout in LAYOUTS.values() for place, given in layout.items()]
)
def test_a_key_that_gives_no_letter_of_ours_counts_by_its_place(place: str, character: str) -> None:
    assert pressed(character, place) == ord(place)


@pytest.mark.parametrize(
    ("character", "place"),
    [("a", "q"), ("q", "a"), ("m", ";"), ("p", "r"), ("l", "p"), ("p", "p"), (",", "w"), (";", "m")],
)
def test_a_letter_counts_as_printed_and_a_sign_stays_what_it_is(character: str, place: str) -> None:
    """AZERTY and Dvorak."""
    assert pressed(character, place) == ord(character)


def test_only_letters_count_by_their_place() -> None:
    """The German sharp s lies where others have minus, which takes a repetition back."""
    assert key_of(pygame.event.Event(pygame.KEYDOWN, key=ord("ß"), mod=0, scancode=pygame.KSCAN_MINUS)) == ord("ß")
    assert key_of(pygame.event.Event(pygame.KEYDOWN, key=ord("б"), mod=0, scancode=pygame.KSCAN_COMMA)) == ord("б")


def test_keys_without_a_character_are_what_they_are() -> None:
    for key, place in ((pygame.K_F1, pygame.KSCAN_F1), (pygame.K_LEFT, pygame.KSCAN_LEFT),
                       (pygame.K_ESCAPE, pygame.KSCAN_ESCAPE), (pygame.K_KP_PLUS, pygame.KSCAN_KP_PLUS)):  # fmt: skip
        assert key_of(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, scancode=place)) == key


def test_a_key_with_no_name_counts_by_its_place_where_that_is_a_letter() -> None:
    assert key_of(pygame.event.Event(pygame.KEYDOWN, key=0, mod=0, scancode=pygame.KSCAN_P)) == pygame.K_p
    assert key_of(pygame.event.Event(pygame.KEYDOWN, key=0, mod=0, scancode=pygame.KSCAN_F1)) == pygame.K_UNKNOWN
    assert key_of(pygame.event.Event(pygame.KEYDOWN, key=0, mod=0)) == pygame.K_UNKNOWN
