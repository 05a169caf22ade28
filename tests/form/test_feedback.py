"""What is told of every moment of a set: when, in which words, and from which second on."""

import dataclasses
import math
from collections.abc import Sequence

import msgspec
import pytest
from faces import BRISK, frames, perform, rest_measures, resting

from coach.form.calibration import DRIFT, Calibration, Rest
from coach.form.deciding import BREATHE, FACE_CAMERA, LATE_REASON
from coach.form.deciding import NO_FACE_SAYS as NO_FACE
from coach.form.exercise import Exercise, Rule, Tempo, find_exercise
from coach.form.faults import LASTS_S, MENDED_S
from coach.form.measures import INDEX
from coach.form.quality import FPS_SOFT, TOO_SLOW
from coach.form.seen import LOST_S
from coach.form.session import DRIFTED, GENTLE, Session, judge
from coach.form.template import Template
from coach.frame import Array, Feedback, Frame, Kind, Phase, Picture

SMILE = find_exercise("wide-smile").paced(BRISK)
#: A frame rate whose seconds floats add up exactly.
FPS = 32


class Stage:
    """A set whose resting face is known, in front of which the movement of its template is shown."""

    def __init__(self, exercise: Exercise = SMILE, fps: float = FPS, known: bool = True, **given: object) -> None:
        self.rest = rest_measures()
        self.template = Template(exercise, self.rest)
        neutral = Rest(self.rest, 0.0) if known else None
        self.session = Session(exercise, neutral=neutral, **given)  # type: ignore[arg-type]
        self.dt, self.time = 1.0 / fps, 0.0

    def shown(self, part: float = 0.0, side: int = 0, pose: int = 0, **values: float) -> Array:
        """The resting face, so much of the way to the peak; and some measures as given."""
        measures = self.rest.copy()
        measures[self.template.columns[pose, side]] += part * self.template.span[pose, side]
        for name, value in values.items():
            measures[INDEX[name]] = value
        return measures

    def step(self, measures: Array | None) -> Feedback:
        self.time += self.dt
        return self.session.advance(self.time, measures)

    def show(self, part: float, seconds: float, side: int = 0, pose: int = 0, **values: float) -> list[Feedback]:
        measures = self.shown(part, side, pose, **values)
        return [self.step(measures) for _ in range(round(seconds / self.dt))]

    def gone(self, seconds: float) -> list[Feedback]:
        return [self.step(None) for _ in range(round(seconds / self.dt))]

    def repetition(self, **values: float) -> list[Feedback]:
        """Up, held for twice as long as is asked for, and back."""
        told = [self.step(self.shown(part / 16, **values)) for part in range(16)]
        told += self.show(1.0, 2.0 * self.session.count.hold + 0.5, **values)
        told += [self.step(self.shown(1 - part / 16, **values)) for part in range(16)]
        return told + self.show(0.0, 1.0)


def said(told: Sequence[Feedback], kind: Kind) -> list[tuple[float, str]]:
    return [(event.time, event.text) for one in told for event in one.events if event.kind is kind]


def test_all_that_is_told_of_a_frame_has_its_time() -> None:
    """Of every phase: learning, exercising, a brow that joins in and stops, nobody there and back, done."""
    performance = perform(SMILE, "clean", "partial", "brow", "clean")
    seen = list(frames(performance))
    away = performance.moves[1].end + 0.2
    seen = [Frame(f.time) if away <= f.time < away + 2 * LOST_S else f for f in seen]
    session = Session(SMILE, goal=3)
    told = [session.step(frame) for frame in seen]
    assert [one.time for one in told] == [frame.time for frame in seen]
    assert {one.phase for one in told} == set(Phase)
    events = [(one.time, event) for one in told for event in one.events]
    assert all(event.time == time for time, event in events)
    assert {event.kind for _, event in events} >= {*Kind} - {Kind.HOLD_DONE, Kind.RECOUNTED}


