"""Equal rows as one row with a count: what makes the tallies of this room small and exact."""

from __future__ import annotations

from hashlib import sha256
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

Int64Array: TypeAlias = npt.NDArray[np.int64]

_KEY_LIMIT = 1 << 62


def whole_numbers(values: npt.ArrayLike, name: str) -> Int64Array:
    """The values as a new read-only int64 array of one dimension.

    Raises:
        InvalidArgument: some are no whole numbers, or there are more dimensions.
    """
    given = np.atleast_1d(np.asarray(values))
    if given.ndim != 1:
        raise InvalidArgument(f"{name!r} has the shape {given.shape}; give one number per customer")
    if given.dtype.kind == "f":
        bad = np.flatnonzero(~(np.isfinite(given) & (np.rint(given) == given) & (np.abs(given) < 2.0**53)))
        if len(bad):
            place = int(bad[0])
            raise InvalidArgument(f"{name!r} is no whole number in row {place} ({given[place]}); give counts and days")
    elif given.dtype.kind not in "iu" and len(given):
        raise InvalidArgument(f"{name!r} has values of type {given.dtype}; give whole numbers")
    made = given.astype(np.int64)
    made.flags.writeable = False
    return made


def grouped(columns: tuple[Int64Array, ...], counts: Int64Array | None) -> tuple[tuple[Int64Array, ...], Int64Array]:
    """The distinct rows in ascending order and how often each is there.

    Args:
        columns: of one length.
        counts: how often each row is there; None for once.

    Returns:
        The columns of the distinct rows, and their counts; new arrays.
    """
    if not len(columns[0]):
        return tuple(column.copy() for column in columns), np.empty(0, np.int64)
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if float(np.prod(np.array(spans, np.float64))) < _KEY_LIMIT:
        return _by_key(columns, counts, lows, spans)
    order = np.lexsort(columns[::-1])
    sorted_columns = [column[order] for column in columns]
    changed = np.ones(len(order), np.bool_)
    changed[1:] = np.any([column[1:] != column[:-1] for column in sorted_columns], axis=0)
    starts = np.flatnonzero(changed)
    return tuple(column[starts] for column in sorted_columns), _counted(starts, counts, order)


def _by_key(
    columns: tuple[Int64Array, ...], counts: Int64Array | None, lows: list[int], spans: list[int]
) -> tuple[tuple[Int64Array, ...], Int64Array]:
    """The same where a row fits into one number, whose sort is many times faster."""
    key = columns[0] - lows[0]
    for column, low, span in zip(columns[1:], lows[1:], spans[1:], strict=True):
        key *= span
        key += column - low
    order = None
    if counts is None:
        key.sort()
    else:
        order = np.argsort(key, kind="stable")
        key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    distinct, made = key[starts], []
    for low, span in zip(lows[:0:-1], spans[:0:-1], strict=True):
        made.append(distinct % span + low)
        distinct //= span
    made.append(distinct + lows[0])
    number = _counted(starts, counts, np.arange(len(key)) if order is None else order)
    return tuple(made[::-1]), number


def _counted(starts: npt.NDArray[np.intp], counts: Int64Array | None, order: npt.NDArray[np.intp]) -> Int64Array:
    if counts is None:
        return np.diff(starts, append=len(order)).astype(np.int64)
    return np.asarray(np.add.reduceat(counts[order], starts), np.int64)


def placed_rows(columns: tuple[Int64Array, ...]) -> tuple[tuple[Int64Array, ...], npt.NDArray[np.intp]]:
    """The distinct rows in ascending order, and the place of each given row among them."""
    if not len(columns[0]):
        return columns, np.empty(0, np.intp)
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if float(np.prod(np.array(spans, np.float64))) >= _KEY_LIMIT:
        found, place = np.unique(np.stack(columns), axis=1, return_inverse=True)
        return tuple(found), place.ravel()
    key = columns[0] - lows[0]
    for column, low, span in zip(columns[1:], lows[1:], spans[1:], strict=True):
        key = key * span + (column - low)
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return tuple(column[first] for column in columns), place


def flat(made: tuple[tuple[Int64Array, ...], Int64Array]) -> tuple[Int64Array, ...]:
    """The columns and the counts in one row."""
    return *made[0], made[1]


def own_columns(tally: object, names: tuple[str, ...]) -> None:
    """Put read-only copies of its columns into a frozen tally."""
    columns = one_length(**{name: getattr(tally, name) for name in names})
    for name, column in zip(names, columns, strict=True):
        object.__setattr__(tally, name, column)


def one_length(**columns: npt.ArrayLike) -> tuple[Int64Array, ...]:
    """The columns as whole numbers.

    Raises:
        InvalidArgument: they differ in length, or hold something else.
    """
    made = {name: whole_numbers(values, name) for name, values in columns.items()}
    lengths = {name: len(column) for name, column in made.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise InvalidArgument(f"the columns differ in length: {told}; give one number per customer in each")
    return tuple(made.values())


def check_groups(columns: tuple[Int64Array, ...], n: Int64Array) -> None:
    """Look whether the rows ascend and each stands for somebody.

    Raises:
        InvalidArgument: they do not.
    """
    if (n < 1).any():
        raise InvalidArgument(f"row {int(np.argmax(n < 1))} has no customers (n={int(n.min())}); leave it out")
    ascending = np.zeros(max(len(n) - 1, 0), np.bool_)
    for column in columns[::-1]:
        step = np.diff(column)
        ascending = (step > 0) | ((step == 0) & ascending)
    if not ascending.all():
        row = int(np.argmin(ascending)) + 1
        raise InvalidArgument(f"row {row} does not come after the row before it; make tallies with 'of'")


def digest_of(head: str, columns: tuple[Int64Array, ...]) -> str:
    """The SHA-256 of a text and of columns, the same on every machine."""
    made = sha256(head.encode())
    for column in columns:
        made.update(column.astype("<i8", copy=False).tobytes())
    return made.hexdigest()
