"""Row order by packed 64-bit keys: a value in the upper bits, the row number in the lower ones, one plain
sort.

numpy sorts 64-bit integers with vector instructions, several times faster than it sorts indices; the packed
row number makes the sort stable and gives the permutation back for nothing.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ._text import CHUNK, bits, chunks

IntArray = npt.NDArray[np.integer]
Int64 = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Grouping:
    """Rows put in the order (key, at, sequence, row)."""

    order: IntArray | None
    """Input row of each sorted row, int32 where that fits; None when the input was in this order."""
    starts: Int64
    """First sorted row of each key, and the end; shape (n_keys + 1,)."""
    keys: IntArray
    """The keys, ascending; shape (n_keys,)."""


def group_rows(keys: IntArray, at: Int64, sequence: Int64 | None = None) -> Grouping:
    """Sorts rows by (key, at, sequence, row); the inputs are only read.

    Args:
        keys: integers of any width, shape (rows,).
        at: microseconds, shape (rows,).
        sequence: settles ties of `at`; None for input order.
    """
    if not len(keys):
        return Grouping(None, np.zeros(1, np.int64), keys[:0])
    if _is_ordered(keys, at, sequence):
        return _as_it_is(keys)
    by_time = None if _is_ordered(None, at, sequence) else _time_order(at, sequence)
    low, high = int(keys.min()), int(keys.max())
    row_bits = bits(len(keys) - 1)
    if bits(high - low) + row_bits > 64:
        return _group_wide(keys, by_time)
    packed = _pack(keys, low, row_bits, by_time)
    packed.sort()
    grouping = _unpack(packed, low, row_bits, keys.dtype)
    if by_time is None or grouping.order is None:
        return grouping
    return Grouping(by_time[grouping.order], grouping.starts, grouping.keys)


def _is_ordered(keys: IntArray | None, at: Int64, sequence: Int64 | None) -> bool:
    """Whether rows are in order already; looks no further than the first step back."""
    size = 1 << 12
    low = 0
    while low < len(at) - 1:
        high = min(low + size, len(at) - 1)
        size = CHUNK
        fine = _no_step_back(at[low : high + 1], None if sequence is None else sequence[low : high + 1])
        if keys is not None:
            left, right = keys[low:high], keys[low + 1 : high + 1]
            fine = (left < right) | ((left == right) & fine)
        if not fine.all():
            return False
        low = high
    return True


def _no_step_back(at: Int64, sequence: Int64 | None) -> npt.NDArray[np.bool_]:
    if sequence is None:
        return np.asarray(at[:-1] <= at[1:])
    return np.asarray((at[:-1] < at[1:]) | ((at[:-1] == at[1:]) & (sequence[:-1] <= sequence[1:])))


def _as_it_is(keys: IntArray) -> Grouping:
    firsts = np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1])
    return Grouping(None, np.append(firsts, len(keys)), keys[firsts])


def _pack(values: IntArray, base: int, row_bits: int, picked: IntArray | None) -> npt.NDArray[np.uint64]:
    """(value - base) above the row number, row by row, or in the order `picked`."""
    packed = np.empty(len(values), np.uint64)
    # Differences are taken modulo 2**64, which is right for signed and unsigned keys alike.
    shift, start = np.uint64(row_bits), np.uint64(base % (1 << 64))
    for low, high in chunks(len(values)):
        part = values[low:high] if picked is None else values[picked[low:high]]
        word = part.astype(np.int64).view(np.uint64) if part.dtype.kind == "i" else part.astype(np.uint64)
        word -= start
        word <<= shift
        word |= np.arange(low, high, dtype=np.uint64)
        packed[low:high] = word
    return packed


def _unpack(packed: npt.NDArray[np.uint64], base: int, row_bits: int, dtype: np.dtype[Any]) -> Grouping:
    rows = len(packed)
    order = _row_numbers(rows)
    firsts = [np.zeros(1, np.int64)]
    shift, row_mask = np.uint64(row_bits), np.uint64((1 << row_bits) - 1)
    for low, high in chunks(rows):
        order[low:high] = packed[low:high] & row_mask
        above = packed[max(low - 1, 0) : high] >> shift
        firsts.append(np.flatnonzero(above[1:] != above[:-1]) + max(low, 1))
    first = np.concatenate(firsts)
    keys = (packed[first] >> shift) + np.uint64(base % (1 << 64))
    return Grouping(order, np.append(first, rows), keys.astype(dtype))


def _row_numbers(rows: int) -> IntArray:
    """Room for row numbers, in 32 bits where they fit."""
    return np.empty(rows, np.int32) if rows < 2**31 else np.empty(rows, np.int64)


def _group_wide(keys: IntArray, by_time: IntArray | None) -> Grouping:
    """Keys too wide to share 64 bits with a row number: rank them first."""
    distinct, ranks = np.unique(keys, return_inverse=True)
    packed = _pack(ranks.astype(np.int64), 0, bits(len(keys) - 1), by_time)
    packed.sort()
    grouping = _unpack(packed, 0, bits(len(keys) - 1), np.dtype(np.int64))
    order = grouping.order if by_time is None or grouping.order is None else by_time[grouping.order]
    return Grouping(order, grouping.starts, distinct)


def _time_order(at: Int64, sequence: Int64 | None) -> IntArray:
    """The permutation by (at, sequence, row).

    Where a time and a row number do not fit 64 bits together, the lowest bits of the time are left out and
    the few runs that need them are sorted again.
    """
    base, row_bits = int(at.min()), bits(len(at) - 1)
    spare = max(bits(int(at.max()) - base) + row_bits - 64, 0)
    packed = np.empty(len(at), np.uint64)
    for low, high in chunks(len(at)):
        word = (at[low:high] - base).view(np.uint64)
        word >>= np.uint64(spare)
        word <<= np.uint64(row_bits)
        word |= np.arange(low, high, dtype=np.uint64)
        packed[low:high] = word
    packed.sort()
    order = _row_numbers(len(at))
    same = np.zeros(len(at), np.bool_)
    row_mask, shift = np.uint64((1 << row_bits) - 1), np.uint64(row_bits)
    for low, high in chunks(len(at)):
        order[low:high] = packed[low:high] & row_mask
        above = packed[max(low - 1, 0) : high] >> shift
        np.equal(above[1:], above[:-1], out=same[max(low, 1) : high])
    del packed
    if spare or sequence is not None:
        _mend_runs(order, same, at, sequence)
    return order


def _mend_runs(order: IntArray, same: npt.NDArray[np.bool_], at: Int64, sequence: Int64 | None) -> None:
    """Sorts the runs of equal keys that the packed sort could not tell apart; writes into `order`."""
    inside = same.copy()
    inside[:-1] |= same[1:]
    places = np.flatnonzero(inside)
    rows = order[places]
    run = np.cumsum(~same[places])
    ties = at[rows] if sequence is None else sequence[rows]
    keys = (rows, ties, run) if sequence is None else (rows, ties, at[rows], run)
    order[places] = rows[np.lexsort(keys)]
