"""Service: how fast tickets are answered and settled, and how often a limit is passed."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import RatioTally, SpreadTally

from ._apart import Apart
from ._business_hours import BusinessHours
from ._cut import Cut
from ._pairing import Pairs, ends_of_days, paired
from ._registry import register
from ._tickets import STOCK, Tickets

Int64Array = npt.NDArray[np.int64]
_OPEN: Final = "still open"
_HOUR_US: Final = 3_600_000_000


@register("first_response_time", unit="hours", better="lower")
def first_response_time(
    cut: Cut, *, hours: BusinessHours | None = None, tickets: Tickets = STOCK, quantile: float = 0.5
) -> Apart:
    """The median time from the opening of a ticket to the first answer, of the tickets first answered in the period.

    An answer is a message of the company or, without one, the closing; what belongs together is said at `Tickets`. Time
    is on the wall clock, or in `hours` of business. Tickets without an answer at the end of the period are counted
    apart, so a desk that leaves tickets lying looks fast: read both. Also in use: `first_response_time_p90`,
    `sla_breach_rate`.
    """
    return _times(cut, tickets.answers(cut), hours, quantile)


@register("first_response_time_p90", unit="hours", better="lower")
def first_response_time_p90(cut: Cut, *, hours: BusinessHours | None = None, tickets: Tickets = STOCK) -> Apart:
    """The time within which nine of ten tickets were first answered; all else as in `first_response_time`."""
    return _times(cut, tickets.answers(cut), hours, 0.9)


@register("resolution_time", unit="hours", better="lower")
def resolution_time(
    cut: Cut, *, hours: BusinessHours | None = None, tickets: Tickets = STOCK, quantile: float = 0.5
) -> Apart:
    """The median time from the opening of a ticket to its closing, of the tickets closed in the period.

    A ticket that is opened again after its closing is another one. Time is on the wall clock, or in `hours` of
    business; tickets open at the end of the period are counted apart. Also in use: `resolution_time_p90`.
    """
    return _times(cut, tickets.closings(cut), hours, quantile)


@register("resolution_time_p90", unit="hours", better="lower")
def resolution_time_p90(cut: Cut, *, hours: BusinessHours | None = None, tickets: Tickets = STOCK) -> Apart:
    """The time within which nine of ten tickets were closed; all else as in `resolution_time`."""
    return _times(cut, tickets.closings(cut), hours, 0.9)


@register("sla_breach_rate", unit="rate", better="lower")
def sla_breach_rate(
    cut: Cut, *, limit_hours: float = 24.0, hours: BusinessHours | None = None, tickets: Tickets = STOCK
) -> Apart:
    """Of the tickets decided in the period, the share not first answered within a limit.

    A ticket is decided when it is answered in time, or when its limit passes; an answer at that very instant is in
    time. What is neither yet is counted apart. Time is on the wall clock, or in `hours` of business.

    Raises:
        InvalidArgument: the limit is not above 0.
    """
    if not limit_hours > 0:
        raise InvalidArgument(f"sla_breach_rate: limit_hours={limit_hours!r} is not above 0; give hours, such as 24")
    pairs = tickets.answers(cut)
    begin = pairs.opened.at
    if hours is None:
        limit = begin + round(limit_hours * _HOUR_US)
    else:
        limit = hours.after(begin, limit_hours, cut.end_us, cut.period.calendar)
    return _breaches(cut, pairs, limit)


@register("handover_breach_rate", unit="rate", better="lower")
def handover_breach_rate(
    cut: Cut,
    *,
    days: int = 30,
    handed_over: tuple[str, ...] = ("owner_changed",),
    met: tuple[str, ...] = ("meeting_held", "message_answered"),
) -> Apart:
    """Of the handovers to another owner decided in the period, the share without a first contact within n days.

    A handover is decided when customer and owner meet in time, or when the last of the days ends. Each handover counts,
    also one that follows before anybody met. What is neither yet is counted apart.
    """
    pairs = paired(cut.history(*handed_over), cut.history(*met), refs=())
    return _breaches(cut, pairs, ends_of_days(pairs.opened.day + days, cut.period.calendar) - 1)


def _times(cut: Cut, pairs: Pairs, hours: BusinessHours | None, quantile: float) -> Apart:
    inside = pairs.is_closed & (pairs.closed_at >= cut.start_us)
    seconds = _elapsed(cut, pairs.opened.at[inside], pairs.closed_at[inside], hours)
    n_open = int(np.count_nonzero(~pairs.is_closed))
    return Apart(SpreadTally.of(seconds, per=3600, quantile=quantile), n_open, _OPEN)


def _elapsed(cut: Cut, begin_us: Int64Array, end_us: Int64Array, hours: BusinessHours | None) -> Int64Array:
    """The time between pairs of instants in whole seconds, on the wall clock or in hours of business; shape (n,)."""
    if hours is None:
        return (end_us - begin_us) // 1_000_000
    return hours.between(begin_us, end_us, cut.period.calendar)


def _breaches(cut: Cut, pairs: Pairs, limit: Int64Array) -> Apart:
    in_time = pairs.closed_at <= limit
    in_time &= pairs.is_closed
    is_late = ~in_time & (limit < cut.end_us)
    decided_at = np.where(in_time, pairs.closed_at, limit)
    inside = (in_time | is_late) & (decided_at >= cut.start_us)
    waiting = int(np.count_nonzero(~in_time & ~is_late))
    ratio = RatioTally(int(np.count_nonzero(is_late & inside)), int(np.count_nonzero(inside)))
    return Apart(ratio, waiting, "within their limit and not answered yet")
