"""The rules of hands-on practice: what may not be led now, in which order things come, and how much of each.

Pure functions: the time of day and all else they need comes in a `Context`. `docs/rules.md` lists the rules by their
numbers, R01 to R45, and where each is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import msgspec

from coach.errors import BadInput
from coach.form.exercise import CAPS, DOSES, Dose, Exercise, find_exercise
from coach.plan.screening import load_screening, reasons

#: Minutes of the day that are a morning, from and until, and minutes before bed that massage keeps free.
MORNING = (5 * 60, 11 * 60)
BEFORE_BED = 120
#: Minutes from going to bed during which it is night.
NIGHT = 6 * 60
DAY = 24 * 60

#: The routine that may be done at any time of the day: it has no massage strokes.
LATE_SAFE = "evening-calm"
#: Points that take the place of others.
INSTEAD = {"li4": "ex-hn3"}
#: Seconds from one tap on a point to the next.
TAP_S = 0.4
#: Seconds of sitting after the neck, of quiet at the end, and of quiet after points for a headache.
SEATED_S, QUIET_S, LONG_QUIET_S = 60.0, 60.0, 300.0
#: Sessions in which a beginner sees a mirror image, whatever else is set.
MIRROR_FOR = 5
#: Seconds of face massage that a day may aim at; nobody is asked for more.
DAILY_S = (15 * 60, 20 * 60)

#: Names that are said of several left out for one reason; of the others their number is.
NAMED = 3

COMFORT = "Is it comfortable? It is to feel pleasant throughout; with any pain stop, or use less weight."
NOT_SEEN = "What the hands weigh, the camera cannot see."
LATER = "What points do may take five to ten minutes to be felt: stay quiet with it for a while if you can."
LATE = (
    "Massage of face and neck belongs to the morning, or to two hours and more before bed, so that no puffiness is "
    "left in the morning. 'Evening calm' has no strokes and fits now."
)
OILED = "The neck is massaged dry, so that the hands have a grip: before any oil or cream. Leave it for another time."


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules need to know of the moment.

    answers   ids of the questions answered with yes
    now       minutes since midnight, None where nobody knows
    bedtime   minutes since midnight
    sessions  how many were done before this one
    oiled     whether there is oil or cream on the skin already
    """

    answers: tuple[str, ...] = ()
    now: int | None = None
    bedtime: int = 23 * 60
    sessions: int = 0
    oiled: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An exercise that may not be led now. rule: its number, or "screening"; what: the exercise's id; why: sentences;
    instead: id of the exercise or the routine to be offered for it, empty where there is none."""

    rule: str
    what: str
    why: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """Sets as they may be led, and one sentence or two for each change."""

    exercises: tuple[Exercise, ...]
    said: tuple[str, ...]


# --- what may not be led now ------------------------------------------------------------------------------


def refusals(exercises: Iterable[Exercise], context: Context) -> list[Refusal]:
    """Return one refusal, the weightiest, for each of the exercises that may not be led now.

    Raises BadInput for an answer to no question.
    """
    asked = load_screening().chosen(context.answers)
    emergency = any(q.section == "emergency" for q in asked)
    late = not massage_time(context.now, context.bedtime)
    screened = reasons(context.answers)
    found: list[Refusal] = []
    for e in exercises:
        why = screened(e)
        if e.off:
            found.append(Refusal("R20" if e.touch and e.touch.nodes else "R34", e.id, e.off))
        elif why:
            red = emergency and e.touch is not None and e.touch.dose == "headache"
            found.append(Refusal("R39" if red else "screening", e.id, why, INSTEAD.get(e.id, "")))
        elif late and is_massage(e):
            found.append(Refusal("R06", e.id, LATE, LATE_SAFE))
        elif context.oiled and e.group == "neck-massage":
            found.append(Refusal("R11", e.id, OILED))
    return found


def refused(exercises: Iterable[Exercise], context: Context) -> dict[str, str]:
    """Return ids of those exercises that may not be led now, each with the reason."""
    return {r.what: r.why for r in refusals(exercises, context)}


def is_massage(exercise: Exercise) -> bool:
    """Whether it strokes or kneads face or neck, and so has its time of the day; circles on a spot have not."""
    return exercise.group == "neck-massage" or (exercise.touch is not None and exercise.touch.move == "stroke")


def massage_time(now: int | None, bedtime: int) -> bool:
    """Whether massage fits the time of day, both in minutes since midnight: in the morning, or long enough before bed.
    A time that nobody knows fits."""
    if now is None or MORNING[0] <= now % DAY < MORNING[1]:
        return True
    return (bedtime - now) % DAY >= BEFORE_BED and (now - bedtime) % DAY >= NIGHT


# --- what is made of it -----------------------------------------------------------------------------------


def mended(exercises: Sequence[Exercise], context: Context) -> Mended:
    """Return the sets without what may not be led now, within the caps, and in an order that keeps the rules; with a
    sentence for each change. Raises BadInput for an answer to no question."""
    found = refusals(exercises, context)
    no = {r.what for r in found}
    wholes = {e.id for e in exercises}
    sets: list[Exercise] = []
    more: dict[str, list[str]] = {}  # what is too much -> names
    for e in exercises:
        other = INSTEAD.get(e.id, "")
        if e.id not in no:
            sets.append(_capped(e, more))
        elif other and other not in wholes and not refusals([find_exercise(other)], context):
            sets.append(replaced(e, other))
    sentences = [*told(found, exercises, sets), *_listed(more)]
    if ordered(sets) != sets:
        sentences.append("The neck comes first and dry, and quiet sitting last: the order was changed for that.")
    added = _missing(sets, context)
    return Mended(tuple(ordered([*sets, *(e for e, _ in added)])), (*sentences, *(why for _, why in added)))


def told(no: Iterable[Refusal], exercises: Sequence[Exercise], led: Sequence[Exercise] = ()) -> tuple[str, ...]:
    """Return a sentence or two for each reason to leave something out, with the names that it is the reason for.

    exercises: what was asked for; led: what is left of it, with what takes the place of something.
    """
    names = {e.id: e.name for e in exercises}
    stand_in = {e.id: e.name for e in led if e.id not in names}
    whys: dict[str, list[str]] = {}
    instead: dict[str, list[str]] = {}
    for r in no:
        whys.setdefault(r.why, []).append(names[r.what])
        if r.instead in stand_in:
            instead.setdefault(r.why, []).append(f"in its place {stand_in[r.instead]}")
    return tuple(_listed(whys, instead))


def _listed(whys: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Each reason after the names that it is the reason for, not all of them where they are many."""
    found = []
    for why, given in whys.items():
        names = list(dict.fromkeys(given))
        if len(names) > NAMED + 1:
            names = [*names[:NAMED], f"and {len(names) - NAMED} more"]
        found.append(f"{', '.join([*names, *(more or {}).get(why, [])])}: {why}")
    return found


