"""A python-statemachine class to tables: stages, routes, timers. The only room that imports statemachine."""

from ._chart import Chart, Route
from ._compile import compile_chart
from ._label import mermaid_label
from ._machine import CustomerMachine
from ._mermaid import mermaid
from ._role import StageState, role
from ._state import State
from ._timer import ACTIVITY, ENTRY, Basis, DateOf, Timer
from ._variant import MachineModel, current_leaf, machine_at, machine_variant, restore

__all__ = [
    "ACTIVITY",
    "Basis",
    "Chart",
    "CustomerMachine",
    "DateOf",
    "ENTRY",
    "MachineModel",
    "Route",
    "StageState",
    "State",
    "Timer",
    "compile_chart",
    "current_leaf",
    "machine_at",
    "machine_variant",
    "mermaid",
    "mermaid_label",
    "restore",
    "role",
]
