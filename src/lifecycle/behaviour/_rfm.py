"""Recency, frequency and money of each customer, their scores, and a name for each cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.log import TouchpointLog
from lifecycle.model import Calendar
from lifecycle.value import Purchases, purchases

from ._reading import last_of
from ._segments import SCORES, rfm_segment

Int64 = npt.NDArray[np.int64]
_BEST = len(SCORES)
_SCORES = ("recency_score", "frequency_score", "monetary_score")


@attrs.frozen(eq=False, repr=False)
class Rfm:
    """Recency, frequency and money of each customer who bought, in the order of the log.

    Scores rank customers among each other (S23): they are made of the whole base, never added up of parts.
    """

    bought: Purchases
    """What each bought; purchases of one local day are one."""

    def __len__(self) -> int:
        return len(self.bought)

    @property
    def recency_days(self) -> Int64:
        """Days from the last purchase to the end; shape (n_customers,), as all."""
        return self.bought.recency_days

    @property
    def frequency(self) -> Int64:
        """Days with purchases, the first included."""
        return self.bought.n_days

    @property
    def monetary_minor(self) -> Int64:
        """What was paid in all, in minor units."""
        return self.bought.total_minor

    @property
    def scores(self) -> npt.NDArray[np.int8]:
        """The scores of recency, frequency and money, 1 to 5, 5 best; shape (n_customers, 3)."""
        columns = (-self.recency_days, self.frequency, self.monetary_minor)
        return np.stack([_fifths(column) for column in columns], axis=1)

    @property
    def segments(self) -> npt.NDArray[np.object_]:
        """The name of each customer's cell; see `rfm_segment`."""
        return _named(self.scores)

    def to_table(self) -> Table:
        """One row per customer: customer, recency_days, frequency, monetary_minor, the scores, segment."""
        scores = self.scores
        columns: dict[str, npt.NDArray[Any]] = {
            "customer": self.bought.ids,
            "recency_days": self.recency_days,
            "frequency": self.frequency,
            "monetary_minor": self.monetary_minor,
        }
        columns |= {name: scores[:, place] for place, name in enumerate(_SCORES)}
        title = f"recency, frequency, money before {self.bought.until}"
        return Table(columns | {"segment": _named(scores)}, title=title)

    def __repr__(self) -> str:
        return f"<Rfm: {len(self)} customers before {self.bought.until}>"


def rfm(
    log: TouchpointLog,
    *,
    kinds: tuple[str, ...] = ("purchase",),
    until: date | str | None = None,
    zone: str = "UTC",
    currency: str | None = None,
) -> Rfm:
    """Recency, frequency and money of each customer who bought.

    Args:
        log: the touchpoints.
        kinds: the kinds that are purchases.
        until: the first day that does not count; None for the day after the last touchpoint's.
        zone: the time zone of the days.
        currency: which amounts to take; None for the log's only one.

    Raises:
        InvalidArgument: an argument is not of its kind.
        CurrencyMismatch: the log has several currencies and none was asked for.

    Empty and missing: who never bought has no row. What has a negative amount is no purchase.
    """
    end = _day_after(log, Calendar(zone)) if until is None else until
    return Rfm(purchases(log, kinds=kinds, until=end, zone=zone, currency=currency))


def _day_after(log: TouchpointLog, calendar: Calendar) -> date | None:
    """The day after the last touchpoint's, read at the last row of each customer only."""
    if not len(log):
        return None
    return calendar.date_of(calendar.day_of(last_of(log.block(0, log.n_customers))) + 1)


def _fifths(values: Int64) -> npt.NDArray[np.int8]:
    """The fifth that each value is in, 1 to 5; equal values have one, that of their middle rank."""
    ordered = np.sort(values)
    less, most = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray(1 + _BEST * (less + most) // max(2 * len(values), 1), np.int8).clip(1, _BEST)


def _named(scores: npt.NDArray[np.int8]) -> npt.NDArray[np.object_]:
    names = np.empty((_BEST, _BEST, _BEST), object)
    for cell in np.ndindex(names.shape):
        names[cell] = rfm_segment(*(place + 1 for place in cell))
    recency, frequency, monetary = (scores[:, place] - 1 for place in range(3))
    return names[recency, frequency, monetary]
