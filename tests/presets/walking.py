"""Short histories told by day, walked live and in columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from lifecycle.definition import Definition, replay
from lifecycle.log import TouchpointLog
from lifecycle.model import Customer, Move, Touchpoint

START = datetime(2024, 1, 1, 10, tzinfo=UTC)
EVENING = timedelta(hours=12)
"""From the start to the end of a story's last day: after all that is told of it."""
Told = tuple[int, str, dict[str, Any]]


def told(day: int, kind: str, **attributes: Any) -> Told:
    """A touchpoint so many days after the start."""
    return (day, kind, attributes)


def on(day: int) -> str:
    """The date so many days after the start, as a customer would carry it."""
    return (START.date() + timedelta(day)).isoformat()


@attrs.frozen
class Case:
    """A history and how it ends."""

    source: str
    """The stage from which the last move goes."""
    event: str
    """What raises it."""
    target: str
    """Where it goes."""
    history: tuple[Told, ...]
    """What happened."""
    days: int
    """When the story ends, in days after the start."""
    limits: dict[str, Any] = attrs.field(factory=dict)
    """Other thresholds of the preset."""

    def __str__(self) -> str:
        return f"{self.source}-{self.event}-{self.target}"


def touchpoints(history: tuple[Told, ...]) -> list[Touchpoint]:
    """The history as touchpoints of one customer."""
    made = []
    for place, (day, kind, attributes) in enumerate(history):
        rest = dict(attributes)
        amount, currency = rest.pop("amount", None), rest.pop("currency", None)
        at = START + timedelta(day, minutes=place)
        made.append(Touchpoint("ada", kind, at, amount=amount, currency=currency, attributes=rest))
    return made


def walk_live(definition: Definition, history: tuple[Told, ...], days: int) -> tuple[Customer, list[Move]]:
    """The customer and its moves, touchpoint by touchpoint, then until the day ends."""
    first, *others = touchpoints(history)
    step = definition.begin(first)
    moves = list(step.moves)
    for touchpoint in others:
        step = definition.advance(step.customer, touchpoint)
        moves += step.moves
    step = definition.pass_time(step.customer, START + timedelta(days) + EVENING)
    return step.customer, moves + list(step.moves)


def walk_columns(
    definition: Definition, history: tuple[Told, ...], days: int
) -> tuple[Customer, list[Move], dict[str, Any]]:
    """The customer, its moves and its facts, all at once from columns."""
    log = TouchpointLog.from_touchpoints(touchpoints(history))
    end = START + timedelta(days, microseconds=1) + EVENING
    story = replay(definition, log, until=end)
    facts = next(story.as_of(end).rows())
    return story.live("ada"), list(story.customer("ada").moves), facts


def result(definition: Definition, history: tuple[Told, ...], days: int) -> str:
    """Everything that a definition makes of a history, to be compared."""
    _, moves, facts = walk_columns(definition, history, days)
    return repr([(move.at_us, move.source.id, move.target.id) for move in moves]) + repr(facts)


def day_of(move: Move) -> int:
    """The day of a move, in days after the start."""
    at: date = move.at.date()
    return (at - START.date()).days
