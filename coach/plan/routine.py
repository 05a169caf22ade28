"""A routine is a file: which exercises in which order, and how often. Filling minutes with one is done here, too."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Literal, NamedTuple

import msgspec

from coach.errors import BadInput, did_you_mean
from coach.form.exercise import (
    DOSES,
    MOST_REPS,
    MOST_S,
    Dose,
    Exercise,
    Tempo,
    file_text,
    find_exercise,
    library,
    library_folder,
    parse_toml,
)
from coach.plan.rules import INSTEAD, dosed, lasting, ordered, replaced

#: What the built-in performer can do, and on demand do wrong.
Manner = Literal["clean", "partial", "one-sided", "rushed", "brow"]

#: Seconds added to every set when time is planned. Where the face is judged: to read the next exercise's name and to
#: find a resting face. Of all others only the name; strokes follow one another.
SETTLE_S, SETTLE_LED_S, SETTLE_STROKE_S = 6.0, 3.0, 2.0

#: Sets of a routine at most, before any minutes are filled.
MOST_SETS = 100

#: A set made shorter keeps half of its repetitions and lasts this many seconds, or stays whole: less is not worth it.
LEAST_SET_S = 30.0

#: Part of the time asked for by which a plan may miss it without another set, or one set fewer.
NEAR = 0.05

#: Part of its time from which downwards a routine gives way to its shorter one.
SHORTER = 0.75

#: How often at most a session for a goal comes back to the same exercise; a small face is not to be drilled.
MOST_ROUNDS = 3


class Slot(NamedTuple):
    """A set that may be planned. rounds: in how many rounds at most it comes, None for every one; what the hands do,
    and quiet time, comes in one. keep: it comes however short the time is."""

    exercise: Exercise
    rounds: int | None = None
    keep: bool = False


class SetPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One set, or in its place the sets of another routine.

    exercise, routine  the id of either
    reps      repetitions; the exercise's own when left out
    seconds   in place of them: as many repetitions as last that long
    dose      of points: what it is worked for (see `DOSES`); the file's own when left out
    pace      how much slower than the exercise's own tempo; of a routine: that of all its sets
    rounds    in how many rounds at most it comes when the routine is repeated
    keep      whether it comes however short the time is
    perform   for demonstrations: how each repetition is performed
    """

    exercise: str = ""
    reps: Annotated[int, msgspec.Meta(ge=1, le=MOST_REPS)] | None = None
    rounds: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    perform: Annotated[list[Manner], msgspec.Meta(max_length=MOST_SETS)] = []
    routine: str = ""
    seconds: Annotated[float, msgspec.Meta(gt=0, le=MOST_S)] | None = None
    dose: Dose | None = None
    pace: Annotated[float, msgspec.Meta(ge=0.1, le=10)] = 1.0
    keep: bool = False

    def slots(self, tempo: Tempo | None) -> Iterator[Slot]:
        """The set, or those of the routine. Raises BadInput for what does not exist, or does not go together."""
        if bool(self.exercise) == bool(self.routine):
            raise BadInput("a set needs either 'exercise' or 'routine'")
        if self.routine:
            inner = load_routine(self.routine)
            # One that held itself would have no end, and some in one another would have very many sets.
            if any(planned.routine for planned in inner.set):
                raise BadInput(f"'{self.routine}' is made of routines itself; name those that are made of exercises")
            for slot in inner.slots():
                yield slot._replace(exercise=_slower(slot.exercise, self.pace))
            return
        if self.exercise.endswith(".toml"):
            raise BadInput(f"'{self.exercise}' is a file; a routine names exercises by their id")
        e = find_exercise(self.exercise)
        if self.dose is not None:
            e = dosed(e, self.dose)
        e = _slower(e.paced(tempo or e.tempo, self.reps), self.pace)
        if self.seconds is not None:
            e = lasting(e, self.seconds)
        yield Slot(e, self.rounds or _rounds_of(e), self.keep)


class Routine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sets in their order. tempo, where given, takes the place of each exercise's own. goal: the routine's place
    among the goals a person chooses from, 0 where it is not one. preset, minutes: the name that the collection it
    comes from has for it, and how long it is there: minutes and seconds. shorter: the routine to take in its place
    when SHORTER of its time or less is asked for."""

    name: str
    about: str
    set: Annotated[list[SetPlan], msgspec.Meta(max_length=MOST_SETS)]
    id: str = ""
    goal: int = 0
    preset: str = ""
    minutes: tuple[int, int] | None = None
    shorter: str = ""
    tempo: Tempo | None = None

    def exercises(self) -> list[Exercise]:
        """The exercises of the sets, each with the number of repetitions and the tempo asked for here.

        Raises BadInput for an id that does not exist.
        """
        return [slot.exercise for slot in self.slots()]

    def slots(self) -> list[Slot]:
        """The same, each with the number of rounds it may come in."""
        found: list[Slot] = []
        for number, planned in enumerate(self.set, 1):
            try:
                found += planned.slots(self.tempo)
            except BadInput as error:
                raise BadInput(f"routine '{self.id or self.name}': set {number}: {error}") from None
        return found


def _slower(exercise: Exercise, pace: float) -> Exercise:
    """The exercise with every phase `pace` times as long."""
    t = exercise.tempo
    return exercise.paced(Tempo(t.rise * pace, t.hold * pace, t.lower * pace, t.rest * pace)) if pace != 1 else exercise


def _rounds_of(exercise: Exercise) -> int | None:
    """In how many rounds an exercise comes where nothing is said: what the hands do comes once, and so does quiet."""
    return 1 if exercise.touch is not None or exercise.group == "quiet" else None


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to train for. minutes: one round of its routine at the exercises' own tempo."""

    id: str
    name: str
    about: str
    minutes: float


