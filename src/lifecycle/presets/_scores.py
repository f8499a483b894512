"""What a model of the host says of a customer, while it is fresh."""

from __future__ import annotations

from typing import Final

from lifecycle.rules import Declared, Last

SCORE_DAYS: Final = 90
"""A score counts for so many days; then the facts are missing: a quarter, our default."""


def score_facts() -> dict[str, Declared]:
    """Lifetime value and the chance to be still there, from touchpoints `scored`."""
    return {
        "ltv": Last("scored", of="ltv").stale_after(days=SCORE_DAYS),
        "p_alive": Last("scored", of="p_alive").stale_after(days=SCORE_DAYS),
    }
