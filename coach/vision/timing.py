"""How quick what is seen live is: rates, what was dropped, and how old a picture is when it is understood and shown.

A picture's own time runs on a clock that began at some moment. Whoever waits for pictures takes most of them the moment
they arrive, so the smallest difference ever seen between the clock and a picture's time tells that moment.
"""

import math
import statistics
from collections import deque
from dataclasses import dataclass
from threading import Lock

#: Pictures that the figures are of: the last four seconds at 30 a second.
KEPT = 120


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last seconds; dropped counts all since the beginning. Medians in milliseconds, nan while unknown.

    camera, seen  pictures a second that came, and that were looked at
    dropped       pictures nobody looked at, because a newer one was there first
    track_ms      one look of the tracker
    age_ms        from the arrival of a picture to its landmarks
    shown_ms      from its arrival to the display
    """

    camera: float
    seen: float
    dropped: int
    track_ms: float
    age_ms: float
    shown_ms: float


class Timing:
    """Collects moments; two threads may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tracks: deque[float] = deque(maxlen=KEPT)
        self._ages: deque[float] = deque(maxlen=KEPT)
        self._showns: deque[float] = deque(maxlen=KEPT)
        self._moments: deque[tuple[float, int]] = deque(maxlen=KEPT)  # frame time, dropped until then
        self.begin()

    def begin(self) -> None:
        """Forget which clock the pictures' times run on: it is another camera now."""
        with self._lock:
            self._zero = math.inf
            self._moments.clear()

    def tracked(self, time: float, taken: float, done: float, dropped: int, live: bool = True) -> float:
        """Note a picture of a time that was taken and understood at two times of the clock, with the pictures dropped
        up to now; return the clock's time of its arrival, which is when it was taken where it is not live. All in
        seconds."""
        with self._lock:
            self._zero = min(self._zero, taken - time)
            arrived = self._zero + time if live else taken
            self._tracks.append(done - taken)
            self._ages.append(done - arrived)
            self._moments.append((time, dropped))
        return arrived

    def shown(self, arrived: float, now: float) -> None:
        """Note that a picture is on the display, with the clock's times of its arrival and of now."""
        with self._lock:
            self._showns.append(now - arrived)

    def figures(self) -> Figures | None:
        """Return what there is; None before two pictures."""
        with self._lock:
            if len(self._moments) < 2:
                return None
            (first, before), (last, dropped) = self._moments[0], self._moments[-1]
            seen = (len(self._moments) - 1) / (last - first)
            return Figures(
                camera=seen + (dropped - before) / (last - first),
                seen=seen,
                dropped=dropped,
                track_ms=_median(self._tracks),
                age_ms=_median(self._ages),
                shown_ms=_median(self._showns),
            )


def _median(seconds: deque[float]) -> float:
    return 1e3 * statistics.median(seconds) if seconds else math.nan
