"""Every policy says the same to one attempt and to many in columns."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.playbooks import (
    NEVER_US,
    PASSES,
    AccountLimit,
    Cadence,
    Cap,
    ChannelPreference,
    Consent,
    DiscountLimit,
    Holdout,
    HoldWhile,
    NoSelling,
    OnePerDay,
    Policy,
    QuietHours,
    SurveyFatigue,
)

from .gym import gym
from .policing import DAY_US, DEFINITION, PLAYBOOKS, SETUP, Case, as_number, columns, some_cases

POLICIES: list[Policy] = [
    Consent(),
    Consent(opt_in=("email", "phone")),
    ChannelPreference(),
    ChannelPreference(among=("email", "in_app")),
    Cap(1, 1),
    Cap(2, 7, channel="email"),
    Cap(2, 14, purpose=("expand", "listen")),
    Cap(1, 3, playbook="upgrade", action="offer"),
    Cap(1, 5, discounts_only=True),
    Cap(2, 3, calendar=True, at="09:30"),
    OnePerDay(),
    OnePerDay(at="02:30"),
    Cadence(3),
    Cadence(0),
    QuietHours(),
    QuietHours("13:00", "14:30", days=("saturday", "sunday")),
    QuietHours("01:30", "02:30"),
    NoSelling("trial"),
    NoSelling(("active", "lapsed"), purposes=("listen", "retain")),
    HoldWhile("visits >= 2", purposes=("expand",)),
    HoldWhile("stage == 'lapsed' or not visits > 0", channels="email", playbooks="upgrade"),
    DiscountLimit(),
    DiscountLimit(50, count=3, within_days=20, not_again_days=2),
    SurveyFatigue(),
    SurveyFatigue(10),
    SurveyFatigue(10, kinds=()),
    Holdout(0.5),
]
IDS = [repr(policy) for policy in POLICIES]


@pytest.mark.parametrize("policy", POLICIES, ids=IDS)
@given(cases=some_cases())
@settings(max_examples=80, deadline=None)
def test_one_by_one_and_in_columns_are_the_same(policy: Policy, cases: list[Case]) -> None:
    """`judge_all` gives for every attempt what `judge` gives, to the microsecond: never, or an instant later than now.

    And plays that were decided longer ago than the policy asks to keep them make no difference.
    """
    bound = policy.bind(SETUP)
    blocks = [bound.judge(case.attempt) for case in cases]
    found = bound.judge_all(columns(cases))
    assert found is not None
    assert found.dtype == np.int64
    assert found.tolist() == [as_number(block) for block in blocks]
    for case, block in zip(cases, blocks, strict=True):
        assert block is None or (block.reason and (block.next_us is None or block.next_us > case.at_us))
        kept = tuple(sent for sent in case.sent if sent[0] >= case.at_us - bound.keeps_us)
        assert bound.judge(evolve(case, sent=kept).attempt) == block


TIMED = [
    policy
    for policy in POLICIES
    if isinstance(policy, (Cap, OnePerDay, Cadence, QuietHours, DiscountLimit)) and getattr(policy, "at", None) is None
]


@pytest.mark.parametrize("policy", TIMED, ids=map(repr, TIMED))
@given(cases=some_cases(), share=st.floats(0, 1, exclude_max=True))
@settings(max_examples=50, deadline=None)
def test_the_next_try_is_the_first_that_passes(policy: Policy, cases: list[Case], share: float) -> None:
    """Where only time holds a play, it is held at every instant before the next try, and passes then."""
    bound = policy.bind(SETUP)
    for case in cases:
        next_us = as_number(bound.judge(case.attempt))
        if next_us in (PASSES, NEVER_US):
            continue
        between = case.at_us + int((next_us - case.at_us) * share)
        for at_us, expected in ((between, next_us), (next_us - 1, next_us), (next_us, PASSES)):
            later = evolve(case, at_us=at_us)
            assert as_number(bound.judge(later.attempt)) == expected


def test_only_the_account_limit_has_to_be_asked_one_by_one() -> None:
    """Columns do not say whom a play is for, so that the policy about contacts answers None."""
    assert AccountLimit().bind(SETUP).judge_all(columns([Case()])) is None


@pytest.mark.parametrize("policy", [*POLICIES, AccountLimit()], ids=[*IDS, "AccountLimit"])
def test_it_is_a_policy(policy: Policy) -> None:
    """It has a name, hidden facts with a dot, and a definition takes it."""
    assert isinstance(policy, Policy)
    assert policy.name.isidentifier()
    assert all("." in name for name in policy.facts())
    assert policy.bind(SETUP).keeps_us % DAY_US == 0
    assert gym(*PLAYBOOKS, policies=[policy]) != DEFINITION


def test_without_actions_all_is_well() -> None:
    """A definition whose playbooks have no action yet binds every policy."""
    for policy in (Cap(1, 1), QuietHours(), Consent(), DiscountLimit()):
        bound = policy.bind(evolve(SETUP, actions=()))
        assert bound.judge_all(columns([])).tolist() == []  # type: ignore[union-attr]
