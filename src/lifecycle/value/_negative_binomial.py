"""Counts of random buyers whose rates differ: the negative binomial distribution, without overflow."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.tally import log_gamma_rise

FloatArray: TypeAlias = npt.NDArray[np.float64]


def log_chance(n: FloatArray, r: FloatArray, u: FloatArray) -> FloatArray:
    """The logarithm of the chance of n purchases at a rate of Gamma(r, alpha) within the time u · alpha.

    Args:
        n: whole, 0 or more.
        r: above 0.
        u: above 0; all three broadcast.
    """
    chosen = log_gamma_rise(r, n) - log_gamma_rise(1.0, n)
    return np.asarray(chosen - r * np.log1p(u) - n * np.log1p(1 / u))


def falling(power: FloatArray, length: FloatArray) -> FloatArray:
    """The integral of exp(-power · y) for y from 0 to length, exact also where the power is near 0."""
    product = power * length
    near = np.abs(product) < 1e-8
    safe = np.where(near, 1.0, product)
    return np.asarray(length * np.where(near, 1 - product / 2, -np.expm1(-safe) / safe))
