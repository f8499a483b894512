"""The likelihood of buyers who may leave at any time, by quadrature over the time of leaving; with its gradient.

A customer is still there, or left at some time y after the last purchase. So it is a sum of two positive terms, the
second an integral over y; hypergeometric functions, which lose their digits here, are not needed.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import digamma_rise, log_gamma_rise

from ._distinct import distinct_days, dot
from ._gauss import gauss
from ._purchase_tally import PurchaseTally

FloatArray: TypeAlias = npt.NDArray[np.float64]

_DROP = 40.0
_CHUNK = 4096
_NODES = ((3.0, 20), (10.0, 40), (np.inf, 96))


@attrs.frozen(eq=False)
class Silence:
    """What the time since the last purchase says, relative to the likelihood of the purchases; shape (n,).

    `left` is the sum over the times at which the customer may have left, `stayed` the chance of silence in staying.
    The others are the same sum over log((alpha + y) / (alpha + t_x)), the same with beta, 1 / (alpha + y) and
    1 / (beta + y), from which the gradient is made.
    """

    stayed: FloatArray
    left: FloatArray
    by_alpha_log: FloatArray
    by_beta_log: FloatArray
    by_alpha: FloatArray
    by_beta: FloatArray


def silence(power: FloatArray, t_x: FloatArray, age: FloatArray, rest: tuple[float, float, float]) -> Silence:
    """The two terms of the likelihood, each above 0, and what their derivatives need.

    Args:
        power: r + x.
        t_x: age at the last purchase.
        age: age now.
        rest: alpha, s and beta.
    """
    alpha, s, beta = rest
    low = min(alpha, beta)
    length = np.log1p((age - t_x) / (low + t_x))
    # Nothing is left of the integrand beyond the first of these.
    slope = (
        s + power * (low + t_x) / (alpha + t_x) if beta <= alpha else power - 1 + (s + 1) * (low + t_x) / (beta + t_x)
    )
    length = np.minimum(length, np.where(slope > 0, _DROP / np.maximum(slope, 1e-300), np.inf))
    longest = float(length.max()) if len(length) else 0.0
    n_nodes = next(n for most, n in _NODES if longest <= most)
    nodes, weights = gauss(n_nodes)
    columns = np.empty((6, len(power)))
    ratio = (age - t_x) / (alpha + t_x), (age - t_x) / (beta + t_x)
    columns[0] = np.exp(-power * np.log1p(ratio[0]) - s * np.log1p(ratio[1]))
    for first in range(0, len(power), _CHUNK):
        part = slice(first, first + _CHUNK)
        columns[1:, part] = _left(power[part], t_x[part], length[part], rest, (nodes[:, None], weights))
    return Silence(*columns)


def _left(
    power: FloatArray,
    t_x: FloatArray,
    length: FloatArray,
    rest: tuple[float, float, float],
    rule: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """The integral over y in the logarithm of the smaller of alpha + y and beta + y, in which it has no near pole."""
    alpha, s, beta = rest
    from_alpha, from_beta = alpha + t_x, beta + t_x
    y = length * rule[0]
    if beta <= alpha:
        later = from_beta * np.expm1(y)
        log_alpha, log_beta = np.log1p(later / from_alpha), y
        by_alpha, by_beta = 1 / (from_alpha + later), np.exp(-y) / from_beta
        value = np.exp(-power * log_alpha - s * y)
    else:
        later = from_alpha * np.expm1(y)
        log_alpha, log_beta = y, np.log1p(later / from_beta)
        by_alpha, by_beta = np.exp(-y) / from_alpha, 1 / (from_beta + later)
        value = np.exp((1 - power) * y - s * log_beta) * (from_alpha * by_beta)
    value *= s * length
    sums = [np.einsum("j,ji->i", rule[1], value)]
    sums += [np.einsum("j,ji,ji->i", rule[1], value, each) for each in (log_alpha, log_beta, by_alpha, by_beta)]
    return np.array(sums)


@attrs.frozen(eq=False)
class ParetoRows:
    """Grouped customers as columns of one length, and the distinct numbers of purchases."""

    x: FloatArray
    t_x: FloatArray
    age: FloatArray
    n: FloatArray
    some_x: FloatArray
    n_of_x: FloatArray

    @classmethod
    def of(cls, tally: PurchaseTally, days_per_unit: float) -> ParetoRows:
        """The rows of a tally, with time in units of so many days."""
        n = tally.n.astype(np.float64)
        some_x, x_of = distinct_days(tally.x)
        times = tally.last_days / days_per_unit, tally.age_days / days_per_unit
        return cls(tally.x.astype(np.float64), *times, n, some_x, np.bincount(x_of, n).astype(np.float64))

    def value_and_gradient(self, logs: FloatArray) -> tuple[float, FloatArray]:
        """The log-likelihood and its derivatives by the logarithms of r, alpha, s and beta.

        Source:
            Schmittlein, Morrison and Colombo (1987); Fader and Hardie (2005), note on its derivation, equation 16,
            before the integral over the time of leaving is solved.
        """
        r, alpha, s, beta = np.exp(logs).tolist()
        power = r + self.x
        found = silence(power, self.t_x, self.age, (alpha, s, beta))
        both = found.stayed + found.left
        share = self.n / both
        stayed = found.stayed * share
        log_alpha, log_beta = np.log1p(self.t_x / alpha), np.log1p(self.t_x / beta)
        value = dot(self.n, np.log(both) - power * log_alpha - s * log_beta - self.x * np.log(alpha))
        value += dot(log_gamma_rise(r, self.some_x), self.n_of_x)
        gap = self.age - self.t_x
        to_alpha = dot(stayed, np.log1p(gap / (alpha + self.t_x))) + dot(share, found.by_alpha_log)
        to_beta = dot(stayed, np.log1p(gap / (beta + self.t_x))) + dot(share, found.by_beta_log)
        # power · alpha · (1 / alpha - 1 / (alpha + y)): the end of the rate's integral, over all y
        at_alpha = self.n - alpha * (stayed / (alpha + self.age) + share * found.by_alpha)
        at_beta = self.n - beta * (stayed / (beta + self.age) + share * found.by_beta)
        gradient = [
            r * (dot(digamma_rise(r, self.some_x), self.n_of_x) - to_alpha - dot(self.n, log_alpha)),
            dot(power, at_alpha) - dot(self.n, self.x),
            dot(share, found.left) - s * (to_beta + dot(self.n, log_beta)),
            float(s * at_beta.sum()) - beta * dot(share, found.by_beta),
        ]
        return value, np.array(gradient)
