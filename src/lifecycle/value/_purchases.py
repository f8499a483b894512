"""What each customer bought, as the few numbers that models of buying need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import Calendar

from ._customer_ids import CustomerIds, placed
from ._days import Day, date_of
from ._grouped import Int64Array
from ._purchase_days import PurchaseNotes, checked_kinds, currency_of, purchase_days
from ._purchase_tally import PurchaseTally
from ._spend_tally import SpendTally


def _read_only(values: npt.ArrayLike) -> Int64Array:
    made = np.asarray(values, np.int64).view()
    made.flags.writeable = False
    return made


@attrs.frozen(eq=False, repr=False)
class Purchases:
    """One row for each customer who bought, in the order of the log. Make it with `purchases`.

    Purchases of one local day are one. The first day never counts as a repeat, neither in `x` nor in the spend.
    """

    who: CustomerIds
    """Whose rows these are."""
    first_day: Int64Array = attrs.field(converter=_read_only)
    """Local day of the first purchase, in days since 1970-01-01; shape (n_customers,)."""
    last_day: Int64Array = attrs.field(converter=_read_only)
    """Local day of the last purchase."""
    n_days: Int64Array = attrs.field(converter=_read_only)
    """Days with purchases, the first included; at least 1."""
    first_minor: Int64Array = attrs.field(converter=_read_only)
    """What was paid on the first day, in minor units."""
    total_minor: Int64Array = attrs.field(converter=_read_only)
    """What was paid in all, in minor units."""
    until: date = attrs.field(kw_only=True)
    """The first day that was not looked at."""
    age_on: date = attrs.field(kw_only=True)
    """The day up to which ages count: `until`, or the day before it."""
    kinds: tuple[str, ...] = attrs.field(kw_only=True)
    """The kinds of touchpoints that are purchases."""
    zone: str = attrs.field(kw_only=True)
    """The time zone of the days."""
    currency: str | None = attrs.field(kw_only=True)
    """The currency of the amounts; None where there are none."""
    notes: PurchaseNotes = attrs.field(kw_only=True)
    """What was left out."""

    @property
    def ids(self) -> npt.NDArray[np.object_]:
        """The ids of the customers as texts; shape (n_customers,)."""
        return self.who.texts()

    @property
    def x(self) -> Int64Array:
        """Days with purchases after the first."""
        return self.n_days - 1

    @property
    def last_days(self) -> Int64Array:
        """Days from the first purchase to the last: `t_x` of the papers."""
        return self.last_day - self.first_day

    @property
    def age_days(self) -> Int64Array:
        """Days from the first purchase to `age_on`: `T` of the papers."""
        return _number(self.age_on) - self.first_day

    @property
    def recency_days(self) -> Int64Array:
        """Days from the last purchase to `age_on`."""
        return _number(self.age_on) - self.last_day

    @property
    def repeat_minor(self) -> Int64Array:
        """What was paid after the first day, in minor units."""
        return self.total_minor - self.first_minor

    def tally(self) -> PurchaseTally:
        """The customers grouped by x, last purchase and age: what models of buying are fitted to."""
        return PurchaseTally.of(self.x, self.last_days, self.age_days)

    def spend(self) -> SpendTally:
        """The customers grouped by x and what they paid on repeat days: what models of spend are fitted to.

        Raises:
            InvalidArgument: the log has no amounts.
        """
        if self.currency is None:
            raise InvalidArgument("the purchases have no amounts, so nothing is known of spend; read the log with them")
        return SpendTally.of(self.x, self.repeat_minor, currency=self.currency)

    def only(self, mask: npt.ArrayLike) -> Self:
        """The same for some customers.

        Args:
            mask: which; booleans of shape (n_customers,).

        Raises:
            InvalidArgument: another shape, or no booleans.
        """
        picked = np.asarray(mask)
        if picked.dtype != np.bool_ or picked.shape != (len(self),):
            raise InvalidArgument(
                f"'mask' has the shape {picked.shape} and the type {picked.dtype}; give {len(self)} booleans"
            )
        columns = {name: getattr(self, name)[picked] for name in _COLUMNS}
        return attrs.evolve(self, who=self.who.take(np.flatnonzero(picked)), **columns)

    def extend(self, log: TouchpointLog, *, until: Day | None = None) -> Self:
        """The purchases with those of a later log: the same as reading both logs again as one.

        Args:
            log: all touchpoints from `self.until` on; customers may be new.
            until: the first day that does not count any more; None for the day after the last row's.

        Raises:
            InvalidArgument: the log has purchases before `self.until`, or `until` is before it.
            CurrencyMismatch: the log has several currencies and these purchases have none yet.
        """
        fresh = purchases(log, kinds=self.kinds, until=until, zone=self.zone, currency=self.currency)
        if until is not None and fresh.until < self.until:
            raise InvalidArgument(
                f"'until' ({fresh.until}) is before {self.until}, up to which is known; give a later day"
            )
        if len(fresh) and int(fresh.first_day.min()) < _number(self.until):
            raise InvalidArgument(
                f"the log has purchases before {self.until}, where the known end; merge the logs and read them anew"
            )
        end = max(self.until, fresh.until)
        who, columns = _joined(self, fresh)
        return type(self)(
            who,
            *columns,
            until=end,
            age_on=end - (self.until - self.age_on),
            kinds=self.kinds,
            zone=self.zone,
            currency=fresh.currency,
            notes=self.notes + fresh.notes,
        )

    def __len__(self) -> int:
        return len(self.first_day)

    def __repr__(self) -> str:
        money = "" if self.currency is None else f", {self.currency}"
        told = "".join(f"; {note}" for note in self.notes.told())
        return (
            f"<Purchases: {len(self):,} customers, {int(self.x.sum()):,} repeat days before {self.until}{money}{told}>"
        )


_COLUMNS = ("first_day", "last_day", "n_days", "first_minor", "total_minor")


def purchases(
    log: TouchpointLog,
    *,
    kinds: tuple[str, ...] = ("purchase",),
    until: Day | None = None,
    zone: str = "UTC",
    currency: str | None = None,
    age_on: Day | None = None,
) -> Purchases:
    """What each customer bought before a day.

    Rows with a negative amount are returns: they are left out and counted. Purchases of amount 0 count as purchases.

    Args:
        log: the touchpoints; other kinds are not looked at.
        kinds: the kinds that are purchases, whatever their case and separators.
        until: the first day that does not count; None for the day after the last row's, whatever its kind.
        zone: the time zone whose days are meant.
        currency: which amounts to take, rows with others are left out and counted; None for the log's only one.
        age_on: up to which day ages count: None for `until`. The day before it is what published tables of data
            by day use: there a customer who buys on the last day has `last_days == age_days`.

    Raises:
        InvalidArgument: no date, zone or currency, no kinds, or `age_on` is another day than those two.
        CurrencyMismatch: the log has several currencies and none was asked for.

    Empty and missing:
        Customers without a purchase have no row. An empty log gives no rows.
    """
    calendar, wanted = Calendar(zone), checked_kinds(kinds)
    end = _end(log, until, calendar)
    age_end = end if age_on is None else date_of(age_on, "age_on")
    if age_end not in (end, end - timedelta(days=1)):
        raise InvalidArgument(f"'age_on' is {age_end}; it must be {end}, where the purchases end, or the day before")
    money = currency_of(log, currency)
    alone = log if money is None else log.in_currency(money)
    until_us = None if until is None else calendar.start_of(_number(end))
    found, notes = purchase_days(alone, wanted, until_us=until_us, calendar=calendar)
    return Purchases(
        CustomerIds.of_log(alone, found.codes),
        *(getattr(found, name) for name in _COLUMNS),
        until=end,
        age_on=age_end,
        kinds=wanted,
        zone=zone,
        currency=money,
        notes=attrs.evolve(notes, other_currency=len(log) - len(alone)),
    )


def _end(log: TouchpointLog, until: Day | None, calendar: Calendar) -> date:
    if until is not None:
        return date_of(until, "until")
    return calendar.date_of(0 if log.last_us is None else calendar.day_of(log.last_us) + 1)


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH_ORDINAL


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _joined(known: Purchases, fresh: Purchases) -> tuple[CustomerIds, list[Int64Array]]:
    """The columns of both, one row per customer; the fresh days are all later than the known."""
    who, to_known, to_fresh = placed(known.who, fresh.who)
    n = len(who)
    is_known, made = np.zeros(n, np.bool_), {name: np.zeros(n, np.int64) for name in _COLUMNS}
    is_known[to_known] = True
    for name in _COLUMNS:
        made[name][to_known] = getattr(known, name)
    made["last_day"][to_fresh] = fresh.last_day
    made["n_days"][to_fresh] += fresh.n_days
    made["total_minor"][to_fresh] += fresh.total_minor
    new = ~is_known[to_fresh]
    for name in ("first_day", "first_minor"):
        made[name][to_fresh[new]] = getattr(fresh, name)[new]
    return who, list(made.values())
