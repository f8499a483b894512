"""Win-back: of those who were lost, who came back."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record
from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray
from lifecycle.tally import RatioTally

from ._apart import Apart
from ._cut import Cut
from ._registry import register
from ._whereabouts import NEVER, TOO_EARLY, checked_days, is_watched, roles_of

Int64Array = npt.NDArray[np.int64]
Back: TypeAlias = Literal["active", "returning"]
"""When a customer is back: active again, or on the way back at least."""


@register("win_back_rate", unit="rate", better="higher", looks_ahead=True)
def win_back_rate(cut: Cut, *, days: int = 90, until: Back = "active") -> Apart:
    """Of the customers lost within the period, the share that is back within n days.

    Lost is who moves from a stage of role active into one of role lost; their first such move of the period counts. The
    n-th day after that of the loss is the last one that counts. It looks ahead n days; whose days are not over at the
    end of the story are left out, and counted in a note. Per reason, attempt and offer: `win_backs`.

    Args:
        cut: the period of the losses.
        days: how long to wait.
        until: 'active' for who is a customer again, 'returning' also for who is on the way back.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on, or `until` is another word.
    """
    lost = losses(cut)
    customer = cut.record.moved.customer[lost]
    lost = lost[np.diff(customer, prepend=-1) != 0]
    is_back, is_known = came_back(cut.record, lost, days, until)
    return Apart(RatioTally.of_customers(is_back, is_known), int(np.count_nonzero(~is_known)), TOO_EARLY)


def losses(cut: Cut) -> npt.NDArray[np.intp]:
    """The moves of the period by which customers were lost, as places in `record.moved`."""
    at, all_losses = cut.record.moved.at, every_loss(cut.record)
    return all_losses[(at[all_losses] >= cut.start_us) & (at[all_losses] < cut.end_us)]


def every_loss(record: Record) -> npt.NDArray[np.intp]:
    """The moves from an active stage into a lost one, as places in `record.moved`.

    Who was on the way back and falls silent again was lost before, and a prospect was no customer.
    """
    moved = record.moved
    return np.flatnonzero(roles_of(record, "active")[moved.source] & roles_of(record, "lost")[moved.target])


def returns_of(record: Record, lost: npt.NDArray[np.intp], until: Back) -> npt.NDArray[np.intp]:
    """The move by which each loss ended, as a place in `record.moved`, -1 where it did not; shape (n_losses,).

    Raises:
        InvalidArgument: `until` is another word.
    """
    if until not in get_args(Back):
        raise InvalidArgument(f"until={until!r} is none of: {', '.join(get_args(Back))}")
    moved = record.moved
    is_back = roles_of(record, "active", *(("returning",) if until == "returning" else ()))
    return following(record, np.flatnonzero(is_back[moved.target]), lost)


def following(record: Record, moves: npt.NDArray[np.intp], lost: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The first of some ascending moves after each loss, of the same customer, -1 for none; shape (n_losses,)."""
    customer = np.append(record.moved.customer, -1)
    found = np.append(moves, -1)[np.searchsorted(moves, lost, side="right")]
    return np.where(customer[found] == customer[lost], found, -1)


def came_back(record: Record, lost: npt.NDArray[np.intp], days: int, until: Back) -> tuple[BoolArray, BoolArray]:
    """Which losses ended within so many days, and of which that is known by the end of the story."""
    back, moved = returns_of(record, lost, until), record.moved
    day = moved.day[lost].astype(np.int64)
    day_back = np.where(back >= 0, np.append(moved.day, 0)[back].astype(np.int64), NEVER)
    return np.asarray(day_back <= day + checked_days(days)), is_watched(record, day, days)
