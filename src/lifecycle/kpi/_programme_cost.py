"""What a loyalty programme moves, owes and costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lifecycle.tally import CountsTally, QuotientTally, SumTally, exact_sum

from ._cut import Cut
from ._loyalty_ledger import STOCK_PROGRAMME, LoyaltyLedger
from ._loyalty_programme import LoyaltyProgramme
from ._registry import register
from ._stated import BUYS, Share, kinds_of, minor_per, share_of_one


@register("points_balance", unit="points")
def points_balance(cut: Cut, *, programme: LoyaltyProgramme = STOCK_PROGRAMME) -> CountsTally:
    """Points that customers have at the end of the period, pending and active, and how they came and went.

    Opening + earned − expired − redeemed = closing. What a redemption asks for beyond what is active is not given, and
    not counted. Settings: the programme. Also in use: `points_liability`, the same active points as money.
    """
    return CountsTally(LoyaltyLedger(cut, programme).flows(), of="closing")


@register("points_liability", unit="money", better="lower")
def points_liability(cut: Cut, *, programme: LoyaltyProgramme = STOCK_PROGRAMME) -> SumTally:
    """What the points cost that are active at the end of the period, if all were redeemed.

    Active points × the cost of a point, in major units, exact. Pending points are left out: they may never become
    active. Settings: the programme.
    """
    active, cost = LoyaltyLedger(cut, programme).active, programme.cost(cut)
    per = cost.denominator * minor_per(cut)
    owners = int(np.count_nonzero(active))
    return SumTally(exact_sum(active) * cost.numerator, owners, per=per, currency=cut.currency)


@register("tier_census", unit="customers")
def tier_census(cut: Cut, *, programme: LoyaltyProgramme = STOCK_PROGRAMME) -> CountsTally:
    """How many customers are in each tier at the end of the period, of all who have begun.

    A tier is reached by the points of a rolling window, and kept for the hold of the programme.
    Settings: the programme.
    """
    counts = np.bincount(LoyaltyLedger(cut, programme).tiers.tier[cut.at_end.begun], minlength=len(programme.tiers))
    return CountsTally({tier.name: int(count) for tier, count in zip(programme.tiers, counts, strict=True)})


@register("programme_cost_ratio", unit="rate", better="lower")
def programme_cost_ratio(
    cut: Cut,
    *,
    programme: LoyaltyProgramme = STOCK_PROGRAMME,
    margin: Share = "1",
    kinds: Sequence[str] = BUYS,
) -> QuotientTally:
    """The cost of the points redeemed in the period as a share of the margin of its purchases.

    Redeemed points × the cost of a point ÷ (amounts of the purchases × margin). Points count when they are redeemed,
    not when they are earned; what is promised meanwhile is `points_liability`. Money that flows back (negative
    amounts) is out of the purchases. Undefined without a purchase, or with margin 0.

    Settings: the programme; `margin`, the share of an amount that is left after its costs: 1, the revenue itself,
    unless given; the kinds of purchases.
    """
    share, cost, scale = share_of_one(margin), programme.cost(cut), minor_per(cut)
    redeemed = -LoyaltyLedger(cut, programme).flows()["redeemed"]
    bought = exact_sum(np.maximum(cut.touchpoints(*kinds_of(kinds)).minor, 0))
    return QuotientTally(
        redeemed * cost.numerator, bought * share.numerator,
        per=cost.denominator * scale, bottom_per=share.denominator * scale,
    )  # fmt: skip
