"""The guards of a transition as one bound condition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from lifecycle.errors import ConditionError
from lifecycle.rules import BoundCondition, Condition, FactSet, bind_condition, join

from ._machine import CustomerMachine
from ._problems import Problems
from ._reading import Node

_PLAIN: Final = "a plain function whose parameters are names of facts"
Part: TypeAlias = tuple[str | Callable[..., object], bool]


class Names:
    """What the names in a machine's conditions can mean."""

    def __init__(
        self, machine: type[CustomerMachine], facts: FactSet, events: frozenset[str], nodes: Sequence[Node]
    ) -> None:
        self.machine, self.facts, self.events = machine, facts, events
        self.states = frozenset(node.id for node in nodes)

    def remedy(self, name: str) -> str:
        """What to do about a name that is no fact; empty when nothing special is known of it."""
        if name in self.facts.types:
            return ""
        if name in self.events:
            return f"{name!r} is an event, not a fact; declare a fact such as Count({name!r})"
        if name in self.states:
            return f"{name!r} is a stage; write the transition on that stage, or read InStage({name!r})"
        if name in {"health", "stage"} or name.startswith("signal_"):
            return f"{name!r} may be read in signals, segments and playbooks, not in transitions"
        if not hasattr(self.machine, name):
            return ""
        if callable(getattr(self.machine, name)):
            return f"{name!r} is a method, not a fact; pass {_PLAIN}, or declare a fact"
        return f"{name!r} is an attribute of {self.machine.__name__}, not a fact; write its value instead"


def bind_guards(
    place: str, guards: Sequence[tuple[Any, bool]], names: Names, problems: Problems
) -> BoundCondition | None:
    """The guards of one transition as a bound condition; None when there are none, or notes in `problems`."""
    parts: list[Part] = []
    for guard, wanted in guards:
        reason = _refusal(guard)
        if reason:
            problems.refuse(place, reason)
        else:
            # An Event is a str to python-statemachine; here only its name counts.
            parts.append((guard if callable(guard) and not isinstance(guard, str) else str(guard), wanted))
    try:
        condition = join(parts)
        if condition is None or _has_strangers(place, condition, names, problems):
            return None
        return bind_condition(condition, names.facts.types)
    except ConditionError as error:
        for problem in error.problems:
            problems.mend(place, problem)
        return None


def _has_strangers(place: str, condition: Condition, names: Names, problems: Problems) -> bool:
    """Whether a condition reads names that are known not to be facts; each is noted."""
    remedies = [remedy for remedy in map(names.remedy, condition.names) if remedy]
    for remedy in remedies:
        problems.mend(place, f"condition {condition.text!r}: {remedy}")
    return bool(remedies)


def _refusal(guard: Any) -> str:
    """Why a guard is of no use to a table, or nothing."""
    if isinstance(guard, str):
        return ""
    if not inspect.isfunction(guard):
        return f"its guard {guard!r} is neither a text such as 'purchases >= 2' nor {_PLAIN}"
    name = guard.__qualname__
    waits = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    if any(check(guard) for check in waits):
        return f"its guard {name} is async or a generator; a guard answers at once, from facts"
    if "self" in inspect.signature(guard).parameters:
        return f"its guard {name} takes self; pass {_PLAIN}"
    return ""
