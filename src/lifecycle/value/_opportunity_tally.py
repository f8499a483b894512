"""What the model of buying at set opportunities needs to know: customers grouped by what they took of how many."""

from __future__ import annotations

from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._grouped import Int64Array, check_groups, digest_of, flat, grouped, one_length, own_columns
from ._time_unit import DAYS_OF, TimeUnit


@attrs.frozen(eq=False)
class OpportunityTally:
    """Customers grouped by how many opportunities they took, which one last, and how many they had.

    An opportunity is a yearly donation drive, a monthly mailing, a flight of each week: taken or not. The first
    purchase, which made the customer, is none. Tallies of disjoint customers add up exactly: any split gives the
    same tally, bit for bit, and so the same fit. Make one with `of`.

    Raises:
        InvalidArgument: the columns differ in length, hold something impossible, or are not sorted; no such unit.
    """

    x: Int64Array
    """Opportunities taken; shape (n_rows,)."""
    last: Int64Array
    """The last one taken, counted from 1; 0 where none was."""
    n_opportunities: Int64Array
    """Opportunities that there were."""
    n: Int64Array
    """How many customers have exactly these."""
    unit: TimeUnit = attrs.field(kw_only=True)
    """The time from one opportunity to the next."""

    def __attrs_post_init__(self) -> None:
        if self.unit not in DAYS_OF:
            raise InvalidArgument(f"OpportunityTally: unit={self.unit!r} is unknown; give one of {', '.join(DAYS_OF)}")
        own_columns(self, ("x", "last", "n_opportunities", "n"))
        check_opportunities(self.x, self.last, self.n_opportunities)
        check_groups((self.x, self.last, self.n_opportunities), self.n)

    @classmethod
    def of(
        cls,
        x: npt.ArrayLike,
        last: npt.ArrayLike,
        n_opportunities: npt.ArrayLike,
        *,
        unit: TimeUnit,
        weights: npt.ArrayLike | None = None,
    ) -> Self:
        """The tally of customers, in any order.

        Args:
            x: opportunities taken; shape (n,).
            last: the last one taken, counted from 1; 0 where none was.
            n_opportunities: opportunities that there were.
            unit: the time from one opportunity to the next.
            weights: how many customers each row stands for, whole numbers from 1; None: one each.

        Raises:
            InvalidArgument: a row is impossible (the message names it), or no such unit.
        """
        columns = one_length(x=x, last=last, n_opportunities=n_opportunities)
        check_opportunities(*columns)
        counts = None if weights is None else one_length(x=x, weights=weights)[1]
        if counts is not None and (counts < 1).any():
            row = int(np.argmax(counts < 1))
            raise InvalidArgument(f"OpportunityTally.of: weights has {counts[row]} in row {row}; leave the row out")
        return cls(*flat(grouped(columns, counts)), unit=unit)

    @classmethod
    def zero(cls, unit: TimeUnit) -> Self:
        """The tally of nobody."""
        return cls.of([], [], [], unit=unit)

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return int(self.n.sum())

    @property
    def digest(self) -> str:
        """The SHA-256 of the columns: equal for equal customers, however they were split."""
        return digest_of(f"opportunities\0{self.unit}", (self.x, self.last, self.n_opportunities, self.n))

    def __len__(self) -> int:
        return len(self.x)

    def __add__(self, other: OpportunityTally) -> Self:
        """Both together.

        Raises:
            InvalidArgument: their opportunities lie differently far apart.
        """
        if not isinstance(other, OpportunityTally):
            return NotImplemented
        if other.unit != self.unit:
            raise InvalidArgument(f"opportunities of each {self.unit} and each {other.unit} do not add up")
        x, last, n_opportunities, n = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("x", "last", "n_opportunities", "n")
        )
        return type(self)(*flat(grouped((x, last, n_opportunities), n)), unit=self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpportunityTally):
            return NotImplemented
        return self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        told = f"{self.n_customers:,} customers in {len(self):,} rows, {int(self.x @ self.n):,} taken, by {self.unit}"
        return f"<OpportunityTally: {told}>"


def check_opportunities(x: Int64Array, last: Int64Array, n_opportunities: Int64Array) -> None:
    """Look whether such customers can be.

    Raises:
        InvalidArgument: one cannot; the message names the first row.
    """
    checks = (
        ((x < 0) | (last < 0) | (n_opportunities < 0), "something negative; counts start at 0"),
        (last > n_opportunities, "a last opportunity taken after all there were; cut both at one moment"),
        ((x == 0) & (last > 0), "a last opportunity taken, and none taken; the first purchase is none"),
        (x > last, "more opportunities taken than there were by the last one; each counts once"),
    )
    for bad, what in checks:
        if bad.any():
            row = int(np.argmax(bad))
            found = f"x={x[row]}, last={last[row]}, n_opportunities={n_opportunities[row]}"
            raise InvalidArgument(f"{int(bad.sum())} of {len(x)} rows have {what} (first: row {row}, {found})")
