"""Sorted rows with the definition's calendar and kinds; the points at which facts are asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.log import Attribute, Block
from lifecycle.model import Calendar

Int64Array = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
"""Truth at many points or rows."""

_DAY_US = 86_400_000_000
_DENSE = 8  # with more points than rows / 8, a table of ranks beats a binary search per point


@attrs.frozen(eq=False)
class Column:
    """Values of one fact at many points, and where it is not missing."""

    values: npt.NDArray[Any]
    """int64, float64, or int32 codes into `book` for text; shape (n_points,)."""
    valid: BoolArray | None = None
    """None: everywhere."""
    book: tuple[str, ...] = ()
    """The texts behind the codes."""

    def value(self, index: int) -> int | float | str | None:
        """The value at one point as a plain Python value, None where missing."""
        if self.valid is not None and not self.valid[index]:
            return None
        raw: int | float = self.values[index].item()
        return self.book[int(raw)] if self.book else raw


@attrs.frozen(eq=False)
class Points:
    """(customer, moment) pairs: a fact sees the customer's rows before `stop`, on the day `day`."""

    customer: npt.NDArray[np.integer[Any]]
    """Position of the customer in the rows; shape (n_points,)."""
    stop: Int64Array
    """The first row not seen; shape (n_points,)."""
    day: DayArray
    """Today, in days since 1970-01-01; shape (n_points,)."""

    def __len__(self) -> int:
        return len(self.stop)

    def take(self, index: npt.NDArray[Any]) -> Points:
        """The points at some positions."""
        return Points(self.customer[index], self.stop[index], self.day[index])


class Filter(Protocol):
    """A `where=` filter over rows."""

    @property
    def text(self) -> str:
        """The filter as written: its identity."""
        ...

    def passes_rows(self, rows: Rows, index: npt.NDArray[np.intp]) -> BoolArray:
        """Which of some rows pass; shape as `index`."""
        ...


class Rows:
    """A block of the log as one definition reads it: days, canonical kinds, selections.

    Args:
        block: the sorted rows.
        calendar: the definition's zone.
        keys: normalised kind → event, as in `Context.keys`.
        passive: canonical kinds that are no sign of life.
        exponent: decimals of the definition's currency.
    """

    def __init__(
        self,
        block: Block,
        calendar: Calendar,
        keys: Mapping[str, str],
        passive: frozenset[str],
        exponent: int,
    ) -> None:
        self.block = block
        self.calendar = calendar
        self.passive = passive
        self.exponent = exponent
        self.starts = block.starts
        self.names = tuple(keys.get(key, key) for key in block.kind_keys)
        self._selections: dict[tuple[frozenset[str] | None, str], Selection] = {}
        self._attributes: dict[str, Attribute | None] = {}

    def __len__(self) -> int:
        return len(self.block.at)

    @cached_property
    def day(self) -> DayArray:
        """The calendar day of each row; shape (n_rows,)."""
        return days_of(self.block.at, self.calendar)

    @cached_property
    def customer(self) -> npt.NDArray[np.int32]:
        """The customer of each row; shape (n_rows,)."""
        lengths = np.diff(self.starts)
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)

    @cached_property
    def start_day(self) -> DayArray:
        """The first day of each customer; shape (n_customers,); every customer has a row."""
        return self.day[self.starts[:-1]]

    @cached_property
    def first_day(self) -> int:
        """The earliest day of the rows."""
        return int(self.day.min()) if len(self) else 0

    @cached_property
    def span(self) -> int:
        """One more than the number of days between the earliest and the latest row."""
        return int(self.day.max()) - self.first_day + 2 if len(self) else 2

    @cached_property
    def row_key(self) -> Int64Array:
        """A key that orders the rows by (customer, day); shape (n_rows,)."""
        return self.day_key(self.customer, self.day)

    def money(self, index: npt.NDArray[np.intp]) -> tuple[Int64Array, BoolArray]:
        """Amounts of some rows in minor units and where they exist; shape as `index` each."""
        minor, has = self.block.read_minor(index)
        return minor, np.ones(len(index), bool) if has is None else has

    def attribute(self, name: str) -> Attribute | None:
        """An attribute of the rows ('channel' too), None where the log has no such column."""
        if name not in self._attributes:
            self._attributes[name] = self.block.read_attribute(name)
        return self._attributes[name]

    def select(self, kinds: frozenset[str] | None, where: Filter | None = None) -> Selection:
        """The rows of some kinds (None: every sign of life) that pass a filter."""
        key = (kinds, where.text if where else "")
        if key not in self._selections:
            index, is_all = self._index(kinds, where)
            self._selections[key] = Selection(self, index, is_all=is_all)
        return self._selections[key]

    def _index(self, kinds: frozenset[str] | None, where: Filter | None) -> tuple[npt.NDArray[np.intp], bool]:
        """The selected rows, and whether they are all of a kindred: no row is left out."""
        codes = [
            code
            for code, name in enumerate(self.names)
            if (name not in self.passive if kinds is None else name in kinds)
        ]
        if len(codes) == len(self.names):
            index, is_all = np.arange(len(self)), True
        else:
            index, is_all = self._of_kinds(codes), False
        if where is not None:
            index, is_all = index[where.passes_rows(self, index)], False
        return index, is_all

    def _of_kinds(self, codes: list[int]) -> npt.NDArray[np.intp]:
        if not codes:
            return np.zeros(0, np.intp)
        mask = self.block.kind == codes[0]
        for code in codes[1:]:
            mask |= self.block.kind == code
        return np.flatnonzero(mask)

    def row_points(self, rows: npt.NDArray[Any]) -> Points:
        """The moments of some rows, each row itself seen."""
        return Points(self.customer[rows], rows + 1, self.day[rows])

    def day_key(self, customer: npt.NDArray[Any], day: npt.NDArray[Any]) -> Int64Array:
        """A key that orders (customer, day); days outside the rows are clipped."""
        key: Int64Array = customer.astype(np.int64) * self.span
        key += np.clip(day - self.first_day, 0, self.span - 1)
        return key


