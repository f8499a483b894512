"""The stages and facts of customers as they were at any points of their history."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, Column, Points, ReadColumn, Rows, counter_of

from ._record import Record
from ._state import IntArray

Int64Array = npt.NDArray[np.int64]
BLOCK_ROWS = 500_000
"""Few enough that the allocator keeps the memory of one block for the next: fresh pages cost more than the figures."""


class Past:
    """Consecutive customers of a record, ready to be asked about any moment that they lived through.

    A moment of a customer is a pair (stop, day): the first row not seen, and today. After a touchpoint that is (its
    row + 1, its day); a midnight is (the first row of that day or later, that day), timers of that day fired.

    Args:
        record: the outcome of a replay.
        low: the first customer.
        high: the first customer beyond.
    """

    _seen: Literal["left", "right"] = "right"

    def __init__(self, record: Record, low: int, high: int) -> None:
        self.record, self.program, self.low = record, record.program, low
        self.rows: Rows = record.program.rows(record.log.block(low, high))
        self.n_customers = high - low
        self.limit_day = record.program.calendar.day_of(record.until_us - 1)
        first, last = np.searchsorted(record.moved.customer, (low, high))
        self.moved = record.moved.take(np.arange(first, last))
        self.mover: npt.NDArray[np.int32] = self.moved.customer - np.int32(low)

    @cached_property
    def _span(self) -> int:
        first = self.rows.first_day
        # A power of two, so that a key is taken apart by shifting.
        return 1 << (max(self.limit_day, first + self.rows.span) - first + 2).bit_length()

    def unmoved(self) -> Self:
        """The same past in which no moment sees the moves of that very moment, as the guards of moves do not."""
        other = copy(self)
        other._seen = "left"
        return other

    @cached_property
    def move_stop(self) -> Int64Array:
        """The first row not seen at each move; shape (n_moves,)."""
        stop: Int64Array = self.rows.starts[self.mover] + self.moved.row + 1
        by_time = np.flatnonzero(self.moved.row < 0)
        if len(by_time):
            stop[by_time] = self.stop_of(self.mover[by_time], self.moved.day[by_time])
        return stop

    @cached_property
    def _move_key(self) -> Int64Array:
        return self.key(self.move_stop, self.moved.day)

    def stop_of(self, customer: npt.NDArray[np.integer], day: npt.NDArray[np.integer]) -> Int64Array:
        """The first row of each customer on a day or later; shape (n,)."""
        return self.rows.from_day(customer, day)

    def key(self, stop: IntArray, day: IntArray) -> Int64Array:
        """A number that orders moments by customer and time; shape (n,). Every customer has seen a row of its own."""
        key: Int64Array = stop.astype(np.int64) * self._span
        key += np.clip(day - self.rows.first_day, 0, self._span - 1)
        return key

    def points_of(self, keys: Int64Array) -> Points:
        """The moments that some numbers of `key` stand for, days within the record."""
        stop, day = keys >> (self._span.bit_length() - 1), (keys & (self._span - 1)).astype(np.int32)
        return Points(self.rows.customer[stop - 1], stop, day + np.int32(self.rows.first_day))

    def at_us(self, points: Points) -> Int64Array:
        """When the moments are, in microseconds since 1970-01-01 UTC; shape (n_points,)."""
        is_row = self.is_row(points)
        days = points.day[~is_row]
        first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
        starts = np.array([self.program.calendar.start_of(day) for day in range(first, last + 1)], np.int64)
        at = np.empty(len(points), np.int64)
        at[is_row] = self.rows.block.at[points.stop[is_row] - 1]
        at[~is_row] = starts[days - first]
        return at

    def is_row(self, points: Points) -> BoolArray:
        """Whether each moment is that of a touchpoint, and no midnight; shape (n_points,)."""
        found: BoolArray = self.rows.days_at(points.stop - 1) == points.day
        return found

    def points_at(self, at_us: int) -> Points:
        """All who had begun just before an instant, as they were then; in order of customer."""
        rows = self.rows
        if at_us >= self.record.until_us:
            who, stop = np.arange(self.n_customers), rows.ends
        else:
            stop = rows.first_at(at_us)
            who = np.flatnonzero(stop > rows.starts[:-1])
            stop = stop[who]
        return Points(who, stop, np.full(len(who), self.program.calendar.day_of(at_us - 1), np.int32))

    def leaf(self, points: Points) -> npt.NDArray[np.int16]:
        """The stage at each moment, as a number; shape (n_points,)."""
        initial = np.int16(self.program.chart.initial)
        if not len(self.mover):
            return np.full(len(points), initial)
        place, known = self._last(self._move_key, self.mover, points)
        found: npt.NDArray[np.int16] = np.where(known, np.append(self.moved.target, initial)[place], initial)
        return found

    def facts(self, points: Points) -> ReadColumn:
        """A way to read any fact, and `stage`, at some moments."""
        stages = tuple(stage.id for stage in self.program.chart.stages)
        read = self.program.facts.columns(self.rows, points, lambda name: self._staged(name, points))

        def read_any(name: str) -> Column:
            return Column(self.leaf(points), None, stages) if name == "stage" else read(name)

        return read_any

    def first_entry(self, node: int) -> tuple[Int64Array, npt.NDArray[np.int32], BoolArray]:
        """The moment (stop, day) at which each customer first entered a state, and whether ever; (n_customers,)."""
        starts, paths = self.rows.starts[:-1], self.program.chart.paths
        stop, day = starts + 1, self.rows.start_day.copy()
        if node in paths[self.program.chart.initial]:
            return stop, day, np.ones(self.n_customers, bool)
        inside = np.array([node in path for path in paths])
        into = np.flatnonzero(inside[self.moved.target])[::-1]  # reversed, so that the first one is written last
        ever = np.zeros(self.n_customers, bool)
        ever[self.mover[into]] = True
        stop[self.mover[into]], day[self.mover[into]] = self.move_stop[into], self.moved.day[into]
        return stop, day, ever

    def _last(self, keys: Int64Array, owner: IntArray, points: Points) -> tuple[IntArray, BoolArray]:
        """The last of some moments of the same customer at or before each point, and where there is one."""
        if not len(keys):
            return np.zeros(len(points), np.int64), np.zeros(len(points), bool)
        place = np.searchsorted(keys, self.key(points.stop, points.day), side=self._seen) - 1
        return place, (place >= 0) & (owner[place] == points.customer)

    def _staged(self, name: str, points: Points) -> Column:
        """A fact about the stage."""
        program, chart = self.program, self.program.chart
        fact = program.facts.staged[name]
        sets = self._sets(program.clocks.index(fact.stage))
        place, known = self._last(self._move_key[sets], self.mover[sets], points)
        customer = points.customer
        entered = np.where(known, np.append(self.moved.day[sets], 0)[place], self.rows.start_day[customer])
        valid = None
        if fact.stage is not None:
            node = chart.nodes.index(fact.stage)
            valid = np.array([node in path for path in chart.paths])[self.leaf(points)]
        if fact.count is None:
            return Column((points.day - entered).astype(np.int64), valid)
        stop = np.where(known, np.append(self.move_stop[sets], 0)[place], self.rows.starts[customer])
        counter = program.facts.folded[counter_of(name)]
        then = Points(customer, stop, entered.astype(np.int32))
        return Column(counter.query(self.rows, points).values - counter.query(self.rows, then).values, valid)

    def _sets(self, clock: int) -> IntArray:
        """The moves that set a clock; ascending."""
        n_stages = len(self.program.chart.stages)
        pairs, group = np.unique(self.moved.source.astype(np.int64) * n_stages + self.moved.target, return_inverse=True)
        sets = np.array([clock in self.program.entered(*divmod(int(pair), n_stages)) for pair in pairs], bool)
        found: IntArray = np.flatnonzero(sets[group]) if len(pairs) else np.zeros(0, np.int64)
        return found


def pasts(record: Record, n_rows: int | None = None) -> Iterator[Past]:
    """All customers of a record, in blocks of about so many rows, `BLOCK_ROWS` unless given."""
    starts, low, n_rows = record.log.starts, 0, n_rows or BLOCK_ROWS
    while low < record.n_customers:
        high = max(low + 1, int(np.searchsorted(starts, starts[low] + n_rows, side="right")) - 1)
        yield Past(record, low, high)
        low = high
