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
def test_sessions_in_which_everything_goes_wrong_are_led_to_their_end_and_kept(tmp_path: Path) -> None:
    """`python tests/faulty.py 101 18 report.json` does an hour of it and more."""
    report = tmp_path / "report.json"
    command = [sys.executable, str(ROOT / "tests" / "faulty.py"), "1", "2", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment(tmp_path), timeout=900)
    assert done.returncode == 143, done.stderr
    said = done.stderr.splitlines()
    assert said.count("coach: ended from outside, what was done is kept") == 2
    assert "Traceback" not in done.stderr
    everything = [kind for kind, count in FAULTS.items() for _ in range(count)] + ["disk full", "locked", "ended"]
    sessions = [json.loads(line) for line in report.read_text().splitlines()]
    for session in sessions:
        assert session["status"] == 143
        assert session["left"] == []
        assert sorted(session["happened"]) == sorted(everything)
    # All ten sets were led, each to its repetitions, but for the last one, which was ended.
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(results) == 20
    assert all(result["reps"] > 0 for result in results)
    # A recording has every frame that was judged before the disk was full, and is whole.
    recordings = sorted(tmp_path.rglob("session-*.coach"))
    assert len(recordings) == 2
    for recording, session in zip(recordings, sessions, strict=True):
        assert len(list(read_sets(recording))) == 10
        assert len(list(read_frames(recording))) == session["judged"]
    assert sum("can be read. Make room" in line for line in said) == 2
    # The history was locked when they ended; they are taken in as soon as it is not.
    assert sum("another program is writing the history" in line for line in said) == 2
    asked = subprocess.run(
        [sys.executable, "-m", "coach", "history", "--json"], capture_output=True, text=True, cwd=tmp_path,
        env=environment(tmp_path), timeout=300,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert all(recording.name in asked.stdout for recording in recordings)
    log = next(tmp_path.rglob("coach.log")).read_text()
    assert "the tracker failed (RuntimeError: the graph has stopped)" in log
    assert "Traceback" not in log
    assert str(tmp_path) not in log
