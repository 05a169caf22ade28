"""Video files give images with their own times, or one sentence that says what is wrong with them."""

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from videos import GREY, cut, encode, face, turn, write

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision.video import Times, announced_frames, read_video


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


@pytest.mark.parametrize(
    ("stamps", "fps", "times"),
    [
        ([0, 0.1, 0.35, 0.4], 10, [0, 0.1, 0.35, 0.4]),  # an uneven frame rate is kept
        ([0, 0, 0, 0], 10, [0, 0.1, 0.2, 0.3]),
        ([0, 0.1, 0.05, 0.2], 10, [0, 0.1, 0.2, 0.3]),
        ([-0.04, 0, 0.04, 0.08], 25, [0, 0.04, 0.08, 0.12]),
        ([5.0, 5.1, None, 5.4], 10, [0, 0.1, 0.2, 0.4]),  # it begins when its first picture is shown
        ([None, None, None], 20, [0, 0.05, 0.1]),
    ],
)
def test_times_rise_whatever_the_file_says(stamps: list[float | None], fps: float, times: list[float]) -> None:
    given = Times(1.0 / fps)
    seen = [given.take(at) for at in stamps]
    np.testing.assert_allclose(seen, times, atol=1e-9)
    assert np.all(np.diff(seen) > 0)


def test_an_uneven_frame_rate_is_kept(tmp_path: Path) -> None:
    stamps = [0, 130, 260, 400, 410, 700]
    seen = [time for time, _ in read_video(encode(tmp_path / "a.mkv", shades(6), stamps_ms=stamps))]
    np.testing.assert_allclose(seen, np.array(stamps) / 1000, atol=1e-3)


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


@pytest.mark.parametrize("size", [(8000, 8000), (60_000, 60_000)])
def test_pictures_of_absurd_size_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = bytearray(cv2.imencode(".jpg", GREY)[1].tobytes())
    at = picture.index(b"\xff\xc0") + 5  # height and width in the header of the frame (ITU T.81, B.2.2)
    picture[at : at + 4] = struct.pack(">2H", *size)
    (tmp_path / "a.mjpeg").write_bytes(picture * 3)
    with pytest.raises(BadVideo, match=r"too large|no frame|not a video"):
        next(read_video(tmp_path / "a.mjpeg"))


def test_a_picture_that_grows_beyond_that_while_it_runs_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (cv2.imencode(".jpg", np.zeros(size, np.uint8))[1].tobytes() for size in ((48, 64), (480, 640)))
    (tmp_path / "a.mjpeg").write_bytes(small * 2 + large * 3 + small)
    assert len(list(read_video(tmp_path / "a.mjpeg"))) == 6
    monkeypatch.setattr("coach.vision.video._MOST_PIXELS", 10_000)
    assert {image.shape for _, image in read_video(tmp_path / "a.mjpeg")} == {(48, 64, 3)}


def test_a_time_of_absurd_size_is_refused(tmp_path: Path) -> None:
    file = encode(tmp_path / "a.mkv", shades(3), stamps_ms=[0, 100, 2_000_000_000])
    with pytest.raises(BadVideo, match="has a picture at 2e\\+06 seconds"):
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


def test_a_file_whose_sound_goes_on_is_whole_and_one_without_its_end_is_not(tmp_path: Path) -> None:
    """Of 2 s of pictures and 10 s of sound both say 10 s."""
    file = encode(tmp_path / "a.mkv", shades(20), sound_s=10.0)
    assert len(list(read_video(file, whole=True))) == 20
    with pytest.raises(BadVideo, match="cut off"):
        list(read_video(cut(tmp_path / "b.mkv", file, 0.5), whole=True))


def test_a_file_that_begins_late_is_whole_and_its_times_begin_at_nought(tmp_path: Path) -> None:
    file = encode(tmp_path / "a.mkv", shades(20), stamps_ms=[5000 + 100 * i for i in range(20)])
    times = [time for time, _ in read_video(file, whole=True)]
    np.testing.assert_allclose(times, np.arange(20) / 10, atol=1e-3)


# --- as a player shows them -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pixel", "shape"),
    [
        ((4, 3), (240, 427)),
        ((64, 45), (240, 455)),
        ((8, 9), (270, 320)),
        ((1, 1), (240, 320)),
        ((0, 1), (240, 320)),
        ((99, 1), (240, 320)),
    ],
)
def test_pixels_that_are_not_square_are_made_square(
    tmp_path: Path, pixel: tuple[int, int], shape: tuple[int, int]
) -> None:
    file = encode(tmp_path / "a.mp4", [face()] * 3, pixel=pixel)
    assert {image.shape for _, image in read_video(file)} == {(*shape, 3)}


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_picture_is_shown_upright(tmp_path: Path, turned: int) -> None:
    """As a telephone that was held upright keeps it: on its side, with how to turn it."""
    upright = face()
    lies = np.rot90(upright, turned // 90).copy()
    (_, seen), *_ = read_video(turn(encode(tmp_path / "a.mp4", [lies] * 3), turned))
    assert seen.shape == upright.shape
    assert np.abs(seen.astype(int) - upright).mean() < 6


def test_interlaced_pictures_are_made_whole(tmp_path: Path) -> None:
    """A bar that moves from left to right, its odd lines seen later than its even ones."""

    def at(x: int) -> Image:
        picture = np.full((240, 320, 3), 40, np.uint8)
        picture[:, x : x + 40] = 220
        return picture

    pictures = []
    for i in range(12):
        woven = at(20 * i)
        woven[1::2] = at(20 * i + 10)[1::2]
        pictures.append(woven)
    combed = [float(np.abs(np.diff(p[:, :, 0].astype(int), axis=0)).mean()) for p in pictures]
    seen = list(read_video(encode(tmp_path / "a.mp4", pictures, interlaced=True)))
    np.testing.assert_allclose([time for time, _ in seen], np.arange(12) / 10, atol=1e-3)
    after = [float(np.abs(np.diff(image[:, :, 0].astype(int), axis=0)).mean()) for _, image in seen]
    assert max(after[1:-1]) < 0.25 * min(combed)
    assert min(image.max() for _, image in seen) > 180  # it is no black picture


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["2024-11-14T22:57:44.mp4", "http:a.mp4", "-i.mp4", "a%03d.mp4", "ünïcode 语.mp4", "a|b.mp4"]
)
def test_a_name_is_no_more_than_a_name(tmp_path: Path, name: str) -> None:
    try:
        file = write(tmp_path / "a.mp4", shades(3), codec="mp4v").rename(tmp_path / name)
    except OSError:
        pytest.skip("no such names here")
    assert len(list(read_video(file, whole=True))) == 3


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on Unix")
def test_a_name_that_is_no_utf8_is_read_too(tmp_path: Path) -> None:
    file = write(tmp_path / "a.mp4", shades(3), codec="mp4v")
    other = os.path.join(os.fsencode(tmp_path), b"caf\xe9.mp4")
    try:
        os.rename(file, other)
    except OSError:
        pytest.skip("this file system wants UTF-8")
    assert len(list(read_video(os.fsdecode(other), whole=True))) == 3
    with pytest.raises(BadVideo, match="cut off"):
        list(read_video(cut(Path(os.fsdecode(other)), Path(os.fsdecode(other)))))


def test_the_announced_length_of_a_video(tmp_path: Path) -> None:
    assert announced_frames(write(tmp_path / "a.avi", shades(5))) == 5
    assert announced_frames(encode(tmp_path / "a.mkv", shades(5))) == pytest.approx(5, abs=1)
    assert announced_frames(tmp_path / "missing.avi") == 0
