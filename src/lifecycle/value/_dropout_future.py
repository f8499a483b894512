"""What a buyer who may leave after each purchase does in the time to come: means, variances, chances, draws.

A customer who is still there buys at a rate distributed as Gamma(r, alpha) and leaves after each purchase with a chance
distributed as Beta(a, b); history only moves these four numbers.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import beta_cdf, log_beta

from ._beta_mean import beta_mean
from ._gauss import gauss
from ._negative_binomial import falling, log_chance

FloatArray: TypeAlias = npt.NDArray[np.float64]

_LONG = 0.9  # from here on the series is long, and the integral quicker
_MOST_TERMS = 2000
_LOST_DIGITS = 1e-4
_LONG_TIME = 37.0


@attrs.frozen(eq=False)
class Buyers:
    """Customers who are still there; arrays of one shape (n,)."""

    r: FloatArray
    """Shape of the rate: r + x after x purchases."""
    alpha: FloatArray
    """Rate of the rate: alpha + T after the time T."""
    a: FloatArray
    """Of the chance to leave."""
    b: FloatArray
    """Of the chance to stay: grows by one with each purchase that was survived."""

    def at(self, places: npt.NDArray[np.bool_]) -> Buyers:
        """Only some of them."""
        return Buyers(self.r[places], self.alpha[places], self.a[places], self.b[places])

    def mean(self, t: FloatArray) -> FloatArray:
        """Expected purchases within the time t; shape (n,).

        Source:
            Fader, Hardie and Lee (2005), equation 10, in Euler's form; by quadrature where that would lose digits.
        """
        u = t / self.alpha
        quick = (u < _LONG / (1 - _LONG)) & (self.a * np.log1p(u) < 30)
        quick &= (self.a + self.b - 1 - self.r) * u > -5  # else the series alternates
        value = np.zeros_like(u)
        value[quick], whole = self.at(quick)._mean_by_series(u[quick])
        quick[quick] = value[quick] > _LOST_DIGITS * whole
        slow = ~quick & (u > 0)
        value[slow] = self.at(slow)._mean_by_quadrature(u[slow])
        return value

    def _mean_by_series(self, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The mean, and the larger of the two terms whose difference it is."""
        z, length, c = u / (1 + u), np.log1p(u), self.a + self.b - 1
        front = falling(self.a - 1, length)
        term = (c - self.r) * z
        total = term.copy()
        for n in range(1, _MOST_TERMS):
            if not len(term) or not (np.abs(term) > 1e-17 * np.abs(total)).any():
                break
            term = term * ((self.a + n - 1) * (c - self.r + n) / ((c + n) * (n + 1)) * z)
            total += term
        return c * front - np.exp((1 - self.a) * length) * total, np.abs(c) * front

    def _mean_by_quadrature(self, u: FloatArray) -> FloatArray:
        def purchases(p: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
            return -np.expm1(-self.r[rows] * np.log1p(p * u[rows])) / p

        end = -np.expm1(-self.r * np.log1p(u))
        return beta_mean(purchases, self.a, self.b, start=self.r * u, slope=(self.r + 1) * u / 2, end=end)

    def variance(self, t: FloatArray) -> FloatArray:
        """The variance of the purchases within the time t, rate and chance being unknown too; shape (n,)."""
        u = t / self.alpha
        value = np.zeros_like(u)
        some = u > 0
        pairs, mean = self.at(some)._pairs(u[some]), self.mean(t)[some]
        value[some] = np.maximum(pairs + mean - mean * mean, 0.0)
        return value

    def _pairs(self, u: FloatArray) -> FloatArray:
        """The mean of N (N - 1): the second factorial moment of min(Poisson, geometric)."""

        def pairs(p: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
            r, q = self.r[rows], p * u[rows]
            length = np.log1p(q)
            # 1 - (1 + q)^-r (1 + r q / (1 + q)), which is about r (r + 1) q² / 2 where q is small
            exact = -np.expm1(-r * length) - r * q * np.exp(-(r + 1) * length)
            small = (r + 2) * q < 1e-4
            rough = 0.5 * r * (r + 1) * q * q * (1 - 2 * (r + 2) * q / 3)
            return 2 * (1 - p) * np.where(small, rough, exact) / (p * p)

        slope = 1 + 2 * (self.r + 2) * u / 3
        return beta_mean(pairs, self.a, self.b, start=self.r * (self.r + 1) * u * u, slope=slope, end=np.zeros_like(u))

    def flow(self, u: FloatArray) -> FloatArray:
        """The rate of purchases per unit at the time u · alpha from now; shape (n,)."""

        def rate(p: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
            return np.exp(-(self.r[rows] + 1) * np.log1p(p * u[rows]))

        power = self.r + 1
        mean = beta_mean(rate, self.a, self.b, start=np.ones_like(u), slope=power * u, end=np.exp(-power * np.log1p(u)))
        return self.r / self.alpha * mean

    def chance(self, n: FloatArray, t: FloatArray) -> FloatArray:
        """The chance of exactly n purchases within the time t; shape (n,).

        Source:
            Fader, Hardie and Lee (2005), equation 8; the sum over fewer purchases as an incomplete beta function.
        """
        u = t / self.alpha
        safe = np.where(u > 0, u, 1.0)
        stays = log_beta(self.a, self.b + n) - log_beta(self.a, self.b)
        value = np.exp(stays + log_chance(n, self.r, safe))
        some = n > 0
        leaves = log_beta(self.a[some] + 1, self.b[some] + n[some] - 1) - log_beta(self.a[some], self.b[some])
        value[some] += np.exp(leaves) * beta_cdf(safe[some] / (1 + safe[some]), n[some], self.r[some])
        return np.asarray(np.where(u > 0, value, (n == 0) * 1.0))

    def none(self, t: FloatArray) -> FloatArray:
        """The chance of no purchase within the time t; shape (n,)."""
        return np.asarray(np.exp(-self.r * np.log1p(t / self.alpha)))

    def discounted(self, rate: float, horizon: float | None) -> FloatArray:
        """Expected purchases to come, within a horizon if there is one, discounted at a continuous rate per unit."""
        far = _LONG_TIME / rate if rate > 0 else np.inf
        last = np.log1p(min(far, np.inf if horizon is None else horizon) / self.alpha)
        total = np.zeros_like(last)
        for node, weight in zip(*gauss(48), strict=True):
            y = last * node
            u = np.expm1(y)
            total += weight * last * self.alpha * np.exp(y - rate * self.alpha * u) * self.flow(u)
        return total

    def draws(self, t: FloatArray, generator: np.random.Generator, n_draws: int) -> npt.NDArray[np.int64]:
        """Purchases within the time t, drawn; shape (n_draws, n)."""
        size = (n_draws, len(t))
        expected = generator.gamma(self.r, 1 / self.alpha, size) * t
        wanted = generator.poisson(np.minimum(expected, 1e18))
        leave = np.clip(generator.beta(self.a, self.b, size), 1e-15, 1.0)
        return np.minimum(wanted, generator.geometric(leave)).astype(np.int64)
