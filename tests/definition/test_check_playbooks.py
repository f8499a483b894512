"""What is found in playbooks and policies: each finding fires, and stays silent beside it."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from lifecycle import (
    Count,
    CustomerMachine,
    Definition,
    Last,
    Open,
    Since,
    State,
    Sum,
    Tenure,
    Timer,
    Touchpoint,
    role,
)
from lifecycle.definition import Finding, _definition
from lifecycle.definition._check_playbooks import playbook_findings, refusals
from lifecycle.definition._finding import CODES
from lifecycle.definition._playbook_setup import PlaybookSetup
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.playbooks import (
    Action,
    Attempt,
    Block,
    Cadence,
    Cap,
    Consent,
    DiscountLimit,
    Goal,
    Holdout,
    HoldWhile,
    Hooks,
    NoSelling,
    OnePerDay,
    Playbook,
    QuietHours,
    SurveyFatigue,
    Tier,
    Wait,
    became,
    cleared,
    entered,
    happened,
    left,
    on_date,
    overdue,
    raised,
    reached,
    silent,
)
from lifecycle.signs import Blueprint, Criterion, Milestone, Signal

TICKETS = Open("ticket_opened", "ticket_closed", ref="ticket")
FACTS: dict[str, Any] = {
    "visits": Count("visit"),
    "visits_30d": Count("visit").within(30),
    "orders": Count("order"),
    "score": Last("answer", of="value"),
    "plan": Last("profile_set", of="plan", type="text"),
    "renewal": Last("profile_set", of="renewal", type="date"),
    "usage": Last("metered", of="percent"),
    "owed": Sum("invoiced", of="euros"),
    "tenure": Tenure(),
    "quiet": Since("visit"),
    "tickets_open": TICKETS,
    "stopped": Count("stopped"),
}
SIGNALS = (
    Signal("fading", "visits_30d < 2 and tenure > 30", severity="warning", text="Comes less often"),
    Signal("near_limit", "usage >= 80", topic="expansion", severity="info", text="Near the limit"),
)
RESCUE = Playbook(
    "rescue", on=raised("fading"), audience="tickets_open == 0", exit="stage == 'away'", holdout=0.1,
    steps=[Action("call", channel="phone"), Wait("visit", days=5, otherwise=(Action("write", channel="email"),))],
    goal=Goal("visits_30d >= 3", within_days=30),
)  # fmt: skip
OFFER = Playbook(
    "offer", on=raised("near_limit"), purpose="expand", audience="stage == 'full'", exit="stage == 'away'",
    steps=[Action("offer", channel="email", after_days=1)], goal=Goal("usage < 50"),
)  # fmt: skip
HELLO = Playbook(
    "hello", on=entered("onboarding"), purpose="onboard", reentry="never", exit_on="stopped",
    steps=[Action("greet", channel="email"), Action("tips", channel="email", after_days=10)],
    goal=Goal("visits >= 5"),
)  # fmt: skip
ASK = Playbook(
    "ask", on=silent(80), purpose="listen", steps=[Action("ask", channel="in_app")], goal=Goal(touchpoint="answer")
)
POLICIES = (QuietHours(), Cadence(7), Cap(3, 30), NoSelling(("onboarding",)))
BOOKS = {book.name: book for book in (RESCUE, OFFER, HELLO, ASK)}


class Club(CustomerMachine):
    """Lead, inside (onboarding, full), away."""

    lead = role.prospect(initial=True)

    class inside(State.Compound):  # noqa: N801 (its name is its id)
        """Who belongs to it."""

        onboarding = role.active(initial=True)
        full = role.active()
        settled = onboarding.to(full)

    away = role.lost()
    joined = lead.to(inside)
    silence = inside.to(away)
    visit = away.to(inside)


def club(books: Any = (), **parts: Any) -> Definition:
    """A club about whose playbooks there is nothing to say, but those given: they take the place of their like."""
    chosen = {**BOOKS, **{book.name: book for book in books}}
    usual: dict[str, Any] = {
        "name": "club", "facts": FACTS, "timers": (Timer("silence", 60),), "signals": SIGNALS,
        "playbooks": list(chosen.values()), "policies": POLICIES,
        "blueprints": [
            Blueprint("way", [Milestone("first", "visits >= 1", due_days=7)], fit=[Criterion("fits", "visits >= 1")])
        ],
    }  # fmt: skip
    return Definition(Club, **{**usual, **parts})


def setup_of(definition: Definition) -> PlaybookSetup:
    """What is looked through."""
    return PlaybookSetup(
        tuple(definition.playbooks), tuple(definition.policies), definition.plan, tuple(definition.signals),
        definition.program.facts, definition.stages,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _unrefused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets definitions be built that would be refused, so that what is proved of them can be seen."""
    monkeypatch.setattr(_definition, "refusals", lambda setup: ())


def found(books: Any = (), hooks: Any = None, **parts: Any) -> list[Finding]:
    """What is found."""
    return list(playbook_findings(setup_of(club(books, **parts)), hooks))


def told(books: Any = (), **parts: Any) -> list[tuple[str, str, str, str]]:
    """Code, place, severity and certainty of what is found."""
    return [(one.code, one.place, one.severity, one.certainty) for one in found(books, **parts)]


def rescue(**changes: Any) -> Playbook:
    """The rescue, changed."""
    return attrs.evolve(RESCUE, **changes)


