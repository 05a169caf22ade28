"""Every word the window shows, in one place. English is complete; other languages are catalogues of `gettext`.

A catalogue lies in `assets/locale/<language>/LC_MESSAGES/coach.mo`; `assets/locale/README.md` says how to make one.
What an exercise says is in its own file.
"""

import gettext
import math
from collections.abc import Sequence
from datetime import date

from coach.form.exercise import Exercise, Move, Touch
from coach.form.faults import STILL_WORDS
from coach.frame import Phase, Repetition
from coach.records.progress import WEEKS, Best, Better, Trend, What
from coach.vision.timing import Figures
from coach.window.sound import assets_folder
from coach.window.state import Led, breathes
from coach.window.waits import Wait, Way

_catalogue = gettext.translation("coach", str(assets_folder() / "locale"), fallback=True)
_, _n = _catalogue.gettext, _catalogue.ngettext

TITLE = _("Facial-exercise form coach")
DEMONSTRATION = _("Demonstration — no camera")
STARTING = _("Getting ready …")
STARTING_MORE = _("Loading the face tracker. No picture leaves this computer.")

# --- the workout -------------------------------------------------------------------------------------------

PAUSED = _("Paused")
PAUSED_MORE = _("Space goes on.")
AWAY = _("I cannot see you, so I wait. Come back into the picture and we go on.")
BACK_AGAIN = _("Welcome back. We go on in a moment.")
GET_READY = _("Sit upright and let your face rest, lips together, eyes on the camera.")
FIRST_TIME = _("I get to know your resting face as we go: everything is measured from it.")
CAMERA_LOST = _("The camera gives no picture any more. Plug it in again, or close the program that took it: I wait.")
CAMERA_STILL = _("The camera shows the same picture all the time. Is its cover open, or does another program hold it?")
TRACKER_HANGS = _("The face tracker did not answer. I start it anew, in a moment we go on.")
TROUBLE_MORE = _("Nothing is lost: we go on where we were.")
TOO_SMALL = _("Make the window larger, please: the pictures need more room.")

MATCH = _("How far you are")
PASS = _("counts")
TARGET = _("full movement")
LEFT, RIGHT = _("Left"), _("Right")

PHASES: dict[Phase, str] = {
    Phase.LEARNING: _("Get ready"),
    Phase.REST: _("Rest"),
    Phase.RISE: _("Go"),
    Phase.HOLD: _("Hold"),
    Phase.LOWER: _("Let go"),
    Phase.DONE: _("Done"),
}

LEARNING_HINT = _("Face the camera.")
READY = _("Ready when you are.")
READY_HINT = _("Get ready: this one is led by time.")
HANDS_HINT = _("Show me your face, with your hands down for a moment.")
HANDS_READY = _("Sit upright and face the camera, hands down for a moment: so I see where everything is.")
LED = _("Led by time: the camera cannot see this well enough to judge it.")
LED_BRIEF = _("led by time, not judged")
HANDS_BRIEF = _("counted, not scored")
HANDS_MORE = _("What your fingertips do is counted. How firm they are cannot be seen.")
COVERED, END_OF_LINE = _("How far along the line"), _("end of the line")
BREATHE_IN, BREATHE_OUT = _("Breathe in"), _("Breathe out")
COUNTED = _("Counted. Well done.")
COUNTED_BRIEF, MISSED_BRIEF = _("Counted"), _("Not counted")
CLEAN_FORM = _("Every part of it was good.")
HOLD_REACHED = _("Hold reached. Let go slowly.")
CORRECTED_ONE = _("Counted, because you say so.")
CORRECTED_NOT = _("Taken back, because you say so.")
NOTHING_TO_CORRECT = _("There is nothing to take back.")
PAIN = _("Good that you stopped. Leave this exercise out today; if it goes on hurting, ask a professional.")
TWO_FACES = _("I see more than one face and follow the nearest.")

