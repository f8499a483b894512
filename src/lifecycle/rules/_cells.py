"""The values of a fact, cut into cells within which some conditions do not tell them apart.

A set of cells is a whole number, one bit each. Bit 0 is the cell *missing*; a comparison never holds there (S12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import ceil, floor, inf, isinf, nextafter
from typing import Final, TypeAlias

import attrs

from ._fact import FactType, Value
from ._known import Limits
from ._where import COMPARE

Cell: TypeAlias = int
"""The place of a bit."""
MISSING: Final = 1
"""The set of nothing but the cell *missing*."""
LESS, EQUAL, GREATER = 1, 2, 4
"""How the value of one fact may stand to that of another, one bit each."""
_FAR: Final = 2**62
ANY: Final = LESS | EQUAL | GREATER
BY_SIGN: Final = {
    "<": LESS,
    "<=": LESS | EQUAL,
    "==": EQUAL,
    "!=": LESS | GREATER,
    ">=": EQUAL | GREATER,
    ">": GREATER,
}


def cells_in(some: int) -> Iterator[Cell]:
    """The cells of a set but *missing*, from the lowest."""
    some >>= 1
    cell = 1
    while some:
        if some & 1:
            yield cell
        some >>= 1
        cell += 1


@attrs.frozen
class Choices:
    """The cells of a flag, a text or a stage: one for each value that matters, and one for all others."""

    values: tuple[Value, ...]
    """What each cell stands for; the last text of all others is none that a condition names."""
    every: int
    """All cells."""

    def where(self, sign: str, wanted: Value) -> int:
        """The cells in which a comparison holds."""
        found = sum(1 << place for place, value in enumerate(self.values, 1) if value == wanted)
        return found if sign == "==" else self.every & ~found & ~MISSING

    def in_cell(self, cell: Cell, n: int) -> list[Value]:
        """Values out of a cell."""
        return [self.values[cell - 1]]


@attrs.frozen
class Numbers:
    """The cells of a number: cell 2 is the first edge, 3 lies between it and the second, 4 is the second …"""

    edges: tuple[float, ...]
    """The numbers with which it is compared, ascending, in stored units."""
    is_real: bool
    """Whether it can lie between whole numbers."""
    every: int
    """All cells in which it can be."""

    def where(self, sign: str, wanted: float) -> int:
        """The cells in which a comparison with an edge holds."""
        edge, compare = 2 * self.edges.index(wanted) + 2, COMPARE[sign]
        return sum(1 << cell for cell in cells_in(self.every) if compare(cell, edge))

    def in_cell(self, cell: Cell, n: int) -> list[Value]:
        """At most `n` values out of a cell, as far apart as they go."""
        return list(islice(self._inside(*self._ends(cell), n), n))

    def to(self, cell: Cell, other: Numbers, other_cell: Cell) -> int:
        """How a value in one cell can stand to one in a cell of another fact with the same edges."""
        if cell != other_cell:
            return LESS if cell < other_cell else GREATER
        is_one = not self.is_real and not other.is_real and len(self.in_cell(cell, 2)) == 1
        return EQUAL if cell % 2 == 0 or is_one else ANY

    def _ends(self, cell: Cell) -> tuple[float, float]:
        """The numbers around a cell: twice the same for an edge."""
        place = (cell - 2) // 2
        if cell % 2 == 0:
            return self.edges[place], self.edges[place]
        low = self.edges[place] if place >= 0 else -inf
        return low, self.edges[place + 1] if place + 1 < len(self.edges) else inf

    def _inside(self, low: float, high: float, n: int) -> Iterator[Value]:
        if low == high:
            if self.is_real or low == floor(low):
                yield float(low) if self.is_real else int(low)
        elif self.is_real:
            spread = [*_spread(float(low), float(high), n), nextafter(low, inf), nextafter(high, -inf)]
            yield from dict.fromkeys(number for number in spread if low < number < high and not isinf(number))
        elif isinf(low) and not isinf(high):
            yield from range(ceil(high) - 1, -_FAR, -1)
        else:
            yield from range(0 if isinf(low) else floor(low) + 1, _FAR if isinf(high) else ceil(high))

    def can_be(self, cell: Cell) -> bool:
        """Whether any value lies in a cell; where floats are too near to tell it is said to."""
        low, high = self._ends(cell)
        is_exact = not self.is_real or low == high or (isinstance(low, float) and isinstance(high, float))
        return not is_exact or bool(self.in_cell(cell, 1))


def _spread(low: float, high: float, n: int) -> Iterable[float]:
    """Some numbers between two."""
    steps = range(1, n + 1)
    if isinf(low):
        return (float(step) if isinf(high) else high - step for step in steps)
    return (low + step if isinf(high) else low + (high - low) * step / (n + 1) for step in steps)


def number_cells(kind: FactType, compared: Iterable[float], limits: Limits) -> Numbers:
    """The cells of a number that is compared with some others."""
    least, most = limits
    edges = tuple(sorted({*compared, *(limit for limit in limits if limit is not None)}))
    every = Numbers(edges, kind.is_real, 0)
    inside = [
        cell
        for cell in range(1, 2 * len(edges) + 2)
        if (least is None or every._ends(cell)[0] >= least)
        and (most is None or every._ends(cell)[1] <= most)
        and every.can_be(cell)
    ]
    return attrs.evolve(every, every=sum(1 << cell for cell in inside) | (MISSING if kind.may_miss else 0))


def choice_cells(kind: FactType, compared: Iterable[str], stages: tuple[str, ...]) -> Choices:
    """The cells of a flag, of a text that is compared with some others, or of the stage where `stages` are given."""
    values: tuple[Value, ...] = (0, 1)
    if kind.kind == "text":
        named = tuple(dict.fromkeys(compared))
        other = next(text for number in range(len(named) + 1) if (text := f"other{number or ''}") not in named)
        values = stages or (*named, other)
    present = sum(1 << place for place in range(1, len(values) + 1))
    return Choices(values, present | (MISSING if kind.may_miss else 0))
