"""What `Definition.check` finds."""

from __future__ import annotations

import attrs

from lifecycle.engine import Program
from lifecycle.rules import Condition, may_miss_under_not


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


def review(program: Program) -> tuple[Finding, ...]:
    """Negations over facts that can be missing, and guards that are Python functions."""
    findings: dict[str, Finding] = {}
    for routes in program.chart.routes.values():
        for route in routes:
            if route.condition is None:
                continue
            condition: Condition = route.condition.condition
            for name in may_miss_under_not(condition, program.facts.types):
                text = f"'not' over {name!r} holds for whom it is missing (S12)"
                remedy = "ask the other way round, or read a fact that is never missing"
                findings.setdefault(f"{route.text}{name}", Finding(route.text, text, remedy))
            if not condition.is_portable:
                text = "a Python function decides, so the columnar engine runs it row by row and it cannot be stored"
                findings.setdefault(f"{route.text}()", Finding(route.text, text, "write it as a condition over facts"))
    return tuple(findings.values())
