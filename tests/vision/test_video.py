"""Video files give images with their own times, or one sentence that says what is wrong with them."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from videos import GREY, cut, face, write

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision.video import announced_frames, read_video


def shades(n: int) -> list[Image]:
    """Pictures that can be told apart after compression."""
    return [np.full_like(GREY, 20 + 10 * i) for i in range(n)]


@pytest.mark.parametrize("fps", [10.0, 25.0, 60.0])
@pytest.mark.parametrize(("codec", "name"), [("MJPG", "a.avi"), ("mp4v", "a.mp4")])
def test_every_frame_comes_once_in_order_with_the_time_it_has_in_the_file(
    tmp_path: Path, fps: float, codec: str, name: str
) -> None:
    pictures = shades(12)
    seen = list(read_video(write(tmp_path / name, pictures, fps, codec)))
    np.testing.assert_allclose([time for time, _ in seen], np.arange(12) / fps, atol=1e-3)
    assert [round(float(image.mean()) / 10) for _, image in seen] == [2 + i for i in range(12)]


class Stamped:
    """A capture whose stamps (milliseconds) are as wrong as those of some phones."""

    def __init__(self, stamps: list[float], fps: float) -> None:
        self.stamps, self.fps, self.at = stamps, fps, -1

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, Image]:
        self.at += 1
        return self.at < len(self.stamps), GREY

    def get(self, what: int) -> float:
        return {cv2.CAP_PROP_FPS: self.fps, cv2.CAP_PROP_POS_MSEC: self.stamps[min(self.at, len(self.stamps) - 1)]}.get(
            what, float(len(self.stamps))
        )

    def release(self) -> None:
        pass


@pytest.mark.parametrize(
    ("stamps", "fps", "times"),
    [
        ([0, 100, 350, 400], 10, [0, 0.1, 0.35, 0.4]),  # an uneven frame rate is kept
        ([0, 0, 0, 0], 10, [0, 0.1, 0.2, 0.3]),
        ([0, 100, 50, 200], 10, [0, 0.1, 0.2, 0.3]),
        ([-40, 0, 40, 80], 25, [0, 0.04, 0.08, 0.12]),
        ([0, 0, 0], 0, [0, 1 / 30, 2 / 30]),  # neither times nor a rate: 30 frames a second are assumed
        ([0, 0, 0], 90000, [0, 1 / 30, 2 / 30]),
    ],
)
def test_times_rise_whatever_the_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamps: list[float], fps: float, times: list[float]
) -> None:
    file = tmp_path / "a.avi"
    file.write_bytes(b"something")
    monkeypatch.setattr("coach.vision.video.open_capture", lambda source: Stamped(stamps, fps))
    seen = [time for time, _ in read_video(file, whole=True)]
    np.testing.assert_allclose(seen, times, atol=1e-9)
    assert np.all(np.diff(seen) > 0)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.mp4", None, "no such file"),
        ("empty.mp4", b"", "the file is empty"),
        ("text.mp4", b"This is not a video.\n" * 20, "not a video"),
        ("noise.avi", np.random.default_rng(0).bytes(5000), "not a video"),
        (".", None, "a folder"),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadVideo, match=says) as caught:
        next(read_video(file))
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    "content", [b"#EXTM3U\n", b"\xef\xbb\xbfffconcat version 1.0\nfile b.avi\n", b"\n<MPD", b"v=0\n"]
)
def test_a_list_of_other_files_is_no_video(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "b.avi", shades(3))
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(BadVideo, match="a list of files"):
        next(read_video(tmp_path / "a.mp4"))


def test_pictures_of_absurd_size_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Huge(Stamped):
        def get(self, what: int) -> float:
            return 60_000.0 if what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT) else super().get(what)

        def read(self) -> tuple[bool, Image]:
            raise AssertionError("decoded")

    file = tmp_path / "a.avi"
    file.write_bytes(cv2.imencode(".jpg", GREY)[1].tobytes())
    monkeypatch.setattr("coach.vision.video.open_capture", lambda source: Huge([0], 10))
    with pytest.raises(BadVideo, match="3600 million pixels"):
        next(read_video(file))


def test_a_video_that_grows_while_it_runs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Growing(Stamped):
        def read(self) -> tuple[bool, Image]:
            got, image = super().read()
            return got, image if self.at == 0 else np.broadcast_to(np.uint8(0), (9000, 9000, 3))

    file = tmp_path / "a.avi"
    file.write_bytes(b"something")
    monkeypatch.setattr("coach.vision.video.open_capture", lambda source: Growing([0, 100], 10))
    images = read_video(file)
    next(images)
    with pytest.raises(BadVideo, match="81 million pixels"):
        next(images)


def test_a_time_of_absurd_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.avi"
    file.write_bytes(b"something")
    for stamp in (1e15, float("inf")):
        monkeypatch.setattr("coach.vision.video.open_capture", lambda source, at=stamp: Stamped([0, at], 10))
        with pytest.raises(BadVideo, match="has a picture at"):
            list(read_video(file))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a matter of Unix")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadVideo, match="not a file"):
        next(read_video(tmp_path / "pipe"))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_is_no_video_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"a{suffix}"
    cv2.imwrite(str(picture), GREY)
    renamed = picture.rename(tmp_path / "a.mp4")
    with pytest.raises(BadVideo, match="a picture, not a video"):
        next(read_video(renamed))


def test_motion_jpeg_without_a_container_is_a_video_though_it_begins_like_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "a.mjpeg"
    file.write_bytes(cv2.imencode(".jpg", GREY)[1].tobytes() * 4)
    assert len(list(read_video(file))) == 4


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadVideo, match="no frame"):
        next(read_video(write(tmp_path / "a.avi", [])))


def test_an_mp4_cut_off_cannot_be_opened_and_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.mp4", shades(20), codec="mp4v")
    with pytest.raises(BadVideo, match="cut off"):
        next(read_video(cut(tmp_path / "cut.mp4", whole)))


def test_a_video_cut_off_gives_what_is_there_and_is_named_when_asked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = cut(tmp_path / "cut.avi", write(tmp_path / "whole.avi", [face()] * 20))
    there = len(list(read_video(file)))
    assert 5 <= there < 15
    images = read_video(file, whole=True)
    for _ in range(there):
        next(images)
    with pytest.raises(BadVideo, match=f"cut off, only {there} of 20 frames"):
        next(images)
    assert capfd.readouterr() == ("", "")  # nor do the native libraries remark on the torn frame


def test_a_whole_video_is_not_called_cut_off(tmp_path: Path) -> None:
    assert len(list(read_video(write(tmp_path / "a.avi", shades(5)), whole=True))) == 5


def test_a_file_that_announces_too_many_frames_for_its_time_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Browsers write "1000 frames a second" and real stamps: 0.4 s of four pictures announce 400 of them.
    class Browser(Stamped):
        def get(self, what: int) -> float:
            return 400.0 if what == cv2.CAP_PROP_FRAME_COUNT else super().get(what)

    file = tmp_path / "a.webm"
    file.write_bytes(b"something")
    monkeypatch.setattr("coach.vision.video.open_capture", lambda source: Browser([0, 130, 260, 390], 1000))
    assert len(list(read_video(file, whole=True))) == 4


def test_the_announced_length_of_a_video(tmp_path: Path) -> None:
    assert announced_frames(write(tmp_path / "a.avi", shades(5))) == 5
    assert announced_frames(tmp_path / "missing.avi") == 0
