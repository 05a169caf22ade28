"""Spoken cues: few, never in a hurry, and never the reason why anything else waits.

`Chooser` decides what is said; `Voice` says it, in a thread of its own. The engine runs in a process of its own, too:
speech engines write to the terminal, some want a program's main thread, and some do not survive a second sentence.
"""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Protocol

#: Seconds from the beginning of one utterance to that of the next, at least.
EVERY_S = 6.0
#: Seconds before a form cue may come in the same words again: a reminder, not nagging.
AGAIN_S = 20.0


class Weight(IntEnum):
    """What is said first when there are several things to say."""

    CUE = 1  # about the form
    STEP = 2  # words that lead through: countdowns and phases of exercises led by time or done with eyes closed
    END = 3  # a set, or the time to keep the eyes closed, is over


#: Seconds for which it is still true and worth saying. An end is waited for as long as it may have to wait.
_FRESH_S = {Weight.CUE: 2.0, Weight.STEP: 1.0, Weight.END: EVERY_S + 1.0}


class Chooser:
    """Decides what to say when. It has no clock and no thread: whoever calls tells it the time, in seconds."""

    def __init__(self) -> None:
        self._waiting: tuple[float, str, Weight] | None = None
        self._begun: float | None = None
        self._said: tuple[float, str] | None = None  # the last form cue

    @property
    def waiting(self) -> bool:
        """Whether there is something to say, now or later."""
        return self._waiting is not None

    def offer(self, now: float, text: str, weight: Weight) -> None:
        """Something that could be said. It takes the place of what waits, unless that weighs more and is still fresh.

        The same cue may be offered with every frame.
        """
        if not text or (weight is Weight.CUE and self._repeats(now, text)):
            return
        self._forget_stale(now)
        if self._waiting is None or weight >= self._waiting[2]:
            self._waiting = (now, text, weight)

    def due(self, now: float) -> str | None:
        """Return what to begin saying now, None for nothing; what is returned counts as begun."""
        self._forget_stale(now)
        if self._waiting is None or (self._begun is not None and now - self._begun < EVERY_S):
            return None
        (_, text, weight), self._waiting = self._waiting, None
        self._begun = now
        if weight is Weight.CUE:
            self._said = (now, text)
        return text

    def clear(self) -> None:
        """Drop what waits."""
        self._waiting = None

    def _repeats(self, now: float, text: str) -> bool:
        return self._said is not None and self._said[1] == text and now - self._said[0] < AGAIN_S

    def _forget_stale(self, now: float) -> None:
        if self._waiting is not None and now - self._waiting[0] > _FRESH_S[self._waiting[2]]:
            self._waiting = None


class Engine(Protocol):
    """What turns words into speech."""

    def say(self, text: str, volume: float) -> None:
        """Say it, and return when it was said or stopped. What it raises is told, and nothing is said after it."""

    def stop(self) -> None:
        """Cut short what is being said; called from another thread."""


