"""Subscriptions as columns, and what they come to per period."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._amounts import NOTHING, RecurringAmounts
from ._exact import TWELFTHS, read_only
from ._periods import Periods, instants

Int64 = npt.NDArray[np.int64]
_OPEN = np.iinfo(np.int64).min


@attrs.frozen(eq=False, repr=False)
class Subscriptions:
    """Subscriptions, one per row; a customer may have several at a time.

    Raises:
        InvalidArgument: columns of different lengths, an end before its start, a missing start, a negative amount, or
            a number of months that does not divide 12.
    """

    customer: Int64 = attrs.field(converter=read_only)
    """A code for the customer of each, 0 or above; shape (n,), as all."""
    starts: Int64
    """From when it runs: datetime64 in UTC or microseconds since 1970; kept as microseconds."""
    ends: Int64
    """Up to when, not included; NaT where it is open."""
    minor: Int64 = attrs.field(converter=read_only)
    """What is paid each time, in minor units."""
    months: Int64 = attrs.field(converter=read_only)
    """For how many months that is: 1, 2, 3, 4, 6 or 12; one number, or one for each."""
    currency: str | None = None
    """The currency of the amounts."""

    def __attrs_post_init__(self) -> None:
        n = len(self.customer)
        starts, ends = (instants(getattr(self, name), n, name) for name in ("starts", "ends"))
        months = np.broadcast_to(self.months, (n,)) if self.months.ndim == 0 else self.months
        for name, array in (("starts", starts), ("ends", ends), ("months", months)):
            object.__setattr__(self, name, read_only(array))
        if self.minor.shape != (n,) or months.shape != (n,):
            raise InvalidArgument(f"minor and months must have {n} values, one per customer; give as many")
        if bool((starts == _OPEN).any()) or bool(((ends < starts) & (ends != _OPEN)).any()):
            raise InvalidArgument("a subscription has no start, or ends before it; mend it, or leave it out")
        if bool((self.customer < 0).any()) or bool((self.minor < 0).any()):
            raise InvalidArgument("a subscription has a negative customer code or amount; mend it, or leave it out")
        if not bool(np.isin(months, (1, 2, 3, 4, 6, 12)).all()):
            odd = np.setdiff1d(months, (1, 2, 3, 4, 6, 12))[:5].tolist()
            raise InvalidArgument(f"months={odd} do not divide a year; give 1, 2, 3, 4, 6 or 12")

    def __len__(self) -> int:
        return len(self.customer)

    def __repr__(self) -> str:
        return f"<Subscriptions: {len(self)} of {len(np.unique(self.customer))} customers>"


def subscribed_amounts(subscriptions: Subscriptions, periods: Periods) -> RecurringAmounts:
    """What each customer's subscriptions come to a month, as they stand at the end of each period.

    A subscription counts in a period when it runs just before the period ends, or just before watching ends, whichever
    is first: so one that starts and ends inside a period is never seen. Several of a customer add up.

    Args:
        subscriptions: the subscriptions.
        periods: the periods.

    Empty and missing: a subscription of amount 0 is none.
    """
    if not len(subscriptions) or not len(periods):
        return RecurringAmounts(periods, subscriptions.currency, NOTHING, NOTHING, NOTHING)
    whole = periods.from_earlier(int(subscriptions.starts.min()))
    looks = np.minimum(whole.bounds[1:], whole.until_us)
    first = np.searchsorted(looks, subscriptions.starts, side="right")
    stop = np.searchsorted(looks, subscriptions.ends, side="right")
    stop = np.where(subscriptions.ends == _OPEN, len(whole), stop)
    lasts = np.where(subscriptions.minor > 0, np.maximum(stop - first, 0), 0)
    place = np.arange(int(lasts.sum())) - np.repeat(np.cumsum(lasts) - lasts - first, lasts)
    monthly = subscriptions.minor * (TWELFTHS // subscriptions.months)
    customer, twelfths = np.repeat(subscriptions.customer, lasts), np.repeat(monthly, lasts)
    order = np.lexsort((place, customer))
    customer, place, twelfths = customer[order], place[order], twelfths[order]
    is_new = np.ones(len(place), np.bool_)
    is_new[1:] = (place[1:] != place[:-1]) | (customer[1:] != customer[:-1])
    at = np.flatnonzero(is_new)
    total = np.add.reduceat(twelfths, at) if len(at) else twelfths
    lead = len(whole) - len(periods)
    return RecurringAmounts(periods, subscriptions.currency, customer[at], place[at] - lead, total)
