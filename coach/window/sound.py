"""Tones: what was counted is heard, so that nobody has to look, or to have their eyes open."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, get_args

import pygame

from coach.form.exercise import Exercise
from coach.form.scoring import is_good
from coach.frame import Feedback, Kind, Phase
from coach.vision.quiet import silenced_stderr
from coach.window.state import led_by

#: Names of the tones; `assets/SOURCES.md` says what each is for.
Tone = Literal["rep", "good", "hold", "set", "missed", "tick", "go", "eyes", "pause"]
TONES: tuple[Tone, ...] = get_args(Tone)

#: The group whose exercises may be done with eyes closed, so that their ends have a tone of their own.
EYES = "eyes"

#: What happened, weightiest first: its tone, and the tone for an exercise of the eyes.
_TABLE: tuple[tuple[Kind, Tone, Tone], ...] = (
    (Kind.SET_DONE, "set", "eyes"),
    (Kind.ATTEMPT_MISSED, "missed", "missed"),
    (Kind.REP, "rep", "rep"),
    (Kind.HOLD_DONE, "hold", "eyes"),
)

_RATE = 44_100
#: Samples between asking for a tone and hearing it: 12 ms.
_BUFFER = 512


def tone_for(feedback: Feedback, exercise: Exercise, before: Phase | None = None) -> Tone | None:
    """Return the one tone that this feedback calls for, None for silence.

    before: the phase of the feedback before this one. Of an exercise that is led by time, where no hold is ever seen to
    be reached, the beginning and the end of the hold are told from it; without it they pass in silence.
    """
    eyes = exercise.group == EYES
    kinds = {event.kind for event in feedback.events}
    for kind, tone, for_eyes in _TABLE:
        if kind in kinds:
            good = kind is Kind.REP and feedback.last is not None and is_good(feedback.last)
            return "good" if good else for_eyes if eyes else tone
    if led_by(exercise) == "time" and before is not None and feedback.phase is not before:
        if feedback.phase in (Phase.RISE, Phase.HOLD) and before in (Phase.LEARNING, Phase.REST):
            return "go"
        if before is Phase.HOLD:
            return "eyes" if eyes else "hold"
    return None


class Sounds:
    """Plays tones. Where there is no sound device, or it fails, it is silent and `trouble` says why in a sentence."""

    def __init__(self, volume: float) -> None:
        """volume: 0 (silent) to 1. The device is opened by the first tone, or by `open` before that."""
        self.trouble = ""
        self._volume = _bounded(volume)
        self._tones: dict[str, pygame.mixer.Sound] = {}

    def open(self) -> None:
        """Open the device and load the tones, which may take a moment; does nothing where that was done."""
        if self.trouble or (self._tones and pygame.mixer.get_init()):
            return
        self._tones.clear()
        try:
            # The libraries of a missing device write to the terminal; the user gets our one sentence instead.
            with silenced_stderr():
                pygame.mixer.init(_RATE, -16, 1, _BUFFER)
            for name in TONES:
                with (assets_folder() / "sounds" / f"{name}.wav").open("rb") as file:
                    self._tones[name] = pygame.mixer.Sound(file)
        except pygame.error as error:
            self._fail(f"no sound device can be used ({error})")
        except OSError as error:
            self._fail(f"a tone cannot be read ({error.strerror or error})")
        self.set_volume(self._volume)

    def play(self, name: Tone) -> None:
        """Begin a tone and return at once; tones may overlap. Raises ValueError for a name that is none of TONES."""
        if name not in TONES:
            raise ValueError(f"unknown tone '{name}'")
        if self._volume == 0.0:
            return
        self.open()  # again, where somebody else has closed it: to play its old tones would end the program
        if self.trouble:
            return
        try:
            self._tones[name].play()
        except pygame.error as error:
            self._fail(f"the sound device stopped ({error})")

    def set_volume(self, volume: float) -> None:
        """volume: 0 (silent) to 1, for tones from now on and for those that still sound."""
        self._volume = _bounded(volume)
        if pygame.mixer.get_init():
            for tone in self._tones.values():
                tone.set_volume(self._volume)

    def close(self) -> None:
        """Let go of the device. A later tone opens it again."""
        if self._tones:
            self._tones.clear()
            pygame.mixer.quit()

    def _fail(self, why: str) -> None:
        self.trouble = f"There will be no tones: {why}."
        self._tones.clear()
        pygame.mixer.quit()


def assets_folder() -> Traversable:
    """The folder of assets: inside the installed package, or beside it in a checkout."""
    packaged = files("coach") / "assets"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "assets"


def _bounded(volume: float) -> float:
    return min(1.0, max(0.0, volume))
