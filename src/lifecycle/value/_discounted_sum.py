"""Sums of payments that grow rarer and are discounted, to the end of time or to a horizon."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from ._discount import Discount
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]
LogShare: TypeAlias = Callable[[FloatArray], FloatArray]

_HEAD: Final = 256  # terms that are added one by one before the rest is integrated
_MOST_AT_ONCE: Final = 1_000_000
_NEGLIGIBLE: Final = 1e-16
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
# Sum less integral from the same place on, by forward differences: the coefficients of Gregory.
_GREGORY: Final = (1 / 2, -1 / 12, 1 / 24, -19 / 720, 3 / 160, -863 / 60480)


def discounted_sum(log_share: LogShare, discount: Discount, unit: TimeUnit) -> FloatArray:
    """The discounted sum of shares at 0, 1, 2, … periods from now.

    Args:
        log_share: gives the logarithms of the shares, never rising, at any times of shape (k,), as shape (n, k).
        discount: rate, timing and horizon; a period that the horizon cuts counts by its part.
        unit: how long a period is.

    Returns:
        Shape (n,); about 12 digits.

    Source: direct terms, then Gregory's formula around Gauss-Legendre panels that double (DLMF 2.10, 3.5).
    """
    force, horizon = discount.per_unit(unit), discount.horizon_in(unit)
    late = np.exp(-force * discount.shift)
    if horizon is not None:
        return np.asarray(late * _to_horizon(log_share, force, horizon))
    return np.asarray(late * _for_ever(log_share, force))


def _to_horizon(log_share: LogShare, force: float, horizon: float) -> FloatArray:
    total = np.zeros(len(log_share(np.zeros(1))))
    step, end = max(_MOST_AT_ONCE // max(len(total), 1), 1), ceil(horizon)
    for first in range(0, end, step):
        times = np.arange(first, min(first + step, end), dtype=np.float64)
        total += _terms(log_share, force, times) @ np.minimum(horizon - times, 1.0)
    return total


def _for_ever(log_share: LogShare, force: float) -> FloatArray:
    total = _terms(log_share, force, np.arange(_HEAD, dtype=np.float64)).sum(axis=1)
    edge = float(_HEAD)
    near = _terms(log_share, force, edge + np.arange(len(_GREGORY), dtype=np.float64))
    # What comes after the edge is at most the term there over the force of interest.
    while (near[:, 0] > _NEGLIGIBLE * force * total).any():
        if edge == _HEAD:
            total += sum(c * np.diff(near, n=order)[:, 0] for order, c in enumerate(_GREGORY))
        total += _terms(log_share, force, edge * (1.5 + 0.5 * _NODES)) @ (0.5 * edge * _WEIGHTS)
        edge *= 2
        near = _terms(log_share, force, np.array([edge]))
    return np.asarray(total)


def _terms(log_share: LogShare, force: float, times: FloatArray) -> FloatArray:
    return np.asarray(np.exp(log_share(times) - force * times))
