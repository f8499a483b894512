"""From a condition to values of facts that make it true."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.definition import Definition
from lifecycle.rules import (
    All,
    Compare,
    Declared,
    Distinct,
    Either,
    First,
    Flag,
    InStage,
    Most,
    Not,
    OldestOpen,
    Paired,
    Since,
    Tenure,
    names_of,
    parse,
)

from ._thresholds import declared_facts, thresholds
from ._vocabulary import around

Values: TypeAlias = Mapping[str, Any]
"""Fact → value, in major units; None where it is to be missing."""
Read: TypeAlias = Callable[[str], Any]
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TRIES: Final = 120
_MOST: Final = 80
_KEPT_DOWN: Final = 0.6


@attrs.frozen
class Literal:
    """One part of a condition that is to be true, or not."""

    names: tuple[str, ...]
    """What it reads."""
    holds: Callable[[Read], bool] = attrs.field(eq=False)
    """Whether it is as wanted."""


@attrs.frozen(eq=False)
class Wanted:
    """What is wanted of a customer: one way to make a condition true."""

    literals: tuple[Literal, ...] = ()
    """What facts have to be."""
    stages: tuple[Literal, ...] = ()
    """What the stage has to be."""

    def __add__(self, other: Wanted) -> Wanted:
        return Wanted(self.literals + other.literals, self.stages + other.stages)

    def allows(self, stage: str) -> bool:
        """Whether it can be had in a stage."""
        return all(literal.holds(lambda _: stage) for literal in self.stages)


@attrs.frozen(eq=False)
class Solver:
    """Values of facts for conditions of one definition."""

    definition: Definition
    """Whose."""
    bounds: Mapping[str, tuple[Any, ...]]
    """Fact → what it is compared with."""
    facts: Mapping[str, Declared]
    """The facts, those of silences too."""

    @classmethod
    def of(cls, definition: Definition) -> Solver:
        """The solver of a definition."""
        return cls(definition, thresholds(definition), declared_facts(definition))

    def want(self, text: str, draw: Random, *, holds: bool = True) -> Wanted:
        """One way, drawn among many, to make a condition true or false."""
        return self._want(parse(text).root, draw, holds=holds)

    def _want(self, node: Any, draw: Random, *, holds: bool) -> Wanted:
        if isinstance(node, Not):
            return self._want(node.child, draw, holds=not holds)
        if isinstance(node, (All, Either)):
            if isinstance(node, All) is holds:
                parts = [self._want(child, draw, holds=holds) for child in node.children]
                return sum(parts, start=Wanted())
            return self._want(draw.choice(node.children), draw, holds=holds)
        names = names_of(node)
        if names and names[0].startswith("signal_"):
            found = [one for one in self.definition.signals if f"signal_{one.name}" == names[0]]
            # A signal that is to be down is mostly down by itself.
            is_asked = bool(found) and (holds or draw.random() < _KEPT_DOWN)
            return self._want(parse(found[0].condition).root, draw, holds=holds) if is_asked else Wanted()
        if isinstance(node, Compare):
            return self._compare(node, draw, holds=holds)
        return Wanted((Literal(names, lambda read: bool(read(names[0])) is holds),)) if names else Wanted()

    def _compare(self, atom: Compare, draw: Random, *, holds: bool) -> Wanted:
        compare = _COMPARE[atom.operator]
        other = getattr(atom.right, "name", None)
        constant = getattr(atom.right, "value", None)
        bound = constant if isinstance(constant, str) or constant is None else float(constant)

        def is_so(read: Read) -> bool:
            left, right = read(atom.left.name), bound if other is None else read(other)
            return (left is not None and right is not None and bool(compare(left, right))) is holds

        literal = Literal(names_of(atom), is_so)
        if atom.left.name == "stage":
            return Wanted(stages=(literal,))
        if atom.left.name == "health":
            return self._health(draw, is_bad=(atom.operator in {"<", "<="}) is holds)
        return Wanted((literal,))

    def _health(self, draw: Random, *, is_bad: bool) -> Wanted:
        health = self.definition.health
        wanted = Wanted()
        for measure in () if health is None else health.measures:
            if draw.random() < 0.8:
                bound = measure.bad if is_bad else measure.good
                sign = ">=" if bound > (measure.good if is_bad else measure.bad) else "<="
                wanted += (
                    self.want(f"{measure.fact} {sign} {bound}", draw) if self._is_number(measure.fact) else Wanted()
                )
        return wanted

    def _is_number(self, name: str) -> bool:
        return self.definition.program.facts.types[name].kind == "number"

    def values(self, wanted: Wanted, draw: Random) -> Values | None:
        """Values of the facts below, drawn among those near the thresholds, that are as wanted; None: none found."""
        facts = self.definition.program.facts
        known = [literal for literal in wanted.literals if all(name in facts.types for name in literal.names)]
        parts = list(dict.fromkeys(part for one in known for name in one.names for part in facts.parts(name)))
        pools = {part: self._candidates(part, parts) for part in parts}
        for _ in range(_TRIES):
            values = {part: draw.choice(pool) for part, pool in pools.items()}
            read = self._reader(values)
            if all(literal.holds(read) for literal in known):
                return values
        return None

    def _reader(self, values: Values) -> Read:
        derived = self.definition.program.facts.derived

        def read(name: str) -> Any:
            formula = derived.get(name)
            return values[name] if formula is None else formula.scalar(read(formula.of), read(formula.to), (1, 1))

        return read

    def _candidates(self, name: str, together: Sequence[str]) -> list[Any]:
        """Values worth trying for a fact: near what it, and what it stands beside, is compared with."""
        fact = self.facts.get(name)
        if isinstance(fact, Flag):
            return [0, 1]
        if isinstance(fact, First) and fact.type != "number":
            texts = [bound for bound in self.bounds.get(name, ()) if isinstance(bound, str)]
            return [*texts, "other", None]
        own = [bound for bound in self.bounds.get(name, ()) if not isinstance(bound, str)]
        near = [value for bound in own for value in around(bound)]
        if isinstance(fact, (Since, Tenure, OldestOpen)) or (isinstance(fact, InStage) and fact.count is None):
            return sorted(
                {int(value) for value in (*near, 0, 1, 3, *(bound + 10 for bound in own)) if 0 <= value <= 900}
            )
        if _is_count(fact):
            beside = {value for part in together for value in self.bounds.get(part, ()) if not isinstance(value, str)}
            wide = [*near, *(value * k for value in beside for k in (1, 2)), 0, 1, 2, 3, 5, 8]
            return sorted({int(value) for value in wide if 0 <= value <= _MOST})
        rest = [1, 5, 10, 50, *near, None]
        return rest if not isinstance(fact, Paired) else [*rest, *(bound * 3 for bound in own), 24, 60]


def _is_count(fact: Any) -> bool:
    if isinstance(fact, Paired):
        return fact.statistic == "count"
    return isinstance(fact, (Distinct, Most, InStage)) or type(fact).__name__ in {"Count", "Open", "Overdue", "Gap"}


__all__ = ["Literal", "Solver", "Values", "Wanted"]
