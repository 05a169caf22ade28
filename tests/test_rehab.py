"""Landmarks of 186 real webcam clips of rehabilitation movements: does the final match tell right from wrong?

The labels say whether the asked movement was reached and held to the end. Only x, y, z and blendshapes are there, of
two people; nothing is fitted to them.
"""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import SHARED

from benchmarks import counting
from coach.form.exercise import library
from coach.form.session import Session
from coach.frame import Array

pytestmark = [pytest.mark.usefixtures("shared"), pytest.mark.slow]

JUDGED = {e.id: e for e in library().values() if e.judged}


@cache
def tracks() -> dict[str, Array]:
    return dict(np.load(SHARED / "data" / "tracks" / "rehab_form.npz"))


def clips() -> list[dict[str, Any]]:
    return list(json.loads((SHARED / "data" / "tracks" / "rehab_form.json").read_text()))


def track(number: int) -> tuple[Array, Array]:
    """Times (T,) and measures (T, M) of one clip."""
    return counting.rehabilitation(tracks(), number)


@cache
def separation() -> dict[str, float]:
    """For each movement the area under the ROC curve of the final match, correct against bad."""
    return {name: area for name, (area, _, _) in counting.areas(SHARED / "data").items()}


@pytest.mark.parametrize("id", ["wide-smile", "lip-press", "corners-down"])
def test_the_final_match_tells_the_asked_movement_from_others(id: str) -> None:
    assert separation()[id] >= 0.97


def test_a_one_sided_smile_is_told_though_two_labels_name_the_other_side() -> None:
    """The file counts a smile of either side. Of the clips labelled for the left side one correct and one bad clip are
    smiles of the right one, and one woman's bad clip is a small smile of the left."""
    assert separation()["one-sided-smile:left"] >= 0.75


def test_a_puff_of_the_cheeks_is_hardly_seen() -> None:
    """The tracker's jaw widens in one of seven real puffs: the exercise says so, and is gated."""
    assert JUDGED["cheek-puff"].judge == "gated"
    assert separation()["cheek-puff"] < 0.85


#: Clips labelled as bad rest show real movements: the mouth wide open (a lip gap of 0.32 to 0.36 OC), brows up (by
#: 0.06 to 0.12) or down, one corner up and the lips aside (by 0.07), one eye shut, a lower lip pushed up, lips pursed,
#: a smile.
MOVED = {
    (9, "goldfish-full"), (9, "jaw-open"), (10, "frown-release"), (13, "brow-raise"), (16, "one-sided-smile"),
    (18, "brow-raise"), (19, "chin-raise"), (19, "nose-wrinkle"), (20, "pucker"), (27, "alternate-wink"),
    (28, "one-sided-smile"), (37, "brow-raise"), (40, "brow-raise"), (41, "alternate-wink"), (41, "brow-raise"),
    (42, "jaw-open"), (46, "lion-face"), (48, "wide-smile"), (51, "lip-press"),
}  # fmt: skip


#: A chin that goes 0.02 OC to one side at rest, 2 mm: the jaw glide is gated, and counts it.
FALSE = {(59, "jaw-glide")}


def test_rest_counts_nothing_and_what_is_bad_rest_only_what_happens() -> None:
    counted, still = set(), {c["clip"] for c in clips() if c["label"] == "correct"}
    for number in (c["clip"] for c in clips() if c["exercise"] is None):
        times, measures = track(number)
        for id, exercise in JUDGED.items():
            session = Session(exercise)
            session.run_whole(times, measures)
            if session.reps:
                counted.add((number, id))
    assert {(number, id) for number, id in counted if number in still} <= FALSE
    assert counted <= MOVED | FALSE


def test_a_real_clip_at_once_is_the_clip_frame_by_frame() -> None:
    for number in (c["clip"] for c in clips()):
        times, measures = track(number)
        for id in ("wide-smile", "lower-lid-lift", "pucker-swing", "frown-release", "upper-lip-raise", "vowels"):
            slow, fast = Session(JUDGED[id]), Session(JUDGED[id])
            rows = zip(times.tolist(), measures, strict=True)
            shown = [slow.advance(t, None if np.isnan(m[0]) else m).match for t, m in rows]
            expected = [np.nan if match is None else match for match in shown]
            np.testing.assert_allclose(fast.run(times, measures), expected, atol=1e-9)
            assert [a.reason for a in slow.attempts] == [a.reason for a in fast.attempts]
