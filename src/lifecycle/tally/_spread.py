"""A tally that keeps every value with its count: exact medians and quantiles, also of what is put together later."""

from __future__ import annotations

from typing import Any, Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._estimate import Estimate, undefined
from ._exact import whole
from ._quantiles import median_ranks

Int64Array = npt.NDArray[np.int64]
_FEW = 30


def _own(values: npt.ArrayLike) -> Int64Array:
    array = np.array(values, np.int64)
    array.flags.writeable = False
    return array


def _empty() -> Int64Array:
    return _own([])


@attrs.frozen(eq=False)
class SpreadTally:
    """Whole numbers and how often each occurs. The number is a quantile, the median unless asked."""

    values: Int64Array = attrs.field(factory=_empty, converter=_own)
    """The distinct values, ascending, in parts of one."""
    counts: Int64Array = attrs.field(factory=_empty, converter=_own)
    """How often each occurs; above 0; shape as `values`."""
    per: int = attrs.field(default=1, kw_only=True)
    """How many parts make one."""
    quantile: float = attrs.field(default=0.5, kw_only=True)
    """Which quantile it is finished to: 0.5 is the median, 0.9 what nine of ten do not exceed."""

    @classmethod
    def zero(cls) -> Self:
        """Nothing."""
        return cls()

    @classmethod
    def of(cls, values: npt.ArrayLike, *, per: int = 1, quantile: float = 0.5) -> Self:
        """Of whole numbers; shape (n,); leave out what is missing.

        Raises:
            InvalidArgument: they are no whole numbers, or the quantile is not between 0 and 1.
        """
        if not 0 < quantile < 1:
            raise InvalidArgument(f"SpreadTally: quantile={quantile!r} is not between 0 and 1; give 0.5 for the median")
        found, counts = np.unique(whole(values), return_counts=True)
        return cls(found, counts, per=per, quantile=quantile)

    @property
    def n(self) -> int:
        """How many values."""
        return int(self.counts.sum())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpreadTally):
            return NotImplemented
        same = (self.per, self.quantile) == (other.per, other.quantile)
        return same and np.array_equal(self.values, other.values) and np.array_equal(self.counts, other.counts)

    def __hash__(self) -> int:
        return hash((self.values.tobytes(), self.counts.tobytes(), self.per, self.quantile))

    def __add__(self, other: SpreadTally) -> SpreadTally:
        """Both together.

        Raises:
            InvalidArgument: their parts or quantiles differ.
        """
        if self == SpreadTally() or other == SpreadTally():
            return other if self == SpreadTally() else self
        if (self.per, self.quantile) != (other.per, other.quantile):
            raise InvalidArgument("SpreadTally: two with different parts or quantiles; make both alike")
        values, place = np.unique(np.concatenate([self.values, other.values]), return_inverse=True)
        counts = np.zeros(len(values), np.int64)
        np.add.at(counts, place, np.concatenate([self.counts, other.counts]))
        return attrs.evolve(self, values=values, counts=counts)

    def at_rank(self, rank: int) -> float:
        """The value at a place in ascending order, from 0."""
        found: Any = self.values[np.searchsorted(np.cumsum(self.counts), rank, side="right")]
        return int(found) / self.per

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The quantile, half-way between its two neighbours; the median with its exact interval, others without one."""
        n = self.n
        if not n:
            return undefined("there is nothing to measure", None, 0)
        # As numpy does it: linear between the values around (n - 1) × quantile.
        place = (n - 1) * self.quantile
        low_rank = int(place)
        below, above = self.at_rank(low_rank), self.at_rank(min(low_rank + 1, n - 1))
        value = below + (above - below) * (place - low_rank)
        ranks = median_ranks(n, confidence) if self.quantile == 0.5 else None
        note = f"only {n} values: read it with care" if n < _FEW else ""
        low, high = (None, None) if ranks is None else (self.at_rank(ranks[0]), self.at_rank(ranks[1]))
        return Estimate(value, low, high, None, float(n), note)
