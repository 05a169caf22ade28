"""Which exercise is being done: exact faces of the built-in performer, and a handful of clips through the tracker."""

import itertools
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import SHARED
from faces import frames, perform, resting

from coach.form.exercise import Tempo, find_exercise, library
from coach.form.measures import INDEX, measure_all
from coach.form.seen import LOST_S
from coach.form.spotting import KEPT_S, RATE, Spot, Spotter, at_tempo, can_be_spotted
from coach.form.template import HOLD, MOVE
from coach.frame import Array, Frame
from coach.plan.routine import Manner

#: All that are looked for at once: those that are scored.
ALL = [e for e in library().values() if e.judge == "camera" and can_be_spotted(e)]

#: Exercises that are a part of each other: the one is named, and the other told with it, when the first is performed.
PART_OF = {"closed-smile": "wide-smile", "jaw-open": "goldfish-partial", "lion-face": "jaw-open"}


@cache
def performed(id: str, *manners: Manner, fps: float = 30.0) -> tuple[Array, Array]:
    """Times (T,) and measures (T, M) of an exercise at a brisk pace."""
    return measure_all(frames(perform(find_exercise(id), *manners), fps))


def names(spots: Iterable[Spot]) -> list[tuple[str, str | None]]:
    return [(spot.exercise, spot.side) for spot in spots]


def one_after_the_other(*parts: tuple[Array, Array]) -> tuple[Array, Array]:
    """Several performances in one stream."""
    begins = itertools.accumulate((times[-1] + 1 / 30 for times, _ in parts[:-1]), initial=0.0)
    return (
        np.concatenate([times + begin for (times, _), begin in zip(parts, begins, strict=True)]),
        np.concatenate([measures for _, measures in parts]),
    )


@pytest.mark.parametrize("id", [e.id for e in ALL])
def test_of_all_exercises_the_one_that_is_performed_is_named(id: str) -> None:
    performance = perform(find_exercise(id), "clean", "clean")
    spots = Spotter(ALL).run(*measure_all(frames(performance)))
    assert len(spots) == 2
    for spot, move in zip(spots, performance.moves, strict=True):
        assert spot.exercise == id or (PART_OF[id], id) == (spot.exercise, spot.next)
        assert spot.side == move.side
        assert 0.8 < spot.found <= 1.0
        assert spot.distance < 1.0
        assert min(spot.end_s, move.end) - max(spot.start_s, move.start) > 0.85 * (move.end - move.start)


def test_a_stream_of_several_is_told_in_its_order() -> None:
    done = [
        "wide-smile",
        "brow-raise",
        "pucker-swing",
        "neck-nod",
        "full-blink",
        "tall-o",
        "smile-pucker",
        "brow-raise",
    ]
    stream = one_after_the_other(*(performed(id) for id in done))
    found = names(Spotter(ALL).run(*stream))
    assert found == [(id, "left" if id == "pucker-swing" else None) for id in done]


def test_an_exercise_that_is_a_part_of_another_is_told_with_it() -> None:
    (spot,) = Spotter(ALL).run(*performed("wide-smile"))
    assert (spot.exercise, spot.next) == ("wide-smile", "closed-smile")
    assert 0.8 < spot.next_found < spot.found
    (spot,) = Spotter([find_exercise("closed-smile")]).run(*performed("wide-smile"))
    assert (spot.exercise, spot.next, spot.next_found) == ("closed-smile", "", 0.0)


@pytest.mark.parametrize("fps", [10.0, 15.0, 60.0])
def test_the_frame_rate_changes_neither_name_nor_time(fps: float) -> None:
    for id in ("wide-smile", "neck-rotation"):
        usual = Spotter(ALL).run(*performed(id, "clean", "clean"))
        other = Spotter(ALL).run(*performed(id, "clean", "clean", fps=fps))
        assert names(other) == names(usual)
        times = [[(spot.start_s, spot.end_s) for spot in spots] for spots in (usual, other)]
        np.testing.assert_allclose(times[1], times[0], atol=3 / RATE)


