"""What `Definition.check` finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from lifecycle.engine import Program
from lifecycle.errors import InvalidArgument
from lifecycle.rules import Certainty, may_miss_under_not
from lifecycle.rules import Declared as DeclaredFact
from lifecycle.signs import Declared, SignProgram

Severity: TypeAlias = Literal["note", "warning", "error"]
"""error: a definition that has it is refused; warning: see to it; note: good to know."""
CODES: Final = (
    # transitions, facts and signs
    "function_guard", "negated_missing", "never_true", "never_cleared", "milestone_days", "idle_weights",
    "idle_measure",
    # habits of signs
    "price_unread", "first_value_unknown", "ideal_unknown", "silence_unseen", "mute_signal", "undated_segment",
    # one playbook
    "contradiction", "audience_unreachable", "exit_at_entry", "goal_at_entry", "only_if_never", "tier_never",
    "tiers_overlap", "no_goal", "no_exit", "no_hook", "kind_unknown", "kind_timed", "loop",
    # playbooks and policies together
    "playbooks_overlap", "signal_unanswered", "selling_in_onboarding", "campaign_reflex", "contracts_only",
    "unmeasurable", "policy_never_passes", "cadence_unkept",
)  # fmt: skip
"""What can be found, by the names that findings carry."""


def _severity(instance: Finding, field: attrs.Attribute[Any], value: object) -> None:
    if value not in ("note", "warning", "error"):
        raise InvalidArgument(f"Finding: severity={value!r} is none of note, warning, error")


@attrs.frozen
class Finding:
    """One thing that stands but deserves care."""

    place: str
    """Where."""
    text: str
    """What."""
    remedy: str
    """What to do about it."""
    severity: Severity = attrs.field(default="warning", kw_only=True, validator=_severity)
    """note, warning or error."""
    certainty: Certainty = attrs.field(default="proved", kw_only=True)
    """proved: it is so. possible: it can come to it. undecided: neither is known."""
    code: str = attrs.field(default="", kw_only=True)
    """What sort of finding it is, for programs: one of the reference page of findings; '' for a host's own."""

    def __str__(self) -> str:
        before = "" if self.severity == "warning" else f"{self.severity}: "
        return f"{before}{self.place}: {self.text}; {self.remedy}"


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
    answered: frozenset[str] = frozenset()
    """The signals that start a playbook."""


def function_guards(program: Program) -> Iterator[Finding]:
    """Guards that are Python functions."""
    for routes in program.chart.routes.values():
        for route in routes:
            if route.condition is not None and not route.condition.condition.is_portable:
                text = "a Python function decides, so the columnar engine runs it row by row and it cannot be stored"
                yield Finding(route.text, text, "write it as a condition over facts", code="function_guard")


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
    return Finding(place, f"'not' over {name!r} holds for whom it is missing (S12)", remedy, code="negated_missing")
