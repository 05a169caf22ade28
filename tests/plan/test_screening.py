"""Questions before one begins: what a yes leaves out, and why."""

import re
from pathlib import Path

import pytest

from coach.errors import BadInput
from coach.form.exercise import library
from coach.plan.screening import (
    DISCLAIMER,
    EMERGENCY,
    STOP_RULES,
    blocked,
    due,
    emergency,
    load_screening,
    parse_screening,
    reasons,
)

QUESTIONS = load_screening().question
each = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
FILE = Path(__file__).parents[2] / "exercises" / "plan" / "screening.toml"
ALL = set(library())


def out(*answers: str) -> set[str]:
    """Ids of the exercises that are left out."""
    return set(blocked(answers, library().values()))


#: Everything that is done with the hands, with [touch] or as `with_hand` says.
HANDS = {e.id for e in library().values() if e.touch} | set(load_screening().with_hand)


def group(*names: str) -> set[str]:
    """Ids of the exercises of groups."""
    return {e.id for e in library().values() if e.group in names}


@each
def test_every_question_leaves_something_out_and_says_why(question) -> None:
    exercises = blocked([question.id], library().values())
    assert exercises
    for reason in exercises.values():
        assert reason.startswith("Left out for now because of ")
        assert question.name in reason
        assert question.why in reason


@each
def test_every_question_is_short_plain_and_promises_nothing(question) -> None:
    assert re.fullmatch(r"[a-z-]+", question.id)
    assert question.text.endswith("?")
    assert len(question.text) <= 115
    assert question.why.endswith(".")
    assert question.why.count(".") == 1
    assert not question.name.endswith(".")
    assert bool(question.tell) == (question.section != "emergency")
    words = f"{question.text} {question.why} {question.tell}".lower()
    assert not any(word in words for word in ("cure", "heal", "guarantee", "diagnos", "patient"))


def test_emergencies_come_first_then_what_to_ask_then_what_passes() -> None:
    sections = [q.section for q in QUESTIONS]
    assert list(dict.fromkeys(sections)) == ["emergency", "ask", "temporary"]
    assert sections == sorted(sections, key=["emergency", "ask", "temporary"].index)


def test_nothing_is_left_out_without_a_yes() -> None:
    assert blocked([], library().values()) == {}
    assert emergency([]) == ""
    assert due("", "2025-06-01")


@pytest.mark.parametrize(
    "sign",
    ["face-droop", "arm-weakness", "speech-trouble", "worst-headache", "fainting", "double-vision", "chest-pain"],
)
def test_a_sign_of_an_emergency_stops_everything(sign: str) -> None:
    assert emergency(["skin", sign]) == EMERGENCY
    assert "112" in EMERGENCY
    assert "911" in EMERGENCY
    assert out(sign) == ALL


def test_only_emergencies_are_emergencies() -> None:
    assert sum(q.section == "emergency" for q in QUESTIONS) == 7
    assert emergency([q.id for q in QUESTIONS if q.section != "emergency"]) == ""


def test_a_facial_palsy_leaves_out_the_whole_face() -> None:
    moving = group("brow", "eyes", "nose", "cheeks", "mouth", "jaw", "tongue")
    assert out("facial-palsy") == moving | {"ceiling-kiss", "platysma-ee"}


def test_a_jaw_leaves_out_the_jaw_wide_openings_and_what_pushes_against_it() -> None:
    pushing = {e for e in ALL if e.startswith("resisted-")} - {"resisted-brow-raise"}
    assert out("jaw-joint") == group("jaw") | pushing | {"tall-o", "lion-face"}
    assert {"masseter", "st6", "st7", "resisted-cheek"} <= out("dental-work")


def test_a_neck_leaves_out_the_neck_and_its_massage() -> None:
    assert out("neck") == group("neck", "neck-massage") | {"chin-scoop", "gb20", "gb21", "stroke-drain"}


def test_vessels_leave_out_the_head_that_tips_back_and_hands_at_the_neck() -> None:
    assert out("vessels") == group("neck-massage") | {"ceiling-kiss", "gb20", "stroke-drain"}


@pytest.mark.parametrize("answer", ["glaucoma", "blood-pressure", "eye-surgery"])
def test_pressure_leaves_out_puffing_squeezing_and_straining(answer: str) -> None:
    straining = {"cheek-puff", "air-shift", "squeeze-release", "upper-lid-firmer", "neck-isometrics", "lion-face"}
    at_the_eye = group("eyes") | {"warm-palms", "stroke-under-eye"}
    assert out(answer) == straining | (at_the_eye if answer == "eye-surgery" else set())


