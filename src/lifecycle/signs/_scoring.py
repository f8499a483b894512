"""The health score: of one customer at one moment, and of many moments at once, with the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, BoundCondition, Column, FactType, Read, ReadColumn, Value

from ._health import Health, Measure

FloatArray = npt.NDArray[np.float64]


@attrs.frozen
class Share:
    """What one measure adds to a score."""

    fact: str
    """The measure's fact."""
    value: Value
    """Its stored value; None where missing."""
    points: float | None
    """Its place between the bad end (0) and the good end (100); None where it is left out."""
    weight: float
    """Its part of all weights; those of the measures that are present sum to 1."""
    share: float
    """The points that it adds to the score: `points × weight`; all shares add up to the score."""


@attrs.frozen(eq=False)
class Scoring:
    """Health, compiled."""

    health: Health
    """What was declared."""
    scales: tuple[int, ...]
    """Stored units per unit of each measure's fact."""
    watched: tuple[bool, ...]
    """Whether there is a score, per stage."""
    of_stage: tuple[tuple[float, ...] | None, ...]
    """Per stage the weights that the stage or a compound around it names; None: none of them."""
    rank: tuple[int, ...]
    """Per stage the place of those weights in the declared order."""
    of_segment: tuple[tuple[int, BoundCondition, tuple[float, ...]], ...]
    """Place in the declared order, condition and weights of the segments that are named."""

    _usual: tuple[float, ...] = attrs.field(
        init=False,
        default=attrs.Factory(lambda self: tuple(float(one.weight) for one in self.health.measures), takes_self=True),
    )

    def weights(self, leaf: int, read: Read) -> tuple[float, ...]:
        """The weights that apply to one customer."""
        own, rank = self.of_stage[leaf], self.rank[leaf]
        for place, condition, weights in self.of_segment:
            if (own is None or place < rank) and condition.holds(read):
                return weights
        return own or self._usual

    def score(self, leaf: int, read: Read) -> float | None:
        """The score of one customer; None where there is none."""
        found = self._weighed(leaf, read)
        return None if found is None else found[0]

    def shares(self, leaf: int, read: Read) -> tuple[Share, ...]:
        """What each measure adds to the score of one customer; empty where there is no score."""
        found = self._weighed(leaf, read)
        if found is None:
            return ()
        _, present, rows = found
        return tuple(
            Share(
                measure.fact, read(measure.fact), None if weight is None else points, (weight or 0.0) / present,
                points * (weight or 0.0) / present,
            )
            for measure, (points, weight) in zip(self.health.measures, rows, strict=True)
        )  # fmt: skip

    def appraisal(self, leaf: int, read: Read) -> tuple[float, tuple[float, ...]] | None:
        """The score of one customer and what each measure adds to it; None where there is none."""
        found = self._weighed(leaf, read)
        if found is None:
            return None
        score, present, rows = found
        return score, tuple(points * (weight or 0.0) / present for points, weight in rows)

    def _weighed(self, leaf: int, read: Read) -> tuple[float, float, list[tuple[float, float | None]]] | None:
        """The score, the weight of what is present, and points and weight of each measure, None where left out."""
        if not self.watched[leaf]:
            return None
        total = present = 0.0
        rows: list[tuple[float, float | None]] = []
        for measure, scale, weight in zip(self.health.measures, self.scales, self.weights(leaf, read), strict=True):
            value: Any = read(measure.fact)
            points = 0.0
            if value is not None:
                points = _points(value / scale, measure)
                total += weight * points
            elif measure.missing == "undefined" and weight:
                return None
            if value is None and measure.missing != "zero":
                rows.append((0.0, None))
                continue
            present += weight
            rows.append((points, weight))
        return (total / present, present, rows) if present else None

    def columns(self, leaf: npt.NDArray[np.integer[Any]], read: ReadColumn) -> Column:
        """The scores at many moments; missing where there is none; shape (n_points,)."""
        n = len(leaf)
        weights = self.weight_columns(leaf, read)
        total, present, valid = np.zeros(n), np.zeros(n), np.array(self.watched)[leaf]
        for place, (measure, scale) in enumerate(zip(self.health.measures, self.scales, strict=True)):
            column, weight = read(measure.fact), weights[place]
            points = _points_of(column.values / scale, measure)
            if column.valid is not None:
                if measure.missing == "undefined":
                    valid &= column.valid | (weight == 0)
                present += np.where(column.valid | (measure.missing == "zero"), weight, 0.0)
                total += np.where(column.valid, weight * points, 0.0)
            else:
                total += weight * points
                present += weight
        valid &= present > 0
        return Column(total / np.where(present > 0, present, 1.0), valid)

    def weight_columns(self, leaf: npt.NDArray[np.integer[Any]], read: ReadColumn) -> FloatArray:
        """The weights that apply at many moments; shape (n_measures, n_points)."""
        table = np.array([own or self._usual for own in self.of_stage])
        weights: FloatArray = table[leaf].T.copy()
        rank = np.array(self.rank)[leaf]
        for place, condition, own in reversed(self.of_segment):
            applies = condition.mask(read, len(leaf)) & (place < rank)
            weights[:, applies] = np.array(own)[:, None]
        return weights

    def share_columns(self, leaf: npt.NDArray[np.integer[Any]], read: ReadColumn) -> dict[str, FloatArray]:
        """What each measure adds at many moments, by fact; nan where there is no score; shape (n_points,)."""
        weights, valid = self.weight_columns(leaf, read), self.columns(leaf, read).valid
        assert valid is not None
        added, present = [], np.zeros(len(leaf))
        for place, (measure, scale) in enumerate(zip(self.health.measures, self.scales, strict=True)):
            column = read(measure.fact)
            known: BoolArray = np.ones(len(leaf), bool) if column.valid is None else column.valid
            added.append(np.where(known, _points_of(column.values / scale, measure), 0.0) * weights[place])
            present += np.where(known | (measure.missing == "zero"), weights[place], 0.0)
        whole = np.where(valid, present, np.nan)
        return {measure.fact: part / whole for measure, part in zip(self.health.measures, added, strict=True)}

    def edges(self) -> tuple[float, ...]:
        """The scores at which the bands begin; the first is 0."""
        return tuple(self.health.bands.values())

    def band(self, before: int | None, score: float | None) -> int | None:
        """The band after a score, as a number, given the band before it."""
        if score is None:
            return None
        if before is None:
            return natural(self.edges(), score)
        margin = self.health.margin
        low, high = natural(self.edges(), score - margin), natural(self.edges(), score + margin)
        return min(max(before, low), high)

    def name(self, band: int | None) -> str | None:
        """The name of a band."""
        return None if band is None else list(self.health.bands)[band]

    def check_up(self, day: int) -> int:
        """The last check-up on or before a day."""
        # 1970-01-05 was a Monday.
        return day - (day - 4) % self.health.every_days


