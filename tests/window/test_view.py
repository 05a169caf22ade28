"""The picture of a workout: at every size, with every text inside its place."""

from dataclasses import fields, replace

import msgspec
import numpy as np
import pygame
import pytest
from made import GLIDE, LED, MIXED, PUCKER, SMILE, attempt, feedback, frame, landmarks, result, scene, state

from coach.form.exercise import find_exercise, library
from coach.frame import Event, Kind, Phase
from coach.vision.display import Crop, Placement, crop, show_picture
from coach.window import pages, words
from coach.window.canvas import Canvas
from coach.window.contours import CONTOURS, mesh_chains
from coach.window.palette import CALM, HIGH_CONTRAST, Colour, Palette, contrast
from coach.window.screenshot import render_headless, save_screenshot
from coach.window.state import Options, Overlay, latest_notice
from coach.window.text import fit, line_height, text_width
from coach.window.view import Beat, Layout, cue_line, draw_workout, layout, marks, meter_position, step_now

SIZES = [(960, 540), (1280, 720), (1920, 1080), (3840, 2160), (900, 1100)]


def pixels(surface: pygame.Surface) -> np.ndarray:
    """(W, H, 3) RGB of a surface."""
    return pygame.surfarray.array3d(surface)


def coloured(surface: pygame.Surface, box: pygame.Rect, colour: Colour) -> np.ndarray:
    """(w, h) true where the surface has exactly that colour."""
    return (pixels(surface)[box.left : box.right, box.top : box.bottom] == colour).all(axis=2)


def places(size: tuple[int, int] = (1280, 720)) -> Layout:
    return layout(Canvas(pygame.Surface(size)))


def changed(one: pygame.Surface, other: pygame.Surface) -> np.ndarray:
    """(W, H) true where two surfaces differ."""
    return (pixels(one) != pixels(other)).any(axis=2)


def only_within(differs: np.ndarray, box: pygame.Rect) -> bool:
    """Whether something differs, and nothing outside a box."""
    outside = differs.copy()
    outside[box.left : box.right, box.top : box.bottom] = False
    return bool(differs.any() and not outside.any())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("exercise", [SMILE, GLIDE, LED], ids=lambda e: e.id)
def test_a_moment_is_drawn_at_any_size(size, exercise):
    now = scene(feedback(cue="Keep your lips together."), state(exercise, MIXED * 8, 30), beat=Beat(Phase.HOLD, 0.5, 2))
    surface = render_headless(now, size=size)
    assert surface.get_size() == size
    assert len(np.unique(pixels(surface).reshape(-1, 3)[::37], axis=0)) > 10


@pytest.mark.parametrize("size", [(640, 360), (641, 2000), (2500, 361)])
def test_the_smallest_and_oddest_windows_are_no_error(size):
    canvas = Canvas(pygame.Surface(size, 0, 32), text_size=1.6)
    for overlay in ("contours", "ghost", "mesh", "bars"):
        draw_workout(canvas, scene(banner="Back in a moment", large="3"), Options(overlay=overlay))
    pages.draw_summary(canvas, canvas.page(), result(), last=False)
    pages.draw_overview(canvas, canvas.page(), [result()] * 9, ["news"])
    pages.draw_message(canvas, words.STARTING, words.STARTING_MORE)


@pytest.mark.parametrize("size", SIZES)
def test_places_do_not_overlap_and_lie_on_the_surface(size):
    where = places(size)
    boxes = [getattr(where, field.name) for field in fields(where)]
    for i, box in enumerate(boxes):
        assert pygame.Rect((0, 0), size).contains(box)
        assert box.collidelist(boxes[i + 1 :]) == -1


def test_the_pictures_get_most_of_the_window_and_the_person_the_larger_one():
    where = places()
    assert where.person.width > where.example.width > 200
    assert where.person.width * where.person.height > 0.25 * 1280 * 720


@pytest.mark.parametrize("text_size", [1.0, 1.6])
@pytest.mark.parametrize("size", [(960, 540), (1280, 720), (900, 1100)])
def test_every_sentence_fits_the_cue_line(size, text_size):
    box = places(size).cue
    says = [rule.say for e in library().values() for rule in (*e.fault, *e.refuse)]
    says += [step for e in library().values() for step in e.steps]
    says.append(words.missed("reached 58% of the movement, 65% is needed"))
    plain, drawn = (Canvas(pygame.Surface(size, 0, 32), text_size=text_size) for _ in range(2))
    draw_workout(plain, scene(feedback(cue=".")))
    for text in sorted(set(says), key=len)[-4:]:
        draw_workout(drawn, scene(feedback(cue=text)))
        assert only_within(changed(plain.surface, drawn.surface), box), text


