"""Work with the hands in the window: targets on the face, counts in the place of scores, and a pace for breath."""

from dataclasses import replace

import numpy as np
import pygame
import pytest
from hand import SMILE, Exercising
from made import (
    BREATH,
    LED,
    MIDDLE,
    NECK,
    POINT,
    STROKE,
    TURNS,
    feedback,
    hands,
    result,
    scene,
    shoulders,
    sitting,
    state,
    turn,
)
from shown import LONG_POINT, PAGES, with_avatar

from coach.avatar.demonstrator import Demonstrator, Moment
from coach.form.body import VISIBLE
from coach.form.exercise import Exercise, find_exercise, library
from coach.frame import Event, Feedback, Frame, Kind, Phase
from coach.plan.lead import begin
from coach.plan.workout import Workout
from coach.touch.session import SAYS, TouchSession
from coach.vision.display import show_picture
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.pages import draw_summary
from coach.window.palette import CALM, HIGH_CONTRAST, Palette
from coach.window.screens.library import Library
from coach.window.screens.replay import ReplayPage
from coach.window.screenshot import render_headless
from coach.window.sound import tone_for
from coach.window.state import Options, breathes, led_by
from coach.window.touch import breath, draw_off_face, meter_of, on_drawn, time_left
from coach.window.view import Beat, Layout, cue_line, draw_workout, layout, marks, step_of

SIZE = (1280, 720)
SEEN = sitting()
HANDS = [e for e in library().values() if e.touch]


def places(size: tuple[int, int] = SIZE) -> Layout:
    return layout(Canvas(pygame.Surface(size)))


def at_work(exercise: Exercise, away: float = 0.0, along: float = 0.0, **more: object) -> Feedback:
    said = replace(feedback(None), hands=hands(exercise, SEEN, away, along), left=3, right=3)
    return replace(said, **more)  # type: ignore[arg-type]


def drawn(
    exercise: Exercise, said: Feedback, frame: Frame = SEEN, palette: Palette = CALM, **options: object
) -> np.ndarray:
    now = state(exercise, TURNS, exercise.reps)
    shown = scene(said, now, frame)
    chosen = Options(overlay="bars", **options)  # type: ignore[arg-type]
    canvas = Canvas(pygame.Surface(SIZE, 0, 32), palette)
    draw_workout(canvas, shown, chosen)
    return pygame.surfarray.array3d(canvas.surface).astype(int)


def on_the_screen(frame: Frame, points: np.ndarray, mirror: bool = True) -> np.ndarray:
    """Where pixels of the camera's picture are on the screen."""
    person = places().person
    into = np.zeros((person.height, person.width, 4), np.uint8)
    assert frame.image is not None
    return show_picture(frame.image, into, mirror)(points) + person.topleft


def near(pixels: np.ndarray, at: np.ndarray, radius: int) -> np.ndarray:
    x, y = np.round(at).astype(int)
    return pixels[x - radius : x + radius + 1, y - radius : y + radius + 1].reshape(-1, 3)


# --- who leads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", [*HANDS, SMILE, LED, BREATH], ids=lambda e: e.id)
def test_the_window_takes_for_the_leader_who_leads(exercise):
    leads = {"TouchSession": "hands", "Session": "face", "Guide": "time"}
    assert led_by(exercise) == leads[type(begin(exercise)).__name__]


# --- targets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("palette", [CALM, HIGH_CONTRAST], ids=["calm", "strong"])
def test_the_rings_lie_on_the_face_where_the_points_are(mirror, palette):
    bare = drawn(POINT, replace(feedback(None)), mirror=mirror, palette=palette)
    said = at_work(POINT, 0.7)
    shown = drawn(POINT, said, mirror=mirror, palette=palette)
    for hand in said.hands:
        at = on_the_screen(SEEN, np.array(hand.target), mirror)[0]
        assert (near(shown, at, 20) == palette.accent).all(axis=1).any()
        assert not (near(bare, at, 20) == palette.accent).all(axis=1).any()


def test_a_mirror_shows_the_persons_left_on_the_left():
    said = at_work(POINT, 0.7)
    left = next(hand for hand in said.hands if hand.side == "left")
    assert on_the_screen(SEEN, np.array(left.target))[0, 0] < places().person.centerx


