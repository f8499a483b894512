"""What a customer's facts and signs say at a moment, read apart from playbooks and their watches."""

from __future__ import annotations

from functools import lru_cache

from lifecycle.definition import Definition
from lifecycle.model import Customer
from lifecycle.rules import BoundCondition, Read
from lifecycle.signs import Going, bind_over


@lru_cache(maxsize=1_000)
def bound(definition: Definition, text: str) -> BoundCondition:
    """A condition over facts, `stage`, `health` and signals of a definition."""
    return bind_over(definition.program, definition.signs, text)


def reading(definition: Definition, customer: Customer, at_us: int) -> Read:
    """Reads facts and signs of a customer at an instant until which nothing else happens."""
    assert definition.signs is not None
    day = definition.program.calendar.day_of(at_us)
    return Going(definition.signs, customer).reader(day, definition.signs.leaves[customer.stage.id])
