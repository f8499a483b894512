"""Points of a loyalty programme: earned, made active, expired and redeemed, of all customers at once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError, FactOverflow
from lifecycle.model import Calendar
from lifecycle.tally import exact_sum

Int64 = npt.NDArray[np.int64]
_MOST_DAYS: Final = 36_600
_BOUND: Final = 2**61
"""Above every sum of points: sums of two such numbers still fit into int64."""


def checked_days(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuses what is no number of days from 0 to 36,600.

    Raises:
        DefinitionError: it is none.
    """
    if type(value) is not int or not 0 <= value <= _MOST_DAYS:
        name = f"{type(instance).__name__}: {attribute.name}={value!r}"
        raise DefinitionError(f"{name} is no whole number of days from 0 to 36,600")


def _kinds(kinds: str | Iterable[str]) -> tuple[str, ...]:
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _amount(value: int | str | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@attrs.frozen
class Earning:
    """A rule by which touchpoints earn points. A touchpoint that two rules name earns by both.

    What flows back, a touchpoint with a negative amount, earns nothing.

    Raises:
        DefinitionError: no kind, points below 1, an amount that is not above 0, or days out of range.
    """

    kinds: tuple[str, ...] = attrs.field(converter=_kinds)
    """The kinds of touchpoints."""
    points: int = 1
    """So many points, for each touchpoint or for each full `per_amount`."""
    per_amount: Decimal | None = attrs.field(default=None, converter=_amount, kw_only=True)
    """The amount of money, in major units, that earns `points`; None: each touchpoint does, whatever its amount."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over attributes, such as "category == 'coffee'"."""
    pending_days: int = attrs.field(default=0, validator=checked_days, kw_only=True)
    """So many calendar days later, at 00:00, the points become active; 0: at once."""

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise DefinitionError("Earning: no kind is given; name what earns points, such as 'purchase'")
        if type(self.points) is not int or not 1 <= self.points <= 1_000_000:
            raise DefinitionError(f"Earning({self.kinds!r}): points={self.points!r} is no whole number from 1 on")
        if self.per_amount is not None and not (self.per_amount.is_finite() and self.per_amount > 0):
            raise DefinitionError(f"Earning({self.kinds!r}): per_amount={self.per_amount} is not above 0")


@attrs.frozen(eq=False)
class Lots:
    """Points as they were earned, in order of customer, of becoming active, and of rows; shape (n_lots,) each."""

    customer: Int64
    """Whose; a place in the log."""
    row: Int64
    """The touchpoint: its row in the log."""
    earned_us: Int64
    """When they were earned, in microseconds since 1970-01-01 UTC."""
    active_us: Int64
    """When they become active."""
    active_day: Int64
    """The calendar day of that."""
    expires_us: Int64
    """When what is left of them expires; the largest int64 for never."""
    seen_row: Int64
    """The first row of the log that finds them active; the end of the customer's rows if none does."""
    gone_row: Int64
    """The first row of the log that finds them expired."""
    points: Int64
    """How many; above 0."""
    is_touch: npt.NDArray[np.bool_]
    """Whether they are active at once, with the touchpoint."""

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, which: npt.NDArray[Any]) -> Lots:
        """Some of them, by mask or places."""
        return Lots(*(getattr(self, field.name)[which] for field in attrs.fields(Lots)))

    @property
    def ordered(self) -> Lots:
        """The same in order of customer, of becoming active, and of rows."""
        # Each rule gives its lots in order, so that this merges; a midnight comes before the touchpoint that sees it.
        found = self.take(np.argsort(self.seen_row * 2 + self.is_touch, kind="stable"))
        later, same = np.diff(found.customer), np.diff(found.active_us)
        if not ((later < 0) | ((later == 0) & (same < 0))).any():
            return found
        # Two midnights with no touchpoint between them are seen by the same row.
        return self.take(np.lexsort((self.row, self.active_us, self.customer)))


@attrs.frozen(eq=False)
class Redemptions:
    """Points that customers ask to redeem; shape (n,) each."""

    customer: Int64
    """Whose; a place in the log."""
    row: Int64
    """The touchpoint: its row in the log."""
    at_us: Int64
    """When, in microseconds since 1970-01-01 UTC."""
    points: Int64
    """How many are asked for; 0 or more."""


