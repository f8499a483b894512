"""ISO 8601 / RFC 3339 texts to microseconds, whole columns at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._text import Text, chunks

Int64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Grid = npt.NDArray[np.int64]

_WIDEST = 35
"""2024-03-01T10:00:00.123456789+00:00 and no more."""
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def parse_iso(text: Text) -> tuple[Int64, Mask, Mask]:
    """Times of the form `2024-03-01`, `2024-03-01 10:00[:00[.123456789]]` with `T` or a space and an optional
    `Z`, `+01`, `+0100` or `+01:00`.

    Basic forms without hyphens, week dates, hour 24 and second 60 are not read. Digits behind microseconds
    are cut.

    Returns:
        microseconds as written less the offset, whether an offset was written, and whether the text could be
        read.
    """
    micros = np.zeros(len(text), np.int64)
    aware, fine = np.zeros(len(text), np.bool_), np.zeros(len(text), np.bool_)
    # Small chunks: each character becomes eight bytes on the way.
    for low, high in chunks(len(text), 1 << 13):
        micros[low:high], aware[low:high], fine[low:high] = _parse(text.take(slice(low, high)))
    return micros, aware, fine


def _parse(text: Text) -> tuple[Int64, Mask, Mask]:
    lengths = text.lengths.astype(np.int64)
    places = np.arange(_WIDEST + 1)
    index = text.starts.astype(np.int64)[:, None] + places
    inside = places < lengths[:, None]
    padded = np.where(inside, np.append(text.data, np.uint8(0))[np.minimum(index, len(text.data))], 0)
    grid = padded.astype(np.int64)
    digit = (grid >= 48) & (grid <= 57)
    days, fine = _days(grid, digit, lengths)
    has_time = lengths > 10
    clock, end, clock_fine = _clock(grid, digit, lengths)
    offset, aware, offset_fine = _offset(grid, digit, lengths, end)
    fine &= ~has_time | (clock_fine & offset_fine)
    micros = days * 86_400_000_000 + np.where(has_time, clock - offset, 0)
    return micros, has_time & aware, fine


def _number(grid: Grid, low: int, high: int) -> Int64:
    value = np.zeros(len(grid), np.int64)
    for place in range(low, high):
        value = value * 10 + (grid[:, place] - 48)
    return value


def _days(grid: Grid, digit: Mask, lengths: Int64) -> tuple[Int64, Mask]:
    """Days since 1970 of the first ten characters."""
    fine = (lengths >= 10) & (lengths <= _WIDEST) & (grid[:, 4] == 45) & (grid[:, 7] == 45)
    fine &= digit[:, [0, 1, 2, 3, 5, 6, 8, 9]].all(axis=1)
    year, month, day = _number(grid, 0, 4), _number(grid, 5, 7), _number(grid, 8, 10)
    fine &= (month >= 1) & (month <= 12)
    month = np.clip(month, 1, 12)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    fine &= (day >= 1) & (day <= _MONTH_DAYS[month] + (leap & (month == 2)))
    # Years that begin in March put the leap day last, so that months have fixed places.
    shifted = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719_468, fine


def _clock(grid: Grid, digit: Mask, lengths: Int64) -> tuple[Int64, Int64, Mask]:
    """Microseconds of the day, where the clock time ends, and whether it can be read."""
    fine = np.isin(grid[:, 10], (32, 84, 116)) & (grid[:, 13] == 58) & digit[:, [11, 12, 14, 15]].all(axis=1)
    hour, minute = _number(grid, 11, 13), _number(grid, 14, 16)
    has_seconds = grid[:, 16] == 58
    second = np.where(has_seconds, _number(grid, 17, 19), 0)
    fine &= ~has_seconds | digit[:, [17, 18]].all(axis=1)
    fine &= (hour <= 23) & (minute <= 59) & (second <= 59)
    has_fraction = has_seconds & ((grid[:, 19] == 46) | (grid[:, 19] == 44))
    run = np.cumprod(digit[:, 20:30], axis=1)
    digits = run.sum(axis=1)
    fine &= ~has_fraction | ((digits >= 1) & (digits <= 9))
    six = np.where(run[:, :6] > 0, grid[:, 20:26] - 48, 0)
    fraction = np.where(has_fraction, six @ np.array([100_000, 10_000, 1_000, 100, 10, 1]), 0)
    end = np.where(has_fraction, 20 + digits, np.where(has_seconds, 19, 16))
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction, end, fine


def _offset(grid: Grid, digit: Mask, lengths: Int64, end: Int64) -> tuple[Int64, Mask, Mask]:
    """Microseconds that the written offset is ahead of UTC, whether there is one, and whether it is fine."""
    rest = lengths - end
    places = np.minimum(end[:, None] + np.arange(6), _WIDEST)
    tail = np.take_along_axis(grid, places, axis=1)
    is_digit = np.take_along_axis(digit, places, axis=1)
    zulu = (rest == 1) & ((tail[:, 0] == 90) | (tail[:, 0] == 122))
    signed = (tail[:, 0] == 43) | (tail[:, 0] == 45)
    hours_fine = signed & is_digit[:, 1] & is_digit[:, 2]
    short = hours_fine & (rest == 3)
    plain = hours_fine & (rest == 5) & is_digit[:, 3] & is_digit[:, 4]
    colon = hours_fine & (rest == 6) & (tail[:, 3] == 58) & is_digit[:, 4] & is_digit[:, 5]
    hours = _number(tail, 1, 3)
    minutes = np.where(plain, _number(tail, 3, 5), np.where(colon, _number(tail, 4, 6), 0))
    written = short | plain | colon
    fine = (rest == 0) | zulu | (written & (hours <= 23) & (minutes <= 59))
    sign = np.where(tail[:, 0] == 45, -1, 1)
    return np.where(written, sign * (hours * 60 + minutes) * 60_000_000, 0), zulu | written, fine
