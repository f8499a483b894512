"""A finished number with everything that it takes to read it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs

from lifecycle.model import Window, exponent

from ._estimate import Estimate

Better: TypeAlias = Literal["higher", "lower"]
"""Which way a number gets better."""


def _frozen_parts(parts: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType(dict(parts))


@attrs.frozen
class Measurement:
    """One KPI of one group in one period: value, interval, how it was made, and what deserves care."""

    kpi: str
    """The id of the definition, with the settings that differ from its own."""
    value: float | None
    """The number: a share from 0 to 1, money in major units; None where it is undefined."""
    unit: str
    """What it counts: rate, customers, days, money …"""
    period: Window
    """The stretch of time, half-open."""
    zone: str = attrs.field(kw_only=True)
    """The IANA zone of its days."""
    low: float | None = attrs.field(default=None, kw_only=True)
    """The lower bound of the interval; None for none."""
    high: float | None = attrs.field(default=None, kw_only=True)
    """The upper bound of the interval; None for none."""
    confidence: float = attrs.field(default=0.95, kw_only=True)
    """Of the interval."""
    numerator: float | None = attrs.field(default=None, kw_only=True)
    """What was divided; None where nothing was."""
    denominator: float | None = attrs.field(default=None, kw_only=True)
    """By what it was divided, or of how many it is; None for neither."""
    currency: str = attrs.field(default="", kw_only=True)
    """The currency; '' for what is no money."""
    group: str = attrs.field(default="", kw_only=True)
    """Whose number it is; '' for all."""
    better: Better | None = attrs.field(default=None, kw_only=True)
    """Which way it gets better; None where that depends."""
    parts: Mapping[str, float] = attrs.field(factory=dict, converter=_frozen_parts, kw_only=True, eq=dict)
    """What it is made of, by name; empty for most."""
    notes: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """What deserves care; 'undefined because …' where there is no value."""

    @classmethod
    def of(
        cls, estimate: Estimate, kpi: str, unit: str, period: Window, *, zone: str, confidence: float = 0.95
    ) -> Measurement:
        """A measurement of a finished tally."""
        return cls(
            kpi, estimate.value, unit, period,
            zone=zone, low=estimate.low, high=estimate.high, confidence=confidence, numerator=estimate.numerator,
            denominator=estimate.denominator, notes=(estimate.note,) if estimate.note else (),
        )  # fmt: skip

    @property
    def is_undefined(self) -> bool:
        """Whether there is no number; the notes say why."""
        return self.value is None

    def with_notes(self, *notes: str) -> Measurement:
        """The same with more notes."""
        return attrs.evolve(self, notes=(*self.notes, *notes))

    @property
    def text(self) -> str:
        """The number with its unit, as people write it."""
        return "undefined" if self.value is None else figure(self.value, self.unit, self.currency)

    @property
    def interval_text(self) -> str:
        """The interval as people write it; '' for none."""
        if self.low is None or self.high is None:
            return ""
        return f"{figure(self.low, self.unit, self.currency)} … {figure(self.high, self.unit, self.currency)}"

    def __str__(self) -> str:
        interval = f" ({self.interval_text})" if self.interval_text else ""
        who = f" of {self.group}" if self.group else ""
        notes = f"; {'; '.join(self.notes)}" if self.notes else ""
        return f"{self.kpi}{who}: {self.text}{interval}{notes}"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as plain JSON values; times as ISO 8601 texts."""
        found = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        del found["period"]
        return found | {
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "parts": dict(self.parts),
            "notes": list(self.notes),
        }


def figure(value: float, unit: str, currency: str = "", *, is_change: bool = False) -> str:
    """A number with its unit, as people write it; a change with its sign, that of a share in points."""
    sign = "+" if is_change and value > 0 else ""
    if unit == "rate":
        return f"{sign}{100 * value:.1f} {'points' if is_change else '%'}"
    if unit == "money":
        return f"{sign}{value:,.{exponent(currency) if currency else 2}f} {currency}".rstrip()
    shown = f"{sign}{value:,.0f}" if float(value).is_integer() else f"{sign}{value:,.2f}"
    return shown if unit in {"ratio", "score"} else f"{shown} {unit}"
