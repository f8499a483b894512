"""Signs as they are declared, and the hidden facts that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from lifecycle.rules import Context, Difference, Fact, InStage, Ratio, Since
from lifecycle.rules import Declared as DeclaredFact

from ._blueprint import Blueprint
from ._health import Health
from ._loyalty import Loyalty
from ._segment import Segment
from ._signal import Signal
from ._texts import of_type

HEALTH: Final = "health"
"""The name under which conditions read the score."""
SIGNAL: Final = "signal_"
"""What stands before the name of a signal in conditions."""


def _signals(found: object) -> tuple[Signal, ...]:
    return of_type(found, Signal, "signals")


def _segments(found: object) -> tuple[Segment, ...]:
    return of_type(found, Segment, "segments")


def _blueprints(found: object) -> tuple[Blueprint, ...]:
    return of_type(found, Blueprint, "blueprints")


@attrs.frozen
class Declared:
    """The signs of a definition as they were declared."""

    signals: tuple[Signal, ...] = attrs.field(default=(), converter=_signals)
    """Signals."""
    segments: tuple[Segment, ...] = attrs.field(default=(), converter=_segments)
    """Segments."""
    health: Health | None = None
    """Health."""
    blueprints: tuple[Blueprint, ...] = attrs.field(default=(), converter=_blueprints)
    """Blueprints."""
    loyalty: Loyalty | None = None
    """Loyalty of the retained."""
    conditions: tuple[str, ...] = ()
    """Conditions that playbooks watch: what ends a run, what it is to reach, what starts it."""

    def __bool__(self) -> bool:
        return bool(self.signals or self.segments or self.health or self.blueprints or self.loyalty or self.conditions)


SEEN: Final = "health.seen"
"""The hidden fact behind staleness: days since a touchpoint that a measure listens to."""


def sign_facts(declared: Declared, facts: Mapping[str, DeclaredFact], context: Context) -> Mapping[str, Fact]:
    """The hidden facts that the signs of a definition need."""
    if declared.health is None:
        return {}
    kinds: set[str] = set()
    for measure in declared.health.measures:
        heard = _heard(measure.fact, facts, context)
        if heard is None:
            return {SEEN: Since()}
        kinds |= heard
    return {SEEN: Since(tuple(sorted(kinds)))} if kinds else {}


def _heard(
    name: str, facts: Mapping[str, DeclaredFact], context: Context, seen: frozenset[str] = frozenset()
) -> frozenset[str] | None:
    """The kinds that a declared fact listens to; None: every sign of life."""
    fact = facts.get(name)
    if isinstance(fact, (Ratio, Difference)) and name not in seen:
        first, second = (_heard(part, facts, context, seen | {name}) for part in (fact.of, fact.to))
        return None if first is None or second is None else first | second
    if isinstance(fact, InStage):
        return frozenset() if fact.count is None else frozenset({context.key(fact.count)})
    return fact.bind(context).kinds if isinstance(fact, Fact) else frozenset()
