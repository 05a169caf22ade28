"""`python -m benchmarks counting [--json] [--leave-out] [FOLDER]`: is what people do counted, and nothing else?

FOLDER is the test data beside a checkout (../shared/data when left out), or any folder with a `counts.json` of the same
shape as its `clips.json`: {"clips": [{"file": ..., "counts": {id: number}, "windows": [[begin, end], ...]} or
{"file": ..., "negative": true}]}. Each clip is measured once; its exercises are judged as a whole recording and as a
stream, and counted in three obvious ways beside. What is counted where nobody exercises is told by the minute. With
--leave-out the one number that the count was tuned by is chosen anew for each person, from all others.
`docs/counting.md` says what the numbers mean.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from coach.errors import CoachError
from coach.form import meant
from coach.form.exercise import Exercise, library
from coach.form.measures import FACE, INDEX, measure, measure_all, mirrored
from coach.form.session import Session
from coach.form.template import MOVE, Template
from coach.frame import Array, Frame, Kind, Picture
from coach.score import FINAL_S

#: Keeping still all day is no false count of it.
QUIET = ("quiet-forehead",)
#: A movement meets a window that it overlaps within so many seconds.
NEAR_S = 0.2


@dataclass(frozen=True)
class Clip:
    """A clip with its truth.

    counts    repetitions by exercise, windows [begin, end] in seconds of all of them in that order
    negative  nothing in it may count; loose: it has real laughs, shouts or hands before the face
    """

    name: str
    times: Array
    measures: Array
    person: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    windows: Sequence[Sequence[float]] = ()
    negative: bool = False
    loose: bool = False

    @property
    def fps(self) -> float:
        return (len(self.times) - 1) / max(float(np.ptp(self.times)), 1e-9)


# --- what there is to count -----------------------------------------------------------------------------------


def clips(data: Path) -> Iterator[Clip]:
    """The clips of a folder. Raises ValueError, with what is wrong and where, for a folder that has none."""
    lists = [data / name for name in ("counts.json", "clips.json", "unprepared_clips.json")]
    tracks = data / "tracks" / "unprepared.json"
    if not any(path.is_file() for path in (*lists, tracks)):
        raise ValueError(f"{data}: no counts.json and no clips.json there")
    for path in lists:
        if path.is_file():
            for entry in _entries(path):
                times, measures = _filmed(data / entry["file"])
                yield _clip(Path(entry["file"]).stem, times, measures, entry)
    if tracks.is_file():
        arrays = dict(np.load(tracks.with_suffix(".npz")))
        for entry in _entries(tracks):
            times, measures = measure_all(tracked(arrays, entry))
            yield _clip(entry["id"], times, measures, entry)


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["clips"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ValueError(f'{path}: not {{"clips": [...]}} in JSON ({error})') from None
    return entries


def _clip(name: str, times: Array, measures: Array, entry: dict[str, Any]) -> Clip:
    counts = {id: n["total"] if isinstance(n, dict) else n for id, n in (entry.get("counts") or {}).items()}
    windows = [window[:2] for window in entry.get("windows") or [] if len(window) < 3 or window[2] > 0.5]
    person = entry.get("person") or name.split("_")[0]
    negative, loose = bool(entry.get("negative")), bool(entry.get("loose"))
    return Clip(name, times, measures, person, counts, windows, negative, loose)


def _filmed(path: Path) -> tuple[Array, Array]:
    from coach.vision.tracker import FaceTracker
    from coach.vision.video import read_video

    with FaceTracker(hands=True) as tracker:
        return measure_all(replace(tracker.track(image, time), image=None) for time, image in read_video(path))


def tracked(arrays: dict[str, Array], entry: dict[str, Any]) -> Iterator[Frame]:
    """The frames of one clip of tracks/unprepared, as the README beside it describes them."""
    for i in range(entry["start"], entry["end"]):
        picture = Picture(entry["width"], entry["height"], *map(float, arrays["picture"][i]))
        hands = None
        if entry.get("hands_start") is not None:
            both = arrays["hands"][entry["hands_start"] + i - entry["start"]]
            hands = (both[(both > -32768).all(axis=(1, 2))] / entry["scale"]).astype(np.float32)
        time = float(arrays["time"][i])
        if not arrays["seen"][i]:
            yield Frame(time, hands=hands, picture=picture)
            continue
        points = (arrays["landmarks"][i] / entry["scale"]).astype(np.float32)
        shapes, head = (arrays["blendshapes"][i] / 65535).astype(np.float32), arrays["matrix"][i].astype(np.float32)
        yield Frame(time, points, shapes, head, hands=hands, picture=picture)


# --- ways to count --------------------------------------------------------------------------------------------

#: What a way gives: [begin, end] seconds of each repetition, of each attempt, and the seconds in which it was ready.
Counted = tuple[list[tuple[float, float]], list[tuple[float, float]], float]


def ours(exercise: Exercise, clip: Clip, live: bool = False) -> Counted:
    """This program, which has seen the whole recording, or as it is live."""
    session = Session(exercise)
    if live:
        session.run(clip.times, clip.measures)
        session.finish()
    else:
        session.run_whole(clip.times, clip.measures)
    tried = [(a.start_s, a.end_s) for a in session.attempts]
    return [(a.start_s, a.end_s) for a in session.attempts if a.counted], tried, session.account.armed_s


def _signal(exercise: Exercise, clip: Clip) -> tuple[Array, Array]:
    """Times with a face, and for each side the part of the way that the measure with most weight has gone from its
    median of the first second: (T,), (S, T)."""
    seen = np.isfinite(clip.measures[:, :FACE].sum(axis=1))
    times, measures = clip.times[seen], clip.measures[seen]
    if not len(times):
        return times, np.empty((1, 0))
    rest = np.median(np.nan_to_num(measures[times <= times[0] + 1.0]), axis=0)
    best = max(exercise.moving, key=lambda name: exercise.moving[name].weight)
    names = [best, mirrored(best)] if exercise.sides == "alternate" else [best]
    spans = Template(exercise, rest).span[0]
    of = list(exercise.measures).index(best)
    rows = [np.nan_to_num((measures[:, INDEX[n]] - rest[INDEX[n]]) / spans[s, of]) for s, n in enumerate(names)]
    return times, np.array(rows)


def hysteresis(exercise: Exercise, clip: Clip) -> Counted:
    """Two thresholds on the best single signal: up through the pass level, and down again through the return level."""
    times, sides = _signal(exercise, clip)
    found = []
    for way in sides:
        begun = None
        for time, value in zip(times.tolist(), way.tolist(), strict=True):
            if begun is None and value >= exercise.count.level:
                begun = time
            elif begun is not None and value < exercise.count.back:
                found.append((begun, time))
                begun = None
    return found, found, float(np.ptp(times)) if len(times) else 0.0


def peaks(exercise: Exercise, clip: Clip) -> Counted:
    """`scipy.signal.find_peaks` on it, with the pass level as the prominence."""
    from scipy.signal import find_peaks

    times, sides = _signal(exercise, clip)
    found = []
    for way in sides:
        _, about = find_peaks(way, prominence=exercise.count.level, width=1)
        edges = zip(about["left_ips"].tolist(), about["right_ips"].tolist(), strict=True)
        found += [(float(times[int(low)]), float(times[min(int(high) + 1, len(times) - 1)])) for low, high in edges]
    return found, found, float(np.ptp(times)) if len(times) else 0.0


def warping(exercise: Exercise, clip: Clip) -> Counted:
    """Plain dynamic time warping: what leaves rest and comes back, laid on a smooth way up, held and back, counts when
    it stays within a quarter of it on average."""
    times, sides = _signal(exercise, clip)
    up = np.arange(MOVE) / (MOVE - 1)
    curve = np.concatenate([up * up * (3 - 2 * up), np.ones(MOVE), (up * up * (3 - 2 * up))[::-1]])
    found, tried = [], []
    for way in sides:
        out = np.concatenate([[False], way >= exercise.count.leave, [False]])
        for first, last in zip(*(np.flatnonzero(np.diff(out.astype(int)) == step) for step in (1, -1)), strict=True):
            if last - first < 3:
                continue
            tried.append((float(times[first]), float(times[last - 1])))
            part = np.interp(np.linspace(first, last - 1, len(curve)), np.arange(len(way)), way)
            if _distance(part, curve) <= 0.25:
                found.append(tried[-1])
    return found, tried, float(np.ptp(times)) if len(times) else 0.0


def _distance(one: Array, other: Array) -> float:
    """Mean distance of two series along their cheapest alignment."""
    cost = np.abs(one[:, None] - other)
    total = np.full((len(one) + 1, len(other) + 1), np.inf)
    total[0, 0] = 0.0
    for i, j in np.ndindex(cost.shape):
        total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1]) / len(one)


WAYS: dict[str, Callable[[Exercise, Clip], Counted]] = {
    "ours, whole recording": ours,
    "ours, live": lambda exercise, clip: ours(exercise, clip, live=True),
    "two thresholds": hysteresis,
    "find_peaks": peaks,
    "plain warping": warping,
}


# --- what came of it ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One exercise in one clip that shows it."""

    clip: str
    exercise: str
    person: str
    fps: float
    wanted: int
    counted: int
    windows: int | None  # None where they are not known one by one
    met: int | None  # windows with an attempt of their own


