"""What money that comes later is worth today: a rate that says per what, how it compounds and when payments fall."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from itertools import pairwise
from math import isfinite, log1p
from typing import Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._time_unit import DAYS_OF, TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]
Compounding: TypeAlias = Literal["effective", "continuous", "nominal"]
Timing: TypeAlias = Literal["start", "middle", "end"]

_SHIFT: Final[dict[str, float]] = {"start": 0.0, "middle": 0.5, "end": 1.0}
_LETTERS: Final[dict[str, TimeUnit]] = {"d": "day", "w": "week", "m": "month", "y": "year"}
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([dwmy])")


@attrs.frozen
class Discount:
    """A discount rate with all that a bare number leaves open.

    Args:
        rate: the rate, 0.1 for 10 %; 0 only with a horizon, since an endless sum may then be infinite.
        per: the span that the rate is for.
        compounding: how the rate is quoted, see the field.
        times: for a nominal rate: how often it compounds within `per`.
        timing: where in its period a payment falls.
        horizon: how far to look: '52w' (d, w, m, y), or a number and its unit; None: for ever.

    Raises:
        InvalidArgument: a rate below 0 or not finite, 0 without a horizon, an unknown word, or no such horizon.

    >>> print(Discount(0.10))
    10 % a year, effective (0.7974 % a month); payments at the start of each period; for ever
    """

    rate: float
    """The rate as quoted; 0.1 is 10 %."""
    per: TimeUnit = attrs.field(default="year", kw_only=True)
    """The span that the rate is for."""
    compounding: Compounding = attrs.field(default="effective", kw_only=True)
    """'effective': (1 + rate) over `per`; 'continuous': e to the rate; 'nominal': (1 + rate ÷ times) to the times."""
    times: int = attrs.field(default=12, kw_only=True)
    """How often a nominal rate compounds within `per`; the other two do not read it."""
    timing: Timing = attrs.field(default="start", kw_only=True)
    """Where in its period a payment falls; 'start' leaves the first payment undiscounted."""
    horizon: str | tuple[float, TimeUnit] | None = attrs.field(default=None, kw_only=True)
    """How far to look from now, or None for ever; a period that it cuts counts by its part."""

    def __attrs_post_init__(self) -> None:
        _check_number(self.rate)
        _check_word("per", self.per, tuple(DAYS_OF))
        _check_word("compounding", self.compounding, ("effective", "continuous", "nominal"))
        _check_word("timing", self.timing, tuple(_SHIFT))
        if type(self.times) is not int or self.times < 1:
            raise InvalidArgument(f"Discount: times={self.times!r} is no whole number from 1; give 12 for monthly")
        if self.horizon is not None:
            _span_days(self.horizon)
        elif self.rate == 0:
            raise InvalidArgument("Discount: rate=0 adds up for ever; give a horizon, such as horizon='5y'")

    @property
    def horizon_days(self) -> float | None:
        """The horizon in days, a month as 365/12 and a year as 365; None for ever."""
        return None if self.horizon is None else _span_days(self.horizon)

    @property
    def shift(self) -> float:
        """What part of its period passes before a payment: 0, 0.5 or 1."""
        return _SHIFT[self.timing]

    def per_unit(self, unit: TimeUnit) -> float:
        """The continuous rate per unit: what is t units away is worth e to the minus t times this.

        Raises:
            InvalidArgument: no such unit.
        """
        _check_word("unit", unit, tuple(DAYS_OF))
        return self._force() * (DAYS_OF[unit] / DAYS_OF[self.per])

    def horizon_in(self, unit: TimeUnit) -> float | None:
        """The horizon in units; None for ever.

        Raises:
            InvalidArgument: no such unit.
        """
        _check_word("unit", unit, tuple(DAYS_OF))
        if self.horizon is None:
            return None
        amount, of = _span(self.horizon)
        return amount if of == unit else amount * DAYS_OF[of] / DAYS_OF[unit]

    def log_factor(self, days: npt.ArrayLike) -> FloatArray:
        """The logarithm of what 1 is worth that is so many days away; timing and horizon do not enter."""
        return np.asarray(-self.per_unit("day") * np.asarray(days, np.float64))

    def schedule(self, start: date, months: int) -> tuple[date, ...]:
        """The days of monthly payments by the calendar, one for each of the months that begin at `start`.

        The day of the month stays that of `start`, or the last day of a shorter month: 31 January, 28 February,
        31 March. Timing 'end' gives the day on which each month is over, 'middle' the day halfway, rounded down.
        Put `(day - start).days` into `log_factor` for factors that are true to the calendar.

        Args:
            start: the first day.
            months: how many months, at least 0.

        Raises:
            InvalidArgument: months is no whole number from 0.
        """
        if type(months) is not int or months < 0:
            raise InvalidArgument(f"Discount.schedule: months={months!r} is no whole number from 0; give 12 for a year")
        edges = [_months_later(start, n) for n in range(months + 1)]
        if self.timing == "middle":
            return tuple(one + (two - one) // 2 for one, two in pairwise(edges))
        return tuple(edges[1:] if self.timing == "end" else edges[:-1])

    def __str__(self) -> str:
        quoted = f"nominal, {self.times} times" if self.compounding == "nominal" else self.compounding
        is_monthly = self.per == "month" and self.compounding == "effective"
        monthly = "" if is_monthly else f" ({100 * np.expm1(self.per_unit('month')):.4g} % a month)"
        far = "for ever" if self.horizon is None else "for {:g} {}s".format(*_span(self.horizon))
        rate = f"{100 * self.rate:.6g} % a {self.per}, {quoted}{monthly}"
        return f"{rate}; payments at the {self.timing} of each period; {far}"

    def _force(self) -> float:
        if self.compounding == "continuous":
            return self.rate
        return log1p(self.rate) if self.compounding == "effective" else self.times * log1p(self.rate / self.times)


def _span(horizon: str | tuple[float, TimeUnit]) -> tuple[float, TimeUnit]:
    if isinstance(horizon, str):
        found = _SPAN.fullmatch(horizon.strip())
        amount, unit = (float(found[1]), _LETTERS[found[2]]) if found else (0.0, "day")
    elif isinstance(horizon, tuple) and len(horizon) == 2 and horizon[1] in DAYS_OF and _is_number(horizon[0]):
        amount, unit = float(horizon[0]), horizon[1]
    else:
        amount, unit = 0.0, "day"
    if not amount > 0 or not isfinite(amount):
        raise InvalidArgument(
            f"Discount: horizon={horizon!r} is no span above 0; give '52w', '12m', '5y', or a number and its unit"
        )
    return amount, unit


def _span_days(horizon: str | tuple[float, TimeUnit]) -> float:
    amount, unit = _span(horizon)
    return amount * DAYS_OF[unit]


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_number(rate: object) -> None:
    if not isinstance(rate, (int, float)) or isinstance(rate, bool) or not isfinite(rate) or rate < 0:
        raise InvalidArgument(f"Discount: rate={rate!r} is no number from 0; give 0.1 for 10 %")


def _check_word(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InvalidArgument(f"Discount: {name}={value!r} is unknown; give one of {', '.join(known)}")