def offer(**changes: Any) -> Playbook:
    """The offer, changed."""
    return attrs.evolve(OFFER, **changes)


def hello(**changes: Any) -> Playbook:
    """The greeting, changed."""
    return attrs.evolve(HELLO, **changes)


def extra(**changes: Any) -> Playbook:
    """One more playbook."""
    usual: dict[str, Any] = {
        "on": happened("checked_in"), "steps": [Action("note_down")], "goal": Goal("visits >= 100"), "purpose": "serve",
    }  # fmt: skip
    return Playbook("extra", **{**usual, **changes})


def tiers(*of: Tier, **changes: Any) -> Playbook:
    """The rescue with tiers."""
    return rescue(steps=(), tiers=of, **changes)


def tier(name: str, **demands: Any) -> Tier:
    """A tier with one step."""
    return Tier(name, [Action(f"call_{name}", channel="phone")], **demands)


def test_nothing_is_found_where_nothing_is() -> None:
    """The club as it is has no finding; each test below changes one thing."""
    assert found() == []
    assert found([extra()]) == []
    assert refusals(setup_of(club())) == ()


def test_without_playbooks_nothing_is_found() -> None:
    """A definition that has no playbooks says nothing about them."""
    assert list(playbook_findings(setup_of(club(playbooks=(), policies=())), {"call"})) == []
    assert refusals(setup_of(club(playbooks=(), policies=()))) == ()


Told = tuple[str, str, str, str]
W, N, E, SURE, MAYBE, OPEN = "warning", "note", "error", "proved", "possible", "undecided"

