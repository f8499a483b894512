"""Whether the states of a machine have a table form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from lifecycle.errors import NotCompilable

from ._machine import CustomerMachine
from ._problems import Problems
from ._reading import (
    MACHINE_NAMES,
    Node,
    has_history,
    initial_targets,
    is_parallel,
    parent_machines,
    specs_of,
)
from ._role import StageState

_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_SWITCHES: Final[dict[str, object]] = {
    "allow_event_without_transition": True,
    "atomic_configuration_update": True,
    "catch_errors_as_events": False,
    "enable_self_transition_entries": False,
}


def check_class(machine: Any) -> None:
    """Nothing, for a class that can be looked into.

    Raises:
        NotCompilable: it is no machine of ours, has no stages, or shares them with another class.
    """
    if not (isinstance(machine, type) and issubclass(machine, CustomerMachine)):
        raise NotCompilable(f"{machine!r} is no lifecycle; write class Name(CustomerMachine)")
    name, parents = machine.__name__, parent_machines(machine)
    if parents:
        raise NotCompilable(
            f"{name} inherits the stages of {parents[0].__name__}, and the two share them: "
            "what one adds, the other gets; build variants with a factory function"
        )
    if not len(machine.states):
        raise NotCompilable(f"{name} has no stages; declare one, such as trial = role.prospect(initial=True)")


def check_structure(machine: type[CustomerMachine], nodes: Sequence[Node], problems: Problems) -> None:
    """Notes every state, and every switch of the class, that has no table form."""
    for switch, wanted in _SWITCHES.items():
        if getattr(machine, switch) != wanted:
            problems.refuse(f"{machine.__name__}.{switch}", f"a lifecycle needs {wanted}; leave the line out")
    if machine.start_configuration_values:
        place = f"{machine.__name__}.start_configuration_values"
        problems.refuse(place, "leave it out; the first stage is the one with initial=True")
    for state_id, count in Counter(node.id for node in nodes).items():
        if count > 1:
            problems.refuse(f"stage {state_id!r}", f"{count} states have this id; rename all but one")
    for node in nodes:
        _check_state(machine, node, problems)


def _check_state(machine: type[CustomerMachine], node: Node, problems: Problems) -> None:
    state, place = node.state, f"stage {node.id!r}"
    if is_parallel(state):
        problems.refuse(place, "it is parallel, but a customer is in one stage at a time; use a compound")
    if has_history(state):
        problems.refuse(place, "it has a history state; let a condition choose the stage to return to")
    if state.final:
        problems.refuse(place, _final_remedy(state))
    if any(True for _ in _invokes(machine, node)):
        problems.refuse(place, "invoke starts work; do it in a hook after the step instead")
    if not _ID.fullmatch(node.id):
        problems.mend(place, "rename it: lower-case ASCII letters, digits and '_', beginning with a letter")
    if node.id in MACHINE_NAMES:
        problems.mend(place, "every machine has an attribute of this name; rename the stage")
    if state.value != node.id:
        problems.refuse(place, f"its value is {state.value!r}; leave value out: a stage is known by its id")
    if node.children:
        if len(initial_targets(state)) != 1 and not is_parallel(state):
            names = ", ".join(target.id for target in initial_targets(state))
            problems.refuse(place, f"it has several initial states ({names}); leave one")
    elif not isinstance(state, StageState) and not state.is_history:
        problems.mend(place, f"it has no role; write {node.id} = role.active(), or .prospect, .lost, .returning")


def _final_remedy(state: Any) -> str:
    if isinstance(state, StageState) and state.role == "lost":
        return "it is final, but a lost customer can be won back; leave final out"
    return "it is final, and python-statemachine stops there; leave final (and donedata) out"


def _invokes(machine: type[CustomerMachine], node: Node) -> list[object]:
    """The invoke callbacks of a state that python-statemachine would run."""
    wanted = [spec for spec in specs_of(node.state) if spec.group.name == "INVOKE"]
    return [spec for spec in wanted if not spec.is_convention or hasattr(machine, str(spec.func))]
