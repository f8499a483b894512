"""Moments of many customers, and a block of a record that tells what happened after them."""

from __future__ import annotations

from typing import Any, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.log import days_of
from lifecycle.rules import BoolArray, Points, Where, texts
from lifecycle.signs import History

from ._policy import NEVER_US
from ._program import PlaybookProgram

Int64Array: TypeAlias = npt.NDArray[np.int64]
IndexArray: TypeAlias = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Moments:
    """Instants in the life of customers, with what had been seen by then; shape (n,) each.

    At one instant what is due comes first, then each touchpoint: so `at` and `stop` together order them.
    """

    customer: IndexArray
    """Whose; places in the block."""
    at: Int64Array
    """When, in microseconds since 1970-01-01 UTC; `NEVER_US` where there is none."""
    stop: Int64Array
    """The first row not seen."""

    def __len__(self) -> int:
        return len(self.at)

    def take(self, index: IndexArray) -> Self:
        """Some of them: places or a mask."""
        return type(self)(self.customer[index], self.at[index], self.stop[index])

    def is_before(self, other: Moments) -> BoolArray:
        """Whether each comes before its counterpart; shape (n,)."""
        found: BoolArray = (self.at < other.at) | ((self.at == other.at) & (self.stop < other.stop))
        return found

    def where(self, chosen: BoolArray, other: Moments) -> Moments:
        """The others where chosen, these elsewhere."""
        return Moments(self.customer, np.where(chosen, other.at, self.at), np.where(chosen, other.stop, self.stop))

    def earlier(self, other: Moments) -> Moments:
        """The first of each and its counterpart."""
        return self.where(other.is_before(self), other)

    def put(self, index: IndexArray, other: Moments) -> None:
        """Overwrite some of them."""
        self.at[index], self.stop[index] = other.at, other.stop

    @classmethod
    def never(cls, customer: IndexArray) -> Self:
        """Moments that do not come."""
        return cls(customer, np.full(len(customer), NEVER_US, np.int64), np.full(len(customer), NEVER_US, np.int64))

    @classmethod
    def join(cls, parts: list[Moments]) -> Self:
        """All of them, part after part."""
        names = ("customer", "at", "stop")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Scene:
    """Consecutive customers of a record: their history, and what came next after any moment of it.

    Args:
        program: the playbooks.
        past: the block.
    """

    def __init__(self, program: PlaybookProgram, past: Past) -> None:
        self.program, self.past, self.rows = program, past, past.rows
        self.history = History(program.signs, past)
        self.calendar = past.program.calendar
        self.until_us = past.record.until_us
        self._turns: dict[tuple[int, bool], tuple[Moments, Int64Array]] = {}
        self._texts: dict[str, tuple[IndexArray, npt.NDArray[np.object_]]] = {}

    # --- moments ------------------------------------------------------------------------------------------------------

    def points(self, moments: Moments) -> Points:
        """The moments as facts are asked."""
        return Points(moments.customer, moments.stop, days_of(moments.at, self.calendar))

    def key(self, moments: Moments) -> Int64Array:
        """A number that orders moments of touchpoints and midnights; shape (n,)."""
        return self.past.key(moments.stop, days_of(moments.at, self.calendar))

    def of_rows(self, rows: IndexArray) -> Moments:
        """The moments of touchpoints."""
        return Moments(self.rows.customer[rows], self.rows.block.at[rows], rows + 1)

    def midnights(self, customer: IndexArray, day: IndexArray) -> Moments:
        """Midnights of the definition's zone; shape (n,)."""
        low, high = (int(day.min()), int(day.max())) if len(day) else (0, 0)
        starts = np.array([self.calendar.start_of(one) for one in range(low, high + 1)], np.int64)
        return Moments(customer, starts[day - low], self.past.stop_of(customer, day))

    def scheduled(self, customer: IndexArray, at: Int64Array) -> Moments:
        """Instants at which something is due: all that came before has been seen, nothing of the instant itself."""
        low, high = self.rows.starts[customer], self.rows.starts[customer + 1]
        found, times = high.copy(), self.rows.block.at
        asked = np.flatnonzero(times[high - 1] >= at)
        low, high, wanted = low[asked], high[asked] - 1, at[asked]  # the last row is late enough
        found[asked] = high
        going = np.flatnonzero(low < high)
        while len(going):
            asked, low, high, wanted = asked[going], low[going], high[going], wanted[going]
            middle = (low + high) >> 1
            is_early = times[middle] < wanted
            low, high = np.where(is_early, middle + 1, low), np.where(is_early, high, middle)
            found[asked] = high
            going = np.flatnonzero(low < high)
        return Moments(customer, at, found)

    # --- what came next -----------------------------------------------------------------------------------------------

    def rows_of(self, kinds: frozenset[str], where: Where | None = None) -> IndexArray:
        """The rows of some kinds that pass a filter, ascending."""
        return self.rows.select(kinds, where).index

    def turns(self, watch: int, *, is_up: bool) -> Moments:
        """When a watch turned up, or down; in order of customer and time."""
        return self._turned(watch, is_up=is_up)[0]

    def _turned(self, watch: int, *, is_up: bool) -> tuple[Moments, Int64Array]:
        if (watch, is_up) not in self._turns:
            track = self.history.track(watch)
            points, n = track.points, len(track.points)
            before = np.zeros(n, bool)
            before[1:] = track.is_up[:-1] & (points.customer[1:] == points.customer[:-1])
            turned = points.take(np.flatnonzero(track.is_up & ~before if is_up else before & ~track.is_up))
            moments = Moments(turned.customer, self.past.at_us(turned), turned.stop)
            self._turns[watch, is_up] = moments, self.key(moments)
        return self._turns[watch, is_up]

    def next_turn(self, watch: int, after: Moments) -> Moments:
        """When a watch first turned up after some moments; `NEVER_US` where it did not."""
        turns, keys = self._turned(watch, is_up=True)
        return _found(turns, np.searchsorted(keys, self.key(after), side="right"), after.customer)

    def next_row(self, rows: IndexArray, after: Moments) -> Moments:
        """The first of some rows that came after some moments; `NEVER_US` where none did."""
        place = np.searchsorted(rows, after.stop)
        row = np.append(rows, len(self.rows))[place]
        is_own = row < self.rows.starts[after.customer + 1]
        at = np.append(self.rows.block.at, NEVER_US)[row]
        return Moments(after.customer, np.where(is_own, at, NEVER_US), np.where(is_own, row + 1, NEVER_US))

    def texts(self, name: str) -> tuple[IndexArray, npt.NDArray[np.object_]]:
        """An attribute of all rows as codes into a book of texts; 0 is '', which is also what is missing."""
        if name not in self._texts:
            codes, book = texts(self.rows, name, np.arange(len(self.rows)))
            codes = codes.astype(np.int64) + 1
            if "" in book:
                codes[codes == book.index("") + 1] = 0
            self._texts[name] = codes, np.array(["", *book], object)
        return self._texts[name]


def _found(among: Moments, place: IndexArray, customer: IndexArray) -> Moments:
    """Those at some places, where they are of some customers."""
    if not len(among):
        return Moments.never(customer)
    index = np.minimum(place, len(among) - 1)
    is_own = (place < len(among)) & (among.customer[index] == customer)
    return Moments(customer, np.where(is_own, among.at[index], NEVER_US), np.where(is_own, among.stop[index], NEVER_US))
