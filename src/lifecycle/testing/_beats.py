"""Scripts: what is to happen on which day, before it has a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

import attrs

from lifecycle.model import Calendar, Touchpoint, utc_of

from ._vocabulary import DayAfter, Vocabulary

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US
_MOSTLY: Final = 0.6
_RARELY: Final = 0.15


@attrs.frozen
class Beat:
    """One thing that happens, so many days after the start."""

    day: int
    """Which day."""
    kind: str
    """What."""
    attributes: Mapping[str, Any] = attrs.field(factory=dict)
    """With what; `amount` is money, a `DayAfter` a date."""
    hour: int | None = None
    """At which hour, where that matters."""

    def moved(self, days: int) -> Beat:
        """The same so many days later."""
        return Beat(self.day + days, self.kind, self.attributes, self.hour)


@attrs.frozen
class Script:
    """What a customer lives through to get somewhere."""

    beats: tuple[Beat, ...]
    """What happens, in order."""
    end: int
    """The day until which time has to pass."""
    stage: str = ""
    """The stage that it ends in."""
    entered: int = 0
    """The day on which that was entered."""
    tail: int = 0
    """How many of its last beats do what it is for; those before lead to the stage."""


def short(draw: Random, scripts: Sequence[Script]) -> Script:
    """One of some scripts, rather a short one: long lives are slow to walk, and say little more."""
    return min((draw.choice(scripts) for _ in range(2)), key=lambda one: one.end + 5 * len(one.beats))


def in_order(beats: Iterable[Beat]) -> tuple[Beat, ...]:
    """Beats by day; on one day those without an hour keep their order."""
    return tuple(sorted(beats, key=lambda beat: (beat.day, -1 if beat.hour is None else beat.hour)))


@attrs.frozen(eq=False)
class Stage:
    """Where scripts are played: dates for days, times for beats."""

    vocabulary: Vocabulary
    """How kinds are written."""
    calendar: Calendar
    """The days of the definition's zone."""
    first_day: int
    """The day of the script's day 0, in days since 1970-01-01."""
    customer: str = "ada"
    """Who."""

    def touchpoint(self, beat: Beat, at_us: int, name: str | None = None) -> Touchpoint:
        """A beat as a touchpoint at an instant."""
        given = dict(beat.attributes)
        amount, channel = given.pop("amount", None), given.pop("channel", None)
        for key, value in given.items():
            if isinstance(value, DayAfter):
                day = self.calendar.date_of(self.first_day + beat.day) + timedelta(days=value.days)
                given[key] = day.isoformat()
        currency = None if amount is None else self.vocabulary.currency
        return Touchpoint(
            self.customer, name or beat.kind, utc_of(at_us), amount=None if amount is None else int(amount),
            currency=currency, channel=channel, attributes=given,
        )  # fmt: skip

    def plain(self, beats: Iterable[Beat]) -> list[Touchpoint]:
        """All beats as touchpoints from nine in the morning on, one a minute."""
        found, day, place = [], None, 0
        for beat in beats:
            place = place + 1 if beat.day == day else 0
            day = beat.day
            hour = 9 if beat.hour is None else beat.hour
            start = self.calendar.start_of(self.first_day + beat.day)
            found.append(self.touchpoint(beat, start + hour * HOUR_US + place * MINUTE_US))
        return sorted(found, key=lambda touchpoint: touchpoint.at_us)


def beat_of(vocabulary: Vocabulary, draw: Random, day: int, kind: str, given: Mapping[str, Any] | None = None) -> Beat:
    """A beat of a kind with some of the attributes that it may carry, and with given ones."""
    own = {}
    for name, pool in vocabulary.pools(kind).items():
        if pool and draw.random() < (_RARELY if name in vocabulary.rare else _MOSTLY):
            own[name] = draw.choice(pool)
    return Beat(day, kind, {**own, **(given or {})})
