"""A film that lies on its side, or upside down, without saying so is found by the face in it."""

from functools import cache

import numpy as np
import pytest
from faces import mesh

from coach.avatar.performer import draw_controls
from coach.avatar.rig import build, controls
from coach.errors import BadVideo
from coach.frame import Image
from coach.vision import upright
from coach.vision.picture import Stillness
from coach.vision.upright import find_turn, turned


@cache
def face() -> Image:
    return draw_controls(build(mesh()), controls(), (640, 480))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_turn_that_brings_the_face_upright_is_found(degrees: int) -> None:
    lies = np.ascontiguousarray(np.rot90(face(), degrees // 90))
    assert find_turn([(i / 10, lies) for i in range(20)]) == degrees
    np.testing.assert_array_equal(turned(lies, degrees), face())


def test_without_a_face_nothing_is_turned() -> None:
    assert find_turn([(0.0, np.full((480, 640, 3), 90, np.uint8))]) == 0
    assert find_turn([]) == 0


def test_only_as_much_of_the_film_is_looked_at_as_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def pictures(image: Image) -> object:
        for i in range(1000):
            asked.append(i / 10)
            yield i / 10, image

    find_turn(pictures(face()))  # type: ignore[arg-type]
    assert asked == [0.0]
    asked.clear()
    find_turn(pictures(np.zeros((480, 640, 3), np.uint8)))  # type: ignore[arg-type]
    assert asked[-1] == upright.FOR_S


def test_a_film_that_cannot_be_read_is_refused_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def bad() -> object:
        raise BadVideo("a.mp4: not a video")
        yield

    monkeypatch.setattr(upright, "detector", lambda models: pytest.fail("loaded"))
    with pytest.raises(BadVideo):
        find_turn(bad())  # type: ignore[arg-type]


def test_for_how_long_a_picture_has_been_the_same() -> None:
    still = Stillness()
    one = face()
    other = one.copy()
    other[0, 0, 0] ^= 1  # the least there is, in a corner
    told = [still.step(image, time) for time, image in enumerate([one, one.copy(), one.copy(), other, other.copy()])]
    assert told == [0.0, 1.0, 2.0, 0.0, 1.0]
    assert still.step(np.zeros((2, 2, 3), np.uint8), 5.0) == 0.0  # of another size


def test_a_buffer_that_is_drawn_over_tells_nothing() -> None:
    still, image = Stillness(), face().copy()
    assert [still.step(image, float(time)) for time in range(3)] == [0.0, 0.0, 0.0]
