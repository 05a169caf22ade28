"""Change the core in thousands of small ways, one at a time, and see whether the tests notice: mutation testing.

    python tests/mutants.py FOLDER... [--report FILE] [--only TEXT] [--again FILE] [--seconds T] [--every N] [--jobs J]

FOLDER is one of the package: form, touch, plan. The mutants are mutmut's (`pip install -e '.[mutation]'`): an operator,
a number, a text, an argument changed. mutmut itself runs each in a pytest of its own, and every call on a detour, which
takes far longer. So this collects the tests once, notes which test runs which line, and for each mutant forks, puts the
changed code into the one function it is in, and runs the tests that pass there until one fails: first those that are
quick and have found others. No mutant gets more than so many SECONDS of tests; what is told as survived may yet be
found by a test that was not run, so the score is a lower bound.

Each result is a line of JSON in FILE. `--only` takes the mutants with this text in their name, `--again` those that
survived in an earlier report, `--every 5` each fifth. Fork is needed: not on Windows.
"""

import argparse
import gc
import importlib
import json
import os
import select
import signal
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import libcst
import pytest
from _pytest.runner import runtestprotocol
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation import file_mutation as mutmut
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).resolve().parents[1]
#: Tests that run the code of a folder: those of the same name, and more of some.
TESTS = {"form": ("tests/form", "tests/test_naive.py", "tests/test_rehab.py")}
#: Where what was read once is kept, and is to be forgotten with each change.
CACHED = ("coach.form", "coach.touch", "coach.plan")
#: Besides its tests' own time, a mutant gets so many seconds before it is taken for one that never ends.
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Mutant:
    """One small change to one function. `first` and `last` are the lines of the statement it is in, from 1."""

    module: str
    function: str  # "Class.method" or "function"
    number: int  # among the mutants of its module
    line: int
    first: int
    last: int
    was: str
    now: str
    source: Callable[[], str] = field(repr=False)  # of the whole module

    @property
    def name(self) -> str:
        return f"{self.module}:{self.line} {self.function} #{self.number}"


def mutants(folder: str) -> Iterator[Mutant]:
    """Every mutant of every module of this folder of the package, as mutmut makes them."""

    for path in sorted((ROOT / "coach" / folder).glob("*.py")):
        code = path.read_text(encoding="utf-8")
        wrapper = MetadataWrapper(libcst.parse_module(code))
        visitor = mutmut.MutationVisitor(mutmut.mutation_operators, IgnoredCode(set(), set(), set()), None)
        module = wrapper.visit(visitor)
        where = wrapper.resolve(PositionProvider)
        functions = dict(_functions(wrapper.module.body))
        spans = _spans(wrapper.module, where)
        for number, mutation in enumerate(visitor.mutations):
            function = mutation.contained_by_top_level_function
            if function not in functions:
                continue
            line = where[mutation.original_node].start.line
            body = where[function.body]
            inside = [span for span in spans if span[0] <= line <= span[1]]
            # A default is taken when the function is called, whichever line of it that is.
            first, last = (body.start.line, body.end.line) if line < body.start.line or not inside else inside[-1]
            yield Mutant(
                f"coach.{folder}.{path.stem}", functions[function], number, line, first, last,
                module.code_for_node(mutation.original_node).strip(),
                module.code_for_node(mutation.mutated_node).strip(),
                lambda m=module, c=mutation: m.deep_replace(c.original_node, c.mutated_node).code,
            )  # fmt: skip


def _functions(body: Any, owner: str = "") -> Iterator[tuple[Any, str]]:
    for statement in body:
        if isinstance(statement, libcst.FunctionDef):
            yield statement, owner + statement.name.value
        elif isinstance(statement, libcst.ClassDef):
            yield from _functions(statement.body.body, f"{owner}{statement.name.value}.")


def _spans(module: Any, where: Any) -> list[tuple[int, int]]:
    """First and last line of each statement, of those with a body its head only; inner ones last."""
    found: list[tuple[int, int]] = []

    class Visitor(libcst.CSTVisitor):
        def on_visit(self, node: Any) -> bool:
            if isinstance(node, libcst.SimpleStatementLine):
                found.append((where[node].start.line, where[node].end.line))
            elif isinstance(node, libcst.BaseCompoundStatement) and hasattr(node, "body"):
                found.append((where[node].start.line, max(where[node].start.line, where[node.body].start.line - 1)))
            return True

    module.visit(Visitor())
    return found


