"""Does a camera swap left and right? Told by a left hand that is raised beside the face."""

from collections.abc import Iterable

import numpy as np

from coach.frame import Frame

#: Seconds that are looked at, at most; pictures with a hand beside the face that are needed; and the part of them in
#: which it must be on the same side.
LOOKS_S, ENOUGH, AGREED = 12.0, 15, 0.8


def swaps(frames: Iterable[Frame]) -> bool | None:
    """Return whether the pictures are mirror images, from frames of somebody who raises the left hand; None where that
    cannot be told. No more of them are asked for than are needed."""
    on_left: list[bool] = []
    for frame in frames:
        side = _side(frame)
        if side is not None:
            on_left.append(side)
        if len(on_left) >= ENOUGH or frame.time > LOOKS_S:
            break
    if len(on_left) < ENOUGH:
        return None
    part = float(np.mean(on_left))
    return part >= AGREED if max(part, 1.0 - part) >= AGREED else None


def _side(frame: Frame) -> bool | None:
    """Whether the one hand that is raised beside a face is at the left of the picture, where in a picture that is no
    mirror image the right hand is; None where there is not one."""
    if frame.landmarks is None or frame.hands is None or frame.hands_time is not None:
        return None
    low, high = frame.landmarks[:, :2].min(axis=0), frame.landmarks[:, :2].max(axis=0)
    width, height = high - low
    middles = frame.hands[..., :2].mean(axis=1)
    raised = [x for x, y in middles.tolist() if y < high[1] + 0.5 * height and not low[0] < x < high[0]]
    return raised[0] < low[0] if len(raised) == 1 and width > 0 else None
