"""Orders and their rhythm: who buys again, after how long, for how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle.tally import CountsTally, MeanTally, RatioTally, SpreadTally

from ._apart import Apart
from ._cut import Cut
from ._growth import GrowthTally
from ._order_book import OrderBook, order_book
from ._registry import register
from ._rows import Touched
from ._stated import BUYS, GIVES_BACK, minor_per
from ._whereabouts import NEVER, TOO_EARLY, checked_days, is_watched, watched

_GIVEN_BACK: Final = "orders of the period given back"


@register("order_count", unit="orders", better="higher")
def order_count(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> CountsTally:
    """The orders of the period that were not given back by its end; the parts say what the other figures leave out.

    Parts: `kept`; `given back`, orders of the period that were refunded or cancelled whole; `returns`, touchpoints of
    the period that gave back; `returns without order`, those of them that name no order that is known.

    Args:
        cut: the period.
        kinds: what is an order. Touchpoints of one customer with the same attribute `order` are one.
        refunds: what gives an order back; a negative amount does so too. It names the order in its attribute `order`.
    """
    book = order_book(cut, kinds, refunds)
    made, back = (np.asarray(touched.at >= cut.start_us) for touched in (book.orders, book.returns))
    return CountsTally(
        {
            "kept": int(np.count_nonzero(made & ~book.is_void)),
            "given back": int(np.count_nonzero(made & book.is_void)),
            "returns": int(np.count_nonzero(back)),
            "returns without order": int(np.count_nonzero(back & ~book.is_named)),
        },
        of="kept",
    )


@register("repeat_purchase_rate", unit="rate", better="higher")
def repeat_purchase_rate(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> Apart:
    """Customers with more than one order within the period ÷ customers with at least one.

    Orders that were given back by the end of the period are out, and counted in a note. Two orders of one day are
    two. Also in use: `returning_customer_rate`, for which one order of the period and any before it are enough, and
    `cohort_repeat_rate`, which follows first orders.
    """
    book = order_book(cut, kinds, refunds)
    orders = book.kept_in(cut).per_customer()
    return Apart(RatioTally.of_customers(orders > 1, orders > 0), book.void_in(cut), _GIVEN_BACK)


@register("returning_customer_rate", unit="rate", better="higher")
def returning_customer_rate(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> Apart:
    """Of the customers with an order within the period, the share that had any earlier order, whenever that was.

    An order within the period counts as earlier too. Orders that were given back by its end are out, and those of the
    period counted in a note. Also in use: `repeat_purchase_rate`, which needs both orders within the period.
    """
    book = order_book(cut, kinds, refunds)
    ever, now = book.kept.per_customer(), book.kept_in(cut).per_customer()
    return Apart(RatioTally.of_customers(ever > 1, now > 0), book.void_in(cut), _GIVEN_BACK)


@register("cohort_repeat_rate", unit="rate", better="higher", looks_ahead=True)
def cohort_repeat_rate(
    cut: Cut, *, days: int = 90, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK
) -> Apart:
    """Of the customers whose first order lies within the period, the share that ordered again within n days.

    It looks ahead: at touchpoints up to n days after the first order, and at whatever gave orders back until the end of
    the story. Whose n days are not over by then is left out; both are counted in notes. The n-th day after that of the
    first order is the last one that counts, in the zone of the definition. Usual settings: 30, 60, 90 days.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on.
    """
    book = order_book(watched(cut), kinds, refunds)
    orders = book.kept
    is_second = np.diff(orders.customer, prepend=-1) == 0
    is_second[1:] &= ~is_second[:-1]
    again = np.full(orders.n_customers, NEVER)
    again[orders.customer[is_second]] = orders.day[is_second]
    first = orders.first
    first = first.where((first.at >= cut.start_us) & (first.at < cut.end_us))
    is_over = is_watched(cut.record, first.day, checked_days(days))
    repeats = RatioTally.of_customers(again[first.customer] <= first.day.astype(np.int64) + days, is_over)
    return Apart(Apart(repeats, book.void_in(cut), _GIVEN_BACK), int(np.count_nonzero(~is_over)), TOO_EARLY)


@register("purchase_interval_mean", unit="days", better="lower")
def purchase_interval_mean(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> MeanTally:
    """The mean number of days between two orders of a customer of which the second lies within the period.

    Orders of one day, in the zone of the definition, are one; those given back by the end of the period are out. Who
    ordered once has no interval: it is no estimate of when somebody comes again. Also in use:
    `purchase_interval_median`.
    """
    return MeanTally.of(_intervals(cut, order_book(cut, kinds, refunds)))


@register("purchase_interval_median", unit="days", better="lower")
def purchase_interval_median(
    cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK
) -> SpreadTally:
    """The median number of days between two orders of a customer of which the second lies within the period.

    As `purchase_interval_mean`, and not moved by the few who come back after years.
    """
    return SpreadTally.of(_intervals(cut, order_book(cut, kinds, refunds)))


@register("average_order_value", unit="money", better="higher")
def average_order_value(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> MeanTally:
    """The mean amount of the orders of the period, as they were ordered.

    Orders given back whole by the end of the period are out; one that was given back in part counts whole. Orders
    without an amount are out, free ones (amount 0) are in. Its growth: `order_value_growth`.
    """
    return MeanTally.of(_amounts(cut, kinds, refunds), per=minor_per(cut), currency=cut.currency)


@register("order_value_growth", unit="rate", better="higher")
def order_value_growth(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> GrowthTally:
    """The average order value of the period ÷ that of the period before, less one.

    The period before is the month before a month, or as many days before. Each is read as of its own end, so an order
    given back later still counts in the earlier one. Undefined where either has no orders or the earlier is worth 0.
    """
    now = _amounts(cut, kinds, refunds)
    before = _amounts(cut.in_period(cut.period.previous()), kinds, refunds)
    return GrowthTally.of(now, before)


def _amounts(cut: Cut, kinds: Sequence[str], refunds: Sequence[str]) -> npt.NDArray[np.int64]:
    orders = order_book(cut, kinds, refunds).kept_in(cut)
    found: npt.NDArray[np.int64] = orders.minor[orders.has_amount]
    return found


def _intervals(cut: Cut, book: OrderBook) -> npt.NDArray[np.int64]:
    """Days between days with orders, of which the later lies within the period."""
    orders: Touched = book.kept
    customer, day = orders.customer, orders.day.astype(np.int64)
    same = np.diff(customer, prepend=-1) == 0
    gap = np.diff(day, prepend=0)
    inside = np.asarray(orders.at >= cut.start_us)
    found: npt.NDArray[np.int64] = gap[same & (gap > 0) & inside]
    return found
