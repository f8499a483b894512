"""Attribute columns: texts as codes, numbers as they are, dates as texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

import attrs
import numpy as np
import numpy.typing as npt

from ._block import Attribute
from ._column import Coded, Column, Decimals, Numbers, Objects, Texts, Times
from ._factorise import factorise
from ._labels import Labels, in_use, mapped, text_labels
from ._names import Names
from ._problems import Problems
from ._text import Text

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]

_EXACT = 2**53


@attrs.define(eq=False)
class StoredAttribute:
    """One attribute of all rows of a log, in as few bytes as its values need."""

    labels: Labels | None
    """Its texts; None where it has none."""
    numbers: npt.NDArray[np.generic] | None
    """Its numbers; None where it has none."""
    has_number: BoolArray | None
    """Where there is a number; None for everywhere."""
    _book: tuple[str, ...] | None = None

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        parts = [self.numbers, self.has_number, None if self.labels is None else self.labels.codes]
        names = 0 if self.labels is None else self.labels.names.nbytes
        return names + sum(part.nbytes for part in parts if part is not None)

    def read(self, rows: IntArray | slice) -> Attribute:
        """The attribute of some rows."""
        if self._book is None:
            self._book = () if self.labels is None else self.labels.book
        text = None if self.labels is None else self.labels.codes[rows].astype(np.int32)
        if self.numbers is None:
            return Attribute(text, self._book, None, None)
        number = self.numbers[rows].astype(np.float64)
        known = np.ones(len(number), np.bool_) if self.has_number is None else self.has_number[rows]
        return Attribute(text, self._book, number, known)

    def keep(self, rows: IntArray | BoolArray | slice) -> StoredAttribute:
        """A copy of some rows; texts that none of them has are dropped."""
        labels = None if self.labels is None else in_use(Labels(self.labels.codes[rows], self.labels.names))
        numbers = None if self.numbers is None else self.numbers[rows]
        known = None if self.has_number is None else self.has_number[rows]
        if labels is not None and not len(labels.names) and numbers is not None:
            labels = None
        return StoredAttribute(labels, numbers, known)


def read_attributes(columns: Mapping[str, Column], problems: Problems) -> dict[str, StoredAttribute]:
    """All attribute columns; numbers that are not finite and values of a foreign type go to `problems`.

    Missing values (None, null, NaN, NaT) are missing. Booleans are 0 and 1. Dates are texts such as
    `2024-03-01`, times that are not all midnights ISO 8601 texts. Lists and dicts are left out.
    """
    return {name: read_attribute(column, problems, name) for name, column in columns.items()}


def read_attribute(column: Column, problems: Problems, name: str) -> StoredAttribute:
    """One attribute column; see `read_attributes`."""
    match column:
        case Numbers():
            return _of_numbers(column, problems, name)
        case Decimals():
            return StoredAttribute(None, column.values / 10.0**column.scale, column.valid)
        case Texts():
            return _of_texts(column, problems, name)
        case Times():
            return _of_times(column)
        case Coded():
            return _of_codes(column, problems, name)
        case Objects():
            return _of_objects(column, problems, name)
    assert_never(column)


def _of_numbers(column: Numbers, problems: Problems, name: str) -> StoredAttribute:
    values, known = column.values, column.present()
    if values.dtype.kind == "f":
        infinite = np.isinf(values)
        if infinite.any():
            problems.add_where(infinite if known is None else infinite & known, f"{name!r} is not finite")
    large = _too_large(values)
    if large is None:
        return StoredAttribute(None, values.copy(), known)
    # Such integers are ids, not amounts: as texts they stay exact, as float64 they would not.
    is_text = large if known is None else large & known
    texts = ["" if not flag else str(value) for flag, value in zip(is_text.tolist(), values.tolist(), strict=True)]
    is_number = ~large if known is None else ~large & known
    return StoredAttribute(text_labels(Texts(Text.of(texts), is_text)), np.where(large, 0, values), is_number)


def _too_large(values: npt.NDArray[Any]) -> BoolArray | None:
    """Where integers are too large for float64 to hold them; None for nowhere."""
    if values.dtype.itemsize < 8 or values.dtype.kind not in "iu" or not len(values):
        return None
    if int(values.max()) < _EXACT and int(values.min()) > -_EXACT:
        return None
    large = values >= values.dtype.type(_EXACT)
    return np.asarray(large | (values <= -_EXACT) if values.dtype.kind == "i" else large)


def _of_texts(column: Texts, problems: Problems, name: str) -> StoredAttribute:
    labels = text_labels(column)
    text = labels.names.as_text()
    try:
        whole = text.data.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        whole = "\0"
    if "\0" in whole:
        for code in range(len(text)):
            if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text.one(code)):
                problems.add_where(labels.codes == code, f"{name!r} has a zero byte or is not UTF-8")
    return StoredAttribute(labels, None, None)


def _of_times(column: Times) -> StoredAttribute:
    known = column.present()
    rows = np.arange(len(column)) if known is None else np.flatnonzero(known)
    raw = np.ascontiguousarray(column.values[rows]).view(np.uint8)
    every = np.arange(len(rows))
    codes, book = factorise(Text(raw, every * 8, np.full(len(rows), 8)))
    distinct = Times(book.data.view(np.int64), column.unit, None, aware=column.aware)
    values = distinct.pick(range(len(distinct)))
    midnights = all(not isinstance(v, datetime) or v.time() == datetime.min.time() for v in values)
    texts = [_day(value) if midnights else _moment(value) for value in values]
    of_distinct = text_labels(Texts(Text.of(texts), None))
    made = np.full(len(column), -1, np.int32)
    made[rows] = of_distinct.codes[codes]
    return StoredAttribute(in_use(Labels(made, of_distinct.names)), None, None)


def _day(value: object) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else _moment(value)


def _moment(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _of_codes(column: Coded, problems: Problems, name: str) -> StoredAttribute:
    inside = Problems(len(column.book))
    book = read_attribute(column.book, inside, name)
    for row, why in zip(*inside.reasons(), strict=True):
        problems.add_where(column.codes == row, why)
    labels = None
    if book.labels is not None:
        labels = in_use(Labels(mapped(np.append(book.labels.codes, -1), column.codes), book.labels.names))
    if book.numbers is None:
        return StoredAttribute(labels, None, None)
    known = np.ones(len(book.numbers), np.bool_) if book.has_number is None else book.has_number
    numbers = np.append(book.numbers, book.numbers.dtype.type(0))[column.codes]
    return StoredAttribute(labels, numbers, np.append(known, False)[column.codes])


def _of_objects(column: Objects, problems: Problems, name: str) -> StoredAttribute:
    rows = len(column)
    texts, is_text = [""] * rows, np.zeros(rows, np.bool_)
    numbers, is_number = np.zeros(rows), np.zeros(rows, np.bool_)
    for row, value in enumerate(column.values.tolist()):
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, int) and abs(value) >= _EXACT:
            value = str(value) if value.bit_length() <= 64 else Decimal("Infinity")
        if isinstance(value, (bool, int, float, Decimal)):
            quiet = not isinstance(value, Decimal) or value.is_finite()
            number = float(value) if quiet else np.inf
            is_number[row], numbers[row] = True, number
            if not np.isfinite(number):
                problems.add(np.array([row]), f"{name!r} is not finite, or too large")
        elif isinstance(value, (str, date)):
            is_text[row], texts[row] = True, value if isinstance(value, str) else value.isoformat()
        elif value is not None and not isinstance(value, (list, tuple, dict, Mapping)):
            problems.add(np.array([row]), f"{name!r} is a {type(value).__name__}; pass a number, a text or a date")
    stored = _of_texts(Texts(Text.of(texts), is_text), problems, name) if is_text.any() else None
    labels = None if stored is None else stored.labels
    if not is_number.any() and labels is not None:
        return StoredAttribute(labels, None, None)
    return StoredAttribute(labels, numbers, is_number)


def empty_attribute(rows: int) -> StoredAttribute:
    """An attribute that no row has."""
    return StoredAttribute(Labels(np.full(rows, -1, np.int8), Names(None, Text.of(()))), None, None)
