"""Spoken cues: few, the weightiest first, none too late; and a system without a voice is silent."""

import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.window.voice import AGAIN_S, EVERY_S, Chooser, Pyttsx3, Voice, Weight

CUE, STEP, END = Weight


def test_what_is_offered_first_is_said_at_once() -> None:
    chooser = Chooser()
    assert chooser.due(0.0) is None
    chooser.offer(0.0, "Lips together.", CUE)
    assert chooser.waiting
    assert chooser.due(0.0) == "Lips together."
    assert chooser.due(0.0) is None
    assert not chooser.waiting


def test_the_next_one_waits_for_its_turn() -> None:
    chooser = Chooser()
    chooser.offer(0.0, "one", CUE)
    chooser.due(0.0)
    chooser.offer(EVERY_S - 1.0, "two", CUE)
    assert chooser.due(EVERY_S - 0.01) is None
    assert chooser.due(EVERY_S) == "two"


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        (((CUE, "old"), (CUE, "new")), "new"),
        (((STEP, "Hold."), (CUE, "Lips together.")), "Hold."),
        (((CUE, "Lips together."), (STEP, "Hold.")), "Hold."),
        (((END, "Set done."), (STEP, "Rest."), (CUE, "Lips together.")), "Set done."),
        (((CUE, "Lips together."), (END, "Set done.")), "Set done."),
        (((CUE, "Lips together."), (CUE, "")), "Lips together."),
    ],
)
def test_of_several_the_weightiest_is_said_and_of_those_the_newest(
    offers: tuple[tuple[Weight, str], ...], said: str
) -> None:
    chooser = Chooser()
    for weight, text in offers:
        chooser.offer(0.0, text, weight)
    assert chooser.due(0.1) == said
    assert chooser.due(99.0) is None


@pytest.mark.parametrize(("weight", "said"), [(CUE, None), (STEP, None), (END, "late")])
def test_what_is_no_longer_true_is_not_said_but_an_end_is_waited_for(weight: Weight, said: str | None) -> None:
    chooser = Chooser()
    chooser.offer(0.0, "first", STEP)
    chooser.due(0.0)
    chooser.offer(0.1, "late", weight)
    assert chooser.due(EVERY_S) == said


def test_a_stale_weighty_one_makes_room_for_a_light_one() -> None:
    chooser = Chooser()
    chooser.offer(0.0, "Hold.", STEP)
    chooser.offer(3.0, "Lips together.", CUE)
    assert chooser.due(3.0) == "Lips together."


def test_the_same_cue_with_every_frame_is_a_reminder_now_and_then() -> None:
    chooser, said = Chooser(), []
    for i in range(600):
        chooser.offer(i / 10, "Lips together.", CUE)
        said += [i / 10] if chooser.due(i / 10) else []
    assert said == [0.0, AGAIN_S, 2 * AGAIN_S]


def test_words_that_lead_come_again_as_they_must() -> None:
    chooser, said = Chooser(), []
    for now in (0.0, 10.0, 20.0):
        chooser.offer(now, "Hold.", STEP)
        said.append(chooser.due(now))
    assert said == ["Hold."] * 3


# Somebody asks at least every second: an end is waited for a second longer than it may have to wait.
moments = st.lists(
    st.tuples(st.floats(0.0, 0.9), st.sampled_from(list(Weight)), st.sampled_from(["a", "b", "c"]), st.booleans())
)


@given(moments=moments)
def test_no_two_utterances_begin_within_six_seconds_and_every_end_is_heard(
    moments: list[tuple[float, Weight, str, bool]],
) -> None:
    chooser, now, begun = Chooser(), 0.0, []
    waits: str | None = None
    for step, weight, text, ended in moments:
        now += step
        if ended or weight is not END:
            text = f"{weight.name} {text}"
            chooser.offer(now, text, weight)
            waits = text if weight is END else waits
        said = chooser.due(now)
        if said is not None:
            assert said == (waits or said), "an end goes before everything else"
            waits = None
            begun.append(now)
    assert all(later - earlier >= EVERY_S for earlier, later in pairwise(begun))


class Fake:
    """An engine that takes down what it is to say, and says it until it is let go on."""

    def __init__(self, fails: Exception | None = None, waits: bool = False) -> None:
        self.said: list[tuple[str, float]] = []
        self.threads: set[str] = set()
        self.fails, self.free = fails, threading.Event()
        if not waits:
            self.free.set()

    def say(self, text: str, volume: float) -> None:
        self.threads.add(threading.current_thread().name)
        self.said.append((text, volume))
        if self.fails:
            raise self.fails
        self.free.wait(5.0)

    def stop(self) -> None:
        self.free.set()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 5.0
    while not true():
        assert time.monotonic() < end, "it did not come about within five seconds"
        time.sleep(0.005)


def test_it_is_said_in_another_thread_and_nobody_waits_for_it() -> None:
    engine, now = Fake(waits=True), [0.0]
    voice = Voice(True, 0.4, lambda: engine, lambda: now[0])
    voice.say("Set done.", Weight.END)
    until(lambda: engine.said)
    begun = time.monotonic()
    for i in range(1000):
        voice.say(f"Cue {i}.")
    assert time.monotonic() - begun < 0.5
    assert engine.said == [("Set done.", 0.4)]
    now[0] = EVERY_S
    voice.set_volume(0.9)
    voice.say("Newest.")
    engine.free.set()
    until(lambda: len(engine.said) == 2)
    assert engine.said[1] == ("Newest.", 0.9)
    assert engine.threads == {"voice"}
    voice.close()
    assert voice.trouble == ""