@attrs.frozen(eq=False)
class Spent:
    """What reduces points, in order of customer and time; shape (n,) each."""

    customer: Int64
    """Whose; a place in the log."""
    at_us: Int64
    """When, in microseconds since 1970-01-01 UTC."""
    row: Int64
    """The touchpoint that redeems; -1 for what expires at a midnight."""
    points: Int64
    """How many went."""

    @property
    def is_expiry(self) -> npt.NDArray[np.bool_]:
        """Where they expired."""
        return self.row < 0


def starts_of(days: npt.NDArray[np.integer[Any]], calendar: Calendar) -> Int64:
    """When calendar days begin, in microseconds; shape as `days`."""
    if not len(days):
        return np.zeros(0, np.int64)
    low, high = int(days.min()), int(days.max())
    if high - low <= len(days):
        found: Int64 = np.array([calendar.start_of(day) for day in range(low, high + 1)], np.int64)[days - low]
        return found
    distinct, place = np.unique(days, return_inverse=True)
    return np.array([calendar.start_of(day) for day in distinct.tolist()], np.int64)[place]


def spend(lots: Lots, redemptions: Redemptions) -> Spent:
    """What expires and what is redeemed, when everything has happened that is given.

    Points that became active first are redeemed first. A redemption takes what is active at its instant, and no more;
    what it asks for beyond that is not given. At one instant midnight comes first: what expires then is gone (S7).

    Args:
        lots: active points, in order; those that never expire, or not yet, have the largest int64 in `expires_us`.
        redemptions: in order of customer and row.

    Raises:
        FactOverflow: the points add up to 2**61.

    Why it needs no loop: of the points of a customer that became active, in this order, the first G are gone. An expiry
        of all up to the k-th lot is G → max(G, their sum), a redemption of q is G → min(G + q, active until then). Both
        are x → min(high, max(low, x + shift)), and composed such a function again: a prefix scan finds all G.
    """
    for values in (lots.points, redemptions.points):
        if exact_sum(values) >= _BOUND:
            raise FactOverflow("the points add up to 2**61; make a point worth more")
    total = np.concatenate([[0], np.cumsum(lots.points)])
    base = total[np.searchsorted(lots.customer, np.arange(_n_customers(lots, redemptions)))]
    ends = np.flatnonzero(lots.expires_us < np.iinfo(np.int64).max)
    is_expiry = np.arange(len(ends) + len(redemptions.row)) < len(ends)
    # What expires at a midnight is gone for the row that comes next; both parts are in order, so that this merges them.
    row = np.concatenate([lots.gone_row[ends], redemptions.row])
    order = np.argsort(2 * row + ~is_expiry, kind="stable")
    customer = np.concatenate([lots.customer[ends], redemptions.customer])[order]
    active_lots = np.concatenate([ends + 1, np.searchsorted(lots.seen_row, redemptions.row, side="right")])[order]
    active, is_expiry = total[active_lots] - base[customer], is_expiry[order]
    shift = np.concatenate([np.zeros(len(ends), np.int64), redemptions.points])[order]
    gone = _scanned(customer, shift, np.where(is_expiry, active, 0), np.where(is_expiry, _BOUND, active))
    before = np.where(np.diff(customer, prepend=-1) != 0, 0, np.append(0, gone)[: len(gone)])
    at_us = np.concatenate([lots.expires_us[ends], redemptions.at_us])[order]
    return Spent(customer, at_us, np.where(is_expiry, -1, row[order]), gone - before)


def _n_customers(lots: Lots, redemptions: Redemptions) -> int:
    return int(max(lots.customer.max(initial=-1), redemptions.customer.max(initial=-1))) + 1


def _scanned(customer: Int64, shift: Int64, low: Int64, high: Int64) -> Int64:
    """X → min(high, max(low, x + shift)) one after another from 0 on, afresh for each customer; shape (n,)."""
    n = len(customer)
    is_first = np.diff(customer, prepend=-1) != 0
    place = np.arange(n) - np.maximum.accumulate(np.where(is_first, np.arange(n), 0))
    distance, longest = 1, int(place.max(initial=0))
    while distance <= longest:
        later = np.flatnonzero(place >= distance)
        earlier = later - distance
        bottom, top = low[later], high[later]
        low[later] = np.maximum(bottom, low[earlier] + shift[later])
        high[later] = np.minimum(top, np.maximum(bottom, high[earlier] + shift[later]))
        shift[later] += shift[earlier]
        distance *= 2
    return np.minimum(high, np.maximum(low, shift))
