"""What became of the revenue of those who paid in one period, by a later one."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Moment
from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.tally import Estimate, estimate, undefined, wilson

from ._amounts import RecurringAmounts
from ._changes import CHURN, CONTRACTION, EXPANSION, MOVEMENTS, REACTIVATION, changes_of
from ._exact import read_only, summed
from ._periods import Periods
from ._recurring import quotient

Int64 = npt.NDArray[np.int64]
_NOTHING: Final = "nobody paid in the first period"
_SUMS: Final = ("opening", "opening_customers", "ending", "ending_customers", "kept", "movements")


@attrs.frozen(eq=False, repr=False)
class RetainedRevenue:
    """The opening cohort, all who paid in one period, and what they pay in a later one.

    Only that cohort counts, in movements too: a sum over all customers would take the losses of later joiners from
    those who were there. Amounts are twelfths of minor units. Values of different customers add up with `+`.
    """

    periods: Periods
    """The periods."""
    first: int
    """The period in which the cohort paid, from 0."""
    last: int
    """The later period."""
    currency: str | None
    """The currency; None where there are no amounts."""
    opening: int
    """What the cohort paid in the first period."""
    opening_customers: int
    """How many they are."""
    ending: int
    """What they pay in the last period."""
    ending_customers: int
    """How many of them pay then."""
    kept: int
    """What they pay in the last period, of each no more than in the first."""
    movements: Int64 = attrs.field(converter=read_only)
    """Their movements after the first period up to the last, by `MOVEMENTS`; shape (5,)."""

    def __add__(self, other: RetainedRevenue) -> RetainedRevenue:
        if not isinstance(other, RetainedRevenue):
            return NotImplemented
        mine, theirs = ((one.periods, one.first, one.last) for one in (self, other))
        if mine != theirs:
            raise InvalidArgument(f"revenue of {mine} and of {theirs} does not add up; ask both for the same periods")
        if None not in (self.currency, other.currency) and self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} have no sum; count each currency alone")
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMS}
        return attrs.evolve(self, currency=self.currency or other.currency, **sums)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RetainedRevenue):
            return NotImplemented
        mine, theirs = (
            (one.periods, one.first, one.last, one.currency, *(getattr(one, name) for name in _SUMS[:-1]))
            for one in (self, other)
        )
        return mine == theirs and bool(np.array_equal(self.movements, other.movements))

    __hash__ = None  # type: ignore[assignment]

    @property
    def gross_revenue_retention(self) -> Estimate:
        """Point to point: what is kept of the first period, growth of no customer making up for another's loss."""
        return quotient(self.kept, self.opening, _NOTHING, self._note)

    @property
    def net_revenue_retention(self) -> Estimate:
        """Point to point: what the cohort pays in the last period, growth included, as a share of the first."""
        return quotient(self.ending, self.opening, _NOTHING, self._note)

    @property
    def gross_revenue_retention_summed(self) -> Estimate:
        """The losses of all periods between, summed, taken off; below 0 where the same money was lost repeatedly."""
        lost = int(self.movements[CHURN] + self.movements[CONTRACTION])
        return quotient(self.opening + lost, self.opening, _NOTHING, self._note)

    def net_revenue_retention_summed(self, *, with_reactivation: bool) -> Estimate:
        """The losses and the growth of all periods between, summed.

        Args:
            with_reactivation: what came back counts; then it is what `net_revenue_retention` is.
        """
        counts = [CHURN, CONTRACTION, EXPANSION] + [REACTIVATION] * with_reactivation
        moved = int(self.movements[counts].sum())
        said = "with" if with_reactivation else "without"
        note = "; ".join(filter(None, (f"{said} reactivation", self._note)))
        return quotient(self.opening + moved, self.opening, _NOTHING, note)

    @property
    def customer_churn_rate(self) -> Estimate:
        """The share of the cohort's customers who pay nothing in the last period, with Wilson's interval of 95 %."""
        of = self.opening_customers
        if not of:
            return undefined(_NOTHING, 0.0, 0.0)
        lost = of - self.ending_customers
        share = np.array(lost / of)
        return estimate((share, *wilson(share, np.array(float(of)), 0.95)), (float(lost), float(of)), of, _NOTHING)

    @property
    def _note(self) -> str:
        return "" if self.periods.is_over[self.last] else "the last period is not over: what is missing may still come"

    def __repr__(self) -> str:
        first, last = (self.periods.starts[place] for place in (self.first, self.last))
        return f"<RetainedRevenue: {first} to {last}, {self.opening_customers} customers>"


def retained_revenue(amounts: RecurringAmounts, first: int | Moment, last: int | Moment) -> RetainedRevenue:
    """What became of the revenue of those who paid in a period, by a later one.

    Args:
        amounts: what each customer pays; see `paid_amounts` and `subscribed_amounts`.
        first: the period of the cohort: its number from 0, or a moment in it.
        last: the later period, likewise.

    Raises:
        InvalidArgument: there is no such period, or the last is not after the first.

    Empty and missing: where nobody paid in the first period, the shares are undefined.
    """
    periods = amounts.periods
    one, other = (_place(periods, moment) for moment in (first, last))
    if not one < other:
        raise InvalidArgument(f"the periods {first!r} and {last!r} are not one after the other; give the earlier first")
    opens, ends = np.flatnonzero(amounts.place == one), np.flatnonzero(amounts.place == other)
    cohort = amounts.customer[opens]
    _, before, after = np.intersect1d(cohort, amounts.customer[ends], assume_unique=True, return_indices=True)
    paid, paying = amounts.twelfths[opens[before]], amounts.twelfths[ends[after]]
    found = changes_of(amounts)
    between = np.flatnonzero((found.place > one) & (found.place <= other))
    theirs = between[np.isin(found.customer[between], cohort)]
    return RetainedRevenue(
        periods,
        one,
        other,
        amounts.currency,
        opening=int(amounts.twelfths[opens].sum()),
        opening_customers=len(opens),
        ending=int(paying.sum()),
        ending_customers=len(after),
        kept=int(np.minimum(paid, paying).sum()),
        movements=summed(found.movement[theirs], found.twelfths[theirs], len(MOVEMENTS)),
    )


def _place(periods: Periods, moment: int | Moment) -> int:
    if not isinstance(moment, int):
        return periods.period_of(moment)
    if not 0 <= moment < len(periods):
        raise InvalidArgument(f"period {moment} is asked for; there are {len(periods)}, counted from 0")
    return moment
