"""What a sign should foretell, and how far ahead."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs

from lifecycle.errors import InvalidArgument

from ._checks import DAY_US, IntArray, codes, instant, instants, same_length
from ._timeline import Timeline


def _codes(values: Any) -> IntArray:
    return codes(values, "Outcomes.customer")


def _instants(values: Any) -> IntArray:
    return instants(values, "Outcomes.at_us")


def _end(value: Any) -> int:
    return instant(value, "Outcomes.end_us")


def _since(value: Any) -> int | None:
    return None if value is None else instant(value, "Outcomes.since_us")


@attrs.frozen(eq=False)
class Outcomes:
    """When what a sign should foretell came true, how far ahead it counts, and how long anybody looked.

    A customer may have any number of outcomes; each counts on its own. Outcomes after the end are not seen.

    Who has no contract never says goodbye: there, what a sign should foretell is that something stays away. With
    `is_absence` the rows are that something, such as purchases, and the outcome follows a moment when none of them
    comes for a whole horizon, counted from the moment itself. What came before the moment does not matter to it.

    Raises:
        InvalidArgument: columns of two lengths, codes or instants that are none, a horizon not above 0, an end before
            the beginning.
    """

    customer: IntArray = attrs.field(converter=_codes)
    """Code of the customer of each outcome, from 0; shape (n_outcomes,), in any order."""
    at_us: IntArray = attrs.field(converter=_instants)
    """When each came, in microseconds since 1970 UTC; shape (n_outcomes,)."""
    horizon_days: float = attrs.field(kw_only=True)
    """How far ahead a sign may look; a day is 24 hours, also where clocks are changed."""
    end_us: int = attrs.field(kw_only=True, converter=_end)
    """The last instant that anybody looked at. Where all strictly before an end is known, that is the end less 1."""
    since_us: int | None = attrs.field(default=None, kw_only=True, converter=_since)
    """The first instant anybody looked at; outcomes less than a horizon after it are set apart in the recall."""
    name: str = attrs.field(default="the outcome", kw_only=True)
    """What it is called, for people."""
    is_absence: bool = attrs.field(default=False, kw_only=True)
    """Whether the outcome is that none of these comes."""

    def __attrs_post_init__(self) -> None:
        same_length(self.customer, self.at_us, "Outcomes: customer, at_us")
        days = self.horizon_days
        if isinstance(days, bool) or not isinstance(days, (int, float)) or not 0 < days < 1e6:
            raise InvalidArgument(f"Outcomes: horizon_days={days!r} is no number of days above 0")
        if self.horizon_us < 1:
            raise InvalidArgument(f"Outcomes: horizon_days={days!r} is less than a microsecond")
        if self.since_us is not None and self.since_us > self.end_us:
            raise InvalidArgument(f"Outcomes: since_us={self.since_us} is after end_us={self.end_us}")

    @property
    def horizon_us(self) -> int:
        """The horizon in microseconds."""
        return round(self.horizon_days * DAY_US)

    @property
    def last_us(self) -> int:
        """The last moment whose horizon is complete: it ends before anybody stopped looking."""
        return self.end_us - self.horizon_us + int(self.is_absence)

    @cached_property
    def timeline(self) -> Timeline:
        """The outcomes that were seen, by customer and time."""
        seen = self.at_us <= self.end_us
        return Timeline.of(self.customer[seen], self.at_us[seen])
