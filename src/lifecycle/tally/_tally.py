"""Tallies: exact partial results that add up, whatever the split and the order."""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._checks import is_count
from ._estimate import Estimate, estimate, undefined
from ._shares import newcombe, wilson


@runtime_checkable
class Tally(Protocol):
    """What a KPI makes of some customers: it adds up exactly, and is finished once at the end.

    Addition is associative and commutative, and `zero()` changes nothing.
    """

    def __add__(self, other: Any, /) -> Any:
        """Both together."""
        ...

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The number with its interval."""
        ...


@attrs.frozen
class RatioTally:
    """A share: how many of how many. Its interval is Wilson's."""

    hits: int = attrs.field(default=0, validator=is_count)
    """How many did."""
    of: int = attrs.field(default=0, validator=is_count)
    """Of how many."""

    def __attrs_post_init__(self) -> None:
        if self.hits > self.of:
            raise InvalidArgument(f"RatioTally: {self.hits} hits of {self.of}; a share is at most 1")

    @classmethod
    def zero(cls) -> Self:
        """Nobody."""
        return cls()

    @classmethod
    def of_customers(cls, hits: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_]) -> Self:
        """The share of those in `of` who are also in `hits`; both of shape (n_customers,)."""
        return cls(int(np.count_nonzero(hits & of)), int(np.count_nonzero(of)))

    def __add__(self, other: RatioTally) -> RatioTally:
        """Both together."""
        return RatioTally(self.hits + other.hits, self.of + other.of)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The share with Wilson's interval; undefined of nobody."""
        if not self.of:
            return undefined("there is nobody to count", 0, 0)
        share = np.array(self.hits / self.of)
        low, high = wilson(share, np.array(float(self.of)), confidence)
        return estimate((share, low, high), (self.hits, self.of), self.of, "")


@attrs.frozen
class UpliftTally:
    """The difference of two shares: the treated less the holdout. Its interval is Newcombe's."""

    treated: RatioTally = RatioTally()
    """Those who were treated."""
    holdout: RatioTally = RatioTally()
    """Those who were not."""

    @classmethod
    def zero(cls) -> Self:
        """Nobody."""
        return cls()

    def __add__(self, other: UpliftTally) -> UpliftTally:
        """Both together."""
        return UpliftTally(self.treated + other.treated, self.holdout + other.holdout)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The difference with its interval; the numerator is the treated, the denominator the holdout."""
        parts = (float(self.treated.of), float(self.holdout.of))
        if not self.treated.of or not self.holdout.of:
            who = "the treated" if not self.treated.of else "the holdout"
            return undefined(f"there is nobody in {who}", *parts)
        treated, holdout = np.array(attrs.astuple(self.treated)), np.array(attrs.astuple(self.holdout))
        bounds = newcombe(treated[0], treated[1], holdout[0], holdout[1], confidence)
        return estimate(bounds, parts, min(parts), "")
