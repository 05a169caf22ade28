"""Neck massage without pictures: a seated person whose shoulders, elbows and wrists move as asked for.

The picture is 640 x 480, the face small enough for the shoulders to be in it. Wrists behind the head are not seen,
those in the lap lie below the picture; elbows carry on. As from the tracker a pose stays until the next look.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from faces import PIXELS, resting

from coach.form.exercise import Exercise
from coach.frame import Frame, Picture

#: right: as the exercise says. up: strokes towards the head. fast: strokes three times as quick. midline: on the spine.
#: tilted: one shoulder 9 degrees lower. away: the hands stay in the lap. forceful: taps from far away. bursts: taps
#: with no rest in between. stirring: hands that wander where they are to be held. rises: gets up half-way through.
#: nodding: the head hangs. hidden: neither wrists nor elbows are ever seen.
Manner = Literal["right", "up", "fast", "midline", "tilted", "away", "forceful", "stirring", "rises", "nodding",
                 "hidden"]  # fmt: skip

WIDTH, HEIGHT = 640, 480
#: Pixels of an OC, and of the shoulders' width.
OC, SHOULDERS = 45.0, 185.0
#: Where the bridge of the nose is, pixels.
NOSE = (320.0, 150.0)
#: Shoulder widths: standard deviation of every landmark from look to look.
NOISE = 0.02
#: Taps a second, and how far they go (shoulder widths) from a loose hand and with force.
TAPS_HZ, LOOSE, FORCEFUL = 3.1, 0.15, 0.55
#: Seconds until the hands are where they are to be.
ENTER_S = 1.5

_PICTURE = Picture(WIDTH, HEIGHT, 120.0, 45.0, 0.2)


@dataclass(frozen=True)
class _Arm:
    """How far down the neck a hand is (0 ear, 1 shoulder), how far beside its middle (shoulder widths), how high the
    elbow (0 hangs, 1 at the shoulder), and whether wrist and elbow are in sight."""

    down: float
    beside: float
    elbow: float
    wrist: bool = True
    seen: bool = True


_LAP = _Arm(3.2, 0.25, 0.0, wrist=False)


def frames(
    exercise: Exercise,
    seconds: float,
    start: float = 0.0,
    fps: float = 30.0,
    rate: float = 10.0,
    manner: Manner = "right",
    noise: float = NOISE,
    seed: int = 0,
) -> Iterator[Frame]:
    """Frames of somebody who does an exercise of the neck over and over at its own tempo; hands of any other exercise
    stay in the lap.

    seconds: of it, with the way there. start: time of the first frame. rate: looks for the body a second.
    """
    random = np.random.default_rng(seed)
    pose, seen_at, due = None, start, 0.0
    for frame in resting(seconds, fps):
        t = frame.time
        # Getting up takes two seconds and a head's height and more.
        rise = min(max((t - seconds / 2) / 2.0, 0.0), 1.0) * 2.2 * OC if manner == "rises" else 0.0
        assert frame.landmarks is not None
        points = (frame.landmarks - (640.0, 360.0, 0.0)) * (OC / PIXELS) + (*NOSE, 0.0) - (0.0, rise, 0.0)
        points = points.astype(np.float32)
        if t >= due - 1e-9:
            due, seen_at = due + 1.0 / rate, start + t
            pose = _pose(exercise, t - ENTER_S, manner, points, random, noise)
        head = _nodded(frame.head, 18.0) if manner == "nodding" and frame.head is not None else frame.head
        yield replace(frame, time=start + t, landmarks=points, head=head, pose=pose, pose_time=seen_at,
                      hands=np.zeros((0, 21, 3), np.float32), hands_time=seen_at, picture=_PICTURE)  # fmt: skip


def _nodded(head: np.ndarray, degrees: float) -> np.ndarray:
    turn = np.eye(4)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn[1:3, 1:3] = ((c, -s), (s, c))
    return np.asarray(head @ turn, np.float32)


def _pose(
    exercise: Exercise, t: float, manner: Manner, points: np.ndarray, random: np.random.Generator, noise: float
) -> np.ndarray:
    """(33, 4) of one moment."""
    pose = np.zeros((33, 4))
    middle = np.array([points[168, 0], points[168, 1] + 0.75 * SHOULDERS])
    tilt = math.radians(9.0 if manner == "tilted" else 0.0)
    across = np.array([math.cos(tilt), math.sin(tilt)]) * SHOULDERS / 2
    for k, (face, out) in enumerate(((454, 1.0), (234, -1.0))):
        arm = _arm(exercise, t, manner, k)
        ear, shoulder = points[face, :2], middle + out * across
        pose[7 + k, :2], pose[11 + k, :2] = ear, shoulder
        pose[[7 + k, 11 + k], 3] = 1.0
        pose[13 + k, :2] = shoulder + SHOULDERS * np.array([out * (0.15 + 0.6 * arm.elbow), 0.95 * (1 - arm.elbow)])
        pose[13 + k, 3] = float(arm.seen)
        down = ear[1] + arm.down * (shoulder[1] - ear[1])
        pose[15 + k, :2] = middle[0] + out * arm.beside * SHOULDERS, down
        pose[15 + k, 3] = float(arm.seen and arm.wrist)
    pose[:, :2] += random.normal(0.0, noise * SHOULDERS, (33, 2))
    return pose.astype(np.float32)


def _arm(exercise: Exercise, t: float, manner: Manner, k: int) -> _Arm:
    """One arm at a time since the hands are there; k: 0 left, 1 right."""
    touch = exercise.touch
    move = touch.move if touch is not None else ""
    if manner == "hidden":
        return replace(_LAP, seen=False)
    if manner == "away" or move in ("upright", "seated", ""):
        return _LAP
    if move == "rub":
        return _Arm(2.2, 0.05 + 0.02 * math.sin(12 * t), 0.15)
    if move == "glide":
        arm = _gliding(exercise, t, manner)
    elif move == "grip":
        # Hands that wander go up and down the neck and back within three seconds, and with them the elbows.
        wander = 0.5 - 0.5 * math.cos(2.1 * max(t, 0.0)) if manner == "stirring" else 0.0
        arm = _Arm(0.4 + 0.6 * wander, 0.1, 0.95 - 0.6 * wander, wrist=False)
    elif move == "park":
        # Wrists come and go behind the neck as the hands turn; the elbows stir a little.
        turn = 1.3 * t + k * math.pi
        arm = _Arm(0.7 + 0.1 * math.sin(turn), 0.25 + 0.03 * math.cos(turn), 0.6 + 0.05 * math.sin(turn),
                   wrist=math.sin(0.4 * t + k) > 0)  # fmt: skip
    else:
        assert move == "percuss"
        high = FORCEFUL if manner == "forceful" else LOOSE
        one = exercise.tempo.rise + exercise.tempo.rest
        taps = t % one < exercise.tempo.rise
        lifted = high * abs(math.sin(math.pi * (TAPS_HZ * t + 0.5 * k))) if taps else 0.0
        arm = _Arm(0.9 - lifted * SHOULDERS / 100.0, 0.35, 0.3)
    if manner == "midline":
        arm = replace(arm, beside=0.0, wrist=True)
    if t >= 0:
        return arm
    # From the lap, behind the elbows that lift: a wrist on its way is seen.
    part = 1.0 + t / ENTER_S
    return _Arm(_LAP.down + part * (arm.down - _LAP.down), _LAP.beside + part * (arm.beside - _LAP.beside),
                part * arm.elbow, wrist=part > 0.3)  # fmt: skip


def _gliding(exercise: Exercise, t: float, manner: Manner) -> _Arm:
    """Down the neck in the first part of the round, back through the air in the rest: behind the head there is no wrist
    to be seen."""
    tempo = exercise.tempo
    go, back = tempo.rise, max(tempo.rest, 0.6)
    if manner == "fast":
        go, back = go / 3, back / 2
    part = max(t, 0.0) % (go + back)
    down = part / go if part < go else 1.0 - (part - go) / back
    if manner == "up":
        down = 1.0 - down
    in_air = 0.35 * math.sin(math.pi * (part - go) / back) if part >= go else 0.0
    return _Arm(0.1 + 0.9 * down, 0.2 + 0.2 * down + in_air, 0.95 - 0.85 * down, wrist=down > 0.45 or in_air > 0.2)
