"""Tickets as a log tells of them."""

from __future__ import annotations

from typing import Any, Final

import attrs

from lifecycle.rules import as_kinds

from ._cut import Cut
from ._pairing import Pairs, paired


def _kinds(value: Any) -> tuple[str, ...]:
    return as_kinds(value)


@attrs.frozen(kw_only=True)
class Tickets:
    """Which touchpoints open, answer and close tickets.

    They belong to the ticket of the same customer with the same reference; those without one belong together. Opening
    what is open changes nothing; opened after its closing, it is another ticket.
    """

    opened: tuple[str, ...] = attrs.field(default=("ticket_opened",), converter=_kinds)
    """The kinds that open."""
    answered: tuple[str, ...] = attrs.field(default=("ticket_answered", "message_sent"), converter=_kinds)
    """The messages of the company."""
    closed: tuple[str, ...] = attrs.field(default=("ticket_closed",), converter=_kinds)
    """The kinds that close; who closes without a message has answered by it."""
    ref: str = "ticket"
    """The attribute that holds the reference."""

    def closings(self, cut: Cut) -> Pairs:
        """Every ticket opened before the end of a period, with its closing."""
        return paired(cut.history(*self.opened), cut.history(*self.closed), refs=(self.ref,)).distinct()

    def answers(self, cut: Cut) -> Pairs:
        """Every ticket opened before the end of a period, with its first answer."""
        opened = self.closings(cut).opened
        return paired(opened, cut.history(*self.answered, *self.closed), refs=(self.ref,))


STOCK: Final = Tickets()
"""The names of the presets."""
