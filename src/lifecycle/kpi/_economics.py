"""The economics of retention: what a few points more are worth, from the company's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final, Self

import attrs
import numpy as np

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument

from ._cut import Cut
from ._order_book import order_book
from ._stated import BUYS, GIVES_BACK, Share, minor_per, share_of_one
from ._table_of import table_of
from ._whereabouts import active_us

POINTS: Final = tuple(range(1, 11))
"""One to ten points of retention."""


def _from_zero(instance: object, attribute: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (isfinite(value) and value >= 0):
        raise InvalidArgument(f"RetentionEconomics: {attribute.name}={value!r} is no number from 0 on")


def _share(instance: object, attribute: attrs.Attribute[float], value: object) -> None:
    _from_zero(instance, attribute, value)
    if not isinstance(value, (int, float)) or value > 1:
        raise InvalidArgument(f"RetentionEconomics: {attribute.name}={value!r} is above 1; give a share such as 0.05")


@attrs.frozen
class RetentionEconomics:
    """What a company earns with the customers that it has, all figures per period of one length.

    Every customer pays the same at the start of each period and leaves with the same chance at its end. So a customer
    of today is worth margin × revenue × Σ (retention ÷ (1 + discount rate))^t over the periods t = 0, 1, 2 …

    Raises:
        InvalidArgument: a figure is no number, negative, or a share above 1.
    """

    customers: float = attrs.field(kw_only=True, validator=_from_zero)
    """How many there are."""
    revenue: float = attrs.field(kw_only=True, validator=_from_zero)
    """Of one customer and period, in major units."""
    churn: float = attrs.field(kw_only=True, validator=_share)
    """The share that leaves in a period."""
    margin: float = attrs.field(default=1.0, kw_only=True, validator=_share)
    """The share of revenue that is earned."""
    discount_rate: float = attrs.field(default=0.0, kw_only=True, validator=_from_zero)
    """By how much money of the next period is worth less than that of this one; of a yearly rate i and periods of d
    days, (1 + i) ** (d / 365) - 1."""
    currency: str = attrs.field(default="", kw_only=True)
    """The currency of the revenue; '' for none named."""

    @classmethod
    def of_cut(
        cls,
        cut: Cut,
        *,
        margin: Share = 1,
        discount_rate: float = 0.0,
        kinds: Sequence[str] = BUYS,
        refunds: Sequence[str] = GIVES_BACK,
    ) -> Self:
        """Measured from a period: who is active at its end, its churn rate, and its revenue per active customer.

        Args:
            cut: the period; its length is that of all figures.
            margin: the share of revenue that is earned.
            discount_rate: per period.
            kinds: what is paid.
            refunds: what gives it back.

        Raises:
            InvalidArgument: nobody was active at the start, or in the period; revenue is negative; no such margin.
        """
        opening, active = int(np.count_nonzero(cut.at_start.active)), active_us(cut)
        if not opening or not active:
            raise InvalidArgument(f"no customer was active at the start of {cut.period}; choose a later period")
        lost = int(np.count_nonzero(cut.at_start.active & cut.at_end.lost))
        revenue = sum(order_book(cut, kinds, refunds).revenue(cut.start_us, cut.end_us).tolist())
        return cls(
            customers=int(np.count_nonzero(cut.at_end.active)),
            revenue=revenue * (cut.end_us - cut.start_us) / (minor_per(cut) * active),
            churn=lost / opening,
            margin=float(share_of_one(margin)),
            discount_rate=discount_rate,
            currency=cut.currency,
        )

    def value_per_customer(self, points: float = 0, *, periods: int | None = None) -> float | None:
        """What a customer of today earns from now on, discounted.

        Args:
            points: so many points of retention more, in per cent of the customers; may be negative.
            periods: how many periods to count; None for all that come.

        Returns:
            Major units; None where retention would leave 0 to 1, or where the sum has no end.
        """
        kept = 1 - self.churn + points / 100
        if not -1e-12 <= kept <= 1 + 1e-12:
            return None
        stays = min(max(kept, 0.0), 1.0) / (1 + self.discount_rate)
        if stays >= 1:
            return None if periods is None else self.margin * self.revenue * periods
        sums = (1.0 if periods is None else 1 - stays**periods) / (1 - stays)
        return self.margin * self.revenue * sums


def retention_economics(
    economics: RetentionEconomics, *, points: Sequence[float] = POINTS, periods: int | None = None
) -> Table:
    """What more retention does to profit, from the company's own margin, churn and discount rate.

    One row for today (0 points) and one for each number of points: retention and churn after it, the profit that
    today's customers bring from now on, the gain over today in money and as a share, and what the gain comes to per
    customer of today: as much may be spent on each, once, before it stops paying.

    Args:
        economics: the figures, given or measured with `RetentionEconomics.of_cut`.
        points: points of retention, in per cent of the customers.
        periods: how many periods to count; None for all that come, which leaves a row open where nobody would ever
            leave and nothing is discounted.

    Returns:
        points, retention, churn, profit, gain, gain_share, worth_per_customer; nan where undefined.

    Raises:
        InvalidArgument: `periods` is no whole number from 1 on, or `points` are no numbers.

    Source:
        The geometric sum of a constant retention rate, as in Gupta and Lehmann (2003), Journal of Interactive
        Marketing 17; payment at the start of each period, the one of today included.
    """
    if periods is not None and (type(periods) is not int or periods < 1):
        raise InvalidArgument(f"periods={periods!r} is no whole number from 1 on; give None for all that come")
    if not all(type(step) in (int, float) and isfinite(step) for step in points):
        raise InvalidArgument(f"points={points!r} are no numbers; give such as (1, 5, 10)")
    today = economics.value_per_customer(periods=periods)
    rows = [_row(economics, step, today, economics.value_per_customer(step, periods=periods)) for step in (0, *points)]
    currency = f", {economics.currency}" if economics.currency else ""
    return table_of(rows, f"economics of retention{currency}")


def _row(economics: RetentionEconomics, points: float, today: float | None, value: float | None) -> dict[str, float]:
    none = float("nan")
    gain = none if value is None or today is None else value - today
    is_possible = value is not None or 0 <= 1 - economics.churn + points / 100 <= 1
    return {
        "points": float(points),
        "retention": 1 - economics.churn + points / 100 if is_possible else none,
        "churn": economics.churn - points / 100 if is_possible else none,
        "profit": none if value is None else value * economics.customers,
        "gain": gain * economics.customers,
        "gain_share": gain / today if today else none,
        "worth_per_customer": gain,
    }
