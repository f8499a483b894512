"""A number with its interval, and where it comes from."""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np

from ._intervals import Bounds, median_ranks

_FEW: Final = 30


@attrs.frozen
class Estimate:
    """A number, how sure it is, and what it was made of; never 0, inf or an error where it is undefined."""

    value: float | None
    """The number; None where it is undefined."""
    low: float | None
    """The lower bound of the interval."""
    high: float | None
    """The upper bound of the interval."""
    numerator: float | None
    """What was divided: a count, or for a lift the precision."""
    denominator: float | None
    """By what it was divided: a count, or for a lift the base rate."""
    note: str = ""
    """What deserves care, or 'undefined because …'."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name."""
        return attrs.asdict(self)


@attrs.frozen
class LeadTime:
    """How many days the outcomes that were warned of came after the first warning within the horizon."""

    median: Estimate
    """Days; half of the outcomes left more time than that. The counts are those of `n`."""
    q1: float | None
    """A quarter of the outcomes left less time than that, in days."""
    q3: float | None
    """A quarter of the outcomes left more time than that, in days."""
    n: int
    """How many outcomes were warned of."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, the estimate as a mapping too."""
        return attrs.asdict(self)


def undefined(reason: str, numerator: float | None = None, denominator: float | None = None) -> Estimate:
    """No number, and why not."""
    return Estimate(None, None, None, numerator, denominator, f"undefined because {reason}")


def estimate(bounds: Bounds, parts: tuple[float | None, float | None], customers: float, reason: str) -> Estimate:
    """A number from its bounds.

    Args:
        bounds: value, lower and upper bound; no dimensions.
        parts: numerator and denominator.
        customers: how many customers the denominator comes from.
        reason: why it is undefined, where it is.
    """
    value, low, high = (float(bound) for bound in bounds)
    if np.isnan(value):
        return undefined(reason, *parts)
    plural = "" if customers == 1 else "s"
    note = f"only {customers:,.0f} customer{plural}: read it with care" if customers < _FEW else ""
    return Estimate(value, low, high, *parts, note)


def lead_time(days: Any, confidence: float) -> LeadTime:
    """The lead times of the outcomes that were warned of: median with its exact interval, and quartiles.

    Args:
        days: one number per outcome, shape (n,), in any order.
        confidence: of the interval.
    """
    n = len(days)
    if not n:
        return LeadTime(undefined("no outcome was warned of", 0, 0), None, None, 0)
    ordered = np.sort(np.asarray(days, np.float64))
    q1, middle, q3 = (float(value) for value in np.quantile(ordered, [0.25, 0.5, 0.75]))
    ranks = median_ranks(n, confidence)
    low, high = (None, None) if ranks is None else (float(ordered[ranks[0]]), float(ordered[ranks[1]]))
    note = "too few outcomes for an interval" if ranks is None else ""
    return LeadTime(Estimate(middle, low, high, n, n, note), q1, q3, n)
