"""A tracker that is made anew when it fails, and that can be given up when it hangs.

A set is not to end because a native library stumbled over one picture: that picture counts as one without a face.
"""

import logging
import time as clock
from collections.abc import Callable, Set
from contextlib import suppress
from typing import Protocol

from coach.errors import TrackerFailed
from coach.frame import Frame, Image

_log = logging.getLogger("coach.vision")

#: So many failures in a row, each with a new tracker, and it is given up.
MOST_FAILURES = 3


class Tracker(Protocol):
    """What turns images into Frames, such as `coach.vision.tracker.FaceTracker`."""

    def track(self, image: Image, time: float, /) -> Frame: ...

    def look_for(self, needs: Set[str], /) -> None: ...

    def close(self) -> None: ...


class Abandoned(Exception):
    """Nobody waits for this tracker any more; its thread is to end."""


class SteadyTracker:
    """Use it from one thread; another may look at `busy_s` and call `abandon`."""

    def __init__(self, factory: Callable[[], Tracker]) -> None:
        """factory: makes a tracker; called here, and after each failure."""
        self._factory = factory
        self._tracker: Tracker | None = factory()
        self._needs: Set[str] = frozenset()
        self._failures = 0
        self._since: float | None = None
        self._abandoned = False

    @property
    def busy_s(self) -> float:
        """Seconds that the running look has taken so far; 0 while none runs."""
        since = self._since
        return 0.0 if since is None else clock.monotonic() - since

    def abandon(self) -> None:
        """Let what it is doing come to nothing."""
        self._abandoned = True

    def look_for(self, needs: Set[str]) -> None:
        self._needs = needs

    def track(self, image: Image, time: float) -> Frame:
        """Return what is seen; an empty Frame where the tracker failed. Raises TrackerFailed when it does so again and
        again, and Abandoned when it was given up meanwhile."""
        try:
            if self._tracker is None:
                self._tracker = self._factory()  # takes as long as it takes: loading is no hanging
            self._tracker.look_for(self._needs)
            self._since = clock.monotonic()
            frame = self._tracker.track(image, time)
            self._failures = 0
        except Exception as error:
            self._failures += 1
            _log.warning("the tracker failed (%s: %s)", type(error).__name__, error)
            self._drop()
            if self._failures >= MOST_FAILURES:
                raise TrackerFailed(f"the face tracker fails again and again ({error}); 'coach doctor' looks at it"
                                    ) from error  # fmt: skip
            frame = Frame(time, image=image)
        finally:
            self._since = None
        if self._abandoned:
            raise Abandoned
        return frame

    def change(self, factory: Callable[[], Tracker]) -> None:
        """From the next picture on track with another one."""
        self._factory = factory
        self._drop()

    def close(self) -> None:
        self._drop()

    def _drop(self) -> None:
        tracker, self._tracker = self._tracker, None
        if tracker is not None:
            with suppress(Exception):  # it has failed before
                tracker.close()
