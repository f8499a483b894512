"""How often: caps over a time, and one a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
from attrs.validators import instance_of, optional

from lifecycle.errors import DefinitionError
from lifecycle.log import days_of
from lifecycle.model import DAY_US, Calendar
from lifecycle.rules import Fact
from lifecycle.signs import called

from ._clock import by_zone, calendar_of, instant_of, instants_of
from ._ledger import Choice, counted_days, held_until, nth_last, of_actions
from ._policy import PASSES, ZONE, Attempt, Attempts, Block, Int64Array, PolicySetup
from ._steps import minute_of
from ._texts import as_texts, between, is_name

IndexArray: TypeAlias = npt.NDArray[Any]


def _clock(_: object, __: object, value: str) -> None:
    minute_of(value)


@attrs.frozen
class Cap:
    """At most so many plays in any span of so many days, over all playbooks.

    Every play that was decided counts, unless it was revoked, has failed or expired. Transactional plays are neither
    held nor counted. A play that is held is tried again when the oldest counted one leaves the span. Plays that are due
    at one instant are decided by priority: so the most important one gets the last place.

    Raises:
        DefinitionError: a field is of the wrong kind or out of range.

    >>> Cap(2, 7, channel="email").days
    7
    """

    limit: int = attrs.field(validator=between(1, 10_000))
    """How many."""
    days: int = attrs.field(validator=between(1, 3_660))
    """In any so many times 24 hours."""
    channel: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays by one of these channels are held and counted."""
    purpose: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays for one of these purposes."""
    playbook: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays of one of these playbooks."""
    action: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays with one of these actions."""
    discounts_only: bool = attrs.field(default=False, kw_only=True, validator=instance_of(bool))
    """Only plays that give a discount."""
    calendar: bool = attrs.field(default=False, kw_only=True, validator=instance_of(bool))
    """Count days of the calendar in the customer's zone, today included, in place of times of 24 hours."""
    at: str | None = attrs.field(default=None, kw_only=True, validator=optional(_clock))
    """With `calendar`: the time of day at which a held play is tried again, such as '09:00'; None: as it begins."""
    name: str = attrs.field(default="cap", kw_only=True, validator=is_name)
    """What it is called."""

    def __attrs_post_init__(self) -> None:
        if self.at is not None and not self.calendar:
            raise DefinitionError(f"{called(self)}: at={self.at!r} needs calendar=True")

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundCap | BoundDailyCap:
        """The policy inside a definition.

        Raises:
            DefinitionError: it names a playbook, action or purpose that nothing has.
        """
        choice = Choice(self.channel, self.purpose, self.playbook, self.action)
        counted = tuple(
            chosen and (not self.discounts_only or one.action.discount_percent > 0)
            for chosen, one in zip(choice.of(setup, self, transactional=False), setup.actions, strict=True)
        )
        what = ("discount" if self.discounts_only else "play") + ("" if self.limit == 1 else "s")
        reason = (
            f"{self.limit:,} {what}{choice} in {counted_days(self.days)}{' of the calendar' * self.calendar} already"
        )
        if self.calendar:
            minute = 0 if self.at is None else minute_of(self.at)
            return BoundDailyCap(counted, self.limit, self.days, minute, reason)
        return BoundCap(counted, self.limit, self.days * DAY_US, reason)


@attrs.frozen
class OnePerDay:
    """At most one play a day of the calendar in the customer's zone: the play of highest priority gets the slot.

    Raises:
        DefinitionError: a field is of the wrong kind.
    """

    at: str | None = attrs.field(default=None, validator=optional(_clock))
    """The time of the next day at which a held play is tried again, such as '09:00'; None: as the day begins."""
    channel: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=as_texts)
    """Only plays by one of these channels are held and counted."""
    name: str = attrs.field(default="one_per_day", kw_only=True, validator=is_name)
    """What it is called."""

    def facts(self) -> Mapping[str, Fact]:
        """None."""
        return {}

    def bind(self, setup: PolicySetup, /) -> BoundCap | BoundDailyCap:
        """The policy inside a definition."""
        return Cap(1, 1, channel=self.channel, calendar=True, at=self.at, name=self.name).bind(setup)


@attrs.frozen(eq=False)
class BoundCap:
    """At most so many plays in any span of time."""

    counted: tuple[bool, ...]
    """Per action whether it is held and counted."""
    limit: int
    """How many."""
    keeps_us: int
    """In how long."""
    reason: str
    """Why, in words."""

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether there were so many already."""
        if not self.counted[attempt.action.number]:
            return None
        sent_us = nth_last(attempt.ledger, self.counted, self.limit)
        until = sent_us + self.keeps_us
        return Block(self.reason, until) if sent_us >= 0 and until > attempt.at_us else None

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        sent = attempts.sent(self.counted, self.limit)
        return held_until(attempts, self.counted, np.where(sent >= 0, sent + self.keeps_us, PASSES))


@attrs.frozen(eq=False)
class BoundDailyCap:
    """At most so many plays in some days of the customer's calendar."""

    counted: tuple[bool, ...]
    """Per action whether it is held and counted."""
    limit: int
    """How many."""
    days: int
    """In how many days."""
    minute: int
    """The minute of the day at which what is held is tried again."""
    reason: str
    """Why, in words."""

    @property
    def keeps_us(self) -> int:
        """Two days more than it counts, because days are not all of 24 hours."""
        return (self.days + 2) * DAY_US

    def judge(self, attempt: Attempt) -> Block | None:
        """Whether there were so many already."""
        if not self.counted[attempt.action.number]:
            return None
        sent_us = nth_last(attempt.ledger, self.counted, self.limit)
        if sent_us < attempt.at_us - self.keeps_us or sent_us < 0:
            return None
        calendar = calendar_of(attempt.read(ZONE), attempt.zone)
        day = calendar.day_of(sent_us) + self.days
        if calendar.start_of(day) <= attempt.at_us:
            return None
        return Block(self.reason, instant_of(calendar, day, self.minute))

    def judge_all(self, attempts: Attempts) -> Int64Array:
        """The same for many."""
        sent, at = attempts.sent(self.counted, self.limit), attempts.at_us
        index = np.flatnonzero(of_actions(attempts, self.counted) & (sent >= 0) & (sent >= at - self.keeps_us))
        result = np.full(len(at), PASSES, np.int64)
        if not len(index):
            return result

        def until(calendar: Calendar, places: IndexArray) -> Int64Array:
            days = days_of(sent[places], calendar) + self.days
            is_held = instants_of(calendar, days, 0) > at[places]
            return np.where(is_held, instants_of(calendar, days, self.minute), PASSES)

        result[index] = by_zone(attempts.read(ZONE), index, attempts.zone, until)
        return result