#: While the resting face is not known well enough to count: the sign of it, what is missing, and that nothing is lost.
KNOWING = _("Getting to know your resting face")
NOT_RESTED: dict[str, str] = {
    "head": _("Your head has not rested yet. Look straight at the camera for a moment."),
    "brows": _("Your brows have not rested yet. Let them go for a moment."),
    "eyes": _("Your eyes have not rested yet. Keep them loose on the camera for a moment."),
    "mouth": _("Your mouth has not rested yet. Let it go for a moment."),
    "shoulders": _("Your shoulders have not rested yet. Let them sink for a moment."),
    "": _("Your face has not rested yet. Let it go for a moment."),
}
COUNTED_LATER = _("You can go on: what you do now is counted once I know your resting face.")
#: The way back for a head that is turned, nodded or tilted. Left and right are the person's own.
MOVE_HEAD: dict[Way, str] = {
    "turn-left": _("Turn your face a little to your left, to the camera."),
    "turn-right": _("Turn your face a little to your right, to the camera."),
    "chin-up": _("Lift your chin a little, until your face is level with the camera."),
    "chin-down": _("Lower your chin a little, until your face is level with the camera."),
    "tilt-left": _("Tilt your head a little to your left, until it is upright."),
    "tilt-right": _("Tilt your head a little to your right, until it is upright."),
}
#: What may help where nothing can be judged, by what is looked at.
HELPS: dict[str, str] = {
    "face": _("Sit in front of the camera, with light on your face and nothing in the way."),
    "face_px": _("A little closer is enough: your face should fill half the height of the picture."),
    "face_cut": _("Move your chair or the camera until all of your face is in the picture."),
    "light": _("A window or a lamp in front of you helps most, none behind you."),
    "contrast": _("A window or a lamp in front of you helps most, none behind you."),
    "sharpness": _("Wipe the lens with a soft cloth, and sit still for a moment."),
    "still_s": _("Unplug the camera and plug it in again; close other programs that use it."),
    "yaw_deg": _("If the camera stands to one side, move it in front of you or turn your chair."),
    "pitch_deg": _("If the camera stands too low or too high, bring it level with your eyes."),
    "roll_deg": _("If you sit upright and the picture is crooked, straighten the camera."),
    "hand_over_upper": _("Take your hand down for a moment, or hold it beside your face."),
    "hand_over_lower": _("Take your hand down for a moment, or hold it beside your face."),
}
NO_HURRY = _("There is no hurry: put this right first, then go on.")
GOES_ON = _("Take your time. I go on by myself as soon as I can.")

PAUSE, GO_ON, NEXT, BACK, AGAIN, LEAVE = _("Pause"), _("Go on"), _("Next"), _("Back"), _("Again"), _("Leave")
WAS_ONE, WAS_NOT, HURTS = _("That was one"), _("That was not"), _("It hurts")
LINES, HIDE, KEYS_BUTTON = _("Lines"), _("My face"), _("Keys")
OVERLAY_NAMES = {"contours": _("contours"), "ghost": _("goal"), "mesh": _("mesh"), "bars": _("bars only")}

LEFT_KEY, RIGHT_KEY = _("Left"), _("Right")

SPACE_KEY = _("Space")

#: Keys and what they do, for the help: of a workout, and after the page's own those that work everywhere.
WORKOUT_KEYS: tuple[tuple[str, str], ...] = (
    (SPACE_KEY, _("pause and go on")),
    (_("Right arrow"), _("next set")),
    (_("Left arrow"), _("the set before this one")),
    ("R", _("do this set again")),
    ("+", _("that was one: count it")),
    ("−", _("that was not one: take it back")),
    ("P", _("something hurts: stop this exercise")),
    ("M", _("lines on the picture: contours, goal, mesh, bars only")),
    ("F", _("hide my face: show the drawn one")),
    ("N", _("learn my face at rest again")),
    ("V", _("sound on and off")),
)
KEYS: tuple[tuple[str, str], ...] = (
    (_("Tab, arrows"), _("go from button to button")),
    (_("Enter"), _("press; start")),
    ("F11", _("full screen")),
    ("F3", _("how quick it is: pictures a second, dropped, how late")),
    ("?", _("show or hide this help")),
    ("Esc", _("back; leave")),
)
HELP = _("Keys")
HELP_MORE = _("Everything can be done with the keyboard, and everything with the mouse.")

# --- what came of it ---------------------------------------------------------------------------------------

