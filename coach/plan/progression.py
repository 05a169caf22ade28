"""How practice grows over the weeks: longer, nearer to one's own best, more of what the hands do. No clock."""

from typing import NamedTuple

#: A break of this many days or more is followed by a stage less.
BREAK_DAYS = 7
#: Weeks of practice before anything is said of what it changed.
VERDICT_WEEKS = 8


class Stage(NamedTuple):
    """What to do at a stage.

    weeks    which weeks of practice these are, for people
    days     days practised from which on it is this stage: five a week at first, then nearly all
    minutes  of exercise a day, from and to
    part     of one's own best that a repetition should reach
    hands    routine of what the hands do
    say      how to go about it
    """

    weeks: str
    days: int
    minutes: tuple[int, int]
    part: float
    hands: str
    say: str


STAGES = (
    Stage(
        "1-2",
        0,
        (3, 5),
        0.65,
        "face-short",
        "Learn the movements and the ways of the hands; half of the effort will do.",
    ),
    Stage("3-4", 10, (5, 10), 0.75, "face-pass", "Every repetition in full, without haste."),
    Stage("5-8", 22, (10, 15), 0.85, "self-massage", "Longer and steadier; the hands on three or four days a week."),
    Stage("9-20", 48, (10, 15), 0.85, "self-massage", "Every other day is enough now; the hands as you like."),
)


def stage(days_practised: int, days_away: int = 0) -> Stage:
    """Return the stage after so many practised days; one less after a break of a week, which ended just now.

    days_away: days since the last practised one. Raises ValueError for a negative number.
    """
    if days_practised < 0 or days_away < 0:
        raise ValueError(f"days must not be negative: {days_practised} practised, {days_away} away")
    index = sum(days_practised >= s.days for s in STAGES) - 1
    return STAGES[max(0, index - 1) if days_away >= BREAK_DAYS else index]