def test_a_ring_is_filled_when_the_fingertip_is_in_it():
    """Told by form: a disc in the place of a ring, and not by its colour alone."""
    away, inside = drawn(POINT, at_work(POINT, 0.7)), drawn(POINT, at_work(POINT))
    at = on_the_screen(SEEN, np.array(at_work(POINT).hands[0].target))[0]
    # Of the radius of a ring all but its middle: there the fingertip is drawn.
    between = [at + 9 * np.array((np.cos(a), np.sin(a))) for a in np.linspace(0.0, 2 * np.pi, 12)]
    assert all((near(inside, spot, 1) == CALM.good).all(axis=1).any() for spot in between)
    assert not any((near(away, spot, 1) == CALM.accent).all(axis=1).any() for spot in between)


def test_a_waiting_ring_pulses_and_a_filled_one_does_not():
    def over(away: float) -> list[np.ndarray]:
        return [drawn(POINT, at_work(POINT, away, time=time)) for time in (0.0, 0.7)]

    assert (over(0.7)[0] != over(0.7)[1]).any()
    assert (over(0.0)[0] == over(0.0)[1]).all()
    assert (over(0.7)[1] == drawn(POINT, at_work(POINT, 0.7, time=2.1))).all()  # the next round


def test_a_point_on_the_midline_has_one_ring():
    assert [hand.side for hand in at_work(MIDDLE).hands] == [None]
    shown = drawn(MIDDLE, at_work(MIDDLE))
    at = on_the_screen(SEEN, np.array(at_work(MIDDLE).hands[0].target))[0]
    assert (near(shown, at, 7) == CALM.good).all(axis=1).any()


def test_a_line_is_filled_as_far_as_the_stroke_is():
    def filled(along: float) -> list[bool]:
        said = at_work(STROKE, 0.0, along)
        shown = drawn(STROKE, said)
        line = on_the_screen(SEEN, np.array(said.hands[0].target))
        parts = [line[0] + part * (line[1] - line[0]) for part in (0.9,)] + [0.5 * (line[3] + line[4])]
        return [bool((near(shown, at, 3) == CALM.good).all(axis=1).any()) for at in parts]

    assert filled(0.0) == [False, False]
    assert filled(0.55) == [True, False]
    assert filled(1.0) == [True, True]


def test_targets_stay_within_the_picture():
    outside = replace(at_work(POINT), hands=tuple(
        replace(hand, target=((-400.0, 5000.0),), tip=(9000.0, -40.0)) for hand in at_work(POINT).hands))  # fmt: skip
    differs = (drawn(POINT, outside) != drawn(POINT, feedback(None))).any(axis=2)
    person = places().person
    differs[person.left : person.right, person.top : person.bottom] = False
    assert not differs[: person.right + 8].any()


def test_at_the_neck_arrows_go_from_ear_to_shoulder_where_shoulders_are_seen():
    pose = shoulders(SEEN)
    seen, unseen = replace(SEEN, pose=pose), replace(SEEN, pose=shoulders(SEEN, VISIBLE / 2))
    bare = drawn(NECK, feedback(None))
    assert (drawn(NECK, feedback(None), unseen) == bare).all()
    arrows = drawn(NECK, feedback(None), seen)
    for ear in (7, 8):
        at = on_the_screen(SEEN, pose[[ear], :2].astype(float))[0]
        assert (near(arrows, at, 12) == CALM.accent).all(axis=1).any()
    assert (drawn(find_exercise("neck-upright"), feedback(None), seen) == drawn(
        find_exercise("neck-upright"), feedback(None))).all()  # fmt: skip


def test_on_a_drawn_face_targets_are_its_own_and_tips_as_far_from_them():
    face = SEEN.landmarks
    assert face is not None
    smaller = face[:, :2].astype(float) * 0.5 + (10.0, 20.0)
    mirrored = smaller * (-1, 1) + (700.0, 0.0)
    assert POINT.touch is not None
    for hand, same, flipped in zip(
        hands(POINT, SEEN, 0.4), on_drawn(hands(POINT, SEEN, 0.4), POINT.touch, face, smaller),
        on_drawn(hands(POINT, SEEN, 0.4), POINT.touch, face, mirrored), strict=True,
    ):  # fmt: skip
        assert np.allclose(same.target[0], np.array(hand.target[0]) * 0.5 + (10.0, 20.0), atol=0.01)
        assert hand.tip is not None
        assert np.allclose(same.tip, np.array(hand.tip) * 0.5 + (10.0, 20.0), atol=0.01)
        assert np.allclose(flipped.tip, np.array(same.tip) * (-1, 1) + (700.0, 0.0), atol=0.01)
        assert (same.side, same.inside, same.progress) == (hand.side, hand.inside, hand.progress)


