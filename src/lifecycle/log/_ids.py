"""Ids of touchpoints: the same one twice is either a repetition or a contradiction."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument, InvalidTouchpoint
from lifecycle.model import Attributes, Touchpoint

from ._column import Coded, Column, Numbers, Objects, Texts
from ._factorise import factorise, hashes
from ._labels import read_labels
from ._problems import Problems
from ._rows import Rows
from ._text import Text

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]


def read_ids(column: Column, problems: Problems, name: str) -> Text:
    """The ids as texts, empty where missing.

    Raises:
        InvalidArgument: the column holds neither texts nor integers.
    """
    present = column.present()
    match column:
        case Numbers() if column.values.dtype.kind in "iu":
            text = Text.of_fixed(column.values.astype("S20"))
        case Texts():
            text = column.text
            _check_texts(text, present, problems, name)
        case Coded() | Objects():
            labels = read_labels(column, problems, name)
            book = labels.names.as_text()
            _check_texts(book.take(labels.codes), present, problems, name)
            text = Text(book.data, np.append(book.starts, 0)[labels.codes], np.append(book.lengths, 0)[labels.codes])
        case _:
            raise InvalidArgument(f"{name!r} must hold texts or whole numbers, not {type(column).__name__.lower()}")
    if present is not None:
        text = Text(text.data, np.where(present, text.starts, 0), np.where(present, text.lengths, 0))
    return text.packed()


def _check_texts(text: Text, present: BoolArray | None, problems: Problems, name: str) -> None:
    """Only texts that are empty, long or not plain ASCII can fail; those are asked one by one."""
    data = np.append(text.data, np.uint8(33))
    odd = np.concatenate([[0], np.cumsum((data <= 32) | (data >= 127), dtype=np.int64)])
    suspect = (odd[text.starts + text.lengths] > odd[text.starts]) | (text.lengths == 0) | (text.lengths > 200)
    suspect &= True if present is None else present
    for row in np.flatnonzero(suspect).tolist():
        try:
            _probe(text.one(row))
        except InvalidTouchpoint as error:
            problems.add(np.array([row]), str(error).replace("'id'", repr(name), 1))


def _probe(text: str) -> None:
    """Raises what a touchpoint with that id raises."""
    Touchpoint(
        "x",
        "x",
        datetime(2000, 1, 1, tzinfo=UTC),
        amount=None,
        currency=None,
        channel=None,
        attributes=Attributes(),
        id=text,
        sequence=None,
    )


def repeated(rows: Rows, customers: IntArray, problems: Problems, good: BoolArray | None = None) -> BoolArray | None:
    """Where a row says again, under the same id, what an earlier row said.

    An earlier row with the same id and other content is told to `problems`. Rows that are not `good` take no
    part.

    Returns:
        mask of the repetitions, or None where there are none.
    """
    if rows.ids is None:
        return None
    usable = rows.ids.lengths > 0 if good is None else (rows.ids.lengths > 0) & good
    places = np.flatnonzero(usable)
    again = _twice(hashes(rows.ids.take(places)))
    places = places[again]
    if not len(places):
        return None
    codes, distinct = factorise(rows.ids.take(places))
    earliest = np.full(len(distinct), len(rows), np.int64)
    np.minimum.at(earliest, codes, places)
    first = earliest[codes]
    later = places != first
    places, first = places[later], first[later]
    same = _same_content(rows, customers, places, first)
    of_row = dict(zip(places[~same].tolist(), first[~same].tolist(), strict=True))
    ids = rows.ids
    problems.add(
        places[~same],
        lambda row: f"id {ids.one(row)!r} was used before, in row {of_row[row]}, with other content",
    )
    mask = np.zeros(len(rows), np.bool_)
    mask[places[same]] = True
    return mask if mask.any() else None


def _twice(values: npt.NDArray[np.uint64]) -> BoolArray:
    """Where a value occurs more than once."""
    ordered = np.sort(values)
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    # By sorting: the table that numpy 2.0 may choose overflows on uint64.
    return np.isin(values, several, kind="sort") if len(several) else np.zeros(len(values), np.bool_)


def _same_content(rows: Rows, customers: IntArray, left: IntArray, right: IntArray) -> BoolArray:
    columns: list[npt.NDArray[np.generic] | None] = [
        customers,
        rows.at,
        rows.kind,
        rows.minor,
        rows.has_minor,
    ]
    columns += [rows.currency, rows.sequence]
    for stored in rows.attributes.values():
        columns += [stored.labels.codes if stored.labels else None, stored.has_number]
    same = np.ones(len(left), np.bool_)
    for column in columns:
        if column is not None:
            same &= column[left] == column[right]
    for stored in rows.attributes.values():
        if stored.numbers is not None:
            known = True if stored.has_number is None else stored.has_number[left]
            same &= (stored.numbers[left] == stored.numbers[right]) | ~np.asarray(known)
    return same
