"""The signs of one customer, one touchpoint at a time (S7, S17)."""

from __future__ import annotations

from lifecycle.engine import NEVER_DAY, Program, Step, advance, begin, refuse_foreign
from lifecycle.model import Customer, Touchpoint

from ._going import Going
from ._program import DOWN, SignProgram


def begin_signs(signs: SignProgram, touchpoint: Touchpoint) -> Step:
    """A customer who begins with a touchpoint."""
    program: Program = signs.program
    step = begin(program, touchpoint)
    day = program.calendar.day_of(touchpoint.at_us)
    first = day if signs.scoring is None else signs.scoring.check_up(day)
    nothing = tuple((None, (False,) * len(journey.places)) for journey in signs.journeys)
    empty = (None, (DOWN,) * len(signs.watches), nothing, NEVER_DAY, (first, None, ()))
    going = Going(signs, step.customer.with_signs(empty, step.customer.head_us))
    going.moves += step.moves
    going.begin_journeys(set(program.chart.paths[program.chart.initial]), day)
    going.start_journeys(step.moves, day)
    going.look(signs.everything, day, touchpoint.at_us, "touchpoint")
    return going.frozen()


def advance_signs(signs: SignProgram, customer: Customer, touchpoint: Touchpoint) -> Step:
    """The customer after a touchpoint and everything that was due before it.

    Raises:
        LateTouchpoint: the touchpoint is older than what the customer has lived through (S4).
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(signs.program, customer)
    day = signs.program.calendar.day_of(touchpoint.at_us)
    due, checked_up = customer.signs[0], customer.signs[4][0]
    is_due = (due is not None and due <= day) or (customer.due_day is not None and customer.due_day <= day)
    if is_due or (signs.scoring is not None and signs.scoring.check_up(day) > checked_up):
        going = Going(signs, customer)
        going.take(touchpoint, day)
        return going.frozen()
    # The usual touchpoint: nothing was due before it, and few watches read what it changes.
    step = advance(signs.program, customer, touchpoint)
    concerned = signs.changed((touchpoint.kind_key, day), (customer.facts, step.customer.facts), customer.signs[1])
    if not concerned and not step.moves:
        return step
    going = Going(signs, step.customer)
    going.after(touchpoint, step, concerned, day)
    return going.frozen()


def pass_signs(signs: SignProgram, customer: Customer, now_us: int) -> Step:
    """The customer after everything that was due by an instant, that instant included (S2).

    Raises:
        DefinitionMismatch: the customer was made by another definition.
    """
    refuse_foreign(signs.program, customer)
    day = signs.program.calendar.day_of(now_us)
    going = Going(signs, customer)
    if going.next_day() > day:
        return Step(customer)
    going.pass_until(day)
    return going.frozen()
