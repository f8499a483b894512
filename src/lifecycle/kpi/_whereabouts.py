"""Where customers stand at instants of their own, and for how long they were customers."""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record
from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray
from lifecycle.tally import exact_sum

from ._cut import Cut

Int64Array = npt.NDArray[np.int64]
NEVER: Final = int(np.iinfo(np.int64).max)
"""An instant after all others."""
TOO_EARLY: Final = "whose days are not over yet"
"""What a look ahead counts apart."""


def roles_of(record: Record, *roles: str) -> BoolArray:
    """Which stages have one of some roles; shape (n_stages,)."""
    return np.array([stage.role in roles for stage in record.stages], bool)


def stages_at(record: Record, customer: npt.NDArray[Any], at_us: Int64Array) -> npt.NDArray[np.int16]:
    """The stage of customers just before an instant of each, as a place among `record.stages`; shape (n,)."""
    moved, initial = record.moved, record.program.chart.initial
    edges = np.searchsorted(moved.customer, np.arange(record.n_customers + 1))
    begin = low = edges[:-1][customer]
    high = edges[1:][customer]
    at = np.append(moved.at, NEVER)
    while (low < high).any():
        middle = (low + high) >> 1
        is_early = (low < high) & (at[middle] < at_us)
        low, high = np.where(is_early, middle + 1, low), np.where(is_early, high, np.minimum(middle, high))
    found: npt.NDArray[np.int16] = np.where(low > begin, np.append(moved.target, initial)[low - 1], initial)
    return found


def first_active(record: Record) -> Int64Array:
    """When each customer became one for the first time, `NEVER` for who did not; shape (n_customers,)."""
    is_active, moved = roles_of(record, "active"), record.moved
    if is_active[record.program.chart.initial]:
        return record.started
    found = np.full(record.n_customers, NEVER)
    into = np.flatnonzero(is_active[moved.target])[::-1]  # reversed, so that the first one is written last
    found[moved.customer[into]] = moved.at[into]
    return found


def newcomers(cut: Cut) -> BoolArray:
    """Who became a customer for the first time within the period; shape (n_customers,)."""
    first = first_active(cut.record)
    return np.asarray((first >= cut.start_us) & (first < cut.end_us))


def active_us(cut: Cut) -> int:
    """How long customers were active within the period, all together, in microseconds."""
    stays = cut.record.stay_columns
    is_active = roles_of(cut.record, "active")[stays["stage"]]
    start, end = stays["start"][is_active], stays["end"][is_active]
    return exact_sum(np.maximum(np.minimum(end, cut.end_us) - np.maximum(start, cut.start_us), 0))


def watched(cut: Cut) -> Cut:
    """The same from the start of the period to the end of the story: it looks ahead."""
    end_us = max(cut.period.end_us, cut.record.until_us)
    return cut.in_period(attrs.evolve(cut.period, end_us=end_us))


def checked_days(days: object) -> int:
    """A number of days.

    Raises:
        InvalidArgument: no whole number from 1 to 36,500.
    """
    if type(days) is not int or not 1 <= days <= 36_500:
        raise InvalidArgument(f"days={days!r} is no whole number from 1 to 36500")
    return days


def is_watched(record: Record, day: npt.NDArray[Any], days: int) -> BoolArray:
    """Whether the story goes on until so many days after each day have passed; shape as `day`."""
    last = record.program.calendar.day_of(record.until_us)  # the first day that is not over
    return np.asarray(day.astype(np.int64) + days < last)
