"""Before all is known: nobody is made to wait, and what is missing is told, shown, and not said again and again."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pygame
import pytest
from hand import REST, SMILES, Exercising
from made import BREATH, LED, POINT, SMILE, feedback, scene, shoulders, sitting, state
from shown import with_avatar
from test_view import changed, coloured, only_within, places

from coach.form.deciding import NO_FACE_SAYS
from coach.form.quality import GATES
from coach.frame import Event, Feedback, Frame, Kind, Phase
from coach.records.settings import Settings
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.palette import CALM
from coach.window.pointing import arrow_line
from coach.window.screenshot import render_headless
from coach.window.state import Options, Snapshot, latest_notice, snapshot
from coach.window.view import cue_line, draw_workout, knowing, marked_now
from coach.window.voice import Weight
from coach.window.waits import KNOWN, PART_S, SAY_S, TELL_AFTER_S, Wait, Way, latest_wait, stage

AHEAD = sitting()
TURN, LEVEL, UPRIGHT = (gate.says for gate in GATES if gate.measure in ("yaw_deg", "pitch_deg", "roll_deg"))
HIDES = next(gate.says for gate in GATES if gate.measure == "hand_over_lower")
DARK = next(gate.says for gate in GATES if gate.measure == "light")
RECOUNTED = "Two more counted: I know your resting face now."


def at(time: float, why: str = "", part: str = "", known: float | None = None, phase: Phase = Phase.REST) -> Feedback:
    """Feedback at a time, which something is missing from: why it is not judged, or the part that has not rested."""
    known = known if known is not None else 0.2 if part else 1.0
    return replace(feedback(0.3, phase, cue=why, withheld=why), time=time, known=known, missing=part)


def waited(told: Sequence[Feedback], frame: Frame = AHEAD) -> Wait | None:
    wait = None
    for one in told:
        wait = latest_wait(wait, frame, one)
    return wait


def now(seconds: float, frame: Frame = AHEAD, **missing: str) -> tuple[Feedback, Snapshot]:
    """What was missing for so many seconds, at their end."""
    told = [at(float(time), **missing) for time in np.linspace(10.0, 10.0 + seconds, 30)]
    return told[-1], replace(state(), wait=waited(told, frame))


def said(seconds: float, frame: Frame = AHEAD, **missing: str) -> str:
    return cue_line(*now(seconds, frame, **missing))[0]


# --- nobody waits -----------------------------------------------------------------------------------------


def test_at_first_the_camera_is_to_be_faced_and_nothing_else():
    assert cue_line(feedback(None, Phase.LEARNING), state()) == ("Face the camera.", None)
    everything = [value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)]
    assert not [text for text in everything if "Counting begins" in text or "for a second" in text]


@pytest.mark.parametrize("known", [0.1, 0.4, 1.0])
def test_the_meter_works_before_the_resting_face_is_known(known):
    told = [render_headless(scene(replace(feedback(match), known=known, missing="mouth"))) for match in (0.2, 0.6)]
    assert only_within(changed(*told), places().meter)


def test_before_the_first_look_the_meter_blames_nobody(monkeypatch):
    blamed = []
    monkeypatch.setattr(words, "not_judged", lambda reason: blamed.append(reason) or reason)
    for phase in (Phase.LEARNING, Phase.REST):
        render_headless(scene(replace(feedback(None, withheld="Face the camera."), phase=phase)))
    assert blamed == ["Face the camera."]


# --- how well rest is known -------------------------------------------------------------------------------


def test_how_well_rest_is_known_is_shown_until_that_is_enough():
    person, frame = places().person, sitting()
    plain, little, more, enough = (
        render_headless(scene(replace(feedback(), known=known), frame=frame)) for known in (1.0, 0.1, 0.3, KNOWN)
    )
    assert only_within(changed(plain, little), person)
    assert only_within(changed(little, more), person)
    assert changed(little, more).sum() < changed(plain, little).sum() / 4  # the bar alone
    assert not changed(plain, enough).any()
    assert changed(plain, little).sum() < 0.06 * person.width * person.height  # small


def test_it_is_shown_only_where_it_matters():
    unknown = replace(feedback(), known=0.2)
    assert knowing(scene(unknown))
    assert not knowing(scene(replace(unknown, phase=Phase.DONE)))
    assert not knowing(scene(unknown, banner="Paused"))
    assert not knowing(scene(unknown, frame=replace(AHEAD, landmarks=None)))
    for exercise in (LED, POINT, BREATH):
        assert not knowing(scene(unknown, state(exercise, ())))


# --- what is missing --------------------------------------------------------------------------------------


def test_nothing_is_missing_where_all_is_known_or_all_is_done():
    assert waited([at(1.0)]) is None
    assert waited([at(1.0, known=KNOWN)]) is None
    assert waited([at(1.0, part="mouth"), at(1.1)]) is None
    assert waited([at(1.0, part="mouth", phase=Phase.DONE)]) is None


@pytest.mark.parametrize("missing", [{"part": "mouth"}, {"why": DARK}, {"why": NO_FACE_SAYS}])
def test_it_is_told_after_two_seconds_of_the_frames_and_not_before(missing):
    for since in (0.0, 3.7, 1e5):
        wait = waited([at(since, **missing)])
        assert [stage(wait, since + s) for s in (0.0, TELL_AFTER_S - 0.01, TELL_AFTER_S)] == [0, 0, 1]
        late = [TELL_AFTER_S + n * SAY_S + 0.01 for n in (1, 2, 50)]
        assert [stage(wait, since + s) for s in late] == [2, 3, 3]
    assert stage(None, 5.0) == 0


def test_two_seconds_begin_again_when_all_was_well():
    wait = waited([at(1.0, "", "mouth"), at(2.5), at(2.6, "", "mouth")])
    assert wait is not None
    assert stage(wait, 4.5) == 0
    assert stage(wait, 4.7) == 1


def test_a_new_reason_is_told_at_once_when_another_was_told_before():
    wait = waited([at(0.0, "", "mouth"), at(9.0, "", "mouth"), at(9.1, DARK)])
    assert wait is not None
    assert (wait.since, wait.why_since, stage(wait, 9.1)) == (0.0, 9.1, 1)
    assert words.waiting(wait, 1) == DARK


@pytest.mark.parametrize("part", ["mouth", "brows", "eyes", "head", "shoulders"])
def test_a_part_that_has_not_rested_is_named_then_help_is_offered_then_the_exercise_goes_on(part):
    assert said(1.9, part=part) == SMILE.steps[1]
    assert said(2.1, part=part) == words.NOT_RESTED[part]
    assert part in words.NOT_RESTED[part].lower()
    assert said(SAY_S + 2.1, part=part) == words.COUNTED_LATER
    assert said(2 * SAY_S + 2.1, part=part) == SMILE.steps[1]
    assert said(100.0, part=part) == SMILE.steps[1]


@pytest.mark.parametrize(("why", "helps"), [
    (DARK, words.HELPS["light"]), (NO_FACE_SAYS, words.HELPS["face"]), (HIDES, words.HELPS["hand_over_lower"]),
    ("Keep your lips together.", words.NO_HURRY),
])  # fmt: skip
def test_why_nothing_is_judged_is_told_in_other_words_after_a_while(why, helps):
    assert said(0.1, why=why) == said(2.1, why=why) == why
    assert said(SAY_S + 2.1, why=why) == helps
    assert said(2 * SAY_S + 2.1, why=why) == said(100.0, why=why) == words.GOES_ON


def test_what_is_asked_for_does_not_jump_from_part_to_part():
    parts = ["mouth", "eyes"] * 30
    told = [at(0.1 * i, "", part) for i, part in enumerate(parts)]
    shown = [wait.part for i in range(len(told)) if (wait := waited(told[: i + 1])) is not None]
    changes = sum(a != b for a, b in pairwise(shown))
    assert 1 <= changes <= 0.1 * len(parts) / PART_S


def test_a_fault_is_named_before_what_is_missing_and_what_just_happened_after_it():
    told, missing = now(3.0, part="mouth")
    assert cue_line(replace(told, cue="Keep still."), missing) == ("Keep still.", "fault")
    assert cue_line(told, replace(missing, notice=Event(1.0, Kind.REP, "1")))[0] == words.NOT_RESTED["mouth"]


@pytest.mark.parametrize("size", [(960, 540), (1280, 720)])
@pytest.mark.parametrize("text_size", [1.0, 1.6])
def test_every_sentence_of_it_fits_the_cue_line(size, text_size):
    sentences = [*words.NOT_RESTED.values(), *words.MOVE_HEAD.values(), *words.HELPS.values(), words.COUNTED_LATER,
                 words.NO_HURRY, words.GOES_ON, RECOUNTED]  # fmt: skip
    plain, drawn = (Canvas(pygame.Surface(size, 0, 32), text_size=text_size) for _ in range(2))
    draw_workout(plain, scene(feedback(cue=".")))
    for text in sentences:
        draw_workout(drawn, scene(feedback(cue=text)))
        assert only_within(changed(plain.surface, drawn.surface), places(size).cue), text


# --- shown on the picture ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("missing", "at_y"), [
    ({"part": "brows"}, (0.0, 0.35)), ({"part": "eyes"}, (0.15, 0.45)), ({"part": "mouth"}, (0.6, 0.85)),
    ({"part": "head"}, (0.0, 1.0)), ({"why": HIDES}, (0.6, 0.85)),
])  # fmt: skip
@pytest.mark.parametrize("mirror", [True, False])
def test_the_part_that_is_missing_is_marked_on_the_face(missing, at_y, mirror):
    person, told = places().person, now(3.0, **missing)
    surface = render_headless(scene(*told, frame=AHEAD), Options(mirror=mirror))
    marked = coloured(surface, person, CALM.fault)
    assert marked.sum() > 100
    rows = np.flatnonzero(marked.any(axis=0))
    whole = np.flatnonzero(coloured(render_headless(scene(*now(3.0, part="head"), frame=AHEAD)), person,
                                    CALM.fault).any(axis=0))  # fmt: skip
    low, high = whole.min(), whole.max()
    assert low + at_y[0] * (high - low) - 2 <= rows.min()
    assert rows.max() <= low + at_y[1] * (high - low) + 2
    assert not coloured(render_headless(scene(*now(1.0, **missing), frame=AHEAD)), person, CALM.fault).any()


def test_the_mark_stays_when_all_was_said():
    told, missing = now(60.0, part="mouth")
    assert marked_now(told, missing) == ("lips",)
    assert marked_now(*now(60.0, why=DARK)) == ()


def test_shoulders_are_marked_where_they_are_seen():
    body, person = replace(AHEAD, pose=shoulders(AHEAD)), places().person
    for frame, shown in ((AHEAD, False), (body, True)):
        surface = render_headless(scene(*now(3.0, part="shoulders"), frame=frame))
        assert coloured(surface, person, CALM.fault).any() == shown


HEADS: list[tuple[str, float, str, Way]] = [
    ("yaw_deg", 38.0, TURN, "turn-right"),
    ("yaw_deg", -38.0, TURN, "turn-left"),
    ("pitch_deg", 40.0, LEVEL, "chin-up"),
    ("pitch_deg", -40.0, LEVEL, "chin-down"),
    ("roll_deg", 55.0, UPRIGHT, "tilt-right"),
    ("roll_deg", -55.0, UPRIGHT, "tilt-left"),
]


@pytest.mark.parametrize(("angle", "degrees", "why", "way"), HEADS)
def test_a_head_that_is_away_from_the_middle_is_told_the_way_back(angle, degrees, why, way):
    away = sitting(**{angle: degrees})
    for missing in ({"why": why}, {"part": "head"}):
        told, lacks = now(3.0, away, **missing)
        assert lacks.wait is not None
        assert lacks.wait.way == way
        assert cue_line(told, lacks)[0] == words.MOVE_HEAD[way]
    assert said(1.0, away, why=why) == why
    other = now(3.0, away, part="mouth")[1].wait
    assert other is not None
    assert other.way == ""
    straight = now(3.0, part="head")[1].wait
    assert straight is not None
    assert straight.way == ""


@pytest.mark.parametrize(("angle", "degrees", "why", "way"), HEADS)
@pytest.mark.parametrize("mirror", [True, False])
def test_the_arrow_points_to_where_the_face_has_come_from(angle, degrees, why, way, mirror):
    # The picture itself says which way that is: the tip of the nose goes ahead of the bridge in a turn and a nod, the
    # crown ahead of the chin in a tilt.
    away, box = sitting(**{angle: degrees}), pygame.Rect(0, 0, 1280, 720)
    assert away.landmarks is not None
    assert AHEAD.landmarks is not None
    flip = np.array((-1.0 if mirror else 1.0, 1.0))
    point = 10 if angle == "roll_deg" else 1
    gone = (away.landmarks[point, :2] - AHEAD.landmarks[point, :2]) * flip
    face = away.landmarks[:, :2] * flip + ((1279.0, 0.0) if mirror else (0.0, 0.0))
    line = arrow_line(box, face, way, mirror)
    axis = 1 if angle == "pitch_deg" else 0
    assert np.sign((line[-1] - line[0])[axis]) == -np.sign(gone[axis])
    assert abs((line[-1] - line[0])[axis]) > 20


@pytest.mark.parametrize(("angle", "degrees", "why", "way"), HEADS)
@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_the_arrow_stays_within_the_picture(angle, degrees, why, way, size):
    away = sitting(**{angle: degrees})
    told, lacks = now(3.0, away, why=why)
    plain = render_headless(scene(told, replace(lacks, wait=replace(lacks.wait, way="")), away), size=size)
    shown = render_headless(scene(told, lacks, away), size=size)
    differs = changed(plain, shown)
    where = places(size)
    outside = differs.copy()
    for box in (where.person, where.cue):
        outside[box.left : box.right, box.top : box.bottom] = False
    assert not outside.any()
    assert coloured(shown, where.person, CALM.fault).sum() > 100


def test_where_no_face_is_seen_its_place_is_outlined():
    empty, person = replace(AHEAD, landmarks=None, head=None), places().person
    plain, shown = (render_headless(scene(*now(s, empty, why=NO_FACE_SAYS), frame=empty)) for s in (1.9, 2.1))
    assert only_within(changed(plain, shown), person)
    assert coloured(shown, person, CALM.text).sum() > 300
    other = render_headless(scene(*now(2.1, empty, why="I cannot see your hands."), frame=empty))
    assert not changed(plain, other)[person.left : person.right, person.top : person.bottom].any()


def test_a_hidden_face_is_shown_what_is_missing_on_the_drawn_one():
    person = places().person
    for missing, frame in (({"part": "mouth"}, AHEAD), ({"why": TURN}, sitting(yaw_deg=38.0))):
        told, lacks = now(3.0, frame, **missing)
        for lacked in (lacks, replace(lacks, wait=None)):
            hand = with_avatar(Exercising(live=False, settings=Settings(welcomed="2025-01-31", sound=False,
                                                                        hide_face=True)))  # fmt: skip
            hand.worker.see(frame)
            seen = hand.worker._box
            hand.worker._box = replace(seen, frame=frame, feedback=told, state=lacked, told=())
            hand.do()
            assert coloured(hand.ui.surface, person, CALM.fault).any() == (lacked.wait is not None)


# --- what was counted anew --------------------------------------------------------------------------------


def test_what_was_counted_anew_is_told_before_all_else_and_for_a_while_only():
    events = (Event(5.0, Kind.REP, "3"), Event(5.0, Kind.RECOUNTED, RECOUNTED))
    notice = latest_notice(None, replace(at(5.0), events=events))
    assert notice is events[1]
    for phase in (Phase.REST, Phase.RISE, Phase.HOLD, Phase.LOWER):
        assert cue_line(at(5.0, phase=phase), replace(state(), notice=notice)) == (RECOUNTED, None)
    assert latest_notice(notice, at(6.0)) is notice
    assert latest_notice(notice, at(9.0)) is None


class Spoken:
    """A voice that keeps what it was given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Weight]] = []

    def say(self, text: str, weight: Weight = Weight.CUE) -> None:
        self.said.append((text, weight))


