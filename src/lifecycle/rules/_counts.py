"""Facts that add up: `Count`, `Sum`, `Mean`, over all time or a window of calendar days."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._ageing import Ageing, sliding
from ._fact import BoundFact, Context, FactType, FoldState, Value, as_kinds, check_limit, check_limits
from ._rows import BoolArray, Column, Filter, Points, Rows
from ._where import make_where, number_of, numbers

IntArray: TypeAlias = npt.NDArray[Any]
Chosen: TypeAlias = tuple[frozenset[str] | None, Filter | None]
"""The kinds that a fact listens to, and its filter."""

_TOO_MUCH = 2.0**60  # stands for any magnitude that is refused anyway


@attrs.frozen
class Days:
    """A window of calendar days: the last `n` days, today included, `ago` days back (S14)."""

    n: int
    """How many days."""
    ago: int = 0
    """How many days before today the window ends."""

    def __attrs_post_init__(self) -> None:
        for name, value, least in (("within", self.n, 1), ("ago", self.ago, 0)):
            if type(value) is not int or not least <= value <= 36_600:
                raise DefinitionError(f"{name}={value!r} is not a whole number of days from {least} to 36,600")

    @property
    def reach(self) -> int:
        """How many days back a touchpoint still counts."""
        return self.n + self.ago

    def bounds(self, today: int) -> tuple[int, int]:
        """First and last day of the window."""
        return today - self.ago - self.n + 1, today - self.ago


@attrs.frozen
class Windowed:
    """What the facts with a window share."""

    kinds: tuple[str, ...] = attrs.field(default=(), converter=as_kinds)
    """The kinds that count; none: every sign of life."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""
    days: Days | None = attrs.field(default=None, kw_only=True)
    """The window, None for all time."""

    @property
    def ago(self) -> int:
        """How many days before today the window ends; 0 without a window."""
        return 0 if self.days is None else self.days.ago

    def within(self, n: int, *, ago: int = 0) -> Self:
        """The same fact over the last `n` calendar days, today included, or the `n` days before `ago` days ago.

        Raises:
            DefinitionError: `n` or `ago` is not a sensible whole number of days.
        """
        return attrs.evolve(self, days=Days(n, ago))


def span(rows: Rows, points: Points, chosen: Chosen, days: Days | None) -> tuple[IntArray, IntArray]:
    """Positions [low, high) of the selected rows that each point counts; shape (n_points,) each."""
    selection = rows.select(*chosen)
    if days is None:
        return selection.start(points), selection.stop(points)
    if points.is_moment:
        found = selection.lately(points, days.reach - 1, days.ago)
        if found is not None:
            return found
    low, high = selection.from_day(points, days.reach - 1), selection.stop(points)
    if days.ago:
        high = np.minimum(high, selection.from_day(points, days.ago - 1))
    return np.minimum(low, high), high


@attrs.frozen
class Totals:
    """The shared fold: a running total, or totals by day as far back as the window reaches."""

    days: Days | None
    """The window, None for all time."""

    def add(self, state: FoldState, day: int, amount: int, n: int) -> FoldState:
        if self.days is None:
            return (state[0] + n, check_limit(state[1] + amount))
        if not state:
            return ((day, n, amount),)
        if state[-1][0] == day:
            last = state[-1]
            return (*state[:-1], (day, last[1] + n, check_limit(last[2] + amount)))
        oldest, gone = day - self.days.reach + 1, 0
        # Days ascend, so what is too old stands in front; mostly that is one day or none.
        while gone < len(state) and state[gone][0] < oldest:
            gone += 1
        return (*state[gone:], (day, n, amount))

    def read(self, state: FoldState, today: int) -> tuple[int, int]:
        if self.days is None:
            return state[0], state[1]
        low, high = self.days.bounds(today)
        seen = [bucket for bucket in state if low <= bucket[0] <= high]
        return sum(bucket[1] for bucket in seen), check_limit(sum(bucket[2] for bucket in seen))

    def count(self, state: FoldState, today: int) -> int:
        """As `read`, without the amount."""
        if self.days is None:
            return int(state[0])
        low, high = self.days.bounds(today)
        return sum([bucket[1] for bucket in state if low <= bucket[0] <= high])

    @property
    def start(self) -> FoldState:
        return (0, 0) if self.days is None else ()

    def ageing(self, kinds: frozenset[str] | None, where: Filter | None) -> Ageing:
        if self.days is None:
            return None
        return sliding(kinds, where, self.days.n, self.days.ago, day_of=itemgetter(0))


