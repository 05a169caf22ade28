"""`python tests/resting_faces.py [DATA]`: the table of `coach/form/people.py`, from films and tracks of people.

DATA is the folder of test data beside a checkout (../shared/data): clips.json and unprepared_clips.json with films,
tracks/unprepared and tracks/rehab_form with their landmarks. Films that were rendered are left out. For each person the
median of the moments in which the head faces the camera and nothing shows an expression; over people the median, and
1.4826 times the median distance from it, each face and its mirror image counted once. With --without NAME a person is
left out, so that what is tuned with the table can be tried on somebody who is not in it. Prints Python; nothing is
written.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, it finds what is beside the tests

from benchmarks import counting  # noqa: E402
from coach.form.measures import FACE, INDEX, NAMES, ODD, TABLE, measure_all, mirrored  # noqa: E402
from coach.frame import Array  # noqa: E402

#: A face turned further is not looked at (degrees), nor one that shows more than this of an expression.
FACING = {"yaw_deg": 15.0, "pitch_deg": 20.0, "roll_deg": 15.0}
SHOWS = {"smile_left": 0.2, "smile_right": 0.2, "pucker": 0.3, "jaw_open": 0.15, "lip_gap": 0.04, "blink_left": 0.4,
         "blink_right": 0.4, "brow_inner_up": 0.4, "brow_down_left": 0.4, "upper_up_left": 0.2}  # fmt: skip
#: Spreads are no smaller than what the tracker wanders on one face; people sit before a camera within these degrees.
LEAST = {"OC": 0.006, "ratio": 0.3, "shape": 0.1, "cm": 8.0}
POSE = {"yaw_deg": 6.0, "pitch_deg": 8.0, "roll_deg": 5.0}
#: A face that rests for fewer frames than this in all is no evidence.
FEWEST = 10


def people(data: Path) -> Iterator[tuple[str, Array]]:
    """Who is seen, and (T, M) measures of some of their frames."""
    from coach.vision.tracker import FaceTracker
    from coach.vision.video import read_video

    tracks = dict(np.load(data / "tracks" / "unprepared.npz"))
    for clip in json.loads((data / "tracks" / "unprepared.json").read_text())["clips"]:
        yield clip.get("person", _name(clip["id"])), measure_all(counting.tracked(tracks, clip))[1]
    rehab = dict(np.load(data / "tracks" / "rehab_form.npz"))
    for number, clip in enumerate(json.loads((data / "tracks" / "rehab_form.json").read_text())):
        yield f"rehab-{clip['person']}", counting.rehabilitation(rehab, number)[1]
    for name in ("unprepared_clips.json", "clips.json"):
        for clip in json.loads((data / name).read_text())["clips"]:
            file = data / clip["file"]
            if file.stem.startswith("syn_"):
                continue
            with FaceTracker(hands=True) as tracker:
                frames = (replace(tracker.track(image, time), image=None) for time, image in read_video(file))
                yield (
                    "wei" if file.stem.startswith("wei") else "XF" if "XF" in file.stem else file.stem,
                    measure_all(frames)[1],
                )


def _name(clip: str) -> str:
    return clip.rsplit("_", 1)[0] if clip.startswith(("fo_", "hm_")) else clip


def resting(measures: Array) -> Array:
    """Those of (T, M) measures in which the face can be at rest."""
    measures = measures[np.isfinite(measures[:, :FACE].sum(axis=1))]
    fit = np.ones(len(measures), bool)
    for name, most in FACING.items():
        fit &= np.abs(measures[:, INDEX[name]]) < most
    for name, most in SHOWS.items():
        fit &= measures[:, INDEX[name]] < most
    return measures[fit]


def table(faces: dict[str, list[Array]]) -> dict[str, tuple[float, float]]:
    """Median and spread over people of each measure of the face. faces: by person, (T, M) of their rest."""
    medians = np.array([np.median(np.concatenate(some), axis=0) for some in faces.values()])
    found = {}
    for row, name in zip(TABLE[:FACE], NAMES, strict=False):
        mirror = medians[:, INDEX[mirrored(name)]] * (-1.0 if name in ODD else 1.0)
        both = np.concatenate([medians[:, INDEX[name]], mirror])
        median = float(np.median(both))
        spread = 1.4826 * float(np.median(np.abs(both - median)))
        found[name] = median, POSE.get(name, max(spread, LEAST.get(row.unit, 0.0)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python tests/resting_faces.py", description="What faces are at rest.")
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=beside, help="the folder of test data")
    parser.add_argument("--without", metavar="NAME", help="leave out one person")
    options = parser.parse_args()
    if not (options.data / "clips.json").is_file():
        parser.error(f"{options.data}: no test data there")
    faces: dict[str, list[Array]] = {}
    for person, measures in people(options.data):
        rest = resting(measures)
        if person != options.without and len(rest) >= FEWEST:
            faces.setdefault(person, []).append(rest)
    print(f"{len(faces)} people: {', '.join(sorted(faces))}", file=sys.stderr)
    for name, (median, spread) in table(faces).items():
        print(f'    "{name}": ({median:.4f}, {spread:.4f}),')


if __name__ == "__main__":
    main()
