"""Whose face it is. A face here is (OC in pixels, x, y); ANNA sits before the camera, and BEN leans in beside her."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from coach.form.faces import FIT, NO_FACE, STRANGER, Codes, Whose, faces
from coach.form.measures import FACE, INDEX, NAMES
from coach.frame import Array, Bools

Face = tuple[float, float, float]
ANNA: Face = (100.0, 600.0, 400.0)
BEN: Face = (200.0, 1000.0, 300.0)
CARL: Face = (60.0, 200.0, 350.0)
PLACE = [INDEX[name] for name in ("face_px", "face_x", "face_y")]


def rows(seen: Sequence[Face | None]) -> Array:
    """(T, M) measures of faces, None for nobody."""
    out = np.full((len(seen), len(NAMES)), np.nan)
    for row, face in zip(out, seen, strict=True):
        if face is not None:
            row[:FACE], row[PLACE] = 0.5, face
    return out


class Story:
    """Frames, one after the other, at a frame rate."""

    def __init__(self, fps: float = 32.0) -> None:
        self.fps = fps
        self.times: list[float] = []
        self.seen: list[Face | None] = []

    def then(self, seconds: float, face: Face | None, to: Face | None = None) -> "Story":
        """A face for so many seconds, or one that goes evenly over to another size and place."""
        number = round(seconds * self.fps)
        for i in range(number):
            self.times.append(len(self.times) / self.fps)
            if face is None or to is None:
                self.seen.append(face)
            else:
                self.seen.append(moved(face, to, (i + 1) / number))
        return self

    def told(self, whose: Whose | None = None) -> tuple[Codes, Bools, Whose]:
        return faces(np.array(self.times), rows(self.seen), whose or Whose())

    def parts(self) -> list[tuple[int, int]]:
        """What is told, run by run: the code and for how many frames."""
        why, _, _ = self.told()
        edges = [0, *np.flatnonzero(np.diff(why)) + 1, len(why)]
        return [(int(why[a]), b - a) for a, b in pairwise(edges)]

    def begins(self) -> list[float]:
        """When another sitting begins, in seconds."""
        return [self.times[i] for i in np.flatnonzero(self.told()[1])]


def moved(face: Face, to: Face, part: float) -> Face:
    """Sizes go evenly in their logarithm."""
    size = math.exp((1 - part) * math.log(face[0]) + part * math.log(to[0]))
    return size, (1 - part) * face[1] + part * to[1], (1 - part) * face[2] + part * to[2]


def test_a_face_twice_as_large_elsewhere_from_one_frame_to_the_next_is_a_strangers() -> None:
    story = Story().then(2, ANNA).then(1, BEN)
    assert story.parts() == [(FIT, 64), (STRANGER, 32)]
    assert story.begins() == []
    _, _, whose = story.told()
    assert (whose.user, whose.last, whose.mine) == (ANNA, BEN, False)
    assert (whose.since, whose.time) == (2.0, 2.0 + 31 / 32)


@pytest.mark.parametrize("other", [(200.0, 600.0, 400.0), (100.0, 1000.0, 400.0), (100.0, 600.0, 150.0)])
def test_size_or_place_alone_gives_a_stranger_away(other: Face) -> None:
    assert Story().then(2, ANNA).then(1, other).parts() == [(FIT, 64), (STRANGER, 32)]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ((math.exp(0.37), 0.0, 0.0), FIT),
        ((math.exp(0.38), 0.0, 0.0), STRANGER),
        ((math.exp(-0.37), 0.0, 0.0), FIT),
        ((math.exp(-0.38), 0.0, 0.0), STRANGER),
        ((1.0, 1.19, 1.59), FIT),
        ((1.0, 1.2, 1.6), FIT),  # as far as it can be
        ((1.0, -1.21, 1.61), STRANGER),
        ((1.2, 2.3, 0.0), FIT),  # in sizes of the face that is there now
    ],
)
def test_an_eighth_of_a_second_is_time_to_grow_by_three_eighths_and_to_move_by_two(part: Face, why: int) -> None:
    """0.25 at once and 1 a second of growth, in its logarithm; 1 at once and 8 a second of way, in OC."""
    factor, right, down = part
    other = ANNA[0] * factor, ANNA[1] + right * ANNA[0], ANNA[2] + down * ANNA[0]
    story = Story(fps=8).then(2, ANNA).then(0.125, other)
    assert story.told()[0][-1] == why


def test_the_user_who_is_back_at_the_old_size_and_place_is_the_user_anew() -> None:
    story = Story().then(2, ANNA).then(1, BEN).then(1, (112.0, 640.0, 360.0))
    assert story.parts() == [(FIT, 64), (STRANGER, 32), (FIT, 32)]
    assert story.begins() == [3.0]
    assert story.told()[2].user == (112.0, 640.0, 360.0)


@pytest.mark.parametrize(
    ("back", "why"),
    [
        ((100.0 * math.exp(0.24), 600.0, 400.0), FIT),
        ((100.0 * math.exp(0.26), 600.0, 400.0), STRANGER),
        ((100.0 * math.exp(-0.24), 600.0, 400.0), FIT),
        ((100.0 * math.exp(-0.26), 600.0, 400.0), STRANGER),
        ((100.0, 600.0 + 89.0, 400.0 - 119.0), FIT),
        ((100.0, 600.0 + 90.0, 400.0 - 120.0), FIT),
        ((100.0, 600.0 + 91.0, 400.0 - 121.0), STRANGER),
    ],
)
def test_who_is_back_is_the_user_within_a_quarter_in_size_and_one_and_a_half_oc(back: Face, why: int) -> None:
    assert Story().then(2, ANNA).then(1, CARL).then(0.5, back).told()[0][-1] == why


def test_the_user_who_is_back_is_the_user_still_when_the_stranger_flickers_again() -> None:
    story = Story().then(10, ANNA).then(0.25, BEN).then(0.5, ANNA).then(3, BEN).then(1, ANNA)
    assert story.parts() == [(FIT, 320), (STRANGER, 8), (FIT, 16), (STRANGER, 96), (FIT, 32)]


def test_a_third_face_after_a_stranger_is_a_stranger_too() -> None:
    story = Story().then(2, ANNA).then(1, BEN).then(1, CARL).then(1, BEN).then(1, ANNA)
    assert story.parts() == [(FIT, 64), (STRANGER, 96), (FIT, 32)]
    assert story.begins() == [5.0]


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0, 120.0])
@pytest.mark.parametrize("seconds", [1.0, 2.0, 6.0])
def test_a_face_that_leans_in_and_back_is_never_a_strangers(fps: float, seconds: float) -> None:
    """To three times the size, and half a picture aside: 1.1 of the logarithm and 8 OC at most in a second."""
    near = (300.0, 1000.0, 500.0)
    story = Story(fps).then(1, ANNA).then(seconds, ANNA, near).then(1, near).then(seconds, near, ANNA).then(1, ANNA)
    assert story.parts() == [(FIT, len(story.times))]
    assert story.begins() == []


def test_at_five_frames_a_second_ordinary_movement_of_the_head_is_nobody_elses() -> None:
    """Nods, turns and sways of up to 5 OC a second, at times that are not even."""
    random = np.random.default_rng(0)
    times = np.cumsum(random.uniform(0.1, 0.35, 300))
    x = ANNA[1] + ANNA[0] * (0.8 * np.sin(2 * np.pi * 0.9 * times) + 0.3 * np.sin(2 * np.pi * 0.21 * times))
    y = ANNA[2] + ANNA[0] * 0.4 * np.sin(2 * np.pi * 1.3 * times)
    size = ANNA[0] * np.exp(0.15 * np.sin(2 * np.pi * 0.5 * times))
    assert np.max(np.hypot(np.diff(x), np.diff(y)) / ANNA[0]) > 1.2
    why, anew, _ = faces(times, rows(list(zip(size, x, y, strict=True))), Whose())
    assert (why == FIT).all()
    assert not anew.any()


def test_a_stranger_who_stays_for_twenty_seconds_becomes_the_user() -> None:
    story = Story(fps=8).then(2, ANNA).then(21, BEN)
    assert story.parts() == [(FIT, 16), (STRANGER, 160), (FIT, 8)]
    assert story.begins() == [22.0]
    story.then(1, ANNA)  # and who was the user is a stranger now
    assert story.parts()[-1] == (STRANGER, 8)
    assert story.told()[2].user == BEN


def test_strangers_who_come_one_after_the_other_do_not_stay() -> None:
    story = Story(fps=8).then(2, ANNA).then(15, BEN).then(15, CARL)
    assert story.parts() == [(FIT, 16), (STRANGER, 240)]


def test_a_stranger_who_is_not_seen_for_a_moment_stays_all_the_same() -> None:
    story = Story(fps=8).then(2, ANNA).then(10, BEN).then(1, None).then(10, BEN)
    assert story.parts() == [(FIT, 16), (STRANGER, 80), (NO_FACE, 8), (STRANGER, 72), (FIT, 8)]
    assert story.begins() == [22.0]


@pytest.mark.parametrize(("there_s", "second"), [(0.875, FIT), (1.0, FIT), (1.125, STRANGER)])
def test_a_first_face_that_was_there_for_less_than_a_second_is_replaced(there_s: float, second: int) -> None:
    """Its last frame must be a second after its first: with eight frames a second that is the ninth."""
    story = Story(fps=8).then(there_s, ANNA).then(1, BEN)
    why, anew, whose = story.told()
    assert (why[-8:] == second).all()
    assert story.begins() == ([there_s] if second == FIT else [])
    assert not anew[0]
    assert whose.user == (BEN if second == FIT else ANNA)


def test_a_first_face_that_comes_late_must_be_there_for_a_second_too() -> None:
    story = Story(fps=8).then(30, None).then(0.875, ANNA).then(1, BEN)
    assert story.parts() == [(NO_FACE, 240), (FIT, 15)]
    assert story.begins() == [30.875]


def test_since_when_a_face_is_there_is_known_while_it_moves_about() -> None:
    """Slowly, by a third from one frame to the next, and slowly again."""
    near = (133.0, 650.0, 420.0)
    story = Story(fps=8).then(1, None).then(3, ANNA)
    assert story.told()[2].since == 1.0
    story.then(2, near)
    assert (story.told()[2].since, story.told()[2].last) == (1.0, near)
    story.then(2, None).then(1, near)
    assert story.told()[2].since == 8.0


@pytest.mark.parametrize("there", [ANNA, BEN, CARL, (30.0, 5.0, 5.0)])
def test_after_a_while_of_nobody_a_user_anywhere_is_the_user_anew(there: Face) -> None:
    story = Story().then(2, ANNA).then(1.6, None).then(1, there)
    assert story.parts() == [(FIT, 64), (NO_FACE, 51), (FIT, 32)]
    assert story.begins() == [115 / 32]
    assert story.told()[2].user == there


def test_one_and_a_half_seconds_of_nobody_are_no_while_yet() -> None:
    """From the last frame with a face to the first one after: 48 and 49 of 32 a second."""
    assert Story().then(2, ANNA).then(47 / 32, None).then(1, ANNA).begins() == []
    assert Story().then(2, ANNA).then(48 / 32, None).then(1, ANNA).begins() == [2 + 48 / 32]


def test_who_comes_after_a_stranger_and_nobody_is_whom_it_looks_most_like() -> None:
    begun = Story().then(2, ANNA).then(1, BEN).then(2, None)
    user = Story().then(2, ANNA).then(1, BEN).then(2, None).then(1, (120.0, 650.0, 400.0))
    stranger = Story().then(2, ANNA).then(1, BEN).then(2, None).then(1, (180.0, 950.0, 300.0))
    assert user.parts() == [*begun.parts(), (FIT, 32)]
    assert user.begins() == [5.0]
    assert stranger.parts() == [*begun.parts(), (STRANGER, 32)]
    assert stranger.begins() == []


@pytest.mark.parametrize(
    ("growth", "aside", "stranger", "who"),
    [
        # The user at the same place, and the stranger as large but one and a half OC away: as unlike as a quarter.
        (0.24, 0.0, (0.0, 1.5), FIT),
        (0.26, 0.0, (0.0, 1.5), STRANGER),
        # The stranger at the same place, and as much larger; the user as large, but somewhere else.
        (0.0, 1.75, (0.3, 0.0), FIT),
        (0.0, 1.85, (0.3, 0.0), STRANGER),
        # As far from one as from the other: in doubt it is the user.
        (0.0, 1.0, (0.0, 1.0), FIT),
    ],
)
def test_a_quarter_in_size_makes_as_unlike_as_one_and_a_half_oc(
    growth: float, aside: float, stranger: tuple[float, float], who: int
) -> None:
    """Who comes after a while of nobody, compared with the user and with the stranger before."""
    here = (100.0, 600.0, 400.0)
    user = (here[0] * math.exp(-growth), here[1] - aside * here[0] * math.exp(-growth), here[2])
    size = here[0] * math.exp(stranger[0])
    other = (size, here[1] + stranger[1] * size, here[2])
    story = Story(fps=64).then(2, user).then(1, other).then(2, None).then(1, here)
    assert story.parts() == [(FIT, 128), (STRANGER, 64), (NO_FACE, 128), (who, 64)]


def test_a_stranger_who_is_away_for_one_and_a_half_seconds_stays_all_the_same() -> None:
    for away, stays in ((11, True), (12, False)):  # and one frame, from the last one with a face to the next
        story = Story(fps=8).then(2, ANNA).then(10, BEN).then(away / 8, None).then(9.5, BEN)
        assert bool(story.told()[0][-1] == FIT) is stays


def test_a_moment_of_nobody_is_told_and_changes_nothing() -> None:
    story = Story().then(2, ANNA).then(0.5, None).then(1, ANNA)
    assert story.parts() == [(FIT, 64), (NO_FACE, 16), (FIT, 32)]
    assert story.begins() == []


def test_where_nobody_was_ever_seen_there_is_nobody() -> None:
    why, anew, whose = Story().then(1, None).told()
    assert (why == NO_FACE).all()
    assert not anew.any()
    assert whose == Whose()
    assert (whose.user, whose.mine) == (None, True)


def test_the_first_face_of_all_is_the_users_and_begins_nothing_anew() -> None:
    story = Story().then(3, None).then(1, BEN)
    assert story.parts() == [(NO_FACE, 96), (FIT, 32)]
    assert story.begins() == []
    whose = story.told()[2]
    assert (whose.user, whose.last, whose.since) == (BEN, BEN, 3.0)


def test_where_sizes_and_places_are_not_known_everybody_is_the_user() -> None:
    """As in measures of landmarks without what lies round the face."""
    measures = rows([ANNA] * 20 + [BEN] * 20)
    measures[:, FACE:] = np.nan
    why, anew, _ = faces(np.arange(40) / 8, measures, Whose())
    assert (why == FIT).all()
    assert not anew.any()


@pytest.mark.parametrize("size", [0.0, -50.0, 1e-300, 1e300, math.inf])
def test_a_size_that_no_face_has_breaks_nothing(size: float) -> None:
    for first, second in ((ANNA, (size, 600.0, 400.0)), ((size, 600.0, 400.0), ANNA)):
        for story in (
            Story(fps=8).then(2, first).then(1, BEN).then(1, second).then(2, None).then(1, second).then(1, first),
            Story(fps=8).then(2, first).then(1, second).then(2, None).then(1, BEN),
        ):
            why, _, whose = story.told()
            assert set(why[:16]) == {FIT}
            assert in_chunks(story, [1])[0] == why.tolist()
            assert whose.time == story.times[-1]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ((0.2, 600.0, 400.0), (1.2, 600.0, 400.0), FIT),  # as small as one pixel, all of them
        ((1.0, 600.0, 400.0), (2.0, 600.0, 400.0), STRANGER),
        (ANNA, (100.0, 999_999.0, 400.0), STRANGER),
        (ANNA, (100.0, 1_000_000.0, 400.0), FIT),  # no picture is so large: where it is, is not known
        (ANNA, (100.0, 600.0, -1_000_000.0), FIT),
    ],
)
def test_what_no_picture_has_is_no_jump(first: Face, second: Face, why: int) -> None:
    assert Story().then(2, first).then(1, second).parts()[-1][0] == why


def eventful() -> Story:
    """All of it, with faces that tremble."""
    story = Story(fps=16)
    story.then(0.5, CARL).then(3, ANNA).then(0.4, None).then(1, ANNA, (160.0, 700.0, 420.0)).then(2, BEN)
    story.then(1, (160.0, 700.0, 420.0)).then(1.7, None).then(2, CARL).then(1, BEN).then(0.3, None).then(20.5, BEN)
    story.then(2, CARL).then(3, None).then(1, (70.0, 250.0, 350.0)).then(2, None).then(2, BEN).then(0.2, None)
    random = np.random.default_rng(1)
    for i, face in enumerate(story.seen):
        if face is not None:
            size, x, y = face
            story.seen[i] = size * random.uniform(0.95, 1.05), x + random.normal(0, 5), y + random.normal(0, 5)
    return story


def in_chunks(story: Story, sizes: Sequence[int]) -> tuple[list[int], list[bool], Whose]:
    """What is told in chunks of these sizes, over and over."""
    times, measures, whose = np.array(story.times), rows(story.seen), Whose()
    why: list[int] = []
    anew: list[bool] = []
    while len(why) < len(times):
        piece = slice(len(why), len(why) + sizes[len(why) % len(sizes)])
        codes, sittings, whose = faces(times[piece], measures[piece], whose)
        why += codes.tolist()
        anew += sittings.tolist()
    return why, anew, whose


@pytest.mark.parametrize("sizes", [[1], [7], [1, 40, 2, 333], [250]], ids=str)
def test_chunks_of_any_size_are_told_the_same(sizes: list[int]) -> None:
    story = eventful()
    why, anew, whose = story.told()
    assert {FIT, NO_FACE, STRANGER} == set(why.tolist())
    assert (why.dtype, anew.dtype) == (np.int8, bool)
    assert len(story.parts()) > 12
    assert anew.sum() >= 5
    assert in_chunks(story, sizes) == (why.tolist(), anew.tolist(), whose)


@pytest.mark.parametrize("seed", range(6))
def test_chunks_of_any_size_are_told_the_same_of_any_story(seed: int) -> None:
    random = np.random.default_rng(seed)
    story = Story(fps=10)
    for _ in range(25):
        story.then(random.choice([0.1, 0.3, 0.9, 1.2, 2.0, 11.0]), (ANNA, BEN, CARL, None)[random.integers(4)])
    why, anew, whose = story.told()
    for sizes in ([1], [7], random.integers(1, 60, 5).tolist()):
        assert in_chunks(story, sizes) == (why.tolist(), anew.tolist(), whose)


def test_what_is_given_is_not_changed() -> None:
    story = eventful()
    times, measures = np.array(story.times), rows(story.seen)
    before = times.copy(), measures.copy()
    faces(times, measures, Whose())
    np.testing.assert_array_equal(times, before[0])
    np.testing.assert_array_equal(measures, before[1])
