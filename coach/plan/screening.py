"""Questions before one begins: what a yes leaves out, when to stop, and what this program is not.

The questions are a file, `exercises/plan/screening.toml`; this module reads it and applies the answers. An answer is
the id of a question that was answered with yes.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Literal

import msgspec

from coach.errors import BadInput, did_you_mean
from coach.form.exercise import Exercise, library, library_folder, parse_toml

#: Months after which the questions are asked again.
MONTHS = 3

DISCLAIMER = (
    "This is general wellness coaching, not medical care and not a medical device. It finds no illness and takes the "
    "place of no doctor, dentist, physiotherapist or dermatologist, nor of a professional massage. What the camera "
    "measures are estimates; effort and pressure it cannot see. Stop when something hurts. Pictures stay on this "
    "computer, and none is kept unless you choose to."
)

#: When to stop, in the order in which to show them.
STOP_RULES = (
    "Stop when you want to; nobody needs a reason.",
    "Stop when pain goes above 3 of 10, or grows.",
    "Stop when you feel dizzy or sick, or see differently.",
    "Stop when something becomes numb or tingles.",
    "Stop when your jaw locks. A sore jaw is calm again within a quarter of an hour; if not, go half as far next time.",
    "Take your hands away when the skin becomes red, itches or burns.",
    "If one side of your face is newly weak, or an arm or your speech, call the emergency services at once.",
)

EMERGENCY = (
    "Please stop here and call the emergency services now (112, 911 or your local number). What you ticked may be "
    "serious and needs help at once, not exercise."
)

Section = Literal["emergency", "ask", "temporary"]

#: Stands among the answers where some were given that cannot be read: each question that does not leave out everything
#: then counts as answered with yes. (Those that do are about this very day: whoever has a migraine knows.)
UNREADABLE = "unreadable"
UNREAD_REASON = (
    "Left out because your health answers cannot be read, and one of them may forbid it. Answer them again: start "
    "'coach' and press Q."
)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. name stands in "because of <name>"; text is the question itself; why and tell are sentences;
    blocks as the file describes it. tell is empty for emergencies: `emergency` says what to do."""

    id: str
    section: Section
    name: str
    text: str
    why: str
    blocks: list[str]
    tell: str = ""

    @property
    def reason(self) -> str:
        """What is said of something that is left out."""
        return f"Left out for now because of {self.name}. {self.why}"


class Screening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All questions in their order. with_hand: ids of exercises, besides those with judge = "hands", in which a hand
    touches face, head or chin."""

    with_hand: list[str]
    question: list[Question]

    def chosen(self, answers: Collection[str]) -> list[Question]:
        """The questions answered with yes, in their order. Raises BadInput for an answer to no question."""
        known = [q.id for q in self.question]
        if UNREADABLE in answers:
            return [q for q in self.question if "all" not in q.blocks or q.id in answers]
        for answer in answers:
            if answer not in known:
                hint = did_you_mean(answer, known)
                raise BadInput(f"unknown answer '{answer}'{hint}; answer the questions before you begin again")
        return [q for q in self.question if q.id in answers]


@cache
def load_screening() -> Screening:
    """Read the questions that come with the program. Raises BadInput: file, key, nearest name."""
    path = library_folder() / "plan" / "screening.toml"
    return parse_screening(path.read_text(encoding="utf-8"), str(path))


def parse_screening(text: str, where: str) -> Screening:
    """Turn the text of a file of questions into checked ones. Raises BadInput: where, which key, the nearest name."""
    screening = parse_toml(text, where, Screening)
    exercises = library()
    _check(screening.with_hand, exercises, f"{where}: with_hand: unknown exercise")
    names = [*exercises, *sorted({e.group for e in exercises.values()}), "hands", "firm-pressure", "all"]
    seen: set[str] = set()
    for q in screening.question:
        if q.id in seen:
            raise BadInput(f"{where}: question '{q.id}': id: is there twice; give one of them another")
        seen.add(q.id)
        if not q.blocks:
            raise BadInput(f"{where}: question '{q.id}': blocks: must not be empty: a question that changes nothing")
        _check(q.blocks, names, f"{where}: question '{q.id}': blocks: unknown exercise or group")
    return screening


def _check(used: Sequence[str], known: Collection[str], problem: str) -> None:
    for name in used:
        if name not in known:
            raise BadInput(f"{problem} '{name}'{did_you_mean(name, known)}")


def blocked(answers: Collection[str], exercises: Iterable[Exercise]) -> dict[str, str]:
    """Return ids of those exercises that are left out, each with the reason in a sentence or two."""
    why = reasons(answers)
    return {e.id: why(e) for e in exercises if why(e)}


def reasons(answers: Collection[str]) -> Callable[[Exercise], str]:
    """Return what says why an exercise is left out, in a sentence or two: empty where it is not.

    Raises BadInput for an answer to no question.
    """
    screening = load_screening()
    asked = [(q, set(q.blocks)) for q in screening.chosen(answers)]
    unread = UNREAD_REASON if UNREADABLE in answers else ""

    def why(e: Exercise) -> str:
        names = {e.id, e.group, "all"}
        if e.touch is not None or e.id in screening.with_hand:
            names.add("hands")
        if e.touch is not None and e.touch.firm:
            names.add("firm-pressure")
        return next((unread or q.reason for q, blocks in asked if names & blocks), "")

    return why


def emergency(answers: Collection[str]) -> str:
    """Return the sentence that says to stop and call for help, empty where no answer asks for it."""
    return EMERGENCY if any(q.section == "emergency" for q in load_screening().chosen(answers)) else ""


def due(screened: str, today: str) -> bool:
    """Whether the questions are to be asked (again): both days as YYYY-MM-DD, `screened` empty for never.

    A day that cannot be read, or lies in the future, counts as never.
    """
    try:
        year, month, day = map(int, screened.split("-"))
    except ValueError:
        return True
    now = tuple(map(int, today.split("-")))
    again = (year + (month - 1 + MONTHS) // 12, (month - 1 + MONTHS) % 12 + 1, day)
    return now >= again or now < (year, month, day)
