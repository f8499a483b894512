"""Names for the 125 cells of recency, frequency and money scores."""

from __future__ import annotations

from typing import Final

SCORES: Final = range(1, 6)
"""1 to 5; 5 is best."""
RFM_SEGMENTS: Final = (
    "champions",
    "loyal",
    "big spenders",
    "promising",
    "new",
    "needing attention",
    "cannot lose",
    "at risk",
    "hibernating",
    "lost",
)
"""The names, from the best to the worst."""


def rfm_segment(recency: int, frequency: int, monetary: int) -> str:
    """The name of a cell; the first of these that holds.

    champions: recency and frequency 4 or 5, money 4 or 5. loyal: recency 3 or more, frequency 4 or 5.
    big spenders: recency 3 or more, money 4 or 5. promising: recency 4 or 5, frequency 2 or 3.
    new: recency 4 or 5. needing attention: recency 3.
    cannot lose: frequency and money 4 or 5. at risk: frequency or money 4 or 5, or frequency 3 at recency 2.
    hibernating: recency 2, or frequency 2 or 3. lost: all others.

    Args:
        recency: 1 to 5, 5 for who bought last.
        frequency: 1 to 5, 5 for who bought most often.
        monetary: 1 to 5, 5 for who spent most.
    """
    often, much = frequency >= 4, monetary >= 4
    if recency >= 3:
        if recency >= 4 and often and much:
            return "champions"
        if often:
            return "loyal"
        if much:
            return "big spenders"
        if recency == 3:
            return "needing attention"
        return "promising" if frequency >= 2 else "new"
    if often and much:
        return "cannot lose"
    if often or much or (recency == 2 and frequency == 3):
        return "at risk"
    return "hibernating" if recency == 2 or frequency >= 2 else "lost"
