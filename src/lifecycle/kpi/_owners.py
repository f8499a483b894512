"""Who looks after a customer: the owner, as touchpoints tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.rules import texts

from ._cut import Cut
from ._rows import Touched

Names = npt.NDArray[np.object_]
_TELL = ("welcomed", "profile_set", "owner_changed")


def texts_of(touched: Touched, name: str) -> Names:
    """An attribute as texts, whole numbers as their digits, None where it is missing; shape (len,)."""
    codes, book = texts(touched.rows, name, touched.index)
    found: Names = np.array([*book, None], object)[codes]
    return found


def owners_at(cut: Cut, customer: npt.NDArray[Any], row: npt.NDArray[Any]) -> Names:
    """The owners of customers as known by their row of the log, it included; None where none was named; shape (n,)."""
    told = cut.history(*_TELL)
    names = texts_of(told, "owner")
    told, names = told.where(names != None), names[names != None]  # noqa: E711 - elementwise
    place = np.searchsorted(told.index, row, side="right") - 1
    is_own = (place >= 0) & (np.append(told.customer, -1)[place] == customer)
    found: Names = np.full(len(is_own), None, object)
    found[is_own] = names[place[is_own]]
    return found


def owner_labels(cut: Cut) -> Names:
    """The owner of each customer when the period began, or, of who was not there yet, when it ended.

    As groups they work for every lifecycle, with or without a fact: `report(story, kpis, period, by=owner_labels)`.
    """
    if not cut.n_customers:
        return np.zeros(0, object)
    seen = [cut.rows.first_at(us) for us in (min(cut.start_us, cut.end_us), cut.end_us)]
    return owners_at(cut, np.arange(cut.n_customers), np.where(cut.at_start.begun, *seen) - 1)