def routine_ids() -> list[str]:
    """Names of the routines that come with the program."""
    folder = library_folder() / "routines"
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


def load_routine(id: str) -> Routine:
    """Read one of the program's routines. Raises BadInput for an unknown one or a broken file."""
    path = library_folder() / "routines" / f"{id}.toml"
    if id not in routine_ids():
        raise BadInput(f"unknown routine '{id}'{did_you_mean(id, routine_ids())}")
    return msgspec.structs.replace(parse_toml(file_text(path), str(path), Routine), id=id)


def goals() -> list[Goal]:
    """The goals that come with the program, in the order in which they are offered."""
    found = sorted((r for r in map(load_routine, routine_ids()) if r.goal), key=lambda r: (r.goal, r.id))
    return [Goal(r.id, r.name, r.about, sum(map(seconds, r.exercises())) / 60.0) for r in found]


def build(goal_or_ids: str | Sequence[str], minutes: float, blocked: Collection[str] = ()) -> list[Exercise]:
    """Return the sets of a session of about `minutes` for a goal, or for ids of exercises in their order.

    An exercise in `blocked` (ids, as `rules.refused` and `screening.blocked` give them) never comes, nor one that is
    never led; the next ones take its place, or the one that stands in for it. What the hands do comes once, unless
    the routine has it twice. With few exercises left the session is shorter than asked for: none comes more than
    MOST_ROUNDS times. Raises BadInput for an unknown goal or exercise, and where all of them are blocked.
    """
    if isinstance(goal_or_ids, str):
        routine = load_routine(goal_or_ids)
        name, slots = routine.name, routine.slots()
        while routine.shorter and minutes * 60.0 <= SHORTER * sum(seconds(slot.exercise) for slot in slots):
            routine = load_routine(routine.shorter)
            longer, slots = slots, routine.slots()
            if sum(seconds(slot.exercise) for slot in slots) >= sum(seconds(slot.exercise) for slot in longer):
                raise BadInput(f"routine '{routine.id}' is named as the shorter one of a routine that is no longer")
    else:
        chosen = [find_exercise(id) for id in dict.fromkeys(goal_or_ids)]
        name, slots = "this choice", [Slot(e, _rounds_of(e)) for e in chosen]
    slots = [_stand_in(slot, slots, blocked) for slot in slots]
    allowed = [
        slot._replace(rounds=min(slot.rounds or MOST_ROUNDS, MOST_ROUNDS))
        for slot in slots
        if slot.exercise.id not in blocked and not slot.exercise.off
    ]
    if not allowed:
        raise BadInput(f"{name}: your answers leave none of its exercises for now; choose another goal")
    return ordered(fill(allowed, minutes * 60.0))


def _stand_in(slot: Slot, slots: Sequence[Slot], blocked: Collection[str]) -> Slot:
    """The slot of what takes the place of a blocked point, worked in the same way; else the slot itself."""
    e, other = slot.exercise, INSTEAD.get(slot.exercise.id, "")
    if e.id not in blocked or not other or other in blocked or any(s.exercise.id == other for s in slots):
        return slot
    return slot._replace(exercise=replaced(e, other))


def plan(names: Sequence[str], minutes: float | None = None, blocked: Collection[str] = ()) -> list[Exercise]:
    """Return the exercises for names of exercises, files or routines, repeated or cut to fill about `minutes`.

    No names means the routine 'morning'. blocked: as `build` takes it; here all of them may be, and nothing is left.
    Raises BadInput with the nearest name for an unknown one, and for one that is never led.
    """
    names = list(names) or ["morning"]
    if minutes is not None and len(names) == 1 and names[0] in routine_ids():
        return build(names[0], minutes, blocked)
    chosen: list[Slot] = []
    for name in names:
        if name in routine_ids():
            chosen += load_routine(name).slots()
        elif name.endswith(".toml") or name in library():
            exercise = find_exercise(name)
            if exercise.off:
                raise BadInput(f"'{name}' is never led: {exercise.off}")
            chosen.append(Slot(exercise, _rounds_of(exercise)))
        else:
            hint = did_you_mean(name, [*library(), *routine_ids()])
            raise BadInput(
                f"unknown exercise or routine '{name}'{hint} ('coach exercises' and 'coach routines' list them all)"
            )
    chosen = [_stand_in(slot, chosen, blocked) for slot in chosen]
    chosen = [slot for slot in chosen if slot.exercise.id not in blocked]
    if minutes is None:
        return [slot.exercise for slot in chosen]
    return ordered(fill(chosen, minutes * 60.0))


