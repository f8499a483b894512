"""A definition: what it refuses, what it finds, the machine that it lends, facts and guards of a host's own."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from lifecycle import (
    Count,
    CustomerMachine,
    DateOf,
    Definition,
    Last,
    Max,
    Sum,
    Timer,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)
from lifecycle.errors import DefinitionError, DefinitionMismatch, InvalidTouchpoint, LifecycleError, LifecycleWarning

from .gym import FACTS, Even, Gym, Odd, gym, one_route

AT = datetime(2024, 1, 1, 12, tzinfo=UTC)


def visit(day: float, kind: str = "visit", **about: Any) -> Touchpoint:
    """A touchpoint of Ann."""
    return Touchpoint("ann", kind, AT + timedelta(days=day), attributes=about)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"events": {"silence": ["left"]}}, "'silence' is raised by a timer, so no touchpoint may raise it (S1)"),
        ({"events": {"visit": ["x"], "joined": ["X"]}}, "kind 'X' raises both 'visit' and 'joined'; keep one"),
        ({"events": {"waved": ["x"]}}, "'waved' is answered by no stage and read by no fact"),
        ({"currency": None}, "fact 'owed' reads amounts: pass currency='EUR' (or another) to the definition"),
        ({"currency": None, "facts": {**FACTS, "owed": Count("x", where="amount > 5")}}, "pass currency="),
        ({"currency": "eur"}, "eur"),
        ({"currency": "ZZZ"}, "ZZZ"),
        ({"zone": "Asia/Tokio"}, "did you mean Asia/Tokyo"),
        ({"facts": {}}, "reads 'visits', which is not a fact"),
        ({"facts": {**FACTS, "stage": Count()}}, "fact 'stage': the name is reserved"),
        ({"timers": ()}, None),
        ({"timers": (Timer("silenced", 3),)}, "did you mean 'silence'?"),
        ({"timers": (Timer("silence", 3, DateOf("score")),)}, "DateOf('score') is of number, not a date"),
        (
            {
                "facts": {**FACTS, "due": Last("x", of="d", type="date").stale_after(days=3)},
                "timers": (Timer("silence", 3, DateOf("due")),),
            },
            "the date 'due' goes stale; declare it without stale_after",
        ),
    ],
)
def test_what_is_no_definition(changes: dict[str, Any], message: str | None) -> None:
    """What cannot be run is refused when it is built, with place and remedy."""
    if message is None:
        assert gym(**changes).stages
        return
    with pytest.raises(LifecycleError) as caught:
        gym(**changes)
    assert message in str(caught.value)


@pytest.mark.parametrize("field", ["name", "version", "zone", "currency"])
@pytest.mark.parametrize("value", [7, b"x", ["gym"], True])
def test_names_are_texts(field: str, value: object) -> None:
    """A name, version, zone or currency of another type is refused."""
    with pytest.raises((TypeError, LifecycleError)):
        gym(**{field: value})


def test_problems_are_told_together() -> None:
    """All that is wrong with events and facts is told at once."""
    with pytest.raises(DefinitionError) as caught:
        gym(events={"silence": ["left"], "waved": ["x"]}, currency=None)
    assert len(caught.value.problems) == 3


def test_mappings_are_frozen() -> None:
    """A definition does not follow its caller's dicts, and its own cannot be changed (S16)."""
    facts, events = dict(FACTS), {"visit": ["came in"]}
    definition = gym(facts=facts, events=events)
    digest = definition.digest
    facts["more"] = Count()
    events["visit"].append("x")
    assert (definition.digest, list(definition.facts)) == (digest, list(FACTS))
    assert definition.events["visit"] == ("came in",)
    for mapping in (definition.facts, definition.events):
        with pytest.raises(TypeError):
            mapping["x"] = Count()  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        definition.name = "x"  # type: ignore[misc]


@pytest.mark.smoke
def test_check_finds_what_deserves_care() -> None:
    """Negations over what can be missing, and functions as guards, are found; a sound definition has none."""
    assert gym().check() == ()
    (finding,) = gym(one_route("not (score >= 9)"), timers=()).check()
    assert str(finding) == (
        "trial → member on 'joined' if not (score >= 9): 'not' over 'score' holds for whom it is missing (S12); "
        "ask the other way round, or read a fact that is never missing"
    )

    def fit(score: float | None) -> bool:
        return score is not None and score >= 9

    (finding,) = gym(one_route(fit), timers=()).check()
    assert "a Python function decides, so the columnar engine runs it row by row" in finding.text
    assert finding.remedy == "write it as a condition over facts"
    both = gym(one_route([fit, "not (score >= 9)"]), timers=()).check()
    assert len(both) == 2


