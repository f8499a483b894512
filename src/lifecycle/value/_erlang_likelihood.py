"""The log-likelihood of buyers with regular gaps who may leave after each purchase, with its gradient."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._distinct import distinct_days, dot
from ._purchase_tally import PurchaseTally

FloatArray: TypeAlias = npt.NDArray[np.float64]


def stages(k: int, power: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How likely 0, …, k - 1 of the k stages of a gap have passed since the last purchase, up to a common factor.

    Args:
        k: stages of a gap.
        power: r + k x; shape (n,).
        share: (T - t_x) / (alpha + T); shape (n,).

    Returns:
        The likelihoods, shape (k, n), and their derivatives by `power` and by the logarithm of `share`, summed.
    """
    parts, slope = np.ones((k, len(power))), np.zeros(len(power))
    by_power, by_share = np.zeros(len(power)), np.zeros(len(power))
    for j in range(1, k):
        parts[j] = parts[j - 1] * share * (power + j - 1) / j
        slope += 1 / (power + j - 1)
        by_power += parts[j] * slope
        by_share += j * parts[j]
    return parts, by_power, by_share


@attrs.frozen(eq=False)
class ErlangRows:
    """Grouped customers as columns of one length, and the distinct numbers of purchases."""

    k: int
    x: FloatArray
    t_x: FloatArray
    age: FloatArray
    n: FloatArray
    some_x: FloatArray
    n_of_x: FloatArray

    @classmethod
    def of(cls, tally: PurchaseTally, days_per_unit: float, *, k: int) -> ErlangRows:
        """The rows of a tally, with time in units of so many days."""
        n = tally.n.astype(np.float64)
        some_x, x_of = distinct_days(tally.x)
        times = tally.last_days / days_per_unit, tally.age_days / days_per_unit
        return cls(k, tally.x.astype(np.float64), *times, n, some_x, np.bincount(x_of, n).astype(np.float64))

    def value_and_gradient(self, logs: FloatArray) -> tuple[float, FloatArray]:
        """The log-likelihood, less what no parameter changes, and its derivatives by log r, alpha, a and b.

        Source:
            Platzer and Reutterer (2016), Marketing Science 35, the MBG/CNBD-k; the largest power is taken out.
        """
        r, alpha, a, b = np.exp(logs).tolist()
        power, gap = r + self.k * self.x, self.age - self.t_x
        parts, by_power, by_share = stages(self.k, power, gap / (alpha + self.age))
        log_ratio = -np.log1p(gap / (alpha + self.t_x))
        silent = np.exp(power * log_ratio)
        left = a / (b + self.x)
        both = silent * parts.sum(axis=0) + left
        log_last = np.log1p(self.t_x / alpha)
        bought = self.k * dot(self.x, self.n)
        value, gradient = self._gamma_part(r, a, b)
        value += dot(self.n, np.log(both) - power * log_last) - bought * float(np.log(alpha))
        share, there = self.n / both, self.n * (both - left) / both
        to_last, to_age = self.t_x / (alpha + self.t_x), self.age / (alpha + self.age)
        by_r = dot(there, log_ratio) + dot(share, silent * by_power) - dot(self.n, log_last)
        by_alpha = dot(power, self.n * to_last + there * (to_age - to_last)) - bought
        by_alpha -= dot(share, silent * by_share * (1 - to_age))
        gone = self.n - there
        gradient += np.array([r * by_r, by_alpha, gone.sum(), -b * dot(gone, 1 / (b + self.x))])
        return value, gradient

    def _gamma_part(self, r: float, a: float, b: float) -> tuple[float, FloatArray]:
        bases, rises = np.array([[r], [b], [a + b]]), np.stack([self.k * self.some_x, self.some_x + 1, self.some_x + 1])
        logs = [dot(each, self.n_of_x) for each in log_gamma_rise(bases, rises)]
        slopes = [dot(each, self.n_of_x) for each in digamma_rise(bases, rises)]
        gradient = np.array([r * slopes[0], 0.0, -a * slopes[2], b * (slopes[1] - slopes[2])])
        return logs[0] + logs[1] - logs[2], gradient