def test_switched_off_it_says_nothing_and_makes_no_engine() -> None:
    made: list[Fake] = []

    def make() -> Fake:
        made.append(Fake())
        return made[-1]

    voice = Voice(False, 0.5, make)
    voice.say("one")
    silent = Voice(True, 0.0, make)
    silent.say("one")
    time.sleep(0.05)
    assert not made
    voice.set_enabled(True)
    voice.say("two")
    until(lambda: made and made[0].said)
    assert made[0].said == [("two", 0.5)]
    voice.close()
    silent.close()


@pytest.mark.parametrize("how", ["close", "off"])
def test_closed_or_switched_off_it_is_silent_at_once(how: str) -> None:
    engine, now = Fake(waits=True), [0.0]
    voice = Voice(True, 0.5, lambda: engine, lambda: now[0])
    voice.say("A long sentence.")
    until(lambda: engine.said)
    voice.say("Waits.", Weight.END)
    if how == "close":
        voice.close()
    else:
        voice.set_enabled(False)
    assert engine.free.is_set()
    now[0] = EVERY_S
    voice.say("Too late.", Weight.END)
    time.sleep(0.2)
    assert len(engine.said) == 1
    voice.close()
    assert not [t for t in threading.enumerate() if t.name == "voice"]


@pytest.mark.parametrize("error", [RuntimeError("no voice"), OSError("no voice"), ValueError("no voice")])
@pytest.mark.parametrize("when", ["made", "used"])
def test_an_engine_that_fails_is_one_sentence_and_silence(error: Exception, when: str) -> None:
    engine = Fake(error)

    def make() -> Fake:
        if when == "made":
            raise error
        return engine

    voice = Voice(True, 0.5, make)
    voice.say("one")
    until(lambda: voice.trouble)
    assert voice.trouble == "There will be no spoken cues: no voice."
    voice.say("two")
    voice.set_enabled(False)
    voice.close()
    assert len(engine.said) == (when == "used")


def test_without_pyttsx3_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyttsx3", None)
    voice = Voice(True, 0.5)
    voice.say("one")
    until(lambda: voice.trouble)
    assert "facial-exercise-coach[voice]" in voice.trouble
    voice.close()


#: Stands in for pyttsx3 in the other process: {body} is what it does when it is to speak.
_MODULE = """
import os, sys, tempfile, time
class Engine:
    def __init__(self): self.told = {{}}
    def setProperty(self, name, value): self.told[name] = value
    def connect(self, topic, callback): self.callback = callback
    def say(self, text): self.text = text
    def runAndWait(self):
        with open(os.path.join({folder!r}, "said"), "w", encoding="utf-8") as file:
            file.write(f"{{self.text}} {{self.told}} {{tempfile.gettempdir()}}")
        {body}
def init(): return Engine()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Pyttsx3]:
    """Make the real engine on a stand-in for pyttsx3 that does `body`."""

    def install(body: str) -> Pyttsx3:
        (tmp_path / "pyttsx3.py").write_text(_MODULE.format(body=body, folder=str(tmp_path)))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr("shutil.which", lambda name: name)
        return Pyttsx3()

    return install


def test_the_engine_speaks_in_a_process_and_a_folder_of_its_own(
    installed: Callable[[str], Pyttsx3], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = installed("print('noise'); print('noise', file=sys.stderr); open(tempfile.mkstemp()[1], 'w').write('x')")
    engine.say("Très bien “now”.", 0.3)
    text = (tmp_path / "said").read_text(encoding="utf-8")
    assert text.startswith("Très bien “now”. {'rate': 165, 'volume': 0.3}")
    folder = Path(text.split()[-1])
    assert folder.name.startswith("coach-voice-")
    assert not folder.exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise RuntimeError('no espeak')", "the speech engine failed (RuntimeError: no espeak)"),
        ("self.callback(name=None, exception=OSError('bad voice'))", "failed (failed: bad voice)"),
        ("os._exit(3)", "it ended without a word"),
        ("os.abort()", "it ended without a word"),
        ("print('aplay: main:831: audio open error: No such file')", "no sound device can be used"),
    ],
)
def test_an_engine_that_fails_over_there_is_told_here(
    installed: Callable[[str], Pyttsx3], body: str, says: str
) -> None:
    with pytest.raises(RuntimeError) as raised:
        installed(body).say("one", 0.5)
    assert says in str(raised.value)


def test_an_engine_that_falls_over_after_the_last_word_has_spoken(installed: Callable[[str], Pyttsx3]) -> None:
    installed("import atexit; atexit.register(os.abort)").say("one", 0.5)


def test_an_engine_that_hangs_is_given_up(installed: Callable[[str], Pyttsx3], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.window.voice._LONGEST_S", 0.3)
    with pytest.raises(RuntimeError, match="does not answer"):
        installed("time.sleep(60)").say("one", 0.5)


def test_a_sentence_can_be_cut_short_with_the_player_that_plays_it(
    installed: Callable[[str], Pyttsx3], tmp_path: Path
) -> None:
    engine = installed("os.system('sleep 60')")
    voice = Voice(True, 0.5, lambda: engine)
    voice.say("A long sentence.")
    until((tmp_path / "said").exists)
    begun = time.monotonic()
    voice.close()
    assert time.monotonic() - begun < 2.0
    assert voice.trouble == ""
    assert not [t for t in threading.enumerate() if t.name == "voice"]
