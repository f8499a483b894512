"""The signs of one live customer at an instant, as values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, TypeAlias

import attrs

from lifecycle.model import Customer, Figure, moment

from ._declared import SEEN
from ._going import Going
from ._live import pass_signs
from ._loyalty import LOYALTIES
from ._program import Journey, SignProgram
from ._scoring import Share
from ._signal import Signal

Status: TypeAlias = Literal["reached", "late", "overdue", "open"]
"""Reached in time; reached after its day; not reached and its day is over; still to come."""
STATUSES: Final[tuple[Status, ...]] = ("reached", "late", "overdue", "open")
"""The statuses of a milestone."""


@attrs.frozen
class RaisedSignal:
    """A signal that is up."""

    signal: Signal
    """What was declared."""
    since: datetime
    """When it was raised, in the definition's zone."""
    figures: tuple[Figure, ...]
    """The atoms of its condition with the figures of now."""
    is_kept: bool = False
    """Whether its condition holds no more, or is unknown now, and it is only not cleared yet."""

    def __str__(self) -> str:
        reasons = "".join(f"; {figure}" for figure in self.figures)
        return f"{self.signal.name} ({self.signal.severity}) since {self.since:%Y-%m-%d}{reasons}"


@attrs.frozen
class HealthReading:
    """How it goes with a customer, and why."""

    score: float | None
    """From 0 to 100; None where there is none: outside the watched stages, or too much is missing."""
    band: str | None
    """The band; None where there is no score."""
    trend: float | None
    """The score less that of the check-up before; None where either is missing."""
    stale_days: int
    """Days since a touchpoint that a measure listens to."""
    is_stale: bool
    """Whether that is longer ago than the definition allows."""
    shares: tuple[Share, ...]
    """What each measure adds; the shares add up to the score."""
    changes: tuple[tuple[str, float], ...]
    """What each measure adds to the trend, by fact; they add up to it. Empty where there is no trend."""


@attrs.frozen
class MilestoneReading:
    """A milestone of a customer."""

    blueprint: str
    """The blueprint's name."""
    milestone: str
    """The milestone's name."""
    status: Status
    """reached, late, overdue or open."""
    due: date
    """The last day for it."""
    reached: datetime | None
    """When it was reached, in the definition's zone."""
    figures: tuple[Figure, ...]
    """The atoms of its condition with the figures of now."""


class Readings:
    """A customer's signs at an instant.

    Args:
        signs: the signs of a definition.
        customer: who.
        now_us: when; everything that was due by then has happened.

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """

    def __init__(self, signs: SignProgram, customer: Customer, now_us: int) -> None:
        after = pass_signs(signs, customer, now_us).customer
        self.signs, self.customer = signs, after
        self.today = signs.program.calendar.day_of(max(now_us, after.head_us))
        self.going = Going(signs, after)
        self.leaf = signs.leaves[after.stage.id]
        self.read = self.going.reader(self.today, self.leaf)

    def signals(self) -> tuple[RaisedSignal, ...]:
        """The signals that are up, in declared order."""
        found = []
        for place in self.signs.signals.values():
            watch, since = self.signs.watches[place], self.going.states[place][0]
            if since is not None and isinstance(watch.of, Signal):
                figures, is_kept = watch.raises.figures(self.read), watch.raises.verdict(self.read) is not True
                found.append(RaisedSignal(watch.of, self._moment(since), figures, is_kept))
        return tuple(found)

    def segments(self) -> dict[str, datetime]:
        """The segments that the customer belongs to, and since when."""
        states = self.going.states
        return {
            name: self._moment(since)
            for name, place in self.signs.segments.items()
            if (since := states[place][0]) is not None
        }

    def health(self) -> HealthReading | None:
        """The score with its reasons; None where the definition has no health."""
        scoring = self.signs.scoring
        if scoring is None:
            return None
        _, band, scores = self.going.taken(self.today)
        score = scoring.score(self.leaf, self.read)
        shares = scoring.shares(self.leaf, self.read)
        day = scoring.check_up(self.today - scoring.health.trend_days)
        then = next((one for one in scores if one[0] == day), None)
        trend: float | None = None
        changes: tuple[tuple[str, float], ...] = ()
        if score is not None and then is not None:
            trend = score - then[1]
            changes = tuple((share.fact, share.share - old) for share, old in zip(shares, then[2], strict=True))
        seen = self.read(SEEN) if SEEN in self.signs.program.facts.folded else 0
        stale_days = seen if isinstance(seen, int) else 0
        return HealthReading(
            score, scoring.name(scoring.band(band, score)), trend, stale_days,
            stale_days > scoring.health.stale_days, shares, changes,
        )  # fmt: skip

    def milestones(self) -> tuple[MilestoneReading, ...]:
        """The milestones of the blueprints that have started, in order."""
        found: list[MilestoneReading] = []
        for journey, (start, _) in zip(self.signs.journeys, self.going.journeys, strict=True):
            if start is not None:
                found += self._milestones(journey, start)
        return tuple(found)

    def next_milestone(self) -> MilestoneReading | None:
        """The next best step: of what is not reached, what is due first, then what was declared first."""
        ahead = [one for one in self.milestones() if one.reached is None]
        return min(ahead, key=lambda one: one.due, default=None)

    def _milestones(self, journey: Journey, start: int) -> list[MilestoneReading]:
        calendar, found = self.signs.program.calendar, []
        for milestone, place in zip(journey.blueprint.milestones, journey.places, strict=True):
            since, due = self.going.states[place][0], start + milestone.due_days
            figures = self.signs.watches[place].raises.figures(self.read)
            day = None if since is None else calendar.day_of(since)
            found.append(
                MilestoneReading(
                    journey.blueprint.name, milestone.name, status_of(day, due, self.today), calendar.date_of(due),
                    None if since is None else self._moment(since), figures,
                )
            )  # fmt: skip
        return found

    def fit(self) -> dict[str, float | None]:
        """Per blueprint that names the ideal customer, how much of it the customer has, 0 to 100; None: unknown."""
        found = {}
        for journey in self.signs.journeys:
            if journey.fit:
                verdicts = [(mark.weight, condition.verdict(self.read)) for mark, condition in journey.fit]
                known = sum(float(weight) for weight, verdict in verdicts if verdict is not None)
                has = sum(float(weight) for weight, verdict in verdicts if verdict)
                found[journey.blueprint.name] = has / known * 100.0 if known else None
        return found

    def loyalty(self) -> str | None:
        """loyal, satisfied, captive or unheard; None where the customer is not retained."""
        if self.signs.loyalty is None:
            return None
        _, content, committed, watched = self.signs.loyalty
        if not watched[self.leaf]:
            return None
        if not content.is_heard(self.read):
            return LOYALTIES[3]
        if not content.holds(self.read):
            return LOYALTIES[2]
        return LOYALTIES[0] if committed.holds(self.read) else LOYALTIES[1]

    def _moment(self, at_us: int) -> datetime:
        return moment(at_us, self.signs.program.calendar.zone)


def status_of(reached: int | None, due: int, today: int) -> Status:
    """The status of a milestone, from days since 1970-01-01."""
    if reached is not None:
        return "reached" if reached <= due else "late"
    return "overdue" if today > due else "open"