@dataclass(frozen=True)
class Wrong:
    """One exercise in one clip of people who do none."""

    clip: str
    exercise: str
    person: str
    fps: float
    loose: bool
    counted: int
    armed_s: float


def windows_of(clip: Clip, id: str) -> Sequence[Sequence[float]] | None:
    """The windows of one of a clip's exercises, None where they cannot be told apart."""
    if not clip.windows or sum(clip.counts.values()) != len(clip.windows):
        return None
    ids = list(clip.counts)
    before = sum(clip.counts[other] for other in ids[: ids.index(id)])
    return clip.windows[before : before + clip.counts[id]]


def met(windows: Sequence[Sequence[float]], tried: Sequence[tuple[float, float]]) -> int:
    """How many windows have an attempt of their own."""
    free, found = list(tried), 0
    for begin, end in windows:
        own = next((a for a in free if a[0] < end + NEAR_S and a[1] > begin - NEAR_S), None)
        if own is not None:
            free.remove(own)
            found += 1
    return found


def latencies(exercise: Exercise, clip: Clip) -> list[float]:
    """Seconds from the end of each repetition to the moment at which it is told live."""
    session, found = Session(exercise), []
    for time, row in zip(clip.times.tolist(), clip.measures, strict=True):
        told = session.advance(time, row if np.isfinite(row[0]) else None)
        found += [time - session.attempts[-1].end_s for event in told.events if event.kind is Kind.REP]
    return found


