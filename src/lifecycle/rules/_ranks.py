"""How many chosen rows stand before each row, and which is the last of them, from one bit per row."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]

_BITS = 64
_BELOW = (np.uint64(1) << np.arange(_BITS, dtype=np.uint64)) - np.uint64(1)  # the bits below each place of a word


@attrs.frozen(eq=False)
class Cuts:
    """Row numbers before which to count, ready for the ranks of any rows."""

    word: npt.NDArray[np.integer[Any]]
    """The word of each; shape (n,)."""
    below: npt.NDArray[np.uint64]
    """The bits below it in that word."""

    @classmethod
    def of(cls, row: npt.NDArray[np.integer[Any]]) -> Cuts:
        """Of row numbers from 0 to the number of rows; shape (n,)."""
        return cls(row >> 6, _BELOW[row & (_BITS - 1)])

    @property
    def behind_first(self) -> Cuts:
        """All but the first."""
        return Cuts(self.word[1:], self.below[1:])


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

    @cached_property
    def _filled(self) -> Int64Array:
        """The last word with a chosen row before each word, -1 for none; shape (n_words,)."""
        filled = np.where(self._words != 0, np.arange(len(self._words)), -1)
        return np.concatenate(([-1], np.maximum.accumulate(filled)[:-1]))

    def before(self, cuts: Cuts) -> Int64Array:
        """How many chosen rows stand before each row number; shape (n,)."""
        count: Int64Array = self._before[cuts.word]
        count += np.bitwise_count(self._words[cuts.word] & cuts.below)
        return count

    def last_before(self, cuts: Cuts) -> Int64Array:
        """The last chosen row before each row number, below 0 where there is none; shape (n,)."""
        word = cuts.word.astype(np.int64)
        bits = self._words[word] & cuts.below
        empty = np.flatnonzero(bits == 0)
        if len(empty):
            word[empty] = self._filled[word[empty]]
            bits[empty] = np.where(word[empty] >= 0, self._words[word[empty]], 0)
        # Without the bit below the highest one, no float64 rounds up to the next power of two.
        bits &= ~(bits >> np.uint64(1))
        word <<= 6
        word += np.frexp(bits.astype(np.float64))[1]
        word -= 1
        return word