def test_a_function_as_guard_warns_once_and_agrees() -> None:
    """One warning per replay says that a guard is Python; the story is that of the condition in words."""
    seen = []

    def fit(score: float | None, visits: int, owed: object) -> bool:
        seen.append((score, visits, owed))
        return score is not None and score >= 7

    def busy(visits: int) -> bool:
        return visits >= 1

    machine = one_route([fit, busy])
    written = one_route("score >= 7 and visits >= 1")
    touchpoints = [
        visit(0, "joined"),
        visit(1),
        visit(2, "joined"),
        visit(3, "scored", fitness=7.5),
        visit(4, "joined"),
    ]
    log = TouchpointLog.from_touchpoints(touchpoints)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        story = replay(gym(machine, timers=()), log)
    (warning,) = caught
    assert warning.category is LifecycleWarning
    assert str(warning.message).startswith("gym: trial → member on 'joined'")
    assert warning.filename == __file__
    assert (
        story.moves["at"].tolist()
        == replay(gym(written, timers=()), log).moves["at"].tolist()
        == [datetime(2024, 1, 5, 12)]
    )
    assert seen[0][:2] == (None, 0)
    definition = gym(machine, timers=())
    customer = definition.begin(touchpoints[0]).customer
    for touchpoint in touchpoints[1:]:
        step = definition.advance(customer, touchpoint)
        customer = step.customer
    assert (
        step.why()
        == f"trial → member on 2024-01-05 12:00: 'joined'; {fit.__qualname__}(): 7.5, 1, 0.00; {busy.__qualname__}(): 1"
    )


@pytest.mark.smoke
@pytest.mark.parametrize(("fact", "moved_on"), [(Even("visit"), [2, 4]), (Odd("visit"), [1, 3])])
def test_a_fact_of_a_hosts_own(fact: Any, moved_on: list[int]) -> None:
    """Any object with `bind` is a fact, live and in columns, and explains itself."""

    class Turning(CustomerMachine):
        here, there = role.prospect(initial=True), role.active()
        asked = here.to(there, cond="yes") | there.to(here, cond="yes")

    definition = Definition(Turning, name="turning", facts={"yes": fact})
    touchpoints = [visit(day + half, kind) for day in range(1, 5) for half, kind in ((0, "Visit"), (0.1, "asked"))]
    customer = definition.begin(touchpoints[0]).customer
    moves = []
    for touchpoint in touchpoints[1:]:
        step = definition.advance(customer, touchpoint)
        customer, moves = step.customer, [*moves, *step.moves]
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints))
    assert story.customer("ann").moves == tuple(moves)
    assert [move.at.day - 1 for move in moves] == moved_on
    assert str(moves[0]).endswith("'asked'; yes: yes")
    assert story.as_of(story.until)["yes"].tolist() == [definition.facts_of(customer, AT + timedelta(days=5))["yes"]]


def test_what_cannot_be_a_fact() -> None:
    """An object without `bind` is refused by name."""
    with pytest.raises(DefinitionError, match=r"fact 'x': 7 has no method bind\(context\)"):
        gym(facts={**FACTS, "x": 7})


@pytest.mark.smoke
def test_a_machine_at_the_customers_stage() -> None:
    """The machine stands where the customer does, its guards read the customer's facts, and it leaves him alone."""
    heard = []

    class Listener:
        def on_enter_state(self, target: Any) -> None:
            heard.append(target.id)

    definition = gym()
    customer = definition.welcome("ann", AT)
    machine = definition.machine(customer)
    machine.add_listener(Listener())
    assert _where(machine) == ["trial"]
    machine.send("joined")  # visits >= 2 does not hold
    assert (heard, _where(machine)) == ([], ["trial"])
    for day in (1, 2):
        customer = definition.advance(customer, visit(day)).customer
    machine = definition.machine(customer)
    machine.add_listener(Listener())
    machine.send("joined")
    assert (heard, _where(machine)) == (["member"], ["member"])
    assert customer.stage.id == "trial"
    machine.send("silence")
    assert heard == ["member", "lapsed"]
    assert definition.advance(customer, visit(3, "joined")).customer.stage.id == "member"


def test_a_machine_inside_a_compound() -> None:
    """Where there are compounds the machine stands in the stage and in all around it."""
    from tests.engine.shop import ANN, shop

    definition = shop()
    customer = definition.begin(ANN[0]).customer
    for touchpoint in ANN[1:]:
        customer = definition.advance(customer, touchpoint).customer
    machine = definition.machine(customer)
    assert _where(machine) == ["active", "loyal"]
    machine.send("silence")
    assert _where(machine) == ["lost"]


