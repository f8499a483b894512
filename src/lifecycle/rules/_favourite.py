"""`Favourite`: which value of an attribute came most often."""

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
from ._repeats import IntArray, repeats
from ._rows import Column, Points, Rows
from ._spans import chunks
from ._where import make_where


@attrs.frozen
class Favourite(Windowed):
    """The most frequent text of an attribute, of several the one that came last; missing where none has one.

    The category that a customer likes best is `Favourite("purchase", of="category")`.
    """

    of: str = attrs.field(default="product", kw_only=True)
    """The attribute."""

    def __attrs_post_init__(self) -> None:
        check_name(self.of, "of", "Favourite")

    def bind(self, context: Context) -> BoundFact:
        """The two meanings inside a definition."""
        kinds, days = context.kind_set(self.kinds), self.days
        filtered = HasValue(make_where(self.where, context.exponent), Reading(self.of, "text", context.exponent))

        def fold(state: FoldState, touchpoint: Touchpoint, day: int) -> FoldState:
            text = filtered.scalar(touchpoint)
            return state if text is None else _add(state, text, day, days)

        def read(state: FoldState, today: int, start: int) -> Value:
            low, high = (0, 0) if days is None else days.bounds(today)
            totals: dict[str, tuple[int, int]] = {}
            for place, (day, text, n) in enumerate(state):
                if low <= day <= high:
                    totals[text] = (totals.get(text, (0, 0))[0] + n, place)
            return max(totals, key=totals.__getitem__, default=None)

        def query(rows: Rows, points: Points) -> Column:
            low, high = span(rows, points, (kinds, filtered), days)
            book = filtered.reading.column(rows, rows.select(kinds, filtered).index)[2]
            return Column(_most_frequent(repeats(rows, kinds, filtered)[0], low, high), high > low, book)

        ageing = None if days is None else sliding(kinds, filtered, days.n, days.ago, day_of=itemgetter(0))
        return BoundFact(
            FactType(kind="text", may_miss=True), kinds, (), fold, read, query, ageing, filtered,
            enters_after=self.ago,
        )  # fmt: skip


def _add(state: FoldState, text: str, day: int, days: Days | None) -> FoldState:
    """The counts as (day, text, how many): by day, then by when the text came last; day 0 where there is no window."""
    day = 0 if days is None else day
    oldest = 0 if days is None else day - days.reach + 1
    n = next((n for then, one, n in state if then == day and one == text), 0)
    return (*(one for one in state if one[0] >= oldest and one[:2] != (day, text)), (day, text, n + 1))


def _most_frequent(codes: IntArray, low: IntArray, high: IntArray) -> npt.NDArray[np.int32]:
    """The most frequent code at the positions [low, high), of several the one that comes last; 0 for none."""
    result = np.zeros(len(low), np.int32)
    for chunk in chunks(low, high):
        if not len(chunk.place):
            continue
        order = np.argsort(chunk.owner << 32 | codes[chunk.place], kind="stable")
        key = (chunk.owner << 32 | codes[chunk.place])[order]
        ends = np.flatnonzero(np.append(key[1:] != key[:-1], True))
        counts, last, owner = np.diff(np.append(-1, ends)), chunk.place[order][ends], key[ends] >> 32
        ranked = np.lexsort((last, counts, owner))
        best = ranked[np.flatnonzero(np.append(owner[ranked][1:] != owner[ranked][:-1], True))]
        found = np.zeros(len(chunk), np.int32)
        found[owner[best]] = key[ends][best] & 0xFFFF_FFFF
        result[chunk.spans] = found
    return result