def test_what_is_told_is_told_in_these_words() -> None:
    stage = Stage(goal=2, known=False)
    told = stage.show(0.0, 2.0) + stage.repetition() + stage.repetition()
    assert [text for _, text in said(told, Kind.ARMED)] == ["Ready."]
    assert [text for _, text in said(told, Kind.REP)] == ["1", "2"]
    assert [text for _, text in said(told, Kind.HOLD_DONE)] == ["Hold reached."] * 2
    ((done, text),) = said(told, Kind.SET_DONE)
    assert text == "Set done. Well done."
    assert done == said(told, Kind.REP)[-1][0]
    assert next(one for one in told if one.time == done).phase is Phase.DONE


def test_the_progress_is_a_part_of_the_goal_and_of_no_goal_there_is_none() -> None:
    stage, endless = Stage(goal=4), Stage()
    assert [stage.show(0.0, 0.5)[-1].progress, stage.repetition()[-1].progress] == [0.0, 0.25]
    assert stage.repetition()[-1].progress == 0.5
    endless.show(0.0, 0.5)
    assert endless.repetition()[-1].progress == 0.0


def test_after_the_goal_nothing_is_judged_any_more() -> None:
    stage = Stage(goal=1)
    stage.show(0.0, 0.5)
    stage.repetition()
    after = stage.repetition()
    assert {(one.phase, one.match, one.reps, one.attempts, one.progress) for one in after} == {
        (Phase.DONE, None, 1, 1, 1.0)
    }


def test_a_hold_is_said_to_be_reached_once_in_each_repetition() -> None:
    stage = Stage()
    stage.show(0.0, 0.5)
    told = stage.repetition() + stage.repetition()
    times = [time for time, _ in said(told, Kind.HOLD_DONE)]
    assert len(times) == 2
    holds = {one.time: one.hold_s for one in told}
    for time in times:
        assert holds[time - stage.dt] < SMILE.tempo.hold <= holds[time]


def test_a_short_hold_is_said_to_be_reached_too() -> None:
    stage = Stage(SMILE.paced(Tempo(0.6, 0.5, 0.6, 0.8)))
    stage.show(0.0, 0.5)
    assert len(said(stage.repetition(), Kind.HOLD_DONE)) == 1


def test_a_hold_of_no_time_is_not_said_to_be_reached() -> None:
    stage = Stage(SMILE.paced(Tempo(0.6, 0.0, 0.6, 0.8)))
    stage.show(0.0, 0.5)
    assert said(stage.repetition(), Kind.HOLD_DONE) == []


# --- while the resting face is learnt ---------------------------------------------------------------------


def test_before_the_first_third_of_a_second_the_reason_is_told() -> None:
    stage = Stage(known=False)
    told = stage.show(0.0, 0.25)
    assert {(one.phase, one.withheld, one.cue, one.quality) for one in told} == {
        (Phase.LEARNING, FACE_CAMERA, FACE_CAMERA, 1.0)
    }
    assert stage.show(0.0, 0.25)[-1].phase is Phase.REST
    dim, dark = Stage(known=False), Stage(known=False)
    assert {(one.withheld, one.quality) for one in dim.show(0.0, 0.25, light=27.5)} == {(FACE_CAMERA, 0.5)}
    assert {(one.phase, one.withheld, one.quality) for one in dark.show(0.0, 3.0, light=10.0)} == {
        (Phase.LEARNING, "It is too dark: put a light in front of you.", 0.0)
    }
    assert dark.show(0.0, 0.5)[-1].phase is Phase.REST


def test_who_is_at_the_peak_when_they_are_first_seen_is_not_counted_for_coming_back() -> None:
    stage = Stage()
    stage.show(1.0, 2.0)
    stage.show(0.0, 1.0)
    assert [(a.counted, a.reason) for a in stage.session.attempts] == [(False, LATE_REASON)]


def test_who_has_hardly_begun_when_they_are_first_seen_is_counted() -> None:
    stage = Stage()
    stage.show(0.35, 2.0 * stage.dt)
    stage.repetition()
    assert [a.counted for a in stage.session.attempts] == [True]


def test_learning_anew_is_told_again() -> None:
    stage = Stage()
    first = stage.show(0.0, 0.5)
    stage.session.relearn()
    again = stage.show(0.0, 2.0)
    assert [len(said(told, Kind.ARMED)) for told in (first, again)] == [1, 1]
    assert again[0].phase is Phase.LEARNING


