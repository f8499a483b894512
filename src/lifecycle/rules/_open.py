"""`Open`: what was opened and not yet closed, matched by reference; and the age of the oldest."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._fact import BoundFact, Context, FactType, FoldState, Value
from ._rows import Column, Points, Rows, Selection
from ._where import text_of, texts

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
        pairs = _Pairs(context.key(self.opened), context.key(self.closed), self.ref, context)

        def query(rows: Rows, points: Points) -> Column:
            selection, opens, closes = pairs.intervals(rows)
            low, high = selection.start(points), selection.stop(points)
            return Column(_between(opens, low, high) - _between(closes, low, high))

        return BoundFact(FactType(), pairs.kinds, (), pairs.fold, lambda state, _today, _start: len(state), query)


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
        pairs = _Pairs(context.key(self.of.opened), context.key(self.of.closed), self.of.ref, context)

        def read(state: FoldState, today: int, start: int) -> Value:
            if not state:
                return None
            opened = min(day for _, day in state)
            return int(self.age(np.array([opened]), np.array([today]))[0])

        def query(rows: Rows, points: Points) -> Column:
            day, valid = pairs.oldest(rows, points)
            return Column(self.age(np.where(valid, day, points.day), points.day), valid)

        return BoundFact(FactType(may_miss=True, unit="days"), pairs.kinds, (), pairs.fold, read, query)

    def age(self, opened: npt.NDArray[Any], today: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Days from opening to today in the unit; shape (n,) each."""
        if self.unit == "days":
            days: npt.NDArray[np.int64] = (today - opened).astype(np.int64)
            return days
        first, last = opened.astype("M8[D]"), today.astype("M8[D]")
        days_off = np.array(self.holidays, "M8[D]")
        age: npt.NDArray[np.int64] = np.busday_count(first, last, weekmask=self.week, holidays=days_off)
        return age.astype(np.int64)


@attrs.frozen(eq=False)
class _Pairs:
    """Openings and closings matched by reference."""

    opened: str
    closed: str
    ref: str
    context: Context

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset((self.opened, self.closed))

    def fold(self, state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        """The open ones as (reference, day of opening), in order of opening."""
        ref = text_of(touchpoint, self.ref) or ""
        if self.context.key(touchpoint.kind) == self.closed:
            return tuple(pair for pair in state if pair[0] != ref)
        return state if any(pair[0] == ref for pair in state) else (*state, (ref, day))

    def intervals(self, rows: Rows) -> tuple[Selection, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The selected rows, and ascending positions of those that really open and really close."""
        selection = rows.select(self.kinds)
        order, closing, same = self._sorted(rows, selection)
        after_open = np.concatenate(([False], same & ~closing[:-1])) if len(order) else closing
        opens, closes = order[~closing & ~after_open], order[closing & after_open]
        return selection, np.sort(opens), np.sort(closes)

    def oldest(self, rows: Rows, points: Points) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """The day of the oldest opening that each point sees open, and where there is one."""
        selection = rows.select(self.kinds)
        if not len(selection):
            return np.zeros(len(points), np.int32), np.zeros(len(points), bool)
        order, closing, same = self._sorted(rows, selection)
        after_open = np.concatenate(([False], same & ~closing[:-1]))
        # An interval ends where its group first closes, or with the customer's rows.
        ends = selection.count_before(rows.starts[rows.customer[selection.index] + 1])
        close_at = np.flatnonzero(closing & after_open)
        open_at = np.flatnonzero(~closing & ~after_open)
        next_close = np.searchsorted(close_at, open_at)
        next_open = np.append(open_at[1:], len(order))
        has_close = (next_close < len(close_at)) & (np.append(close_at, len(order))[next_close] < next_open)
        opens = order[open_at]
        until = np.where(has_close, order[np.append(close_at, 0)[next_close]], ends[opens])
        sorting = np.argsort(opens)
        opens, until = opens[sorting], until[sorting]
        earlier = np.concatenate(([0], np.maximum.accumulate(until)[:-1]))
        begins = np.maximum(opens, earlier)
        kept = begins < until
        if not kept.any():
            return np.zeros(len(points), np.int32), np.zeros(len(points), bool)
        begins, until, opens = begins[kept], until[kept], opens[kept]
        seen = selection.stop(points) - 1
        place = np.maximum(np.searchsorted(begins, seen, side="right") - 1, 0)
        valid = (begins[place] <= seen) & (seen < until[place]) & (opens[place] >= selection.start(points))
        return rows.day[selection.index[opens[place]]], valid

    def _sorted(self, rows: Rows, selection: Selection) -> tuple[Any, Any, Any]:
        """Positions ordered by (customer, reference, row); which close; which share their predecessor's group."""
        codes, book = texts(rows, self.ref, selection.index)
        # No reference and an empty one are the same reference.
        same_as_none = np.array([-1 if text == "" else code for code, text in enumerate(book)] + [-1], np.int64)
        group = rows.customer[selection.index].astype(np.int64) << 32 | same_as_none[codes] + 1
        order = np.argsort(group, kind="stable")
        is_closing = np.array([name == self.closed for name in rows.names])[rows.block.kind[selection.index]]
        return order, is_closing[order], group[order][1:] == group[order][:-1]


def _between(positions: npt.NDArray[Any], low: npt.NDArray[Any], high: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """How many positions lie in [low, high)."""
    return (np.searchsorted(positions, high) - np.searchsorted(positions, low)).astype(np.int64)
