"""Conditions in exercise files: `lip_gap > 0.015`, `mouth_width > 10 %`, `|yaw_deg| > 12 and lip_gap < 0.02`.

Every clause is about the change from the person's own rest: in the measure's unit, or in per cent of the rest
value. The grammar is all there is; nothing is ever evaluated as code.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coach.errors import did_you_mean
from coach.form.measures import INDEX, NAMES, ODD, mirrored
from coach.frame import Array, Bools

#: A clause in which white space is single spaces, so that there is one way only to read it: `\s*` beside `\s*` would
#: take time with the cube of a text of spaces.
_CLAUSE = re.compile(
    r"(?P<bar>\|?) ?(?P<name>\w+) ?\|? ?(?P<op>[<>]) ?(?P<number>[-+]?\d{1,9}(\.\d{1,9})?) ?(?P<pc>%?)", re.ASCII
)
#: Characters of a condition at most.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: `sign` is +1 for `>` and -1 for `<`; `percent` compares per cent of rest, else the change."""

    measure: str
    sign: int
    number: float
    percent: bool
    absolute: bool


def parse(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a condition; all must hold. Raises ValueError saying what is wrong and what would do."""
    if len(text) > _LONGEST:
        raise ValueError(f"must have {_LONGEST} characters at most, not {len(text)}")
    clauses = []
    for part in " ".join(text.split()).split(" and "):
        match = _CLAUSE.fullmatch(part)
        if not match or part.count("|") not in (0, 2):
            raise ValueError(
                f"'{part}' is not a condition; write for example 'lip_gap > 0.015' or 'mouth_width > 10 %'"
            )
        name = match["name"]
        if name not in INDEX:
            raise ValueError(unknown_measure(name))
        clauses.append(
            Clause(name, 1 if match["op"] == ">" else -1, float(match["number"]), bool(match["pc"]), bool(match["bar"]))
        )
    return tuple(clauses)


def unknown_measure(name: str) -> str:
    """The sentence for a measure that does not exist, with the nearest that does."""
    return f"unknown measure '{name}'{did_you_mean(name, NAMES)}"


class Conditions:
    """Several conditions compiled against one person's rest, tested all at once."""

    __slots__ = ("_columns", "_least", "_most", "_scale", "_starts", "count")

    def __init__(self, conditions: Sequence[Sequence[Clause]], rest: Array, index: Mapping[str, int] = INDEX) -> None:
        """rest: (M,) neutral measures. index: where each measure lies in what will be tested."""
        split = [[one for clause in condition for one in _simple(clause)] for condition in conditions]
        clauses = [clause for condition in split for clause in condition]
        self.count = len(conditions)
        self._starts = np.cumsum([0] + [len(c) for c in split])[:-1]
        self._columns = np.array([index[c.measure] for c in clauses], np.intp)
        rest = rest[[INDEX[c.measure] for c in clauses]]
        percent = np.array([c.percent for c in clauses], bool)
        self._scale = np.ones(len(clauses))
        self._scale[percent] = 100.0 / np.maximum(np.abs(rest[percent]), 1e-6)
        # Each of them holds below the one number or above the other.
        self._least = np.array([c.number if c.sign < 0 else -c.number if c.absolute else -np.inf for c in clauses])
        self._most = np.array([c.number if c.sign > 0 else np.inf for c in clauses])

    def test(self, change: Array) -> Bools:
        """(..., M) change of the measures from rest to (..., count): which conditions hold."""
        if not self.count:
            return np.zeros((*np.shape(change)[:-1], 0), bool)
        value = change.take(self._columns, axis=-1)
        value *= self._scale
        holds: Bools = value < self._least
        holds |= value > self._most
        return holds if len(self._columns) == self.count else np.logical_and.reduceat(holds, self._starts, axis=-1)


def _simple(clause: Clause) -> tuple[Clause, ...]:
    """The same as clauses that hold below a number, above one, or outside of two: a small size has two sides."""
    if clause.absolute and clause.sign < 0:
        above = replace(clause, sign=1, number=-clause.number, absolute=False)
        return replace(clause, absolute=False), above
    return (clause,)


def mirror(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The same condition as a mirror image shows it."""
    return tuple(
        replace(c, measure=mirrored(c.measure), sign=-c.sign, number=-c.number)
        if c.measure in ODD and not c.absolute
        else replace(c, measure=mirrored(c.measure))
        for c in clauses
    )
