"""A routine is a file: which exercises in which order, and how often. Filling minutes with one is done here, too."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Literal, NamedTuple

import msgspec

from coach.errors import BadInput, did_you_mean
from coach.form.exercise import Exercise, Tempo, find_exercise, library, library_folder, parse_toml

#: What the built-in performer can do, and on demand do wrong.
Manner = Literal["clean", "partial", "one-sided", "rushed", "brow"]

#: Seconds to read the next exercise's name and find a resting face, added to every set when time is planned.
SETTLE_S = 6.0

#: A set made shorter keeps half of its repetitions and lasts this many seconds, or stays whole: less is not worth it.
LEAST_SET_S = 30.0

#: Part of the time asked for by which a plan may miss it without another set, or one set fewer.
NEAR = 0.05

#: How often at most a session for a goal comes back to the same exercise; a small face is not to be drilled.
MOST_ROUNDS = 3


class Slot(NamedTuple):
    """A set that may be planned. rounds: in how many rounds at most it comes, None for every one."""

    exercise: Exercise
    rounds: int | None = None


class SetPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One set: an exercise id, its repetitions (the exercise's own when left out), in how many rounds at most it
    comes when the routine is repeated, and for demonstrations how each repetition is performed."""

    exercise: str
    reps: int | None = None
    rounds: Annotated[int, msgspec.Meta(ge=1)] | None = None
    perform: list[Manner] = []


class Routine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sets in their order. tempo, where given, takes the place of each exercise's own. goal: the routine's place
    among the goals a person chooses from, 0 where it is not one."""

    name: str
    about: str
    set: list[SetPlan]
    id: str = ""
    goal: int = 0
    tempo: Tempo | None = None

    def exercises(self) -> list[Exercise]:
        """The exercises of the sets, each with the number of repetitions and the tempo asked for here.

        Raises BadExercise for an id that does not exist.
        """
        return [slot.exercise for slot in self.slots()]

    def slots(self) -> list[Slot]:
        """The same, each with the number of rounds it may come in."""
        found = [(find_exercise(s.exercise), s) for s in self.set]
        return [Slot(e.paced(self.tempo or e.tempo, s.reps), s.rounds) for e, s in found]


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
    routine = parse_toml(path.read_text(encoding="utf-8"), str(path), Routine)
    return msgspec.structs.replace(routine, id=id)


def goals() -> list[Goal]:
    """The goals that come with the program, in the order in which they are offered."""
    found = sorted((r for r in map(load_routine, routine_ids()) if r.goal), key=lambda r: (r.goal, r.id))
    return [Goal(r.id, r.name, r.about, sum(map(seconds, r.exercises())) / 60.0) for r in found]


def build(goal_or_ids: str | Sequence[str], minutes: float, blocked: Collection[str] = ()) -> list[Exercise]:
    """Return the sets of a session of about `minutes` for a goal, or for ids of exercises in their order.

    An exercise in `blocked` (ids, as `screening.blocked` gives them) never comes; the next ones take its place. With
    few exercises left the session is shorter than asked for: none comes more than MOST_ROUNDS times. Raises BadInput
    for an unknown goal or exercise, and where all of them are blocked.
    """
    if isinstance(goal_or_ids, str):
        routine = load_routine(goal_or_ids)
        name, slots = routine.name, routine.slots()
    else:
        name, slots = "this choice", [Slot(find_exercise(id)) for id in goal_or_ids]
    allowed = [Slot(e, min(rounds or MOST_ROUNDS, MOST_ROUNDS)) for e, rounds in slots if e.id not in blocked]
    if not allowed:
        raise BadInput(f"{name}: your answers leave none of its exercises for now; choose another goal")
    return fill(allowed, minutes * 60.0)


def plan(names: list[str], minutes: float | None = None) -> list[Exercise]:
    """Return the exercises for names of exercises, files or routines, repeated or cut to fill about `minutes`.

    No names means the routine 'morning'. Raises BadInput with the nearest name for an unknown one.
    """
    chosen: list[Slot] = []
    for name in names or ["morning"]:
        if name in routine_ids():
            chosen += load_routine(name).slots()
        elif name.endswith(".toml") or name in library():
            chosen.append(Slot(find_exercise(name)))
        else:
            hint = did_you_mean(name, [*library(), *routine_ids()])
            raise BadInput(f"unknown exercise or routine '{name}'{hint} ('coach exercises' lists them all)")
    if minutes is None:
        return [slot.exercise for slot in chosen]
    return fill(chosen, minutes * 60.0)


# --- filling time -----------------------------------------------------------------------------------------


def fill(slots: Sequence[Slot], wanted: float) -> list[Exercise]:
    """Return sets that last about `wanted` seconds, at least one, in the order of the slots.

    A short time is met by fewer repetitions first and by fewer exercises then, a long one by further rounds. It is
    missed where a single set is too long for it, or where the slots' rounds are used up.
    """
    taken: list[Exercise] = []
    longest = shortest = 0.0
    last = 0  # the last round that had something to add
    for number, exercise in _rounds(slots):
        # In the first round everything that still fits comes; further rounds only fill what is left.
        full = longest >= wanted * (1 - NEAR) and (number or shortest >= wanted)
        if full or number > last + 1:
            break
        with_it = shortest + seconds(exercise, _least(exercise))
        # Fits, or comes much nearer than without it.
        if not taken or with_it - wanted <= max(wanted * NEAR, (wanted - longest) / 2):
            taken.append(exercise)
            longest, shortest, last = longest + seconds(exercise), with_it, number
    return _shortened(taken, wanted)


def _rounds(slots: Sequence[Slot]) -> Iterator[tuple[int, Exercise]]:
    """Round (0 is the first) and exercise, round after round until no slot comes any more."""
    number = 0
    while left := [s.exercise for s in slots if s.rounds is None or number < s.rounds]:
        yield from ((number, exercise) for exercise in left)
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
        saved = seconds(sets[i], _step(sets[i])) - SETTLE_S
        if saved > 2 * over:
            break
        reps[i] -= _step(sets[i])
        over -= saved
    return [e.paced(e.tempo, n) for e, n in zip(sets, reps, strict=True)]


def _step(exercise: Exercise) -> int:
    """Repetitions that belong together: one of each side."""
    return 2 if exercise.sides == "alternate" else 1


def _least(exercise: Exercise) -> int:
    """The fewest repetitions to which a set may be shortened."""
    one = seconds(exercise, 1) - SETTLE_S
    enough = max(exercise.reps / 2, (LEAST_SET_S - SETTLE_S) / max(one, 1e-9))
    return min(exercise.reps, ceil(enough / _step(exercise)) * _step(exercise))


def seconds(exercise: Exercise, reps: int | None = None) -> float:
    """Seconds one set takes at the exercise's tempo, with its own number of repetitions or another."""
    t = exercise.tempo
    there = max(len(exercise.poses), 1) * (t.rise + t.hold)  # every pose of a sequence has its own way and hold
    return (exercise.reps if reps is None else reps) * (there + t.lower + t.rest) + SETTLE_S
