"""Every word the window shows, in one place and in English; other languages begin here."""

from collections.abc import Sequence

from coach.form.exercise import Exercise
from coach.form.faults import STILL_WORDS
from coach.frame import Phase

DEMONSTRATION = "Demonstration — no camera"
STARTING = "Getting ready …"
STARTING_MORE = "Loading the face tracker. No picture leaves this computer."
PAUSED = "Paused"
PAUSED_MORE = "Space goes on, Esc leaves."

MATCH = "How far you are"
PASS = "counts"
TARGET = "full movement"
LEFT, RIGHT = "Left", "Right"

PHASES: dict[Phase, str] = {
    Phase.LEARNING: "Face at rest",
    Phase.REST: "Rest",
    Phase.RISE: "Go",
    Phase.HOLD: "Hold",
    Phase.LOWER: "Let go",
    Phase.DONE: "Done",
}

LEARNING_HINT = "Face the camera and let your face rest."
LEARNING_MORE = "Counting begins once your face has been at rest for a second."
READY = "Ready when you are."
READY_HINT = "Get ready: this one is led by time."
LED = "Led by time: the camera cannot see this well enough to judge it."
COUNTED = "Counted. Well done."
HOLD_REACHED = "Hold reached. Let go slowly."

KEYS: tuple[tuple[str, str], ...] = (
    ("Space", "pause, go on"),
    ("Right arrow", "next: ends the set or its summary"),
    ("M", "lines on the face: contours, mesh, none"),
    ("N", "learn your face at rest again"),
    ("H", "show or hide this help"),
    ("Esc", "leave"),
)
HINTS: tuple[tuple[str, str], ...] = (("Space", "pause"), ("Right arrow", "next"), ("H", "all keys"), ("Esc", "leave"))
HELP = "Keys"

SET_COMPLETE = "Set complete"
ALL_COMPLETE = "All done for today"
ANY_KEY = "Any key closes this."
NEXT_KEY = "Right arrow goes on at once."
ATTEMPTS, GOOD, FORM, EVENNESS, HOLD = "Attempts", "In good form", "Form, of 100", "Left and right even", "Longest hold"
NO_ATTEMPT = "No movement was large enough to notice. Take your time, there is always another round."
NUMBER, SCORE, HELD, EVEN, REMARK = "No.", "Form", "Held", "Even", "What was seen"
CLEAN = "well done"
UNKNOWN = "-"

#: Codes of faults that the coach itself names, shortened for a list.
_FAULTS = {
    "asymmetry": "one side went further",
    "rushed": "a little quick",
    "unsteady": "a little shaky",
    "release": "not let go before",
    "effort": "a lot of effort",
}


def set_of(number: int, total: int) -> str:
    return f"Set {number} of {total}"


def of_goal(goal: int | None) -> str:
    return f"of {goal}" if goal is not None else "so far"


def repetitions(reps: int, goal: int | None) -> str:
    noun = "repetition" if (goal or reps) == 1 else "repetitions"
    return f"{reps} of {goal} {noun}" if goal is not None else f"{reps} {noun}"


def sides(left: int, right: int) -> str:
    return f"left {left}, right {right}"


def hold(now_s: float, target_s: float) -> str:
    return f"{now_s:.1f} of {target_s:g} s"


def seconds(value: float) -> str:
    return f"{value:.1f} s"


def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0%}"


def score(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0f}"


def sets(count: int) -> str:
    return "1 set" if count == 1 else f"{count} sets"


def listed(parts: Sequence[str]) -> str:
    """Several remarks in one line."""
    return "; ".join(parts)


def not_judged(reason: str) -> str:
    return f"Not judged now: {reason}"


def next_up(name: str) -> str:
    return f"Next: {name}"


def more(count: int) -> str:
    return f"and {count} more"


def missed(reason: str) -> str:
    """A refused attempt's reason as a sentence."""
    return f"Not counted: {reason[:1].lower()}{reason[1:].rstrip('.')}."


def brief(reason: str) -> str:
    """A refused attempt's reason for a list: what was seen, without what is needed."""
    return reason.split(",")[0].rstrip(".")


def fault(exercise: Exercise, code: str) -> str:
    """A fault's code in words: the coach's own, what the exercise's file says, or what must keep still."""
    said = {rule.code or f"fault-{i + 1}": rule.say for i, rule in enumerate(exercise.fault)}
    still = {words.code: words.say for words in STILL_WORDS}
    return (_FAULTS.get(code) or said.get(code) or still.get(code) or code).rstrip(".")


def praise(reps: int, goal: int | None) -> str:
    """Kind words for what was done, whatever it was."""
    if goal is not None and reps >= goal:
        return "You did every one of them. Let your face rest now."
    if reps == 0:
        return "Showing up is what counts. Slow and small is a good way to begin."
    return "Each one counts. Rest a moment, and go on when you like."
