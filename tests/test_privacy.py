"""Without explicit choice no picture reaches the disk, and what does is for its owner's eyes only."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

#: A whole session as the window has it: a "camera", the real tracker, a recording, the history, the log. The pictures
#: that it saw go to stdout, so that this test knows them; at the end it fails as a program fails.
SESSION = """
import os, sys, threading
from pathlib import Path
os.umask(0)
from coach.cli import _begin_log, _data_folder, _remember, _status, app
from coach.avatar.mesh import load
from coach.avatar.performer import Performance
from coach.demo import Stage
from coach.form.exercise import Tempo, find_exercise
from coach.plan.workout import Workout
from coach.records.recording import new_file
from coach.score import WorkoutScore
from coach.vision.models import find_model
from coach.vision.tracker import FaceTracker
from coach.window.loop import run

exercise = find_exercise("wide-smile").paced(Tempo(0.5, 1.3, 0.5, 0.5))
play = Stage(load(find_model()), (Performance(exercise, ("clean",) * 2),))
shown = [(time, picture()) for time, picture in play.images(0)]
folder = _data_folder()
_begin_log("test")
workout = Workout([(exercise, 2)])
recording = new_file(folder, "session")
judged = WorkoutScore(workout, "camera 0", recording, person="me", keep_video=sys.argv[1] == "video")
run(workout, lambda: iter(shown), FaceTracker, record=judged, paced=False, auto_close_s=0.0, summary_s=0.0)
_remember(workout, recording, folder, "me")
print(workout.results[0].reps, flush=True)
sys.stdout.buffer.write(b"".join(shown[i][1].tobytes() for i in (10, len(shown) // 2)))
sys.stdout.flush()

@app.command()
def fails() -> None:
    seen = shown[10][1]
    raise RuntimeError("broken on purpose")

sys.argv = ["coach", "fails"]
_status()
"""
SIZE = (720, 1280, 3)
#: How files that hold pictures begin.
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*", b"ftyp", b"\x1aE\xdf\xa3")


def session(home: Path, video: bool = False) -> tuple[int, np.ndarray]:
    """Exercise once with everything that is written below `home`; return the repetitions and two pictures seen."""
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT")},
        **{name: str(home) for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")},
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CONFIG", "CACHE", "STATE")},
        "XDG_RUNTIME_DIR": str(home),
        "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SESSION, "video" if video else ""], capture_output=True, env=environment, cwd=home,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    reps, _, pictures = done.stdout.partition(b"\n")
    assert b"broken on purpose" in done.stderr
    return int(reps), np.frombuffer(pictures, np.uint8).reshape(-1, *SIZE)


def holds_picture(file: Path, pictures: np.ndarray) -> str:
    """Why a file seems to hold a picture, empty where it does not: it is one, or holds pieces of seen rows."""
    held = file.read_bytes()
    if any(magic in held[:16] for magic in MAGIC):
        return "it is a picture or a film"
    for picture in pictures:
        for row in (200, 360, 500):
            line = picture[row, 500:780]
            pieces = (line, line[:, ::-1], line[:, 0], line[:, 1], line @ np.array([0.114, 0.587, 0.299]))
            for piece in pieces:
                wanted = np.asarray(piece).round().astype(np.uint8)[100:180].tobytes()
                assert len(set(wanted)) > 4  # nothing that any file might hold
                if wanted in held:
                    return f"row {row} of a picture is in it"
    return ""


@pytest.mark.slow
def test_a_session_leaves_no_picture_and_only_files_that_nobody_else_can_read(tmp_path: Path) -> None:
    reps, pictures = session(tmp_path)
    assert reps == 2
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".coach", ".db", ".log"}
    assert {str(path): why for path in files if (why := holds_picture(path, pictures))} == {}
    # Nor is there room for one: less than the bare numbers of the landmarks.
    (recording,) = [path for path in files if path.suffix == ".coach"]
    assert sum(path.stat().st_size for path in files if path != recording) < 300_000
    seconds = 2 * 3.0 + 5.0
    assert recording.stat().st_size < seconds * 30 * 478 * 3 * 4
    if os.name == "posix":
        records = recording.parent
        assert stat.S_IMODE(records.stat().st_mode) == 0o700
        modes = {str(path): stat.S_IMODE(path.stat().st_mode) for path in files if path.is_relative_to(records)}
        assert set(modes.values()) == {0o600}, modes


@pytest.mark.slow
def test_who_keeps_the_video_has_one_that_only_he_can_read(tmp_path: Path) -> None:
    """And the test above can fail: a film is seen to be one."""
    _, pictures = session(tmp_path, video=True)
    (film,) = tmp_path.rglob("*.mp4")
    assert holds_picture(film, pictures)
    raw = tmp_path / "raw"
    raw.write_bytes(b"x" * 1000 + pictures[0, 360].tobytes())
    assert holds_picture(raw, pictures).startswith("row 360")
    if os.name == "posix":
        assert stat.S_IMODE(film.stat().st_mode) == 0o600