def test_a_hidden_face_has_the_targets_on_the_drawn_one():
    hand = with_avatar(PAGES["hidden-hands"](SIZE))
    hand.do()
    box = places().person
    shown = pygame.surfarray.array3d(hand.ui.surface)[box.left : box.right, box.top : box.bottom]
    assert (shown == CALM.good).all(axis=2).sum() > 100


# --- numbers and words ------------------------------------------------------------------------------------


def test_each_is_counted_by_its_name():
    assert words.counted_of(POINT, 7, 13) == "7 of 13 sweeps"
    assert words.counted_of(STROKE, 1, 5) == "1 of 5 strokes"
    assert words.counted_of(MIDDLE, 2, 13) == "2 of 13 circles"
    assert words.counted_of(SMILE, 2, 6) == "2 of 6 repetitions"


def test_the_finger_is_said_in_words():
    said = {e.id: words.finger(e.touch) for e in HANDS if e.touch}
    assert said["li20"] == "Index fingers"
    assert said["stroke-under-eye"] == "Ring fingers"
    assert said["ex-hn3"] == "One index finger"
    assert all(words.pressure(e.touch).endswith(e.touch.press) for e in HANDS if e.touch)


def test_a_minute_counts_down_and_turns_are_counted():
    assert time_left(POINT, 13, 0.5) is None
    assert time_left(STROKE, 5, 0.5) is None
    assert time_left(LONG_POINT, LONG_POINT.reps, 0.0) == pytest.approx(60.0, abs=1.0)
    assert time_left(LONG_POINT, LONG_POINT.reps, 0.75) == pytest.approx(15.0, abs=0.3)


def test_the_time_that_is_left_is_that_of_the_set_itself():
    session = TouchSession(LONG_POINT, LONG_POINT.reps)
    assert time_left(LONG_POINT, LONG_POINT.reps, 0.0) == session._enough.lasts_s


def test_strokes_have_a_bar_for_each_side_and_points_one_of_the_set():
    assert meter_of(at_work(STROKE, along=0.25), STROKE) == ((words.LEFT, 0.25), (words.RIGHT, 0.25))
    assert meter_of(feedback(None), STROKE) == ((words.LEFT, 0.0), (words.RIGHT, 0.0))
    assert meter_of(replace(at_work(POINT), progress=0.4), POINT) == (("", 0.4),)


def test_the_bars_get_longer_as_the_strokes_go():
    meter = places().meter
    lengths = [(drawn(STROKE, at_work(STROKE, along=along))[meter.left : meter.right, meter.y + 5] == CALM.accent)
               .all(axis=1).sum() for along in (0.0, 0.25, 0.5)]  # fmt: skip
    assert lengths[0] < lengths[1] < lengths[2]


def test_marks_are_kept_few_where_many_turns_or_time_are_asked_for():
    assert marks(state(POINT, TURNS, 13)).count("open") == 11
    assert marks(state(LONG_POINT, TURNS, LONG_POINT.reps)) == ["good", "fault", "missed"]
    assert marks(state(find_exercise("gb21"), (), 13)) == []


def test_a_hint_is_no_fault():
    now = state(POINT, TURNS, 13)
    assert cue_line(at_work(POINT, cue="Bring your index fingertips to the marks."), now)[1] is None
    assert cue_line(at_work(POINT, cue=SAYS["away"]), now)[1] is None
    assert cue_line(at_work(POINT, cue=SAYS["place"]), now)[1] == "fault"


def test_nobody_is_asked_for_a_resting_face():
    learning = replace(feedback(None, Phase.LEARNING))
    assert cue_line(learning, state(POINT, (), 13)) == (words.HANDS_HINT, None)
    assert cue_line(learning, state(find_exercise("gb21"), (), 13)) == (words.READY_HINT, None)
    assert cue_line(replace(learning, phase=Phase.REST), state(POINT, (), 13)) == (POINT.steps[0], None)
    assert cue_line(replace(learning, phase=Phase.RISE), state(POINT, (), 13)) == (POINT.steps[1], None)


def test_a_turn_that_counts_is_heard_and_not_praised_each_time():
    rep = Event(1.0, Kind.REP, "3")
    said = at_work(POINT, events=(rep,), last=turn())
    assert tone_for(said, POINT) == "rep"
    assert cue_line(said, replace(state(POINT, TURNS, 13), notice=rep))[0] == POINT.steps[1]


