"""Films as telephones, camcorders and converters make them: each is judged as it is seen, or says why not.

All of them are of the built-in performer, who does three wide smiles, or smiles of the left side.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from faces import mesh
from videos import encode, turn

from coach.avatar.performer import Performance, perform
from coach.form.exercise import find_exercise
from coach.frame import Image

ROOT = Path(__file__).parents[1]
SIZE, FPS = (640, 480), 15
pytestmark = pytest.mark.slow


@cache
def pictures(exercise: str = "wide-smile", manners: tuple[Any, ...] = ("clean",) * 3) -> tuple[Image, ...]:
    shown = perform(mesh(), Performance(find_exercise(exercise), manners), FPS, SIZE)
    return tuple(np.array(draw()) for _, draw in shown)


def film(path: Path, images: "tuple[Image, ...] | list[Image]", begin_ms: int = 0, **how: Any) -> Path:
    stamps = [begin_ms + round(1000 * i / FPS) for i in range(len(images))]
    return encode(path, images, stamps_ms=stamps, **how)


def score(file: Path, *more: str, exercise: str = "wide-smile") -> tuple[dict[str, Any], str]:
    command = [sys.executable, "-m", "coach", "score", str(file), "-e", exercise, "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result, done.stderr


def squeezed(image: Image) -> Image:
    """As it lies in a file whose pixels are a third wider than high."""
    return np.asarray(cv2.resize(image, (SIZE[0] * 3 // 4, SIZE[1])), np.uint8)


def woven(images: "tuple[Image, ...]") -> list[Image]:
    """Two pictures in one: the odd lines of each are those of the next one."""
    found = []
    for one, other in zip(images[::2], images[1::2], strict=False):
        both = one.copy()
        both[1::2] = other[1::2]
        found.append(both)
    return found


MADE: dict[str, Callable[[Path], Path]] = {
    "as it is": lambda to: film(to / "a.mp4", pictures()),
    "pixels that are not square": lambda to: film(to / "a.mp4", [*map(squeezed, pictures())], pixel=(4, 3)),
    "interlaced": lambda to: encode(to / "a.mp4", woven(pictures()), interlaced=True,
                                    stamps_ms=[round(2000 * i / FPS) for i in range(len(pictures()) // 2)]),
    "sound that goes on": lambda to: film(to / "a.mkv", pictures(), sound_s=40.0),
    "begins late": lambda to: film(to / "a.mkv", pictures(), begin_ms=5000),
    "turned, and says so": lambda to: turn(film(to / "a.mp4", [np.rot90(p) for p in pictures()]), 90),
    "a name with colons": lambda to: film(to / "a.mp4", pictures()).rename(to / "2024-11-14T22:57:44.mp4"),
    "mirrored": lambda to: film(to / "a.mp4", [p[:, ::-1] for p in pictures()]),
}  # fmt: skip


@pytest.mark.parametrize("how", MADE)
def test_three_smiles_are_three_however_they_lie_in_the_file(tmp_path: Path, how: str) -> None:
    result, said = score(MADE[how](tmp_path))
    assert (result["reps"], result["attempts"]) == (3, 3)
    assert result["seconds"] == pytest.approx(len(pictures()) / FPS, abs=0.3)
    assert "cut off" not in said


@pytest.mark.parametrize(("turns", "says"), [(1, "on its side"), (2, "upside down"), (3, "on its side")])
def test_a_film_that_lies_on_its_side_without_saying_so_is_judged_turned_and_that_is_said(
    tmp_path: Path, turns: int, says: str
) -> None:
    result, said = score(film(tmp_path / "a.mp4", [np.rot90(p, turns) for p in pictures()]))
    assert result["reps"] == 3
    assert f"it lies {says}, so it is judged turned by {90 * turns} degrees clockwise" in said


def test_in_a_mirrored_film_left_is_left_where_that_is_said(tmp_path: Path) -> None:
    smiles = pictures("one-sided-smile", ("clean",) * 2)
    plain, _ = score(film(tmp_path / "a.mp4", smiles), exercise="one-sided-smile")
    turned = film(tmp_path / "b.mp4", [p[:, ::-1] for p in smiles])
    swapped, _ = score(turned, exercise="one-sided-smile")
    told, _ = score(turned, "--mirrored", exercise="one-sided-smile")
    assert plain["reps"] == 2
    assert told["sides"] == plain["sides"]
    assert swapped["sides"] == {"left": plain["sides"]["right"], "right": plain["sides"]["left"]}


def test_a_picture_that_stands_still_is_no_hold_and_says_so(tmp_path: Path) -> None:
    """For five seconds, in the middle of the second smile."""
    images = list(pictures())
    session, _ = score(film(tmp_path / "a.mp4", images))
    second = session["repetitions"][1]
    at = round((second["start_s"] + second["end_s"]) / 2 * FPS)
    frozen, _ = score(film(tmp_path / "b.mp4", [*images[:at], *[images[at]] * 5 * FPS, *images[at:]], crf=40))
    held = frozen["repetitions"][1]
    assert held["end_s"] - held["start_s"] > 5.0
    assert held["hold_s"] < second["hold_s"] + 3.0  # of five; a second of it is not yet told from a hold
    whole, _ = score(film(tmp_path / "c.mp4", [images[at]] * 8 * FPS, crf=40))
    assert whole["reps"] == 0
    assert whole["reason"] == "the picture stood still"
