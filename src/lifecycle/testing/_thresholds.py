"""The numbers and texts that a definition compares its facts with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifecycle.definition import Definition
from lifecycle.playbooks import HoldWhile, condition_of, playbook_facts
from lifecycle.rules import Compare, Condition, Declared, Difference, Ratio, atoms_of, parse


def declared_facts(definition: Definition) -> dict[str, Declared]:
    """The facts of a definition, those that its playbooks' silences ask among them."""
    return {**definition.facts, **playbook_facts(definition.playbooks, definition.facts)}


def conditions_of(definition: Definition) -> Iterator[Condition]:
    """Every condition of a definition: of moves, signs and playbooks."""
    for routes in definition.program.chart.routes.values():
        yield from (route.condition.condition for route in routes if route.condition is not None)
    texts: list[str | None] = []
    for signal in definition.signals:
        texts += [signal.condition, signal.clear]
    texts += [segment.condition for segment in definition.segments]
    for blueprint in definition.blueprints:
        texts += [step.condition for step in blueprint.milestones]
        texts += [mark.condition for mark in blueprint.fit]
    for playbook in definition.playbooks:
        texts += [playbook.audience, playbook.exit, None if playbook.goal is None else playbook.goal.condition]
        texts += [tier.condition for tier in playbook.tiers] + [condition_of(trigger) for trigger in playbook.on]
        texts += [action.only_if for action in playbook.actions]
    texts += [policy.condition for policy in definition.policies if isinstance(policy, HoldWhile)]
    yield from (parse(text) for text in texts if text is not None)


def thresholds(definition: Definition) -> dict[str, tuple[Any, ...]]:
    """Fact → what conditions and health compare it with; those of a ratio or difference count for both its parts."""
    found: dict[str, dict[Any, None]] = {}
    for condition in conditions_of(definition):
        for atom in atoms_of(condition.root):
            value = getattr(atom.right, "value", None) if isinstance(atom, Compare) else None
            if isinstance(atom, Compare) and value is not None:
                found.setdefault(atom.left.name, {})[value if isinstance(value, str) else float(value)] = None
    if definition.health is not None:
        for measure in definition.health.measures:
            found.setdefault(measure.fact, {}).update({float(measure.bad): None, float(measure.good): None})
    for name, fact in reversed(tuple(definition.program.facts.derived.items())):
        if isinstance(fact, (Ratio, Difference)):
            for part in (fact.of, fact.to):
                own = {value: None for value in found.get(name, ()) if not isinstance(value, str)}
                found[part] = found.get(part, {}) | own
    return {name: tuple(values) for name, values in found.items()}