CONTRADICTIONS: list[tuple[Playbook, list[Told], Playbook]] = [
    # A condition by itself.
    (rescue(audience="visits > 3 and visits < 2"), [("contradiction", "playbook 'rescue', audience", E, SURE)],
     rescue(audience="visits > 3 and visits < 5")),
    (rescue(audience="visits < 0"), [("contradiction", "playbook 'rescue', audience", E, SURE)],
     rescue(audience="owed < 0")),
    (rescue(exit="stage == 'lead' and stage == 'away'"), [("contradiction", "playbook 'rescue', exit", E, SURE)],
     rescue(exit="stage == 'lead' or stage == 'away'")),
    (rescue(goal=Goal("score > 8 and not score > 5")), [("contradiction", "playbook 'rescue', goal", E, SURE)],
     rescue(goal=Goal("score > 8 and not score > 9"))),
    (rescue(on=became("signal_fading and not signal_fading")), [("contradiction", "playbook 'rescue', on", E, SURE)],
     rescue(on=became("signal_fading and not signal_near_limit"))),
    (rescue(steps=[Action("call", only_if="plan == 'a' and plan == 'b'")]),
     [("contradiction", "playbook 'rescue', step 0, only_if", E, SURE)],
     rescue(steps=[Action("call", only_if="plan == 'a' or plan == 'b'")])),
    (tiers(tier("one"), tier("two", condition="visits_30d > 1.2 and visits_30d < 1.8")),
     [("contradiction", "playbook 'rescue', tier 'two'", E, SURE)],
     tiers(tier("one"), tier("two", condition="visits_30d >= 1.2 or visits_30d < 1.8 and quiet > 2"))),
    # What is undecided is not told.
    (rescue(audience="visits > 0 and visits < orders and orders < stopped and stopped < 0"),
     [("contradiction", "playbook 'rescue', audience", E, SURE)],
     rescue(audience="visits > 0 and visits < orders and orders < stopped and stopped < 3")),
    # The audience against what starts it: by the playbook's own words an error, otherwise a warning.
    (extra(on=became("visits > 3"), audience="visits < 2"),
     [("audience_unreachable", "playbook 'extra', audience", E, SURE)],
     extra(on=became("visits > 3"), audience="visits < 5")),
    (extra(on=silent(20, "visit"), audience="days_without_visit < 20"),
     [("audience_unreachable", "playbook 'extra', audience", E, SURE)],
     extra(on=silent(20, "visit"), audience="days_without_visit < 21")),
    # One way in of two is shut: no error.
    (extra(on=[became("visits > 3"), became("orders > 3")], audience="visits < 2"),
     [("audience_unreachable", "playbook 'extra', audience", W, SURE)],
     extra(on=[became("visits > 3"), became("orders > 3")], audience="visits < 5")),
    (rescue(audience="visits_30d > 5"), [("audience_unreachable", "playbook 'rescue', audience", W, SURE)],
     rescue(audience="visits_30d > 0")),
    (rescue(audience="not signal_fading"), [("audience_unreachable", "playbook 'rescue', audience", W, SURE)],
     rescue(audience="not signal_near_limit")),
    (rescue(audience="stage == 'lead'"), [("audience_unreachable", "playbook 'rescue', audience", W, SURE)],
     rescue(audience="stage == 'full'")),
    (rescue(on=[cleared("fading"), raised("fading")], audience="signal_fading"),
     [("audience_unreachable", "playbook 'rescue', audience", W, SURE)],
     rescue(on=[cleared("fading"), raised("fading")])),
    (hello(audience="stage == 'lead'"), [("audience_unreachable", "playbook 'hello', audience", W, SURE)],
     hello(audience="stage == 'onboarding'")),
    # A timer of the same midnight may have led further.
    (hello(audience="stage == 'full'"), [("audience_unreachable", "playbook 'hello', audience", W, SURE)],
     hello(audience="stage == 'away'", exit_on="stopped")),
    (hello(on=entered("inside"), audience="stage == 'lead'"),
     [("audience_unreachable", "playbook 'hello', audience", W, SURE)],
     hello(on=entered("inside"), audience="stage == 'full'")),
    (hello(on=left("inside"), audience="stage == 'full'"),
     [("audience_unreachable", "playbook 'hello', audience", W, SURE)],
     hello(on=left("inside"), audience="stage == 'away'")),
    (hello(on=reached("first"), audience="visits == 0"),
     [("audience_unreachable", "playbook 'hello', audience", W, SURE)],
     hello(on=overdue("first"), audience="visits == 0")),
    # The exit and the goal against what starts it.
    (extra(on=became("visits > 3"), exit="visits > 2"), [("exit_at_entry", "playbook 'extra', exit", E, SURE)],
     extra(on=became("visits > 3"), exit="visits > 4")),
    (rescue(exit="tenure > 10"), [("exit_at_entry", "playbook 'rescue', exit", W, SURE)],
     rescue(exit="tenure > 40")),
    (rescue(exit="tickets_open < 1"), [("exit_at_entry", "playbook 'rescue', exit", E, SURE)],
     rescue(exit="tickets_open > 1")),
    (rescue(goal=Goal("visits_30d < 5")), [("goal_at_entry", "playbook 'rescue', goal", W, SURE)],
     rescue(goal=Goal("visits_30d < 1"))),
    # Conditions of actions against what must hold when they are asked.
    (rescue(steps=[Action("call", only_if="tickets_open >= 1")]),
     [("only_if_never", "playbook 'rescue', step 0, only_if", E, SURE)],
     rescue(steps=[Action("call", only_if="tickets_open >= 1", after_hours=1)])),
    (rescue(steps=[Action("call", only_if="visits_30d > 4")]),
     [("only_if_never", "playbook 'rescue', step 0, only_if", W, SURE)],
     rescue(steps=[Action("call", only_if="visits_30d > 4", at="09:00")])),
    (rescue(steps=[Wait("visit"), Action("call", only_if="stage == 'away' and visits > 2")]),
     [("only_if_never", "playbook 'rescue', step 1, only_if", E, SURE)],
     rescue(steps=[Wait("visit"), Action("call", only_if="stage == 'away' or visits > 2")])),
    # Tiers.
    (tiers(tier("one"), tier("two", condition="tickets_open > 2")),
     [("tier_never", "playbook 'rescue', tier 'two'", W, SURE)],
     tiers(tier("one"), tier("two", condition="tickets_open < 2 and visits > 2"))),
    (tiers(tier("one"), tier("two", least_signals=2)), [("tier_never", "playbook 'rescue', tier 'two'", W, SURE)],
     tiers(tier("one"), tier("two", least_signals=2), topic=("churn", "expansion"))),
    (tiers(tier("one"), tier("two", severity="critical")), [("tier_never", "playbook 'rescue', tier 'two'", W, SURE)],
     tiers(tier("one"), tier("two", severity="warning"))),
    (tiers(tier("one", severity="warning"), tier("two")), [("tier_never", "playbook 'rescue', tier 'one'", W, SURE)],
     tiers(tier("one"), tier("two", severity="warning"))),
    (tiers(tier("one", condition="visits > 5"), tier("two", condition="visits > 2")),
     [("tier_never", "playbook 'rescue', tier 'one'", W, SURE)],
     tiers(tier("one", condition="visits > 2"), tier("two", condition="visits > 5"))),
    (tiers(tier("one", condition="visits > 5"), tier("two", condition="score > 2")),
     [("tiers_overlap", "playbook 'rescue', tier 'one'", N, MAYBE)],
     tiers(tier("one", condition="visits > 5"), tier("two", condition="visits <= 5 and score > 2"))),
]  # fmt: skip

