"""Referral in numbers: who refers, who comes by it, how far it carries."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate, MeanTally, RatioTally, undefined

from ._cut import Cut
from ._referral import REFERRAL, referral_tree
from ._registry import register
from ._whereabouts import newcomers


@attrs.frozen
class LongestTally:
    """The largest of whole numbers; exact, and the same whatever the split and the order."""

    longest: int = 0
    """The largest so far."""
    n: int = 0
    """Of how many."""

    def __attrs_post_init__(self) -> None:
        for field in attrs.fields(LongestTally):
            value = getattr(self, field.name)
            if type(value) is not int or value < 0:
                raise InvalidArgument(f"LongestTally: {field.name}={value!r} is no whole number from 0 on")

    @classmethod
    def zero(cls) -> Self:
        """Of nothing."""
        return cls()

    def __add__(self, other: LongestTally) -> LongestTally:
        """Both together."""
        return LongestTally(max(self.longest, other.longest), self.n + other.n)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The largest; no interval. Undefined of nothing."""
        if not self.n:
            return undefined("there is no chain", None, 0)
        return Estimate(self.longest, None, None, None, self.n)


@register("referral_rate", unit="rate", better="higher")
def referral_rate(cut: Cut, *, kind: str = REFERRAL) -> RatioTally:
    """Of the customers active at the end of the period, the share that referred somebody within it.

    One touchpoint `referral` or more; whether somebody came of it does not matter. Referrals of who is not active at
    the end are in neither number. Settings: the kind of touchpoint. Also in use: `referred_share`, who came by it.
    """
    return RatioTally.of_customers(cut.touchpoints(kind).per_customer() > 0, cut.at_end.active)


@register("referred_share", unit="rate", better="higher")
def referred_share(cut: Cut, *, source: str = REFERRAL) -> RatioTally:
    """Of the customers who became one for the first time in the period, the share that was referred.

    Referred is whose first `welcomed` has `source` 'referral', or names a `referrer`: what is known of the customer
    alone, so that it adds up over customers. Who is named only in a referral of somebody else is in `referral_tree`.
    Settings: the value of `source`.
    """
    came = cut.history("welcomed").first
    is_referred = np.zeros(cut.n_customers, bool)
    named = came.text("referrer") != None  # noqa: E711 - elementwise
    named = named | ~np.isnan(came.number("referrer"))
    is_referred[came.customer] = np.asarray(came.text("source") == source, bool) | np.asarray(named, bool)
    return RatioTally.of_customers(is_referred, newcomers(cut))


@register("referral_depth", unit="referrals", better="higher", partition="referral")
def referral_depth(cut: Cut, *, kind: str = REFERRAL) -> MeanTally:
    """The mean length of the chains of referrals as of the end of the period, with interval.

    A chain leads from a customer whom nobody brought to one who brought nobody; its length is the number of referrals
    between them. It needs several customers at once (S23): it adds up over whole trees, not over customers. Claims that
    are refused (self, cycle, already referred) are out; `referral_tree(cut).table()` lists them. Undefined without a
    chain. Settings: the kind of touchpoint. Also in use: `longest_referral_chain`.
    """
    return MeanTally.of(referral_tree(cut, kind=kind).chains)


@register("longest_referral_chain", unit="referrals", better="higher", partition="referral")
def longest_referral_chain(cut: Cut, *, kind: str = REFERRAL) -> LongestTally:
    """The length of the longest chain of referrals as of the end of the period.

    As `referral_depth`, the largest in place of the mean.
    """
    chains = referral_tree(cut, kind=kind).chains
    return LongestTally(int(chains.max(initial=0)), len(chains))
