"""What a simulation tells: its tables, its blocks, and moments at which several things happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle import Definition, Story, Touchpoint, TouchpointLog, replay
from lifecycle.engine import pasts
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    Action,
    Attempt,
    Attempts,
    Block,
    Cap,
    Goal,
    HoldWhile,
    Playbook,
    PolicySetup,
    Tier,
    Wait,
    _reentry,
    became,
    happened,
    raised,
    simulate,
    story_of,
)
from lifecycle.playbooks import _simulation as simulation_module
from lifecycle.rules import Fact

from .gym import START, gym
from .test_equality import column_told, told_of


def at(day: float, kind: str, customer: str = "ada", **attributes: Any) -> Touchpoint:
    """A touchpoint some days after the start."""
    return Touchpoint(customer, kind, START + timedelta(days=day), attributes=attributes)


def story(definition: Definition, touchpoints: Sequence[Touchpoint], days: float = 30) -> Story:
    """The story of some touchpoints."""
    return replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=START + timedelta(days=days))


def agree(definition: Definition, touchpoints: Sequence[Touchpoint], days: float = 30) -> dict[str, Any]:
    """What the columns tell, after seeing that the live engine tells the same."""
    assert definition.plan is not None
    record = story(definition, touchpoints, days).record
    simulation = simulate(definition.plan, record)
    found = column_told(simulation)
    codes = range(record.n_customers)
    live = told_of(step for code in codes for step in story_of(definition.plan, record, code))
    assert found == live
    assert not len(simulation.one_by_one)
    return found


def days_of(values: Any) -> list[float]:
    """Instants as days after the start."""
    begin = np.datetime64(START.replace(tzinfo=None), "us")
    return [float((value - begin) / np.timedelta64(1, "D")) for value in values]


HELLO = Playbook(
    "hello",
    on=happened("joined"),
    steps=[
        Action("welcome", channel="email"),
        Wait("visit", days=5, then=[Action("thank")], otherwise=[Action("remind", channel="sms", after_days=1)]),
    ],
    goal=Goal(touchpoint="complaint", within_days=20, exits=False),
)


def test_tables_tell_plays_and_runs() -> None:
    """Plays have step, channel, instants and key; the entry's row tells when the goal was reached."""
    definition = gym(HELLO)
    told = [at(0, "joined"), at(2, "visit"), at(9, "complaint"), at(1, "joined", "bob")]
    assert definition.plan is not None
    simulation = simulate(definition.plan, story(definition, told).record)
    plays = simulation.plays_table()
    assert plays["step"].tolist() == ["0", "1.then.0", "0", "1.otherwise.0"]
    assert days_of(plays["at"]) == [0, 2, 1, 7]
    assert plays["channel"].tolist() == ["email", "", "email", "sms"]
    assert plays["key"][0] == f"ada/hello@1/{simulation.plays.entered_us[0]}/0"
    runs = simulation.runs_table()
    entered = runs["event"] == "entered"
    assert days_of(runs["goal"][entered][:1]) == [9]
    assert np.isnat(runs["goal"][entered][1])
    assert np.isnat(runs["goal"][~entered]).all()
    assert repr(simulation) == "<Simulation: 4 plays, 0 held, 0 dropped, 2 runs>"


def test_the_end_is_exclusive() -> None:
    """What is due at the very end has not happened; a microsecond later it has."""
    definition = gym(Playbook("later", on=happened("joined"), steps=[Action("call", after_days=2)]))
    found = agree(definition, [at(0, "joined")], days=2)
    assert not found["plays"]
    found = agree(definition, [at(0, "joined")], days=2 + 1 / 86_400_000_000)
    assert len(found["plays"]) == 1


def test_what_is_due_as_a_higher_tier_takes_over_is_revoked() -> None:
    """At the moment at which a run is escalated its own play of that moment is not decided any more."""
    book = Playbook(
        "risk",
        on=[happened("visit"), became("days_since_visit >= 2")],
        tiers=[
            Tier("mild", [Action("mail", after_days=2), Action("again", after_days=9)], least_signals=0),
            Tier("hard", Action("call"), least_signals=0, condition="days_since_visit >= 2"),
        ],
    )
    for policies in ((), (HoldWhile("visits >= 1"),), (Cap(1, 7),)):
        found = agree(gym(book, policies=policies), [at(0, "joined"), at(1, "visit")])
        [(*_, state)] = found["dropped"] if not policies else [one for one in found["dropped"] if one[3] == "mail"]
        assert state == "revoked"
        assert all(play[3] != "mail" for play in found["plays"])