# --- what cannot be seen ----------------------------------------------------------------------------------


def test_a_face_is_lost_only_after_a_moment_and_found_with_the_first_frame_of_it() -> None:
    stage = Stage()
    stage.show(0.0, 1.0)
    seen, told = stage.time, stage.gone(1.0)
    ((lost, text),) = said(told, Kind.FACE_LOST)
    assert text == NO_FACE
    assert lost == next(one.time for one in told if one.time - seen > LOST_S)
    assert {(one.withheld, one.cue, one.quality, one.match) for one in told} == {(NO_FACE, NO_FACE, 0.0, None)}
    back = stage.show(0.0, 0.5)
    assert said(back, Kind.FACE_FOUND) == [(back[0].time, "There you are.")]


def test_a_gap_as_long_as_may_be_is_no_loss_and_a_longer_one_is_both() -> None:
    """No frame at all came in between."""
    for gap, lost in ((LOST_S, False), (LOST_S + 0.001, True)):
        stage = Stage()
        one = [stage.session.advance(time, stage.shown()) for time in (0.0, gap)][-1]
        told = [(event.time, event.kind, event.text) for event in one.events]
        away = [(0.0, Kind.FACE_LOST, NO_FACE), (gap, Kind.FACE_FOUND, "There you are.")]
        assert told == (away if lost else [])


def test_an_attempt_ends_when_its_face_was_seen_last_where_no_frame_came_since() -> None:
    stage = Stage()
    stage.show(0.0, 0.5)
    last = stage.show(1.0, 1.0)[-1]
    stage.time += 5.0
    one = stage.step(stage.shown())
    (attempt,) = stage.session.attempts
    assert (attempt.end_s, attempt.counted, attempt.reason) == (last.time, False, "the face left the picture")
    assert (one.last, one.attempts, one.phase) == (attempt, 1, Phase.REST)


def test_in_a_short_gap_the_hold_goes_on() -> None:
    stage = Stage()
    assert {one.phase for one in stage.gone(0.2)} == {Phase.REST}
    stage.show(0.0, 0.5)
    held = stage.show(1.0, 1.0)[-1]
    gap = stage.gone(0.25)
    assert {(one.phase, one.hold_s, one.match) for one in gap} == {(Phase.HOLD, held.hold_s, None)}
    assert stage.show(1.0, 0.25)[-1].hold_s == pytest.approx(held.hold_s + 0.5)
    learning = Stage(known=False)
    learning.show(0.0, 0.25)
    assert {one.phase for one in learning.gone(1.0)} == {Phase.LEARNING}


def test_the_pose_that_is_looked_for_is_told() -> None:
    stage = Stage(find_exercise("smile-pucker").paced(BRISK))
    stage.show(0.0, 0.5)
    first = stage.show(1.0, 1.5, pose=0)
    assert {one.pose for one in first} == {0}
    second = stage.show(1.0, 1.5, pose=1)
    assert second[-1].pose == 1
    over = stage.show(0.0, 1.0)[-1]
    assert (over.pose, over.reps, over.last) == (0, 1, stage.session.attempts[0])


def test_a_whole_recording_has_its_goal() -> None:
    seen = list(frames(perform(SMILE, "clean", "clean")))
    assert [list(judge(SMILE, seen, goal))[-1].phase for goal in (1, None)] == [Phase.DONE, Phase.REST]


def test_shoulders_that_are_not_seen_are_asked_for_by_name() -> None:
    stage = Stage(find_exercise("shrug-drop").paced(BRISK))
    stage.show(0.0, 1.0)
    stage.show(1.0, 0.5)
    told = stage.show(1.0, 1.0, neck_length_left=math.nan)
    assert {one.withheld for one in told} == {"I cannot see your shoulders."}
    assert [text for _, text in said(told, Kind.FACE_LOST)] == ["I cannot see your shoulders."]
    assert [a.reason for a in stage.session.attempts] == ["your shoulders left the picture"]


