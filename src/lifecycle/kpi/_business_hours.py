"""Time as an office counts it: only while it is open."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import EPOCH, Calendar

from ._pairing import NEVER

Int64Array = npt.NDArray[np.int64]
_SECOND_US = 1_000_000
_WEEK = "1111100"


def _time(value: time | str) -> time:
    try:
        return value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidArgument(f"BusinessHours: {value!r} is no time of a day; give '09:00'") from None


def _days_off(days: Any) -> tuple[date, ...]:
    return tuple(sorted(days))


@attrs.frozen(repr=False)
class BusinessHours:
    """When an office is open, in the zone of the definition: Monday to Friday from 9 to 17 unless said otherwise.

    Raises:
        InvalidArgument: it closes before it opens, a time is none or has a zone, or the week is not seven signs.
    """

    opens: time = attrs.field(default=time(9), converter=_time)
    """When it opens, on the clock of the zone."""
    closes: time = attrs.field(default=time(17), converter=_time)
    """When it closes, on the same day."""
    week: str = attrs.field(default=_WEEK, kw_only=True)
    """Seven signs from Monday to Sunday, 1 for a day on which it opens."""
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_days_off, kw_only=True)
    """Days on which it does not."""

    def __attrs_post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo or self.opens >= self.closes:
            raise InvalidArgument(
                f"BusinessHours: from {self.opens} to {self.closes} is no stretch of a day; give times without a zone,"
                " such as '09:00' and '17:00'"
            )
        if len(self.week) != 7 or set(self.week) - {"0", "1"} or "1" not in self.week:
            raise InvalidArgument(f"BusinessHours: week={self.week!r} is not seven signs 0 or 1 from Monday to Sunday")

    def __repr__(self) -> str:
        # The name of a measurement carries it: all that differs must show.
        parts = [repr(at.isoformat().removesuffix(":00")) for at in (self.opens, self.closes)]
        parts += [] if self.week == _WEEK else [f"week={self.week!r}"]
        parts += [f"holidays={[str(day) for day in self.holidays]}"] if self.holidays else []
        return f"BusinessHours({', '.join(parts)})"

    def between(self, begin_us: Int64Array, end_us: Int64Array, calendar: Calendar) -> Int64Array:
        """The time for which it was open between pairs of instants, in whole seconds; shape (n,)."""
        if not len(begin_us):
            return np.zeros(0, np.int64)
        shifts = self._shifts(int(min(begin_us.min(), end_us.min())), int(max(begin_us.max(), end_us.max())), calendar)
        return (_worked(end_us, *shifts) - _worked(begin_us, *shifts)) // _SECOND_US

    def after(self, begin_us: Int64Array, hours: float, until_us: int, calendar: Calendar) -> Int64Array:
        """The instants by which it was open for so many hours since others; `NEVER` where that is not before an end."""
        if not len(begin_us):
            return np.zeros(0, np.int64)
        opens, closes = self._shifts(int(begin_us.min()), max(until_us, int(begin_us.max())), calendar)
        target = _worked(begin_us, opens, closes) + round(hours * 3600) * _SECOND_US
        total = np.cumsum(closes - opens)
        place = np.searchsorted(total, target)
        at = np.append(closes, 0)[place] - (np.append(total, 0)[place] - target)
        return np.where((place < len(total)) & (at < until_us), at, NEVER)

    def _shifts(self, first_us: int, last_us: int, calendar: Calendar) -> tuple[Int64Array, Int64Array]:
        """When it opens and closes on each day that the instants touch."""
        days = np.arange(calendar.day_of(first_us), calendar.day_of(last_us) + 1).astype("M8[D]")
        is_open = np.is_busday(days, weekmask=self.week, holidays=np.array(self.holidays, "M8[D]"))
        chosen = days[is_open].tolist()
        return tuple(  # type: ignore[return-value]
            np.array([_instant(day, at, calendar.zone) for day in chosen], np.int64) for at in (self.opens, self.closes)
        )


@lru_cache(maxsize=65_536)
def _instant(day: date, at: time, zone: str) -> int:
    """The instant of a time on the clock, in microseconds."""
    since = datetime.combine(day, at, tzinfo=ZoneInfo(zone)) - EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND_US + since.microseconds


def _worked(at: Int64Array, opens: Int64Array, closes: Int64Array) -> Int64Array:
    """The time for which it was open from the first day up to each instant, in microseconds."""
    lengths = closes - opens
    before = np.concatenate([[0], np.cumsum(lengths)])
    place = np.searchsorted(opens, at, side="right")  # how many shifts have begun
    running = np.minimum(at - np.append(opens, 0)[place - 1], np.append(lengths, 0)[place - 1])
    found: Int64Array = np.where(place > 0, before[place - 1] + running, 0)
    return found