def test_touchpoints_of_one_instant_come_one_after_the_other() -> None:
    """A wait is answered by the later of two touchpoints of one instant, not by the one that began the run."""
    book = Playbook(
        "pair", on=happened("visit"), key="order",
        steps=[Wait("visit", days=2, match="order", then=[Action("second")], otherwise=[Action("alone")])],
    )  # fmt: skip
    told = [at(0, "joined"), at(1, "visit", order="a"), at(1, "visit", order="a"), at(1, "visit", order="b")]
    found = agree(gym(book), told)
    assert sorted((play[3], play[-1]) for play in found["plays"]) == [("alone", "b"), ("second", "a")]


@pytest.mark.parametrize("concurrent", [None, 3])
def test_one_occasion_enters_once_an_instant(concurrent: int | None) -> None:
    """Of several touchpoints of one instant each occasion begins one run, whatever came in between."""
    book = Playbook("thank", on=happened("visit"), key="order", concurrent=concurrent, steps=[Action("thanks")])
    told = [at(0, "joined"), *(at(1, "visit", order=order) for order in "abab")]
    found = agree(gym(book), told)
    assert sorted(play[-1] for play in found["plays"]) == ["a", "b"]


def test_what_came_before_at_the_same_instant_does_not_turn_back_time() -> None:
    """A wait that was answered earlier goes on at the touchpoint that brought the run to it, with the facts of that."""
    steps = [Wait("complaint"), Wait("visit", then=[Action("sorry", only_if="complaints >= 1")])]
    found = agree(
        gym(Playbook("two", on=happened("joined"), steps=steps)), [at(0, "joined"), at(1, "visit"), at(1, "complaint")]
    )
    assert [play[3] for play in found["plays"]] == ["sorry"]


def test_tiers_ask_how_grave_the_signals_are() -> None:
    """One signal of little weight is not enough for the tier that demands a critical one."""
    tiers = [Tier("light", Action("mail"), least_signals=1), Tier("heavy", Action("call"), severity="critical")]
    topics = tuple({signal.topic for signal in gym().signals})
    book = Playbook("risk", on=raised("fading"), tiers=tiers, topic=topics)
    found = agree(gym(book), [at(0, "joined"), at(1, "visit"), at(12, "visit"), at(13, "complaint")])
    assert sorted(play[3] for play in found["plays"]) == ["call", "mail"]


