"""Tiers of a loyalty programme: points in a rolling window, with a hold, of all customers at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError
from lifecycle.model import Calendar

from ._points import Int64, Lots, starts_of

FloatArray = npt.NDArray[np.float64]


@attrs.frozen
class Tier:
    """A tier and what it takes.

    Raises:
        DefinitionError: points that are no whole number from 0 on.
    """

    name: str
    """What it is called."""
    points: int
    """So many points in the window reach it; 0 for the base tier, where everybody is."""

    def __attrs_post_init__(self) -> None:
        if type(self.points) is not int or self.points < 0:
            raise DefinitionError(f"Tier {self.name!r}: points={self.points!r} is no whole number from 0 on")


@attrs.frozen(eq=False)
class TierColumns:
    """Where everybody stands among the tiers; shape (n_customers,) each."""

    tier: Int64
    """The place of the tier; 0 is the base."""
    since_us: Int64
    """When the present tier was taken up; the smallest int64 where it was the base from the start."""
    until_us: Int64
    """Until when it is kept if nothing more is earned; the largest int64 for ever: the base tier."""
    points: Int64
    """The points in the window."""
    missing: Int64
    """The points that the next tier still takes; 0 at the top."""
    days: FloatArray
    """In how many days the next tier is reached at the present pace; nan for never, and at the top."""


@attrs.frozen
class TierRules:
    """How tiers are reached and kept."""

    thresholds: tuple[int, ...]
    """What each takes, ascending from 0."""
    window_days: int
    """Points count that became active today or in the days before, so many days together."""
    hold_days: int
    """A tier that new points reach, or reach again, is kept for so many days from that day on."""
    pace_days: int
    """The present pace is that of the last so many days."""


def check_tiers(tiers: Sequence[Tier], window_days: int, pace_days: int) -> None:
    """Refuses tiers that cannot be told apart.

    Raises:
        DefinitionError: there is none, the first one does not begin at 0, they do not ascend, two share a name, the
            window is empty, or the pace is that of no day or of more days than the window has.
    """
    points, names = [tier.points for tier in tiers], [tier.name for tier in tiers]
    if not points or points[0] != 0 or points != sorted(set(points)) or len(set(names)) < len(names):
        raise DefinitionError(f"tiers={points} named {names}: give other names, and points that ascend from 0")
    if window_days < 1 or not 1 <= pace_days <= window_days:
        raise DefinitionError(
            f"window_days={window_days}, pace_days={pace_days}: give a day or more, and a pace within the window"
        )


def tier_columns(lots: Lots, rules: TierRules, n_customers: int, until_us: int, calendar: Calendar) -> TierColumns:
    """The tiers just before an instant.

    Args:
        lots: the points that are active by then, in order.
        rules: how tiers are reached and kept.
        n_customers: how many customers there are.
        until_us: everything strictly before it has happened.
        calendar: whose days count.
    """
    today = calendar.day_of(until_us - 1)
    sums = _Sums(lots, rules, n_customers)
    tier, since = np.zeros(n_customers, np.int64), np.full(n_customers, np.iinfo(np.int64).min)
    until = np.full(n_customers, np.iinfo(np.int64).max)
    fell = np.full(n_customers, np.iinfo(np.int64).min)
    for place in reversed(range(1, len(rules.thresholds))):
        begun, end = sums.spell(rules.thresholds[place], calendar)
        holds = end >= until_us
        mine = holds & (tier == 0)
        tier[mine], until[mine] = place, end[mine]
        since[mine] = np.maximum(begun, fell)[mine]
        # Lower tiers last at least as long, so the last fall is that of the lowest tier above.
        fell = np.where((end > 0) & ~holds, end, fell)
    since[tier == 0] = fell[tier == 0]
    points, following = sums.within(today, rules.window_days), np.append(rules.thresholds, 0)[tier + 1]
    is_top = tier == len(rules.thresholds) - 1
    missing = np.where(is_top, 0, following - points)
    days = np.where(is_top, np.nan, sums.days_to(np.where(is_top, 0, following), today))
    return TierColumns(tier, since, until, points, missing, days)


class _Sums:
    """Sums of points in windows of days.

    Args:
        lots: active points, in order.
        rules: the windows.
        n_customers: how many customers there are.
    """

    def __init__(self, lots: Lots, rules: TierRules, n_customers: int) -> None:
        self.lots, self.rules, self.n_customers = lots, rules, n_customers
        self.total = np.concatenate([[0], np.cumsum(lots.points)])
        self.starts = np.searchsorted(lots.customer, np.arange(n_customers + 1))
        # Customers far enough apart that no window of one reaches into the next.
        self.span = int(lots.active_day.max(initial=0)) + 2
        self.key = lots.customer * self.span + lots.active_day

    def _from_day(self, customer: Int64, day: Any) -> Int64:
        """The first lot of customers on a day or later."""
        inside = np.clip(np.asarray(day, np.int64), 0, self.span - 1)
        found: Int64 = np.searchsorted(self.key, customer * self.span + inside)
        return found

    def within(self, today: int, days: int) -> Int64:
        """The points of everybody of today and the days before, so many together; shape (n_customers,)."""
        low = self._from_day(np.arange(self.n_customers), today - days + 1)
        found: Int64 = self.total[self.starts[1:]] - self.total[low]
        return found

    def spell(self, threshold: int, calendar: Calendar) -> tuple[Int64, Int64]:
        """When the last spell in a tier or above began, and the instant at which it is over; 0 where there is none.

        A spell lasts while the points of the window reach the threshold, and `hold_days` from the last day on which new
        points did.
        """
        lots, window = self.lots, self.rules.window_days
        points = self.total[1:] - self.total[self._from_day(lots.customer, lots.active_day - window + 1)]
        reached = np.flatnonzero(points >= threshold)
        # The latest lot without which the window would fall short: with it goes the tier.
        needed = np.searchsorted(self.total, self.total[reached + 1] - threshold, side="right") - 1
        customer, day = lots.customer[reached], lots.active_day[reached]
        over = np.maximum(lots.active_day[needed] + window, day + self.rules.hold_days)
        begins, ends = np.zeros(self.n_customers, np.int64), np.zeros(self.n_customers, np.int64)
        if not len(reached):
            return begins, ends
        over_us, active_us = starts_of(_running_maximum(over, customer), calendar), lots.active_us[reached]
        is_new = (np.diff(customer, prepend=-1) != 0) | (np.append(0, over_us)[: len(over_us)] < active_us)
        ends[customer] = over_us  # the last one of each customer stays
        begins[customer[is_new]] = active_us[is_new]
        return begins, ends

    def days_to(self, threshold: Int64, today: int) -> FloatArray:
        """In how many days each customer's points of the window reach a threshold at the present pace; nan for never.

        Each day adds the mean of the last `pace_days`, and what leaves the window goes: between two such days the sum
        only rises, so that each stretch is solved by one division; before a stretch, it lies in an earlier one.
        """
        window, pace_days = self.rules.window_days, self.rules.pace_days
        everybody = np.arange(self.n_customers)
        low, pace = self._from_day(everybody, today - window + 1), self.within(today, pace_days)
        counts = self.starts[1:] - low + 1
        customer = np.repeat(everybody, counts)
        stretch = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
        lot = low[customer] + stretch  # the first lot that is still there in the stretch
        left = self.total[self.starts[1:]][customer] - self.total[lot]
        leaves = np.append(self.lots.active_day, 0)[lot] + window - today
        leaves = np.where(stretch == counts[customer] - 1, window + 1, leaves)
        gap, speed = (threshold[customer] - left) * pace_days, pace[customer]
        wanted = np.maximum(0, -(-gap // np.maximum(speed, 1)))
        fits = (speed > 0) & (wanted < leaves)
        found = np.full(self.n_customers, np.inf)
        np.minimum.at(found, customer[fits], wanted[fits])
        return np.where(np.isfinite(found), found, np.nan)


def _running_maximum(values: Int64, group: Int64) -> Int64:
    """The largest so far within each group; groups ascending; shape (n,)."""
    width = int(values.max()) + 1
    # Later groups lie above all earlier ones.
    return np.maximum.accumulate(group * width + values) - group * width
