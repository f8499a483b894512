"""Findings about what a definition leaves unmeasured: the habits by which customers are won and lost again.

They are looked for only where signs are declared: who declares none does not claim to measure how it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lifecycle.chart import ENTRY, DateOf
from lifecycle.rules import Tenure, as_kinds, parse
from lifecycle.signs import Blueprint

from ._finding import Finding, Setup

_PRICE: Final = ("source", "campaign", "discount")
"""What `welcome` knows of how a customer was won."""
_PRICE_WORDS: Final = (*_PRICE, "coupon", "voucher", "promotion", "referral")
_LOUD: Final = ("warning", "critical")


def review_habits(setup: Setup) -> Iterator[Finding]:
    """What nobody could tell, as this definition stands."""
    if not setup.declared:
        return
    yield from _won_by_price(setup)
    yield from _contract_only(setup)
    yield from _no_ideal(setup.declared.blueprints)
    yield from _silence(setup)
    yield from _tools(setup)
    for segment in setup.declared.segments:
        if segment.dated is None:
            text = "no date says when this version of it was agreed on"
            remedy = "pass dated=date(…), and a new version= with each change"
            yield Finding(f"segment {segment.name!r}", text, remedy, code="undated_segment")


def _won_by_price(setup: Setup) -> Iterator[Finding]:
    """Campaigns as a reflex: whether the customers they bring stay is not to be seen."""
    is_active = any(stage.role == "active" for stage in setup.program.chart.stages)
    if is_active and not any(_reads_price(fact) for fact in setup.facts.values()):
        text = f"none reads {', '.join(_PRICE)} or the like: who was won by price cannot be told from who was not"
        remedy = "declare First('welcomed', of='source', type='text') or a count of discounts"
        yield Finding("facts", text, remedy, code="price_unread")


def _reads_price(fact: Any) -> bool:
    where = getattr(fact, "where", None)
    words = [getattr(fact, "of", None), *as_kinds(getattr(fact, "kinds", None))]
    words += parse(where).names if isinstance(where, str) else ()
    return any(part in word for word in words if isinstance(word, str) for part in _PRICE_WORDS)


def _contract_only(setup: Setup) -> Iterator[Finding]:
    """Rewards for contracts only: nothing after the contract counts as a success."""
    blueprints, chart = setup.declared.blueprints, setup.program.chart
    if any(blueprint.first_value is not None for blueprint in blueprints):
        return
    if blueprints:
        text = "no milestone is the first value, so how long it takes cannot be told"
        remedy = "pass first_value= with the milestone's name"
        yield Finding(f"blueprint {blueprints[0].name!r}", text, remedy, code="first_value_unknown")
        return
    for (leaf, _), routes in chart.routes.items():
        for route in routes:
            roles = chart.stages[leaf].role, chart.stages[route.target].role
            if roles == ("prospect", "active"):
                text = "no success after it is declared: the contract counts, and not what it is worth to the customer"
                remedy = "declare a Blueprint with milestones and its first_value="
                yield Finding(route.text, text, remedy, code="first_value_unknown")
                return


def _no_ideal(blueprints: tuple[Blueprint, ...]) -> Iterator[Finding]:
    """Poor fit: whom to win is not said."""
    if blueprints and not any(blueprint.fit for blueprint in blueprints):
        text = "it does not say who the ideal customer is, so poor fit cannot be told from poor service"
        yield Finding(f"blueprint {blueprints[0].name!r}", text, "pass fit=[Criterion(…), …]", code="ideal_unknown")


def _silence(setup: Setup) -> Iterator[Finding]:
    """Nothing would notice that a customer falls silent."""
    timers = setup.program.chart.timers
    if any(timer.since is not ENTRY and not isinstance(timer.since, DateOf) for timer in timers):
        return
    facts = setup.program.facts
    for name in _read(setup):
        for part in facts.parts(name) if name in facts.types else ():
            bound = facts.folded.get(part)
            if bound is not None and bound.ageing is not None and not isinstance(setup.facts.get(part), Tenure):
                return
    text = "nothing that moves, signals, segments or health read changes while a customer is silent"
    yield Finding("timers", text, "declare a Timer, or a Signal over Since(…)", code="silence_unseen")


def _read(setup: Setup) -> Iterator[str]:
    """Every name that something reads."""
    for routes in setup.program.chart.routes.values():
        for route in routes:
            yield from () if route.condition is None else route.condition.types
    if setup.signs is not None:
        for watch in setup.signs.watches:
            for condition in watch.conditions if watch.journey is None else ():
                yield from condition.types
    if setup.declared.health is not None:
        yield from (measure.fact for measure in setup.declared.health.measures)


def _tools(setup: Setup) -> Iterator[Finding]:
    """Tools for their own sake: an alert that says nothing to anybody."""
    read = {*_read(setup), *(f"signal_{name}" for name in setup.answered)}
    for signal in setup.declared.signals:
        is_mute = not signal.text and not signal.text_ja
        if signal.severity in _LOUD and is_mute and f"signal_{signal.name}" not in read:
            text = f"it is a {signal.severity}, nothing reads it, and it has no text: whom it reaches learns nothing"
            remedy = "pass text=, or read it in a segment or another signal"
            yield Finding(f"signal {signal.name!r}", text, remedy, code="mute_signal")