def test_what_lies_beside_the_face_may_be_missing_where_it_is_not_judged() -> None:
    """A body is looked for in some frames only: in between, what is known last of it holds."""
    exercise = find_exercise("shrug-drop").paced(BRISK)
    narrow = {"shoulder_width": 0.9 * rest_measures()[INDEX["shoulder_width"]]}
    for known, named in ((narrow, True), ({"shoulder_width": math.nan}, False)):
        stage = Stage(exercise)
        stage.show(0.0, 1.0)
        told = []
        for frame in range(48):
            now = known if frame % 3 == 0 else {"shoulder_width": math.nan}
            told.append(stage.step(stage.shown(1.0, **now)))
        assert not any(one.withheld for one in told)
        assert bool(said(told, Kind.FAULT)) == named


def test_what_was_never_seen_has_no_rest_to_change_from() -> None:
    wide = msgspec.structs.replace(SMILE, fault=[Rule("shoulder_width > 0.1", "Let your shoulders sink.", "wide")])
    stage = Stage(wide, known=False)
    stage.show(0.0, 2.0, shoulder_width=math.nan)
    told = stage.show(1.0, 2.0, shoulder_width=4.2)
    assert told[-1].phase is Phase.HOLD
    assert said(told, Kind.FAULT) == []
    stage = Stage(wide, known=False)
    stage.show(0.0, 2.0, shoulder_width=4.0)
    assert [text for _, text in said(stage.show(1.0, 2.0, shoulder_width=4.2), Kind.FAULT)] == [
        "Let your shoulders sink."
    ]


# --- what is asked for ------------------------------------------------------------------------------------


def test_each_side_is_told_apart_where_there_are_two() -> None:
    stage = Stage()
    stage.show(0.0, 0.5)
    assert stage.show(1.0, 2.0)[-1].sides == pytest.approx((1.0, 1.0), abs=1e-3)
    alternate = Stage(find_exercise("jaw-glide"))
    alternate.show(0.0, 0.5)
    assert alternate.show(0.5, 2.0, side=0)[-1].sides == pytest.approx((0.5, 0.0), abs=1e-3)
    assert alternate.show(0.5, 2.0, side=1)[-1].sides == pytest.approx((0.0, 0.5), abs=1e-3)
    single = Stage(find_exercise("jaw-open"))
    assert single.show(0.0, 0.5)[-1].sides is None


def test_in_a_long_hold_and_only_there_breathing_is_called_to_mind() -> None:
    for hold, cues in ((6.0, {""}), (6.5, {BREATHE})):
        stage = Stage(SMILE.paced(Tempo(1.0, hold, 1.0, 1.0)))
        rest = stage.show(0.0, 1.0)
        held = stage.show(1.0, 2.0)
        assert {one.cue for one in rest} == {""}
        assert {one.cue for one in held if one.phase is Phase.HOLD} == cues
        assert {one.cue for one in held if one.phase is not Phase.HOLD} <= {""}


@pytest.mark.parametrize("fps", [8.0, 8.9, 9.1, 30.0])
def test_a_picture_that_comes_too_slowly_is_told_after_a_while(fps: float) -> None:
    """The mean time between frames follows with a tenth of what is new; it is too long from 1 / 9 s on."""
    stage = Stage(fps=fps)
    told = stage.show(0.0, 12.0)
    mean = [(1 - 0.9**frame) / fps for frame in range(len(told))]
    assert [one.cue for one in told] == [TOO_SLOW if m * FPS_SOFT > 1.0 else "" for m in mean]
    assert (told[-1].cue == TOO_SLOW) == (fps < FPS_SOFT)


def test_what_makes_a_moment_doubtful_is_told() -> None:
    stage = Stage()
    stage.show(0.0, 0.5)
    fine, doubtful = stage.show(0.0, 0.5, light=27.5)[-1], stage.show(0.0, 0.5, light=27.0)[-1]
    assert (fine.quality, fine.cue) == (0.5, "")
    assert (doubtful.quality, doubtful.cue) == (
        pytest.approx(12 / 25),
        "It is too dark: put a light in front of you.",
    )
    assert doubtful.withheld == ""


