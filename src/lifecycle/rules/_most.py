"""`Most`: how often the most frequent value of an attribute came."""

from __future__ import annotations

from operator import itemgetter

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._ageing import sliding
from ._counts import Days, Windowed, span
from ._fact import BoundFact, Context, FactType, FoldState, Value
from ._latest import HasValue, Reading
from ._matching import check_name
from ._repeats import n_most, repeats
from ._rows import Column, Points, Rows
from ._where import make_where


@attrs.frozen
class Most(Windowed):
    """How many touchpoints share the most frequent text of an attribute; 0 where none has one.

    'One product page viewed five times in a year' is `Most("product viewed", of="product").within(365)` at 5.
    """

    of: str = attrs.field(default="product", kw_only=True)
    """The attribute."""

    def __attrs_post_init__(self) -> None:
        check_name(self.of, "of", "Most")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, days = context.kind_set(self.kinds), self.days
        filtered = HasValue(make_where(self.where, context.exponent), Reading(self.of, "text", context.exponent))

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            text = filtered.scalar(touchpoint)
            return state if text is None else _add(state, text, day, days)

        def read(state: FoldState, today: int, start: int) -> Value:
            low, high = (0, 0) if days is None else days.bounds(today)
            totals: dict[str, int] = {}
            for day, text, n in state:
                if low <= day <= high:
                    totals[text] = totals.get(text, 0) + n
            return max(totals.values(), default=0)

        def query(rows: Rows, points: Points) -> Column:
            low, high = span(rows, points, (kinds, filtered), days)
            codes, before = repeats(rows, kinds, filtered)
            if days is None:
                return Column(np.where(high > low, np.append(_running(rows, kinds, filtered), 0)[high - 1], 0))
            day = rows.day[rows.select(kinds, filtered).index]
            return Column(n_most(codes, before, low, high, day, days.n))

        ageing = None if days is None else sliding(kinds, filtered, days.n, days.ago, day_of=itemgetter(0))
        return BoundFact(
            FactType(), kinds, (), fold, read, query, ageing, filtered, is_count=True, on_touch=1,
            enters_after=self.ago,
        )  # fmt: skip


def _add(state: FoldState, text: str, day: int, days: Days | None) -> FoldState:
    """The counts as (day, text, how many) in order of day, the day 0 where there is no window."""
    day = 0 if days is None else day
    oldest = 0 if days is None else day - days.reach + 1
    place = next((place for place, one in enumerate(state) if one[0] == day and one[1] == text), None)
    if place is None:
        return (*(one for one in state if one[0] >= oldest), (day, text, 1))
    return (*state[:place], (day, text, state[place][2] + 1), *state[place + 1 :])


def _running(rows: Rows, kinds: frozenset[str] | None, filtered: HasValue) -> npt.NDArray[np.int64]:
    """The largest number so far of each customer, at every selected row; shape (n_selected,)."""
    selection = rows.select(kinds, filtered)
    codes, before = repeats(rows, kinds, filtered)
    order = np.argsort(rows.customer[selection.index].astype(np.int64) << 32 | codes, kind="stable")
    place = np.arange(len(order))
    begins = np.maximum.accumulate(np.where(before[order] < 0, place, 0))
    number = np.empty(len(order), np.int64)
    number[order] = place - begins + 1
    best: npt.NDArray[np.int64] = np.maximum.accumulate(rows.customer[selection.index].astype(np.int64) << 32 | number)
    return best & 0xFFFF_FFFF
