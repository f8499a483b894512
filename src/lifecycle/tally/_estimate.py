"""A number with its interval, and where it comes from."""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np

from ._arrays import Bounds

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
