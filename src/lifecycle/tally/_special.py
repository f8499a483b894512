"""Special functions over arrays, by numpy alone: gamma, beta and hypergeometric functions of positive arguments."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._arrays import FloatArray

_SHIFT = 10
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_TRIGAMMA = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_HALF_LOG_TAU = 0.5 * float(np.log(2 * np.pi))


def _positive(x: ArrayLike) -> FloatArray:
    return np.asarray(x, dtype=np.float64)


def _raised(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where x is small: x and ten more; where the asymptotic series serves already: nothing to undo, and x."""
    return np.where(x < _SHIFT, x, np.inf), np.where(x < _SHIFT, x + _SHIFT, x)


def _series(coefficients: tuple[float, ...], y: FloatArray) -> FloatArray:
    """The sum of c_k / y^(2k), k from 0."""
    inverse = 1 / (y * y)
    total = np.full_like(y, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * inverse + c
    return total


def _stirling(y: FloatArray) -> FloatArray:
    return _series(_STIRLING, y) / y


def log_gamma(x: ArrayLike) -> FloatArray:
    """The logarithm of the gamma function.

    Args:
        x: above 0, any shape.

    Returns:
        The same shape; the error is a few units of the last place of max(1, the magnitude of the value).

    Source:
        Abramowitz and Stegun, 6.1.15 (ten steps up) and 6.1.41 (Stirling).
    """
    x = _positive(x)
    small, y = _raised(x)
    low = np.where(np.isinf(small), 1.0, small)
    product = low.copy()
    for j in range(1, _SHIFT):
        product *= low + j
    lowered = np.where(np.isinf(small), 0.0, np.log(product))
    return np.asarray((y - 0.5) * np.log(y) - y + _HALF_LOG_TAU + _stirling(y) - lowered)


def digamma(x: ArrayLike) -> FloatArray:
    """The derivative of `log_gamma`.

    Args:
        x: above 0, any shape.

    Source:
        Abramowitz and Stegun, 6.3.5 and 6.3.18.
    """
    small, y = _raised(_positive(x))
    steps = np.zeros_like(y)
    for j in range(_SHIFT):
        steps += 1 / (small + j)
    return np.asarray(np.log(y) - 0.5 / y - _series(_DIGAMMA, y) / (y * y) - steps)


def trigamma(x: ArrayLike) -> FloatArray:
    """The derivative of `digamma`.

    Args:
        x: above 0, any shape.

    Source:
        Abramowitz and Stegun, 6.4.6 and 6.4.12.
    """
    small, y = _raised(_positive(x))
    steps = np.zeros_like(y)
    for j in range(_SHIFT):
        steps += (small + j) ** -2.0
    return np.asarray(1 / y + 0.5 / (y * y) + _series(_TRIGAMMA, y) / y**3 + steps)


def log_gamma_rise(a: ArrayLike, n: ArrayLike) -> FloatArray:
    """log_gamma(a + n) - log_gamma(a), exact to the last digits also where the two are large and nearly equal.

    Args:
        a: above 0, to 1e12 and more.
        n: 0 or above, whole or not; broadcast against `a`.

    Returns:
        The broadcast shape; 0 where n is 0.
    """
    a, n = np.broadcast_arrays(_positive(a), _positive(n))
    small, y = _raised(a)
    lowered = np.ones_like(y)
    for j in range(_SHIFT):
        lowered *= 1 + n / (small + j)
    up = (y - 0.5) * np.log1p(n / y) + n * (np.log(y + n) - 1) + (_stirling(y + n) - _stirling(y))
    return np.asarray(up - np.log(lowered))


def digamma_rise(a: ArrayLike, n: ArrayLike) -> FloatArray:
    """digamma(a + n) - digamma(a): the derivative of `log_gamma_rise` by a, as exact."""
    a, n = np.broadcast_arrays(_positive(a), _positive(n))
    small, y = _raised(a)
    lowered = np.zeros_like(y)
    for j in range(_SHIFT):
        lowered += (n / (small + j)) / (small + j + n)
    top = y + n
    up = np.log1p(n / y) + 0.5 * n / y / top
    return np.asarray(up + _series(_DIGAMMA, y) / (y * y) - _series(_DIGAMMA, top) / (top * top) + lowered)


def log_beta(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """The logarithm of the beta function, without cancellation where one or both arguments are large.

    Args:
        a: above 0.
        b: above 0; broadcast against `a`.
    """
    a, b = np.broadcast_arrays(_positive(a), _positive(b))
    low, high = np.minimum(a, b), np.maximum(a, b)
    usual = log_gamma(low) - log_gamma_rise(high, low)
    y, z = np.maximum(low, _SHIFT), np.maximum(high, _SHIFT)
    ratio = y / (y + z)
    both = _HALF_LOG_TAU - 0.5 * np.log(z) + (y - 0.5) * np.log(ratio) + z * np.log1p(-ratio)
    both += _stirling(y) + _stirling(z) - _stirling(y + z)
    return np.asarray(np.where(low >= _SHIFT, both, usual))


def beta_cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> FloatArray:
    """The share of a beta distribution below x: the regularised incomplete beta function.

    Args:
        x: in [0, 1].
        a: above 0.
        b: above 0; all three are broadcast.

    Source:
        DLMF 8.17.22, the continued fraction, taken on the side of the mean where it runs fast.
    """
    x, a, b = np.broadcast_arrays(_positive(x), _positive(a), _positive(b))
    swap = x > (a + 1) / (a + b + 2)
    left, p, q = np.where(swap, 1 - x, x), np.where(swap, b, a), np.where(swap, a, b)
    inside = np.clip(left, 1e-300, 1 - 1e-16)
    front = np.exp(p * np.log(inside) + q * np.log1p(-inside) - log_beta(p, q)) / p
    share = np.where(left <= 0, 0.0, front * _fraction(inside, p, q))
    return np.asarray(np.where(swap, 1 - share, share))


def _fraction(x: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Lentz's evaluation of the continued fraction of the incomplete beta function."""
    tiny = 1e-300
    d = 1 - (a + b) * x / (a + 1)
    d = 1 / np.where(np.abs(d) < tiny, tiny, d)
    c, value = np.ones_like(d), d.copy()
    for m in range(1, 20_000):
        step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        change = np.ones_like(d)
        for s in (step, -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 + s * d, 1 + s / c
            d, c = 1 / np.where(np.abs(d) < tiny, tiny, d), np.where(np.abs(c) < tiny, tiny, c)
            change = c * d
            value = value * change
        if np.all(np.abs(change - 1) < 1e-15):
            break
    return value
