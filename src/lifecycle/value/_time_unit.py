"""The units in which models count time."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

TimeUnit: TypeAlias = Literal["day", "week", "month", "year"]

DAYS_OF: Final[dict[TimeUnit, float]] = {"day": 1, "week": 7, "month": 365 / 12, "year": 365}
"""How many days each unit has; a month is a twelfth of a year of 365 days."""
