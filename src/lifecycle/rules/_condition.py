"""A condition bound to facts: one truth for a customer, a mask for many points, and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import ConditionError
from lifecycle.model import Figure

from ._fact import FactType, Value
from ._language import All, Atom, Call, Compare, Condition, Constant, Either, Name, Node, Not, Truth, names_of
from ._rows import BoolArray, Column
from ._where import COMPARE

Read: TypeAlias = Callable[[str], Value]
"""Gives the value of a fact, by its name, for one customer at one moment."""
ReadColumn: TypeAlias = Callable[[str], Column]
"""Gives the values of a fact, by its name, at many points."""
FactValue: TypeAlias = int | float | str | bool | Decimal | None
"""The value of a fact as a person means it: money in major units, flags as bool."""
_SIGNS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@attrs.frozen(eq=False)
class BoundCondition:
    """A condition whose names are facts of known types."""

    condition: Condition
    """What was written."""
    types: Mapping[str, FactType] = attrs.field(repr=False)
    """The types of the facts it reads."""
    tests: Mapping[Atom, _Test] = attrs.field(repr=False)
    """Each atom, ready to run."""
    holds: Callable[[Read], bool] = attrs.field(repr=False)
    """Whether it holds, given a way to read facts."""

    def mask(self, read: ReadColumn, n: int) -> BoolArray:
        """Where it holds; shape (n,)."""
        return self._mask(self.condition.root, read, n, frozenset(), upper=True)

    def may_hold(self, read: ReadColumn, n: int, unknown: frozenset[str]) -> BoolArray:
        """Where it holds or could, were the unknown facts and Python functions favourable; shape (n,)."""
        return self._mask(self.condition.root, read, n, unknown, upper=True)

    def is_certain(self, unknown: frozenset[str]) -> bool:
        """Whether it reads no unknown fact and calls no Python function."""
        return not any(isinstance(atom, Call) or unknown & set(names_of(atom)) for atom in self.condition.atoms)

    def least(self, names: frozenset[str]) -> int:
        """A value below which none of some whole facts lets the condition hold; 0 if that cannot be told."""
        return max((_least(node, names, self.types) for node in _conjuncts(self.condition.root)), default=0)

    def figures(self, read: Read) -> tuple[Figure, ...]:
        """Its atoms in order, each with the figures that it read."""
        return tuple(self._figure(atom, read) for atom in self.condition.atoms)

    def _figure(self, atom: Atom, read: Read) -> Figure:
        values = tuple((name, read(name)) for name in names_of(atom))
        shown = {name: show(value, self.types[name]) for name, value in values}
        holds = self.tests[atom].scalar(read)
        if isinstance(atom, Compare):
            other = atom.right
            right = f"{other.name} {shown[other.name]}" if isinstance(other, Name) else str(other)
            text = f"{atom.left.name} {shown[atom.left.name]} {_SIGNS[atom.operator]} {right}"
        else:
            text = f"{atom}: " + ", ".join(shown.values()) if shown else str(atom)
        return Figure(str(atom), values, holds, text)

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


@attrs.frozen(eq=False)
class _Test:
    """One atom, ready to run on one customer or on many points."""

    scalar: Callable[[Read], bool]
    array: Callable[[ReadColumn, int], BoolArray]


def bind_condition(condition: Condition, types: Mapping[str, FactType]) -> BoundCondition:
    """The condition over facts of known types.

    Raises:
        ConditionError: an unknown name (with the nearest known one), a bare name that is no flag,
            a number compared with a text, or two facts of different units.
    """
    for name in condition.names:
        if name not in types:
            near = get_close_matches(name, types, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known facts: {', '.join(sorted(types)) or 'none'}"
            raise ConditionError(f"condition {condition.text!r} reads {name!r}, which is not a fact; {hint}")
    tests = {atom: _test(atom, types, condition.text) for atom in condition.atoms}
    return BoundCondition(
        condition, {name: types[name] for name in condition.names}, tests, _scalar(condition.root, tests)
    )


def _scalar(node: Node, tests: Mapping[Atom, _Test]) -> Callable[[Read], bool]:
    if isinstance(node, Not):
        child = _scalar(node.child, tests)
        return lambda read: not child(read)
    if isinstance(node, All):
        parts = tuple(_scalar(part, tests) for part in node.children)
        return lambda read: all(part(read) for part in parts)
    if isinstance(node, Either):
        parts = tuple(_scalar(part, tests) for part in node.children)
        return lambda read: any(part(read) for part in parts)
    return tests[node].scalar


def _test(atom: Atom, types: Mapping[str, FactType], text: str) -> _Test:
    if isinstance(atom, Call):
        return _call_test(atom, types)
    if isinstance(atom, Truth):
        if types[atom.name].kind != "flag":
            raise ConditionError(
                f"condition {text!r}: the bare name {atom.name!r} is no Flag; compare it with something"
            )
        return _single(atom.name, lambda value: value != 0)
    left = types[atom.left.name]
    if left.kind == "flag":
        raise ConditionError(
            f"condition {text!r}: {atom.left.name!r} is a Flag; write it bare, or 'not {atom.left.name}'"
        )
    if isinstance(atom.right, Name):
        return _two_facts(atom, atom.right, types, text)
    if (left.kind == "text") != isinstance(atom.right.value, str):
        raise ConditionError(
            f"condition {text!r}: {atom.left.name!r} is a {left.kind}, so '{atom}' compares it with the wrong thing"
        )
    if isinstance(atom.right.value, str):
        return _text_test(atom, atom.right.value, text)
    sign, threshold = _threshold(atom.operator, atom.right, left)
    compare = COMPARE[sign]
    return _single(atom.left.name, lambda value: compare(value, threshold))


def _threshold(sign: str, constant: Constant, kind: FactType) -> tuple[str, float]:
    """The comparison in stored units; whole facts get whole thresholds, so both engines compare exactly."""
    assert isinstance(constant.value, Fraction)
    bound = constant.value * kind.scale
    if kind.is_real:
        return sign, float(bound)
    if bound.denominator == 1:
        return sign, int(bound)
    if sign in {">", ">="}:
        return ">=", ceil(bound)
    if sign in {"<", "<="}:
        return "<=", floor(bound)
    return sign, float(bound)


def _single(name: str, check: Callable[[Any], Any]) -> _Test:
    def scalar(read: Read) -> bool:
        value = read(name)
        return value is not None and bool(check(value))

    def array(read: ReadColumn, n: int) -> BoolArray:
        column = read(name)
        result: BoolArray = check(column.values)
        return result if column.valid is None else result & column.valid

    return _Test(scalar, array)


def _text_test(atom: Compare, wanted: str, text: str) -> _Test:
    if atom.operator not in {"==", "!="}:
        raise ConditionError(f"condition {text!r}: texts are compared by == and != only")
    compare = COMPARE[atom.operator]
    name = atom.left.name
    scalar = _single(name, lambda value: compare(value, wanted)).scalar

    def array(read: ReadColumn, n: int) -> BoolArray:
        column = read(name)
        hits = np.array([compare(entry, wanted) for entry in column.book] + [False])
        result: BoolArray = hits[column.values]
        return result if column.valid is None else result & column.valid

    return _Test(scalar, array)


def _two_facts(atom: Compare, other: Name, types: Mapping[str, FactType], text: str) -> _Test:
    left, right, compare = types[atom.left.name], types[other.name], COMPARE[atom.operator]
    if left.kind != "number" or right.kind != "number" or left.scale != right.scale:
        raise ConditionError(f"condition {text!r}: {atom.left.name!r} and {other.name!r} do not have the same unit")

    def scalar(read: Read) -> bool:
        first, second = read(atom.left.name), read(other.name)
        return first is not None and second is not None and bool(compare(first, second))

    def array(read: ReadColumn, n: int) -> BoolArray:
        first, second = read(atom.left.name), read(other.name)
        result: BoolArray = compare(first.values, second.values)
        for column in (first, second):
            result = result if column.valid is None else result & column.valid
        return result

    return _Test(scalar, array)


def _call_test(atom: Call, types: Mapping[str, FactType]) -> _Test:
    kinds = [types[name] for name in atom.names]

    def run(values: Sequence[Value]) -> bool:
        given = {name: major(value, kind) for name, value, kind in zip(atom.names, values, kinds, strict=True)}
        return bool(atom.function(**given))

    def scalar(read: Read) -> bool:
        return run([read(name) for name in atom.names])

    def array(read: ReadColumn, n: int) -> BoolArray:
        columns = [read(name) for name in atom.names]
        rows: npt.NDArray[np.bool_] = np.fromiter(
            (run([column.value(row) for column in columns]) for row in range(n)), bool, n
        )
        return rows

    return _Test(scalar, array)


def major(value: Value, kind: FactType) -> FactValue:
    """A stored value as a person means it: money in major units, flags as bool."""
    if value is None or isinstance(value, str):
        return value
    if kind.kind == "flag":
        return bool(value)
    if kind.scale == 1:
        return value
    return value / kind.scale if isinstance(value, float) else Decimal(value).scaleb(1 - len(str(kind.scale)))


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
    sign, threshold = _threshold(node.operator, node.right, types[node.left.name])
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
