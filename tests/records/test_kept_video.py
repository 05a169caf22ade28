"""A session whose video is kept: in step with the recording, gone with it, and in its film."""

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faces import frames, mesh, perform

from coach.avatar.film import film
from coach.cli import _judged_set, _moments
from coach.errors import BadInput
from coach.form.exercise import find_exercise
from coach.frame import Image
from coach.plan.workout import Workout
from coach.records.export import Span
from coach.records.history import delete_recording, video_beside, video_of
from coach.records.recording import Recorder, read_frames, read_pictures, read_sets
from coach.score import WorkoutScore
from coach.vision import keep
from coach.vision.keep import VideoPictures

SMILE = find_exercise("wide-smile")


def picture_at(time: float) -> Image:
    """A picture that tells its time: brighter and brighter, the right half black."""
    picture = np.full((120, 160, 3), min(250, 20 + round(time * 24)), np.uint8)
    picture[:, 80:] = 0
    return picture


def time_of(picture: Image) -> float:
    return (float(picture[:, 5:75].mean()) - 20) / 24


def done(path: Path, **more: bool) -> WorkoutScore:
    """A short workout before a camera, recorded."""
    workout = Workout([(SMILE, 2)])
    judged = WorkoutScore(workout, "x", path, person="ann", **more)
    for frame in frames(perform(SMILE, "clean", "clean"), fps=10):
        seen = replace(frame, image=picture_at(frame.time))
        judged(seen, workout.step(seen))
        video = judged._video
        while video is not None and not video._waiting.empty():
            video._thread.join(0.002)
    return judged


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "a.coach"
    judged = done(path, keep_video=True)
    assert judged.keeps_video
    assert judged.close()
    assert (judged.keeps_video, judged.trouble) == (False, "")
    return path


def test_no_video_is_kept_unless_asked_for(tmp_path: Path) -> None:
    judged = done(tmp_path / "a.coach")
    assert not judged.keeps_video
    judged.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.coach"]
    assert set(read_pictures(tmp_path / "a.coach", 0)) == {None}


def test_the_video_is_in_step_with_the_recording(session: Path) -> None:
    assert stat.S_IMODE(video_of(session).stat().st_mode) == 0o600
    pictures = VideoPictures(video_of(session))
    numbers = read_pictures(session, 0)
    assert len(numbers) > 50
    assert None not in numbers
    late = []
    for frame, number in zip(read_frames(session, 0), numbers, strict=True):
        shown = pictures.picture(number)
        assert shown is not None
        late.append(time_of(shown) - frame.time)
    assert np.abs(late).max() < 0.3  # the library shows everything a little darker
    assert np.abs(np.array(late) - np.median(late)).max() < 0.095  # a picture that slips is 0.1 late


def test_the_film_shows_what_the_camera_saw_in_a_mirror(session: Path) -> None:
    sets = [_judged_set(session, kept) for kept in read_sets(session)]
    moments = list(_moments(session, sets, Span(2.0, 4.0), video_of(session)))
    assert [m.frame.time for m in moments] == [step.time for step in sets[0].steps]
    shown = list(film(mesh(), moments))
    assert len(shown) == pytest.approx(30, abs=2)
    above = [picture[20:400, 340:600] for picture in shown]  # a mirror: the bright half is to the right
    assert time_of(above[0]) == pytest.approx(2.0, abs=0.3)
    assert time_of(above[-1]) == pytest.approx(4.0, abs=0.3)
    assert shown[0][20:400, 60:300].mean() < 20
    drawn = list(film(mesh(), _moments(session, sets, Span(2.0, 4.0))))
    assert np.abs(drawn[0][:, :, 0].astype(int) - shown[0][:, :, 0]).mean() > 20


def test_frames_without_a_picture_show_the_one_before_and_after_the_video_the_face_is_drawn(
    session: Path, tmp_path: Path
) -> None:
    path = tmp_path / "b.coach"
    kept = list(read_frames(session, 0))
    with Recorder(path) as recorder:
        recorder.begin_set(SMILE, "x")
        for i, frame in enumerate(kept):
            recorder.add(frame, i if i < 20 and i % 3 else None)
    moments = list(_moments(path, [_judged_set(path, one) for one in read_sets(path)], Span(), video_of(session)))
    held = [None if m.picture is None else time_of(m.picture) for m in moments]
    assert held[0] is None
    assert held[3] == held[2]
    assert all(time is not None for time in held[1:20])
    assert set(held[20:]) == {None}


def test_a_disk_that_fills_up_ends_the_video_and_not_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "FREE", 1 << 60)
    judged = done(tmp_path / "a.coach", keep_video=True)
    assert not judged.keeps_video
    assert "the recording goes on without it" in judged.trouble
    assert judged.close()
    assert "\n" not in judged.trouble
    assert judged.trouble.count("ends here") == 1
    assert len(list(read_frames(tmp_path / "a.coach"))) > 50
    assert judged.results()[0]["reps"] == 2
    assert video_beside(tmp_path / "a.coach") is None


def test_who_forgets_a_session_forgets_its_video_too(tmp_path: Path) -> None:
    path = tmp_path / "a.coach"
    with Recorder(path):
        pass
    video_of(path).write_bytes(b"a video")
    (tmp_path / "b.mp4").write_bytes(b"another")
    assert delete_recording(path) == [path, video_of(path)]
    assert [left.name for left in tmp_path.iterdir()] == ["b.mp4"]
    (tmp_path / "b.coach").write_text("no recording " * 10)
    with pytest.raises(BadInput, match="not a recording"):
        delete_recording(tmp_path / "b.coach")
    assert (tmp_path / "b.mp4").exists()
