"""One comparison of a condition, bound to facts: its truth for a customer, and for many points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import ConditionError

from ._fact import FactType, Value
from ._language import Atom, Call, Compare, Constant, Name, Truth, names_of
from ._rows import BoolArray, Column
from ._where import COMPARE

Read: TypeAlias = Callable[[str], Value]
"""Gives the value of a fact, by its name, for one customer at one moment."""
ReadColumn: TypeAlias = Callable[[str], Column]
"""Gives the values of a fact, by its name, at many points."""
FactValue: TypeAlias = int | float | str | bool | Decimal | None
"""The value of a fact as a person means it: money in major units, flags as bool."""


@attrs.frozen(eq=False)
class BoundAtom:
    """One atom, ready to run on one customer or on many points."""

    scalar: Callable[[Read], bool]
    """Whether it holds; with a missing fact it does not."""
    array: Callable[[ReadColumn, int], BoolArray]
    """Where it holds; shape (n,)."""
    verdict: Callable[[Read], bool | None]
    """Whether it holds; None with a missing fact."""


def bind_atom(atom: Atom, types: Mapping[str, FactType], text: str) -> BoundAtom:
    """One atom over facts of known types; `text` is the whole condition, for errors."""
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
    sign, bound = stored_threshold(atom.operator, atom.right, left)
    compare = COMPARE[sign]
    return _single(atom.left.name, lambda value: compare(value, bound))


def stored_threshold(sign: str, constant: Constant, kind: FactType) -> tuple[str, float]:
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


def _single(name: str, check: Callable[[Any], Any]) -> BoundAtom:
    def scalar(read: Read) -> bool:
        value = read(name)
        return value is not None and bool(check(value))

    def verdict(read: Read) -> bool | None:
        value = read(name)
        return None if value is None else bool(check(value))

    def array(read: ReadColumn, n: int) -> BoolArray:
        column = read(name)
        result: BoolArray = check(column.values)
        return result if column.valid is None else result & column.valid

    return BoundAtom(scalar, array, verdict)


def _text_test(atom: Compare, wanted: str, text: str) -> BoundAtom:
    if atom.operator not in {"==", "!="}:
        raise ConditionError(f"condition {text!r}: texts are compared by == and != only")
    compare = COMPARE[atom.operator]
    name = atom.left.name
    single = _single(name, lambda value: compare(value, wanted))

    def array(read: ReadColumn, n: int) -> BoolArray:
        column = read(name)
        hits = np.array([compare(entry, wanted) for entry in column.book] + [False])
        result: BoolArray = hits[column.values]
        return result if column.valid is None else result & column.valid

    return attrs.evolve(single, array=array)


def _two_facts(atom: Compare, other: Name, types: Mapping[str, FactType], text: str) -> BoundAtom:
    left, right, compare = types[atom.left.name], types[other.name], COMPARE[atom.operator]
    if left.kind != "number" or right.kind != "number" or left.scale != right.scale:
        raise ConditionError(f"condition {text!r}: {atom.left.name!r} and {other.name!r} do not have the same unit")

    def scalar(read: Read) -> bool:
        first, second = read(atom.left.name), read(other.name)
        return first is not None and second is not None and bool(compare(first, second))

    def verdict(read: Read) -> bool | None:
        first, second = read(atom.left.name), read(other.name)
        return None if first is None or second is None else bool(compare(first, second))

    def array(read: ReadColumn, n: int) -> BoolArray:
        first, second = read(atom.left.name), read(other.name)
        result: BoolArray = compare(first.values, second.values)
        for column in (first, second):
            result = result if column.valid is None else result & column.valid
        return result

    return BoundAtom(scalar, array, verdict)


def known(atom: Atom, read: ReadColumn) -> BoolArray | None:
    """Where no fact that an atom reads is missing, or a Python function decides; None: everywhere."""
    result: BoolArray | None = None
    for name in () if isinstance(atom, Call) else names_of(atom):
        valid = read(name).valid
        if valid is not None:
            result = valid if result is None else result & valid
    return result


def _call_test(atom: Call, types: Mapping[str, FactType]) -> BoundAtom:
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

    # A function is handed what is missing and decides for itself, so its answer is always certain.
    return BoundAtom(scalar, array, scalar)


def major(value: Value, kind: FactType) -> FactValue:
    """A stored value as a person means it: money in major units, flags as bool."""
    if value is None or isinstance(value, str):
        return value
    if kind.kind == "flag":
        return bool(value)
    if kind.scale == 1:
        return value
    return value / kind.scale if isinstance(value, float) else Decimal(value).scaleb(1 - len(str(kind.scale)))
