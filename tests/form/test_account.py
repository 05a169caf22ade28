"""A zero is never without its reason."""

import numpy as np
import pytest
from faces import rest_measures

from coach.form.account import NO_FACE_WAS, NO_REST_WAS, STRANGER_WAS, Account
from coach.form.exercise import find_exercise
from coach.form.faces import FIT
from coach.form.measures import INDEX
from coach.form.seen import Sight
from coach.form.session import Session
from coach.frame import Array, Repetition

SMILE = find_exercise("wide-smile")
REST = rest_measures()


def shown(seconds: float, fps: float = 20.0, **values: float) -> tuple[Array, Array]:
    times = np.arange(round(seconds * fps)) / fps
    faces = np.tile(REST, (len(times), 1))
    for name, value in values.items():
        faces[:, INDEX[name]] = value
    return times, faces


def judged(times: Array, faces: Array, id: str = "wide-smile") -> Session:
    session = Session(find_exercise(id))
    session.run_whole(times, faces)
    return session


def test_nobody_is_no_face() -> None:
    times, faces = shown(3.0)
    faces[:] = np.nan
    session = judged(times, faces)
    assert session.why_nothing == NO_FACE_WAS
    assert (session.account.face_s, session.account.armed_s) == (0.0, 0.0)
    assert sum(session.account.withheld.values()) == pytest.approx(2.95)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"roll_deg": 88.0}, "your head was tilted by 90 degrees"),
        ({"yaw_deg": -41.0}, "your head was turned by 40 degrees"),
        ({"pitch_deg": 52.0}, "your head was tipped up or down by 50 degrees"),
        ({"light": 5.0}, "it was too dark"),
        ({"face_cut": 0.5}, "part of your face was cut off"),
        ({"hand_over_lower": 1.0}, "a hand hid your mouth or cheek"),
    ],
)
def test_what_held_longest_is_told_with_its_number(values: dict[str, float], says: str) -> None:
    session = judged(*shown(3.0, **values))
    assert session.why_nothing == says
    assert session.account.armed_s == 0.0
    assert session.account.face_s == pytest.approx(2.95)


def test_what_held_for_a_short_while_only_does_not_explain_it() -> None:
    times, faces = shown(4.0)
    faces[:20, INDEX["light"]] = 5.0
    session = judged(times, faces)
    assert session.account.withheld == {"it was too dark": pytest.approx(0.95)}
    assert session.why_nothing == "at most 0% of the movement was seen, 65% is needed"
    assert session.account.armed_s == pytest.approx(3.0)


def test_a_face_that_never_rests_is_told_so() -> None:
    times, faces = shown(5.0, fps=30.0)
    random = np.random.default_rng(0)
    faces += random.normal(0.0, 0.08, faces.shape) * np.isfinite(faces)
    faces[:, INDEX["jaw_open"]] = faces[:, INDEX["lip_gap"]] = 0.5
    for name in ("yaw_deg", "pitch_deg", "roll_deg"):
        faces[:, INDEX[name]] = 0.0
    faces[:, INDEX["light"] :] = REST[INDEX["light"] :]
    session = judged(times, faces)
    assert session.reps == 0
    assert session.why_nothing == NO_REST_WAS


def test_where_something_was_counted_there_is_nothing_to_explain() -> None:
    assert judged(*shown(1.0)).why_nothing
    session = judged(*shown(1.0))
    session.correct(True, 1.0)
    assert session.reps == 1
    assert session.why_nothing == ""


def test_somebody_else_is_told() -> None:
    times, faces = shown(6.0)
    faces[:, INDEX["face_x"]], faces[:, INDEX["face_y"]] = 100.0, 100.0
    faces[40:, INDEX["face_px"]] *= 0.5
    faces[40:, INDEX["face_x"]] = 700.0
    session = judged(times, faces)
    assert session.account.withheld == {STRANGER_WAS: pytest.approx(4.0)}
    assert session.account.face_s == pytest.approx(5.95)
    assert session.why_nothing == STRANGER_WAS