def test_every_fault_of_the_hands_has_short_words():
    for code in SAYS:
        assert words.fault(POINT, code) != code


def test_a_reason_is_given_for_each_attempt():
    assert words.why(turn(), POINT) == "Counted."
    assert words.why(replace(turn(), reach=0.9), STROKE) == "Counted: 90% of the way."
    assert words.why(TURNS[2], POINT).startswith("Not counted: it was about 14 mm beside the point")


def test_a_summary_counts_and_does_not_score(monkeypatch):
    said: list[str] = []
    real = Canvas.block

    def block(self: Canvas, text: str, *rest: object, **more: object) -> pygame.Rect:
        said.append(text)
        return real(self, text, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Canvas, "block", block)
    canvas = Canvas(pygame.Surface(SIZE))
    draw_summary(canvas, canvas.page(), replace(result(POINT, TURNS, 13), left=2, right=1), True)
    assert "2 of 13 sweeps: left 2, right 1" in said
    assert words.HANDS_MORE in said
    assert not {words.FORM, words.GOOD, words.SCORE, words.HELD} & set(said)


# --- breath -----------------------------------------------------------------------------------------------


def test_only_slow_quiet_time_paces_breath():
    assert breathes(BREATH)
    assert not any(breathes(find_exercise(id)) for id in ("quiet-sitting", "sit-tall", "wide-smile", "li20"))


def test_the_disc_grows_while_one_breathes_in_and_shrinks_while_one_breathes_out():
    assert [breath(Phase.RISE, part) for part in (0.0, 1.0)] == [0.0, 1.0]
    assert [breath(Phase.LOWER, part) for part in (0.0, 1.0)] == [1.0, 0.0]
    box = places().example

    def disc(phase: Phase, part: float) -> int:
        shown = scene(feedback(None, phase), state(BREATH, (), 2), SEEN, beat=Beat(phase, part, 1.0))
        pixels = pygame.surfarray.array3d(render_headless(shown, size=SIZE))[box.left : box.right, box.top : box.bottom]
        return int((pixels == CALM.accent).all(axis=2).sum())

    sizes = [disc(Phase.RISE, 0.0), disc(Phase.RISE, 0.5), disc(Phase.RISE, 1.0), disc(Phase.LOWER, 0.5)]
    assert sizes[0] < sizes[1] < sizes[2]
    assert sizes[3] == pytest.approx(sizes[1], rel=0.05)


def test_breath_has_its_own_words_and_steps():
    assert words.phase(Phase.RISE, BREATH) == words.BREATHE_IN
    assert words.phase(Phase.LOWER, BREATH) == words.BREATHE_OUT
    assert words.phase(Phase.RISE, SMILE) == words.PHASES[Phase.RISE]
    assert [step_of(phase, BREATH) for phase in (Phase.LEARNING, Phase.RISE, Phase.LOWER)] == [0, 0, 1]


# --- the workout ------------------------------------------------------------------------------------------


def test_hands_that_hide_the_face_are_not_taken_for_somebody_who_left():
    for hidden, waits in ((np.zeros((1, 21, 3), np.float32), ""), (np.zeros((0, 21, 3), np.float32), "away")):
        hand = Exercising(((POINT, 13),)).begun()
        for _ in range(60):
            hand.worker.see(Frame(0.0, hands=hidden))
            hand.do(seconds=1 / 15)
        assert hand.page._waits == waits


def test_what_to_take_care_of_is_said_once_for_each_group():
    hand = Exercising(((POINT, 13), (MIDDLE, 13), (STROKE, 5)))
    hand.see(0.2)
    assert hand.app.said == POINT.safety
    hand.app.say("")
    hand.page._take_care(hand.app, MIDDLE)
    assert hand.app.said == ""
    hand.page._take_care(hand.app, STROKE)
    assert hand.app.said == STROKE.safety
    hand.app.say("")
    hand.page._take_care(hand.app, SMILE)
    assert hand.app.said == ""


def test_the_count_down_says_where_hands_begin():
    hand = Exercising(((POINT, 13),))
    hand.see(0.2)
    banner, large = hand.page._banner(hand.app)
    assert banner == f"{words.HANDS_READY} {POINT.steps[0]}"
    assert large == "3"


