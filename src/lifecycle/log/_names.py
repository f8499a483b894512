"""The customers of a log: their ids in canonical order, and the way from a row to its customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidTouchpoint
from lifecycle.model import SENTINEL_IDS, customer_id

from ._column import Coded, Column, Decimals, Numbers, Objects, Texts, Times
from ._factorise import factorise, hashes, shortlex
from ._problems import Problems
from ._text import Text

IntArray = npt.NDArray[np.integer]

_MAX_NAME_BYTES = 200


@attrs.frozen(eq=False)
class Names:
    """Distinct ids in the order (number of characters, characters): for whole numbers, by value."""

    numbers: IntArray | None
    """Non-negative integers, ascending, when all ids are such; else None."""
    text: Text | None
    """The ids as packed texts, otherwise."""

    @classmethod
    def of_numbers(cls, numbers: IntArray) -> Names:
        """Ids that are non-negative integers, ascending and distinct."""
        return cls(numbers, None)

    def __len__(self) -> int:
        return len(self.numbers) if self.numbers is not None else len(self.text or ())

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return self.numbers.nbytes if self.numbers is not None else self.as_text().nbytes

    def as_text(self) -> Text:
        """The ids as texts."""
        if self.text is not None:
            return self.text
        return Text.of(list(map(str, self.numbers.tolist()))) if self.numbers is not None else Text.of(())

    def take(self, codes: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Names:
        """Some of the ids; the codes must ascend."""
        if self.numbers is not None:
            return Names(self.numbers[codes], None)
        return Names(None, self.as_text().take(codes).packed())

    def decoded(self, codes: IntArray | slice) -> npt.NDArray[np.object_]:
        """Ids as Python texts."""
        if self.numbers is not None:
            texts = list(map(str, self.numbers[codes].tolist()))
        else:
            texts = self.as_text().take(codes).decode()
        made = np.empty(len(texts), np.object_)
        made[:] = texts
        return made

    def find(self, name: str) -> int:
        """The code of an id, or -1."""
        low, high = 0, len(self)
        wanted = (len(name), name)
        while low < high:
            middle = (low + high) // 2
            found = self._one(middle)
            if (len(found), found) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._one(low) == name else -1

    def find_all(self, other: Names) -> npt.NDArray[np.int64]:
        """The code of each id of another, -1 where it is not here; shape (len(other),)."""
        if self.numbers is None or other.numbers is None:
            wanted = other.decoded(slice(None)).tolist()
            return np.fromiter((self.find(name) for name in wanted), np.int64, len(wanted))
        place = np.searchsorted(self.numbers, other.numbers)
        found = np.append(self.numbers, -1)[place] == other.numbers
        return np.where(found, place, -1)

    def _one(self, code: int) -> str:
        return str(self.numbers[code]) if self.numbers is not None else self.as_text().one(code)

    def union(self, other: Names) -> tuple[Names, IntArray, IntArray]:
        """All ids of both, and where each of the two finds its own among them."""
        if self.numbers is not None and other.numbers is not None:
            both = np.union1d(self.numbers, other.numbers)
            return (
                Names(both, None),
                np.searchsorted(both, self.numbers),
                np.searchsorted(both, other.numbers),
            )
        names, codes = sorted_names(Text.concatenate([self.as_text(), other.as_text()]))
        return names, codes[: len(self)], codes[len(self) :]


def sorted_names(text: Text) -> tuple[Names, npt.NDArray[np.int32]]:
    """The distinct texts as names, and the code of each row among them."""
    codes, distinct = factorise(text)
    order = shortlex(distinct)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return Names(None, distinct.take(order).packed()), rank[codes]


@attrs.frozen(eq=False)
class CustomerKeys:
    """Each row's customer as an integer whose order is the order of the customers."""

    keys: IntArray
    """Shape (rows,); the ids themselves or codes."""
    names: Names | None
    """The names that the keys are codes of; None when the keys are the ids."""

    def names_of(self, keys: IntArray) -> Names:
        """The names of distinct, ascending keys that occur."""
        if self.names is None:
            return Names.of_numbers(keys)
        return self.names if len(keys) == len(self.names) else self.names.take(keys)


def read_customers(column: Column, problems: Problems, name: str) -> CustomerKeys:
    """The customer of each row; ids that cannot be ids go to `problems`.

    Integers are ids as they are (1 is "1"), floats too where they are whole, which is how pandas holds
    integers beside missing ones. All other values must be texts.
    """
    missing = column.present()
    if missing is not None:
        problems.add_where(~missing, f"{name!r} is missing")
    match column:
        case Numbers():
            return _of_numbers(column, problems, name)
        case Texts():
            return _of_text(column.text if missing is None else _blanked(column, missing), missing, problems, name)
        case Coded():
            return _of_codes(column, missing, problems, name)
        case Objects():
            return _of_text(_texts(column, problems, name), missing, problems, name, checked=True)
        case Times() | Decimals():
            problems.add(np.arange(len(column)), f"{name!r} is neither text nor a whole number")
            return CustomerKeys(np.zeros(len(column), np.int64), None)
    assert_never(column)


