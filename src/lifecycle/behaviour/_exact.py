"""Whole numbers that stay whole: sums by group, and twelfths rounded once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
TWELFTHS: Final = 12
"""Recurring money is counted in twelfths of minor units, so that a yearly amount is whole a month (S13)."""
_EXACT: Final = 2**53


def summed(group: Int64, values: Int64, n_groups: int) -> Int64:
    """The sum of the values of each group; shape (n_groups,).

    Floats add whole numbers exactly below 2**53 and are faster; beyond, whole numbers are added one by one.
    """
    if float(np.abs(values.astype(np.float64)).sum()) < _EXACT / 2:
        return np.bincount(group, weights=values, minlength=n_groups).astype(np.int64)
    found = np.zeros(n_groups, np.int64)
    np.add.at(found, group, values)
    return found


def counted(group: Int64, n_groups: int) -> Int64:
    """How many are in each group; shape (n_groups,)."""
    return np.bincount(group, minlength=n_groups).astype(np.int64)


def rounded_minor(twelfths: Int64) -> Int64:
    """Twelfths of minor units as minor units, half to even."""
    whole, rest = np.divmod(twelfths, TWELFTHS)
    up = (rest > TWELFTHS // 2) | ((rest == TWELFTHS // 2) & (whole % 2 == 1))
    return np.asarray(whole + up, np.int64)


def read_only(values: npt.ArrayLike) -> Int64:
    """A copy that cannot be written to."""
    found = np.array(values, np.int64)
    found.flags.writeable = False
    return found