def test_at_a_doubtful_moment_no_fault_is_looked_for() -> None:
    for light, named in ((27.5, True), (27.0, False)):
        stage = Stage()
        stage.show(0.0, 0.5)
        told = stage.show(1.0, 1.0, light=light, brow_height_left=stage.rest[INDEX["brow_height_left"]] + 0.1)
        assert bool(said(told, Kind.FAULT)) == named
        stage.show(0.0, 1.0)
        assert ("brow" in stage.session.attempts[0].faults) == named


def test_a_fault_is_looked_for_from_the_first_moment_of_an_attempt_to_its_last() -> None:
    stage = Stage()
    brow = {"brow_height_left": stage.rest[INDEX["brow_height_left"]] + 0.1}
    assert said(stage.show(0.0, 1.0, **brow), Kind.FAULT) == []
    told = stage.show(1.0, 1.0, **brow)
    begun = next(one.time for one in told if one.phase is not Phase.REST)
    ((named, _),) = said(told, Kind.FAULT)
    assert named == next(one.time for one in told if one.time - begun >= LASTS_S)
    told = stage.show(0.0, 2.0, **brow)
    over = next(one.time for one in told if one.phase is Phase.REST)
    ((mended, _),) = said(told, Kind.FAULT_FIXED)
    assert mended == next(one.time for one in told if one.time - over >= MENDED_S)


def test_the_first_rule_that_refuses_is_the_one_that_is_told() -> None:
    rule = SMILE.refuse[0]
    rules = [rule, msgspec.structs.replace(rule, when="|roll_deg| > 5", say="Keep your head upright.")]
    stage = Stage(msgspec.structs.replace(SMILE, refuse=rules))
    stage.show(0.0, 0.5)
    assert stage.show(0.0, 0.5)[-1].withheld == ""
    assert stage.show(0.0, 1.0, roll_deg=8.0)[-1].withheld == "Keep your head upright."
    assert stage.show(0.0, 1.0, roll_deg=8.0, yaw_deg=-22.0)[-1].withheld == "Keep facing the camera."
    assert stage.show(0.0, 1.0, light=5.0)[-1].withheld == "It is too dark: put a light in front of you."
    assert stage.show(0.0, 1.0, face_cut=0.5)[-1].withheld == "Move to the middle: part of your face is cut off."
    # A refusal is no loss: the movement goes on being followed.
    assert stage.show(0.0, 1.0)[-1].withheld == ""


def test_in_gentle_mode_less_of_the_movement_is_a_repetition() -> None:
    enough = SMILE.count.level * GENTLE
    assert Session(SMILE, gentle=True).count.level == enough
    for part, reps in ((enough - 0.02, 0), (enough + 0.02, 1)):
        for gentle in (True, False):
            stage = Stage(gentle=gentle)
            stage.show(0.0, 0.5)
            stage.show(part, 3.0)
            assert stage.show(0.0, 1.0)[-1].reps == (reps if gentle else 0)


# --- the resting face -------------------------------------------------------------------------------------


def test_a_rest_that_is_given_stays() -> None:
    stage = Stage()
    stage.show(0.0, 0.5)
    for _ in range(4):
        stage.show(0.3, 3.0)
    assert stage.show(0.3, 0.5)[-1].match == pytest.approx(0.3, abs=1e-3)


# --- the range of one's own ------------------------------------------------------------------------------


def half(stage: Stage) -> dict[str, float]:
    """Half of the template's way."""
    return dict(zip(stage.template.names, (0.5 * stage.template.span[0, 0]).tolist(), strict=True))


def test_with_a_range_of_ones_own_that_is_the_whole_way() -> None:
    plain = Stage()
    kept = {name: float(plain.rest[INDEX[name]]) for name in DRIFT}
    own, other = Calibration(kept, {SMILE.id: half(plain)}), Calibration(kept, {"pucker": {"pucker": 0.3}})
    for calibration, match in ((own, 1.0), (other, 0.5), (None, 0.5)):
        stage = Stage(calibration=calibration)
        told = stage.show(0.0, 0.5) + stage.show(0.5, 1.0)
        assert [text for _, text in said(told, Kind.ARMED)] == ["Ready."]
        assert told[-1].match == pytest.approx(match, abs=1e-3)


