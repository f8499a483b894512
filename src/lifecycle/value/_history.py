"""What every model of purchases checks of the numbers that it is asked about."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._time_unit import DAYS_OF

FloatArray: TypeAlias = npt.NDArray[np.float64]


def histories(x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three broadcast against each other, as float64.

    Raises:
        InvalidArgument: something is negative or no number, or a last purchase lies after the end.
    """
    columns = np.broadcast_arrays(*(np.asarray(column, dtype=np.float64) for column in (x, t_x, age)))
    for name, column in zip(("x", "t_x", "age"), columns, strict=True):
        _check(name, column)
    late = columns[1] > columns[2] * (1 + 1e-12)
    if late.any():
        place = int(np.argmax(late))
        found = f"t_x={columns[1].flat[place]:g}, age={columns[2].flat[place]:g}"
        raise InvalidArgument(f"customer {place} bought after the end of its observation ({found}); mend t_x or age")
    return columns[0], columns[1], columns[2]


def spans(t: npt.ArrayLike) -> FloatArray:
    """Lengths of time to come, as float64.

    Raises:
        InvalidArgument: one is negative or no number.
    """
    column = np.asarray(t, dtype=np.float64)
    _check("t", column)
    return column


def counts(n: npt.ArrayLike) -> FloatArray:
    """Numbers of purchases, as float64.

    Raises:
        InvalidArgument: one is negative or not whole.
    """
    column = np.asarray(n, dtype=np.float64)
    _check("n", column)
    if not np.array_equal(column, np.floor(column)):
        raise InvalidArgument("'n' is not whole everywhere; give numbers of purchases")
    return column


def check_parameters(model: object, parameters: dict[str, float]) -> None:
    """Look whether all parameters are above 0 and finite, and the unit is known.

    Raises:
        InvalidArgument: they are not.
    """
    for name, value in parameters.items():
        if not (np.isfinite(value) and value > 0):
            raise InvalidArgument(f"{type(model).__name__}: {name}={value!r} is not above 0 and finite")
    unit = getattr(model, "unit", None)
    check_unit(unit)


def check_unit(unit: object) -> None:
    """Look whether a unit of time is known.

    Raises:
        InvalidArgument: it is not.
    """
    if unit not in DAYS_OF:
        raise InvalidArgument(f"unit={unit!r} is no unit of time; give one of {', '.join(DAYS_OF)}")


def _check(name: str, column: FloatArray) -> None:
    bad = ~(np.isfinite(column) & (column >= 0))
    if bad.any():
        place = int(np.argmax(bad))
        raise InvalidArgument(f"{name!r} is {column.flat[place]} at place {place}; give finite numbers, 0 or more")
