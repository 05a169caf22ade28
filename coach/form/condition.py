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

    __slots__ = ("_columns", "_number", "_other", "_scale", "_sign", "_starts", "count")

    def __init__(self, conditions: Sequence[Sequence[Clause]], rest: Array, index: Mapping[str, int] = INDEX) -> None:
        """rest: (M,) neutral measures. index: where each measure lies in what will be tested."""
        clauses = [clause for condition in conditions for clause in condition]
        self.count = len(conditions)
        self._starts = np.cumsum([0] + [len(c) for c in conditions])[:-1]
        self._columns = [index[c.measure] for c in clauses]
        rest = rest[[INDEX[c.measure] for c in clauses]]
        percent = np.array([c.percent for c in clauses], bool)
        self._scale = np.ones(len(clauses))
        self._scale[percent] = 100.0 / np.maximum(np.abs(rest[percent]), 1e-6)
        self._sign = np.array([c.sign for c in clauses], float)
        self._number = np.array([c.number for c in clauses], float) * self._sign
        #: the greater of a value and this many times it: itself, or where the clause says so its size
        self._other = np.array([-1.0 if c.absolute else 1.0 for c in clauses])

    def test(self, change: Array) -> Bools:
        """(..., M) change of the measures from rest to (..., count): which conditions hold."""
        if not self.count:
            return np.zeros((*np.shape(change)[:-1], 0), bool)
        value = change[..., self._columns] * self._scale
        value = np.maximum(value, value * self._other) * self._sign
        return np.asarray(np.logical_and.reduceat(value > self._number, self._starts, axis=-1))


def mirror(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The same condition as a mirror image shows it."""
    return tuple(
        replace(c, measure=mirrored(c.measure), sign=-c.sign, number=-c.number)
        if c.measure in ODD and not c.absolute
        else replace(c, measure=mirrored(c.measure))
        for c in clauses
    )
