"""Whether some demands can be met, term by term: a term is one way through all that is said with `or`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import permutations
from operator import or_
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from ._cells import ANY, EQUAL, GREATER, LESS, Choices, Numbers, cells_in
from ._fact import Value
from ._language import Call
from ._terms import Demand, OneOf, Order, Says, Within

MOST_TERMS: Final = 64
"""So many terms are looked at."""
_MOST_TRIES: Final = 2_000
Witness: TypeAlias = Mapping[str, Value]
"""Values of facts, in stored units; None where one is missing."""
_THEN: Final = {LESS: {LESS: LESS, EQUAL: LESS, GREATER: ANY}, EQUAL: {LESS: LESS, EQUAL: EQUAL, GREATER: GREATER},
                GREATER: {LESS: ANY, EQUAL: GREATER, GREATER: GREATER}}  # fmt: skip
"""a to b, b to c: how a may stand to c."""


def _bits(ways: int) -> list[int]:
    return [way for way in (LESS, EQUAL, GREATER) if ways & way]


_TURNED: Final = tuple(
    sum({LESS: GREATER, EQUAL: EQUAL, GREATER: LESS}[way] for way in _bits(ways)) for ways in range(ANY + 1)
)
_COMPOSED: Final = tuple(
    tuple(
        reduce(or_, (_THEN[one][other] for one in _bits(first) for other in _bits(second)), 0)
        for second in range(ANY + 1)
    )
    for first in range(ANY + 1)
)


@attrs.frozen(eq=False)
class State:
    """What one term leaves open so far."""

    cells: Mapping[str, int]
    """The cells in which each fact can still be."""
    orders: Mapping[tuple[str, str], int] = attrs.field(factory=dict)
    """How facts can still stand to each other, both ways round."""
    answers: Mapping[Call, bool] = attrs.field(factory=dict)
    """What Python functions have to say."""

    def after(self, demand: Demand) -> State | None:
        """What is left when a demand is met as well, `OneOf` aside; None: nothing."""
        cells, orders, answers = dict(self.cells), dict(self.orders), dict(self.answers)
        for part in demand:
            if isinstance(part, Within):
                cells[part.name] = cells.get(part.name, 0) & part.cells
                if not cells[part.name]:
                    return None
            elif isinstance(part, Order):
                orders[part.left, part.right] = orders.get((part.left, part.right), ANY) & part.ways
                orders[part.right, part.left] = _TURNED[orders[part.left, part.right]]
            elif isinstance(part, Says) and answers.setdefault(part.call, part.answer) is not part.answer:
                return None
        return State(cells, orders, answers) if all(orders.values()) else None


@attrs.define(eq=False)
class Search:
    """One search for values that meet a demand."""

    space: Mapping[str, Numbers | Choices]
    """The cells of each fact."""
    holds: Callable[[Witness], bool] | None = None
    """Whether values really do: asked before they are given out. None: no values are wanted."""
    n_terms: int = 0
    """How many terms were looked at."""
    witness: Witness | None = None
    """Values that do."""
    is_over: bool = False
    """Whether no more terms are looked at."""

    def refutes(self, demand: Demand) -> bool:
        """Whether no values meet a demand; False also where that cannot be told."""
        start = State({name: cells.every for name, cells in self.space.items()})
        return not all(start.cells.values()) or self._refutes(start, demand)

    def _refutes(self, state: State, demand: Demand) -> bool:
        if self.n_terms >= MOST_TERMS:
            self.is_over = True
            return False
        settled = self._settled(state, demand)
        if settled is None:
            self.n_terms += 1
            return True
        state, waiting = settled
        if not waiting:
            self.n_terms += 1
            self.witness = self._found(state)
            self.is_over = self.holds is None
            return False
        first, *others = waiting
        refuted = True
        for way in first.ways:
            refuted = self._refutes(state, (*way, *others)) and refuted
            if self.witness is not None or self.is_over:
                break
        return refuted

    def _settled(self, state: State, demand: Demand) -> tuple[State, list[OneOf]] | None:
        """What is left when all is met that leaves no choice, and the choices; None: nothing is left."""
        waiting = list(demand)
        while True:
            after = state.after(tuple(waiting))
            reached = None if after is None else self._narrowed(after)
            if reached is None:
                return None
            state, choices = reached, [part for part in waiting if isinstance(part, OneOf)]
            waiting, is_done = [], True
            for choice in choices:
                if any(_is_met(state, way) for way in choice.ways):
                    continue
                open_ways = tuple(way for way in choice.ways if state.after(way) is not None)
                if not open_ways:
                    return None
                if len(open_ways) == 1:
                    is_done = False
                    waiting += open_ways[0]
                else:
                    waiting.append(OneOf(open_ways))
            if is_done:
                return state, [part for part in waiting if isinstance(part, OneOf)]

    def _narrowed(self, state: State) -> State | None:
        """What is left when the order of facts and their cells are held against each other."""
        if not state.orders:
            return state
        cells, orders = dict(state.cells), dict(state.orders)
        names = sorted({name for pair in orders for name in pair})
        before = None
        while before != (before := (dict(cells), dict(orders))):
            for left, right in permutations(names, 2):
                ways = orders.get((left, right), ANY)
                for middle in names:
                    if (left, middle) in orders and (middle, right) in orders:
                        ways &= _COMPOSED[orders[left, middle]][orders[middle, right]]
                ways, cells[left] = self._supported(cells, left, right, ways)
                if not ways:
                    return None
                if ways != ANY:
                    orders[left, right], orders[right, left] = ways, _TURNED[ways]
        return State(cells, orders, state.answers)

    def _supported(self, cells: Mapping[str, int], left: str, right: str, ways: int) -> tuple[int, int]:
        """The ways in which two facts can stand, and the cells of the first for which there is one."""
        one, other = self.space[left], self.space[right]
        if not isinstance(one, Numbers) or not isinstance(other, Numbers) or one.edges != other.edges:
            return ways, cells[left]
        found, kept = 0, 0
        for cell in cells_in(cells[left]):
            here = 0
            for beside in cells_in(cells[right]):
                here |= one.to(cell, other, beside) & ways
            found |= here
            kept |= (1 << cell) if here else 0
        return found, kept

    def _found(self, state: State) -> Witness | None:
        """Values that fit what a term leaves open, if the conditions hold for them."""
        if self.holds is None:
            return None
        bound = list(dict.fromkeys(name for pair in state.orders for name in pair))
        found: dict[str, Value] = {}
        if not self._place(state, bound, found, [_MOST_TRIES]):
            return None
        for name, cells in state.cells.items():
            if name not in found:
                first = next(cells_in(cells), None)
                found[name] = None if first is None else self.space[name].in_cell(first, 1)[0]
        return MappingProxyType(found) if self.holds(found) else None

    def _place(self, state: State, names: list[str], found: dict[str, Value], tries: list[int]) -> bool:
        """Values for facts that stand in an order, one after the other, going back where it does not work out."""
        if not names:
            return True
        name, *others = names
        for cell in cells_in(state.cells[name]):
            for value in self.space[name].in_cell(cell, len(state.cells) + 1):
                tries[0] -= 1
                if tries[0] < 0:
                    return False
                if all(_way(value, known) & state.orders.get((name, other), ANY) for other, known in found.items()):
                    found[name] = value
                    if self._place(state, others, found, tries):
                        return True
                    del found[name]
        return False


def _is_met(state: State, way: Demand) -> bool:
    """Whether a demand asks nothing that is not so anyhow."""
    return all(isinstance(part, Within) and not state.cells.get(part.name, 0) & ~part.cells for part in way)


def _way(first: Value, second: Value) -> int:
    if first == second:
        return EQUAL
    return LESS if first < second else GREATER  # type: ignore[operator]
