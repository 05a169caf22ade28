"""The benchmark of counting: what it makes of clips whose truth is known to the repetition."""

import json
from pathlib import Path

import numpy as np
import pytest
from faces import perform, rest_measures, template_track

from benchmarks import __main__ as program
from benchmarks import counting
from benchmarks.counting import Clip, Pair, Wrong, met, summary, windows_of
from coach.form import meant
from coach.form.exercise import find_exercise

SMILE, TURN = find_exercise("wide-smile"), find_exercise("neck-rotation")


def clip(name: str = "ann_smiles", reps: int = 3, **more: object) -> Clip:
    """Somebody who smiles so many times, cleanly."""
    performance = perform(SMILE, *["clean"] * reps)
    track = list(template_track(performance))
    windows = [[move.peak_start, move.peak_end] for move in performance.moves]
    times, measures = np.array([time for time, _ in track]), np.array([row for _, row in track])
    known = {"person": name.split("_")[0], "counts": {"wide-smile": reps}, "windows": windows}
    return Clip(name, times, measures, **{**known, **more})  # type: ignore[arg-type]


def still(name: str = "bob_rests", loose: bool = False) -> Clip:
    """Somebody who does nothing for half a minute."""
    times = np.arange(900) / 30
    random = np.random.default_rng(0)
    measures = rest_measures() * (1 + 0.002 * random.normal(size=(len(times), 1)))
    return Clip(name, times, measures, person=name.split("_")[0], negative=True, loose=loose)


@pytest.mark.parametrize("way", ["ours, whole recording", "ours, live", "two thresholds", "find_peaks"])
def test_three_clean_smiles_are_three_in_every_way(way: str) -> None:
    reps, tried, ready = counting.WAYS[way](SMILE, clip())
    assert (len(reps), len(tried)) == (3, 3)
    assert ready > 8.0
    assert met(clip().windows, tried) == 3


def test_what_leaves_rest_is_an_attempt_to_plain_warping() -> None:
    _, tried, _ = counting.WAYS["plain warping"](SMILE, clip())
    assert met(clip().windows, tried) == 3


def test_a_face_that_does_nothing_is_counted_by_nobody_and_its_minutes_are() -> None:
    pairs, wrong = counting.judged([still()], {"ours": counting.ours})
    assert pairs == {"ours": []}
    told = summary([], wrong["ours"])
    ids = {one.exercise for one in wrong["ours"]}
    assert "quiet-forehead" not in ids  # he does that
    assert told["false"] == 0
    assert told["false: armed minutes"] == pytest.approx(0.5 * len(ids), rel=0.1)


def test_windows_belong_to_the_exercises_in_their_order() -> None:
    both = clip(counts={"neck-rotation": 1, "wide-smile": 2})
    assert windows_of(both, "neck-rotation") == both.windows[:1]
    assert windows_of(both, "wide-smile") == both.windows[1:]
    assert windows_of(clip(counts={"wide-smile": 2}), "wide-smile") is None  # one too many: nobody knows which


def test_a_window_is_met_by_an_attempt_of_its_own() -> None:
    windows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert met(windows, [(1.5, 1.9), (3.5, 3.8), (5.1, 5.2)]) == 3
    assert met(windows, [(0.5, 6.5)]) == 1
    assert met(windows, [(2.1, 2.3)]) == 1  # labels are good to about a fifth of a second
    assert met(windows, [(2.3, 2.7)]) == 0


def test_the_summary_of_pairs_in_numbers() -> None:
    pairs = [
        Pair("a", "x", "ann", 30, 3, 3, 3, 3),
        Pair("a", "y", "ann", 30, 3, 5, 3, 2),
        Pair("b", "x", "bob", 30, 4, 3, None, None),
    ]
    wrong = [
        Wrong("c", "x", "cat", 30, False, 1, 90.0),
        Wrong("c", "y", "cat", 30, False, 0, 30.0),
        Wrong("d", "x", "dan", 30, True, 2, 60.0),
    ]
    assert summary(pairs, wrong) == {
        "repetitions": 10, "counted": 9, "pairs": 3, "exact": 1, "off by one at most": 2, "mean absolute error": 1.0,
        "windows": 6, "met": 5,
        "false": 1, "false: armed minutes": 2.0, "false a minute": 0.5,
        "false, loose": 2, "false, loose: armed minutes": 1.0, "false, loose a minute": 2.0,
    }  # fmt: skip


def test_everything_is_told_by_way_exercise_person_and_frame_rate_as_text_and_json() -> None:
    result = counting.counted([clip(), still()]) | {"areas": {"wide-smile": (0.75, 2, 3)}}
    assert set(result["ways"]) == set(counting.WAYS)
    assert result["ways"]["ours, live"]["exact"] == 1
    assert result["by person"].keys() == {"ann", "bob"}
    assert result["by exercise"]["wide-smile"]["counted"] == 3
    assert list(result["by frame rate"]) == ["22 and more"]
    assert result["wrong"] == []
    assert 0.0 < result["latency_s"]["median"] < 0.3
    lines = "\n".join(counting.text(result))
    assert "3 of 3 counted; 1 of 1 exact, 1 within one; error 0.00; 3 of 3 met" in lines
    assert "wide-smile               0.750 (2 and 3 clips)" in lines
    json.dumps(result)


def test_people_are_left_out_in_turn_and_what_was_tuned_is_what_it_was() -> None:
    used = meant.PART
    result = counting.left_out([clip(), clip("bob_smiles", 1), still("cat_rests")])
    assert used == meant.PART
    assert result["people left out"]["exact"] == 2
    assert set(result["chosen"]) == {"ann", "bob", "cat"}
    assert set(result["errors by choice"].values()) == {0}


@pytest.mark.parametrize(("content", "says"), [
    (None, "no counts.json and no clips.json there"),
    ("nonsense", "counts.json: not"),
    ('{"clip": []}', "counts.json: not"),
    ('{"clips": [{"file": "missing.mp4", "negative": true}]}', "missing.mp4"),
])  # fmt: skip
def test_a_folder_that_is_none_is_one_line(
    content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "counts.json").write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        program.main(["counting", str(tmp_path)])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert says in told


def test_tracks_become_frames_with_hands_where_some_were_found() -> None:
    entry = {"id": "x", "start": 1, "end": 3, "hands_start": 0, "scale": 10.0, "width": 640, "height": 480}
    hands = np.full((2, 2, 21, 3), -32768, np.int16)
    hands[1, 0] = 50
    arrays = {
        "time": np.array([0.0, 1.0, 2.0]), "seen": np.array([True, False, True]), "hands": hands,
        "landmarks": np.full((3, 478, 3), 100, np.int16), "blendshapes": np.full((3, 52), 65535, np.uint16),
        "matrix": np.tile(np.eye(4), (3, 1, 1)), "picture": np.full((3, 3), 0.5),
    }  # fmt: skip
    unseen, seen = counting.tracked(arrays, entry)
    assert (unseen.time, unseen.landmarks, seen.time) == (1.0, None, 2.0)
    assert unseen.hands is not None
    assert unseen.hands.shape == (0, 21, 3)
    assert seen.hands is not None
    assert seen.hands.shape == (1, 21, 3)
    assert seen.hands.max() == 5.0
    assert seen.landmarks is not None
    assert seen.landmarks[0].tolist() == [10.0, 10.0, 10.0]
    assert seen.picture is not None
    assert (seen.picture.width, seen.picture.light) == (640, 0.5)
