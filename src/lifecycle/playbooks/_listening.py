"""Which playbooks listen to what: kinds of touchpoints, and watches that turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ._program import BoundPlaybook

Found = TypeVar("Found")


def starting_kinds(playbook: BoundPlaybook) -> frozenset[str]:
    """The kinds that can start a playbook."""
    return frozenset().union(*(bound.kinds for bound in playbook.triggers))


def ending_kinds(playbook: BoundPlaybook) -> frozenset[str]:
    """The kinds that end a run, carry it on or reach its goal."""
    return frozenset().union(playbook.exit_kinds, playbook.goal_kinds, *(wait.kinds for wait in playbook.waits))


def ending_watches(playbook: BoundPlaybook) -> frozenset[int]:
    """The watches that end a run or reach its goal."""
    return frozenset(place for place in (playbook.exit, playbook.goal) if place is not None)


def starting_watches(playbook: BoundPlaybook) -> frozenset[int]:
    """The watches whose turning can start a playbook."""
    own = [bound.numbers for bound in playbook.triggers if bound.trigger.sort not in ("entered", "left")]
    return frozenset().union(*own)


def bits(playbooks: tuple[BoundPlaybook, ...], heard: Callable[[BoundPlaybook], frozenset[Found]]) -> dict[Found, int]:
    """What is heard → the playbooks that hear it, one bit each."""
    found: dict[Any, int] = {}
    for playbook in playbooks:
        for what in heard(playbook):
            found[what] = found.get(what, 0) | 1 << playbook.number
    return found
