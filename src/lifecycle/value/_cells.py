"""Cells by cohort and age, and how they add up."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._grouped import Int64Array
from ._time_unit import DAYS_OF

FloatArray: TypeAlias = npt.NDArray[np.float64]

_EXACT = 2.0**53  # below it sums of whole numbers in floats are exact

Side: TypeAlias = tuple[tuple[str, ...], Int64Array, Int64Array]


def own_cells(triangle: Any, *names: str) -> None:
    """Put read-only copies of its cells into a frozen triangle.

    Raises:
        InvalidArgument: they do not fit the cohorts, which ascend, or the unit is unknown.
    """
    kind, keys = type(triangle).__name__, triangle.cohort_keys
    if triangle.unit not in DAYS_OF:
        raise InvalidArgument(f"{kind}: unit={triangle.unit!r} is unknown; give one of {', '.join(DAYS_OF)}")
    shapes = {np.shape(getattr(triangle, name)) for name in names}
    if len(shapes) != 1 or any(len(shape) != 2 or shape[0] != len(keys) for shape in shapes):
        raise InvalidArgument(f"{kind}: {len(keys)} cohorts, and cells of the shapes {sorted(shapes)}; use 'of'")
    if list(keys) != sorted(set(keys)):
        raise InvalidArgument(f"{kind}: cohorts {keys[:5]} do not ascend; use 'of'")
    for name in names:
        cells = np.array(getattr(triangle, name), np.int64)
        cells.flags.writeable = False
        object.__setattr__(triangle, name, cells)


def of_cohorts(cohorts: npt.ArrayLike) -> tuple[tuple[str, ...], Int64Array]:
    """The names of the cohorts, ascending, and the code of each row."""
    found, codes = np.unique(np.atleast_1d(np.asarray(cohorts)), return_inverse=True)
    keys, merged = np.unique(found.astype(str), return_inverse=True)
    return tuple(keys.tolist()), merged.astype(np.int64)[codes]


def sums_by(codes: Int64Array, values: Int64Array, n: int) -> Int64Array:
    """The sum of the values of each code, exact; shape (n,)."""
    largest = float(np.abs(values.astype(np.float64)).max(initial=0.0))
    if largest * len(values) < _EXACT:
        return np.bincount(codes, weights=values, minlength=n).astype(np.int64)
    total = np.zeros(n, np.int64)
    np.add.at(total, codes, values)
    return total


def joined(one: Side, other: Side) -> tuple[tuple[str, ...], Int64Array]:
    """The cohorts of both, and their cells added up; shape (2, n_cohorts, n_ages)."""
    keys = tuple(sorted({*one[0], *other[0]}))
    place = {key: row for row, key in enumerate(keys)}
    cells = np.zeros((2, len(keys), max(one[1].shape[1], other[1].shape[1])), np.int64)
    for names, *sides in (one, other):
        rows = np.array([place[name] for name in names], np.int64)
        for total, side in zip(cells, sides, strict=True):
            total[rows, : side.shape[1]] += side
    return keys, cells


def cells_equal(one: Any, other: Any) -> bool:
    """Whether all fields are equal, the arrays cell by cell."""
    names = [field.name for field in attrs.fields(type(one))]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def ratio(upper: Int64Array, lower: Int64Array) -> FloatArray:
    """One over the other; nan where the lower is 0."""
    return np.asarray(np.divide(upper, lower, out=np.full(upper.shape, np.nan), where=lower != 0), np.float64)
