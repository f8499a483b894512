"""Counting moment by moment, a column of all customers at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._checks import BoolArray, IntArray, instant
from ._outcomes import Outcomes
from ._shares import FOLLOWED, HIT, JUDGED, RAISED

Column: TypeAlias = tuple[int, npt.ArrayLike, npt.ArrayLike]
"""A moment, who was at risk then, and for whom the sign stood: microseconds, and bool of shape (n_customers,) twice."""


@attrs.define(eq=False)
class Counted:
    """What has been counted so far."""

    counts: npt.NDArray[np.int64]
    """By customer: hits, raises, followed, judged; shape (4, n_customers)."""
    stood: BoolArray
    """For whom the sign stood at the moment before; shape (n_customers,)."""
    is_seen: BoolArray
    """Whether each outcome was the first after a pair that is judged, by its place in the timeline."""
    is_away: BoolArray
    """Who is in an absence that was counted; shape (n_customers,)."""
    at_us: int | None = None
    """The moment before."""
    n_episodes: int = 0
    n_absences: int = 0
    n_censored: int = 0
    n_at_outcome: int = 0

    @property
    def n_outcomes(self) -> int:
        """How many outcomes were the first after a pair that is judged; of absences, each once."""
        return self.n_absences + int(np.count_nonzero(self.is_seen))


@attrs.frozen(eq=False)
class _ByTime:
    """The outcomes by time, whoever's they are."""

    at: IntArray
    customer: IntArray
    place: IntArray
    """In the timeline."""

    def between(self, start: int, end: int) -> slice:
        """Those from one instant to another, both included."""
        return slice(int(np.searchsorted(self.at, start)), int(np.searchsorted(self.at, end, side="right")))


def count_columns(columns: Iterable[Column], outcomes: Outcomes) -> Counted:
    """The counts of all columns together."""
    counted, by_time = None, None
    for at_us, at_risk, flagged in columns:
        moment, risk, stands = instant(at_us, "judge_columns: at_us"), _flags(at_risk), _flags(flagged)
        if counted is None or by_time is None:
            counted, by_time = _nothing(len(risk), outcomes), _by_time(len(risk), outcomes)
        _check(counted, moment, risk, stands)
        _add(counted, by_time, outcomes, (moment, risk, stands & risk))
    return counted or _nothing(0, outcomes)


def _flags(values: Any) -> BoolArray:
    array = np.asarray(values)
    if array.dtype != np.bool_ or array.ndim != 1:
        raise InvalidArgument(
            f"judge_columns: an array of {array.dtype} with shape {array.shape}; give flags (bool), one per customer"
        )
    return array


def _nothing(n_customers: int, outcomes: Outcomes) -> Counted:
    counts, nobody = np.zeros((4, n_customers), np.int64), np.zeros(n_customers, np.bool_)
    return Counted(counts, nobody, np.zeros(len(outcomes.timeline), np.bool_), nobody.copy())


def _by_time(n_customers: int, outcomes: Outcomes) -> _ByTime:
    timeline = outcomes.timeline
    place = np.argsort(timeline.at, kind="stable")
    place = place[timeline.customer[place] < n_customers]
    return _ByTime(timeline.at[place], timeline.customer[place], place)


def _check(counted: Counted, moment: int, risk: BoolArray, stands: BoolArray) -> None:
    if not len(counted.stood) == len(risk) == len(stands):
        raise InvalidArgument(
            f"judge_columns: {len(risk)} and {len(stands)} flags at {moment}, {len(counted.stood)} before; give one of "
            "each per customer at every moment"
        )
    if counted.at_us is not None and moment <= counted.at_us:
        raise InvalidArgument(f"judge_columns: {moment} after {counted.at_us}; give moments in ascending order")


def _add(counted: Counted, by_time: _ByTime, outcomes: Outcomes, column: tuple[int, BoolArray, BoolArray]) -> None:
    """Count one column; `column` holds the moment, who is at risk, and for whom of these the sign stands."""
    moment, risk, stands = column
    starts, before = stands & ~counted.stood, counted.at_us
    counted.stood, counted.at_us = stands, moment
    if moment > outcomes.last_us:
        counted.n_censored += int(np.count_nonzero(risk))
        return
    if outcomes.is_absence:
        judged, followed = risk, _away(counted, by_time, outcomes, (before, moment, risk))
    else:
        judged, followed = _coming(counted, by_time, outcomes, (moment, risk))
    counted.n_at_outcome += int(np.count_nonzero(risk)) - int(np.count_nonzero(judged))
    counted.n_episodes += int(np.count_nonzero(starts & judged))
    counted.counts[HIT] += stands & followed
    counted.counts[RAISED] += stands & judged
    counted.counts[FOLLOWED] += followed
    counted.counts[JUDGED] += judged


def _coming(
    counted: Counted, by_time: _ByTime, outcomes: Outcomes, column: tuple[int, BoolArray]
) -> tuple[BoolArray, BoolArray]:
    """Who is judged at a moment, and whom of these the outcome follows; `column` holds it and who is at risk."""
    moment, risk = column
    judged = risk.copy()
    judged[by_time.customer[by_time.between(moment, moment)]] = False
    coming = by_time.between(moment + 1, moment + outcomes.horizon_us)
    followed = np.zeros(len(risk), np.bool_)
    followed[by_time.customer[coming]] = True
    followed &= judged
    customer, place = by_time.customer[coming], by_time.place[coming]
    _, first = np.unique(customer, return_index=True)  # by time, so the first of a customer comes first
    counted.is_seen[place[first[followed[customer[first]]]]] = True
    return judged, followed


def _away(
    counted: Counted, by_time: _ByTime, outcomes: Outcomes, column: tuple[int | None, int, BoolArray]
) -> BoolArray:
    """Of whom nothing comes after a moment; `column` holds the moment before, this one, and who is at risk."""
    before, moment, risk = column
    followed = risk.copy()
    followed[by_time.customer[by_time.between(moment, moment + outcomes.horizon_us - 1)]] = False
    if before is not None:
        counted.is_away[by_time.customer[by_time.between(before, moment - 1)]] = False
    counted.n_absences += int(np.count_nonzero(followed & ~counted.is_away))
    counted.is_away |= followed
    return followed
