"""From a filter to attributes that pass it."""

from __future__ import annotations

from random import Random
from typing import Any

from lifecycle.rules import All, Compare, Either, Not, names_of, parse

from ._vocabulary import around


def satisfying(where: str | None, draw: Random) -> dict[str, Any]:
    """Attributes that pass a filter, one way of many."""
    return {} if where is None else _passing(parse(where).root, draw, holds=True)


def _passing(node: Any, draw: Random, *, holds: bool) -> dict[str, Any]:
    if isinstance(node, Not):
        return _passing(node.child, draw, holds=not holds)
    if isinstance(node, (All, Either)):
        if isinstance(node, All) is holds:
            parts = [_passing(child, draw, holds=holds) for child in node.children]
            return {name: value for part in parts for name, value in part.items()}
        return _passing(draw.choice(node.children), draw, holds=holds)
    name = names_of(node)[0]
    if not isinstance(node, Compare):
        return {name: holds}
    constant = getattr(node.right, "value", None)
    if isinstance(constant, str):
        return {name: constant if (node.operator == "==") is holds else "other"}
    if constant is None:
        return {}
    bound = float(constant)
    tests = {"==": 0, "!=": 1, "<": -1, "<=": 0, ">": 1, ">=": 0} if holds else {
        "==": 1, "!=": 0, "<": 0, "<=": 1, ">": 0, ">=": -1,
    }  # fmt: skip
    exact, below, above = around(bound)
    return {name: (exact, above, below)[tests[node.operator]]}