def summary(pairs: Sequence[Pair], wrong: Sequence[Wrong]) -> dict[str, float]:
    """What is told of one way, or of a part of what it counted."""
    told: dict[str, float] = {}
    if pairs:
        apart = np.array([abs(p.counted - p.wanted) for p in pairs])
        known = [p for p in pairs if p.windows is not None and p.met is not None]
        told = {
            "repetitions": sum(p.wanted for p in pairs),
            "counted": sum(min(p.counted, p.wanted) for p in pairs),
            "pairs": len(pairs),
            "exact": int((apart == 0).sum()),
            "off by one at most": int((apart <= 1).sum()),
            "mean absolute error": round(float(apart.mean()), 3),
            "windows": sum(p.windows or 0 for p in known),
            "met": sum(p.met or 0 for p in known),
        }
    for name, loose in (("false", False), ("false, loose", True)):
        some = [w for w in wrong if w.loose is loose]
        minutes = sum(w.armed_s for w in some) / 60.0
        if minutes:
            told[name] = sum(w.counted for w in some)
            told[f"{name}: armed minutes"] = round(minutes, 1)
            told[f"{name} a minute"] = round(sum(w.counted for w in some) / minutes, 4)
    return told


def judged(
    found: Iterable[Clip], ways: Mapping[str, Callable[[Exercise, Clip], Counted]]
) -> tuple[dict[str, list[Pair]], dict[str, list[Wrong]]]:
    """Count all clips in some ways: what they name, and what is counted where nobody exercises."""
    exercises = {e.id: e for e in library().values() if e.judged}
    camera = [e for e in exercises.values() if e.judge == "camera" and e.id not in QUIET]
    pairs: dict[str, list[Pair]] = {way: [] for way in ways}
    wrong: dict[str, list[Wrong]] = {way: [] for way in ways}
    for clip in found:
        for id, number in clip.counts.items():
            windows = windows_of(clip, id)
            for way, count in ways.items() if id in exercises else ():
                reps, tried, _ = count(exercises[id], clip)
                hits = (None, None) if windows is None else (len(windows), met(windows, tried))
                pairs[way].append(Pair(clip.name, id, clip.person, clip.fps, number, len(reps), *hits))
        for exercise in camera if clip.negative else ():
            for way, count in ways.items():
                if len(exercise.poses) == 1 or way.startswith("ours"):  # an obvious way has no sequences
                    reps, _, ready = count(exercise, clip)
                    wrong[way].append(
                        Wrong(clip.name, exercise.id, clip.person, clip.fps, clip.loose, len(reps), ready)
                    )
    return pairs, wrong


