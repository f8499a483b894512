"""Columns of few distinct texts, such as kinds and currencies, as codes into a sorted book."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._column import Coded, Column, Objects, Texts
from ._names import Names, sorted_names
from ._problems import Problems
from ._text import Text, chunks

IntArray = npt.NDArray[np.integer]


@attrs.frozen(eq=False)
class Labels:
    """Codes into distinct texts in canonical order, all of them in use."""

    codes: IntArray
    """Signed codes, -1 where missing; shape (rows,)."""
    names: Names
    """The texts."""

    @property
    def book(self) -> tuple[str, ...]:
        """The texts as Python texts."""
        return tuple(self.names.decoded(slice(None)).tolist())

    @property
    def missing(self) -> npt.NDArray[np.bool_] | None:
        """Where there is no text; None for nowhere."""
        lacking = len(self.codes) > 0 and int(self.codes.min()) < 0
        return self.codes < 0 if lacking else None

    @classmethod
    def constant(cls, text: str, rows: int) -> Labels:
        """The same text for every row."""
        return cls(np.zeros(rows, np.int8), Names(None, Text.of([text] if rows else [])))


def read_labels(column: Column, problems: Problems, name: str) -> Labels:
    """The texts of a column as codes; missing ones are -1 and no problem, what is no text is.

    Raises:
        InvalidArgument: the column as a whole holds no texts.
    """
    match column:
        case Texts():
            return text_labels(column)
        case Coded() if isinstance(column.book, (Texts, Objects)):
            of_book = read_labels(column.book, Problems(len(column.book)), name)
            return in_use(Labels(mapped(np.append(of_book.codes, -1), column.codes), of_book.names))
        case Objects():
            values = column.values.tolist()
            foreign = [row for row, value in enumerate(values) if value is not None and not isinstance(value, str)]
            problems.add(np.array(foreign, np.int64), lambda row: f"{name!r} is no text ({values[row]!r:.40})")
            valid = np.fromiter((isinstance(value, str) for value in values), np.bool_, len(values))
            return text_labels(Texts(Text.of([v if isinstance(v, str) else "" for v in values]), valid))
        case _ if _all_missing(column):
            return Labels(np.full(len(column), -1, np.int8), Names(None, Text.of(())))
        case _:
            raise InvalidArgument(f"{name!r} must hold texts, not {type(column).__name__.lower()}; convert the column")


def _all_missing(column: Column) -> bool:
    present = column.present()
    return present is not None and not present.any()


def text_labels(column: Texts) -> Labels:
    """Texts as codes."""
    present = column.present()
    if present is None:
        names, codes = sorted_names(column.text)
        return Labels(narrow(codes, len(names)), names)
    names, some = sorted_names(column.text.take(np.flatnonzero(present)))
    codes = np.full(len(column), -1, np.int32)
    codes[present] = some
    return Labels(narrow(codes, len(names)), names)


def in_use(labels: Labels) -> Labels:
    """The labels without texts that no row has."""
    used = np.zeros(len(labels.names) + 1, np.bool_)
    for low, high in chunks(len(labels.codes)):
        used[labels.codes[low:high]] = True
        if used[:-1].all():
            return Labels(narrow(labels.codes, len(labels.names)), labels.names)
    # The last entry is what the code -1 reads.
    fresh = np.append(np.cumsum(used[:-1]) - 1, -1)
    return Labels(mapped(fresh, labels.codes), labels.names.take(np.flatnonzero(used[:-1])))


def mapped(fresh: IntArray, codes: IntArray) -> IntArray:
    """New codes for old ones in the smallest type; `fresh` ends with what -1 becomes."""
    small = narrow(fresh, int(fresh.max()) + 1)
    if bool((fresh == np.append(np.arange(len(fresh) - 1), -1)).all()):
        return codes.astype(small.dtype)
    made = np.empty(len(codes), small.dtype)
    for low, high in chunks(len(codes)):
        made[low:high] = small[codes[low:high]]
    return made


def narrow(codes: IntArray, distinct: int) -> IntArray:
    """Codes in the smallest signed type."""
    for dtype in (np.int8, np.int16):
        if distinct <= np.iinfo(dtype).max + 1:
            return codes.astype(dtype, copy=False)
    return codes.astype(np.int32, copy=False)
