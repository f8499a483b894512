"""What owners are scored by: plays carried out in time, contact kept up, revenue kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from lifecycle.model import DAY_US
from lifecycle.tally import QuotientTally, RatioTally, exact_sum

from ._cut import Cut
from ._order_book import order_book
from ._owners import texts_of
from ._plays import plays_within
from ._registry import register
from ._stated import BUYS, GIVES_BACK, kinds_of, minor_per
from ._whereabouts import checked_days

CONTACTS: Final = ("message_sent", "mail_sent", "meeting_held", "call_made")
"""The kinds by which a company is in contact, beside plays that were carried out."""
_DONE: Final = "outcome == 'done'"


@register("play_on_time_rate", unit="rate", better="higher")
def play_on_time_rate(cut: Cut, *, days: int = 3, playbook: str = "") -> RatioTally:
    """Of the decided plays whose time ended in the period, the share that was carried out in time.

    A play has n times 24 hours from its decision. It was carried out by a touchpoint `play_outcome` with its `key` and
    `outcome` 'done'; without one it is overdue: a log that records no outcomes has a rate of 0. Undefined without a
    play. Settings: `days`; `playbook`, its name, '' for all.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on, or the definition has no such playbook.
    """
    time_us = checked_days(days) * DAY_US
    plays, told = plays_within(cut, playbook, shift_us=time_us), cut.history("play_outcome", where=_DONE)
    done: dict[Any, int] = {}
    for key, at_us in zip(texts_of(told, "key").tolist(), told.at.tolist(), strict=True):
        done[key] = min(at_us, done.get(key, at_us))
    carried_out = [done.get(key) for key in plays.key.tolist()]
    pairs = zip(carried_out, plays.at_us.tolist(), strict=True)
    hits = sum(at_us is not None and at_us < decided + time_us for at_us, decided in pairs)
    return RatioTally(hits, len(plays.key))


@register("contact_kept_rate", unit="rate", better="higher")
def contact_kept_rate(cut: Cut, *, days: int = 92, kinds: Sequence[str] = CONTACTS) -> RatioTally:
    """Of the customers active at the end of the period, the share that was contacted in the n days before it.

    A contact is a touchpoint of the company: a message, a mail, a meeting, a call, or a play that was carried out
    (`play_outcome` with `outcome` 'done'). Who has been there for less than n days has not been forgotten either. The
    days are times of 24 hours before the end; a quarter unless given. What comes too often is for policies to hold
    back. Settings: `days`, `kinds`.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on, or no kind is named.
    """
    last = cut.record.started.copy()
    for touched in (cut.history(*kinds_of(kinds)).last, cut.history("play_outcome", where=_DONE).last):
        last[touched.customer] = np.maximum(last[touched.customer], touched.at)
    return RatioTally.of_customers(last >= cut.end_us - checked_days(days) * DAY_US, cut.at_end.active)


@register("revenue_kept", unit="rate", better="higher")
def revenue_kept(cut: Cut, *, kinds: Sequence[str] = BUYS, refunds: Sequence[str] = GIVES_BACK) -> QuotientTally:
    """What the customers active at the start paid in the period, as a share of what they paid in the one before.

    Amounts paid less what was given back, by the same customers; the period before is the month before, or as many days
    as the period is long. It may exceed 1, and moves with the season. Undefined where they paid nothing before. Also in
    use: `net_revenue_retention`, for recurring revenue.
    """
    book, before = order_book(cut, kinds, refunds), cut.period.previous()
    mine, scale = cut.at_start.active, minor_per(cut)
    now = exact_sum(book.revenue(cut.start_us, cut.end_us)[mine])
    then = exact_sum(book.revenue(before.start_us, before.end_us)[mine])
    return QuotientTally(now, then, per=scale, bottom_per=scale)
