"""Reading the sorted rows of a log a stretch of customers at a time, so that what is worked on stays in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import Block
from lifecycle.model import normalise_kind

Int64 = npt.NDArray[np.int64]
_ROWS: Final = 1 << 16


@attrs.frozen(eq=False)
class Stretch:
    """Consecutive customers and their rows."""

    low: int
    """The first customer."""
    high: int
    """The customer after the last."""
    row_low: int
    """Their first row."""
    row_high: int
    """The row after their last."""
    starts: Int64
    """The first row of each, counted from `row_low`, and the end; shape (high - low + 1,)."""

    def customer_of_row(self) -> npt.NDArray[np.int32]:
        """The customer of each row, counted from `low`; shape (rows,)."""
        return np.repeat(np.arange(self.high - self.low, dtype=np.int32), np.diff(self.starts))


def stretches(starts: Int64) -> Iterator[Stretch]:
    """The customers of a block, cut into stretches of about 65,000 rows; a customer is never cut.

    Args:
        starts: first row of each customer, and the end.
    """
    n = len(starts) - 1
    wanted = np.searchsorted(starts, np.arange(0, int(starts[-1]), _ROWS), side="left")
    cuts = np.unique(np.append(np.minimum(wanted, n), n)).tolist()
    for low, high in pairwise(cuts):
        row_low, row_high = int(starts[low]), int(starts[high])
        yield Stretch(low, high, row_low, row_high, starts[low : high + 1] - row_low)


def span_of(block: Block) -> tuple[int, int]:
    """The earliest and the latest time of a block with rows, read at the ends of its customers only."""
    return int(block.at[block.starts[:-1]].min()), last_of(block)


def last_of(block: Block) -> int:
    """The latest time of a block with rows, read at the last row of each customer only."""
    return int(block.at[block.starts[1:] - 1].max())


def wanted_kinds(block: Block, kinds: Iterable[str] | None) -> npt.NDArray[np.bool_] | None:
    """Which kind codes of a block are asked for; None where all are.

    Args:
        block: the rows.
        kinds: kinds in any spelling; one that the log does not have is no mistake, a part of a log may lack it.

    Raises:
        InvalidArgument: a text instead of several kinds, or none at all.
    """
    if kinds is None:
        return None
    if isinstance(kinds, str):
        raise InvalidArgument(f"kinds={kinds!r} is a text; give a tuple, such as ({kinds!r},)")
    asked = {normalise_kind(kind) for kind in kinds}
    if not asked:
        raise InvalidArgument("kinds is empty; name the kinds that count, or leave it out for all")
    return np.array([key in asked for key in block.kind_keys], np.bool_)


def is_of(kind: npt.NDArray[np.integer], codes: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which rows are of the chosen kinds.

    Args:
        kind: the code of each row.
        codes: by code, whether it is chosen.
    """
    chosen = np.flatnonzero(codes)
    if len(chosen) == 1:
        return np.asarray(kind == chosen[0])
    return np.asarray(codes[kind])
