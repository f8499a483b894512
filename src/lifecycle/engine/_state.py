"""What a walk keeps of each customer, and the moves that it finds, as columns."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ._program import NEVER_DAY, Program

IntArray = npt.NDArray[Any]


@attrs.frozen(eq=False)
class WalkState:
    """Where customers stand between two walks; one entry per customer, the walk writes into the arrays."""

    leaf: npt.NDArray[np.int16]
    """The stage; shape (n,)."""
    today: npt.NDArray[np.int32]
    """The day of the last happening; shape (n,)."""
    tie: npt.NDArray[np.int16]
    """The timer that fired last on `today`, or the number of timers after a row; shape (n,)."""
    entry_day: npt.NDArray[np.int32]
    """When each clock was set; shape (n_clocks, n)."""
    entry_row: npt.NDArray[np.int64]
    """How many rows of the customer had been seen then, where a fact counts since; shape (n_clocks or 0, n)."""
    special: npt.NDArray[np.int32]
    """Due days that rows alone do not tell: on entry, repeats, already past; shape (n_timers, n)."""
    fired_basis: npt.NDArray[np.int32]
    """The basis for which each timer fired last; shape (n_timers, n)."""
    fired_day: npt.NDArray[np.int32]
    """And when, if some timer repeats; shape (n_timers or 0, n)."""

    @classmethod
    def empty(cls, program: Program, n: int) -> WalkState:
        """Customers in the initial stage who have not begun; `begin` sets their day."""
        n_timers = len(program.chart.timers)
        counts = any(fact.count is not None for fact in program.facts.staged.values())
        repeats = any(timer.every_days is not None for timer in program.chart.timers)
        return cls(
            leaf=np.full(n, program.chart.initial, np.int16),
            today=np.zeros(n, np.int32),
            tie=np.full(n, n_timers, np.int16),
            entry_day=np.zeros((len(program.clocks), n), np.int32),
            entry_row=np.zeros((len(program.clocks) if counts else 0, n), np.int64),
            special=np.full((n_timers, n), NEVER_DAY, np.int32),
            fired_basis=np.full((n_timers, n), NEVER_DAY, np.int32),
            fired_day=np.full((n_timers if repeats else 0, n), NEVER_DAY, np.int32),
        )

    def begin(self, program: Program, start_day: npt.NDArray[np.int32]) -> WalkState:
        """The same, at the first touchpoint of each; shape (n,)."""
        self.today[:] = start_day
        self.entry_day[:] = start_day
        for timer, _ in program.chart.armed[program.chart.initial]:
            if program.is_entry(timer):
                self.special[timer] = start_day + program.chart.timers[timer].after_days
        return self

    def part(self, low: int, high: int) -> WalkState:
        """A view on consecutive customers: what is written there is written here."""
        return WalkState(*(getattr(self, field.name)[..., low:high] for field in attrs.fields(WalkState)))

    def take(self, who: IntArray) -> WalkState:
        """A copy of some of the customers."""
        return WalkState(*(getattr(self, field.name)[..., who] for field in attrs.fields(WalkState)))

    def put(self, who: IntArray, other: WalkState) -> None:
        """Overwrite some of the customers."""
        for field in attrs.fields(WalkState):
            getattr(self, field.name)[..., who] = getattr(other, field.name)


@attrs.frozen(eq=False)
class Moved:
    """Moves as columns, in order of customer and time; shape (n_moves,) each."""

    customer: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    day: npt.NDArray[np.int32]
    source: npt.NDArray[np.int16]
    target: npt.NDArray[np.int16]
    row: npt.NDArray[np.int64]
    """The row that caused it, -1 for a timer."""
    timer: npt.NDArray[np.int16]
    """The timer that caused it, -1 for a row."""
    route: npt.NDArray[np.int16]
    """The route that it took, -1 for a stage set by hand."""

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def join(cls, parts: list[Moved]) -> Moved:
        """All moves, part after part."""
        names = [field.name for field in attrs.fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, index: IntArray) -> Moved:
        """Some of the moves."""
        return Moved(*(getattr(self, field.name)[index] for field in attrs.fields(Moved)))


def no_moves() -> Moved:
    """No moves at all."""
    small, day, large = np.zeros(0, np.int16), np.zeros(0, np.int32), np.zeros(0, np.int64)
    return Moved(day, large, day, small, small, large, small, small)
