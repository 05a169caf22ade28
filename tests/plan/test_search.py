"""Searching the library as somebody types."""

import pytest

from coach.form.exercise import Exercise, library
from coach.plan.search import search


def ids(text: str) -> list[str]:
    return [e.id for e in search(text, library().values())]


@pytest.mark.parametrize("text", ["", "  ", " - "])
def test_an_empty_text_gives_all_in_the_order_of_the_library(text: str) -> None:
    assert ids(text) == list(library())


@pytest.mark.parametrize("exercise", library().values(), ids=lambda e: e.id)
def test_every_exercise_is_first_when_its_whole_name_is_typed(exercise: Exercise) -> None:
    found = search(exercise.name.upper(), library().values())
    assert exercise.name.lower() in found[0].name.lower() or found[0] == exercise
    assert exercise.id in ids(exercise.id)


@pytest.mark.parametrize("typed", ["p", "pu", "puck", "pucker"])
def test_the_beginning_of_a_word_is_enough(typed: str) -> None:
    assert "pucker" in ids(typed)
    assert set(ids("pucker")) <= set(ids(typed))


def test_names_come_before_groups_before_muscles_before_descriptions() -> None:
    found = search("jaw", library().values())
    ranks = [0 if "jaw" in e.name.lower() else 1 if "jaw" in f"{e.id}-{e.group}".split("-") else 2 for e in found]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


@pytest.mark.parametrize("muscle", ["masseter", "frontalis", "buccinator", "zygomaticus major"])
def test_muscles_are_found(muscle: str) -> None:
    found = ids(muscle)
    trained = {e.id for e in library().values() if any(m.startswith(muscle) for m in e.muscles)}
    assert trained <= set(found)


def test_every_word_has_to_be_found() -> None:
    assert ids("neck rot") == ["neck-rotation"]
    assert set(ids("smile wide")) < set(ids("smile"))
    assert ids("smile masseter") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("smiel", "smile"), ("jwa", "jaw"), ("puckre", "pucker"), ("forhead", "forehead"), ("chin tukc", "chin tuck")],
)
def test_a_typing_mistake_is_forgiven(typed: str, meant: str) -> None:
    assert ids(typed)[0] == ids(meant)[0]


@pytest.mark.parametrize("text", ["qqqq", "xx", "zz", "12345", "(.*", "\\"])
def test_what_is_like_nothing_finds_nothing(text: str) -> None:
    assert ids(text) == ([] if any(c.isalnum() for c in text) else list(library()))
