"""Quantiles: of the normal distribution, of Student's t, of a sample."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from ._arrays import FloatArray
from ._special import beta_cdf, log_beta

_MANY_DEGREES = 2000.0  # from here on the series errs by less than 1e-11


def normal_quantile(confidence: float) -> float:
    """How many standard deviations hold that share of a normal distribution, both sides."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def t_quantile(freedom: FloatArray, confidence: float) -> FloatArray:
    """The same for Student's t: within 1e-10 of the value.

    Args:
        freedom: degrees of freedom; below 1 counts as 1.
        confidence: in (0, 1).

    Source:
        Abramowitz and Stegun, 26.7.5 (series) and 26.7.1 with 26.5.27 (distribution), by Newton's method.
    """
    v = np.maximum(np.asarray(freedom, dtype=np.float64), 1)
    t = _t_series(v, normal_quantile(confidence))
    few = v < _MANY_DEGREES
    if np.any(few):
        t = np.array(t)
        t[few] = _t_of_few(v[few], confidence)
    return np.asarray(t)


def _t_of_few(v: FloatArray, confidence: float) -> FloatArray:
    """A value never depends on those that are asked beside it: the last bit of a vector may, by its length."""
    place = v.astype(np.int64)
    found = _t_table(confidence)[place]
    for odd in np.flatnonzero(place != v).tolist():
        found[odd] = _t_newton(v[odd : odd + 1], confidence)[0]
    return found


@lru_cache(maxsize=16)
def _t_table(confidence: float) -> FloatArray:
    """By whole degrees of freedom; place 0 is not used."""
    return np.concatenate([[np.nan], _t_newton(np.arange(1.0, _MANY_DEGREES), confidence)])


def _t_series(v: FloatArray, z: float) -> FloatArray:
    square = v * v  # products are the same bits in a vector and alone, powers are not
    series = z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * square)
    series = series + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * square * v)
    return series + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * square * square)


def _t_newton(v: FloatArray, confidence: float) -> FloatArray:
    """Newton's method on the logarithm of t for the logarithm of the tail, which is nearly straight in it."""
    log_tail, log_front = float(np.log1p(-confidence)), np.log(2.0) - 0.5 * np.log(v) - log_beta(v / 2, 0.5)
    one, two = np.tan(np.pi * confidence / 2), confidence * np.sqrt(2 / (1 - confidence**2))
    series = _t_series(v, normal_quantile(confidence))
    u = np.log(np.where(v < 2, one, np.where(v < 3, two, series)))
    for _ in range(60):
        square = np.exp(2 * u)
        # The smaller of the two shares is computed, never as 1 less the other: that would lose its digits.
        if confidence > 0.5:
            tail = beta_cdf(v / (v + square), v / 2, 0.5)
        else:
            tail = 1 - beta_cdf(square / (v + square), 0.5, v / 2)
        slope = np.exp(u + log_front - (v + 1) / 2 * np.log1p(square / v)) / np.maximum(tail, 1e-300)
        step = np.clip((np.log(np.maximum(tail, 1e-300)) - log_tail) / slope, -1, 1)
        u = u + step
        if np.all(np.abs(step) < 1e-12):
            break
    return np.asarray(np.exp(u))


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