def test_seconds_are_the_same_one_by_one_and_all_at_once() -> None:
    times, faces = shown(4.0)
    faces[10:30, INDEX["light"]] = 5.0
    faces[50:60] = np.nan
    one, other = Session(SMILE), Session(SMILE)
    one.run(times, faces)
    for time, row in zip(times.tolist(), faces, strict=True):
        other.advance(time, None if np.isnan(row[0]) else row)
    assert one.account.armed_s == pytest.approx(other.account.armed_s)
    assert one.account.face_s == pytest.approx(other.account.face_s)
    assert dict(one.account.withheld) == pytest.approx(dict(other.account.withheld))


# --- the account alone ------------------------------------------------------------------------------------


def account(times: Array, faces: Array, match: float = 0.25, piece: int = 10) -> Account:
    """An account of frames that come in pieces, each face with the same match."""
    sight = Sight(SMILE)
    found, eye = Account(sight.gate), sight.first()
    for first in range(0, len(times), piece):
        rows = slice(first, first + piece)
        seen, eye = sight.see(times[rows], faces[rows], eye)
        found.add(seen, faces[rows], np.where(seen.why == FIT, match, np.nan))
    return found


def attempt(reason: str) -> Repetition:
    return Repetition(1.0, 2.0, 3.0, False, reason, None, 0.5, 0.0, None)


def told(found: Account, *attempts: Repetition, sure: bool = True) -> str:
    return found.why_nothing(SMILE, attempts, sure)


@pytest.mark.parametrize("piece", [1, 7, 400])
def test_seconds_add_up_however_many_pieces_they_come_in(piece: int) -> None:
    """Five seconds each of a face, of darkness, of nobody and of a tilted head, from the first frame on."""
    times, faces = shown(20.0)
    faces[100:200, INDEX["light"]] = 5.0
    faces[200:300] = np.nan
    faces[300:, INDEX["roll_deg"]] = 88.0
    found = account(times, faces, piece=piece)
    assert found.armed_s == pytest.approx(4.95)
    assert found.face_s == pytest.approx(14.95)
    assert found.withheld == {
        "it was too dark": pytest.approx(5.0),
        NO_FACE_WAS: pytest.approx(5.0),
        "your head was tilted by 90 degrees": pytest.approx(5.0),
    }
    assert found.most == 0.25


def test_a_pause_of_the_camera_is_no_time_that_was_judged() -> None:
    times, faces = shown(2.0)
    times[20:] += 60.0
    assert account(times, faces).armed_s == pytest.approx(2.0 - 0.1 + 0.4)


def test_frames_that_were_not_judged_are_not_armed() -> None:
    found = account(*shown(2.0), match=float("nan"))
    assert (found.armed_s, found.most, found.withheld) == (0.0, 0.0, {})
    assert found.face_s == pytest.approx(1.95)


def test_the_reason_that_held_longest_explains_it_if_it_held_for_half_of_the_time() -> None:
    for dark, says in ((45, "it was too dark"), (35, "at most 25% of the movement was seen, 65% is needed")):
        times, faces = shown(4.0)
        faces[:dark, INDEX["light"]] = 5.0
        faces[dark : dark + 5, INDEX["roll_deg"]] = 88.0
        found = account(times, faces)
        assert len(found.withheld) == 2
        assert told(found) == says


def test_to_ask_why_changes_nothing() -> None:
    for seen in (shown(2.0), shown(2.0, light=5.0)):
        found = account(*seen)
        before = dict(found.withheld)
        told(found)
        assert found.withheld == before


def test_without_a_single_frame_no_face_was_seen() -> None:
    assert told(Account(Sight(SMILE).gate)) == NO_FACE_WAS
    assert Session(SMILE).why_nothing == NO_FACE_WAS


def test_of_what_was_refused_the_most_frequent_reason_is_told_if_rest_is_known() -> None:
    found = account(*shown(2.0))
    tried = [attempt("too short"), attempt("too small"), attempt("too small")]
    assert told(found, *tried) == "too small"
    assert told(found, *tried, sure=False) == NO_REST_WAS
    assert told(found) == "at most 25% of the movement was seen, 65% is needed"