LACKING: list[tuple[Playbook, list[Told], Playbook]] = [
    (rescue(goal=None), [("no_goal", "playbook 'rescue'", W, SURE)], rescue(goal=Goal("score > 8"))),
    (rescue(exit=None, goal=Goal("score > 8", exits=False)), [("no_exit", "playbook 'rescue'", W, SURE)],
     rescue(exit=None, goal=Goal("score > 8"))),
    (extra(goal=Goal("score > 8", exits=False)), [("no_exit", "playbook 'extra'", N, SURE)],
     extra(goal=Goal("score > 8", exits=False), exit_on="stopped")),
    (extra(goal=Goal("score > 8", exits=False), steps=[Action("note_down", at="09:00")]),
     [("no_exit", "playbook 'extra'", W, SURE)],
     extra(goal=Goal("score > 8", exits=False), steps=[Action("note_down", at="09:00")], exit="score > 9")),
    (rescue(steps=[Wait("vist", days=5), Action("call")]),
     [("kind_unknown", "playbook 'rescue', wait", N, OPEN)],
     rescue(steps=[Wait("visit", days=5), Action("call")])),
    (rescue(exit_on="stoped"), [("kind_unknown", "playbook 'rescue', exit_on", N, OPEN)], rescue(exit_on="stopped")),
    (rescue(goal=Goal(touchpoint="replied")), [("kind_unknown", "playbook 'rescue', goal", N, OPEN)],
     rescue(goal=Goal(touchpoint="profile_set"))),
    (rescue(steps=[Wait("silence", days=5), Action("call")]), [("kind_timed", "playbook 'rescue', wait", W, SURE)],
     rescue(steps=[Wait("joined", days=5), Action("call")])),
    (extra(on=happened("silence")), [("kind_timed", "playbook 'extra', on", W, SURE)], extra(on=happened("sighed"))),
    (extra(on=happened("play_outcome")), [("loop", "playbook 'extra', on", W, SURE)],
     extra(on=happened("play_outcome"), reentry=30)),
    (extra(on=happened("play_outcome", where="outcome == 'failed'")), [("loop", "playbook 'extra', on", W, MAYBE)],
     extra(on=happened("play_outcome"), steps=[Action("note_down", after_hours=1)])),
    (extra(on=happened("play_outcome")), [("loop", "playbook 'extra', on", W, SURE)],
     extra(on=happened("play_outcome"), steps=[Action("note_down"), Action("file", after_days=9)])),
    (extra(on=happened("visit"), exit_on="visit"), [("loop", "playbook 'extra', on", N, SURE)],
     extra(on=happened("visit"), exit_on="stopped")),
    (extra(on=happened("visit"), goal=Goal(touchpoint="visit")), [("loop", "playbook 'extra', on", N, SURE)],
     extra(on=happened("visit"), goal=Goal(touchpoint="visit", exits=False), exit_on="stopped")),
]  # fmt: skip

TWICE: list[tuple[list[Playbook], list[Told], list[Playbook]]] = [
    # Two playbooks at once.
    ([extra(on=raised("fading"), steps=[Action("ring", channel="phone")])],
     [("playbooks_overlap", "playbook 'rescue'", N, MAYBE)],
     [extra(on=raised("fading"), steps=[Action("ring", channel="email")])]),
    ([extra(on=raised("fading"), steps=[Action("ring", channel="phone", after_hours=23)])],
     [("playbooks_overlap", "playbook 'rescue'", N, MAYBE)],
     [extra(on=raised("fading"), steps=[Action("ring", channel="phone", after_days=1)])]),
    ([extra(on=[raised("near_limit"), raised("fading")], steps=[Action("ring", channel="phone")])],
     [("playbooks_overlap", "playbook 'rescue'", N, MAYBE)],
     [extra(on=raised("fading"), steps=[Action("ring", channel="phone")], audience="tickets_open >= 1")]),
    ([extra(on=raised("fading"), steps=[Action("ring", channel="phone")])],
     [("playbooks_overlap", "playbook 'rescue'", N, MAYBE)],
     [extra(on=raised("near_limit"), steps=[Action("ring", channel="phone")])]),
    ([extra(on=happened("visit", "order"), steps=[Action("thank", channel="email")]),
      hello(on=happened("order", "paid"), exit_on="stopped")],
     [("playbooks_overlap", "playbook 'hello'", N, MAYBE)],
     [extra(on=happened("visit"), steps=[Action("thank", channel="email")]),
      hello(on=happened("order", "paid"), exit_on="stopped")]),
    ([extra(on=on_date("renewal", days=-30), steps=[Action("remind", channel="email")]),
      hello(on=on_date("renewal", days=-30))],
     [("playbooks_overlap", "playbook 'hello'", N, MAYBE)],
     [extra(on=on_date("renewal", days=-30), steps=[Action("remind", channel="email")]),
      hello(on=on_date("renewal", days=-60))]),
    # Discounts.
    ([extra(steps=[Action("coupon", discount_percent=10)])], [("campaign_reflex", "playbook 'extra'", W, SURE)],
     [extra(steps=[Action("coupon", discount_percent=10), Action("ask", after_days=9)])]),
    ([rescue(steps=[Action("coupon", discount_percent=10), Action("coin", discount_percent=5, after_days=9)])],
     [("campaign_reflex", "playbook 'rescue'", W, SURE)],
     [rescue(steps=[Action("coupon", discount_percent=10), Action("coin", after_days=9)])]),
    ([rescue(steps=[Action("coupon", discount_percent=10), Action("file", purpose="serve", after_days=9)])],
     [("campaign_reflex", "playbooks", W, SURE)],
     [rescue(steps=[Action("coupon", discount_percent=10), Action("file", after_days=9)])]),
    # Contracts.
    ([extra(on=happened("contract_signed"), steps=[Action("pay_bonus")], goal=Goal(touchpoint="order"))],
     [("contracts_only", "playbook 'extra'", W, MAYBE)],
     [extra(on=happened("contract_signed"), steps=[Action("pay_bonus")], goal=Goal("visits >= 20"))]),
    ([extra(on=happened("order"), steps=[Action("send_gift")], goal=None)],
     [("no_goal", "playbook 'extra'", W, SURE), ("no_exit", "playbook 'extra'", N, SURE),
      ("contracts_only", "playbook 'extra'", W, MAYBE)],
     [extra(on=happened("order"), steps=[Action("send_gift", after_days=90)])]),
]  # fmt: skip


@pytest.mark.parametrize(("book", "expected", "beside"), [*CONTRADICTIONS, *LACKING])
def test_each_finding_about_one_playbook(book: Playbook, expected: list[Any], beside: Playbook) -> None:
    """What deserves care in one playbook is found, and nothing else; what is beside it is not."""
    assert told([book]) == expected
    assert told([beside]) == []


