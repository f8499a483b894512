"""Sums without rounding: whole numbers of any size, so that any split of the customers gives the same bytes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

MICRO: Final = 1_000_000
"""Float results of models are kept as so many parts of one (S15)."""
_SAFE: Final = 2**62
_HALF: Final = 26  # bits: the low halves of 2**31 numbers still add up within int64
_LIMIT: Final = 2**53


def whole(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Values as int64.

    Args:
        values: integers or booleans of any shape.

    Raises:
        InvalidArgument: they are no whole numbers.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iub":
        if array.size:
            raise InvalidArgument(
                f"values of dtype {array.dtype} are no whole numbers; give minor units, or micro(values) for floats"
            )
        return np.zeros(array.shape, np.int64)
    return array.astype(np.int64)


def micro(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Float values as whole millionths, each rounded by itself (half to even), so that sums do not depend on order.

    Raises:
        InvalidArgument: a value is not finite, or reaches 2**53 millionths.
    """
    scaled = np.rint(np.asarray(values, np.float64) * MICRO)
    if not np.isfinite(scaled).all() or (np.abs(scaled) >= _LIMIT).any():
        raise InvalidArgument("values are not finite or reach 2**53 millionths; leave out what is missing")
    return scaled.astype(np.int64)


def exact_sum(values: npt.NDArray[Any]) -> int:
    """The sum of whole numbers; never overflows."""
    array = whole(values)
    if not array.size:
        return 0
    largest = max(-int(array.min()), int(array.max()))
    if largest * array.size < _SAFE:
        return int(array.sum())
    high = array >> _HALF
    return (int(high.sum()) << _HALF) + int((array - (high << _HALF)).sum())


def exact_dot(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> int:
    """The sum of the products of whole numbers, place by place; never overflows for magnitudes below 2**53."""
    one, other = whole(left), whole(right)
    if not one.size:
        return 0
    largest = max(-int(one.min()), int(one.max())) * max(-int(other.min()), int(other.max()))
    if largest * one.size < _SAFE:
        return int((one * other).sum())
    # Halves of at most 27 bits: their products stay below 2**54, and are summed exactly.
    one_high, other_high = one >> _HALF, other >> _HALF
    one_low, other_low = one - (one_high << _HALF), other - (other_high << _HALF)
    middle = exact_sum(one_high * other_low) + exact_sum(one_low * other_high)
    return (exact_sum(one_high * other_high) << 2 * _HALF) + (middle << _HALF) + exact_sum(one_low * other_low)
