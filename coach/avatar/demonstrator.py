"""The demonstrator: the drawn face shows an exercise from its own template, again and again, in the true tempo.

There is no clock here: whoever shows it says how many seconds have gone by, or which phase the person is in. Pictures
take longer to draw than a window has for a frame, so they are drawn ahead, in a thread.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from coach.avatar.draw import Framing, Region, portrait
from coach.avatar.hand import Handwork
from coach.avatar.mesh import Mesh
from coach.avatar.performer import SEEN, SITTING, STIFFNESS
from coach.avatar.rig import CONTROL, CONTROLS, FACE_CONTROLS, build, controls, measured, shape, solve
from coach.form.exercise import Exercise
from coach.form.measures import INDEX, TABLE, Distance, Offset, Ratio, mirrored
from coach.frame import SIDES, Array, Image, Phase, Side

#: What is led by time has no peak in its file: the part of it that the mesh can show, by the exercise's id. Tongues,
#: hands and a jaw that comes forward are not drawn, so that others are at rest and only their region is marked.
LED: dict[str, dict[str, float]] = {
    "back-tongue-lift": {"jaw_drop": 0.45},
    "resisted-cheek": {"cheek_left": -0.6},
    "resisted-chin-tuck": {"pitch_deg": 7.0},
    "shoulder-blade-squeeze": {"shoulders_cm": -1.2},
    "tongue-click": {"jaw_drop": 0.25},
    "tongue-corners": {"jaw_drop": 0.3},
    "tongue-out": {"jaw_drop": 0.45},
    "upper-lid-firmer": {"lid_left": 1.0, "lid_right": 1.0, "smile_left": 0.2, "smile_right": 0.2},
}

#: Which controls (of its side, or of both) move a measure, both ways or towards more (+) or less (-). Left to itself
#: the rig finds odd ways to a distance, such as a raised lip that makes a small mouth higher.
MOVES: dict[str, tuple[str, ...]] = {
    "brow_height+": ("brow_up",), "brow_height-": ("brow_down",), "brow_gap": ("brow_down",),
    "eye_aperture": ("lid",), "blink": ("lid",), "lower_lid": ("lower_lid",), "squint": ("lower_lid",),
    "gaze_x": ("gaze_x",), "gaze_y": ("gaze_y",),
    "nose_length": ("nose",), "nose_width": ("nose",), "upper_lip": ("lip_raise",), "upper_up": ("lip_raise",),
    "cheek_width": ("cheek",), "cheek_out": ("cheek",), "jaw_width": ("cheek",), "jaw_width_low": ("cheek",),
    "mouth_width+": ("smile",), "mouth_width-": ("pucker",), "lip_aspect": ("pucker",), "pucker": ("pucker",),
    "lip_gap": ("jaw_drop",), "chin_drop": ("jaw_drop",), "jaw_open": ("jaw_drop",),
    "lip_height-": ("lip_press",), "lower_lip": ("chin_raise",), "lip_shrug": ("chin_raise",),
    "corner_canthus-": ("smile",), "corner_lift+": ("smile",), "corner_out+": ("smile",), "smile": ("smile",),
    "corner_canthus+": ("corner_down",), "corner_lift-": ("corner_down",),
    "chin_x": ("jaw_shift",), "lip_x": ("lip_shift",),
}  # fmt: skip
#: Eyes that close do so altogether: with this part of their aperture left the file counts them as closed.
_CLOSED = 0.6
#: The measures that the mesh shows and `solve` reaches for.
_SHOWN = frozenset(row.name for row in TABLE if isinstance(row, Distance | Offset | Ratio))

#: The region to mark, by the exercise's group.
REGION: dict[str, Region] = {
    "brow": "brows", "cheeks": "cheeks", "eyes": "eyes", "jaw": "jaw", "mouth": "mouth", "neck": "neck",
    "nose": "nose", "tongue": "mouth",
}  # fmt: skip
#: Pictures of one round of what hands do, for each step: of a short turn, and of a long way.
_TURNS, _WAYS = 2, 4

#: Where nothing of the eyes is judged they blink once in a rest: at this part of it, for that long (seconds), if the
#: rest is at least so long.
_BLINK_AT, _BLINK_S, _BLINK_REST_S = 0.6, 0.24, 1.0
#: Times a peak is solved anew to make up for what the rig falls short of, and the most of it that is asked for.
_TRIES, _MOST_ASKED = 6, 10.0

_REST = -1  # in the place of a pose
_ENDS = ("", "_left", "_right")
#: A control vector's mirror image: which control comes in the place of each, and with which sign.
_MIRRORED = [CONTROL[mirrored(name)] for name in CONTROLS]
_SIGNS = np.array([-1.0 if n in ("jaw_shift", "lip_shift", "gaze_x", "yaw_deg", "roll_deg") else 1.0 for n in CONTROLS])


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a demonstration.

    pose    of an exercise with several poses the one that is on, or that is being gone to
    side    of an alternating exercise the side that moves, or moves next
    part    0..1, how much of the phase has gone by
    left_s  seconds left of it
    """

    phase: Phase
    pose: int = 0
    side: Side | None = None
    part: float = 0.0
    left_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """What a moment looks like: on the way from one pose to another; -1 is rest. Equal ways look alike.

    amount  0..1 of the way
    blink   0..1 how far the eyes are closed
    hands   0..1 how much of a round the hands have done, None where none are seen
    """

    start: int
    end: int
    side: Side | None = None
    amount: float = 0.0
    blink: float = 0.0
    hands: float | None = None


