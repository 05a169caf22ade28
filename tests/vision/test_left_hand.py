"""A raised left hand tells whether a camera swaps left and right."""

from collections.abc import Iterator

import numpy as np
import pytest
from faces import resting

from coach.frame import Frame
from coach.vision.left_hand import ENOUGH, LOOKS_S, swaps


def raising(*at: tuple[float, float] | None, seconds: float = 2.0) -> Iterator[Frame]:
    """Somebody at rest, with hands in the picture at some places: widths and heights of the face from its middle."""
    for frame in resting(seconds):
        assert frame.landmarks is not None
        low, high = frame.landmarks[:, :2].min(axis=0), frame.landmarks[:, :2].max(axis=0)
        hands = [np.full((21, 3), [*((low + high) / 2 + np.array(place) * (high - low)), 0.0]) for place in at if place]
        yield Frame(frame.time, frame.landmarks, frame.blendshapes, frame.head,
                    hands=np.array(hands, np.float32).reshape(-1, 21, 3))  # fmt: skip


@pytest.mark.parametrize(("x", "mirrored"), [(1.2, False), (-1.2, True)])
def test_the_left_hand_is_at_the_right_of_a_picture_that_is_no_mirror_image(x: float, mirrored: bool) -> None:
    assert swaps(raising((x, -0.2))) is mirrored


@pytest.mark.parametrize(
    "at",
    [(), ((0.0, 0.1),), ((1.2, 3.0),), ((1.2, 0.0), (-1.2, 0.0))],
    ids=["no hand", "before the face", "in the lap", "both"],
)
def test_what_is_no_raised_hand_beside_the_face_tells_nothing(at: tuple[tuple[float, float], ...]) -> None:
    assert swaps(raising(*at)) is None


def test_no_longer_is_looked_than_it_takes() -> None:
    frames = raising((1.2, 0.0), seconds=30.0)
    assert swaps(frames) is False
    assert next(frames).time == pytest.approx(ENOUGH / 30)
    nobody = raising(seconds=30.0)
    assert swaps(nobody) is None
    assert next(nobody).time == pytest.approx(LOOKS_S, abs=0.1)


def test_a_hand_that_changes_sides_tells_nothing() -> None:
    both = [frame for pair in zip(raising((1.2, 0.0)), raising((-1.2, 0.0)), strict=True) for frame in pair]
    assert swaps(both) is None
