"""The command line: wires the rooms together. Results go to stdout, messages and progress to stderr.

Exit status: 0 done, 1 the program failed, 2 bad input or usage, 3 no camera or no display, 130 interrupted, 143 or 129
ended from outside.
Heavy packages are imported inside the commands, so that `coach --help` answers at once.
"""

import json
import logging
import math
import os
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach import __version__
from coach.errors import BadInput, CoachError, ModelProblem, NoDisplay
from coach.streams import give_up_output, is_full, open_streams
from coach.threads import share_processor

if TYPE_CHECKING:
    from datetime import date

    from coach.avatar.film import Moment
    from coach.chosen import Chosen
    from coach.form.calibration import Calibration, Rest
    from coach.form.exercise import Exercise
    from coach.form.spotting import Spot
    from coach.frame import Event, Frame
    from coach.plan.rules import Context
    from coach.plan.workout import SetResult, Workout
    from coach.records.export import JudgedSet, Span
    from coach.records.history import History, Session
    from coach.records.progress import Best, Better, Streak, Trend
    from coach.records.recording import RecordedSet
    from coach.records.settings import Settings
    from coach.score import WorkoutScore
    from coach.vision.feed import Feed
    from coach.window.app import Wiring


app = typer.Typer(
    name="coach",
    help="Follow-along facial exercises with an ordinary webcam: counts repetitions, judges form, explains itself.",
    no_args_is_help=False,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Models = Annotated[Path | None, typer.Option("--models", help="Folder with the tracker's models.", metavar="DIR")]
Json = Annotated[bool, typer.Option("--json", help="Print results as JSON, one object a line.")]
Headless = Annotated[bool, typer.Option("--headless", help="Without a window.")]
Person = Annotated[
    str | None, typer.Option("--person", help="Who exercises; without it, whom the settings name.", metavar="NAME")
]
Whose = Annotated[str | None, typer.Option("--person", help="Only this person's sessions.", metavar="NAME")]
Gentle = Annotated[bool, typer.Option("--gentle", help="Best is a moderate, slow, even movement.")]
#: Those for which the settings stand in where they are not given.
Camera = Annotated[int | None, typer.Option(help="Number of the camera; without it, that of the settings.", min=0)]
Gently = Annotated[
    bool | None,
    typer.Option("--gentle/--no-gentle", help="Best is a moderate, slow, even movement; without it, as the settings."),
]
Mirrored = Annotated[
    bool | None,
    typer.Option("--mirrored/--not-mirrored", help="Left and right are swapped in it, as in selfie videos."),
]
DecimalComma = Annotated[
    bool,
    typer.Option(
        "--decimal-comma",
        help="In CSV files: 0,5 for a half, and semicolons between columns.",
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for recordings and pictures.", metavar="DIR")]


@app.callback()
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Without a command: the workout window, with the built-in performer where there is no camera."""
    if version:
        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        try:
            _home()
        except NoDisplay:
            say("no display: the built-in performer is judged without a window")
            _demonstrate([], True, False, None, None)


@app.command()
def train(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID or ROUTINE]...", help="What to do.")] = None,
    camera: Camera = None,
    video: Annotated[Path | None, typer.Option(help="A video instead of a camera.", metavar="FILE")] = None,
    mirrored: Mirrored = None,
    demonstration: Annotated[bool, typer.Option("--demo", help="The built-in performer instead of a camera.")] = False,
    minutes: Annotated[float | None, typer.Option(help="How long, about.", min=0.5, max=120)] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Massage at any time of the day, also right before bed.")
    ] = False,
    person: Person = None,
    gentle: Gently = None,
    keep_video: Annotated[
        bool, typer.Option("--keep-video", help="Keep the camera's pictures beside the recording, as a video.")
    ] = False,
    headless: Headless = False,
    as_json: Json = False,
    out: Out = None,
    models: Models = None,
) -> None:
    """Exercise: follow along, repetitions counted, one cue at a time; a session with a camera is recorded."""
    from coach.plan.routine import plan
    from coach.plan.rules import LATE
    from coach.plan.today import asked
    from coach.plan.workout import Workout
    from coach.records.person import load_person
    from coach.records.recording import new_file
    from coach.score import WorkoutScore

    if demonstration and video is not None:
        raise BadInput("--demo and --video cannot go together; leave one out")
    if keep_video and (demonstration or video is not None):
        raise BadInput("--keep-video is for what a camera sees; leave it out")
    if demonstration:
        _demonstrate(plan(names or [], minutes) if names else [], headless, as_json, models, out)
        return
    now = _chosen(out, person, camera, mirrored, gentle, keep_video, film=video is not None)
    unasked = video is None and now.must_ask
    if unasked and (not headless or sys.stdin.isatty()):
        now, unasked = _asked_health(now, models, headless), False
    folder, person = now.folder, now.person
    # The time of the day is asked of people, not of a film.
    context = _context(now.settings, folder, person, timed=video is None and not anyway)
    try:
        led = asked(names or [], minutes, context)
    except BadInput as error:
        raise BadInput(f"{error} (--anyway leads it all the same)" if LATE in str(error) else str(error)) from None
    exercises = led.exercises
    for sentence in led.said:
        say(f"changed: {sentence}")
    known = load_person(folder, person)
    workout = Workout(
        [(e, e.reps) for e in exercises], calibration=known.calibration if known else None, gentle=now.gentle
    )
    if video is not None:
        judged = WorkoutScore(workout, str(video))
    else:
        file = new_file(folder, "session")
        judged = WorkoutScore(workout, f"camera {now.camera}", file, person=person, keep_video=now.keep_video)
        if judged.keeps_video:
            say("the video is kept beside the recording, on this computer; 'coach forget' deletes both")
    try:
        _train(workout, judged, now, video, headless, models)
        if unasked:  # nobody was there to answer
            say("the health questions were not asked for some months, or never: start 'coach' once to answer them")
    finally:
        # Whatever ended it, what was done is told.
        kept = judged.close()
        if judged.trouble:
            say(judged.trouble)
        if kept:
            say(f"recording: {judged.recording}")
            for line in _remember(workout, judged.recording, folder, person):
                if isinstance(line, str):
                    say(line)
        for result in judged.results():
            _print(result, as_json)


@app.command()
def calibrate(
    names: Annotated[list[str], typer.Argument(metavar="ID...", help="Exercises or routines.")],
    camera: Camera = None,
    video: Annotated[Path | None, typer.Option(help="A video instead of a camera.", metavar="FILE")] = None,
    mirrored: Mirrored = None,
    person: Person = None,
    headless: Headless = False,
    out: Out = None,
    models: Models = None,
) -> None:
    """Learn your own range: two gentle trials of each exercise, as far as is comfortable."""
    from coach.form.calibration import trial
    from coach.plan.routine import plan
    from coach.plan.workout import Workout
    from coach.records.person import load_person
    from coach.score import WorkoutScore

    now = _chosen(out, person, camera, mirrored, film=video is not None)
    folder, person = now.folder, now.person
    load_person(folder, person)  # a damaged file is told before anybody exercises for it
    exercises = [trial(e) for e in {e.id: e for e in plan(names) if e.judged}.values()]
    if not exercises:
        raise BadInput("nothing to calibrate among these: they are led by time")
    workout = Workout([(e, e.reps) for e in exercises])
    judged = WorkoutScore(workout, str(video or f"camera {now.camera}"))
    try:
        _train(workout, judged, now, video, headless, models)
    finally:
        if not workout.between:
            workout.skip()  # what there was of the running one is its result
        for line in _keep_ranges(workout, folder, person):
            say(line)


@app.command()
def demo(
    headless: Headless = False,
    as_json: Json = False,
    out: Out = None,
    models: Models = None,
) -> None:
    """The built-in performer does a short routine, faults included, and the coach judges it."""
    _demonstrate([], headless, as_json, models, out)


@app.command()
def score(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Videos or recordings.")],
    exercise: Annotated[str, typer.Option("--exercise", "-e", help="What to judge them by.", metavar="ID[,ID]")],
    as_json: Json = False,
    frames: Annotated[Path | None, typer.Option(help="Also write every frame's measures.", metavar="OUT.csv")] = None,
    decimal_comma: DecimalComma = False,
    person: Annotated[str | None, typer.Option(help="Whose calibrated ranges to use.", metavar="NAME")] = None,
    gentle: Gentle = False,
    live: Annotated[bool, typer.Option("--live", help="As in a live session, which cannot know what comes.")] = False,
    mirrored: Mirrored = None,
    models: Models = None,
) -> None:
    """Judge videos or recordings by one or more exercises; each file is tracked once.

    The resting face is learnt from the whole file before it is judged; with --live as it goes along.
    """
    from coach.form.exercise import find_exercise
    from coach.plan.lead import begin, led_by_time

    exercises = [find_exercise(id.strip()) for id in exercise.split(",") if id.strip()]
    for e in exercises:
        if led_by_time(e):
            raise BadInput(f"'{e.id}' is guided by a timer, not judged: the camera cannot see it")
    if not exercises:
        raise BadInput("--exercise names none; for example --exercise wide-smile,pucker")
    from coach.records.person import load_person
    from coach.score import Score, scored, stepped
    from coach.table import FrameTable

    if frames is not None and frames.exists() and any(f.exists() and f.samefile(frames) for f in files):
        raise BadInput(f"--frames {frames}: this is one of the files to judge; choose another place")
    calibration = None
    if person is not None:
        known = load_person(_data_folder(), person)
        if known is None:
            raise BadInput(f"--person {person}: nobody of that name was calibrated ('coach calibrate' does it)")
        calibration = known.calibration
    worst = 0
    with FrameTable(frames, decimal_comma) as table:
        for file in files:
            scores = [Score(e, begin(e, None, calibration, gentle)) for e in exercises]
            seen = _progress(_frames_of(file, models, exercises, bool(mirrored)), file.name, _length(file))
            try:
                if frames is None:
                    scored(scores, seen, live)
                else:
                    for one, feedback, measures in stepped(scores, seen, live):
                        table.add(str(file), one.session.exercise.id, feedback, measures)
            except ModelProblem:
                raise  # it is the same for every file
            except BadInput as error:
                # One bad file does not keep the others from being judged, nor what was read of it from being shown.
                say(str(error))
                worst = error.exit_status
            results = [one.result(str(file)) for one in scores]
            if not any(r["frames"] for r in results):
                continue
            if not any(r["face_fraction"] for r in results):
                say(f"{file}: {_NO_FACE}")
                worst = BadInput.exit_status
            for result in results:
                _print(result, as_json)
    if worst:
        raise typer.Exit(worst)


@app.command()
def spot(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or a recording.")],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Look for these; for all that are scored without any.")
    ] = None,
    as_json: Json = False,
    mirrored: Mirrored = None,
    models: Models = None,
) -> None:
    """Tell which exercises are done in a video or a recording, and when; it begins with a second at rest."""
    from coach.form.spotting import Spotter

    exercises = _spotted(file, names, models)
    spotter = Spotter(exercises)
    spots: list[Spot] = []
    seen, failed = False, None
    try:
        for frame in _progress(_frames_of(file, models, exercises, bool(mirrored)), file.name, _length(file)):
            seen |= frame.landmarks is not None
            spots += spotter.step(frame)
    except ModelProblem:
        raise
    except BadInput as error:
        failed = error  # what was read before is told all the same
    spots = sorted([*spots, *spotter.end()], key=lambda one: one.start_s)
    for one in spots:
        _print_spot(file, one, as_json)
    if failed is not None:
        raise failed
    if not seen:
        raise BadInput(f"{file}: {_NO_FACE}")
    if not spotter.ready:
        raise BadInput(f"{file}: no face at rest to be seen in it; begin with a second of it, facing the camera")
    for unseen in [id for id in names or [] if id not in spotter.watched]:
        say(f"{file}: '{unseen}' was not looked for, as shoulders or hands were not seen at rest")
    if not spots and spotter.watched:
        say(f"{file}: none of {_many(len(spotter.watched), 'exercise')} is done in it")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    exercise: Annotated[
        str | None, typer.Option("--exercise", "-e", help="In the place of the one recorded.", metavar="FILE.toml")
    ] = None,
    headless: Headless = False,
    as_json: Json = False,
) -> None:
    """Look at a recording again, moment by moment, or judge it again, set by set."""
    from dataclasses import replace as changed

    from coach.form.exercise import find_exercise
    from coach.records.recording import read_sets

    sets, other = read_sets(file), find_exercise(exercise) if exercise is not None else None
    if other is not None:
        if other.id not in {kept.exercise.id for kept in sets}:
            raise BadInput(f"--exercise {exercise}: {file} has no set of '{other.id}'")
        sets = [changed(kept, exercise=other) if kept.exercise.id == other.id else kept for kept in sets]
    if not headless:
        _show_replay(file, other)
        return
    for kept in sets:
        _print(_judged_set(file, kept).result, as_json)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A recording.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Tables of frames and repetitions.", metavar="OUT")] = None,
    decimal_comma: DecimalComma = False,
    as_json: Annotated[Path | None, typer.Option("--json", help="Results and events.", metavar="OUT")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="A page with charts.", metavar="OUT")] = None,
    mp4: Annotated[
        Path | None,
        typer.Option("--mp4", help="A film: of the video if it was kept, or of a drawn face.", metavar="OUT"),
    ] = None,
    avatar: Annotated[bool, typer.Option("--avatar", help="The film shows the drawn face in any case.")] = False,
    everything: Annotated[
        Path | None, typer.Option("--all", help="Everything that is kept of you, into a new folder.", metavar="FOLDER")
    ] = None,
    start: Annotated[float, typer.Option("--from", help="Second at which to begin.", metavar="S")] = -math.inf,
    end: Annotated[float, typer.Option("--to", help="Second at which to end.", metavar="S")] = math.inf,
    out: Out = None,
    models: Models = None,
) -> None:
    """Write a recording, or all there is, in the formats of other programs; everything stays as it is."""
    if (file is None) is (everything is None):
        raise BadInput("name either one recording or --all FOLDER")
    if everything is not None:
        _export_all(everything, out or _data_folder(), decimal_comma)
        return
    assert file is not None
    places = [place for place in (csv, as_json, html, mp4) if place is not None]
    if not places:
        raise BadInput("name what to write: one or more of --csv, --json, --html, --mp4, each with a file")
    if not start <= end:
        raise BadInput(f"--from {start:g} --to {end:g}: there is nothing between these; the first must be the smaller")
    from coach.records.export import (
        Span,
        check_places,
        frame_table,
        objects,
        page,
        repetition_table,
        repetitions_place,
        write_file,
    )
    from coach.records.history import begun_of, video_beside
    from coach.records.recording import read_sets

    span, kept = Span(start, end), read_sets(file)
    check_places(file, [*places, *([repetitions_place(csv)] if csv else [])])
    if mp4 is not None and mp4.suffix.lower() != ".mp4":
        raise BadInput(f"{mp4}: a film is an MP4 file; choose a name that ends in .mp4")
    sets = [_judged_set(file, one) for one in kept]
    if not any(one.within(span) for one in sets):
        last = max((one.steps[-1].time for one in sets if one.steps), default=None)
        said = "nothing was recorded in it" if last is None else f"nothing is in that part; it ends at {last:.0f} s"
        raise BadInput(f"{file}: {said}")
    if csv is not None:
        write_file(csv, frame_table(sets, span, decimal_comma))
        write_file(repetitions_place(csv), repetition_table(sets, span, decimal_comma))
        say(f"export: {csv} and {repetitions_place(csv).name}")
    if as_json is not None:
        write_file(as_json, objects(sets, span))
        say(f"export: {as_json}")
    if html is not None:
        write_file(html, page(sets, f"{begun_of(file):%Y-%m-%d %H:%M}", span))
        say(f"export: {html}")
    if mp4 is not None:
        from coach.avatar.film import FPS, SIZE, film
        from coach.avatar.mesh import load
        from coach.vision.encode import write_film
        from coach.vision.models import find_model

        video = None if avatar else video_beside(file)
        moments = _progress(_moments(file, sets, span, video), mp4.name, sum(len(one.steps) for one in sets))
        write_film(mp4, film(load(find_model(folder=models)), moments), SIZE, FPS)
        say(f"export: {mp4} ({'what the camera saw' if video else 'the drawn face'})")


@app.command()
def history(person: Whose = None, as_json: Json = False, out: Out = None) -> None:
    """What was done so far: the last sessions with their files, days in a row, and for each exercise how it goes."""
    from datetime import date

    from coach.records import progress

    kept = _history(out or _data_folder(), person)
    practised = kept.practised()
    if not practised and person is not None:
        say(f"no sessions of '{person}' yet: 'coach train --person {person}' begins the first one")
        return
    if not practised:
        say("no sessions yet: 'coach' or 'coach train' begins the first one, and it will be told here")
        return
    recent = kept.sessions(None if as_json else max(practised)[0].date() - progress.LOOK_BACK)
    sets = {(row.begun, row.number): row for row in (*kept.records(), *(row for s in recent for row in s.sets))}
    bests, trends = progress.bests(sets.values()), progress.trends(row for s in recent for row in s.sets)
    streak = progress.streak((begun.date() for begun, _ in practised), date.today())
    show = _print_history if not as_json else _print_history_json
    show(recent, progress.minutes(practised), streak, bests, trends, kept.times(), kept.folder)


@app.command()
def report(
    file: Annotated[Path, typer.Argument(metavar="OUT.html", help="Where to write it.")],
    person: Whose = None,
    out: Out = None,
) -> None:
    """Pages to print for a therapist: a calendar, charts and what was told most often, month by month."""
    from datetime import date

    from coach.form.exercise import library
    from coach.records.report import page, write
    from coach.window.words import fault

    folder = out or _data_folder()
    sessions = _history(folder, person).sessions(whole=True)
    if not sessions:
        whose = f" of '{person}'" if person is not None else ""
        raise BadInput(f"{folder}: no sessions{whose} there yet, so there is nothing to report")

    def words(exercise: str, code: str) -> str:
        known = library().get(exercise)
        return fault(known, code) if known is not None else code

    write(file, page(sessions, words, date.today()))
    say(f"report: {file}")


@app.command()
def forget(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A recording of a session.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Recordings, history, calibrations, log.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    out: Out = None,
) -> None:
    """Delete the recording of a session, its video and what the history keeps of it, or all of them."""
    from coach.records.history import History, delete_files, delete_recording, recordings, video_beside
    from coach.records.log import close_log, log_files
    from coach.records.person import people_files

    if (file is None) is not everything:
        raise BadInput("name either one recording or --all")
    folder = out or _data_folder()
    if file is not None:
        path = file if file.exists() else folder / file
        chosen, what = (
            [path] if path.exists() else [],
            f"{path}{' with its video' if video_beside(path) else ''} and what the history keeps of it",
        )
        folder = path.parent
    else:
        chosen = recordings(folder)
        what = f"the whole history, {_many(len(chosen), 'recording')}, calibrations and the log in {folder}"
    if not yes:
        if not sys.stdin.isatty():
            raise BadInput("nobody is there to be asked; --yes deletes without asking")
        if not typer.confirm(f"Delete {what}? This cannot be undone.", err=True):
            say("nothing was deleted")
            return
    kept, worst = History(folder), 0
    for path in chosen:
        try:
            gone = delete_recording(path)
        except BadInput as error:
            # One file that is not ours does not keep the others.
            say(f"coach: {error}")
            worst = error.exit_status
        else:
            for one in gone:
                print(f"deleted: {one}", flush=True)
    if file is None:
        close_log()
        for path in [*kept.forget_all(), *delete_files([*people_files(folder), *log_files(folder)])]:
            print(f"deleted: {path}", flush=True)
    elif not worst:
        sets = kept.forget(file.name)
        if not sets and not chosen:
            raise BadInput(f"{file}: no such recording, and nothing of that name in the history of {folder}")
        print(f"deleted: {_many(sets, 'set')} in {kept.path}", flush=True)
    if worst:
        raise typer.Exit(worst)


@app.command()
def exercises(as_json: Json = False) -> None:
    """The library: every exercise, by group, and how it is judged."""
    from coach.form.exercise import library
    from coach.plan.lead import led_by_time

    judged = {
        "camera": "scored",
        "gated": "scored when well seen",
        "hands": "hands followed and counted, not scored",
        "timer": "led by time, not scored",
    }
    group = None
    for e in library().values():
        if as_json:
            tempo = {p: getattr(e.tempo, p) for p in ("rise", "hold", "lower", "rest")}
            row = {"id": e.id, "name": e.name, "group": e.group, "judge": e.judge, "reps": e.reps, "tempo": tempo}
            print(json.dumps(row))
            continue
        if e.group != group:
            group = e.group
            print(f"{group}")
        how = "never led: see its file" if e.off else judged["timer" if led_by_time(e) else e.judge]
        print(f"  {e.id:<23} {e.name:<42} {how}")


@app.command()
def routines(as_json: Json = False) -> None:
    """The routines: how long each takes, and whether it is one of the goals."""
    from coach.plan.routine import load_routine, routine_ids
    from coach.plan.routine import seconds as planned_s

    for id in routine_ids():
        r = load_routine(id)
        minutes = sum(map(planned_s, r.exercises())) / 60.0
        if as_json:
            row = {"id": id, "name": r.name, "preset": r.preset, "minutes": round(minutes, 1), "goal": bool(r.goal)}
            print(json.dumps(row))
        else:
            print(f"{id:<20} {r.name:<32} {r.preset:<4} {minutes:5.1f} min  {'goal' if r.goal else ''}".rstrip())


@app.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE.toml...", help="Exercise files.")]) -> None:
    """Check exercise files: says what is wrong, where, and what was expected."""
    from coach.form.exercise import load_exercise

    worst = 0
    for file in files:
        try:
            e = load_exercise(file)
        except BadInput as error:
            say(str(error))
            worst = error.exit_status
        else:
            print(f"{file}: '{e.name}' is a valid exercise ({e.judge}, {e.reps} repetitions)", flush=True)
    if worst:
        raise typer.Exit(worst)


@app.command()
def doctor(
    models: Models = None,
    camera: Camera = None,
    left_hand: Annotated[
        bool, typer.Option("--left-hand", help="See by a raised left hand whether the camera swaps left and right.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write a file to send to who helps you.", metavar="FILE.txt")
    ] = None,
) -> None:
    """Look at camera, models, display and speed, and say in plain words what to do."""
    from coach.doctor import examine
    from coach.records.log import about, last_lines, without_home

    if report is not None and report.exists():
        raise BadInput(f"--report {report}: there is a file already; choose another name")
    if report is not None and not report.parent.is_dir():
        raise BadInput(f"--report {report}: there is no such folder; choose another place")
    now = _chosen(None, camera=camera)
    if left_hand:
        _see_left_hand(now, models)
        return
    failed = False
    lines = []
    for finding in examine(models, now.camera):
        lines.append(f"{'ok  ' if finding.ok else 'TODO'} {finding.what}: {finding.says}")
        print(lines[-1])
        failed |= finding.needed and not finding.ok
    if report is not None:
        text = [*about(), "", *lines, "", "The last lines of the log:", *last_lines(_data_folder())]
        try:
            report.write_text(without_home("\n".join(text)) + "\n", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"--report {report}: cannot be written ({error.strerror}); choose another place") from None
        say(f"report: {report}; read it before you send it, it holds nothing of what you exercised")
    if failed:
        raise typer.Exit(1)


def _see_left_hand(now: "Chosen", models: Path | None) -> None:
    """Ask for a raised left hand, see on which side of the picture it is, and write that down."""
    from msgspec.structs import replace

    from coach.records.settings import save_settings, settings_file
    from coach.vision.camera import open_camera
    from coach.vision.left_hand import LOOKS_S, swaps
    from coach.vision.tracker import FaceTracker

    say(f"Raise your left hand beside your face, and keep it there ({LOOKS_S:.0f} seconds at most).")
    with closing(open_camera(now.camera)) as images, FaceTracker(models, hands=True) as tracker:
        tracker.look_for({"fingers"})
        found = swaps(tracker.track(image, time) for time, image in images)
    if found is None:
        raise BadInput("no raised hand beside a face was seen for long enough; sit so that both are in the picture")
    save_settings(settings_file(), replace(now.settings, camera_mirrors=found))
    print("The camera swaps left and right; from now on they are swapped back." if found else
          "The camera gives left and right as they are.")  # fmt: skip


# --- parts of the commands --------------------------------------------------------------------------------

_NO_FACE = "no face to be seen in it; film the face from the front, filling a third of the height"


def _demonstrate(
    exercises: "list[Exercise]", headless: bool, as_json: bool, models: Path | None, out: Path | None
) -> None:
    from coach.avatar.mesh import load
    from coach.demo import judge, show, stage
    from coach.vision.models import find_model

    play = stage(load(find_model(folder=models)), exercises)
    folder = out or _data_folder()
    if not headless:
        try:
            for result in show(play, _tracker(models, exercises, real=False), folder, say):
                _print(result, as_json)
            return
        except NoDisplay:
            say("no display: judging without a window")
    for result in judge(play, _tracker(models, exercises, real=False), folder, say, _progress):
        _print(result, as_json)


def _source(now: "Chosen", video: Path | None, models: Path | None, whole: bool = False) -> "Feed":
    if video is not None:
        return _film(video, models, now.mirrored, whole)
    from coach.vision.camera import open_camera

    return open_camera(now.camera, now.mirrored)


def _film(file: Path, models: Path | None, mirrored: bool, whole: bool = True) -> "Feed":
    """The pictures of a video, upright also where it lies on its side without saying so."""
    from coach.vision.upright import find_turn
    from coach.vision.video import open_video, read_video

    turn = find_turn(read_video(file), models)
    if turn:
        way = {90: "on its side", 180: "upside down", 270: "on its side"}[turn]
        say(f"{file}: it lies {way}, so it is judged turned by {turn} degrees clockwise")
    return open_video(file, whole, turn, mirrored)


def _tracker(
    models: Path | None,
    exercises: "Sequence[Exercise]" = (),
    real: bool = True,
    nearest: bool = False,
    live: bool = False,
) -> Any:
    """What makes a tracker that sees what these exercises need. real: people, who may have a hand before the face.
    nearest: more than one of them may be there. live: from a camera, which does not wait."""

    def make() -> Any:
        from coach.form.quality import asks_for
        from coach.vision.models import HANDS, has_model
        from coach.vision.tracker import FaceTracker

        asked = {need for e in exercises for need in asks_for(e)} | ({"hands"} if real else set())
        hands = "fingers" in asked or ("hands" in asked and has_model(HANDS, models))
        return FaceTracker(models, hands=hands, shoulders="shoulders" in asked, nearest=nearest, threaded=live)

    return make


def _frames_of(
    file: Path, models: Path | None, exercises: "Sequence[Exercise]", mirrored: bool = False
) -> "Iterator[Frame]":
    from coach.records.recording import is_recording, read_frames

    if is_recording(file):
        if mirrored:
            raise BadInput(f"{file}: a recording, which is not mirrored; --mirrored is for videos and cameras")
        yield from read_frames(file)
        return
    from coach.form.quality import needs

    with closing(_film(file, models, mirrored)) as images:
        first = next(images)  # a file that cannot be read is refused before the tracker is loaded
        with _tracker(models, exercises)() as tracker:
            tracker.look_for(needs(exercises))
            for time, image in chain([first], images):
                yield tracker.track(image, time)


def _spotted(file: Path, names: Sequence[str] | None, models: Path | None) -> "list[Exercise]":
    """What to look for: some exercises, or all that are scored and that the models there are can see."""
    from coach.form.exercise import find_exercise, library
    from coach.form.quality import asks_for
    from coach.form.spotting import can_be_spotted
    from coach.records.recording import is_recording
    from coach.vision.models import HANDS, POSE, has_model

    if names:
        chosen = {e.id: e for e in map(find_exercise, names)}
        for e in chosen.values():
            if not can_be_spotted(e):
                raise BadInput(f"'{e.id}' cannot be spotted: nothing of it that is judged moves; leave it out")
        return list(chosen.values())
    lacking = set()
    if not is_recording(file):
        lacking = {need for need, model in (("hands", HANDS), ("shoulders", POSE)) if not has_model(model, models)}
    every = [e for e in library().values() if e.judge == "camera" and can_be_spotted(e)]
    return [e for e in every if not asks_for(e) & lacking]


def _print_spot(file: Path, one: "Spot", as_json: bool) -> None:
    """One spot, as JSON or in words."""
    if as_json:
        row: dict[str, Any] = {"file": str(file), "exercise": one.exercise, "side": one.side}
        row |= {"start_s": round(one.start_s, 3), "end_s": round(one.end_s, 3)}
        row |= {"distance": round(one.distance, 4), "found": round(one.found, 4)}
        row |= {"next": one.next or None, "next_found": round(one.next_found, 4) if one.next else None}
        print(json.dumps(row), flush=True)
        return
    side, other = f" ({one.side})" if one.side else "", f", or {one.next}" if one.next else ""
    print(f"{file}  {one.start_s:6.1f} s to {one.end_s:6.1f} s: {one.exercise}{side}{other}", flush=True)


def _length(file: Path) -> float:
    from coach.records.recording import is_recording
    from coach.vision.video import announced_frames

    return 0 if is_recording(file) or not file.is_file() else announced_frames(file)


def _train(
    workout: "Workout",
    judged: "WorkoutScore",
    now: "Chosen",
    video: Path | None,
    headless: bool,
    models: Path | None,
) -> None:
    if video is None or not headless:
        _begin_log("train")
    if headless:
        _train_headless(workout, judged, _source(now, video, models, whole=True), video, models)
        return
    from coach.window.loop import run

    tracker = _tracker(models, [e for e, _ in workout.sets], live=video is None)
    run(
        workout,
        lambda: _source(now, video, models),
        tracker,
        wiring=_wiring(models, _data_folder()),
        settings=now.settings,
        live=video is None,
        record=judged,
    )


def _asked_health(now: "Chosen", models: Path | None, headless: bool) -> "Chosen":
    """The same with the health questions answered, as `coach` asks them at its first run: in the window, or in the
    terminal where none is wanted."""
    from dataclasses import replace

    if not headless:
        from coach.window.loop import ask_health

        settings = ask_health(_wiring(models, now.folder), now.settings)
    else:
        settings = _asked_in_terminal(now.settings)
    now = replace(now, settings=settings)
    if now.must_ask:
        say("the health questions come first; nothing was begun")
        raise typer.Exit(BadInput.exit_status)
    return now


def _asked_in_terminal(settings: "Settings") -> "Settings":
    """The settings with the health questions answered; written down, too."""
    from datetime import date

    from msgspec.structs import replace

    from coach.plan.screening import DISCLAIMER, load_screening
    from coach.records.settings import save_settings, settings_file

    questions = load_screening().question
    say(DISCLAIMER)
    say("Which of these are so? Their numbers with commas between them; Enter alone for none.")
    for number, question in enumerate(questions, 1):
        say(f"{number:3}. {question.text}")
    while True:
        given = typer.prompt("Numbers", default="", show_default=False, err=True)
        numbers = given.replace(",", " ").split()
        if all(number.isdecimal() and 1 <= int(number) <= len(questions) for number in numbers):
            break
        say(f"numbers from 1 to {len(questions)}, please, with commas between them")
    today = date.today().isoformat()
    answers = [question.id for i, question in enumerate(questions, 1) if str(i) in {str(int(n)) for n in numbers}]
    settings = replace(settings, welcomed=today, screened=today, answers=answers)
    save_settings(settings_file(), settings)
    return settings


def _context(settings: "Settings", folder: Path, person: str, timed: bool) -> "Context":
    """What the rules need to know of this moment. timed: whether the time of the day matters."""
    from datetime import datetime

    from coach.plan.rules import Context
    from coach.records.history import History, tomorrow
    from coach.records.settings import minute_of

    sessions = 0
    with suppress(CoachError):  # a history that cannot be read is told of where it is asked for
        sessions = len(History(folder, person, tomorrow()).practised())
    now = datetime.now()
    return Context(
        tuple(settings.answers),
        now.hour * 60 + now.minute if timed else None,
        minute_of(settings.bedtime),
        sessions,
        settings.oiled,
    )


def _home() -> None:
    """The window at its first page; without a camera the built-in performer is shown."""
    from coach.window.loop import home

    _begin_log("window")
    settings = _settings()
    home(_wiring(None, _data_folder()), settings, troubles=tuple(_told))


def _show_replay(file: Path, exercise: "Exercise | None") -> None:
    from coach.window.display import try_display
    from coach.window.screens.replay import replay as look_again

    try:
        try_display()  # before anything that takes long
    except NoDisplay:
        raise NoDisplay("no display to open a window on: add --headless to judge the recording again") from None
    look_again(file, _wiring(None, _data_folder()), _settings(), exercise)


#: What was told of the settings already: each only once.
_told: set[str] = set()


def _settings() -> "Settings":
    """The settings; what of them cannot be used is told."""
    from coach.records.settings import load_settings, settings_file

    settings, troubles = load_settings(settings_file())
    for trouble in troubles:
        if trouble not in _told:
            _told.add(trouble)
            say(trouble)
    return settings


def _chosen(
    out: Path | None,
    person: str | None = None,
    camera: int | None = None,
    mirrored: bool | None = None,
    gentle: bool | None = None,
    keep_video: bool = False,
    film: bool = False,
) -> "Chosen":
    from coach.chosen import choose

    return choose(
        _settings(), out or _data_folder(), person=person, camera=camera, mirrored=mirrored, gentle=gentle,
        keep_video=keep_video, film=film,
    )  # fmt: skip


def _wiring(models: Path | None, folder: Path) -> "Wiring":
    """Connect the window with cameras, the performer, and the files. Who exercises, and whether the video is kept, is
    asked of the settings each time: they may be changed meanwhile."""
    from functools import partial

    from coach.avatar.mesh import load
    from coach.demo import performing, stage
    from coach.records.person import load_person
    from coach.records.recording import new_file
    from coach.records.settings import save_settings, settings_file
    from coach.score import WorkoutScore
    from coach.vision.camera import open_camera
    from coach.vision.models import find_model
    from coach.window.app import Wiring

    mesh = load(find_model(folder=models))

    def record(workout: "Workout") -> WorkoutScore:
        now = _settings()
        file = new_file(folder, "session")
        return WorkoutScore(workout, "window", file, person=now.person, keep_video=now.keep_video)

    def who() -> str:
        return _settings().person

    def calibration(person: str) -> "Calibration | None":
        known = load_person(folder, person)
        return known.calibration if known else None

    return Wiring(
        tracker=lambda exercises: _tracker(models, exercises, nearest=True, live=True),
        camera=lambda number: open_camera(number, _settings().camera_mirrors),
        performer=lambda exercises: performing(stage(mesh, exercises, own_tempo=True)),
        record=record,
        save=partial(save_settings, settings_file()),
        calibration=calibration,
        calibrated=lambda workout, _: [*_keep_ranges(workout, folder, who())],
        rested=lambda neutral: _keep_rest(neutral, folder, who()),
        finished=lambda workout, record: _remember(workout, getattr(record, "recording", None), folder, who()),
        mesh=mesh,
        folder=folder,
    )


def _remember(workout: "Workout", recording: Path | None, folder: Path, person: str) -> "list[str | Better]":
    """Put a finished workout into the history; return what was better than last time, and what went wrong."""
    from datetime import datetime

    from coach.records.history import History, begun_of, session_from, spoken
    from coach.records.progress import better_than_last

    if recording is not None and not recording.exists():
        recording = None  # nothing was judged, so nothing was recorded
    try:
        begun = begun_of(recording) if recording is not None else datetime.now().astimezone()
        said = spoken(recording) if recording is not None else []
        session = session_from(workout.results, recording, begun, said, person)
        history = History(folder, person)
        news = better_than_last(history.sets(), session.sets)
        history.add(session)
    except CoachError as error:
        return [str(error)]
    return [*history.said, *news]


def _keep_rest(neutral: "Rest", folder: Path, person: str) -> None:
    """Keep a resting face; where that cannot be, every set learns it anew, and nobody is bothered."""
    from coach.form.measures import NAMES
    from coach.records.person import Person as Kept
    from coach.records.person import load_person, save_person

    seen = dict(zip(NAMES, neutral.values.tolist(), strict=True))
    spread = neutral.spread.tolist() if neutral.spread is not None else []
    with suppress(CoachError):
        kept = load_person(folder, person) or Kept({})
        save_person(folder, person, kept.with_rest(seen, dict(zip(NAMES, spread, strict=False))))


def _keep_ranges(workout: "Workout", folder: Path, person: str) -> list[str]:
    """Keep the ranges that trials have shown; return what to say of each."""
    from coach.form.calibration import own_range
    from coach.form.measures import NAMES
    from coach.records.person import Person as Kept
    from coach.records.person import load_person, save_person

    kept, said = load_person(folder, person) or Kept({}), []
    for done in workout.results:
        found, neutral = own_range(done.attempts), done.neutral
        if found is None or neutral is None:
            said.append(f"{done.exercise.id}: no complete trial was seen; nothing is changed")
            continue
        spread = neutral.spread.tolist() if neutral.spread is not None else []
        seen = dict(zip(NAMES, neutral.values.tolist(), strict=True))
        kept = kept.with_range(done.exercise.id, found, seen, dict(zip(NAMES, spread, strict=False)))
        said.append(f"{done.exercise.id}: your range is kept in {save_person(folder, person, kept)}")
    return said


def _train_headless(
    workout: "Workout",
    judged: "WorkoutScore",
    source: "Feed",
    video: Path | None,
    models: Path | None,
) -> None:
    from coach.form.quality import needs

    seen = False
    with closing(source):
        first = next(source)  # a camera or a file that gives nothing is refused before the tracker is loaded
        with _tracker(models, [e for e, _ in workout.sets])() as tracker:
            for time, image in chain([first], source):
                tracker.look_for(needs([workout.exercise]))
                frame = tracker.track(image, time)
                judged(frame, workout.step(frame))
                seen |= frame.landmarks is not None
                if workout.done:
                    break
    if video is not None and not seen:
        raise BadInput(f"{video}: {_NO_FACE}")


def _history(folder: Path, person: str | None = None) -> "History":
    """The history of a folder, of one person or of all, with what only its recordings know judged again."""
    from coach.records.history import History, tomorrow

    kept = History(folder, person, tomorrow())
    missing = kept.missing()
    if missing:
        say(f"{folder}: {_many(len(missing), 'recording')} judged again for the history")
        for sentence in kept.rebuild(_judged_again, _progress(missing, "history", len(missing))):
            say(sentence)
    if ahead := kept.ahead():
        lie = "lies" if ahead == 1 else "lie"
        say(f"{kept.path}: {_many(ahead, 'session')} {lie} in the future, as of a wrong clock; left out until then")
    for sentence in kept.said:
        say(sentence)
    return kept


def _judged_again(recording: Path) -> "list[SetResult]":
    """What came of each set of a recording; nothing where the built-in performer did it."""
    from coach.frame import SIDES
    from coach.plan.lead import begin, explained
    from coach.plan.workout import SetResult
    from coach.records.recording import read_frames, read_notes, read_sets
    from coach.score import Score, scored

    results: list[SetResult] = []
    for kept in read_sets(recording):
        if kept.performed is not None:
            return []
        session = begin(kept.exercise, None, kept.calibration, kept.gentle)
        one = Score(kept.exercise, session)
        scored([one], read_frames(recording, kept.number), live=True)
        for time, said, known in read_notes(recording, kept.number):
            if said in ("one", "not-one"):
                session.correct(said == "one", time, known)
        attempts = tuple(session.attempts)
        left, right = (sum(a.counted and a.side == side for a in attempts) for side in SIDES)
        start_s = one.end_s - one.result("")["seconds"]
        # How many were asked for is not recorded; a workout asks for the exercise's own number.
        goal = kept.exercise.reps
        counts = one.end_s, session.reps, left, right, attempts, session.neutral
        results.append(SetResult(kept.exercise, goal, start_s, *counts, *explained(session)))
    return results


def _judged_set(recording: Path, kept: "RecordedSet") -> "JudgedSet":
    """Judge a set of a recording again, keeping what there is to tell of every frame."""
    from coach.form.measures import measure_frame
    from coach.form.session import Session
    from coach.plan.lead import begin
    from coach.records.export import JudgedSet, Step
    from coach.records.recording import read_frames, read_notes
    from coach.records.review import Said
    from coach.score import Score

    session = begin(kept.exercise, kept.goal, kept.calibration, kept.gentle)
    notes = read_notes(recording, kept.number)
    said = Said(session, notes)
    one = Score(kept.exercise, session)
    steps: list[Step] = []
    events: list[Event] = []
    for frame in read_frames(recording, kept.number):
        said.until(frame.time)
        measures = measure_frame(frame)
        feedback = one.add(frame, measures)
        steps.append(Step(frame.time, feedback.phase, feedback.match, measures, feedback.reps))
        events += feedback.events
    said.until(math.inf)
    result = one.result(kept.label)
    if kept.performed is not None:
        result["performed"] = kept.performed
    level = session.count.level if isinstance(session, Session) else None
    said_at = [(time, kind) for time, kind, _ in notes]
    return JudgedSet(kept, steps, list(session.attempts), events, level, said_at, result)


def _moments(
    recording: Path, sets: "Sequence[JudgedSet]", span: "Span", video: Path | None = None
) -> "Iterator[Moment]":
    """The frames of a recording as a film has them, up to the end of the span; with pictures of its video, if any."""
    from coach.avatar.film import Moment
    from coach.records.recording import read_frames, read_pictures

    shown = sum(step.time in span for one in sets for step in one.steps)
    done, pictures, numbers = 0, None, [read_pictures(recording, one.kept.number) for one in sets]
    last = max((number for of_set in numbers for number in of_set if number is not None), default=-1)
    if video is not None:
        from coach.vision.keep import VideoPictures

        pictures = VideoPictures(video)
    for one, of_set in zip(sets, numbers, strict=True):
        title = one.kept.exercise.name
        for frame, step, number in zip(read_frames(recording, one.kept.number), one.steps, of_set, strict=True):
            inside = step.time in span
            done += inside
            picture = pictures.picture(number) if pictures is not None else None
            if number == last:
                pictures = None  # the video ended here, and what is left is drawn
            yield Moment(frame, title, _many(step.reps, "repetition"), done / max(shown, 1), inside, picture)


def _export_all(place: Path, folder: Path, decimal_comma: bool) -> None:
    """Write all that is kept in the data folder, and the settings, into a new folder."""
    from coach.records.export import (
        copy_file,
        frame_table,
        history_object,
        new_folder,
        objects,
        page,
        repetition_table,
        repetitions_place,
        write_file,
    )
    from coach.records.history import begun_of, recordings, video_beside
    from coach.records.recording import read_sets
    from coach.records.settings import settings_file

    new_folder(place)
    sessions = _history(folder).sessions(whole=True)
    write_file(place / "history.json", history_object(sessions))
    people = sorted((folder / "people").glob("*.json"))
    if people:
        new_folder(place / "people")
    for path in people:
        copy_file(path, place / "people" / path.name)
    if settings_file().is_file():
        copy_file(settings_file(), place / "settings.toml")
    found, worst = recordings(folder), 0
    for recording in _progress(found, "export", len(found)):
        to = place / recording.stem
        try:
            sets = [_judged_set(recording, one) for one in read_sets(recording)]
            csv = to.with_name(f"{to.name}.csv")
            write_file(csv, frame_table(sets, decimal_comma=decimal_comma))
            write_file(repetitions_place(csv), repetition_table(sets, decimal_comma=decimal_comma))
            write_file(to.with_name(f"{to.name}.json"), objects(sets))
            write_file(to.with_name(f"{to.name}.html"), page(sets, f"{begun_of(recording):%Y-%m-%d %H:%M}"))
            if video := video_beside(recording):
                copy_file(video, place / video.name)
        except BadInput as error:
            # One that cannot be read does not keep the others.
            say(f"coach: {error}")
            worst = error.exit_status
    say(f"export: {_many(len(found), 'recording')} and the history, in {place}")
    if worst:
        raise typer.Exit(worst)


#: Sessions that `coach history` shows without --json.
_SHOWN = 10


def _print_history(
    sessions: "Sequence[Session]",
    minutes: "Mapping[date, float]",
    streak: "Streak",
    bests: "Sequence[Best]",
    trends: "Sequence[Trend]",
    times: "Mapping[str, int]",
    folder: Path,
) -> None:
    """The history as tables."""
    print(f"{'last sessions':<22}{'minutes':>8}{'sets':>6}{'repetitions':>13}{'form':>6}  kept in {folder}")
    several = len({s.person for s in sessions}) > 1
    for s in sessions[-_SHOWN:]:
        reps = sum(row.reps for row in s.sets)
        numbers = f"{s.seconds / 60:>8.1f}{len(s.sets):>6}{reps:>13}{_score(s.form):>6}"
        recording, video = _sizes(s, folder)
        kept = f"{s.recording} ({_megabytes(recording)})" if recording is not None else "no recording"
        kept += f", video is kept ({_megabytes(video)})" if video is not None else ""
        print(f"{s.begun:%a %Y-%m-%d %H:%M}  {numbers}  {kept}{f', {s.person}' if several else ''}")
    print(f"\n{_many(len(minutes), 'day')} practised, {sum(minutes.values()):.0f} minutes in all.", end=" ")
    print(f"Days in a row, a missed one forgiven: {streak.now} now, {streak.longest} at most.\n")
    words = {(t.exercise, t.side): t.word for t in trends if t.what == "form"}
    width = max([len(_with_side(b)) for b in bests] + [8]) + 2
    print(f"{'exercise':<{width}}{'times':>5}{'last form':>11}{'best form':>11}{'longest hold':>14}  trend of form")
    for b in bests:
        hold = "-" if b.hold_s is None else f"{b.hold_s:.1f} s"
        word = words.get((b.exercise, b.side), "not clear yet" if b.form is not None else "-")
        head = f"{_with_side(b):<{width}}{times[b.exercise]:>5}"
        print(f"{head}{_score(b.last):>11}{_score(b.form):>11}{hold:>14}  {word}")
    print("\nA trend is named after eight weeks of practice at the earliest.", flush=True)


def _print_history_json(
    sessions: "Sequence[Session]",
    minutes: "Mapping[date, float]",
    streak: "Streak",
    bests: "Sequence[Best]",
    trends: "Sequence[Trend]",
    times: "Mapping[str, int]",
    folder: Path,
) -> None:
    """The history, one object a line: every session, the days, each exercise, each trend."""
    from dataclasses import asdict

    from coach.records.progress import commonest

    for s in sessions:
        reps, form = sum(row.reps for row in s.sets), _rounded(s.form)
        row = {"begun": s.begun.isoformat(), "recording": s.recording, "minutes": round(s.seconds / 60, 2)}
        row |= zip(("bytes", "video_bytes"), _sizes(s, folder), strict=True)
        row["person"] = s.person
        row["reason"] = "" if reps else commonest(one.reason for one in s.sets)
        print(json.dumps({"kind": "session", **row, "sets": len(s.sets), "repetitions": reps, "form": form}))
    days = {day.isoformat(): round(number, 2) for day, number in minutes.items()}
    print(json.dumps({"kind": "days", "streak": streak.now, "longest": streak.longest, "minutes": days}))
    for b in bests:
        best = {key: _rounded(value) for key, value in asdict(b).items()}
        print(json.dumps({"kind": "exercise", **best, "times": times[b.exercise]}))
    for t in trends:
        slope = asdict(t.slope) if t.slope is not None and math.isfinite(t.slope.low) else None
        print(json.dumps({"kind": "trend", **asdict(t), "slope": slope}))


def _sizes(session: "Session", folder: Path) -> tuple[int | None, int | None]:
    """Bytes of a session's recording and of its video; None for what is not there."""
    from coach.records.history import video_beside

    path = folder / session.recording if session.recording is not None else None
    if path is None or not path.is_file():
        return None, None
    video = video_beside(path)
    return path.stat().st_size, video.stat().st_size if video is not None else None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _rounded(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) else value.isoformat() if hasattr(value, "isoformat") else value


def _score(form: float | None) -> str:
    return "-" if form is None else f"{form:.0f}"


def _with_side(best: "Best") -> str:
    return f"{best.name}, {best.side}" if best.side else best.name


def _print(result: "Mapping[str, Any]", as_json: bool) -> None:
    """One result object, as JSON or in words."""
    if as_json:
        print(json.dumps(result), flush=True)
        return
    counted = f"{_many(result['reps'], 'repetition')} of {_many(result['attempts'], 'attempt')}"
    print(f"{result['file']}  {result['exercise']}: {counted}")
    if result.get("reason"):
        print(f"      nothing counted: {result['reason']}")
    for n, r in enumerate(result["repetitions"], 1):
        verdict = "counted" if r["counted"] else f"not counted: {r['reason']}"
        side = f" ({r['side']})" if r["side"] else ""
        faults = f"; {', '.join(r['faults'])}" if r["faults"] else ""
        print(f"  {n:>2}. at {r['start_s']:.1f} s{side}: {verdict}{faults}", flush=True)


def say(message: str) -> None:
    """One line to the person, on stderr, whatever names of files and keys it quotes."""
    print(" ".join(message.splitlines()), file=sys.stderr, flush=True)


def _progress(items: "Iterable[Any]", what: str, total: float) -> "Iterator[Any]":
    """Pass items on, with a progress bar on stderr where somebody is watching."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, what, total=total or None, console=Console(stderr=True), transient=True)


def _begin_log(what: str) -> None:
    """Keep a log beside the records, beginning with what runs on what."""
    from coach.records.log import about, keep_log, log

    keep_log(_data_folder())
    log.info("%s: %s", what, ", ".join(about()))


def _data_folder() -> Path:
    from coach.records.settings import data_folder

    _settings()  # who asks them for the folder tells what of them cannot be used
    return data_folder()


_INTERRUPTED = 130
#: Signals that ask a program to end, as a closed terminal or a shutdown does: it ends as by Ctrl+C, and keeps what was
#: done.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def main() -> None:
    """Entry point: turns errors and signals into one line and an exit status."""
    open_streams()
    share_processor()
    ended: list[int] = []

    def end(number: int, frame: object) -> None:
        ended.append(number)
        raise KeyboardInterrupt

    # What was started so as to outlive its terminal has one of them ignored, and keeps that.
    heard = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heard}
    try:
        status = _status()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if status == _INTERRUPTED:
        if (quiet := sys.modules.get("coach.vision.quiet")) is not None:
            quiet.end_silence()
        say("coach: ended from outside, what was done is kept" if ended else "coach: interrupted")
        status = 128 + ended[0] if ended else status
    sys.exit(status)


def _status() -> int:
    """Do what the command line says, and return the exit status. Says all that is to be said but of an interrupt."""
    try:
        status = app(standalone_mode=False) or 0
        sys.stdout.flush()
        return status
    except CoachError as error:
        say(f"coach: {error}")
        return error.exit_status
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        give_up_output()  # whoever reads it has gone; nothing is left to say
        return 1
    except Exception as error:
        if is_full(error):
            give_up_output()
            why = getattr(error, "strerror", error)
            say(f"coach: results cannot be written ({why}); make room, or write them elsewhere")
            return 1
        usage = getattr(error, "format_message", None)  # the parser's own complaints about the command line
        if usage is not None:
            say(f"coach: {usage()} ('coach --help' shows what there is)")
            return 2
        if os.environ.get("COACH_DEBUG"):
            raise
        logging.getLogger("coach").error("failed: %s", "".join(traceback.format_exception(error)))
        say(f"coach: the program failed ({type(error).__name__}: {error}); COACH_DEBUG=1 shows where")
        return 1