class Voice:
    """Says cues aloud. Where there is no engine, or it fails, it is silent and `trouble` says why in a sentence."""

    def __init__(
        self,
        enabled: bool,
        volume: float,
        engine: Callable[[], Engine] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """volume: 0 to 1. engine: makes what speaks, pyttsx3 when left out; called, in the voice's own thread, when
        there is something to say for the first time. clock: seconds."""
        self.trouble = ""
        self._volume, self._clock = min(1.0, max(0.0, volume)), clock
        self._make = engine or Pyttsx3
        self._engine: Engine | None = None
        self._enabled, self._closed = enabled, False
        self._chooser = Chooser()
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def say(self, text: str, weight: Weight = Weight.CUE) -> None:
        """Offer a sentence and return at once; `Chooser` decides whether it is said."""
        if not self._enabled or self._closed or self.trouble or self._volume == 0.0:
            return
        with self._changed:
            self._chooser.offer(self._clock(), text, weight)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
            self._thread.start()

    def set_enabled(self, enabled: bool) -> None:
        """Switch on or off; what is being said when it is switched off is cut short."""
        self._enabled = enabled
        if not enabled:
            self._hush()

    def set_volume(self, volume: float) -> None:
        """volume: 0 to 1, from the next utterance on."""
        self._volume = min(1.0, max(0.0, volume))

    def close(self) -> None:
        """Be silent at once, and for good."""
        self._closed = True
        self._hush()
        if self._thread is None:
            return
        for _ in range(20):  # the thread may have been about to begin
            self._thread.join(0.1)
            if not self._thread.is_alive():
                break
            self._hush()

    def _hush(self) -> None:
        with self._changed:
            self._chooser.clear()
            self._changed.notify()
        if self._engine is not None:
            self._engine.stop()

    def _run(self) -> None:
        try:
            self._engine = self._make()
            while text := self._next():
                self._engine.say(text, self._volume)
        except Exception as error:  # whatever an engine may do, the workout goes on
            self.trouble = f"There will be no spoken cues: {error}."

    def _next(self) -> str | None:
        """Wait for the next thing to say, None at the end."""
        with self._changed:
            while not self._closed:
                text = self._chooser.due(self._clock())
                if text is not None:
                    return text
                self._changed.wait(0.1 if self._chooser.waiting else None)
        return None


#: What the other process does. One sentence each: an engine that is new every time cannot be left in a bad state.
_PROGRAM = """
import json, sys

import pyttsx3

wanted = json.load(sys.stdin)
engine = pyttsx3.init()
engine.setProperty("rate", wanted["rate"])
engine.setProperty("volume", wanted["volume"])
failed = []
engine.connect("error", lambda name=None, exception=None: failed.append(exception))
engine.say(wanted["text"])
engine.runAndWait()
print("failed:", failed[0]) if failed else print("said")
"""
#: Words a minute, slower than the usual 200; and seconds after which no sentence of ours still lasts.
_RATE, _LONGEST_S = 165, 20.0
#: What the player that the engine calls says when it finds no device: the engine itself does not notice.
_NO_DEVICE = ("audio open error", "Playback error")


def _python() -> str:
    """The interpreter to start another process with: under pythonw, which has no output, the one that has it."""
    path = Path(sys.executable)
    plain = path.with_name(re.sub("(?i)^pythonw", "python", path.name))
    return str(plain) if plain.exists() else sys.executable


class Pyttsx3:
    """The system's own voice, through pyttsx3, in another process."""

    def __init__(self) -> None:
        """Raises RuntimeError when something it needs is not installed."""
        if importlib.util.find_spec("pyttsx3") is None:
            raise RuntimeError("they need pyttsx3 (pip install 'facial-exercise-coach[voice]')")
        if sys.platform.startswith("linux") and shutil.which("aplay") is None:
            raise RuntimeError("they need aplay (install your system's alsa-utils)")
        self._running: subprocess.Popen[str] | None = None
        self._stopped = False

    def say(self, text: str, volume: float) -> None:
        """Say it, and return when it was said or stopped. Raises OSError or RuntimeError where it cannot."""
        self._stopped = False
        # The engine leaves what it has spoken in the folder for temporary files when it is stopped: give it its own.
        with tempfile.TemporaryDirectory(prefix="coach-voice-", ignore_cleanup_errors=True) as folder:
            self._running = subprocess.Popen(
                [_python(), "-P", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env={**os.environ, "TMPDIR": folder, "TEMP": folder, "TMP": folder},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no terminal opens beside our window
                start_new_session=True,  # so that it can be stopped with the player that it started
            )
            wanted = json.dumps({"text": text, "volume": volume, "rate": _RATE})
            try:
                said, _ = self._running.communicate(wanted, timeout=_LONGEST_S)
            except subprocess.TimeoutExpired:
                self.stop()
                self._running.communicate()
                raise RuntimeError("the speech engine does not answer") from None
        lines = said.strip().splitlines() or ["it ended without a word"]
        if self._stopped:
            return
        if any(sign in said for sign in _NO_DEVICE):
            raise RuntimeError("no sound device can be used")
        if "said" not in lines:  # told apart from its exit status: some engines fall over only after the last word
            raise RuntimeError(f"the speech engine failed ({lines[-1]})")

    def stop(self) -> None:
        """Cut short what is being said."""
        self._stopped = True
        running = self._running
        if running is None or running.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):  # it may have ended at this moment
            if hasattr(os, "killpg"):
                os.killpg(running.pid, signal.SIGKILL)
            else:
                running.kill()
