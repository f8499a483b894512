"""Quantiles: of the normal distribution, of Student's t, of a sample."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from ._arrays import FloatArray


def normal_quantile(confidence: float) -> float:
    """How many standard deviations hold that share of a normal distribution, both sides."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def t_quantile(freedom: FloatArray, confidence: float) -> FloatArray:
    """The same for Student's t; exact for 1 and 2 degrees of freedom, within 1 % from 3 on.

    Source: Abramowitz and Stegun, 26.7.5.
    """
    z = normal_quantile(confidence)
    v = np.maximum(freedom, 1)
    series = z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
    series += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    one, two = np.tan(np.pi * confidence / 2), confidence * np.sqrt(2 / (1 - confidence**2))
    return np.asarray(np.where(v == 1, one, np.where(v == 2, two, series)))


def median_ranks(n: int, confidence: float) -> tuple[int, int] | None:
    """The places in ascending order, from 0, of the values that hold the median; None when n is too small.

    Exact: the number of values below the median is binomial with a half.
    """
    k = np.arange(n // 2)
    steps: FloatArray = np.log((n - k) / (k + 1.0))
    logs = np.concatenate([[0.0], np.cumsum(steps)]) - n * np.log(2)
    below = np.cumsum(np.exp(logs[: max(n // 2, 1)]))
    fits = np.flatnonzero(below <= (1 - confidence) / 2)
    return (int(fits[-1]), n - 1 - int(fits[-1])) if len(fits) and n > 1 else None
