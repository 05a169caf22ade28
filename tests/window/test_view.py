"""The picture of a workout: at every size, with every text inside its place."""

from dataclasses import replace

import msgspec
import numpy as np
import pygame
import pytest
from made import GLIDE, MIXED, SMILE, attempt, feedback, frame, landmarks, result, state

from coach.form.exercise import find_exercise, library
from coach.frame import Event, Kind, Phase
from coach.window import pages, palette, words
from coach.window.contours import CONTOURS, mesh_chains
from coach.window.screenshot import render_headless, save_screenshot
from coach.window.state import Options, latest_notice
from coach.window.text import fit, line_height, text_width
from coach.window.view import cue_line, draw_workout, layout, marks, meter_position, picture_box, to_screen

SIZES = [(960, 540), (1280, 720), (1920, 1080), (3840, 2160), (900, 1100)]


def pixels(surface: pygame.Surface) -> np.ndarray:
    """(W, H, 3) RGB of a surface."""
    return pygame.surfarray.array3d(surface)


def coloured(surface: pygame.Surface, box: pygame.Rect, colour: palette.Colour) -> np.ndarray:
    """(w, h) true where the surface has exactly that colour."""
    return (pixels(surface)[box.left : box.right, box.top : box.bottom] == colour).all(axis=2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("exercise", [SMILE, GLIDE], ids=lambda e: e.id)
def test_a_moment_is_drawn_at_any_size(size, exercise):
    many = MIXED * 8
    surface = render_headless(
        frame(), feedback(cue="Keep your lips together."), state(exercise, many, 30), Options(help=True), size
    )
    assert surface.get_size() == size
    assert len(np.unique(pixels(surface).reshape(-1, 3)[::37], axis=0)) > 10


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (320, 200), (300, 2000)])
def test_a_tiny_surface_is_no_error(size):
    render_headless(frame(), feedback(), state(), size=size)
    surface = pygame.Surface(size)
    pages.draw_summary(surface, result(), last=False, next_name="Side bend")
    pages.draw_starting(surface)
    pages.draw_pause(surface)


@pytest.mark.parametrize("size", SIZES)
def test_places_do_not_overlap_and_lie_on_the_surface(size):
    where = layout(size)
    boxes = [where.video, where.meter, where.cue, where.panel, where.hints]
    for i, box in enumerate(boxes):
        assert pygame.Rect((0, 0), size).contains(box)
        assert box.collidelist(boxes[i + 1 :]) == -1


@pytest.mark.parametrize("size", SIZES)
def test_every_sentence_fits_the_cue_line(size):
    box = layout(size).cue
    says = [rule.say for e in library().values() for rule in (*e.fault, *e.refuse)]
    says += [step for e in library().values() for step in e.steps]
    says.append(words.missed("reached 58% of the movement, 65% is needed"))
    plain = render_headless(frame(), feedback(cue="."), state(), size=size)
    for text in sorted(set(says), key=len)[-4:]:
        drawn = render_headless(frame(), feedback(cue=text), state(), size=size)
        changed = (pixels(plain) != pixels(drawn)).any(axis=2)
        assert changed.any()
        changed[box.left : box.right, box.top : box.bottom] = False
        assert not changed.any(), text


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
    where = layout((960, 540))
    surface = render_headless(frame(), feedback(), state(wordy, MIXED * 12, 60), size=(960, 540))
    below = pygame.Rect(where.panel.left, where.panel.bottom, where.panel.width, 4)
    assert coloured(surface, below, palette.BACKGROUND).all()


@pytest.mark.parametrize("match", [0.1, 0.4, 0.8, 1.0, 1.6])
def test_the_meter_is_as_long_as_the_match(match):
    surface = render_headless(frame(), feedback(match), state())
    where = layout((1280, 720))
    row = pygame.Rect(where.meter.x, where.meter.y + 10, where.meter.width, 1)
    colour = palette.GOOD if match >= SMILE.count.level else palette.ACCENT
    filled = np.flatnonzero(coloured(surface, row, colour)[:, 0])
    # The marks of the pass level and the full movement may lie on its end.
    assert abs(filled.max() + 1 - meter_position(match, row.width)) <= 3


def test_the_meter_is_empty_when_nothing_is_judged():
    where = layout((1280, 720))
    for match in (None, 0.0):
        surface = render_headless(frame(), feedback(match, withheld="I cannot see your face."), state())
        assert not coloured(surface, where.meter, palette.ACCENT).any()


def test_marks_count_attempts_and_what_is_to_come():
    assert marks(state(attempts=MIXED, goal=6)) == ["good", "fault", "missed", "open", "open", "open", "open"]
    assert marks(state(attempts=MIXED, goal=None)) == ["good", "fault", "missed"]


def test_the_picture_is_mirrored_and_its_landmarks_with_it():
    image = np.zeros((480, 640, 3), np.uint8)
    image[200:280, 40:100] = (0, 0, 255)  # BGR: red, on the left of the image
    seen = frame()
    surface = pygame.Surface((1280, 720))
    draw_workout(surface, image, seen, feedback(), state(), Options(overlay="none"))
    box = picture_box((640, 480), layout((1280, 720)).video)
    y = box.y + box.height // 2
    at = [round(x * box.width / 640) for x in (70, 640 - 70)]
    assert surface.get_at((box.x + at[0], y))[:3] == (0, 0, 0)
    assert surface.get_at((box.x + at[1], y))[:3] == (255, 0, 0)
    point = to_screen(np.array([[70.0, 240.0, 0.0]]), (640, 480), box, mirror=True)[0]
    assert abs(point[0] - (box.x + at[1])) <= 2
    plain = to_screen(np.array([[70.0, 240.0, 0.0]]), (640, 480), box, mirror=False)[0]
    assert abs(plain[0] - (box.x + at[0])) <= 2


