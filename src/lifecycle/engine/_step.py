"""What one touchpoint or the passing of time did to one customer."""

from __future__ import annotations

import attrs

from lifecycle.model import Customer, MilestoneChange, Move, SignalChange


@attrs.frozen
class Step:
    """The customer after, and what happened on the way."""

    customer: Customer
    """The customer after."""
    moves: tuple[Move, ...] = ()
    """The moves, in order: those of timers that were due before, then that of the touchpoint."""
    signals: tuple[SignalChange, ...] = ()
    """The signals that were raised and cleared, in order."""
    milestones: tuple[MilestoneChange, ...] = ()
    """The milestones that were reached or became overdue, in order."""

    def why(self) -> str:
        """The moves, signals and milestones in words with their figures, or that nothing moved."""
        # Sorted is stable: at one instant the stage comes first, then signals, then milestones (S7).
        changes: tuple[Move | SignalChange | MilestoneChange, ...] = (*self.moves, *self.signals, *self.milestones)
        happened = sorted(changes, key=lambda change: change.at_us)
        if not happened:
            return f"{self.customer.id} stays in {self.customer.stage}"
        return "\n".join(map(str, happened))
