"""What happened to a signal between two moments of a grid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, Points, ReadColumn
from lifecycle.signs import History, Watch

from ._blocks import Block
from ._checks import IntArray

Verdicts = npt.NDArray[np.int8]
"""1: surely raised, or 0: surely cleared, last; -1: neither."""
_PAIRS = 20_000  # so many gaps are read at once


def verdicts(watch: Watch, read: ReadColumn, n: int) -> Verdicts:
    """Whether a signal is surely raised or surely cleared at some moments at which it is watched; shape (n,)."""
    surely, perhaps = watch.raises.bounds(read, n)
    cleared = ~perhaps if watch.clears is None else watch.clears.bounds(read, n)[0]
    return np.where(surely, np.int8(1), np.where(cleared, np.int8(0), np.int8(-1)))


def through_gaps(
    block: Block, history: History, watch: Watch, is_open: BoolArray
) -> Iterator[tuple[IntArray, IntArray, Verdicts]]:
    """What a signal that reads no other did last before moments, since the moment before each.

    It is looked at after each touchpoint and at each midnight, which is all that can change it.

    Args:
        block: the customers.
        history: theirs.
        watch: the signal.
        is_open: which moments to ask for, from the second on; shape (n_customers, n_moments - 1).

    Yields:
        Customers, the moments before, and verdicts.
    """
    rows, places = np.nonzero(is_open)
    for low in range(0, len(rows), _PAIRS):
        row, place = rows[low : low + _PAIRS], places[low : low + _PAIRS]
        pair, points = _inside(block, row, place)
        value = verdicts(watch, history.reader(points), len(points))
        value[~np.array(watch.watched)[block.past.leaf(points)]] = 0
        found = np.full(len(row), -1, np.int8)
        decided = np.flatnonzero(value >= 0)
        found[pair[decided]] = value[decided]  # in order of time, so that the last one stays
        yield row, place, found


def _inside(block: Block, row: IntArray, place: IntArray) -> tuple[IntArray, Points]:
    """After each touchpoint and at each midnight from moments to the next ones; by pair and time."""
    past, seen, days = block.past, block.seen, block.days
    first = past.rows.starts[row]
    pair_of_row, touched = _spread(first + seen[row, place], first + seen[row, place + 1])
    pair_of_day, spread = _spread(days[place].astype(np.int64) + 1, days[place + 1].astype(np.int64) + 1)
    day = spread.astype(np.int32)
    after = past.rows.row_points(touched)
    customer = row[pair_of_day].astype(np.int32)
    begun = np.flatnonzero(past.rows.start_day[customer] < day)
    customer, day, pair_of_day = customer[begun], day[begun], pair_of_day[begun]
    midnights = Points(customer, past.stop_of(customer, day), day)
    pair = np.concatenate([pair_of_row, pair_of_day])
    whole = Points(
        *(np.concatenate([getattr(part, name) for part in (after, midnights)]) for name in ("customer", "stop", "day"))
    )
    order = np.lexsort((past.key(whole.stop, whole.day), pair))
    return pair[order], whole.take(order)


def _spread(low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
    """The whole numbers from each low to below its high, and whose they are."""
    size = np.maximum(high - low, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(low)), size)
    return owner, low[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
