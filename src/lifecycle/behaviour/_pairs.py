"""Activity as pairs of customer and period, for as many periods as there are."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.log import TouchpointLog

from ._exact import read_only
from ._periods import Periods
from ._reading import stretches, wanted_kinds

Int64 = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Flows:
    """How many customers were active in each period, and since when; each of shape (n_periods,)."""

    active: Int64
    """Active in the period."""
    stayed: Int64
    """Active in it and in the one before it; 0 in the first."""
    began: Int64
    """Active in it and never before."""


@attrs.frozen(eq=False)
class PairActivity:
    """Activity as the distinct pairs (customer, place), ascending; place 0 is before the first period."""

    periods: Periods
    """The periods."""
    n_customers: int
    """How many customers there are, active or not."""
    customer: Int64
    """The customer of each pair; shape (n_pairs,)."""
    place: Int64
    """The place of each pair."""

    @property
    def _is_inside(self) -> BoolArray:
        return self.place > 0

    @property
    def _is_first(self) -> BoolArray:
        return np.append(True, self.customer[1:] != self.customer[:-1])[: len(self.customer)]

    def _counted(self, which: BoolArray) -> Int64:
        return np.bincount(self.place[which], minlength=len(self.periods) + 1)[1:].astype(np.int64)

    def flows(self, *, inside: bool = False) -> Flows:
        """As in `Activity`."""
        is_inside, first = self._is_inside, self._is_first
        follows = np.zeros(len(self.place), np.bool_)
        follows[1:] = (np.diff(self.place) == 1) & ~first[1:] & is_inside[:-1]
        if inside:  # also who follows on a pair before the first period
            first[1:] |= ~is_inside[:-1]
        return Flows(*(self._counted(which) for which in (is_inside, follows, first & is_inside)))

    def active_at(self, places: Int64) -> BoolArray:
        """As in `Activity`."""
        here = np.zeros(self.n_customers, np.bool_)
        here[self.customer[self.place == places[self.customer]]] = True
        return here

    def cohorts(self, *, recurring: bool, lasting: bool) -> Int64:
        """As in `Activity`."""
        first = np.flatnonzero(self._is_first)
        sizes = np.diff(np.append(first, len(self.place)))
        of_last = np.repeat(first + sizes - 1, sizes)
        if lasting:
            opening = np.flatnonzero(self._is_inside if recurring else self._is_first & self._is_inside)
            ends = self._cells(self.place[opening], self.place[of_last[opening]])
            return np.triu(np.cumsum(ends[:, ::-1], axis=1)[:, ::-1])
        if not recurring:
            opened = np.repeat(self.place[first], sizes)
            return self._cells(opened[opened > 0], self.place[opened > 0])
        return self._each_with_later(np.flatnonzero(self._is_inside), of_last)

    def _each_with_later(self, pairs: Int64, of_last: Int64) -> Int64:
        """Each pair as a cohort, with the k-th after it of the same customer, for all k."""
        found = np.zeros((len(self.periods),) * 2, np.int64)
        step = 0
        while len(pairs):
            found += self._cells(self.place[pairs], self.place[pairs + step])
            step += 1
            pairs = pairs[pairs + step <= of_last[pairs]]
        return found

    def _cells(self, opened: Int64, place: Int64) -> Int64:
        n = len(self.periods)
        flat = (opened - 1) * n + place - 1
        return np.bincount(flat, minlength=n * n).reshape(n, n).astype(np.int64)


def active_pairs(log: TouchpointLog, periods: Periods, kinds: Iterable[str] | None) -> PairActivity:
    """The distinct pairs of a log; arguments as in `activity`."""
    block = log.block(0, log.n_customers)
    wanted = wanted_kinds(block, kinds)
    customers, places = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    lookup = periods.lookup
    for part in stretches(block.starts) if len(periods) else ():
        rows = slice(part.row_low, part.row_high)
        place = lookup.find(block.at[rows]) + 1
        counts = place <= len(periods)
        if wanted is not None:
            counts &= wanted[block.kind[rows]]
        customer, place = part.customer_of_row()[counts], place[counts]
        is_new = np.ones(len(place), np.bool_)
        is_new[1:] = (place[1:] != place[:-1]) | (customer[1:] != customer[:-1])
        customers.append(customer[is_new].astype(np.int64) + part.low)
        places.append(place[is_new].astype(np.int64))
    pairs = (read_only(np.concatenate(column)) for column in (customers, places))
    return PairActivity(periods, log.n_customers, *pairs)
