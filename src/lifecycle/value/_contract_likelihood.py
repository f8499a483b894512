"""The likelihood of survivor tallies under any curve of survival, with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ._survivors import SurvivorTally

FloatArray: TypeAlias = npt.NDArray[np.float64]
Curve: TypeAlias = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""Gives the log of the share still there at ages of shape (n,), and its gradient of shape (k, n)."""


def likelihood(tally: SurvivorTally) -> Callable[[Curve], tuple[float, FloatArray]]:
    """The log-likelihood of a curve and its gradient, for that tally; the ages are prepared once."""
    lost, kept = tally.n_lost_by_age, tally.n_kept_by_age
    lost_at, kept_at = np.flatnonzero(lost), np.flatnonzero(kept)
    n_lost, n_kept = lost[lost_at].astype(np.float64), kept[kept_at].astype(np.float64)
    ages, place = np.unique(np.concatenate([lost_at, lost_at - 1, kept_at]), return_inverse=True)
    n = len(lost_at)
    at, before, end = place[:n], place[n : 2 * n], place[2 * n :]
    times = ages.astype(np.float64)

    def value_and_gradient(curve: Curve) -> tuple[float, FloatArray]:
        log_share, slope = curve(times)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = log_share[at] - log_share[before]
            value = n_lost @ (log_share[before] + np.log(-np.expm1(step))) + n_kept @ log_share[end]
            # Of those about to be lost: the odds to stay turn the slope of the step into that of its chance.
            turn = (slope[:, before] - slope[:, at]) / np.expm1(-step)
            gradient = (slope[:, before] + turn) @ n_lost + slope[:, end] @ n_kept
        return float(value), np.asarray(gradient)

    return value_and_gradient
