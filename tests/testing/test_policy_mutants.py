"""The kit kills a mutant of each policy: disabled, off by one, in the wrong zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import pytest

from lifecycle.playbooks import (
    AccountLimit,
    Cadence,
    Cap,
    ChannelPreference,
    Consent,
    DiscountLimit,
    HoldWhile,
    NoSelling,
    OnePerDay,
    Policy,
    QuietHours,
    SurveyFatigue,
)
from lifecycle.testing import History, playbook_laws, sampled_histories

from .club import ASK, BOOKED, OFFER, PLAYBOOKS, club

MOST = 1_500
"""So many histories a mutant may survive."""
SELLING = attrs.evolve(OFFER, steps=(attrs.evolve(OFFER.steps[0], discount_percent=15.5), OFFER.steps[1]))
ALL: tuple[Policy, ...] = (
    AccountLimit(30),
    Cadence(3),
    Cap(2, 7),
    Cap(2, 3, calendar=True),
    ChannelPreference(),
    Consent(),
    DiscountLimit(20, count=2, within_days=60, not_again_days=12),
    HoldWhile("complaints >= 1"),
    NoSelling(("friend",), purposes=("onboard", "listen")),
    OnePerDay(),
    QuietHours("21:00", "08:00", days=("sunday",)),
    SurveyFatigue(20),
)


@attrs.frozen
class Mutant:
    """A policy, and what is really in force."""

    name: str
    """What was done to it."""
    declared: Policy
    """What the definition says."""
    real: Policy | None
    """What the engine is given; None: nothing is held."""

    def __str__(self) -> str:
        return f"{type(self.declared).__name__}-{self.name}"


class Passing:
    """Instead of a bound policy: everything passes."""

    keeps_us = 400 * 86_400_000_000

    def judge(self, attempt: object) -> None:
        return None


class Elsewhere:
    """Instead of a bound policy: the same, but for customers of whom no zone is known."""

    def __init__(self, bound: Any) -> None:
        self.bound, self.keeps_us = bound, bound.keeps_us

    def judge(self, attempt: Any) -> Any:
        return self.bound.judge(attrs.evolve(attempt, read=lambda name: None if "zone" in name else attempt.read(name)))


MUTANTS = (
    *(Mutant("disabled", policy, None) for policy in ALL),
    Mutant("a day less", AccountLimit(30), AccountLimit(29)),
    Mutant("a day less", Cadence(3), Cadence(2)),
    Mutant("one more", Cap(2, 7), Cap(3, 7)),
    Mutant("a day less", Cap(2, 7), Cap(2, 6)),
    Mutant("one more", Cap(2, 3, calendar=True), Cap(3, 3, calendar=True)),
    Mutant("times of 24 hours", OnePerDay(), Cap(1, 1, name="one_per_day", channel=("post",))),
    Mutant("a channel less", ChannelPreference(), ChannelPreference(("email", "sms", "post"))),
    Mutant("no opt-in", Consent(), Consent(())),
    Mutant("deeper", DiscountLimit(20), DiscountLimit(25)),
    Mutant("one more", DiscountLimit(30, count=2, not_again_days=0), DiscountLimit(30, count=3, not_again_days=0)),
    Mutant("a day less", DiscountLimit(30, not_again_days=12), DiscountLimit(30, not_again_days=9)),
    Mutant("one more", HoldWhile("complaints >= 1"), HoldWhile("complaints >= 2")),
    Mutant("a purpose less", NoSelling(("friend",), purposes=("onboard", "listen")), NoSelling(("friend",))),
    Mutant("an hour less", QuietHours("21:00", "08:00"), QuietHours("22:00", "08:00")),
    Mutant("a minute less", QuietHours("21:00", "08:00"), QuietHours("21:00", "07:59")),
    Mutant("no day", QuietHours(days=("sunday",)), QuietHours()),
    Mutant("a day less", SurveyFatigue(20), SurveyFatigue(19)),
)


def broken(monkeypatch: pytest.MonkeyPatch, policy: Policy, change: Callable[[Any, Any], Any]) -> None:
    """Let a policy be bound as something else."""
    original = type(policy).bind
    monkeypatch.setattr(type(policy), "bind", lambda self, setup: change(lambda one: original(one, setup), self))


def found(policy: Policy, n: int, playbooks: Sequence[Any] = PLAYBOOKS) -> Iterator[tuple[History, AssertionError]]:
    """The histories on which the kit says that a policy is violated."""
    definition = club(policies=[policy], playbooks=playbooks)
    checks = [dict(playbook_laws(playbook, definition))["policies_hold"] for playbook in definition.playbooks]
    for history in sampled_histories(definition, n):
        for check in checks:
            try:
                check(history)
            except AssertionError as error:
                yield history, error


def playbooks_for(policy: Policy) -> Sequence[Any]:
    """Playbooks whose plays a policy often has to hold."""
    if isinstance(policy, DiscountLimit):
        return (OFFER,)
    if isinstance(policy, AccountLimit):
        return (attrs.evolve(BOOKED, steps=BOOKED.steps[1:]),)
    return (attrs.evolve(ASK, reentry="after_exit"),) if isinstance(policy, SurveyFatigue) else PLAYBOOKS


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_is_killed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories are found on which a policy that does less than it says lets something pass."""
    real = mutant.real
    if real is None:
        broken(monkeypatch, mutant.declared, lambda bind, _: Passing())
    else:
        broken(monkeypatch, mutant.declared, lambda bind, policy: bind(real if policy == mutant.declared else policy))
    history, error = next(found(mutant.declared, MOST, playbooks_for(mutant.declared)))
    assert "lets pass what it holds" in str(error)
    assert len(history) >= 1


@pytest.mark.parametrize("policy", [QuietHours(), OnePerDay(), Cap(2, 3, calendar=True)], ids=repr)
def test_the_wrong_zone_is_found(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that reads the clock of the definition where it should be the customer's is found."""
    broken(monkeypatch, policy, lambda bind, one: Elsewhere(bind(one)))
    assert next(found(policy, MOST), None) is not None


@pytest.mark.parametrize("policy", ALL, ids=lambda policy: type(policy).__name__)
def test_a_policy_that_does_what_it_says_lives(policy: Policy) -> None:
    """The second judge, which knows nothing of the first, agrees with each policy."""
    assert [str(error) for _, error in found(policy, 150, playbooks_for(policy))] == []