class Runner:
    """A pytest plugin that in the place of running the tests runs the mutants."""

    def __init__(self, todo: list[Mutant], seconds: float, report: Path, jobs: int) -> None:
        self.todo, self.seconds, self.report, self.jobs = todo, seconds, report, jobs
        self.took: dict[str, float] = {}
        self.found: dict[str, int] = defaultdict(int)  # by test, the mutants it found
        self.lines: dict[tuple[str, int], set[str]] = defaultdict(set)  # module and line: the tests that run it
        self.results: list[dict[str, Any]] = []

    def pytest_collection(self) -> None:
        """The same examples every time; and the tests collected below are already those."""
        hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
        hypothesis.settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self._look()
        self._run()
        return True

    def _look(self) -> None:
        """Run all tests once, and note how long each takes and which lines it runs."""
        modules = sorted({mutant.module for mutant in self.todo})
        files = {str(ROOT / (module.replace(".", "/") + ".py")): module for module in modules}
        watch = coverage.Coverage(data_file=None, include=list(files))
        failed = []
        for name, item in self.items.items():
            _forget()
            watch.start()
            watch.switch_context(name)
            begun = time.perf_counter()
            reports = runtestprotocol(item, log=False, nextitem=None)
            self.took[name] = time.perf_counter() - begun
            watch.stop()
            if any(report.failed for report in reports):
                failed.append(name)
        if failed:
            raise SystemExit(f"these fail without any change: {' '.join(failed)}")
        data = watch.get_data()
        for file, module in files.items():
            for line, contexts in data.contexts_by_lineno(file).items():
                self.lines[module, line] = {c for c in contexts if c}

    def _tests(self, mutant: Mutant) -> list[str]:
        """Those that run the line, the most promising first, within the seconds that there are."""
        here: set[str] = set()
        for line in range(mutant.first, mutant.last + 1):
            here |= self.lines.get((mutant.module, line), set())
        order = sorted(here, key=lambda test: (self.took[test] + 0.01) / (1 + self.found[test]))
        chosen, spent = [], 0.0
        for test in order:
            if spent + self.took[test] <= self.seconds or not chosen:
                chosen.append(test)
                spent += self.took[test]
        return chosen

    def _run(self) -> None:
        gc.freeze()
        begun, running = time.time(), {}
        waiting = list(reversed(self.todo))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop()
                tests = self._tests(mutant)
                if not tests:
                    self._told(mutant, "no test runs it", "", 0)
                    continue
                patience = 4 * sum(self.took[test] for test in tests) + PATIENCE_S
                read, write = os.pipe()
                child = os.fork()
                if not child:
                    os.close(read)
                    _child(mutant, [self.items[test] for test in tests], write)
                os.close(write)
                running[read] = (child, mutant, tests, time.time() + patience)
            ready, _, _ = select.select(list(running), [], [], 0.2)
            for pipe, (child, mutant, tests, until) in list(running.items()):
                late = time.time() > until
                if pipe not in ready and not late:
                    continue
                if late and pipe not in ready:
                    os.kill(child, signal.SIGKILL)
                told = b"" if late and pipe not in ready else os.read(pipe, 4096)
                os.waitpid(child, 0)
                os.close(pipe)
                del running[pipe]
                by = told.decode()
                self.found[by] += by in self.items
                result = "never ends" if late and pipe not in ready else "survived" if by == "-" else "killed"
                self._told(mutant, result, by, len(tests))
            done = len(self.results)
            if done % 100 < self.jobs:
                print(f"\r{done} of {len(self.todo)} in {time.time() - begun:.0f} s", end="", file=sys.stderr)
        self._summary()

    def _told(self, mutant: Mutant, result: str, by: str, tests: int) -> None:
        told = {**vars(mutant), "name": mutant.name, "result": result, "by": by, "tests": tests}
        del told["source"]
        self.results.append(told)
        with self.report.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")

    def _summary(self) -> None:
        modules: dict[str, list[str]] = defaultdict(list)
        for told in self.results:
            modules[told["module"]].append(told["result"])
            modules["all"].append(told["result"])
        print()
        for module, results in modules.items():
            lived = sum(result in ("survived", "no test runs it") for result in results)
            score = 1 - lived / len(results)
            print(f"{module:28} {len(results):5} mutants, {lived:4} not found, score {score:.1%}")


def _forget() -> None:
    """Nothing that was read before the change may be taken for what is read after it."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("coach."):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None and getattr(value, "__module__", "").startswith(CACHED):
                    clear()


def _child(mutant: Mutant, items: list[Any], write: int) -> None:
    """Tell the test that failed, or a dash, and end."""
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    try:
        _apply(mutant)
        _forget()
        failed = "-"
        for item, after in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
                failed = item.nodeid
                break
    except BaseException as error:  # a change by which not even the module can be made is found too
        failed = f"{type(error).__name__}: {error}"
    os.write(write, failed.encode()[:4000])
    os._exit(0)


def _apply(mutant: Mutant) -> None:
    """Put the changed code into the function, wherever it is referred to from."""
    module = importlib.import_module(mutant.module)
    other = types.ModuleType(mutant.module)
    other.__dict__.update(__package__=module.__package__, __file__=module.__file__)
    exec(compile(mutant.source(), str(module.__file__), "exec"), other.__dict__)
    old, new = (_function(place, mutant.function) for place in (module, other))
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _function(place: Any, name: str) -> Any:
    *owners, last = name.split(".")
    for owner in owners:
        place = getattr(place, owner)
    found = vars(place)[last]
    return getattr(found, "__func__", found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--report", type=Path, default=Path("mutants.jsonl"))
    parser.add_argument("--only", default="", help="mutants whose name has this text")
    parser.add_argument("--again", type=Path, help="those that survived in this report")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tests", nargs="*", default=[], help="in the place of all tests of the folders")
    given = parser.parse_args()
    todo = [mutant for folder in given.folders for mutant in mutants(folder) if given.only in mutant.name]
    if given.again:
        lived = {
            (told["module"], told["was"], told["now"], told["function"])
            for told in map(json.loads, given.again.read_text(encoding="utf-8").splitlines())
            if told["result"] in ("survived", "no test runs it")
        }
        todo = [m for m in todo if (m.module, m.was, m.now, m.function) in lived]
    todo = todo[:: given.every]
    given.report.write_text("", encoding="utf-8")
    tests = given.tests or [test for folder in given.folders for test in TESTS.get(folder, (f"tests/{folder}",))]
    runner = Runner(todo, given.seconds, given.report, given.jobs)
    options = ["-p", "no:cacheprovider", "-s", "-n", "0", "--rootdir", str(ROOT)]
    return int(pytest.main([*options, *(str(ROOT / test) for test in tests)], plugins=[runner]))


if __name__ == "__main__":
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    sys.exit(main())
