"""Facts about one touchpoint or one date: `First`, `Last`, `Since`, `Flag`, `Tenure`, `Gap`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._ageing import going_stale, growing_daily
from ._fact import BoundFact, Context, FactType, FoldState, Value, as_kinds
from ._rows import Column, Points, Rows
from ._selection import Selection
from ._where import Where, make_where, number_of, numbers, text_of, texts

_EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=65_536)
def day_of_text(text: str) -> int | None:
    """The day that an ISO date means, in days since 1970-01-01; None if it is none, or not of 1970 to 2200.

    So '9999-12-31', which many systems write for 'never', is missing.
    """
    if len(text) < 10 or text[4] != "-" or (len(text) > 10 and text[10] not in "T "):
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day.toordinal() - _EPOCH if 1970 <= day.year <= 2200 else None


@attrs.frozen
class Reading:
    """One attribute as a number, a text or a date: scalar and column."""

    of: str
    type: str
    exponent: int

    def fact_type(self, currency: str | None) -> FactType:
        if self.of == "amount":
            return FactType(scale=10**self.exponent, may_miss=True, unit=currency or "")
        if self.type == "text":
            return FactType(kind="text", may_miss=True)
        return FactType(is_real=self.type == "number", may_miss=True, unit="date" if self.type == "date" else "")

    def scalar(self, touchpoint: Touchpoint) -> Value:
        if self.of == "amount":
            return touchpoint.minor
        if self.type == "number":
            return number_of(touchpoint, self.of, self.exponent)
        text = text_of(touchpoint, self.of)
        return text if self.type == "text" or text is None else day_of_text(text)

    def column(self, rows: Rows, index: Any) -> tuple[Any, Any, tuple[str, ...]]:
        """Values of some rows, where they exist, and the book of a text; shape as `index`."""
        if self.of == "amount":
            return *rows.money(index), ()
        if self.type == "number":
            return *numbers(rows, self.of, index), ()
        codes, book = texts(rows, self.of, index)
        if self.type == "text":
            return codes, codes >= 0, book
        days = [day_of_text(text) for text in book]
        table = np.array([0 if day is None else day for day in days] + [0], np.int64)
        known = np.array([day is not None for day in days] + [False])
        return table[codes], known[codes], ()


@attrs.frozen
class HasValue:
    """A filter that also asks for a value: `First` and `Last` pass over touchpoints without one."""

    where: Where | None
    reading: Reading

    @property
    def text(self) -> str:
        return f"{self.where.text if self.where else ''} | {self.reading.of}: {self.reading.type}"

    def scalar(self, touchpoint: Touchpoint) -> Any:
        """The value of a touchpoint that passes, None where it has none."""
        reading = self.reading
        if reading.of != "amount" and touchpoint.attribute(reading.of) is None:
            return None  # asked first, because most touchpoints have none
        value = reading.scalar(touchpoint)
        return value if value is None or self.where is None or self.where.passes(touchpoint) else None

    def passes_rows(self, rows: Rows, index: Any) -> Any:
        has = self.reading.column(rows, index)[1]
        return has if self.where is None else has & self.where.passes_rows(rows, index)


@attrs.frozen
class First:
    """The first value of an attribute; missing before there is one.

    A touchpoint without the attribute, or with one of another type, is passed over.
    """

    kinds: tuple[str, ...] = attrs.field(default=(), converter=as_kinds)
    """The kinds that carry it; none: every sign of life."""
    of: str = attrs.field(default="amount", kw_only=True)
    """The attribute."""
    type: Literal["number", "text", "date"] = attrs.field(
        default="number", kw_only=True, validator=attrs.validators.in_(("number", "text", "date"))
    )
    """What the attribute is."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        return _bind_value(self, context, keep_first=True, stale=None)


@attrs.frozen
class Last(First):
    """The last value of an attribute; missing before there is one, or when it is stale."""

    stale_days: int | None = attrs.field(default=None, kw_only=True)
    """After so many days the value counts as missing."""

    def stale_after(self, *, days: int) -> Last:
        """The same fact, missing once the value is more than `days` days old (S15)."""
        if type(days) is not int or days < 0:
            raise DefinitionError(f"stale_after(days={days!r}) is not a whole number of days")
        return attrs.evolve(self, stale_days=days)

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        return _bind_value(self, context, keep_first=False, stale=self.stale_days)


