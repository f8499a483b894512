"""`Min` and `Max`: the smallest and the largest value, over all time or a window."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._ageing import sliding
from ._counts import Windowed, span
from ._fact import BoundFact, Context, FoldState, Value
from ._latest import HasValue, Reading
from ._rows import Column, Points, Rows
from ._selection import Selection
from ._where import make_where


@attrs.frozen
class Max(Windowed):
    """The largest amount or number among the attributes; missing where there is none."""

    of: str = attrs.field(default="amount", kw_only=True)
    """The attribute."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        return _bind(self, context, sign=1)


@attrs.frozen
class Min(Max):
    """The smallest amount or number among the attributes; missing where there is none."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        return _bind(self, context, sign=-1)


def _bind(fact: Max, context: Context, *, sign: int) -> BoundFact:
    kinds, where = context.kind_set(fact.kinds), make_where(fact.where, context.exponent)
    reading = Reading(fact.of, "number", context.exponent)
    filtered, days, best = HasValue(where, reading), fact.days, max if sign > 0 else min

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        value = reading.scalar(touchpoint) if where is None or where.passes(touchpoint) else None
        if value is None:
            return state
        if days is None:
            return value if state is None else best(state, value)
        if state and state[-1][0] == day:
            return (*state[:-1], (day, best(state[-1][1], value)))
        return (*(bucket for bucket in state or () if bucket[0] > day - days.reach), (day, value))

    def read(state: FoldState, today: int, start: int) -> Value:
        if days is None or state is None:
            value: Value = state
            return value
        low, high = days.bounds(today)
        return best((bucket[1] for bucket in state if low <= bucket[0] <= high), default=None)

    def query(rows: Rows, points: Points) -> Column:
        selection = rows.select(kinds, filtered)
        low, high = span(rows, points, (kinds, filtered), days)
        values = reading.column(rows, selection.index)[0]
        if not len(values):
            return Column(np.zeros(len(points), values.dtype), np.zeros(len(points), bool))
        if days is None:
            return Column(_running(selection, values, sign)[np.maximum(high - 1, 0)], high > low)
        return Column(_sliding(values, low, high, sign), high > low)

    ageing = None if days is None else sliding(kinds, filtered, days.n, days.ago, day_of=itemgetter(0))
    return BoundFact(
        reading.fact_type(context.currency), kinds, None, fold, read, query, ageing, filtered, enters_after=fact.ago
    )


def _running(selection: Selection, values: npt.NDArray[Any], sign: int) -> npt.NDArray[Any]:
    """The best value so far of each customer, at every selected row; shape (n_selected,)."""
    distinct, rank = np.unique(values, return_inverse=True)
    order = rank if sign > 0 else len(distinct) - 1 - rank
    customer = selection.rows.customer[selection.index].astype(np.int64)
    best = np.maximum.accumulate((customer << 32) | order) & 0xFFFF_FFFF
    running: npt.NDArray[Any] = distinct[best if sign > 0 else len(distinct) - 1 - best]
    return running


def _sliding(values: npt.NDArray[Any], low: npt.NDArray[Any], high: npt.NDArray[Any], sign: int) -> npt.NDArray[Any]:
    """The best of values[low:high] at every point; arbitrary where the span is empty."""
    if not len(low):
        return values[:0]
    ends = np.column_stack((low, high)).ravel()
    padded = np.append(values, values[-1])
    best = np.maximum if sign > 0 else np.minimum
    result: npt.NDArray[Any] = best.reduceat(padded, ends)[::2]
    return result