def test_the_demonstrator_begins_when_the_face_is_known(monkeypatch):
    hand = Exercising(((POINT, 13),)).begun()
    shows = Demonstrator(with_avatar(hand).app.mirror._mesh, POINT)  # type: ignore[union-attr]
    learning = replace(feedback(None, Phase.LEARNING))
    hand.page._zero = None
    assert hand.page._moment(shows, learning, POINT) == Moment(Phase.LEARNING)
    assert shows.way(hand.page._moment(shows, learning, POINT)).hands is None
    hand.page._zero = 1.0
    moment = hand.page._moment(shows, replace(feedback(None), time=1.35), POINT)
    assert shows.way(moment).hands == pytest.approx(0.5)


def test_a_set_with_the_hands_goes_to_its_end_in_the_window():
    hand = Exercising(((find_exercise("neck-upright"), 1), (POINT, 13)))
    hand.begun()
    hand.until(lambda: hand.workout.results)
    assert hand.workout.results[0].reps == 1
    assert isinstance(Workout([(POINT, 13)]).session, TouchSession)


# --- the replay -------------------------------------------------------------------------------------------


def test_a_replay_shows_targets_and_tips_on_the_drawn_face_and_every_attempt():
    hand = with_avatar(PAGES["replay-hands"](SIZE))
    hand.do()
    page = hand.top
    assert isinstance(page, ReplayPage)
    shown = pygame.surfarray.array3d(hand.ui.surface).copy()
    page.jump(0.5)
    hand.do()
    # Where the tips were away there are rings, where they were on their points discs.
    assert (shown == CALM.accent).all(axis=2).sum() > 100
    assert [hand.ui.labels[f"attempt-{i}"][:2] for i in range(4)] == ["1.", "2.", "3.", "4."]
    assert "14 mm beside the point" in hand.ui.labels["attempt-2"]
    discs = pygame.surfarray.array3d(hand.ui.surface)
    face = (discs[:420, :500] == CALM.good).all(axis=2).sum()
    assert face > (shown[:420, :500] == CALM.good).all(axis=2).sum()


def test_no_key_breaks_a_replay_of_hands():
    hand = with_avatar(PAGES["replay-hands"](SIZE))
    assert isinstance(hand.top, ReplayPage)
    for key in (pygame.K_SPACE, pygame.K_UP, pygame.K_DOWN, pygame.K_p, pygame.K_f, pygame.K_b, pygame.K_s, pygame.K_l):
        hand.press(key)
    assert len(hand.top._rules) == 1


# --- the library ------------------------------------------------------------------------------------------


def test_the_list_shows_one_kind_alone_where_that_is_wanted():
    hand = PAGES["library"](SIZE)
    hand.click("kind-hands")
    shown = [name.removeprefix("e-") for name in hand.ui.boxes if name.startswith("e-")]
    assert shown
    assert all(library()[id].touch for id in shown)
    hand.click("kind-quiet")
    shown = [name.removeprefix("e-") for name in hand.ui.boxes if name.startswith("e-")]
    assert {library()[id].group for id in shown} == {"quiet"}


def test_what_is_never_led_says_why_and_cannot_be_begun():
    off = [e for e in library().values() if e.off]
    for exercise in off[:3]:
        page = Library(_text=exercise.id)
        page._looked = exercise.id
        hand = PAGES["library"](SIZE)
        hand.app.go(page)
        hand.do()
        assert not hand.ui.enabled["start"]


def test_every_group_has_a_word():
    assert {e.group for e in library().values()} <= set(words.GROUPS)


def test_a_point_of_the_body_is_marked_where_the_body_is_seen() -> None:
    touch = find_exercise("gb21").touch
    assert touch is not None
    pose = np.zeros((33, 4), np.float32)
    pose[11], pose[12] = (420, 300, 0, 1), (220, 300, 0, 1)
    canvas = Canvas(pygame.Surface((640, 480)), CALM)
    box = pygame.Rect(0, 0, 640, 480)
    draw_off_face(canvas, box, touch, pose, None, lambda at: at, 0.0)
    marked = pygame.surfarray.array3d(canvas.surface).any(axis=-1)
    assert marked[350:390, 280:320].any(), "nothing between the left shoulder and the neck"
    assert marked[250:290, 280:320].any()
    assert not marked[310:330].any()
    pose[12, 3] = 0.0
    canvas.surface.fill((0, 0, 0))
    draw_off_face(canvas, box, touch, pose, None, lambda at: at, 0.0)
    assert not pygame.surfarray.array3d(canvas.surface).any(), "a shoulder that is not seen is guessed at"
