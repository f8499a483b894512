"""From time columns of any unit, zone or spelling to microseconds of UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import END_US

from ._column import Coded, Column, Decimals, Numbers, Objects, Texts, Times
from ._factorise import factorise
from ._iso import parse_iso
from ._problems import Problems
from ._text import Text

Int64 = npt.NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_TIME = int(np.iinfo(np.int64).min)
"""Stands where a row has no usable time."""
DAY_US = 86_400_000_000
_QUARTER_US = 900_000_000
_PER_MICRO = {"D": DAY_US, "s": 1_000_000, "ms": 1_000, "us": 1}
_EARLIER_UNIT = {"s": "ms", "ms": "us", "us": "ns"}


@attrs.frozen
class TimeReading:
    """How a time column is to be read."""

    zone: str = "UTC"
    """The zone of times that name none."""
    unit: str | None = None
    """What integers count since 1970: `s`, `ms`, `us` or `ns`; None refuses integers."""
    date_format: str | None = None
    """The `strptime` form of texts; None for ISO 8601."""


def read_times(column: Column, reading: TimeReading, problems: Problems, name: str) -> Int64:
    """Microseconds of UTC for each row, always an array of its own; what cannot be read goes to `problems`.

    Raises:
        InvalidArgument: the column as a whole cannot be read, such as integers without a unit.
    """
    missing = column.present()
    micros = _micros(column, reading, problems, name)
    if missing is not None:
        micros[~missing] = NO_TIME
        problems.add_where(~missing, f"{name!r} is missing")
    if len(micros) and not (int(micros.min()) >= 0 and int(micros.max()) < END_US):
        outside = ((micros < 0) | (micros >= END_US)) & (micros != NO_TIME)
        hint = _unit_hint(column, reading)
        problems.add_where(outside, lambda row: f"{name!r} is outside 1970–2200 ({column.pick([row])[0]}){hint}")
    return micros


def _unit_hint(column: Column, reading: TimeReading) -> str:
    finer = _EARLIER_UNIT.get(reading.unit or "")
    return f"; did you mean unit={finer!r}?" if isinstance(column, Numbers) and finer else ""


def _micros(column: Column, reading: TimeReading, problems: Problems, name: str) -> Int64:
    match column:
        case Times():
            micros = _scaled(column.values, column.unit)
            return micros if column.aware else from_wall_clock(micros, reading.zone)
        case Numbers():
            return _of_numbers(column, reading, name)
        case Texts():
            return _of_texts(column, reading, problems, name)
        case Coded():
            inside = Problems(len(column.book))
            book = _micros(column.book, reading, inside, name)
            for row, why in zip(*inside.reasons(), strict=True):
                problems.add_where(column.codes == row, why)
            return np.asarray(np.append(book, NO_TIME)[column.codes], np.int64)
        case Objects():
            return _of_objects(column, reading, problems, name)
        case Decimals():
            raise InvalidArgument(f"{name!r} has decimals, not times; convert the column to a time type")
    assert_never(column)


def _scaled(values: Int64, unit: str) -> Int64:
    """Counts of a unit as microseconds; what would overflow becomes a time out of range."""
    if unit == "us":
        return values.copy()
    if unit == "ns":
        made: Int64 = np.floor_divide(values, 1000)
        made[values == NO_TIME] = NO_TIME
        return made
    factor = _PER_MICRO[unit]
    limit = np.iinfo(np.int64).max // factor
    if len(values) and (int(values.max()) > limit or int(values.min()) < -limit):
        made = np.clip(values, -limit, limit) * factor
        made[values == NO_TIME] = NO_TIME
        return made
    return np.asarray(values * factor, np.int64)


def _of_numbers(column: Numbers, reading: TimeReading, name: str) -> Int64:
    values = column.values
    if values.dtype.kind == "b":
        raise InvalidArgument(f"{name!r} has true and false, not times")
    if reading.unit is None:
        seen = column.pick(range(min(len(column), 1)))
        raise InvalidArgument(
            f"{name!r} has numbers (first: {seen[0] if seen else 'none'}); say what they count since 1970 "
            "with unit='s', 'ms', 'us' or 'ns'" + _guess_unit(seen)
        )
    if values.dtype.kind == "f":
        return _of_floats(values.astype(np.float64), reading.unit)
    if values.dtype.kind == "u":
        values = np.minimum(values, np.uint64(np.iinfo(np.int64).max)) if values.dtype.itemsize == 8 else values
    return _scaled(values.astype(np.int64, copy=False), reading.unit)


def _guess_unit(seen: list[object]) -> str:
    if not seen or not isinstance(seen[0], (int, float)):
        return ""
    size = len(str(int(abs(seen[0])))) if np.isfinite(seen[0]) else 0
    unit = {10: "s", 13: "ms", 16: "us", 19: "ns"}.get(size)
    return f"; its {size} digits look like {unit!r}" if unit else ""


def _of_floats(values: npt.NDArray[np.float64], unit: str) -> Int64:
    factor = 1e-3 if unit == "ns" else float(_PER_MICRO[unit])
    with np.errstate(invalid="ignore", over="ignore"):
        micros = np.rint(values * factor)
        # One past the end stands for all that is too late, infinity too.
        fitting = np.where(micros >= 2.0**62, 2.0**62, np.where(micros <= -(2.0**62), -(2.0**62), micros))
    return np.where(np.isnan(fitting), float(NO_TIME), fitting).astype(np.int64)


def _of_texts(column: Texts, reading: TimeReading, problems: Problems, name: str) -> Int64:
    if reading.date_format is not None:
        return _by_format(column, reading, problems, name)
    micros, aware, fine = parse_iso(column.text)
    known = column.present()
    unread = ~fine if known is None else ~fine & known
    problems.add_where(unread, lambda row: _unread(str(column.text.one(row)), name))
    micros[~fine] = NO_TIME
    wall = fine & ~aware
    if reading.zone != "UTC" and wall.any():
        micros[wall] = from_wall_clock(micros[wall], reading.zone)
    return micros


def _unread(text: str, name: str) -> str:
    hint = "; pass date_format=, such as '%m/%d/%Y' or '%d/%m/%Y'" if "/" in text or "." in text[:5] else ""
    return f"{name!r} is not an ISO 8601 time ({text[:40]!r}){hint}"


def _by_format(column: Texts, reading: TimeReading, problems: Problems, name: str) -> Int64:
    codes, book = factorise(column.text)
    distinct = np.empty(len(book), np.object_)
    for code, text in enumerate(book.decode()):
        try:
            distinct[code] = datetime.strptime(text, reading.date_format or "")  # noqa: DTZ007 (given below)
        except ValueError:
            distinct[code] = text
    known = column.present()
    failed = np.fromiter((type(value) is str for value in distinct), np.bool_, len(distinct))[codes]
    problems.add_where(
        failed if known is None else failed & known,
        lambda row: f"{name!r} does not have the form {reading.date_format!r} ({column.text.one(row)[:40]!r})",
    )
    micros = np.array([NO_TIME if type(v) is str else _instant(v, reading.zone) for v in distinct], np.int64)
    return micros[codes]


def _of_objects(column: Objects, reading: TimeReading, problems: Problems, name: str) -> Int64:
    micros = np.full(len(column), NO_TIME)
    texts: list[int] = []
    for row, value in enumerate(column.values.tolist()):
        if isinstance(value, str):
            texts.append(row)
        elif isinstance(value, date):
            try:
                micros[row] = _instant(value, reading.zone)
            except Exception as error:
                problems.add(np.array([row]), f"{name!r} cannot be placed in time ({error!s:.80})")
        elif value is not None:
            problems.add(np.array([row]), f"{name!r} is no time but a {type(value).__name__}")
    if texts:
        inside = Problems(len(texts))
        part = Texts(_texts_of(column, texts), None)
        micros[texts] = _of_texts(part, reading, inside, name)
        for row, why in zip(*inside.reasons(), strict=True):
            problems.add(np.array([texts[row]]), why)
    return micros


def _texts_of(column: Objects, rows: list[int]) -> Text:
    return Text.of([str(column.values[row]) for row in rows])


def _instant(value: object, zone: str) -> int:
    """Microseconds of a datetime, a date, or a naive time in a zone."""
    if not isinstance(value, datetime):
        assert isinstance(value, date)
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (its zone is given below)
    offset = value.utcoffset() if value.tzinfo is not None else None
    if offset is None:
        offset = value.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return (value.replace(tzinfo=UTC) - EPOCH - offset) // timedelta(microseconds=1)


def from_wall_clock(local: Int64, zone: str) -> Int64:
    """Moments of what a wall clock in a zone shows.

    The zone is asked once per quarter of an hour that occurs; rows in a quarter in which the offset changes
    are asked one by one. A clock time that occurs twice is the first of the two; one that is skipped is read
    with the offset before the change (PEP 495, fold 0).
    """
    if zone == "UTC":
        return local
    place = ZoneInfo(zone)
    usable = (local >= -DAY_US) & (local < END_US + DAY_US)
    quarters, index = np.unique(local[usable] // _QUARTER_US, return_inverse=True)
    begin = np.array([_offset_us(int(q) * _QUARTER_US, place) for q in quarters], np.int64)
    end = np.array([_offset_us(int(q + 1) * _QUARTER_US - 1, place) for q in quarters], np.int64)
    moments = local.copy()
    shift = begin[index]
    for row in np.flatnonzero((begin != end)[index]).tolist():
        shift[row] = _offset_us(int(local[usable][row]), place)
    moments[usable] -= shift
    return moments


def _offset_us(local_us: int, place: ZoneInfo) -> int:
    wall = datetime(1970, 1, 1, tzinfo=place) + timedelta(microseconds=local_us)
    return (wall.utcoffset() or timedelta()) // timedelta(microseconds=1)
