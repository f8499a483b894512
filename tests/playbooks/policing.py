"""Policies asked by hand: one attempt, and many in columns, with facts and decided plays that tests make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from lifecycle.playbooks import (
    NEVER_US,
    PASSES,
    Action,
    Attempt,
    Attempts,
    Block,
    Playbook,
    Policy,
    PolicySetup,
    happened,
)
from lifecycle.rules import Column
from lifecycle.signs import bind_over, stages_named

from .gym import gym

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE_US, HOUR_US, DAY_US = 60_000_000, 3_600_000_000, 86_400_000_000
ZONE = "playbook.zone"
TEXTS = {
    ZONE: ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Havana", "Nowhere/Land", ""),
    "consent.email": ("yes", "no", "1", "0", "True", "maybe"),
    "consent.sms": ("yes", "no", "1", "0", "True", "maybe"),
    "consent.phone": ("yes", "no"),
    "preference.preferred": ("email", "sms", "phone", "fax", ""),
    "preference.avoided": ("email", "sms", "in_app", ""),
    "stage": ("trial", "member", "lapsed"),
}
"""The facts that are texts, with what they may be."""
PLAYBOOKS = (
    Playbook(
        "upgrade",
        on=happened("near_limit"),
        purpose="expand",
        priority=5,
        steps=[
            Action("offer", channel="email"),
            Action("offer", channel="email", discount_percent=10),
            Action("offer", channel="email", discount_percent=40),
            Action("call", channel="phone"),
        ],
    ),
    Playbook("ask", on=happened("renewed"), purpose="listen", steps=[Action("survey", channel="sms")]),
    Playbook(
        "care",
        on=happened("complaint"),
        steps=[
            Action("send_receipt", channel="email", transactional=True, discount_percent=5),
            Action("tell_team"),
            Action("hint", channel="in_app", purpose="listen"),
        ],
    ),
)
OFFER, CHEAPER, CHEAPEST, CALL, SURVEY, RECEIPT, TASK, HINT = range(8)
"""The numbers of their actions."""
DEFINITION = gym(*PLAYBOOKS, zone="Europe/Berlin")
PLAN = DEFINITION.plan
assert PLAN is not None
SETUP = PolicySetup(
    PLAN.signs.program,
    PLAN.actions,
    lambda text: bind_over(PLAN.signs.program, PLAN.signs, text),
    lambda names: stages_named(PLAN.signs.program, names),
)


def us(*moment: int) -> int:
    """Microseconds of a moment in UTC."""
    return (datetime(*moment, tzinfo=UTC) - EPOCH) // MICROSECOND  # type: ignore[misc, arg-type]


NOON = us(2026, 6, 1, 12)


@attrs.frozen
class Case:
    """One attempt as a test writes it."""

    action: int = OFFER
    at_us: int = NOON
    facts: Mapping[str, Any] = MappingProxyType({})
    sent: tuple[tuple[int, int], ...] = ()
    """Decided plays: instant and action."""
    contacts: tuple[str, ...] = ()
    """Their contacts."""
    contact: str = ""

    def read(self, name: str) -> Any:
        """A fact."""
        return self.facts.get(name, {"stage": "member", "visits": 0}.get(name))

    @property
    def attempt(self) -> Attempt:
        """As a policy is asked."""
        contacts = self.contacts or ("",) * len(self.sent)
        ledger = tuple(
            (at, action, contact, f"key{place}")
            for place, ((at, action), contact) in enumerate(zip(self.sent, contacts, strict=True))
        )
        action = SETUP.actions[self.action]
        return Attempt("ada", action, self.at_us, self.contact, self.read, ledger, "Europe/Berlin")


def judged(policy: Policy, case: Case) -> Block | None:
    """What a policy says to one attempt."""
    return policy.bind(SETUP).judge(case.attempt)


def until(policy: Policy, case: Case) -> int:
    """Until when it holds it, if both ways to ask say the same."""
    bound = policy.bind(SETUP)
    one, many = as_number(bound.judge(case.attempt)), bound.judge_all(columns([case]))
    assert many is None or many.tolist() == [one]
    return one


def as_number(block: Block | None) -> int:
    """An answer as `judge_all` gives it."""
    if block is None:
        return PASSES
    return NEVER_US if block.next_us is None else block.next_us


def columns(cases: Sequence[Case]) -> Attempts:
    """Many attempts as columns."""

    def read(name: str) -> Column:
        values = [case.read(name) for case in cases]
        if name in TEXTS:
            book = tuple(sorted({value for value in values if value is not None}))
            codes = np.array([-1 if value is None else book.index(value) for value in values], np.int32)
            return Column(codes, None if name == "stage" else codes >= 0, book)
        valid = np.array([value is not None for value in values], bool)
        if name == "cadence.every_days":
            return Column(np.array([np.nan if value is None else value for value in values], float), valid)
        return Column(np.array([0 if value is None else value for value in values], np.int64), valid)

    def sent(counted: tuple[bool, ...], n: int) -> Any:
        found = []
        for case in cases:
            hits = [at for at, action in case.sent if counted[action]]
            found.append(hits[-n] if len(hits) >= n else -1)
        return np.array(found, np.int64)

    return Attempts(
        np.arange(len(cases), dtype=np.int32),
        np.array([case.action for case in cases], np.int32),
        np.array([case.at_us for case in cases], np.int64),
        read,
        sent,
        "Europe/Berlin",
    )


INSTANTS = st.one_of(
    st.integers(0, 40 * DAY_US),
    st.integers(0, 40 * 24).map(lambda hours: hours * HOUR_US),
    st.integers(0, 40 * 24 * 60).map(lambda minutes: minutes * MINUTE_US),
)
ACTIONS = st.integers(0, len(SETUP.actions) - 1)
FACTS = st.fixed_dictionaries(
    {"stage": st.sampled_from(TEXTS["stage"])},
    optional={
        **{name: st.sampled_from(texts) for name, texts in TEXTS.items() if name != "stage"},
        "cadence.every_days": st.sampled_from([-1.0, 0.0, 0.5, 1.0, 7.25, 14.0, 1e9]),
        "survey.days_since.survey_fatigue": st.integers(0, 40),
        "visits": st.integers(0, 3),
    },
)
BEFORE = st.lists(st.tuples(INSTANTS, ACTIONS), max_size=5)
BASES = st.sampled_from([us(2026, 3, 27), us(2026, 10, 23), us(2026, 6, 1), us(2026, 10, 30)])


def made(base: int, at: int, action: int, facts: Mapping[str, Any], before: list[tuple[int, int]]) -> Case:
    """An attempt so long after an instant, with the plays decided until then."""
    sent = sorted((base + past, number) for past, number in before if past <= at)
    return Case(action, base + at, facts, tuple(sent))


def some_cases() -> st.SearchStrategy[list[Case]]:
    """Attempts over a few weeks around a change of clocks, many of them close together or on round instants."""
    return st.lists(st.builds(made, BASES, INSTANTS, ACTIONS, FACTS, BEFORE), max_size=5)
