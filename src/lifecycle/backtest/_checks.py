"""What the arrays of a back-test must be."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

DAY_US: Final = 86_400_000_000
_MOST_CODES = 2**31  # a code times a number of distinct instants then stays within int64
_MOST_US = 2**61  # an instant plus a horizon too


def _whole(values: Any, name: str) -> IntArray:
    array = np.asarray(values)
    if array.ndim != 1 or (array.dtype.kind not in "iu" and len(array)):
        raise InvalidArgument(
            f"{name}: an array of {array.dtype} with shape {array.shape}; give whole numbers in one dimension"
        )
    copy = array.astype(np.int64)
    copy.flags.writeable = False
    return copy


def codes(values: Any, name: str) -> IntArray:
    """Customer codes as a read-only copy."""
    array = _whole(values, name)
    if len(array) and not (array.min() >= 0 and array.max() < _MOST_CODES):
        raise InvalidArgument(
            f"{name}: codes from {array.min()} to {array.max()}; give positions of customers from 0 to below 2**31"
        )
    return array


def instants(values: Any, name: str) -> IntArray:
    """Instants in microseconds as a read-only copy."""
    array = _whole(values, name)
    if len(array) and not (array.min() > -_MOST_US and array.max() < _MOST_US):
        raise InvalidArgument(
            f"{name}: from {array.min()} to {array.max()}; give microseconds since 1970 UTC, and leave "
            "out what has no time"
        )
    return array


def instant(value: Any, name: str) -> int:
    """One instant in microseconds."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not -_MOST_US < value < _MOST_US:
        raise InvalidArgument(f"{name}={value!r} is no instant; give microseconds since 1970 UTC as a whole number")
    return int(value)


def same_length(left: npt.NDArray[Any], right: npt.NDArray[Any], names: str) -> None:
    """Refuse two arrays that should be columns of one table and are not."""
    if len(left) != len(right):
        raise InvalidArgument(f"{names}: {len(left)} and {len(right)} values; give one of each for every row")


def flags(values: Any, n_rows: int, name: str) -> BoolArray:
    """One flag for each row."""
    array = np.asarray(values)
    if array.dtype != np.bool_ or array.shape != (n_rows,):
        raise InvalidArgument(
            f"{name}: an array of {array.dtype} with shape {array.shape}; give {n_rows} flags (bool), one per moment"
        )
    return array


def scores(values: Any, n_rows: int, name: str) -> FloatArray:
    """One number for each row; nan is missing."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or array.shape != (n_rows,):
        raise InvalidArgument(
            f"{name}: an array of {array.dtype} with shape {array.shape}; give {n_rows} numbers, one per moment, "
            "nan where there is none"
        )
    return array.astype(np.float64)


def share(value: float, name: str) -> float:
    """A number above 0 and below 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise InvalidArgument(f"{name}={value!r} is not between 0 and 1; give 0.95 for 95 %")
    return float(value)


def common_codes(*columns: IntArray) -> tuple[list[IntArray], int]:
    """The codes so that counting by code needs no more memory than there are rows, and how many codes there are."""
    n_rows = sum(len(column) for column in columns)
    most = max((int(column.max()) for column in columns if len(column)), default=-1) + 1
    if most <= 4 * n_rows + 1_000_000:
        return list(columns), most
    distinct, places = np.unique(np.concatenate(columns), return_inverse=True)
    edges = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(places, edges), len(distinct)
