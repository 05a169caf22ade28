"""The built-in performer: the drawn face doing an exercise, as images for the real tracker, with the exact truth.

It is the camera where there is none (demonstration, tests, benchmarks). Every exercise file can be performed from
the moment it exists: its template names measures, the rig is solved for them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from coach.avatar.draw import LOOKS, Look, draw
from coach.avatar.mesh import Mesh
from coach.avatar.rig import CONTROL, CONTROLS, Rig, build, controls, head_matrix, measured, shape, solve
from coach.form.exercise import Exercise
from coach.form.guide import READY_S
from coach.form.measures import INDEX, ODD, mirrored
from coach.frame import SIDES, Array, Image, Side
from coach.plan.routine import Manner

#: The performer goes this much past the template, as somebody does who shows a movement.
GAIN = 1.15
#: How much of a drawn movement the tracker shows, where it is not about all: measured over the rig's controls. What
#: is to be seen is drawn larger by as much. It smooths brows and chin towards its idea of a face.
SEEN = {
    "lip_gap": 0.85,
    "chin_x": 0.4,
    "lip_x": 0.5,
    "brow_gap": 0.1,
    "brow_height_left": 0.85,
    "brow_height_right": 0.85,
}
#: Shoulders of somebody who sits before a camera, by measure: the mesh has none.
SITTING = {"neck_length_left": 0.55, "neck_length_right": 0.55, "shoulder_width": 4.2, "shoulder_tilt_deg": 0.0}
#: A partial repetition goes this part of the way that would pass.
PARTIAL = 0.72
#: The weaker side of a one-sided repetition moves this part of the way.
WEAK = 0.3
#: Seconds of rest before the first repetition: enough for a neutral face to be learnt.
FIRST_REST_S = 1.8

#: Regions of the face. One that the exercise asks nothing of is to stay at rest: without this the rig would find odd
#: ways to a distance, such as a smile that helps a frown.
REGIONS = (
    ("mouth_width", "lip_gap", "chin_drop", "corner_canthus_left", "corner_canthus_right", "lip_aspect"),
    ("lip_x", "chin_x"),
    ("brow_height_left", "brow_height_right", "brow_gap"),
    ("eye_aperture_left", "eye_aperture_right"),
    ("nose_length", "nose_width"),
)
#: Dear enough that the movement stays simple: a control at 1 must bring a target half a hundredth of an OC nearer.
STIFFNESS = 0.5

_BROWS_UP = {"brow_up_left": 0.9, "brow_up_right": 0.9}


@dataclass(frozen=True, slots=True)
class Move:
    """One repetition as performed, the ground truth. Times in seconds from the start of the performance.

    marks   begin of the rise, then begin and end of the hold of each pose, and the end
    counts  whether a coach must count it
    fault   code of the fault it must be told about, empty when it is clean
    """

    manner: Manner
    side: Side | None
    amplitude: float
    marks: tuple[float, ...]
    counts: bool
    fault: str = ""

    @property
    def start(self) -> float:
        return self.marks[0]

    @property
    def peak_start(self) -> float:
        return self.marks[1]

    @property
    def peak_end(self) -> float:
        return self.marks[-2]

    @property
    def end(self) -> float:
        return self.marks[-1]


@dataclass(frozen=True, slots=True)
class Performance:
    """A set to perform: an exercise at its own tempo, one entry of `manners` for each repetition.

    Alternating exercises begin with the subject's left and change sides with every repetition.
    """

    exercise: Exercise
    manners: tuple[Manner, ...]
    moves: tuple[Move, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", tuple(_plan(self.exercise, self.manners)))

    @property
    def seconds(self) -> float:
        """How long it takes, the last rest included."""
        return self.moves[-1].end + max(self.exercise.tempo.rest, 0.8)

    @property
    def reps(self) -> int:
        """Repetitions a coach must count."""
        return sum(move.counts for move in self.moves)

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes of the faults performed, in their order."""
        return tuple(move.fault for move in self.moves if move.fault)


def _plan(exercise: Exercise, manners: Sequence[Manner]) -> Iterator[Move]:
    tempo, count = exercise.tempo, exercise.count
    now = FIRST_REST_S if exercise.poses else READY_S + 0.2
    for i, manner in enumerate(manners):
        side: Side | None = SIDES[i % 2] if exercise.sides == "alternate" else None
        rise, hold, lower = tempo.rise, max(tempo.hold, count.hold + 0.3), tempo.lower
        amplitude, counts, fault = 1.0, True, ""
        match manner:
            case "partial":
                amplitude, counts = PARTIAL * count.level / GAIN, False
            case "one-sided":
                fault = "asymmetry"
            case "rushed":
                rise, hold, lower, counts, fault = 0.2, 0.3 * count.hold, 0.2, False, "rushed"
            case "brow":
                fault = "brow"
            case "clean":
                pass
        marks = [now]
        for _ in exercise.poses:
            marks += [marks[-1] + rise, marks[-1] + rise + hold]
        marks.append(marks[-1] + (lower if exercise.poses else rise + hold + lower))
        yield Move(manner, side, amplitude, tuple(marks), counts, fault)
        now = marks[-1] + tempo.rest


