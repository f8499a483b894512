"""What a sweep of thresholds found."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np

from lifecycle.tally import Bounds, Estimate, estimate

from ._checks import FloatArray, IntArray
from ._result import Scale, interval

FlaggedWhen: TypeAlias = Literal[">=", "<="]
"""A score is flagged at the threshold and above, or at the threshold and below."""
_SHOWN: Final = 20
_HEAD: Final = ("threshold", "flagged", "precision", "recall", "lift", "alerts a week")


@attrs.frozen(eq=False)
class Curve:
    """A number for every threshold, with its interval; nan where it is undefined."""

    value: FloatArray
    """The number; shape (n_thresholds,)."""
    low: FloatArray
    """The lower bounds; shape (n_thresholds,)."""
    high: FloatArray
    """The upper bounds; shape (n_thresholds,)."""

    def at(self, place: int) -> Bounds:
        """The number and its bounds at one threshold."""
        value, low, high = (np.asarray(bound[place]) for bound in (self.value, self.low, self.high))
        return value, low, high


@attrs.frozen(eq=False)
class Sweep:
    """Every threshold of a score, from the strictest to the loosest, judged by moment.

    Each interval holds for a threshold that was chosen beforehand. The best of many looks better than it is: see
    `judged`.
    """

    name: str
    """The score."""
    outcome: str
    """What it should foretell."""
    horizon_days: float
    """How far ahead."""
    flagged_when: FlaggedWhen
    """Whether high or low scores are flagged."""
    threshold: FloatArray
    """The thresholds, strictest first; shape (n_thresholds,)."""
    n_flagged: IntArray
    """Pairs of customer and moment that are flagged; shape (n_thresholds,)."""
    n_hits: IntArray
    """Of these, the pairs that the outcome followed; shape (n_thresholds,)."""
    n_customers: IntArray
    """Customers who are ever flagged; shape (n_thresholds,)."""
    precision: Curve
    """Of the flagged pairs, the share that the outcome followed."""
    recall: Curve
    """Of the pairs that the outcome followed, the share that was flagged."""
    lift: Curve
    """Precision over base rate."""
    alerts_per_week: FloatArray
    """How often it is raised a week, over all customers and all moments; nan with less than two moments."""
    base_rate: Estimate
    """Of all pairs judged, the share that the outcome followed."""
    n_with_outcome: int
    """Customers whom the outcome followed at a pair that is judged."""
    n_missing: int
    """Pairs judged that have no score: never flagged."""
    n_left_out: int
    """Pairs that could not be judged."""

    def __len__(self) -> int:
        return len(self.threshold)

    def precision_at(self, place: int) -> Estimate:
        """The precision at one threshold."""
        parts = (int(self.n_hits[place]), int(self.n_flagged[place]))
        return estimate(self.precision.at(place), parts, float(self.n_customers[place]), "nothing was flagged")

    def recall_at(self, place: int) -> Estimate:
        """The recall at one threshold."""
        parts = (int(self.n_hits[place]), self.base_rate.numerator)
        return estimate(self.recall.at(place), parts, float(self.n_with_outcome), "the outcome never followed")

    def lift_at(self, place: int) -> Estimate:
        """The lift at one threshold."""
        above, below = self.precision_at(place).value, self.base_rate.value
        reason = "the outcome never followed" if self.n_flagged[place] else "nothing was flagged"
        return estimate(self.lift.at(place), (above, below), float(self.n_customers[place]), reason)

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; arrays as lists, None where a number is undefined."""
        return {name: _plain(value) for name, value in attrs.asdict(self).items()}

    def __str__(self) -> str:
        ahead = f"{self.outcome} within {self.horizon_days:g} days"
        shown = np.linspace(0, len(self) - 1, min(len(self), _SHOWN)).round().astype(np.int64)
        rows = [_HEAD, *(self._row(int(place)) for place in shown)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        lines = ["  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(
            [
                f"{self.name}, flagged when {self.flagged_when} threshold: {ahead}",
                *lines,
                f"  base rate {interval(self.base_rate.value, self.base_rate.low, self.base_rate.high, 'percent')}",
            ]
        )

    def _row(self, place: int) -> tuple[str, ...]:
        precision, recall, lift = (bounds.at(place) for bounds in (self.precision, self.recall, self.lift))
        alerts = self.alerts_per_week[place]
        return (
            f"{self.threshold[place]:g}",
            f"{self.n_flagged[place]:,}",
            _between(precision, "percent"),
            _between(recall, "percent"),
            _between(lift, "factor"),
            "?" if np.isnan(alerts) else f"{alerts:,.1f}",
        )


def _between(bounds: Bounds, scale: Scale) -> str:
    value, low, high = (float(bound) for bound in bounds)
    return "?" if np.isnan(value) else interval(value, low, high, scale)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, np.ndarray):
        return [None if number != number else number for number in value.tolist()]
    return value
