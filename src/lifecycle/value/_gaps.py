"""How long customers wait from one purchase to the next: what tells regular buyers from others."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import Calendar

from ._days import Day, date_of
from ._grouped import Int64Array, check_groups, flat, grouped, one_length, own_columns
from ._purchase_days import checked_kinds, currency_of, gaps_of


@attrs.frozen(eq=False)
class GapTally:
    """Gaps between purchase days, and how often each is there; those of disjoint customers add up exactly."""

    days: Int64Array
    """The lengths, ascending, each once; 1 or more; shape (n_rows,)."""
    n: Int64Array
    """How many gaps are so long."""

    def __attrs_post_init__(self) -> None:
        own_columns(self, ("days", "n"))
        if len(self.days) and int(self.days.min()) < 1:
            raise InvalidArgument(f"a gap of {int(self.days.min())} days; purchases of one day are one: merge them")
        check_groups((self.days,), self.n)

    @classmethod
    def of(cls, days: npt.ArrayLike) -> Self:
        """The tally of gaps one by one, in any order; whole days, 1 or more; shape (n_gaps,).

        Raises:
            InvalidArgument: a gap is no whole number from 1 on.
        """
        return cls(*flat(grouped(one_length(days=days), None)))

    @classmethod
    def zero(cls) -> Self:
        """No gaps."""
        return cls.of([])

    @property
    def n_gaps(self) -> int:
        """How many gaps there are: the repeat days of all customers."""
        return int(self.n.sum())

    @property
    def sum_of_logs(self) -> float:
        """The sum of the logarithms of all gaps in days: what `MbgCnbd.fit` takes as `sum_log_gaps`."""
        return float((np.log(self.days) * self.n).sum())

    def __add__(self, other: GapTally) -> Self:
        if not isinstance(other, GapTally):
            return NotImplemented
        days, n = (np.concatenate([getattr(side, name) for side in (self, other)]) for name in ("days", "n"))
        return type(self)(*flat(grouped((days,), n)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GapTally):
            return NotImplemented
        return np.array_equal(self.days, other.days) and np.array_equal(self.n, other.n)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<GapTally: {self.n_gaps:,} gaps of {len(self.days):,} lengths>"


def gap_tally(
    log: TouchpointLog,
    *,
    kinds: tuple[str, ...] = ("purchase",),
    until: Day | None = None,
    zone: str = "UTC",
    currency: str | None = None,
) -> GapTally:
    """The gaps between the days on which customers bought; arguments as for `purchases`.

    Raises:
        InvalidArgument: no date, zone or currency, or no kinds.
        CurrencyMismatch: the log has several currencies and none was asked for.
    """
    calendar, wanted, money = Calendar(zone), checked_kinds(kinds), currency_of(log, currency)
    alone = log if money is None else log.in_currency(money)
    end = None if until is None else calendar.start_of(calendar.day_on(date_of(until, "until")))
    parts = gaps_of(alone, wanted, until_us=end, calendar=calendar)
    return GapTally.of(np.concatenate([np.zeros(0, np.int64), *parts]))
