"""Two versions of a condition laid on top of each other, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.rules import All, Compare, Either, Not, atoms_of, names_of

Node: TypeAlias = Any
"""A part of a condition: a comparison, a bare name, a function, or several joined."""
_WORDS: Final = {True: " and ", False: " or "}


@attrs.frozen
class Part:
    """A place in two conditions: what stands there in the one and in the other."""

    before: Node | None
    """What the earlier one has there; None: nothing."""
    after: Node | None
    """What the later one has there; None: nothing."""
    joint: str = ""
    """How it is joined to what stands beside it, where one version has nothing there: 'and', 'or'."""

    @property
    def is_same(self) -> bool:
        """Whether the same stands there."""
        return bool(self.before == self.after)

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            what, node = ("added", self.after) if self.before is None else ("removed", self.before)
            return f"{what}: {self.joint} {_enclosed(node)}" if self.joint else f"{what}: {written(node)}"
        old, new = written(self.before), written(self.after)
        if self.is_same or old == new:
            return new
        is_limit = isinstance(self.before, Compare) and isinstance(self.after, Compare)
        if is_limit and self.before.left == self.after.left:
            return f"{old} → {new.removeprefix(self.after.left.name).lstrip()}"
        return f"{old} → {new}"


@attrs.frozen
class Joined:
    """Several places of which all must hold, or one."""

    is_all: bool
    """All, or at least one."""
    children: tuple[Tree, ...]
    """What is joined."""


@attrs.frozen
class Denied:
    """The other way round."""

    child: Tree
    """What must not hold."""


Tree: TypeAlias = Part | Joined | Denied


def lay(before: Node | None, after: Node | None) -> Tree:
    """Two conditions as one tree with two readings.

    Read with what stood before in every place it means the one condition, with what stands after the other; where
    nothing stands, an `and` reads true and an `or` false.
    """
    if before is None or after is None:
        return Part(before, after)
    return _lay(_flat(before), _flat(after))


def parts_of(tree: Tree) -> list[Part]:
    """The places of a tree in order."""
    if isinstance(tree, Part):
        return [tree]
    children = (tree.child,) if isinstance(tree, Denied) else tree.children
    return [part for child in children for part in parts_of(child)]


def _lay(before: Node, after: Node) -> Tree:
    for sort in (All, Either):
        if isinstance(before, sort) or isinstance(after, sort):
            old, new = ((one.children if isinstance(one, sort) else (one,)) for one in (before, after))
            joint = _WORDS[sort is All].strip()
            pairs = _pairs(old, new)
            children = (Part(*pair, joint) if None in pair else _lay(*pair) for pair in pairs)
            return Joined(sort is All, tuple(children))
    if isinstance(before, Not) and isinstance(after, Not):
        return Denied(_lay(before.child, after.child))
    return Part(before, after)


def _pairs(old: Sequence[Node], new: Sequence[Node]) -> list[tuple[Node | None, Node | None]]:
    """What belongs together: the same first, then the most alike; what is left stands alone."""
    partner: dict[int, int] = {}
    left = list(range(len(old)))
    for likeness in (_same, _likeness):
        found = [(likeness(old[a], new[b]), -b, -a) for b in range(len(new)) for a in left]
        for score, b, a in sorted(found, reverse=True):
            if score and -a in left and -b not in partner:
                partner[-b] = -a
                left.remove(-a)
    pairs: list[tuple[Node | None, Node | None]] = [
        (old[partner[place]] if place in partner else None, one) for place, one in enumerate(new)
    ]
    return pairs + [(old[place], None) for place in left]


def _same(old: Node, new: Node) -> int:
    return int(old == new)


def _likeness(old: Node, new: Node) -> int:
    """How much two parts have in common: atoms, then names; 0 for nothing."""
    first, second = set(atoms_of(old)), set(atoms_of(new))
    shared = {name for atom in first for name in names_of(atom)} & {name for atom in second for name in names_of(atom)}
    common = 4 * len(first & second) + 2 * len(shared)
    return common + (type(old) is type(new)) + (_sign(old) == _sign(new)) if common else 0


def _sign(node: Node) -> str:
    """The direction of a comparison, < or >, or what it is."""
    return node.operator[0] if isinstance(node, Compare) else type(node).__name__


def _flat(node: Node) -> Node:
    """The same condition with no `and` directly inside an `and`, no `or` inside an `or`, no `not` of a `not`."""
    if isinstance(node, Not):
        child = _flat(node.child)
        return child.child if isinstance(child, Not) else Not(child)
    if not isinstance(node, (All, Either)):
        return node
    sort = type(node)
    children: list[Node] = []
    for child in map(_flat, node.children):
        children += child.children if isinstance(child, sort) else (child,)
    return sort(tuple(children))


def written(node: Node) -> str:
    """A part of a condition as text; parsed again it means the same."""
    if isinstance(node, Not):
        return f"not {_enclosed(node.child)}"
    if isinstance(node, (All, Either)):
        return _WORDS[isinstance(node, All)].join(map(_enclosed, node.children))
    return str(node)


def _enclosed(node: Node) -> str:
    """The same, in brackets where something may stand beside it."""
    return f"({written(node)})" if isinstance(node, (All, Either)) else written(node)
