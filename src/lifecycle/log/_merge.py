"""Two logs as one."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from ._attributes import StoredAttribute, empty_attribute
from ._ids import repeated
from ._labels import Labels, narrow
from ._names import sorted_names
from ._order import group_rows
from ._parts import Parts
from ._problems import Problems
from ._rows import Rows
from ._text import Text

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]


def merged(left: Parts, right: Parts) -> Parts:
    """The parts of a log with the rows of both, those of `left` first where all else is equal.

    Raises:
        BadRows: an id has different content in the two.
    """
    one, two = left.compact(), right.compact()
    names, to_left, to_right = one.names.union(two.names)
    keys = np.concatenate([_customers(one, to_left), _customers(two, to_right)])
    kinds, of_kinds = _book(one.kinds, two.kinds)
    currencies, currency = _currencies(one, two)
    kind = np.concatenate([of_kinds[: len(one.kinds)][one.rows.kind], of_kinds[len(one.kinds) :][two.rows.kind]])
    rows = Rows(
        at=np.concatenate([one.rows.at, two.rows.at]),
        kind=narrow(kind, len(kinds)),
        minor=_pair(one.rows.minor, two.rows.minor, one.rows, two.rows),
        has_minor=_known(one.rows, two.rows),
        currency=currency,
        sequence=_pair(one.rows.sequence, two.rows.sequence, one.rows, two.rows),
        ids=_ids(one.rows, two.rows),
        attributes=_attributes(one.rows, two.rows),
    )
    problems = Problems(len(rows))
    again = repeated(rows, keys, problems)
    if problems:
        raise problems.error()
    if again is not None:
        rows, keys = attrs.evolve(rows.keep(~again), numbers=None), keys[~again]
    grouping = group_rows(keys, rows.at, rows.sequence)
    return Parts(
        rows=rows,
        order=grouping.order,
        starts=grouping.starts,
        names=names if len(grouping.keys) == len(names) else names.take(grouping.keys),
        kinds=kinds,
        currencies=currencies,
        quarantine=left.quarantine.joined(right.quarantine),
        duplicates=left.duplicates + right.duplicates + (0 if again is None else int(again.sum())),
        rounded=left.rounded + right.rounded,
    )


def _customers(parts: Parts, codes: IntArray) -> IntArray:
    return np.repeat(codes, np.diff(parts.starts))


def _book(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[str, ...], IntArray]:
    """The texts of both in canonical order, and the new code of each old one."""
    names, codes = sorted_names(Text.of([*left, *right]))
    return tuple(names.decoded(slice(None)).tolist()), codes


def _pair(
    left: npt.NDArray[np.int64] | None, right: npt.NDArray[np.int64] | None, one: Rows, two: Rows
) -> npt.NDArray[np.int64] | None:
    if left is None and right is None:
        return None
    return np.concatenate(
        [
            np.zeros(len(one), np.int64) if left is None else left,
            np.zeros(len(two), np.int64) if right is None else right,
        ]
    )


def _known(one: Rows, two: Rows) -> BoolArray | None:
    """Where there is an amount, or None for everywhere and for nowhere."""
    if one.minor is None and two.minor is None:
        return None
    known = np.concatenate([_or_all(rows.amounts(slice(None))[1], len(rows)) for rows in (one, two)])
    return None if known.all() else known


def _or_all(known: BoolArray | None, rows: int) -> BoolArray:
    return np.ones(rows, np.bool_) if known is None else known


def _currencies(left: Parts, right: Parts) -> tuple[tuple[str, ...], IntArray | None]:
    """The currencies of both, and the code of each row where there are several."""
    book, codes = _book(left.currencies, right.currencies)
    if len(book) < 2:
        return book, None
    made = []
    for parts, fresh in ((left, codes[: len(left.currencies)]), (right, codes[len(left.currencies) :])):
        rows = parts.rows
        if rows.currency is not None:
            made.append(np.append(fresh, -1)[rows.currency])
        else:
            known = _or_all(rows.amounts(slice(None))[1], len(rows))
            made.append(np.where(known, fresh[0] if len(fresh) else -1, -1))
    return book, narrow(np.concatenate(made), len(book))


def _ids(one: Rows, two: Rows) -> Text | None:
    if one.ids is None and two.ids is None:
        return None
    parts = [rows.ids if rows.ids is not None else _empty_texts(len(rows)) for rows in (one, two)]
    return Text.concatenate(parts).packed()


def _empty_texts(rows: int) -> Text:
    return Text(np.empty(0, np.uint8), np.zeros(rows, np.int64), np.zeros(rows, np.int32))


def _attributes(one: Rows, two: Rows) -> dict[str, StoredAttribute]:
    names = dict.fromkeys([*one.attributes, *two.attributes])
    return {
        name: _joined(
            one.attributes.get(name) or empty_attribute(len(one)),
            two.attributes.get(name) or empty_attribute(len(two)),
            (len(one), len(two)),
        )
        for name in names
    }


def _joined(left: StoredAttribute, right: StoredAttribute, lengths: tuple[int, int]) -> StoredAttribute:
    labels = _joined_labels(left.labels, right.labels, lengths)
    if left.numbers is None and right.numbers is None:
        return StoredAttribute(labels, None, None)
    numbers, known = [], []
    for stored, length in zip((left, right), lengths, strict=True):
        if stored.numbers is None:
            other = right if stored is left else left
            assert other.numbers is not None
            numbers.append(np.zeros(length, other.numbers.dtype))
            known.append(np.zeros(length, np.bool_))
        else:
            numbers.append(stored.numbers)
            known.append(_or_all(stored.has_number, length))
    has_number = np.concatenate(known)
    if labels is not None and not len(labels.names):
        labels = None
    return StoredAttribute(labels, np.concatenate(numbers), None if has_number.all() else has_number)


def _joined_labels(left: Labels | None, right: Labels | None, lengths: tuple[int, int]) -> Labels | None:
    if left is None and right is None:
        return None
    sides = [labels or empty_attribute(length).labels for labels, length in zip((left, right), lengths, strict=True)]
    one, two = sides
    assert one is not None
    assert two is not None
    names, to_left, to_right = one.names.union(two.names)
    codes = np.concatenate([np.append(to_left, -1)[one.codes], np.append(to_right, -1)[two.codes]])
    return Labels(narrow(codes, len(names)), names)
