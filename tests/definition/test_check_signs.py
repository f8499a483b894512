"""What `check` finds in signs, and in what they leave unmeasured: each finding fires, and stays silent beside it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from lifecycle import (
    ENTRY,
    Count,
    CustomerMachine,
    DateOf,
    Definition,
    First,
    InStage,
    Last,
    Open,
    Ratio,
    Since,
    State,
    Tenure,
    Timer,
    presets,
    role,
)
from lifecycle.definition._outcomes import ANYTHING, implies, outcomes
from lifecycle.rules import parse
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal

from .test_overlay import kleene, text_of

TICKETS = Open("ticket_opened", "ticket_closed", ref="ticket")
FACTS: dict[str, Any] = {
    "score": Last("answer", of="value"),
    "quiet": Since("visit"),
    "visits": Count("visit"),
    "tenure": Tenure(),
    "source": First("welcomed", of="source", type="text"),
    "tickets_open": TICKETS,
    "oldest": TICKETS.oldest(),
    "late": Ratio("oldest", "visits"),
    "trial_days": InStage("trial"),
    "away_days": InStage("away"),
}
FIT = [Criterion("fits", "visits >= 1")]
FIRST = Milestone("first", "visits >= 1", due_days=7)
JOURNEY = Blueprint("journey", [FIRST], fit=FIT, first_value="first")
DATED = date(2026, 1, 1)


class Club(CustomerMachine):
    """Lead, inside (trial, full), away."""

    lead = role.prospect(initial=True)

    class inside(State.Compound):  # noqa: N801 (its name is its id)
        """Who belongs to it."""

        trial = role.active(initial=True)
        full = role.active()
        over = trial.to(full)

    away = role.lost()
    joined = lead.to(inside)
    silence = inside.to(away)


def club(*signs: Signal | Segment, **parts: Any) -> Definition:
    """A club about which there is nothing to say, with some signs."""
    usual: dict[str, Any] = {
        "timers": (Timer("silence", 60), Timer("over", 30, ENTRY)), "blueprints": [JOURNEY], "facts": FACTS,
    }  # fmt: skip
    return Definition(
        Club, name="club", signals=[one for one in signs if isinstance(one, Signal)],
        segments=[one for one in signs if isinstance(one, Segment)], **{**usual, **parts},
    )  # fmt: skip


def signal(condition: str, **more: Any) -> Signal:
    """A signal that says what it is about."""
    return Signal("s", condition, **{"text": "Told", **more})


def segment(condition: str) -> Segment:
    """A dated segment."""
    return Segment("s", condition, dated=DATED)


def found(*signs: Signal | Segment, **parts: Any) -> list[str]:
    """What is found, as text."""
    return [str(finding) for finding in club(*signs, **parts).check()]


def test_nothing_is_found_where_nothing_is() -> None:
    """The club as it is has no finding; each test below changes one thing."""
    assert found(signal("score < 5"), segment("visits > 1")) == []


NOT = "ask the other way round, or read a fact that is never missing"
NEVER = "change its condition, or the stages in which it is watched"
DAYS = "order the milestones by the day they are due"


@pytest.mark.parametrize(
    ("parts", "expected", "beside"),
    [
        # A 'not' over what can be missing, where conditions are two-valued.
        ({"signs": [segment("not score < 5")]},
         [f"segment 's': 'not' over 'score' holds for whom it is missing (S12); {NOT}"],
         {"signs": [segment("not visits < 5"), signal("not score < 5")]}),
        ({"blueprints": [attrs.evolve(JOURNEY, milestones=[attrs.evolve(FIRST, condition="not score < 5")])]},
         [f"blueprint 'journey', milestone 'first': 'not' over 'score' holds for whom it is missing (S12); {NOT}"],
         {"blueprints": [attrs.evolve(JOURNEY, milestones=[attrs.evolve(FIRST, condition="score >= 5")])]}),
        ({"loyalty": Loyalty("not score < 5", "visits > 1")},
         [f"loyalty: 'not' over 'score' holds for whom it is missing (S12); {NOT}"],
         {"loyalty": Loyalty("score >= 5", "not visits > 1")}),
        ({"signs": [segment("not health < 50")], "health": Health([Measure("score", bad=0, good=10)])},
         [f"segment 's': 'not' over 'health' holds for whom it is missing (S12); {NOT}"],
         {"signs": [segment("health >= 50")], "health": Health([Measure("score", bad=0, good=10)])}),
        # What can never be.
        ({"signs": [signal("stage == 'away' and score < 5")]},
         ["signal 's': it can never be raised: it is looked at in trial, full, where its condition cannot hold; "
          + NEVER],
         {"signs": [signal("stage == 'away' and score < 5", stages="lost")]}),
        ({"signs": [signal("away_days > 3")]},
         ["signal 's': it can never be raised: it is looked at in trial, full, where its condition cannot hold; "
          + NEVER],
         {"signs": [signal("away_days > 3 or visits > 3")]}),
        ({"signs": [signal("visits > 1", stages="returning")]},
         ["signal 's': it can never be raised: it is looked at in none of the stages, where its condition cannot hold; "
          + NEVER],
         {"signs": [signal("visits > 1", stages=["returning", "active"])]}),
        ({"signs": [segment("stage == 'trial' and not stage != 'full'")]},
         [("segment 's': it can never be joined by anybody: it is looked at in lead, trial, full, away, where its "
          "condition cannot hold; change its condition")],
         {"signs": [segment("stage == 'trial' and not stage == 'full'")]}),
        ({"blueprints": [attrs.evolve(JOURNEY, milestones=[attrs.evolve(FIRST, condition="stage == 'away'")])]},
         [("blueprint 'journey', milestone 'first': it can never be reached: it is looked at in lead, trial, full, "
          "where its condition cannot hold; change its condition")],
         {"blueprints": [attrs.evolve(JOURNEY, milestones=[attrs.evolve(FIRST, condition="stage == 'full'")])]}),
        # What never ends.
        ({"signs": [signal("score < 5", clear="score < 3")]},
         [("signal 's': what clears it (score < 3) holds only while it is raised, so it is never cleared; "
          "give clear= a condition that can hold when the other one does not")],
         {"signs": [signal("score < 5", clear="score < 7")]}),
        ({"signs": [signal("oldest > 5")]},
         [("signal 's': once nothing is open any more, 'oldest' is missing, and what is missing clears nothing; "
          "pass clear= with a count of what is open: 'tickets_open == 0 or …'")],
         {"signs": [signal("oldest > 5 and tickets_open >= 1")]}),
        ({"signs": [signal("oldest > 5", clear="oldest <= 5")]},
         [("signal 's': once nothing is open any more, 'oldest' is missing, and what is missing clears nothing; "
          "pass clear= with a count of what is open: 'tickets_open == 0 or …'")],
         {"signs": [signal("oldest > 5", clear="tickets_open == 0 or oldest <= 5")]}),
        ({"signs": [signal("late > 5 or visits > 3")]},
         [("signal 's': once nothing is open any more, 'late' is missing, and what is missing clears nothing; "
          "pass clear= with a count of what is open: 'tickets_open == 0 or …'")],
         {"signs": [signal("not tickets_open > 0 or visits > 3")]}),
        # Blueprints against the calendar.
        ({"blueprints": [attrs.evolve(JOURNEY, milestones=[FIRST, Milestone("next", "visits > 2", due_days=3)])]},
         [f"blueprint 'journey', milestone 'next': it is due on day 3; 'first', which it follows, on day 7; {DAYS}"],
         {"blueprints": [attrs.evolve(JOURNEY, milestones=[FIRST, Milestone("next", "visits > 2", due_days=7)])]}),
        ({"blueprints": [attrs.evolve(JOURNEY, start="trial", milestones=[attrs.evolve(FIRST, due_days=31)])]},
         [("blueprint 'journey', milestone 'first': it is due on day 31; timer 'over' ends 'trial' on day 30; "
          "let it be due before, or the stage last longer")],
         {"blueprints": [attrs.evolve(JOURNEY, start="trial", milestones=[attrs.evolve(FIRST, due_days=30)])]}),
        # The same, where the timer leads from one stage inside to another.
        ({"blueprints": [attrs.evolve(JOURNEY, start="trial", milestones=[attrs.evolve(FIRST, due_days=99)])]},
         [("blueprint 'journey', milestone 'first': it is due on day 99; timer 'over' ends 'trial' on day 30; "
          "let it be due before, or the stage last longer")],
         {"blueprints": [attrs.evolve(JOURNEY, start="inside", milestones=[attrs.evolve(FIRST, due_days=99)])]}),
        # Health against the stages.
        ({"health": Health([Measure("score", bad=0, good=10)], weights={"away": {"score": 2}})},
         [("health: the weights of 'away' never apply: there is no score in that stage; "
          "leave them out, or name the stage in stages=")],
         {"health": Health([Measure("score", bad=0, good=10)], weights={"inside": {"score": 2}})}),
        ({"health": Health([Measure("away_days", bad=0, good=10), Measure("score", bad=0, good=10)])},
         [("health, measure 'away_days': it is missing wherever there is a score; "
          "measure something else, or name 'away' in stages=")],
         {"health": Health([Measure("trial_days", bad=0, good=10), Measure("score", bad=0, good=10)])}),
        # What is left unmeasured.
        ({"facts": {name: fact for name, fact in FACTS.items() if name != "source"}, "signs": [signal("score < 5")]},
         [("facts: none reads source, campaign, discount or the like: who was won by price cannot be told from who was "
          "not; declare First('welcomed', of='source', type='text') or a count of discounts")],
         {"facts": {**FACTS, "source": Count("order", where="discount > 0")}, "signs": [signal("score < 5")]}),
        ({"blueprints": [], "signs": [signal("score < 5")]},
         [("lead → trial on 'joined': no success after it is declared: the contract counts, and not what it is worth "
          "to the customer; declare a Blueprint with milestones and its first_value=")],
         {"blueprints": []}),
        ({"blueprints": [attrs.evolve(JOURNEY, first_value=None)]},
         [("blueprint 'journey': no milestone is the first value, so how long it takes cannot be told; "
          "pass first_value= with the milestone's name")],
         {"blueprints": [attrs.evolve(JOURNEY, name="other", first_value=None), JOURNEY]}),
        ({"blueprints": [attrs.evolve(JOURNEY, fit=())]},
         [("blueprint 'journey': it does not say who the ideal customer is, so poor fit cannot be told from poor "
          "service; pass fit=[Criterion(…), …]")],
         {"blueprints": [attrs.evolve(JOURNEY, name="other", fit=()), JOURNEY]}),
        ({"signs": [Signal("s", "score < 5")]},
         [("signal 's': it is a warning, nothing reads it, and it has no text: whom it reaches learns nothing; "
          "pass text=, or read it in a segment or another signal")],
         {"signs": [Signal("s", "score < 5"), Segment("t", "signal_s", dated=DATED),
                    Signal("u", "visits > 1", severity="info")]}),
        ({"signs": [Segment("s", "visits > 1")]},
         [("segment 's': no date says when this version of it was agreed on; "
          "pass dated=date(…), and a new version= with each change")],
         {"signs": [segment("visits > 1")]}),
    ],
)  # fmt: skip
def test_each_finding_and_its_silence(parts: dict[str, Any], expected: list[str], beside: dict[str, Any]) -> None:
    """What deserves care is found, with place and remedy, and nothing else; what is beside it is not."""

    def told(given: dict[str, Any]) -> list[str]:
        return found(*given.get("signs", ()), **{name: part for name, part in given.items() if name != "signs"})

    assert told(parts) == expected
    assert told(beside) == []


class Quiet(CustomerMachine):
    """Nothing ends it but a date."""

    member = role.active(initial=True)
    away = role.lost()
    expired = member.to(away)


@pytest.mark.parametrize(
    ("condition", "timers", "is_silent"),
    [
        ("score < 5", [Timer("expired", 0, DateOf("expiry"))], True),
        ("score < 5 or tenure > 30", [Timer("expired", 90, ENTRY)], True),
        ("quiet > 5", [Timer("expired", 90, ENTRY)], False),
        ("visits_7d == 0", [Timer("expired", 90, ENTRY)], False),
        ("score < 5", [Timer("expired", 90)], False),
        ("score < 5", [Timer("expired", 90, "visit")], False),
    ],
)
def test_silence_that_nobody_would_notice(condition: str, timers: list[Timer], is_silent: bool) -> None:
    """Found where neither a timer nor anything that is read changes while a customer is silent; age is no silence."""
    facts = {**FACTS, "visits_7d": Count("visit").within(7), "expiry": Last("signed", of="end", type="date")}
    facts = {name: fact for name, fact in facts.items() if not isinstance(fact, InStage)}
    definition = Definition(Quiet, name="quiet", facts=facts, timers=timers, signals=[signal(condition)],
                            blueprints=[JOURNEY])  # fmt: skip
    text = (
        "timers: nothing that moves, signals, segments or health read changes while a customer is silent; "
        "declare a Timer, or a Signal over Since(…)"
    )
    assert [str(finding) for finding in definition.check()] == ([text] if is_silent else [])


def test_who_declares_no_signs_is_asked_for_none() -> None:
    """A lifecycle without signs does not claim to measure how it goes: nothing is missed."""
    bare = Definition(Club, name="club", facts={"days": Since("visit")}, timers=club().timers)
    assert bare.check() == ()


@pytest.mark.parametrize("currency", [None, "EUR"])
@pytest.mark.parametrize("make", [presets.commerce, presets.saas, presets.service])
def test_the_presets_have_no_finding(make: Callable[..., Definition], currency: str | None) -> None:
    """The stock definitions keep what the check asks for; signs that are there to be looked at are noted only."""
    found = make(currency=currency).check()
    assert [finding for finding in found if finding.severity != "note"] == []
    assert {finding.code for finding in found} <= {"signal_unanswered", "unmeasurable"}
    assert make(currency=currency, playbooks=()).check() == ()


# --- what a condition can come to -------------------------------------------------------------------------------------


def test_outcomes_leave_nothing_out() -> None:
    """Whatever truths the atoms have, what comes out is among the outcomes."""
    n_narrow = 0
    for seed in range(300):
        draw = random.Random(seed)
        root = parse(text_of(draw)).root
        may = {name: frozenset(draw.sample((True, False, None), draw.choice((1, 1, 2, 3)))) for name in "abcde"}
        told = outcomes(root, lambda atom, may=may: may[atom.name])  # type: ignore[misc]
        n_narrow += told < ANYTHING
        for _ in range(20):
            world = {name: draw.choice(sorted(own, key=str)) for name, own in may.items()}
            assert kleene(root, world) in told
    assert n_narrow > 50


def test_what_is_implied_holds() -> None:
    """Where one comparison or condition is said to imply another, no number shows otherwise."""
    signs, limits = ("<", "<=", ">", ">=", "==", "!="), (2, 3)
    values = [Fraction(n, 2) for n in range(2, 9)]
    n_implied = 0
    for seed in range(2000):
        draw = random.Random(seed)
        texts = [_text(draw, signs, limits) for _ in range(2)]
        first, second = (parse(text).root for text in texts)
        if implies(first, second):
            n_implied += 1
            assert all(_true(texts[1], value) for value in values if _true(texts[0], value)), texts
    assert n_implied > 200


def _text(draw: random.Random, signs: tuple[str, ...], limits: tuple[int, ...]) -> str:
    """One to three comparisons of one number."""
    parts = [f"x {draw.choice(signs)} {draw.choice(limits)}" for _ in range(draw.choice((1, 1, 2, 3)))]
    return draw.choice((" and ", " or ")).join(parts)


def _true(text: str, value: Fraction) -> bool:
    """Whether a number passes."""
    return bool(eval(text, {"x": value}))
