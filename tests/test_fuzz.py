"""Files gone wrong are accepted or refused in one line, soon: what was once found, and some thousand made by chance."""

from pathlib import Path

import pytest
from fuzz import BY_NAME, CORPUS, PARSERS, films, harmed_bytes, outcome, run

FOUND = sorted(CORPUS.glob("*/*.bin"))


@pytest.mark.parametrize("path", FOUND, ids=[f"{path.parent.name}/{path.stem}" for path in FOUND])
def test_what_was_once_found_stays_mended(path: Path, tmp_path: Path) -> None:
    came, _ = outcome(BY_NAME[path.parent.name], path.read_bytes(), tmp_path)
    assert came in ("accepted", "refused")


def test_the_corpus_is_of_parsers_there_are_and_small() -> None:
    assert {path.name for path in CORPUS.iterdir()} <= set(BY_NAME)
    assert sum(path.stat().st_size for path in FOUND) < 500_000


def fuzzed(inputs: int, seed: int, corpus: Path) -> None:
    tallies, findings = run(inputs, seed, corpus=corpus)
    assert findings == []
    assert sum(tally.inputs for tally in tallies.values()) == inputs
    # A generator whose inputs are all refused, or all accepted, looks at one half only. A damaged model never passes.
    both = {name for name, tally in tallies.items() if tally.accepted and tally.refused}
    assert both >= {parser.name for parser in PARSERS} - {"model"}


def test_two_thousand_files_gone_wrong_are_accepted_or_refused(tmp_path: Path) -> None:
    fuzzed(2_000, 7, tmp_path)


@pytest.mark.slow
def test_twenty_thousand_files_gone_wrong_are_accepted_or_refused(tmp_path: Path) -> None:
    fuzzed(20_000, 8, tmp_path)


def test_two_hundred_damaged_videos_of_six_containers_are_read_or_refused_soon(tmp_path: Path) -> None:
    from random import Random

    parser, seen = BY_NAME["video"], set()
    for number in range(200):
        container, content = films()[number % len(films())]
        came, _ = outcome(parser, harmed_bytes(content, Random(f"video {number}")), tmp_path)
        assert came in ("accepted", "refused"), f"video {number}, {container}: {came}"
        seen.add((container, came))
    assert seen == {(container, came) for container, _ in films() for came in ("accepted", "refused")}


def test_the_same_seed_makes_the_same_files() -> None:
    from random import Random

    for parser in PARSERS:
        if parser.name not in ("recording", "history"):  # these hold when they were made
            assert parser.make(Random("3")) == parser.make(Random("3"))


def test_a_parser_that_fails_or_is_slow_or_says_a_page_is_found(tmp_path: Path) -> None:
    from fuzz import Parser

    from coach.errors import BadInput

    def fail(content: bytes, folder: Path) -> None:
        raise KeyError("x")

    def say_nothing(content: bytes, folder: Path) -> None:
        raise BadInput("")

    for read, says in ((fail, "KeyError: 'x'"), (say_nothing, "BadInput: nothing is said")):
        assert outcome(Parser("x", 1, lambda chance: b"", read), b"", tmp_path)[0] == says
