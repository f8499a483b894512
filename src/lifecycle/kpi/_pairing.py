"""Touchpoints that belong together: a ticket and its answer, a promise and its keeping, a voice and what came of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Calendar
from lifecycle.rules import BoolArray, Rows, texts

from ._rows import Touched

Int64Array = npt.NDArray[np.int64]
NEVER: Final = np.iinfo(np.int64).max
"""When what is still open is closed."""


@attrs.frozen(eq=False)
class Pairs:
    """Openings, each with the first closing after it; all arrays have shape (len,)."""

    opened: Touched
    """What opens."""
    closed_by: Int64Array
    """The row that closes each, -1 where none does yet."""
    group: Int64Array = attrs.field(repr=False)
    """A number per customer and reference."""

    def __len__(self) -> int:
        return len(self.opened)

    @property
    def is_closed(self) -> BoolArray:
        """Which are closed."""
        return self.closed_by >= 0

    @cached_property
    def closed_at(self) -> Int64Array:
        """When each was closed, in microseconds since 1970-01-01 UTC; `NEVER` for what is open."""
        if not len(self.opened.rows):
            return np.zeros(0, np.int64)
        return np.where(self.is_closed, self.opened.rows.block.at[self.closed_by], NEVER)

    def where(self, mask: BoolArray) -> Pairs:
        """Those that a mask keeps."""
        return Pairs(self.opened.where(mask), self.closed_by[mask], self.group[mask])

    def closed_as(self, *kinds: str) -> BoolArray:
        """Which were closed by one of some canonical kinds."""
        rows = self.opened.rows
        among = np.array([*(name in kinds for name in rows.names), False])
        place = np.full(len(self), len(rows.names))
        place[self.is_closed] = rows.block.kind[self.closed_by[self.is_closed]]
        found: BoolArray = among[place]
        return found

    def distinct(self) -> Pairs:
        """Without openings of what is open already: they change nothing, as for the fact `Open`."""
        order = np.argsort(self.group, kind="stable")
        group, closed = self.group[order], self.closed_by[order]
        is_again = np.zeros(len(order), bool)
        is_again[1:] = (group[1:] == group[:-1]) & (closed[1:] == closed[:-1])
        keep = np.ones(len(order), bool)
        keep[order] = ~is_again
        return self.where(keep)


def paired(opened: Touched, closing: Touched, *, refs: tuple[str, ...], is_loose: bool = False) -> Pairs:
    """Each opening with the first closing after it of the same customer and reference.

    Args:
        opened: what opens.
        closing: what closes, from the same rows.
        refs: the attributes that hold the reference; the first one that a touchpoint has counts. Touchpoints without
            one, or with an empty one, are all of one reference.
        is_loose: whether a closing without a reference closes everything of its customer.
    """
    rows, n = opened.rows, len(opened)
    code = _references(rows, np.concatenate([opened.index, closing.index]), refs)
    begins = opened.customer.astype(np.int64) << 32 | code[:n]
    ends = closing.customer.astype(np.int64) << 32 | code[n:]
    closed_by = _first_after(opened.index, begins, closing.index, ends)
    if is_loose:
        nameless = code[n:] == 0
        any_name = opened.customer.astype(np.int64) << 32
        other = _first_after(opened.index, any_name, closing.index[nameless], ends[nameless])
        closed_by = np.where((closed_by < 0) | ((other >= 0) & (other < closed_by)), other, closed_by)
    return Pairs(opened, closed_by, begins)


def _references(rows: Rows, index: npt.NDArray[np.intp], refs: tuple[str, ...]) -> Int64Array:
    """A number from 1 per reference, 0 for none; shape as `index`."""
    found, used = np.zeros(len(index), np.int64), 1
    for name in refs:
        codes, book = texts(rows, name, index)
        named = np.array([*(text != "" for text in book), False])[codes] & (found == 0)
        found[named] = codes[named] + used
        used += len(book)
    return found


def _first_after(row: npt.NDArray[Any], group: Int64Array, later: npt.NDArray[Any], ends: Int64Array) -> Int64Array:
    """The first of some later rows of the same group behind each row, -1 for none; shape as `row`."""
    if not len(later):
        return np.full(len(row), -1, np.int64)
    order = np.argsort(ends, kind="stable")
    ends, later = ends[order], later[order]
    _, rank = np.unique(np.concatenate([group, ends]), return_inverse=True)
    width = int(max(later.max(), row.max(initial=0))) + 1
    key, asked = rank[len(row) :] * width + later, rank[: len(row)] * width + row
    place = np.searchsorted(key, asked, side="right")
    same = np.append(ends, -1)[place] == group
    return np.where(same, np.append(later, -1)[place], -1).astype(np.int64)


def ends_of_days(days: npt.NDArray[Any], calendar: Calendar) -> Int64Array:
    """The first instant after each day, in microseconds; shape (n,)."""
    distinct, place = np.unique(days, return_inverse=True)
    found = np.array([calendar.start_of(int(day) + 1) for day in distinct.tolist()], np.int64)
    return found[place]
