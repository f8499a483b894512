"""Sorted rows with the definition's calendar and kinds; the points at which facts are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.log import Attribute, Block, days_of
from lifecycle.model import Calendar

from ._ranks import Cuts, Ranks
from ._selection import Selection

Int64Array = npt.NDArray[np.int64]
DayArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
"""Truth at many points or rows."""

_Held = TypeVar("_Held")

_SPARSE = 16  # for fewer days than rows / 16, a search in the rows of each customer beats a key for every row
_KEPT_DAYS = 16  # about as many as one definition's windows name at one moment


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

    @cached_property
    def one_day(self) -> int | None:
        """The day of all points, None where they differ."""
        first = int(self.day[0]) if len(self.day) else 0
        return first if bool((self.day == first).all()) else None

    @cached_property
    def is_moment(self) -> bool:
        """Whether they are one moment of several customers, each once and in order."""
        if self.one_day is None or len(self) < 2:
            return False
        return bool((self.customer[1:] > self.customer[:-1]).all())

    @cached_property
    def cuts(self) -> Cuts:
        """The ends of what they see."""
        return Cuts.of(self.stop)

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
        self._first_on: dict[int, Int64Array] = {}
        self._since: dict[int, BoolArray] = {}

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
        return self.days_at(self.starts[:-1])

    def days_at(self, index: npt.NDArray[Any]) -> DayArray:
        """The calendar day of some rows; shape as `index`."""
        return self.day[index] if "day" in self.__dict__ else days_of(self.block.at[index], self.calendar)

    @cached_property
    def first_day(self) -> int:
        """The earliest day of the rows."""
        return self.calendar.day_of(int(self.block.at[self.starts[:-1]].min())) if len(self) else 0

    @cached_property
    def last_day(self) -> int:
        """The latest day of the rows."""
        last = self.block.at[self.starts[1:] - 1]  # of each customer, whose rows are in order of time
        return self.calendar.day_of(int(last.max())) if len(self) else 0

    @cached_property
    def span(self) -> int:
        """One more than the number of days between the earliest and the latest row."""
        return self.last_day - self.first_day + 2

    @cached_property
    def row_key(self) -> Int64Array:
        """A key that orders the rows by (customer, day); shape (n_rows,)."""
        return self.day_key(self.customer, self.day)

    def since(self, day: int) -> BoolArray:
        """Which rows are of one day or later; shape (n_rows,)."""
        return _kept(self._since, day, lambda: self.block.at >= self.calendar.start_of(day))

    def first_on(self, day: int) -> Int64Array:
        """The first row of each customer on one day or later, the end of its rows if there is none; (n_customers,)."""
        return _kept(self._first_on, day, lambda: self._first_of(self.since(day)))

    def first_at(self, us: int) -> Int64Array:
        """The first row of each customer at one instant or later, the end of its rows if none; (n_customers,)."""
        return self._first_of(self.block.at >= us)

    def _first_of(self, late: BoolArray) -> Int64Array:
        first: Int64Array = self.ends - np.diff(Ranks(late).before(self.edges))
        return first

    @cached_property
    def ends(self) -> Int64Array:
        """The row behind the last one of each customer; shape (n_customers,)."""
        return self.starts[1:]

    @cached_property
    def edges(self) -> Cuts:
        """Where the rows of one customer end and those of the next begin."""
        return Cuts.of(self.starts)

    def begins(self, points: Points) -> Int64Array:
        """The first row of the customer of each point; shape (n_points,)."""
        is_everybody = len(points) == len(self.ends) and points.is_moment
        first: Int64Array = self.starts[:-1] if is_everybody else self.starts[points.customer]
        return first

    def from_day(self, customer: npt.NDArray[Any], day: npt.NDArray[Any]) -> Int64Array:
        """The first row of customers on a day of each or later, the end of their rows if there is none; shape (n,)."""
        if len(customer) * _SPARSE > len(self) or "row_key" in self.__dict__:
            return np.searchsorted(self.row_key, self.day_key(customer, day))
        begin = self._day_starts[np.clip(day - self.first_day, 0, self.span - 1)]
        low, high = self.starts[customer], self.starts[customer + 1]
        found: Int64Array = np.where(self.block.at[high - 1] < begin, high, low)
        asked = np.flatnonzero(found < high)
        low, high, begin = low[asked], high[asked] - 1, begin[asked]  # the last row is late enough
        while len(asked):
            middle = (low + high) >> 1
            is_early = self.block.at[middle] < begin
            low, high = np.where(is_early, middle + 1, low), np.where(is_early, high, middle)
            found[asked] = low
            going = np.flatnonzero(low < high)
            asked, low, high, begin = asked[going], low[going], high[going], begin[going]
        return found

    @cached_property
    def _day_starts(self) -> Int64Array:
        """When the days from the first on begin, in microseconds; shape (span,)."""
        return np.array([self.calendar.start_of(self.first_day + day) for day in range(self.span)], np.int64)

    def customers_at(self, index: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The customer of some rows; shape as `index`."""
        if "customer" in self.__dict__ or len(index) * 4 > len(self):
            found: npt.NDArray[Any] = self.customer[index]
            return found
        return self._owners.before(Cuts.of(index + 1)) - 1

    @cached_property
    def _owners(self) -> Ranks:
        """The first row of each customer."""
        is_first = np.zeros(len(self), bool)
        is_first[self.starts[:-1]] = True
        return Ranks(is_first)

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
            self._selections[key] = self._selection(kinds, where)
        return self._selections[key]

    def _selection(self, kinds: frozenset[str] | None, where: Filter | None) -> Selection:
        codes = [
            code
            for code, name in enumerate(self.names)
            if (name not in self.passive if kinds is None else name in kinds)
        ]
        mask = None if len(codes) == len(self.names) else self._of_kinds(codes)
        if where is None:
            return Selection(self, mask=mask)
        index = np.arange(len(self)) if mask is None else np.flatnonzero(mask)
        return Selection(self, index=index[where.passes_rows(self, index)])

    def _of_kinds(self, codes: list[int]) -> BoolArray:
        if not codes:
            return np.zeros(len(self), bool)
        mask: BoolArray = self.block.kind == codes[0]
        for code in codes[1:]:
            mask |= self.block.kind == code
        return mask

    def row_points(self, rows: npt.NDArray[Any]) -> Points:
        """The moments of some rows, each row itself seen."""
        return Points(self.customer[rows], rows + 1, self.day[rows])

    def day_key(self, customer: npt.NDArray[Any], day: npt.NDArray[Any]) -> Int64Array:
        """A key that orders (customer, day); days outside the rows are clipped."""
        key: Int64Array = customer.astype(np.int64) * self.span
        key += np.clip(day - self.first_day, 0, self.span - 1)
        return key


def _kept(held: dict[int, _Held], day: int, make: Callable[[], _Held]) -> _Held:
    """What is held of a day, made when first asked for; only so many days are held."""
    if day not in held:
        if len(held) == _KEPT_DAYS:
            held.clear()
        held[day] = make()
    return held[day]