@pytest.mark.parametrize("few", [0, 24])
def test_each_occasion_gives_way_to_its_own_higher_tier(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders of one customer that take turns are escalated one by one, each by its own touchpoint."""
    monkeypatch.setattr(_reentry, "FEW", few)
    tiers = [
        Tier("low", Action("mail", after_days=9), least_signals=0),
        Tier("high", Action("call", after_days=9), least_signals=0, condition="visits >= 4"),
    ]
    book = Playbook("orders", on=happened("visit"), key="order", tiers=tiers)
    told = [at(0, "joined")]
    told += [at(1 + number / 4, "visit", order=order) for number, order in enumerate("zyxyzzxay")]
    found = agree(gym(book), told)
    events = [(event, at_us, occasion) for _, _, event, at_us, _, occasion, *_ in found["runs"]]
    escalated = sorted((at_us, occasion) for event, at_us, occasion in events if event == "escalated")
    assert [occasion for _, occasion in escalated] == ["y", "z", "x"]


def test_an_exit_stops_what_is_held() -> None:
    """A held play is revoked with the exit, though its run has no step left."""
    book = Playbook("sell", on=happened("visit"), steps=[Action("offer")], exit_on="complaint")
    told = [at(0, "joined"), at(1, "visit"), at(3.5, "complaint")]
    found = agree(gym(book, policies=[HoldWhile("visits >= 1")]), told)
    assert [one[-1] for one in found["dropped"]] == ["revoked"]
    assert sum(found["held"].values()) == 3


def test_an_exit_at_midnight_comes_before_the_next_try() -> None:
    """What is tried again at the midnight at which the exit comes true is revoked, not tried."""
    book = Playbook("sell", on=happened("visit"), steps=[Action("offer")], exit="days_since_visit >= 2")
    found = agree(gym(book, policies=[HoldWhile("visits >= 1")]), [at(0, "joined"), at(1, "visit")])
    assert [one[-1] for one in found["dropped"]] == ["revoked"]
    assert sum(found["held"].values()) == 2


def test_what_is_held_until_the_end_is_not_tried_at_it() -> None:
    """The end is exclusive for what was held back too."""
    book = Playbook("sell", on=happened("visit"), steps=[Action("offer")])
    found = agree(gym(book, policies=[HoldWhile("visits >= 1")]), [at(0, "joined"), at(1, "visit")], days=3)
    assert sum(found["held"].values()) == 2


def test_a_date_that_the_zone_skips_is_no_moment_of_its_own() -> None:
    """Samoa had no 30 December 2011: what comes true on it and on the next day does so at one moment."""
    book = Playbook(
        "quiet", on=[became("days_since_visit >= 5"), became("days_since_visit >= 6")], steps=[Action("nudge")]
    )
    told = [Touchpoint("ada", kind, datetime(2011, 12, 26, 8, tzinfo=UTC)) for kind in ("joined", "visit")]
    found = agree(gym(book, zone="Pacific/Apia"), told)
    assert sorted(event for _, _, event, *_ in found["runs"]) == ["ended", "entered"]


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers in blocks of a few give what all together give, in the same order."""
    told = [at(day / 3, kind, f"c{day % 7}") for day, kind in enumerate(["joined"] * 7 + ["visit", "complaint"] * 20)]
    definition = gym(HELLO, policies=[Cap(1, 2)])
    assert definition.plan is not None
    record = story(definition, told).record
    whole = simulate(definition.plan, record)
    monkeypatch.setattr(simulation_module, "pasts", lambda record: pasts(record, 5))
    parts = simulate(definition.plan, record)
    for name in ("plays", "held", "dropped", "runs"):
        for field in attrs.fields(type(getattr(whole, name))):
            one, other = (getattr(getattr(side, name), field.name) for side in (whole, parts))
            assert one.tolist() == other.tolist()


def test_nobody_and_nothing() -> None:
    """A log without customers, and one of customers whom no playbook concerns, give empty tables."""
    for told in ([], [at(0, "visit")]):
        found = agree(gym(HELLO), told)
        assert not any(found.values())


@attrs.frozen
class Backwards:
    """A policy that holds until an instant that is over."""

    name: str = "backwards"
    keeps_us: int = 0

    def facts(self) -> Mapping[str, Fact]:
        return {}

    def bind(self, setup: PolicySetup, /) -> Backwards:
        return self

    def judge(self, attempt: Attempt) -> Block | None:
        return Block("never right", attempt.at_us)

    def judge_all(self, attempts: Attempts) -> Any:
        return attempts.at_us.copy()


def test_a_policy_that_holds_until_now_is_refused() -> None:
    """As in the live engine, with policy, action and customer in the message."""
    definition = gym(HELLO, policies=[Backwards()])
    assert definition.plan is not None
    record = story(definition, [at(0, "joined")]).record
    with pytest.raises(DefinitionError, match="policy 'backwards' holds 'welcome' of 'ada' until an instant"):
        simulate(definition.plan, record)


def test_story_of_tells_one_customer() -> None:
    """The steps of the live engine, until the end or an earlier instant; none before the customer began."""
    definition = gym(HELLO)
    assert definition.plan is not None
    record = story(definition, [at(0, "joined"), at(2, "visit")]).record
    steps = story_of(definition.plan, record, 0)
    assert [play.action for step in steps for play in step.plays] == ["welcome", "thank"]
    early = micros(START + timedelta(days=1))
    assert [play.action for step in story_of(definition.plan, record, 0, until_us=early) for play in step.plays] == [
        "welcome"
    ]
    assert story_of(definition.plan, record, 0, until_us=micros(START)) == []


def micros(moment: datetime) -> int:
    """An instant in microseconds."""
    return round(moment.timestamp() * 1_000_000)
