"""Searching the library as somebody types: every word must be found, the name counts most."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from math import inf

from coach.form.exercise import Exercise

#: How alike a mistyped word and the beginning of a right one must be, 0 to 1. Shorter words are not guessed at.
ALIKE, LEAST_GUESSED = 0.65, 3

#: The rank of a word that is found nowhere.
_NOWHERE = inf


def search(text: str, exercises: Iterable[Exercise]) -> list[Exercise]:
    """Return the exercises in which every word of `text` begins some word, best first.

    Words of the name come before those of id and group, muscles, and description and steps; among equals the order
    stays. A word that is found nowhere is taken for the nearest one. An empty text gives all.
    """
    books = [(e, _fields(e)) for e in exercises]
    wanted = [_nearest(word, [fields for _, fields in books]) for word in _words(text)]
    ranked = [(sum(_rank(word, fields) for word in wanted), e) for e, fields in books]
    return [e for rank, e in sorted(ranked, key=lambda found: found[0]) if rank < _NOWHERE]


def _fields(e: Exercise) -> list[list[str]]:
    """The words of an exercise, those first that count most."""
    texts = (e.name, f"{e.id} {e.group}", " ".join(e.muscles), " ".join([e.about, *e.steps]))
    return [_words(text) for text in texts]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _rank(word: str, fields: list[list[str]]) -> float:
    for rank, words in enumerate(fields):
        if any(w.startswith(word) for w in words):
            return rank
    return _NOWHERE


def _nearest(word: str, books: list[list[list[str]]]) -> str:
    """The word, or where nothing begins with it the nearest beginning, of a title rather than of a description."""
    if len(word) < LEAST_GUESSED or any(_rank(word, fields) < _NOWHERE for fields in books):
        return word
    for first, last in ((0, 3), (3, 4)):
        known = {w[: len(word)] for fields in books for words in fields[first:last] for w in words}
        swapped = [k for k in known if sorted(k) == sorted(word)]  # letters in the wrong order are the likeliest
        same = [k for k in known if k[0] == word[0]]  # and a first letter is seldom mistyped
        for those in (swapped, same, known):
            near = get_close_matches(word, sorted(those), 1, ALIKE)
            if near:
                return near[0]
    return word
