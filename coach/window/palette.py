"""Colours, RGB 0..255, for a dark room around the picture.

The signal colours are those of Okabe and Ito, lightened where text is set in them, so that people with any kind
of colour vision can tell them apart. No state is told by colour alone: shapes and words say it, too.
"""

Colour = tuple[int, int, int]

BACKGROUND: Colour = (19, 23, 28)
CARD: Colour = (30, 36, 43)
SUNK: Colour = (48, 56, 65)  # the empty part of meters
ZONE: Colour = (72, 84, 96)  # of a meter: from where it counts to the full movement
LINE: Colour = (92, 103, 115)
TEXT: Colour = (242, 244, 246)
MUTED: Colour = (174, 184, 194)
ACCENT: Colour = (86, 180, 233)  # sky blue: the movement itself
GOOD: Colour = (64, 196, 154)  # bluish green: counted
FAULT: Colour = (240, 173, 48)  # orange: counted, with something to mend
MISSED: Colour = (240, 128, 84)  # vermillion: an attempt that was not counted
INK: Colour = (14, 18, 22)  # text and signs on the signal colours


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio of two colours, 1..21, as WCAG 2 defines it."""

    def luminance(colour: Colour) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
