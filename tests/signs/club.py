"""A small club and a few ways to run it: what the examples of these tests speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from lifecycle import (
    Count,
    Customer,
    CustomerMachine,
    Definition,
    Last,
    MilestoneChange,
    SignalChange,
    Since,
    State,
    Story,
    Tenure,
    Timer,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)
from lifecycle.signs import Signal

TICK = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FACTS = {
    "score": Last("rated", of="score").stale_after(days=10),
    "grade": Last("rated", of="grade"),
    "quiet": Since("visit"),
    "unseen": Since("visit", otherwise="missing"),
    "visits": Count("visit"),
    "visits_7d": Count("visit").within(7),
    "orders": Count("order"),
    "tenure": Tenure(),
}


class Club(CustomerMachine):
    """Leads join, upgrade, leave and come back."""

    lead = role.prospect("Lead", initial=True)

    class inside(State.Compound):  # noqa: N801 (its name is its id)
        """Who belongs to it."""

        trial = role.active("Trial", initial=True)
        full = role.active("Full")
        upgraded = trial.to(full)
        downgraded = full.to(trial)

    away = role.lost("Away")
    back = role.returning("Back")
    joined = lead.to(inside) | back.to(inside)
    left = inside.to(away) | back.to(away)
    silence = inside.to(away)
    returned = away.to(back)


def club(*signals: Signal, **parts: object) -> Definition:
    """The club with some signs; a member without a touchpoint for 90 days is away."""
    facts = {**FACTS, **parts.pop("facts", {})}  # type: ignore[dict-item]
    return Definition(  # type: ignore[misc]
        Club, name="club", signals=signals, facts=facts,
        **{"timers": (Timer("silence", 90),), "passive": ["profile_set", "rated", "mail"], **parts},
    )  # fmt: skip


def tp(kind: str, at: str, customer: str = "ann", **attributes: object) -> Touchpoint:
    """A touchpoint at a moment in UTC, such as '2026-01-03T09:00'."""
    return Touchpoint(customer, kind, utc(at), attributes=attributes)


def utc(at: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


@attrs.frozen
class Told:
    """What both engines say of one customer."""

    customer: Customer
    """At the end."""
    signals: tuple[SignalChange, ...]
    """Everything raised and cleared."""
    milestones: tuple[MilestoneChange, ...]
    """Everything reached and overdue."""
    story: Story
    """The columns."""

    def changes(self) -> list[tuple[str, bool, str, str]]:
        """Signal, raised or not, the instant in UTC to the minute, the cause."""
        return [(one.signal, one.is_raised, shown(one.at), one.cause) for one in self.signals]

    def steps(self) -> list[tuple[str, bool, str, str]]:
        """Milestone, reached or overdue, the instant in UTC to the minute, the cause."""
        return [(one.milestone, one.is_reached, shown(one.at), one.cause) for one in self.milestones]


def shown(at: datetime) -> str:
    """An instant in UTC to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def both(definition: Definition, *touchpoints: Touchpoint, until: str | datetime) -> Told:
    """One customer through both engines, which must agree."""
    end = utc(until) if isinstance(until, str) else until
    step = definition.begin(touchpoints[0])
    signals, milestones = step.signals, step.milestones
    for touchpoint in touchpoints[1:]:
        step = definition.advance(step.customer, touchpoint)
        signals, milestones = signals + step.signals, milestones + step.milestones
    step = definition.pass_time(step.customer, end - TICK)
    signals, milestones = signals + step.signals, milestones + step.milestones
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=end)
    id = step.customer.id
    assert (story.live(id), story.signals_of(id), story.milestones_of(id)) == (step.customer, signals, milestones)
    return Told(step.customer, signals, milestones, story)
