"""The last touchpoints of a customer, kept for the person who carries out a play."""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np

from lifecycle.model import Touchpoint
from lifecycle.rules import BoundFact, Column, Context, FactType, Points, Rows

RECENT: Final = "playbook.recent"
"""The hidden fact with the last signs of life, kind and instant, oldest first."""
N_RECENT: Final = 5
"""How many are kept."""


@attrs.frozen
class Recent:
    """The last signs of life; no condition can read it."""

    def bind(self, context: Context) -> BoundFact:
        """The fold inside a definition; it has no column."""

        def fold(state: tuple[Any, ...], touchpoint: Touchpoint, _: int) -> tuple[Any, ...]:
            return (*state[1 - N_RECENT :], (touchpoint.kind, touchpoint.at_us))

        def query(_: Rows, points: Points) -> Column:
            return Column(np.zeros(len(points), np.int64), np.zeros(len(points), bool))

        return BoundFact(FactType(may_miss=True), None, (), fold, lambda _state, _today, _start: None, query)