def hearing(*told: tuple[Feedback, Snapshot]) -> list[tuple[str, Weight]]:
    """What is given to the voice while some moments are seen."""
    hand = Exercising(live=False, settings=Settings(welcomed="2025-01-31", sound=False, voice=True))
    hand.app.voice = voice = Spoken()  # type: ignore[assignment]
    hand.worker.see(REST)
    seen = hand.worker._box
    assert seen is not None
    hand.do()
    voice.said.clear()
    for one, lacks in told:
        hand.worker._box = replace(seen, feedback=one, state=lacks, told=())
        hand.do()
    return voice.said


def test_what_was_counted_anew_is_spoken_once():
    shown = replace(state(), notice=Event(5.0, Kind.RECOUNTED, RECOUNTED))
    assert hearing(*[(at(5.0 + 0.1 * i), shown) for i in range(20)]) == [(RECOUNTED, Weight.CUE)]


def test_what_is_missing_is_offered_to_the_voice_while_it_is_told_and_not_for_ever():
    told = hearing(*[now(s, part="mouth") for s in np.arange(0.5, 30.0, 0.5)])
    texts = [text for text, _ in told]
    assert texts.count(words.NOT_RESTED["mouth"]) > 3  # something else may just have been said
    assert texts.count(words.COUNTED_LATER) > 3
    assert texts.count(SMILE.steps[1]) == 2  # before, and after
    assert {weight for text, weight in told if text in (words.NOT_RESTED["mouth"], words.COUNTED_LATER)} == {Weight.CUE}
    texts = [text for text, _ in hearing(*[now(s, why=DARK) for s in np.arange(0.5, 60.0, 0.5)])]
    assert texts.count(words.GOES_ON) == 1


