"""Dated happenings of many customers, and which of them comes next."""

from __future__ import annotations

import attrs
import numpy as np

from ._checks import BoolArray, IntArray


@attrs.frozen(eq=False)
class Timeline:
    """Happenings by customer and time, each an int64 (customer, instant); several at one instant are kept."""

    customer: IntArray
    """Codes, ascending; shape (n_happenings,)."""
    at: IntArray
    """Microseconds, ascending within a customer; shape (n_happenings,)."""
    distinct: IntArray
    """The instants that occur, ascending."""
    key: IntArray
    """Customer and place of the instant in one number: binary search needs one array."""

    @classmethod
    def of(cls, customer: IntArray, at: IntArray) -> Timeline:
        """The happenings in order."""
        order = np.lexsort((at, customer))
        customer, at = customer[order], at[order]
        distinct = np.unique(at)
        return cls(customer, at, distinct, customer * (len(distinct) + 1) + np.searchsorted(distinct, at))

    def __len__(self) -> int:
        return len(self.at)

    def first(self, customer: IntArray, at: IntArray, *, after: bool) -> IntArray:
        """The place of each customer's first happening after an instant, or at it or after; -1 where there is none.

        Args:
            customer: codes, shape (n,).
            at: microseconds, shape (n,).
            after: only strictly after.
        """
        if not len(self):
            return np.full(len(customer), -1)
        place = np.searchsorted(self.distinct, at, side="right" if after else "left")
        place += customer * (len(self.distinct) + 1)
        found = np.searchsorted(self.key, place)
        same = self.customer[np.minimum(found, len(self) - 1)] == customer
        return np.where(same & (found < len(self)), found, -1)

    def n_absences(self, customer: IntArray, at: IntArray) -> int:
        """How many absences some instants lie in; between two happenings of a customer there is one.

        Args:
            customer: codes, shape (n,).
            at: microseconds, shape (n,).
        """
        return len(np.unique(np.stack([customer, self.first(customer, at, after=False)]), axis=1).T)

    def matches(self, customer: IntArray, at: IntArray) -> Matches:
        """What comes at or after an instant, for the rows whose customer has a happening at all.

        Args:
            customer: codes, shape (n,).
            at: microseconds, shape (n,).
        """
        rows = np.flatnonzero(np.isin(customer, self.customer))
        customer, at = customer[rows], at[rows]
        place = self.first(customer, at, after=False)
        is_at = (place >= 0) & (self.at[place] == at) if len(rows) else np.zeros(0, np.bool_)
        return Matches(rows, place, is_at)


@attrs.frozen(eq=False)
class Matches:
    """Rows, and the happenings of their customers."""

    rows: IntArray
    """The rows whose customer has one at any time, ascending; shape (n_matches,)."""
    place: IntArray
    """The place of the first happening at the instant or after; -1 where there is none; shape (n_matches,)."""
    is_at: BoolArray
    """Whether it is at exactly that instant; shape (n_matches,)."""