SET_COMPLETE = _("Set complete")
ALL_COMPLETE, FOR_TODAY = _("All done for today"), _("What you did today")
FORM_ALONE = _("Form")
ATTEMPTS, GOOD, FORM = _("Attempts"), _("In good form"), _("Form, of 100")
EVENNESS, HOLD = _("Left and right even"), _("Longest hold")
NO_ATTEMPT = _("No movement was large enough to notice. Take your time, there is always another round.")
NUMBER, SCORE, HELD, REMARK, REPETITIONS = _("No."), _("Form"), _("Held"), _("What was seen"), _("Repetitions")
PARTS = {
    "range": _("Range"),
    "symmetry": _("Sides"),
    "hold": _("Hold"),
    "tempo": _("Tempo"),
    "isolation": _("Stillness"),
    "shape": _("Shape"),
}
CLEAN = _("well done")
UNKNOWN = "–"
SEE_REPLAY = _("See the replay")
COMING, FINISH = _("Coming next"), _("Finish")

# --- home and its neighbours -------------------------------------------------------------------------------

RESTING, SKIP, RESTED = _("Your face at rest"), _("Skip this"), _("Thank you, that is it.")
RESTING_MORE = _(
    "Sit upright, look at the camera, lips together, everything loose, as shown on the right, for three seconds. "
    "All movements are measured from here."
)
STILL_MOVING = _("A little more stillness, please: let everything hang loose and look at the camera.")
HOME_TITLE = _("What will it be today?")
HOW_LONG, WHAT_FOR = _("How many minutes?"), _("What for?")
START, CONTINUE = _("Start"), _("Go on where you stopped")
LIBRARY, SETTINGS, CALIBRATE, HEALTH = _("Single exercises"), _("Settings"), _("Calibrate"), _("Health questions")
NO_CAMERA = _(
    "No camera found, or another program has it. Plug one in, or press Start to see the built-in performer do it."
)
LOOKING = _("Looking for the camera …")
NO_FACE_YET = _("I do not see a face yet. Sit in front of the camera.")
WELL_SEEN = _("I see you well.")
CALIBRATE_NEEDS = _("Calibrating needs the camera: plug one in first.")
LIBRARY_TITLE, SEARCH = _("Single exercises"), _("Type to search: a name, a part of the face, a muscle")
NOTHING_FOUND = _("Nothing found. Try another word.")
DO_IT, ADD, REMOVE = _("Do this one"), _("Add to my choice"), _("Take out of my choice")
JUDGED = {
    "camera": _("The camera judges it."),
    "gated": _("The camera judges it when it sees well enough."),
    "timer": _("Led by time: the camera cannot see it."),
    "hands": _("The camera follows your hands and counts. It cannot see how firm they are."),
}
#: Groups of exercises, as the files name them.
GROUPS = {
    "acupressure": _("points"),
    "brow": _("brows"),
    "cheeks": _("cheeks"),
    "eyes": _("eyes"),
    "face-massage": _("face massage"),
    "jaw": _("jaw"),
    "mouth": _("mouth"),
    "neck": _("neck"),
    "neck-massage": _("neck massage"),
    "nose": _("nose"),
    "quiet": _("quiet"),
    "tongue": _("tongue"),
}
MUSCLES, EVIDENCE, SAFETY, BLOCKED = _("Muscles"), _("What is known"), _("Take care"), _("Left out for now")

WELCOME = _("Welcome")
WELCOME_MORE = _(
    "I watch your face through the camera, lead you through facial exercises, count them, and tell you "
    "how well each went. Nothing leaves this computer."
)
STOP_NOW = _("Stop now")
ASK_FIRST = _("Ask a professional first")
FOR_NOW = _("For now")
SCREENING_ASKS = _("Does any of this apply to you? Tick it, and I leave out what could harm.")
NONE_APPLIES, SOMETHING_APPLIES = _("None of this applies: go on"), _("Something applies")
SAVE, DONE = _("Keep these answers"), _("Done")

