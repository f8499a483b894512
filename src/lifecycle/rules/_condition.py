"""A condition bound to facts: one truth for a customer, a mask for many points, and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from math import ceil, floor

import attrs
import numpy as np

from lifecycle.errors import ConditionError
from lifecycle.model import Figure

from ._atoms import BoundAtom, Read, ReadColumn, bind_atom, known, major, stored_threshold
from ._fact import FactType, Value
from ._language import All, Atom, Call, Compare, Condition, Constant, Either, Node, Not, atoms_of, names_of
from ._rows import BoolArray

_SHOWN = 20
_SIGNS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@attrs.frozen(eq=False)
class BoundCondition:
    """A condition whose names are facts of known types."""

    condition: Condition
    """What was written."""
    types: Mapping[str, FactType] = attrs.field(repr=False)
    """The types of the facts it reads."""
    tests: Mapping[Atom, BoundAtom] = attrs.field(repr=False)
    """Each atom, ready to run."""
    holds: Callable[[Read], bool] = attrs.field(repr=False)
    """Whether it holds, given a way to read facts."""
    verdict: Callable[[Read], bool | None] = attrs.field(repr=False)
    """Whether it certainly holds (True) or certainly does not (False); None: missing facts could tip it.

    A comparison with a missing fact is unknown, a Python function never is; and, or, not as Kleene joins them.
    """

    def mask(self, read: ReadColumn, n: int) -> BoolArray:
        """Where it holds; shape (n,)."""
        return self._mask(self.condition.root, read, n, frozenset(), upper=True)

    def bounds(self, read: ReadColumn, n: int) -> tuple[BoolArray, BoolArray]:
        """Where it certainly holds, and where it does or missing facts could tip it; shape (n,) each."""
        certain, possible = self._bounds(self.condition.root, read, n)
        return certain, possible.copy() if possible is certain else possible

    def is_heard(self, read: Read) -> bool:
        """Whether a fact that it reads and that can be missing is there; true where it reads none."""
        names = self._missable
        return not names or any(read(name) is not None for name in names)

    def heard(self, read: ReadColumn, n: int) -> BoolArray:
        """Where a fact that it reads and that can be missing is there; everywhere where it reads none; shape (n,)."""
        names = self._missable
        result: BoolArray = np.full(n, not names)
        for name in names:
            valid = read(name).valid
            if valid is None:
                return np.ones(n, bool)
            result |= valid
        return result

    @property
    def _missable(self) -> tuple[str, ...]:
        # A count is always there: it says nothing about whether anybody was heard.
        return tuple(name for name, kind in self.types.items() if kind.may_miss) or tuple(self.types)

    def may_hold(self, read: ReadColumn, n: int, unknown: frozenset[str]) -> BoolArray:
        """Where it holds or could, were the unknown facts and Python functions favourable; shape (n,)."""
        return self._mask(self.condition.root, read, n, unknown, upper=True)

    def is_certain(self, unknown: frozenset[str]) -> bool:
        """Whether it reads no unknown fact and calls no Python function."""
        return not any(isinstance(atom, Call) or unknown & set(names_of(atom)) for atom in self.condition.atoms)

    def least(self, names: frozenset[str]) -> int:
        """A value below which none of some whole facts lets the condition hold; 0 if that cannot be told."""
        return max((_least(node, names, self.types) for node in _conjuncts(self.condition.root)), default=0)

    def could_hold(self, ever: Callable[[Atom], tuple[BoolArray, BoolArray]]) -> BoolArray:
        """Where it could hold, given where each atom could be true and where it could be false; shape (n,)."""
        return self._could(self.condition.root, ever)[0]

    def _could(self, node: Node, ever: Callable[[Atom], tuple[BoolArray, BoolArray]]) -> tuple[BoolArray, BoolArray]:
        if isinstance(node, Not):
            true, false = self._could(node.child, ever)
            return false, true
        if isinstance(node, (All, Either)):
            parts = [self._could(child, ever) for child in node.children]
            every, some = (0, 1) if isinstance(node, All) else (1, 0)
            found = (
                np.logical_and.reduce([part[every] for part in parts]),
                np.logical_or.reduce([part[some] for part in parts]),
            )
            return found if isinstance(node, All) else (found[1], found[0])
        return ever(node)

    def atom_bounds(self, atom: Atom, read: ReadColumn, n: int) -> tuple[BoolArray, BoolArray]:
        """Where one of its atoms is certainly true, and where it is possibly true; shape (n,) each."""
        return self._bounds(atom, read, n)

    def threshold(self, atom: Compare) -> tuple[str, float] | None:
        """Operator and bound of a comparison with a number, in stored units; None for another comparison."""
        if not isinstance(atom.right, Constant) or isinstance(atom.right.value, str):
            return None
        return stored_threshold(atom.operator, atom.right, self.types[atom.left.name])

    def figures(self, read: Read) -> tuple[Figure, ...]:
        """Its atoms in order, each with the figures that it read."""
        return tuple(self._figure(atom, read) for atom in self.condition.atoms)

    def unmet(self, read: Read) -> tuple[Figure, ...]:
        """The atoms of those parts of an `and` that do not hold, in order, each with the figures that it read."""
        parts = [part for part in _conjuncts(self.condition.root) if not _scalar(part, self.tests)(read)]
        return tuple(self._figure(atom, read) for part in parts for atom in atoms_of(part))

    def _figure(self, atom: Atom, read: Read) -> Figure:
        written, names, right = _words(atom)
        values = tuple([(name, read(name)) for name in names])
        shown = [show(value, self.types[name]) for name, value in values]
        holds = self.tests[atom].scalar(read)
        if isinstance(atom, Compare):
            text = f"{names[0]} {shown[0]} {right}" + (f" {shown[1]}" if len(shown) > 1 else "")
        else:
            text = f"{written}: " + ", ".join(shown) if shown else written
        return Figure(written, values, holds, text)

    def _bounds(self, node: Node, read: ReadColumn, n: int) -> tuple[BoolArray, BoolArray]:
        """As `bounds`; one array twice where nothing is missing, so that the work is done once."""
        if isinstance(node, Not):
            certain, possible = self._bounds(node.child, read, n)
            below = ~possible
            return below, below if possible is certain else ~certain
        if isinstance(node, (All, Either)):
            join = np.logical_and if isinstance(node, All) else np.logical_or
            parts = [self._bounds(child, read, n) for child in node.children]
            certain = join.reduce([part[0] for part in parts])
            is_known = all(part[0] is part[1] for part in parts)
            return certain, certain if is_known else join.reduce([part[1] for part in parts])
        certain, valid = self.tests[node].array(read, n), known(node, read)
        return certain, certain if valid is None else certain | ~valid

    def _mask(self, node: Node, read: ReadColumn, n: int, unknown: frozenset[str], *, upper: bool) -> BoolArray:
        if isinstance(node, (All, Either)):
            parts = (self._mask(child, read, n, unknown, upper=upper) for child in node.children)
            result = next(parts).copy()
            for part in parts:
                result = result & part if isinstance(node, All) else result | part
            return result
        if isinstance(node, Not):
            return ~self._mask(node.child, read, n, unknown, upper=not upper)
        if unknown and (isinstance(node, Call) or unknown & set(names_of(node))):
            return np.full(n, upper)
        return self.tests[node].array(read, n)


@lru_cache(maxsize=4_096)
def _words(atom: Atom) -> tuple[str, tuple[str, ...], str]:
    """An atom as written, its names, and what stands right of a figure: '≥ 4'."""
    right = f"{_SIGNS[atom.operator]} {atom.right}" if isinstance(atom, Compare) else ""
    return str(atom), names_of(atom), right


def bind_condition(condition: Condition, types: Mapping[str, FactType]) -> BoundCondition:
    """The condition over facts of known types.

    Raises:
        ConditionError: an unknown name (with the nearest known one), a bare name that is no flag,
            a number compared with a text, or two facts of different units.
    """
    for name in condition.names:
        if name not in types:
            near = get_close_matches(name, types, n=1)
            shown = sorted(types)[:_SHOWN] + ["…"] * (len(types) > _SHOWN)
            hint = f"did you mean {near[0]!r}?" if near else f"known facts: {', '.join(shown) or 'none'}"
            raise ConditionError(f"condition {condition.text!r} reads {name!r}, which is not a fact; {hint}")
    tests = {atom: bind_atom(atom, types, condition.text) for atom in condition.atoms}
    used, root = {name: types[name] for name in condition.names}, condition.root
    return BoundCondition(condition, used, tests, _scalar(root, tests), _verdict(root, tests, used))


def _scalar(node: Node, tests: Mapping[Atom, BoundAtom]) -> Callable[[Read], bool]:
    if isinstance(node, Not):
        child = _scalar(node.child, tests)
        return lambda read: not child(read)
    if isinstance(node, (All, Either)):
        return _joined(tuple(_scalar(part, tests) for part in node.children), settling=isinstance(node, Either))
    return tests[node].scalar


def _joined(parts: tuple[Callable[[Read], bool], ...], *, settling: bool) -> Callable[[Read], bool]:
    """One False settles an `and`, one True an `or`; a loop, because a generator costs as much as a part."""

    def joined(read: Read) -> bool:
        for part in parts:
            if bool(part(read)) is settling:
                return settling
        return not settling

    return joined


def _verdict(
    node: Node, tests: Mapping[Atom, BoundAtom], types: Mapping[str, FactType]
) -> Callable[[Read], bool | None]:
    if not any(types[name].may_miss for atom in atoms_of(node) for name in names_of(atom)):
        return _scalar(node, tests)
    if isinstance(node, Not):
        child = _verdict(node.child, tests, types)

        def denied(read: Read) -> bool | None:
            found = child(read)
            return None if found is None else not found

        return denied
    if not isinstance(node, (All, Either)):
        return tests[node].verdict
    parts = tuple(_verdict(part, tests, types) for part in node.children)
    # One False settles an `and`, one True an `or`; otherwise one unknown part leaves it open.
    settling = isinstance(node, Either)

    def joined(read: Read) -> bool | None:
        result: bool | None = not settling
        for part in parts:
            found = part(read)
            if found is settling:
                return settling
            if found is None:
                result = None
        return result

    return joined


def show(value: Value, kind: FactType) -> str:
    """A stored value for people."""
    if value is None:
        return "missing"
    if kind.unit == "date" and isinstance(value, int):
        return (date(1970, 1, 1) + timedelta(value)).isoformat()
    shown = major(value, kind)
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, float):
        return f"{shown:.6g}"
    if isinstance(shown, Decimal) and not kind.unit:
        return f"{shown.normalize():f}"
    return repr(shown) if isinstance(shown, str) else str(shown)


def _conjuncts(node: Node) -> list[Node]:
    return [part for child in node.children for part in _conjuncts(child)] if isinstance(node, All) else [node]


def _least(node: Node, names: frozenset[str], types: Mapping[str, FactType]) -> int:
    if not isinstance(node, Compare) or node.left.name not in names or not isinstance(node.right, Constant):
        return 0
    sign, threshold = stored_threshold(node.operator, node.right, types[node.left.name])
    return {">=": ceil(threshold), ">": floor(threshold) + 1, "==": ceil(threshold)}.get(sign, 0)


def may_miss_under_not(condition: Condition, types: Mapping[str, FactType]) -> tuple[str, ...]:
    """The names under an odd number of `not` whose fact can be missing: there, missing counts as true (S12)."""

    def walk(node: Node, *, negated: bool) -> list[str]:
        if isinstance(node, Not):
            return walk(node.child, negated=not negated)
        if isinstance(node, (All, Either)):
            return [name for child in node.children for name in walk(child, negated=negated)]
        return [name for name in names_of(node) if negated and types[name].may_miss]

    return tuple(dict.fromkeys(walk(condition.root, negated=False)))
