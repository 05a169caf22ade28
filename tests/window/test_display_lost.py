"""The display goes away in the middle of a set: the program says so, and what was done is kept."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coach.records.recording import read_frames

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb here")
def test_a_display_that_goes_away_ends_the_program_with_everything_kept(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=[writes], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writes)
    with os.fdopen(reads) as told:
        number = told.readline().strip()
    places = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "DISPLAY": f":{number}",
                   "SDL_AUDIODRIVER": "dummy", **places}  # fmt: skip
    program = subprocess.Popen(
        [sys.executable, "-m", "coach", "demo", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, cwd=tmp_path,
    )  # fmt: skip
    try:
        for _ in range(600):  # until some seconds of the first set are kept
            recordings = list(tmp_path.rglob("*.coach"))
            if recordings and recordings[0].stat().st_size > 400_000:
                break
            time.sleep(0.1)
        display.kill()
        _, err = program.communicate(timeout=60)
    finally:
        display.kill()
        display.wait()
        program.kill()
    assert program.returncode == 3, err
    assert err.splitlines()[-1] == "coach: the display is gone; what was done is kept"
    assert "Traceback" not in err
    (recording,) = tmp_path.rglob("*.coach")
    assert len(list(read_frames(recording))) > 60
    assert not list(tmp_path.rglob("*-journal"))  # it was closed, not left