SETTING_NAMES: dict[str, str] = {
    "camera": _("Camera number"),
    "mirror": _("Show the picture as a mirror does"),
    "camera_mirrors": _("My camera swaps left and right"),
    "overlay": _("Lines on the picture"),
    "hide_face": _("Hide my face: show the drawn one"),
    "sound": _("Sounds"),
    "volume": _("Volume"),
    "voice": _("Spoken cues"),
    "gentle": _("Gentle: moderate and slow counts best"),
    "text_size": _("Size of text"),
    "high_contrast": _("High contrast"),
    "units": _("Units"),
    "fullscreen": _("Full screen"),
    "data_folder": _("Your recordings are kept in"),
}
UNIT_NAMES = {"cm": _("centimetres"), "in": _("inches")}

#: Codes of faults that the coach itself names, shortened for a list.
_FAULTS = {
    "asymmetry": _("one side went further"),
    "rushed": _("a little quick"),
    "short-hold": _("held a little short"),
    "unsteady": _("a little shaky"),
    "release": _("not let go before"),
    "effort": _("a lot of effort"),
    # of hands
    "place": _("beside the mark"),
    "away": _("away from the mark"),
    "together": _("not both together"),
    "direction": _("the other way round"),
    "path": _("beside the line"),
    "begins": _("begun late on the line"),
    "short": _("not to the end of the line"),
    "fast": _("a little quick"),
    "slow": _("a little slow"),
    "node": _("stayed in one place"),
    "shoulders": _("shoulders not level"),
    "nod": _("head not level"),
    "midline": _("too near to the spine"),
    "force": _("large taps"),
    "rise": _("got up early"),
    "unseen": _("led by time, the hands out of sight"),
}
#: Which exercises a list shows.
KINDS = {"all": _("All"), "face": _("Face"), "hands": _("Hands"), "quiet": _("Quiet")}
#: What touches: both hands, and one where the midline is worked.
FINGERS = {
    "index": (_("Index fingers"), _("One index finger")),
    "middle": (_("Middle fingers"), _("One middle finger")),
    "ring": (_("Ring fingers"), _("One ring finger")),
    "palm": (_("Both palms"), _("One palm")),
    "edge": (_("Edges of the hands"), _("Edge of one hand")),
    "thumb": (_("Thumbs"), _("One thumb")),
}


def set_of(number: int, total: int) -> str:
    return _("Set {number} of {total}").format(number=number, total=total)


def of_goal(goal: int | None) -> str:
    return _("of {goal}").format(goal=goal) if goal is not None else _("so far")


def reps_of(reps: int, goal: int | None) -> str:
    return _("{reps} of {goal}").format(reps=reps, goal=goal) if goal is not None else str(reps)


def repetitions(reps: int, goal: int | None) -> str:
    noun = _n("repetition", "repetitions", goal or reps)
    return f"{reps_of(reps, goal)} {noun}"


def worked(move: Move, count: int) -> str:
    """What is counted, for so many of it."""
    if move == "circle":
        return _n("circle", "circles", count)
    if move == "sweep":
        return _n("sweep", "sweeps", count)
    if move == "tap":
        return _n("tap", "taps", count)
    if move in ("stroke", "glide"):
        return _n("stroke", "strokes", count)
    return _n("round", "rounds", count)


def counted_of(exercise: Exercise, reps: int, goal: int | None) -> str:
    """How many of how many, in words: circles, sweeps, taps and strokes of the hands, else repetitions."""
    if exercise.touch is None:
        return repetitions(reps, goal)
    return f"{reps_of(reps, goal)} {worked(exercise.touch.move, goal or reps)}"


def finger(touch: Touch) -> str:
    """What touches, in the plural where both hands do it."""
    return FINGERS[touch.finger][bool(touch.middle)]


def pressure(touch: Touch) -> str:
    """How firm, as a reminder."""
    return _("Pressure: {press}").format(press=touch.press) if touch.press else ""


def judged_by(exercise: Exercise, led: Led) -> str:
    """Who judges it, and what cannot be seen."""
    return JUDGED["timer"] if led == "time" else JUDGED[exercise.judge]


def group(name: str) -> str:
    return GROUPS.get(name, name)


def phase(phase: Phase, exercise: Exercise) -> str:
    """What a phase is called: in quiet time it is breath."""
    if breathes(exercise):
        return {Phase.RISE: BREATHE_IN, Phase.LOWER: BREATHE_OUT}.get(phase, PHASES[phase])
    return PHASES[phase]


