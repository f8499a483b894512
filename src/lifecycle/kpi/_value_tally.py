"""Figures that divide one ratio by another, kept as the sums under them: value, cost, months to pay back."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal, Self, TypeAlias

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate, undefined

Figure: TypeAlias = Literal["ltv_simple", "cac", "ltv_to_cac", "cac_payback_months", "acquisition_to_retention"]
"""Which figure is finished."""
_SUMS: Final = ("revenue", "active_us", "opening", "lost", "kept", "new", "cost")


@attrs.frozen
class Terms:
    """What is the same for all customers of a figure."""

    figure: Figure
    """Which figure is finished."""
    span_us: int
    """How long the period is, as far as the story reaches, in microseconds."""
    month_us: Fraction
    """How long a month of the period is."""
    per: int
    """Minor units per major one."""
    currency: str
    """The currency of the amounts."""
    margin: Fraction = attrs.field(default=Fraction(1), kw_only=True)
    """The share of revenue that is earned."""
    spend: int | None = attrs.field(default=None, kw_only=True)
    """What was spent on winning customers, in minor units; None: the sum of the costs that touchpoints carry."""
    retention_spend: int | None = attrs.field(default=None, kw_only=True)
    """What was spent on keeping them."""


class _Missing(Exception):
    """Why a part of a figure is undefined."""


@attrs.frozen
class ValueTally:
    """Exact sums over customers, from which one figure is finished. Spend that is stated is never multiplied."""

    revenue: int = 0
    """What was paid in the period less what was given back, in minor units."""
    active_us: int = 0
    """How long customers were active in it, all together, in microseconds."""
    opening: int = 0
    """Customers active at its start."""
    lost: int = 0
    """Those of them who are lost at its end."""
    kept: int = 0
    """Those of them who are active at its end."""
    new: int = 0
    """Who became a customer for the first time in it."""
    cost: int = 0
    """The costs that touchpoints carry, in minor units."""
    terms: Terms | None = None
    """What is the same for all; None for nobody."""

    @classmethod
    def zero(cls) -> Self:
        """Nobody."""
        return cls()

    @property
    def currency(self) -> str:
        """The currency of the figure; '' for what is no money."""
        return self.terms.currency if self.terms and self.terms.figure in {"ltv_simple", "cac"} else ""

    def __add__(self, other: ValueTally) -> ValueTally:
        """Both together.

        Raises:
            InvalidArgument: they are of different figures, margins, spends or currencies.
        """
        if self == ValueTally() or other == ValueTally():
            return other if self == ValueTally() else self
        if self.terms != other.terms:
            raise InvalidArgument(f"{self.terms} and {other.terms} in one figure; measure both with the same settings")
        return attrs.evolve(self, **{name: getattr(self, name) + getattr(other, name) for name in _SUMS})

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The figure; undefined where a part of it is. No interval."""
        if self.terms is None:
            return undefined("there is nobody to count")
        try:
            top, bottom = self._parts(self.terms)
        except _Missing as missing:
            return undefined(str(missing))
        parts = (float(top), float(bottom))
        return Estimate(float(top / bottom), None, None, *parts) if bottom else undefined("it costs nothing", *parts)

    def _parts(self, terms: Terms) -> tuple[Fraction, Fraction]:
        """What is divided by what."""
        match terms.figure:
            case "cac":
                return self._spend(terms), self._needed(self.new, "nobody became a customer in the period")
            case "ltv_simple":
                return self._earned(terms, Fraction(terms.span_us)), self._churn()
            case "ltv_to_cac":
                return self._earned(terms, Fraction(terms.span_us)) / self._churn(), self._cac(terms)
            case "cac_payback_months":
                monthly = self._earned(terms, terms.month_us)
                if monthly <= 0:
                    raise _Missing("nothing is earned with a customer, so the cost is never paid back")
                return self._cac(terms), monthly
            case _:
                if terms.retention_spend is None:
                    raise _Missing("no retention_spend is given")
                kept = self._needed(self.kept, "no customer was kept")
                return self._cac(terms), Fraction(terms.retention_spend, terms.per) / kept

    def _cac(self, terms: Terms) -> Fraction:
        return self._spend(terms) / self._needed(self.new, "nobody became a customer in the period")

    def _spend(self, terms: Terms) -> Fraction:
        if terms.spend is None and not self.cost:
            raise _Missing("no spend is given, and no touchpoint of the period carries a cost")
        return Fraction(self.cost if terms.spend is None else terms.spend, terms.per)

    def _earned(self, terms: Terms, time_us: Fraction) -> Fraction:
        """The margin of one active customer within a time."""
        active = self._needed(self.active_us, "no customer was active in the period")
        return terms.margin * self.revenue * time_us / (terms.per * active)

    def _churn(self) -> Fraction:
        opening = self._needed(self.opening, "no customer was active at the start of the period, so there is no churn")
        return (
            self._needed(self.lost, "churn is 0, and the formula divides by it; use a model of customer value")
            / opening
        )

    def _needed(self, value: int, reason: str) -> Fraction:
        if not value:
            raise _Missing(reason)
        return Fraction(value)
