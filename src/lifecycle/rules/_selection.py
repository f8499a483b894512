"""The rows that one fact listens to."""

from __future__ import annotations

from collections.abc import Sized
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._ranks import Cuts, Ranks

if TYPE_CHECKING:
    from ._rows import BoolArray, Int64Array, Points, Rows

_DENSE = 64  # with more points than rows / 64, ranks of all rows beat a binary search per point
_RARE = 16  # fewer rows than points / 16 are looked at one by one, rather than counted before and behind each point


class Selection:
    """The rows that one fact listens to, with ranks; all rows if neither mask nor index is given.

    Args:
        rows: where they come from.
        mask: which rows; shape (n_rows,).
        index: ascending row numbers.
    """

    def __init__(self, rows: Rows, *, mask: BoolArray | None = None, index: npt.NDArray[np.intp] | None = None) -> None:
        self.rows = rows
        self.is_all = mask is None and index is None
        self._mask, self._index = mask, index
        self.totals: dict[object, tuple[npt.NDArray[Any], npt.NDArray[Any]]] = {}

    def __len__(self) -> int:
        return self._n

    @cached_property
    def _n(self) -> int:
        if self._index is not None:
            return len(self._index)
        return len(self.rows) if self._mask is None else int(np.count_nonzero(self._mask))

    @property
    def index(self) -> npt.NDArray[np.intp]:
        """The row numbers, ascending; made when first asked for, as counting does without; shape (n_selected,)."""
        if self._index is None:
            self._index = np.arange(len(self.rows)) if self._mask is None else np.flatnonzero(self._mask)
        return self._index

    @cached_property
    def last_of_customer(self) -> npt.NDArray[np.intp]:
        """Position of the last selected row of each customer who has one."""
        ends = self.count_before(self.rows.starts)
        last: npt.NDArray[np.intp] = ends[1:][ends[1:] > ends[:-1]] - 1
        return last

    @cached_property
    def _ranks(self) -> Ranks:
        if self._mask is not None:
            return Ranks(self._mask)
        chosen = np.zeros(len(self.rows), bool)
        chosen[self.index] = True
        return Ranks(chosen)

    @cached_property
    def day_key(self) -> Int64Array:
        """A key that orders the selected rows by (customer, day); shape (n_selected,)."""
        return self.rows.day_key(self.rows.customer[self.index], self.rows.day[self.index])

    def count_before(self, row: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """How many selected rows stand before each row number; the position of the next one."""
        if self.is_all:
            return row
        if not len(self):
            return np.zeros(len(row), np.int64)
        if self._is_ranked(row):
            return self._ranks.before(Cuts.of(row))
        return np.searchsorted(self.index, row)

    def _is_ranked(self, asked: Sized) -> bool:
        """Whether ranks are there, or are soon made."""
        return self._index is None or len(asked) * _DENSE > len(self.rows) or "_ranks" in self.__dict__

    def stop(self, points: Points) -> npt.NDArray[Any]:
        """Position after the last selected row that each point sees."""
        if self.is_all or not self._is_ranked(points):
            return self.count_before(points.stop)
        return self._ranks.before(self._cuts(points))

    def _cuts(self, points: Points) -> Cuts:
        """The ends of what points see; kept for one moment, of which many facts are asked."""
        if points.stop is self.rows.ends:
            return self.rows.edges.behind_first
        return points.cuts if points.is_moment else Cuts.of(points.stop)

    def start(self, points: Points) -> npt.NDArray[Any]:
        """Position of the customer's first selected row."""
        return self.count_before(self.rows.begins(points))

    def from_day(self, points: Points, ago: int) -> npt.NDArray[Any]:
        """Position of the customer's first selected row so many days before each point's day, or later."""
        if points.one_day is not None:
            return self.count_before(self.rows.first_on(points.one_day - ago)[points.customer])
        return np.searchsorted(self.day_key, self.rows.day_key(points.customer, points.day - ago))

    def counted(self, points: Points, first_ago: int, last_ago: int) -> Int64Array | None:
        """How many rows lie so many days back, of customers at one moment; shape (n_points,). None if they are few."""
        if self._mask is None or not len(self):
            return None
        inside = self._inside(points, first_ago, last_ago) & self._mask
        if np.count_nonzero(inside) * _RARE < len(points):
            return None
        ranks = Ranks(inside)
        if points.stop is self.rows.ends:
            return np.diff(ranks.before(self.rows.edges))
        return ranks.before(self._cuts(points)) - ranks.before(Cuts.of(self.rows.begins(points)))

    def lately(self, points: Points, first_ago: int, last_ago: int) -> tuple[Int64Array, Int64Array] | None:
        """Positions [low, high) of the rows that lie so many days back, of customers at one moment; shape (n_points,).

        Gathered from those rows alone, as most customers of a base have none; [0, 0) for them. None if they are many.
        """
        low, high = np.zeros(len(points), np.int64), np.zeros(len(points), np.int64)
        if not len(self):
            return low, high
        inside = self._inside(points, first_ago, last_ago)
        if not last_ago and points.one_day is not None and points.one_day < self.rows.last_day:
            inside = inside & ~self.rows.since(points.one_day + 1)  # rows that no point sees are not worth a look
        if self._mask is not None:
            index = np.flatnonzero(inside & self._mask)
        else:
            index = np.flatnonzero(inside) if self._index is None else self._index[inside[self._index]]
        if len(index) * 2 > len(points):
            return None
        place = _places(points, self.rows.customers_at(index), len(self.rows.starts) - 1)
        seen = (place >= 0) & (index < points.stop[place])
        if not seen.all():
            index, place = index[seen], place[seen]
        begins = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])) if len(place) else seen[:0])
        low[place[begins]] = first = self.count_before(index[begins])
        high[place[begins]] = first + np.diff(begins, append=len(place))
        return low, high

    def _inside(self, points: Points, first_ago: int, last_ago: int) -> BoolArray:
        """The rows from so many days before the one day of some points on, to so many before; shape (n_rows,)."""
        today = points.one_day
        assert today is not None
        inside = self.rows.since(today - first_ago)
        return inside & ~self.rows.since(today - last_ago + 1) if last_ago else inside

    def last(self, points: Points) -> tuple[npt.NDArray[Any], BoolArray]:
        """The last selected row that each point sees, and where there is one."""
        if not len(self):
            return np.zeros(len(points), np.intp), np.zeros(len(points), bool)
        row = self._last_before(points)
        return np.maximum(row, 0), row >= self.rows.begins(points)

    def last_or_start(self, points: Points) -> Int64Array:
        """The last selected row that each point sees, the first row of the customer where there is none."""
        start = self.rows.begins(points)
        return np.maximum(self._last_before(points), start) if len(self) else start

    def _last_before(self, points: Points) -> Int64Array:
        """The last selected row before the end of what each point sees, below 0 where there is none."""
        if self.is_all:
            return points.stop - 1
        if self._is_ranked(points):
            return self._ranks.last_before(self._cuts(points))
        position = np.searchsorted(self.index, points.stop) - 1
        return np.where(position >= 0, self.index[np.maximum(position, 0)], -1)

    def first(self, points: Points) -> tuple[npt.NDArray[Any], BoolArray]:
        """The customer's first selected row, and where the point sees it."""
        if not len(self):
            return np.zeros(len(points), np.intp), np.zeros(len(points), bool)
        position = self.start(points)
        row = self.index[np.minimum(position, len(self) - 1)]
        return row, (position < len(self)) & (row < points.stop) & (row >= self.rows.begins(points))


def _places(points: Points, customer: npt.NDArray[Any], n_customers: int) -> npt.NDArray[Any]:
    """The place of customers among points, one of each and in order; -1 where there is none; shape as `customer`."""
    if len(points) == n_customers:
        return customer
    place = np.full(n_customers, -1, np.int64)
    place[points.customer] = np.arange(len(points))
    found: npt.NDArray[np.int64] = place[customer]
    return found