def to_go(count: int) -> str:
    return _("{count} to go").format(count=count)


def seconds_left(left_s: float) -> str:
    return _("{left:.0f} s left").format(left=max(0.0, left_s))


def each(rise_s: float, rest_s: float) -> str:
    """The tempo of what the hands do."""
    if rest_s > 0:
        return _("{rise:g} s each, {rest:g} s back").format(rise=rise_s, rest=rest_s)
    return _("{rise:g} s each").format(rise=rise_s)


def sides(left: int, right: int) -> str:
    return _("left {left}, right {right}").format(left=left, right=right)


def hold(now_s: float, target_s: float) -> str:
    return _("{now:.1f} of {target:g} s").format(now=now_s, target=target_s)


def hold_left(left_s: float) -> str:
    return _("Hold {left:.0f} s").format(left=max(1.0, left_s))


def seconds(value: float) -> str:
    return _("{value:.1f} s").format(value=value)


def short_seconds(value: float) -> str:
    return _("{value:g} s").format(value=value)


def minutes_left(left_s: float) -> str:
    minutes, rest = divmod(round(left_s), 60)
    return _("{minutes}:{seconds:02d} left").format(minutes=minutes, seconds=rest)


def minutes(count: int) -> str:
    return _n("{count} minute", "{count} minutes", count).format(count=count)


def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0%}"


def score(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0f}"


def form_of(form: float) -> str:
    return _("Form {form:.0f} of 100").format(form=form)


def sets(count: int) -> str:
    return _n("{count} set", "{count} sets", count).format(count=count)


def listed(parts: Sequence[str]) -> str:
    """Several remarks in one line."""
    return "; ".join(parts)


def not_judged(reason: str) -> str:
    return _("Not judged now: {reason}").format(reason=reason)


def waiting(wait: Wait, stage: int) -> str:
    """What to say while something is missing, by how far the telling is; empty for no more than what to do next."""
    if stage == 0:
        return ""
    if wait.why:
        told = (MOVE_HEAD[wait.way] if wait.way else wait.why), HELPS.get(wait.looks_at, NO_HURRY), GOES_ON
    else:
        named = MOVE_HEAD[wait.way] if wait.way else NOT_RESTED.get(wait.part, NOT_RESTED[""])
        told = named, COUNTED_LATER, ""  # the exercise can be done meanwhile
    return told[stage - 1]


def next_up(name: str) -> str:
    return _("Next: {name}").format(name=name)


def begins_in(left_s: float) -> str:
    return _("Begins in {left:.0f} s").format(left=left_s)


def more(count: int) -> str:
    return _("and {count} more").format(count=count)


def missed(reason: str) -> str:
    """A refused attempt's reason as a sentence."""
    return _("Not counted: {reason}.").format(reason=f"{reason[:1].lower()}{reason[1:].rstrip('.')}")


def nothing_counted(reason: str) -> str:
    """Why a set has no repetition, as a sentence."""
    return _("Nothing counted: {reason}.").format(reason=reason.rstrip("."))


def brief(reason: str) -> str:
    """A reason why something was not counted for a list: what was seen, without what is needed or to be done."""
    return reason.split(",")[0].split(":")[0].rstrip(".")


def fault(exercise: Exercise, code: str) -> str:
    """A fault's code in words: the coach's own, what the exercise's file says, or what must keep still."""
    said = {rule.code or f"fault-{i + 1}": rule.say for i, rule in enumerate(exercise.fault)}
    still = {words.code: words.say for words in STILL_WORDS}
    return (_FAULTS.get(code) or said.get(code) or still.get(code) or code).rstrip(".")


def away(distance_cm: float, units: str) -> str:
    """How far somebody sits from the camera, as far as it can tell."""
    value, name = (distance_cm, _("cm")) if units == "cm" else (distance_cm / 2.54, _("inches"))
    return _("You sit about {value:.0f} {units} away.").format(value=5 * round(value / 5), units=name)


def clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{int(at_s) % 60:02d}"


