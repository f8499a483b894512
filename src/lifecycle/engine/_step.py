"""What one touchpoint or the passing of time did to one customer."""

from __future__ import annotations

import attrs

from lifecycle.model import Customer, Move


@attrs.frozen
class Step:
    """The customer after, and what happened on the way."""

    customer: Customer
    """The customer after."""
    moves: tuple[Move, ...] = ()
    """The moves, in order: those of timers that were due before, then that of the touchpoint."""

    def why(self) -> str:
        """The moves in words with their figures, or that nothing moved."""
        if not self.moves:
            return f"{self.customer.id} stays in {self.customer.stage}"
        return "\n".join(str(move) for move in self.moves)
