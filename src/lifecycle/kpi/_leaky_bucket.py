"""The leaky bucket: customers and revenue in, out and back, and where it leaks."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.tally import RatioTally

from ._cut import Cut, End, Replayed
from ._groups import By, group_labels
from ._order_book import order_book
from ._period import AskedPeriod, Period
from ._stated import BUYS, GIVES_BACK, Spend, minor_of, minor_per
from ._table_of import table_of
from ._whereabouts import checked_days, newcomers

Int64Array = npt.NDArray[np.int64]
_DAY_US = 86_400 * 1_000_000


@attrs.frozen
class Worth:
    """What revenue a customer stands for at an instant: what was paid in so many days before it, net of returns."""

    days: int = 365
    """How many days before the instant."""
    kinds: tuple[str, ...] = BUYS
    """What is paid."""
    refunds: tuple[str, ...] = GIVES_BACK
    """What gives it back."""

    def of(self, cut: Cut, end: End) -> Int64Array:
        """The revenue of each customer in minor units, at the start or the end of a period; shape (n_customers,)."""
        at_us = min(cut.start_us, cut.end_us) if end == "start" else cut.end_us
        book = order_book(cut, self.kinds, self.refunds)
        return book.revenue(at_us - checked_days(self.days) * _DAY_US, at_us)


_A_YEAR = Worth()


def leaky_bucket(
    story: Replayed,
    periods: AskedPeriod | list[AskedPeriod],
    *,
    cac: Spend | None = None,
    worth: Worth = _A_YEAR,
) -> Table:
    """Customers and revenue in, out and back, per period, and what it costs to refill the bucket.

    One row per period: `opening` + `new` + `back` − `out` = `closing`, for customers by where they stand at both ends
    (who leaves and comes back within the period is in none; who comes and leaves within it is in `in_and_out` alone),
    and `revenue_opening` + `revenue_new` + `revenue_back` − `revenue_out` + `revenue_grown` = `revenue_closing` for the
    revenue that they stand for then, where `grown` is by how much more those who stayed stand for. Refilling costs
    `out` × CAC. For every single coming and going: `customer_balance`.

    Args:
        story: what `replay` gives.
        periods: one period, or a list of them.
        cac: what winning a customer costs; None leaves the cost of refilling open.
        worth: what revenue a customer stands for at an instant; by default that of the 365 days before.

    Returns:
        A table with one row per period; money in major units.

    Raises:
        InvalidArgument: no period, no such one, or one that begins after the end of the story.
    """
    zone = story.record.program.calendar.zone
    asked = [Period.of(period, zone) for period in (periods if isinstance(periods, list) else [periods])]
    if not asked:
        raise InvalidArgument("periods is empty; give '2026-Q1', or a list of such")
    rows = [_period_row(_begun(Cut(story, period)), cac, worth) for period in asked]
    return table_of(rows, "the leaky bucket")


def _begun(cut: Cut) -> Cut:
    if cut.start_us >= cut.record.until_us:
        raise InvalidArgument(f"the period {cut.period} begins after the end of the story; replay it until later")
    return cut


def _period_row(cut: Cut, cac: Spend | None, worth: Worth) -> dict[str, Any]:
    start, end, came = cut.at_start.active, cut.at_end.active, newcomers(cut)
    parts = {"new": ~start & end & came, "back": ~start & end & ~came, "out": start & ~end}
    counts = {name: int(np.count_nonzero(mask)) for name, mask in parts.items()}
    before, after, per = worth.of(cut, "start"), worth.of(cut, "end"), minor_per(cut)

    def money(values: Int64Array) -> float:
        return float(sum(values.tolist()) / per)

    return {
        "period": cut.period.label,
        "opening": int(np.count_nonzero(start)),
        **counts,
        "closing": int(np.count_nonzero(end)),
        "net": counts["new"] + counts["back"] - counts["out"],
        "in_and_out": int(np.count_nonzero(came & ~end)),
        "revenue_opening": money(before[start]),
        "revenue_new": money(after[parts["new"]]),
        "revenue_back": money(after[parts["back"]]),
        "revenue_out": money(before[parts["out"]]),
        "revenue_grown": money((after - before)[start & end]),
        "revenue_closing": money(after[end]),
        "revenue_net": money(after[end]) - money(before[start]),
        "refill_cost": np.nan if cac is None else counts["out"] * minor_of(cac, cut, "cac") / per,
        "is_over": cut.is_over,
    }


def leaks(story: Replayed, period: AskedPeriod, *, by: By, worth: Worth = _A_YEAR) -> Table:
    """Where the bucket leaks: the losses of a period by stage, source, owner, discount, or any other group.

    One row per group, the largest loss of revenue first: customers active at the start, those of them not active at the
    end (`out`), the share of all that went out, the share of the base, the revenue that went with them and its share,
    the rate of going out with its interval, and how many times that of everybody it is. Groups add up to the whole,
    which is the last row.

    Args:
        story: what `replay` gives.
        period: when.
        by: 'stage', 'source', 'owner', a segment, `Banded(…)`, `Welcomed(…)`, `WelcomedBand(…)`, as in `report`.
        worth: what revenue a customer stands for, read at the start of the period.

    Raises:
        InvalidArgument: no such period or group, or the period begins after the end of the story.
    """
    cut = _begun(Cut(story, Period.of(period, story.record.program.calendar.zone)))
    start = cut.at_start.active
    out, labels = start & ~cut.at_end.active, group_labels(cut, by)
    revenue, per = worth.of(cut, "start"), minor_per(cut)
    masks = [(name, start & (labels == name)) for name in sorted(set(labels[start].tolist()))]
    whole = _leak("(all)", start, out, revenue)
    found = [_leak(name, mask, out, revenue) for name, mask in masks]
    found.sort(key=lambda leak: (-leak.revenue, -leak.tally.hits, leak.name))
    rows = [leak.row(whole, per) for leak in (*found, whole)]
    return table_of(rows, f"leaks of {cut.period}")


@attrs.frozen
class _Leak:
    """The losses of one group."""

    name: str
    tally: RatioTally
    revenue: int

    def row(self, whole: _Leak, per: int) -> dict[str, Any]:
        """The group beside everybody."""
        rate, base = self.tally.finish(), whole.tally.finish().value
        return {
            "group": self.name,
            "customers": self.tally.of,
            "out": self.tally.hits,
            "share_of_out": _share(self.tally.hits, whole.tally.hits),
            "share_of_customers": _share(self.tally.of, whole.tally.of),
            "revenue_out": self.revenue / per,
            "share_of_revenue_out": _share(self.revenue, whole.revenue),
            "rate": rate.value,
            "low": rate.low,
            "high": rate.high,
            "times_the_whole": rate.value / base if rate.value is not None and base else None,
        }


def _leak(name: str, mask: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_], revenue: Int64Array) -> _Leak:
    return _Leak(name, RatioTally.of_customers(out, mask), sum(revenue[mask & out].tolist()))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
