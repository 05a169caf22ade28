"""Images with their times from a video file: as a player shows them, upright, with square pixels, not interlaced.

Files are read by FFmpeg through PyAV, which is handed the opened file and nothing else: no name it could take for
another protocol, no other file a list or a reference might name. Cameras are OpenCV's (`camera`).
"""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import cv2
import numpy as np

from coach.errors import BadVideo
from coach.frame import Image
from coach.vision.feed import Feed
from coach.vision.upright import turned

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.filter import Graph
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

#: A stream without usable times of its own is taken to run at this rate, in frames a second.
_FALLBACK_FPS = 30.0
#: A file is called cut off when it ends before this part of the frames and of the seconds it announces. Whole files
#: announce a few frames too many, and those of uneven frame rate any number of frames, but about the right time.
_WHOLE = 0.8
#: No picture has more pixels (8K has 33 million), and no video is longer, seconds: whoever counts on with its times
#: would never be done.
_MOST_PIXELS, _MOST_S = 50_000_000, 1e6
#: How lists of other files begin, which FFmpeg would open for us (after white space, or a byte order mark).
_LISTS = (b"#EXTM3U", b"ffconcat", b"<", b"v=", b"[")
#: The formats that are tried, by FFmpeg's names: of videos; and of pictures, which may be a single one.
_VIDEOS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc",
           "obu", "ivf", "flv", "ogg", "asf", "mxf", "dv", "mjpeg", "nut", "yuv4mpegpipe", "rm", "vc1")  # fmt: skip
_PICTURES = ("gif", "apng", "jpeg_pipe", "png_pipe", "bmp_pipe", "webp_pipe", "tiff_pipe", "j2k_pipe", "ppm_pipe",
             "pgm_pipe", "pbm_pipe", "qoi_pipe", "sgi_pipe", "sunrast_pipe", "exr_pipe", "hdr_pipe")  # fmt: skip
#: Pixels are taken to be square unless they are at most so many times as wide as high, or the other way round.
_LONGEST_PIXEL = 4
#: Packets in a row that cannot be decoded, after which the rest is not tried either.
_MOST_BROKEN = 500

_CONVERT = "try to convert it to MP4 (H.264)"


def open_video(path: str | os.PathLike[str], whole: bool = False, turn: int = 0, mirrored: bool = False) -> Feed:
    """`read_video`, decoded ahead in a thread of its own while earlier images are looked at."""
    return Feed(read_video(path, whole, turn, mirrored), live=False)


def read_video(
    path: str | os.PathLike[str], whole: bool = False, turn: int = 0, mirrored: bool = False
) -> Iterator[tuple[float, Image]]:
    """Yield (time in seconds, BGR image) for each frame, by the file's own timestamps, the first one at 0.

    whole     raise BadVideo after the last frame when the file announces clearly more
    turn      degrees (0, 90, 180, 270) by which to turn the pictures clockwise, beside what the file itself says
    mirrored  they are mirror images, as selfie cameras keep them: mirror them back

    Times are strictly increasing also where the file's are not. Raises BadVideo when the file is missing, empty,
    not a video, or has no frame that can be decoded.
    """
    file = Path(path)
    with _opened(file) as (container, stream):
        for time, image in _read(file, container, stream, whole):
            upright = turned(image, turn)
            yield time, np.asarray(cv2.flip(upright, 1), np.uint8) if mirrored else upright


def announced_frames(path: str | os.PathLike[str]) -> float:
    """Return how many frames a video says it has, about; 0 where it does not say or cannot be opened."""
    with suppress(BadVideo), _opened(Path(path)) as (container, stream):
        rate = float(stream.average_rate or 0)
        return float(stream.frames) or max(_announced_s(container, stream) * rate, 0.0)
    return 0.0


