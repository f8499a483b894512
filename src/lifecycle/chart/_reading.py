"""All that is read from python-statemachine's own objects: the one place to mend when they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs
from statemachine import State
from statemachine.callbacks import CallbackGroup, CallbackSpec
from statemachine.event import Event
from statemachine.transition import Transition

from ._machine import CustomerMachine

ACTIONS: Final = (
    CallbackGroup.BEFORE,
    CallbackGroup.ON,
    CallbackGroup.AFTER,
    CallbackGroup.ENTER,
    CallbackGroup.EXIT,
    CallbackGroup.PREPARE,
)
"""The groups of callbacks that act; the others decide."""

MACHINE_NAMES: Final = frozenset(dir(CustomerMachine)) | {
    "final_states",
    "history_values",
    "initial_state",
    "model",
    "start_value",
    "state_field",
}
"""The attributes of every machine: a stage, an event or a fact of such a name would break it."""


@attrs.frozen(eq=False)
class Node:
    """A state with its place in the tree."""

    state: State
    """python-statemachine's own object."""
    parent: int | None
    """The node around it."""
    children: tuple[int, ...]
    """The nodes directly inside it; none for a leaf."""

    @property
    def id(self) -> str:
        """The id of the state."""
        return self.state.id


def read_nodes(machine: type[CustomerMachine]) -> tuple[Node, ...]:
    """The states of a machine in document order, a compound before what is inside it."""
    nodes: list[Node] = []

    def visit(state: State, parent: int | None) -> int:
        place = len(nodes)
        nodes.append(Node(state, parent, ()))
        children = tuple(visit(child, place) for child in state.states)
        nodes[place] = Node(state, parent, children)
        return place

    for state in machine.states:
        visit(state, None)
    return tuple(nodes)


def transitions_of(state: State) -> list[Transition]:
    """The transitions of a state in the order in which they are tried."""
    return [transition for transition in state.transitions if not transition.initial]


def initial_targets(state: State) -> list[State]:
    """What is entered with a compound: one state, if it is sound."""
    return [target for found in state.transitions if found.initial for target in found.targets]


def events_of(transition: Transition) -> list[Event]:
    """The events that may take a transition; none when it is eventless."""
    return list(transition.events)


def has_real_id(event: Event) -> bool:
    """Whether the event was given a name, by its id or by the attribute that holds it."""
    return bool(event._has_real_id)


def guards_of(transition: Transition) -> list[tuple[Any, bool]]:
    """The parts of a transition's condition, each with whether it must hold."""
    return [(spec.func, spec.expected_value is not False) for spec in transition.cond]


def has_validators(transition: Transition) -> bool:
    """Whether python-statemachine would run a validator before the transition."""
    return any(True for _ in transition.validators)


def specs_of(owner: State | Transition | type[CustomerMachine]) -> list[CallbackSpec]:
    """The callbacks of a state, a transition or the machine as a whole, those by naming convention too."""
    return list(owner._specs)


def callbacks_of(machine: type[CustomerMachine], spec: CallbackSpec) -> Iterator[Any]:
    """What a callback's name means on the class and its listeners; the function itself, if it is one."""
    if isinstance(spec.func, property):
        yield spec.func.fget
    elif callable(spec.func):
        yield spec.func
    else:
        for owner in (machine, *machine._class_listeners):
            found = getattr(owner, str(spec.func), None)
            if found is not None:
                yield found


def is_parallel(state: State) -> bool:
    """Whether a state is active in several regions at once."""
    return bool(state.parallel)


def has_history(state: State) -> bool:
    """Whether a state is, or holds, a history state."""
    return state.is_history or bool(state.history)


def parent_machines(machine: type) -> list[type]:
    """The classes above a machine that have states of their own."""
    return [base for base in machine.__mro__[1:] if issubclass(base, CustomerMachine) and len(base.states)]
