"""What a buyer who may leave at any time does in the time to come: means, variances, chances, draws."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ._gauss import gauss
from ._negative_binomial import falling, log_chance

FloatArray: TypeAlias = npt.NDArray[np.float64]

_DROP = 40.0


@attrs.frozen(eq=False)
class Mortals:
    """Customers who are still there; arrays of one shape (n,)."""

    r: FloatArray
    """Shape of the rate of buying: r + x after x purchases."""
    alpha: FloatArray
    """Rate of that rate: alpha + T after the time T."""
    s: FloatArray
    """Shape of the rate of leaving."""
    beta: FloatArray
    """Rate of that rate: beta + T."""

    def mean(self, t: FloatArray) -> FloatArray:
        """Expected purchases within the time t."""
        length = np.log1p(t / self.beta)
        return self.r / self.alpha * self.beta * falling(self.s - 1, length)

    def variance(self, t: FloatArray) -> FloatArray:
        """The variance of the purchases within the time t."""
        length, mean = np.log1p(t / self.beta), self.mean(t)
        # The mean of the squared time that is left, up to t
        square = 2 * self.beta**2 * (falling(self.s - 2, length) - falling(self.s - 1, length))
        square = np.clip(square, 0, t * t)
        return np.asarray(np.maximum(self.r * (self.r + 1) / self.alpha**2 * square + mean - mean * mean, 0.0))

    def none(self, t: FloatArray) -> FloatArray:
        """The chance of no purchase within the time t."""
        return self.chance(np.zeros_like(t), t)

    def chance(self, n: FloatArray, t: FloatArray) -> FloatArray:
        """The chance of exactly n purchases within the time t: over the time of leaving, or never within t."""
        some = np.where(t > 0, t, 1.0)
        length = np.log1p(some / self.beta)
        stays = np.exp(-self.s * length + log_chance(n, self.r, some / self.alpha))
        last = np.minimum(length, _DROP / self.s)
        for node, weight in zip(*gauss(128), strict=True):
            y = last * node
            u = self.beta * np.expm1(y) / self.alpha
            stays += weight * last * self.s * np.exp(-self.s * y + log_chance(n, self.r, np.maximum(u, 1e-300)))
        return np.asarray(np.where(t > 0, stays, (n == 0) * 1.0))

    def discounted(self, rate: float, horizon: float | None) -> FloatArray:
        """Expected purchases to come, within a horizon if there is one, discounted at a continuous rate per unit."""
        far = min(_DROP / rate if rate > 0 else np.inf, np.inf if horizon is None else horizon)
        last = np.minimum(np.log1p(far / self.beta), _DROP / np.maximum(self.s - 1, 1e-9))
        total = np.zeros_like(last)
        for node, weight in zip(*gauss(96), strict=True):
            y = last * node
            total += weight * last * np.exp((1 - self.s) * y - rate * self.beta * np.expm1(y))
        return self.r / self.alpha * self.beta * total

    def draws(self, t: FloatArray, generator: np.random.Generator, n_draws: int) -> npt.NDArray[np.int64]:
        """Purchases within the time t, drawn; shape (n_draws, n)."""
        size = (n_draws, len(t))
        rate = generator.gamma(self.r, 1 / self.alpha, size)
        leaving = np.maximum(generator.gamma(self.s, 1 / self.beta, size), 1e-300)
        there = np.minimum(generator.exponential(1.0, size) / leaving, t)
        return generator.poisson(np.minimum(rate * there, 1e18))
