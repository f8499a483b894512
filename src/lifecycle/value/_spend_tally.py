"""What models of spend need to know of a customer base."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.model import exponent

from ._grouped import Int64Array, check_groups, digest_of, grouped, one_length, own_columns


@attrs.frozen(eq=False)
class SpendTally:
    """Customers grouped by how often they bought again and what they paid on those days.

    Tallies of disjoint customers add up exactly. Make one with `of` or with `Purchases.spend()`.

    Raises:
        InvalidArgument: the columns differ in length, hold something impossible, or are not sorted.
    """

    x: Int64Array
    """Days with purchases after the first; shape (n_rows,)."""
    total_minor: Int64Array
    """What was paid on those days in minor units of money; may be 0 or negative."""
    n: Int64Array
    """How many customers have exactly these."""
    currency: str
    """The ISO 4217 code of the money."""

    def __attrs_post_init__(self) -> None:
        exponent(self.currency)
        own_columns(self, ("x", "total_minor", "n"))
        _check_spend(self.x, self.total_minor)
        check_groups((self.x, self.total_minor), self.n)

    @classmethod
    def of(cls, x: npt.ArrayLike, total_minor: npt.ArrayLike, *, currency: str) -> Self:
        """The tally of customers one by one, in any order.

        Args:
            x: days with purchases after the first; whole numbers, 0 or more; shape (n_customers,).
            total_minor: what was paid on those days, in minor units; 0 where x is 0.
            currency: an ISO 4217 code.

        Raises:
            InvalidArgument: a customer is impossible, or there is no such currency.
        """
        columns = one_length(x=x, total_minor=total_minor)
        _check_spend(*columns)
        return cls._of_groups(grouped(columns, None), currency)

    @classmethod
    def _of_groups(cls, made: tuple[tuple[Int64Array, ...], Int64Array], currency: str) -> Self:
        (x, total_minor), n = made
        return cls(x, total_minor, n, currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """The tally of nobody."""
        return cls.of([], [], currency=currency)

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n.sum())

    @property
    def digest(self) -> str:
        """The SHA-256 of the columns and the currency: equal for equal customers, however they were split."""
        return digest_of(f"spend {self.currency}", (self.x, self.total_minor, self.n))

    def __len__(self) -> int:
        return len(self.x)

    def __add__(self, other: SpendTally) -> Self:
        """Both together.

        Raises:
            CurrencyMismatch: the currencies differ.
        """
        if not isinstance(other, SpendTally):
            return NotImplemented
        if other.currency != self.currency:
            raise CurrencyMismatch(
                f"one tally is in {self.currency}, the other in {other.currency}; convert one, or tally each alone"
            )
        x, total = np.concatenate([self.x, other.x]), np.concatenate([self.total_minor, other.total_minor])
        return self._of_groups(grouped((x, total), np.concatenate([self.n, other.n])), self.currency)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpendTally):
            return NotImplemented
        alike = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in ("x", "total_minor", "n"))
        return alike and self.currency == other.currency

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<SpendTally: {self.n_customers:,} customers in {len(self):,} rows, {self.currency}>"


def _check_spend(x: Int64Array, total_minor: Int64Array) -> None:
    checks = ((x < 0, "a negative x"), ((x == 0) & (total_minor != 0), "spend on repeat days, but no such day"))
    for bad, what in checks:
        if bad.any():
            row = int(np.argmax(bad))
            raise InvalidArgument(f"row {row} has {what} (x={x[row]}, total_minor={total_minor[row]}); mend it")
