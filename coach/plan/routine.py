"""A routine is a file: which exercises in which order, and how often."""

from typing import Literal

import msgspec

from coach.errors import BadInput, did_you_mean
from coach.form.exercise import Exercise, Tempo, find_exercise, library, library_folder, parse_toml

#: What the built-in performer can do, and on demand do wrong.
Manner = Literal["clean", "partial", "one-sided", "rushed", "brow"]

#: Seconds to read the next exercise's name and find a resting face, added to every set when time is planned.
SETTLE_S = 6.0


class SetPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One set: an exercise id, its repetitions (the exercise's own when left out), and for demonstrations how each
    repetition is performed."""

    exercise: str
    reps: int | None = None
    perform: list[Manner] = []


class Routine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sets in their order. tempo, where given, takes the place of each exercise's own."""

    name: str
    about: str
    set: list[SetPlan]
    id: str = ""
    tempo: Tempo | None = None

    def exercises(self) -> list[Exercise]:
        """The exercises of the sets, each with the number of repetitions and the tempo asked for here.

        Raises BadExercise for an id that does not exist.
        """
        found = [(find_exercise(s.exercise), s) for s in self.set]
        return [e.paced(self.tempo or e.tempo, s.reps) for e, s in found]


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


def plan(names: list[str], minutes: float | None = None) -> list[Exercise]:
    """Return the exercises for names of exercises, files or routines, repeated or cut to fill about `minutes`.

    No names means the routine 'morning'. Raises BadInput with the nearest name for an unknown one.
    """
    chosen: list[Exercise] = []
    for name in names or ["morning"]:
        if name in routine_ids():
            chosen += load_routine(name).exercises()
        elif name.endswith(".toml") or name in library():
            chosen.append(find_exercise(name))
        else:
            hint = did_you_mean(name, [*library(), *routine_ids()])
            raise BadInput(f"unknown exercise or routine '{name}'{hint} ('coach exercises' lists them all)")
    if minutes is None:
        return chosen
    filled: list[Exercise] = []
    left = minutes * 60.0
    while chosen:
        exercise = chosen[len(filled) % len(chosen)]
        left -= seconds(exercise)
        if filled and left < -seconds(exercise) / 2:
            return filled
        filled.append(exercise)
    return filled


def seconds(exercise: Exercise) -> float:
    """Seconds one set takes at the exercise's tempo."""
    t = exercise.tempo
    return exercise.reps * (t.rise + t.hold + t.lower + t.rest) + SETTLE_S
