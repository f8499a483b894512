"""A tally, and beside it how many are left out of it."""

from __future__ import annotations

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate, Tally


@attrs.frozen
class Apart:
    """A tally with a count of those that it does not hold yet, such as tickets that are still open.

    The number is that of the tally; the count goes into the notes of the measurement.
    """

    tally: Tally
    """What is measured."""
    n: int
    """How many are counted apart."""
    what: str
    """What they are, for the note: 'still open'."""

    def __add__(self, other: Apart) -> Apart:
        """Both together.

        Raises:
            InvalidArgument: what they count apart differs.
        """
        if self.what != other.what:
            raise InvalidArgument(f"{self.what!r} and {other.what!r} are counted apart; add tallies of one KPI")
        return Apart(self.tally + other.tally, self.n + other.n, self.what)

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The number of the tally, as if nothing were apart."""
        return self.tally.finish(confidence)

    @property
    def notes(self) -> tuple[str, ...]:
        """How many are apart; nothing where there is none."""
        own: tuple[str, ...] = getattr(self.tally, "notes", ())
        return (*own, f"{self.n:,} {self.what}") if self.n else own