def test_text_that_cannot_fit_is_cut_with_an_ellipsis():
    block = fit("a very long sentence " * 20, 200, 60, 30)
    assert block.height <= 60
    assert all(text_width(line, block.size) <= 200 for line in block.lines)
    assert block.lines[-1].endswith("…")


def test_text_keeps_its_size_where_there_is_room():
    assert fit("Hold", 400, line_height(30), 30).size == 30


def test_the_panel_keeps_everything_inside():
    long = "A step that explains at great length what to do with the face, and then what not to do with it, too. "
    wordy = msgspec.structs.replace(GLIDE, name="An exercise with a remarkably long name", steps=[long] * 4)
    for size in SIZES:
        where = places(size)
        surface = render_headless(scene(state=state(wordy, MIXED * 12, 60)), size=size)
        around = where.panel.inflate(4, 4)
        for edge in (pygame.Rect(around.left, around.top, around.width, 2),
                     pygame.Rect(around.left, around.bottom - 2, around.width, 2)):  # fmt: skip
            assert coloured(surface, edge, CALM.background).all()


@pytest.mark.parametrize("match", [0.1, 0.4, 0.8, 1.0, 1.6])
def test_the_meter_is_as_long_as_the_match(match):
    surface = render_headless(scene(feedback(match)))
    meter = places().meter
    row = pygame.Rect(meter.x, meter.y + 10, meter.width, 1)
    colour = CALM.good if match >= SMILE.count.level else CALM.accent
    filled = np.flatnonzero(coloured(surface, row, colour)[:, 0])
    # The marks of the pass level and the full movement may lie on its end.
    assert abs(filled.max() + 1 - meter_position(match, row.width)) <= 3


def test_each_side_has_a_meter_of_its_own_where_both_are_known():
    even, left = (render_headless(scene(replace(feedback(0.9), sides=sides))) for sides in ((0.4, 0.4), (0.6, 0.4)))
    meter, differs = places().meter, changed(even, left)
    assert only_within(differs, meter)
    rows = np.flatnonzero(differs.any(axis=0))
    assert rows.max() < meter.y + meter.height / 3  # the left is above
    filled = coloured(left, pygame.Rect(meter.x, rows.min() + 2, meter.width, 1), CALM.accent).sum()
    assert filled > coloured(even, pygame.Rect(meter.x, rows.min() + 2, meter.width, 1), CALM.accent).sum()


def test_the_meter_is_empty_when_nothing_is_judged():
    for match in (None, 0.0):
        surface = render_headless(scene(feedback(match, withheld="I cannot see your face.")))
        assert not coloured(surface, places().meter, CALM.accent).any()


def test_marks_count_attempts_and_what_is_to_come():
    assert marks(state(attempts=MIXED, goal=6)) == ["good", "fault", "missed", "open", "open", "open", "open"]
    assert marks(state(attempts=MIXED, goal=None)) == ["good", "fault", "missed"]


