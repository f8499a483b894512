"""Gauss's hypergeometric function for the arguments that customer-base models give it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from ._arrays import FloatArray
from ._special import log_beta

_NEAR_ONE = 0.9
_MOST_TERMS = 100_000
_DROP = 42.0  # e^-42 is 6e-19: what is left out is below the last digit
_STEP = 0.22  # the trapezoid's error falls as exp(-2 pi^2 / step) while the nearest pole is pi away


def hyp2f1(a: ArrayLike, b: ArrayLike, c: ArrayLike, z: ArrayLike) -> FloatArray:
    """2F1(a, b; c; z) for 0 <= z < 1: the power series, and near 1 Euler's integral, whose terms are positive.

    Args:
        a: any real.
        b: any real; near 1 it is quick where c > b > 0 or c > a > 0.
        c: above 0.
        z: in [0, 1), as near to 1 as floats are.

    Returns:
        The broadcast shape; about 13 digits, fewer where the value is the difference of larger terms.

    Source:
        DLMF 15.2.1 (series) and 15.6.1 (integral, by the trapezoid rule in the logit of its variable).
    """
    a, b, c, z = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (a, b, c, z)))
    shape = z.shape
    a, b, c, z = (v.ravel() for v in (a, b, c, z))
    direct, turned = (c > b) & (b > 0), (c > a) & (a > 0)
    by_integral = (z > _NEAR_ONE) & (direct | turned)
    value = np.empty_like(z)
    rest = ~by_integral
    value[rest] = _series(a[rest], b[rest], c[rest], z[rest])
    first, second = np.where(direct, a, b), np.where(direct, b, a)
    for i in np.flatnonzero(by_integral):
        value[i] = _integral(float(first[i]), float(second[i]), float(c[i]), float(z[i]))
    return value.reshape(shape)


def _series(a: FloatArray, b: FloatArray, c: FloatArray, z: FloatArray) -> FloatArray:
    total, term = np.ones_like(z), np.ones_like(z)
    place: npt.NDArray[np.intp] = np.arange(len(z))
    value = np.ones_like(z)
    for n in range(_MOST_TERMS):
        if not len(place):
            break
        ratio = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        term = term * ratio
        total = total + term
        going = (np.abs(term) > 1e-17 * np.abs(total) * np.maximum(1 - np.abs(ratio), 1e-9)) | (np.abs(ratio) >= 1)
        going &= term != 0
        if n % 8 == 7 or not going.any():
            value[place] = total
            a, b, c, z, total, term = (v[going] for v in (a, b, c, z, total, term))
            place = place[going]
    value[place] = total
    return value


def _integral(a: float, b: float, c: float, z: float) -> float:
    """Euler's integral, c > b > 0: p = 1 / (1 + exp(-y)) makes it smooth, with exponential tails on both sides."""
    near, left = -float(np.log1p(-z)), b
    low = min(0.0, float(np.log(b / (c - b)))) - _DROP / left - max(a, 0.0)
    high = max(near, float(np.log(b / (c - b)))) + (_DROP + abs(a) * near) / (c - b)
    low, high = max(low, -3e4), min(high, 3e4)
    step = min(_STEP, 0.5 / np.sqrt(1 + min(b, c - b)))
    y = np.arange(low, high, step)
    soft = np.logaddexp(0, y)
    # 1 - z p = (1 + (1 - z) e^y) / (1 + e^y)
    log_terms = b * y - c * soft - a * (np.logaddexp(0, y - near) - soft)
    peak = float(log_terms.max())
    return float(np.exp(np.log(np.exp(log_terms - peak).sum() * step) + peak - float(log_beta(b, c - b))))
