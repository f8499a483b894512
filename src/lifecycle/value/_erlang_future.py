"""What a buyer with regular gaps, who may leave after each purchase, does in the time to come.

A gap has k stages, passed at random at the rate of the customer. With s as the k-th root of the chance to stay, the
sum over all purchases is one over the k roots of unity, each with its mean over the rate in closed form.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import beta_cdf, log_gamma_rise

from ._beta_mean import beta_mean
from ._gauss import gauss
from ._roots import OfRoots, pairs, purchases

FloatArray: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]

_LONG_TIME = 37.0


@attrs.frozen(eq=False)
class Regulars:
    """Customers who are still there; arrays of one shape (n,)."""

    k: int
    """Stages of a gap."""
    passed: FloatArray
    """How likely 0, …, k - 1 stages have passed since the last purchase; shape (k, n), sums to 1."""
    r: FloatArray
    """Shape of the rate of stages, when none has passed: r + k x."""
    alpha: FloatArray
    """Rate of that rate: alpha + T."""
    a: FloatArray
    """Of the chance to leave."""
    b: FloatArray
    """Of the chance to stay."""

    def mean(self, t: FloatArray) -> FloatArray:
        """Expected purchases within the time t; shape (n,)."""
        return self._over_stages(t, purchases, counts_first=True)

    def variance(self, t: FloatArray) -> FloatArray:
        """The variance of the purchases within the time t."""
        mean = self.mean(t)
        return np.asarray(np.maximum(self._over_stages(t, pairs, counts_first=False) + mean - mean * mean, 0.0))

    def _over_stages(self, t: FloatArray, ask: OfRoots, *, counts_first: bool) -> FloatArray:
        """The mean over the stages passed and over the chance to leave of what is asked."""
        u, total = t / self.alpha, np.zeros(len(t))
        for passed in range(self.k):
            r = self.r + passed

            def g(p: FloatArray, rows: Places, r: FloatArray = r, passed: int = passed) -> FloatArray:
                falls = -np.log1p(-np.minimum(p, 1 - 1e-15)) / self.k
                return ask(self.k, self.k - 1 - passed, falls, (r[rows], u[rows]))

            start = g(np.zeros((len(t), 1)), np.arange(len(t))[:, None])[:, 0]
            # Who leaves for certain still makes the next purchase.
            end = beta_cdf(u / (1 + u), self.k - passed, r) if counts_first else np.zeros_like(u)
            slope = (r + 1) * u / (2 * self.k)
            total += self.passed[passed] * beta_mean(g, self.a, self.b, start=start, slope=slope, end=end)
        return total

    def none(self, t: FloatArray) -> FloatArray:
        """The chance of no purchase within the time t."""
        return 1 - self._at_least(np.ones_like(t), t)

    def chance(self, n: FloatArray, t: FloatArray) -> FloatArray:
        """The chance of exactly n purchases within the time t."""
        return np.asarray(np.maximum(self._at_least(n, t) - self._at_least(n + 1, t), 0.0))

    def _at_least(self, n: FloatArray, t: FloatArray) -> FloatArray:
        """The chance of n purchases or more: so many stages in time, and no leaving before the last of them."""
        u, m = t / self.alpha, np.maximum(n, 1)
        stays = np.exp(log_gamma_rise(self.b, m - 1) - log_gamma_rise(self.a + self.b, m - 1))
        reached = np.zeros_like(u)
        for passed in range(self.k):
            reached += self.passed[passed] * beta_cdf(u / (1 + u), self.k * m - passed, self.r + passed)
        return np.asarray(np.where(n > 0, stays * reached, 1.0))

    def discounted(self, rate: float, horizon: float | None) -> FloatArray:
        """Expected purchases to come, within a horizon if there is one, discounted at a continuous rate per unit."""
        far = min(_LONG_TIME / rate if rate > 0 else np.inf, np.inf if horizon is None else horizon)
        last = np.log1p(far / self.alpha)
        total = np.exp(-rate * far) * self.mean(np.full(len(last), far))
        for node, weight in zip(*gauss(48), strict=True):
            y = last * node
            t = self.alpha * np.expm1(y)
            total += weight * last * (self.alpha + t) * rate * np.exp(-rate * t) * self.mean(t)
        return np.asarray(total)

    def draws(self, t: FloatArray, generator: np.random.Generator, n_draws: int) -> npt.NDArray[np.int64]:
        """Purchases within the time t, drawn; shape (n_draws, n)."""
        size = (n_draws, len(t))
        stage = (generator.random(size)[..., None] > np.cumsum(self.passed, axis=0).T[:, :-1]).sum(axis=-1)
        expected = generator.gamma(self.r + stage, 1 / self.alpha, size) * t
        wanted = (generator.poisson(np.minimum(expected, 1e18)) + stage) // self.k
        leave = np.clip(generator.beta(self.a, self.b, size), 1e-15, 1.0)
        return np.asarray(np.minimum(wanted, generator.geometric(leave)), np.int64)
