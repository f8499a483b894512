"""What histories are asked for, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from random import Random

from lifecycle.definition import Definition
from lifecycle.errors import InvalidArgument

from ._history import History
from ._telling import Bounds, Goal, teller_of


def checked_goal(definition: Definition, stage: str | None, signal: str | None, playbook: str | None) -> Goal:
    """Where histories should lead.

    Raises:
        InvalidArgument: the definition has no such stage, signal or playbook (with the nearest known one), or
            several are asked for.
    """
    if sum(name is not None for name in (stage, signal, playbook)) > 1:
        raise InvalidArgument("histories: give a stage, a signal or a playbook, one of the three")
    stages = [*definition.program.chart.nodes, *(one.role for one in definition.stages)]
    _known("stage", stage, stages)
    _known("signal", signal, [one.name for one in definition.signals])
    _known("playbook", playbook, [one.name for one in definition.playbooks])
    return Goal(stage, signal, playbook)


def checked_bounds(min_size: int, max_size: int | None) -> Bounds:
    """How large histories may be.

    Raises:
        InvalidArgument: a number is out of range.
    """
    if type(min_size) is not int or min_size < 1:
        raise InvalidArgument(f"histories: min_size={min_size!r} is not a whole number of 1 or more")
    if max_size is not None and (type(max_size) is not int or max_size < min_size):
        raise InvalidArgument(f"histories: max_size={max_size!r} is not a whole number of min_size or more, or None")
    return Bounds(min_size, max_size)


def sampled_histories(
    definition: Definition,
    n: int,
    *,
    seed: int = 0,
    stage: str | None = None,
    signal: str | None = None,
    playbook: str | None = None,
) -> Iterator[History]:
    """Histories without hypothesis: quick, the same for the same seed, not shrunk.

    Args:
        definition: whose customers.
        n: how many.
        seed: another number gives other histories.
        stage: a stage, compound or role that they should reach.
        signal: a signal that they should raise.
        playbook: a playbook that they should start.

    Raises:
        InvalidArgument: the definition has no such stage, signal or playbook.
    """
    goal, bounds, teller = checked_goal(definition, stage, signal, playbook), Bounds(), teller_of(definition)
    return (teller.history(Random(f"{seed}/{number}"), goal, bounds) for number in range(n))


def _known(what: str, name: str | None, names: Iterable[str]) -> None:
    known = list(dict.fromkeys(names))
    if name is not None and name not in known:
        near = get_close_matches(str(name), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known) or 'none'}"
        raise InvalidArgument(f"histories: the definition has no {what} {name!r}; {hint}")
