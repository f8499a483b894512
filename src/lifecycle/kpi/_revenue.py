"""Recurring revenue of a period: MRR, its movements, and what is retained of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from lifecycle.behaviour import MOVEMENTS, TWELFTHS, Periods, RecurringAmounts, RetainedRevenue, retained_revenue
from lifecycle.behaviour import mrr_movements as movements_of
from lifecycle.errors import InvalidArgument
from lifecycle.model import utc_of
from lifecycle.tally import CountsTally, QuotientTally, SumTally

from ._cut import Cut
from ._registry import register

_KINDS: Final = ("payment",)
_MONTHS: Final = (1, 2, 3, 4, 6, 12)


def recurring_amounts(cut: Cut, kinds: tuple[str, ...], months_of: str) -> RecurringAmounts:
    """What each customer pays in each month that the period touches, and in the month before.

    A payment counts in the month it is in; one that carries a number of months in the attribute `months_of` is spread
    evenly over so many, from that month on.

    Raises:
        InvalidArgument: a payment is for a number of months that does not divide 12.
    """
    return cut.kept(("recurring", tuple(kinds), months_of), lambda: _paid(cut, kinds, months_of))


def _paid(cut: Cut, kinds: tuple[str, ...], months_of: str) -> RecurringAmounts:
    periods = Periods.between(utc_of(cut.start_us), utc_of(max(cut.end_us, cut.start_us + 1)), zone=cut.period.zone)
    periods = periods.with_one_before()
    paid = cut.history(*kinds)
    paid = paid.where(paid.has_amount)
    currency = cut.currency if len(paid) else None
    if not len(paid):
        none = np.zeros(0, np.int64)
        return RecurringAmounts(periods, currency, none, none, none)
    stated = paid.number(months_of)
    months = np.where(np.isnan(stated), 1, stated)
    odd = np.flatnonzero(~np.isin(months, _MONTHS))
    if len(odd):
        raise InvalidArgument(
            f"a payment on {utc_of(int(paid.at[odd[0]])):%Y-%m-%d} is for {months_of}={months[odd[0]]:g}, which does "
            "not divide a year; give 1, 2, 3, 4, 6 or 12"
        )
    months = months.astype(np.int64)
    whole = periods.from_earlier(int(paid.at.min()))
    n, lead = len(whole), len(whole) - len(periods)
    place = np.repeat(whole.index_of(paid.at).astype(np.int64), months)
    place += np.arange(len(place)) - np.repeat(np.cumsum(months) - months, months)
    cell = np.repeat(paid.customer.astype(np.int64), months) * n + place
    twelfths = np.repeat(paid.minor * TWELFTHS // months, months)
    cell, twelfths = cell[place < n], twelfths[place < n]
    cells, group = np.unique(cell, return_inverse=True)
    total = np.zeros(len(cells), np.int64)
    np.add.at(total, group, twelfths)
    kept = total > 0  # as much paid back as paid is nothing paid
    return RecurringAmounts(periods, currency, cells[kept] // n, cells[kept] % n - lead, total[kept])


def _retained(cut: Cut, kinds: tuple[str, ...], months_of: str) -> RetainedRevenue:
    amounts = recurring_amounts(cut, kinds, months_of)
    key = ("retained", tuple(kinds), months_of)
    return cut.kept(key, lambda: retained_revenue(amounts, 0, len(amounts.periods) - 1))


def _per(cut: Cut) -> int:
    return TWELFTHS * cut.minor_units


def _share(of: int, retained: RetainedRevenue) -> QuotientTally:
    return QuotientTally(of, retained.opening)


@register("mrr", unit="money", better="higher")
def mrr(cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months") -> SumTally:
    """Monthly recurring revenue: what is paid for the month in which the period ends.

    Payments are summed by customer and calendar month; one that carries the attribute `months` (12 for a yearly plan)
    is spread over so many months, in twelfths of minor units, rounded once at the end (S13).

    Args:
        cut: the period.
        kinds: the kinds that are payments.
        months_of: the attribute that says for how many months a payment is.
    """
    movements = movements_of(recurring_amounts(cut, kinds, months_of))
    payers = int(movements.closing_customers[-1])
    return SumTally(int(movements.closing[-1]), payers, per=_per(cut), currency=cut.currency)


@register("mrr_movements", unit="money")
def mrr_movements(cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months") -> CountsTally:
    """What came, came back, grew, shrank and left in the months of the period: opening + all of them = closing.

    Per customer and month, in this order: first paid month new; nothing now, something before churn; something now,
    nothing just before reactivation; up expansion; down contraction. Opening is the month before the period.
    """
    found = movements_of(recurring_amounts(cut, kinds, months_of))
    parts = {"opening": int(found.opening[1]), "closing": int(found.closing[-1])}
    parts |= dict(zip(MOVEMENTS, found.amounts[1:].sum(axis=0).tolist(), strict=True))
    return CountsTally(parts, of="closing", per=_per(cut), currency=cut.currency)


@register("gross_revenue_retention", unit="rate", better="higher")
def gross_revenue_retention(cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months") -> QuotientTally:
    """Of the MRR of the month before the period, the share kept in its last month; growth does not make up for loss.

    Point to point on the customers who paid in the month before: each counts with no more than it paid then. Also in
    use: `gross_revenue_retention_summed`, which takes off every loss in between.
    """
    retained = _retained(cut, kinds, months_of)
    return _share(retained.kept, retained)


@register("net_revenue_retention", unit="rate", better="higher")
def net_revenue_retention(cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months") -> QuotientTally:
    """What the customers who paid in the month before the period pay in its last month, as a share of what they paid.

    Point to point: expansion and who came back are in, new customers are not. May exceed 100 %. Also in use:
    `net_revenue_retention_summed`.
    """
    retained = _retained(cut, kinds, months_of)
    return _share(retained.ending, retained)


@register("gross_revenue_retention_summed", unit="rate", better="higher")
def gross_revenue_retention_summed(
    cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months"
) -> QuotientTally:
    """One less every contraction and churn of the opening customers within the period, as a share of their MRR.

    Money that was lost twice counts twice, so it may fall below 0. Also in use: `gross_revenue_retention`.
    """
    retained = _retained(cut, kinds, months_of)
    moved = _moved(retained)
    return _share(retained.opening + moved["contraction"] + moved["churn"], retained)


@register("net_revenue_retention_summed", unit="rate", better="higher")
def net_revenue_retention_summed(
    cut: Cut, *, with_reactivation: bool = False, kinds: tuple[str, ...] = _KINDS, months_of: str = "months"
) -> QuotientTally:
    """One plus every movement of the opening customers within the period, as a share of their MRR.

    Args:
        cut: the period.
        with_reactivation: what came back counts; then it equals `net_revenue_retention`.
        kinds: the kinds that are payments.
        months_of: the attribute that says for how many months a payment is.
    """
    retained = _retained(cut, kinds, months_of)
    moved = _moved(retained)
    back = moved["reactivation"] if with_reactivation else 0
    return _share(retained.opening + moved["expansion"] + moved["contraction"] + moved["churn"] + back, retained)


@register("revenue_churn_rate", unit="rate", better="lower")
def revenue_churn_rate(cut: Cut, *, kinds: tuple[str, ...] = _KINDS, months_of: str = "months") -> QuotientTally:
    """Of the MRR of the month before the period, the share lost by its last month: 1 less `gross_revenue_retention`."""
    retained = _retained(cut, kinds, months_of)
    return _share(retained.opening - retained.kept, retained)


@register("quick_ratio", unit="ratio", better="higher")
def quick_ratio(
    cut: Cut, *, with_reactivation: bool = False, kinds: tuple[str, ...] = _KINDS, months_of: str = "months"
) -> QuotientTally:
    """What came and grew within the period, divided by what left and shrank; undefined where nothing did.

    Args:
        cut: the period.
        with_reactivation: what came back counts as come.
        kinds: the kinds that are payments.
        months_of: the attribute that says for how many months a payment is.
    """
    parts = mrr_movements.using({"kinds": kinds, "months_of": months_of})(cut)
    assert isinstance(parts, CountsTally)
    won = parts["new"] + parts["expansion"] + (parts["reactivation"] if with_reactivation else 0)
    return QuotientTally(won, -parts["contraction"] - parts["churn"])


def _moved(retained: RetainedRevenue) -> dict[str, int]:
    return dict(zip(MOVEMENTS, retained.movements.tolist(), strict=True))
