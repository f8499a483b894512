"""`Distinct`: how many different days, or different values of an attribute."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._counts import Windowed, span
from ._fact import BoundFact, Context, FactType, FoldState, Value
from ._latest import HasValue, Reading
from ._rows import Column, Points, Rows, Selection
from ._where import make_where

_CHUNK = 4_000_000


@attrs.frozen
class Distinct(Windowed):
    """How many different days some kinds were seen on; with `of`, how many different texts an attribute took.

    `Distinct("login").within(30)` is the number of active days of the last 30.
    """

    of: str | None = attrs.field(default=None, kw_only=True)
    """A text attribute; None counts days."""

    def __attrs_post_init__(self) -> None:
        if self.of is not None and self.days is not None and self.days.ago:
            raise DefinitionError("Distinct(of=…).within(…, ago=…) is not offered; count days, or leave 'ago' out")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        return _bind_days(self, context) if self.of is None else _bind_texts(self, self.of, context)


def _bind_days(fact: Distinct, context: Context) -> BoundFact:
    kinds, where = context.kind_set(fact.kinds), make_where(fact.where, context.exponent)
    days = fact.days

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        if not (where is None or where.passes(touchpoint)):
            return state
        if days is None:
            return state if state and state[0] == day else (day, (state[1] if state else 0) + 1)
        if state and state[-1] == day:
            return state
        return (*(seen for seen in state or () if seen > day - days.reach), day)

    def read(state: FoldState, today: int, start: int) -> Value:
        if not state:
            return 0
        if days is None:
            return int(state[1])
        low, high = days.bounds(today)
        return sum(1 for day in state if low <= day <= high)

    def query(rows: Rows, points: Points) -> Column:
        low, high = span(rows, points, (kinds, where), days)
        running = _first_of_day(rows.select(kinds, where))
        return Column(running[high] - running[low])

    return BoundFact(FactType(unit="days"), kinds, None, fold, read, query)


def _first_of_day(selection: Selection) -> npt.NDArray[np.int64]:
    """How many selected rows before each are the first of their customer and day; shape (n_selected + 1,)."""
    running = np.zeros(len(selection) + 1, np.int64)
    key = selection.day_key
    if len(key):
        np.cumsum(np.concatenate(([True], key[1:] != key[:-1])), out=running[1:])
    return running


def _bind_texts(fact: Distinct, of: str, context: Context) -> BoundFact:
    kinds, where = context.kind_set(fact.kinds), make_where(fact.where, context.exponent)
    reading, days = Reading(of, "text", context.exponent), fact.days
    filtered = HasValue(where, reading)

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        value = reading.scalar(touchpoint) if where is None or where.passes(touchpoint) else None
        if value is None:
            return state
        kept = (pair for pair in state or () if pair[0] != value and (days is None or pair[1] > day - days.n))
        return tuple(sorted((*kept, (value, day))))

    def read(state: FoldState, today: int, start: int) -> Value:
        return sum(1 for _, day in state or () if days is None or day > today - days.n)

    def query(rows: Rows, points: Points) -> Column:
        selection = rows.select(kinds, filtered)
        low, high = span(rows, points, (kinds, filtered), days)
        before = _same_before(selection, reading.column(rows, selection.index)[0])
        if days is not None:
            return Column(_fresh_in_span(before, low, high))
        running = np.zeros(len(selection) + 1, np.int64)
        np.cumsum(before < 0, out=running[1:])
        return Column(running[high] - running[low])

    return BoundFact(FactType(), kinds, None, fold, read, query)


def _same_before(selection: Selection, values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Position of the customer's previous selected row with the same value, -1 for none."""
    key = selection.rows.customer[selection.index].astype(np.int64) << 32 | values.astype(np.int64)
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    before = np.full(len(key), -1, np.int64)
    before[order[1:][same]] = order[:-1][same]
    return before


def _fresh_in_span(
    before: npt.NDArray[np.int64], low: npt.NDArray[Any], high: npt.NDArray[Any]
) -> npt.NDArray[np.int64]:
    """How many of before[low:high] point in front of `low`: each value counts at its first place there."""
    result = np.zeros(len(low), np.int64)
    sizes = (high - low).astype(np.int64)
    begin = 0
    total = np.cumsum(sizes)
    while begin < len(low):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + _CHUNK, side="right")))
        size = sizes[begin:end]
        owner = np.repeat(np.arange(end - begin), size)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size) + low[begin:end][owner]
        result[begin:end] = np.bincount(owner, weights=before[place] < low[begin:end][owner], minlength=end - begin)
        begin = end
    return result