def _bind_value(fact: First, context: Context, *, keep_first: bool, stale: int | None) -> BoundFact:
    kinds, where = context.kind_set(fact.kinds), make_where(fact.where, context.exponent)
    reading = Reading(fact.of, fact.type, context.exponent)
    filtered = HasValue(where, reading)

    def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
        if (keep_first and state is not None) or not (where is None or where.passes(touchpoint)):
            return state
        value = reading.scalar(touchpoint)
        return state if value is None else (day, value)

    def read(state: FoldState, today: int, start: int) -> Value:
        if state is None or (stale is not None and today - state[0] > stale):
            return None
        value: Value = state[1]
        return value

    def query(rows: Rows, points: Points) -> Column:
        selection = rows.select(kinds, filtered)
        row, valid = selection.first(points) if keep_first else selection.last(points)
        if not len(selection):
            return Column(np.zeros(len(points), reading.column(rows, row[:0])[0].dtype), valid)
        values, _, book = reading.column(rows, row)
        if stale is not None:
            valid = valid & (points.day - rows.day[row] <= stale)
        return Column(values, valid, book)

    ageing = None if stale is None else going_stale(kinds, filtered, stale)
    return BoundFact(reading.fact_type(context.currency), kinds, None, fold, read, query, ageing, filtered)


@attrs.frozen
class Since:
    """Calendar days since the last touchpoint of some kinds.

    Never seen counts from the customer's first touchpoint, so that 'no log-in for 14 days' also
    finds who never logged in; with `otherwise="missing"` it is missing (S14).
    """

    kinds: tuple[str, ...] = attrs.field(default=(), converter=as_kinds)
    """The kinds; none: every sign of life."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""
    otherwise: Literal["start", "missing"] = attrs.field(
        default="start", kw_only=True, validator=attrs.validators.in_(("start", "missing"))
    )
    """What never seen means."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, where = context.kind_set(self.kinds), make_where(self.where, context.exponent)
        from_start = self.otherwise == "start"

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            return day if where is None or where.passes(touchpoint) else state

        def read(state: FoldState, today: int, start: int) -> Value:
            since = start if state is None and from_start else state
            return None if since is None else today - since

        def query(rows: Rows, points: Points) -> Column:
            selection = rows.select(kinds, where)
            if from_start:
                return Column((points.day - rows.days_at(selection.last_or_start(points))).astype(np.int64))
            row, seen = selection.last(points)
            since = rows.days_at(row) if len(rows) else row
            return Column((points.day - since).astype(np.int64), seen)

        fact_type = FactType(may_miss=not from_start, unit="days")
        on_touch: Literal[-1, 0] = -1 if from_start else 0
        return BoundFact(fact_type, kinds, None, fold, read, query, growing_daily(), where, on_touch=on_touch)


@attrs.frozen
class Flag:
    """Whether a touchpoint of some kinds was seen; with `of`, the last yes or no of an attribute.

    The only kind of fact that stands bare in a condition.
    """

    kinds: tuple[str, ...] = attrs.field(default=(), converter=as_kinds)
    """The kinds; none: every sign of life."""
    of: str | None = attrs.field(default=None, kw_only=True)
    """An attribute that is true or false (1 or 0); missing before there is one."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        if self.of is not None:
            last = Last(self.kinds, of=self.of, where=self.where).bind(context)
            return attrs.evolve(last, type=FactType(kind="flag", may_miss=True))
        since = Since(self.kinds, where=self.where, otherwise="missing").bind(context)

        def read(state: FoldState, today: int, start: int) -> Value:
            return int(state is not None)

        def query(rows: Rows, points: Points) -> Column:
            seen = since.query(rows, points).valid
            assert seen is not None
            return Column(seen.astype(np.int64))

        return attrs.evolve(since, type=FactType(kind="flag"), read=read, query=query, ageing=None)


@attrs.frozen
class Tenure:
    """Calendar days since the customer's first touchpoint."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""

        def query(rows: Rows, points: Points) -> Column:
            return Column((points.day - rows.start_day[points.customer]).astype(np.int64))

        return BoundFact(
            FactType(unit="days"), frozenset(), None, lambda state, _touchpoint, _day: state,
            lambda _state, today, start: today - start, query, growing_daily(),
        )  # fmt: skip


@attrs.frozen
class Gap:
    """Mean calendar days between touchpoints of some kinds; missing before the second."""

    kinds: tuple[str, ...] = attrs.field(default=(), converter=as_kinds)
    """The kinds; none: every sign of life."""
    where: str | None = attrs.field(default=None, kw_only=True)
    """A filter over the touchpoint's attributes."""

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, where = context.kind_set(self.kinds), make_where(self.where, context.exponent)

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            if where is not None and not where.passes(touchpoint):
                return state
            return (day, day, 1) if state is None else (state[0], day, state[2] + 1)

        def read(state: FoldState, today: int, start: int) -> Value:
            return None if state is None or state[2] < 2 else (state[1] - state[0]) / (state[2] - 1)

        def query(rows: Rows, points: Points) -> Column:
            selection: Selection = rows.select(kinds, where)
            n = selection.stop(points) - selection.start(points)
            (first, _), (last, _) = selection.first(points), selection.last(points)
            days = rows.day[last].astype(np.int64) - rows.day[first] if len(selection) else np.zeros(len(points))
            return Column(days / np.maximum(n - 1, 1), n > 1)

        fact_type = FactType(is_real=True, may_miss=True, unit="days")
        return BoundFact(fact_type, kinds, None, fold, read, query, None, where)
