"""Gauss's rule over the span from 0 to 1."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]


@cache
def gauss(n: int) -> tuple[FloatArray, FloatArray]:
    """The nodes and the weights, which sum to 1; read-only, computed once for each n."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    nodes, weights = (nodes + 1) / 2, weights / 2
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights
