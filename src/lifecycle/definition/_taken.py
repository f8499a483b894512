"""What a definition takes, as what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lifecycle.chart import Timer
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import Playbook, Policy
from lifecycle.signs import Blueprint, Segment, Signal


def frozen_mapping(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mapping that nobody changes any more."""
    return MappingProxyType(dict(mapping))


def kinds_by_event(events: Mapping[str, Sequence[str] | str]) -> Mapping[str, tuple[str, ...]]:
    """Event → its kinds."""
    return MappingProxyType(
        {event: (kinds,) if isinstance(kinds, str) else tuple(kinds) for event, kinds in events.items()}
    )


def timers(timers: Sequence[Timer]) -> tuple[Timer, ...]:
    """Timers as a tuple."""
    return tuple(timers)


def kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Kinds as a tuple."""
    return tuple(kinds)


def signals(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """Signals as a tuple."""
    return tuple(signals)


def segments(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments as a tuple."""
    return tuple(segments)


def blueprints(blueprints: Sequence[Blueprint]) -> tuple[Blueprint, ...]:
    """Blueprints as a tuple."""
    return tuple(blueprints)


def playbooks(playbooks: Sequence[Playbook]) -> tuple[Playbook, ...]:
    """Playbooks as a tuple.

    Raises:
        DefinitionError: one of them is something else.
    """
    return _all_of(playbooks, Playbook, "playbooks", "a Playbook(…)")


def policies(policies: Sequence[Policy]) -> tuple[Policy, ...]:
    """Policies as a tuple.

    Raises:
        DefinitionError: one of them is something else.
    """
    return _all_of(policies, Policy, "policies", "a policy such as Cap(…), or an object with name, facts() and bind()")


def _all_of(values: object, wanted: type[Any], what: str, hint: str) -> tuple[Any, ...]:
    found = tuple(values) if isinstance(values, Iterable) else (values,)
    for value in found:
        if not isinstance(value, wanted):
            raise DefinitionError(f"{what}: {value!r} is not {hint}")
    return found
