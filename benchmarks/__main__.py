"""`python -m benchmarks [--json] [--quick]`: is it fast enough for 30 frames a second on a laptop?

Every row is a ratio of two things that take turns (see `row.py`). An aim that is missed is no failure: it is a
measurement, not a test. Exit status: 0 measured, 1 a benchmark failed, 2 bad input, 130 interrupted.

`python -m benchmarks counting` asks another question: is what people do counted, and nothing else? See `counting.py`.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.row import LeftOut, Row, machine
from benchmarks.table import line, write
from coach.threads import share_processor

#: In the order in which they are run and shown.
MODULES = ("core", "tracker", "window", "live", "beside", "recordings", "streaming", "peers", "memory")

Benchmark = Callable[[bool], Iterable[Row]]


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; --help says what there is\n")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line. Raises SystemExit with one line on stderr where it is wrong."""
    parser = _Parser(prog="python -m benchmarks", description="Speed, as ratios of things that take turns.")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: six minutes instead of twenty")
    parser.add_argument(
        "--only", metavar="WORD", default="", help=f"modules whose name has it, of {', '.join(MODULES)}"
    )
    parser.add_argument("--write", action="store_true", help="renew the table in benchmarks/README.md and the picture")
    parser.add_argument("--peers", metavar="DIR", type=Path, help="environments of other trackers, see the README")
    options = parser.parse_args(arguments)
    options.modules = [name for name in MODULES if options.only in name]
    if not options.modules:
        parser.error(f"no module has '{options.only}' in its name")
    if options.write and options.only:
        parser.error("--write wants all rows, not --only some")
    if options.peers is not None and not options.peers.is_dir():
        parser.error(f"{options.peers} is no folder")
    return options


def benchmarks(name: str, peers: Path | None) -> tuple[Benchmark, ...]:
    """The functions of one module that give rows."""
    module: Any = import_module(f"benchmarks.{name}")
    if name == "peers":
        found: tuple[Benchmark, ...] = module.benchmarks(peers)
        return found
    return getattr(module, "BENCHMARKS", None) or (module.rows,)


def main(arguments: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["counting"]:
        return import_module("benchmarks.counting").main(given[1:])  # type: ignore[no-any-return]
    options = parse(given)
    os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    share_processor()
    before, rows, failed = machine(), [], []
    if not options.json:
        print(", ".join(f"{key} {value}" for key, value in before.items()), flush=True)

    def fail(what: str, error: Exception) -> None:
        failed.append(what)
        reason = (str(error) or type(error).__name__).strip().splitlines()[0]
        print(f"{what} failed: {reason}", file=sys.stderr)

    for name in options.modules:
        try:
            found = benchmarks(name, options.peers)
        except ImportError as error:
            fail(name, error)
            continue
        for benchmark in found:
            what = f"{name}.{getattr(benchmark, 'func', benchmark).__name__}"
            try:
                for row in benchmark(options.quick):
                    rows.append(row)
                    if not options.json:
                        print(line(row), flush=True)
            except LeftOut as why:
                print(f"{what} left out: {why}", file=sys.stderr)
            except Exception as error:  # the others go on
                fail(what, error)
    if options.json:
        print(json.dumps({"machine": before, "rows": [asdict(row) for row in rows], "failed": failed}, indent=1))
    if options.write and failed:
        print("nothing is written: a benchmark failed", file=sys.stderr)
    elif options.write:
        try:
            write(before, rows, options.quick)
        except (OSError, ValueError) as error:
            fail("--write", error)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
