"""The person knows better: "that was one", "that was not"."""

from collections.abc import Sequence
from dataclasses import replace

from coach.frame import Repetition

#: An attempt that ended longer ago than this (seconds) is not what the person speaks of.
MEANT_S = 10.0
SAID_ONE, SAID_NOT = "counted because you said so", "taken back because you said so"


def corrected(attempts: Sequence[Repetition], was_one: bool, time: float) -> list[Repetition] | None:
    """Return the attempts after a correction at a time in seconds; None where there is nothing to correct.

    "That was one" counts the last attempt of late that was not counted, or adds one where none was seen at all. "That
    was not" takes back the last that was counted. What the person says has no form: nobody judged it.
    """
    changed = list(attempts)
    for i in range(len(changed) - 1, -1, -1):
        attempt = changed[i]
        if time - attempt.end_s > MEANT_S and was_one:
            break
        if attempt.counted is not was_one:
            reason = SAID_ONE if was_one else SAID_NOT
            changed[i] = replace(attempt, counted=was_one, reason=reason, form=None)
            return changed
    if not was_one:
        return None
    return [*changed, Repetition(time, time, time, True, SAID_ONE, None, 1.0, 0.0, None)]