def _blanked(column: Texts, present: npt.NDArray[np.bool_]) -> Text:
    """The texts, empty where missing: what lies under a missing value is never read."""
    return Text(column.text.data, np.where(present, column.text.starts, 0), np.where(present, column.text.lengths, 0))


def _of_numbers(column: Numbers, problems: Problems, name: str) -> CustomerKeys:
    values = column.values
    if values.dtype.kind == "b":
        problems.add(np.arange(len(values)), f"{name!r} is true or false, which is no id")
        return CustomerKeys(values.astype(np.int64), None)
    present = column.present()
    if values.dtype.kind == "f":
        whole = values.astype(np.float64)
        known = np.isfinite(whole) & (np.abs(whole) < 2.0**53)
        fine = known & (np.trunc(np.where(known, whole, 0)) == whole)
        odd = ~fine if present is None else ~fine & present
        problems.add_where(odd, lambda row: f"{name!r} is no whole number ({float(whole[row])!r})")
        values = np.where(fine, whole, 0).astype(np.int64)
    elif present is not None:
        values = np.where(present, values, values.dtype.type(0))
    keys = np.asarray(values).view(np.ndarray)
    if len(keys) and keys.dtype.kind == "i" and int(keys.min()) < 0:
        distinct, inverse = np.unique(keys, return_inverse=True)
        names, codes = sorted_names(Text.of(list(map(str, distinct.tolist()))))
        return CustomerKeys(codes[inverse], names)
    return CustomerKeys(keys, None)


def _of_text(
    text: Text, present: npt.NDArray[np.bool_] | None, problems: Problems, name: str, *, checked: bool = False
) -> CustomerKeys:
    names, codes = sorted_names(text)
    known = problems.good if checked else present
    for code, why in _unfit(names, name):
        rows = np.flatnonzero(codes == code)
        problems.add(rows if known is None else rows[known[rows]], why)
    return CustomerKeys(codes, names)


def _of_codes(column: Coded, present: npt.NDArray[np.bool_] | None, problems: Problems, name: str) -> CustomerKeys:
    inside = Problems(len(column.book))
    of_book = read_customers(column.book, inside, name)
    for row, why in zip(*inside.reasons(), strict=True):
        if column.book.present() is None or bool(np.asarray(column.book.present())[row]):
            problems.add_where(column.codes == row, why)
    keys = np.append(of_book.keys, of_book.keys[:1] if len(of_book.keys) else [0])[column.codes]
    return CustomerKeys(keys.astype(of_book.keys.dtype), of_book.names)


def _texts(column: Objects, problems: Problems, name: str) -> Text:
    """Mixed values as texts; what is neither text nor integer is told and left empty."""
    made: list[str] = []
    for row, value in enumerate(column.values.tolist()):
        if isinstance(value, np.integer):
            value = int(value)
        if value is not None and type(value) not in (str, int):
            problems.add(np.array([row]), f"{name!r} is no text but a {type(value).__name__}")
        try:
            made.append(str(value) if type(value) in (str, int) else "")
        except ValueError:
            problems.add(np.array([row]), f"{name!r} is a number of too many digits")
            made.append("")
    return Text.of(made)


def _unfit(names: Names, name: str) -> Iterator[tuple[int, str]]:
    """Codes of names that cannot be ids, and why."""
    for code in _suspects(names.as_text()).tolist():
        try:
            customer_id(names.as_text().one(code))
        except InvalidTouchpoint as error:
            yield code, str(error).replace("'customer'", repr(name), 1)


def _suspects(text: Text) -> IntArray:
    """The names that the model's own check must see: all but trimmed ASCII that stands for nobody."""
    if not len(text):
        return np.empty(0, np.int64)
    suspect = (text.lengths == 0) | (text.lengths > _MAX_NAME_BYTES)
    data = np.append(text.data, np.uint8(33))
    odd = (data < 32) | (data >= 127)
    if odd[:-1].any():
        within = np.concatenate([[0], np.cumsum(odd, dtype=np.int64)])
        suspect |= within[text.starts + text.lengths] > within[text.starts]
    suspect |= (data[text.starts] == 32) | (data[text.starts + text.lengths - 1] == 32)
    lower = np.where((data >= 65) & (data <= 90), data | 32, data)
    folded = Text(lower, text.starts, text.lengths, dense=True)
    suspect |= np.isin(hashes(folded), hashes(Text.of(sorted(SENTINEL_IDS))), kind="sort")
    return np.flatnonzero(suspect)
