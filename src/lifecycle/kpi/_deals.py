"""Deals as touchpoints tell them: who signed what, for how much commission, and when it ended."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import days_of
from lifecycle.model import utc_of

from ._cut import Cut
from ._owners import Names, owners_at, texts_of
from ._references import is_first, places_of, reference_keys
from ._rows import Touched
from ._stated import minor_per
from ._whereabouts import NEVER, roles_of

Int64 = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Deals:
    """Deals in order of customer and time; shape (n_deals,) each."""

    customer: Int64
    """Whose; a place in the log."""
    owner: Names
    """Who signed it, or looked after the customer then; None where nobody was named."""
    name: Names
    """Its reference; None for none."""
    signed_us: Int64
    """When it was signed, in microseconds since 1970-01-01 UTC."""
    signed_day: Int64
    """The calendar day of that."""
    commission: Int64
    """What it earns whom, in minor units."""
    months: Int64
    """How long the contract runs."""
    ended_us: Int64
    """When it ended; `NEVER` while it runs at the end of the period."""
    ended_day: Int64
    """The calendar day of that; the day of signing while it runs."""

    @property
    def days_served(self) -> Int64:
        """Calendar days from signing to its end."""
        return self.ended_day - self.signed_day

    @property
    def months_served(self) -> Int64:
        """Full months from signing to its end: a month is full when the day of the month is reached again."""
        first, last = self.signed_day.astype("M8[D]"), self.ended_day.astype("M8[D]")
        months = [day.astype("M8[M]").astype(np.int64) for day in (first, last)]
        day = [(day - day.astype("M8[M]").astype("M8[D]")).astype(np.int64) for day in (first, last)]
        found: Int64 = months[1] - months[0] - (day[1] < day[0])
        return found


def deals_of(cut: Cut, kinds: tuple[str, ...], cancelled_by: tuple[str, ...], months: int) -> Deals:
    """The deals that were signed until the end of a period, those with a commission; each reference once.

    Raises:
        InvalidArgument: a commission is no exact amount from 0 on, `months` no whole number, or there is no currency.
    """
    signed = cut.history(*kinds)
    signed = signed.where(~np.isnan(signed.number("commission")) | np.asarray(signed.text("commission") != None))  # noqa: E711
    signed, ended_us = _cancelled(signed, cut.history(*cancelled_by))
    ended_us = np.minimum(ended_us, _lost_after(cut, signed.customer, signed.at))
    calendar, has_ended = cut.record.program.calendar, ended_us < NEVER
    ended_day = signed.day.astype(np.int64)
    ended_day[has_ended] = days_of(ended_us[has_ended], calendar)
    customer, named = signed.customer.astype(np.int64), texts_of(signed, "owner")
    known = owners_at(cut, customer, signed.index)
    return Deals(
        customer, np.where(named == None, known, named), texts_of(signed, "deal"), signed.at,  # noqa: E711
        signed.day.astype(np.int64), _commission(cut, signed), _months(cut, signed, months), ended_us, ended_day,
    )  # fmt: skip


def _cancelled(signed: Touched, cancelled: Touched) -> tuple[Touched, Int64]:
    """The deals, each reference once, and when each was cancelled by name; shape (n_deals,)."""
    index = np.concatenate([signed.index, cancelled.index])
    order = np.argsort(index, kind="stable")
    keys = np.empty(len(index), np.int64)
    keys[order] = reference_keys(Touched(signed.rows, index[order]), "deal")
    once = is_first(keys[: len(signed)])
    deals, ended_us = signed.where(once), np.full(int(np.count_nonzero(once)), NEVER)
    place = places_of(keys[len(signed) :], keys[: len(signed)][once])
    later = np.flatnonzero(np.append(deals.index, NEVER)[place] < cancelled.index)
    np.minimum.at(ended_us, place[later], cancelled.at[later])
    return deals, ended_us


def _lost_after(cut: Cut, customer: npt.NDArray[Any], at_us: Int64) -> Int64:
    """When customers were first lost after an instant of each, before the end of the period; `NEVER` if not."""
    moved, is_lost = cut.record.moved, roles_of(cut.record, "lost")
    losses = np.flatnonzero(is_lost[moved.target] & ~is_lost[moved.source] & (moved.at < cut.end_us))
    instants = np.unique(moved.at[losses])
    width = len(instants) + 1
    keys = moved.customer[losses].astype(np.int64) * width + np.searchsorted(instants, moved.at[losses])
    asked = customer.astype(np.int64) * width + np.searchsorted(instants, at_us, side="right")
    place = np.searchsorted(keys, asked)
    is_own = np.append(moved.customer[losses], -1)[place] == customer
    return np.where(is_own, np.append(moved.at[losses], NEVER)[place], NEVER)


def _commission(cut: Cut, signed: Touched) -> Int64:
    if len(signed) and not cut.currency:
        raise InvalidArgument("commissions are money, and neither definition nor log has a currency; give one")
    scaled = signed.number("commission") * minor_per(cut)
    minor = np.rint(scaled)
    wrong = ~((minor >= 0) & (np.abs(scaled - minor) <= 1e-6) & (minor < 2**53))
    _refuse(cut, signed, wrong, f"no exact amount of {cut.currency} from 0 on as number 'commission'")
    return minor.astype(np.int64)


def _months(cut: Cut, signed: Touched, months: int) -> Int64:
    given = signed.number("months")
    found = np.where(np.isnan(given), months, given)
    wrong = ~((found >= 1) & (found <= 1200) & (found == np.floor(found)))
    _refuse(cut, signed, wrong, "no whole number from 1 to 1,200 as 'months'")
    return found.astype(np.int64)


def _refuse(cut: Cut, signed: Touched, wrong: npt.NDArray[np.bool_], what: str) -> None:
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        who, at = cut.record.log.ids(signed.customer[[first]])[0], utc_of(int(signed.at[first]))
        raise InvalidArgument(
            f"{int(wrong.sum())} deals have {what}, the first of customer {who!r} on {at:%Y-%m-%d %H:%M} UTC; mend them"
        )
