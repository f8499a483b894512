"""The rows of some customers as sorted columns: what facts and engines read."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Attribute:
    """One attribute of the touchpoints: text, number, or both where the input mixed them."""

    text: npt.NDArray[np.int32] | None
    """Codes into `book`, -1 where the row has no text; shape (rows,)."""
    book: tuple[str, ...]
    """The distinct texts."""
    number: npt.NDArray[np.float64] | None
    """The numbers; shape (rows,); read only where `has_number`."""
    has_number: BoolArray | None
    """Where the row has a number."""


@attrs.frozen(eq=False)
class Block:
    """Rows of consecutive customers, sorted by (customer, at, sequence, input row)."""

    starts: npt.NDArray[np.int64]
    """First row of each customer and the end; shape (n_customers + 1,), `starts[0] == 0`."""
    at: npt.NDArray[np.int64]
    """Microseconds since 1970-01-01 UTC; shape (rows,)."""
    kind: IntArray
    """Codes into `kind_keys`; shape (rows,)."""
    kind_keys: tuple[str, ...]
    """Normalised kinds; two codes may share one key."""
    read_minor: Callable[[IntArray], tuple[npt.NDArray[np.int64], BoolArray | None]]
    """Gives the amounts of some rows in minor units and where they exist (None: everywhere)."""
    read_currency: Callable[[], IntArray | None]
    """Gives codes into `currencies`, -1 for none; None where the log has one currency at most."""
    currencies: tuple[str, ...]
    """The currencies of the log."""
    read_attribute: Callable[[str], Attribute | None]
    """Gives an attribute by name ('channel' too), or None where the log has no such column."""

    @property
    def n_customers(self) -> int:
        """How many customers the block holds."""
        return len(self.starts) - 1

    def __len__(self) -> int:
        return len(self.at)
