"""Which key was pressed, whatever the layout of the keyboard.

A letter counts as it is printed on the key, also where keys are arranged otherwise (AZERTY, Dvorak). Where a key gives
no letter of ours (Cyrillic, Greek, Hebrew, Arabic), its place counts: what such keyboards print there in Latin is what
the same place gives on an American one.
"""

import pygame

#: Keys without a character have this bit in their number; those with one have the character as their number.
_NO_CHARACTER = 1 << 30
#: The places of the letters, as the numbers that USB gives them: from A to Z without a gap (HID Usage Tables, page 7).
_FIRST_PLACE, _LETTERS = 4, "abcdefghijklmnopqrstuvwxyz"


def key_of(event: pygame.event.Event) -> int:
    """Return the key of a KEYDOWN event as one of pygame's constants; pygame.K_UNKNOWN for one that has no name."""
    key: int = event.key
    if key != pygame.K_UNKNOWN and (key < 0x80 or key & _NO_CHARACTER):
        return key
    place = getattr(event, "scancode", 0) - _FIRST_PLACE
    return ord(_LETTERS[place]) if 0 <= place < len(_LETTERS) else key
