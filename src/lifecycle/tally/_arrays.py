"""The arrays of this room."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
NumberArray: TypeAlias = npt.NDArray[np.int64 | np.float64]
Bounds: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Value, lower and upper bound; nan where undefined."""
