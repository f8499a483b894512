"""`Overdue`: what was opened, is not yet closed, and should be by now."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._ageing import Stepping
from ._fact import BoundFact, Context, FactType, FoldState, Value, as_kinds
from ._latest import Reading
from ._matching import Matching, check_name, seen_of
from ._rows import Column, Points, Rows
from ._spans import chunks

IntArray: TypeAlias = npt.NDArray[Any]


@attrs.frozen
class Overdue:
    """How many are open whose due day is past: promises, deliveries, answers. Never missing.

    Openings and closings belong together as in `Open`; the due day is that of the touchpoint that opens. Nothing
    is overdue on its due day, nor on the day on which it is opened; what has no due day never is.
    """

    opened: str
    """The kind that opens and carries the due day."""
    closed: tuple[str, ...] = attrs.field(converter=as_kinds)
    """The kinds that close, such as kept and withdrawn."""
    ref: str = attrs.field(default="ref", kw_only=True)
    """The attribute that holds the reference."""
    due: str = attrs.field(default="due", kw_only=True)
    """The attribute of the opening that holds the due day, an ISO date or instant."""

    def __attrs_post_init__(self) -> None:
        for field in ("opened", "ref", "due"):
            check_name(getattr(self, field), field, "Overdue")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        matching = Matching.of(self.opened, self.closed, self.ref, context)
        reading = Reading(self.due, "date", context.exponent)
        late = _Late(matching, reading)

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            def last_day() -> int | None:
                due: Any = reading.scalar(touchpoint)
                return None if due is None else max(due, day)

            return matching.advance(state, touchpoint, last_day)[0]

        def read(state: FoldState, today: int, start: int) -> Value:
            return sum(1 for _, due in state if due is not None and due < today)

        def next_day(state: FoldState, today: int) -> int | None:
            return min((due + 1 for _, due in state if due is not None and due >= today), default=None)

        def query(rows: Rows, points: Points) -> Column:
            return Column(late.count(rows, points))

        return BoundFact(
            FactType(), matching.kinds, (), fold, read, query, Stepping(next_day, late.days), is_count=True
        )


@attrs.frozen
class _Late:
    """Matched openings by their last day before they are overdue."""

    matching: Matching
    """What belongs together."""
    reading: Reading
    """The due day."""

    def find(self, rows: Rows) -> tuple[IntArray, IntArray]:
        """Which of the matched openings have a due day, ascending, and the last day in time; shape (n_due,) each."""
        selection = rows.select(self.matching.kinds)
        if self not in selection.totals:
            opens, _ = self.matching.pairs(rows)
            due, known, _ = self.reading.column(rows, opens)
            selection.totals[self] = np.flatnonzero(known), np.maximum(due, rows.day[opens])[known]
        return selection.totals[self]

    def late(self, rows: Rows) -> tuple[IntArray, IntArray, IntArray]:
        """Rows that open, rows that close (-1: none) and last days of those not closed in time; (n_late,) each."""
        (opens, closed_by), (place, last_day) = self.matching.pairs(rows), self.find(rows)
        is_late = (closed_by[place] < 0) | (rows.day[closed_by[place]] > last_day)
        return opens[place[is_late]], closed_by[place[is_late]], last_day[is_late]

    def days(self, rows: Rows) -> tuple[IntArray, IntArray]:
        """Customers and the midnights at which one more is overdue; shape (n_late,) each."""
        opens, _, last_day = self.late(rows)
        return rows.customer[opens], last_day.astype(np.int64) + 1

    def count(self, rows: Rows, points: Points) -> npt.NDArray[np.int64]:
        """How many are overdue at each point; shape (n_points,)."""
        opens, closed_by, last_day = self.late(rows)
        # What is due before today was opened before today, and is still open unless it was closed since.
        closes = np.sort(closed_by[closed_by >= 0])
        counted = _before_today(rows.customer[opens], last_day, points) - seen_of(rows, closes, points)
        # That is so for who sees everything before today; who stops short of it is asked opening by opening.
        following = np.append(rows.day, np.iinfo(np.int32).max)[points.stop]
        short = np.flatnonzero((points.stop < rows.starts[points.customer + 1]) & (following < points.day))
        if len(short):
            counted[short] = self._one_by_one(rows, points.take(short))
        return counted

    def _one_by_one(self, rows: Rows, points: Points) -> npt.NDArray[np.int64]:
        (opens, closed_by), (place, last_day) = self.matching.pairs(rows), self.find(rows)
        opens, closed_by = opens[place], closed_by[place]
        counted = np.zeros(len(points), np.int64)
        spans = np.searchsorted(opens, rows.starts[points.customer]), np.searchsorted(opens, points.stop)
        for chunk in chunks(*spans):
            stop, today = (values[chunk.spans][chunk.owner] for values in (points.stop, points.day))
            is_closed = (closed_by[chunk.place] >= 0) & (closed_by[chunk.place] < stop)
            is_overdue = (last_day[chunk.place] < today) & ~is_closed
            counted[chunk.spans] = np.bincount(chunk.owner[is_overdue], minlength=len(chunk))
        return counted


def _before_today(customer: IntArray, day: IntArray, points: Points) -> npt.NDArray[np.int64]:
    """How many of some days of the point's customer lie before its own; shape (n_points,)."""
    if not len(day):
        return np.zeros(len(points), np.int64)
    first = int(day.min())
    width = int(day.max()) - first + 2
    ascending = np.sort(customer.astype(np.int64) * width + (day - first))
    begin = points.customer.astype(np.int64) * width
    end = begin + np.clip(points.day.astype(np.int64) - first, 0, width - 1)
    return (np.searchsorted(ascending, end) - np.searchsorted(ascending, begin)).astype(np.int64)
