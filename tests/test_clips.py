"""Real and rendered clips with known counts, through the real tracker. Skipped where the data is absent.

Each clip is tracked once and judged by every exercise it is about: those it names, or all judged ones where it is
marked as negative. The quick part takes a handful of clips, the slow part all of them.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED, clip_entries

from coach.form.exercise import library
from coach.frame import Frame
from coach.score import Score, scored
from coach.vision.tracker import FaceTracker
from coach.vision.video import read_video

JUDGED = {e.id: e for e in library().values() if e.judged}

#: One of each kind: partial repetitions, speech, nobody; all others with the long tests.
QUICK = {
    "clips/lp_d5.mp4",
    "clips/pf_single_face.mp4",
    "clips/pf_no_face.mp4",
    "clips/vr_4.mp4",
    "clips/grid_lwbsza.mpg",
}


def tracked(path: Path, at_most_fps: float = 240.0) -> Iterator[Frame]:
    """Frames of a video, thinned to a frame rate."""
    due = 0.0
    with FaceTracker(hands=True) as tracker:
        for time, image in read_video(path):
            if time >= due - 1e-3:
                due = time + 1.0 / at_most_fps
                yield tracker.track(image, time)


@cache
def judged(file: str, at_most_fps: float = 240.0) -> dict[str, Score]:
    entry = next(c for c in clip_entries() if c["file"] == file)
    ids = list(JUDGED) if entry.get("negative") else [id for id in entry.get("counts", {}) if id in JUDGED]
    scores = [Score(JUDGED[id]) for id in ids]
    scored(scores, tracked(SHARED / "data" / file, at_most_fps))
    return dict(zip(ids, scores, strict=True))


def cases(slow: bool, **wanted: Any) -> list[Any]:
    """Clips as test parameters, split into the quick and the slow part."""
    found = [c for c in clip_entries() if all(bool(c.get(key)) == value for key, value in wanted.items())]
    chosen = [c for c in found if (c["file"] not in QUICK) == slow]
    marks = [pytest.mark.slow] if slow else []
    return [pytest.param(c, id=Path(c["file"]).stem, marks=marks) for c in chosen]


#: Clips whose movement is near the tracker's noise, or quick after strong movements of the head, and by how much the
#: count may be off at 10 frames a second.
NOISY_AT_10_FPS = {"loop_XF_frown": 3, "lp_d9": 2}


def check_counts(entry: dict[str, Any], at_most_fps: float = 240.0) -> None:
    tolerance = entry.get("tolerance", 0)
    if at_most_fps <= 10.0:
        tolerance = max(tolerance, NOISY_AT_10_FPS.get(Path(entry["file"]).stem, 0))
    for id, want in entry["counts"].items():
        one = judged(entry["file"], at_most_fps)[id]
        result = one.result(entry["file"])
        expected = want if isinstance(want, dict) else {"total": want}
        assert abs(result["reps"] - expected["total"]) <= tolerance, result["repetitions"]
        if "attempts" in expected:
            assert result["attempts"] == expected["attempts"]
        for side in ("left", "right"):
            if side in expected:
                assert result["sides"][side] == expected[side]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("entry", cases(False, counts=True) + cases(True, counts=True))
def test_a_clip_counts_exactly_what_happens_in_it(entry: dict[str, Any]) -> None:
    check_counts(entry)
    for id, code in entry.get("faults", {}).items():
        assert all(code in a.faults for a in judged(entry["file"])[id].session.attempts if a.counted)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("entry", cases(False, negative=True) + cases(True, negative=True))
def test_speech_rest_and_empty_pictures_count_nothing_whatever_is_armed(entry: dict[str, Any]) -> None:
    counted = {id: one.session.reps for id, one in judged(entry["file"]).items()}
    assert counted == dict.fromkeys(JUDGED, 0)


#: Movements that are the same in nature, or contain each other: (what the clip shows, what may count in it).
SAME = {
    ("wide-smile", "closed-smile"): "a wide smile with the lips together is a closed one, further",
    ("jaw-open", "goldfish-partial"): "all three open the jaw, by different amounts",
    ("jaw-open", "goldfish-full"): "all three open the jaw, by different amounts",
    ("jaw-glide", "frown-release"): "in the drawn face one jaw on its way back shows two thirds of a small frown",
    ("frown-release", "eyes-wide"): "the man of the looped frown rests with drowsy eyes and opens them by 30 %",
}


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("entry", [c for part in (False, True) for c in cases(part, counts=True)])
def test_a_clip_counts_nothing_of_another_exercise(entry: dict[str, Any]) -> None:
    if Path(entry["file"]).stem.startswith(("lp_", "pf_")):
        pytest.skip("expressive footage: it contains several movements, not all of them named")
    shown = set(entry["counts"])
    scores = [Score(e) for id, e in JUDGED.items() if id not in shown]
    scored(scores, tracked(SHARED / "data" / entry["file"]))
    counted = {one.session.exercise.id: one.session.reps for one in scores if one.session.reps}
    assert {id for id in counted if not any((s, id) in SAME for s in shown)} == set(), counted


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("entry", [c for part in (False, True) for c in cases(part, counts=True)])
def test_a_clip_thinned_to_10_frames_a_second_counts_the_same(entry: dict[str, Any]) -> None:
    check_counts(entry, at_most_fps=10.0)


@pytest.mark.usefixtures("shared")
def test_the_same_clip_judged_twice_gives_the_same_text() -> None:
    texts = set()
    for _ in range(2):
        one = Score(JUDGED["pucker"])
        scored([one], tracked(SHARED / "data" / "clips" / "grid_bbaf2n.mpg"))
        texts.add(json.dumps(one.result("clip")))
    assert len(texts) == 1
