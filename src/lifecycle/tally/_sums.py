"""Sums, quotients, means and counts as tallies: whole numbers until the last division."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._checks import is_count, is_whole, must_agree
from ._estimate import Estimate, estimate, undefined
from ._exact import exact_dot, exact_sum, whole
from ._quantiles import t_quantile


@attrs.frozen
class _InParts:
    """Whole numbers in parts of one: those in other parts, or in another currency, do not add up with them."""

    per: int = attrs.field(default=1, validator=is_count, kw_only=True)
    """How many parts make one: 100 for cents, 1,200 for twelfths of cents."""
    currency: str = attrs.field(default="", kw_only=True)
    """The currency; '' for what is no money."""

    @classmethod
    def zero(cls) -> Self:
        """Nothing."""
        return cls()

    def _plus(self, other: Any, *summed: str) -> Self:
        """Both together, some fields summed; nothing adds up with whatever it is asked to."""
        if self == self.zero() or other == self.zero():
            found: Self = other if self == self.zero() else self
            return found
        must_agree(self, other)
        return attrs.evolve(self, **{name: getattr(self, name) + getattr(other, name) for name in summed})


@attrs.frozen
class SumTally(_InParts):
    """A sum of whole numbers: a count, or money in minor units. It has no interval."""

    total: int = attrs.field(default=0, validator=is_whole)
    """The sum, in parts of one: minor units, twelfths of them, millionths."""
    n: int = attrs.field(default=0, validator=is_count)
    """How many were added."""

    @classmethod
    def of_values(cls, values: npt.NDArray[Any], *, per: int = 1, currency: str = "") -> Self:
        """The sum of whole numbers; shape (n,)."""
        return cls(exact_sum(values), len(values), per=per, currency=currency)

    def __add__(self, other: SumTally) -> SumTally:
        """Both together.

        Raises:
            CurrencyMismatch: they are in different currencies.
            InvalidArgument: their parts differ.
        """
        return self._plus(other, "total", "n")

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The sum; no interval."""
        return Estimate(self.total / self.per, None, None, None, None)


@attrs.frozen
class QuotientTally(_InParts):
    """One sum by another, such as revenue per customer. It has no interval."""

    top: int = attrs.field(default=0, validator=is_whole)
    """What is divided, in parts of one."""
    bottom: int = attrs.field(default=0, validator=is_whole)
    """By what, in parts of one."""
    bottom_per: int = attrs.field(default=1, validator=is_count, kw_only=True)
    """How many parts of `bottom` make one."""

    def __add__(self, other: QuotientTally) -> QuotientTally:
        """Both together.

        Raises:
            CurrencyMismatch: they are in different currencies.
            InvalidArgument: their parts differ.
        """
        return self._plus(other, "top", "bottom")

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The quotient; undefined by 0."""
        parts = (self.top / self.per, self.bottom / self.bottom_per)
        if not self.bottom:
            return undefined("it would be divided by 0", *parts)
        return Estimate(self.top * self.bottom_per / (self.per * self.bottom), None, None, *parts)


@attrs.frozen
class MeanTally(_InParts):
    """A mean of whole numbers with Student's t interval."""

    n: int = attrs.field(default=0, validator=is_count)
    """How many."""
    total: int = attrs.field(default=0, validator=is_whole)
    """Their sum, in parts of one."""
    squares: int = attrs.field(default=0, validator=is_count)
    """The sum of their squares."""

    @classmethod
    def of(cls, values: npt.ArrayLike, *, per: int = 1, currency: str = "") -> Self:
        """The mean of whole numbers of shape (n,); leave out what is missing."""
        numbers = whole(values)
        return cls(len(numbers), exact_sum(numbers), exact_dot(numbers, numbers), per=per, currency=currency)

    def __add__(self, other: MeanTally) -> MeanTally:
        """Both together.

        Raises:
            CurrencyMismatch: they are in different currencies.
            InvalidArgument: their parts differ.
        """
        return self._plus(other, "n", "total", "squares")

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The mean with its interval; undefined of nothing, without interval of one."""
        if not self.n:
            return undefined("there is nothing to average", 0, 0)
        mean, parts = self.total / (self.n * self.per), (self.total / self.per, float(self.n))
        if self.n == 1:
            return Estimate(mean, None, None, *parts, "of one: no interval")
        # Whole numbers until the last division: nothing cancels.
        variance = (self.n * self.squares - self.total**2) / (self.n * (self.n - 1)) / self.per**2
        half = float(t_quantile(np.array(self.n - 1.0), confidence)) * sqrt(variance / self.n)
        return estimate((np.array(mean), np.array(mean - half), np.array(mean + half)), parts, self.n, "")


def _sorted_counts(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((str(name), int(count)) for name, count in dict(counts).items() if count))


@attrs.frozen
class CountsTally(_InParts):
    """How much of each name: a number with what it is made of."""

    counts: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_sorted_counts)
    """Name and whole number, by name; what is 0 is left out."""
    of: str = attrs.field(default="", kw_only=True)
    """The name whose count is the number; '' for the sum of all."""

    def __getitem__(self, name: str) -> int:
        """The whole number of a name."""
        return dict(self.counts).get(name, 0)

    def __add__(self, other: CountsTally) -> CountsTally:
        """Both together.

        Raises:
            CurrencyMismatch: they are in different currencies.
            InvalidArgument: their parts, or the names of their numbers, differ.
        """
        if self == CountsTally() or other == CountsTally():
            return other if self == CountsTally() else self
        must_agree(self, other)
        if self.of != other.of:
            raise InvalidArgument(f"CountsTally: the number is {self.of!r} of one and {other.of!r} of the other")
        both = dict(self.counts)
        for name, count in other.counts:
            both[name] = both.get(name, 0) + count
        return attrs.evolve(self, counts=both)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The number; no interval."""
        total = self[self.of] if self.of else sum(count for _, count in self.counts)
        return Estimate(total / self.per, None, None, None, None)

    @property
    def parts(self) -> Mapping[str, float]:
        """What it is made of, by name."""
        return {name: count / self.per for name, count in self.counts}
