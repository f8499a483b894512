"""Blocks of customers at regular moments: counting many signs at once, block after block."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.tally import ClusteredCounts, clustered_counts

from ._checks import BoolArray, FloatArray, IntArray
from ._outcomes import Outcomes
from ._shares import FOLLOWED, RAISED


@attrs.frozen(eq=False)
class Runs:
    """Consecutive moments of customers, by their places in the grid; shape (n_runs,) each."""

    customer: IntArray
    """Whose."""
    first: IntArray
    """The first moment."""
    beyond: IntArray
    """One beyond the last moment."""

    def mask(self, n_customers: int, n_moments: int) -> BoolArray:
        """Which moments they cover; shape (n_customers, n_moments)."""
        change = np.zeros((n_customers, n_moments + 1), np.int32)
        some = np.flatnonzero(self.first < self.beyond)
        np.add.at(change, (self.customer[some], self.first[some]), 1)
        np.add.at(change, (self.customer[some], self.beyond[some]), -1)
        return np.asarray(np.cumsum(change, axis=1, out=change)[:, :-1] > 0)

    def touch(self, mask: BoolArray) -> BoolArray:
        """Which of them cover a moment of a mask of shape (n_customers, n_moments); shape (n_runs,)."""
        before = np.zeros((len(mask), mask.shape[1] + 1), np.int32)
        np.cumsum(mask, axis=1, out=before[:, 1:])
        beyond = np.maximum(self.beyond, self.first)
        return np.asarray(before[self.customer, beyond] > before[self.customer, self.first])


class Ahead:
    """What lies ahead of a block of customers at each moment of a grid.

    Args:
        instants: the moments, ascending; shape (n_moments,).
        n_customers: how many customers the block has.
        outcomes: their outcomes, by their places in the block.
    """

    def __init__(self, instants: IntArray, n_customers: int, outcomes: Outcomes) -> None:
        self.instants, self.n_customers, self.outcomes = instants, n_customers, outcomes
        self.is_complete: BoolArray = np.asarray(instants <= outcomes.last_us)
        # A moment lies before what comes; of an absence what comes at the moment itself ends it.
        self._side: Literal["left", "right"] = "right" if outcomes.is_absence else "left"

    @cached_property
    def is_coming(self) -> BoolArray:
        """Whether an outcome comes within the horizon, or of an absence, whether nothing does; (customers, moments)."""
        timeline, absent = self.outcomes.timeline, self.outcomes.is_absence
        first = np.searchsorted(self.instants, timeline.at - self.outcomes.horizon_us, self._side)
        runs = Runs(timeline.customer, first, np.searchsorted(self.instants, timeline.at, self._side))
        comes = runs.mask(self.n_customers, len(self.instants))
        return ~comes if absent else comes

    @cached_property
    def meeting(self) -> tuple[IntArray, IntArray]:
        """The customers and moments at which an outcome comes at that very instant, for which any sign is too late."""
        if self.outcomes.is_absence:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        timeline = self.outcomes.timeline
        place = np.searchsorted(self.instants, timeline.at)
        meets = np.append(self.instants, -1)[place] == timeline.at
        meets &= place < len(self.instants)
        return timeline.customer[meets], place[meets]

    @cached_property
    def turns(self) -> Runs:
        """For each outcome the moments that it is the next one of; for each absence the moments that lie in it."""
        timeline, absent = self.outcomes.timeline, self.outcomes.is_absence
        is_first = np.ones(len(timeline), np.bool_)
        is_first[1:] = timeline.customer[1:] != timeline.customer[:-1]
        first = np.searchsorted(self.instants, np.roll(timeline.at, 1), "right")
        first[is_first] = 0
        beyond = np.searchsorted(self.instants, timeline.at, self._side)
        if not absent:
            first = np.maximum(first, np.searchsorted(self.instants, timeline.at - self.outcomes.horizon_us))
            return Runs(timeline.customer, first, beyond)
        everybody = np.arange(self.n_customers)
        last = np.zeros(self.n_customers, np.int64)
        last[timeline.customer] = beyond  # in order of time, so that the last one stays
        ends = np.full(self.n_customers, len(self.instants))
        columns = ((timeline.customer, everybody), (first, last), (beyond, ends))
        return Runs(*(np.concatenate(parts) for parts in columns))


class Exposure:
    """Who of a block is at risk at which moment of a grid, and what was counted of it.

    Args:
        ahead: what lies ahead.
        at_risk: bool, shape (n_customers, n_moments).
    """

    def __init__(self, ahead: Ahead, at_risk: BoolArray) -> None:
        self.at_risk = at_risk
        self.judged = at_risk & ahead.is_complete
        complete = int(np.count_nonzero(self.judged))
        self.judged[ahead.meeting] = False
        self.followed = self.judged & ahead.is_coming
        self.n_censored = int(np.count_nonzero(at_risk)) - complete
        self.n_at_outcome = complete - int(np.count_nonzero(self.judged))
        seen = self.followed if ahead.outcomes.is_absence else self.judged
        self.n_outcomes = int(np.count_nonzero(ahead.turns.touch(seen)))
        self.counts: IntArray = np.stack([self.followed.sum(axis=1), self.judged.sum(axis=1)])
        """By customer: moments that were followed, moments that were judged; shape (2, n_customers)."""

    def stands(self, rows: IntArray, flags: BoolArray) -> BoolArray:
        """Where a sign stands at risk, of flags of some customers; shape (n_rows, n_moments)."""
        return flags & self.at_risk[rows]

    def count(self, rows: IntArray, stands: BoolArray) -> tuple[ClusteredCounts, int]:
        """Tallies of a sign that stands at some moments of some customers, and how often it was raised."""
        judged, followed = self.judged[rows], self.followed[rows]
        hits, raises = (stands & followed).sum(axis=1), (stands & judged).sum(axis=1)
        found = clustered_counts(np.stack([hits, raises, *self.counts[:, rows]]))
        # Whoever was not flagged counts in these too: see `everybody`.
        found.total[FOLLOWED:], found.product[FOLLOWED:, FOLLOWED:], found.n_customers[FOLLOWED:] = 0, 0, 0
        return found, int(np.count_nonzero(starts_of(stands) & judged))

    def everybody(self) -> ClusteredCounts:
        """The tallies without any sign."""
        nothing = np.zeros((RAISED + 1, self.counts.shape[1]), np.int64)
        return clustered_counts(np.concatenate([nothing, self.counts]))


def starts_of(stands: BoolArray) -> BoolArray:
    """Where a sign is raised: it stands, and did not at the moment before; shape as `stands`."""
    starts = stands.copy()
    starts[:, 1:] &= ~stands[:, :-1]
    return starts


def added(parts: list[ClusteredCounts]) -> ClusteredCounts:
    """Tallies of different customers together."""
    sums: list[npt.NDArray[np.float64]] = []
    for name, shape in (("total", (4,)), ("product", (4, 4)), ("n_customers", (4,))):
        whole: FloatArray = np.zeros(shape)
        for part in parts:
            whole += getattr(part, name)
        sums.append(whole)
    return ClusteredCounts(*sums)
