"""A small gym whose playbooks the tests write: what happens to one customer, in plain steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from lifecycle import (
    Blueprint,
    Count,
    Customer,
    CustomerMachine,
    Definition,
    Last,
    Milestone,
    Play,
    Signal,
    Since,
    Step,
    Timer,
    Touchpoint,
    role,
)
from lifecycle.playbooks import Attempt, Block, Playbook, PolicySetup
from lifecycle.rules import Fact

START = datetime(2026, 1, 1, tzinfo=UTC)


class Gym(CustomerMachine):
    """Trial, member, lapsed."""

    trial, member, lapsed = role.prospect(initial=True), role.active(), role.lost()
    joined = trial.to(member)
    went_quiet = member.to(lapsed)
    visit = lapsed.to(member)


PARTS: dict[str, Any] = {
    "name": "gym",
    "facts": {
        "visits_7d": Count("visit").within(7),
        "visits": Count("visit"),
        "days_since_visit": Since("visit"),
        "complaints": Count("complaint"),
        "birthday": Last(("welcomed", "profile_set"), of="birthday", type="date"),
    },
    "timers": [Timer("went_quiet", after_days=45, since="visit")],
    "signals": [
        Signal("fading", "days_since_visit >= 10", severity="watch"),
        Signal("angry", "complaints >= 1", severity="critical"),
    ],
    "blueprints": [Blueprint("start", [Milestone("first_visit", "visits >= 1", due_days=14)])],
}


def gym(*playbooks: Playbook, **changes: Any) -> Definition:
    """The gym with some playbooks, and some parts changed."""
    return Definition(Gym, **{**PARTS, "playbooks": playbooks, **changes})


def at(text: str) -> datetime:
    """'01-05' or '01-05 10:30' of 2026 in UTC."""
    day, _, clock = text.partition(" ")
    month, number = map(int, day.split("-"))
    hour, minute = map(int, (clock or "00:00").split(":"))
    return datetime(2026, month, number, hour, minute, tzinfo=UTC)


def touch(when: str, kind: str, who: str = "ada", **attributes: Any) -> Touchpoint:
    """A touchpoint of 2026."""
    return Touchpoint(who, kind, at(when), attributes=attributes)


@attrs.frozen
class Lived:
    """What happened to a customer."""

    customer: Customer
    """The customer at the end."""
    steps: tuple[Step, ...]
    """What happened, one step after the other."""

    def of(self, name: str) -> list[Any]:
        """All plays, held, dropped or runs, in order."""
        return [one for step in self.steps for one in getattr(step, name)]

    @property
    def plays(self) -> list[tuple[str, str]]:
        """When what was decided, in UTC."""
        return [(when(play), play.action) for play in self.of("plays")]

    @property
    def runs(self) -> list[tuple[str, str, str]]:
        """When what happened to which run, in UTC; refusals left out."""
        told = [(one.at.astimezone(UTC), one) for one in self.of("runs") if one.event != "refused"]
        return [(f"{instant:%m-%d %H:%M}", one.playbook, one.event) for instant, one in told]

    @property
    def refusals(self) -> list[str]:
        """Why there was no entry."""
        return [one.why for one in self.of("runs") if one.event == "refused"]


def when(play: Play) -> str:
    """The instant at which a play was decided, in UTC."""
    return f"{play.at.astimezone(UTC):%m-%d %H:%M}"


def live(definition: Definition, touchpoints: Sequence[Touchpoint], until: str) -> Lived:
    """One customer from the first touchpoint until an instant, inclusive."""
    first, *others = touchpoints
    steps = [definition.begin(first)]
    for touchpoint in others:
        steps.append(definition.advance(steps[-1].customer, touchpoint))
    steps.append(definition.pass_time(steps[-1].customer, at(until)))
    return Lived(steps[-1].customer, tuple(steps))


@attrs.frozen
class Closed:
    """A host's own policy: nothing goes out before an instant."""

    until: str = "01-20"
    """When it opens."""
    actions: tuple[str, ...] = ()
    """Which actions it holds; none: all."""
    name: str = "closed"
    """What it is called."""
    is_final: bool = False
    """Whether what it holds is never tried again."""

    def facts(self) -> Mapping[str, Fact]:
        """It reads nothing."""
        return {}

    def bind(self, _: PolicySetup) -> BoundClosed:
        """Inside a definition."""
        return BoundClosed(self)


@attrs.frozen
class BoundClosed:
    """The same inside a definition."""

    declared: Closed
    """What was declared."""
    keeps_us: int = 0
    """It remembers nothing."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Held until it opens."""
        opens_us = int(at(self.declared.until).timestamp() * 1_000_000)
        concerned = not self.declared.actions or attempt.action.action.name in self.declared.actions
        if not concerned or attempt.at_us >= opens_us:
            return None
        return Block("closed", None if self.declared.is_final else opens_us)

    def judge_all(self, _: object) -> None:
        """One by one only."""
