"""A live python-statemachine whose conditions are ours: for hosts with listeners, and as an oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from difflib import get_close_matches
from types import new_class
from typing import Any, cast

import attrs
from statemachine import State, StateMachine
from statemachine.callbacks import CallbackGroup
from statemachine.event import Event
from statemachine.orderedset import OrderedSet
from statemachine.transition import Transition

from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoundCondition, FactSet, Read

from ._compile import compile_chart
from ._conditions import Names, bind_guards
from ._machine import CustomerMachine
from ._problems import Problems
from ._reading import Node, guards_of, read_nodes, specs_of
from ._role import StageState


@attrs.define(eq=False)
class MachineModel:
    """What a live machine keeps of its customer.

    A machine that is made with a state already here runs no callback. Where there are compounds, `machine_at`
    and `restore` set the state so that the compounds around the stage are known too.
    """

    state: Any
    """The value of the stage; a set of values, outermost first, for a stage inside compounds."""
    read: Read
    """Reads any fact of the customer by its name; asked anew by every condition."""


def machine_variant(machine: type[CustomerMachine], facts: FactSet) -> type[CustomerMachine]:
    """A class that behaves as the machine and evaluates its conditions as the engines do.

    It derives from the machine, so methods, listeners and naming conventions stay; the states and transitions
    are built anew, so the machine itself is never changed. An instance needs a `MachineModel`.

    Args:
        machine: a class that `compile_chart` accepts.
        facts: the facts that its conditions read.

    Raises:
        NotCompilable: as `compile_chart`.
        DefinitionError: as `compile_chart`.
    """
    compile_chart(machine, facts, ())
    nodes = read_nodes(machine)
    names = Names(machine, facts, frozenset(map(str, machine._events)), nodes)
    copies = _copy_states(nodes)
    events = {str(event): Event(id=str(event), name=event.name, internal=event.internal) for event in machine._events}
    for node in nodes:
        twin = copies[id(node.state)]
        for transition in node.state.transitions:
            twin.transitions.add_transitions(_copy_transition(transition, copies, events, names))
    top = {node.id: copies[id(node.state)] for node in nodes if node.parent is None}
    name = f"{machine.__name__}Variant"
    about = {"__doc__": machine.__doc__, "__module__": machine.__module__, "__qualname__": name}
    built = new_class(name, (machine,), {}, lambda body: body.update({**about, **top}))
    return cast("type[CustomerMachine]", built)


def _copy_states(nodes: Sequence[Node]) -> dict[int, State]:
    """The states built anew by the identity of the old, without transitions."""
    copies: dict[int, State] = {}
    # From the end, so that what is inside a compound exists before it.
    for node in reversed(nodes):
        old = node.state
        inside = [copies[id(nodes[child].state)] for child in node.children]
        if isinstance(old, StageState):
            new: State = StageState(old.role, str(old.name), ja=old.label_ja, initial=old.initial)
        else:
            new = State(name=str(old.name), initial=old.initial, states=inside)
        new._set_id(node.id)
        _copy_callbacks(old, new)
        copies[id(old)] = new
    return copies


def _copy_transition(
    old: Transition, copies: Mapping[int, State], events: Mapping[str, Event], names: Names
) -> Transition:
    new = Transition(
        source=copies[id(old.source)],
        target=[copies[id(target)] for target in old.targets],
        event=None if old.initial else [events[str(event)] for event in old.events],
        internal=old.internal,
        initial=old.initial,
    )
    _copy_callbacks(old, new)
    condition = bind_guards(str(old), guards_of(old), names, Problems())
    if condition is not None:
        new.cond.add(_guard(condition), expected_value=True)
    return new


def _copy_callbacks(old: State | Transition, new: State | Transition) -> None:
    """Takes over what was declared; what holds by naming convention comes with the new class."""
    for spec in specs_of(old):
        if not spec.is_convention and spec.group is not CallbackGroup.COND:
            new._specs.add(copy(spec), spec.group)


def _guard(condition: BoundCondition) -> Callable[[MachineModel], bool]:
    def guard(model: MachineModel) -> bool:
        return condition.holds(model.read)

    return guard


def machine_at(
    variant: type[CustomerMachine], stage: str, read: Read, *, listeners: Sequence[object] = ()
) -> CustomerMachine:
    """A live machine in a stage; no callback runs.

    Args:
        variant: a class made by `machine_variant`.
        stage: the id of a stage, not of a compound.
        read: reads any fact of the customer by its name.
        listeners: objects with callbacks, as python-statemachine takes them.

    Raises:
        InvalidArgument: no such stage.
    """
    model = MachineModel(_configuration(variant, stage), read)
    return variant(model, listeners=list(listeners))


def restore(machine: StateMachine, stage: str, read: Read) -> None:
    """Puts another customer, or moment, under a machine made by `machine_at`; no callback runs.

    Args:
        machine: the machine, between two events and in one thread.
        stage: the id of a stage, not of a compound.
        read: reads any fact of the customer by its name.

    Raises:
        InvalidArgument: no such stage.
    """
    model = machine.model
    if not isinstance(model, MachineModel):
        raise InvalidArgument(f"{machine!r} has the model {model!r}; make the machine with machine_at")
    model.state, model.read = _configuration(type(machine), stage), read


def current_leaf(machine: StateMachine) -> str:
    """The id of the stage in which a machine is."""
    return next(state.id for state in machine.configuration if state.is_atomic)


def _configuration(machine: type[StateMachine], stage: str) -> object:
    """The value of a stage as python-statemachine keeps it: alone, or with the compounds around it."""
    leaf = machine.states_map.get(stage)
    if leaf is None or not leaf.is_atomic:
        stages = [value for value, state in machine.states_map.items() if state.is_atomic]
        near = get_close_matches(str(stage), stages, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"stages: {', '.join(stages)}"
        raise InvalidArgument(f"{stage!r} is no stage of {machine.__name__}; {hint}")
    around = [state.value for state in leaf.ancestors()]
    return OrderedSet([*reversed(around), leaf.value]) if around else leaf.value
