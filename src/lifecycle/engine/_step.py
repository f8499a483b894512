"""What one touchpoint or the passing of time did to one customer."""

from __future__ import annotations

import attrs

from lifecycle.model import Customer, DroppedPlay, HeldPlay, MilestoneChange, Move, Play, RunChange, SignalChange


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
    plays: tuple[Play, ...] = ()
    """The plays that were decided, in order: what the host's hooks are to carry out now."""
    held: tuple[HeldPlay, ...] = ()
    """The plays that a policy held back, each time that it did, in order."""
    dropped: tuple[DroppedPlay, ...] = ()
    """The plays that were due and will not be decided any more, in order."""
    runs: tuple[RunChange, ...] = ()
    """What happened to the runs of playbooks, refused entries too, in order."""
    turned: tuple[tuple[int, bool], ...] = attrs.field(default=(), repr=False)
    """Conditions that playbooks watch and that turned: place, and whether it holds now; for the engine above."""

    def why(self) -> str:
        """What happened, in words with the figures that decided it, or that nothing moved."""
        changes: tuple[Move | SignalChange | MilestoneChange | RunChange | Play, ...] = (
            *self.moves, *self.signals, *self.milestones, *self.runs, *self.plays,
        )  # fmt: skip
        not_now: tuple[HeldPlay | DroppedPlay, ...] = (*self.held, *self.dropped)
        told = [(change.at_us, str(change)) for change in changes]
        told += [(one.play.at_us, str(one)) for one in not_now]
        # Sorted is stable: at one instant the stage comes first, then signals, milestones, playbooks (S7).
        happened = [text for _, text in sorted(told, key=lambda pair: pair[0])]
        if not happened:
            return f"{self.customer.id} stays in {self.customer.stage}"
        return "\n".join(happened)