def test_where_the_resting_face_is_another_one_the_common_range_holds_and_that_is_said() -> None:
    plain = Stage()
    for part, match, words in ((1.09, 1.0, "Ready."), (1.12, 0.5, DRIFTED)):
        kept = {name: float(plain.rest[INDEX[name]]) for name in DRIFT} | {
            "mouth_width": part * float(plain.rest[INDEX["mouth_width"]])
        }
        stage = Stage(calibration=Calibration(kept, {SMILE.id: half(plain)}))
        told = stage.show(0.0, 0.5) + stage.show(0.5, 1.0)
        assert [text for _, text in said(told, Kind.ARMED)] == [words]
        assert told[-1].match == pytest.approx(match, abs=1e-3)


def test_what_refuses_one_swing_refuses_the_other_in_the_mirror() -> None:
    glide = find_exercise("jaw-glide").paced(BRISK)
    tilted = msgspec.structs.replace(glide, refuse=[Rule("roll_deg > 5", "Hold your head upright.")])
    for side, roll, withheld in ((0, 8.0, True), (0, -8.0, False), (1, -8.0, True), (1, 8.0, False)):
        stage = Stage(tilted)
        stage.show(0.0, 0.5)
        assert bool(stage.show(0.0, 0.5, roll_deg=roll)[-1].withheld) == (roll > 0)  # at rest as for the left
        assert bool(stage.show(1.0, 1.0, side=side, roll_deg=roll)[-1].withheld) == withheld


def test_where_nothing_is_to_move_the_first_moment_counts() -> None:
    stage = Stage(find_exercise("quiet-forehead"))
    assert stage.show(0.0, 2.0)[-1].hold_s == pytest.approx(2.0 - stage.dt)


# --- corrected by the person ------------------------------------------------------------------------------


def test_what_the_person_says_of_an_attempt_changes_counts_and_form() -> None:
    stage = Stage(find_exercise("jaw-glide").paced(BRISK))
    assert not stage.session.correct(False, 0.0)
    stage.show(0.0, 0.5)
    for side in (0, 1, 1):
        stage.show(1.0, 1.5, side=side)
        stage.show(0.0, 1.0)
    one = stage.show(0.0, 0.1)[-1]
    assert (one.reps, one.left, one.right, one.attempts) == (3, 1, 2, 3)
    forms = [a.form for a in stage.session.attempts]
    assert one.form == forms[-1]
    assert stage.session.correct(False, stage.time)
    one = stage.show(0.0, 0.1)[-1]
    assert (one.reps, one.left, one.right, one.attempts) == (2, 1, 1, 3)
    assert one.form == forms[1]
    assert stage.session.correct(False, stage.time, known=1)
    assert [a.counted for a in stage.session.attempts] == [False, True, False]
    assert stage.session.correct(True, stage.time)
    assert (stage.session.reps, len(stage.session.attempts)) == (2, 3)


def test_a_dark_picture_is_told_from_the_frame_itself() -> None:
    session = Session(SMILE)
    seen = [dataclasses.replace(f, picture=Picture(1280, 720, 5.0, 35.0, 0.2)) for f in resting(1.0)]
    assert {session.step(frame).withheld for frame in seen} == {"It is too dark: put a light in front of you."}


def test_what_the_person_says_in_the_middle_of_a_movement_leaves_it_whole() -> None:
    told, left_alone = Stage(), Stage()
    for stage in (told, left_alone):
        stage.show(0.0, 0.5)
        stage.repetition()
        for part in range(16):
            stage.step(stage.shown(part / 16))
        stage.show(1.0, 1.0)
    assert told.session.correct(False, told.time)
    for stage in (told, left_alone):
        stage.show(1.0, 1.0)
        stage.show(0.0, 1.0)
    assert [a.counted for a in told.session.attempts] == [False, True]
    assert told.session.attempts[1] == left_alone.session.attempts[1]


def test_what_the_person_has_said_is_not_judged_again() -> None:
    """Two movements before rest is known: the person takes one back, and it stays so when rest is known."""
    stage = Stage(known=False)
    stage.show(0.0, 1.0)
    stage.repetition()
    assert stage.session.correct(False, stage.time)
    stage.session._judge_again(stage.time)
    assert [a.counted for a in stage.session.attempts] == [False]
