"""What a replay found, as columns: the ground under a story."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.log import TouchpointLog
from lifecycle.model import Stage

from ._program import Program
from ._state import Moved, WalkState


@attrs.frozen(eq=False, repr=False)
class Record:
    """The outcome of a replay in columns; one entry per customer of the log unless said otherwise."""

    program: Program
    """The definition, compiled."""
    log: TouchpointLog
    """The touchpoints before `until_us`."""
    until_us: int
    """The end, exclusive, in microseconds since 1970-01-01 UTC."""
    started: npt.NDArray[np.int64]
    """The first touchpoint of each customer; shape (n_customers,)."""
    moved: Moved
    """The moves as columns; rows are counted from the customer's first."""
    state: WalkState
    """Where the walk stands, so that it can go on."""
    due: npt.NDArray[np.int32]
    """The next day on which time can change each customer; shape (n_customers,)."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the definition."""
        return self.program.chart.stages

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return len(self.started)

    def part(self, who: npt.NDArray[Any]) -> Record:
        """Some of the customers as if there were no other; `who` ascending."""
        wanted = np.zeros(self.n_customers, bool)
        wanted[who] = True
        moved = self.moved.take(np.flatnonzero(wanted[self.moved.customer]))
        moved = attrs.evolve(moved, customer=np.searchsorted(who, moved.customer).astype(np.int32))
        return Record(
            self.program, self.log.select(who), self.until_us, self.started[who], moved, self.state.take(who),
            self.due[who],
        )  # fmt: skip

    @cached_property
    def stay_columns(self) -> dict[str, npt.NDArray[Any]]:
        """Every stay as codes: customer, stage, start, end (`until_us` where open), is_open."""
        n, moved = self.n_customers, self.moved
        counts = np.bincount(moved.customer, minlength=n)
        first = np.cumsum(counts + 1) - counts - 1
        is_first = np.zeros(n + len(moved), bool)
        is_first[first] = True
        customer = np.repeat(np.arange(n, dtype=np.int32), counts + 1)
        stage = np.full(len(customer), self.program.chart.initial, np.int16)
        start = np.empty(len(customer), np.int64)
        start[is_first], stage[~is_first], start[~is_first] = self.started, moved.target, moved.at
        is_open = np.append(is_first[1:], True)[: len(customer)]
        end = np.where(is_open, self.until_us, np.append(start[1:], 0)[: len(customer)])
        return {"customer": customer, "stage": stage, "start": start, "end": end, "is_open": is_open}
