"""A rate of one period as a rate per month and per year."""

from __future__ import annotations

from math import expm1, isfinite, log1p
from typing import Final

import attrs

from lifecycle.errors import InvalidArgument

_YEAR: Final = 365.0


@attrs.frozen
class Annualised:
    """What a rate of leaving comes to."""

    monthly: float
    """Per twelfth of 365 days."""
    annual: float
    """Per 365 days."""


def annualise(rate: float, days: float) -> Annualised:
    """A churn rate of some days as a rate per month and per year, if it stays the same.

    monthly = 1 - (1 - rate) ** (365 / 12 / days), annual = 1 - (1 - rate) ** (365 / days): rates compound and do not
    add. For a retention rate, give one minus it and take one minus the result.

    Args:
        rate: the share that is lost, from 0 to 1.
        days: over how many days; above 0.

    Raises:
        InvalidArgument: the rate is not from 0 to 1, or the days are not above 0.

    >>> round(annualise(0.05, 90).annual, 5)
    0.18781
    """
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
        raise InvalidArgument(f"rate={rate!r} is not from 0 to 1; give a share such as 0.05")
    if isinstance(days, bool) or not isinstance(days, (int, float)) or not (isfinite(days) and days > 0):
        raise InvalidArgument(f"days={days!r} is not above 0; give the length of the period in days")
    if rate == 1:
        return Annualised(1.0, 1.0)
    kept = log1p(-rate) / days
    return Annualised(-expm1(kept * _YEAR / 12), -expm1(kept * _YEAR))