@pytest.mark.parametrize(("books", "expected", "beside"), TWICE)
def test_each_finding_about_several(books: list[Playbook], expected: list[Any], beside: list[Playbook]) -> None:
    """What deserves care in playbooks together is found, and nothing else; what is beside it is not."""
    assert told(books) == expected
    assert told(beside) == []


# --- policies ---------------------------------------------------------------------------------------------------------

SELLS = [("selling_in_onboarding", "playbook 'offer', step 0", W, MAYBE)]
HELD = "policy_never_passes"
TWO = [Action("greet", channel="email"), Action("tips", channel="email", after_days=2)]
POLICED: list[tuple[dict[str, Any], list[Told], dict[str, Any]]] = [
    # Selling in onboarding, with and without what holds it.
    ({"books": [offer(audience=None)], "policies": POLICIES[:3]}, SELLS, {"books": [offer(audience=None)]}),
    ({"books": [offer(audience=None)], "policies": [*POLICIES[:3], NoSelling("away")]}, SELLS,
     {"books": [offer(audience=None)], "policies": [*POLICIES[:3], NoSelling("active")]}),
    ({"books": [offer(audience=None)], "policies": [*POLICIES[:3], NoSelling("inside", purposes="serve")]}, SELLS,
     {"books": [offer(audience=None)], "policies": [*POLICIES[:3], HoldWhile("stage != 'full'")]}),
    ({"books": [offer(audience=None)], "policies": [*POLICIES[:3], HoldWhile("tickets_open >= 1")]}, SELLS,
     {"policies": [*POLICIES[:3], HoldWhile("tickets_open >= 1")]}),
    ({"books": [offer(audience=None)], "policies": [*POLICIES[:3], HoldWhile("tenure < 90", playbooks="rescue")]},
     SELLS,
     {"books": [offer(audience=None, steps=[Action("sell", only_if="stage == 'full'")])], "policies": POLICIES[:3]}),
    ({"books": [extra(steps=[Action("sell", purpose="expand")])], "policies": POLICIES[:3]},
     [("selling_in_onboarding", "playbook 'extra', step 0", W, MAYBE)],
     {"books": [extra(steps=[Action("sell", purpose="expand")], audience="tenure > 30 and stage != 'onboarding'")],
      "policies": POLICIES[:3]}),
    ({"books": [extra(audience="stage == 'full' or visits < 10", steps=[
        Action("sell", purpose="expand", only_if="stage == 'full' or visits > 20", after_hours=1)])],
      "policies": POLICIES[:3]},
     [("selling_in_onboarding", "playbook 'extra', step 0", W, MAYBE)],
     {"books": [extra(audience="stage == 'full' or visits < 10", steps=[
         Action("sell", purpose="expand", only_if="stage == 'full' or visits > 20")])],
      "policies": POLICIES[:3]}),
    # A playbook of that purpose says where onboarding is.
    ({"books": [hello(on=entered("lead")), offer(audience="stage == 'lead' or stage == 'full'",
                                                 on=[raised("near_limit"), cleared("near_limit")])]},
     [("selling_in_onboarding", "playbook 'offer', step 0", W, MAYBE)],
     {"books": [hello(on=entered("lead"), purpose="serve"),
                offer(audience="stage == 'lead' or stage == 'full'",
                      on=[raised("near_limit"), cleared("near_limit")])]}),
    # What never passes.
    ({"policies": [*POLICIES, QuietHours("08:00", "21:00", name="by_day")]}, [(HELD, "policies", W, SURE)],
     {"policies": [*POLICIES, QuietHours("08:00", "20:59", name="by_day")]}),
    ({"policies": [*POLICIES, QuietHours("08:00", "21:00", name="by_day")]}, [(HELD, "policies", W, SURE)],
     {"policies": [*POLICIES, QuietHours("08:01", "21:00", name="by_day")]}),
    ({"policies": [*POLICIES, QuietHours("09:00", "21:00", name="by_day", days=("saturday", "sunday")),
                   QuietHours("08:00", "09:00", name="early")]}, [(HELD, "policies", W, SURE)],
     {"policies": [*POLICIES, QuietHours("10:00", "21:00", name="by_day", days=("saturday", "sunday")),
                   QuietHours("08:00", "09:00", name="early")]}),
    ({"books": [rescue(steps=[Action("call"), Action("coupon", discount_percent=30, after_days=9)])],
      "policies": [*POLICIES, DiscountLimit(25)]}, [(HELD, "playbook 'rescue', step 1", W, SURE)],
     {"books": [rescue(steps=[Action("call"), Action("coupon", discount_percent=30, after_days=9)])],
      "policies": [*POLICIES, DiscountLimit(30)]}),
    ({"books": [extra(steps=[Action("note_down", only_if="tickets_open > 2")])],
      "policies": [*POLICIES, HoldWhile("tickets_open >= 1")]}, [(HELD, "playbook 'extra', step 0", W, SURE)],
     {"books": [extra(steps=[Action("note_down", only_if="tickets_open >= 0")])],
      "policies": [*POLICIES, HoldWhile("tickets_open >= 1")]}),
    ({"books": [extra(exit="tickets_open == 0")], "policies": [*POLICIES, HoldWhile("tickets_open >= 1")]},
     [(HELD, "playbook 'extra', step 0", W, SURE)],
     {"books": [extra(exit="tickets_open == 0")],
      "policies": [*POLICIES, HoldWhile("tickets_open >= 1", purposes="expand")]}),
    ({"policies": [*POLICIES[:3], NoSelling(("prospect", "active", "lost"))]},
     [(HELD, "playbook 'offer', step 0", W, SURE)],
     {"policies": [*POLICIES[:3], NoSelling(("prospect", "lost", "onboarding"))]}),
    ({"policies": [*POLICIES, HoldWhile("tickets_open < 0")]}, [("contradiction", "policy 'hold_while'", W, SURE)],
     {"policies": [*POLICIES, HoldWhile("tickets_open < 1", purposes="advocate")]}),
    # Steps of one run that stand in each other's way.
    ({"books": [hello(steps=TWO)], "policies": [*POLICIES, Cap(1, 9, channel="email")]},
     [(HELD, "playbook 'hello', step 1", W, MAYBE)],
     {"books": [hello(steps=TWO)], "policies": [*POLICIES, Cap(1, 8, channel="email")]}),
    ({"books": [hello(steps=TWO)], "policies": [*POLICIES, Cap(1, 9, channel="email")]},
     [(HELD, "playbook 'hello', step 1", W, MAYBE)],
     {"books": [hello(steps=TWO)], "policies": [*POLICIES, Cap(2, 9, channel="email"), Cap(1, 90, playbook="ask"),
                                                Cap(1, 90, discounts_only=True), Cap(1, 90, action="tips", name="c")]}),
    ({"books": [hello(steps=[*TWO, attrs.evolve(TWO[1], name="more")])],
      "policies": [*POLICIES[:1], *POLICIES[2:], Cap(2, 11, channel="email", name="two")]},
     [(HELD, "playbook 'hello', step 2", W, MAYBE)],
     {"books": [hello(steps=[*TWO, attrs.evolve(TWO[1], name="more")])],
      "policies": [*POLICIES[:1], *POLICIES[2:], Cap(2, 10, channel="email", name="two")]}),
    ({"books": [hello(steps=[TWO[0], attrs.evolve(TWO[1], at="09:00", after_days=10)])],
      "policies": [*POLICIES, Cap(1, 19, name="rare")]}, [(HELD, "playbook 'hello', step 1", W, MAYBE)],
     {"books": [hello(steps=[TWO[0], attrs.evolve(TWO[1], at="09:00", after_days=10)])],
      "policies": [*POLICIES, Cap(1, 18, name="rare")]}),
    ({"books": [hello(steps=[Action("greet"), Action("tips")])]}, [(HELD, "playbook 'hello', step 1", W, MAYBE)],
     {"books": [hello(steps=[Action("greet"), Action("tips", transactional=True)])]}),
    ({"books": [hello(steps=[Action("greet", discount_percent=5), Action("ask", after_days=9),
                             Action("tips", discount_percent=5, after_days=70)])],
      "policies": [*POLICIES, DiscountLimit()]}, [(HELD, "playbook 'hello', step 2", W, MAYBE)],
     {"books": [hello(steps=[Action("greet", discount_percent=5), Action("ask", after_days=9),
                             Action("tips", discount_percent=5, after_days=75)])],
      "policies": [*POLICIES, DiscountLimit()]}),
    ({"books": [hello(steps=[Action("greet", purpose="listen"), Action("tips", purpose="listen", after_days=80)])],
      "policies": [*POLICIES, SurveyFatigue()]}, [(HELD, "playbook 'hello', step 1", W, MAYBE)],
     {"books": [hello(steps=[Action("greet", purpose="listen"), Wait("visit"),
                             Action("tips", purpose="listen", after_days=80)])],
      "policies": [*POLICIES, SurveyFatigue()]}),
    ({"books": [extra(steps=[Action("note_down", channel="sms")])], "policies": [*POLICIES, Consent()]},
     [(HELD, "policy 'consent'", N, OPEN)],
     {"books": [extra(steps=[Action("note_down", channel="sms")]), rescue(steps=[Action("ask_consent")])],
      "policies": [*POLICIES, Consent()]}),
    ({"books": [extra(steps=[Action("note_down", channel="sms")])], "policies": [*POLICIES, Consent()]},
     [(HELD, "policy 'consent'", N, OPEN)],
     {"books": [extra(steps=[Action("note_down", channel="phone")])], "policies": [*POLICIES, Consent()],
      "facts": {**FACTS, "agreed": Count("consent_set")}}),
    # What nothing keeps.
    ({"policies": [QuietHours(), Cadence(7, at_most_days=79), *POLICIES[2:]]},
     [("cadence_unkept", "policy 'cadence'", W, SURE)],
     {"policies": [QuietHours(), Cadence(7, at_most_days=80), *POLICIES[2:]]}),
    # Two at once, with nothing to space them.
    ({"books": [extra(on=raised("fading"), steps=[Action("ring", channel="phone")])], "policies": POLICIES[3:]},
     [("playbooks_overlap", "playbook 'rescue'", W, MAYBE)],
     {"books": [extra(on=raised("fading"), steps=[Action("ring", channel="phone", transactional=True)])],
      "policies": POLICIES[3:]}),
    ({"books": [extra(on=raised("fading"), steps=[Action("ring", channel="phone")])],
      "policies": [OnePerDay(channel="email"), Cap(1, 1, purpose="serve"), NoSelling()]},
     [("playbooks_overlap", "playbook 'rescue'", W, MAYBE)],
     {"books": [extra(on=raised("fading"), steps=[Action("ring", channel="sms")])],
      "policies": [OnePerDay(channel="email"), NoSelling()]}),
    ({"books": [extra(on=raised("fading"), steps=[Action("ring", channel="phone")])],
      "policies": [OnePerDay(channel="phone"), NoSelling()]},
     [("playbooks_overlap", "playbook 'rescue'", N, MAYBE)],
     {"books": [extra(on=raised("fading"), steps=[Action("ring", channel="phone")], exit="not signal_near_limit"),
                rescue(exit="signal_near_limit or stage == 'away'")],
      "policies": [OnePerDay(channel="phone"), NoSelling()]}),
    # What is measured, and what is answered.
    ({"books": [rescue(holdout=0.0)]}, [("unmeasurable", "playbooks", N, SURE)],
     {"books": [rescue(holdout=0.0)], "policies": [*POLICIES, Holdout(0.05)]}),
    ({"signals": [*SIGNALS, Signal("gone", "visits > 99", text="x")]},
     [("signal_unanswered", "signal 'gone'", W, SURE)],
     {"signals": [*SIGNALS, Signal("gone", "visits > 99", text="x")],
      "books": [rescue(on=[raised("fading"), became("signal_gone and visits > 5")])]}),
    ({"signals": [*SIGNALS, Signal("glad", "score >= 9", topic="voice", text="x")]},
     [("signal_unanswered", "signal 'glad'", N, SURE)],
     {"signals": [*SIGNALS, Signal("glad", "score >= 9", topic="voice", text="x")],
      "books": [hello(audience="signal_glad")]}),
    ({"signals": [*SIGNALS, Signal("gone", "visits > 99", text="x")],
      "books": [hello(audience="not signal_gone")]},
     [("signal_unanswered", "signal 'gone'", W, SURE)],
     {"signals": [*SIGNALS, Signal("gone", "visits > 99", text="x")], "books": [tiers(tier("one"))]}),
    ({"signals": [*SIGNALS, Signal("gone", "visits > 99", text="x")]},
     [("signal_unanswered", "signal 'gone'", W, SURE)],
     {"signals": [Signal("gone", "visits > 99", text="x"), Signal("fading", "signal_gone or visits_30d < 1", text="x"),
                  SIGNALS[1]]}),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "expected", "beside"), POLICED)
