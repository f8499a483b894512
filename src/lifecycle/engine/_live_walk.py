"""One customer of the live engine while something happens to it (S7-S9)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import attrs

from lifecycle.chart import DateOf
from lifecycle.errors import InvalidTouchpoint
from lifecycle.model import Customer, Move, Touchpoint
from lifecycle.rules import Read, Value, counter_of, text_of

from ._program import RESERVED_KINDS, Program
from ._step import Step


@attrs.frozen(eq=False)
class _Plan:
    """What every touchpoint asks of a program, looked up once."""

    bases: tuple[tuple[int | None, bool], ...]
    """Per timer the slot of the fact that holds its basis (None: entry into the stage), and whether that is a date."""
    watched: tuple[tuple[tuple[int, int], ...], ...]
    """Per leaf the timers that a touchpoint can set anew, each with the slot that tells."""


@lru_cache(maxsize=64)
def _plan_of(program: Program) -> _Plan:
    names = [program.basis_fact(timer) for timer in range(len(program.chart.timers))]
    slots = [None if name is None else program.facts.slots[name] for name in names]
    dates = [isinstance(timer.since, DateOf) for timer in program.chart.timers]
    watched = tuple(
        tuple((timer, slot) for timer, _ in armed if (slot := slots[timer]) is not None)
        for armed in program.chart.armed
    )
    return _Plan(tuple(zip(slots, dates, strict=True)), watched)


class LiveWalk:
    """One customer while something happens to it; frozen again at the end."""

    __slots__ = (
        "customer", "dues", "entries", "fired", "head_us", "leaf", "moves", "plan", "program", "since_us", "start_day",
        "states", "today",
    )  # fmt: skip

    def __init__(self, program: Program, customer: Customer) -> None:
        self.program = program
        self.plan = _plan_of(program)
        self.customer = customer
        # Tuples, replaced as a whole: most touchpoints change at most one of them.
        self.entries: tuple[Any, ...]
        self.leaf, self.start_day, self.entries, self.dues, self.fired = customer.clocks
        self.states = customer.facts
        self.since_us = customer.since_us
        self.head_us = customer.head_us
        self.today = 0
        self.moves: list[Move] = []

    def reader(self) -> Read:
        return self.program.facts.reader(self.states, self.today, self.start_day, self.staged)

    def staged(self, name: str) -> Value:
        """A fact about the stage: days, or touchpoints, since entry; None while elsewhere."""
        chart, fact = self.program.chart, self.program.facts.staged[name]
        node = chart.paths[self.leaf][0] if fact.stage is None else chart.nodes.index(fact.stage)
        entry = self.entries[node]
        if entry is None:
            return None
        if fact.count is None:
            days: int = self.today - entry[0]
            return days
        position = list(self.program.facts.staged).index(name)
        now: int = self.counts()[position]
        count: int = now - entry[1][position]
        return count

    def counts(self) -> tuple[int, ...]:
        """For each stage fact, the running count that it takes a difference of."""
        facts = self.program.facts
        return tuple(
            0 if fact.count is None else self.states[facts.slots[counter_of(name)]][0]
            for name, fact in facts.staged.items()
        )

    def fire_until(self, last_day: int) -> None:
        """Every timer due on or before a day fires, in due order, ties in declaration order."""
        while (due := _earliest(self.dues)) is not None and due <= last_day:
            timer = self.dues.index(due)
            self.today = due
            at_us = self.program.calendar.start_of(due)
            self.head_us = max(self.head_us, at_us)
            self.fired = _with(self.fired, timer, (self.basis(timer), due))
            before = self.leaf
            self.answer(self.program.chart.timers[timer].event, at_us, "timer")
            if before == self.leaf or any(armed[0] == timer for armed in self.program.chart.armed[self.leaf]):
                self.arm(timer)

    def basis(self, timer: int) -> int | None:
        """The day from which a timer counts."""
        slot, is_date = self.plan.bases[timer]
        if slot is None:
            node = dict(self.program.chart.armed[self.leaf])[timer]
            entered: int = self.entries[node][0]
            return entered
        state = self.states[slot]
        if is_date:
            return None if state is None else int(state[1])
        return self.start_day if state is None else int(state)

    def arm(self, timer: int) -> None:
        """Set the day on which a timer fires next."""
        due = self.program.first_due(timer, self.basis(timer), self.today, self.fired[timer])
        if due != self.dues[timer]:
            self.dues = _with(self.dues, timer, due)

    def answer(self, event: str, at_us: int, cause: Any) -> bool:
        """Follow the first route that holds; whether the stage answers the event at all."""
        routes = self.program.chart.routes.get((self.leaf, event))
        if not routes:
            return False
        read = self.reader()
        for route in routes:
            if route.condition is None or route.condition.holds(read):
                if not route.is_touch:
                    figures = () if route.condition is None else route.condition.figures(read)
                    self.enter(route.target, (event, at_us, cause, figures, ""))
                break
        return True

    def enter(self, leaf: int, how: tuple[str, int, Any, tuple[Any, ...], str]) -> None:
        """Move to a leaf: note it, set the clocks of what is entered, arm its timers."""
        chart, old = self.program.chart, self.leaf
        event, at_us, cause, figures, note = how
        self.moves.append(
            Move(
                self.customer.id, at_us, chart.stages[old], chart.stages[leaf], event, cause, figures, note,
                self.program.calendar.zone,
            )
        )  # fmt: skip
        self.since_us = at_us
        path, now = chart.paths[leaf], (self.today, self.counts())
        self.entries = tuple((entry or now) if node in path else None for node, entry in enumerate(self.entries))
        self.leaf = leaf
        answered, kept = dict(chart.armed[leaf]), chart.armed[old]
        self.dues = tuple(due if timer in answered else None for timer, due in enumerate(self.dues))
        for armed in chart.armed[leaf]:
            if armed not in kept:
                self.arm(armed[0])

    def take(self, touchpoint: Touchpoint) -> bool:
        """Fold one touchpoint and follow its event; whether the stage had an answer."""
        program = self.program
        key = program.context.keys.get(touchpoint.kind_key, touchpoint.kind_key)
        is_life = key not in program.passive
        states = program.facts.fold(self.states, key, touchpoint, self.today, is_life=is_life)
        before, self.states = self.states, states
        if states is not before:
            for timer, slot in self.plan.watched[self.leaf]:
                if states[slot] != before[slot]:
                    self.arm(timer)
        if key == "stage_set":
            self.set_stage(touchpoint)
            return True
        if key in program.timed:
            return False
        return self.answer(key, touchpoint.at_us, "touchpoint") or key in RESERVED_KINDS

    def set_stage(self, touchpoint: Touchpoint) -> None:
        """Move by hand to the stage that a `stage_set` names."""
        wanted = touchpoint.attribute("stage")
        entries = self.program.chart.entries
        if not isinstance(wanted, str) or wanted not in entries:
            raise InvalidTouchpoint(
                f"touchpoint of {touchpoint.customer!r} sets the stage {wanted!r}, which the lifecycle does not have; "
                f"its stages: {', '.join(entries)}",
                code="unknown_stage", field="attributes",
            )  # fmt: skip
        if entries[wanted] != self.leaf:
            self.enter(entries[wanted], ("stage_set", touchpoint.at_us, "person", (), note_of(touchpoint)))

    def freeze(self, last_us: int, n_touchpoints: int, n_unanswered: int) -> Step:
        """The customer after, with its moves."""
        old = self.customer
        clocks = (self.leaf, self.start_day, self.entries, self.dues, self.fired)
        due = old.due_day if self.dues is old.clocks[3] else _earliest(self.dues)
        customer = Customer(
            old.id, self.program.chart.stages[self.leaf], self.since_us, old.started_us, last_us, self.head_us,
            due, n_touchpoints, n_unanswered, old.definition, old.zone, self.states, clocks, old.signs, old.runs,
        )  # fmt: skip
        return Step(customer, tuple(self.moves))


def _earliest(dues: tuple[int | None, ...]) -> int | None:
    """The first of some days; None if there is none."""
    return min([day for day in dues if day is not None], default=None)


def _with(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    """The values, one of them replaced."""
    return (*values[:place], value, *values[place + 1 :])


def note_of(touchpoint: Touchpoint) -> str:
    """Who set a stage and why."""
    return ": ".join(filter(None, (text_of(touchpoint, name) for name in ("who", "why"))))
