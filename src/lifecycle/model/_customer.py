"""A customer: the fold of a definition over touchpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from ._calendar import Calendar
from ._move import moment
from ._stage import Stage


@attrs.frozen
class Customer:
    """Where one customer stands; made and moved on by a definition only.

    It is a value: frozen, comparable, picklable, and made of plain values, so that it can be stored as JSON.
    """

    id: str
    """Who."""
    stage: Stage
    """Where the customer stands."""
    since_us: int
    """When the stage was entered, in microseconds since 1970-01-01 UTC."""
    started_us: int
    """The first touchpoint."""
    last_us: int
    """The last touchpoint."""
    head_us: int
    """The last touchpoint, or the last instant at which something was due and processed, if later (S4)."""
    due_day: int | None
    """The next day at whose start time can change the stage, in days since 1970-01-01."""
    n_touchpoints: int
    """How many touchpoints were folded."""
    n_unanswered: int
    """How many of them the stage had no answer to."""
    definition: str
    """The digest of the definition that made it."""
    zone: str
    """The zone of the definition."""
    facts: tuple[Any, ...] = attrs.field(repr=False)
    """What the facts need; opaque."""
    clocks: tuple[Any, ...] = attrs.field(repr=False)
    """What stage clocks and timers need; opaque."""
    signs: tuple[Any, ...] = attrs.field(default=(), repr=False)
    """What signals, health and blueprints need; opaque but for the first, the next day at whose start time can change
    them. Empty where the definition has none."""
    runs: tuple[Any, ...] = attrs.field(default=(), repr=False)
    """What playbooks need; opaque but for the first, the next instant at which they have something to do, in
    microseconds since 1970-01-01 UTC. Empty where the definition has none."""

    def with_signs(self, signs: tuple[Any, ...], head_us: int) -> Customer:
        """The same customer with other signs, processed until an instant."""
        # Written out, because attrs.evolve takes ten times as long.
        return Customer(
            self.id, self.stage, self.since_us, self.started_us, self.last_us, head_us, self.due_day,
            self.n_touchpoints, self.n_unanswered, self.definition, self.zone, self.facts, self.clocks, signs,
            self.runs,
        )  # fmt: skip

    def with_runs(self, runs: tuple[Any, ...], head_us: int) -> Customer:
        """The same customer with other runs of playbooks, processed until an instant."""
        return Customer(
            self.id, self.stage, self.since_us, self.started_us, self.last_us, head_us, self.due_day,
            self.n_touchpoints, self.n_unanswered, self.definition, self.zone, self.facts, self.clocks, self.signs,
            runs,
        )  # fmt: skip

    @property
    def since(self) -> datetime:
        """When the stage was entered, in the definition's zone."""
        return moment(self.since_us, self.zone)

    @property
    def started(self) -> datetime:
        """The first touchpoint, in the definition's zone."""
        return moment(self.started_us, self.zone)

    @property
    def last_seen(self) -> datetime:
        """The last touchpoint, in the definition's zone."""
        return moment(self.last_us, self.zone)

    @property
    def next_due(self) -> datetime | None:
        """The next instant at which time alone can change something; None: never."""
        day, due_us = self.next_day, self.runs[0] if self.runs else None
        instants = [] if day is None else [Calendar(self.zone).start_of(day)]
        instants += [] if due_us is None else [due_us]
        return moment(min(instants), self.zone) if instants else None

    @property
    def next_day(self) -> int | None:
        """The next day at whose start time can change stage or signs, in days since 1970-01-01; None: never."""
        due, sign_due = self.due_day, self.signs[0] if self.signs else None
        if due is None or (sign_due is not None and sign_due < due):
            found: int | None = sign_due
            return found
        return due