class Selection:
    """The rows that one fact listens to, as a sorted index with ranks.

    Args:
        rows: where they come from.
        index: ascending row numbers.
        is_all: whether every row is among them.
    """

    def __init__(self, rows: Rows, index: npt.NDArray[np.intp], *, is_all: bool) -> None:
        self.rows = rows
        self.index = index
        self.is_all = is_all
        self.totals: dict[object, tuple[npt.NDArray[Any], npt.NDArray[Any]]] = {}

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def last_of_customer(self) -> npt.NDArray[np.intp]:
        """Position of the last selected row of each customer who has one."""
        ends = self.count_before(self.rows.starts)
        last: npt.NDArray[np.intp] = ends[1:][ends[1:] > ends[:-1]] - 1
        return last

    @cached_property
    def _rank(self) -> npt.NDArray[np.int32]:
        marks = np.zeros(len(self.rows) + 1, np.int32)
        marks[self.index + 1] = 1
        return np.cumsum(marks, dtype=np.int32)

    @cached_property
    def day_key(self) -> Int64Array:
        """A key that orders the selected rows by (customer, day); shape (n_selected,)."""
        return self.rows.day_key(self.rows.customer[self.index], self.rows.day[self.index])

    def count_before(self, row: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """How many selected rows stand before each row number; the position of the next one."""
        if self.is_all:
            return row
        if len(row) * _DENSE > len(self.rows) or "_rank" in self.__dict__:
            counted: npt.NDArray[Any] = self._rank[row]
            return counted
        return np.searchsorted(self.index, row)

    def stop(self, points: Points) -> npt.NDArray[Any]:
        """Position after the last selected row that each point sees."""
        return self.count_before(points.stop)

    def start(self, points: Points) -> npt.NDArray[Any]:
        """Position of the customer's first selected row."""
        return self.count_before(self.rows.starts[points.customer])

    def from_day(self, points: Points, day: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Position of the customer's first selected row on or after a day."""
        return np.searchsorted(self.day_key, self.rows.day_key(points.customer, day))

    def last(self, points: Points) -> tuple[npt.NDArray[Any], BoolArray]:
        """The last selected row that each point sees, and where there is one."""
        position = self.stop(points) - 1
        if not len(self.index):
            return np.zeros(len(points), np.intp), np.zeros(len(points), bool)
        row = self.index[np.maximum(position, 0)]
        return row, (position >= 0) & (row >= self.rows.starts[points.customer])

    def first(self, points: Points) -> tuple[npt.NDArray[Any], BoolArray]:
        """The customer's first selected row, and where the point sees it."""
        if not len(self.index):
            return np.zeros(len(points), np.intp), np.zeros(len(points), bool)
        position = self.start(points)
        row = self.index[np.minimum(position, len(self.index) - 1)]
        return row, (position < len(self.index)) & (row < points.stop) & (row >= self.rows.starts[points.customer])


def days_of(at: Int64Array, calendar: Calendar) -> DayArray:
    """The calendar day of each instant, in the calendar's zone.

    Args:
        at: microseconds since 1970-01-01 UTC; shape (n,).

    Returns:
        Days since 1970-01-01; shape (n,), int32.
    """
    guess = at // _DAY_US
    if calendar.zone == "UTC" or not len(at):
        return guess.astype(np.int32)
    low, high = int(guess.min()) - 1, int(guess.max()) + 2
    starts = np.array([calendar.start_of(day) for day in range(low, high + 1)], np.int64)
    place = guess - low
    # A local day starts at most 14 hours from the UTC day of its name; a skipped date shares its start.
    moved = (at >= starts[place + 1]).astype(np.int64) - (at < starts[place])
    return (guess + moved).astype(np.int32)
