"""Customers in, out and back: retention and churn by the roles of their stages."""

from __future__ import annotations

import numpy as np

from lifecycle.tally import CountsTally, QuotientTally, RatioTally

from ._cut import Cut
from ._registry import register
from ._whereabouts import newcomers


@register("retention_rate", unit="rate", better="higher")
def retention_rate(cut: Cut) -> RatioTally:
    """Of the customers active at the start of the period, the share that is active at its end.

    Who joins within the period is in neither number. Who is on the way back at the end (role returning) is neither
    retained nor lost, so this and `churn_rate` need not add up to one (S22). Also in use: `snapshot_retention_rate`.
    """
    return RatioTally.of_customers(cut.at_end.active, cut.at_start.active)


@register("churn_rate", unit="rate", better="lower")
def churn_rate(cut: Cut) -> RatioTally:
    """Of the customers active at the start of the period, the share that is lost at its end.

    Also in use: `churn_rate_with_joiners`, whose base holds who joined within the period.
    """
    return RatioTally.of_customers(cut.at_end.lost, cut.at_start.active)


@register("snapshot_retention_rate", unit="rate", better="higher")
def snapshot_retention_rate(cut: Cut) -> QuotientTally:
    """(E − N) ÷ S: active at the end less who became a customer in the period, by the active at the start.

    Quoted everywhere, and wrong where joiners leave within the period (they are in N and not in E: too low) or lost
    customers return (they are in E: too high, even above one). It has no interval, for it is no share of anybody.
    Use `retention_rate`.
    """
    left = int(np.count_nonzero(cut.at_end.active)) - int(np.count_nonzero(newcomers(cut)))
    return QuotientTally(left, int(np.count_nonzero(cut.at_start.active)))


@register("churn_rate_with_joiners", unit="rate", better="lower")
def churn_rate_with_joiners(cut: Cut) -> RatioTally:
    """Of the customers active at the start and those who became one in the period, the share lost at its end.

    Who comes back within the period is in neither number. Also in use: `churn_rate`, whose base is the start alone.
    Source: the definition that Stripe's billing analytics uses.
    """
    return RatioTally.of_customers(cut.at_end.lost, cut.at_start.active | newcomers(cut))


@register("returning_share", unit="rate")
def returning_share(cut: Cut) -> RatioTally:
    """Of the customers active at the start, the share that is neither active nor lost at the end (S22)."""
    return RatioTally.of_customers(~cut.at_end.active & ~cut.at_end.lost, cut.at_start.active)


@register("customer_balance", unit="customers")
def customer_balance(cut: Cut) -> CountsTally:
    """Active customers at both ends, and how many came, came back and left: opening + new + back − out = closing.

    A customer that goes several times within a period is counted each time.
    """
    moved, into, out = cut.record.moved, cut.moves_into("active"), cut.moves_out_of("active")
    roles = np.array([stage.role for stage in cut.record.stages], object)
    is_back = np.isin(roles[moved.source[into]], ["lost", "returning"])
    began_active = cut.joined & (roles[cut.record.program.chart.initial] == "active")
    new = int(np.count_nonzero(~is_back)) + int(np.count_nonzero(began_active))
    return CountsTally(
        {
            "opening": int(np.count_nonzero(cut.at_start.active)),
            "new": new,
            "back": int(np.count_nonzero(is_back)),
            "out": len(out),
            "closing": int(np.count_nonzero(cut.at_end.active)),
        },
        of="closing",
    )