def _read(file: Path, container: "InputContainer", stream: "VideoStream", whole: bool) -> Iterator[tuple[float, Image]]:
    rate = float(stream.average_rate or 0)
    step = 1.0 / rate if 1.0 <= rate <= 1000.0 else 1.0 / _FALLBACK_FPS
    pixel, turn, reached, times = _pixel(stream), 0, _Reached(), Times(step)
    frames, stamp = 0, 0.0
    for frame in _progressive(_decoded(file, container, stream, reached)):
        stamp = times.take(frame.time)
        if not stamp <= _MOST_S:
            raise BadVideo(f"{file}: has a picture at {stamp:.3g} seconds; {_CONVERT}")
        if not frames:
            turn = round(frame.rotation) % 360
        frames += 1
        yield stamp, _image(frame, pixel, turn)
    if not frames:
        raise BadVideo(f"{file}: holds no frame that can be decoded; record it again or convert it to MP4 (H.264)")
    announced_s = max(_announced_s(container, stream), stream.frames * step)
    announced = stream.frames or announced_s / step
    ends = max(reached.seconds, stamp + step)
    if whole and frames < _WHOLE * announced and ends < _WHOLE * announced_s:
        raise BadVideo(f"{file}: cut off, only {frames} of {announced:.0f} frames are there and judged; copy it again")


class Times:
    """Makes of a file's own times those that are given: seconds from the first picture, strictly rising."""

    def __init__(self, step: float) -> None:
        """step: seconds from a picture to the next one where the file says nothing that can be."""
        self._step = step
        self._begin = self._last = math.nan

    def take(self, at: float | None) -> float:
        """The time of the next picture that the file says is at `at` seconds; None where it says nothing."""
        if math.isnan(self._last):
            self._begin, self._last = at or 0.0, 0.0
            return 0.0
        time = at - self._begin if at is not None else -1.0
        self._last = time if time > self._last else self._last + self._step
        return self._last


# --- opening ----------------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path) -> "Iterator[tuple[InputContainer, VideoStream]]":
    """An opened file, and its stream of pictures. Raises BadVideo."""
    if not file.exists():
        raise BadVideo(f"{file}: no such file; check the path")
    if file.is_dir():
        raise BadVideo(f"{file}: a folder, not a video; name the files in it")
    if not file.is_file():
        raise BadVideo(f"{file}: not a file that can be read to its end; name a video file")
    try:
        # By its number, so that nobody takes its name for more than a name.
        opened = os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0)), "rb")
    except OSError as error:
        raise BadVideo(f"{file}: cannot be read ({error.strerror}); check its permissions") from None
    with opened:
        start = opened.read(64)
        if not start:
            raise BadVideo(f"{file}: the file is empty; record or copy it again")
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_LISTS):
            raise BadVideo(f"{file}: a list of files, not a video; name the video itself")
        if _is_picture(opened):
            raise BadVideo(f"{file}: a picture, not a video; a movement needs a video")
        found = _pictures_of(opened)
        if found is None:
            raise BadVideo(f"{file}: not a video that can be read, or cut off; {_CONVERT}")
        with closing(found[0]):
            _check_pixels(file, found[1].width * found[1].height)
            yield found


def _pictures_of(opened: BinaryIO) -> "tuple[InputContainer, VideoStream] | None":
    """The container of an opened file and its stream of pictures: not the cover of its sound, nor what nobody here can
    decode. None where there are none."""
    # Imported late: it loads native code that most commands never need. Its log is left as it is, off: were it on, each
    # of FFmpeg's threads would want Python's lock for a line, also while we hold that and wait for the thread to end.
    import av
    from av.stream import Disposition

    opened.seek(0)
    formats = {"protocol_whitelist": "none", "format_whitelist": ",".join((*_VIDEOS, *_PICTURES))}
    try:
        # Opening looks at the first pictures already.
        container = av.open(opened, "r", container_options=formats, options=_codec_options(), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError):
        return None
    for stream in container.streams.video:
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            return container, stream
    container.close()
    return None


