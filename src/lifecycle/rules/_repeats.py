"""Rows of one customer that repeat a text: what `Distinct` and `Most` share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._latest import HasValue
from ._rows import Rows
from ._spans import chunks

IntArray: TypeAlias = npt.NDArray[Any]

_SORTING = 8  # to sort a position costs about as much as to look at so many


def repeats(rows: Rows, kinds: frozenset[str] | None, filtered: HasValue) -> tuple[IntArray, IntArray]:
    """The texts of the rows that have one, as codes, and the position of the customer's previous row with the same.

    Returns:
        Codes, and positions among the selected rows, -1 for none; shape (n_selected,) each.
    """
    selection = rows.select(kinds, filtered)
    if "repeats" not in selection.totals:
        codes = filtered.reading.column(rows, selection.index)[0].astype(np.int64)
        if filtered.reading.of == "amount":  # amounts are no codes, they can be negative
            codes = np.unique(codes, return_inverse=True)[1]
        key = rows.customer[selection.index].astype(np.int64) << 32 | codes
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        before = np.full(len(key), -1, np.int64)
        before[order[1:][same]] = order[:-1][same]
        selection.totals["repeats"] = codes, before
    return selection.totals["repeats"]


def n_different(before: IntArray, low: IntArray, high: IntArray) -> npt.NDArray[np.int64]:
    """How many different texts stand at the positions [low, high); shape (n_points,)."""
    if int((high - low).sum()) > _SORTING * (len(before) + len(low)):
        swept = _swept(before, low, high)
        if swept is not None:
            return swept
    result = np.zeros(len(low), np.int64)
    for chunk in chunks(low, high):
        # Each text counts at its first place in the span: that which points in front of it.
        is_first = before[chunk.place] < low[chunk.spans][chunk.owner]
        result[chunk.spans] = np.bincount(chunk.owner[is_first], minlength=len(chunk))
    return result


def _swept(before: IntArray, low: IntArray, high: IntArray) -> npt.NDArray[np.int64] | None:
    """As `n_different`, for many spans that overlap; None unless their ends ascend as their begins do."""
    order = np.lexsort((low, high))
    lows, highs, place = low[order], high[order], np.arange(len(before))
    if (lows[1:] < lows[:-1]).any():
        return None
    # A position counts in the spans that begin behind `before` and hold it: they stand side by side.
    begin = np.maximum(np.searchsorted(lows, before, side="right"), np.searchsorted(highs, place, side="right"))
    end = np.searchsorted(lows, place, side="right")
    counted = begin < end
    changes = np.bincount(begin[counted], minlength=len(low)) - np.bincount(end[counted], minlength=len(low) + 1)[:-1]
    result = np.empty(len(low), np.int64)
    result[order] = np.cumsum(changes)
    return result


def n_most(
    codes: IntArray, before: IntArray, low: IntArray, high: IntArray, day: IntArray, n_days: int
) -> npt.NDArray[np.int64]:
    """How often the most frequent text stands at the positions [low, high).

    Args:
        codes: the texts; shape (n_selected,).
        before: the customer's previous position with the same text, -1 for none; shape (n_selected,).
        low: where each span begins, not before the rows of its customer; shape (n_points,).
        high: where it ends.
        day: the day of each position; shape (n_selected,).
        n_days: how many days a span holds at most.
    """
    result = (high > low).astype(np.int64)
    asked, sizes, spent = np.flatnonzero(result), (high - low).astype(np.int64), 0
    place = first = np.arange(len(before))
    while len(asked):
        if spent > _SORTING * int(sizes[asked].sum()):
            result[asked] = _counted(codes, low[asked], high[asked])
            break
        # Position `place` ends a chain of so many equal texts, `first` begins it. A span holds as many if it holds
        # such a chain: if of the chains that end in it, or before it, the one that begins last begins in it.
        first = before[first]
        chained = (first >= 0) & (day[place] - day[first] < n_days)
        place, first = place[chained], first[chained]
        latest = np.append(np.maximum.accumulate(first), -1) if len(first) else np.array([-1])
        spent += len(chained) + len(asked)
        asked = asked[latest[np.searchsorted(place, high[asked]) - 1] >= low[asked]]
        result[asked] += 1
    return result


def _counted(codes: IntArray, low: IntArray, high: IntArray) -> npt.NDArray[np.int64]:
    """As `n_most`, for spans that hold something: each text of each span is counted."""
    result = np.zeros(len(low), np.int64)
    for chunk in chunks(low, high):
        key = np.sort(chunk.owner << 32 | codes[chunk.place])
        begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        counts, owner = np.diff(np.append(begins, len(key))), key[begins] >> 32
        result[chunk.spans] = np.maximum.reduceat(counts, np.flatnonzero(np.append(True, owner[1:] != owner[:-1])))
    return result
