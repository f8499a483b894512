"""`Definition.check`: everything that stands but deserves care."""

from __future__ import annotations

from ._check_habits import review_habits
from ._check_signs import review_signs
from ._finding import Finding, Setup, function_guards, negated_guards


def check(setup: Setup) -> tuple[Finding, ...]:
    """Guards first, then signs, then what is left unmeasured; each finding once."""
    found = (
        *negated_guards(setup.program),
        *function_guards(setup.program),
        *review_signs(setup),
        *review_habits(setup),
    )
    return tuple(dict.fromkeys(found))
