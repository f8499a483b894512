"""How far back facts look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.rules import Declared, Distinct, Gap, OldestOpen, Overdue, Since, Tenure

from ._wanted import Values


def lookback(facts: Mapping[str, Declared], values: Values) -> int:
    """How many days have to lie behind the day on which facts have values."""
    longest = 1
    for name, value in values.items():
        fact: Any = facts.get(name)
        window = getattr(fact, "days", None)
        if window is not None and value:
            longest = max(longest, window.reach if getattr(window, "ago", 0) else min(window.reach, 10))
        is_age = isinstance(fact, (Since, Tenure, OldestOpen)) or type(fact).__name__ == "InStage"
        if is_age and value:
            longest = max(longest, int(value) * (7 if getattr(fact, "unit", "") == "business_days" else 5) // 5 + 3)
        if isinstance(fact, Gap) and value:
            longest = max(longest, 2 * int(value))
        if isinstance(fact, Overdue) and value:
            longest = max(longest, 5)
        if isinstance(fact, Distinct) and fact.of is None and value:
            longest = max(longest, int(value))
    return longest
