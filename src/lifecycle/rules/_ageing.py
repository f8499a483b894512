"""How the value of a fact changes while nothing happens: only at midnights, and at which."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._rows import Filter, Rows

IntArray: TypeAlias = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Growing:
    """The value grows by at most one at each midnight and never falls, such as an age; missing stays missing."""

    later: Callable[[IntArray, IntArray], IntArray]
    """(day, more) → the first day after it on which the value has grown by `more`, 1 or more; shape (n,) each."""


@attrs.frozen(eq=False)
class Stepping:
    """The value changes at some midnights that the touchpoints tell, such as when one leaves a window."""

    next_day: Callable[[Any, int], int | None]
    """(state, today) → the first day after today on which the value may differ, with no touchpoint in between."""
    days: Callable[[Rows], tuple[IntArray, IntArray]]
    """(rows) → customers and days: every midnight at which the value may differ, and perhaps more; shape (n,) each."""
    only_leaves: bool = False
    """Whether touchpoints only stop to count with time, so that a count never grows."""


DAILY: Final = "daily"
"""The value may differ at any midnight: what is assumed of a fact that does not say."""
Ageing: TypeAlias = Growing | Stepping | Literal["daily"] | None
"""None: the value changes with touchpoints only."""


def growing_daily() -> Growing:
    """The ageing of calendar days since some day."""

    def later(day: Any, more: Any) -> Any:
        return day + more if isinstance(day, int) else np.asarray(day, np.int64) + more

    return Growing(later)


def growing_on_business_days(calendar: np.busdaycalendar) -> Growing:
    """The ageing of business days since some day, today not counted."""

    def later(day: Any, more: Any) -> Any:
        last = np.busday_offset(np.asarray(day).astype("M8[D]"), np.asarray(more) - 1, "forward", busdaycal=calendar)
        # A business day is counted from the midnight after it.
        found = last.astype(np.int64) + 1
        return found if found.ndim else int(found)

    return Growing(later)


def sliding(
    kinds: frozenset[str] | None, where: Filter | None, n: int, ago: int, *, day_of: Callable[[Any], int] | None
) -> Stepping:
    """The ageing of what is counted in a window of calendar days: a touchpoint enters it (if `ago`) and leaves it.

    Args:
        kinds: the touchpoints that count, None for every sign of life.
        where: the filter that they pass.
        n: days of the window.
        ago: days between today and the window.
        day_of: the day of one entry of the fact's state, None if the entry is the day; entries ascend by day.
    """
    offsets = (ago, ago + n) if ago else (n,)

    def next_day(state: Any, today: int) -> int | None:
        found = []
        for offset in offsets if state else ():
            # What has left already is dropped at the next touchpoint only, so mostly the first entry is it.
            place = bisect_right(state, today - offset, key=day_of)
            if place < len(state):
                found.append((state[place] if day_of is None else day_of(state[place])) + offset)
        return min(found, default=None)

    return Stepping(next_day, lambda rows: _days_after(rows, kinds, where, offsets), only_leaves=not ago)


def unordered(kinds: frozenset[str] | None, where: Filter | None, n: int, ago: int) -> Stepping:
    """As `sliding`, for texts kept as (text, day), several days or one for each, in the order of the texts."""
    offsets = (ago, ago + n) if ago else (n,)

    def next_day(state: Any, today: int) -> int | None:
        days = (day + offset for _, day in state or () for offset in offsets)
        return min((day for day in days if day > today), default=None)

    return Stepping(next_day, lambda rows: _days_after(rows, kinds, where, offsets), only_leaves=not ago)


def going_stale(kinds: frozenset[str] | None, where: Filter | None, days: int) -> Stepping:
    """The ageing of a value, kept as (day, value), that is missing once it is more than `days` days old."""

    def next_day(state: Any, today: int) -> int | None:
        return state[0] + days + 1 if state is not None and state[0] + days >= today else None

    def stale_days(rows: Rows) -> tuple[IntArray, IntArray]:
        index = rows.select(kinds, where).index
        customer, day = rows.customer[index], rows.day[index].astype(np.int64)
        is_last = np.ones(len(index), bool)
        # A value that another follows in time never goes stale.
        is_last[:-1] = (customer[1:] != customer[:-1]) | (day[1:] > day[:-1] + days)
        return customer[is_last], day[is_last] + (days + 1)

    return Stepping(next_day, stale_days)


def _days_after(
    rows: Rows, kinds: frozenset[str] | None, where: Filter | None, offsets: tuple[int, ...]
) -> tuple[IntArray, IntArray]:
    """Customers and days some days after each day with a selected row."""
    selection = rows.select(kinds, where)
    key = selection.day_key
    is_first = np.ones(len(key), bool)
    is_first[1:] = key[1:] != key[:-1]
    index = selection.index[is_first]
    customer, day = rows.customer[index], rows.day[index].astype(np.int64)
    return np.tile(customer, len(offsets)), np.concatenate([day + offset for offset in offsets])
