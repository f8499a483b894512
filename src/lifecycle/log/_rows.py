"""The stored columns of a log, in the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ._attributes import StoredAttribute
from ._text import Text

IntArray = npt.NDArray[np.integer]
Int64 = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Picked = IntArray | BoolArray | slice


@attrs.frozen(eq=False)
class Rows:
    """Columns of touchpoints; all arrays are the log's own and read-only."""

    at: Int64
    """Microseconds of UTC."""
    kind: IntArray
    """Codes into the kinds of the log."""
    minor: Int64 | None
    """Amounts in minor units; None where the log has none."""
    has_minor: BoolArray | None
    """Where there is an amount; None for everywhere."""
    currency: IntArray | None
    """Codes into the currencies of the log; None where it has one at most."""
    sequence: Int64 | None
    """What settles ties of time; None for input order."""
    ids: Text | None
    """Ids of touchpoints, empty where there is none."""
    attributes: Mapping[str, StoredAttribute]
    """The other columns, `channel` among them."""
    numbers: IntArray | None = None
    """Which row of the input each is; None where none was left out."""

    def __reduce__(self) -> tuple[object, ...]:
        # By way of __init__, which makes the arrays read-only again.
        return Rows, tuple(getattr(self, field.name) for field in attrs.fields(Rows))

    def __len__(self) -> int:
        return len(self.at)

    def __attrs_post_init__(self) -> None:
        arrays: list[npt.NDArray[Any] | None] = [self.at, self.kind, self.minor, self.has_minor]
        arrays += [self.currency, self.sequence, self.numbers]
        for stored in self.attributes.values():
            arrays += [stored.numbers, stored.has_number, stored.labels.codes if stored.labels else None]
        if self.ids is not None:
            arrays += [self.ids.data, self.ids.starts, self.ids.lengths]
        for array in arrays:
            if array is not None:
                array.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        arrays = [self.at, self.kind, self.minor, self.has_minor, self.currency, self.sequence, self.numbers]
        held = sum(array.nbytes for array in arrays if array is not None)
        held += sum(stored.nbytes for stored in self.attributes.values())
        return held + (self.ids.nbytes if self.ids is not None else 0)

    def keep(self, rows: Picked) -> Rows:
        """A copy of some rows."""
        return Rows(
            at=self.at[rows],
            kind=self.kind[rows],
            minor=None if self.minor is None else self.minor[rows],
            has_minor=None if self.has_minor is None else self.has_minor[rows],
            currency=None if self.currency is None else self.currency[rows],
            sequence=None if self.sequence is None else self.sequence[rows],
            ids=None if self.ids is None else self.ids.take(rows).packed(),
            attributes={name: stored.keep(rows) for name, stored in self.attributes.items()},
            numbers=_places(rows, len(self)) if self.numbers is None else self.numbers[rows],
        )

    def amounts(self, rows: Picked) -> tuple[Int64, BoolArray | None]:
        """Minor units of some rows, and where there are any."""
        if self.minor is None:
            count = len(self.at[rows])
            return np.zeros(count, np.int64), np.zeros(count, np.bool_)
        return self.minor[rows], None if self.has_minor is None else self.has_minor[rows]


def _places(rows: Picked, n: int) -> IntArray:
    """The rows as numbers of their own, without a look at those that are not picked."""
    if isinstance(rows, slice):
        return np.arange(n)[rows]
    return np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64)