def test_each_finding_about_the_whole(parts: dict[str, Any], expected: list[Told], beside: dict[str, Any]) -> None:
    """What deserves care in policies, signals and playbooks together is found, and nothing else; beside it nothing."""
    assert told(**parts) == expected
    assert told(**beside) == []


def test_every_goal_a_contract() -> None:
    """A set-up in which every goal is a contract or a payment says so once; one goal beyond it is enough."""
    books = [
        rescue(goal=Goal(touchpoint="order")),
        offer(goal=Goal("orders >= 3")),
        hello(goal=Goal(touchpoint="paid_order")),
    ]
    sold = [*books, attrs.evolve(ASK, goal=Goal("orders >= 1 and not visits < 3"))]
    assert told(sold, facts={**FACTS, "paid": Count("paid_order")}) == [("contracts_only", "playbooks", W, MAYBE)]
    assert told(books, facts={**FACTS, "paid": Count("paid_order")}) == []


class Every:
    """A policy that a host wrote."""

    name = "every"
    keeps_us = 0

    def facts(self) -> dict[str, Any]:
        """None."""
        return {}

    def bind(self, setup: Any, /) -> Every:
        """Itself."""
        return self

    def judge(self, attempt: Attempt) -> Block | None:
        """Never called by the check."""
        raise AssertionError(attempt)

    def judge_all(self, attempts: Any) -> Any:
        """Never called by the check."""
        raise AssertionError(attempts)


