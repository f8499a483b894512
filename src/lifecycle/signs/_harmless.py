"""Touchpoints that cannot raise what is down: what they change makes a condition less true, today and later."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from lifecycle.engine import Program
from lifecycle.rules import All, BoundCondition, Compare, Either, Not, Ratio, counter_of, names_of

from ._declared import HEALTH
from ._scoring import Scoring

Direction: TypeAlias = Literal[-1, 0, 1]
_RISING_IS_MORE = {">": True, ">=": True, "<": False, "<=": False}


def is_harmless(condition: BoundCondition, part: str, program: Program, scoring: Scoring | None) -> bool:
    """Whether a touchpoint that changes one folded fact can only make a condition less true, today and later.

    What counts only some days later is left aside: whoever asks looks again on that day.

    Args:
        condition: over facts, `health` and signals.
        part: the folded fact.
        program: the facts.
        scoring: health, compiled.
    """

    def holds(node: Any, *, negated: bool) -> bool:
        if isinstance(node, Not):
            return holds(node.child, negated=not negated)
        if isinstance(node, (All, Either)):
            return all(holds(child, negated=negated) for child in node.children)
        ways = [_way(name, part, program, scoring) for name in names_of(node)]
        if all(way is None for way in ways):
            return True
        limit = condition.threshold(node) if isinstance(node, Compare) else None
        rising_is_more = None if limit is None else _RISING_IS_MORE.get(limit[0])
        if rising_is_more is None or not ways[0]:
            return False
        return (ways[0] > 0) != (rising_is_more != negated)

    return holds(condition.condition.root, negated=False)


def _way(name: str, part: str, program: Program, scoring: Scoring | None) -> Direction | None:
    """Where a touchpoint that changes a folded fact moves a name; 0: anywhere; None: nowhere today."""
    facts = program.facts
    if name == HEALTH:
        return _way_of_score(part, program, scoring)
    if name not in facts.types:
        return None  # a stage or a signal: moves and changes are looked at on their own
    parts = facts.parts(name)
    if any(part == counter_of(one) for one in parts):
        return 0
    if part not in parts or facts.folded[part].enters_after:
        return None
    if name == part:
        return facts.folded[part].on_touch
    formula = facts.derived[name]
    if not isinstance(formula, Ratio) or not _is_above_zero(formula.to, program):
        return 0
    # What it is divided by may come from 0, and then the quotient from nowhere.
    below = _way(formula.to, part, program, scoring)
    return _way(formula.of, part, program, scoring) if below is None else 0


def _is_above_zero(name: str, program: Program) -> bool:
    """Whether a fact is never below zero."""
    bound = program.facts.folded.get(name)
    return bound is not None and bound.is_count


def _way_of_score(part: str, program: Program, scoring: Scoring | None) -> Direction | None:
    if scoring is None:
        return 0
    ways: set[Direction] = set()
    for measure in scoring.health.measures:
        way = _way(measure.fact, part, program, None)
        if way is not None:
            ways.add(0 if way == 0 else 1 if (way > 0) == (measure.good > measure.bad) else -1)
    for _, condition, _ in scoring.of_segment:
        if any(_way(name, part, program, None) is not None for name in condition.condition.names):
            return 0
    return None if not ways else ways.pop() if len(ways) == 1 else 0
