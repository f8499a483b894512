"""Amount columns to exact minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal, assert_never

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument, InvalidTouchpoint
from lifecycle.model import exponent, minor_units

from ._column import Coded, Column, Decimals, Numbers, Objects, Texts, Times
from ._factorise import factorise
from ._problems import Problems
from ._text import chunks

Int64 = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Rounding = Literal["exact", "half_even"]

_LIMIT = 2**53
_NEAR = 1e-6
"""A float this near to a whole number of minor units is that number (S13)."""


@attrs.frozen(eq=False)
class Amounts:
    """Amounts in minor units."""

    minor: Int64
    """Minor units, 0 where there is none; shape (rows,)."""
    known: BoolArray | None
    """Where there is an amount; None for everywhere."""
    rounded: int
    """How many were rounded to a minor unit."""


def read_amounts(column: Column, currency: str, rounding: Rounding, problems: Problems, name: str) -> Amounts:
    """The amounts of rows of one currency; what has too many decimals or is not finite goes to `problems`.

    Raises:
        InvalidArgument: the column as a whole holds no amounts.
    """
    digits = exponent(currency)
    match column:
        case Numbers() if column.values.dtype.kind == "f":
            return _of_floats(column, digits, rounding, problems, name)
        case Numbers() if column.values.dtype.kind in "iu":
            values = np.clip(column.values, -_LIMIT, _LIMIT) if column.values.dtype.itemsize == 8 else column.values
            whole = Decimals(values.astype(np.int64), 0, column.valid)
            return _of_decimals(whole, digits, rounding, problems, name)
        case Decimals():
            return _of_decimals(column, digits, rounding, problems, name)
        case Texts():
            codes, book = factorise(column.text)
            texts = Objects(np.array(book.decode(), np.object_))
            return _spread(Coded(_masked(codes, column.valid), texts), currency, rounding, problems, name)
        case Coded():
            return _spread(column, currency, rounding, problems, name)
        case Objects():
            return _of_objects(column, currency, rounding, problems, name)
        case Numbers() | Times():
            raise InvalidArgument(f"{name!r} holds no amounts but {column.pick(range(min(len(column), 1)))}")
    assert_never(column)


def _masked(codes: npt.NDArray[np.int32], valid: BoolArray | None) -> npt.NDArray[np.int32]:
    return codes if valid is None else np.where(valid, codes, np.int32(-1))


def _of_floats(column: Numbers, digits: int, rounding: Rounding, problems: Problems, name: str) -> Amounts:
    """Floats, a chunk at a time, so that the steps between need no memory worth naming."""
    minor, known = np.empty(len(column), np.int64), np.empty(len(column), np.bool_)
    scale, rounded = 10.0**digits, 0
    for low, high in chunks(len(column)):
        values = column.values[low:high].astype(np.float64)
        present = values == values
        if column.valid is not None:
            present &= column.valid[low:high]
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = values * scale
            whole = np.rint(scaled)
            fine = np.abs(scaled - whole) <= _NEAR
        if not (fine | ~present).all():
            # A large float may be the one nearest to a minor unit although their product is not.
            fine |= whole / scale == values
            if rounding == "half_even":
                changed = ~fine & present & np.isfinite(values)
                whole = np.where(changed, _half_even_floats(scaled), whole)
                fine |= changed
                rounded += int(changed.sum())
        fine &= np.abs(whole) < _LIMIT
        if not (fine | ~present).all():
            rows = np.flatnonzero(~fine & present) + low
            problems.add(rows, lambda row: _odd_float(float(column.values[row]), digits, name))
        minor[low:high] = np.where(fine & present, whole, 0)
        known[low:high] = present
    return Amounts(minor, None if known.all() else known, rounded)


def _half_even_floats(scaled: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Whole numbers; within the tolerance of a half is a half: 1.015 * 100 is 101.49999999999999."""
    with np.errstate(invalid="ignore"):
        down = np.floor(scaled)
        tie = np.abs(scaled - down - 0.5) <= _NEAR
        return np.where(tie, down + (down % 2), np.rint(scaled))


