"""What the columns of measuring must be, and how their rows are told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import moment_us

IntColumn: TypeAlias = npt.NDArray[np.int64]
BoolColumn: TypeAlias = npt.NDArray[np.bool_]
Column: TypeAlias = npt.NDArray[Any]
NOT_REACHED: Final = -1
"""In place of the instant of a goal: it was not reached."""


def column(values: Any) -> Column:
    """A read-only copy of a column.

    Raises:
        InvalidArgument: it has more than one dimension.
    """
    copy = np.array(values)
    if copy.ndim != 1:
        raise InvalidArgument(f"a column has shape {copy.shape}; give one value for each row")
    copy.flags.writeable = False
    return copy


def optional_column(values: Any) -> Any:
    """A read-only copy of a column, or None."""
    return None if values is None else column(values)


def whole(values: Any) -> IntColumn:
    """Whole numbers.

    Raises:
        InvalidArgument: they are none.
    """
    found = column(values)
    if len(found) and found.dtype.kind not in "iu":
        raise InvalidArgument(f"an array of {found.dtype}; give whole numbers")
    return _sealed(found.astype(np.int64))


def flags(values: Any) -> BoolColumn:
    """Flags.

    Raises:
        InvalidArgument: they are none.
    """
    found = column(values)
    if len(found) and found.dtype != np.bool_:
        raise InvalidArgument(f"is_holdout is an array of {found.dtype}; give flags (bool)")
    return _sealed(found.astype(bool))


def instants(values: Any) -> IntColumn:
    """Instants as microseconds since 1970-01-01 UTC; NaT is `NOT_REACHED`.

    Raises:
        InvalidArgument: they are neither whole numbers, nor `datetime64`, nor aware datetimes.
    """
    found = column(values)
    if found.dtype == object and all(isinstance(value, datetime) for value in found):
        return _sealed(np.array([moment_us(value) for value in found], np.int64))
    if found.dtype.kind != "M":
        return whole(found)
    return _sealed(np.where(np.isnat(found), NOT_REACHED, found.astype("M8[us]").view(np.int64)))


def _sealed(values: Column) -> Column:
    values.flags.writeable = False
    return values


def one_length(columns: Any) -> None:
    """Refuse columns of several lengths."""
    named = {field.name: getattr(columns, field.name) for field in attrs.fields(type(columns))}
    lengths = {name: len(values) for name, values in named.items() if isinstance(values, np.ndarray)}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise InvalidArgument(f"{type(columns).__name__}: columns of several lengths ({told}); give one value per row")


def in_range(values: IntColumn, n_places: int, name: str) -> None:
    """Refuse places beyond a tuple."""
    if len(values) and not 0 <= int(values.min()) <= int(values.max()) < n_places:
        raise InvalidArgument(
            f"{name} goes from {values.min()} to {values.max()}; give places from 0 to {n_places - 1}"
        )


def codes_of(*columns: Column) -> list[IntColumn]:
    """Values as numbers from 0, equal where the values are equal, over all columns.

    Raises:
        InvalidArgument: some columns hold numbers and others texts.
    """
    kinds = {"number" if values.dtype.kind in "iu" else "text" for values in columns if len(values)}
    if len(kinds) > 1:
        raise InvalidArgument("customers: some columns hold numbers and others texts; give codes or ids in all of them")
    filled = [values for values in columns if len(values)]
    if all((values == filled[0][0]).all() for values in filled):  # sorting texts is slow, and most have no occasion
        return [np.zeros(len(values), np.int64) for values in columns]
    _, found = np.unique(np.concatenate(filled), return_inverse=True)
    edges = np.cumsum([len(values) for values in columns])[:-1]
    return list(np.split(found.astype(np.int64), edges))


def together(*columns: IntColumn) -> IntColumn:
    """Rows as numbers from 0, equal where all columns are equal."""
    order = np.lexsort(columns)
    found = np.zeros(len(order), np.int64)
    if len(order):
        differs = np.zeros(len(order) - 1, bool)
        for values in columns:
            differs |= np.diff(values[order]) != 0
        found[order[1:]] = np.cumsum(differs)
    return found
