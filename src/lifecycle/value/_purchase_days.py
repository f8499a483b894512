"""From the rows of a log to the days on which its customers bought."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.log import Block, TouchpointLog, days_of
from lifecycle.model import Calendar, exponent, normalise_kind

from ._grouped import Int64Array

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_ROWS_AT_ONCE: Final = 1 << 18


@attrs.frozen
class PurchaseNotes:
    """What was left out of purchases, or stands but deserves care."""

    returns: int = 0
    """Rows with a negative amount: neither a purchase nor spend."""
    returned_minor: int = 0
    """The sum of their amounts, in minor units; 0 or less."""
    free: int = 0
    """Purchases of amount 0: they count as purchases."""
    without_amount: int = 0
    """Purchases without an amount: they count as purchases and add nothing to the spend."""
    other_currency: int = 0
    """Rows left out because their amount is in another currency than the one asked for."""

    def __add__(self, other: PurchaseNotes) -> PurchaseNotes:
        if not isinstance(other, PurchaseNotes):
            return NotImplemented
        return PurchaseNotes(*(one + two for one, two in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))

    def told(self) -> tuple[str, ...]:
        """One sentence for each that is not 0."""
        kept = (
            (self.returns, f"rows with a negative amount left out ({self.returned_minor} minor units in all)"),
            (self.free, "purchases of amount 0 kept"),
            (self.without_amount, "purchases without an amount kept"),
            (self.other_currency, "rows in another currency left out"),
        )
        return tuple(f"{count:,} {what}" for count, what in kept if count)


@attrs.frozen(eq=False)
class PurchaseDays:
    """For each customer who bought: when and for how much; all of shape (n_customers,)."""

    codes: Int64Array
    """Their codes in the log."""
    first_day: Int64Array
    """Local day of the first purchase, since 1970-01-01."""
    last_day: Int64Array
    """Local day of the last purchase."""
    n_days: Int64Array
    """Days with purchases, the first included."""
    first_minor: Int64Array
    """What was paid on the first day."""
    total_minor: Int64Array
    """What was paid in all."""


def currency_of(log: TouchpointLog, currency: str | None) -> str | None:
    """The one currency of the purchases; None where the log has no amounts.

    Raises:
        CurrencyMismatch: the log has several and none was asked for.
        InvalidArgument: there is no such currency.
    """
    if currency is not None:
        exponent(currency)
        return currency
    if len(log.currencies) > 1:
        told = ", ".join(log.currencies)
        raise CurrencyMismatch(f"the log has amounts in {told}; name one with 'currency', the others are left out")
    return log.currencies[0] if log.currencies else None


def purchase_days(
    log: TouchpointLog, kinds: tuple[str, ...], *, until_us: int | None, calendar: Calendar
) -> tuple[PurchaseDays, PurchaseNotes]:
    """Who bought on which days before a moment; the rows of one local day are one purchase.

    Args:
        log: with amounts of one currency at most.
        kinds: the kinds that are purchases.
        until_us: rows from here on do not count; None when there are none.
        calendar: whose days are meant.
    """
    parts, notes = [], PurchaseNotes()
    for low, bought in _blocks(log, kinds, until_us, calendar):
        part = _days(bought)
        notes += bought.notes
        parts.append(attrs.evolve(part, codes=part.codes + low))
    columns = (np.concatenate([getattr(part, field.name) for part in parts]) for field in attrs.fields(PurchaseDays))
    return PurchaseDays(*columns), notes


def repeats_by_day(
    log: TouchpointLog, kinds: tuple[str, ...], *, first_before: int, until_us: int, calendar: Calendar
) -> Int64Array:
    """How many repeat purchases there are on each local day, of customers who first bought before a day.

    Args:
        log: as for `purchase_days`; so are kinds, until_us and calendar.
        kinds: the kinds that are purchases.
        first_before: customers who first bought from this day on do not count; days since 1970-01-01.
        until_us: rows from here on do not count.
        calendar: whose days are meant.

    Returns:
        Place 0 is 1970-01-01.
    """
    made = np.zeros(calendar.day_of(max(until_us - 1, 0)) + 1, np.int64)
    for _, bought in _blocks(log, kinds, until_us, calendar):
        is_new, first = _new_days(bought.days, bought.starts)
        if len(first):
            is_new[first] = False
            codes = np.flatnonzero(bought.starts[1:] != bought.starts[:-1])
            counts = np.diff(bought.starts)[codes]
            known = np.repeat(bought.days[first] < first_before, counts)
            made += np.bincount(bought.days[is_new & known], minlength=len(made))
    return made


def gaps_of(
    log: TouchpointLog, kinds: tuple[str, ...], *, until_us: int | None, calendar: Calendar
) -> Iterator[Int64Array]:
    """The days between the purchases of each customer, block by block; arguments as for `purchase_days`."""
    for _, bought in _blocks(log, kinds, until_us, calendar):
        is_new, first = _new_days(bought.days, bought.starts)
        place = np.flatnonzero(is_new)
        gaps = np.diff(bought.days[place], prepend=0)
        yield np.delete(gaps, np.searchsorted(place, first)).astype(np.int64)


@attrs.frozen(eq=False)
class _Bought:
    """The rows of a block that are purchases."""

    days: Int64Array
    """Local day of each row."""
    minor: Int64Array
    """Amount of each row."""
    starts: IntArray
    """First row of each customer of the block, and the end."""
    notes: PurchaseNotes
    """What was left out."""


def _blocks(
    log: TouchpointLog, kinds: tuple[str, ...], until_us: int | None, calendar: Calendar
) -> Iterator[tuple[int, _Bought]]:
    """Block by block: the code of its first customer, and what its customers bought.

    Blocks that fit the cache: twice as fast, and no column as long as the log.
    """
    asked = {normalise_kind(kind) for kind in kinds}
    wanted = np.array([key in asked for key in log.kind_keys], np.bool_)
    steps = np.arange(0, len(log) + _ROWS_AT_ONCE, _ROWS_AT_ONCE)
    cuts = np.unique(np.append(np.searchsorted(log.starts, steps), log.n_customers)).tolist()
    for low, high in pairwise(np.minimum([0, *cuts], log.n_customers).tolist()):
        block = log.block(low, high)
        yield low, _bought(block, _rows(block, wanted, until_us), calendar)


def _rows(block: Block, wanted: BoolArray, until_us: int | None) -> IntArray | None:
    """The rows that count; None for all."""
    if wanted.all() and until_us is None:
        return None
    mask = block.at < until_us if until_us is not None else np.ones(len(block), np.bool_)
    if not wanted.all():
        mask &= wanted[block.kind]
    return np.flatnonzero(mask)


def _bought(block: Block, rows: IntArray | None, calendar: Calendar) -> _Bought:
    minor, known = block.read_minor(np.arange(len(block)) if rows is None else rows)
    notes = _notes(minor, known)
    if notes.returns:
        kept = minor >= 0
        rows, minor = np.flatnonzero(kept) if rows is None else rows[kept], minor[kept]
    if rows is None:
        return _Bought(days_of(block.at, calendar).astype(np.int64), minor, block.starts, notes)
    return _Bought(
        days_of(block.at[rows], calendar).astype(np.int64), minor, np.searchsorted(rows, block.starts), notes
    )


def _notes(minor: Int64Array, known: BoolArray | None) -> PurchaseNotes:
    negative = minor < 0
    returns = int(np.count_nonzero(negative))
    unknown = 0 if known is None else int(np.count_nonzero(~known))
    free = len(minor) - int(np.count_nonzero(minor)) - unknown
    return PurchaseNotes(returns, int(minor[negative].sum()) if returns else 0, free, unknown)


def _new_days(days: Int64Array, starts: IntArray) -> tuple[BoolArray, IntArray]:
    """Which rows begin a day of their customer, and the first row of each customer who has any."""
    first = starts[:-1][starts[1:] != starts[:-1]]
    is_new = np.empty(len(days), np.bool_)
    if len(days):
        is_new[0] = True
        np.not_equal(days[1:], days[:-1], out=is_new[1:])
        is_new[first] = True
    return is_new, first


def _days(bought: _Bought) -> PurchaseDays:
    days, starts = bought.days, bought.starts
    codes = np.flatnonzero(starts[1:] != starts[:-1])
    if not len(codes):
        none = np.empty(0, np.int64)
        return PurchaseDays(none, none, none, none, none, none)
    is_new, first = _new_days(days, starts)
    place = np.flatnonzero(is_new)
    if len(place) == len(days):
        by_day, first_of = bought.minor, first
    else:
        by_day, first_of = np.add.reduceat(bought.minor, place), np.searchsorted(place, first)
    return PurchaseDays(
        codes=codes,
        first_day=days[first],
        last_day=days[starts[codes + 1] - 1],
        n_days=np.diff(first_of, append=len(place)),
        first_minor=by_day[first_of],
        total_minor=np.add.reduceat(by_day, first_of),
    )


def checked_kinds(kinds: object) -> tuple[str, ...]:
    """The kinds as a tuple.

    Raises:
        InvalidArgument: a bare text, something that is no text, or none.
    """
    if isinstance(kinds, str) or not isinstance(kinds, (tuple, list, set, frozenset)):
        raise InvalidArgument(f"'kinds' must be a tuple of texts ({kinds!r}); write ('purchase',)")
    if not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise InvalidArgument(f"'kinds' must name at least one kind, all as texts ({kinds!r}); write ('purchase',)")
    return tuple(kinds)