def best(name: str, form: float, at_s: float) -> str:
    return _("Your best: {name}, form {form:.0f}, at {at}.").format(name=name, form=form, at=clock(at_s))


def worst(name: str, form: float, at_s: float, why: str) -> str:
    text = _("Most room: {name}, form {form:.0f}, at {at}.").format(name=name, form=form, at=clock(at_s))
    return f"{text} {why}".rstrip()


def to_mend(faults: Sequence[tuple[str, int]]) -> str:
    named = ", ".join(_("{fault} ({count} times)").format(fault=f, count=n) if n > 1 else f for f, n in faults)
    return _("Worth a thought next time: {faults}.").format(faults=named)


def better(found: Better) -> str:
    """What was better than the last time."""
    what = PARTS.get(found.what, FORM_ALONE).lower()
    side = {"left": LEFT.lower(), "right": RIGHT.lower()}.get(found.side, "")
    return _("Better than last time: {name}, {what} {now:.0f} after {before:.0f}.").format(
        name=f"{found.name} ({side})" if side else found.name, what=what, now=found.now, before=found.before
    )


def praise(reps: int, goal: int | None) -> str:
    """Kind words for what was done, whatever it was."""
    if goal is not None and reps >= goal:
        return _("You did every one of them. Let your face rest now.")
    if reps == 0:
        return _("Showing up is what counts. Slow and small is a good way to begin.")
    return _("Each one counts. Rest a moment, and go on when you like.")


def contains(names: Sequence[str], length_s: float) -> str:
    """What a routine holds."""
    return _("{count} exercises, about {minutes:.0f} minutes: {names}.").format(
        count=len(names), minutes=max(1.0, length_s / 60), names=", ".join(names)
    )


def resume(name: str, number: int, total: int) -> str:
    return _("{name}, set {number} of {total}").format(name=name, number=number, total=total)


def chosen(count: int) -> str:
    return _n("Start with {count} exercise", "Start with {count} exercises", count).format(count=count)


# --- a recording looked at again ---------------------------------------------------------------------------

REPLAY, READING = _("Replay"), _("Reading the recording …")
PLAY, STOP, FRAME_BACK, FRAME_ON = _("Play"), _("Stop"), _("Frame back"), _("Frame on")
SLOWER, FASTER, LOOP = _("Slower"), _("Faster"), _("Loop it")
BEFORE, AFTER, PEAK, NEXT_FAULT = _("Attempt before"), _("Next attempt"), _("Peak"), _("Next fault")
BEST_AND_WORST, STRICTNESS = _("Best and worst"), _("Other rules")
UP_KEY, DOWN_KEY = _("Up"), _("Down")
YOU, NOT_SEEN = _("You, drawn"), _("You, not seen")
NO_FAULT = _("No fault was named in this set.")
NOT_TWO = _("This needs two repetitions with a form.")
BY_RECORDED, BY_FILE = _("Judged as it was."), _("Judged by the exercise file you gave.")
BY_GENTLE, BY_USUAL = _("Judged gently."), _("Judged without being gentle.")


def by_level(level: float) -> str:
    return _("Judged with {level:.0%} to pass.").format(level=level)


def as_fast(speed: float) -> str:
    """How quickly a set was judged anew, against doing it."""
    return _("Done {speed:.0f} times as fast as live.").format(speed=speed)


def percent_read(done: float) -> str:
    return _("{done:.0%} of it is judged.").format(done=done)


def where_of(match: float | None, at_s: float, whole_s: float, speed: float) -> str:
    """What a replay shows: how far the movement is, the time, and how fast it goes."""
    tenths = round(10 * at_s)
    told = [f"{tenths // 600}:{tenths % 600 / 10:04.1f} / {clock(whole_s)}", f"{speed:g}×"]
    return " · ".join(told if match is None else [_("match {match:.0%}").format(match=match), *told])


def best_of(number: int, form: float) -> str:
    return _("Best: no. {number}, form {form:.0f}").format(number=number, form=form)


def worst_of(number: int, form: float) -> str:
    return _("Most room: no. {number}, form {form:.0f}").format(number=number, form=form)


