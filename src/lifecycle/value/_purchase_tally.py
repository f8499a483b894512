"""What models of buying need to know of a customer base: customers grouped by the numbers that matter."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._grouped import Int64Array, check_groups, digest_of, flat, grouped, one_length, own_columns


@attrs.frozen(eq=False)
class PurchaseTally:
    """Customers grouped by how often they bought again, when last, and how long they are known.

    Tallies of disjoint customers add up exactly: any split of the customers gives the same tally, bit for bit, and
    so the same fit. Make one with `of` or with `Purchases.tally()`; the columns are sorted and hold each row once.

    Raises:
        InvalidArgument: the columns differ in length, hold something impossible, or are not sorted.
    """

    x: Int64Array
    """Days with purchases after the first; shape (n_rows,)."""
    last_days: Int64Array
    """Days from the first purchase to the last, `t_x` of the papers; 0 where x is 0."""
    age_days: Int64Array
    """Days from the first purchase to the end of the observation, `T` of the papers."""
    n: Int64Array
    """How many customers have exactly these."""

    def __attrs_post_init__(self) -> None:
        own_columns(self, ("x", "last_days", "age_days", "n"))
        _check_purchases(self.x, self.last_days, self.age_days)
        check_groups((self.x, self.last_days, self.age_days), self.n)

    @classmethod
    def of(cls, x: npt.ArrayLike, last_days: npt.ArrayLike, age_days: npt.ArrayLike) -> Self:
        """The tally of customers one by one, in any order.

        Args:
            x: days with purchases after the first; whole numbers, 0 or more; shape (n_customers,).
            last_days: days from the first purchase to the last; 0 where x is 0, else at least x.
            age_days: days from the first purchase to the end of the observation; at least `last_days`.

        Raises:
            InvalidArgument: a customer is impossible; the message names the row.
        """
        columns = one_length(x=x, last_days=last_days, age_days=age_days)
        _check_purchases(*columns)
        return cls(*flat(grouped(columns, None)))

    @classmethod
    def zero(cls) -> Self:
        """The tally of nobody."""
        return cls.of([], [], [])

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n.sum())

    @property
    def n_purchases(self) -> int:
        """How many days with purchases there are after the first ones: the sum of x over the customers."""
        return int(self.x @ self.n)

    def every(self, nth: int) -> Self:
        """Some of the rows, one in `nth`: enough to find where to begin a search."""
        return type(self)(self.x[::nth], self.last_days[::nth], self.age_days[::nth], self.n[::nth])

    @property
    def digest(self) -> str:
        """The SHA-256 of the columns: equal for equal customers, however they were split."""
        return digest_of("purchases", (self.x, self.last_days, self.age_days, self.n))

    def __len__(self) -> int:
        return len(self.x)

    def __add__(self, other: PurchaseTally) -> Self:
        if not isinstance(other, PurchaseTally):
            return NotImplemented
        columns = tuple(
            np.concatenate([getattr(side, name) for side in (self, other)]) for name in ("x", "last_days", "age_days")
        )
        return type(self)(*flat(grouped(columns, np.concatenate([self.n, other.n]))))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PurchaseTally):
            return NotImplemented
        return all(np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in _FIELDS)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return (
            f"<PurchaseTally: {self.n_customers:,} customers in {len(self):,} rows, {self.n_purchases:,} repeat days>"
        )


_FIELDS = attrs.fields(PurchaseTally)


def _check_purchases(x: Int64Array, last_days: Int64Array, age_days: Int64Array) -> None:
    checks = (
        ((x < 0) | (last_days < 0) | (age_days < 0), "something negative; days and counts start at 0"),
        (last_days > age_days, "a last purchase after the end of the observation; cut the purchases at the end"),
        ((x == 0) & (last_days > 0), "a later purchase without a repeat day; x counts days after the first"),
        (last_days < x, "more repeat days than days; merge the purchases of a day into one"),
    )
    for bad, what in checks:
        if bad.any():
            row = int(np.argmax(bad))
            found = f"x={x[row]}, last_days={last_days[row]}, age_days={age_days[row]}"
            raise InvalidArgument(f"{int(bad.sum())} of {len(x)} rows have {what} (first: row {row}, {found})")
