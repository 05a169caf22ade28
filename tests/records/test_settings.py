"""Settings: read back as they were set, and nonsense in them stops nothing and loses nothing."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import BadInput
from coach.form.exercise import find_exercise
from coach.plan.screening import UNREADABLE, reasons
from coach.records.settings import (
    ANSWERS_LOST,
    Overlay,
    Settings,
    load_settings,
    minute_of,
    save_settings,
    settings_file,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
days = st.one_of(st.just(""), st.dates().map(lambda day: day.isoformat()))
sensible = st.builds(
    Settings,
    camera=st.integers(0, 99),
    mirror=st.booleans(),
    overlay=st.sampled_from(get_args(Overlay)),
    hide_face=st.booleans(),
    sound=st.booleans(),
    volume=st.floats(0, 1),
    voice=st.booleans(),
    gentle=st.booleans(),
    text_size=st.floats(0.8, 1.6),
    high_contrast=st.booleans(),
    units=st.sampled_from(["cm", "in"]),
    bedtime=st.times().map(lambda at: f"{at:%H:%M}"),
    oiled=st.booleans(),
    fullscreen=st.booleans(),
    data_folder=st.one_of(st.just(""), words.filter(lambda w: "\0" not in w).map(lambda w: str(Path("/" + w)))),
    person=st.from_regex(r"[\w-]{1,40}", fullmatch=True),
    minutes=st.integers(1, 120),
    last=words,
    welcomed=days,
    screened=days,
    answers=st.lists(words, max_size=4),
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), words, st.dates(), st.times(), st.datetimes()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that examples of one test may share."""
    return tmp_path_factory.mktemp("settings") / "settings.toml"


@given(settings=sensible)
def test_what_was_set_is_read_back(place: Path, settings: Settings) -> None:
    save_settings(place, settings)
    assert load_settings(place) == (settings, [])


@given(unknown=st.dictionaries(words.map("of_a_much_newer_version_".__add__), anything, max_size=3))
def test_what_a_newer_version_has_set_is_kept(place: Path, unknown: dict[str, Any]) -> None:
    import tomli_w

    before = tomli_w.dumps({"volume": 0.25, **unknown})
    place.write_text(before, encoding="utf-8", newline="")
    settings, troubles = load_settings(place)
    assert (settings.volume, troubles) == (0.25, [])
    save_settings(place, msgspec.structs.replace(settings, volume=0.5))
    # compared by repr: nan is not itself
    after = tomllib.loads(place.read_bytes().decode())
    assert {k: repr(v) for k, v in after.items() if k in unknown} == {
        k: repr(v) for k, v in tomllib.loads(before).items() if k in unknown
    }
    assert after["volume"] == 0.5