@attrs.frozen
class Count(Windowed):
    """How many touchpoints of some kinds there were. Never missing."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, where = context.kind_set(self.kinds), make_where(self.where, context.exponent)
        totals = Totals(self.days)

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            return totals.add(state, day, 0, 1) if where is None or where.passes(touchpoint) else state

        def read(state: FoldState, today: int, start: int) -> Value:
            return totals.count(state, today)

        def query(rows: Rows, points: Points) -> Column:
            if self.days is not None and points.is_moment:
                counted = rows.select(kinds, where).counted(points, self.days.reach - 1, self.days.ago)
                if counted is not None:
                    return Column(counted)
            low, high = span(rows, points, (kinds, where), self.days)
            return Column((high - low).astype(np.int64))

        ageing = totals.ageing(kinds, where)
        return BoundFact(
            FactType(), kinds, totals.start, fold, read, query, ageing, where, is_count=True, on_touch=1,
            enters_after=self.ago,
        )  # fmt: skip


@attrs.frozen
class Sum(Windowed):
    """The sum of an amount or of a number among the attributes; 0 where there is none.

    `of="amount"` sums money exactly, in minor units. Another attribute is rounded half to even to
    `decimals` places, each, before it is summed, so that any order and any split give the same.
    """

    of: str = attrs.field(default="amount", kw_only=True)
    """The attribute."""
    decimals: int = attrs.field(default=6, kw_only=True, validator=attrs.validators.in_(range(10)))
    """Decimals kept of an attribute other than the amount."""

    def scale(self, context: Context) -> int:
        """Stored units per unit."""
        return int(10 ** (context.exponent if self.of == "amount" else self.decimals))

    def type(self, context: Context) -> FactType:
        """What a condition may do with it."""
        return FactType(scale=self.scale(context), unit=(context.currency or "") if self.of == "amount" else "")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, where = context.kind_set(self.kinds), make_where(self.where, context.exponent)
        totals, units = Totals(self.days), Units(self.of, self.scale(context), context.exponent)

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            amount = units.scalar(touchpoint) if where is None or where.passes(touchpoint) else None
            return state if amount is None else totals.add(state, day, amount, 1)

        def read(state: FoldState, today: int, start: int) -> Value:
            return totals.read(state, today)[1]

        def query(rows: Rows, points: Points) -> Column:
            low, high = span(rows, points, (kinds, where), self.days)
            running = units.running(rows, (kinds, where))[0]
            return Column(check_limits(running[high] - running[low]))

        ageing = totals.ageing(kinds, where)
        return BoundFact(
            self.type(context), kinds, totals.start, fold, read, query, ageing, where, enters_after=self.ago
        )


@attrs.frozen
class Mean(Sum):
    """The mean of an amount or of a number among the attributes; missing where there is none."""

    def type(self, context: Context) -> FactType:
        """What a condition may do with it."""
        return attrs.evolve(Sum.type(self, context), is_real=True, may_miss=True)

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, where = context.kind_set(self.kinds), make_where(self.where, context.exponent)
        totals, units = Totals(self.days), Units(self.of, self.scale(context), context.exponent)

        def read(state: FoldState, today: int, start: int) -> Value:
            n, total = totals.read(state, today)
            return total / n if n else None

        def query(rows: Rows, points: Points) -> Column:
            low, high = span(rows, points, (kinds, where), self.days)
            running, counted = units.running(rows, (kinds, where))
            total, n = check_limits(running[high] - running[low]), counted[high] - counted[low]
            return Column(total / np.maximum(n, 1), n > 0)

        summed = Sum.bind(self, context)
        return BoundFact(
            self.type(context), kinds, totals.start, summed.fold, read, query, summed.ageing, where,
            enters_after=self.ago,
        )  # fmt: skip


@attrs.frozen
class Units:
    """An attribute in exact whole units."""

    of: str
    scale: int
    exponent: int

    def scalar(self, touchpoint: Touchpoint) -> int | None:
        if self.of == "amount":
            return touchpoint.minor
        value = number_of(touchpoint, self.of, self.exponent)
        # A product beyond all floats is infinite, which `round` would not take.
        return None if value is None else check_limit(round(max(-_TOO_MUCH, min(value * self.scale, _TOO_MUCH))))

    def running(self, rows: Rows, chosen: Chosen) -> tuple[IntArray, IntArray]:
        """Running totals and counts over the selected rows, from 0; shape (n_selected + 1,) each."""
        selection = rows.select(*chosen)
        if self not in selection.totals:
            values, has = self.column(rows, selection.index)
            selection.totals[self] = (from_zero(np.where(has, values, 0)), from_zero(has))
        return selection.totals[self]

    def column(self, rows: Rows, index: IntArray) -> tuple[IntArray, BoolArray]:
        """The units of some rows and where they exist; shape as `index`."""
        if self.of == "amount":
            return rows.money(index)
        values, has = numbers(rows, self.of, index)
        with np.errstate(over="ignore"):
            whole = np.rint(np.where(has, values, 0.0) * self.scale)
        check_limits(np.clip(whole, -_TOO_MUCH, _TOO_MUCH).astype(np.int64))
        return whole.astype(np.int64), has


def from_zero(values: npt.NDArray[Any]) -> IntArray:
    """Running totals from 0; shape (n + 1,)."""
    total = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=total[1:])
    return total
