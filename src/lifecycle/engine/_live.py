"""The live engine: one customer, one touchpoint at a time (S7-S9)."""

from __future__ import annotations

from lifecycle.errors import CurrencyMismatch, DefinitionMismatch, InvalidTouchpoint, LateTouchpoint
from lifecycle.model import Customer, Touchpoint
from lifecycle.rules import Read, Value

from ._live_walk import LiveWalk
from ._program import Program
from ._step import Step


def begin(program: Program, touchpoint: Touchpoint) -> Step:
    """A customer who begins with a touchpoint: it enters the initial stage, then the touchpoint is folded."""
    chart, day = program.chart, program.calendar.day_of(touchpoint.at_us)
    path = chart.paths[chart.initial]
    n_staged = len(program.facts.staged)
    entries = tuple((day, (0,) * n_staged) if node in path else None for node in range(len(chart.nodes)))
    nothing = (None,) * len(chart.timers)
    customer = Customer(
        touchpoint.customer, chart.stages[chart.initial], touchpoint.at_us, touchpoint.at_us, touchpoint.at_us,
        touchpoint.at_us, None, 0, 0, program.digest, program.calendar.zone, program.facts.start,
        (chart.initial, day, entries, nothing, nothing),
    )  # fmt: skip
    walk = LiveWalk(program, customer)
    walk.today = day
    for timer, _ in chart.armed[chart.initial]:
        walk.arm(timer)
    return _take(walk, touchpoint)


def advance(program: Program, customer: Customer, touchpoint: Touchpoint) -> Step:
    """The customer after a touchpoint and all timers that were due before it.

    Raises:
        LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
        InvalidTouchpoint: it belongs to another customer, or sets a stage that does not exist.
        CurrencyMismatch: its amount is in another currency than the definition's.
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(program, customer)
    if touchpoint.customer != customer.id:
        raise InvalidTouchpoint(
            f"touchpoint of {touchpoint.customer!r} was given to customer {customer.id!r}",
            code="other_customer", field="customer",
        )  # fmt: skip
    if touchpoint.at_us < customer.head_us:
        raise LateTouchpoint(
            f"touchpoint {touchpoint.kind!r} of {customer.id!r} at {touchpoint.at.isoformat()} is older than what was "
            "already processed; fold the customer's history again in order"
        )
    walk = LiveWalk(program, customer)
    return _take(walk, touchpoint)


def _take(walk: LiveWalk, touchpoint: Touchpoint) -> Step:
    program, customer = walk.program, walk.customer
    currency = program.context.currency
    if touchpoint.currency is not None and currency is not None and touchpoint.currency != currency:
        raise CurrencyMismatch(
            f"touchpoint {touchpoint.kind!r} of {customer.id!r} is in {touchpoint.currency}, the definition in "
            f"{currency}; "
            "convert it before"
        )
    day = program.calendar.day_of(touchpoint.at_us)
    if customer.due_day is not None and customer.due_day <= day:
        walk.fire_until(day)
    walk.today = day
    answered = walk.take(touchpoint)
    walk.head_us = touchpoint.at_us
    return walk.freeze(touchpoint.at_us, customer.n_touchpoints + 1, customer.n_unanswered + (not answered))


def pass_time(program: Program, customer: Customer, now_us: int) -> Step:
    """The customer after all timers due by an instant, that instant included (S2).

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(program, customer)
    return pass_days(program, customer, program.calendar.day_of(now_us))


def pass_days(program: Program, customer: Customer, day: int) -> Step:
    """The customer after all timers due on a day or before; a day that its zone skipped begins with the next one."""
    if customer.due_day is None or customer.due_day > day:
        return Step(customer)
    walk = LiveWalk(program, customer)
    walk.fire_until(day)
    return walk.freeze(customer.last_us, customer.n_touchpoints, customer.n_unanswered)


def refuse_foreign(program: Program, customer: Customer) -> None:
    """Refuse a customer of another definition.

    Raises:
        DefinitionMismatch: it is one.
    """
    if customer.definition != program.digest:
        raise DefinitionMismatch(
            f"customer {customer.id!r} was folded by another definition ({customer.definition[:12]} is not "
            f"{program.digest[:12]}); fold its history again with this one"
        )


def reader_of(program: Program, customer: Customer, at_us: int | None = None) -> Read:
    """Reads the customer's facts on the day of an instant, or when something was processed last (None)."""
    walk = LiveWalk(program, customer)
    walk.today = program.calendar.day_of(customer.head_us if at_us is None else at_us)
    return walk.reader()


def reader_on(program: Program, customer: Customer, day: int, other: Read) -> Read:
    """Reads the customer's facts on a day, each once; names that are no facts are left to `other`."""
    facts, states, start_day = program.facts, customer.facts, customer.clocks[1]
    reads, formulas = facts.reads, facts.formulas
    known: dict[str, Value] = {}

    def read(name: str) -> Value:
        if name in known:
            return known[name]
        value: Value
        if name in reads:
            read_fact, slot = reads[name]
            value = read_fact(states[slot], day, start_day)
        elif name in formulas:
            formula, scales = formulas[name]
            value = formula.scalar(read(formula.of), read(formula.to), scales)
        elif name in facts.staged:
            walk = LiveWalk(program, customer)
            walk.today = day
            value = walk.staged(name)
        else:
            return other(name)
        known[name] = value
        return value

    return read