def test_a_machine_of_another_definition() -> None:
    """A machine is made for the definition's own customers."""
    customer = gym().welcome("ann", AT)
    assert _where(gym().machine(customer)) == ["trial"]


def _where(machine: Any) -> list[str]:
    return [state.id for state in machine.configuration]


@pytest.mark.smoke
def test_facts_of_a_customer() -> None:
    """Every fact at an instant, time having passed, in major units."""
    definition = gym(facts={**FACTS, "most": Max("invoiced"), "recent": Count("visit").within(7)})
    customer = definition.welcome("ann", AT)
    customer = definition.advance(customer, visit(1)).customer
    bill = Touchpoint("ann", "invoiced", AT + timedelta(days=2), amount="9.90", currency="EUR")
    customer = definition.advance(customer, bill).customer
    found = definition.facts_of(customer, AT + timedelta(days=3))
    assert {name: str(value) for name, value in found.items()} == {
        "visits": "1", "owed": "9.90", "score": "None", "open": "0", "most": "9.90", "recent": "1",
    }  # fmt: skip
    assert definition.facts_of(customer, AT + timedelta(days=9))["recent"] == 0
    with pytest.raises(DefinitionMismatch):
        gym().facts_of(customer, AT)
    with pytest.raises(LifecycleError):
        definition.facts_of(customer, "2024-01-01")  # type: ignore[arg-type]


@pytest.mark.parametrize("attributes", ["x", 7, [1], [("a", 1)], {1: 2}, {"a": float("nan")}, object()])
def test_a_welcome_refuses_what_is_no_mapping(attributes: Any) -> None:
    """What is known of a new customer is a mapping of plain values."""
    for source in (None, "fair"):
        with pytest.raises(InvalidTouchpoint):
            gym().welcome("ann", AT, source=source, attributes=attributes)


def test_customers_known_beforehand() -> None:
    """A table of customers is merged in as `welcomed` touchpoints, before the log's own."""
    known = TouchpointLog.from_columns(
        {"customer": ["ann", "bo"], "at": [AT, AT], "plan": ["pro", "free"]}, kind="=welcomed"
    )
    definition = gym(facts={**FACTS, "plan": Last("welcomed", of="plan", type="text")})
    story = replay(definition, TouchpointLog.from_touchpoints([visit(0), visit(1)]), customers=known)
    assert story.n_customers == 2
    assert dict(zip(*(story.as_of(story.until)[name] for name in ("customer", "plan")), strict=True)) == {
        "ann": "pro",
        "bo": "free",
    }
    assert story.log.touchpoints(story.log.code_of("ann"))[0].kind == "welcomed"


def test_kinds_match_whatever_their_spelling() -> None:
    """Kinds, events and facts meet in any spelling (S1)."""
    for spelling in ("Checked In", "checked_in", "CheckedIn", "checked-in", "CHECKED.IN", "came in", "visit", "Visit"):
        story = replay(gym(), TouchpointLog.from_touchpoints([visit(0, spelling), visit(1, spelling)]))
        assert story.as_of(story.until)["visits"].tolist() == [2]
        assert story.log.kinds == (spelling,)


@pytest.mark.smoke
def test_mermaid_of_a_definition() -> None:
    """A definition draws itself."""
    assert "trial" in gym().mermaid()
    assert [stage.id for stage in gym().stages] == ["trial", "member", "lapsed"]


def test_progress_changes_nothing(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without a progress bar the story is the same; nothing is written unless asked."""
    from lifecycle.engine import _replay

    monkeypatch.setattr(_replay, "BLOCK_CUSTOMERS", 1)
    touchpoints = [Touchpoint(str(number), "visit", AT) for number in range(5)]
    log = TouchpointLog.from_touchpoints(touchpoints)
    quiet = replay(gym(), log)
    assert capfd.readouterr() == ("", "")
    assert repr(replay(gym(), log, progress=True).stays) == repr(quiet.stays)


def test_hosts_classes_stay_as_they_are() -> None:
    """Building definitions does not change the host's machine: it can be used again, and by itself."""
    before = [str(event) for event in Gym._events]
    for _ in range(3):
        gym()
        gym().machine(gym().welcome("ann", AT))
    assert [str(event) for event in Gym._events] == before
    assert Sum().within(3) == Sum().within(3)
