"""Bands and trends of many customers: their scores at the check-ups before a moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.rules import Column, Points

from ._scoring import Scoring, naturals

IntArray = npt.NDArray[Any]


class CheckUps:
    """The check-ups of customers up to a day, taken only as far back as a band needs them.

    Args:
        scoring: health, compiled.
        past: the customers.
        points: one moment for each.
        today: the day of those moments.
    """

    def __init__(self, scoring: Scoring, past: Past, points: Points, today: int) -> None:
        self.scoring, self.past, self.points, self.today = scoring, past, points, today

    def scores(self, who: IntArray, days: IntArray) -> Column:
        """The scores of some customers (places among the points) at midnights; missing before they begin."""
        customer = self.points.customer[who]
        begun = self.past.rows.start_day[customer] < days
        values, valid = np.zeros(len(who)), np.zeros(len(who), bool)
        here = np.flatnonzero(begun)
        customer, day = customer[here], days[here].astype(np.int32)
        at = Points(customer, self.past.stop_of(customer, day), day)
        leaf = self.past.leaf(at)
        watched = np.flatnonzero(np.array(self.scoring.watched)[leaf])
        found = self.scoring.columns(leaf[watched], self.past.facts(at.take(watched)))
        values[here[watched]], valid[here[watched]] = found.values, found.valid
        return Column(values, valid)

    def trend(self, score: Column) -> npt.NDArray[np.float64]:
        """The score less that of the last check-up `trend_days` ago or before; nan where either is missing."""
        day = self.scoring.check_up(self.today - self.scoring.health.trend_days)
        assert score.valid is not None
        who = np.flatnonzero(score.valid)
        before = self.scores(who, np.full(len(who), day))
        trend = np.full(len(score.values), np.nan)
        assert before.valid is not None
        trend[who[before.valid]] = (score.values[who] - before.values)[before.valid]
        return trend

    def band(self, score: Column) -> npt.NDArray[np.int8]:
        """The band of each, as a number, -1 where there is no score; shape (n,).

        A check-up turns the band before it into one between two bands; where these are one, nothing before matters.
        """
        low, high = self._bounds(score.values)
        assert score.valid is not None
        band = np.where(score.valid, low, np.int8(-1))
        waiting = np.flatnonzero(score.valid & (low < high))
        first = naturals(self.scoring.edges(), score.values)  # the band if there was none before
        low, high, first = low[waiting], high[waiting], first[waiting]
        day = self.scoring.check_up(self.today)
        while len(waiting):
            before = self.scores(waiting, np.full(len(waiting), day))
            assert before.valid is not None
            band[waiting[~before.valid]] = first[~before.valid]
            nearest = [np.clip(one, low, high) for one in self._bounds(before.values)]
            first = np.clip(naturals(self.scoring.edges(), before.values), low, high)
            low, high = nearest
            decided = before.valid & (low == high)
            band[waiting[decided]] = low[decided]
            on = before.valid & ~decided
            waiting, low, high, first = waiting[on], low[on], high[on], first[on]
            day -= self.scoring.health.every_days
        return band

    def _bounds(self, scores: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        """The lowest and the highest band that a score allows; shape (n,) each."""
        edges, margin = self.scoring.edges(), self.scoring.health.margin
        return naturals(edges, scores - margin), naturals(edges, scores + margin)
