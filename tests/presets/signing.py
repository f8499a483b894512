"""One small history for each sign: when it is raised, when it is cleared."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

import attrs

from lifecycle.definition import Definition, replay
from lifecycle.log import TouchpointLog
from lifecycle.model import SignalChange

from .walking import EVENING, START, Told, touchpoints

When = tuple[int, Literal["touchpoint", "time", "stage"]]
"""The day after the start, and whether a touchpoint of it or its midnight did it."""


def by(day: int) -> When:
    """By a touchpoint of a day."""
    return (day, "touchpoint")


def at_midnight(day: int) -> When:
    """By the midnight at which a day begins."""
    return (day, "time")


@attrs.frozen
class Sign:
    """A history and what becomes of one signal in it."""

    signal: str
    """Which signal."""
    history: tuple[Told, ...]
    """What happened, after the touchpoint that makes a customer."""
    raised: When | None
    """When it is raised, and not before; None for never."""
    cleared: When | None
    """When it is cleared; None for never."""
    until: int
    """The last day of the story."""
    limits: dict[str, Any]
    """Other thresholds of the preset."""

    def __str__(self) -> str:
        return self.signal if self.raised else f"no {self.signal}"

    @property
    def expected(self) -> list[tuple[bool, When]]:
        """What is to be told of the signal."""
        both = ((True, self.raised), (False, self.cleared))
        return [(is_raised, when) for is_raised, when in both if when is not None]


def sign(
    signal: str, *history: Told, raised: When | None = None, cleared: When | None = None, until: int = 0, **limits: Any
) -> Sign:
    """A row of the table; without `until` the story ends a day after the last change."""
    last = max(when[0] for when in (raised, cleared, (until, "time")) if when is not None)
    return Sign(signal, history, raised, cleared, until or last + 1, limits)


def changes(definition: Definition, history: tuple[Told, ...], until: int) -> list[SignalChange]:
    """All signals that a history raises and clears, live, until the evening of a day."""
    first, *others = touchpoints(history)
    step = definition.begin(first)
    told = list(step.signals)
    for touchpoint in others:
        step = definition.advance(step.customer, touchpoint)
        told += step.signals
    return told + list(definition.pass_time(step.customer, START + timedelta(until) + EVENING).signals)


def column_changes(definition: Definition, history: tuple[Told, ...], until: int) -> list[SignalChange]:
    """The same, all at once from columns."""
    log = TouchpointLog.from_touchpoints(touchpoints(history))
    return list(replay(definition, log, until=START + timedelta(until) + EVENING).signals_of("ada"))


def when_of(change: SignalChange, history: tuple[Told, ...]) -> When:
    """The day and cause of a change, after a check that it is an instant of such a cause."""
    day = (change.at.date() - START.date()).days
    moments = [touchpoint.at for touchpoint in touchpoints(history)]
    if change.cause == "time":
        assert change.at == datetime.combine(change.at.date(), time(), UTC)
    elif change.cause == "touchpoint":
        assert change.at in moments
    return (day, change.cause)
