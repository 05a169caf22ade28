"""Colours, RGB 0..255: calm ones for a dark room around the picture, and strong ones for who needs them.

The signal colours are those of Okabe and Ito, lightened where text is set in them, so that people with any kind
of colour vision can tell them apart. No state is told by colour alone: shapes and words say it, too.
"""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """One set of colours.

    background, card, sunk  the room, what lies on it, and the empty part of meters
    zone                    of a meter: from where it counts to the full movement
    line                    frames and rules
    text, muted             what must be read, what may be
    accent                  the movement itself, and what the keyboard is on
    good, fault, missed     counted; counted with something to mend; an attempt that was not counted
    ink                     text and signs on the signal colours
    """

    background: Colour
    card: Colour
    sunk: Colour
    zone: Colour
    line: Colour
    text: Colour
    muted: Colour
    accent: Colour
    good: Colour
    fault: Colour
    missed: Colour
    ink: Colour


CALM = Palette(
    background=(19, 23, 28),
    card=(30, 36, 43),
    sunk=(48, 56, 65),
    zone=(72, 84, 96),
    line=(92, 103, 115),
    text=(242, 244, 246),
    muted=(174, 184, 194),
    accent=(86, 180, 233),  # sky blue
    good=(64, 196, 154),  # bluish green
    fault=(240, 173, 48),  # orange
    missed=(240, 128, 84),  # vermillion
    ink=(14, 18, 22),
)

HIGH_CONTRAST = Palette(
    background=(0, 0, 0),
    card=(12, 12, 12),
    sunk=(52, 52, 52),
    zone=(96, 96, 96),
    line=(255, 255, 255),
    text=(255, 255, 255),
    muted=(232, 232, 232),
    accent=(120, 205, 255),
    good=(90, 235, 190),
    fault=(255, 200, 70),
    missed=(255, 160, 120),
    ink=(0, 0, 0),
)


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio of two colours, 1..21, as WCAG 2 defines it."""

    def luminance(colour: Colour) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
