"""Clips of hands that work on a face, rendered for the purpose with ../shared/hand3d/make_hand_clip.py.

Each case is what the clip does and what the library's own exercise must make of it. Clips are rendered two at a time
while others are judged; all of this is in the slow part.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import SHARED

from coach.form.exercise import find_exercise
from coach.plan.rules import dosed
from coach.touch.session import TouchSession
from coach.vision.models import find_model
from coach.vision.tracker import FaceTracker
from coach.vision.video import read_video

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared")]

MAKE = SHARED / "hand3d" / "make_hand_clip.py"
#: Codes that may be named before the first repetition and after the last, while hands are on their way.
ON_THE_WAY = {"away", "path"}


@dataclass(frozen=True)
class Case:
    """name; the exercise; what is moved ("circle LI20 Yingxiang", as the renderer names it) and how often; its other
    options. counted: how many must count, more or less by `within`; named: the fault that must be named, empty where
    none may be."""

    name: str
    exercise: str
    move: str
    count: int
    options: str
    counted: int
    named: str = ""
    within: int = 0

    @property
    def command(self) -> list[str]:
        """The renderer's options."""
        move, place = self.move.split(" ", 1)
        where = "--stroke" if move == "stroke" else "--point"
        return ["--move", move, where, place, "--count", str(self.count), *self.options.split()]


CASES = (
    Case("circles", "li20", "circle LI20 Yingxiang", 6, "--fps 30", 6),
    Case("circles of one hand", "ex-hn3", "circle EX-HN3 Yintang", 8, "--fps 15 --hands L --identity 5", 8),
    Case("circles below the eyes", "st2", "circle ST2 Sibai", 8, "--fps 15 --identity 5", 8),
    Case("circles on the cheekbones", "si18", "circle SI18 Quanliao", 8, "--fps 15 --identity 3 --secs .8", 8),
    Case("circles, lost for a second", "st2", "circle ST2 Sibai", 10, "--fps 15 --identity 3 --gap 1", 10, within=1),
    Case("sweeps", "st3", "sweep ST3 Juliao", 8, "--fps 15 --identity 5 --secs .8", 8),
    Case("taps", "gb14", "tap GB14 Yangbai", 12, "--fps 15 --identity 3 --secs .5", 12, within=1),
    Case("circles, one hand late", "bl2", "circle BL2 Cuanzhu", 7, "--fps 15 --late .5", 0, "together"),
    Case("circles a little beside", "ex-hn5", "circle EX-HN5 Taiyang", 6, "--fps 15 --offset .15", 0, "place"),
    Case("circles beside", "li20", "circle LI20 Yingxiang", 6, "--fps 15 --offset .2 --identity 5", 0, "place"),
    Case("circles in the air", "li20", "circle LI20 Yingxiang", 6, "--fps 15 --hover 2.5", 0, "away"),
    Case("cheek", "stroke-upper-cheek", "stroke FS7 cheek upper", 2, "--fps 30 --secs 3", 2),
    Case("forehead", "stroke-forehead-low", "stroke FS1 forehead low", 2, "--fps 15 --secs 3 --identity 3", 2),
    Case("mouth", "stroke-mouth-ear", "stroke FS8 mid cheek", 2, "--fps 15 --secs 3", 2),
    Case("jaw", "stroke-jaw", "stroke FS10 jaw border", 2, "--fps 15 --secs 3.5 --identity 5", 2),
    Case("brows", "stroke-brow", "stroke FS4 brow sweep", 2, "--fps 15 --secs 3 --identity 5", 2),
    Case("temple", "stroke-temple", "stroke FS11 temple-to-ear", 2, "--fps 15 --secs 3", 2),
    Case("cheek, lost for a second", "stroke-upper-cheek", "stroke FS7 cheek upper", 3,
         "--fps 15 --secs 3 --identity 3 --gap 1", 3, within=1),
    Case("jaw, towards the middle", "stroke-jaw", "stroke FS10 jaw border", 3,
         "--fps 15 --secs 3 --identity 3 --reverse", 0, "direction"),
    Case("mouth, one hand late", "stroke-mouth-ear", "stroke FS8 mid cheek", 3, "--fps 15 --secs 3 --late .6", 0,
         "together"),
    Case("mouth, beside the line", "stroke-mouth-ear", "stroke FS8 mid cheek", 2,
         "--fps 15 --secs 3 --identity 5 --offset .3", 0, "path"),
    Case("forehead, in the air", "stroke-forehead-mid", "stroke FS2 forehead mid", 2, "--fps 15 --secs 3 --hover 2.5",
         0, "away"),
)  # fmt: skip


Clips = Mapping[str, "Future[Path]"]


@pytest.fixture(scope="session")
def clips(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clips]:
    """The clips of the cases that are run, by their names, as soon as they are rendered."""
    folder = tmp_path_factory.mktemp("hands")
    model = str(find_model())

    def render(case: Case) -> Path:
        out = folder / f"{case.name}.mp4"
        subprocess.run([sys.executable, str(MAKE), str(out), "--model", model, *case.command], check=True,
                       capture_output=True)  # fmt: skip
        return out

    wanted = [item.callspec.params["case"] for item in request.session.items if "clips" in fixtures(item)]
    with ThreadPoolExecutor(2) as pool:
        yield {case.name: pool.submit(render, case) for case in wanted}
        pool.shutdown(cancel_futures=True)


def fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hands_are_judged_as_they_were_made_to_move(case: Case, clips: Clips) -> None:
    exercise = find_exercise(case.exercise)
    session = TouchSession(dosed(exercise, "tap") if case.move.startswith("tap") else exercise)
    named = set()
    with FaceTracker(hands=True) as tracker:
        tracker.look_for({"fingers"})
        for time, image in read_video(clips[case.name].result()):
            named |= {event.code for event in session.step(tracker.track(image, time)).events if event.code}
    told = [(round(a.start_s, 1), round(a.end_s, 1), a.reason, a.faults) for a in session.attempts]
    assert abs(session.reps - case.counted) <= case.within, (named, told)
    if case.named:
        assert case.named in named, told
    else:
        assert named <= ON_THE_WAY, told