def test_pregnancy_leaves_out_two_points() -> None:
    assert out("pregnancy") == {"li4", "gb21"}


def test_blood_that_clots_slowly_leaves_out_firm_pressure_only() -> None:
    assert out("bleeding") == {e.id for e in library().values() if e.touch and e.touch.firm}
    assert 5 < len(out("bleeding")) < 15


@pytest.mark.parametrize("answer", ["skin", "infection", "nodes", "shingles", "nerve-pain"])
def test_hands_off_leaves_out_what_is_done_with_a_hand(answer: str) -> None:
    assert out(answer) >= HANDS


def test_every_exercise_that_looks_for_a_hand_is_known_as_one() -> None:
    looking = {e.id for e in library().values() if any(name.startswith("hand_") for name in e.measures)}
    assert looking <= set(load_screening().with_hand)


def test_a_fresh_treatment_leaves_its_own_half_of_the_face_alone() -> None:
    assert group("brow", "eyes") <= out("treated-upper")
    assert "closed-smile" not in out("treated-upper")
    assert group("mouth", "cheeks", "jaw") <= out("treated-lower")
    assert not group("brow", "eyes") & out("treated-lower")
    for answer in ("treated-upper", "treated-lower"):
        assert group("face-massage", "acupressure") | {"warm-palms"} <= out(answer)
    assert group("neck-massage") <= out("treated-lower") - out("treated-upper")


def test_of_two_reasons_the_first_question_gives_it() -> None:
    for answers in (["glaucoma", "facial-palsy"], ["facial-palsy", "glaucoma"]):
        assert "facial palsy" in blocked(answers, library().values())["cheek-puff"]


def test_an_answer_to_no_question_is_refused_with_the_nearest() -> None:
    for ask in (emergency, reasons, lambda answers: blocked(answers, [])):
        with pytest.raises(BadInput, match="unknown answer 'glaucome'; did you mean 'glaucoma'"):
            ask(["glaucome"])


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"ceiling-kiss", "neck-massage", "gb20"', '"ceiling-kis"', "'vessels': blocks: .*'ceiling-kis'; did .*kiss'"),
        ('"neck", "chin-scoop"', '"nek"', "'neck': blocks: .* 'nek'; did you mean 'neck'"),
        ('"gb20", "gb21"', '"GB20"', "'neck': blocks: unknown exercise or group 'GB20'"),
        ('"cheek-lifter", "happy-cheeks"', '"hapy-cheeks"', "with_hand: .*'hapy-cheeks'; did you mean 'happy-cheeks'"),
        ('["firm-pressure"]', "[]", "'bleeding': blocks: must not be empty"),
        ('id = "bleeding"', 'id = "nodes"', "'nodes': id: is there twice"),
        ('id = "bleeding"', 'ids = "bleeding"', "unknown key 'ids'; did you mean 'id'"),
        ('section = "ask"', 'section = "sometimes"', "section"),
        ("[[question]]", "[[question", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_file_and_key(right: str, wrong: str, told: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    with pytest.raises(BadInput, match=f"mine.toml: .*{told}"):
        parse_screening(text.replace(right, wrong), "mine.toml")


@pytest.mark.parametrize(
    ("screened", "today", "asked"),
    [
        ("2025-01-15", "2025-01-15", False),
        ("2025-01-15", "2025-04-14", False),
        ("2025-01-15", "2025-04-15", True),
        ("2024-11-30", "2025-02-28", False),
        ("2024-11-30", "2025-03-01", True),
        ("2024-12-01", "2025-03-01", True),
        ("2024-10-05", "2025-01-04", False),
        ("2024-10-05", "2025-01-05", True),
        ("2025-05-01", "2025-04-01", True),
        ("last week", "2025-04-01", True),
        ("2025-04", "2025-04-01", True),
    ],
)
def test_the_questions_come_again_after_three_months(screened: str, today: str, asked: bool) -> None:
    assert due(screened, today) is asked


def test_it_says_what_it_is_not_and_when_to_stop() -> None:
    for words in ("wellness", "not a medical device", "estimates", "Stop when", "stay on this computer"):
        assert words in DISCLAIMER
    rules = " ".join(STOP_RULES)
    for word in ("pain", "dizzy", "numb", "locks", "skin", "emergency"):
        assert word in rules
    assert all(rule.endswith(".") for rule in STOP_RULES)
