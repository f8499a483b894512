"""What happened to a customer's stage: figures, moves, stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from ._stage import Stage

Cause: TypeAlias = Literal["touchpoint", "timer", "person"]
"""What can move a customer."""


@attrs.frozen
class Figure:
    """One atom of a condition with the figures that decided it."""

    atom: str
    """The atom as written."""
    values: tuple[tuple[str, int | float | str | None], ...]
    """Each fact that it reads with its stored value (minor units, millionths), None where missing."""
    holds: bool
    """Whether it was true."""
    text: str = attrs.field(eq=False)
    """For people: 'purchases 1 ≥ 1'."""

    def __str__(self) -> str:
        return self.text if self.holds else f"{self.text} ✗"


@attrs.frozen
class Move:
    """A dated change of stage with its cause."""

    customer: str
    """Who moved."""
    at_us: int
    """When, in microseconds since 1970-01-01 UTC."""
    source: Stage
    """The stage that was left."""
    target: Stage
    """The stage that was entered."""
    event: str
    """The event: of a touchpoint, or of a timer."""
    cause: Cause
    """A touchpoint, a timer, or a person (`stage_set`)."""
    figures: tuple[Figure, ...] = ()
    """The atoms of the condition that let the move happen."""
    note: str = ""
    """Who and why, where a person moved the customer."""
    zone: str = attrs.field(default="UTC", repr=False)
    """The zone of the definition, for people."""

    @property
    def at(self) -> datetime:
        """When, in the definition's zone."""
        return moment(self.at_us, self.zone)

    def __str__(self) -> str:
        when = f"{self.at:%Y-%m-%d}" + ("" if self.cause == "timer" else f" {self.at:%H:%M}")
        reasons = "".join(f"; {figure}" for figure in self.figures)
        how = {"touchpoint": f"'{self.event}'", "timer": f"time: '{self.event}'", "person": "set by hand"}[self.cause]
        # The note is a host's text: control and direction marks would let it rewrite the rest of the line.
        note = f" ({''.join(sign if sign.isprintable() else '�' for sign in self.note)})" if self.note else ""
        return f"{self.source} → {self.target} on {when}: {how}{note}{reasons}"


@attrs.frozen
class Stay:
    """One interval in a stage."""

    customer: str
    """Who stayed."""
    stage: Stage
    """Where."""
    start: datetime
    """When it was entered."""
    end: datetime | None
    """When it was left; None while it lasts."""


def moment(at_us: int, zone: str) -> datetime:
    """An instant as an aware datetime in a zone."""
    utc = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=at_us)
    return utc.astimezone(ZoneInfo(zone))
