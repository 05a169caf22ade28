"""A row of the benchmark: two things that took turns, and their ratio.

Other programs make all numbers of a shared machine swing together, while ratios stay. So every row compares two
things that alternate, with a warm-up before, and says the medians, the ratio, its quartiles over the rounds, and the
load at the time. One convention for all:

* `faster`: ratio is theirs over ours, so many times as fast; the aim reads ">= 20".
* `share`: ratio is ours over theirs, such a part of it; the aim reads "<= 0.02".
* `rate`: a number by itself, with nothing beside it; theirs is None and ratio is ours.

A row that is there for comparison only has no aim: an empty one, which is met.

A module of benchmarks has a function `rows(quick)` that gives its rows; or several such functions in `BENCHMARKS`, so
that one that fails does not take the others along. One that finds nothing to compare with raises `LeftOut`.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6}  # how many of them a second has


class LeftOut(Exception):
    """Why some rows are not there, in one line: a package that is not installed, say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. ours and theirs are medians in the unit; spread has the quartiles of the ratio over the rounds,
    None where there is one round only; load is the machine's average over the last minute when the row was made."""

    name: str
    unit: str
    ours: float
    theirs: float | None
    ratio: float
    aim: str
    met: bool
    spread: tuple[float, float] | None = None
    load: float | None = None


def alternate(rounds: int, *calls: Callable[[], Any], each: int = 1, warm_up: int = 1) -> list[list[float]]:
    """Seconds of each call, taken in turns `rounds` times, every second time in the opposite order.

    each: so many calls in a row make one time, which is the mean of them; for what takes microseconds.
    warm_up: rounds before, which are not timed.
    """
    taken: list[list[float]] = [[] for _ in calls]
    turns = list(zip(calls, taken, strict=True))
    for one in range(-warm_up, rounds):
        for call, times in turns if one % 2 == 0 else reversed(turns):
            begun = time.perf_counter()
            for _ in range(each):
                call()
            seconds = (time.perf_counter() - begun) / each
            if one >= 0:
                times.append(seconds)
    return taken


def faster(name: str, unit: str, ours: Sequence[float], theirs: Sequence[float], aim: str, per: int = 1) -> Row:
    """So many times as fast as theirs. ours, theirs: seconds, one a round, of `per` things each; unit: s, ms or us,
    with words behind it if they help, "us a frame"."""
    scale = UNITS[unit.split()[0]] / per
    mine, other = statistics.median(ours) * scale, statistics.median(theirs) * scale
    return _row(name, unit, mine, other, other / mine, aim, [b / a for a, b in zip(ours, theirs, strict=True)])


def share(name: str, unit: str, ours: Sequence[float], theirs: Sequence[float], aim: str, per: int = 1) -> Row:
    """Such a part of theirs. ours, theirs, unit, per: as of `faster`."""
    scale = UNITS[unit.split()[0]] / per
    mine, other = statistics.median(ours) * scale, statistics.median(theirs) * scale
    return _row(name, unit, mine, other, mine / other, aim, [a / b for a, b in zip(ours, theirs, strict=True)])


def rate(name: str, unit: str, values: Sequence[float], aim: str) -> Row:
    """A number by itself, in any unit: the median of the rounds' values."""
    middle = statistics.median(values)
    return _row(name, unit, middle, None, middle, aim, values)


def meets(ratio: float, aim: str) -> bool:
    """Whether the ratio is as the aim says: ">= 20" or "<= 0.02"; always so where there is no aim."""
    if not aim:
        return True
    sign, bound = aim.split()
    return ratio >= float(bound) if sign == ">=" else ratio <= float(bound)


def load() -> float | None:
    """How many programs ran at once, on average over the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": load(),
    }


def _row(
    name: str, unit: str, ours: float, theirs: float | None, ratio: float, aim: str, rounds: Sequence[float]
) -> Row:
    quartiles = statistics.quantiles(rounds, n=4, method="inclusive") if len(rounds) > 1 else None
    spread = (quartiles[0], quartiles[2]) if quartiles else None
    return Row(name, unit, ours, theirs, ratio, aim, meets(ratio, aim), spread, load())


def _processor() -> str:
    """The processor's name where Linux tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{platform.machine()}, {names[0]}" if names else platform.machine()