# --- from the frames to the page --------------------------------------------------------------------------


def test_from_the_first_third_of_a_second_on_it_is_judged():
    hand = Exercising(live=False)
    for frame in SMILES[:8]:
        hand.worker.see(frame)
    hand.do()
    seen = hand.page._seen
    assert seen.feedback.match is not None
    assert seen.feedback.phase is not Phase.LEARNING


def test_a_head_that_is_turned_away_is_told_so_on_the_page():
    hand = Exercising(live=False)
    texts = []
    for frame in [REST] * 15 + [sitting(yaw_deg=38.0)] * 45:
        hand.worker.see(frame)
        hand.do()
        texts.append(cue_line(hand.page._seen.feedback, hand.page._seen.state)[0])
    assert texts[20] == TURN
    assert texts[-1] == words.MOVE_HEAD["turn-right"]
    assert coloured(hand.ui.surface, places().person, CALM.fault).sum() > 500
    for _ in range(10):
        hand.worker.see(REST)
    hand.do()
    assert hand.page._seen.state.wait is None


def test_the_next_set_and_another_workout_begin_without_what_was_missing_before():
    hand = Exercising(((SMILE, 1), (SMILE, 1)), live=False)
    for _ in range(45):
        hand.worker.see(Frame(0.0))
    assert hand.worker._wait is not None
    assert snapshot(hand.workout, None, hand.worker._wait).wait is hand.worker._wait
    hand.worker.begin(None)
    hand.worker.poll()
    assert hand.worker._wait is None
