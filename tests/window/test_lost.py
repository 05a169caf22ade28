"""A program that must end ends, whatever hangs on its way."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN = "from coach.window import lost; lost.MOST_S = 0.3; lost.must_end()"


def ended(rest: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"{BEGIN}\n{rest}"], capture_output=True, text=True, cwd=ROOT, timeout=60
    )


def test_what_waits_for_ever_is_ended_with_a_sentence() -> None:
    done = ended("import threading; threading.Event().wait()")
    assert (done.returncode, done.stderr) == (3, "coach: the window does not close; what was done is kept\n")


def test_what_hangs_in_native_code_is_ended_all_the_same() -> None:
    """It keeps Python from running anything, also the thread that would end it."""
    done = ended("import ctypes; ctypes.PyDLL(None).sleep(50)")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_what_closes_in_time_is_left_alone() -> None:
    done = ended("lost.close_display(); import time; time.sleep(3); print('here')")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "here")


@pytest.mark.parametrize("reached", [True, False])
def test_a_display_that_is_gone_is_not_touched_any_more(monkeypatch: pytest.MonkeyPatch, reached: bool) -> None:
    from coach.window import lost

    told: list[str] = []
    monkeypatch.setattr(lost, "_watched", True)
    monkeypatch.setattr(lost, "_lost", not reached)
    monkeypatch.setattr(lost, "_hang_up", lambda: told.append("hangs up"))
    monkeypatch.setattr(lost.pygame.display, "quit", lambda: told.append("closes"))
    monkeypatch.setattr(lost.atexit, "unregister", lambda what: told.append("leaves it at the end"))
    lost.close_display()
    assert told == [*(["hangs up"] if reached else []), "leaves it at the end"]
