"""Whether plays and losses meet."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US, moment_us
from lifecycle.tally import Estimate, estimate, undefined, wilson

from ._checked_columns import IntColumn, codes_of, column, instants
from ._measured import PlayColumns

Instants: TypeAlias = tuple[IntColumn, IntColumn]
"""Customers and instants, by customer and instant."""


@attrs.frozen
class ChurnOverlap:
    """How many of the lost had a play before, and how many with a play were lost after it."""

    days: int
    """How far they may lie apart, in times of 24 hours."""
    reached: Estimate
    """Of the customers who entered a lost stage, by the first time: the share with a decided play in the days before,
    at that instant excluded."""
    lost_after: Estimate
    """Of the customers with a decided play, by the first one: the share who entered a lost stage in the days after."""
    n_open: int
    """Customers whose first play was too near the end to tell what came after it; left out."""

    def __str__(self) -> str:
        lines = [
            f"plays and losses within {self.days} days",
            _line("reached", self.reached, "lost customers had a play before"),
            _line("lost after", self.lost_after, "customers with a play were lost after it"),
        ]
        if self.n_open:
            lines.append(f"  left out   customers {self.n_open:,}: the days after their first play are not over")
        return "\n".join(lines)


def churn_overlap(
    decided: PlayColumns, customer: Any, lost_us: Any, *, until: datetime, days: int = 30, confidence: float = 0.95
) -> ChurnOverlap:
    """Whether who is lost was reached before, and whether who is reached is lost after.

    It is no effect: plays go to those who are about to leave. What a playbook changes is told by its holdout.

    Args:
        decided: the decided plays; those of some playbooks by `of_playbooks`.
        customer: who entered a lost stage, as in the plays; shape (n,), once per time.
        lost_us: when: microseconds since 1970 UTC or `datetime64`.
        until: an aware datetime: the end, exclusive.
        days: how far they may lie apart.
        confidence: of both intervals.

    Raises:
        InvalidArgument: columns of two lengths, no aware datetime, or days below 1.
    """
    end = moment_us(until, "until")
    if type(days) is not int or days < 1:
        raise InvalidArgument(f"churn_overlap: days={days!r} is not a whole number from 1")
    names, lost = column(customer), instants(lost_us)
    if len(names) != len(lost):
        raise InvalidArgument(f"churn_overlap: {len(names)} customers and {len(lost)} instants; give one of each")
    lost_code, play_code = codes_of(names, decided.customer)
    losses, plays = _until(lost_code, lost, end), _until(play_code, decided.at_us, end)
    first_loss, first_play = _first(*losses), _first(*plays)
    window = days * DAY_US
    is_over = first_play[1] + window < end
    judged = (first_play[0][is_over], first_play[1][is_over])
    before = _count(plays, first_loss[0], first_loss[1] - window, first_loss[1] - 1)
    after = _count(losses, judged[0], judged[1] + 1, judged[1] + window)
    return ChurnOverlap(
        days,
        _share(before > 0, "nobody was lost", confidence),
        _share(after > 0, "there is no play whose days after are over", confidence),
        int((~is_over).sum()),
    )


def _until(customer: IntColumn, at_us: IntColumn, end: int) -> Instants:
    """Those before the end."""
    past = np.flatnonzero(at_us < end)
    order = past[np.lexsort((at_us[past], customer[past]))]
    return customer[order], at_us[order]


def _first(customer: IntColumn, at_us: IntColumn) -> Instants:
    begins = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]]) if len(customer) else np.zeros(0, np.int64)
    return customer[begins], at_us[begins]


def _count(events: Instants, customer: IntColumn, since: IntColumn, to: IntColumn) -> IntColumn:
    """How many events of each customer lie between two instants, both included."""
    instants_of_all, n_rows = np.unique(np.concatenate([events[1], since, to]), return_inverse=True)
    size, n_events = len(instants_of_all) + 1, len(events[0])
    rank, low, high = np.split(n_rows.astype(np.int64), [n_events, n_events + len(since)])
    keys = events[0] * size + rank
    upper = np.searchsorted(keys, customer * size + high, "right")
    return np.asarray(upper - np.searchsorted(keys, customer * size + low, "left"), np.int64)


def _share(hits: Any, reason: str, confidence: float) -> Estimate:
    n, n_hits = len(hits), int(hits.sum())
    if not n:
        return undefined(reason, n_hits, n)
    share = np.array(n_hits / n)
    return estimate((share, *wilson(share, np.array(float(n)), confidence)), (n_hits, n), n, "")


def _line(label: str, number: Estimate, told: str) -> str:
    if number.value is None or number.low is None or number.high is None:
        return f"  {label:<10} {number.note}"
    note = f" [{number.note}]" if number.note else ""
    low, high = 100 * number.low, 100 * number.high
    return (
        f"  {label:<10} {100 * number.value:.1f} % ({low:.1f} to {high:.1f}): "
        f"{number.numerator:,.0f} of {number.denominator:,.0f} {told}{note}"
    )
