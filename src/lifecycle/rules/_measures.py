"""What one pair of an opening and its closing says: hours, days late, or the gap between two scores."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._counts import Units
from ._fact import check_limit, check_limits
from ._latest import Reading
from ._rows import BoolArray, Rows

IntArray: TypeAlias = npt.NDArray[Any]

_SECOND_US = 1_000_000


class Measure(Protocol):
    """One whole number for each pair, or none; scalar and column."""

    @property
    def scale(self) -> int:
        """How many of it make one unit."""
        ...

    @property
    def unit(self) -> str:
        """The unit for people."""
        ...

    def note(self, opening: Touchpoint, /) -> int | None:
        """What to keep of an opening."""
        ...

    def number(self, note: int, closing: Touchpoint, day: int, /) -> int | None:
        """The number of a pair, from the note and the touchpoint that closes on a day."""
        ...

    def column(self, rows: Rows, opens: IntArray, closed_by: IntArray, /) -> tuple[IntArray, BoolArray]:
        """The numbers of pairs of rows, int64, and where they exist; shape (n_openings,) each.

        What is not closed is there too, closed by -1, so that an opening that a fold refuses is refused here.
        """
        ...


@attrs.frozen
class Hours:
    """The time between the two, in whole seconds."""

    scale: int = 3600
    """Seconds of an hour."""
    unit: str = "hours"
    """Hours."""

    def note(self, opening: Touchpoint) -> int | None:
        return opening.at_us

    def number(self, note: int, closing: Touchpoint, day: int) -> int | None:
        return (closing.at_us - note) // _SECOND_US

    def column(self, rows: Rows, opens: IntArray, closed_by: IntArray) -> tuple[IntArray, BoolArray]:
        return (rows.block.at[closed_by] - rows.block.at[opens]) // _SECOND_US, closed_by >= 0


@attrs.frozen
class DaysLate:
    """Calendar days from the due day of the opening to the closing; negative when early."""

    due: Reading
    """The due day."""
    scale: int = 1
    """A day is a day."""
    unit: str = "days"
    """Days."""

    def note(self, opening: Touchpoint) -> int | None:
        day: Any = self.due.scalar(opening)
        return None if day is None else int(day)

    def number(self, note: int, closing: Touchpoint, day: int) -> int | None:
        return day - note

    def column(self, rows: Rows, opens: IntArray, closed_by: IntArray) -> tuple[IntArray, BoolArray]:
        due, known, _ = self.due.column(rows, opens)
        return rows.day[closed_by].astype(np.int64) - due, known & (closed_by >= 0)


@attrs.frozen
class Rise:
    """An attribute of the closing less that of the opening."""

    units: Units
    """The attribute."""
    unit: str
    """The currency of an amount."""

    @property
    def scale(self) -> int:
        return self.units.scale

    def note(self, opening: Touchpoint) -> int | None:
        return self.units.scalar(opening)

    def number(self, note: int, closing: Touchpoint, day: int) -> int | None:
        after = self.units.scalar(closing)
        return None if after is None else check_limit(after - note)

    def column(self, rows: Rows, opens: IntArray, closed_by: IntArray) -> tuple[IntArray, BoolArray]:
        before, has = self.units.column(rows, opens)
        pairs = np.flatnonzero(has & (closed_by >= 0))
        after, has_after = self.units.column(rows, closed_by[pairs])
        pairs, after = pairs[has_after], after[has_after]
        number, known = np.zeros(len(opens), np.int64), np.zeros(len(opens), bool)
        number[pairs], known[pairs] = check_limits(after - before[pairs]), True
        return number, known
