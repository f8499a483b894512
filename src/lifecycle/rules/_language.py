"""The condition language: what a condition is made of (S11)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import attrs


@attrs.frozen
class Name:
    """A fact, read by its name."""

    name: str


@attrs.frozen
class Constant:
    """A number, exact as written, or a text."""

    value: Fraction | str

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return repr(self.value)
        return str(int(self.value)) if self.value.denominator == 1 else repr(float(self.value))


@attrs.frozen
class Truth:
    """A bare name: the flag is set."""

    name: str

    def __str__(self) -> str:
        return self.name


@attrs.frozen
class Compare:
    """A comparison; the name stands on the left."""

    left: Name
    operator: str
    right: Name | Constant

    def __str__(self) -> str:
        right = self.right.name if isinstance(self.right, Name) else str(self.right)
        return f"{self.left.name} {self.operator} {right}"


@attrs.frozen
class Not:
    """The other way round."""

    child: Node


@attrs.frozen
class All:
    """Every child holds."""

    children: tuple[Node, ...]


@attrs.frozen
class Either:
    """At least one child holds."""

    children: tuple[Node, ...]


@attrs.frozen
class Call:
    """A plain Python function used as a guard: its parameters are names of facts.

    Not of the language: the columnar engine runs it row by row, and the definition is not portable.
    """

    function: Callable[..., object]
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{getattr(self.function, '__qualname__', repr(self.function))}()"


Atom: TypeAlias = Truth | Compare | Call
Node: TypeAlias = Truth | Compare | Call | Not | All | Either


@attrs.frozen
class Condition:
    """A parsed condition: its text as written and its tree."""

    text: str
    root: Node = attrs.field(repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that it reads, in order of appearance, each once."""
        return tuple(dict.fromkeys(name for atom in self.atoms for name in names_of(atom)))

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """Its comparisons and bare names, in order of appearance."""
        return tuple(atoms_of(self.root))

    @property
    def is_portable(self) -> bool:
        """Whether it is all text: no Python function among its parts."""
        return not any(isinstance(atom, Call) for atom in self.atoms)

    def __str__(self) -> str:
        return self.text


def names_of(atom: Atom) -> tuple[str, ...]:
    """The names that one atom reads."""
    if isinstance(atom, Truth):
        return (atom.name,)
    if isinstance(atom, Call):
        return atom.names
    right = (atom.right.name,) if isinstance(atom.right, Name) else ()
    return (atom.left.name, *right)


def atoms_of(node: Node) -> list[Atom]:
    """The comparisons, bare names and functions of a part of a condition, in order of appearance."""
    if isinstance(node, (Truth, Compare, Call)):
        return [node]
    if isinstance(node, Not):
        return atoms_of(node.child)
    return [atom for child in node.children for atom in atoms_of(child)]
