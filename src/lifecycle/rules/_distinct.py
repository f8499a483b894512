"""`Distinct`: how many different days, or different values of an attribute."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._ageing import sliding, unordered
from ._counts import Days, Windowed, from_zero, span
from ._fact import BoundFact, Context, FactType, FoldState, Value
from ._latest import HasValue, Reading
from ._repeats import n_different, repeats
from ._rows import BoolArray, Column, Points, Rows
from ._selection import Selection
from ._spans import chunks
from ._where import make_where

_FEW = 4  # spans of fewer rows than one in so many are counted row by row


@attrs.frozen
class Distinct(Windowed):
    """How many different days some kinds were seen on; with `of`, how many different texts an attribute took.

    `Distinct("login").within(30)` is the number of active days of the last 30.
    """

    of: str | None = attrs.field(default=None, kw_only=True)
    """A text attribute; None counts days."""
    new: bool = attrs.field(default=False, kw_only=True)
    """Counts only texts that were never seen before the window: a new category. Needs `of` and a window."""

    def __attrs_post_init__(self) -> None:
        if type(self.new) is not bool:
            raise DefinitionError(f"Distinct: new={self.new!r} is neither True nor False")
        if self.new and self.of is None:
            raise DefinitionError("Distinct: new=True counts texts; name their attribute, such as of='category'")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition.

        Raises:
            DefinitionError: `new` without a window.
        """
        if self.of is None:
            return _bind_days(self, context)
        reading = Reading(self.of, "text", context.exponent)
        filtered = HasValue(make_where(self.where, context.exponent), reading)
        if not self.new:
            return _bind_texts(context.kind_set(self.kinds), filtered, self.days)
        if self.days is None:
            raise DefinitionError(f"Distinct: new=True with of={self.of!r} needs a window; add .within(30)")
        return _bind_new(context.kind_set(self.kinds), filtered, self.days)


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
        selection = rows.select(kinds, where)
        if int((high - low).sum()) * _FEW < len(selection):
            return Column(_days_within(selection, low, high))
        running = _first_of_day(selection)
        return Column(running[high] - running[low])

    ageing = None if days is None else sliding(kinds, where, days.n, days.ago, day_of=None)
    return BoundFact(
        FactType(unit="days"), kinds, None, fold, read, query, ageing, where, is_count=True, on_touch=1,
        enters_after=fact.ago,
    )  # fmt: skip


def _days_within(selection: Selection, low: npt.NDArray[Any], high: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """How many days stand at the positions [low, high), each span within one customer; shape (n_points,)."""
    result = np.zeros(len(low), np.int64)
    some = np.flatnonzero(high > low)
    for chunk in chunks(low[some], high[some]):
        day = selection.rows.days_at(selection.index[chunk.place])
        is_first = np.ones(len(day), bool)
        is_first[1:] = (day[1:] != day[:-1]) | (chunk.owner[1:] != chunk.owner[:-1])
        result[some[chunk.spans]] = np.bincount(chunk.owner[is_first], minlength=len(chunk))
    return result


def _first_of_day(selection: Selection) -> npt.NDArray[np.int64]:
    """How many selected rows before each are the first of their customer and day; shape (n_selected + 1,)."""
    running = np.zeros(len(selection) + 1, np.int64)
    key = selection.day_key
    if len(key):
        np.cumsum(np.concatenate(([True], key[1:] != key[:-1])), out=running[1:])
    return running


def _bind_texts(kinds: frozenset[str] | None, filtered: HasValue, days: Days | None) -> BoundFact:
    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        text = filtered.scalar(touchpoint)
        if text is None:
            return state
        kept = [pair for pair in state or () if days is None or pair[1] > day - days.reach]
        mine = [pair for pair in kept if pair[0] == text]
        return tuple(sorted({*kept, (text, day)} - set(_idle(mine, day, days))))

    def read(state: FoldState, today: int, start: int) -> Value:
        if days is None:
            return len(state or ())
        low, high = days.bounds(today)
        return len({text for text, day in state or () if low <= day <= high})

    def query(rows: Rows, points: Points) -> Column:
        low, high = span(rows, points, (kinds, filtered), days)
        before = repeats(rows, kinds, filtered)[1]
        if days is not None:
            return Column(n_different(before, low, high))
        running = from_zero(before < 0)
        return Column(running[high] - running[low])

    ageing = None if days is None else unordered(kinds, filtered, days.n, days.ago)
    return BoundFact(
        FactType(), kinds, None, fold, read, query, ageing, filtered, is_count=True, on_touch=1,
        enters_after=0 if days is None else days.ago,
    )  # fmt: skip


def _idle(mine: list[tuple[str, int]], day: int, days: Days | None) -> list[tuple[str, int]]:
    """The days of a text, ascending, that no window needs once it is seen on `day`."""
    if days is None or not days.ago:
        return [pair for pair in mine if pair[1] < day]
    # A window that holds the last day but not the one before reaches as far as `day` if those two are near.
    return mine[-1:] if len(mine) > 1 and mine[-1][1] < day <= mine[-2][1] + days.n else []


@attrs.frozen
class _IsNew:
    """A filter that passes the first touchpoint of a customer with each text."""

    kinds: frozenset[str] | None
    """The kinds that count, None for every sign of life."""
    filtered: HasValue
    """Which of them have a text, and which."""

    @property
    def text(self) -> str:
        return f"{self.filtered.text} | new"

    def passes_rows(self, rows: Rows, index: npt.NDArray[np.intp]) -> BoolArray:
        is_new = np.zeros(len(rows), bool)
        is_new[rows.select(self.kinds, self.filtered).index] = repeats(rows, self.kinds, self.filtered)[1] < 0
        return is_new[index]


def _bind_new(kinds: frozenset[str] | None, filtered: HasValue, days: Days) -> BoundFact:
    first = _IsNew(kinds, filtered)

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        text = filtered.scalar(touchpoint)
        if text is None or any(known == text for known, _ in state):
            return state
        return tuple(sorted((*state, (text, day))))

    def read(state: FoldState, today: int, start: int) -> Value:
        low, high = days.bounds(today)
        return sum(1 for _, day in state if low <= day <= high)

    def query(rows: Rows, points: Points) -> Column:
        low, high = span(rows, points, (kinds, first), days)
        return Column((high - low).astype(np.int64))

    ageing = unordered(kinds, first, days.n, days.ago)
    return BoundFact(
        FactType(), kinds, (), fold, read, query, ageing, first, is_count=True, on_touch=1, enters_after=days.ago
    )