def counted(found: Sequence[Clip]) -> dict[str, Any]:
    """Everything, by way of counting; and of ours by exercise, person and frame rate."""
    pairs, wrong = judged(found, WAYS)
    exercises = {e.id: e for e in library().values() if e.judged}
    named = [(exercises[id], clip) for clip in found for id in clip.counts if id in exercises]
    waits = [wait for exercise, clip in named for wait in latencies(exercise, clip)]
    mine, mine_wrong = pairs[next(iter(WAYS))], wrong[next(iter(WAYS))]

    def by(key: Callable[[Pair | Wrong], str]) -> dict[str, dict[str, float]]:
        groups = sorted({key(one) for one in (*mine, *mine_wrong)})
        return {g: summary([p for p in mine if key(p) == g], [w for w in mine_wrong if key(w) == g]) for g in groups}

    return {
        "ways": {way: summary(pairs[way], wrong[way]) for way in WAYS},
        "latency_s": {"median": round(float(np.median(waits)), 3), "most": round(max(waits), 3)} if waits else {},
        "by exercise": by(lambda one: one.exercise),
        "by person": by(lambda one: one.person),
        "by frame rate": by(lambda one: _rate(one.fps)),
        "wrong": [asdict(p) for p in mine if p.counted != p.wanted] + [asdict(w) for w in mine_wrong if w.counted],
    }


def _rate(fps: float) -> str:
    return "below 12" if fps < 12 else "12 to 22" if fps < 22 else "22 and more"


def rehabilitation(arrays: Mapping[str, Array], number: int) -> tuple[Array, Array]:
    """Times (T,) and measures (T, M) of one clip of tracks/rehab_form, as the README beside it describes them."""
    part = slice(arrays["start"][number], arrays["start"][number + 1])
    size = [float(np.ravel(arrays[side])[0 if np.size(arrays[side]) == 1 else number]) for side in ("width", "height")]
    points = arrays["landmarks"][part] / float(arrays["landmark_scale"]) * np.array([size[0], size[1], size[0]])
    measures = measure(points, arrays["blendshapes"][part], arrays["matrix"][part])
    measures[~arrays["seen"][part]] = np.nan
    return np.arange(len(measures)) / float(np.ravel(arrays["fps"])[0]), measures


def areas(data: Path) -> dict[str, tuple[float, int, int]]:
    """For each movement of tracks/rehab_form how well the match at the end tells clips that show it as asked from those
    that do not: the area under the curve, and the number of both."""
    path = data / "tracks" / "rehab_form.npz"
    if not path.is_file():
        return {}
    arrays, entries = dict(np.load(path)), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    exercises = library()
    for number, entry in enumerate(entries):
        id = str(entry["exercise"]).partition(":")[0]
        if id in exercises and exercises[id].judged and entry["label"] in ("correct", "bad"):
            times, measures = rehabilitation(arrays, number)
            match = np.nan_to_num(Session(exercises[id]).run_whole(times, measures))
            there = np.isfinite(measures[:, 0])
            last = there & (times >= times[there][-1] - FINAL_S)
            found[str(entry["exercise"])][entry["label"] == "bad"].append(float(match[last].mean()))
    told = {}
    for name, (good, bad) in sorted(found.items()):
        if good and bad:
            more = np.array(good)[:, None] - np.array(bad)
            told[name] = round(float(((more > 0) + 0.5 * (more == 0)).mean()), 3), len(good), len(bad)
    return told


