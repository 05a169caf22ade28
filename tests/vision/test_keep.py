"""A kept video has every picture that it took, under its number; it holds nobody up, and ends in one sentence."""

import errno
import os
import stat
import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision import keep
from coach.vision.keep import WAITING, VideoKeeper, VideoPictures
from coach.vision.video import read_video


def shade(number: int, size: tuple[int, int] = (320, 240)) -> Image:
    """A picture that can be told from the others after compression."""
    return np.full((size[1], size[0], 3), 10 + 8 * number, np.uint8)


def number_of(image: Image | None) -> int | None:
    return None if image is None else round((float(image.mean()) - 10) / 8)


def pictures_in(path: Path) -> int:
    """How many pictures can be read of a video; 0 where there is none."""
    try:
        return sum(1 for _ in read_video(path, whole=True))
    except BadVideo:
        return 0


def add_all(keeper: VideoKeeper, images: list[Image]) -> list[int | None]:
    """Add pictures as slowly as they can be written."""
    numbers = []
    for image in images:
        numbers.append(keeper.add(image))
        while not keeper._waiting.empty():
            threading.Event().wait(0.001)
    return numbers


def test_every_picture_is_found_again_by_its_number(tmp_path: Path) -> None:
    keeper = VideoKeeper(tmp_path / "a.mp4")
    assert add_all(keeper, [shade(i) for i in range(25)]) == list(range(25))
    assert keeper.close()
    assert (keeper.trouble, keeper.dropped, pictures_in(keeper.path)) == ("", 0, 25)
    pictures = VideoPictures(keeper.path)
    asked = [0, 1, None, 2, 7, 7, None, 24]
    assert [number_of(pictures.picture(number)) for number in asked] == [0, 1, 1, 2, 7, 7, 7, 24]
    assert pictures.picture(25) is None


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of Unix")
def test_nobody_else_may_look_at_it(tmp_path: Path) -> None:
    keeper = VideoKeeper(tmp_path / "a.mp4")
    add_all(keeper, [shade(1)])
    assert stat.S_IMODE(keeper.path.stat().st_mode) == 0o600
    keeper.close()
    assert stat.S_IMODE(keeper.path.stat().st_mode) == 0o600


def test_a_writer_that_is_behind_leaves_out_pictures_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on, encoder = threading.Event(), keep.Encoder

    def slow(*given: Any, **named: Any) -> Any:
        going_on.wait(5.0)
        return encoder(*given, **named)

    monkeypatch.setattr(keep, "Encoder", slow)
    keeper = VideoKeeper(tmp_path / "a.mp4")
    numbers = [keeper.add(shade(i % 28)) for i in range(50)]
    assert keeper.dropped == numbers.count(None) >= 50 - WAITING - 1
    going_on.set()
    keeper.close()
    kept = [number for number in numbers if number is not None]
    assert kept == list(range(len(kept)))
    assert pictures_in(keeper.path) == len(kept)


def test_pictures_of_a_camera_are_made_smaller_and_of_one_size(tmp_path: Path) -> None:
    keeper = VideoKeeper(tmp_path / "a.mp4")
    add_all(keeper, [shade(3, (1280, 721)), shade(4, (640, 480))])
    keeper.close()
    pictures = VideoPictures(keeper.path)
    assert [picture.shape for n in (0, 1) if (picture := pictures.picture(n)) is not None] == [(540, 960, 3)] * 2


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize("after", [0, 2])
def test_a_disk_that_fills_up_ends_it_in_one_sentence_and_what_is_in_it_can_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    looks = iter([10**12] * after)
    monkeypatch.setattr(keep.shutil, "disk_usage", lambda path: Usage(0, 0, next(looks, 0)))
    monkeypatch.setattr(keep, "LOOK_EVERY", 5)
    keeper = VideoKeeper(tmp_path / "a.mp4")
    numbers = add_all(keeper, [shade(i) for i in range(20)])
    assert numbers[-1] is None
    assert keeper.close() is (after > 0)
    assert "the recording goes on without it" in keeper.trouble
    assert "\n" not in keeper.trouble
    assert pictures_in(keeper.path) == 5 * after
    assert keeper.path.exists() is (after > 0)


def test_a_place_that_cannot_be_written_ends_it_in_one_sentence_and_nothing_is_written_over(tmp_path: Path) -> None:
    precious = tmp_path / "a.mp4"
    precious.write_text("precious")
    for path in (precious, tmp_path / "none" / "b.mp4"):
        keeper = VideoKeeper(path)
        add_all(keeper, [shade(1), shade(2)])
        assert not keeper.close()
        assert "the video ends here" in keeper.trouble
    assert precious.read_text() == "precious"


def test_without_a_picture_there_is_no_file(tmp_path: Path) -> None:
    keeper = VideoKeeper(tmp_path / "a.mp4")
    assert not keeper.close()
    assert keeper.add(shade(1)) is None
    assert list(tmp_path.iterdir()) == []


_KILLED = """
import os, sys, threading
import numpy as np
from pathlib import Path
from coach.vision.keep import VideoKeeper

keeper = VideoKeeper(Path(sys.argv[1]))
for i in range(90):
    keeper.add(np.full((240, 320, 3), 10 + i, np.uint8))
    while not keeper._waiting.empty():
        threading.Event().wait(0.001)
threading.Event().wait(0.2)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are a matter of Unix")
def test_the_video_of_a_program_that_was_killed_can_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path)], cwd=Path(__file__).parents[2], timeout=60)
    assert done.returncode == -9
    pictures = [float(image.mean()) for _, image in read_video(path)]
    assert 60 <= len(pictures) <= 90  # but for the second that was just being written
    np.testing.assert_allclose(pictures, 10 + np.arange(len(pictures)), atol=2.5)


def test_a_disk_that_is_full_in_the_middle_of_a_picture_ends_it_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fdopen = os.fdopen

    class Full:
        """A file with room for the first pictures."""

        def __init__(self, *given: Any) -> None:
            self.file, self.room = fdopen(*given), 20_000

        def write(self, data: bytes) -> int:
            self.room -= len(data)
            if self.room < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(self.file.write(data))

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

    monkeypatch.setattr(keep.os, "fdopen", Full)
    keeper = VideoKeeper(tmp_path / "a.mp4")
    noise = np.random.default_rng(1)
    numbers = add_all(keeper, [noise.integers(0, 255, (240, 320, 3), np.uint8) for _ in range(60)])
    monkeypatch.setattr(keep.os, "fdopen", fdopen)
    assert numbers[-1] is None
    assert keeper.close()
    assert keeper.trouble.count("the recording goes on without it") == 1