def _odd_float(value: float, digits: int, name: str) -> str:
    if not np.isfinite(value):
        return f"{name!r} is not finite ({value!r})"
    if abs(value) * 10**digits >= _LIMIT:
        return f"{name!r} reaches 2**53 minor units ({value!r}); check the unit"
    return _too_fine(value, digits, name)


def _too_fine(value: object, digits: int, name: str) -> str:
    return (
        f"{name!r} has more decimals than its currency ({value}, {digits} allowed); "
        "round it, or pass rounding='half_even'"
    )


def _of_decimals(column: Decimals, digits: int, rounding: Rounding, problems: Problems, name: str) -> Amounts:
    values, rounded = column.values, 0
    known = column.present()
    if known is not None:
        values = np.where(known, values, 0)
    if column.scale <= digits:
        factor = 10 ** (digits - column.scale)
        large = np.abs(values) >= -(-_LIMIT // factor)
        minor = np.where(large, 0, values) * factor
    else:
        divisor = 10 ** min(column.scale - digits, 18)
        minor, rest = np.divmod(values, divisor)
        if rounding == "half_even":
            twice = rest * 2 if divisor < 10**18 else rest
            up = (twice > divisor) | ((twice == divisor) & (minor % 2 == 1))
            minor, rounded = minor + up, int((rest != 0).sum())
        elif rest.any():
            problems.add_where(
                rest != 0,
                lambda row: _too_fine(column.pick([row])[0], digits, name),
            )
        large = np.abs(minor) >= _LIMIT
    if large.any():
        problems.add_where(large, lambda row: f"{name!r} reaches 2**53 minor units ({column.pick([row])[0]})")
    return Amounts(minor, known, rounded)


def _spread(column: Coded, currency: str, rounding: Rounding, problems: Problems, name: str) -> Amounts:
    inside = Problems(len(column.book))
    book = read_amounts(column.book, currency, rounding, inside, name)
    for row, why in zip(*inside.reasons(), strict=True):
        problems.add_where(column.codes == row, why)
    known = column.present()
    minor = np.append(book.minor, 0)[column.codes]
    if not book.rounded:
        return Amounts(minor, known, 0)
    # Which of the book were rounded is asked again one by one: how often each occurs decides the count.
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.book))
    singles = [read_amounts(column.book.keep(np.array([i])), currency, rounding, Problems(1), name).rounded
               for i in range(len(column.book))]  # fmt: skip
    return Amounts(minor, known, int((counts * np.array(singles)).sum()))


def _of_objects(column: Objects, currency: str, rounding: Rounding, problems: Problems, name: str) -> Amounts:
    minor, rounded = np.zeros(len(column), np.int64), 0
    for row, value in enumerate(column.values.tolist()):
        if value is None:
            continue
        value = value.item() if isinstance(value, np.generic) else value
        if type(value) is float:
            inside = Problems(1)
            one = _of_floats(Numbers(np.array([value]), None), exponent(currency), rounding, inside, name)
            minor[row], rounded = one.minor[0], rounded + one.rounded
            problems.add(np.array([row] if inside else [], np.int64), inside.reasons()[1][0] if inside else "")
            continue
        try:
            minor[row] = minor_units(value, currency)
        except InvalidTouchpoint as error:
            closest = _half_even(value, currency) if rounding == "half_even" else None
            if error.code == "too_many_decimals" and closest is not None:
                minor[row], rounded = closest, rounded + 1
            else:
                problems.add(np.array([row]), str(error).replace("'amount'", repr(name), 1))
    return Amounts(minor, column.present(), rounded)


def _half_even(value: object, currency: str) -> int | None:
    try:
        step = Decimal(1).scaleb(-exponent(currency))
        return minor_units(Decimal(str(value)).quantize(step, ROUND_HALF_EVEN), currency)
    except (InvalidOperation, InvalidTouchpoint):
        return None
