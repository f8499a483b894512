"""Offers and what became of them: up-selling and cross-selling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray
from lifecycle.tally import RatioTally

from ._apart import Apart
from ._cut import Cut
from ._references import is_first, places_of, reference_keys
from ._registry import register
from ._rows import Touched
from ._stated import kinds_of
from ._whereabouts import TOO_EARLY, checked_days, is_watched, watched

OFFERS: Final = ("offer_made",)
"""The kinds that are offers, unless others are named."""
ACCEPTED: Final = ("offer_accepted",)
"""The kinds that accept one, unless others are named."""


@register("upsell_rate", unit="rate", better="higher", looks_ahead=True)
def upsell_rate(
    cut: Cut,
    *,
    days: int = 30,
    offer_type: str = "upsell",
    offers: Sequence[str] = OFFERS,
    accepted: Sequence[str] = (*ACCEPTED, "subscription_upgraded"),
) -> Apart:
    """Of the offers of the period to buy a larger one, the share that was accepted within n days.

    An offer is a touchpoint `offer_made` with the attribute `type` 'upsell'; told twice under one reference `offer` it
    is one. What accepts names it in its attribute `offer`, or accepts the customer's latest offer of that type; the
    upgrade of a plan does so too. It looks ahead n days; offers whose days are not over at the end of the story are
    left out, and counted in a note. Upgrades that nobody offered are in neither number. Also in use: `cross_sell_rate`.

    Args:
        cut: the period in which the offers were made.
        days: the n-th day after that of the offer is the last one that counts.
        offer_type: the value of the attribute `type`.
        offers: what is an offer.
        accepted: what accepts one.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on, or no kind is named.
    """
    return _accepted_share(cut, days, offer_type, kinds_of(offers, "offers"), kinds_of(accepted, "accepted"))


@register("cross_sell_rate", unit="rate", better="higher", looks_ahead=True)
def cross_sell_rate(
    cut: Cut,
    *,
    days: int = 30,
    offer_type: str = "cross_sell",
    offers: Sequence[str] = OFFERS,
    accepted: Sequence[str] = ACCEPTED,
) -> Apart:
    """Of the offers of the period to buy something else beside, the share that was accepted within n days.

    As `upsell_rate`, for offers with the attribute `type` 'cross_sell'; the upgrade of a plan accepts none.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on, or no kind is named.
    """
    return _accepted_share(cut, days, offer_type, kinds_of(offers, "offers"), kinds_of(accepted, "accepted"))


def _accepted_share(cut: Cut, days: int, offer_type: str, offers: tuple[str, ...], accepted: tuple[str, ...]) -> Apart:
    wide = watched(cut)
    made, taken = wide.history(*offers), wide.history(*accepted)
    made = made.where(np.asarray(made.text("type") == offer_type, bool))
    made, accepts = matched(made, taken)
    day = np.full(len(made), np.iinfo(np.int64).max)
    found = np.flatnonzero(accepts >= 0)[::-1]  # reversed, so that the first one is written last
    day[accepts[found]] = taken.day[found]
    inside = (made.at >= cut.start_us) & (made.at < cut.end_us)
    asked = inside & is_watched(cut.record, made.day, checked_days(days))
    too_early = int(np.count_nonzero(inside & ~asked))
    return Apart(RatioTally.of_customers(day <= made.day.astype(np.int64) + days, asked), too_early, TOO_EARLY)


def matched(made: Touched, taken: Touched) -> tuple[Touched, npt.NDArray[np.int64]]:
    """The offers, each once, and which of them each acceptance answers, -1 for none; shape (len(taken),).

    An acceptance with a reference answers the offer of that reference, one without the customer's latest offer before.
    """
    index = np.concatenate([made.index, taken.index])
    order = np.argsort(index, kind="stable")
    keys = np.empty(len(index), np.int64)
    keys[order] = reference_keys(Touched(made.rows, index[order]), "offer")
    once: BoolArray = is_first(keys[: len(made)])
    offer_keys, taken_keys = keys[: len(made)][once], keys[len(made) :]
    offers = made.where(once)
    named = places_of(taken_keys, offer_keys)
    latest = np.searchsorted(offers.index, taken.index) - 1
    is_own = (latest >= 0) & (np.append(offers.customer, -1)[latest] == taken.customer)
    place = np.where(taken_keys >= 0, named, np.where(is_own, latest, -1))
    is_later = np.append(offers.index, -1)[place] < taken.index
    return offers, np.where(is_later, place, -1).astype(np.int64)