def test_frame_by_frame_is_the_same_as_a_recording() -> None:
    seen = list(frames(perform(find_exercise("pucker"), "clean", "clean"), noise=0.002))
    spotter = Spotter(ALL)
    spots = [spot for frame in seen for spot in spotter.step(frame)] + spotter.end()
    assert len(spots) == 2
    assert sorted(spots, key=lambda spot: spot.start_s) == Spotter(ALL).run(*measure_all(seen))


def test_a_movement_is_told_soon_after_it_and_once() -> None:
    performance = perform(find_exercise("wide-smile"), "clean", "clean")
    spotter = Spotter(ALL)
    told = [(frame.time, spot) for frame in frames(performance) for spot in spotter.step(frame)]
    first, move = told[0], performance.moves[0]
    assert move.end - 0.5 < first[0] < move.end + 1.5
    assert len(told) + len(spotter.end()) == 2


def test_a_still_face_a_hasty_and_a_slight_movement_are_nothing() -> None:
    assert Spotter(ALL).run(*measure_all(resting(6.0))) == []
    assert Spotter(ALL).run(*performed("wide-smile", "rushed")) == []
    assert Spotter(ALL).run(*performed("pucker", "partial")) == []


def test_what_an_exercise_refuses_is_not_it() -> None:
    """A goldfish that opens only partly refuses a mouth that is wide open."""
    partial, full = find_exercise("goldfish-partial"), find_exercise("goldfish-full")
    assert names(Spotter([partial]).run(*performed(partial.id))) == [(partial.id, None)]
    assert Spotter([partial]).run(*performed(full.id)) == []


def test_a_movement_that_does_not_come_back_is_not_told() -> None:
    times, measures = performed("wide-smile")
    (move,) = perform(find_exercise("wide-smile")).moves
    there = times < move.peak_end
    assert Spotter(ALL).run(times[there], measures[there]) == []


def test_nothing_goes_on_behind_a_gap() -> None:
    times, measures = performed("wide-smile", "clean", "clean")
    first, second = perform(find_exercise("wide-smile"), "clean", "clean").moves
    middle = (first.peak_start + first.peak_end) / 2
    gone = measures.copy()
    gone[(times > middle - LOST_S) & (times < middle + LOST_S)] = np.nan
    (spot,) = Spotter(ALL).run(times, gone)
    assert spot.start_s == pytest.approx(second.start, abs=0.3)
    # The same time without any frames at all.
    seen = ~np.isnan(gone[:, 0])
    assert Spotter(ALL).run(times[seen], gone[seen]) == [spot]


def test_a_blink_while_rest_is_learnt_holds_up_nothing_but_the_eyes() -> None:
    times, measures = one_after_the_other(performed("wide-smile"), performed("full-blink"))
    blinking = measures.copy()
    closed = (times < 1.6) & (times % 0.5 < 0.25)
    blinking[np.ix_(closed, [INDEX["blink_left"], INDEX["blink_right"]])] += 0.45
    blinking[np.ix_(closed, [INDEX["eye_aperture_left"], INDEX["eye_aperture_right"]])] *= 0.5
    assert names(Spotter(ALL).run(times, blinking)) == [("wide-smile", None), ("full-blink", None)]


def test_a_face_that_is_never_at_rest_is_not_compared_with_anything() -> None:
    times, measures = performed("wide-smile")
    shaking = measures.copy()
    shaking[:, INDEX["chin_x"]] += 0.2 * np.sin(9.0 * times)
    spotter = Spotter(ALL)
    assert spotter.run(times, shaking) == []
    assert not spotter.ready
    assert spotter.watched == []


def test_a_resting_face_that_moves_slowly_is_followed() -> None:
    """Somebody who sinks into the chair: the chin comes down by 12 degrees in two minutes."""
    times = np.arange(3600) / 30
    (_, rest) = measure_all(resting(0.1))
    sinking = np.repeat(rest[:1], len(times), axis=0)
    sinking[:, INDEX["pitch_deg"]] += np.linspace(0.0, 12.0, len(times))
    _, nod = performed("neck-nod")
    nod = nod + sinking[-1] - rest[0]
    stream = one_after_the_other((times, sinking), (performed("neck-nod")[0], nod))
    (spot,) = Spotter(ALL).run(*stream)
    assert spot.exercise == "neck-nod"
    assert spot.start_s > times[-1]


