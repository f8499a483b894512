"""Movements of recurring revenue: what came, came back, grew, shrank and left in each period."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.tally import Estimate, undefined

from ._amounts import RecurringAmounts
from ._changes import CHURN, CONTRACTION, EXPANSION, MOVEMENTS, NEW, REACTIVATION, changes_of
from ._exact import TWELFTHS, counted, read_only, rounded_minor, summed
from ._periods import Periods

Int64 = npt.NDArray[np.int64]
_PARTS = ("amounts", "customers", "opening", "opening_customers", "closing", "closing_customers")


@attrs.frozen(eq=False, repr=False)
class MrrMovements:
    """Recurring revenue and its movements per period. Those of different customers over equal periods add up.

    Amounts are twelfths of minor units, so that a yearly price is whole a month; `to_table` rounds once (S13).
    """

    periods: Periods
    """The periods."""
    currency: str | None
    """The currency of the amounts; None where there are none."""
    amounts: Int64 = attrs.field(converter=read_only)
    """Twelfths by period and movement, in the order of `MOVEMENTS`, losses negative; shape (n_periods, 5)."""
    customers: Int64 = attrs.field(converter=read_only)
    """How many customers moved so; shape (n_periods, 5)."""
    opening: Int64 = attrs.field(converter=read_only)
    """Twelfths in the period before; shape (n_periods,)."""
    opening_customers: Int64 = attrs.field(converter=read_only)
    """How many customers paid them."""
    closing: Int64 = attrs.field(converter=read_only)
    """Twelfths in the period."""
    closing_customers: Int64 = attrs.field(converter=read_only)
    """How many customers pay them."""

    def __add__(self, other: MrrMovements) -> MrrMovements:
        if not isinstance(other, MrrMovements):
            return NotImplemented
        if self.periods != other.periods:
            raise InvalidArgument(f"movements of {self.periods} and of {other.periods} do not add up; take one Periods")
        if None not in (self.currency, other.currency) and self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} have no sum; count each currency alone")
        sums = {name: getattr(self, name) + getattr(other, name) for name in _PARTS}
        return attrs.evolve(self, currency=self.currency or other.currency, **sums)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MrrMovements):
            return NotImplemented
        same = (self.periods, self.currency) == (other.periods, other.currency)
        return same and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _PARTS)

    __hash__ = None  # type: ignore[assignment]

    def quick_ratio(self, first: int = 0, last: int | None = None, *, with_reactivation: bool = False) -> Estimate:
        """What came and grew, divided by what left and shrank.

        Args:
            first: the first period that counts, from 0.
            last: the last period that counts; None for `first` alone.
            with_reactivation: what came back counts as come.

        Returns:
            Numerator and denominator in minor units; undefined where nothing was lost.

        Raises:
            InvalidArgument: there is no such period.
        """
        last = first if last is None else last
        if not 0 <= first <= last < len(self.periods):
            raise InvalidArgument(f"periods {first} to {last} are asked for; there are {len(self.periods)}, from 0")
        total = self.amounts[first : last + 1].sum(axis=0)
        won = int(total[NEW] + total[EXPANSION] + (total[REACTIVATION] if with_reactivation else 0))
        return quotient(won, -int(total[CHURN] + total[CONTRACTION]), "nothing was lost", self._note(last))

    def _note(self, last: int) -> str:
        return "" if self.periods.is_over[last] else "the last period is not over: its losses may not be losses"

    def to_table(self) -> Table:
        """One row per period, in minor units: opening, each movement and how many customers it has, closing, is_over.

        Each figure is rounded on its own, so the last digit may not add up; the twelfths do.
        """
        columns: dict[str, npt.NDArray[Any]] = {
            "period": self.periods.starts,
            "opening": rounded_minor(self.opening),
            "opening_customers": self.opening_customers,
        }
        for place, name in enumerate(MOVEMENTS):
            columns[name] = rounded_minor(self.amounts[:, place])
            columns[f"{name}_customers"] = self.customers[:, place]
        columns |= {
            "closing": rounded_minor(self.closing),
            "closing_customers": self.closing_customers,
            "is_over": self.periods.is_over,
        }
        money = f", minor units of {self.currency}" if self.currency else ""
        return Table(columns, title=f"recurring revenue by {self.periods.by}{money}")

    def __repr__(self) -> str:
        money = f", {self.currency}" if self.currency else ""
        return f"<MrrMovements: {len(self.periods)} periods by {self.periods.by}{money}>"

    def _repr_html_(self) -> str:
        return self.to_table()._repr_html_()


def quotient(numerator: int, denominator: int, reason: str, note: str = "") -> Estimate:
    """Twelfths divided by twelfths, told in minor units; undefined with a reason where the latter are 0."""
    parts = numerator / TWELFTHS, denominator / TWELFTHS
    if denominator == 0:
        return undefined(reason, *parts)
    return Estimate(numerator / denominator, None, None, *parts, note)


def mrr_movements(amounts: RecurringAmounts) -> MrrMovements:
    """The movements of recurring revenue per period.

    Per customer and period, in this order: first paid period new; nothing now and something before churn; something
    now and nothing just before reactivation; more expansion; less contraction; else none. One of several
    subscriptions that ends is contraction. What ends with the last period is not churn: nobody looked.

    Args:
        amounts: what each customer pays; see `paid_amounts` and `subscribed_amounts`.

    Empty and missing: without amounts all is 0.
    """
    periods, found = amounts.periods, changes_of(amounts)
    n = len(periods)
    inside = found.place >= 0
    cell = found.place[inside] * len(MOVEMENTS) + found.movement[inside]
    size = n * len(MOVEMENTS)
    place = amounts.place + 1  # so that the period before the first has a place too
    shown = place >= 0
    paid, payers = summed(place[shown], amounts.twelfths[shown], n + 1), counted(place[shown], n + 1)
    return MrrMovements(
        periods,
        amounts.currency,
        amounts=summed(cell, found.twelfths[inside], size).reshape(n, -1 if n else len(MOVEMENTS)),
        customers=counted(cell, size).reshape(n, -1 if n else len(MOVEMENTS)),
        opening=paid[:-1],
        opening_customers=payers[:-1],
        closing=paid[1:],
        closing_customers=payers[1:],
    )
