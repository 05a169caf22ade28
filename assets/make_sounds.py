"""Make the tones of the coach: `python assets/make_sounds.py` writes assets/sounds/*.wav.

Every tone is a few notes of a pentatonic scale, each a sine with three quieter harmonics, so that none can be taken for
an alarm. The stored files are what this makes; a test compares them.
"""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).resolve().parent / "sounds"
RATE = 44_100

#: Hertz. Below 200 a laptop's loudspeaker gives nothing back, and from 2000 up many ears hear less with the years.
A3, D4, G4, A4, C5, E5, G5, A5, C6 = 220.0, 293.66, 392.0, 440.0, 523.25, 659.26, 783.99, 880.0, 1046.5

#: Seconds of the way up and of the way out, both half a cosine: a step would be heard as a click.
RISE_S, FALL_S = 0.012, 0.04

#: Loudness of the harmonics 1, 2, 3 and 4.
WARM = (1.0, 0.3, 0.12, 0.04)
BRIGHT = (1.0, 0.45, 0.25, 0.12)


@dataclass(frozen=True, slots=True)
class Note:
    """begin and length in seconds; decay: seconds after which it is down to a third."""

    hertz: float
    begin: float
    length: float
    decay: float
    harmonics: tuple[float, ...] = WARM
    loud: float = 1.0


@dataclass(frozen=True, slots=True)
class Tone:
    """peak in dBFS."""

    notes: tuple[Note, ...]
    peak: float = -9.0


TONES: dict[str, Tone] = {
    # a repetition was counted; and the same in good form: a second, brighter note on top of it
    "rep": Tone((Note(C5, 0.0, 0.22, 0.07),)),
    "good": Tone((Note(C5, 0.0, 0.22, 0.07), Note(G5, 0.08, 0.26, 0.08, BRIGHT, 0.8))),
    # long enough: a falling third, let go
    "hold": Tone((Note(E5, 0.0, 0.2, 0.08), Note(C5, 0.12, 0.3, 0.1))),
    # a set is done: three rising notes
    "set": Tone((Note(C5, 0.0, 0.2, 0.09), Note(E5, 0.13, 0.22, 0.09), Note(G5, 0.26, 0.32, 0.12))),
    # an attempt did not count: low, short, and half as loud as the others
    "missed": Tone((Note(A3, 0.0, 0.24, 0.08, (1.0, 0.45, 0.2)),), -14.0),
    # counting down, and off it goes: the octave of the same note
    "tick": Tone((Note(C5, 0.0, 0.08, 0.02),), -12.0),
    "go": Tone((Note(C6, 0.0, 0.3, 0.09),)),
    # open your eyes: an octave up, and the upper note rings on, longer and clearer than any other
    "eyes": Tone((Note(A4, 0.0, 0.3, 0.12, BRIGHT, 0.8), Note(A5, 0.14, 0.44, 0.25, BRIGHT))),
    # paused: a fall that stays open
    "pause": Tone((Note(G4, 0.0, 0.2, 0.08), Note(D4, 0.12, 0.24, 0.08))),
}


def samples(tone: Tone) -> npt.NDArray[np.int16]:
    """The tone as (N,) samples; the first and the last one are silence."""
    length = max(note.begin + note.length for note in tone.notes)
    wave_form = np.zeros(round(length * RATE) + 1)
    for note in tone.notes:
        first = round(note.begin * RATE)
        sounding = _note(note)
        wave_form[first : first + len(sounding)] += sounding
    loudest = 32767 * 10 ** (tone.peak / 20)
    return np.round(wave_form * (loudest / np.abs(wave_form).max())).astype(np.int16)


def _note(note: Note) -> npt.NDArray[np.float64]:
    time = np.arange(round(note.length * RATE)) / RATE
    phase = 2 * np.pi * note.hertz * time
    sound = sum(loud * np.sin((i + 1) * phase) for i, loud in enumerate(note.harmonics))
    rise = np.clip(time / RISE_S, 0.0, 1.0)
    fall = np.clip((time[-1] - time) / FALL_S, 0.0, 1.0)
    smooth = (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall))
    faded: npt.NDArray[np.float64] = note.loud * sound * smooth * np.exp(-time / note.decay)
    return faded


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, tone in TONES.items():
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples(tone).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
