"""Conditions as what they ask of facts: cells of one fact, the order of two, or one of several such demands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import TypeAlias

import attrs

from ._cells import ANY, BY_SIGN, EQUAL, MISSING, Choices, Numbers, choice_cells, number_cells
from ._condition import BoundCondition
from ._known import Known
from ._language import All, Atom, Call, Compare, Constant, Either, Name, Node, Not, Truth, names_of


@attrs.frozen
class Claim:
    """An atom of a condition, as it stands there: asked, or denied by a `not` around it."""

    condition: int
    """Which of some conditions."""
    place: int
    """Which atom of it, from 0."""
    atom: Atom
    """The comparison, bare name or function."""
    is_denied: bool
    """Whether it must not hold."""

    def __str__(self) -> str:
        return f"not {self.atom}" if self.is_denied else str(self.atom)


@attrs.frozen
class Within:
    """The fact lies in one of some cells."""

    name: str
    cells: int


@attrs.frozen
class Order:
    """Two facts, neither missing, stand to each other in one of some ways."""

    left: str
    right: str
    ways: int


@attrs.frozen
class Says:
    """A Python function says yes, or no."""

    call: Call
    answer: bool


@attrs.frozen
class OneOf:
    """At least one of several demands, each of which asks everything in it."""

    ways: tuple[Demand, ...]


Part: TypeAlias = Within | Order | Says | OneOf
Demand: TypeAlias = tuple[Part, ...]
"""All of it is asked; empty: nothing is."""


@attrs.frozen(eq=False)
class Space:
    """The cells of all facts that some conditions read."""

    conditions: tuple[BoundCondition, ...]
    """The conditions."""
    cells: dict[str, Numbers | Choices]
    """Per fact its cells; facts that are compared with each other have the same edges."""

    @classmethod
    def of(cls, conditions: Sequence[BoundCondition], known: Known) -> Space:
        """The space that some conditions cut."""
        types = {name: kind for condition in conditions for name, kind in condition.types.items()}
        groups = {name: frozenset({name}) for name in types}
        compared: dict[str, list[float | str]] = {name: [] for name in types}
        for condition in conditions:
            for atom in condition.condition.atoms:
                if isinstance(atom, Compare):
                    both = reduce(or_, (groups[name] for name in names_of(atom)))
                    groups.update(dict.fromkeys(both, both))
                    if isinstance(atom.right, Constant):
                        compared[atom.left.name].append(_wanted(condition, atom))
        for name in types:
            compared[name] += [] if name not in known.limits else [one for one in known.limits[name] if one is not None]
        cells: dict[str, Numbers | Choices] = {}
        for name, kind in types.items():
            found = [one for other in groups[name] for one in compared[other]]
            if kind.kind == "number":
                numbers = [one for one in found if not isinstance(one, str)]
                cells[name] = number_cells(kind, numbers, known.limits.get(name, (None, None)))
            else:
                texts = [one for one in found if isinstance(one, str)]
                cells[name] = choice_cells(kind, texts, known.stages if name == "stage" else ())
        return cls(tuple(conditions), cells)

    def claims(self) -> list[Claim]:
        """All atoms of the conditions, as they stand there."""
        return [claim for number, condition in enumerate(self.conditions) for claim in claims_of(condition, number)]

    def demand(self, without: frozenset[Claim] = frozenset()) -> Demand:
        """What the conditions ask together, some claims left out."""
        claims = iter(self.claims())
        parts: list[Part] = []
        for condition in self.conditions:
            parts += _Reading(self.cells, condition, claims, without).demand(condition.condition.root, wanted=True)
        return _joined(parts)


def claims_of(bound: BoundCondition, number: int = 0) -> tuple[Claim, ...]:
    """The atoms of a condition in order, each as it stands there: asked, or denied."""
    atoms = enumerate(_claimed(bound.condition.root, is_denied=False))
    return tuple(Claim(number, place, atom, is_denied) for place, (atom, is_denied) in atoms)


def _wanted(condition: BoundCondition, atom: Compare) -> float | str:
    threshold = condition.threshold(atom)
    assert isinstance(atom.right, Constant)
    return str(atom.right.value) if threshold is None else threshold[1]


def _claimed(node: Node, *, is_denied: bool) -> Iterator[tuple[Atom, bool]]:
    if isinstance(node, Not):
        yield from _claimed(node.child, is_denied=not is_denied)
    elif isinstance(node, (All, Either)):
        for child in node.children:
            yield from _claimed(child, is_denied=is_denied)
    else:
        yield node, is_denied


@attrs.frozen(eq=False)
class _Reading:
    """The reading of one condition; takes its claims in the order of its atoms."""

    cells: dict[str, Numbers | Choices]
    condition: BoundCondition
    claims: Iterator[Claim]
    without: frozenset[Claim]

    def demand(self, node: Node, *, wanted: bool) -> Demand:
        if isinstance(node, Not):
            return self.demand(node.child, wanted=not wanted)
        if not isinstance(node, (All, Either)):
            return () if next(self.claims) in self.without else self.atom(node, wanted=wanted)
        demands = [self.demand(child, wanted=wanted) for child in node.children]
        if isinstance(node, All) is wanted:
            return _joined([part for demand in demands for part in demand])
        return _one_of(demands)

    def atom(self, atom: Atom, *, wanted: bool) -> Demand:
        if isinstance(atom, Call):
            return (Says(atom, wanted),)
        if isinstance(atom, Compare) and isinstance(atom.right, Name):
            return self.order(atom.left.name, atom.right.name, BY_SIGN[atom.operator], wanted=wanted)
        name = atom.name if isinstance(atom, Truth) else atom.left.name
        cells = self.cells[name]
        if isinstance(atom, Truth) or isinstance(cells, Choices):
            sign, value = ("==", 1) if isinstance(atom, Truth) else (atom.operator, _wanted(self.condition, atom))
            assert isinstance(cells, Choices)
            found = cells.where(sign, value)
        else:
            threshold = self.condition.threshold(atom)
            assert threshold is not None
            found = cells.where(*threshold)
        return (Within(name, found if wanted else cells.every & ~found),)

    def order(self, left: str, right: str, ways: int, *, wanted: bool) -> Demand:
        there = [Within(name, self.cells[name].every & ~MISSING) for name in (left, right)]
        ways = ways if wanted else ANY & ~ways
        ordered: Demand = (*there, Order(left, right, ways))
        if left == right:
            ordered = (there[0] if ways & EQUAL else Within(left, 0),)
        gone = [Within(name, MISSING) for name in dict.fromkeys((left, right)) if self.cells[name].every & MISSING]
        return ordered if wanted else _one_of([*((part,) for part in gone), ordered])


def _joined(parts: Sequence[Part]) -> Demand:
    """The same demands, one for each fact."""
    within: dict[str, int] = {}
    others: dict[Part, None] = {}
    for part in parts:
        if isinstance(part, Within):
            within[part.name] = within.get(part.name, part.cells) & part.cells
        else:
            others[part] = None
    return (*(Within(name, cells) for name, cells in within.items()), *others)


def _one_of(demands: Sequence[Demand]) -> Demand:
    """At least one of some demands; those that ask about the same fact only are one."""
    if () in demands:
        return ()
    within: dict[str, list[int]] = {}
    others: dict[Demand, None] = {}
    for demand in demands:
        if len(demand) == 1 and isinstance(demand[0], Within):
            within.setdefault(demand[0].name, []).append(demand[0].cells)
        else:
            others[demand] = None
    ways = [*((Within(name, reduce(or_, cells)),) for name, cells in within.items()), *others]
    return ways[0] if len(ways) == 1 else (OneOf(tuple(ways)),)
