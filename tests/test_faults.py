"""Everything that can go wrong goes wrong in one session: it is led to its end, and kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulty import FAULTS

from coach.records.recording import read_frames, read_sets

ROOT = Path(__file__).parents[1]


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    paths = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
    return {**kept, **places, "HOME": str(home), "PYTHONPATH": paths, "SDL_VIDEODRIVER": "dummy",
            "SDL_AUDIODRIVER": "dummy"}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are a matter of Unix")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_session_in_which_everything_goes_wrong_is_led_to_its_end_and_kept(tmp_path: Path, seed: int) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, str(ROOT / "tests" / "faulty.py"), str(seed), str(report)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment(tmp_path), timeout=600
    )  # fmt: skip
    assert done.returncode == 143, done.stderr
    assert done.stderr.splitlines()[-1] == "coach: ended from outside, what was done is kept"
    assert "Traceback" not in done.stderr
    told = json.loads(report.read_text())
    assert told["left"] == []
    assert sorted(told["happened"]) == sorted(
        [kind for kind, count in FAULTS.items() for _ in range(count)] + ["disk full", "locked", "ended"]
    )
    # All ten sets were led, each to its repetitions, but for the last one, which was ended.
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(results) == 10
    assert all(result["reps"] > 0 for result in results)
    # The recording has every frame that was judged before the disk was full, and is whole.
    (recording,) = tmp_path.rglob("session-*.coach")
    assert len(list(read_sets(recording))) == 10
    frames = list(read_frames(recording))
    assert len(frames) == told["judged"]
    assert "can be read. Make room" in done.stderr
    # The history was locked when it ended; the session is taken in as soon as it is not.
    assert "another program is writing the history" in done.stderr
    asked = subprocess.run(
        [sys.executable, "-m", "coach", "history", "--json"], capture_output=True, text=True, cwd=tmp_path,
        env=environment(tmp_path), timeout=300,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert recording.name in asked.stdout
    log = next(tmp_path.rglob("coach.log")).read_text()
    assert "the tracker failed (RuntimeError: the graph has stopped)" in log
    assert "Traceback" not in log
    assert str(tmp_path) not in log
