"""`Paired`: hours, days late or the gap between scores of what was opened and closed."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isfinite
from operator import itemgetter
from typing import Any, Literal, Self, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._ageing import Ageing, Stepping, sliding
from ._counts import Days, Totals, Units, from_zero, span
from ._fact import BoundFact, Context, FactType, FoldState, Value, as_kinds, check_limits
from ._latest import Reading
from ._matching import Matching, check_name
from ._measures import DaysLate, Hours, Measure, Rise
from ._rows import BoolArray, Column, Points, Rows

IntArray: TypeAlias = npt.NDArray[Any]
PairValue: TypeAlias = Literal["hours", "late_days", "gap"]
PairStatistic: TypeAlias = Literal["count", "mean", "last"]
_DECIMALS = 6
_FAR = 2**60  # beyond every number of a pair


@attrs.frozen
class Paired:
    """What pairs of an opening and its closing tell: how fast, how late, how much better.

    Openings and closings belong together as in `Open`. A pair has one number, and the day of its closing.
    `Paired("promise made", "promise kept", ref="promise", value="late_days", statistic="count", above=0)` is how many
    promises were kept late.
    """

    opened: str
    """The kind that opens."""
    closed: tuple[str, ...] = attrs.field(converter=as_kinds)
    """The kinds that close."""
    ref: str = attrs.field(default="ref", kw_only=True)
    """The attribute that holds the reference."""
    value: PairValue = attrs.field(default="hours", kw_only=True)
    """The number of a pair: the hours between the two, the calendar days from the due day to the closing (negative
    when early), or the attribute `of` of the closing less that of the opening."""
    statistic: PairStatistic = attrs.field(default="mean", kw_only=True)
    """How many pairs, the mean of their numbers, or the number of the last one."""
    above: float | None = attrs.field(default=None, kw_only=True)
    """Counts only pairs whose number is larger."""
    below: float | None = attrs.field(default=None, kw_only=True)
    """Counts only pairs whose number is smaller."""
    due: str = attrs.field(default="due", kw_only=True)
    """For `late_days`: the attribute of the opening that holds the due day, an ISO date or instant."""
    of: str = attrs.field(default="score", kw_only=True)
    """For `gap`: the attribute of both."""
    days: Days | None = attrs.field(default=None, kw_only=True)
    """The window over the day of the closing, None for all time."""

    def __attrs_post_init__(self) -> None:
        for field in ("opened", "ref", "due", "of"):
            check_name(getattr(self, field), field, "Paired")
        for field, choice in (("value", PairValue), ("statistic", PairStatistic)):
            if getattr(self, field) not in get_args(choice):
                allowed = ", ".join(map(repr, get_args(choice)))
                raise DefinitionError(f"Paired: {field}={getattr(self, field)!r} is none of {allowed}")
        for field in ("above", "below"):
            _check_bound(getattr(self, field), field, self.statistic)
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise DefinitionError(f"Paired: no number is above={self.above!r} and below={self.below!r}; swap them")

    def within(self, n: int, *, ago: int = 0) -> Self:
        """The same over pairs closed in the last `n` calendar days, or in the `n` days before `ago` days ago.

        Raises:
            DefinitionError: `n` or `ago` is not a sensible whole number of days.
        """
        return attrs.evolve(self, days=Days(n, ago))

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        matching = Matching.of(self.opened, self.closed, self.ref, context)
        chosen = _Chosen(matching, self._measure(context), *self._bounds(context))
        return _bind(self, chosen)

    def _measure(self, context: Context) -> Measure:
        if self.value == "hours":
            return Hours()
        if self.value == "late_days":
            return DaysLate(Reading(self.due, "date", context.exponent))
        is_money = self.of == "amount"
        units = Units(self.of, 10 ** (context.exponent if is_money else _DECIMALS), context.exponent)
        return Rise(units, (context.currency or "") if is_money else "")

    def _bounds(self, context: Context) -> tuple[int, int]:
        """The largest number that is not above, and the smallest that is not below."""
        scale = self._measure(context).scale
        # Written as a text, so that 0.1 means a tenth and not the float beside it.
        above = -_FAR if self.above is None else floor(Fraction(str(self.above)) * scale)
        below = _FAR if self.below is None else ceil(Fraction(str(self.below)) * scale)
        return max(-_FAR, min(above, _FAR)), max(-_FAR, min(below, _FAR))


def _check_bound(bound: object, field: str, statistic: str) -> None:
    if bound is None:
        return
    if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not isfinite(bound):
        raise DefinitionError(f"Paired: {field}={bound!r} is not a number")
    if statistic != "count":
        raise DefinitionError(
            f"Paired: {field}={bound!r} is for statistic='count', not for {statistic!r}; leave it out"
        )


@attrs.frozen
class _Chosen:
    """The pairs that have a number between two bounds; among rows, a filter over those that close."""

    matching: Matching
    """What belongs together."""
    measure: Measure
    """The number of a pair."""
    above: int
    """The number is larger."""
    below: int
    """The number is smaller."""

    @property
    def text(self) -> str:
        matching = self.matching
        return f"closes {matching.opened!r} {matching.ref!r}: {self.measure!r} in ({self.above}, {self.below})"

    def passes(self, number: int) -> bool:
        return self.above < number < self.below

    def passes_rows(self, rows: Rows, index: IntArray) -> BoolArray:
        is_chosen = np.zeros(len(rows), bool)
        is_chosen[self.numbers(rows)[0]] = True
        return is_chosen[index]

    def numbers(self, rows: Rows) -> tuple[IntArray, IntArray]:
        """The rows that close such a pair, ascending, and its number; shape (n_pairs,) each."""
        selection = rows.select(self.matching.kinds)
        if self not in selection.totals:
            opens, closed_by = self.matching.pairs(rows)
            number, has = self.measure.column(rows, opens, closed_by)
            kept = np.flatnonzero(has & (number > self.above) & (number < self.below))
            kept = kept[np.argsort(closed_by[kept])]
            selection.totals[self] = closed_by[kept], number[kept]
        return selection.totals[self]


@attrs.frozen
class _LastOne:
    """The fold that keeps the last number, or the last of each day when the window ends before today."""

    days: Days | None
    """The window, None for all time."""

    def add(self, state: FoldState, day: int, number: int) -> FoldState:
        if self.days is None or not self.days.ago:
            return ((day, number),)
        return (*(one for one in state if day > one[0] > day - self.days.reach), (day, number))

    def read(self, state: FoldState, today: int) -> int | None:
        low, high = (0, today) if self.days is None else self.days.bounds(today)
        return next((number for day, number in reversed(state) if low <= day <= high), None)


def _bind(fact: Paired, chosen: _Chosen) -> BoundFact:
    matching, measure, days = chosen.matching, chosen.measure, fact.days
    totals, last = Totals(days), _LastOne(days)
    only_last, is_mean, is_hours = fact.statistic == "last", fact.statistic == "mean", fact.value == "hours"

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        openings, seen = state
        openings, closed = matching.advance(openings, touchpoint, lambda: measure.note(touchpoint))
        number = None if closed is None or closed[1] is None else measure.number(closed[1], touchpoint, day)
        if number is not None and chosen.passes(number):
            seen = last.add(seen, day, number) if only_last else totals.add(seen, day, number if is_mean else 0, 1)
        return (openings, seen)

    def read(state: FoldState, today: int, start: int) -> Value:
        if only_last:
            number = last.read(state[1], today)
            return float(number) if is_hours and number is not None else number
        n, total = totals.read(state[1], today)
        return n if not is_mean else total / n if n else None

    def query(rows: Rows, points: Points) -> Column:
        low, high = span(rows, points, (matching.closed, chosen), days)
        if fact.statistic == "count":
            return Column((high - low).astype(np.int64))
        numbers = chosen.numbers(rows)[1]
        if is_mean:
            running = from_zero(numbers)
            total, n = check_limits(running[high] - running[low]), high - low
            return Column(total / np.maximum(n, 1), n > 0)
        values = np.append(numbers, 0)[np.maximum(high - 1, 0)]
        return Column(values.astype(np.float64) if is_hours else values, high > low)

    types = {
        "count": FactType(),
        "mean": FactType(scale=measure.scale, is_real=True, may_miss=True, unit=measure.unit),
        "last": FactType(scale=measure.scale, is_real=is_hours, may_miss=True, unit=measure.unit),
    }
    start = ((), () if only_last else totals.start)
    return BoundFact(types[fact.statistic], matching.kinds, start, fold, read, query, _ageing(chosen, days))


def _ageing(chosen: _Chosen, days: Days | None) -> Ageing:
    if days is None:
        return None
    window = sliding(chosen.matching.closed, chosen, days.n, days.ago, day_of=itemgetter(0))
    return Stepping(lambda state, today: window.next_day(state[1], today), window.days)
