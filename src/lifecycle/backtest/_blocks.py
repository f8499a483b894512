"""A story at the moments of a question, block after block of customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.rules import Points

from ._asked import Asked
from ._checks import BoolArray, IntArray
from ._grid import Ahead, Runs
from ._outcomes import Outcomes

_ROWS, _CELLS = 500_000, 3_000_000
"""A block holds about so many touchpoints, and so many pairs of customer and moment, at most."""


@attrs.frozen(eq=False)
class _Stays:
    """Stays at the moments of the question, from none to all of them; shape (n_stays,) each, by customer."""

    customer: IntArray
    leaf: IntArray
    first: IntArray
    """The first moment of the grid."""
    beyond: IntArray
    """One beyond the last."""

    def take(self, index: IntArray) -> _Stays:
        return _Stays(self.customer[index], self.leaf[index], self.first[index], self.beyond[index])


class Block:
    """Some customers of a story at the moments of a question.

    Args:
        asked: the question.
        who: the customers, ascending; shape (n_customers,).
        stays: theirs.
    """

    def __init__(self, asked: Asked, who: IntArray, stays: _Stays) -> None:
        self.asked, self.who, self.instants = asked, who, asked.instants
        self._stays = attrs.evolve(stays, customer=np.searchsorted(who, stays.customer))
        self.past = Past(asked.record.part(who), 0, len(who))
        self.ahead = Ahead(self.instants, len(who), self._outcomes())
        self._at_risk: dict[tuple[bool, ...], BoolArray] = {}

    def __len__(self) -> int:
        return len(self.who)

    def at_risk(self, stages: tuple[bool, ...]) -> BoolArray:
        """Who is at risk when customers are so in some stages; shape (n_customers, n_moments)."""
        if stages not in self._at_risk:
            stays = self._stays
            here = np.flatnonzero(np.array(stages)[stays.leaf])
            runs = Runs(stays.customer[here], stays.first[here], stays.beyond[here])
            self._at_risk[stages] = runs.mask(len(self), len(self.instants))
        return self._at_risk[stages]

    def points(self, rows: IntArray, places: IntArray) -> Points:
        """Moments of customers who have begun: places in the block, and in the grid; shape (n_points,) each."""
        stop = self.past.rows.starts[rows] + self.seen[rows, places]
        return Points(rows.astype(np.int32), stop, self.days[places])

    @cached_property
    def seen(self) -> IntArray:
        """How many touchpoints each customer has strictly before each moment; shape (n_customers, n_moments)."""
        rows, n_moments = self.past.rows, len(self.instants)
        place = np.searchsorted(self.instants, rows.block.at, side="right")
        cell = rows.customer.astype(np.int64) * (n_moments + 1) + place
        found = np.bincount(cell, minlength=len(self) * (n_moments + 1)).reshape(len(self), n_moments + 1)
        return np.cumsum(found, axis=1, out=found)[:, :-1]

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """Today at each moment, which sees what is strictly before it (S2); shape (n_moments,)."""
        calendar = self.past.program.calendar
        return np.array([calendar.day_of(at - 1) for at in self.instants.tolist()], np.int32)

    def _outcomes(self) -> Outcomes:
        """The outcomes of these customers, by their places in the block."""
        outcomes, who = self.asked.outcomes, self.who
        low, high = np.searchsorted(outcomes.customer, (who[0], who[-1] + 1))
        customer, at = outcomes.customer[low:high], outcomes.at_us[low:high]
        place = np.minimum(np.searchsorted(who, customer), len(who) - 1)
        mine = who[place] == customer
        return attrs.evolve(outcomes, customer=place[mine], at_us=at[mine])


def blocks(asked: Asked, stages: Iterable[tuple[bool, ...]]) -> Iterator[Block]:
    """The customers who are at risk at some time, in blocks.

    Args:
        asked: the question.
        stages: per sort of risk, per stage whether customers are at risk there.
    """
    stays = _stays(asked, np.logical_or.reduce([np.array(one) for one in stages]))
    who = np.unique(stays.customer)
    rows = np.cumsum(np.diff(asked.record.log.starts)[who])
    most = max(1, _CELLS // len(asked.instants))
    low = 0
    while low < len(who):
        seen = 0 if low == 0 else int(rows[low - 1])
        high = min(max(low + 1, int(np.searchsorted(rows, seen + _ROWS, side="right"))), low + most)
        first, last = np.searchsorted(stays.customer, (who[low], who[high - 1] + 1))
        yield Block(asked, who[low:high], stays.take(np.arange(first, last)))
        low = high


def _stays(asked: Asked, watched: BoolArray) -> _Stays:
    """The stays in some stages; a moment at which a stay begins does not see it (S2)."""
    columns, instants, since = asked.record.stay_columns, asked.instants, asked.since_us
    # Between two moments a sign can be raised too, so stays that see none of them are kept.
    some = np.flatnonzero(watched[columns["stage"]] & (columns["end"] >= since))
    first = np.searchsorted(instants, columns["start"][some], side="right")
    beyond = np.searchsorted(instants, columns["end"][some], side="right")
    return _Stays(columns["customer"][some].astype(np.int64), columns["stage"][some], first, beyond)
