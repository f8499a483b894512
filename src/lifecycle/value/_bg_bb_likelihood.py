"""How likely histories at set opportunities are: the sum over all moments at which a customer may have left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._grouped import Int64Array

FloatArray: TypeAlias = npt.NDArray[np.float64]

_MOST_AT_ONCE: Final = 1_000_000


@attrs.frozen(eq=False)
class Histories:
    """Distinct histories, prepared: those with equal x and number of opportunities share one row of terms.

    The term m of such a row is the chance of x taken among the first m opportunities in one order, and of having
    left right after the m-th, or for the last of being there at the end. A history is the sum of the terms from its
    last opportunity taken on: so one running sum over a row serves all histories of it.
    """

    last: Int64Array
    """The last opportunity taken, by history; shape (n_rows,)."""
    place: npt.NDArray[np.intp]
    """The row of terms of each history."""
    x: Int64Array
    """Opportunities taken, by row of terms."""
    n: Int64Array
    """Opportunities there were, by row of terms."""

    @classmethod
    def of(cls, x: Int64Array, last: Int64Array, n: Int64Array) -> Self:
        """The histories with these numbers; shapes (n_rows,)."""
        most = int(n.max(initial=0)) + 1
        rows, place = np.unique(x * most + n, return_inverse=True)
        return cls(last, place, rows // most, rows % most)

    def log_likelihood(self, parameters: FloatArray) -> FloatArray:
        """The log of the chance of each history; parameters are alpha, beta, gamma, delta; shape (n_rows,)."""
        value = np.empty(len(self.last))
        for block, mine in self._blocks():
            value[mine] = _later(block.terms(parameters))[self._at(block, mine)]
        return value

    def value_and_gradient(self, point: FloatArray, weights: FloatArray) -> tuple[float, FloatArray]:
        """The weighted sum of the logs, and its gradient by the logarithms of the parameters."""
        parameters = np.exp(point)
        value, gradient = 0.0, np.zeros(4)
        for block, mine in self._blocks():
            terms, at = block.terms(parameters), self._at(block, mine)
            found = _later(terms)[at]
            value += float(weights[mine] @ found)
            # A term counts in all histories of its row that end no later: each by its share of that history.
            asked = np.full(terms.shape, -np.inf)
            asked[at] = np.log(weights[mine]) - found
            gradient += block.slope(parameters, np.exp(terms + np.logaddexp.accumulate(asked, axis=1)))
        return value, gradient * parameters

    def _blocks(self) -> Iterator[tuple[_Block, Int64Array]]:
        step = max(_MOST_AT_ONCE // (int(self.n.max(initial=0)) + 1), 1)
        order = np.argsort(self.place, kind="stable")
        edges = np.searchsorted(self.place[order], np.arange(0, len(self.x) + step, step))
        for number, first in enumerate(range(0, len(self.x), step)):
            mine = order[edges[number] : edges[number + 1]]
            rows = slice(first, first + step)
            m = np.arange(int(self.last[mine].min()), int(self.n[rows].max()) + 1)
            yield _Block(first, self.x[rows, None], self.n[rows, None], m), mine

    def _at(self, block: _Block, mine: Int64Array) -> tuple[Int64Array, Int64Array]:
        return self.place[mine] - block.first, self.last[mine] - block.m[0]


@attrs.frozen(eq=False)
class _Block:
    """Some rows of terms."""

    first: int
    """The first row."""
    x: Int64Array
    """Opportunities taken; shape (n_rows, 1)."""
    n: Int64Array
    """Opportunities there were; shape (n_rows, 1)."""
    m: Int64Array
    """After how many opportunities the customer left, ascending without gaps."""

    def terms(self, parameters: FloatArray) -> FloatArray:
        """The logs of the terms; shape (n_rows, len(m)); -inf for terms that are not of the row."""
        alpha, beta, gamma, delta = parameters
        x, n, m = self.x, self.n, self.m
        taken = log_gamma_rise(alpha, x) - log_gamma_rise(alpha + beta, m)
        skipped = log_gamma_rise(beta, np.arange(int(m[-1] - x.min()) + 1))[np.maximum(m - x, 0)]
        left = np.log(gamma) + log_gamma_rise(delta, m) - log_gamma_rise(gamma + delta, m + 1)
        there = log_gamma_rise(delta, m) - log_gamma_rise(gamma + delta, m)
        value = taken + skipped + np.where(m < n, left, there)
        return np.asarray(np.where((m >= x) & (m <= n), value, -np.inf))

    def slope(self, parameters: FloatArray, counts: FloatArray) -> FloatArray:
        """The sum of the slopes of the terms by the parameters, each term as often as it counts."""
        alpha, beta, gamma, delta = parameters
        x, n, m = self.x, self.n, self.m
        by_m, left = counts.sum(axis=0), np.where(m < n, counts, 0.0).sum(axis=0)
        both = by_m @ digamma_rise(alpha + beta, m)
        leave = left @ digamma_rise(gamma + delta, m + 1) + (by_m - left) @ digamma_rise(gamma + delta, m)
        skipped = digamma_rise(beta, np.arange(int(m[-1] - x.min()) + 1))[np.maximum(m - x, 0)]
        return np.array(
            [
                counts.sum(axis=1) @ digamma_rise(alpha, x[:, 0]) - both,
                float((counts * skipped).sum()) - both,
                left.sum() / gamma - leave,
                by_m @ digamma_rise(delta, m) - leave,
            ]
        )


def _later(terms: FloatArray) -> FloatArray:
    """The log of the sum of each term and all after it, row by row."""
    return np.asarray(np.logaddexp.accumulate(terms[:, ::-1], axis=1)[:, ::-1])
