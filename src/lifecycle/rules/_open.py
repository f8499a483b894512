"""`Open`: what was opened and not yet closed, matched by reference; and the age of the oldest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._ageing import Growing, growing_daily, growing_on_business_days
from ._fact import BoundFact, Context, FactType, FoldState, Value
from ._matching import Matching, seen_of
from ._rows import Column, Points, Rows

_WEEK = "1111100"


@attrs.frozen
class Open:
    """How many are open: tickets, orders, promises.

    An opening and a closing belong together by the text of the attribute `ref`; without the
    attribute they are all the same one. Opening what is open, and closing what is not, changes nothing.
    """

    opened: str
    """The kind that opens."""
    closed: str
    """The kind that closes."""
    ref: str = attrs.field(default="ref", kw_only=True)
    """The attribute that holds the reference."""

    def oldest(
        self,
        unit: Literal["days", "business_days"] = "days",
        *,
        week: str = _WEEK,
        holidays: tuple[date, ...] = (),
    ) -> OldestOpen:
        """The age of the oldest one that is open; missing when none is.

        Args:
            unit: calendar days between the dates, or business days: those from the day of opening
                to yesterday that are neither outside the week nor holidays.
            week: seven signs from Monday to Sunday, 1 for a business day.
            holidays: the host's holidays.
        """
        return OldestOpen(self, unit, week, tuple(sorted(holidays)))

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        matching = Matching.of(self.opened, (self.closed,), self.ref, context)

        def query(rows: Rows, points: Points) -> Column:
            opens, closed_by = matching.pairs(rows)
            closes = np.sort(closed_by[closed_by >= 0])
            return Column(seen_of(rows, opens, points) - seen_of(rows, closes, points))

        def read(state: FoldState, today: int, start: int) -> Value:
            return len(state)

        return BoundFact(FactType(), matching.kinds, (), _fold(matching), read, query, None, is_count=True)


@attrs.frozen
class OldestOpen:
    """The age of the oldest that is open; made by `Open.oldest`."""

    of: Open
    """What is open."""
    unit: Literal["days", "business_days"] = attrs.field(validator=attrs.validators.in_(("days", "business_days")))
    """How age is counted."""
    week: str = _WEEK
    """Business days from Monday to Sunday."""
    holidays: tuple[date, ...] = ()
    """Days off."""

    def __attrs_post_init__(self) -> None:
        if len(self.week) != 7 or set(self.week) - {"0", "1"} or "1" not in self.week:
            raise DefinitionError(f"week={self.week!r} is not seven signs 0 or 1 from Monday to Sunday")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        matching = Matching.of(self.of.opened, (self.of.closed,), self.of.ref, context)

        def read(state: FoldState, today: int, start: int) -> Value:
            if not state:
                return None
            opened = min(day for _, day in state)
            return int(self.age(np.array([opened]), np.array([today]))[0])

        def query(rows: Rows, points: Points) -> Column:
            day, valid = _oldest(rows, points, *matching.pairs(rows))
            return Column(self.age(np.where(valid, day, points.day), points.day), valid)

        fact_type = FactType(may_miss=True, unit="days")
        return BoundFact(fact_type, matching.kinds, (), _fold(matching), read, query, self._ageing())

    def age(self, opened: npt.NDArray[Any], today: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Days from opening to today in the unit; shape (n,) each."""
        if self.unit == "days":
            days: npt.NDArray[np.int64] = (today - opened).astype(np.int64)
            return days
        first, last = opened.astype("M8[D]"), today.astype("M8[D]")
        days_off = np.array(self.holidays, "M8[D]")
        age: npt.NDArray[np.int64] = np.busday_count(first, last, weekmask=self.week, holidays=days_off)
        return age.astype(np.int64)

    def _ageing(self) -> Growing:
        if self.unit == "days":
            return growing_daily()
        return growing_on_business_days(np.busdaycalendar(self.week, np.array(self.holidays, "M8[D]")))


def _fold(matching: Matching) -> Callable[[FoldState, Touchpoint, int], FoldState]:
    """Keeps the open ones as (reference, day of opening), in order of opening."""
    return lambda state, touchpoint, day: matching.advance(state, touchpoint, lambda: day)[0]


def _oldest(
    rows: Rows, points: Points, opens: npt.NDArray[Any], closed_by: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """The day of the oldest opening that each point sees open, and where there is one."""
    # What is never closed is open until the customer's rows end.
    until = np.where(closed_by >= 0, closed_by, rows.starts[rows.customer[opens] + 1])
    earlier = np.concatenate(([0], np.maximum.accumulate(until)[:-1]))
    begins = np.maximum(opens, earlier[: len(opens)])
    kept = begins < until
    if not kept.any():
        return np.zeros(len(points), np.int32), np.zeros(len(points), bool)
    begins, until, opens = begins[kept], until[kept], opens[kept]
    seen = points.stop - 1
    place = np.maximum(np.searchsorted(begins, seen, side="right") - 1, 0)
    valid = (begins[place] <= seen) & (seen < until[place]) & (opens[place] >= rows.starts[points.customer])
    return rows.day[opens[place]], valid