class Demonstrator:
    """Shows one exercise."""

    def __init__(self, mesh: Mesh, exercise: Exercise) -> None:
        self.exercise = exercise
        self.region = REGION.get(exercise.group)
        #: what the hands do, None where nothing is done with them
        self.hands = Handwork(exercise) if exercise.touch is not None else None
        #: how many poses it has; what is led by time is shown as one
        self.poses = max(1, len(exercise.poses))
        self._mesh = mesh
        self._peaks: dict[tuple[int, Side | None], Array] = {}
        tempo = exercise.tempo
        phases = [(Phase.REST, 0, tempo.rest)]
        for pose in range(self.poses):
            phases += [(Phase.RISE, pose, tempo.rise), (Phase.HOLD, pose, tempo.hold)]
        phases.append((Phase.LOWER, self.poses - 1, tempo.lower))
        if self.hands is not None:  # their rest is the way back
            phases.append(phases.pop(0))
        # A tempo of nothing but zeros is allowed in a file; then it rests.
        self._phases = [phase for phase in phases if phase[2] > 0.0] or [(Phase.REST, 0, 1.0)]
        #: seconds of one round, from rest to rest
        self.seconds = sum(seconds for _, _, seconds in self._phases)
        looks = ("eye", "blink", "gaze", "lower_lid", "squint")
        judged = any(n.startswith(looks) for n in exercise.measures)
        self._blinks = tempo.rest >= _BLINK_REST_S and not judged and self.hands is None
        self._bare: tuple[tuple[int, int], Image] | None = None  # the face that hands are drawn on

    def at(self, seconds: float) -> Moment:
        """The moment so many seconds after the begin of the endless loop, in the exercise's own tempo."""
        number, into = divmod(seconds, self.seconds)
        side = self._side(int(number))
        for phase, pose, lasts in self._phases:
            if into < lasts:
                return Moment(phase, pose, side, into / lasts, lasts - into)
            into -= lasts
        return Moment(phase, pose, side, 1.0)  # by a rounding error past the end

    def _side(self, number: int) -> Side | None:
        return SIDES[number % 2] if self.exercise.sides == "alternate" else None

    def sides(self) -> tuple[Side | None, ...]:
        """The sides it is shown on: both for an alternating exercise, else None for the one movement there is."""
        return SIDES if self.exercise.sides == "alternate" else (None,)

    def way(self, moment: Moment) -> Way:
        """What the moment looks like; also of a moment that somebody else made, to show it in step with a person."""
        if self.hands is not None:
            return Way(_REST, _REST, hands=self.hands.part(moment.phase, min(max(moment.part, 0.0), 1.0)))
        pose = min(max(moment.pose, 0), self.poses - 1)
        side = (moment.side or "left") if self.exercise.sides == "alternate" else None
        part = min(max(moment.part, 0.0), 1.0)
        gone = part * part * (3.0 - 2.0 * part)
        match moment.phase:
            case Phase.RISE:
                return Way(pose - 1, pose, side, gone)
            case Phase.HOLD:
                return Way(pose, pose, side)
            case Phase.LOWER:
                return Way(_REST, pose, side, 1.0 - gone)
            case _:
                blink = 0.0
                if self._blinks:
                    from_it = abs(part - _BLINK_AT) * self.exercise.tempo.rest
                    blink = max(0.0, 1.0 - from_it / (_BLINK_S / 2))
                return Way(_REST, _REST, None, 0.0, blink)

    def controls(self, moment: Moment) -> Array:
        """The control vector (C,) of a moment."""
        return self.shown(self.way(moment))

    def shown(self, way: Way) -> Array:
        """The control vector (C,) of a way."""
        vector = (1.0 - way.amount) * self.peak(way.start, way.side) + way.amount * self.peak(way.end, way.side)
        return np.asarray(vector + way.blink * controls(lid_left=1.0, lid_right=1.0))

    def peak(self, pose: int, side: Side | None = None) -> Array:
        """The control vector (C,) of a pose as the template has it, -1 for rest; worked out when it is first asked for
        (some hundredths of a second)."""
        if pose == _REST:
            return np.zeros(len(CONTROLS))
        if (pose, side) not in self._peaks:
            if side == "right":  # the mirror image of the left one
                vector = self.peak(pose, "left")[_MIRRORED] * _SIGNS
            elif self.exercise.poses:
                vector = self._solved(pose)
            else:
                vector = controls(**LED.get(self.exercise.id, {}))
            self._peaks[pose, side] = vector
        return self._peaks[pose, side]

    def _solved(self, pose: int) -> Array:
        """The peak (of the left side) on the mesh, by those controls that belong to the measures it names.

        Templates are in what the tracker shows: where it shows little of a movement, people move more, and so does
        this. Where distances pull against each other some fall short: more is asked of those, for what goes past its
        target still is the movement."""
        rig = build(self._mesh)
        rest = measured(rig, np.zeros(len(CONTROLS)))
        for name, value in SITTING.items():
            rest[INDEX[name]] = value
        wanted: dict[str, float] = {}
        used: set[str] = set()
        for name, target in self.exercise.poses[pose].peak.items():
            span = target.span(float(rest[INDEX[name]]))
            if span:  # what is to keep still does, for want of controls that move it
                wanted[name] = span
                stem = _stem(name)
                for move in (*MOVES.get(stem, ()), *MOVES.get(stem + ("+" if span > 0 else "-"), ())):
                    used |= {move, move + name.removeprefix(stem)} if name != stem else {move + end for end in _ENDS}
        frozen = [name for name in FACE_CONTROLS if name not in used]
        # Lips that go to a side do so along with something else, whose share is not to be lost.
        asked = {name: 1.0 / SEEN.get(name, 1.0) if name != "lip_x" else 1.0 for name in wanted}
        for _ in range(_TRIES):
            targets = {name: span * asked[name] for name, span in wanted.items()}
            vector = solve(rig, targets, frozen, stiffness=STIFFNESS)
            reached = measured(rig, vector) - rest
            short = {n: reached[INDEX[n]] / span for n, span in wanted.items() if n in _SHOWN}
            short = {name: part for name, part in short.items() if part < 0.97}
            if not short:
                break
            for name, part in short.items():
                asked[name] = min(_MOST_ASKED, asked[name] / max(part, 0.5))
        face = slice(0, len(FACE_CONTROLS))
        vector[face] = np.clip(vector[face], -1.0, 1.0)
        for end in SIDES:
            aperture = f"eye_aperture_{end}"
            if aperture in wanted and 1.0 + wanted[aperture] / rest[INDEX[aperture]] < _CLOSED:
                vector[CONTROL[f"lid_{end}"]] = 1.0
        return vector

    def picture(self, way: Way, size: tuple[int, int], mirror: bool = False) -> Image:
        """Draw it: (H, W, 3) uint8 BGR, the head filling the picture, the region marked. mirror: as a mirror shows
        it."""
        vector = self.shown(way)
        points = shape(build(self._mesh), vector)
        if self.hands is None:
            drawn = portrait(self._mesh, points, vector, size, highlight=self.region, shoulders=self.region == "neck")
        else:
            shoulders = self.hands.shoulders
            if self._bare is None or self._bare[0] != size:
                self._bare = size, portrait(self._mesh, points, vector, size, shoulders=shoulders)
            drawn = self._bare[1].copy()
            self.hands.draw(drawn, points, Framing(vector, size, shoulders), way.hands)
        return np.asarray(cv2.flip(drawn, 1), np.uint8) if mirror else drawn


