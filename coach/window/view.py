"""The picture of a running workout, drawn on any canvas.

To the left the person, in the middle the demonstrator, to the right the numbers; below them how far the movement
is, and one sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pygame

from coach.form.exercise import Exercise
from coach.frame import Array, Event, Feedback, Frame, Image, Kind, Phase
from coach.touch.session import NECK_DIRECTION, SAYS
from coach.vision.display import Chains, Crop, Placement, draw_chains, show_picture
from coach.window import words
from coach.window.canvas import Canvas
from coach.window.contours import CONTOURS, MOVING, mesh_chains
from coach.window.palette import Colour
from coach.window.pointing import draw_arrow, draw_knowing, draw_place
from coach.window.shapes import Mark, draw_ring, draw_way, mark_of, round_corners
from coach.window.state import Options, Snapshot, breathes, led_by
from coach.window.touch import (
    draw_breath,
    draw_hands,
    draw_meter,
    draw_neck,
    draw_off_face,
    draw_work,
    meter_of,
    on_drawn,
    time_left,
)
from coach.window.waits import KNOWN, stage

VIDEO_IS_KEPT = words._("Video is kept")

#: The meter goes a little beyond the full movement, so that the full movement is seen to be enough.
METER_TOP = 1.15
#: Circles and taps that are more than this, or go by time, are not shown each before they are done.
_MOST_OPEN = 16
#: Masks of a surface whose bytes are blue, green, red and nothing.
_BGRX = (0xFF0000, 0xFF00, 0xFF, 0)


@dataclass(frozen=True, slots=True)
class Beat:
    """Where the demonstrator is: its phase, the part of it that has passed, and the seconds that are left of it."""

    phase: Phase
    part: float
    left_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One moment of a workout, with everything that its picture needs.

    frame          what was seen; its image is drawn with its own landmarks
    example        picture (h, w, 3) BGR of the demonstrator at this moment, None where there is none
    mirror         picture of the avatar moved by the person's face, shown in the place of the camera's
    ghost          (478, 2 or 3) pixels of the image: where the points of the face would be at the peak
    drawn          (478, 2) pixels of `mirror`: where the points of its face are
    crop           the part of the camera's picture that is shown, None for as much as can be
    beat           where the demonstrator is
    banner         a sentence over the picture, such as a count-down; and what is large above it
    """

    frame: Frame
    feedback: Feedback
    state: Snapshot
    example: Image | None = None
    mirror: Image | None = None
    drawn: Array | None = None
    ghost: Array | None = None
    crop: Crop | None = None
    beat: Beat | None = None
    banner: str = ""
    large: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are on a surface, in pixels."""

    head: pygame.Rect
    person: pygame.Rect
    example: pygame.Rect
    meter: pygame.Rect
    cue: pygame.Rect
    panel: pygame.Rect
    foot: pygame.Rect


def layout(canvas: Canvas) -> Layout:
    """Divide a surface; the pictures get what the rest leaves."""
    return Layout(*(box.copy() for box in _divided(canvas.surface.get_size(), canvas.u)))


@lru_cache(maxsize=4)
def _divided(size: tuple[int, int], unit: float) -> tuple[pygame.Rect, ...]:
    """The boxes of a `Layout`, in its order."""

    def px(units: float) -> int:
        return round(units * unit)

    width, height = size
    margin, gap = px(20), px(12)
    head = pygame.Rect(margin, px(10), width - 2 * margin, px(44))
    foot = pygame.Rect(margin, height - px(48), width - 2 * margin, px(38))
    panel = pygame.Rect(width - margin - px(280), head.bottom + px(6), px(280), 1)
    panel.height = foot.top - gap - panel.top
    left = panel.left - gap - margin
    cue = pygame.Rect(margin, foot.top - gap - px(72), left, px(72))
    meter = pygame.Rect(margin, cue.top - gap - px(52), left, px(52))
    pictures = pygame.Rect(margin, panel.top, left, meter.top - gap - panel.top)
    # The person gets the larger part: a camera's picture is wide, a demonstrator's face is high.
    person = pygame.Rect(pictures.topleft, (round(0.62 * (left - gap)), pictures.height))
    example = pygame.Rect(person.right + gap, pictures.y, pictures.right - person.right - gap, pictures.height)
    return head, person, example, meter, cue, panel, foot


def meter_position(match: float, width: int) -> int:
    """Return how many pixels of a meter of that width a match fills; 1.0 is the full movement."""
    return round(min(max(match, 0.0), METER_TOP) / METER_TOP * width)


def marks(state: Snapshot) -> list[Mark]:
    """Return the sign of each attempt so far, and an open one for each repetition still to come."""
    led = led_by(state.exercise)
    if led == "time":
        return []
    done = [mark_of(attempt) for attempt in state.attempts]
    counted = sum(attempt.counted for attempt in state.attempts)
    if led == "hands" and ((state.goal or 0) > _MOST_OPEN or time_left(state.exercise, state.goal, 0.0) is not None):
        return list(done)
    to_come: list[Mark] = ["open"] * max(0, (state.goal or 0) - counted)
    return [*done, *to_come]


def draw_workout(canvas: Canvas, scene: Scene, options: Options | None = None) -> Layout:
    """Draw one moment of a workout over the whole surface; the foot is left free for the caller's buttons."""
    options = options or Options()
    where = layout(canvas)
    if not canvas.goes_on("workout"):
        canvas.clear("workout")
    state = scene.state
    heading = state.exercise.name, state.number, state.total, state.next_name, round(state.left_s)
    canvas.kept(where.head, heading, lambda part, box: _draw_head(part, box, state))
    _draw_person(canvas, where.person, scene, options)
    _draw_example(canvas, where.example, scene)
    _draw_meter(canvas, where.meter, scene)
    _draw_cue(canvas, where.cue, scene)
    _draw_panel(canvas, where.panel, scene)
    return where


