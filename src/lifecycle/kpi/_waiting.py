"""How long it takes until something happens, where some are still waiting."""

from __future__ import annotations

from typing import Self

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate
from lifecycle.value import DurationTally, kaplan_meier


@attrs.frozen
class WaitTally:
    """Durations, those still running among them. The number is Kaplan and Meier's quantile, the median unless asked."""

    waits: DurationTally = attrs.field(factory=DurationTally.zero)
    """How long it took, or has not happened yet."""
    per: int = attrs.field(default=1, kw_only=True)
    """How many parts of a duration make one: 86,400 for days held in seconds."""
    quantile: float = attrs.field(default=0.5, kw_only=True)
    """The time by which it has happened to that share."""

    @classmethod
    def zero(cls) -> Self:
        """Nobody."""
        return cls()

    def __add__(self, other: WaitTally) -> WaitTally:
        """Both together.

        Raises:
            InvalidArgument: their parts or quantiles differ.
        """
        if self == WaitTally() or other == WaitTally():
            return other if self == WaitTally() else self
        if (self.per, self.quantile) != (other.per, other.quantile):
            raise InvalidArgument("WaitTally: two with different parts or quantiles; make both alike")
        return attrs.evolve(self, waits=self.waits + other.waits)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The quantile with its interval; undefined where it has happened to too few, or to nobody.

        Numerator and denominator are to how many it happened, and of how many.
        """
        found = kaplan_meier(self.waits, confidence=confidence).quantile(self.quantile)
        value, low, high = (None if one is None else one / self.per for one in (found.value, found.low, found.high))
        return attrs.evolve(found, value=value, low=low, high=high)

    @property
    def notes(self) -> tuple[str, ...]:
        """How many are still waiting."""
        waiting = int(self.waits.n_censored.sum())
        return (f"{waiting:,} of {self.waits.n_customers:,} not yet: counted as censored",) if waiting else ()