# --- pictures drawn ahead ------------------------------------------------------------------------------------

#: Pictures from one pose to the next, fewer where they are so large that a whole round would not fit into memory.
STEPS = 14
#: Memory for pictures, bytes.
BUDGET = 96 << 20
#: Seconds between two pictures, in which others have the machine.
BREATH_S = 0.03


@dataclass(slots=True, eq=False)
class _Album:
    """The pictures of one exercise in one size: those to be drawn yet, how many there will be, and those there are."""

    demonstrator: Demonstrator
    size: tuple[int, int]
    mirror: bool
    steps: int
    missing: deque[Way]
    whole: int
    drawn: dict[Way, Image] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return len(self.drawn) * _bytes(self.size)


class Pictures:
    """Pictures of demonstrations, drawn ahead by a thread of its own; the exercise wanted last comes first.

    Others are kept as long as there is memory, so that the next exercise can be made ready in time: want it, then want
    the one that is on again.
    """

    def __init__(self, mesh: Mesh, budget: int = BUDGET) -> None:
        self._mesh, self._budget = mesh, budget
        self._albums: OrderedDict[tuple[str, tuple[int, int], bool], _Album] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def want(self, exercise: Exercise, size: tuple[int, int], mirror: bool = True) -> Demonstrator:
        """Show this exercise from now on, in pictures of (width, height) pixels. Return who shows it.

        Costs next to nothing when it was wanted already, so it may be called for every frame.
        """
        key = exercise.id, size, mirror
        with self._changed:
            album = self._albums.get(key)
            if album is None or album.demonstrator.exercise != exercise:
                self._albums[key] = album = _album(Demonstrator(self._mesh, exercise), size, mirror, self._budget)
                self._changed.notify_all()
            self._albums.move_to_end(key)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._draw_ahead, name="demonstrator", daemon=True)
                self._thread.start()
        return album.demonstrator

    def picture(self, moment: Moment) -> Image:
        """Return the drawn picture nearest to a moment of the wanted exercise; not to be written to.

        The same picture is the same array each time. Only a first picture is waited for, as long as it takes to draw.
        Raises LookupError when no exercise was wanted.
        """
        with self._changed:
            if not self._albums:
                raise LookupError("no exercise was wanted")
            album = next(reversed(self._albums.values()))
        for way in _nearest(album.demonstrator.way(moment), album.steps, album.demonstrator.hands):
            image = album.drawn.get(way)
            if image is not None:
                return image
        rest = Way(_REST, _REST)
        with self._changed:
            # Not for one that has been given up meanwhile, nor for a thread that was ended.
            while (
                rest not in album.drawn and album in self._albums.values() and self._thread and self._thread.is_alive()
            ):
                self._changed.wait(BREATH_S)
        if rest not in album.drawn:
            self._keep(album, rest)
        return album.drawn[rest]

    @property
    def prepared(self) -> float:
        """0..1: how much of the wanted exercise's round is drawn."""
        with self._changed:
            album = next(reversed(self._albums.values()), None)
            if album is None:
                return 0.0
            return len(album.drawn) / album.whole

    def close(self) -> None:
        """End the thread, after the picture it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _draw_ahead(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not any(album.missing for album in self._albums.values()):
                    self._changed.wait()
                if self._closed:
                    return
                album = next(a for a in reversed(self._albums.values()) if a.missing)
                way = album.missing.popleft()
            self._keep(album, way)
            with self._changed:
                if not self._closed:
                    self._changed.wait(BREATH_S)

    def _keep(self, album: _Album, way: Way) -> None:
        """Draw a picture and keep it, and give up the exercises wanted longest ago where memory is short."""
        image = album.demonstrator.picture(way, album.size, album.mirror)
        image.setflags(write=False)
        with self._changed:
            album.drawn[way] = image
            self._changed.notify_all()
            while len(self._albums) > 1 and sum(a.bytes for a in self._albums.values()) > self._budget:
                self._albums.popitem(last=False)


def _album(demonstrator: Demonstrator, size: tuple[int, int], mirror: bool, budget: int) -> _Album:
    ends, between = len(list(_round(demonstrator, 1))), len(list(_round(demonstrator, 2)))
    room = budget // _bytes(size) - ends
    steps = min(STEPS, 1 + max(0, room // max(1, between - ends)))
    ways = deque(_round(demonstrator, steps))
    return _Album(demonstrator, size, mirror, steps, ways, len(ways))


def _round(demonstrator: Demonstrator, steps: int) -> Iterator[Way]:
    """All ways of a demonstration in steps, each once, those first that are needed first."""
    last = demonstrator.poses - 1
    ways = {Way(_REST, _REST): None}
    if demonstrator.hands is not None:
        many = _many(demonstrator.hands, steps) if demonstrator.hands.shown else 0
        return iter([*ways, *(Way(_REST, _REST, hands=i / many) for i in range(many))])
    ways |= {Way(pose, pose, side): None for side in demonstrator.sides() for pose in range(last + 1)}
    for side in demonstrator.sides():
        for pose in range(last + 1):
            ways |= {_stepped(Way(pose - 1, pose, side), step, steps): None for step in range(1, steps + 1)}
        ways |= {_stepped(Way(_REST, last, side), step, steps): None for step in range(steps, 0, -1)}
    if demonstrator.way(Moment(Phase.REST, part=_BLINK_AT)).blink:
        ways |= {Way(_REST, _REST, blink=blink): None for blink in (0.5, 1.0)}
    return iter(ways)


def _many(hands: Handwork, steps: int) -> int:
    """How many pictures one round of what hands do has."""
    return steps * (_WAYS if hands.long else _TURNS)


def _nearest(way: Way, steps: int, hands: Handwork | None = None) -> Iterator[Way]:
    """The ways in steps along this one, the nearest first."""
    if hands is not None and way.hands is not None:
        many = _many(hands, steps)
        at = round(way.hands * many)
        for away in range(many // 2 + 1):
            yield from (Way(_REST, _REST, hands=(at + by) % many / many) for by in (-away, away))
        return
    if way.start == way.end == _REST:
        yield Way(_REST, _REST, blink=round(2.0 * way.blink) / 2.0)
        return
    at = round(way.amount * steps)
    yield _stepped(way, at, steps)
    for away in range(1, steps + 1):
        for step in (at - away, at + away):
            if 0 <= step <= steps:
                yield _stepped(way, step, steps)


def _stepped(way: Way, step: int, steps: int) -> Way:
    """A way at one of the steps from 0 to `steps`; its ends are the poses themselves."""
    if way.start != way.end and 0 < step < steps:
        return Way(way.start, way.end, way.side, step / steps)
    pose = way.start if step == 0 else way.end
    return Way(pose, pose, None if pose == _REST else way.side)


def _stem(name: str) -> str:
    """The name of a measure or a control without its side."""
    return name.removesuffix("_left").removesuffix("_right")


def _bytes(size: tuple[int, int]) -> int:
    return 3 * size[0] * size[1]