def _draw_head(canvas: Canvas, box: pygame.Rect, state: Snapshot) -> None:
    left = words.minutes_left(state.left_s) if state.left_s > 0 else ""
    if state.next_name:
        left = words.listed([words.next_up(state.next_name), left] if left else [words.next_up(state.next_name)])
    room = box.copy()
    drawn = canvas.block(left, pygame.Rect(box.centerx, box.y, box.width // 2, box.height), 17, canvas.palette.muted,
                         align="right", middle=True) if left else pygame.Rect(box.right, box.y, 0, 0)  # fmt: skip
    room.width = drawn.left - box.left - canvas.px(16)
    name = canvas.block(state.exercise.name, room, 28, bold=True, middle=True)
    if state.total > 1:
        room = pygame.Rect(name.right + canvas.px(14), box.y, room.right - name.right - canvas.px(14), box.height)
        if room.width > canvas.px(60):
            canvas.block(words.set_of(state.number, state.total), room, 17, canvas.palette.muted, middle=True)


# --- pictures ---------------------------------------------------------------------------------------------


def _draw_person(canvas: Canvas, box: pygame.Rect, scene: Scene, options: Options) -> None:
    radius, marked = canvas.px(14), marked_now(scene.feedback, scene.state)
    if options.hide_face or scene.frame.image is None:
        canvas.card(box)
        if scene.mirror is not None:
            _blit(canvas, _marked_on_drawn(canvas, scene.mirror, scene.drawn, marked), box)
            _draw_drawn_hands(canvas, box, scene)
            if scene.drawn is not None:
                _draw_way_back(canvas, box, scene, scene.drawn, options)
            round_corners(canvas.surface, box, radius, canvas.palette.background)
    else:
        place = draw_camera(canvas, box, scene.frame, scene.state.exercise, options, scene.ghost, scene.crop, marked)
        _draw_seen_hands(canvas, box, scene, place)
        _draw_missing(canvas, box, scene, place, options)
    if knowing(scene):
        draw_knowing(canvas, box, scene.feedback.known)
    if options.demonstration:
        badge(canvas, box, words.DEMONSTRATION)
    elif options.keeps_video:
        badge(canvas, box, VIDEO_IS_KEPT)
    if scene.banner:
        draw_banner(canvas, box, scene.large, scene.banner)


# --- what is missing --------------------------------------------------------------------------------------


def marked_now(feedback: Feedback, state: Snapshot) -> tuple[str, ...]:
    """Return the contours to mark on the face now: of what is missing, once that is told."""
    return state.wait.marked if state.wait is not None and stage(state.wait, feedback.time) else ()


def knowing(scene: Scene) -> bool:
    """Whether to show how well the resting face is known: until it is, with a face to be seen and nothing over it."""
    feedback, state = scene.feedback, scene.state
    learns = led_by(state.exercise) == "face" and feedback.phase is not Phase.DONE and feedback.known < KNOWN
    return learns and scene.frame.landmarks is not None and not scene.banner


def _draw_missing(canvas: Canvas, box: pygame.Rect, scene: Scene, place: Placement, options: Options) -> None:
    """On the camera's picture: where a face should be, how a head should move, shoulders that have not rested yet."""
    wait, face, body = scene.state.wait, scene.frame.landmarks, scene.frame.pose
    if wait is None or not stage(wait, scene.feedback.time):
        return
    if face is None:
        if wait.looks_at == "face" and not scene.banner:
            draw_place(canvas, box)
        return
    if wait.looks_at == "shoulders" and body is not None:
        draw_way(canvas.surface, place(body[11:13]) + box.topleft, max(2, canvas.px(5)), canvas.palette.fault)
    _draw_way_back(canvas, box, scene, place(face), options)


def _draw_way_back(canvas: Canvas, box: pygame.Rect, scene: Scene, face: Array, options: Options) -> None:
    wait = scene.state.wait
    if wait is not None and wait.way and stage(wait, scene.feedback.time):
        draw_arrow(canvas, box, face, wait.way, options.mirror)


def _marked_on_drawn(canvas: Canvas, image: Image, drawn: Array | None, marked: tuple[str, ...]) -> Image:
    """The picture of the drawn face with some contours marked; the picture itself is left as it is."""
    if not marked or drawn is None:
        return image
    into = np.ascontiguousarray(image).copy()
    _, its_own = _contours(marked)
    draw_chains(into, drawn, its_own, canvas.palette.fault, _mark_width(canvas))
    return into


def _mark_width(canvas: Canvas) -> int:
    return max(2, canvas.px(4))


def _draw_seen_hands(canvas: Canvas, box: pygame.Rect, scene: Scene, place: Placement) -> None:
    """Targets and fingertips on the camera's picture."""
    face, hands, time = scene.frame.landmarks, scene.feedback.hands, scene.feedback.time
    touch, pose = scene.state.exercise.touch, scene.frame.pose
    if face is not None and hands:
        right, left = place(face[[33, 263]])
        draw_hands(canvas, box, hands, place, float(np.linalg.norm(left - right)), time)
    elif touch is not None and pose is not None and led_by(scene.state.exercise) == "hands":
        draw_neck(canvas, box, touch, pose, place, time)
    elif touch is not None and touch.on != "face":
        draw_off_face(canvas, box, touch, pose, scene.frame.hands, place, time)


def _draw_drawn_hands(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    """The same on the drawn face."""
    face, drawn, touch = scene.frame.landmarks, scene.drawn, scene.state.exercise.touch
    if face is not None and drawn is not None and touch is not None and scene.feedback.hands:
        hands = on_drawn(scene.feedback.hands, touch, face, drawn)
        unit = float(np.linalg.norm(drawn[263] - drawn[33]))
        draw_hands(canvas, box, hands, np.asarray, unit, scene.feedback.time)


def draw_camera(
    canvas: Canvas,
    box: pygame.Rect,
    frame: Frame,
    exercise: Exercise | None,
    options: Options,
    ghost: Array | None = None,
    part: Crop | None = None,
    marked: tuple[str, ...] = (),
) -> Placement:
    """Draw what the camera saw, with lines on the face as chosen; exercise: which lines are its own; part: of it;
    marked: contours that are set off. Return where in the box its pixels are."""
    assert frame.image is not None
    target = canvas.surface
    # Straight into the window's own pixels where they are of the kind that the picture is made of.
    direct = target.get_masks() == _BGRX and target.get_rect().contains(box)
    surface = target if direct else _scratch(box.size)
    buffer: Any = surface.get_buffer()
    pixels = np.frombuffer(buffer, np.uint8).reshape(surface.get_height(), -1, 4)[:, : surface.get_width()]
    if direct:
        pixels = pixels[box.top : box.bottom, box.left : box.right]
    place = show_picture(frame.image, pixels, options.mirror, part)
    if frame.landmarks is not None:
        _draw_lines(canvas, pixels, place, frame.landmarks, exercise, options, ghost)
        if marked:
            draw_chains(pixels, place(frame.landmarks), _contours(marked)[1], canvas.palette.fault, _mark_width(canvas))
    del pixels, buffer  # the surface is locked while its pixels are looked at
    if not direct:
        target.blit(surface, box)
    round_corners(target, box, canvas.px(14), canvas.palette.background)
    return place


def _draw_lines(
    canvas: Canvas,
    pixels: Image,
    place: Placement,
    landmarks: Array,
    exercise: Exercise | None,
    options: Options,
    ghost: Array | None,
) -> None:
    width, colours = max(1, canvas.px(1.2)), canvas.palette
    moving = MOVING.get(exercise.group, ()) if exercise else ()
    if options.overlay in ("contours", "mesh"):
        points = place(landmarks)
        if options.overlay == "mesh" and options.triangles is not None:
            chains = _mesh(options.triangles.tobytes(), options.triangles.dtype.str)
            # A net this dense is to hide little of the face: thin lines, which are also drawn five times faster.
            draw_chains(pixels, points, chains, colours.muted, 1, smooth=False)
        resting, its_own = _contours(moving)
        draw_chains(pixels, points, resting, colours.text, width)
        draw_chains(pixels, points, its_own, colours.accent, width + 1)
    elif options.overlay == "ghost" and ghost is not None:
        resting, its_own = _contours(moving)
        draw_chains(pixels, place(ghost), its_own if moving else resting, colours.accent, width + 1)


@lru_cache(maxsize=16)
def _contours(moving: tuple[str, ...]) -> tuple[Chains, Chains]:
    """The contours of the parts that rest, and of those that move."""
    still = [chain for part, chains in CONTOURS.items() if part not in moving for chain in chains]
    return Chains.of(still), Chains.of([chain for part in moving for chain in CONTOURS[part]])


@lru_cache(maxsize=2)
def _mesh(triangles: bytes, dtype: str) -> Chains:
    return Chains.of(mesh_chains(np.frombuffer(triangles, dtype).reshape(-1, 3)))


@lru_cache(maxsize=4)
def _scratch(size: tuple[int, int]) -> pygame.Surface:
    return pygame.Surface(size, 0, 32)


def _blit(canvas: Canvas, image: Image, box: pygame.Rect) -> None:
    """Draw a picture (h, w, 3) BGR in the middle of a box, cut where it is larger and smaller where it must be."""
    surface = pygame.image.frombuffer(np.ascontiguousarray(image).data, image.shape[1::-1], "BGR")
    if surface.get_height() != box.height and surface.get_width() != box.width:
        scale = max(box.width / surface.get_width(), box.height / surface.get_height())
        surface = pygame.transform.smoothscale(
            surface, (round(surface.get_width() * scale), round(surface.get_height() * scale))
        )
    part = pygame.Rect(0, 0, min(box.width, surface.get_width()), min(box.height, surface.get_height()))
    part.center = surface.get_rect().center
    canvas.surface.blit(surface, part.move(box.centerx - part.centerx, box.centery - part.centery), part)


def draw_picture(canvas: Canvas, box: pygame.Rect, image: Image) -> None:
    """Draw a picture (h, w, 3) BGR with round corners. The same array is taken for the same picture."""

    def draw(part: Canvas, room: pygame.Rect) -> None:
        _blit(part, image, room)
        round_corners(part.surface, room, part.px(14), part.palette.background)

    canvas.kept(box, _Same(image), draw, keep=False)


class _Same:
    """An array as a key: equal to itself only, and kept alive as long as it is one."""

    __slots__ = ("array",)

    def __init__(self, array: Image) -> None:
        self.array = array

    def __hash__(self) -> int:
        return id(self.array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.array is self.array


def _draw_example(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    image, beat, label = scene.example, scene.beat, ""
    exercise = scene.state.exercise
    if beat is not None and breathes(exercise):
        draw_breath(canvas, box, beat.phase, beat.part, words.phase(beat.phase, exercise))
        return
    if beat is not None and led_by(exercise) == "face":
        held = beat.phase is Phase.HOLD and beat.left_s > 0
        label = words.hold_left(beat.left_s) if held else words.PHASES[beat.phase]
    elif beat is not None:
        label = words.phase(beat.phase, exercise) if exercise.touch is None else ""

    def draw(part: Canvas, room: pygame.Rect) -> None:
        part.card(room)
        if image is not None:
            _blit(part, image, room)
            round_corners(part.surface, room, part.px(14), part.palette.background)
        if beat is not None and label:
            colour = part.palette.good if beat.phase is Phase.HOLD else part.palette.accent
            badge(part, room, label, colour, bottom=True)

    canvas.kept(box, ("example", _Same(image) if image is not None else None, label), draw, keep=False)


def badge(canvas: Canvas, box: pygame.Rect, text: str, colour: Colour | None = None, bottom: bool = False) -> None:
    """Draw a short word on a coloured bar in a corner of a picture."""
    pad = canvas.px(10)
    bar = pygame.Rect(0, 0, canvas.width(text, 16, True) + 3 * pad, canvas.height(16, True) + pad)
    bar.bottomleft = (box.x + pad, box.bottom - pad)
    if not bottom:
        bar.topleft = (box.x + pad, box.y + pad)
    canvas.bar(bar, colour or canvas.palette.fault)
    canvas.line(text, (bar.centerx, bar.y + pad // 2), 16, canvas.palette.ink, True, "centre")


def draw_banner(canvas: Canvas, box: pygame.Rect, large: str, text: str) -> None:
    """Darken a picture and say something large over it."""
    shade = pygame.Surface(box.size, 0, 32)
    shade.fill(canvas.palette.background)
    shade.set_alpha(170)
    canvas.surface.blit(shade, box)
    room = box.inflate(-canvas.px(48), -canvas.px(48))
    if large:
        top = canvas.block(large, pygame.Rect(room.x, room.y, room.width, room.height // 2), 120, bold=True,
                           align="centre", middle=True)  # fmt: skip
        room = pygame.Rect(room.x, top.bottom, room.width, room.bottom - top.bottom)
    canvas.block(text, room, 26, bold=True, align="centre", middle=not large)


# --- meter and cue ----------------------------------------------------------------------------------------


def _draw_meter(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    feedback, exercise = scene.feedback, scene.state.exercise
    if led_by(exercise) == "hands":
        goal = scene.state.goal
        bars = tuple((word, round(box.width * value)) for word, value in meter_of(feedback, exercise))
        left = time_left(exercise, goal, feedback.progress)
        shown = "hands", exercise.id, goal, bars, feedback.reps, feedback.withheld, left and round(left)
        canvas.kept(box, shown, lambda part, room: draw_meter(part, room, feedback, exercise, goal))
        return
    told = tuple(None if value is None else meter_position(value, box.width)
                 for value in (feedback.sides or (feedback.match,)))  # fmt: skip
    key = exercise.id, exercise.count.level, told, feedback.phase is Phase.LEARNING, feedback.withheld
    canvas.kept(box, ("meter", *key), lambda part, room: _draw_bars(part, room, feedback, exercise), keep=False)


def _draw_bars(canvas: Canvas, box: pygame.Rect, feedback: Feedback, exercise: Exercise) -> None:
    if led_by(exercise) == "time":
        canvas.block(words.LED, box, 17, canvas.palette.muted)
        return
    level, sides, small = exercise.count.level, feedback.sides, 15.0
    if sides is None:
        bars = [("", feedback.match, pygame.Rect(box.x, box.y, box.width, canvas.px(22)))]
    else:
        high = canvas.px(11)
        while small > 7.0 and canvas.height(small) > 2 * high:
            small -= 0.5
        name = max(canvas.width(word, small) for word in (words.LEFT, words.RIGHT)) + canvas.px(10)
        # The picture is a mirror: the person's left is on the left of it, and above here.
        bars = [
            (word, value, pygame.Rect(box.x + name, box.y + i * (high + canvas.px(4)), box.width - name, high))
            for i, (word, value) in enumerate(zip((words.LEFT, words.RIGHT), sides, strict=True))
        ]
    for word, value, bar in bars:
        if word:
            canvas.line(word, (box.x, bar.centery - canvas.height(small) // 2), small, canvas.palette.muted)
        _draw_bar(canvas, bar, value, level)
    last = bars[-1][2]
    top, taken = last.bottom + canvas.px(4), last.right
    size = 14.0
    while size > 7.0 and top + canvas.height(size) > box.bottom:
        size -= 0.5
    for value, word in ((1.0, words.TARGET), (level, words.PASS)):
        x = last.x + meter_position(value, last.width)
        half = canvas.width(word, size) // 2
        if x + half <= taken:
            canvas.line(word, (x, top), size, canvas.palette.muted, align="centre")
            taken = x - half - canvas.px(12)
    label = words.MATCH
    if feedback.withheld and feedback.phase is not Phase.LEARNING:  # before the first look there is nothing to judge
        label = words.not_judged(feedback.withheld)
    room = pygame.Rect(last.x, top, max(1, taken - last.x), canvas.height(size))
    canvas.block(label, room, size, canvas.palette.muted)


def _draw_bar(canvas: Canvas, bar: pygame.Rect, match: float | None, level: float) -> None:
    colours = canvas.palette
    canvas.bar(bar, colours.sunk)
    zone = meter_position(level, bar.width), meter_position(1.0, bar.width)
    pygame.draw.rect(canvas.surface, colours.zone, (bar.x + zone[0], bar.y, zone[1] - zone[0], bar.height))
    if match is not None and meter_position(match, bar.width) > 0:
        filled = pygame.Rect(bar.x, bar.y, max(bar.height, meter_position(match, bar.width)), bar.height)
        canvas.bar(filled, colours.good if match >= level else colours.accent)
    stroke = max(2, canvas.px(3))
    for edge in zone:
        pygame.draw.rect(canvas.surface, colours.text, (bar.x + edge - stroke // 2, bar.y - canvas.px(2), stroke,
                                                        bar.height + canvas.px(4)))  # fmt: skip


def cue_line(feedback: Feedback, state: Snapshot) -> tuple[str, Mark | None]:
    """Return the one sentence to show large, with the sign beside it.

    What is wrong or missing now goes before what just happened, and that before what to do next.
    """
    missing = missing_line(feedback, state)
    if missing and feedback.cue in ("", feedback.withheld):
        return missing, None
    if feedback.cue:
        wrong = feedback.cue in _WRONG if state.exercise.touch is not None else not feedback.withheld
        return feedback.cue, "fault" if wrong else None
    # What is led by time counts itself and needs no praise for it; in a sequence a hold is followed by the next pose.
    exercise = state.exercise
    quiet = led_by(exercise) == "time" or (
        len(exercise.poses) > 1 and state.notice is not None and state.notice.kind is Kind.HOLD_DONE
    )
    if state.notice is not None and not quiet and feedback.phase in _TOLD_IN.get(state.notice.kind, tuple(Phase)):
        return _notice_words(state.notice)
    return hint(feedback.phase, state.exercise, feedback.pose), None


def missing_line(feedback: Feedback, state: Snapshot) -> str:
    """Return what to say of something that has been missing for a while, empty for nothing (more)."""
    return words.waiting(state.wait, stage(state.wait, feedback.time)) if state.wait is not None else ""


#: Of work with the hands, the sentences that name something wrong; others say what to do next.
_WRONG = frozenset({NECK_DIRECTION, *(say for code, say in SAYS.items() if code not in ("away", "unseen"))})
#: What happened is told only where it does not stand in the way of what to do next.
_TOLD_IN: dict[Kind, tuple[Phase, ...]] = {
    Kind.ARMED: (Phase.REST,),
    Kind.ATTEMPT_MISSED: (Phase.LEARNING, Phase.REST, Phase.RISE, Phase.DONE),
    Kind.REP: (Phase.REST, Phase.DONE),
    Kind.HOLD_DONE: (Phase.HOLD, Phase.LOWER),
}


def _notice_words(event: Event) -> tuple[str, Mark | None]:
    if event.kind is Kind.ATTEMPT_MISSED:
        return words.missed(event.text), "missed"
    if event.kind is Kind.RECOUNTED:
        return event.text, None  # neither praise nor blame: there may be more of them, or fewer
    if event.kind is Kind.FAULT:
        return event.text, "fault"
    if event.kind is Kind.REP:
        return words.COUNTED, "good"
    return (words.HOLD_REACHED if event.kind is Kind.HOLD_DONE else words.READY), None


def step_now(phase: Phase, steps: int) -> int:
    """Return which of an exercise's steps belongs to a phase: first rest, then move, the last ones back again."""
    wanted = {Phase.LEARNING: 0, Phase.REST: 0, Phase.RISE: 1, Phase.HOLD: 2}.get(phase, steps - 1)
    return min(wanted, steps - 1)


def step_of(phase: Phase, exercise: Exercise) -> int:
    """Return which of an exercise's own steps belongs to a phase; of breath in and out there are just two."""
    if breathes(exercise):
        return min(int(phase is Phase.LOWER), len(exercise.steps) - 1)
    return step_now(phase, len(exercise.steps))


def hint(phase: Phase, exercise: Exercise, pose: int = 0) -> str:
    """Return what to do now: at rest, the movement that comes next; in a sequence, the pose that is looked for."""
    if phase is Phase.LEARNING:
        return {"face": words.LEARNING_HINT, "hands": words.HANDS_HINT, "time": words.READY_HINT}[led_by(exercise)]
    if len(exercise.poses) > 1 and phase is not Phase.DONE:
        return exercise.poses[pose].say
    if not exercise.steps:
        return words.PHASES[phase]
    return exercise.steps[step_of(Phase.RISE if phase is Phase.REST and exercise.touch is None else phase, exercise)]


def _draw_cue(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    text, mark = cue_line(scene.feedback, scene.state)
    canvas.kept(box, ("cue", text, mark), lambda part, room: _draw_sentence(part, room, text, mark))


def _draw_sentence(canvas: Canvas, box: pygame.Rect, text: str, mark: Mark | None) -> None:
    colours = canvas.palette
    colour = {"good": colours.good, "fault": colours.fault, "missed": colours.missed}.get(mark or "", colours.accent)
    canvas.card(box)
    px = canvas.px
    stripe = pygame.Rect(box.x + px(12), box.y + px(14), max(2, px(5)), box.height - px(28))
    canvas.bar(stripe, colour)
    x = stripe.right + px(14)
    if mark:
        canvas.mark(mark, (x + px(17), box.centery), 34)
        x += px(34) + px(12)
    room = pygame.Rect(x, box.y + px(3), max(1, box.right - px(16) - x), box.height - px(6))
    canvas.block(text, room, 30, bold=True, middle=True)


# --- numbers ----------------------------------------------------------------------------------------------


def _draw_panel(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    feedback, state = scene.feedback, scene.state
    signs = tuple(marks(state))
    key = (state.exercise.id, state.goal, signs, feedback.reps, feedback.left, feedback.right, feedback.phase,
           feedback.pose, id(feedback.last))  # fmt: skip
    canvas.kept(box, key, lambda part, room: _draw_numbers(part, room, scene, signs))
    inner = _inner(canvas, box)
    ring = pygame.Rect(inner.x - canvas.px(4), _ring_top(canvas, inner, signs) - canvas.px(4),
                       inner.width + canvas.px(8), canvas.px(140))  # fmt: skip
    if led_by(state.exercise) == "hands":
        left = time_left(state.exercise, state.goal, feedback.progress)
        work = ("work", state.exercise.id, state.exercise.tempo, state.goal, round(360 * feedback.progress),
                feedback.reps, feedback.phase is Phase.DONE, left and round(left))  # fmt: skip
        canvas.kept(
            ring, work, lambda part, room: draw_work(part, room, feedback, state.exercise, state.goal), anew=True
        )
        return
    still = "ring", state.exercise.id, state.exercise.tempo, feedback.phase
    canvas.kept(ring, still, lambda part, room: _draw_tempo(part, room, state.exercise, feedback.phase), anew=True)
    _draw_hand(canvas, ring, scene)


def _inner(canvas: Canvas, box: pygame.Rect) -> pygame.Rect:
    return box.inflate(-canvas.px(36), -canvas.px(20))


def _ring_top(canvas: Canvas, inner: pygame.Rect, signs: Sequence[Mark]) -> int:
    count = canvas.ascent(64.0, True) + canvas.px(4) + canvas.height(16)
    return inner.y + count + _marks_height(canvas, inner, signs) + canvas.px(8)


def _draw_numbers(canvas: Canvas, box: pygame.Rect, scene: Scene, signs: Sequence[Mark]) -> None:
    """All of the panel but the ring."""
    feedback, state, px = scene.feedback, scene.state, canvas.px
    canvas.card(box)
    inner = _inner(canvas, box)
    y = _draw_count(canvas, inner, inner.y, feedback, state)
    _draw_marks(canvas, inner, y + px(6), signs)
    y = _ring_top(canvas, inner, signs) + px(132) + px(10)
    y = _draw_last(canvas, pygame.Rect(inner.x, y, inner.width, px(96)), feedback, state.exercise)
    _draw_steps(canvas, pygame.Rect(inner.x, y + px(10), inner.width, inner.bottom - y - px(10)), feedback,
                state.exercise)  # fmt: skip


def _draw_count(canvas: Canvas, inner: pygame.Rect, y: int, feedback: Feedback, state: Snapshot) -> int:
    """Repetitions, large; of an alternating exercise each side's, and the sum small. Return the lower end."""
    big, small, px, muted = 64.0, 20.0, canvas.px, canvas.palette.muted
    base = y + canvas.ascent(big, True) - px(12)  # their font leaves much air above the large digits
    if state.exercise.sides == "alternate":
        half = inner.width // 2
        while big > 32.0 and canvas.width("88", big, True) > 0.58 * half:
            big -= 4.0
        for x, word, count in ((inner.x, words.LEFT, feedback.left), (inner.x + half, words.RIGHT, feedback.right)):
            number = canvas.line(str(count), (x, base - canvas.ascent(big, True)), big, bold=True)
            left = number.right + px(6), base - canvas.ascent(small)
            canvas.block(
                word, pygame.Rect(left, (x + half - left[0] - px(8), canvas.height(small))), small, muted, least=0.3
            )
        total = words.repetitions(feedback.reps, state.goal)
        return canvas.line(total, (inner.x, base + px(6)), 16, muted).bottom
    number = canvas.line(str(feedback.reps), (inner.x, base - canvas.ascent(big, True)), big, bold=True)
    x, touch = number.right + px(12), state.exercise.touch
    if touch is None:
        canvas.line(words.of_goal(state.goal), (x, base - canvas.ascent(small)), small, muted)
        return base + px(10)
    of = f"{words.of_goal(state.goal)} {words.worked(touch.move, state.goal or feedback.reps)}"
    if time_left(state.exercise, state.goal, 0.0) is not None:  # how many does not matter
        of = words.worked(touch.move, feedback.reps)
    while small > 8.0 and x + canvas.width(of, small) > inner.right:
        small -= 1.0
    canvas.line(of, (x, base - canvas.ascent(small)), small, muted)
    if feedback.left != feedback.right:
        sides = words.sides(feedback.left, feedback.right)
        return canvas.line(sides, (inner.x, base + px(6)), 16, muted).bottom
    return base + px(10)


def _draw_marks(canvas: Canvas, inner: pygame.Rect, y: int, signs: Sequence[Mark]) -> None:
    """The sign of each attempt, in at most two rows, the newest kept."""
    size, step = canvas.px(22), canvas.px(27)
    in_row = max(1, (inner.width + step - size) // step)
    hidden = max(0, len(signs) - 2 * in_row)
    for i, mark in enumerate(signs[hidden:]):
        row, column = divmod(i, in_row)
        canvas.mark(mark, (inner.x + column * step + size // 2, y + row * step + size // 2), 22)


def _marks_height(canvas: Canvas, inner: pygame.Rect, signs: Sequence[Mark]) -> int:
    size, step = canvas.px(22), canvas.px(27)
    in_row = max(1, (inner.width + step - size) // step)
    return max(1, min(2, -(-len(signs) // in_row))) * step


#: The phases of a repetition, in their order round the ring.
_ROUND = (Phase.RISE, Phase.HOLD, Phase.LOWER, Phase.REST)


def _round_of(exercise: Exercise) -> list[tuple[Phase, float, float, float]]:
    """Phases of a repetition with their seconds, and where they begin and end on the ring (parts of a turn)."""
    poses = max(1, len(exercise.poses))
    lasting = [(phase, getattr(exercise.tempo, phase) * (poses if phase in _ROUND[:2] else 1)) for phase in _ROUND]
    whole = sum(seconds for _, seconds in lasting) or 1.0
    found, at = [], 0.0
    for phase, seconds in lasting:
        found.append((phase, seconds, at, at + seconds / whole))
        at += seconds / whole
    return found


def _ring(canvas: Canvas, box: pygame.Rect) -> tuple[tuple[int, int], int, int]:
    """Centre, radius and thickness of the ring within its box."""
    radius = box.height // 2 - canvas.px(4)
    return (box.x + canvas.px(4) + radius, box.centery), radius, canvas.px(12)


def _draw_tempo(canvas: Canvas, box: pygame.Rect, exercise: Exercise, now: Phase) -> None:
    """A ring of the phases as long as they take, the person's phase set off, and beside it what they are."""
    colours = canvas.palette
    canvas.surface.fill(colours.card, box)
    centre, radius, thick = _ring(canvas, box)
    lit: dict[Phase, Colour] = {phase: colours.accent for phase in _ROUND if phase is not Phase.HOLD}
    arcs = [(start + _GAP, end - _GAP, lit.get(phase, colours.zone) if phase is now else colours.zone)
            for phase, _, start, end in _round_of(exercise)]  # fmt: skip
    draw_ring(canvas.surface, centre, radius, thick, arcs)
    inside = _inside(canvas, centre, radius, thick)
    colour = colours.good if now is Phase.HOLD else None
    if now is Phase.HOLD:
        inside.height //= 2  # how long it is held stands below
    canvas.block(words.phase(now, exercise), inside, 22, colour, bold=True, align="centre", middle=True, least=0.4)
    x, y = centre[0] + radius + canvas.px(14), box.y + canvas.px(8)
    step = min(round(1.25 * canvas.height(16)), (box.height - canvas.px(12)) // len(_ROUND))
    for phase, seconds, _, _ in _round_of(exercise):
        if seconds > 0:
            room = pygame.Rect(x, y, box.right - x, min(step, canvas.height(16)))
            text = f"{words.phase(phase, exercise)}  {words.short_seconds(getattr(exercise.tempo, phase))}"
            canvas.block(text, room, 16, None if phase is now else colours.muted, bold=phase is now)
            y += step


def _inside(canvas: Canvas, centre: tuple[int, int], radius: int, thick: int) -> pygame.Rect:
    box = pygame.Rect(0, 0, round(1.3 * (radius - thick)), round(1.1 * (radius - thick)))
    box.center = centre
    return box


#: Between the parts of the ring, in parts of a turn.
_GAP = 0.006


def _draw_hand(canvas: Canvas, box: pygame.Rect, scene: Scene) -> None:
    """What moves on the ring: how much of the hold is done, and a hand where the demonstrator is."""
    feedback, exercise, colours = scene.feedback, scene.state.exercise, canvas.palette
    centre, radius, thick = _ring(canvas, box)
    for phase, seconds, start, end in _round_of(exercise):
        if seconds > 0 and phase is feedback.phase is Phase.HOLD:
            done = min(1.0, feedback.hold_s / (exercise.tempo.hold or 1.0))
            arc = start + _GAP, start + _GAP + (end - start - 2 * _GAP) * done, colours.good
            draw_ring(canvas.surface, centre, radius, thick, [arc])
        if scene.beat is not None and scene.beat.phase is phase:
            at = start + (end - start) * scene.beat.part
            hand = at - 0.008, at + 0.008, colours.text
            draw_ring(canvas.surface, centre, radius + canvas.px(3), thick + canvas.px(6), [hand])
    target = exercise.tempo.hold or exercise.count.hold
    if target > 0 and feedback.phase is Phase.HOLD:
        inside = _inside(canvas, centre, radius, thick)
        room = pygame.Rect(inside.x, inside.centery, inside.width, inside.height // 2)
        canvas.block(words.hold(feedback.hold_s, target), room, 16, colours.muted, align="centre")


def _draw_last(canvas: Canvas, box: pygame.Rect, feedback: Feedback, exercise: Exercise) -> int:
    """The last attempt: its form and what to mend in it, or why it was not counted. Return the lower end."""
    last = feedback.last
    if last is None:
        return box.y
    colours = canvas.palette
    if last.counted and last.form is not None:
        title = canvas.line(words.form_of(last.form), box.topleft, 18, colours.text, True)
        worst = min(last.parts, key=lambda part: part.score, default=None)
        text = worst.says if worst is not None and worst.score < 90 else words.CLEAN_FORM
    else:
        title = canvas.line(words.COUNTED_BRIEF if last.counted else words.MISSED_BRIEF, box.topleft, 18,
                            colours.text if last.counted else colours.missed, True)  # fmt: skip
        text = last.reason[:1].upper() + last.reason[1:]
        if not text and last.faults:
            named = words.listed([words.fault(exercise, code) for code in last.faults])
            text = named[:1].upper() + named[1:]
    room = pygame.Rect(box.x, title.bottom, box.width, box.bottom - title.bottom)
    return canvas.block(text, room, 15, colours.muted).bottom if text else title.bottom


def _draw_steps(canvas: Canvas, room: pygame.Rect, feedback: Feedback, exercise: Exercise) -> None:
    """The exercise's steps, the one that is on now set off."""
    if not exercise.steps or room.height <= canvas.px(20):
        return
    now = step_of(feedback.phase, exercise)
    if len(exercise.poses) > 1 and feedback.phase in (Phase.RISE, Phase.HOLD):
        now = min(1 + feedback.pose, len(exercise.steps) - 1)
    px, gap, indent = canvas.px, canvas.px(6), canvas.px(14)
    each = (room.height - gap * (len(exercise.steps) - 1)) // len(exercise.steps)
    y = room.y
    for i, step in enumerate(exercise.steps):
        place = pygame.Rect(room.x + indent, y, max(1, room.width - indent), max(1, each))
        drawn = canvas.block(step, place, 16, None if i == now else canvas.palette.muted)
        if i == now:
            stripe = pygame.Rect(room.x, y + px(3), max(2, px(4)), drawn.height - px(6))
            canvas.bar(stripe, canvas.palette.accent)
        y = drawn.bottom + gap
