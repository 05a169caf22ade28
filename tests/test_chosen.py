"""What a command goes by: its options, else the settings, else the usual."""

from datetime import date
from pathlib import Path

import pytest

from coach.chosen import choose
from coach.plan.screening import UNREADABLE
from coach.records.settings import Settings

HERE = Path("records")
SET = Settings(camera=2, gentle=True, person="ann", camera_mirrors=True, keep_video=True)


def test_without_options_the_settings_hold() -> None:
    now = choose(SET, HERE)
    assert (now.camera, now.gentle, now.person, now.mirrored, now.keep_video) == (2, True, "ann", True, True)
    usual = choose(Settings(), HERE)
    assert (usual.camera, usual.gentle, usual.person, usual.mirrored, usual.keep_video) == (
        0,
        False,
        "me",
        False,
        False,
    )


def test_an_option_that_is_given_holds_also_where_it_says_no() -> None:
    now = choose(SET, HERE, camera=0, gentle=False, person="bob", mirrored=False)
    assert (now.camera, now.gentle, now.person, now.mirrored) == (0, False, "bob", False)


def test_what_the_settings_say_of_the_camera_says_nothing_of_a_film() -> None:
    assert not choose(SET, HERE, film=True).mirrored
    assert choose(SET, HERE, film=True, mirrored=True).mirrored


@pytest.mark.parametrize(
    ("settings", "must"),
    [
        (Settings(), True),
        (Settings(screened=date.today().isoformat()), False),
        (Settings(screened="2020-01-01"), True),
        (Settings(screened=date.today().isoformat(), answers=[UNREADABLE]), True),
    ],
)
def test_the_health_questions_come_first_where_they_were_not_asked_of_late(settings: Settings, must: bool) -> None:
    assert choose(settings, HERE).must_ask is must
