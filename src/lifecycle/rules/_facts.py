"""All facts of a definition together: checked, ordered, read for one customer or at many points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeAlias

import attrs

from lifecycle.errors import DefinitionError
from lifecycle.model import Touchpoint

from ._atoms import Read, ReadColumn
from ._counts import Count
from ._derived import Difference, InStage, Ratio
from ._fact import BoundFact, Context, Fact, FactType, FoldState, Value
from ._rows import Column, Points, Rows

Declared: TypeAlias = Fact | Ratio | Difference | InStage
"""What a definition takes as a fact."""
Derived: TypeAlias = Ratio | Difference
Folds: TypeAlias = tuple[tuple[int, Callable[[FoldState, Touchpoint, int], FoldState]], ...]
"""Slots with the folds that change them."""
RESERVED = frozenset({"stage", "health"})


@attrs.frozen(eq=False)
class FactSet:
    """The facts of a definition, ready for both meanings."""

    types: Mapping[str, FactType]
    """What each fact is, in declared order."""
    folded: Mapping[str, BoundFact]
    """Facts that fold over touchpoints."""
    derived: Mapping[str, Derived]
    """Facts about other facts."""
    staged: Mapping[str, InStage]
    """Facts about the stage; they alone depend on it."""
    slots: Mapping[str, int]
    """Where each folded fact keeps its state."""
    listeners: Mapping[str, Folds]
    """Kind → the folds that it feeds."""
    lively: Folds
    """The folds that every sign of life feeds."""
    of_life: Mapping[str, Folds] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _with_lively(self.listeners, self.lively), takes_self=True)
    )
    """Kind → the folds that it feeds as a sign of life."""
    start: tuple[FoldState, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _starts(self.folded), takes_self=True)
    )
    """The states of a customer without touchpoints."""

    reads: Mapping[str, tuple[Callable[[FoldState, int, int], Value], int]] = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: {name: (fact.read, self.slots[name]) for name, fact in self.folded.items()}, takes_self=True
        ),
    )
    """How each folded fact is read, and from which state."""
    formulas: Mapping[str, tuple[Derived, tuple[int, int]]] = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: {name: (fact, self.scales(fact)) for name, fact in self.derived.items()}, takes_self=True
        ),
    )
    """Facts about other facts, each with the stored units per unit of the two."""

    def unknown_without_stage(self) -> frozenset[str]:
        """The names whose value needs the stage: stage facts and what derives from them."""
        names = set(self.staged)
        for name, fact in self.derived.items():
            if {fact.of, fact.to} & names:
                names.add(name)
        return frozenset(names)

    def parts(self, name: str) -> tuple[str, ...]:
        """The folded facts and facts about the stage of which a fact is made, each once; itself, if it is one."""
        found: dict[str, None] = {}
        waiting, seen = [name], {name}
        while waiting:
            part = waiting.pop()
            formula = self.derived.get(part)
            if formula is None:
                found[part] = None
                continue
            # In reverse, so that what stands first comes out first.
            for below in (formula.to, formula.of):
                if below not in seen:
                    seen.add(below)
                    waiting.append(below)
        return tuple(found)

    def kinds_of(self, name: str) -> frozenset[str] | None:
        """The kinds whose touchpoints can change a fact within one stage; None: every sign of life."""
        found: frozenset[str] = frozenset()
        for part in self.parts(name):
            stage_fact = self.staged.get(part)
            if stage_fact is not None and stage_fact.count is None:
                continue
            kinds = self.folded[part if stage_fact is None else counter_of(part)].kinds
            if kinds is None:
                return None
            found |= kinds
        return found

    def folds_of(self, kind: str, *, is_life: bool) -> Folds:
        """The states that a touchpoint of a canonical kind feeds, with their folds."""
        return self.of_life.get(kind, self.lively) if is_life else self.listeners.get(kind, ())

    def fold(
        self, states: tuple[FoldState, ...], kind: str, touchpoint: Touchpoint, day: int, *, is_life: bool
    ) -> tuple[FoldState, ...]:
        """The states after a touchpoint of a canonical kind on a day; `is_life`: it is a sign of life."""
        changes = self.folds_of(kind, is_life=is_life)
        if not changes:
            return states
        after = list(states)
        for slot, fold in changes:
            after[slot] = fold(after[slot], touchpoint, day)
        return tuple(after)

    def reader(self, states: tuple[FoldState, ...], today: int, start: int, staged: Read) -> Read:
        """A way to read any fact of one customer on a day; `staged` reads the facts about the stage."""
        folded, slots, derived = self.folded, self.slots, self.derived

        def read(name: str) -> Value:
            fact = folded.get(name)
            if fact is not None:
                return fact.read(states[slots[name]], today, start)
            formula = derived.get(name)
            if formula is None:
                return staged(name)
            return formula.scalar(read(formula.of), read(formula.to), self.scales(formula))

        return read

    def columns(self, rows: Rows, points: Points, staged: ReadColumn) -> ReadColumn:
        """A way to read any fact at many points, each computed once."""
        cache: dict[str, Column] = {}

        def read(name: str) -> Column:
            if name not in cache:
                if name in self.folded:
                    cache[name] = self.folded[name].query(rows, points)
                elif name in self.derived:
                    formula = self.derived[name]
                    cache[name] = formula.column(read(formula.of), read(formula.to), self.scales(formula))
                else:
                    cache[name] = staged(name)
            return cache[name]

        return read

    def scales(self, formula: Derived) -> tuple[int, int]:
        """Stored units per unit of the two facts of a formula, (1, 1) where they are the same."""
        first, second = self.types[formula.of].scale, self.types[formula.to].scale
        return (1, 1) if first == second else (first, second)


def _with_lively(listeners: Mapping[str, Folds], lively: Folds) -> Mapping[str, Folds]:
    return {kind: folds + lively for kind, folds in listeners.items()}


def _starts(folded: Mapping[str, BoundFact]) -> tuple[FoldState, ...]:
    return tuple(fact.start for fact in folded.values())


def bind_facts(
    declared: Mapping[str, Declared], context: Context, *, hidden: Mapping[str, Fact] | None = None
) -> FactSet:
    """The facts of a definition, checked and bound.

    Args:
        declared: the facts by name.
        context: the definition's kinds and currency.
        hidden: facts that an engine folds for itself; conditions cannot name them.

    Raises:
        DefinitionError: all problems together: a name that is no identifier or is reserved, an object that
            is no fact, a reference to an unknown fact (with the nearest known one), a circle of references.
    """
    problems: list[str] = []
    types: dict[str, FactType] = {}
    folded: dict[str, BoundFact] = {}
    for name, fact in declared.items():
        problems += _name_problems(name)
        if isinstance(fact, InStage):
            types[name] = fact.type
        elif isinstance(fact, Fact):
            folded[name] = fact.bind(context)
            types[name] = folded[name].type
        elif not isinstance(fact, (Ratio, Difference)):
            problems.append(
                f"fact {name!r}: {fact!r} has no method bind(context); declare Count(…), Since(…) and so on"
            )
    for name, fact in declared.items():
        if isinstance(fact, InStage) and fact.count is not None:
            folded[counter_of(name)] = Count(fact.count).bind(context)
    folded.update({name: fact.bind(context) for name, fact in (hidden or {}).items()})
    derived = {name: fact for name, fact in declared.items() if isinstance(fact, (Ratio, Difference))}
    ordered = _resolve(derived, types, problems)
    if problems:
        raise DefinitionError(problems)
    # By name, so that a stored customer does not depend on the order of declaration, as the digest does not.
    folded = dict(sorted(folded.items()))
    slots = {name: slot for slot, name in enumerate(folded)}
    kinds = {kind for fact in folded.values() for kind in fact.kinds or ()}
    return FactSet(
        types={name: types[name] for name in declared},
        folded=folded,
        derived=ordered,
        staged={name: fact for name, fact in sorted(declared.items()) if isinstance(fact, InStage)},
        slots=slots,
        listeners={
            kind: tuple((slots[name], fact.fold) for name, fact in folded.items() if fact.kinds and kind in fact.kinds)
            for kind in kinds
        },
        lively=tuple((slots[name], fact.fold) for name, fact in folded.items() if fact.kinds is None),
    )


def counter_of(name: str) -> str:
    """The hidden count behind an `InStage(count=…)` fact of a name."""
    return f"{name}.count"


def _name_problems(name: str) -> list[str]:
    if not isinstance(name, str) or not name.isidentifier():
        return [f"fact {name!r}: a name is letters, digits and underscores, such as 'logins_30d'"]
    if name == "v" or name in RESERVED or name.startswith("signal_"):
        return [f"fact {name!r}: the name is reserved; rename it"]
    return []


def _resolve(derived: Mapping[str, Derived], types: dict[str, FactType], problems: list[str]) -> dict[str, Derived]:
    """The formulas in an order in which each reads only what stands before; fills `types`."""
    ordered: dict[str, Derived] = {}
    waiting = dict(derived)
    while ready := {name: fact for name, fact in waiting.items() if fact.of in types and fact.to in types}:
        for name, fact in ready.items():
            for part in (fact.of, fact.to):
                if types[part].kind != "number":
                    problems.append(f"fact {name!r}: {part!r} is a {types[part].kind}, not a number")
            try:
                types[name] = fact.type(types[fact.of], types[fact.to])
            except DefinitionError as error:
                problems.append(f"fact {name!r}: {error}")
                types[name] = FactType()
            ordered[name] = waiting.pop(name)
    for name, fact in waiting.items():
        for part in (fact.of, fact.to):
            if part in waiting and part not in types:
                problems.append(f"fact {name!r} and {part!r} refer to each other in a circle")
            elif part not in types:
                near = get_close_matches(part, types, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "declare it"
                problems.append(f"fact {name!r} reads {part!r}, which is not a fact; {hint}")
    return ordered