def figures(found: Figures | None, undrawn: int) -> list[str]:
    """How quick the live path is, in lines. undrawn: pictures that were judged but never drawn."""
    if found is None:
        return [_("No pictures yet")]
    lines = [
        _("{came:.0f} pictures a second, {seen:.0f} looked at").format(came=found.camera, seen=found.seen),
        _("{dropped} dropped before, {undrawn} after").format(dropped=found.dropped, undrawn=undrawn),
        _("tracker {track:.0f} ms, landmarks {age:.0f} ms old").format(track=found.track_ms, age=found.age_ms),
    ]
    if not math.isnan(found.shown_ms):
        lines.append(_("{shown:.0f} ms from arrival to display").format(shown=found.shown_ms))
    return lines


def came_of(reps: int, attempts: int) -> str:
    return _n("{reps} counted of {attempts} attempt", "{reps} counted of {attempts} attempts", attempts).format(
        reps=reps, attempts=attempts
    )


def why(attempt: Repetition, exercise: Exercise) -> str:
    """Why an attempt counted or not, in a sentence or two."""
    if not attempt.counted:
        return missed(attempt.reason)
    if attempt.reason:  # the person's own word
        said = f"{attempt.reason[:1].upper()}{attempt.reason[1:]}."
    elif exercise.touch is not None:
        went = exercise.touch.move in ("stroke", "glide")
        said = _("Counted: {reach:.0%} of the way.").format(reach=attempt.reach) if went else f"{COUNTED_BRIEF}."
    elif exercise.count.hold > 0:
        said = _("Counted: reached {reach:.0%}, held for {held:.1f} s.").format(
            reach=attempt.reach, held=attempt.hold_s
        )
    else:
        said = _("Counted: reached {reach:.0%}.").format(reach=attempt.reach)
    if attempt.form is not None:
        said = f"{said} {form_of(attempt.form)}."
    if attempt.faults:
        text = listed([fault(exercise, code) for code in attempt.faults])
        said = f"{said} {text[:1].upper()}{text[1:]}."
    return said


# --- keys of the other pages, for their help ---------------------------------------------------------------

CLOSER, WIDER = _("Closer"), _("Wider")
_UP_DOWN = _("Up, down")
_PAGES = _("Page keys")

HOME_KEYS = (
    ("L", _("single exercises")),
    ("P", _("progress: what was done so far")),
    ("C", _("calibrate: learn your own range")),
    ("Q", _("health questions")),
    ("S", _("settings")),
)
LIBRARY_KEYS = (
    (_("Letters"), _("search")),
    (_UP_DOWN, _("the exercise before, the next one")),
    (_PAGES, _("a list further up or down")),
    ("Ins", _("add it to the choice, or take it out")),
)
REPLAY_KEYS = (
    (SPACE_KEY, _("play and stop")),
    (_("Left, right"), _("a frame back, a frame on")),
    (_UP_DOWN, _("the attempt before, the next one")),
    ("[ ]", _("slower, faster")),
    (", .", _("the set before, the next one")),
    ("L", _("play one repetition over and over")),
    ("P", _("go to the peak of the attempt")),
    ("F", _("go to the next fault")),
    ("B", _("the best repetition beside the worst")),
    ("S", _("try other rules")),
    ("+ −", _("look closer at the chart, or wider; so does the mouse wheel over it")),
    ("0", _("the whole set on the chart")),
)
PROGRESS_KEYS = (
    (_UP_DOWN, _("the exercise before, the next one")),
    (_PAGES, _("a list further up or down")),
    (_("Left, right"), _("form, range or symmetry")),
)

# --- progress ----------------------------------------------------------------------------------------------

PROGRESS = _("Progress")
NOTHING_YET = _(
    "There is nothing here yet, and that is fine: after your first session the days and how the exercises went are "
    "shown here. Three minutes are a good beginning."
)
CALENDAR = _("Minutes a day in the last twelve weeks")
TODAY = _("today")
EXERCISES = _("Exercises, the last one first")
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
MONTHS = (_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"),
          _("Nov"), _("Dec"))  # fmt: skip