def _is_picture(opened: BinaryIO) -> bool:
    """Whether a file is of a picture's format and holds no more than one: some hold several."""
    import av

    found = _pictures_of(opened)
    if found is None:
        return False
    container, stream = found
    with closing(container), suppress(av.error.FFmpegError, ValueError, OSError):
        if container.format.name not in _PICTURES or stream.width * stream.height > _MOST_PIXELS:
            return False
        return len(list(islice(container.decode(stream), 2))) < 2
    return True


def _codec_options() -> dict[str, str]:
    """The size of pictures may change from one to the next; one that is larger is not decoded."""
    return {"max_pixels": str(_MOST_PIXELS)}


def _check_pixels(file: Path, pixels: int) -> None:
    if pixels > _MOST_PIXELS:
        raise BadVideo(f"{file}: its pictures are too large ({pixels / 1e6:.0f} million pixels); make them smaller")


def _announced_s(container: "InputContainer", stream: "VideoStream") -> float:
    """The seconds that a file says it has of these pictures; 0 where it does not say."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1e6


# --- decoding ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reached:
    """How far a file was read, in any of its streams, seconds: where its sound goes on, it is not cut off."""

    seconds: float = 0.0


def _decoded(
    file: Path, container: "InputContainer", stream: "VideoStream", reached: _Reached
) -> Iterator["VideoFrame"]:
    """All pictures that can be decoded."""
    import av

    stream.thread_type = "AUTO"
    stream.codec_context.options = _codec_options()
    packets = container.demux()
    broken = 0
    while broken < _MOST_BROKEN:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, ValueError, OSError):
            return  # nothing more can be read
        if packet is None:
            return
        if packet.pts is not None and packet.time_base:
            reached.seconds = max(reached.seconds, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if packet.stream is not stream:
            continue
        try:
            frames = packet.decode()
            broken = 0
        except (av.error.FFmpegError, ValueError, OSError):
            broken += 1
            continue
        for frame in frames:
            assert isinstance(frame, av.VideoFrame)
            _check_pixels(file, frame.width * frame.height)
            yield frame


def _progressive(frames: Iterable["VideoFrame"]) -> Iterator["VideoFrame"]:
    """The same pictures, from the first interlaced one on made whole by FFmpeg's filter, which looks at those before
    and after."""
    graph: Graph | None = None
    shape: object = None
    for frame in frames:
        same = (frame.width, frame.height, frame.format.name)
        if graph is not None and shape != same:
            yield from _filtered(graph, None)
            graph = None
        if graph is None and frame.interlaced_frame:
            graph, shape = _deinterlacer(frame), same
        if graph is None:
            yield frame
        else:
            yield from _filtered(graph, frame)
    if graph is not None:
        yield from _filtered(graph, None)


def _deinterlacer(frame: "VideoFrame") -> "Graph":
    from av.filter import Graph

    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    graph.link_nodes(source, graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink"))
    graph.configure()
    return graph


def _filtered(graph: "Graph", frame: "VideoFrame | None") -> Iterator["VideoFrame"]:
    """What comes out of a filter when one more picture, or the end (None), goes in."""
    import av

    graph.push(frame)
    with suppress(av.error.BlockingIOError, av.error.EOFError):
        while True:
            out = graph.pull()
            assert isinstance(out, av.VideoFrame)
            yield out


def _image(frame: "VideoFrame", pixel: Fraction, turn: int) -> Image:
    """A picture (H, W, 3) uint8 BGR as it is to be looked at. pixel: how much wider than high one is. turn: degrees by
    which it is turned counter-clockwise."""
    width, height = frame.width, frame.height
    if pixel > 1:
        width = round(width * pixel)
    elif pixel < 1:
        height = round(height / pixel)
    image = np.asarray(frame.reformat(width, height, format="bgr24").to_ndarray(), np.uint8)
    return turned(image, -turn % 360)


def _pixel(stream: "VideoStream") -> Fraction:
    """How much wider than high a pixel is, as the file says; 1 where that cannot be."""
    says = stream.sample_aspect_ratio
    return says if says and Fraction(1, _LONGEST_PIXEL) <= says <= _LONGEST_PIXEL else Fraction(1)
