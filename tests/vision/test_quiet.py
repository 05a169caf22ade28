"""Silence for native libraries ends with the last who wanted it."""

import os
import threading

import pytest

from coach.vision.quiet import end_silence, silenced_stderr


def test_what_is_written_in_the_silence_is_not_heard_and_later_is(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced_stderr(), silenced_stderr():
        os.write(2, b"within")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_silences_of_two_threads_that_overlap_end_with_the_later_one(capfd: pytest.CaptureFixture[str]) -> None:
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with silenced_stderr():
            first_in.set()
            second_in.wait(5.0)
        first_out.set()

    thread = threading.Thread(target=first)
    thread.start()
    first_in.wait(5.0)
    with silenced_stderr():
        second_in.set()
        first_out.wait(5.0)
        os.write(2, b"still silent")
    thread.join(5.0)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
    with silenced_stderr():
        pass
    os.write(2, b"again")
    assert capfd.readouterr().err == "again"


def test_who_ends_the_program_is_heard_whatever_another_thread_wants(capfd: pytest.CaptureFixture[str]) -> None:
    inside, ended = threading.Event(), threading.Event()

    def opening() -> None:
        with silenced_stderr():
            inside.set()
            ended.wait(5.0)

    thread = threading.Thread(target=opening)
    thread.start()
    inside.wait(5.0)
    end_silence()
    os.write(2, b"heard")
    ended.set()
    thread.join(5.0)
    os.write(2, b" and after")
    assert capfd.readouterr().err == "heard and after"
