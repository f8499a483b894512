"""What is wrong with which rows: collected while a log is made, told all together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import BadRows

IntArray = npt.NDArray[np.integer]


@attrs.frozen(eq=False)
class Quarantine:
    """The rows that a log could not take, each with its reasons and its values as they came."""

    rows: tuple[int, ...] = ()
    """Numbers of the rows in the input, ascending."""
    reasons: tuple[str, ...] = ()
    """Why each was set aside."""
    table: Mapping[str, tuple[object, ...]] = attrs.field(factory=dict)
    """The values of these rows, by name of the input column."""

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        first = f", first: row {self.rows[0]}: {self.reasons[0]}" if self.rows else ""
        return f"<Quarantine: {len(self)} rows{first}>"

    def joined(self, other: Quarantine) -> Quarantine:
        """The rows of both, this one's first."""
        if not len(other):
            return self
        if not len(self):
            return other
        names = [*self.table, *(name for name in other.table if name not in self.table)]
        mine, theirs = (None,) * len(self), (None,) * len(other)
        table = {name: (*self.table.get(name, mine), *other.table.get(name, theirs)) for name in names}
        return Quarantine(self.rows + other.rows, self.reasons + other.reasons, table)


class Problems:
    """Collects bad rows while columns are read."""

    def __init__(self, rows: int) -> None:
        self.total = rows
        self._bad = np.zeros(rows, np.bool_)
        self._found: list[tuple[IntArray, Callable[[int], str]]] = []

    def add(self, rows: IntArray, reason: str | Callable[[int], str]) -> None:
        """Rows are bad for a reason, given or told row by row."""
        if len(rows):
            self._bad[rows] = True
            self._found.append((rows, reason if callable(reason) else lambda _: reason))

    def add_where(self, mask: npt.NDArray[np.bool_], reason: str | Callable[[int], str]) -> None:
        """The rows of a mask are bad."""
        self.add(np.flatnonzero(mask), reason)

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def good(self) -> npt.NDArray[np.bool_]:
        """Where nothing was found so far."""
        return ~self._bad

    def reasons(self) -> tuple[Sequence[int], Sequence[str]]:
        """The bad rows, ascending, and all reasons of each."""
        told: dict[int, list[str]] = {}
        for rows, reason in self._found:
            for row in rows.tolist():
                told.setdefault(row, []).append(reason(row))
        rows_in_order = sorted(told)
        return rows_in_order, ["; ".join(told[row]) for row in rows_in_order]

    def error(self) -> BadRows:
        """All bad rows as one error."""
        rows, reasons = self.reasons()
        return BadRows(self.total, rows, reasons)
