"""From input columns to the parts of a log: read, check all rows, drop repetitions, sort."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import exponent, normalise_kind

from ._amounts import Amounts, read_amounts
from ._attributes import StoredAttribute, read_attributes
from ._column import Column, Numbers
from ._ids import read_ids, repeated
from ._labels import Labels, in_use, read_labels
from ._names import CustomerKeys, read_customers
from ._order import group_rows
from ._parts import Parts
from ._problems import Problems, Quarantine
from ._roles import Constant, Reading, Roles
from ._rows import Rows
from ._times import read_times

IntArray = npt.NDArray[np.integer]
Int64 = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class _Read:
    """One reading of all columns."""

    customers: CustomerKeys
    rows: Rows
    kinds: Labels
    currencies: tuple[str, ...]
    rounded: int


def build(columns: Mapping[str, Column], roles: Roles, reading: Reading) -> Parts:
    """Reads columns, checks every row and sorts.

    Raises:
        InvalidArgument: columns of different lengths, or one that as a whole cannot be read.
        BadRows: some rows cannot be used, unless `on_error` is "quarantine".
    """
    total = _common_length(columns)
    numbers: Int64 | None = None
    quarantine = Quarantine()
    while True:
        length = total if numbers is None else len(numbers)
        problems = Problems(length)
        read = _read(columns, roles, reading, problems)
        read = attrs.evolve(read, rows=attrs.evolve(read.rows, numbers=numbers))
        again = repeated(read.rows, read.customers.keys, problems, problems.good if problems else None)
        if not problems:
            break
        if reading.on_error == "raise":
            raise problems.error()
        quarantine = quarantine.joined(_set_aside(columns, problems, numbers))
        good = problems.good
        columns = {name: column.keep(good) for name, column in columns.items()}
        numbers = np.flatnonzero(good) if numbers is None else numbers[good]
    return _sorted(read, again, quarantine)


def _common_length(columns: Mapping[str, Column]) -> int:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise InvalidArgument(f"the columns have different numbers of rows: {told}")
    return next(iter(lengths.values()))


def _set_aside(columns: Mapping[str, Column], problems: Problems, numbers: Int64 | None) -> Quarantine:
    rows, reasons = problems.reasons()
    table = {name: tuple(column.pick(rows)) for name, column in columns.items()}
    told = rows if numbers is None else numbers[rows].tolist()
    return Quarantine(tuple(told), tuple(reasons), table)


def _read(columns: Mapping[str, Column], roles: Roles, reading: Reading, problems: Problems) -> _Read:
    length = problems.total
    customers = read_customers(columns[roles.customer], problems, roles.customer)
    at = read_times(columns[roles.at], reading.times, problems, roles.at)
    kinds = _labels(columns, roles.kind, "kind", problems)
    if kinds.missing is not None:
        problems.add_where(kinds.missing, f"{roles.kind!r} is missing")
    _check_kinds(kinds, problems)
    amounts, currency = None, Labels.constant("", 0)
    if roles.amount is not None and roles.currency is not None:
        currency = _labels(columns, roles.currency, "currency", problems)
        amounts = _amounts(columns[roles.amount], currency, reading, problems, roles.amount)
        if amounts.known is not None and (len(currency.names) > 1 or not amounts.known.any()):
            # A currency without an amount says nothing, and must not differ between logs of the same rows.
            currency = in_use(Labels(np.where(amounts.known, currency.codes, -1), currency.names))
    attributes = read_attributes({name: columns[name] for name in roles.attributes}, problems)
    if roles.channel is not None:
        channel = _labels(columns, roles.channel, "channel", problems)
        attributes["channel"] = StoredAttribute(channel, None, None)
    rows = Rows(
        at=at,
        kind=kinds.codes,
        minor=None if amounts is None else amounts.minor,
        has_minor=None if amounts is None else amounts.known,
        currency=currency.codes if len(currency.names) > 1 else None,
        sequence=None if roles.sequence is None else _sequence(columns[roles.sequence], problems, roles.sequence),
        ids=None if roles.id is None else read_ids(columns[roles.id], problems, roles.id),
        attributes=attributes,
    )
    assert len(rows) == length
    return _Read(customers, rows, kinds, currency.book, 0 if amounts is None else amounts.rounded)


def _labels(columns: Mapping[str, Column], role: str | Constant, name: str, problems: Problems) -> Labels:
    if isinstance(role, Constant):
        return Labels.constant(role.text, problems.total)
    return read_labels(columns[role], problems, role)


def _check_kinds(kinds: Labels, problems: Problems) -> None:
    for code, kind in enumerate(kinds.book):
        try:
            normalise_kind(kind)
        except InvalidArgument as error:
            problems.add_where(kinds.codes == code, str(error))


def _amounts(column: Column, currency: Labels, reading: Reading, problems: Problems, name: str) -> Amounts:
    """The amounts, each read in the currency of its row."""
    known_codes = []
    for code, text in enumerate(currency.book):
        try:
            exponent(text)
            known_codes.append(code)
        except InvalidArgument as error:
            problems.add_where(currency.codes == code, str(error))
    book = currency.book
    if len(book) == 1 and known_codes and bool((currency.codes == 0).all()):
        return read_amounts(column, book[0], reading.rounding, problems, name)
    minor, rounded = np.zeros(len(column), np.int64), 0
    present = column.present()
    known = np.ones(len(column), np.bool_) if present is None else present
    problems.add_where(known & (currency.codes < 0), f"{name!r} has no currency; fill it in")
    for code in known_codes:
        places = np.flatnonzero(currency.codes == code)
        inside = Problems(len(places))
        part = read_amounts(column.keep(places), book[code], reading.rounding, inside, name)
        minor[places] = part.minor
        rounded += part.rounded
        for row, why in zip(*inside.reasons(), strict=True):
            problems.add(places[row : row + 1], why)
    return Amounts(minor, None if known.all() else known, rounded)


def _sequence(column: Column, problems: Problems, name: str) -> Int64 | None:
    """Sequence numbers; missing ones count as 0, and a column without any is left out."""
    present = column.present()
    if present is not None and not present.any():
        return None
    if not isinstance(column, Numbers) or column.values.dtype.kind not in "iuf":
        raise InvalidArgument(f"{name!r} must hold whole numbers, not {type(column).__name__.lower()}")
    values = column.values if present is None else np.where(present, column.values, 0)
    if values.dtype.kind == "f":
        fine = np.isfinite(values) & (np.abs(values) < 2.0**53)
        fine &= np.trunc(np.where(fine, values, 0)) == values
        problems.add_where(~fine, f"{name!r} is no whole number")
        values = np.where(fine, values, 0)
    return values.astype(np.int64)


def _sorted(read: _Read, again: npt.NDArray[np.bool_] | None, quarantine: Quarantine) -> Parts:
    rows, keys, duplicates = read.rows, read.customers.keys, 0
    if again is not None:
        duplicates = int(again.sum())
        rows, keys = rows.keep(~again), keys[~again]
    grouping = group_rows(keys, rows.at, rows.sequence)
    return Parts(
        rows=rows,
        order=grouping.order,
        starts=grouping.starts,
        names=read.customers.names_of(grouping.keys),
        kinds=read.kinds.book,
        currencies=read.currencies,
        quarantine=quarantine,
        duplicates=duplicates,
        rounded=read.rounded,
    )
