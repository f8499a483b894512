"""One customer's signs at the end of a story, with reasons, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from lifecycle.definition import Definition
from lifecycle.model import Customer, Figure, MilestoneChange, Move, SignalChange
from lifecycle.signs import SEVERITIES, HealthReading, Language, MilestoneReading, RaisedSignal, spoken

from ._heading import value_of
from ._reading import Read

_INSTANT = timedelta(microseconds=1)


class Person:
    """What the live engine says of one customer at the end of a story.

    Args:
        asked: the lifecycle, the log and its story.
        id: who.
        language: of the texts.

    Raises:
        UnknownCustomer: the log has no such customer.
    """

    def __init__(self, asked: Read, id: str, language: Language) -> None:
        self.asked, self.id = asked, id
        self.language: Language = language
        self.definition: Definition = asked.definition
        self.customer: Customer = asked.story.live(id)
        # Everything before the end has happened, nothing at it.
        self.now: datetime = asked.story.until - _INSTANT

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Every fact now, in major units."""
        return self.definition.facts_of(self.customer, self.now)

    def summary(self) -> dict[str, Any]:
        """Stage, health, raised signals with why, segments, loyalty, and the next best milestone."""
        definition, now = self.definition, self.now
        raised = sorted(definition.signals_of(self.customer, now), key=_weight)
        following = definition.next_milestone(self.customer, now)
        return {
            "customer": self.id,
            "stage": self.customer.stage.id,
            "health": self._health(definition.health_of(self.customer, now)),
            "signals": [self._signal(one) for one in raised],
            "segments": [
                {"segment": name, "since": since.isoformat()}
                for name, since in definition.segments_of(self.customer, now).items()
            ],
            "loyalty": definition.loyalty_of(self.customer, now),
            "next_best": None if following is None else self._milestone(following),
        }

    def story(self) -> dict[str, Any]:
        """The summary, with fit, every milestone, and everything that happened, in order."""
        story, told = self.asked.story, self.asked.story.customer(self.id)
        changes: list[tuple[str, Move | SignalChange | MilestoneChange]] = [
            *(("move", one) for one in told.moves),
            *(("signal", one) for one in story.signals_of(self.id)),
            *(("milestone", one) for one in story.milestones_of(self.id)),
        ]
        fit = self.definition.fit_of(self.customer, self.now)
        return {
            **self.summary(),
            "started": told.started.isoformat(),
            "touchpoints": told.n_touchpoints,
            "fit": {name: None if value is None else value_of(value) for name, value in fit.items()},
            "milestones": [
                self._milestone(one) for one in self.definition.milestones_of(self.customer, self.now)
            ],
            # Sorted is stable: at one instant the stage comes first, then signals, then milestones.
            "history": [
                {"at": one.at.isoformat(), "what": what, "text": str(one)}
                for what, one in sorted(changes, key=lambda change: change[1].at_us)
            ],
        }  # fmt: skip

    def _health(self, reading: HealthReading | None) -> dict[str, Any] | None:
        if reading is None or reading.score is None:
            return None
        changes = dict(reading.changes)
        texts = {} if self.definition.health is None else {one.fact: one for one in self.definition.health.measures}
        return {
            "score": value_of(reading.score),
            "band": reading.band,
            "trend": None if reading.trend is None else value_of(reading.trend),
            "stale_days": reading.stale_days,
            "is_stale": reading.is_stale,
            "shares": [
                {
                    "fact": share.fact,
                    "text": (texts[share.fact].text_ja if self.language == "ja" else texts[share.fact].text)
                    or share.fact,
                    "value": value_of(self.figures[share.fact]),
                    "points": None if share.points is None else value_of(share.points),
                    "weight": value_of(share.weight),
                    "share": value_of(share.share),
                    "change": value_of(changes[share.fact]) if share.fact in changes else None,
                }
                for share in reading.shares
            ],
        }

    def _signal(self, one: RaisedSignal) -> dict[str, Any]:
        return {
            "signal": one.signal.name,
            "topic": one.signal.topic,
            "severity": one.signal.severity,
            "text": spoken(one.signal, self.language),
            "since": one.since.isoformat(),
            "days": (self.now.astimezone(one.since.tzinfo).date() - one.since.date()).days,
            "is_kept": one.is_kept,
            "figures": [self._figure(figure) for figure in one.figures],
        }

    def _figure(self, figure: Figure) -> dict[str, Any]:
        values = {name: value_of(self.figures.get(name, stored)) for name, stored in figure.values}
        return {"atom": figure.atom, "values": values, "holds": figure.holds, "text": str(figure)}

    def _milestone(self, one: MilestoneReading) -> dict[str, Any]:
        declared = next(
            milestone
            for blueprint in self.definition.blueprints
            for milestone in blueprint.milestones
            if (blueprint.name, milestone.name) == (one.blueprint, one.milestone)
        )
        return {
            "blueprint": one.blueprint,
            "milestone": one.milestone,
            "text": spoken(declared, self.language),
            "status": one.status,
            "due": one.due.isoformat(),
            "reached": None if one.reached is None else one.reached.isoformat(),
            "role": declared.role,
        }


def _weight(one: RaisedSignal) -> tuple[int, datetime]:
    return -SEVERITIES.index(one.signal.severity), one.since
