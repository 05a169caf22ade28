"""What may be led now of what was asked for: a plan that keeps the rules, with a sentence for everything left out."""

from collections.abc import Callable, Collection, Sequence

from coach.errors import BadInput
from coach.form.exercise import Exercise, find_exercise, library
from coach.plan.routine import build, load_routine, plan
from coach.plan.rules import LATE_SAFE, Context, Mended, mended, refusals, refused, told


def asked(names: Sequence[str], minutes: float | None, context: Context) -> Mended:
    """Return what `plan` makes of names, as the rules allow it now.

    Raises BadInput as `plan` does, and where nothing is left: with the reason, and what may be done in its place.
    """
    return _allowed(plan(names), lambda blocked: plan(names, minutes, blocked), context)


def session(goal_or_ids: str | Sequence[str], minutes: float, context: Context) -> Mended:
    """Return what `build` makes of a goal or of ids, as the rules allow it now. Raises BadInput likewise."""
    if isinstance(goal_or_ids, str):
        whole = load_routine(goal_or_ids).exercises()
    else:
        whole = [find_exercise(id) for id in goal_or_ids]
    return _allowed(whole, lambda blocked: build(goal_or_ids, minutes, blocked), context)


def single(exercise: Exercise, context: Context) -> Mended:
    """Return one exercise, with what the rules put before or after it. Raises BadInput where it may not be led now."""
    return _allowed([exercise], lambda blocked: [exercise], context)


def offered(context: Context) -> str:
    """Return the id of the routine that may be done at any time, empty where something speaks against that, too."""
    return "" if refused(load_routine(LATE_SAFE).exercises(), context) else LATE_SAFE


def _allowed(whole: Sequence[Exercise], make: Callable[[Collection[str]], list[Exercise]], context: Context) -> Mended:
    """What is made of the sets that nothing speaks against. whole: all that were asked for."""
    no = refusals({e.id: e for e in whole}.values(), context)
    if len(no) == len({e.id for e in whole}):
        raise BadInput(_nothing_left(whole, context))
    # A shorter routine may stand in, with exercises of its own.
    led = mended(make(refused([*library().values(), *whole], context)), context)
    return Mended(led.exercises, (*told(no, whole, led.exercises), *led.said))


def _nothing_left(whole: Sequence[Exercise], context: Context) -> str:
    """Why none of these may be led now, and what may be done in their place."""
    why = " ".join(told(refusals(whole, context), whole))
    other = load_routine(LATE_SAFE).name
    return f"{why} '{other}' fits now." if offered(context) and f"'{other}'" not in why else why
