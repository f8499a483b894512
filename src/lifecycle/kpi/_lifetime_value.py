"""What customers are worth and what they cost: revenue per customer, lifetime value, acquisition cost."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from lifecycle.tally import MeanTally, QuotientTally, micro

from ._cut import Cut
from ._order_book import order_book
from ._registry import register
from ._stated import BUYS, GIVES_BACK, Share, Spend, minor_of, minor_per, scaled, share_of_one
from ._value_tally import Figure, Terms, ValueTally
from ._whereabouts import active_us, first_active, newcomers

_MONTH_US: Final = 365 * 86_400 * 1_000_000 // 12  # a twelfth of 365 days, in whole microseconds
_MICRO: Final = 1_000_000


def month_us(cut: Cut) -> Fraction:
    """How long a month of a period is: as its calendar months are on average, or a twelfth of 365 days."""
    period = cut.period
    ends = [period.calendar.day_of(us) for us in (period.start_us, period.end_us)]
    first, last = (period.calendar.date_of(day) for day in ends)
    is_whole = [period.calendar.start_of(day) for day in ends] == [period.start_us, period.end_us]
    months = (last.year - first.year) * 12 + last.month - first.month
    if is_whole and first.day == last.day == 1 and months:
        return Fraction(period.end_us - period.start_us, months)
    return Fraction(_MONTH_US)


@register("arpa", unit="money", better="higher")
def arpa(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> QuotientTally:
    """Revenue of the period per active customer and month.

    What was paid in the period less what was given back in it ÷ the months that customers were active in it, each for
    as long as it was. A period of whole calendar months has so many months; else a month is a twelfth of 365 days. Who
    pays without being active adds revenue only. Yearly payments fall into the month in which they are paid.

    Args:
        cut: the period.
        kinds: what is paid. Touchpoints of one customer with the same attribute `order` are one.
        refunds: what gives it back; a negative amount does so too.
    """
    month = month_us(cut)
    revenue = order_book(cut, kinds, refunds).revenue(cut.start_us, cut.end_us)
    return QuotientTally(
        sum(revenue.tolist()),
        active_us(cut) * month.denominator,
        per=minor_per(cut),
        bottom_per=month.numerator,
        currency=cut.currency,
    )


@register("ltv_to_date", unit="money", better="higher")
def ltv_to_date(
    cut: Cut, *, margin: Share = 1, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK
) -> MeanTally:
    """The margin so far, per customer: all that was paid before the end of the period, less what was given back.

    The mean over all who ever became a customer by then, those lost among them. Nothing is expected and nothing is
    discounted. It grows with the age of the customers: compare groups of one age (`by='cohort'`). With a margin of 1 it
    is revenue. Also in use: `ltv_simple`, and models of customer value, which look forward.

    Args:
        cut: the period, of which only the end counts.
        margin: the share of revenue that is earned, from 0 to 1.
        kinds: what is paid.
        refunds: what gives it back.

    Raises:
        InvalidArgument: the margin is no share.
    """
    share = share_of_one(margin)
    revenue = order_book(cut, kinds, refunds).revenue(None, cut.end_us)
    values = scaled(revenue[first_active(cut.record) < cut.end_us], share)
    return MeanTally.of(values, per=minor_per(cut) * share.denominator, currency=cut.currency)


@register("ltv_growth", unit="rate", better="higher")
def ltv_growth(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> QuotientTally:
    """By how much the value to date of the same customers grew: what the period added ÷ what was there at its start.

    Of those who had become customers before the period. Newcomers, who would pull a mean down, are in neither number;
    the margin cancels. Undefined where nothing had been paid before. Also in use: the change of `ltv_to_date` against
    the period before, which mixes in who came.
    """
    book = order_book(cut, kinds, refunds)
    had = first_active(cut.record) < min(cut.start_us, cut.end_us)
    added = book.revenue(cut.start_us, cut.end_us)[had]
    before = book.revenue(None, min(cut.start_us, cut.end_us))[had]
    per = minor_per(cut)
    return QuotientTally(sum(added.tolist()), sum(before.tolist()), per=per, bottom_per=per)


@register("ltv_simple", unit="money", better="higher")
def ltv_simple(
    cut: Cut, *, margin: Share = 1, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK
) -> ValueTally:
    """ARPA × margin ÷ churn, both of the same period, whose length cancels.

    Revenue per customer who is active throughout the period, times the margin, divided by `churn_rate`. It takes churn
    to be the same for all and for ever, and discounts nothing: for customers who differ it is too low for the loyal and
    for young bases mostly too high. Undefined at churn 0. Also in use: `ltv_to_date`, and models of customer value.

    Args:
        cut: the period.
        margin: the share of revenue that is earned, from 0 to 1.
        kinds: what is paid.
        refunds: what gives it back.

    Raises:
        InvalidArgument: the margin is no share.
    """
    terms = _terms(cut, "ltv_simple", margin)
    return _tally(cut, terms, kinds=kinds, refunds=refunds)


@register("cac", unit="money", better="lower")
def cac(cut: Cut, *, spend: Spend | None = None, cost: str = "cost") -> ValueTally:
    """Acquisition cost: what was spent on winning customers in the period ÷ who became one in it for the first time.

    Who comes back is not new. Stated spend is that of everybody, so by group only the costs that touchpoints carry make
    sense: an attribute of `welcomed`, in major units, of all who were welcomed in the period, customers or not.

    Args:
        cut: the period.
        spend: sales and marketing of the period; None sums the costs that `welcomed` carries.
        cost: the attribute of `welcomed` that holds its cost.

    Raises:
        CurrencyMismatch: the spend is in another currency than the log.
        InvalidArgument: the spend is negative, no exact amount, or there is no currency.
    """
    return _tally(cut, _terms(cut, "cac", spend=spend), cost=cost)


@register("ltv_to_cac", unit="ratio", better="higher")
def ltv_to_cac(
    cut: Cut,
    *,
    spend: Spend | None = None,
    cost: str = "cost",
    margin: Share = 1,
    kinds: Sequence[str] = BUYS,
    refunds: Sequence[str] = GIVES_BACK,
) -> ValueTally:
    """`ltv_simple` ÷ `cac`, with their settings; 3 and more is a usual wish.

    Undefined where either is, and where nothing was spent. For the value that a model expects, divide that by `cac`.
    """
    return _tally(cut, _terms(cut, "ltv_to_cac", margin, spend), cost=cost, kinds=kinds, refunds=refunds)


@register("cac_payback_months", unit="months", better="lower")
def cac_payback_months(
    cut: Cut,
    *,
    spend: Spend | None = None,
    cost: str = "cost",
    margin: Share = 1,
    kinds: Sequence[str] = BUYS,
    refunds: Sequence[str] = GIVES_BACK,
) -> ValueTally:
    """CAC ÷ (ARPA × margin): after how many months a new customer has earned what it cost.

    Churn on the way is not counted. Undefined where nothing is earned. Settings as in `cac` and `arpa`.
    """
    return _tally(cut, _terms(cut, "cac_payback_months", margin, spend), cost=cost, kinds=kinds, refunds=refunds)


@register("acquisition_to_retention", unit="ratio")
def acquisition_to_retention(
    cut: Cut, *, spend: Spend | None = None, cost: str = "cost", retention_spend: Spend | None = None
) -> ValueTally:
    """What winning a customer costs ÷ what keeping one costs, from the company's own figures.

    `cac` ÷ (retention spend of the period ÷ customers active at its start and at its end). '5 : 1' is quoted for it
    everywhere; this is the own ratio. Undefined without retention spend or without anybody kept.

    Args:
        cut: the period.
        spend: what was spent on winning customers, as in `cac`.
        cost: the attribute of `welcomed` that holds its cost.
        retention_spend: what was spent on keeping customers: success, support, programme.

    Raises:
        CurrencyMismatch: an amount is in another currency than the log.
        InvalidArgument: an amount is negative or not exact, or there is no currency.
    """
    terms = _terms(cut, "acquisition_to_retention", spend=spend, retention_spend=retention_spend)
    return _tally(cut, terms, cost=cost)


def _terms(
    cut: Cut, figure: Figure, margin: Share = 1, spend: Spend | None = None, retention_spend: Spend | None = None
) -> Terms:
    return Terms(
        figure,
        max(cut.end_us - cut.start_us, 0),
        month_us(cut),
        minor_per(cut),
        cut.currency,
        margin=share_of_one(margin),
        spend=None if spend is None else minor_of(spend, cut),
        retention_spend=None if retention_spend is None else minor_of(retention_spend, cut, "retention_spend"),
    )


def _tally(
    cut: Cut,
    terms: Terms,
    *,
    cost: str | None = None,
    kinds: Sequence[str] | None = None,
    refunds: Sequence[str] = GIVES_BACK,
) -> ValueTally:
    """The sums of a cut; revenue is left out where no kind is named, cost where no attribute is."""
    revenue = [] if kinds is None else order_book(cut, kinds, refunds).revenue(cut.start_us, cut.end_us).tolist()
    start, end = cut.at_start, cut.at_end
    return ValueTally(
        sum(revenue),
        active_us(cut),
        int(np.count_nonzero(start.active)),
        int(np.count_nonzero(start.active & end.lost)),
        int(np.count_nonzero(start.active & end.active)),
        int(np.count_nonzero(newcomers(cut))),
        0 if cost is None else welcome_cost(cut, cost, terms.per),
        terms,
    )


def welcome_cost(cut: Cut, cost: str, per: int) -> int:
    """The sum of the costs that `welcomed` carries in the period, in minor units, each rounded by itself."""
    values = cut.touchpoints("welcomed").number(cost)
    # By way of millionths: what people write as 0.07 is 7 cents, whatever the float is.
    exact = micro(values[~np.isnan(values)])
    return sum((value * per + _MICRO // 2) // _MICRO for value in exact.tolist())