def test_a_host_s_policy_may_hold_what_is_not_seen() -> None:
    """What a host's own policy holds cannot be seen, so that something is sold in onboarding is left open."""
    policies = [*POLICIES[:3], Every()]
    assert told([offer(audience=None)], policies=policies) == [(*SELLS[0][:3], OPEN)]


def test_actions_without_a_hook() -> None:
    """Every action that has no hook is found, by a register or by names; without one nothing is looked at."""
    hooks = Hooks()
    for name in ("call", "write", "offer", "greet"):
        hooks.on(name)(lambda play: None)
    expected = [
        ("playbook 'hello'", "its action 'tips' has no hook"),
        ("playbook 'ask'", "its action 'ask' has no hook"),
    ]
    for given in (hooks, {"call", "write", "offer", "greet"}, hooks.actions):
        missing = found(hooks=given)
        assert [(one.place, one.text) for one in missing] == expected
        assert {(one.code, one.severity, one.certainty) for one in missing} == {("no_hook", W, SURE)}
    assert found(hooks=[*hooks.actions, "tips", "ask"]) == []


# --- as a whole -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"books": [rescue(audience="visits_30d > 5")]},
         ("playbook 'rescue', audience: on signal 'fading' raised nobody enters: visits_30d < 2 against visits_30d > 5 "
          "(signal 'fading', audience); change the audience, or what starts it")),
        ({"books": [hello(audience="stage == 'lead'")]},
         ("playbook 'hello', audience: on stage 'onboarding' entered nobody enters: stage == 'onboarding' or "
          "stage == 'away' against stage == 'lead' (stage 'onboarding' entered, audience); change the audience, or "
          "what starts it")),
        ({"books": [extra(on=became("visits > 3"), exit="visits > 2")]},
         ("error: playbook 'extra', exit: it holds whenever 'visits > 3' came true, so nobody enters: visits > 2; "
          "end it by something else than what starts it")),
        ({"books": [offer(audience=None)], "policies": POLICIES[:3]},
         ("playbook 'offer', step 0: it sells in stage 'onboarding', and no policy holds it there, for example with "
          "signal_near_limit yes, stage onboarding, usage 80; pass the policy NoSelling(('onboarding',)), or "
          "audience=\"stage != 'onboarding'\"")),
    ],
)  # fmt: skip
def test_findings_read_well(parts: dict[str, Any], text: str) -> None:
    """A finding says where, what, with which figures, and what to do."""
    assert [str(one) for one in found(**parts)] == [text]