def peak_controls(
    rig: Rig, exercise: Exercise, side: Side = "left", seen: Mapping[str, float] = SEEN, pose: int = 0
) -> Array:
    """Return the control vector (C,) of the exercise's peak (of one side, for an alternating exercise).

    seen  how much of a drawn change of a measure its watcher shows; {} for the mesh itself
    pose  which of several peaks
    """
    rest = measured(rig, np.zeros(len(CONTROLS)))
    for name, value in SITTING.items():
        rest[INDEX[name]] = value
    peak = exercise.poses[pose].peak
    still = (name for region in REGIONS if not peak.keys() & set(region) for name in region)
    targets = dict.fromkeys(still, 0.0)
    for name, target in peak.items():
        swap = exercise.sides == "alternate" and side == "right"
        shown = mirrored(name) if swap else name
        change = target.span(float(rest[INDEX[shown]]))
        targets[shown] = (-change if swap and name in ODD else change) / seen.get(shown, 1.0)
    return solve(rig, targets, stiffness=STIFFNESS)


def control_track(rig: Rig, performance: Performance, times: Array, seen: Mapping[str, float] = SEEN) -> Array:
    """Return the control vectors (T, C) of a performance at times (T,) in seconds from its start.

    A little sway of the head and a blink now and then are added, as every living person shows them; both are the
    same in every performance.
    """
    exercise = performance.exercise
    track = np.zeros((len(times), len(CONTROLS)))
    sides: set[Side] = {move.side or "left" for move in performance.moves}
    numbers = range(len(exercise.poses))
    peaks = {
        s: GAIN * np.array([peak_controls(rig, exercise, s, seen, p) for p in numbers]).reshape(-1, len(CONTROLS))
        for s in sides
    }
    for i, move in enumerate(performance.moves):
        peak = move.amplitude * peaks[move.side or "left"]
        if move.manner == "one-sided":
            weak = "_right" if i % 2 == 0 else "_left"
            peak = peak * [WEAK if name.endswith(weak) else 1.0 for name in CONTROLS]
        if move.manner == "brow":
            peak = peak + controls(**_BROWS_UP)
        track += pulses(times, move) @ peak
    for name, size, period, phase in _SWAY:
        track[:, CONTROL[name]] += size * np.sin(2 * np.pi * times / period + phase)
    if not any(name.startswith(("eye", "blink", "gaze", "lower_lid")) for name in exercise.measures):
        closed = np.maximum(0.0, 1.0 - np.abs((times + _BLINK_S / 2) % _BLINK_S - _BLINK_S / 2) / 0.1)
        for name in ("lid_left", "lid_right"):
            track[:, CONTROL[name]] = np.maximum(track[:, CONTROL[name]], closed)
    return track


#: Sway of the head: control, degrees, period and phase. Periods that never fall together.
_SWAY = (("yaw_deg", 0.9, 7.3, 0.3), ("pitch_deg", 0.6, 5.9, 1.1), ("roll_deg", 0.7, 9.1, 2.0))
#: Seconds from blink to blink.
_BLINK_S = 4.3


def pulses(times: Array, move: Move) -> Array:
    """(T, P) how much of each pose is shown: 0 at rest, 1 at the peak, smoothly up, over to the next one, and down."""
    marks = move.marks
    ways = np.stack([_smooth(times, a, b) for a, b in zip(marks[0::2], marks[1::2], strict=True)], axis=-1)
    return np.asarray(ways[:, :-1] - ways[:, 1:])


def _smooth(times: Array, start: float, end: float) -> Array:
    x = np.clip((times - start) / max(end - start, 1e-6), 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def perform(
    mesh: Mesh,
    performance: Performance,
    fps: float = 30.0,
    size: tuple[int, int] = (1280, 720),
    look: Look = LOOKS["light"],
    start: float = 0.0,
) -> Iterator[tuple[float, Callable[[], Image]]]:
    """Yield (time in seconds, picture) for each frame of a performance, the first at `start`.

    Calling the picture draws it, (H, W, 3) uint8 BGR: frames that nobody looks at cost nothing.
    """
    rig = build(mesh)
    times = np.arange(int(performance.seconds * fps)) / fps
    for time, vector in zip(times, control_track(rig, performance, times), strict=True):
        yield start + float(time), partial(draw_controls, rig, vector, size, look)


def draw_controls(rig: Rig, vector: Array, size: tuple[int, int], look: Look = LOOKS["light"]) -> Image:
    """Return the picture of one control vector."""
    shoulders = float(vector[CONTROL["shoulders_cm"]]) if "shoulders_cm" in CONTROL else 0.0
    return draw(rig.mesh, shape(rig, vector), head_matrix(vector), size, look, shoulders)


def truth(performance: Performance) -> Mapping[str, object]:
    """The performer's ground truth, for JSON: counted repetitions, partial ones, faults."""
    return {
        "reps": performance.reps,
        "partial": sum(move.manner == "partial" for move in performance.moves),
        "faults": list(performance.faults),
    }
