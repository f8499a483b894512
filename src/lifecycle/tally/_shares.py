"""Intervals of a share, and of the difference of two."""

from __future__ import annotations

import numpy as np

from ._arrays import Bounds, FloatArray, NumberArray
from ._quantiles import normal_quantile


def wilson(share: FloatArray, size: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval of a share of that many; both may be any shape, the size any number above 0.

    Source: Wilson (1927), Journal of the American Statistical Association 22.
    """
    z2 = normal_quantile(confidence) ** 2
    middle = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    low = np.where(share == 0, 0, np.maximum(middle - half, 0))
    high = np.where(share == 1, 1, np.minimum(middle + half, 1))
    return low, high


def newcombe(
    hits: NumberArray, of: NumberArray, other_hits: NumberArray, other_of: NumberArray, confidence: float
) -> Bounds:
    """The difference of two independent shares with Newcombe's hybrid score interval.

    The distances from each share to the bounds of its Wilson interval, squared and added. Not symmetric, and never
    beyond -1 and 1.

    Args:
        hits: how many of the first sample.
        of: the size of the first sample.
        other_hits: how many of the second sample.
        other_of: the size of the second sample; all four of one shape.
        confidence: of the interval.

    Returns:
        First share less second share, lower and upper bound; nan where a sample is empty.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = np.true_divide(hits, of), np.true_divide(other_hits, other_of)
        low, high = wilson(one, np.asarray(of, np.float64), confidence)
        other_low, other_high = wilson(other, np.asarray(other_of, np.float64), confidence)
        value = one - other
        down = np.sqrt((one - low) ** 2 + (other_high - other) ** 2)
        up = np.sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return value, value - down, value + up
