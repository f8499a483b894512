"""Whether conditions can hold together: proved that they cannot, shown that they can, or undecided (S21).

Each fact is cut into the cells within which the conditions do not tell its values apart, *missing* among them. A proof
means that no values of the facts meet all conditions: it never errs, but not everything that is so is found, least
where two facts are compared. Values of facts that meet them need not come of any history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs

from ._condition import BoundCondition, bind_condition
from ._known import NOTHING_KNOWN, Known
from ._language import Condition, Not
from ._solving import Search, Witness
from ._terms import Claim, Space

Certainty: TypeAlias = Literal["proved", "possible", "undecided"]
"""Proved; the contrary is possible, as an example shows; or neither is known."""


@attrs.frozen
class Contradiction:
    """Whether some conditions contradict each other."""

    certainty: Certainty
    """proved: they cannot hold together. possible: they can, as the witness shows. undecided: neither is known."""
    claims: tuple[Claim, ...] = ()
    """Where proved: atoms that contradict each other, none of which can be left out."""
    witness: Witness | None = None
    """Where possible: values of facts for which all conditions hold."""


def contradiction(conditions: Sequence[BoundCondition], known: Known = NOTHING_KNOWN) -> Contradiction:
    """Whether conditions contradict each other, or whether one contradicts itself.

    Args:
        conditions: bound over the same facts.
        known: limits of facts, and the stages.

    Returns:
        undecided where Python functions decide, where more than 64 terms would have to be looked at, and where no
        values were found although nothing speaks against them.
    """
    space = Space.of(conditions, known)
    # What others wrote is never called with made-up values.
    is_text = all(condition.condition.is_portable for condition in conditions)
    search = Search(space.cells, lambda found: is_text and all(one.holds(found.__getitem__) for one in conditions))
    if not search.refutes(space.demand()):
        return Contradiction("undecided" if search.witness is None else "possible", witness=search.witness)
    left_out: frozenset[Claim] = frozenset()
    for claim in space.claims():
        fewer = left_out | {claim}
        if Search(space.cells).refutes(space.demand(fewer)):
            left_out = fewer
    return Contradiction("proved", tuple(claim for claim in space.claims() if claim not in left_out))


def conflict(conditions: Sequence[BoundCondition], known: Known = NOTHING_KNOWN) -> tuple[Claim, ...] | None:
    """The atoms that prove that conditions contradict each other, none too many; None where there is no proof."""
    found = contradiction(conditions, known)
    return found.claims if found.certainty == "proved" else None


def implied(given: Sequence[BoundCondition], then: BoundCondition, known: Known = NOTHING_KNOWN) -> bool:
    """Whether it is proved that a condition holds wherever some others do."""
    return conflict([*given, denied(then)], known) is not None


def overlap(first: BoundCondition, second: BoundCondition, known: Known = NOTHING_KNOWN) -> Witness | None:
    """Values of facts for which both conditions hold; None where none were found."""
    return contradiction([first, second], known).witness


def denied(bound: BoundCondition) -> BoundCondition:
    """The condition that holds where another one does not, two-valued."""
    condition = bound.condition
    return bind_condition(Condition(f"not ({condition.text})", Not(condition.root)), bound.types)
