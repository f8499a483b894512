"""What could ever have been true of customers, told by how often they were heard of: without their history."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Past
from lifecycle.rules import BoolArray, BoundCondition, Compare, Growing, Points, ReadColumn, names_of

_AT_LEAST = (">", ">=", "==")
_NOTHING: Mapping[str, BoolArray] = MappingProxyType({})


class Lifetime:
    """The lives of customers up to one moment each.

    A fact of which a customer has no touchpoint was never anything else than now. A fact that counts was never more
    than there are touchpoints. Everything else could have been anything.
    """

    def __init__(self, past: Past, points: Points, read: ReadColumn) -> None:
        self.past, self.points, self.read = past, points, read
        self._heard: dict[str, npt.NDArray[Any]] = {}

    def could_hold(
        self, condition: BoundCondition, known: Mapping[str, BoolArray] = _NOTHING, *, is_two_valued: bool = False
    ) -> BoolArray:
        """Where a condition could ever have been certainly true; shape (n_points,).

        Args:
            condition: what to ask.
            known: names that are no facts, and comparisons of them, and where they could ever have been true.
            is_two_valued: a comparison with a missing fact is false, not unknown.
        """

        def ever(atom: Any) -> tuple[BoolArray, BoolArray]:
            name = str(atom)  # of a bare name that is the name
            if name in known:
                return known[name], np.ones(len(self.points), bool)
            true, false = self._ever(condition, atom)
            return true, np.ones(len(self.points), bool) if is_two_valued else false

        return condition.could_hold(ever)

    def _ever(self, condition: BoundCondition, atom: Any) -> tuple[BoolArray, BoolArray]:
        """Where an atom could have been true, and where it could have been false."""
        n, facts = len(self.points), self.past.program.facts
        names = names_of(atom)
        anything = np.ones(n, bool), np.ones(n, bool)
        if not names or any(name not in facts.types for name in names):
            return anything
        limit = condition.threshold(atom) if isinstance(atom, Compare) else None
        bound = facts.folded.get(names[0])
        if limit is not None and limit[0] in _AT_LEAST and limit[1] > 0 and bound is not None and bound.is_count:
            return self._times(names[0]) >= limit[1], anything[1]
        certain, possible = condition.atom_bounds(atom, self.read, n)
        idle = np.logical_and.reduce([self._is_idle(part) for name in names for part in facts.parts(name)])
        return certain | ~idle, ~possible | ~idle

    def _is_idle(self, name: str) -> BoolArray:
        """Where a fact was never anything else than it is."""
        facts = self.past.program.facts
        if name not in facts.folded:
            return self._nowhere
        ageing = facts.folded[name].ageing
        if isinstance(ageing, str):
            return self._nowhere
        idle: BoolArray = self._times(name) == 0
        if isinstance(ageing, Growing):
            # Without a touchpoint it is missing, or it counts from the start and grew.
            valid = self.read(name).valid
            return self._nowhere if valid is None else idle & ~valid
        return idle

    def _times(self, name: str) -> npt.NDArray[Any]:
        if name not in self._heard:
            self._heard[name] = self.past.program.facts.folded[name].heard(self.past.rows, self.points)
        return self._heard[name]

    @cached_property
    def _nowhere(self) -> BoolArray:
        return np.zeros(len(self.points), bool)