def left_out(found: Sequence[Clip]) -> dict[str, Any]:
    """What is counted when the part of a hold that is needed (`coach.form.meant.PART`) is chosen for each person from
    all others: the one with the least errors, in repetitions too few, too many, and false."""
    choices = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
    used, by_choice = meant.PART, {}
    try:
        for part in choices:
            meant.PART = part
            pairs, wrong = judged(found, {"ours": ours})
            by_choice[part] = pairs["ours"], wrong["ours"]
    finally:
        meant.PART = used

    def errors(part: float, without: str) -> int:
        pairs, wrong = by_choice[part]
        missed = sum(abs(p.counted - p.wanted) for p in pairs if p.person != without)
        return missed + sum(w.counted for w in wrong if w.person != without and not w.loose)

    people = sorted({clip.person for clip in found})
    chosen = {person: min(choices, key=lambda part: errors(part, person)) for person in people}
    mine = [p for person, part in chosen.items() for p in by_choice[part][0] if p.person == person]
    mine_wrong = [w for person, part in chosen.items() for w in by_choice[part][1] if w.person == person]
    return {
        "people left out": summary(mine, mine_wrong),
        "chosen": chosen,
        "errors by choice": {str(part): errors(part, "") for part in choices},
    }


# --- what is told ---------------------------------------------------------------------------------------------


def line(name: str, row: Mapping[str, float]) -> str:
    """One row of a table."""
    shown = []
    if "repetitions" in row:
        shown.append(f"{row['counted']:.0f} of {row['repetitions']:.0f} counted")
        shown.append(f"{row['exact']:.0f} of {row['pairs']:.0f} exact, {row['off by one at most']:.0f} within one")
        shown.append(f"error {row['mean absolute error']:.2f}")
    if row.get("windows"):
        shown.append(f"{row['met']:.0f} of {row['windows']:.0f} met")
    if "false" in row:
        shown.append(f"false {row['false']:.0f} ({row['false a minute']:.3f} a minute)")
    if "false, loose" in row:
        shown.append(f"loose {row['false, loose']:.0f} ({row['false, loose a minute']:.3f})")
    return f"  {name:24s} {'; '.join(shown)}"


def text(result: Mapping[str, Any]) -> Iterator[str]:
    """The result as lines to read."""
    for title, key in (("", "ways"), ("By exercise", "by exercise"), ("By person", "by person"),
                       ("By frames a second", "by frame rate")):  # fmt: skip
        if title:
            yield f"\n{title} (ours, whole recording)"
        yield from (line(name, row) for name, row in result[key].items())
    if result["latency_s"]:
        usual, most = result["latency_s"]["median"], result["latency_s"]["most"]
        yield f"\nLive it is told {usual:.2f} s after its end in the median, {most:.2f} s at most."
    if result["areas"]:
        yield "\nArea under the curve of the last half second's match, movements done as asked against all others"
        for name, (area, good, bad) in result["areas"].items():
            yield f"  {name:24s} {area:.3f} ({good} and {bad} clips)"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; --help says what there is\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _Parser(prog="python -m benchmarks counting", description="Counts on real people, against obvious ways.")
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("folder", nargs="?", type=Path, default=beside, help="test data, or a folder with counts.json")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    more = "choose how long a hold is needed anew for each person, from all others"
    parser.add_argument("--leave-out", action="store_true", help=more)
    options = parser.parse_args(arguments)
    try:
        found = list(clips(options.folder))
    except (ValueError, CoachError) as error:
        parser.error(str(error))
    if options.leave_out:
        result = left_out(found)
        lines = [line("people left out", result["people left out"]), f"errors: {result['errors by choice']}"]
    else:
        result = counted(found) | {"areas": areas(options.folder)}
        lines = list(text(result))
    print(json.dumps(result, indent=1) if options.json else "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