def natural(edges: tuple[float, ...], score: float) -> int:
    """The band of a score on its own."""
    return max(sum(1 for edge in edges if score >= edge) - 1, 0)


def naturals(edges: tuple[float, ...], scores: FloatArray) -> npt.NDArray[np.int8]:
    """The band of each score on its own; shape (n,)."""
    places = np.searchsorted(np.array(edges), scores, side="right") - 1
    return np.maximum(places, 0).astype(np.int8)


def _points(value: float, measure: Measure) -> float:
    # Times 100 first: 55 of 100 is then 55 exactly.
    part = (value - measure.bad) * 100.0 / (measure.good - measure.bad)
    return min(max(part, 0.0), 100.0)


def _points_of(values: FloatArray, measure: Measure) -> FloatArray:
    part = (values - measure.bad) * 100.0 / (measure.good - measure.bad)
    return np.minimum(np.maximum(part, 0.0), 100.0)


def measures_types(health: Health, types: Mapping[str, FactType]) -> tuple[list[str], tuple[int, ...]]:
    """What is wrong with the measures' facts, and their scales."""
    problems = []
    for measure in health.measures:
        if measure.fact not in types:
            problems.append(f"health: {measure.fact!r} is not a fact; known facts: {', '.join(types)}")
        elif types[measure.fact].kind == "text" or types[measure.fact].unit == "date":
            problems.append(f"health: {measure.fact!r} is a {types[measure.fact].unit or 'text'}, which has no scale")
    return problems, tuple(types[measure.fact].scale for measure in health.measures if measure.fact in types)
