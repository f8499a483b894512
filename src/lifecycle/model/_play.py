"""Plays: decided actions as values, those that were held back or dropped, and the runs of playbooks they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import attrs

from ._move import Figure, moment

Shown: TypeAlias = int | float | str | None
"""A value that a play carries: a number (money in major units), a text, or None where it is missing."""
RunEvent: TypeAlias = Literal["entered", "refused", "goal", "exited", "escalated", "ended"]
"""What can happen to the run of a playbook."""


@attrs.frozen
class Play:
    """One action decided for one customer; the host's hook carries it out.

    Two plays with the same `key` are the same play: a host that keeps the keys never acts twice.
    """

    key: str
    """Idempotency key: customer, playbook, version, entry and step."""
    customer: str
    """For whom."""
    playbook: str
    """The playbook's name."""
    version: str
    """Its version."""
    action: str
    """What to do: the name of the hook, such as 'send_email'."""
    step: str
    """Which step of the playbook: '0', or '2.then.0' inside a branch, with the tier before it where there is one."""
    purpose: str
    """onboard, adopt, expand, advocate, retain, win_back, listen or serve."""
    channel: str
    """By which channel; '' where it needs none."""
    owners: tuple[str, ...]
    """The roles that carry it out."""
    entered_us: int
    """When the run of the playbook began, in microseconds since 1970-01-01 UTC."""
    due_us: int
    """When it was due."""
    at_us: int
    """When it was decided: at or after `due_us`; later where it was held back before."""
    expires_us: int
    """From when on it is not to be carried out any more."""
    why: str
    """What started the run, in words."""
    figures: tuple[Figure, ...] = ()
    """The evidence: the atoms of the conditions that started the run."""
    params: tuple[tuple[str, Shown], ...] = ()
    """What the action asked for: facts and constants by name."""
    recent: tuple[tuple[str, int], ...] = ()
    """The last touchpoints before it, kind and instant, newest last."""
    occasion: str = ""
    """The correlation key of the run, such as an order's number; '' where the playbook has none."""
    contact: str = ""
    """The contact at the account that started the run; '' where the touchpoint named none."""
    text: str = ""
    """For the person or the template that carries it out, in English."""
    text_ja: str = ""
    """The same in Japanese."""
    discount_percent: float = 0.0
    """How deep a discount it gives; 0 for none."""
    cost: float = 0.0
    """What it costs, in major units of the definition's currency."""
    zone: str = attrs.field(default="UTC", repr=False)
    """The zone of the definition, for people."""

    @property
    def at(self) -> datetime:
        """When it was decided, in the definition's zone."""
        return moment(self.at_us, self.zone)

    @property
    def due(self) -> datetime:
        """When it was due, in the definition's zone."""
        return moment(self.due_us, self.zone)

    @property
    def expires(self) -> datetime:
        """From when on it is not to be carried out any more, in the definition's zone."""
        return moment(self.expires_us, self.zone)

    def param(self, name: str, otherwise: Shown = None) -> Shown:
        """One of its parameters, or something else where it has none of that name or it is missing."""
        found = dict(self.params).get(name)
        return otherwise if found is None else found

    def __str__(self) -> str:
        by = f" by {self.channel}" if self.channel else ""
        who = f" ({', '.join(self.owners)})" if self.owners else ""
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}{by}{who} for {self.customer}: {self.playbook}, {self.why}"


@attrs.frozen
class HeldPlay:
    """A play that a policy held back, with its reason."""

    play: Play
    """The play as it would have been decided at that instant."""
    policy: str
    """The policy that held it."""
    reason: str
    """Why, in words."""
    next_us: int | None
    """When it is tried again; None: never."""

    @property
    def next_try(self) -> datetime | None:
        """When it is tried again, in the definition's zone; None: never."""
        return None if self.next_us is None else moment(self.next_us, self.play.zone)

    def __str__(self) -> str:
        when = self.next_try
        then = "it is not tried again" if when is None else f"tried again {when:%Y-%m-%d %H:%M}"
        return f"{self.play}: held by {self.policy}: {self.reason}; {then}"


@attrs.frozen
class DroppedPlay:
    """A play that was due and will not be decided any more."""

    play: Play
    """The play as it would have been decided at that instant."""
    state: Literal["revoked", "expired", "skipped"]
    """Its run ended while it was held back; its time was over; its own condition was false when it was tried."""
    reason: str
    """Why, in words."""

    def __str__(self) -> str:
        return f"{self.play}: {self.state}: {self.reason}"


@attrs.frozen
class RunChange:
    """What happened to one customer's run of a playbook."""

    customer: str
    """Whose."""
    playbook: str
    """The playbook's name."""
    event: RunEvent
    """Entered; refused (a trigger, but no entry); goal reached; exited; escalated to a higher tier; ended: no step is
    left."""
    at_us: int
    """When, in microseconds since 1970-01-01 UTC."""
    entered_us: int
    """When the run began; for a refusal when it would have begun."""
    why: str
    """What brought it about, in words."""
    occasion: str = ""
    """The correlation key of the run."""
    tier: str = ""
    """The tier that was entered; '' where the playbook has none."""
    is_holdout: bool = False
    """Whether the customer is in the holdout, and so gets nothing."""
    figures: tuple[Figure, ...] = ()
    """The evidence: the atoms of the conditions that brought it about."""
    zone: str = attrs.field(default="UTC", repr=False)
    """The zone of the definition, for people."""

    @property
    def at(self) -> datetime:
        """When, in the definition's zone."""
        return moment(self.at_us, self.zone)

    def __str__(self) -> str:
        held = " (holdout)" if self.is_holdout else ""
        return f"{self.playbook}: {self.event}{held} on {self.at:%Y-%m-%d %H:%M}: {self.why}"