def test_refused_are_errors_only() -> None:
    """What is refused is what is proved of one playbook by its own words, each once."""
    for book, expected, beside in CONTRADICTIONS:
        refused = refusals(setup_of(club([book])))
        assert [(one.code, one.place, one.severity, one.certainty) for one in refused] == [
            one for one in expected if one[2] == E
        ]
        assert all(one.certainty == SURE for one in refused)
        assert refusals(setup_of(club([beside]))) == ()
    for book, _, _ in LACKING:
        assert refusals(setup_of(club([book]))) == ()


def test_a_definition_with_an_error_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A definition is not built over a playbook that contradicts itself; all such playbooks are told."""
    monkeypatch.setattr(_definition, "refusals", refusals)
    with pytest.raises(DefinitionError) as caught:
        club([rescue(audience="visits < 0"), extra(on=became("visits > 3"), audience="visits < 2")])
    assert [problem.split(":")[:2] for problem in caught.value.problems] == [
        ["error", " playbook 'rescue', audience"], ["error", " playbook 'extra', audience"]
    ]  # fmt: skip
    assert club([rescue(audience="visits_30d > 5")]).check() != ()


def test_a_finding_is_checked() -> None:
    """A severity that is none is refused."""
    with pytest.raises(InvalidArgument, match="'fatal' is none of note, warning, error"):
        Finding("here", "this", "that", severity="fatal")  # type: ignore[arg-type]
    assert str(Finding("here", "this", "that")) == "here: this; that"
    assert str(Finding("here", "this", "that", severity="note")) == "note: here: this; that"


# --- proofs against the engine ----------------------------------------------------------------------------------------

KINDS = ("visit", "order", "ticket_opened", "ticket_closed", "answer", "profile_set", "metered", "joined", "stopped")


def walk(definition: Definition, seed: int) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What happened to the runs of one customer of many moods: (playbook, event), and decided (playbook, step)."""
    draw = random.Random(seed)
    at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    customer = definition.welcome("ada", at)
    events: set[tuple[str, str]] = set()
    plays: set[tuple[str, str]] = set()
    for number in range(60):
        at += timedelta(hours=draw.choice((1, 12, 30, 400, 2_000)) if draw.random() < 0.5 else draw.randrange(1, 60))
        about = {
            "ticket": draw.randrange(3), "value": draw.randrange(11), "plan": draw.choice("ab"),
            "percent": draw.randrange(60, 100), "renewal": "2026-05-01",
        }  # fmt: skip
        kind = "joined" if number == 1 else draw.choice(KINDS)
        step = definition.advance(customer, Touchpoint("ada", kind, at, attributes=about))
        customer = step.customer
        events |= {(run.playbook, run.event) for run in step.runs} | {(run.playbook, run.tier) for run in step.runs}
        plays |= {(play.playbook, play.step) for play in step.plays}
    return events, plays


@pytest.mark.parametrize(("book", "expected", "beside"), CONTRADICTIONS)
def test_what_is_proved_never_comes(book: Playbook, expected: list[Told], beside: Playbook) -> None:
    """In random histories nobody enters, no tier is taken and no play is decided of which that is proved."""
    ((code, place, _, _),) = expected
    definition = club([book], policies=())
    walks = [walk(definition, seed) for seed in range(8)]
    events, plays = (set().union(*parts) for parts in zip(*walks, strict=True))
    if code in ("audience_unreachable", "exit_at_entry") and len(book.on) == 1:
        assert (book.name, "refused") in events
        assert (book.name, "entered") not in events
    elif code == "only_if_never":
        assert (book.name, "entered") in events
        assert (book.name, place.split("step ")[1].split(",")[0]) not in plays
    elif code == "tier_never":
        assert (book.name, "entered") in events
        assert (book.name, place.split("'")[-2]) not in events


# --- the reference page -----------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_the_reference_page_lists_every_code() -> None:
    """The page has one row for each code, in the order of the code, and no other."""
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == list(CODES)


def test_every_code_of_playbooks_fires_here() -> None:
    """Each code about playbooks and policies is expected in a test above."""
    rows = [*CONTRADICTIONS, *LACKING, *TWICE, *POLICED]
    fired = {one[0] for row in rows for one in row[1]} | {"no_hook"}
    assert fired == set(CODES[CODES.index("contradiction") :])
