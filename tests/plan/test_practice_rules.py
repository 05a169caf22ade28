"""The rules of hands-on practice by their numbers; docs/rules.md has them in words, and says what the core keeps."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from faces import mesh

from coach.avatar.rig import build as rig
from coach.form.exercise import DOSES, Exercise, library
from coach.plan import rules
from coach.plan.progression import STAGES, VERDICT_WEEKS
from coach.plan.routine import build, goals, load_routine, routine_ids, seconds
from coach.plan.rules import Context, Refusal, checklist, dosed, is_massage, mended, refusals, refused, tips
from coach.plan.screening import DISCLAIMER, STOP_RULES, load_screening
from coach.records.progress import WEEKS, streak
from coach.records.settings import Settings

ROOT = Path(__file__).parents[2]
LIBRARY = library()
HANDS = [e for e in LIBRARY.values() if e.touch is not None]
POINTS = [e for e in HANDS if e.group == "acupressure"]
STROKES = [e for e in HANDS if e.touch is not None and e.touch.move == "stroke"]
NECK = [e for e in HANDS if e.group == "neck-massage"]
#: Every routine of its own: lists of exercises, as long as they are planned.
ROUTINES = {id: load_routine(id).exercises() for id in routine_ids()}
#: Those that people do from beginning to end: parts and small sets belong into others.
WHOLE = {id: ROUTINES[id] for id in ROUTINES if load_routine(id).preset or load_routine(id).goal}
MINUTES = (3, 5, 8, 10, 15, 20)
#: Afternoon, long before bed.
NOON = Context(now=15 * 60, bedtime=23 * 60)


def code(number: int) -> list[Exercise]:
    """The files of a step of the neck."""
    return [e for e in NECK if e.touch and e.touch.code == f"NK{number}"]


def words(e: Exercise) -> str:
    """Everything that an exercise says, in small letters."""
    touch = e.touch.press if e.touch else ""
    return " ".join([e.name, e.about, e.evidence, e.safety, e.off, touch, *e.steps]).lower()


def worked(dose: str) -> Iterator[Exercise]:
    """All points of all routines that are worked so."""
    for sets in ROUTINES.values():
        yield from (e for e in sets if e.group == "acupressure" and e.touch and e.touch.dose == dose)


def capped(kind: str) -> list[Exercise]:
    return [e for e in HANDS if e.touch and e.touch.kind == kind]


def too_many(id: str, reps: int) -> Exercise:
    """What the rules make of so many repetitions of one exercise."""
    e = LIBRARY[id]
    return next(m for m in mended([e.paced(e.tempo, reps)], NOON).exercises if m.id == id)


# --- the neck ---------------------------------------------------------------------------------------------


def test_r01_it_never_hurts() -> None:
    assert "pleasant" in rules.COMFORT
    assert "pain" in rules.COMFORT
    assert any("pain" in rule for rule in STOP_RULES)
    for e in HANDS:
        if e.touch and e.touch.firm and e.id != "neck-stroke-firm":
            assert any(word in e.touch.press for word in ("pleasant", "soft", "loose")), e.id


def test_r02_shaking_three_times_at_most() -> None:
    assert {e.id for e in capped("shake")} == {"neck-taps"}
    assert all(e.reps <= 3 for sets in ROUTINES.values() for e in sets if e.touch and e.touch.kind == "shake")
    assert too_many("neck-taps", 9).reps == 3


def test_r03_kneading_five_times_at_most() -> None:
    assert {"neck-knead", "neck-thumbs", "neck-shift"} == {e.id for e in capped("knead")}
    assert all(e.reps <= 5 for sets in ROUTINES.values() for e in sets if e.touch and e.touch.kind == "knead")
    assert too_many("neck-shift", 12).reps == 5
    knead = LIBRARY["neck-knead"]
    assert any("5 times at most" in text for text in mended([knead.paced(knead.tempo, 7)], NOON).said)


def test_r04_smoothing_and_rubbing_eight_times_at_most() -> None:
    assert {e.id for e in STROKES} < {e.id for e in capped("smooth")}
    assert {"neck-warm", "neck-stroke", "neck-stroke-firm", "neck-smooth"} < {e.id for e in capped("smooth")}
    assert all(e.reps <= 8 for sets in ROUTINES.values() for e in sets if e.touch and e.touch.kind == "smooth")
    assert too_many("stroke-jaw", 20).reps == 8
    assert too_many("stroke-jaw", 7).reps == 7


def test_r05_the_smaller_number_wins() -> None:
    assert LIBRARY["neck-knead"].reps == 5


@pytest.mark.parametrize(
    ("hour", "bed", "fits"),
    [
        (5, 23, True), (10.9, 23, True), (11, 23, True), (15, 23, True), (21, 23, True), (21.1, 23, False),
        (22.9, 23, False), (23, 23, False), (0, 23, False), (4.9, 23, False), (10, 11, True), (20, 22.5, True),
        (21, 22.5, False), (23, 1, True), (23.1, 1, False), (3, 1, False), (12, 8, False), (19, 8, True),
    ],
)  # fmt: skip
def test_r06_massage_in_the_morning_or_two_hours_before_bed(hour: float, bed: float, fits: bool) -> None:
    context = Context(now=round(hour * 60), bedtime=round(bed * 60))
    late = refusals(LIBRARY.values(), context)
    massage = {e.id for e in LIBRARY.values() if is_massage(e)}
    assert {r.what for r in late if r.rule == "R06"} == (set() if fits else massage)
    assert all(r.instead == "evening-calm" and "Evening calm" in r.why for r in late if r.rule == "R06")
    goal = build("self-massage", 15, refused(LIBRARY.values(), context))
    assert any(is_massage(e) for e in goal) == fits


def test_r06_the_late_evening_has_a_routine_without_strokes() -> None:
    assert load_routine(rules.LATE_SAFE).preset == "EW"
    assert load_routine(rules.LATE_SAFE).name == "Evening calm"
    assert not any(is_massage(e) for e in ROUTINES[rules.LATE_SAFE])
    assert any(is_massage(e) for e in ROUTINES["evening-early"])
    assert refusals(ROUTINES["evening-calm"], Context(now=22 * 60, bedtime=23 * 60)) == []
    assert not [r for r in refusals(LIBRARY.values(), Context()) if r.rule == "R06"], "nobody knows the time"


def test_r07_after_the_neck_one_stays_seated_for_a_minute() -> None:
    (seated,) = code(9)
    assert seated.round_s >= 60
    assert "up" in words(seated)
    for sets in WHOLE.values():
        places = [i for i, e in enumerate(sets) if e.group == "neck-massage"]
        if places:
            after = sets[places[-1] :] if sets[places[-1]].id == seated.id else sets[places[-1] + 1 :]
            assert sum(e.reps * e.round_s for e in after) >= 60
    alone = mended([LIBRARY["neck-stroke"]], NOON)
    assert [e.id for e in alone.exercises] == ["neck-stroke", "neck-seated"]
    assert any("do not get up" in text for text in alone.said)
    followed = mended([LIBRARY["neck-stroke"], LIBRARY["quiet-forehead"]], NOON)
    assert [e.id for e in followed.exercises] == ["neck-stroke", "quiet-forehead"]


def test_r08_nobody_touches_the_vertebrae() -> None:
    for e in NECK:
        if e.touch and e.touch.move in ("grip", "glide", "park", "percuss"):
            assert "never the spine" in e.safety.lower()
            assert "front of the neck" in e.safety
    for id in ("neck-grip", "neck-thumbs"):
        assert any("never" in step and ("spine" in step or "bones" in step) for step in LIBRARY[id].steps)


def test_r09_a_firm_seat_and_a_straight_back() -> None:
    (upright,) = code(0)
    assert ROUTINES["neck-massage"][0].id == upright.id
    for text in (words(upright), " ".join(checklist(NECK)).lower()):
        assert all(word in text for word in ("firm seat", "legs", "back", "straight"))
    assert not any("seat" in line for line in checklist([LIBRARY["stroke-jaw"]]))


def test_r10_beginners_see_a_mirror_image() -> None:
    assert [rules.mirrored(Context(sessions=n)) for n in (0, 4, 5, 99)] == [True, True, False, False]


def test_r11_the_neck_is_dry_and_comes_before_the_face() -> None:
    oiled = Context(now=NOON.now, oiled=True)
    assert {r.what for r in refusals(LIBRARY.values(), oiled) if r.rule == "R11"} == {e.id for e in NECK}
    assert all("dry" in r.why for r in refusals(NECK, oiled))
    assert "stroke-jaw" not in refused(LIBRARY.values(), oiled)
    assert any("without oil" in line for line in checklist(NECK))
    wrong = [LIBRARY[id] for id in ("stroke-jaw", "li20", "neck-stroke", "neck-seated")]
    right = mended(wrong, NOON)
    assert [e.id for e in right.exercises] == ["neck-stroke", "neck-seated", "stroke-jaw", "li20"]
    assert any("The neck comes first and dry" in text for text in right.said)


def test_r12_the_grip_is_held_for_a_count_of_five() -> None:
    grip = LIBRARY["neck-grip"]
    assert grip in code(1)
    assert grip.tempo.hold >= 5


def test_r13_neck_strokes_five_to_seven_downwards() -> None:
    for e in (*code(2), *code(3), *code(8)):
        assert 5 <= e.reps <= 7
        assert e.touch
        assert e.touch.move == "glide"
        assert "down" in words(e)
    for sets in ROUTINES.values():
        assert all(5 <= e.reps <= 7 for e in sets if e.touch and e.touch.code in ("NK2", "NK3", "NK8"))


def test_r14_the_second_strokes_are_firmer_and_quicker() -> None:
    (light,), (firm,) = code(2), code(3)
    assert 0.5 <= firm.tempo.rise / light.tempo.rise <= 0.7
    assert firm.touch
    assert light.touch
    assert firm.touch.firm
    assert not light.touch.firm
    assert "gliding" in words(firm)


def test_r15_kneading_has_no_haste() -> None:
    (knead,) = code(4)
    assert knead.tempo.rise >= 6
    assert "unhurried" in words(knead)


def test_r16_thumb_circles_and_shifting_four_or_five() -> None:
    assert all(4 <= e.reps <= 5 for e in (*code(5), *code(6)))


def test_r17_taps_come_from_a_loose_hand_in_three_short_bursts() -> None:
    (taps,) = code(7)
    assert taps.reps <= 3
    assert taps.tempo.rise <= 5
    assert "loose" in words(taps)
    assert "not with full force" in words(taps)


def test_r18_strokes_end_the_neck_and_sitting_follows() -> None:
    assert [e.id for e in ROUTINES["neck-massage"][-2:]] == ["neck-smooth", "neck-seated"]
    for goal in ("neck-care", "evening-early"):
        for minutes in MINUTES:
            neck = [e.id for e in build(goal, minutes) if e.group == "neck-massage"]
            assert neck[-2:] == ["neck-smooth", "neck-seated"]
    mixed = mended([LIBRARY[id] for id in ("neck-seated", "neck-smooth", "neck-taps", "neck-knead")], NOON)
    assert [e.id for e in mixed.exercises] == ["neck-knead", "neck-taps", "neck-smooth", "neck-seated"]
    lonely = mended([LIBRARY["neck-knead"]], NOON)
    assert [e.id for e in lonely.exercises] == ["neck-knead", "neck-smooth", "neck-seated"]
    assert any("always end the neck" in text for text in lonely.said)


def neck_before_face(sets: list[Exercise]) -> bool:
    face = [i for i, e in enumerate(sets) if e.touch and e.group != "neck-massage"]
    neck = [i for i, e in enumerate(sets) if e.group == "neck-massage"]
    return not neck or not face or max(neck) < min(face)


def test_r19_hands_begin_with_the_neck() -> None:
    for sets in WHOLE.values():
        assert neck_before_face(sets)
    for goal in goals():
        assert all(neck_before_face(build(goal.id, minutes)) for minutes in MINUTES)
    assert neck_before_face(build(["li20", "stroke-jaw", "neck-stroke"], 5))


# --- the face ---------------------------------------------------------------------------------------------


def test_r20_nodes_are_not_massaged() -> None:
    for e in HANDS:
        assert not re.search(r"\bpump|nodes? (massage|drain)", words(e)), e.id
        if e.touch and e.touch.nodes and e.touch.move != "stroke" and not e.off:
            assert e.touch.press == "as light as a touch"
            assert not e.touch.firm
            assert e.touch.doses == ["everyday"]
    assert {"R20"} == {r.rule for r in refusals([LIBRARY["te17"], LIBRARY["st5"]], NOON)}
    used = {e.id for sets in ROUTINES.values() for e in sets}
    assert not used & {"te17", "st5", "si19"}
    for id in ("stroke-jaw", "stroke-temple", "stroke-drain"):
        e = LIBRARY[id]
        assert e.touch
        assert e.touch.nodes
    assert "not massaged" in LIBRARY["stroke-jaw"].safety


@pytest.mark.parametrize("stroke", STROKES, ids=lambda e: e.id)
def test_r21_strokes_go_outwards_and_down(stroke: Exercise) -> None:
    """The end is further from the middle of the face than the start and nearer to the ear; before the ear, lower."""
    shape = rig(mesh()).rest
    down = shape[152] - shape[10]  # from forehead to chin
    assert stroke.touch
    for path, ear in ((stroke.touch.right_path, 234), (stroke.touch.left_path, 454)):
        start, end = shape[path[0]], shape[path[-1]]
        if stroke.id in ("stroke-drain", "stroke-temple"):
            assert (end - start) @ down > 0.0
        else:
            assert abs(end[0]) > abs(start[0])
            assert ((end - shape[ear]) ** 2).sum() < ((start - shape[ear]) ** 2).sum()


def test_r21_every_pass_ends_on_the_way_down_to_the_collarbone() -> None:
    assert [e.id for e in ROUTINES["face-pass"][-2:]] == ["stroke-temple", "stroke-drain"]
    assert [e.id for e in ROUTINES["face-short"][-2:]] == ["stroke-temple", "stroke-drain"]
    assert ROUTINES["face-pass"][0].id == "stroke-drain"
    assert {e.id for e in ROUTINES["face-pass"]} == {e.id for e in STROKES}


def test_r22_the_skin_is_clean() -> None:
    line = " ".join(checklist([LIBRARY["stroke-jaw"]])).lower()
    assert all(word in line for word in ("make-up", "washed", "toned", "clean hands"))
    assert checklist([LIBRARY["pucker"]]) == []


def test_r23_fifteen_to_twenty_minutes_are_the_whole() -> None:
    total = sum(map(seconds, ROUTINES["self-massage"]))
    assert rules.DAILY_S == (900, 1200)
    assert rules.DAILY_S[0] <= total <= rules.DAILY_S[1]
    assert sum(map(seconds, build("self-massage", 60))) <= rules.DAILY_S[1]


def test_r24_regularity_counts_and_nothing_is_said_too_soon() -> None:
    assert WEEKS >= VERDICT_WEEKS >= 8
    assert streak([date(2025, 1, 1), date(2025, 1, 3)], date(2025, 1, 3)).now == 2
    assert all(stage.hands in routine_ids() for stage in STAGES)


def test_r25_a_contrast_shower_only_where_nothing_speaks_against_it() -> None:
    stroke = [LIBRARY["stroke-jaw"]]
    asked = [q.id for q in load_screening().question if q.section == "ask"]
    assert any("warm shower" in tip for tip in tips(stroke, NOON))
    assert any("cool and warm" in tip for tip in tips(stroke, NOON))
    for answer in asked:
        found = tips(stroke, Context(answers=(answer,)))
        assert any("warm shower" in tip for tip in found)
        assert not any("cool and warm" in tip for tip in found)
    assert tips([LIBRARY["pucker"]], NOON) == []


def test_r26_the_part_that_is_worked_is_at_ease() -> None:
    for e in HANDS:
        assert any("at ease" in line for line in checklist([e])), e.id


def test_r27_it_takes_the_place_of_no_professional_massage() -> None:
    assert "professional massage" in DISCLAIMER


def test_r28_after_a_flight_or_a_party_it_may_help_a_puffy_look() -> None:
    about = load_routine("morning-glow").about
    assert all(word in about for word in ("may", "puffy", "flight", "party"))


def test_r29_no_suction_and_no_other_part_of_the_body() -> None:
    for e in LIBRARY.values():
        assert not re.search(r"vacuum|suction|cupping|\bcans?\b of|\bbelly|\bleg massage", words(e)), e.id
    assert {e.group for e in HANDS} == {"acupressure", "face-massage", "neck-massage"}


# --- points -----------------------------------------------------------------------------------------------


def test_r30_every_day_twelve_to_fifteen_in_a_few_seconds() -> None:
    everyday = [*worked("everyday"), *POINTS]
    assert len(everyday) > 50
    for e in everyday:
        assert 12 <= e.reps <= 15, e.id
        assert 6 <= e.reps * e.round_s <= 15, e.id
    assert DOSES["everyday"].counts == (12, 15)


def test_r31_for_a_headache_one_to_two_minutes_a_point() -> None:
    pressed = list(worked("headache"))
    assert {e.id for e in pressed} == {"ex-hn5", "bl2", "gb20", "li4"}
    assert all(60 <= e.reps * e.round_s <= 120 for e in pressed)
    for minutes in MINUTES:
        for e in build("headache", minutes):
            if e.touch:
                assert 60 <= e.reps * e.round_s <= 120


def test_r32_taps_one_to_two_minutes_a_point() -> None:
    taps = list(worked("tap"))
    assert taps
    assert all(e.touch and e.touch.move == "tap" and 60 <= e.reps * e.round_s <= 120 for e in taps)
    assert all(2.0 <= 1.0 / e.tempo.rise <= 4.0 for e in taps), "two to four a second"


def test_r33_every_point_has_a_place() -> None:
    for e in POINTS:
        assert e.touch
        placed = bool(e.touch.middle or (e.touch.left and e.touch.right))
        assert placed or e.touch.on != "face", e.id  # of the others some are marked where they can be seen
    assert {e.id for e in POINTS if e.touch and e.touch.on != "face"} == {"gb20", "li4", "gb21"}
    assert len(POINTS) == 27


def test_r34_enough_to_feel_it_and_nothing_at_the_eyeball() -> None:
    for e in POINTS:
        assert e.touch
        assert e.touch.press
    assert {r.rule for r in refusals([LIBRARY["bl1"], LIBRARY["st1"]], NOON)} == {"R34"}
    for id in ("ex-hn5", "bl2", "te23", "gb1", "st2", "si19"):
        touch = LIBRARY[id].touch
        assert touch
        assert "tap" not in touch.doses
    for id in ("bl2", "te23", "gb1", "stroke-under-eye", "warm-palms"):
        assert "eye" in LIBRARY[id].safety, id
    assert all(not LIBRARY[e.id].off for sets in ROUTINES.values() for e in sets)
    assert not any(e.off for e in build(["bl1", "li20", "te17"], 3))


def test_r35_quiet_at_the_end() -> None:
    headache = ROUTINES["headache"][-1]
    assert headache.id == "quiet-sitting"
    assert headache.reps * headache.round_s >= 300
    ending = {"fifteen-minutes", "self-massage", "evening-calm", "evening-early", "points"}
    for id in ending:
        last = ROUTINES[id][-1]
        assert last.id == "quiet-sitting"
        assert last.reps * last.round_s >= 60
        for minutes in MINUTES:
            last = build(id, minutes)[-1]
            assert last.id == "quiet-sitting"
            assert last.reps * last.round_s >= 60
    for sets in ROUTINES.values():
        if any(e.group == "acupressure" for e in sets):
            assert rules.LATER in tips(sets, NOON)
    assert "five to ten minutes" in rules.LATER
    alone = mended([dosed(LIBRARY["ex-hn5"], "headache")], NOON)
    assert [e.id for e in alone.exercises] == ["ex-hn5", "quiet-sitting"]
    assert alone.exercises[1].reps * alone.exercises[1].round_s == 300
    moved = mended([LIBRARY[id] for id in ("quiet-sitting", "li20")], NOON)
    assert [e.id for e in moved.exercises] == ["li20", "quiet-sitting"]


def test_r36_tools_are_smooth_and_clean() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    answer = text.split("**With a tool?**")[1].split("\n\n")[0]
    assert all(word in answer for word in ("smooth", "washed", "wooden", "thrown away", "mirror"))
    assert all("tool" not in words(e) for e in LIBRARY.values()), "none is asked for"


def test_r37_how_a_point_is_worked_depends_on_what_it_is_for() -> None:
    point = LIBRARY["ex-hn3"]
    shapes = {dose: dosed(point, dose) for dose in ("everyday", "headache", "tap")}  # type: ignore[arg-type]
    assert [e.touch.move for e in shapes.values() if e.touch] == ["circle", "circle", "tap"]
    assert [e.touch.dose for e in shapes.values() if e.touch] == ["everyday", "headache", "tap"]
    lengths = [round(e.reps * e.round_s) for e in shapes.values()]
    assert lengths[0] < 15 < 60 <= lengths[1]
    assert lengths[2] >= 60


# --- words ------------------------------------------------------------------------------------------------

PROMISES = (
    r"\b(guarante\w*|cur(e|es|ed|ing)|heal(s|ed|ing)?|rejuvenat\w*|wrinkle-free|miracle|collagen|facelift|erase\w*)\b"
)
CAREFUL = ("may", "tradition", "not been", "hardly", "small trial", "taught", "not shown")
CLEANSING = r"\b(detox\w*|toxins?|bacteria\w*|purif\w*|slags?)\b"
SMALLER = r"\b(slim(s|mer|ming)?|leaner|smaller face|lose fat|fat loss|double[- ]chin remov\w*)\b"


def texts() -> Iterator[tuple[str, str]]:
    """Everything that people read: name of the file, and its text in small letters."""
    for path in sorted((ROOT / "exercises").rglob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8").lower()
    for path in sorted((ROOT / "docs").glob("*.md")):
        yield path.name, path.read_text(encoding="utf-8").lower()
    for path in sorted((ROOT / "coach").rglob("*.py")):
        strings = re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf-8"))
        yield path.name, " ".join(strings).lower()


def said(pattern: str) -> list[tuple[str, str]]:
    return [(name, found.group()) for name, text in texts() for found in [re.search(pattern, text)] if found]


def test_r38_words_are_careful() -> None:
    assert said(PROMISES) == []
    for e in HANDS:
        text = f"{e.about} {e.evidence}".lower()
        assert any(word in text for word in CAREFUL), e.id
        assert "pressure is" not in text
        assert "%" not in text


def test_r39_signs_of_something_serious_come_before_points_for_a_headache() -> None:
    assert load_routine("headache").preset == "HR"
    assert load_routine("desk-neck").preset == "DN"
    flags = [q.id for q in load_screening().question if q.section == "emergency"]
    assert len(flags) == 7
    for flag in flags:
        found = refusals(ROUTINES["headache"], Context(answers=(flag,)))
        assert len({r.what for r in found}) == len({e.id for e in ROUTINES["headache"]})
        assert {r.rule for r in found} == {"R39", "screening"}
    asked = " ".join(checklist(ROUTINES["headache"]))
    assert all(word in asked for word in ("new", "sudden", "strongest", "stop here"))
    assert not any("strongest" in line for line in checklist(ROUTINES["points"]))


def test_r40_there_is_a_routine_for_the_desk() -> None:
    assert {e.group for e in ROUTINES["desk-neck"]} >= {"neck"}
    assert "sitting" in load_routine("desk-neck").about
    assert load_routine("desk-neck").goal


def test_r41_the_jaw_is_rested_opened_and_strengthened() -> None:
    ids = {e.id for e in ROUTINES["jaw-ease"]}
    assert ids & {"jaw-open", "goldfish-partial", "goldfish-full"}
    assert ids & {"resisted-opening", "resisted-side-push"}
    assert "jaw-rest" in ids
    assert not ids & {"goldfish-full", "tall-o", "lion-face"}, "never wide open"
    assert "stop at pain" in load_routine("jaw-ease").about


def test_r42_nothing_is_said_to_cleanse() -> None:
    assert said(CLEANSING) == []
    assert any("may move a little fluid" in words(e) for e in STROKES)


def test_r43_three_minutes_are_the_beginning() -> None:
    assert Settings().minutes <= 10
    assert sum(map(seconds, build(goals()[0].id, Settings().minutes))) <= 600
    assert all(2 <= len(e.steps) <= 5 for e in HANDS)


def test_r44_over_inflamed_skin_the_hands_stay_off() -> None:
    out = refused(LIBRARY.values(), Context(answers=("skin",)))
    assert {e.id for e in HANDS} <= set(out)
    assert "closed-smile" not in out
    answer = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert "tends to acne" in answer
    assert "Not over places that are inflamed" in answer


def test_r45_no_exercise_is_offered_for_a_smaller_face() -> None:
    found = said(SMALLER)
    assert {name for name, _ in found} <= {"rules.md"}, found
    assert "There is no evidence for that" in (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


# --- the book and the code --------------------------------------------------------------------------------


def test_every_rule_is_in_the_book_and_has_a_test() -> None:
    book = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    numbers = [f"R{n:02}" for n in range(1, 46)]
    assert re.findall(r"^\| (R\d\d) \|", book, re.M) == numbers
    here = Path(__file__).read_text(encoding="utf-8")
    for number in numbers:
        assert f"test_{number.lower()}_" in here
        assert f"`test_{number.lower()}`" in book


def test_pregnancy_puts_another_point_in_the_place_of_what_is_left_out() -> None:
    context = Context(answers=("pregnancy",), now=NOON.now)
    made = mended(ROUTINES["headache"], context)
    ids = [e.id for e in made.exercises]
    assert "li4" not in ids
    other = next(e for e in made.exercises if e.id == "ex-hn3")
    assert other.touch
    assert other.touch.dose == "headache"
    assert 60 <= other.reps * other.round_s <= 120
    assert ids.index("ex-hn3") == [e.id for e in ROUTINES["headache"]].index("li4")
    told = next(text for text in made.said if "Web of the thumb" in text)
    assert "pregnancy" in told
    assert "in its place Between the brows" in told
    built = [e.id for e in build("headache", 17, refused(LIBRARY.values(), context))]
    assert "ex-hn3" in built
    assert not {"li4", "gb21"} & set(built)
    assert Refusal("screening", "gb21", refused(LIBRARY.values(), context)["gb21"]) in refusals(POINTS, context)


def test_blood_that_clots_slowly_leaves_out_what_is_firm() -> None:
    out = set(refused(LIBRARY.values(), Context(answers=("bleeding",))))
    firm = {e.id for e in HANDS if e.touch and e.touch.firm}
    assert firm <= out
    assert {"masseter", "li4", "neck-knead"} <= firm
    assert not {"li20", "stroke-jaw"} & out


def test_what_is_right_is_not_mended() -> None:
    for id, sets in WHOLE.items():
        made = mended(sets, NOON)
        assert (list(made.exercises), made.said) == (sets, ()), id
        again = mended(made.exercises, NOON)
        assert again == made


@pytest.mark.parametrize("context", [
    Context(now=23 * 60), Context(now=NOON.now, oiled=True), Context(answers=("skin",)), Context(answers=("vessels",)),
    Context(answers=("pregnancy", "bleeding"), now=22 * 60),
])  # fmt: skip
def test_what_is_mended_needs_no_more_mending_and_each_change_is_told(context: Context) -> None:
    for sets in WHOLE.values():
        made = mended(sets, context)
        assert not refusals(made.exercises, context)
        assert mended(made.exercises, context).exercises == made.exercises
        assert bool(made.said) == (list(made.exercises) != sets)
        assert all(text.endswith(".") for text in made.said)
