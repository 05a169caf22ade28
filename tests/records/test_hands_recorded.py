"""Work with the hands is recorded with the times at which hands were looked for, and replayed word for word."""

from pathlib import Path

import pytest
from touch import tracks

from coach.form.exercise import Exercise, find_exercise
from coach.frame import Frame
from coach.plan.lead import begin, see
from coach.records.recording import Recorder, read_frames, read_sets
from coach.records.review import Review


def made(exercise: Exercise) -> list[Frame]:
    way = tracks.strokes(exercise, 3.0) if exercise.id.startswith("stroke") else tracks.circles(exercise, 0.8)
    return list(tracks.frames(exercise, way, 6.4, rate=15.0, gaps=[(2.0, 2.5)]))


@pytest.mark.parametrize("id", ["li20", "stroke-upper-cheek", "ex-hn3"])
def test_what_was_said_live_is_said_again_from_the_recording(id: str, tmp_path: Path) -> None:
    exercise, path = find_exercise(id), tmp_path / "hands.coach"
    live = begin(exercise, 5)
    with Recorder(path) as recorder:
        recorder.begin_set(exercise, "made", goal=5)
        said = []
        for frame in made(exercise):
            said.append(see(live, frame, frame.landmarks))
            recorder.add(frame)
    (kept,) = read_sets(path)
    again = begin(kept.exercise, kept.goal)
    assert [see(again, frame, frame.landmarks) for frame in read_frames(path, 0)] == said
    assert live.reps > 0
    with Review(path) as review:
        assert list(review.sets[0].feedbacks) == said
        assert len(review.sets[0].judged().attempts) >= live.reps


def test_a_recorded_hand_keeps_the_time_of_its_picture(tmp_path: Path) -> None:
    exercise, path = find_exercise("li20"), tmp_path / "hands.coach"
    frames = made(exercise)
    with Recorder(path) as recorder:
        recorder.begin_set(exercise, "made")
        for frame in frames:
            recorder.add(frame)
    assert [f.hands_time for f in read_frames(path)] == [f.hands_time for f in frames]
    assert any(f.hands_time != f.time for f in frames)
