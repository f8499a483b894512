"""How much a mean grew: a tally of two means."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import Estimate, exact_sum, undefined


@attrs.frozen
class GrowthTally:
    """A mean by an earlier mean, less one. It has no interval."""

    total: int = 0
    """The sum now, in any unit that both share."""
    n: int = 0
    """Of how many."""
    total_before: int = 0
    """The sum before."""
    n_before: int = 0
    """Of how many."""

    @classmethod
    def zero(cls) -> Self:
        """Nothing."""
        return cls()

    @classmethod
    def of(cls, now: npt.NDArray[np.int64], before: npt.NDArray[np.int64]) -> Self:
        """The growth from some whole numbers to others; shape (n,) each."""
        return cls(exact_sum(now), len(now), exact_sum(before), len(before))

    def __add__(self, other: GrowthTally) -> GrowthTally:
        """Both together."""
        pairs = zip(attrs.astuple(self), attrs.astuple(other), strict=True)
        return GrowthTally(*(one + another for one, another in pairs))

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The growth; undefined where there is nothing now or before, or where it was 0 before."""
        if not self.n or not self.n_before or not self.total_before:
            when = "now" if not self.n else "before"
            reason = f"there is nothing to average {when}" if not self.n or not self.n_before else "it was 0 before"
            return undefined(reason)
        value = (self.total * self.n_before - self.total_before * self.n) / (self.total_before * self.n)
        return Estimate(value, None, None, None, None)
