"""A film of a session with the count below it: the mirrored face that is drawn, so that nobody is to be recognised; or
what the camera saw, where the person had the video kept.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from coach.avatar.mesh import Mesh
from coach.avatar.mirror import Mirror
from coach.frame import Frame, Image

#: Pictures a second; and their width and height, pixels.
FPS, SIZE = 15.0, (640, 480)

_BAR, _MARGIN = 44, 16
_BACK, _TEXT, _EMPTY, _FULL = (41, 35, 31), (240, 240, 240), (92, 84, 78), (176, 132, 58)  # BGR


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame of a film and what is written below it.

    title     of the exercise
    count     the repetitions so far, "3" or "3 of 10"
    progress  0..1, how much of the film is over
    picture   (H, W, 3) uint8 BGR of the camera, shown in the place of the drawn face; None for that
    shown     False for what is before the film: it is not shown, and the face at rest is learnt from it
    """

    frame: Frame
    title: str = ""
    count: str = ""
    progress: float = 0.0
    shown: bool = True
    picture: Image | None = None


def film(mesh: Mesh, moments: Iterable[Moment]) -> Iterator[Image]:
    """Yield pictures (480, 640, 3) uint8 BGR, FPS to the second of the frames' time. Long gaps in it are left out."""
    mirror, due = Mirror(mesh), None
    for moment in moments:
        time = moment.frame.time
        if not moment.shown:
            mirror.points(moment.frame)
            continue
        if due is None or abs(time - due) > 1.0:
            due = time
        if time < due:
            mirror.points(moment.frame)  # what it shows next is what came last
            continue
        picture = mirror.draw(moment.frame, SIZE).copy() if moment.picture is None else _fitted(moment.picture)
        _write_below(picture, moment)
        # A source slower than the film shows each of its frames more than once.
        while time >= due:
            yield picture
            due += 1.0 / FPS


def _fitted(seen: Image) -> Image:
    """A camera's picture as a mirror shows it, whole, in the room above what is written."""
    height, width = SIZE[1] - _BAR, SIZE[0]
    scale = min(width / seen.shape[1], height / seen.shape[0])
    w, h = round(seen.shape[1] * scale), round(seen.shape[0] * scale)
    small = cv2.resize(cv2.flip(seen, 1), (w, h), interpolation=cv2.INTER_AREA)
    picture = np.full((SIZE[1], width, 3), _BACK, np.uint8)
    top, left = (height - h) // 2, (width - w) // 2
    picture[top : top + h, left : left + w] = small
    return picture


def _write_below(picture: Image, moment: Moment) -> None:
    width, height = SIZE
    picture[height - _BAR :] = _BACK
    line = height - _BAR + 24
    _put(picture, moment.title, (_MARGIN, line), 400)
    (wide, _), _ = cv2.getTextSize(moment.count, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 1)
    _put(picture, moment.count, (width - _MARGIN - wide, line), 200)
    left, right, top, bottom = _MARGIN, width - _MARGIN, height - 11, height - 6
    picture[top:bottom, left:right] = _EMPTY
    picture[top:bottom, left : left + round((right - left) * min(1.0, max(0.0, moment.progress)))] = _FULL


def _put(picture: Image, text: str, at: tuple[int, int], most: int) -> None:
    # The library's letters are those of ASCII only.
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    while plain and cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 1)[0][0] > most:
        plain = plain[:-1]
    cv2.putText(np.asarray(picture), plain, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, _TEXT, 1, cv2.LINE_AA)
