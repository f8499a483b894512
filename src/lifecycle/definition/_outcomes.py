"""What a condition can come to at all: told from its text, whatever the customers do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any, Final, TypeAlias

from lifecycle.rules import All, Compare, Either, Not

Verdicts: TypeAlias = frozenset[bool | None]
"""True, false or unknown: what may come out."""
ANYTHING: Final[Verdicts] = frozenset({True, False, None})
UNKNOWN: Final[Verdicts] = frozenset({None})


def outcomes(node: Any, atom: Callable[[Any], Verdicts]) -> Verdicts:
    """What may come out of a condition, given what may come out of its atoms; perhaps too much, never too little."""
    if isinstance(node, Not):
        return frozenset(None if one is None else not one for one in outcomes(node.child, atom))
    if isinstance(node, (All, Either)):
        settling = isinstance(node, Either)
        found: Verdicts = frozenset({not settling})
        for child in node.children:
            pairs = product(found, outcomes(child, atom))
            found = frozenset(_join(first, second, settling=settling) for first, second in pairs)
        return found
    return atom(node)


def _join(first: bool | None, second: bool | None, *, settling: bool) -> bool | None:  # noqa: FBT001
    """Two truths by `or` (settling on True) or `and` (settling on False)."""
    if settling in (first, second):
        return settling
    return None if None in (first, second) else not settling


def implies(first: Any, second: Any) -> bool:
    """Whether a condition that certainly holds makes another one certainly hold; False where that is not plain."""
    if first == second:
        return True
    if isinstance(first, Either):
        return all(implies(child, second) for child in first.children)
    if isinstance(second, All):
        return all(implies(first, child) for child in second.children)
    if isinstance(second, Either):
        return any(implies(first, child) for child in second.children)
    if isinstance(first, All):
        return any(implies(child, second) for child in first.children)
    return isinstance(first, Compare) and isinstance(second, Compare) and _within(first, second)


def _within(first: Compare, second: Compare) -> bool:
    """Whether every number that passes one comparison passes the other."""
    ends = getattr(first.right, "value", None), getattr(second.right, "value", None)
    if first.left != second.left or not all(isinstance(end, Fraction) for end in ends):
        return False
    low, limit = ends[0], ends[1]
    if first.operator == "==":
        return bool(_HOLDS[second.operator](low, limit))
    if first.operator[0] != second.operator[0] or first.operator[0] not in "<>":
        return False
    # The same direction: the first must begin no sooner, and not at an end that the second leaves out.
    is_tighter = low > limit if first.operator[0] == ">" else low < limit  # type: ignore[operator]
    return is_tighter or (low == limit and not (first.operator.endswith("=") and len(second.operator) == 1))


_HOLDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda value, limit: value == limit,
    "!=": lambda value, limit: value != limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}