def test_what_needs_shoulders_is_not_looked_for_where_none_are_seen() -> None:
    shrug, smile = find_exercise("shrug-drop"), find_exercise("wide-smile")
    spotter = Spotter([shrug, smile])
    assert names(spotter.run(*performed("wide-smile"))) == [("wide-smile", None)]
    assert spotter.watched == ["wide-smile"]
    alone = Spotter([shrug])
    assert alone.run(*performed("wide-smile")) == []
    assert alone.ready
    assert alone.watched == []


def test_what_does_not_move_cannot_be_spotted() -> None:
    assert not any(can_be_spotted(find_exercise(id)) for id in ("quiet-forehead", "jaw-rest", "tongue-out", "st6"))
    for exercises in ([], [find_exercise("quiet-forehead")]):
        with pytest.raises(ValueError, match="needs exercises"):
            Spotter(exercises)


def test_time_must_rise() -> None:
    spotter = Spotter(ALL)
    first, second = itertools.islice(resting(1.0), 2)
    spotter.step(second)
    with pytest.raises(ValueError, match="time must rise"):
        spotter.step(first)
    spotter.step(Frame(second.time + 1.0))


def test_what_is_longer_than_is_remembered_is_not_told_and_what_follows_is() -> None:
    times, measures = performed("wide-smile", "clean", "clean")
    (first, _) = perform(find_exercise("wide-smile"), "clean", "clean").moves
    at = int(np.searchsorted(times, (first.peak_start + first.peak_end) / 2))
    held = int((KEPT_S + 5.0) * 30)
    long = np.concatenate([measures[:at], np.repeat(measures[at : at + 1], held, axis=0), measures[at:]])
    (spot,) = Spotter([find_exercise("wide-smile")]).run(np.arange(len(long)) / 30, long)
    assert spot.start_s > KEPT_S


def test_a_curve_is_laid_over_the_time_of_its_exercise() -> None:
    smile = find_exercise("wide-smile").paced(Tempo(1.0, 3.0, 2.0, 1.0))
    rows = 2 * MOVE + HOLD
    line = at_tempo(np.arange(rows, dtype=float)[:, None], smile)[:, 0]
    assert len(line) == 6.0 * RATE
    assert np.all(np.diff(line) >= 0.0)
    at = [line[round(second * RATE)] for second in (0.5, 2.5, 5.0)]
    np.testing.assert_allclose(at, [MOVE / 2 - 0.5, MOVE + HOLD / 2 - 0.5, rows - MOVE / 2 - 0.5], atol=0.3)


# --- real and rendered clips --------------------------------------------------------------------------------------

CLIPS = {
    "syn_smile6_2partial.mp4": ({"wide-smile"}, 6),
    "syn_pucker5_move.mp4": ({"pucker"}, 5),
    "syn_tilt6.mp4": ({"side-bend"}, 6),
    "syn_jawopen5.mp4": ({"jaw-open", "goldfish-partial", "goldfish-full"}, 5),  # by how far it is open
    "loop_XF_grin.mp4": ({"wide-smile"}, 6),
    "loop_XF_brow.mp4": ({"brow-raise"}, 5),
    "loop_XF_eyesclosed.mp4": ({"full-blink"}, 6),
    "llf_S07_talk.mp4": (set(), 0),
    "lp_s20.mp4": (set(), 0),
}


def spots_of(path: Path) -> list[Spot]:
    from coach.vision.tracker import FaceTracker
    from coach.vision.video import read_video

    spotter = Spotter(ALL)
    with FaceTracker() as tracker:
        spots = [spot for time, image in read_video(path) for spot in spotter.step(tracker.track(image, time))]
    return spots + spotter.end()


@pytest.mark.slow
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("file", CLIPS)
def test_in_a_clip_its_own_exercise_is_spotted_as_often_as_it_is_done(file: str) -> None:
    known, times = CLIPS[file]
    spots = spots_of(SHARED / "data" / "clips" / file)
    assert {spot.exercise for spot in spots} <= known
    assert len(spots) == times
