"""The transitions of a machine, read and checked one by one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Final

import attrs
from statemachine import State
from statemachine.event import Event
from statemachine.transition import Transition

from lifecycle.errors import InvalidArgument
from lifecycle.model import normalise_kind
from lifecycle.rules import BoundCondition, FactSet

from ._conditions import Names, bind_guards
from ._machine import CustomerMachine
from ._problems import Problems
from ._reading import (
    ACTIONS,
    MACHINE_NAMES,
    Node,
    callbacks_of,
    events_of,
    guards_of,
    has_real_id,
    has_validators,
    specs_of,
    transitions_of,
)

SET_BY_HAND: Final = "stage_set"
"""The kind of touchpoint by which a person moves a customer."""
_DOUBLED: Final = ("done_invoke_", "done_state_", "error_")


@attrs.frozen(eq=False)
class Arrow:
    """A declared transition that can be compiled."""

    place: int
    """Its number in the order of reading."""
    source: int
    """The node that declares it."""
    target: int | None
    """The node that it names, or None: it has no target."""
    events: tuple[str, ...]
    """The events that may take it."""
    condition: BoundCondition | None
    """What must hold."""
    is_known: bool
    """Whether its condition could be read; if not, it says nothing about other transitions."""
    text: str
    """For people, without the event: 'onboarding → adoption'."""


def read_arrows(
    machine: type[CustomerMachine], nodes: Sequence[Node], facts: FactSet, problems: Problems
) -> tuple[Arrow, ...]:
    """The transitions in document order of their states, each state's in the order of the `.to()` calls."""
    reader = _Reader(machine, nodes, facts, problems)
    reader.check_callbacks(machine.__name__, machine)
    for event in machine._events:
        reader.check_event(event)
    for place, node in enumerate(nodes):
        reader.check_callbacks(f"stage {node.id!r}", node.state)
        for transition in transitions_of(node.state):
            reader.read(place, transition)
    return tuple(reader.arrows)


class _Reader:
    def __init__(
        self, machine: type[CustomerMachine], nodes: Sequence[Node], facts: FactSet, problems: Problems
    ) -> None:
        self.machine, self.nodes, self.problems = machine, nodes, problems
        self.arrows: list[Arrow] = []
        self.places: Mapping[int, int] = {id(node.state): place for place, node in enumerate(nodes)}
        self.names = Names(machine, facts, frozenset(str(event) for event in machine._events), nodes)

    def read(self, source: int, transition: Transition) -> None:
        """Notes a transition as an arrow, or what stands against it."""
        ids = [target.id for target in transition.targets]
        text = f"{self.nodes[source].id} → {', '.join(ids) or 'itself'}"
        events = events_of(transition)
        named = " or ".join(repr(str(event)) for event in events if has_real_id(event))
        place = f"transition {text}" + (f" on {named}" if named else "")
        self._check_shape(place, source, transition)
        for event in events:
            self.check_event(event)
        self.check_callbacks(place, transition)
        if not self._is_drawable(transition):
            return
        target = self.places[id(transition.targets[0])] if transition.targets else None
        before = self.problems.noted
        condition = bind_guards(place, guards_of(transition), self.names, self.problems)
        is_known = self.problems.noted == before
        self.arrows.append(Arrow(len(self.arrows), source, target, tuple(map(str, events)), condition, is_known, text))

    def _is_drawable(self, transition: Transition) -> bool:
        """Whether a transition, sound or not, can take part in the checks of the whole."""
        targets = transition.targets
        return len(targets) <= 1 and all(id(target) in self.places for target in targets)

    def _check_shape(self, place: str, source: int, transition: Transition) -> None:
        refuse = self.problems.refuse
        if transition.is_eventless:
            refuse(place, "it has no event; assign it to a name, and let a Timer raise it if time should move")
        if len(transition.targets) > 1:
            refuse(place, "it has several targets; a customer is in one stage: write one transition for each")
        for target in transition.targets:
            if id(target) not in self.places and not target.is_history:
                self.problems.mend(place, f"{target.id!r} is no state of {self.machine.__name__}")
        if transition.internal and self.nodes[source].children:
            refuse(place, "internal to a compound leaves python-statemachine in no stage; leave internal out")
        if has_validators(transition):
            refuse(place, "it has validators, which raise; use cond= for what must hold")

    def check_event(self, event: Event) -> None:
        """Notes what stands against an event; the same words are noted once."""
        place, name = f"event {str(event)!r}", str(event)
        if not has_real_id(event):
            self.problems.refuse("an Event", "it has no id; assign it to a name in the class")
            return
        if name.startswith(_DOUBLED):
            self.problems.refuse(place, "a name of this beginning gets a second, dotted event; rename it")
        elif "*" in name or "." in name:
            if name.replace(".", "_").startswith(_DOUBLED):
                return
            self.problems.refuse(place, "wildcards and dotted prefixes match many events; name each event")
        elif name == SET_BY_HAND:
            self.problems.mend(place, "it is reserved for moves by hand, which may enter any stage")
        elif name in MACHINE_NAMES:
            self.problems.mend(place, "every machine has an attribute of this name; rename it")
        else:
            self._check_kind(place, name)
        if event.delay:
            self.problems.refuse(place, f"a delay of {event.delay:g} ms sleeps inside send(); declare a Timer")

    def _check_kind(self, place: str, name: str) -> None:
        try:
            key = normalise_kind(name)
        except InvalidArgument as error:
            self.problems.mend(place, str(error))
            return
        if key != name:
            self.problems.mend(place, f"kinds are compared as {key!r}; rename the event to that")

    def check_callbacks(self, place: str, owner: State | Transition | type[CustomerMachine]) -> None:
        """Notes actions that are async or send events."""
        for spec in specs_of(owner):
            if spec.group not in ACTIONS:
                continue
            for callback in callbacks_of(self.machine, spec):
                name = getattr(callback, "__name__", str(spec.func))
                if isinstance(callback, Event):
                    self.problems.refuse(place, f"its callback {spec.func!r} is an event; send none from a move")
                elif inspect.iscoroutinefunction(callback):
                    self.problems.refuse(f"callback {name!r}", "it is async; do the work in a hook after the step")


def check_facts(machine: type[CustomerMachine], nodes: Sequence[Node], facts: FactSet, problems: Problems) -> None:
    """Notes facts whose names mean something else to the machine."""
    events = {str(event) for event in machine._events}
    states = {node.id for node in nodes}
    for name in facts.types:
        if name in events:
            problems.mend(f"fact {name!r}", "an event has this name; rename the fact")
        elif name in states:
            problems.mend(f"fact {name!r}", "a stage has this name; rename the fact")
        elif name in MACHINE_NAMES or hasattr(machine, name):
            problems.mend(f"fact {name!r}", f"{machine.__name__} has such an attribute; rename the fact")
