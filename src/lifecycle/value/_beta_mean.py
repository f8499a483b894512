"""The mean of a smooth falling function over a beta distribution, however narrow or skewed that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.tally import log_beta, log_gamma_rise

FloatArray: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]
OfChance: TypeAlias = Callable[[FloatArray, Places], FloatArray]

_N_NODES = 160
_DROP = 37.0  # e^-37 is below the last digit
_CHUNK = 4096


def beta_mean(
    g: OfChance,
    a: FloatArray,
    b: FloatArray,
    *,
    start: FloatArray,
    slope: FloatArray,
    end: FloatArray,
) -> FloatArray:
    """The mean of g(p) for p ~ Beta(a, b), for each of many beta distributions.

    What g does near 0 and 1, where tiny a and b pile up all of the weight, is taken out in closed form: its value
    at 0 as start · (1 - p)^slope and its value at 1 as end · p². The rest is integrated over the logit of p by the
    trapezoid rule, which errs less than any power of its step.

    Args:
        g: of p, shape (m, nodes), and of the places of the m distributions, shape (m, 1); falls from `start` to `end`.
        a: shape (n,), above 0.
        b: shape (n,), above 0.
        start: g(0), above 0.
        slope: how fast g falls at 0: -g'(0) / g(0).
        end: g(1).
    """
    value = np.empty(len(a))
    with np.errstate(under="ignore"):
        for first in range(0, len(a), _CHUNK):
            part = slice(first, first + _CHUNK)
            rows = np.arange(first, min(first + _CHUNK, len(a)))[:, None]
            value[part] = _mean_of_chunk(g, rows, (a[part], b[part]), (start[part], slope[part], end[part]))
    return value


def _mean_of_chunk(
    g: OfChance,
    rows: Places,
    shape: tuple[FloatArray, FloatArray],
    known: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    (a, b), (start, slope, end) = shape, known
    steep = np.maximum(slope, 1.0)
    low, high = _range(a, b, steep)
    step = (high - low) / (_N_NODES - 1)
    y = low[:, None] + step[:, None] * np.arange(_N_NODES)
    soft = np.logaddexp(0, y)
    p, log_left = np.exp(y - soft), -soft
    weight = np.exp(a[:, None] * (y - soft) + b[:, None] * log_left - log_beta(a, b)[:, None])
    rest = g(p, rows) - start[:, None] * np.exp(steep[:, None] * log_left) - end[:, None] * p * p
    closed = start * np.exp(log_gamma_rise(b, steep) - log_gamma_rise(a + b, steep))
    total = a + b
    return np.asarray(closed + end * (a / total) * ((a + 1) / (total + 1)) + step * (weight * rest).sum(axis=1))


def _range(a: FloatArray, b: FloatArray, steep: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Outside of it the weight times what is left of the function is nothing."""
    mode, widths = np.log(a) - np.log(b), np.sqrt(2 * _DROP / a) + np.sqrt(2 * _DROP / b)
    low = np.maximum(mode - _DROP / a - widths, np.minimum(mode, -np.log(steep)) - _DROP / (a + 1) - 3)
    high = np.minimum(mode + _DROP / b + widths, np.maximum(mode, 0.0) + _DROP / (b + 1) + 3)
    return low, np.maximum(high, low + 1e-3)
