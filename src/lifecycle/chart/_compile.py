"""A machine class to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from lifecycle.errors import InvalidArgument
from lifecycle.model import Stage, normalise_kind
from lifecycle.rules import FactSet

from ._arrows import SET_BY_HAND, check_facts, read_arrows
from ._chart import Chart, Route
from ._flatten import Tree, check_reached, flatten, grow
from ._machine import CustomerMachine
from ._problems import Problems
from ._reading import Node, read_nodes
from ._role import StageState
from ._structure import check_class, check_structure
from ._timer import DateOf, Timer

_RESERVED: Final = (
    SET_BY_HAND, "welcomed", "profile_set", "owner_changed", "consent_set", "scored", "play_outcome",
)  # fmt: skip


def compile_chart(machine: type[CustomerMachine], facts: FactSet, timers: Sequence[Timer]) -> Chart:
    """The tables of a machine class.

    Args:
        machine: a class derived from `CustomerMachine`; it is only read.
        facts: the facts that its conditions may read.
        timers: what time raises, in the order in which those due at one instant fire.

    Raises:
        NotCompilable: the class uses something that has no table form; everything wrong is told.
        DefinitionError: mistakes only: unknown names, shadowed transitions, stages out of reach,
            timers that nothing answers.
    """
    check_class(machine)
    problems = Problems()
    nodes = read_nodes(machine)
    check_structure(machine, nodes, problems)
    is_sound = not problems.noted
    arrows = read_arrows(machine, nodes, facts, problems)
    check_facts(machine, nodes, facts, problems)
    answered = {event for arrow in arrows for event in arrow.events}
    _check_timers(timers, answered, facts, problems)
    if not is_sound:
        # Without a sound tree the checks of the whole would only report consequences.
        problems.raise_any()
    tree = grow(nodes)
    first = next(place for place, node in enumerate(nodes) if node.parent is None and node.state.initial)
    initial = tree.entered[first]
    routes = flatten(tree, arrows, problems)
    check_reached(tree, initial, routes, problems)
    problems.raise_any()
    return Chart(
        stages=tuple(_stage(nodes[leaf]) for leaf in tree.leaves),
        initial=initial,
        nodes=tree.ids,
        labels=tuple(str(node.state.name) for node in nodes),
        paths=tree.paths,
        entries=MappingProxyType(dict(zip(tree.ids, tree.entered, strict=True))),
        routes=MappingProxyType(dict(routes)),
        events=tuple(str(event) for event in machine._events if str(event) in answered),
        timers=tuple(timers),
        armed=_armed(tree, routes, timers),
    )


def _stage(node: Node) -> Stage:
    state = node.state
    label = str(state.name)
    assert isinstance(state, StageState)
    return Stage(id=node.id, label=label, label_ja=state.label_ja or label, role=state.role)


def _armed(
    tree: Tree, routes: Mapping[tuple[int, str], Sequence[Route]], timers: Sequence[Timer]
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Per leaf the timers that it answers, each with the innermost node that answers it."""
    return tuple(
        tuple(
            (number, tree.ids.index(routes[leaf, timer.event][0].source))
            for number, timer in enumerate(timers)
            if (leaf, timer.event) in routes
        )
        for leaf in range(len(tree.leaves))
    )


def _check_timers(timers: Sequence[Timer], answered: set[str], facts: FactSet, problems: Problems) -> None:
    for timer in timers:
        place = f"timer {timer.event!r}"
        if timer.event in _RESERVED:
            problems.mend(place, "the event is reserved for touchpoints; raise another and answer that")
        elif timer.event not in answered:
            problems.mend(place, f"no stage answers the event; {_answer(timer.event, answered)}")
        if isinstance(timer.since, DateOf):
            _check_date(place, timer.since.fact, facts, problems)


def _answer(event: str, answered: set[str]) -> str:
    try:
        key = normalise_kind(event)
    except InvalidArgument:
        key = event
    near = [key] if key in answered else get_close_matches(event, sorted(answered), n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"write {event} = some_stage.to(other_stage), or remove the timer"


def _check_date(place: str, name: str, facts: FactSet, problems: Problems) -> None:
    found = facts.types.get(name)
    if found is None:
        dates = sorted(key for key, value in facts.types.items() if value.unit == "date")
        near = get_close_matches(name, dates, n=1) or dates
        hint = f"facts that are dates: {', '.join(near)}" if near else "declare it as Last(…, type='date')"
        problems.mend(place, f"DateOf({name!r}) names no fact; {hint}")
    elif found.unit != "date":
        what = found.unit or found.kind
        problems.mend(place, f"DateOf({name!r}) is of {what}, not a date; declare the fact with type='date'")
