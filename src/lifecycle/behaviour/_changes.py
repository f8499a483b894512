"""From one period to the next: what moved for each customer."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from ._amounts import RecurringAmounts

Int64 = npt.NDArray[np.int64]
MOVEMENTS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
"""The movements of recurring revenue; the last two are losses."""
NEW: Final = 0
REACTIVATION: Final = 1
EXPANSION: Final = 2
CONTRACTION: Final = 3
CHURN: Final = 4


@attrs.frozen(eq=False)
class Changes:
    """The movements of all customers; each customer has one a period at most. All of shape (n_changes,)."""

    customer: Int64
    """Whose it is."""
    place: Int64
    """The period in which it is; negative before those asked for."""
    movement: Int64
    """An index into `MOVEMENTS`."""
    twelfths: Int64
    """How much: losses are negative."""


def changes_of(amounts: RecurringAmounts) -> Changes:
    """What moved, in this order: first paid period new; nothing now, something before churn; something now, nothing
    just before reactivation; up expansion; down contraction. No churn after the last period: nobody looked.
    """
    customer, place, paid = amounts.customer, amounts.place, amounts.twelfths
    known = np.zeros(len(place), np.bool_)
    follows = np.zeros(len(place), np.bool_)
    known[1:] = customer[1:] == customer[:-1]
    follows[1:] = known[1:] & (np.diff(place) == 1)
    step = paid.copy()
    step[1:] -= np.where(follows[1:], paid[:-1], 0)
    movement = np.where(step > 0, EXPANSION, CONTRACTION)
    movement[~follows] = REACTIVATION
    movement[~known] = NEW
    moved = np.flatnonzero(step)
    stops = np.ones(len(place), np.bool_)
    stops[:-1] = ~follows[1:]
    gone = np.flatnonzero(stops & (place + 1 < len(amounts.periods)))
    return Changes(
        customer=np.concatenate((customer[moved], customer[gone])),
        place=np.concatenate((place[moved], place[gone] + 1)),
        movement=np.concatenate((movement[moved], np.full(len(gone), CHURN))),
        twelfths=np.concatenate((step[moved], -paid[gone])),
    )
