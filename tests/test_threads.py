"""The threads' share of the processor is set where the program starts, before numpy could read it."""

import subprocess
import sys

SHOW = """
import os, sys
before = "numpy" in sys.modules
import coach.cli
assert "numpy" not in sys.modules and not before
sys.argv = ["coach", "--version"]
try:
    coach.cli.main()
except SystemExit:
    pass
import cv2
print(sys.getswitchinterval(), os.environ["OPENBLAS_NUM_THREADS"], cv2.getNumThreads())
"""


def shown(**environment: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()[-3:]


def test_a_program_that_starts_sets_its_threads_once() -> None:
    assert shown() == ["0.0005", "1", "1"]


def test_who_has_chosen_a_number_of_threads_keeps_it() -> None:
    assert shown(OPENBLAS_NUM_THREADS="2") == ["0.0005", "2", "1"]
