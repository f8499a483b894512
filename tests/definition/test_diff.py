"""What two definitions say differently, line by line."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from lifecycle import Count, CustomerMachine, DateOf, Definition, Last, Since, State, Timer, presets, role
from lifecycle.playbooks import Action, Goal, Playbook, Wait, happened
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal
from tests.playbooks.gym import Closed
from tests.signs.worlds import sign_world

from .gym import FACTS, Gym, by_entry, gym, one_route
from .revisions import revised

MILESTONE = Milestone("first", "visits >= 1", due_days=7)
SCORE = Health([Measure("visits", bad=0, good=10)], weights={"member": {"visits": 2}})

NEW_SCORE = (
    "health: new: Health(measures=Measure(fact=visits, bad=0, good=10, weight=1.0, missing=leave_out), "
    "bands=poor 0, fair 40, good 70, margin=5.0, every_days=7, trend_days=28, stale_days=30, weights=member visits 2)"
)


def lines(before: Definition, after: Definition) -> list[str]:
    """The changes as text."""
    return [str(change) for change in before.diff(after)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": "2"}, ["definition: version 1 → 2"]),
        ({"zone": "Asia/Tokyo"}, ["definition: zone UTC → Asia/Tokyo"]),
        ({"passive": ["mail opened"]}, ["passive: gone: mail sent", "passive: new: mail opened"]),
        ({"events": {"visit": ["came in"]}}, ["event 'visit': gone: Checked In"]),
        ({"facts": {**FACTS, "visits": Count("visit").within(30)}},
         ["fact visits: days none → Days(n=30, ago=0)"]),
        ({"facts": {**FACTS, "score": Count("scored")}},
         ["fact score: Last(kinds=scored, of=fitness, type=number) → Count(kinds=scored)"]),
        ({"facts": {**FACTS, "quiet": Since("visit")}}, ["fact quiet: new: Since(kinds=visit, otherwise=start)"]),
        ({"timers": (Timer("silence", 60, "visit"),)}, ["timer silence: after_days 30 → 60"]),
        ({"timers": (by_entry(30),)}, ["timer silence: since visit → ENTRY"]),
        ({"signals": [Signal("s", "score < 5")]}, ["signal s: new: score < 5"]),
        ({"segments": [Segment("s", "score < 5")]}, ["segment s: new: score < 5"]),
        ({"health": SCORE}, [NEW_SCORE]),
        ({"blueprints": [Blueprint("b", [MILESTONE])]}, ["blueprint b: new: first"]),
        ({"loyalty": Loyalty("score > 5", "visits > 3")},
         ["loyalty: new: Loyalty(content=score > 5, committed=visits > 3, stages=active)"]),
    ],
)  # fmt: skip
def test_each_thing_that_is_said_differently(changes: dict[str, Any], expected: list[str]) -> None:
    """Every part of a definition has its line, and none is told twice; backwards, new is gone."""
    assert lines(gym(), gym(**changes)) == expected
    assert len(gym(**changes).diff(gym())) == len(expected)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Signal("s", "score < 5"), Signal("s", "score < 6 and visits > 1"),
         ["signal s: condition score < 5 → < 6; added: and visits > 1"]),
        (Signal("s", "score < 5"), Signal("s", "score < 5", clear="score > 7"),
         ["signal s: clear none → score > 7"]),
        (Signal("s", "score < 5", clear="score > 7"), Signal("s", "score < 5", clear="score > 8"),
         ["signal s: clear score > 7 → > 8"]),
        (Signal("s", "score < 5"), Signal("s", "score < 5", dwell_days=3, severity="critical", stages="member"),
         ["signal s: severity warning → critical", "signal s: dwell_days 0 → 3", "signal s: stages none → member"]),
        (Segment("s", "score < 5"), Segment("s", "score < 5", version="2", dated=date(2026, 3, 1)),
         ["segment s: version 1 → 2", "segment s: dated none → 2026-03-01"]),
        (Blueprint("b", [MILESTONE]), Blueprint("b", [attrs.evolve(MILESTONE, due_days=9)]),
         ["blueprint b, milestone first: due_days 7 → 9"]),
        (Blueprint("b", [MILESTONE]), Blueprint("b", [MILESTONE, attrs.evolve(MILESTONE, name="second")]),
         ["blueprint b, milestone second: new: visits >= 1, by day 7"]),
        (Blueprint("b", [MILESTONE]), Blueprint("b", [MILESTONE], fit=[Criterion("fits", "score > 5")]),
         ["blueprint b, fit fits: new: score > 5"]),
        (SCORE, attrs.evolve(SCORE, margin=9), ["health: margin 5.0 → 9"]),
        (SCORE, attrs.evolve(SCORE, measures=[Measure("visits", bad=0, good=20)]),
         ["health, measure visits: good 10 → 20"]),
        (SCORE, attrs.evolve(SCORE, weights={}), ["health: weights member visits 2 → none"]),
        (Loyalty("score > 5", "visits > 3"), Loyalty("score > 5", "visits > 4"),
         ["loyalty: committed visits > 3 → > 4"]),
    ],
)  # fmt: skip
def test_each_part_of_a_sign(before: Any, after: Any, expected: list[str]) -> None:
    """A sign that was changed is told field by field; of a condition the parts that differ."""
    places = {Signal: "signals", Segment: "segments", Blueprint: "blueprints", Health: "health", Loyalty: "loyalty"}
    place = places[type(before)]
    old, new = ({place: [one] if place.endswith("s") else one} for one in (before, after))
    if place == "health":
        old, new = {"health": before}, {"health": after}
    assert lines(gym(**old), gym(**new)) == expected


def test_order_is_told() -> None:
    """The same signals in another order are another definition, and the order is what is told."""
    signals = [Signal("one", "score < 5"), Signal("two", "score < 6")]
    old, new = gym(signals=signals), gym(signals=signals[::-1])
    assert old.digest != new.digest
    assert lines(old, new) == ["signals: order one, two → two, one"]


def test_transitions_are_told_once() -> None:
    """A transition of a compound is one line, though every stage inside has it."""

    def made(days: int) -> Definition:
        class inside(State.Compound):  # noqa: N801
            first, second = role.active(initial=True), role.active()

        away = role.lost()
        body = {
            "inside": inside, "away": away, "left": inside.to(away, cond=f"visits >= {days}"),
            "up": inside.first.to(inside.second),
        }  # fmt: skip
        machine = type(CustomerMachine)("Made", (CustomerMachine,), body)
        return Definition(machine, name="m", facts={"visits": Count("visit")})

    assert lines(made(3), made(4)) == ["move inside → away on 'left': condition visits >= 3 → >= 4"]


def test_a_compound_around_stages() -> None:
    """Stages that come to stand inside a compound are told, though no transition changed."""

    def made(*, is_boxed: bool) -> Definition:
        first, second = role.active(initial=True), role.active()
        body: dict[str, Any] = {"first": first, "second": second, "up": first.to(second)}
        if is_boxed:
            for name in ("first", "second"):
                body.pop(name)._set_id(name)
            body["box"] = State(states=[first, second], initial=True)
        return Definition(type(CustomerMachine)("Made", (CustomerMachine,), body), name="m")

    assert lines(made(is_boxed=False), made(is_boxed=True)) == [
        "stage first: inside nothing → box",
        "stage second: inside nothing → box",
    ]


def test_stages_and_guards() -> None:
    """Stages by their names and roles; guards that are new, gone, or Python functions."""

    def busy(visits: int) -> bool:
        return visits > 3

    free, guarded = gym(one_route(), timers=()), gym(one_route("visits >= 1"), timers=())
    assert lines(free, guarded) == ["move trial → member on 'joined': condition always → visits >= 1"]
    renamed = gym(one_route(label="Guest", lost=True), timers=())
    assert lines(free, renamed) == [
        "stage member: label Member → Guest",
        "stage member: label_ja Member → Guest",
        "stage member: role active → lost",
    ]
    (line,) = lines(guarded, gym(one_route(busy), timers=()))
    assert line.startswith("move trial → member on 'joined': condition visits >= 1 → ")
    assert line.endswith("busy()")
    found = lines(gym(), gym(one_route(), timers=()))
    assert "stage lapsed: gone: Stage(id=lapsed, label=Lapsed, label_ja=Lapsed, role=lost)" in found
    assert "move lapsed → itself" not in "".join(found)


def test_what_is_told_is_whole() -> None:
    """Two definitions differ in a line if, and only if, they differ in their digests."""
    told = 0
    for seed in range(25):
        before = sign_world(seed, n_customers=1).definition
        after = revised(before, seed + 1)
        assert before.diff(before) == ()
        assert bool(before.diff(after)) == (before.digest != after.digest)
        told += len(before.diff(after))
    assert told > 50


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Definition) if field.init])
def test_every_field_of_a_definition_is_compared(field: str) -> None:
    """Whatever field of the definition differs, something is told: a field added later must be added here too."""
    other: dict[str, Any] = {
        "machine_class": one_route(), "name": "other", "version": "2", "zone": "Asia/Tokyo", "currency": "JPY",
        "events": {}, "facts": {**FACTS, "more": Count("visit")}, "timers": (by_entry(30),), "passive": [],
        "signals": [Signal("s", "score < 5")], "segments": [Segment("s", "score < 5")], "health": SCORE,
        "blueprints": [Blueprint("b", [MILESTONE])], "loyalty": Loyalty("score > 5", "visits > 3"),
        "playbooks": [Playbook("p", on=happened("visit"), steps=Action("mail"))], "policies": [Closed()],
    }  # fmt: skip
    changed = gym(other[field], timers=()) if field == "machine_class" else gym(**{field: other[field]})
    assert gym().diff(changed)


def test_playbooks_and_policies() -> None:
    """Step by step; a condition by its parts."""

    def made(days: int, condition: str, *more: Action | Wait) -> Definition:
        steps = [Action("mail", after_days=days), *more]
        book = Playbook("p", on=happened("visit"), steps=steps, audience=condition, goal=Goal(touchpoint="lent"))
        return gym(playbooks=[book], policies=[Closed(f"01-0{days}")])

    first = made(1, "visits >= 1 and score > 5")
    assert lines(first, made(2, "visits >= 2 and score > 5")) == [
        "playbook p, step mail: after_days 1 → 2",
        "playbook p: audience visits >= 1 → >= 2",
        "policy closed: until 01-01 → 01-02",
    ]
    (line,) = lines(first, made(1, "visits >= 1 and score > 5", Wait("lent")))
    assert line.startswith("playbook p: steps Action(name=mail")


def test_a_preset_and_a_revision_of_it() -> None:
    """What a threshold changes in a preset, everywhere it is used."""
    assert lines(presets.commerce(), presets.commerce(lapse_days=90)) == [
        "timer silence: after_days 180 → 90",
        "health, measure days_since_purchase: bad 180 → 90",
    ]


def test_a_change_is_a_value() -> None:
    """Place, part, before and after can be read by a program."""
    (change,) = gym(signals=[Signal("s", "score < 5")]).diff(gym(signals=[Signal("s", "score < 6")]))
    assert (change.place, change.what) == ("signal s", "condition")
    assert (change.before, change.after, change.parts) == ("score < 5", "score < 6", ("score < 5 → < 6",))


def test_dates_of_timers() -> None:
    """A timer that counts from another date is told with the date."""
    facts = {**FACTS, "end": Last("signed", of="end", type="date"), "start": Last("signed", of="start", type="date")}
    old, new = (gym(Gym, facts=facts, timers=(Timer("silence", 3, DateOf(name)),)) for name in ("end", "start"))
    assert lines(old, new) == ["timer silence: since.fact end → start"]
