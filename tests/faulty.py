"""`coach train demo` with a camera and a tracker in which, from a seed, everything goes wrong that can.

Run as a program: SEED, the number of sessions one after the other, and the file to which what happened is written as
JSON, one object a session. The person in front of this camera is the
rig's exact landmarks, who does whatever the workout asks for. Faults fall on random pictures of the first nine sets;
in the last one the disk is full, the history is locked, and the program is ended from outside.
"""

import contextlib
import ctypes
import gc
import json
import os
import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator, Set
from datetime import date
from pathlib import Path
from typing import Any

import faces
import numpy as np
import pygame

import coach.vision.camera
import coach.vision.tracker
import coach.window.loop
from coach import cli
from coach.frame import Frame, Image
from coach.plan.workout import Workout
from coach.records import recording
from coach.records.settings import Settings, save_settings, settings_file
from coach.vision import feed
from coach.window import worker
from coach.window.screens import workout as page

FPS = 20.0
#: What goes wrong while the set goes on, and how often each does.
FAULTS = {
    "stops": 2, "black": 3, "frozen": 2, "resized": 2, "jumps": 2, "repeats": 3, "back": 3, "asleep": 1,
    "raises": 3, "hangs": 2, "no sound": 1, "another face": 2, "keyboard": 3,
}  # fmt: skip
SIZES = ((48, 64), (96, 128))


class Person:
    """Does what is asked for, one frame after the other; rests where nothing is."""

    def __init__(self, workout: Workout) -> None:
        self.workout, self._at = workout, 0
        # Ready-made: whoever comes late with a frame is taken for a tracker that hangs.
        self._frames = {
            e.id: list(faces.frames(faces.perform(e, *["clean"] * e.reps, tempo=None), fps=FPS))
            for e, _ in workout.sets
        }
        self._rest = next(faces.resting(1.0))

    def frame(self) -> Frame:
        if self.workout.between or self.workout.done:
            self._at = 0
            return self._rest
        frames = self._frames[self.workout.exercise.id]
        self._at += 1
        return frames[(self._at - 1) % len(frames)]


class Trouble:
    """Which picture goes wrong how, and what was done about it so far."""

    def __init__(self, seed: int, pictures: int) -> None:
        chosen = random.Random(seed)
        kinds = [kind for kind, count in FAULTS.items() for _ in range(count)]
        chosen.shuffle(kinds)
        at = sorted(chosen.sample(range(100, pictures, 40), len(kinds)))
        self.coming = dict(zip(at, kinds, strict=True))
        self.happened: list[str] = []
        self.judged = 0
        self.seconds = 0.0  # of the camera's time

    def now(self, picture: int, *kinds: str) -> str:
        """The fault of this picture, or of one before it that was dropped, if it is one of these kinds."""
        at = next((at for at, kind in self.coming.items() if at <= picture and kind in kinds), None)
        if at is None:
            return ""
        self.happened.append(self.coming.pop(at))
        return self.happened[-1]


def main(seed: int, sessions: int, report: Path) -> int:
    """Exercise so many times; return the last exit status."""
    # As in life, but shorter: nobody waits here.
    feed.STALLS_S, worker.HANGS_S, worker.RETRY_S, page.COUNT_S, page.AWAY_S, page.BACK_S = (
        0.3,
        0.3,
        0.1,
        0.05,
        0.2,
        0.05,
    )
    feed.Feed.__init__.__defaults__ = (0.3,)
    sys.argv = ["coach", "train", "demo", "--anyway", "--json"]
    today = date.today().isoformat()
    save_settings(settings_file(), Settings(welcomed=today, screened=today))
    run, add = coach.window.loop.run, recording.Recorder.add
    told, status = [], 0
    for one in range(sessions):
        trouble, forever = Trouble(seed + one, 2600), threading.Event()
        locked: list[sqlite3.Connection] = []
        person = _wire(trouble, forever, locked, run)
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        recording.Recorder.add = add  # type: ignore[method-assign]
        for connection in locked:
            connection.close()
        forever.set()  # what hung comes back, and finds that nobody waits for it
        person.clear()
        told.append(
            {
                "status": status,
                "happened": trouble.happened,
                "left": [*trouble.coming.values()],
                "judged": trouble.judged,
                "seconds": trouble.seconds,
                "megabytes": resident_mb(),
                "kept_megabytes": kept_mb(),
                "threads": threading.active_count(),
            }
        )
    report.write_text("\n".join(json.dumps(session) for session in told))
    return status


def resident_mb() -> float:
    """Memory of this process that is in use, where Linux tells it."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def kept_mb() -> float:
    """The same once all that is free was given back, where the C library can be asked to."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return resident_mb()


