"""Cameras as drivers give them: asked for once, tried in another way, mirrored back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from coach.errors import NoCamera
from coach.frame import Image
from coach.vision import camera


@dataclass
class Driver:
    """What stands in for OpenCV. opens: the ways in which the camera can be opened, and whether with wishes."""

    opens: dict[int, bool]
    pictures: int = 3
    asked: list[tuple[int, int]] = field(default_factory=list)
    released: int = 0
    set_to: dict[int, float] = field(default_factory=dict)

    def __call__(self, index: int, way: int, wishes: Sequence[int] = ()) -> "Capture":
        self.asked.append((way, len(wishes)))
        return Capture(self, way in self.opens and (not wishes or self.opens[way]))


@dataclass
class Capture:
    driver: Driver
    opened: bool
    given: int = 0

    def isOpened(self) -> bool:
        return self.opened

    def read(self) -> tuple[bool, Image | None]:
        self.given += 1
        if not self.opened or self.given > self.driver.pictures:
            return False, None
        picture = np.zeros((4, 6, 3), np.uint8)
        picture[:, 0] = 200
        return True, picture

    def set(self, what: int, value: float) -> bool:
        self.driver.set_to[what] = value
        return True

    def release(self) -> None:
        self.driver.released += 1


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "_WAYS", (cv2.CAP_MSMF, cv2.CAP_DSHOW))


def seen(driver: Driver, monkeypatch: pytest.MonkeyPatch, mirrored: bool = False) -> list[Image]:
    monkeypatch.setattr(camera.cv2, "VideoCapture", driver)
    return [image for _, image in camera.read_camera(0, mirrored=mirrored)]


def test_size_and_format_are_asked_for_in_one_go(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver({cv2.CAP_MSMF: True})
    assert len(seen(driver, monkeypatch)) == 3
    assert driver.asked == [(cv2.CAP_MSMF, 8)]
    assert (driver.released, driver.set_to) == (1, {})


def test_a_driver_that_takes_no_wishes_while_it_opens_gets_them_afterwards(
    windows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver({cv2.CAP_MSMF: False})
    assert len(seen(driver, monkeypatch)) == 3
    assert driver.asked == [(cv2.CAP_MSMF, 8), (cv2.CAP_MSMF, 0)]
    assert driver.set_to[cv2.CAP_PROP_FRAME_WIDTH] == 1280


def test_the_older_way_is_the_second_try(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver({cv2.CAP_DSHOW: True})
    assert len(seen(driver, monkeypatch)) == 3
    assert [way for way, wishes in driver.asked if wishes] == [cv2.CAP_MSMF, cv2.CAP_DSHOW]


def test_none_at_all_and_one_without_pictures_are_told_apart(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoCamera, match="no camera 0: plug one in"):
        seen(Driver({}), monkeypatch)
    with pytest.raises(NoCamera, match="delivers no picture"):
        seen(Driver({cv2.CAP_DSHOW: True}, pictures=0), monkeypatch)


def test_a_camera_that_mirrors_is_mirrored_back(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver({camera._WAYS[0]: True})
    assert seen(driver, monkeypatch)[0][0, :, 0].tolist() == [200, 0, 0, 0, 0, 0]
    assert seen(driver, monkeypatch, mirrored=True)[0][0, :, 0].tolist() == [0, 0, 0, 0, 0, 200]
