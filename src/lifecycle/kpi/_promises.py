"""Promises: kept by their day, late, broken, open."""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.rules import BoolArray, day_of_text, texts
from lifecycle.tally import RatioTally

from ._apart import Apart
from ._cut import Cut
from ._pairing import Int64Array, Pairs, ends_of_days, paired
from ._registry import register

_KEPT: Final = ("promise_kept",)
_BROKEN: Final = ("promise_broken",)
_NO_DAY: Final = np.iinfo(np.int64).min  # NaT's number


@attrs.frozen(eq=False)
class _Promises:
    """All promises made before the end of a period; arrays have shape (n_promises,)."""

    pairs: Pairs
    has_due: BoolArray
    last_day: Int64Array
    """The last day in time; of no meaning without a due day."""
    is_kept: BoolArray
    """Kept, in time or late."""
    closed_day: Int64Array

    @property
    def in_time(self) -> BoolArray:
        return self.is_kept & (~self.has_due | (self.closed_day <= self.last_day))


def _promises(cut: Cut, ref: str, due: str) -> _Promises:
    made, closing = cut.history("promise_made"), cut.history(*_KEPT, *_BROKEN)
    pairs = paired(made, closing, refs=(ref,)).distinct()
    codes, book = texts(cut.rows, due, pairs.opened.index)
    days = [day_of_text(text) for text in book]
    day = np.array([*(0 if day is None else day for day in days), 0], np.int64)[codes]
    known = np.array([*(day is not None for day in days), False])[codes]
    key = cut.record.program.context.key
    is_kept = pairs.closed_as(*(key(kind) for kind in _KEPT))
    closed_day = np.zeros(len(pairs), np.int64)
    closed_day[pairs.is_closed] = cut.rows.days_at(pairs.closed_by[pairs.is_closed])
    # As for the fact `Overdue`: what is due before it was promised is due that day.
    return _Promises(pairs, known, np.maximum(day, pairs.opened.day), is_kept, closed_day)


@register("promise_kept_rate", unit="rate", better="higher")
def promise_kept_rate(cut: Cut, *, ref: str = "promise", due: str = "due") -> Apart:
    """Of the promises decided in the period, the share kept by their due day.

    A promise is decided when it is kept or broken, and at the latest when its due day ends: then it is not kept in
    time, whatever comes after. Without a due day it is decided when it is kept or broken. What is open and not due yet
    is counted apart. Kept and broken belong to the promise of the same customer with the same `ref`.
    """
    found = _promises(cut, ref, due)
    due_us = np.where(found.has_due, ends_of_days(found.last_day, cut.period.calendar) - 1, np.iinfo(np.int64).max)
    decided_at = np.minimum(found.pairs.closed_at, due_us)
    inside = (decided_at >= cut.start_us) & (decided_at < cut.end_us)
    ratio = RatioTally(int(np.count_nonzero(found.in_time & inside)), int(np.count_nonzero(inside)))
    return Apart(ratio, int(np.count_nonzero(decided_at >= cut.end_us)), "open and not due yet")


def promises(cut: Cut, *, ref: str = "promise", due: str = "due") -> Table:
    """The promises of a period: those made in it, and those of before that were open when it began.

    Args:
        cut: the period; the status is that of its end.
        ref: the attribute that holds the reference of a promise.
        due: the attribute of the promise that holds its due day, an ISO date.

    Returns:
        `customer`, `promise`, `made`, `due`, `status`, `closed` and `days_late`, by customer and time. The status is
        kept, late (kept after its due day), broken or open; `days_late` counts days beyond the due day, those so far of
        what is open; NaN where there is none.
    """
    every = _promises(cut, ref, due)
    kept = (every.pairs.opened.at >= cut.start_us) | (every.pairs.closed_at >= cut.start_us)
    found = _Promises(every.pairs.where(kept), *(getattr(every, name)[kept] for name in _COLUMNS))
    pairs, today = found.pairs, cut.period.calendar.day_of(cut.end_us - 1)
    late = np.where(pairs.is_closed, found.closed_day, today) - found.last_day
    codes, book = texts(cut.rows, ref, pairs.opened.index)
    columns: dict[str, npt.NDArray[Any]] = {
        "customer": cut.record.log.ids(pairs.opened.customer),
        "promise": np.array([*book, None], object)[codes],
        "made": pairs.opened.at.view("M8[us]"),
        "due": np.where(found.has_due, found.last_day, _NO_DAY).astype("M8[D]"),
        "status": _status(found),
        "closed": np.where(pairs.is_closed, pairs.closed_at, _NO_DAY).view("M8[us]"),
        "days_late": np.where(found.has_due & (late > 0), late, np.nan),
    }
    return Table(columns, title=f"promises of {cut.period}")


_COLUMNS: Final = ("has_due", "last_day", "is_kept", "closed_day")


def _status(found: _Promises) -> npt.NDArray[Any]:
    names = np.array(["kept", "late", "broken", "open"], object)
    code = np.select([found.in_time, found.is_kept, found.pairs.is_closed], [0, 1, 2], 3)
    status: npt.NDArray[Any] = names[code]
    return status
