"""What `Definition.check` finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from lifecycle.engine import Program
from lifecycle.rules import Declared as DeclaredFact
from lifecycle.rules import may_miss_under_not
from lifecycle.signs import Declared, SignProgram


@attrs.frozen
class Finding:
    """One thing that stands but deserves care."""

    place: str
    """Where."""
    text: str
    """What."""
    remedy: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}; {self.remedy}"


@attrs.frozen(eq=False)
class Setup:
    """What is looked through: a definition as it was declared and as it was compiled."""

    program: Program
    """Stages, moves and facts, compiled."""
    facts: Mapping[str, DeclaredFact]
    """The facts as declared."""
    declared: Declared
    """The signs as declared."""
    signs: SignProgram | None
    """The signs, compiled; None where there are none."""


def function_guards(program: Program) -> Iterator[Finding]:
    """Guards that are Python functions."""
    for routes in program.chart.routes.values():
        for route in routes:
            if route.condition is not None and not route.condition.condition.is_portable:
                text = "a Python function decides, so the columnar engine runs it row by row and it cannot be stored"
                yield Finding(route.text, text, "write it as a condition over facts")


def negated_guards(program: Program) -> Iterator[Finding]:
    """Guards with a `not` over a fact that can be missing."""
    for routes in program.chart.routes.values():
        for route in routes:
            if route.condition is not None:
                for name in may_miss_under_not(route.condition.condition, program.facts.types):
                    yield negated(route.text, name)


def negated(place: str, name: str) -> Finding:
    """A `not` over a fact that can be missing."""
    remedy = "ask the other way round, or read a fact that is never missing"
    return Finding(place, f"'not' over {name!r} holds for whom it is missing (S12)", remedy)