COURSES: dict[What, str] = {"form": FORM_ALONE, "range": _("Range"), "symmetry": _("Symmetry")}
A_SET, WEEKLY, SLOPE = _("a set"), _("median of a week"), _("trend, and its margin")
NOT_LATELY = _("Its form was not judged in the last half year.")
NUMBERS_ARE = _(
    "Numbers compare a movement with a template. Light, camera and tiredness change them, too; they say nothing about "
    "health."
)


def day(of: date, year: int | None = None) -> str:
    """A day for a chart or a table; with its year where that is not the one given."""
    said = _("{day} {month}").format(day=of.day, month=MONTHS[of.month - 1])
    return said if year in (None, of.year) else f"{said} {of.year}"


def minute(count: float) -> str:
    """Minutes of a day, in a small box: what was less than one is one."""
    return str(max(1, round(count)))


def minutes_of(done: float) -> str:
    """Minutes of a day, where there is room for a tenth."""
    return f"{done:.1f}" if done < 9.95 else f"{done:.0f}"


def streak(now: int, longest: int) -> str:
    """Days in a row, with what is forgiven."""
    if now == 0:
        said = _("A new row of days can begin any day.")
    else:
        said = _n("{now} day in a row.", "{now} days in a row.", now).format(now=now)
    most = _n("The longest row was {longest} day.", "The longest row was {longest} days.", longest)
    return " ".join([said, most.format(longest=longest), _("One missed day in between is forgiven.")])


def plan_reached(days: int, plan: int) -> str:
    about = minutes(plan)
    if days == 0:
        return _("The plan is {minutes} a day; this week has room for it.").format(minutes=about)
    return _n(
        "The plan of {minutes}, or nearly, was reached on {days} day this week.",
        "The plan of {minutes}, or nearly, was reached on {days} days this week.",
        days,
    ).format(minutes=about, days=days)


def short_minutes(count: int) -> str:
    return _("{count} min").format(count=count)


def sided(side: str, text: str) -> str:
    """A sentence of one side, or of both together."""
    of = {"left": f"{LEFT}: ", "right": f"{RIGHT}: "}.get(side, "")
    return of + text if of else f"{text[:1].upper()}{text[1:]}"


def trend(found: Trend) -> str:
    """What can be said of a trend, and no more than that."""
    slope = found.slope
    if slope is None:
        if found.weeks < WEEKS:
            return _("not clear yet: {weeks} of {needed} weeks with practice.").format(weeks=found.weeks, needed=WEEKS)
        return _("not clear yet: a few more days.")
    word = {
        "rising": _("rising so far"),
        "steady": _("steady so far"),
        "falling": _("lower than before, which may have many reasons"),
        "not clear yet": _("not clear: the weeks differ too much"),
    }[found.word]
    return _("{word}; {weekly:+.1f} points a week, likely between {low:+.1f} and {high:+.1f}.").format(
        word=word, weekly=slope.weekly, low=slope.low, high=slope.high
    )


def bests(found: Sequence[Best], year: int) -> str:
    """Best form and longest hold of one exercise, each with its day."""
    forms = []
    for best in found:
        if best.form is not None and best.form_on is not None:
            side = {"left": LEFT.lower(), "right": RIGHT.lower()}.get(best.side, "")
            forms.append(f"{side} {best.form:.0f} ({day(best.form_on, year)})".lstrip())
    said = [_("Best form: {forms}.").format(forms=", ".join(forms))] if forms else []
    hold = next((best for best in found if best.hold_s is not None and best.hold_on is not None), None)
    if hold is not None and hold.hold_on is not None:
        length = seconds(hold.hold_s or 0.0)
        said.append(_("Longest hold: {length} ({day}).").format(length=length, day=day(hold.hold_on, year)))
    return " ".join(said)


def last_done(form: float | None, on: date, year: int) -> str:
    """When an exercise was done last, and its form then, for a list."""
    said = day(on, year)
    return said if form is None else f"{form:.0f} · {said}"


def not_taken_in(count: int) -> str:
    """Recordings that the history does not know yet."""
    return _n(
        "{count} recording is not in this yet: 'coach history' takes it in.",
        "{count} recordings are not in this yet: 'coach history' takes them in.",
        count,
    ).format(count=count)


def cannot_read(place: object, why: str | None) -> str:
    return _("{place}: cannot be read ({why}); check its permissions.").format(place=place, why=why)