@given(values=st.dictionaries(st.sampled_from(sorted(Settings.__struct_fields__)), anything, max_size=6))
def test_no_value_of_any_key_stops_the_program(place: Path, values: dict[str, Any]) -> None:
    import tomli_w

    place.write_text(tomli_w.dumps(values), encoding="utf-8", newline="")
    settings, troubles = load_settings(place)
    # what is believed can be saved and read again, and all else was spoken of
    save_settings(place, settings)
    assert load_settings(place) == (settings, [])
    assert len(troubles) <= len(values) + settings.answers.count(UNREADABLE)
    usual = Settings(answers=[UNREADABLE])
    for key in values:
        spoken = any(f" {key} cannot be " in trouble for trouble in troubles)
        assert not spoken or getattr(settings, key) == getattr(usual, key)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("volume = 7", "volume cannot be 7, so 0.6 is used (of tones and voice: a number from 0 to 1)"),
        ("volume = nan", "volume cannot be nan, so 0.6"),
        ("volume = true", "volume cannot be True, so 0.6"),
        ('volume = "loud"', "volume cannot be 'loud', so 0.6"),
        ("camera = -1", "camera cannot be -1, so 0"),
        ("camera = 1.5", "camera cannot be 1.5, so 0"),
        ("text_size = 3", "from 0.8 to 1.6"),
        ("minutes = 0", "from 1 to 120"),
        ('overlay = "lines"', '"contours", "ghost", "bars" or "mesh"'),
        ('units = "inch"', '"cm" or "in"'),
        ('person = "../me"', "letters, digits"),
        ('data_folder = "here"', "a whole path"),
        ('data_folder = "/a\\u0000b"', "a whole path"),
        ('welcomed = "2025-02-31"', "2025-01-31"),
        ('screened = "20250131"', "2025-01-31"),
        ("[mirror]", "mirror cannot be {}, so true is used"),
        ("volum = 0.2", "unknown key 'volum'; did you mean 'volume'?"),
    ],
)
def test_a_bad_value_is_told_and_its_usual_one_used(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("gentle = true\n" + line + "\n")
    settings, troubles = load_settings(path)
    assert settings == Settings(gentle=True)
    (trouble,) = troubles
    assert trouble.startswith(f"{path}: ")
    assert says in trouble


@pytest.mark.parametrize(
    "line",
    [
        'answers = "jaw-joint"',
        "answers = [1]",
        'Answers = ["jaw-joint"]',
        'answer = ["jaw-joint"]',
        'answers = ["jaw-joint"',
        'answers ["jaw-joint"]',
        "answers = jaw-joint",
        '["answers"]\njaw-joint = true',
    ],
)
def test_health_answers_that_cannot_be_read_are_no_no(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"gentle = true\n{line}\n")
    settings, troubles = load_settings(path)
    assert settings == Settings(gentle=True, answers=[UNREADABLE])
    assert len(troubles) == 2
    assert "until you give them again" in troubles[1]
    why = reasons(settings.answers)
    assert "cannot be read" in why(find_exercise("jaw-glide"))
    # They stay so until they are given again, also where something else is saved; and what was there is not lost.
    save_settings(path, msgspec.structs.replace(settings, volume=0.2))
    again, troubles = load_settings(path)
    assert again == Settings(gentle=True, volume=0.2, answers=[UNREADABLE])
    if line.startswith(("A", "answer =")):
        assert "did you mean 'answers'?" in troubles[0]  # a key that is not known is kept
    else:
        assert troubles == []
        assert line in (tmp_path / "settings.toml.bad").read_text()


def test_answers_that_can_be_read_hold_beside_a_slip_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('answers = [\n  "jaw-joint",\n]\nvolume = 0,5\nperson = "ann"\n')
    settings, (trouble,) = load_settings(path)
    assert settings == Settings(answers=["jaw-joint"], person="ann")
    assert trouble == f"{path}: line 4 cannot be read ('volume = 0,5'), so it is left out."
    assert reasons(settings.answers)(find_exercise("jaw-glide"))


def test_dates_may_be_written_without_quotes_and_whole_numbers_for_broken_ones(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes("\ufeffwelcomed = 2025-01-31\nvolume = 1\n".encode())
    assert load_settings(path) == (Settings(welcomed="2025-01-31", volume=1.0), [])


NO_TOML = (
    b"volume = = 1",
    b"\x00\xff\xfe",
    b"x = " + b"[" * 9999,
    b"x = " + b"9" * 9999,
    b"volume = 1\nvolume = 2",
    b"[" + b"a." * 40_000 + b"a]",
)


@pytest.mark.parametrize("content", NO_TOML, ids=["syntax", "binary", "nested", "huge number", "twice", "deep"])
def test_a_file_that_is_no_toml_is_set_aside_when_another_is_written_and_never_lost(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.toml"
    for name in ("settings.toml.bad", "settings.toml.bad2"):
        path.write_bytes(content)
        settings, troubles = load_settings(path)
        assert (settings.camera, settings.person) == (0, "me")
        assert 1 <= len(troubles) <= 3
        assert all("\n" not in trouble for trouble in troubles)
        assert path.read_bytes() == content  # to be read again by whoever comes next, and to be mended by hand
        save_settings(path, Settings())
        assert (tmp_path / name).read_bytes() == content
        assert load_settings(path) == (Settings(), [])


def test_a_file_of_absurd_size_or_without_an_end_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.touch()
    os.truncate(path, 1 << 40)
    assert load_settings(path) == (
        Settings(answers=[UNREADABLE]),
        [f"{path}: cannot be read (larger than 200 kB), so the usual settings are used. {ANSWERS_LOST}"],
    )
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "not a file that has an end" in load_settings(path)[1][0]


def test_many_unknown_keys_are_not_all_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("".join(f"volume{n} = 1\n" for n in range(9000)))
    settings, troubles = load_settings(path)
    assert settings == Settings()
    assert 0 < len(troubles) <= 100


def test_no_file_is_the_usual_settings(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none" / "settings.toml") == (Settings(), [])


def test_the_file_explains_every_key(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings(path, Settings())
    lines = path.read_text().splitlines()
    for key in Settings.__struct_fields__:
        (row,) = [i for i, line in enumerate(lines) if line.startswith(f"{key} = ")]
        assert lines[row - 1].startswith("# ")


def test_folder_and_file_are_for_their_owner_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a" / "coach" / "settings.toml"
    save_settings(path, Settings())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    save_settings(path, Settings(volume=0.1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("what", ["a file for a folder", "a folder for the file", "no words"])
def test_what_cannot_be_written_is_one_line(tmp_path: Path, what: str) -> None:
    path, settings = tmp_path / "settings.toml", Settings()
    if what == "a file for a folder":
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "settings.toml"
    elif what == "a folder for the file":
        path.mkdir()
    else:
        settings = Settings(last="\udcff")
    with pytest.raises(BadInput, match="COACH_CONFIG") as raised:
        save_settings(path, settings)
    assert "\n" not in str(raised.value)
    assert not [p for p in tmp_path.iterdir() if p.suffix == ".new"]


def test_a_place_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    settings, troubles = load_settings(tmp_path / "settings.toml")
    assert settings == Settings(answers=[UNREADABLE])
    assert "cannot be read" in troubles[0]


def test_when_writing_fails_half_way_the_old_settings_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save_settings(path, Settings(volume=0.3))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match="No space left"):
        save_settings(path, Settings(volume=0.9))
    assert load_settings(path) == (Settings(volume=0.3), [])
    assert list(tmp_path.iterdir()) == [path]


def test_the_place_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COACH_CONFIG", str(tmp_path))
    assert settings_file() == tmp_path / "settings.toml"
    monkeypatch.delenv("COACH_CONFIG")
    assert settings_file().parent.name == "facial-exercise-coach"


@pytest.mark.parametrize(
    ("written", "read"), [('"21:05"', "21:05"), ("23:15:00", "23:15"), ('"24:00"', "22:30"), ('"9:30"', "22:30")]
)
def test_bedtime_is_a_time_of_the_day(place: Path, written: str, read: str) -> None:
    place.write_text(f"bedtime = {written}")
    settings, troubles = load_settings(place)
    assert (settings.bedtime, bool(troubles)) == (read, read == "22:30")


def test_a_time_of_the_day_in_minutes() -> None:
    assert [minute_of(t) for t in ("00:00", "07:30", "23:59")] == [0, 450, 1439]
