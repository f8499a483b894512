"""How many chosen rows stand before each row, from one bit per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]

_BITS = 64
_BELOW = (np.uint64(1) << np.arange(_BITS, dtype=np.uint64)) - np.uint64(1)  # the bits below each place of a word


class Ranks:
    """Counts of chosen rows before any row: a word of bits for 64 rows, and a running count per word.

    A hundredth of the memory of a count per row, so that it stays near the processor, and quicker to make.

    Args:
        chosen: which rows; shape (n_rows,).
    """

    def __init__(self, chosen: npt.NDArray[np.bool_]) -> None:
        packed = np.packbits(chosen, bitorder="little")
        n_words = len(chosen) // _BITS + 1  # so that the row behind the last one has a word too
        filled = np.zeros(n_words * 8, np.uint8)
        filled[: len(packed)] = packed
        self._words = filled.view("<u8")
        self._before = np.zeros(n_words, np.int64)
        np.cumsum(np.bitwise_count(self._words[:-1]), out=self._before[1:])

    def before(self, row: npt.NDArray[np.integer[Any]]) -> Int64Array:
        """How many chosen rows stand before each row number from 0 to n_rows; shape as `row`."""
        word = row >> 6
        count: Int64Array = self._before[word]
        count += np.bitwise_count(self._words[word] & _BELOW[row & (_BITS - 1)])
        return count
