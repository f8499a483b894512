"""A definition compiled: what the live and the columnar engine both run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from lifecycle.chart import ACTIVITY, ENTRY, Chart, DateOf, Timer
from lifecycle.errors import DefinitionError
from lifecycle.log import Block
from lifecycle.model import Calendar
from lifecycle.rules import Context, Fact, FactSet, Last, Rows, Since, as_kinds

RESERVED_KINDS = frozenset(
    {"welcomed", "profile_set", "owner_changed", "consent_set", "stage_set", "scored", "play_outcome"}
)
"""The kinds that carry what a customer knows beside what happened to it (S6)."""
BOOKKEEPING = RESERVED_KINDS - {"welcomed"}
"""The reserved kinds that are no sign of life."""
NEVER_DAY: Final = 2**31 - 1
"""A day that never comes."""
OVERTAKEN: Final = NEVER_DAY - 1
"""Neither does this one: a due day that a touchpoint overtook."""


@attrs.frozen(eq=False)
class Program:
    """A definition compiled into tables."""

    digest: str
    """The identity of the definition (S16)."""
    chart: Chart
    """Stages and routes."""
    facts: FactSet
    """Facts, the engine's own hidden ones included."""
    context: Context
    """Kinds and currency."""
    calendar: Calendar
    """The zone."""
    passive: frozenset[str]
    """Canonical kinds that are no sign of life."""
    timed: frozenset[str] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _timed(self.chart), takes_self=True)
    )
    """The events that only time raises."""
    clocks: tuple[str | None, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _clocks(self.chart, self.facts), takes_self=True)
    )
    """What has a clock of its own: the present stage (None, always first) and the states that facts or timers name."""

    def entered(self, source: int, target: int) -> tuple[int, ...]:
        """The clocks that a move from one leaf to another sets."""
        new = set(self.chart.paths[target]) - set(self.chart.paths[source])
        names = {self.chart.nodes[node] for node in new}
        return tuple(place for place, name in enumerate(self.clocks) if name is None or name in names)

    def rows(self, block: Block) -> Rows:
        """A block of a log as this definition reads it."""
        return Rows(block, self.calendar, self.context.keys, self.passive, self.context.exponent)

    def is_entry(self, timer: int) -> bool:
        """Whether a timer counts from entry into a stage."""
        return self.chart.timers[timer].since is ENTRY

    def timer_kinds(self, timer: int) -> tuple[str, ...]:
        """The kinds from whose last touchpoint a timer counts; none: every sign of life."""
        since = self.chart.timers[timer].since
        return () if since is ACTIVITY else as_kinds(since)  # type: ignore[arg-type]

    def basis_fact(self, timer: int) -> str | None:
        """The fact that holds a timer's basis; None for entry into the stage."""
        since = self.chart.timers[timer].since
        if since is ENTRY:
            return None
        return since.fact if isinstance(since, DateOf) else basis_name(self.chart.timers, timer)

    def first_due(self, timer: int, basis: int | None, today: int, fired: tuple[int, int] | None) -> int | None:
        """The day on which a timer that is armed today fires (S9), None for never."""
        if basis is None:
            return None
        rule = self.chart.timers[timer]
        if fired is not None and fired[0] == basis:
            return None if rule.every_days is None else max(fired[1] + rule.every_days, today + 1)
        return max(basis + rule.after_days, today + 1)


def basis_name(timers: Sequence[Timer], timer: int) -> str:
    """The hidden fact behind a timer that counts from touchpoints; timers with one basis share it."""
    return f"timer.{[other.since for other in timers].index(timers[timer].since)}"


def timer_facts(timers: Sequence[Timer]) -> Mapping[str, Fact]:
    """The hidden facts that the timers need."""
    return {
        basis_name(timers, index): Since(() if timer.since is ACTIVITY else as_kinds(timer.since))
        for index, timer in enumerate(timers)
        if timer.since is not ENTRY and not isinstance(timer.since, DateOf)
    }


def check_dates(timers: Sequence[Timer], declared: Mapping[str, object]) -> None:
    """Refuse a timer over a date that goes missing by itself.

    Raises:
        DefinitionError: a `DateOf` names a fact with `stale_after`.
    """
    for timer in timers:
        fact = declared.get(timer.since.fact) if isinstance(timer.since, DateOf) else None
        if isinstance(fact, Last) and fact.stale_days is not None:
            raise DefinitionError(
                f"timer {timer.event!r}: the date {timer.since.fact!r} goes stale; declare it without stale_after"  # type: ignore[union-attr]
            )


def _timed(chart: Chart) -> frozenset[str]:
    return frozenset(timer.event for timer in chart.timers)


def _clocks(chart: Chart, facts: FactSet) -> tuple[str | None, ...]:
    named = {fact.stage for fact in facts.staged.values() if fact.stage is not None}
    for armed in chart.armed:
        named |= {chart.nodes[node] for timer, node in armed if chart.timers[timer].since is ENTRY}
    return (None, *sorted(named))
