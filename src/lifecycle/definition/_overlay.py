"""Which parts of a condition made the difference between two versions of it, at many moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, BoundCondition, Condition, ReadColumn, bind_condition, names_of
from lifecycle.rules import atoms_of as atoms_in

from ._parts import Denied, Node, Part, Tree, lay, parts_of, written

Level: TypeAlias = Literal["holds", "surely", "possibly"]
"""Which truth is compared: two-valued, certainly true, or not certainly false."""
ObjectArray: TypeAlias = npt.NDArray[np.object_]
_OPPOSITE: Final[dict[Level, Level]] = {"holds": "holds", "surely": "possibly", "possibly": "surely"}


@attrs.frozen(eq=False)
class Differing:
    """The truth of two versions at many moments, and which parts make it differ."""

    before: BoolArray
    """Whether the earlier version is true; shape (n,)."""
    after: BoolArray
    """Whether the later version is true; shape (n,)."""
    marks: BoolArray
    """Which parts made the difference; shape (n_parts, n)."""


@attrs.frozen(eq=False)
class Overlay:
    """Two versions of a condition, bound each to the facts of its own definition.

    A part makes the difference where its truth differs, and so does the truth of every `and`, `or` and `not` around
    it. Where all such parts are put back the earlier answer is back, and none of them could be left out of every way
    to bring it back.
    """

    tree: Tree
    """The two conditions as one tree."""
    bound: tuple[tuple[BoundCondition | None, BoundCondition | None], ...]
    """Per part what stands there in each version."""
    absent: bool
    """What a version means that has no condition at all."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The places in order."""
        return tuple(parts_of(self.tree))

    def labels(self, changed: frozenset[str]) -> list[str]:
        """Each part for people; `changed` are names that mean something else in the later version."""
        found = []
        for part in self.parts:
            atoms = atoms_in(part.after) if part.is_same and part.after is not None else []
            names = sorted({name for atom in atoms for name in names_of(atom)} & changed)
            found.append(f"{part} ({', '.join(names)} changed)" if names else str(part))
        return found

    def differing(self, read: tuple[ReadColumn, ReadColumn], n: int, level: Level = "holds") -> Differing:
        """Where the versions differ, and by which parts.

        Args:
            read: reads facts at the moments, for the earlier and the later version.
            n: how many moments.
            level: which truth is compared.
        """
        looked = _Look(iter(self.bound), read, n).at(self.tree, level, empty=self.absent)
        marks: list[BoolArray] = []
        _mark(looked, np.ones(n, bool), marks)
        return Differing(looked.before, looked.after, np.array(marks).reshape(len(self.bound), n))


def overlay(before: BoundCondition | None, after: BoundCondition | None, *, absent: bool = False) -> Overlay:
    """Two versions of a condition laid on top of each other.

    Args:
        before: the earlier version; None: there is none.
        after: the later version; None: there is none.
        absent: what no condition means.
    """
    roots = [None if one is None else one.condition.root for one in (before, after)]
    tree = lay(*roots)
    bound = tuple((_bound(part.before, before), _bound(part.after, after)) for part in parts_of(tree))
    return Overlay(tree, bound, absent)


def _bound(node: Node | None, whole: BoundCondition | None) -> BoundCondition | None:
    if node is None or whole is None:
        return None
    return bind_condition(Condition(written(node), node), whole.types)


@attrs.frozen(eq=False)
class _Looked:
    """A part of a tree with its truth in both versions."""

    before: BoolArray
    after: BoolArray
    children: tuple[_Looked, ...] = ()


class _Look:
    """Asks the places of a tree one after the other."""

    def __init__(self, bound: Any, read: tuple[ReadColumn, ReadColumn], n: int) -> None:
        self.bound, self.read, self.n = bound, read, n

    def at(self, tree: Tree, level: Level, *, empty: bool) -> _Looked:
        """The truth of a part; `empty` is what nothing means there."""
        if isinstance(tree, Part):
            first, second = next(self.bound)
            return _Looked(
                self.truth(first, self.read[0], level, empty=empty),
                self.truth(second, self.read[1], level, empty=empty),
            )
        if isinstance(tree, Denied):
            child = self.at(tree.child, _OPPOSITE[level], empty=empty)
            return _Looked(~child.before, ~child.after, (child,))
        children = tuple(self.at(child, level, empty=tree.is_all) for child in tree.children)
        join = np.logical_and if tree.is_all else np.logical_or
        return _Looked(
            join.reduce([child.before for child in children]),
            join.reduce([child.after for child in children]),
            children,
        )

    def truth(self, one: BoundCondition | None, read: ReadColumn, level: Level, *, empty: bool) -> BoolArray:
        """The truth of what stands in one place."""
        if one is None:
            return np.full(self.n, empty)
        if level == "holds":
            return one.mask(read, self.n)
        return one.bounds(read, self.n)[0 if level == "surely" else 1]


def _mark(looked: _Looked, around: BoolArray, marks: list[BoolArray]) -> None:
    here = around & (looked.before != looked.after)
    if not looked.children:
        marks.append(here)
    for child in looked.children:
        _mark(child, here, marks)


def told(labels: Sequence[str], marks: BoolArray) -> ObjectArray:
    """The labels of what is marked, as one text per moment; shape (n,)."""
    n = marks.shape[1]
    texts = np.full(n, "", object)
    if not n or not len(labels):
        return texts
    patterns, place = np.unique(marks.T, axis=0, return_inverse=True)
    joined = ["; ".join(label for label, is_marked in zip(labels, row, strict=True) if is_marked) for row in patterns]
    texts[:] = np.array(joined, object)[place.reshape(-1)]
    return texts