def test_landmarks_are_left_as_they_were():
    points = landmarks()
    before = points.copy()
    to_screen(points, (640, 480), pygame.Rect(0, 0, 320, 240), mirror=True)
    assert np.array_equal(points, before)


def test_overlays_differ_and_stay_within_the_picture():
    triangles = np.array([[10, 152, 234], [152, 234, 454]])
    drawn = {
        name: pixels(render_headless(frame(), feedback(), state(), Options(overlay=name, triangles=triangles)))
        for name in ("none", "contours", "mesh")
    }
    box = picture_box((640, 480), layout((1280, 720)).video)
    for name in ("contours", "mesh"):
        changed = (drawn[name] != drawn["none"]).any(axis=2)
        assert changed.any()
        changed[box.left : box.right, box.top : box.bottom] = False
        assert not changed.any()
    assert (drawn["mesh"] != drawn["contours"]).any()


def test_a_demonstration_is_marked_plainly():
    box = layout((1280, 720)).video
    shown = render_headless(frame(), feedback(), state(), Options(demonstration=True))
    assert coloured(shown, box, palette.FAULT).sum() > 2000
    assert not coloured(render_headless(frame(), feedback(), state()), box, palette.FAULT).any()


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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [0, 1, 8, 12, 60])
def test_summaries_keep_within_the_surface(size, count):
    surface = pygame.Surface(size)
    attempts = tuple((MIXED * 20)[:count])
    for exercise in (SMILE, GLIDE):
        pages.draw_summary(surface, result(exercise, attempts), last=False, next_name="Side bend")
        edges = pixels(surface)
        for edge in (edges[0], edges[-1], edges[:, 0], edges[:, -1]):
            assert (edge == palette.BACKGROUND).all()
    pages.draw_overview(surface, [result(SMILE, attempts)] * 10)


def test_the_summary_says_why_an_attempt_was_not_counted():
    assert words.fault(SMILE, "eyes") == "Let your eyes stay soft"
    assert words.fault(SMILE, "brow") == "Let your forehead rest"
    assert words.fault(SMILE, "rushed") == "a little quick"
    plain, told = pygame.Surface((1280, 720)), pygame.Surface((1280, 720))
    pages.draw_summary(plain, result(attempts=(attempt(False),)), last=True)
    pages.draw_summary(told, result(attempts=(attempt(False, reason="held for 0.2 s"),)), last=True)
    assert (pixels(plain) != pixels(told)).any()


def test_words_are_kind_and_not_medical():
    shown = [value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)]
    shown += [words.praise(reps, 6) for reps in range(7)]
    for text in shown:
        for word in ("fail", "bad", "patient", "therapy", "treat", "palsy", "score"):
            assert word not in text.lower().split()


@pytest.mark.parametrize("colour", ["TEXT", "MUTED", "ACCENT", "GOOD", "FAULT", "MISSED"])
@pytest.mark.parametrize("ground", ["BACKGROUND", "CARD"])
def test_text_stands_out(colour, ground):
    assert palette.contrast(getattr(palette, colour), getattr(palette, ground)) >= 4.5


def test_a_screenshot_is_a_png_of_the_surface(tmp_path):
    surface = render_headless(frame(), feedback(), state())
    path = save_screenshot(surface, tmp_path / "new" / "one.png")
    assert np.array_equal(pixels(pygame.image.load(path)), pixels(surface))


def test_what_is_led_by_time_is_neither_measured_nor_praised() -> None:
    led = find_exercise("tongue-click")
    now = state(exercise=led, attempts=())
    shown = replace(now, notice=Event(1.0, Kind.REP, "1"))
    assert cue_line(feedback(match=None, phase=Phase.REST), shown)[0] == led.steps[1]
    assert cue_line(feedback(match=None, phase=Phase.LEARNING), now)[0] == words.READY_HINT
    for size in ((640, 360), (1280, 720)):
        judged, timed = (pygame.Surface(size) for _ in range(2))
        draw_workout(judged, None, frame(), feedback(), state())
        draw_workout(timed, None, frame(), feedback(match=None), now)
        meter = layout(size).meter
        assert (pygame.surfarray.array3d(judged.subsurface(meter)) != palette.SUNK[:3]).any()
        assert not (pygame.surfarray.array3d(timed.subsurface(meter)) == palette.SUNK[:3]).all(axis=2).any()


def test_a_sequence_says_which_pose_is_looked_for() -> None:
    both = find_exercise("smile-pucker")
    now = state(exercise=both, attempts=())
    for pose, wanted in enumerate(both.poses):
        for phase in (Phase.RISE, Phase.HOLD):
            assert cue_line(replace(feedback(phase=phase), pose=pose), now)[0] == wanted.say
    held = replace(now, notice=Event(1.0, Kind.HOLD_DONE, "Hold reached."))
    assert cue_line(replace(feedback(phase=Phase.HOLD), pose=0), held)[0] == both.poses[0].say
