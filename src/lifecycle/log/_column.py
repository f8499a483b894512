"""One input column, whatever it came from, in one of six forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._text import Text

Mask = npt.NDArray[np.bool_]
Rows: TypeAlias = npt.NDArray[np.integer] | npt.NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@attrs.frozen(eq=False)
class Numbers:
    """Numbers of one numpy type; NaN is read as missing."""

    values: npt.NDArray[np.generic]
    """Integers, floats or booleans; shape (rows,)."""
    valid: Mask | None
    """Where there is a value; None for everywhere."""

    def __len__(self) -> int:
        return len(self.values)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        if self.values.dtype.kind != "f":
            return self.valid
        known = ~np.isnan(self.values)
        known = known if self.valid is None else known & self.valid
        return None if known.all() else known

    def keep(self, rows: Rows) -> Numbers:
        """The column of some rows."""
        return Numbers(self.values[rows], _kept(self.valid, rows))

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        return [self.values[row].item() if _has(self.valid, row) else None for row in rows]


@attrs.frozen(eq=False)
class Decimals:
    """Exact decimals: whole numbers and where their point stands."""

    values: npt.NDArray[np.int64]
    """The numbers without their point; shape (rows,)."""
    scale: int
    """How many digits stand behind the point."""
    valid: Mask | None
    """Where there is a value; None for everywhere."""

    def __len__(self) -> int:
        return len(self.values)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        return self.valid

    def keep(self, rows: Rows) -> Decimals:
        """The column of some rows."""
        return Decimals(self.values[rows], self.scale, _kept(self.valid, rows))

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        return [Decimal(int(self.values[i])).scaleb(-self.scale) if _has(self.valid, i) else None for i in rows]


@attrs.frozen(eq=False)
class Times:
    """Times as counts of a unit since 1970."""

    values: npt.NDArray[np.int64]
    """Counts; the smallest int64 is missing; shape (rows,)."""
    unit: str
    """`D`, `s`, `ms`, `us` or `ns`."""
    valid: Mask | None
    """Where there is a value; None for everywhere."""
    aware: bool = attrs.field(default=False, kw_only=True)
    """Whether the counts are of UTC; else of a wall clock that the caller names."""

    def __len__(self) -> int:
        return len(self.values)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        lowest = np.iinfo(np.int64).min
        if not len(self.values) or int(self.values.min()) != lowest:
            return self.valid
        known = self.values != lowest
        return np.asarray(known if self.valid is None else known & self.valid)

    def keep(self, rows: Rows) -> Times:
        """The column of some rows."""
        return Times(self.values[rows], self.unit, _kept(self.valid, rows), aware=self.aware)

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        known = self.present()
        return [self._one(int(self.values[row])) if _has(known, row) else None for row in rows]

    def _one(self, value: int) -> object:
        try:
            if self.unit == "D":
                return date.fromordinal(value + date(1970, 1, 1).toordinal())
            seconds, rest = divmod(value, _UNITS_PER_SECOND[self.unit])
            micros = rest * 10**6 // _UNITS_PER_SECOND[self.unit]
            moment = _EPOCH + timedelta(seconds=seconds, microseconds=micros)
        except (OverflowError, ValueError):
            return value
        return moment if self.aware else moment.replace(tzinfo=None)


@attrs.frozen(eq=False)
class Texts:
    """Texts as bytes."""

    text: Text
    """The texts; those of missing rows are not read."""
    valid: Mask | None
    """Where there is a value; None for everywhere."""

    def __len__(self) -> int:
        return len(self.text)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        return self.valid

    def keep(self, rows: Rows) -> Texts:
        """The column of some rows."""
        return Texts(self.text.take(rows), _kept(self.valid, rows))

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        return [self.text.one(row) if _has(self.valid, row) else None for row in rows]


@attrs.frozen(eq=False)
class Coded:
    """A dictionary or categorical column: each row points into a short column of values."""

    codes: npt.NDArray[np.integer]
    """Rows of `book`; negative for missing; shape (rows,)."""
    book: Column
    """The values; may hold some twice, some never used, and missing ones."""

    def __len__(self) -> int:
        return len(self.codes)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        known = self.codes >= 0
        in_book = self.book.present()
        if in_book is not None:
            # One more entry, so that the code -1 reads "missing".
            known = np.append(in_book, False)[self.codes]
        return None if known.all() else known

    def keep(self, rows: Rows) -> Coded:
        """The column of some rows."""
        return Coded(self.codes[rows], self.book)

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        codes = [int(self.codes[row]) for row in rows]
        return [self.book.pick([code])[0] if code >= 0 else None for code in codes]


@attrs.frozen(eq=False)
class Objects:
    """Python values of mixed types; None, NaN, NaT and NA are missing."""

    values: npt.NDArray[np.object_]
    """The values, None where missing; shape (rows,)."""

    def __len__(self) -> int:
        return len(self.values)

    def present(self) -> Mask | None:
        """Where there is a value, or None for everywhere."""
        known = np.fromiter((value is not None for value in self.values), np.bool_, len(self.values))
        return None if known.all() else known

    def keep(self, rows: Rows) -> Objects:
        """The column of some rows."""
        return Objects(self.values[rows])

    def pick(self, rows: Sequence[int]) -> list[object]:
        """The values of some rows as Python values."""
        return [self.values[row] for row in rows]


Column: TypeAlias = Numbers | Decimals | Times | Texts | Coded | Objects


def _kept(valid: Mask | None, rows: Rows) -> Mask | None:
    return None if valid is None else valid[rows]


def _has(valid: Mask | None, row: int) -> bool:
    return valid is None or bool(valid[row])


def of_array(array: npt.NDArray[np.generic], name: str) -> Column:
    """The column of a numpy array.

    Raises:
        InvalidArgument: it has more than one dimension, or a type that no column can have.
    """
    if array.ndim != 1:
        raise InvalidArgument(f"column {name!r} has {array.ndim} dimensions; pass one value per row")
    if isinstance(array, np.ma.MaskedArray):
        inner, mask = of_array(np.asarray(array.data), name), np.ma.getmaskarray(array)
        if isinstance(inner, Objects):
            inner.values[mask] = None
            return inner
        return inner if isinstance(inner, Coded) else attrs.evolve(inner, valid=~mask)
    kind = array.dtype.kind
    if kind in "biu":
        return Numbers(array, None)
    if kind == "f":
        return Numbers(array if array.dtype.itemsize in (4, 8) else array.astype(np.float64), None)
    if kind == "M":
        return _of_datetimes(array)
    if kind == "S":
        return Texts(Text.of_fixed(array.view(np.ndarray)), None)
    if kind == "U":
        return _of_characters(array)
    if kind in "OT":
        return of_values(array.tolist(), name)
    raise InvalidArgument(
        f"column {name!r} has the type {array.dtype}, which is neither number, text nor time; convert it"
    )


def _of_datetimes(array: npt.NDArray[np.generic]) -> Times:
    moments: Any = array.dtype
    unit, step = np.datetime_data(moments)
    if step != 1 or unit not in ("D", "s", "ms", "us", "ns"):
        unit = "us"
        array = array.astype("M8[us]")
    return Times(array.view(np.int64), unit, None)


def _of_characters(array: npt.NDArray[np.generic]) -> Texts:
    """Texts of four bytes per character, taken to one where all are ASCII: numpy's encoder is slow."""
    width = array.dtype.itemsize // 4
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    points = native.view(np.uint32)
    if width and int(points.max(initial=0)) < 0x80:
        return Texts(Text.of_fixed(points.astype(np.uint8).view(f"S{width}")), None)
    return Texts(Text.of(native.tolist()), None)


def of_values(values: Sequence[object], name: str) -> Column:
    """The column of Python values, in the narrowest form that holds them all."""
    plain = [None if _is_missing(value) else value for value in values]
    types = set(map(type, plain)) - {type(None)}
    known = np.fromiter((value is not None for value in plain), np.bool_, len(plain))
    valid = None if known.all() else known
    if types == {str}:
        return Texts(Text.of([value if isinstance(value, str) else "" for value in plain]), valid)
    if types in ({int}, {float}, {bool}):
        (kind,) = types
        dtype = np.dtype({int: np.int64, float: np.float64, bool: np.bool_}[kind])
        try:
            return Numbers(np.array([0 if value is None else value for value in plain], dtype), valid)
        except OverflowError:
            pass
    if len(types) == 1 and valid is None and issubclass(next(iter(types)), np.generic):
        return of_array(np.array(plain), name)
    return Objects(np.fromiter(plain, np.object_, len(plain)))


def _is_missing(value: object) -> bool:
    if value is None:
        return True
    kind = type(value)
    if kind is float or kind is np.float64 or kind is np.float32:
        return bool(value != value)
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    # pandas' own marks, known by name so that pandas is not imported.
    return kind.__name__ in ("NAType", "NaTType")
