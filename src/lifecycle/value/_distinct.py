"""Distinct values and where they stand, so that costly functions are computed once for each; and sums over them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

_LONGEST_TABLE = 10_000_000


def dot(first: FloatArray, second: FloatArray) -> float:
    """The sum of products, by one thread: the same bits on every machine, and no waiting for busy cores."""
    return float(np.einsum("i,i->", first, second))


def distinct_days(days: npt.NDArray[np.int64]) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """The distinct values, ascending, and the place of each given value among them; days are never negative."""
    if not len(days) or int(days.max()) > _LONGEST_TABLE:
        values, places = np.unique(days, return_inverse=True)
        return values.astype(np.float64), places
    seen = np.zeros(int(days.max()) + 1, np.bool_)
    seen[days] = True
    places = np.cumsum(seen) - 1
    return np.flatnonzero(seen).astype(np.float64), places[days]


def distinct_rows(*columns: FloatArray) -> tuple[tuple[FloatArray, ...], npt.NDArray[np.intp]]:
    """The distinct rows of columns of one length, and the place of each given row among them."""
    key, n_columns = np.zeros(len(columns[0]), np.intp), 0
    for column in columns:
        if column.size and column[0] == column[-1] and (column == column[0]).all():
            continue
        distinct, place = np.unique(column, return_inverse=True)
        # The key is made dense again each time, so that it never grows beyond the square of the rows.
        key = np.unique(key * len(distinct) + place, return_inverse=True)[1] if n_columns else place
        n_columns += 1
    if not n_columns:
        return tuple(column[:1] for column in columns), key
    first = np.empty(int(key.max()) + 1, np.intp)
    first[key[::-1]] = np.arange(len(key))[::-1]
    return tuple(column[first] for column in columns), key
