"""When not: quiet hours and quiet days in the customer's zone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.errors import DefinitionError
from lifecycle.model import Calendar
from lifecycle.rules import Fact
from lifecycle.signs import called

from ._clock import by_zone, calendar_of, offset_at, offsets_at
from ._ledger import Choice, of_actions
from ._policy import PASSES, ZONE, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._steps import minute_of
from ._texts import as_texts, is_name, wrong

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week, as `QuietHours` takes them."""
_DAY: Final = 1_440
_MINUTE_US: Final = 60_000_000
_WEEK_US: Final = 7 * _DAY * _MINUTE_US
_MONDAY_US: Final = 3 * _DAY * _MINUTE_US  # 1970-01-01 was a Thursday


def _clock(_: object, __: object, value: str) -> None:
    minute_of(value)


def _weekdays(value: object) -> tuple[str, ...]:
    found = as_texts(value)
    for name in found:
        if name not in WEEKDAYS:
            raise wrong("quiet day", name, f"one of {', '.join(WEEKDAYS)}")
    return found


@attrs.frozen
class QuietHours:
    """Holds plays while the clock on the customer's wall shows quiet hours, or the whole of a quiet day.

    From `start` on, until before `end`; over midnight where `end` is earlier. Where clocks change, what they show
    counts: an hour that is shown twice is quiet twice. A play that is held is tried again as the quiet ends.
    Transactional plays are not held. The zone is the attribute `zone` of `welcomed` or `profile_set`, otherwise that of
    the definition.

    Raises:
        DefinitionError: a time or a day is none, or nothing would ever pass.

    >>> QuietHours("22:00", "07:30", days=("saturday", "sunday")).days
    ('saturday', 'sunday')
    """

    start: str = attrs.field(default="21:00", validator=_clock)
    """When it becomes quiet."""
    end: str = attrs.field(default="08:00", validator=_clock)
    """When it is no longer quiet."""
    days: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_weekdays)
    """Days of the week that are quiet as a whole."""
    name: str = attrs.field(default="quiet_hours", kw_only=True, validator=is_name)
    """What it is called."""

    def __attrs_post_init__(self) -> None:
        if self.start == self.end:
            raise DefinitionError(f"{called(self)}: it starts and ends at {self.start}; name two times")
        if set(self.days) == set(WEEKDAYS):
            raise DefinitionError(f"{called(self)}: every day is quiet, so nothing would ever pass; leave a day out")

    def facts(self) -> Mapping[str, Fact]:
        """None beside the zone, which every definition with playbooks knows."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundQuiet:
        """The policy inside a definition."""
        edges, frees = self._week()
        days = "".join(f", {day}" for day in self.days)
        reason = f"quiet {self.start}–{self.end}{days}"
        return BoundQuiet(Choice().of(setup, self, transactional=False), reason, edges, frees)

    def _week(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where stretches of a week begin, from Monday on, and when each is over; -1 where it is not quiet."""
        start, end = minute_of(self.start), minute_of(self.end)
        nights = [start <= now < end if start < end else now >= start or now < end for now in range(_DAY)]
        quiet = [day in self.days or night for day in WEEKDAYS for night in nights]
        edges = [0, *(now for now, (before, after) in enumerate(pairwise(quiet), 1) if before != after)]
        ends = [*edges[1:], len(quiet)]
        frees = [then * _MINUTE_US if quiet[now] else -1 for now, then in zip(edges, ends, strict=True)]
        return tuple(edge * _MINUTE_US for edge in edges), tuple(frees)


@attrs.frozen(eq=False)
class BoundQuiet:
    """`QuietHours` inside a definition."""

    concerned: tuple[bool, ...]
    """Per action whether it is held."""
    reason: str
    """Why, in words."""
    edges: tuple[int, ...]
    """Where the stretches of a week begin, in microseconds since Monday 00:00 by the clock."""
    frees: tuple[int, ...]
    """When each is over, -1 where it is not quiet."""
    keeps_us: int = 0
    """It needs no decided plays."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether it is quiet."""
        if not self.concerned[attempt.action.number]:
            return None
        calendar = calendar_of(attempt.read(ZONE), attempt.zone)
        until = self.free_from(calendar.zone, attempt.at_us)
        return None if until == attempt.at_us else Block(f"{self.reason} in {calendar.zone}", until)

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        result = np.full(len(attempts.at_us), PASSES, np.int64)
        index = np.flatnonzero(of_actions(attempts, self.concerned))
        if not len(index):
            return result

        def until(calendar: Calendar, places: Any) -> Int64Array:
            return self.all_free_from(calendar.zone, attempts.at_us[places])

        found = by_zone(attempts.read(ZONE), index, attempts.zone, until)
        result[index] = np.where(found > attempts.at_us[index], found, PASSES)
        return result

    def free_from(self, zone: str, at_us: int) -> int:
        """The first instant, at or after another, at which the clock of a zone shows no quiet time."""
        while True:
            offset, until = offset_at(zone, at_us)
            clock = (at_us + offset + _MONDAY_US) % _WEEK_US
            free = self.frees[bisect_right(self.edges, clock) - 1]
            if free < 0:
                return at_us
            # Clocks may change before the quiet is over, or a new week begins: what they show then is asked again.
            at_us = min(at_us + free - clock, until)

    def all_free_from(self, zone: str, at: Int64Array) -> Int64Array:
        """As `free_from`, for many instants; shape (n,)."""
        result = at.copy()
        edges, frees = np.array(self.edges, np.int64), np.array(self.frees, np.int64)
        asked = np.arange(len(at))
        while len(asked):
            now = result[asked]
            offset, until = offsets_at(zone, now)
            clock = (now + offset + _MONDAY_US) % _WEEK_US
            free = frees[np.searchsorted(edges, clock, side="right") - 1]
            quiet = free >= 0
            asked = asked[quiet]
            result[asked] = np.minimum(now + free - clock, until)[quiet]
        return result