def _capped(exercise: Exercise, said: dict[str, list[str]]) -> Exercise:
    """The exercise with no more repetitions than its kind of massage allows (R02 to R05)."""
    most = CAPS.get(exercise.touch.kind) if exercise.touch else None
    if most is None or exercise.reps <= most:
        return exercise
    said.setdefault(f"{most} times at most: more is not better here.", []).append(exercise.name)
    return exercise.paced(exercise.tempo, most)


def _missing(sets: Sequence[Exercise], context: Context) -> list[tuple[Exercise, str]]:
    """What has to come after the neck and after points for a headache, and does not, each with a sentence (R07, R18,
    R35)."""
    codes = {e.touch.code for e in sets if e.touch and e.group == "neck-massage"}
    found: list[tuple[Exercise, str]] = []
    if codes & {"NK4", "NK5", "NK6", "NK7"} and "NK8" not in codes:
        found.append((find_exercise("neck-smooth"), "Light strokes were added: they always end the neck."))
    if codes & {f"NK{n}" for n in range(1, 9)} and "NK9" not in codes and _after_neck_s(sets) < SEATED_S:
        why = "A minute of sitting was added: do not get up at once after the neck."
        found.append((find_exercise("neck-seated"), why))
    headache = any(e.touch is not None and e.touch.dose == "headache" for e in sets)
    if headache and all(e.id != "quiet-sitting" for e in sets):
        quiet = lasting(find_exercise("quiet-sitting"), LONG_QUIET_S)
        found.append((quiet, f"Five minutes of quiet were added. {LATER}"))
    return [(e, why) for e, why in found if not refusals([e], context)]