def _wire(trouble: Trouble, forever: threading.Event, locked: list[sqlite3.Connection], run: Any) -> list[Person]:
    """Put the camera, the tracker and the recording in which things go wrong in the place of the real ones; return
    who is in front of the camera, once there is somebody."""
    number = [0]
    person: list[Person] = []
    silent: list[bool] = []
    strange = [0]  # for how many more pictures somebody else is seen

    def driver(index: int = 0, mirrored: bool = False) -> Iterator[tuple[float, Image]]:
        time, black, frozen, size = 0.0, 0, 0, SIZES[0]
        while True:
            threading.Event().wait(0.003)
            number[0] += 1
            kind = trouble.now(number[0], "stops", "black", "frozen", "resized", "jumps", "repeats", "back", "asleep")
            if kind == "stops":
                forever.wait()
            black, frozen = (30 if kind == "black" else black - 1), (80 if kind == "frozen" else frozen - 1)
            if kind == "resized":
                size = SIZES[1] if size == SIZES[0] else SIZES[0]
            time += {"jumps": 2.0, "repeats": 0.0, "back": -1.0, "asleep": 60.0}.get(kind, 1.0 / FPS)
            shade = 0 if black > 0 else 50 if frozen > 0 else 60 + number[0] % 150
            trouble.seconds = number[0] / FPS
            yield time, np.full((*size, 3), shade, np.uint8)

    class Tracker:
        def look_for(self, needs: Set[str], /) -> None:
            pass

        def track(self, image: Image, time: float, /) -> Frame:
            kind = trouble.now(number[0], "raises", "hangs", "no sound", "another face", "keyboard")
            if kind == "raises":
                raise RuntimeError("the graph has stopped")
            if kind == "hangs":
                forever.wait()
            silent.append(kind == "no sound")
            if kind == "keyboard":
                _press_another_layout(number[0])
            if not image.any():
                return Frame(time, image=image)
            seen = person[0].frame()
            strange[0] = 30 if kind == "another face" else strange[0] - 1
            if strange[0] > 0 and seen.landmarks is not None:
                # Half as large, at the side, with another nose: somebody looks in, and smiles.
                other = (seen.landmarks - seen.landmarks[168]) * (0.5, 0.62, 0.5) + (150.0, 120.0, 0.0)
                return Frame(time, other.astype(np.float32), seen.blendshapes, seen.head, image=image)
            return Frame(time, seen.landmarks, seen.blendshapes, seen.head, seen.hands, seen.pose, image=image)

        def close(self) -> None:
            pass

    def watched(workout: Workout, *given: Any, **named: Any) -> Any:
        person.append(Person(workout))
        keeps = named["record"]

        class Watched:
            """The recording, and in the last set what goes wrong with it and with the program."""

            @property
            def trouble(self) -> str:
                """Asked by the window for every picture, in its own thread, where alone the mixer may be let go."""
                if any(silent):
                    pygame.mixer.quit()
                silent.clear()
                return str(keeps.trouble)

            def __call__(self, frame: Frame, feedback: Any, /) -> None:
                keeps(frame, feedback)
                # Between two sets frames are seen and judged by nobody.
                trouble.judged += not keeps.trouble and feedback.time == frame.time
                if workout.index == len(workout.sets) - 1:
                    self._end(feedback.reps)

            def _end(self, reps: int) -> None:
                if "disk full" not in trouble.happened:
                    trouble.happened.append("disk full")
                    recording.Recorder.add = _full  # type: ignore[method-assign]
                if reps >= 1 and "locked" not in trouble.happened:
                    trouble.happened += ["locked", "ended"]
                    locked.append(_lock(keeps.recording.parent / "history.db"))
                    os.kill(os.getpid(), signal.SIGTERM)

            def note(self, kind: str, attempts: int) -> None:
                keeps.note(kind, attempts)

            def close(self) -> object:
                return keeps.close()

        return run(workout, *given, **{**named, "record": Watched()})

    coach.window.loop.run = watched
    coach.vision.camera.read_camera = driver
    coach.vision.tracker.FaceTracker = lambda *given, **named: Tracker()  # type: ignore[assignment, misc]
    return person


def _press_another_layout(number: int) -> None:
    """M, for other lines on the face, on a keyboard that is Russian, Greek or French by now."""
    character, place = (("ь", pygame.KSCAN_M), ("μ", pygame.KSCAN_M), ("m", pygame.KSCAN_SEMICOLON))[number % 3]
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=ord(character), mod=0, scancode=place))


def _full(self: Any, *given: Any) -> None:
    with self._writing():
        raise sqlite3.OperationalError("database or disk is full")


def _lock(path: Path) -> sqlite3.Connection:
    """Another program holds the history."""
    held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    held.execute("CREATE TABLE IF NOT EXISTS held (x)")
    held.execute("BEGIN EXCLUSIVE")
    return held


if __name__ == "__main__":
    # Not by sys.exit, which would wait for threads that hang.
    os._exit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
