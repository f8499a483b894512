"""The same definition and due rule, with the moves decided by another library's machine: what we compare with.

A driver folds the facts and keeps the timers as the live engine does, but asks python-statemachine or
`transitions` where an event leads. One machine serves all customers, restored for each (S26).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from transitions import Machine

from lifecycle import Definition, Touchpoint
from lifecycle.chart import Route, current_leaf, machine_at, machine_variant, restore
from lifecycle.engine import Program
from lifecycle.rules import Read


class Decider(Protocol):
    """A machine of another library."""

    def restore(self, stage: str, read: Read) -> None:
        """Put a customer under the machine."""

    def send(self, event: str) -> None:
        """Raise an event."""

    def stage(self) -> str:
        """The id of the stage in which the customer is now."""


class StateMachineDecider:
    """python-statemachine: the variant of the definition, one machine for all customers."""

    def __init__(self, definition: Definition) -> None:
        variant = machine_variant(definition.machine_class, definition.program.facts)
        self.machine = machine_at(variant, definition.stages[0].id, lambda _: None)
        self.send = self.machine.send

    def restore(self, stage: str, read: Read) -> None:
        """Put a customer under the machine."""
        restore(self.machine, stage, read)

    def stage(self) -> str:
        """The id of the stage in which the customer is now."""
        return current_leaf(self.machine)


class TransitionsDecider:
    """`transitions`: a flat machine with the same stages, events and conditions as callables."""

    class Model:
        """What a machine of `transitions` moves."""

        state: str
        trigger: Callable[[str], bool]
        read: Read

    def __init__(self, definition: Definition) -> None:
        chart = definition.program.chart
        ids = [stage.id for stage in chart.stages]
        self.model = self.Model()
        machine = Machine(
            self.model, states=ids, initial=ids[chart.initial], auto_transitions=False, ignore_invalid_triggers=True
        )
        for (leaf, event), routes in chart.routes.items():
            for route in routes:
                target = None if route.is_touch else ids[route.target]
                conditions = [] if route.condition is None else [partial(self.holds, route)]
                machine.add_transition(event, ids[leaf], target, conditions=conditions)
        self.send = self.model.trigger

    def holds(self, route: Route) -> bool:
        """Whether the condition of a route holds for the present customer."""
        assert route.condition is not None
        return route.condition.holds(self.model.read)

    def restore(self, stage: str, read: Read) -> None:
        """Put a customer under the machine."""
        self.model.state, self.model.read = stage, read

    def stage(self) -> str:
        """The id of the stage in which the customer is now."""
        return self.model.state


class Driver:
    """Runs customers through a definition with a foreign machine; one at a time, in order of time."""

    def __init__(self, definition: Definition, decider: Decider) -> None:
        self.program: Program = definition.program
        self.decider = decider
        chart = self.program.chart
        self.leaves = {stage.id: leaf for leaf, stage in enumerate(chart.stages)}
        self.events = frozenset(chart.events)
        self.reset()

    def reset(self) -> None:
        """Count from 0 again."""
        self.n_moves = self.n_sends = 0
        self.sending = 0.0

    def run(self, touchpoints: Sequence[Touchpoint], until_us: int) -> None:
        """One customer from the first touchpoint to an instant."""
        program = self.program
        self.states, self.leaf = program.facts.start, program.chart.initial
        self.start = self.today = program.calendar.day_of(touchpoints[0].at_us)
        self.entered = dict.fromkeys(program.chart.paths[self.leaf], self.start)
        self.fired: dict[int, tuple[int, int]] = {}
        self.dues: dict[int, int] = {}
        self.arm(timer for timer, _ in program.chart.armed[self.leaf])
        self.decider.restore(program.chart.stages[self.leaf].id, self.read)
        for touchpoint in touchpoints:
            day = program.calendar.day_of(touchpoint.at_us)
            self.pass_time(day)
            self.today = day
            self.take(touchpoint)
        self.pass_time(program.calendar.day_of(until_us - 1))

    def read(self, name: str) -> Any:
        """A fact of the present customer now."""
        return self.program.facts.reader(self.states, self.today, self.start, self.staged)(name)

    def staged(self, name: str) -> int | None:
        """Days since entry."""
        chart, stage = self.program.chart, self.program.facts.staged[name].stage
        day = self.entered.get(chart.paths[self.leaf][0] if stage is None else chart.nodes.index(stage))
        return None if day is None else self.today - day

    def pass_time(self, last: int) -> None:
        """Every timer due by a day fires, in due order, ties in declaration order."""
        while self.dues and (due := min(self.dues.values())) <= last:
            timer = next(timer for timer in sorted(self.dues) if self.dues[timer] == due)
            self.today = due
            basis = self.basis(timer)
            assert basis is not None
            self.fired[timer] = (basis, due)
            before = self.leaf
            self.send(self.program.chart.timers[timer].event)
            if before == self.leaf or timer in dict(self.program.chart.armed[self.leaf]):
                self.arm([timer])

    def take(self, touchpoint: Touchpoint) -> None:
        """Fold one touchpoint and send its event."""
        program = self.program
        key = program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)
        before = self.states
        self.states = program.facts.fold(before, key, touchpoint, self.today, is_life=key not in program.passive)
        for timer, _ in program.chart.armed[self.leaf]:
            name = program.basis_fact(timer)
            slot = None if name is None else program.facts.slots[name]
            if slot is not None and before[slot] != self.states[slot]:
                self.arm([timer])
        if key in self.events:
            self.send(key)

    def send(self, event: str) -> None:
        """Let the machine decide; follow it."""
        begin = time.perf_counter()
        self.decider.send(event)
        self.sending += time.perf_counter() - begin
        self.n_sends += 1
        leaf = self.leaves[self.decider.stage()]
        if leaf != self.leaf:
            self.enter(leaf)

    def enter(self, leaf: int) -> None:
        """Set the clocks of what is entered, arm its timers."""
        chart, old, self.leaf = self.program.chart, self.leaf, leaf
        self.n_moves += 1
        self.entered = {node: self.entered.get(node, self.today) for node in chart.paths[leaf]}
        armed = dict(chart.armed[leaf])
        self.dues = {timer: due for timer, due in self.dues.items() if timer in armed}
        self.arm(timer for timer, node in chart.armed[leaf] if (timer, node) not in chart.armed[old])

    def basis(self, timer: int) -> int | None:
        """The day from which a timer counts."""
        name = self.program.basis_fact(timer)
        if name is None:
            return self.entered[dict(self.program.chart.armed[self.leaf])[timer]]
        state = self.states[self.program.facts.slots[name]]
        if name.startswith("timer."):
            return self.start if state is None else int(state)
        return None if state is None else int(state[1])

    def arm(self, timers: Iterable[int]) -> None:
        """Set the day on which timers fire next."""
        for timer in timers:
            due = self.program.first_due(timer, self.basis(timer), self.today, self.fired.get(timer))
            self.dues.pop(timer, None)
            if due is not None:
                self.dues[timer] = due
