"""Openings and closings matched by reference: what `Open`, `Overdue` and `Paired` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._fact import Context
from ._rows import Points, Rows
from ._where import text_of, texts

IntArray: TypeAlias = npt.NDArray[Any]
Opening: TypeAlias = tuple[str, Any]
"""What is open: its reference, and what a fact notes about it."""


@attrs.frozen
class Matching:
    """Which touchpoints open, which close, and which belong together.

    Opening what is open, and closing what is not, changes nothing. Touchpoints without the reference, or with an
    empty one, are all the same one.
    """

    opened: str
    """The event or normalised kind that opens."""
    closed: frozenset[str]
    """Those that close."""
    ref: str
    """The attribute that holds the reference."""
    context: Context = attrs.field(eq=False, repr=False)
    """What the definition lends."""

    @classmethod
    def of(cls, opened: str, closed: tuple[str, ...], ref: str, context: Context) -> Self:
        """The matching of kinds as they are written.

        Raises:
            DefinitionError: nothing closes, or one kind opens and closes.
        """
        opens, closes = context.key(opened), frozenset(map(context.key, closed))
        if not closes:
            raise DefinitionError(f"nothing closes what {opened!r} opens; name one kind or more")
        if opens in closes:
            raise DefinitionError(f"{opened!r} opens and closes; give two different kinds")
        return cls(opens, closes, ref, context)

    @property
    def kinds(self) -> frozenset[str]:
        """All that change what is open."""
        return self.closed | {self.opened}

    def advance(
        self, openings: tuple[Opening, ...], touchpoint: Touchpoint, note: Callable[[], Any]
    ) -> tuple[tuple[Opening, ...], Opening | None]:
        """What is open after a touchpoint, in order of opening, and what it closed.

        Args:
            openings: what was open before.
            touchpoint: one of the kinds.
            note: gives what to keep of it, asked only if it opens.
        """
        ref = text_of(touchpoint, self.ref) or ""
        found = next((opening for opening in openings if opening[0] == ref), None)
        if self.context.key(touchpoint.kind) not in self.closed:
            return ((*openings, (ref, note())) if found is None else openings), None
        if found is None:
            return openings, None
        return tuple(opening for opening in openings if opening is not found), found

    def pairs(self, rows: Rows) -> tuple[IntArray, IntArray]:
        """The rows that really open, ascending, and the row that closes each, -1 for none; shape (n_openings,) each."""
        selection = rows.select(self.kinds)
        if self not in selection.totals:
            selection.totals[self] = self._matched(rows, selection.index)
        return selection.totals[self]

    def _matched(self, rows: Rows, index: IntArray) -> tuple[IntArray, IntArray]:
        codes, book = texts(rows, self.ref, index)
        # No reference and an empty one are the same reference.
        same_as_none = np.array([-1 if text == "" else code for code, text in enumerate(book)] + [-1], np.int64)
        group = rows.customer[index].astype(np.int64) << 32 | same_as_none[codes] + 1
        order = np.argsort(group, kind="stable")
        closing = np.array([name in self.closed for name in rows.names], bool)[rows.block.kind[index]][order]
        # Whatever the touchpoint before did, after an opening it is open and after a closing it is not.
        after_open = np.zeros(len(order), bool)
        after_open[1:] = (group[order][1:] == group[order][:-1]) & ~closing[:-1]
        opens, closes = np.flatnonzero(~closing & ~after_open), np.flatnonzero(closing & after_open)
        closed_by = np.full(len(opens), -1, np.int64)
        closed_by[np.searchsorted(opens, closes) - 1] = index[order[closes]]
        opened = index[order[opens]]
        by_row = np.argsort(opened)
        return opened[by_row], closed_by[by_row]


def seen_of(rows: Rows, ascending: IntArray, points: Points) -> npt.NDArray[np.int64]:
    """How many of some ascending rows each point sees of its customer; shape (n_points,)."""
    seen: npt.NDArray[np.int64] = np.searchsorted(ascending, points.stop)
    seen -= np.searchsorted(ascending, rows.starts[points.customer])
    return seen


def check_name(value: object, field: str, fact: str) -> None:
    """Refuses what names no kind or attribute.

    Raises:
        DefinitionError: no text, an empty one, or the amount where a day is looked for.
    """
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(f"{fact}: {field}={value!r} is not a name; write a text")
    if field == "due" and value == "amount":
        raise DefinitionError(f"{fact}: due='amount' is money, not a day; name another attribute")
