"""Whether a movement was meant as a repetition, or was something else that a face does.

Faces talk, chew, laugh and look about. What tells an exercise from that is no one number: a large movement may be
quick, a small one must be held; one that goes to and fro on its way says less than one that goes up, stays and comes
back; and where rest is hardly known, a movement has to say more. All of it is put in seconds, so that it can be told:
how long a movement of this kind must stay at its top.

    needed = PART * hold of the exercise / size * (1 + DETOURS * detour) * (1 + doubt)

where the size is how many times the pass level the movement reached.

`docs/counting.md` has the figures, on whom they were found, and how well they do on people left out.
"""

from collections.abc import Sequence

from coach.form.exercise import Count

#: Of the exercise's own hold, what just passes needs this part: one of the size of the usual template four fifths.
PART = 1.2
#: A movement that goes a whole way more than it need needs so much more of a hold.
DETOURS = 0.5
#: No movement is so large that it needs no hold (size, and seconds).
LARGEST, LEAST_S = 4.0, 0.2
#: Rest is known well enough to count while the match is off by less than this (standard deviation), or where a movement
#: passes by so many times as much.
SURE, SURELY = 0.1, 4.0
#: To and fro below this part of the top is the tracker's noise.
_NOISE = 0.15


def needed_hold(count: Count, size: float, detour: float = 0.0, doubt: float = 0.0) -> float:
    """Seconds for which a movement must stay at its top to count.

    size    how many times the pass level it reached
    detour  see `detour`
    doubt   how far the match may be off because rest is not known better (standard deviation), and how far from rest
            the movement began
    """
    harder = (1.0 + DETOURS * detour) * (1.0 + doubt)
    if count.full:
        return count.hold * harder
    return max(PART * count.hold / min(max(size, 1.0), LARGEST) * harder, min(LEAST_S, count.hold))


def surely(count: Count, top: float, unsure: float) -> bool:
    """Whether a movement whose greatest amount was `top` counts however far rest may be off. unsure: as in `doubt`."""
    return unsure <= SURE or top - SURELY * unsure >= count.level


def detour(amounts: Sequence[float]) -> float:
    """How much further a movement went than from its first amount to its greatest and from there to its last: 0 for
    straight up and down, 1 for twice the way."""
    first, top, last = amounts[0], max(amounts), amounts[-1]
    direct = 2.0 * top - first - last
    if direct <= 0.0:
        return 0.0
    way, turned, furthest, up = 0.0, first, first, 1.0
    for amount in amounts:
        if up * (amount - furthest) > 0.0:
            furthest = amount
        elif up * (furthest - amount) >= _NOISE * top:
            way += abs(furthest - turned)
            turned, furthest, up = furthest, amount, -up
    return max(0.0, (way + abs(furthest - turned)) / direct - 1.0)