def _after_neck_s(sets: Sequence[Exercise]) -> float:
    """Seconds of what follows the last set of the neck, once all is in its order."""
    rest = [e for e in ordered(sets) if e.group != "neck-massage" and e.id != "sit-tall"]
    return sum(e.reps * e.round_s for e in rest)


def ordered(exercises: Iterable[Exercise]) -> list[Exercise]:
    """Return the sets so that one sits up first, then the neck comes while it is dry, its steps in their own order
    and ended by strokes and sitting, and quiet sitting comes last; all else stays as it was (R11, R18, R19, R35)."""
    return sorted(exercises, key=_place)


def _place(exercise: Exercise) -> tuple[int, int, int]:
    if exercise.id == "sit-tall":
        return 0, 0, 0
    if exercise.group == "neck-massage" and exercise.touch is not None:
        number = exercise.touch.code.removeprefix("NK")
        return 1, int(number) if number.isdecimal() else 0, exercise.touch.move != "rub"
    return (3 if exercise.id == "quiet-sitting" else 2), 0, 0


# --- how much of it ---------------------------------------------------------------------------------------


def dosed(exercise: Exercise, dose: Dose) -> Exercise:
    """Return a point worked for something: everyday circles, a minute or more for a headache, or taps.

    Raises BadInput for what is no point, or a point that is not worked so.
    """
    touch = exercise.touch
    if touch is None or dose not in touch.doses:
        known = ", ".join(touch.doses) if touch else "none"
        raise BadInput(f"'{exercise.id}' is not worked with the dose '{dose}' (its doses: {known})")
    tempo, move = exercise.tempo, touch.move
    if dose == "tap":
        tempo, move = msgspec.structs.replace(tempo, rise=TAP_S), "tap"
    touch = msgspec.structs.replace(touch, dose=dose, move=move)
    changed = msgspec.structs.replace(exercise, touch=touch, tempo=tempo)
    amount = DOSES[dose]
    return lasting(changed, amount.seconds[0]) if amount.counts is None else changed


def lasting(exercise: Exercise, wanted: float) -> Exercise:
    """Return the exercise with as many repetitions as last `wanted` seconds, or a little more."""
    return exercise.paced(exercise.tempo, max(1, ceil(wanted / max(exercise.round_s, 1e-9) - 1e-6)))


def replaced(exercise: Exercise, by: str) -> Exercise:
    """Return another point, by its id, with the dose of this one, and in dose by time for as long."""
    assert exercise.touch is not None
    other = dosed(find_exercise(by), exercise.touch.dose)
    return lasting(other, exercise.reps * exercise.round_s) if DOSES[exercise.touch.dose].counts is None else other


# --- what to say and to ask -------------------------------------------------------------------------------


def checklist(exercises: Iterable[Exercise]) -> list[str]:
    """Return what to see to before these exercises, one sentence each."""
    sets = [e for e in exercises if e.touch is not None]
    found: list[str] = []
    if any(e.group == "neck-massage" for e in sets):
        found += [
            "A firm seat, feet apart as wide as your legs, back straight.",
            "An open collar; neck and hands dry, without oil or cream.",
        ]
    if any(e.group == "face-massage" for e in sets):
        found += [
            "Clean skin: make-up off, washed and toned. Oil or cream on the face only, after the neck.",
            "Hair back, jewellery off.",
        ]
    if sets:
        found.append("Clean hands, short nails; the part you work on is at ease, elbows may rest on a table.")
    if any(e.touch is not None and e.touch.dose == "headache" for e in sets):
        found.append(
            "A headache that is new, sudden or the strongest you have known, or comes with fever, weakness or trouble "
            "with sight or speech, is not for this: stop here and call for help."
        )
    return found


def tips(exercises: Iterable[Exercise], context: Context) -> list[str]:
    """Return what makes these exercises more pleasant, one or two sentences each."""
    sets = [e for e in exercises if e.touch is not None]
    found: list[str] = []
    if any(map(is_massage, sets)):
        found.append("A warm shower before it may make the skin softer.")
        if not any(q.section == "ask" for q in load_screening().chosen(context.answers)):
            found.append("Who likes it may end the shower with cool and warm water in turn.")
    if sets:
        found.append(NOT_SEEN)
    if any(e.group == "acupressure" for e in sets):
        found.append(LATER)
    return found


def mirrored(context: Context) -> bool:
    """Whether the picture is to be a mirror image because the person is a beginner (R10)."""
    return context.sessions < MIRROR_FOR
