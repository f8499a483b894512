"""The beta-geometric/beta-Bernoulli model: customers who take opportunities, each one or not, until they leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import log_gamma_rise

from ._bg_bb_likelihood import Histories
from ._contractual import checked_from, known_unit, positive
from ._discount import Discount
from ._discounted_sum import discounted_sum
from ._distinct import distinct_rows
from ._fit import Fit, fit_of, not_empty
from ._grouped import Int64Array, whole_numbers
from ._maximise import maximise
from ._opportunity_tally import OpportunityTally, check_opportunities
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


@attrs.frozen
class BgBb:
    """Who is there takes each opportunity with a chance of his own, and leaves before each with another (BG/BB).

    Both chances are beta distributed over customers. In all methods x is the number of opportunities taken, t_x the
    last one taken (0 for none) and n how many there were; whole numbers, broadcast.

    Source: Fader, Hardie and Shang (2010), Marketing Science 29.
    """

    alpha: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to take an opportunity; its mean is alpha ÷ (alpha + beta)."""
    beta: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to take an opportunity."""
    gamma: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave; its mean is gamma ÷ (gamma + delta)."""
    delta: float = attrs.field(validator=positive)
    """Of the beta distribution of the chance to leave."""
    unit: TimeUnit = attrs.field(validator=known_unit)
    """The time from one opportunity to the next."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return {"alpha": self.alpha, "beta": self.beta, "gamma": self.gamma, "delta": self.delta}

    @classmethod
    def fit(cls, tally: OpportunityTally) -> Fit[Self]:
        """The model of greatest likelihood.

        Args:
            tally: the customers; its unit becomes that of the model.

        Raises:
            InvalidArgument: the tally has no customers.
        """
        not_empty(tally)
        histories = Histories.of(tally.x, tally.last, tally.n_opportunities)
        weights = tally.n.astype(np.float64)
        maximum = maximise(lambda point: histories.value_and_gradient(point, weights), np.zeros(4))
        alpha, beta, gamma, delta = np.exp(maximum.point).tolist()
        return fit_of(cls(alpha, beta, gamma, delta, tally.unit), maximum, tally)

    def log_likelihood(self, tally: OpportunityTally) -> float:
        """The log-likelihood of a tally."""
        histories = Histories.of(tally.x, tally.last, tally.n_opportunities)
        return float(tally.n @ histories.log_likelihood(self._point()))

    def p_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> FloatArray:
        """The chance to be there at the next opportunity, n + 1.

        Raises:
            InvalidArgument: an impossible history; so for all methods that take one.
        """
        now = self._now(x, t_x, n)
        return now.told(now.there * (self.delta + now.n) / (self.gamma + self.delta + now.n))

    def expected_purchases(self, t: npt.ArrayLike) -> FloatArray:
        """The expected number taken by a new customer of the next t opportunities.

        Args:
            t: whole numbers from 0; any shape.
        """
        asked = _counts(t, "t")
        summed = np.append(0.0, np.cumsum(np.exp(self._log_stay(0.0, np.arange(1, int(asked.max(initial=0)) + 1)))))
        return np.asarray(self.alpha / (self.alpha + self.beta) * summed[asked])

    def purchase_probability(self, x: npt.ArrayLike, n: int) -> FloatArray:
        """The chance that a new customer takes exactly x of the next n opportunities.

        Args:
            x: whole numbers from 0; any shape; the chance is 0 above n.
            n: how many opportunities.
        """
        asked, total = _counts(x, "x")[..., None], int(_counts(n, "n"))
        m = np.arange(total + 1)
        rest = np.maximum(m - asked, 0)
        orders = log_gamma_rise(rest + 1, np.minimum(asked, m)) - log_gamma_rise(1.0, asked)
        leave = np.where(m < total, np.log(self.gamma / (self.gamma + self.delta + m)), 0.0)
        terms = orders + _log_taken(self.alpha, self.beta, asked, asked + rest) + self._log_stay(0.0, m) + leave
        return np.asarray(np.exp(np.where(m >= asked, terms, -np.inf)).sum(axis=-1))

    def conditional_purchases(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, t: int) -> FloatArray:
        """The expected number that a customer takes of the next t opportunities."""
        now = self._now(x, t_x, n)
        return now.told(now.there * now.rate * self._stays(now, t).sum(axis=1))

    def predictive_variance(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, t: int) -> FloatArray:
        """The variance of the number that a customer takes of the next t opportunities, parameters taken as known."""
        now = self._now(x, t_x, n)
        stays = self._stays(now, t)
        mean = now.there * now.rate * stays.sum(axis=1)
        square = now.rate * (now.take + 1) / (now.take + now.skip + 1)
        pairs = now.there * square * (2 * np.arange(stays.shape[1]) * stays).sum(axis=1)
        return now.told(np.maximum(pairs + mean - mean**2, 0.0))

    def p_no_purchase(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, t: int) -> FloatArray:
        """The chance that a customer takes none of the next t opportunities."""
        now = self._now(x, t_x, n)
        skip, made, m = now.skip[:, None], now.n[:, None], np.arange(int(_counts(t, "t")) + 1)
        none = log_gamma_rise(skip, m) - log_gamma_rise(now.take[:, None] + skip, m) + self._log_stay(made, m)
        leave = np.where(m < m[-1], self.gamma / (self.gamma + self.delta + made + m), 1.0)
        return now.told(1 - now.there + now.there * (np.exp(none) * leave).sum(axis=1))

    def discounted_purchases(
        self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, discount: Discount
    ) -> FloatArray:
        """The discounted number of opportunities that a customer will take (DERT).

        Args:
            x: opportunities taken.
            t_x: the last one taken.
            n: how many there were.
            discount: with timing 'end' the next opportunity is one period away: the convention of the paper. With
                'start' it is now.
        """
        now = self._now(x, t_x, n)
        distinct, place = np.unique(now.n, return_inverse=True)
        total = discounted_sum(lambda k: self._log_stay(distinct[:, None], k + 1), discount, self.unit)
        return now.told(now.there * now.rate * total[place])

    def draw_future(
        self,
        x: npt.ArrayLike,
        t_x: npt.ArrayLike,
        n: npt.ArrayLike,
        t: int,
        generator: np.random.Generator,
        n_draws: int,
    ) -> Int64Array:
        """Draws of the number that each customer takes of the next t opportunities; shape (n_draws, n_customers)."""
        now, most = self._now(x, t_x, n), int(_counts(t, "t"))
        there, take, skip, made = (part[now.place] for part in (now.there, now.take, now.skip, now.n))
        shape = (n_draws, len(there))
        chance, leave = generator.beta(take, skip, shape), generator.beta(self.gamma, self.delta + made, shape)
        # A chance to leave that is 0 in floats is of one who outlives any t.
        stays = np.minimum(generator.geometric(np.maximum(leave, 1e-18)) - 1, most)
        return np.asarray(generator.binomial(np.where(generator.random(shape) < there, stays, 0), chance), np.int64)

    def _point(self) -> FloatArray:
        return np.array([self.alpha, self.beta, self.gamma, self.delta])

    def _now(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> _Now:
        columns = np.broadcast_arrays(_counts(x, "x"), _counts(t_x, "t_x"), _counts(n, "n"))
        taken, last, made = (column.ravel() for column in columns)
        check_opportunities(taken, last, made)
        place = np.zeros(len(made), np.intp)
        if len(made):
            rows, place = distinct_rows(*(column.astype(np.float64) for column in (taken, last, made)))
            taken, last, made = (row.astype(np.int64) for row in rows)
        alive = _log_taken(self.alpha, self.beta, taken, made) + self._log_stay(0.0, made)
        there = np.exp(np.minimum(alive - Histories.of(taken, last, made).log_likelihood(self._point()), 0.0))
        take, skip = (np.asarray(part, np.float64) for part in (self.alpha + taken, self.beta + (made - taken)))
        return _Now(there, take, skip, made.astype(np.float64), place, columns[0].shape)

    def _log_stay(self, made: FloatArray | float, k: npt.ArrayLike) -> FloatArray:
        """The log of the chance of who is there after some opportunities to be there k later."""
        return log_gamma_rise(self.delta + made, k) - log_gamma_rise(self.gamma + self.delta + made, k)

    def _stays(self, now: _Now, t: int) -> FloatArray:
        """The chance of who is there now to be there at each of the next t opportunities."""
        made, place = np.unique(now.n, return_inverse=True)
        return np.asarray(np.exp(self._log_stay(made[:, None], np.arange(1, int(_counts(t, "t")) + 1)))[place])


@attrs.frozen(eq=False)
class _Now:
    """What is known of distinct histories; shape (n_rows,)."""

    there: FloatArray
    """The chance to be there after the last opportunity."""
    take: FloatArray
    """Of the beta distribution of the chance to take one, given the history."""
    skip: FloatArray
    """Of the same."""
    n: FloatArray
    """Opportunities there were."""
    place: npt.NDArray[np.intp]
    """The row of each customer."""
    shape: tuple[int, ...]
    """How the customers were given."""

    @property
    def rate(self) -> FloatArray:
        """The mean chance to take an opportunity while there."""
        return np.asarray(self.take / (self.take + self.skip))

    def told(self, values: FloatArray) -> FloatArray:
        """The values of the rows for each customer, as they were given."""
        return np.asarray(values[self.place].reshape(self.shape))


def _log_taken(alpha: float, beta: float, x: Int64Array, m: Int64Array) -> FloatArray:
    """The log of the chance to take x of m opportunities, in one order, while there."""
    rest = log_gamma_rise(beta, m - x)
    return log_gamma_rise(alpha, x) + rest - log_gamma_rise(alpha + beta, m)


def _counts(values: npt.ArrayLike, name: str) -> Int64Array:
    """Whole numbers from 0, in their shape."""
    given = checked_from(values, name, 0)
    return whole_numbers(given.ravel(), name).reshape(given.shape)