# --- filling time -----------------------------------------------------------------------------------------


def fill(slots: Sequence[Slot], wanted: float) -> list[Exercise]:
    """Return sets that last about `wanted` seconds, at least one, in the order of the slots.

    A short time is met by fewer repetitions first and by fewer exercises then, a long one by further rounds. It is
    missed where a single set is too long for it, or what is kept, or where the slots' rounds are used up.
    """
    taken: list[Exercise] = []
    shortest = sum(_shortest_s(slot.exercise) for slot in slots if slot.keep)  # what comes anyhow has its place
    longest = sum(seconds(slot.exercise) for slot in slots if slot.keep)
    keeping = any(slot.keep for slot in slots)
    last = 0  # the last round that had something to add
    for number, slot in _rounds(slots):
        exercise, keep = slot.exercise, slot.keep and number == 0
        # In the first round everything that still fits comes; further rounds only fill what is left.
        full = longest >= wanted * (1 - NEAR) and (number or shortest >= wanted)
        if number > last + 1:
            break
        if full and number:
            break
        follows_itself = number == 0 and taken and taken[-1].id == exercise.id
        if (full or follows_itself) and not keep:
            continue
        with_it = shortest + (0.0 if keep else _shortest_s(exercise))
        # Fits, or comes much nearer than without it.
        if keep or not (taken or keeping) or with_it - wanted <= max(wanted * NEAR, (wanted - longest) / 2):
            taken.append(exercise)
            longest, shortest, last = longest + (0.0 if keep else seconds(exercise)), with_it, number
    return _shortened(taken, wanted)


def _rounds(slots: Sequence[Slot]) -> Iterator[tuple[int, Slot]]:
    """Round (0 is the first) and slot, round after round until no slot comes any more."""
    number = 0
    while left := [s for s in slots if s.rounds is None or number < s.rounds]:
        yield from ((number, slot) for slot in left)
        number += 1


def _shortened(sets: Sequence[Exercise], wanted: float) -> list[Exercise]:
    """The same sets with repetitions taken away, evenly and from the last ones first, until they last `wanted`."""
    reps = [e.reps for e in sets]
    over = sum(map(seconds, sets)) - wanted
    while over > 0:
        spare = [i for i, e in enumerate(sets) if reps[i] - _step(e) >= _least(e)]
        if not spare:
            break
        i = max(spare, key=lambda i: (reps[i] / sets[i].reps, i))
        saved = seconds(sets[i], _step(sets[i])) - settle_s(sets[i])
        if saved > 2 * over:
            break
        reps[i] -= _step(sets[i])
        over -= saved
    return [e.paced(e.tempo, n) for e, n in zip(sets, reps, strict=True)]


def _step(exercise: Exercise) -> int:
    """Repetitions that belong together: one of each side."""
    return 2 if exercise.sides == "alternate" else 1


def _least(exercise: Exercise) -> int:
    """The fewest repetitions to which a set may be shortened. What the hands do is done whole, or as long as its dose
    is at the least; quiet time is cut by whole minutes."""
    if exercise.touch is not None:
        amount = DOSES[exercise.touch.dose]
        return exercise.reps if amount.counts else min(exercise.reps, lasting(exercise, amount.seconds[0]).reps)
    one = seconds(exercise, 1) - settle_s(exercise)
    enough = (LEAST_SET_S - settle_s(exercise)) / max(one, 1e-9)
    enough = enough if exercise.group == "quiet" else max(exercise.reps / 2, enough)
    return min(exercise.reps, ceil(enough / _step(exercise)) * _step(exercise))


def _shortest_s(exercise: Exercise) -> float:
    """Seconds a set takes when it is made as short as it may be."""
    return seconds(exercise, _least(exercise))


def seconds(exercise: Exercise, reps: int | None = None) -> float:
    """Seconds one set takes at the exercise's tempo, with its own number of repetitions or another."""
    t = exercise.tempo
    there = max(len(exercise.poses), 1) * (t.rise + t.hold)  # every pose of a sequence has its own way and hold
    return (exercise.reps if reps is None else reps) * (there + t.lower + t.rest) + settle_s(exercise)


def settle_s(exercise: Exercise) -> float:
    """Seconds before a set, as they are planned."""
    if exercise.touch is not None and exercise.touch.move == "stroke":
        return SETTLE_STROKE_S
    return SETTLE_S if exercise.judged else SETTLE_LED_S
