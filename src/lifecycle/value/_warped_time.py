"""Time that runs faster or slower with age: t to the power of c, within what floats can hold."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

_MOST: Final = 300.0  # a logarithm of time beyond which no share is left to tell apart


def log_time(t: FloatArray) -> FloatArray:
    """The logarithm of t; 0 where t is 0, whose power has no slope."""
    return np.log(t, where=t > 0, out=np.zeros_like(t))


def warped(t: FloatArray, c: float) -> FloatArray:
    """T to the power of c; 0 stays 0.

    Args:
        t: 0 or more; any shape.
        c: above 0.
    """
    return np.where(t > 0, np.exp(np.minimum(c * log_time(t), _MOST)), 0.0)
