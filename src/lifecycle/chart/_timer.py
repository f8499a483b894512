"""Timers: the events that time raises."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

import attrs

from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.model import normalise_kind

_MOST_DAYS: Final = 36_500


class Basis(Enum):
    """A moment from which a timer counts that is not a kind of touchpoint."""

    ACTIVITY = "activity"
    """The last sign of life."""
    ENTRY = "entry"
    """The entry into the stage that answers the timer."""

    def __repr__(self) -> str:
        return self.name


ACTIVITY: Final = Basis.ACTIVITY
"""Counts from the last sign of life."""
ENTRY: Final = Basis.ENTRY
"""Counts from the entry into the stage, or compound, whose transition answers the timer."""


@attrs.frozen
class DateOf:
    """A date that the customer carries, such as a renewal."""

    fact: str
    """The name of a fact of type date, such as `Last("profile_set", of="renewal", type="date")`."""


Since: TypeAlias = str | tuple[str, ...] | Basis | DateOf


def _as_since(value: Since | list[str]) -> Since:
    return tuple(value) if isinstance(value, list) else value


@attrs.frozen
class Timer:
    """An event that time raises, once per basis; with `every_days` again and again.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.

    >>> print(Timer("went_quiet", after_days=45, since="visit"))
    went_quiet: 45 days after last visit
    >>> print(Timer("renewal_near", after_days=-30, since=DateOf("renewal")))
    renewal_near: 30 days before renewal
    """

    event: str
    """The event that it raises."""
    after_days: int
    """Days from the basis to 00:00 of the due day; at least 1, for a date also 0 or negative (before it)."""
    since: Since = attrs.field(default=ACTIVITY, converter=_as_since)
    """The basis: the last touchpoint of a kind or of several kinds (from the customer's start if never
    seen), `ACTIVITY`, `ENTRY`, or a `DateOf`."""
    every_days: int | None = None
    """When given, it is raised again every so many days while its basis stands."""

    def __attrs_post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise DefinitionError(f"timer {self.event!r}: {problem}")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The normalised kinds that it counts from; none for another basis."""
        if isinstance(self.since, str):
            return (normalise_kind(self.since),)
        return tuple(normalise_kind(kind) for kind in self.since) if isinstance(self.since, tuple) else ()

    @property
    def when(self) -> str:
        """Its due time for people: '45 days after last visit'."""
        again = f", then every {_days(self.every_days)}" if self.every_days is not None else ""
        if isinstance(self.since, DateOf) and self.after_days == 0:
            return f"on {self.since.fact}{again}"
        side = "after" if self.after_days > 0 else "before"
        return f"{_days(abs(self.after_days))} {side} {self._basis()}{again}"

    def __str__(self) -> str:
        return f"{self.event}: {self.when}"

    def _basis(self) -> str:
        if isinstance(self.since, Basis):
            return "last sign of life" if self.since is ACTIVITY else "entry"
        if isinstance(self.since, DateOf):
            return self.since.fact
        return "last " + " or ".join((self.since,) if isinstance(self.since, str) else self.since)

    def _problem(self) -> str:
        """What is wrong with the fields, or nothing."""
        if not isinstance(self.event, str) or not self.event:
            return "the event is a text such as 'went_quiet'"
        least = -_MOST_DAYS if isinstance(self.since, DateOf) else 1
        if type(self.after_days) is not int or not least <= self.after_days <= _MOST_DAYS:
            hint = "" if least < 1 else "; only a timer since DateOf(…) may be due on the day or before it"
            return f"after_days={self.after_days!r} is not a whole number from {least} to {_MOST_DAYS}{hint}"
        every = self.every_days
        if every is not None and (type(every) is not int or not 1 <= every <= _MOST_DAYS):
            return f"every_days={every!r} is not a whole number from 1 to {_MOST_DAYS}, or None to fire once"
        return self._basis_problem()

    def _basis_problem(self) -> str:
        if isinstance(self.since, Basis):
            return ""
        if isinstance(self.since, DateOf):
            return "" if isinstance(self.since.fact, str) else f"{self.since!r} must name a fact"
        if not isinstance(self.since, (str, tuple)) or not self.since:
            return f"since={self.since!r} is no kind, tuple of kinds, ACTIVITY, ENTRY or DateOf('fact')"
        try:
            return "" if self.kinds else "since names no kind"
        except InvalidArgument as error:
            return f"since={self.since!r}: {error}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
