"""Other packages that do a part of the same, on the same data. Trackers have environments of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.material import pictures
from benchmarks.row import LeftOut, Row, alternate, faster
from coach.frame import Array


def one_euro(quick: bool) -> Iterator[Row]:
    """The One-Euro filter over a vector against the OneEuroFilter package, an object for each value.

    The package takes the derivative against the last filtered value, we against the last raw one. Both ways are in use
    and cost the same. So what is timed is the package as it is; that ours is the same filter is shown by the package
    with that one value replaced, and by the package as it is where the derivative does not matter (beta 0).
    """
    try:
        from OneEuroFilter import OneEuroFilter
    except ImportError:
        raise LeftOut("the package OneEuroFilter is not installed") from None
    from coach.form import smoothing

    def theirs(times: list[float], rows: list[list[float]], beta: float = 0.5, raw: bool = False) -> list[list[float]]:
        filters = [OneEuroFilter(30, 1.0, beta) for _ in rows[0]]
        for one in filters if raw else ():
            low_pass = one._OneEuroFilter__x
            low_pass.lastFilteredValue = low_pass.lastValue
        return [
            [one(value, time) for one, value in zip(filters, row, strict=True)]
            for time, row in zip(times, rows, strict=True)
        ]

    def ours(times: list[float], values: Array, beta: float = 0.5) -> list[Array]:
        """Frame by frame, as the package has it."""
        at, last, out = np.array(times), None, []
        for i in range(len(at)):
            row, last = smoothing.one_euro(at[i : i + 1], values[i : i + 1], last, 1.0, beta)
            out.append(row[0])
        return out

    for size, aim, samples in ((24, ">= 5", 300), (1434, ">= 150", 60)):
        values = np.cumsum(np.random.default_rng(0).normal(0, 0.05, (samples, size)), axis=0)
        rows = values.tolist()
        times = [(i + 1) / 30 for i in range(samples)]  # at 0 the package would take its own rate
        np.testing.assert_allclose(ours(times, values), theirs(times, rows, raw=True), rtol=0.0, atol=1e-9)
        np.testing.assert_allclose(ours(times, values, 0.0), theirs(times, rows, 0.0), rtol=0.0, atol=1e-9)
        mine, package = alternate(5 if quick else 25, partial(ours, times, values), partial(theirs, times, rows))
        yield faster(f"One-Euro of {size} values: OneEuroFilter / ours", "us a frame", mine, package, aim, samples)


def alignment(quick: bool) -> Iterator[Row]:
    """A thousand repetitions aligned with a template, and laid on it: against packages called for each, which give the
    distance only."""
    from coach.form.template import BAND, align

    random = np.random.default_rng(0)
    curve, weights = random.normal(size=(20, 5)), np.full((20, 5), 0.2)
    performed = curve + random.normal(0, 0.3, (1000, 20, 5))
    scaled, target = performed * np.sqrt(weights), curve * np.sqrt(weights)
    peers = {}
    try:
        from dtaidistance import dtw_ndim

        peers["dtaidistance"] = partial(dtw_ndim.distance_fast, window=BAND + 1)
    except ImportError:
        pass
    try:
        from tslearn.metrics import dtw

        peers["tslearn"] = partial(dtw, global_constraint="sakoe_chiba", sakoe_chiba_radius=BAND)
    except ImportError:
        pass
    if not peers:
        raise LeftOut("neither dtaidistance nor tslearn is installed")
    for name, peer in peers.items():
        called = partial(_for_each, peer, scaled, target)
        mine, package = alternate(3 if quick else 15, lambda: align(performed, curve, weights), called)
        aim = ">= 0.5" if name == "dtaidistance" else ""
        yield faster(f"alignment of 1,000 repetitions: {name} / ours", "us each", mine, package, aim, 1000)


def _for_each(peer: Callable[[Array, Array], float], performed: Array, target: Array) -> list[float]:
    return [peer(one, target) for one in performed]


# --- trackers in places of their own ----------------------------------------------------------------------


class Worker:
    """A tracker in a process of its own, which is given pictures one by one. Use as a context manager."""

    def __init__(self, python: Path | str, kind: str, images: Path) -> None:
        program = Path(__file__).with_name("peer_worker.py")
        self._process = subprocess.Popen(
            [str(python), str(program), kind, str(images)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.ask(0, 1)  # it is loaded when it answers

    def ask(self, first: int, number: int) -> dict[str, Any]:
        """Give it so many pictures in a row; return the seconds that one took in the mean, of the clock and of the
        processor, and in how many it found a face. Raises RuntimeError when it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(first, number, file=self._process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise RuntimeError("the worker has ended; start it by hand to see why") from None
        return answer

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


#: Kind of worker, its environment, and what it is.
_TRACKERS = (
    ("facemesh", "facemesh", "mediapipe 0.10.21's FaceMesh, no blendshapes"),
    ("dlib", "dlib", "dlib's detector and 68 points"),
    ("dlib-tracking", "dlib", "dlib's 68 points where they were"),
)


def trackers(quick: bool, folder: Path | None = None) -> Iterator[Row]:
    """Other trackers of a face on the same pictures, in processes that take turns of two smiles each. Seconds are the
    processor's, over all threads. What they give differs: ours has 478 points, 52 blendshapes and the head.

    folder: where their environments are.
    """
    if folder is None:
        raise LeftOut("other trackers need environments of their own: --peers DIR, see benchmarks/README.md")
    there = [(kind, folder / place / "bin" / "python", name) for kind, place, name in _TRACKERS]
    there = [one for one in there if one[1].exists()]
    if not there:
        raise LeftOut(f"{folder} holds no environment of another tracker; see benchmarks/README.md")
    images = pictures()
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "pictures.npy"
        np.save(file, np.array(images))
        for kind, python, name in there:
            mine, other, found, turns = [], [], 0, 3 if quick else 12
            with Worker(sys.executable, "ours", file) as ours, Worker(python, kind, file) as theirs:
                for turn in range(-1, turns):
                    answers = ours.ask(0, len(images)), theirs.ask(0, len(images))
                    if turn >= 0:  # the first is the warm-up
                        mine.append(answers[0]["processor"])
                        other.append(answers[1]["processor"])
                        found += answers[1]["found"]
            if found < 0.9 * turns * len(images):
                name += f", which sees the drawn face in {found / turns / len(images):.0%} of the pictures"
            yield faster(f"tracking, processor time: {name} / ours", "ms", mine, other, "")


def benchmarks(folder: Path | None) -> tuple[Callable[[bool], Iterator[Row]], ...]:
    """All of these, with the trackers that have their environments in a folder."""
    return one_euro, alignment, partial(trackers, folder=folder)
