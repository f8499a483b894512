"""Intervals of shares and of their ratio, where the rows of one customer hang together.

Everything is vectorised over leading dimensions, so that a sweep of thresholds costs one call.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from ._arrays import Bounds, FloatArray
from ._quantiles import normal_quantile, t_quantile
from ._shares import wilson

_LEAST_SIZE = 0.3  # of a sample of one or two customers: an interval that says that next to nothing is known
_FLAT = 1e-9  # sums of whole numbers are exact, their combination with a share is not


@attrs.frozen(eq=False)
class ClusteredCounts:
    """Counts of the customers, summed, and the sums of their products: all that the intervals need."""

    total: FloatArray
    """Sum of each count over the customers; shape (..., n_counts)."""
    product: FloatArray
    """Sum of the product of each pair of counts over the customers; shape (..., n_counts, n_counts)."""
    n_customers: FloatArray
    """How many customers have each count above 0; shape (..., n_counts)."""


def clustered_counts(counts: npt.NDArray[np.int64 | np.float64]) -> ClusteredCounts:
    """The sums of counts of shape (n_counts, n_customers)."""
    exact = counts.astype(np.float64)
    return ClusteredCounts(exact.sum(axis=1), exact @ exact.T, (counts > 0).sum(axis=1).astype(np.float64))


def share_of(sums: ClusteredCounts, top: int, bottom: int, confidence: float) -> Bounds:
    """One count as a share of another, with its interval.

    Wilson's interval for the number of independent rows that would scatter as much as the customers do; where every
    row is of another customer, that is the number of rows.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums.total[..., top] / sums.total[..., bottom]
        low, high = wilson(share, _effective_size(sums, top, bottom, confidence), confidence)
    return share, low, high


def _effective_size(sums: ClusteredCounts, top: int, bottom: int, confidence: float) -> FloatArray:
    """The linearised variance between customers as a sample size, shrunk for the few customers it comes from."""
    rows, customers = sums.total[..., bottom], sums.n_customers[..., bottom]
    share = sums.total[..., top] / rows
    squares = sums.product[..., top, top] + share**2 * sums.product[..., bottom, bottom]
    spread = squares - 2 * share * sums.product[..., top, bottom]
    variance = customers / (customers - 1) * spread / rows**2
    # Where all customers have one share, nothing tells how much they hang together: then each counts as one row.
    flat = spread <= _FLAT * squares
    size = np.where(flat, customers, np.minimum(share * (1 - share) / variance, rows))
    shrunk = size * (normal_quantile(confidence) / t_quantile(customers - 1, confidence)) ** 2
    return np.asarray(np.where(rows == customers, rows, np.maximum(shrunk, _LEAST_SIZE)))


def lift_of(sums: ClusteredCounts, confidence: float) -> Bounds:
    """The share of the first count in the second over the share of the third in the fourth, with its interval.

    On the log scale the distances to the bounds of both shares are put together, less what both owe to the same
    customers; so it stays honest where a share is 0 or 1.

    Source: the method of variance estimates recovery; Zou and Donner (2008), Statistics in Medicine 27.
    """
    upper, upper_low, upper_high = share_of(sums, 0, 1, confidence)
    lower, lower_low, lower_high = share_of(sums, 2, 3, confidence)
    both = _correlation(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = upper / lower
        down = _joined(np.log(upper / upper_low), np.log(lower_high / lower), both)
        up = _joined(np.log(upper_high / upper), np.log(lower / lower_low), both)
        low = np.where(upper == 0, 0, value * np.exp(-down))
        high = np.where(upper == 0, upper_high / lower, value * np.exp(up))
    defined = (lower > 0) & np.isfinite(value)
    return tuple(np.where(defined, bound, np.nan) for bound in (value, low, high))  # type: ignore[return-value]


def _joined(left: FloatArray, right: FloatArray, correlation: FloatArray) -> FloatArray:
    return np.sqrt(np.maximum(left**2 + right**2 - 2 * correlation * left * right, 0))


def _correlation(sums: ClusteredCounts) -> FloatArray:
    """How the logarithms of both shares go together from customer to customer."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = sums.product / (sums.total[..., :, None] * sums.total[..., None, :])
        upper, lower = np.array([1.0, -1, 0, 0]), np.array([0, 0, 1.0, -1])
        variances = (scaled @ upper @ upper) * (scaled @ lower @ lower)
        found = (scaled @ upper @ lower) / np.sqrt(variances)
    usable = np.isfinite(found) & (variances > 0)
    return np.asarray(np.where(usable, np.clip(found, -1, 1), 0))
