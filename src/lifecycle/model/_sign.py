"""What happened to a customer's signs: signals raised and cleared, milestones reached or overdue."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import attrs

from ._move import Figure, moment

SignCause: TypeAlias = Literal["touchpoint", "time", "stage"]
"""What raised or cleared a signal: a touchpoint, a midnight, or leaving the stages in which it is watched."""


@attrs.frozen
class SignalChange:
    """A signal that was raised or cleared, with its evidence."""

    customer: str
    """Whose."""
    signal: str
    """The signal's name."""
    topic: str
    """What it is about."""
    severity: str
    """info, watch, warning or critical."""
    is_raised: bool
    """Raised, or cleared."""
    at_us: int
    """When, in microseconds since 1970-01-01 UTC."""
    cause: SignCause
    """What brought it about."""
    figures: tuple[Figure, ...] = ()
    """The atoms of the condition that raised it, or of the one that cleared it."""
    zone: str = attrs.field(default="UTC", repr=False)
    """The zone of the definition, for people."""

    @property
    def at(self) -> datetime:
        """When, in the definition's zone."""
        return moment(self.at_us, self.zone)

    def __str__(self) -> str:
        what = "raised" if self.is_raised else "cleared"
        reasons = "".join(f"; {figure}" for figure in self.figures)
        return f"{self.signal} ({self.severity}) {what} on {_when(self.at, self.cause)}{reasons}"


@attrs.frozen
class MilestoneChange:
    """A milestone that was reached, or that became overdue."""

    customer: str
    """Whose."""
    blueprint: str
    """The blueprint's name."""
    milestone: str
    """The milestone's name."""
    is_reached: bool
    """Reached, or overdue."""
    at_us: int
    """When, in microseconds since 1970-01-01 UTC."""
    cause: SignCause
    """A touchpoint or a midnight."""
    figures: tuple[Figure, ...] = ()
    """The atoms of its condition."""
    zone: str = attrs.field(default="UTC", repr=False)
    """The zone of the definition, for people."""

    @property
    def at(self) -> datetime:
        """When, in the definition's zone."""
        return moment(self.at_us, self.zone)

    def __str__(self) -> str:
        what = "reached" if self.is_reached else "overdue"
        reasons = "".join(f"; {figure}" for figure in self.figures)
        return f"{self.blueprint}: {self.milestone} {what} on {_when(self.at, self.cause)}{reasons}"


def _when(at: datetime, cause: SignCause) -> str:
    return f"{at:%Y-%m-%d}" + ("" if cause == "time" else f" {at:%H:%M}") + (": stage left" if cause == "stage" else "")