def spot() -> np.ndarray:
    """An image with a red spot on its left, in the middle of its height; the spot is at (280, 240)."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[200:280, 250:310] = (0, 0, 255)  # BGR
    return image


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("part", [None, Crop(160, 120, 320, 240, 2.0)], ids=["whole", "part"])
def test_landmarks_lie_on_the_picture_they_were_seen_in(mirror, part):
    into = np.zeros((480, 640, 4), np.uint8)
    place = show_picture(spot(), into, mirror, part)
    x, y = place(np.array([[280.0, 240.0, 0.0]]))[0].round().astype(int)
    assert tuple(into[y, x, :3]) == (0, 0, 255)
    assert tuple(into[y, 639 - x, :3]) == (0, 0, 0)
    assert (x > 320) == mirror  # on the other side than in the image


def test_the_picture_is_mirrored_unless_that_is_not_wanted():
    seen, person = replace(frame(), image=spot(), landmarks=None), places().person
    for mirror in (True, False):
        surface = render_headless(scene(frame=seen), Options(mirror=mirror))
        red = np.flatnonzero(coloured(surface, person, (255, 0, 0)).any(axis=1))
        assert (red.mean() > person.width / 2) == mirror


def test_landmarks_are_left_as_they_were():
    points = landmarks()
    before = points.copy()
    Placement(Crop(0, 0, 640, 480, 0.5), (320, 240), True)(points)
    assert np.array_equal(points, before)


@pytest.mark.parametrize("size", [(494, 456), (1480, 1370), (200, 600), (640, 480)])
@pytest.mark.parametrize("image", [(640, 480), (1280, 720), (1920, 1080)])
def test_a_crop_lies_in_the_picture_and_has_the_shape_of_its_place(size, image):
    centre = landmarks(*image)
    for points in (None, centre, centre * 0.4, centre * 0.4 + 0.6 * np.array([*image, 0])):
        part = crop(image, size, points)
        assert part.x >= 0 and part.y >= 0  # noqa: PT018
        assert part.x + part.width <= image[0]
        assert part.y + part.height <= image[1]
        assert part.width / part.height == pytest.approx(size[0] / size[1], rel=0.02)
        if points is not None and part.scale > max(size[0] / image[0], size[1] / image[1]):
            middle = (points.min(axis=0) + points.max(axis=0))[0] / 2
            assert part.x <= middle <= part.x + part.width


def test_a_small_face_is_shown_larger():
    points = 0.4 * (landmarks() - np.array([320, 240, 0])) + np.array([320, 240, 0])
    assert crop((640, 480), (494, 456), points).scale > crop((640, 480), (494, 456)).scale
    assert crop((640, 480), (494, 456), points).holds(points)
    assert not crop((640, 480), (494, 456), points).holds(points + 300)


def test_overlays_differ_and_stay_within_the_picture():
    triangles = np.array([[10, 152, 234], [152, 234, 454]])
    goal = landmarks() + np.array([12, 0, 0])
    overlays: tuple[Overlay, ...] = ("bars", "contours", "mesh", "ghost")
    drawn = [render_headless(scene(ghost=goal), Options(name, triangles)) for name in overlays]
    for i, one in enumerate(drawn):
        for other in drawn[:i]:
            assert only_within(changed(one, other), places().person)


def test_a_hidden_face_is_nowhere_in_the_picture():
    red = np.zeros((480, 640, 3), np.uint8)
    red[..., 2] = 255
    seen, person = replace(frame(), image=red), places().person
    avatar = np.full((person.height, person.width, 3), (0, 200, 0), np.uint8)
    assert coloured(render_headless(scene(frame=seen)), person, (255, 0, 0)).any()
    for mirror in (None, avatar):
        hidden = render_headless(scene(frame=seen, mirror=mirror), Options(hide_face=True))
        assert not coloured(hidden, hidden.get_rect(), (255, 0, 0)).any()
        assert coloured(hidden, person, (0, 200, 0)).any() == (mirror is not None)


def test_a_demonstration_is_marked_plainly():
    person = places().person
    shown = render_headless(scene(), Options(demonstration=True))
    assert coloured(shown, person, CALM.fault).sum() > 2000
    assert not coloured(render_headless(scene()), person, CALM.fault).any()


def test_a_video_that_is_kept_is_marked_plainly():
    person = places().person
    for hidden in (False, True):
        shown = render_headless(scene(), Options(keeps_video=True, hide_face=hidden))
        assert coloured(shown, person, CALM.fault).sum() > 1500


def test_the_demonstrator_says_what_it_does_and_how_long_it_still_holds():
    plain = render_headless(scene())
    held = [render_headless(scene(beat=Beat(Phase.HOLD, 0.5, left))) for left in (3.0, 2.0)]
    assert coloured(held[0], places().example, CALM.good).sum() > 500
    assert not coloured(plain, places().example, CALM.good).any()
    assert changed(held[0], held[1])[places().example.left : places().example.right].any()


def test_what_is_kept_is_drawn_again_when_it_changes():
    # A canvas that goes on copies only what is new; it must look as one that was drawn from the beginning.
    canvas = Canvas(pygame.Surface((1280, 720), 0, 32))
    moments = [
        scene(feedback(0.2)), scene(feedback(0.7, Phase.HOLD)), scene(feedback(0.7, Phase.HOLD), state(attempts=())),
        scene(feedback(0.1, cue="Keep still.")), scene(state=state(PUCKER)), scene(feedback(0.2)),
    ]  # fmt: skip
    for moment in moments:
        draw_workout(canvas, moment)
        canvas.fresh = False
        assert not changed(canvas.surface, render_headless(moment)).any()


def test_what_is_wrong_now_is_said_before_what_just_happened():
    notice = Event(1.0, Kind.ATTEMPT_MISSED, "held for 0.2 s, 0.8 s is needed")
    told = latest_notice(None, feedback())
    assert told is None
    assert latest_notice(notice, feedback()) is notice
    now = replace(state(), notice=notice)
    assert cue_line(feedback(cue="Keep still."), now) == ("Keep still.", "fault")
    assert cue_line(feedback(), now) == ("Not counted: held for 0.2 s, 0.8 s is needed.", "missed")
    assert cue_line(feedback(phase=Phase.HOLD), state())[0] == SMILE.steps[2]
    late = replace(feedback(), time=9.0)
    assert latest_notice(notice, late) is None


def test_good_news_is_told_only_where_it_is_not_in_the_way():
    counted = replace(state(), notice=Event(1.0, Kind.REP, "3"))
    assert cue_line(feedback(phase=Phase.REST), counted) == (words.COUNTED, "good")
    assert cue_line(feedback(phase=Phase.RISE), counted) == (SMILE.steps[1], None)


def test_the_step_that_is_on_goes_with_the_phase():
    phases = (Phase.LEARNING, Phase.REST, Phase.RISE, Phase.HOLD, Phase.LOWER)
    assert [step_now(phase, 4) for phase in phases] == [0, 0, 1, 2, 3]
    assert [step_now(phase, 1) for phase in phases] == [0] * 5


def test_chains_run_along_each_edge_once():
    triangles = np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4], [0, 2, 4]])
    edges = {frozenset((t[i], t[(i + 1) % 3])) for t in triangles.tolist() for i in range(3)}
    walked = [frozenset(pair) for c in mesh_chains(triangles) for pair in zip(c.tolist(), c[1:].tolist(), strict=False)]
    assert sorted(map(sorted, walked)) == sorted(map(sorted, edges))


def test_contours_name_landmarks():
    for chain in (chain for chains in CONTOURS.values() for chain in chains):
        assert chain.min() >= 0
        assert chain.max() < 478
        assert len(chain) > 2


@pytest.mark.parametrize("size", [(960, 540), (1280, 720), (900, 1100)])
@pytest.mark.parametrize("count", [0, 1, 8, 12, 60])
def test_summaries_keep_within_their_column(size, count):
    attempts = tuple((MIXED * 20)[:count])
    for exercise in (SMILE, GLIDE, LED):
        for text_size in (1.0, 1.6):
            canvas = Canvas(pygame.Surface(size, 0, 32), text_size=text_size)
            canvas.clear()
            column = canvas.page(1120, 560)
            pages.draw_summary(canvas, column, result(exercise, attempts), last=False)
            assert_drawn_within(canvas, column)
            canvas.clear()
            pages.draw_overview(canvas, column, [result(exercise, attempts)] * 10, ["Better than last time."] * 3)
            assert_drawn_within(canvas, column)


def assert_drawn_within(canvas: Canvas, column: pygame.Rect) -> None:
    blank = pygame.Surface(canvas.surface.get_size(), 0, 32)
    blank.fill(canvas.palette.background)
    assert only_within(changed(canvas.surface, blank), column)


def summary(**what: object) -> pygame.Surface:
    canvas = Canvas(pygame.Surface((1280, 720), 0, 32))
    pages.draw_summary(canvas, canvas.page(), result(**what), last=True)
    return canvas.surface


def test_the_summary_says_why_an_attempt_was_not_counted():
    assert words.fault(SMILE, "eyes") == "Let your eyes stay soft"
    assert words.fault(SMILE, "brow") == "Let your forehead rest"
    assert words.fault(SMILE, "rushed") == "a little quick"
    plain, told = (summary(attempts=(attempt(False, reason=why),)) for why in ("", "held for 0.2 s"))
    assert changed(plain, told).any()


def test_refused_attempts_are_listed_under_the_reason_why_nothing_was_counted():
    refused = (attempt(False, reason="held for 0.2 s"),)
    told, own, counted = (summary(attempts=(*refused, *more), why=why)
                          for more, why in (((), ""), ((), "it was too dark"), ((attempt(),), "")))  # fmt: skip
    assert changed(told, own).any()
    assert changed(told, counted).any()


def test_the_overview_names_the_best_the_weakest_and_the_two_faults_most_worth_mending():
    good, weak = replace(attempt(), form=91.0, peak_s=65.0), replace(attempt(True, "rushed"), form=60.0)
    results = [result(attempts=(good, weak)), result(PUCKER, (attempt(True, "rushed", "release", "release-x"),))]
    said = pages.remarks(results)
    assert said[0] == "Your best: Wide smile, form 91, at 1:05."
    assert said[1].startswith("Most room: Wide smile, form 60, at 0:02.")
    assert "a little quick (2 times)" in said[2]
    assert pages.remarks([result(attempts=())]) == []


def test_words_are_kind_and_not_medical():
    shown = [value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)]
    shown += [words.praise(reps, 6) for reps in range(7)]
    for text in shown:
        for word in ("fail", "bad", "patient", "therapy", "treat", "palsy", "score"):
            assert word not in text.lower().split()


@pytest.mark.parametrize("palette", [CALM, HIGH_CONTRAST], ids=["calm", "strong"])
@pytest.mark.parametrize("colour", ["text", "muted", "accent", "good", "fault", "missed"])
@pytest.mark.parametrize("ground", ["background", "card"])
def test_text_stands_out(palette: Palette, colour, ground):
    assert contrast(getattr(palette, colour), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [CALM, HIGH_CONTRAST], ids=["calm", "strong"])
def test_text_stands_out_on_buttons_and_ink_on_signals(palette: Palette):
    for signal in ("accent", "good", "fault", "missed", "text"):
        assert contrast(palette.ink, getattr(palette, signal)) >= 4.5, signal
    for colour in ("text", "muted"):
        assert contrast(getattr(palette, colour), palette.sunk) >= 3.0 + 1.5 * (colour == "text"), colour


def test_strong_colours_stand_out_more():
    assert contrast(HIGH_CONTRAST.text, HIGH_CONTRAST.background) == pytest.approx(21.0)
    for name in ("text", "muted", "accent", "good", "fault", "missed"):
        ratios = [contrast(getattr(p, name), p.background) for p in (CALM, HIGH_CONTRAST)]
        assert ratios[1] > max(7.0, ratios[0])


def test_a_screenshot_is_a_png_of_the_surface(tmp_path):
    surface = render_headless(scene())
    path = save_screenshot(surface, tmp_path / "new" / "one.png")
    assert np.array_equal(pixels(pygame.image.load(path)), pixels(surface))


def test_what_is_led_by_time_is_neither_measured_nor_praised() -> None:
    now = state(LED, attempts=())
    shown = replace(now, notice=Event(1.0, Kind.REP, "1"))
    assert cue_line(feedback(match=None, phase=Phase.REST), shown)[0] == LED.steps[1]
    assert cue_line(feedback(match=None, phase=Phase.LEARNING), now)[0] == words.READY_HINT
    for size in ((640, 360), (1280, 720)):
        meter = places(size).meter
        judged = render_headless(scene(), size=size)
        timed = render_headless(scene(feedback(match=None), now), size=size)
        assert coloured(judged, meter, CALM.sunk).any()
        assert not coloured(timed, meter, CALM.sunk).any()


def test_a_sequence_says_which_pose_is_looked_for() -> None:
    both = find_exercise("smile-pucker")
    now = state(exercise=both, attempts=())
    for pose, wanted in enumerate(both.poses):
        for phase in (Phase.RISE, Phase.HOLD):
            assert cue_line(replace(feedback(phase=phase), pose=pose), now)[0] == wanted.say
    held = replace(now, notice=Event(1.0, Kind.HOLD_DONE, "Hold reached."))
    assert cue_line(replace(feedback(phase=Phase.HOLD), pose=0), held)[0] == both.poses[0].say


def test_what_came_of_the_last_attempt_is_not_told_while_the_next_one_is_held() -> None:
    told = replace(state(), notice=Event(1.0, Kind.ATTEMPT_MISSED, "held for 0.2 s, 0.8 s is needed"))
    assert cue_line(feedback(phase=Phase.REST), told)[1] == "missed"
    assert cue_line(feedback(phase=Phase.HOLD), told) == (SMILE.steps[2], None)
