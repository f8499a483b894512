"""A stretch of time from a moment up to, not including, another."""

from __future__ import annotations

from datetime import datetime

import attrs

from lifecycle.errors import InvalidArgument

from ._moment import moment_us, utc_of


@attrs.frozen
class Window:
    """A half-open stretch of time: `start` belongs to it, `end` does not.

    Args:
        start: an aware datetime between 1970 and 2200.
        end: another, not before start; equal gives an empty window.

    Raises:
        InvalidArgument: no aware datetimes, or end before start.
    """

    start: datetime
    """The first moment, in UTC."""
    end: datetime
    """The first moment after it, in UTC."""

    def __attrs_post_init__(self) -> None:
        start, end = moment_us(self.start, "start"), moment_us(self.end, "end")
        if end < start:
            raise InvalidArgument(f"'end' ({self.end}) is before 'start' ({self.start}); swap them")
        # UTC, because two times of one zone compare by wall clock, which repeats in autumn.
        object.__setattr__(self, "start", utc_of(start))
        object.__setattr__(self, "end", utc_of(end))

    def contains(self, at: datetime) -> bool:
        """Whether a moment lies in it.

        Raises:
            InvalidArgument: no aware datetime.
        """
        return self.start <= utc_of(moment_us(at)) < self.end
